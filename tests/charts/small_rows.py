"""A handful of published rows, written by hand, and the words to ask for them."""

from __future__ import annotations

from typing import Any

import pandas

from charts.rows import Series, cells
from charts.scope import Scope, Voice
from indicators.dimensions import Member
from indicators.model import Grain, Indicator, Release, Text

COUNTY = "990000000000"
NAN = float("nan")
ZONES = [Member("Z1", Text("城区片区", "Urban zone")), Member("Z2", Text("东部片区", "Eastern zone"))]
COLUMNS = [
    "indicator",
    "period",
    "grain",
    "area_code",
    "breakdown",
    "member",
    "member_2",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "status",
]


def row(indicator: str, period: str, value: float = NAN, **more: Any) -> dict[str, Any]:
    """One published row; a value makes it observed, none makes it suppressed, unless said otherwise."""
    status = "suppressed" if pandas.isna(value) else "observed"
    base = {"grain": "month", "area_code": COUNTY, "breakdown": "total", "member": "", "member_2": "", "denominator": NAN, "lower": NAN, "upper": NAN}
    return {"indicator": indicator, "period": pandas.Timestamp(period), "numerator": value, "value": value, "status": status, **base, **more}


def frame(*rows: dict[str, Any]) -> pandas.DataFrame:
    """A table of published rows in the shape of the warehouse."""
    table = pandas.DataFrame(list(rows), columns=COLUMNS)
    table["period"] = pandas.to_datetime(table["period"])
    return table


def months(indicator: str, first: str, values: list[float], **more: Any) -> list[dict[str, Any]]:
    """Monthly rows of one series."""
    return [
        row(indicator, str(month.date()), value, **more)
        for month, value in zip(pandas.date_range(first, periods=len(values), freq="MS"), values, strict=True)
    ]


def scope(until: str, release: str = "internal", language: str = "zh", zone: Member | None = None) -> Scope:
    """What a reader selected."""
    return Scope(Voice(Release(release), language), COUNTY, zone, pandas.Timestamp(until))


def chosen(voice: Voice, indicator: Indicator, rows: pandas.DataFrame, breakdown: str = "total", **part: str) -> Series:
    """The rows of an indicator in the county, all of one grain, as a picture hands them on."""
    at = Scope(voice, COUNTY, None, pandas.Timestamp("2099-12-01"))
    return Series(indicator, at, cells(rows, indicator.id, breakdown, **part), rows, breakdown, None, None, tuple(Grain))
