"""The month's alarms: every rule on a series whose answer is found by hand, the families by hand, and what must hold for any series."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.alarm import at_least_p, farrington_alarms, negative_binomial_limit, predictive_limit
from analysis.early_warning import Judged, Rule, judge_latest

NAN = math.nan
STEADY = [2.0] * 60  # five years of two cases a month


def judge(*series: list[float], totals: int = 0) -> Judged:
    return judge_latest(numpy.array(series), numpy.arange(len(series)) < totals, of_lines=0.005, of_parts=0.005)


# what is told of the series: months before, the latest count, rule, expected
RULES = [
    ("nothing before", [], 5.0, Rule.NOT_JUDGED, NAN),
    ("eleven months", [1.0] * 11, 5.0, Rule.NOT_JUDGED, NAN),
    ("a year: (12 + .5) / 12", [1.0] * 12, 1.0, Rule.RECENT, 12.5 / 12),
    ("four years, but not the month before the same one: last three years, (72 + .5) / 36", [2.0] * 48, 2.0, Rule.RECENT, 72.5 / 36),
    ("four years and a month: the same three months of four years, (24 + .5) / 12", [2.0] * 49, 2.0, Rule.SEASONAL, 24.5 / 12),
    ("ten a month are not more than ten: (120 + .5) / 12", [10.0] * 49, 10.0, Rule.SEASONAL, 120.5 / 12),
    ("eleven a month carry a regression", [11.0] * 49, 11.0, Rule.FARRINGTON, 11.0),
    ("six a month and steady", [6.0] * 49, 6.0, Rule.SEASONAL, 72.5 / 12),
    # within every month of the year the four counts are 2, 10, 2, 10: mean 6, squared deviations 64 / 6 on 3 degrees of freedom, 3.56
    ("six a month and restless", [2.0] + ([2.0] * 12 + [10.0] * 12) * 2, 6.0, Rule.FARRINGTON, None),
    ("eleven a month that stopped three months ago", [11.0] * 46 + [0.0] * 3, 0.0, Rule.SEASONAL, 132.5 / 12),
    ("a missing count is not judged", STEADY, NAN, Rule.NOT_JUDGED, NAN),
    ("reported for two years only: (48 + .5) / 24", [NAN] * 36 + [2.0] * 24, 2.0, Rule.RECENT, 48.5 / 24),
    ("one of four years not reported: (18 + .5) / 9", [2.0] * 24 + [NAN] * 12 + [2.0] * 24, 2.0, Rule.SEASONAL, 18.5 / 9),
    ("two of four years not reported: the last 36 months hold 24", [2.0] * 12 + [NAN] * 24 + [2.0] * 24, 2.0, Rule.RECENT, 48.5 / 24),
    ("hardly reported", [NAN] * 49 + [2.0] * 11, 2.0, Rule.NOT_JUDGED, NAN),
]


@pytest.mark.parametrize(("what", "before", "latest", "rule", "expected"), RULES, ids=[row[0] for row in RULES])
def test_the_rule_follows_from_what_is_known_of_the_past(what: str, before: list[float], latest: float, rule: Rule, expected: float | None) -> None:
    found = judge([*before, latest])
    assert found.rule[0] is rule
    if expected is not None:
        assert found.expected == pytest.approx([expected], rel=1e-6, nan_ok=True)
    assert found.tests == (rule is not Rule.NOT_JUDGED)
    assert numpy.isnan([found.upper[0], found.p[0]]).all() == (rule is Rule.NOT_JUDGED)
    assert found.is_alarm.tolist() == [False]


def test_nothing_to_judge() -> None:
    empty = judge_latest(numpy.zeros((0, 60)), [])
    assert (empty.tests, empty.chance_of_false_alarm, empty.is_alarm.size) == (0, 0.0, 0)
    assert judge([*STEADY, NAN]).chance_of_false_alarm == 0.0


def test_two_a_month_by_hand() -> None:
    # Two cases in each of the same twelve months: 24.5 / 12 expected, negative binomial of shape 24.5 and q = 1/13.
    # P(0) = (12/13)**24.5 = .14071, P(k) = P(k-1) (23.5 + k) / k / 13:
    # P(1) = .26519, P(2) = .26009, P(3) = .17673, P(4) = .09346, P(5) = .04098, P(6) = .01550, P(7) = .00519.
    # So P(7 or more) = 1 - .99265 = .00735 and P(8 or more) = .00216: within chance up to 6 at .01.
    found = judge([*STEADY, 7.0])
    assert found.upper.tolist() == [6]
    assert found.p == pytest.approx([0.00735], abs=2e-5)
    assert found.is_alarm.tolist() == [False]  # above its own limit, but a month may err at .005 only
    found = judge([*STEADY, 8.0])
    assert found.p == pytest.approx([0.00216], abs=2e-5)
    assert found.is_alarm.tolist() == [True]
    assert found.upper[0] == predictive_limit([24], 12)[0]


def test_two_events_never_alarm() -> None:
    # After four years of none P(2 or more) = 1 - .9608 (1 + 1/26) = .0022, and one test may stand at .005; P(3 or more) = .00014.
    quiet = [0.0] * 60
    assert judge([*quiet, 2.0]).p == pytest.approx([0.0022], abs=1e-4)
    assert judge([*quiet, 2.0]).is_alarm.tolist() == [False]
    assert judge([*quiet, 3.0]).is_alarm.tolist() == [True]


def test_a_restless_past_widens_the_limit() -> None:
    # Every month of the year has the four counts 0, 4, 0, 4: mean 2, squared deviations 16 where chance makes 3 * 2, 8/3. The mean
    # predicted stays 24.5 / 12, the variance becomes (8/3) (13/12) of it instead of 13/12: size 24.5 / 12 / (26/9 - 1) = 1.0809.
    restless = [4.0] + ([0.0] * 12 + [4.0] * 12) * 2
    found = judge([*restless, 8.0])
    assert found.rule[0] is Rule.SEASONAL
    assert found.expected == pytest.approx([24.5 / 12])
    # P(0) = (9/26)**1.0809 = .31769, P(k) = P(k-1) (.0809 + k) / k (17/26): .22452, .15274, .10256, .06842, .04546, .03012, .01992.
    assert found.p == pytest.approx([1 - 0.96143], abs=5e-5)
    assert found.upper[0] == negative_binomial_limit([24.5 / 12], 26 / 9)[0]
    assert found.is_alarm.tolist() == [False]


def test_a_part_is_as_restless_as_the_parts_together() -> None:
    # Beside nine parts of the kind above (12 * 16 where chance makes 12 * 6), one with a single event a year, always in another month:
    # four of its months of the year hold one event, 9/16 + 3/16 = 3/4 where chance makes 3 * 1/4, so 1 on its own.
    rare = [0.0] * 60
    for month in (12, 25, 38, 51):
        rare[month] = 1.0
    restless = [0.0] * 12 + ([0.0] * 12 + [4.0] * 12) * 2
    alone, together = judge([*rare, 4.0]), judge([*rare, 4.0], *[[*restless, 2.0]] * 9)
    known = numpy.array(rare)[[11, 12, 13, 23, 24, 25, 35, 36, 37, 47, 48, 49]].sum()
    expected = (known + 0.5) / 12
    assert alone.p == pytest.approx(at_least_p([4.0], expected, 13 / 12))
    common = (9 * 192 + 4 * 3 / 4) / (9 * 72 + 4 * 3 / 4)
    assert together.p[0] == pytest.approx(at_least_p([4.0], expected, common * 13 / 12)[0])
    # The county's line is judged by its own past alone.
    as_line = judge([*rare, 4.0], *[[*restless, 2.0]] * 9, totals=1)
    assert as_line.p[0] == alone.p[0]


def test_farrington_is_the_whole_history_s() -> None:
    chance = numpy.random.default_rng(11)
    series = chance.poisson(20, 72).astype(float)
    found, whole = judge(series.tolist()), farrington_alarms(series)
    assert found.rule[0] is Rule.FARRINGTON
    assert (found.expected[0], found.upper[0], found.p[0]) == (whole.expected[-1], whole.upper[-1], whole.p[-1])


def test_lines_and_parts_are_families_of_their_own() -> None:
    # Eight cases after two a month: p = .0022 (above). One line of the county may stand at .005, and does. Of three parts the smallest p
    # must be below .005 / 3 = .0017, the second below .0033: two of .0022 stand together with each other and one does not alone.
    quiet, loud = [*STEADY, 2.0], [*STEADY, 8.0]
    assert judge(loud, quiet, quiet, quiet, totals=1).is_alarm.tolist() == [True, False, False, False]
    assert judge(quiet, loud, quiet, quiet, totals=1).is_alarm.tolist() == [False] * 4
    assert judge(quiet, loud, loud, quiet, totals=1).is_alarm.tolist() == [False, True, True, False]
    # Four lines: .0022 > .005 / 4.
    assert judge(loud, quiet, quiet, quiet, totals=4).is_alarm.tolist() == [False] * 4
    # What is not judged is not tested and takes nothing from the others.
    assert judge(loud, [*STEADY, NAN], [*STEADY, NAN], totals=0).is_alarm.tolist() == [True, False, False]
    both = judge(loud, quiet, totals=1)
    assert (both.tests, both.chance_of_false_alarm) == (2, 0.01)
    assert both.sums is not None
    assert both.sums.tests == 2


# quarters before, rule, expected: the same quarter of four years, or the last three years from two on
QUARTERS = [
    ([3.0] * 7, Rule.NOT_JUDGED, NAN),
    ([3.0] * 8, Rule.RECENT, 24.5 / 8),
    ([9.0] * 3 + [3.0] * 12, Rule.RECENT, 36.5 / 12),
    ([3.0, 9.0, 9.0, 9.0] * 4, Rule.SEASONAL, 12.5 / 4),
    ([30.0] * 16, Rule.SEASONAL, 120.5 / 4),
]


@pytest.mark.parametrize(("before", "rule", "expected"), QUARTERS)
def test_quarters_are_compared_with_the_same_quarters(before: list[float], rule: Rule, expected: float) -> None:
    found = judge_latest([[*before, 3.0]], [True], periods_per_year=4)
    assert found.rule[0] is rule
    assert found.expected == pytest.approx([expected], nan_ok=True)


def test_arguments_are_checked() -> None:
    with pytest.raises(ValueError, match="must not be negative"):
        judge_latest([[-1.0, 2.0]], [True])
    with pytest.raises(ValueError, match="do not fit together"):
        judge_latest([[1.0, 2.0]], [True, False])
    with pytest.raises(ValueError, match="do not fit together"):
        judge_latest([1.0, 2.0], [True])
    with pytest.raises(ValueError, match="a year of 0 periods"):
        judge_latest([[1.0, 2.0]], [True], periods_per_year=0)
    with pytest.raises(ValueError, match="a level"):
        judge_latest([[1.0, 2.0]], [True], of_lines=0.0)


@st.composite
def counties(draw: st.DrawFn) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Three to six series of one length with gaps, small or large, often with a last month that stands out."""
    periods, size = draw(st.sampled_from([10, 20, 50, 62])), draw(st.integers(3, 6))
    chance = numpy.random.default_rng(draw(st.integers(0, 2**32)))
    mean = draw(st.lists(st.sampled_from([0.2, 2.0, 7.0, 15.0]), min_size=size, max_size=size))
    counts = chance.poisson(numpy.array(mean)[:, None], (size, periods)).astype(float)
    counts[:, -1] += chance.integers(0, 15, size)
    counts[chance.random(counts.shape) < draw(st.sampled_from([0.0, 0.1]))] = NAN
    return counts, chance.random(size) < 0.4


