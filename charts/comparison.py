"""What changed, in words that do not over-claim.

Events get a verdict, because chance can be told from change; stocks never do: a stock's difference is a fact with known parts (the
bridge explains it). A percentage needs a base of twenty, a comparison needs final numbers on both sides, and no wording says why. Of
rounded numbers a direction or a size is said only where it holds for every true number behind them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import pandas

from analysis.comparison import LEVEL, Verdict, share_verdict, smallest_clear_rise, two_period_p, verdicts
from analysis.dispersion import seasonal_dispersion
from charts.picture import Voice
from charts.rows import cells, last_settled, row_at, stopping_status, sum_of_months, within
from charts.words import amount, amount_of, extremes, has_number, is_rounded, plain_number, provisional, span_words, stated
from indicators.lattice import is_stock
from indicators.model import Break, Grain, Indicator, Kind, Status, Text

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
NOT_FINAL = Text("初步数,未作比较", "provisional, not compared")
NO_EARLIER = Text("没有更早的数据,不作比较", "no earlier data, not compared")
HIDDEN = Text("有受保护的数,不作比较", "part is protected, not compared")
UNREPORTED = Text("有未报送的时段,不作比较", "part was not reported, not compared")


class Span(NamedTuple):
    """A run of whole months, named by its first and its last."""

    first: pandas.Timestamp
    last: pandas.Timestamp

    @property
    def days(self) -> float:
        """Days from the first day of the first month to the last day of the last, leap days counted."""
        return float((self.last + pandas.offsets.MonthBegin(1) - self.first).days)

    def moved(self, months: int) -> Span:
        """Return the span so many months later, or earlier where negative."""
        step = pandas.DateOffset(months=months)
        return Span(self.first + step, self.last + step)


@dataclass(frozen=True)
class Change:
    """Two published numbers side by side.

    Attributes:
        sentence: The change in words, without the verdict; empty where there is nothing to compare.
        verdict: For events only.
        p_value: Of the exact test, for events only.
        current: The later number; none where not published.
        previous: The earlier one.
        span: The later period in words; empty where nothing was reported at all.
        status: Status of the later number; where there is none, the one that stopped it.
        exposures: Lengths of both periods.
        row: The later row, where the number is one published row.
        dispersion: Variance over mean of the series, which the test allowed for.
        why: Why there is no verdict, in words; empty where there is one.
    """

    sentence: str
    verdict: Verdict
    p_value: float
    current: float | None
    previous: float | None
    span: str
    status: str = Status.NOT_COLLECTED
    exposures: tuple[float, float] = (1.0, 1.0)
    row: pandas.Series | None = None
    dispersion: float = 1.0
    why: str = ""

    def number(self, voice: Voice, indicator: Indicator, *, unit: bool = True) -> str:
        """Return the later number in words, a provisional one marked, or why there is none."""
        if self.row is not None:
            return provisional(voice, amount_of(voice, indicator, self.row, unit=unit), self.status)
        return amount(voice, indicator, float("nan") if self.current is None else self.current, self.status, unit=unit)

    def judged(self, voice: Voice) -> str:
        """Return the verdict in words; empty where events were not judged."""
        return "" if self.verdict is Verdict.NOT_JUDGED or not (self.current or self.previous) else voice.say(VERDICT_WORDS[self.verdict])


def is_judged(voice: Voice, indicator: Indicator) -> bool:
    """Whether chance can be told from change: exact counts of separate events only; rounded numbers are no counts."""
    return indicator.counts_separate_events and not is_rounded(voice, indicator)


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
    sentence = voice.say(mark.sentence)
    if voice.is_chinese:
        return f"{mark.on.year}年{mark.on.month}月起{sentence},前后口径不同,不作比较"
    return f"{sentence} from {mark.on:%b %Y}: counted differently before and after, not compared"


def unrest(voice: Voice, indicator: Indicator, series: pandas.DataFrame) -> float:
    """Return how much more a series swings than chance alone, read off its exact settled months or quarters since the last break.

    Args:
        voice: Release and language.
        indicator: What is counted.
        series: Rows of one series at one grain.

    Returns:
        Variance over mean, at least 1; 1 where events are not judged or the periods cannot tell.
    """
    settled = series[(series["status"] == Status.OBSERVED) & (series["value"] >= 0)]
    steps = {Grain.MONTH: 1, Grain.QUARTER: 3}
    if not is_judged(voice, indicator) or settled.empty or settled["grain"].iloc[0] not in steps:
        return 1.0
    passed = [pandas.Timestamp(mark.on) for mark in indicator.breaks if pandas.Timestamp(mark.on) <= settled["period"].max()]
    settled = settled[settled["period"] >= max(passed, default=settled["period"].min())]
    step = steps[settled["grain"].iloc[0]]
    periods = pandas.date_range(settled["period"].min(), settled["period"].max(), freq=f"{step}MS")
    counts = settled.set_index("period")["value"].reindex(periods)
    days = (periods + pandas.offsets.MonthBegin(step) - periods).days
    return seasonal_dispersion(counts.to_numpy(), days, 12 // step)


def finest_unrest(
    voice: Voice, indicator: Indicator, rows: pandas.DataFrame, until: pandas.Timestamp, breakdown: str, area: str | None, member: str | None
) -> float:
    """Measure the unrest of a part's months or quarters, or, where only its years are published, of the county: a part is no calmer."""
    for asked in ((breakdown, area, member), ("total", None, None)):
        for grain in (Grain.MONTH, Grain.QUARTER):
            held = cells(rows, indicator.id, asked[0], grain=grain, area=asked[1], member=asked[2], until=until)
            if not held.empty:
                return unrest(voice, indicator, held)
    return 1.0


