"""The rules that dashboards commonly use, each as its few lines, to be tried on the same counties as ours.

All get the same floor of three events that our alarms have; without it the small series would raise several times as many.
"""

from __future__ import annotations

import numpy
from numpy.typing import NDArray

from analysis.alarm import SMALLEST_ALARM
from analysis.areas import WARNING, poisson_funnel
from bench.calibration.counties import County, Flags, Numbers

HALF_AS_MANY_AGAIN = 1.5
STANDARD_DEVIATIONS = 2
NORMAL_95 = 1.959964


def own_limits(events: NDArray[numpy.int64], own: County) -> Flags:
    """Every township whose 95 % interval lies above the county's rate, one by one; shape (n,)."""
    return events > poisson_funnel(own.population * events.sum() / own.population.sum(), WARNING)[:, 1]


def above_one_and_a_half(events: NDArray[numpy.int64], own: County) -> Flags:
    """Every township whose rate exceeds one and a half times the county's; shape (n,)."""
    return events / own.population > HALF_AS_MANY_AGAIN * events.sum() / own.population.sum()


def getis_ord(events: NDArray[numpy.int64], own: County) -> Flags:
    """Every township whose Gi* of the rates, itself and its neighbours weighted alike, exceeds 1.96; shape (n,).

    Source: Ord & Getis 1995, Geographical Analysis 27, 286-306, equation 14 for binary weights.
    """
    rates = events / own.population
    weights = own.is_neighbour | numpy.eye(rates.size, dtype=bool)
    near = weights.sum(axis=1)
    spread = rates.std() * numpy.sqrt((rates.size * near - near**2) / (rates.size - 1))
    return (weights @ rates - rates.mean() * near) / spread > NORMAL_95


def half_as_many_again(latest: Numbers, before: Numbers) -> Flags:
    """Every count that exceeds an earlier one by half or more; shape (n,)."""
    return (latest >= HALF_AS_MANY_AGAIN * before) & (latest >= SMALLEST_ALARM)


def two_standard_deviations(counts: Numbers) -> Flags:
    """Every series whose last month exceeds the mean of the twelve before it by two of their standard deviations; shape (n,) from (n, t)."""
    year = counts[:, -13:-1]
    limit = year.mean(axis=1) + STANDARD_DEVIATIONS * year.std(axis=1, ddof=1)
    return (counts[:, -1] > limit) & (counts[:, -1] >= SMALLEST_ALARM)
