"""The worked example on the page about protection is true: the attacker finds at every step exactly what the page says."""

from __future__ import annotations

import pytest

from disclosure.attacker import bounds
from disclosure.lattice import Axis, Selection
from tests.app.page_cards import tables
from tests.app.test_pages import normal, run, text
from ui.privacy import EXAMPLE_COUNTS, STEPS

__all__ = ["normal"]

ZONES, SEXES = ("north", "middle", "south"), ("male", "female")
AXES = (Axis("zone", ZONES), Axis("sex", SEXES))
WOMEN_OF_THE_SOUTH: Selection = (("sex", ("female",)), ("zone", ("south",)))


def selection(place: int, column: int) -> Selection:
    """The people a cell of the example counts; the last row is the county, the last column both sexes."""
    zone = () if place == len(ZONES) else (("zone", (ZONES[place],)),)
    sex = () if column == len(SEXES) else (("sex", (SEXES[column],)),)
    return (*sex, *zone)


@pytest.mark.parametrize(("hidden", "expected"), [(hidden, expected) for hidden, expected, _ in STEPS])
def test_each_step_leaves_exactly_the_room_it_says(hidden: frozenset[tuple[int, int]], expected: tuple[int, int]) -> None:
    shown = [
        (selection(place, column), float(count), float(count))
        for place, counts in enumerate(EXAMPLE_COUNTS)
        for column, count in enumerate(counts)
        if (place, column) not in hidden
    ]
    assert bounds(AXES, shown, [WOMEN_OF_THE_SOUTH]).tolist() == [list(expected)]


def test_the_example_adds_up() -> None:
    *zones, county = EXAMPLE_COUNTS
    assert county == tuple(map(sum, zip(*zones, strict=True)))
    assert all(men + women == both for men, women, both in EXAMPLE_COUNTS)


@pytest.mark.parametrize("release", ["internal", "public"])
def test_the_page_says_what_the_audit_of_this_build_found(release: str, normal: None) -> None:
    test = run("privacy", release=release)
    assert not test.exception
    said = text(test)
    assert "这一版已通过审计" in said
    assert "数字为说明而编" in said
    assert len(tables(test)) == 1 + len(STEPS)
    last = tables(test)[-1]
    assert list(last["女"]) == ["10", "受保护", "受保护", "21"]
    english = text(run("privacy", release=release, lang="en"))
    assert "This build passed" in english
