"""How far the numbers themselves can be relied on: when months arrive, how much is protected, and how much a month still grows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas
import plotly.graph_objects as go

from charts.picture import Picture
from charts.scope import EXPLAINED, NAMES, PARTS, Voice
from charts.theme import BLUE, GOLD, SERIES, base_figure, name_axis, value_axis
from charts.words import month_words
from indicators.model import Indicator, Text
from indicators.months import months_between, months_later

MONTHS_SHOWN = 24
RecordChange = tuple[str, str, date, date, int]  # extract, kind, first and last month, number of records
NumberChange = tuple[str, date, date, int]  # kind, first and last period, number of published numbers
FirstReport = tuple[str, date, date | None]  # extract, month, day on which the month was first reported

MONTH, DAYS = Text("月份", "Month"), Text("月末后天数", "Days after the end of the month")
INDICATOR, PROTECTED_SHARE = Text("指标", "Indicator"), Text("受保护占比", "Share protected")
USUALLY = Text("{title}一般在月末后{number}天报送", "{title}: usually {days} after the end of the month")
IN_FULL = Text("{whole}项指标中{free}项全部公布", "Published in full: {free} of {indicators}")
MOST = Text("受保护占比最高的({most}%)是{names}", "most protected: {names} ({most}%)")
UNCHANGED = Text("近{number}个月的{title}公布后没有变动", "{title} of {months}: no change since first published")
CHANGED = Text(
    "近{number}个月的{title}首次公布时合计{first:,.0f},现为{now:,.0f}", "{title} of {months}: {first:,.0f} when first published, {now:,.0f} now"
)
POINT = Text("{when} {title} {number:,.0f}", "{when} {title} {number:,.0f}")
ALT = Text("{sentence}。{unit}", "{sentence}. {unit}")
OVER = Text("{title}({months})", "{title} ({months})")
RECORDS = {
    "late": Text("补录{number:,}条", "{number:,} entered late"),
    "filled": Text("补填空项{number:,}条", "{number:,} with blanks filled in"),
    "corrected": Text("更正{number:,}条", "{number:,} corrected"),
    "withdrawn": Text("撤销{number:,}条", "{number:,} withdrawn"),
    "recoded": Text("改码{number:,}条", "{number:,} with another code"),
}
NUMBERS = {
    "added": Text("新公布{number:,}个", "{number:,} added"),
    "corrected": Text("变动{number:,}个", "{number:,} changed"),
    "withdrawn": Text("撤下{number:,}个", "{number:,} taken back"),
}
FIRST, NOW, GREW = Text("首次公布", "First published"), Text("现在", "Now"), Text("增减", "Change")


def counted(number: int, noun: str) -> str:
    """Return a number with an English noun that takes an s for more than one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def days_late(month: date, reported_on: date) -> int:
    """Return the days from the end of a month to the day it was reported.

    Args:
        month: First day of the month.
        reported_on: Day of the first report.
    """
    return (reported_on - (months_later(month, 1) - timedelta(days=1))).days


def missing_months(deliveries: Sequence[FirstReport], extract: str) -> list[date]:
    """Return the months between an extract's first and last reported one that nobody reported."""
    reported = {month for name, month, _ in deliveries if name == extract}
    return [month for month in months_between(min(reported), max(reported)) if month not in reported] if reported else []


