"""Both releases of many small invented counties, as a build makes them, and again after one person more is entered; each made once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
from numpy.typing import NDArray
from small_counties import AXES, SECRET, County, Group, county, drawn, members, seeded

from disclosure.attacker import Attacker
from disclosure.junction import margins, succession
from disclosure.lattice import Selection
from disclosure.policy import Policy
from disclosure.published import Published, crossings
from disclosure.rounding import Earlier, ReleaseRefused, Rounded, round_jointly
from disclosure.suppression import suppress
from tests.soak import SOAK

POLICY = Policy()
SEEDS = range(210 if SOAK else 35)
MOVED = POLICY.moved
Hidden = NDArray[np.bool_]


def share(of_all: int) -> int:
    """What of a number found in two hundred and ten counties these make us expect."""
    return of_all * len(SEEDS) // 210


def rounded(county: County, earlier: Earlier | None = None, hidden: Hidden | None = None) -> Rounded | None:
    """Round, or None where the release is refused: then nothing is shown and nothing can be wrong with it."""
    try:
        return round_jointly(county.lattice, county.counts, county.keys, SECRET, POLICY, earlier, selections(county, hidden))
    except ReleaseRefused:
        return None


def selections(county: County, hidden: Hidden | None) -> frozenset[Selection]:
    """The cells the internal release hides."""
    if hidden is None:
        return frozenset()
    return frozenset(cell.where for cell, is_hidden in zip(county.lattice.cells, hidden, strict=True) if is_hidden)


def values(county: County, release: Rounded) -> dict[Selection, float]:
    """What the next build is told of this one."""
    return {cell.where: float(value) for cell, value in zip(county.lattice.cells, release.values, strict=True)}


@cache
def internal(seed: int) -> tuple[County, Hidden]:
    """The county and what its internal release hides."""
    own = seeded(seed)
    return own, suppress(own.lattice, own.counts, POLICY)


@cache
def released(seed: int) -> tuple[County, Rounded | None]:
    """The county and its public release, which hides what the internal one hides."""
    own, hidden = internal(seed)
    return own, rounded(own, hidden=hidden)


def newcomer(seed: int) -> Group:
    """One more current user, somewhere."""
    draw = Random(seed + 10_000)
    return (1, 0, *(draw.randrange(30) for _ in range(4)))  # type: ignore[return-value]


@cache
def internal_later(seed: int) -> tuple[County, Hidden]:
    """The county with the newcomer, and what the internal release then hides, which keeps to the one before."""
    before, hidden = internal(seed)
    own = county([*drawn(seed), newcomer(seed)])
    still = selections(before, hidden & ~np.array([cell.is_total for cell in before.lattice.cells]))
    return own, suppress(own.lattice, own.counts, POLICY, still)


@cache
def released_later(seed: int) -> tuple[County, Rounded | None]:
    """The county with the newcomer, and its public release, which keeps to the one before."""
    before, first = released(seed)
    own, hidden = internal_later(seed)
    return own, None if first is None else rounded(own, values(before, first), hidden)


def published(county: County, values: NDArray[np.float64]) -> Published:
    """What a release says: numbers where there are any, and the county totals exactly."""
    said = Published()
    for cell, count, value in zip(county.lattice.cells, county.counts, values, strict=True):
        if cell.is_total:
            said.exact[cell.where] = float(count)
            said.totals.add(cell.where)
        if np.isnan(value):
            said.hidden.add(cell.where)
        else:
            said.shown[cell.where] = float(value)
    return said


def shown_inside(county: County, hidden: Hidden) -> NDArray[np.float64]:
    """The numbers of the internal release; NaN where hidden."""
    return np.where(hidden, np.nan, county.counts)


Limits = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Least and greatest count of every cell."""


