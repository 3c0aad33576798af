"""Two uploads at once, a stopped holder of the lock, and a clock set back."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from etl.ledger import ledger
from tests.etl.files import registry_csv
from tests.faults.commands import ROOT, SOAK, Commands, state
from tests.faults.conftest import County

TIMES = 50 if SOAK else 10
BUSY = "另一个入库或生成任务正在运行"


@pytest.fixture(scope="module")
def other_commands() -> Iterator[Commands]:
    """The command line of somebody else."""
    server = Commands()
    yield server
    server.close()


@pytest.mark.parametrize("is_same", [False, True], ids=["different files", "the same file"])
def test_two_uploads_at_once_are_one_after_the_other(is_same: bool, commands: Commands, other_commands: Commands, tmp_path: Path) -> None:
    """Two processes that are up already begin in the same moment; started from nothing, one would mostly be done before the other begins."""
    first = registry_csv(tmp_path, "在册_202609_报20261005.csv", as_of="2026-09")
    second = first if is_same else registry_csv(tmp_path, "在册_202610_报20261105.csv")
    told: Counter[str] = Counter()
    for time in range(TIMES):
        data = tmp_path / str(time)
        with ThreadPoolExecutor(2) as pair:
            ended = [pair.submit(who.run, "load", file, "--data", data, "--no-build") for who, file in ((commands, first), (other_commands, second))]
        acknowledged = 0
        for one in (future.result() for future in ended):
            assert one.code == 0 or BUSY in one.output, one.output
            acknowledged += one.code == 0
            told["done" if one.code == 0 else "told to wait"] += 1
        entries = ledger.read(data)
        assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
        assert len({entry.sha256 for entry in entries}) == len(entries) == (1 if is_same else acknowledged)
        assert acknowledged >= 1
    print(f"\n{TIMES} pairs, {'same file' if is_same else 'different files'}: {dict(told)}; 0 lost, 0 twice")


def test_a_stopped_holder_of_the_lock_gets_the_next_one_a_sentence(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    script = (
        "import sys\nfrom pathlib import Path\nfrom etl.ledger.lock import exclusive\n"
        "with exclusive(Path(sys.argv[1])):\n    print('held', flush=True)\n    sys.stdin.read()\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", script, str(data)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    os.kill(holder.pid, signal.SIGSTOP)
    ended = commands.run("build", "--data", data)
    assert (ended.code, BUSY in ended.output) == (1, True)
    holder.kill()
    holder.communicate()
    assert commands.run("build", "--data", data).code == 0


def test_the_order_stays_right_when_the_clock_is_set_back(commands: Commands, tmp_path: Path) -> None:
    """Two editions of one month reported the same day: the one received last is in force, though the clock says it came an hour before."""
    data = tmp_path / "data"
    first = registry_csv(tmp_path, "在册_202610_报20261105.csv")
    second = registry_csv(tmp_path, "在册_202610_改_报20261105.csv", main_drug="冰毒")
    assert commands.run("load", first, "--data", data, "--no-build").code == 0
    assert commands.run("load", second, "--data", data, "--no-build", hours=-1).code == 0
    entries = ledger.read(data)
    assert [entry.sequence for entry in entries] == [1, 2]
    assert entries[1].received_at < entries[0].received_at
    (in_force,) = ledger.editions(entries)["registry"].values()
    assert in_force.sequence == 2
    assert state(data).lines[1][2] == in_force.sha256
