"""The two-period test against R's poisson.test (doubled tails), and the table leaders are given of what stands out from chance."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import Verdict, false_discovery_cut, share_verdict, smallest_clear_rise, two_period_p, verdicts

# current, previous, their exposures, p (central): R 4.2.2, golden file two_period_poisson_test.csv
CASES = [
    (3, 1, 1, 1, 0.625),
    (12, 8, 1, 1, 0.50344467163086),
    (20, 10, 1, 1, 0.0987371467053889),
    (30, 15, 1, 1, 0.0356978035551947),
    (0, 6, 1, 1, 0.03125),
    (6, 0, 1, 1, 0.03125),
    (12, 8, 52000, 50000, 0.56160257684727),
    (9, 40, 1, 5, 0.865083560006223),
]


@pytest.mark.parametrize(("current", "previous", "now", "before", "p"), CASES)
def test_equals_r(current: int, previous: int, now: float, before: float, p: float) -> None:
    assert two_period_p(current, previous, now, before)[0] == pytest.approx(p, rel=1e-9)


def test_the_table_of_what_stands_out() -> None:
    # reference/statistics.md section 3: 0->6, 1->8, 2->10, 3->12, 5->15, 8->20, 10->23, 15->29, 20->36, 30->49, 50->73, 80->108, 100->131.
    table = {0: 6, 1: 8, 2: 10, 3: 12, 5: 15, 8: 20, 10: 23, 15: 29, 20: 36, 30: 49, 50: 73, 80: 108, 100: 131, 200: 243, 300: 351}
    assert {previous: smallest_clear_rise(previous) for previous in table} == table


@pytest.mark.parametrize(
    ("current", "previous", "verdict"),
    [
        (3, 2, Verdict.TOO_FEW),  # five events in both periods together
        (0, 0, Verdict.TOO_FEW),
        (10, 6, Verdict.WITHIN_CHANCE),  # two thirds more, and nothing
        (30, 15, Verdict.CLEAR_RISE),
        (15, 30, Verdict.CLEAR_FALL),
        (math.nan, 30, Verdict.NOT_JUDGED),
    ],
)
def test_verdicts(current: float, previous: float, verdict: Verdict) -> None:
    assert verdicts(current, previous)[0] is verdict


def test_false_discoveries_by_hand() -> None:
    # Benjamini-Hochberg, m = 4, q = 0.05: limits 0.0125, 0.025, 0.0375, 0.05. 0.03 <= 0.0375 keeps the first three; nan is no test.
    assert false_discovery_cut([0.2, 0.01, 0.03, math.nan, 0.02]).tolist() == [False, True, True, False, True]
    assert false_discovery_cut([]).tolist() == []
    assert not false_discovery_cut([0.04] * 1 + [0.9] * 9).any()  # 0.04 alone would pass, among ten it does not


def test_exposure_must_be_positive() -> None:
    with pytest.raises(ValueError, match="position 0"):
        two_period_p([1], [1], [0.0], [1.0])


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_two_periods_may_be_exchanged(current: int, previous: int) -> None:
    assert two_period_p(current, previous)[0] == pytest.approx(two_period_p(previous, current)[0], rel=1e-9)
    mirror = {Verdict.CLEAR_RISE: Verdict.CLEAR_FALL, Verdict.CLEAR_FALL: Verdict.CLEAR_RISE}
    there, back = verdicts(current, previous)[0], verdicts(previous, current)[0]
    assert mirror.get(there, there) is back


def test_the_level_is_held() -> None:
    # Two equal Poisson periods of mean 8: a true level of at most 5 % false findings, over all pairs weighted by their probability.
    counts = numpy.arange(0, 60)
    weights = numpy.exp(-8.0 + counts * math.log(8.0) - numpy.array([math.lgamma(k + 1) for k in counts]))
    current, previous = numpy.meshgrid(counts, counts)
    found = verdicts(current.ravel(), previous.ravel())
    clear = numpy.array([one in {Verdict.CLEAR_RISE, Verdict.CLEAR_FALL} for one in found])
    assert float((numpy.outer(weights, weights).ravel() * clear).sum()) < 0.05


def test_many_tests_need_a_larger_rise() -> None:
    # After 0 cases the later count n has p = 2 * 0.5**n: 6 passes 0.05 (0.03125), 10 is the first below 0.05 / 25 = 0.002 (0.00195).
    assert smallest_clear_rise(0) == 6
    assert smallest_clear_rise(0, level=0.05 / 25) == 10
    # Twice the length: p = 2 * (2/3)**n; n = 10 gives 0.0347, n = 9 gives 0.052.
    assert smallest_clear_rise(0, 2.0, 1.0) == 10


def test_shares_differ_only_where_their_intervals_do_not_meet() -> None:
    # Wilson by R (golden file): 0/10 up to 0.278, 5/20 from 0.112, 20/20 from 0.839.
    assert share_verdict((5, 20), (0, 10)) is Verdict.WITHIN_CHANCE
    assert share_verdict((20, 20), (0, 10)) is Verdict.CLEAR_RISE
    assert share_verdict((0, 10), (20, 20)) is Verdict.CLEAR_FALL
    assert share_verdict((math.nan, math.nan), (20, 20)) is Verdict.NOT_JUDGED
