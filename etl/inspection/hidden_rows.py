"""Rows that a filter or a person has hidden: they are records like the others, and whoever sent them may not know it."""

from __future__ import annotations

from collections.abc import Sequence

from etl.privacy import sheet_names
from etl.problems import Remark, row_ranges
from etl.reading.table import Sheet, Table
from etl.wording import counted
from indicators.model import Text


def remarks(table: Table, sheets: Sequence[Sheet]) -> list[Remark]:
    """Name the hidden rows of every sheet that are counted as records.

    Args:
        table: The records.
        sheets: Every sheet of the workbook; empty for text.
    """
    hidden = {sheet.name: sheet.hidden_rows for sheet in sheets if sheet.hidden_rows}
    if not hidden:
        return []
    counted_rows: dict[str | None, list[int]] = {}
    for index in range(table.row_count):
        sheet, row = table.sheet_of(index), table.row_number(index)
        if row in hidden.get(sheet, ()):
            counted_rows.setdefault(sheet, []).append(row)
    return [Remark("hidden_rows", _sentence(sheet or "", rows)) for sheet, rows in counted_rows.items()]


def _sentence(sheet: str, rows: Sequence[int]) -> Text:
    name = sheet_names.words(sheet)
    return Text(
        f"{name.zh}第{row_ranges(rows)}行是隐藏的(筛选或手工隐藏),已照常计入记录",
        f"{counted(len(rows), 'hidden row')} ({row_ranges(rows)}) of {name.en}, hidden by a filter or by hand, counted as records",
    )
