"""How every figure looks: one calm palette, one layout, no template.

Plotly's default template travels inside every figure and is checked again at every copy; a small layout of our own keeps a figure at
two or three kilobytes. Blue only: red and green by sign would judge numbers that measure enforcement as much as drugs.
"""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go

FONT_FAMILY = "'Microsoft YaHei', 'PingFang SC', 'Noto Sans CJK SC', 'Source Han Sans SC', 'Noto Sans SC', sans-serif"
INK = "#1B2B3A"
MUTED = "#5A6B7B"
GRID = "#E2E8EE"
PAPER = "#FFFFFF"
BLUE = "#1F5A8F"
PALE_BLUE = "#BFD3E4"
TEAL = "#3E8E8C"
GOLD = "#B07D2B"
PROTECTED = "#66747F"
PROTECTED_PAPER = "#F1F3F5"
SERIES = (BLUE, GOLD, TEAL, "#7A6A9B", "#6B7F8C")
CLASSES = ("#EEF4F9", "#CFE0EE", "#9FC2DD", "#6399C4", "#2F6DA3", "#174570")

# The mode bar covers titles on a phone and its picture export has no Chinese font; Plotly's own words are Chinese all the same.
ENLARGED: dict[str, Any] = {
    "displayModeBar": False,
    "scrollZoom": True,
    "doubleClick": "reset",
    "showTips": False,
    "locale": "zh-CN",
    "locales": {
        "zh-CN": {
            "dictionary": {},
            "format": {
                "days": ["星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"],
                "shortDays": ["日", "一", "二", "三", "四", "五", "六"],
                "months": [f"{month}月" for month in range(1, 13)],
                "shortMonths": [f"{month}月" for month in range(1, 13)],
                "date": "%Y-%m-%d",
            },
        }
    },
}


def base_figure(height: int, *, legend: bool = False, left: int = 8, right: int = 16) -> go.Figure:
    """Return an empty figure in the house layout.

    Args:
        height: Height in pixels; the width follows the screen.
        legend: Whether a legend stands above the plot; room is kept for it.
        left: Left margin in pixels.
        right: Right margin in pixels.
    """
    return go.Figure(
        layout={
            "template": None,
            "height": height,
            "margin": {"l": left, "r": right, "t": 34 if legend else 10, "b": 8, "pad": 4},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": FONT_FAMILY, "size": 13, "color": INK},
            "showlegend": legend,
            "legend": {"orientation": "h", "x": 0, "y": 1.0, "yanchor": "bottom", "xanchor": "left", "font": {"size": 12}, "itemclick": False},
            "hoverlabel": {"bgcolor": PAPER, "bordercolor": GRID, "font": {"family": FONT_FAMILY, "size": 13, "color": INK}},
            "dragmode": False,
            "bargap": 0.35,
        }
    )


def value_axis(**more: Any) -> dict[str, Any]:
    """Return the settings of an axis of numbers: light lines, from zero."""
    return {
        "showgrid": True,
        "gridcolor": GRID,
        "zeroline": True,
        "zerolinecolor": GRID,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": MUTED},
        "rangemode": "tozero",
        "fixedrange": True,
        "automargin": True,
        "exponentformat": "none",
        "separatethousands": True,
        **more,
    }


def name_axis(**more: Any) -> dict[str, Any]:
    """Return the settings of an axis of names or periods: every label, no lines."""
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": INK},
        "fixedrange": True,
        "automargin": True,
        **more,
    }


def note_style() -> dict[str, Any]:
    """Return the look of a remark inside a figure."""
    return {"showarrow": False, "font": {"size": 11, "color": MUTED}}


def protected_pattern() -> dict[str, Any]:
    """Return the hatching that means "protected": it has no height to read."""
    return {"shape": "/", "size": 6, "solidity": 0.25, "fgcolor": "#B4BEC7", "bgcolor": PROTECTED_PAPER}


def provisional_pattern() -> dict[str, Any]:
    """Return the lying stripes that mean "provisional"; also in grey they differ from a settled column."""
    return {"shape": "-", "size": 5, "solidity": 0.3, "fgcolor": BLUE, "bgcolor": PALE_BLUE}


def unstable_pattern(colour: str) -> dict[str, Any]:
    """Return the hatching over a class colour that means "few events, may change by chance"; it leans the other way than "protected"."""
    return {"shape": "\\", "size": 7, "solidity": 0.18, "fgcolor": MUTED, "bgcolor": colour}
