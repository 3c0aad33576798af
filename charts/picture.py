"""What a chart function hands out: one object, so that figure, words and table cannot disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas
import plotly.graph_objects as go

from charts.scope import PARTS, Voice
from indicators.model import Text

LARGER = 1.5
SPOKEN = Text("{sentence}。{parts}。", "{sentence}. {parts}.")


@dataclass(frozen=True)
class Picture:
    """A finding with its figure.

    Attributes:
        sentence: What it shows, in plain words, computed from the rows.
        figure: The Plotly figure; never changed after it was made.
        alt: The same for somebody who cannot see it.
        table: The same as words in rows and columns, ready to print.
        as_of: The period the picture speaks of.
        note: What a reader must know on sight, such as protected or provisional parts; may be empty.
        unit: The unit, where it is not the indicator's own.
        comparisons: A series compared with its own past, as words in rows and columns; none where nothing can be compared.
        compared: Up to which period was compared and what the comparison allowed for, or why there is none; empty where the picture is
            no series over time.
    """

    sentence: str
    figure: go.Figure
    alt: str
    table: pandas.DataFrame
    as_of: str
    note: str = ""
    unit: str = ""
    comparisons: pandas.DataFrame | None = None
    compared: str = ""

    @property
    def enlarged(self) -> go.Figure:
        """The figure for a large window, in which a reader may zoom and move."""
        figure = go.Figure(self.figure)
        figure.update_layout(height=round(self.figure.layout.height * LARGER), dragmode="pan")
        figure.update_xaxes(fixedrange=False)
        figure.update_yaxes(fixedrange=False)
        return figure

    @property
    def is_empty(self) -> bool:
        """Whether nothing could be drawn: the sentence then says what would have been shown, and the note why it is not."""
        return not self.figure.data


def nothing_drawn(title: str, reason: str) -> Picture:
    """Return a picture without a figure: what it would have shown, and why it does not."""
    return Picture(title, go.Figure(), f"{title}:{reason}", pandas.DataFrame(), "", reason)


def spoken_whole(voice: Voice, sentence: str, spoken: Sequence[str]) -> str:
    """Return a picture in words, for somebody who cannot see it: its sentence and what stands at every mark."""
    return voice.say(SPOKEN, sentence=sentence.rstrip("。."), parts=voice.join(PARTS, spoken))
