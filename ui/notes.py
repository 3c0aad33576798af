"""Sentences around the charts: the page's head, what is missing, and the calm page where there is nothing to show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

import pandas
import streamlit

from charts.words import month_words
from indicators.model import Release, Text
from ui import markup, words
from ui.element import put
from ui.markup import element
from ui.markup import items as listed
from ui.view import View

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
        streamlit.caption(words.plain(f"{area} · 截至{until}" if view.voice.is_chinese else f"{area} · up to {until}"), width="content")


def calm_stop(title: Text, message: Text, language: str) -> NoReturn:
    """Say what is missing and what to do about it, in place of the page."""
    streamlit.title(title.pick(language), anchor=False)
    with streamlit.container(border=True, height="stretch", gap="xsmall"):
        streamlit.subheader(CANNOT_SHOW.pick(language), anchor=False)
        streamlit.markdown(message.pick(language))
    streamlit.stop()


def section(view: View, heading: Text, remark: Text | None = None) -> None:
    """Begin a part of a page."""
    streamlit.header(view.say(heading), anchor=False)
    if remark is not None:
        streamlit.caption(view.say(remark))


def sentences(view: View, heading: Text, items: list[str], nothing: Text = words.NOTHING, remarks: Sequence[str] = ()) -> None:
    """List findings on a card, or say that there are none, with remarks beneath."""
    beneath = (element("p", remark, "dq-note") for remark in remarks)
    put(f"sentences.{heading.en}", "".join((element("h2", view.say(heading)), listed(items or [view.say(nothing)]), *beneath)))


def folded_sentences(view: View, heading: Text, items: list[str], nothing: Text) -> None:
    """List sentences behind one click: for who wants to quote what the page shows already."""
    with streamlit.expander(view.say(heading)):
        streamlit.markdown("\n".join(f"- {words.plain(item)}" for item in items) if items else view.say(nothing))


def aside(sentence: str) -> None:
    """Write a remark in small print, where there is one."""
    if sentence:
        streamlit.caption(words.plain(sentence))


def remark(view: View, words_pair: Text) -> None:
    """Write what a reader must know before looking at a page's numbers."""
    streamlit.info(view.say(words_pair))


def whole_table(heading: str, table: pandas.DataFrame) -> None:
    """Show a table whole, because it is the finding itself."""
    put(f"table.{heading}", element("h3", heading) + markup.table(table), is_whole=True)


def map_approval(view: View) -> None:
    """Write the approval number of the map, which Chinese law asks for beside every published map."""
    if view.stamp.map_approval:
        number = words.plain(view.stamp.map_approval)
        streamlit.caption(f"审图号:{number}" if view.voice.is_chinese else f"Map approval: {number}")
