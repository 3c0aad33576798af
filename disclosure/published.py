"""What a finished warehouse says of persons: the rows of the published table as statements about selections, read without the builder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, product

from disclosure.lattice import Axis, Contradiction, Selection

INTERNAL, PUBLIC = "internal", "public"
_AREAS = frozenset({"zone", "township"})
_NESTED = (("zone", "township"), ("quarter", "month"))
_SHOWN = frozenset({"observed", "provisional"})
_SUPPRESSED, _UNDEFINED = "suppressed", "undefined"
_COLUMNS = 10
"""Of ``meta.indicator``."""


Place = tuple[str, date]
"""Core table and moment: the month of a stock, the first day of the year of a flow."""


@dataclass(frozen=True)
class Declared:
    """What the auditor knows of an indicator, from ``meta.indicator``."""

    id: str
    kind: str
    protects: str
    table: str
    numerator: Mapping[str, tuple[str, ...]]
    denominator: Mapping[str, tuple[str, ...]] | None
    denominator_table: str  # where the denominator is counted: mostly the same table
    is_countable: bool  # its rows count persons or events, not weights or different values
    is_headline: bool
    is_stock: bool  # its rows say who is there at the end of a period
    is_bridge: bool  # its rows explain the change of a stock


@dataclass(frozen=True)
class Outside:
    """An exact count of persons that another publication tells (an annual bulletin, say): the place of a row of ours, and the count."""

    indicator: str
    period: date
    grain: str
    area: str
    breakdown: str
    member: str
    member_2: str
    count: float


@dataclass
class Published:
    """All that one release says of one table and moment.

    ``shown`` are counts as printed, ``exact`` the county totals known exactly, ``declared`` what another publication is said to tell,
    ``hidden`` the cells certainly withheld, ``unclear`` those of a withheld row of which only one of two numbers need be.
    """

    shown: dict[Selection, float] = field(default_factory=dict)
    exact: dict[Selection, float] = field(default_factory=dict)
    totals: set[Selection] = field(default_factory=set)
    hidden: set[Selection] = field(default_factory=set)
    withheld_shares: list[tuple[Selection, Selection, Published]] = field(default_factory=list)  # numerator, denominator, and where that is counted
    unclear: set[Selection] = field(default_factory=set)
    undefined: set[Selection] = field(default_factory=set)  # of a share that rests on too few people, whatever they are
    has_events: bool = False
    declared: dict[Selection, float] = field(default_factory=dict)

    @property
    def named(self) -> list[Selection]:
        """Every selection that something is said of."""
        return sorted({*self.shown, *self.exact, *self.declared, *self.hidden, *self.unclear})


def declarations(rows: Iterable[Sequence[object]]) -> dict[str, Declared]:
    """Read ``meta.indicator``: the indicators by id.

    Raises:
        ValueError: If the file was made before it said what the auditor needs, or two indicators differ about their table.
    """
    found = {one.id: one for one in map(_declared, rows)}
    tables: dict[str, tuple[bool, bool]] = {}
    for one in found.values():
        if tables.setdefault(one.table, (one.is_stock, one.is_bridge)) != (one.is_stock, one.is_bridge):
            raise ValueError(f"meta.indicator says two things of the rows of {one.table}; build the warehouse again")
    return found


def _declared(row: Sequence[object]) -> Declared:
    if len(row) < _COLUMNS:
        raise ValueError("the warehouse was made by an earlier version and does not say which tables are stocks; build it again")
    name, _, kind, protects, table, numerator, denominator, is_headline, is_stock, is_bridge = row[:_COLUMNS]
    measure = json.loads(str(numerator))
    base = json.loads(str(denominator)) if denominator and denominator != "residents" else None
    # A summed column counts persons only where the indicator protects persons (suspects of a case); distinct values are no count.
    is_countable = not measure["distinct"] and (measure["column"] is None or protects == "persons")
    return Declared(
        str(name),
        str(kind),
        str(protects),
        str(table),
        _where(measure),
        None if base is None else _where(base),
        str(table) if base is None else str(base.get("table", table)),
        is_countable,
        bool(is_headline),
        bool(is_stock),
        bool(is_bridge),
    )


def _where(measure: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(chosen) for name, chosen in measure["where"].items()}


def code_lists(members: Iterable[Sequence[object]]) -> dict[str, list[tuple[str, str]]]:
    """Return dimension -> code and parent of every member, from rows of ``meta.member``."""
    lists: dict[str, list[tuple[str, str]]] = {}
    for dimension, code, _, _, _, parent in (row[:6] for row in members):
        lists.setdefault(str(dimension), []).append((str(code), str(parent or "")))
    return lists


def _moment(indicator: Declared, period: date, grain: str) -> date:
    """Return the month a stock describes, or the year a flow falls into."""
    if not indicator.is_stock:
        return date(period.year, 1, 1)
    months_later = {"month": 0, "quarter": 2, "year": 11}[grain]
    return date(period.year, period.month + months_later, 1)


def collect(
    rows: Sequence[Sequence[object]],
    catalogue: Mapping[str, Declared],
    release: str,
    exact_totals: Mapping[Place, Published],
    outside: Sequence[Outside] = (),
) -> dict[Place, Published]:
    """Gather what a release says, by table and moment.

    Args:
        rows: Rows of ``mart.observation``.
        catalogue: The indicators by id.
        release: Which release.
        exact_totals: What the internal release says, whose county totals an attacker is taken to know.
        outside: Counts of persons published elsewhere, of moments the release speaks of.

    Raises:
        Contradiction: If two rows show different counts of the same persons.
        ValueError: If a row names an unknown indicator.
    """
    published: dict[Place, Published] = {}
    statements = [one for row in rows if (one := _statement(row, catalogue, release)) is not None]
    for one in statements:
        if one.indicator.protects == "persons":
            _note(one, published, release)
    for count in outside:
        _note_outside(count, catalogue, published, release)
    for said in published.values():
        _settle(said)
    for place, said in published.items():
        said.unclear -= said.hidden
        known = said if release == INTERNAL else exact_totals.get(place, Published())
        said.exact.update({where: known.shown[where] for where in said.totals if where in known.shown})
    _note_events(statements, published)
    return published


def published_of(
    observations: Sequence[Sequence[object]],
    indicators: Iterable[Sequence[object]],
    releases: Sequence[str] = (INTERNAL, PUBLIC),
    outside: Sequence[Outside] = (),
) -> dict[tuple[str, str, date], Published]:
    """Gather what a file says, by release, table and moment.

    Args:
        observations: Rows of ``mart.observation``.
        indicators: Rows of ``meta.indicator``.
        releases: Which releases.
        outside: Counts of persons published elsewhere.

    Raises:
        Contradiction: If two rows show different counts of the same persons.
        ValueError: If a row names an unknown indicator.
    """
    catalogue = declarations(indicators)
    exact = collect(observations, catalogue, INTERNAL, {}, outside) if observations else {}
    found: dict[tuple[str, str, date], Published] = {}
    for release in releases:
        said = exact if release == INTERNAL else collect(observations, catalogue, release, exact, outside)
        found |= {(release, *place): one for place, one in said.items()}
    return found


@dataclass(frozen=True)
class _Statement:
    """One row of a release that speaks of people, or of events of the same table: where, of whom, and what it says."""

    indicator: Declared
    place: Place
    own: Selection
    base: Selection | None
    is_total: bool
    is_shown: bool
    is_undefined: bool
    numerator: object
    denominator: object


def _statement(row: Sequence[object], catalogue: Mapping[str, Declared], release: str) -> _Statement | None:
    """Read a row; None where it says nothing that counts: of another release, a window of time, a weight, or exact on purpose.

    Raises:
        ValueError: If it names an unknown indicator.
    """
    own_release, name, period, grain, area, breakdown, member, member_2, numerator, denominator, *rest = row
    status = rest[-1]
    if own_release != release or grain == "rolling_12" or status not in {*_SHOWN, _SUPPRESSED, _UNDEFINED}:
        return None
    if str(name) not in catalogue:
        raise ValueError(f"mart.observation names the indicator {name}, which meta.indicator lacks; build the warehouse again")
    indicator = catalogue[str(name)]
    if not indicator.is_countable or indicator.protects not in {"persons", "events"}:
        return None
    if indicator.is_bridge:
        return None  # reasons of a change add up with signs; disclosure.bridge says what may be shown
    place, own, day, splits = _place_of(indicator, period, str(grain), str(area), str(breakdown), str(member), str(member_2))
    base = None
    if indicator.denominator is not None:
        base = _selection(indicator, indicator.denominator, splits, str(area), (str(member), str(member_2)), day, str(grain))
    return _Statement(
        indicator, place, own, base, indicator.is_headline and not splits, status in _SHOWN, status == _UNDEFINED, numerator, denominator
    )


def _note(one: _Statement, published: dict[Place, Published], release: str) -> None:
    """Note what a row says of people.

    Raises:
        Contradiction: If another row shows a different count of the same persons.
    """
    said = published.setdefault(one.place, Published())
    beneath = published.setdefault((one.indicator.denominator_table, one.place[1]), Published())
    if one.is_undefined:
        said.undefined.add(one.own)
        return
    if one.is_total:
        said.totals.add(one.own)
    if not one.is_shown and one.base is None:
        said.hidden.add(one.own)
    elif not one.is_shown:
        said.withheld_shares.append((one.own, one.base or (), beneath))
    for spoken_of, where, number in ((said, one.own, one.numerator), (beneath, one.base, one.denominator)):
        if not one.is_shown or where is None or not isinstance(number, (int, float)):
            continue
        if spoken_of.shown.setdefault(where, float(number)) != float(number):
            raise Contradiction(
                f"{release}: two rows of {one.indicator.id} and others show different counts of the same people at {one.place[1]}; build again"
            )


def _note_outside(one: Outside, catalogue: Mapping[str, Declared], published: Mapping[Place, Published], release: str) -> None:
    """Note a count that another publication tells, where the release speaks of its moment.

    Raises:
        Contradiction: If it differs from the one shown.
        ValueError: If it has no place among ours.
    """
    _check_outside(one, catalogue)
    place, own, _, _ = _place_of(catalogue[one.indicator], one.period, one.grain, one.area, one.breakdown, one.member, one.member_2)
    if place not in published:
        if release == INTERNAL:
            raise ValueError(f"a count from outside is of {one.period:%Y-%m}, of which nothing is published by {one.grain}; correct the list")
        return
    if release == INTERNAL and published[place].shown.get(own, one.count) != one.count:
        raise Contradiction(f"another publication tells a count of {one.indicator} at {place[1]} that differs from the one shown; correct the list")
    published[place].declared[own] = one.count


def _note_events(statements: Iterable[_Statement], published: Mapping[Place, Published]) -> None:
    """Note the exact counts of events that stand beside people and are split by nothing these are not split by."""
    spoken = {place: {name for where in (*said.shown, *said.hidden, *said.unclear) for name, _ in where} for place, said in published.items()}
    for one in statements:
        is_of_events = one.indicator.protects == "events" and one.is_shown and isinstance(one.numerator, (int, float))
        if is_of_events and one.place in published and {name for name, _ in one.own} <= spoken[one.place]:
            published[one.place].exact[one.own] = float(str(one.numerator))
            published[one.place].has_events = True


def _check_outside(one: Outside, catalogue: Mapping[str, Declared]) -> None:
    """Refuse a count that has no place among ours, so that none is passed over.

    Raises:
        ValueError: If indicator, grain, period or area cannot be.
    """
    if one.indicator not in catalogue:
        raise ValueError(f"a count from outside names the unknown indicator {one.indicator!r}; correct the list")
    first_months = {"month": range(1, 13), "quarter": (1, 4, 7, 10), "year": (1,)}
    if one.period.month not in first_months.get(one.grain, ()):
        raise ValueError(f"a count from outside is of {one.period:%Y-%m} by {one.grain!r}; write month, quarter or year and its first month")
    has_area = bool(_AREAS & set(one.breakdown.split("*")))
    if has_area and not one.area:
        raise ValueError("a count from outside is split by area and names none; write its code")


def _place_of(
    indicator: Declared, period: object, grain: str, area: str, breakdown: str, member: str, member_2: str
) -> tuple[Place, Selection, date, list[str]]:
    """Return table and moment of a row, the persons it counts, its first day and what it is split by."""
    day = period if isinstance(period, date) else date.fromisoformat(str(period)[:10])
    splits = [] if breakdown == "total" else breakdown.split("*")
    own = _selection(indicator, indicator.numerator, splits, area, (member, member_2), day, grain)
    return (indicator.table, _moment(indicator, date(day.year, day.month, day.day), grain)), own, day, splits


def _settle(said: Published) -> None:
    """Decide which number of a withheld share is the hidden one, where that can be told."""
    for own, base, beneath in said.withheld_shares:
        if base in beneath.shown and own not in said.shown:
            said.hidden.add(own)
            continue
        for spoken_of, where in ((said, own), (beneath, base)):
            if where not in spoken_of.shown:
                spoken_of.unclear.add(where)
    if contradicted := said.hidden & said.shown.keys():
        raise Contradiction(f"the same people are hidden in one row and shown in another: {min(contradicted)}; build the warehouse again")


def _selection(
    indicator: Declared,
    where: Mapping[str, tuple[str, ...]],
    splits: Sequence[str],
    area: str,
    categories: tuple[str, str],
    day: date,
    grain: str,
) -> Selection:
    chosen = dict(where)
    left = list(categories)
    for name in splits:
        code = area if name in _AREAS else left.pop(0)
        chosen[name] = tuple(member for member in chosen.get(name, (code,)) if member == code)
        if not chosen[name]:
            raise ValueError(f"{indicator.id} by {'*'.join(splits)}: a row asks for a member its own selection excludes; correct the breakdown")
    if not indicator.is_stock:
        if grain == "month":
            chosen["month"] = (f"{day.month:02}",)
        if grain == "quarter":
            chosen["quarter"] = (str((day.month + 2) // 3),)
    return tuple(sorted(chosen.items()))


def axes_of(selections: Iterable[Selection], code_lists: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Axis, ...]:
    """Return the dimensions that selections speak of, with their code lists.

    Raises:
        ValueError: If a dimension has no code list.
    """
    used = {name for where in selections for name, _ in where}
    used |= {above for name, above in (("township", "zone"), ("month", "quarter")) if name in used}
    axes = []
    for name in sorted(used):
        if name == "quarter":
            axes.append(Axis(name, ("1", "2", "3", "4")))
        elif name == "month":
            months = tuple(f"{number:02}" for number in range(1, 13))
            axes.append(Axis(name, months, "quarter", {month: str((int(month) + 2) // 3) for month in months}))
        elif name not in code_lists:
            raise ValueError(f"published rows are split by {name}, which meta.member lacks; build the warehouse again")
        else:
            codes = code_lists[name]
            above = "zone" if name == "township" else None
            axes.append(Axis(name, tuple(code for code, _ in codes), above, dict(codes) if above else {}))
    return tuple(axes)


def crossings(said: Published) -> Iterator[list[Selection]]:
    """Return the cells that cross two or three of the dimensions a county total is split by and that nobody publishes, group by group.

    Whoever knows a few things of a person asks for such a cell; no row says anything of it, but the rows around it may.
    """
    named = set(said.named)
    for total in sorted(said.totals):
        fixed = {name for name, _ in total}
        parts: dict[str, list[tuple[str, ...]]] = {}
        for where in sorted(named):
            further = [part for part in where if part[0] not in fixed]
            if len(further) == 1 and set(total) <= set(where):
                parts.setdefault(further[0][0], []).append(further[0][1])
        for names in (*combinations(sorted(parts), 2), *combinations(sorted(parts), 3)):
            if any(set(pair) <= set(names) for pair in _NESTED):
                continue
            cells = [tuple(sorted((*total, *zip(names, chosen, strict=True)))) for chosen in product(*(parts[name] for name in names))]
            if unpublished := [cell for cell in cells if cell not in named]:
                yield unpublished
