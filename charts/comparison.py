"""What changed, in words that do not over-claim.

Events get a verdict, because chance can be told from change; stocks never do: a stock's difference is a fact with known parts (the
bridge explains it). A percentage needs a base of twenty, a comparison needs final numbers on both sides, and no wording says why. Of
rounded numbers a direction or a size is said only where it holds for every true number behind them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import pandas

from analysis.comparison import LEVEL, Verdict, share_verdict, smallest_clear_rise, two_period_p, verdicts
from charts.picture import Voice
from charts.rows import cells, last_settled, row_at, stopping_status, sum_of_months
from charts.words import amount, amount_of, extremes, has_number, is_rounded, plain_number, provisional, span_words, stated
from indicators.model import Grain, Indicator, Kind, Status, Text

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

    def number(self, voice: Voice, indicator: Indicator, *, unit: bool = True) -> str:
        """Return the later number in words, a provisional one marked, or why there is none."""
        if self.row is not None:
            return provisional(voice, amount_of(voice, indicator, self.row, unit=unit), self.status)
        return amount(voice, indicator, float("nan") if self.current is None else self.current, self.status, unit=unit)

    def judged(self, voice: Voice) -> str:
        """Return the verdict in words; empty where events were not judged."""
        return "" if self.verdict is Verdict.NOT_JUDGED or not (self.current or self.previous) else voice.say(VERDICT_WORDS[self.verdict])


def is_judged(voice: Voice, indicator: Indicator) -> bool:
    """Whether chance can be told from change: exact counts of separate events only.

    Kinds seen and suspects are no separate events (one case brings several), and rounded numbers are no counts.
    """
    return indicator.kind is Kind.EVENTS and indicator.numerator.column is None and not is_rounded(voice, indicator)


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
    if previous < SMALLEST_BASE and indicator.kind is not Kind.RATE:
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
    """Compare two published rows; empty unless both are final."""
    if now["status"] != Status.OBSERVED or before["status"] != Status.OBSERVED:
        return ""
    if is_rounded(voice, indicator):
        return rounded_change_words(voice, indicator, extremes(indicator, now), extremes(indicator, before), base_words)
    return change_words(voice, indicator, float(now["value"]), float(before["value"]), base_words)


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
    return Change(words, Verdict.NOT_JUDGED, float("nan"), float(now["value"]), float(before["value"]), "", now["status"], row=now)


def share_beyond_chance(voice: Voice, indicator: Indicator, now: pandas.Series | None, before: pandas.Series | None) -> Verdict:
    """Judge two published shares by their parts; never rounded or provisional ones."""
    if now is None or before is None or now["status"] != Status.OBSERVED or before["status"] != Status.OBSERVED or is_rounded(voice, indicator):
        return Verdict.NOT_JUDGED
    return share_verdict((float(now["numerator"]), float(now["denominator"])), (float(before["numerator"]), float(before["denominator"])))


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
    status = Status.OBSERVED if current is not None else stopping_status(monthly, first, last)
    if current is None or previous is None or is_rounded(voice, indicator):  # twelve rounded months would carry twelve errors
        return Change("", Verdict.NOT_JUDGED, float("nan"), current, previous, span, status)
    words = change_words(voice, indicator, current, previous, SAME_TIME_LAST_YEAR)
    exposures = _days(first, last), _days(first - year, last - year)
    if not is_judged(voice, indicator):
        return Change(words, Verdict.NOT_JUDGED, float("nan"), current, previous, span, status, exposures)
    verdict, p_value = verdicts(current, previous, *exposures)[0], float(two_period_p(current, previous, *exposures)[0])
    return Change(words, verdict, p_value, current, previous, span, status, exposures)


def _days(first: pandas.Timestamp, last: pandas.Timestamp) -> float:
    """Return the days from the first day of a month to the last day of another."""
    return float((last + pandas.offsets.MonthBegin(1) - first).days)


def finished_years(voice: Voice, indicator: Indicator, yearly: pandas.DataFrame) -> Change:
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
        words = words if verdict is not Verdict.NOT_JUDGED else ""
        return Change(words, verdict, float("nan"), current, previous, span, now["status"], row=now)
    if not words or not is_judged(voice, indicator):
        return Change(words, Verdict.NOT_JUDGED, float("nan"), current, previous, span, now["status"], row=now)
    days = _days(last - pandas.DateOffset(months=11), last), _days(last - pandas.DateOffset(months=23), last - pandas.DateOffset(months=12))
    verdict, p_value = verdicts(current, previous, *days)[0], float(two_period_p(current, previous, *days)[0])
    return Change(words, verdict, p_value, current, previous, span, now["status"], days, now)


def events_change(
    voice: Voice, indicator: Indicator, rows: pandas.DataFrame, until: pandas.Timestamp, breakdown: str, area: str | None, member: str | None
) -> Change:
    """Compare events over the settled months of the year where months are published, else over finished years."""
    monthly = cells(rows, indicator.id, breakdown, grain=Grain.MONTH, area=area, member=member, until=until)
    adds_up = not indicator.numerator.distinct and not is_rounded(voice, indicator)  # kinds seen in two months do not, nor do rounded numbers
    if not monthly.empty and adds_up:
        return year_to_date(voice, indicator, monthly)
    return finished_years(voice, indicator, cells(rows, indicator.id, breakdown, grain=Grain.YEAR, area=area, member=member, until=until))


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
    needed = smallest_clear_rise(round(change.previous), *change.exposures, LEVEL / max(tests, 1))
    if change.current >= needed:
        return ""
    unit = voice.say(indicator.unit)
    before = plain_number(voice, change.previous)
    if voice.is_chinese:
        title = stated(voice, indicator, f"{before}{unit}")
        return f"上年同期{place.zh}{title},今年同期达到{needed}{unit}才一定算超出随机波动。"
    return f"{place.en}: with {before} {unit} last year, {needed} {unit} would be sure to stand out from chance."
