"""Killed at random: what was acknowledged stays, and a reader sees the build before or the build after."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from etl.ledger.steps import Step
from tests.faults.commands import Commands, copy
from tests.faults.conftest import County
from tests.faults.killed import check_after
from tests.soak import SOAK

pytestmark = pytest.mark.longest(10)
BATCHES, KILLS = (20, 50) if SOAK else (1, 2)
SEED = os.environ.get("FAULT_SEED", "20261127")
STEPS = [step for step in Step if step is not Step.QUARANTINED]  # nothing of the second delivery is refused

OF_EVERY_FILE = {Step.BYTES_WRITTEN, Step.BYTES_SYNCED, Step.BYTES_RENAMED}


@pytest.mark.parametrize("batch", range(BATCHES))
def test_killed_at_random(batch: int, small_county: County, commands: Commands, tmp_path: Path) -> None:
    """By turns they die at any moment of the command, and up to a tenth of a second after a step: there the disk changes, in little of the time."""
    draw = random.Random(f"{SEED}/{batch}")
    told: Counter[str] = Counter()
    killed = 0
    while killed < KILLS:
        data = copy(small_county.before, tmp_path / "data")
        if killed % 2 == 0:
            ended = commands.run("load", *small_county.files, "--data", data, kill_after=draw.random() * small_county.seconds * 1.05)
        else:
            step = draw.choice(STEPS)
            die_at = f"{step}:{draw.randint(1, len(small_county.files) if step in OF_EVERY_FILE else 1)}"
            ended = commands.run("load", *small_county.files, "--data", data, die_at=die_at, die_later=10 ** draw.uniform(-4, -1))
        killed += ended.was_killed
        told[check_after(small_county, data, ended, commands) + (", acknowledged" if ended.code == 0 else "")] += 1
        shutil.rmtree(data)
    print(f"\n{killed} random kills: {dict(told)}; 0 acknowledged files lost, 0 half-published builds")
    if SOAK:  # of a few kills all may fall on one side; test_kills.py kills on both
        assert any(state.startswith("ledger before") for state in told)
        assert any(state.startswith("ledger after, build before") for state in told), "no kill fell between accepting and publishing"
