"""The public release: multiples of 5 that add up, nothing below 8, and nothing hidden within the attacker's reach."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_counties import AXES, SECRET, County, counties, county, where

from disclosure.attacker import bounds
from disclosure.lattice import Axis, Cell, Contradiction, Lattice
from disclosure.policy import Policy
from disclosure.rounding import Equation, ReleaseRefused, Rounded, equations, round_jointly

BUSY = county(
    [(16, 0, 0, 1, 1, 0), (16, 0, 0, 2, 0, 1), (9, 0, 2, 1, 1, 2), (16, 0, 0, 2, 1, 3), (3, 0, 2, 0, 2, 4), (9, 2, 0, 1, 1, 0), (16, 0, 2, 1, 0, 4)]
)


def rounded(county: County, secret: bytes = SECRET, policy: Policy | None = None) -> Rounded | None:
    """Round, or None where the release is refused: that is a safe answer too."""
    try:
        return round_jointly(county.lattice, county.counts, county.keys, secret, policy or Policy())
    except ReleaseRefused:
        return None


def intervals(county: County, release: Rounded, shift: int, *, labels: bool) -> np.ndarray:
    """The attacker's intervals of all cells; with ``labels`` a cell called "fewer than ten" is at most 9."""
    statements = []
    for cell, count, value, is_small in zip(county.lattice.cells, county.counts, release.values, release.may_say_small, strict=True):
        if cell.is_total:
            statements.append((cell.where, float(count), float(count)))
        elif not np.isnan(value):
            statements.append((cell.where, max(8.0, value - shift), value + shift))
        elif labels and is_small:
            statements.append((cell.where, 0.0, 9.0))
    return bounds(county.lattice.axes, statements, [cell.where for cell in county.lattice.cells])


def from_totals(county: County) -> np.ndarray:
    statements = [(cell.where, float(count), float(count)) for cell, count in zip(county.lattice.cells, county.counts, strict=True) if cell.is_total]
    return bounds(county.lattice.axes, statements, [cell.where for cell in county.lattice.cells])


@settings(max_examples=6, deadline=None)
@given(counties)
@example(BUSY)
def test_shown_counts_keep_to_the_rules(county: County) -> None:
    release = rounded(county)
    if release is None:
        return
    shown = ~np.isnan(release.values)
    values, counts = release.values[shown], county.counts[shown]
    assert np.all(values % 5 == 0)
    assert np.all(values >= 10)
    assert np.all(np.abs(values - counts) <= 4)
    assert np.all(counts >= 8)
    assert not shown[county.counts <= 7].any()
    assert not np.any(release.may_say_small & (shown | (county.counts >= 10)))
    for equation in equations(county.lattice):
        places = [equation.parent, *equation.children]
        if shown[places].all():
            assert release.values[equation.parent] == release.values[list(equation.children)].sum()


@settings(max_examples=6, deadline=None)
@given(counties)
@example(BUSY)
def test_no_hidden_count_is_within_reach(county: County) -> None:
    release = rounded(county)
    if release is None:
        return
    hidden = np.isnan(release.values) & ~np.array([cell.is_total for cell in county.lattice.cells])
    implied = from_totals(county)
    for labels in (False, True):
        found = intervals(county, release, 4, labels=labels)
        assert np.all(found[:, 0] <= county.counts + 1e-6)
        assert np.all(found[:, 1] >= county.counts - 1e-6)
        for (low, high), (best_low, best_high) in zip(found[hidden], implied[hidden], strict=True):
            assert low <= max(0, best_low) + 1e-6 or low >= 8 - 1e-6
            assert high >= min(1, best_high) - 1e-6
            assert high - low >= min(5, best_high - best_low) - 1e-6
        try:
            found = intervals(county, release, 2, labels=labels)
        except Contradiction:
            continue  # nobody can believe that all counts went to their nearest multiple
        widths, best = np.diff(found).ravel()[hidden], np.diff(implied).ravel()[hidden]
        assert np.all(widths >= np.minimum(3, best) - 1e-6)


@settings(max_examples=6, deadline=None)
@given(counties, st.randoms(use_true_random=False))
def test_order_of_cells_changes_nothing(county: County, random: random.Random) -> None:
    order = list(range(len(county.counts)))
    random.shuffle(order)
    release, again = rounded(county), rounded(county.permuted(order))
    if release is None or again is None:
        assert release is again
        return
    np.testing.assert_array_equal(again.values, release.values[order])
    np.testing.assert_array_equal(again.may_say_small, release.may_say_small[order])


def parts(*counts: int, total: int | None = None) -> County:
    """A sum and its parts along one axis; the sum is a total only where asked for."""
    names = tuple(f"m{number}" for number in range(len(counts)))
    cells = (Cell((), total is not None, True), *(Cell(where(part=name), False, True) for name in names))
    everybody = np.array([sum(counts), *counts], dtype=np.int64)
    return County(Lattice((Axis("part", names),), cells), everybody, everybody.astype(np.uint64) * np.uint64(7919))


