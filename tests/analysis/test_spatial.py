"""Neighbourhood statistics against R's spdep on two public maps, and against chances counted by hand."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.spatial import Autocorrelation, LocalPatterns, Pattern, hot_spots, local_moran, moran, standardised_rates

Areas = tuple[list[dict[str, str]], list[list[int]]]


def golden(shared_folder: Path, name: str, expected: str) -> Areas:
    """R's results by area, and for every area the areas whose outlines it touches (queen contiguity)."""
    folder = shared_folder / "golden" / "stats" / name
    features = json.loads((folder / f"{name}.geojson").read_text(encoding="utf-8"))["features"]
    shapes = numpy.array([shapely.geometry.shape(feature["geometry"]) for feature in features])
    neighbours: list[list[int]] = [[] for _ in shapes]
    for area, other in zip(*shapely.STRtree(shapes).query(shapes, predicate="intersects"), strict=True):
        if area != other:
            neighbours[area].append(int(other))
    with (folder / expected).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines)), neighbours


def column(rows: list[dict[str, str]], name: str) -> numpy.ndarray:
    return numpy.array([float(row[name]) for row in rows])


@pytest.fixture
def carolina(shared_folder: Path) -> Areas:
    """Sudden infant deaths in 100 counties of North Carolina, 1974 (Cressie 1991); R spdep 1.2.7."""
    rows, neighbours = golden(shared_folder, "nc_sids", "nc_sids_golden_spdep.csv")
    assert (len(rows), sum(map(len, neighbours))) == (100, 490)  # README: queen links 490, no island
    assert min(map(len, neighbours)) > 0
    return rows, neighbours


@pytest.fixture
def columbus(shared_folder: Path) -> Areas:
    """Crime in 49 tracts of Columbus, Ohio (Anselin 1988); R spdep 1.2.7."""
    return golden(shared_folder, "columbus", "columbus_golden_spdep.csv")


def test_rates_of_north_carolina_equal_spdep(carolina: Areas) -> None:
    rows, neighbours = carolina
    events, births = column(rows, "SID74"), column(rows, "BIR74")
    found = moran(1_000 * events / births, neighbours)
    # README of the golden cases: I of the rate per 1,000 = .230910449, E = -.010101010, Var(rand) = .004065134.
    assert found.statistic == pytest.approx(0.230910449, abs=1e-9)
    assert found.expected == pytest.approx(-0.010101010, abs=1e-9)
    assert found.variance == pytest.approx(0.004065134, abs=1e-9)
    # EBImoran, Assuncao and Reis: .2487462.
    adjusted = moran(standardised_rates(events, births), neighbours)
    assert adjusted.statistic == pytest.approx(0.2487462, abs=5e-8)
    assert adjusted.areas == 100
    assert found.p < 0.01
    assert adjusted.p < 0.01


def test_hot_spots_of_north_carolina_equal_spdep(carolina: Areas) -> None:
    rows, neighbours = carolina
    found = hot_spots(column(rows, "SID74") / column(rows, "BIR74"), neighbours)
    named = dict(zip([row["NAME"] for row in rows], found.statistic, strict=True))
    # README: Gi* (binary, with the county itself).
    assert named["Northampton"] == pytest.approx(4.251772, abs=1e-6)
    assert named["Bertie"] == pytest.approx(3.945757, abs=1e-6)
    assert named["Robeson"] == pytest.approx(2.869504, abs=1e-6)
    assert named["Anson"] == pytest.approx(1.839079, abs=1e-6)
    assert found.statistic == pytest.approx(column(rows, "Gi_star_B"), abs=1e-9)


def test_local_moran_of_north_carolina_equals_spdep(carolina: Areas) -> None:
    rows, neighbours = carolina
    found = local_moran(column(rows, "SID74") / column(rows, "BIR74"), neighbours)
    named = dict(zip([row["NAME"] for row in rows], found.statistic, strict=True))
    # nc_sids_golden_spdep.csv, local_I_W; README: esda = spdep x 99/100.
    assert named["Northampton"] == pytest.approx(4.50180687047883 * 0.99, abs=1e-9)
    assert named["Anson"] == pytest.approx(-0.920945043027932 * 0.99, abs=1e-9)
    assert found.statistic == pytest.approx(column(rows, "local_I_W") * 0.99, abs=1e-9)


