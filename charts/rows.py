"""Choosing rows of the published table, once for a picture. Nothing here computes what was not published, except sums of published events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas

from charts.scope import COUNTY, Scope, Voice
from charts.words import MONTHS_AFTER_THE_FIRST, amount_of, has_number, is_rounded, period_words, provisional
from indicators.model import Grain, Indicator, Status, Text
from indicators.months import months_between

MONTH_TO_YEAR = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
MONTHS_OF = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class Span(NamedTuple):
    """A run of whole months, named by its first and its last."""

    first: pandas.Timestamp
    last: pandas.Timestamp

    @property
    def months(self) -> int:
        """How many months it has."""
        return len(months_between(self.first, self.last))

    @property
    def days(self) -> float:
        """Days from the first day of the first month to the last day of the last, leap days counted."""
        return float((self.last + pandas.offsets.MonthBegin(1) - self.first).days)

    def moved(self, months: int) -> Span:
        """Return the span so many months later, or earlier where negative."""
        step = pandas.DateOffset(months=months)
        return Span(self.first + step, self.last + step)


def months_up_to(last: pandas.Timestamp, months: int) -> Span:
    """Return the span of so many months that ends with a month."""
    return Span(last - pandas.DateOffset(months=months - 1), last)


@dataclass(frozen=True, eq=False)
class Series:
    """Published observations of one indicator, chosen once and passed on: over time, or of one period with all areas and members.

    Attributes:
        indicator: What is counted.
        scope: What the reader selected.
        rows: The observations, by period.
        page: All rows of the page: the same part at other grains, and its county, are looked up there.
        breakdown: What the indicator is split by.
        area: The one area; none where the rows hold all.
        member: The one member; none where the rows hold all.
        among: The grains that may be shown, the one to prefer first; the rows are of one.
    """

    indicator: Indicator
    scope: Scope
    rows: pandas.DataFrame
    page: pandas.DataFrame
    breakdown: str
    area: str | None
    member: str | None
    among: tuple[Grain, ...]

    @property
    def voice(self) -> Voice:
        """How it is said."""
        return self.scope.voice

    @property
    def place(self) -> Text:
        """Name of the area that the numbers really speak of."""
        return self.scope.place if self.breakdown.startswith("zone") else COUNTY

    @property
    def is_rounded(self) -> bool:
        """Whether its numbers are rounded counts of people, or made of them."""
        return is_rounded(self.voice, self.indicator)

    @property
    def grain(self) -> Grain | None:
        """The grain of the rows; none where there are none."""
        return None if self.rows.empty else Grain(self.rows["grain"].iloc[0])

    @property
    def numbered(self) -> pandas.Series:
        """Which rows carry a number."""
        return self.rows["status"].map(has_number).astype(bool)

    @property
    def has_numbers(self) -> bool:
        """Whether any row carries a number."""
        return bool(self.numbered.any())

    def has(self, status: Status) -> bool:
        """Whether any row has a status."""
        return bool((self.rows["status"] == status).any())

    def of(self, rows: pandas.DataFrame) -> Series:
        """Return the series of some of its rows."""
        return replace(self, rows=rows.reset_index(drop=True))

    def at(self, *among: Grain) -> Series:
        """Return the same part at another grain: itself where it is of the one to prefer already."""
        if self.grain is among[0]:
            return self
        return choose(self.page, self.indicator, self.scope, self.breakdown, among, area=self.area, member=self.member)

    def each(self) -> list[pandas.Series]:
        """Return the rows one by one."""
        return [row for _, row in self.rows.iterrows()]

    def by(self, column: str) -> dict[str, pandas.Series]:
        """Return the rows of one period by area or member."""
        return {row[column]: row for row in self.each()}

    def said(self, row: pandas.Series, *, unit: bool = True) -> str:
        """Say the number of a row, or why there is none."""
        return amount_of(self.voice, self.indicator, row, unit=unit)

    def told(self, row: pandas.Series) -> str:
        """Say the number of a row, marked where late entries still change it."""
        return provisional(self.voice, self.said(row), row["status"])

    def when(self, row: pandas.Series) -> str:
        """Say the period of a row."""
        return period_words(self.voice, self.indicator, row["period"], row["grain"])

    @property
    def dated(self) -> str:
        """The period of rows of one period, marked where late entries still change them; empty where there are none."""
        if self.rows.empty:
            return ""
        return provisional(self.voice, self.when(self.rows.iloc[0]), Status.PROVISIONAL if self.has(Status.PROVISIONAL) else Status.OBSERVED)

    @property
    def newest(self) -> Series:
        """The rows of the latest period that was reported at all."""
        reported = self.rows[self.rows["status"] != Status.NOT_COLLECTED]
        return self.of(reported[reported["period"] == reported["period"].max()])

    @property
    def newest_row(self) -> pandas.Series | None:
        """The latest reported row over time, or none."""
        reported = self.rows[self.rows["status"] != Status.NOT_COLLECTED]
        return None if reported.empty else reported.iloc[-1]

    @property
    def newest_shown(self) -> Series:
        """The rows of the latest period of the last year with a number, be it zero, else of the latest period."""
        latest, shown = self.newest, self.rows[self.numbered]
        if latest.rows.empty or shown.empty or shown["last"].max() <= latest.rows["last"].max() - pandas.DateOffset(years=1):
            return latest
        return self.of(self.rows[self.rows["last"] == shown["last"].max()])

    @property
    def last_settled(self) -> pandas.Timestamp | None:
        """The latest month that late entries no longer change."""
        settled = self.rows[self.rows["status"] == Status.OBSERVED]
        return None if settled.empty else settled["last"].max()

    def row_at(self, last: pandas.Timestamp) -> pandas.Series | None:
        """Return the row over time whose period ends with a month, or none."""
        found = self.rows[self.rows["last"] == last]
        return None if found.empty else found.iloc[0]

    def within(self, span: Span) -> Series:
        """Return the rows whose whole period lies in a span."""
        return self.of(self.rows[(self.rows["period"] >= span.first) & (self.rows["last"] <= span.last)])

    def total(self, span: Span) -> float | None:
        """Add up published months, or quarters, of events; none where one of them has no number or they do not fill the span."""
        held = self.within(span)
        covered = sum(Span(first, last).months for first, last in zip(held.rows["period"], held.rows["last"], strict=True))
        return float(held.rows["value"].sum()) if covered == span.months and held.numbered.all() else None

    def stopped_by(self, span: Span) -> str:
        """Return why :meth:`total` gave no sum: the status of the first period without a number; one without a row was not reported."""
        held = self.within(span)
        stopped = held.rows.loc[~held.numbered, "status"]
        return Status.NOT_COLLECTED if stopped.empty else str(stopped.iloc[0])


def choose(
    page: pandas.DataFrame,
    indicator: Indicator,
    scope: Scope,
    breakdown: str = "total",
    among: Sequence[Grain] = MONTH_TO_YEAR,
    *,
    area: str | None = None,
    member: str | None = None,
) -> Series:
    """Choose the observations of an indicator up to the selected month, at the first of some grains that the release publishes.

    Args:
        page: Published rows of the page.
        indicator: What is counted.
        scope: What the reader selected.
        breakdown: What it is split by.
        among: The grains that may be shown, the one to prefer first.
        area: One area; all where left out.
        member: One member of the first category; all where left out.
    """
    held = page[(page["indicator"] == indicator.id) & (page["breakdown"] == breakdown)]
    published = set(held["grain"])
    grain = next((grain for grain in among if grain in published), among[0])
    rows = cells(held, indicator.id, breakdown, grain=grain, area=area, member=member, until=scope.until)
    return Series(indicator, scope, rows, page, breakdown, area, member, tuple(among))


def series_of(page: pandas.DataFrame, indicator: Indicator, scope: Scope, *among: Grain) -> Series:
    """Choose the observations of an indicator over time for the selected place."""
    breakdown = scope.breakdown(indicator)
    return choose(page, indicator, scope, breakdown, among or MONTH_TO_YEAR, area=scope.area(breakdown))


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
    """Return the rows of one indicator and breakdown, by period; of one grain, area or member where it is given, and up to a month."""
    chosen = rows[(rows["indicator"] == indicator) & (rows["breakdown"] == breakdown)]
    for column, code in (("grain", grain), ("area_code", area), ("member", member)):
        if code is not None:
            chosen = chosen[chosen[column] == code]
    chosen = chosen.assign(last=_last_months(chosen))
    if until is not None:
        chosen = chosen[chosen["last"] <= until]
    return chosen.sort_values(["period", "area_code", "member", "member_2"], kind="stable").reset_index(drop=True)


def _last_months(chosen: pandas.DataFrame) -> pandas.Series:
    """Return the last month of every row's period, for all rows at once: one by one they took a third of a page's time."""
    first = pandas.to_datetime(chosen["period"])
    later = chosen["grain"].map(lambda grain: MONTHS_AFTER_THE_FIRST[Grain(grain)]).to_numpy(dtype="timedelta64[M]")
    return pandas.Series((first.to_numpy().astype("datetime64[M]") + later).astype(first.dtype), index=chosen.index)
