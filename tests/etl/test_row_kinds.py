"""Rows and sheets that are no records: what is certain is left out and said, what is not is asked once, and nothing is counted wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.validate import validate
from etl.reading.table import UnreadableError
from tests.etl.files import CASES, KEYS, ON, csv_text, grid, rows, write_xlsx
from tests.etl.test_layout import on_sheets

COUNTS = "毒品案件月报表_202610_报20261105"
LIST = "毒品案件_202610_报20261105"
HEADER = ["立案月份", "立案乡镇代码", "案由", "立案数"]
RECORDS = [["2026-10", "云汀街道", "贩卖毒品", "5"], ["2026-10", "河湾镇", "非法持有毒品", "3"], ["2026-10", "松石镇", "吸毒", "2"]]  # 5 + 3 + 2 = 10
Writer = Callable[[Path, str, Sequence[Sequence[str]]], Path]


def as_workbook(folder: Path, stem: str, cells: Sequence[Sequence[str]]) -> Path:
    return write_xlsx(folder, f"{stem}.xlsx", cells)


def as_text(folder: Path, stem: str, cells: Sequence[Sequence[str]]) -> Path:
    """Rows as wide as the header, as Excel writes them."""
    width = max(map(len, cells))
    path = folder / f"{stem}.csv"
    path.write_bytes(csv_text([[*row, *[""] * (width - len(row))] for row in cells]).encode("utf-8-sig"))
    return path


def as_ragged_text(folder: Path, stem: str, cells: Sequence[Sequence[str]]) -> Path:
    """Rows as wide as they are, as programs write them."""
    path = folder / f"{stem}.csv"
    path.write_bytes(csv_text(cells).encode("gb18030"))
    return path


WRITERS: tuple[Writer, ...] = (as_workbook, as_text, as_ragged_text)


def found(path: Path, pack: CountyPack) -> InspectionResult:
    return inspect(path, pack, on=ON)


def counts(path: Path, pack: CountyPack) -> list[list[str]]:
    table = read_file(path.read_bytes(), path.suffix, extracts(), pack).table
    return [list(row) for row in zip(*table.columns, strict=True)]


FOOTERS = [
    *("打印时间:2026-11-05 10:22", "导出时间:2026年11月5日 10时22分", "制表日期:2026/11/5", "第1页 共1页", "第 1 页,共 3 页", "第1/3页", "共1页"),
    *("以下空白", "(以下空白)", "---以下空白---", "以下无正文", "本页以下空白", "数据来源:禁毒信息系统", "填表人:", "注:全县数", "复核人:"),
    *(
        "统计口径:立案时间",
        "(盖章)",
        "单位(盖章):",
        "续表",
        "合计:10起",
        "合计:10件",
        "合 计:10",
        "总计10",
        "共10起",
        "共3条记录",
        "共计:3行",
        "合计:3条。",
    ),
]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("footer", FOOTERS)
def test_a_footer_or_total_in_one_cell_is_no_record(footer: str, write: Writer, tmp_path: Path, pack: CountyPack) -> None:
    path = write(tmp_path, COUNTS, [HEADER, *RECORDS, [footer]])
    result = found(path, pack)
    assert (result.acceptance, result.rows_found, result.problems) == (Acceptance.IN_ORDER, 3, ())
    assert [remark for remark in result.remarks if "1行(第5行)" in remark.message.zh]
    assert counts(path, pack) == RECORDS


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("total", ["合计:11起", "合计:9件", "共4条记录", "总计12", "共计11起"])
def test_a_total_in_one_cell_that_is_not_the_sum_is_asked_about(total: str, write: Writer, tmp_path: Path, pack: CountyPack) -> None:
    result = found(write(tmp_path, COUNTS, [HEADER, *RECORDS, [total]]), pack)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("total_mismatch", 5)]


@pytest.mark.parametrize("total", ["合计:15人", "合计:99人", "合计:62.5克", "合计:5起", "合计:5", "共5条记录"])
def test_in_a_list_a_total_is_compared_with_what_has_its_unit(total: str, tmp_path: Path, pack: CountyPack) -> None:
    # Five cases of 12.5 g make 62.5 g; three columns count people, so that of which 合计:99人 is the sum cannot be told.
    cells = grid(CASES, rows(CASES, filed_on="2026-10", solved_on="2026-10"))
    assert found(write_xlsx(tmp_path, f"{LIST}.xlsx", [*cells, [total]]), pack).problems == ()


@pytest.mark.parametrize("total", ["合计:60克", "合计:6起", "共6条记录"])
def test_in_a_list_a_wrong_total_is_asked_about(total: str, tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(CASES, rows(CASES, filed_on="2026-10", solved_on="2026-10"))
    result = found(write_xlsx(tmp_path, f"{LIST}.xlsx", [*cells, [total]]), pack)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("total_mismatch", 7)]


@pytest.mark.parametrize(
    "row",
    [
        ["甲", "乙", "丙", "1"],
        ["甲", "乙", "丙", "丁"],
        ["1", "2", "3", "4"],
        ["A", "B", "C", "1"],
        ["(1)", "(2)", "(3)", "(4)"],
        ["①", "②", "③", "④"],
        ["栏次", "1", "2", "3"],
        ["一", "二", "三", "四"],
        ["甲", "乙", "丙", "1=2+3"],
        HEADER,
    ],
)
@pytest.mark.parametrize("write", WRITERS)
def test_a_row_that_numbers_the_columns_or_says_the_header_again_is_no_record(
    row: list[str], write: Writer, tmp_path: Path, pack: CountyPack
) -> None:
    path = write(tmp_path, COUNTS, [HEADER, row, *RECORDS])
    result = found(path, pack)
    assert (result.acceptance, result.problems, counts(path, pack)) == (Acceptance.IN_ORDER, (), RECORDS)
    assert [remark.message.zh for remark in result.remarks] == ["栏次行或重复的表头1行(第2行)不计入记录"]


@pytest.mark.parametrize("write", WRITERS)
def test_printed_pages_say_the_header_and_the_page_again(write: Writer, tmp_path: Path, pack: CountyPack) -> None:
    path = write(tmp_path, COUNTS, [HEADER, *RECORDS[:2], ["第1页 共2页"], HEADER, ["甲", "乙", "丙", "1"], *RECORDS[2:], ["第2页 共2页"]])
    assert (found(path, pack).problems, counts(path, pack)) == ((), RECORDS)


@pytest.mark.parametrize("row", [["甲", "乙", "丙", "5"], ["1", "2", "3", "5"], ["乙", "甲", "丙", "1"], ["2026-10", "云汀街道", "贩卖毒品", "1"]])
def test_a_row_that_numbers_nothing_is_read_as_a_record(row: list[str], tmp_path: Path, pack: CountyPack) -> None:
    result = found(as_text(tmp_path, COUNTS, [HEADER, row, *RECORDS]), pack)
    assert result.acceptance is Acceptance.REFUSED
    assert {problem.row for problem in result.problems} <= {2, 3}  # 3 where the row repeats the next one's place in the table


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("text", ["谢谢", "王局已阅", "2026年11月5日", "请领导审阅", "示例县公安局", "——", "(此表一式两份)"])
def test_a_row_of_one_text_is_asked_about_once(text: str, write: Writer, tmp_path: Path, pack: CountyPack) -> None:
    result = found(write(tmp_path, COUNTS, [HEADER, *RECORDS, [text]]), pack)
    assert result.acceptance is Acceptance.REFUSED
    assert len(result.problems) == 1
    assert result.problems[0].row == 5
    assert result.problems[0].rule != "missing"
    assert text not in str(result.problems)


@pytest.mark.parametrize(
    "row", [["", "其中:女", "", "2"], ["", "", "", "10"], ["2026-10", "", "", "5"], ["", "河湾镇", "", ""], ["", "", "见附件", "若干"]]
)
@pytest.mark.parametrize("write", WRITERS)
def test_a_row_of_which_half_is_empty_is_asked_about_once(row: list[str], write: Writer, tmp_path: Path, pack: CountyPack) -> None:
    result = found(write(tmp_path, COUNTS, [HEADER, *RECORDS, row]), pack)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("row_kind", 5)]


@pytest.mark.parametrize(
    "total", [["2026-10", "全县", "合计", "10"], ["", "全县", "", "10"], ["2026-10", "全县", "—", "10"], ["全县合计", "", "", "10"]]
)
@pytest.mark.parametrize("is_above", [True, False])
def test_the_whole_county_is_a_total_where_it_adds_up(total: list[str], is_above: bool, tmp_path: Path, pack: CountyPack) -> None:
    path = as_workbook(tmp_path, COUNTS, [HEADER, *([total] if is_above else []), *RECORDS, *([] if is_above else [total])])
    assert (found(path, pack).problems, counts(path, pack)) == ((), RECORDS)


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (["2026-10", "全县", "合计", "11"], "total_mismatch"),
        (["2026-10", "全县", "贩卖毒品", "10"], "township_county"),  # a total by charge, or the county's own cases
        (["2026-10", "示例县", "合计", "10"], "total_row"),
        (["2026-10", "示例县", "贩卖毒品", "10"], "township_county"),
        (["2026-10", "县本级", "贩卖毒品", "2"], "township_county"),
        (["2026-10", "县直", "贩卖毒品", "2"], "township_county"),
    ],
)
def test_the_whole_county_is_asked_about_once_where_it_may_be_more(row: list[str], rule: str, tmp_path: Path, pack: CountyPack) -> None:
    result = found(as_text(tmp_path, COUNTS, [HEADER, *RECORDS, row]), pack)
    assert [(problem.rule, problem.row) for problem in result.problems] == [(rule, 5)]


@pytest.mark.parametrize(
    "row",
    [["", "", "", "累计"], ["", "", "", "上年同期"], ["", "", "", "本月"], ["(年月)", "(代码)", "(罪名)", "(累计)"], ["", "", "", "千起"]],
)
def test_a_second_header_row_is_asked_about_once(row: list[str], tmp_path: Path, pack: CountyPack) -> None:
    result = found(as_workbook(tmp_path, COUNTS, [HEADER, row, *RECORDS]), pack)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("second_header", 2)]
    assert "删除" not in result.problems[0].remedy.zh


@pytest.mark.parametrize("above", [";", "\t", "|", ",", "\uff1b", "\uff0c", "、"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("extract", ["list", "counts"])
def test_records_above_the_header_cut_otherwise_are_asked_about(extract: str, above: str, separator: str, tmp_path: Path, pack: CountyPack) -> None:
    if above == separator:
        pytest.skip("cut as the header is")
    cells = [HEADER, *RECORDS] if extract == "counts" else grid(CASES, rows(CASES, filed_on="2026-10", solved_on="2026-10"))
    lines = [*(above.join(row) for row in cells[1:3]), *(separator.join(row) for row in (cells[0], *cells[3:]))]
    path = tmp_path / f"{COUNTS if extract == 'counts' else LIST}.csv"
    path.write_bytes("\n".join(lines).encode("utf-8-sig"))
    result = found(path, pack)
    assert {(problem.rule, problem.row) for problem in result.problems} == {("rows_above_header", 1), ("rows_above_header", 2)}


@pytest.mark.parametrize("title", ["2026年10月毒品案件月报表", "填报单位:示例县禁毒办,单位:起", "一、基本情况;二、说明", "表号:公禁1表|制表:公安局"])
def test_titles_are_no_records(title: str, tmp_path: Path, pack: CountyPack) -> None:
    assert found(as_workbook(tmp_path, COUNTS, [[title], HEADER, *RECORDS]), pack).problems == ()


CASE_HEADER, *CASE_RECORDS = grid(CASES, rows(CASES, township="990121100000", filed_on="2026-10", solved_on="2026-10"))


@pytest.mark.parametrize("name", ["河湾镇", "河湾", "河湾镇人民政府", "Sheet2", "补报"])
@pytest.mark.parametrize("above", [0, 1])
def test_a_sheet_of_records_without_a_header_is_asked_about(name: str, above: int, tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, {"报表": [CASE_HEADER, *CASE_RECORDS[:2]], name: [*[["十月"]] * above, *CASE_RECORDS[2:]]})
    result = found(path.rename(tmp_path / f"{LIST}.xlsx"), pack)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("sheet_kind", None)]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("填表说明", [["一、本表由公安局填报"], ["二、立案年月填2026-10样式"], ["三、毒品种类见代码表", "1", "2"]]),
        ("代码表", [["990121001000", "云汀街道"], ["990121100000", "河湾镇"], ["heroin", "海洛因"]]),
        ("Sheet2", []),
        ("Sheet3", [["制表日期", "2026-10"]]),
    ],
)
def test_a_sheet_of_notes_or_codes_is_only_said(name: str, cells: list[list[str]], tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, {"报表": [CASE_HEADER, *CASE_RECORDS], name: cells})
    assert found(path.rename(tmp_path / f"{LIST}.xlsx"), pack).problems == ()


def test_a_sheet_named_for_another_township_is_asked_about(tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, {"河湾镇": [CASE_HEADER, *CASE_RECORDS[:2]], "云汀街道": [CASE_HEADER, *CASE_RECORDS[2:]]})
    result = found(path.rename(tmp_path / f"{LIST}.xlsx"), pack)
    assert [(problem.rule, problem.sheet, problem.row) for problem in result.problems] == [("sheet_township", "云汀街道", row) for row in (2, 3, 4)]


def test_keys_that_differ_by_case_are_asked_about(tmp_path: Path, pack: CountyPack) -> None:
    records = rows(CASES, filed_on="2026-10", solved_on="2026-10")
    records[3]["case_key"] = KEYS[1].lower()
    result = found(as_text(tmp_path, LIST, grid(CASES, records)), pack)
    assert [(problem.rule, problem.row, problem.column) for problem in result.problems] == [("key_case", 5, "案件代号")]


WORDS = (
    *("", "", "", "", "合计", "小计", "全县", "示例县", "县本级", "甲", "乙", "丙", "1", "2", "3", "10", "打印时间:2026-11-05", "第1页", "以下空白"),
    *(
        "累计",
        "注:甲",
        "填表人:",
        "合计:10起",
        "—",
        "2026-10",
        "枫坪乡",
        "贩卖毒品",
        "7",
        "上年",
        "共3条记录",
        "5人",
        "\u200b",
        "其中",
        "7①",
        *HEADER,
    ),
)


def test_a_row_of_any_words_is_asked_about_or_said_and_changes_no_record(pack: CountyPack) -> None:
    chosen = random.Random(50)
    found_so: Counter[str] = Counter()
    extract = extracts()["case_counts"]
    october = date(2026, 10, 1)
    for _ in range(4_000):
        row, place = [chosen.choice(WORDS) for _ in HEADER], chosen.choice([0, 1, 3])
        whole = row[0] == "2026-10" and row[1] == "枫坪乡" and row[2] == "贩卖毒品" and row[3] in {"1", "2", "3", "7", "10"}
        try:
            layout = read_file(csv_text([HEADER, *RECORDS[:place], row, *RECORDS[place:]]).encode(), ".csv", extracts(), pack).layout
        except UnreadableError as fault:
            found_so[fault.rule] += 1
            continue
        findings = validate(layout.table, extract, pack, october, october, october)
        if layout.problems or not findings.is_in_order:
            found_so["asked"] += 1
            continue
        # What is in order holds the three records and no other, and says what it left out.
        assert whole or findings.columns["opened"] == [5, 3, 2], row
        assert whole or layout.left_out or not any(text.strip("\u200b") for text in row), row
        found_so["left out"] += 1
    assert found_so["asked"] > 1_000
    assert found_so["left out"] > 50
