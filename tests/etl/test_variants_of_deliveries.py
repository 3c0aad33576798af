"""Variants of the given deliveries: what a reader sees is what is read, or the delivery is asked about at its place."""

from __future__ import annotations

import time
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
import xlwt

from etl.county.pack import CountyPack
from etl.inspection.entries import entry_of
from etl.inspection.inspect import inspect
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.privacy.identifiers import find_in_text
from etl.reading.cells import read_column
from tests.etl.files import CASES, REGISTRY, csv_text, grid, rows, write_csv, write_xlsx

ON = date(2026, 12, 1)
COUNTS, PEOPLE = "毒品案件月报表_202611_报20261130", "在册吸毒人员_202611_报20261130"
HEADER = ["立案月份", "立案乡镇代码", "案由", "立案数"]
RECORDS: list[list[Any]] = [["2026-11", "云汀街道", "贩卖毒品", 5], ["2026-11", "河湾镇", "非法持有毒品", 3], ["2026-11", "松石镇", "吸毒", 2]]
SOUND = [HEADER, *RECORDS]
FIRST = '<c r="D2"><v>5</v></c>'  # the number of the first record, as the workbook holds it


def judged(path: Path, pack: CountyPack, name: str = "opened") -> tuple[InspectionResult, list[Any]]:
    """The result, and what is read of a column where it is in order."""
    read = TypedRows(pack)
    result = inspect(path, pack, on=ON, rows=read)
    return result, [] if result.is_refused else read.of(entry_of(result, "甲"))[name].to_pylist()


def asked(result: InspectionResult) -> set[tuple[str, int | None]]:
    return {(problem.rule, problem.row) for problem in result.problems}


def changed(folder: Path, change: Callable[[str], str]) -> Path:
    """The sound workbook with the markup of its sheet changed."""
    path = write_xlsx(folder, COUNTS + ".xlsx", SOUND)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = change(sheet).encode()
    assert change(sheet) != sheet
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return path


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ('<c r="D2" t="b"><v>1</v></c>', "count"),  # TRUE is no number
        ('<c r="D2" t="d"><v>2026-11-01</v></c>', "count"),
        ('<c r="D2" t="str"><f>x</f><v>#REF!</v></c>', "count"),
        ('<c r="D2"><f t="shared" si="0"/></c>', "formula_without_value"),
        ('<c r="D2" t="inlineStr"><is><r><t>5</t></r><r><rPr><vertAlign val="subscript"/></rPr><t>1</t></r></is></c>', "raised_sign"),
        ('<c r="D2" t="inlineStr"><is><r><rPr><sz val="11"/></rPr><t>5</t></r><r><rPr><sz val="6"/></rPr><t>1</t></r></is></c>', "raised_sign"),
        ('<c r="D2" t="inlineStr"><is><t>5_x0031_</t></is></c>', "count"),
        (FIRST + '<c r="F2" t="e"><v>#REF!</v></c>', "error_cell"),
        (FIRST + FIRST.replace("5", "50"), "not_a_workbook"),  # two cells in one place
    ],
)
def test_a_cell_of_a_workbook_that_is_no_number_is_asked_about(cell: str, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    result, _ = judged(changed(tmp_path, lambda sheet: sheet.replace(FIRST, cell)), pack)
    assert asked(result) == {(rule, None if rule == "not_a_workbook" else 2)}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="D2"><f>1+4</f><v>5</v></c>',
        '<c r="D2" t="str"><f>TEXT(5,"0")</f><v>5</v></c>',
        '<c r="D2"><v> 5E0 </v></c>',
        '<c r="D2" t="inlineStr"><is><t>5</t><rPh sb="0" eb="1"><t>9</t></rPh></is></c>',  # a reading above the sign
    ],
)
def test_a_number_in_other_markup_is_the_number(cell: str, tmp_path: Path, pack: CountyPack) -> None:
    assert judged(changed(tmp_path, lambda sheet: sheet.replace(FIRST, cell)), pack)[1] == [5, 3, 2]


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_a_truth_is_yes_or_no_and_never_a_code(suffix: str, tmp_path: Path, pack: CountyPack) -> None:
    people = grid(REGISTRY, rows(REGISTRY, count=2, as_of="2026-11"))
    of = {column.name: place for place, column in enumerate(REGISTRY.columns)}
    for name, places, read_as in (("multi_drug", set(), ["yes", "no"]), ("sex", {("code", 2)}, [])):  # 1 is the code of men, TRUE is not
        cells: list[list[Any]] = [list(row) for row in people]
        cells[1][of[name]] = True
        result, read = judged(_workbook(tmp_path, PEOPLE, cells, suffix), pack, name)
        assert (asked(result), read) == (places, read_as)


