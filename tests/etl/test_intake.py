"""Every bad delivery goes back with its rule, row and column; nothing of it is kept that must not be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.inspection import inspect as inspection
from etl.inspection.batch import inspect_batch
from etl.inspection.inspect import inspect, shown_name
from etl.inspection.result import Acceptance, InspectionResult
from etl.ledger import ledger
from etl.publishing.acceptance import ChangedFileError, accept, refuse
from etl.reading import text_file
from tests.etl.files import CASES, CASES_NAME, KEYS, ON, REGISTRY, REGISTRY_NAME, cases_csv, csv_text, grid, registry_csv, rows, write_csv
from tests.soak import few

Spoil = Callable[[list[list[str]]], None]


def column_of(cells: list[list[str]], header: str) -> int:
    return cells[0].index(header)


def put(header: str, row: int, text: str) -> Spoil:
    """Write a text into one cell; rows are counted as the file's own program counts, header 1."""

    def spoil(cells: list[list[str]]) -> None:
        cells[row - 1][column_of(cells, header)] = text

    return spoil


def rename(header: str, other: str) -> Spoil:
    def spoil(cells: list[list[str]]) -> None:
        cells[0][column_of(cells, header)] = other

    return spoil


def drop(header: str) -> Spoil:
    def spoil(cells: list[list[str]]) -> None:
        position = column_of(cells, header)
        for row in cells:
            del row[position]

    return spoil


def add(header: str, text: str) -> Spoil:
    def spoil(cells: list[list[str]]) -> None:
        cells[0].append(header)
        for row in cells[1:]:
            row.append(text)

    return spoil


def add_row(*texts: str) -> Spoil:
    def spoil(cells: list[list[str]]) -> None:
        cells.append([*texts, *[""] * (len(cells[0]) - len(texts))])

    return spoil


def short_row(cells: list[list[str]]) -> None:
    cells[2].pop()


def long_row(cells: list[list[str]]) -> None:
    cells[2].append("")


def running_keys(cells: list[list[str]]) -> None:
    for number, row in enumerate(cells[1:], 1):
        row[1] = f"P{number:06}"


def no_records(cells: list[list[str]]) -> None:
    del cells[1:]


def blank_row(cells: list[list[str]]) -> None:
    cells.insert(3, [""] * len(cells[0]))


REGISTRY_FAULTS = [
    (put("性别", 3, "不明"), "code", 3, "性别"),
    (put("性别", 4, ""), "missing", 4, "性别"),
    (put("出生年份", 3, "1990-05"), "year", 3, "出生年份"),
    (put("出生年份", 3, "1890"), "year", 3, "出生年份"),
    (put("出生年份", 3, "1930"), "age_range", 3, "出生年份"),  # 96 years old in 2026
    (put("现居乡镇代码", 3, "110101001000"), "township_unknown", 3, "现居乡镇代码"),
    (put("现居乡镇代码", 3, "5.11E+11"), "township_ruined", 3, "现居乡镇代码"),
    (put("现居乡镇代码", 3, "990121202000"), "township_former", 3, "现居乡镇代码"),  # merged at the end of 2023
    (put("初次发现年月", 3, "2026年13月"), "month", 3, "初次发现年月"),
    (put("初次发现年月", 3, "2015-03-08"), "day_given", 3, "初次发现年月"),
    (put("初次发现年月", 3, "2026-12"), "future_month", 3, "初次发现年月"),
    (put("最近查获年月", 5, "2027-01"), "future_month", 5, "最近查获年月"),
    (put("初次发现年月", 3, "1995-01"), "found_in_lifetime", 3, "初次发现年月"),  # five years old
    (put("统计月份", 3, "2026-09"), "outside_coverage", 3, "统计月份"),
    (put("统计月份", 3, "2026-11"), "outside_coverage", 3, "统计月份"),
    (put("混合滥用", 6, "也许"), "flag", 6, "混合滥用"),
    (put("主滥用毒品", 6, "某种药"), "drug", 6, "主滥用毒品"),
    (put("人员代号", 3, KEYS[0]), "duplicate_key", 3, "人员代号"),
    (put("人员代号", 3, "12345678"), "key_form", 3, "人员代号"),
    (put("人员代号", 3, "9e107d9d372bb6826bd81d3542a419d6"), "key_hash", 3, "人员代号"),
    (running_keys, "key_sequence", None, "人员代号"),
    (rename("性别", "男女"), "unknown_header", 1, "C"),
    (drop("性别"), "missing_header", 1, "性别"),
    (rename("混合滥用", "性别"), "duplicate_header", 1, "性别"),
    (add("其他列", "1"), "unknown_header", 1, "S"),
    (add("序号", "甲"), "unknown_header", 1, "S"),  # no serial number
    (add("性别", "男"), "duplicate_header", 1, "性别"),
    (add_row("合计", "5"), "total_row", 7, None),
    (add_row("小 计:6人"), "total_mismatch", 7, "统计月份"),  # there are five
    (add_row("2026-10", "说明:数据来自上报"), "footer_row", 7, None),
    (blank_row, "blank_row", 4, None),
    (short_row, "row_width", 3, "查获来源"),
    (long_row, "row_width", 3, "查获来源"),
    (no_records, "no_rows", 1, None),
]
CASES_FAULTS = [
    (put("缴获克数", 3, "-2.5"), "negative", 3, "缴获克数"),
    (put("缴获克数", 3, "2.5斤"), "grams", 3, "缴获克数"),
    (put("抓获嫌疑人数", 3, "-1"), "negative", 3, "抓获嫌疑人数"),
    (put("抓获嫌疑人数", 3, "3起"), "count", 3, "抓获嫌疑人数"),
    (put("抓获嫌疑人数", 3, "1"), "suspects_add_up", 3, "其中18至35岁"),
    (put("破案年月", 3, "2026-04"), "solved_after_filed", 3, "破案年月"),
    (put("立案年月", 3, "2025-12"), "outside_coverage", 3, "立案年月"),
    (put("立案年月", 3, "2026-11"), "outside_coverage", 3, "立案年月"),
    (put("毒品种类", 3, ""), "grams_have_drug", 3, "缴获克数"),
    (put("案件代号", 4, KEYS[1]), "duplicate_key", 4, "案件代号"),
    (put("专项行动", 3, "净边行动"), "label", 3, "专项行动"),
]


