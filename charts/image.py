"""A picture as a PNG that stands alone: its sentence above, its source and edition beneath, drawn by the server without a browser."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

import plotly.graph_objects as go
import pylopdf_fonts_zh_cn
import resvg_py

from charts.axes import text_width
from charts.svg import svg
from charts.theme import INK, MUTED

WIDTH, HEIGHT = 1920, 1080
EDGE = 72
TITLE_SIZE, CAPTION_SIZE, FOOT_SIZE = 44, 28, 26
LINE = 1.35
LEAST_SCALE, SCALE = 1.0, 2.2  # how much larger than on a page a drawing is
FONT = "Noto Sans SC"
_DRAWN_SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)" width="[\d.]+" height="[\d.]+"')
_UNBROKEN = re.compile(r"[0-9A-Za-z.,%/+\-−—]+ ?|.")


@dataclass(frozen=True)
class Framed:
    """What stands in an image.

    Attributes:
        title: The finding.
        caption: Indicator, unit and period.
        figure: The figure.
        foot: What must be known, the source and the edition, a line or more each.
    """

    title: str
    caption: str
    figure: go.Figure
    foot: tuple[str, ...]


def png(framed: Framed) -> bytes:
    """Draw an image of 1920 × 1080 pixels."""
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=image_svg(framed),
            skip_system_fonts=True,
            font_files=[str(pylopdf_fonts_zh_cn.sans_path())],
            font_family=FONT,
            sans_serif_family=FONT,
        )
    )


def image_svg(framed: Framed) -> str:
    """Return the image as SVG text."""
    room = WIDTH - 2 * EDGE
    parts = [f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#FFFFFF"/>']
    y = float(EDGE)
    for words, size, colour in ((framed.title, TITLE_SIZE, INK), (framed.caption, CAPTION_SIZE, MUTED)):
        for line in broken(words, size, room):
            y += size * LINE
            parts.append(_line(EDGE, y, line, size, colour))
    foot = [line for words in framed.foot if words for line in broken(words, FOOT_SIZE, room)]
    foot_top = HEIGHT - EDGE - len(foot) * FOOT_SIZE * LINE
    parts += [_line(EDGE, foot_top + (place + 1) * FOOT_SIZE * LINE, line, FOOT_SIZE, MUTED) for place, line in enumerate(foot)]
    parts.append(_fitted(framed.figure, (EDGE, y + 24, room, foot_top - y - 36)))
    family = f'font-family="{FONT}, sans-serif"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" {family}>{"".join(parts)}</svg>'


def _fitted(figure: go.Figure, box: tuple[float, float, float, float]) -> str:
    """Return the figure, as large as its room allows and drawn for the width that this leaves it."""
    left, top, width, height = box
    scale = SCALE
    drawn = svg(figure, round(width / scale), name="image")
    tall = _size(drawn)[1]
    if tall * scale > height:
        scale = max(height / tall, LEAST_SCALE)
        drawn = svg(figure, round(width / scale), name="image")
    wide, tall = _size(drawn)
    place = f'x="{left}" y="{top:.0f}" width="{width}" height="{min(height, tall * scale):.0f}" viewBox="0 0 {wide:g} {tall:g}"'
    return _DRAWN_SIZE.sub(place, drawn, count=1)


def _size(drawn: str) -> tuple[float, float]:
    found = _DRAWN_SIZE.search(drawn)
    if found is None:
        raise ValueError("a drawing without a size")
    return float(found[1]), float(found[2])


def broken(words: str, size: float, width: float) -> Iterator[str]:
    """Break a sentence into lines of a width, never within a number or a Latin word."""
    line = ""
    for part in _UNBROKEN.findall(words.replace("\n", " ")):
        if line and text_width(line + part, size) > width:
            yield line
            line = ""
        line += part
    if line:
        yield line


def _line(x: float, y: float, words: str, size: float, colour: str) -> str:
    return f'<text x="{x}" y="{y:.0f}" font-size="{size}" fill="{colour}">{html.escape(words, quote=False)}</text>'