@settings(max_examples=60)
@given(counties(), st.integers(0, 5), st.integers(1, 30))
def test_more_events_never_remove_an_alarm(county: tuple[numpy.ndarray, numpy.ndarray], which: int, more: int) -> None:
    counts, is_total = county
    before = judge_latest(counts, is_total)
    counts[which % len(counts), -1] += more
    after = judge_latest(counts, is_total)
    assert (after.is_alarm >= before.is_alarm).all()
    assert after.rule.tolist() == before.rule.tolist()
    numpy.testing.assert_array_equal(after.upper, before.upper)


@settings(max_examples=60)
@given(counties(), st.randoms(use_true_random=False))
def test_the_order_of_the_series_changes_nothing(county: tuple[numpy.ndarray, numpy.ndarray], order: object) -> None:
    counts, is_total = county
    places = list(range(len(counts)))
    order.shuffle(places)  # type: ignore[attr-defined]
    straight, shuffled = judge_latest(counts, is_total), judge_latest(counts[places], is_total[places])
    for name in ("rule", "upper", "is_alarm"):
        assert getattr(straight, name)[places].tolist() == pytest.approx(getattr(shuffled, name).tolist(), nan_ok=True)
    assert straight.p[places] == pytest.approx(shuffled.p, nan_ok=True)