def expect(result: InspectionResult, rule: str, row: int | None, column: str | None) -> None:
    assert result.acceptance is Acceptance.REFUSED
    assert (rule, row, column) in [(problem.rule, problem.row, problem.column) for problem in result.problems]
    assert all(problem.message.zh and problem.message.en and problem.remedy.zh and problem.remedy.en for problem in result.problems)


@pytest.mark.parametrize(
    ("spoil", "rule", "row", "column"), REGISTRY_FAULTS, ids=[f"{index}-{fault[1]}" for index, fault in enumerate(REGISTRY_FAULTS)]
)
def test_a_fault_of_a_registry_file(spoil: Spoil, rule: str, row: int, column: str | None, tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    spoil(cells)
    expect(inspect(write_csv(tmp_path, REGISTRY_NAME, cells), pack, on=ON), rule, row, column)


@pytest.mark.parametrize(("spoil", "rule", "row", "column"), CASES_FAULTS, ids=[f"{index}-{fault[1]}" for index, fault in enumerate(CASES_FAULTS)])
def test_a_fault_of_a_cases_file(spoil: Spoil, rule: str, row: int, column: str | None, tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(CASES, rows(CASES))
    spoil(cells)
    expect(inspect(write_csv(tmp_path, CASES_NAME, cells), pack, on=ON), rule, row, column)


@pytest.mark.parametrize(("spoil", "rule", "row", "column"), [fault for fault in REGISTRY_FAULTS if fault[1] in ("code", "total_row")])
def test_one_fault_is_one_problem(spoil: Spoil, rule: str, row: int, column: str | None, tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    spoil(cells)
    result = inspect(write_csv(tmp_path, REGISTRY_NAME, cells), pack, on=ON)
    assert [(problem.rule, problem.row, problem.column) for problem in result.problems] == [(rule, row, column)]
    assert result.rows_refused == 1


def test_the_successor_is_the_remedy_for_a_former_township(tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(registry_csv(tmp_path, township="990121202000"), pack, on=ON)
    assert "990121104000" in result.problems[0].remedy.zh
    # While it was in force the code is right.
    earlier = registry_csv(tmp_path, "在册_202312_报20240105.csv", township="990121202000", as_of="2023-12", measure_start_on="", last_detected_on="")
    assert inspect(earlier, pack, on=ON).acceptance is Acceptance.IN_ORDER


@pytest.mark.parametrize("write", [registry_csv, cases_csv])
def test_a_file_in_order(write: Callable[[Path], Path], tmp_path: Path, pack: CountyPack) -> None:
    path = write(tmp_path)
    before = path.read_bytes(), path.stat().st_mtime_ns
    result = inspect(path, pack, data=tmp_path / "data", on=ON)
    assert (result.acceptance, result.problems, result.rows_found, result.rows_accepted) == (Acceptance.IN_ORDER, (), 5, 5)
    assert result.reported_on == date(2026, 11, 5)
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before
    assert not (tmp_path / "data").exists()  # inspecting writes nothing


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_columns_in_any_order_and_any_encoding(encoding: str, tmp_path: Path, pack: CountyPack) -> None:
    cells = [list(reversed(row)) for row in grid(CASES, rows(CASES))]
    assert inspect(write_csv(tmp_path, CASES_NAME, cells, encoding), pack, on=ON).acceptance is Acceptance.IN_ORDER


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("在册吸毒人员.csv", "coverage_unknown"),
        ("在册吸毒人员_202609-202610.csv", "coverage_conflict"),
        ("在册吸毒人员_202609_202610.csv", "coverage_conflict"),
        ("在册吸毒人员_202612.csv", "coverage_future"),
        ("在册吸毒人员_202610_报20261305.csv", "reported_on_conflict"),
        ("在册吸毒人员_202610_报20261221.csv", "reported_on_future"),
        ("在册吸毒人员_202610_报20260905.csv", "reported_on_early"),
        ("毒品案件_202610.csv", "type_conflict"),
        ("13800138000_在册_202610.csv", "identifier_in_file_name"),
        ("在册吸毒人员_202610.docx", "file_kind"),
        ("在册吸毒人员_202610.xlsx", "file_kind"),
    ],
)
def test_what_the_name_leaves_open_is_asked(name: str, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(registry_csv(tmp_path, name), pack, on=ON)
    assert result.acceptance is Acceptance.REFUSED
    assert rule in dict(result.problem_counts)


@pytest.mark.parametrize("name", ["report_202610.csv", "在册吸毒人员_2026年10月.csv", "REGISTRY-202610.CSV", "在册202610.csv"])
def test_names_that_say_enough(name: str, tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(registry_csv(tmp_path, name), pack, on=ON)
    assert (result.acceptance, result.extract, result.first_month) == (Acceptance.IN_ORDER, "registry", date(2026, 10, 1))


def test_the_senders_word_counts_where_the_name_is_silent_and_may_not_contradict_it(tmp_path: Path, pack: CountyPack) -> None:
    october = date(2026, 10, 1), date(2026, 10, 1)
    silent = registry_csv(tmp_path, "x.csv")
    assert inspect(silent, pack, covers=october, on=ON).acceptance is Acceptance.IN_ORDER
    named = registry_csv(tmp_path, "在册_202609.csv", as_of="2026-09")
    assert "coverage_conflict" in dict(inspect(named, pack, covers=october, on=ON).problem_counts)


def test_an_empty_events_file_says_there_was_no_case(tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(write_csv(tmp_path, CASES_NAME, grid(CASES, [])), pack, on=ON)
    assert (result.acceptance, result.rows_found) == (Acceptance.IN_ORDER, 0)


@pytest.mark.parametrize(
    ("content", "rule"), [(b"", "empty_file"), (b"\n\n", "empty_file"), (b"MZ\x90\x00\x03", "encoding"), (b"\x80\xff", "encoding")]
)
def test_files_that_are_nothing(content: bytes, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / REGISTRY_NAME
    path.write_bytes(content)
    result = inspect(path, pack, on=ON)
    assert dict(result.problem_counts) == {rule: 1}


def test_size_limits(tmp_path: Path, pack: CountyPack, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / REGISTRY_NAME
    with path.open("wb") as stream:
        stream.truncate(50 * 1024 * 1024 + 1)
    result = inspect(path, pack, on=ON)
    assert dict(result.problem_counts) == {"too_large": 1}
    [entry] = refuse([result], tmp_path / "data", "office")
    assert entry.action == "refused"


def test_more_than_a_million_rows(tmp_path: Path, pack: CountyPack, monkeypatch: pytest.MonkeyPatch) -> None:
    """`make test` counts to ten thousand; `make soak` to the million."""
    assert text_file.MAX_ROWS == 1_000_000
    most = few([10_000], [text_file.MAX_ROWS])[0]
    monkeypatch.setattr(text_file, "MAX_ROWS", most)
    header = ",".join(column.header for column in CASES.columns)
    path = tmp_path / CASES_NAME
    path.write_text(header + "\n" + ("x" + "," * (len(CASES.columns) - 1) + "\n") * (most + 1), encoding="utf-8")
    assert dict(inspect(path, pack, on=ON).problem_counts) == {"too_many_rows": 1}


def test_at_most_200_problems_are_said_and_all_are_counted(tmp_path: Path, pack: CountyPack) -> None:
    # 700 rows with the same key and an unknown sex: 700 code faults and, the first key being its own, 699 doubles.
    cells = grid(REGISTRY, [{**rows(REGISTRY, 1)[0], "sex": "不明"}] * 700)
    result = inspect(write_csv(tmp_path, REGISTRY_NAME, cells), pack, on=ON)
    assert len(result.problems) == 1_399
    assert len(result.as_json()["problems"]) == 200
    assert result.lines()[-1] == "  共1399个问题,以上列出200个。1399 problems, 200 listed."
    assert dict(result.problem_counts) == {"code": 700, "duplicate_key": 699}
    assert result.rows_refused == 700
    assert [problem.row for problem in result.problems[:3]] == [2, 3, 3]


def test_a_file_that_is_overtaken_is_told_so(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    accept(inspect_batch([registry_csv(tmp_path, "在册_202610_报20261110.csv")], pack, data=data, on=ON), data, "office")
    older = inspect(registry_csv(tmp_path, "在册_202610_报20261105.csv", sex="女"), pack, data=data, on=ON)
    newer = inspect(registry_csv(tmp_path, "在册_202610_报20261112.csv", sex="女"), pack, data=data, on=ON)
    assert [remark.rule for remark in older.remarks] == ["overtaken"]
    assert newer.remarks == ()


# batches


def test_a_batch_is_taken_whole_or_not_at_all(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    good, bad = cases_csv(tmp_path), registry_csv(tmp_path, sex="不明")
    results = inspect_batch([good, bad], pack, data=data, on=ON)
    assert [result.acceptance for result in results] == [Acceptance.IN_ORDER, Acceptance.REFUSED]
    with pytest.raises(ValueError, match="refused"):
        accept(results, data, "office")
    refuse(results, data, "office")
    assert [entry.action for entry in ledger.read(data)] == ["refused"]
    assert not (data / "raw" / "accepted").exists()
    assert good.exists()
    assert bad.exists()


def test_a_file_changed_after_inspection_is_not_taken(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    path = registry_csv(tmp_path)
    results = inspect_batch([path], pack, data=data, on=ON)
    path.write_bytes(path.read_bytes() + b"\r\n")
    with pytest.raises(ChangedFileError):
        accept(results, data, "office")
    assert ledger.read(data) == []


def test_a_second_edition_needs_a_date_of_reporting(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    accept(inspect_batch([registry_csv(tmp_path, "在册_202610.csv")], pack, data=data, on=ON), data, "office")
    later = registry_csv(tmp_path, "在册_202610_b.csv", residence="外来")
    assert dict(inspect(later, pack, data=data, on=ON).problem_counts) == {"reported_on_needed": 1}
    assert inspect(later, pack, data=data, reported_on=date(2026, 11, 6), on=ON).acceptance is Acceptance.IN_ORDER


def test_two_undated_editions_in_one_batch_are_asked(tmp_path: Path, pack: CountyPack) -> None:
    files = [registry_csv(tmp_path, "在册_202610.csv"), registry_csv(tmp_path, "在册_202610_b.csv", residence="外来")]
    results = inspect_batch(files, pack, on=ON)
    assert all("reported_on_needed" in dict(result.problem_counts) for result in results)


def test_two_files_of_a_month_reported_the_same_day_are_asked(tmp_path: Path, pack: CountyPack) -> None:
    criminal = cases_csv(tmp_path, "刑事案件_202601-202610_报20261105.csv")
    administrative = cases_csv(tmp_path, "行政案件_202610-202611_报20261105.csv", filed_on="2026-10", solved_on="2026-10")
    results = inspect_batch([criminal, administrative], pack, on=ON)
    assert [[problem.rule for problem in result.problems] for result in results] == [["reported_on_equal"]] * 2
    (problem,) = results[0].problems
    assert problem.message.zh == f"同批的“{criminal.name}”和“{administrative.name}”都覆盖2026年10月,报送日期相同,内容不同"
    assert problem.remedy.zh == "分单位或分性质报送的合成一份;一份更正另一份的,改正文件名中的报送日期"
    backwards = inspect_batch([administrative, criminal], pack, on=ON)
    assert all(result.is_refused for result in backwards)


def test_what_is_certain_of_two_files_of_a_day_is_accepted(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    first, copy = cases_csv(tmp_path), tmp_path / "毒品案件_202601-202610_报20261105(2).csv"
    copy.write_bytes(first.read_bytes())
    register = registry_csv(tmp_path)
    assert not any(result.is_refused for result in inspect_batch([first, copy, register], pack, data=data, on=ON))
    halves = [
        cases_csv(tmp_path, "毒品案件_202601-202605_报20261105.csv", solved_on="2026-05"),
        cases_csv(tmp_path, "毒品案件_202606-202610_报20261105.csv", filed_on="2026-06"),
    ]
    assert not any(result.is_refused for result in inspect_batch(halves, pack, data=data, on=ON))
    # Beside a file accepted before, the one received last counts.
    accept(inspect_batch([first], pack, data=data, on=ON), data, "office")
    other = cases_csv(tmp_path, "毒品案件_202601-202610_报20261105(3).csv", suspects="4")
    assert not any(result.is_refused for result in inspect_batch([first, other], pack, data=data, on=ON))


def said_of(result: InspectionResult) -> dict[str, str]:
    return {remark.rule: remark.message.zh for remark in result.remarks}


def test_a_file_says_which_it_takes_the_place_of_and_what_it_lacks(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    first = write_csv(tmp_path, CASES_NAME, grid(CASES, rows(CASES, 5)))
    second = write_csv(tmp_path, "毒品案件_202605_报20261106.csv", grid(CASES, rows(CASES, 3)))
    together = inspect_batch([second, first], pack, data=data, on=ON)
    # All five cases are of May; two of them are not in the second file.
    expected = f"“{second.name}”将替代“{first.name}”中2026年5月的数据,原有5行,其中2行新文件中没有;分单位或分性质报送的请合成一份"
    assert said_of(together[0])["edition_replaced"] == expected
    assert "edition_replaced" not in said_of(together[1])
    accept(inspect_batch([first], pack, data=data, on=ON), data, "office")
    (alone,) = inspect_batch([second], pack, data=data, on=ON)
    assert said_of(alone) == {"edition_replaced": expected}
    whole = write_csv(tmp_path, "毒品案件_202605_报20261107.csv", grid(CASES, rows(CASES, 5, suspects="4")))
    (result,) = inspect_batch([whole], pack, data=data, on=ON)
    assert said_of(result) == {"edition_replaced": f"“{whole.name}”将替代“{first.name}”中2026年5月的数据"}


def test_of_a_register_no_number_is_said_of_who_is_on_it(tmp_path: Path, pack: CountyPack) -> None:
    """Else a register made up of one key would tell whether that person is on the true one."""
    data = tmp_path / "data"
    people = [{**rows(REGISTRY)[place % 5], REGISTRY.key[0]: "QWMZLKJH" + letter * 2} for place, letter in enumerate("ABCDEFGHIJ")]
    first = write_csv(tmp_path, REGISTRY_NAME, grid(REGISTRY, people))
    assert not any(result.is_refused for result in inspect_batch([first], pack, data=data, on=ON))
    accept(inspect_batch([first], pack, data=data, on=ON), data, "office")
    said = []
    for number, kept in enumerate((9, 5, 4)):  # one, five and six of ten are missing
        path = write_csv(tmp_path, f"在册_202610_报2026111{number}.csv", grid(REGISTRY, people[:kept]))
        (result,) = inspect_batch([path], pack, data=data, on=ON)
        said.append(said_of(result)["edition_replaced"].split("的数据")[1])
    assert said == ["", "", ",原有人员半数以上新文件中没有;分单位报送的请合成一份"]


def test_a_file_that_can_no_longer_be_read_may_be_replaced(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    (entry,) = accept(inspect_batch([cases_csv(tmp_path)], pack, data=data, on=ON), data, "office")
    ledger.accepted_path(entry, data).unlink()
    (result,) = inspect_batch([cases_csv(tmp_path, "毒品案件_202605_报20261106.csv")], pack, data=data, on=ON)
    assert said_of(result) == {"edition_replaced": f"“毒品案件_202605_报20261106.csv”将替代“{CASES_NAME}”中2026年5月的数据"}


def test_months_without_a_record_are_named(tmp_path: Path, pack: CountyPack) -> None:
    (result,) = inspect_batch([cases_csv(tmp_path)], pack, on=ON)  # January to October, all cases of May
    assert said_of(result) == {"months_without_rows": "2026年1—4月、2026年6—10月没有记录,将按0计;如属漏报请退回补报"}
    (one,) = inspect_batch([cases_csv(tmp_path, "毒品案件_202605_报20261105.csv")], pack, on=ON)
    assert one.remarks == ()


def test_last_months_register_under_a_new_month_is_told(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    september = registry_csv(tmp_path, "在册_202609_报20261005.csv", as_of="2026-09", measure_start_on="2026-01")
    copied = write_csv(tmp_path, REGISTRY_NAME, grid(REGISTRY, rows(REGISTRY)[::-1]))
    expected = {"same_as_before": "与上月(2026年9月)逐行相同,只有月份不同;如是旧表改了月份,请换成本月的表重报"}
    assert [said_of(result) for result in inspect_batch([copied, september], pack, data=data, on=ON)] == [expected, {}]
    accept(inspect_batch([september], pack, data=data, on=ON), data, "office")
    (result,) = inspect_batch([copied], pack, data=data, on=ON)
    assert said_of(result) == expected
    changed = rows(REGISTRY)
    changed[2]["control_status"] = "失控"
    (result,) = inspect_batch([write_csv(tmp_path, REGISTRY_NAME, grid(REGISTRY, changed))], pack, data=data, on=ON)
    assert result.remarks == ()


# identifiers

ID, MOBILE = "11010519491231002X", "13800138000"  # the example of GB 11643-1999; an operator's service number


@pytest.mark.parametrize(
    ("spoil", "rule", "row"),
    [
        (put("专项行动", 3, MOBILE), "mobile", 3),
        (put("案件代号", 4, ID), "id_number", 4),
        (put("查获场所", 5, "某某省某某市某某镇某某路12号"), "address", 5),
        (add("姓名", "王小明"), "forbidden_header", 1),
        (add("联系电话", ""), "forbidden_header", 1),
        (rename("案件代号", "案件编号"), "forbidden_header", 1),
        (add(MOBILE, ""), "mobile", 1),
    ],
)
def test_a_file_with_identifiers_is_refused_and_kept_nowhere(spoil: Spoil, rule: str, row: int, tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    cells = grid(CASES, rows(CASES))
    spoil(cells)
    path = write_csv(tmp_path, CASES_NAME, cells)
    [result] = inspect_batch([path], pack, data=data, on=ON)
    assert result.has_identifiers
    assert (rule, row) in [(problem.rule, problem.row) for problem in result.problems]
    refuse([result], data, "office")
    kept = [file for file in data.rglob("*") if file.is_file()]
    assert {file.name for file in kept} == {".lock", "ledger.jsonl"}
    said = "\n".join(result.lines()) + str(result.as_json()) + "".join(file.read_text(encoding="utf-8") for file in kept)
    assert ID not in said
    assert MOBILE not in said
    assert "王小明" not in said
    assert "某某路" not in said
    assert path.exists()


def test_identifiers_in_a_file_that_cannot_be_parsed_keep_it_out_as_well(tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / CASES_NAME
    path.write_text(csv_text(grid(CASES, rows(CASES))) + f'x,"{ID}\n', encoding="gb18030")
    result = inspect(path, pack, on=ON)
    assert result.has_identifiers
    assert dict(result.problem_counts) == {"id_number": 1}


def test_another_refused_file_is_kept_aside_with_its_reasons(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    path = registry_csv(tmp_path, sex="不明某甲")
    [result] = inspect_batch([path], pack, data=data, on=ON)
    refuse([result], data, "office")
    kept = data / "raw" / "quarantine" / f"{result.sha256}.csv"
    assert kept.read_bytes() == path.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o440
    reasons = kept.with_suffix(".json").read_text(encoding="utf-8")
    assert '"rule": "code"' in reasons
    assert "不明某甲" not in reasons
    # Refusing it again is recorded again and harms nothing.
    refuse([result], data, "office")
    assert [entry.sequence for entry in ledger.read(data)] == [1, 2]


def test_file_names_are_shown_without_control_characters_and_masked_where_they_identify() -> None:
    assert shown_name(Path("a/b/在册\n_202610\x1b[31m.csv")) == "在册_202610[31m.csv"
    assert shown_name(Path(f"{ID}.csv")) == inspection.MASKED_NAME + ".csv"
    assert shown_name("C:\\报表\\在册.csv") == "在册.csv"
