"""The independent auditor: judges a finished warehouse by its published table alone, through the eyes of an attacker who knows the method.

Imports nothing of the code that protects. It rebuilds from the rows which persons each number counts, states what is shown, and asks
what can be proved about everything hidden.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker, Contradiction, Unavoidable, bounds
from disclosure.lattice import Cell, Lattice, Selection, close
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC, Outside, Place, Published, axes_of, code_lists, collect, crossings, declared

__all__ = [
    "TOLERANCE",
    "Attacker",
    "Contradiction",
    "Finding",
    "ReleaseReport",
    "Report",
    "Unavoidable",
    "audit",
    "bounds",
    "exact_totals",
    "public_failures",
]

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Finding:
    """A hidden count that the published numbers give away.

    Attributes:
        release: internal or public.
        table: Core table of the count.
        moment: Month of a stock, first day of the year of a flow.
        where: The persons counted.
        low: Least possible count.
        high: Greatest possible count.
        required: Shortest interval allowed, in persons.
    """

    release: str
    table: str
    moment: date
    where: Selection
    low: float
    high: float
    required: float

    @property
    def reason(self) -> tuple[str, str]:
        """What was proved, in Chinese and English."""
        if self.high - self.low < self.required - TOLERANCE:
            return "区间过窄", "interval too short"
        return ("可证明有人", "proved not to be empty") if self.low > 0 else ("可证明无人", "proved to be empty")


@dataclass(frozen=True)
class ReleaseReport:
    """What the attacker achieved against one release.

    Attributes:
        lattices: Populations and moments attacked.
        hidden: Hidden counts attacked.
        crossed: Counts of two or three dimensions that nobody publishes, attacked as well.
        implied: Of these, counts that the exact totals bound on their own; no protection of anything else could widen them.
        narrowest: Shortest interval proved possible among the rest; None where nothing is hidden.
        failures: Hidden counts that were given away.
    """

    release: str
    lattices: int
    hidden: int
    crossed: int
    implied: int
    narrowest: float | None
    failures: tuple[Finding, ...]

    @property
    def passed(self) -> bool:
        """Whether nothing hidden was given away."""
        return not self.failures


@dataclass(frozen=True)
class Report:
    """The verdict on a warehouse; notes say in Chinese and English what was not attacked and why."""

    releases: tuple[ReleaseReport, ...]
    notes: tuple[tuple[str, str], ...]

    @property
    def passed(self) -> bool:
        """Whether every release attacked held."""
        return all(report.passed for report in self.releases)


def audit(
    observations: Iterable[Sequence[object]],
    indicators: Iterable[Sequence[object]],
    members: Iterable[Sequence[object]],
    policy: Policy,
    releases: Sequence[str] = (INTERNAL, PUBLIC),
    *,
    outside: Sequence[Outside] = (),
    with_crossings: bool = False,
) -> Report:
    """Attack every hidden count of persons in a finished warehouse.

    Internal: shown counts are exact. Public: a shown count y lies within
    y - 4 and y + 4 and is at least 8; county totals are taken to be known exactly, from the internal release where the file holds it.
    Event counts of the same table are exact in both. For suppressed rows no upper limit is assumed, since from the table alone a small
    count and one withheld to protect another look the same. Counts nobody publishes but anybody can subtract are attacked too; they fail
    where they are proved small.

    Args:
        observations: Rows of ``mart.observation`` in the column order of the schema; more columns may follow.
        indicators: Rows of ``meta.indicator`` in the column order of the schema.
        members: Rows of ``meta.member`` in the column order of the schema.
        policy: The limits.
        releases: Which releases to attack.
        outside: Exact counts the attacker has from elsewhere; what they tell of other counts fails, what they tell of themselves does not.
        with_crossings: Attack the crossings of two and three dimensions that nobody publishes as well; takes minutes.

    Returns:
        Per release the number of lattices and hidden counts, the narrowest interval, and every failure.

    Raises:
        Contradiction: If published numbers of one lattice exclude each other; the message names release, table and moment.
        ValueError: If a row names an unknown indicator or member.
    """
    catalogue = {indicator.id: indicator for indicator in map(declared, indicators)}
    known_codes = code_lists(members)
    rows = list(observations)
    exact = collect(rows, catalogue, INTERNAL, {}, outside) if rows else {}
    reports = []
    for release in releases:
        published = exact if release == INTERNAL else collect(rows, catalogue, release, exact, outside)
        reports.append(_attack(release, published, known_codes, policy, with_crossings))
    return Report(tuple(reports), _NOTES)


_NOTES = (
    (
        "人员变动(core.registry_change)按月合计精确公布,不作为隐藏数检验",
        "Registry changes (core.registry_change) are published as exact monthly totals and are not attacked",
    ),
    ("克数、种类数不是人数,不作为人数检验", "Weights and numbers of kinds are not counts of persons and are not attacked"),
)


Codes = Mapping[str, Sequence[tuple[str, str]]]


def _attack(release: str, published: Mapping[Place, Published], codes: Codes, policy: Policy, with_crossings: bool) -> ReleaseReport:
    failures: list[Finding] = []
    hidden = implied = crossed = 0
    narrowest = math.inf
    for (table, moment), said in sorted(published.items()):
        groups = list(crossings(said)) if with_crossings and not said.has_events else []
        attacks = [_Attacked(said, codes, policy), *(_Attacked(said, codes, policy, group) for group in groups)]
        try:
            given_away = [found for attack in attacks for found in (attack.internal() if release == INTERNAL else attack.public())]
        except Contradiction as contradiction:
            raise Contradiction(f"{release}, {table}, {moment:%Y-%m}: {contradiction}") from contradiction
        failures.extend(Finding(release, table, moment, where, low, high, required) for where, low, high, required in given_away)
        hidden += len(said.hidden)
        crossed += sum(map(len, groups))
        implied += attacks[0].implied
        narrowest = min(narrowest, attacks[0].narrowest)
    return ReleaseReport(release, len(published), hidden, crossed, implied, None if math.isinf(narrowest) else narrowest, tuple(failures))


class _Attacked:
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
            self.unsaid &= np.array([where in set(crossed) for where in self.selections], dtype=np.bool_)
        self.axes = axes
        self.attacker = Attacker(axes, self.selections)
        self.implied = 0
        self.narrowest = math.inf

    def internal(self) -> list[tuple[Selection, float, float, float]]:
        """Attack exact counts; return selection, least, most and required width of those given away."""
        k = float(self.policy.internal_k)
        known = np.where(np.isnan(self.exact), np.where(np.isnan(self.values), self.declared, self.values), self.exact)
        low, high = np.where(np.isnan(known), 0.0, known), np.where(np.isnan(known), np.inf, known)
        # A zero of the whole county is shown on purpose, and says of every part that it is zero.
        given = np.where(np.isnan(self.exact) & self.is_crossed & (self.values == 0), 0.0, self.exact)
        best_low, best_high = np.where(np.isnan(given), 0.0, given), np.where(np.isnan(given), np.inf, given)
        targets = np.flatnonzero(self.unsaid)
        unavoidable = Unavoidable(self.axes, self.selections, best_low, best_high, k)
        unavoidable.explore(targets)
        found = []
        for place in self.attacker.narrow(low, high, targets, unavoidable.width[targets], np.full(len(targets), np.inf)).tolist():
            least, most = float(self.attacker.least[place]), float(self.attacker.most[place])
            if self.is_hidden[place] or most < k - TOLERANCE:
                found.append((self.selections[place], least, most, float(unavoidable.width[place])))
        self._set_aside(unavoidable.width < k - TOLERANCE, found)
        self._measure(self.attacker.most - self.attacker.least)
        return found

    def public(self) -> list[tuple[Selection, float, float, float]]:
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
        best_low, best_high = np.where(np.isnan(self.exact), 0.0, self.exact), np.where(np.isnan(self.exact), np.inf, self.exact)
        unavoidable = Unavoidable(self.axes, self.selections, best_low, best_high, self.policy.required_width)
        known = np.where(np.isnan(self.exact), self.declared, self.exact)
        failures, widths = _judge_public(self.attacker, unavoidable, self.values, known, caps, targets, self.policy)
        found = []
        for place, (least, most, required, _) in sorted(failures.items()):
            if self.is_hidden[place] or most < self.policy.hide_below - TOLERANCE:
                found.append((self.selections[place], least, most, required))
        self._set_aside(unavoidable.width < policy.required_width - TOLERANCE, found)
        self._measure(widths)
        return found

    def _set_aside(self, is_implied: NDArray[np.bool_], found: Sequence[tuple[Selection, float, float, float]]) -> None:
        """Count the hidden cells that exact totals bound by themselves apart from the rest."""
        failed = {where for where, *_ in found}
        aside = [place for place in np.flatnonzero(is_implied & self.is_hidden).tolist() if self.selections[place] not in failed]
        self.implied = len(aside)
        self.is_hidden[aside] = False

    def _measure(self, widths: Numbers) -> None:
        """Note the shortest interval two possible tables prove, among hidden counts that the exact totals leave open."""
        concerned = widths[self.is_hidden]
        self.narrowest = float(np.round(concerned.min(), 6)) if len(concerned) else math.inf


def exact_totals(lattice: Lattice, counts: NDArray[np.int64], policy: Policy) -> Unavoidable:
    """Return what the exact totals of a lattice imply without any other published number."""
    is_total = np.array([cell.is_total for cell in lattice.cells], dtype=np.bool_)
    low, high = np.where(is_total, counts, 0).astype(np.float64), np.where(is_total, counts, np.inf)
    return Unavoidable(lattice.axes, [cell.where for cell in lattice.cells], low, high, policy.required_width)


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
    nearest = (policy.base - 1) // 2
    for shift, required in ((policy.largest_shift, policy.required_width), (nearest, policy.required_width_if_nearest)):
        low = np.where(np.isnan(values), 0.0, np.maximum(values - shift, policy.hide_below))
        high = np.where(np.isnan(values), caps, values + shift)
        low, high = np.where(np.isnan(exact), low, exact), np.where(np.isnan(exact), high, exact)
        attacker.forget()
        is_guess = shift == nearest
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
