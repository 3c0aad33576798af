"""From exact cells to the two releases: every person behind every number is protected once, over all that was and will be published.

The moments of a table are gone through in the order of time. What was said of a moment once is said again as long as it is true. What is new
is protected by itself first and then read together with everything said before of the same people; a split that would give something away
is not made at that moment, and waits until more people have moved.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy

from disclosure.bridge import withheld_reasons
from disclosure.each import Each
from disclosure.finding import Finding
from disclosure.lattice import Selection
from disclosure.movers import MovesBetween, Present
from disclosure.over_time import attack_story
from disclosure.policy import Policy
from disclosure.rounding import Earlier, round_jointly
from disclosure.said import Areas, History, Statement
from disclosure.stories import Story, Versions, read_together, related_stories, stories
from disclosure.suppression import suppress
from etl.assembly.lattices import Counted, CountedCell, Key, Place, Population, lattices, moment, selection
from indicators.dimensions import DIMENSIONS
from indicators.lattice import grains, stock_tables
from indicators.model import Indicator, Release

Codes = Mapping[str, Sequence[tuple[str, str]]]
Values = Mapping[Selection, float | None]
"""What is said of the cells of a lattice; None where it is withheld."""

_DECEMBER = 12
_SPARE = (2, 4)
"""People by which intervals are made longer, step by step, where other moments narrow them."""

_READ_TOGETHER = 4
"""Moments before the one in question that it is read with while it is decided; the audit of the finished file reads all of them."""


def protect(
    rows: Sequence[CountedCell],
    populations: Mapping[Place, Population],
    catalogue: Mapping[str, Indicator],
    members: Codes,
    policy: Policy,
    secret: bytes,
    history: History,
    areas: Areas,
    present: Mapping[str, Present],
    on_moment: Callable[[int, int], None] = lambda done, total: None,
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
        history: What was ever said of the same people.
        areas: How that writes areas.
        present: Who belonged to every stock, where that is known.
        on_moment: Called before a moment is read with those before it, with which of how many it is.
        each: How the lattices are protected, one after the other where left out.

    Returns:
        The published count of every cell; None where it is withheld. A cell that is missing is not offered at its moment.

    Raises:
        ReleaseRefused: If the public release cannot be made safe.
    """
    stocks = stock_tables(catalogue.values())
    inside = lattices(rows, populations, catalogue, members, Release.INTERNAL)
    outside = lattices(rows, populations, catalogue, members, Release.PUBLIC)
    exact = {place: _exact(counted) for place, counted in inside.items()}
    of_release: dict[Release, dict[Place, Values]] = {}
    coins: bytes | None = None
    already: dict[Place, Values] = {}
    for release, counted in ((Release.INTERNAL, inside), (Release.PUBLIC, outside)):
        if release is Release.PUBLIC:
            coins, already = secret, of_release[Release.INTERNAL]
            counted = {place: one.without(_not_offered(one, already.get(place, {}))) for place, one in counted.items()}
        knowledge = _Knowledge(release, areas.codes(members, history), areas, policy, present, stocks, exact)
        of_release[release] = _Sequence(knowledge, counted, already, coins, history, on_moment).decide(each)
    published = _bridges(rows, catalogue, policy)
    for release, places in of_release.items():
        published |= {(release, *place, where): count for place, values in places.items() for where, count in values.items()}
    return published


def _bridges(rows: Sequence[CountedCell], catalogue: Mapping[str, Indicator], policy: Policy) -> dict[Key, float | None]:
    """Return the reasons of every change that the internal release may show."""
    periods: dict[tuple[str, date], list[CountedCell]] = {}
    for row in rows:
        indicator = catalogue[row.indicator]
        if indicator.bridges and row.is_reported and row.grain in grains(indicator, row.breakdown, Release.INTERNAL):
            periods.setdefault((row.indicator, row.period_on), []).append(row)
    published: dict[Key, float | None] = {}
    for (name, _), reasons in periods.items():
        indicator = catalogue[name]
        signs = {member.code: member.sign for breakdown in indicator.breakdowns for member in DIMENSIONS[breakdown].members}
        people = [int(row.numerator or 0) for row in reasons]
        withheld = withheld_reasons(people, [signs[row.member] for row in reasons], policy.internal_k)
        for row, number, is_withheld in zip(reasons, people, withheld, strict=True):
            key = (Release.INTERNAL, indicator.table, moment(indicator, row), selection(indicator, row, indicator.numerator))
            published[key] = None if is_withheld else float(number)
    return published


