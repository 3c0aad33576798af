"""Reads one workbook in a process of its own: ``python -m etl.reading.workbook_child FILE``.

A file of a thousand bytes can make a spreadsheet library ask for memory without end and abort the process it runs in, which no
``except`` stops. So this process is given limits, may die, and hands back plain JSON lines (``sheet_writer``). Nothing outside it reads
what stands in a workbook's parts.
"""

from __future__ import annotations

import resource
import sys
import zipfile
from pathlib import Path

from etl.reading.cell_kinds import CellKind
from etl.reading.cell_texts import text_of
from etl.reading.sheet_writer import SheetWriter, StrayCellError, TooLargeError

MEMORY_BYTES = 1024**3
CPU_SECONDS = 30
PASSWORD, BROKEN, TOO_LARGE, UNWRITABLE, ACTIVE = 3, 4, 5, 6, 7
_ROWS_AROUND = 20  # a title, a header and a footer beside the records


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _UnwritableError(Exception):
    """What was read cannot be handed back, because the temporary folder is full."""


def _write(line: str) -> None:
    try:
        sys.stdout.write(line)
    except OSError as error:
        raise _UnwritableError from error


def _read_xls(path: Path, out: SheetWriter) -> int:
    """Join the values, which a library reads, with what the cells are beside them."""
    import python_calamine

    from etl.reading import xls

    try:
        book = python_calamine.CalamineWorkbook.from_path(path)
    except python_calamine.PasswordError:
        return PASSWORD
    of_sheets = xls.marks(path)
    for position, about in enumerate(book.sheets_metadata):
        if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet, marks = book.get_sheet_by_index(position), of_sheets[position]
        out.begin(about.name, about.visible == python_calamine.SheetVisibleEnum.Visible)
        first_row, first_column = sheet.start or (0, 0)
        written = {
            number: {column: text_of(value) for column, value in enumerate(row, first_column)}
            for number, row in enumerate(sheet.to_python(skip_empty_area=True), first_row + 1)
        }
        for number in sorted({*written, *marks.kinds}):
            texts, kinds = _agreeing(written.get(number, {}), marks.kinds.get(number, {}))
            out.row(number, texts, kinds, marks.formats.get(number, {}))
        merged = [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or []]
        out.end(merged, marks.hidden)
    return 0


def _agreeing(texts: dict[int, str], kinds: dict[int, CellKind]) -> tuple[dict[int, str], dict[int, CellKind]]:
    """Return a row without the values of cells that have none, and without the looks of blank cells."""
    valueless = {column for column, kind in kinds.items() if kind in (CellKind.ERROR, CellKind.UNCOMPUTED)}
    filled = {column: text for column, text in texts.items() if column not in valueless and text.strip()}
    return filled, {column: kind for column, kind in kinds.items() if column in valueless or column in filled}


def _read(path: Path, out: SheetWriter) -> int:
    if path.suffix == ".xls":
        return _read_xls(path, out)
    from etl.reading import ods, xlsx

    with zipfile.ZipFile(path) as archive:
        if path.suffix == ".ods":
            ods.read(archive, out)
            return 0
        try:
            xlsx.read(archive, out)
        except xlsx.ActiveContentError:
            return ACTIVE
    return 0


def main(path: Path, max_rows: int, max_columns: int) -> int:
    """Write every sheet of a workbook to standard output.

    Returns:
        0, or the code that says why it could not be read.
    """
    _limit()
    out = SheetWriter(_write, max_rows + _ROWS_AROUND, max_columns)
    try:
        if code := _read(path, out):
            return code
        out.close()
        sys.stdout.flush()
    except StrayCellError:
        return _flushed()
    except (OSError, _UnwritableError):
        return UNWRITABLE
    except (MemoryError, TooLargeError):
        return TOO_LARGE
    except Exception:  # whatever a hostile file provokes in a reader means the same: it cannot be read
        return BROKEN
    return 0


def _flushed() -> int:
    try:
        sys.stdout.flush()
    except OSError:
        return UNWRITABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
