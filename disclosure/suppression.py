"""The internal release: exact counts, with small ones hidden together with as many others as it takes to keep them hidden."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import Attacker, Unavoidable
from disclosure.equations import Equation, equations
from disclosure.lattice import Lattice, Selection
from disclosure.policy import Policy

_AT_ONCE = 4
"""Pinned cells treated between two attacks: hiding for one often frees the next, so fewer at once hides less but attacks more often."""


def suppress(lattice: Lattice, counts: NDArray[np.int64], policy: Policy, forced: frozenset[Selection] = frozenset()) -> NDArray[np.bool_]:
    """Decide which cells the internal release hides.

    Counts from 1 to k - 1 are hidden, and zeros below the county; county totals are shown whatever they are. Zeros of the whole county
    are shown unless they give another count away. The attacker is then asked, again and again, which hidden count can be narrowed to
    an interval shorter than k from everything shown, and for each such count the cheapest cell that pins it is hidden too. What the
    county totals imply on their own (a total of 3 bounds its parts) no hiding can undo and is not asked for.

    Always ends: each round hides at least one cell more, and with only the county totals left nothing more can be asked for. The
    result does not depend on the order of cells or axes.

    Args:
        lattice: Cells published about one population and moment.
        counts: Exact counts, shape (cells,), persons, >= 0.
        policy: Gives k.
        forced: Cells that are hidden whatever they are, because another moment hides them.

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
    hidden[order] = _suppress(sorted_lattice, counts[order].astype(np.float64), policy.internal_k, forced)
    return hidden


def _suppress(lattice: Lattice, counts: NDArray[np.float64], k: int, forced: frozenset[Selection]) -> NDArray[np.bool_]:
    cells = lattice.cells
    is_county = np.array([cell.is_county for cell in cells], dtype=np.bool_)
    always_shown = np.array([cell.is_total for cell in cells], dtype=np.bool_)
    is_forced = np.array([cell.where in forced for cell in cells], dtype=np.bool_)
    hidden: NDArray[np.bool_] = (counts < k) & ~(is_county & (counts == 0)) & ~always_shown
    # A zero is the last partner to take: it leaves the other no room.
    cost = [(cell.worth, -len(cell.where), float(counts[place]) or np.inf, cell.where) for place, cell in enumerate(cells)]
    _close_equations(equations(lattice), counts, k, hidden, always_shown, cost)
    # Forced cells join here: the shortcut above asks for more than the attacker does, and what was found safe once would grow every time.
    hidden |= is_forced & ~always_shown
    if not hidden.any():
        return hidden
    attacker = Attacker(lattice.axes, [cell.where for cell in cells])
    floor, ceiling = np.where(always_shown, counts, 0.0), np.where(always_shown, counts, np.inf)
    beyond_help = Unavoidable(attacker.model, [cell.where for cell in cells], floor, ceiling, float(k))
    any_count = np.full(len(cells), np.inf)
    while True:
        low, high = np.where(hidden, 0.0, counts), np.where(hidden, np.inf, counts)
        targets = np.flatnonzero(hidden)
        beyond_help.explore(targets)
        pinned = attacker.narrow(low, high, targets, beyond_help.width[targets], any_count[targets], at_most=_AT_ONCE)
        hideable = ~hidden & ~always_shown
        if not len(pinned) or not hideable.any():
            return hidden
        chosen: set[int] = set()
        for target in pinned.tolist():
            candidates = [place for place in sorted(attacker.holders[target]) if hideable[place]]
            # A dual value lost to rounding must not stop the loop: any cell will do, for with all hidden the requirement holds.
            candidates = candidates or np.flatnonzero(hideable).tolist()
            if chosen.isdisjoint(candidates):
                chosen.add(min(candidates, key=lambda place: cost[place]))
        hidden[sorted(chosen)] = True


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
