"""The calibration's counties are what the page says, its peers flag what they should, and its report tells a kept promise from a broken one."""

from __future__ import annotations

import numpy
import pytest

from analysis.comparison import Verdict
from bench.calibration import earlier, peers
from bench.calibration.__main__ import PAGE
from bench.calibration.counties import COLUMNS, LARGEST, SMALLEST, County, county, months, pooled, restless, season
from bench.calibration.departures import autoregressive, departures, self_exciting
from bench.calibration.page import (
    CHANGE_RULES,
    FALSE_PAIRS,
    FOUND_PAIRS,
    MAP_RULES,
    MONTH_RULES,
    POWER,
    PROMISES,
    UNCOMFORTABLE,
    broken,
    interval,
    page,
)
from bench.calibration.runs import CHUNKS, RUNS, SEED, SIZES, pieces, work
from bench.calibration.tally import merged
from bench.calibration.trials import TRIALS, window_years


def draw(seed: int = 1) -> numpy.random.Generator:
    return numpy.random.default_rng(seed)


def test_a_map_hangs_together() -> None:
    own = county(draw())
    assert own.population.min() >= SMALLEST
    assert own.population.max() <= LARGEST
    assert own.population.max() > 3 * own.population.min()
    assert (own.is_neighbour == own.is_neighbour.T).all()
    # On a grid of three by six a corner has three neighbours, an edge five, an inner township eight.
    assert own.is_neighbour.sum(axis=1).tolist() == [3, 5, 5, 5, 5, 3, 5, 8, 8, 8, 8, 5, 3, 5, 5, 5, 5, 3]
    reached = numpy.zeros(18, dtype=bool)
    reached[0] = True
    for _step in range(COLUMNS):
        reached |= own.is_neighbour[reached].any(axis=0)
    assert reached.all()
    assert set(own.zone) == {0, 1, 2, 3}
    assert county(draw()).population.tolist() == own.population.tolist()
    assert county(draw(2)).population.tolist() != own.population.tolist()


def test_the_cases_of_a_map_fall_by_population_and_risk() -> None:
    own = county(draw())
    cases = pooled(draw(), own, 1_000_000)
    assert cases.sum() == 1_000_000
    # A share of s has the standard error sqrt(s / 1,000,000): five of them.
    share = own.population / own.population.sum()
    assert (numpy.abs(cases / 1e6 - share) < 5 * numpy.sqrt(share / 1e6)).all()
    risk = 1.0 + (numpy.arange(18) == 4)
    doubled = pooled(draw(), own, 1_000_000, risk) / cases
    assert doubled[4] / doubled[0] == pytest.approx(2, abs=0.1)


def test_the_year_s_mean_is_kept() -> None:
    for first in (0.0, 0.37):
        assert season(first, 12).mean() == pytest.approx(1)
        assert season(first, 24)[:12] == pytest.approx(season(first, 24)[12:])
    assert season(0.0, 12).max() == pytest.approx(1.2)


def test_unrest_is_variance_over_mean() -> None:
    for dispersion in (1.0, 2.5):
        counts = restless(draw(), numpy.full(200_000, 6.0), dispersion)
        assert counts.mean() == pytest.approx(6, abs=0.05)
        # The variance of 200,000 counts has a relative standard error of about .4 %.
        assert counts.var() / counts.mean() == pytest.approx(dispersion, rel=0.03)


def test_a_county_s_series_belong_together() -> None:
    own = county(draw())
    counts, is_total = months(draw(), own, 600, 72)
    assert counts.shape == (34, 72)
    assert is_total.tolist() == [True] * 3 + [False] * 31
    cases, solved, suspects = counts[:3]
    for parts in (counts[3:21], counts[21:26], counts[26:30], counts[30:34]):
        assert (parts.sum(axis=0) == cases).all()
    assert (solved <= cases).all()
    assert (suspects >= cases).all()
    # 3,600 cases are expected, standard deviation 60.
    assert abs(cases.sum() - 3_600) < 300


