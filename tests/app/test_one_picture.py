"""One description, every surface: drawing, enlarged figure, image and table of every card of every page hold the same numbers, and no others."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy
import plotly.graph_objects as go
import pytest

from charts.grammar import NotDrawable
from charts.image import Framed, image_svg
from charts.picture import Picture
from charts.spreadsheet import csv_file
from charts.svg import WIDTHS, svg
from charts.theme import base_figure
from charts.words import RANGE
from tests.app.page_cards import SVG, cards, pictures
from tests.app.test_pages import NUMBERED, run
from tests.soak import SOAK

VISITS = [("internal", "zh"), ("public", "en")] if not SOAK else [(release, lang) for release in ("internal", "public") for lang in ("zh", "en")]
NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
HALF_A_PIXEL = 0.11  # a coordinate is written with one decimal


@pytest.fixture(scope="module")
def shown(sample_warehouse: Path) -> dict[str, tuple[Picture, str]]:
    """Every picture of every page, with its card."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_DATA", str(sample_warehouse))
        for page in NUMBERED:
            for release, language in VISITS:
                test = run(page, release=release, lang=language)
                sent = {card.name: card.html for card in cards(test)}
                found |= {f"{name} {release} {language}": (picture, sent[name]) for name, picture in pictures(test).items()}
    return found


def traces(picture: Picture) -> list[Any]:
    return list(picture.figure.data)


def answers(picture: Picture) -> set[str]:
    """The words of every mark of a figure."""
    found = set()
    for trace in traces(picture):
        found |= {html.unescape(words) for words in trace.customdata if words} if trace.customdata is not None else set()
        if trace.type == "scatter" and trace.hoveron == "fills" and trace.text:
            found.add(html.unescape(trace.text))
    return found


def drawing(picture: Picture, width: int) -> ElementTree.Element:
    return ElementTree.fromstring(svg(picture.figure, width, picture.alt, "test"))


def test_every_card_holds_the_drawings_of_its_figure(shown: dict[str, tuple[Picture, str]]) -> None:
    assert len(shown) >= 60
    for name, (picture, card) in shown.items():
        for width in WIDTHS.values():
            assert svg(picture.figure, width, picture.alt, name.split()[0]) in card, name


def test_the_tooltips_of_the_drawing_are_those_of_the_figure(shown: dict[str, tuple[Picture, str]]) -> None:
    for name, (picture, _) in shown.items():
        for width in WIDTHS.values():
            said = {line for title in drawing(picture, width).iter(f"{SVG}title") for line in (title.text or "").split("\n")}
            assert said == {line for words in answers(picture) for line in words.split("\n")}, name


def test_bars_are_as_long_as_their_numbers(shown: dict[str, tuple[Picture, str]]) -> None:
    checked = 0
    for name, (picture, _) in shown.items():
        bars = [trace for trace in traces(picture) if trace.type == "bar"]
        for width in WIDTHS.values() if bars else ():
            drawn = [one for one in drawing(picture, width).iter(f"{SVG}rect") if one.get("class") == "bar"]
            lies = bars[0].orientation == "h"
            numbers = [abs(float(one)) for trace in bars for one in (trace.x if lies else trace.y) if one == one]
            lengths = [float(one.get("width" if lies else "height", "")) for one in drawn]
            assert len(lengths) == len(numbers), name
            assert _is_one_scale(numbers, lengths), name
            checked += len(numbers)
    assert checked >= 1000


def test_lines_run_through_their_numbers(shown: dict[str, tuple[Picture, str]]) -> None:
    checked = 0
    for name, (picture, _) in shown.items():
        lines = [trace for trace in traces(picture) if trace.type == "scatter" and "lines" in (trace.mode or "") and trace.customdata is not None]
        lines = [trace for trace in lines if trace.fill is None]
        if not lines or picture.figure.layout.xaxis.type != "date":
            continue
        for width in WIDTHS.values():
            drawn = {(round(float(one.get("cx", "")), 1), round(float(one.get("cy", "")), 1)) for one in drawing(picture, width).iter(f"{SVG}circle")}
            numbers = {float(value) for trace in lines for value in trace.y if value is not None and value == value}
            heights = sorted({y for _, y in drawn}, reverse=True)
            # The same order, no more heights than numbers, and one scale: the lowest and the highest fix it for all between.
            low, high = min(numbers), max(numbers)
            if high == low:
                continue
            for value in numbers:
                wanted = heights[0] + (value - low) / (high - low) * (heights[-1] - heights[0])
                assert min(abs(height - wanted) for height in heights) <= 2 * HALF_A_PIXEL, f"{name}: {value}"
            checked += len(numbers)
    assert checked >= 200


