"""Taking running totals (January to a month) apart into the months they are made of."""

from __future__ import annotations

from etl.contract import Extract
from etl.inspection.running_totals import (
    count_column,
)


def monthly_sql(extract: Extract) -> str:
    """Write the statement that takes running totals apart into months.

    It reads ``delivered`` (the contract's columns, one row a key) and ``month_in_force`` (month_on, is_running). In a year, the total up
    to a month is the last running total at or before it and the monthly counts after that.
    """
    month, count = extract.month_column, count_column(extract)
    others = [name for name in extract.key if name != month]
    group = ", ".join(others)
    same = " and ".join(f"d.{name} = g.{name}" for name in others)
    order = f"partition by {group}, year_number"
    names = ", ".join(column.name for column in extract.columns)
    return f"""
-- staged.{extract.id}: one row per key, running totals taken apart
with place as (select distinct {group} from delivered),
laid as (
    select m.month_on as {month}, {", ".join(f"g.{name}" for name in others)}, m.is_running, extract(year from m.month_on) as year_number,
        coalesce(d.{count}, 0) as given, d.{month} is not null as is_delivered
    from place g
    cross join month_in_force m
    left join delivered d on d.{month} = m.month_on and {same}
),
block as (
    select *, sum(case when is_running then 1 else 0 end) over ({order} order by {month} rows unbounded preceding) as block_number from laid
),
total as (
    select *, sum(given) over ({order}, block_number order by {month} rows unbounded preceding) as so_far from block
),
taken as (
    select *, coalesce(lag(so_far) over ({order} order by {month}), 0) as before from total
),
monthly as (
    select *, cast(case when is_running then so_far - before else given end as bigint) as {count} from taken
)
select {names} from monthly where is_delivered or {count} <> 0
"""