def timeliness(deliveries: Sequence[FirstReport], titles: Mapping[str, Text], voice: Voice) -> Picture | None:
    """Show how many days after its end each of the last months was first reported; None where no delivery is dated."""
    dated = [(extract, month, days_late(month, on)) for extract, month, on in deliveries if on is not None]
    if not dated:
        return None
    months = sorted({month for _, month, _ in dated})[-MONTHS_SHOWN:]
    figure = base_figure(280, legend=True)
    named = [month_words(voice, month) for month in months]
    rows = {name: {voice.say(MONTH): name} for name in named}
    spoken = []
    for place, extract in enumerate(sorted({extract for extract, _, _ in dated})):
        title = voice.say(titles.get(extract, Text(extract, extract)))
        found = {month: days for name, month, days in dated if name == extract and month in months}
        names = [month_words(voice, month) for month in found]
        figure.add_trace(_columns(names, list(found.values()), title, SERIES[place % len(SERIES)], voice))
        for month, days in found.items():
            rows[month_words(voice, month)][title] = str(days)
        if found:
            middle = sorted(found.values())[len(found) // 2]
            spoken.append(voice.say(USUALLY, title=title, number=middle, days=counted(middle, "day")))
    # Left to itself the axis takes the months in the order in which the extracts bring them.
    figure.update_layout(xaxis=name_axis(type="category", categoryorder="array", categoryarray=named), yaxis=value_axis())
    return _picture(voice.join(PARTS, spoken), figure, list(rows.values()), voice, named[-1], voice.say(DAYS))


def protected_shares(shares: Sequence[tuple[str, int, int]], known: Mapping[str, Indicator], voice: Voice) -> Picture | None:
    """Show for each indicator how many of its published cells are protected; None where nothing is published."""
    # A whole percent, and never 0 where one is protected. Bars stand in the order of the percent shown; nothing finer orders or names them.
    found = [(known[name], max(round(100 * hidden / cells), min(hidden, 1))) for name, hidden, cells in shares if name in known and cells]
    if not found:
        return None
    found.sort(key=lambda one: (one[1], one[0].id))
    names = [voice.say(indicator.title) for indicator, _ in found]
    percents = [percent for _, percent in found]
    figure = base_figure(max(220, 24 * len(found) + 40))
    spoken = [voice.say(EXPLAINED, name=name, said=f"{percent}%") for name, percent in zip(names, percents, strict=True)]
    said = {"customdata": spoken, "hovertemplate": "%{customdata}<extra></extra>"}
    figure.add_trace(go.Bar(x=percents, y=names, orientation="h", marker={"color": BLUE}, **said))
    figure.update_layout(xaxis=value_axis(ticksuffix="%"), yaxis=name_axis(type="category"))
    free, most = percents.count(0), percents[-1]
    named = voice.join(NAMES, [name for name, percent in zip(names, percents, strict=True) if percent == most])
    in_full = voice.say(IN_FULL, whole=len(found), free=free, indicators=counted(len(found), "indicator"))
    sentence = voice.join(PARTS, (in_full, voice.say(MOST, most=most, names=named) if most else ""))
    rows = [
        {voice.say(INDICATOR): name, voice.say(PROTECTED_SHARE): f"{percent}%"}
        for name, percent in zip(reversed(names), reversed(percents), strict=True)
    ]
    return _picture(sentence, figure, rows, voice, "", voice.say(PROTECTED_SHARE))


def maturity(months: Sequence[tuple[date, float, float]], indicator: Indicator, voice: Voice) -> Picture | None:
    """Show how much the last months grew between their first edition and now; None where no month was published."""
    if not months:
        return None
    last = list(months)[-12:]
    names = [month_words(voice, month) for month, _, _ in last]
    figure = base_figure(280, legend=True)
    for heading, numbers, colour in ((FIRST, [old for _, old, _ in last], GOLD), (NOW, [new for _, _, new in last], BLUE)):
        figure.add_trace(_columns(names, numbers, voice.say(heading), colour, voice))
    figure.update_layout(xaxis=name_axis(type="category"), yaxis=value_axis())
    first, now = sum(row[1] for row in last), sum(row[2] for row in last)
    is_unchanged = all(row[1] == row[2] for row in last)
    span = "the last month" if len(last) == 1 else f"the last {len(last)} months"
    told = {"number": len(last), "months": span, "title": indicator.title, "first": first, "now": now}
    sentence = voice.say(UNCHANGED if is_unchanged else CHANGED, **told)
    rows = [
        {voice.say(MONTH): name, voice.say(FIRST): f"{old:,.0f}", voice.say(NOW): f"{new:,.0f}", voice.say(GREW): f"{new - old:+,.0f}"}
        for name, (_, old, new) in zip(names, last, strict=True)
    ]
    return _picture(sentence, figure, rows, voice, names[-1], voice.say(indicator.unit))


def records_changed(rows: Sequence[RecordChange], titles: Mapping[str, Text], voice: Voice) -> list[str]:
    """Say of every extract how many of its records a build has otherwise than the one before, and of which months.

    Only records that are published exactly are among them, so every edition may say it.
    """
    said = []
    for extract in dict.fromkeys(row[0] for row in rows):
        own = {kind: (first, last, number) for name, kind, first, last, number in rows if name == extract}
        parts = voice.join(NAMES, [voice.say(words, number=own[kind][2]) for kind, words in RECORDS.items() if kind in own])
        title = voice.say(titles.get(extract, Text(extract, extract)))
        said.append(_told(title, [(first, last) for first, last, _ in own.values()], parts, voice))
    return said


def numbers_changed(rows: Sequence[NumberChange], title: Text, voice: Voice) -> str:
    """Say how many published numbers a build added, changed and took back, and of which periods; nothing where there are none."""
    own = {kind: number for kind, _, _, number in rows}
    parts = voice.join(NAMES, [voice.say(words, number=own[kind]) for kind, words in NUMBERS.items() if kind in own])
    return _told(voice.say(title), [(first, last) for _, first, last, _ in rows], parts, voice) if parts else ""


def _told(title: str, spans: Sequence[tuple[date, date]], parts: str, voice: Voice) -> str:
    first, last = (month_words(voice, month) for month in (min(span[0] for span in spans), max(span[1] for span in spans)))
    months = first if first == last else f"{first}至{last}" if voice.is_chinese else f"{first} to {last}"
    return voice.say(EXPLAINED, name=voice.say(OVER, title=title, months=months), said=parts)


def _columns(names: Sequence[str], numbers: Sequence[float], title: str, colour: str, voice: Voice) -> go.Bar:
    spoken = [voice.say(POINT, when=name, title=title, number=number) for name, number in zip(names, numbers, strict=True)]
    said = {"customdata": spoken, "hovertemplate": "%{customdata}<extra></extra>"}
    return go.Bar(x=list(names), y=list(numbers), name=title, marker={"color": colour}, **said)


def _picture(sentence: str, figure: go.Figure, rows: Sequence[Mapping[str, str]], voice: Voice, as_of: str, unit: str) -> Picture:
    table = pandas.DataFrame(list(rows)).fillna("—")
    return Picture(sentence, figure, voice.say(ALT, sentence=sentence, unit=unit), table, as_of, unit=unit)
