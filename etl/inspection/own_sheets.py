"""The sheets of our own blank workbook that only explain: they come back with every filled one, and nothing need be said of them."""

from __future__ import annotations

from etl.reading.table import Sheet
from indicators.model import Text

HOW_TO_FILL = Text("填在第一张表的表头下,表头不要改动", "Fill in under the header of the first sheet and leave the header as it is")
CODE_HEAD = Text("代码", "Code")
_MARKS = {HOW_TO_FILL.zh, f"{CODE_HEAD.zh} {CODE_HEAD.en}"}


def is_own(sheet: Sheet) -> bool:
    """Whether a sheet has our words; its name does not tell, anybody may explain something on a sheet of that name."""
    return any(row and row[0].strip() in _MARKS for row in sheet.rows)
