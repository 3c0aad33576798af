"""How a fault test runs a command and reads what stands on the disk afterwards."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.ledger import ledger
from warehouse.reader import Warehouse

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ended:
    """How a command ended.

    Attributes:
        code: Exit code; the negative number of the signal where it was killed.
        seconds: Wall time.
        calls: Calls counted by the injector.
        fired: The call that was made to fail, or nothing.
        order: Every call the injector counted: its name and path.
    """

    code: int
    output: str
    seconds: float
    calls: int
    fired: str
    order: list[tuple[str, str]]

    @property
    def was_killed(self) -> bool:
        return self.code in {-signal.SIGKILL, -signal.SIGALRM}


class Commands:
    """The commands of ``python -m etl``, each in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "tests.faults.command_server"]
        self._server = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8")

    def run(
        self,
        *arguments: object,
        die_at: str | None = None,
        die_later: float = 0.0,
        kill_after: float | None = None,
        fault: tuple[Sequence[str], int, int, bool] | None = None,
        largest_file: int = 0,
        hours: int = 0,
        user: int = 0,
        environment: dict[str, str] | None = None,
    ) -> Ended:
        """Run a command to its end, whichever that is; ``die_later`` is how many seconds after the step ``die_at`` it dies."""
        asked = {
            "arguments": [*map(str, arguments), "--county", str(ROOT / "county")],
            "environment": {**(environment or {}), **({"ETL_DIE_AT": die_at} if die_at else {})},
            "die_later": die_later,
            "kill_after": kill_after,
            "fault": fault,
            "largest_file": largest_file,
            "hours": hours,
            "user": user,
        }
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        return Ended(**json.loads(self._server.stdout.readline()))

    def close(self) -> None:
        """End the server."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(300)


@dataclass(frozen=True)
class State:
    """What a data folder says.

    Attributes:
        lines: Sequence, action and SHA-256 of every line of the ledger.
        build: Number of the build in force, or None.
        mart: Digest of all its published rows, or None.
    """

    lines: tuple[tuple[int, str, str], ...]
    build: int | None
    mart: str | None


def state(data: Path) -> State:
    """Read a data folder; every accepted file must hold the bytes the ledger vouches for, and the build must open."""
    entries = ledger.read(data)
    for entry in entries:
        if entry.is_accepted:
            assert hashlib.sha256(ledger.accepted_path(entry, data).read_bytes()).hexdigest() == entry.sha256
    lines = tuple((entry.sequence, entry.action, entry.sha256) for entry in entries)
    file = data / "warehouse.duckdb"
    return State(lines, *(shown(file) if file.exists() else (None, None)))


def shown(file: Path) -> tuple[int, str]:
    """Return the number of a build and a digest of every row a page could show, as the reader gives them."""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    if sha256 not in _SHOWN:
        _SHOWN[sha256] = _read(file)
    return _SHOWN[sha256]


_SHOWN: dict[str, tuple[int, str]] = {}
"""What was read of a file with this digest: most folders hold the same build under another name."""


def _read(file: Path) -> tuple[int, str]:
    warehouse = Warehouse.open(file)
    try:
        rows = sorted(map(repr, warehouse.observations_all()))
        towns = [repr((town.code, town.zone, town.title, sorted(town.residents.items()), town.rings)) for town in warehouse.townships()]
        return warehouse.probe(), hashlib.sha256("\n".join([*rows, *towns]).encode()).hexdigest()
    finally:
        warehouse.close()


def copy(folder: Path, to: Path) -> Path:
    """Copy a data folder by links: accepted files and builds are never changed in place, and a test of damage makes its own copy first."""
    shutil.copytree(folder, to, copy_function=os.link)
    return to


def leftovers(data: Path) -> list[str]:
    """Return drafts, unfinished builds and accepted bytes without a line in the ledger."""
    known = {ledger.accepted_path(entry, data).name for entry in ledger.read(data) if entry.is_accepted}
    found = [path for path in data.rglob("*") if path.name.endswith((".partial", ".wal")) or path.name.startswith("warehouse.next")]
    return sorted(path.name for path in found) + sorted(path.name for path in (data / "raw" / "accepted").glob("*") if path.name not in known)
