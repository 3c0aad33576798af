"""Workbooks of every container written cell by cell, so that a test can give a cell a state that no ordinary writer gives."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple
from xml.sax.saxutils import escape

import xlwt


class State(StrEnum):
    """What is wrong, or only special, with a cell."""

    PLAIN = "plain"
    ERROR = "error"
    UNCOMPUTED = "uncomputed"  # no result at all
    ZERO_ON_LOAD = "zero_on_load"  # a result left to the program that opens the file
    EMPTY_RESULT = "empty_result"
    PERCENT = "percent"
    UNIT = "unit"
    STRUCK = "struck"
    PARTLY_STRUCK = "partly_struck"
    RAISED = "raised"


class Cell(NamedTuple):
    """One cell: a text, or a number where the text is one and ``is_number``; of two runs, the second is the last sign."""

    text: str
    state: State = State.PLAIN
    is_number: bool = False


Grid = Sequence[Sequence[Cell]]
CODES = {State.PERCENT: "0.0%", State.UNIT: '0.00"千克"'}
RUNS = (State.PARTLY_STRUCK, State.RAISED)
SHEET = "报表"
NOT_AVAILABLE = 0x2A  # #N/A in an .xls
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_LOOKS = [State.PLAIN, State.PERCENT, State.UNIT, State.STRUCK]


def letter(column: int) -> str:
    return chr(ord("A") + column)


def _xlsx_cell(cell: Cell, place: str) -> str:
    def written(kind: str, inside: str, look: int = 0) -> str:
        return f'<c r="{place}" s="{look}" t="{kind}">{inside}</c>'

    text, state = escape(cell.text), cell.state
    special = {
        State.ERROR: written("e", "<f>NA()</f><v>#N/A</v>"),
        State.UNCOMPUTED: written("n", "<f>1+1</f>"),
        State.ZERO_ON_LOAD: written("n", "<f>1+1</f><v>0</v>"),
        State.EMPTY_RESULT: written("str", '<f>IF(1=1,"","x")</f><v></v>'),
    }
    if state in special:
        return special[state]
    if state in RUNS:
        look = "<strike/>" if state is State.PARTLY_STRUCK else '<vertAlign val="superscript"/>'
        runs = f"<r><t>{text[:-1]}</t></r><r><rPr>{look}</rPr><t>{text[-1:]}</t></r>"
        return written("inlineStr", f"<is>{runs}</is>")
    look_of = _LOOKS.index(state)
    if cell.is_number:
        return written("n", f"<v>{text}</v>", look_of)
    return written("inlineStr", f"<is><t>{text}</t></is>", look_of) if text else ""


def _other_xml(markup: str) -> str:
    """The same XML as another program may write it: a prefix, single quotes, texts in sections."""
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", markup.replace(f'xmlns="{_MAIN}"', f'xmlns:x="{_MAIN}"'))
    quoted = re.sub(r'="([^"]*)"(?=[^<]*>)', r"='\1'", prefixed)
    return re.sub(r">([^<>]+)<", r"><![CDATA[\1]]><", quoted)


def write_xlsx(
    path: Path,
    grid: Grid,
    is_other: bool = False,
    hidden: Sequence[int] = (),
    more: Sequence[tuple[str, str]] = (),
    calculated: str | None = None,
) -> Path:
    """An .xlsx, plain or as another program writes it, with its parts elsewhere.

    Args:
        more: Cells beside the grid, by place.
        calculated: What the workbook says of its calculation, where not what the states of its cells need.
    """
    rows = []
    for number, line in enumerate(grid, 1):
        cells = "".join(_xlsx_cell(cell, f"{letter(column)}{number}") for column, cell in enumerate(line))
        cells += "".join(f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in more if place.endswith(str(number)))
        rows.append(f'<row r="{number}" hidden="{int(number in hidden)}">{cells}</row>')
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    codes = [escape(code, {'"': "&quot;"}) for code in CODES.values()]
    formats = "".join(f'<numFmt numFmtId="{200 + position}" formatCode="{code}"/>' for position, code in enumerate(codes))
    looks = "".join(f'<xf numFmtId="{number}" fontId="{font}"/>' for number, font in ((0, 0), (200, 0), (201, 0), (0, 1)))
    styles = (
        f'<styleSheet xmlns="{_MAIN}"><numFmts>{formats}</numFmts><fonts><font><sz val="11"/></font><font><strike/><sz val="11"/></font></fonts>'
        f"<cellXfs>{looks}</cellXfs></styleSheet>"
    )
    is_on_load = any(cell.state is State.ZERO_ON_LOAD for line in grid for cell in line)
    calculated = f'<calcPr calcId="191029" fullCalcOnLoad="{int(is_on_load)}"/>' if calculated is None else calculated
    outline = f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets><sheet name="{SHEET}" sheetId="1" r:id="a"/></sheets>{calculated}</workbook>'
    usual, elsewhere = ("xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/styles.xml"), ("data/book.xml", "pages/one.xml", "looks.xml")
    book, page, look = elsewhere if is_other else usual
    folder, name = book.rsplit("/", 1)
    change: Callable[[str], str] = _other_xml if is_other else str
    relation = f'<Relationships xmlns="{_PACKAGE}/relationships">%s</Relationships>'
    parts = {
        "[Content_Types].xml": _content_types({book: "sheet.main", page: "worksheet", look: "styles"}),
        "_rels/.rels": relation % f'<Relationship Id="r" Type="{_OFFICE}/officeDocument" Target="{book}"/>',
        f"{folder}/_rels/{name}.rels": relation
        % f'<Relationship Id="a" Type="{_OFFICE}/worksheet" Target="../{page}"/><Relationship Id="b" Type="{_OFFICE}/styles" Target="/{look}"/>',
        book: change(outline),
        page: change(sheet),
        look: change(styles),
    }
    return _archive(path, parts)


def _content_types(parts: dict[str, str]) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    of_parts = "".join(f'<Override PartName="/{name}" ContentType="{kind}.{of_part}+xml"/>' for name, of_part in parts.items())
    usual = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{usual}{of_parts}</Types>'


def write_ods(path: Path, grid: Grid, hidden: Sequence[int] = ()) -> Path:
    """An .ods."""
    spaces = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("number", "datastyle"))
    )
    styles = (
        '<number:percentage-style style:name="N1"><number:number/><number:text>%</number:text></number:percentage-style>'
        '<number:number-style style:name="N2"><number:number/><number:text>千克</number:text></number:number-style>'
        '<style:style style:name="percent" style:family="table-cell" style:data-style-name="N1"/>'
        '<style:style style:name="unit" style:family="table-cell" style:data-style-name="N2"/>'
        '<style:style style:name="struck" style:family="table-cell"><style:text-properties style:text-line-through-style="solid"/></style:style>'
        '<style:style style:name="partly_struck" style:family="text"><style:text-properties style:text-line-through-type="single"/></style:style>'
        '<style:style style:name="raised" style:family="text"><style:text-properties style:text-position="super 58%"/></style:style>'
    )
    shown = ("visible", "filter")
    rows = "".join(
        f'<table:table-row table:visibility="{shown[number in hidden]}">{"".join(map(_ods_cell, line))}</table:table-row>'
        for number, line in enumerate(grid, 1)
    )
    formulas = "urn:oasis:names:tc:opendocument:xmlns:of:1.2"
    content = (
        f'<office:document-content {spaces} office:version="1.3" xmlns:of="{formulas}">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="{SHEET}">{rows}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    media = {"/": kind, "content.xml": "text/xml"}
    entries = "".join(f'<manifest:file-entry manifest:full-path="{name}" manifest:media-type="{one}"/>' for name, one in media.items())
    manifest = f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">{entries}</manifest:manifest>'
    return _archive(path, {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest})


def _ods_cell(cell: Cell) -> str:
    text, state = escape(cell.text), cell.state
    special = {
        State.ERROR: ' table:formula="of:=NA()" office:value-type="float" office:value="0"><text:p>#N/A</text:p>',
        State.UNCOMPUTED: ' table:formula="of:=1+1">',
        State.EMPTY_RESULT: ' table:formula="of:=IF(1=1;&quot;&quot;;1)" office:value-type="string" office:string-value=""><text:p/>',
    }
    inside = special.get(state)
    if inside is None and state in RUNS:
        inside = f' office:value-type="string"><text:p>{text[:-1]}<text:span text:style-name="{state}">{text[-1:]}</text:span></text:p>'
    if inside is None:
        style = f' table:style-name="{state}"' if state is not State.PLAIN else ""
        kind = f'"float" office:value="{text}"' if cell.is_number else '"string"'
        inside = f"{style} office:value-type={kind}><text:p>{text}</text:p>" if text else ">"
    return f"<table:table-cell{inside}</table:table-cell>"


def _archive(path: Path, parts: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def write_xls(path: Path, grid: Grid, hidden: Sequence[int] = ()) -> Path:
    """An .xls as xlwt writes it, which computes nothing; ``ZERO_ON_LOAD`` is made what Apache POI writes."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet(SHEET)
    plain, struck, raised = xlwt.Font(), xlwt.Font(), xlwt.Font()
    struck.struck_out = True
    raised.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT
    looks = {state: xlwt.easyxf(num_format_str=code) for state, code in CODES.items()}
    looks[State.STRUCK] = xlwt.easyxf("font: struck_out true")
    second = {State.PARTLY_STRUCK: struck, State.RAISED: raised}
    for row, line in enumerate(grid):
        for column, cell in enumerate(line):
            if cell.state is State.ERROR:
                page.row(row).set_cell_error(column, NOT_AVAILABLE)
            elif cell.state in (State.UNCOMPUTED, State.ZERO_ON_LOAD):
                page.write(row, column, xlwt.Formula("1+1"))
            elif cell.state in RUNS:
                page.write_rich_text(row, column, [(cell.text[:-1], plain), (cell.text[-1:], second[cell.state])])
            elif cell.text:
                page.write(row, column, float(cell.text) if cell.is_number else cell.text, looks.get(cell.state, xlwt.Style.default_style))
        page.row(row).hidden = row + 1 in hidden
    book.save(str(path))
    if any(cell.state is State.ZERO_ON_LOAD for line in grid for cell in line):
        unwritten, left = struct.pack("<QH", 0xFFFF000000000003, 0), struct.pack("<dH", 0.0, 2)
        path.write_bytes(path.read_bytes().replace(unwritten, left))
    return path