def _is_one_scale(numbers: Sequence[float], lengths: Sequence[float]) -> bool:
    scale = max(lengths) / max(numbers) if max(numbers, default=0) else 0.0
    return bool(numpy.allclose(lengths, [number * scale for number in numbers], atol=2 * HALF_A_PIXEL))


def test_the_image_holds_the_drawing_and_the_words_of_its_frame(shown: dict[str, tuple[Picture, str]]) -> None:
    for name, (picture, _) in list(shown.items())[:: 1 if SOAK else 3]:
        framed = Framed(picture.sentence, "单位", picture.figure, (picture.note, "来源"))
        texts = {"".join(one.itertext()) for one in ElementTree.fromstring(image_svg(framed)).iter(f"{SVG}text")}
        whole = "".join("".join(one.itertext()) for one in ElementTree.fromstring(image_svg(framed)).iter(f"{SVG}text"))
        assert "".join(picture.sentence.split()) in "".join(whole.split()), name
        labels = {"".join(one.itertext()) for one in drawing(picture, 800).iter(f"{SVG}text") if one.get("class") != "axis"}
        assert labels <= texts, f"{name}: {labels - texts}"
        allowed = set(NUMBER.findall(" ".join((picture.sentence, picture.note, *labels))))
        scale = {"".join(one.itertext()) for one in ElementTree.fromstring(image_svg(framed)).iter(f"{SVG}text") if one.get("class") == "axis"}
        assert {number for text in texts - scale for number in NUMBER.findall(text)} <= allowed, name


def test_every_number_of_a_tooltip_of_a_bar_stands_in_the_table(shown: dict[str, tuple[Picture, str]]) -> None:
    checked = 0
    for name, (picture, _) in shown.items():
        cells = [str(cell) for column in picture.table.columns[1:] for cell in picture.table[column]]
        held = {number.replace(",", "") for cell in cells for number in NUMBER.findall(cell)}
        for trace in traces(picture):
            if trace.type == "bar" and trace.customdata is not None and trace.marker.pattern.shape != "/":
                for words in trace.customdata:
                    said = NUMBER.findall(re.split(rf"[,,] ?{re.escape(RANGE.pick(name.split()[-1]))}", words)[0])
                    assert not said or said[-1].replace(",", "") in held, f"{name}: {words}"
                    checked += bool(said)
    assert checked >= 300


def test_a_table_file_opens_in_excel_and_reckons_nothing(shown: dict[str, tuple[Picture, str]]) -> None:
    for name, (picture, _) in shown.items():
        written = csv_file(picture.table)
        assert written.startswith(b"\xef\xbb\xbf")
        lines = written.decode("utf-8-sig").split("\r\n")
        assert len(lines) == len(picture.table) + 2, name  # the head, and what follows the last line's end
        assert not any(re.match(r'"?[=@]', cell) for line in lines for cell in line.split(",")), name


@pytest.mark.parametrize(
    ("marks", "layout"),
    [
        ({"error_y": {"array": [1]}}, {}),
        ({"opacity": 0.5}, {}),
        ({"marker": {"opacity": 0.5}}, {}),
        ({"marker": {"pattern": {"shape": "x"}}}, {}),
        ({"textposition": "auto"}, {}),
        ({}, {"barmode": "stack"}),
        ({}, {"xaxis": {"autorange": "reversed"}}),
        ({}, {"yaxis": {"type": "multicategory"}}),
        ({}, {"annotations": [{"text": "1", "x": 0, "y": 0, "showarrow": True}]}),
        ({}, {"shapes": [{"type": "circle", "x0": 0, "x1": 1, "y0": 0, "y1": 1}]}),
    ],
)
def test_what_is_not_drawn_is_refused(marks: dict[str, Any], layout: dict[str, Any]) -> None:
    """Each would change what Plotly shows, and the drawing would not show it."""
    plain = base_figure(200)
    plain.add_trace(go.Bar(x=[0, 1], y=[1, 2], marker={"color": "#123456"}))
    assert svg(plain, 340)
    plain.data[0].update(marks)
    plain.update_layout(**layout)
    with pytest.raises(NotDrawable):
        svg(plain, 340)
