"""The two-period test against R's poisson.test (doubled tails), and the table leaders are given of what stands out from chance."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.comparison import (
    CALM,
    Unrest,
    Verdict,
    false_discovery_cut,
    smallest_clear_rise,
    two_period_p,
    unrest_of_blocks,
    verdicts,
)

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


def test_an_unruly_series_is_judged_by_its_own_unrest() -> None:
    # ln 2 / sqrt(2 * (1 / 30 + 1 / 15)) = 0.6931 / 0.4472 = 1.55; of the normal distribution 0.1211 lies beyond. Exact: 0.0357.
    assert two_period_p(30, 15, dispersion=2.0)[0] == pytest.approx(0.1211, abs=2e-4)
    assert verdicts(30, 15, dispersion=2.0)[0] is Verdict.WITHIN_CHANCE
    # Up to 1.5 nothing changes, and never is the exact p made smaller: 2 after 1 has 1, and ln 2 / sqrt(1.6 * 1.5) = 0.447 has 0.65.
    assert two_period_p(30, 15, dispersion=1.5)[0] == two_period_p(30, 15)[0]
    assert two_period_p(2, 1, dispersion=1.6)[0] == 1.0
    # Twice the length and twice the events are one rate.
    assert two_period_p(60, 30, 2.0, 1.0, 4.0)[0] == pytest.approx(1.0)


def test_an_unruly_zero_by_hand() -> None:
    # In clumps of 2 ten events are 5 clumps, all of one half: 2 * 0.5**5. In clumps of 3 nine are 3, all of the longer two thirds.
    assert two_period_p([10, 0], [0, 10], dispersion=2.0) == pytest.approx([0.0625, 0.0625])
    assert two_period_p(9, 0, 2.0, 1.0, 3.0)[0] == pytest.approx(2 * (2 / 3) ** 3)
    assert two_period_p(0, 0, dispersion=3.0)[0] == 1.0
    assert math.isnan(two_period_p(math.nan, 0, dispersion=3.0)[0])
    # 2 * 0.5**(n / 2) is 0.0625 for 10 and 0.0442 for 11.
    assert smallest_clear_rise(0, unrest=Unrest(2.0)) == 11
    # After 1 even 439 has ln 439 / sqrt(10 * (1 + 1 / 439)) = 6.084 / 3.166 = 1.92 only, below 1.96.
    assert smallest_clear_rise(1, unrest=Unrest(10.0)) is None


@pytest.mark.parametrize("dispersion", [0.9, math.nan])
def test_a_dispersion_is_one_or_more(dispersion: float) -> None:
    with pytest.raises(ValueError, match="dispersion must be 1 or more: position 0"):
        two_period_p(3, 4, dispersion=dispersion)


def test_the_level_is_held_where_the_variance_exceeds_the_mean() -> None:
    """Two equal periods of 30 events on average whose variance is 75: a negative binomial with 20 and 0.4."""
    counts = numpy.arange(0, 140)
    logs = [math.lgamma(k + 20) - math.lgamma(20) - math.lgamma(k + 1) + 20 * math.log(0.4) + k * math.log(0.6) for k in counts]
    weights = numpy.exp(logs)
    assert weights.sum() == pytest.approx(1, abs=1e-9)
    current, previous = (grid.ravel() for grid in numpy.meshgrid(counts, counts))
    both = numpy.outer(weights, weights).ravel()

    def false_findings(dispersion: float) -> float:
        found = verdicts(current, previous, dispersion=dispersion)
        return float(both[[one in {Verdict.CLEAR_RISE, Verdict.CLEAR_FALL} for one in found]].sum())

    assert false_findings(1.0) > 0.15
    assert false_findings(2.5) < 0.06


def test_unrest_is_that_of_blocks_of_three_months() -> None:
    # Three months of 3 and three of 9 by turns, four years: blocks of 9 and 27, mean 18, squared deviations 81 each; 16 blocks make
    # 16 * 81 / 18 = 72 over 16 - 4 years - 2 of the wave = 10. The turns are twice as fast as the wave and do not fit it.
    found = unrest_of_blocks(([3.0] * 3 + [9.0] * 3) * 8)
    assert found == pytest.approx((7.2, 10))
    # Months of 3 and 9 by turns hold 15 and 21 in three: 16 * 9 / 18 = 8 over 10, calm.
    assert unrest_of_blocks([3.0, 9.0] * 24) == pytest.approx((1.0, 10))
    # Six months left over at the front do not fill a year of blocks, and a year and a half leaves no freedom.
    assert unrest_of_blocks(([3.0] * 3 + [9.0] * 3) * 3) == CALM


def test_few_blocks_ask_for_more() -> None:
    # ln(45 / 20) / sqrt(3 (1 / 45 + 1 / 20)) = .8109 / .4655 = 1.742: with infinite freedom p = .0815, with 4 degrees .1565 (Student's table).
    assert two_period_p(45, 20, dispersion=3.0)[0] == pytest.approx(0.0815, abs=2e-4)
    assert two_period_p(45, 20, dispersion=3.0, freedom=4)[0] == pytest.approx(0.1565, abs=3e-4)
