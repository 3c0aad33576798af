"""Whether this month's count is above what the same months of earlier years let expect.

The usual rules cry wolf: "half as many again" fires in every fourth month of a series that never changes, "mean plus two standard
deviations" in every fifteenth. The two rules here err only as often as they are asked to. The first is exact for the few events of a county
or township. The second also follows a trend and forgives past outbreaks, but needs four years and some five events a month.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from analysis.intervals import Numbers, checked_counts
from analysis.quasi_poisson import Fit, fit

ALPHA = 0.01
YEARS = 4
HALF_WINDOW = 1
SMALLEST_ALARM = 3.0  # nobody is alarmed by a second case
RECENT, RECENT_EVENTS = 4, 5.0  # fewer than five events in the last four months carry no regression
OUTLYING = 2.58  # residuals above this mark an earlier outbreak


class Alarms(NamedTuple):
    """What was to be expected of each period, and whether the count exceeds it."""

    expected: Numbers  # events
    upper: Numbers  # highest count within chance
    p: Numbers  # probability of at least the observed count
    is_alarm: NDArray[numpy.bool_]


def predictive_limit(total: ArrayLike, periods: ArrayLike, alpha: float = ALPHA) -> Numbers:
    """Highest count that is still chance, given how many events the earlier periods of the same kind had.

    The rate is estimated from the earlier periods (Jeffreys' prior), so the fewer they are, the higher is the limit.

    Args:
        total: Events of the earlier periods together, shape (n,).
        periods: Number of earlier periods, shape (n,) or one number.
        alpha: Probability of a count above the limit.

    Returns:
        Highest count within chance, shape (n,); NaN where there is no earlier period.

    Raises:
        ValueError: If a number is negative or alpha is no probability.

    Source: Riebler 2004 as described by Hoehle 2007, Computational Statistics 22, 571-582; agrees with R surveillance's
        ``bayes`` on three published series, every limit.
    """
    shape, share = _predictive(total, periods)
    negative_binomial: Any = stats.nbinom
    return numpy.asarray(negative_binomial.ppf(1 - _checked(alpha), shape, share), dtype=numpy.float64)


def negative_binomial_limit(mean: ArrayLike, dispersion: ArrayLike, alpha: float = ALPHA) -> Numbers:
    """Highest count that is still chance where the variance is the mean times the dispersion.

    Args:
        mean: Expected counts, shape (n,).
        dispersion: Variance over mean, shape (n,) or one number; 1 and below is Poisson.
        alpha: Probability of a count above the limit.

    Returns:
        Highest count within chance, shape (n,).

    Raises:
        ValueError: If a mean is negative or alpha is no probability.

    Source: Noufaily et al. 2013, Statistics in Medicine 32, 1206-1222; agrees with R surveillance's ``nbPlugin``.
    """
    means, ratio = numpy.broadcast_arrays(checked_counts(mean, "mean"), checked_counts(dispersion, "dispersion"))
    poisson, negative_binomial = stats.poisson, stats.nbinom
    quantile = 1 - _checked(alpha)
    wide = ratio > 1
    some = numpy.where(wide, ratio, 2.0)
    limit = numpy.where(wide, negative_binomial.ppf(quantile, means / (some - 1), 1 / some), poisson.ppf(quantile, means))
    return numpy.asarray(numpy.where(means == 0, 0.0, limit), dtype=numpy.float64)


def at_least_p(counts: ArrayLike, mean: ArrayLike, dispersion: ArrayLike) -> Numbers:
    """Probability of at least the observed count where the variance is the mean times the dispersion.

    Args:
        counts: Observed counts, shape (n,); NaN where missing.
        mean: Expected counts, positive, shape (n,).
        dispersion: Variance over mean, shape (n,) or one number; 1 and below is Poisson.

    Returns:
        Probabilities, shape (n,): at most alpha exactly when the count exceeds ``negative_binomial_limit`` at alpha.

    Raises:
        ValueError: If a number is negative.
    """
    observed, means, ratio = numpy.broadcast_arrays(
        checked_counts(counts, "counts"), checked_counts(mean, "mean"), checked_counts(dispersion, "dispersion")
    )
    poisson, negative_binomial = stats.poisson, stats.nbinom
    some = numpy.where(ratio > 1, ratio, 2.0)
    wide = negative_binomial.sf(observed - 1, means / (some - 1), 1 / some)
    return numpy.asarray(numpy.where(ratio > 1, wide, poisson.sf(observed - 1, means)), dtype=numpy.float64)


def seasonal_alarms(
    counts: ArrayLike, years: int = YEARS, half_window: int = HALF_WINDOW, alpha: float = ALPHA, periods_per_year: int = 12
) -> Alarms:
    """Compare every period with the same periods of earlier years: the rule for up to ten events a period.

    Args:
        counts: Counts of consecutive periods, shape (t,) or, one row an area, (n, t); NaN where not reported or not yet complete.
        years: Earlier years looked at.
        half_window: Periods before and after the same one that count as the same.
        alpha: Probability of an alarm where nothing changed.
        periods_per_year: 12 for months, 52 for weeks.

    Returns:
        For every period, in the shape of ``counts``: NaN and no alarm where the history is too short or the count missing (``expected``
        and ``upper`` are known for a missing count).

    Raises:
        ValueError: If a count is negative, alpha is no probability, or years and windows make no reference.

    Source: Hoehle 2007, Computational Statistics 22, 571-582; agrees with R surveillance's ``bayes`` on three published
        series. No alarm below three events is this project's rule.
    """
    series = numpy.asarray(counts, dtype=numpy.float64)
    checked_counts(series.ravel(), "counts")
    _checked(alpha)
    _checked_windows(years, half_window, periods_per_year)
    length = series.shape[-1]
    expected, upper, p = (numpy.full(series.shape, numpy.nan) for _ in range(3))
    first = years * periods_per_year + half_window
    if length > first:
        known, events = ~numpy.isnan(series), numpy.nan_to_num(series)
        back = [year * periods_per_year + shift for year in range(1, years + 1) for shift in range(-half_window, half_window + 1)]
        total = sum((events[..., first - lag : length - lag] for lag in back), numpy.zeros(()))
        periods = sum((known[..., first - lag : length - lag] for lag in back), numpy.zeros(()))
        shape, share = _predictive(total.ravel(), periods.ravel())
        judged = series[..., first:].ravel()
        negative_binomial: Any = stats.nbinom
        # Many areas share few combinations of numbers; the quantiles are what takes the time.
        one, place = _distinct(total, periods)
        upper[..., first:] = negative_binomial.ppf(1 - alpha, shape[one], share[one])[place].reshape(total.shape)
        one, place = _distinct(total, periods, judged)
        p[..., first:] = negative_binomial.sf(judged[one] - 1, shape[one], share[one])[place].reshape(total.shape)
        expected[..., first:] = (shape * (1 - share) / share).reshape(total.shape)
    return Alarms(expected, upper, p, (series > upper) & (series >= SMALLEST_ALARM))


def farrington_alarms(
    counts: ArrayLike,
    years: int = YEARS,
    half_window: int = HALF_WINDOW,
    seasons: int = 4,
    left_out: int = 3,
    alpha: float = ALPHA,
    periods_per_year: int = 12,
) -> Alarms:
    """Compare every period with a regression on the years before it: the rule above five events a period.

    The regression has a linear trend and a season: the periods around the same one of earlier years are one level, the rest of the year is
    cut into equal further levels. Earlier outbreaks are weighted down by their residuals, the last periods are left out so that an outbreak
    does not hide itself, and a trend is dropped if it would expect more than was ever counted before.

    Args:
        counts: Counts of consecutive periods, shape (t,); NaN where not reported or not yet complete.
        years: Earlier years looked at.
        half_window: Periods before and after the same one that count as the same.
        seasons: Levels the year is cut into, that of the same periods among them.
        left_out: Periods right before the judged one that are left out.
        alpha: Probability of an alarm where nothing changed.
        periods_per_year: 12 for months, 52 for weeks.

    Returns:
        For every period, shape (t,): NaN and no alarm where the history is too short, the count missing, fewer than five events came
        in the last four periods, or the regression has no answer.

    Raises:
        ValueError: If a count is negative, alpha is no probability, or years, windows and seasons make no reference.

    Source: Noufaily et al. 2013, Statistics in Medicine 32, 1206-1222, with the negative binomial plug-in limit; agrees with R
        surveillance's ``farringtonFlexible`` (nbPlugin, trend always fitted) on four published series, every limit.
    """
    series = checked_counts(counts, "counts")
    _checked(alpha)
    _checked_windows(years, half_window, periods_per_year)
    apart = periods_per_year - 2 * half_window - 1
    if not (2 <= seasons <= apart + 1 and left_out >= half_window):
        raise ValueError(f"{seasons} seasons and {left_out} periods left out do not fit a year of {periods_per_year}")
    season_by_lag = numpy.zeros(periods_per_year, dtype=numpy.int64)
    for level, block in enumerate(numpy.array_split(numpy.arange(apart), seasons - 1), start=1):
        season_by_lag[block + half_window + 1] = level
    expected, dispersion = numpy.full(series.size, numpy.nan), numpy.full(series.size, numpy.nan)
    first = years * periods_per_year + half_window
    for now in range(first, series.size):
        recent = series[now - RECENT + 1 : now + 1]
        if numpy.isnan(series[now]) or numpy.nansum(recent) < RECENT_EVENTS:
            continue
        past = numpy.arange(now - first, now - left_out)
        past = past[~numpy.isnan(series[past])]
        season = season_by_lag[(past - now) % periods_per_year]
        expected[now], dispersion[now] = _expected(series[past], past - now, season)
    judged = ~numpy.isnan(expected)
    upper, p = numpy.full(series.size, numpy.nan), numpy.full(series.size, numpy.nan)
    upper[judged] = negative_binomial_limit(expected[judged], dispersion[judged], alpha)
    p[judged] = at_least_p(series[judged], expected[judged], dispersion[judged])
    return Alarms(expected, upper, p, (series > upper) & (series >= SMALLEST_ALARM))


def _expected(counts: Numbers, lag: NDArray[numpy.int64], season: NDArray[numpy.int64]) -> tuple[float, float]:
    """Return the expected count at lag 0 in season 0, and the dispersion; NaN where the past cannot tell.

    Without a count in season 0 the other seasons' columns add up to the first one, and the fit refuses.
    """
    levels = [(season == level).astype(numpy.float64) for level in numpy.unique(season) if level > 0]
    for with_trend in (True, False):
        columns = [numpy.ones(counts.size), *([lag.astype(numpy.float64)] if with_trend else []), *levels]
        try:
            found = _robust_fit(numpy.column_stack(columns), counts)
        except ValueError:
            continue
        mean = float(numpy.exp(found.coefficients[0]))
        if not with_trend or mean <= counts.max():
            return mean, found.dispersion
    return numpy.nan, numpy.nan


def _robust_fit(design: Numbers, counts: Numbers) -> Fit:
    """Fit, weight outlying counts down by the square of their Anscombe residual, and fit again."""
    first = fit(design, counts)
    own = numpy.maximum(1 - first.leverage, 1e-12)
    difference = counts ** (2 / 3) - first.means ** (2 / 3)
    residual = 1.5 * difference / (first.means ** (1 / 6) * numpy.sqrt(first.dispersion * own))
    weights = numpy.maximum(residual, OUTLYING) ** -2
    weights[residual <= OUTLYING] = 1.0
    return fit(design, counts, weights=weights * counts.size / weights.sum())


def _distinct(*columns: Numbers) -> tuple[NDArray[numpy.int64], NDArray[numpy.int64]]:
    """Return the position of one of each combination of numbers, and for every position which combination it is."""
    combination = numpy.zeros(columns[0].size, dtype=numpy.int64)
    for column in columns:
        different, which = numpy.unique(column.ravel(), return_inverse=True)
        _, combination = numpy.unique(combination * different.size + which, return_inverse=True)
    _, one = numpy.unique(combination, return_index=True)
    return one, combination


def _predictive(total: ArrayLike, periods: ArrayLike) -> tuple[Numbers, Numbers]:
    """Return shape and success probability of the negative binomial that predicts one more period; NaN without an earlier one."""
    events, known = numpy.broadcast_arrays(checked_counts(total, "total"), checked_counts(periods, "periods"))
    some = numpy.where(known > 0, known, numpy.nan)
    return events + 0.5, some / (some + 1)


def _checked(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    return alpha


def _checked_windows(years: int, half_window: int, periods_per_year: int) -> None:
    if years < 1 or half_window < 0 or periods_per_year < 2 * half_window + 1:
        raise ValueError(f"{years} years with windows of {half_window} around a period of {periods_per_year} make no reference")
