"""The independent auditor: judges a finished warehouse by its published table alone, through the eyes of an attacker who knows the method.

It rebuilds from the rows which persons each number counts, states what is shown, and asks what can be proved about everything hidden. The
attacker it asks is the one the protection searches with, so what he fails to do is not believed: ``disclosure.judge``, which shares nothing
with the protection, has to be shown people who prove it.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from functools import cached_property

from disclosure.attack import Attacked, Codes, GivenAway
from disclosure.attacker import lies_in
from disclosure.each import Each
from disclosure.finding import Finding
from disclosure.fingerprint import fingerprint
from disclosure.judge import NotProved, judge, judge_large, readings
from disclosure.lattice import Contradiction, Selection
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC, Declared, Outside, Published, axes_of, code_lists, crossings, declarations, published_of

_DRAWN = 5
"""Crossings of every population and moment that the second program judges."""


@dataclass(frozen=True)
class LatticeReport:
    """What the attacker achieved against one population and moment of a release.

    Attributes:
        release: internal or public.
        table: Core table.
        moment: Month of a stock, first day of the year of a flow.
        hidden: Hidden counts attacked.
        crossed: Counts of two or three dimensions that nobody publishes, settled as well.
        implied: Of the hidden, those that the exact totals bound on their own; no protection of anything else could widen them.
        narrowest: The intervals of the rest are at least so long; infinity where nothing is hidden.
        failures: Hidden counts that were given away.
        said_sha256: Digest of everything that was attacked, of the limits and of the auditor itself.
    """

    release: str
    table: str
    moment: date
    hidden: int
    crossed: int
    implied: int
    narrowest: float
    failures: tuple[Finding, ...]
    said_sha256: str


@dataclass(frozen=True)
class ReleaseReport:
    """What the attacker achieved against one release.

    Attributes:
        lattices: Populations and moments attacked.
        hidden: Hidden counts attacked.
        crossed: Counts of two or three dimensions that nobody publishes, settled as well.
        implied: Of these, counts that the exact totals bound on their own; no protection of anything else could widen them.
        narrowest: The intervals of the rest are at least so long; None where nothing is hidden.
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

    @classmethod
    def over(cls, release: str, lattices: Sequence[LatticeReport]) -> ReleaseReport:
        """Sum up what was achieved against the lattices of a release."""
        narrowest = min((one.narrowest for one in lattices), default=math.inf)
        return cls(
            release,
            len(lattices),
            sum(one.hidden for one in lattices),
            sum(one.crossed for one in lattices),
            sum(one.implied for one in lattices),
            None if math.isinf(narrowest) else narrowest,
            tuple(failure for one in lattices for failure in one.failures),
        )


