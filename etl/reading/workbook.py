"""Workbooks (.xlsx, .xls, .et, .ods): checked as archives first, then read by a child process that may die."""

from __future__ import annotations

import contextlib
import errno
import html
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

from etl.reading import workbook_child
from etl.reading.number_formats import changing_formats
from etl.reading.ods import OdsCell, each_cell
from etl.reading.table import MAX_COLUMNS, MAX_ROWS, Sheet, UnreadableError, column_letter
from indicators.model import Text

WALL_SECONDS = 25
MAX_UNPACKED = 200 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_RATIO = 200
RATIO_FLOOR = 5 * 1024 * 1024  # small parts of an honest workbook may shrink a thousandfold
PIECE = 1024 * 1024
ZIP_MAGIC = b"PK\x03\x04"
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SUFFIXES_OF = {".xlsx": (".xlsx", ".xls", ".et"), ".ods": (".ods",), ".xls": (".xls", ".et", ".xlsx")}
"""Kind of workbook by content -> extensions under which it is delivered (an encrypted .xlsx has the form of an .xls)."""
_OUTLINE, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ODS_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_RESAVE = Text("用Excel或WPS另存为普通的.xlsx或CSV UTF-8后重报", "Save it as a plain .xlsx or as CSV UTF-8 and deliver that")
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ERROR_CELL = re.compile(rb"<c\b[^>]*\bt=\"e\"[^>]*>")
_CELL_START = re.compile(rb"<c\b[^>]*>")
_CELL_PLACE = re.compile(rb"\br=\"([A-Z]{1,3})([0-9]{1,7})\"")
_SHEET_ENTRY = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_FORMULA_ALONE = re.compile(rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ODS_ERROR = re.compile(rb"calcext:value-type=\"error\"")
_ODS_FORMULA = re.compile(rb"<table:(?:covered-)?table-cell\b[^>]*\btable:formula=[^>]*>")
_ACTIVE = ("vbaproject", "macrosheets/", "activex", "embeddings/", "externallinks/", "oleobject", "ddelinks")


def opened(content: bytes) -> zipfile.ZipFile | None:
    """Open an .xlsx or .ods as the archive it is; None where it is none."""
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None


def archive_kind(content: bytes) -> str:
    """Tell an .ods from an .xlsx by the parts it must have; anything else counts as .xlsx and fails there."""
    archive = opened(content)
    return ".ods" if archive is not None and _is_ods(archive.namelist()) else ".xlsx"


def _is_ods(names: Collection[str]) -> bool:
    return {"mimetype", "content.xml"} <= set(names) and _OUTLINE not in names


def check_archive(content: bytes) -> None:
    """Look through an .xlsx or .ods before any library opens it.

    Declared sizes lie, so the bytes that really come out are counted.

    Raises:
        UnreadableError: If it is no workbook, is a bomb, or holds active content.
    """
    archive = opened(content)
    if archive is None:
        raise _not_a_workbook()
    is_ods = _is_ods(archive.namelist())
    _check_entries(archive.infolist(), is_ods)
    unpacked = 0
    outline: dict[str, bytes] = {}
    faulty: tuple[str, UnreadableError] | None = None
    for entry in archive.infolist():
        part = _unpacked(archive, entry, MAX_UNPACKED - unpacked)
        unpacked += len(part)
        _check_part(entry.filename, part)
        if is_ods:
            _check_ods_part(entry.filename, part)
        if entry.filename in (_OUTLINE, _RELATIONS):
            outline[entry.filename] = part
        if faulty is None and (fault := _cell_fault(entry.filename, part)):
            faulty = entry.filename, fault
    if faulty is not None:  # only now every part is known, and with them the name of the sheet
        name, fault = faulty
        fault.sheet_position, fault.sheet = _sheet_place(name, outline)
        raise fault


def check_ole(content: bytes) -> None:
    """Look through an .xls or .et before any library opens it; its directory names every stream in two-byte writing.

    Raises:
        UnreadableError: If it is encrypted or holds macros.
    """
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _password()
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        remedy = Text("另存为普通的.xlsx后重报", "Save it as a plain .xlsx and deliver that")
        raise UnreadableError("active_content", Text("工作簿含宏", "The workbook holds macros"), remedy)


def _check_entries(entries: Sequence[zipfile.ZipInfo], is_ods: bool) -> None:
    """Refuse an archive by the list of its parts."""
    if len(entries) > MAX_ENTRIES:
        raise _bomb()
    names = [entry.filename.replace("\\", "/").lower() for entry in entries]
    if any(word in name for name in names for word in _ACTIVE):
        raise _active_content()
    if not is_ods and all(entry.filename != _OUTLINE for entry in entries):
        raise _not_a_workbook()
    if is_ods and any(name.startswith(("basic/", "scripts/", "object ")) for name in names):
        raise _active_content()
    if len(set(names)) != len(names) or any(name.startswith("/") or ".." in name.split("/") for name in names):
        raise _not_a_workbook()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _password()


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int) -> bytes:
    """Return a part, piece by piece, as long as no more comes out than an honest workbook holds."""
    part = bytearray()
    try:
        with archive.open(entry) as stream:
            while piece := stream.read(PIECE):
                part += piece
                if len(part) > left or (len(part) > RATIO_FLOOR and len(part) > MAX_RATIO * max(entry.compress_size, 1)):
                    raise _bomb()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise _not_a_workbook() from error
    return bytes(part)


