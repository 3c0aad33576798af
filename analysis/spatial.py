"""Whether areas with high rates lie next to each other: statistics for thirty areas and more.

With eighteen townships these statistics say nothing. Uncorrected, every second map of pure chance shows a "hot spot"; corrected, none is
ever found, because there are too few townships to be rare among. So every function refuses fewer than thirty areas; a smaller county has
``analysis.areas`` and ``analysis.scan``.

The statistics are esda's. The permutations are drawn here: esda 2.9.0 gives one-sided p values, re-seeds numpy's common random numbers and
counts ties as rare, so that on a map of few events an area without any, among others without any, passes for a cold spot.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

import numpy
from esda.getisord import G_Local
from esda.moran import Moran, Moran_Local
from libpysal.weights import W
from numpy.typing import ArrayLike, NDArray

from analysis.comparison import LEVEL, false_discovery_cut
from analysis.intervals import Numbers, checked_counts
from analysis.shrinkage import spread_between_areas

SMALLEST_MAP = 30  # areas
SMALLEST_NEIGHBOURHOOD = 2  # with one neighbour, a p value cannot fall below one over the number of areas
PERMUTATIONS = 9_999  # with 999 the smallest p value is too large for the first step of Benjamini and Hochberg among a hundred areas
CELLS_AT_ONCE = 1_000_000  # permuted values held in memory
ROUNDING = 1e-9  # of values whose standard deviation is 1; sums nearer to each other are equal

Neighbours = Sequence[Sequence[int]]
"""For every area the positions of the areas it touches."""


class Pattern(StrEnum):
    """What may be said of an area and those around it."""

    HIGH_CLUSTER = "high_cluster"
    LOW_CLUSTER = "low_cluster"
    HIGH_OUTLIER = "high_outlier"  # high, those around it low
    LOW_OUTLIER = "low_outlier"
    WITHIN_CHANCE = "within_chance"
    NOT_JUDGED = "not_judged"  # no value, or fewer than two neighbours with one


class Autocorrelation(NamedTuple):
    """Moran's I of a map."""

    statistic: float  # positive where neighbours resemble each other; NaN where all areas have one value
    expected: float  # if the values were dealt out at random
    variance: float  # of the statistic, if they were
    p: float  # two-sided, by permutation
    areas: int  # that have a value and a neighbour with one


class LocalPatterns(NamedTuple):
    """A local statistic of every area, with what it stands for."""

    statistic: Numbers  # NaN where not judged
    p: Numbers  # two-sided, by permutation, of the area alone
    pattern: NDArray[numpy.object_]  # all areas having been looked at


class _Map(NamedTuple):
    """The areas that have a value."""

    kept: NDArray[numpy.int64]  # their positions in the whole map
    values: Numbers  # mean 0 and standard deviation 1; all 0 where they do not differ
    neighbours: list[list[int]]  # by position among the kept


def standardised_rates(events: ArrayLike, population: ArrayLike) -> Numbers:
    """Rates measured in their own standard deviations, so that small areas are no more often extreme than large ones.

    The variance between areas is clipped at zero, as in ``shrinkage.spread_between_areas``: left negative it can bring an area's
    variance close to nothing and its rate to any size.

    Args:
        events: Observed counts, shape (n,); NaN where suppressed.
        population: People behind each count, shape (n,).

    Returns:
        Standardised rates, shape (n,); NaN where the count is missing or nobody lives, 0 everywhere on a map without events.

    Raises:
        ValueError: If a count or a population is negative, or fewer than thirty areas have both.

    Source: Assuncao & Reis 1999, Statistics in Medicine 18, 2147-2162; agrees with R spdep's ``EBImoran`` where the variance between
        areas is positive.
    """
    counts, people = numpy.broadcast_arrays(checked_counts(events, "events"), checked_counts(population, "population"))
    known = ~numpy.isnan(counts) & (people > 0)
    _check_size(int(known.sum()))
    rates = numpy.full(counts.shape, numpy.nan)
    mean, variance = spread_between_areas(counts, people)
    of_rate = variance + mean / people[known]
    rates[known] = (counts[known] / people[known] - mean) / numpy.sqrt(of_rate) if mean > 0 else 0.0
    return rates


