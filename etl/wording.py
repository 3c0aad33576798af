"""How months and counts are written in the sentences people read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from indicators.model import Text
from indicators.months import month_before


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


def months_in_words(months: Iterable[date]) -> Text:
    """Write months as spans: 2026年1—9月、2026年11月."""
    spans: list[list[date]] = []
    for month in sorted(months):
        if spans and month_before(month) == spans[-1][1]:
            spans[-1][1] = month
        else:
            spans.append([month, month])
    english = (f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}" for first, last in spans)
    return Text("、".join(span_zh(first, last) for first, last in spans), ", ".join(english))
