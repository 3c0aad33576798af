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
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from etl.reading import workbook_child
from etl.reading.cell_kinds import CellKind
from etl.reading.number_formats import may_change
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
_ODS_MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_RESAVE = Text("用Excel或WPS另存为普通的.xlsx或CSV UTF-8后重报", "Save it as a plain .xlsx or as CSV UTF-8 and deliver that")
_ENTITY = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PACKAGE = "_rels/.rels"
_LINKED = ("externallinks/", "ddelinks")
_ACTIVE = ("vbaproject", "macrosheets/", "activex", "embeddings/", "oleobject", *_LINKED)


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
    return {"mimetype", "content.xml"} <= set(names) and _PACKAGE not in names


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
    for entry in archive.infolist():
        part = _unpacked(archive, entry, MAX_UNPACKED - unpacked)
        unpacked += len(part)
        _check_part(entry.filename, part)
        if is_ods:
            _check_ods_part(entry.filename, part)


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
    if any(word in name for name in names for word in _LINKED):
        raise _linked()
    if any(word in name for name in names for word in _ACTIVE):
        raise _active_content()
    if not is_ods and all(entry.filename != _PACKAGE for entry in entries):
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


def _check_ods_part(name: str, part: bytes) -> None:
    if name == "mimetype" and part.strip() != _ODS_MIMETYPE:
        raise _not_a_workbook()
    if name == "META-INF/manifest.xml" and b"encryption-data" in part:
        raise _password()


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
        if ended.returncode in _FAULTS:
            raise _FAULTS[ended.returncode]()
        if ended.returncode in (workbook_child.UNWRITABLE, 120):  # 120: the interpreter could not write its last lines
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), folder)
        if ended.returncode != 0:
            raise _too_demanding()
        with output.open(encoding="ascii") as lines:
            return _sheets(map(json.loads, lines))


def _sheets(lines: Iterator[Any]) -> list[Sheet]:
    """Return the sheets that the child wrote."""
    sheets: list[Sheet] = []
    kept: dict[str, str] = {}
    for line in lines:
        if line is None:
            return sheets
        sheets.append(_sheet(line, len(sheets) + 1, lines, kept))
    raise _too_demanding()


def _sheet(about: dict[str, Any], position: int, lines: Iterator[Any], kept: dict[str, str]) -> Sheet:
    """Return the sheet whose rows follow; every row is filled up to the width of the widest."""
    rows: list[tuple[int, int, list[str]]] = []
    kinds: dict[tuple[int, int], CellKind] = {}
    formats: dict[tuple[int, int], str] = {}
    for line in lines:
        if isinstance(line, dict):
            if "stray" in line:
                raise _stray(about["sheet"], position, *line["stray"])
            return _filled(about, rows, line, kinds, formats)
        number, first, texts, *marks = line
        rows.append((number, first, [kept.setdefault(text, text) for text in texts]))
        if marks:
            kinds.update(((number, column), CellKind(kind)) for column, kind in marks[0])
            formats.update(((number, column), code) for column, code in marks[1] if may_change(code))
    raise _too_demanding()


def _filled(
    about: dict[str, Any],
    rows: Sequence[tuple[int, int, list[str]]],
    ended: dict[str, Any],
    kinds: dict[tuple[int, int], CellKind],
    formats: dict[tuple[int, int], str],
) -> Sheet:
    left = min((first for _, first, _ in rows), default=0)
    right = max((first + len(texts) for _, first, texts in rows), default=0)
    whole: list[list[str]] = []
    top = rows[0][0] if rows else 1
    for number, first, texts in rows:
        whole += ([""] * (right - left) for _ in range(number - top - len(whole)))
        whole.append([""] * (first - left) + texts + [""] * (right - first - len(texts)))
    merged = tuple((int(top), int(left), int(bottom), int(right)) for top, left, bottom, right in ended["merged"])
    return Sheet(about["sheet"], about["is_visible"], whole, top, left, merged, formats, kinds, frozenset(ended["hidden_rows"]))


def _not_a_workbook() -> UnreadableError:
    return UnreadableError("not_a_workbook", Text("文件不是可读取的工作簿,或已损坏", "The file is no readable workbook, or it is damaged"), _RESAVE)


def _active_content() -> UnreadableError:
    return UnreadableError(
        "active_content",
        Text("工作簿含宏、控件或嵌入对象", "The workbook holds macros, controls or embedded objects"),
        Text(
            "把数值粘贴到空白模板后重报;嵌入的表里有要报的数的,先抄入表内",
            "Paste the values into the blank template; numbers in an embedded table are entered in the sheet first",
        ),
    )


def _linked() -> UnreadableError:
    return UnreadableError(
        "active_content",
        Text("工作簿引用了其他文件(外部链接)", "The workbook takes values from other files (external links)"),
        Text(
            "点“数据—编辑链接—断开链接”后保存,或把数值粘贴到空白模板,再重报",
            "Break the links (Data, Edit Links, Break Link) and save, or paste the values into the blank template",
        ),
    )


def _stray(sheet: str, position: int, row: int, column: int) -> UnreadableError:
    fault = UnreadableError(
        "stray_cell",
        Text("这个单元格离表格太远,超出可读取的行数或列数", "The cell stands too far from the table: beyond the rows or columns that are read"),
        Text(
            "核对该单元格:属于报表的移到表内,不属于报表的移出工作簿后重报",
            "Check the cell: move it into the table if it belongs there, and out of the workbook if it does not",
        ),
        row=row,
        column=column_letter(column),
        sheet=sheet or None,
    )
    fault.sheet_position = position
    return fault


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


_FAULTS = {
    workbook_child.PASSWORD: _password,
    workbook_child.ACTIVE: _linked,
    workbook_child.BROKEN: _not_a_workbook,
    1: _not_a_workbook,  # the interpreter's own code for an error that nobody expected
}
