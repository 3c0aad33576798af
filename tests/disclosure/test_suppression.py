"""The internal release: whatever the county, no hidden count can be narrowed, and nothing is hidden for the order of rows."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_counties import County, counties, county, where

from disclosure.attacker import bounds
from disclosure.closure import close
from disclosure.lattice import Axis, Cell, Lattice
from disclosure.policy import Policy
from disclosure.suppression import suppress

BUSY = county(
    [(16, 0, 0, 1, 1, 0), (9, 0, 0, 2, 0, 1), (9, 0, 2, 1, 1, 2), (5, 0, 0, 2, 1, 3), (3, 0, 2, 0, 2, 4), (9, 2, 0, 1, 1, 0), (2, 0, 0, 1, 0, 4)]
)


def intervals(county: County, hidden: np.ndarray, only_certain: bool = False) -> np.ndarray:
    """The attacker's intervals of all cells, from what the release shows."""
    statements = []
    for cell, count, is_hidden in zip(county.lattice.cells, county.counts, hidden, strict=True):
        if cell.is_total or not (is_hidden or only_certain):
            statements.append((cell.where, float(count), float(count)))
    return bounds(county.lattice.axes, statements, [cell.where for cell in county.lattice.cells])


def narrowed(county: County, hidden: np.ndarray, k: int) -> list[int]:
    """Places of hidden cells narrower than k although the county totals alone leave them wider."""
    widths, at_best = (np.diff(intervals(county, hidden, only)).ravel() for only in (False, True))
    return [place for place in np.flatnonzero(hidden) if widths[place] < min(k, at_best[place]) - 1e-6]


@settings(max_examples=10, deadline=None)
@given(counties, st.sampled_from((3, 5, 10)))
@example(BUSY, 5)
def test_no_hidden_count_is_narrower_than_k(county: County, k: int) -> None:
    hidden = suppress(county.lattice, county.counts, Policy(internal_k=k))
    assert narrowed(county, hidden, k) == []
    found = intervals(county, hidden)
    assert np.all(found[:, 0] <= county.counts + 1e-6)
    assert np.all(found[:, 1] >= county.counts - 1e-6)


@settings(max_examples=10, deadline=None)
@given(counties)
def test_what_is_always_shown_and_what_never(county: County) -> None:
    hidden = suppress(county.lattice, county.counts, Policy())
    for cell, count, is_hidden in zip(county.lattice.cells, county.counts, hidden, strict=True):
        if cell.is_total:
            assert not is_hidden
        elif count < 5:
            assert is_hidden


AGES = (Axis("age", ("child", "young", "old", "aged")),)
BY_AGE = (Cell((), is_total=True), *(Cell(where(age=age), is_county=True) for age in AGES[0].members))


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        # Nobody and 3 are too few for each other, 0 to 3; the smallest large one joins them.
        ([38, 0, 20, 15, 3], [False, True, False, True, True]),
        # Nobody alone would follow from the others; 5 is the smallest partner.
        ([38, 0, 20, 13, 5], [False, True, False, False, True]),
        # Of five people in all each number lies within 0 to 5 whatever is done.
        ([5, 0, 0, 3, 2], [False, True, True, True, True]),
    ],
)
def test_nobody_is_hidden_like_somebody(counts: list[int], expected: list[bool]) -> None:
    assert suppress(Lattice(AGES, BY_AGE), np.array(counts), Policy()).tolist() == expected


@pytest.mark.parametrize(("students", "is_hidden"), [(3, True), (7, True), (9, True), (10, False)])
def test_a_count_without_another_beside_it_is_hidden_below_ten(students: int, is_hidden: bool) -> None:
    """Nobody publishes the others; hidden below five it would say one to four, for who is large is known to all."""
    axes = (Axis("student", ("yes", "no")),)
    cells = close(axes, (Cell((), is_total=True), Cell(where(student="yes"), is_county=True)))
    hidden = suppress(Lattice(axes, cells), np.array([110, students, 110 - students]), Policy())
    assert hidden.tolist() == [False, is_hidden, is_hidden]


def test_a_township_that_knows_its_own_number_learns_no_other() -> None:
    """30 + 20 + 3 + 3 = 56. For everybody the two small ones are 0 to 6; one of them knows of the other. So the next one is hidden too."""
    axes = (Axis("township", ("t1", "t2", "t3", "t4")),)
    cells = (Cell((), is_total=True), *(Cell(where(township=town)) for town in axes[0].members))
    assert suppress(Lattice(axes, cells), np.array([56, 30, 20, 3, 3]), Policy()).tolist() == [False, False, True, True, True]
    # The same numbers of ages, which nobody knows of himself.
    assert suppress(Lattice(AGES, BY_AGE), np.array([56, 30, 20, 3, 3]), Policy()).tolist() == [False, False, False, True, True]