def _workbook(folder: Path, name: str, cells: list[list[Any]], suffix: str, heights: dict[int, int] | None = None) -> Path:
    if suffix == ".xlsx":
        return write_xlsx(folder, name + suffix, cells)
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("报表")
    for row, line in enumerate(cells):
        for column, value in enumerate(line):
            page.write(row, column, value)
        page.row(row).height = (heights or {}).get(row + 1, 300)
    book.save(str(folder / (name + suffix)))
    return folder / (name + suffix)


@pytest.mark.parametrize("suffix", [".xlsx", ".xls"])
def test_a_row_without_height_is_a_hidden_record(suffix: str, tmp_path: Path, pack: CountyPack) -> None:
    path = (
        changed(tmp_path, lambda sheet: sheet.replace('<row r="3"', '<row r="3" ht="0" customHeight="1"'))
        if suffix == ".xlsx"
        else _workbook(tmp_path, COUNTS, SOUND, suffix, {3: 0})
    )
    result, read = judged(path, pack)
    assert read == [5, 3, 2]
    assert ["第3行是隐藏的" in remark.message.zh for remark in result.remarks if remark.rule == "hidden_rows"] == [True]


def in_ods(folder: Path, cell: str) -> Path:
    """The sound table as an .ods whose first number is the given cell."""
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text"))
    texts = [[f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>' for text in row] for row in SOUND]
    texts[1][3] = f"<table:table-cell {cell}</table:table-cell>"
    lines = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in texts)
    table = f'<office:body><office:spreadsheet><table:table table:name="报表">{lines}</table:table></office:spreadsheet></office:body>'
    with zipfile.ZipFile(folder / (COUNTS + ".ods"), "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", f"<office:document-content {spaces}>{table}</office:document-content>")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
    return folder / (COUNTS + ".ods")


@pytest.mark.parametrize(
    ("value", "shown", "rule"),
    [
        *(("5", shown, None) for shown in ("5", "5.00", "5起", "", "###")),
        ("1234", "1,234", None),
        *(("5", shown, "number_format") for shown in ("5千", "50", "0.5", "约5", "5①", "-5")),
        *(("0", shown, "error_cell") for shown in ("#WERT!", "#¡DIV/0!", "Err:502", "#N/A")),  # errors in other languages too
    ],
)
def test_what_an_ods_shows_is_what_it_holds(value: str, shown: str, rule: str | None, tmp_path: Path, pack: CountyPack) -> None:
    result, read = judged(in_ods(tmp_path, f'office:value-type="float" office:value="{value}"><text:p>{shown}</text:p>'), pack)
    assert asked(result) == ({(rule, 2)} if rule else set())
    assert read == ([] if rule else [int(value), 3, 2])


@pytest.mark.parametrize(
    ("title", "rule"),
    [
        *((title, "title_meaning") for title in ("上年同期", "毒品案件上年同期数", "(计划)", "11月任务数", "作废", "月报表(作废)", "草稿 待核")),
        *((title, "coverage_conflict") for title in ("2026年11月毒品案件累计月报表", "今年以来", "2026年前11个月", "截至2026年11月底", "本年累计")),
        *((title, "unit_other") for title in ("(单位:千克)", "单位:千起", "计量单位:百件", "单位:起/万人")),
        *(
            (title, None)
            for title in ("2026年11月毒品案件月报表", "毒品案件上年同期对比统计表", "2026年11月(含累计)", "截至2026年11月30日", "单位:起")
        ),
        *((title, None) for title in ("专项行动任务完成情况", "此前报送的报表作废", "新增案件月报表", "制表:公安局")),
    ],
)
def test_a_title_that_changes_the_table_is_asked_about(title: str, rule: str | None, tmp_path: Path, pack: CountyPack) -> None:
    for path in (write_xlsx(tmp_path, COUNTS + ".xlsx", [[title], *SOUND]), write_csv(tmp_path, COUNTS + ".csv", [[title, "", "", ""], *SOUND])):
        result, read = judged(path, pack)
        assert asked(result) == ({(rule, 1)} if rule else set())
        assert read == ([] if rule else [5, 3, 2])


@pytest.mark.parametrize(("name", "is_asked"), [*((name, True) for name in ("上年同期", "计划", "作废", "备份", "草稿")), ("补报", False)])
def test_a_sheet_of_something_else_is_not_added_up(name: str, is_asked: bool, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / (COUNTS + ".xlsx")
    with xlsxwriter.Workbook(path) as book:
        for sheet, cells in (("报表", SOUND), (name, [HEADER, ["2026-11", "枫坪乡", "吸毒", 4]])):
            page = book.add_worksheet(sheet)
            for row, line in enumerate(cells):
                page.write_row(row, 0, line)
    result, read = judged(path, pack)
    assert {(problem.rule, problem.sheet) for problem in result.problems} == ({("title_meaning", name)} if is_asked else set())
    assert read == ([] if is_asked else [5, 3, 2, 4])


@pytest.mark.parametrize(
    "below",
    [
        *(["— 1 —"], ["第1页/共2页"], ["甲", "乙", "丙", "1"], ["栏次", "1", "2", "3"], ["合计", "", "", "10"], ["以 下 空 白"]),
        *(["\u200b", "", "\u3000", ""], ["\u3000"], ["\xa0"], ["", "", "打印时间:2026-11-30 10:00", ""]),
    ],
)
def test_what_stands_below_the_records_is_none(below: list[str], tmp_path: Path, pack: CountyPack) -> None:
    row = [*below, *[""] * (4 - len(below))]
    for path in (write_xlsx(tmp_path, COUNTS + ".xlsx", [*SOUND, row]), write_csv(tmp_path, COUNTS + ".csv", [*SOUND, row])):
        result, read = judged(path, pack)
        assert (asked(result), read) == (set(), [5, 3, 2])


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        (["合计", "", "", "9"], "total_mismatch"),
        (["共4条记录", "", "", ""], "total_mismatch"),
        (["", "", "", "合计10起"], "total_row"),
        (["2026-11", "县本级", "吸毒", "1"], "township_county"),
        (["2026-11", "枫坪乡", "小计", "1"], "total_row"),
        (["2025-11", "枫坪乡", "吸毒", "1"], "outside_coverage"),
        (["2026-11", "云汀街道 ", "贩卖毒品罪", "5"], "duplicate_key"),  # the first record in other words
        *(
            ([text, "", "", "10"], "row_kind")
            for text in ("全县", "汇总", "Total", "上年同期", "同比增减", "平均", "枫坪乡另有2起", "※含补报", "续上表", "无")
        ),
    ],
)
def test_a_row_that_may_be_something_else_is_asked_about(row: list[str], rule: str, tmp_path: Path, pack: CountyPack) -> None:
    result, _ = judged(write_csv(tmp_path, COUNTS + ".csv", [*SOUND, row]), pack)
    assert asked(result) == {(rule, 5)}


