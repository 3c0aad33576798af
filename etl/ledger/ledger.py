"""The append-only record of everything that was delivered: ``raw/ledger.jsonl`` and the accepted files beside it.

A file counts as accepted when its line stands in the ledger and is synced; before that it does not exist for anybody. Each line carries
a checksum. A crash can only tear the last line or cut the last batch short; neither was acknowledged, so both are ignored, and cut
before the next batch is written. Any earlier damage is an error, because a number may rest on it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from etl.clock import CHINA_TIME
from etl.ledger import durable
from etl.ledger.durable import sync_folder
from etl.ledger.steps import Step, passed
from indicators.model import Text
from indicators.months import months_between

READER_VERSION = 2
_UNACKNOWLEDGED = {
    "rule": "unacknowledged",
    "zh": "入库时中断,未记入台账;请重新报送",
    "en": "The load was interrupted before the file stood in the ledger; deliver it again",
}
CHECKSUM = "line_sha256"


@dataclass(frozen=True)
class LedgerEntry:
    """One delivered file and what became of it.

    Attributes:
        action: ``accepted`` or ``refused``.
        problems: For refused files (rule, sheet, column, row) each; never content.
        batch_first: Sequence of the first file delivered together with this one.
        batch_count: How many files were delivered together; a batch counts whole or not at all.
        reader_version: Version of the reading rules that gave the result.
        profile_sha256: Digest of the mapping profile the file is read by; None for a file in the template's form.
    """

    sequence: int
    received_at: str
    who: str
    action: str
    extract: str | None
    file_name: str
    sha256: str
    size: int
    suffix: str
    row_count: int
    first_month: date | None
    last_month: date | None
    reported_on: date | None
    verdict: str
    problems: tuple[tuple[str, str | None, str | None, int | None], ...] = ()
    batch_first: int = 0
    batch_count: int = 1
    reader_version: int = READER_VERSION
    profile_sha256: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Whether the file is part of the truth the warehouse is built from."""
        return self.action == "accepted"


class LedgerError(Exception):
    """The record of deliveries, or a file it vouches for, is damaged."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


def ledger_path(data: Path) -> Path:
    """Return where the ledger of a data folder stands."""
    return data / "raw" / "ledger.jsonl"


def accepted_path(entry: LedgerEntry, data: Path) -> Path:
    """Return where the bytes of an accepted file stand."""
    return data / "raw" / "accepted" / f"{entry.sha256}{entry.suffix}"


def read(data: Path) -> list[LedgerEntry]:
    """Return every entry in the order of arrival; a torn last line is left out.

    Raises:
        LedgerError: If an earlier line is damaged or missing; the message names the line.
    """
    path = ledger_path(data)
    if not path.exists():
        return []
    return _entries(path.read_bytes())[0]


def _entries(content: bytes) -> tuple[list[LedgerEntry], int]:
    """Return the sound entries and how many bytes they take."""
    entries: list[LedgerEntry] = []
    sizes: list[int] = []
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        entry = _parse(line)
        if entry is None:
            if number == len(lines) and not line.endswith(b"\n"):
                break  # torn by a crash; a whole line that does not check is damage, and may have been acknowledged
            raise _damaged(number)
        if entry.sequence != number or not _continues(entries, entry):
            raise _damaged(number)
        entries.append(entry)
        sizes.append(len(line))
    if entries and not _ends_batch(entries[-1]):
        del sizes[entries[-1].batch_first - 1 :]
        del entries[entries[-1].batch_first - 1 :]
    return entries, sum(sizes)


def _ends_batch(entry: LedgerEntry) -> bool:
    return entry.sequence == entry.batch_first + entry.batch_count - 1


def _continues(entries: Sequence[LedgerEntry], entry: LedgerEntry) -> bool:
    """Say whether a line stands where its batch says it stands."""
    if not entries or _ends_batch(entries[-1]):
        return entry.batch_first == entry.sequence
    return (entry.batch_first, entry.batch_count) == (entries[-1].batch_first, entries[-1].batch_count)


def _damaged(number: int) -> LedgerError:
    return LedgerError(
        Text(
            f"入库台账第{number}行已损坏;请从备份恢复raw/ledger.jsonl",
            f"Line {number} of the ledger is damaged; restore raw/ledger.jsonl from the backup",
        )
    )


def _parse(line: bytes) -> LedgerEntry | None:
    if not line.endswith(b"\n"):
        return None
    try:
        fields = json.loads(line)
        checksum = fields.pop(CHECKSUM)
        if checksum != _checksum(fields):
            return None
        for field in ("first_month", "last_month", "reported_on"):
            fields[field] = date.fromisoformat(fields[field]) if fields[field] else None
        fields["size"] = fields.pop("bytes")
        fields["problems"] = tuple((problem["rule"], problem["sheet"], problem["column"], problem["row"]) for problem in fields["problems"])
        return LedgerEntry(**fields)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _checksum(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _line(entry: LedgerEntry) -> bytes:
    fields = asdict(entry)
    for field in ("first_month", "last_month", "reported_on"):
        fields[field] = fields[field].isoformat() if fields[field] else None
    fields["bytes"] = fields.pop("size")
    fields["problems"] = [dict(zip(("rule", "sheet", "column", "row"), problem, strict=True)) for problem in entry.problems]
    return json.dumps({**fields, CHECKSUM: _checksum(fields)}, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def now() -> str:
    """Return the moment as a file's time of arrival is written."""
    return datetime.now(CHINA_TIME).isoformat(timespec="seconds")


