"""The scan against SaTScan's own output files, against circles drawn one by one, and against chances counted by hand."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.scan import Cluster, find_clusters, log_likelihood_ratio

# SaTScan 9.6, golden scan_test_ny_poisson_circular_cartesian_ubpop_10percent.txt: leukaemia in upstate New York, 281 areas, 552 cases.
# Location IDs in SaTScan's order, population, cases, expected, relative risk, log likelihood ratio, p (999 maps).
PLANE = [
    (
        "49 48 50 47 1 15 51 2 13 14 3 35 16 52 36 37 12 11 5 17 10 4 6 38 18 9",
        (95249, 85, 49.71, 1.84, 11.577255, 0.001),
    ),
    ("89 88 87 84 90 86 92 85", (34083, 38, 17.79, 2.22, 9.019716, 0.013)),
    (
        "112 113 115 111 116 219 117 123 218 114 122 110 124 220 118 133 121 125 216 120 134 217 126 139 215 132 141 140 127 142 138 131 119",
        (78280, 64, 40.85, 1.64, 6.114140, 0.216),
    ),
    ("62 64 67 65", (24571, 25, 12.82, 1.99, 4.651839, 0.609)),
    ("46 45 41 54 44 43 53", (29782, 28, 15.54, 1.84, 4.169203, 0.755)),
    ("266 281 267 265", (9840, 12, 5.14, 2.37, 3.363518, 0.961)),
    ("166 159 167", (8839, 11, 4.61, 2.41, 3.209485, 0.976)),
]
# SaTScan 9.3.1, golden scan_test_ny_poisson_circular_longlat.txt: the same cases by longitude and latitude, up to half the population.
SPHERE = [
    (
        "52 50 53 38 49 48 15 39 37 1 16 44 47 40 14 2 51 13 43 45 17 55 11 3 12 46 36 35 54 10 5",
        (119050, 106, 62.13, 1.87, 14.780276, 0.000087),
    ),
    ("88 87 92 86 89 91 93 85 90", (40696, 42, 21.24, 2.06, 8.287056, 0.033)),
    ("113 117 116 112 220 118 115 123 124 111 114 125 219 122 126 119", (45667, 44, 23.83, 1.92, 7.199672, 0.105)),
    ("62 64 67 65", (24571, 25, 12.82, 1.99, 4.651839, 0.653)),
    ("132 138 121 131 139 120", (6985, 10, 3.65, 2.78, 3.773422, 0.901)),
    ("166 159 167", (8839, 11, 4.61, 2.41, 3.209485, 0.982)),
]


@pytest.fixture
def new_york(shared_folder: Path) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Cases, people and points (latitude, longitude) of 281 areas."""
    folder = shared_folder / "golden" / "stats" / "ny_leukemia_satscan"
    cases, people, points = (numpy.loadtxt(folder / f"satscan_ny_{name}.txt") for name in ("cases", "pop", "coords"))
    assert (cases[:, 1].sum(), people[:, 2].sum()) == (552, 1_057_673)
    return cases[:, 1], people[:, 2], points[:, 1:]


def test_clusters_in_the_plane_equal_satscan(new_york: tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]) -> None:
    found = find_clusters(*new_york, largest_share=0.1, seed=1)
    equal_satscan(found, PLANE)
    assert [cluster.radius for cluster in found[:7]] == pytest.approx([0.070, 0.13, 0.040, 0.061, 0.043, 0.026, 0.012], abs=0.005)


def test_clusters_on_the_sphere_equal_satscan(new_york: tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]) -> None:
    cases, people, points = new_york
    latitude, longitude = numpy.radians(points).T
    globe = 6371 * numpy.column_stack([numpy.cos(latitude) * numpy.cos(longitude), numpy.cos(latitude) * numpy.sin(longitude), numpy.sin(latitude)])
    found = find_clusters(cases, people, globe, seed=1)
    equal_satscan(found, SPHERE)
    assert [cluster.radius for cluster in found[:6]] == pytest.approx([7.70, 13.01, 2.35, 5.82, 1.16, 1.01], abs=0.015)  # km


def equal_satscan(found: list[Cluster], expected: list[tuple[str, tuple[float, ...]]]) -> None:
    assert len(found) >= len(expected)
    for cluster, (members, (people, cases, chance, risk, ratio, p)) in zip(found, expected, strict=False):
        assert " ".join(str(member + 1) for member in cluster.members) == members
        assert (cluster.population, cluster.events) == (people, cases)
        assert cluster.expected == pytest.approx(chance, abs=0.005)
        assert cluster.relative_risk == pytest.approx(risk, abs=0.005)
        assert cluster.log_likelihood_ratio == pytest.approx(ratio, abs=1e-6)
        # Two runs of 999 maps differ by chance: 3 standard deviations of the difference, and .015 near 0.
        assert cluster.p == pytest.approx(p, abs=max(0.015, 3 * math.sqrt(2 * p * (1 - p) / 1000)))


