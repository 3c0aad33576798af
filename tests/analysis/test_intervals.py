"""Intervals against published values: R 4.2 (epitools/stats) and OHID's test data; the numbers are typed here, not computed."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intervals import byar_interval, exact_poisson_interval, poisson_interval, wilson_interval

# R: poisson.test(x)$conf.int, 95 %. Rate of 10 units of time in the golden file, multiplied by 10 here.
# A count of 1 by hand: its lower limit is -log(1 - 0.025), that of 0 upwards -log(0.025).
EXACT = [(0, 0.0, 3.688879454), (1, 0.025317808, 5.57164339), (5, 1.62348639, 11.6683320), (30, 20.2408636407217, 42.8268507804159)]


@pytest.mark.parametrize(("count", "low", "high"), EXACT)
def test_exact_interval_equals_r(count: int, low: float, high: float) -> None:
    assert exact_poisson_interval([count])[0] == pytest.approx([low, high], rel=1e-6)


def test_byar_equals_ohid() -> None:
    # OHID, PHEindicatormethods test data: 65 -> 50.163188-82.849139; 99.8 %: 42.880261-94.000291.
    assert byar_interval([65])[0] == pytest.approx([50.163188, 82.849139], abs=1e-6)
    assert byar_interval([65], alpha=0.002)[0] == pytest.approx([42.880261, 94.000291], abs=1e-6)


def test_the_printed_interval_is_exact_below_ten_and_byar_from_ten() -> None:
    limits = poisson_interval([9, 10])
    assert limits[0] == pytest.approx([4.1154, 17.0848], abs=1e-4)  # Garwood 1936, table, 9
    # Byar, 10, by hand: 10(1-1/90-1.959964/(3*sqrt 10))^3 = 10*0.782288^3... = 4.7874; 11(1-1/99+1.959964/(3*sqrt 11))^3 = 18.3915.
    assert limits[1] == pytest.approx([4.7874, 18.3915], abs=1e-4)


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # R: Hmisc/epitools Wilson, golden file proportion_ci.csv
    [
        (0, 10, 0.0, 0.277532799862889),
        (5, 20, 0.111861701407666, 0.468700877618744),
        (20, 20, 0.838874841947181, 1.0),
        (30, 300, 0.0709479145950153, 0.139166462384621),
    ],
)
def test_wilson_equals_r(part: int, whole: int, low: float, high: float) -> None:
    assert wilson_interval([part], [whole])[0] == pytest.approx([low, high], abs=1e-9)


def test_missing_stays_missing() -> None:
    assert numpy.isnan(poisson_interval([math.nan])).all()
    assert numpy.isnan(wilson_interval([math.nan, 0], [10, 0])).all()


def test_a_refusal_names_the_place_and_not_the_value() -> None:
    with pytest.raises(ValueError, match="position 1") as refused:
        poisson_interval([3, -17])
    assert "17" not in str(refused.value)
    with pytest.raises(ValueError, match="exceeds its whole"):
        wilson_interval([11], [10])
    with pytest.raises(ValueError, match="alpha"):
        poisson_interval([3], alpha=1.5)


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=40))
def test_a_count_lies_within_its_interval_and_order_does_not_matter(counts: list[int]) -> None:
    limits = poisson_interval(counts)
    assert (limits[:, 0] <= counts).all()
    assert (limits[:, 1] > counts).all()
    assert numpy.array_equal(poisson_interval(counts[::-1]), limits[::-1])