def append(data: Path, batch: Sequence[LedgerEntry], received_at: str | None = None) -> list[LedgerEntry]:
    """Append a batch and return it, numbered and timed, once it is on the disk.

    The lines known so far are written again, byte for byte, with the new ones into a fresh file that replaces the old in one step: no
    fault leaves part of a batch, and a line whose sync failed is never taken for one on the disk.

    Args:
        data: The data folder; its lock is held by the caller.
        batch: The entries; their sequence, time and batch fields are set here.
        received_at: The time of arrival, where it is written elsewhere too; the present moment where left out.

    Raises:
        LedgerError: If an earlier line is damaged.
        OSError: If the disk refuses.
    """
    path = ledger_path(data)
    content = path.read_bytes() if path.exists() else b""
    known, sound = _entries(content)
    received_at = received_at or now()
    first = len(known) + 1
    added = [
        replace(entry, sequence=first + position, received_at=received_at, batch_first=first, batch_count=len(batch))
        for position, entry in enumerate(batch)
    ]
    durable.put(content[:sound] + b"".join(_line(entry) for entry in added), path, 0o640)
    passed(Step.LEDGER_EXTENDED)
    return added


def keep(content: bytes, path: Path) -> None:
    """Write a file so that after a crash it is there whole or not at all, and cannot be changed by accident."""
    durable.put(content, path)


def settle(data: Path) -> None:
    """Bring what a killed run left into order, before anything is decided on it. The lock is held by the caller.

    Drafts are removed. Bytes without a line in the ledger were never acknowledged: they leave the accepted files for the quarantine, from
    where they can be delivered again. Lines that can be read are made to last, so that nobody is told of a file as accepted that a power
    cut could still take away.

    Raises:
        LedgerError: If the ledger is damaged; nothing is moved then.
        OSError: If the disk refuses.
    """
    raw = data / "raw"
    accepted = raw / "accepted"
    for folder in (raw, accepted, raw / "quarantine"):
        for draft in folder.glob(durable.DRAFTS):
            draft.unlink()
    known = {accepted_path(entry, data).name for entry in read(data) if entry.is_accepted}
    for path in sorted(accepted.glob("*")):
        if path.name not in known:
            durable.make_folder(raw / "quarantine")
            durable.put(json.dumps(_UNACKNOWLEDGED, ensure_ascii=False, indent=1).encode() + b"\n", raw / "quarantine" / f"{path.stem}.json")
            os.replace(path, raw / "quarantine" / path.name)
    for folder in (accepted, raw / "quarantine", raw):
        if folder.exists():
            sync_folder(folder)


def editions(entries: Iterable[LedgerEntry]) -> dict[str, dict[date, LedgerEntry]]:
    """Return the edition in force of every extract and month: the one reported last, and of equals the one received last.

    Going by the date of reporting, not of loading, gives the same result in whatever order overlapping deliveries arrive.
    """
    in_force: dict[str, dict[date, LedgerEntry]] = {}
    for entry in entries:
        if not entry.is_accepted or entry.extract is None or entry.first_month is None or entry.last_month is None:
            continue
        months = in_force.setdefault(entry.extract, {})
        for month in months_between(entry.first_month, entry.last_month):
            other = months.get(month)
            if other is None or _age(entry) > _age(other):
                months[month] = entry
    return {extract: dict(sorted(months.items())) for extract, months in sorted(in_force.items())}


def _age(entry: LedgerEntry) -> tuple[date, int]:
    return entry.reported_on or date.min, entry.sequence
