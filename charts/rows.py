"""Choosing rows of the published table. Nothing here computes a number that was not published, except sums of published events."""

from __future__ import annotations

import pandas

from charts.words import MONTHS_AFTER_THE_FIRST, has_number
from indicators.model import Grain, Status


def cells(
    rows: pandas.DataFrame,
    indicator: str,
    breakdown: str = "total",
    *,
    grain: str | None = None,
    area: str | None = None,
    member: str | None = None,
    until: pandas.Timestamp | None = None,
) -> pandas.DataFrame:
    """Return the rows of one indicator and breakdown, by period.

    Args:
        rows: Published rows of one release.
        indicator: Indicator id.
        breakdown: Breakdown name.
        grain: One grain; all where left out.
        area: One area; all where left out.
        member: One member of the first category; all where left out.
        until: Last month to look at; later periods are left out.
    """
    chosen = rows[(rows["indicator"] == indicator) & (rows["breakdown"] == breakdown)]
    if grain is not None:
        chosen = chosen[chosen["grain"] == grain]
    if area is not None:
        chosen = chosen[chosen["area_code"] == area]
    if member is not None:
        chosen = chosen[chosen["member"] == member]
    chosen = chosen.assign(last=_last_months(chosen))
    if until is not None:
        chosen = chosen[chosen["last"] <= until]
    return chosen.sort_values(["period", "area_code", "member", "member_2"], kind="stable").reset_index(drop=True)


def _last_months(chosen: pandas.DataFrame) -> pandas.Series:
    """Return the last month of every row's period, for all rows at once: one by one they took a third of a page's time."""
    first = pandas.to_datetime(chosen["period"])
    later = chosen["grain"].map(lambda grain: MONTHS_AFTER_THE_FIRST[Grain(grain)]).to_numpy(dtype="timedelta64[M]")
    return pandas.Series((first.to_numpy().astype("datetime64[M]") + later).astype(first.dtype), index=chosen.index)


def newest(chosen: pandas.DataFrame) -> pandas.DataFrame:
    """Return the rows of the latest period that was reported at all."""
    reported = chosen[chosen["status"] != Status.NOT_COLLECTED]
    if reported.empty:
        return reported
    return reported[reported["period"] == reported["period"].max()].reset_index(drop=True)


def settled(chosen: pandas.DataFrame) -> pandas.DataFrame:
    """Return the rows that late entries no longer change: the only ones that are ever tested."""
    return chosen[chosen["status"] != Status.PROVISIONAL]


def newest_shown(chosen: pandas.DataFrame) -> pandas.DataFrame:
    """Return the rows of the latest period of the last year with a number, be it zero, else of the latest period."""
    latest = newest(chosen)
    shown = chosen[chosen["status"].map(has_number).astype(bool)]
    if latest.empty or shown.empty or shown["last"].max() <= latest["last"].max() - pandas.DateOffset(years=1):
        return latest
    return chosen[chosen["last"] == shown["last"].max()].reset_index(drop=True)


def newest_row(chosen: pandas.DataFrame) -> pandas.Series | None:
    """Return the latest reported row of a single series, or none."""
    latest = newest(chosen)
    return None if latest.empty else latest.iloc[0]


def row_at(chosen: pandas.DataFrame, last: pandas.Timestamp) -> pandas.Series | None:
    """Return the row of a single series whose period ends with a month, or none."""
    found = chosen[chosen["last"] == last]
    return None if found.empty else found.iloc[0]


def finest_grain(
    rows: pandas.DataFrame, indicator: str, breakdown: str = "total", among: tuple[str, ...] = ("month", "quarter", "year")
) -> str | None:
    """Return the finest grain a release publishes of a breakdown."""
    held = set(rows.loc[(rows["indicator"] == indicator) & (rows["breakdown"] == breakdown), "grain"])
    return next((grain for grain in among if grain in held), None)


def within(series: pandas.DataFrame, first: pandas.Timestamp, last: pandas.Timestamp) -> pandas.DataFrame:
    """Return the rows whose whole period lies between two months, both included."""
    return series[(series["period"] >= first) & (series["last"] <= last)]


def sum_of_months(series: pandas.DataFrame, first: pandas.Timestamp, last: pandas.Timestamp) -> float | None:
    """Add up published months, or quarters, of events; none where one of them has no number or they do not fill the span."""
    held = within(series, first, last)
    expected = (last.year - first.year) * 12 + last.month - first.month + 1
    covered = sum((end.year - start.year) * 12 + end.month - start.month + 1 for start, end in zip(held["period"], held["last"], strict=True))
    if covered != expected or not held["status"].map(has_number).all():
        return None
    return float(held["value"].sum())


def stopping_status(series: pandas.DataFrame, first: pandas.Timestamp, last: pandas.Timestamp) -> str:
    """Return why :func:`sum_of_months` gave no sum: the status of the first period without a number; one without a row was not reported."""
    held = within(series, first, last)
    stopped = held.loc[~held["status"].map(has_number).astype(bool), "status"]
    return Status.NOT_COLLECTED if stopped.empty else str(stopped.iloc[0])


def last_settled(monthly: pandas.DataFrame) -> pandas.Timestamp | None:
    """Return the latest month that late entries no longer change."""
    settled = monthly[monthly["status"] == Status.OBSERVED]
    return None if settled.empty else settled["last"].max()
