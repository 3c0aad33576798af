"""The independent auditor: judges a finished warehouse by its published table alone, through the eyes of an attacker who knows the method.

Imports nothing of the code that protects. It rebuilds from the rows which persons each number counts, states what is shown, and asks
what can be proved about everything hidden.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker, Contradiction, Unavoidable, bounds
from disclosure.lattice import Axis, Cell, Lattice, Selection, close
from disclosure.policy import Policy

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

INTERNAL, PUBLIC = "internal", "public"
_STOCKS = frozenset({"core.registry_person"})
_BRIDGES = frozenset({"core.registry_change"})
_AREAS = frozenset({"zone", "township"})
_SHOWN = frozenset({"observed", "provisional"})
_SUPPRESSED = "suppressed"

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
        implied: Of these, counts that the exact totals bound on their own; no protection of anything else could widen them.
        narrowest: Shortest interval proved possible among the rest; None where nothing is hidden.
        failures: Hidden counts that were given away.
    """

    release: str
    lattices: int
    hidden: int
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


@dataclass(frozen=True)
class _Indicator:
    """What the auditor knows of an indicator, from ``meta.indicator``."""

    id: str
    kind: str
    protects: str
    table: str
    numerator: Mapping[str, tuple[str, ...]]
    denominator: Mapping[str, tuple[str, ...]] | None
    is_countable: bool  # its rows count persons or events, not weights or different values
    is_headline: bool


@dataclass
class _Published:
    """All that one release says of one table and moment.

    ``shown`` are counts as printed, ``exact`` those known exactly from elsewhere, ``hidden`` the cells certainly withheld, ``unclear`` those of
    a withheld row of which only one of two numbers need be.
    """

    shown: dict[Selection, float] = field(default_factory=dict)
    exact: dict[Selection, float] = field(default_factory=dict)
    totals: set[Selection] = field(default_factory=set)
    hidden: set[Selection] = field(default_factory=set)
    withheld_shares: list[tuple[Selection, Selection]] = field(default_factory=list)
    unclear: set[Selection] = field(default_factory=set)
    has_events: bool = False


