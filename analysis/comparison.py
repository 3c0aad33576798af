"""Two counts, and whether their difference is more than chance.

Ten cases after six is a rise of two thirds and means nothing. The exact conditional test says so for counts of any size, needs no model,
and errs no more often than stated even where there are hardly any cases. Every label a reader sees about a change of events comes from
here.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.dispersion import UNRULY
from analysis.intervals import Numbers, checked_counts
from analysis.quasi_poisson import fit

LEVEL = 0.05
SMALLEST_STEP = 5  # a clear change is at least this many events as well as unlikely
SMALLEST_TOTAL = 6  # with fewer events in both periods together no change whatever can reach p < 0.05
SMALLEST_EXPECTED = 3.0
BLOCK_MONTHS = 3  # of unrest: about as long as a campaign lasts, whose months rise and fall together
BLOCKS_A_YEAR = 12 // BLOCK_MONTHS
FEWEST_EVENTS = 20.0  # fewer say nothing of unrest
SMALLEST_FREEDOM = 4  # blocks beyond the coefficients: two years have four of them


class Verdict(StrEnum):
    """What may be said of the difference of two event counts."""

    CLEAR_RISE = "clear_rise"
    CLEAR_FALL = "clear_fall"
    WITHIN_CHANCE = "within_chance"
    TOO_FEW = "too_few"
    NOT_JUDGED = "not_judged"  # a count is missing or not final


class Unrest(NamedTuple):
    """How much more a series varies than chance alone, and how well that is known."""

    dispersion: float = 1.0  # variance over mean, at least 1
    freedom: float = numpy.inf  # degrees of freedom behind it; infinite where nothing was estimated and the exact test alone holds


CALM = Unrest()


def unrest_of_blocks(counts: ArrayLike, exposure: ArrayLike = 1.0, periods_per_block: int = BLOCK_MONTHS) -> Unrest:
    """Measure the unrest of a series on blocks of three months, the season and the level of every year taken out.

    The months of a campaign belong together. Month by month they look calm within themselves and their sum does not; a comparison of
    two years errs by the sum. Blocks and years are counted back from the last period.

    Args:
        counts: Counts of consecutive periods, shape (t,); NaN where not known. A block with an unknown period is unknown.
        exposure: Length behind each count, in any unit, shape (t,) or one number.
        periods_per_block: 3 for months, 1 for quarters.

    Returns:
        Variance over mean, at least 1, with its degrees of freedom; calm where the blocks are too few or hold too few events to tell, or
        where the regression has no answer.

    Raises:
        ValueError: If a count is negative.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, section 4.5 (Pearson's estimate). Blocks as of the batch means of
        Law & Kelton 2000, Simulation Modeling and Analysis, section 9.5.3.
    """
    series, lengths = numpy.broadcast_arrays(checked_counts(counts, "counts"), numpy.asarray(exposure, dtype=numpy.float64))
    left_out = series.size % periods_per_block
    blocks, length = (values[left_out:].reshape(-1, periods_per_block).sum(axis=1) for values in (series, lengths))
    known = numpy.flatnonzero(~numpy.isnan(blocks))
    year = (blocks.size - 1 - known) // BLOCKS_A_YEAR
    events = numpy.bincount(year, weights=blocks[known]) if known.size else numpy.zeros(1)
    known, year = known[events[year] > 0], year[events[year] > 0]  # a year without any event fits exactly and tells nothing
    angle = 2 * numpy.pi * known / BLOCKS_A_YEAR
    columns = [(year == one).astype(numpy.float64) for one in numpy.unique(year)] + [numpy.sin(angle), numpy.cos(angle)]
    if known.size - len(columns) < SMALLEST_FREEDOM or blocks[known].sum() < FEWEST_EVENTS:
        return CALM
    try:
        found = fit(numpy.column_stack(columns), blocks[known], length[known])
    except ValueError:
        return CALM
    return Unrest(found.dispersion, found.freedom)


def two_period_p(
    current: ArrayLike,
    previous: ArrayLike,
    current_exposure: ArrayLike = 1.0,
    previous_exposure: ArrayLike = 1.0,
    dispersion: ArrayLike = 1.0,
    unruly: float = UNRULY,
    freedom: float = numpy.inf,
) -> Numbers:
    """Exact conditional test that two Poisson counts have one rate.

    Given the total, the current count is binomial; the p value is twice the smaller tail, at most 1. Where the series is unruly, the
    logarithm of the ratio of both rates is tested as well, its variance multiplied by the dispersion, and the larger p holds. Where
    the degrees of freedom behind the dispersion are given, it is always tested, with Student's t.

    Args:
        current: Events of the later period, shape (n,); NaN where not published.
        previous: Events of the earlier period, shape (n,).
        current_exposure: Length or population behind the later count, in any unit, shape (n,) or one number.
        previous_exposure: The same of the earlier count, in the same unit.
        dispersion: Variance over mean of the series both counts are from, at least 1, shape (n,) or one number.
        unruly: Up to this dispersion the exact test alone holds, because an estimate of it is rough.
        freedom: Degrees of freedom behind the dispersion; infinite where nobody says how rough it is.

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
    is_rough = (ratio > unruly) | numpy.isfinite(freedom)
    if not is_rough.any():
        return numpy.asarray(exact, dtype=numpy.float64)
    return numpy.asarray(numpy.where(is_rough, numpy.maximum(exact, _quasi_p(later, earlier, share, ratio, freedom)), exact), dtype=numpy.float64)


def _quasi_p(later: Numbers, earlier: Numbers, share: Numbers, dispersion: Numbers, freedom: float) -> Numbers:
    """Test the logarithm of the ratio of two rates whose counts vary by the dispersion times their mean.

    A count of 0 has no logarithm. There the events are taken to come in batches of as many as the dispersion says, and p is that of the
    exact test for so many batches, all of which fall into the other period.
    """
    student: Any = stats.t  # with infinite freedom the normal
    is_zero = (later == 0) | (earlier == 0)
    now, before = numpy.where(is_zero, 1.0, later), numpy.where(is_zero, 1.0, earlier)
    error = numpy.sqrt(dispersion * (1 / now + 1 / before))
    p = 2 * student.sf(numpy.abs(numpy.log(now * (1 - share) / (before * share))) / error, freedom)
    of_other = numpy.where(later == 0, 1 - share, share)
    return numpy.asarray(numpy.where(is_zero, numpy.minimum(1.0, 2 * of_other ** ((later + earlier) / dispersion)), p), dtype=numpy.float64)


def verdicts(
    current: ArrayLike,
    previous: ArrayLike,
    current_exposure: ArrayLike = 1.0,
    previous_exposure: ArrayLike = 1.0,
    level: float = LEVEL,
    dispersion: ArrayLike = 1.0,
    freedom: float = numpy.inf,
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
        freedom: Degrees of freedom behind it, as there.

    Returns:
        A :class:`Verdict` for every pair, shape (n,).

    Raises:
        ValueError: If a count is negative, an exposure is not positive or a dispersion is below 1.
    """
    later, earlier, share, ratio = _arguments(current, previous, current_exposure, previous_exposure, dispersion)
    p = two_period_p(later, earlier, share, 1 - share, ratio, freedom=freedom)
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
    previous: int, current_exposure: float = 1.0, previous_exposure: float = 1.0, level: float = LEVEL, unrest: Unrest = CALM
) -> int | None:
    """Return the smallest later count that would be called a clear rise: says what a comparison without a finding could have found.

    Args:
        previous: Events of the earlier period.
        current_exposure: Length or population behind the later count.
        previous_exposure: The same of the earlier count.
        level: Largest p value called clear; the level of one test divided by their number where many are made.
        unrest: How much more than chance the series varies.

    Returns:
        The count; None where not even many times as much would be clear.

    Raises:
        ValueError: If the count is negative, an exposure is not positive or the dispersion is below 1.
    """
    ratio = current_exposure / previous_exposure
    candidates = numpy.arange(0, int((previous * ratio * 4 + 40) * unrest.dispersion))
    labels = verdicts(candidates, numpy.full(candidates.shape, previous), current_exposure, previous_exposure, level, *unrest)
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
