"""Files delivered together: each is inspected, and some questions arise only between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from etl.county.pack import CountyPack
from etl.inspection import gaps, replacement
from etl.inspection.entries import entry_of, not_yet_accepted
from etl.inspection.inspect import inspect
from etl.inspection.questions import which_is_newer
from etl.inspection.recognise import Months
from etl.inspection.typed_rows import TypedRows
from etl.inspection.verdict import Outcome, Verdict
from etl.ledger import ledger
from etl.mapping.profile import Profile
from etl.problems import Remark
from etl.progress import Progress, silent
from indicators.model import Text


def inspect_batch(
    paths: Sequence[Path],
    pack: CountyPack,
    *,
    covers: Months | None = None,
    reported_on: date | None = None,
    data: Path | None = None,
    on: date | None = None,
    progress: Progress = silent,
    profile: Profile | None = None,
    rows: TypedRows | None = None,
) -> list[Verdict]:
    """Inspect files delivered together; two of the same months need dates of reporting as much as old and new do.

    A running total may go on from another file of the batch, in whatever order they stand.

    Args and errors are those of ``inspect``.
    """
    rows = rows or TypedRows(pack, data)
    verdicts: list[Verdict] = []
    for position, path in enumerate(paths):
        progress(Text("检查文件", "Inspecting files"), position, len(paths))
        verdicts.append(inspect(path, pack, covers=covers, reported_on=reported_on, data=data, on=on, profile=profile, rows=rows))
        if not _waits(verdicts[-1]):
            rows.forget(verdicts[-1].sha256)
    waiting = [position for position, verdict in enumerate(verdicts) if _waits(verdict)]
    for position in sorted(waiting, key=lambda position: verdicts[position].first_month or date.max):
        beside = [verdict for verdict in verdicts if verdict.outcome is Outcome.IN_ORDER]
        if beside:
            verdicts[position] = inspect(
                paths[position], pack, covers=covers, reported_on=reported_on, data=data, on=on, profile=profile, beside=beside, rows=rows
            )
    for position, verdict in enumerate(verdicts):
        others = [other for other in verdicts[:position] + verdicts[position + 1 :] if other.sha256 != verdict.sha256]
        rival = next((other for other in others if _same_months(verdict, other) and not _is_dated_apart(verdict, other)), None)
        if verdict.outcome is Outcome.IN_ORDER and rival is not None:
            verdicts[position] = verdict.refused([which_is_newer(verdict, rival)])
    if any(verdict.is_refused for verdict in verdicts):
        return verdicts
    return _with_what_is_left_out(verdicts, rows)


def _waits(verdict: Verdict) -> bool:
    """Whether a file may be in order once another file of its batch is known."""
    return "previous_cumulative_needed" in dict(verdict.problem_counts)


def _is_dated_apart(verdict: Verdict, other: Verdict) -> bool:
    """Whether a file's date of reporting says which of two counts; beside a file accepted before, the one received last does."""
    return verdict.reported_on is not None and (verdict.reported_on != other.reported_on or other.outcome is Outcome.UNCHANGED)


def _with_what_is_left_out(verdicts: Sequence[Verdict], rows: TypedRows) -> list[Verdict]:
    """Say of every new file which edition it takes the place of, and what it has no rows of."""
    known = ledger.read(rows.data) if rows.data else []
    fresh = not_yet_accepted([verdict for verdict in verdicts if verdict.outcome is Outcome.IN_ORDER], [one for one in known if one.is_accepted])
    waiting = {len(known) + place: verdict for place, verdict in enumerate(fresh, 1)}
    tried = {sequence: replace(entry_of(verdict, ""), sequence=sequence) for sequence, verdict in waiting.items()}
    entries = [*known, *tried.values()]

    outlines = replacement.Outlines(rows)
    said: dict[int, list[Remark]] = {sequence: [] for sequence in waiting}
    for one in replacement.replacements(ledger.editions(known), entries, waiting, outlines):
        if one.new.sequence in said:
            said[one.new.sequence].append(Remark("edition_replaced", one.message))
    in_force = ledger.editions(entries)
    for sequence, verdict in waiting.items():
        is_running = verdict.profile is not None and verdict.profile.is_cumulative
        said[sequence] += gaps.remarks(tried[sequence], in_force, outlines, rows.pack, is_running=is_running)
    added = {id(verdict): said[sequence] for sequence, verdict in waiting.items()}
    return [replace(verdict, remarks=(*verdict.remarks, *added.get(id(verdict), ()))) for verdict in verdicts]


def _same_months(one: Verdict, other: Verdict) -> bool:
    if one.extract != other.extract or not (one.first_month and one.last_month and other.first_month and other.last_month):
        return False
    return one.first_month <= other.last_month and other.first_month <= one.last_month
