"""Trying a delivery out before anything is accepted: what would be published, what would change, and what a person must answer for.

A trial is a finished, checked and audited warehouse file under ``trials/`` that nobody reads. Publishing it takes the files into the
ledger and then swaps the file in; giving it up leaves nothing behind. A trial speaks of one ledger and one build in force: once either
has moved on, it is stale and must be tried out again.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import uuid4

from etl.assembly.assemble import BuildReport, assemble
from etl.assembly.checks import CheckResult
from etl.county.read import read_pack
from etl.inspection import typed_rows
from etl.inspection.entries import entry_of, not_yet_accepted
from etl.inspection.replacement import Editions, Outlines
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.ledger import journal, ledger
from etl.ledger.durable import sync_folder
from etl.ledger.lock import exclusive
from etl.problems import WordedError
from etl.progress import Progress, silent, within
from etl.publishing import acceptance
from etl.publishing import gate as publish_gate
from etl.publishing import publish as publishing
from etl.publishing.difference import Difference, difference, told
from etl.publishing.gate import Hold
from etl.publishing.holds_of_files import (
    editions_of_build,
    files_replaced,
    people_exchanged,
    townships_gone,
)
from etl.publishing.records_changed import RecordsChanged, records_changed
from etl.wording import counted
from indicators.model import Text
from warehouse.writer import record_publication, stamp

KEPT_SECONDS = 24 * 3600


class TrialStale(WordedError):
    """Something was accepted or published since; the trial no longer says what would be published."""

    def __init__(self) -> None:
        said = Text(
            "试算已过期,或其后台账、现用版本有变动,未发布;请重新检查文件",
            "The trial is too old, or the ledger or the build in force changed since; nothing was published, check the files again",
        )
        super().__init__(said)


class TrialHeld(WordedError):
    """The publish gate holds the build and no reason was given; nothing was accepted."""

    def __init__(self, holds: tuple[Hold, ...]) -> None:
        self.holds = holds
        said = Text(
            f"有{len(holds)}处与现用版本相差过大,需核实并写明理由才能发布;文件未入库",
            f"Only with a reason can this be published: {counted(len(holds), 'finding')} against the build in force; nothing was accepted",
        )
        super().__init__(said)


@dataclass(frozen=True)
class Trial:
    """A build that may be published, and what speaks for and against it.

    Attributes:
        path: The finished file.
        number: The number it will have.
        results: The inspected files it was tried out with.
        difference: What changes in what is published.
        records: Which records that changes, where they are published exactly.
        holds: Findings that need a reason; none where it may be published without a word.
        checks: What was checked on the finished file.
        basis: The ledger and the build in force it rests on.
    """

    path: Path
    number: int
    results: tuple[InspectionResult, ...]
    difference: Difference
    records: tuple[RecordsChanged, ...]
    holds: tuple[Hold, ...]
    checks: tuple[CheckResult, ...]
    basis: tuple[str, str]
    assembled: BuildReport


def try_out(
    results: Sequence[InspectionResult],
    data: Path,
    county: Path,
    *,
    who: str,
    rows: TypedRows | None = None,
    progress: Progress = silent,
    indicator_folders: Sequence[Path] = (),
) -> Trial:
    """Build from every accepted file and the given ones, accepting nothing and putting nothing in force.

    Args:
        results: Inspected files, none refused; those already accepted change nothing. None tries the accepted files out again.
        data: The data folder.
        county: The county pack.
        who: The account that tries it out.
        rows: What the inspection of the files has read; the files are read again where left out.
        progress: Told what is being done.
        indicator_folders: Folders with further indicators.

    Raises:
        ValueError: If a file was refused.
        BuildRefused: If there is nothing to build from, or a check on the finished file fails.
        LedgerError: If a file is not the one inspected or accepted.
        BusyError: If another run holds the lock.
        OSError: If the disk refuses. Whatever is raised, nothing was accepted and the build before stays in force.
    """
    if any(result.is_refused for result in results):
        raise ValueError("a batch with a refused file is not tried out")
    progress = within(progress, Text("试生成", "Trial build"))
    with exclusive(data):
        rows = rows or TypedRows(read_pack(county), data)
        sweep(data)
        publishing.sweep(data)
        ledger.settle(data)
        entries = ledger.read(data)
        rows.sweep(entries)
        fresh = not_yet_accepted(results, [entry for entry in entries if entry.is_accepted])
        for result in fresh:
            rows.hand_in(result)
        tried_at = ledger.now()
        tried = [replace(entry_of(result, who), sequence=len(entries) + place, received_at=tried_at) for place, result in enumerate(fresh, 1)]
        basis = _basis(data)
        before = publishing.in_force(data)
        number = publishing.next_number(data)
        # A name of its own: the same bytes may be tried out for other months or by another profile at the same time.
        finished = _folder(data) / f"{number:06}-{uuid4().hex}.duckdb"
        unfinished = finished.with_suffix(".partial")
        try:
            assembled = assemble(
                rows,
                [*entries, *tried],
                unfinished,
                number,
                before=before,
                kept=publishing.ever_in_force(data),
                progress=progress,
                indicator_folders=indicator_folders,
            )
            progress(Text("与现用版本比较", "Comparing with the build in force"))
            changes = difference(before, unfinished)
            was = editions_of_build(before, entries) if before is not None else {}
            records = records_changed(was, ledger.editions([*entries, *tried]), rows)
            holds = _holds(before, was, assembled, [*entries, *tried], {entry.sequence for entry in tried}, rows)
            rows.keep(entries, typed_rows.folder_of(data))
            rows.keep(tried, finished.parent, f"{finished.stem}.")
            unfinished.replace(finished)
            sync_folder(finished.parent)
        except BaseException:
            _remove(finished)
            raise
    return Trial(finished, number, tuple(results), changes, records, holds, assembled.checks, basis, replace(assembled, path=finished))


def _holds(
    before: Path | None, was: Editions, assembled: BuildReport, entries: Sequence[ledger.LedgerEntry], fresh: Collection[int], rows: TypedRows
) -> tuple[Hold, ...]:
    """Return what a person must answer for: what the numbers say, and what the delivered files say."""
    outlines = Outlines(rows)
    holds = (
        *publish_gate.holds(before, assembled.path),
        *files_replaced(was, entries, fresh, outlines),
    )
    if before is None:
        return holds
    return (*holds, *townships_gone(before, was, entries, rows), *people_exchanged(was, entries, outlines))


def publish(trial: Trial, data: Path, *, who: str, reason: str = "") -> BuildReport:
    """Accept the trial's files and put its build in force.

    Args:
        trial: From :func:`try_out`.
        data: The data folder.
        who: The account that answers for it.
        reason: Its words; needed where the trial is held. Recorded in the build and in the journal.

    Raises:
        TrialStale: If the ledger or the build in force changed since.
        TrialHeld: If the gate holds the build and there is no reason.
        ReasonRefused: If the reason seems to name somebody or is too short.
        ChangedFileError: If a file is not the one inspected. Whatever of these is raised, nothing was accepted.
        OSError: If the disk refuses. Files may then be accepted and not published; the next load or build publishes them.
    """
    reason = publishing.checked_reason(reason)
    if trial.holds and not reason:
        raise TrialHeld(trial.holds)
    with exclusive(data):
        finished = stamp(trial.path) if trial.path.exists() else None
        if finished is None or finished.content_sha256 != trial.assembled.content_sha256 or _basis(data) != trial.basis:
            raise TrialStale
        before = publishing.in_force(data)
        received_at = ledger.now()  # one moment for ledger and build; the trial knew only its own
        record_publication(
            trial.path,
            before=before,
            who=publishing.one_line(who),
            reason=reason,
            holds=[(hold.rule, hold.indicator, hold.month, hold.kept.zh, hold.kept.en) for hold in trial.holds],
            restatements=_restatements(before, trial.difference),
            record_changes=[(one.extract, one.kind.value, one.first_month, one.last_month, one.records) for one in trial.records],
            accepted_now=(len(ledger.read(data)), received_at),
        )
        for path in _files_of(trial.path, f"*{typed_rows.SUFFIX}"):
            typed_rows.take_over(path, data)
        acceptance.take_in(trial.results, data, who, received_at)
        publishing.put_in_force(data, trial.number, trial.path, tuple(dict.fromkeys(hold.rule for hold in trial.holds)))
        for other in _folder(data).iterdir():
            other.unlink(missing_ok=True)  # all others rest on what was in force before
    return replace(trial.assembled, path=publishing.warehouse_file(data))


def _restatements(before: Path | None, changes: Difference) -> list[tuple[str, date, str, int]]:
    """Return what a build changes in the one before, as the warehouse keeps it, of people their county totals; a first build changes nothing."""
    return [] if before is None else [(indicator, period, kind.value, cells) for indicator, period, kind, cells in told(changes).counts]


def give_up(trial: Trial, data: Path) -> None:
    """Remove a trial; nothing was accepted.

    Raises:
        BusyError: If another run holds the lock.
    """
    with exclusive(data):
        _remove(trial.path)


def is_published(data: Path) -> bool:
    """Whether the newest kept build was built from everything that is accepted; after a restore it still is."""
    kept = publishing.kept_builds(data)
    if not kept or not any(build.is_in_force for build in kept):
        return False
    needed = {entry.sequence for months in ledger.editions(ledger.read(data)).values() for entry in months.values()}
    return kept[0].is_current and needed == set(kept[0].inputs)


def sweep(data: Path) -> None:
    """Remove what a killed trial left half written, and trials older than a day; the caller holds the lock."""
    finished = {path.stem for path in _folder(data).glob("*.duckdb") if abs(time.time() - path.stat().st_mtime) <= KEPT_SECONDS}
    for path in _folder(data).iterdir():
        if path.suffix == ".partial" or path.name.split(".")[0] not in finished:
            path.unlink(missing_ok=True)


def _folder(data: Path) -> Path:
    folder = data / "trials"
    folder.mkdir(exist_ok=True)
    return folder


def _files_of(trial: Path, pattern: str = "*") -> list[Path]:
    """Return the files of a trial: the build, what the database wrote beside it, and the typed rows of the files it was tried out with."""
    return sorted(trial.parent.glob(f"{trial.stem}.{pattern}"))


def _remove(trial: Path) -> None:
    for path in _files_of(trial):
        path.unlink(missing_ok=True)


def _basis(data: Path) -> tuple[str, str]:
    """Return what a trial rests on: the ledger as written, and the build in force with its place in the journal."""
    path = ledger.ledger_path(data)
    deliveries = hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()
    in_force = stamp(publishing.warehouse_file(data)) if publishing.warehouse_file(data).exists() else None
    switches = sum(1 for event in journal.events(data) if event.action != journal.PURGED)
    return deliveries, f"{in_force.number}:{in_force.content_sha256}:{switches}" if in_force else f"none:{switches}"
