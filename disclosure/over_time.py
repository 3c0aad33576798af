"""Time as the attacker: what successive moments of one stock, and several statements of one moment, prove when they are read together.

A reader who kept every file takes it that nobody changes sex, drug or residence, and knows how many joined and left between two moments. Every
moment is a table of people; between two of them some stay, some leave and some join, and each of these is a table again. One linear program
over all of them says how far the hidden counts are narrowed, and whether everybody who moved must have been of one kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from disclosure.attacker import TOLERANCE, Attacker
from disclosure.junction import Margins, margins
from disclosure.lattice import Selection
from disclosure.policy import Policy
from disclosure.published import PUBLIC, axes_of
from disclosure.said import Statement

Numbers = NDArray[np.float64]
Codes = Mapping[str, Sequence[tuple[str, str]]]

ALWAYS, WITHIN_A_YEAR = "always", "year"
"""How long an attribute is taken not to change; an attribute that is not listed is never tied over time."""


@dataclass(frozen=True)
class Moves:
    """People who joined a stock, by the way they came, and who left it, between two moments."""

    joined: tuple[float, ...]
    left: float

    @property
    def people(self) -> float:
        """Everybody who moved."""
        return sum(self.joined) + self.left


@dataclass(frozen=True)
class GivenAwayOverTime:
    """Something that statements of several moments prove together.

    Attributes:
        moment: The month of the stock; of movers the later one.
        where: The hidden count, or what all movers must be.
        low: Least possible count.
        high: Greatest possible count.
        required: Shortest interval allowed; of movers how many they are.
        is_of_movers: Whether it is said of those who moved.
    """

    moment: date
    where: Selection
    low: float
    high: float
    required: float
    is_of_movers: bool = False


@dataclass(frozen=True)
class Told:
    """One statement of one moment, as far as a group of attributes is concerned.

    Attributes:
        moment: The month.
        total: Everybody, where that is known exactly.
        shown: Counts as printed, without what restricts everybody.
        hidden: What was withheld.
        is_latest: Whether it is the last statement of its moment.
    """

    moment: date
    total: float | None
    shown: Mapping[Selection, float]
    hidden: frozenset[Selection]
    is_latest: bool


@dataclass(frozen=True)
class Story:
    """All that was ever said of one population by one group of attributes.

    Attributes:
        population: What restricts everybody.
        names: The attributes.
        told: The statements, in the order of their moments and then as they were made.
        lasts: How long the attributes are taken not to change.
    """

    population: Selection
    names: frozenset[str]
    told: tuple[Told, ...]
    lasts: str


def stories(versions: Mapping[date, Sequence[Statement]], lasting: Mapping[str, str]) -> list[Story]:
    """Cut what was said of one table into populations and groups of attributes that no count joins.

    Args:
        versions: Every statement by moment, oldest first.
        lasting: Attribute -> how long it is taken not to change.
    """
    said = [(moment, statement) for moment, statements in sorted(versions.items()) for statement in statements]
    populations = sorted({where for _, statement in said for where in statement.exact}, key=len) or [()]
    split: dict[Selection, list[set[str]]] = {}
    for _, statement in said:
        for where in (*statement.shown, *statement.hidden):
            population = _population(where, populations)
            names = {name for name, _ in where} - {name for name, _ in population}
            if names and names <= lasting.keys():
                _join(split.setdefault(population, []), names)
    return [
        Story(population, frozenset(names), tuple(_told(versions, population, names, populations)), _shortest(names, lasting))
        for population, groups in sorted(split.items())
        for names in sorted(groups, key=sorted)
    ]


def related_stories(versions: Mapping[date, Sequence[Statement]], lasting: Mapping[str, str]) -> Iterator[Story]:
    """Return what was said of a table over all its moments, and of every moment of which several things were said.

    Args:
        versions: Every statement by moment, oldest first.
        lasting: Dimension -> how long a person is taken to stay in the same member; empty where the moments are not of the same people.
    """
    yield from stories(versions, lasting)
    for moment, statements in versions.items():
        if len(statements) > 1:
            names = {name for one in statements for where in (*one.shown, *one.hidden) for name, _ in where}
            yield from stories({moment: statements}, dict.fromkeys(names, ALWAYS))


def _population(where: Selection, populations: Sequence[Selection]) -> Selection:
    """Return the smallest population of which a count is a part."""
    return next((one for one in reversed(populations) if set(one) <= set(where)), ())


def _join(groups: list[set[str]], names: set[str]) -> None:
    touching = [group for group in groups if group & names]
    groups[:] = [group for group in groups if not group & names] + [set(names).union(*touching)]


def _shortest(names: Collection[str], lasting: Mapping[str, str]) -> str:
    return ALWAYS if all(lasting[name] == ALWAYS for name in names) else WITHIN_A_YEAR


def _told(
    versions: Mapping[date, Sequence[Statement]], population: Selection, names: Collection[str], populations: Sequence[Selection]
) -> Iterator[Told]:
    for moment, statements in sorted(versions.items()):
        for number, statement in enumerate(statements):

            def own(where: Selection) -> Selection | None:
                rest = tuple(part for part in where if part not in population)
                is_inside = _population(where, populations) == population and rest and {name for name, _ in rest} <= set(names)
                return rest if is_inside else None

            shown = {part: count for where, count in statement.shown.items() if (part := own(where)) is not None}
            hidden = frozenset(part for where in statement.hidden if (part := own(where)) is not None)
            if shown or hidden:
                yield Told(moment, statement.exact.get(population), shown, hidden, number == len(statements) - 1)


@dataclass(frozen=True)
class Tie:
    """Two statements that many of the same people stand behind: places of the earlier and the later one, and who moved at least and at most."""

    earlier: int
    later: int
    joined: tuple[tuple[float, float], ...]
    left: tuple[float, float]


@dataclass(frozen=True)
class Present:
    """Who belongs to a stock, by opaque key: known where the build has the records, and to nobody who reads the published file.

    Attributes:
        at: Month -> everybody who belongs to it at its end.
        apart: Month -> who joined in it in a way that is counted by itself (newly found).
    """

    at: Mapping[date, frozenset[str]]
    apart: Mapping[date, frozenset[str]]


class MovesBetween:
    """How many joined and left a stock between two moments, as the most knowing reader could know it.

    Args:
        present: Who belonged to the stock; None where that is not known.
        policy: The limits.
    """

    def __init__(self, present: Present | None, policy: Policy) -> None:
        self._present, self._policy = present, policy

    def between(self, earlier: date, later: date) -> Moves | None:
        """Return the moves between two moments; None where nobody is known, for totals tell the difference alone and not how many changed places."""
        if earlier == later:
            return Moves((0.0,), 0.0)
        if self._present is None or not {earlier, later} <= self._present.at.keys():
            return None
        was, now = self._present.at[earlier], self._present.at[later]
        apart = {key for month, keys in self._present.apart.items() if earlier < month <= later for key in keys} & (now - was)
        return Moves((float(len(apart)), float(len(now - was) - len(apart))), float(len(was - now)))

    def ties(self, story: Story) -> list[Tie]:
        """Return which statements of a story are tied, and how closely."""
        latest = [place for place, one in enumerate(story.told) if one.is_latest]
        found = [tie for one, other in pairwise(latest) if (tie := self._tie(story, one, other)) is not None]
        for place, one in enumerate(story.told):
            if one.is_latest:
                continue
            # What was said of a moment once is tied to what is said of it now, and to the moments around it.
            later = [other for other in latest if story.told[other].moment >= one.moment][:2]
            earlier = [other for other in latest if story.told[other].moment < one.moment][-1:]
            found += [tie for other in later if (tie := self._tie(story, place, other)) is not None]
            found += [tie for other in earlier if (tie := self._tie(story, other, place)) is not None]
        return found

    def _tie(self, story: Story, earlier: int, later: int) -> Tie | None:
        one, other = story.told[earlier], story.told[later]
        if story.lasts == WITHIN_A_YEAR and one.moment.year != other.moment.year:
            return None
        difference = None if one.total is None or other.total is None else other.total - one.total
        moves = self.between(one.moment, other.moment)
        if moves is None:
            return None
        if one.is_latest and other.is_latest:
            return Tie(earlier, later, tuple((size, size) for size in moves.joined), (moves.left, moves.left))
        # A correction moved a few people besides, or as many more as the totals tell.
        net = 0.0 if difference is None else abs(difference - sum(moves.joined) + moves.left)
        corrected = max(float(self._policy.moved), net)
        return Tie(earlier, later, ((0.0, sum(moves.joined) + corrected),), (0.0, moves.left + corrected))


class _Together:
    """The statements of a story as one program, with whoever stayed, left and joined between those that are tied."""

    def __init__(self, story: Story, codes: Codes, policy: Policy, release: str) -> None:
        self.story, self.policy, self.release = story, policy, release
        told = sorted({*(where for one in story.told for where in (*one.shown, *one.hidden))})
        self.axes = axes_of(told, codes)
        self.named = sorted({*told, *self._rests(told)})
        self.model = margins(self.axes, [*self.named, ()])
        self.height, self.width = self.model.forms.shape

    def _rests(self, told: Sequence[Selection]) -> list[Selection]:
        """Return the one member of a dimension that no row names though all others are named: who is none of these is of it."""
        named = {(name, member) for where in told if len(where) == 1 for name, members in where if len(members) == 1 for member in members}
        asked = [axis for axis in self.axes if axis.name in self.story.names]
        rests = {axis.name: [member for member in axis.members if (axis.name, member) not in named] for axis in asked}
        return [((name, tuple(members)),) for name, members in rests.items() if len(members) == 1]

    def attacker(self, ties: Sequence[Tie]) -> tuple[Attacker, Numbers, Numbers]:
        """Return the attacker over all tables, and the least and greatest count of every row as the statements and ties have them."""
        moments = len(self.story.told)
        # Of each tie a table of those who stayed, one of those who left, and one of every group that joined.
        tables_of = np.cumsum([moments, *(len(tie.joined) + 2 for tie in ties)]).tolist()
        counted = [*range(moments), *(table for start, end in pairwise(tables_of) for table in range(start + 1, end))]
        forms = _Blocks(self.width)
        counts = self.model.forms.tocoo()
        for number, table in enumerate(counted):
            forms.add(number * self.height, table, counts)
        low, high = np.zeros(len(counted) * self.height), np.full(len(counted) * self.height, np.inf)
        for number, one in enumerate(self.story.told):
            rows = slice(number * self.height, (number + 1) * self.height)
            low[rows], high[rows] = self._limits(one)
        sizes = [size for tie in ties for size in (tie.left, *tie.joined)]
        everybody = (np.arange(moments, len(counted)) + 1) * self.height - 1
        low[everybody], high[everybody] = np.array(sizes).reshape(-1, 2).T
        model = Margins(forms.matrix(len(low), tables_of[-1]), self._bound(ties, tables_of))
        return Attacker.over(model), low, high

    def _bound(self, ties: Sequence[Tie], tables_of: Sequence[int]) -> csr_array:
        """Write that every table holds together, and that the earlier moment is who stayed and who left, the later one who stayed and who joined."""
        bound, depth, inside = _Blocks(self.width), 0, self.model.ties.tocoo()
        for table in range(tables_of[-1]):
            bound.add(depth, table, inside)
            depth += inside.shape[0]
        whole = coo_array(np.eye(self.width))
        for tie, (stayed, end) in zip(ties, pairwise(tables_of), strict=True):
            for moment, parts in ((tie.earlier, (stayed, stayed + 1)), (tie.later, (stayed, *range(stayed + 2, end)))):
                bound.add(depth, moment, whole)
                for part in parts:
                    bound.add(depth, part, whole, -1.0)
                depth += self.width
        return bound.matrix(depth, tables_of[-1])

    def _limits(self, one: Told) -> tuple[Numbers, Numbers]:
        """Return the least and greatest count of every row of a statement; everybody stands last."""
        shift, floor = (self.policy.largest_shift, float(self.policy.hide_below)) if self.release == PUBLIC else (0, 0.0)
        shown = np.array([one.shown.get(where, np.nan) for where in self.named] + [np.nan])
        low = np.where(np.isnan(shown), 0.0, np.maximum(shown - shift, floor))
        high = np.where(np.isnan(shown), np.inf, shown + shift)
        if one.total is not None:
            low[-1] = high[-1] = one.total
        return low, high

    def hidden(self, moments: Collection[date] | None) -> NDArray[np.int64]:
        """Return the rows of what is withheld, of some moments or of all."""
        return np.array(
            [
                number * self.height + self.named.index(where)
                for number, one in enumerate(self.story.told)
                if moments is None or one.moment in moments
                for where in sorted(one.hidden)
            ],
            dtype=np.int64,
        )


class _Blocks:
    """A sparse matrix written block by block; all blocks are of one width."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._rows: list[NDArray[np.int64]] = []
        self._columns: list[NDArray[np.int64]] = []
        self._values: list[Numbers] = []

    def add(self, row: int, column: int, block: coo_array, factor: float = 1.0) -> None:
        self._rows.append(block.coords[0] + row)
        self._columns.append(block.coords[1] + column * self._width)
        self._values.append(block.data * factor)

    def matrix(self, height: int, columns: int) -> csr_array:
        if not self._rows:
            return csr_array((height, columns * self._width))
        parts = np.concatenate(self._values), (np.concatenate(self._rows), np.concatenate(self._columns))
        return coo_array(parts, shape=(height, columns * self._width)).tocsr()


