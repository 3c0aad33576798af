"""Area tests and funnels against OHID's and R's published numbers, and against the exact test they are made of."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.areas import (
    ACTION,
    WARNING,
    Carrier,
    Level,
    binomial_funnel,
    carriers,
    chance_of_possible,
    high_p,
    levels,
    poisson_funnel,
    power_of_doubling,
    powers_of_doubling,
    prediction_limits,
)
from analysis.comparison import false_discovery_cut, two_period_p

# OHID's limits come from a spreadsheet's search: of 1 event it has .025317898 where the closed form -log(.975) is .025317808. So each is
# held to one in a million and 1e-7.
NEAR = ((1 - 1e-6, -1e-7), (1 + 1e-6, 1e-7))


# golden phe/testdata_funnel_ratio_outputs.csv: observed events, and the expected numbers at which they lie on the limits:
# low 95 %, high 95 %, low 99.8 %, high 99.8 %.
ON_THE_LIMIT = [
    (1, 5.571644585, 0.025317898, 9.233410143, 0.001000547),
    (5, 11.6683331, 1.623486324, 16.45474478, 0.739371928),
    (10, 18.39035799, 4.795387629, 24.13397235, 2.960519925),
    (53, 69.32529115, 39.70064084, 79.58122829, 33.31437379),
    (100, 121.6268111, 81.36400699, 134.9243187, 71.92139974),
]


@pytest.mark.parametrize(("observed", "low", "high", "very_low", "very_high"), ON_THE_LIMIT)
def test_the_funnel_equals_ohid(observed: int, low: float, high: float, very_low: float, very_high: float) -> None:
    for limit, alpha, side in ((low, WARNING, 0), (high, WARNING, 1), (very_low, ACTION, 0), (very_high, ACTION, 1)):
        smaller, larger = (poisson_funnel([limit * factor + shift], alpha)[0, side] for factor, shift in NEAR)
        if side == 0:  # expecting more than this, the observed number is low
            assert smaller <= observed < larger
        else:  # expecting less than this, it is high
            assert smaller < observed <= larger


def test_every_limit_of_ohid(shared_folder: Path) -> None:
    rows = read(shared_folder, "testdata_funnel_ratio_outputs.csv")
    observed = column(rows, "Observed_events\n")
    assert observed.size == 100
    for name, alpha, side in (("lower_2s", WARNING, 0), ("upper_2s", WARNING, 1), ("lower_3s", ACTION, 0), ("upper_3s", ACTION, 1)):
        limit = column(rows, f"{name}_exp_events")
        smaller, larger = (poisson_funnel(limit * factor + shift, alpha)[:, side] for factor, shift in NEAR)
        inside, outside = (smaller, larger) if side == 0 else (-larger, -smaller)
        mark = observed if side == 0 else -observed
        assert (inside <= mark).all()
        assert (mark < outside).all()


def test_every_signal_of_ohid(shared_folder: Path) -> None:
    ratios = read(shared_folder, "testdata_funnel_ratio_inputs.csv")
    assert len(ratios) == 300
    expected = column(ratios, "expected")
    found = signals(column(ratios, "obs"), poisson_funnel(expected, WARNING), poisson_funnel(expected, ACTION))
    assert found == [row["significance"] for row in ratios]
    shares = read(shared_folder, "testdata_funnel_prop_inputs.csv")
    assert len(shares) == 303
    parts, wholes = column(shares, "numerator"), column(shares, "denominator")
    county = parts.sum() / wholes.sum()
    assert county == pytest.approx(0.80642448, abs=1e-8)  # the baseline of testdata_funnel_prop_outputs.csv
    found = signals(parts, binomial_funnel(wholes, county, WARNING), binomial_funnel(wholes, county, ACTION))
    assert found == [row["significance"] for row in shares]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # golden rates_R/proportion_ci.csv, Clopper-Pearson (R binom.test): the shares at which the part lies on the 95 % limits
    [
        (0, 10, 0.0, 0.308497107818761),
        (5, 20, 0.0865714691014346, 0.491045871707958),
        (20, 45, 0.296443923865858, 0.600026503596321),
        (8, 120, 0.0292191843137964, 0.127136748239213),
        (20, 20, 0.831566529016915, 1.0),
    ],
)
def test_the_binomial_funnel_equals_r(part: int, whole: int, low: float, high: float) -> None:
    if high < 1:
        assert binomial_funnel([whole], high - 1e-9, WARNING)[0, 0] <= part < binomial_funnel([whole], high + 1e-9, WARNING)[0, 0]
    if low > 0:
        assert binomial_funnel([whole], low - 1e-9, WARNING)[0, 1] < part <= binomial_funnel([whole], low + 1e-9, WARNING)[0, 1]
    assert binomial_funnel([whole], part / whole, WARNING)[0, 0] <= part <= binomial_funnel([whole], part / whole, WARNING)[0, 1]


def test_the_mid_p_is_half_way_between_the_exact_ones() -> None:
    # golden two_period_poisson_test.csv, p_central (R poisson.test, doubled tails), an area against one rest: 30 of 45, and 12 of 20. The
    # mid-p takes half of the very count off the tail: C(45, 30) / 2**45 = 344,867,425,584 / 2**45.
    found = high_p([30, 15], [1000, 1000])
    assert found[0] == pytest.approx(0.0356978035551947 / 2 - 344_867_425_584 / 2**46, rel=1e-9)
    assert found.sum() == pytest.approx(1)  # the other has as few
    assert high_p([12, 8], [52000, 50000])[0] == pytest.approx(0.56160257684727 / 2 - stats.binom.pmf(12, 20, 52 / 102) / 2, rel=1e-9)
    # Four of four among four equal areas: (1/4)**4, and half of it.
    assert high_p([4, 0, 0, 0], [5, 5, 5, 5])[0] == pytest.approx(1 / 512)


def test_of_events_in_batches_the_compound_binomial_is_asked() -> None:
    # Two equal areas and two events of a variance of 1.5: spread (2 - 1.5) / .5 = 1, so each area's share is beta(1/2, 1/2), and both
    # events fall into one area with 1/2 * (3/2) / 2 = 3/8, one into each with 1/4. So P(2) / 2 = 3/16, P(2) + P(1) / 2 = 1/2.
    assert high_p([2, 0], [7, 7], 1.5) == pytest.approx([3 / 16, 13 / 16])
    assert high_p([1, 1], [7, 7], 1.5) == pytest.approx([1 / 2, 1 / 2])
    assert high_p([2, 0], [7, 7]) == pytest.approx([1 / 8, 7 / 8])
    counts, people = [23, 4, 9, 14], [6_000, 5_000, 7_000, 9_000]
    spread = (50 - 2.5) / 1.5
    betas = [stats.betabinom(50, spread * one / 27_000, spread * (1 - one / 27_000)) for one in people]
    known = [beta.sf(count) + beta.pmf(count) / 2 for beta, count in zip(betas, counts, strict=True)]
    assert high_p(counts, people, 2.5) == pytest.approx(known)


def test_areas_without_a_number_are_no_part_of_the_county() -> None:
    found = high_p([30, math.nan, 15, 2], [1000, 5000, 1000, 0])
    assert found[[0, 2]] == pytest.approx(high_p([30, 15], [1000, 1000]), rel=1e-12)
    assert numpy.isnan(found[[1, 3]]).all()
    assert numpy.isnan(high_p([30], [1000])).all()  # the only area has no rest
    assert levels([30, math.nan], [1000, 5000]).tolist() == [Level.NOT_JUDGED, Level.NOT_JUDGED]
    assert levels([math.nan], [0]).tolist() == [Level.NOT_JUDGED]
    known, people = [48, 27, 40, 24, 9, 27], [10_000] * 6
    partly = levels([*known, math.nan, 0], [*people, 90_000, 0]).tolist()
    assert partly == [*levels(known, people).tolist(), Level.NOT_JUDGED, Level.NOT_JUDGED]
    assert {Level.CLEARLY_HIGH, Level.CLEARLY_LOW} <= set(partly)


@pytest.mark.parametrize(
    ("known", "lowest", "highest"),
    # reference/statistics.md section 3: what the next count must be to stand out (exact p < .05): 8 -> >= 20 or <= 1, 10 -> >= 23 / <= 2 ...
    [(0, 0, 5), (8, 2, 19), (10, 3, 22), (15, 6, 28), (20, 9, 35), (30, 16, 48), (50, 32, 72), (80, 57, 107), (100, 74, 130), (200, 162, 242)],
)
def test_prediction_limits_equal_the_table(known: int, lowest: int, highest: int) -> None:
    assert prediction_limits([known])[0].tolist() == [lowest, highest]


def test_prediction_limits_by_hand() -> None:
    # After none, a next count of y has the probability (1/2)**y to be reached: 5 has .03125 and is within 95 %, 6 has .0156.
    # A next period of twice the length: (2/3)**y: 9 has .0260, 10 has .0173.
    # However long the next period is, none may come again after none.
    assert prediction_limits([0, 1], 1.0, 1_000.0)[:, 0].tolist() == [0, 25]  # after one: P(25 or fewer) = 1 - (1000/1001)**26 = .0257
    assert prediction_limits([0, 0, math.nan], 1.0, [1.0, 2.0, 1.0])[:2].tolist() == [[0, 5], [0, 9]]
    assert numpy.isnan(prediction_limits([math.nan])).all()


@given(st.integers(0, 300), st.floats(0.1, 10.0), st.sampled_from([0.05, 0.002]))
def test_prediction_limits_are_those_of_the_two_period_test(known: int, length: float, alpha: float) -> None:
    lowest, highest = prediction_limits([known], 1.0, length, alpha)[0]
    within = two_period_p([lowest, highest], known, length, 1.0)
    assert (within >= alpha * (1 - 1e-9)).all()
    outside = two_period_p([highest + 1, max(lowest - 1, 0)], known, length, 1.0)
    assert outside[0] < alpha
    assert lowest == 0 or outside[1] < alpha


@given(st.floats(0.0, 5_000.0), st.floats(0.001, 0.5))
def test_the_funnel_holds_its_promise(expected: float, alpha: float) -> None:
    lowest, highest = poisson_funnel([expected], alpha)[0]
    assert 0 <= lowest <= expected + 1
    assert highest >= math.floor(expected) - 1
    wider = poisson_funnel([expected], alpha / 2)[0]
    assert wider[0] <= lowest
    assert highest <= wider[1]


def test_levels_by_hand() -> None:
    # Nine equal areas and one with twice as many people. The county has 300 events in 110,000 people: 27.27 per equal area.
    people = [10_000] * 9 + [20_000]
    # Poisson(27.27): summing exp(-m) m**k / k!: P(<= 17) = .0244, P(<= 18) = .0400, P(<= 37) = .9701, P(<= 38) = .9800, so 18..38 for
    # 95 %. Bin(300, 1/11): the mid-p of 60 is 4e-9, of 40 .0077, of 17 (low) .015, of 9 .00002. High ones have 4 %: 40 is the second of ten
    # and .0077 below 2 * .04 / 10. Low ones have 1 %: .00002 is below .01 / 10, .015 above 2 * .01 / 10.
    events = [60, 27, 27, 40, 24, 24, 17, 24, 9, 48]
    found = levels(events, people).tolist()
    assert sum(events) == 300
    assert found[0] is found[3] is Level.CLEARLY_HIGH
    assert found[1] is found[4] is found[9] is Level.WITHIN_CHANCE
    assert found[6] is Level.POSSIBLY_LOW
    assert found[8] is Level.CLEARLY_LOW


def test_clear_needs_a_test_that_stands_among_all() -> None:
    # Sixty equal areas, one of 37 events among 20s: 1,217 events, mid-p .00037 of Bin(1217, 1/60), below .04 / 60 = .00067. 36: .00069.
    assert levels([37] + [20] * 59, [5_000] * 60).tolist() == [Level.CLEARLY_HIGH] + [Level.WITHIN_CHANCE] * 59
    assert levels([36] + [20] * 59, [5_000] * 60)[0] is Level.POSSIBLY_HIGH
    # Low ones have a quarter of that: 5 where 19.75 are expected have .00005, below .01 / 60 = .000167; 6 have .000178.
    assert levels([5] + [20] * 59, [5_000] * 60)[0] is Level.CLEARLY_LOW
    assert levels([6] + [20] * 59, [5_000] * 60)[0] is Level.POSSIBLY_LOW


def test_no_label_says_more_than_the_funnel_shows() -> None:
    # Six of ten areas are far out, so the seventh stands with .019, below 7 * .04 / 10; but 55 events where 41.8 are expected lie within 95 %:
    # P(Poisson(41.8) >= 55) = .029.
    uneven = [60] * 6 + [55] + [1] * 3
    assert false_discovery_cut(high_p(uneven, [5_000] * 10), 0.04)[6]
    assert levels(uneven, [5_000] * 10)[6] is Level.WITHIN_CHANCE


def test_what_is_too_few_is_not_judged() -> None:
    # Four events where a fifth of one was expected: far outside the funnel, and yet four; nine hundred people are no township to judge.
    assert levels([4, 100, 100], [1_000, 250_000, 250_000])[0] is Level.TOO_FEW
    assert levels([5, 100, 100], [1_000, 250_000, 250_000])[0] is Level.CLEARLY_HIGH
    assert levels([9, 100, 100], [900, 250_000, 250_000])[0] is Level.TOO_FEW
    assert levels([0, 0], [5_000, 5_000]).tolist() == [Level.TOO_FEW, Level.TOO_FEW]


def test_a_county_of_pure_chance_has_few_hotspots() -> None:
    # No more than 5 % of maps have a false label, high or low; of 600, 5 % are 30 and three standard deviations 16. The reference
    # (statistics.md section 1.3) finds a township of doubled rate in 75 % of the maps of 600 events with a test of two sides at 5 %.
    chance = numpy.random.default_rng(2026)
    people = numpy.linspace(8_000, 60_000, 18)
    weights = people.copy()
    weights[9] *= 2
    false_maps = found_maps = 0
    clear = {Level.CLEARLY_HIGH, Level.CLEARLY_LOW}
    for _map in range(600):
        false_maps += bool(clear & set(levels(chance.multinomial(200, people / people.sum()), people)))
        found_maps += levels(chance.multinomial(600, weights / weights.sum()), people)[9] is Level.CLEARLY_HIGH
    assert false_maps <= 30 + 16
    assert found_maps / 600 >= 0.75


def test_the_tests_of_all_areas_are_cut_together() -> None:
    # 40 events where 27.27 were expected: p alone is below .05, among ten areas it does not stand.
    people, events = [10_000] * 9 + [20_000], [40, 27, 27, 26, 26, 26, 26, 26, 26, 50]
    p = high_p(events, people)
    assert p[0] < 0.05
    assert not false_discovery_cut(p).any()


def test_refusals_name_the_place_and_not_the_value() -> None:
    with pytest.raises(ValueError, match="position 1") as refused:
        levels([3, -17], [10, 10])
    assert "17" not in str(refused.value)
    with pytest.raises(ValueError, match="position 0"):
        prediction_limits([1], 0.0)
    with pytest.raises(ValueError, match="must not exceed 1"):
        binomial_funnel([10], 1.5)
    for call in (lambda: poisson_funnel([1], alpha=0), lambda: prediction_limits([1], alpha=1)):
        with pytest.raises(ValueError, match="alpha"):
            call()


def signals(counts: numpy.ndarray, warning: numpy.ndarray, action: numpy.ndarray) -> list[str]:
    """OHID's words for the place of a count."""
    words = []
    for count, (low, high), (very_low, very_high) in zip(counts, warning, action, strict=True):
        if low <= count <= high:
            words.append("Not significant")
        else:
            side = "High" if count > high else "Low"
            words.append(f"{side} ({'0.025' if very_low <= count <= very_high else '0.001'})")
    return words


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "golden" / "stats" / "phe" / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def column(rows: list[dict[str, str]], name: str) -> numpy.ndarray:
    return numpy.array([float(row[name]) for row in rows])


