"""What was ever published of people, and what the audits of it found, read from the kept builds alone.

What has been published stays known, a build that was put back included. Each build carries all that was said before it, so the one with the
highest number holds the whole record however many older files were removed since.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb

from disclosure.audit import LatticeReport
from disclosure.published import published_of
from disclosure.said import Areas, History, read_history, with_statements

_SAID = "select release, source_table, moment, statement, persons, known, count from meta.said"


def history_of(kept: Sequence[Path], areas: Areas) -> History:
    """Return every statement on people that was ever in force.

    Args:
        kept: The kept builds, in the order of their numbers.
        areas: How areas are written.

    Raises:
        duckdb.Error: If a file is no warehouse.
    """
    history: History = {}
    for path in kept:
        with duckdb.connect(str(path), read_only=True) as connection:
            if _has(connection, "said"):
                history = read_history(connection.execute(_SAID).fetchall())
            else:  # of a version that did not keep the record yet: what the file itself says
                rows, indicators = (connection.execute(f"select * from {table}").fetchall() for table in ("mart.observation", "meta.indicator"))
                history = with_statements(history, published_of(rows, indicators), areas)
    return history


def audited_before(before: Path | None) -> list[LatticeReport]:
    """Return what the audit of the build in force found: nothing was given away, or it would not be in force.

    Raises:
        duckdb.Error: If the file is no warehouse.
    """
    if before is None:
        return []
    with duckdb.connect(str(before), read_only=True) as connection:
        if not _has(connection, "audit"):
            return []  # of a version that did not keep it
        rows = connection.execute(
            "select release, source_table, moment, hidden, crossed, implied, narrowest, said_sha256 from meta.audit order by all"
        ).fetchall()
    return [
        LatticeReport(release, table, moment, hidden, crossed, implied, math.inf if narrowest is None else narrowest, (), said)
        for release, table, moment, hidden, crossed, implied, narrowest, said in rows
    ]


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    return bool(connection.execute("select 1 from duckdb_tables() where schema_name = 'meta' and table_name = ?", [table]).fetchall())
