"""Rates drawn towards the county's, for the colour of a map.

On a map of crude rates the darkest and the palest township are those with the fewest people, whatever happened there. So each rate is drawn
towards the county's, the more the less certain its count is; what differs then differs between townships and not by chance. Where the rates
differ no more than chance allows, every township gets the county's rate. The variance between areas is clipped at zero for this: a negative
one turns the map upside down (esda 2.8.2 does so).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike
from scipy import stats

from analysis.intervals import Numbers, checked_counts, exact_poisson_interval
from analysis.rates import PER, checked_per

ROUNDING = 1e-9


class Spread(NamedTuple):
    """How the true rates of areas are spread around their mean."""

    mean: float  # events per person; NaN where no area has people
    variance: float  # between areas, of the true rates; 0 where the areas differ no more than chance allows


def spread_between_areas(events: ArrayLike, population: ArrayLike) -> Spread:
    """Estimate mean and variance of the areas' true rates by the method of moments, the variance clipped at zero.

    Args:
        events: Observed counts, shape (n,); areas with NaN are left out.
        population: People behind each count, shape (n,); areas with nobody are left out.

    Returns:
        The spread, in events per person.

    Raises:
        ValueError: If a count or a population is negative.

    Source: Marshall 1991, Applied Statistics 40, 283-294, global estimator; agrees with R spdep's ``EBest`` to 1e-9.
    """
    counts, people = numpy.broadcast_arrays(checked_counts(events, "events"), checked_counts(population, "population"))
    known = ~numpy.isnan(counts) & (people > 0)
    if not known.any():
        return Spread(numpy.nan, 0.0)
    counts, people = counts[known], people[known]
    mean = float(counts.sum() / people.sum())
    observed = float((people * (counts / people - mean) ** 2).sum() / people.sum())
    by_chance = mean / float(people.mean())
    variance = observed - by_chance
    # A difference smaller than rounding is none, or the order of the areas could decide whether there is a spread.
    return Spread(mean, variance if variance > ROUNDING * by_chance else 0.0)


def rates_given_spread(events: ArrayLike, population: ArrayLike, spread: Spread, alpha: float = 0.05) -> Numbers:
    """Mean and credible interval of each area's rate when the true rates follow a gamma distribution of this spread.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        population: People behind each count, or expected events, shape (n,).
        spread: Mean and variance of the true rates, the variance positive.
        alpha: One minus the probability of the interval.

    Returns:
        Mean, lower and upper limit, shape (n, 3), in events per person; NaN where the count is missing or nobody lives.

    Raises:
        ValueError: If a count or a population is negative, alpha is no probability, or the spread has no positive mean and variance.

    Source: Clayton & Kaldor 1987, Biometrics 43, 671-681; agrees with R on their lip cancer of Scotland to 1e-6.
    """
    counts, people = numpy.broadcast_arrays(checked_counts(events, "events"), checked_counts(population, "population"))
    mean, variance = _moments(counts, people, spread)
    return _gamma_interval(mean, variance, alpha)


def shrunk_rates(events: ArrayLike, population: ArrayLike, alpha: float = 0.05, per: float = PER) -> Numbers:
    """Rates of areas shrunk towards the rate of all areas together, with credible intervals: the colour of a map.

    The common rate towards which the areas are drawn is itself an estimate. Its variance is added to an area's variance, in proportion to
    the share of the common rate in the result. Otherwise the intervals would shrink to nothing where the areas hardly differ, although
    least is known of each there. The spread is still taken as known: with eighteen townships and some 370 events, 86 to 94 % of the 95 %
    intervals hold the truth. So they say how firm a colour is, and are no test.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        population: People behind each count, shape (n,).
        alpha: One minus the probability of the interval.
        per: Number of people a rate is given for.

    Returns:
        Rate, lower and upper limit, shape (n, 3), in events per ``per`` people; NaN where the count is missing or nobody lives. Where
        areas differ no more than chance allows, every area has the rate of all together and the exact limits of that one rate.

    Raises:
        ValueError: If a count or a population is negative, alpha is no probability or ``per`` is not positive.

    Source: Marshall 1991, Applied Statistics 40, 283-294, for the rates; they agree with R spdep's ``EBest`` to 1e-9. Kass & Steffey
        1989, JASA 84, 717-726, first-order variance, for the limits.
    """
    counts, people = numpy.broadcast_arrays(checked_counts(events, "events"), checked_counts(population, "population"))
    spread = spread_between_areas(counts, people)
    known = ~numpy.isnan(counts) & (people > 0)
    everybody = people[known].sum()
    if spread.variance > 0:
        mean, variance = _moments(counts, people, spread)
        of_common_rate = spread.mean / everybody + spread.variance * (people[known] ** 2).sum() / everybody**2
        share_of_common_rate = spread.mean / (spread.mean + spread.variance * people)
        return _gamma_interval(mean, variance + share_of_common_rate**2 * of_common_rate, alpha) * checked_per(per)
    rates = numpy.full((counts.size, 3), numpy.nan)
    if known.any():
        rates[known] = [spread.mean, *(exact_poisson_interval(counts[known].sum(), alpha)[0] / everybody)]
    return rates * checked_per(per)


def _moments(counts: Numbers, people: Numbers, spread: Spread) -> tuple[Numbers, Numbers]:
    """Return mean and variance of each area's rate, given its count and the gamma distribution of all rates."""
    if not (spread.mean > 0 and spread.variance > 0):
        raise ValueError("a gamma distribution needs a positive mean and a positive variance")
    shape = counts + spread.mean**2 / spread.variance
    scale = 1 / (numpy.where(people > 0, people, numpy.nan) + spread.mean / spread.variance)
    return shape * scale, shape * scale**2


def _gamma_interval(mean: Numbers, variance: Numbers, alpha: float) -> Numbers:
    """Return mean, lower and upper limit of gamma distributions, shape (n, 3)."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    gamma: Any = stats.gamma
    lower, upper = (gamma.ppf(probability, mean**2 / variance, scale=variance / mean) for probability in (alpha / 2, 1 - alpha / 2))
    # The mean of a very skew distribution may lie above its upper limit; the interval then reaches up to it.
    return numpy.column_stack([mean, lower, numpy.maximum(upper, mean)]).astype(numpy.float64)