def test_the_power_of_two_townships_by_hand() -> None:
    # Two equal townships and 200 events: 100 expected of each. Poisson(100): P(<= 119) = .9718, P(<= 120) = .9773, so 120 is within the
    # funnel of 95 % and 121 is not; and 121 of 200 at one half has p = .0022, below .04 / 2.
    # The doubled one gets a Bin(200, 2/3): P(121 or more) = .9716.
    powers = powers_of_doubling(200, [20_000, 20_000], maps=40_000)
    assert powers == pytest.approx([0.9716, 0.9716], abs=0.005)  # four standard errors of 20,000 maps each
    assert power_of_doubling(200, [20_000, 20_000]) == pytest.approx(0.9716, abs=0.012)  # of 3,000


def test_the_power_is_that_of_the_labels() -> None:
    # The same maps, labelled one by one.
    people = numpy.array([3_000, 8_000, 8_000, 15_000, 22_000, 60_000, 900])
    powers = powers_of_doubling(160, people, maps=7 * 60, seed=3)
    weights = people * (1.0 + numpy.eye(7))
    maps = numpy.random.default_rng(3).multinomial(160, weights / weights.sum(axis=1, keepdims=True), size=(60, 7))
    by_label = [sum(levels(counts[area], people)[area] is Level.CLEARLY_HIGH for counts in maps) / 60 for area in range(7)]
    assert powers.tolist() == pytest.approx(by_label)
    assert 0 < powers[3] < 1
    assert powers[6] == 0  # nine hundred people are not judged
    # Nobody is no township, and takes nothing from the others.
    with_empty = powers_of_doubling(160, [*people, 0], maps=7 * 60, seed=3)
    assert with_empty[:7].tolist() == powers.tolist()
    assert math.isnan(with_empty[7])
    assert power_of_doubling(160, [*people, 0]) == pytest.approx(powers_of_doubling(160, people).mean())


