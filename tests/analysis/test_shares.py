"""Two shares: p values worked out by hand, and how often the labels err, enumerated."""

from __future__ import annotations

import math

import numpy
import pytest

from analysis.comparison import Verdict
from analysis.shares import LARGEST_ENUMERATED, share_p, share_verdict

# Each by hand. Of one each, the outcomes (1, 0) and (0, 1) are alike and more extreme than the others: 2 q (1 - q), at most 1 / 2 at q = 1 / 2.
# Of two each, only (2, 0) and (0, 2) have the mid-p 2 (1 / 6) / 2 = 1 / 6: 2 q^2 (1 - q)^2, at most 1 / 8. Of three: 2 / 2^6. Of two and one,
# (2, 0) and (0, 1) have 2 (1 / 3) / 2 = 1 / 3, all others with one or two in all have 2 (2 / 3) / 2 = 2 / 3: q^2 (1 - q) + (1 - q)^2 q = q (1 - q),
# at most 1 / 4. Where both shares are the same, nothing is less extreme: 1.
BY_HAND = [
    ((1, 1), (0, 1), 1 / 2),
    ((2, 2), (0, 2), 1 / 8),
    ((0, 2), (2, 2), 1 / 8),
    ((3, 3), (0, 3), 1 / 32),
    ((2, 2), (0, 1), 1 / 4),
    ((10, 10), (0, 10), 2 / 2**20),
    ((0, 12), (0, 30), 1.0),
    ((5, 10), (5, 10), 1.0),
]


@pytest.mark.parametrize(("current", "previous", "p"), BY_HAND)
def test_p_values_worked_out_by_hand(current: tuple[int, int], previous: tuple[int, int], p: float) -> None:
    assert share_p(current, previous) == pytest.approx(p, abs=1e-12)


def test_beyond_what_is_enumerated_it_is_fishers_own_test() -> None:
    # One of all: it fell to either side with half a chance each, so both tails are 1 / 2 or more.
    half = LARGEST_ENUMERATED
    assert share_p((1, half), (0, half)) == 1.0
    # Two of all on one side: twice 1 / 4 * (half - 1) / (half - 1 / 2), by the two draws without putting back.
    assert share_p((2, half), (0, half)) == pytest.approx(2 * (half / (2 * half)) * ((half - 1) / (2 * half - 1)))


@pytest.mark.parametrize(("whole", "before"), [(10, 10), (17, 17), (10, 29), (24, 59), (22, 22), (40, 25)])
def test_of_two_same_shares_at_most_one_in_twenty_is_called_clear(whole: int, before: int) -> None:
    """The pairs where Fisher's mid-p errs most often (17 and 17: 5.8 %) and where this test does (24 and 59: 4.99992 %) are among them."""
    clear = {Verdict.CLEAR_RISE, Verdict.CLEAR_FALL}
    is_clear = numpy.array([[share_verdict((a, whole), (b, before)) in clear for b in range(before + 1)] for a in range(whole + 1)])
    for common in numpy.arange(0.013, 1, 0.026):
        chances = [[math.comb(size, k) * common**k * (1 - common) ** (size - k) for k in range(size + 1)] for size in (whole, before)]
        assert numpy.outer(*chances)[is_clear].sum() <= 0.05


def test_a_share_that_doubles_is_found_three_times_as_often_as_by_two_intervals() -> None:
    # Two ranges that must not meet found .35 against .70 of eleven each in 11 of 100 years, and Fisher's mid-p, which errs too often, in 39.
    chances = [[math.comb(11, k) * share**k * (1 - share) ** (11 - k) for k in range(12)] for share in (0.7, 0.35)]
    is_clear = numpy.array([[share_verdict((a, 11), (b, 11)) is Verdict.CLEAR_RISE for b in range(12)] for a in range(12)])
    assert 0.33 < numpy.outer(*chances)[is_clear].sum() < 0.39


@pytest.mark.parametrize(
    ("current", "previous", "verdict"),
    [
        ((20, 20), (0, 10), Verdict.CLEAR_RISE),
        ((0, 10), (20, 20), Verdict.CLEAR_FALL),
        ((12, 40), (10, 40), Verdict.WITHIN_CHANCE),
        ((9, 9), (0, 40), Verdict.TOO_FEW),
        # Of two in all both fall to the later twenty in 19 / 78 of all draws: no split of two is rare.
        ((2, 20), (0, 20), Verdict.TOO_FEW),
        ((1, 20), (1, 20), Verdict.TOO_FEW),
        ((math.nan, math.nan), (20, 20), Verdict.NOT_JUDGED),
    ],
)
def test_labels(current: tuple[float, float], previous: tuple[float, float], verdict: Verdict) -> None:
    assert share_verdict(current, previous) is verdict


def test_several_people_of_one_event_count_as_one() -> None:
    # 37 of 60 after 21 of 60, .27 apart with a standard error of .091; of 20 each, .158, it is within chance, and of 6 each too few.
    said = [share_verdict((37, 60), (21, 60), people) for people in (1, 3, 10)]
    assert said == [Verdict.CLEAR_RISE, Verdict.WITHIN_CHANCE, Verdict.TOO_FEW]


@pytest.mark.parametrize("share", [(2, 1), (-1, 3), (1.5, 3)])
def test_what_is_no_share_is_refused(share: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="a share is"):
        share_p(share, (1, 3))


def test_an_event_brings_at_least_one() -> None:
    with pytest.raises(ValueError, match="at least one"):
        share_verdict((10, 20), (5, 20), 0.5)
