"""``python -m bench.protection``: small counts under several publishers' rules and ours, attacked by the same attacker.

Counties are invented, the same for the same seed. Every rule gets the same people and the same lattice; the attacker knows the rule, its
parameters and the exact county total. Prints the Markdown table of docs/privacy.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker
from disclosure.lattice import Axis, Cell, Lattice, Selection
from disclosure.policy import Policy
from disclosure.rounding import ReleaseRefused, round_jointly
from disclosure.suppression import suppress

PEOPLE = 160
COUNTIES, IN_WHOLE_PERSONS = 20, 4
_SECRET = b"the coins of the bench"
_ZONE_OF = {f"t{number:02}": f"z{number % 4}" for number in range(15)}
_WOMEN = 0.13
_AGES = (0.04, 0.32, 0.36, 0.20, 0.08)
_DRUGS = (0.45, 0.38, 0.12, 0.05)
_TOWN_SHARES = 1 / np.arange(1, 16) ** 0.7
"""Townships differ in size: the largest has about one person in five."""

AXES = (
    Axis("age", ("a1", "a2", "a3", "a4", "a5")),
    Axis("drug", ("d1", "d2", "d3", "d4")),
    Axis("sex", ("male", "female")),
    Axis("township", tuple(_ZONE_OF), "zone", _ZONE_OF),
    Axis("zone", ("z0", "z1", "z2", "z3")),
)

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class County:
    """The true counts of every cell, shape (cells,), persons, and the sums of the contributors' marks."""

    lattice: Lattice
    counts: NDArray[np.int64]
    keys: NDArray[np.uint64]


@dataclass(frozen=True)
class Release:
    """What a rule shows, NaN where it hides, and what it lets a reader conclude about each cell on its own. Shape (cells,), persons."""

    shown: Numbers
    low: Numbers
    high: Numbers


@dataclass(frozen=True)
class Outcome:
    """What one rule did to one county.

    Attributes:
        cells: Cells in all.
        sensitive: Cells of one to four persons.
        exact: Of these, cells the attacker knows exactly.
        existence: Of these, cells the attacker knows not to be empty.
        shown: Cells shown.
        errors: Sum of the errors of the shown cells, in persons.
    """

    cells: int
    sensitive: int
    exact: int
    existence: int
    shown: int
    errors: float


def lattice() -> Lattice:
    """All margins of at most two dimensions, zones and townships included: 278 cells."""
    members = {axis.name: axis.members for axis in AXES}
    pairs = [pair for pair in combinations(sorted(members), 2) if pair != ("township", "zone")]
    selections: list[Selection] = [()]
    selections += [((name, (code,)),) for name in sorted(members) for code in members[name]]
    selections += [((one, (first,)), (other, (second,))) for one, other in pairs for first, second in product(members[one], members[other])]
    return Lattice(AXES, tuple(Cell(where, where == (), not {"zone", "township"} & {name for name, _ in where}) for where in selections))


def county(seed: int) -> County:
    """Invent a county of 160 people in 15 townships of 4 zones, 13 % of them women, of 5 ages, with 4 drugs."""
    rng = np.random.default_rng(seed)
    published = lattice()
    towns = rng.choice(list(_ZONE_OF), PEOPLE, p=rng.permutation(_TOWN_SHARES / _TOWN_SHARES.sum()))
    of_person = {
        "age": rng.choice(AXES[0].members, PEOPLE, p=_AGES),
        "drug": rng.choice(AXES[1].members, PEOPLE, p=_DRUGS),
        "sex": np.where(rng.random(PEOPLE) < _WOMEN, "female", "male"),
        "township": towns,
        "zone": np.array([_ZONE_OF[town] for town in towns]),
    }
    marks = rng.integers(0, 2**64, PEOPLE, dtype=np.uint64)
    inside = [np.all([np.isin(of_person[name], admitted) for name, admitted in cell.where], axis=0) for cell in published.cells]
    inside[0] = np.ones(PEOPLE, dtype=np.bool_)
    return County(published, np.array([own.sum() for own in inside]), np.array([marks[own].sum(dtype=np.uint64) for own in inside]))


def _exact(county: County, hide: range) -> Release:
    """Show counts as they are, but hide those in a range."""
    counts = county.counts.astype(np.float64)
    hidden = np.isin(county.counts, hide)
    return Release(np.where(hidden, np.nan, counts), np.where(hidden, hide.start, counts), np.where(hidden, hide.stop - 1, counts))


