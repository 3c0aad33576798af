"""SQLite's fault loop: the first call that changes the disk fails, then the second, and so on to the last.

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

from tests.faults.commands import Commands, Ended, copy, leftovers, state
from tests.faults.conftest import County
from tests.soak import SOAK

pytestmark = pytest.mark.longest(50)

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


def calls(county: County, commands: Commands, data: Path, arguments: tuple[object, ...]) -> list[str]:
    """Return the names of the calls that a command makes where nothing fails."""
    copy(county.before, data)
    ended = commands.run(*arguments, "--data", data, fault=((str(data),), 0, errno.EIO, False))
    assert ended.code == 0, ended.output
    shutil.rmtree(data)
    return [name for name, _ in ended.order]


def one_of_each(names: list[str]) -> list[int]:
    """Return the place of the first or, by turns, of the last call of each name, counted from one."""
    last = {name: place for place, name in enumerate(names, 1)}
    return sorted(names.index(name) + 1 if turn % 2 else last[name] for turn, name in enumerate(last))


def fail(county: County, commands: Commands, data: Path, arguments: tuple[object, ...], nth: int, fault: Fault, *, repeats: bool) -> str:
    """Fail the nth call of a command and judge what it left, and what a repetition makes of it; return which kind of call it was."""
    code, stays = fault
    copy(county.before, data)
    ended = commands.run(*arguments, "--data", data, fault=((str(data),), nth, code, stays))
    found = state(data)
    assert found.lines in (county.was.lines, county.becomes.lines)
    assert found.mart in (county.was.mart, county.becomes.mart)
    if ended.code != 0:
        check_sentence(ended, code)
    if repeats:
        again = commands.run(*arguments, "--data", data)
        assert again.code == 0, again.output
        mended = state(data)
        assert leftovers(data) == []
        assert mended.lines == (county.becomes.lines if arguments[0] == "load" else county.was.lines)
        if arguments[0] == "build":
            assert mended.mart == county.was.mart
    shutil.rmtree(data)
    return ended.fired


ALL = [((code, stays),) for code in WORDS for stays in (False, True)]
IN_TURN = ((errno.EIO, False), (errno.ENOSPC, True), (errno.EACCES, False))


def named(faults: Sequence[Fault]) -> str:
    return ", ".join(f"{errno.errorcode[code]} {'from then on' if stays else 'once'}" for code, stays in faults)


@pytest.mark.parametrize("faults", ALL if SOAK else [IN_TURN], ids=named)
def test_every_call_of_accepting_fails_in_turn(faults: Sequence[Fault], small_county: County, commands: Commands, tmp_path: Path) -> None:
    """Every call fails once, with one fault after the other; `make soak` fails each with every one."""
    asked = ("load", *small_county.files, "--no-build")
    names = calls(small_county, commands, tmp_path / "data", asked)
    # Two files and the ledger: each opened, written, given its mode, synced, renamed, and its folder synced; more before them.
    assert len(names) >= 3 * 6
    assert {"open", "write", "fsync", "fchmod", "replace"} <= set(names)
    for nth, name in enumerate(names, 1):
        assert fail(small_county, commands, tmp_path / "data", asked, nth, faults[nth % len(faults)], repeats=True) == name
    print(f"\nload, {named(faults)}: {len(names)} faults {dict(Counter(names))}, each before or after")


@pytest.mark.parametrize("faults", ALL if SOAK else [IN_TURN], ids=named)
def test_every_call_of_building_fails_in_turn(faults: Sequence[Fault], small_county: County, commands: Commands, tmp_path: Path) -> None:
    """A build takes seconds: the first or the last call of each kind fails here, and every fourth time it is built again.

    `make soak` leaves out nothing.
    """
    names = calls(small_county, commands, tmp_path / "data", ("build",))
    assert {"open", "write", "fsync", "replace", "link", "chmod"} <= set(names)
    chosen = range(1, len(names) + 1) if SOAK else one_of_each(names)
    for turn, nth in enumerate(chosen):
        repeats = SOAK or turn % 4 == 0  # with each fault in its turn
        fault = faults[turn % len(faults)]
        assert fail(small_county, commands, tmp_path / "data", ("build",), nth, fault, repeats=repeats) == names[nth - 1]
    print(f"\nbuild, {named(faults)}: {len(chosen)} faults of {len(names)} calls, each before or after")


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
