"""A figure as SVG text, drawn on the server: it needs no program in the browser, prints whole and is sharp at any size.

The description of a picture is its Plotly figure, of which the charts use a small part (:mod:`charts.grammar`). This module draws that part and
refuses the rest, so that the page, the enlarged figure and the image cannot differ. A drawing is made for a width: labels are set where there is
room.
"""

from __future__ import annotations

import base64
import html
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy
import plotly.graph_objects as go

from charts.axes import Axis, axis_of, begun, text_width, thinned
from charts.grammar import check
from charts.theme import FONT_FAMILY, GRID, INK, MUTED

WIDTHS = {"narrow": 340, "middle": 480, "wide": 700}
"""The widths of drawings on a page: of a card on a phone, of one of two abreast on a desk, and of one on a large screen."""

SMALL = 12.0
ROW_APART = 1.1  # of the size of a text, from one of its rows to the next
KEY_ROW, SWATCH, KEY_GAP = 20, 14, 16
TICK_ROOM, TITLE_ROOM = 24, 18
LEFT_EDGE, LABEL_GAP = 8, 8
ROOM_BESIDE = 1.5  # columns wide that the number of a column may be
HIT_RADIUS = 12  # pixels around a dot that answer to a finger
SLANTS = {"/": 45, "\\": -45, "-": 90}
DASHES = {"dot": "2 3", "dash": "6 4"}

_MARKUP = re.compile(r"</?b>")


@dataclass
class _Canvas:
    """What is drawn so far, from the ground up."""

    width: float
    height: float
    x: Axis
    y: Axis
    name: str = ""
    ground: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)
    defined: dict[str, str] = field(default_factory=dict)

    @property
    def left(self) -> float:
        return self.x.begin

    @property
    def right(self) -> float:
        return self.x.end

    @property
    def top(self) -> float:
        return self.y.end

    @property
    def bottom(self) -> float:
        return self.y.begin


def svg(figure: go.Figure, width: int, alt: str = "", name: str = "drawing") -> str:
    """Draw a figure for a width.

    Args:
        figure: The figure, made of what :mod:`charts.grammar` lists.
        width: Width in pixels.
        alt: The same in words, for somebody who cannot see it.
        name: Name of the picture, unique on a page: what a drawing refers to within itself is called by it.

    Returns:
        One ``<svg>`` element.

    Raises:
        NotDrawable: If it is made of anything else.
    """
    described = figure.to_plotly_json()
    traces, layout = [_unpacked(trace) for trace in described["data"]], described["layout"]
    check(traces, layout)
    canvas = _canvas(traces, layout, width)
    canvas.name = f"{name}-{width}"
    _draw_axes(canvas, layout)
    for shape in layout.get("shapes", ()):
        _draw_shape(canvas, shape)
    bars = [trace for trace in traces if trace["type"] == "bar"]
    for position, trace in enumerate(bars):
        _draw_bars(canvas, trace, position, bars, layout)
    hits = _Hits()
    for trace in traces:
        if trace["type"] == "scatter":
            _draw_scatter(canvas, trace, hits)
        hits.add_columns(canvas, trace)
    hits.write(canvas)
    for note in layout.get("annotations", ()):
        _draw_note(canvas, note)
    _draw_key(canvas, traces, layout)
    return _written(canvas, alt)


def _written(canvas: _Canvas, alt: str) -> str:
    size = f'viewBox="0 0 {_px(canvas.width)} {_px(canvas.height)}" width="{_px(canvas.width)}" height="{_px(canvas.height)}"'
    defined = f"<defs>{''.join(canvas.defined.values())}</defs>" if canvas.defined else ""
    drawn = "".join((*canvas.ground, *canvas.marks, *canvas.texts, *canvas.touched))
    spoken = f' role="img" aria-label="{_quoted(alt)}"' if alt else ""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT_FAMILY}" fill="{INK}"{spoken}>{defined}{drawn}</svg>'


def _unpacked(described: Any) -> Any:
    """Return a part of a figure with its numbers as numbers: Plotly packs them into bytes."""
    if isinstance(described, dict):
        if "bdata" in described:
            return numpy.frombuffer(base64.b64decode(described["bdata"]), dtype=described["dtype"])
        return {name: _unpacked(inner) for name, inner in described.items()}
    return described