def audit(
    observations: Iterable[Sequence[object]],
    indicators: Iterable[Sequence[object]],
    members: Iterable[Sequence[object]],
    policy: Policy,
    releases: Sequence[str] = (INTERNAL, PUBLIC),
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

    Returns:
        Per release the number of lattices and hidden counts, the narrowest interval, and every failure.

    Raises:
        Contradiction: If published numbers of one lattice exclude each other; the message names release, table and moment.
        ValueError: If a row names an unknown indicator or member.
    """
    catalogue = {indicator.id: indicator for indicator in map(_indicator, indicators)}
    code_lists = _code_lists(members)
    rows = list(observations)
    reports = []
    exact_totals = _collect(rows, catalogue, INTERNAL, {}) if rows else {}
    for release in releases:
        published = exact_totals if release == INTERNAL else _collect(rows, catalogue, release, exact_totals)
        reports.append(_attack(release, published, code_lists, policy))
    return Report(tuple(reports), _NOTES)


_NOTES = (
    (
        "人员变动(core.registry_change)按月合计精确公布,不作为隐藏数检验",
        "Registry changes (core.registry_change) are published as exact monthly totals and are not attacked",
    ),
    ("克数、种类数不是人数,不作为人数检验", "Weights and numbers of kinds are not counts of persons and are not attacked"),
)


def _indicator(row: Sequence[object]) -> _Indicator:
    name, _, kind, protects, table, numerator, denominator, is_headline = row[:8]
    measure = json.loads(str(numerator))
    base = json.loads(str(denominator)) if denominator and denominator != "residents" else None
    # A summed column counts persons only where the indicator protects persons (suspects of a case); distinct values are no count.
    is_countable = not measure["distinct"] and (measure["column"] is None or protects == "persons")
    return _Indicator(
        str(name), str(kind), str(protects), str(table), _where(measure), None if base is None else _where(base), is_countable, bool(is_headline)
    )


def _where(measure: Mapping[str, Mapping[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(chosen) for name, chosen in measure["where"].items()}


def _code_lists(members: Iterable[Sequence[object]]) -> dict[str, list[tuple[str, str]]]:
    lists: dict[str, list[tuple[str, str]]] = {}
    for dimension, code, _, _, _, parent in (row[:6] for row in members):
        lists.setdefault(str(dimension), []).append((str(code), str(parent or "")))
    return lists


def _moment(table: str, period: date, grain: str) -> date:
    """Return the month a stock describes, or the year a flow falls into."""
    if table not in _STOCKS:
        return date(period.year, 1, 1)
    months_later = {"month": 0, "quarter": 2, "year": 11}[grain]
    return date(period.year, period.month + months_later, 1)


def _collect(
    rows: Sequence[Sequence[object]],
    catalogue: Mapping[str, _Indicator],
    release: str,
    exact_totals: Mapping[tuple[str, date], _Published],
) -> dict[tuple[str, date], _Published]:
    """Gather what a release says, by table and moment."""
    published: dict[tuple[str, date], _Published] = {}
    events: list[tuple[tuple[str, date], Selection, float]] = []
    for own_release, name, period, grain, area, breakdown, member, member_2, numerator, denominator, *rest in rows:
        status = rest[-1]
        if own_release != release or grain == "rolling_12" or status not in {*_SHOWN, _SUPPRESSED}:
            continue
        if str(name) not in catalogue:
            raise ValueError(f"mart.observation names the indicator {name}, which meta.indicator lacks; build the warehouse again")
        indicator = catalogue[str(name)]
        if not indicator.is_countable or indicator.table in _BRIDGES or indicator.protects not in {"persons", "events"}:
            continue
        day = period if isinstance(period, date) else date.fromisoformat(str(period)[:10])
        key = (indicator.table, _moment(indicator.table, date(day.year, day.month, day.day), str(grain)))
        splits = [] if breakdown == "total" else str(breakdown).split("*")
        own = _selection(indicator, indicator.numerator, splits, str(area), (str(member), str(member_2)), day, str(grain))
        if indicator.protects == "events":
            if status in _SHOWN and isinstance(numerator, (int, float)):
                events.append((key, own, float(numerator)))
            continue
        said = published.setdefault(key, _Published())
        is_total = indicator.is_headline and not splits
        if is_total:
            said.totals.add(own)
        base = None
        if indicator.denominator is not None:
            base = _selection(indicator, indicator.denominator, splits, str(area), (str(member), str(member_2)), day, str(grain))
        if status == _SUPPRESSED:
            if base is None:
                said.hidden.add(own)
            else:
                said.withheld_shares.append((own, base))
            continue
        for where, number in ((own, numerator), (base, denominator)):
            if where is None or not isinstance(number, (int, float)):
                continue
            if said.shown.setdefault(where, float(number)) != float(number):
                raise Contradiction(
                    f"{release}: two rows of {indicator.id} and others show different counts of the same people at {key[1]}; build again"
                )
    for key, said in published.items():
        _settle(said)
        if release != INTERNAL and key in exact_totals:
            known = exact_totals[key]
            said.exact.update({where: known.shown[where] for where in said.totals if where in known.shown})
        if release == INTERNAL:
            said.exact.update({where: said.shown[where] for where in said.totals if where in said.shown})
    spoken = {key: {name for where in (*said.shown, *said.hidden, *said.unclear) for name, _ in where} for key, said in published.items()}
    for key, where, number in events:
        if key in published and {name for name, _ in where} <= spoken[key]:
            published[key].exact[where] = number
            published[key].has_events = True
    return published


def _settle(said: _Published) -> None:
    """Decide which number of a withheld share is the hidden one, where that can be told."""
    for own, base in said.withheld_shares:
        if base in said.shown and own not in said.shown:
            said.hidden.add(own)
        else:
            said.unclear.update(where for where in (own, base) if where not in said.shown)
    if contradicted := said.hidden & said.shown.keys():
        raise Contradiction(f"the same people are hidden in one row and shown in another: {min(contradicted)}; build the warehouse again")
    said.unclear -= said.hidden


def _selection(
    indicator: _Indicator,
    where: Mapping[str, tuple[str, ...]],
    splits: Sequence[str],
    area: str,
    categories: tuple[str, str],
    day: date,
    grain: str,
) -> Selection:
    chosen = dict(where)
    left = list(categories)
    for name in splits:
        code = area if name in _AREAS else left.pop(0)
        chosen[name] = tuple(member for member in chosen.get(name, (code,)) if member == code)
        if not chosen[name]:
            raise ValueError(f"{indicator.id} by {'*'.join(splits)}: a row asks for a member its own selection excludes; correct the breakdown")
    if indicator.table not in _STOCKS:
        if grain == "month":
            chosen["month"] = (f"{day.month:02}",)
        if grain == "quarter":
            chosen["quarter"] = (str((day.month + 2) // 3),)
    return tuple(sorted(chosen.items()))


def _axes(selections: Iterable[Selection], code_lists: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[Axis, ...]:
    used = {name for where in selections for name, _ in where}
    used |= {above for name, above in (("township", "zone"), ("month", "quarter")) if name in used}
    axes = []
    for name in sorted(used):
        if name == "quarter":
            axes.append(Axis(name, ("1", "2", "3", "4")))
        elif name == "month":
            months = tuple(f"{number:02}" for number in range(1, 13))
            axes.append(Axis(name, months, "quarter", {month: str((int(month) + 2) // 3) for month in months}))
        elif name not in code_lists:
            raise ValueError(f"published rows are split by {name}, which meta.member lacks; build the warehouse again")
        else:
            codes = code_lists[name]
            above = "zone" if name == "township" else None
            axes.append(Axis(name, tuple(code for code, _ in codes), above, dict(codes) if above else {}))
    return tuple(axes)


def _attack(
    release: str,
    published: Mapping[tuple[str, date], _Published],
    code_lists: Mapping[str, Sequence[tuple[str, str]]],
    policy: Policy,
) -> ReleaseReport:
    failures: list[Finding] = []
    hidden = implied = 0
    narrowest = math.inf
    for (table, moment), said in sorted(published.items()):
        lattice = _Attacked(said, code_lists, policy)
        try:
            given_away = lattice.internal() if release == INTERNAL else lattice.public()
        except Contradiction as contradiction:
            raise Contradiction(f"{release}, {table}, {moment:%Y-%m}: {contradiction}") from contradiction
        failures.extend(Finding(release, table, moment, where, low, high, required) for where, low, high, required in given_away)
        hidden += len(said.hidden)
        implied += lattice.implied
        narrowest = min(narrowest, lattice.narrowest)
    return ReleaseReport(release, len(published), hidden, implied, None if math.isinf(narrowest) else narrowest, tuple(failures))


class _Attacked:
    """One population and moment under attack."""

    def __init__(self, said: _Published, code_lists: Mapping[str, Sequence[tuple[str, str]]], policy: Policy) -> None:
        self.policy = policy
        named = sorted({*said.shown, *said.exact, *said.hidden, *said.unclear})
        axes = _axes(named, code_lists)
        # What is left of exact event counts beside protected ones (cases without a young suspect) is an event count, not a count of persons.
        derivable = [] if said.has_events else [cell.where for cell in close(axes, tuple(Cell(where) for where in named))]
        self.selections = [*named, *sorted(set(derivable) - set(named))]
        self.values = np.array([said.shown.get(where, np.nan) for where in self.selections])
        self.exact = np.array([said.exact.get(where, np.nan) for where in self.selections])
        self.is_hidden = np.array([where in said.hidden for where in self.selections], dtype=np.bool_)
        self.unsaid = np.isnan(self.values) & np.isnan(self.exact)
        self.axes = axes
        self.attacker = Attacker(axes, self.selections)
        self.implied = 0
        self.narrowest = math.inf

    def internal(self) -> list[tuple[Selection, float, float, float]]:
        """Attack exact counts; return selection, least, most and required width of those given away."""
        k = float(self.policy.internal_k)
        known = np.where(np.isnan(self.exact), self.values, self.exact)
        low, high = np.where(np.isnan(known), 0.0, known), np.where(np.isnan(known), np.inf, known)
        best_low, best_high = np.where(np.isnan(self.exact), 0.0, self.exact), np.where(np.isnan(self.exact), np.inf, self.exact)
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
        failures, widths = _judge_public(self.attacker, unavoidable, self.values, self.exact, caps, targets, self.policy)
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
