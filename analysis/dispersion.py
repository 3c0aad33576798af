"""How much more a series varies than chance alone would make it.

Cases come in campaigns and gangs: a month may hold ten of one operation. A test that takes them for separate events then finds change where
there is none. This unrest is measured on the series itself, within its season and within every year, so that neither the season nor a
lasting rise from one year to the next counts as unrest.
"""

from __future__ import annotations

import math

import numpy
from numpy.typing import ArrayLike, NDArray

from analysis.intervals import Numbers, checked_counts
from analysis.quasi_poisson import fit

UNRULY = 1.5  # variance over mean of one series above which its events are no longer taken for separate ones
COMMONLY_UNRULY = 1.05  # the same of all series of a county together, whose estimate is less rough
SMALLEST_FREEDOM = 6  # fewer periods beyond the coefficients tell nothing about unrest; three years of quarters have seven
SMALLEST_EVENTS = 20.0


def seasonal_dispersion(counts: ArrayLike, exposure: ArrayLike = 1.0, periods_per_year: int = 12) -> float:
    """Pearson's variance over mean of a series of counts, the season and the level of every year taken out.

    Years are counted back from the last period; each has its own level, the season is one wave for all of them.

    Args:
        counts: Counts of consecutive periods, shape (t,); NaN where not known.
        exposure: Length behind each count, in any unit, shape (t,) or one number.
        periods_per_year: 12 for months, 4 for quarters.

    Returns:
        Variance over mean, at least 1; 1 also where the periods are too few or hold too few events to tell, or where the regression has
        no answer.

    Raises:
        ValueError: If a count is negative, an exposure is not positive where there is a count, or a year has fewer than three periods.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, section 4.5 (Pearson's estimate).
    """
    if periods_per_year < 3:
        raise ValueError(f"a year of {periods_per_year} periods has no season")
    series, lengths = numpy.broadcast_arrays(checked_counts(counts, "counts"), checked_counts(exposure, "exposure"))
    known = numpy.flatnonzero(~numpy.isnan(series))
    bad = known[~(lengths[known] > 0)]
    if bad.size:
        raise ValueError(f"exposure must be positive: position {int(bad[0])}")
    year = (series.size - 1 - known) // periods_per_year
    events = numpy.bincount(year, weights=series[known]) if known.size else numpy.zeros(1)
    known, year = known[events[year] > 0], year[events[year] > 0]  # a year without any event fits exactly and tells nothing
    angle = 2 * numpy.pi * known / periods_per_year
    columns = [(year == one).astype(numpy.float64) for one in numpy.unique(year)] + [numpy.sin(angle), numpy.cos(angle)]
    if known.size - len(columns) < SMALLEST_FREEDOM or series[known].sum() < SMALLEST_EVENTS:
        return 1.0
    try:
        return fit(numpy.column_stack(columns), series[known], lengths[known]).dispersion
    except ValueError:
        return 1.0


def spread_within(grouped: Numbers) -> tuple[Numbers, Numbers]:
    """Squared deviations of counts within groups that each have a level of their own, and what chance alone makes of them.

    Given a group's total, chance alone makes its squares k - 1 times its mean on average, however few its events are. Groups are added
    before they are divided, so each has the weight of its events: one of a single event always shows chance alone, and says so little.

    Args:
        grouped: Counts, shape (n, groups, counts); NaN where not known.

    Returns:
        Two arrays of shape (n,); their ratio is variance over mean.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, section 4.5, with numerator and denominator pooled.
    """
    known = numpy.maximum((~numpy.isnan(grouped)).sum(axis=-1), 1)
    mean = numpy.nansum(grouped, axis=-1) / known
    squares = numpy.nansum((grouped - mean[..., None]) ** 2, axis=(-2, -1))
    return squares, numpy.asarray(((known - 1) * mean).sum(axis=-1), dtype=numpy.float64)


def common_dispersion(counts: ArrayLike, periods_per_year: int = 12) -> float:
    """Variance over mean that all series of a county have in common, each year of each series having a level of its own.

    A township of three cases a year cannot show that its cases come in batches; all of them together can.

    Args:
        counts: Counts of consecutive periods, shape (n, t); NaN where not known. Years are counted back from the last period.
        periods_per_year: 12 for months, 4 for quarters.

    Returns:
        Variance over mean, at least 1; 1 also where too little is known to tell.

    Raises:
        ValueError: If a count is negative or ``counts`` has not two dimensions.
    """
    series = numpy.asarray(counts, dtype=numpy.float64)
    if series.ndim != 2:
        raise ValueError(f"counts must have a row a series, not the shape {series.shape}")
    checked_counts(series.ravel(), "counts")
    missing = -series.shape[1] % periods_per_year
    years = numpy.pad(series, ((0, 0), (missing, 0)), constant_values=numpy.nan).reshape(series.shape[0], -1, periods_per_year)
    telling = years[numpy.nansum(years, axis=-1) > 0]
    freedom = int((~numpy.isnan(telling)).sum()) - len(telling)
    if freedom < SMALLEST_FREEDOM or numpy.nansum(series) < SMALLEST_EVENTS:
        return 1.0
    squares, by_chance = spread_within(years)
    return max(1.0, float(squares.sum() / by_chance.sum()))


def batch_size(dispersion: float) -> float:
    """How many events count as one batch: as many as the county's common dispersion says where that is unruly, otherwise one.

    Raises:
        ValueError: If the dispersion is below 1.
    """
    if not dispersion >= 1:
        raise ValueError(f"a dispersion lies at 1 or above, not at {dispersion}")
    return dispersion if dispersion > COMMONLY_UNRULY else 1.0


def spread_of_shares(total: int, dispersion: float) -> float:
    """How closely the places' shares of a total keep to what is expected of them, where events come in batches.

    Given their total, counts whose variance is the mean times the dispersion are a multinomial of gamma-distributed shares. What is returned
    is the sum of those gamma distributions' shapes; infinite where the events come one by one.

    Raises:
        ValueError: If the dispersion is below 1.

    Source: Mosimann 1962, Biometrika 49, 65-82 (the compound multinomial).
    """
    batch = batch_size(dispersion)
    return math.inf if batch == 1 else max((total - batch) / (batch - 1), 1.0)  # at 1 the shares differ by half of all there is


def thrown(chance: numpy.random.Generator, total: int, shares: Numbers, size: int | tuple[int, ...], dispersion: float = 1.0) -> NDArray[numpy.int64]:
    """Spread a number of events over places by chance, in batches where the dispersion is above 1.

    Args:
        chance: The random numbers.
        total: Events of each map.
        shares: Probability of each place, shape (..., n), summing to 1.
        size: Number of maps, shape before the last axis of the result; it must fit ``shares``.
        dispersion: Variance over mean of a place's count.

    Returns:
        Events, shape (*size, n).

    Raises:
        ValueError: If the dispersion is below 1.
    """
    spread = spread_of_shares(total, dispersion)
    if math.isinf(spread) or total == 0:
        return chance.multinomial(total, shares, size=size)
    shape = (size,) if isinstance(size, int) else size
    drawn = chance.standard_gamma(spread * shares, size=(*shape, shares.shape[-1]))
    return chance.multinomial(total, drawn / drawn.sum(axis=-1, keepdims=True))
