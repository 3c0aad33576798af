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
from analysis.dispersion import spread_within
from analysis.intervals import Numbers, checked_counts

PROMISED = 0.01  # of the periods in which nothing changed, those with any alarm at all
OF_LINES, OF_PARTS = 0.004, 0.004  # asked of the two families
REGRESSION_ERRS = 2.0  # times as often as it is asked to so far out, because its limit takes the estimated mean for the true one
SUM_OF = 3  # months that are also judged together: a rise of half a year shows in no single one of them
MANY = 10.0  # events a period from which a regression is worth its four years
SOME, UNEASY = 5.0, 1.5  # or fewer events, where their variance exceeds their mean by so much
RECENT_YEARS, FEWEST_PERIODS = 3, 8
KNOWN_SHARE = 0.75  # of the periods a rule looks back at
MONTHS = 12
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
    chance_of_false_alarm: float  # of any, in a period in which nothing changed; at most; the sums' alarms among them
    sums: Judged | None = None  # of months: the last three together, beside the same three of earlier years


class _Tests(NamedTuple):
    """One test a series, before they are cut together."""

    rule: NDArray[numpy.object_]
    observed: Numbers
    expected: Numbers
    dispersion: Numbers  # of the prediction; NaN of a regression
    upper: Numbers
    p: Numbers

    def of(self, family: NDArray[numpy.bool_]) -> _Tests:
        """Return the tests of a family."""
        numbers = (self.observed, self.expected, self.dispersion, self.upper, self.p)
        return _Tests(self.rule[family], *(column[family] for column in numbers))

    def probability_below(self, level: float) -> Numbers:
        """Return how likely each test is to come out at a level or below where nothing changed.

        Few events have few possible p values, and fewer than three never raise an alarm. A regression errs more often than the level says.
        """
        regression = self.rule == Rule.FARRINGTON
        mean, ratio = numpy.where(regression, 1.0, self.expected), numpy.where(regression, 1.0, self.dispersion)
        least = numpy.maximum(negative_binomial_limit(mean, ratio, level) + 1, SMALLEST_ALARM)
        reached = numpy.where(regression, REGRESSION_ERRS * level, at_least_p(least, mean, ratio))
        return numpy.asarray(numpy.where(numpy.isnan(self.p), 0.0, reached), dtype=numpy.float64)


