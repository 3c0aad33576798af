"""Tables that count from January: the months are taken apart when the build reads them, never when they are delivered.

The ledger keeps what was delivered, and a month is the running total in force less the running total in force of the month before. So
a corrected earlier month changes the later one whichever was loaded first. A negative month is a correction and stays negative.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from etl.contract import Extract, Type
from etl.county.pack import CountyPack, successor
from etl.inspection.entries import entry_of
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry
from etl.mapping.kept import is_cumulative
from etl.problems import Problem, Remark, problem_of_file
from etl.wording import month_zh
from indicators.model import Text
from indicators.months import month_before, months_between


@dataclass(frozen=True)
class _Edition:
    """What a running total may go on from: a month's file, and whether it holds running totals."""

    is_running: bool
    entry: LedgerEntry


CORRECTION = Text(
    "累计数少于上月累计,差额为负,按更正保留", "The running total is below that of the month before; the month is negative and kept as a correction"
)
_MEND_EARLIER = Text("核对本月;以前月份报多了的,先重报以前月份", "Check this month; where an earlier one was too high, deliver that one again first")
_FALLEN = Text("人数的累计数少于上月累计", "A running total of people is below that of the month before")
Totals = dict[tuple[Any, ...], int]
"""Place in the table (the key without its month) and column of the count -> its running total."""


def missing_before(month: date, is_running: Mapping[date, bool]) -> date | None:
    """Return the month without which a running total cannot be taken apart, or None.

    Args:
        month: The month of the running total; January stands by itself.
        is_running: Month in force -> whether its counts are running totals.
    """
    while month.month > 1:
        month = month_before(month)
        if month not in is_running:
            return month
        if is_running[month]:
            return None
    return None


def totals_before(extract: Extract, month: date, months: Iterable[tuple[date, bool, Mapping[str, Sequence[Any]]]]) -> Totals:
    """Return the running totals at the end of the month before, by place and column.

    Args:
        extract: The contract.
        month: The month whose predecessors are asked.
        months: Month in force, whether its counts are running totals, and the typed columns of its file; in order.
    """
    totals: Totals = {}
    for when, is_running, columns in months:
        if when.year != month.year or when >= month:
            continue
        given = {key: count for one, key, count, _ in _keyed(extract, columns) if one == when}
        totals = given if is_running else {key: totals.get(key, 0) + given.get(key, 0) for key in totals | given}
    return totals


def corrections(
    extract: Extract, columns: Mapping[str, Sequence[Any]], numbers: Sequence[int], first: date, last: date, before: Mapping[tuple[Any, ...], int]
) -> list[Remark]:
    """Return a remark for every month that a file of running totals makes negative.

    Args:
        extract: The contract.
        columns: Typed columns of the file.
        numbers: Row number of every row.
        first: First month covered.
        last: Last month covered.
        before: Running totals of the month before the first.
    """
    given: dict[date, dict[tuple[Any, ...], tuple[int, int]]] = {}
    for month, key, count, row in _keyed(extract, columns):
        given.setdefault(month, {})[key] = count, numbers[row]
    remarks = []
    earlier = dict(before)
    for month in months_between(first, last):
        if month.month == 1:
            earlier = {}
        here = given.get(month, {})
        remarks += [
            Remark("correction", CORRECTION, extract.column(key[-1]).header, here[key][1] if key in here else None, month)
            for key, total in sorted(earlier.items())
            if (here[key][0] if key in here else 0) < total
        ]
        earlier = {key: count for key, (count, _) in here.items()}
    return remarks


def fallen_totals(extract: Extract, remarks: Sequence[Remark]) -> list[Problem]:
    """Return a problem for every correction of a count of people: a month of fewer than nobody can be neither counted nor protected.

    Args:
        extract: The contract.
        remarks: What :func:`corrections` says of the file.
    """
    of_people = {extract.column(name).header for name in extract.people_columns}
    return [
        Problem(
            one.rule,
            _FALLEN,
            Text("先重报人数有误的以前月份,再报本月", "Deliver the earlier months that were wrong again first"),
            None,
            one.column,
            one.row,
        )
        for one in remarks
        if one.column in of_people
    ]


