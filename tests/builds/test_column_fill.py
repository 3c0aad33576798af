"""How full a column is, told so coarsely that it tells of nobody."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.spec.tables import build_from, write_extract


@pytest.mark.parametrize(("marked", "expected"), [(0, 0), (1, 0), (11, 0), (12, 5), (27, 5), (28, 10), (40, 10)])
def test_a_column_is_hardly_partly_or_mostly_filled(tmp_path: Path, marked: int, expected: int) -> None:
    # Forty people; three tenths are twelve, seven tenths twenty-eight.
    lines = [f"{word} *{count}" for word, count in (("大专", marked), ("-", 40 - marked)) if count]
    build_from(tmp_path / "data", write_extract(tmp_path, "registry", "202610", "\n".join(["education", *lines])))
    with duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb"), read_only=True) as connection:
        found = connection.execute("select filled_tenths from meta.column_fill where column_name = 'education' and month_on = ?", [date(2026, 10, 1)])
        assert found.fetchall() == [(expected,)]
