"""The one element of our own on a page: a card, finished as HTML text by the server."""

from __future__ import annotations

from pathlib import Path

import streamlit

CSS, JS = (Path(__file__).with_name(f"card.{kind}").read_text(encoding="utf-8") for kind in ("css", "js"))


def put(name: str, html: str, *, is_whole: bool = False) -> str | None:
    """Put a card on the page.

    Args:
        name: Its name, unique on the page.
        html: What stands on it (:mod:`ui.markup`).
        is_whole: Whether it is as high as its content; else as high as the highest card beside it.

    Returns:
        What its reader has just asked of it, by the name of the action; none otherwise.
    """
    card = streamlit.components.v2.component("card", css=CSS, js=JS, isolate_styles=False)
    asked: str | None = card(key=name, data={"html": html}, height="content" if is_whole else "stretch", on_act_change=lambda: None).act
    return asked
