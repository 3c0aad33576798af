"""A real small disk: full, read-only, not permitted; and everything works again without a restart when the cause is gone."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.etl.files import CASES, grid, rows, write_xlsx
from tests.faults.commands import Commands, leftovers, state
from tests.faults.conftest import MONTH, County
from tests.soak import SOAK, few
from warehouse.reader import Warehouse, WarehouseUnavailable

MEBIBYTE = 1 << 20
SIZE = 16 * MEBIBYTE
LEVELS = range(0, 40 if SOAK else 3)


def mounted(options: str, folder: Path) -> None:
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip("a disk of its own cannot be mounted here")


@pytest.fixture
def disk() -> Iterator[Path]:
    """A disk of 16 MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        mounted(f"size={SIZE}", folder)
        try:
            yield folder
        finally:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, left: int) -> Path:
    """Fill a disk until so many bytes are left; files grow by whole pages of 4096 bytes."""
    stone = disk / "stone"
    free = shutil.disk_usage(disk).free
    with stone.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(free - left, 1))
    return stone


def test_a_full_disk_changes_nothing_and_works_again_when_there_is_space(small_county: County, commands: Commands, disk: Path) -> None:
    """From nothing left to a little less than a build needs (2.6 MB): the reader stays open all the while, in one process."""
    data = disk / "data"
    shutil.copytree(small_county.before, data)
    reader = Warehouse.open(data / "warehouse.duckdb")
    told: Counter[str] = Counter()
    for level in LEVELS:
        stone = fill(disk, level * 2_600_000 // len(LEVELS) // 4096 * 4096)
        for arguments in (("load", *small_county.files), ("build",)):
            was = state(data)
            ended = commands.run(*arguments, "--data", data)
            found = state(data)
            assert found.lines in (small_county.was.lines, small_county.becomes.lines)
            assert found.mart in (small_county.was.mart, small_county.becomes.mart)
            assert found.lines[: len(was.lines)] == was.lines
            if ended.code != 0:
                assert "磁盘已满" in ended.output, ended.output
                assert "No space left" not in ended.output
                assert "Traceback" not in ended.output
                assert found.build == was.build
            told[f"{arguments[0]} {'done' if ended.code == 0 else 'full'}"] += 1
            assert reader.probe() == 1
            if os.path.samefile(data / "warehouse.duckdb", data / "builds" / "000001.duckdb"):
                reader.close()
                reader = Warehouse.open(data / "warehouse.duckdb")
        stone.unlink()
    reader.close()
    assert told["build full"] >= 2
    assert commands.run("load", *small_county.files, "--data", data).code == 0
    assert commands.run("build", "--data", data).code == 0
    mended = state(data)
    assert (mended.lines, mended.mart) == (small_county.becomes.lines, small_county.becomes.mart)
    assert leftovers(data) == []
    print(f"\n{told.total()} runs on a full disk: {dict(told)}; 0 lost, 0 half-published")


def test_a_full_temporary_folder(small_county: County, commands: Commands, disk: Path, tmp_path: Path) -> None:
    """A workbook is unpacked in the temporary folder; where that is full another one is taken, or the sentence names it."""
    data = shutil.copytree(small_county.before, tmp_path / "data")
    book = write_xlsx(tmp_path, "案件_202609_报20261106.xlsx", grid(CASES, rows(CASES, **MONTH)))
    for left in (0, 4096, 8192, 12_288):
        stone = fill(disk, left)
        ended = commands.run("load", book, "--data", data, "--no-build", environment={"TMPDIR": str(disk)})
        assert ended.code == 0 or "临时文件夹磁盘已满" in ended.output or ended.code == 2, ended.output
        assert "Traceback" not in ended.output
        assert state(data).mart == small_county.was.mart
        stone.unlink()
    assert commands.run("load", book, "--data", data, environment={"TMPDIR": str(disk)}).code == 0


def test_a_read_only_disk(small_county: County, commands: Commands, disk: Path) -> None:
    data = disk / "data"
    shutil.copytree(small_county.before, data)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for arguments in (("load", *small_county.files), ("build",), ("rollback", 1)):
        ended = commands.run(*arguments, "--data", data)
        assert (ended.code, "数据文件夹是只读的" in ended.output) == (1, True), ended.output
        assert state(data) == small_county.was
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert commands.run("load", *small_county.files, "--data", data).code == 0
    assert state(data).mart == small_county.becomes.mart


@pytest.mark.skipif(os.getuid() != 0, reason="only root can run a command as somebody else")
def test_a_folder_that_belongs_to_somebody_else(small_county: County, commands: Commands) -> None:
    with tempfile.TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        data = shutil.copytree(small_county.before, Path(name) / "data")
        for folder, _, files in os.walk(data):
            os.chmod(folder, 0o755)
            for file in files:
                os.chmod(Path(folder) / file, 0o644)
        ended = commands.run("build", "--data", data, user=65534)
        assert (ended.code, "数据文件夹没有写入或读取权限" in ended.output) == (1, True), ended.output
        assert state(data) == small_county.was


@pytest.mark.parametrize("largest", few([4_096, 1_000_000], [1_024, 4_096, 65_536, 1_000_000]))
def test_a_limit_on_the_size_of_files_stops_the_database_too(largest: int, small_county: County, commands: Commands, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    ended = commands.run("build", "--data", data, largest_file=largest)
    assert (ended.code, "单个文件超出系统允许的大小" in ended.output) == (1, True), ended.output
    assert state(data) == small_county.was
    assert commands.run("build", "--data", data).code == 0
    assert leftovers(data) == []


def test_the_reader_says_what_to_do_while_the_file_is_away_and_reads_when_it_is_back(small_county: County, tmp_path: Path) -> None:
    data = shutil.copytree(small_county.before, tmp_path / "data")
    file, away = data / "warehouse.duckdb", data / "away"
    opened = Warehouse.open(file)
    file.rename(away)
    assert opened.probe() == 1  # what is open stays readable
    with pytest.raises(WarehouseUnavailable):
        Warehouse.open(file)
    away.rename(file)
    again = Warehouse.open(file)
    assert again.probe() == 1
    again.close()
    opened.close()
