"""The trials of what lies between numbers and words: batches, campaigns, months that depend on each other, steps, bends and shares.

Each is judged by today's rule and by the one before issue 13, so that both stand side by side.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy

from analysis.comparison import Verdict
from bench.calibration import earlier, product
from bench.calibration.counties import LINES, PERIODS_PER_YEAR, Flags, Numbers, county, months, restless, season
from bench.calibration.tally import Counter, Tally

HISTORY, TREND_MONTHS = 72, 60
BATCHES = (1.5, 2.0, 3.0)
CAMPAIGN, CAMPAIGN_MONTHS, CODED = 3.0, 3, (0.8, 0.4, 0.0)
RISE = 1.5
STEP, STEP_MONTHS = 1.7, (18, 42)  # of the five years, where the step may lie
BEND, TURN = 2.5, 36  # so many times as many after so many months, then down again as fast
PERSISTENCE, SPREAD = 0.5, 0.2  # of the logarithm of the level from month to month, and its standard deviation
FED_BY_LAST, FED_BY_LEVEL = 0.3, 0.2  # shares of a month's level that last month's count and level make
YOUNG, MANY_YOUNG, MOST_YOUNG, HANDFUL = 0.35, 0.62, 0.70, 11
HALF_A_YEAR = 6
SELDOM = 4  # every fourth county also tries what takes long
CLEAR = (Verdict.CLEAR_RISE, Verdict.CLEAR_FALL)


def departures(chance: numpy.random.Generator, per_year: int, runs: int) -> Tally:
    """Judge one county a run in every way in which counties differ from separate cases that come at one rate."""
    counter = Counter()
    for run in range(runs):
        level = per_year / PERIODS_PER_YEAR * season(chance.random(), HISTORY)
        judge = _year_and_trend if run % SELDOM == 0 else _year
        _even(counter, chance, level, judge)
        _campaigns(counter, chance, level, judge)
        _dependent(counter, chance, level, judge)
        _shares(counter, chance, per_year)
        if run % SELDOM == 0:
            _shapes(counter, chance, level[-TREND_MONTHS:])
            _warnings(counter, chance, per_year)
    return counter.tally()


def _both(counter: Counter, name: str, before: Callable[[], bool], after: Callable[[], bool]) -> None:
    counter.add(f"before {name}", before())
    counter.add(f"after {name}", after())


def _year(counter: Counter, name: str, counts: Numbers, of_campaigns: Numbers | None = None, wanted: tuple[Verdict, ...] = CLEAR) -> None:
    """Judge the last year by both rules."""
    coded = numpy.zeros(counts.size) if of_campaigns is None else of_campaigns
    _both(
        counter,
        f"year {name}",
        lambda: earlier.change_of_months(counts) in wanted,
        lambda: product.change_of_a_year(counts, coded) in wanted,
    )


def _year_and_trend(counter: Counter, name: str, counts: Numbers, of_campaigns: Numbers | None = None) -> None:
    """Judge the last year and the last five years by both rules."""
    _year(counter, name, counts, of_campaigns)
    _trend(counter, name, counts[-TREND_MONTHS:], None if of_campaigns is None else of_campaigns[-TREND_MONTHS:])


Judge = Callable[[Counter, str, Numbers, Numbers | None], None]


def _trend(counter: Counter, name: str, counts: Numbers, of_campaigns: Numbers | None = None, wanted: tuple[Verdict, ...] = CLEAR) -> None:
    """Judge five years by both rules."""
    coded = numpy.zeros(counts.size) if of_campaigns is None else of_campaigns
    _both(
        counter,
        f"trend {name}",
        lambda: earlier.slope_only(counts) in wanted,
        lambda: product.trend(counts, coded) in wanted,
    )


def _even(counter: Counter, chance: numpy.random.Generator, level: Numbers, judge: Judge) -> None:
    """Nothing changes, or the last year has half as many again: the two that everything else is measured by."""
    even = restless(chance, level, 1.0)
    judge(counter, "even", even, None)
    last_year = numpy.arange(level.size) >= level.size - PERIODS_PER_YEAR
    _year(counter, "half again", restless(chance, level * numpy.where(last_year, RISE, 1.0), 1.0), wanted=(Verdict.CLEAR_RISE,))
    for dispersion in BATCHES:
        counts = restless(chance, level, dispersion)
        judge(counter, f"batches {dispersion}", counts, None)


def _campaigns(counter: Counter, chance: numpy.random.Generator, level: Numbers, judge: Judge) -> None:
    """Three times the cases in three months of the last year or the one before; and the same where the last year rises by half."""
    own = restless(chance, level, 1.0)
    first = level.size - int(chance.integers(CAMPAIGN_MONTHS, 2 * PERIODS_PER_YEAR + 1))
    further = numpy.zeros(level.size)
    held = slice(first, first + CAMPAIGN_MONTHS)
    further[held] = chance.poisson((CAMPAIGN - 1) * level[held])
    last_year = numpy.arange(level.size) >= level.size - PERIODS_PER_YEAR
    rise = chance.poisson(level * (RISE - 1) * last_year)
    for share in CODED:
        coded = chance.binomial(further.astype(numpy.int64), share).astype(numpy.float64)
        judge(counter, f"campaign {share}", own + further, coded)
        _year(counter, f"campaign {share} half again", own + further + rise, coded, wanted=(Verdict.CLEAR_RISE,))


def _dependent(counter: Counter, chance: numpy.random.Generator, level: Numbers, judge: Judge) -> None:
    """Months that depend on the one before, though nothing changes in the long run."""
    for name, counts in (("ar", autoregressive(chance, level)), ("ingarch", self_exciting(chance, level))):
        judge(counter, name, counts, None)


def autoregressive(chance: numpy.random.Generator, level: Numbers) -> Numbers:
    """Draw counts whose level wanders: its logarithm is an AR(1) series."""
    innovation = chance.normal(0, SPREAD * numpy.sqrt(1 - PERSISTENCE**2), level.size)
    wander = numpy.empty(level.size)
    wander[0] = chance.normal(0, SPREAD)
    for now in range(1, level.size):
        wander[now] = PERSISTENCE * wander[now - 1] + innovation[now]
    return chance.poisson(level * numpy.exp(wander - SPREAD**2 / 2)).astype(numpy.float64)


def self_exciting(chance: numpy.random.Generator, level: Numbers) -> Numbers:
    """Draw counts that feed the next month's level: INGARCH(1, 1) around the season."""
    counts, rate = numpy.empty(level.size), level[0]
    for now in range(level.size):
        counts[now] = chance.poisson(rate)
        following = level[min(now + 1, level.size - 1)]
        swing = FED_BY_LAST * counts[now] / level[now] + FED_BY_LEVEL * rate / level[now]
        rate = following * (1 - FED_BY_LAST - FED_BY_LEVEL + swing)
    return counts


