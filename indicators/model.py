"""The vocabulary in which indicators are declared.

Everything here is a frozen value: an indicator file can be read, compared and printed, but never runs anything. The build
turns these declarations into SQL, protection tables and documentation, so a fact about an indicator is written once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class Section:
    """A part of a theme's page, under a heading of its own."""

    id: str
    title: Text


@dataclass(frozen=True)
class Theme:
    """A group of indicators: a folder of ``indicators/`` whose ``__init__.py`` declares it. The folder's name is the theme's id.

    Attributes:
        title: Its name.
        order: Its place among the themes.
        sections: The parts of its page, in order; what names none of them stands above the first heading.
        page: The page its indicators are shown on (a file of ``pages/``); the one with the folder's name where left out.
    """

    title: Text
    order: int
    sections: tuple[Section, ...] = ()
    page: str = ""


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
    STEP = "step"  # of a trend: a level that changed at once describes the series better than a slope
    ALIKE = "alike"  # neighbours resemble each other
    HIGH_CLUSTER = "high_cluster"  # of analysis.spatial: an area and those around it are high together
    WITHIN_CHANCE = "within_chance"
    NOT_JUDGED = "not_judged"


class Protects(StrEnum):
    """Whom the small-count rule protects behind a number."""

    PERSONS = "persons"  # counts of people: both releases protect them
    EVENTS = "events"  # administrative counts: shown exactly; what happened is split only in periods of none or enough in the county
    SEIZURES = "seizures"  # weights: split like events, and hidden where fewer than three cases stand behind a kind


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
    table: str | None = None  # of a denominator: the table it is counted in, where that is not the indicator's own


@dataclass(frozen=True)
class Residents:
    """Denominator: residents of the same area at the same year, from the county pack."""


def residents_of_year(known: Mapping[int, int], year: int) -> int:
    """Return the residents of a year: of the nearest earlier one that is known, else of the first; 0 where none is known."""
    earlier = [at for at in known if at <= year]
    return known[max(earlier) if earlier else min(known)] if known else 0


OVERVIEW = "overview"
WARNINGS = "warnings"
"""The two pages that show indicators of every theme; all others belong to one theme."""


class Form(StrEnum):
    """How a card shows an indicator."""

    HEADLINE = "headline"  # the latest number, in the row on top of the page
    PROVISIONAL = "provisional"  # a remark beneath that row: the months that late entries still change
    OVER_TIME = "over_time"
    OVER_TIME_AND_QUARTER = "over_time_and_quarter"  # its title also compares the latest finished quarter with the year before
    BY_YEAR = "by_year"  # finished years
    YEARS_BY = "years_by"  # the last finished years, each split by a dimension
    STRUCTURE = "structure"  # the latest period, split by a dimension
    BY_ZONE = "by_zone"
    PARTS = "parts"  # beside the counts that add up to it
    BRIDGE_YEAR = "bridge_year"  # why the stock it bridges changed over the latest finished year
    TREND = "trend"  # a sentence on its yearly change, at the end of the section
    SENTENCE = "sentence"  # on the overview: one of the sentences to quote; every headline there is one as well
    LIMIT = "limit"  # on the page of early warnings: beside what was expected


@dataclass(frozen=True)
class Card:
    """A place on a page at which an indicator is shown.

    Attributes:
        form: What is shown of it.
        by: The dimension it is split by, for the forms that split.
        section: The part of the page; above its first heading where left out.
        order: The place among the section's cards; those with the same stand in the order of the catalogue.
        page: The page; that of the indicator's theme where left out.
        beside: Further indicators in the same picture.
        if_reported: Whether it is left out while nothing is reported: for a return that not every county hands in.
    """

    form: Form
    by: str = ""
    section: str = ""
    order: int = 100
    page: str = ""
    beside: tuple[str, ...] = ()
    if_reported: bool = False

    @property
    def breakdown(self) -> str:
        """The breakdown that is read."""
        return "zone" if self.form is Form.BY_ZONE else self.by or "total"


class Attention(StrEnum):
    """When the overview states a number among what needs attention."""

    IF_ANY = "if_any"  # a stock above zero
    IF_RISEN = "if_risen"  # a share of what happened that rose beyond chance; one of a stock with clearly more people than before
    IF_REMOTE = "if_remote"  # events of which some lay in remote townships


@dataclass(frozen=True)
class Formula:
    """Another denominator a county may choose where no formula is official; ``county.toml`` names it by its id."""

    id: str
    denominator: Measure
    definition: Text


@dataclass(frozen=True)
class Break:
    """A date from which the series is counted differently; charts split there."""

    on: date
    sentence: Text


@dataclass(frozen=True)
class Campaign:
    """A special operation with its first and last day."""

    code: str
    title: Text
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Indicator:
    """One question the committee asks, and exactly how its answer is counted."""

    id: str
    title: Text
    question: Text
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
    # A county total that is published exactly inside: it restricts the population by nothing but registry standing.
    headline: bool = False
    formulas: tuple[Formula, ...] = ()  # other formulas than the one declared, of which the county pack may choose one
    breaks: tuple[Break, ...] = ()
    provisional_periods: int = 0  # latest months that late entries still change
    aliases: tuple[str, ...] = ()
    targets: tuple[tuple[int, float], ...] = ()  # (year, value)
    cards: tuple[Card, ...] = (Card(Form.HEADLINE), Card(Form.OVER_TIME))  # where pages show it; () shows it nowhere
    watched: tuple[str, ...] = ()  # breakdowns whose latest period is compared with those of earlier years: the early warning
    check_first: Text | None = None  # what to look into before a warning is believed
    compared: tuple[str, ...] = ()  # breakdowns that the overview compares, all together, with the same months of the year before
    attention: Attention | None = None  # when the overview states it unasked
    is_mapped: bool = False  # townships are compared with each other: the hotspots
    adds_up_to: str = ""  # the stock of which this is a part; the build checks that the parts make the whole
    short: Text | None = None  # what a whole, or a part of it, is called where the check names them together
    brought_by: str = ""  # of people of whom one event may bring several: the count of these events, by which chance is judged
    chosen_from: str = ""  # of events that are some of others: all of these, of which campaigns are told apart
    bridges: str = ""  # the stock whose change these are the reasons of; the build checks that nothing is left over
    theme: str = ""  # the folder's name, filled in by the catalogue

    def table_of(self, measure: Measure) -> str:
        """Return the table a measure is counted in."""
        return measure.table or self.table

    def by_formula(self, chosen: str) -> Indicator:
        """Return the indicator as a county counts it; the declared formula where ``chosen`` is empty.

        Raises:
            KeyError: If there is no such formula.
        """
        if not chosen:
            return self
        formula = {one.id: one for one in self.formulas}[chosen]
        return replace(self, denominator=formula.denominator, definition=formula.definition)

    def broken_at(self, breaks: tuple[Break, ...]) -> Indicator:
        """Return the indicator with the breaks of a county added to its own."""
        return replace(self, breaks=tuple(sorted({*self.breaks, *breaks}, key=lambda one: one.on))) if breaks else self

    @property
    def counts_separate_events(self) -> bool:
        """Whether chance can be told from change: kinds seen, and people of whom one case brings several, are no separate events."""
        is_of_people = self.protects is Protects.PERSONS and self.numerator.column is not None
        return self.kind is Kind.EVENTS and not self.numerator.distinct and not is_of_people
