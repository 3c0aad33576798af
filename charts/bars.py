"""Structure: the members of a code list, in the order of the list, every label shown.

A protected member gets a hatched stub of fixed length. What several of them come to together stands below as a bar of its own where an
exact total gives it away in any case; what a single one leaves is never drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

import pandas
import plotly.graph_objects as go

from charts.picture import Picture, spoken_whole
from charts.rows import Series
from charts.scope import SENTENCES
from charts.sentences import left_behind_words, together_title
from charts.theme import BLUE, INK, MUTED, PROTECTED, PROTECTED_PAPER, base_figure, name_axis, protected_pattern, value_axis
from charts.trend import FEW_SEIZURES, SOME_PROTECTED, status_note
from charts.words import RANGE, WITH_RANGE, amount_in_table, bare, has_number, plotted, range_words, unit_of, wrapped
from indicators.dimensions import Member
from indicators.model import Kind, Status, Text

ROW_HEIGHT = 30
LABELLED = 6  # up to so many areas the level is written above its dot
WEIGHT = Text("重量", "Weight")
NUMBER = Text("数量({unit})", "Number ({unit})")
INTERVAL_NOTE = Text(
    "横条是可能范围(95%):越长越不可靠;互相重叠的,不能据此说有差别,也不能说没有。",
    "Bars are 95% ranges: the longer, the less reliable; where they overlap, neither a difference nor its absence can be claimed.",
)
HALF_SIGN = 7.5  # pixels of a half-width sign of a label
NARROWEST_PLOT = 230  # pixels: what a phone leaves for bars and their labels beside the names


def member_picture(series: Series, members: Sequence[Member], sentence: str, heading: Text, *, column: str = "member") -> Picture:
    """Draw one period's members as horizontal bars.

    Args:
        series: The rows of one period, one a member.
        members: The whole code list in order; members without a row are left out only if the list has none of them.
        sentence: The finding.
        heading: What the members are, for the table.
        column: Which column names the member: ``member`` or ``area_code``.
    """
    voice, indicator, note = series.voice, series.indicator, _note(series)
    series, members = _with_hidden_together(series, members, column)
    by_member = series.by(column)
    listed = [member for member in members if member.code in by_member]
    places = list(range(len(listed)))[::-1]
    found = [by_member[member.code] for member in listed]
    numbered = [has_number(row["status"]) for row in found]
    largest = max((float(row["value"]) for row, shown in zip(found, numbered, strict=True) if shown), default=1.0) or 1.0
    scale = 100 if indicator.kind is Kind.SHARE else 1
    spoken = [f"{voice.say(member.title)} {series.said(row)}" for member, row in zip(listed, found, strict=True)]
    labels = [series.said(row, unit=indicator.kind is Kind.SUM) for row, shown in zip(found, numbered, strict=True) if shown]
    figure = base_figure(ROW_HEIGHT * max(len(listed), 1) + 24, right=8)
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=[place for place, shown in zip(places, numbered, strict=True) if shown],
            x=[float(row["value"]) * scale for row, shown in zip(found, numbered, strict=True) if shown],
            marker={"color": [BLUE if member.code else MUTED for member, shown in zip(listed, numbered, strict=True) if shown], "line": {"width": 0}},
            width=0.62,
            text=[f" {label}" for label in labels],
            textposition="outside",
            textfont={"size": 13, "color": INK},
            cliponaxis=False,
            customdata=[plotted(words) for words, shown in zip(spoken, numbered, strict=True) if shown],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    if not all(numbered):
        stub = largest * scale * 0.06
        hidden = [position for position, shown in enumerate(numbered) if not shown]
        figure.add_trace(
            go.Bar(
                orientation="h",
                y=[places[position] for position in hidden],
                x=[stub] * len(hidden),
                width=0.62,
                marker={"color": PROTECTED_PAPER, "pattern": protected_pattern(), "line": {"width": 0}},
                text=[f" {series.said(found[position])}" for position in hidden],
                textposition="outside",
                textfont={"size": 12, "color": PROTECTED},
                cliponaxis=False,
                customdata=[plotted(spoken[position]) for position in hidden],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    room = max(1.45 if indicator.kind is Kind.SUM else 1.22, _room_for(labels))
    figure.update_xaxes(**value_axis(range=[0, largest * scale * room], showticklabels=False, showgrid=False))
    figure.update_yaxes(
        **name_axis(
            tickvals=places,
            ticktext=[wrapped(plotted(bare(voice.say(member.title))), 8 if voice.is_chinese else 18) for member in listed],
            range=[-0.6, len(listed) - 0.4],
        )
    )
    counted = voice.say(WEIGHT) if indicator.kind is Kind.SUM else voice.say(NUMBER, unit=unit_of(voice, indicator))
    table = {
        voice.say(heading): [voice.say(member.title) for member in listed],
        counted: [amount_in_table(voice, indicator, row) for row in found],
    }
    as_of = "" if series.rows.empty else series.when(series.rows.iloc[0])
    return Picture(sentence, figure, spoken_whole(voice, sentence, spoken), pandas.DataFrame(table), as_of, note)


def _note(series: Series) -> str:
    protected = FEW_SEIZURES if series.indicator.kind is Kind.SUM else SOME_PROTECTED
    return series.voice.join(SENTENCES, (left_behind_words(series), status_note(series.voice, series.rows["status"], protected=protected)))


def _with_hidden_together(series: Series, members: Sequence[Member], column: str) -> tuple[Series, Sequence[Member]]:
    """Add what the hidden members come to as one more member, without a code, where it may be told."""
    together = series.hidden_together
    if together is None:
        return series, members
    row = {**series.rows.iloc[-1].to_dict(), column: "", "status": Status.OBSERVED, "value": together.value, "numerator": together.value}
    return series.of(pandas.concat([series.rows, pandas.DataFrame([row])])), [*members, Member("", together_title(series, together))]


def _room_for(labels: Sequence[str]) -> float:
    """Return how much longer than its longest bar an axis must be for labels behind the bars to be whole on a phone."""
    longest = max((sum(HALF_SIGN * (2 if east_asian_width(sign) in "WFA" else 1) for sign in label) for label in labels), default=0)
    return 1 / (1 - min(longest / NARROWEST_PLOT, 0.6))


def interval_picture(series: Series, areas: Sequence[Member], sentence: str, heading: Text) -> Picture:
    """Draw a share or rate with its interval for every area: how far apart chance alone may put them.

    Args:
        series: The rows of one period, one an area.
        areas: The areas in the order of their code list; those without a row are left out.
        sentence: The finding.
        heading: What the areas are, for the table.
    """
    voice, indicator, by_area = series.voice, series.indicator, series.by("area_code")
    scale = 100 if indicator.kind is Kind.SHARE else 1
    held = [(area, by_area[area.code]) for area in areas if area.code in by_area]
    words = [series.said(row, unit=False) for _, row in held]
    centres = [float(row["value"]) * scale if has_number(row["status"]) else None for _, row in held]
    bounds = [(float(row["lower"]) * scale, float(row["upper"]) * scale) for _, row in held]
    places = list(range(len(held)))[::-1]
    shown = [position for position, centre in enumerate(centres) if centre is not None]
    ranges = [range_words(voice, *limits, 1) if position in shown else "—" for position, limits in enumerate(bounds)]
    spoken = [f"{voice.say(area.title)} {word}" for (area, _), word in zip(held, words, strict=True)]
    for position in shown:
        spoken[position] = voice.say(WITH_RANGE, said=spoken[position], between=ranges[position])
    figure = base_figure((34 if len(held) <= LABELLED else 22) * len(held) + 64, right=8)
    figure.add_trace(
        go.Scatter(
            x=[value for position in shown for value in (*bounds[position], None)],
            y=[value for position in shown for value in (places[position], places[position], None)],
            mode="lines",
            line={"color": "#A9C6DF", "width": 6},
            hoverinfo="skip",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=[centres[position] for position in shown],
            y=[places[position] for position in shown],
            mode="markers",
            marker={"size": 8, "color": BLUE},
            customdata=[plotted(spoken[position]) for position in shown],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    if len(held) <= LABELLED:
        _label_ranges(figure, places, words, centres)
    figure.update_layout(margin_t=24)
    figure.update_xaxes(**value_axis(title={"text": voice.say(indicator.unit), "font": {"size": 11}}))
    ticks = [plotted(voice.say(area.title)) for area, _ in held]
    figure.update_yaxes(**name_axis(tickvals=places, ticktext=ticks, range=[-0.7, len(held) - 0.3], tickfont={"size": 11}))
    table = {voice.say(heading): [voice.say(area.title) for area, _ in held], voice.say(indicator.title): words, voice.say(RANGE): ranges}
    alt = spoken_whole(voice, sentence, spoken)
    note = voice.join(SENTENCES, (left_behind_words(series), voice.say(INTERVAL_NOTE)))
    return Picture(sentence, figure, alt, pandas.DataFrame(table), series.dated, note)


def _label_ranges(figure: go.Figure, places: list[int], words: list[str], centres: list[float | None]) -> None:
    """Write the level above its dot, or that it is protected where the dot would be."""
    for place, word, held in zip(places, words, centres, strict=True):
        figure.add_annotation(
            x=0.0 if held is None else held,
            y=place,
            text=word,
            showarrow=False,
            yshift=0 if held is None else 13,
            xanchor="left" if held is None else "center",
            font={"size": 12, "color": PROTECTED if held is None else INK},
        )