Between = tuple[float, float]


def change_words(voice: Voice, indicator: Indicator, current: float, previous: float, base_words: Text) -> str:
    """Say the difference of two exact numbers.

    Args:
        voice: Release and language.
        indicator: What is counted.
        current: The later number.
        previous: The earlier number.
        base_words: The earlier period, such as 上年同期.
    """
    base = voice.say(base_words)
    if indicator.kind is Kind.SHARE:
        return _points_words(voice, current, previous, base)
    step = round(current - previous, indicator.decimals)
    if step == 0:
        return f"与{base}持平" if voice.is_chinese else f"the same as {base}"
    if previous == 0:
        now = amount(voice, indicator, current, Status.OBSERVED)
        return f"{base}为0" if voice.is_chinese else f"{now}, none in {base}"
    if (previous < SMALLEST_BASE or current < 0) and indicator.kind is not Kind.RATE:
        before, after = plain_number(voice, previous, indicator.decimals), plain_number(voice, current, indicator.decimals)
        unit = voice.say(indicator.unit)
        if voice.is_chinese:
            return f"比{base}由{before}{unit}{'增至' if step > 0 else '减至'}{after}{unit}"
        return f"{'up' if step > 0 else 'down'} from {before} to {after} on {base}"
    percent = "" if indicator.kind is Kind.RATE else f"{abs(step) / previous * 100:.1f}%"
    return _rise_words(voice, indicator, step, _size(voice, indicator, abs(step)), percent, base)


def _size(voice: Voice, indicator: Indicator, step: float) -> str:
    number = plain_number(voice, step, max(indicator.decimals, 1) if indicator.kind is Kind.RATE else indicator.decimals)
    return f"{number}{voice.say(indicator.unit)}" if voice.is_chinese else number


def _rise_words(voice: Voice, indicator: Indicator, step: float, size: str, percent: str, base: str) -> str:
    if voice.is_chinese:
        tail = f"({percent})" if percent else ""
        return f"比{base}{'增加' if step > 0 else '减少'}{size}{tail}"
    tail = f" ({percent})" if percent else ""
    return f"{size} {'more' if step > 0 else 'fewer'} than {base}{tail}"


def _points_words(voice: Voice, current: float, previous: float, base: str) -> str:
    step = round((current - previous) * 100, 1)
    if abs(step) < 0.1:
        return f"与{base}持平" if voice.is_chinese else f"about the same as {base}"
    if voice.is_chinese:
        return f"比{base}{'上升' if step > 0 else '下降'}{abs(step):.1f}个百分点"
    return f"{abs(step):.1f} percentage points {'higher' if step > 0 else 'lower'} than {base}"


