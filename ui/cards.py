"""The two cards every page is made of: a headline number, and a chart with everything a reader may ask about it.

A card is one finished piece of HTML with its picture drawn in it. Plotly reaches a browser only when somebody asks for the enlarged figure.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import ceil
from typing import Any

import pandas
import streamlit

from charts.headlines import Headline
from charts.picture import Picture
from charts.svg import WIDTHS, svg
from charts.words import below
from indicators import catalogue
from indicators.model import Indicator, Text
from ui import captions, takeaway, words
from ui.element import put
from ui.markup import action, element, group, opened_by, table
from ui.view import View

HEADLINES_ABREAST = 6  # at most
NARROWEST_HEADLINE = 150  # pixels: two fit beside each other on a phone, six on a desk
NARROWEST_CARD = 330
ENLARGE, TAKE = "enlarge", "take"
ENLARGE_WORDS, TAKE_WORDS = Text("放大", "Enlarge"), Text("带走", "Take away")


def headline_cards(view: View, name: str, indicators: Sequence[Indicator], make: Callable[[], list[Headline]]) -> None:
    """Show headline numbers side by side, in rows as even as can be, two abreast on a phone; where counties differ in the formula, it stands beneath.

    Args:
        view: What the reader selected.
        name: Name of the row of cards, unique over all pages.
        indicators: Whose numbers they are.
        make: Makes the headlines, one an indicator.
    """
    headlines = view.prepared(f"{name}.headlines", make)
    rows = ceil(len(indicators) / HEADLINES_ABREAST)
    with streamlit.grid(ceil(len(indicators) / rows), min_column_width=NARROWEST_HEADLINE, gap="small"):
        for indicator, headline in zip(indicators, headlines, strict=True):
            formula = view.say(view.as_counted(indicator).definition) if indicator.formulas else ""
            parts = (
                element("p", headline.title, "dq-what"),
                element("p", headline.value, "dq-number"),
                element("p", headline.lines, "dq-note"),
                element("p", formula, "dq-note"),
            )
            put(f"{name}.headline.{indicator.id}", "".join(parts))


def card_grid() -> Any:
    """Begin a part of a page where cards stand two abreast on a wide screen and below each other on a narrow one."""
    return streamlit.grid(2, min_column_width=NARROWEST_CARD, gap="small")


def chart_card(view: View, name: str, indicator_id: str, make: Callable[[View], Picture | None]) -> None:
    """Show a chart as a finding: sentence, unit and date, figure, and behind one click its definition, its past and its table.

    Args:
        view: What the reader selected.
        name: Name of the picture, unique over all pages.
        indicator_id: The indicator it shows.
        make: Makes the picture for a view, this one or that of the public release; none where there is nothing to draw.
    """
    indicator = view.as_counted(catalogue()[indicator_id])
    picture = view.prepared(name, lambda: make(view))
    if picture is None or picture.is_empty:
        sentence, why = (view.say(indicator.title), view.say(words.NOTHING)) if picture is None else (picture.sentence, picture.note)
        put(name, element("h3", sentence) + element("p", why, "dq-note"), is_whole=True)
        return
    drawn = picture
    html = view.prepared(f"{name}.card", lambda: _chart_html(view, name, indicator, drawn))
    _answering(view, name, html, drawn, takeaway.Taken(name, indicator, make))


def plain_card(view: View, name: str, heading: Text, nothing: Text, make: Callable[[], Picture | None]) -> None:
    """Show a picture that is of no indicator under its heading, its table behind one click; where there is none, say why.

    Args:
        view: What the reader selected.
        name: Name of the picture, unique over all pages.
        heading: What it is about.
        nothing: Why there is none.
        make: Makes the picture.
    """
    picture = view.prepared(name, make)
    head = element("p", view.say(heading), "dq-what")
    if picture is None:
        put(name, head + element("p", view.say(nothing)))
        return
    foot = group("div", [opened_by(view.say(words.TABLE), table(picture.table))], "dq-foot")
    put(name, head + element("h3", picture.sentence) + _drawings(name, picture) + foot)


def _chart_html(view: View, name: str, indicator: Indicator, picture: Picture) -> str:
    past = element("p", picture.compared) + (table(_folded(picture.comparisons)) if picture.comparisons is not None else "")
    foot = (
        opened_by(view.say(words.DEFINITION), captions.definition(view, indicator)),
        opened_by(view.say(words.COMPARE), past) if picture.compared else "",
        opened_by(view.say(words.TABLE), table(picture.table)),
        action(view.say(ENLARGE_WORDS), ENLARGE),
        action(view.say(TAKE_WORDS), TAKE),
        element("span", captions.source(view, indicator), "dq-source"),
    )
    return "".join(
        (
            element("h3", picture.sentence),
            element("p", captions.what(view, indicator, picture), "dq-what"),
            _drawings(name, picture),
            element("p", picture.note, "dq-note"),
            group("div", foot, "dq-foot"),
        )
    )


def _drawings(name: str, picture: Picture) -> str:
    """Return the picture drawn for several widths; that of the card decides which is seen."""
    return "".join(group("div", [svg(picture.figure, width, picture.alt, name)], f"dq-{kind}") for kind, width in WIDTHS.items())


@streamlit.fragment
def _answering(view: View, name: str, html: str, picture: Picture, taken: takeaway.Taken) -> None:
    """Show a card and do what its reader asks of it; the rest of the page stays as it is."""
    asked = put(name, html)
    if asked and not view.is_in_force:  # the page is of an earlier build: nothing is made under its stamp from the file that replaced it
        streamlit.rerun()
    if asked == ENLARGE:
        takeaway.show_enlarged(view, name, picture)
    elif asked == TAKE:
        takeaway.offer(view, taken)


def _folded(comparisons: pandas.DataFrame) -> pandas.DataFrame:
    """Return comparisons with the two periods in one cell and what is said of them in another: five columns are too many for a phone."""
    name, now, before, change, judgement = comparisons.items()

    def both(upper: tuple[Hashable, pandas.Series], lower: tuple[Hashable, pandas.Series]) -> tuple[str, list[str]]:
        return f"{upper[0]} / {lower[0]}", [below(*pair) for pair in zip(upper[1], lower[1], strict=True)]

    return pandas.DataFrame(dict([name, both(now, before), both(change, judgement)]))
