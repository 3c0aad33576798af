"""A page of a theme: what stands on it, where and in which order follows from the indicators' cards and the theme's sections."""

from __future__ import annotations

from collections.abc import Sequence

import pandas

from charts import forms, headlines
from charts.picture import Picture
from indicators import catalogue, themes
from indicators.cards import Shown, read_for, shown_on
from indicators.lattice import exact_releases, grains
from indicators.model import Form, Indicator, Section
from ui import cards, notes, trends, words
from ui.view import View


def show(view: View, page: str) -> None:
    """Show the headlines of a page, then section by section its pictures and sentences.

    Args:
        view: What the reader selected.
        page: The page's name, which is its theme's id.
    """
    shown = shown_on(page, catalogue())
    show_headlines(view, page)
    for indicator, card in shown:
        if card.form is Form.PROVISIONAL:
            _show_late_months(view, page, indicator)
    _show_section(view, page, [one for one in shown if not one.card.section])
    for section in themes()[page].sections:
        held = [one for one in shown if one.card.section == section.id]
        if held:
            _show_section(view, page, held, section)


def show_headlines(view: View, page: str) -> None:
    """Show the row of headline numbers of a page."""
    shown = [indicator for indicator, card in shown_on(page, catalogue()) if card.form is Form.HEADLINE]
    if shown:
        cards.headline_cards(view, page, shown, lambda: headlines.headlines(rows_of(view, page), shown, view.scope))


def show_picture(view: View, page: str, shown: Shown) -> None:
    """Show one picture of a page."""
    indicator, card = shown

    def make(at: View) -> Picture:
        return forms.draw(forms.Asked(indicator, card, catalogue(), rows_of(at, page), at.members, at.scope))

    cards.chart_card(view, picture_name(page, shown), indicator.id, make)


def picture_name(page: str, shown: Shown) -> str:
    """Return the name of a picture, unique over all pages."""
    return ".".join(filter(None, (page, shown.indicator.id, shown.card.form.value, shown.card.by)))


def rows_of(view: View, page: str) -> pandas.DataFrame:
    """Return the published rows of everything a page shows."""
    known = catalogue()
    return view.rows(*read_for(shown_on(page, known), known))


def _show_section(view: View, page: str, shown: Sequence[Shown], section: Section | None = None) -> None:
    """Show a part of a page: its heading, its pictures and its trends in sentences."""
    offered = [one for one in shown if grains(one.indicator, one.card.breakdown, view.voice.release)]
    if section is not None:
        is_bridge_left_out = any(one.card.form is Form.BRIDGE_YEAR for one in shown if one not in offered)
        notes.section(view, section.title, words.NO_BRIDGE if is_bridge_left_out else None)
    pictures = [one for one in offered if one.card.form in forms.PICTURES and _is_due(view, page, one)]
    if pictures:
        with cards.card_grid():
            for one in pictures:
                show_picture(view, page, one)
    told = [one.indicator.id for one in offered if one.card.form is Form.TREND and view.voice.release in exact_releases(one.indicator)]
    if told:
        trends.show_trends(view, ".".join(filter(None, (page, section.id if section else "", "trends"))), *told)


def _is_due(view: View, page: str, shown: Shown) -> bool:
    """Whether a picture has its place today: one of a return that not every county hands in waits for the first."""
    return not shown.card.if_reported or bool((rows_of(view, page)["indicator"] == shown.indicator.id).any())


def _show_late_months(view: View, page: str, indicator: Indicator) -> None:
    name = f"{page}.{indicator.id}.{Form.PROVISIONAL}"
    notes.aside(view.prepared(name, lambda: headlines.provisional_words(rows_of(view, page), indicator, view.scope)))
