"""The cells of an .xlsx, found by the workbook's own relations and namespaces, with what each cell is and how its number is shown."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import NamedTuple

from etl.reading.cell_kinds import CellKind, Font, kind_of
from etl.reading.cell_texts import column_index, iso_moment, moment, number_of_text, text_of
from etl.reading.format_codes import BUILT_IN, is_of_dates, is_of_durations, is_plain
from etl.reading.markup import is_true, walk
from etl.reading.sheet_writer import SheetWriter

_MAIN = ("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main")
_OFFICE = ("http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships")
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ACTIVE = frozenset(("externalLink", "vbaProject", "oleObject", "xlMacrosheet", "xlIntlMacrosheet"))
_NAMES = (
    *("sheet", "workbookPr", "calcPr", "fonts", "font", "strike", "vertAlign", "sz", "numFmts", "numFmt", "cellXfs", "xf", "dxfs"),
    *("si", "is", "r", "rPr", "rPh", "t", "row", "c", "f", "v", "mergeCell"),
)
_ELEMENTS = {f"{space} {name}": name for space in _MAIN for name in _NAMES}
_DIGITS = "0123456789"
_DIGITS_KEPT = 15
_MAX_ROW = 1_048_576


class ActiveContentError(Exception):
    """The workbook is bound to a program or to another file."""


class _Style(NamedTuple):
    """How a cell looks.

    Attributes:
        format: Its number format, where it is more than a plain one.
        is_date: Whether its number is a day.
        is_duration: Whether its number is a span of time.
        font: Its font, for the runs that have none of their own.
        kind: What the font makes of the cell.
    """

    format: str | None = None
    is_date: bool = False
    is_duration: bool = False
    font: Font = Font()
    kind: CellKind | None = None


class _Shared(NamedTuple):
    """A text that cells share; ``fonts`` are those of its runs, None in place of the cell's own, and nothing for a text of one run."""

    text: str
    fonts: tuple[Font | None, ...] = ()


class _Book(NamedTuple):
    styles: Sequence[_Style]
    texts: Sequence[_Shared]
    is_1904: bool
    is_calculated_on_load: bool


class _Entry(NamedTuple):
    name: str
    is_visible: bool
    relation: str


def read(archive: zipfile.ZipFile, out: SheetWriter) -> None:
    """Hand over every worksheet.

    Raises:
        ValueError: If a part is missing, is no sound XML, or contradicts itself.
        ActiveContentError: If the workbook is bound to a program or to another file.
    """
    parts = {name.replace("\\", "/").lower(): name for name in archive.namelist()}
    outline = next((target for kind, target in _relations(archive, parts, "").values() if kind == "officeDocument"), "")
    relations = _relations(archive, parts, outline)
    if any(kind in _ACTIVE for kind, _ in relations.values()):
        raise ActiveContentError
    entries, is_1904, is_calculated_on_load = _outline(_part(archive, parts, outline))
    shared, styles = (_optional(archive, parts, relations, kind) for kind in ("sharedStrings", "styles"))
    book = _Book(_styles(styles) if styles else [_Style()], _shared_texts(shared) if shared else (), is_1904, is_calculated_on_load)
    for entry in entries:
        kind, target = relations.get(entry.relation, ("", ""))
        if not kind:
            raise ValueError("a sheet without its part")
        if kind == "worksheet":
            out.begin(entry.name, entry.is_visible)
            _Walk(book, out).read(_part(archive, parts, target))


def _part(archive: zipfile.ZipFile, parts: Mapping[str, str], name: str) -> bytes:
    if name.lower() not in parts:
        raise ValueError("a part is missing")
    return archive.read(parts[name.lower()])


def _optional(archive: zipfile.ZipFile, parts: Mapping[str, str], relations: Mapping[str, tuple[str, str]], kind: str) -> bytes | None:
    target = next((target for one, target in relations.values() if one == kind), None)
    return None if target is None else _part(archive, parts, target)


def _relations(archive: zipfile.ZipFile, parts: Mapping[str, str], source: str) -> dict[str, tuple[str, str]]:
    """Return what a part, or with no name the whole package, is bound to: identity -> kind and name of the other part."""
    folder, name = posixpath.split(source)
    bound: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == f"{_PACKAGE} Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "").replace("\\", "/")))
            bound[attributes.get("Id", "")] = kind, target.lstrip("/")

    walk(_part(archive, parts, posixpath.join(folder, "_rels", f"{name}.rels")), start)
    return bound


