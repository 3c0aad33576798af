"""A series beside its own past: what stands behind the word 比较 of every chart over time.

Four comparisons, always in one order: with the same period a year before, with the period before, the year to date, and twelve months
with the twelve before. Only settled periods enter, every number is a published one or a sum of published ones, and a line that cannot
be compared says why. The period before is shown because it is asked for, and never judged: seasons and working days move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas

from analysis.dispersion import UNRULY
from charts.comparison import (
    HIDDEN,
    LAST_YEAR,
    NO_EARLIER,
    NOT_FINAL,
    ROUNDED,
    SAME_TIME_LAST_YEAR,
    TOO_ROUGH,
    UNREPORTED,
    VERDICT_WORDS,
    Span,
    break_of_rows,
    break_words,
    compared_words,
    share_beyond_chance,
    spans_change,
    unrest,
)
from charts.picture import Voice
from charts.rows import last_settled, row_at, stopping_status, sum_of_months, within
from charts.words import absence, amount, amount_of, is_rounded, period_words, provisional, span_words
from indicators.model import Grain, Indicator, Kind, Status, Text

COLUMNS = (Text("比较", "Comparison"), Text("本期", "Now"), Text("对比期", "Before"), Text("变化", "Change"), Text("判断", "Judgement"))
YEAR_ON_YEAR = Text("同比", "Year on year")
ON_THE_PERIOD_BEFORE = Text("环比", "Period on period")
YEAR_TO_DATE = Text("累计同比", "Year to date")
TWELVE_MONTHS = Text("近12个月", "12 months")
BASES = {1: Text("上月", "the month before"), 3: Text("上季度", "the quarter before"), 12: LAST_YEAR}
TWELVE_BEFORE = Text("前12个月", "the 12 months before")
SEASON = Text("不作判断:受季节和工作日影响", "not judged: seasons and working days move it")
STOCK = Text("存量数,不作判断", "a standing number, not judged")
SAME_PEOPLE = Text("相邻时点多为同一批人,不作判断", "mostly the same people, not judged")
ROUNDED_SHARE = Text("概数,不作比较", "rounded, not compared")
TOO_SMALL = Text("基数太小,不作比较", "base too small, not compared")
NO_DATA = Text("无数据", "no data")
ONLY_PROVISIONAL = Text("目前只有初步数,未作比较。", "Only provisional numbers so far: not compared.")
NOTHING_RECENT = Text(
    "最近一年没有可以比较的数:受保护、基数太小或未报送。", "No number of the last year can be compared: protected, too small a base, or not reported."
)
STRICTER = Text("各期起伏大于随机波动,判断已从严。", "The periods swing more than chance alone: judged more strictly.")
NOTHING = "—"
MONTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


@dataclass(frozen=True)
class Compared:
    """What a picture says of a series and its past: the table, none where nothing can be compared, and what to mind or why there is none."""

    table: pandas.DataFrame | None
    note: str


@dataclass(frozen=True)
class _Line:
    name: Text | str
    now: str
    before: str
    change: str
    judgement: str


def compare_events(voice: Voice, indicator: Indicator, series: pandas.DataFrame) -> Compared:
    """Compare events with their own past: the latest settled period, the year to date and twelve months.

    Args:
        voice: Release and language.
        indicator: An indicator of events.
        series: Rows of one series at the grain of months or of quarters.
    """
    last = _latest(series)
    if last is None:
        return Compared(None, _why_nothing(voice, series))
    step, dispersion = _months_of(series), unrest(voice, indicator, series)
    newest, year = Span(last - pandas.DateOffset(months=step - 1), last), Span(pandas.Timestamp(last.year, 1, 1), last)
    twelve = Span(last - pandas.DateOffset(months=11), last)
    lines = [
        _span_line(voice, indicator, series, name, now, before, base, dispersion)
        for name, now, before, base in (
            (YEAR_ON_YEAR, newest, newest.moved(-12), SAME_TIME_LAST_YEAR),
            (ON_THE_PERIOD_BEFORE, newest, newest.moved(-step), BASES[step]),
            (YEAR_TO_DATE, year, year.moved(-12), SAME_TIME_LAST_YEAR),
            (TWELVE_MONTHS, twelve, twelve.moved(-12), TWELVE_BEFORE),
        )
    ]
    return _compared(voice, lines, [_up_to(voice, indicator, series, last), _stricter(voice, dispersion)])


def compare_years(voice: Voice, indicator: Indicator, yearly: pandas.DataFrame, dispersion: float = 1.0) -> Compared:
    """Compare the latest finished year of a flow, or of a share of a flow, with the year before.

    Args:
        voice: Release and language.
        indicator: What is counted.
        yearly: Rows of one series at the grain of years.
        dispersion: Variance over mean of its months or quarters, where they are published.
    """
    last = _latest(yearly)
    if last is None:
        return Compared(None, _why_nothing(voice, yearly))
    if indicator.kind is Kind.SHARE:
        line = _row_line(voice, indicator, yearly, last, YEAR_ON_YEAR, 12, LAST_YEAR)
        if is_rounded(voice, indicator) and line.change != NOTHING:  # a share of a flow is judged or not compared
            line = _Line(line.name, line.now, line.before, NOTHING, voice.say(ROUNDED_SHARE))
    else:
        year = Span(last - pandas.DateOffset(months=11), last)
        line = _span_line(voice, indicator, yearly, YEAR_ON_YEAR, year, year.moved(-12), LAST_YEAR, dispersion)
    return _compared(voice, [line], [_up_to(voice, indicator, yearly, last), _stricter(voice, dispersion)])


def compare_stocks(voice: Voice, lines: Sequence[tuple[Indicator, pandas.DataFrame]]) -> Compared:
    """Compare stocks, shares or rates with a year and with a period before; only a share is judged, by its parts.

    Args:
        voice: Release and language.
        lines: Indicators with the rows of one series each, all of one grain.
    """
    found, notes = [], []
    for indicator, series in lines:
        last = _latest(series)
        if last is None:
            notes.append(_why_nothing(voice, series))
            continue
        step = _months_of(series)
        asked = [(YEAR_ON_YEAR, 12, SAME_TIME_LAST_YEAR)] if step < 12 else []
        asked.append((ON_THE_PERIOD_BEFORE if step < 12 else YEAR_ON_YEAR, step, BASES[step]))
        for name, months, base in asked:
            named = f"{voice.say(indicator.title)} {voice.say(name).lower()}" if len(lines) > 1 else name
            found.append(_row_line(voice, indicator, series, last, named, months, base))
        notes.append(_up_to(voice, indicator, series, last))
    return _compared(voice, found, list(dict.fromkeys(notes)))


def _latest(series: pandas.DataFrame) -> pandas.Timestamp | None:
    """Return the last month of the latest settled period with a number; none where that is a year older than the latest report."""
    last = last_settled(series)
    reported = series.loc[series["status"] != Status.NOT_COLLECTED, "last"].max()
    return None if last is None or last <= reported - pandas.DateOffset(years=1) else last


def _months_of(series: pandas.DataFrame) -> int:
    """Return how many months a period of a series of one grain has."""
    return MONTHS[Grain(series["grain"].iloc[0])]


def _span_line(
    voice: Voice, indicator: Indicator, series: pandas.DataFrame, name: Text, now: Span, before: Span, base: Text, dispersion: float
) -> _Line:
    change = spans_change(voice, indicator, series, now, before, base, dispersion)
    said = [_span_words(voice, indicator, series, span) for span in (now, before)]
    is_compared = bool(change.sentence) and change.sentence != change.why  # a break stands in both
    if not is_compared:
        return _Line(name, *said, NOTHING, change.why)
    if change.sentence == voice.say(TOO_ROUGH):
        return _Line(name, *said, NOTHING, change.sentence)
    if name is ON_THE_PERIOD_BEFORE:
        return _Line(name, *said, change.sentence, voice.say(SEASON))
    return _Line(name, *said, change.sentence, change.why or voice.say(VERDICT_WORDS[change.verdict]))


def _span_words(voice: Voice, indicator: Indicator, series: pandas.DataFrame, span: Span) -> str:
    """Say a span and its number, or why it has none; a rounded number only where the span is one published period."""
    held = within(series, *span)
    is_one = len(held) == 1 and (held["period"].iloc[0], held["last"].iloc[0]) == span
    when = period_words(voice, indicator, held["period"].iloc[0], held["grain"].iloc[0]) if is_one else span_words(voice, *span)
    if is_one:
        number = provisional(voice, amount_of(voice, indicator, held.iloc[0]), held["status"].iloc[0])
    elif held.empty:
        number = voice.say(NO_DATA)
    elif is_rounded(voice, indicator):
        number = NOTHING
    else:
        total = sum_of_months(series, *span)
        number = absence(voice, indicator, stopping_status(series, *span)) if total is None else amount(voice, indicator, total, Status.OBSERVED)
    return _dated(voice, when, number)


def _dated(voice: Voice, when: str, number: str) -> str:
    return f"{when}:{number}" if voice.is_chinese else f"{when}: {number}"


def _row_line(
    voice: Voice, indicator: Indicator, series: pandas.DataFrame, last: pandas.Timestamp, name: Text | str, months: int, base: Text
) -> _Line:
    """Compare the published row of one moment, or one year, with an earlier one."""
    now, before = row_at(series, last), row_at(series, last - pandas.DateOffset(months=months))
    said = _row_words(voice, indicator, now)
    if before is None:
        return _Line(name, said, voice.say(NO_DATA), NOTHING, voice.say(NO_EARLIER))
    both = said, _row_words(voice, indicator, before)
    reasons = {
        Status.SUPPRESSED: HIDDEN,
        Status.NOT_COLLECTED: UNREPORTED,
        Status.PROVISIONAL: NOT_FINAL,
        Status.UNDEFINED: TOO_SMALL,
    }
    if before["status"] in reasons:
        return _Line(name, *both, NOTHING, voice.say(reasons[before["status"]]))
    mark = break_of_rows(indicator, now, before)
    if mark is not None:
        return _Line(name, *both, NOTHING, break_words(voice, mark))
    words = compared_words(voice, indicator, now, before, base)
    if words == voice.say(TOO_ROUGH):
        return _Line(name, *both, NOTHING, words)
    return _Line(name, *both, words, voice.say(_row_judgement(voice, indicator, now, before, months)))


def _row_words(voice: Voice, indicator: Indicator, row: pandas.Series) -> str:
    return _dated(voice, period_words(voice, indicator, row["period"], row["grain"]), amount_of(voice, indicator, row))


def _row_judgement(voice: Voice, indicator: Indicator, now: pandas.Series, before: pandas.Series, months: int) -> Text:
    if is_rounded(voice, indicator):
        return ROUNDED
    if indicator.kind is not Kind.SHARE:
        return STOCK
    if months < 12:
        return SAME_PEOPLE
    verdict = share_beyond_chance(voice, indicator, now, before)
    return VERDICT_WORDS[verdict]


def _why_nothing(voice: Voice, series: pandas.DataFrame) -> str:
    return voice.say(ONLY_PROVISIONAL if (series["status"] == Status.PROVISIONAL).any() else NOTHING_RECENT)


def _stricter(voice: Voice, dispersion: float) -> str:
    return voice.say(STRICTER) if dispersion > UNRULY else ""


def _up_to(voice: Voice, indicator: Indicator, series: pandas.DataFrame, last: pandas.Timestamp) -> str:
    """Say which period is the latest that was compared, and that later ones are not final."""
    row = row_at(series, last)
    when = period_words(voice, indicator, row["period"], row["grain"])
    is_late = ((series["last"] > last) & (series["status"] == Status.PROVISIONAL)).any()
    if voice.is_chinese:
        return f"比较到{when}{';之后是初步数,会因补录增加,未作比较' if is_late else ''}。"
    return f"Compared up to {when}{'; later numbers are provisional and not compared' if is_late else ''}."


def _compared(voice: Voice, lines: list[_Line], notes: list[str]) -> Compared:
    """Return the table with its note; where no line could be compared, why not."""
    gap = "" if voice.is_chinese else " "
    if all(line.change == NOTHING for line in lines):
        reasons = list(dict.fromkeys(line.judgement for line in lines))
        said = ((";" if voice.is_chinese else "; ").join(reasons) + ("。" if voice.is_chinese else ".")) if reasons else ""
        return Compared(None, said[:1].upper() + said[1:] if said else gap.join(note for note in notes if note))
    cells = [
        (line.name if isinstance(line.name, str) else voice.say(line.name), line.now, line.before, line.change, line.judgement) for line in lines
    ]
    return Compared(pandas.DataFrame(cells, columns=[voice.say(column) for column in COLUMNS]), gap.join(note for note in notes if note))
