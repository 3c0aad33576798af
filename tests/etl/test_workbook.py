"""Workbooks: the honest ones are read, the others refused, and none takes the process down."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900

from etl.county.pack import CountyPack
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance
from etl.reading import workbook
from etl.reading.cell_texts import text_of
from etl.reading.table import UnreadableError
from tests.etl.files import CASES, ON, REGISTRY, cases_csv, csv_text, grid, rows, write_xlsx

NAME = "在册吸毒人员_202610_报20261105.xlsx"
PLAIN = "在册吸毒人员.xlsx"
TITLES = [["某某县在册吸毒人员统计表(截至2026年10月31日)"], ["填报单位:某某县禁毒办", "", "填报日期:2026年11月5日"]]
MOBILE = "13800138000"  # an operator's service number

Change = Callable[[Any], None]


def changed(folder: Path, change: Change, name: str = NAME) -> Path:
    """A registry workbook in order, altered as a person at a spreadsheet would."""
    path = write_xlsx(folder, name, grid(REGISTRY, rows(REGISTRY)))
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def test_titles_tell_months_and_date_of_reporting(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, PLAIN, [*grid(REGISTRY, rows(REGISTRY)), [""], ["", ""]], TITLES)
    result = inspect(path, pack, on=ON)
    assert (result.acceptance, result.problems, result.rows_found) == (Acceptance.IN_ORDER, (), 5)
    assert (result.first_month, result.last_month, result.reported_on) == (date(2026, 10, 1), date(2026, 10, 1), date(2026, 11, 5))


def test_a_span_of_months_in_the_title(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, "毒品案件.xlsx", grid(CASES, rows(CASES)), [["某某县2026年1—10月毒品案件"]])
    result = inspect(path, pack, on=ON)
    assert (result.acceptance, result.first_month, result.last_month) == (Acceptance.IN_ORDER, date(2026, 1, 1), date(2026, 10, 1))


def test_a_title_that_contradicts_the_name_is_asked(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, "在册_202609.xlsx", grid(REGISTRY, rows(REGISTRY)), TITLES)
    assert "coverage_conflict" in dict(inspect(path, pack, on=ON).problem_counts)


def test_rows_are_numbered_as_the_spreadsheet_numbers_them(tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    cells[2][2] = "不明"
    result = inspect(write_xlsx(tmp_path, PLAIN, cells, [[""], *TITLES]), pack, on=ON)
    # one empty row, two title rows, the header in row 4, so the second record stands in row 6
    assert [(problem.rule, problem.sheet, problem.row, problem.column) for problem in result.problems] == [("code", "报表", 6, "性别")]


@pytest.mark.parametrize("epoch", [CALENDAR_WINDOWS_1900, CALENDAR_MAC_1904])
def test_numbers_and_dates_are_read_as_their_reader_sees_them(epoch: datetime, tmp_path: Path, pack: CountyPack) -> None:
    def change(book: Any) -> None:
        book.epoch = epoch
        for row in range(2, 7):
            book.active.cell(row, 4).value = 1990
            book.active.cell(row, 5).value = 990121001000  # a code of twelve digits stored as a number is exact
            book.active.cell(row, 7).value = date(2015, 3, 1)  # a typed month becomes its first day

    path = changed(tmp_path, change)
    assert workbook.read_sheets(path.read_bytes(), ".xlsx")[0].rows[1][3:7] == ["1990", "990121001000", "本地户籍", "2015-03-01"]
    assert inspect(path, pack, on=ON).acceptance is Acceptance.IN_ORDER


def test_a_day_in_a_date_cell_is_refused(tmp_path: Path, pack: CountyPack) -> None:
    def change(book: Any) -> None:
        book.active.cell(3, 7).value = date(2015, 3, 8)

    result = inspect(changed(tmp_path, change), pack, on=ON)
    assert [(problem.rule, problem.row, problem.column) for problem in result.problems] == [("day_given", 3, "初次发现年月")]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda book: book.active.merge_cells("B3:B4"), "merged_cells"),
        (lambda book: setattr(book.active.cell(3, 4), "value", "=1990+1"), "formula_without_value"),
        (lambda book: setattr(book.active.cell(3, 4), "value", "#REF!"), "error_cell"),
        (lambda book: setattr(book.active.cell(6, 1), "value", "合计"), "total_row"),  # and a whole record beside the word
        (lambda book: setattr(book.active.cell(7, 1), "value", "填表人"), "forbidden_header"),
        (lambda book: setattr(book.active.cell(6, 2), "value", "审核说明"), "footer_row"),
        (lambda book: book.active.insert_rows(4), "blank_row"),
        (lambda book: setattr(book.active.cell(1, 20), "value", "其他列"), "unknown_header"),
        (lambda book: book.copy_worksheet(book.active), "duplicate_key"),
        (lambda book: setattr(book.copy_worksheet(book.active).cell(1, 3), "value", "男女"), "several_sheets"),
        (lambda book: setattr(book.active.cell(3, 30), "value", MOBILE), "mobile"),
        (lambda book: setattr(book.create_sheet("备用").cell(2, 2), "value", MOBILE), "mobile"),
        (lambda book: setattr(book.active.cell(3, 3), "comment", openpyxl.comments.Comment(f"电话:{MOBILE}", "x")), "mobile"),
        (lambda book: setattr(book.properties, "description", MOBILE), "mobile"),
        (lambda book: setattr(book.active, "title", MOBILE), "mobile"),
    ],
)
def test_a_fault_of_a_workbook(change: Change, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(changed(tmp_path, change), pack, on=ON)
    assert result.acceptance is Acceptance.REFUSED
    assert rule in dict(result.problem_counts)
    assert MOBILE not in "\n".join(result.lines()) + str(result.as_json())


@pytest.mark.parametrize(("text", "rule"), [("=1990+1", "formula_without_value"), ("#REF!", "error_cell")])
@pytest.mark.parametrize("sheet", ["报表", "年表 & 附"])
def test_a_formula_or_error_has_its_place(text: str, rule: str, sheet: str, tmp_path: Path, pack: CountyPack) -> None:
    def change(book: Any) -> None:
        book.active.title = sheet
        book.active.cell(3, 4).value = text
        book.create_sheet("附件", 0)  # the first part and the first sheet are another one

    (problem,) = inspect(changed(tmp_path, change), pack, on=ON).problems
    assert (problem.rule, problem.sheet, problem.column, problem.row) == (rule, sheet, "出生年份", 3)


def test_the_name_of_a_sheet_with_an_error_is_not_shown_where_it_identifies_somebody(tmp_path: Path, pack: CountyPack) -> None:
    def change(book: Any) -> None:
        book.active.title = MOBILE
        book.active.cell(3, 4).value = "#REF!"

    result = inspect(changed(tmp_path, change), pack, on=ON)
    assert result.acceptance is Acceptance.REFUSED
    assert MOBILE not in "\n".join(result.lines()) + str(result.as_json())


def test_an_identifier_on_a_hidden_sheet_is_found_and_a_harmless_hidden_sheet_is_not_read_as_the_report(tmp_path: Path, pack: CountyPack) -> None:
    def hide(book: Any) -> None:
        copy = book.copy_worksheet(book.active)
        copy.sheet_state = "hidden"

    assert inspect(changed(tmp_path, hide), pack, on=ON).acceptance is Acceptance.IN_ORDER

    def hide_with_number(book: Any) -> None:
        hide(book)
        book.worksheets[1].cell(3, 12).value = MOBILE

    assert inspect(changed(tmp_path, hide_with_number), pack, on=ON).has_identifiers


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return stream.getvalue()


def repacked(path: Path, more: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path) as source:
        return archive({**{name: source.read(name) for name in source.namelist()}, **more})


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"xl/vbaProject.bin": b"x"}, "active_content"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "active_content"),
        ({"xl/embeddings/oleObject1.bin": b"x"}, "active_content"),
        ({"../evil.xml": b"<x/>"}, "not_a_workbook"),
        ({"xl/extra.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, "xml_entities"),
        ({"xl/extra.xml": "<!DOCTYPE x>".encode("utf-16")}, "xml_entities"),
        ({"xl/media/blank.bin": bytes(30 * 1024 * 1024)}, "too_large_unpacked"),
        ({f"xl/extra{number}.xml": b"" for number in range(1000)}, "too_large_unpacked"),
    ],
)
def test_an_archive_with_something_else_in_it(more: dict[str, bytes], rule: str, tmp_path: Path) -> None:
    content = repacked(write_xlsx(tmp_path, NAME, grid(REGISTRY, rows(REGISTRY))), more)
    with pytest.raises(UnreadableError) as fault:
        workbook.check_archive(content)
    assert fault.value.rule == rule


def test_a_declared_size_is_not_believed(tmp_path: Path) -> None:
    content = repacked(write_xlsx(tmp_path, NAME, grid(REGISTRY, rows(REGISTRY))), {"xl/media/blank.bin": bytes(30 * 1024 * 1024)})
    size = (30 * 1024 * 1024).to_bytes(4, "little")
    with pytest.raises(UnreadableError):
        workbook.check_archive(content.replace(size, (10).to_bytes(4, "little")))


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        (NAME, b"MZ\x90\x00" + bytes(200), "file_kind"),
        (NAME, b"<html><table></table></html>", "file_kind"),
        (NAME, csv_text(grid(REGISTRY, rows(REGISTRY))).encode(), "file_kind"),
        (NAME, archive({"word/document.xml": b"<x/>"}), "not_a_workbook"),
        (NAME, b"PK\x03\x04 cut short", "not_a_workbook"),
        (NAME, workbook.OLE_MAGIC + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "password"),
        (NAME.replace("xlsx", "xls"), workbook.OLE_MAGIC + bytes(1016), "not_a_workbook"),
        (NAME.replace("xlsx", "csv"), archive({"xl/workbook.xml": b"<x/>"}), "file_kind"),
    ],
)
def test_what_is_no_workbook(name: str, content: bytes, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert dict(inspect(path, pack, on=ON).problem_counts) == {rule: 1}


def test_a_reader_that_takes_too_long_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "WALL_SECONDS", 0.01)
    content = write_xlsx(tmp_path, NAME, grid(REGISTRY, rows(REGISTRY))).read_bytes()
    with pytest.raises(UnreadableError) as fault:
        workbook.read_sheets(content, ".xlsx")
    assert fault.value.rule == "too_demanding"


def test_a_workbook_and_a_csv_file_of_the_same_cells_read_alike(tmp_path: Path, pack: CountyPack) -> None:
    table = grid(CASES, rows(CASES))
    read = [
        read_file(path.read_bytes(), path.suffix, {"cases": CASES}).table for path in (cases_csv(tmp_path), write_xlsx(tmp_path, "c.xlsx", table))
    ]
    assert [list(column) for column in read[0].columns] == [list(column) for column in read[1].columns]
    assert read[0].header == read[1].header


def test_numbers_have_the_fifteen_digits_a_spreadsheet_keeps() -> None:
    assert [text_of(number) for number in (0.1 + 0.2, 12.5, 990121001000.0, 2026.1, True)] == [
        "0.3",
        "12.5",
        "990121001000",
        "2026.1",
        "TRUE",
    ]