def test_the_power_grows_with_the_events_and_the_township() -> None:
    people = numpy.linspace(4_000, 40_000, 18)
    few, many = powers_of_doubling(200, people), powers_of_doubling(1_200, people)
    # 2.0 and 11.8 events expected of the smallest, 19.4 and 116 of the largest; twice as many are 2.3 to 10.7 standard deviations more.
    assert few[0] < 0.2 < 0.5 < few[-1]
    assert many[0] < 0.9
    assert many[-1] > 0.99
    assert (many >= few).all()
    assert power_of_doubling(4, people) == 0  # five events before anything is called high
    assert power_of_doubling(0, people) == 0
    # A township of 35,529 among 612,000 and 600 events: 34.8 expected. Bin(600, .0581): the mid-p of 53 is .0015, of 52 .0024, and
    # .04 / 18 = .0022, or twice that if another one stands as well. With doubled risk 600 * .10974 = 65.8 are to be expected:
    # P(53 or more) = .9626, P(52 or more) = .9727.
    assert 0.955 <= powers_of_doubling(600, numpy.linspace(8_000, 60_000, 18), maps=36_000)[9] <= 0.975


def test_no_power_without_a_county() -> None:
    assert math.isnan(power_of_doubling(100, [5_000, 0]))
    assert numpy.isnan(powers_of_doubling(100, [5_000])).all()
    for wrong in ({"events_total": -1}, {"events_total": 1.5}, {"population": [-1, 2]}, {"share": 0.0}):
        with pytest.raises(ValueError, match="must"):
            power_of_doubling(**{"events_total": 10, "population": [5_000, 5_000], **wrong})  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="at least one map"):
        powers_of_doubling(10, [5_000, 5_000], maps=0)


