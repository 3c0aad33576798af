"""Structure: the members of a code list, in the order of the list, every label shown.

A protected member gets a hatched stub of fixed length. Parts are never stacked to a total and no remainder is drawn, because the length
that is left over would be the hidden number.
"""

from __future__ import annotations

import pandas
import plotly.graph_objects as go

from charts.picture import Picture, Voice
from charts.theme import BLUE, INK, PROTECTED, PROTECTED_PAPER, base_figure, name_axis, protected_pattern, value_axis
from charts.trend import FEW_SEIZURES, SOME_PROTECTED, status_note
from charts.words import RANGE, amount_in_table, amount_of, bare, has_number, period_words, plotted, range_words, unit_of, wrapped
from indicators.dimensions import Member
from indicators.model import Indicator, Kind, Text

ROW_HEIGHT = 30
LABELLED = 6  # up to so many areas the level is written above its dot


def _keyed(rows: pandas.DataFrame, column: str) -> dict[str, pandas.Series]:
    return {row[column]: row for _, row in rows.iterrows()}


def member_picture(
    rows: pandas.DataFrame,
    indicator: Indicator,
    members: list[Member],
    voice: Voice,
    sentence: str,
    heading: Text,
    *,
    column: str = "member",
) -> Picture:
    """Draw one period's members as horizontal bars.

    Args:
        rows: The rows of one period, one a member.
        indicator: What is counted.
        members: The whole code list in order; members without a row are left out only if the list has none of them.
        voice: Release and language.
        sentence: The finding.
        heading: What the members are, for the table.
        column: Which column names the member: ``member`` or ``area_code``.
    """
    by_member = _keyed(rows, column)
    listed = [member for member in members if member.code in by_member]
    places = list(range(len(listed)))[::-1]
    found = [by_member[member.code] for member in listed]
    numbered = [has_number(row["status"]) for row in found]
    largest = max((float(row["value"]) for row, shown in zip(found, numbered, strict=True) if shown), default=1.0) or 1.0
    scale = 100 if indicator.kind is Kind.SHARE else 1
    spoken = [f"{voice.say(member.title)} {amount_of(voice, indicator, row)}" for member, row in zip(listed, found, strict=True)]
    figure = base_figure(ROW_HEIGHT * max(len(listed), 1) + 24, right=8)
    figure.add_trace(
        go.Bar(
            orientation="h",
            y=[place for place, shown in zip(places, numbered, strict=True) if shown],
            x=[float(row["value"]) * scale for row, shown in zip(found, numbered, strict=True) if shown],
            marker={"color": BLUE, "line": {"width": 0}},
            width=0.62,
            text=[
                f" {amount_of(voice, indicator, row, unit=indicator.kind is Kind.SUM)}" for row, shown in zip(found, numbered, strict=True) if shown
            ],
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
                text=[f" {amount_of(voice, indicator, found[position])}" for position in hidden],
                textposition="outside",
                textfont={"size": 12, "color": PROTECTED},
                cliponaxis=False,
                customdata=[plotted(spoken[position]) for position in hidden],
                hovertemplate="%{customdata}<extra></extra>",
            )
        )
    room = 1.45 if indicator.kind is Kind.SUM else 1.22
    figure.update_xaxes(**value_axis(range=[0, largest * scale * room], showticklabels=False, showgrid=False))
    figure.update_yaxes(
        **name_axis(
            tickvals=places,
            ticktext=[wrapped(plotted(bare(voice.say(member.title))), 8 if voice.is_chinese else 18) for member in listed],
            range=[-0.6, len(listed) - 0.4],
        )
    )
    table = pandas.DataFrame(
        {
            voice.say(heading): [voice.say(member.title) for member in listed],
            _count_heading(voice, indicator): [amount_in_table(voice, indicator, row) for row in found],
        }
    )
    as_of = period_words(voice, indicator, rows["period"].iloc[0], rows["grain"].iloc[0]) if len(rows) else ""
    note = status_note(voice, rows["status"], protected=FEW_SEIZURES if indicator.kind is Kind.SUM else SOME_PROTECTED)
    return Picture(sentence, figure, _alt(voice, sentence, spoken), table, as_of, note)


def _count_heading(voice: Voice, indicator: Indicator) -> str:
    if indicator.kind is Kind.SUM:
        return voice.say(Text("重量", "Weight"))
    unit = unit_of(voice, indicator)
    return f"数量({unit})" if voice.is_chinese else f"Number ({unit})"


def interval_picture(
    areas: list[Member],
    centres: list[float | None],
    bounds: list[tuple[float, float] | None],
    reference: float | None,
    voice: Voice,
    sentence: str,
    unit: Text,
    headings: tuple[Text, Text],
    said: list[str] | None = None,
) -> Picture:
    """Draw a level with its interval for every area, against the county's: how far apart chance alone may put them.

    Args:
        areas: The areas in the order of their code list.
        centres: The level of every area; none where not published.
        bounds: Its interval; none where not published.
        reference: The county's level.
        voice: Release and language.
        sentence: The finding.
        unit: Unit of the level.
        headings: Of the table: area and level.
        said: The levels in words, where they are not exact.
    """
    words = said or [f"{centre:.1f}" if centre is not None else voice.say(Text("受保护", "protected")) for centre in centres]
    places = list(range(len(areas)))[::-1]
    figure = base_figure((34 if len(areas) <= LABELLED else 22) * len(areas) + 64, right=8)
    shown = [position for position, centre in enumerate(centres) if centre is not None and bounds[position] is not None]
    ranges = [range_words(voice, held[0], held[1], 1) if held else "—" for held in bounds]
    brackets = f",{voice.say(RANGE)}{{}}" if voice.is_chinese else f", {voice.say(RANGE)} {{}}"
    spoken = [
        f"{voice.say(area.title)} {words[position]}" + (brackets.format(ranges[position]) if position in shown else "")
        for position, area in enumerate(areas)
    ]
    limits = [bounds[position] or (0.0, 0.0) for position in shown]
    figure.add_trace(
        go.Scatter(
            x=[value for low, high in limits for value in (low, high, None)],
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
    if len(areas) <= LABELLED:
        _label_ranges(figure, places, words, centres)
    if reference is not None:
        figure.add_shape(type="line", x0=reference, x1=reference, y0=-0.6, y1=len(areas) - 0.4, line={"color": INK, "width": 1, "dash": "dash"})
        figure.add_annotation(
            x=reference,
            y=len(areas) - 0.4,
            text=f"全县 {reference:.1f}" if voice.is_chinese else f"county {reference:.1f}",
            yanchor="bottom",
            showarrow=False,
            font={"size": 11, "color": INK},
        )
    figure.update_layout(margin_t=24)
    figure.update_xaxes(**value_axis(title={"text": voice.say(unit), "font": {"size": 11}}))
    figure.update_yaxes(
        **name_axis(
            tickvals=places, ticktext=[plotted(voice.say(area.title)) for area in areas], range=[-0.7, len(areas) - 0.3], tickfont={"size": 11}
        )
    )
    table = pandas.DataFrame(
        {
            voice.say(headings[0]): [voice.say(area.title) for area in areas],
            voice.say(headings[1]): words,
            voice.say(RANGE): ranges,
        }
    )
    return Picture(sentence, figure, _alt(voice, sentence, spoken), table, "")


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


def _alt(voice: Voice, sentence: str, spoken: list[str]) -> str:
    return f"{sentence}。{';'.join(spoken)}。" if voice.is_chinese else f"{sentence}. {'; '.join(spoken)}."
