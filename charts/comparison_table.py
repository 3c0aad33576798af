"""A series beside its own past: what stands behind the word 比较 of every chart over time.

Four comparisons, always in one order: with the same period a year before, with the period before, the year to date, and twelve months
with the twelve before. Only settled periods enter, every number is a published one or a sum of published ones, and a line that cannot
be compared says why. The period before is shown because it is asked for, and never judged: seasons and working days move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas

from analysis.dispersion import UNRULY
from charts.comparison import (
    HIDDEN,
    LAST_YEAR,
    NO_EARLIER,
    NOT_FINAL,
    ROUNDED,
    SAME_PEOPLE,
    SAME_TIME_LAST_YEAR,
    TOO_ROUGH,
    TWELVE_BEFORE,
    UNREPORTED,
    VERDICT_WORDS,
    break_of_rows,
    break_words,
    compared_words,
    earlier_words,
    share_beyond_chance,
    spans_change,
)
from charts.rows import Series, Span, months_up_to
from charts.scope import EXPLAINED, PARTS, SENTENCES, STOPPED, Voice
from charts.words import absence, amount, span_words
from indicators.lattice import is_stock
from indicators.model import Grain, Kind, Status, Text
from indicators.months import MONTHS_OF

COLUMNS = (Text("比较", "Comparison"), Text("本期", "Now"), Text("对比期", "Before"), Text("变化", "Change"), Text("判断", "Judgement"))
YEAR_ON_YEAR = Text("同比", "Year on year")
ON_THE_PERIOD_BEFORE = Text("环比", "Period on period")
ON_THE_ONE_BEFORE = Text("比上次公布", "On the one shown before")
ON_AN_EARLIER_ONE = Text("比更早一次公布", "On an earlier one")
YEAR_TO_DATE = Text("累计同比", "Year to date")
TWELVE_MONTHS = Text("近12个月", "12 months")
BASES = {1: Text("上月", "the month before"), 3: Text("上季度", "the quarter before"), 12: LAST_YEAR}
SEASON = Text("不作判断:受季节和工作日影响", "not judged: seasons and working days move it")
STOCK = Text("存量数,不作判断", "a standing number, not judged")
ROUNDED_SHARE = Text("概数,不作比较", "rounded, not compared")
TOO_SMALL = Text("基数太小,不作比较", "base too small, not compared")
NO_DATA = Text("无数据", "no data")
ONLY_PROVISIONAL = Text("目前只有初步数,未作比较。", "Only provisional numbers so far: not compared.")
NOTHING_RECENT = Text(
    "最近一年没有可以比较的数:受保护、基数太小或未报送。", "No number of the last year can be compared: protected, too small a base, or not reported."
)
STRICTER = Text("各期起伏大于随机波动,判断已从严。", "The periods swing more than chance alone: judged more strictly.")
OF_ONE_OF_SEVERAL = Text("{title} {name}", "{title} {name:lower}")
UP_TO = Text("比较到{when}{late}。", "Compared up to {when}{late}.")
LATE = Text(";之后是初步数,会因补录增加,未作比较", "; later numbers are provisional and not compared")
NOTHING = "—"
WHY_NOT = {Status.SUPPRESSED: HIDDEN, Status.NOT_COLLECTED: UNREPORTED, Status.PROVISIONAL: NOT_FINAL, Status.UNDEFINED: TOO_SMALL}


@dataclass(frozen=True, eq=False)
class BesidePast:
    """What a picture says of a series and its past: the table, none where nothing can be compared, and what to mind or why there is none."""

    table: pandas.DataFrame | None
    note: str


@dataclass(frozen=True)
class _Line:
    name: Text
    now: str
    before: str
    change: str
    judgement: str
    dispersion: float = 1.0  # variance over mean that the judgement allowed for


def compare_events(series: Series) -> BesidePast:
    """Compare events by month or quarter with their own past: the latest settled period, the year to date and twelve months."""
    last = _latest(series)
    if last is None:
        return BesidePast(None, _why_nothing(series))
    step = _months_of(series)
    newest, year, twelve = months_up_to(last, step), Span(pandas.Timestamp(last.year, 1, 1), last), months_up_to(last, 12)
    lines = [
        _span_line(series, name, now, before, base)
        for name, now, before, base in (
            (YEAR_ON_YEAR, newest, newest.moved(-12), SAME_TIME_LAST_YEAR),
            (ON_THE_PERIOD_BEFORE, newest, newest.moved(-step), BASES[step]),
            (YEAR_TO_DATE, year, year.moved(-12), SAME_TIME_LAST_YEAR),
            (TWELVE_MONTHS, twelve, twelve.moved(-12), TWELVE_BEFORE),
        )
    ]
    return _beside(series.voice, lines, [_up_to(series, last), _stricter(series.voice, lines)])


def compare_years(series: Series) -> BesidePast:
    """Compare the latest finished year of a flow, or of a share of a flow, with the year before."""
    last = _latest(series)
    if last is None:
        return BesidePast(None, _why_nothing(series))
    if series.indicator.kind is Kind.SHARE:
        line = _row_line(series, last, YEAR_ON_YEAR, 12, LAST_YEAR)
        if series.is_rounded and line.change != NOTHING:  # a share of a flow is judged or not compared
            line = replace(line, change=NOTHING, judgement=series.voice.say(ROUNDED_SHARE))
    else:
        year = months_up_to(last, 12)
        line = _span_line(series, YEAR_ON_YEAR, year, year.moved(-12), LAST_YEAR)
    return _beside(series.voice, [line], [_up_to(series, last), _stricter(series.voice, [line])])


def compare_stocks(lines: Sequence[Series]) -> BesidePast:
    """Compare stocks, shares or rates, all of one grain, with a year and with a period before; only a share is judged, by its parts.

    Where one of these periods was passed over, the last one shown before it takes its place, under its own name.
    """
    voice, found, notes = lines[0].voice, [], []
    for series in lines:
        last = _latest(series)
        if last is None:
            notes.append(_why_nothing(series))
            continue
        step = _months_of(series)
        asked = [(YEAR_ON_YEAR, 12, SAME_TIME_LAST_YEAR)] if step < 12 else []
        asked.append((ON_THE_PERIOD_BEFORE if step < 12 else YEAR_ON_YEAR, step, BASES[step]))
        if len(asked) > 1 and _is_the_same_row(series, last, 12, step):
            del asked[0]
        for name, months, base in asked:
            line = _row_line(series, last, name, months, base)
            named = voice.say(OF_ONE_OF_SEVERAL, title=series.indicator.title, name=name)
            found.append(replace(line, name=Text(named, named)) if len(lines) > 1 else line)
        notes.append(_up_to(series, last))
    return _beside(voice, found, list(dict.fromkeys(notes)))


def _is_the_same_row(series: Series, last: pandas.Timestamp, *months: int) -> bool:
    """Whether of two earlier periods the same row tells, because what lies between was passed over."""
    found = [series.shown_before(last, one) for one in months]
    return all(row is not None for row in found) and len({row["last"] for row in found if row is not None}) == 1


def _latest(series: Series) -> pandas.Timestamp | None:
    """Return the last month of the latest settled period with a number; none where that is a year older than the latest report."""
    last, newest = series.last_settled, series.newest_row
    return None if last is None or newest is None or last <= newest["last"] - pandas.DateOffset(years=1) else last


def _months_of(series: Series) -> int:
    """Return how many months a period of a series of one grain has."""
    return MONTHS_OF[Grain(series.rows["grain"].iloc[0])]


def _span_line(series: Series, name: Text, now: Span, before: Span, base: Text) -> _Line:
    change, voice = spans_change(series, now, before, base), series.voice
    line = _Line(name, _span_words(series, now), _span_words(series, before), NOTHING, change.why)
    is_compared = bool(change.sentence) and change.sentence != change.why  # a break stands in both
    if not is_compared:
        return line
    if change.sentence == voice.say(TOO_ROUGH):
        return replace(line, judgement=change.sentence)
    judgement = voice.say(SEASON) if name is ON_THE_PERIOD_BEFORE else change.why or change.judgement or voice.say(VERDICT_WORDS[change.verdict])
    return replace(line, change=change.sentence, judgement=judgement, dispersion=change.unrest.dispersion)


def _span_words(series: Series, span: Span) -> str:
    """Say a span and its number, or why it has none; a rounded number only where the span is one published period."""
    voice, indicator, held = series.voice, series.indicator, series.within(span)
    if len(held.rows) == 1 and (held.rows["period"].iloc[0], held.rows["last"].iloc[0]) == span:
        return voice.say(EXPLAINED, name=series.when(held.rows.iloc[0]), said=series.told(held.rows.iloc[0]))
    total = series.total(span)
    if held.rows.empty:
        number = voice.say(NO_DATA)
    elif series.is_rounded:
        number = NOTHING
    else:
        number = absence(voice, indicator, series.stopped_by(span)) if total is None else amount(voice, indicator, total, Status.OBSERVED)
    return voice.say(EXPLAINED, name=span_words(voice, *span), said=number)


def _row_line(series: Series, last: pandas.Timestamp, name: Text, months: int, base: Text) -> _Line:
    """Compare the published row of one moment, or one year, with an earlier one."""
    voice, now, before = series.voice, series.row_at(last), series.shown_before(last, months)
    if before is None:
        return _Line(name, _row_words(series, now), voice.say(NO_DATA), NOTHING, voice.say(NO_EARLIER))
    apart = Span(before["last"], last).months - 1
    if apart != months:
        name = ON_AN_EARLIER_ONE if name is YEAR_ON_YEAR and _months_of(series) < months else ON_THE_ONE_BEFORE
    line = _Line(name, _row_words(series, now), _row_words(series, before), NOTHING, "")
    if before["status"] in WHY_NOT:
        return replace(line, judgement=voice.say(WHY_NOT[before["status"]]))
    mark = break_of_rows(series.indicator, now, before)
    if mark is not None:
        return replace(line, judgement=break_words(voice, mark))
    words = compared_words(series, now, before, earlier_words(series, now, before, months, base))
    if words == voice.say(TOO_ROUGH):
        return replace(line, judgement=words)
    return replace(line, change=words, judgement=voice.say(_row_judgement(series, now, before)))


def _row_words(series: Series, row: pandas.Series) -> str:
    return series.voice.say(EXPLAINED, name=series.when(row), said=series.said(row))


def _row_judgement(series: Series, now: pandas.Series, before: pandas.Series) -> Text:
    if series.is_rounded:
        return ROUNDED
    if series.indicator.kind is not Kind.SHARE:
        return STOCK
    return SAME_PEOPLE if is_stock(series.indicator) else VERDICT_WORDS[share_beyond_chance(series, now, before)]


def _why_nothing(series: Series) -> str:
    return series.voice.say(ONLY_PROVISIONAL if series.has(Status.PROVISIONAL) else NOTHING_RECENT)


def _stricter(voice: Voice, lines: Sequence[_Line]) -> str:
    return voice.say(STRICTER) if max(line.dispersion for line in lines) > UNRULY else ""


def _up_to(series: Series, last: pandas.Timestamp) -> str:
    """Say which period is the latest that was compared, and that later ones are not final."""
    is_late = ((series.rows["last"] > last) & (series.rows["status"] == Status.PROVISIONAL)).any()
    late = series.voice.say(LATE) if is_late else ""
    return series.voice.say(UP_TO, when=series.when(series.row_at(last)), late=late)


def _beside(voice: Voice, lines: list[_Line], notes: list[str]) -> BesidePast:
    """Return the table with its note; where no line could be compared, why not."""
    note = voice.join(SENTENCES, notes)
    if all(line.change == NOTHING for line in lines):
        reasons = list(dict.fromkeys(line.judgement for line in lines))
        said = voice.say(STOPPED, said=voice.join(PARTS, reasons)) if reasons else note
        return BesidePast(None, said[:1].upper() + said[1:])
    cells = [(voice.say(line.name), line.now, line.before, line.change, line.judgement) for line in lines]
    return BesidePast(pandas.DataFrame(cells, columns=[voice.say(column) for column in COLUMNS]), note)
