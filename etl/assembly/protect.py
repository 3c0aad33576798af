"""From exact cells to the two releases: every person behind every number is protected once, over all that will be published.

Cells of different indicators that count the same people are one cell here, so that a share, a rate and a count never contradict each
other. All cells of one table and moment (a month's end for a stock, a calendar year for a flow) form one lattice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy
from numpy.typing import NDArray

from disclosure.closure import close
from disclosure.each import Each
from disclosure.equations import equations
from disclosure.lattice import Axis, Cell, Lattice, Selection
from disclosure.policy import Policy
from disclosure.rounding import Earlier, round_jointly
from disclosure.suppression import suppress
from indicators.dimensions import DIMENSIONS, area_level, split
from indicators.lattice import grains, is_county_total, is_stock, stock_tables
from indicators.model import Grain, Indicator, Kind, Measure, Protects, Release

Key = tuple[Release, str, date, Selection]
"""Release, core table, moment and selection: names one published count of people."""


def is_number(count: float | None) -> bool:
    """Whether an earlier build shows a count; None and NaN stand for what it does not."""
    return count is not None and not numpy.isnan(count)


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
    county: set[Selection] = field(default_factory=set)
    worth: dict[Selection, int] = field(default_factory=dict)


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


def protect(
    rows: Sequence[CountedCell],
    populations: Mapping[tuple[str, date], Population],
    catalogue: Mapping[str, Indicator],
    members: Mapping[str, Sequence[tuple[str, str]]],
    policy: Policy,
    secret: bytes,
    before: Mapping[Key, float | None],
    on_lattice: Callable[[], None] = lambda: None,
    each: Each = map,
) -> dict[Key, float | None]:
    """Protect every count of people of both releases.

    Args:
        rows: The exact cells of all person-protected indicators, and of the event indicators of the same tables.
        populations: The people behind them, by table and moment: they give the counts of cells that nobody publishes but anybody can derive.
        catalogue: The indicators by id.
        members: Dimension -> (code, parent) in display order.
        policy: The limits.
        secret: Key of the public release's coins.
        before: What the build in force publishes of the same people, as :func:`etl.assembly.earlier.published_before` returns it.
        on_lattice: Called after each lattice, for progress.
        each: How the lattices are protected, one after the other where left out.

    Returns:
        The published count of every cell; None where it is hidden.

    Raises:
        ReleaseRefused: If the public release cannot be made safe.
    """
    published: dict[Key, float | None] = {}
    internal = _lattices(rows, populations, catalogue, members, Release.INTERNAL)
    splits = [place for place, counted in internal.items() if not all(cell.is_total for cell in counted.lattice.cells)]
    kept = {place: _still_hidden(place, counted, before) for place, counted in internal.items()}
    hidden = _hide(internal, policy, spans(splits, _moved(rows, catalogue), policy.internal_k), kept, each)
    for place, counted in internal.items():
        for cell, count in zip(counted.lattice.cells, counted.counts, strict=True):
            published[Release.INTERNAL, *place, cell.where] = None if cell.where in hidden[place] else float(count)
        on_lattice()
    public = _lattices(rows, populations, catalogue, members, Release.PUBLIC)
    work = [(counted, secret, policy, _said(place, counted, before), frozenset(hidden.get(place, ()))) for place, counted in public.items()]
    for (place, counted), values in zip(public.items(), each(_round_one, work), strict=True):
        for cell, value in zip(counted.lattice.cells, values, strict=True):
            published[Release.PUBLIC, *place, cell.where] = None if numpy.isnan(value) else float(value)
        on_lattice()
    return published


_Place = tuple[str, date]


@dataclass(frozen=True)
class _Counted:
    """A lattice with its exact counts and the marks of the people behind them. Shape (cells,) each."""

    lattice: Lattice
    counts: NDArray[numpy.int64]
    marks: NDArray[numpy.uint64]


def _lattices(
    rows: Sequence[CountedCell],
    populations: Mapping[_Place, Population],
    catalogue: Mapping[str, Indicator],
    members: Mapping[str, Sequence[tuple[str, str]]],
    release: Release,
) -> dict[_Place, _Counted]:
    found, stocks = {}, stock_tables(catalogue.values())
    for place, draft in _drafts(rows, catalogue, release).items():
        lattice = _lattice(draft, members, is_stock=place[0] in stocks)
        found[place] = _Counted(lattice, *_counts(draft, lattice, populations.get(place, Population.empty())))
    return found


def _still_hidden(place: _Place, counted: _Counted, before: Mapping[Key, float | None]) -> frozenset[Selection]:
    """Return what the build in force offered and could not be read from it: shown now, it would tell of whoever came or left since.

    Of the numbers of a withheld share, and of what follows by subtraction alone, no row says whether they were hidden; they could be read
    where a sum of the numbers offered then gave them. What was not offered then is no secret of that build.
    """
    keys = {cell.where: (Release.INTERNAL, *place, cell.where) for cell in counted.lattice.cells}
    said = {where: before[key] for where, key in keys.items() if key in before}
    if not said:
        return frozenset()
    totals = {cell.where for cell in counted.lattice.cells if cell.is_total}
    offered = Lattice(counted.lattice.axes, close(counted.lattice.axes, tuple(Cell(where) for where in sorted(totals | said.keys()))))
    is_read = [cell.where in totals or is_number(said.get(cell.where)) for cell in offered.cells]
    sums = [(equation.parent, *equation.children) for equation in equations(offered)]
    while new := {unread[0] for terms in sums if len(unread := [term for term in terms if not is_read[term]]) == 1}:
        for term in new:
            is_read[term] = True
    unread_cells = {cell.where for cell, readable in zip(offered.cells, is_read, strict=True) if not readable}
    told_hidden = {where for where, count in said.items() if count is None}  # whatever sums of a changed code list seem to say
    return frozenset((unread_cells | told_hidden) & keys.keys() - totals)


def _said(place: _Place, counted: _Counted, before: Mapping[Key, float | None]) -> Earlier:
    """Return what the build in force publishes of the cells of a lattice."""
    keys = {cell.where: (Release.PUBLIC, *place, cell.where) for cell in counted.lattice.cells}
    said = {where: before[key] for where, key in keys.items() if key in before}
    return {where: numpy.nan if count is None else count for where, count in said.items() if count is None or is_number(count)}


def spans(places: Iterable[_Place], moved: Mapping[str, Mapping[date, float]], k: int) -> dict[_Place, int]:
    """Give every lattice that can hide something the number of the span of time in which its hidden cells must not change.

    A span is a calendar year, joined with the next one where so few people came or went between the last lattice of the one and the first of
    the other that a count shown on one side would bound the hidden one on the other.

    Args:
        places: Table and moment of the lattices.
        moved: Of every table of a stock: month -> people who came or went in it; empty where nothing is known.
        k: Fewer than these are few.
    """
    found: dict[_Place, int] = {}
    by_table: dict[str, list[date]] = {}
    for table, when in sorted(places):
        by_table.setdefault(table, []).append(when)
    for table, moments in by_table.items():
        span, is_stock_table, of_month = 0, table in moved, moved.get(table, {})
        for position, when in enumerate(moments):
            earlier = moments[position - 1] if position else when
            between = [number for month, number in of_month.items() if earlier < month <= when]
            is_quiet = is_stock_table and sum(between) < k  # what is not known may be nothing
            span += when.year != earlier.year and not is_quiet
            found[table, when] = span
    return found


def _moved(rows: Sequence[CountedCell], catalogue: Mapping[str, Indicator]) -> dict[str, dict[date, float]]:
    """Return how many people came to or went from every stock in every month, as far as an indicator explains its changes."""
    moved: dict[str, dict[date, float]] = {table: {} for table in stock_tables(catalogue.values())}
    for row in rows:
        bridged, names = catalogue[row.indicator].bridges, split(row.breakdown)
        is_explained = bool(names) and all(DIMENSIONS[name].is_bridge for name in names)
        if bridged and is_explained and row.grain is Grain.MONTH and row.is_reported:
            stock = catalogue[bridged].table
            moved[stock][row.last_on] = moved[stock].get(row.last_on, 0) + (row.numerator or 0)
    return moved


def _hide(
    lattices: Mapping[_Place, _Counted],
    policy: Policy,
    span_of: Mapping[_Place, int],
    kept: Mapping[_Place, frozenset[Selection]],
    each: Each,
) -> dict[_Place, set[Selection]]:
    """Return what the internal release hides: a cell hidden at one moment of a span of time is hidden at every moment of it.

    A cell that comes and goes could be bounded by its neighbours in time and the exact changes between them. What is given as ``kept`` is
    hidden in any case.
    """
    hidden: dict[_Place, set[Selection]] = {}
    forced = dict(kept)
    waiting = list(lattices)
    while waiting:
        work = [(lattices[place], policy, forced.get(place, frozenset())) for place in waiting]
        hidden.update(zip(waiting, each(_suppress_one, work), strict=True))
        of_span: dict[tuple[str, int], set[Selection]] = {}
        for place, span in span_of.items():
            of_span.setdefault((place[0], span), set()).update(hidden[place])
        waiting = []
        for place, span in span_of.items():
            offered = {cell.where for cell in lattices[place].lattice.cells if not cell.is_total}
            if missing := (offered & of_span[place[0], span]) - hidden[place]:
                forced[place] = frozenset(hidden[place] | missing)
                waiting.append(place)
    return hidden


def _suppress_one(work: tuple[_Counted, Policy, frozenset[Selection]]) -> set[Selection]:
    counted, policy, forced = work
    is_hidden = suppress(counted.lattice, counted.counts, policy, forced)
    return {cell.where for cell, one in zip(counted.lattice.cells, is_hidden, strict=True) if one}


def _round_one(work: tuple[_Counted, bytes, Policy, Earlier, frozenset[Selection]]) -> NDArray[numpy.float64]:
    counted, secret, policy, said, forced = work
    return round_jointly(counted.lattice, counted.counts, counted.marks, secret, policy, said, forced).values


def _drafts(rows: Sequence[CountedCell], catalogue: Mapping[str, Indicator], release: Release) -> dict[tuple[str, date], _Draft]:
    drafts: dict[tuple[str, date], _Draft] = {}
    for row in rows:
        indicator = catalogue[row.indicator]
        if indicator.protects is not Protects.PERSONS or not _is_offered(row, indicator, release):
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
    if is_stock(indicator) and area_level(row.breakdown) == "county":
        draft.county.add(where)
    draft.worth[where] = max(draft.worth.get(where, 0), _worth(indicator, row.breakdown))


def _worth(indicator: Indicator, breakdown: str) -> int:
    """How much readers need a cell: shares of the whole county first, then its counts, one-way splits, areas, and two-way splits last."""
    if breakdown == "total":
        return 4 if indicator.kind is Kind.SHARE else 3
    if len(split(breakdown)) == 2:
        return 0
    return 2 if area_level(breakdown) == "county" else 1


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


def _counts(draft: _Draft, lattice: Lattice, population: Population) -> tuple[NDArray[numpy.int64], NDArray[numpy.uint64]]:
    """Return the count and mark of every cell, and refuse a lattice whose indicators disagree with the people themselves."""
    found = [population.count(cell.where) for cell in lattice.cells]
    for cell, (count, _) in zip(lattice.cells, found, strict=True):
        if draft.counts.get(cell.where, count) != count:
            raise ValueError(f"the cell {cell.where} counts {draft.counts[cell.where]} records where the table holds another number")
    return numpy.array([count for count, _ in found], dtype=numpy.int64), numpy.array([total for _, total in found], dtype=numpy.uint64)


def _is_offered(row: CountedCell, indicator: Indicator, release: Release) -> bool:
    return row.is_reported and row.grain in grains(indicator, row.breakdown, release)


def _lattice(draft: _Draft, members: Mapping[str, Sequence[tuple[str, str]]], *, is_stock: bool) -> Lattice:
    used = {name for where in draft.counts for name, _ in where}
    axes = tuple(_axis(name, members, used) for name in sorted(used | _parents(used)))
    cells = tuple(Cell(where, where in draft.totals, where in draft.county, draft.worth.get(where, 0)) for where in sorted(draft.counts))
    closed = close(axes, cells)
    # Of what happened in a period a zero is a small count in the whole county too, also where it only follows by subtraction.
    return Lattice(axes, closed if is_stock else tuple(replace(cell, is_county=False) for cell in closed))


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
