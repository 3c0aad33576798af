"""Small invented counties: people, the lattice published about them, and a full-cross attacker to compare with."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from random import Random

import numpy as np
from hypothesis import strategies
from scipy.optimize import linprog

from disclosure.lattice import Axis, Cell, Lattice, Selection

SECRET = b"sixteen bytes or more"
ZONE_OF = {"t1": "z1", "t2": "z1", "t3": "z2", "t4": "z3", "t5": "z3"}
AXES = (
    Axis("standing", ("current", "past")),
    Axis("sex", ("male", "female")),
    Axis("age_band", ("under_18", "18_35", "36_plus")),
    Axis("drug_group", ("opioid", "synthetic", "other")),
    Axis("zone", ("z1", "z2", "z3")),
    Axis("township", tuple(ZONE_OF), "zone", ZONE_OF),
)


def where(**members: str | tuple[str, ...]) -> Selection:
    return tuple(sorted((name, (chosen,) if isinstance(chosen, str) else chosen) for name, chosen in members.items()))


@dataclass(frozen=True)
class County:
    """A lattice with its truth."""

    lattice: Lattice
    counts: np.ndarray
    keys: np.ndarray

    def permuted(self, order: list[int]) -> County:
        cells = tuple(self.lattice.cells[place] for place in order)
        return County(Lattice(self.lattice.axes, cells), self.counts[order], self.keys[order])


def cells() -> tuple[Cell, ...]:
    codes = {axis.name: axis.members for axis in AXES}
    found = [Cell((), True, True), *(Cell(where(standing=code), True, True) for code in codes["standing"])]
    for name in ("sex", "age_band", "drug_group", "zone", "township"):
        found += [Cell(where(standing="current", **{name: code}), False, name not in {"zone", "township"}) for code in codes[name]]
    for one, other in (("zone", "age_band"), ("zone", "drug_group"), ("sex", "age_band")):
        for first, second in product(codes[one], codes[other]):
            found.append(Cell(where(standing="current", **{one: first, other: second}), False, one != "zone"))
    found.append(Cell(where(standing="current", age_band=("under_18", "18_35")), False, True))
    return tuple(found)


Group = tuple[int, int, int, int, int, int]
"""How many people, and the place of their member on five axes: standing, sex, age, drug, township."""


def members(group: Group) -> dict[str, str]:
    """The member of every axis a group belongs to."""
    _, standing, sex, age, drug, town = group
    township = tuple(ZONE_OF)[town % 5]
    return {
        "standing": ("current", "current", "past")[standing % 3],
        "sex": ("male", "male", "female")[sex % 3],
        "age_band": AXES[2].members[age % 3],
        "drug_group": AXES[3].members[drug % 3],
        "township": township,
        "zone": ZONE_OF[township],
    }


def county(groups: list[Group], marks: list[int] | None = None) -> County:
    """Return the county with one group of equal people per row; people of the same mark are the same people to the keys."""
    chosen = [members(group) for group in groups]
    marks = marks or list(range(1, len(groups) + 1))
    lattice = Lattice(AXES, cells())
    counts, keys = [], []
    for cell in lattice.cells:
        inside = [place for place, group in enumerate(chosen) if all(group[name] in admitted for name, admitted in cell.where)]
        counts.append(sum(groups[place][0] for place in inside))
        keys.append(sum(marks[place] * 0x9E3779B97F4A7C15 * groups[place][0] for place in inside) % 2**64)
    return County(lattice, np.array(counts, dtype=np.int64), np.array(keys, dtype=np.uint64))


_SIZES = (1, 1, 2, 3, 5, 9, 16)
_place = strategies.integers(0, 29)
counties = strategies.lists(strategies.tuples(strategies.sampled_from(_SIZES), _place, _place, _place, _place, _place), min_size=1, max_size=14).map(
    county
)


def drawn(seed: int) -> list[Group]:
    """Draw the groups of a county, always the same for the same seed."""
    random = Random(seed)
    groups = range(random.randint(4, 14))
    return [(random.choice(_SIZES), *(random.randrange(30) for _ in range(5))) for _ in groups]


def seeded(seed: int) -> County:
    """Return one of these counties, always the same for the same seed."""
    return county(drawn(seed))


def full_cross_bounds(axes: tuple[Axis, ...], statements: list[tuple[Selection, float, float]], targets: list[Selection]) -> np.ndarray:
    """Bound targets with one unknown per combination of all axes: slow, and right by definition."""
    combinations = [dict(zip((axis.name for axis in axes), chosen, strict=True)) for chosen in product(*(axis.members for axis in axes))]
    nested = [axis for axis in axes if axis.nested_in]
    combinations = [one for one in combinations if all(axis.parents[one[axis.name]] == one[str(axis.nested_in)] for axis in nested)]

    def row(selection: Selection) -> np.ndarray:
        return np.array([float(all(one[name] in admitted for name, admitted in selection)) for one in combinations])

    sides = [(row(selection), low, high) for selection, low, high in statements]
    above = [(line, high) for line, _, high in sides if np.isfinite(high)] + [(-line, -low) for line, low, _ in sides]
    found = []
    for target in targets:
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(sign * row(target), A_ub=[line for line, _ in above], b_ub=[side for _, side in above], method="highs")
            ends.append(sign * solved.fun if solved.status == 0 else np.inf)  # only upwards can there be no limit
        found.append(ends)
    return np.array(found)
