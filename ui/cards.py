"""The two cards every page is made of: a headline number, and a chart with everything a reader may ask about it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import pandas
import streamlit

from charts.headlines import Headline
from charts.picture import Picture
from charts.theme import CONFIG
from charts.words import below, unit_of
from indicators import catalogue
from indicators.caveats import CAVEATS
from indicators.model import Indicator, Kind
from ui import words
from ui.view import View

HEADLINES_ABREAST = 3
NARROWEST_HEADLINE = 168  # pixels: two fit beside each other on a phone
NARROWEST_CARD = 330
TABLE_ROWS = 10  # longer tables scroll


def headline_cards(view: View, name: str, indicators: Sequence[Indicator], make: Callable[[], list[Headline]]) -> None:
    """Show headline numbers side by side, two abreast on a phone; where counties differ in the formula, it stands beneath the number.

    Args:
        view: What the reader selected.
        name: Name of the row of cards, unique over all pages.
        indicators: Whose numbers they are.
        make: Makes the headlines, one an indicator.
    """
    headlines = view.prepared(f"{name}.headlines", make)
    with streamlit.grid(HEADLINES_ABREAST, min_column_width=NARROWEST_HEADLINE, gap="small"):
        for indicator, headline in zip(indicators, headlines, strict=True):
            with streamlit.container(border=True, height="stretch", gap="xsmall"):
                streamlit.caption(words.plain(headline.title))
                streamlit.metric(words.plain(headline.title), headline.value, label_visibility="collapsed")
                streamlit.caption(words.plain(headline.lines))
                if indicator.formulas:
                    streamlit.caption(words.plain(view.say(view.as_counted(indicator).definition)))


def card_grid() -> Any:
    """Begin a part of a page where cards stand two abreast on a wide screen and below each other on a narrow one."""
    return streamlit.grid(2, min_column_width=NARROWEST_CARD, gap="small")


def chart_card(view: View, name: str, indicator_id: str, make: Callable[[], Picture | None]) -> None:
    """Show a chart as a finding: sentence, unit and date, figure, and behind one click its definition, its past and its table.

    Args:
        view: What the reader selected.
        name: Name of the picture, unique over all pages.
        indicator_id: The indicator it shows.
        make: Makes the picture; none where there is nothing to draw.
    """
    indicator = view.as_counted(catalogue()[indicator_id])
    picture = view.prepared(name, make)
    is_empty = picture is None or picture.is_empty
    with streamlit.container(border=True, height="content" if is_empty else "stretch", gap="xsmall"):
        if picture is None or picture.is_empty:
            streamlit.subheader(view.say(indicator.title) if picture is None else words.plain(picture.sentence), anchor=False)
            streamlit.caption(view.say(words.NOTHING) if picture is None else words.plain(picture.note))
            return
        streamlit.subheader(words.plain(picture.sentence), anchor=False)
        streamlit.caption(words.plain(_what(view, indicator, picture)))
        streamlit.plotly_chart(picture.figure, theme=None, config=CONFIG, key=name, alt=picture.alt)
        if picture.note:
            streamlit.caption(words.plain(picture.note))
        with streamlit.container(horizontal=True, gap="small", vertical_alignment="center"):
            with streamlit.popover(view.say(words.DEFINITION), type="tertiary"):
                streamlit.markdown(definition(view, indicator))
            if picture.compared:
                with streamlit.popover(view.say(words.COMPARE), type="tertiary"):
                    streamlit.caption(words.plain(picture.compared))
                    if picture.comparisons is not None:
                        streamlit.table(_folded(picture.comparisons), border="horizontal", hide_index=True)
            with streamlit.popover(view.say(words.TABLE), type="tertiary"):
                streamlit.table(
                    words.plain_table(picture.table),
                    border="horizontal",
                    hide_index=True,
                    height=380 if len(picture.table) > TABLE_ROWS else "content",
                )
            streamlit.caption(source(view, indicator), width="content")


def _what(view: View, indicator: Indicator, picture: Picture) -> str:
    unit = picture.unit or unit_of(view.voice, indicator)
    title = view.say(indicator.title)
    parts = [title]
    if indicator.kind is not Kind.SUM:
        parts.append(f"单位:{unit}" if view.voice.is_chinese else f"unit: {unit}")
    if picture.as_of:
        parts.append(picture.as_of)
    return " · ".join(parts)


def _folded(comparisons: pandas.DataFrame) -> pandas.DataFrame:
    """Return comparisons with the two periods in one cell and what is said of them in another: five columns are too many for a phone."""
    name, now, before, change, judgement = words.plain_table(comparisons).items()

    def both(upper: tuple[Hashable, pandas.Series], lower: tuple[Hashable, pandas.Series]) -> tuple[str, list[str]]:
        return f"{upper[0]} / {lower[0]}", [below(*pair) for pair in zip(upper[1], lower[1], strict=True)]

    return pandas.DataFrame(dict([name, both(now, before), both(change, judgement)]))


def definition(view: View, indicator: Indicator) -> str:
    """Write what an indicator counts and what to mind, for the pop-up and the notes."""
    mind = "\n".join(f"- {view.say(CAVEATS[key])}" for key in indicator.caveats)
    text = (
        f"**{view.say(indicator.title)}**:{view.say(indicator.definition)}"
        if view.voice.is_chinese
        else f"**{view.say(indicator.title)}**: {view.say(indicator.definition)}"
    )
    return f"{text}\n\n{mind}" if mind else text


def source(view: View, indicator: Indicator) -> str:
    """Write where a number comes from and of which build it is."""
    owner = view.say(indicator.owner)
    stamp = view.stamp
    return f"来源:{owner} · 第{stamp.number}版" if view.voice.is_chinese else f"Source: {owner} · build {stamp.number}"
