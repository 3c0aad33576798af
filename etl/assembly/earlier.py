"""What the build in force publishes of the same people, so that the next one changes no more of it than it must.

Two builds can be read together. A value that moves though nobody came or went tells of a change elsewhere, and so does a count that is shown
after it was hidden; so the protection is given what was said before.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from disclosure.audit import LatticeReport
from disclosure.succession import Rows
from etl.assembly.protect import CountedCell, Key, is_number, moment, selection
from indicators.lattice import stock_tables
from indicators.model import Indicator, Measure, Protects, Release, Status

_AUDITED_TABLES = ("mart.observation", "meta.indicator", "meta.member")
_TABLE, _COLUMNS_ONCE = 4, 8
"""Of ``meta.indicator``: the place of the source table, and how many columns there were before it told stocks and bridges."""
_SHOWN = (Status.OBSERVED.value, Status.PROVISIONAL.value)


def published_before(before: Path | None, rows: Sequence[CountedCell], catalogue: Mapping[str, Indicator]) -> dict[Key, float | None]:
    """Return what a finished build says of the people behind some cells.

    Args:
        before: The build in force; None where there is none.
        rows: The exact cells of the new build.
        catalogue: The indicators by id.

    Returns:
        The published count by release, table, moment and selection; None where it was hidden, NaN where a row speaks of it and does not say
        whether it was (the two numbers of a share that is withheld or rests on too few).

    Raises:
        duckdb.Error: If the file is no warehouse.
    """
    if before is None:
        return {}
    with duckdb.connect(str(before), read_only=True) as connection:
        found = connection.execute(
            "select release, indicator, period, grain, area_code, breakdown, member, member_2, numerator, denominator, status from mart.observation "
            "where status <> ?",
            [Status.NOT_COLLECTED.value],
        ).fetchall()
    told = {row[:8]: row[8:] for row in found}
    said: dict[Key, float | None] = {}
    for row in rows:
        indicator = catalogue[row.indicator]
        if indicator.protects is not Protects.PERSONS:
            continue
        place = (row.indicator, row.period_on, row.grain.value, row.area_code, row.breakdown, row.member, row.member_2)
        for release in Release:
            if (release.value, *place) in told:
                numerator, denominator, status = told[release.value, *place]
                _note(said, release, indicator, row, numerator, denominator, Status(status))
    return said


def _note(
    said: dict[Key, float | None],
    release: Release,
    indicator: Indicator,
    row: CountedCell,
    numerator: float | None,
    denominator: float | None,
    status: Status,
) -> None:
    """Note what one row tells; of people counted by two indicators, a number goes before none, and hidden before not told."""
    base = indicator.denominator if isinstance(indicator.denominator, Measure) else None
    is_told = status is Status.SUPPRESSED and base is None
    for measure, count in ((indicator.numerator, numerator), (base, denominator)):
        if measure is None:
            continue
        key = (release, indicator.table_of(measure), moment(indicator, row), selection(indicator, row, measure))
        if status.value in _SHOWN and count is not None:
            said[key] = float(count)
        elif is_told and not is_number(said.get(key)):
            said[key] = None
        else:
            said.setdefault(key, math.nan)


def rows_before(before: Path | None, catalogue: Mapping[str, Indicator]) -> Rows | None:
    """Return what the auditor reads of the build in force; None where there is none.

    Args:
        before: The build in force. A file of a version that did not say so yet is taken to have had the stocks and bridges of today.
        catalogue: The indicators by id.

    Raises:
        duckdb.Error: If the file is no warehouse.
    """
    if before is None:
        return None
    with duckdb.connect(str(before), read_only=True) as connection:
        observations, indicators, members = (connection.execute(f"select * from {table} order by all").fetchall() for table in _AUDITED_TABLES)
    stocks = stock_tables(catalogue.values())
    bridges = {indicator.table for indicator in catalogue.values() if indicator.bridges}
    told = [row if len(row) > _COLUMNS_ONCE else (*row, row[_TABLE] in stocks, row[_TABLE] in bridges) for row in indicators]
    return Rows(observations, told, members)


def audited_before(before: Path | None) -> list[LatticeReport]:
    """Return what the audit of the build in force found: nothing was given away, or it would not be in force.

    Raises:
        duckdb.Error: If the file is no warehouse.
    """
    if before is None:
        return []
    with duckdb.connect(str(before), read_only=True) as connection:
        if not connection.execute("select 1 from duckdb_tables() where schema_name = 'meta' and table_name = 'audit'").fetchall():
            return []  # of a version that did not keep it
        rows = connection.execute(
            "select release, source_table, moment, hidden, crossed, implied, narrowest, said_sha256 from meta.audit order by all"
        ).fetchall()
    return [
        LatticeReport(release, table, moment, hidden, crossed, implied, math.inf if narrowest is None else narrowest, (), said)
        for release, table, moment, hidden, crossed, implied, narrowest, said in rows
    ]