@dataclass(frozen=True)
class Report:
    """The verdict on a warehouse.

    Attributes:
        releases: What was achieved against each release.
        notes: What was assumed or left out, in Chinese and English.
        lattices: What each release is summed up from.
    """

    releases: tuple[ReleaseReport, ...]
    notes: tuple[tuple[str, str], ...]
    lattices: tuple[LatticeReport, ...] = ()

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
    known: Iterable[LatticeReport] = (),
    each: Each = map,
    gathered: Mapping[tuple[str, str, date], Published] | None = None,
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
        with_crossings: Attack the crossings of two and three dimensions that nobody publishes as well; takes longer.
        known: Reports of an earlier audit; a lattice of which the same is said under the same limits is not attacked again.
        each: How the lattices are attacked, one after the other where left out.
        gathered: What these rows say, where the caller has it from ``published_of`` already.

    Returns:
        Per release the number of lattices and hidden counts, the narrowest interval, and every failure.

    Raises:
        Contradiction: If published numbers of one lattice exclude each other; the message names release, table and moment.
        ValueError: If a row names an unknown indicator or member.
    """
    declared = list(indicators)
    codes = code_lists(members)
    said = published_of(list(observations), declared, releases, outside) if gathered is None else gathered
    targets = [
        _Target(*place, said[place], codes, policy, with_crossings)
        for release in releases
        for place in sorted(said)
        if place[0] == release and said[place].named
    ]
    asked = {(target.digest, target.release, target.table, target.moment) for target in targets}
    reports = {one.said_sha256: one for one in known if (one.said_sha256, one.release, one.table, one.moment) in asked}
    fresh = {target.digest: target for target in targets if target.digest not in reports}
    reports.update(zip(fresh, each(_attack, list(fresh.values())), strict=True))
    lattices = [reports[target.digest] for target in targets]
    summed = [ReleaseReport.over(release, [one for one in lattices if one.release == release]) for release in releases]
    return Report(tuple(summed), tuple(_notes(declarations(declared))), tuple(lattices))


def _notes(catalogue: Mapping[str, Declared]) -> Iterator[tuple[str, str]]:
    """Say what was left out, in Chinese and English."""
    if bridges := ", ".join(sorted({one.table for one in catalogue.values() if one.is_bridge})):
        yield (
            f"人员变动原因({bridges})按年公布、不足五人的合并,不列入规划求解",
            f"Reasons of a year's change ({bridges}) are withheld below five people and are no part of the linear programs",
        )
    yield "克数、种类数不是人数,不作为人数检验", "Weights and numbers of kinds are not counts of persons and are not attacked"


@dataclass(frozen=True)
class _Target:
    """One population and moment of a release, and how it is to be attacked."""

    release: str
    table: str
    moment: date
    said: Published
    codes: Codes
    policy: Policy
    with_crossings: bool

    @cached_property
    def digest(self) -> str:
        """Everything a report rests on, in 64 signs."""
        said = self.said
        numbers = [sorted(one.items()) for one in (said.shown, said.exact, said.declared)]
        sets = [sorted(one) for one in (said.hidden, said.unclear, said.totals)]
        axes = [astuple(axis) for axis in axes_of(said.named, self.codes)]
        asked = (self.release, self.table, self.moment, astuple(self.policy), self.with_crossings, said.has_events)
        return hashlib.sha256(repr((fingerprint(), asked, numbers, sets, axes)).encode()).hexdigest()


def _attack(target: _Target) -> LatticeReport:
    said, place = target.said, (target.release, target.table, target.moment)
    groups = list(crossings(said)) if target.with_crossings and not said.has_events else []
    try:
        alone = Attacked(said, target.codes, target.policy)
        given_away = alone.internal() if target.release == INTERNAL else alone.public()
        given_away_crossed, reaching = _attack_crossings(target, groups)
        given_away += given_away_crossed
        if not given_away:
            _prove(target, alone, reaching)
    except (Contradiction, NotProved) as error:
        raise type(error)(f"{target.release}, {target.table}, {target.moment:%Y-%m}: {error}") from error
    failures = tuple(Finding(*place, where, low, high, required) for where, low, high, required in given_away)
    return LatticeReport(*place, len(said.hidden), sum(map(len, groups)), alone.implied, alone.narrowest, failures, target.digest)


def _attack_crossings(target: _Target, groups: Sequence[Sequence[Selection]]) -> tuple[list[GivenAway], list[Selection]]:
    """Attack the finest crossings first: what contains one that may be large may be large itself.

    Parts of a total of nobody are left out; they are zero whatever else is published.

    Returns:
        What is given away, and the crossings that were found to be large perhaps.
    """
    zeros = [dict(where) for where, number in target.said.exact.items() if number == 0]
    spared: set[Selection] = set()
    given_away: list[GivenAway] = []
    reaching: list[Selection] = []
    for group in sorted(groups, key=lambda group: -len(group[0])):
        if not (asked := [where for where in group if where not in spared and not any(lies_in(dict(where), zero) for zero in zeros)]):
            continue
        attack = Attacked(target.said, target.codes, target.policy, asked)
        given_away += attack.internal() if target.release == INTERNAL else attack.public()
        reaching += attack.reaching
        spared |= {(*where[:at], *where[at + 1 :]) for where in attack.reaching for at in range(len(where))}
    return given_away, reaching


def _prove(target: _Target, attacked: Attacked, reaching: Sequence[Selection]) -> None:
    """Have the second program judge that every hidden count is as open as was found, and that some crossings may be as large.

    Raises:
        NotProved: If it does not follow.
    """
    for reading in readings(target.release, target.policy):
        lists = attacked.people(reading.shift, max(reading.required, reading.large))
        if lists is not None or not reading.is_guess:
            judge(target.said, attacked.axes, reading, lists or [])
    if drawn := _drawn(target, reaching):
        reading, *_ = readings(target.release, target.policy)
        crossed = Attacked(target.said, target.codes, target.policy, drawn)
        judge_large(target.said, crossed.axes, reading, crossed.people(reading.shift, reading.large) or [], drawn)


def _drawn(target: _Target, reaching: Sequence[Selection]) -> list[Selection]:
    """Draw some crossings of the same dimensions; what is published decides the lot, so that the same is drawn again."""
    if not reaching:
        return []
    lot = sorted(reaching, key=lambda where: hashlib.sha256(f"{target.digest} {where}".encode()).digest())
    dimensions = [name for name, _ in lot[0]]
    return [where for where in lot if [name for name, _ in where] == dimensions][:_DRAWN]