def _nearest(county: County, hide: range) -> Release:
    """Hide counts in a range and round the rest to the nearest 5: a value stands for every count that gives it and is not hidden."""
    exact = _exact(county, hide)
    values, low, high = exact.shown.copy(), exact.low.copy(), exact.high.copy()
    for place in np.flatnonzero(~np.isnan(values)):
        values[place] = 5 * ((int(county.counts[place]) + 2) // 5)
        possible = [count for count in range(int(values[place]) - 2, int(values[place]) + 3) if count >= 0 and count not in hide]
        low[place], high[place] = possible[0], possible[-1]
    return Release(values, low, high)


def _internal(county: County) -> Release:
    hidden = suppress(county.lattice, county.counts, Policy())
    counts = county.counts.astype(np.float64)
    return Release(np.where(hidden, np.nan, counts), np.where(hidden, 0, counts), np.where(hidden, np.inf, counts))


def _public(county: County) -> Release:
    policy = Policy()
    rounded = round_jointly(county.lattice, county.counts, county.keys, _SECRET, policy)
    values = rounded.values
    low = np.where(np.isnan(values), 0, np.maximum(values - policy.largest_shift, policy.hide_below))
    # The reader is even told which hidden counts are below ten, as far as the method would allow it.
    high = np.where(np.isnan(values), np.where(rounded.may_say_small, policy.always_shown_from - 1, np.inf), values + policy.largest_shift)
    return Release(values, low, high)


RULES: Mapping[str, Callable[[County], Release]] = {
    "hide 1–4, show 0, exact": lambda county: _exact(county, range(1, 5)),
    "NHS England: hide 1–7, show 0, round to 5": lambda county: _nearest(county, range(1, 8)),
    "OpenSAFELY: hide 0–7, round to 5": lambda county: _nearest(county, range(8)),
    "round to 5, hide nothing": lambda county: _nearest(county, range(0)),
    "ours, internal": _internal,
    "ours, public": _public,
}
OURS = ("ours, internal", "ours, public")


def sensitive(county: County) -> NDArray[np.int64]:
    """Places of the cells with one to four persons."""
    return np.flatnonzero((county.counts >= 1) & (county.counts <= 4))


def attack(county: County, release: Release, *, integer: bool) -> Numbers:
    """Return the interval of every sensitive cell, its ends moved inwards to whole persons: shape (sensitive, 2).

    Without ``integer`` the program behind is the linear relaxation: quicker, and it can only find less.
    """
    is_total = np.array([cell.is_total for cell in county.lattice.cells], dtype=np.bool_)
    low, high = np.where(is_total, county.counts, release.low), np.where(is_total, county.counts, release.high)
    attacker = Attacker(county.lattice.axes, [cell.where for cell in county.lattice.cells])
    found = attacker.bound(low, high, sensitive(county), integer=integer)
    return np.column_stack([np.ceil(found[:, 0] - TOLERANCE), np.floor(found[:, 1] + TOLERANCE)])


def judge(county: County, rule: Callable[[County], Release], *, integer: bool = False) -> Outcome:
    """Attack what a rule makes of a county and count what was lost and what was shown; a refused release shows and loses nothing."""
    try:
        release = rule(county)
    except ReleaseRefused:
        return Outcome(len(county.counts), len(sensitive(county)), 0, 0, 0, 0.0)
    found = attack(county, release, integer=integer)
    is_shown = ~np.isnan(release.shown)
    return Outcome(
        cells=len(county.counts),
        sensitive=len(found),
        exact=int((found[:, 0] == found[:, 1]).sum()),
        existence=int((found[:, 0] >= 1).sum()),
        shown=int(is_shown.sum()),
        errors=float(np.abs(release.shown - county.counts)[is_shown].sum()),
    )


def compare(seeds: Iterable[int], rules: Iterable[str] = RULES, *, integer: bool = False) -> dict[str, list[Outcome]]:
    """Judge rules on the same counties, every one of them by every rule."""
    counties = [county(seed) for seed in seeds]
    return {name: [judge(own, RULES[name], integer=integer) for own in counties] for name in rules}


def table(outcomes: Mapping[str, Sequence[Outcome]]) -> str:
    """Write the comparison in Markdown."""
    lines = ["| rule | 1–4 recovered exactly | shown not to be empty | cells shown | mean error of shown |", "|---|---|---|---|---|"]
    for name, own in outcomes.items():
        among, shown = sum(one.sensitive for one in own), sum(one.shown for one in own)
        error = sum(one.errors for one in own) / shown if shown else 0.0
        lines.append(
            f"| {name} | {_share(sum(one.exact for one in own), among)} | {_share(sum(one.existence for one in own), among)} "
            f"| {_share(shown, sum(one.cells for one in own))} | {error:.1f} |"
        )
    return "\n".join(lines)


def _share(part: int, whole: int) -> str:
    percent = 100 * part / whole
    return "0" if part == 0 else f"{percent:.1f} %" if percent < 1 else f"{percent:.0f} %"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, then attack some of our releases again in whole persons, which takes longer and can only find more."""
    parser = argparse.ArgumentParser(prog="python -m bench.protection")
    parser.add_argument("--counties", type=int, default=COUNTIES)
    wanted = parser.parse_args(arguments).counties
    started = time.perf_counter()
    outcomes = compare(range(wanted))
    minutes = (time.perf_counter() - started) / 60
    ours = outcomes["ours, public"]
    print(table(outcomes))
    print(f"\n{wanted} counties (seeds 0 to {wanted - 1}), {sum(one.sensitive for one in ours):,} cells of 1–4 persons, {minutes:.0f} minutes;")
    print(f"{sum(one.shown == 0 for one in ours)} public releases refused.", flush=True)
    few = min(wanted, IN_WHOLE_PERSONS)
    for name, again in compare(range(few), OURS, integer=True).items():
        among, exact, existence = (sum(getattr(one, what) for one in again) for what in ("sensitive", "exact", "existence"))
        print(f"In whole persons, the first {few} counties, {name}: {exact} of {among} recovered, {existence} shown not to be empty.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
