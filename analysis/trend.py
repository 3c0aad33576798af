"""Whether a series rises or falls over the years, and by how much a year; whether the rise bends, or is a step.

Five yearly totals cannot tell: they find a true rise of a tenth a year in one case of five. Sixty months can, if the season is taken out
and the interval allows for the unrest of the months. Without that, every third series without a trend would be said to have one. One number
a year is not all there is to say of a series that rose and fell again, nor of one that only began to be recorded differently.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.comparison import Verdict
from analysis.intervals import Numbers, checked_counts
from analysis.quasi_poisson import Fit, deviance, fit

SMALLEST_YEARS = 2
SMALLEST_EVENTS = 20.0  # no percentage on fewer events
LARGEST_CHANGE = 10.0  # times a year, up or down; a range that reaches further says nothing
BEND_YEARS = 3  # fewer cannot tell a bend from a season
BEND_LEVEL = 0.01  # of the curvature: a bend is said on top of a trend, and both together keep the trend's promise
STEP_LEVEL = 0.01  # of a step, however many months were tried
SMALLEST_SIDE = 0.75  # years before and after a step; what lasts for months only is a campaign


class Season(StrEnum):
    """How the periods of a year may differ."""

    NONE = "none"
    WAVE = "wave"  # one rise and one fall a year, two coefficients
    PERIODS = "periods"  # every period its own level; for five years and more with five events a period


class Bend(StrEnum):
    """How a series went where one slope does not describe it."""

    ROSE_THEN_FLAT = "rose_then_flat"
    ROSE_THEN_FELL = "rose_then_fell"
    FELL_THEN_FLAT = "fell_then_flat"
    FELL_THEN_ROSE = "fell_then_rose"


class Step(NamedTuple):
    """A level that changed at once, which describes a series better than a slope does."""

    position: int  # of the first period of the new level
    change: float  # percent
    p: float  # of no step beside the slope, allowing for the periods tried


class Trend(NamedTuple):
    """The change of a series per year, taken to be the same in every year."""

    yearly_change: float  # percent; NaN where there is no judgement
    lower: float  # percent
    upper: float  # percent
    p: float  # two-sided, of no change
    dispersion: float  # variance over mean within season and trend, at least 1
    verdict: Verdict
    bend: Bend | None = None
    recent: tuple[float, float, float] = (numpy.nan, numpy.nan, numpy.nan)  # of a bend: percent a year over the last year, and its range
    step: Step | None = None


NO_JUDGEMENT = Trend(numpy.nan, numpy.nan, numpy.nan, numpy.nan, numpy.nan, Verdict.TOO_FEW)


def yearly_trend(
    counts: ArrayLike,
    exposure: ArrayLike = 1.0,
    season: Season = Season.WAVE,
    periods_per_year: int = 12,
    alpha: float = 0.05,
) -> Trend:
    """Estimate the yearly change of a series of counts, its season and its exposure taken out.

    The logarithm of the rate is a straight line in time plus the season; the variance may exceed the mean by a factor that is estimated
    from the series. From three years on the line may bend: where its curvature is significant and its first year rises or falls beyond
    chance, what is said is how it went first and how its last year goes. A step is told where a level that changes once, at the period that
    fits best, is significant beside the slope and describes the series better than slope and bend do.

    Args:
        counts: Counts of consecutive periods, shape (t,); NaN where not reported or not yet complete.
        exposure: Length or population behind each count (days, people, their product), in any unit, shape (t,) or one number.
        season: How the periods of a year may differ.
        periods_per_year: 12 for months, 1 for years (then without a season).
        alpha: One minus the confidence level.

    Returns:
        The change in percent a year with its interval. No judgement where the known periods span less than two years, hold fewer than
        twenty events, give the regression no answer, or leave room for more than a ten-fold rise or fall.

    Raises:
        ValueError: If a count is negative, an exposure is not positive where there is a count, alpha is no probability, or there is no
            season to a year of so many periods.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, chapters 6 and 9, with Student's t; agrees with statsmodels' GLM (Pearson
        scale) on published monthly series to 1e-6.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    if periods_per_year < (1 if season is Season.NONE else 3):
        raise ValueError(f"a year of {periods_per_year} periods has no season ({season})")
    series, lengths = numpy.broadcast_arrays(checked_counts(counts, "counts"), checked_counts(exposure, "exposure"))
    known = numpy.flatnonzero(~numpy.isnan(series))
    bad = known[~(lengths[known] > 0)]
    if bad.size:
        raise ValueError(f"exposure must be positive: position {int(bad[0])}")
    if known.size == 0 or known[-1] - known[0] + 1 < SMALLEST_YEARS * periods_per_year or series[known].sum() < SMALLEST_EVENTS:
        return NO_JUDGEMENT
    observed = _Observed(known, series[known], lengths[known], _design(known, season, periods_per_year))
    straight = observed.fitted()
    if straight is None:
        return NO_JUDGEMENT
    slope = _slope(straight, numpy.eye(observed.design.shape[1])[1], alpha)
    if not abs(slope.log) + slope.reach <= numpy.log(LARGEST_CHANGE):
        return NO_JUDGEMENT
    found = Trend(*slope.percent, slope.p, straight.dispersion, slope.verdict)
    if known[-1] - known[0] + 1 < BEND_YEARS * periods_per_year:
        return found
    years = observed.design[:, 1]
    curved = observed.fitted(years**2)
    step = _step(observed, straight, curved, periods_per_year)
    if step is not None:
        return found._replace(step=step)
    return found if curved is None else _bent(found, curved, years, alpha)


