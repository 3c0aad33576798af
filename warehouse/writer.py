"""Writes one published file: aggregates and provenance, never a record."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

CODE_VERSION = "0.1.0"
_SCHEMA = Path(__file__).with_name("schema.sql")
_META_TABLES = ("input_file", "coverage", "member", "indicator", "check_result")


class WarehouseFile:
    """A file being written beside the one in force."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        path.with_name(path.name + ".wal").unlink(missing_ok=True)
        self.path = path
        self._connection = duckdb.connect(str(path))
        self._connection.execute("set enable_progress_bar = false")
        self._connection.execute(_SCHEMA.read_text(encoding="utf-8"))

    def write_observations(self, observations: Any) -> None:
        """Fill mart.observation from an Arrow table in its column order."""
        self._connection.register("incoming", observations)
        self._connection.execute("insert into mart.observation select * from incoming")
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
        """Return a digest of everything in the mart; equal for two builds that say the same."""
        digest = hashlib.sha256()
        for table in ("mart.observation", "mart.resident", "mart.township"):
            for row in self.rows(table):
                digest.update(repr(row).encode())
        return digest.hexdigest()

    def close(self) -> None:
        """Finish the file: no write-ahead log beside it, read-only, on the disk.

        Raises:
            OSError: If the disk refuses; the file is then not fit to publish.
        """
        self._connection.execute("checkpoint")
        self._connection.close()
        if self.path.with_name(self.path.name + ".wal").exists():
            raise OSError(f"{self.path.name} still has a write-ahead log and cannot be published")
        self.path.chmod(0o440)
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def discard(self) -> None:
        """Drop an unfinished file."""
        self._connection.close()
        self.path.unlink(missing_ok=True)
        self.path.with_name(self.path.name + ".wal").unlink(missing_ok=True)

    def _insert(self, table: str, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            marks = ", ".join("?" for _ in rows[0])
            self._connection.executemany(f"insert into {table} values ({marks})", [list(row) for row in rows])


def stamp(path: Path) -> tuple[int, str, str] | None:
    """Return number, time and content digest of a published file; None if it is not one."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("attach '{}' as published (read_only)".format(str(path).replace("'", "''")))
        row = connection.execute("select number, built_at, content_sha256 from published.meta.build").fetchone()
    except duckdb.Error:
        return None
    finally:
        connection.close()
    return None if row is None else (int(row[0]), str(row[1]), str(row[2]))


def inputs(path: Path) -> frozenset[int]:
    """Return the ledger sequences of the accepted files a published file was built from; none if it is not one."""
    connection = duckdb.connect(":memory:")
    try:
        connection.execute("attach '{}' as published (read_only)".format(str(path).replace("'", "''")))
        rows = connection.execute("select sequence from published.meta.input_file").fetchall()
    except duckdb.Error:
        return frozenset()
    finally:
        connection.close()
    return frozenset(int(sequence) for (sequence,) in rows)
