"""The append-only record of what was put in force: ``builds/journal.jsonl``, one checksummed line an event, written as the ledger is.

A line is written and synced before the switch it speaks of, so nothing can come into force that nobody answers for. A crash in between
leaves a line without a switch; which build is in force is said by the file itself, never by this record. Order is the sequence of the
lines; the time is told, not trusted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from etl.clock import CHINA_TIME
from etl.ledger import durable
from etl.ledger.ledger import CHECKSUM
from etl.problems import WordedError
from indicators.model import Text

PUBLISHED, RESTORED, PURGED = "published", "restored", "purged"


@dataclass(frozen=True)
class Event:
    """A build put in force, or refused files removed for their age.

    Attributes:
        action: ``published``, ``restored`` or ``purged``.
        number: Number of the build; of a removal, how many files.
        inputs: Sequences of the ledger entries in force in the build.
        holds: Rules of the publish gate that the reason answers.
    """

    action: str
    number: int
    content_sha256: str
    who: str
    reason: str
    inputs: tuple[int, ...] = ()
    holds: tuple[str, ...] = ()
    sequence: int = 0
    at: str = ""


class JournalError(WordedError):
    """The record is damaged; the message names the line."""

    def __init__(self, number: int) -> None:
        said = Text(
            f"版本记录第{number}行已损坏;请从备份恢复builds/journal.jsonl",
            f"Line {number} of the record of builds is damaged; restore builds/journal.jsonl from the backup",
        )
        super().__init__(said)


def journal_path(data: Path) -> Path:
    """Return where the record of a data folder stands."""
    return data / "builds" / "journal.jsonl"


def events(data: Path) -> list[Event]:
    """Return every event in order; a torn last line is left out.

    Raises:
        JournalError: If an earlier line is damaged.
    """
    path = journal_path(data)
    return _events(path.read_bytes())[0] if path.exists() else []


def record(data: Path, event: Event) -> Event:
    """Append an event and return it, numbered and timed, once it is on the disk.

    Args:
        data: The data folder; its lock is held by the caller.
        event: What happened; sequence and time are set here.

    Raises:
        JournalError: If the record is damaged.
        OSError: If the disk refuses; the line then does not stand.
    """
    path = journal_path(data)
    content = path.read_bytes() if path.exists() else b""
    known, sound = _events(content)
    event = replace(event, sequence=len(known) + 1, at=datetime.now(CHINA_TIME).isoformat(timespec="seconds"))
    durable.put(content[:sound] + _line(event), path, 0o640)
    return event


def _events(content: bytes) -> tuple[list[Event], int]:
    """Return the sound events and how many bytes they take."""
    known: list[Event] = []
    size = 0
    lines = content.splitlines(keepends=True)
    for number, line in enumerate(lines, 1):
        if number == len(lines) and not line.endswith(b"\n"):
            break  # torn by a crash
        known.append(_event(line, number))
        size += len(line)
    return known, size


def _event(line: bytes, number: int) -> Event:
    try:
        fields = json.loads(line)
        if fields.pop(CHECKSUM) != _checksum(fields) or fields["sequence"] != number:
            raise JournalError(number)
        return Event(**{**fields, "inputs": tuple(fields["inputs"]), "holds": tuple(fields["holds"])})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise JournalError(number) from error


def _line(event: Event) -> bytes:
    fields = asdict(event) | {"inputs": list(event.inputs), "holds": list(event.holds)}
    return json.dumps({**fields, CHECKSUM: _checksum(fields)}, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _checksum(fields: Mapping[str, Sequence[Any] | Any]) -> str:
    return hashlib.sha256(json.dumps(fields, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
