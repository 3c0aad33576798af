"""The one shape every file has after reading, and the faults that stop a reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from etl.reading.cell_kinds import CellKind
from indicators.model import Text

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".et", ".ods")
MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 1_000_000
MAX_COLUMNS = 200


@dataclass(frozen=True)
class Line:
    """A row that is no record: a title or a footer, with its place.

    Attributes:
        sheet: Name of the sheet; None for a CSV file.
        row: Row number as the file's own program counts.
        cells: The cells as written.
    """

    sheet: str | None
    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """One sheet, as text, by column.

    Column by column, because a column of a register repeats few different texts: each is kept, typed and searched once.

    Attributes:
        sheet: Name of the sheet; None for a CSV file.
        above: Rows standing above the header (titles, unit row), as written.
        header: The header row; None where no row of the sheet looks like one.
        header_row: Row number of the header as the file's own program counts; of its lowest row where it takes several.
        columns: The cells below the header. Shape: one sequence a header, all of the same length.
        first_column: How many columns of the sheet lie left of the first one here.
        is_visible: Whether a reader of the workbook sees the sheet.
        numbers: Row number of every row below the header, where they do not follow it one by one (totals left out, cells turned into rows).
        sheets: Sheet of every row below the header, where several sheets were joined into one table.
        different: The different texts of every column, where the reading knows them already.
        positions: Place of every column on the sheet, counted from 0, where they do not follow ``first_column`` one by one.
        header_depth: How many rows the header takes.
    """

    sheet: str | None
    above: tuple[tuple[str, ...], ...]
    header: tuple[str, ...] | None
    header_row: int
    columns: Sequence[Sequence[str]]
    first_column: int = 0
    is_visible: bool = True
    numbers: Sequence[int] | None = None
    sheets: Sequence[str | None] | None = None
    different: Sequence[Collection[str]] | None = None
    positions: Sequence[int] | None = None
    header_depth: int = 1

    @property
    def lines_above(self) -> tuple[Line, ...]:
        """The rows above the header with their places."""
        first = self.header_row - (self.header_depth - 1) - len(self.above)
        return tuple(Line(self.sheet, row, cells) for row, cells in enumerate(self.above, first))

    @property
    def row_count(self) -> int:
        """Rows below the header."""
        return len(self.columns[0]) if self.columns else 0

    def row_number(self, index: int) -> int:
        """Row number, as the file's own program counts, of a row below the header."""
        return self.header_row + 1 + index if self.numbers is None else self.numbers[index]

    def sheet_of(self, index: int) -> str | None:
        """Name of the sheet on which a row below the header stands; None for a CSV file."""
        return self.sheet if self.sheets is None else self.sheets[index]

    def position(self, index: int) -> int:
        """Place of a column on the sheet, counted from 0."""
        return self.first_column + index if self.positions is None else self.positions[index]

    def letter(self, index: int) -> str:
        """The letters by which a spreadsheet program calls a column."""
        return column_letter(self.position(index))


@dataclass(frozen=True)
class Sheet:
    """One sheet of a workbook before its header is known.

    Attributes:
        name: Name of the sheet; None for rows of a CSV file.
        first_row: Row number of the first of ``rows``.
        first_column: Columns left of the first cell.
        merged: Merged ranges as (first row, first column, last row, last column), row numbers and column indices of the sheet.
        formats: Formats of the numbers that have more than a plain one, by row number and column index of the sheet.
        kinds: What the cells are that are not simply what they say, by row number and column index of the sheet.
        hidden_rows: Numbers of the rows that a filter or a person has hidden, whether anything stands in them or not.
    """

    name: str | None
    is_visible: bool
    rows: list[list[str]]
    first_row: int = 1
    first_column: int = 0
    merged: tuple[tuple[int, int, int, int], ...] = field(default=())
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    kinds: Mapping[tuple[int, int], CellKind] = field(default_factory=dict)
    hidden_rows: frozenset[int] = frozenset()


class UnreadableError(Exception):
    """A file that cannot be read without guessing. The message never holds what stands in the file.

    Attributes:
        text: Decoded text, where decoding succeeded, so that the privacy gate can still look through it.
        header: The header of the table, where it was found before the fault.
        cells: The cells of the faulty row, so that its first misfit can be named.
        position: Where in ``text`` the fault stands, where its column is not known yet.
        letter: The letter of the column, for a header that may not be named.
        sheet_position: Place of the sheet in the workbook from 1, where its name is still as written.
    """

    def __init__(
        self,
        rule: str,
        message: Text,
        remedy: Text,
        *,
        row: int | None = None,
        column: str | None = None,
        sheet: str | None = None,
        text: str = "",
        header: Sequence[str] = (),
        cells: Sequence[str] = (),
        position: int | None = None,
        letter: str | None = None,
    ) -> None:
        super().__init__(message.en)
        self.rule = rule
        self.message = message
        self.remedy = remedy
        self.row = row
        self.column = column
        self.sheet = sheet
        self.text = text
        self.header = tuple(header)
        self.cells = tuple(cells)
        self.position = position
        self.letter = letter
        self.sheet_position: int | None = None


def column_letter(index: int) -> str:
    """Return A for 0, Z for 25, AA for 26."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def suffix_of(name: str) -> str:
    """Return the extension of a name where files of that kind are taken, else nothing."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES) else ""
