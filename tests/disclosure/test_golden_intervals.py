"""The attacker finds exactly the intervals that others published or that can be worked out by hand."""

from __future__ import annotations

import json
import math
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_counties import AXES, County, counties, full_cross_bounds, where

from disclosure.attacker import bounds
from disclosure.lattice import Axis, Contradiction, Selection


def table(truth: list[list[int]], hidden: set[tuple[int, int]], targets: list[tuple[int, int]], *, integer: bool = False) -> list[list[float]]:
    """Bound cells of a two-way table with all its totals shown."""
    rows, columns = [f"r{number}" for number in range(len(truth))], [f"c{number}" for number in range(len(truth[0]))]
    statements: list[tuple[Selection, float, float]] = [((), sum(map(sum, truth)), sum(map(sum, truth)))]
    statements += [(where(row=name), sum(line), sum(line)) for name, line in zip(rows, truth, strict=True)]
    statements += [(where(column=name), sum(line), sum(line)) for name, line in zip(columns, zip(*truth, strict=True), strict=True)]
    for row, line in enumerate(truth):
        statements += [(where(row=rows[row], column=columns[at]), value, value) for at, value in enumerate(line) if (row, at) not in hidden]
    axes = (Axis("row", tuple(rows)), Axis("column", tuple(columns)))
    found = bounds(axes, statements, [where(row=rows[row], column=columns[at]) for row, at in targets], integer=integer)
    return [[float(low), float(high)] for low, high in found]


