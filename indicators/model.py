"""The vocabulary in which indicators are declared.

Everything here is a frozen value: an indicator file can be read, compared and printed, but never runs anything. The build
turns these declarations into SQL, protection tables and documentation, so a fact about an indicator is written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Text:
    """A sentence or label a person reads, Chinese first."""

    zh: str
    en: str

    def pick(self, language: str) -> str:
        """Return the wording for ``"zh"`` or ``"en"``."""
        return self.en if language == "en" else self.zh


class Theme(StrEnum):
    """Groups of indicators, one page each at most."""

    REGISTRY = "registry"
    YOUTH = "youth"
    DRUGS = "drugs"
    CASES = "cases"


class Kind(StrEnum):
    """What sort of number an indicator is; it decides how periods add up and how a change may be worded."""

    EVENTS = "events"  # adds up over periods
    STOCK = "stock"  # counted at the end of a period, never summed over periods
    SUM = "sum"  # an amount (grams) that adds up over periods
    SHARE = "share"  # numerator / denominator, 0-1
    RATE = "rate"  # numerator per 10,000 residents


class Direction(StrEnum):
    """What a rise means. Enforcement counts are neutral: more cases may mean more policing."""

    UP_IS_WORSE = "up_is_worse"
    UP_IS_BETTER = "up_is_better"
    NEUTRAL = "neutral"


class Grain(StrEnum):
    """The length of a period."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"
    ROLLING_12 = "rolling_12"


class Release(StrEnum):
    """The two protected editions of every number (docs/privacy.md)."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Status(StrEnum):
    """Why an observation has, or has no, number. Only the first two carry one."""

    OBSERVED = "observed"
    PROVISIONAL = "provisional"
    SUPPRESSED = "suppressed"
    NOT_COLLECTED = "not_collected"
    UNDEFINED = "undefined"


class Method(StrEnum):
    """A statistic that the build computes from published exact counts and keeps beside them."""

    LEVEL = "level"  # every area against the rest of its county, and its rate drawn towards the county's
    CLUSTER = "cluster"  # areas next to each other with more events than the rest
    AUTOCORRELATION = "autocorrelation"  # whether neighbours are alike; thirty areas and more
    WARNING = "warning"  # the latest period against those of earlier years
    TREND = "trend"  # yearly change of a county's series


class Outcome(StrEnum):
    """What is said of a cell by the methods that have no labels of their own in :mod:`analysis`."""

    ALARM = "alarm"
    QUIET = "quiet"
    CLUSTER = "cluster"
    ALIKE = "alike"  # neighbours resemble each other
    HIGH_CLUSTER = "high_cluster"  # of analysis.spatial: an area and those around it are high together
    WITHIN_CHANCE = "within_chance"
    NOT_JUDGED = "not_judged"


class Protects(StrEnum):
    """Whom the small-count rule protects behind a number."""

    PERSONS = "persons"  # counts of people: both releases protect them
    EVENTS = "events"  # administrative counts: shown exactly
    SEIZURES = "seizures"  # weights: hidden where fewer than three cases stand behind a kind


Selection = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension id -> admitted members, sorted by dimension: the records a measure counts."""


def where(**members: str | tuple[str, ...]) -> Selection:
    """Write a selection as ``where(standing="current", age_band=("under_18", "18_35"))``."""
    return tuple(sorted((dimension, (chosen,) if isinstance(chosen, str) else tuple(chosen)) for dimension, chosen in members.items()))


@dataclass(frozen=True)
class Measure:
    """A count of records, or the sum of one of their columns, over a selection."""

    where: Selection = ()
    column: str | None = None  # None counts records; a name sums that column
    distinct: bool = False  # with a column: how many different values were seen


@dataclass(frozen=True)
class Residents:
    """Denominator: residents of the same area at the same year, from the county pack."""


def residents_of_year(known: Mapping[int, int], year: int) -> int:
    """Return the residents of a year: of the nearest earlier one that is known, else of the first; 0 where none is known."""
    earlier = [at for at in known if at <= year]
    return known[max(earlier) if earlier else min(known)] if known else 0


@dataclass(frozen=True)
class Break:
    """A date from which the series is counted differently; charts split there."""

    on: date
    sentence: Text


@dataclass(frozen=True)
class Indicator:
    """One question the committee asks, and exactly how its answer is counted."""

    id: str
    title: Text
    question: Text
    theme: Theme
    order: int
    unit: Text
    kind: Kind
    table: str
    numerator: Measure
    breakdowns: tuple[str, ...]
    direction: Direction
    protects: Protects
    owner: Text
    sources: tuple[str, ...]
    definition: Text
    caveats: tuple[str, ...]
    counted_on: str = "month_on"  # column of the table that says in which month a record counts
    decimals: int = 0
    denominator: Measure | Residents | None = None
    of_stock: bool = False  # a share or rate of who is there at the end of a period; of a count its kind says so
    bridge_of: str | None = None  # table of the stock of which its parts explain every change from month to month
    # A county total that is published exactly inside: it restricts the population by nothing but registry standing.
    headline: bool = False
    breaks: tuple[Break, ...] = ()
    provisional_periods: int = 0  # latest months that late entries still change
    aliases: tuple[str, ...] = ()
    targets: tuple[tuple[int, float], ...] = ()  # (year, value)
    watched: tuple[str, ...] = ()  # breakdowns whose latest period is compared with those of earlier years: the early warning
    is_mapped: bool = False  # townships are compared with each other: the hotspots

    @property
    def counts_separate_events(self) -> bool:
        """Whether chance can be told from change: kinds seen, and people of whom one case brings several, are no separate events."""
        is_of_people = self.protects is Protects.PERSONS and self.numerator.column is not None
        return self.kind is Kind.EVENTS and not self.numerator.distinct and not is_of_people
