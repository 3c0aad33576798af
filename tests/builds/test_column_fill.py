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


def fills(data: Path, column: str) -> list[tuple[date, int, int]]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(
            "select month_on, rows, filled_tenths from meta.column_fill where column_name = ? order by all", [column]
        ).fetchall()


@pytest.mark.parametrize(("people", "is_told"), [(16, False), (17, True)])
def test_of_a_small_register_it_is_not_told(tmp_path: Path, people: int, is_told: bool) -> None:
    # Seven tenths of 16 are 12: at most four would be left without, which is too few to be told. Of 17 it is five.
    build_from(tmp_path / "data", write_extract(tmp_path, "registry", "202610", f"education\n大专 *{people - 1}\n高中"))
    assert fills(tmp_path / "data", "education") == ([(date(2026, 10, 1), 17, 10)] if is_told else [])


def test_of_a_month_of_few_cases_it_is_not_told(tmp_path: Path) -> None:
    # A month of four is not split, by what is filled in of them no more than by anything else.
    cases = "filed_on | channel\n2026-08 | 寄递 *4\n2026-09 | 寄递 *5"
    build_from(tmp_path / "data", write_extract(tmp_path, "cases", "202608-202609", cases, "20261005"))
    assert fills(tmp_path / "data", "channel") == [(date(2026, 9, 1), 5, 10)]