def limits(county: County, shown: NDArray[np.float64], shift: int) -> Limits:
    """What a reader knows of every cell: the exact totals, and what is shown within ``shift``, rounded counts being 8 at least."""
    is_total = np.array([cell.is_total for cell in county.lattice.cells])
    floor = POLICY.hide_below if shift else 0
    low = np.where(np.isnan(shown), 0.0, np.maximum(shown - shift, floor))
    high = np.where(np.isnan(shown), np.inf, shown + shift)
    return np.where(is_total, county.counts, low).astype(np.float64), np.where(is_total, county.counts, high).astype(np.float64)


@cache
def cells_before_and_after() -> Attacker:
    """The unknowns of two moments: who stayed, who left and who came, each a table of its own."""
    cells = [cell.where for cell in seeded(0).lattice.cells]
    return Attacker.over(succession(margins(AXES, cells), cells.index(())))


CURRENT: Selection = (("standing", ("current",)),)
PARTS_ATTACKED = 5
"""Of the groups of crossings every fifth one is attacked in each county, another fifth in the next: all of them would take minutes."""


@cache
def crossing_groups() -> tuple[tuple[Selection, ...], ...]:
    """Every crossing of two and three dimensions that nobody publishes, as the audit command lists them."""
    own = seeded(0)
    said = published(own, own.counts.astype(np.float64))
    said.totals = {CURRENT}
    return tuple(tuple(group) for group in crossings(said))


@cache
def crossing_attacker(part: int) -> tuple[Attacker, tuple[Selection, ...]]:
    """An attacker of the published cells and a fifth of the crossings."""
    asked = tuple(where for group in crossing_groups()[part::PARTS_ATTACKED] for where in group)
    return Attacker(AXES, [*(cell.where for cell in seeded(0).lattice.cells), *asked]), asked


@dataclass(frozen=True)
class Crossed:
    """A crossing of few people that the published numbers say something of: what they and the exact ones alone leave open."""

    where: Selection
    count: int
    low: float
    high: float
    best_low: float
    best_high: float


def crossings_told(seed: int, own: County, told: Limits, given: Limits, small: int, *, asks_for_existence: bool) -> tuple[int, list[Crossed]]:
    """Attack crossings of fewer than ``small`` people; return how many, and those narrower than 5 or, if asked, proved not to be empty.

    Args:
        seed: Of the county.
        own: The county.
        told: What is published of every cell.
        given: What is exact whatever is protected.
        small: Crossings from here on are no small groups.
        asks_for_existence: Whether the lower end matters.
    """
    attacker, asked = crossing_attacker(seed % PARTS_ATTACKED)
    people = [(group[0], members(group)) for group in drawn(seed)]
    counts = np.array([sum(number for number, who in people if all(who[name] in chosen for name, chosen in where)) for where in asked])
    size, open_ended = len(own.counts), (np.zeros(len(asked)), np.full(len(asked), np.inf))
    low, high, given_low, given_high = (np.concatenate([one, other]) for one, other in zip((*told, *given), open_ended * 2, strict=True))
    # No whole that is known exactly may be smaller than the part: that alone settles most of what a zero tells.
    cells = [cell.where for cell in own.lattice.cells]
    exact = [(dict(where), number) for where, number in zip(cells, given[1], strict=True) if np.isfinite(number)]
    ceiling = np.array([min(most for whole, most in exact if whole.items() <= dict(where).items()) for where in asked])
    targets = size + np.flatnonzero((counts < small) & (ceiling > 0))
    attacker.forget()
    floor = np.full(len(targets), 0.0 if asks_for_existence else np.inf)
    found = attacker.narrow(low, high, targets, np.minimum(5.0, ceiling[targets - size]), floor)
    best = attacker.bound(given_low, given_high, found)
    told_of = [
        Crossed(asked[place - size], int(counts[place - size]), float(attacker.least[place]), float(attacker.most[place]), *ends)
        for place, ends in zip(found.tolist(), best.tolist(), strict=True)
    ]
    return len(targets), told_of
