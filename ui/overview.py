"""The parts of the overview that stand on no other page: what needs attention, and the numbers in sentences."""

from __future__ import annotations

from typing import Any

import streamlit

from charts import forms, headlines
from indicators import catalogue
from indicators.cards import shown_on
from indicators.model import OVERVIEW, Text
from ui import cards, notes, quality, themes
from ui.view import View

ATTENTION = Text("需要关注", "Needs attention")
SENTENCES = Text("整句摘录", "The same in sentences")


def columns() -> tuple[Any, Any]:
    """Return two places beside each other, below each other on a narrow screen: for what was found, and for the map."""
    with cards.card_grid():
        return streamlit.container(gap="small"), streamlit.container(gap="small")


def show_attention(view: View) -> None:
    """Show what needs a look, and how much was looked at."""
    known = catalogue()
    rows = view.rows(*(indicator.id for indicator in known.values() if indicator.compared or indicator.attention))
    split_by = {dimension for indicator in known.values() for dimension in indicator.compared[1:]}
    members = {dimension: view.members(dimension) for dimension in sorted(split_by)}
    said, remarks, nothing = view.prepared("overview.attention", lambda: headlines.attention(rows, known, members, view.scope))
    notes.sentences(view, ATTENTION, said, nothing, [*remarks, quality.changes_of_this_build(view)])


def show_pictures(view: View) -> None:
    """Show the pictures that indicators have on the overview."""
    for shown in shown_on(OVERVIEW, catalogue()):
        if shown.card.form in forms.PICTURES:
            themes.show_picture(view, OVERVIEW, shown)


def show_sentences(view: View) -> None:
    """Fold the headlines as sentences to quote away behind one click."""
    changed = view.prepared("overview.changes", lambda: headlines.changes(themes.rows_of(view, OVERVIEW), catalogue(), view.scope))
    notes.folded_sentences(view, SENTENCES, changed, headlines.NO_CHANGE_YET)
