"""Words of time, base and unit in the header of a number are asked about wherever it comes from, and row totals are compared."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection import inspect as inspection
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.mapping import profile, question
from etl.mapping.profile import Profile, ProfileError
from etl.mapping.question import UNUSED, Answers, Use, UseKind
from etl.publishing.acceptance import accept
from etl.reading.meaning import Doubt, doubts, is_total
from tests.etl import containers
from tests.etl.files import TOWNSHIPS, grid, rows, write_csv, write_xlsx

ON = date(2026, 11, 30)
CONTRACTS = extracts()
COUNTS, CASES = CONTRACTS["case_counts"], CONTRACTS["cases"]
OPENED, GRAMS, SUSPECTS = COUNTS.column("opened"), CASES.column("grams"), CASES.column("suspects")
PACK = read_pack(Path(__file__).parents[2] / "county")
CONTAINERS = (".csv", ".xlsx", ".xls", ".et", ".ods")
NAME = "表_202610_报20261105"
TOWN, CHARGE, NUMBER = Use(UseKind.COLUMN, "township"), Use(UseKind.COLUMN, "charge"), Use(UseKind.COLUMN, "opened")
SOLD, HELD = Use(UseKind.COUNT, "charge", "trafficking"), Use(UseKind.COUNT, "charge", "possession")


@pytest.mark.parametrize(
    ("header", "column", "doubt"),
    [
        *(
            (header, OPENED, Doubt.RUNNING)
            for header in ("累计立案数", "立案数累计", "1—11月累计", "本年立案数", "今年以来立案", "全年立案数", "立案(累计)", "YTD cases")
        ),
        *(
            (header, OPENED, Doubt.BASE)
            for header in ("上年立案数", "去年同期", "立案数(上月)", "计划立案数", "立案增减数", "任务数", "cases last year")
        ),
        *((header, OPENED, Doubt.SHARE) for header in ("立案率", "立案占比", "立案数%", "人均立案", "每万人立案数", "average cases")),
        *(
            (header, OPENED, Doubt.UNIT)
            for header in ("立案数(千起)", "立案数[百件]", "立案万起数", "立案数(人)", "立案人数", "缴获千克数", "立案数(单位:千)")
        ),
        *(
            (header, GRAMS, Doubt.UNIT)
            for header in ("缴获千克数", "缴获数(公斤)", "缴获㎏", "缴获量(KG)", "缴获(毫克)", "毛重", "缴获(片)", "缴获(两)", "缴获吨数")
        ),
        *((header, SUSPECTS, Doubt.UNIT) for header in ("抓获嫌疑人次", "抓获(起)", "抓获数(百人)", "抓获案件数")),
        ("累计抓获嫌疑人数", SUSPECTS, Doubt.RUNNING),
        ("上年缴获克数", GRAMS, Doubt.BASE),
    ],
)
def test_a_word_that_changes_a_number_is_seen(header: str, column: Any, doubt: Doubt) -> None:
    assert doubt in doubts(header, column)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        *(
            (header, OPENED)
            for header in (
                "立案数",
                "本月立案数",
                "新增立案数",
                "立案数(起)",
                "立案数(件)",
                "受案数量",
                "数",
                "cases",
                "立案数(单位:起)",
                "10月立案数",
            )
        ),
        *((header, GRAMS) for header in ("缴获克数", "缴获数(克)", "净重(g)", "缴获毒品数量")),
        *((header, SUSPECTS) for header in ("抓获嫌疑人数", "抓获人数", "嫌疑人(名)", "抓获嫌疑人")),
    ],
)
def test_a_header_that_leaves_nothing_open_is_not_asked_about(header: str, column: Any) -> None:
    assert doubts(header, column) == {}


def test_what_a_profile_says_settles_its_word_and_no_other() -> None:
    assert doubts("累计立案数", OPENED, is_running=True) == {}
    assert set(doubts("本月立案数", OPENED, is_running=True)) == {Doubt.MONTHLY}
    assert set(doubts("累计立案数(千起)", OPENED, is_running=True)) == {Doubt.UNIT}
    assert doubts("其中贩毒", OPENED) == {}
    assert set(doubts("其中贩毒", OPENED, stands_beside_others=True)) == {Doubt.PART}
    assert set(doubts("贩毒小计", OPENED, stands_beside_others=True)) == {Doubt.PART}


@pytest.mark.parametrize(
    ("header", "total"), [("合计", True), ("总计(起)", True), ("贩毒小计", True), ("计", True), ("累计", False), ("计划", False), ("统计", False)]
)
def test_the_header_of_a_sum_is_known(header: str, total: bool) -> None:
    assert is_total(header) is total


def table(header: str, *numbers: Any) -> list[list[Any]]:
    return [["乡镇", "案由", header], *([town, "贩卖毒品", number] for town, number in zip(TOWNSHIPS, numbers, strict=False))]


def mapped(header: str, **choices: Any) -> Profile:
    columns = {"township": ["乡镇"], "charge": ["案由"], "opened": [header]}
    return Profile.from_choices("甲表", COUNTS, **{"columns": columns, "month_is_last": True, "encoding": "auto", "separator": "auto", **choices})


def judge(folder: Path, cells: list[list[Any]], chosen: Profile, suffix: str = ".xlsx", name: str = NAME) -> InspectionResult:
    return inspection.inspect(written(folder, name, cells, suffix), PACK, on=ON, profile=chosen)


def written(folder: Path, name: str, cells: list[list[Any]], suffix: str) -> Path:
    """A table in any of the containers; numbers are numbers there."""
    if suffix in (".csv", ".xlsx"):
        return (write_csv if suffix == ".csv" else write_xlsx)(folder, name + suffix, cells)
    laid = [[containers.Cell(str(text), is_number=str(text).isdigit() and len(str(text)) < 12) for text in row] for row in cells]
    write = containers.write_ods if suffix == ".ods" else containers.write_xls
    return write(folder / (name + suffix), laid)


def opened(result: InspectionResult, folder: Path) -> list[int]:
    assert not result.is_refused, "\n".join(result.lines())
    (entry,) = accept([result], folder / "data", "test")
    return sorted(TypedRows(PACK, folder / "data").of(entry).to_pydict()["opened"])


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize("header", ["累计立案数", "上年立案数", "立案数(千起)", "立案率", "立案数(合计率)", "立案人数", "本年立案数"])
def test_a_mapped_header_is_asked_about_at_its_column_until_a_person_confirms_it(tmp_path: Path, header: str, suffix: str) -> None:
    cells = table(header, "50", "21")
    result = judge(tmp_path, cells, mapped(header), suffix)
    assert [(problem.rule, problem.column, problem.row) for problem in result.problems] == [("header_meaning", "C", 1)]
    assert "删" not in result.problems[0].remedy.zh
    assert opened(judge(tmp_path, cells, mapped(header, confirmed=[header]), suffix), tmp_path) == [21, 50]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("words", ["累计", "1—10月", "一至十月", "2025年", "本年", "(千起)", "上年同期"])
def test_a_second_row_of_the_header_is_asked_about_and_so_is_what_it_is_joined_to(tmp_path: Path, words: str, suffix: str) -> None:
    write = write_xlsx if suffix == ".xlsx" else write_csv
    head, *records = [
        ["立案月份", "立案乡镇代码", "案由", "立案数"],
        ["2026-10", TOWNSHIPS[0], "非法持有", "5"],
        ["2026-10", TOWNSHIPS[1], "非法持有", "3"],
    ]
    name = "毒品案件月报表_202610_报20261105" + suffix
    result = inspection.inspect(write(tmp_path, name, [head, ["", "", "", words], *records]), PACK, on=ON)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("second_header", 2)]
    joined = inspection.inspect(write(tmp_path, name, [[*head[:3], head[3] + words], *records]), PACK, on=ON)
    assert [(problem.rule, problem.column) for problem in joined.problems] == [("unknown_header", "D")]


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
@pytest.mark.parametrize("words", ["上年", "计划", "同比增减", "占比(%)", "去年同期"])
def test_a_word_right_above_the_header_is_asked_about_in_the_template_and_in_a_mapped_table(tmp_path: Path, words: str, suffix: str) -> None:
    write = write_xlsx if suffix == ".xlsx" else write_csv
    cells = [["立案月份", "立案乡镇代码", "案由", "立案数"], ["2026-10", TOWNSHIPS[0], "非法持有", "5"]]
    path = write(tmp_path, "毒品案件月报表_202610_报20261105" + suffix, [["", "", "", words], *cells])
    assert ("second_header", 1) in {(problem.rule, problem.row) for problem in inspection.inspect(path, PACK, on=ON).problems}
    result = judge(tmp_path, [["", "", words], *table("立案数", "5", "2")], mapped("立案数"), suffix)
    assert ("second_header", 1) in {(problem.rule, problem.row) for problem in result.problems}
    titled = judge(tmp_path, [["毒品案件上年同期对比统计表", "", "单位:起"], *table("立案数", "5", "2")], mapped("立案数"), suffix)
    assert not titled.is_refused, titled.lines()


def test_a_stacked_header_is_read_from_its_top_to_its_foot(tmp_path: Path) -> None:
    cells = [["乡镇", "案由", "立案数"], ["", "", "1—10月累计"], *table("", "50", "21")[1:]]
    path = write_xlsx(tmp_path, NAME + ".xlsx", cells, merged=["A1:A2", "B1:B2"])
    result = inspection.inspect(path, PACK, on=ON, profile=mapped("立案数1—10月累计"))
    assert {"header_meaning"} <= {problem.rule for problem in result.problems}
    running = inspection.inspect(path, PACK, on=ON, profile=mapped("立案数1—10月累计", is_cumulative=True))
    assert not running.is_refused, running.lines()
    other_month = write_xlsx(tmp_path, "表_202609_报20261105.xlsx", cells, merged=["A1:A2", "B1:B2"])
    result = inspection.inspect(other_month, PACK, on=ON, profile=mapped("立案数1—10月累计", is_cumulative=True))
    assert "coverage_conflict" in {problem.rule for problem in result.problems}


@pytest.mark.parametrize(
    "header", ["2025年10月立案数", "9月立案数", "1—10月立案数", "三季度立案数", "2026年立案数", "截至10月底立案数", "一至十月立案"]
)
def test_the_months_in_a_mapped_header_are_those_of_the_file(tmp_path: Path, header: str) -> None:
    result = judge(tmp_path, table(header, "5", "2"), mapped(header))
    assert ("coverage_conflict", 1) in {(problem.rule, problem.row) for problem in result.problems}


def test_the_month_of_the_file_in_its_header_is_no_question(tmp_path: Path) -> None:
    assert opened(judge(tmp_path, table("2026年10月立案数", "5", "2"), mapped("2026年10月立案数")), tmp_path) == [2, 5]


def test_numbers_in_another_unit_are_converted_by_the_confirmed_factor_only(tmp_path: Path) -> None:
    chosen = mapped("立案数(百起)", factors={"立案数(百起)": "100"})
    # 0.05 hundred are 5, 2 hundred are 200, 1.25 hundred are 125.
    result = judge(tmp_path, table("立案数(百起)", "0.05", "2", "1.25"), chosen)
    assert ("converted", "C") in {(remark.rule, remark.column) for remark in result.remarks}
    assert opened(result, tmp_path) == [5, 125, 200]
    # 0.005 hundred are half a case: the factor or the number is wrong.
    half = judge(tmp_path, table("立案数(百起)", "0.005"), chosen)
    assert [(problem.rule, problem.row) for problem in half.problems] == [("count", 2)]
    total = [*table("立案数(百起)", "0.05", "2"), ["合计", "", "2.05"]]
    assert not judge(tmp_path, total, chosen).is_refused
    total[-1][2] = "2.06"
    assert [problem.rule for problem in judge(tmp_path, total, chosen).problems] == ["total_mismatch"]


def test_a_number_as_long_as_a_telephone_is_not_multiplied_out_of_sight_of_the_gate(tmp_path: Path) -> None:
    result = judge(tmp_path, table("立案数(百起)", "13812345678", "2"), mapped("立案数(百起)", factors={"立案数(百起)": "100"}))
    assert result.has_identifiers


@pytest.mark.parametrize(
    ("item", "value"), [("factors", {"立案数": "0"}), ("factors", {"立案数": "-1"}), ("factors", {"乡镇": "10"}), ("confirmed", ["别的"])]
)
def test_what_confirms_nothing_is_no_part_of_a_profile(item: str, value: Any) -> None:
    with pytest.raises(ProfileError):
        mapped("立案数", **{item: value})


def test_a_profile_kept_before_there_were_confirmations_keeps_its_digest() -> None:
    written = json.loads(mapped("立案数").content())
    assert not {"confirmed", "factors"} & set(written)
    confirmed = mapped("累计立案数", confirmed=["累计立案数"], factors={"累计立案数": "10"})
    assert profile.parse(confirmed.content(), CONTRACTS) == confirmed


@pytest.mark.parametrize("header", ["累计立案数", "上年立案数", "立案数(千起)", "立案率", "本年立案数"])
def test_the_page_proposes_no_count_that_its_header_speaks_against(header: str) -> None:
    guess = question.guesses(("乡镇", "案由", header), COUNTS)[2]
    assert (guess.use, guess.reason) in ((None, "asked"), (None, "none"))
    assert question.guesses(("乡镇", "案由", "本月立案数"), COUNTS)[2].use == NUMBER
    # The right column is proposed though a doubtful one stands before it.
    assert [guess.use for guess in question.guesses((header, "立案数量"), COUNTS)] == [None, NUMBER]


def test_the_answers_of_the_page_make_the_profile(tmp_path: Path) -> None:
    cells = table("累计立案数(千起)", "0.05", "0.021")
    place = question.places(write_xlsx(tmp_path, NAME + ".xlsx", cells).read_bytes(), CONTRACTS, PACK)[0]
    uses, words = (TOWN, CHARGE, NUMBER), {"township": {}, "charge": {}}
    asked = question.header_questions(place.headers, COUNTS, uses, is_cumulative=False)
    assert [(one.doubt, one.word) for one in asked] == [(Doubt.RUNNING, "累计"), (Doubt.UNIT, "千起")]
    assert [list(question.answers_to(one)) for one in asked] == [["running", "as_it_is"], ["1000", "as_it_is"]]
    with pytest.raises(ProfileError) as refused:
        question.profile_of(place, Answers("甲表", "case_counts", uses, words), CONTRACTS)
    assert {problem.rule for problem in refused.value.problems} == {"header_meaning"}
    chosen = question.profile_of(place, Answers("甲表", "case_counts", uses, words, is_cumulative=True, factors={2: "1000"}), CONTRACTS)
    result = judge(tmp_path, cells, chosen)
    # 0.05 and 0.021 thousand from January to October.
    assert opened(result, tmp_path) == [21, 50]


def wide(*rows: list[Any], header: tuple[str, ...] = ("镇街", "贩毒", "持毒", "合计")) -> list[list[Any]]:
    return [list(header), *([town, *row] for town, row in zip(TOWNSHIPS, rows, strict=False))]


def of_charges(*ignored: str, **choices: Any) -> Profile:
    measures = {"贩毒": {"charge": "trafficking"}, "持毒": {"charge": "possession"}}
    given = {"columns": {"township": ["镇街"]}, "measures": measures, "counts_into": "opened", "month_is_last": True, "blank_is_zero": True}
    return Profile.from_choices("宽表", COUNTS, **{**given, "ignored": list(ignored), "encoding": "auto", "separator": "auto", **choices})


@pytest.mark.parametrize("suffix", CONTAINERS)
@pytest.mark.parametrize(
    ("cells", "ignored", "wrong"),
    [
        (wide([5, 2, 7], [3, "", 3]), ["合计"], []),
        (wide([5, 2, 7], [3, "", 4]), ["合计"], [("D", 3)]),  # 3 and a blank are not 4
        (wide([5, 2, 8], [3, "", 4]), ["合计"], [("D", 2), ("D", 3)]),
        (wide([5, 2, ""], [3, "", ""]), ["合计"], []),  # nothing is said
        (wide([7, 5, 2], [4, 3, ""], header=("镇街", "总计", "贩毒", "持毒")), ["总计"], [("B", 3)]),
        # With a third charge that is not used: 5 + 2 + 1 = 8, 3 + 0 + 1 = 4.
        (wide([5, 2, 1, 8], [3, "", 1, 4], header=("镇街", "贩毒", "持毒", "吸毒", "合计")), ["吸毒", "合计"], []),
        (wide([5, 2, 1, 8], [3, "", 1, 5], header=("镇街", "贩毒", "持毒", "吸毒", "合计")), ["吸毒", "合计"], [("E", 3)]),
        # A running total beside them is no sum of them.
        (wide([5, 2, 70], [3, "", 40], header=("镇街", "贩毒", "持毒", "累计")), ["累计"], []),
        # Subtotals of their own group, and one of all.
        (
            wide([5, 5, 2, 2, 7], [3, 4, 1, 1, 4], header=("镇街", "贩毒", "贩毒小计", "持毒", "持毒小计", "合计")),
            ["贩毒小计", "持毒小计", "合计"],
            [("C", 3)],
        ),
    ],
)
def test_a_total_beside_the_columns_is_the_sum_of_the_columns(
    tmp_path: Path, cells: list[list[Any]], ignored: list[str], wrong: list[tuple[str, int]], suffix: str
) -> None:
    result = judge(tmp_path, cells, of_charges(*ignored), suffix)
    assert [(problem.column, problem.row) for problem in result.problems if problem.rule == "total_mismatch"] == wrong
    assert result.is_refused is bool(wrong)
    assert not judge(tmp_path, cells, of_charges(*ignored, confirmed=ignored), suffix).is_refused


def test_a_total_of_month_columns_is_compared_too(tmp_path: Path) -> None:
    cells = [["镇街", "2026年9月", "2026年10月", "合计"], [TOWNSHIPS[0], "1", "2", "3"], [TOWNSHIPS[1], "4", "5", "8"]]
    given = {"columns": {"township": ["镇街"]}, "constants": {"charge": "trafficking"}, "has_month_columns": True, "counts_into": "opened"}
    chosen = Profile.from_choices("月表", COUNTS, **given, ignored=["合计"], encoding="auto", separator="auto")
    result = judge(tmp_path, cells, chosen, name="表_202609-202610_报20261105")
    assert [(problem.rule, problem.row) for problem in result.problems] == [("total_mismatch", 3)]


def test_unused_totals_are_named_on_the_page() -> None:
    assert question.unused_totals(("镇街", "贩毒", "合计", "备用"), (TOWN, SOLD, UNUSED, UNUSED)) == [2]
    assert question.unused_totals(("镇街", "贩毒", "合计"), (TOWN, SOLD, HELD)) == []


def test_a_weight_in_kilograms_is_read_in_grams_once_a_person_said_so(tmp_path: Path) -> None:
    cells = grid(CASES, rows(CASES, count=2))
    cells[0][cells[0].index("缴获克数")] = "缴获千克数"
    for row, text in zip(cells[1:], ("0.012", "1.5"), strict=True):
        row[cells[0].index("缴获千克数")] = text
    columns = {column.name: [column.header if column is not GRAMS else "缴获千克数"] for column in CASES.columns}
    path = write_csv(tmp_path, "表_202605_报20261105.csv", cells)
    given = {"columns": columns, "encoding": "auto", "separator": "auto"}
    asked = inspection.inspect(path, PACK, on=ON, profile=Profile.from_choices("案件表", CASES, **given))
    assert [(problem.rule, problem.column) for problem in asked.problems] == [("header_meaning", "I")]
    result = inspection.inspect(path, PACK, on=ON, profile=Profile.from_choices("案件表", CASES, **given, factors={"缴获千克数": "1000"}))
    assert not result.is_refused, "\n".join(result.lines())
    (entry,) = accept([result], tmp_path / "data", "test")
    # 0.012 kg are 12 g, 1.5 kg are 1500 g.
    assert sorted(TypedRows(PACK, tmp_path / "data").of(entry).to_pydict()["grams"]) == [12.0, 1500.0]
