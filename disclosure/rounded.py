"""A rounded lattice through the eyes of an attacker who knows the method: which hidden counts its numbers narrow too far."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker, Unavoidable
from disclosure.lattice import Cell, is_of_area_alone
from disclosure.policy import KNOWS_ITSELF, Policy

Numbers = NDArray[np.float64]


def exact_totals(attacker: Attacker, cells: Sequence[Cell], counts: NDArray[np.int64], policy: Policy) -> Unavoidable:
    """Return what the exact totals among some cells imply without any other published number.

    Args:
        attacker: Built over the cells.
        cells: The cells.
        counts: Exact counts; only those of totals are used.
        policy: The limits.
    """
    is_total = np.array([cell.is_total for cell in cells], dtype=np.bool_)
    low, high = np.where(is_total, counts, 0).astype(np.float64), np.where(is_total, counts, np.inf)
    return Unavoidable(attacker.model, [cell.where for cell in cells], low, high, policy.required_width)


def public_failures(
    attacker: Attacker,
    unavoidable: Unavoidable,
    cells: Sequence[Cell],
    values: Numbers,
    counts: NDArray[np.int64],
    may_say_small: NDArray[np.bool_],
    policy: Policy,
) -> dict[int, set[int]]:
    """Return the hidden cells of a rounded lattice that an attacker narrows too far, each with the statements that pin it.

    Several attackers judge: one who reads only the numbers, one who also reads which hidden cells are labelled "fewer than ten", and for every
    hidden township one who knows its number.

    Args:
        attacker: Built over the cells; its witnesses are dropped.
        unavoidable: From ``exact_totals``, kept with this lattice.
        cells: The cells.
        values: Rounded values, NaN where hidden. Shape (cells,).
        counts: Exact counts; only those of totals are used, as knowledge of the attacker.
        may_say_small: Hidden cells labelled "fewer than ten".
        policy: The limits.
    """
    is_total = np.array([cell.is_total for cell in cells], dtype=np.bool_)
    exact = np.where(is_total, counts.astype(np.float64), np.nan)
    targets = np.flatnonzero(np.isnan(values) & ~is_total)
    labelled = np.isnan(values) & may_say_small
    unlimited = np.full(len(cells), np.inf)
    readings = [np.where(labelled, policy.always_shown_from - 1.0, np.inf)] if labelled.any() else []
    if not labelled[targets].all():
        readings.append(unlimited)
    failures: dict[int, set[int]] = {}
    for caps in readings:
        found, _ = judge_public(attacker, unavoidable, values, exact, caps, targets, policy)
        for place, (_, _, _, holders) in found.items():
            failures.setdefault(place, set()).update(holders)
    if failures:
        return failures
    of_areas = targets[np.array(is_of_area_alone(cells), dtype=np.bool_)[targets]].tolist()
    for insider in [place for place in of_areas if KNOWS_ITSELF in dict(cells[place].where)]:
        own = exact.copy()
        own[insider] = counts[insider]
        others = np.array([place for place in of_areas if place != insider], dtype=np.int64)
        implied = unavoidable.given(insider, float(counts[insider]), others)
        found, _ = judge_public(attacker, unavoidable, values, own, unlimited, others, policy, implied)
        for place, (_, _, _, holders) in found.items():
            failures.setdefault(place, set()).update(holders - {insider})
    return failures


def judge_public(
    attacker: Attacker,
    unavoidable: Unavoidable,
    values: Numbers,
    exact: Numbers,
    caps: Numbers,
    targets: NDArray[np.int64],
    policy: Policy,
    implied: tuple[Numbers, Numbers] | None = None,
) -> tuple[dict[int, tuple[float, float, float, set[int]]], Numbers]:
    """Attack a rounded lattice; return failures and the widths seen.

    A failure holds least, most, required width and the statements that pin it; widths are those two possible tables prove for every selection.

    First with every shown count within 4 of the truth, then, where that is possible at all, within 2, as an attacker guesses who
    believes that most counts went to their nearest multiple. ``implied`` is what he knows of the targets at least and at most whatever is
    published, where that is more than the exact totals tell.
    """
    failures: dict[int, tuple[float, float, float, set[int]]] = {}
    unavoidable.explore(targets)
    widths = np.full(len(values), np.inf)
    for shift, required in ((policy.largest_shift, policy.required_width), (policy.nearest_shift, policy.required_width_if_nearest)):
        low, high = limits_of_rounded(values, exact, caps, shift, policy)
        attacker.forget()
        is_guess = shift == policy.nearest_shift
        if is_guess and not attacker.is_consistent(low, high):
            continue
        best_floor, best_ceiling, widest = unavoidable.floor.copy(), unavoidable.ceiling.copy(), unavoidable.width.copy()
        if implied is not None:
            best_floor[targets], best_ceiling[targets] = implied
            widest[targets] = np.minimum(widest[targets], implied[1] - implied[0])
        floor = np.full(len(targets), np.inf) if is_guess else best_floor[targets]
        for place in attacker.narrow(low, high, targets, np.minimum(required, widest[targets]), floor).tolist():
            least, most = float(attacker.least[place]), float(attacker.most[place])
            best_least, best_most = float(best_floor[place]), float(best_ceiling[place])
            width = min(required, float(widest[place]))
            # Proof that a count is not small tells of no small group; proof that a small one is not empty does.
            proves_somebody = not is_guess and max(0.0, best_least) + TOLERANCE < least < policy.hide_below - TOLERANCE
            proves_nobody = most < min(1.0, best_most) - TOLERANCE
            if proves_somebody or proves_nobody or most - least < width - TOLERANCE:
                failures.setdefault(place, (least, most, width, attacker.holders[place]))
        if not is_guess:
            widths = attacker.most - attacker.least
    return failures, widths


def limits_of_rounded(values: Numbers, exact: Numbers, caps: Numbers, shift: int, policy: Policy) -> tuple[Numbers, Numbers]:
    """Return the least and greatest count of every cell of a rounded lattice, for whoever knows how far rounding moves a count."""
    low = np.where(np.isnan(values), 0.0, np.maximum(values - shift, policy.hide_below))
    high = np.where(np.isnan(values), caps, values + shift)
    return np.where(np.isnan(exact), low, exact), np.where(np.isnan(exact), high, exact)
