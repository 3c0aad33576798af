"""What must hold of one public release, whatever the county: over two hundred small counties, always the same ones."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import numpy as np
import pytest
from small_counties import AXES, SECRET, ZONE_OF, County, county, drawn, members, seeded, where

from disclosure.attacker import bounds
from disclosure.equations import equations
from disclosure.lattice import Axis, Lattice, Selection
from disclosure.policy import Policy
from disclosure.program import Contradiction
from disclosure.rounding import Earlier, ReleaseRefused, Rounded, round_jointly

SEEDS = range(210)
NARROWEST, NARROWEST_IF_NEAREST = 5, 3
Statement = tuple[Selection, float, float]


def rounded(county: County, earlier: Earlier | None = None) -> Rounded | None:
    """Round, or None where the release is refused: then nothing is shown and nothing can be wrong with it."""
    try:
        return round_jointly(county.lattice, county.counts, county.keys, SECRET, Policy(), earlier)
    except ReleaseRefused:
        return None


@cache
def released(seed: int) -> tuple[County, Rounded | None]:
    own = seeded(seed)
    return own, rounded(own)


def releases(seeds: range) -> list[tuple[County, Rounded]]:
    return [(own, release) for own, release in map(released, seeds) if release is not None]


def said(county: County, release: Rounded, shift: int) -> list[Statement]:
    """What the keenest reader knows: the exact totals, what is shown, and which hidden counts may be called "fewer than ten"."""
    statements: list[Statement] = []
    for cell, count, value, is_small in zip(county.lattice.cells, county.counts, release.values, release.may_say_small, strict=True):
        if cell.is_total:
            statements.append((cell.where, float(count), float(count)))
        elif not np.isnan(value):
            statements.append((cell.where, max(8.0, float(value) - shift), float(value) + shift))
        elif is_small:
            statements.append((cell.where, 0.0, 9.0))
    return statements


def hidden_parts(county: County, release: Rounded) -> list[int]:
    return [place for place, cell in enumerate(county.lattice.cells) if np.isnan(release.values[place]) and not cell.is_total]


def judge(county: County, release: Rounded, shift: int, width: float) -> int:
    """Assert that no hidden count is narrowed below a width, or proved where everybody is within 4; return how many were judged.

    What the exact totals alone imply no rounding can undo, so where an interval is too short they are asked by themselves.
    """
    places = hidden_parts(county, release)
    cells = county.lattice.cells
    found = bounds(county.lattice.axes, said(county, release, shift), [cells[place].where for place in places])
    totals = [(cell.where, float(count), float(count)) for cell, count in zip(cells, county.counts, strict=True) if cell.is_total]
    for place, (low, high) in zip(places, found, strict=True):
        is_proved = shift == 4 and (1e-6 < low < 8 - 1e-6 or high < 1 - 1e-6)
        if is_proved or high - low < width - 1e-6:
            best_low, best_high = bounds(county.lattice.axes, totals, [cells[place].where])[0]
            assert high - low >= min(width, best_high - best_low) - 1e-6, cells[place]
            assert not is_proved or low <= best_low + 1e-6, cells[place]
            assert not is_proved or high >= min(1, best_high) - 1e-6, cells[place]
        if shift == 4:  # an attacker who excludes the truth judges nothing
            assert low - 1e-6 <= county.counts[place] <= high + 1e-6, cells[place]
    return len(places)


def test_hardly_a_release_is_refused() -> None:
    assert len(releases(SEEDS)) >= 200


def test_shown_means_a_multiple_of_five_near_the_truth_and_small_means_hidden() -> None:
    shown_in_all = 0
    for own, release in releases(SEEDS):
        shown = ~np.isnan(release.values)
        values, counts = release.values[shown], own.counts[shown]
        assert np.all(values % 5 == 0)
        assert np.all(values >= 10)
        assert np.all(np.abs(values - counts) <= 4)
        assert np.all(counts >= 8)
        assert not shown[own.counts <= 7].any()
        shown_in_all += int(shown.sum())
    assert shown_in_all > 1000


def test_no_hidden_count_is_proved_or_narrowed() -> None:
    assert sum(judge(own, release, 4, NARROWEST) for own, release in releases(SEEDS[::3])) > 1500


def test_no_hidden_count_is_narrowed_by_a_guess_of_nearest_multiples() -> None:
    believable = 0
    for own, release in releases(SEEDS[::6]):
        try:
            believable += judge(own, release, 2, NARROWEST_IF_NEAREST) > 0
        except Contradiction:
            continue  # nobody can believe it
    assert believable > 15


def test_shown_sums_add_up_and_a_remainder_is_one_the_hidden_parts_can_hold() -> None:
    kinds: Counter[str] = Counter()
    for own, release in releases(SEEDS):
        hidden = np.isnan(release.values)
        for equation in equations(own.lattice):
            children = np.array(equation.children)
            remainder = release.values[equation.parent] - release.values[children[~hidden[children]]].sum()
            concealed = children[hidden[children]]
            if hidden[equation.parent]:
                continue
            if not len(concealed):
                assert remainder == 0
            else:
                assert remainder >= 0
            if len(concealed) and release.may_say_small[concealed].all():
                assert remainder <= 9 * len(concealed)
                kinds["small"] += 1
            kinds["whole" if not len(concealed) else "rest"] += 1
    assert min(kinds["whole"], kinds["rest"], kinds["small"]) > 100


def test_everybody_may_have_used_any_drug() -> None:
    """Of everyone in a group of up to seven of a sex, age and township a reader cannot exclude another drug.

    A table of whole persons exists that agrees with the release and in which one of them has changed from the true drug to the other.
    """
    drugs, changes = AXES[3].members, 0
    for seed in SEEDS[::6]:
        own, release = released(seed)
        if release is None:
            continue
        alike: Counter[tuple[tuple[str, str], ...]] = Counter()
        for group in drawn(seed):
            if members(group)["standing"] == "current":
                alike[tuple(sorted(members(group).items()))] += group[0]
        statements = said(own, release, 4)
        for person in list(alike):
            known = dict(person)
            group = sum(number for other, number in alike.items() if {**dict(other), "drug_group": ""} == {**known, "drug_group": ""})
            if group > 7:
                continue
            for drug in drugs:
                if drug == known["drug_group"]:
                    continue
                other = tuple(sorted({**known, "drug_group": drug}.items()))
                fewer = (where(**dict(person)), 0.0, alike[person] - 1.0)
                more = (where(**dict(other)), alike.get(other, 0) + 1.0, np.inf)
                bounds(AXES, [*statements, fewer, more], [()], integer=True)  # a contradiction would be an error here
                changes += 1
    assert changes > 200


def test_a_change_of_drug_that_is_told_would_be_found_out() -> None:
    # The same question to a release that shows an exact zero: nobody can have changed to that drug.
    own, release = released(0)
    assert release is not None
    person = next(members(group) for group in drawn(0) if members(group)["standing"] == "current")
    drug = next(name for name in AXES[3].members if name != person["drug_group"])
    told = (where(standing="current", drug_group=drug), 0.0, 0.0)
    with pytest.raises(Contradiction):
        bounds(AXES, [*said(own, release, 4), told, (where(**{**person, "drug_group": drug}), 1.0, np.inf)], [()], integer=True)


def test_neither_order_nor_an_idle_dimension_changes_the_release() -> None:
    compared = 0
    for seed in SEEDS[::10]:
        own, release = released(seed)
        random = Random(seed)
        order = random.sample(range(len(own.counts)), len(own.counts))
        axes = [*own.lattice.axes, Axis("employment", ("yes", "no"))]
        random.shuffle(axes)
        shuffled = own.permuted(order)
        again = rounded(County(Lattice(tuple(axes), shuffled.lattice.cells), shuffled.counts, shuffled.keys))
        assert (again is None) == (release is None)
        if release is None or again is None:
            continue
        assert again.values.tobytes() == release.values[order].tobytes()
        assert again.may_say_small.tobytes() == release.may_say_small[order].tobytes()
        compared += 1
    assert compared > 15


def test_a_move_within_a_zone_moves_no_number_apart_from_it() -> None:
    """One person moves to the next township: no shown number outside the sums of the two townships changes."""
    kept = 0
    for seed in SEEDS[::7]:
        groups = drawn(seed)
        before, release = released(seed)
        mover = next(
            (place for place, group in enumerate(groups) if members(group)["standing"] == "current" and members(group)["zone"] != "z2"), None
        )
        if mover is None or release is None:
            continue
        town = members(groups[mover])["township"]
        beside = next(other for other in ZONE_OF if ZONE_OF[other] == ZONE_OF[town] and other != town)
        stay, moved = (groups[mover][0] - 1, *groups[mover][1:]), (1, *groups[mover][1:5], list(ZONE_OF).index(beside))
        marks = list(range(1, len(groups) + 1))
        after = county([*groups[:mover], stay, *groups[mover + 1 :], moved], [*marks, marks[mover]])
        touched = np.flatnonzero(before.keys != after.keys).tolist()
        assert {before.lattice.cells[place].where for place in touched} == {where(standing="current", township=name) for name in (town, beside)}
        again = rounded(after)
        if again is None:
            continue
        near = {
            place for sum_ in equations(before.lattice) for place in (sum_.parent, *sum_.children) if {sum_.parent, *sum_.children} & set(touched)
        }
        for place in set(range(len(before.counts))) - near:
            if not np.isnan(release.values[place]) and not np.isnan(again.values[place]):
                assert release.values[place] == again.values[place], (seed, before.lattice.cells[place])
                kept += 1
    assert kept > 200
