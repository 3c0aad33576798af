"""Writes one published file: aggregates and where they come from, never a record."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

CODE_VERSION = "0.1.0"
_SCHEMA = Path(__file__).with_name("schema.sql")
_META_TABLES = (
    "input_file",
    "coverage",
    "extract",
    "member",
    "indicator",
    "check_result",
    "column_fill",
    "audit",
    "audit_report",
    "said",
    "dimension",
    "campaign",
    "series_break",
)
_CARRIED = ("restatement", "record_change", "first_published")


class WarehouseFile:
    """A file being written beside the one in force."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        self.path = path
        self._connection = duckdb.connect(str(path))
        self._connection.execute("set enable_progress_bar = false")
        self._connection.execute("begin")  # one for the whole file: each of its own would be synced to the disk
        self._connection.execute(_SCHEMA.read_text(encoding="utf-8"))

    def write_observations(self, observations: Any) -> None:
        """Fill mart.observation from an Arrow table in its column order."""
        self._connection.register("incoming", observations)
        self._connection.execute("insert into mart.observation select * from incoming")
        self._connection.unregister("incoming")

    def write_analyses(self, analyses: Any, findings: Any) -> None:
        """Fill mart.analysis and mart.finding from Arrow tables in their column order."""
        for table, incoming in (("analysis", analyses), ("finding", findings)):
            self._connection.register("incoming", incoming)
            self._connection.execute(f"insert into mart.{table} select * from incoming")
            self._connection.unregister("incoming")

    def write_townships(self, rows: Sequence[Sequence[Any]]) -> None:
        """Fill mart.township."""
        self._insert("mart.township", rows)

    def write_residents(self, rows: Sequence[Sequence[Any]]) -> None:
        """Fill mart.resident."""
        self._insert("mart.resident", rows)

    def write_meta(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        """Fill one of the meta tables."""
        if table not in _META_TABLES:
            raise ValueError(f"meta.{table} is not a table of the schema")
        self._insert(f"meta.{table}", rows)

    def write_build(self, row: Sequence[Any]) -> str:
        """Fill meta.build, and return its last column: the digest of the mart."""
        digest = self._content_sha256()
        self._insert("meta.build", [[*row, digest]])
        return digest

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Return a table as it was written, for the checks that run on the finished file."""
        return self._connection.execute(f"select * from {table} order by all").fetchall()

    def _content_sha256(self) -> str:
        """Return a digest of everything in the mart; two builds that say the same have the same one."""
        digest = hashlib.sha256()
        for table in ("mart.observation", "mart.analysis", "mart.finding", "mart.resident", "mart.township"):
            for row in self.rows(table):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def close(self) -> None:
        """Finish the file: no write-ahead log beside it, read-only, on the disk.

        Raises:
            OSError: If the disk refuses; the file is then not fit to publish.
        """
        self._connection.execute("commit")
        self._connection.execute("checkpoint")
        self._connection.close()
        _finish(self.path)

    def discard(self) -> None:
        """Drop an unfinished file."""
        self._connection.close()
        self.path.unlink(missing_ok=True)
        self.path.with_name(self.path.name + ".wal").unlink(missing_ok=True)

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if not rows:
            return
        columns = [pyarrow.array(column) for column in zip(*rows, strict=True)]
        self._connection.register("incoming", pyarrow.table(columns, names=[f"column_{place}" for place in range(len(columns))]))
        self._connection.execute(f"insert into {table} select * from incoming")
        self._connection.unregister("incoming")


@dataclass(frozen=True)
class Stamp:
    """What a published file says of itself."""

    number: int
    built_at: str
    content_sha256: str
    latest_month: date | None = None
    who: str = ""
    reason: str = ""
    inputs: tuple[int, ...] = ()  # sequences of the files in force in it
    is_current: bool = False  # has the shape that this version of the program reads


def stamp(path: Path) -> Stamp | None:
    """Return what a published file says of itself; None if the file is not a published one."""
    try:
        about = path.stat()
        return _stamp(path, about.st_ino, about.st_size, about.st_mtime_ns)
    except (OSError, duckdb.Error):
        return None


@lru_cache(32)
def _stamp(path: Path, *_edition: int) -> Stamp | None:
    """Read the stamp of a file as it is now, and remember it: a load asks for that of the build in force again and again.

    Raises:
        duckdb.Error: If it is no published file; this answer is not remembered.
    """
    connection = duckdb.connect(":memory:")
    try:
        connection.execute(f"attach '{_quoted(path)}' as published (read_only)")
        row = connection.execute("select number, built_at, content_sha256 from published.meta.build").fetchone()
        if row is None:
            return None
        number, built_at, digest = int(row[0]), str(row[1]), str(row[2])
        if not _has_shape(connection):
            return Stamp(number, built_at, digest)
        said = connection.execute("select latest_month, who, reason from published.meta.build").fetchone()
        used = connection.execute("select sequence from published.meta.input_file where months_used > 0 order by sequence").fetchall()
    finally:
        connection.close()
    if said is None:
        return None
    latest_month, who, reason = said
    return Stamp(number, built_at, digest, latest_month, who, reason, tuple(sequence for (sequence,) in used), True)


def _has_shape(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the attached file has every table and column of the schema."""
    columns = connection.execute(
        "select schema_name, table_name, column_name from duckdb_columns() where database_name = 'published' and not internal"
    ).fetchall()
    return _columns_of_the_schema() <= set(columns)


@cache
def _columns_of_the_schema() -> frozenset[tuple[str, str, str]]:
    with duckdb.connect(":memory:") as pattern:
        pattern.execute(_SCHEMA.read_text(encoding="utf-8"))
        return frozenset(pattern.execute("select schema_name, table_name, column_name from duckdb_columns() where not internal").fetchall())


def record_publication(
    path: Path,
    *,
    before: Path | None,
    who: str,
    reason: str,
    holds: Sequence[Sequence[Any]] = (),
    restatements: Sequence[Sequence[Any]] = (),
    record_changes: Sequence[Sequence[Any]] = (),
    accepted_now: tuple[int, str] | None = None,
) -> None:
    """Write into a finished file that is not in force yet who puts it in force and why, and what it changes.

    Args:
        path: The finished file.
        before: The build in force, whose record of corrections and first numbers is carried on; None where there is none.
        who: The account.
        reason: Its words; may be empty.
        holds: Findings of the publish gate that the reason answers: rule, indicator, month, zh, en.
        restatements: What differs from the build before: indicator, period, kind, cells.
        record_changes: Which records differ from the build before: extract, kind, first and last month, records.
        accepted_now: The last sequence of the ledger before this build's own files, and the time at which those are accepted with it.

    Raises:
        OSError: If the disk refuses; the file is then not fit to publish.
    """
    path.chmod(0o640)
    connection = duckdb.connect(str(path))
    try:
        connection.execute("begin")
        for table in ("hold", *_CARRIED):  # an attempt that did not end in force left its own
            connection.execute(f"delete from meta.{table}")
        if before is not None:
            connection.execute(f"attach '{_quoted(before)}' as earlier (read_only)")
            known = {
                name
                for (name,) in connection.execute(
                    "select table_name from duckdb_tables() where database_name = 'earlier' and schema_name = 'meta'"
                ).fetchall()
            }
            for table in _CARRIED:
                if table in known:
                    connection.execute(f"insert into meta.{table} select * from earlier.meta.{table}")
        connection.execute("update meta.build set who = ?, reason = ?", [who, reason])
        if accepted_now is not None:
            last, received_at = accepted_now
            connection.execute("update meta.input_file set received_at = ? where sequence > ?", [received_at, last])
        if holds:
            connection.executemany("insert into meta.hold values (?, ?, ?, ?, ?)", [list(row) for row in holds])
        if restatements:
            connection.executemany(
                "insert into meta.restatement select number, built_at, ?, ?, ?, ? from meta.build", [list(row) for row in restatements]
            )
        if record_changes:
            connection.executemany(
                "insert into meta.record_change select number, built_at, ?, ?, ?, ?, ? from meta.build", [list(row) for row in record_changes]
            )
        connection.execute(
            """
            -- one row per indicator of events and month whose county total was never published before; of people no earlier number is kept
            insert into meta.first_published
            select o.indicator, o.period, o.value, b.number
            from mart.observation o
            join meta.indicator i on i.id = o.indicator and i.protects = 'events'
            cross join meta.build b
            where o.release = 'internal' and o.grain = 'month' and o.breakdown = 'total' and o.area_code = b.county_code and o.value is not null
                and not exists (select 1 from meta.first_published f where f.indicator = o.indicator and f.month_on = o.period)
            order by o.indicator, o.period
            """
        )
        connection.execute("commit")
        if before is not None:
            connection.execute("detach earlier")
        connection.execute("checkpoint")
    finally:
        connection.close()
    _finish(path)


def _finish(path: Path) -> None:
    """Leave a closed file without a write-ahead log, read-only and on the disk."""
    if path.with_name(path.name + ".wal").exists():
        raise OSError(f"{path.name} still has a write-ahead log and cannot be published")
    path.chmod(0o440)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
