"""Which records a build has otherwise than the one before: entered late, filled in, corrected, withdrawn, or under another code.

Only records of what happened that is published exactly are counted, of cases the criminal ones. A case that stands for a person, and how many
people a case has, are left out: of people nothing is told but what the release publishes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import duckdb
import pyarrow
import pyarrow.compute

from etl.contract import Extract, Type
from etl.core_tables import arrow_schema, records_of_nobody
from etl.extracts import extracts
from etl.inspection.replacement import Editions
from etl.inspection.typed_rows import TypedRows
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.wording import months_in_words
from indicators.model import Text
from indicators.months import months_between


class RecordChange(StrEnum):
    """What became of a record of a month that was reported before."""

    LATE = "late"
    FILLED = "filled"  # what was empty is known by now, as the month in which a case was solved
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    RECODED = "recoded"  # only its key or the code of its township is another


_WORDS = {
    RecordChange.LATE: Text("补录", "entered late"),
    RecordChange.FILLED: Text("补填空项", "with blanks filled in"),
    RecordChange.CORRECTED: Text("更正", "corrected"),
    RecordChange.WITHDRAWN: Text("撤销", "withdrawn"),
    RecordChange.RECODED: Text("改码", "with another code"),
}


@dataclass(frozen=True)
class RecordsChanged:
    """How many records of an extract were changed in one way.

    Attributes:
        first_month: First month they belong to; of those withdrawn, belonged to.
        last_month: Last one.
    """

    extract: str
    kind: RecordChange
    first_month: date
    last_month: date
    records: int


def records_changed(was: Editions, now: Editions, rows: TypedRows) -> tuple[RecordsChanged, ...]:
    """Compare the records of two builds.

    Args:
        was: The edition of every month in the build before.
        now: The edition of every month now.
        rows: The typed rows of all of them.
    """
    changed: list[RecordsChanged] = []
    for extract in extracts().values():
        if extract.id not in was or was[extract.id] == now.get(extract.id):
            continue
        counted = records_of_nobody(extract)
        if counted is None or not extract.holds_events:
            continue
        try:
            before = _records(extract, was[extract.id], rows)
        except LedgerError:  # a damaged file is mended by delivering it again, which must not fail on it: what it held is no longer known
            continue
        changed += _compared(extract, counted, before, _records(extract, now.get(extract.id, {}), rows), sorted(was[extract.id]))
    return tuple(changed)


def _records(extract: Extract, months: Mapping[date, LedgerEntry], rows: TypedRows) -> pyarrow.Table:
    """Return the rows in force with the age of their file; one that stands in two files counts as the file reported last has it."""
    entries = {entry.sequence: entry for entry in months.values()}
    parts = [arrow_schema(extract.columns).append(pyarrow.field("age", pyarrow.int64())).empty_table()]
    for age, entry in enumerate(sorted(entries.values(), key=lambda entry: (entry.reported_on or date.min, entry.sequence))):
        table = rows.of(entry)
        mine = [month for month, other in months.items() if other.sequence == entry.sequence]
        table = table.filter(pyarrow.compute.is_in(table[extract.month_column], pyarrow.array(mine, pyarrow.date32())))
        parts.append(table.append_column("age", pyarrow.array([age] * len(table), pyarrow.int64())))
    return pyarrow.concat_tables(parts)


def _compared(extract: Extract, counted: str, before: pyarrow.Table, after: pyarrow.Table, reported: Sequence[date]) -> list[RecordsChanged]:
    key, month = ", ".join(extract.key), extract.month_column
    township = next((column.name for column in extract.of_type(Type.TOWNSHIP)), None)
    said = [column.name for column in extract.columns if column.name not in (*extract.key, month) and column.name not in extract.people_columns]
    differ = {name: f"w.{name} is distinct from n.{name}" for name in said}
    only_blanks = " and ".join(f"(w.{name} is null or not ({one}))" for name, one in differ.items())
    only_township = " and ".join(f"not ({one})" for name, one in differ.items() if name != township)
    content = ", ".join((month, *said))
    with duckdb.connect(":memory:") as connection:
        connection.register("reported", pyarrow.table({"month_on": pyarrow.array(reported, pyarrow.date32())}))
        for name, table in (("was", before), ("now", after)):
            connection.register("incoming", table)
            connection.execute(
                f"""
                -- one row per record that is published exactly
                create table {name} as
                with ranked as (select s.*, row_number() over (partition by {key} order by age desc) as place from incoming s)
                select s.* exclude (age, place), row_number() over () as id from ranked s where place = 1 and ({counted})
                """
            )
            connection.unregister("incoming")
        found = connection.execute(
            f"""
            -- one row per kind: how many records, and the first and last of their months
            with
            gone as (select *, row_number() over (partition by {content} order by {key}) as place from was anti join now using ({key})),
            came as (
                select *, row_number() over (partition by {content} order by {key}) as place
                from now anti join was using ({key})
                where {month} in (select month_on from reported)
            ),
            -- the same in everything but its key
            rekeyed as (
                select w.id as was_id, n.id as now_id, n.{month} as month_on
                from came n
                join gone w on w.place = n.place and w.{month} = n.{month} and not ({" or ".join(differ.values())})
            ),
            changed as (
                select 'late' as kind, {month} as month_on from came where id not in (select now_id from rekeyed)
                union all
                select 'withdrawn', {month} from gone where id not in (select was_id from rekeyed)
                union all
                select 'recoded', month_on from rekeyed
                union all
                select
                    case when w.{month} <> n.{month} then 'corrected' when {only_township} then 'recoded' when {only_blanks} then 'filled'
                        else 'corrected' end,
                    n.{month}
                from was w
                join now n using ({key})
                where w.{month} <> n.{month} or {" or ".join(differ.values())}
            )
            select kind, min(month_on), max(month_on), count(*) from changed group by kind
            """
        ).fetchall()
    of_kind = {RecordChange(kind): RecordsChanged(extract.id, RecordChange(kind), first, last, records) for kind, first, last, records in found}
    return [of_kind[kind] for kind in RecordChange if kind in of_kind]


def in_words(changed: Sequence[RecordsChanged]) -> list[Text]:
    """Say in one line an extract which of its records were changed, and in which months."""
    lines = []
    for extract in dict.fromkeys(one.extract for one in changed):
        contract, own = extracts()[extract], [one for one in changed if one.extract == extract]
        when = months_in_words(months_between(min(one.first_month for one in own), max(one.last_month for one in own)))
        zh = "、".join(f"{_WORDS[one.kind].zh}{one.records:,}{contract.unit.zh}" for one in own)
        en = ", ".join(f"{one.records:,} {_WORDS[one.kind].en}" for one in own)
        lines.append(Text(f"{contract.title.zh}({when.zh}):{zh}", f"{contract.title.en} ({when.en}): {en}"))
    return lines


PEOPLE_APART = Text("作为人员保护的记录不计在内", "Records that are protected as people are not counted here")