class _Observed(NamedTuple):
    """The known periods of a series: their positions, counts, exposures and the columns of level, slope and season."""

    position: NDArray[numpy.int64]
    counts: Numbers
    exposure: Numbers
    design: Numbers

    def fitted(self, *further: Numbers) -> Fit | None:
        """Fit with further columns; none where the regression has no answer."""
        try:
            return fit(numpy.column_stack([self.design, *further]), self.counts, self.exposure)
        except ValueError:
            return None

    def deviance(self, found: Fit) -> float:
        """Return twice the log likelihood that a fit leaves unexplained."""
        return deviance(self.counts, found.means)


class _Slope(NamedTuple):
    """A change a year on the log scale, with half the width of its interval."""

    log: float
    reach: float
    p: float

    @property
    def percent(self) -> tuple[float, float, float]:
        low, high = self.log - self.reach, self.log + self.reach
        return 100 * float(numpy.expm1(self.log)), 100 * float(numpy.expm1(low)), 100 * float(numpy.expm1(high))

    @property
    def verdict(self) -> Verdict:
        if abs(self.log) <= self.reach:
            return Verdict.WITHIN_CHANCE
        return Verdict.CLEAR_RISE if self.log > 0 else Verdict.CLEAR_FALL


def _slope(found: Fit, weights: Numbers, alpha: float) -> _Slope:
    """Return a weighted sum of coefficients with its interval and its test."""
    student: Any = stats.t
    log, error = float(weights @ found.coefficients), float(numpy.sqrt(weights @ found.covariance @ weights))
    return _Slope(log, float(student.ppf(1 - alpha / 2, found.freedom)) * error, float(2 * student.sf(abs(log) / error, found.freedom)))


def _bent(straight: Trend, curved: Fit, years: Numbers, alpha: float) -> Trend:
    """Say how the first and the last year went, where the curvature is significant; the last column of the fit is the square of time."""
    unit = numpy.eye(curved.coefficients.size)
    if _slope(curved, unit[-1], alpha).p >= BEND_LEVEL:
        return straight
    # The mean slope over a year is the tangent in its middle.
    first, last = (_slope(curved, unit[1] + 2 * at * unit[-1], alpha) for at in (years[0] + 0.5, years[-1] - 0.5))
    bend = _BENDS.get((first.verdict, last.verdict))
    return straight if bend is None else straight._replace(bend=bend, recent=last.percent)


_BENDS = {
    (Verdict.CLEAR_RISE, Verdict.WITHIN_CHANCE): Bend.ROSE_THEN_FLAT,
    (Verdict.CLEAR_RISE, Verdict.CLEAR_FALL): Bend.ROSE_THEN_FELL,
    (Verdict.CLEAR_FALL, Verdict.WITHIN_CHANCE): Bend.FELL_THEN_FLAT,
    (Verdict.CLEAR_FALL, Verdict.CLEAR_RISE): Bend.FELL_THEN_ROSE,
}


def _step(observed: _Observed, straight: Fit, curved: Fit | None, periods_per_year: int) -> Step | None:
    """Look for the period from which another level fits best, and say whether it is more than slope and bend explain."""
    side = SMALLEST_SIDE * periods_per_year
    first, last = observed.position[0], observed.position[-1]
    tried = [at for at in observed.position.tolist() if first + side <= at <= last + 1 - side]
    level = numpy.delete(observed.design, 1, axis=1)  # without the slope
    fits = {at: fitted for at in tried if (fitted := observed._replace(design=level).fitted(_from(observed, at))) is not None}
    if not fits:
        return None
    best = min(fits, key=lambda at: observed.deviance(fits[at]))
    beside = observed.fitted(_from(observed, best))
    if beside is None or observed.deviance(fits[best]) >= min(observed.deviance(one) for one in (straight, curved) if one is not None):
        return None
    p = min(1.0, _slope(beside, numpy.eye(beside.coefficients.size)[-1], STEP_LEVEL).p * len(tried))
    return Step(best, 100 * float(numpy.expm1(fits[best].coefficients[-1])), p) if p < STEP_LEVEL else None


def _from(observed: _Observed, at: int) -> Numbers:
    return (observed.position >= at).astype(numpy.float64)


def _design(position: NDArray[numpy.int64], season: Season, periods_per_year: int) -> Numbers:
    """Return level, time in years from the middle, and the season's columns, one row a known period."""
    years = position / periods_per_year
    columns = [numpy.ones(position.size), years - years.mean()]
    if season is Season.WAVE:
        columns += [numpy.sin(2 * numpy.pi * years), numpy.cos(2 * numpy.pi * years)]
    if season is Season.PERIODS:
        of_year = position % periods_per_year
        columns += [(of_year == one).astype(numpy.float64) for one in numpy.unique(of_year)[1:]]
    return numpy.column_stack(columns)