def missing_rows(extract: Extract, columns: Mapping[str, Sequence[Any]], first: date, last: date, before: Totals, pack: CountyPack) -> list[Problem]:
    """Return a problem for every row that had a running total in the month before and is left out.

    Taken for zero, a row that was forgotten would take back the whole year's count. Only a zero that is written is a correction.

    Args:
        extract: The contract.
        columns: Typed columns of the file.
        first: First month covered.
        last: Last month covered.
        before: Running totals of the month before the first.
        pack: The county pack; a township merged away is looked for under the one that took it over.
    """
    given: dict[date, Totals] = {}
    for month, key, count, _ in _keyed(extract, columns):
        given.setdefault(month, {})[key] = count
    problems = []
    earlier = _as_of_today(extract, before, pack)
    for month in months_between(first, last):
        here = _as_of_today(extract, given.get(month, {}), pack)
        gone = sorted(key for key, total in earlier.items() if total > 0 and key not in here) if month.month > 1 else []
        problems += [
            Problem("running_total_missing", *_missing(extract, month, key, earlier[key], pack), column=extract.column(key[-1]).header)
            for key in gone
        ]
        earlier = here
    return problems


def _as_of_today(extract: Extract, totals: Totals, pack: CountyPack) -> Counter[tuple[Any, ...]]:
    """Add totals up by the townships now in force."""
    types = [extract.column(name).type for name in extract.key if name != extract.month_column]
    counted: Counter[tuple[Any, ...]] = Counter()
    for (*place, name), count in totals.items():
        today = (successor(pack, part) if kind is Type.TOWNSHIP else part for kind, part in zip(types, place, strict=True))
        counted[*today, name] += count
    return counted


def _missing(extract: Extract, month: date, key: tuple[Any, ...], total: int, pack: CountyPack) -> tuple[Text, Text]:
    """Say which row is missing: townships and codes are public words of the pack and the contract."""
    words = [
        _title(extract, name, part, pack) for name, part in zip((name for name in extract.key if name != extract.month_column), key[:-1], strict=True)
    ]
    zh, en = "·".join(word.zh for word in words), " · ".join(word.en for word in words)
    return (
        Text(
            f"{month_zh(month)}累计表中没有“{zh}”这一行,而上月累计为{total:,}",
            f"The running totals of {month:%Y-%m} have no row of {en}, which stood at {total:,} the month before",
        ),
        Text("补上该行;确为更正请填0", "Add the row; write 0 where that is a correction"),
    )


def _title(extract: Extract, name: str, part: Any, pack: CountyPack) -> Text:
    column = extract.column(name)
    if column.type is Type.TOWNSHIP:
        return pack.township(part).title
    return next((code.title for code in column.codes if code.code == part), Text(str(part), str(part)))


def _keyed(extract: Extract, columns: Mapping[str, Sequence[Any]]) -> Iterable[tuple[date, tuple[Any, ...], int, int]]:
    """Return month, place and column, count and position of every running total."""
    places = list(zip(*(columns[name] for name in extract.key if name != extract.month_column), strict=True))
    for name in extract.flow_columns:
        for row, (month, place, count) in enumerate(zip(columns[extract.month_column], places, columns[name], strict=True)):
            yield month, (*place, name), count, row


def totals_in_force(extract: Extract, known: Sequence[LedgerEntry], beside: Sequence[InspectionResult], rows: TypedRows) -> dict[date, _Edition]:
    """Return the edition in force of every month, in order; for months that were never accepted, the file delivered beside."""
    in_force = {month: _Edition(is_cumulative(entry, rows.folder), entry) for month, entry in ledger.editions(known).get(extract.id, {}).items()}
    for result in beside:
        if result.extract == extract.id and result.first_month and result.last_month:
            edition = _Edition(result.profile is not None and result.profile.is_cumulative, entry_of(result, ""))
            for month in months_between(result.first_month, result.last_month):
                in_force.setdefault(month, edition)
    return dict(sorted(in_force.items()))


def previous_needed(first: date, in_force: Mapping[date, _Edition]) -> list[Problem]:
    """Ask for the month before, without which a running total cannot be taken apart."""
    lacking = missing_before(first, {month: edition.is_running for month, edition in in_force.items()})
    if lacking is None:
        return []
    return [
        problem_of_file(
            "previous_cumulative_needed",
            f"累计表要减去上月累计,但{month_zh(lacking)}尚未入库",
            f"A running total needs the month before, and {lacking:%Y-%m} was not accepted yet",
            f"先报{month_zh(lacking)}的报表",
            f"Deliver {lacking:%Y-%m} first",
        )
    ]


def totals_of_year_before(extract: Extract, first: date, in_force: Mapping[date, _Edition], rows: TypedRows) -> Totals:
    """Return the running totals of a year up to the month before its first new one."""
    months = [
        (month, edition.is_running, rows.of(edition.entry).to_pydict())
        for month, edition in in_force.items()
        if month.year == first.year and month < first
    ]
    return totals_before(extract, first, months)