def _not_offered(counted: Counted, inside: Values) -> frozenset[str]:
    """Return the dimensions by which the internal release does not split a moment, so that no other does."""
    population = {name for cell in counted.lattice.cells if cell.is_total for name, _ in cell.where}
    missing = [{name for name, _ in cell.where} for cell in counted.lattice.cells if cell.is_written and cell.where not in inside]
    return frozenset(name for names in missing for name in _finest(names - population))


def _exact(counted: Counted) -> dict[Selection, float]:
    """Return the counts of a lattice that everybody may know exactly."""
    return {cell.where: float(count) for cell, count in zip(counted.lattice.cells, counted.counts, strict=True) if cell.is_total}


@dataclass(frozen=True)
class _Knowledge:
    """What a reader of one release knows besides, and what is asked of him."""

    release: Release
    codes: Codes
    areas: Areas
    policy: Policy
    present: Mapping[str, Present]
    stocks: frozenset[str]
    exact: Mapping[Place, Mapping[Selection, float]]
    last_read: dict[object, tuple[Story, Sequence[Finding]]] = field(default_factory=dict)

    def between(self, table: str) -> MovesBetween:
        return MovesBetween(self.present.get(table), self.policy)

    def read_together(self, tables: Collection[str]) -> list[tuple[str, str]]:
        """Return every table with the one that counts those who joined it."""
        return read_together(tables, {stock: present.flow for stock, present in self.present.items() if present.flow})

    def gives_away(self, place: Place, said: Mapping[str, Versions]) -> frozenset[str]:
        """Return the dimensions by which what is said of a moment gives something away together with what was said before."""
        ((table, flow),) = (pair for pair in self.read_together(said.keys()) if place[0] in pair)
        near = self._near(place, table, flow, said)
        found: set[str] = set()
        for story in related_stories(table, flow, near, self._lasting(table)):
            if any((told.table, told.moment) == place for told in story.told):
                for one in self._attacked(table, story, {place[1]}):
                    found |= self.split_by(story, one)
        return frozenset(found)

    def _near(self, place: Place, table: str, flow: str, said: Mapping[str, Versions]) -> dict[str, Versions]:
        """Return what a moment is read together with: a few moments before it and the one after, a year with the moments in it."""
        own, when = place
        moments = sorted(said[table])
        if own == flow:
            moments = [one for one in moments if one.year == when.year or one == date(when.year - 1, _DECEMBER, 1)]
        else:
            at = moments.index(when)
            moments = moments[max(0, at - _READ_TOGETHER) : at + 2]
        years = {one.replace(month=1) for one in (*moments, when)}
        return {
            table: {one: said[table][one] for one in moments},
            flow: {year: statements for year, statements in said.get(flow, {}).items() if year in years},
        }

    def split_by(self, story: Story, one: Finding) -> set[str]:
        """Return by which dimensions a population is no longer to be split where a part of it is given away."""
        population = next(told.population for told in story.told if told.table == one.table)
        return _finest(self.areas.names_in(one.where) - {name for name, _ in population})

    def read(self, table: str, flow: str, said: Mapping[str, Versions]) -> Iterator[tuple[Story, Sequence[Finding]]]:
        """Read all statements on a table together; yield what is given away. A story that says what it said when last read is not attacked again."""
        for story in related_stories(table, flow, said, self._lasting(table)):
            place = (table, story.names, tuple((told.table, told.moment, told.population) for told in story.told))
            last = self.last_read.get(place)
            if last is None or last[0] != story:
                last = self.last_read[place] = story, self._attacked(table, story)
            yield last

    def _lasting(self, table: str) -> Mapping[str, str]:
        return LASTING if table in self.stocks else {}

    def _attacked(self, table: str, story: Story, moments: Collection[date] | None = None) -> list[Finding]:
        return attack_story(story, self.between(table), self.codes, self.policy, self.release.value, moments)[0]


LASTING = {name: dimension.lasts for name, dimension in DIMENSIONS.items() if dimension.lasts}
"""Dimension -> how long a person is taken to stay in the same member of it."""


def _finest(names: set[str]) -> set[str]:
    """Return what is to go where something is given away by some dimensions: townships before zones, which go with their townships."""
    if "township" in names:
        return {"township"}
    return {"zone", "township"} if names == {"zone"} else names