def _outline(part: bytes) -> tuple[list[_Entry], bool, bool]:
    """Return the sheets in order, whether days are counted from 1904, and whether results are left to the next program."""
    entries: list[_Entry] = []
    is_1904 = False
    is_calculated_on_load = True  # a workbook that no spreadsheet program has saved does not say how it was calculated

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal is_1904, is_calculated_on_load
        name = _ELEMENTS.get(tag)
        if name == "sheet":
            relation = next((attributes[f"{space} id"] for space in _OFFICE if f"{space} id" in attributes), "")
            entries.append(_Entry(attributes.get("name", ""), attributes.get("state", "visible") == "visible", relation))
        elif name == "workbookPr":
            is_1904 = is_true(attributes.get("date1904"))
        elif name == "calcPr":
            is_calculated_on_load = is_true(attributes.get("fullCalcOnLoad"))

    walk(part, start)
    if not entries:
        raise ValueError("a workbook without sheets")
    return entries, is_1904, is_calculated_on_load


class _FontReader:
    """Gathers the font that is being described."""

    def __init__(self) -> None:
        self.font = Font()

    def take(self, name: str | None, attributes: dict[str, str]) -> None:
        value = attributes.get("val")
        if name == "strike":
            self.font = self.font._replace(is_struck=is_true(value, default=True))
        elif name == "vertAlign":
            self.font = self.font._replace(is_raised=value != "baseline")
        elif name == "sz":
            self.font = self.font._replace(size=number_of_text(value or ""))


def _styles(part: bytes) -> list[_Style]:
    """Return how cells look, by the positions that cells name."""
    codes = dict(BUILT_IN)
    fonts: list[Font] = []
    looks: list[tuple[str, str]] = []
    reader = _FontReader()
    section = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal section
        name = _ELEMENTS.get(tag)
        if name in ("numFmts", "fonts", "cellXfs", "dxfs"):
            section = name
        elif section == "numFmts" and name == "numFmt":
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif section == "cellXfs" and name == "xf":
            looks.append((attributes.get("numFmtId", "0"), attributes.get("fontId", "0")))
        elif section == "fonts":
            reader.take(name, attributes)

    def end(tag: str) -> None:
        nonlocal section
        name = _ELEMENTS.get(tag)
        if name == section:
            section = ""
        elif name == "font" and section == "fonts":
            fonts.append(reader.font)
            reader.font = Font()

    walk(part, start, end)
    by_number = dict(enumerate(fonts))
    return [_style(codes.get(number, "General"), by_number.get(int(font), Font())) for number, font in looks] or [_Style()]


def _style(code: str, font: Font) -> _Style:
    is_date, is_duration = is_of_dates(code), is_of_durations(code)
    return _Style(None if is_date or is_plain(code) else code, is_date, is_duration, font, kind_of([font]))


class _TextReader:
    """Gathers one text of one run or several; readings above it are left out."""

    def __init__(self) -> None:
        self._runs: list[tuple[str, Font | None]] = []
        self._fonts = _FontReader()
        self._own: Font | None = None
        self._is_reading = False

    def start(self, name: str | None, attributes: dict[str, str]) -> None:
        if name in ("si", "is"):
            self._runs = []
        elif name == "r":
            self._own = None
        elif name == "rPr":
            self._fonts.font = self._own = Font()
        elif name == "rPh":
            self._is_reading = True
        elif self._own is not None:
            self._fonts.take(name, attributes)
            self._own = self._fonts.font

    def end(self, name: str | None, written: Sequence[str]) -> None:
        if name == "t" and not self._is_reading:
            self._runs.append(("".join(written), self._own))
        elif name == "rPh":
            self._is_reading = False
        elif name == "r":
            self._own = None

    @property
    def text(self) -> _Shared:
        if len(self._runs) == 1 and self._runs[0][1] is None:
            return _Shared(self._runs[0][0])
        return _Shared("".join(text for text, _ in self._runs), tuple(font for text, font in self._runs if text.strip()))


def _shared_texts(part: bytes) -> list[_Shared]:
    texts: list[_Shared] = []
    reader = _TextReader()
    written: list[str] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        written.clear()
        reader.start(_ELEMENTS.get(tag), attributes)

    def end(tag: str) -> None:
        name = _ELEMENTS.get(tag)
        reader.end(name, written)
        if name == "si":
            texts.append(reader.text)

    walk(part, start, end, written.append)
    return texts


