"""How many months are looked at together when areas are compared."""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from analysis.intervals import checked_counts

SHORT, LONG = 24, 36  # months
ENOUGH_EVENTS = 600.0  # a doubled risk of one township of eighteen is then found in three of four maps
YEAR = 12


def pooled_months(totals: ArrayLike) -> int:
    """Return how many of the latest months to pool: whole years, so that the season cancels.

    In a small county, one year of events finds a township of doubled risk on one map in four only. Two years are taken if they hold enough
    events, otherwise three, and as many whole years as there are where the history is shorter.

    Args:
        totals: The county's counts of consecutive months, the latest last, shape (t,); NaN where not reported.

    Returns:
        36, 24 or 12; 0 where there is no year yet.

    Raises:
        ValueError: If a count is negative.
    """
    counts = checked_counts(totals, "totals")
    whole_years = counts.size // YEAR * YEAR
    if whole_years <= SHORT or float(numpy.nansum(counts[-SHORT:])) >= ENOUGH_EVENTS:
        return min(whole_years, SHORT)
    return LONG
