"""Workbooks (.xlsx, .xls, .et, .ods): checked as archives first, then read by a child process that may die."""

from __future__ import annotations

import errno
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from etl.parsing import workbook_child
from etl.parsing.table import MAX_COLUMNS, MAX_ROWS, Sheet, UnreadableError
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

_ODS_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"

_RESAVE = Text("用Excel或WPS另存为普通的.xlsx或CSV UTF-8后重报", "Save it as a plain .xlsx or as CSV UTF-8 and deliver that")
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_ERROR_CELL = re.compile(rb"<c\b[^>]*\bt=\"e\"")
_FORMULA_ALONE = re.compile(rb"<f\b(?:[^>]*/>|[^>]*>[^<]*</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ODS_ERROR = re.compile(rb"calcext:value-type=\"error\"")
_ODS_FORMULA = re.compile(rb"<table:(?:covered-)?table-cell\b[^>]*\btable:formula=[^>]*>")
_ACTIVE = ("vbaproject", "macrosheets/", "activex", "embeddings/", "externallinks/", "oleobject", "ddelinks")


def archive_kind(content: bytes) -> str:
    """Tell an .ods from an .xlsx by the parts it must have; anything else counts as .xlsx and fails there."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return ".xlsx"
    return ".ods" if {"mimetype", "content.xml"} <= names and "xl/workbook.xml" not in names else ".xlsx"


def check_archive(content: bytes) -> None:
    """Look through an .xlsx or .ods before any library opens it.

    Declared sizes lie, so the bytes that really come out are counted.

    Raises:
        UnreadableError: If it is no workbook, is a bomb, or holds active content.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise _not_a_workbook() from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise _bomb()
    names = [entry.filename for entry in entries]
    lowered = [name.replace("\\", "/").lower() for name in names]
    if any(any(word in name for word in _ACTIVE) for name in lowered):
        raise _active_content()
    is_ods = {"mimetype", "content.xml"} <= set(names) and "xl/workbook.xml" not in names
    if not is_ods and "xl/workbook.xml" not in names:
        raise _not_a_workbook()
    if is_ods and any(name.startswith(("basic/", "scripts/", "object ")) for name in lowered):
        raise _active_content()
    if len(set(lowered)) != len(lowered) or any(name.startswith("/") or ".." in name.split("/") for name in lowered):
        raise _not_a_workbook()
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise _password()
    unpacked = 0
    for entry in entries:
        part = bytearray()
        try:
            with archive.open(entry) as stream:
                while piece := stream.read(PIECE):
                    unpacked += len(piece)
                    part += piece
                    if unpacked > MAX_UNPACKED or (len(part) > RATIO_FLOOR and len(part) > MAX_RATIO * max(entry.compress_size, 1)):
                        raise _bomb()
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
            raise _not_a_workbook() from error
        _check_part(entry.filename, bytes(part))
        if is_ods:
            _check_ods_part(entry.filename, bytes(part))


def _check_ods_part(name: str, part: bytes) -> None:
    if name == "mimetype" and part.strip() != _ODS_MIMETYPE:
        raise _not_a_workbook()
    if name == "META-INF/manifest.xml" and b"encryption-data" in part:
        raise _password()
    if name == "content.xml":
        if _ODS_ERROR.search(part):
            raise _error_cell()
        if any(b"office:value-type=" not in cell for cell in _ODS_FORMULA.findall(part)):
            raise _formula_without_value()


def _check_part(name: str, part: bytes) -> None:
    lowered = name.lower()
    if lowered.startswith("xl/media/"):
        return
    # An XML part in another encoding could hide a declaration from the search below; spreadsheet programs write UTF-8.
    is_xml = lowered.endswith((".xml", ".rels", ".vml"))
    if (is_xml and (part[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in part[:64])) or _ENTITY.search(part):
        raise UnreadableError("xml_entities", Text("工作簿内含不允许的XML声明", "The workbook holds XML declarations that are not admitted"), _RESAVE)
    if lowered.startswith("xl/worksheets/") and _ERROR_CELL.search(part):
        raise _error_cell()
    if lowered.startswith("xl/worksheets/") and _FORMULA_ALONE.search(part):
        raise _formula_without_value()


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
            return _sheets(iter(lines))


def _sheets(lines: Iterator[str]) -> list[Sheet]:
    sheets: list[Sheet] = []
    kept: dict[str, str] = {}
    for line in lines:
        found = json.loads(line)
        if found is None:
            return sheets
        if isinstance(found, dict):
            merged = tuple((int(top), int(left), int(bottom), int(right)) for top, left, bottom, right in found["merged"])
            sheets.append(Sheet(found["sheet"], found["is_visible"], [], found["first_row"], found["first_column"], merged))
        else:
            sheets[-1].rows.append([kept.setdefault(text, text) for text in found])
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
