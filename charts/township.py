"""What every picture of townships needs to know of one, and how its number on a map is told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from charts.area_map import MapArea, fitting_labels
from charts.scope import Scope, Voice
from indicators.model import Text

PROTECTED_PEOPLE = Text("受保护", "protected")  # not "few people": a partner that is hidden too may hold any number


class Township(Protocol):
    """What is needed to know of a township."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> Text: ...  # noqa: D102
    @property
    def is_remote(self) -> bool: ...  # noqa: D102
    @property
    def rings(self) -> str: ...  # noqa: D102
    def residents_in(self, year: int) -> int: ...  # noqa: D102


def in_place(townships: Sequence[Township], scope: Scope) -> list[Township]:
    """Return the townships to draw: those of the selected zone, else all. Levels and tests always look at all of them."""
    return [area for area in townships if scope.zone is None or area.zone == scope.zone.code]


def numbered_words(areas: list[MapArea], townships: Sequence[Township], voice: Voice) -> str:
    """Say which townships the numbers on a map stand for; empty where every name fits."""
    labels = fitting_labels(areas)
    names = {area.code: voice.say(area.title) for area in townships}
    told = [f"{area.number} {names[area.code]}" for area in areas if labels.get(area.code) == area.number]
    if not told:
        return ""
    return f"图中数字:{'、'.join(told)}。" if voice.is_chinese else f"Numbers on the map: {', '.join(told)}."
