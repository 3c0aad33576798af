"""What a reader takes from a card: the enlarged figure, the picture and the table; the public edition unless another is asked for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit

from access import gate
from charts.image import Framed, png
from charts.picture import Picture
from charts.spreadsheet import csv_file
from charts.theme import ENLARGED
from indicators.model import Indicator, Release, Text
from ui import captions, words
from ui.view import View

HEADING = Text("带走", "Take away")
PICTURE, TABLE = Text("图片(PNG)", "Picture (PNG)"), Text("表格(CSV)", "Table (CSV)")
ONLY_INSIDE = Text(
    "公开版没有这张图:数受保护,或不在公开版中。", "The public edition has no such picture: its numbers are protected or not part of it."
)
FILE_NAME = Text("{title}_{edition}_第{number}版_{month}", "{title}_{edition}_build{number}_{month}")
EDITIONS = {Release.PUBLIC: Text("公开版", "public"), Release.INTERNAL: Text("内部资料注意保密", "internal-confidential")}
BUILT_ON = Text("{source}({on}发布) · {edition}", "{source} (published {on}) · {edition}")


@dataclass(frozen=True)
class Taken:
    """What a card gives away.

    Attributes:
        name: Name of its picture.
        indicator: What it shows.
        make: Makes the picture for a view.
    """

    name: str
    indicator: Indicator
    make: Callable[[View], Picture | None]


def show_enlarged(view: View, name: str, picture: Picture) -> None:
    """Open the figure large, with its numbers under the pointer."""

    @streamlit.dialog(words.plain(picture.sentence), width="large")
    def enlarged() -> None:
        streamlit.plotly_chart(picture.enlarged, theme=None, config=ENLARGED, key=f"{name}.enlarged", alt=picture.alt)
        if picture.note:
            streamlit.caption(words.plain(picture.note))

    enlarged()


def offer(view: View, taken: Taken) -> None:
    """Open what can be taken away, each edition under its stamp: the public one where this server offers it, and that of the page."""

    @streamlit.dialog(view.say(HEADING))
    def offered() -> None:
        for edition in dict.fromkeys((Release.PUBLIC, view.voice.release)):
            if edition in gate.offered_releases():
                _offer_edition(view.in_release(edition), taken)

    offered()


def _offer_edition(view: View, taken: Taken) -> None:
    picture = view.prepared(taken.name, lambda: taken.make(view))
    streamlit.caption(words.plain(view.say(words.STAMPS[view.voice.release])))
    if picture is None or picture.is_empty:
        streamlit.markdown(view.say(ONLY_INSIDE))
        return
    drawn, edition = picture, view.voice.release
    title = view.say(taken.indicator.title)
    name = view.voice.say(FILE_NAME, title=title, edition=EDITIONS[edition], number=view.stamp.number, month=f"{view.month:%Y-%m}")
    with streamlit.container(horizontal=True, gap="small"):
        streamlit.download_button(
            view.say(PICTURE), lambda: png(_framed(view, taken, drawn)), f"{name}.png", "image/png", f"{taken.name}.png.{edition}", on_click="ignore"
        )
        streamlit.download_button(view.say(TABLE), csv_file(drawn.table), f"{name}.csv", "text/csv", f"{taken.name}.csv.{edition}", on_click="ignore")


def _framed(view: View, taken: Taken, picture: Picture) -> Framed:
    parts = [view.say(words.STAMPS[view.voice.release]), *([view.say(words.SAMPLE)] if view.stamp.is_sample else [])]
    stamp = view.voice.say(BUILT_ON, source=captions.source(view, taken.indicator), on=view.stamp.built_at[:10], edition=" · ".join(parts))
    county = view.say(view.stamp.county)
    what = captions.what(view, taken.indicator, picture)
    caption = f"{county} · {what}" if county else what
    return Framed(picture.sentence, caption, picture.figure, (picture.note, stamp))