def test_columbus_equals_spdep(columbus: Areas) -> None:
    rows, neighbours = columbus
    crime = column(rows, "CRIME")
    found = moran(crime, neighbours)
    # README: I .500188557, Var .008689289, p 1.14e-08 (one-sided, normal).
    assert (found.statistic, found.variance) == pytest.approx((0.500188557, 0.008689289), abs=1e-8)
    assert stats.norm.sf(deviations(found)) == pytest.approx(1.14e-08, rel=5e-3)
    assert found.p == 0.0002  # none of 9,999 orders comes near: twice one in 10,000
    local = hot_spots(crime, neighbours)
    assert numpy.max(local.statistic) == pytest.approx(3.475051, abs=1e-6)  # README: largest Gi*
    assert local.statistic == pytest.approx(column(rows, "Gi_star_B"), abs=1e-9)
    assert local_moran(crime, neighbours).statistic == pytest.approx(column(rows, "local_I") * 48 / 49, abs=1e-9)


def test_columbus_by_its_published_neighbours_equals_spdep(columbus: Areas) -> None:
    rows, touching = columbus
    # The neighbours that R publishes with the map (spData 2.2.1, weights/columbus.gal) lack three pairs of tracts that touch in a point.
    apart = [{5, 16}, {25, 30}, {31, 39}]
    neighbours = [[other for other in around if {area + 1, other + 1} not in apart] for area, around in enumerate(touching)]
    assert sum(map(len, neighbours)) == 230
    found = moran(column(rows, "CRIME"), neighbours)
    # README, weights of columbus.gal: I .485770914, z 5.3427, p 4.578e-08.
    assert found.statistic == pytest.approx(0.485770914, abs=1e-8)
    assert deviations(found) == pytest.approx(5.3427, abs=5e-5)
    assert stats.norm.sf(deviations(found)) == pytest.approx(4.578e-08, rel=5e-4)


def deviations(found: Autocorrelation) -> float:
    return (found.statistic - found.expected) / math.sqrt(found.variance)


def ring(areas: int) -> list[list[int]]:
    """Each area touches the one before and the one after."""
    return [[(area - 1) % areas, (area + 1) % areas] for area in range(areas)]


def grid(side: int) -> list[list[int]]:
    """Squares that touch at edges and corners."""
    steps = [(south, east) for south in (-1, 0, 1) for east in (-1, 0, 1) if south or east]
    inside = range(side)
    return [
        [(row + south) * side + column + east for south, east in steps if row + south in inside and column + east in inside]
        for row in inside
        for column in inside
    ]


HALVES = numpy.repeat([1.0, 0.0], 18)
ALTERNATING = numpy.tile([1.0, 0.0], 18)


def test_moran_by_hand() -> None:
    # A ring of 36, one half high: all products are 1 but those of the four areas at the two borders, whose neighbours cancel: 32/36.
    found = moran(HALVES, ring(36))
    assert (found.statistic, found.expected) == pytest.approx((32 / 36, -1 / 35), rel=1e-12)
    # 36 of C(36, 18) = 9e9 orders are as even; the same for the two orders that alternate.
    assert found.p == 0.0002
    found = moran(ALTERNATING, ring(36))
    assert found.statistic == pytest.approx(-1.0, rel=1e-12)
    assert found.p == 0.0002


