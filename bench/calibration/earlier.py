"""The rules this project had before issue 13, each as its few lines, to be tried on the same counties as those that took their place."""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import NDArray
from scipy import stats

from analysis.alarm import SMALLEST_ALARM, at_least_p, farrington_alarms
from analysis.areas import SMALLEST_COUNT, poisson_funnel
from analysis.comparison import Verdict, false_discovery_cut, two_period_p, verdicts
from analysis.dispersion import COMMONLY_UNRULY
from analysis.intervals import wilson_interval
from analysis.quasi_poisson import fit
from bench.calibration.counties import PERIODS_PER_YEAR, County, Flags, Numbers

FALSE_SHARE, FUNNEL = 0.05, 0.002
OF_A_FAMILY = 0.8 * 0.005  # at what each of the two families of warnings was cut
YEARS, AROUND = 4, 1
MANY, SOME, UNEASY, RECENT_EVENTS = 10.0, 5.0, 1.5, 5.0  # what sent a series to the regression


def equal_weight_dispersion(counts: Numbers) -> float:
    """Variance over mean of the townships' months, a year of one case weighing as much as one of fifty; from shape (n, t)."""
    pearson, freedom = _pearson(counts.reshape(len(counts), -1, PERIODS_PER_YEAR))
    return max(1.0, float(pearson.sum() / max(1.0, float(freedom.sum()))))


def _pearson(grouped: Numbers) -> tuple[Numbers, Numbers]:
    """Pearson's sum within groups and its degrees of freedom, each of shape (n,) from (n, groups, counts)."""
    mean = grouped.mean(axis=-1)
    deviation = ((grouped - mean[..., None]) ** 2).sum(axis=-1) / numpy.where(mean > 0, mean, 1.0)
    return deviation.sum(axis=-1), (mean > 0).sum(axis=-1) * (grouped.shape[-1] - 1.0)


def two_sided_high(events: NDArray[numpy.int64], own: County, dispersion: float = 1.0) -> Flags:
    """Every township whose two-sided test stands among all and whose count lies outside the 99.8 % funnel; shape (n,)."""
    rest, people = events.sum() - events, own.population.sum() - own.population
    p = two_period_p(events, rest, own.population, people, dispersion, COMMONLY_UNRULY)
    highest = poisson_funnel(own.population * events.sum() / own.population.sum(), FUNNEL, dispersion)[:, 1]
    return false_discovery_cut(p, FALSE_SHARE) & (events > highest) & (events >= SMALLEST_COUNT)


def change_of_months(counts: Numbers) -> Verdict:
    """Label the last twelve months against those before, campaigns included, the unrest measured month by month; from shape (t,)."""
    before, after = counts[-2 * PERIODS_PER_YEAR :].reshape(2, PERIODS_PER_YEAR).sum(axis=1)
    return Verdict(verdicts(after, before, dispersion=_monthly_dispersion(counts))[0])


def _monthly_dispersion(counts: Numbers) -> float:
    position = numpy.arange(counts.size)
    levels = [(position // PERIODS_PER_YEAR == year).astype(numpy.float64) for year in range(counts.size // PERIODS_PER_YEAR)]
    columns = [level for level in levels if counts[level > 0].sum() > 0]
    known = numpy.column_stack(columns).sum(axis=1) > 0
    return fit(numpy.column_stack([*columns, *_wave(position)])[known], counts[known]).dispersion


def _wave(position: NDArray[numpy.int64]) -> list[Numbers]:
    angle = 2 * numpy.pi * position / PERIODS_PER_YEAR
    return [numpy.sin(angle), numpy.cos(angle)]


def slope_only(counts: Numbers) -> Verdict:
    """Say a series rises or falls where its slope differs from 0 at 5 %, whatever its shape; from shape (t,)."""
    position = numpy.arange(counts.size)
    found = fit(numpy.column_stack([numpy.ones(counts.size), position / PERIODS_PER_YEAR, *_wave(position)]), counts)
    slope, error = float(found.coefficients[1]), float(numpy.sqrt(found.covariance[1, 1]))
    student: Any = stats.t
    if 2 * float(student.sf(abs(slope) / error, found.freedom)) >= FALSE_SHARE:
        return Verdict.WITHIN_CHANCE
    return Verdict.CLEAR_RISE if slope > 0 else Verdict.CLEAR_FALL


def two_intervals(later: tuple[int, int], before: tuple[int, int]) -> Verdict:
    """Call a share's change clear where both Wilson intervals do not overlap; each share as part and whole."""
    (low, high), (low_before, high_before) = wilson_interval([later[0], before[0]], [later[1], before[1]])
    if low > high_before:
        return Verdict.CLEAR_RISE
    return Verdict.CLEAR_FALL if high < low_before else Verdict.WITHIN_CHANCE


def alarms_of_single_months(counts: Numbers, is_total: Flags) -> Flags:
    """Every series whose last month stands among all of its family; no sum of months is looked at; shape (n,) from (n, t), t >= 61.

    Lines and parts are two families. The variance of what like months predict is multiplied by Pearson's dispersion within years of equal
    weight, of a part by that of all parts if that is more.
    """
    latest, years = counts[:, -1], counts[:, -1 - YEARS * PERIODS_PER_YEAR : -1]
    pearson, freedom = _pearson(years.reshape(len(years), YEARS, PERIODS_PER_YEAR))
    unrest = pearson / numpy.maximum(freedom, 1)
    common = pearson[~is_total].sum() / max(1.0, float(freedom[~is_total].sum()))
    unrest = numpy.maximum(numpy.where(is_total, unrest, numpy.maximum(unrest, common)), 1.0)
    lags = [year * PERIODS_PER_YEAR + shift for year in range(1, YEARS + 1) for shift in range(-AROUND, AROUND + 1)]
    like = counts[:, [counts.shape[1] - 1 - lag for lag in lags]]
    p = at_least_p(latest, (like.sum(axis=1) + 0.5) / len(lags), unrest * (1 + 1 / len(lags)))
    mean = years.mean(axis=1)
    regular = (counts[:, -4:-1].sum(axis=1) >= RECENT_EVENTS) & ((mean > MANY) | ((mean > SOME) & (unrest > UNEASY)))
    for one in numpy.flatnonzero(regular):
        found = farrington_alarms(counts[one, -YEARS * PERIODS_PER_YEAR - AROUND - 1 :])
        if not numpy.isnan(found.p[-1]):
            p[one] = found.p[-1]
    stands = numpy.zeros(latest.size, dtype=bool)
    for family in (is_total, ~is_total):
        stands[family] = false_discovery_cut(p[family], OF_A_FAMILY)
    return stands & (latest >= SMALLEST_ALARM)