def test_nothing_happens_unless_it_is_asked_for() -> None:
    own, chance = county(draw()), draw(3)
    last = numpy.array([months(chance, own, 600, 1).counts[:, -1] for _run in range(2_000)]).mean(axis=0)
    # Fifty a month, standard error .16 and the season's .22 (it begins anywhere).
    assert last[0] == pytest.approx(50, abs=1.4)
    risk = 1.0 + 2 * (numpy.arange(18) == 5)
    more = numpy.array([months(chance, own, 600, 1, latest_risk=risk).counts[:, -1] for _run in range(2_000)]).mean(axis=0)
    assert more[3 + 5] / last[3 + 5] == pytest.approx(3, rel=0.15)
    assert more[3] / last[3] == pytest.approx(1, rel=0.15)
    before = numpy.array([months(chance, own, 600, 2, latest_risk=3.0).counts[0] for _run in range(2_000)]).mean(axis=0)
    assert before == pytest.approx([50, 150], rel=0.03)  # the last month's factor is the last month's alone


def test_the_peers_flag_what_their_rules_say() -> None:
    even = County(numpy.full(18, 10_000), numpy.zeros((18, 2)), county(draw()).is_neighbour, numpy.zeros(18, dtype=int))
    # 18 x 20 but for one of 31: 20.6 expected of each; Poisson(20.6): P(<= 29) = .970, P(<= 30) = .981, so 31 is outside 95 % and 30 is not.
    # The county's 1.5-fold is 30.9.
    cases = numpy.array([20] * 17 + [31])
    assert numpy.flatnonzero(peers.own_limits(cases, even)).tolist() == [17]
    assert numpy.flatnonzero(peers.above_one_and_a_half(cases, even)).tolist() == [17]
    cases[17] = 30
    assert not peers.own_limits(cases, even).any()
    assert not peers.above_one_and_a_half(cases, even).any()
    # A whole corner of the map is far above the rest: Gi* flags it and nothing at the other end.
    block = numpy.where(numpy.isin(numpy.arange(18), [0, 1, 6, 7]), 60, 20)
    flagged = peers.getis_ord(block, even)
    assert flagged[0]
    assert not flagged[[5, 11, 17]].any()
    assert peers.half_as_many_again(numpy.array([3.0, 2.0, 9.0, 8.0]), numpy.array([2.0, 0.0, 6.0, 6.0])).tolist() == [True, False, True, False]
    # Mean 4, standard deviation of twelve (six 3, six 5) sqrt(12 / 11) = 1.044: the limit is 6.09.
    year = [3.0, 5.0] * 6
    assert peers.two_standard_deviations(numpy.array([[*year, 7.0], [*year, 6.0]])).tolist() == [True, False]
    assert not peers.two_standard_deviations(numpy.array([[0.0] * 12 + [2.0]])).any()


def test_gi_star_by_hand() -> None:
    # Five in a row, rates 0 0 0 0 5 per person-thousand: mean 1, standard deviation 2. The fourth's neighbourhood (third to fifth) sums to
    # 5: (5 - 3) / (2 sqrt((5 x 3 - 9) / 4)) = .816; the fifth's (two) (5 - 2) / (2 sqrt((10 - 4) / 4)) = 1.22.
    row = numpy.abs(numpy.arange(5)[:, None] - numpy.arange(5)) == 1
    line = County(numpy.full(5, 1_000), numpy.zeros((5, 2)), row, numpy.zeros(5, dtype=int))
    assert not peers.getis_ord(numpy.array([0, 0, 0, 0, 5]), line).any()
    # Nine in a row, the last three 3: mean 1, standard deviation sqrt(2). The eighth's three sum to 9:
    # (9 - 3) / (1.414 sqrt((27 - 9) / 8)) = 2.83; the seventh's and the ninth's: (6 - 3) / 2.12 = 1.41 and (6 - 2) / (1.414 sqrt(14 / 8)) = 2.14.
    row = numpy.abs(numpy.arange(9)[:, None] - numpy.arange(9)) == 1
    line = County(numpy.full(9, 1_000), numpy.zeros((9, 2)), row, numpy.zeros(9, dtype=int))
    assert numpy.flatnonzero(peers.getis_ord(numpy.array([0] * 6 + [3] * 3), line)).tolist() == [7, 8]


