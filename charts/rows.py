"""Choosing rows of the published table, once for a picture. Nothing here computes what was not published, except sums of published events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import pandas

from charts.scope import COUNTY, Scope, Voice
from charts.words import MONTHS_AFTER_THE_FIRST, amount_of, has_number, is_rounded, period_words, provisional
from indicators import catalogue
from indicators.dimensions import split
from indicators.lattice import is_stock
from indicators.model import Grain, Indicator, Kind, Protects, Status, Text
from indicators.months import MONTHS_OF, Period, made_of, months_between

MONTH_TO_YEAR = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
FEWEST_TOGETHER = 2
"""A single hidden part is what the shown ones leave of its whole: that is the hidden number itself, and never written."""


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


class Together(NamedTuple):
    """The hidden parts of a whole that is shown: how many they are, and what the shown ones leave of it."""

    parts: int
    value: float


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
    def hidden_together(self) -> Together | None:
        """What the hidden parts of one period come to: whoever subtracts the shown ones from the county's exact total knows it anyway.

        None where the total is rounded or not shown, where the rows are not all parts of one dimension, or where fewer than two are hidden.
        """
        indicator, statuses = self.indicator, self.rows["status"]
        is_count_of_people = indicator.protects is Protects.PERSONS and indicator.kind in {Kind.STOCK, Kind.EVENTS}
        is_chosen = {name for name, _ in indicator.numerator.where} & {self.breakdown}
        is_whole = len(split(self.breakdown)) == 1 and self.member is None and self.area in {None, self.scope.county} and not is_chosen
        hidden = statuses == Status.SUPPRESSED
        if self.is_rounded or not is_count_of_people or not is_whole or hidden.sum() < FEWEST_TOGETHER:
            return None
        if not statuses.isin((Status.OBSERVED, Status.SUPPRESSED)).all():
            return None
        whole = self._whole
        return None if whole is None else Together(int(hidden.sum()), whole - float(self.rows.loc[~hidden, "value"].sum()))

    @property
    def _whole(self) -> float | None:
        """The county's total of rows of one period, under whatever name it is shown; none where it is not."""
        indicator, last = self.indicator, self.rows["last"].iloc[0]
        among = MONTH_TO_YEAR if is_stock(indicator) else (Grain(self.rows["grain"].iloc[0]),)
        for named in (indicator, *catalogue().values()):
            if (named.table, named.numerator, named.kind) == (indicator.table, indicator.numerator, indicator.kind):
                row = choose(self.page, named, self.scope.of_county, "total", among, area=self.scope.county).row_at(last)
                if row is not None and row["status"] == Status.OBSERVED:
                    return float(row["value"])
        return None

    @property
    def skips_periods(self) -> bool:
        """Whether periods between those of the rows have none: of a stock's parts only those are shown by which enough people have moved."""
        moments = self.rows["last"].drop_duplicates().sort_values()
        months = moments.dt.year * 12 + moments.dt.month
        return self.grain is not None and bool((months.diff() > MONTHS_OF[self.grain]).any())

    @property
    def is_left_behind(self) -> bool:
        """Whether the same part has no row, not even one that says why, for a finished period of whose people something else is shown."""
        if self.grain is None or not is_stock(self.indicator) or self.indicator.protects is not Protects.PERSONS:
            return False
        kindred = {self.indicator.id, *(name for name, one in catalogue().items() if one.table == self.indicator.table)}
        told = self.page[self.page["indicator"].isin(kindred)]
        told = told.assign(last=_last_months(told))
        told = told[told["last"] <= self.scope.until]
        is_own = (told["indicator"] == self.indicator.id) & (told["breakdown"] == self.breakdown) & (told["grain"] == self.grain)
        next_end = told.loc[is_own, "last"].max() + pandas.DateOffset(months=MONTHS_OF[self.grain])
        return bool(next_end <= told.loc[told["status"] != Status.NOT_COLLECTED, "last"].max())

    @property
    def last_settled(self) -> pandas.Timestamp | None:
        """The latest month that late entries no longer change."""
        settled = self.rows[self.rows["status"] == Status.OBSERVED]
        return None if settled.empty else settled["last"].max()

    def row_at(self, last: pandas.Timestamp) -> pandas.Series | None:
        """Return the row over time whose period ends with a month, or none."""
        found = self.rows[self.rows["last"] == last]
        return None if found.empty else found.iloc[0]

    def shown_before(self, last: pandas.Timestamp, months: int) -> pandas.Series | None:
        """Return the row of so many months before; where that period has none, the latest one before it."""
        earlier = self.rows[self.rows["last"] <= last - pandas.DateOffset(months=months)]
        return None if earlier.empty else earlier.iloc[-1]

    def within(self, span: Span) -> Series:
        """Return the rows whose whole period lies in a span."""
        return self.of(self.rows[(self.rows["period"] >= span.first) & (self.rows["last"] <= span.last)])

    def total(self, span: Span) -> float | None:
        """Add up published months, or quarters, of events; none where one of them has no number or they do not fill the span."""
        held = self.within(span)
        covered = sum(Span(first, last).months for first, last in zip(held.rows["period"], held.rows["last"], strict=True))
        return float(held.rows["value"].sum()) if covered == span.months and held.numbered.all() else None

    def total_of_parts(self, span: Span) -> float | None:
        """Add up the published years, quarters and months of events that make up a span, the longest where they fit; none where they do not."""
        shown: dict[Period, float] = {}
        for grain in MONTH_TO_YEAR:
            held = self.at(grain)
            shown |= {(grain, row["period"].date()): float(row["value"]) for row in held.of(held.rows[held.numbered]).each()}
        parts = made_of(span.first.date(), span.last.date(), shown)
        return None if parts is None else sum(shown[part] for part in parts)

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

    Where most numbers of what happened are withheld, the next grain is taken: a picture of gaps tells nothing.

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
    offered = [grain for grain in among if (held["grain"] == grain).any()]
    grain = next((grain for grain in offered if not _is_mostly_withheld(held, indicator, grain)), (offered or among)[-1 if offered else 0])
    rows = cells(held, indicator.id, breakdown, grain=grain, area=area, member=member, until=scope.until)
    return Series(scope.counted(indicator), scope, rows, page, breakdown, area, member, tuple(among))


def _is_mostly_withheld(held: pandas.DataFrame, indicator: Indicator, grain: Grain) -> bool:
    status = held.loc[held["grain"] == grain, "status"]
    return not is_stock(indicator) and bool((status == Status.SUPPRESSED).sum() * 2 > len(status))


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
