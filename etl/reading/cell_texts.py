"""The text of a cell as its reader sees it, from what workbooks keep; and the place of a column from its letters."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_FIRST_1904, _FIRST_1900 = datetime(1904, 1, 1), datetime(1899, 12, 30)  # noqa: DTZ001 a day of a calendar has no time zone
_NO_SUCH_DAY = 60  # Excel counts a 29 February 1900 that never was, so the days before it are one further on
_LAST = 2_958_465  # 9999-12-31


def text_of(value: Any) -> str:
    """Return a value as text; numbers with the fifteen digits a spreadsheet keeps, a truth as the word that is seen, which is no number."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e22 else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value)


def number_of_text(written: str) -> float:
    """Return the number that a workbook's markup holds.

    Raises:
        ValueError: If it is none.
    """
    if not _NUMBER.fullmatch(written):
        raise ValueError("no number")
    return float(written)


def moment(serial: float, is_1904: bool) -> str:
    """Return the day, and the time where there is one, that a spreadsheet keeps as a number of days; a number that is no day stays one.

    Args:
        serial: Days since the first one.
        is_1904: Whether the workbook counts from 1904.
    """
    if not 0 <= serial <= _LAST or (not is_1904 and _NO_SUCH_DAY <= serial < _NO_SUCH_DAY + 1):
        return text_of(serial)
    first = _FIRST_1904 if is_1904 else _FIRST_1900
    days = serial + 1 if not is_1904 and serial < _NO_SUCH_DAY else serial
    told = first + timedelta(milliseconds=round(days * 86_400_000))  # programs keep milliseconds; what is beyond is noise of the number
    return text_of(told)


def iso_moment(written: str) -> str:
    """Return a day as it is written in full, without a time at midnight."""
    day, _, clock = written.partition("T")
    return day if not clock.strip("0:.Z") else written


def column_index(letters: str) -> int:
    """Return 0 for A, 25 for Z, 26 for AA."""
    index = 0
    for letter in letters:
        index = index * 26 + ord(letter) - ord("A") + 1
    return index - 1
