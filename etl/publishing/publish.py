"""Putting a finished build in force, and an earlier one back.

A reader sees either the build before or the build after: the new file is complete and on the disk before one rename puts it in place.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.ledger import durable, journal, seal
from etl.ledger.lock import exclusive
from etl.ledger.steps import Step, passed
from etl.privacy.identifiers import find_in_text
from etl.problems import WordedError
from indicators.model import Text
from warehouse.writer import stamp

KEPT_BUILDS = 10
REASON_LETTERS = 4  # below that a reason says nothing to whoever reads the journal later


class RollbackRefused(WordedError):
    """The build asked for is not kept; the message says which are."""


@dataclass(frozen=True)
class KeptBuild:
    """A build that can be put back in force.

    Attributes:
        inputs: Sequences of the ledger entries in force in it.
        is_current: Has the shape this version of the program reads; an older one is listed but cannot be restored.
    """

    number: int
    built_at: str
    content_sha256: str
    path: Path
    is_in_force: bool
    who: str = ""
    reason: str = ""
    latest_month: date | None = None
    inputs: tuple[int, ...] = ()
    is_current: bool = True


class ReasonRefused(WordedError):
    """The reason given for a build seems to name somebody, or says nothing; nothing was done."""


_NAMES_SOMEBODY = Text("理由中像是有个人信息,未作改变;请改写后再试", "The reason seems to hold personal information, nothing was done; reword it")
_SAYS_NOTHING = Text(
    f"理由太短,未作改变;请写明核实情况,至少{REASON_LETTERS}个汉字或字母,如“核实:当月确无案件”",
    f"The reason is too short, nothing was done; say what was checked in at least {REASON_LETTERS} letters or Han characters",
)


def checked_reason(reason: str) -> str:
    """Return a reason as it is kept: on one line, and without anything that identifies somebody. None given stays none.

    Raises:
        ReasonRefused: If it seems to name somebody, which would stand in the journal for good, or has fewer than four letters.
    """
    kept = one_line(reason)
    if find_in_text(kept, len(kept)):
        raise ReasonRefused(_NAMES_SOMEBODY)
    if kept and sum(map(str.isalpha, kept)) < REASON_LETTERS:  # a Han character is a letter too
        raise ReasonRefused(_SAYS_NOTHING)
    return kept


def one_line(text: str) -> str:
    """Return a text on one line, at most 500 characters of it."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()[:500]


def warehouse_file(data: Path) -> Path:
    """Return the file in force."""
    return data / "warehouse.duckdb"


def in_force(data: Path) -> Path | None:
    """Return the sound file to compare with: the one in force, or the highest kept one where that is damaged; None where there is none."""
    path = warehouse_file(data)
    return next((one for one in (path, *_archived(data)) if one.exists() and _is_sound(one, data)), None)


def _is_sound(path: Path, data: Path) -> bool:
    """Say whether a file can be read and is, bit by bit, the build that was sealed under its number."""
    stamped = stamp(path)
    return stamped is not None and seal.is_whole(path, seal.of(_archive(data) / f"{stamped.number:06}.duckdb"))


def _archive(data: Path) -> Path:
    return data / "builds"


def sweep(data: Path) -> None:
    """Remove what a killed build left behind."""
    for left in (*data.glob("warehouse.next.duckdb*"), *data.glob("warehouse.duckdb.wal"), *_archive(data).glob(durable.DRAFTS)):
        left.unlink()


def kept_builds(data: Path) -> list[KeptBuild]:
    """Return the builds that can be restored, highest number first; a clock that was set back does not change the order."""
    current = stamp(warehouse_file(data)) if warehouse_file(data).exists() else None
    kept = []
    for path in _archived(data):
        stamped = stamp(path)
        if stamped is not None:
            is_in_force = current is not None and (stamped.number, stamped.content_sha256) == (current.number, current.content_sha256)
            kept.append(
                KeptBuild(
                    stamped.number,
                    stamped.built_at,
                    stamped.content_sha256,
                    path,
                    is_in_force,
                    stamped.who,
                    stamped.reason,
                    stamped.latest_month,
                    stamped.inputs,
                    stamped.is_current,
                )
            )
    return kept