class _Walk:
    """One sheet, cell by cell. Most of the time of reading goes by here, so what a cell needs is looked up by the text that names it."""

    def __init__(self, book: _Book, out: SheetWriter) -> None:
        self._out = out
        self._is_1904 = book.is_1904
        self._is_calculated_on_load = book.is_calculated_on_load
        self._styles = {str(position): style for position, style in enumerate(book.styles)}
        self._shared = {str(position): shared for position, shared in enumerate(book.texts)}
        self._places: dict[str, int] = {}
        self._row, self._row_name, self._next_column = 0, "0", 0
        self._texts: dict[int, str] = {}
        self._kinds: dict[int, CellKind] = {}
        self._formats: dict[int, str] = {}
        self._merged: list[list[int]] = []
        self._hidden: list[int] = []
        self._written: list[str] = []
        self._runs = _TextReader()
        self._cell: dict[str, str] = {}
        self._value: str | None = None
        self._is_formula = False
        self._begun = {"row": self._begin_row, "c": self._begin_cell, "f": self._begin_formula, "mergeCell": self._merge}
        self._ended = {"row": self._end_row, "c": self._end_cell, "v": self._end_value}

    def read(self, part: bytes) -> None:
        walk(part, self._start, self._end, self._written.append)
        self._out.end(self._merged, self._hidden)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._written.clear()
        name = _ELEMENTS.get(tag)
        if name in self._begun:
            self._begun[name](attributes)
        elif self._cell.get("t") == "inlineStr":
            self._runs.start(name, attributes)

    def _end(self, tag: str) -> None:
        name = _ELEMENTS.get(tag)
        if name in self._ended:
            self._ended[name]()
        elif self._cell.get("t") == "inlineStr":
            self._runs.end(name, self._written)
            if name == "is":
                self._value = ""

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._row, self._next_column = int(attributes.get("r", self._row + 1)), 0
        self._row_name = str(self._row)
        if not 0 < self._row <= _MAX_ROW:
            raise ValueError("no such row")
        if is_true(attributes.get("hidden")) or number_of_text(attributes.get("ht", "1")) == 0:
            self._hidden.append(self._row)

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._cell, self._value, self._is_formula = attributes, None, False

    def _begin_formula(self, _: dict[str, str]) -> None:
        self._is_formula = True

    def _merge(self, attributes: dict[str, str]) -> None:
        first, _, last = attributes.get("ref", "").partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        self._merged.append([top, left, bottom, right])

    def _end_value(self) -> None:
        self._value = "".join(self._written)

    def _end_row(self) -> None:
        self._out.row(self._row, self._texts, self._kinds, self._formats)
        self._texts, self._kinds, self._formats = {}, {}, {}

    def _column(self) -> int:
        place = self._cell.get("r")
        if place is None:
            return self._next_column
        letters = place.removesuffix(self._row_name)
        column = self._places.get(letters)
        if column is None:
            column = self._places[letters] = _column_of(letters)
        return column

    def _end_cell(self) -> None:
        column = self._column()
        self._next_column = column + 1
        kind, value = self._cell.get("t", "n"), self._value
        if kind == "e":
            self._kinds[column] = CellKind.ERROR
        elif self._is_formula and self._is_uncomputed(kind, value):
            self._kinds[column] = CellKind.UNCOMPUTED
        elif value is not None:
            self._fill(column, kind, value)
        self._cell = {}

    def _fill(self, column: int, kind: str, value: str) -> None:
        style = self._styles[self._cell.get("s", "0")]
        shared = self._shared[value] if kind == "s" else self._runs.text if kind == "inlineStr" and not value else None
        text = self._text(kind, value, style) if shared is None else shared.text
        if not text or text.isspace():
            return
        if column in self._texts:
            raise ValueError("two cells in one place")
        self._texts[column] = text
        made = kind_of([font or style.font for font in shared.fonts]) if shared is not None and shared.fonts else style.kind
        if made is not None:
            self._kinds[column] = made
        if style.format is not None and kind == "n":
            self._formats[column] = style.format

    def _is_uncomputed(self, kind: str, value: str | None) -> bool:
        if value is None or (not value and kind != "str"):
            return True
        # A program that does not compute writes 0 and leaves the result to the one that opens the file.
        return self._is_calculated_on_load and kind == "n" and number_of_text(value) == 0

    def _text(self, kind: str, value: str, style: _Style) -> str:
        if kind == "n":
            return self._number(value.strip(), style) if value else ""
        if kind == "d":
            return iso_moment(value.strip())
        if kind == "b":
            return text_of(is_true(value.strip()))
        return value

    def _number(self, value: str, style: _Style) -> str:
        if style.is_date:
            return moment(number_of_text(value), self._is_1904)
        if style.is_duration:
            return str(timedelta(days=number_of_text(value)))
        if len(value) < _DIGITS_KEPT and value.isdecimal() and value.isascii() and value[0] != "0":
            return value
        return text_of(number_of_text(value))


def _column_of(letters: str) -> int:
    if not (1 <= len(letters) <= 3 and letters.isascii() and letters.isalpha() and letters.isupper()):
        raise ValueError("no such column")
    return column_index(letters)


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip(_DIGITS)
    return int(reference[len(letters) :]), _column_of(letters)