def test_a_cluster_by_hand() -> None:
    # Three equal areas, circles of one area each (a third of the people). 10 of 12 events in the first, where 4 were expected:
    # 10 log(10/4) + 2 log(2/8) = 6.390318; rate inside over outside (10/4) / (2/8) = 10. The outer two share a distance to the middle.
    found = find_clusters([1, 10, 1], [100] * 3, [(0, 0), (1, 0), (2, 0)], simulations=9_999)
    assert [cluster.members for cluster in found] == [(1,)]
    assert found[0].expected == pytest.approx(4.0)
    assert found[0].relative_risk == pytest.approx(10.0)
    assert found[0].log_likelihood_ratio == pytest.approx(6.390318, abs=1e-6)
    # By counting: some area has 10 or more of 12 with the probability 3 (66 * 4 + 12 * 2 + 1) / 3**12 = .00163.
    assert found[0].p == pytest.approx(0.00163, abs=0.0015)


def test_the_limit_parts_what_chance_explains_from_what_it_does_not() -> None:
    # Of twelve events on three equal areas 8 or more lie in one with the probability 3 (495 * 16 + 220 * 8 + 66 * 4 + 12 * 2 + 1) / 3**12
    # = .0563, 9 or more with .0116: so one map of twenty reaches the ratio of 8, and that of 9 lies above.
    found = find_clusters([7, 3, 2], [100] * 3, [(0, 0), (1, 0), (2, 0)], simulations=9_999, seed=5)
    assert found[0].limit == pytest.approx(log_likelihood_ratio(8, 4, 12))
    assert found[0].limit < log_likelihood_ratio(9, 4, 12)


def test_the_likelihood_ratio_by_hand() -> None:
    assert log_likelihood_ratio(10, 4, 12) == pytest.approx(6.390318, abs=1e-6)
    assert log_likelihood_ratio(12, 4, 12) == pytest.approx(12 * math.log(3))
    assert log_likelihood_ratio(4, 4, 12) == log_likelihood_ratio(0, 4, 12) == 0


def test_the_chance_of_a_cluster_by_counting() -> None:
    # Some of three equal areas has 7 or more of 12: 3 (792*32 + 495*16 + 220*8 + 66*4 + 12*2 + 1) / 3**12 = .19934; never two at once.
    found = find_clusters([7, 3, 2], [100] * 3, [(0, 0), (1, 0), (2, 0)], simulations=9_999, seed=5)
    assert found[0].log_likelihood_ratio == pytest.approx(7 * math.log(7 / 4) + 5 * math.log(5 / 8))
    assert found[0].p == pytest.approx(0.19934, abs=0.015)


def test_all_events_in_one_place() -> None:
    found = find_clusters([0, 6, 0, 0], [100] * 4, [(0, 0), (1, 0), (2.5, 0), (9, 0)], simulations=99)
    assert found[0].members == (1,)
    assert math.isinf(found[0].relative_risk)
    assert found[0].log_likelihood_ratio == pytest.approx(6 * math.log(4))


def test_a_circle_takes_all_areas_at_one_distance() -> None:
    # Two areas on one spot: one circle holds both, none holds one alone.
    found = find_clusters([9, 9, 1, 1, 1], [100] * 5, [(0, 0), (0, 0), (5, 0), (6, 1), (8, 0)], simulations=99)
    assert set(found[0].members) == {0, 1}


def test_the_largest_share_bounds_the_circle() -> None:
    places, events = [(0, 0), (1, 0), (2.5, 0), (30, 0), (45, 0), (62, 0)], [9, 9, 9, 1, 1, 1]
    assert set(find_clusters(events, [100] * 6, places, 0.5, simulations=99)[0].members) == {0, 1, 2}
    assert all(len(cluster.members) <= 2 for cluster in find_clusters(events, [100] * 6, places, 0.4, simulations=99))
    assert find_clusters(events, [100] * 6, places, 0.1, simulations=99) == []


def test_what_is_no_cluster() -> None:
    places = [(0, 0), (1, 0), (3, 0)]
    assert find_clusters([0, 0, 0], [100] * 3, places) == []
    assert find_clusters([4, 4, 4], [100] * 3, places) == []
    assert find_clusters([4], [100], [(0, 0)]) == []
    assert find_clusters([1, 0, 0], [100] * 3, places) == []  # one event is no cluster


