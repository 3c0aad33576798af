"""Real workbooks: what stands around the records is recognised or asked about, and no record is lost or made up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from etl.contract import Extract
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.publishing.acceptance import accept
from etl.reading.table import Table
from tests.etl.files import CASES, CASES_NAME, KEYS, ON, REGISTRY, csv_text, grid, rows, write_xlsx

NAME = "毒品案件_202601-202610_报20261105.xlsx"
REGISTER = "在册吸毒人员_202610_报20261105.xlsx"
MOBILE = "13800138000"  # an operator's service number
WIDTH = len(CASES.columns)


def place(name: str) -> int:
    """Where a column stands in the contract's order."""
    return [column.name for column in CASES.columns].index(name)


def read(path: Path, pack: CountyPack) -> Table:
    return read_file(path.read_bytes(), path.suffix, extracts(), pack).table


def cells_of(table: Table) -> list[list[str]]:
    return [list(row) for row in zip(*table.columns, strict=True)]


def places(result: InspectionResult) -> list[tuple[str, str | None, int | None, str | None]]:
    return [(problem.rule, problem.sheet, problem.row, problem.column) for problem in result.problems]


def row_of(text: dict[int, str], width: int = WIDTH) -> list[str]:
    return [text.get(index, "") for index in range(width)]


RECORDS = grid(CASES, rows(CASES))[1:]
HEADER = grid(CASES, [])[0]
# Every record has 3 suspects, 0 under 18, 2 of 18 to 35, and 12.5 g: five of them make 15, 0, 10 and 62.5.
TOTAL = {0: "合计", place("suspects"): "15", place("suspects_under_18"): "0", place("suspects_18_35"): "10", place("grams"): "62.5"}


def in_order(path: Path, pack: CountyPack) -> None:
    result = inspect(path, pack, on=ON)
    assert (result.acceptance, result.problems, result.rows_found) == (Acceptance.IN_ORDER, (), 5)
    assert cells_of(read(path, pack)) == RECORDS


@pytest.mark.parametrize(
    "around",
    [
        ([["某某县毒品案件统计表"], ["填报单位:某某县禁毒办", "", "单位:人"]], [row_of(TOTAL)]),
        ([], [row_of({**TOTAL, 0: "合 计:5起"})]),
        ([], [row_of({**TOTAL, place("grams"): "62.5克", place("suspects"): "15人"})]),
        ([], [row_of(TOTAL), [""], ["填表人:", "", "审核人:", "", "填报日期:2026年11月5日"]]),
        ([], [row_of({0: "填表人:", WIDTH + 1: "填报日期:2026年11月5日"}, WIDTH + 2)]),
        ([], [[""], ["注:1.数据来自案件系统。"], ["2.重量为净重。"]]),
        ([], [["说明:以上为全县数"]]),
        ([[""], [""]], [[""], ["单位负责人:", "填表人:"]]),
        ([], [row_of({0: "合计", place("grams"): "—"})]),
    ],
)
def test_titles_totals_and_footers_are_no_records(
    around: tuple[Sequence[Sequence[str]], Sequence[Sequence[str]]], tmp_path: Path, pack: CountyPack
) -> None:
    above, below = around
    in_order(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS, *below], above), pack)


def test_subtotals_between_and_a_total_on_top(tmp_path: Path, pack: CountyPack) -> None:
    # Two records: 2 × 12.5 = 25 g and 6 suspects; the other three: 37.5 g and 9.
    first = row_of({0: "城区小计", place("grams"): "25", place("suspects"): "6"})
    second = row_of({1: "小计", place("grams"): "37.5", place("suspects"): "9"})
    path = write_xlsx(tmp_path, NAME, [HEADER, row_of(TOTAL), *RECORDS[:2], first, *RECORDS[2:], second])
    in_order(path, pack)
    # header 1, total 2, records 3 and 4, subtotal 5, records 6 to 8
    assert [read(path, pack).row_number(index) for index in range(5)] == [3, 4, 6, 7, 8]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({place("suspects"): "16"}, ("total_mismatch", "报表", 7, "抓获嫌疑人数")),
        ({place("grams"): "62.501"}, ("total_mismatch", "报表", 7, "缴获克数")),
        ({place("grams"): "约60"}, ("total_mismatch", "报表", 7, "缴获克数")),
        ({0: "合计4起"}, ("total_mismatch", "报表", 7, "案件代号")),
        ({place("charge"): "吸毒"}, ("total_row", "报表", 7, None)),  # only a record has an offence
    ],
)
def test_a_total_that_does_not_add_up_is_asked_about(
    change: dict[int, str], problem: tuple[str, str, int, str], tmp_path: Path, pack: CountyPack
) -> None:
    path = write_xlsx(tmp_path, NAME, [HEADER, *RECORDS, row_of({**TOTAL, **change})])
    assert problem in places(inspect(path, pack, on=ON))


