"""What a workbook's number formats add to the numbers in its cells: 12.5 shown as 12.50千克 is not 12.5 grams."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection

from etl.reading.cells import fold
from etl.reading.format_codes import GENERAL, OF_DATES, PARTS, sections

_CONDITION = re.compile(r"\[[<>=]")
_SCALED = re.compile(r"[0#?],+(?![,0#?])")
_OF_NUMBERS = re.compile(r"[0#?,.eE+\-/]")
_EXPONENT = re.compile(r"[eE][+-]")
_DASHES = frozenset("-—–－")


def changes(code: str, value: float, units: Collection[str]) -> bool:
    """Say whether a format shows another number than the one in the cell, or shows none.

    Args:
        code: The format, as ``#,##0.00"克"``.
        value: The number in the cell.
        units: What may stand beside the number: the unit of its column.
    """
    of_numbers = [section for section in sections(code) if "@" not in section]  # a section with @ is of texts
    if any(_CONDITION.search(section) for section in of_numbers):
        return any(_section_changes(section, value, units) for section in of_numbers)
    return _section_changes(_section_of(of_numbers, value), value, units)


def _section_of(sections: list[str], value: float) -> str:
    numbers = sections[:3] or ["General"]
    if value < 0 and len(numbers) > 1:
        return numbers[1]
    return numbers[2] if value == 0 and len(numbers) > 2 else numbers[0]


def _section_changes(section: str, value: float, units: Collection[str]) -> bool:
    shown, added = "", ""
    for quoted, escaped, filled, money, _, sign in PARTS.findall(GENERAL.sub("0", section)):
        added += quoted + escaped + money + (filled if filled not in (" ", "-") else "")
        shown += sign
    if OF_DATES.search(shown):
        return False
    added = fold(added + _OF_NUMBERS.sub("", shown))
    # A minus or brackets belong to a negative number, and a dash or nothing stands for zero.
    if value < 0:
        added = added.strip("()-")
    if value == 0 and _DASHES.issuperset(added):
        return False
    is_negative = value >= 0 and "-" in _EXPONENT.sub("", shown)
    return added not in {"", *units} or is_negative or _SCALED.search(shown) is not None or not re.search("[0#?]", shown)


@functools.cache
def may_change(code: str) -> bool:
    """Say whether a format shows some number as another one, or not at all."""
    return any(changes(code, value, ()) for value in (1.0, 0.0, -1.0))