def _cell_fault(name: str, part: bytes) -> UnreadableError | None:
    """Return the first cell of a sheet that shows an error or a formula without its result, with its place."""
    if not name.lower().startswith("xl/worksheets/"):
        return None
    if cell := _ERROR_CELL.search(part):
        return _placed(_error_cell(), cell[0])
    if formula := _FORMULA_ALONE.search(part):
        begins = part.rfind(b"<c ", 0, formula.start())
        start = _CELL_START.match(part, begins) if begins >= 0 else None
        return _placed(_formula_without_value(), start[0] if start else b"")
    return None


def _placed(fault: UnreadableError, cell: bytes) -> UnreadableError:
    """Put column and row of a cell into a fault, where the cell tells them."""
    if place := _CELL_PLACE.search(cell):
        fault.column, fault.row = place[1].decode(), int(place[2])
    return fault


def _sheet_place(part: str, outline: Mapping[str, bytes]) -> tuple[int | None, str | None]:
    """Return the place from 1 and the name of the sheet that a part holds; None twice where the workbook does not tell."""
    texts = {name: outline.get(name, b"").decode("utf-8", "ignore") for name in (_OUTLINE, _RELATIONS)}
    targets = {
        _attribute(tag, "Id"): (_attribute(tag, "Target") or "").lstrip("/").removeprefix("xl/") for tag in _RELATION.findall(texts[_RELATIONS])
    }
    for position, tag in enumerate(_SHEET_ENTRY.findall(texts[_OUTLINE]), 1):
        if targets.get(_attribute(tag, "id")) == part.removeprefix("xl/"):
            return position, _attribute(tag, "name")
    return None, None


def _attribute(tag: str, name: str) -> str | None:
    value = re.search(rf"[\s:]{name}=\"([^\"]*)\"", tag)
    return html.unescape(value[1]) if value else None


def _check_ods_part(name: str, part: bytes) -> None:
    if name == "mimetype" and part.strip() != _ODS_MIMETYPE:
        raise _not_a_workbook()
    if name == "META-INF/manifest.xml" and b"encryption-data" in part:
        raise _password()
    if name == "content.xml":
        if _ODS_ERROR.search(part):
            raise _placed_in_ods(_error_cell(), part, lambda cell: cell.get("calcext:value-type") == "error")
        if any(b"office:value-type=" not in cell for cell in _ODS_FORMULA.findall(part)):
            raise _placed_in_ods(_formula_without_value(), part, lambda cell: "table:formula" in cell and "office:value-type" not in cell)


class _Stop(Exception):
    """The cell looked for was found."""


def _placed_in_ods(fault: UnreadableError, part: bytes, is_faulty: Callable[[dict[str, str]], bool]) -> UnreadableError:
    """Put sheet, column and row of the first such cell into a fault; a part that is no sound XML leaves it without."""

    def take(cell: OdsCell) -> None:
        if is_faulty(cell.attributes):
            fault.sheet, fault.column, fault.row = cell.sheet or None, column_letter(cell.column), cell.row + 1
            fault.sheet_position = cell.position
            raise _Stop

    with contextlib.suppress(_Stop, expat.ExpatError, ValueError):
        each_cell(io.BytesIO(part), take)
    return fault


def _check_part(name: str, part: bytes) -> None:
    lowered = name.lower()
    if lowered.startswith("xl/media/"):
        return
    # An XML part in another encoding could hide a declaration from the search below; spreadsheet programs write UTF-8.
    is_xml = lowered.endswith((".xml", ".rels", ".vml"))
    if (is_xml and (part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in part[:64])) or _ENTITY.search(part):
        raise UnreadableError("xml_entities", Text("工作簿内含不允许的XML声明", "The workbook holds XML declarations that are not admitted"), _RESAVE)