def test_a_forced_cell_is_hidden_and_protected_like_any_other() -> None:
    axes = (Axis("sex", ("male", "female")),)
    cells = (Cell((), is_total=True), *(Cell(where(sex=sex), is_county=True) for sex in axes[0].members))
    counts = np.array([40, 20, 20])
    assert not suppress(Lattice(axes, cells), counts, Policy()).any()
    assert suppress(Lattice(axes, cells), counts, Policy(), frozenset({where(sex="male")})).tolist() == [False, True, True]


@settings(max_examples=6, deadline=None)
@given(counties, st.randoms(use_true_random=False))
def test_order_of_cells_and_axes_changes_nothing(county: County, random: random.Random) -> None:
    order = list(range(len(county.counts)))
    random.shuffle(order)
    shuffled = county.permuted(order)
    axes = list(shuffled.lattice.axes)
    random.shuffle(axes)
    hidden = suppress(county.lattice, county.counts, Policy())
    again = suppress(Lattice(tuple(axes), shuffled.lattice.cells), shuffled.counts, Policy())
    np.testing.assert_array_equal(again, hidden[order])
    np.testing.assert_array_equal(suppress(county.lattice, county.counts, Policy()), hidden)


def sexes_by_age(counts: list[int]) -> County:
    """Total, two sexes, two ages and the four crossings."""
    axes = (Axis("sex", ("male", "female")), Axis("age", ("young", "old")))
    selections = [(), *(where(sex=sex) for sex in axes[0].members), *(where(age=age) for age in axes[1].members)]
    selections += [where(sex=sex, age=age) for sex in axes[0].members for age in axes[1].members]
    cells = tuple(Cell(selection, selection == (), True) for selection in selections)
    return County(Lattice(axes, cells), np.array(counts), np.zeros(len(counts), dtype=np.uint64))


def test_hiding_small_counts_alone_fails_the_attacker() -> None:
    # 40 = 30 male + 10 female = 25 young + 15 old; crossings 22, 8, 3, 7: the 3 young women are 25 - 22.
    table = sexes_by_age([40, 30, 10, 25, 15, 22, 8, 3, 7])
    primary = table.counts < 5
    assert np.flatnonzero(primary).tolist() == [7]
    assert intervals(table, primary)[7].tolist() == [3, 3]
    assert narrowed(table, primary, 5) == [7]
    hidden = suppress(table.lattice, table.counts, Policy())
    assert narrowed(table, hidden, 5) == []
    # A complementary cell in the same row and one in the same column are the least there can be.
    assert hidden.sum() >= 4


def test_every_complementary_cell_is_needed_somewhere() -> None:
    table = sexes_by_age([40, 30, 10, 25, 15, 22, 8, 3, 7])
    hidden = suppress(table.lattice, table.counts, Policy())
    for place in np.flatnonzero(hidden & (table.counts >= 5)):
        less = hidden.copy()
        less[place] = False
        assert narrowed(table, less, 5), f"cell {place} was hidden for nothing"


def test_taking_back_one_complementary_cell_is_found_out() -> None:
    hidden = suppress(BUSY.lattice, BUSY.counts, Policy())
    complementary = np.flatnonzero(hidden & (BUSY.counts >= 5))
    found_out = 0
    for place in complementary:
        less = hidden.copy()
        less[place] = False
        found_out += bool(narrowed(BUSY, less, 5))
    assert found_out >= 1


def test_an_exact_total_of_three_is_beyond_help() -> None:
    # Three people in all, shown by definition: the split 2 + 1 is hidden, its intervals of 0..3 come from the total alone, and no further
    # cell is hidden in vain.
    table = sexes_by_age([3, 2, 1, 3, 0, 2, 0, 1, 0])
    hidden = suppress(table.lattice, table.counts, Policy())
    assert not hidden[0]
    assert hidden[1]
    assert hidden[2]
    assert intervals(table, hidden)[1].tolist() == [0, 3]
    assert narrowed(table, hidden, 5) == []


def test_the_shape_of_counts_is_checked() -> None:
    with pytest.raises(ValueError, match="one count per cell"):
        suppress(BUSY.lattice, BUSY.counts[1:], Policy())
    with pytest.raises(ValueError, match="negative"):
        suppress(BUSY.lattice, BUSY.counts * -1, Policy())
