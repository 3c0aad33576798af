"""Readers while builds change: a page's numbers are those of one build, whichever that is."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from etl.publishing import publish
from tests.builds.small_builds import write_build
from tests.soak import SOAK

ROOT = Path(__file__).parents[2]
READERS, PUBLISHES = 20, 1000 if SOAK else 15
READER = '''
import sys
from pathlib import Path
from threading import Lock, Thread
from time import sleep
from warehouse.reader import Warehouse, file_key

path, stop, begun, threads = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])

lock, builds = Lock(), {}

def opened(key):
    """One opened file for all sessions of a server, found by what changes at a swap."""
    with lock:
        if key not in builds:
            builds[key] = Warehouse.open(path)
        return builds[key]

def read(lines):
    while True:
        is_last = stop.exists()
        page = opened(file_key(path))
        number = page.build().number
        for indicator in ("cases_opened", "cases_solved"):
            lines.append((number, tuple(page.observations("internal", [indicator])["value"])))
        begun.touch()
        if is_last:
            return
        sleep(0.05)

found = [[] for _ in range(threads)]
running = [Thread(target=read, args=(lines,)) for lines in found]
[one.start() for one in running]
[one.join() for one in running]
for lines in found:
    assert lines
    for number, values in lines:
        print(number, *map(int, values))
'''


def test_twenty_readers_see_no_build_mixed_while_builds_are_published(tmp_path: Path) -> None:
    """Build n has the number n in every cell, so a reader can tell from any cell which build it came from; two builds take turns."""
    data, stop = tmp_path / "data", tmp_path / "stop"
    data.mkdir()
    months = [date(2020 + at // 12, at % 12 + 1, 1) for at in range(60)]

    prepared = [
        write_build(
            tmp_path / f"{number}.duckdb",
            {(name, month): float(number) for name in ("cases_opened", "cases_solved") for month in months},
            number=number,
        )
        for number in (1, 2)
    ]

    def publish_next(turn: int) -> None:
        shutil.copyfile(prepared[turn % 2], tmp_path / "next.duckdb")
        publish.put_in_force(data, turn, tmp_path / "next.duckdb")

    publish_next(1)
    processes = 4 if SOAK else 2
    threads = READERS // processes
    begun = [tmp_path / f"begun-{number}" for number in range(processes)]
    command = [sys.executable, "-c", READER, str(publish.warehouse_file(data)), str(stop)]
    readers = [
        subprocess.Popen([*command, str(one), str(threads)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for one in begun
    ]
    try:
        while not all(one.exists() for one in begun):  # all read before the first build is replaced
            assert all(reader.poll() is None for reader in readers)
            time.sleep(0.05)
        for turn in range(2, PUBLISHES + 2):
            publish_next(turn)
    finally:
        stop.touch()
        ended = [reader.communicate(timeout=600) for reader in readers]
    assert [(reader.returncode, error) for reader, (_, error) in zip(readers, ended, strict=True)] == [(0, "")] * processes
    seen: Counter[int] = Counter()
    mixed = 0
    for said, _ in ended:
        for line in said.splitlines():
            number, *values = map(int, line.split())
            seen[number] += 1
            mixed += values != [number] * len(months)
    print(f"{READERS} readers, {PUBLISHES} publishes: {sum(seen.values())} reads, {len(seen)} builds seen, {mixed} mixed")
    assert mixed == 0
    # Turn n shows the first build where n is even, so the last reading of everybody, two pictures each, is of this one.
    assert seen[2 if (PUBLISHES + 1) % 2 else 1] >= 2 * READERS
    assert set(seen) == {1, 2}
