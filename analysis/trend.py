"""Whether a series rises or falls over the years, and by how much a year.

Five yearly totals cannot tell: they find a true rise of a tenth a year in one case of five. Sixty months can, if the season is taken out
and the interval allows for the unrest of the months. Without that, every third series without a trend would be said to have one.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike
from scipy import stats

from analysis.comparison import Verdict
from analysis.intervals import Numbers, checked_counts
from analysis.quasi_poisson import fit

SMALLEST_YEARS = 2
SMALLEST_EVENTS = 20.0  # no percentage on fewer events
LARGEST_CHANGE = 10.0  # times a year, up or down; a range that reaches further says nothing


class Season(StrEnum):
    """How the periods of a year may differ."""

    NONE = "none"
    WAVE = "wave"  # one rise and one fall a year, two coefficients
    PERIODS = "periods"  # every period its own level; for five years and more with five events a period


class Trend(NamedTuple):
    """The change of a series per year, taken to be the same in every year."""

    yearly_change: float  # percent; NaN where there is no judgement
    lower: float  # percent
    upper: float  # percent
    p: float  # two-sided, of no change
    dispersion: float  # variance over mean within season and trend, at least 1
    verdict: Verdict


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
    from the series. Change points and bends are not looked for.

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
    try:
        found = fit(_design(known, season, periods_per_year), series[known], lengths[known])
    except ValueError:
        return NO_JUDGEMENT
    slope, error = float(found.coefficients[1]), float(numpy.sqrt(found.covariance[1, 1]))
    student: Any = stats.t
    reach = float(student.ppf(1 - alpha / 2, found.freedom)) * error
    if not abs(slope) + reach <= numpy.log(LARGEST_CHANGE):
        return NO_JUDGEMENT
    change, lower, upper = (100 * float(numpy.expm1(value)) for value in (slope, slope - reach, slope + reach))
    verdict = Verdict.CLEAR_RISE if lower > 0 else Verdict.CLEAR_FALL if upper < 0 else Verdict.WITHIN_CHANCE
    return Trend(change, lower, upper, float(2 * student.sf(abs(slope) / error, found.freedom)), found.dispersion, verdict)


def _design(position: numpy.ndarray[Any, numpy.dtype[numpy.int64]], season: Season, periods_per_year: int) -> Numbers:
    """Return level, time in years from the middle, and the season's columns, one row a known period."""
    years = position / periods_per_year
    columns = [numpy.ones(position.size), years - years.mean()]
    if season is Season.WAVE:
        columns += [numpy.sin(2 * numpy.pi * years), numpy.cos(2 * numpy.pi * years)]
    if season is Season.PERIODS:
        of_year = position % periods_per_year
        columns += [(of_year == one).astype(numpy.float64) for one in numpy.unique(of_year)[1:]]
    return numpy.column_stack(columns)
