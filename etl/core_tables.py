"""The core tables of an extract as SQL: what its contract declares becomes the statement that fills each of them.

The text keeps to the portable subset (decision 11). Every statement has a partner that counts what must have arrived, so that a join that
loses or doubles a record stops the build.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping

import pyarrow

from etl.contract import Column, CoreTable, Covered, Extract, Type
from indicators.dimensions import DIMENSIONS

_ARROW = {
    Type.MONTH: pyarrow.date32(),
    Type.YEAR: pyarrow.int64(),
    Type.COUNT: pyarrow.int64(),
    Type.GRAMS: pyarrow.float64(),
    Type.AMOUNT: pyarrow.float64(),
}


def dimension_expressions(extract: Extract, table: CoreTable) -> dict[str, str]:
    """Return what a core table splits by: dimension or further column -> SQL over ``s`` (row), ``t`` (its township), ``d`` (its drug)."""
    given = {"zone": "t.zone", "township": "t.current_code", "remote": "t.remote"} if extract.of_type(Type.TOWNSHIP) else {}
    coded = extract.of_type(Type.CODE, Type.FLAG, Type.DRUG, Type.LABEL)
    given |= {column.name: f"s.{column.name}" for column in coded if column.name in DIMENSIONS}
    return {**given, **table.columns}


def joins(extract: Extract, given: Container[str] | None = None) -> str:
    """Write the joins that give a delivered row ``s`` its township ``t`` and its drug ``d``; of a part of a file, by the columns given."""
    towns, drugs = ([column for column in extract.of_type(one) if given is None or column.name in given] for one in (Type.TOWNSHIP, Type.DRUG))
    of_town = [f"join core.dim_township t on t.code = s.{column.name}" for column in towns[:1]]
    of_drug = [f"left join core.dim_drug d on d.code = s.{column.name}" for column in drugs[:1]]
    return "\n".join([*of_town, *of_drug])


def arrow_schema(columns: Iterable[Column]) -> pyarrow.Schema:
    """Return the types of typed columns; what is no month, number or amount is text."""
    return pyarrow.schema([(column.name, _ARROW.get(column.type, pyarrow.string())) for column in columns])


def record_key(extract: Extract) -> str:
    """Write what tells a record from others: its key, or for a table of numbers its place in the table whatever the month."""
    names = [name for name in extract.key if name != extract.month_column]
    return f"s.{names[0]}" if len(names) == 1 else f"concat_ws('|', {', '.join(f'cast(s.{name} as varchar)' for name in names)})"


def records_of_nobody(extract: Extract) -> str | None:
    """Write the condition of a delivered row ``s`` that is a record of a thing and of no person; None where an extract has no such records.

    Only of these the number may be told: less what is published exactly, a number of all records would tell how many are people.
    """
    rows = [table for table in extract.tables if not table.select]
    things = [f"({table.where or 'true'})" for table in rows if not table.is_of_people]
    people = [f"not ({table.where or 'true'})" for table in rows if table.people is True]
    return " and ".join([f"({' or '.join(things)})", *people]) if things else None


def table_sql(extract: Extract, table: CoreTable) -> str:
    """Write the statement that makes and fills a core table from ``staged.<extract>``."""
    head = f"-- core.{table.name}: {'what stands at the end of each month' if table.is_stock else 'what happened in each month'}"
    if table.select:
        return f"{head}\ncreate table core.{table.name} as\n{table.select.strip()}"
    columns = dimension_expressions(extract, table)
    dimension = next(iter(table.amount)) if isinstance(table.amount, Mapping) else None
    if dimension:
        columns[dimension] = f"s.{dimension}"
    if table.amount is not None:
        columns[table.amount_column] = f"s.{table.amount_column}"
    listed = "".join(f",\n    {expression} as {name}" for name, expression in columns.items())
    left_out = f"\nwhere s.{table.amount_column} <> 0" if table.amount is not None else ""
    return f"""
{head}
create table core.{table.name} as
with counted as ({_counted(extract, table)})
select s.{extract.month_column} as month_on, c.mark{listed}
from counted s
{joins(extract)}
join core.contributor c on c.extract = '{extract.id}' and c.record_key = {record_key(extract)}{left_out}
""".strip()


def expected_sql(extract: Extract, table: CoreTable) -> str | None:
    """Write how many records, people or things must stand in a core table; None where it is made from other core tables."""
    if table.select:
        return None
    amount = "1" if table.amount is None else table.amount_column
    return f"select coalesce(sum({amount}), 0) from ({_counted(extract, table)}) s"


def arrived_sql(table: CoreTable) -> str:
    """Write how many records, people or things do stand in it."""
    return f"select coalesce(sum({'1' if table.amount is None else table.amount_column}), 0) from core.{table.name}"


def covered_sql(extract: Extract, table: CoreTable) -> str:
    """Write the statement that says which months a core table can answer for."""
    reported = f"select '{table.name}' as name, later.month_on from core.reported_month later"
    of_extract = f"where later.extract = '{extract.id}'"
    more = {
        Covered.DELIVERED: of_extract,
        Covered.WITH_MONTH_BEFORE: f"""join core.dim_month m on m.month_on = later.month_on
join core.reported_month earlier on earlier.month_on = m.previous_on and earlier.extract = later.extract
{of_extract}""",
        Covered.AFTER_A_YEAR: f"""cross join (select min(month_on) as first_on from core.reported_month where extract = '{extract.id}') start
{of_extract} and later.month_on >= start.first_on + interval 12 month""",
    }[table.covered]
    return f"insert into core.covered_month\nselect 'core.' || name as table_name, month_on from (\n{reported}\n{more}\n) covered"


def _counted(extract: Extract, table: CoreTable) -> str:
    """Write the delivered rows a table takes, once for each member of a split, with how many each stands for."""
    kept = f" where {table.where}" if table.where else ""
    rows = f"from staged.{extract.id} s{kept}"
    if table.amount is None:
        return f"select s.* {rows}"
    if isinstance(table.amount, str):
        return f"select s.*, {table.amount} as {table.amount_column} {rows}"
    [(dimension, members)] = table.amount.items()
    parts = (f"select s.*, '{member}' as {dimension}, {amount} as {table.amount_column} {rows}" for member, amount in members.items())
    return "\n    union all\n    ".join(parts)
