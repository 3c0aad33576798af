"""Flipped bits and lost ends: refused or right, never a wrong number; and the accepted files give the warehouse back."""

from __future__ import annotations

import random
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from etl.ledger import ledger
from etl.ledger.ledger import LedgerError
from tests.faults.commands import Commands, shown, state
from tests.faults.conftest import County
from tests.soak import SOAK
from warehouse.reader import WarehouseUnavailable
from warehouse.writer import stamp

TIMES = 1_000 if SOAK else 25
MEASURED = 50 if SOAK else 25  # the database's own checksums are measured, not promised
SEED = 20261120


def damage(content: bytes, draw: random.Random) -> bytes:
    """Flip one bit, or cut the end off."""
    if draw.random() < 0.2:
        return content[: draw.randrange(len(content))]
    place = draw.randrange(len(content))
    return content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :]


def test_a_damaged_build_is_refused_and_comes_back_from_the_accepted_files(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    file, draw = data / "warehouse.duckdb", random.Random(SEED)
    content = file.read_bytes()
    refused = 0
    for _ in range(TIMES):
        file.unlink()
        file.write_bytes(damage(content, draw))
        try:
            assert shown(file) == (small_county.was.build, small_county.was.mart)
        except WarehouseUnavailable as told:
            refused += "python -m etl build" in told.message.zh
    assert refused == TIMES
    assert commands.run("build", "--data", data).code == 0
    assert state(data).mart == small_county.was.mart
    print(f"\n{TIMES} damaged builds: {refused} refused, 0 wrong numbers")


def test_a_build_whose_stamp_is_whole_and_whose_numbers_are_not_is_nothing_to_compare_with(
    small_county: County, commands: Commands, tmp_path: Path
) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    file = data / "warehouse.duckdb"
    content = file.read_bytes()
    for place in range(0, len(content), 4_096):
        file.unlink()
        file.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        if stamp(file) is not None and not _numbers_can_be_read(file):
            break
    else:
        pytest.fail("no place of the file spoils its numbers alone")
    ended = commands.run("build", "--data", data)
    assert ended.code == 0, ended.output
    assert state(data).mart == small_county.was.mart


def _numbers_can_be_read(file: Path) -> bool:
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            connection.execute("select * from mart.observation").fetchall()
    except duckdb.Error:
        return False
    return True


def test_what_the_database_itself_notices(small_county: County, tmp_path: Path) -> None:
    """Without a seal the database's own checksums are all there is: no wrong number either, though some flips go unnoticed.

    This is why a build is sealed: a flip that is not noticed today may lie in a block that a later version reads.
    """
    file, draw = tmp_path / "warehouse.duckdb", random.Random(SEED)
    content = (small_county.before / "warehouse.duckdb").read_bytes()
    told: Counter[str] = Counter()
    for _ in range(MEASURED):
        file.unlink(missing_ok=True)
        file.write_bytes(damage(content, draw))
        try:
            told["right" if shown(file) == (small_county.was.build, small_county.was.mart) else "wrong"] += 1
        except WarehouseUnavailable:
            told["refused"] += 1
    print(f"\n{MEASURED} damaged files without a seal: {dict(told)}")
    assert told["refused"] > 0
    assert told["wrong"] == 0


def test_a_log_beside_the_build_is_swept_away(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    log = data / "warehouse.duckdb.wal"
    log.write_bytes(random.Random(SEED).randbytes(4096))
    assert commands.run("build", "--data", data).code == 0
    assert not log.exists()
    assert state(data).mart == small_county.was.mart


def test_a_damaged_ledger_is_told_with_its_line(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    path, draw = ledger.ledger_path(data), random.Random(SEED)
    content = path.read_bytes()
    told: Counter[str] = Counter()
    for _ in range(TIMES):
        place = draw.randrange(len(content) - 1)  # the last line end apart: without it the line is as torn by a crash
        path.write_bytes(content[:place] + bytes([content[place] ^ 1 << draw.randrange(8)]) + content[place + 1 :])
        # A flip can make a new line end, and the line it cuts is then the damaged one; it is never a later one.
        line = content[:place].count(b"\n") + 1
        with pytest.raises(LedgerError, match=f"^Line {line} "):
            ledger.read(data)
        told["told with its line"] += 1
    for length in range(0, len(content), max(1, len(content) // TIMES)):
        path.write_bytes(content[:length])
        # Only the end is gone, as after a crash: the batch of two lines counts whole or not at all.
        assert ledger.read(data) == []
        told["a cut batch ignored"] += 1
    path.write_bytes(content[:40] + b"#" + content[41:])
    ended = commands.run("build", "--data", data)
    assert (ended.code, "台账第1行已损坏" in ended.output) == (1, True)
    path.write_bytes(content)
    assert commands.run("build", "--data", data).code == 0
    print(f"\ndamaged ledgers: {dict(told)}")


def test_a_damaged_accepted_file_stops_the_build_and_leaves_the_one_in_force(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    draw = random.Random(SEED)
    entries = ledger.read(data)
    for number in range(TIMES // 5):
        entry = draw.choice(entries)
        path = ledger.accepted_path(entry, data)
        content = path.read_bytes()
        path.unlink()
        path.write_bytes(damage(content, draw))
        ended = commands.run("build", "--data", data)
        assert (ended.code, f"台账第{entry.sequence}号" in ended.output) == (1, True), (number, ended.output)
        assert shown(data / "warehouse.duckdb") == (small_county.was.build, small_county.was.mart)
        path.write_bytes(content)
    assert commands.run("build", "--data", data).code == 0
    assert state(data).mart == small_county.was.mart


def test_a_damaged_kept_build_is_not_put_back(small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.after, tmp_path / "data")
    kept = data / "builds" / "000001.duckdb"
    content = bytearray(kept.read_bytes())
    content[len(content) // 2] ^= 1
    kept.unlink()
    kept.write_bytes(bytes(content))
    ended = commands.run("rollback", 1, "--data", data)
    assert (ended.code, "已损坏" in ended.output) == (2, True)
    assert state(data).build == 2
