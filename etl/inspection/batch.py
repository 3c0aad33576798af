"""Files delivered together: each is inspected, and some questions arise only between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from etl.county.pack import CountyPack
from etl.inspection import gaps, moved, replacement
from etl.inspection.entries import entry_of, not_yet_accepted
from etl.inspection.inspect import inspect
from etl.inspection.questions import which_is_newer
from etl.inspection.recognise import Months
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.mapping.profile import Profile
from etl.problems import Remark
from etl.progress import Progress, silent
from indicators.model import Text

Seen = Callable[[int, InspectionResult], None]
"""Called with the place of a file in its batch and its result as soon as there is one, and again where a file beside it changes that."""


def unseen(position: int, result: InspectionResult) -> None:
    """Show nobody."""


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
    seen: Seen = unseen,
) -> list[InspectionResult]:
    """Inspect files delivered together; two of the same months need dates of reporting as much as old and new do.

    A running total may go on from another file of the batch, in whatever order they stand.

    ``seen`` is told of every result at once. All other args and the errors are those of ``inspect``.
    """
    rows = rows or TypedRows(pack, data)
    results: list[InspectionResult] = []
    for position, path in enumerate(paths):
        progress(Text("检查文件", "Inspecting files"), position + 1, len(paths))
        results.append(inspect(path, pack, covers=covers, reported_on=reported_on, data=data, on=on, profile=profile, rows=rows))
        if not _waits(results[-1]):
            rows.forget(results[-1].sha256)
            seen(position, results[-1])
    alone = list(results)
    waiting = [position for position, result in enumerate(results) if _waits(result)]
    for position in sorted(waiting, key=lambda position: results[position].first_month or date.max):
        beside = [result for result in results if result.acceptance is Acceptance.IN_ORDER]
        if beside:
            results[position] = inspect(
                paths[position], pack, covers=covers, reported_on=reported_on, data=data, on=on, profile=profile, beside=beside, rows=rows
            )
    for position, result in enumerate(results):
        others = [other for other in results[:position] + results[position + 1 :] if other.sha256 != result.sha256]
        rival = next((other for other in others if _same_months(result, other) and not _is_dated_apart(result, other)), None)
        if result.acceptance is Acceptance.IN_ORDER and rival is not None:
            results[position] = result.refused([which_is_newer(result, rival)])
    if not any(result.is_refused for result in results):
        results = _with_what_is_left_out(results, rows)
    for position, result in enumerate(results):
        if position in waiting or result != alone[position]:
            seen(position, result)
    return results


def _waits(result: InspectionResult) -> bool:
    """Whether a file may be in order once another file of its batch is known."""
    return "previous_cumulative_needed" in dict(result.problem_counts)


def _is_dated_apart(result: InspectionResult, other: InspectionResult) -> bool:
    """Whether a file's date of reporting says which of two counts; beside a file accepted before, the one received last does."""
    return result.reported_on is not None and (result.reported_on != other.reported_on or other.acceptance is Acceptance.UNCHANGED)


def _with_what_is_left_out(results: Sequence[InspectionResult], rows: TypedRows) -> list[InspectionResult]:
    """Say of every new file which edition it takes the place of, and what it has no rows of."""
    known = ledger.read(rows.data) if rows.data else []
    fresh = not_yet_accepted([result for result in results if result.acceptance is Acceptance.IN_ORDER], [one for one in known if one.is_accepted])
    waiting = {len(known) + place: result for place, result in enumerate(fresh, 1)}
    tried = {sequence: replace(entry_of(result, ""), sequence=sequence) for sequence, result in waiting.items()}
    entries = [*known, *tried.values()]

    outlines = replacement.Outlines(rows)
    said: dict[int, list[Remark]] = {sequence: [] for sequence in waiting}
    was = ledger.editions(known)
    for one in replacement.replacements(was, entries, waiting, outlines):
        if one.new.sequence in said:
            said[one.new.sequence].append(Remark("edition_replaced", one.message))
    in_force = ledger.editions(entries)
    for sequence, result in waiting.items():
        is_running = result.profile is not None and result.profile.is_cumulative
        said[sequence] += gaps.remarks(tried[sequence], in_force, outlines, rows.pack, is_running=is_running)
        said[sequence] += moved.remarks(tried[sequence], was, in_force, rows)
    added = {id(result): said[sequence] for sequence, result in waiting.items()}
    return [replace(result, remarks=(*result.remarks, *added.get(id(result), ()))) for result in results]


def _same_months(one: InspectionResult, other: InspectionResult) -> bool:
    if one.extract != other.extract or not (one.first_month and one.last_month and other.first_month and other.last_month):
        return False
    return one.first_month <= other.last_month and other.first_month <= one.last_month