@pytest.mark.parametrize(
    ("footer", "rule"),
    [
        (["填表人:赵某某"], "labelled"),
        (["填表人:", "赵某某", "审核人:"], "labelled"),
        (["联系电话:", MOBILE], "mobile"),
        (["注:", f"电话{MOBILE}"], "mobile"),
    ],
)
def test_people_in_a_footer_or_unit_row_are_refused(footer: list[str], rule: str, tmp_path: Path, pack: CountyPack) -> None:
    below = inspect(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS, footer]), pack, on=ON)
    above = inspect(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS], [footer]), pack, on=ON)
    for result in (below, above):
        assert result.has_identifiers
        assert rule in dict(result.problem_counts)
        assert "赵某某" not in str(result.as_json())


def test_the_date_of_reporting_may_stand_below(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, "毒品案件_202601-202610.xlsx", [HEADER, *RECORDS, ["填表人:", "填报日期:2026年11月5日"]])
    assert inspect(path, pack, on=ON).reported_on == date(2026, 11, 5)


def test_serial_numbers_and_an_empty_remarks_column_are_left_out(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["序号", *HEADER, "备注"], *([str(number), *record, ""] for number, record in enumerate(RECORDS, 1))]
    path = write_xlsx(tmp_path, NAME, [*cells, ["合计", *row_of({**TOTAL, 0: ""}), ""]])
    in_order(path, pack)
    assert read(path, pack).letter(0) == "B"
    six = write_xlsx(tmp_path, NAME, [*cells, ["合计:6起"]])
    assert places(inspect(six, pack, on=ON)) == [("total_mismatch", "报表", 7, "A")]  # only a header of our own is named
    cells[3][-1] = "已移送"
    assert "forbidden_header" in dict(inspect(write_xlsx(tmp_path, NAME, cells), pack, on=ON).problem_counts)


def test_blank_columns_inside_and_around_are_no_columns(tmp_path: Path, pack: CountyPack) -> None:
    cells = [["", *row[:4], "", *row[4:]] for row in [HEADER, *RECORDS]]
    path = write_xlsx(tmp_path, NAME, cells)
    in_order(path, pack)
    cells[2][2] = "不明"  # 案件性质 stands in column C, the second after the blank A
    result = inspect(write_xlsx(tmp_path, NAME, cells), pack, on=ON)
    assert places(result) == [("code", "报表", 3, "案件性质")]


# --- headers of several rows ---------------------------------------------------------------------------------------------------------------


