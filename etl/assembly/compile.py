"""Indicators into SQL: the one place where a declaration becomes a question to an engine.

The text stays inside a portable subset (docs/decisions): explicit grouping sets, sums of ``case`` expressions, physical period tables,
every cast written. It therefore runs verbatim on DuckDB and on a Spark-compatible engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

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
    """Write the statement that counts an indicator for all its breakdowns and finished periods and lays the counts over every member.

    Records are counted by month first and the months added up to periods after, so that a rolling twelve months does not read every
    record twelve times. A cell nobody fell into is zero where its period was reported and has no number where it was not.

    Returns:
        One ``insert into core.cell``; records are those with an amount where amounts are summed.
    """
    names = sorted({name for breakdown in indicator.breakdowns for name in split(breakdown)})
    measure = indicator.numerator
    seen = ("seen",) if measure.distinct else ()
    kept = "".join(f", {name}" for name in (*names, *seen))
    told = "".join(f", m.{name}" for name in names)
    sets = ", ".join("(" + ", ".join(("source", "month_on", *split(breakdown), *seen)) + ")" for breakdown in indicator.breakdowns)
    which = " ".join(_which(breakdown, names) for breakdown in indicator.breakdowns)
    # Rounded to the milligram: sums of weights differ in their last digits with the order of the rows.
    numerator = "count(distinct m.seen)" if measure.distinct else "round(sum(m.counted), 3)"
    laid = "\nunion all\n".join(_laid(indicator, breakdown) for breakdown in indicator.breakdowns)
    return f"""
-- {indicator.id}: one row per breakdown, finished period and cell
insert into core.cell
with record as (
    {_records(indicator, names)}
),
monthly as (
    select
        source,
        month_on,
        case {which} end as breakdown{kept},
        sum(counted) as counted,
        sum(base) as base,
        sum(records) as records
    from record
    group by grouping sets ({sets})
),
counted as (
    select
        p.grain,
        p.period_on,
        m.breakdown{told},
        cast({numerator} as double) as numerator,
        cast(sum(m.base) as double) as denominator,
        cast(sum(m.records) as bigint) as records
    from monthly m
    join core.period_month p on p.month_on = m.month_on and p.table_name = m.source
    group by p.grain, p.period_on, m.breakdown{told}
),
asked as (
    {_periods(indicator)}
)
{laid}
""".strip()


def _base(indicator: Indicator) -> Measure | None:
    return indicator.denominator if isinstance(indicator.denominator, Measure) else None


def _base_table(indicator: Indicator) -> str:
    """Return the table that the denominator is counted in: another one where it says so."""
    base = _base(indicator)
    return indicator.table if base is None or base.table is None else base.table


def _records(indicator: Indicator, names: Sequence[str]) -> str:
    """Write the records behind numerator and denominator, each with the month it counts in and the dimensions asked."""
    measure, base = indicator.numerator, _base(indicator)
    is_apart = _base_table(indicator) != indicator.table
    scope = _condition(measure.where) if base is None or is_apart else f"({_condition(measure.where)}) or ({_condition(base.where)})"
    own = _record(indicator, names, indicator.table, _counted(measure), "0" if base is None or is_apart else _counted(base), scope)
    if base is None or not is_apart:
        return own
    return f"{own}\n    union all\n    {_record(indicator, names, _base_table(indicator), '0', _counted(base), _condition(base.where), is_base=True)}"


def _record(indicator: Indicator, names: Sequence[str], table: str, counted: str, base: str, scope: str, *, is_base: bool = False) -> str:
    measure = indicator.numerator
    weighed = f" and s.{_name(measure.column)} > 0" if measure.column and not measure.distinct else ""
    records = "0" if is_base else f"case when {_condition(measure.where)}{weighed} then 1 else 0 end"
    seen = f",\n        case when {_condition(measure.where)} then s.{_name(measure.column or '')} end as seen" if measure.distinct else ""
    read = "".join(f", s.{_name(name)}" for name in names)
    return f"""select
        '{_name(table)}' as source,
        s.{_name("month_on" if is_base else indicator.counted_on)} as month_on{read},
        {counted} as counted,
        {base} as base,
        {records} as records{seen}
    from {_name(table)} s
    where {scope}"""


def _periods(indicator: Indicator) -> str:
    """Write the finished periods an indicator can be asked for: of both tables where its denominator is counted in another."""
    own = f"select p.grain, p.period_on, p.last_on, p.is_reported from core.period p where p.table_name = '{_name(indicator.table)}'"
    base = _base_table(indicator)
    if base == indicator.table:
        return own
    return f"""select p.grain, p.period_on, p.last_on, p.is_reported and b.is_reported as is_reported
    from core.period p
    join core.period b on b.grain = p.grain and b.period_on = p.period_on and b.table_name = '{_name(base)}'
    where p.table_name = '{_name(indicator.table)}'"""


def _which(breakdown: str, names: Sequence[str]) -> str:
    """Write the branch that recognises a breakdown by the dimensions it was grouped by."""
    grouped = [f"grouping({name}) = {0 if name in split(breakdown) else 1}" for name in names]
    return f"when {' and '.join(grouped) or '1 = 1'} then '{breakdown}'"


def _laid(indicator: Indicator, breakdown: str) -> str:
    """Write the counts of one breakdown laid over every member and period."""
    names = split(breakdown)
    area = next((name for name in names if DIMENSIONS[name].is_area), None)
    members = "".join(f" cross join (select code from core.dim_member where dimension = '{_name(name)}') {name}" for name in names)
    matched = "".join(f" and n.{name} = {name}.code" for name in names)
    area_code = f"{area}.code" if area else "county.area_code"
    category = [f"{name}.code" for name in categories(breakdown)] + ["''", "''"]
    denominator, residents = "cast(null as double)", ""
    if isinstance(indicator.denominator, Residents):
        denominator = "cast(r.residents as double)"
        residents = f"\nleft join core.resident r on r.area_code = {area_code} and r.year_number = extract(year from p.last_on)"
    elif indicator.denominator:
        denominator = "coalesce(n.denominator, 0)"
    return f"""
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
from asked p
cross join core.county county{members}
left join counted n on n.breakdown = '{breakdown}' and n.grain = p.grain and n.period_on = p.period_on{matched}{residents}
""".strip()