@pytest.mark.parametrize("sign", ["\u202e", "\u20dd", "\u0336", "ª", "°", "′", "٣", "३", "⒊", "𝟑"])
@pytest.mark.parametrize("place", ["{}13", "13{}", "1{}3"])
def test_a_number_that_is_seen_otherwise_is_asked_about(sign: str, place: str, tmp_path: Path, pack: CountyPack) -> None:
    cells = [HEADER, [*RECORDS[0][:3], place.format(sign)], *RECORDS[1:]]
    path = tmp_path / (COUNTS + ".csv")
    path.write_bytes(csv_text(cells).encode())
    assert {row for _, row in asked(judged(path, pack)[0])} == {2}


@pytest.mark.parametrize("name", ["suspects", "filed_on", "drug", "case_key"])
def test_a_hostile_cell_of_a_million_signs_is_refused_at_once(name: str, pack: CountyPack) -> None:
    started = time.process_time()
    for unit in ("1", "1 ", "(", "a(", "1,", "2026年", "一月至", "a-", "1E", "\u200b1"):
        assert read_column(CASES.column(name), [unit * (1_000_000 // len(unit)) + "!"], pack).faults
    assert time.process_time() - started < 10  # what grows with the square of the length takes hours


def test_an_address_is_found_behind_a_million_signs_at_once() -> None:
    started = time.process_time()
    assert find_in_text("a" * 1_000_000 + " 1@ office@example.com") == "email"
    assert find_in_text("@" + "a" * 1_000_000) != "email"
    assert time.process_time() - started < 10
