"""The unrest of a series, on counts whose fitted means are known by symmetry."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispersion import seasonal_dispersion

RESTLESS = [2.0, 10.0] * 12  # what swings from month to month has no part in a wave of twelve months: every mean is 6


def test_by_hand() -> None:
    # 24 * 4**2 / 6 = 64 over 24 months less 2 years and 2 of the wave: 64 / 20.
    assert seasonal_dispersion(RESTLESS) == pytest.approx(3.2, rel=1e-6)
    # The second year twice as high: means 6 and 12, 12 * 16 / 6 + 12 * 64 / 12 = 96 over 20.
    assert seasonal_dispersion([2.0, 10.0] * 6 + [4.0, 20.0] * 6) == pytest.approx(4.8, rel=1e-6)


def test_a_lasting_rise_and_a_season_are_no_unrest() -> None:
    assert seasonal_dispersion([5.0] * 12 + [25.0] * 12) == 1.0
    # A wave of four quarters on a logarithmic scale: 10 * 10 = 20 * 5.
    assert seasonal_dispersion([10.0, 20.0, 10.0, 5.0] * 5, periods_per_year=4) == pytest.approx(1.0)


def test_lengths_are_taken_out() -> None:
    # Two events of a unit of length, ten of five units: one rate throughout.
    assert seasonal_dispersion(RESTLESS, numpy.array([1.0, 5.0] * 12)) == pytest.approx(1.0)


def test_a_month_without_number_and_a_year_without_event_tell_nothing() -> None:
    assert seasonal_dispersion([*RESTLESS[:12], *[math.nan] * 12, *RESTLESS[12:]]) == pytest.approx(3.2, rel=1e-6)
    assert seasonal_dispersion([0.0] * 12 + RESTLESS) == pytest.approx(3.2, rel=1e-6)
    assert seasonal_dispersion([math.nan] * 30 + RESTLESS) == pytest.approx(3.2, rel=1e-6)


@pytest.mark.parametrize(
    "counts",
    [
        [],
        [math.nan] * 24,
        [2.0, 10.0] * 6,  # 12 months less 3 are 9: one too few
        [0.0, 0.0, 0.0, 3.0, 0.0, 0.0] * 4,  # 12 events
        [0.0] * 24,
    ],
)
def test_where_the_months_cannot_tell_it_is_one(counts: list[float]) -> None:
    assert seasonal_dispersion(counts) == 1.0


def test_what_is_no_series_is_refused() -> None:
    with pytest.raises(ValueError, match="position 1"):
        seasonal_dispersion([1.0, -1.0])
    with pytest.raises(ValueError, match="exposure"):
        seasonal_dispersion([1.0, 1.0], [1.0, 0.0])
    with pytest.raises(ValueError, match="2 periods"):
        seasonal_dispersion([1.0, 1.0], periods_per_year=2)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.one_of(st.just(math.nan), st.integers(0, 60).map(float)), max_size=70), st.sampled_from([4, 12]))
def test_it_is_a_number_of_at_least_one(counts: list[float], periods: int) -> None:
    assert 1.0 <= seasonal_dispersion(counts, periods_per_year=periods) < math.inf
