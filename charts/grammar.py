"""The part of Plotly's grammar that the charts use, down to the values that change what is seen.

A figure is drawn twice: by the server and, enlarged, by Plotly. Whatever the first would leave out or draw otherwise is refused here, so that
a chart that needs more has it drawn in both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Part = Mapping[str, Any]
ANY = object()
"""A value that is drawn as it is, or that only an enlarged figure uses."""

_TEXT: Part = {"size": ANY, "color": ANY, "family": ANY}
_LINE: Part = {"color": ANY, "width": ANY, "dash": {"solid", "dot", "dash"}, "shape": {"linear", "hvh"}}
_HATCHING: Part = {"shape": {"/", "\\", "-"}, "size": ANY, "solidity": ANY, "fgcolor": ANY, "bgcolor": ANY}
_EDGE: Part = {"color": ANY, "width": ANY}
_OF_BOTH: Part = {
    **dict.fromkeys(("x", "y", "text", "customdata", "name", "showlegend"), ANY),
    "textfont": _TEXT,
    "hovertemplate": {"%{customdata}<extra></extra>"},
    "cliponaxis": {False},
}
_TRACES: Mapping[str, Part] = {
    "bar": {
        **_OF_BOTH,
        "type": {"bar"},
        "marker": {"color": ANY, "line": {"width": {0}}, "pattern": _HATCHING},
        "orientation": {"h", "v"},
        "width": ANY,
        "base": ANY,
        "textposition": {"inside", "outside"},
        "insidetextanchor": {"start"},
        "textangle": {0},
    },
    "scatter": {
        **_OF_BOTH,
        "type": {"scatter"},
        "mode": {"lines", "markers", "text", "lines+markers", "markers+text"},
        "line": _LINE,
        "marker": {"color": ANY, "size": ANY, "symbol": {"circle", "diamond", "square"}, "line": _EDGE},
        "fill": {"toself"},
        "fillcolor": ANY,
        "fillpattern": _HATCHING,
        "textposition": {"top center", "middle right", "middle center"},
        "hoverinfo": {"skip", "text"},
        "hoveron": {"fills"},
        "connectgaps": {False},
    },
}
_AXIS: Part = {
    **dict.fromkeys(("range", "tickvals", "ticktext", "ticksuffix", "tickformat", "dtick", "nticks", "categoryarray", "scaleratio"), ANY),
    **dict.fromkeys(("automargin", "fixedrange", "gridcolor", "zerolinecolor", "constrain"), ANY),
    **dict.fromkeys(("showgrid", "zeroline", "showticklabels", "visible"), ANY),
    "type": {"linear", "log", "date", "category"},
    "rangemode": {"normal", "tozero"},
    "categoryorder": {"array"},
    "scaleanchor": {"x"},
    "tickangle": {0},
    "tickfont": _TEXT,
    "title": {"text": ANY, "font": _TEXT},
    "showline": {False},
    "ticks": {""},
    "exponentformat": {"none"},
    "separatethousands": {True},
}
_SHAPE: Part = {
    **dict.fromkeys(("x0", "x1", "y0", "y1", "fillcolor"), ANY),
    "type": {"line", "rect"},
    "xref": {"x", "paper", "x domain"},
    "yref": {"y", "paper", "y domain"},
    "layer": {"below", "above"},
    "line": _LINE,
}
_NOTE: Part = {
    **dict.fromkeys(("x", "y", "xshift", "yshift", "textangle", "text", "font", "bgcolor", "borderpad"), ANY),
    "xref": {"x", "paper"},
    "yref": {"y", "paper"},
    "xanchor": {"left", "center", "right"},
    "yanchor": {"bottom", "middle"},
    "showarrow": {False},
}
_LAYOUT: Part = {
    **dict.fromkeys(("height", "margin", "font", "bargap", "showlegend", "legend"), ANY),
    **dict.fromkeys(("template", "paper_bgcolor", "plot_bgcolor", "hoverlabel", "hovermode", "dragmode"), ANY),
    "xaxis": _AXIS,
    "yaxis": _AXIS,
    "shapes": [_SHAPE],
    "annotations": [_NOTE],
}


class NotDrawable(ValueError):
    """A figure uses something that the server does not draw."""


def check(traces: Iterable[Part], layout: Part) -> None:
    """Check that a figure uses nothing but what is drawn.

    Raises:
        NotDrawable: If it does; the message names the place and the value.
    """
    for trace in traces:
        if trace["type"] not in _TRACES:
            raise NotDrawable(f"a trace of type {trace['type']}")
        _check(trace, _TRACES[trace["type"]], trace["type"])
    _check(layout, _LAYOUT, "layout")


def _check(value: Any, known: Any, place: str) -> None:
    if known is ANY or value is None:
        return
    if isinstance(known, list):
        for one in value:
            _check(one, known[0], place)
    elif isinstance(known, set):
        if value not in known:
            raise NotDrawable(f"{place}: {value}")
    else:
        for name, inner in value.items():
            if name not in known:
                raise NotDrawable(f"{place}.{name}: {inner}")
            _check(inner, known[name], f"{place}.{name}")
