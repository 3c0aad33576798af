"""One population and moment under attack: what its published numbers prove about its hidden counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker, Unavoidable
from disclosure.closure import close
from disclosure.lattice import Cell, Contradiction, People, Selection
from disclosure.people import listed
from disclosure.policy import Policy
from disclosure.published import Published, axes_of
from disclosure.rounded import judge_public, limits_of_rounded

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
        self.axes = axes = axes_of(named, codes)
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
        low, high = self._statements(0)
        best_low, best_high = np.where(np.isnan(self.exact), 0.0, self.exact), np.where(np.isnan(self.exact), np.inf, self.exact)
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
            near, far = self._statements(policy.nearest_shift), self._statements(policy.largest_shift)
            targets = self._short(*(near if self.attacker.is_consistent(*near) else far), targets, policy.hide_below)
            if not len(targets):
                return []
        best_low, best_high = np.where(np.isnan(self.exact), 0.0, self.exact), np.where(np.isnan(self.exact), np.inf, self.exact)
        unavoidable = Unavoidable(self.attacker.model, self.selections, best_low, best_high, self.policy.required_width)
        failures, widths = judge_public(self.attacker, unavoidable, self.values, known, caps, targets, self.policy)
        found = []
        for place, (least, most, required, _) in sorted(failures.items()):
            if self.is_hidden[place] or most < self.policy.hide_below - TOLERANCE:
                found.append((self.selections[place], least, most, required))
        self._set_aside(unavoidable.width < policy.required_width - TOLERANCE, found)
        self._measure(widths)
        return found

    def people(self, shift: int, apart: float) -> list[People] | None:
        """Return lists of people, each of which would have been published like this, that show how open the counts nobody publishes are.

        Args:
            shift: A shown count lies within it of the truth.
            apart: So far apart are the least and the greatest count shown of each, unless it cannot be.

        Returns:
            The lists; None where no list agrees with what is published.
        """
        low, high = self._statements(shift)
        if not self.attacker.is_consistent(low, high):
            return None
        tables = [table for place in np.flatnonzero(self.unsaid).tolist() for table in self.attacker.ends(low, high, place, apart)]
        different = {table.tobytes(): table for table in tables}
        return [listed(self.axes, self.attacker.model, table) for table in different.values()]

    def _statements(self, shift: int) -> tuple[Numbers, Numbers]:
        """Return the least and greatest count of every selection for a reader who knows how far a shown count lies from the truth at most."""
        known = np.where(np.isnan(self.exact), self.declared, self.exact)
        if shift:
            return limits_of_rounded(self.values, known, np.full(len(self.selections), np.inf), shift, self.policy)
        known = np.where(np.isnan(self.exact) & ~np.isnan(self.values), self.values, known)
        return np.where(np.isnan(known), 0.0, known), np.where(np.isnan(known), np.inf, known)

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
