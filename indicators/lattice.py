"""Which periods each release offers for a breakdown: the closed list of questions that may be asked.

Persons are offered the more slowly the finer the split, because a monthly figure of a township, or the month in which one person joined
an age band, is a figure about somebody: only county totals are monthly. Flows of persons are split by category once a finished calendar
year only: overlapping windows (rolling twelve months) of a small place could be subtracted from each other, which is why weights have
calendar years only. Events are administrative figures and have every grain; their splits have no rolling twelve months, of which two
neighbours subtract to a month that is too small to be split. Only finished periods are ever published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indicators.dimensions import DIMENSIONS, area_level, split
from indicators.model import Grain, Indicator, Kind, Protects, Release

Question = tuple[str, str | None, str | None, str | None]
"""Release, indicator, breakdown and grain; None stands for all there are."""

_EVERY_GRAIN = (Grain.MONTH, Grain.QUARTER, Grain.YEAR, Grain.ROLLING_12)


def is_stock(indicator: Indicator) -> bool:
    """Whether the indicator describes the end of a period rather than what happened in it."""
    return indicator.kind is Kind.STOCK or indicator.of_stock


def stock_tables(indicators: Iterable[Indicator]) -> frozenset[str]:
    """Return the tables that say who is there at the end of a period: those that an indicator counts so."""
    return frozenset(indicator.table for indicator in indicators if is_stock(indicator))


def is_county_total(indicator: Indicator, breakdown: str) -> bool:
    """Whether the cells of a breakdown are county totals, which the internal release shows exactly whatever their size."""
    return indicator.headline and breakdown == "total"


def grains(indicator: Indicator, breakdown: str, release: Release) -> tuple[Grain, ...]:
    """Return the grains at which a release publishes a breakdown, finest first; empty where it is not offered."""
    if indicator.protects is Protects.SEIZURES:
        return (Grain.YEAR,)
    if indicator.protects is Protects.EVENTS:
        if len(split(breakdown)) == 2 and "in_campaign" not in split(breakdown):  # statistics of any span leave campaigns out
            return (Grain.YEAR,)
        # A stock at the end of twelve months is that of the month.
        return _EVERY_GRAIN if breakdown == "total" and not is_stock(indicator) else _EVERY_GRAIN[:-1]
    is_public = release is Release.PUBLIC
    if is_stock(indicator):
        if is_county_total(indicator, breakdown):
            return (Grain.QUARTER,) if is_public else (Grain.MONTH,)
        is_fine = len(split(breakdown)) == 2 or area_level(breakdown) == "township"
        is_slow = is_fine or (is_public and area_level(breakdown) == "zone")
        return (Grain.YEAR,) if is_slow else (Grain.QUARTER,)
    if any(DIMENSIONS[name].is_bridge for name in split(breakdown)):
        return () if is_public else (Grain.YEAR,)
    if breakdown != "total" or indicator.brought_by:  # quarter by quarter the people would tell the hidden events that brought them, and these them
        return (Grain.YEAR,)
    if is_county_total(indicator, breakdown) and not is_public:
        return (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
    return (Grain.QUARTER, Grain.YEAR)


def exact_releases(indicator: Indicator) -> tuple[Release, ...]:
    """Return the releases that publish an indicator's counts as they are, so that statistics may be computed from what is published.

    Weights are no counts. Of people the internal release shows exact counts and hides the small ones; the public one shows rounded counts,
    of which no statistic is computed.
    """
    if indicator.protects is Protects.EVENTS:
        return (Release.INTERNAL, Release.PUBLIC)
    return (Release.INTERNAL,) if indicator.protects is Protects.PERSONS else ()


def questions(indicators: Mapping[str, Indicator]) -> frozenset[Question]:
    """Return the closed list: every question that may be asked about some indicators.

    It follows from declarations alone, so whether a question is answered says nothing about any register.

    Args:
        indicators: The indicators by id.

    Returns:
        Every release, indicator, breakdown and grain that is offered, and what stands for several of them at once: an indicator without a
        breakdown or a grain, and a release alone.
    """
    listed: set[Question] = {(release.value, None, None, None) for release in Release}
    for release in Release:
        for name, indicator in indicators.items():
            listed.add((release.value, name, None, None))
            for breakdown in indicator.breakdowns:
                for grain in grains(indicator, breakdown, release):
                    listed |= {
                        (release.value, name, breakdown, grain.value),
                        (release.value, name, breakdown, None),
                        (release.value, name, None, grain.value),
                    }
    return frozenset(listed)