def rounded_change_words(voice: Voice, indicator: Indicator, current: Between, previous: Between, base_words: Text) -> str:
    """Say of two rounded numbers only what holds for every pair of true numbers behind them, and never a percentage.

    Args:
        voice: Release and language.
        indicator: What is counted.
        current: Lowest and highest possible later number.
        previous: The same of the earlier one.
        base_words: The earlier period.
    """
    base = voice.say(base_words)
    is_count = indicator.kind not in {Kind.SHARE, Kind.RATE}
    if is_count and max(current[1] - previous[0], previous[1] - current[0]) <= LARGEST_SAME:
        return f"与{base}基本持平" if voice.is_chinese else f"about the same as {base}"
    least = max(current[0] - previous[1], previous[0] - current[1])
    if not least > 0:  # also where a limit is not known
        return voice.say(TOO_ROUGH)
    up = current[0] > previous[1]
    if indicator.kind is Kind.SHARE:
        whole = math.floor(least * 100 + TINY)
        size = (f"{whole}个百分点以上" if voice.is_chinese else f"at least {whole} percentage points ") if whole else ""
        words = (("上升", "higher") if up else ("下降", "lower"))[0 if voice.is_chinese else 1]
    else:
        fives = math.floor(least / 5) * 5 if is_count else 0  # sizes are said in fives, like every public count of people
        size = (f"{fives}{voice.say(indicator.unit)}以上" if voice.is_chinese else f"at least {fives} ") if fives else ""
        words = (("增加", "more") if up else ("减少", "fewer"))[0 if voice.is_chinese else 1]
    if voice.is_chinese:
        return f"比{base}{words}{size}" if size else f"比{base}有所{words}"
    return f"{size}{words} than {base}"


def compared_words(voice: Voice, indicator: Indicator, now: pandas.Series, before: pandas.Series, base_words: Text) -> str:
    """Compare two published rows; empty unless both are final, and the break instead where one lies between."""
    if now["status"] != Status.OBSERVED or before["status"] != Status.OBSERVED:
        return ""
    mark = break_of_rows(indicator, now, before)
    if mark is not None:
        return break_words(voice, mark)
    if is_rounded(voice, indicator):
        return rounded_change_words(voice, indicator, extremes(indicator, now), extremes(indicator, before), base_words)
    return change_words(voice, indicator, float(now["value"]), float(before["value"]), base_words)


def break_of_rows(indicator: Indicator, now: pandas.Series, before: pandas.Series) -> Break | None:
    """Return the latest break that separates two published rows, or none."""
    return break_between(indicator, before["last"] if is_stock(indicator) else before["period"], now["last"])


SAME_TIME_LAST_YEAR = Text("上年同期", "the same time last year")
LAST_YEAR = Text("上年", "the year before")


def stock_change(voice: Voice, indicator: Indicator, series: pandas.DataFrame, until: pandas.Timestamp) -> Change:
    """Compare a stock, share or rate with the same month a year before.

    Args:
        voice: Release and language.
        indicator: What is counted.
        series: Rows of one series as :func:`charts.rows.cells` returns them.
        until: Last month of the latest period to compare.
    """
    now = row_at(series, until)
    before = row_at(series, until - pandas.DateOffset(years=1))
    if now is None or before is None or not has_number(now["status"]) or not has_number(before["status"]):
        return Change("", Verdict.NOT_JUDGED, float("nan"), None, None, "")
    words = compared_words(voice, indicator, now, before, SAME_TIME_LAST_YEAR)
    verdict = share_beyond_chance(voice, indicator, now, before) if indicator.kind is Kind.SHARE else Verdict.NOT_JUDGED
    return Change(words, verdict, float("nan"), float(now["value"]), float(before["value"]), "", now["status"], row=now)


def share_beyond_chance(voice: Voice, indicator: Indicator, now: pandas.Series | None, before: pandas.Series | None) -> Verdict:
    """Judge two published shares by their parts; never rounded or provisional ones."""
    if now is None or before is None or now["status"] != Status.OBSERVED or before["status"] != Status.OBSERVED or is_rounded(voice, indicator):
        return Verdict.NOT_JUDGED
    if break_of_rows(indicator, now, before) is not None:
        return Verdict.NOT_JUDGED
    return share_verdict((float(now["numerator"]), float(now["denominator"])), (float(before["numerator"]), float(before["denominator"])))


