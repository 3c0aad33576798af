"""The kinds of files counties deliver: .ods, .et, .xls that is something else, text of every separator."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance, InspectionResult
from etl.reading import workbook, workbook_child
from tests.etl.files import CASES, ON, csv_text, grid, rows, write_xlsx

NAME = "毒品案件_202601-202610_报20261105"
HEADER, *RECORDS = grid(CASES, rows(CASES))
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
MOBILE = "13800138000"  # an operator's service number

Sheets = dict[str, Sequence[Sequence[str]]]


def cell(text: str) -> str:
    """One cell of an .ods; text that begins with < is its XML."""
    if text.startswith("<"):
        return text
    return f'<table:table-cell office:value-type="string"><text:p>{escape(text)}</text:p></table:table-cell>' if text else "<table:table-cell/>"


def write_ods(folder: Path, sheets: Sheets, more: dict[str, str] | None = None) -> Path:
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"))
    )
    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join("<table:table-row>" + "".join(map(cell, line)) + "</table:table-row>" for line in cells)
        + "</table:table>"
        for name, cells in sheets.items()
    )
    parts = {
        "mimetype": SPREADSHEET,
        "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} xmlns:calcext="urn:x"><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>",
        "META-INF/manifest.xml": "<manifest/>",
    }
    path = folder / f"{NAME}.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**parts, **(more or {})}.items():
            archive.writestr(name, content)
    return path


def judge(path: Path, pack: CountyPack) -> InspectionResult:
    return inspect(path, pack, on=ON)


def rules(path: Path, pack: CountyPack) -> set[str]:
    result = judge(path, pack)
    assert result.acceptance is Acceptance.REFUSED
    assert MOBILE not in str(result.as_json())
    return set(dict(result.problem_counts))


def in_order(path: Path, pack: CountyPack) -> None:
    result = judge(path, pack)
    assert (result.acceptance, result.problems, result.rows_found) == (Acceptance.IN_ORDER, (), 5)
    table = read_file(path.read_bytes(), path.suffix, extracts(), pack).table
    assert [list(row) for row in zip(*table.columns, strict=True)] == RECORDS


def test_an_ods_is_read(tmp_path: Path, pack: CountyPack) -> None:
    in_order(write_ods(tmp_path, {"报表": [["某某县毒品案件统计表"], HEADER, *RECORDS]}), pack)


def test_merged_cells_of_an_ods_are_seen(tmp_path: Path, pack: CountyPack) -> None:
    where = HEADER.index("案由")
    lines = [list(line) for line in RECORDS]
    spanned = f'<table:table-cell office:value-type="string" table:number-rows-spanned="5"><text:p>{RECORDS[0][where]}</text:p></table:table-cell>'
    for number, line in enumerate(lines):
        line[where] = spanned if number == 0 else "<table:covered-table-cell/>"
    in_order(write_ods(tmp_path, {"报表": [HEADER, *lines]}), pack)
    wide = [list(line) for line in RECORDS]
    wide[1][where] = spanned.replace('rows-spanned="5"', 'columns-spanned="2"')
    wide[1][where + 1] = "<table:covered-table-cell/>"
    assert "merged_cells" in rules(write_ods(tmp_path, {"报表": [HEADER, *wide]}), pack)


def test_merges_are_counted_over_repeated_rows_and_cells(tmp_path: Path) -> None:
    content = [
        [
            '<table:table-cell table:number-columns-repeated="3"/>',
            '<table:table-cell table:number-rows-spanned="2" table:number-columns-spanned="2"/>',
        ],
    ]
    path = write_ods(tmp_path, {"表": content})
    with zipfile.ZipFile(path) as archive:
        written = archive.read("content.xml").decode()
    repeated = written.replace('name="表">', 'name="表"><table:table-row table:number-rows-repeated="4"><table:table-cell/></table:table-row>')
    path = write_ods(tmp_path, {}, {"content.xml": repeated})
    # four rows above, three columns before: rows 5 and 6, columns D and E
    assert workbook.read_sheets(path.read_bytes(), ".ods")[0].merged == ((5, 3, 6, 4),)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('<table:table-cell office:value-type="string" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>', "error_cell"),
        ('<table:table-cell table:formula="of:=1+1"/>', "formula_without_value"),
        (f"<table:table-cell><office:annotation><text:p>{MOBILE}</text:p></office:annotation></table:table-cell>", "mobile"),
    ],
)
def test_a_fault_of_an_ods_cell(text: str, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    lines = [list(line) for line in RECORDS]
    lines[2][-1] = text
    path = write_ods(tmp_path, {"报表": [HEADER, *lines]})
    assert rules(path, pack) == {rule}
    # the header in row 1, so the third record stands in row 4; the last column is the one of the contract
    places = {(problem.sheet, problem.column, problem.row) for problem in inspect(path, pack, on=ON).problems}
    assert places == ({("报表", HEADER[-1], 4)} if rule != "mobile" else {(None, None, None)})


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"META-INF/manifest.xml": "<manifest:encryption-data/>"}, "password"),
        ({"Basic/Standard/Module1.xml": "<x/>"}, "active_content"),
        ({"Object 1/content.xml": "<x/>"}, "active_content"),
        ({"styles.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, "xml_entities"),
        ({"mimetype": "application/zip"}, "not_a_workbook"),
        ({"../x": ""}, "not_a_workbook"),
        ({"meta.xml": f"<x>{MOBILE}</x>"}, "mobile"),
        ({"content.xml": "<office:document-content"}, "not_a_workbook"),
        ({"Pictures/blank.bin": "\0" * 30 * 1024 * 1024}, "too_large_unpacked"),
    ],
)
def test_an_ods_with_something_else_in_it(more: dict[str, str], rule: str, tmp_path: Path, pack: CountyPack) -> None:
    assert rules(write_ods(tmp_path, {"报表": [HEADER, *RECORDS]}, more), pack) == {rule}


@pytest.mark.parametrize("suffix", [".xls", ".et"])
def test_a_new_workbook_under_an_old_name_is_read(suffix: str, tmp_path: Path, pack: CountyPack) -> None:
    in_order(write_xlsx(tmp_path, NAME + ".xlsx", [HEADER, *RECORDS]).rename(tmp_path / (NAME + suffix)), pack)


@pytest.mark.parametrize("suffix", [".xls", ".et"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t"])
def test_text_under_an_old_name_is_read(suffix: str, encoding: str, separator: str, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / (NAME + suffix)
    path.write_bytes("\n".join(separator.join(line) for line in [HEADER, *RECORDS]).encode(encoding))
    in_order(path, pack)


@pytest.mark.parametrize(
    ("suffix", "content", "rule"),
    [
        (".xls", b"<html><table><tr><td>1</td></tr></table></html>", "web_page"),
        (".xls", b"\xef\xbb\xbf\r\n <!DOCTYPE html>", "web_page"),
        (".xls", "<html>".encode("utf-16"), "web_page"),
        (".xls", b'<?xml version="1.0"?><Workbook/>', "web_page"),
        (".et", b"<html/>", "web_page"),
        (".xls", b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(20), "file_kind"),
        (".xlsx", b"a,b\n1,2\n", "file_kind"),
        (".ods", b"a,b\n1,2\n", "file_kind"),
        (".ods", workbook.OLE_MAGIC + bytes(1016), "file_kind"),
        (".csv", workbook.OLE_MAGIC + bytes(1016), "file_kind"),
    ],
)
def test_what_is_something_else_is_refused(suffix: str, content: bytes, rule: str, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / (NAME + suffix)
    path.write_bytes(content)
    assert rules(path, pack) == {rule}


def test_an_xlsx_under_the_name_of_an_ods_is_refused(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, NAME + ".xlsx", [HEADER, *RECORDS]).rename(tmp_path / (NAME + ".ods"))
    assert rules(path, pack) == {"file_kind"}


@pytest.mark.parametrize("suffix", [".xls", ".et"])
def test_an_old_workbook_is_read_under_both_names(suffix: str, tmp_path: Path, pack: CountyPack) -> None:
    xlwt = pytest.importorskip("xlwt")
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("报表")
    page.write_merge(0, 0, 0, 5, "某某县毒品案件统计表")
    where = HEADER.index("案由")
    for row, line in enumerate([HEADER, *RECORDS], 1):
        for column, text in enumerate(line):
            if column == where and row > 1:
                continue
            page.write(row, column, text)
    page.write_merge(2, 6, where, where, RECORDS[0][where])
    path = tmp_path / (NAME + suffix)
    book.save(str(path))
    in_order(path, pack)


@pytest.mark.parametrize("is_1904", [False, True])
def test_dates_of_both_systems_are_the_same_month(is_1904: bool, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / (NAME + ".xlsx")
    where = HEADER.index("立案年月")
    with xlsxwriter.Workbook(path, {"date_1904": is_1904}) as book:
        page, month = book.add_worksheet("报表"), book.add_format({"num_format": "yyyy年m月"})
        for row, line in enumerate([HEADER, *RECORDS]):
            for column, text in enumerate(line):
                if row and column == where:
                    page.write_datetime(row, column, date(2026, 5, 1), month)
                else:
                    page.write(row, column, text)
    table = read_file(path.read_bytes(), ".xlsx", extracts(), pack).table
    assert set(table.columns[where]) == {"2026-05-01"}
    assert judge(path, pack).acceptance is Acceptance.IN_ORDER


def test_a_bare_serial_number_is_refused(tmp_path: Path, pack: CountyPack) -> None:
    lines = [HEADER, *map(list, RECORDS)]
    lines[2][HEADER.index("立案年月")] = "46143"  # 2026-05-01 counted from 1900
    assert rules(write_xlsx(tmp_path, NAME + ".xlsx", lines), pack) == {"month_serial"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_utf16_without_a_mark(encoding: str, separator: str, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / (NAME + ".csv")
    path.write_bytes(csv_text([HEADER, *RECORDS]).replace(",", separator).encode(encoding))
    in_order(path, pack)
    assert judge(path, pack).encoding == encoding


def test_a_header_that_two_separators_cut_is_refused(tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / (NAME + ".csv")
    half = len(HEADER) // 2
    path.write_text(",".join(HEADER[:half]) + ";" + ";".join(HEADER[half:]) + "\n", encoding="utf-8")
    assert judge(path, pack).acceptance is Acceptance.REFUSED


def test_a_temporary_folder_that_cannot_be_written_is_no_fault_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, NAME + ".xlsx", [HEADER, *RECORDS])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(OSError, match="missing"):
        judge(path, pack)


def test_a_child_that_cannot_write_says_so(tmp_path: Path) -> None:
    """/dev/full is a real device on which every write fails for want of space."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = write_xlsx(tmp_path, "x.xlsx", [HEADER, *RECORDS])
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [sys.executable, "-m", workbook_child.__name__, str(path), "1000", "200"],
            cwd=Path(__file__).parents[2],
            stdout=full,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    assert ended.returncode in (workbook_child.UNWRITABLE, 120)
