"""The attacker: what a reader who knows the method can prove from published numbers, by linear programming.

Knows nothing of how the numbers were protected. Both protections search with it and the audit of a finished warehouse attacks with it, so
what it finds there is judged once more by ``disclosure.judge``, which shares nothing with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import vstack

from disclosure.junction import Margins, margins
from disclosure.lattice import Axis, Contradiction, Selection
from disclosure.program import Program, Vertex

TOLERANCE = 1e-6
"""Persons. The solver works to 1e-7; a bound nearer to a whole number than this is that number."""

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]


class Attacker:
    """Bounds the counts of selections, given statements about them.

    The model is built once for all selections that are ever stated or asked; each call changes the right-hand sides only. Every solution
    of a program is a possible table, so the least and most value seen of every selection is kept (``least``, ``most``) as a witness: an
    interval can only be wider. Witnesses stay true while statements are only taken back, which is how suppression proceeds.
    """

    def __init__(self, axes: Sequence[Axis], selections: Sequence[Selection]) -> None:
        self._set(margins(axes, selections))

    @classmethod
    def over(cls, model: Margins) -> Attacker:
        """Make an attacker of unknowns that are written down already; its selections are the rows of ``forms``."""
        attacker = cls.__new__(cls)
        attacker._set(model)
        return attacker

    def _set(self, model: Margins) -> None:
        self.size = model.forms.shape[0]
        self.model = model
        self._goals = model.forms.toarray()
        self._program = Program(vstack([model.forms, model.ties], format="csr"))
        self.holders: dict[int, set[int]] = {}
        self.forget()

    def forget(self) -> None:
        """Drop the witnesses; needed before statements are added or changed."""
        self.least: Numbers = np.full(self.size, np.inf)
        self.most: Numbers = np.full(self.size, -np.inf)

    def is_consistent(self, low: Numbers, high: Numbers) -> bool:
        """Tell whether any table agrees with the statements."""
        self._state(self._program, low, high)
        try:
            self._program.least(np.zeros(self._goals.shape[1]))
        except Contradiction:
            return False
        return True

    def bound(self, low: Numbers, high: Numbers, targets: Places, *, integer: bool = False) -> Numbers:
        """Return the exact interval of every target.

        Args:
            low: Least possible count of every selection, shape (selections,), 0 where nothing is known.
            high: Greatest possible count, infinity where nothing is known.
            targets: Places of the selections asked for.
            integer: Admit whole persons only (slower); otherwise the linear relaxation, which can only be wider.

        Raises:
            Contradiction: If no table agrees with the statements.
        """
        program = Program(vstack([self.model.forms, self.model.ties], format="csr"), integer=True) if integer else self._program
        self._state(program, low, high)
        ends = [(program.least(self._goals[target]).value, -program.least(-self._goals[target]).value) for target in targets]
        found = np.array(ends).reshape(-1, 2)
        nearest = np.round(found)
        return np.where(np.isclose(found, nearest, rtol=0, atol=TOLERANCE), nearest, found)

    def narrow(self, low: Numbers, high: Numbers, targets: Places, width: Numbers, floor: Numbers, at_most: int | None = None) -> Places:
        """Return the targets the statements pin: shorter than ``width`` or proved to be above ``floor``.

        A target is dismissed as soon as two possible tables show it wide enough; every table found speaks for all targets. For the targets
        returned, ``least`` and ``most`` hold the exact interval
        and ``holders`` the statements that hold it shut: those with a price at either end.

        Args:
            low: As in ``bound``.
            high: As in ``bound``.
            targets: Places of the selections to judge.
            width: Required length of each target's interval, shape (targets,).
            floor: The lower end may not lie above this, shape (targets,); infinity where the lower end does not matter.
            at_most: Stop when this many are found.
        """
        self._state(self._program, low, high)

        def still_open(place: int, required: float, ceiling: float) -> bool:
            return bool(self.most[place] - self.least[place] < required - TOLERANCE or self.least[place] > ceiling + TOLERANCE)

        limits = list(zip(targets.tolist(), width.tolist(), floor.tolist(), strict=True))
        remaining = [limit for limit in limits if still_open(*limit)]
        if remaining:  # one table in which they are all as small as can be settles most lower ends
            self._see(self._program.least(self._goals[[place for place, *_ in remaining]].sum(axis=0)))
        pinned: list[int] = []
        for limit in remaining:
            if len(pinned) == at_most:
                break
            place, holders = limit[0], set[int]()
            for sign in (-1.0, 1.0):
                if still_open(*limit):
                    holders |= self._end(place, sign)
            if still_open(*limit):
                pinned.append(place)
                self.holders[place] = holders
        return np.array(pinned, dtype=np.int64)

    def ends(self, low: Numbers, high: Numbers, target: int, apart: float) -> tuple[Numbers, Numbers]:
        """Return two possible tables: one in which a count is as small as can be, one in which it is so much larger, or as large as can be.

        Raises:
            Contradiction: If no table agrees with the statements.
        """
        self._state(self._program, low, high)
        least = self._program.least(self._goals[target])
        high = high.copy()
        high[target] = min(high[target], least.value + apart)
        self._state(self._program, low, high)
        return least.unknowns, self._program.least(-self._goals[target]).unknowns

    def short_of(self, low: Numbers, high: Numbers, targets: Places, size: float) -> Places:
        """Return the targets that cannot reach a size. Witnesses of other statements must have been dropped before.

        Args:
            low: As in ``bound``.
            high: As in ``bound``.
            targets: Places of the selections to judge.
            size: The count to be reached, in persons.
        """
        self._state(self._program, low, high)
        for place in targets.tolist():
            if self.most[place] < size - TOLERANCE:
                self._end(place, -1.0)
        return targets[self.most[targets] < size - TOLERANCE]

    def _state(self, program: Program, low: Numbers, high: Numbers) -> None:
        nothing = np.zeros(self.model.ties.shape[0])
        program.limit(np.concatenate([low, nothing]), np.concatenate([high, nothing]))

    def _end(self, target: int, sign: float) -> set[int]:
        """Find the lower (1) or upper (-1) end of an interval; return the statements that hold it."""
        vertex = self._program.least(sign * self._goals[target])
        if np.isinf(vertex.value):
            self.most[target] = np.inf  # an end without limit is held by nothing
            return set()
        self._see(vertex)
        return set(np.flatnonzero(np.abs(vertex.prices[: self.size]) > TOLERANCE).tolist())

    def _see(self, vertex: Vertex) -> None:
        """Remember a possible table."""
        seen = self._goals @ vertex.unknowns
        np.minimum(self.least, seen, out=self.least)
        np.maximum(self.most, seen, out=self.most)


class Unavoidable:
    """What a few statements imply on their own, whatever else is published or hidden: exact totals, above all.

    No protection of other cells can widen these intervals, so they limit what may be required. Explored once per cell and kept.

    Attributes:
        width: Length of each interval, at most the length asked for. Shape (selections,), persons.
        floor: Lower end of each interval.
        ceiling: Upper end, or an upper limit of it.
    """

    def __init__(self, model: Margins, selections: Sequence[Selection], low: Numbers, high: Numbers, width: float) -> None:
        self._attacker = Attacker.over(model)
        self._selections, self._low, self._high = [dict(selection) for selection in selections], low, high
        self._is_explored = np.zeros(len(selections), dtype=np.bool_)
        self.width: Numbers = np.full(len(selections), width)
        self.floor: Numbers = low.copy()
        self.ceiling: Numbers = high.copy()

    def explore(self, targets: Places) -> None:
        """Work out the intervals of some selections, as far as that was not done before."""
        fresh = targets[~self._is_explored[targets]]
        if not len(fresh):
            return
        self._is_explored[fresh] = True
        limits = [(self._selections[place], float(self._high[place])) for place in np.flatnonzero(np.isfinite(self._high))]
        for place in fresh.tolist():
            own = self._selections[place]
            # A part is no greater than any whole it lies in: most intervals need no program.
            self.ceiling[place] = min((high for whole, high in limits if lies_in(own, whole)), default=np.inf)
        self.width[fresh] = np.minimum(self.width[fresh], self.ceiling[fresh] - self.floor[fresh])
        for place in self._attacker.narrow(self._low, self._high, fresh, self.width[fresh], self.floor[fresh]).tolist():
            self.floor[place], self.ceiling[place] = self._attacker.least[place], self._attacker.most[place]
            self.width[place] = min(self.width[place], self.ceiling[place] - self.floor[place])

    def given(self, known: int, count: float, targets: Places) -> tuple[Numbers, Numbers]:
        """Return least and greatest count of some selections for whoever knows one count besides; shape (targets,) each."""
        low, high = self._low.copy(), self._high.copy()
        low[known] = high[known] = count
        floor, ceiling = self.floor[targets].copy(), np.maximum(self.ceiling[targets] - count, self.floor[targets])
        position_of = {place: position for position, place in enumerate(targets.tolist())}
        self._attacker.forget()
        width = np.minimum(self.width[targets], ceiling - floor)
        for place in self._attacker.narrow(low, high, targets, width, floor).tolist():
            floor[position_of[place]], ceiling[position_of[place]] = self._attacker.least[place], self._attacker.most[place]
        self._attacker.forget()
        return floor, ceiling


def lies_in(part: Mapping[str, tuple[str, ...]], whole: Mapping[str, tuple[str, ...]]) -> bool:
    """Tell whether everybody a selection counts is counted by another one."""
    return all(name in part and set(part[name]) <= set(admitted) for name, admitted in whole.items())


def bounds(
    axes: Sequence[Axis], statements: Sequence[tuple[Selection, float, float]], targets: Sequence[Selection], *, integer: bool = False
) -> Numbers:
    """Return the interval to which statements about non-negative counts narrow each target.

    Exact although the full cross of the axes is never written out: see ``disclosure.junction.margins``.

    Args:
        axes: Dimensions with their code lists.
        statements: Selection with its least and greatest possible count; infinity where there is no upper limit.
        targets: Selections to bound.
        integer: Admit whole persons only.

    Returns:
        Shape (targets, 2): least and greatest possible count, in persons.

    Raises:
        Contradiction: If no table agrees with the statements.
        ValueError: If a selection names an unknown dimension or member.
    """
    selections = list(dict.fromkeys([*(selection for selection, _, _ in statements), *targets]))
    place = {selection: number for number, selection in enumerate(selections)}
    low, high = np.zeros(len(selections)), np.full(len(selections), np.inf)
    for selection, least, most in statements:
        low[place[selection]] = max(low[place[selection]], least)
        high[place[selection]] = min(high[place[selection]], most)
    if np.any(low > high):
        raise Contradiction("two statements about the same cell exclude each other; compare the published cells with each other")
    return Attacker(axes, selections).bound(low, high, np.array([place[target] for target in targets], dtype=np.int64), integer=integer)