def _canvas(traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any], width: int) -> _Canvas:
    """Lay out the picture: room for the key and the words of breaks above, for labels on the left and below."""
    across, along = layout.get("xaxis", {}), layout.get("yaxis", {})
    is_map = along.get("scaleanchor") is not None
    key = KEY_ROW * len(_key_rows(traces, layout, width))
    breaks = max((note.get("yshift", 0) + 18 for note in layout.get("annotations", ()) if note.get("yref") == "paper" and note["y"] == 1), default=0)
    top = key + breaks + (4 if is_map else 14)
    below = 4 if is_map or not _has_labels(across) else TICK_ROOM + (TITLE_ROOM if across.get("title") else 0)
    height = max(layout["height"] - layout["margin"]["t"] - TICK_ROOM, 60) + top + below
    y = axis_of(along, _held(traces, "y"), height - top - below)
    labels = [text_width(label, _size(along)) for _, label in y.ticks]
    left = LEFT_EDGE + (max(labels) + LABEL_GAP if labels else 0)
    right = width - max(layout["margin"]["r"], 8)
    x = axis_of(across, _held(traces, "x"), right - left)
    if is_map:
        return _fitted(_Canvas(width, height, x.across(left, right), y.across(height - below, top)), along["scaleratio"])
    return _Canvas(width, height, x.across(left, right), y.across(height - below, top))


def _fitted(canvas: _Canvas, ratio: float) -> _Canvas:
    """Return a map's canvas with one scale in both directions, in the middle of its room."""
    x, y = canvas.x, canvas.y
    scale = min((x.end - x.begin) / (x.high - x.low), (y.begin - y.end) / ((y.high - y.low) * ratio))
    half, tall = scale * (x.high - x.low) / 2, scale * ratio * (y.high - y.low)
    middle = (x.begin + x.end) / 2
    height = canvas.height - (y.begin - y.end) + tall
    return _Canvas(canvas.width, height, x.across(middle - half, middle + half), y.across(y.end + tall, y.end))


def _held(traces: Iterable[Mapping[str, Any]], along: str) -> list[Any]:
    """Return every coordinate along an axis."""
    return [trace[along] for trace in traces if trace.get(along) is not None]


def _has_labels(axis: Mapping[str, Any]) -> bool:
    return bool(axis.get("visible", True) and axis.get("showticklabels", True))


def _size(axis: Mapping[str, Any]) -> float:
    return float(axis.get("tickfont", {}).get("size", SMALL))


def _draw_axes(canvas: _Canvas, layout: Mapping[str, Any]) -> None:
    across, along = layout.get("xaxis", {}), layout.get("yaxis", {})
    colour = along.get("tickfont", {}).get("color", MUTED)
    for value, label in canvas.y.ticks:
        y = canvas.y.at(value)
        if along.get("showgrid"):
            canvas.ground.append(_line(canvas.left, y, canvas.right, y, GRID))
        canvas.texts.append(_text(canvas.left - LABEL_GAP, y, label, _size(along), colour, "end", kind="axis"))
    colour, size = across.get("tickfont", {}).get("color", MUTED), _size(across)
    for value, label in thinned(canvas.x, size):
        x = canvas.x.at(value)
        if across.get("showgrid"):
            canvas.ground.append(_line(x, canvas.top, x, canvas.bottom, GRID))
        half = text_width(label, size) / 2
        inside = min(max(x, half), canvas.width - half)
        canvas.texts.append(_text(inside, canvas.bottom + 14, label, size, colour, "middle", kind="axis"))
    if across.get("type") == "date":
        ends = [_line(at, canvas.bottom, at, canvas.bottom + 4, "#B4BEC7") for at in map(canvas.x.at, begun(canvas.x.low, canvas.x.high, "QS"))]
        canvas.ground += ends
    if not canvas.x.names and canvas.y.low <= 0 <= canvas.y.high and along.get("zeroline"):
        canvas.ground.append(_line(canvas.left, canvas.y.at(0), canvas.right, canvas.y.at(0), "#B4BEC7"))
    title = (across.get("title") or {}).get("text")
    if title:
        canvas.texts.append(_text((canvas.left + canvas.right) / 2, canvas.bottom + TICK_ROOM + 8, title, 11, MUTED, "middle"))


