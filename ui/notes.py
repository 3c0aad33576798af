"""Sentences around the charts: the page's head, what is missing, and the calm page where there is nothing to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit

from charts.words import month_words
from indicators.model import Release, Text
from ui import words

if TYPE_CHECKING:
    from ui.scope import View

CANNOT_SHOW = Text("暂时没有可以展示的内容", "Nothing to show for now")


def page_head(title: Text, view: View) -> None:
    """Write the page's name and, in one line, which edition of which numbers it shows."""
    streamlit.title(view.say(title), anchor=False)
    county = view.say(view.stamp.county)
    area = f"{county} · {view.say(view.area_title)}" if county else view.say(view.area_title)
    until = month_words(view.voice, view.month)
    stamp = view.say(words.STAMPS[view.voice.release])
    with streamlit.container(horizontal=True, gap="small", vertical_alignment="center"):
        streamlit.badge(stamp, color="orange" if view.voice.release is Release.INTERNAL else "blue", width="content")
        if view.stamp.is_sample:
            streamlit.badge(f"{words.SAMPLE.zh} Synthetic sample" if view.voice.is_chinese else words.SAMPLE.en, color="gray", width="content")
        streamlit.caption(f"{area} · 截至{until}" if view.voice.is_chinese else f"{area} · up to {until}", width="content")


def calm_stop(title: Text, message: Text, language: str) -> NoReturn:
    """Say what is missing and what to do about it, in place of the page."""
    streamlit.title(title.pick(language), anchor=False)
    with streamlit.container(border=True):
        streamlit.subheader(CANNOT_SHOW.pick(language), anchor=False)
        streamlit.markdown(message.pick(language))
    streamlit.stop()


def section(view: View, heading: Text, remark: Text | None = None) -> None:
    """Begin a part of a page."""
    streamlit.header(view.say(heading), anchor=False)
    if remark is not None:
        streamlit.caption(view.say(remark))


def sentences(items: list[str], nothing: str) -> None:
    """List findings, or say that there are none."""
    streamlit.markdown("\n".join(f"- {item}" for item in items) if items else nothing)