def year_to_date(voice: Voice, indicator: Indicator, series: pandas.DataFrame) -> Change:
    """Compare the settled months of the year with the same months a year before, and judge events exactly.

    Months that late entries still change are left out, so the comparison is of like with like.

    Args:
        voice: Release and language.
        indicator: An indicator of events.
        series: Rows of one series at the grain of months, or of quarters.
    """
    last = last_settled(series)
    if last is None:
        return Change("", Verdict.NOT_JUDGED, float("nan"), None, None, "")
    now = Span(pandas.Timestamp(last.year, 1, 1), last)
    return spans_change(voice, indicator, series, now, now.moved(-12), SAME_TIME_LAST_YEAR, unrest(voice, indicator, series))


def spans_change(
    voice: Voice, indicator: Indicator, series: pandas.DataFrame, now: Span, before: Span, base_words: Text, dispersion: float = 1.0
) -> Change:
    """Compare the events of two spans of months, added up from published periods, and judge them where chance can be told from change.

    Args:
        voice: Release and language.
        indicator: An indicator of events.
        series: Rows of one series at one grain.
        now: The later span.
        before: The earlier one.
        base_words: The earlier span, such as 上年同期.
        dispersion: Variance over mean of the series, from :func:`unrest`.
    """
    current, previous = sum_of_months(series, *now), sum_of_months(series, *before)
    status = stopping_status(series, *now) if current is None else Status.OBSERVED
    said = span_words(voice, *now)

    def change(sentence: str, why: Text | str, verdict: Verdict = Verdict.NOT_JUDGED, p_value: float = float("nan")) -> Change:
        reason = why if isinstance(why, str) else voice.say(why)
        return Change(sentence, verdict, p_value, current, previous, said, status, (now.days, before.days), None, dispersion, reason)

    held = [within(series, *span) for span in (now, before)]
    if is_rounded(voice, indicator) and max(map(len, held)) > 1:  # twelve rounded months would carry twelve errors
        return change("", ROUNDED_SUM)
    if current is None or previous is None:
        return change("", _why_missing(series, now, before))
    if any((rows["status"] == Status.PROVISIONAL).any() for rows in held):
        return change("", NOT_FINAL)
    mark = break_between(indicator, before.first, now.last)
    if mark is not None:
        return change(break_words(voice, mark), break_words(voice, mark))
    if now.first == now.last and now.last.month in MONTHS_OF_THE_FESTIVAL and not is_rounded(voice, indicator):
        return change(change_words(voice, indicator, current, previous, base_words), FESTIVAL)
    if is_rounded(voice, indicator):
        words = rounded_change_words(voice, indicator, *(extremes(indicator, rows.iloc[0]) for rows in held), base_words)
        return change(words, ROUNDED)
    words = change_words(voice, indicator, current, previous, base_words)
    verdict, p_value, why = _judged(voice, indicator, (current, previous), (now.days, before.days), dispersion)
    return change(words, why, verdict, p_value)


def _why_missing(series: pandas.DataFrame, now: Span, before: Span) -> Text:
    """Return why one of two spans has no number."""
    if series.empty or before.first < series["period"].min():
        return NO_EARLIER
    stopped = {stopping_status(series, *span) for span in (now, before) if sum_of_months(series, *span) is None}
    return HIDDEN if Status.SUPPRESSED in stopped else UNREPORTED


def _judged(
    voice: Voice, indicator: Indicator, counts: tuple[float, float], exposures: tuple[float, float], dispersion: float
) -> tuple[Verdict, float, Text | str]:
    """Judge two exact numbers of events: verdict, p value, and why there is no verdict."""
    if not is_judged(voice, indicator):
        return Verdict.NOT_JUDGED, float("nan"), ROUNDED if is_rounded(voice, indicator) else SEVERAL_OF_ONE_CASE
    if min(counts) < 0:  # a month taken from running totals that were corrected downwards
        return Verdict.NOT_JUDGED, float("nan"), CORRECTED
    verdict = verdicts(*counts, *exposures, dispersion=dispersion)[0]
    return verdict, float(two_period_p(*counts, *exposures, dispersion)[0]), ""