def moran(values: ArrayLike, neighbours: Neighbours, permutations: int = PERMUTATIONS, seed: int = 0) -> Autocorrelation:
    """Moran's I: whether neighbouring areas resemble each other more, or less, than areas dealt out at random.

    Areas without a neighbour are left out altogether, because there is nothing they could resemble.

    Args:
        values: A value an area, shape (n,), such as :func:`standardised_rates`; NaN where there is none.
        neighbours: For every area the positions of those it touches.
        permutations: Random orders drawn for the p value.
        seed: Start of the random numbers; the same seed gives the same p value.

    Raises:
        ValueError: If fewer than thirty areas have a value and a neighbour, the neighbours do not fit the areas, a value is infinite, or
            fewer than 9,999 permutations are asked for.

    Source: Cliff & Ord 1981, Spatial Processes, chapters 1 and 2, the neighbours of an area weighted to a sum of one; agrees with R
        spdep's ``moran.test`` and, of standardised rates, ``EBImoran``.
    """
    chance = _chance(permutations, seed)
    whole = _map(values, neighbours, fewest_neighbours=1)
    if not whole.values.any():
        return Autocorrelation(numpy.nan, numpy.nan, numpy.nan, numpy.nan, whole.kept.size)
    found: Any = Moran(whole.values, _weights(whole), transformation="r", permutations=0)
    nearby = found.w.sparse
    observed = float(whole.values @ (nearby @ whole.values))
    simulated = [(dealt.T * (nearby @ dealt.T)).sum(axis=0) for dealt in _dealt(whole.values, whole.kept.size, permutations, chance)]
    p = _two_sided(observed, numpy.concatenate(simulated))
    return Autocorrelation(float(found.I), float(found.EI), float(found.VI_rand), p, whole.kept.size)


def hot_spots(values: ArrayLike, neighbours: Neighbours, share: float = LEVEL, permutations: int = PERMUTATIONS, seed: int = 0) -> LocalPatterns:
    """Getis and Ord's Gi*: where an area and those around it together are high or low.

    The p value asks how often as many areas, dealt out from the whole map, give such a sum. esda keeps the area itself in place and
    exchanges its neighbours only, which flags the ring around a single high area and not the area.

    Args:
        values: A value an area, shape (n,), such as :func:`standardised_rates`; NaN where there is none.
        neighbours: For every area the positions of those it touches.
        share: Expected share of false findings among the areas found.
        permutations: Random neighbourhoods drawn for the p values.
        seed: Start of the random numbers; the same seed gives the same p values.

    Returns:
        The statistic in standard deviations, and the areas that stand when the number of areas is allowed for. Of more than 250 areas a
        single one cannot stand with 9,999 permutations; to let it, there must be forty times as many permutations as areas.

    Raises:
        ValueError: If fewer than thirty areas have a value, the neighbours do not fit the areas, a value is infinite, or fewer than 9,999
            permutations are asked for.

    Source: Ord & Getis 1995, Geographical Analysis 27, 286-306, binary weights; agrees with R spdep's ``localG`` to 1e-6. Benjamini &
        Hochberg 1995, JRSS B 57, 289-300.
    """
    chance = _chance(permutations, seed)
    whole = _map(values, neighbours)
    judged = _judged(whole)
    if not judged:
        return _spread_out(numpy.size(values), whole, [], [], [], [], share)
    # The statistic does not change with the scale, but esda's divides by the sum: it must be far from 0.
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The weights matrix is not fully connected")  # nor need a map with islands be
        found: Any = G_Local(whole.values - whole.values.min() + 1, _weights(whole), transform="B", star=True, permutations=0)
    largest = max(len(whole.neighbours[area]) for area in judged) + 1
    simulated = _sums(whole.values, largest, permutations, chance)
    sums = [whole.values[[area, *whole.neighbours[area]]].sum() for area in judged]
    p = [_two_sided(total, simulated[len(whole.neighbours[area])]) for area, total in zip(judged, sums, strict=True)]
    patterns = [Pattern.HIGH_CLUSTER if total > 0 else Pattern.LOW_CLUSTER for total in found.Zs[judged]]
    return _spread_out(numpy.size(values), whole, judged, found.Zs[judged], p, patterns, share)


def local_moran(values: ArrayLike, neighbours: Neighbours, share: float = LEVEL, permutations: int = PERMUTATIONS, seed: int = 0) -> LocalPatterns:
    """Anselin's local Moran: where an area and those around it are alike, and where an area is unlike those around it.

    Args:
        values: A value an area, shape (n,), such as :func:`standardised_rates`; NaN where there is none.
        neighbours: For every area the positions of those it touches.
        share: Expected share of false findings among the areas found.
        permutations: Random neighbourhoods drawn for the p values.
        seed: Start of the random numbers; the same seed gives the same p values.

    Returns:
        The statistic, and the areas that stand when their number is allowed for; for the number of permutations see :func:`hot_spots`.

    Raises:
        ValueError: If fewer than thirty areas have a value, the neighbours do not fit the areas, a value is infinite, or fewer than 9,999
            permutations are asked for.

    Source: Anselin 1995, Geographical Analysis 27, 93-115, conditional permutation, neighbours weighted to a sum of one; agrees with R
        spdep's ``localmoran`` but for its factor n / (n - 1).
    """
    chance = _chance(permutations, seed)
    whole = _map(values, neighbours)
    judged = _judged(whole)
    if not judged:
        return _spread_out(numpy.size(values), whole, [], [], [], [], share)
    found: Any = Moran_Local(whole.values, _weights(whole), transformation="r", permutations=0)
    largest = max(len(whole.neighbours[area]) for area in judged)
    drawn = numpy.concatenate(list(_dealt(numpy.arange(whole.kept.size - 1), largest, permutations, chance)))
    p, patterns = [], []
    for area in judged:
        around = whole.neighbours[area]
        others = numpy.delete(whole.values, area)
        total = float(whole.values[around].sum())
        # The area keeps its value, so the statistic is as rare as the sum of its neighbours.
        p.append(_two_sided(total, others[drawn[:, : len(around)]].sum(axis=1)))
        patterns.append(_QUADRANTS[bool(whole.values[area] > 0), total > 0])
    return _spread_out(numpy.size(values), whole, judged, found.Is[judged], p, patterns, share)


