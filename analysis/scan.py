"""Whether events lie closer together somewhere than chance would put them: one test for the whole map.

A test of every township misses what two neighbours share, and a test of every pair finds something merely because there are so many. The
scan looks at all circles at once and asks how often chance alone, on the same map, makes one as striking. What it finds is an area; it
proves nothing about a single township in it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray

from analysis.dispersion import thrown
from analysis.intervals import Numbers, checked_counts

LARGEST_SHARE = 0.5
SIMULATIONS = 999
SMALLEST_EVENTS = 2
CELLS_AT_ONCE = 1_000_000  # windows times maps held in memory during the simulation
ROUNDING = 1e-9
LEVEL = 0.05

Positions = NDArray[numpy.int64]


class Cluster(NamedTuple):
    """A circle with more events than the rest of the map."""

    members: tuple[int, ...]  # positions of its areas, the centre first, then by distance
    radius: float  # in the unit of the coordinates
    population: float
    events: float
    expected: float  # events if the whole map had one rate
    relative_risk: float  # rate inside over rate outside; infinite where all events lie inside
    log_likelihood_ratio: float
    p: float  # share of maps of pure chance, this one among them, whose best circle is at least as striking
    limit: float  # log likelihood ratio that the best circle of one map of pure chance in twenty reaches


class _Windows(NamedTuple):
    """All circles of a map: one row a centre, one column a number of nearest areas."""

    order: Positions  # areas by distance from the centre, shape (n, k)
    distance: Numbers  # of each from the centre, shape (n, k)
    population: Numbers  # inside, shape (n, k)
    valid: NDArray[numpy.bool_]  # no larger than allowed and not cut through areas at one distance, shape (n, k)


def find_clusters(
    events: ArrayLike,
    population: ArrayLike,
    coordinates: ArrayLike,
    largest_share: float = LARGEST_SHARE,
    simulations: int = SIMULATIONS,
    seed: int = 0,
    smallest_events: int = SMALLEST_EVENTS,
    dispersion: float = 1.0,
) -> list[Cluster]:
    """Find the most likely cluster of high rates and further ones that share no area with it or with each other.

    Every circle around an area's point is compared with the rest of the map by the likelihood ratio of two Poisson rates against one.
    Each centre gives its best circle; of these, the best that share no area are kept. The p value of all is from the best circle of
    simulated maps, so it allows for the circles looked at; for further clusters it errs towards "chance".

    Args:
        events: Observed counts, shape (n,), integers; areas with NaN are left out.
        population: People, or expected events, shape (n,); areas with nobody are left out.
        coordinates: Points of the areas in a plane, shape (n, 2), in any unit of length; or on a sphere as shape (n, 3), where the
            straight line between two points orders them as the arc does.
        largest_share: Largest share of the population a circle may hold.
        simulations: Number of maps of pure chance.
        seed: Start of the random numbers; the same seed gives the same p values.
        smallest_events: Fewest events of a cluster.
        dispersion: Variance over mean of an area's count. The maps of pure chance are made with it, because batches cluster by themselves.

    Returns:
        The clusters, most likely first, whatever their p value; none where no circle has a rate above the rest's.

    Raises:
        ValueError: If a number is negative, an area without people has events, shapes differ, a point is missing, the share does not
            lie between 0 and 1, fewer than one map is to be simulated or the dispersion lies below 1.

    Source: Kulldorff 1997, Communications in Statistics - Theory and Methods 26, 1481-1496; agrees with SaTScan 9.6 on leukaemia in
        upstate New York (members exactly, likelihood ratios to 1e-6).
    """
    counts, people, points = _arguments(events, population, coordinates)
    if not 0 < largest_share <= 1:
        raise ValueError(f"the largest share must lie between 0 and 1, not {largest_share}")
    if simulations < 1:
        raise ValueError("at least one map must be simulated")
    kept = numpy.flatnonzero(~numpy.isnan(counts) & (people > 0))
    cases, people, points = counts[kept].astype(numpy.int64), people[kept], points[kept]
    total = int(cases.sum())
    if kept.size < 2 or total == 0:
        return []
    windows = _windows(people, points, largest_share)
    expected = windows.population * (total / people.sum())
    judge = _Judge(expected, windows, total, smallest_events)
    observed = judge.ratios(cases[None])[0]
    found = _without_overlap(observed, windows)
    if not found:
        return []
    simulated = _best_by_chance(judge, people, total, simulations, seed, dispersion)
    limit = float(numpy.sort(simulated)[-max(1, int(LEVEL * (1 + simulations)) - 1)])
    inside = numpy.cumsum(cases[windows.order], axis=1)
    clusters = []
    for centre, last in found:
        held, chance = float(inside[centre, last]), float(expected[centre, last])
        outside = (total - held) / (total - chance)
        ratio = float(observed[centre, last])
        clusters.append(
            Cluster(
                members=tuple(int(position) for position in kept[windows.order[centre, : last + 1]]),
                radius=float(windows.distance[centre, last]),
                population=float(windows.population[centre, last]),
                events=held,
                expected=chance,
                relative_risk=held / chance / outside if outside > 0 else numpy.inf,
                log_likelihood_ratio=ratio,
                p=float((1 + (simulated >= ratio - ROUNDING).sum()) / (1 + simulations)),
                limit=limit,
            )
        )
    return clusters


def log_likelihood_ratio(events: float, expected: float, total: float) -> float:
    """Return how much likelier a count inside is at a rate of its own than at the rate of all, as a logarithm; 0 where it is not above it.

    Args:
        events: Events inside.
        expected: Those expected inside if the whole map had one rate, above 0 and below the total.
        total: Events of the whole map.
    """
    if events <= expected:
        return 0.0
    inside, outside = events * numpy.log(events / expected), 0.0
    if events < total:
        outside = (total - events) * numpy.log((total - events) / (total - expected))
    return float(inside + outside)


def _arguments(events: ArrayLike, population: ArrayLike, coordinates: ArrayLike) -> tuple[Numbers, Numbers, Numbers]:
    counts, people = checked_counts(events, "events"), checked_counts(population, "population")
    points = numpy.asarray(coordinates, dtype=numpy.float64)
    if points.ndim != 2 or not counts.shape == people.shape == points.shape[:1]:
        raise ValueError(f"events {counts.shape}, population {people.shape} and coordinates {points.shape} do not fit together")
    for problem, what in (
        ((counts > 0) & ~(people > 0), "an area with events needs people"),
        (~numpy.isfinite(points).all(axis=1), "an area needs a point"),
        (counts % 1 > 0, "events must be whole numbers"),
    ):
        if problem.any():
            raise ValueError(f"{what}: position {int(numpy.argmax(problem))}")
    return counts, people, points


def _windows(people: Numbers, points: Numbers, largest_share: float) -> _Windows:
    """List all circles, growing around every area until they hold too many people."""
    distance = numpy.sqrt(((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2))
    order = numpy.argsort(distance, axis=1, kind="stable")
    distance = numpy.take_along_axis(distance, order, axis=1)
    population = numpy.cumsum(people[order], axis=1)
    # A circle through two areas at one distance holds both or neither.
    step = numpy.diff(distance, axis=1, append=numpy.inf)
    valid = (population <= largest_share * people.sum() * (1 + ROUNDING)) & (step > ROUNDING * distance[:, -1:])
    # The whole map is no cluster; and without it every circle leaves somebody outside.
    valid[:, -1] = False
    longest = int(numpy.flatnonzero(valid.any(axis=0))[-1]) + 1 if valid.any() else 1
    return _Windows(order[:, :longest], distance[:, :longest], population[:, :longest], valid[:, :longest])


class _Judge:
    """Gives every circle of many maps its log likelihood ratio; what does not change from map to map is computed once."""

    def __init__(self, expected: Numbers, windows: _Windows, total: int, smallest_events: int) -> None:
        self.order = windows.order
        # The circle's rate exceeds the rest's only above its expected number: from there on the ratio counts, below it is 0.
        self.smallest = numpy.where(windows.valid, numpy.maximum(numpy.floor(expected * (1 + ROUNDING)) + 1, smallest_events), total + 1)
        self.log_odds = numpy.log(expected) - numpy.log(total - expected)
        self.constant = total * numpy.log(total - expected)
        cases = numpy.arange(total + 1, dtype=numpy.float64)
        terms = cases * numpy.log(numpy.maximum(cases, 1))
        self.table = terms + terms[::-1]  # c log c + (C - c) log (C - c)

    def ratios(self, maps: Positions) -> Numbers:
        """Return c log(c/E) + (C-c) log((C-c)/(C-E)) of every circle where c > E, else 0; maps of shape (m, n), result (m, n, k)."""
        inside = numpy.cumsum(maps[:, self.order], axis=2)
        ratio = self.table[inside] - inside * self.log_odds - self.constant
        return numpy.asarray(numpy.where(inside >= self.smallest, ratio, 0.0), dtype=numpy.float64)


def _best_by_chance(judge: _Judge, people: Numbers, total: int, simulations: int, seed: int, dispersion: float) -> Numbers:
    """Return the best ratio of each simulated map: all events thrown on the areas by their population."""
    chance = numpy.random.default_rng(seed)
    share = people / people.sum()
    at_once = max(1, CELLS_AT_ONCE // judge.order.size)
    best = []
    for start in range(0, simulations, at_once):
        maps = thrown(chance, total, share, min(at_once, simulations - start), dispersion)
        best.append(judge.ratios(maps).max(axis=(1, 2)))
    return numpy.concatenate(best)


def _without_overlap(ratio: Numbers, windows: _Windows) -> list[tuple[int, int]]:
    """Return centre and last column of each centre's best circle, the best first, leaving out what shares an area with a better one."""
    last = ratio.argmax(axis=1)
    centres = numpy.arange(ratio.shape[0])
    best = ratio[centres, last]
    # One set of areas may be drawn around several centres; the first stands for it, and rounding does not decide.
    ranked = numpy.lexsort((centres, -numpy.round(best, 9)))
    taken = numpy.zeros(ratio.shape[0], dtype=bool)
    found = []
    for centre in ranked[best[ranked] > ROUNDING]:
        members = windows.order[centre, : last[centre] + 1]
        if not taken[members].any():
            taken[members] = True
            found.append((int(centre), int(last[centre])))
    return found
