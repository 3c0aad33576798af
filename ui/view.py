"""What a page is given: the build, what the reader selected of it, and the voice to say it in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

import pandas

from charts.scope import Scope, Voice
from indicators.dimensions import Member
from indicators.model import Indicator, Method, Release, Text
from ui import cache, words
from warehouse.reader import BuildStamp, TownshipArea

Kept = TypeVar("Kept")


@dataclass(frozen=True)
class View:
    """Everything a page needs: the build, the selection and the voice to say it in."""

    key: cache.FileKey
    stamp: BuildStamp
    voice: Voice
    month: pandas.Timestamp
    zone: Member | None

    def say(self, words_pair: Text) -> str:
        """Return a wording in the reader's language."""
        return self.voice.say(words_pair)

    def rows(self, *indicators: str) -> pandas.DataFrame:
        """Return the published rows of some indicators in the selected release."""
        return cache.observations(self.key, self.voice.release.value, indicators)

    def findings(self, method: Method, *indicators: str) -> pandas.DataFrame:
        """Return what the build computed of some indicators by a method, from the numbers of the selected release."""
        return cache.findings(self.key, self.voice.release.value, method.value, indicators)

    @property
    def is_in_force(self) -> bool:
        """Whether the build of this view has not been replaced since the page was opened."""
        return cache.current_key() == self.key

    def in_release(self, release: Release) -> View:
        """Return the same selection in a release."""
        return replace(self, voice=replace(self.voice, release=release))

    def as_counted(self, indicator: Indicator) -> Indicator:
        """Return an indicator as this build counts it: by the county's own formula, where it chose one."""
        formulas = cache.prepared(self.key, (), "formulas", lambda: cache.opened(self.key).formulas())
        return indicator.by_formula(formulas.get(indicator.id, ""))

    def members(self, dimension: str) -> list[Member]:
        """Return the code list of a dimension."""
        return cache.prepared(self.key, (), f"members.{dimension}", lambda: cache.opened(self.key).members(dimension))

    def townships(self) -> list[TownshipArea]:
        """Return all townships of the county, by zone and code: levels are told against the whole county also where a zone is selected."""
        areas = cache.prepared(self.key, (), "townships", lambda: cache.opened(self.key).townships())
        order = [zone.code for zone in self.members("zone")]
        return sorted(areas, key=lambda area: (order.index(area.zone) if area.zone in order else len(order), area.code))

    def prepared(self, name: str, make: Callable[[], Kept]) -> Kept:
        """Return a finished thing of this build and selection, made once."""
        return cache.prepared(self.key, self.selection, name, make)

    @property
    def area(self) -> str:
        """Code of the selected area."""
        return self.zone.code if self.zone else self.stamp.county_code

    @property
    def area_title(self) -> Text:
        """Name of the selected area."""
        return self.zone.title if self.zone else words.COUNTY

    @property
    def scope(self) -> Scope:
        """What findings depend on."""
        breaks = cache.prepared(self.key, (), "breaks", lambda: cache.opened(self.key).breaks())
        campaigns = cache.prepared(self.key, (), "campaigns", lambda: tuple(cache.opened(self.key).campaigns()))
        return Scope(self.voice, self.stamp.county_code, self.zone, self.month, breaks, campaigns)

    @property
    def selection(self) -> tuple[str, ...]:
        """What finished pictures depend on besides the build."""
        return self.voice.release.value, self.voice.language, f"{self.month:%Y-%m}", self.area