def test_hot_spots_by_hand() -> None:
    found = hot_spots(HALVES, ring(36))
    # Three ones of a mean .5 and a standard deviation .5: (3 - 1.5) / (.5 sqrt((36 * 3 - 9) / 35)) = 1.783765.
    assert found.statistic[9] == pytest.approx(1.783765, abs=1e-6)
    assert found.statistic[27] == pytest.approx(-1.783765, abs=1e-6)
    # Three of 36 areas are all high with the chance C(18, 3) / C(36, 3) = 816 / 7140, all low alike: p = .22857.
    # Three standard deviations of 9,999 drawn: 2 * 3 * sqrt(.1143 * .8857 / 9999) = .019.
    assert found.p[[9, 27]] == pytest.approx([0.22857] * 2, abs=0.019)
    assert set(found.pattern) == {Pattern.WITHIN_CHANCE}


def test_local_moran_by_hand() -> None:
    found = local_moran(HALVES, ring(36))
    # (36 - 1) z * mean z of the neighbours / 36: 35/36 inside a half, 0 at its border.
    assert found.statistic[[9, 27]] == pytest.approx([35 / 36] * 2, rel=1e-12)
    assert found.statistic[[0, 17, 18, 35]] == pytest.approx([0.0] * 4, abs=1e-12)
    # Two of the other 35 areas are both high with the chance C(17, 2) / C(35, 2) = 136 / 595: p = .45714.
    assert found.p[[9, 27]] == pytest.approx([0.45714] * 2, abs=0.026)
    assert local_moran(ALTERNATING, ring(36)).statistic == pytest.approx(numpy.full(36, -35 / 36), rel=1e-12)


def test_chances_of_corners_by_counting() -> None:
    # 36 squares, 12 of them high, among them the four of the first corner. Any four are all high with the chance
    # C(12, 4) / C(36, 4) = 495 / 58905 = .008403; the three around a high one with C(11, 3) / C(35, 3) = 165 / 6545 = .025210.
    values = numpy.zeros(36)
    values[[0, 1, 6, 7, 10, 15, 20, 23, 25, 28, 32, 34]] = 1.0
    assert hot_spots(values, grid(6)).p[0] == pytest.approx(2 * 0.008403, abs=0.0055)
    assert local_moran(values, grid(6)).p[0] == pytest.approx(2 * 0.025210, abs=0.0095)


def planted() -> numpy.ndarray:
    """Ten by ten squares of small differences; a high block of five by five with a low one in it, and its mirror image."""
    values = numpy.linspace(-0.5, 0.5, 100)[numpy.random.default_rng(6).permutation(100)].reshape(10, 10)
    values[:5, :5] += 6
    values[5:, 5:] -= 6
    values[2, 2], values[7, 7] = -6, 6
    return values.ravel()


def test_what_stands_out_is_called_by_its_name() -> None:
    high, low, edge = 11, 88, 95  # inside the blocks; beside the low block
    found = local_moran(planted(), grid(10))
    assert found.pattern[[high, low]].tolist() == [Pattern.HIGH_CLUSTER, Pattern.LOW_CLUSTER]
    assert found.pattern[[22, 77]].tolist() == [Pattern.LOW_OUTLIER, Pattern.HIGH_OUTLIER]
    spots = hot_spots(planted(), grid(10))
    assert spots.pattern[[high, low]].tolist() == [Pattern.HIGH_CLUSTER, Pattern.LOW_CLUSTER]
    assert found.pattern[[9, 90]].tolist() == spots.pattern[[9, 90]].tolist() == [Pattern.WITHIN_CHANCE] * 2
    assert set(spots.pattern) == {Pattern.HIGH_CLUSTER, Pattern.LOW_CLUSTER, Pattern.WITHIN_CHANCE}
    assert edge not in numpy.flatnonzero(found.pattern == Pattern.HIGH_CLUSTER)


@pytest.mark.parametrize("judge", [hot_spots, local_moran])
def test_upside_down_all_is_the_other_way_round(judge: object) -> None:
    other = {
        Pattern.HIGH_CLUSTER: Pattern.LOW_CLUSTER,
        Pattern.LOW_CLUSTER: Pattern.HIGH_CLUSTER,
        Pattern.HIGH_OUTLIER: Pattern.LOW_OUTLIER,
        Pattern.LOW_OUTLIER: Pattern.HIGH_OUTLIER,
    }
    found: LocalPatterns = judge(planted(), grid(10), seed=4)  # type: ignore[operator]
    turned: LocalPatterns = judge(-planted(), grid(10), seed=4)  # type: ignore[operator]
    assert turned.p == pytest.approx(found.p, abs=1e-12)
    assert turned.pattern.tolist() == [other.get(pattern, pattern) for pattern in found.pattern]


