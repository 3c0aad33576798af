"""Which areas differ from the rest of their county, and by how much a count may move without meaning anything.

One of eighteen townships is always the highest. If every township is flagged whose own interval does not hold the county's rate, every
third map of pure chance has a "hotspot". Here an area is called clearly high or low only if it stands out when all areas are allowed for.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray
from scipy import special, stats

from analysis.comparison import false_discovery_cut
from analysis.dispersion import batch_size, common_dispersion, spread_of_shares, thrown
from analysis.intervals import Numbers, checked_counts

WARNING = 0.05  # funnel limits of 95 %
ACTION = 0.002  # funnel limits of 99.8 %
SMALLEST_COUNT = 5.0  # events observed (or expected) before an area is called high (or low)
SMALLEST_POPULATION = 1_000.0
FOR_HIGH = 0.8  # of the false findings allowed: the committee asks where there is more, and few cases can hardly show less
ODD = 0.05  # chance of a month so large, given what its area has in all: below that it is looked at whether it carries a label alone
MAPS = 3_000  # simulated for the power; its error is then at most a percentage point


class Level(StrEnum):
    """What may be said of an area's number beside its county's."""

    CLEARLY_HIGH = "clearly_high"
    POSSIBLY_HIGH = "possibly_high"
    WITHIN_CHANCE = "within_chance"
    POSSIBLY_LOW = "possibly_low"
    CLEARLY_LOW = "clearly_low"
    TOO_FEW = "too_few"
    NOT_JUDGED = "not_judged"  # the count is missing, or there is no rest to compare with


def high_p(events: ArrayLike, population: ArrayLike, dispersion: float = 1.0) -> Numbers:
    """Mid-p that chance alone gives an area as many events as it has, given those of the whole county.

    Of the events of area and rest together, those of the area are binomial if both have one rate. Where events come in batches they are the
    compound binomial of the same variance, as in :func:`dispersion.thrown`. The mid-p counts half of the probability of the very count, so
    that the p of "as few" is 1 minus it, and it errs neither way on average however few the events are.

    Args:
        events: Observed counts, shape (n,), whole numbers; areas with NaN count neither as area nor as rest.
        population: People behind each count, shape (n,).
        dispersion: Variance over mean that the areas' counts have in common (``dispersion.common_dispersion``).

    Returns:
        One-sided p values, shape (n,); NaN where the count is missing, nobody lives, or there is no rest.

    Raises:
        ValueError: If a count or a population is negative, a count is not whole or the dispersion lies below 1.

    Source: Przyborowski & Wilenski 1940, Biometrika 31, 313-323, the conditional test; Lancaster 1961, JASA 56, 223-234, the mid-p;
        Skellam 1948, JRSS B 10, 257-261, the compound binomial.
    """
    counts, people, known = _county(events, population)
    fraction = numpy.flatnonzero(counts % 1 > 0)
    if fraction.size:
        raise ValueError(f"events must be whole numbers: position {int(fraction[0])}")
    p = numpy.full(counts.shape, numpy.nan)
    total, everybody = int(counts[known].sum()), people[known].sum()
    for area in numpy.flatnonzero(known & (people < everybody)):
        p[area] = _high_p_by_count(total, people[area] / everybody, dispersion)[int(counts[area])]
    return p


def _high_p_by_count(total: int, share: float, dispersion: float) -> Numbers:
    """Return the mid-p of every count that an area with a share of the people may have of the total, shape (total + 1,)."""
    counts = numpy.arange(total + 1, dtype=numpy.float64)
    spread = spread_of_shares(total, dispersion)
    ways = special.gammaln(total + 1) - special.gammaln(counts + 1)
    ways = ways + ways[::-1] - special.gammaln(total + 1)
    if numpy.isinf(spread):
        weight = counts * numpy.log(share) + (total - counts) * numpy.log1p(-share)
    else:
        own, others = special.gammaln(spread * share + counts), special.gammaln(spread * (1 - share) + counts)[::-1]
        weight = own - own[0] + others - others[-1] - special.gammaln(spread + total) + special.gammaln(spread)
    probability = numpy.exp(ways + weight)
    at_least = numpy.cumsum(probability[::-1])[::-1]
    return numpy.asarray(numpy.clip(at_least - probability / 2, 0.0, 1.0), dtype=numpy.float64)


def poisson_funnel(expected: ArrayLike, alpha: float = ACTION, dispersion: float = 1.0) -> Numbers:
    """Lowest and highest count that are still chance in an area where so many events are expected.

    A count lies outside exactly when its exact interval does not hold the expected number, at any size. Where events come in batches,
    batches are counted instead of events.

    Args:
        expected: Expected events, shape (n,); NaN where unknown.
        alpha: Share of counts that chance puts outside, at most half of it on each side.
        dispersion: Variance over mean of the counts.

    Returns:
        Lowest and highest count within the funnel, shape (n, 2), in events; NaN where nothing is known to be expected.

    Raises:
        ValueError: If an expected number is negative, alpha is no probability or the dispersion lies below 1.

    Source: Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202, exact limits; agrees with OHID's published funnel test files.
    """
    means = checked_counts(expected, "expected")
    poisson: Any = stats.poisson
    batch = batch_size(dispersion)
    return batch * _funnel(poisson.ppf, alpha, means / batch)


def binomial_funnel(wholes: ArrayLike, share: ArrayLike, alpha: float = ACTION) -> Numbers:
    """Lowest and highest part that are still chance in a whole of this size, if its true share is the county's.

    Args:
        wholes: Sizes, shape (n,), integers; NaN where unknown.
        share: The county's share, between 0 and 1, one number or shape (n,).
        alpha: Share of parts that chance puts outside, at most half of it on each side.

    Returns:
        Lowest and highest part within the funnel, shape (n, 2); NaN where the whole or the share is unknown.

    Raises:
        ValueError: If a whole is negative, the share does not lie between 0 and 1, or alpha is no probability.

    Source: Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202, exact limits; agrees with R's Clopper-Pearson limits and with the
        signals of OHID's published test file (whose drawn limits are the normal approximation, below 0 and above 1 cut off).
    """
    sizes, shares = numpy.broadcast_arrays(checked_counts(wholes, "wholes"), checked_counts(share, "share"))
    if (shares > 1).any():
        raise ValueError(f"a share must not exceed 1: position {int(numpy.argmax(shares > 1))}")
    binomial: Any = stats.binom
    return _funnel(binomial.ppf, alpha, sizes, shares)


def prediction_limits(events: ArrayLike, exposure: ArrayLike = 1.0, next_exposure: ArrayLike = 1.0, alpha: float = 0.05) -> Numbers:
    """Lowest and highest count to be expected of the next period if nothing changes.

    Both the known and the coming count vary by chance, so these are wider than the interval of the known one. A next count lies outside
    exactly when ``comparison.two_period_p`` of the two is below alpha.

    Args:
        events: Counts of the known period, shape (n,); NaN where suppressed.
        exposure: Length or population behind the known counts, in any unit, shape (n,) or one number.
        next_exposure: The same of the next period, in the same unit.
        alpha: Share of next counts that chance puts outside, at most half of it on each side.

    Returns:
        Lowest and highest count, shape (n, 2), in events; NaN where the known count is.

    Raises:
        ValueError: If a count is negative, an exposure is not positive or alpha is no probability.

    Source: Nelson 1970, IEEE Transactions on Reliability R-19, 42-49, from the exact conditional test.
    """
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    lengths = [numpy.atleast_1d(numpy.asarray(length, dtype=numpy.float64)) for length in (exposure, next_exposure)]
    for length in lengths:
        bad = numpy.flatnonzero(~(length > 0))
        if bad.size:
            raise ValueError(f"exposure must be positive: position {int(bad[0])}")
    counts, known, following = numpy.broadcast_arrays(checked_counts(events, "events"), *lengths)
    # P(Bin(x + y, q) >= y) = P(NB(x + 1, 1 - q) >= y): the limits of the conditional test are quantiles.
    share_of_known = known / (known + following)
    negative_binomial: Any = stats.nbinom
    some = numpy.where(counts == 0, 1.0, counts)
    lowest = numpy.where(counts == 0, 0.0, negative_binomial.ppf(alpha / 2, some, share_of_known))
    highest = negative_binomial.ppf(1 - alpha / 2, counts + 1, share_of_known)
    return numpy.column_stack([lowest, highest]).astype(numpy.float64)


def levels(events: ArrayLike, population: ArrayLike, share: float = 0.05, dispersion: float = 1.0) -> NDArray[numpy.object_]:
    """Label every area's rate beside the county's, allowing for the number of areas that are judged together.

    An area is clearly high or low if its one-sided test stands among those of all areas; it is possibly so if its count lies outside the
    95 % funnel only. Most of the false findings allowed may be high ones, and both together are no more than allowed. High needs five events,
    low five expected ones: where fewer are expected, even none is no surprise.

    Args:
        events: Observed counts, shape (n,), whole numbers; NaN where suppressed.
        population: People behind each count, shape (n,).
        share: Expected share of false findings among the tests that stand, and of maps with any where all areas are alike.
        dispersion: As for :func:`high_p`: ten cases of one gang are not ten separate events.

    Returns:
        A :class:`Level` for every area, shape (n,).

    Raises:
        ValueError: If a count or a population is negative, a count is not whole or the dispersion lies below 1.

    Source: Benjamini & Hochberg 1995, JRSS B 57, 289-300; Spiegelhalter 2005, Statistics in Medicine 24, 1185-1202.
    """
    counts, people, known = _county(events, population)
    p = high_p(counts, people, dispersion)
    is_high, is_low = false_discovery_cut(p, FOR_HIGH * share), false_discovery_cut(1 - p, (1 - FOR_HIGH) * share)
    expected = people * counts[known].sum() / people[known].sum() if known.any() else numpy.full(counts.shape, numpy.nan)
    limits = poisson_funnel(expected, WARNING, dispersion)
    above, below = (counts >= SMALLEST_COUNT) & (counts > limits[:, 1]), (expected >= SMALLEST_COUNT) & (counts < limits[:, 0])
    labels = numpy.empty(counts.shape, dtype=object)
    labels.fill(Level.WITHIN_CHANCE)
    labels[above] = Level.POSSIBLY_HIGH
    labels[below] = Level.POSSIBLY_LOW
    labels[above & is_high] = Level.CLEARLY_HIGH
    labels[below & is_low] = Level.CLEARLY_LOW
    labels[((counts < SMALLEST_COUNT) & (expected < SMALLEST_COUNT)) | (people < SMALLEST_POPULATION)] = Level.TOO_FEW
    labels[numpy.isnan(p)] = Level.NOT_JUDGED
    return labels


class Carrier(NamedTuple):
    """The one period that an area's label rests on."""

    period: int
    events: float


