"""The sentences that answer what a page asks of a series, and why there is no answer. No picture is needed for them, and none is made."""

from __future__ import annotations

import pandas

from charts.comparison import SAME_TIME_LAST_YEAR, Comparison, events_change, spans_change, stock_change
from charts.rows import Series, Span, Together, cells
from charts.scope import CLAUSES, COUNTY, EXPLAINED, NAMES, NUMBERED, Voice
from charts.words import PROTECTED, amount, has_number, inline, provisional, span_words, stated
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, Member
from indicators.lattice import grains
from indicators.model import Grain, Indicator, Kind, Status, Text

NAMED = 2  # members named in a sentence, and those that tie with the last of them
NOT_COMPARED = Text("暂不比较", "not compared yet")
WITHHELD = Text("受保护,暂不公布。", "Protected, not published for now.")
TOO_SMALL = Text("基数太小,不作计算。", "The base is too small to calculate.")
ALL_ZERO = Text("均为0。", "None of any.")
NOT_REPORTED = Text("尚未报送。", "Not reported yet.")
NOT_OFFERED = Text("本版不提供。", "Not offered in this release.")
AFTER_A_QUARTER = Text("满一季度后显示。", "Shown once a quarter is finished.")
AFTER_A_YEAR = Text("满一年后显示。", "Shown once a year is finished.")
UNFINISHED_OR_UNREPORTED = Text("尚未报送,或还没有完整的季度或年度。", "Not reported yet, or no quarter or year is finished yet.")
WHY_NOT_DRAWN = {
    Status.SUPPRESSED: WITHHELD,
    Status.UNDEFINED: TOO_SMALL,
    Status.OBSERVED: ALL_ZERO,
    Status.NOT_COLLECTED: NOT_REPORTED,
}
"""What is said of rows none of which can be drawn: the first of these that occurs."""
SOLVED_ON = "solved_on"  # what is counted by it begins a year after the first report

HIDDEN_TOGETHER = Text("受保护的{parts}项合计", "The {parts} protected ones together")
TOWNSHIPS_TOGETHER = Text("其余{parts}个乡镇合计", "The {parts} protected townships together")
TOLD_TOGETHER = Text("{name}{number}", "{name:lower} {number}")
LEFT_BEHIND = Text("最近一次公布是{when};此后变动的人还不多,没有再公布。", "Last shown for the {when}; too few people have moved since.")
LEAPS = Text(
    "圆点是公布的数;变动的人不多的季度不公布,点与点之间的连线不表示当时的数。",
    "Dots are published numbers. A quarter by which few people had moved has none, and the line between two dots says nothing of it.",
)
AT_A_MOMENT = Text("{when},{place}{what}", "{place}: {title:lower} {number}, {when}")
IN_A_SPAN = Text("{when}{place}{what}", "{place}: {title:lower}, {when}: {number}")
QUARTER = Text("{when}{number}", "{when}: {number}")
SPLIT = Text("{title}按{by}", "{title} by {by:lower}")
STRUCTURE = Text("{when},{place}{title}:{leading}", "{place}: {title:lower}, {when}: {leading}")
AND_OTHERS = Text("{leading}等", "{leading}")
NONE_OF_ANY = Text("各类均为0", "none of any")
SEIZED = Text(
    "{when},{place}{title}可公布的有{kinds}种{more};不同毒品不相加",
    "{place}: drugs seized, {when}: {kinds} kinds can be shown{more}; never added up over kinds",
)
MORE_HIDDEN = Text(",另有{hidden}种因案件少受保护", ", {hidden} more protected")
ZONES = Text("{when},{title}:{zones}", "{title}, {when}: {zones}")
ADDED_UP = Text("{when},{place}{whole}={parts}", "{place}: {whole:lower} = {parts:lower}, {when}")
MADE_OF = Text("{when},{place}{whole},其中{parts}", "{place}: {whole:lower} include {parts:lower}, {when}")
PLUS = Text("+", " + ")


def split_title(voice: Voice, indicator: Indicator, dimension: str) -> str:
    """Return an indicator's name with what it is split by, unless the name says so already."""
    title, split_by = voice.say(indicator.title), voice.say(DIMENSIONS[dimension].title)
    return title if split_by.lower() in title.lower() else voice.say(SPLIT, title=title, by=split_by)