_QUADRANTS = {
    (True, True): Pattern.HIGH_CLUSTER,
    (False, False): Pattern.LOW_CLUSTER,
    (True, False): Pattern.HIGH_OUTLIER,
    (False, True): Pattern.LOW_OUTLIER,
}


def _map(values: ArrayLike, neighbours: Neighbours, fewest_neighbours: int = 0) -> _Map:
    """Return the areas that have a value and so many neighbours with one, their values standardised."""
    given = numpy.atleast_1d(numpy.asarray(values, dtype=numpy.float64))
    if len(neighbours) != given.size:
        raise ValueError(f"{given.size} values and the neighbours of {len(neighbours)} areas do not fit together")
    if numpy.isinf(given).any():
        raise ValueError(f"a value must be finite: position {int(numpy.argmax(numpy.isinf(given)))}")
    touching = [set(around) for around in neighbours]
    for area, around in enumerate(touching):
        if not all(0 <= other < given.size and other != area and area in touching[other] for other in around):
            raise ValueError(f"neighbours must be other areas, each the other's neighbour: position {area}")
    known = ~numpy.isnan(given)
    enough = [bool(known[area]) and sum(known[list(around)]) >= fewest_neighbours for area, around in enumerate(touching)]
    kept = numpy.flatnonzero(enough)
    _check_size(kept.size)
    place = {int(area): position for position, area in enumerate(kept)}
    held = given[kept]
    spread = float(held.std())
    # Equal values differ by rounding at most.
    differ = spread > ROUNDING * float(numpy.abs(held).max())
    standard = (held - held.mean()) / spread if differ else numpy.zeros(kept.size)
    return _Map(kept, standard, [sorted(place[other] for other in touching[area] if other in place) for area in place])


def _weights(whole: _Map) -> Any:
    return W(dict(enumerate(whole.neighbours)), id_order=list(range(whole.kept.size)), silence_warnings=True)


def _judged(whole: _Map) -> list[int]:
    """Return the areas with neighbours enough, among the kept; none where the values do not differ."""
    if not whole.values.any():
        return []
    return [area for area, around in enumerate(whole.neighbours) if len(around) >= SMALLEST_NEIGHBOURHOOD]


def _check_size(areas: int) -> None:
    if areas < SMALLEST_MAP:
        raise ValueError(f"neighbourhood statistics need at least {SMALLEST_MAP} areas, not {areas}: with fewer they tell nothing from chance")


def _chance(permutations: int, seed: int) -> numpy.random.Generator:
    if permutations < PERMUTATIONS:
        raise ValueError(f"at least {PERMUTATIONS:,} permutations are needed, not {permutations}: the smallest p value would be too large")
    return numpy.random.default_rng(seed)


def _dealt(items: NDArray[Any], count: int, times: int, chance: numpy.random.Generator) -> Iterator[NDArray[Any]]:
    """Deal so many of the items out without putting back, so many times; arrays of shape (some of the times, count)."""
    at_once = max(1, CELLS_AT_ONCE // items.size)
    for start in range(0, times, at_once):
        decks = numpy.tile(items, (min(at_once, times - start), 1))
        yield chance.permuted(decks, axis=1, out=decks)[:, :count]


def _sums(values: Numbers, largest: int, times: int, chance: numpy.random.Generator) -> Numbers:
    """Return the sums of the first, the first two, ... of values dealt out at random, shape (largest, times)."""
    return numpy.concatenate([numpy.cumsum(dealt, axis=1) for dealt in _dealt(values, largest, times, chance)]).T


def _two_sided(observed: float, simulated: Numbers) -> float:
    """Return twice the smaller share of at least as extreme values, the observed one among them, and at most 1."""
    tails = min(int((simulated >= observed - ROUNDING).sum()), int((simulated <= observed + ROUNDING).sum()))
    return min(1.0, 2 * (1 + tails) / (1 + simulated.size))


def _spread_out(
    size: int, whole: _Map, judged: list[int], statistic: ArrayLike, p: list[float], patterns: list[Pattern], share: float
) -> LocalPatterns:
    """Return the judged areas' results at their positions in the whole map."""
    places = whole.kept[judged]
    statistics, p_values = numpy.full(size, numpy.nan), numpy.full(size, numpy.nan)
    statistics[places], p_values[places] = statistic, p
    labels = numpy.empty(size, dtype=object)
    labels.fill(Pattern.NOT_JUDGED)
    labels[places] = numpy.array(patterns, dtype=object)
    labels[~numpy.isnan(p_values) & ~false_discovery_cut(p_values, share)] = Pattern.WITHIN_CHANCE
    return LocalPatterns(statistics, p_values, labels)