def carriers(events: ArrayLike, periods: ArrayLike, population: ArrayLike, share: float = 0.05, dispersion: float = 1.0) -> dict[int, Carrier]:
    """Find the areas that are called high because of one period, such as a month with an operation against one gang.

    A period carries a label if it holds more of its area's events than chance would gather in any one period, and if the area is called
    less once that period is left out of every area. A large period alone is no reason to doubt a label that stands without it; nor is a label
    that just stands, and so would fall with any of its periods.

    Args:
        events: Counts of the whole window, shape (n,), as for :func:`levels`.
        periods: Counts of its periods, shape (n, t); NaN where not known.
        population: People behind each count, shape (n,).
        share: As for :func:`levels`.
        dispersion: As for :func:`levels`; that of the other periods is measured on them where all are known, otherwise this one is taken.

    Returns:
        The carrying period of each area that has one, by the area's position.

    Raises:
        ValueError: As :func:`levels`, or if the shapes do not fit together.
    """
    counts, monthly = numpy.asarray(events, dtype=numpy.float64), numpy.asarray(periods, dtype=numpy.float64)
    if monthly.ndim != 2 or monthly.shape[:1] != counts.shape:
        raise ValueError(f"events {counts.shape} and periods {monthly.shape} do not fit together")
    found = {}
    labels = levels(counts, population, share, dispersion)
    for area in numpy.flatnonzero(numpy.isin(labels, (Level.CLEARLY_HIGH, Level.POSSIBLY_HIGH))):
        if numpy.isnan(monthly[area]).all():
            continue
        period = int(numpy.nanargmax(monthly[area]))
        if not is_odd(monthly[area, period], counts[area], monthly.shape[1]):
            continue
        others = monthly.copy()
        others[:, period] = numpy.nan
        unrest = dispersion if numpy.isnan(monthly).any() else common_dispersion(others)
        left = numpy.maximum(counts - numpy.nan_to_num(monthly[:, period]), 0)  # a later month may take back what this one had too many
        if levels(left, population, share, unrest)[area] not in {Level.CLEARLY_HIGH, labels[area]}:
            found[int(area)] = Carrier(period, float(monthly[area, period]))
    return found


