"""The cells of an .ods, whose place only counting tells, with what each cell is and how its number is shown."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from typing import NamedTuple

from etl.reading.cell_kinds import CellKind, Font, kind_of
from etl.reading.cell_texts import iso_moment, number_of_text, text_of
from etl.reading.format_codes import is_of_dates, is_plain
from etl.reading.markup import walk
from etl.reading.sheet_writer import SheetWriter, TooLargeError

_SPACES = {
    f"urn:oasis:names:tc:opendocument:xmlns:{long}:1.0": short
    for long, short in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"), ("datastyle", "number"))
}
_FORMATTED = "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
_ERROR = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|(?:Err:|#ERR)\d{3}", re.IGNORECASE)
_NUMBER_SHOWN = re.compile(r"-?\d+(?:\.(\d+))?", re.ASCII)
_PARTS_OF_NUMBERS = re.compile(r"[\d.,'’+\-\sEe#]", re.ASCII)
_CELLS = ("table:table-cell", "table:covered-table-cell")
_NUMBERS = ("float", "percentage", "currency")
_MAX_ROWS, _MAX_COLUMNS = 1_048_576, 16_384
_PASSED_OVER = frozenset(("table:shapes", "text:ruby-text", "text:note"))
_NUMBER_STYLES = frozenset(f"number:{kind}-style" for kind in ("number", "percentage", "currency", "text", "date", "time", "boolean"))
_TEXTS_OF_NUMBERS = ("number:text", "number:currency-symbol", "number:embedded-text")
_USUAL = ([">=0"], [">0", "<0"], [">0", "<0", "=0"])
_SIGNS = {"number:scientific-number": "0.00E+00", "number:fraction": "0", "number:text-content": "@", "number:boolean": "0"}
_OF_TIME = {"year": "yyyy", "month": "mm", "day": "dd", "hours": "hh", "minutes": "mm", "seconds": "ss", "day-of-week": "ddd", "era": "yy"}


class _Look(NamedTuple):
    """One style: what it says itself, and the style it rests on."""

    parent: str | None = None
    format: str | None = None
    is_struck: bool | None = None
    is_raised: bool | None = None
    size: float | None = None
    is_shown: bool = True


class _Styles:
    """The styles of a workbook, by family and name."""

    def __init__(self) -> None:
        self._looks: dict[tuple[str, str], _Look] = {}
        self._codes: dict[str, str] = {}
        self._conditions: dict[str, list[tuple[str, str]]] = {}
        self._current = ("", "")
        self._code = ""
        self._is_text = False

    def start(self, name: str, given: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if name in ("style:style", "style:default-style"):
            self._current = given.get("style:family", ""), given.get("style:name", "")
            self._looks[self._current] = _Look(given.get("style:parent-style-name"), given.get("style:data-style-name"))
        elif name == "style:text-properties" and self._current in self._looks:
            self._looks[self._current] = _with_text(self._looks[self._current], given)
        elif name == "style:table-properties" and self._current in self._looks:
            self._looks[self._current] = self._looks[self._current]._replace(is_shown=given.get("table:display") != "false")
        elif name in _NUMBER_STYLES:
            self._current, self._code = ("", given.get("style:name", "")), ""
            self._conditions.pop(self._current[1], None)  # both parts may have a style of this name; the nearer one counts
        elif name.startswith("number:"):
            self._code += _sign(name, given)
            self._is_text = name in _TEXTS_OF_NUMBERS
        elif name == "style:map" and self._current[0] == "":
            self._conditions.setdefault(self._current[1], []).append((given.get("style:condition", ""), given.get("style:apply-style-name", "")))

    def end(self, name: str, written: str) -> None:
        """Take the end of an element and what stands in it."""
        if self._is_text and name in _TEXTS_OF_NUMBERS:
            self._code += _quoted(written)
            self._is_text = False
        elif name in _NUMBER_STYLES:
            self._codes[self._current[1]] = self._code

    def shows_sheet(self, name: str) -> bool:
        """Say whether a sheet of this style is shown."""
        return self._looks.get(("table", name), _Look()).is_shown

    def code(self, name: str) -> str | None:
        """Return the number format of a cell of this style, where it may change what is seen."""
        look = self._whole("table-cell", name)
        if look.format is None or look.format not in self._codes:
            return None
        conditions = self._conditions.get(look.format, [])
        signs = [condition.removeprefix("value()") for condition, _ in conditions]
        # The usual order of formats is that of positive numbers, negative ones and zero.
        written = [self._codes.get(style, "") for _, style in conditions]
        if signs not in _USUAL:
            written = [f"[{sign}]{section}" for sign, section in zip(signs, written, strict=True)]
        code = ";".join([*written, self._codes[look.format]])
        return None if is_plain(code) or is_of_dates(code) else code

    def font(self, family: str, name: str, beside: Font | None = None) -> Font:
        """Return the font of a style; what it leaves open is that of ``beside``."""
        look, base = self._whole(family, name), beside or Font()
        return Font(
            base.is_struck if look.is_struck is None else look.is_struck,
            base.is_raised if look.is_raised is None else look.is_raised,
            base.size if look.size is None else look.size,
        )

    def _whole(self, family: str, name: str) -> _Look:
        """Return a style with what it leaves to those it rests on."""
        look, passed = self._looks.get((family, name), _Look()), {name}
        while look.parent is not None and look.parent not in passed:
            passed.add(look.parent)
            below = self._looks.get((family, look.parent), _Look())
            look = _Look(
                below.parent,
                look.format if look.format is not None else below.format,
                below.is_struck if look.is_struck is None else look.is_struck,
                below.is_raised if look.is_raised is None else look.is_raised,
                below.size if look.size is None else look.size,
            )
        return look


def _with_text(look: _Look, given: dict[str, str]) -> _Look:
    lines = [given[name] for name in ("style:text-line-through-style", "style:text-line-through-type") if name in given]
    position = given.get("style:text-position")
    size = given.get("fo:font-size", "").removesuffix("pt")
    return look._replace(
        is_struck=any(line != "none" for line in lines) if lines else None,
        is_raised=None if position is None else position.split()[0] not in ("0%", "0"),
        size=number_of_text(size) if size.replace(".", "", 1).isdecimal() else None,
    )


def _quoted(text: str) -> str:
    return '"' + text.replace('"', "”") + '"' if text else ""


def _sign(name: str, given: dict[str, str]) -> str:
    """Return an element of a number style in the words of the other containers."""
    if name == "number:number":
        factor = number_of_text(given.get("number:display-factor", "1"))
        return "0" + "," * (factor != 1)
    return _SIGNS.get(name) or _OF_TIME.get(name.removeprefix("number:"), "")


class _Named(NamedTuple):
    """A repetition of columns with the style that their cells have where they name none."""

    first: int
    after: int
    style: str


def read(archive: zipfile.ZipFile, out: SheetWriter) -> None:
    """Hand over every sheet.

    Raises:
        ValueError: If a part is no sound XML, or a number in it is none.
        TooLargeError: If cells are repeated further than a table may reach.
    """
    styles = _Styles()
    if "styles.xml" in archive.namelist():
        _Walk(styles, out).read(archive.read("styles.xml"))
    _Walk(styles, out).read(archive.read("content.xml"))


class _Walk:
    """One part, element by element."""

    def __init__(self, styles: _Styles, out: SheetWriter) -> None:
        self._styles = styles
        self._out = out
        self._names: dict[str, str] = {}
        self._open: list[str] = []
        self._written: list[str] = []
        self._passed_over = 0
        self._is_in_sheet = False
        self._groups: list[bool] = []
        self._looks: dict[str, tuple[Font, str | None]] = {}
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._row = self._column = 0
        self._named: list[_Named] = []
        self._merged: list[list[int]] = []
        self._hidden: list[int] = []
        self._begin_row({})
        self._cell: dict[str, str] = {}
        self._begin_cell({})

    def read(self, part: bytes) -> None:
        walk(part, self._start, self._end, self._text)

    def _name(self, tag: str) -> str:
        """Return an element or attribute with the usual prefix of its namespace."""
        name = self._names.get(tag)
        if name is None:
            space, _, own = tag.rpartition(" ")
            prefix = _SPACES.get(space) or ("fo" if space == _FORMATTED else "other" if space else "")
            name = self._names[tag] = f"{prefix}:{own}"
        return name

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._name(tag)
        parent = self._open[-1] if self._open else ""
        self._open.append(name)
        given = {self._name(key): value for key, value in attributes.items()}
        # What hangs on a cell (a note, a picture) is not what stands in it.
        if self._passed_over or name in _PASSED_OVER or (parent in _CELLS and not name.startswith("text:")):
            self._passed_over += 1
        elif name == "table:table" and parent == "office:spreadsheet":
            self._is_in_sheet = True
            self._begin_sheet()
            self._out.begin(given.get("table:name", ""), self._styles.shows_sheet(given.get("table:style-name", "")))
        elif self._is_in_sheet:
            self._start_in_sheet(name, parent, given)
        else:
            self._written.clear()
            self._styles.start(name, given)

    def _start_in_sheet(self, name: str, parent: str, given: dict[str, str]) -> None:
        if name in _CELLS:
            self._begin_cell(given)
        elif name == "table:table-row":
            self._begin_row(given)
        elif name == "table:table-column":
            self._name_columns(given)
        elif name == "table:table-row-group":
            self._groups.append(given.get("table:display") == "false")
        elif name == "text:p" and parent in _CELLS:
            self._paragraphs.append([])
        elif self._paragraphs and "text:p" in self._open:
            self._start_in_paragraph(name, given)

    def _start_in_paragraph(self, name: str, given: dict[str, str]) -> None:
        if name == "text:span":
            self._fonts.append(self._styles.font("text", given.get("text:style-name", ""), self._fonts[-1]))
        elif name == "text:s":
            self._write(" " * min(int(given.get("text:c", 1)), _MAX_COLUMNS))
        elif name in ("text:tab", "text:line-break"):
            self._write("\t" if name == "text:tab" else "\n")

    def _text(self, text: str) -> None:
        if self._passed_over:
            return
        if self._is_in_sheet:
            if self._paragraphs and "text:p" in self._open:
                self._write(text)
        else:
            self._written.append(text)

    def _write(self, text: str) -> None:
        self._paragraphs[-1].append((text, self._fonts[-1]))

    def _end(self, tag: str) -> None:
        name = self._open.pop()
        if self._passed_over:
            self._passed_over -= 1
        elif not self._is_in_sheet:
            self._styles.end(name, "".join(self._written))
        elif name in _CELLS:
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()
        elif name == "text:span":
            self._fonts.pop()
        elif name == "table:table-row-group":
            self._groups.pop()
        elif name == "table:table" and self._open[-1] == "office:spreadsheet":
            self._out.end(self._merged, self._hidden)
            self._is_in_sheet = False

    def _name_columns(self, given: dict[str, str]) -> None:
        first = self._named[-1].after if self._named else 0
        after = first + int(given.get("table:number-columns-repeated", 1))
        self._named.append(_Named(first, after, given.get("table:default-cell-style-name", "")))

    def _begin_row(self, given: dict[str, str]) -> None:
        self._row_given = given
        self._column = 0
        self._texts: dict[int, str] = {}
        self._kinds: dict[int, CellKind] = {}
        self._formats: dict[int, str] = {}

    def _end_row(self) -> None:
        given, filled = self._row_given, bool(self._texts or self._kinds)
        count = int(given.get("table:number-rows-repeated", 1))
        if filled:
            is_hidden = given.get("table:visibility", "visible") != "visible" or any(self._groups)
            for number in range(self._row + 1, min(self._row + count, _MAX_ROWS) + 1):
                self._out.row(number, self._texts, self._kinds, self._formats)
                if is_hidden:
                    self._hidden.append(number)
        self._row += count

    def _begin_cell(self, given: dict[str, str]) -> None:
        self._cell = given
        self._paragraphs: list[list[tuple[str, Font]]] = []
        font, self._format = self._look()
        self._fonts = [font]

    def _look(self) -> tuple[Font, str | None]:
        """Return the font of the cell, and its number format where it may change what is seen."""
        style = self._style()
        look = self._looks.get(style)
        if look is None:
            look = self._looks[style] = self._styles.font("table-cell", style), self._styles.code(style)
        return look

    def _style(self) -> str:
        """Return the style of the cell: its own, that of its row, or that of its column."""
        own = self._cell.get("table:style-name") or self._row_given.get("table:default-cell-style-name")
        if own:
            return own
        return next((named.style for named in self._named if named.first <= self._column < named.after), "")

    def _end_cell(self) -> None:
        cell, column = self._cell, self._column
        self._column += int(cell.get("table:number-columns-repeated", 1))
        self._merge(cell, column)
        text, kind = self._judged(cell)
        if not text.strip() and kind is None:
            return
        if self._column > _MAX_COLUMNS:
            raise TooLargeError
        code = self._code(cell) if text else None
        for place in range(column, self._column):
            self._texts[place] = text
            if kind is not None:
                self._kinds[place] = kind
            if code is not None:
                self._formats[place] = code

    def _merge(self, cell: Mapping[str, str], column: int) -> None:
        height, width = (int(cell.get(f"table:number-{side}-spanned", 1)) for side in ("rows", "columns"))
        if height > 1 or width > 1:
            self._merged.append([self._row + 1, column, self._row + height, column + width - 1])

    def _judged(self, cell: Mapping[str, str]) -> tuple[str, CellKind | None]:
        """Return the text of the cell and what it is."""
        kind, is_formula = cell.get("office:value-type"), "table:formula" in cell
        shown = self._shown()
        is_error = _ERROR.fullmatch(shown) is not None and (is_formula or kind not in (None, "string"))
        # In other languages errors are called otherwise (#WERT!), but no number is shown so.
        is_error |= kind in _NUMBERS and shown.startswith("#") and shown.strip("#") != ""
        if is_error or cell.get("other:value-type") == "error":
            return "", CellKind.ERROR
        if is_formula and kind is None:
            # LibreOffice writes an empty paragraph, and no kind of value, for an empty text that it has computed.
            return "", None if self._paragraphs and not shown else CellKind.UNCOMPUTED
        value = _value(cell, kind, shown)
        if value is None:
            return "", CellKind.UNCOMPUTED if is_formula else None
        fonts = [font for paragraph in self._paragraphs for text, font in paragraph if text.strip()]
        return value, kind_of(fonts or self._fonts[:1]) if value.strip() else None

    def _code(self, cell: Mapping[str, str]) -> str | None:
        """Return the number format, where it may change what is seen; a percentage is one whatever its style says, and so is what is shown."""
        kind = cell.get("office:value-type")
        if kind not in _NUMBERS:
            return None
        return self._format or {"percentage": "0%", "currency": '"¥"0'}.get(kind) or _format_shown(self._shown(), cell.get("office:value", ""))

    def _shown(self) -> str:
        """Return what a reader sees in the cell."""
        return "\n".join("".join(text for text, _ in paragraph) for paragraph in self._paragraphs).strip()


def _format_shown(shown: str, value: str) -> str | None:
    """Return the format by which a cell that names none shows words beside its number, or another number; None where it shows its own."""
    if added := _PARTS_OF_NUMBERS.sub("", shown):
        return "0" + _quoted(added)
    number = _NUMBER_SHOWN.fullmatch(shown)
    is_rounded = number is None or abs(float(shown) - number_of_text(value)) <= 0.5001 * 10.0 ** -len(number[1] or "")
    return None if is_rounded else _quoted(shown)


def _value(cell: Mapping[str, str], kind: str | None, shown: str) -> str | None:
    """Return the value of a cell as text; None where it says that it has one and has none."""
    if kind in (None, "string"):
        return cell.get("office:string-value", shown)
    if kind in _NUMBERS:
        number = cell.get("office:value")
        return None if number is None else text_of(number_of_text(number.strip()))
    if kind == "date":
        day = cell.get("office:date-value")
        return None if day is None else iso_moment(day)
    if kind == "boolean":
        truth = cell.get("office:boolean-value")
        return None if truth is None else text_of(truth == "true")
    return cell.get(f"office:{kind}-value")
