"""Which periods are split: cases of a county by month in, the periods whose splits are shown out, each worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from etl.assembly.small_periods import split_periods
from indicators.model import Grain
from indicators.months import Period, made_of, months_later

YEAR, QUARTER, MONTH = Grain.YEAR, Grain.QUARTER, Grain.MONTH
JANUARY = date(2025, 1, 1)


def counted(months: Sequence[float]) -> dict[Period, float]:
    """Months from January on, with the quarters and the year that they finish."""
    counts: dict[Period, float] = {}
    for grain, length in ((MONTH, 1), (QUARTER, 3), (YEAR, 12)):
        for begin in range(0, len(months) - length + 1, length):
            counts[grain, months_later(JANUARY, begin)] = sum(months[begin : begin + length])
    return counts


def named(periods: frozenset[Period]) -> str:
    """Write periods as Y, Q1-Q4 and 1-12, the longest first."""
    short = {YEAR: lambda _: "Y", QUARTER: lambda first: f"Q{first.month // 3 + 1}", MONTH: lambda first: str(first.month)}
    ordered = sorted(periods, key=lambda period: ((YEAR, QUARTER, MONTH).index(period[0]), period[1]))
    return " ".join(short[grain](first) for grain, first in ordered)


@pytest.mark.parametrize(
    ("months", "shown"),
    [
        # Of a quarter that is not over nothing longer is known: a month of five is split, one of four is not, one without a case has no parts.
        ([5, 4], "1"),
        ([5, 0], "1 2"),
        # A quarter of 4 is not split; its month without a case tells nothing that the total does not.
        ([2, 0, 2], "2"),
        # 12 = 5 + 7 + 0: nothing is left over.
        ([5, 7, 0], "Q1 1 2 3"),
        # 12 - 5 leaves 7, in which the months of 3 and 4 cannot be told apart.
        ([5, 3, 4], "Q1 1"),
        # 13 - 5 - 6 would leave the month of 2: the smaller of the two, 5, is withheld, and 7 are left.
        ([5, 6, 2], "Q1 2"),
        # 7 - 5 would leave 2, so no month is split.
        ([5, 2, 0], "Q1 3"),
        # Equal months: the earlier one is withheld.
        ([5, 5, 1], "Q1 2"),
        # A year of 4: no quarter has more.
        ([1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0], "2 3 5 6 8 9 11 12"),
        # Quarters of 6, 6, 6 and 2: the first of the smallest is withheld, so 8 are left; in the others no month is split.
        ([3, 3, 0, 3, 3, 0, 3, 3, 0, 1, 1, 0], "Y Q2 Q3 3 6 9 12"),
        # Quarters of 5, 0, 9 and 4: 18 - 5 - 9 leaves 4, so that of 5 is withheld with its month of 5, which its year would leave bare.
        ([5, 0, 0, 0, 0, 0, 9, 0, 0, 2, 2, 0], "Y Q2 Q3 2 3 4 5 6 7 8 9 12"),
        # Quarters of 7, 8, 9 and 6 leave nothing; within them 7 = 7, 8 - 5 = 3 withholds the month of 5, 9 = 9, 6 has no month of five.
        ([7, 0, 0, 5, 3, 0, 9, 0, 0, 2, 2, 2], "Y Q1 Q2 Q3 Q4 1 2 3 6 7 8 9"),
        # A correction of a running total below zero is no number of cases that could be split.
        ([5, 4, -1], "Q1"),
    ],
)
def test_what_is_split_and_what_is_left_over_is_nothing_or_five(months: Sequence[float], shown: str) -> None:
    assert named(split_periods(counted(months), 5)) == shown


def test_a_month_that_was_not_reported_ends_no_quarter_and_no_year() -> None:
    counts = counted([5, 0, 0, 6, 1, 0])
    for unreported in ((MONTH, date(2025, 2, 1)), (QUARTER, JANUARY)):
        del counts[unreported]
    # January stands alone; of the second quarter 7 - 6 leaves 1.
    assert named(split_periods(counts, 5)) == "Q2 1 3 6"


def test_months_are_made_of_the_longest_periods_that_are_known() -> None:
    known = {(YEAR, JANUARY), (QUARTER, JANUARY), (QUARTER, date(2025, 10, 1)), (QUARTER, date(2026, 1, 1)), (MONTH, date(2026, 4, 1))}
    year_and_more = made_of(JANUARY, date(2026, 4, 1), known)
    assert year_and_more == ((YEAR, JANUARY), (QUARTER, date(2026, 1, 1)), (MONTH, date(2026, 4, 1)))
    # From October on the year does not fit, its last quarter does; from July on a quarter is not known.
    assert made_of(date(2025, 10, 1), date(2026, 3, 1), known) == ((QUARTER, date(2025, 10, 1)), (QUARTER, date(2026, 1, 1)))
    assert made_of(date(2025, 7, 1), date(2025, 12, 1), known) is None
    assert made_of(JANUARY, date(2025, 2, 1), known) is None  # nothing is cut
