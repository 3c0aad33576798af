"""Two counts, and whether their difference is more than chance.

Ten cases after six is a rise of two thirds and means nothing. The exact conditional test says so for counts of any size, needs no
model and holds its level from the first case on; every label a reader sees about a change of events comes from here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.intervals import Numbers, checked_counts, wilson_interval

LEVEL = 0.05
SMALLEST_STEP = 5  # a clear change is at least this many events as well as unlikely
SMALLEST_TOTAL = 6  # with fewer events in both periods together no change whatever can reach p < 0.05
SMALLEST_EXPECTED = 3.0


class Verdict(StrEnum):
    """What may be said of the difference of two event counts."""

    CLEAR_RISE = "clear_rise"
    CLEAR_FALL = "clear_fall"
    WITHIN_CHANCE = "within_chance"
    TOO_FEW = "too_few"
    NOT_JUDGED = "not_judged"  # a count is missing or not final


def two_period_p(current: ArrayLike, previous: ArrayLike, current_exposure: ArrayLike = 1.0, previous_exposure: ArrayLike = 1.0) -> Numbers:
    """Exact conditional test that two Poisson counts have one rate.

    Given the total, the current count is binomial; the p value is twice the smaller tail, at most 1.

    Args:
        current: Events of the later period, shape (n,); NaN where not published.
        previous: Events of the earlier period, shape (n,).
        current_exposure: Length or population behind the later count, in any unit, shape (n,) or one number.
        previous_exposure: The same of the earlier count, in the same unit.

    Returns:
        p values, shape (n,); 1 where both counts are 0, NaN where one is missing.

    Raises:
        ValueError: If a count is negative or an exposure is not positive.

    Source: Przyborowski & Wilenski 1940, Biometrika 31, 313-323; agrees with R's ``poisson.test`` (doubled tails) to 1e-9.
    """
    later, earlier, share = _arguments(current, previous, current_exposure, previous_exposure)
    binomial: Any = stats.binom
    total = later + earlier
    lower = binomial.cdf(later, total, share)
    upper = binomial.sf(later - 1, total, share)
    return numpy.asarray(numpy.minimum(1.0, 2 * numpy.minimum(lower, upper)), dtype=numpy.float64)


def verdicts(
    current: ArrayLike, previous: ArrayLike, current_exposure: ArrayLike = 1.0, previous_exposure: ArrayLike = 1.0, level: float = LEVEL
) -> NDArray[numpy.object_]:
    """Label differences of event counts, so that chance is never called a trend.

    A clear change is unlikely under one rate (p below the level) and at least five events away from what was to be expected.

    Args:
        current: Events of the later period, shape (n,); NaN where not published.
        previous: Events of the earlier period, shape (n,).
        current_exposure: Length or population behind the later count.
        previous_exposure: The same of the earlier count.
        level: Largest p value called clear.

    Returns:
        A :class:`Verdict` for every pair, shape (n,).

    Raises:
        ValueError: If a count is negative or an exposure is not positive.
    """
    later, earlier, share = _arguments(current, previous, current_exposure, previous_exposure)
    p = two_period_p(later, earlier, share, 1 - share)
    total = later + earlier
    expected_later = earlier * share / (1 - share)
    few = (total < SMALLEST_TOTAL) | (total * numpy.minimum(share, 1 - share) < SMALLEST_EXPECTED)
    clear = (p < level) & (numpy.abs(later - expected_later) >= SMALLEST_STEP)
    labels = numpy.empty(later.shape, dtype=object)
    labels.fill(Verdict.WITHIN_CHANCE)
    labels[clear & (later > expected_later)] = Verdict.CLEAR_RISE
    labels[clear & (later < expected_later)] = Verdict.CLEAR_FALL
    labels[few] = Verdict.TOO_FEW
    labels[numpy.isnan(p)] = Verdict.NOT_JUDGED
    return labels


def share_verdict(current: tuple[float, float], previous: tuple[float, float], alpha: float = LEVEL) -> Verdict:
    """Label the difference of two shares: clear only where their Wilson intervals do not overlap, which is stricter than a test.

    Args:
        current: Part and whole of the later share.
        previous: Part and whole of the earlier one.
        alpha: One minus the confidence level of each interval.

    Raises:
        ValueError: If a number is negative or a part exceeds its whole.
    """
    (low, high), (low_before, high_before) = wilson_interval([current[0], previous[0]], [current[1], previous[1]], alpha)
    if numpy.isnan([low, high, low_before, high_before]).any():
        return Verdict.NOT_JUDGED
    if low > high_before:
        return Verdict.CLEAR_RISE
    return Verdict.CLEAR_FALL if high < low_before else Verdict.WITHIN_CHANCE


def false_discovery_cut(p_values: ArrayLike, share: float = LEVEL) -> NDArray[numpy.bool_]:
    """Say which of many tests stand when all were looked at, so that eighteen townships do not yield a hotspot by looking.

    Args:
        p_values: One p value a test, shape (n,); NaN counts as not tested.
        share: Expected share of false findings among those kept.

    Returns:
        Whether each test stands, shape (n,).

    Source: Benjamini & Hochberg 1995, JRSS B 57, 289-300.
    """
    p = numpy.atleast_1d(numpy.asarray(p_values, dtype=numpy.float64))
    tested = numpy.flatnonzero(~numpy.isnan(p))
    stands = numpy.zeros(p.shape, dtype=bool)
    if not tested.size:
        return stands
    ordered = tested[numpy.argsort(p[tested], kind="stable")]
    passing = numpy.flatnonzero(p[ordered] <= share * numpy.arange(1, ordered.size + 1) / ordered.size)
    if passing.size:
        stands[ordered[: passing[-1] + 1]] = True
    return stands


def smallest_clear_rise(previous: int, current_exposure: float = 1.0, previous_exposure: float = 1.0, level: float = LEVEL) -> int:
    """Return the smallest later count that would be called a clear rise: what "no change found" was able to find.

    Args:
        previous: Events of the earlier period.
        current_exposure: Length or population behind the later count.
        previous_exposure: The same of the earlier count.
        level: Largest p value called clear; the level of one test divided by their number where many are made.

    Raises:
        ValueError: If the count is negative or an exposure is not positive.
    """
    ratio = current_exposure / previous_exposure
    candidates = numpy.arange(0, int(previous * ratio * 4) + 40)
    labels = verdicts(candidates, numpy.full(candidates.shape, previous), current_exposure, previous_exposure, level)
    return int(candidates[numpy.flatnonzero(labels == Verdict.CLEAR_RISE)[0]])


def _arguments(
    current: ArrayLike, previous: ArrayLike, current_exposure: ArrayLike, previous_exposure: ArrayLike
) -> tuple[Numbers, Numbers, Numbers]:
    """Return both counts and the later period's share of the whole exposure, in one shape."""
    exposures = [numpy.atleast_1d(numpy.asarray(exposure, dtype=numpy.float64)) for exposure in (current_exposure, previous_exposure)]
    for exposure in exposures:
        bad = numpy.flatnonzero(~(exposure > 0))
        if bad.size:
            raise ValueError(f"exposure must be positive: position {int(bad[0])}")
    share = exposures[0] / (exposures[0] + exposures[1])
    later, earlier, share = numpy.broadcast_arrays(checked_counts(current, "current"), checked_counts(previous, "previous"), share)
    return later.astype(numpy.float64), earlier.astype(numpy.float64), share.astype(numpy.float64)
