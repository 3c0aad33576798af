"""Putting a finished build in force, and an earlier one back.

A reader sees either the build before or the build after: the new file is complete and on the disk before one rename puts it in place.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from etl import durable, seal
from etl.steps import Step, passed
from indicators.model import Text
from warehouse.writer import stamp

KEPT_BUILDS = 10


class RollbackRefused(Exception):
    """The build asked for is not kept; the message says which are."""

    def __init__(self, message: Text) -> None:
        super().__init__(message.en)
        self.message = message


@dataclass(frozen=True)
class KeptBuild:
    """A build that can be put back in force."""

    number: int
    built_at: str
    content_sha256: str
    path: Path
    is_in_force: bool


def warehouse_file(data: Path) -> Path:
    """Return the file in force."""
    return data / "warehouse.duckdb"


def next_file(data: Path) -> Path:
    """Return the file a build writes beside the one in force."""
    return data / "warehouse.next.duckdb"


def _archive(data: Path) -> Path:
    return data / "builds"


def sweep(data: Path) -> None:
    """Remove what a killed build left behind."""
    for left in (*data.glob("warehouse.next.duckdb*"), *data.glob("warehouse.duckdb.wal"), *_archive(data).glob(durable.DRAFTS)):
        left.unlink()


def kept_builds(data: Path) -> list[KeptBuild]:
    """Return the builds that can be restored, latest first."""
    in_force = stamp(warehouse_file(data)) if warehouse_file(data).exists() else None
    kept = []
    for path in sorted(_archive(data).glob("*.duckdb"), reverse=True):
        found = stamp(path)
        if found is not None:
            kept.append(KeptBuild(*found, path, in_force is not None and found[0] == in_force[0]))
    return kept


def next_number(data: Path) -> int:
    """Return the number of the next build; numbers are never used twice."""
    used = [int(path.stem) for path in _archive(data).glob("*.duckdb") if path.stem.isdigit()]
    return max(used, default=0) + 1


def publish(data: Path, number: int) -> Path:
    """Keep the finished next file under its number and put it in force.

    Raises:
        OSError: If the disk refuses; the build before stays in force.
    """
    _archive(data).mkdir(exist_ok=True)
    kept = _archive(data) / f"{number:06}.duckdb"
    for older in sorted(_archive(data).glob("*.duckdb"), reverse=True):
        if not seal.of(older).exists():  # kept by a version that did not seal
            seal.write(older, seal.of(older))
    seal.write(next_file(data), seal.of(kept))
    os.replace(next_file(data), kept)
    passed(Step.KEPT)
    _put_in_force(data, kept)
    for old in sorted(_archive(data).glob("*.duckdb"), reverse=True)[KEPT_BUILDS:]:
        old.unlink()
        seal.of(old).unlink(missing_ok=True)
    passed(Step.OLD_REMOVED)
    return warehouse_file(data)


def rollback(data: Path, number: int) -> Path:
    """Put a kept build back in force. The accepted files stay as they are; the next build uses them again.

    Raises:
        RollbackRefused: If no build of that number is kept, or it is damaged.
    """
    file = _archive(data) / f"{number:06}.duckdb"
    if file.exists() and not seal.is_whole(file):
        raise RollbackRefused(
            Text(
                f"保存的第{number}版文件已损坏,不能恢复;请运行 `python -m etl build`", f"Build {number} as kept is damaged; run `python -m etl build`"
            )
        )
    kept = {build.number: build for build in kept_builds(data)}
    if number not in kept:
        numbers = "、".join(str(known) for known in kept) or "无"
        raise RollbackRefused(
            Text(f"没有保存第{number}版。可恢复的版本:{numbers}", f"Build {number} is not kept; kept are {', '.join(map(str, kept)) or 'none'}")
        )
    _put_in_force(data, kept[number].path)
    return warehouse_file(data)


def _put_in_force(data: Path, kept: Path) -> None:
    """Place a second name of the kept file over the one in force, in one step."""
    fresh = data / "warehouse.next.duckdb.link"
    fresh.unlink(missing_ok=True)
    try:
        os.link(kept, fresh)
    except OSError:  # a file system without hard links
        shutil.copy2(kept, fresh)
        _sync(fresh)
    passed(Step.LINKED)
    os.replace(fresh, warehouse_file(data))
    passed(Step.SWAPPED)
    _sync(_archive(data))
    _sync(data)
    passed(Step.BUILDS_SYNCED)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
