"""What the cells of an .xls or .et are beyond their values: records of the file are read for errors, formulas, fonts and formats.

The values themselves come from the reading library, which passes over all of this.

Source: [MS-XLS] 2.4 (records), 2.5 (structures); OpenOffice's documentation of the Excel file format, section 5.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import olefile

from etl.reading.cell_kinds import CellKind, Font, kind_of
from etl.reading.format_codes import BUILT_IN, is_of_dates, is_plain

_BOF, _EOF, _CONTINUE, _RECALCULATION, _SHEET, _SST = 0x0809, 0x000A, 0x003C, 0x01C1, 0x0085, 0x00FC
_FONT, _FORMAT, _LOOK, _ROW, _BOOLEAN_OR_ERROR, _FORMULA = 0x0031, 0x041E, 0x00E0, 0x0208, 0x0205, 0x0006
_NUMBER, _SMALL_NUMBER, _SMALL_NUMBERS, _SHARED_TEXT, _OWN_TEXT, _OWN_RICH_TEXT = 0x0203, 0x027E, 0x00BD, 0x00FD, 0x0204, 0x00D6
_VERSION_8 = 0x0600
_STRUCK, _HIDDEN, _ON_LOAD = 0x0008, 0x0020, 0x0002
_HEIGHT = 0x7FFF  # bits of the height of a row; one of no height is hidden too
_TEXT, _ERROR, _EMPTY = 0, 2, 3  # kinds of a result that is no number
_NO_NUMBER = 0xFFFF
_SKIPPED_FONT = 4  # no font has this number

Mark = TypeVar("Mark")

Run = tuple[int, int]
"""Where in a text a font begins, and its number."""


@dataclass
class Marks:
    """What is known of one sheet beside its values, by row from 1 and column from 0."""

    kinds: dict[int, dict[int, CellKind]] = field(default_factory=dict)
    formats: dict[int, dict[int, str]] = field(default_factory=dict)
    hidden: list[int] = field(default_factory=list)


def marks(path: Path) -> list[Marks]:
    """Return the marks of every sheet of a workbook, in the order of its list of sheets.

    Raises:
        ValueError: If the file is no sound workbook.
    """
    try:
        with olefile.OleFileIO(path) as whole:
            names = {name[0].lower(): name for name in whole.listdir() if len(name) == 1}
            stream = names.get("workbook") or names.get("book")
            if stream is None:
                raise ValueError("no stream of a workbook")
            return _Book(whole.openstream(stream).read()).sheets()
    except (OSError, struct.error, IndexError) as error:
        raise ValueError("no sound workbook") from error


def _records(content: bytes, start: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Yield the records from a place on: place, kind, content."""
    while start + 4 <= len(content):
        kind, length = struct.unpack_from("<HH", content, start)
        yield start, kind, content[start + 4 : start + 4 + length]
        start += 4 + length


