"""The unrest of a series, on counts whose fitted means are known by symmetry."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.dispersion import COMMONLY_UNRULY, common_dispersion, seasonal_dispersion, spread_within, thrown

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
        [2.0, 10.0] * 4,  # 8 months less 3 are 5: one too few
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


def test_what_all_series_have_in_common() -> None:
    # Twelve months of mean 6: 12 * 4**2 = 192 over 11 * 6; twelve of five each: nothing over 11 * 5.
    assert common_dispersion([RESTLESS[:12]]) == pytest.approx(192 / 66)
    assert common_dispersion([RESTLESS[:12], [5.0] * 12]) == pytest.approx(192 / 121)
    # Two years of one series have levels of their own: 192 and 12 * 8**2 = 768, over 11 * 6 and 11 * 12.
    assert common_dispersion([[*RESTLESS[:12], *[4.0, 20.0] * 6]]) == pytest.approx(960 / 198)
    # A year without any event tells nothing, nor does a month that was not reported: 11 * (about 6) is left, 5 of 2 and 6 of 10, mean 70 / 11.
    assert common_dispersion([RESTLESS[:12], [0.0] * 12]) == pytest.approx(32 / 11)
    mean = 70 / 11
    left = (5 * (2 - mean) ** 2 + 6 * (10 - mean) ** 2) / mean
    assert common_dispersion([[math.nan, *RESTLESS[1:12]]]) == pytest.approx(left / 10)


def test_series_of_a_single_case_do_not_hide_that_the_others_come_in_batches() -> None:
    # A single case in twelve months: (11/12)**2 + 11 * (1/12)**2 = 11/12, which is 11 times its mean of 1/12. So each of fifty adds 11/12
    # to both sides; with the weight of a year each, they would draw 192 / 66 = 2.9 to (32 + 50 * 11) / (51 * 11) = 1.04.
    single = [[1.0, *[0.0] * 11]] * 50
    assert common_dispersion([RESTLESS[:12], *single]) == pytest.approx((192 + 50 * 11 / 12) / (66 + 50 * 11 / 12))


def test_one_series_has_the_groups_of_its_own_added() -> None:
    # 3 and 1 around 2: 2 over 2; 8 and 2 around 5: 18 over 5; none and an unknown one: nothing over nothing.
    squares, by_chance = spread_within(numpy.array([[[3.0, 1.0], [8.0, 2.0], [0.0, math.nan]], [[math.nan, math.nan]] * 3]))
    assert squares.tolist() == [20, 0]
    assert by_chance.tolist() == [7, 0]


def test_where_the_series_cannot_tell_it_is_one() -> None:
    assert common_dispersion([[3.0] * 24]) == 1.0  # calmer than chance
    assert common_dispersion([[9.0, 0.0] * 3]) == 1.0  # five degrees of freedom
    assert common_dispersion([[1.0] + [0.0] * 11] * 19) == 1.0  # nineteen events
    with pytest.raises(ValueError, match="a row a series"):
        common_dispersion([1.0, 2.0])
    with pytest.raises(ValueError, match="position 1"):
        common_dispersion([[1.0, -1.0]])


def test_events_are_thrown_in_batches_of_the_size_asked_for() -> None:
    shares = numpy.array([0.5, 0.3, 0.2])
    for dispersion in (1.0, 3.0):
        maps = thrown(numpy.random.default_rng(1), 100, shares, 40_000, dispersion)
        assert (maps.sum(axis=1) == 100).all()
        assert maps.mean(axis=0) == pytest.approx(100 * shares, abs=0.2)
        # Given the total, a place's variance is the dispersion times 100 s (1 - s); of 40,000 maps known to about .7 %.
        assert maps.var(axis=0) == pytest.approx(dispersion * 100 * shares * (1 - shares), rel=0.04)


def test_a_slight_unrest_is_thrown_as_none() -> None:
    shares = numpy.array([[0.5, 0.5], [0.9, 0.1]])
    one_by_one, slightly = (thrown(numpy.random.default_rng(1), 20, shares, (7, 2), unrest) for unrest in (1.0, COMMONLY_UNRULY))
    assert (one_by_one == slightly).all()
    assert one_by_one.shape == thrown(numpy.random.default_rng(1), 20, shares, (7, 2), 2.0).shape == (7, 2, 2)
    assert (thrown(numpy.random.default_rng(1), 0, shares[0], 3, 2.0) == 0).all()
    with pytest.raises(ValueError, match="at 1 or above"):
        thrown(numpy.random.default_rng(1), 5, shares[0], 3, 0.5)