def judge_latest(
    counts: ArrayLike, is_total: ArrayLike, periods_per_year: int = 12, of_lines: float = OF_LINES, of_parts: float = OF_PARTS
) -> Judged:
    """Judge the last period of all series that are looked at together, and of months the last three as well.

    The rule is chosen from a series' past alone, never from the count it is to judge: the regression for more than ten events a period,
    or more than five if they are restless; the same months of four years for fewer; the last three years where there are not four.
    Quarters, and three months together, are too few for the regression, and their neighbours are another season: the same quarters of four
    years tell. Except in the regression, which estimates it too, a past more restless than chance widens the limit in the same measure: the
    prediction's variance is multiplied by Pearson's dispersion of the past; a part's is at least that of all parts together. The short
    rule knows no season, so what the season does to the past counts as unrest there.

    Lines of the county and their parts are two families, single months and sums in each. Where nothing changed any false alarm is a false
    discovery, so each family is cut by Benjamini and Hochberg, allowing for the few p values that few events can have: a township of three
    cases a year hardly ever reaches a small level, and does not use up what it cannot spend.

    Args:
        counts: Counts of consecutive periods, the judged one last, shape (n, t); NaN where not reported, not published or not complete.
        is_total: Whether a series is a line of the county rather than a part of one (township, charge, place, zone), shape (n,).
        periods_per_year: 12 for months, 4 for quarters, 52 for weeks.
        of_lines: Level asked of the lines' family.
        of_parts: Level asked of the parts' family.

    Returns:
        One entry a series, in the order given. ``expected``, ``upper`` and ``p`` are NaN where the rule is "not judged". An alarm is
        always above ``upper``, and never below three events.

    Raises:
        ValueError: If a count is negative, the shapes do not fit, a year has no period, or a level is no probability.

    Source: Noufaily et al. 2013, Statistics in Medicine 32, 1206-1222; Hoehle 2007, Computational Statistics 22, 571-582; Heyse 2011,
        in Recent Advances in Biostatistics, 43-58 (the discrete cut). The choice between them and the two families are this project's;
        docs/calibration.md has their error rates.
    """
    series, total_line = _arguments(counts, is_total, periods_per_year)
    windows = [_tested(series, total_line, periods_per_year)]
    if periods_per_year == MONTHS:
        windows.append(_tested(_sums(series), total_line, MONTHS // SUM_OF))
    stands = [numpy.zeros(total_line.size, dtype=bool) for _ in windows]
    for family, alpha in ((total_line, of_lines), (~total_line, of_parts)):
        if not 0 < alpha < 1:
            raise ValueError(f"a level must lie between 0 and 1, not {alpha}")
        level = _cut([window.of(family) for window in windows], alpha)
        for window, standing in zip(windows, stands, strict=True):
            standing[family] = (window.p[family] <= level) & (window.observed[family] >= SMALLEST_ALARM)
    single, *sums = (
        Judged(window.rule, window.expected, window.upper, window.p, standing, tests, PROMISED if tests else 0.0)
        for window, standing in zip(windows, stands, strict=True)
        for tests in [int((window.rule != Rule.NOT_JUDGED).sum())]
    )
    return single._replace(sums=sums[0]) if sums else single


def _sums(series: Numbers) -> Numbers:
    """Return three months together, counted back from the last; NaN where one of them is unknown, shape (n, t // 3)."""
    sums = series.shape[1] // SUM_OF
    together = series[:, series.shape[1] - sums * SUM_OF :].reshape(len(series), sums, SUM_OF).sum(axis=2)
    return numpy.asarray(together, dtype=numpy.float64)


def _cut(windows: list[_Tests], alpha: float) -> float:
    """Return the largest p value that stands; -1 where none does."""
    tested = numpy.concatenate([window.p for window in windows])
    ordered = numpy.sort(tested[~numpy.isnan(tested)])
    stands = -1.0
    for rank, level in enumerate(ordered[ordered <= ALPHA].tolist(), start=1):
        by_chance = sum(float(window.probability_below(level).sum()) for window in windows if window.p.size)
        if by_chance > alpha * ordered.size:  # and of every larger level
            break
        stands = level if by_chance <= alpha * rank else stands
    return stands


def _tested(series: Numbers, total_line: NDArray[numpy.bool_], periods_per_year: int) -> _Tests:
    """Test the last period of every series by itself."""
    latest, past = series[:, -1] if series.shape[1] else numpy.full(len(series), numpy.nan), series[:, :-1]
    rule, expected, dispersion = _chosen(past, ~numpy.isnan(latest), total_line, periods_per_year)
    upper, p = numpy.full(latest.size, numpy.nan), numpy.full(latest.size, numpy.nan)
    for one in numpy.flatnonzero(rule == Rule.FARRINGTON):
        found = farrington_alarms(series[one, -_reach(periods_per_year) - 1 :], alpha=ALPHA, periods_per_year=periods_per_year)
        if numpy.isnan(found.upper[-1]):
            rule[one] = Rule.SEASONAL  # no finite regression: the same periods of other years still tell
            continue
        expected[one], upper[one], p[one] = found.expected[-1], found.upper[-1], found.p[-1]
    predicted = (rule != Rule.NOT_JUDGED) & (rule != Rule.FARRINGTON)
    upper[predicted] = negative_binomial_limit(expected[predicted], dispersion[predicted], ALPHA)
    p[predicted] = at_least_p(latest[predicted], expected[predicted], dispersion[predicted])
    return _Tests(rule, latest, expected, dispersion, upper, p)


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


def _arguments(counts: ArrayLike, is_total: ArrayLike, periods_per_year: int) -> tuple[Numbers, NDArray[numpy.bool_]]:
    series, total_line = numpy.asarray(counts, dtype=numpy.float64), numpy.asarray(is_total, dtype=bool)
    if series.ndim != 2 or series.shape[1] == 0 or total_line.shape != series.shape[:1]:
        raise ValueError(f"counts {series.shape} and is_total {total_line.shape} do not fit together")
    checked_counts(series.ravel(), "counts")
    if periods_per_year < 1:
        raise ValueError(f"a year of {periods_per_year} periods is none")
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

    A part is taken to be as restless as all parts together, for a township of three cases a year cannot show that its cases come in
    batches, and would raise the alarm at the next one; its own unrest counts where it is too much for a rough estimate.
    """
    squares, by_chance = spread_within(grouped)
    common = squares[~is_total].sum() / max(1.0, float(by_chance[~is_total].sum()))
    own = squares / numpy.maximum(by_chance, 1)
    of_part = numpy.where(own > UNEASY, numpy.maximum(own, common), common)
    return numpy.asarray(numpy.maximum(numpy.where(is_total, own, of_part), 1.0), dtype=numpy.float64)


def _predicted(reference: Numbers, unrest: Numbers) -> tuple[Numbers, Numbers]:
    """Return what like periods predict of one more: mean, and variance over mean; shapes (n,).

    With an unrest of 1 this is the negative binomial of ``alarm.predictive_limit``: (total + 1/2) / k events, and a variance 1 + 1 / k
    times as much.
    """
    known = numpy.where(_known(reference) > 0, _known(reference), numpy.nan)
    return (numpy.nansum(reference, axis=1) + 0.5) / known, unrest * (1 + 1 / known)
