"""The quasi-Poisson fit against answers found by hand and R's own example of glm."""

from __future__ import annotations

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.quasi_poisson import fit

# Dobson 1990, page 93 (R's example(glm)): counts of a trial with three outcomes and three treatments.
DOBSON = numpy.array([18, 17, 15, 20, 10, 20, 25, 13, 12], dtype=float)
OUTCOME, TREATMENT = numpy.tile([0, 1, 2], 3), numpy.repeat([0, 1, 2], 3)


def test_equals_r_on_its_own_example() -> None:
    design = numpy.column_stack([numpy.ones(9), OUTCOME == 1, OUTCOME == 2, TREATMENT == 1, TREATMENT == 2]).astype(float)
    found = fit(design, DOBSON)
    # summary(glm(counts ~ outcome + treatment, family = poisson())): estimates and standard errors, without the dispersion.
    assert found.coefficients == pytest.approx([3.045, -0.4543, -0.2930, 0.0, 0.0], abs=5e-4)
    errors = numpy.sqrt(numpy.diag(found.covariance) / found.dispersion)
    assert errors == pytest.approx([0.1709, 0.2022, 0.1927, 0.2000, 0.2000], abs=5e-5)
    # All treatments have 50 events, so the means are a third of each outcome's total (63, 40, 47); Pearson's 5.1732 over 4 is 1.2933.
    assert found.means == pytest.approx(numpy.tile([21, 40 / 3, 47 / 3], 3), rel=1e-9)
    pearson = 26 / 21 + (11 / 3) ** 2 / (40 / 3) + (10 / 3) ** 2 / (40 / 3) + (1 / 3) ** 2 / (40 / 3) + (4 + 169 + 121) / 9 / (47 / 3)
    assert found.freedom == 4
    assert found.dispersion == pytest.approx(pearson / 4, rel=1e-9)


def test_one_mean_by_hand() -> None:
    # Counts 2, 4, 12: mean 6, Pearson (16 + 4 + 36) / 6 = 9.3333 over 2 degrees of freedom, variance of the logarithm 4.6667 / 18.
    found = fit(numpy.ones((3, 1)), numpy.array([2.0, 4.0, 12.0]))
    assert found.coefficients == pytest.approx([numpy.log(6)], rel=1e-9)
    assert found.dispersion == pytest.approx(14 / 3, rel=1e-9)
    assert found.covariance == pytest.approx(numpy.array([[14 / 3 / 18]]), rel=1e-9)
    assert found.leverage == pytest.approx([1 / 3] * 3, rel=1e-9)


def test_exposures_and_weights_by_hand() -> None:
    # Rates: 30 events in 10 units and 5 in 1: one rate of 35 / 11; the second weighted twice: (30 + 10) / 12.
    counts, exposure = numpy.array([30.0, 5.0]), numpy.array([10.0, 1.0])
    assert numpy.exp(fit(numpy.ones((2, 1)), counts, exposure).coefficients) == pytest.approx([35 / 11], rel=1e-9)
    weighted = fit(numpy.ones((2, 1)), counts, exposure, numpy.array([1.0, 2.0]))
    assert numpy.exp(weighted.coefficients) == pytest.approx([40 / 12], rel=1e-9)


def test_counts_more_even_than_chance_have_the_dispersion_one() -> None:
    assert fit(numpy.ones((4, 1)), numpy.full(4, 7.0)).dispersion == 1.0


def test_a_group_without_events_has_as_good_as_none() -> None:
    group = numpy.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    found = fit(numpy.column_stack([numpy.ones(6), group]), numpy.array([5.0, 7.0, 6.0, 0.0, 0.0, 0.0]))
    assert found.means == pytest.approx([6, 6, 6, 0, 0, 0], abs=1e-6)


def test_what_has_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="2 observations cannot tell 2 coefficients"):
        fit(numpy.eye(2), numpy.array([1.0, 2.0]))
    with pytest.raises(ValueError, match="depend on each other"):
        fit(numpy.ones((4, 2)), numpy.array([1.0, 2.0, 3.0, 4.0]))
    # Events in the last period alone: the slope that fits best is infinite.
    with pytest.raises(ValueError, match="runs away"):
        fit(numpy.column_stack([numpy.ones(60), numpy.arange(60.0)]), numpy.repeat([0.0, 20.0], [59, 1]))


@given(st.lists(st.integers(0, 60), min_size=6, max_size=40).filter(any))
def test_the_fitted_events_are_those_observed(counts: list[int]) -> None:
    # The score equations of a log-linear model with an intercept and a trend: events and events by time are kept.
    series, time = numpy.array(counts, dtype=float), numpy.arange(len(counts), dtype=float)
    try:
        found = fit(numpy.column_stack([numpy.ones(series.size), time]), series)
    except ValueError:
        assert (series == 0).mean() > 0.5  # refused only where events crowd at one end
        return
    assert found.means.sum() == pytest.approx(series.sum(), rel=1e-6)
    assert (found.means * time).sum() == pytest.approx((series * time).sum(), rel=1e-6, abs=1e-6)
    assert found.leverage.sum() == pytest.approx(2.0, rel=1e-6)