def test_an_area_without_events_among_such_areas_is_no_cold_spot() -> None:
    # Three events on 49 squares: nine squares at random are most often all empty, and so is the smallest possible sum no rarity.
    # C(46, 9) / C(49, 9) = .536 of all nines: twice that is more than 1. esda 2.9.0 has p = .0001 here.
    values = numpy.zeros(49)
    values[[0, 1, 5]] = 1.0
    for found in (hot_spots(values, grid(7)), local_moran(values, grid(7))):
        assert found.p[40] == 1.0
        assert found.pattern[40] is Pattern.WITHIN_CHANCE


def test_maps_of_pure_chance_are_rarely_given_a_pattern() -> None:
    # At 5 %: of 80 made-up maps 4 are expected to show anything; more than 10 would lie three standard deviations out.
    chance = numpy.random.default_rng(1992)
    people = numpy.linspace(8_000, 60_000, 49)
    rates = [standardised_rates(chance.poisson(people * 6e-4), people) for _map in range(80)]
    for judge in (hot_spots, local_moran):
        shown = [(judge(values, grid(7)).pattern != Pattern.WITHIN_CHANCE).any() for values in rates]
        assert sum(shown) <= 10
    assert 0 < sum(moran(values, grid(7)).p <= 0.2 for values in rates) <= 28  # 16 expected, standard deviation 3.6


def test_standardised_rates_by_hand() -> None:
    # 1,000 people each, 15 areas with 10 and 15 with 30 events: mean .02, variance .0001, of which .00002 by chance: one deviation each.
    events = numpy.repeat([10, 30], 15)
    assert standardised_rates(events, [1_000] * 30) == pytest.approx(numpy.repeat([-1.0, 1.0], 15), rel=1e-9)
    # 19 and 21 events differ less than by chance, so chance alone is left: .001 / sqrt(.02 / 1000) = .223607, where the formula without
    # the clip has .001 / sqrt(.000001) = 1.
    found = standardised_rates(numpy.repeat([19, 21], 15), [1_000] * 30)
    assert found == pytest.approx(numpy.repeat([-0.223607, 0.223607], 15), abs=1e-6)
    partly = standardised_rates([*events, math.nan, 5], [*[1_000] * 30, 1_000, 0])
    assert partly[:30] == pytest.approx(numpy.repeat([-1.0, 1.0], 15), rel=1e-9)
    assert numpy.isnan(partly[30:]).all()
    assert standardised_rates([0] * 30, [1_000] * 30).tolist() == [0.0] * 30


def test_areas_without_a_value_are_left_out_and_positions_stay() -> None:
    values = numpy.random.default_rng(8).normal(size=36)
    without = [[other + (other >= 5) for other in around] for around in grid(6)]
    wider = [*without[:5], [0, 1, 2], *without[5:]]
    for area in (0, 1, 2):
        wider[area] = [*wider[area], 5]
    longer = numpy.insert(values, 5, math.nan)
    assert moran(longer, wider) == moran(values, grid(6))
    for judge in (hot_spots, local_moran):
        whole, partly = judge(values, grid(6)), judge(longer, wider)
        assert partly.pattern[5] is Pattern.NOT_JUDGED
        assert numpy.isnan([partly.statistic[5], partly.p[5]]).all()
        assert numpy.delete(partly.statistic, 5) == pytest.approx(whole.statistic, rel=1e-12)
        assert numpy.delete(partly.p, 5).tolist() == whole.p.tolist()