def test_a_month_that_carries_a_label_is_found() -> None:
    # Ten equal areas with one case a month, and 23 more of the first in its fifth month: 47 of 263. Bin(263, .1): mid-p .00005, below .04 / 10.
    # Without that month each has 23 of 230. Chance puts 24 of 47 into one of 24 months hardly ever.
    months = numpy.ones((10, 24))
    months[0, 4] += 23
    people = [10_000] * 10
    assert levels(months.sum(axis=1), people)[0] is Level.CLEARLY_HIGH
    assert carriers(months.sum(axis=1), months, people) == {0: Carrier(4, 24.0)}
    # The same number without an odd month stands on its own, and so does one whose odd month is not needed.
    even = numpy.ones((10, 24))
    even[0] = 2
    assert levels(even.sum(axis=1), people)[0] is Level.CLEARLY_HIGH
    assert carriers(even.sum(axis=1), even, people) == {}
    even[0, 4] += 12
    assert carriers(even.sum(axis=1), even, people) == {}
    # What is not known month by month is not looked at.
    assert carriers(months.sum(axis=1), numpy.full((10, 24), math.nan), people) == {}
    with pytest.raises(ValueError, match="do not fit"):
        carriers([1, 2], [[1.0, 2.0]], [5_000, 5_000])


def test_a_label_that_just_stands_is_not_said_to_hang_on_every_month() -> None:
    # 48 of 264, in months of one to three: chance puts three of 48 into one of 24 months nearly always.
    months = numpy.ones((10, 24))
    months[0, 1:] += 1
    months[0, 3] = 3
    counts = months.sum(axis=1)
    largest = months[0].max()
    assert 24 * stats.binom.sf(largest - 1, counts[0], 1 / 24) > 1
    assert carriers(counts, months, [10_000] * 10) == {}