def attack_story(
    story: Story, moves: MovesBetween, codes: Codes, policy: Policy, release: str, moments: Collection[date] | None = None
) -> tuple[list[GivenAwayOverTime], int]:
    """Attack a story: its hidden counts, and whoever moved.

    Args:
        story: From :func:`stories`.
        moves: How many moved between its moments.
        codes: The code lists.
        policy: The limits.
        release: internal or public.
        moments: The moments asked about; all where left out.

    Returns:
        What is given away, and how many questions were asked.
    """
    ties = moves.ties(story)
    if not ties:
        return [], 0
    together = _Together(story, codes, policy, release)
    attacker, low, high = together.attacker(ties)
    if not attacker.is_consistent(low, high):
        ties = _possible(ties, together)
        attacker, low, high = together.attacker(ties)
    targets = together.hidden(moments)
    found = _narrowed(together, attacker, low, high, targets)
    movers = list(_movers(together, ties, moments))
    found += _of_one_kind(together, attacker, low, high, movers)
    return found, len(targets) + len(movers)


def _possible(ties: Sequence[Tie], together: _Together) -> list[Tie]:
    """Loosen ties that cannot be: somebody moved house or was corrected, which a reader takes to be as few as the numbers force."""
    kept: list[Tie] = []
    for tie in ties:
        for moved in range(_MOST_CHANGED + 1):
            looser = Tie(tie.earlier, tie.later, (*tie.joined, (moved, moved)), (tie.left[0] + moved, tie.left[1] + moved)) if moved else tie
            attacker, low, high = together.attacker([*kept, looser])
            if attacker.is_consistent(low, high):
                kept.append(looser)
                break
    return kept