def why_nothing(series: Series) -> Text:
    """Return why there is no number to draw in a series none of whose rows has one.

    A release without any row of an extract cannot tell a report that is missing from a period that is not finished; both are said then.
    """
    indicator, page, until, asked = series.indicator, series.page, series.scope.until, series.among
    rows = series.rows
    if rows.empty:  # choosing the newest rows leaves out what was not reported
        rows = cells(page, indicator.id, series.breakdown, until=until)
        rows = rows[rows["grain"].isin(list(asked))]
    known_by_status = next((words for status, words in WHY_NOT_DRAWN.items() if (rows["status"] == status).any()), None)
    if known_by_status is not None:
        return known_by_status
    offered = [grain for grain in grains(indicator, series.breakdown, series.voice.release) if grain in asked]
    if not offered:
        return NOT_OFFERED
    if not _is_reported(page, indicator, until):
        return NOT_REPORTED if Grain.MONTH in offered else UNFINISHED_OR_UNREPORTED
    if Grain.MONTH in offered:
        return AFTER_A_YEAR if indicator.counted_on == SOLVED_ON else NOT_REPORTED
    return AFTER_A_QUARTER if Grain.QUARTER in offered else AFTER_A_YEAR


def _is_reported(page: pandas.DataFrame, indicator: Indicator, until: pandas.Timestamp) -> bool:
    """Whether anything is published up to a month that comes from the same extracts."""
    kindred = {name for name, other in catalogue().items() if other.sources == indicator.sources}
    return bool((page["indicator"].isin(kindred) & (page["status"] != Status.NOT_COLLECTED) & (page["period"] <= until)).any())


def latest_events(series: Series) -> tuple[str, str, bool]:
    """Return the latest events and their period in words, and whether there is a number, where no settled period can be compared.

    Months that late entries still change are added up where they add up at all; both words are empty where nothing was reported.
    """
    voice, indicator, latest = series.voice, series.indicator, series.newest_row
    if latest is None:
        return "", "", False
    late = series.rows.loc[series.rows["status"] == Status.PROVISIONAL, "last"]
    adds_up = indicator.kind is Kind.EVENTS and not indicator.numerator.distinct and not series.is_rounded
    if adds_up and not late.empty and series.grain is Grain.MONTH:
        span = Span(late.min(), late.max())
        total = series.total(span)
        if total is not None:
            return provisional(voice, amount(voice, indicator, total, Status.PROVISIONAL), Status.PROVISIONAL), span_words(voice, *span), True
    return series.told(latest), series.when(latest), has_number(latest["status"])


def quarter_words(series: Series) -> str:
    """Compare the latest finished quarter with the same one a year before, with a verdict where numbers are exact; empty unless both are final."""
    voice, final = series.voice, series.of(series.rows[series.rows["status"] == Status.OBSERVED])
    if final.rows.empty:
        return ""
    now = final.rows.iloc[-1]
    if final.row_at(now["last"] - pandas.DateOffset(years=1)) is None:
        return ""
    quarter = Span(now["period"], now["last"])
    change = spans_change(final, quarter, quarter.moved(-12), SAME_TIME_LAST_YEAR)
    return voice.join(CLAUSES, (voice.say(QUARTER, when=series.when(now), number=series.said(now)), change.sentence, change.judgement))


def _stated(series: Series, words: Text, when: str, number: str, *, numbered: bool = True) -> str:
    """Say a number of a series with its place and time; what is no number is set apart from the name."""
    voice, title = series.voice, series.indicator.title
    what = stated(voice, series.indicator, number) if numbered else voice.say(EXPLAINED, name=title, said=number)
    return voice.say(words, when=when, place=series.place, what=what, title=title, number=number)


def stock_sentence(series: Series) -> str:
    """Say a stock, share or rate at its latest moment and how it stands to a year before."""
    latest = series.newest_row
    if latest is None:
        return series.voice.say(series.indicator.title)
    said = _stated(series, AT_A_MOMENT, series.when(latest), series.told(latest), numbered=has_number(latest["status"]))
    change = stock_change(series)
    return series.voice.join(CLAUSES, (said, change.sentence, change.judgement))


def events_sentence(comparison: Comparison) -> str:
    """Say events of a span with their comparison and verdict."""
    series = comparison.series
    if not comparison.span:
        return series.voice.say(series.indicator.title)
    said = _stated(series, IN_A_SPAN, comparison.span, comparison.number, numbered=comparison.current is not None)
    return series.voice.join(CLAUSES, (said, comparison.sentence, comparison.judgement))


