"""Arithmetic on months, and on the periods they make up. A month is written as its first day, a period as its grain and first month."""

from __future__ import annotations

from collections.abc import Container
from datetime import date

from indicators.model import Grain

Period = tuple[Grain, date]
MONTHS_OF = {Grain.YEAR: 12, Grain.QUARTER: 3, Grain.MONTH: 1}
"""How many months a period of the calendar has, the longest first."""


def months_between(first: date, last: date) -> list[date]:
    """Return the first days of all months from ``first`` to ``last``, both included."""
    numbers = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def months_later(month: date, count: int) -> date:
    """Return the first day of the month some months later, or earlier where ``count`` is negative."""
    number = month.year * 12 + month.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def month_before(month: date) -> date:
    """Return the first day of the month before."""
    return months_later(month, -1)


def months_apart(earlier: date, later: date) -> int:
    """Return how many months lie between two months; negative where ``later`` is the earlier one."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def made_of(first: date, last: date, known: Container[Period]) -> tuple[Period, ...] | None:
    """Return the longest known periods that make up a run of months, in order; None where they leave one out.

    Args:
        first: First month.
        last: Last month.
        known: The periods that may be used.
    """
    found: list[Period] = []
    while first <= last:
        fitting = (grain for grain, months in MONTHS_OF.items() if (grain, first) in known and months_later(first, months - 1) <= last)
        grain = next(fitting, None)
        if grain is None:
            return None
        found.append((grain, first))
        first = months_later(first, MONTHS_OF[grain])
    return tuple(found)
