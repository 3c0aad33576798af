"""What was ever said: the rows of every file that was in force, as statements about populations and moments. Shares no code with the auditor."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from pathlib import Path

import duckdb

INTERNAL, PUBLIC = "internal", "public"
Where = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension -> members, sorted: the people a number counts."""
Codes = dict[str, dict[str, str]]
"""Dimension -> member -> its parent; an empty text where it has none."""

POPULATION: Where = (("standing", ("current",)),)
"""What is split of the register is always this part of it; other parts are given as totals alone."""
_AREAS = {"zone", "township"}
_LAST_MONTH = {"month": 0, "quarter": 2, "year": 11}
_PARENT_AXIS = {"township": "zone", "month": "quarter"}
_QUARTERS = {f"{month:02}": str((month + 2) // 3) for month in range(1, 13)}


@dataclass
class Version:
    """What one release says of one population and moment.

    Attributes:
        shown: Numbers as printed.
        hidden: Counts that are certainly withheld.
        exact: County totals, known exactly to everybody.
        files: Places of the files that say so, in the order in which they were in force.
    """

    shown: dict[Where, float] = field(default_factory=dict)
    hidden: set[Where] = field(default_factory=set)
    exact: dict[Where, float] = field(default_factory=dict)
    files: list[int] = field(default_factory=list)

    def says(self) -> tuple[object, ...]:
        """Everything it says, to be compared."""
        return self.shown, self.hidden, self.exact


Place = tuple[str, date]
"""Source table, and month of a stock or first day of the year of a flow."""


@dataclass
class Heard:
    """Everything said by all files: by release and place the versions in the order in which they were first said, the newest last.

    Attributes:
        stocks: Source tables whose rows say who is there.
        codes: Every code that any file had.
        editions: Of every file, month -> the delivered register it was built from, as the file itself says.
    """

    versions: dict[str, dict[Place, list[Version]]] = field(default_factory=lambda: {INTERNAL: {}, PUBLIC: {}})
    stocks: set[str] = field(default_factory=set)
    codes: Codes = field(default_factory=dict)
    files: int = 0
    editions: list[dict[date, int]] = field(default_factory=list)

    def hear(self, release: str, place: Place, said: Version) -> None:
        """Note what a file says; what an earlier one said in the same words is the same version."""
        known = self.versions[release].setdefault(place, [])
        same = next((one for one in known if one.says() == said.says()), said)
        same.files += said.files if same is not said else []
        known[:] = [*(one for one in known if one is not same), same]


def heard(paths: Sequence[Path], merged: Mapping[str, str]) -> Heard:
    """Read every file that was ever in force.

    Args:
        paths: The files, in that order.
        merged: Townships that are no more -> what took them over, as everybody knows: numbers of the one then count both.
    """
    found = Heard(files=len(paths))
    for place, path in enumerate(paths):
        with duckdb.connect(str(path), read_only=True) as connection:
            _hear_file(found, place, connection, merged)
    found.codes["month"] = dict(_QUARTERS)
    found.codes["quarter"] = dict.fromkeys("1234", "")
    return found


def _hear_file(found: Heard, file: int, connection: duckdb.DuckDBPyConnection, merged: Mapping[str, str]) -> None:
    codes: Codes = {}
    for dimension, code, parent in connection.execute("select dimension, code, parent from meta.member order by dimension, position").fetchall():
        codes.setdefault(dimension, {})[code] = parent or ""
    for dimension, members in codes.items():
        found.codes.setdefault(dimension, {}).update(members)
    found.editions.append(dict(connection.execute("select month_on, file_sequence from meta.coverage where extract = 'registry'").fetchall()))
    gone = {old: new for old, new in merged.items() if old not in codes["township"]}
    indicators = {row[0]: _Declared(*row) for row in connection.execute(_INDICATORS).fetchall()}
    found.stocks |= {one.table for one in indicators.values() if one.is_stock}
    said: dict[tuple[str, Place], _Said] = {}
    for row in connection.execute(_ROWS).fetchall():
        _note(said, row, indicators, gone)
    for (release, place), one in said.items():
        version = one.settled(file, said)
        if release == PUBLIC and (INTERNAL, place) in said:
            inside = said[INTERNAL, place]
            version.exact = {where: inside.version.shown[where] for where in inside.totals if where in inside.version.shown}
        found.hear(release, place, version)


_INDICATORS = """
select id, source_table, numerator, denominator, is_headline, is_stock from meta.indicator where protects = 'persons' and not is_bridge
"""
_ROWS = """
select release, indicator, period, grain, area_code, breakdown, member, member_2, numerator, denominator, status from mart.observation
where status in ('observed', 'provisional', 'suppressed')
    and indicator in (select id from meta.indicator where protects = 'persons' and not is_bridge)
order by all
"""


@dataclass
class _Declared:
    id: str
    table: str
    numerator: str
    denominator: str
    is_headline: bool
    is_stock: bool

    def measures(self) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
        """Source table and selection of what is counted, and of the people beneath it if any."""
        top = json.loads(self.numerator)
        found = [(self.table, {name: tuple(chosen) for name, chosen in top["where"].items()})]
        if self.denominator not in {"", "residents"}:
            base = json.loads(self.denominator)
            found.append((base.get("table", self.table), {name: tuple(chosen) for name, chosen in base["where"].items()}))
        return found


@dataclass
class _Said:
    version: Version = field(default_factory=Version)
    totals: set[Where] = field(default_factory=set)
    withheld_shares: list[tuple[Where, tuple[str, Place], Where]] = field(default_factory=list)

    def settled(self, file: int, said: Mapping[tuple[str, Place], _Said]) -> Version:
        """Of a withheld share the count above is the hidden one where the one below can be read."""
        for where, beneath, base in self.withheld_shares:
            if base in said[beneath].version.shown:
                self.version.hidden.add(where)
        self.version.hidden -= self.version.shown.keys()
        self.version.exact = {where: self.version.shown[where] for where in self.totals if where in self.version.shown}
        self.version.files = [file]
        return self.version


def _note(said: dict[tuple[str, Place], _Said], row: Sequence[object], indicators: Mapping[str, _Declared], gone: Mapping[str, str]) -> None:
    release, name, period, grain, area, breakdown, member, member_2, numerator, denominator, status = row
    own = indicators[str(name)]
    day = date.fromisoformat(str(period)[:10])
    splits = [] if breakdown == "total" else str(breakdown).split("*")
    moment = date(day.year, day.month + _LAST_MONTH[str(grain)], 1) if own.is_stock else date(day.year, 1, 1)
    places = []
    for table, chosen in own.measures():
        where = _where(chosen, splits, str(area), [str(member), str(member_2)], gone)
        if not own.is_stock:
            where = _timed(where, day, str(grain))
        places.append(((str(release), (table, moment)), where))
        said.setdefault(places[-1][0], _Said())
    (place, where), *beneath = places
    if own.is_headline and not splits:
        said[place].totals.add(where)
    if status != "suppressed":
        for (spoken_of, counted), number in zip(places, (numerator, denominator), strict=False):
            if number is not None:
                said[spoken_of].version.shown[counted] = float(str(number))
    elif beneath:
        said[place].withheld_shares.append((where, *beneath[0]))
    else:
        said[place].version.hidden.add(where)


def _where(chosen: Mapping[str, tuple[str, ...]], splits: Iterable[str], area: str, members: list[str], gone: Mapping[str, str]) -> Where:
    picked = dict(chosen)
    left = [member for member in members if member]
    for name in splits:
        code = area if name in _AREAS else left.pop(0)
        picked[name] = (code, *sorted(old for old, new in gone.items() if new == code and name == "township"))
    return tuple(sorted(picked.items()))


def _timed(where: Where, day: date, grain: str) -> Where:
    of_grain = {"month": (("month", (f"{day.month:02}",)),), "quarter": (("quarter", (str((day.month + 2) // 3),)),), "year": ()}
    return tuple(sorted((*where, *of_grain[grain])))


def split_of(where: Where, table: str) -> Where | None:
    """Return what is said beyond belonging to the split population; None of people outside it."""
    if table != "core.registry_person":
        return where
    return tuple(item for item in where if item not in POPULATION) if set(POPULATION) <= set(where) else None


@dataclass(frozen=True)
class Axes:
    """Dimensions that must be attacked together because some number crosses them.

    Attributes:
        names: The dimensions.
        margins: The largest sets of dimensions that a number crosses: whatever is said is a sum over one of these tables.
    """

    names: tuple[str, ...]
    margins: tuple[tuple[str, ...], ...]

    @property
    def title(self) -> str:
        """Its dimensions in one word."""
        return "+".join(self.names)


def apart(splits: Iterable[Where]) -> list[Axes]:
    """Return the groups of dimensions between which no number crosses."""
    crossed = {tuple(name for name, _ in split) for split in splits if split}
    groups: list[set[str]] = []
    for names in crossed:
        joined = set(names) | {parent for name in names if (parent := _PARENT_AXIS.get(name))}
        touching = [group for group in groups if group & joined]
        groups = [group for group in groups if not group & joined] + [joined.union(*touching)]
    found = []
    for group in groups:
        own = [names for names in crossed if set(names) <= group]
        margins = [names for names in own if not any(names != other and implied(names) <= implied(other) for other in own)]
        found.append(Axes(tuple(sorted(group)), tuple(sorted(margins))))
    return sorted(found, key=lambda axes: axes.names)


def implied(names: Iterable[str]) -> set[str]:
    """The dimensions known of whoever's members of some dimensions are known: a township tells the zone."""
    return set(names) | {parent for name in names if (parent := _PARENT_AXIS.get(name))}


def combinations(margin: Sequence[str], codes: Codes) -> list[dict[str, str]]:
    """Every combination of members of some dimensions, with what they imply."""
    found = []
    for chosen in product(*(codes[name] for name in margin)):
        sort = dict(zip(margin, chosen, strict=True))
        for name in margin:
            if name in _PARENT_AXIS and _PARENT_AXIS[name] not in sort:
                sort[_PARENT_AXIS[name]] = codes[name][sort[name]]
        found.append(sort)
    return found
