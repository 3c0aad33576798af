"""Handing back the cells of a workbook from the reading child, line by line, whatever container they come from.

A sheet is one line with its name, a line for every row in which something stands, and a line with what is known at its end. Blank cells are
not handed back, so a stray blank at the far edge of a sheet costs nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

from etl.reading.cell_kinds import CellKind

MAX_CELLS = 25_000_000


class TooLargeError(Exception):
    """A sheet has more cells than are read."""


class StrayCellError(Exception):
    """Something stands so far from the rest of a sheet that it can be no part of a table; the line that names it was written."""


class SheetWriter:
    """Takes the sheets of one workbook in order."""

    def __init__(self, write: Callable[[str], None], max_rows: int, max_columns: int) -> None:
        self._write = write
        self._max_rows = max_rows
        self._max_columns = max_columns
        self._top: int | None = None
        self._bottom = 0
        self._left = self._right = self._right_row = 0

    def begin(self, name: str, is_visible: bool) -> None:
        """Begin a sheet."""
        self._top = None
        self._write(json.dumps({"sheet": name, "is_visible": is_visible}) + "\n")

    def row(self, number: int, texts: Mapping[int, str], kinds: Mapping[int, CellKind], formats: Mapping[int, str]) -> None:
        """Hand back one row; rows come in order.

        Args:
            number: Its number from 1.
            texts: Column from 0 -> text.
            kinds: Column -> what its cell is, where it is not simply what it says.
            formats: Column -> number format, where it may change what is seen.

        Raises:
            StrayCellError: If it reaches further than a table may.
            TooLargeError: If the sheet has more cells than are read.
        """
        filled = [column for column, text in texts.items() if text and not text.isspace()]
        filled += kinds
        if not filled:
            return
        first, last = min(filled), max(filled)
        self._reach(number, first, last)
        line: list[object] = [number, first, [texts.get(column, "") for column in range(first, last + 1)]]
        if kinds or formats:
            line += [list(kinds.items()), list(formats.items())]
        self._write(json.dumps(line) + "\n")

    def _reach(self, number: int, first: int, last: int) -> None:
        """Widen the extent of the sheet, and name the cell by which it becomes too wide or too high."""
        if self._top is None:
            self._top, self._left, self._right = number, first, first
        elif number <= self._bottom:
            raise ValueError("rows out of order")
        self._bottom, self._left = number, min(first, self._left)
        if last >= self._right:
            self._right, self._right_row = last, number
        width, height = self._right - self._left + 1, self._bottom - self._top + 1
        if width > self._max_columns:
            self._stray(self._right_row, self._right)
        if height > self._max_rows:
            self._stray(number, first)
        if width * height > MAX_CELLS:
            raise TooLargeError

    def _stray(self, row: int, column: int) -> None:
        self._write(json.dumps({"stray": [row, column]}) + "\n")
        raise StrayCellError

    def end(self, merged: Iterable[Sequence[int]] = (), hidden_rows: Iterable[int] = ()) -> None:
        """End a sheet.

        Args:
            merged: Merged ranges, as ``Sheet.merged`` has them.
            hidden_rows: Numbers of the rows that are not shown.
        """
        self._write(json.dumps({"merged": list(merged), "hidden_rows": list(hidden_rows)}) + "\n")

    def close(self) -> None:
        """End the workbook."""
        self._write("null\n")