def _draw_shape(canvas: _Canvas, shape: Mapping[str, Any]) -> None:
    line = shape.get("line", {})
    x0, x1 = (_on(canvas.x, shape.get("xref", "x"), shape[name], canvas.left, canvas.right) for name in ("x0", "x1"))
    y0, y1 = (_on(canvas.y, shape.get("yref", "y"), shape[name], canvas.bottom, canvas.top) for name in ("y0", "y1"))
    if shape["type"] == "line":
        canvas.ground.append(_line(x0, y0, x1, y1, line["color"], line.get("width", 1), line.get("dash", "")))
    else:
        x0, x1 = max(x0, canvas.left), min(x1, canvas.right)
        canvas.ground.insert(0, _rectangle(x0, min(y0, y1), x1 - x0, abs(y1 - y0), shape["fillcolor"]))


def _on(axis: Axis, ref: str, value: Any, begin: float, end: float) -> float:
    """Return the pixel of a coordinate of the figure's paper or of an axis, on which a logarithmic one is given as its logarithm."""
    if ref == "paper" or ref.endswith("domain"):
        return begin + float(value) * (end - begin)
    (place,) = axis.places([value])
    if place is None:
        raise ValueError("a shape or note without a place")
    return axis.along(place)


def _draw_bars(canvas: _Canvas, trace: Mapping[str, Any], position: int, bars: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> None:
    """Draw a trace of bars; several at one place stand beside each other."""
    lies = trace.get("orientation") == "h"
    across, along = (canvas.y, canvas.x) if lies else (canvas.x, canvas.y)
    places = across.places(trace["y" if lies else "x"])
    values = along.places(trace["x" if lies else "y"])
    thick, shift = _thickness(across, position, bars, layout)
    bases = trace.get("base")
    for number, (place, value) in enumerate(zip(places, values, strict=True)):
        if place is None or value is None:
            continue
        base = 0.0 if bases is None else float(bases[number])
        middle = across.at(place) + shift
        begin, end = along.at(base), along.at(base + value)
        fill = _fill(canvas, trace["marker"], number)
        low, size = min(begin, end), abs(end - begin)
        box = (low, middle - thick / 2, size, thick) if lies else (middle - thick / 2, low, thick, size)
        canvas.marks.append(_rectangle(*box, fill, rounded=2 if thick > 8 else 0, edge=' class="bar"'))
        _label_bar(canvas, trace, number, lies, (begin, end, middle, thick))


def _thickness(across: Axis, position: int, bars: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> tuple[float, float]:
    """Return how thick a bar is and how far from its place it stands, in pixels."""
    trace = bars[position]
    along = "y" if trace.get("orientation") == "h" else "x"
    held = [[place for place in across.places(one[along]) if place is not None] for one in bars]
    every = [place for places in held for place in places]
    distinct = sorted(set(every))
    apart = min((after - before for before, after in itertools.pairwise(distinct)), default=1.0)
    unit = abs(across.end - across.begin) / (across.high - across.low)
    thick = float(trace["width"]) if trace.get("width") is not None else apart * (1 - layout.get("bargap", 0.2))
    if len(every) == len(distinct):
        return thick * unit, 0.0
    each = thick * unit / len(bars)
    return each, each * (position - (len(bars) - 1) / 2)


def _label_bar(canvas: _Canvas, trace: Mapping[str, Any], number: int, lies: bool, box: tuple[float, float, float, float]) -> None:
    texts = trace.get("text")
    if texts is None or not str(texts[number]).strip():
        return
    begin, end, middle, thick = box
    label, font = str(texts[number]).strip(), trace["textfont"]
    if lies:
        beside = min(max(begin, end) + 6, canvas.width - text_width(_MARKUP.sub("", label), font["size"]) - 2)
        canvas.texts.append(_text(beside, middle, label, font["size"], font["color"], "start"))
    elif text_width(_MARKUP.sub("", label), font["size"]) > thick * ROOM_BESIDE:
        return  # it would run into its neighbours; the point's words and the table have it
    elif abs(end - begin) >= font["size"] + 8:
        canvas.texts.append(_text(middle, begin - font["size"] / 2 - 4, label, font["size"], font["color"], "middle"))
    else:  # too low to write in
        canvas.texts.append(_text(middle, min(begin, end) - font["size"] / 2 - 2, label, font["size"], INK, "middle"))


def _fill(canvas: _Canvas, marker: Mapping[str, Any], number: int) -> str:
    """Return how a mark is filled: one colour, a colour of its own, or a hatching."""
    colours = marker["color"]
    colour = colours if isinstance(colours, str) else str(colours[number])
    pattern = marker.get("pattern")
    return _hatching(canvas, pattern) if pattern else colour


def _hatching(canvas: _Canvas, pattern: Mapping[str, Any]) -> str:
    """Return a reference to a hatching: lines of one slant on a ground."""
    shape, size, ground, lines = pattern["shape"], pattern["size"], pattern["bgcolor"], pattern["fgcolor"]
    name = f"{canvas.name}-{SLANTS[shape]}{ground.lstrip('#')}"
    canvas.defined[name] = (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse" patternTransform="rotate({SLANTS[shape]})">'
        f'<rect width="{size}" height="{size}" fill="{ground}"/><rect width="1.5" height="{size}" fill="{lines}"/></pattern>'
    )
    return f"url(#{name})"


def _draw_scatter(canvas: _Canvas, trace: Mapping[str, Any], hits: _Hits) -> None:
    points = list(zip(canvas.x.places(trace["x"]), canvas.y.places(trace["y"]), strict=True))
    mode = trace["mode"]
    if trace.get("fill") == "toself":
        _draw_area(canvas, trace, points, hits)
    elif "lines" in mode:
        _draw_line(canvas, trace["line"], points)
    if "markers" in mode:
        for number, (x, y) in enumerate(points):
            if x is not None and y is not None:
                _draw_dot(canvas, trace["marker"], canvas.x.at(x), canvas.y.at(y))
                said = trace.get("customdata")
                if said is not None and "lines" not in mode and said[number]:
                    hits.add(f'<circle cx="{_px(canvas.x.at(x))}" cy="{_px(canvas.y.at(y))}" r="{HIT_RADIUS}"', str(said[number]))
    if "text" in mode:
        _write_beside(canvas, trace, points)


def _draw_area(canvas: _Canvas, trace: Mapping[str, Any], points: Sequence[tuple[float | None, float | None]], hits: _Hits) -> None:
    path = "".join(f"{_path(canvas, run)}Z" for run in _runs(points))
    if not path:
        return
    fill = _hatching(canvas, trace["fillpattern"]) if trace.get("fillpattern") else trace["fillcolor"]
    line = trace.get("line", {})
    stroke = f' stroke="{line["color"]}" stroke-width="{line["width"]}"' if line.get("width") else ""
    canvas.marks.append(f'<path d="{path}" fill="{fill}" fill-rule="evenodd"{stroke}/>')
    if trace.get("hoveron") == "fills" and trace.get("text"):
        hits.add(f'<path d="{path}"', str(trace["text"]))


def _draw_line(canvas: _Canvas, line: Mapping[str, Any], points: Sequence[tuple[float | None, float | None]]) -> None:
    runs = [_steps(run) if line.get("shape") == "hvh" else run for run in _runs(points)]
    path = "".join(_path(canvas, run) for run in runs if len(run) > 1)
    if path and line.get("width"):
        dash = f' stroke-dasharray="{DASHES[line["dash"]]}"' if line.get("dash", "solid") != "solid" else ""
        style = f'class="line" stroke="{line["color"]}" stroke-width="{line["width"]}" stroke-linejoin="round"{dash}{_clipped(canvas, runs)}'
        canvas.marks.append(f'<path d="{path}" fill="none" {style}/>')


def _clipped(canvas: _Canvas, runs: Iterable[Sequence[tuple[float, float]]]) -> str:
    """Return what cuts a line at the top of the plot, where it goes beyond it."""
    if all(y <= canvas.y.high for run in runs for _, y in run):
        return ""
    name = f"{canvas.name}-plot"
    canvas.defined[name] = (
        f'<clipPath id="{name}"><rect x="0" y="{_px(canvas.top)}" width="{_px(canvas.width)}" height="{_px(canvas.height)}"/></clipPath>'
    )
    return f' clip-path="url(#{name})"'


def _runs(points: Iterable[tuple[float | None, float | None]]) -> Iterator[list[tuple[float, float]]]:
    """Return the points between gaps."""
    run: list[tuple[float, float]] = []
    for x, y in points:
        if x is not None and y is not None:
            run.append((x, y))
            continue
        if run:
            yield run
        run = []
    if run:
        yield run


def _steps(run: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return a line that keeps its height around every point and changes it halfway."""
    stepped = [run[0]]
    for (x0, y0), (x1, y1) in itertools.pairwise(run):
        middle = (x0 + x1) / 2
        stepped += [(middle, y0), (middle, y1), (x1, y1)]
    return stepped


def _path(canvas: _Canvas, run: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{_px(canvas.x.at(x))} {_px(canvas.y.at(y))}" for x, y in run)


def _draw_dot(canvas: _Canvas, marker: Mapping[str, Any], x: float, y: float) -> None:
    edge = marker.get("line", {})
    stroke = f' stroke="{edge["color"]}" stroke-width="{edge.get("width", 1)}"' if edge.get("width") else ""
    half = marker["size"] / 2
    if marker.get("symbol") == "diamond":
        canvas.marks.append(f'<path d="M{_px(x)} {_px(y - half)}l{half} {half} {-half} {half} {-half} {-half}Z" fill="{marker["color"]}"/>')
    elif marker.get("symbol") == "square":
        canvas.marks.append(_rectangle(x - half, y - half, 2 * half, 2 * half, marker["color"], edge=stroke))
    else:
        canvas.marks.append(f'<circle cx="{_px(x)}" cy="{_px(y)}" r="{_px(half)}" fill="{marker["color"]}"{stroke}/>')


def _write_beside(canvas: _Canvas, trace: Mapping[str, Any], points: Sequence[tuple[float | None, float | None]]) -> None:
    font, position = trace["textfont"], trace.get("textposition", "middle center")
    for number, (x, y) in enumerate(points):
        label = str(trace["text"][number])
        if x is None or y is None or not label.strip():
            continue
        colour = font["color"] if isinstance(font["color"], str) else font["color"][number]
        at_x, at_y = canvas.x.at(x), canvas.y.at(y)
        if position == "middle right":
            canvas.texts.append(_text(at_x + 8, at_y, label.strip(), font["size"], colour, "start"))
        elif position == "top center":
            half = text_width(_MARKUP.sub("", label), font["size"]) / 2 + 2
            canvas.texts.append(_text(min(max(at_x, half), canvas.width - half), at_y - font["size"] / 2 - 7, label, font["size"], colour, "middle"))
        else:
            canvas.texts.append(_text(at_x, at_y, label, font["size"], colour, "middle"))


def _draw_note(canvas: _Canvas, note: Mapping[str, Any]) -> None:
    x = _on(canvas.x, note.get("xref", "x"), note["x"], canvas.left, canvas.right) + note.get("xshift", 0)
    y = _on(canvas.y, note.get("yref", "y"), note["y"], canvas.bottom, canvas.top) - note.get("yshift", 0)
    font = note["font"]
    rows = note["text"].count("<br>") + 1
    if note.get("yanchor") == "bottom":
        y -= rows * font["size"] * 0.6 + 2
    anchor = {"left": "start", "right": "end"}.get(note.get("xanchor", "center"), "middle")
    turned = note.get("textangle", 0)
    canvas.texts.append(_text(x, y, note["text"], font["size"], font["color"], anchor, turned=turned, halo=note.get("bgcolor", "")))


@dataclass
class _Hits:
    """What answers to a pointer, a finger or an arrow key: invisible shapes, each with its words."""

    shapes: list[tuple[str, str]] = field(default_factory=list)
    columns: dict[tuple[str, float], list[str]] = field(default_factory=dict)

    def add(self, shape: str, words: str) -> None:
        self.shapes.append((shape, words))

    def add_columns(self, canvas: _Canvas, trace: Mapping[str, Any]) -> None:
        """Note the words of bars and of points of lines: they answer over the whole height or row of their place."""
        said = trace.get("customdata")
        if said is None or (trace["type"] == "scatter" and "lines" not in trace["mode"]):
            return
        lies = trace.get("orientation") == "h"
        axis = canvas.y if lies else canvas.x
        for place, words in zip(axis.places(trace["y" if lies else "x"]), said, strict=True):
            if place is None or not words:
                continue
            held = self.columns.setdefault(("y" if lies else "x", axis.at(place)), [])
            if words not in held:
                held.append(str(words))

    def write(self, canvas: _Canvas) -> None:
        for along in ("x", "y"):
            centres = sorted(at for axis, at in self.columns if axis == along)
            ends = (canvas.left, canvas.right) if along == "x" else (canvas.top, canvas.bottom)
            borders = [ends[0], *((one + other) / 2 for one, other in itertools.pairwise(centres)), ends[1]]
            for centre, low, high in zip(centres, borders, borders[1:], strict=False):
                place = (low, canvas.top, high - low, canvas.bottom - canvas.top) if along == "x" else (0, low, canvas.width, high - low)
                box = " ".join(f'{name}="{_px(size)}"' for name, size in zip(("x", "y", "width", "height"), place, strict=True))
                self.shapes.append((f"<rect {box}", "\n".join(self.columns[along, centre])))
        for shape, words in self.shapes:
            tag = shape[1 : shape.index(" ")]
            canvas.touched.append(f'{shape} class="point" fill="none" pointer-events="all"><title>{_plain(words)}</title></{tag}>')


def _key_rows(traces: Iterable[Mapping[str, Any]], layout: Mapping[str, Any], width: float) -> list[list[tuple[float, Mapping[str, Any]]]]:
    """Return the key: for every row where each entry begins, and the trace it stands for."""
    if not layout.get("showlegend"):
        return []
    rows: list[list[tuple[float, Mapping[str, Any]]]] = []
    at = width
    for trace in traces:
        if not trace.get("name") or trace.get("showlegend") is False:
            continue
        long = SWATCH + 6 + text_width(html.unescape(trace["name"]), SMALL)
        if at + long > width - 4:
            rows.append([])
            at = float(LEFT_EDGE)
        rows[-1].append((at, trace))
        at += long + KEY_GAP
    return rows


def _draw_key(canvas: _Canvas, traces: Sequence[Mapping[str, Any]], layout: Mapping[str, Any]) -> None:
    for row, entries in enumerate(_key_rows(traces, layout, canvas.width)):
        y = KEY_ROW * (row + 0.5) + 1
        for x, trace in entries:
            canvas.marks.append(_swatch(canvas, trace, x, y))
            canvas.texts.append(_text(x + SWATCH + 6, y, trace["name"], SMALL, INK, "start"))


def _swatch(canvas: _Canvas, trace: Mapping[str, Any], x: float, y: float) -> str:
    if trace["type"] == "bar":
        return _rectangle(x, y - 5, SWATCH, 10, _fill(canvas, trace["marker"], 0))
    if "lines" in trace["mode"]:
        line = trace["line"]
        return _line(x, y, x + SWATCH, y, line["color"], line["width"], line.get("dash", ""))
    marker = trace["marker"]
    fill = _hatching(canvas, trace["fillpattern"]) if trace.get("fillpattern") else marker["color"]
    edge = marker["line"]
    return _rectangle(x, y - 6, 12, 12, fill, edge=f' stroke="{edge["color"]}" stroke-width="{edge["width"]}"')


def _line(x0: float, y0: float, x1: float, y1: float, colour: str, width: float = 1, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{DASHES[dash]}"' if dash and dash != "solid" else ""
    ends = " ".join(f'{name}="{_px(at)}"' for name, at in zip(("x1", "y1", "x2", "y2"), (x0, y0, x1, y1), strict=True))
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _rectangle(x: float, y: float, width: float, height: float, fill: str, *, rounded: float = 0, edge: str = "") -> str:
    corner = f' rx="{rounded}"' if rounded else ""
    return f'<rect x="{_px(x)}" y="{_px(y)}" width="{_px(max(width, 0))}" height="{_px(max(height, 0))}" fill="{fill}"{corner}{edge}/>'


def _text(x: float, y: float, marked: str, size: float, colour: str, anchor: str, *, turned: float = 0, halo: str = "", kind: str = "") -> str:
    """Write a text around a height: lines below each other, bold where the figure has it so."""
    is_bold = "<b>" in marked
    rows = _MARKUP.sub("", marked).split("<br>")
    first = y - (len(rows) - 1) * size * ROW_APART / 2 + size * 0.36
    style = f'font-size="{size:g}" fill="{colour}" text-anchor="{anchor}"'
    style += ' font-weight="700"' if is_bold else ""
    style += f' class="{kind}"' if kind else ""
    style += f' transform="rotate({turned:g} {_px(x)} {_px(y)})"' if turned else ""
    style += f' stroke="{halo}" stroke-width="3" paint-order="stroke"' if halo else ""
    if len(rows) == 1:
        return f'<text x="{_px(x)}" y="{_px(first)}" {style}>{_plain(rows[0])}</text>'
    lines = "".join(f'<tspan x="{_px(x)}" y="{_px(first + place * size * ROW_APART)}">{_plain(row)}</tspan>' for place, row in enumerate(rows))
    return f"<text {style}>{lines}</text>"


def _plain(marked: str) -> str:
    """Return words of a figure as they stand in XML: figures hold them with the signs of tags written out, or not."""
    return html.escape(html.unescape(marked), quote=False)


def _quoted(words: str) -> str:
    return html.escape(words)


def _px(pixels: float) -> str:
    return f"{pixels:.1f}".removesuffix(".0")
