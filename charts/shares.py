"""What stands behind a share: the counts it is made of, the events that brought its people, and its latest twelve months."""

from __future__ import annotations

import pandas

from charts.rows import MONTH_TO_YEAR, Series, choose, months_up_to
from indicators import catalogue
from indicators.model import Grain, Status

QUARTERS = 4
SMALLEST_RISE = 5  # people
CLEARLY_MORE = 0.1


def parts_words(now: pandas.Series, before: pandas.Series) -> str:
    """Write the counts behind two exact shares: 15/46→24/63."""
    return "→".join(f"{row['numerator']:.0f}/{row['denominator']:.0f}" for row in (before, now))


def has_clearly_more(now: pandas.Series, before: pandas.Series) -> bool:
    """Whether a part of a stock has grown, as a share and by enough people to be told unasked."""
    more = float(now["numerator"]) - float(before["numerator"])
    return now["value"] > before["value"] and more >= max(SMALLEST_RISE, CLEARLY_MORE * float(before["numerator"]))


def people_an_event(series: Series, *rows: pandas.Series) -> float | None:
    """Return how many people an event brought on average in some periods of twelve months, at least 1; none where the events are not published.

    It is 1 where everybody is an event by himself. Events of which nobody is known count as well, so the average may be too small.
    """
    name = series.indicator.brought_by
    if not name:
        return 1.0
    events = choose(series.page, catalogue()[name], series.scope.of_county, "total", MONTH_TO_YEAR)
    totals = [events.total_of_parts(months_up_to(row["last"], 12)) for row in rows]
    brought = sum(total for total in totals if total is not None)
    return None if None in totals or not brought else max(1.0, sum(float(row["denominator"]) for row in rows) / brought)


def latest_twelve_months(series: Series) -> Series:
    """Return a share of what happened by the twelve months up to its latest settled quarter and those before, or by finished years.

    Twelve months are added up from published quarters: where one of the eight is hidden or too small, years are read.

    Args:
        series: The share, at any grain.
    """
    quarters, years = series.at(Grain.QUARTER), series.at(Grain.YEAR)
    last = quarters.last_settled
    if last is None or quarters.is_rounded or (not years.rows.empty and last <= years.rows["last"].max()):
        return years
    two_years = quarters.within(months_up_to(last, 24)).rows
    if len(two_years) < 2 * QUARTERS or not (two_years["status"] == Status.OBSERVED).all():
        return years
    return years.of(pandas.DataFrame([_together(two_years.iloc[:QUARTERS]), _together(two_years.iloc[QUARTERS:])]))


def _together(quarters: pandas.DataFrame) -> pandas.Series:
    """Add up quarters to twelve months, which are named by their last."""
    part, whole, last = float(quarters["numerator"].sum()), float(quarters["denominator"].sum()), quarters["last"].max()
    summed = {"grain": Grain.ROLLING_12, "period": last, "numerator": part, "denominator": whole, "value": part / whole, "lower": None, "upper": None}
    row: pandas.Series = quarters.iloc[-1].copy()
    row.update(pandas.Series(summed, dtype=object))
    return row
