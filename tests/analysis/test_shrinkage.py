"""Shrunk rates against R: spdep's EBest (Marshall) and glm.nb on the lip cancer of Scotland (Clayton & Kaldor)."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from analysis.shrinkage import Spread, rates_given_spread, shrunk_rates, spread_between_areas

# golden eb_negative_variance: 15 made-up townships, 199 events by pure chance. R spdep 1.2.7 EBest: 5.250660 per 10,000 everywhere.
CHANCE_EVENTS = [30, 20, 24, 13, 17, 14, 11, 13, 11, 7, 10, 14, 6, 5, 4]
CHANCE_PEOPLE = [62000, 48000, 35000, 30000, 28000, 26000, 24000, 22000, 20000, 18000, 16000, 15000, 14000, 12000, 9000]

# golden nc_sids, 100 counties of North Carolina 1974 (SID74 667 of BIR74 329,962): variance between, R spdep 1.2.7.
NORTH_CAROLINA = Spread(mean=667 / 329_962, variance=7.692931e-07)


def test_rates_that_differ_by_chance_alone_become_one_rate() -> None:
    spread = spread_between_areas(CHANCE_EVENTS, CHANCE_PEOPLE)
    assert spread.variance == 0.0
    found = shrunk_rates(CHANCE_EVENTS, CHANCE_PEOPLE)
    assert found[:, 0] == pytest.approx(numpy.full(15, 5.25065963060686), rel=1e-9)
    # The limits are Garwood's of 199 events in 379,000 people: wider than nothing, for the one rate is not known exactly.
    assert (found[:, 1] < 5.25).all()
    assert (found[:, 2] > 5.26).all()


def test_the_limits_of_one_rate_by_hand() -> None:
    # Two events in each of two equal areas: no spread at all. 4 events in 400: Garwood's 1.089865762 and
    # 10.24158653 (OHID, testdata_funnel_ratio_outputs.csv, 4 observed).
    found = shrunk_rates([2, 2, math.nan], [200, 200, 200], per=100)
    assert found[:2] == pytest.approx(numpy.array([[1.0, 1.089865762 / 4, 10.24158653 / 4]] * 2), rel=1e-6)
    assert numpy.isnan(found[2]).all()
    # No event in 400 people: 0, with the upper limit -log(.025) = 3.688879 events.
    assert shrunk_rates([0, 0], [200, 200], per=100)[0] == pytest.approx([0.0, 0.0, 0.92221986], rel=1e-6)


def test_spread_by_hand() -> None:
    # 10 and 30 events in 1,000 people each: mean .02, observed variance .0001, of which chance .02 / 1000 = .00002.
    assert spread_between_areas([10, 30], [1000, 1000]) == pytest.approx((0.02, 0.00008), rel=1e-12)
    # Gamma of shape 5 and rate 250: (10 + 5) / 1,250 and (30 + 5) / 1,250.
    assert shrunk_rates([10, 30], [1000, 1000], per=1000)[:, 0] == pytest.approx([12.0, 28.0], rel=1e-12)
    # Equal areas of 0 and 2 events differ by exactly what chance gives, whichever way rounding goes.
    assert spread_between_areas([0, 2], [501, 501]).variance == spread_between_areas([2, 0], [701, 701]).variance == 0.0


def test_the_limits_know_that_the_common_rate_is_an_estimate() -> None:
    # By hand, 10 and 30 events of 1,000 each: the common rate has the variance .02 / 2000 + .00008 / 2 = .00005 and the weight .2, so the
    # first area has mean .012 and variance 15 / 1250**2 + .2**2 * .00005 = .0000116: a gamma of shape .012**2 / .0000116 = 12.41379.
    # Its chi-squared quantiles by Wilson and Hilferty's formula, mean * (1 - 1/(9 shape) -+ 1.959964 / (3 sqrt shape))**3: .006274, .019540.
    low, high = shrunk_rates([10, 30], [1000, 1000], per=1)[0, 1:]
    assert [low, high] == pytest.approx([0.006274, 0.019540], rel=3e-3)
    known, widened = rates_given_spread([10], [1000], Spread(0.02, 0.00008))[0], [low, high]
    assert widened[0] < known[1]
    assert known[2] < widened[1]


def test_the_intervals_mostly_hold_the_truth() -> None:
    # 400 made-up counties of 18 townships whose true rates follow a gamma distribution, from hardly to strongly spread. Without the
    # variance of the common rate it would be 42, 84 and 93 % (0 % where the spread is clipped): the docstring promises 86 to 94.
    chance = numpy.random.default_rng(1991)
    people = numpy.linspace(8_000, 60_000, 18)
    for shape in (200.0, 20.0, 4.0):
        held = []
        for _county in range(400):
            truth = chance.gamma(shape, 6e-4 / shape, people.size)
            found = shrunk_rates(chance.poisson(truth * people), people, per=1)
            held.append((found[:, 1] <= truth) & (truth <= found[:, 2]))
        assert 0.85 <= numpy.mean(held) <= 0.97


@pytest.mark.parametrize(
    ("events", "people", "rate"),
    # README of the golden cases, R spdep: Anson, Northampton, Robeson, Mecklenburg, Ashe
    [(15, 1570, 0.004838804), (9, 1421, 0.003534913), (31, 7889, 0.003452775), (44, 21588, 0.002036355), (1, 1091, 0.001697297)],
)
def test_counties_of_north_carolina_equal_spdep(events: int, people: int, rate: float) -> None:
    assert rates_given_spread([events], [people], NORTH_CAROLINA)[0, 0] == pytest.approx(rate, abs=1e-9)


def test_all_of_north_carolina_equals_spdep(shared_folder: Path) -> None:
    rows = read(shared_folder, "nc_sids/nc_sids_golden_spdep.csv")
    events, people = column(rows, "SID74"), column(rows, "BIR74")
    assert (events.sum(), people.sum()) == (667, 329_962)
    assert spread_between_areas(events, people) == pytest.approx((0.002021445, 7.692931e-07), rel=1e-6)
    assert shrunk_rates(events, people, per=1)[:, 0] == pytest.approx(column(rows, "eb_poisson"), rel=1e-9)


# golden scotland_lip/scotland_golden_R.csv, glm.nb: mu 1.42206, size 1.87949 (README), so a variance of mu * mu / size.
SCOTLAND = Spread(1.42206, 1.42206**2 / 1.87949)


@pytest.mark.parametrize(
    ("events", "expected", "rate", "low", "high"),
    [
        (9, 1.4, 3.99736244687985, 1.98648563505023, 6.69949577287467),  # Skye-Lochalsh
        (39, 8.7, 4.07911073558697, 2.92568978548458, 5.42121734478053),  # Banff-Buchan
        (11, 3.0, 2.98021332735417, 1.58143439797602, 4.81480416678582),  # Caithness
    ],
)
def test_districts_of_scotland_equal_r(events: int, expected: float, rate: float, low: float, high: float) -> None:
    assert rates_given_spread([events], [expected], SCOTLAND)[0] == pytest.approx([rate, low, high], rel=1e-6)


def test_all_of_scotland_equals_r(shared_folder: Path) -> None:
    rows = read(shared_folder, "scotland_lip/scotland_golden_R.csv")
    events, expected = column(rows, "Y"), column(rows, "E")
    found = rates_given_spread(events, expected, SCOTLAND)
    assert found == pytest.approx(numpy.column_stack([column(rows, name) for name in ("EB_nb_RR", "EB_nb_lo", "EB_nb_hi")]), rel=1e-6)
    # README: Clayton and Kaldor's moment estimates nu 1.644015, alpha 1.148843.
    by_moments = rates_given_spread(events, expected, Spread(1.644015 / 1.148843, 1.644015 / 1.148843**2))
    assert by_moments[:, 0] == pytest.approx(column(rows, "EB_moment_RR"), rel=1e-6)


def test_what_cannot_be_known_is_missing_and_spoils_nothing() -> None:
    whole = shrunk_rates([10, 30], [1000, 1000])
    partly = shrunk_rates([10, math.nan, 30, 0], [1000, 500, 1000, 0])
    assert partly[[0, 2]] == pytest.approx(whole, rel=1e-12)
    assert numpy.isnan(partly[[1, 3]]).all()
    assert numpy.isnan(shrunk_rates([math.nan], [10])).all()
    assert math.isnan(spread_between_areas([3], [0]).mean)


def test_refusals() -> None:
    with pytest.raises(ValueError, match="positive variance"):
        rates_given_spread([3], [10], Spread(0.1, 0.0))
    with pytest.raises(ValueError, match="alpha"):
        rates_given_spread([3], [10], Spread(0.1, 0.1), alpha=1)
    with pytest.raises(ValueError, match="position 1") as refused:
        shrunk_rates([3, -17], [10, 10])
    assert "17" not in str(refused.value)


AREAS = st.lists(st.tuples(st.integers(0, 80), st.integers(500, 60_000)), min_size=2, max_size=25)


@example([(0, 46_369), (46, 500)])  # a posterior so skew that its mean lies above its upper limit
@given(AREAS)
def test_a_shrunk_rate_lies_between_the_crude_and_the_common_one(areas: list[tuple[int, int]]) -> None:
    events, people = numpy.array(areas, dtype=float).T
    common, crude = events.sum() / people.sum(), events / people
    rate, low, high = shrunk_rates(events, people, per=1).T
    assert (rate >= numpy.minimum(crude, common) - 1e-12).all()
    assert (rate <= numpy.maximum(crude, common) + 1e-12).all()
    assert (low <= rate).all()
    assert (rate <= high).all()
    backwards = shrunk_rates(events[::-1], people[::-1], per=1)[::-1]
    assert backwards == pytest.approx(numpy.column_stack([rate, low, high]), rel=1e-6, abs=1e-12)


@given(st.lists(st.integers(0, 80), min_size=2, max_size=25))
def test_areas_of_one_size_keep_their_order(events: list[int]) -> None:
    rate = shrunk_rates(events, [1000])[:, 0]
    order = numpy.argsort(events, kind="stable")
    assert (numpy.diff(rate[order]) >= -1e-9).all()


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "golden" / "stats" / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def column(rows: list[dict[str, str]], name: str) -> numpy.ndarray:
    return numpy.array([float(row[name]) for row in rows])