@pytest.fixture
def cases(shared_folder: Path) -> dict[str, dict[str, Any]]:
    record = json.loads((shared_folder / "golden" / "disclosure" / "lp_attack_cases.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in [*record["cases"], *(case for case in record["rounding_attack_cases"] if "id" in case)]}


def test_geurts_1992() -> None:
    # Geurts 1992, Table 10 (ESSnet handbook ch. 4, example 3): rows 7, 3, 6; columns 9, 7; only the last row (3, 3) is shown.
    # By hand: x11 + x12 = 7, x21 + x22 = 3, x11 + x21 = 6, so x21 = 6 - x11 lies in 0..3 and x11 in 3..6.
    truth = [[4, 3], [2, 1], [3, 3]]
    assert table(truth, {(0, 0), (0, 1), (1, 0), (1, 1)}, [(0, 0), (0, 1), (1, 0), (1, 1)]) == [[3, 6], [1, 4], [0, 3], [0, 3]]


def test_two_hidden_in_every_line_are_not_enough() -> None:
    # sdcTable tests, test-simpleheuristic.R: every line has two hidden cells, yet rows w + x minus columns a + c leave exactly w,b = 47.
    truth = [[30, 47, 64, 89], [90, 124, 5, 31], [92, 100, 59, 85], [800, 991, 651, 685]]
    hidden = {(0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (2, 1), (2, 3), (3, 1), (3, 3)}
    assert table(truth, hidden, [(0, 1)]) == [[47, 47]]
    assert table(truth, hidden | {(1, 3)}, [(0, 1)]) == [[0, 78]]  # the interval its attack() reports once x,d is hidden too


def test_gauss_suppression_vignette() -> None:
    # GaussSuppression, small-count vignette: Iceland and Portugal hidden for both ages; 3 + 1 young stay together, so each is 0..4.
    truth = [[10, 11, 17], [3, 1, 17]]
    corners = [(1, 0), (1, 1), (0, 0), (0, 1)]
    assert table(truth, set(corners), corners) == [[0, 4], [0, 4], [9, 13], [8, 12]]
    assert table(truth, set(corners), corners, integer=True) == [[0, 4], [0, 4], [9, 13], [8, 12]]


@pytest.mark.parametrize(
    ("children", "total", "shift", "expected"),
    [
        ((10, 10, 10), 15, 4, (6, 7)),  # each at least 6, together at most 19: none above 7
        ((5, 5, 5, 5), 5, 4, (1, 6)),  # each at least 1, together at most 9
        ((15, 15, 15), 30, 4, (11, 12)),
        ((5, 5, 5, 5, 5), 15, 2, (3, 5)),
    ],
)
def test_rounding_apart_is_unpicked(children: tuple[int, ...], total: int, shift: int, expected: tuple[int, int]) -> None:
    members = tuple(f"m{number}" for number in range(len(children)))
    statements: list[tuple[Selection, float, float]] = [((), total - shift, total + shift)]
    statements += [(where(part=name), value - shift, value + shift) for name, value in zip(members, children, strict=True)]
    found = bounds((Axis("part", members),), statements, [where(part=name) for name in members])
    assert found.tolist() == [list(expected)] * len(children)


def test_every_golden_table(cases: dict[str, dict[str, Any]]) -> None:
    checked = 0
    for name in ("gauss_T9b", "gauss_T9_rangeMin5", "fischetti_salazar"):
        case = cases[name]
        names = [f"{row},{column}" for row in case["rows"] for column in case["cols"]]
        hidden = set(names) if isinstance(case["suppressed"], str) else set(case["suppressed"])
        at = {name: divmod(number, len(case["cols"])) for number, name in enumerate(names)}
        found = table(case["true"], {at[name] for name in hidden}, [at[name] for name in case["expected"]])
        assert found == list(case["expected"].values()), name
        checked += len(found)
    heuristic = cases["sdctable_simpleheuristic"]
    at = {row + column: (i, j) for i, row in enumerate(heuristic["rows"]) for j, column in enumerate(heuristic["cols"])}
    hidden_places = {at[name] for name in heuristic["suppressed"]}
    for extra, interval in heuristic["after_one_more_suppression"].items():
        assert table(heuristic["true"], hidden_places | {at[extra]}, [at["wb"]]) == [interval], extra
        checked += 1
    case = cases["sdctable_microdata1_A_female"]
    names = list(case["freq"])
    at = {name: divmod(number, 2) for number, name in enumerate(names)}
    truth = [[case["freq"][names[2 * row]], case["freq"][names[2 * row + 1]]] for row in range(4)]
    hidden_places = {at[name] for name in case["expected_suppressed_OPT_HITAS_HYPERCUBE"]}
    assert table(truth, hidden_places, [at[name] for name in case["lp_bounds_after_OPT"]]) == list(case["lp_bounds_after_OPT"].values())
    assert checked == 4 + 4 + 4 + 7


def test_every_golden_rounding(cases: dict[str, dict[str, Any]]) -> None:
    found = {name: case["expected_each"] for name, case in cases.items() if "children" in case}
    assert found == {"rr5_three_children": [6, 7], "rr5_four_children": [1, 6], "rr5_three_15": [11, 12], "nearest5_five_children": [3, 5]}


@settings(max_examples=8, deadline=None)
@given(counties, st.integers(0, 10**6))
def test_few_unknowns_give_the_intervals_of_the_full_cross(county: County, seed: int) -> None:
    random = Random(seed)
    selections = [cell.where for cell in county.lattice.cells]
    shown = sorted(random.sample(range(len(selections)), 25))
    asked = sorted(random.sample(range(len(selections)), 4))
    statements = [(selections[place], float(county.counts[place]), float(county.counts[place]) + random.choice((0, 0, 3))) for place in shown]
    targets = [selections[place] for place in asked] + [where(standing="current", zone="z1", age_band="18_35", drug_group="opioid")]
    np.testing.assert_allclose(bounds(AXES, statements, targets), full_cross_bounds(AXES, statements, targets), atol=1e-5)


def test_a_township_lies_in_one_zone_only() -> None:
    # Zone z1 has 4 people and consists of t1 and t2; t1 has 3. So t2 has exactly 1, and nobody can live in "t1 of z2".
    found = bounds(AXES, [(where(zone="z1"), 4, 4), (where(township="t1"), 3, 3)], [where(township="t2"), where(zone="z2", township="t1")])
    assert found.tolist() == [[1, 1], [0, 0]]


def test_without_a_total_there_is_no_upper_limit() -> None:
    assert bounds(AXES, [(where(sex="male"), 2, 5)], [(), where(sex="male")]).tolist() == [[2, math.inf], [2, 5]]


def test_contradictions_are_told() -> None:
    with pytest.raises(Contradiction):
        bounds(AXES, [((), 3, 3), (where(sex="male"), 4, 4)], [()])
    with pytest.raises(Contradiction):
        bounds(AXES, [((), 3, 3), ((), 4, 4)], [()])


def test_unknown_members_are_told() -> None:
    with pytest.raises(ValueError, match="lacks"):
        bounds(AXES, [], [where(sex="unknown")])
    with pytest.raises(ValueError, match="not an axis"):
        bounds(AXES, [], [where(village="v1")])
