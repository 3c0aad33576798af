"""Two builds read together: what the numbers of an older and a newer one prove, where only a few people came or went between them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker
from disclosure.audit import Finding, ReleaseReport, Report
from disclosure.junction import margins, succession
from disclosure.lattice import Selection
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC, Place, Published, axes_of, code_lists, collect, declarations

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Rows:
    """The tables of a warehouse that the auditor reads, in the column order of the schema.

    Attributes:
        observations: ``mart.observation``.
        indicators: ``meta.indicator``.
        members: ``meta.member``.
    """

    observations: Sequence[Sequence[object]]
    indicators: Sequence[Sequence[object]]
    members: Sequence[Sequence[object]]


def audit_succession(older: Rows, newer: Rows, policy: Policy, releases: Sequence[str] = (INTERNAL, PUBLIC)) -> Report:
    """Attack what either of two builds hides, with the statements of both.

    A hidden count fails where both builds together narrow it below the required interval and the exact county totals of both do not do so by
    themselves. Moments of which both say the same, and moments of one build only, are left out: the audit of each build covers them.

    Args:
        older: The build before.
        newer: The build after.
        policy: The limits; ``moved`` people came, and as many left, at most.
        releases: Which releases to attack.

    Raises:
        Contradiction: If the numbers of one build exclude each other. Pairs that so few people cannot explain are named in a note.
        ValueError: If a row names an unknown indicator or member.
    """
    codes = _joined_codes(older.members, newer.members)
    reports: list[ReleaseReport] = []
    apart = 0
    before, after = (_collected(rows, releases) for rows in (older, newer))
    for release in releases:
        report, skipped = _attack(release, before[release], after[release], codes, policy)
        reports.append(report)
        apart += skipped
    note = (
        f"两版相互比照:假定攻击者知道两版之间至多{policy.moved}人进、{policy.moved}人出",
        f"Both builds read together by an attacker who knows that at most {policy.moved} people came and {policy.moved} left between them",
    )
    skipped_note = (
        f"有{apart}组两版相差过大,几个人的进出解释不了,未一并攻击",
        f"Pairs of lattices not attacked, because a few people cannot explain how they differ: {apart}",
    )
    return Report(tuple(reports), (note,), unattacked=skipped_note if apart else None)


def _joined_codes(*members: Iterable[Sequence[object]]) -> dict[str, list[tuple[str, str]]]:
    """Return the code lists of both builds in one; a code that only one of them has stands behind the others."""
    joined: dict[str, dict[str, str]] = {}
    for rows in members:
        for name, codes in code_lists(rows).items():
            joined.setdefault(name, {}).update(codes)
    return {name: list(codes.items()) for name, codes in joined.items()}


def _collected(rows: Rows, releases: Sequence[str]) -> dict[str, dict[Place, Published]]:
    catalogue = declarations(rows.indicators)
    exact = collect(rows.observations, catalogue, INTERNAL, {})
    return {release: exact if release == INTERNAL else collect(rows.observations, catalogue, release, exact) for release in releases}


def _attack(
    release: str,
    before: Mapping[Place, Published],
    after: Mapping[Place, Published],
    codes: Mapping[str, Sequence[tuple[str, str]]],
    policy: Policy,
) -> tuple[ReleaseReport, int]:
    """Attack every moment both builds speak of; return the report and how many pairs a few people cannot explain."""
    failures: list[Finding] = []
    lattices = hidden = implied = skipped = 0
    narrowest = math.inf
    for place in sorted(before.keys() & after.keys()):
        if _says(before[place]) == _says(after[place]):
            continue
        pair = Pair(before[place], after[place], codes, policy, is_public=release == PUBLIC)
        if not pair.is_possible:
            skipped += 1
            continue
        table, moment = place
        lattices += 1
        found = pair.attack()
        failures.extend(Finding(release, table, moment, where, low, high, required) for where, low, high, required in found)
        hidden += int(pair.is_hidden.sum())
        implied += pair.implied
        narrowest = min(narrowest, pair.narrowest)
    report = ReleaseReport(release, lattices, hidden, 0, implied, None if math.isinf(narrowest) else narrowest, tuple(failures))
    return report, skipped


def _says(said: Published) -> tuple[object, ...]:
    return said.shown, said.exact, said.hidden, said.unclear


class Pair:
    """One population and moment as two builds tell it. Selections stand twice: as the older build counts them, and as the newer one does."""

    def __init__(
        self, before: Published, after: Published, codes: Mapping[str, Sequence[tuple[str, str]]], policy: Policy, *, is_public: bool
    ) -> None:
        self.policy, self.is_public = policy, is_public
        self.required = policy.required_width if is_public else float(policy.internal_k)
        self.named = [*sorted({*before.named, *after.named} - {()}), ()]
        axes = axes_of(self.named, codes)
        self.attacker = Attacker.over(succession(margins(axes, self.named), len(self.named) - 1))
        self.shown = self._numbers(before.shown, after.shown)
        self.exact = self._numbers(before.exact, after.exact)
        self.is_hidden = np.array([*(where in said.hidden for said in (before, after) for where in self.named), False, False], dtype=np.bool_)
        self.low_of_totals = np.where(np.isnan(self.exact), 0.0, self.exact)
        self.high_of_totals = np.where(np.isnan(self.exact), np.inf, self.exact)
        # The totals tell how many more came than left; whoever knows of a few others knows of those too.
        both = self.exact[: len(self.named)], self.exact[len(self.named) : -2]
        known = np.abs(both[0] - both[1])[~np.isnan(both[0]) & ~np.isnan(both[1])]
        moved = max([float(policy.moved), *known.tolist()])
        self.high_of_totals[-2:] = moved
        self.low, self.high = self._statements()
        self.high[-2:] = moved
        self.implied = 0
        self.narrowest = math.inf

    def _numbers(self, *said: Mapping[Selection, float]) -> Numbers:
        return np.array([*(one.get(where, np.nan) for one in said for where in self.named), np.nan, np.nan])

    def _statements(self) -> tuple[Numbers, Numbers]:
        shift = self.policy.largest_shift if self.is_public else 0
        floor = float(self.policy.hide_below) if self.is_public else 0.0
        low = np.where(np.isnan(self.shown), 0.0, np.maximum(self.shown - shift, floor))
        high = np.where(np.isnan(self.shown), np.inf, self.shown + shift)
        return np.where(np.isnan(self.exact), low, self.exact), np.where(np.isnan(self.exact), high, self.exact)

    @property
    def is_possible(self) -> bool:
        """Whether so few people can explain the difference between the builds."""
        return self.attacker.is_consistent(self.low, self.high)

    def attack(self) -> list[tuple[Selection, float, float, float]]:
        """Return selection, least, most and required width of every hidden count the two builds give away together."""
        targets = np.flatnonzero(self.is_hidden)
        self._explore_totals(targets)
        self.attacker.forget()
        # That somebody is there is told only of what may be small, and only in the public release.
        floor = self.floor[targets] if self.is_public else np.full(len(targets), np.inf)
        found = []
        for place in self.attacker.narrow(self.low, self.high, targets, self.width[targets], floor).tolist():
            least, most, needed = float(self.attacker.least[place]), float(self.attacker.most[place]), float(self.width[place])
            proves_somebody = self.is_public and self.floor[place] + TOLERANCE < least < self.policy.hide_below - TOLERANCE
            if proves_somebody or most - least < needed - TOLERANCE:
                found.append((self.named[place % len(self.named)], least, most, needed))
        is_open = self.is_hidden & (self.width >= self.required)
        self.implied = int(self.is_hidden.sum() - is_open.sum())
        if is_open.any():
            self.narrowest = float(np.round((self.attacker.most - self.attacker.least)[is_open].min(), 6))
        return found

    def _explore_totals(self, targets: NDArray[np.int64]) -> None:
        """Work out what the exact county totals imply by themselves, and what the other build shows of the very cell.

        Nothing wider can be asked for.
        """
        self.width, self.floor = np.full(len(self.is_hidden), self.required), np.zeros(len(self.is_hidden))
        self.attacker.forget()
        pinned = self.attacker.narrow(self.low_of_totals, self.high_of_totals, targets, self.width[targets], self.floor[targets])
        for place in pinned.tolist():
            self._allow(place, float(self.attacker.least[place]), float(self.attacker.most[place]))
        size = len(self.named)
        for place in targets.tolist():
            twin = (place + size) % (2 * size)
            if np.isnan(self.shown[twin]):
                continue
            # What one build shows of a cell cannot be unsaid by hiding it in the other.
            low, high = self.low_of_totals.copy(), self.high_of_totals.copy()
            low[twin], high[twin] = self.low[twin], self.high[twin]
            ((least, most),) = self.attacker.bound(low, high, np.array([place])).tolist()
            self._allow(place, least, most)

    def _allow(self, place: int, least: float, most: float) -> None:
        """Note that a hidden count lies in a range whatever else is published."""
        self.floor[place] = max(self.floor[place], least)
        self.width[place] = min(self.width[place], most - least)