class _Book:
    def __init__(self, content: bytes) -> None:
        self._content = content
        self._fonts: list[Font] = []
        self._codes = {int(number): code for number, code in BUILT_IN.items()}
        self._looks: list[tuple[int, int]] = []  # font and format
        self._texts: list[tuple[Run, ...]] = []
        self._starts: list[int] = []
        self._is_calculated_on_load = True
        self._is_8 = False
        self._read_globals()
        self._odd = [self._odd_format(number) for _, number in self._looks]
        self._plain = [kind_of([self._font(number)]) for number, _ in self._looks]

    def _read_globals(self) -> None:
        shared: list[bytes] = []
        before = _BOF
        for place, kind, body in _records(self._content):
            if kind == _EOF:
                break
            if kind == _BOF and place == 0:
                self._is_8 = struct.unpack_from("<H", body)[0] >= _VERSION_8
            elif kind == _SST or (kind == _CONTINUE and before == _SST):
                shared.append(body)
                kind = _SST
            else:
                self._take(kind, body)
            before = kind
        if shared:
            self._texts = _shared_runs(shared)

    def _take(self, kind: int, body: bytes) -> None:
        if kind == _FONT:
            height, flags, _, _, raised = struct.unpack_from("<HHHHH", body)
            self._fonts.append(Font(bool(flags & _STRUCK), raised != 0, height))
        elif kind == _FORMAT:
            self._codes[struct.unpack_from("<H", body)[0]] = self._format_code(body)
        elif kind == _LOOK:
            font, number = struct.unpack_from("<HH", body)
            self._looks.append((font, number))
        elif kind == _SHEET:
            self._starts.append(struct.unpack_from("<I", body)[0])
        elif kind == _RECALCULATION:
            # A file that no spreadsheet program has calculated does not say which one did.
            self._is_calculated_on_load = False

    def _format_code(self, body: bytes) -> str:
        if not self._is_8:
            return body[3 : 3 + body[2]].decode("gb18030", "replace")
        length, is_wide = struct.unpack_from("<HB", body, 2)
        return body[5 : 5 + 2 * length].decode("utf-16-le") if is_wide & 1 else body[5 : 5 + length].decode("latin-1")

    def _odd_format(self, number: int) -> str | None:
        code = self._codes.get(number, "General")
        return None if is_plain(code) or is_of_dates(code) else code

    def _font(self, number: int) -> Font:
        position = number - (number > _SKIPPED_FONT)
        return self._fonts[position] if position < len(self._fonts) else Font()

    def sheets(self) -> list[Marks]:
        """Return the marks of every sheet, in order."""
        return [self._sheet(start) for start in self._starts]

    def _sheet(self, start: int) -> Marks:
        of_sheet = Marks()
        depth = 0
        for _, kind, body in _records(self._content, start):
            depth += (kind == _BOF) - (kind == _EOF)
            if depth <= 0:
                break
            if depth > 1:  # a chart on the sheet
                continue
            if kind == _ROW:
                row, height, flags = struct.unpack_from("<H4xH4xH", body)
                if flags & _HIDDEN or height & _HEIGHT == 0:
                    of_sheet.hidden.append(row + 1)
            elif kind == _SMALL_NUMBERS:
                self._small_numbers(of_sheet, body)
            elif kind in _CELL_KINDS:
                row, column, look = struct.unpack_from("<HHH", body)
                self._cell(of_sheet, kind, body, row + 1, column, look)
        return of_sheet

    def _small_numbers(self, of_sheet: Marks, body: bytes) -> None:
        row, first = struct.unpack_from("<HH", body)
        for column in range(first, first + (len(body) - 6) // 6):
            self._number(of_sheet, row + 1, column, struct.unpack_from("<H", body, 4 + 6 * (column - first))[0])

    def _cell(self, of_sheet: Marks, kind: int, body: bytes, row: int, column: int, look: int) -> None:
        if kind in (_NUMBER, _SMALL_NUMBER):
            self._number(of_sheet, row, column, look)
        elif kind == _SHARED_TEXT:
            self._text(of_sheet, row, column, look, self._texts[struct.unpack_from("<I", body, 6)[0]])
        elif kind in (_OWN_TEXT, _OWN_RICH_TEXT):
            self._text(of_sheet, row, column, look, self._own_runs(kind, body))
        elif kind == _BOOLEAN_OR_ERROR:
            if body[7]:
                _put(of_sheet.kinds, row, column, CellKind.ERROR)
        else:
            self._formula(of_sheet, body, row, column, look)

    def _number(self, of_sheet: Marks, row: int, column: int, look: int) -> None:
        _put(of_sheet.formats, row, column, self._odd[look])
        _put(of_sheet.kinds, row, column, self._plain[look])

    def _text(self, of_sheet: Marks, row: int, column: int, look: int, runs: Sequence[Run]) -> None:
        if not runs:
            _put(of_sheet.kinds, row, column, self._plain[look])
            return
        fonts = [self._font(number) for _, number in runs]
        if runs[0][0] > 0:
            fonts.append(self._font(self._looks[look][0]))
        _put(of_sheet.kinds, row, column, kind_of(fonts))

    def _own_runs(self, kind: int, body: bytes) -> Sequence[Run]:
        if kind == _OWN_TEXT:
            return ()
        length, is_wide = struct.unpack_from("<HB", body, 6)
        if self._is_8:
            start = 9 + length * (1 + (is_wide & 1))
            return tuple(struct.iter_unpack("<HH", body[start + 2 : start + 2 + 4 * struct.unpack_from("<H", body, start)[0]]))
        start = 8 + length
        return tuple(struct.iter_unpack("<BB", body[start + 1 : start + 1 + 2 * body[start]]))

    def _formula(self, of_sheet: Marks, body: bytes, row: int, column: int, look: int) -> None:
        result, told, flags = body[6:14], struct.unpack_from("<H", body, 12)[0], struct.unpack_from("<H", body, 14)[0]
        if told == _NO_NUMBER and result[0] == _ERROR:
            _put(of_sheet.kinds, row, column, CellKind.ERROR)
        elif self._is_unwritten(result, told, flags):
            _put(of_sheet.kinds, row, column, CellKind.UNCOMPUTED)
        elif told == _NO_NUMBER:
            _put(of_sheet.kinds, row, column, self._plain[look] if result[0] == _TEXT else None)
        else:
            self._number(of_sheet, row, column, look)

    def _is_unwritten(self, result: bytes, told: int, flags: int) -> bool:
        """Say whether a program that does not compute left the result to the next one: it writes 0, or an empty text."""
        is_on_load = self._is_calculated_on_load or bool(flags & _ON_LOAD)
        return is_on_load and (not any(result) or (told == _NO_NUMBER and result[0] == _EMPTY))


_CELL_KINDS = frozenset((_NUMBER, _SMALL_NUMBER, _SHARED_TEXT, _OWN_TEXT, _OWN_RICH_TEXT, _BOOLEAN_OR_ERROR, _FORMULA))


def _put(marks: dict[int, dict[int, Mark]], row: int, column: int, mark: Mark | None) -> None:
    if mark is not None:
        marks.setdefault(row, {})[column] = mark


class _Pieces:
    """The table of shared texts, which is cut into several records; a cut inside a text repeats how its signs are written."""

    def __init__(self, bodies: Sequence[bytes]) -> None:
        self._bodies = bodies
        self._piece = 0
        self._place = 0

    def take(self, length: int) -> bytes:
        """Return so many bytes that belong to no text."""
        taken = b""
        while len(taken) < length:
            self._go_on()
            part = self._bodies[self._piece][self._place : self._place + length - len(taken)]
            self._place += len(part)
            taken += part
        return taken

    def _go_on(self) -> None:
        while self._place >= len(self._bodies[self._piece]):
            self._piece, self._place = self._piece + 1, 0

    def pass_text(self, signs: int, is_wide: bool) -> None:
        """Pass over the signs of a text."""
        while signs:
            if self._place >= len(self._bodies[self._piece]):
                self._go_on()
                is_wide = bool(self._bodies[self._piece][0] & 1)
                self._place = 1
            width = 1 + is_wide
            here = min(signs, (len(self._bodies[self._piece]) - self._place) // width)
            if here == 0:
                raise ValueError("a sign is cut in two")
            signs -= here
            self._place += here * width


def _shared_runs(bodies: Sequence[bytes]) -> list[tuple[Run, ...]]:
    """Return the runs of every shared text; none for a text in one font."""
    pieces = _Pieces(bodies)
    _, count = struct.unpack("<II", pieces.take(8))
    texts: list[tuple[Run, ...]] = []
    for _ in range(count):
        length, flags = struct.unpack("<HB", pieces.take(3))
        runs = struct.unpack("<H", pieces.take(2))[0] if flags & 8 else 0
        more = struct.unpack("<I", pieces.take(4))[0] if flags & 4 else 0
        pieces.pass_text(length, bool(flags & 1))
        texts.append(tuple(struct.iter_unpack("<HH", pieces.take(4 * runs))))
        pieces.take(more)
    return texts
