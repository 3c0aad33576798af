"""What changed, in words that do not over-claim.

Events get a verdict, because chance can be told from change; stocks never do: a stock's difference is a fact with known parts (the
bridge explains it). A percentage needs a base of twenty, a comparison needs final numbers on both sides, and no wording says why. Of
rounded numbers a direction or a size is said only where it holds for every true number behind them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas

from analysis.comparison import (
    BLOCK_MONTHS,
    CALM,
    LEVEL,
    Unrest,
    Verdict,
    smallest_clear_rise,
    two_period_p,
    unrest_of_blocks,
    verdicts,
)
from analysis.shares import share_verdict
from charts.rows import Series, Span, choose, months_up_to
from charts.scope import BRACKETED, NAMES, Voice
from charts.shares import parts_words, people_an_event
from charts.words import COUNTED, YEAR, amount, extremes, has_number, plain_number, span_words, stated
from indicators import catalogue
from indicators.lattice import is_stock
from indicators.model import Break, Grain, Indicator, Kind, Status, Text
from indicators.months import MONTHS_OF

SMALLEST_BASE = 20  # below it a percentage exaggerates
TINY = 1e-9  # of binary fractions
LARGEST_SAME = 10  # rounded counts are about the same only if no more people can lie between them
TOO_ROUGH = Text("概数,不足以比较", "rounded, too rough to compare")

VERDICT_WORDS: dict[Verdict, Text] = {
    Verdict.CLEAR_RISE: Text("明显上升", "clear rise"),
    Verdict.CLEAR_FALL: Text("明显下降", "clear fall"),
    Verdict.WITHIN_CHANCE: Text("在随机波动范围内", "within chance"),
    Verdict.TOO_FEW: Text("数量太少,不作判断", "too few to judge"),
    Verdict.NOT_JUDGED: Text("暂不作判断", "not judged"),
}

ROUNDED_SUM = Text("概数不相加,不作比较", "rounded numbers are not added up, not compared")
ROUNDED = Text("概数,不作判断", "rounded, not judged")
SEVERAL_OF_ONE_CASE = Text("一案可有多人或多种,不作判断", "one case may bring several, not judged")
CORRECTED = Text("含更正数,不作判断", "includes a correction, not judged")
FESTIVAL = Text("春节在1月或2月,看两月合计", "the Spring Festival falls in January or February: see both together")
MONTHS_OF_THE_FESTIVAL = (1, 2)  # a month with it has a third fewer working days than one without
SAME_PEOPLE = Text("多为同一批人的变化,不作随机检验", "mostly the same people: no test of chance")
NOT_FINAL = Text("初步数,未作比较", "provisional, not compared")
NO_EARLIER = Text("没有更早的数据,不作比较", "no earlier data, not compared")
HIDDEN = Text("有受保护的数,不作比较", "part is protected, not compared")
UNREPORTED = Text("有未报送的时段,不作比较", "part was not reported, not compared")
SAME_TIME_LAST_YEAR = Text("上年同期", "the same time last year")
LAST_YEAR = Text("上年", "the year before")
TWELVE_BEFORE = Text("前12个月", "the 12 months before")
AT_AN_EARLIER_END = Text("{when}", "the {when}")
BROKEN = Text(
    "{on.year}年{on.month}月起{sentence},前后口径不同,不作比较", "{sentence} from {on:%b %Y}: counted differently before and after, not compared"
)

SAME = Text("与{base}持平", "the same as {base}")
SAME_SHARE = Text("与{base}持平", "about the same as {base}")
ROUNDED_SAME = Text("与{base}基本持平", "about the same as {base}")
NONE_BEFORE = Text("{base}为0", "{now}, none in {base}")
# By whether it is a rise.
FROM_TO = {
    True: Text("比{base}由{before}{unit}增至{after}{unit}", "up from {before} to {after} on {base}"),
    False: Text("比{base}由{before}{unit}减至{after}{unit}", "down from {before} to {after} on {base}"),
}
MORE = {True: Text("比{base}增加{size}", "{size} more than {base}"), False: Text("比{base}减少{size}", "{size} fewer than {base}")}
POINTS = {
    True: Text("比{base}上升{points:.1f}个百分点", "{points:.1f} percentage points higher than {base}"),
    False: Text("比{base}下降{points:.1f}个百分点", "{points:.1f} percentage points lower than {base}"),
}
SOME_MORE = {True: Text("比{base}有所增加", "more than {base}"), False: Text("比{base}有所减少", "fewer than {base}")}
SOME_POINTS = {True: Text("比{base}有所上升", "higher than {base}"), False: Text("比{base}有所下降", "lower than {base}")}
AT_LEAST = {
    True: Text("比{base}增加{least}{unit}以上", "at least {least} more than {base}"),
    False: Text("比{base}减少{least}{unit}以上", "at least {least} fewer than {base}"),
}
AT_LEAST_POINTS = {
    True: Text("比{base}上升{least}个百分点以上", "at least {least} percentage points higher than {base}"),
    False: Text("比{base}下降{least}个百分点以上", "at least {least} percentage points lower than {base}"),
}
DETECTABLE = Text(
    "上年同期{place}{title};{together}{span}达到{needed}{unit}才算超出随机波动。",
    "{place}: after {before} {unit} the year before, it would take {needed} {unit} in {span} to be called a rise{together}.",
)
DETECTABLE_OF_THE_REST = Text(
    "不计专项行动,上年同期{place}{title};{together}{span}达到{needed}{unit}才算超出随机波动。",
    "{place}, campaigns left out: after {before} {unit} the year before, it would take {needed} {unit} in {span} to be called a rise{together}.",
)
TOGETHER = Text("同时看{tests}项,界限更严:", " when {tests} counts are looked at together")
MAY_BE_CAMPAIGNS = Text(
    "其中可能有专项行动案件(全县{now}{unit},比较期{before}{unit}),未分开,不作判断",
    "campaigns may be among these ({now} {unit} in the whole county, {before} before) and are not told apart: not judged",
)
TOTAL, IN_CAMPAIGN = "total", "in_campaign"
OF_CAMPAIGNS = Text("其中专项行动{now},{base}{before}", "of these {now} in campaigns, {before} in {base}")
OF_THE_REST = Text("{campaigns};其余{verdict}", "{campaigns}; the rest: {verdict}")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two published numbers of a series side by side.

    Attributes:
        series: What they are numbers of.
        sentence: The change in words, without the verdict; empty where there is nothing to compare.
        verdict: For events only.
        p_value: Of the exact test, for events only.
        current: The later number; none where not published.
        previous: The earlier one.
        span: The later period in words; empty where nothing was reported at all.
        status: Status of the later number; where there is none, the one that stopped it.
        exposures: Lengths of both periods.
        row: The later row, where the number is one published row.
        unrest: How much more than chance the series varies, which the test allowed for.
        campaigns: Of both numbers, how many belong to campaigns, where that is published: the verdict is about the rest.
        of_campaigns: That in words; empty where none does.
        why: Why there is no verdict, in words; empty where there is one.
    """

    series: Series
    sentence: str = ""
    verdict: Verdict = Verdict.NOT_JUDGED
    p_value: float = float("nan")
    current: float | None = None
    previous: float | None = None
    span: str = ""
    status: str = Status.NOT_COLLECTED
    exposures: tuple[float, float] = (1.0, 1.0)
    row: pandas.Series | None = None
    unrest: Unrest = CALM
    why: str = ""
    campaigns: tuple[float, float] = (0.0, 0.0)
    of_campaigns: str = ""

    @property
    def number(self) -> str:
        """The later number in words, a provisional one marked, or why there is none."""
        if self.row is not None:
            return self.series.told(self.row)
        return amount(self.series.voice, self.series.indicator, float("nan") if self.current is None else self.current, self.status)

    @property
    def judgement(self) -> str:
        """The verdict in words; empty where events were not judged."""
        if self.verdict is Verdict.NOT_JUDGED or not (self.current or self.previous):
            return ""
        voice, verdict = self.series.voice, VERDICT_WORDS[self.verdict]
        return voice.say(OF_THE_REST, campaigns=self.of_campaigns, verdict=verdict) if self.of_campaigns else voice.say(verdict)


