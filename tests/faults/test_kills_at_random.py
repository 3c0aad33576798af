"""Killed at random: what was acknowledged stays, and a reader sees the build before or the build after."""

from __future__ import annotations

import os
import random
import shutil
from collections import Counter
from pathlib import Path

from tests.faults.commands import SOAK, Commands, copy
from tests.faults.conftest import County
from tests.faults.killed import check_after

RANDOM_KILLS = 1_000 if SOAK else 30


def test_killed_at_random(small_county: County, commands: Commands, tmp_path: Path) -> None:
    # The third power: accepting takes the first twentieth of the time, and is where a file could be lost.
    draw = random.Random(int(os.environ.get("FAULT_SEED", "20261120")))
    told: Counter[str] = Counter()
    killed = 0
    while killed < RANDOM_KILLS:
        data = copy(small_county.before, tmp_path / "data")
        ended = commands.run("load", *small_county.files, "--data", data, kill_after=draw.random() ** 3 * small_county.seconds * 1.05)
        killed += ended.was_killed
        told[check_after(small_county, data, ended, commands) + (", acknowledged" if ended.code == 0 else "")] += 1
        shutil.rmtree(data)
    print(f"\n{killed} random kills: {dict(told)}; 0 acknowledged files lost, 0 half-published builds")