def read_sheets(content: bytes, suffix: str) -> list[Sheet]:
    """Read every sheet of a workbook in a child process with limits of memory and time.

    Raises:
        UnreadableError: If the child refused, ran out of its limits or died.
        OSError: If the temporary folder cannot be written; that is no fault of the file.
    """
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder:
        path = Path(folder) / f"delivered{suffix}"
        path.write_bytes(content)
        output = Path(folder) / "sheets.jsonl"
        command = [sys.executable, "-m", workbook_child.__name__, str(path), str(MAX_ROWS), str(MAX_COLUMNS)]
        root = str(Path(__file__).resolve().parents[2])
        try:
            with output.open("wb") as stream:
                ended = subprocess.run(
                    command, cwd=root, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.DEVNULL, timeout=WALL_SECONDS, check=False
                )
        except subprocess.TimeoutExpired as error:
            raise _too_demanding() from error
        if ended.returncode == workbook_child.PASSWORD:
            raise _password()
        if ended.returncode in (workbook_child.UNWRITABLE, 120):  # 120: the interpreter could not write its last lines
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder)
        if ended.returncode in (workbook_child.BROKEN, 1):
            raise _not_a_workbook()
        if ended.returncode != 0:
            raise _too_demanding()
        with output.open(encoding="ascii") as lines:
            sheets = _sheets(iter(lines))
    return _with_formats(sheets, content) if content.startswith(ZIP_MAGIC) else sheets


def _with_formats(sheets: list[Sheet], content: bytes) -> list[Sheet]:
    """Put the formats of numbers beside the sheets of an .xlsx."""
    try:
        by_part = changing_formats(content)
    except ValueError as error:
        raise _not_a_workbook() from error
    if not by_part:
        return sheets
    archive = zipfile.ZipFile(io.BytesIO(content))
    outline = {name: archive.read(name) for name in (_OUTLINE, _RELATIONS) if name in archive.namelist()}
    formats = {_sheet_place(part, outline)[1]: cells for part, cells in by_part.items()}
    return [replace(sheet, formats=formats.get(sheet.name, {})) for sheet in sheets]


def _sheets(lines: Iterator[str]) -> list[Sheet]:
    sheets: list[Sheet] = []
    kept: dict[str, str] = {}
    for line in lines:
        row = json.loads(line)
        if row is None:
            return sheets
        if isinstance(row, dict):
            merged = tuple((int(top), int(left), int(bottom), int(right)) for top, left, bottom, right in row["merged"])
            sheets.append(Sheet(row["sheet"], row["is_visible"], [], row["first_row"], row["first_column"], merged))
        else:
            sheets[-1].rows.append([kept.setdefault(text, text) for text in row])
    raise _too_demanding()


def _not_a_workbook() -> UnreadableError:
    return UnreadableError("not_a_workbook", Text("文件不是可读取的工作簿,或已损坏", "The file is no readable workbook, or it is damaged"), _RESAVE)


def _active_content() -> UnreadableError:
    return UnreadableError(
        "active_content",
        Text("工作簿含宏、外部链接或嵌入对象", "The workbook holds macros, links to other files or embedded objects"),
        _RESAVE,
    )


def _error_cell() -> UnreadableError:
    return UnreadableError(
        "error_cell",
        Text("工作表中有错误值(如#REF!、#N/A)", "A cell shows an error such as #REF! or #N/A"),
        Text("更正公式,或粘贴为数值后重报", "Mend the formula or paste values, and deliver again"),
    )


def _formula_without_value() -> UnreadableError:
    return UnreadableError(
        "formula_without_value",
        Text("工作表中有未计算结果的公式", "A formula has no stored result"),
        Text("在Excel或WPS中打开保存一次,或粘贴为数值后重报", "Open and save it in Excel or WPS, or paste values"),
    )


def _password() -> UnreadableError:
    return UnreadableError(
        "password", Text("工作簿设有密码", "The workbook is protected by a password"), Text("去掉密码后重报", "Remove the password")
    )


def _bomb() -> UnreadableError:
    return UnreadableError("too_large_unpacked", Text("工作簿解压后过大", "The workbook is too large when unpacked"), _RESAVE)


def _too_demanding() -> UnreadableError:
    return UnreadableError(
        "too_demanding",
        Text("读取该工作簿超出时间或内存限制,已中止", "Reading the workbook took too much time or memory and was stopped"),
        _RESAVE,
    )
