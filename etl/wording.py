"""How months and counts are written in the sentences people read."""

from __future__ import annotations

from datetime import date


def month_zh(month: date) -> str:
    """Return a month as Chinese writes it: 2026年8月, without a zero before it."""
    return f"{month.year}年{month.month}月"


def span_zh(first: date, last: date) -> str:
    """Return the months from ``first`` to ``last``: 2026年8月, 2026年1—8月, 2025年12月—2026年8月."""
    if first == last:
        return month_zh(first)
    return f"{first.year}年{first.month}—{last.month}月" if first.year == last.year else f"{month_zh(first)}—{month_zh(last)}"


def counted(number: int, noun: str) -> str:
    """Return a number with an English noun that takes an s for more than one: 1 row, 2 rows, 0 rows."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