def is_judged(series: Series) -> bool:
    """Whether chance can be told from change: exact counts of separate events only; rounded numbers are no counts."""
    return series.indicator.counts_separate_events and not series.is_rounded


def break_between(indicator: Indicator, first: pandas.Timestamp, last: pandas.Timestamp) -> Break | None:
    """Return the latest break that separates two compared periods, or none.

    Args:
        indicator: What is counted.
        first: First month of the earlier period.
        last: Last month of the later one.
    """
    # A stock is counted at the end of its month, so only what happens after that end lies between; events begin on the first day.
    start = first + pandas.offsets.MonthEnd(0) + pandas.Timedelta(days=1) if is_stock(indicator) else first + pandas.Timedelta(days=1)
    end = last + pandas.offsets.MonthEnd(0)
    between = [mark for mark in indicator.breaks if start <= pandas.Timestamp(mark.on) <= end]
    return max(between, key=lambda mark: mark.on, default=None)


def break_words(voice: Voice, mark: Break) -> str:
    """Say that what lies before and after a break is not compared, and which break it is."""
    return voice.say(BROKEN, on=mark.on, sentence=mark.sentence)


def unrest(series: Series, *, without_campaigns: bool = False) -> Unrest:
    """Return how much more a series swings than chance alone, read off its exact settled months or quarters since the last break.

    Of a part whose small periods are not shown the county tells: the periods that are left are the full ones. The same holds where only
    years are published: a part is no calmer.

    Args:
        series: Events at any grain.
        without_campaigns: Whether what campaigns claim is left out, where the months or quarters without it are all shown.

    Returns:
        The unrest; calm where events are not judged or the periods cannot tell.
    """
    if not is_judged(series):
        return CALM
    page, indicator, scope, finer = series.page, series.indicator, series.scope, (Grain.MONTH, Grain.QUARTER)
    rest = [choose(page, indicator, scope.of_county, IN_CAMPAIGN, (grain,), member="no") for grain in finer if without_campaigns]
    held = (one for one in (*rest, series.at(*finer)) if not one.rows.empty and not one.has(Status.SUPPRESSED))
    return _unrest_of(next(held, None) or choose(page, indicator, scope, TOTAL, finer))


