"""The map of townships, drawn as filled lines.

Plotly's own maps fetch their base map from a foreign server even where none is shown, and draw nothing without it; filled lines need
no network, print sharp and weigh half. Class limits are fixed: a colour means the same in every period.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import cos, radians

import plotly.graph_objects as go
import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.ops import unary_union

from charts.picture import Voice
from charts.theme import CLASSES, INK, PAPER, PROTECTED, PROTECTED_PAPER, base_figure, protected_pattern
from indicators.model import Text

MAP_HEIGHT = 430
SIMPLIFIED_TO = 0.0008  # degrees, about 80 m: far below a pixel


@dataclass(frozen=True)
class MapArea:
    """A township on the map.

    Attributes:
        code: Township code.
        zone: Zone code.
        label: What is written inside it: a short name, or its number in the table.
        rings: JSON list of closed rings of [longitude, latitude].
        value: The published number; none where there is none.
        words: The tooltip.
    """

    code: str
    zone: str
    label: str
    rings: str
    value: float | None
    words: str


@dataclass(frozen=True)
class Classes:
    """Fixed classes of a map: upper limits are the first number of the next class."""

    starts: tuple[float, ...]
    labels: tuple[Text, ...]

    def position(self, value: float) -> int:
        """Return the class of a number."""
        return sum(value >= start for start in self.starts[1:])


CASE_CLASSES = Classes(
    (0, 1, 5, 10, 20, 40),
    (Text("0", "0"), Text("1—4", "1-4"), Text("5—9", "5-9"), Text("10—19", "10-19"), Text("20—39", "20-39"), Text("40及以上", "40+")),
)
PEOPLE_CLASSES = Classes(
    (0, 10, 20, 30, 50), (Text("10以下", "under 10"), Text("10—19", "10-19"), Text("20—29", "20-29"), Text("30—49", "30-49"), Text("50及以上", "50+"))
)


def outline(rings: str) -> MultiPolygon:
    """Return the outline of a township, simplified far below what a screen shows."""
    shape = unary_union([Polygon(ring).buffer(0) for ring in json.loads(rings)]).simplify(SIMPLIFIED_TO)
    return (
        MultiPolygon([shape])
        if isinstance(shape, Polygon)
        else MultiPolygon([part for part in getattr(shape, "geoms", []) if isinstance(part, Polygon)])
    )


def map_figure(areas: list[MapArea], classes: Classes, voice: Voice, *, height: int = MAP_HEIGHT) -> go.Figure:
    """Draw townships in classes, protected ones hatched, zones outlined.

    Args:
        areas: The townships.
        classes: The fixed classes.
        voice: Release and language.
        height: Height in pixels.
    """
    figure = base_figure(height, legend=True, right=8)
    shapes = {area.code: outline(area.rings) for area in areas}
    everything = unary_union(list(shapes.values()))
    if everything.is_empty:
        return figure
    west, south, east, north = everything.bounds
    stretch = cos(radians((south + north) / 2))
    for position, label in enumerate(classes.labels):
        members = [area for area in areas if area.value is not None and classes.position(area.value) == position]
        _add_class(figure, [shapes[area.code] for area in members], voice.say(label), CLASSES[position + (len(CLASSES) - len(classes.labels))])
    hidden = [area for area in areas if area.value is None]
    if hidden:
        _add_class(figure, [shapes[area.code] for area in hidden], voice.say(Text("受保护", "protected")), None)
    for zone in sorted({area.zone for area in areas}):
        joined = unary_union([shapes[area.code].buffer(1e-6) for area in areas if area.zone == zone])
        x, y = _path(MultiPolygon([joined]) if isinstance(joined, Polygon) else joined)
        figure.add_trace(go.Scatter(x=x, y=y, mode="lines", line={"color": INK, "width": 1.6}, hoverinfo="skip", showlegend=False))
    points = {
        area.code: shapely.maximum_inscribed_circle(max(shapes[area.code].geoms, key=lambda part: part.area)).coords[0]
        for area in areas
        if shapes[area.code].geoms
    }
    named = [area for area in areas if area.code in points]
    figure.add_trace(
        go.Scatter(
            x=[points[area.code][0] for area in named],
            y=[points[area.code][1] for area in named],
            mode="text",
            text=[area.label for area in named],
            textfont={
                "size": 11,
                "color": [
                    PAPER if area.value is not None and classes.position(area.value) + len(CLASSES) - len(classes.labels) >= 3 else INK
                    for area in named
                ],
            },
            customdata=[area.words for area in named],
            hovertemplate="%{customdata}<extra></extra>",
            showlegend=False,
        )
    )
    margin = (east - west) * 0.015
    bare = {"visible": False, "fixedrange": True}
    figure.update_xaxes(**bare, range=[west - margin, east + margin], constrain="domain")
    figure.update_yaxes(**bare, range=[south - margin, north + margin], scaleanchor="x", scaleratio=1 / stretch, constrain="domain")
    figure.update_layout(hovermode="closest", legend={"font": {"size": 11}, "itemwidth": 30, "tracegroupgap": 2}, margin_t=56)
    return figure


def _add_class(figure: go.Figure, shapes: list[MultiPolygon], name: str, colour: str | None) -> None:
    """Add all townships of one class as one filled line, and its key even where it is empty."""
    x, y = _path(MultiPolygon([part for shape in shapes for part in shape.geoms]))
    filled = {"fillcolor": colour} if colour else {"fillcolor": PROTECTED_PAPER, "fillpattern": protected_pattern()}
    figure.add_trace(
        go.Scatter(x=x, y=y, mode="lines", fill="toself", line={"color": PAPER, "width": 1.2}, hoverinfo="skip", showlegend=False, **filled)
    )
    key = {"size": 12, "symbol": "square", "color": colour or PROTECTED_PAPER, "line": {"color": PROTECTED, "width": 1}}
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
