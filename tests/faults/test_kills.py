"""Killed at every named step: what was acknowledged stays, and a reader sees the build before or the build after."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from etl.ledger.steps import Step
from tests.etl.files import registry_csv
from tests.faults.commands import Commands, copy, leftovers, state
from tests.faults.conftest import County
from tests.faults.killed import check_after
from tests.soak import SOAK

pytestmark = pytest.mark.longest(45)
TIMES = 3 if SOAK else 1  # a step of every file is passed for each of two files


def test_killed_at_every_step(small_county: County, commands: Commands, tmp_path: Path) -> None:
    """Every step is met by a load, a build, a refusal or a roll-back; a step nobody passes any more makes this test fail.

    After every third it is built again; `make soak` builds after each.
    """
    refused = registry_csv(tmp_path, "在册_202608_报20260905.csv", as_of="2026-08", sex="不明")
    told: Counter[str] = Counter()
    kills = 0
    for turn, step in enumerate(Step):
        mends = SOAK or turn % 3 == 1  # with bytes half accepted, a ledger extended, a file unfinished, a link made, an old build removed
        met = 0
        for number in range(1, TIMES + 1):
            data = copy(small_county.before, tmp_path / f"{step}-{number}")
            if step is Step.QUARANTINED:
                ended = commands.run("load", refused, "--data", data, die_at=f"{step}:{number}")
            else:
                ended = commands.run("load", *small_county.files, "--data", data, die_at=f"{step}:{number}")
            if not ended.was_killed:
                shutil.rmtree(data)
                break
            met += 1
            told[check_after(small_county, data, ended, commands, mends=mends)] += 1
            shutil.rmtree(data)
        assert met, f"no command passes {step}"
        kills += met
    assert {"ledger before, build before", "ledger after, build before", "ledger after, build after"} <= set(told)
    print(f"\n{kills} kills at {len(Step)} steps: {dict(told)}; 0 acknowledged files lost, 0 half-published builds")


@pytest.mark.parametrize("step", [Step.LINKED, Step.SWAPPED, Step.BUILDS_SYNCED])
def test_a_roll_back_killed_shows_one_build_or_the_other(step: Step, small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = copy(small_county.after, tmp_path / "data")
    ended = commands.run("rollback", 1, "--data", data, die_at=f"{step}:1")
    assert ended.was_killed
    found = state(data)
    assert (found.build, found.mart) in ((1, small_county.was.mart), (2, small_county.becomes.mart))
    assert commands.run("rollback", 1, "--data", data).code == 0
    assert (state(data).build, state(data).mart) == (1, small_county.was.mart)


def test_a_refusal_killed_is_told_again(small_county: County, commands: Commands, tmp_path: Path) -> None:
    refused = registry_csv(tmp_path, "在册_202608_报20260905.csv", as_of="2026-08", sex="不明")
    for step in (Step.BYTES_WRITTEN, Step.BYTES_RENAMED, Step.QUARANTINED, Step.LEDGER_EXTENDED):
        data = copy(small_county.before, tmp_path / step)
        assert commands.run("load", refused, "--data", data, die_at=f"{step}:1").was_killed
        again = commands.run("load", refused, "--data", data)
        assert (again.code, "退回" in again.output) == (2, True)
        assert state(data).lines[:2] == small_county.was.lines
        assert {action for _, action, _ in state(data).lines[2:]} == {"refused"}
        assert leftovers(data) == []


def test_bytes_that_were_never_acknowledged_go_to_the_quarantine(small_county: County, commands: Commands, tmp_path: Path) -> None:
    """A batch killed before its ledger line: its bytes leave the accepted files, are destroyed by nobody, and may be delivered again."""
    data = copy(small_county.before, tmp_path / "data")
    assert commands.run("load", *small_county.files, "--data", data, die_at=f"{Step.BYTES_RENAMED}:2").was_killed
    assert len(leftovers(data)) == 2
    assert commands.run("build", "--data", data).code == 0
    assert leftovers(data) == []
    kept = {path.read_bytes() for path in (data / "raw" / "quarantine").glob("*.csv")}
    assert kept == {path.read_bytes() for path in small_county.files}
    assert commands.run("load", *small_county.files, "--data", data).code == 0
    assert state(data).mart == small_county.becomes.mart


def test_the_same_load_again_publishes_what_an_interrupted_one_only_accepted(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = copy(small_county.before, tmp_path / "data")
    assert commands.run("load", *small_county.files, "--data", data, die_at=f"{Step.FILE_WRITTEN}:1").was_killed
    again = commands.run("load", *small_county.files, "--data", data)
    assert again.code == 0, again.output
    assert state(data).mart == small_county.becomes.mart
    number = state(data).build
    assert commands.run("load", *small_county.files, "--data", data).code == 0
    assert state(data).build == number  # nothing new, nothing built