def stacked(folder: Path, tops: dict[tuple[int, int], str], leaves: dict[int, str], depth: int = 2, name: str = NAME) -> Path:
    """A workbook whose header takes rows 2 and 3 (4): groups over some columns, the other headers merged downwards."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("报表")
        page.merge_range(0, 0, 0, WIDTH - 1, "某某县毒品案件统计表")
        grouped = {index for first, last in tops for index in range(first, last + 1)}
        for (first, last), text in tops.items():
            page.merge_range(1, first, depth - 1, last, text)
        for index in range(WIDTH):
            if index in grouped:
                page.write(depth, index, leaves[index])
            else:
                page.merge_range(1, index, depth, index, leaves.get(index, HEADER[index]))
        for number, record in enumerate(RECORDS):
            for index, text in enumerate(record):
                page.write(depth + 1 + number, index, text)
    return path


SUSPECTS = place("suspects"), place("suspects_18_35")


@pytest.mark.parametrize("depth", [2, 3])
@pytest.mark.parametrize(
    ("top", "leaves"),
    [
        ("嫌疑人情况", ["抓获嫌疑人数", "其中不满18岁", "其中18至35岁"]),  # the lower row alone says it
        ("抓获嫌疑人数", ["合计", "其中不满18岁", "其中18至35岁"]),  # the upper row, over its total
        ("抓获嫌疑人数(人)", ["", "其中不满18岁", "其中18至35岁(人)"]),
    ],
)
def test_a_header_of_several_rows(depth: int, top: str, leaves: list[str], tmp_path: Path, pack: CountyPack) -> None:
    path = stacked(tmp_path, {SUSPECTS: top}, dict(zip(range(SUSPECTS[0], SUSPECTS[1] + 1), leaves, strict=True)), depth)
    in_order(path, pack)
    assert read(path, pack).row_number(0) == depth + 2


def test_upper_and_lower_cell_are_joined(tmp_path: Path, pack: CountyPack) -> None:
    # 其中 over 不满18岁 and 18至35岁 gives the two headers of the contract
    young = place("suspects_under_18")
    in_order(stacked(tmp_path, {(young, young + 1): "其中"}, {young: "不满18岁", young + 1: "18至35岁"}), pack)


@pytest.mark.parametrize(
    ("top", "leaves"),
    [
        ("上年同期", ["抓获嫌疑人数", "其中不满18岁", "其中18至35岁"]),  # the same words of another year
        ("抓获嫌疑人数", ["外省籍", "其中不满18岁", "其中18至35岁"]),  # a part is not the whole
        ("抓获嫌疑人数", ["合计", "总数", "其中18至35岁"]),
    ],
)
def test_a_stack_that_may_mean_something_else_is_refused(top: str, leaves: list[str], tmp_path: Path, pack: CountyPack) -> None:
    path = stacked(tmp_path, {SUSPECTS: top}, dict(zip(range(SUSPECTS[0], SUSPECTS[1] + 1), leaves, strict=True)))
    assert inspect(path, pack, on=ON).acceptance is Acceptance.REFUSED


GRAMS = place("grams"), place("grams")


@pytest.mark.parametrize("top", ["重量(公斤)", "单位:千克", "毛重", "重量(kg)", "数量(千克)", "毛重(克)", "单位:人"])
def test_a_group_of_another_unit_is_refused(top: str, tmp_path: Path, pack: CountyPack) -> None:
    path = stacked(tmp_path, {(GRAMS[0] - 1, GRAMS[1]): top}, {GRAMS[0] - 1: "毒品种类", GRAMS[0]: "缴获克数"})
    assert inspect(path, pack, on=ON).acceptance is Acceptance.REFUSED


@pytest.mark.parametrize("top", ["2025年1—10月", "2025年", "1-9月", "截至9月底", "全年", "二〇二五年", "1-10月累计", "11月"])
def test_a_group_of_another_period_is_refused(top: str, tmp_path: Path, pack: CountyPack) -> None:
    path = stacked(tmp_path, {SUSPECTS: top}, dict(zip(range(SUSPECTS[0], SUSPECTS[1] + 1), HEADER[SUSPECTS[0] :], strict=False)))
    assert inspect(path, pack, on=ON).acceptance is Acceptance.REFUSED


@pytest.mark.parametrize("top", ["2026年1-10月", "1—10月", "10月", "截至10月底", "2026年", "单位:人", "嫌疑人(人)"])
def test_a_group_of_the_covered_period_or_the_own_unit_is_taken(top: str, tmp_path: Path, pack: CountyPack) -> None:
    in_order(stacked(tmp_path, {SUSPECTS: top}, dict(zip(range(SUSPECTS[0], SUSPECTS[1] + 1), HEADER[SUSPECTS[0] :], strict=False))), pack)


def test_a_group_of_another_month_is_asked_about_in_its_row(tmp_path: Path, pack: CountyPack) -> None:
    leaves = dict(zip(range(SUSPECTS[0], SUSPECTS[1] + 1), HEADER[SUSPECTS[0] :], strict=False))
    result = inspect(stacked(tmp_path, {SUSPECTS: "2025年10月"}, leaves), pack, on=ON)
    # the title stands in row 1, the groups in row 2
    assert places(result) == [("coverage_conflict", "报表", 2, None)]


def test_a_name_of_people_in_the_upper_header_is_seen(tmp_path: Path, pack: CountyPack) -> None:
    young = place("suspects_under_18")
    path = stacked(tmp_path, {(young, young + 1): "姓名"}, {young: "其中不满18岁", young + 1: "其中18至35岁"})
    assert inspect(path, pack, on=ON).has_identifiers


@pytest.mark.parametrize("extract", extracts().values(), ids=lambda extract: extract.id)
def test_every_template_may_stand_under_a_stacked_header(extract: Extract, tmp_path: Path, pack: CountyPack) -> None:
    """The first and the last column under a group each, all others merged downwards: the header is read as the plain one."""
    header = [column.header for column in extract.columns]
    path = tmp_path / "report.xlsx"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("报表")
        page.write(0, 0, "基本情况")
        page.write(1, 0, header[0])
        page.write(0, len(header) - 1, "其他情况")
        page.write(1, len(header) - 1, header[-1])
        for index in range(1, len(header) - 1):
            page.merge_range(0, index, 1, index, header[index])
        for index in range(len(header)):
            page.write(2, index, "1")
    table = read(path, pack)
    assert (list(table.header or ()), table.row_count, table.row_number(0)) == (header, 1, 3)


# --- merged cells and 同上 -----------------------------------------------------------------------------------------------------------------


def changed(path: Path, change: Any) -> Path:
    book = openpyxl.load_workbook(path)
    change(book.active)
    book.save(path)
    return path


def test_merged_cells_say_the_same_for_every_row(tmp_path: Path, pack: CountyPack) -> None:
    def merge(page: Any) -> None:
        column = place("charge") + 1
        page.merge_cells(start_row=2, end_row=6, start_column=column, end_column=column)

    in_order(changed(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS]), merge), pack)


def test_a_plain_blank_is_not_filled(tmp_path: Path, pack: CountyPack) -> None:
    cells = [HEADER, *map(list, RECORDS)]
    cells[3][place("charge")] = ""
    assert places(inspect(write_xlsx(tmp_path, NAME, cells), pack, on=ON)) == [("missing", "报表", 4, "案由")]


@pytest.mark.parametrize("sign", ["同上", "″", "〃", "同 上"])
def test_ditto_is_filled_down(sign: str, tmp_path: Path, pack: CountyPack) -> None:
    cells = [HEADER, *map(list, RECORDS)]
    for row in (2, 3):
        cells[row][place("charge")] = sign
    in_order(write_xlsx(tmp_path, NAME, cells), pack)
    cells[1][place("charge")] = sign  # nothing stands above the first record
    assert "code" in dict(inspect(write_xlsx(tmp_path, NAME, cells), pack, on=ON).problem_counts)


@pytest.mark.parametrize("name", ["suspects", "grams", "case_key"])
def test_one_number_merged_over_two_rows_is_asked_about(name: str, tmp_path: Path, pack: CountyPack) -> None:
    def merge(page: Any) -> None:
        column = place(name) + 1
        page.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)

    result = inspect(changed(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS]), merge), pack, on=ON)
    assert ("merged_cells", "报表", 3, CASES.column(name).header) in places(result)


def test_cells_merged_sideways_among_records_are_asked_about(tmp_path: Path, pack: CountyPack) -> None:
    path = changed(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS]), lambda page: page.merge_cells("B3:C3"))
    assert "merged_cells" in dict(inspect(path, pack, on=ON).problem_counts)


# --- sheets --------------------------------------------------------------------------------------------------------------------------------


def on_sheets(folder: Path, sheets: dict[str, Sequence[Sequence[str]]], name: str = NAME, hidden: Sequence[str] = ()) -> Path:
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        for title, cells in sheets.items():
            page = book.add_worksheet(title)
            for row, written in enumerate(cells):
                for column, text in enumerate(written):
                    page.write(row, column, text)
            if title in hidden:
                page.hide()
    return path


def without_township(cells: Sequence[Sequence[str]]) -> list[list[str]]:
    where = place("township")
    return [[*row[:where], *row[where + 1 :]] for row in cells]


def of_township(code: str) -> list[list[str]]:
    return [[code if index == place("township") else text for index, text in enumerate(record)] for record in RECORDS]


def test_one_sheet_a_township_is_one_table(tmp_path: Path, pack: CountyPack) -> None:
    hewan, shibu = (of_township(code) for code in ("990121100000", "990121101000"))
    path = on_sheets(tmp_path, {"河湾镇": [["河湾镇"], HEADER, *hewan[:2], row_of({0: "小计2起"})], "石埠镇": [HEADER, *shibu[2:]]})
    result = inspect(path, pack, on=ON)
    assert (result.acceptance, result.problems, cells_of(read(path, pack))) == (Acceptance.IN_ORDER, (), [*hewan[:2], *shibu[2:]])
    table = read(path, pack)
    assert [(table.sheet_of(index), table.row_number(index)) for index in range(5)] == [
        ("河湾镇", 3),
        ("河湾镇", 4),
        ("石埠镇", 2),
        ("石埠镇", 3),
        ("石埠镇", 4),
    ]
    shibu[3][place("charge")] = "不明"
    result = inspect(on_sheets(tmp_path, {"河湾镇": [HEADER, *hewan[:2]], "石埠镇": [HEADER, *shibu[2:]]}), pack, on=ON)
    assert places(result) == [("code", "石埠镇", 3, "案由")]


def test_the_sheet_names_the_township_where_no_column_does(tmp_path: Path, pack: CountyPack) -> None:
    first, second = without_township([HEADER, *RECORDS[:2]]), without_township([HEADER, *RECORDS[2:], row_of(TOTAL)])
    second[-1] = ["合计", *[""] * (WIDTH - 2)]
    path = on_sheets(tmp_path, {"河湾镇": first, "石埠": second})
    result = inspect(path, pack, on=ON)
    assert (result.acceptance, result.problems, result.rows_found) == (Acceptance.IN_ORDER, (), 5)
    table = read(path, pack)
    # 河湾镇 is 990121100000 and 石埠镇 990121101000 in the county pack
    assert list(table.columns[(table.header or ()).index("案发乡镇代码")]) == ["990121100000"] * 2 + ["990121101000"] * 3
    for other in ("汇总", "石埠派出所"):
        asked = inspect(on_sheets(tmp_path, {"河湾镇": first, other: second}), pack, on=ON)
        assert "missing_header" in dict(asked.problem_counts)


def test_sheets_whose_columns_differ_are_asked_about(tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, {"河湾镇": [HEADER, *RECORDS[:2]], "石埠镇": [row[:-1] for row in [HEADER, *RECORDS[2:]]]})
    assert dict(inspect(path, pack, on=ON).problem_counts) == {"several_sheets": 1}


def test_two_names_a_sheet_are_many_names_together(tmp_path: Path, pack: CountyPack) -> None:
    named = [[*row] for row in RECORDS]
    for row, name in zip(named, ("王某某", "李某某", "张某某", "刘某某", "陈某某"), strict=True):
        row[place("campaign")] = name
    path = on_sheets(tmp_path, {"河湾镇": [HEADER, *named[:2]], "石埠镇": [HEADER, *named[2:4]], "柳坪镇": [HEADER, *named[4:]]})
    assert "person_names" in dict(inspect(path, pack, on=ON).problem_counts)


def test_hidden_sheets_are_never_read_as_records(tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, {"报表": [HEADER, *RECORDS], "旧表": [HEADER, *RECORDS[:2]]}, hidden=["旧表"])
    in_order(path, pack)
    only = on_sheets(tmp_path, {"说明页": [["无"]], "旧表": [HEADER, *RECORDS]}, hidden=["旧表"])
    assert places(inspect(only, pack, on=ON)) == [("hidden_sheet", "旧表", None, None)]


def test_hidden_rows_are_records(tmp_path: Path, pack: CountyPack) -> None:
    def hide(page: Any) -> None:
        page.row_dimensions[3].hidden = True

    in_order(changed(write_xlsx(tmp_path, NAME, [HEADER, *RECORDS]), hide), pack)


def test_records_above_the_header_are_asked_about(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, NAME, [RECORDS[0], HEADER, *RECORDS[1:]])
    assert ("rows_above_header", "报表", 1, None) in places(inspect(path, pack, on=ON))
    text = tmp_path / CASES_NAME
    text.write_text(csv_text([RECORDS[0], HEADER, *RECORDS[1:]]), encoding="utf-8")
    assert ("rows_above_header", None, 1, None) in places(inspect(text, pack, on=ON))


# --- the same in text ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_text_with_titles_totals_and_a_footer_padded_to_the_width(separator: str, tmp_path: Path, pack: CountyPack) -> None:
    lines = [["某某县毒品案件统计表"], [], HEADER, *RECORDS, row_of(TOTAL), row_of({0: "填表人:"})]
    path = tmp_path / CASES_NAME
    path.write_text("\r\n".join(separator.join(line) for line in lines), encoding="gb18030", newline="")
    in_order(path, pack)
    # title, blank line and header come first
    assert read(path, pack).row_number(0) == 4


def written_text(folder: Path, lines: Sequence[str]) -> Path:
    """The five records in lines 2 to 6, then the lines as given."""
    path = folder / CASES_NAME
    path.write_text(csv_text([HEADER, *RECORDS]) + "\r\n".join(lines), encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize(
    "lines",
    [
        ["填表人:,,审核人:"],
        ["填表人: 审核人:"],
        ["注:全县"],
        ["", "说明:以上为全县数", "", "填表人:,填报日期:2026年11月5日", ""],
        ['"填表人:","","审核人:"'],
        ["注:甲", "填表人:" + "," * (WIDTH - 1), "审核人:,"],
    ],
)
def test_footers_shorter_than_the_header_are_no_records(lines: list[str], tmp_path: Path, pack: CountyPack) -> None:
    path = written_text(tmp_path, lines)
    in_order(path, pack)
    footers = [number for number, line in enumerate(lines, 7) if line]
    said = [remark.message.zh for remark in inspect(path, pack, on=ON).remarks]
    assert [sentence for sentence in said if f"{len(footers)}行" in sentence] == said


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (["合计,5"], 7),  # a total's columns cannot be told
        (["以上为全县数"], 7),
        (["填表人:,5,6"], 7),  # one label announces one thing
        (["注:甲", RECORDS[0][0]], 7),  # a footer stands below every record, this one does not
        (["填表人:" + "," * WIDTH], 7),  # longer than the header
        ([",".join(RECORDS[0][:5]), "填表人:"], 7),  # a record cut short above a footer
    ],
)
def test_a_line_of_another_width_that_is_no_footer_is_refused_with_its_row(lines: list[str], row: int, tmp_path: Path, pack: CountyPack) -> None:
    found = places(inspect(written_text(tmp_path, lines), pack, on=ON))
    assert [problem[0::2] for problem in found] == [("row_kind" if lines == ["以上为全县数"] else "row_width", row)]
    # A record's first misfit is named; a total or footer has none.
    assert (found[0][3] is None) == lines[row - 7].startswith(("合计", "填表人", "注"))


@pytest.mark.parametrize("line", ["填表人:,赵新民", "填表人:,赵新民,审核人:", "联系电话:," + MOBILE, "填表人:赵新民,审核人:"])
def test_people_in_a_short_footer_are_refused_and_not_kept(line: str, tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(written_text(tmp_path, [line]), pack, on=ON)
    assert result.has_identifiers
    assert {problem.row for problem in result.problems} == {7}


def test_a_register_of_people_counts_its_rows_in_the_total(tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    good = write_xlsx(tmp_path, REGISTER, [*cells, ["合计:5人"]])
    assert inspect(good, pack, on=ON).acceptance is Acceptance.IN_ORDER
    bad = write_xlsx(tmp_path, REGISTER, [*cells, ["合计:6人"]])
    assert places(inspect(bad, pack, on=ON)) == [("total_mismatch", "报表", 7, "统计月份")]


def test_a_laid_out_file_is_accepted_and_reread_as_it_was_judged(tmp_path: Path, pack: CountyPack) -> None:
    path = on_sheets(tmp_path, {"河湾镇": without_township([HEADER, *RECORDS[:2]]), "石埠镇": without_township([HEADER, *RECORDS[2:]])})
    result = inspect(path, pack, on=ON)
    (entry,) = accept([result], tmp_path / "data", "tester")
    columns = TypedRows(pack, tmp_path / "data").of(entry).to_pydict()
    assert columns["case_key"] == list(KEYS)
    assert columns["township"] == ["990121100000"] * 2 + ["990121101000"] * 3
