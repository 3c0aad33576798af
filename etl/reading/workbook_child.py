"""Reads one workbook in a process of its own: ``python -m etl.reading.workbook_child FILE``.

A file of a thousand bytes can make a spreadsheet library ask for memory without end and abort the process it runs in, which no
``except`` stops. So this process is given limits, may die, and hands back plain JSON lines: one a sheet, then one a row.
"""

from __future__ import annotations

import json
import resource
import sys
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from etl.reading.ods import OdsCell, each_cell

MEMORY_BYTES = 1024**3
CPU_SECONDS = 30
PASSWORD, BROKEN, TOO_LARGE, UNWRITABLE = 3, 4, 5, 6
MAX_CELLS = 25_000_000


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _text(cell: Any) -> str:
    """Return a cell as its reader sees it; numbers with the fifteen digits a spreadsheet keeps."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e22 else f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def _ods_merges(path: Path) -> dict[str, list[list[int]]]:
    """Return the merged ranges of an .ods by sheet, as ``Sheet.merged`` has them; the reading library does not tell them."""
    merged: dict[str, list[list[int]]] = {}

    def take(cell: OdsCell) -> None:
        height, width = (int(cell.attributes.get(f"table:number-{side}-spanned", 1)) for side in ("rows", "columns"))
        if height > 1 or width > 1:
            merged.setdefault(cell.sheet, []).append([cell.row + 1, cell.column, cell.row + height, cell.column + width - 1])

    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as content:
        each_cell(content, take)
    return merged


class _UnwritableError(Exception):
    """What was read cannot be handed back, because the temporary folder is full."""


def _write(line: str) -> None:
    try:
        sys.stdout.write(line)
    except OSError as error:
        raise _UnwritableError from error


def main(path: Path, max_rows: int, max_columns: int) -> int:
    """Write every sheet of a workbook to standard output.

    Returns:
        0, or the code that says why it could not be read.
    """
    _limit()
    import python_calamine

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        ods_merges = _ods_merges(path) if path.suffix == ".ods" else {}
        for position, about in enumerate(workbook.sheets_metadata):
            if about.typ != python_calamine.SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_index(position)
            first_row, first_column = sheet.start or (0, 0)
            last_row, last_column = sheet.end or (0, 0)
            height, width = last_row - first_row + 1, last_column - first_column + 1
            # Cells far right or far below may hold a name as well, so a sheet is read whole or not at all.
            if height > max_rows + 20 or width > max_columns or height * width > MAX_CELLS:
                return TOO_LARGE
            merges = [[top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in sheet.merged_cell_ranges or []]
            about_sheet = {
                "sheet": about.name,
                "is_visible": about.visible == python_calamine.SheetVisibleEnum.Visible,
                "first_row": first_row + 1,
                "first_column": first_column,
                "merged": merges + ods_merges.get(about.name, []),
            }
            _write(json.dumps(about_sheet) + "\n")
            for row in sheet.to_python(skip_empty_area=True):
                _write(json.dumps([_text(cell) for cell in row], ensure_ascii=True) + "\n")
    except python_calamine.PasswordError:
        return PASSWORD
    except _UnwritableError:
        return UNWRITABLE
    except MemoryError:
        return TOO_LARGE
    except Exception:  # whatever a hostile file provokes in the library means the same: it cannot be read
        return BROKEN
    try:
        _write("null\n")
        sys.stdout.flush()
    except (OSError, _UnwritableError):
        return UNWRITABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