@dataclass(frozen=True)
class _Task:
    """One lattice to be protected by itself; without a secret for the internal release, with it for the public one."""

    counted: Counted
    kept: frozenset[Selection]
    said: Earlier
    policy: Policy
    secret: bytes | None
    spare: int = 0


def _say(task: _Task) -> Values:
    """Protect one lattice by itself."""
    cells, counts = task.counted.lattice.cells, task.counted.counts
    if task.secret is None:
        hidden = suppress(task.counted.lattice, counts, task.policy, task.kept, task.spare)
        return {cell.where: None if is_hidden else float(count) for cell, count, is_hidden in zip(cells, counts, hidden, strict=True)}
    values = round_jointly(task.counted.lattice, counts, task.counted.marks, task.secret, task.policy, task.said, task.kept).values
    return {cell.where: None if numpy.isnan(value) else float(value) for cell, value in zip(cells, values, strict=True)}


def _is_exactly_true(counts: Mapping[Selection, float], last: Statement, policy: Policy, *, is_frozen: bool) -> bool:
    """Tell whether exact counts may be said again; of a finished year a few late entries do not matter."""
    differences = [abs(count - counts[where]) for where, count in {**last.shown, **last.exact}.items() if where in counts]
    return max(differences, default=0) < (policy.internal_k if is_frozen else 1)


def _is_roughly_true(counts: Mapping[Selection, float], last: Statement, policy: Policy, inside: Values, *, is_frozen: bool) -> bool:
    """Tell whether rounded counts may be said again: nothing of them is withheld inside, and each is as near as rounding brings it."""
    if any(where in inside and inside[where] is None for where in last.shown):
        return False
    known = {where: count for where, count in inside.items() if count is not None} if is_frozen else {}
    told = {**counts, **{where: count for where, count in known.items() if where in counts}}
    pairs = [(value, told[where]) for where, value in last.shown.items() if where in told]
    return all(abs(value - count) <= policy.largest_shift and count >= policy.hide_below for value, count in pairs)


def _latest_first(place: Place) -> tuple[int, str]:
    return -place[1].toordinal(), place[0]


