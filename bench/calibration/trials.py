"""The trials: each draws counties, judges them as the product does and as others do, and counts what was flagged.

A trial takes the random numbers, the county's size in cases a year, and the number of runs; it returns a tally: of each thing counted,
how often it came about and in how many runs it could have.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy

from analysis.areas import Level, levels, power_of_doubling
from analysis.comparison import Verdict
from analysis.early_warning import judge_latest
from analysis.pooling import pooled_months
from analysis.scan import find_clusters
from analysis.trend import Trend, yearly_trend
from bench.calibration import earlier, peers, product
from bench.calibration.counties import PERIODS_PER_YEAR, TOWNSHIPS, County, Months, county, months, pooled, restless, season
from bench.calibration.departures import departures
from bench.calibration.tally import Counter, Tally

HISTORY, SHORT_HISTORY = 72, 30  # months
SCAN_SHARE, SCAN_MAPS, SCAN_LEVEL = 0.35, 499, 0.05
BATCHES = 1.5  # variance over mean where cases come in batches
MAP_BATCHES = (1.5, 2.0, 3.0)
UNREST = 2.5  # variance over mean of the trend's months
TREND_MONTHS, GROWTH = 60, 1.10
RISE = 1.5  # of a year
SELDOM = 4  # every fourth run also tries what takes long


def window_years(per_year: int) -> int:
    """Years that the map of a county of this size pools."""
    return pooled_months(numpy.full(HISTORY, per_year / PERIODS_PER_YEAR)) // PERIODS_PER_YEAR


def maps(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Label maps of the pooled window: without any difference, with one township of doubled risk, with two neighbours of doubled risk."""
    counter = Counter()
    for run in range(runs):
        own = county(chance)
        events = int(chance.poisson(per_year * window_years(per_year)))
        even = pooled(chance, own, events)
        labels = levels(even, own.population)
        counter.add("map high", (labels == Level.CLEARLY_HIGH).any())
        counter.add("before map high", earlier.two_sided_high(even, own).any())
        counter.add("map low", (labels == Level.CLEARLY_LOW).any())
        counter.add("map possibly", numpy.isin(labels, (Level.POSSIBLY_HIGH, Level.POSSIBLY_LOW)).any())
        for name, rule in _MAP_PEERS.items():
            counter.add(f"false {name}", rule(even, own).any())

        first = int(chance.integers(TOWNSHIPS))
        doubled = pooled(chance, own, events, 1.0 + (numpy.arange(TOWNSHIPS) == first))
        clear = levels(doubled, own.population) == Level.CLEARLY_HIGH
        _find_one(counter, "labels", clear, first)
        _find_one(counter, "before", earlier.two_sided_high(doubled, own), first)
        third = 3 * int((own.population < own.population[first]).sum()) // TOWNSHIPS
        counter.add(f"find labels {('small', 'middle', 'large')[third]}", clear[first])
        for name, rule in _MAP_PEERS.items():
            _find_one(counter, name, rule(doubled, own), first)

        second = int(chance.choice(numpy.flatnonzero(own.is_neighbour[first])))
        pair = pooled(chance, own, events, 1.0 + numpy.isin(numpy.arange(TOWNSHIPS), [first, second]))
        found = (levels(pair, own.population) == Level.CLEARLY_HIGH)[[first, second]]
        counter.add("pair labels", found.any())
        counter.add("pair labels both", found.all())
        if run % SELDOM == 0:
            counter.add("false scan", bool(_cluster(even, own)))
            counter.add("find scan", first in _cluster(doubled, own))
            counter.add("pair scan", bool({first, second} & _cluster(pair, own)))
            counter.add("foretold", power_of_doubling(events, own.population))
    return counter.tally()


_MAP_PEERS: Mapping[str, Callable[..., numpy.ndarray]] = {
    "own limits": peers.own_limits,
    "one and a half": peers.above_one_and_a_half,
    "getis-ord": peers.getis_ord,
}


