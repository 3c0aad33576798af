"""Which series are above what their past lets expect in the latest month, when some fifty are judged together.

A test at one percent errs once in a hundred. A county looks at its lines, eighteen townships, charges, places and zones every month,
so up to two months in five would bring a false alarm. Therefore the level is set for the whole month: of a hundred months in which nothing
changed, at most one has any false alarm at all. The calibration states the price: a small series must grow a lot to be found.

The county's lines are a family of tests of their own. Among fifty other tests the line that matters most would need the same overwhelming
excess as the smallest township. Judged with the few other lines, it can be found even where none of its parts is.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

import numpy
from numpy.typing import ArrayLike, NDArray

from analysis.alarm import ALPHA, SMALLEST_ALARM, YEARS, at_least_p, farrington_alarms, negative_binomial_limit
from analysis.alarm import HALF_WINDOW as MONTHS_AROUND
from analysis.alarm import RECENT as LATEST
from analysis.alarm import RECENT_EVENTS as LATEST_EVENTS
from analysis.comparison import false_discovery_cut
from analysis.dispersion import spread_within
from analysis.intervals import Numbers, checked_counts

FAMILY_ALPHA = 0.005  # promised of each of the two families
HELD_BACK = 0.8  # of the promise is asked of the cut, because the regression's plug-in limit errs more often than it is asked to
MANY = 10.0  # events a period from which a regression is worth its four years
SOME, UNEASY = 5.0, 1.5  # or fewer events, where their variance exceeds their mean by so much
RECENT_YEARS, FEWEST_PERIODS = 3, 8
KNOWN_SHARE = 0.75  # of the periods a rule looks back at
FINE = 12  # periods a year from which neighbouring periods are like the same one, and a regression has enough of them


class Rule(StrEnum):
    """What the latest count of a series was compared with."""

    FARRINGTON = "farrington"  # a regression with trend and season, earlier outbreaks weighted down
    SEASONAL = "seasonal"  # the same periods of the last four years
    RECENT = "recent"  # the last three years, or as much as there is from one year (of quarters, two) on
    NOT_JUDGED = "not_judged"  # the count is missing, or hardly anything is known of the year before


class Judged(NamedTuple):
    """The latest count of every series beside its past."""

    rule: NDArray[numpy.object_]  # a :class:`Rule` a series
    expected: Numbers  # events
    upper: Numbers  # highest count within chance for one series looked at alone; for display
    p: Numbers  # probability of at least the observed count
    is_alarm: NDArray[numpy.bool_]  # stands among all series looked at
    tests: int  # series judged
    chance_of_false_alarm: float  # of any, in a period in which nothing changed; at most


def judge_latest(counts: ArrayLike, is_total: ArrayLike, periods_per_year: int = 12, alpha: float = FAMILY_ALPHA) -> Judged:
    """Judge the last period of all series that are looked at together.

    The rule is chosen from a series' past alone, never from the count it is to judge: the regression for more than ten events a period,
    or more than five if they are restless; the same months of four years for fewer; the last three years where there are not four.
    Quarters are too few for the regression, and their neighbours are another season: the same quarters of four years tell.
    Except in the regression, which estimates it too, a past more restless than chance widens the limit in the same measure: the
    prediction's variance is multiplied by Pearson's dispersion of the past; a part's is at least that of all parts together. The short
    rule knows no season, so what the season does to the past counts as unrest there.

    Lines of the county and their parts are two families, each cut by Benjamini and Hochberg at four fifths of ``alpha``. Where nothing
    changed any false alarm is a false discovery, so both together raise one in at most twice ``alpha`` of the periods. In the calibration
    the two keep to this together and not each by itself. The lines err somewhat more often than asked, because of the regression's plug-in
    limit. The parts of a small county hardly ever err, because the probabilities of a few events come in steps too coarse for so small a
    limit.

    Args:
        counts: Counts of consecutive periods, the judged one last, shape (n, t); NaN where not reported, not published or not complete.
        is_total: Whether a series is a line of the county rather than a part of one (township, charge, place, zone), shape (n,).
        periods_per_year: 12 for months, 4 for quarters, 52 for weeks.
        alpha: Level promised of each family.

    Returns:
        One entry a series, in the order given. ``expected``, ``upper`` and ``p`` are NaN where the rule is "not judged". An alarm is
        always above ``upper`` where ``alpha`` is at most .01, and never below three events.

    Raises:
        ValueError: If a count is negative, the shapes do not fit, a year has no period, or alpha is no probability.

    Source: Noufaily et al. 2013, Statistics in Medicine 32, 1206-1222; Hoehle 2007, Computational Statistics 22, 571-582; Benjamini &
        Hochberg 1995, JRSS B 57, 289-300. The choice between them and the two families are this project's; docs/calibration.md has
        their error rates.
    """
    series, total_line = _arguments(counts, is_total, periods_per_year, alpha)
    latest, past = series[:, -1], series[:, :-1]
    rule, expected, dispersion = _chosen(past, ~numpy.isnan(latest), total_line, periods_per_year)
    judged = rule != Rule.NOT_JUDGED
    upper, p = numpy.full(latest.size, numpy.nan), numpy.full(latest.size, numpy.nan)
    for one in numpy.flatnonzero(rule == Rule.FARRINGTON):
        found = farrington_alarms(series[one, -_reach(periods_per_year) - 1 :], alpha=ALPHA, periods_per_year=periods_per_year)
        if numpy.isnan(found.upper[-1]):
            rule[one] = Rule.SEASONAL  # no finite regression: the same periods of other years still tell
            continue
        expected[one], upper[one], p[one] = found.expected[-1], found.upper[-1], found.p[-1]
    predicted = judged & (rule != Rule.FARRINGTON)
    upper[predicted] = negative_binomial_limit(expected[predicted], dispersion[predicted], ALPHA)
    p[predicted] = at_least_p(latest[predicted], expected[predicted], dispersion[predicted])
    stands = numpy.zeros(latest.size, dtype=bool)
    families = [family for family in (total_line, ~total_line) if (judged & family).any()]
    for family in families:
        stands[family] = false_discovery_cut(p[family], HELD_BACK * alpha)
    return Judged(rule, expected, upper, p, stands & (latest >= SMALLEST_ALARM), int(judged.sum()), alpha * len(families))


def _chosen(
    past: Numbers, given: NDArray[numpy.bool_], is_total: NDArray[numpy.bool_], periods_per_year: int
) -> tuple[NDArray[numpy.object_], Numbers, Numbers]:
    """Return the rule of every series, and what the rules without a regression expect: mean, and variance over mean; NaN if not judged."""
    recent = past[:, -RECENT_YEARS * periods_per_year :]
    short = given & (_known(recent) >= max(periods_per_year, FEWEST_PERIODS))
    rule = numpy.empty(given.size, dtype=object)
    rule.fill(Rule.NOT_JUDGED)
    rule[short] = Rule.RECENT
    expected, dispersion = _predicted(recent, _unrest(recent[:, None, :], is_total))
    if past.shape[1] >= _reach(periods_per_year):
        years = past[:, -YEARS * periods_per_year :]
        same = _same_periods(past, periods_per_year)
        long = given & (_known(same) >= KNOWN_SHARE * same.shape[1]) & (_known(years) >= KNOWN_SHARE * years.shape[1])
        unrest = _unrest(years.reshape(-1, YEARS, periods_per_year).swapaxes(1, 2), is_total)
        rule[long] = Rule.SEASONAL
        for values, of_season in zip((expected, dispersion), _predicted(same, unrest), strict=True):
            values[long] = of_season[long]
        mean = numpy.nansum(years, axis=1) / numpy.maximum(_known(years), 1)
        # The regression wants five events in the last four periods; three must have them, or the judged one would choose its rule.
        enough = numpy.nansum(past[:, 1 - LATEST :], axis=1) >= LATEST_EVENTS
        if periods_per_year >= FINE:
            rule[long & enough & ((mean > MANY) | ((mean > SOME) & (unrest > UNEASY)))] = Rule.FARRINGTON
    unknown = rule == Rule.NOT_JUDGED
    return rule, numpy.where(unknown, numpy.nan, expected), numpy.where(unknown, numpy.nan, dispersion)


def _arguments(counts: ArrayLike, is_total: ArrayLike, periods_per_year: int, alpha: float) -> tuple[Numbers, NDArray[numpy.bool_]]:
    series, total_line = numpy.asarray(counts, dtype=numpy.float64), numpy.asarray(is_total, dtype=bool)
    if series.ndim != 2 or series.shape[1] == 0 or total_line.shape != series.shape[:1]:
        raise ValueError(f"counts {series.shape} and is_total {total_line.shape} do not fit together")
    checked_counts(series.ravel(), "counts")
    if periods_per_year < 1:
        raise ValueError(f"a year of {periods_per_year} periods is none")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie between 0 and 1, not {alpha}")
    return series, total_line


def _reach(periods_per_year: int) -> int:
    """Return how far back the rules of four years look."""
    return YEARS * periods_per_year + _half_window(periods_per_year)


def _half_window(periods_per_year: int) -> int:
    """Return how many periods before and after the same one are like it: a month's neighbours, but no quarter's."""
    return MONTHS_AROUND if periods_per_year >= FINE else 0


def _known(counts: Numbers) -> NDArray[numpy.int64]:
    return numpy.asarray((~numpy.isnan(counts)).sum(axis=-1), dtype=numpy.int64)


def _same_periods(past: Numbers, periods_per_year: int) -> Numbers:
    """Return the periods around the same one of earlier years, shape (n, years * window)."""
    around = _half_window(periods_per_year)
    shifts = range(-around, around + 1)
    columns = [past.shape[1] - year * periods_per_year + shift for year in range(1, YEARS + 1) for shift in shifts]
    return past[:, columns]


def _unrest(grouped: Numbers, is_total: NDArray[numpy.bool_]) -> Numbers:
    """Return variance over mean of counts within groups of one level, at least 1, shape (n,) from (n, groups, counts).

    A part is taken to be at least as restless as all parts together, for a township of three cases a year cannot
    show that its cases come in batches, and would raise the alarm at the next one.
    """
    squares, by_chance = spread_within(grouped)
    common = squares[~is_total].sum() / max(1.0, float(by_chance[~is_total].sum()))
    own = squares / numpy.maximum(by_chance, 1)
    return numpy.asarray(numpy.maximum(numpy.where(is_total, own, numpy.maximum(own, common)), 1.0), dtype=numpy.float64)


def _predicted(reference: Numbers, unrest: Numbers) -> tuple[Numbers, Numbers]:
    """Return what like periods predict of one more: mean, and variance over mean; shapes (n,).

    With an unrest of 1 this is the negative binomial of ``alarm.predictive_limit``: (total + 1/2) / k events, and a variance 1 + 1 / k
    times as much.
    """
    known = numpy.where(_known(reference) > 0, _known(reference), numpy.nan)
    return (numpy.nansum(reference, axis=1) + 0.5) / known, unrest * (1 + 1 / known)
