"""The internal release: exact counts, with small ones hidden together with as many others as it takes to keep them hidden."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import Attacker, Unavoidable
from disclosure.equations import Equation, equations
from disclosure.lattice import Lattice, Selection, is_of_area_alone
from disclosure.policy import KNOWS_ITSELF, Policy

_AT_ONCE = 4
"""Pinned cells treated between two attacks: hiding for one often frees the next, so fewer at once hides less but attacks more often."""


def suppress(
    lattice: Lattice, counts: NDArray[np.int64], policy: Policy, forced: frozenset[Selection] = frozenset(), spare: int = 0
) -> NDArray[np.bool_]:
    """Decide which cells the internal release hides.

    Counts below k are hidden, zeros too: where nobody was shown once, whoever comes next would be told by hiding them. County totals are shown
    whatever they are. A count that no other published count stands beside is hidden below 2 k: it has no
    partner, so that it is hidden would say that it is below k. The attacker is then asked, again and again, which hidden count can be
    narrowed to an interval shorter than k from everything shown, and for each such count the cheapest cell that pins it is hidden too. Once
    more he knows the true number of one township. What the county totals imply on their
    own (a total of 3 bounds its parts) no hiding can undo and is not asked for.

    Always ends: each round hides at least one cell more, and with only the county totals left nothing more can be asked for. The
    result does not depend on the order of cells or axes.

    Args:
        lattice: Cells published about one population and moment.
        counts: Exact counts, shape (cells,), persons, >= 0.
        policy: Gives k.
        forced: Cells that are hidden whatever they are, because another moment hides them.
        spare: By how much the intervals are to be longer than k, so that other moments may narrow them.

    Returns:
        True where hidden, shape (cells,).

    Raises:
        ValueError: If the counts do not fit the lattice.
        Contradiction: If the counts contradict each other (a part greater than its whole, say).
    """
    if counts.shape != (len(lattice.cells),):
        raise ValueError(f"{len(lattice.cells)} cells but counts of shape {counts.shape}; pass one count per cell")
    if np.any(counts < 0):
        raise ValueError(f"cell {int(np.argmax(counts < 0))} has a negative count; recount the cells")
    order = sorted(range(len(lattice.cells)), key=lambda place: lattice.cells[place].where)
    axes = sorted(lattice.axes, key=lambda axis: axis.name)
    hidden = np.zeros(len(order), dtype=np.bool_)
    sorted_lattice = Lattice(tuple(axes), tuple(lattice.cells[place] for place in order))
    hidden[order] = _Suppression(sorted_lattice, counts[order].astype(np.float64), policy.internal_k, forced, spare).hidden_cells()
    return hidden


class _Suppression:
    """The search for what to hide in one lattice, whose cells are in order."""

    def __init__(self, lattice: Lattice, counts: NDArray[np.float64], k: int, forced: frozenset[Selection], spare: int) -> None:
        cells = lattice.cells
        self.lattice, self.counts, self.width = lattice, counts, k + spare
        self.always_shown = np.array([cell.is_total for cell in cells], dtype=np.bool_)
        self.is_forced = np.array([cell.where in forced for cell in cells], dtype=np.bool_)
        limit = np.where(_stands_alone(lattice), 2 * k, k)
        self.hidden: NDArray[np.bool_] = (counts < limit) & ~self.always_shown
        # A zero is the last partner to take: it leaves the other no room.
        self.cost = [(cell.worth, -len(cell.where), float(counts[place]) or np.inf, cell.where) for place, cell in enumerate(cells)]
        self.is_of_area = np.array(is_of_area_alone(cells), dtype=np.bool_)
        self.insiders = self.is_of_area & np.array([KNOWS_ITSELF in dict(cell.where) for cell in cells], dtype=np.bool_)

    def hidden_cells(self) -> NDArray[np.bool_]:
        """Hide until the attacker fails."""
        _close_equations(equations(self.lattice), self.counts, self.width, self.hidden, self.always_shown, self.cost)
        # Forced cells join here: the shortcut above asks for more than the attacker does, and what was found safe once would grow every time.
        self.hidden |= self.is_forced & ~self.always_shown
        if not self.hidden.any():
            return self.hidden
        attacker = Attacker(self.lattice.axes, [cell.where for cell in self.lattice.cells])
        floor, ceiling = np.where(self.always_shown, self.counts, 0.0), np.where(self.always_shown, self.counts, np.inf)
        beyond_help = Unavoidable(attacker.model, [cell.where for cell in self.lattice.cells], floor, ceiling, float(self.width))
        while self._hide_more(attacker, beyond_help, None) or any(
            self._hide_more(attacker, beyond_help, insider) for insider in np.flatnonzero(self.hidden & self.insiders).tolist()
        ):
            attacker.forget()
        return self.hidden

    def _hide_more(self, attacker: Attacker, beyond_help: Unavoidable, insider: int | None) -> bool:
        """Hide for some of the counts that are pinned for a reader, or for one who knows the number of an area; return whether any was."""
        low, high = np.where(self.hidden, 0.0, self.counts), np.where(self.hidden, np.inf, self.counts)
        targets = np.flatnonzero(self.hidden)
        beyond_help.explore(targets)
        width = beyond_help.width[targets]
        if insider is not None:
            attacker.forget()
            low[insider] = high[insider] = self.counts[insider]
            others = self.is_of_area[targets] & (targets != insider)
            targets, width = targets[others], width[others]
            floor, ceiling = beyond_help.given(insider, float(self.counts[insider]), targets)
            width = np.minimum(width, ceiling - floor)
        hideable = ~self.hidden & ~self.always_shown
        if not hideable.any():
            return False
        pinned = attacker.narrow(low, high, targets, width, np.full(len(targets), np.inf), at_most=_AT_ONCE)
        chosen: set[int] = set()
        for target in pinned.tolist():
            candidates = [place for place in sorted(attacker.holders[target]) if hideable[place]]
            # A dual value lost to rounding must not stop the loop: any cell will do, for with all hidden the requirement holds.
            candidates = candidates or np.flatnonzero(hideable).tolist()
            if chosen.isdisjoint(candidates):
                chosen.add(min(candidates, key=lambda place: self.cost[place]))
        self.hidden[sorted(chosen)] = True
        return bool(chosen)


def _stands_alone(lattice: Lattice) -> NDArray[np.bool_]:
    """Tell which cells are no part of a sum with another one that a row writes and protection may hide."""
    places = [place for place, cell in enumerate(lattice.cells) if cell.is_written]
    written = Lattice(lattice.axes, tuple(lattice.cells[place] for place in places))
    has_partner: set[int] = set()
    for equation in equations(written):
        joined = [place for place in (equation.parent, *equation.children) if not written.cells[place].is_total]
        has_partner |= set(joined) if len(joined) > 1 else set()
    alone = np.zeros(len(lattice.cells), dtype=np.bool_)
    alone[[place for number, place in enumerate(places) if number not in has_partner]] = True
    return alone


def _close_equations(
    sums: Sequence[Equation],
    counts: NDArray[np.float64],
    k: int,
    hidden: NDArray[np.bool_],
    always_shown: NDArray[np.bool_],
    cost: Sequence[tuple[int, int, float, Selection]],
) -> None:
    """Hide what plain subtraction within one sum would give away; it spares the attacker the obvious rounds."""
    changed = True
    while changed:
        changed = False
        for equation in sums:
            parts = [child for child in equation.children if hidden[child]]
            is_enough = len(parts) > 1 and counts[parts].sum() >= k
            is_open = bool(parts) if hidden[equation.parent] else not parts or is_enough
            shown = [place for place in (equation.parent, *equation.children) if not hidden[place] and not always_shown[place]]
            if is_open or not shown:
                continue
            # The parent, where it may be hidden, is the largest and so the last to be chosen.
            hidden[min(shown, key=lambda place: cost[place])] = True
            changed = True
