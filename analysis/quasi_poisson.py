"""One log-linear fit of counts whose variance may exceed their mean; the trend and the alarm share it.

Plain Poisson regression takes counts to vary by chance alone. A month's cases come in campaigns and gangs, and its standard errors are
then too small by the square root of the dispersion, which is estimated here and never taken below 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy

from analysis.intervals import Numbers

ROUNDS = 50
CONVERGED = 1e-10
LARGEST_LOG = 300.0


class Fit(NamedTuple):
    """A fitted log-linear model."""

    coefficients: Numbers  # on the log scale, shape (k,)
    covariance: Numbers  # of the coefficients, the dispersion in it, shape (k, k)
    means: Numbers  # fitted counts, shape (n,)
    leverage: Numbers  # share of each fitted value that its own count decides, shape (n,)
    dispersion: float  # Pearson's, at least 1
    freedom: int  # observations less coefficients


def fit(design: Numbers, counts: Numbers, exposure: Numbers | None = None, weights: Numbers | None = None) -> Fit:
    """Fit a log-linear model of counts by iteratively reweighted least squares.

    Args:
        design: One row an observation and one column a coefficient, shape (n, k), of full column rank.
        counts: Observed counts, shape (n,), none missing.
        exposure: Length or population behind each count, shape (n,), positive; 1 if not given.
        weights: Weight of each observation, shape (n,), positive; 1 if not given.

    Returns:
        The fit. If a group has no event at all, its mean comes out as practically 0.

    Raises:
        ValueError: If there are no more observations than coefficients, the columns depend on each other, or the fit does not settle or
            runs away.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, sections 2.5 and 9.2; agrees with R's ``glm`` (quasipoisson) to 1e-6.
    """
    observations, columns = design.shape
    if observations <= columns:
        raise ValueError(f"{observations} observations cannot tell {columns} coefficients")
    weight = numpy.ones(observations) if weights is None else weights
    offset = numpy.zeros(observations) if exposure is None else numpy.log(exposure)
    means, before = counts + 0.1, numpy.inf
    for _round in range(ROUNDS):
        root = numpy.sqrt(weight * means)
        working = numpy.log(means) - offset + (counts - means) / means
        orthogonal, triangle = numpy.linalg.qr(design * root[:, None])
        diagonal = numpy.abs(numpy.diag(triangle))
        if diagonal.min() <= 1e-11 * diagonal.max():
            raise ValueError("the columns of the design depend on each other")
        coefficients = numpy.linalg.solve(triangle, orthogonal.T @ (working * root))
        predictor = design @ coefficients + offset
        if not (numpy.abs(predictor) < LARGEST_LOG).all():
            raise ValueError("the fit runs away: the counts allow no finite answer")
        means = numpy.exp(predictor)
        left = float(2 * (weight * (_log_ratio(counts, means) - (counts - means))).sum())
        if abs(left - before) < CONVERGED * (abs(left) + 0.1):
            break
        before = left
    else:
        raise ValueError(f"the fit did not settle in {ROUNDS} rounds")
    orthogonal, triangle = numpy.linalg.qr(design * numpy.sqrt(weight * means)[:, None])
    freedom = observations - columns
    dispersion = max(1.0, float((weight * (counts - means) ** 2 / means).sum()) / freedom)
    inverse = numpy.linalg.inv(triangle)
    return Fit(coefficients, dispersion * inverse @ inverse.T, means, (orthogonal**2).sum(axis=1), dispersion, freedom)


def deviance(counts: Numbers, means: Numbers) -> float:
    """Return the deviance that fitted means leave, each observation weighing the same; shapes (n,)."""
    return float(2 * (_log_ratio(counts, means) - (counts - means)).sum())


def _log_ratio(counts: Numbers, means: Numbers) -> Numbers:
    """Return y log(y / mean), which is 0 where y is."""
    some = counts > 0
    return numpy.asarray(counts * numpy.log(numpy.where(some, counts, 1.0) / numpy.where(some, means, 1.0)), dtype=numpy.float64)
