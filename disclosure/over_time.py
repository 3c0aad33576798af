"""Time as the attacker: what successive moments of one stock, and several statements of one moment, prove when they are read together.

A reader who kept every file takes it that nobody changes sex, drug or residence, and knows how many joined and left between two moments. Every
moment is a table of people; between two of them some stay, some leave and some join, and each of these is a table again. Those newly found in a
year are one more table, made of those who joined in it. One linear program over all of them says how far the hidden counts are narrowed, and
whether everybody who moved must have been of one kind.
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
from disclosure.finding import Finding
from disclosure.junction import Margins, margins
from disclosure.lattice import Selection
from disclosure.method import hidden_parts, narrowed_by_method, small_at_most
from disclosure.movers import MovesBetween, Tie
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC, axes_of
from disclosure.stories import Story, Told

Numbers = NDArray[np.float64]
Codes = Mapping[str, Sequence[tuple[str, str]]]


class _Together:
    """The statements of a story as one program, with whoever stayed, left and joined between those that are tied."""

    def __init__(self, story: Story, codes: Codes, policy: Policy, release: str) -> None:
        self.story, self.policy, self.release = story, policy, release
        told = sorted({*(where for one in story.told for where in (*one.shown, *one.exact, *one.hidden))})
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
        statements = len(self.story.told)
        # Of each tie a table of those who stayed, one of those who left, and one of every group that joined.
        tables_of = np.cumsum([statements, *(len(tie.joined) + 2 for tie in ties)]).tolist()
        counted = [*range(statements), *(table for start, end in pairwise(tables_of) for table in range(start + 1, end))]
        forms = _Blocks(self.width)
        counts = self.model.forms.tocoo()
        for number, table in enumerate(counted):
            forms.add(number * self.height, table, counts)
        low, high = np.zeros(len(counted) * self.height), np.full(len(counted) * self.height, np.inf)
        for number, one in enumerate(self.story.told):
            rows = slice(number * self.height, (number + 1) * self.height)
            low[rows], high[rows] = self._limits(one)
        sizes = [size for tie in ties for size in (tie.left, *tie.joined)]
        everybody = (np.arange(statements, len(counted)) + 1) * self.height - 1
        low[everybody], high[everybody] = np.array(sizes).reshape(-1, 2).T
        model = Margins(forms.matrix(len(low), tables_of[-1]), self._bound(ties, tables_of))
        return Attacker.over(model), low, high

    def _bound(self, ties: Sequence[Tie], tables_of: Sequence[int]) -> csr_array:
        """Write that every table holds together, and that what was before is who stayed and who left, what is now who stayed and who joined."""
        bound, depth, inside = _Blocks(self.width), 0, self.model.ties.tocoo()
        for table in range(tables_of[-1]):
            bound.add(depth, table, inside)
            depth += inside.shape[0]
        whole = coo_array(np.eye(self.width))
        for tie, (stayed, end) in zip(ties, pairwise(tables_of), strict=True):
            sides = [([tie.later], (stayed, *range(stayed + 2, end)))]
            if tie.earlier is not None:
                before = [tie.earlier] if isinstance(tie.earlier, int) else [tables_of[number] + 2 + group for number, group in tie.earlier]
                sides.append((before, (stayed, stayed + 1)))
            for tables, parts in sides:
                for table in tables:
                    bound.add(depth, table, whole)
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
        for where, count in one.exact.items():
            low[self.named.index(where)] = high[self.named.index(where)] = count
        if one.total is not None:
            low[-1] = high[-1] = one.total
        return low, high

    def hidden(self) -> NDArray[np.int64]:
        """Return the rows of what is withheld."""
        rows = [self.row(number, where) for number, one in enumerate(self.story.told) for where in sorted(one.hidden)]
        return np.array(rows, dtype=np.int64)

    def row(self, statement: int, where: Selection) -> int:
        """Return the row of a count as a statement has it."""
        return statement * int(self.height) + self.named.index(where)


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
) -> tuple[list[Finding], int]:
    """Attack a story: its hidden counts, whoever moved, and its hidden counts once more with the knowledge why they are hidden.

    Args:
        story: From :func:`disclosure.stories.stories`.
        moves: How many moved between its moments.
        codes: The code lists.
        policy: The limits.
        release: internal or public.
        moments: The moments at which it is asked what the method tells, of the internal release; all where left out.

    Returns:
        What is given away, and how many questions were asked.
    """
    ties = moves.ties(story)
    together = _Together(story, codes, policy, release)
    groups = list(_knowing_the_method(together, moments))
    if not ties and not groups:
        return [], 0
    attacker, low, high = together.attacker(ties)
    if not attacker.is_consistent(low, high):
        ties = _possible(ties, together)
        attacker, low, high = together.attacker(ties)
    targets = together.hidden() if ties else np.zeros(0, dtype=np.int64)  # a moment by itself is attacked by the other audit
    found = _narrowed(together, attacker, low, high, targets)
    movers = list(_movers(together, ties))
    found += _of_one_kind(together, attacker, low, high, movers)
    found += _narrowed_by_method(together, attacker, low, high, groups)
    return found, len(targets) + len(movers) + sum(map(len, groups))


def _possible(ties: Sequence[Tie], together: _Together) -> list[Tie]:
    """Loosen ties that cannot be: somebody moved house or was corrected, which a reader takes to be as few as the numbers force."""
    kept: list[Tie] = []
    for tie in ties:
        for moved in range(_MOST_CHANGED + 1):
            looser = tie.loosened(moved)
            attacker, low, high = together.attacker([*kept, looser])
            if attacker.is_consistent(low, high):
                kept.append(looser)
                break
        else:
            kept.append(tie.undone())
    return kept


_MOST_CHANGED = 10
"""People who moved house or were corrected between two moments; where more must have, anybody may have changed places."""


def _narrowed(together: _Together, attacker: Attacker, low: Numbers, high: Numbers, targets: NDArray[np.int64]) -> list[Finding]:
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
            found.append(Finding(together.release, told.table, told.moment, _whole(told, together, place), least, most, needed))
    return found


def _knowing_the_method(together: _Together, moments: Collection[date] | None) -> Iterator[list[int]]:
    """Return the rows of hidden parts of one whole, as a moment is told now. Outside coins decide too, and less is known."""
    for number, told in enumerate(together.story.told if together.release == INTERNAL else ()):
        if told.is_latest and (moments is None or told.moment in moments):
            yield from ([together.row(number, where) for where in parts] for parts in hidden_parts(sorted(told.hidden)))


def _narrowed_by_method(together: _Together, attacker: Attacker, low: Numbers, high: Numbers, groups: Sequence[Sequence[int]]) -> list[Finding]:
    found = []
    for parts in groups:
        told = together.story.told[parts[0] // together.height]
        width = together.policy.internal_k - 1.0
        needed = width if told.total is None else min(width, told.total)
        for row, least, most in narrowed_by_method(attacker, low, high, parts, small_at_most(len(parts), together.policy), needed):
            found.append(Finding(together.release, told.table, told.moment, _whole(told, together, row), least, most, needed))
    return found


def _whole(told: Told, together: _Together, place: int) -> Selection:
    return tuple(sorted((*told.population, *together.named[place % together.height])))


@dataclass(frozen=True)
class _Asked:
    """A question about movers: the row that counts those of one kind, how many moved, and the statement they belong to."""

    row: int
    size: float
    told: Told


def _movers(together: _Together, ties: Sequence[Tie]) -> Iterator[_Asked]:
    """Return of every group of movers and every kind the question whether all of them are of it.

    Where everybody of a statement they belong to is shown to be of one kind, so is whoever moved: that is said by the statement alone.
    """
    told = together.story.told
    row = len(told) * together.height
    for number, tie in enumerate(ties):
        later = told[tie.later]
        before = [told[tie.earlier]] if isinstance(tie.earlier, int) else []
        groups = [(tie.left, before)]
        for group, joined in enumerate(tie.joined):
            counting = [told[other.later] for other in ties if isinstance(other.earlier, tuple) and (number, group) in other.earlier]
            groups.append((joined, [later, *counting]))
        for (least, most), among in groups:
            if least == most and most > 0:
                for place, where in enumerate(together.named):
                    if not any(one.shown.get(where) is not None and one.shown[where] == one.total for one in among):
                        yield _Asked(row + place, most, later)
            row += together.height


def _of_one_kind(together: _Together, attacker: Attacker, low: Numbers, high: Numbers, asked: Sequence[_Asked]) -> list[Finding]:
    targets = np.array([one.row for one in asked], dtype=np.int64)
    asked_by = {one.row: one for one in asked}
    # Whole persons: more than one fewer than all of them means all of them.
    floor = np.array([one.size - 1.0 for one in asked])
    found = []
    for row in attacker.narrow(low, high, targets, np.zeros(len(targets)), floor).tolist():
        one = asked_by[row]
        place = together.release, one.told.table, one.told.moment
        found.append(Finding(*place, _whole(one.told, together, row), float(attacker.least[row]), one.size, one.size, is_of_movers=True))
    return found
