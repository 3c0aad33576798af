"""Two releases of one county between which one person came: what the first said is kept, so that both together give nobody away."""

from __future__ import annotations

import random

import numpy as np
from small_counties import AXES, SECRET, County, county

from disclosure.policy import Policy
from disclosure.published import Published
from disclosure.rounding import ReleaseRefused, Rounded, round_jointly
from disclosure.succession import Pair
from disclosure.suppression import suppress

POLICY = Policy()
CODES = {axis.name: [(member, axis.parents.get(member, "") if axis.parents else "") for member in axis.members] for axis in AXES}
COUNTIES = 40


def pairs() -> list[tuple[County, County]]:
    """Invented counties before and after one more current user came."""
    draw = random.Random(7)
    found = []
    for _ in range(COUNTIES):
        groups = [(draw.choice((1, 1, 2, 3, 5, 9, 16)), *(draw.randrange(30) for _ in range(5))) for _ in range(draw.randrange(4, 15))]
        newcomer = (1, 0, *(draw.randrange(30) for _ in range(4)))
        found.append((county(groups), county([*groups, newcomer])))
    return found


def published(county: County, values: np.ndarray) -> Published:
    """What a release says: numbers where there are any, and the county totals exactly."""
    said = Published()
    for cell, count, value in zip(county.lattice.cells, county.counts, values, strict=True):
        if cell.is_total:
            said.exact[cell.where] = float(count)
        if np.isnan(value):
            said.hidden.add(cell.where)
        else:
            said.shown[cell.where] = float(value)
    return said


def gives_away(before: Published, after: Published, *, is_public: bool) -> bool:
    pair = Pair(before, after, CODES, POLICY, is_public=is_public)
    return bool(pair.attack())


def rounded(county: County, earlier: dict[object, float] | None = None) -> Rounded | None:
    try:
        return round_jointly(county.lattice, county.counts, county.keys, SECRET, POLICY, earlier)  # type: ignore[arg-type]
    except ReleaseRefused:
        return None


def test_a_newcomer_is_not_given_away_by_two_public_releases() -> None:
    attacked = without = 0
    for before, after in pairs():
        first, alone = rounded(before), rounded(after)
        if first is None or alone is None:
            continue
        earlier = {cell.where: float(value) for cell, value in zip(before.lattice.cells, first.values, strict=True)}
        second = rounded(after, earlier)
        assert second is not None
        attacked += 1
        without += gives_away(published(before, first.values), published(after, alone.values), is_public=True)
        assert not gives_away(published(before, first.values), published(after, second.values), is_public=True)
    assert attacked >= COUNTIES * 3 // 4
    assert without > 0  # releases that know nothing of each other do give somebody away


def test_keeping_hidden_what_was_hidden_gives_less_away_inside() -> None:
    alone = kept = 0
    for before, after in pairs():
        first = suppress(before.lattice, before.counts, POLICY)
        said = published(before, np.where(first, np.nan, before.counts))
        still = frozenset(cell.where for cell, hidden in zip(before.lattice.cells, first, strict=True) if hidden and not cell.is_total)
        for forced, is_kept in ((frozenset(), False), (still, True)):
            hidden = suppress(after.lattice, after.counts, POLICY, forced)
            found = gives_away(said, published(after, np.where(hidden, np.nan, after.counts)), is_public=False)
            kept += found and is_kept
            alone += found and not is_kept
    assert kept < alone
    print(f"{COUNTIES} pairs, internal: {alone} give something away alone, {kept} where hidden cells stay hidden")
