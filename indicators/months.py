"""Arithmetic on months. A month is written as its first day."""

from __future__ import annotations

from datetime import date


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
