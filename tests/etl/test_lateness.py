"""How late months are complete, measured on months delivered more than once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from etl.assembly.lateness import Delivered, measured
from etl.core_tables import records_of_nobody
from etl.extracts import extracts
from indicators.months import months_later

JANUARY = date(2025, 1, 1)


def delivered(*counts: int, months: int = 6) -> list[Delivered]:
    """Six months, each delivered in the month after it with the first count, a month later with the next, and so on."""
    return [
        Delivered(month, months_later(month, 1 + after).replace(day=8), count)
        for month in (months_later(JANUARY, number) for number in range(months))
        for after, count in enumerate(counts)
    ]


@pytest.mark.parametrize(
    ("counts", "complete_after", "share"),
    [
        ((19, 20), 0, 0.95),
        ((15, 19, 20), 1, 0.75),
        ((19, 18, 19, 20), 2, 0.95),  # what still falls short later is not complete
        ((15, 16, 20), None, 0.75),
    ],
)
def test_the_months_from_which_on_95_percent_are_there(counts: tuple[int, ...], complete_after: int | None, share: float) -> None:
    found = measured(delivered(*counts))
    assert found is not None
    assert (found.months, found.complete_after, found.share) == (6, complete_after, share)


def test_months_are_added_before_they_are_divided() -> None:
    # 60 of 60 and five of twelve: 65 of 72 are 90 %, though five of six months are complete.
    whole = [*delivered(12, 12, months=5), *(Delivered(date(2026, 1, 1), date(2026, month, 9), count) for month, count in ((2, 5), (3, 12)))]
    found = measured(whole)
    assert found is not None
    assert found.complete_after is None
    assert found.share == pytest.approx(65 / 72)


def test_nothing_is_said_of_few_months_nor_of_months_not_over() -> None:
    assert measured(delivered(10, 12, months=5)) is None
    assert measured(delivered(10, months=30)) is None
    assert measured(delivered(0, 0)) is None
    running = [Delivered(one.month, one.month.replace(day=20), 1) for one in delivered(20, 20)]
    assert measured([*delivered(20, 20), *running]) == measured(delivered(20, 20))


def test_of_people_there_is_no_record_that_is_of_nobody() -> None:
    cases = extracts()["cases"]
    of_people = tuple(table for table in cases.tables if table.people is True)
    assert records_of_nobody(replace(cases, tables=of_people)) is None
    everybody = tuple(replace(table, where="") for table in of_people)
    things = tuple(table for table in cases.tables if not table.is_of_people)
    # Where every record stands for a person besides being a thing, none is left.
    told = records_of_nobody(replace(cases, tables=(*things, *everybody)))
    assert duckdb.sql(f"select * from (values ('criminal', 'trafficking')) s(case_kind, charge) where {told}").fetchall() == []
