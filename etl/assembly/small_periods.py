"""Which periods of a county are split: a period of very few cases tells by its splits what each of them was.

Splits are shown of a period in which nothing happened, or enough. A year is made of quarters and a quarter of months, so what is left of a
period after the parts that are split themselves must be nothing or enough as well, or subtraction would split the rest. One set of periods holds
for everything that is counted in a table, whatever is selected from it: else two indicators could be played against each other.
"""

from __future__ import annotations

from collections.abc import Mapping

from indicators.lattice import is_stock
from indicators.model import Grain, Indicator, Protects
from indicators.months import MONTHS_OF, Period, months_apart

CountedBy = tuple[str, str]
"""Core table, and the column that says in which month a row counts."""
CountyCounts = Mapping[Period, float]
"""What happened in the whole county in each finished and reported month, quarter and year."""

_PART = {Grain.YEAR: Grain.QUARTER, Grain.QUARTER: Grain.MONTH}


def counted_by(indicator: Indicator) -> CountedBy | None:
    """Return whose counts decide which periods of an indicator are split; None where it is no exact count of what happened."""
    return None if indicator.protects is Protects.PERSONS or is_stock(indicator) else (indicator.table, indicator.counted_on)


def split_periods(counts: CountyCounts, fewest: int) -> frozenset[Period]:
    """Return the periods whose splits are shown.

    Args:
        counts: What happened in the county.
        fewest: Fewer than these are too few to be split; none at all are not.
    """

    def is_safe(count: float) -> bool:
        return count == 0 or count >= fewest

    shown = {period for period, count in counts.items() if is_safe(count)}
    for grain, finer in _PART.items():
        for whole in (period for period in counts if period[0] is grain):
            parts = sorted(
                (part for part in shown if part[0] is finer and _holds(whole, part) and counts[part]), key=lambda part: (counts[part], part)
            )
            rest = counts[whole] - sum(counts[part] for part in parts)
            for part in parts:
                if whole in shown and is_safe(rest):
                    break
                shown.remove(part)  # all of them where the whole is withheld: what holds the whole subtracts them too
                rest += counts[part]
    return frozenset(shown)


def _holds(whole: Period, part: Period) -> bool:
    return 0 <= months_apart(whole[1], part[1]) < MONTHS_OF[whole[0]]