def is_odd(largest: float, total: float, periods: int) -> bool:
    """Tell whether chance seldom gathers so many of a total in any one of its periods (Bonferroni)."""
    binomial: Any = stats.binom
    return bool(periods * binomial.sf(largest - 1, total, 1 / periods) < ODD)


def chance_of_possible(events_total: float, population: ArrayLike, dispersion: float = 1.0, maps: int = MAPS, seed: int = 0) -> float:
    """Probability that on a map of pure chance any area lies outside the 95 % funnel, high or low: it grows with the number of areas.

    Args:
        events_total: Events of the county in the window that is judged, a whole number.
        population: People of every area, shape (n,).
        dispersion: As for :func:`levels`.
        maps: Simulated maps.
        seed: Start of the random numbers; the same seed gives the same chance.

    Returns:
        A probability; NaN where fewer than two areas have people.

    Raises:
        ValueError: If a number is negative or the dispersion lies below 1.
    """
    total, everybody = int(checked_counts(events_total, "events_total")[0]), checked_counts(population, "population")
    people = everybody[everybody > 0]
    if people.size < 2:
        return numpy.nan
    counts = thrown(numpy.random.default_rng(seed), total, people / people.sum(), maps, dispersion)
    expected = people * total / people.sum()
    limits = poisson_funnel(expected, WARNING, dispersion)
    outside = ((counts > limits[:, 1]) & (counts >= SMALLEST_COUNT)) | ((counts < limits[:, 0]) & (expected >= SMALLEST_COUNT))
    return float((outside & (people >= SMALLEST_POPULATION)).any(axis=1).mean())