def _unrest_of(series: Series) -> Unrest:
    settled = series.rows[(series.rows["status"] == Status.OBSERVED) & (series.rows["value"] >= 0)]
    if settled.empty or series.grain not in {Grain.MONTH, Grain.QUARTER}:
        return CALM
    passed = [pandas.Timestamp(mark.on) for mark in series.indicator.breaks if pandas.Timestamp(mark.on) <= settled["period"].max()]
    settled = settled[settled["period"] >= max(passed, default=settled["period"].min())]
    step = MONTHS_OF[Grain(settled["grain"].iloc[0])]
    periods = pandas.date_range(settled["period"].min(), settled["period"].max(), freq=f"{step}MS")
    counts = settled.set_index("period")["value"].reindex(periods)
    days = (periods + pandas.offsets.MonthBegin(step) - periods).days
    return unrest_of_blocks(counts.to_numpy(), days, BLOCK_MONTHS // step)


def campaigns_of(series: Series, now: Span, before: Span) -> tuple[float, float] | None:
    """Return how many of the county's events in two spans belong to campaigns; none where that is not published of both.

    Of a part of them, or of events chosen from them, it is how many may belong to campaigns at most.
    """
    whole = catalogue()[series.indicator.chosen_from] if series.indicator.chosen_from else series.indicator
    if IN_CAMPAIGN not in whole.breakdowns:
        return None
    claimed = choose(series.page, whole, series.scope.of_county, IN_CAMPAIGN, member="yes")
    later, earlier = claimed.total_of_parts(now), claimed.total_of_parts(before)
    return None if later is None or earlier is None else (later, earlier)


def _campaign_words(series: Series, spans: Sequence[Span], claimed: Sequence[float], base: Text) -> str:
    """Say how many events of two spans belong to campaigns, and to which; empty where none does."""
    if not any(claimed):
        return ""
    voice, indicator = series.voice, series.indicator
    numbers = []
    for span, count in zip(spans, claimed, strict=True):
        number = amount(voice, indicator, count, Status.OBSERVED)
        end = span.last + pandas.offsets.MonthEnd(0)
        running = [one for one in series.scope.campaigns if pandas.Timestamp(one.starts_on) <= end and pandas.Timestamp(one.ends_on) >= span.first]
        named = voice.join(NAMES, [voice.say(one.title) for one in running])
        numbers.append(voice.say(BRACKETED, said=number, more=named) if named and count else number)
    return voice.say(OF_CAMPAIGNS, now=numbers[0], base=base, before=numbers[1])


Between = tuple[float, float]


def change_words(voice: Voice, indicator: Indicator, current: float, previous: float, base: Text) -> str:
    """Say the difference of two exact numbers.

    Args:
        voice: Release and language.
        indicator: What is counted.
        current: The later number.
        previous: The earlier number.
        base: The earlier period, such as 上年同期.
    """
    if indicator.kind is Kind.SHARE:
        points = round((current - previous) * 100, 1)
        return voice.say(SAME_SHARE, base=base) if abs(points) < 0.1 else voice.say(POINTS[points > 0], base=base, points=abs(points))
    step = round(current - previous, indicator.decimals)
    if step == 0:
        return voice.say(SAME, base=base)
    if previous == 0:
        return voice.say(NONE_BEFORE, base=base, now=amount(voice, indicator, current, Status.OBSERVED))
    is_rate = indicator.kind is Kind.RATE
    if (previous < SMALLEST_BASE or current < 0) and not is_rate:
        before, after = (plain_number(voice, number, indicator.decimals) for number in (previous, current))
        return voice.say(FROM_TO[step > 0], base=base, before=before, after=after, unit=indicator.unit)
    number = plain_number(voice, abs(step), max(indicator.decimals, 1) if is_rate else indicator.decimals)
    said = voice.say(MORE[step > 0], base=base, size=voice.say(COUNTED, number=number, unit=indicator.unit))
    return said if is_rate else voice.say(BRACKETED, said=said, more=f"{abs(step) / previous * 100:.1f}%")


def rounded_change_words(voice: Voice, indicator: Indicator, current: Between, previous: Between, base: Text) -> str:
    """Say of two rounded numbers only what holds for every pair of true numbers behind them, and never a percentage.

    Args:
        voice: Release and language.
        indicator: What is counted.
        current: Lowest and highest possible later number.
        previous: The same of the earlier one.
        base: The earlier period.
    """
    is_share, is_count = indicator.kind is Kind.SHARE, indicator.kind not in {Kind.SHARE, Kind.RATE}
    if is_count and max(current[1] - previous[0], previous[1] - current[0]) <= LARGEST_SAME:
        return voice.say(ROUNDED_SAME, base=base)
    least = max(current[0] - previous[1], previous[0] - current[1])
    if not least > 0:  # also where a limit is not known
        return voice.say(TOO_ROUGH)
    # Sizes are said in fives, like every public count of people; of a rate none is.
    told = math.floor(least * 100 + TINY) if is_share else math.floor(least / 5) * 5 if is_count else 0
    words = (AT_LEAST_POINTS if is_share else AT_LEAST) if told else (SOME_POINTS if is_share else SOME_MORE)
    return voice.say(words[current[0] > previous[1]], base=base, least=told, unit=indicator.unit)


def compared_words(series: Series, now: pandas.Series, before: pandas.Series, base: Text) -> str:
    """Compare two published rows; empty unless both are final, and the break instead where one lies between."""
    voice, indicator = series.voice, series.indicator
    if now["status"] != Status.OBSERVED or before["status"] != Status.OBSERVED:
        return ""
    mark = break_of_rows(indicator, now, before)
    if mark is not None:
        return break_words(voice, mark)
    if series.is_rounded:
        return rounded_change_words(voice, indicator, extremes(indicator, now), extremes(indicator, before), base)
    words = change_words(voice, indicator, float(now["value"]), float(before["value"]), base)
    return voice.say(BRACKETED, said=words, more=parts_words(now, before)) if indicator.kind is Kind.SHARE else words


def break_of_rows(indicator: Indicator, now: pandas.Series, before: pandas.Series) -> Break | None:
    """Return the latest break that separates two published rows, or none."""
    first = months_up_to(before["last"], 12).first if before["grain"] == Grain.ROLLING_12 else before["period"]
    return break_between(indicator, before["last"] if is_stock(indicator) else first, now["last"])


def stock_change(series: Series) -> Comparison:
    """Compare the latest stock, share or rate with the same month a year before, or with the one shown last before that."""
    now = series.newest_row
    before = None if now is None else series.shown_before(now["last"], 12)
    if now is None or before is None or not has_number(now["status"]) or not has_number(before["status"]):
        return Comparison(series)
    return Comparison(
        series,
        compared_words(series, now, before, earlier_words(series, now, before, 12, SAME_TIME_LAST_YEAR)),
        current=float(now["value"]),
        previous=float(before["value"]),
        status=now["status"],
        row=now,
    )


def earlier_words(series: Series, now: pandas.Series, before: pandas.Series, months: int, base: Text) -> Text:
    """Return how an earlier row is called: as the period it was asked for, or, where that has none, by its own."""
    if before["last"] == now["last"] - pandas.DateOffset(months=months):
        return base
    said = series.voice.say(AT_AN_EARLIER_END, when=series.when(before))
    return Text(said, said)


def is_compared_exactly(series: Series, now: pandas.Series, before: pandas.Series) -> bool:
    """Whether two published rows are final and exact, and counted alike."""
    is_final = now["status"] == before["status"] == Status.OBSERVED
    return is_final and not series.is_rounded and break_of_rows(series.indicator, now, before) is None


def share_beyond_chance(series: Series, now: pandas.Series, before: pandas.Series) -> Verdict:
    """Judge two published shares of twelve months by their parts, and never those of a stock.

    Most people of a stock are the same both times, so it is no second sample: its change is a fact, told with its counts.
    """
    if is_stock(series.indicator) or not is_compared_exactly(series, now, before):
        return Verdict.NOT_JUDGED
    brought = people_an_event(series, now, before)
    if brought is None:
        return Verdict.NOT_JUDGED
    return share_verdict((float(now["numerator"]), float(now["denominator"])), (float(before["numerator"]), float(before["denominator"])), brought)


def year_to_date(series: Series) -> Comparison:
    """Compare the settled months, or quarters, of the year with the same ones a year before, and judge events exactly.

    Periods that late entries still change are left out, so the comparison is of like with like.
    """
    last = series.last_settled
    if last is None:
        return Comparison(series)
    now = Span(pandas.Timestamp(last.year, 1, 1), last)
    return spans_change(series, now, now.moved(-12), SAME_TIME_LAST_YEAR)


def spans_change(series: Series, now: Span, before: Span, base: Text) -> Comparison:
    """Compare the events of two spans of months, added up from published periods, and judge them where chance can be told from change.

    What belongs to campaigns is left out of the judgement, where the splits are published: a campaign is no change.

    Args:
        series: Events at one grain.
        now: The later span.
        before: The earlier one.
        base: The earlier span in words, such as 上年同期.
    """
    voice, indicator = series.voice, series.indicator
    current, previous = series.total(now), series.total(before)
    status = series.stopped_by(now) if current is None else Status.OBSERVED
    said, days = span_words(voice, *now), (now.days, before.days)

    def compared(sentence: str, why: str) -> Comparison:
        return Comparison(series, sentence, current=current, previous=previous, span=said, status=status, exposures=days, why=why)

    held = [series.within(span) for span in (now, before)]
    if series.is_rounded and max(len(part.rows) for part in held) > 1:  # twelve rounded months would carry twelve errors
        return compared("", voice.say(ROUNDED_SUM))
    if current is None or previous is None:
        return compared("", voice.say(_why_missing(series, now, before)))
    if any(part.has(Status.PROVISIONAL) for part in held):
        return compared("", voice.say(NOT_FINAL))
    mark = break_between(indicator, before.first, now.last)
    if mark is not None:
        return compared(break_words(voice, mark), break_words(voice, mark))
    if series.is_rounded:
        later, earlier = (extremes(indicator, part.rows.iloc[0]) for part in held)
        return compared(rounded_change_words(voice, indicator, later, earlier, base), voice.say(ROUNDED))
    words = change_words(voice, indicator, current, previous, base)
    if now.first == now.last and now.last.month in MONTHS_OF_THE_FESTIVAL:
        return compared(words, voice.say(FESTIVAL))
    return _judged(compared(words, ""), now, before, base)


def _why_missing(series: Series, now: Span, before: Span) -> Text:
    """Return why one of two spans has no number."""
    if series.rows.empty or before.first < series.rows["period"].min():
        return NO_EARLIER
    stopped = {series.stopped_by(span) for span in (now, before) if series.total(span) is None}
    return HIDDEN if Status.SUPPRESSED in stopped else UNREPORTED


def _judged(change: Comparison, now: Span, before: Span, base: Text) -> Comparison:
    """Judge two exact numbers of events, campaigns left out, or say why there is no verdict."""
    series, counts = change.series, (change.current or 0.0, change.previous or 0.0)
    if not is_judged(series):
        return replace(change, why=series.voice.say(ROUNDED if series.is_rounded else SEVERAL_OF_ONE_CASE))
    if min(counts) < 0:  # a month taken from running totals that were corrected downwards
        return replace(change, why=series.voice.say(CORRECTED))
    known = campaigns_of(series, now, before)
    is_apart = known is not None and series.breakdown == TOTAL and not series.indicator.chosen_from
    claimed, noise = (known if known and is_apart else (0.0, 0.0)), unrest(series, without_campaigns=is_apart)
    rest = counts[0] - claimed[0], counts[1] - claimed[1]
    if known and not is_apart and not _stands_without(known, counts, change.exposures, noise):
        voice, unit = series.voice, series.indicator.unit
        return replace(change, why=voice.say(MAY_BE_CAMPAIGNS, now=plain_number(voice, known[0]), before=plain_number(voice, known[1]), unit=unit))
    return replace(
        change,
        verdict=_verdict(rest, change.exposures, noise),
        p_value=float(two_period_p(*rest, *change.exposures, noise.dispersion, freedom=noise.freedom)[0]),
        unrest=noise,
        campaigns=claimed,
        of_campaigns=_campaign_words(series, (now, before), claimed, base),
    )


def _verdict(counts: tuple[float, float], exposures: tuple[float, float], noise: Unrest) -> Verdict:
    return Verdict(verdicts(*counts, *exposures, dispersion=noise.dispersion, freedom=noise.freedom)[0])


def _stands_without(claimed: tuple[float, float], counts: tuple[float, float], exposures: tuple[float, float], noise: Unrest) -> bool:
    """Say whether what is said of two counts holds as well if all that campaigns claim of one of them is taken away."""
    said = _verdict(counts, exposures, noise)
    if said not in (Verdict.CLEAR_RISE, Verdict.CLEAR_FALL):
        return True
    now, before = (max(0.0, count - taken) for count, taken in zip(counts, claimed, strict=True))
    return _verdict((now, counts[1]), exposures, noise) is said and _verdict((counts[0], before), exposures, noise) is said


def finished_years(series: Series) -> Comparison:
    """Compare the two latest finished years, or twelve months, of a flow or of a share of a flow; a share's change is said judged or not at all."""
    if series.rows.empty:
        return Comparison(series)
    voice, last = series.voice, series.rows["last"].max()
    now, before = series.row_at(last), series.row_at(last - pandas.DateOffset(years=1))
    is_year = series.grain is Grain.YEAR
    span = voice.say(YEAR, year=last.year) if is_year else span_words(voice, *months_up_to(last, 12))
    if now is None or not has_number(now["status"]):
        return Comparison(series, span=span, status=Status.NOT_COLLECTED if now is None else now["status"])
    current, status = float(now["value"]), now["status"]
    if before is None or not has_number(before["status"]):
        return Comparison(series, current=current, span=span, status=status, row=now)
    previous, words = float(before["value"]), compared_words(series, now, before, LAST_YEAR if is_year else TWELVE_BEFORE)
    is_broken = break_of_rows(series.indicator, now, before) is not None
    if series.indicator.kind is Kind.SHARE:
        verdict = share_beyond_chance(series, now, before)
        words = words if verdict is not Verdict.NOT_JUDGED or is_broken else ""
        return Comparison(series, words, verdict, current=current, previous=previous, span=span, status=status, row=now)
    if not words or is_broken:
        return Comparison(series, words, current=current, previous=previous, span=span, status=status, row=now)
    year = months_up_to(last, 12)
    days = year.days, year.moved(-12).days
    change = Comparison(series, words, current=current, previous=previous, span=span, status=status, exposures=days, row=now)
    return _judged(change, year, year.moved(-12), LAST_YEAR)


def events_change(series: Series) -> Comparison:
    """Compare events over the settled months of the year where these are published, else over finished years."""
    monthly = series.at(Grain.MONTH)
    adds_up = not series.indicator.numerator.distinct and not series.is_rounded  # kinds seen in two months do not, nor do rounded numbers
    if adds_up and not monthly.rows.empty:
        change = year_to_date(monthly)
        if None not in (change.current, change.previous) or not monthly.has(Status.SUPPRESSED):
            return change
    return finished_years(series.at(Grain.YEAR))


def detectable_words(comparison: Comparison, tests: int) -> str:
    """Say what "no change found" was able to find, because not found is not the same as not there.

    Args:
        comparison: The comparison.
        tests: How many were made at once: a single one of them stands only at the level divided by their number.
    """
    if comparison.current is None or comparison.previous is None or comparison.verdict is Verdict.NOT_JUDGED:
        return ""
    now, earlier = comparison.current - comparison.campaigns[0], comparison.previous - comparison.campaigns[1]
    needed = smallest_clear_rise(round(earlier), *comparison.exposures, LEVEL / max(tests, 1), comparison.unrest)
    if needed is None or now >= needed:
        return ""
    series, voice, unit = comparison.series, comparison.series.voice, comparison.series.indicator.unit
    before = plain_number(voice, earlier)
    title = stated(voice, series.indicator, f"{before}{voice.say(unit)}")
    together = voice.say(TOGETHER, tests=tests) if tests > 1 else ""
    fields = {"place": series.place, "title": title, "span": comparison.span, "before": before, "needed": needed, "unit": unit, "together": together}
    return voice.say(DETECTABLE_OF_THE_REST if comparison.of_campaigns else DETECTABLE, **fields)