class _Sequence:
    """All moments of a release, decided in the order of time."""

    def __init__(
        self,
        knowledge: _Knowledge,
        counted: Mapping[Place, Counted],
        inside: Mapping[Place, Values],
        secret: bytes | None,
        history: History,
        on_moment: Callable[[int, int], None],
    ) -> None:
        self._knowledge, self._counted, self._inside, self._secret, self._on_moment = knowledge, counted, inside, secret, on_moment
        self._versions: dict[str, dict[date, list[Statement]]] = {}
        self._before: dict[Place, list[Statement]] = {}
        self._withheld: dict[Place, frozenset[str]] = {}
        for (release, table, when), statements in history.items():
            if release == knowledge.release.value:
                self._versions.setdefault(table, {})[when] = list(statements)

    def decide(self, each: Each) -> dict[Place, Values]:
        """Return what is said of every place."""
        fresh = [place for place in self._counted if self._again(place) is None]
        alone = dict(zip(fresh, each(_say, [self._task(place, self._counted[place], self._kept(place)) for place in fresh]), strict=True))
        found: dict[Place, Values] = {}
        for done, place in enumerate(sorted(self._counted), 1):
            self._on_moment(done, len(self._counted))
            again = self._again(place)
            found[place] = self._in_time(place, alone[place]) if again is None else again
        return found | self._read_whole(frozenset(fresh))

    def _read_whole(self, fresh: frozenset[Place]) -> dict[Place, Values]:
        """Read all moments together; return what is said of those that are not split so finely in the end."""
        found: dict[Place, Values] = {}
        while given_away := self._given_away_by_all(fresh):
            for place, names in given_away.items():
                self._withheld[place] |= names
                counted = self._counted[place].without(self._withheld[place])
                found[place] = _say(self._task(place, counted, self._kept(place)))
                self._note(place, counted, found[place])
        return found

    def _given_away_by_all(self, fresh: frozenset[Place]) -> dict[Place, frozenset[str]]:
        """Return by what the moments that are new give something away when all are read together; what builds before told is not theirs."""
        found: dict[Place, frozenset[str]] = {}
        asked = {table for table, _ in fresh}
        for table, flow in self._knowledge.read_together(self._versions.keys()):
            for story, given_away in self._knowledge.read(table, flow, self._versions) if asked & {table, flow} else ():
                new = sorted({(told.table, told.moment) for told in story.told} & fresh & self._withheld.keys(), key=_latest_first)
                for one in given_away:
                    names = frozenset(self._knowledge.split_by(story, one))
                    own = [(one.table, one.moment)] if (one.table, one.moment) in new else []
                    place = next((place for place in [*own, *new] if names - self._withheld[place]), None)
                    if place is not None:
                        found[place] = found.get(place, frozenset()) | names
        return found

    def _task(self, place: Place, counted: Counted, kept: frozenset[Selection], spare: int = 0) -> _Task:
        hidden_inside = frozenset(where for where, count in self._inside.get(place, {}).items() if count is None)
        return _Task(counted, kept | hidden_inside, self._said(place), self._knowledge.policy, self._secret, spare)

    def _is_true(self, place: Place, last: Statement, *, is_frozen: bool) -> bool:
        counted, policy = self._counted[place], self._knowledge.policy
        if self._secret is None:
            return _is_exactly_true(self._by_spelling(counted), last, policy, is_frozen=is_frozen)
        inside = {self._spelled(where): count for where, count in self._inside.get(place, {}).items()}
        return _is_roughly_true(self._by_spelling(counted), last, policy, inside, is_frozen=is_frozen)

    def _by_spelling(self, counted: Counted) -> dict[Selection, float]:
        return {self._spelled(cell.where): float(count) for cell, count in zip(counted.lattice.cells, counted.counts, strict=True)}

    def _again(self, place: Place) -> Values | None:
        """Return what was said of a place last where it may be said again: while it is true; of a finished year even where a few came late."""
        table, when = place
        counted, is_flow = self._counted[place], table not in self._knowledge.stocks
        offered = {self._spelled(cell.where): cell.where for cell in counted.lattice.cells if cell.is_written}
        for last in [*reversed(self._versions.get(table, {}).get(when, []))]:
            is_whole = last.has_splits and not (is_flow and self._is_growing(place, last))
            if is_whole and self._is_true(place, last, is_frozen=is_flow):
                self._versions[table][when].remove(last)
                self._versions[table][when].append(last)  # said again, an earlier statement is the one in force
                said: dict[Selection, float | None] = {offered[where]: None for where in (last.hidden | last.unclear) & offered.keys()}
                return said | {offered[where]: count for where, count in last.shown.items() if where in offered}
        return None

    def _is_growing(self, place: Place, last: Statement) -> bool:
        """Tell whether a year has cells by now of which nothing was said before, so that it was not finished then."""
        said = {*last.shown, *last.hidden, *last.unclear, *last.exact}
        asked = {self._spelled(cell.where) for cell in self._counted[place].lattice.cells if cell.is_written}
        names = {tuple(name for name, _ in where) for where in said}
        return any(where not in said and tuple(name for name, _ in where) in names for where in asked)

    def _kept(self, place: Place) -> frozenset[Selection]:
        """Return what was withheld of a place at any time; it stays so."""
        hidden = {where for statement in self._versions.get(place[0], {}).get(place[1], []) for where in statement.hidden}
        return frozenset(cell.where for cell in self._counted[place].lattice.cells if self._spelled(cell.where) in hidden)

    def _said(self, place: Place) -> Earlier:
        """Return the values of a place that were said last."""
        statements = self._versions.get(place[0], {}).get(place[1], [])
        if not statements:
            return {}
        shown = {cell.where: statements[-1].shown.get(self._spelled(cell.where)) for cell in self._counted[place].lattice.cells}
        return {**dict.fromkeys(self._kept(place), numpy.nan), **{where: value for where, value in shown.items() if value is not None}}

    def _spelled(self, where: Selection) -> Selection:
        return self._knowledge.areas.spelled(where)

    def _in_time(self, place: Place, alone: Values) -> Values:
        """Return what may be said of a place for the first time, or anew.

        Where something would be given away, what was withheld at the moment before stays so; then intervals get room to be narrowed; and at
        last the moment is not split by what gives it away.
        """
        table, when = place
        earlier = list(self._versions.setdefault(table, {}).get(when, []))
        if all(cell.is_total for cell in self._counted[place].lattice.cells) and not earlier:
            return alone
        kept, withheld = self._kept(place), frozenset() if earlier else self._too_few_moved(table, when)
        self._before[place], self._withheld[place] = earlier, withheld
        values = _say(self._task(place, self._counted[place].without(withheld), kept)) if withheld else alone
        while (given_away := self._given_away(place, values, withheld, earlier)) - withheld:
            before = self._withheld_before(place, given_away)
            if not before <= kept:
                kept |= before
            else:
                roomy = self._with_room(place, kept, withheld, earlier)
                if roomy is not None:
                    return roomy
                withheld |= given_away
                self._withheld[place] = withheld
            values = _say(self._task(place, self._counted[place].without(withheld), kept))
        return values

    def _with_room(self, place: Place, kept: frozenset[Selection], withheld: frozenset[str], earlier: Sequence[Statement]) -> Values | None:
        """Return what may be said when every withheld count has room to be narrowed by other moments; None where that does not help."""
        for spare in _SPARE if self._secret is None else ():
            values = _say(self._task(place, self._counted[place].without(withheld), kept, spare))
            if not self._given_away(place, values, withheld, earlier) - withheld:
                return values
        return None

    def _given_away(self, place: Place, values: Values, withheld: frozenset[str], earlier: Sequence[Statement]) -> frozenset[str]:
        """Return the dimensions by which something is given away when a moment is said so; it is noted as said."""
        counted = self._counted[place].without(withheld)
        self._note(place, counted, values)
        found = self._taken_back(counted, values, earlier) or self._knowledge.gives_away(place, self._versions)
        told = {name for cell in counted.lattice.cells for name, _ in cell.where}
        # Zones give way for the sake of their townships at last; first the townships go.
        return found - {"zone"} if {"zone", "township"} <= found and "township" in told else found

    def _note(self, place: Place, counted: Counted, values: Values) -> None:
        """Take a moment as said so."""
        statement = _statement(counted, values, self._knowledge.exact.get(place, {}), self._knowledge.areas)
        self._versions[place[0]][place[1]] = [*(one for one in self._before[place] if one != statement), statement]

    def _too_few_moved(self, table: str, when: date) -> frozenset[str]:
        """Return the dimensions by which the stock was split so lately that fewer than five people have moved since; a year's end is split anyway."""
        found: set[str] = set()
        if table not in self._knowledge.stocks or when.month == _DECEMBER:
            return frozenset()
        before = [one for one in sorted(self._versions.get(table, {})) if one < when]
        for story in stories(table, {one: self._versions[table][one] for one in before}, LASTING):
            last = story.moments[-1]
            moves = self._knowledge.between(table).between(last.moment, when)
            if moves is not None and moves.people < self._knowledge.policy.fewest_moved:
                found |= story.names | ({"zone"} if "township" in story.names else set())
        return frozenset(found)

    def _withheld_before(self, place: Place, names: frozenset[str]) -> frozenset[Selection]:
        """Return what was withheld by some dimensions when they were last told."""
        (table, when), found = place, set[Selection]()
        for name in names:
            for earlier in sorted((one for one in self._versions.get(table, {}) if one < when), reverse=True):
                last = self._versions[table][earlier][-1]
                if any(name in self._knowledge.areas.names_in(where) for where in (*last.shown, *last.hidden)):
                    found |= {where for where in last.hidden if name in self._knowledge.areas.names_in(where)}
                    break
        return frozenset(cell.where for cell in self._counted[place].lattice.cells if self._spelled(cell.where) in found)

    def _taken_back(self, counted: Counted, values: Values, earlier: Sequence[Statement]) -> frozenset[str]:
        """Return the dimensions by which a count would be withheld that was shown once: that it is small now would be told by hiding it."""
        totals = {cell.where for cell in counted.lattice.cells if cell.is_total}
        shown = {where for statement in earlier for where in statement.shown}
        population = {name for where in totals for name, _ in where}
        return frozenset(
            name
            for where, count in values.items()
            if count is None and self._spelled(where) in shown and where not in totals
            for name in _finest({name for name, _ in where} - population)
        )


def _statement(counted: Counted, values: Values, exact: Mapping[Selection, float], areas: Areas) -> Statement:
    """Return what a release says of a lattice by what its rows tell."""
    written = {cell.where for cell in counted.lattice.cells if cell.is_written}
    shown = {areas.spelled(where): count for where, count in values.items() if count is not None and where in written}
    return Statement(shown, exact, frozenset(areas.spelled(where) for where, count in values.items() if count is None and where in written))
