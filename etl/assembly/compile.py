"""Indicators into SQL: the one place where a declaration becomes a question to an engine.

The text stays inside a portable subset (docs/decisions): explicit grouping sets, sums of ``case`` expressions, physical period tables,
every cast written. It therefore runs verbatim on DuckDB and on a Spark-compatible engine.
"""

from __future__ import annotations

import re

from indicators.dimensions import DIMENSIONS, categories, split
from indicators.model import Indicator, Measure, Residents, Selection

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_CODE = re.compile(r"[A-Za-z0-9_+-]+")


def _name(text: str) -> str:
    """Return an identifier, refusing anything that is not a plain name."""
    if not _NAME.fullmatch(text):
        raise ValueError(f"{text!r} is not a plain SQL name")
    return text


def _literal(text: str) -> str:
    """Return a quoted code, refusing anything that is not a plain code."""
    if not _CODE.fullmatch(text):
        raise ValueError(f"{text!r} is not a plain code")
    return f"'{text}'"


def _condition(where: Selection) -> str:
    """Write a selection over the columns of the table read as ``s``."""
    parts = [f"s.{_name(name)} in ({', '.join(_literal(code) for code in codes)})" for name, codes in where]
    return " and ".join(parts) or "1 = 1"


def _counted(measure: Measure) -> str:
    """Write what one record adds to a measure."""
    amount = "1" if measure.column is None or measure.distinct else f"s.{_name(measure.column)}"
    return f"case when {_condition(measure.where)} then {amount} else 0 end"


def cells_sql(indicator: Indicator) -> str:
    """Write the statement that counts an indicator for all its breakdowns and finished periods.

    Records are counted by month first and the months added up to periods after, so that a rolling twelve months does not read every
    record twelve times.

    Returns:
        One ``select`` with a row per grain, period, breakdown and non-empty cell; the columns are grain, period_on, breakdown, one per
        dimension of the indicator, numerator, denominator and records (those with an amount, where amounts are summed).
    """
    measure = indicator.numerator
    names = sorted({name for breakdown in indicator.breakdowns for name in split(breakdown)})
    base = indicator.denominator if isinstance(indicator.denominator, Measure) else None
    scope = _condition(measure.where) if base is None else f"({_condition(measure.where)}) or ({_condition(base.where)})"
    seen = ("seen",) if measure.distinct else ()
    seen_column = f",\n        case when {_condition(measure.where)} then s.{_name(measure.column or '')} end as seen" if measure.distinct else ""
    weighed = f" and s.{_name(measure.column)} > 0" if measure.column and not measure.distinct else ""
    read = "".join(f", s.{_name(name)}" for name in names)
    sets = ", ".join("(" + ", ".join(("month_on", *split(breakdown), *seen)) + ")" for breakdown in indicator.breakdowns)
    which = " ".join(_which(breakdown, names) for breakdown in indicator.breakdowns)
    kept = "".join(f", {name}" for name in (*names, *seen))
    told = "".join(f", m.{name}" for name in names)
    # Rounded to the milligram: sums of weights differ in their last digits with the order of the rows.
    numerator = "count(distinct m.seen)" if measure.distinct else "round(sum(m.counted), 3)"
    return f"""
-- {indicator.id}: one row per grain, period, breakdown and non-empty cell
with record as (
    select
        s.{_name(indicator.counted_on)} as month_on{read},
        {_counted(measure)} as counted,
        {_counted(base) if base else "0"} as base,
        case when {_condition(measure.where)}{weighed} then 1 else 0 end as records{seen_column}
    from {_name(indicator.table)} s
    where {scope}
),
monthly as (
    select
        month_on,
        case {which} end as breakdown{kept},
        sum(counted) as counted,
        sum(base) as base,
        sum(records) as records
    from record
    group by grouping sets ({sets})
)
select
    p.grain,
    p.period_on,
    m.breakdown{told},
    cast({numerator} as double) as numerator,
    {"cast(sum(m.base) as double)" if base else "cast(null as double)"} as denominator,
    cast(sum(m.records) as bigint) as records
from monthly m
join core.period_month p on p.month_on = m.month_on and p.table_name = '{_name(indicator.table)}'
group by p.grain, p.period_on, m.breakdown{told}
""".strip()


def _which(breakdown: str, names: list[str]) -> str:
    """Write the branch that recognises a breakdown by the dimensions it was grouped by."""
    grouped = [f"grouping({name}) = {0 if name in split(breakdown) else 1}" for name in names]
    return f"when {' and '.join(grouped) or '1 = 1'} then '{breakdown}'"


def fill_sql(indicator: Indicator, breakdown: str, counted: str) -> str:
    """Write the statement that lays the counts of one breakdown over every member and finished period.

    A cell nobody fell into is zero where its period was reported and has no number where it was not.

    Args:
        indicator: The indicator.
        breakdown: One of its breakdowns.
        counted: The table that holds the result of :func:`cells_sql`.
    """
    names = split(breakdown)
    area = next((name for name in names if DIMENSIONS[name].is_area), None)
    members = "".join(f" cross join (select code from core.dim_member where dimension = '{_name(name)}') {name}" for name in names)
    matched = "".join(f" and n.{name} = {name}.code" for name in names)
    area_code = f"{area}.code" if area else "county.area_code"
    category = [f"{name}.code" for name in categories(breakdown)] + ["''", "''"]
    if isinstance(indicator.denominator, Residents):
        denominator = "cast(r.residents as double)"
        residents = f" left join core.resident r on r.area_code = {area_code} and r.year_number = extract(year from p.last_on)"
    else:
        denominator = "coalesce(n.denominator, 0)" if indicator.denominator else "cast(null as double)"
        residents = ""
    return f"""
-- {indicator.id} by {breakdown}: one row per finished period and cell
insert into core.cell
select
    '{_name(indicator.id)}' as indicator,
    p.grain,
    p.period_on,
    p.last_on,
    p.is_reported,
    '{breakdown}' as breakdown,
    {area_code} as area_code,
    {category[0]} as member,
    {category[1]} as member_2,
    case when p.is_reported then coalesce(n.numerator, 0) end as numerator,
    case when p.is_reported then {denominator} end as denominator,
    coalesce(n.records, 0) as records
from core.period p
cross join core.county county{members}
left join {counted} n on n.breakdown = '{breakdown}' and n.grain = p.grain and n.period_on = p.period_on{matched}{residents}
where p.table_name = '{_name(indicator.table)}'
""".strip()