def test_the_map_s_window_is_the_product_s() -> None:
    assert [window_years(size) for size in (50, 200, 299, 300, 600)] == [3, 3, 3, 2, 2]


def test_every_piece_counts_its_runs_and_is_the_same_again() -> None:
    cut = pieces(1.0, seed=5)
    for size in SIZES:
        for trial, runs in RUNS.items():
            assert sum(piece.runs for piece in cut if (piece.trial, piece.per_year) == (trial, size)) == runs
    assert len(cut) == len(SIZES) * len(RUNS) * CHUNKS
    few = next(piece for piece in pieces(0.001, seed=5) if (piece.trial, piece.per_year) == ("two periods", 50))
    assert work(few) == work(few)


def test_a_calibration_of_a_few_runs_fills_the_page() -> None:
    found = {size: merged([trial(draw(size), size, 4) for trial in TRIALS.values()]) for size in (50, 200)}
    for tally in found.values():
        assert {tally[name][1] for name in ("map high", "month", "quarter", "same month", "trend")} == {4}
        for hits, runs in tally.values():
            assert 0 <= hits <= runs
        # one township is one of three sizes
        assert sum(tally.get(f"find labels {size}", (0, 0))[1] for size in ("small", "middle", "large")) == 4
    names = [row.name for row in (*PROMISES, *POWER, *UNCOMFORTABLE)]
    names += [name for rule in (*MAP_RULES, *MONTH_RULES, *CHANGE_RULES, *FALSE_PAIRS, *FOUND_PAIRS) for name in rule[1:] if name]
    whole = {size: {**dict.fromkeys(names, (0.0, 4)), **tally} for size, tally in found.items()}
    text = page(whole, seed=5)
    for row in (*PROMISES, *POWER, *UNCOMFORTABLE, *FALSE_PAIRS, *FOUND_PAIRS):
        assert row.text in text
    assert "50 cases a year | 200 cases a year" in text
    assert text.count("\n| ---") == 9
    # Nothing the trials count is left out of the page, but the parts of a sum.
    assert {name for tally in found.values() for name in tally} - set(names) == {"month parts"} | {
        f"{what} {rule}" for what in ("county x3", "township x2") for rule in ("half again", "two deviations")
    } | {"township x2 anywhere", "wrong before"} | {f"batches {window} half again" for window in ("month", "so far", "rolling")}


@pytest.fixture(scope="module")
def tried() -> dict[str, float]:
    """Shares of sixty counties of 17 cases a month in which each thing came about."""
    return {name: hits / runs for name, (hits, runs) in departures(draw(), 204, 60).items()}


def test_shares_are_found_more_often_and_err_no_more_than_promised(tried: dict[str, float]) -> None:
    # Of sixty counties that err at 5 % more than nine do in one test of a thousand.
    assert tried["after share even"] <= 0.15
    assert tried["after share few even"] <= 0.15
    assert tried["after share few shift"] > tried["before share few shift"]


def test_a_campaign_is_no_change(tried: dict[str, float]) -> None:
    assert tried["before year campaign 0.8"] > 0.4
    assert tried["after year campaign 0.8"] <= 0.15
    assert tried["after year half again"] >= 0.5


def test_a_step_or_a_bend_is_no_trend_and_a_lasting_rise_is_one(tried: dict[str, float]) -> None:
    assert min(tried["before trend step"], tried["before trend bend"]) > 0.8
    assert tried["after trend step"] <= 0.3
    assert tried["after trend bend"] <= 0.3
    assert tried["after trend lasting"] > 0.5


