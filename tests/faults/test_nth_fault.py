"""SQLite's fault loop: the first call that changes the disk fails, then the second, and so on until a run ends without a fault.

Source: "How SQLite Is Tested", §3.2 I/O error testing.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.faults.commands import SOAK, Commands, Ended, copy, leftovers, state
from tests.faults.conftest import County

WORDS = {errno.EIO: "磁盘读写出错", errno.ENOSPC: "磁盘已满", errno.EACCES: "没有写入或读取权限", errno.EDQUOT: "磁盘配额"}
ENGLISH = [os.strerror(code) for code in WORDS]


def check_sentence(ended: Ended, code: int) -> None:
    assert ended.code in (1, 2), ended.output
    assert "Traceback" not in ended.output
    assert not [words for words in ENGLISH if words in ended.output]
    assert WORDS[code] in ended.output
    assert "数据文件夹" in ended.output


Fault = tuple[int, bool]
"""Number of the error, and whether every call fails from then on."""


def loop(county: County, commands: Commands, tmp_path: Path, arguments: tuple[object, ...], faults: Sequence[Fault]) -> Counter[str]:
    """Fail every call of a command in turn, with each fault in its turn; return how often each kind of call was made to fail."""
    fired: Counter[str] = Counter()
    while True:
        nth = fired.total() + 1
        code, stays = faults[nth % len(faults)]
        data = copy(county.before, tmp_path / "data")
        ended = commands.run(*arguments, "--data", data, fault=((str(data),), nth, code, stays))
        if not ended.fired:
            assert (ended.code, ended.calls) == (0, nth - 1), ended.output
            shutil.rmtree(data)
            return fired
        fired[ended.fired] += 1
        found = state(data)
        assert found.lines in (county.was.lines, county.becomes.lines)
        assert found.mart in (county.was.mart, county.becomes.mart)
        if ended.code != 0:
            check_sentence(ended, code)
        if not SOAK and arguments[0] == "build" and nth % 4:
            shutil.rmtree(data)
            continue  # each build again takes seconds: every fourth here, with each fault in turn, and all with `make soak`
        again = commands.run(*arguments, "--data", data)
        assert again.code == 0, again.output
        mended = state(data)
        assert leftovers(data) == []
        assert mended.lines == (county.becomes.lines if arguments[0] == "load" else county.was.lines)
        if arguments[0] == "build":
            assert mended.mart == county.was.mart
        shutil.rmtree(data)


ALL = [((code, stays),) for code in WORDS for stays in (False, True)]
IN_TURN = ((errno.EIO, False), (errno.ENOSPC, True), (errno.EACCES, False))


def named(faults: Sequence[Fault]) -> str:
    return ", ".join(f"{errno.errorcode[code]} {'from then on' if stays else 'once'}" for code, stays in faults)


@pytest.mark.parametrize("faults", ALL if SOAK else [(fault,) for fault in IN_TURN], ids=named)
def test_every_call_of_accepting_fails_in_turn(faults: Sequence[Fault], small_county: County, commands: Commands, tmp_path: Path) -> None:
    fired = loop(small_county, commands, tmp_path, ("load", *small_county.files, "--no-build"), faults)
    # Two files and the ledger: each opened, written, given its mode, synced, renamed, and its folder synced; more before them.
    assert fired.total() >= 3 * 6
    assert {"open", "write", "fsync", "fchmod", "replace"} <= set(fired)
    print(f"\nload, {named(faults)}: {fired.total()} faults {dict(fired)}, each before or after")


@pytest.mark.parametrize("faults", ALL if SOAK else [IN_TURN], ids=named)
def test_every_call_of_building_fails_in_turn(faults: Sequence[Fault], small_county: County, commands: Commands, tmp_path: Path) -> None:
    """A build takes seconds, so every call fails once, with one fault after the other; `make soak` fails each with every one."""
    fired = loop(small_county, commands, tmp_path, ("build",), faults)
    assert {"open", "write", "fsync", "replace", "link", "chmod"} <= set(fired)
    print(f"\nbuild, {named(faults)}: {fired.total()} faults {dict(fired)}, each before or after")


def test_everything_is_synced_before_it_is_acknowledged(small_county: County, commands: Commands, tmp_path: Path) -> None:
    """A power cut keeps what was synced: each file before its rename, and its folder after it. The order is checked, call by call."""
    data = copy(small_county.before, tmp_path / "data")
    ended = commands.run("load", *small_county.files, "--data", data, fault=((str(data),), 0, errno.EIO, False))
    assert ended.code == 0, ended.output
    order = [(name, Path(path)) for name, path in ended.order]
    # Typed rows can be read again, so nothing waits for them.
    renamed = [(place, path) for place, (name, path) in enumerate(order) if name == "replace" and ".rows" not in path.name]
    # Two files, the ledger, the seal, the build under its number, and its second name over the one in force.
    assert len(renamed) >= 6
    for place, path in renamed:
        # The second name holds what was synced under the first.
        assert ("fsync", path) in order[:place] or path.name == "warehouse.next.duckdb.link", path.name
        assert not [name for name, other in order[place:] if other == path and name in ("write", "ftruncate")]
        assert ("fsync", path.parent) in order[place:]
    ledger_at = next(place for place, path in renamed if path.name.startswith(".ledger"))
    accepted = [place for place, path in renamed if path.parent.name == "accepted"]
    assert all(("fsync", data / "raw" / "accepted") in order[place:ledger_at] for place in accepted)