def _shapes(counter: Counter, chance: numpy.random.Generator, level: Numbers) -> None:
    """Five years with a step, or that rose and turned: neither is a yearly rise; and a lasting rise, which is one."""
    position = numpy.arange(level.size)
    at = int(chance.integers(*STEP_MONTHS))
    _trend(counter, "step", restless(chance, level * numpy.where(position >= at, STEP, 1.0), 1.0), wanted=(Verdict.CLEAR_RISE,))
    turned = 1 + (BEND - 1) * numpy.minimum(position, 2 * TURN - position) / TURN
    _trend(counter, "bend", restless(chance, level * turned, 1.0), wanted=(Verdict.CLEAR_RISE,))
    _trend(counter, "lasting", restless(chance, level * 1.1 ** (position / PERIODS_PER_YEAR), 1.0), wanted=(Verdict.CLEAR_RISE,))


def _shares(counter: Counter, chance: numpy.random.Generator, per_year: int) -> None:
    """The share of the young among the suspects of two years, one to a case."""
    for name, share, size in (
        ("even", YOUNG, per_year),
        ("shift", MANY_YOUNG, per_year),
        ("few even", YOUNG, HANDFUL),
        ("few shift", MOST_YOUNG, HANDFUL),
    ):
        later, before = (int(chance.binomial(size, share)), size), (int(chance.binomial(size, YOUNG)), size)
        wanted = CLEAR if name.endswith("even") else (Verdict.CLEAR_RISE,)
        _both(
            counter,
            f"share {name}",
            lambda later=later, before=before, wanted=wanted: earlier.two_intervals(later, before) in wanted,  # type: ignore[misc]
            lambda later=later, before=before, wanted=wanted: product.change_of_share(later, before) in wanted,  # type: ignore[misc]
        )


def _warnings(counter: Counter, chance: numpy.random.Generator, per_year: int) -> None:
    """The last month of a county without change, in batches, with a month of twice the cases, and at the end of six months of half again."""
    own = county(chance)
    for dispersion in (1.0, *BATCHES):
        made = months(chance, own, per_year, HISTORY, dispersion=dispersion)
        _alarm(counter, f"batches {dispersion}", made.counts, made.is_total, _any)
    doubled = months(chance, own, per_year, HISTORY, latest_risk=2.0)
    _alarm(counter, "doubled", doubled.counts, doubled.is_total, _of_first)
    level = per_year / PERIODS_PER_YEAR * season(chance.random(), HISTORY)
    level[-HALF_A_YEAR:] *= RISE
    line, alone = restless(chance, level, 1.0)[None, :], numpy.array([True])
    ends = [line[:, : line.shape[1] - left] for left in range(HALF_A_YEAR)]
    _both(
        counter,
        "warning half a year",
        lambda: any(earlier.alarms_of_single_months(end, alone).any() for end in ends),
        lambda: any(product.alarms(end, alone).any() for end in ends),
    )


def _alarm(counter: Counter, name: str, counts: Numbers, is_total: Flags, is_found: Callable[[Flags], bool]) -> None:
    _both(
        counter,
        f"warning {name}",
        lambda: is_found(earlier.alarms_of_single_months(counts, is_total)),
        lambda: is_found(product.alarms(counts, is_total)),
    )


def _any(alarms: Flags) -> bool:
    return bool(alarms.any())


def _of_first(alarms: Flags) -> bool:
    return bool(alarms[:LINES].any())