@settings(max_examples=60)
@given(counties())
def test_every_alarm_stands_in_its_family_above_its_limit(county: tuple[numpy.ndarray, numpy.ndarray]) -> None:
    counts, is_total = county
    found = judge_latest(counts, is_total)
    latest = counts[:, -1]
    judged = found.rule != Rule.NOT_JUDGED
    assert found.tests == judged.sum() == (~numpy.isnan(found.p)).sum()
    assert ((found.p[judged] <= 0.01 * (1 - 1e-9)) <= (latest[judged] > found.upper[judged])).all()
    assert (latest[found.is_alarm] > found.upper[found.is_alarm]).all()
    assert (latest[found.is_alarm] >= 3).all()
    for family in (is_total, ~is_total):
        if family.any():
            standing, p = found.is_alarm[family], found.p[family]
            others = p[~standing & (latest[family] >= 3)]
            assert not standing.any() or not (others < p[standing].max()).any()


def test_three_months_together_show_what_none_of_them_shows() -> None:
    # Five, six and six cases after two a month: P(6 or more) = 1 - .14071 - .26519 - .26009 - .17673 - .09346 - .04098 = .0228, within chance.
    # Together 17 after 6 a quarter: 24.5 / 4 = 6.125 expected, negative binomial of shape 24.5 and q = 1/5, whose variance is 7.656: 16.5 lies
    # 3.7 standard deviations up.
    found = judge([*STEADY, 5.0, 6.0, 6.0], totals=1)
    assert found.sums is not None
    assert found.is_alarm.tolist() == [False]
    assert found.sums.expected == pytest.approx([24.5 / 4])
    assert found.sums.p == pytest.approx([stats.nbinom.sf(16, 24.5, 0.8)])
    assert found.sums.is_alarm.tolist() == [True]
