"""Two categories against each other as a table of shaded cells, protected cells hatched."""

from __future__ import annotations

from collections.abc import Sequence

import pandas
import plotly.graph_objects as go

from charts.area_map import FIRST_WIDE_SIGN
from charts.picture import Picture, spoken_whole
from charts.rows import Series
from charts.scope import Voice
from charts.theme import CLASSES, INK, PAPER, PROTECTED, base_figure, name_axis, protected_pattern
from charts.trend import status_note
from charts.words import amount_in_table, bare, has_number, plotted, wrapped
from indicators.dimensions import Member
from indicators.model import Status, Text

CELL_HEIGHT = 44
WIDEST_HEAD = 5.5  # Chinese signs of a column head on one line; other signs are half as wide
HIDDEN_MARK = Text("受保护", "hidden")  # short enough for a cell on a phone
CELL = Text("{line}{column} {words}", "{line} {column} {words}")
STEPS = (5, 10, 20, 40, 80)  # fixed, so that a colour means the same in every period


def shade(value: float) -> str:
    """Return the class colour of a count; the classes never move with the rows."""
    return CLASSES[sum(value >= step for step in STEPS)]


def grid_picture(series: Series, lines: Sequence[Member], columns: Sequence[Member], sentence: str, heading: Text) -> Picture:
    """Draw a cross table of one period.

    Args:
        series: The rows of one period, one an area and member.
        lines: Areas down the side, in order.
        columns: Members across the top, in order.
        sentence: The finding.
        heading: What the lines are, for the table.
    """
    voice, by_cell = series.voice, {(row["area_code"], row["member"]): row for row in series.each()}
    figure = base_figure(CELL_HEIGHT * len(lines) + 56)
    hidden_x: list[float | None] = []
    hidden_y: list[float | None] = []
    texts: list[tuple[float, float, str, str, str]] = []
    spoken: list[str] = []
    table: dict[str, list[str]] = {voice.say(heading): [voice.say(line.title) for line in lines]}
    for across, column in enumerate(columns):
        written: list[str] = []
        for down, line in enumerate(lines):
            place = len(lines) - 1 - down
            row = by_cell.get((line.code, column.code))
            if row is None:
                written.append("—")
                continue
            words = series.said(row, unit=False)
            spoken.append(voice.say(CELL, line=line.title, column=column.title, words=words))
            written.append(amount_in_table(voice, series.indicator, row))
            if has_number(row["status"]):
                colour = shade(float(row["value"]))
                figure.add_shape(
                    type="rect",
                    x0=across - 0.48,
                    x1=across + 0.48,
                    y0=place - 0.46,
                    y1=place + 0.46,
                    fillcolor=colour,
                    line={"width": 0},
                    layer="below",
                )
                texts.append((across, place, words, PAPER if colour in CLASSES[3:] else INK, spoken[-1]))
                continue
            hidden_x += [across - 0.48, across + 0.48, across + 0.48, across - 0.48, across - 0.48, None]
            hidden_y += [place - 0.46, place - 0.46, place + 0.46, place + 0.46, place - 0.46, None]
            mark = HIDDEN_MARK if row["status"] == Status.SUPPRESSED else Text(words, words)
            texts.append((across, place, voice.say(mark), PROTECTED, spoken[-1]))
        table[voice.say(column.title)] = written
    if hidden_x:
        figure.add_trace(
            go.Scatter(x=hidden_x, y=hidden_y, mode="lines", line={"width": 0}, fill="toself", fillpattern=protected_pattern(), hoverinfo="skip")
        )
    figure.add_trace(
        go.Scatter(
            x=[text[0] for text in texts],
            y=[text[1] for text in texts],
            mode="text",
            text=[text[2] for text in texts],
            textfont={"size": [13 if text[3] != PROTECTED else 11 for text in texts], "color": [text[3] for text in texts]},
            customdata=[plotted(text[4]) for text in texts],
            hovertemplate="%{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(
        **name_axis(
            side="top",
            tickvals=list(range(len(columns))),
            ticktext=[_narrow(voice.say(column.title), voice) for column in columns],
            range=[-0.5, len(columns) - 0.5],
            tickangle=0,
            tickfont={"size": 11},
        )
    )
    figure.update_yaxes(
        **name_axis(
            tickvals=list(range(len(lines))),
            ticktext=[wrapped(plotted(voice.say(line.title)), 6 if voice.is_chinese else 10) for line in reversed(lines)],
            range=[-0.5, len(lines) - 0.5],
        )
    )
    as_of = "" if series.rows.empty else series.when(series.rows.iloc[0])
    alt, note = spoken_whole(voice, sentence, spoken), status_note(voice, series.rows["status"])
    return Picture(sentence, figure, alt, pandas.DataFrame(table), as_of, note)


def _narrow(label: str, voice: Voice) -> str:
    """Break a column head so that five fit on a phone."""
    short = bare(label)
    if not voice.is_chinese:
        return wrapped(plotted(short), 9)
    if sum(1.0 if ord(sign) > FIRST_WIDE_SIGN else 0.55 for sign in short) <= WIDEST_HEAD:
        return plotted(short)
    half = -(-len(short) // 2)
    return f"{plotted(short[:half])}<br>{plotted(short[half:])}"