def power_of_doubling(events_total: float, population: ArrayLike, share: float = 0.05, dispersion: float = 1.0) -> float:
    """Probability that a township of doubled risk is called clearly high: says what a map without a finding could have found.

    The mean over all townships, each doubled in turn: the township may be any of them, and a small one is found much less often than a
    large one (:func:`powers_of_doubling` has each). The county's total is taken as it is, so nothing else is assumed of its level.

    Args:
        events_total: Events of the county in the window that is judged, a whole number.
        population: People of every township, shape (n,).
        share: Expected share of false findings among the tests that stand, as for :func:`levels`.
        dispersion: Variance over mean of every area's count, likewise.

    Returns:
        A probability; NaN where fewer than two townships have people.

    Raises:
        ValueError: If a number is negative, the total is not whole, or ``share`` is no probability.
    """
    powers = powers_of_doubling(events_total, population, share, dispersion=dispersion)
    return float(numpy.nanmean(powers)) if not numpy.isnan(powers).all() else numpy.nan


def powers_of_doubling(
    events_total: float, population: ArrayLike, share: float = 0.05, maps: int = MAPS, seed: int = 0, dispersion: float = 1.0
) -> Numbers:
    """Probability that each township is called clearly high when its risk, and no other's, is doubled.

    Maps are simulated for every township: the county's events fall on the townships by population, on the doubled one by twice its
    population. Given the county's total, an area's test and its funnel depend on its own count alone. So both are computed once, as tables,
    and each map only needs the cut over all areas.

    Args:
        events_total: Events of the county in the window that is judged, a whole number.
        population: People of every township, shape (n,).
        share: Expected share of false findings among the tests that stand, as for :func:`levels`.
        maps: Simulated maps, divided among the townships, at least one each.
        seed: Start of the random numbers; the same seed gives the same powers.
        dispersion: Variance over mean of every area's count, as for :func:`levels`.

    Returns:
        Probabilities, shape (n,); 0 where too few people live for a judgement, NaN where nobody does or there is no rest.

    Raises:
        ValueError: If a number is negative, the total is not whole, ``share`` is no probability or no map is to be simulated.
    """
    if not 0 < share < 1:
        raise ValueError(f"share must lie between 0 and 1, not {share}")
    if maps < 1:
        raise ValueError("at least one map must be simulated")
    total = int(checked_counts(events_total, "events_total")[0])
    if total != events_total:
        raise ValueError("events_total must be a whole number")
    everybody = checked_counts(population, "population")
    powers = numpy.full(everybody.shape, numpy.nan)
    inhabited = numpy.flatnonzero(everybody > 0)
    if inhabited.size < 2:
        return powers
    people = everybody[inhabited]
    p, may_be_high = _by_count(total, people, dispersion)
    chance = numpy.random.default_rng(seed)
    weights = people * (1 + numpy.eye(people.size))
    each = -(-maps // people.size)
    counts = thrown(chance, total, weights / weights.sum(axis=1, keepdims=True), (each, people.size), dispersion)
    of_area = numpy.arange(people.size)
    own = counts[:, of_area, of_area]
    found = _stand_of_own(p[of_area, counts], FOR_HIGH * share) & may_be_high[of_area, own]
    powers[inhabited] = found.mean(axis=0)
    return powers


def _by_count(total: int, people: Numbers, dispersion: float) -> tuple[Numbers, NDArray[numpy.bool_]]:
    """Return of every area and every count it may have of the total, its p value, and whether it may be "clearly high" at all.

    Shapes (n, total + 1).
    """
    counts = numpy.arange(total + 1, dtype=numpy.float64)
    p = numpy.vstack([_high_p_by_count(total, own / people.sum(), dispersion) for own in people])
    highest = poisson_funnel(people * total / people.sum(), WARNING, dispersion)[:, 1]
    may_be_high = (counts >= SMALLEST_COUNT) & (people >= SMALLEST_POPULATION)[:, None]
    return p, may_be_high & (counts > highest[:, None])


def _stand_of_own(p: Numbers, share: float) -> NDArray[numpy.bool_]:
    """Return whether area i of each map in which it is the doubled one stands by Benjamini and Hochberg; p of shape (maps, n, n)."""
    size = p.shape[-1]
    ordered = numpy.sort(p, axis=-1)
    passing = ordered <= share * numpy.arange(1, size + 1) / size
    cut = numpy.where(passing, ordered, -1.0).max(axis=-1)
    own = numpy.diagonal(p, axis1=1, axis2=2)
    return numpy.asarray(own <= cut, dtype=numpy.bool_)


def _county(events: ArrayLike, population: ArrayLike) -> tuple[Numbers, Numbers, NDArray[numpy.bool_]]:
    """Return counts, people, and which areas make up the county that can be compared."""
    counts, people = numpy.broadcast_arrays(checked_counts(events, "events"), checked_counts(population, "population"))
    return counts, people, ~numpy.isnan(counts) & (people > 0)


def _funnel(quantile: Any, alpha: float, *parameters: Numbers) -> Numbers:
    """Return the outermost counts whose tail is not below half of alpha, shape (n, 2)."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    return numpy.column_stack([quantile(alpha / 2, *parameters), quantile(1 - alpha / 2, *parameters)]).astype(numpy.float64)
