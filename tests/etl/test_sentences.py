"""What an analyst reads of a delivered file: one fault is one line, with its place and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.questions import type_unknown
from etl.inspection.recognise import reported_on_of
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.return_list import return_list
from etl.wording import counted, span_zh
from tests.etl.files import CASES, ON, REGISTRY, REGISTRY_NAME, TOWNSHIPS, grid, registry_csv, rows, write_csv, write_xlsx

REGISTER = "在册吸毒人员_202610_报20261105.xlsx"
NOT_CHECKED = "  · 其余内容未检查,去掉个人信息后重报时再查 | "


def register(**changes: str) -> list[list[str]]:
    return grid(REGISTRY, rows(REGISTRY, **changes))


def renamed(*pairs: tuple[str, str]) -> list[list[str]]:
    cells = register()
    for header, other in pairs:
        cells[0][cells[0].index(header)] = other
    return cells


def faults(result: InspectionResult) -> list[tuple[str, str | None, int | None]]:
    assert result.acceptance is Acceptance.REFUSED
    return [(problem.rule, problem.column, problem.row) for problem in result.problems]


def inspect_csv(folder: Path, pack: CountyPack, cells: Sequence[Sequence[str]], name: str = REGISTRY_NAME) -> InspectionResult:
    return inspect(write_csv(folder, name, cells), pack, on=ON)


# --- headers -------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "other"),
    [
        ("性别", "性别代码"),  # alike in writing
        ("现居乡镇代码", "现居乡镇"),
        ("性别", "男女"),  # alike in what stands below: 男 is admitted in no other column
    ],
)
def test_a_renamed_column_is_one_line(header: str, other: str, tmp_path: Path, pack: CountyPack) -> None:
    result = inspect_csv(tmp_path, pack, renamed((header, other)))
    letter = "ABCDEFGHIJKLMNOPQR"[[column.header for column in REGISTRY.columns].index(header)]
    assert faults(result) == [("unknown_header", letter, 1)]
    (problem,) = result.problems
    assert problem.message.zh == f"模板中没有这一列,而缺少“{header}”列"
    assert problem.remedy.zh == f"核对这一列的内容:确是“{header}”的,把表头写成“{header}”;不是“{header}”的,补上“{header}”列,这一列移到另一份表中留存"
    assert other not in problem.message.zh.replace(header, "") + problem.remedy.zh.replace(header, "")


def test_columns_that_may_be_two_are_not_guessed(tmp_path: Path, pack: CountyPack) -> None:
    # Both hold 是 or 否, neither header is like one of ours: which is which only the sender knows.
    cases = grid(CASES, rows(CASES))
    cases[0][cases[0].index("是否制毒窝点")] = "甲乙丙"
    extra = [[*row, "另一列" if number == 0 else "否"] for number, row in enumerate(cases)]
    result = inspect_csv(tmp_path, pack, extra, "毒品案件_202601-202610_报20261105.csv")
    assert sorted(rule for rule, _, _ in faults(result)) == ["missing_header", "unknown_header", "unknown_header"]


def test_a_header_of_another_template_is_our_own_word_and_is_named(tmp_path: Path, pack: CountyPack) -> None:
    cells = [[*row, "案由" if number == 0 else "其他"] for number, row in enumerate(register())]
    assert faults(inspect_csv(tmp_path, pack, cells)) == [("unknown_header", "案由", 1)]
    cells[0][-1] = "案由由"
    assert faults(inspect_csv(tmp_path, pack, cells)) == [("unknown_header", "S", 1)]


def test_two_renamed_columns_find_their_own(tmp_path: Path, pack: CountyPack) -> None:
    result = inspect_csv(tmp_path, pack, renamed(("性别", "性别代码"), ("现居乡镇代码", "现居乡镇")))
    assert [problem.message.zh for problem in result.problems] == [
        "模板中没有这一列,而缺少“性别”列",
        "模板中没有这一列,而缺少“现居乡镇代码”列",
    ]


# --- keys ----------------------------------------------------------------------------------------------------------------------------------


def test_a_repeated_key_names_the_other_row(tmp_path: Path, pack: CountyPack) -> None:
    cells = register()
    cells[3][1] = cells[1][1]  # row 4 repeats row 2
    (problem,) = inspect_csv(tmp_path, pack, cells).problems
    assert (problem.rule, problem.row, problem.message.zh) == ("duplicate_key", 4, "代号与第2行重复")


def test_a_repeated_key_of_several_columns_names_them(tmp_path: Path, pack: CountyPack) -> None:
    counts = extracts()["case_counts"]
    record = ["2026-10", TOWNSHIPS[0], "走私、贩卖、运输", "3"]
    result = inspect_csv(tmp_path, pack, [[column.header for column in counts.columns], record, record], "案件月报_202610_报20261105.csv")
    assert [(problem.row, problem.message.zh) for problem in result.problems] == [(3, "与第2行重复(立案月份、立案乡镇代码、案由都相同)")]


def test_keys_counted_up_are_a_fault_of_the_column(tmp_path: Path, pack: CountyPack) -> None:
    cells = register()
    for number, row in enumerate(cells[1:], 1):
        row[1] = f"P{number:06}"
    result = inspect_csv(tmp_path, pack, cells)
    assert faults(result) == [("key_sequence", "人员代号", None)]
    assert result.rows_refused == 0
    assert "整列" in result.problems[0].message.zh


def test_keys_made_of_identity_numbers_are_a_fault_of_the_column(tmp_path: Path, pack: CountyPack) -> None:
    cells = register()
    for number, row in enumerate(cells[1:], 1):
        row[1] = f"ZH19{60 + number}0{number}1{number}Q{number}"  # 1961-01-11, 1962-02-12, …
    result = inspect_csv(tmp_path, pack, cells)
    assert ("key_birth", "人员代号", None) in faults(result)
    assert all("就整列而言" in problem.message.zh for problem in result.problems if problem.rule == "key_birth")


# --- dates and months ------------------------------------------------------------------------------------------------------------------------


def dated(folder: Path, text: str, name: str = REGISTER) -> Path:
    """Five records in rows 2 to 6 and the date in row 7."""
    return write_xlsx(folder, name, [*register(), ["填表人:", text]])


def test_a_form_filled_in_before_it_was_reported(tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(dated(tmp_path, "填表日期:2026年11月2日"), pack, on=ON)
    assert (result.acceptance, result.reported_on) == (Acceptance.IN_ORDER, date(2026, 11, 5))
    assert "第7行 · 表内填报日期2026-11-02早于报送日期2026-11-05,以后者为准" in "\n".join(result.lines())


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        ("填表日期:2026年11月6日", REGISTER, "表内填报日期2026-11-06晚于文件名中的报送日期2026-11-05"),
        ("填表日期:2025年11月5日", REGISTER, "表内填报日期2025-11-05与文件名中的报送日期2026-11-05不在同一年"),
        ("填表日期:2026年9月30日", REGISTER, "表内填报日期2026-09-30早于所报月份(文件名中的报送日期为2026-11-05)"),
        ("填表日期:2026年11月31日", REGISTER, "表内填报日期不存在"),
    ],
)
def test_a_date_on_the_form_that_cannot_be_is_asked_about_with_its_place(
    text: str, name: str, message: str, tmp_path: Path, pack: CountyPack
) -> None:
    (problem,) = inspect(dated(tmp_path, text, name), pack, on=ON).problems
    assert (problem.rule, problem.sheet, problem.row, problem.message.zh) == ("reported_on_conflict", "报表", 7, message)


def test_two_dates_on_the_form_name_both_places(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["填报日期:2026-11-03"], *register(), ["填表人:", "填表日期:2026年11月4日"]]
    (problem,) = inspect(write_xlsx(tmp_path, "在册吸毒人员_202610.xlsx", cells), pack, on=ON).problems
    assert (problem.sheet, problem.row, problem.message.zh) == ("报表", 8, "此处填报日期为2026-11-04,第1行为2026-11-03")


@pytest.mark.parametrize("stated", [None, date(2026, 11, 5)])
def test_the_senders_word_counts_like_the_name(stated: date | None) -> None:
    name = "在册_202610.csv" if stated else "在册_202610_报20261105.csv"
    assert reported_on_of(name, [], stated, date(2026, 10, 1)).value == date(2026, 11, 5)
    assert reported_on_of("在册_202610_报20261104.csv", [], date(2026, 11, 5), None).fault is not None


@pytest.mark.parametrize(
    "name", ["在册吸毒人员_202613_报20261105.csv", "在册吸毒人员_202600.csv", "毒品案件_202601-202613.csv", "在册吸毒人员_2026年13月.csv"]
)
def test_a_month_that_does_not_exist_is_said(name: str, tmp_path: Path, pack: CountyPack) -> None:
    cells = register() if "在册" in name else grid(CASES, rows(CASES))
    result = inspect_csv(tmp_path, pack, cells, name)
    assert [problem.rule for problem in result.problems if problem.rule.startswith("coverage")] == ["coverage_impossible"]
    assert "文件名中的月份不存在,月份只能是01—12" in "\n".join(result.lines())


# --- personal information --------------------------------------------------------------------------------------------------------------------


def test_remarks_are_told_plainly(tmp_path: Path, pack: CountyPack) -> None:
    cells = [[*row, "备注" if number == 0 else "无异常"] for number, row in enumerate(register())]
    result = inspect_csv(tmp_path, pack, cells)
    assert "第1行 · 列“S” · 备注列写了内容,可能含个人信息,全文件退回且不留存;请由报送单位去掉整个备注列后重报,各行不删" in "\n".join(result.lines())


@pytest.mark.parametrize("footer", [["填表人:", "赵某某", "审核人:"], ["填表人:赵某某"]])
def test_a_name_after_its_label_is_to_be_cleared_and_the_label_may_stay(footer: list[str], tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(write_xlsx(tmp_path, REGISTER, [*register(), [""], footer]), pack, on=ON)
    assert result.has_identifiers
    said = {(problem.rule, problem.row): problem.remedy.zh for problem in result.problems if problem.sheet == "报表"}
    assert said["labelled", 8] == "清空姓名、电话后重报,“填表人:”等标签可保留"
    assert {row for _, row in said} == {8}


def test_names_above_a_header_of_two_rows_have_their_row(tmp_path: Path, pack: CountyPack) -> None:
    cells = register()
    upper = ["" for _ in cells[0]]
    upper[0], upper[1] = "基本情况", "基本情况"
    path = write_xlsx(tmp_path, REGISTER, [["某县"], ["填表人:", "赵某某"], upper, *cells])
    rows_named = {problem.row for problem in inspect(path, pack, on=ON).problems if problem.rule == "labelled"}
    assert rows_named == {2}


def test_what_was_not_checked_is_said_at_the_end(tmp_path: Path, pack: CountyPack) -> None:
    cells = register(sex="不明")
    cells[2][17] = "11010519491231002X"  # the specimen of GB 11643-1999
    result = inspect_csv(tmp_path, pack, cells)
    assert result.lines()[-1].startswith(NOT_CHECKED)
    assert result.as_json()["remarks"][0]["rule"] == "rest_unchecked"
    assert return_list(result)
    assert not inspect(registry_csv(tmp_path, sex="不明"), pack, on=ON).remarks


def test_a_drug_not_in_the_list_says_where_the_list_is(tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(registry_csv(tmp_path, main_drug="某种药"), pack, on=ON)
    assert all("drugs.csv" in problem.remedy.zh and "docs/extracts.md" in problem.remedy.zh for problem in result.problems)


# --- what is no record -----------------------------------------------------------------------------------------------------------------------


def remarks(path: Path, pack: CountyPack) -> list[str]:
    result = inspect(path, pack, on=ON)
    assert result.acceptance is Acceptance.IN_ORDER
    return [remark.message.zh for remark in result.remarks]


def on_sheets(folder: Path, *sheets: tuple[str, Sequence[Sequence[str]], bool]) -> Path:
    path = folder / REGISTER
    with xlsxwriter.Workbook(path) as book:
        for name, cells, is_visible in sheets:
            page = book.add_worksheet(name)
            for row, line in enumerate(cells):
                page.write_row(row, 0, line)
            if not is_visible:
                page.hide()
    return path


def test_totals_footers_and_columns_left_out_are_said(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["序号", *row, "备注"] if number == 0 else [str(number), *row, ""] for number, row in enumerate(register())]
    # The header in row 1, records in 2 to 6, a total in 7, a blank row, footers in 9 and 10.
    path = write_xlsx(tmp_path, REGISTER, [*cells, ["合计:5人"], [""], ["注:全县"], ["填表人:"]])
    assert remarks(path, pack) == [
        "合计、小计1行(第7行)不计入记录,能核对的已与明细核对",
        "表尾说明2行(第9—10行)不计入记录",
        "序号列不读取",
        "空的备注列不读取",
    ]
    assert "1 row (7) of totals" in "\n".join(inspect(path, pack, on=ON).lines())


def test_sheets_that_were_not_read_are_said(tmp_path: Path, pack: CountyPack) -> None:
    cells = register()
    path = on_sheets(tmp_path, ("说明页", [["请按月报送"]], True), ("报表", cells, True), ("Sheet3", [], True), ("旧表", cells[:2], False))
    assert remarks(path, pack) == ["工作表“说明页”不是报表,未作为记录读取", "隐藏的工作表“旧表”未作为记录读取"]


def test_a_sheet_that_may_be_named_by_a_person_is_told_by_its_place(tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, ("报表", register(), True), ("王小明", [["请按月报送"]], True))
    assert remarks(path, pack) == ["工作表(第2张)不是报表,未作为记录读取"]
    assert "王小明" not in str(inspect(path, pack, on=ON).as_json())


def test_many_sheets_that_were_not_read_are_counted(tmp_path: Path, pack: CountyPack) -> None:
    others = [(f"附{number}", [["见正文"]], True) for number in range(1, 8)]
    assert remarks(on_sheets(tmp_path, ("报表", register(), True), *others), pack) == [
        "工作表“附1”、“附2”、“附3”、“附4”、“附5”等7张不是报表,未作为记录读取"
    ]


def test_rows_left_out_of_several_sheets_are_counted(tmp_path: Path, pack: CountyPack) -> None:
    cells = register()
    path = on_sheets(tmp_path, ("甲", [*cells[:3], ["合计:2人"]], True), ("乙", [cells[0], *cells[3:], ["合计:3人"]], True))
    assert remarks(path, pack) == ["合计、小计2行(在2张工作表上)不计入记录,能核对的已与明细核对"]


def test_a_file_without_records_says_what_it_means(tmp_path: Path, pack: CountyPack) -> None:
    path = write_csv(tmp_path, "毒品案件_202601-202610_报20261105.csv", grid(CASES, []))
    assert remarks(path, pack) == ["文件没有记录,表示2026年1—10月本期无记录,入库后这些月份按0计;如属漏报,请补全后重报"]
    assert remarks(registry_csv(tmp_path), pack) == []


@pytest.mark.parametrize(
    ("first", "last", "zh"),
    [((2026, 8), (2026, 8), "2026年8月"), ((2026, 1), (2026, 10), "2026年1—10月"), ((2025, 12), (2026, 8), "2025年12月—2026年8月")],
)
def test_months_are_written_without_a_zero(first: tuple[int, int], last: tuple[int, int], zh: str) -> None:
    assert span_zh(date(*first, 1), date(*last, 1)) == zh


@pytest.mark.parametrize(("number", "words"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1200, "1,200 rows")])
def test_english_nouns_agree_with_their_number(number: int, words: str) -> None:
    assert counted(number, "row") == words


def test_a_file_of_no_known_type_is_told_all_the_words_there_are() -> None:
    remedy = type_unknown(extracts()).remedy
    words = [word for extract in extracts().values() for word in extract.file_words]
    assert {"案件", "cases"} < set(words)
    assert re.findall("“(.+?)”", remedy.zh) == [word for word in words if not word.isascii()]
    assert remedy.en.split(": one of ")[1].split(", ") == [word for word in words if word.isascii()]
