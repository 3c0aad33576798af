"""The forms in which a card can show an indicator, each as the picture that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas

from charts import findings
from charts.picture import Picture
from charts.scope import Scope
from charts.years import years_picture
from indicators.cards import parts_of
from indicators.dimensions import Member
from indicators.lattice import is_stock
from indicators.model import Card, Form, Indicator, Kind


@dataclass(frozen=True)
class Asked:
    """What a picture is drawn from.

    Attributes:
        indicator: What is shown.
        card: How, and beside what.
        known: All indicators by id.
        rows: Published rows of the page.
        members: Gives the code list of a dimension.
        scope: What the reader selected.
    """

    indicator: Indicator
    card: Card
    known: Mapping[str, Indicator]
    rows: pandas.DataFrame
    members: Callable[[str], list[Member]]
    scope: Scope


def draw(asked: Asked) -> Picture:
    """Draw a card of a page."""
    return _DRAWN[asked.card.form](asked)


def _over_time(asked: Asked) -> Picture:
    if is_stock(asked.indicator):
        return findings.stock_trend(asked.rows, [asked.indicator, *(asked.known[name] for name in asked.card.beside)], asked.scope)
    if asked.indicator.denominator is not None:  # of a share of what happened, shorter periods than a year are too small to read
        return _by_year(asked)
    return findings.events_over_time(asked.rows, asked.indicator, asked.scope)


def _over_time_and_quarter(asked: Asked) -> Picture:
    return findings.events_over_time(asked.rows, asked.indicator, asked.scope, by_quarter=True)


def _by_year(asked: Asked) -> Picture:
    return findings.by_finished_year(asked.rows, asked.indicator, asked.scope)


def _years_by(asked: Asked) -> Picture:
    return years_picture(asked.rows, asked.indicator, asked.card.by, asked.members(asked.card.by), asked.scope)


def _structure(asked: Asked) -> Picture:
    members = asked.members(asked.card.by)
    if asked.indicator.kind is Kind.SUM:
        return findings.seizures(asked.rows, asked.indicator, members, asked.scope)
    return findings.structure(asked.rows, asked.indicator, asked.card.by, members, asked.scope)


def _by_zone(asked: Asked) -> Picture:
    return findings.zone_levels(asked.rows, asked.indicator, asked.members("zone"), asked.scope)


def _parts(asked: Asked) -> Picture:
    return findings.standing_parts(asked.rows, [asked.indicator, *parts_of(asked.indicator, asked.known)], asked.scope)


def _bridge_year(asked: Asked) -> Picture:
    return findings.change_bridge(asked.rows, asked.known[asked.indicator.bridges], asked.indicator, asked.scope)


_DRAWN: dict[Form, Callable[[Asked], Picture]] = {
    Form.OVER_TIME: _over_time,
    Form.OVER_TIME_AND_QUARTER: _over_time_and_quarter,
    Form.BY_YEAR: _by_year,
    Form.YEARS_BY: _years_by,
    Form.STRUCTURE: _structure,
    Form.BY_ZONE: _by_zone,
    Form.PARTS: _parts,
    Form.BRIDGE_YEAR: _bridge_year,
}
PICTURES = frozenset(_DRAWN)
"""The forms that are pictures; the others are a number or a sentence."""
