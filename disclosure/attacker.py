"""The attacker: what a reader who knows the method can prove from published numbers, by linear programming.

Knows nothing of how the numbers were protected and shares no code with it; both protections and the audit of a finished warehouse
are judged by this module.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from disclosure.junction import Margins, margins
from disclosure.lattice import Axis, Selection

TOLERANCE = 1e-6
"""Persons. The solver works to 1e-7; a bound nearer to a whole number than this is that number."""

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

_OPTIMAL, _INFEASIBLE = 0, 2
_CONTRADICTION = "no table of counts agrees with what is published; compare the published cells with each other"


class Contradiction(ValueError):
    """No table of non-negative counts agrees with the statements, so nothing can be concluded from them."""


class _Held:
    """Statements in the form that yields dual values."""

    def __init__(self, forms: csr_array, ties: csr_array, low: Numbers, high: Numbers) -> None:
        stated = np.flatnonzero((low > 0) | np.isfinite(high))
        self.exact = stated[low[stated] == high[stated]]
        ranged = stated[low[stated] != high[stated]]
        below, above = ranged[np.isfinite(high[ranged])], ranged[low[ranged] > 0]
        self.loose = np.concatenate([below, above])
        equal, unequal = vstack([forms[self.exact], ties], format="csc"), vstack([forms[below], -forms[above]], format="csc")
        self.equal = equal if equal.shape[0] else None
        self.equal_sides = np.concatenate([low[self.exact], np.zeros(ties.shape[0])]) if equal.shape[0] else None
        self.unequal = unequal if unequal.shape[0] else None
        self.unequal_sides = np.concatenate([high[below], -low[above]]) if unequal.shape[0] else None


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
        self._forms = model.forms
        self._dense = model.forms.toarray()
        self._ties = model.ties
        self.holders: dict[int, set[int]] = {}
        self.forget()

    def forget(self) -> None:
        """Drop the witnesses; needed before statements are added or changed."""
        self.least: Numbers = np.full(self.size, np.inf)
        self.most: Numbers = np.full(self.size, -np.inf)

    def is_consistent(self, low: Numbers, high: Numbers) -> bool:
        """Tell whether any table agrees with the statements."""
        try:
            self._solve(np.zeros(self._forms.shape[1]), self._rows(low, high), integer=False)
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
        rows = self._rows(low, high)
        return np.array([(self._extreme(target, 1.0, rows, integer), self._extreme(target, -1.0, rows, integer)) for target in targets]).reshape(
            -1, 2
        )

    def narrow(self, low: Numbers, high: Numbers, targets: Places, width: Numbers, floor: Numbers, at_most: int | None = None) -> Places:
        """Return the targets the statements pin: shorter than ``width`` or proved to be above ``floor``.

        A target is dismissed as soon as two possible tables show it wide enough; most are settled together by a few programs that push
        all open targets at once. For the targets returned, ``least`` and ``most`` hold the exact interval
        and ``holders`` the statements that hold it shut: those with a non-zero dual value at either end.

        Args:
            low: As in ``bound``.
            high: As in ``bound``.
            targets: Places of the selections to judge.
            width: Required length of each target's interval, shape (targets,).
            floor: The lower end may not lie above this, shape (targets,); infinity where the lower end does not matter.
            at_most: Stop when this many are found.
        """
        rows = self._rows(low, high)
        required = dict(zip(targets.tolist(), width.tolist(), strict=True))
        ceiling = dict(zip(targets.tolist(), floor.tolist(), strict=True))

        def still_open(places: Sequence[int]) -> list[int]:
            return [
                place
                for place in places
                if self.most[place] - self.least[place] < required[place] - TOLERANCE or self.least[place] > ceiling[place] + TOLERANCE
            ]

        remaining = still_open(targets.tolist())
        while remaining:
            before = len(remaining)
            self._solve(self._dense[remaining].sum(axis=0), rows, integer=False)
            remaining = still_open(remaining)
            if not remaining:
                break
            self._raise_together(remaining, np.array([self.least[place] + required[place] for place in remaining]), rows)
            remaining = still_open(remaining)
            if len(remaining) == before:
                break
        pinned: list[int] = []
        held = _Held(self._forms, self._ties, low, high)
        for place in remaining:
            if len(pinned) == at_most:
                break
            holders: set[int] = set()
            for sign in (1.0, -1.0):
                if still_open([place]):
                    holders |= self._end(place, sign, held)
            if still_open([place]):
                pinned.append(place)
                self.holders[place] = holders
        return np.array(pinned, dtype=np.int64)

    def _end(self, target: int, sign: float, held: _Held) -> set[int]:
        """Find one end of an interval; return the statements with a non-zero dual value there."""
        solution = linprog(
            sign * self._dense[target],
            A_ub=held.unequal,
            b_ub=held.unequal_sides,
            A_eq=held.equal,
            b_eq=held.equal_sides,
            method="highs",
            options={"presolve": False},
        )
        if solution.status == _INFEASIBLE:
            raise Contradiction(_CONTRADICTION)
        if solution.status != _OPTIMAL:
            if solution.status not in {3, 4}:
                raise RuntimeError(f"the solver gave up on an attack: {solution.message}")
            self.most[target] = np.inf  # an end without limit is held by nothing
            return set()
        self._witness(np.asarray(solution.x, dtype=np.float64))
        exact = held.exact[np.abs(solution.eqlin.marginals[: len(held.exact)]) > TOLERANCE].tolist() if held.equal is not None else []
        loose = held.loose[np.abs(solution.ineqlin.marginals) > TOLERANCE].tolist() if held.unequal is not None else []
        return {*exact, *loose}

    def _rows(self, low: Numbers, high: Numbers) -> tuple[csr_array, Numbers, Numbers]:
        stated = np.flatnonzero((low > 0) | np.isfinite(high))
        nothing = np.zeros(self._ties.shape[0])
        matrix = vstack([self._forms[stated], self._ties], format="csr")
        return matrix, np.concatenate([low[stated], nothing]), np.concatenate([high[stated], nothing])

    def _solve(self, goal: Numbers, rows: tuple[csr_array, Numbers, Numbers], integer: bool, caps: Numbers | None = None) -> float:
        """Minimise ``goal``; return the least value and remember the table as a witness. ``caps`` limit unknowns beyond those of the table."""
        unknowns = self._forms.shape[1]
        matrix, below, above = rows
        width = matrix.shape[1]
        solution = milp(
            goal,
            constraints=LinearConstraint(matrix, below, above) if matrix.shape[0] else None,
            integrality=np.ones(width, dtype=np.int64) if integer else None,
            options={"presolve": integer},
            bounds=Bounds(*self._limits(caps)),
        )
        if solution.status == _INFEASIBLE:
            raise Contradiction(_CONTRADICTION)
        if solution.status != _OPTIMAL:
            if not np.any(goal):
                raise RuntimeError(f"the solver gave up on an attack: {solution.message}")
            self._solve(np.zeros(width), rows, integer, caps)  # raises where the statements contradict each other
            if solution.status not in {3, 4}:
                raise RuntimeError(f"the solver gave up on an attack: {solution.message}")
            return -np.inf
        if not integer:
            self._witness(np.asarray(solution.x, dtype=np.float64)[:unknowns])
        return float(np.dot(goal, np.asarray(solution.x, dtype=np.float64)))

    def _limits(self, caps: Numbers | None) -> tuple[Numbers, Numbers]:
        unknowns = self._forms.shape[1]
        if caps is None:
            return np.zeros(unknowns), np.full(unknowns, np.inf)
        return np.concatenate([np.zeros(unknowns), np.full(len(caps), -np.inf)]), np.concatenate([np.full(unknowns, np.inf), caps])

    def _witness(self, table: Numbers) -> None:
        seen = self._dense @ table
        np.minimum(self.least, seen, out=self.least)
        np.maximum(self.most, seen, out=self.most)

    def _extreme(self, target: int, sign: float, rows: tuple[csr_array, Numbers, Numbers], integer: bool) -> float:
        value = sign * self._solve(sign * self._dense[target], rows, integer)
        if not np.isfinite(value) and not integer:
            self.most[target] = np.inf
        if not np.isfinite(value):
            return value
        nearest = float(np.round(value))
        return nearest if abs(value - nearest) < TOLERANCE else value

    def _raise_together(self, places: Sequence[int], caps: Numbers, rows: tuple[csr_array, Numbers, Numbers]) -> None:
        """Look for one table in which as many of the places as possible reach their cap: each counts up to its cap and no further."""
        matrix, below, above = rows
        count, unknowns = len(places), self._forms.shape[1]
        counts = self._forms[list(places)]
        # Written out because stacking blocks takes longer than solving: the rows, then "raised - counted <= 0" with one more unknown each.
        places_of_raised = counts.indptr[1:]
        stacked = csr_array(
            (
                np.concatenate([matrix.data, np.insert(-counts.data, places_of_raised, 1.0)]),
                np.concatenate([matrix.indices, np.insert(counts.indices, places_of_raised, unknowns + np.arange(count))]),
                np.concatenate([matrix.indptr, matrix.indptr[-1] + counts.indptr[1:] + np.arange(1, count + 1)]),
            ),
            shape=(matrix.shape[0] + count, unknowns + count),
        )
        goal = np.concatenate([np.zeros(unknowns), -np.ones(count)])
        sides = np.concatenate([below, np.full(count, -np.inf)]), np.concatenate([above, np.zeros(count)])
        self._solve(goal, (stacked, *sides), integer=False, caps=caps)


class Unavoidable:
    """What a few statements imply on their own, whatever else is published or hidden: exact totals, above all.

    No protection of other cells can widen these intervals, so they limit what may be required. Explored once per cell and kept.

    Attributes:
        width: Length of each interval, at most the length asked for. Shape (selections,), persons.
        floor: Lower end of each interval.
        ceiling: Upper end, or an upper limit of it.
    """

    def __init__(self, axes: Sequence[Axis], selections: Sequence[Selection], low: Numbers, high: Numbers, width: float) -> None:
        self._attacker = Attacker(axes, selections)
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
            self.ceiling[place] = min((high for whole, high in limits if _lies_in(own, whole)), default=np.inf)
        self.width[fresh] = np.minimum(self.width[fresh], self.ceiling[fresh] - self.floor[fresh])
        for place in self._attacker.narrow(self._low, self._high, fresh, self.width[fresh], self.floor[fresh]).tolist():
            self.floor[place], self.ceiling[place] = self._attacker.least[place], self._attacker.most[place]
            self.width[place] = min(self.width[place], self.ceiling[place] - self.floor[place])


def _lies_in(part: Mapping[str, tuple[str, ...]], whole: Mapping[str, tuple[str, ...]]) -> bool:
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
