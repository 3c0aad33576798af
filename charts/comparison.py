"""What changed, in words that do not over-claim.

Events get a verdict, because chance can be told from change; stocks never do: a stock's difference is a fact with known parts (the
bridge explains it). A percentage needs a base of twenty, a label needs final months, and no wording says why.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas

from analysis.comparison import Verdict, smallest_clear_rise, two_period_p, verdicts
from charts.picture import Voice
from charts.rows import cells, last_settled, row_at, sum_of_months
from charts.words import absence, amount, has_number, is_rounded, plain_number, span_words
from indicators.model import Grain, Indicator, Kind, Status, Text

SMALLEST_BASE = 20  # below it a percentage exaggerates
SMALLEST_PUBLIC_BASE = 50  # of a rounded number
SMALLEST_PUBLIC_STEP = 10  # differences of rounded numbers below it are mostly rounding

VERDICT_WORDS: dict[Verdict, Text] = {
    Verdict.CLEAR_RISE: Text("明显上升", "clear rise"),
    Verdict.CLEAR_FALL: Text("明显下降", "clear fall"),
    Verdict.WITHIN_CHANCE: Text("在随机波动范围内", "within chance"),
    Verdict.TOO_FEW: Text("数量太少,不作判断", "too few to judge"),
    Verdict.NOT_JUDGED: Text("暂不作判断", "not judged"),
}


@dataclass(frozen=True)
class Change:
    """Two published numbers side by side.

    Attributes:
        sentence: The change in words, without the verdict; empty where there is nothing to compare.
        verdict: For events only.
        p_value: Of the exact test, for events only.
        current: The later number; none where not published.
        previous: The earlier one.
        span: The later period in words.
        missing: Why there is no later number.
    """

    sentence: str
    verdict: Verdict
    p_value: float
    current: float | None
    previous: float | None
    span: str
    missing: str = ""

    def judged(self, voice: Voice) -> str:
        """Return the verdict in words; empty where events were not judged."""
        return "" if self.verdict is Verdict.NOT_JUDGED or not (self.current or self.previous) else voice.say(VERDICT_WORDS[self.verdict])


def is_judged(voice: Voice, indicator: Indicator) -> bool:
    """Whether chance can be told from change: exact counts of separate events only.

    Kinds seen and suspects are no separate events (one case brings several), and rounded numbers are no counts.
    """
    return indicator.kind is Kind.EVENTS and indicator.numerator.column is None and not is_rounded(voice, indicator)


def change_words(voice: Voice, indicator: Indicator, current: float, previous: float, base_words: Text) -> str:
    """Say the difference of two published numbers.

    Args:
        voice: Release and language.
        indicator: What is counted.
        current: The later number.
        previous: The earlier number.
        base_words: The earlier period, such as 上年同期.
    """
    base = voice.say(base_words)
    if indicator.kind is Kind.SHARE:
        return _points_words(voice, indicator, current, previous, base)
    step = round(current - previous, indicator.decimals)
    if is_rounded(voice, indicator):
        if abs(step) < SMALLEST_PUBLIC_STEP:
            return f"与{base}基本持平" if voice.is_chinese else f"about the same as {base}"
        size = _size(voice, indicator, abs(step), about=True)
        percent = _percent(abs(step), previous, SMALLEST_PUBLIC_BASE, about=True)
        return _rise_words(voice, indicator, step, size, percent, base)
    if step == 0:
        return f"与{base}持平" if voice.is_chinese else f"the same as {base}"
    if previous == 0:
        now = amount(voice, indicator, current, Status.OBSERVED)
        return f"{base}为0" if voice.is_chinese else f"{now}, none in {base}"
    if previous < SMALLEST_BASE and indicator.kind is not Kind.RATE:
        before, after = plain_number(voice, previous, indicator.decimals), plain_number(voice, current, indicator.decimals)
        unit = voice.say(indicator.unit)
        if voice.is_chinese:
            return f"比{base}由{before}{unit}{'增至' if step > 0 else '减至'}{after}{unit}"
        return f"{'up' if step > 0 else 'down'} from {before} to {after} on {base}"
    percent = "" if indicator.kind is Kind.RATE else _percent(abs(step), previous, SMALLEST_BASE)
    return _rise_words(voice, indicator, step, _size(voice, indicator, abs(step)), percent, base)


def _size(voice: Voice, indicator: Indicator, step: float, *, about: bool = False) -> str:
    number = plain_number(voice, step, max(indicator.decimals, 1) if indicator.kind is Kind.RATE else indicator.decimals)
    if voice.is_chinese:
        return f"{'约' if about else ''}{number}{voice.say(indicator.unit)}"
    return f"{'about ' if about else ''}{number}"


def _percent(step: float, base: float, smallest: int, *, about: bool = False) -> str:
    if base < smallest:
        return ""
    return f"{step / base * 100:.0f}%" if about else f"{step / base * 100:.1f}%"


def _rise_words(voice: Voice, indicator: Indicator, step: float, size: str, percent: str, base: str) -> str:
    if voice.is_chinese:
        tail = f"({percent})" if percent else ""
        return f"比{base}{'增加' if step > 0 else '减少'}{size}{tail}"
    tail = f" ({percent})" if percent else ""
    return f"{size} {'more' if step > 0 else 'fewer'} than {base}{tail}"


def _points_words(voice: Voice, indicator: Indicator, current: float, previous: float, base: str) -> str:
    rounded = is_rounded(voice, indicator)
    step = round((current - previous) * 100, 0 if rounded else 1)
    if abs(step) < (5 if rounded else 0.1):
        return f"与{base}{'基本' if rounded else ''}持平" if voice.is_chinese else f"about the same as {base}"
    size = f"{abs(step):.0f}" if rounded else f"{abs(step):.1f}"
    if voice.is_chinese:
        return f"比{base}{'上升' if step > 0 else '下降'}{'约' if rounded else ''}{size}个百分点"
    return f"{'about ' if rounded else ''}{size} percentage points {'higher' if step > 0 else 'lower'} than {base}"


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
    current, previous = float(now["value"]), float(before["value"])
    return Change(
        change_words(voice, indicator, current, previous, SAME_TIME_LAST_YEAR),
        Verdict.NOT_JUDGED,
        float("nan"),
        current,
        previous,
        "",
    )


def year_to_date(voice: Voice, indicator: Indicator, monthly: pandas.DataFrame) -> Change:
    """Compare the settled months of the year with the same months a year before, and judge events exactly.

    Months that late entries still change are left out, so the comparison is of like with like.

    Args:
        voice: Release and language.
        indicator: An indicator of events.
        monthly: Rows of one series at the grain of months.
    """
    nothing = Change("", Verdict.NOT_JUDGED, float("nan"), None, None, "")
    last = last_settled(monthly)
    if last is None:
        return nothing
    first = pandas.Timestamp(last.year, 1, 1)
    year = pandas.DateOffset(years=1)
    current, previous = sum_of_months(monthly, first, last), sum_of_months(monthly, first - year, last - year)
    span = span_words(voice, first, last)
    if current is None or previous is None:
        return Change("", Verdict.NOT_JUDGED, float("nan"), current, previous, span)
    if not is_judged(voice, indicator):
        return Change(
            change_words(voice, indicator, current, previous, SAME_TIME_LAST_YEAR), Verdict.NOT_JUDGED, float("nan"), current, previous, span
        )
    lengths = float((last - first).days + 31), float((last - year - (first - year)).days + 31)
    return Change(
        change_words(voice, indicator, current, previous, SAME_TIME_LAST_YEAR),
        verdicts(current, previous, *lengths)[0],
        float(two_period_p(current, previous, *lengths)[0]),
        current,
        previous,
        span,
    )


def finished_years(voice: Voice, indicator: Indicator, yearly: pandas.DataFrame) -> Change:
    """Compare the two latest finished years of events; judged only where counts are exact and final."""
    nothing = Change("", Verdict.NOT_JUDGED, float("nan"), None, None, "")
    if yearly.empty:
        return nothing
    last = yearly["last"].max()
    span = f"{last.year}年" if voice.is_chinese else str(last.year)
    now, before = row_at(yearly, last), row_at(yearly, last - pandas.DateOffset(years=1))
    if now is None or not has_number(now["status"]):
        why = "" if now is None else absence(voice, indicator, now["status"])
        return Change("", Verdict.NOT_JUDGED, float("nan"), None, None, span, why)
    current = float(now["value"])
    if before is None or not has_number(before["status"]):
        return Change("", Verdict.NOT_JUDGED, float("nan"), current, None, span)
    previous = float(before["value"])
    words = change_words(voice, indicator, current, previous, LAST_YEAR)
    final = now["status"] == Status.OBSERVED and before["status"] == Status.OBSERVED
    if not is_judged(voice, indicator) or not final:
        return Change(words, Verdict.NOT_JUDGED, float("nan"), current, previous, span)
    return Change(words, verdicts(current, previous)[0], float(two_period_p(current, previous)[0]), current, previous, span)


def events_change(
    voice: Voice, indicator: Indicator, rows: pandas.DataFrame, until: pandas.Timestamp, breakdown: str, area: str | None, member: str | None
) -> Change:
    """Compare events over the settled months of the year where months are published, else over finished years."""
    monthly = cells(rows, indicator.id, breakdown, grain=Grain.MONTH, area=area, member=member, until=until)
    if not monthly.empty and not indicator.numerator.distinct:  # kinds seen in two months do not add up
        return year_to_date(voice, indicator, monthly)
    return finished_years(voice, indicator, cells(rows, indicator.id, breakdown, grain=Grain.YEAR, area=area, member=member, until=until))


def detectable_words(voice: Voice, indicator: Indicator, change: Change) -> str:
    """Say what "no change found" was able to find, because not found is not the same as not there."""
    if change.previous is None or change.verdict in {Verdict.CLEAR_RISE, Verdict.NOT_JUDGED}:
        return ""
    needed = smallest_clear_rise(round(change.previous))
    unit = voice.say(indicator.unit)
    before = plain_number(voice, change.previous)
    if voice.is_chinese:
        return f"上年同期{before}{unit},今年同期达到{needed}{unit}才算超出随机波动。"
    return f"With {before} {unit} last year, {needed} {unit} would be needed to stand out from chance."