def test_eight_and_nine_go_by_the_coin_and_by_nothing_else() -> None:
    # 40 parts of 9: the coins differ with the secret, so some secrets show a part (as 10) and others hide it; 7 and 12 never change sides.
    table = parts(9, 30, 30, 30)
    seen = {bool(np.isnan(round_jointly(table.lattice, table.counts, table.keys, bytes([number]) * 16, Policy()).values[1])) for number in range(20)}
    assert seen == {True, False}


def test_another_secret_moves_nothing_that_has_no_choice() -> None:
    # Multiples of 5 from 10 on have one admissible value, counts up to 7 none.
    table = parts(20, 35, 45, 3, 4)
    results = [round_jointly(table.lattice, table.counts, table.keys, bytes([number]) * 16, Policy()).values for number in range(8)]
    for values in results:
        assert values[1:4].tolist() == [20, 35, 45]
        assert np.isnan(values[4:]).all()


def test_the_same_people_keep_their_coin() -> None:
    release, again = rounded(BUSY), rounded(BUSY)
    assert release is not None
    assert again is not None
    np.testing.assert_array_equal(release.values, again.values)


def test_earlier_values_stay_and_what_was_hidden_stays_hidden() -> None:
    first = rounded(BUSY, b"another secret, of old")
    assert first is not None
    earlier = {cell.where: float(value) for cell, value in zip(BUSY.lattice.cells, first.values, strict=True)}
    anew = round_jointly(BUSY.lattice, BUSY.counts, BUSY.keys, SECRET, Policy(), earlier)
    both = ~np.isnan(first.values) & ~np.isnan(anew.values)
    assert both.sum() > 5
    np.testing.assert_array_equal(anew.values[both], first.values[both])
    assert not np.any(np.isnan(first.values) & ~np.isnan(anew.values))


@settings(max_examples=20, deadline=None)
@given(counties)
@example(BUSY)
def test_the_same_people_give_the_same_release_again(county: County) -> None:
    first = rounded(county)
    if first is None:
        return
    earlier = {cell.where: float(value) for cell, value in zip(county.lattice.cells, first.values, strict=True)}
    again = round_jointly(county.lattice, county.counts, county.keys, SECRET, Policy(), earlier)
    np.testing.assert_array_equal(again.values, first.values)


def test_a_remainder_cannot_be_proved() -> None:
    # 22 in all, known exactly; 15 can only be shown as 15, which leaves 22 - 19 = 3 or more: the 15 must be withheld, without a number.
    table = parts(15, 7, total=22)
    release = rounded(table)
    assert release is not None
    assert np.isnan(release.values[1:]).all()
    assert not release.may_say_small[1]


def test_a_label_that_gives_away_its_neighbour_is_taken_back() -> None:
    # 12 in all, known exactly, 7 + 5: "fewer than ten" on one says the other is at least 3. Both lose the label, neither a number.
    table = parts(7, 5, total=12)
    release = rounded(table)
    assert release is not None
    assert release.values[0] in {10, 15}
    assert np.isnan(release.values[1:]).all()
    assert not release.may_say_small.any()


def test_an_exhausted_repair_refuses_the_release() -> None:
    # The same table, with no second round allowed.
    table = parts(15, 7, total=22)
    with pytest.raises(ReleaseRefused) as refused:
        round_jointly(table.lattice, table.counts, table.keys, SECRET, Policy(largest_repair=1))
    assert "part" in refused.value.zh
    assert "part" in refused.value.en


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        round_jointly(BUSY.lattice, BUSY.counts, BUSY.keys, b"short", Policy())


def test_equations_follow_nesting_and_unions() -> None:
    cells = [(), where(zone="z1"), where(zone="z2"), where(zone="z3"), *(where(township=town) for town in ("t1", "t2", "t3", "t4", "t5"))]
    cells += [where(age_band=("under_18", "18_35")), where(age_band="under_18"), where(age_band="18_35"), where(age_band="36_plus")]
    cells += [where(zone="z2", township="t3")]  # the same people as township t3 and, since z2 has no other, as zone z2
    found = {
        (cells[equation.parent], frozenset(cells[child] for child in equation.children))
        for equation in equations(Lattice(AXES, tuple(Cell(cell) for cell in cells)))
    }
    young = where(age_band=("under_18", "18_35"))
    assert ((), frozenset({young, where(age_band="36_plus")})) in found
    assert (young, frozenset({where(age_band="under_18"), where(age_band="18_35")})) in found
    assert (where(zone="z1"), frozenset({where(township="t1"), where(township="t2")})) in found
    assert (where(zone="z3"), frozenset({where(township="t4"), where(township="t5")})) in found
    same = {one for one, others in found if len(others) == 1} | {other for _, others in found if len(others) == 1 for other in others}
    assert same == {where(zone="z2"), where(township="t3"), where(zone="z2", township="t3")}
    assert not any(one == () and where(township="t1") in others for one, others in found)  # zones say it already


@settings(max_examples=6, deadline=None)
@given(counties)
def test_equations_are_true(county: County) -> None:
    found = equations(county.lattice)
    assert len(found) > 20
    assert all(isinstance(equation, Equation) for equation in found)
    for equation in found:
        assert county.counts[equation.parent] == county.counts[list(equation.children)].sum()