def finished_years(voice: Voice, indicator: Indicator, yearly: pandas.DataFrame, dispersion: float = 1.0) -> Change:
    """Compare the two latest finished years of a flow or of a share of a flow; a share's change is said with its verdict or not at all."""
    if yearly.empty:
        return Change("", Verdict.NOT_JUDGED, float("nan"), None, None, "")
    last = yearly["last"].max()
    span = f"{last.year}年" if voice.is_chinese else str(last.year)
    now, before = row_at(yearly, last), row_at(yearly, last - pandas.DateOffset(years=1))
    if now is None or not has_number(now["status"]):
        return Change("", Verdict.NOT_JUDGED, float("nan"), None, None, span, Status.NOT_COLLECTED if now is None else now["status"])
    current = float(now["value"])
    if before is None or not has_number(before["status"]):
        return Change("", Verdict.NOT_JUDGED, float("nan"), current, None, span, now["status"], row=now)
    previous = float(before["value"])
    words = compared_words(voice, indicator, now, before, LAST_YEAR)
    if indicator.kind is Kind.SHARE:
        verdict = share_beyond_chance(voice, indicator, now, before)
        is_said = verdict is not Verdict.NOT_JUDGED or break_of_rows(indicator, now, before) is not None
        return Change(words if is_said else "", verdict, float("nan"), current, previous, span, now["status"], row=now)
    if not words or break_of_rows(indicator, now, before) is not None:
        return Change(words, Verdict.NOT_JUDGED, float("nan"), current, previous, span, now["status"], row=now)
    year = Span(last - pandas.DateOffset(months=11), last)
    days = year.days, year.moved(-12).days
    verdict, p_value, why = _judged(voice, indicator, (current, previous), days, dispersion)
    reason = why if isinstance(why, str) else voice.say(why)
    return Change(words, verdict, p_value, current, previous, span, now["status"], days, now, dispersion, reason)


def events_change(
    voice: Voice, indicator: Indicator, rows: pandas.DataFrame, until: pandas.Timestamp, breakdown: str, area: str | None, member: str | None
) -> Change:
    """Compare events over the settled months of the year where months are published, else over finished years."""
    monthly = cells(rows, indicator.id, breakdown, grain=Grain.MONTH, area=area, member=member, until=until)
    adds_up = not indicator.numerator.distinct and not is_rounded(voice, indicator)  # kinds seen in two months do not, nor do rounded numbers
    if not monthly.empty and adds_up:
        return year_to_date(voice, indicator, monthly)
    years = cells(rows, indicator.id, breakdown, grain=Grain.YEAR, area=area, member=member, until=until)
    return finished_years(voice, indicator, years, finest_unrest(voice, indicator, rows, until, breakdown, area, member))


def detectable_words(voice: Voice, indicator: Indicator, change: Change, tests: int, place: Text) -> str:
    """Say what "no change found" was able to find, because not found is not the same as not there.

    Args:
        voice: Release and language.
        indicator: What is counted.
        change: The comparison.
        tests: How many were made at once: a single one of them stands only at the level divided by their number.
        place: What the numbers speak of.
    """
    if change.current is None or change.previous is None or change.verdict is Verdict.NOT_JUDGED:
        return ""
    needed = smallest_clear_rise(round(change.previous), *change.exposures, LEVEL / max(tests, 1), change.dispersion)
    if needed is None or change.current >= needed:
        return ""
    unit = voice.say(indicator.unit)
    before = plain_number(voice, change.previous)
    if voice.is_chinese:
        title = stated(voice, indicator, f"{before}{unit}")
        together = f"同时看{tests}项,界限更严:" if tests > 1 else ""
        return f"上年同期{place.zh}{title};{together}今年同期达到{needed}{unit}才算超出随机波动。"
    together = f" when {tests} counts are looked at together" if tests > 1 else ""
    return f"{place.en}: after {before} {unit} last year, it would take {needed} {unit} to be called a rise{together}."
