"""The map of townships, drawn as filled lines.

Plotly's own maps fetch their base map from a foreign server even where none is shown, and draw nothing without it; filled lines need
no network, print sharp and weigh half. Class limits are fixed: a colour means the same in every period.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians
from typing import Any

import plotly.graph_objects as go
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import unary_union

from charts.hotspots import DrawnTownship, Signal
from charts.scope import NAMES, Voice
from charts.theme import CLASSES, GOLD, INK, PAPER, PROTECTED, PROTECTED_PAPER, TEAL, base_figure, protected_pattern, unstable_pattern
from charts.words import PROTECTED as PROTECTED_WORD
from indicators.model import Text

MAP_HEIGHT = 400
LEGEND_HEIGHT = 64
PHONE_WIDTH = 300  # pixels left for the map on a phone of 390
LABEL_SIZE = 11
FIRST_WIDE_SIGN = 0x2E80  # Chinese signs are as wide as high
FITTING = 0.93  # part of a label that must lie inside its township
SIMPLIFIED_TO = 8e-4  # degrees, about 80 m: far below a pixel
CLOSING = 2e-4  # degrees: closes hairline gaps between townships of a zone


SIGNAL_WORDS = {Signal.CLEAR: Text("明显偏高或偏低", "clearly high or low"), Signal.POSSIBLE: Text("可能偏高或偏低", "possibly high or low")}
_SIGNAL_LINES: dict[Signal, dict[str, Any]] = {
    Signal.CLEAR: {"color": GOLD, "width": 3.5},
    Signal.POSSIBLE: {"color": GOLD, "width": 2, "dash": "dot"},
}
MOST_NUMBERS = 24  # explained one by one; on a map of more townships a number that does not fit is left out
NUMBERS = Text("图中数字:{told}。", "Numbers on the map: {told}.")
ROWS = Text("图中数字是表格中的行次。", "Numbers on the map are the rows of the table.")
_RING_LINE: dict[str, Any] = {"color": TEAL, "width": 3, "dash": "dash"}


@dataclass(frozen=True)
class MapArea:
    """A township on the map.

    Attributes:
        code: Township code.
        zone: Zone code.
        label: Its short name.
        number: Its number in the table, written where the name does not fit.
        rings: JSON list of closed rings of [longitude, latitude].
        value: The published number; none where there is none.
        words: The tooltip.
        is_unstable: Whether the number rests on so few events that its colour may change by chance.
        signal: How the township stands out, if it does.
    """

    code: str
    zone: str
    label: str
    number: str
    rings: str
    value: float | None
    words: str
    is_unstable: bool = False
    signal: Signal | None = None


@dataclass(frozen=True)
class Ring:
    """A group of townships that is one finding, drawn as one area."""

    codes: frozenset[str]
    name: Text


@dataclass(frozen=True)
class Classes:
    """Fixed classes of a map: upper limits are the first number of the next class."""

    starts: tuple[float, ...]
    labels: tuple[Text, ...]

    def position(self, value: float) -> int:
        """Return the class of a number."""
        return sum(value >= start for start in self.starts[1:])


LEVEL_CLASSES = Classes(
    (0, 0.5, 0.8, 1.25, 2),
    (
        Text("不到一半", "under half"),
        Text("0.5—0.8倍", "0.5-0.8"),
        Text("与全县相近", "near the county"),
        Text("1.25—2倍", "1.25-2"),
        Text("2倍及以上", "2 and over"),
    ),
)
PEOPLE_CLASSES = Classes(
    (0, 10, 20, 30, 50), (Text("10以下", "under 10"), Text("10—19", "10-19"), Text("20—29", "20-29"), Text("30—49", "30-49"), Text("50及以上", "50+"))
)


def outlines(areas: list[MapArea]) -> dict[str, MultiPolygon]:
    """Return the outlines, simplified together far below what a screen shows, so that neighbours keep their common border."""
    raw = [outline(area.rings) for area in areas]
    joint = shapely.coverage_simplify(raw, SIMPLIFIED_TO) if shapely.coverage_is_valid(raw) else raw
    return {area.code: MultiPolygon(_parts(shape)) for area, shape in zip(areas, joint, strict=True)}


def _parts(shape: BaseGeometry) -> list[Polygon]:
    return [part for part in getattr(shape, "geoms", [shape]) if isinstance(part, Polygon)]


def outline(rings: str) -> MultiPolygon:
    """Return the outline of a township; a ring that crosses itself is mended."""
    return MultiPolygon(_parts(unary_union([Polygon(ring).buffer(0) for ring in json.loads(rings)])))


def _centres(shapes: dict[str, MultiPolygon]) -> dict[str, tuple[float, float]]:
    """Return the middle of the widest place of every township."""
    largest = {code: max(shape.geoms, key=lambda part: part.area) for code, shape in shapes.items() if shape.geoms}
    return {code: shapely.maximum_inscribed_circle(part).coords[0] for code, part in largest.items()}


def fitting_labels(areas: list[MapArea]) -> dict[str, str]:
    """Return what to write inside every township: its name where that fits on a phone, else its number in the table; of many, if it fits."""
    shapes = outlines(areas)
    everything = unary_union(list(shapes.values()))
    if everything.is_empty:
        return {}
    west, south, east, north = everything.bounds
    stretch = cos(radians((south + north) / 2))
    scale = min(PHONE_WIDTH / ((east - west) * stretch), (MAP_HEIGHT - LEGEND_HEIGHT) / (north - south))  # pixels per degree of latitude
    centres = _centres(shapes)
    labels: dict[str, str] = {}
    written: list[Polygon] = []
    for area in sorted((area for area in areas if area.code in centres), key=lambda area: -shapes[area.code].area):
        x, y = centres[area.code]
        for label in (area.label, area.number):
            width = sum(LABEL_SIZE if ord(sign) > FIRST_WIDE_SIGN else LABEL_SIZE * 0.6 for sign in label)
            half_width, half_height = width / 2 / scale / stretch, LABEL_SIZE / 2 / scale
            room = shapely.box(x - half_width, y - half_height, x + half_width, y + half_height)
            fits = shapes[area.code].intersection(room).area >= FITTING * room.area and not any(room.intersects(other) for other in written)
            if fits or (label == area.number and len(areas) <= MOST_NUMBERS):
                labels[area.code] = label
                written.append(room)
                break
    return labels


def numbered_words(areas: list[MapArea], townships: Sequence[DrawnTownship], voice: Voice) -> str:
    """Say which townships the numbers on a map stand for; empty where every name fits."""
    labels, names = fitting_labels(areas), {area.code: voice.say(area.title) for area in townships}
    told = [f"{area.number} {names[area.code]}" for area in areas if labels.get(area.code) == area.number]
    if len(told) > MOST_NUMBERS:
        return voice.say(ROWS)
    return voice.say(NUMBERS, told=voice.join(NAMES, told)) if told else ""


def map_figure(
    areas: list[MapArea],
    classes: Classes,
    voice: Voice,
    *,
    absent: str = "",
    rings: Sequence[Ring] = (),
    height: int = MAP_HEIGHT,
) -> go.Figure:
    """Draw townships in classes, protected and unstable ones hatched, zones and what stands out outlined.

    Args:
        areas: The townships.
        classes: The fixed classes.
        voice: Release and language.
        absent: Why some have no number, for the key; that they are protected where left out.
        rings: Groups of townships to outline as one area each.
        height: Height in pixels.
    """
    figure = base_figure(height, legend=True, right=8)
    shapes = outlines(areas)
    everything = unary_union(list(shapes.values()))
    if everything.is_empty:
        return figure
    west, south, east, north = everything.bounds
    stretch = cos(radians((south + north) / 2))
    for position, label in enumerate(classes.labels):
        members = [area for area in areas if area.value is not None and classes.position(area.value) == position]
        colour = CLASSES[position + (len(CLASSES) - len(classes.labels))]
        _add_key(figure, voice.say(label), colour)
        for area in members:
            _add_filled(
                figure, shapes[area.code], area.words, {"fillpattern": unstable_pattern(colour)} if area.is_unstable else {"fillcolor": colour}
            )
    hidden = [area for area in areas if area.value is None]
    if hidden:
        _add_key(figure, absent or voice.say(PROTECTED_WORD), PROTECTED_PAPER)
    for area in hidden:
        _add_filled(figure, shapes[area.code], area.words, {"fillpattern": protected_pattern()})
    for zone in sorted({area.zone for area in areas}):
        _add_outline(figure, [shapes[area.code] for area in areas if area.zone == zone], {"color": INK, "width": 1.6})
    for signal, words in SIGNAL_WORDS.items():
        standing = [shapes[area.code] for area in areas if area.signal is signal]
        for position, shape in enumerate(standing):
            _add_outline(figure, [shape], _SIGNAL_LINES[signal], voice.say(words) if position == 0 else "")
    named_rings = set[Text]()
    for ring in rings:
        name = "" if ring.name in named_rings else voice.say(ring.name)
        named_rings.add(ring.name)
        _add_outline(figure, [shapes[area.code] for area in areas if area.code in ring.codes], _RING_LINE, name)
    points, labels = _centres(shapes), fitting_labels(areas)
    pointed = [area for area in areas if area.code in points]
    figure.add_trace(
        go.Scatter(
            x=[points[area.code][0] for area in pointed],
            y=[points[area.code][1] for area in pointed],
            mode="text",
            text=[labels.get(area.code, "") for area in pointed],
            textfont={
                "size": LABEL_SIZE,
                "color": [
                    PAPER if area.value is not None and classes.position(area.value) + len(CLASSES) - len(classes.labels) >= 3 else INK
                    for area in pointed
                ],
            },
            hoverinfo="skip",
            showlegend=False,
        )
    )
    margin = (east - west) * 0.015
    bare = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**bare, range=[west - margin, east + margin], constrain="domain")
    figure.update_yaxes(**bare, range=[south - margin, north + margin], scaleanchor="x", scaleratio=1 / stretch, constrain="domain")
    figure.update_layout(hovermode="closest", legend={"font": {"size": 11}, "itemwidth": 30, "tracegroupgap": 2}, margin_t=56)
    return figure


def _add_outline(figure: go.Figure, shapes: list[MultiPolygon], line: dict[str, Any], name: str = "") -> None:
    """Draw the outer line of some townships together; a name puts it into the key."""
    joined = unary_union([shape.buffer(CLOSING) for shape in shapes]).buffer(-CLOSING)
    x, y = _path(MultiPolygon(_parts(joined)))
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", name=name, showlegend=bool(name)))


def _add_filled(figure: go.Figure, shape: MultiPolygon, words: str, filled: dict[str, Any]) -> None:
    """Add a township, whose whole area answers with its words."""
    x, y = _path(shape)
    line = {"color": PAPER, "width": 1.2}
    answer = {"hoveron": "fills", "text": words, "hoverinfo": "text"}
    figure.add_trace(go.Scatter(x=x, y=y, mode="lines", fill="toself", line=line, showlegend=False, **answer, **filled))


def _add_key(figure: go.Figure, name: str, colour: str) -> None:
    """Add a class to the key, even where it is empty."""
    key = {"size": 12, "symbol": "square", "color": colour, "line": {"color": PROTECTED, "width": 1}}
    figure.add_trace(go.Scatter(x=[None], y=[None], mode="markers", name=name, marker=key, hoverinfo="skip"))


def _path(shape: MultiPolygon) -> tuple[list[float | None], list[float | None]]:
    """Return outlines as one broken line."""
    x: list[float | None] = []
    y: list[float | None] = []
    for part in shape.geoms:
        for ring in (part.exterior, *part.interiors):
            x += [*(round(point[0], 5) for point in ring.coords), None]
            y += [*(round(point[1], 5) for point in ring.coords), None]
    return x, y
