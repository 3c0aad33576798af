"""The build's private workspace: accepted rows typed, generalised into core tables, counted into cells. In memory, never published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy
import pyarrow
import pyarrow.compute

from disclosure.movers import Present
from etl.assembly.compile import cells_sql
from etl.assembly.lattices import CountedCell, Population
from etl.assembly.small_periods import CountedBy, CountyCounts, counted_by
from etl.assembly.take_apart import monthly_sql
from etl.contract import CoreTable, Extract, Period
from etl.core_tables import arrived_sql, arrow_schema, covered_sql, expected_sql, record_key, records_of_nobody, table_sql
from etl.county.pack import CountyPack, current_townships, reference_tables
from etl.inspection import running_totals
from etl.inspection.typed_rows import TypedRows
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.ledger.secret import mark
from etl.mapping.kept import is_cumulative
from etl.progress import Progress
from etl.wording import month_zh
from indicators.dimensions import DIMENSIONS, split
from indicators.lattice import stock_tables
from indicators.model import Grain, Indicator, Measure, Protects, Selection, Text
from indicators.months import months_between

_SCHEMA = Path(__file__).with_name("core.sql")
Editions = Mapping[str, Mapping[date, LedgerEntry]]


class Workspace:
    """One in-memory database for one build."""

    def __init__(self, pack: CountyPack, indicators: Mapping[str, Indicator]) -> None:
        """Begin empty.

        Args:
            pack: The county pack.
            indicators: The indicators by id.
        """
        self._pack = pack
        self._indicators = indicators
        self._stock_tables = stock_tables(indicators.values())
        self._connection = duckdb.connect(":memory:")
        self._connection.execute("set enable_progress_bar = false")
        self._connection.execute(_SCHEMA.read_text(encoding="utf-8"))
        self.repeated_records = 0
        self.corrected_months = 0

    def close(self) -> None:
        """Forget every record."""
        self._connection.close()

    def members(self) -> dict[str, list[tuple[str, Text, str]]]:
        """Return every dimension's members in display order: code, title, parent."""
        pack = self._pack
        from_pack: dict[str, list[tuple[str, Text, str]]] = {
            "zone": [(zone.code, zone.title, "") for zone in pack.zones],
            "township": [(town.code, town.title, town.zone) for town in sorted(current_townships(pack), key=lambda town: (town.zone, town.code))],
            "drug": [(drug.code, drug.title, "") for drug in pack.drugs],
            "campaign": [(campaign.code, campaign.title, "") for campaign in pack.campaigns],
        }
        declared = {
            dimension.id: [(member.code, member.title, "") for member in dimension.members] for dimension in DIMENSIONS.values() if dimension.members
        }
        return {name: declared.get(name) or from_pack[name] for name in DIMENSIONS}

    def load(self, extracts: Mapping[str, Extract], editions: Editions, rows: TypedRows, secret: bytes, progress: Progress) -> None:
        """Stage the edition in force of every month, and fill the core tables."""
        self._fill_reference(editions)
        for extract in extracts.values():
            self._stage(extract, editions.get(extract.id, {}), rows, progress)
            self._mark(extract, secret)
            for table in extract.tables:
                self._connection.execute(table_sql(extract, table))
                self._check_complete(extract, table)
                self._connection.execute(covered_sql(extract, table))
        self._fill_periods()

    def count(self, progress: Progress) -> None:
        """Count every indicator for every breakdown and finished period into ``core.cell``; what no file was delivered for is passed over."""
        answerable = self.latest_months()
        asked = [one for one in self._indicators.values() if one.table in answerable]
        for position, indicator in enumerate(asked):
            progress(Text("统计指标", "Counting"), position + 1, len(asked))
            self._connection.execute(cells_sql(indicator))

    def cells(self) -> list[CountedCell]:
        """Return the exact cells."""
        rows = self._connection.execute(
            """
            select indicator, grain, period_on, last_on, is_reported, breakdown, area_code, member, member_2, numerator, denominator, records
            from core.cell
            order by all
            """
        ).fetchall()
        return [CountedCell(row[0], Grain(row[1]), *row[2:]) for row in rows]

    def populations(self) -> dict[tuple[str, date], Population]:
        """Return the people behind every person-protected table, grouped by all that its indicators ask, by moment."""
        populations: dict[tuple[str, date], Population] = {}
        for table, (names, persons) in self._person_tables().items():
            for when, population in self._population(table, names, persons):
                populations[table, when] = population
        return populations

    def present(self) -> dict[str, Present]:
        """Return who belonged to every stock whose changes are explained, by month, and who joined it in a way counted apart."""
        found: dict[str, Present] = {}
        for bridge in (one for one in self._indicators.values() if one.bridges):
            stock = self._indicators[bridge.bridges]
            (breakdown,) = bridge.breakdowns
            counted_in = {member.counted_in: member.code for member in DIMENSIONS[breakdown].members if member.counted_in}
            ((flow, reason),) = counted_in.items()
            at, apart = self._keys_by_month(stock.table, stock.numerator.where), self._keys_by_month(bridge.table, ((breakdown, (reason,)),))
            found[stock.table] = Present(at, apart, flow, self._keys_by_month(flow, ()))
        return found

    def _keys_by_month(self, table: str, where: Selection) -> dict[date, frozenset[str]]:
        condition = " and ".join(f"{name} in ({', '.join('?' for _ in codes)})" for name, codes in where) or "true"
        codes = [code for _, admitted in where for code in admitted]
        rows = self._connection.execute(f"select month_on, person_key from {table} where {condition}", codes).fetchall()
        keys: dict[date, set[str]] = {}
        for month, key in rows:
            keys.setdefault(month, set()).add(key)
        return {month: frozenset(own) for month, own in keys.items()}

    def county_counts(self, extracts: Mapping[str, Extract]) -> dict[CountedBy, CountyCounts]:
        """Return what happened in the whole county in each finished and reported period, by everything that exact counts are made of."""
        tables = {table.in_core: table for extract in extracts.values() for table in extract.tables}
        asked = {by for indicator in self._indicators.values() if (by := counted_by(indicator)) is not None}
        return {by: self._county_counts(by, "1" if tables[by[0]].amount is None else f"s.{tables[by[0]].amount_column}") for by in sorted(asked)}

    def _county_counts(self, by: CountedBy, amount: str) -> CountyCounts:
        table, counted_on = by
        rows = self._connection.execute(
            f"""
            -- one row per finished and reported month, quarter and year
            select p.grain, p.period_on, coalesce(sum(case when s.{counted_on} is not null then {amount} else 0 end), 0)
            from core.period p
            join core.period_month m on m.table_name = p.table_name and m.grain = p.grain and m.period_on = p.period_on
            left join {table} s on s.{counted_on} = m.month_on
            where p.table_name = '{table}' and p.is_reported and p.grain <> '{Grain.ROLLING_12.value}'
            group by p.grain, p.period_on
            """
        ).fetchall()
        return {(Grain(grain), first): float(count) for grain, first, count in rows}

    def latest_months(self) -> dict[str, date]:
        """Return the latest month every core table can answer for."""
        return dict(self._connection.execute("select table_name, max(month_on) from core.covered_month group by table_name").fetchall())

    def column_fills(self, extracts: Mapping[str, Extract], fewest: int) -> list[tuple[str, str, date, int, int]]:
        """Return how full every column that may stay empty is: extract, column, month, records, tenths.

        Only 10 (seven tenths and more), 5 and 0 (fewer than three tenths), because the number of filled cells may itself be a small count of
        people, and so may be whether there is one. Of a register all records count, how many it has is published; of what happened no person's.

        Args:
            extracts: The extract types.
            fewest: Fewer cases than these are not split, and fewer people told apart: of a register three tenths must be more.
        """
        least = {extract: 10 * fewest // 3 + 1 if extract.rows_are_people else fewest for extract in extracts.values()}
        return [
            (extract.id, column.name, *row)
            for extract in extracts.values()
            if (told := "true" if extract.rows_are_people else records_of_nobody(extract)) is not None
            for column in extract.columns
            if column.nullable
            for row in self._connection.execute(
                f"""
                -- one row per month
                select {extract.month_column}, count(*),
                    case when 10 * count({column.name}) >= 7 * count(*) then 10 when 10 * count({column.name}) < 3 * count(*) then 0 else 5 end
                from staged.{extract.id} s
                where {told}
                group by {extract.month_column}
                having count(*) >= {least[extract]}
                order by {extract.month_column}
                """
            ).fetchall()
        ]

    def _person_tables(self) -> dict[str, tuple[list[str], str]]:
        """Return the dimensions asked of every person-protected table, and what one of its rows counts."""
        tables: dict[str, tuple[list[str], str]] = {}
        protected = {indicator.table for indicator in self._indicators.values() if indicator.protects is Protects.PERSONS}
        for table in sorted(protected):
            asking = [one for one in self._indicators.values() if one.table == table and one.protects is Protects.PERSONS]
            names: set[str] = set()
            for indicator in asking:
                measures = [one for one in (indicator.numerator, indicator.denominator) if isinstance(one, Measure) and one.table is None]
                names |= {name for measure in measures for name, _ in measure.where}
                names |= {name for breakdown in indicator.breakdowns for name in split(breakdown)}
            column = next((one.numerator.column for one in asking), None)
            tables[table] = (sorted(names), f"sum({column})" if column else "count(*)")
        return tables

    def _population(self, table: str, names: list[str], persons: str) -> list[tuple[date, Population]]:
        kept = "".join(f", {name}" for name in names)
        columns = (
            self._connection.sql(
                f"""
                -- one row per month and group of people
                select month_on{kept}, cast({persons} as bigint) as persons, cast(sum(mark) as bigint) as marks
                from {table}
                group by month_on{kept}
                order by month_on{kept}
                """
            )
            .to_arrow_table()
            .to_pydict()
        )
        months = columns["month_on"]
        moments = months if table in self._stock_tables else [month.replace(month=1) for month in months]
        codes = {name: numpy.array([code or "" for code in columns[name]], dtype=str) for name in names}
        codes["month"] = numpy.array([f"{month.month:02}" for month in months], dtype=str)
        codes["quarter"] = numpy.array([str((month.month + 2) // 3) for month in months], dtype=str)
        persons_in, marks = numpy.array(columns["persons"], dtype=numpy.int64), numpy.array(columns["marks"], dtype=numpy.int64)
        when = numpy.array(moments, dtype="datetime64[D]")
        return [
            (day.item(), Population({name: values[when == day] for name, values in codes.items()}, persons_in[when == day], marks[when == day]))
            for day in numpy.unique(when)
        ]

    def _fill_reference(self, editions: Editions) -> None:
        pack = self._pack
        reported = [(extract, month) for extract, months in editions.items() for month in months]
        self._insert("core.reported_month", reported)
        months = months_between(min(month for _, month in reported), max(month for _, month in reported))
        self._insert("core.dim_month", [(month, _previous(month)) for month in months])
        for name, table in reference_tables(pack).items():
            self._connection.register("incoming", table)
            self._connection.execute(f"create table core.{name} as select * from incoming")
            self._connection.unregister("incoming")
        self._insert("core.dim_member", [(name, code) for name, members in self.members().items() for code, _, _ in members])
        self._insert("core.county", [(pack.area_code,)])
        self._insert("core.resident", residents_by_area(pack, months[-1].year))

    def _stage(self, extract: Extract, months: Mapping[date, LedgerEntry], rows: TypedRows, progress: Progress) -> None:
        """Fill ``staged.<extract>`` with the rows of every month's edition in force; a superseded row never gets in."""
        schema = arrow_schema(extract.columns)
        age = pyarrow.field("age", pyarrow.int64())
        parts = [schema.append(age).empty_table()]
        entries = {entry.sequence: entry for entry in months.values()}
        oldest_first = sorted(entries.values(), key=lambda entry: (entry.reported_on or date.min, entry.sequence))
        for position, entry in enumerate(oldest_first):
            progress(Text(f"读取{extract.title.zh}", f"Reading {extract.title.en.lower()}"), position + 1, len(entries))
            table = rows.of(entry)
            mine = [month for month, other in months.items() if other.sequence == entry.sequence]
            table = table.filter(pyarrow.compute.is_in(table[extract.month_column], pyarrow.array(mine, pyarrow.date32())))
            parts.append(table.append_column(age, pyarrow.array([position] * len(table), pyarrow.int64())))
        incoming = pyarrow.concat_tables(parts)
        names = ", ".join(schema.names)
        unique = ", ".join((*extract.key, *([extract.month_column] if extract.period is Period.SNAPSHOT else [])))
        self._connection.register("incoming", incoming)
        (repeated,) = self._connection.execute(
            f"""
            -- how many records, those of people left out, stand in a second file
            with ranked as (select *, row_number() over (partition by {unique} order by age desc) as place from incoming)
            select count(*) from ranked s where place > 1 and {records_of_nobody(extract) or "false"}
            """
        ).fetchall()[0]
        self.repeated_records += repeated
        self._connection.execute(
            f"""
            -- one row per record; one that stands in two files in force counts as the file reported last has it
            create table staged.{extract.id} as
            with ranked as (select {names}, row_number() over (partition by {unique} order by age desc) as place from incoming)
            select {names} from ranked where place = 1
            """
        )
        self._connection.unregister("incoming")
        is_running = {month: is_cumulative(entry, rows.folder) for month, entry in months.items()}
        if any(is_running.values()):
            self._take_apart(extract, is_running)

    def _take_apart(self, extract: Extract, is_running: Mapping[date, bool]) -> None:
        """Replace staged running totals by the months they are made of.

        Raises:
            LedgerError: If a month in between was never accepted.
        """
        lacking = [month for month, running in is_running.items() if running and running_totals.missing_before(month, is_running)]
        if lacking:
            raise LedgerError(
                Text(
                    f"{extract.title.zh}:{month_zh(lacking[0])}累计数缺少以前月份,不能推算当月数",
                    f"{extract.title.en}: the running total of {lacking[0]:%Y-%m} lacks an earlier month and cannot be taken apart",
                )
            )
        self._connection.execute("create temporary table month_in_force (month_on date, is_running boolean)")
        self._insert("month_in_force", list(is_running.items()))
        self._connection.execute(f"alter table staged.{extract.id} rename to delivered")
        self._connection.execute("create temporary table delivered as select * from staged.delivered")
        self._connection.execute(f"create table staged.{extract.id} as {monthly_sql(extract)}")
        negative = " + ".join(f"case when {name} < 0 then 1 else 0 end" for name in extract.flow_columns)
        (corrected,) = self._connection.execute(f"select coalesce(sum({negative}), 0) from staged.{extract.id}").fetchall()[0]
        self.corrected_months += corrected
        for table in ("staged.delivered", "temp.delivered", "month_in_force"):
            self._connection.execute(f"drop table {table}")

    def _check_complete(self, extract: Extract, table: CoreTable) -> None:
        """Refuse to go on if records, people or things were lost or counted twice on their way into a core table."""
        expected = expected_sql(extract, table)
        if expected is None:
            return
        delivered, arrived = (self._connection.execute(sql).fetchall()[0][0] for sql in (expected, arrived_sql(table)))
        if delivered != arrived:
            raise ValueError(
                f"{extract.id}: {delivered} were delivered and {arrived} stand in core.{table.name}; its declaration loses or doubles some"
            )

    def _mark(self, extract: Extract, secret: bytes) -> None:
        keys = [key for (key,) in self._connection.execute(f"select distinct {record_key(extract)} from staged.{extract.id} s").fetchall()]
        columns = {
            "extract": pyarrow.array([extract.id] * len(keys), pyarrow.string()),
            "record_key": pyarrow.array(keys, pyarrow.string()),
            "mark": pyarrow.array([mark(secret, extract.id, one) for one in keys], pyarrow.int64()),
        }
        self._connection.register("incoming", pyarrow.table(columns))
        self._connection.execute("insert into core.contributor select * from incoming")
        self._connection.unregister("incoming")

    def _fill_periods(self) -> None:
        """Write out which finished periods every core table can answer for, and which months count in them."""
        covered: dict[str, set[date]] = {}
        for table, month in self._connection.execute("select table_name, month_on from core.covered_month").fetchall():
            covered.setdefault(table, set()).add(month)
        periods, members = [], []
        for table, reported in covered.items():
            is_stock, first = table in self._stock_tables, min(reported)
            # A stock needs the last month of its period only, so its first quarter may begin before the first delivery.
            for grain, period_on, months in finished_periods(first.replace(year=first.year - 1) if is_stock else first, max(reported)):
                counted = months[-1:] if is_stock else months
                if counted[0] >= first:
                    periods.append((table, grain.value, period_on, months[-1], set(counted) <= reported))
                    members += [(table, grain.value, period_on, month) for month in counted]
        self._insert("core.period", periods)
        self._insert("core.period_month", members)

    def _insert(self, table: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if not rows:
            return
        columns = [pyarrow.array(column) for column in zip(*rows, strict=True)]
        self._connection.register("incoming", pyarrow.table(columns, names=[f"column_{position}" for position in range(len(columns))]))
        self._connection.execute(f"insert into {table} select * from incoming")
        self._connection.unregister("incoming")


def residents_by_area(pack: CountyPack, until: int) -> list[tuple[str, int, int]]:
    """Return area, year and residents of every township, zone and the county.

    A year's population is published a year later: until then the latest one stands for it.

    Args:
        pack: The county pack.
        until: Last year asked for.
    """
    counted: dict[tuple[str, int], int] = {}
    for (township, year, _), number in pack.residents.items():
        for area in (township, pack.township(township).zone, pack.area_code):
            counted[area, year] = counted.get((area, year), 0) + number
    latest = max(year for _, year in counted)
    carried = {(area, year): number for (area, at), number in counted.items() if at == latest for year in range(latest + 1, until + 1)}
    return [(area, year, number) for (area, year), number in sorted((counted | carried).items())]


def finished_periods(first: date, last: date) -> list[tuple[Grain, date, list[date]]]:
    """Return every period that lies wholly between two months: its grain, its first day as stored, and its months.

    A rolling twelve months is stored under the first day of its last month.
    """
    months = months_between(first, last)
    periods = [(Grain.MONTH, month, [month]) for month in months]
    for position, month in enumerate(months):
        if month.month % 3 == 0 and position >= 2:
            periods.append((Grain.QUARTER, months[position - 2], months[position - 2 : position + 1]))
        if position >= 11:
            window = months[position - 11 : position + 1]
            periods.append((Grain.ROLLING_12, month, window))
            if month.month == 12:
                periods.append((Grain.YEAR, window[0], window))
    return periods


def _previous(month: date) -> date:
    return date(month.year - 1, 12, 1) if month.month == 1 else month.replace(month=month.month - 1)
