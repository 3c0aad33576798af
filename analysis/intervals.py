"""Intervals of small counts and shares.

A county counts three of this and eleven of that; a number without its interval invites a reader to see change where there is chance.
All functions take and return arrays, so that forty thousand townships cost one call.
"""

from __future__ import annotations

from typing import Any

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import stats

Numbers = NDArray[numpy.float64]

EXACT_BELOW = 10  # OHID uses the exact interval below ten events and Byar's approximation from there


def checked_counts(values: ArrayLike, name: str) -> Numbers:
    """Return counts as floats, NaN where there is none.

    Raises:
        ValueError: If a count is negative; the message gives its position, never its value.
    """
    counts = numpy.atleast_1d(numpy.asarray(values, dtype=numpy.float64))
    negative = numpy.flatnonzero(counts < 0)
    if negative.size:
        raise ValueError(f"{name} must not be negative: position {int(negative[0])}")
    return counts


def _normal_quantile(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    return float(stats.norm.ppf(1 - alpha / 2))


def exact_poisson_interval(events: ArrayLike, alpha: float = 0.05) -> Numbers:
    """Garwood's exact interval of a Poisson count.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        alpha: One minus the confidence level.

    Returns:
        Lower and upper limits, shape (n, 2), in events; NaN where the count is.

    Raises:
        ValueError: If a count is negative or alpha is no probability.

    Source: Garwood 1936, Biometrika 28, 437-442 (chi-squared form); agrees with R's ``poisson.test`` to 1e-9.
    """
    _normal_quantile(alpha)
    # Forty thousand townships have a few hundred different counts; the quantiles are what takes the time.
    counts, place = numpy.unique(checked_counts(events, "events"), return_inverse=True)
    quantile: Any = stats.chi2.ppf
    # A count of none has 0 as its lower limit; chi2 with 0 degrees of freedom is not defined there.
    lower = numpy.where(counts == 0, 0.0, quantile(alpha / 2, 2 * numpy.where(counts == 0, 1.0, counts)) / 2)
    upper = quantile(1 - alpha / 2, 2 * (counts + 1)) / 2
    return numpy.column_stack([lower, upper]).astype(numpy.float64)[place]


def byar_interval(events: ArrayLike, alpha: float = 0.05) -> Numbers:
    """Byar's approximation to the exact Poisson interval of a count.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        alpha: One minus the confidence level.

    Returns:
        Lower and upper limits, shape (n, 2), in events; NaN where the count is.

    Raises:
        ValueError: If a count is negative or alpha is no probability.

    Source: Breslow & Day 1987, vol. II, eq. 2.13; agrees with OHID's published test file.
    """
    counts = checked_counts(events, "events")
    z = _normal_quantile(alpha)
    base = numpy.where(counts == 0, 1.0, counts)
    lower = numpy.where(counts == 0, 0.0, base * (1 - 1 / (9 * base) - z / (3 * numpy.sqrt(base))) ** 3)
    following = counts + 1
    upper = following * (1 - 1 / (9 * following) + z / (3 * numpy.sqrt(following))) ** 3
    return numpy.column_stack([lower, upper]).astype(numpy.float64)


def poisson_interval(events: ArrayLike, alpha: float = 0.05) -> Numbers:
    """The interval this project prints beside a count: exact below ten events, Byar's from there.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        alpha: One minus the confidence level.

    Returns:
        Lower and upper limits, shape (n, 2), in events; NaN where the count is.

    Raises:
        ValueError: If a count is negative or alpha is no probability.

    Source: rule of OHID's public health statistics (Fingertips): exact for O < 10, Byar otherwise.
    """
    counts = checked_counts(events, "events")
    limits = numpy.where((counts < EXACT_BELOW)[:, None], exact_poisson_interval(counts, alpha), byar_interval(counts, alpha))
    return limits.astype(numpy.float64)


def wilson_interval(successes: ArrayLike, trials: ArrayLike, alpha: float = 0.05) -> Numbers:
    """Wilson's score interval of a share.

    Args:
        successes: Counted parts, shape (n,); NaN where suppressed.
        trials: The wholes, shape (n,).
        alpha: One minus the confidence level.

    Returns:
        Lower and upper limits, shape (n, 2), between 0 and 1; NaN where the whole is 0 or either number is missing.

    Raises:
        ValueError: If a number is negative, a part exceeds its whole, or alpha is no probability.

    Source: Wilson 1927, JASA 22, 209-212; agrees with OHID's published test file.
    """
    parts, wholes = numpy.broadcast_arrays(checked_counts(successes, "successes"), checked_counts(trials, "trials"))
    z = _normal_quantile(alpha)
    larger = numpy.flatnonzero(parts > wholes)
    if larger.size:
        raise ValueError(f"a part exceeds its whole: position {int(larger[0])}")
    size = numpy.where(wholes > 0, wholes, numpy.nan)
    centre = parts + z * z / 2
    spread = z * numpy.sqrt(numpy.maximum(parts * (size - parts) / size, 0) + z * z / 4)
    limits = numpy.column_stack([centre - spread, centre + spread]) / (size + z * z)[:, None]
    # At none and at all, rounding may step a hair outside the possible.
    return numpy.clip(limits, 0.0, 1.0).astype(numpy.float64)
