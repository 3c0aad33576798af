"""Where a number, a period or a name stands in a picture of a given width: the axes of a figure, in pixels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, isfinite, log10
from typing import Any
from unicodedata import east_asian_width

import numpy
import pandas

LETTER, WIDE_LETTER = 0.58, 0.92
"""The widths of a letter or digit, and of the widest ones, beside that of a Chinese sign, which is as wide as high."""
WIDEST = frozenset("%mMwW@—")
EPOCH, DAY = pandas.Timestamp(0), pandas.Timedelta(days=1)
ROOM_ABOVE = 1.12
STEPS = (1, 2, 5, 10)
LEAST_BETWEEN = 10  # pixels between two labels of an axis


def text_width(text: str, size: float) -> float:
    """Return about how wide a line of text is, in the unit of its size; of several lines the widest."""
    return max((size * sum(map(_width, line)) for line in text.split("<br>")), default=0.0)


def _width(sign: str) -> float:
    if east_asian_width(sign) in "WF":
        return 1.0
    return WIDE_LETTER if sign in WIDEST else LETTER


def numbers(values: Any) -> list[float | None]:
    """Return coordinates as numbers: moments as days, what is absent as none."""
    if values is None:
        return []
    array = numpy.asarray(values)
    return [_number(one) for one in (list(array) if array.dtype.kind == "M" else array.tolist())]


def _number(value: Any) -> float | None:
    if value is None or (isinstance(value, float) and not isfinite(value)):
        return None
    if isinstance(value, int | float):
        return float(value)
    moment = pandas.Timestamp(value)
    return None if moment is pandas.NaT else (moment - EPOCH) / DAY


@dataclass(frozen=True)
class Axis:
    """One axis of a figure.

    Attributes:
        low: The number at its beginning; of a logarithmic axis the logarithm.
        high: The number at its end.
        names: What stands on an axis of names, in order; empty on others.
        ticks: Where labels stand, each with its label.
        begin: The pixel of its beginning.
        end: The pixel of its end; before it on an axis that runs upwards.
        is_logarithmic: Whether it is logarithmic.
    """

    low: float
    high: float
    names: tuple[str, ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    begin: float = 0.0
    end: float = 1.0
    is_logarithmic: bool = False

    def at(self, value: float) -> float:
        """Return the pixel of a number."""
        return self.along(log10(value) if self.is_logarithmic else value)

    def along(self, place: float) -> float:
        """Return the pixel of a place that is given as the ends are: on a logarithmic axis as a logarithm."""
        return self.begin + (place - self.low) / (self.high - self.low) * (self.end - self.begin)

    def places(self, values: Any) -> list[float | None]:
        """Return coordinates as numbers: names as their place in the order of the axis."""
        if self.names:
            return [float(self.names.index(str(one))) for one in values]
        return numbers(values)

    def across(self, begin: float, end: float) -> Axis:
        """Return the axis laid over some pixels."""
        return replace(self, begin=begin, end=end)


def axis_of(settings: Mapping[str, Any], held: Sequence[Any], length: float) -> Axis:
    """Return an axis by its settings in a figure and what is drawn along it.

    Args:
        settings: ``layout.xaxis`` or ``layout.yaxis`` of a figure.
        held: The coordinates of every mark along this axis.
        length: Its length in pixels, which decides how many labels it has.
    """
    kind = settings.get("type", "linear")
    if kind == "category":
        names = tuple(settings.get("categoryarray", dict.fromkeys(str(one) for values in held for one in values)))
        return Axis(-0.5, len(names) - 0.5, names, tuple(enumerate(names)))
    low, high = _ends(settings, held)
    return Axis(low, high, (), tuple(_ticks(settings, low, high, length)), is_logarithmic=kind == "log")


def _ends(settings: Mapping[str, Any], held: Sequence[Any]) -> tuple[float, float]:
    if "range" in settings:
        low, high = numbers(list(settings["range"]))
        if low is None or high is None:
            raise ValueError(f"an axis without an end: {settings['range']}")
        return low, high
    found = [one for values in held for one in numbers(values) if one is not None]
    highest, lowest = max(found, default=1.0), min(found, default=0.0)
    if settings.get("rangemode") != "tozero":
        return lowest, highest
    return min(lowest, 0.0) * ROOM_ABOVE, max(highest, 0.0) * ROOM_ABOVE or 1.0


def _ticks(settings: Mapping[str, Any], low: float, high: float, length: float) -> Iterable[tuple[float, str]]:
    if not settings.get("visible", True) or not settings.get("showticklabels", True):
        return []
    if "tickvals" in settings:
        values = [one for one in numbers(settings["tickvals"]) if one is not None]
        labels = settings.get("ticktext", [f"{value:g}" for value in values])
        return zip(values, map(str, labels), strict=True)
    if settings.get("type") == "date":
        return _years(settings["tickformat"], low, high)
    suffix = settings.get("ticksuffix", "")
    step = float(settings["dtick"]) if settings.get("dtick") else _step(high - low, max(2, int(length // 44)))
    first = ceil(low / step - 1e-9)
    return [(step * place, f"{_written(step * place, step)}{suffix}") for place in range(first, floor(high / step + 1e-9) + 1)]


def _years(pattern: str, low: float, high: float) -> list[tuple[float, str]]:
    return [(day, (EPOCH + day * DAY).strftime(pattern)) for day in begun(low, high, "YS")]


def begun(low: float, high: float, every: str) -> list[float]:
    """Return the days between two days on which a year (``YS``) or a quarter (``QS``) begins."""
    return [(one - EPOCH) / DAY for one in pandas.date_range((EPOCH + low * DAY).ceil("D"), EPOCH + high * DAY, freq=every)]


def _step(span: float, parts: int) -> float:
    """Return a round step that divides a span into no more than some parts."""
    rough = span / min(parts, 6)
    power = 10.0 ** floor(log10(rough))
    return next(step * power for step in STEPS if step * power >= rough * 0.999)


def _written(value: float, step: float) -> str:
    decimals = max(0, -floor(log10(step)))
    return f"{value if abs(value) > step / 2 else 0:,.{decimals}f}"


def thinned(axis: Axis, size: float) -> list[tuple[float, str]]:
    """Return the labels of a lying axis that have room beside each other, counted from the last."""
    kept: list[tuple[float, str]] = []
    for value, label in reversed(axis.ticks):
        half = text_width(label, size) / 2
        if not kept or axis.at(value) + half + LEAST_BETWEEN <= axis.at(kept[-1][0]) - text_width(kept[-1][1], size) / 2:
            kept.append((value, label))
    return kept[::-1]
