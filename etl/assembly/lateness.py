"""How late the counts of a month are complete, measured on the deliveries: a month that was delivered twice tells how much it still grew.

Counting back from the newest month would only repeat what an indicator declares. What is told is a number of months, never how many records.
Records of people have no part in it: what share of them came late could tell of a single one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow

from etl.contract import Extract
from etl.core_tables import records_of_nobody
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from indicators.months import months_apart, months_between

COMPLETE = 0.95  # of the records a month has in the latest delivery
FEWEST_MONTHS = 6  # delivered twice, before anything is said


@dataclass(frozen=True)
class Delivered:
    """A month as one delivery has it.

    Attributes:
        month: First day of the month.
        reported_on: When it was delivered.
        records: How many it had.
    """

    month: date
    reported_on: date
    records: int

    @property
    def months_after(self) -> int:
        """Whole months between the end of the month and the delivery; -1 where it was not over yet."""
        return months_apart(self.month, self.reported_on) - 1


@dataclass(frozen=True)
class Lateness:
    """What the deliveries tell.

    Attributes:
        months: How many months were delivered more than once.
        complete_after: Whole months after a month's end from which on its deliveries hold 95 % of what the latest has; None where not
            even the latest but one does.
        share: What the deliveries that came soonest had of it.
    """

    months: int
    complete_after: int | None
    share: float


def measured(deliveries: Iterable[Delivered]) -> Lateness | None:
    """Measure how long the months of an extract grow.

    Args:
        deliveries: Every month of every accepted delivery that says when it was reported.

    Returns:
        None where fewer than six months with records were delivered twice.
    """
    of_month: dict[date, list[Delivered]] = defaultdict(list)
    for one in deliveries:
        if one.months_after >= 0:
            of_month[one.month].append(one)
    then, in_the_end = defaultdict[int, int](int), defaultdict[int, int](int)
    months = 0
    for told in of_month.values():
        *earlier, last = sorted(told, key=lambda one: one.reported_on)
        if not earlier or not last.records:
            continue
        months += 1
        for one in earlier:
            then[one.months_after] += one.records
            in_the_end[one.months_after] += last.records
    if months < FEWEST_MONTHS:
        return None
    shares = {after: then[after] / in_the_end[after] for after in sorted(then)}
    late = [after for after, share in shares.items() if share < COMPLETE]
    complete = [after for after in shares if not late or after > late[-1]]
    return Lateness(months, complete[0] if complete else None, shares[min(shares)])


def deliveries_of(extract: Extract, entries: Sequence[ledger.LedgerEntry], rows: TypedRows) -> list[Delivered]:
    """Return every month of every dated delivery of an extract of single records that happen in a month, those of people left out; else none.

    Args:
        extract: The extract type.
        entries: The ledger.
        rows: The typed rows of the entries.
    """
    told = records_of_nobody(extract)
    if told is None or not extract.holds_events:
        return []
    found = []
    for entry in entries:
        if not entry.is_accepted or entry.extract != extract.id or entry.reported_on is None or entry.first_month is None or entry.last_month is None:
            continue
        by_month = _by_month(extract, rows.of(entry), told)
        found += [Delivered(month, entry.reported_on, by_month.get(month, 0)) for month in months_between(entry.first_month, entry.last_month)]
    return found


def _by_month(extract: Extract, records: pyarrow.Table, told: str) -> dict[date, int]:
    with duckdb.connect(":memory:") as connection:
        connection.register("s", records)
        return dict(connection.execute(f"select s.{extract.month_column}, count(*) from s where {told} group by all").fetchall())
