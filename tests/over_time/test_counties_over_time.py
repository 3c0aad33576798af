"""The same attacker against other counties of some 160 people over five years (``make soak``: a hundred of them, built upon each other quarterly)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from etl.county.read import read_pack
from tests.over_time.attack import Found, attack, of_kind, summary, told
from tests.over_time.deliveries import COUNTY
from tests.over_time.generated import drawn, quarter_ends, released
from tests.over_time.knowing import knowing_a_township, knowing_the_method
from tests.over_time.statements import heard
from tests.over_time.truth import Registers
from tests.soak import SOAK, few

pytestmark = pytest.mark.longest(95)
SEEDS = few(range(1, 9), range(1, 101))
ENDS = quarter_ends(every=1 if SOAK else 4)
WRONG = date(2023, 12, 1)


@dataclass
class Attacked:
    """What all attacks on all counties came to."""

    files: int
    alone: Found
    township: Found
    method: Found


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Attacked:
    """Every county published build by build, and attacked."""
    found = Attacked(0, Found(), Found(), Found())
    for seed in SEEDS:
        place = tmp_path_factory.mktemp(f"county-{seed}")
        own = _attacked(place, seed)
        for whole, part in zip((found.alone, found.township, found.method), own, strict=True):
            whole.add(part)
        found.files += len(ENDS)
        print(f"county {seed}: {summary(own[0], len(ENDS))}")
        for path in place.iterdir():
            path.unlink()
    for title, what in (("alone", found.alone), ("knowing a township", found.township), ("knowing the method", found.method)):
        print(f"{len(SEEDS)} counties, {title}: {summary(what, found.files)}")
    return found


def _attacked(place: Path, seed: int) -> Sequence[Found]:
    files = released(place, seed, ENDS, WRONG)
    said = heard([one.path for one in files], {})
    truth = Registers(drawn(seed), [one.registers for one in files], read_pack(COUNTY))
    return attack(said, truth), knowing_a_township(said, truth), knowing_the_method(said, truth)


def test_what_the_attacker_supposes_is_true(attacked: Attacked) -> None:
    assert attacked.alone.questions > 1000 * len(SEEDS)
    assert not any("nothing explains" in one for one in attacked.alone.untied), attacked.alone.untied
    assert all(one.is_confirmed for one in attacked.alone.findings)


def test_no_count_of_a_county_is_narrowed_over_time(attacked: Attacked) -> None:
    assert not of_kind(attacked.alone, "narrowed"), told(attacked.alone, "narrowed")


def test_of_no_public_count_of_a_county_somebody_is_proved_over_time(attacked: Attacked) -> None:
    assert not of_kind(attacked.alone, "somebody"), told(attacked.alone, "somebody")


def test_of_no_public_count_of_a_county_a_least_number_below_eight_is_proved_over_time(attacked: Attacked) -> None:
    assert not of_kind(attacked.alone, "many"), told(attacked.alone, "many")


def test_of_nobody_who_came_to_or_left_a_county_is_told_what_they_are(attacked: Attacked) -> None:
    assert not of_kind(attacked.alone, "all"), told(attacked.alone, "all")


def test_whoever_knows_one_township_of_a_county_learns_no_other(attacked: Attacked) -> None:
    assert not of_kind(attacked.township, "narrowed", "somebody"), told(attacked.township, "narrowed", "somebody")


def test_whoever_knows_the_method_narrows_nothing_in_a_county(attacked: Attacked) -> None:
    assert not of_kind(attacked.method, "narrowed"), told(attacked.method, "narrowed")
