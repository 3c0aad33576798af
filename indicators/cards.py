"""Which indicators stand on a page, and in which order: read off their declarations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from indicators.model import Card, Form, Indicator


class Shown(NamedTuple):
    """An indicator at a place on a page."""

    indicator: Indicator
    card: Card


def shown_on(page: str, known: Mapping[str, Indicator]) -> list[Shown]:
    """Return the cards of a page in order, whatever their section."""
    found = [Shown(indicator, card) for indicator in known.values() for card in indicator.cards if card.page == page]
    return sorted(found, key=lambda shown: shown.card.order)


def parts_of(whole: Indicator, known: Mapping[str, Indicator]) -> list[Indicator]:
    """Return the indicators that add up to another."""
    return [indicator for indicator in known.values() if indicator.adds_up_to == whole.id]


def read_for(shown: Iterable[Shown], known: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Return the ids of all indicators whose rows some cards read."""
    found: dict[str, None] = {}
    for indicator, card in shown:
        parts = parts_of(indicator, known) if card.form is Form.PARTS else []
        others = filter(None, (indicator.bridges, indicator.brought_by, indicator.chosen_from))
        found |= dict.fromkeys((indicator.id, *card.beside, *(part.id for part in parts), *others))
    return tuple(found)