_MOST_CHANGED = 10
"""People who moved house or were corrected between two moments; where more must have, the moments are not tied."""


def _narrowed(together: _Together, attacker: Attacker, low: Numbers, high: Numbers, targets: NDArray[np.int64]) -> list[GivenAwayOverTime]:
    policy, is_public = together.policy, together.release == PUBLIC
    required = policy.required_width if is_public else float(policy.internal_k)
    totals = np.array([told.total if told.total is not None else np.inf for told in together.story.told])
    width = np.minimum(required, totals[targets // together.height])
    floor = np.zeros(len(targets)) if is_public else np.full(len(targets), np.inf)
    found = []
    for place in attacker.narrow(low, high, targets, width, floor).tolist():
        least, most = float(attacker.least[place]), float(attacker.most[place])
        told = together.story.told[place // together.height]
        needed = min(required, totals[place // together.height])
        proves_somebody = is_public and TOLERANCE < least < policy.hide_below - TOLERANCE
        if proves_somebody or most - least < needed - TOLERANCE:
            found.append(GivenAwayOverTime(told.moment, _whole(together, place), least, most, needed))
    return found


def _whole(together: _Together, place: int) -> Selection:
    return tuple(sorted((*together.story.population, *together.named[place % together.height])))


@dataclass(frozen=True)
class _Asked:
    """A question about movers: the row that counts those of one kind, how many moved, and the later moment."""

    row: int
    size: float
    moment: date


def _movers(together: _Together, ties: Sequence[Tie], moments: Collection[date] | None) -> Iterator[_Asked]:
    """Return of every group of movers and every kind the question whether all of them are of it.

    Where everybody of a moment is shown to be of one kind, so is whoever moved: that is said by the moment alone.
    """
    told = together.story.told
    row = len(told) * together.height
    for tie in ties:
        moment = told[tie.later].moment
        is_asked = moments is None or moment in moments
        for (least, most), stands in ((tie.left, tie.earlier), *((joined, tie.later) for joined in tie.joined)):
            if is_asked and least == most and most > 0:
                for place, where in enumerate(together.named):
                    if told[stands].shown.get(where) is None or told[stands].shown[where] != told[stands].total:
                        yield _Asked(row + place, most, moment)
            row += together.height


def _of_one_kind(together: _Together, attacker: Attacker, low: Numbers, high: Numbers, asked: Sequence[_Asked]) -> list[GivenAwayOverTime]:
    targets = np.array([one.row for one in asked], dtype=np.int64)
    size_of = {one.row: one for one in asked}
    # Whole persons: more than one fewer than all of them means all of them.
    floor = np.array([one.size - 1.0 for one in asked])
    pinned = attacker.narrow(low, high, targets, np.zeros(len(targets)), floor)
    return [
        GivenAwayOverTime(size_of[row].moment, _whole(together, row), float(attacker.least[row]), size_of[row].size, size_of[row].size, True)
        for row in pinned.tolist()
    ]