def test_the_chance_of_something_possible_grows_with_the_areas() -> None:
    # Two equal areas of 200 events: outside 95 % are 79 or fewer and 121 or more (P(Poisson(100) <= 79) = .017, 80: .0226, 81: .0295, so the
    # lower limit is 81 and 80 or fewer lie outside); one is above exactly when the other is below: 2 P(Bin(200, 1/2) >= 120) = .0056.
    assert chance_of_possible(200, [9_000, 9_000], maps=200_000) == pytest.approx(0.0056, abs=0.0007)
    chances = [chance_of_possible(number * 20, [10_000] * number) for number in (4, 18, 169)]
    assert chances[0] < chances[1] < chances[2]
    assert chances[2] > 0.98
    assert math.isnan(chance_of_possible(5, [9_000]))
    assert chance_of_possible(100, [900, 900]) == 0  # too few people to judge


def test_a_month_that_a_later_one_takes_back_is_left_out_as_far_as_it_counts() -> None:
    # The fifth month had 40 too many, which another took back: 47 in all, and without it none, not fewer than none.
    months = numpy.ones((10, 24))
    months[0] = math.nan
    months[0, 4] = 60
    counts = [47, *[24] * 9]
    assert levels(counts, [10_000] * 10)[0] is Level.CLEARLY_HIGH
    assert carriers(counts, months, [10_000] * 10) == {0: Carrier(4, 60.0)}


def test_a_possible_label_may_hang_on_a_month_too() -> None:
    # Ten equal areas of 24 cases, one of 13 more: 37 of 253. P(Poisson(25.3) >= 37) = .017 lies outside 95 %, a mid-p of .010 does not stand
    # against .04 / 10. Without the month all have 23.
    months = numpy.ones((10, 24))
    months[0, 4] += 13
    assert levels(months.sum(axis=1), [10_000] * 10)[0] is Level.POSSIBLY_HIGH
    assert carriers(months.sum(axis=1), months, [10_000] * 10) == {0: Carrier(4, 14.0)}
