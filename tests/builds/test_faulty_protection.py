"""A protection that made a mistake, and a solver that gives up, publish nothing: the finished file is attacked, whatever made it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highspy
import pytest
import scipy.optimize

import etl.assembly.assemble
from disclosure.lattice import Contradiction
from disclosure.program import Solver
from etl.assembly.assemble import BuildRefused
from etl.assembly.lattices import Key
from etl.assembly.protect import protect
from indicators.model import Release
from tests.spec.tables import COUNTY, build_from, load, publish_build, write_extract
from warehouse.reader import Warehouse

Published = dict[Key, float | None]


def data_of(tmp_path: Path, men: int, women: int) -> Path:
    """A data folder with one build in force, of a register of some men and women."""
    build_from(tmp_path / "data", write_extract(tmp_path, "registry", "202609", f"sex\n男 *{men}\n女 *{women}", "20261005"))
    return tmp_path / "data"


def with_a_new_moment(tmp_path: Path, men: int, women: int) -> Path:
    """The same, and a register of the December before that is accepted and not built from yet: what was said once is not protected again."""
    data = data_of(tmp_path, men, women)
    load(data, write_extract(tmp_path, "registry", "202512", f"sex\n男 *{men}\n女 *{women}", "20260105"))
    return data


def in_force(data: Path) -> tuple[int, list[tuple[object, ...]]]:
    warehouse = Warehouse.open(data / "warehouse.duckdb")
    try:
        return warehouse.build().number, sorted(warehouse.observations_all(), key=repr)
    finally:
        warehouse.close()


def spoiled(published: Published, release: Release, sex: str, value: float) -> Published:
    """The same, with a number in the place of a hidden count."""
    wanted = (("sex", (sex,)), ("standing", ("current",)))
    keys = [key for key in published if key[0] == release and key[3] == wanted]
    assert [published[key] for key in keys] == [None] * len(keys) != []
    return published | dict.fromkeys(keys, value)


@pytest.mark.parametrize(
    ("men", "women", "release", "sex", "value"),
    [
        (29, 3, Release.INTERNAL, "male", 29),  # hidden only for the sake of the three women, who are 32 - 29
        (15, 7, Release.PUBLIC, "male", 15),  # of 22 known exactly: 15 is 11 to 19, so three women at least
    ],
)
def test_one_count_shown_that_should_be_hidden_stops_the_build(
    men: int, women: int, release: Release, sex: str, value: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = data_of(tmp_path, men, women)
    assert publish_build(data, COUNTY).number == 2  # without the fault the same files are published
    before = in_force(data)
    monkeypatch.setattr(etl.assembly.assemble, "protect", lambda *given, **named: spoiled(protect(*given, **named), release, sex, value))
    with pytest.raises(BuildRefused, match="audit of small counts"):
        publish_build(data, COUNTY)
    assert in_force(data) == before


def test_a_masked_count_shown_as_its_multiple_of_five_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = data_of(tmp_path, 29, 3)
    before = in_force(data)
    monkeypatch.setattr(etl.assembly.assemble, "protect", lambda *given, **named: spoiled(protect(*given, **named), Release.PUBLIC, "female", 5))
    with pytest.raises(Contradiction, match="below 8"):
        publish_build(data, COUNTY)
    assert in_force(data) == before


def test_a_solver_that_gives_up_on_the_rounding_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = with_a_new_moment(tmp_path, 29, 3)
    before = in_force(data)

    def gives_up(*given: Any, **named: Any) -> Any:
        """What HiGHS answers when its time is over (status 1)."""
        return scipy.optimize.OptimizeResult(scipy.optimize.milp(*given, **named), status=1)

    monkeypatch.setattr("disclosure.rounding.milp", gives_up)
    with pytest.raises(RuntimeError, match="the solver gave up"):
        publish_build(data, COUNTY)
    assert in_force(data) == before


def test_a_solver_that_gives_up_on_an_attack_stops_the_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = with_a_new_moment(tmp_path, 29, 3)
    before = in_force(data)
    monkeypatch.setattr(Solver, "getModelStatus", lambda solver: highspy.HighsModelStatus.kTimeLimit)
    with pytest.raises(RuntimeError, match="the solver gave up"):
        publish_build(data, COUNTY)
    assert in_force(data) == before
