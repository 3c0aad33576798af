"""One population and moment under attack: what its published numbers prove about its hidden counts.

Imports nothing of the code that protects.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker, Unavoidable
from disclosure.lattice import Cell, Selection, close
from disclosure.policy import Policy
from disclosure.program import Contradiction
from disclosure.published import Published, axes_of

Numbers = NDArray[np.float64]
Codes = Mapping[str, Sequence[tuple[str, str]]]
"""Dimension -> code and parent of every member."""

GivenAway = tuple[Selection, float, float, float]
"""A hidden count that is given away: the persons counted, least, most, and the required length of its interval."""


class Attacked:
    """One population and moment under attack.

    Args:
        said: What is published of it.
        codes: The code lists.
        policy: The limits.
        crossed: Selections that nobody publishes, attacked in place of what is hidden.
    """

    def __init__(self, said: Published, codes: Codes, policy: Policy, crossed: Sequence[Selection] = ()) -> None:
        self.policy = policy
        named = said.named
        axes = axes_of(named, codes)
        # What is left of exact event counts beside protected ones (cases without a young suspect) is an event count, not a count of persons.
        derivable = [] if said.has_events or crossed else [cell.where for cell in close(axes, tuple(Cell(where) for where in named))]
        self.selections = [*named, *sorted({*derivable, *crossed} - set(named))]
        self.values = np.array([said.shown.get(where, np.nan) for where in self.selections])
        self.exact = np.array([said.exact.get(where, np.nan) for where in self.selections])
        self.declared = np.array([said.declared.get(where, np.nan) for where in self.selections])
        self.is_hidden = np.array([where in said.hidden and where not in said.declared and not crossed for where in self.selections], dtype=np.bool_)
        self.unsaid = np.isnan(self.values) & np.isnan(self.exact) & np.isnan(self.declared)
        self.is_crossed = bool(crossed)
        if crossed:
            asked = set(crossed)
            self.unsaid &= np.array([where in asked for where in self.selections], dtype=np.bool_)
        self.attacker = Attacker(axes, self.selections)
        self.implied = 0
        self.narrowest = math.inf
        self.reaching: list[Selection] = []

    def internal(self) -> list[GivenAway]:
        """Attack exact counts; return selection, least, most and required width of those given away."""
        k = float(self.policy.internal_k)
        known = np.where(np.isnan(self.exact), np.where(np.isnan(self.values), self.declared, self.values), self.exact)
        low, high = np.where(np.isnan(known), 0.0, known), np.where(np.isnan(known), np.inf, known)
        # A zero of the whole county is shown on purpose, and says of every part that it is zero.
        given = np.where(np.isnan(self.exact) & self.is_crossed & (self.values == 0), 0.0, self.exact)
        best_low, best_high = np.where(np.isnan(given), 0.0, given), np.where(np.isnan(given), np.inf, given)
        targets = np.flatnonzero(self.unsaid)
        if self.is_crossed:
            targets = self._short(low, high, targets, k)
            if not len(targets):
                return []
        unavoidable = Unavoidable(self.attacker.model, self.selections, best_low, best_high, k)
        unavoidable.explore(targets)
        found = []
        for place in self.attacker.narrow(low, high, targets, unavoidable.width[targets], np.full(len(targets), np.inf)).tolist():
            least, most = float(self.attacker.least[place]), float(self.attacker.most[place])
            if self.is_hidden[place] or most < k - TOLERANCE:
                found.append((self.selections[place], least, most, float(unavoidable.width[place])))
        self._set_aside(unavoidable.width < k - TOLERANCE, found)
        self._measure(self.attacker.most - self.attacker.least)
        return found

    def public(self) -> list[GivenAway]:
        """Attack rounded counts; return selection, least, most and required width of those given away."""
        policy = self.policy
        shown = self.values[~np.isnan(self.values)]
        if np.any((shown < policy.hide_below) | (shown % policy.base != 0)):
            raise Contradiction(
                f"a count of persons is shown that is below {policy.hide_below} or no multiple of {policy.base}; "
                "the public method never shows one, so build the release again"
            )
        targets = np.flatnonzero(self.unsaid | (self.is_hidden & ~np.isnan(self.exact)))
        caps = np.full(len(self.selections), np.inf)
        known = np.where(np.isnan(self.exact), self.declared, self.exact)
        if self.is_crossed:  # what a table of nearest multiples allows is allowed without that guess
            near, far = (_limits(self.values, known, caps, shift, policy) for shift in (policy.nearest_shift, policy.largest_shift))
            targets = self._short(*(near if self.attacker.is_consistent(*near) else far), targets, policy.hide_below)
            if not len(targets):
                return []
        best_low, best_high = np.where(np.isnan(self.exact), 0.0, self.exact), np.where(np.isnan(self.exact), np.inf, self.exact)
        unavoidable = Unavoidable(self.attacker.model, self.selections, best_low, best_high, self.policy.required_width)
        failures, widths = _judge_public(self.attacker, unavoidable, self.values, known, caps, targets, self.policy)
        found = []
        for place, (least, most, required, _) in sorted(failures.items()):
            if self.is_hidden[place] or most < self.policy.hide_below - TOLERANCE:
                found.append((self.selections[place], least, most, required))
        self._set_aside(unavoidable.width < policy.required_width - TOLERANCE, found)
        self._measure(widths)
        return found

    def _short(self, low: Numbers, high: Numbers, targets: NDArray[np.int64], size: float) -> NDArray[np.int64]:
        """Return the crossings that cannot reach a size, which only small ones fail to do, and note the others."""
        short = self.attacker.short_of(low, high, targets, size)
        self.reaching = [self.selections[place] for place in np.setdiff1d(targets, short).tolist()]
        return short

    def _set_aside(self, is_implied: NDArray[np.bool_], found: Sequence[GivenAway]) -> None:
        """Count the hidden cells that exact totals bound by themselves apart from the rest."""
        failed = {where for where, *_ in found}
        aside = [place for place in np.flatnonzero(is_implied & self.is_hidden).tolist() if self.selections[place] not in failed]
        self.implied = len(aside)
        self.is_hidden[aside] = False

    def _measure(self, widths: Numbers) -> None:
        """Note the shortest interval two possible tables prove, among hidden counts that the exact totals leave open."""
        concerned = widths[self.is_hidden]
        self.narrowest = float(np.round(concerned.min(), 6)) if len(concerned) else math.inf


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

    Two attackers judge: one who reads only the numbers, and one who also reads which hidden cells are labelled "fewer than ten".

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
        found, _ = _judge_public(attacker, unavoidable, values, exact, caps, targets, policy)
        for place, (_, _, _, holders) in found.items():
            failures.setdefault(place, set()).update(holders)
    return failures


def _judge_public(
    attacker: Attacker,
    unavoidable: Unavoidable,
    values: Numbers,
    exact: Numbers,
    caps: Numbers,
    targets: NDArray[np.int64],
    policy: Policy,
) -> tuple[dict[int, tuple[float, float, float, set[int]]], Numbers]:
    """Attack a rounded lattice; return failures and the widths seen.

    A failure holds least, most, required width and the statements that pin it; widths are those two possible tables prove for every selection.

    First with every shown count within 4 of the truth, then, where that is possible at all, within 2, as an attacker guesses who
    believes that most counts went to their nearest multiple.
    """
    failures: dict[int, tuple[float, float, float, set[int]]] = {}
    unavoidable.explore(targets)
    widths = np.full(len(values), np.inf)
    for shift, required in ((policy.largest_shift, policy.required_width), (policy.nearest_shift, policy.required_width_if_nearest)):
        low, high = _limits(values, exact, caps, shift, policy)
        attacker.forget()
        is_guess = shift == policy.nearest_shift
        if is_guess and not attacker.is_consistent(low, high):
            continue
        floor = np.full(len(targets), np.inf) if is_guess else unavoidable.floor[targets]
        for place in attacker.narrow(low, high, targets, np.minimum(required, unavoidable.width[targets]), floor).tolist():
            least, most = float(attacker.least[place]), float(attacker.most[place])
            best_least, best_most = float(unavoidable.floor[place]), float(unavoidable.ceiling[place])
            width = min(required, float(unavoidable.width[place]))
            # Proof that a count is not small tells of no small group; proof that a small one is not empty does.
            proves_somebody = not is_guess and max(0.0, best_least) + TOLERANCE < least < policy.hide_below - TOLERANCE
            proves_nobody = most < min(1.0, best_most) - TOLERANCE
            if proves_somebody or proves_nobody or most - least < width - TOLERANCE:
                failures.setdefault(place, (least, most, width, attacker.holders[place]))
        if not is_guess:
            widths = attacker.most - attacker.least
    return failures, widths


def _limits(values: Numbers, exact: Numbers, caps: Numbers, shift: int, policy: Policy) -> tuple[Numbers, Numbers]:
    """Return the least and greatest count of every cell of a rounded lattice, for whoever knows how far rounding moves a count."""
    low = np.where(np.isnan(values), 0.0, np.maximum(values - shift, policy.hide_below))
    high = np.where(np.isnan(values), caps, values + shift)
    return np.where(np.isnan(exact), low, exact), np.where(np.isnan(exact), high, exact)
