"""A solver of another make (SCIP), over the full cross of the axes, finds the intervals the attacker finds, and no better rounding."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path
from random import Random

import numpy as np
import pytest
from pyscipopt import Expr, Model, quicksum
from small_counties import SECRET, County, seeded, where

from disclosure.attacker import bounds
from disclosure.equations import equations
from disclosure.lattice import Axis, Selection
from disclosure.policy import Policy
from disclosure.rounding import ReleaseRefused, Rounded, _Work, round_jointly
from disclosure.suppression import suppress

Statement = tuple[Selection, float, float]


class SecondSolver:
    """Statements over one unknown per combination of all axes, written without any code of the attacker."""

    def __init__(self, axes: Sequence[Axis], statements: Iterable[Statement], *, integer: bool) -> None:
        self.model = Model()
        self.model.hideOutput()
        for name in ("numerics/feastol", "numerics/dualfeastol"):
            self.model.setParam(name, 1e-9)
        self.unknowns = [
            (combination, self.model.addVar(vtype="I" if integer else "C", lb=0.0))
            for chosen in product(*(axis.members for axis in axes))
            if _exists(combination := dict(zip((axis.name for axis in axes), chosen, strict=True)), axes)
        ]
        for selection, low, high in statements:
            count = self._count(selection)
            self.model.addCons(count >= low)
            if np.isfinite(high):
                self.model.addCons(count <= high)

    def _count(self, selection: Selection) -> Expr:
        return quicksum(unknown for combination, unknown in self.unknowns if all(combination[name] in admitted for name, admitted in selection))

    def interval(self, target: Selection) -> tuple[float, float]:
        """Return the least and the greatest count of a selection; there must be a greatest."""
        ends = []
        for sense in ("minimize", "maximize"):
            self.model.freeTransform()
            self.model.setObjective(self._count(target), sense)
            self.model.optimize()
            assert self.model.getStatus() == "optimal"
            ends.append(self.model.getObjVal())
        return ends[0], ends[1]


def _exists(combination: dict[str, str], axes: Sequence[Axis]) -> bool:
    return all(axis.nested_in is None or axis.parents[combination[axis.name]] == combination[axis.nested_in] for axis in axes)


def agree(axes: Sequence[Axis], statements: Sequence[Statement], targets: Sequence[Selection], *, integer: bool = False) -> np.ndarray:
    """Assert that both solvers find the same intervals; return them."""
    solver = SecondSolver(axes, statements, integer=integer)
    second = np.array([solver.interval(target) for target in targets])
    first = bounds(axes, statements, targets, integer=integer)
    if integer:
        second = np.round(second)  # SCIP calls a number within 1e-6 of a whole one whole
        np.testing.assert_array_equal(first, second)
    else:
        np.testing.assert_allclose(first, second, rtol=0, atol=1e-6)
    return second


def rounded(county: County) -> Rounded | None:
    try:
        return round_jointly(county.lattice, county.counts, county.keys, SECRET, Policy())
    except ReleaseRefused:
        return None


def said(county: County, kind: str, seed: int) -> list[Statement]:
    """What a reader knows: the exact totals, and what one of three kinds of publication shows."""
    cells, counts = county.lattice.cells, county.counts.astype(float)
    statements = [(cell.where, count, count) for cell, count in zip(cells, counts, strict=True) if cell.is_total]
    if kind == "internal":
        shown = np.flatnonzero(~suppress(county.lattice, county.counts, Policy()))
        return statements + [(cells[place].where, counts[place], counts[place]) for place in shown]
    if kind == "public":
        release = rounded(county)
        values = np.full(len(cells), np.nan) if release is None else release.values
        shown = [place for place in np.flatnonzero(~np.isnan(values)) if not cells[place].is_total]
        return statements + [(cells[place].where, max(8.0, values[place] - 4), values[place] + 4) for place in shown]
    random = Random(seed)
    chosen = random.sample(range(len(cells)), 25)
    return statements + [(cells[place].where, counts[place] - 0.5, counts[place] + random.choice((0.0, 0.25, 3.0))) for place in chosen]


def asked(county: County, seed: int, how_many: int) -> list[Selection]:
    """Published cells, and one of three dimensions that nobody publishes."""
    chosen = Random(seed).sample([cell.where for cell in county.lattice.cells], how_many)
    return [*chosen, where(standing="current", zone="z1", age_band="18_35", drug_group="opioid")]


@pytest.mark.parametrize("kind", ["internal", "public", "some"])
def test_both_solvers_find_the_same_intervals(kind: str) -> None:
    found = set()
    for seed in range(16):
        county = seeded(seed)
        found |= {tuple(interval) for interval in agree(county.lattice.axes, said(county, kind, seed), asked(county, seed, 9)).tolist()}
    assert len(found) > 30  # intervals of many lengths, not the same one again and again


@pytest.mark.parametrize("kind", ["internal", "public"])
def test_both_solvers_find_the_same_intervals_of_whole_persons(kind: str) -> None:
    found = set()
    for seed in range(8):
        county = seeded(seed)
        found |= {tuple(interval) for interval in agree(county.lattice.axes, said(county, kind, seed), asked(county, seed, 5), integer=True).tolist()}
    assert len(found) > 15


def two_way(truth: Sequence[Sequence[int]], hidden: set[str], names: Sequence[str]) -> tuple[tuple[Axis, ...], list[Statement], dict[str, Selection]]:
    """A table with all its totals shown; its cells are named along the rows."""
    rows, columns = tuple(f"r{number}" for number in range(len(truth))), tuple(f"c{number}" for number in range(len(truth[0])))
    cells = dict(zip(names, (where(row=row, column=column) for row, column in product(rows, columns)), strict=True))
    counts = dict(zip(names, (value for line in truth for value in line), strict=True))
    sums = {where(row=row): sum(line) for row, line in zip(rows, truth, strict=True)}
    sums |= {where(column=column): sum(line) for column, line in zip(columns, zip(*truth, strict=True), strict=True)}
    sums |= {cells[name]: count for name, count in counts.items() if name not in hidden}
    return (Axis("row", rows), Axis("column", columns)), [(selection, count, count) for selection, count in sums.items()], cells


def golden_tables(shared_folder: Path) -> Iterable[tuple[list[list[int]], set[str], list[str], dict[str, list[int]]]]:
    """Truth, hidden cells, names of cells and published intervals of every suppressed table of the collection."""
    record = json.loads((shared_folder / "golden" / "disclosure" / "lp_attack_cases.json").read_text(encoding="utf-8"))
    for case in record["cases"]:
        if "freq" in case:  # regions by sex
            values, names = list(case["freq"].values()), list(case["freq"])
            hidden = set(case["expected_suppressed_OPT_HITAS_HYPERCUBE"])
            yield [values[at : at + 2] for at in range(0, len(values), 2)], hidden, names, case["lp_bounds_after_OPT"]
            continue
        joint = "" if case["id"] == "sdctable_simpleheuristic" else ","
        names = [f"{row}{joint}{column}" for row, column in product(case["rows"], case["cols"])]
        # Of Geurts's table only the totals and the last row are printed; any truth that fits them will do.
        truth = case.get("true", [[4, 3], [2, 1], [3, 3]])
        hidden = set(case.get("suppressed", case["expected"]))
        yield truth, set(names) if isinstance(case.get("suppressed"), str) else hidden, names, case["expected"]
        for extra, interval in case.get("after_one_more_suppression", {}).items():
            yield truth, hidden | {extra}, names, {"wb": interval}


def test_both_solvers_find_the_published_intervals(shared_folder: Path) -> None:
    checked = 0
    for truth, hidden, names, expected in golden_tables(shared_folder):
        axes, statements, cells = two_way(truth, hidden, names)
        for integer in (False, True):
            found = agree(axes, statements, [cells[name] for name in expected], integer=integer)
            np.testing.assert_allclose(found, list(expected.values()), rtol=0, atol=1e-6)
            checked += len(found)
    assert checked == 2 * (4 + 1 + 7 + 4 + 4 + 4 + 4)


def test_both_solvers_unpick_the_published_roundings(shared_folder: Path) -> None:
    record = json.loads((shared_folder / "golden" / "disclosure" / "lp_attack_cases.json").read_text(encoding="utf-8"))
    cases = [case for case in record["rounding_attack_cases"] if "children" in case]
    assert len(cases) == 4
    for case in cases:
        shift = 2 if case["id"].startswith("nearest5") else 4
        axis = Axis("part", tuple(f"m{number}" for number in range(len(case["children"]))))
        targets = [where(part=name) for name in axis.members]
        statements: list[Statement] = [((), case["total"] - shift, case["total"] + shift)]
        statements += [(target, max(0, value - shift), value + shift) for target, value in zip(targets, case["children"], strict=True)]
        for integer in (False, True):
            assert agree((axis,), statements, targets, integer=integer).round(6).tolist() == [case["expected_each"]] * len(targets)


def cheapest_rounding(county: County, release: Rounded, costs: np.ndarray) -> tuple[float, float]:
    """Round anew the cells that are shown, by the rules of the method in words; return the least cost there can be, and the cost of the release.

    A value is a multiple of 5 from 10 on within 4 of the truth; sums of shown values hold; where parts are hidden the rest is not
    negative, nor more than 9 a part where all are labelled small; and no part labelled small is provable from one sum.
    """
    model = Model()
    model.hideOutput()
    cells, counts, hidden, small = county.lattice.cells, county.counts, np.isnan(release.values), release.may_say_small
    values, distances = {}, {}
    for place in np.flatnonzero(~hidden).tolist():
        values[place] = 5 * model.addVar(vtype="I", lb=2)
        distances[place] = model.addVar(lb=0, ub=4)
        for sign in (1, -1):
            model.addCons(distances[place] >= sign * (values[place] - counts[place]))
    for equation in equations(county.lattice):
        total, children = equation.parent, np.array(equation.children)
        shown, concealed = children[~hidden[children]].tolist(), children[hidden[children]].tolist()
        parts = quicksum(values[child] for child in shown)
        if total in values and not concealed:
            model.addCons(values[total] - parts == 0)
            continue
        if total in values:
            model.addCons(values[total] - parts >= 0)
        if not concealed or not small[concealed].all():
            continue
        if total in values:
            model.addCons(values[total] - parts <= 9 * len(concealed))
        others = 4 * len(shown) + 9 * (len(concealed) - 1)
        if cells[total].is_total:
            model.addCons(counts[total] - parts <= others)
        elif total in values:
            model.addCons(values[total] - 4 - parts <= others)
    model.setObjective(quicksum(costs[place] * distances[place] for place in values), "minimize")
    model.optimize()
    assert model.getStatus() == "optimal"
    own = sum(costs[place] * abs(release.values[place] - counts[place]) for place in values)
    return float(model.getObjVal()), float(own)


def test_no_solver_finds_a_better_rounding() -> None:
    tried = 0
    for seed in range(40):
        county = seeded(seed)
        release = rounded(county)
        is_total = np.array([cell.is_total for cell in county.lattice.cells])
        if release is None or np.isnan(release.values[is_total]).any():
            continue  # a sum with a hidden total in it may be let go, at a price this model does not know
        work = _Work(county.lattice, county.counts, county.keys, SECRET, Policy(), {}, frozenset())
        least, own = cheapest_rounding(county, release, work.weights * (1 + 0.3 * work.leanings))
        assert own == pytest.approx(least, abs=1e-6)
        tried += own > 0  # where every count is a multiple of 5 already there is nothing to find
    assert tried >= 20
