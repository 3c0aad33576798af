"""Two counts, and whether their difference is more than chance.

Ten cases after six is a rise of two thirds and means nothing. The exact conditional test says so for counts of any size, needs no model,
and errs no more often than stated even where there are hardly any cases. Every label a reader sees about a change of events comes from
here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.dispersion import UNRULY
from analysis.intervals import Numbers, checked_counts

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


def two_period_p(
    current: ArrayLike,
    previous: ArrayLike,
    current_exposure: ArrayLike = 1.0,
    previous_exposure: ArrayLike = 1.0,
    dispersion: ArrayLike = 1.0,
    unruly: float = UNRULY,
) -> Numbers:
    """Exact conditional test that two Poisson counts have one rate.

    Given the total, the current count is binomial; the p value is twice the smaller tail, at most 1. Where the series is unruly, the
    logarithm of the ratio of both rates is tested as well, its variance multiplied by the dispersion, and the larger p holds.

    Args:
        current: Events of the later period, shape (n,); NaN where not published.
        previous: Events of the earlier period, shape (n,).
        current_exposure: Length or population behind the later count, in any unit, shape (n,) or one number.
        previous_exposure: The same of the earlier count, in the same unit.
        dispersion: Variance over mean of the series both counts are from, at least 1, shape (n,) or one number.
        unruly: Up to this dispersion the exact test alone holds, because an estimate of it is rough.

    Returns:
        p values, shape (n,); 1 where both counts are 0, NaN where one is missing.

    Raises:
        ValueError: If a count is negative, an exposure is not positive or a dispersion is below 1.

    Source: Przyborowski & Wilenski 1940, Biometrika 31, 313-323; agrees with R's ``poisson.test`` (doubled tails) to 1e-9. The variance
        of the logarithm: McCullagh & Nelder 1989, Generalized Linear Models, sections 4.5 and 6.2.
    """
    later, earlier, share, ratio = _arguments(current, previous, current_exposure, previous_exposure, dispersion)
    binomial: Any = stats.binom
    total = later + earlier
    lower = binomial.cdf(later, total, share)
    upper = binomial.sf(later - 1, total, share)
    exact = numpy.minimum(1.0, 2 * numpy.minimum(lower, upper))
    if not (ratio > unruly).any():
        return numpy.asarray(exact, dtype=numpy.float64)
    return numpy.asarray(numpy.where(ratio > unruly, numpy.maximum(exact, _quasi_p(later, earlier, share, ratio)), exact), dtype=numpy.float64)


def _quasi_p(later: Numbers, earlier: Numbers, share: Numbers, dispersion: Numbers) -> Numbers:
    """Test the logarithm of the ratio of two rates whose counts vary by the dispersion times their mean.

    A count of 0 has no logarithm. There the events are taken to come in batches of as many as the dispersion says, and p is that of the
    exact test for so many batches, all of which fall into the other period.
    """
    normal: Any = stats.norm
    is_zero = (later == 0) | (earlier == 0)
    now, before = numpy.where(is_zero, 1.0, later), numpy.where(is_zero, 1.0, earlier)
    error = numpy.sqrt(dispersion * (1 / now + 1 / before))
    p = 2 * normal.sf(numpy.abs(numpy.log(now * (1 - share) / (before * share))) / error)
    of_other = numpy.where(later == 0, 1 - share, share)
    return numpy.asarray(numpy.where(is_zero, numpy.minimum(1.0, 2 * of_other ** ((later + earlier) / dispersion)), p), dtype=numpy.float64)


def verdicts(
    current: ArrayLike,
    previous: ArrayLike,
    current_exposure: ArrayLike = 1.0,
    previous_exposure: ArrayLike = 1.0,
    level: float = LEVEL,
    dispersion: ArrayLike = 1.0,
) -> NDArray[numpy.object_]:
    """Label differences of event counts, so that chance is never called a trend.

    A clear change is unlikely under one rate (p below the level) and at least five events away from what was to be expected.

    Args:
        current: Events of the later period, shape (n,); NaN where not published.
        previous: Events of the earlier period, shape (n,).
        current_exposure: Length or population behind the later count.
        previous_exposure: The same of the earlier count.
        level: Largest p value called clear.
        dispersion: Variance over mean of the series both counts are from, as in :func:`two_period_p`.

    Returns:
        A :class:`Verdict` for every pair, shape (n,).

    Raises:
        ValueError: If a count is negative, an exposure is not positive or a dispersion is below 1.
    """
    later, earlier, share, ratio = _arguments(current, previous, current_exposure, previous_exposure, dispersion)
    p = two_period_p(later, earlier, share, 1 - share, ratio)
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


def false_discovery_cut(p_values: ArrayLike, share: float = LEVEL) -> NDArray[numpy.bool_]:
    """Say which of many tests stand when their number is allowed for: among eighteen townships one looks like a hotspot by chance.

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


def smallest_clear_rise(
    previous: int, current_exposure: float = 1.0, previous_exposure: float = 1.0, level: float = LEVEL, dispersion: float = 1.0
) -> int | None:
    """Return the smallest later count that would be called a clear rise: says what a comparison without a finding could have found.

    Args:
        previous: Events of the earlier period.
        current_exposure: Length or population behind the later count.
        previous_exposure: The same of the earlier count.
        level: Largest p value called clear; the level of one test divided by their number where many are made.
        dispersion: Variance over mean of the series.

    Returns:
        The count; None where not even many times as much would be clear.

    Raises:
        ValueError: If the count is negative, an exposure is not positive or the dispersion is below 1.
    """
    ratio = current_exposure / previous_exposure
    candidates = numpy.arange(0, int((previous * ratio * 4 + 40) * dispersion))
    labels = verdicts(candidates, numpy.full(candidates.shape, previous), current_exposure, previous_exposure, level, dispersion)
    clear = numpy.flatnonzero(labels == Verdict.CLEAR_RISE)
    return int(candidates[clear[0]]) if clear.size else None


def _arguments(
    current: ArrayLike, previous: ArrayLike, current_exposure: ArrayLike, previous_exposure: ArrayLike, dispersion: ArrayLike
) -> tuple[Numbers, Numbers, Numbers, Numbers]:
    """Return both counts, the later period's share of the whole exposure and the dispersion, in one shape."""
    exposures = [numpy.atleast_1d(numpy.asarray(exposure, dtype=numpy.float64)) for exposure in (current_exposure, previous_exposure)]
    for exposure in exposures:
        bad = numpy.flatnonzero(~(exposure > 0))
        if bad.size:
            raise ValueError(f"exposure must be positive: position {int(bad[0])}")
    ratio = numpy.atleast_1d(numpy.asarray(dispersion, dtype=numpy.float64))
    bad = numpy.flatnonzero(~(ratio >= 1))
    if bad.size:
        raise ValueError(f"dispersion must be 1 or more: position {int(bad[0])}")
    share = exposures[0] / (exposures[0] + exposures[1])
    arrays = numpy.broadcast_arrays(checked_counts(current, "current"), checked_counts(previous, "previous"), share, ratio)
    later, earlier, share, ratio = (array.astype(numpy.float64) for array in arrays)
    return later, earlier, share, ratio
