"""Taking files in: a batch whole or not at all, and refusals with their reasons."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from etl.clock import CHINA_TIME
from etl.inspection.entries import account_name, entry_as, entry_of, not_yet_accepted, overlaps
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows, folder_of
from etl.ledger import journal, ledger
from etl.ledger.durable import sync_folder
from etl.ledger.ledger import LedgerEntry
from etl.ledger.lock import exclusive
from etl.ledger.steps import Step, passed
from etl.mapping.kept import keep_content
from etl.reading.table import MAX_BYTES, suffix_of
from indicators.model import Text


class ChangedFileError(Exception):
    """A file, or what is known of its months, is not what it was when it was inspected."""

    def __init__(self, file_name: str) -> None:
        self.text = Text(
            f"{file_name}:检查之后文件或台账有变动,请重新报送", f"{file_name} or the ledger changed after it was inspected; deliver it again"
        )
        super().__init__(self.text.en)


def accept(results: Sequence[InspectionResult], data: Path, who: str, rows: TypedRows | None = None) -> list[LedgerEntry]:
    """Take a batch into the ledger; it counts when this returns.

    Args:
        results: All in order, or unchanged; those are passed over.
        data: The data folder.
        who: The account that answers for the delivery.
        rows: What the inspection of the files has read, to be kept with them.

    Raises:
        ValueError: If one was refused; nothing is taken then.
        ChangedFileError: If a file is not the one inspected; nothing is taken.
        BusyError: If another run holds the lock.
    """
    with exclusive(data):
        if rows is not None:
            rows.sweep(ledger.read(data))
            rows.keep((entry_of(result, who) for result in results), folder_of(data))
        return take_in(results, data, who)


def take_in(results: Sequence[InspectionResult], data: Path, who: str, received_at: str | None = None) -> list[LedgerEntry]:
    """Do what :func:`accept` does, for a caller that holds the lock of the data folder already and may have written the time down."""
    if any(result.is_refused for result in results):
        raise ValueError("a batch with a refused file is not accepted")
    ledger.settle(data)
    accepted = [entry for entry in ledger.read(data) if entry.is_accepted]
    fresh = not_yet_accepted(results, accepted)
    if not fresh:
        return []
    for result in fresh:
        if _is_overtaken(result, accepted):
            raise ChangedFileError(result.file_name)
        content = result.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != result.sha256:
            raise ChangedFileError(result.file_name)
        if result.profile is not None:
            keep_content(result.profile, data)
        ledger.keep(content, ledger.accepted_path(entry_of(result, who), data))
    return ledger.append(data, [entry_of(result, who) for result in fresh], received_at)


def _is_overtaken(result: InspectionResult, accepted: Iterable[LedgerEntry]) -> bool:
    """Whether another run took in the same months since the inspection, so that an undated file can no longer be placed."""
    if result.reported_on is not None or not (result.extract and result.first_month and result.last_month):
        return False
    others = [entry for entry in accepted if entry.sha256 != result.sha256]
    return overlaps(result.extract, result.first_month, result.last_month, others)


def refuse(results: Sequence[InspectionResult], data: Path, who: str) -> list[LedgerEntry]:
    """Record refused files with their reasons; the files themselves are kept aside unless they hold identifiers.

    Args:
        results: Any results; those in order are passed over.
        data: The data folder.
        who: The account that delivered them.
    """
    refused = [result for result in results if result.is_refused]
    if not refused:
        return []
    with exclusive(data):
        ledger.settle(data)
        for result in refused:
            if not result.has_identifiers:
                _quarantine(result, data)
        return ledger.append(data, [entry_as(result, who, "refused") for result in refused])


def _quarantine(result: InspectionResult, data: Path) -> None:
    folder = data / "raw" / "quarantine"
    stem = result.sha256
    if result.size <= MAX_BYTES:
        content = result.path.read_bytes()
        if hashlib.sha256(content).hexdigest() != result.sha256:
            raise ChangedFileError(result.file_name)
        ledger.keep(content, folder / f"{stem}{suffix_of(result.file_name)}")
    reasons = json.dumps(result.as_json(), ensure_ascii=False, indent=1) + "\n"
    ledger.keep(reasons.encode(), folder / f"{stem}.json")
    passed(Step.QUARANTINED)


def purge(data: Path, days: int, who: str) -> int:
    """Remove the files kept aside because they were refused, and their reasons, once they are older than some days.

    The ledger keeps a line of each; the record of builds says who had how many removed.

    Args:
        data: The data folder.
        days: Age in days, by the time a file was refused last, or by the file itself where no refusal tells.
        who: The account that answers for it.

    Returns:
        How many files.

    Raises:
        LedgerError: If the ledger is damaged; nothing is removed.
        JournalError: If the record of builds is damaged; nothing is removed.
        BusyError: If another run holds the lock.
    """
    with exclusive(data):
        ledger.settle(data)
        folder = data / "raw" / "quarantine"
        refused_at = {entry.sha256: datetime.fromisoformat(entry.received_at) for entry in ledger.read(data) if not entry.is_accepted}
        before = datetime.now(CHINA_TIME) - timedelta(days=days)
        old = [path for path in sorted(folder.glob("*")) if refused_at.get(path.stem, _changed_at(path)) < before]
        files = len({path.stem for path in old})
        if not files:
            return 0
        journal.record(data, journal.Event(journal.PURGED, files, "", account_name(who), f"older than {days} days"))
        for path in sorted(old, key=lambda path: path.suffix == ".json"):  # the reasons last: whoever finds a file finds why it is there
            path.unlink()
        sync_folder(folder)
    return files


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, CHINA_TIME)


def who_am_i() -> str:
    """Return the account under which the command line runs."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"
