"""Whether what indicators count and what extract types fill fit each other: neither side knows the other, so the build asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from etl.contract import CoreTable, Extract
from etl.core_tables import dimension_expressions
from etl.problems import WordedError
from indicators.dimensions import split
from indicators.lattice import is_stock
from indicators.model import Indicator, Measure, Protects, Text


class DeclarationsDisagree(WordedError):
    """An indicator counts what no extract type fills so; the message names both and the remedy."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__(Text("指标与报表类型的声明不一致:" + ";".join(faults), "Indicators and extract types do not fit: " + "; ".join(faults)))


def check_agreement(indicators: Mapping[str, Indicator], contracts: Mapping[str, Extract]) -> None:
    """Refuse declarations that would give wrong or empty numbers.

    Raises:
        DeclarationsDisagree: If an indicator and the table it counts contradict each other.
    """
    tables = {table.in_core: (extract, table) for extract in contracts.values() for table in extract.tables}
    faults = [f"{indicator.theme}/{indicator.id}: {fault}" for indicator in indicators.values() for fault in _faults(indicator, contracts, tables)]
    if faults:
        raise DeclarationsDisagree(faults)


def _faults(indicator: Indicator, contracts: Mapping[str, Extract], tables: Mapping[str, tuple[Extract, CoreTable]]) -> Iterator[str]:
    if unknown := sorted(set(indicator.sources) - set(contracts)):
        yield f"sources names {unknown[0]!r}, which is no extract type; there are {', '.join(contracts)}"
    if indicator.table not in tables:
        yield f"no extract type fills {indicator.table}; there are {', '.join(sorted(tables))}"
        return
    extract, table = tables[indicator.table]
    if is_stock(indicator) != table.is_stock:
        kind = "a Stock: write Kind.STOCK, or of_stock=True in a share or rate" if table.is_stock else "a Flow: its months add up, so it is no stock"
        yield f"{extract.id} declares {indicator.table} as {kind}"
    if table.is_of_people and indicator.protects is not Protects.PERSONS:
        yield f"{extract.id} counts people in {indicator.table}: write Protects.PERSONS"
    base = indicator.denominator
    if isinstance(base, Measure) and base.table is not None:
        if base.table not in tables:
            yield f"no extract type fills {base.table}, by which it divides; there are {', '.join(sorted(tables))}"
        elif tables[base.table][1].is_stock != table.is_stock:
            yield f"it divides what happened by what stands, or the other way round: {indicator.table} and {base.table}"
    if not table.select:
        yield from _unknown_columns(indicator, extract, table)


def _unknown_columns(indicator: Indicator, extract: Extract, table: CoreTable) -> Iterator[str]:
    """Name what the table has no column of; of a table with a statement of its own only the statement knows."""
    known = {"month_on", *dimension_expressions(extract, table)}
    if table.amount is not None:
        known |= {table.amount_column, *([] if isinstance(table.amount, str) else table.amount)}
    measures = [one for one in (indicator.numerator, indicator.denominator) if isinstance(one, Measure) and one.table is None]
    asked = {name for measure in measures for name, _ in measure.where} | {measure.column for measure in measures if measure.column}
    asked |= {name for breakdown in indicator.breakdowns for name in split(breakdown)} | {indicator.counted_on}
    for name in sorted(asked - known):
        yield f"{indicator.table} has no column {name!r}; {extract.id} gives it {', '.join(sorted(known - {'month_on'}))}"
