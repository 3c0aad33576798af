"""What a sentence or picture depends on besides the numbers: release, language, place and last month; and how templates are filled in.

A sentence is a pair of templates beside the thing it names, ``Text("{place}共{number}人", "{place}: {number} people")``, and is said with one call:
``voice.say(SENTENCE, place=COUNTY, number=12)``. Nothing here, nor in what only makes sentences, needs a library that draws.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import pandas

from indicators.dimensions import Member
from indicators.model import Break, Campaign, Indicator, Release, Text

COUNTY = Text("全县", "The county")
# What stands between names in a list, between clauses, between parts that could be sentences, and between sentences.
NAMES, CLAUSES, PARTS, SENTENCES = Text("、", ", "), Text(",", ", "), Text(";", "; "), Text("", " ")
STOPPED = Text("{said}。", "{said}.")
NUMBERED = Text("{name}{number}", "{name} {number}")
BRACKETED = Text("{said}({more})", "{said} ({more})")
EXPLAINED = Text("{name}:{said}", "{name}: {said}")


class _Filling(str):
    """What is filled into a template; ``{name:lower}`` writes it small, as English wants it within a sentence."""

    def __format__(self, how: str) -> str:
        return self.lower() if how == "lower" else super().__format__(how)


@dataclass(frozen=True)
class Voice:
    """The release and language in which numbers are said: the public one never says an exact count of people."""

    release: Release
    language: str

    def say(self, words: Text, /, **fields: object) -> str:
        """Return the wording in this voice's language, with the fields of a template filled in.

        Args:
            words: Both wordings. Without fields they are no templates: a name of the county pack may hold braces.
            **fields: What is filled in. A pair of wordings is said in this voice; numbers and months are written as the template says.
        """
        wording = words.pick(self.language)
        return wording.format(**{name: self._filled(value) for name, value in fields.items()}) if fields else wording

    def _filled(self, value: object) -> object:
        said = self.say(value) if isinstance(value, Text) else value
        return _Filling(said) if isinstance(said, str) else said

    def join(self, between: Text, parts: Iterable[str]) -> str:
        """Join parts by what stands between them in this language, leaving out empty ones."""
        return self.say(between).join(part for part in parts if part)

    @property
    def is_public(self) -> bool:
        """Whether counts of people are rounded."""
        return self.release is Release.PUBLIC

    @property
    def is_chinese(self) -> bool:
        """Whether Chinese is spoken."""
        return self.language != "en"


@dataclass(frozen=True)
class Scope:
    """What the reader selected: a voice, the county or one of its zones, and the last month."""

    voice: Voice
    county: str  # its code
    zone: Member | None
    until: pandas.Timestamp
    breaks: Mapping[str, tuple[Break, ...]] = field(default_factory=dict)  # the county's own, by indicator
    campaigns: tuple[Campaign, ...] = ()

    @property
    def of_county(self) -> Scope:
        """The same, of the whole county."""
        return replace(self, zone=None)

    @property
    def place(self) -> Text:
        """Name of the selected place."""
        return COUNTY if self.zone is None else self.zone.title

    def counted(self, indicator: Indicator) -> Indicator:
        """Return an indicator with the breaks that the county declared of it."""
        return indicator.broken_at(self.breaks.get(indicator.id, ()))

    def breakdown(self, indicator: Indicator, dimension: str = "") -> str:
        """Return the breakdown to read; the county's where an indicator is not published by zone."""
        by_zone = f"zone*{dimension}" if dimension else "zone"
        return by_zone if self.zone is not None and by_zone in indicator.breakdowns else dimension or "total"

    def area(self, breakdown: str) -> str:
        """Return the code of the area to read of a breakdown."""
        return self.zone.code if self.zone is not None and breakdown.startswith("zone") else self.county