def ever_in_force(data: Path) -> list[Path]:
    """Return the sound kept builds, lowest number first: all of them were in force once, also those that were put back since."""
    return [path for path in reversed(_archived(data)) if _is_sound(path, data)]


def _archived(data: Path) -> list[Path]:
    """Return the kept files, highest number first."""
    numbered = [path for path in _archive(data).glob("*.duckdb") if path.stem.isdigit()]
    return sorted(numbered, key=lambda path: int(path.stem), reverse=True)


def next_number(data: Path) -> int:
    """Return the number of the next build; numbers are never used twice."""
    return max((int(path.stem) for path in _archived(data)), default=0) + 1


def put_in_force(data: Path, number: int, finished: Path, holds: tuple[str, ...] = ()) -> Path:
    """Keep a finished file under its number and put it in force.

    Args:
        data: The data folder; its lock is held by the caller.
        number: The number of the build, as written in the file.
        finished: The file; it is moved.
        holds: Rules of the publish gate that the file's reason answers.

    Raises:
        OSError: If the disk refuses; the build before stays in force.
    """
    stamped = stamp(finished)
    if stamped is None:
        raise OSError(f"{finished.name} is not a finished build")
    journal.record(data, journal.Event(journal.PUBLISHED, number, stamped.content_sha256, stamped.who, stamped.reason, stamped.inputs, holds))
    kept = _archive(data) / f"{number:06}.duckdb"
    for older in _archived(data):
        if not seal.of(older).exists():  # kept by a version that did not seal
            seal.write(older, seal.of(older))
    seal.write(finished, seal.of(kept))
    os.replace(finished, kept)
    durable.sync_folder(finished.parent)
    passed(Step.KEPT)
    _switch_to(data, kept)
    for old in _archived(data)[KEPT_BUILDS:]:
        old.unlink()
        seal.of(old).unlink(missing_ok=True)
    passed(Step.OLD_REMOVED)
    return warehouse_file(data)


def rollback(data: Path, number: int, who: str, reason: str) -> Path:
    """Put a kept build back in force. The accepted files stay as they are; the next build uses them again.

    Args:
        data: The data folder.
        number: The build.
        who: The account that answers for it.
        reason: Why, in that person's words; may be empty.

    Raises:
        ReasonRefused: If the reason seems to name somebody or is too short.
        RollbackRefused: If no build of that number is kept, or it was made by an older version of the program.
        BusyError: If another run holds the lock.
        JournalError: If the record of builds is damaged.
    """
    reason = checked_reason(reason)
    with exclusive(data):
        path = _archive(data) / f"{number:06}.duckdb"
        stamped = stamp(path) if path.exists() else None
        if path.exists() and (stamped is None or stamped.is_current) and not seal.is_whole(path):
            raise RollbackRefused(
                Text(
                    f"保存的第{number}版文件已损坏,不能恢复;请运行 `python -m etl build`",
                    f"Build {number} as kept is damaged and was not restored; run `python -m etl build`",
                )
            )
        if stamped is None:
            numbers = [int(other.stem) for other in _archived(data)]
            raise RollbackRefused(
                Text(
                    f"没有保存第{number}版。可恢复的版本:{'、'.join(map(str, numbers)) or '无'}",
                    f"Build {number} is not kept; kept are {', '.join(map(str, numbers)) or 'none'}",
                )
            )
        if not stamped.is_current:
            raise RollbackRefused(
                Text(
                    f"第{number}版由旧版程序生成,现在的程序读不了,未恢复;请运行 `python -m etl build` 用已入库文件重新生成",
                    f"Build {number} was made by an older version of the program and cannot be read by this one; nothing was restored. "
                    "Run `python -m etl build` to build from the accepted files",
                )
            )
        journal.record(data, journal.Event(journal.RESTORED, number, stamped.content_sha256, who, reason, stamped.inputs))
        _switch_to(data, path)
    return warehouse_file(data)


def _switch_to(data: Path, kept: Path) -> None:
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