def test_areas_without_a_number_are_left_out_and_positions_stay() -> None:
    whole = find_clusters([1, 10, 1], [100] * 3, [(0, 0), (1, 0), (3, 0)], seed=7)
    partly = find_clusters([math.nan, 1, 10, 0, 1], [500, 100, 100, 0, 100], [(9, 9), (0, 0), (1, 0), (2, 0), (3, 0)], seed=7)
    assert partly[0].members == (2,)
    assert partly[0][1:] == whole[0][1:]


def test_the_same_seed_gives_the_same_answer() -> None:
    chance = numpy.random.default_rng(11)
    places, people = chance.uniform(0, 10, (18, 2)), chance.integers(5_000, 60_000, 18)
    events = chance.multinomial(120, people / people.sum())
    assert find_clusters(events, people, places, seed=3) == find_clusters(events, people, places, seed=3)
    assert {find_clusters(events, people, places, simulations=99, seed=seed)[0].p for seed in range(6)} != {1.0}


def test_a_map_of_pure_chance_is_rarely_called_a_cluster() -> None:
    # At a level of 5 %: 300 made-up maps; more than 9 % would lie three standard deviations out.
    chance = numpy.random.default_rng(1997)
    places, people = chance.uniform(0, 10, (18, 2)), chance.integers(5_000, 60_000, 18)
    maps = chance.multinomial(200, people / people.sum(), size=300)
    p = numpy.array([find_clusters(events, people, places, simulations=99, seed=seed)[0].p for seed, events in enumerate(maps)])
    assert (p <= 0.05).mean() <= 0.09
    assert 0.4 <= (p <= 0.5).mean() <= 0.6


def test_refusals_name_the_place_and_not_the_value() -> None:
    places = [(0, 0), (1, 0), (2, 0)]
    for events, people, points, message in (
        ([1, -17, 1], [100] * 3, places, "position 1"),
        ([1, 17, 1], [100, 0, 100], places, "needs people: position 1"),
        ([1, 17.5, 1], [100] * 3, places, "whole numbers: position 1"),
        ([1, 17, 1], [100] * 3, [(0, 0), (1, 0), (math.nan, 0)], "needs a point: position 2"),
        ([1, 17, 1], [100] * 3, places[:2], "do not fit together"),
        ([1, 17, 1], [100] * 3, [0, 1, 2], "do not fit together"),
    ):
        with pytest.raises(ValueError, match=message) as refused:
            find_clusters(events, people, points)
        assert "17" not in str(refused.value)
    with pytest.raises(ValueError, match="largest share"):
        find_clusters([1, 2, 3], [100] * 3, places, largest_share=0)
    with pytest.raises(ValueError, match="at least one map"):
        find_clusters([1, 2, 3], [100] * 3, places, simulations=0)


MAPS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 12), st.integers(1, 40)), min_size=2, max_size=8)


@settings(deadline=None)
@given(MAPS, st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_the_best_circle_is_the_best_of_all_drawn_one_by_one(areas: list[tuple[int, int, int, int]], share: float) -> None:
    east, north, events, people = (list(column) for column in zip(*areas, strict=True))
    best = 0.0
    for centre, edge in itertools.product(range(len(areas)), repeat=2):
        reach = (east[centre] - east[edge]) ** 2 + (north[centre] - north[edge]) ** 2
        inside = [one for one in range(len(areas)) if (east[centre] - east[one]) ** 2 + (north[centre] - north[one]) ** 2 <= reach]
        cases, held = sum(events[one] for one in inside), sum(people[one] for one in inside)
        expected = sum(events) * held / sum(people)
        if cases < 2 or len(inside) == len(areas) or held > share * sum(people) or cases <= expected:
            continue
        rest = sum(events) - cases
        best = max(best, cases * math.log(cases / expected) + (rest * math.log(rest / (sum(events) - expected)) if rest else 0.0))
    with numpy.errstate(divide="raise", invalid="raise"):
        found = find_clusters(events, people, numpy.column_stack([east, north]), share, simulations=19)
    assert (found[0].log_likelihood_ratio if found else 0.0) == pytest.approx(best, abs=1e-9)
    held_once = [member for cluster in found for member in cluster.members]
    assert len(held_once) == len(set(held_once))
    assert all(earlier.log_likelihood_ratio >= later.log_likelihood_ratio - 1e-9 for earlier, later in itertools.pairwise(found))
    assert all(earlier.p <= later.p and 0.05 <= earlier.p <= 1 for earlier, later in itertools.pairwise(found))