def test_half_a_year_of_half_again_is_found(tried: dict[str, float]) -> None:
    assert tried["after warning half a year"] > tried["before warning half a year"] + 0.15


def test_months_that_depend_on_each_other_keep_their_level() -> None:
    level = numpy.full(20_000, 17.0)
    for counts in (autoregressive(draw(), level), self_exciting(draw(), level)):
        assert counts.mean() == pytest.approx(17, rel=0.03)
        deviation = counts - counts.mean()
        assert (deviation[1:] * deviation[:-1]).mean() / counts.var() > 0.1
    # An INGARCH(1, 1) with .3 and .2 has variance over mean (1 - .5 ** 2 + .3 ** 2) / (1 - .5 ** 2) = 1.12 (Ferland et al. 2006).
    assert counts.var() / counts.mean() == pytest.approx(1.12, abs=0.05)


def test_the_earlier_rules_by_hand() -> None:
    # One case in a year of twelve months: the sum of squares is 1 - 1/12 = 11/12, over a mean of 1/12 that is 11, and so are the degrees of
    # freedom: 1. Twelve in one month: (121 + 11) / 1 = 132 over 11 freedoms: 12. Both weigh the same: 6.5.
    one, twelve = numpy.eye(12)[0], 12 * numpy.eye(12)[3]
    assert earlier.equal_weight_dispersion(numpy.array([one])) == pytest.approx(1)
    assert earlier.equal_weight_dispersion(numpy.array([one, twelve])) == pytest.approx(6.5)
    # 5 of 20: Wilson .112 to .469; 12 of 20: .387 to .781; 15 of 20: .531 to .888.
    assert earlier.two_intervals((12, 20), (5, 20)) is Verdict.WITHIN_CHANCE
    assert earlier.two_intervals((15, 20), (5, 20)) is Verdict.CLEAR_RISE
    assert earlier.two_intervals((5, 20), (15, 20)) is Verdict.CLEAR_FALL
    steady = numpy.array([10.0, 12.0, 8.0] * 24)
    assert earlier.slope_only(steady) is Verdict.WITHIN_CHANCE
    assert earlier.slope_only(numpy.where(numpy.arange(72) < 36, 10.0, 17.0)) is Verdict.CLEAR_RISE
    assert earlier.change_of_months(steady) is Verdict.WITHIN_CHANCE
    assert earlier.change_of_months(numpy.where(numpy.arange(72) < 60, steady, 2 * steady)) is Verdict.CLEAR_RISE


def test_the_written_page_has_every_row_of_today() -> None:
    text = PAGE.read_text(encoding="utf-8")
    for row in (*PROMISES, *POWER, *UNCOMFORTABLE, *FALSE_PAIRS, *FOUND_PAIRS):
        assert f"| {row.text} |" in text, "run `make calibration`"
    assert f"Seed {SEED}." in text
    assert f"maps {', '.join(3 * [format(RUNS['maps'], ',')])};" in text


def test_a_promise_is_broken_when_its_whole_interval_lies_above() -> None:
    kept = {row.name: (0.0, 1_000) for row in PROMISES}
    assert broken({200: kept}) == []
    # 60 of 1,000 against a limit of 5 %: Wilson's interval, (n p + z z / 2 -+ z sqrt(n p q + z z / 4)) / (n + z z), is
    # (61.92 -+ 1.96 x 7.572) / 1003.84 = .0469 to .0765; of 70 of 1,000 (71.92 -+ 1.96 x 8.127) / 1003.84 = .0558 to .0875.
    assert interval({"map high": (60, 1_000)}, "map high") == pytest.approx((0.06, 0.0469, 0.0765), abs=5e-5)
    assert broken({200: {**kept, "map high": (60, 1_000)}}) == []
    assert broken({50: kept, 200: {**kept, "map high": (70, 1_000)}}) == [f"{PROMISES[0].text}, 200 cases a year: 7.0 %, limit 5.0 %"]
    assert len(broken({200: {**kept, "month": (30, 1_000)}})) == 1
