"""Which periods each release offers for a breakdown: the closed list of questions that may be asked.

Persons are offered the more slowly the finer the area, because a monthly figure of a township is a figure about somebody. Flows of
persons are split by category once a finished calendar year only: overlapping windows (rolling twelve months) of a small place could
be subtracted from each other. Events are administrative figures and have every grain. Only finished periods are ever published.
"""

from __future__ import annotations

from indicators.dimensions import DIMENSIONS, area_level, split
from indicators.model import Grain, Indicator, Protects, Release

_EVERY_GRAIN = (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.ROLLING_12)
STOCK_TABLES = frozenset({"core.registry_person"})


def is_stock(indicator: Indicator) -> bool:
    """Whether the indicator describes the end of a period rather than what happened in it."""
    return indicator.table in STOCK_TABLES


def is_county_total(indicator: Indicator, breakdown: str) -> bool:
    """Whether the cells of a breakdown are county totals, which the internal release shows exactly whatever their size."""
    return indicator.headline and all(DIMENSIONS[name].is_bridge for name in split(breakdown))


def grains(indicator: Indicator, breakdown: str, release: Release) -> tuple[Grain, ...]:
    """Return the grains at which a release publishes a breakdown, finest first; empty where it is not offered."""
    if indicator.protects is Protects.SEIZURES:
        return (Grain.ROLLING_12,)
    if indicator.protects is Protects.EVENTS:
        return _EVERY_GRAIN if len(split(breakdown)) < 2 else (Grain.YEAR, Grain.ROLLING_12)
    is_public = release is Release.PUBLIC
    if is_stock(indicator):
        # Every further dimension slows the clock by one step, a township by two; outside the county itself starts at the quarter.
        steps = len(split(breakdown)) - (area_level(breakdown) == "county") + (area_level(breakdown) == "township")
        return ((Grain.MONTH, Grain.QUARTER, Grain.YEAR)[min(max(steps, 0) + is_public, 2)],)
    if any(DIMENSIONS[name].is_bridge for name in split(breakdown)):
        return () if is_public else (Grain.MONTH,)
    if breakdown != "total":
        return (Grain.YEAR,)
    if is_county_total(indicator, breakdown) and not is_public:
        return (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
    return (Grain.QUARTER, Grain.YEAR)


def ends_well(indicator: Indicator, last_month: int) -> bool:
    """Whether a period that ends with this calendar month (1-12) is published.

    Weights are offered for twelve months ending with a quarter only: monthly windows would subtract down to the weight of one case.
    """
    return indicator.protects is not Protects.SEIZURES or last_month % 3 == 0
