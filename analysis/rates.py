"""Events per population, each with the limits that its count allows.

A township of nine thousand people with four events and one of sixty thousand with thirty have nearly one rate and are not equally sure of
it. Where ages differ, the crude rate compares age pyramids and not townships. Age is taken out in two ways: directly for areas with enough
events in every age group, indirectly for the rest.
"""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import ArrayLike
from scipy import stats

from analysis.intervals import Numbers, checked_counts, exact_poisson_interval

PER = 10_000.0
SMALLEST_STANDARDISED = 10  # OHID publishes no age-standardised rate of fewer events


def crude_rates(events: ArrayLike, population: ArrayLike, alpha: float = 0.05, per: float = PER) -> Numbers:
    """Events per so many people, with exact Poisson limits.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        population: People behind each count, shape (n,) or one number.
        alpha: One minus the confidence level.
        per: Number of people a rate is given for.

    Returns:
        Rate, lower and upper limit, shape (n, 3), in events per ``per`` people; NaN where the count is missing or nobody lives.

    Raises:
        ValueError: If a count or a population is negative, alpha is no probability or ``per`` is not positive.

    Source: Garwood 1936, Biometrika 28, 437-442; agrees with the exact rows of OHID's published test file to 1e-9.
    """
    counts, people = numpy.broadcast_arrays(checked_counts(events, "events"), checked_counts(population, "population"))
    scale = checked_per(per) / numpy.where(people > 0, people, numpy.nan)
    return numpy.column_stack([counts, exact_poisson_interval(counts, alpha)]) * scale[:, None]


def age_standardised_rates(
    events: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    alpha: float = 0.05,
    per: float = PER,
    smallest: float = SMALLEST_STANDARDISED,
) -> Numbers:
    """Rates the areas would have if all had the ages of one standard population, with Fay and Feuer's gamma limits.

    The gamma limits keep their level where a few events carry large weights, which normal limits do not.

    Args:
        events: Observed counts by area and age group, shape (n, k); NaN where suppressed.
        population: People by area and age group, shape (n, k).
        standard: Standard population by age group, shape (k,), in people or shares.
        alpha: One minus the confidence level.
        per: Number of people a rate is given for.
        smallest: Fewest events for which an area is given a standardised rate.

    Returns:
        Rate, lower and upper limit, shape (n, 3), in events per ``per`` people; NaN where an age group of the standard has a missing
        count or nobody in the area, or where the area has fewer events than ``smallest``.

    Raises:
        ValueError: If shapes differ, a number is negative, the standard is empty, alpha is no probability or ``per`` is not positive.

    Source: Fay & Feuer 1997, Statistics in Medicine 16, 791-801; agrees with their table of Down syndrome by birth order.
    """
    counts, people = _by_age(events, "events"), _by_age(population, "population")
    shares = checked_counts(standard, "standard")
    if counts.shape != people.shape or shares.shape != counts.shape[1:]:
        raise ValueError(f"events {counts.shape}, population {people.shape} and standard {shares.shape} do not fit together")
    if not shares.sum() > 0:
        raise ValueError("the standard population is empty")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    used = shares > 0
    weights = (shares / shares.sum())[used] / numpy.where(people[:, used] > 0, people[:, used], numpy.nan)
    rate = (weights * counts[:, used]).sum(axis=1)
    variance = (weights**2 * counts[:, used]).sum(axis=1)
    heaviest = weights.max(axis=1)
    gamma: Any = stats.gamma
    # No event: the lower limit is 0 by definition; the gamma of shape 0 has no quantile.
    none = rate == 0
    safe_rate, safe_variance = numpy.where(none, 1.0, rate), numpy.where(none, 1.0, variance)
    lower = numpy.where(none, 0.0, gamma.ppf(alpha / 2, safe_rate**2 / safe_variance, scale=safe_variance / safe_rate))
    raised_rate, raised_variance = rate + heaviest, variance + heaviest**2
    upper = gamma.ppf(1 - alpha / 2, raised_rate**2 / raised_variance, scale=raised_variance / raised_rate)
    rates = numpy.column_stack([rate, lower, upper]) * checked_per(per)
    rates[counts.sum(axis=1) < smallest] = numpy.nan
    return rates.astype(numpy.float64)


def expected_events(population: ArrayLike, reference_events: ArrayLike, reference_population: ArrayLike) -> Numbers:
    """Events each area would have if every age group had the rate of the reference (the county, the province).

    Args:
        population: People by area and age group, shape (n, k).
        reference_events: Events of the reference by age group, shape (k,).
        reference_population: People of the reference by age group, shape (k,).

    Returns:
        Expected events, shape (n,); NaN where the reference has nobody in an age group in which the area has people.

    Raises:
        ValueError: If shapes differ or a number is negative.

    Source: Breslow & Day 1987, vol. II, chapter 2; agrees with OHID's published test file.
    """
    people = _by_age(population, "population")
    events, reference = checked_counts(reference_events, "reference events"), checked_counts(reference_population, "reference population")
    if not people.shape[1:] == events.shape == reference.shape:
        raise ValueError(f"population {people.shape} and reference {events.shape}, {reference.shape} do not fit together")
    rates = events / numpy.where(reference > 0, reference, numpy.nan)
    return numpy.asarray(numpy.where(people > 0, people * rates, 0.0 * people).sum(axis=1), dtype=numpy.float64)


def standardised_ratios(events: ArrayLike, expected: ArrayLike, alpha: float = 0.05) -> Numbers:
    """Observed over expected events (SMR), with exact limits.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        expected: Expected events, shape (n,), taken as known.
        alpha: One minus the confidence level.

    Returns:
        Ratio, lower and upper limit, shape (n, 3), 1 where the area is like the reference; NaN where the count is missing or nothing
        was to be expected.

    Raises:
        ValueError: If a number is negative or alpha is no probability.

    Source: Garwood 1936 by way of Breslow & Day 1987, vol. II, chapter 2; agrees with R's ``poisson.test`` to 1e-9.
    """
    return crude_rates(events, checked_counts(expected, "expected"), alpha, per=1.0)


def _by_age(values: ArrayLike, name: str) -> Numbers:
    """Return counts by area and age group, shape (n, k)."""
    table = numpy.asarray(values, dtype=numpy.float64)
    if table.ndim != 2:
        raise ValueError(f"{name} must have one row an area and one column an age group")
    if (table < 0).any():
        area, age = numpy.argwhere(table < 0)[0]
        raise ValueError(f"{name} must not be negative: area {int(area)}, age group {int(age)}")
    return table


def checked_per(per: float) -> float:
    """Return the number of people a rate is given for.

    Raises:
        ValueError: If it is not positive.
    """
    if not per > 0:
        raise ValueError(f"a rate is given per a positive number of people, not {per}")
    return per
