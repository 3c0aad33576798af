"""What the publish gate asks of the delivered files themselves: parts that replace each other, registers exchanged, townships left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path

import duckdb

from etl.contract import Extract, Period, Type
from etl.core_tables import records_of_nobody
from etl.county.pack import CountyPack, successor
from etl.extracts import extracts
from etl.inspection.replacement import Editions, Outlines, replacements
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry
from etl.publishing import gate as publish_gate
from etl.publishing.difference import attach
from etl.publishing.gate import Hold
from etl.wording import month_zh
from indicators.model import Text

FEWEST_KEYS = 20  # of a smaller register half may leave in a month


def editions_of_build(before: Path, entries: Sequence[LedgerEntry]) -> dict[str, dict[date, LedgerEntry]]:
    """Return the edition of every month that a build was made from."""
    known = {entry.sequence: entry for entry in entries}
    with duckdb.connect(":memory:") as connection:
        attach(connection, before, "earlier")
        coverage = connection.execute("select extract, month_on, file_sequence from earlier.meta.coverage").fetchall()
    was: dict[str, dict[date, LedgerEntry]] = {}
    for extract, month, sequence in coverage:
        if sequence in known:
            was.setdefault(extract, {})[month] = known[sequence]
    return was


def files_replaced(was: Editions, entries: Sequence[LedgerEntry], fresh: Collection[int], outlines: Outlines) -> tuple[Hold, ...]:
    """Hold a file that takes the place of another and lacks most of its rows: most likely each is a part. That speaks against a first build too."""
    replaced = replacements(was, entries, fresh, outlines)
    return tuple(Hold("edition_replaced", one.message, "", one.months[0], one.kept) for one in replaced if one.is_doubtful)


def people_exchanged(was: Editions, entries: Sequence[LedgerEntry], outlines: Outlines) -> tuple[Hold, ...]:
    """Hold a register's new month that knows fewer than half of the people of the month before: they would all count as gone and as new.

    No number is said: whoever makes a register up must not count by it who is on the true one.
    """
    held: list[Hold] = []
    for extract, months in ledger.editions(entries).items():
        contract = extracts().get(extract)
        if contract is None or extract not in was or contract.period is not Period.SNAPSHOT or not contract.rows_are_people:
            continue
        for earlier, later in pairwise(sorted(months)):
            if later <= max(was[extract]):
                continue
            before, after = outlines.of(months[earlier]).filled, outlines.of(months[later]).filled
            if len(before) < FEWEST_KEYS or 2 * len(before & after) >= len(before):
                continue
            message = Text(
                f"{month_zh(later)}{contract.title.zh}的人员代号,半数以上与{month_zh(earlier)}对不上,将按大批注销和补录统计;"
                "请核实代号是否换了算法或加密口令",
                f"{contract.title.en} of {later:%Y-%m} has fewer than half of the keys of {earlier:%Y-%m}; nearly everybody would count as removed "
                "and entered late. Check whether the keys were made in another way",
            )
            held.append(Hold("people_exchanged", message, "", later))
    return tuple(held)


def townships_gone(before: Path, was: Editions, entries: Sequence[LedgerEntry], rows: TypedRows) -> tuple[Hold, ...]:
    """Return the townships that the build in force counted records of and that a new delivery of the same months leaves out.

    Of events the delivered records are compared: those of a township are hidden where they are small, and hidden is not gone; of a new month
    there may be none. Records of people among them have no part in it. Of a register only the numbers that are shown are compared, also with its
    new months: whether a made-up register is held must not tell how many people stand behind a hidden number.
    """
    with duckdb.connect(":memory:") as connection:
        attach(connection, before, "earlier")
        people = _shown_people(connection, rows.pack)
    held: list[Hold] = []
    for extract, months in ledger.editions(entries).items():
        contract = extracts().get(extract)
        if contract is None or extract not in was:
            continue
        told = records_of_nobody(contract)
        if told is None and contract.holds_events:  # every record is a person
            continue
        again = {month for month, entry in months.items() if month in was[extract] and was[extract][month].sequence != entry.sequence}
        again = set(sorted(again)[-12:])
        pairs = [({month: was[extract][month] for month in again}, {month: months[month] for month in again})]
        if contract.period is Period.SNAPSHOT:
            # Each month of a register by itself; added up, one month would hide what another lacks.
            pairs = [({month: was[extract][month]}, {month: months[month]}) for month in sorted(again)]
            ordered = sorted(months)
            pairs += [({earlier: months[earlier]}, {later: months[later]}) for earlier, later in pairwise(ordered) if later > max(was[extract])]
        gone: dict[str, date] = {}
        for before_months, after_months in pairs:
            if not after_months:
                continue
            if contract.rows_are_people:
                old = _people_at(people.get(contract.tables[0].in_core, {}), max(after_months))
            else:
                old = _records(contract, before_months, rows, told)
            new = _records(contract, after_months, rows, told)
            gone |= {code: max(after_months) for code in old if not new[code] and publish_gate.is_beyond_chance(0, old[code])}
        for code, month in sorted(gone.items()):
            title = rows.pack.township(code).title
            message = Text(
                f"{contract.title.zh}中没有{title.zh}的记录,以前有", f"{contract.title.en} holds no record of {title.en}, which had some before"
            )
            # Whoever tries the files out has them; the build's readers must not learn of a place that nobody is registered or treated there.
            kept = Text(f"{contract.title.zh}中有乡镇不再有记录", f"{contract.title.en}: a township has no record any more")
            held.append(Hold("township_gone", message, "", month, kept if told is None else None))
    return tuple(held)


def _shown_people(connection: duckdb.DuckDBPyConnection, pack: CountyPack) -> dict[str, dict[int, Counter[str]]]:
    """Return how many people the internal release in force shows in a township, by table, year and township; hidden numbers are left out.

    Of several numbers of a township the largest: at least so many are on the register.
    """
    rows = connection.execute(
        """
        -- one row per table of people, year and township
        select i.source_table, cast(extract(year from o.period) as integer), o.area_code,
            max(case when o.status in ('observed', 'provisional') then o.value end)
        from earlier.mart.observation o
        join earlier.meta.indicator i on i.id = o.indicator
        where o.release = 'internal' and o.grain = 'year' and o.breakdown = 'township' and i.kind = 'stock' and o.status <> 'not_collected'
        group by 1, 2, 3
        """
    ).fetchall()
    known = {town.code for town in pack.townships}
    shown: dict[str, dict[int, Counter[str]]] = {}
    for table, year, code, number in rows:
        of_year = shown.setdefault(table, {}).setdefault(year, Counter())
        if number is not None and code in known:
            of_year[successor(pack, code)] += int(number)
    return shown


def _people_at(shown: Mapping[int, Counter[str]], month: date) -> Counter[str]:
    """Return the numbers shown of the latest year that ended by a month; of townships hidden then nothing is known, whatever was shown before."""
    ended = [year for year in shown if (year, 12) <= (month.year, month.month)]
    return shown[max(ended)] if ended else Counter()


def _records(extract: Extract, months: Mapping[date, LedgerEntry], rows: TypedRows, told: str | None) -> Counter[str]:
    """Count the delivered records of some months by township; only those of nobody where an extract has any."""
    towns = extract.of_type(Type.TOWNSHIP)
    counted: Counter[str] = Counter()
    for sequence in sorted({entry.sequence for entry in months.values()}) if towns else ():
        entry = next(one for one in months.values() if one.sequence == sequence)
        wanted = [month for month, one in months.items() if one.sequence == sequence]
        with duckdb.connect(":memory:") as connection:
            connection.register("s", rows.of(entry))
            found = connection.execute(
                f"""
                -- one row per township
                select s.{towns[0].name}, count(*)
                from s
                where s.{extract.month_column} in (select unnest(?)) and s.{towns[0].name} is not null and ({told or "true"})
                group by all
                """,
                [wanted],
            ).fetchall()
        for code, records in found:
            counted[successor(rows.pack, code)] += records
    return counted
