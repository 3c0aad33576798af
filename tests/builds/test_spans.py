"""How long a hidden cell stays hidden: a calendar year, and over New Year where too few people moved to blur it."""

from __future__ import annotations

from datetime import date

import pytest

from etl.assembly.protect import spans

STOCK, FLOW = "core.registry_person", "core.case"
QUARTERS = [date(2025, 9, 1), date(2025, 12, 1), date(2026, 3, 1), date(2026, 6, 1)]


@pytest.mark.parametrize(
    ("january", "february", "march", "expected"),
    [
        (2, 2, 1, [0, 0, 1, 1]),  # five came or went between the two quarters that are split: one of them may be shown
        (2, 2, 0, [0, 0, 0, 0]),  # four: whoever knows them knows the hidden count within four
        (0, 0, 5, [0, 0, 1, 1]),  # all of them in March, and January alone was quiet
        (0, 0, 0, [0, 0, 0, 0]),
    ],
)
def test_new_year_ends_a_span_only_where_enough_moved_between_the_quarters(january: int, february: int, march: int, expected: list[int]) -> None:
    moved = {date(2025, 11, 1): 9, date(2026, 1, 1): january, date(2026, 2, 1): february, date(2026, 3, 1): march, date(2026, 5, 1): 9}
    found = spans([(STOCK, quarter) for quarter in QUARTERS], {STOCK: moved}, 5)
    assert [found[STOCK, quarter] for quarter in QUARTERS] == expected


def test_years_of_flows_are_spans_of_their_own() -> None:
    years = [date(year, 1, 1) for year in (2024, 2025, 2026)]
    found = spans([(FLOW, year) for year in years], {STOCK: {date(2025, 1, 1): 0}}, 5)
    assert [found[FLOW, year] for year in years] == [0, 1, 2]


def test_where_no_movement_is_known_nobody_may_have_moved() -> None:
    found = spans([(STOCK, quarter) for quarter in QUARTERS], {STOCK: {}}, 5)
    assert [found[STOCK, quarter] for quarter in QUARTERS] == [0, 0, 0, 0]


def test_movement_of_one_stock_says_nothing_of_another() -> None:
    moved = {STOCK: {date(2026, 1, 1): 9}, "core.under_treatment": {}}
    found = spans([(table, quarter) for table in moved for quarter in QUARTERS], moved, 5)
    assert [found[STOCK, quarter] for quarter in QUARTERS] == [0, 0, 1, 1]
    assert [found["core.under_treatment", quarter] for quarter in QUARTERS] == [0, 0, 0, 0]
