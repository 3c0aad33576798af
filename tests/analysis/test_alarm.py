"""The alarms against R's surveillance package on published series, its own threshold tests, and limits found by hand."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.alarm import farrington_alarms, negative_binomial_limit, predictive_limit, seasonal_alarms

WEEKS = {"half_window": 3, "periods_per_year": 52}
WEEKLY = {**WEEKS, "seasons": 10, "left_out": 26}
# Public series of R surveillance 1.20.3: file, events in all, windows, limits R gives, its alarms by number of the period (from 1).
SEASONAL = [
    ("rotaBB_10_14_monthly", 547, {}, 95, [70, 71, 78, 136]),
    ("meningo_age5_20_monthly", 1706, {}, 107, [92]),
    ("agona_weekly", 897, WEEKS, 101, [262, 263, 264]),
]
FARRINGTON = [
    ("rotaBB_10_14_monthly", "ff_np4_noufaily", {}, 92, [136]),
    ("meningo_age5_20_monthly", "ff_np4_noufaily", {}, 107, [82, 92, 133]),
    ("meningo_total_monthly", "ff_np4_noufaily", {}, 107, [82, 133, 144, 145]),
    ("agona_weekly", "ff_np10_noufaily", WEEKLY, 84, [257, 262, 263, 264]),
]


@pytest.mark.parametrize(("name", "events", "windows", "limits", "alarms"), SEASONAL)
def test_seasonal_alarms_equal_surveillance(
    shared_folder: Path, name: str, events: int, windows: dict[str, int], limits: int, alarms: list[int]
) -> None:
    rows = read(shared_folder, name)
    counts, expected = column(rows, "observed"), column(rows, "bayes_noactY_ub")
    assert counts.sum() == events
    assert (~numpy.isnan(expected)).sum() == limits
    found = seasonal_alarms(counts, **windows)
    numpy.testing.assert_array_equal(found.upper, expected)
    assert (numpy.flatnonzero(found.is_alarm) + 1).tolist() == alarms


@pytest.mark.parametrize(("name", "method", "windows", "limits", "alarms"), FARRINGTON)
def test_farrington_alarms_equal_surveillance(
    shared_folder: Path, name: str, method: str, windows: dict[str, int], limits: int, alarms: list[int]
) -> None:
    rows = read(shared_folder, name)
    expected = column(rows, f"{method}_ub")
    assert (~numpy.isnan(expected)).sum() == limits
    found = farrington_alarms(column(rows, "observed"), **windows)
    numpy.testing.assert_array_equal(found.upper, expected)
    assert (numpy.flatnonzero(found.is_alarm) + 1).tolist() == alarms
    given_limit = ~numpy.isnan(expected)
    assert found.expected[given_limit] == pytest.approx(column(rows, f"{method}_expected")[given_limit], rel=2e-6)
    assert found.p[given_limit] == pytest.approx(column(rows, f"{method}_pvalue")[given_limit], abs=1e-5)


def test_thresholds_equal_surveillance() -> None:
    # The package's own test of its nbPlugin threshold: mean 5, dispersion 1.5 -> 10; dispersion 1 -> 9 (alpha .05).
    assert negative_binomial_limit([5, 5], [1.5, 1.0], alpha=0.05).tolist() == [10, 9]
    assert negative_binomial_limit([0.0], [2.0]).tolist() == [0]


@pytest.mark.parametrize(
    ("mean", "limit", "strict"),
    # reference/statistics.md section 2.2: what a count must exceed after 36 months of this mean, alpha .01 (.001)
    [(0.25, 2, 3), (0.5, 3, 4), (1, 4, 5), (2, 6, 8), (3, 8, 10), (5, 11, 13), (8, 15, 18), (10, 18, 21)],
)
def test_predictive_limits_equal_the_table(mean: float, limit: int, strict: int) -> None:
    assert predictive_limit([mean * 36], 36).tolist() == [limit]
    assert predictive_limit([mean * 36], 36, alpha=0.001).tolist() == [strict]


def test_predictive_limit_by_hand() -> None:
    # No event in 12 periods: P(0) = sqrt(12/13) = .9608, P(1) = .9608 / 2 / 13 = .0370, together .9977: the limit is 1 at .01, 0 at .05.
    assert predictive_limit([0], 12).tolist() == [1]
    assert predictive_limit([0], 12, alpha=0.05).tolist() == [0]
    assert numpy.isnan(predictive_limit([0], 0)).all()


def test_seasonal_alarms_by_hand() -> None:
    # Five years of no event and then a case: the limit is 1, two cases exceed it, and nobody is alarmed before the third.
    quiet = numpy.zeros(61)
    for count, alarm in ((1, False), (2, False), (3, True)):
        quiet[60] = count
        found = seasonal_alarms(quiet)
        assert (found.upper[60], bool(found.is_alarm[60])) == (1, alarm)
    assert found.expected[60] == pytest.approx(0.5 / 12)
    # P(3 or more) = 1 - .9608 (1 + 1/26 + 3/8/169) = .00014
    assert found.p[60] == pytest.approx(0.00014, abs=1e-5)
    assert numpy.isnan(found.upper[:49]).all()
    assert not numpy.isnan(found.upper[49:]).any()


def test_only_the_same_months_count() -> None:
    # Ten events every July and none else: the windows of July (June to August of four years) hold 40, those of February none.
    series = numpy.zeros(72)
    series[6::12] = 10
    found = seasonal_alarms(series)
    assert found.upper[66] == predictive_limit([40], 12)[0]
    assert found.upper[61] == predictive_limit([0], 12)[0]


def test_missing_months_are_no_zeros() -> None:
    series = numpy.full(73, 4.0)
    series[24:36] = math.nan  # a year that nobody reported
    series[72] = math.nan  # this month, not yet complete
    found = seasonal_alarms(series)
    assert found.upper[71] == predictive_limit([4 * 9], 9)[0]  # three years of three months
    assert found.expected[72] == pytest.approx(36.5 / 9)
    assert numpy.isnan(found.p[72])
    assert not found.is_alarm[72]
    several = seasonal_alarms(numpy.vstack([series, series[::-1]]))
    numpy.testing.assert_array_equal(several.upper[0], found.upper)


def test_farrington_by_hand() -> None:
    # Six events every month: mean 6, no more than chance. Poisson(6): P(<= 11) = .9799, P(<= 12) = .9912, so the limit is 12.
    series = numpy.full(60, 6.0)
    found = farrington_alarms(series)
    assert numpy.isnan(found.upper[:49]).all()
    assert found.expected[49:] == pytest.approx(numpy.full(11, 6.0), rel=1e-6)
    assert (found.upper[49:] == 12).all()
    series[59] = 13
    assert farrington_alarms(series).is_alarm.tolist() == [False] * 59 + [True]
    series[20] = math.nan
    assert farrington_alarms(series).is_alarm[59]
    series[59] = math.nan
    assert numpy.isnan(farrington_alarms(series).upper[59])


def test_farrington_follows_a_fall_and_not_a_rise() -> None:
    month = numpy.arange(60)
    # A smooth fall of 1 % a month is fitted exactly and carried on.
    falling = 200 * numpy.exp(-0.01 * month)
    assert farrington_alarms(falling).expected[59] == pytest.approx(falling[59], rel=1e-6)
    # A smooth rise would be carried on above all that was seen: the trend is dropped, and the expected count is that of the same months.
    rising = 200 * numpy.exp(0.002 * month)
    same_months = numpy.concatenate([rising[59 - lag - 1 : 59 - lag + 2] for lag in (12, 24, 36, 48)])
    assert farrington_alarms(rising).expected[59] == pytest.approx(same_months.mean(), rel=1e-6)


def test_farrington_forgives_an_earlier_outbreak() -> None:
    # 60 cases in one of the twelve same months that have 6 else: unweighted the mean would be 10.5.
    series = numpy.full(60, 6.0)
    series[47] = 60
    found = farrington_alarms(series)
    assert 6.0 <= found.expected[59] < 8.5
    assert series[47] > farrington_alarms(numpy.concatenate([numpy.full(12, 6.0), series])).upper[59]


def test_farrington_says_nothing_of_few_events() -> None:
    series = numpy.tile([1.0, 1.0, 1.0, 1.0, 1.0, 2.0], 12)  # four or five events in four months
    found = farrington_alarms(series)
    recent = numpy.array([series[max(0, now - 3) : now + 1].sum() for now in range(72)])
    assert (numpy.isnan(found.upper[49:]) == (recent[49:] < 5)).all()
    # A period whose own windows were never reported has nothing to be compared with.
    series = numpy.full(60, 6.0)
    for year in range(4):
        series[10 + 12 * year : 13 + 12 * year] = math.nan
    assert numpy.isnan(farrington_alarms(series).upper[59])


def test_the_seasonal_alarm_keeps_its_level() -> None:
    # reference/statistics.md section 2.1: nominal 1 %, actual .3 to .9 % a month on series that never change, mean .5 to 30.
    chance = numpy.random.default_rng(4)
    for mean in (0.5, 2.0, 8.0, 30.0):
        found = seasonal_alarms(chance.poisson(mean, (3_000, 60)))
        assert (chance.poisson(mean, (3_000, 60))[:, 49:] > found.upper[:, 49:]).mean() <= 0.011


def test_farrington_keeps_its_level() -> None:
    # The same section: .9 to 1.4 %. 40 series of 30 months judged; 2.2 % would be four standard deviations above 1 %.
    chance = numpy.random.default_rng(9)
    found = [farrington_alarms(counts) for counts in chance.poisson(8.0, (40, 79))]
    assert numpy.mean([one.is_alarm[49:].mean() for one in found]) <= 0.022


def test_refusals() -> None:
    series = numpy.full(60, 6.0)
    with pytest.raises(ValueError, match="position 3") as refused:
        seasonal_alarms([1, 2, 3, -17])
    assert "17" not in str(refused.value)
    for alarms in (seasonal_alarms, farrington_alarms):
        with pytest.raises(ValueError, match="alpha"):
            alarms(series, alpha=0)
        with pytest.raises(ValueError, match="make no reference"):
            alarms(series, half_window=6)
        with pytest.raises(ValueError, match="make no reference"):
            alarms(series, years=0)
    with pytest.raises(ValueError, match="do not fit a year"):
        farrington_alarms(series, seasons=11)
    with pytest.raises(ValueError, match="do not fit a year"):
        farrington_alarms(series, left_out=0)


@given(st.integers(0, 400), st.integers(1, 40), st.sampled_from([0.05, 0.01, 0.001]))
def test_more_events_before_or_more_caution_raise_the_limit(total: int, periods: int, alpha: float) -> None:
    limit = predictive_limit([total], periods, alpha)[0]
    assert limit <= predictive_limit([total + 1], periods, alpha)[0]
    assert limit <= predictive_limit([total], periods, alpha / 10)[0]
    assert limit >= math.floor(total / periods)


@settings(deadline=None, max_examples=30)
@given(st.lists(st.one_of(st.integers(0, 30).map(float), st.just(math.nan)), min_size=52, max_size=64))
def test_every_alarm_is_above_its_limit_and_improbable(counts: list[float]) -> None:
    for found in (seasonal_alarms(counts), farrington_alarms(counts)):
        series = numpy.array(counts)
        assert (series[found.is_alarm] > found.upper[found.is_alarm]).all()
        judged = ~numpy.isnan(found.p)
        assert ((found.p[judged] <= 0.01 + 1e-9) == (series[judged] > found.upper[judged])).all()


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "golden" / "stats" / "surveillance_R" / f"{name}_golden.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def column(rows: list[dict[str, str]], name: str) -> numpy.ndarray:
    return numpy.array([math.nan if row[name] == "NA" else float(row[name]) for row in rows])
