"""From exact cells to lattices: which cells a release would publish of each table and moment, and how many people stand behind each.

Cells of different indicators that count the same people are one cell here, so that a share, a rate and a count never contradict each
other. All cells of one table and moment (a month's end for a stock, a calendar year for a flow) form one lattice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy
from numpy.typing import NDArray

from disclosure.closure import close, is_of_county
from disclosure.lattice import Axis, Cell, Lattice, Selection
from disclosure.policy import Policy
from indicators.dimensions import DIMENSIONS, area_level, split
from indicators.lattice import grains, is_county_total, is_stock
from indicators.model import Grain, Indicator, Measure, Protects, Release
from indicators.months import months_apart

Key = tuple[Release, str, date, Selection]
"""Release, core table, moment and selection: names one published count of people."""


SMALLEST_BASE = 20  # people under a share: below it a percentage exaggerates (NCHS, WISQARS)


def least_base(policy: Policy) -> float:
    """Return how many people a share needs beneath it to be written."""
    return max(SMALLEST_BASE, policy.smallest_share_base)


@dataclass(frozen=True)
class CountedCell:
    """One row of ``core.cell``."""

    indicator: str
    grain: Grain
    period_on: date
    last_on: date
    is_reported: bool
    breakdown: str
    area_code: str
    member: str
    member_2: str
    numerator: float | None
    denominator: float | None
    records: int


@dataclass(frozen=True)
class Population:
    """The people of one table and moment, grouped by everything a cell may ask.

    Attributes:
        codes: Dimension -> the member of every group. Shape (n,) each.
        persons: People in every group. Shape (n,).
        marks: Sum of the keyed marks of every group. Shape (n,).
    """

    codes: Mapping[str, NDArray[numpy.str_]]
    persons: NDArray[numpy.int64]
    marks: NDArray[numpy.int64]

    @classmethod
    def empty(cls) -> Population:
        """Return a population of nobody: a reported period in which nothing happened."""
        nobody = numpy.zeros(0, dtype=numpy.int64)
        return cls({}, nobody, nobody)

    def count(self, where: Selection) -> tuple[int, int]:
        """Return how many people a selection counts, and the sum of their marks."""
        if not len(self.persons):
            return 0, 0
        chosen = numpy.ones(len(self.persons), dtype=bool)
        for name, members in where:
            chosen &= numpy.isin(self.codes[name], members)
        return int(self.persons[chosen].sum()), int(self.marks[chosen].sum())


@dataclass
class _Draft:
    """A lattice being collected."""

    counts: dict[Selection, int] = field(default_factory=dict)
    totals: set[Selection] = field(default_factory=set)
    worth: dict[Selection, int] = field(default_factory=dict)
    has_events: bool = False


def moment(indicator: Indicator, row: CountedCell) -> date:
    """Return what places a cell in time: a stock's month, or the first day of a flow's calendar year."""
    return row.last_on if is_stock(indicator) else row.last_on.replace(month=1)


def selection(indicator: Indicator, row: CountedCell, measure: Measure) -> Selection:
    """Return exactly which people a cell counts, time included for flows."""
    chosen = dict(measure.where)
    members = [row.member, row.member_2]
    for name in split(row.breakdown):
        code = row.area_code if DIMENSIONS[name].is_area else members.pop(0)
        chosen[name] = tuple(member for member in chosen.get(name, (code,)) if member == code)
    if not is_stock(indicator):
        if row.grain is Grain.MONTH:
            chosen["month"] = (f"{row.period_on.month:02}",)
        if row.grain is Grain.QUARTER:
            chosen["quarter"] = (str((row.period_on.month + 2) // 3),)
    return tuple(sorted(chosen.items()))


Place = tuple[str, date]
"""Core table and moment."""


@dataclass(frozen=True)
class Counted:
    """A lattice with its exact counts and the marks of the people behind them. Shape (cells,) each."""

    lattice: Lattice
    counts: NDArray[numpy.int64]
    marks: NDArray[numpy.uint64]

    def without(self, names: frozenset[str]) -> Counted:
        """Return what is left when nothing is split by some dimensions, nor follows from such splits."""
        kept = [place for place, cell in enumerate(self.lattice.cells) if cell.is_total or not names & {name for name, _ in cell.where}]
        lattice = Lattice(self.lattice.axes, tuple(self.lattice.cells[place] for place in kept))
        return Counted(lattice, self.counts[kept], self.marks[kept])


def lattices(
    rows: Sequence[CountedCell],
    populations: Mapping[Place, Population],
    catalogue: Mapping[str, Indicator],
    members: Mapping[str, Sequence[tuple[str, str]]],
    release: Release,
) -> dict[Place, Counted]:
    """Return what a release would publish, by table and moment.

    Args:
        rows: The exact cells of all person-protected indicators, and of the event indicators of the same tables.
        populations: The people behind them, by table and moment: they give the counts of cells that nobody publishes but anybody can derive.
        catalogue: The indicators by id.
        members: Dimension -> (code, parent) in display order.
        release: Which release.

    Raises:
        ValueError: If two indicators count the same people differently, or the people themselves are other than counted.
    """
    found = {}
    for place, draft in sorted(_drafts(rows, catalogue, release).items()):
        lattice = _lattice(draft, members)
        found[place] = Counted(lattice, *_counts(draft, lattice, populations.get(place, Population.empty())))
    return found


def _drafts(rows: Sequence[CountedCell], catalogue: Mapping[str, Indicator], release: Release) -> dict[tuple[str, date], _Draft]:
    drafts: dict[tuple[str, date], _Draft] = {}
    latest = _latest(rows)
    for row in rows:
        indicator = catalogue[row.indicator]
        if indicator.protects is not Protects.PERSONS or indicator.bridges or not _is_offered(row, indicator, release, latest[row.indicator]):
            continue
        for measure, count in ((indicator.numerator, row.numerator), (indicator.denominator, row.denominator)):
            if isinstance(measure, Measure):
                draft = drafts.setdefault((indicator.table_of(measure), moment(indicator, row)), _Draft())
                _add(draft, indicator, row, measure, count)
    _add_exact_events(drafts, rows, catalogue)
    return drafts


def _add(draft: _Draft, indicator: Indicator, row: CountedCell, measure: Measure, count: float | None) -> None:
    where = selection(indicator, row, measure)
    if draft.counts.setdefault(where, int(count or 0)) != int(count or 0):
        raise ValueError(f"{indicator.id} by {row.breakdown}: two indicators count the same people differently")
    if is_county_total(indicator, row.breakdown) and measure is indicator.numerator:
        draft.totals.add(where)
    draft.worth[where] = max(draft.worth.get(where, 0), _worth(indicator, row.breakdown))


def _worth(indicator: Indicator, breakdown: str) -> int:
    """How much readers need a cell: one-way splits of the county first, then zones, townships, and two-way splits last."""
    if len(split(breakdown)) == 2:
        return 0
    return {"county": 3, "zone": 2, "township": 1}[area_level(breakdown)]


def _add_exact_events(drafts: dict[tuple[str, date], _Draft], rows: Sequence[CountedCell], catalogue: Mapping[str, Indicator]) -> None:
    """Let the protection know what the event indicators of the same table say exactly (cases opened bound cases with young suspects)."""
    axes = {key: {name for where in draft.counts for name, _ in where} for key, draft in drafts.items()}
    for row in rows:
        indicator = catalogue[row.indicator]
        if indicator.protects is not Protects.EVENTS or indicator.numerator.column is not None or row.grain is Grain.ROLLING_12:
            continue
        if not row.is_reported or row.grain is Grain.MONTH or indicator.counted_on != "month_on":
            continue
        key = (indicator.table, moment(indicator, row))
        where = selection(indicator, row, indicator.numerator)
        if key in drafts and {name for name, _ in where} <= axes[key]:
            drafts[key].counts.setdefault(where, int(row.numerator or 0))
            drafts[key].totals.add(where)
            drafts[key].has_events = True


def _latest(rows: Sequence[CountedCell]) -> dict[str, date]:
    """Return the last month of every indicator about which anything is reported."""
    latest: dict[str, date] = {}
    for row in rows:
        if row.is_reported:
            latest[row.indicator] = max(latest.get(row.indicator, row.last_on), row.last_on)
        else:
            latest.setdefault(row.indicator, row.last_on)
    return latest


def _counts(draft: _Draft, lattice: Lattice, population: Population) -> tuple[NDArray[numpy.int64], NDArray[numpy.uint64]]:
    """Return the count and mark of every cell, and refuse a lattice whose indicators disagree with the people themselves."""
    found = [population.count(cell.where) for cell in lattice.cells]
    for cell, (count, _) in zip(lattice.cells, found, strict=True):
        if draft.counts.get(cell.where, count) != count:
            raise ValueError(f"the cell {cell.where} counts {draft.counts[cell.where]} records where the table holds another number")
    return numpy.array([count for count, _ in found], dtype=numpy.int64), numpy.array([total for _, total in found], dtype=numpy.uint64)


def _is_offered(row: CountedCell, indicator: Indicator, release: Release, latest: date) -> bool:
    """Tell whether a release has a cell. Of what happened to people, only exact totals are given before late entries have come to rest."""
    if not row.is_reported or row.grain not in grains(indicator, row.breakdown, release):
        return False
    is_settled = months_apart(row.last_on, latest) >= indicator.provisional_periods
    return is_stock(indicator) or is_settled or is_county_total(indicator, row.breakdown)


def _lattice(draft: _Draft, members: Mapping[str, Sequence[tuple[str, str]]]) -> Lattice:
    used = {name for where in draft.counts for name, _ in where}
    axes = tuple(_axis(name, members, used) for name in sorted(used | _parents(used)))
    cells = tuple(Cell(where, where in draft.totals, is_of_county(where), draft.worth.get(where, 0)) for where in sorted(draft.counts))
    # What is left of exact event counts beside protected ones (cases without a young suspect) is no count of people.
    return Lattice(axes, cells if draft.has_events else close(axes, cells))


def _parents(used: set[str]) -> set[str]:
    return ({"zone"} if "township" in used else set()) | ({"quarter"} if "month" in used else set())


def _axis(name: str, members: Mapping[str, Sequence[tuple[str, str]]], used: set[str]) -> Axis:
    if name == "quarter":
        return Axis("quarter", ("1", "2", "3", "4"))
    if name == "month":
        months = tuple(f"{number:02}" for number in range(1, 13))
        return Axis("month", months, "quarter", {month: str((int(month) + 2) // 3) for month in months})
    codes = members[name]
    parent = DIMENSIONS[name].parent
    return Axis(name, tuple(code for code, _ in codes), parent, dict(codes) if parent else {})
