"""Several finished years beside each other, each split by a dimension: what is rare in one year is seen over five."""

from __future__ import annotations

from collections.abc import Sequence

import pandas
import plotly.graph_objects as go

from charts.picture import Picture, nothing_drawn, spoken_whole
from charts.rows import Series, choose
from charts.scope import COUNTY, NAMES, Scope
from charts.sentences import split_title, why_nothing
from charts.theme import BLUE, INK, PALE_BLUE, PAPER, SERIES, base_figure, name_axis, value_axis
from charts.trend import status_note
from charts.words import amount_in_table, has_number, span_words
from indicators.dimensions import Member
from indicators.model import Grain, Indicator, Text

YEARS_SHOWN = 5
SENTENCE = Text("{span}{place}{title}{whole:.0f}{unit}{parts}", "{place}, {title:lower}, {span}: {whole:.0f}{parts}")
ALL_OF_THEM, OF_THEM = Text(",全部在{name}", ", all in: {name:lower}"), Text(",其中{parts}", ", of them {parts}")
PART = Text("{name}{number:.0f}{unit}", "{name:lower} {number:.0f}")
YEARS = Text("{first}—{last}年", "{first}–{last}")
YEAR = Text("年份", "Year")
POINT = Text("{year} {name} {number}", "{year}, {name:lower}: {number}")
COLOURS = ((BLUE, PAPER), (PALE_BLUE, INK), *((colour, PAPER) for colour in SERIES[2:]))


def years_picture(rows: pandas.DataFrame, indicator: Indicator, dimension: str, members: Sequence[Member], scope: Scope) -> Picture:
    """Draw the last finished years of the county's events, a column a member; of a member that never had any none is drawn.

    Args:
        rows: Published rows of the page.
        indicator: What is counted; a dimension by which it is published by year.
        dimension: What it is split by.
        members: The members in order.
        scope: What the reader selected.
    """
    voice, series = scope.voice, choose(rows, indicator, scope.of_county, dimension, (Grain.YEAR,))
    whole = series.rows.groupby("last")["status"].transform(lambda held: len(held) == len(members) and held.map(has_number).all())
    shown = series.of(series.rows[whole.astype(bool)])
    years = sorted(shown.rows["last"].unique())[-YEARS_SHOWN:]
    if not years:
        return nothing_drawn(split_title(voice, indicator, dimension), voice.say(why_nothing(series)))
    shown = shown.of(shown.rows[shown.rows["last"].isin(years)])
    names = [span_words(voice, last - pandas.DateOffset(months=11), last) for last in years]
    figure, spoken = base_figure(240, legend=True), []
    table: dict[str, list[str]] = {voice.say(YEAR): names}
    for member, (colour, ink) in zip(members, COLOURS, strict=False):
        held = [shown.rows[(shown.rows["member"] == member.code) & (shown.rows["last"] == last)].iloc[0] for last in years]
        words = [voice.say(POINT, year=name, name=member.title, number=shown.said(row)) for name, row in zip(names, held, strict=True)]
        table[voice.say(member.title)] = [amount_in_table(voice, indicator, row) for row in held]
        spoken += words
        if any(row["value"] for row in held):
            figure.add_trace(_columns(names, [float(row["value"]) for row in held], voice.say(member.title), words, (colour, ink)))
    figure.update_xaxes(**name_axis(type="category", categoryorder="array", categoryarray=names))
    figure.update_yaxes(**value_axis(dtick=1 if shown.rows["value"].max() <= 5 else None))
    sentence = _sentence(shown, members, years)
    note = status_note(voice, shown.rows["status"])
    return Picture(sentence, figure, spoken_whole(voice, sentence, spoken), pandas.DataFrame(table), _span(shown, years), note)


def _columns(names: list[str], values: list[float], title: str, words: list[str], look: tuple[str, str]) -> go.Bar:
    colour, ink = look
    return go.Bar(
        x=names,
        y=values,
        name=title,
        marker={"color": colour},
        text=[f"{value:.0f}" if value else "" for value in values],
        textposition="inside",
        insidetextanchor="start",
        textangle=0,
        textfont={"size": 13, "color": ink},
        customdata=words,
        hovertemplate="%{customdata}<extra></extra>",
    )


def _span(shown: Series, years: Sequence[pandas.Timestamp]) -> str:
    first, last = years[0], years[-1]
    if first == last:
        return span_words(shown.voice, last - pandas.DateOffset(months=11), last)
    return shown.voice.say(YEARS, first=first.year, last=last.year)


def _sentence(shown: Series, members: Sequence[Member], years: Sequence[pandas.Timestamp]) -> str:
    """Say how many there were in all and of which members; where all are of one member, so."""
    voice, indicator = shown.voice, shown.indicator
    sums = [(member.title, float(shown.rows.loc[shown.rows["member"] == member.code, "value"].sum())) for member in members]
    some = [(title, number) for title, number in sums if number]
    parts = voice.join(NAMES, [voice.say(PART, name=title, number=number, unit=indicator.unit) for title, number in some])
    of_them = voice.say(ALL_OF_THEM, name=some[0][0]) if len(some) == 1 else voice.say(OF_THEM, parts=parts) if some else ""
    whole = sum(number for _, number in sums)
    return voice.say(SENTENCE, span=_span(shown, years), place=COUNTY, title=indicator.title, whole=whole, unit=indicator.unit, parts=of_them)