def test_islands_and_dead_ends_are_not_judged() -> None:
    # 36 squares, an island with the highest value of all, and an area that touches the first square only.
    values = numpy.append(numpy.random.default_rng(8).normal(size=36), [9.0, 3.0])
    neighbours = [*grid(6), [], [0]]
    neighbours[0] = [*neighbours[0], 37]
    for judge in (hot_spots, local_moran):
        found = judge(values, neighbours)
        assert found.pattern[36:].tolist() == [Pattern.NOT_JUDGED] * 2
        assert numpy.isnan(found.p[36:]).all()
        assert not numpy.isnan(found.p[:36]).any()
    # Moran's I knows no island at all.
    joined = [around for area, around in enumerate(neighbours) if area != 36]
    joined[36], joined[0] = [0], [*grid(6)[0], 36]
    assert moran(values, neighbours) == moran(numpy.delete(values, 36), joined)


def test_a_map_without_differences_has_no_pattern() -> None:
    for level in (0.0, 0.1):
        found = moran(numpy.full(36, level), grid(6))
        assert math.isnan(found.statistic)
        assert math.isnan(found.p)
        for judge in (hot_spots, local_moran):
            assert set(judge(numpy.full(36, level), grid(6)).pattern) == {Pattern.NOT_JUDGED}


def test_the_same_seed_gives_the_same_answer_and_nobody_elses_chance_is_touched() -> None:
    values = numpy.random.default_rng(3).normal(size=49)
    before = numpy.random.get_state()[1].tolist()
    for judge in (hot_spots, local_moran):
        assert judge(values, grid(7), seed=2).p.tolist() == judge(values, grid(7), seed=2).p.tolist()
        assert judge(values, grid(7), seed=2).p.tolist() != judge(values, grid(7), seed=3).p.tolist()
    assert moran(values, grid(7), seed=2) == moran(values, grid(7), seed=2)
    assert numpy.random.get_state()[1].tolist() == before


@pytest.mark.parametrize("judge", [moran, hot_spots, local_moran])
def test_a_county_is_refused_and_so_is_what_does_not_fit(judge: object) -> None:
    values = numpy.arange(36.0)
    broken = numpy.where(values == 7, numpy.inf, values)
    known = numpy.where(values < 7, math.nan, values)
    for given_values, neighbours, message in (
        (values[:29], ring(29), "at least 30 areas, not 29"),
        (known, ring(36), "at least 30 areas, not 29"),
        (values, ring(35), "36 values and the neighbours of 35 areas"),
        (broken, ring(36), "finite: position 7"),
        (values, [[1], *[[] for _ in range(35)]], "position 0"),  # not the other's neighbour
        (values, [[0, 1, 35], *ring(36)[1:]], "position 0"),  # its own neighbour
        (values, [*ring(36)[:35], [34, 0, 36]], "position 35"),  # no such area
    ):
        with pytest.raises(ValueError, match=message):
            judge(given_values, neighbours)  # type: ignore[operator]
    with pytest.raises(ValueError, match="9,999 permutations"):
        judge(values, ring(36), permutations=999)  # type: ignore[operator]


def test_rates_of_a_county_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 30 areas, not 18"):
        standardised_rates([3] * 18, [9_000] * 18)
    with pytest.raises(ValueError, match="position 1") as refused:
        standardised_rates([3, -17, *[3] * 30], [9_000] * 32)
    assert "17" not in str(refused.value)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 40), min_size=36, max_size=36), st.floats(0.01, 1_000.0), st.permutations(range(36)))
def test_neither_unit_nor_order_matters(values: list[int], unit: float, order: list[int]) -> None:
    place = {area: position for position, area in enumerate(order)}
    moved = [[place[other] for other in grid(6)[area]] for area in order]
    given_values = numpy.array(values, dtype=float)
    scaled = unit * given_values[order] - 3
    for judge in (hot_spots, local_moran):
        assert judge(scaled, moved).statistic == pytest.approx(judge(given_values, grid(6)).statistic[order], rel=1e-6, abs=1e-6, nan_ok=True)
    assert moran(scaled, moved).statistic == pytest.approx(moran(given_values, grid(6)).statistic, rel=1e-6, abs=1e-6, nan_ok=True)