def maps_in_batches(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Label maps of the pooled window where cases come in batches: without any difference, then with one township of doubled risk."""
    counter = Counter()
    span = PERIODS_PER_YEAR * window_years(per_year)
    for run in range(runs):
        own = county(chance)
        for dispersion in MAP_BATCHES:
            even = months(chance, own, per_year, span, dispersion=dispersion).towns
            found, found_before = product.unrest_of_map(even), earlier.equal_weight_dispersion(even)
            labels = levels(even.sum(axis=1), own.population, dispersion=found)
            counter.add(f"map high {dispersion}", (labels == Level.CLEARLY_HIGH).any())
            counter.add(f"map low {dispersion}", (labels == Level.CLEARLY_LOW).any())
            cases = even.sum(axis=1).astype(numpy.int64)
            counter.add(f"before map high {dispersion}", earlier.two_sided_high(cases, own, found_before).any())
            place = int(chance.integers(TOWNSHIPS))
            twice = months(chance, own, per_year, span, dispersion=dispersion, risk=1.0 + (numpy.arange(TOWNSHIPS) == place)).towns
            counter.add(f"find in batches {dispersion}", product.high(twice.sum(axis=1), own, product.unrest_of_map(twice))[place])
            before = earlier.two_sided_high(twice.sum(axis=1).astype(numpy.int64), own, earlier.equal_weight_dispersion(twice))
            counter.add(f"before find in batches {dispersion}", before[place])
            plain = levels(even.sum(axis=1), own.population)
            counter.add(f"map plain {dispersion}", (plain == Level.CLEARLY_HIGH).any())
            if run % SELDOM == 0:
                counter.add(f"false scan {dispersion}", bool(_cluster(cases, own, found)))
                counter.add(f"before scan {dispersion}", bool(_cluster(cases, own, found_before)))
                counter.add(f"false plain scan {dispersion}", bool(_cluster(cases, own)))
    return counter.tally()


def _find_one(counter: Counter, name: str, flagged: numpy.ndarray, place: int) -> None:
    counter.add(f"find {name}", flagged[place])
    counter.add(f"wrong {name}", numpy.delete(flagged, place).any())


def _cluster(events: numpy.ndarray, own: County, dispersion: float = 1.0) -> set[int]:
    """Return the townships of the most likely cluster, none where chance makes one as striking in more than one map of twenty."""
    found = find_clusters(events, own.population, own.points, largest_share=SCAN_SHARE, simulations=SCAN_MAPS, dispersion=dispersion)
    return set(found[0].members) if found and found[0].p <= SCAN_LEVEL else set()


def county_months(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Judge the last of six years of months: without any change, then with two or three times the cases in the county or in a township."""
    counter = Counter()
    for run in range(runs):
        own = county(chance)
        even = months(chance, own, per_year, HISTORY)
        judged, alarms = judge_latest(even.counts, even.is_total), product.alarms(even.counts, even.is_total)
        counter.add("month", alarms.any())
        counter.add("month lines", alarms[even.is_total].any())
        counter.add("month parts", alarms[~even.is_total].any())
        above = even.counts[:, -1] > judged.upper
        counter.add("false each alone", above.any())
        counter.add("false line each alone", above[0])
        for name, flagged in _month_peers(even).items():
            counter.add(f"false {name}", flagged.any())
            counter.add(f"false line {name}", flagged[0])
        if run % SELDOM:
            continue
        place = int(chance.integers(TOWNSHIPS))
        for factor in (2, 3):
            more = months(chance, own, per_year, HISTORY, latest_risk=factor)
            counter.add(f"county x{factor}", product.alarms(more.counts, more.is_total)[0])
            risk = 1.0 + (factor - 1) * (numpy.arange(TOWNSHIPS) == place)
            local = months(chance, own, per_year, HISTORY, latest_risk=risk)
            alarms = product.alarms(local.counts, local.is_total)
            counter.add(f"township x{factor}", alarms[3 + place])
            counter.add(f"township x{factor} anywhere", alarms.any())
            for name, flagged in _month_peers(more).items():
                counter.add(f"county x{factor} {name}", flagged[0])
            for name, flagged in _month_peers(local).items():
                counter.add(f"township x{factor} {name}", flagged[3 + place])
        batches = months(chance, own, per_year, HISTORY, dispersion=BATCHES)
        counter.add("month in batches", product.alarms(batches.counts, batches.is_total).any())
        short = months(chance, own, per_year, SHORT_HISTORY)
        counter.add("month of short history", product.alarms(short.counts, short.is_total).any())
    return counter.tally()


def _month_peers(own: Months) -> Mapping[str, numpy.ndarray]:
    latest = own.counts[:, -1]
    return {
        "half again": peers.half_as_many_again(latest, own.counts[:, -1 - PERIODS_PER_YEAR]),
        "two deviations": peers.two_standard_deviations(own.counts),
    }


def county_quarters(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Judge the last of six years of quarters in which nothing changed."""
    counter = Counter()
    for _run in range(runs):
        even = months(chance, county(chance), per_year, HISTORY)
        quarters = even.counts.reshape(len(even.counts), -1, 3).sum(axis=2)
        counter.add("quarter", judge_latest(quarters, even.is_total, periods_per_year=4).is_alarm.any())
    return counter.tally()


def two_periods(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Label the county's cases of a month, a year so far and a rolling year against those of the year before.

    The year of comparison is the last of the history, and the series' own unrest is allowed for, as on the pages.
    """
    counter = Counter()
    last_year = numpy.arange(HISTORY) >= HISTORY - PERIODS_PER_YEAR
    for _run in range(runs):
        mean = per_year / PERIODS_PER_YEAR * season(chance.random(), HISTORY)
        months_so_far = int(chance.integers(1, PERIODS_PER_YEAR + 1))
        spans = {"month": slice(-1, None), "so far": slice(0, months_so_far), "rolling": slice(None)}
        for what, factor, dispersion in (("same", 1.0, 1.0), ("rise", RISE, 1.0), ("batches", 1.0, BATCHES)):
            counts = restless(chance, mean * numpy.where(last_year, factor, 1.0), dispersion)
            before, after = counts[-2 * PERIODS_PER_YEAR :].reshape(2, PERIODS_PER_YEAR)
            later, past = (numpy.array([year[span].sum() for span in spans.values()]) for year in (after, before))
            labels = product.changes(later, past, counts)
            wanted = (Verdict.CLEAR_RISE,) if what == "rise" else (Verdict.CLEAR_RISE, Verdict.CLEAR_FALL)
            for name, label, half_again in zip(spans, labels, peers.half_as_many_again(later, past), strict=True):
                counter.add(f"{what} {name}", label in wanted)
                counter.add(f"{what} {name} half again", half_again)
    return counter.tally()


def trends(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Judge five years of restless months: without a trend, then with a tenth more every year."""
    counter = Counter()
    years = (numpy.arange(TREND_MONTHS) - TREND_MONTHS / 2) / PERIODS_PER_YEAR
    for _run in range(runs):
        level = per_year / PERIODS_PER_YEAR * season(chance.random(), TREND_MONTHS)
        found = yearly_trend(restless(chance, level, UNREST))
        counter.add("trend", found.verdict in (Verdict.CLEAR_RISE, Verdict.CLEAR_FALL))
        counter.add("trend of plain Poisson", _plain(found))
        found = yearly_trend(restless(chance, level * GROWTH**years, UNREST))
        counter.add("growth", found.verdict is Verdict.CLEAR_RISE)
    return counter.tally()


def _plain(found: Trend) -> bool:
    """Whether the trend would be called one if the months' unrest were taken for none."""
    slope, lower = (numpy.log1p(value / 100) for value in (found.yearly_change, found.lower))
    return bool(abs(slope) > (slope - lower) / numpy.sqrt(found.dispersion))


TRIALS: Mapping[str, Callable[[numpy.random.Generator, int, int], Tally]] = {
    "maps": maps,
    "county months": county_months,
    "two periods": two_periods,
    "trends": trends,
    "county quarters": county_quarters,
    "maps in batches": maps_in_batches,
    "departures": departures,
}
