"""What was ever said of one stock, cut into groups of attributes that no count joins, with what was said of the people who joined it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from disclosure.lattice import Selection
from disclosure.said import Statement

ALWAYS, WITHIN_A_YEAR = "always", "year"
"""How long an attribute is taken not to change; an attribute that is not listed is never tied over time."""

Versions = Mapping[date, Sequence[Statement]]
"""Every statement on a table by moment, oldest first."""


@dataclass(frozen=True)
class Told:
    """One statement of one moment, as far as a group of attributes is concerned.

    Attributes:
        table: Core table.
        moment: The month of a stock, the first day of the year of a flow.
        population: What restricts everybody it speaks of.
        total: Everybody, where that is known exactly.
        shown: Counts as printed, without what restricts everybody.
        exact: Counts that a reader is taken to know exactly besides: of an attribute too, where an indicator calls that a total of the county.
        hidden: What was withheld.
        is_latest: Whether it is the last statement of its moment.
    """

    table: str
    moment: date
    population: Selection
    total: float | None
    shown: Mapping[Selection, float]
    exact: Mapping[Selection, float]
    hidden: frozenset[Selection]
    is_latest: bool


@dataclass(frozen=True)
class Story:
    """All that was ever said of one population by one group of attributes.

    Attributes:
        names: The attributes.
        moments: The statements on who is there, in the order of their moments and then as they were made.
        lasts: How long the attributes are taken not to change.
        flow: The statements on who joined, by year and then as they were made.
    """

    names: frozenset[str]
    moments: tuple[Told, ...]
    lasts: str
    flow: tuple[Told, ...] = ()

    @property
    def told(self) -> tuple[Told, ...]:
        """Every statement."""
        return (*self.moments, *self.flow)


def stories(table: str, versions: Versions, lasting: Mapping[str, str], flow: tuple[str, Versions] = ("", {})) -> list[Story]:
    """Cut what was said of one table into populations and groups of attributes that no count joins.

    Args:
        table: The core table.
        versions: What was said of it.
        lasting: Attribute -> how long it is taken not to change.
        flow: The table that counts those who joined, and what was said of it. A count that crosses two groups of attributes is left out of both.
    """
    populations = {where for where in _totals(versions) if not {name for name, _ in where} & lasting.keys()}
    return _stories(table, versions, lasting, sorted(populations, key=len) or [()], flow)


def _totals(versions: Versions) -> set[Selection]:
    return {where for statements in versions.values() for statement in statements for where in statement.exact}


def _stories(
    table: str, versions: Versions, lasting: Mapping[str, str], populations: Sequence[Selection], flow: tuple[str, Versions] = ("", {})
) -> list[Story]:
    said = [statement for statements in versions.values() for statement in statements]
    split: dict[Selection, list[set[str]]] = {}
    for statement in said:
        for where in (*statement.shown, *statement.exact, *statement.hidden):
            population = _population(where, populations)
            names = {name for name, _ in where} - {name for name, _ in population}
            if names and names <= lasting.keys():
                _join(split.setdefault(population, []), names)
    return [
        Story(
            frozenset(names),
            tuple(_told(table, versions, population, names, populations)),
            _shortest(names, lasting),
            tuple(_told(*flow, (), names, [()])),
        )
        for population, groups in sorted(split.items())
        for names in sorted(groups, key=sorted)
    ]


def read_together(tables: Collection[str], flow_of: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return every table with the one that counts those who joined it; empty where there is none.

    Args:
        tables: The tables of which something is said.
        flow_of: Stock -> the table that counts those who joined it.
    """
    beside = {flow_of[table] for table in tables if table in flow_of}
    return [(table, flow_of.get(table, "")) for table in sorted(tables) if table not in beside]


def related_stories(table: str, flow: str, said: Mapping[str, Versions], lasting: Mapping[str, str]) -> Iterator[Story]:
    """Return what was said of a table over all its moments, and of every moment of which several things were said.

    Args:
        table: The core table.
        flow: The table that counts those who joined it; empty where there is none.
        said: What was said of each table.
        lasting: Dimension -> how long a person is taken to stay in the same member; empty where the moments are not of the same people.
    """
    yield from stories(table, said.get(table, {}), lasting, (flow, said.get(flow, {})))
    for own in (table, flow):
        for moment, statements in said.get(own, {}).items():
            if len(statements) > 1:
                names = {name for one in statements for where in (*one.shown, *one.hidden) for name, _ in where}
                populations = sorted(_totals({moment: statements}), key=len) or [()]
                yield from _stories(own, {moment: statements}, dict.fromkeys(names, ALWAYS), populations)


def _population(where: Selection, populations: Sequence[Selection]) -> Selection:
    """Return the smallest population of which a count is a part."""
    parts = set(where)
    return next((one for one in reversed(populations) if parts.issuperset(one)), ())


def _join(groups: list[set[str]], names: set[str]) -> None:
    touching = [group for group in groups if group & names]
    groups[:] = [group for group in groups if not group & names] + [set(names).union(*touching)]


def _shortest(names: Collection[str], lasting: Mapping[str, str]) -> str:
    return ALWAYS if all(lasting[name] == ALWAYS for name in names) else WITHIN_A_YEAR


def _told(table: str, versions: Versions, population: Selection, names: Collection[str], populations: Sequence[Selection]) -> Iterator[Told]:
    for moment, statements in sorted(versions.items()):
        for number, statement in enumerate(statements):

            def own(where: Selection) -> Selection | None:
                rest = tuple(part for part in where if part not in population)
                # What costs least is asked first: most counts are of another group of attributes.
                is_inside = rest and all(name in names for name, _ in rest) and _population(where, populations) == population
                return rest if is_inside else None

            shown = {part: count for where, count in statement.shown.items() if (part := own(where)) is not None}
            exact = {part: count for where, count in statement.exact.items() if (part := own(where)) is not None}
            hidden = frozenset(part for where in statement.hidden if (part := own(where)) is not None) - exact.keys()
            if shown or exact or hidden:
                is_latest = number == len(statements) - 1
                yield Told(table, moment, population, statement.exact.get(population), shown, exact, hidden, is_latest)