def latest_sentence(series: Series) -> str:
    """Say events as they stand compared, or the latest ones where nothing is settled yet."""
    change = events_change(series)
    if change.span:
        return events_sentence(change)
    number, when, numbered = latest_events(series)
    if not numbered:
        return series.voice.say(series.indicator.title)
    return series.voice.join(CLAUSES, (_stated(series, IN_A_SPAN, when, number), series.voice.say(NOT_COMPARED)))


def _leading(series: Series, members: list[Member]) -> list[str]:
    """Name the shown members that hold most, in order of size: ties stay in the order of the list, and all of a tie are named or none."""
    values = {code: row for code, row in series.by("member").items() if has_number(row["status"]) and row["value"] > 0}
    ordered = sorted((member for member in members if member.code in values), key=lambda member: -values[member.code]["value"])
    least = values[ordered[:NAMED][-1].code]["value"] if ordered else 0.0
    leading = [member for member in ordered if values[member.code]["value"] >= least]
    voice = series.voice
    return [voice.say(NUMBERED, name=inline(voice.say(one.title)), number=series.said(values[one.code])) for one in leading]


def structure_sentence(series: Series, dimension: str, members: list[Member]) -> str:
    """Say which members of a dimension hold most in one period."""
    voice, named = series.voice, _leading(series, members)
    leading = voice.join(NAMES, named)
    if not leading:
        leading = voice.say(PROTECTED if series.has(Status.SUPPRESSED) else NONE_OF_ANY)
    elif len(series.rows) > len(named):
        leading = voice.say(AND_OTHERS, leading=leading)
    title = split_title(voice, series.indicator, dimension)
    said = voice.say(STRUCTURE, when=series.dated, place=series.place, title=title, leading=leading)
    return voice.join(CLAUSES, (said, together_words(series)))


def together_title(series: Series, together: Together) -> Text:
    """Name the hidden parts of a whole together."""
    words = TOWNSHIPS_TOGETHER if series.breakdown == "township" else HIDDEN_TOGETHER
    return Text(words.zh.format(parts=together.parts), words.en.format(parts=together.parts))


def together_words(series: Series) -> str:
    """Say what the hidden parts of one period come to together, where the shown ones tell; else nothing."""
    together, voice = series.hidden_together, series.voice
    if together is None:
        return ""
    number = amount(voice, series.indicator, together.value, Status.OBSERVED)
    return voice.say(TOLD_TOGETHER, name=together_title(series, together), number=number)


def left_behind_words(series: Series) -> str:
    """Say since when a part of a stock was not shown anew; nothing where it is as recent as can be."""
    return series.voice.say(LEFT_BEHIND, when=series.when(series.rows.iloc[-1])) if series.is_left_behind else ""


def seizures_sentence(series: Series) -> str:
    """Say of how many kinds of drug a weight can be shown in one period."""
    kinds, voice = int(series.numbered.sum()), series.voice
    hidden = len(series.rows) - kinds
    more = voice.say(MORE_HIDDEN, hidden=hidden) if hidden else ""
    return voice.say(SEIZED, when=series.dated, place=COUNTY, title=series.indicator.title, kinds=kinds, more=more)


def zones_sentence(series: Series, zones: list[Member]) -> str:
    """Say the number of every zone in one period."""
    voice, held = series.voice, series.by("area_code")
    named = [voice.say(NUMBERED, name=zone.title, number=series.said(held[zone.code])) for zone in zones if zone.code in held]
    said = voice.say(ZONES, when=series.dated, title=series.indicator.title, zones=voice.join(NAMES, named))
    return voice.join(CLAUSES, (said, together_words(series)))


def standing_sentence(parts: list[tuple[Series, pandas.Series]]) -> str:
    """Say a whole and its parts, each the latest of its series; as an equation where all are exact."""
    series, row = parts[0]
    voice = series.voice
    whole, *rest = (voice.say(NUMBERED, name=one.indicator.title, number=one.told(latest)) for one, latest in parts)
    is_exact = not voice.is_public and all(has_number(latest["status"]) for _, latest in parts)
    words, between = (ADDED_UP, PLUS) if is_exact else (MADE_OF, NAMES)
    return voice.say(words, when=series.when(row), place=COUNTY, whole=whole, parts=voice.join(between, rest))
