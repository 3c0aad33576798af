"""Taking running totals (January to a month) apart into the months they are made of."""

from __future__ import annotations

from etl.contract import Extract, Type


def monthly_sql(extract: Extract) -> str:
    """Write the statement that takes running totals apart into months.

    It reads ``delivered`` (the contract's columns, one row a key) and ``month_in_force`` (month_on, is_running). In a year, the total up
    to a month is the last running total at or before it and the monthly counts after that. What stands at a month's end is no running
    total and stays as it was delivered.
    """
    month, counts, flows = extract.month_column, [column.name for column in extract.of_type(Type.COUNT)], extract.flow_columns
    others = [name for name in extract.key if name != month]
    group = ", ".join(others)
    same = " and ".join(f"d.{name} = g.{name}" for name in others)
    order = f"partition by {group}, year_number"
    names = ", ".join(column.name for column in extract.columns)
    given = ", ".join(f"coalesce(d.{name}, 0) as {name}_given" for name in counts)
    so_far = ", ".join(f"sum({name}_given) over ({order}, block_number order by {month} rows unbounded preceding) as {name}_so_far" for name in flows)
    before = ", ".join(f"coalesce(lag({name}_so_far) over ({order} order by {month}), 0) as {name}_before" for name in flows)
    taken = {name: f"case when is_running then {name}_so_far - {name}_before else {name}_given end" for name in flows}
    monthly = ", ".join(f"cast({taken.get(name, f'{name}_given')} as bigint) as {name}" for name in counts)
    return f"""
-- staged.{extract.id}: one row per key, running totals taken apart
with place as (select distinct {group} from delivered),
laid as (
    select m.month_on as {month}, {", ".join(f"g.{name}" for name in others)}, m.is_running, extract(year from m.month_on) as year_number,
        {given}, d.{month} is not null as is_delivered
    from place g
    cross join month_in_force m
    left join delivered d on d.{month} = m.month_on and {same}
),
block as (
    select *, sum(case when is_running then 1 else 0 end) over ({order} order by {month} rows unbounded preceding) as block_number from laid
),
total as (
    select *, {so_far} from block
),
taken as (
    select *, {before} from total
),
monthly as (
    select {month}, {group}, is_delivered, {monthly} from taken
)
select {names} from monthly where is_delivered or {" or ".join(f"{name} <> 0" for name in flows)}
"""
