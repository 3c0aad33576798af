"""What stands around a picture, on its card and in what is taken from it: indicator, unit, period, definition and source."""

from __future__ import annotations

from charts.picture import Picture
from charts.words import unit_of
from indicators.caveats import CAVEATS
from indicators.model import Indicator, Kind
from ui.markup import items, text
from ui.view import View


def what(view: View, indicator: Indicator, picture: Picture) -> str:
    """Write what a picture shows, in which unit and of when."""
    unit = picture.unit or unit_of(view.voice, indicator)
    title = view.say(indicator.title)
    parts = [title]
    if indicator.kind is not Kind.SUM:
        parts.append(f"单位:{unit}" if view.voice.is_chinese else f"unit: {unit}")
    if picture.as_of:
        parts.append(picture.as_of)
    return " · ".join(parts)


def definition(view: View, indicator: Indicator) -> str:
    """Return as HTML what an indicator counts and what to mind."""
    head = f"<strong>{text(view.say(indicator.title))}</strong>{':' if view.voice.is_chinese else ': '}{text(view.say(indicator.definition))}"
    return f"<p>{head}</p>{items([view.say(CAVEATS[key]) for key in indicator.caveats])}"


def source(view: View, indicator: Indicator) -> str:
    """Write where a number comes from and of which build it is."""
    owner = view.say(indicator.owner)
    stamp = view.stamp
    return f"来源:{owner} · 第{stamp.number}版" if view.voice.is_chinese else f"Source: {owner} · build {stamp.number}"
