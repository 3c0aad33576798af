"""The sample county, as published."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from disclosure.__main__ import main as audit_command
from indicators import catalogue
from indicators.dimensions import DIMENSIONS
from tests.spec.tables import observed
from warehouse.reader import Warehouse

LATEST = date(2026, 10, 1)


def test_the_headline_is_163_and_current_is_lower(sample_warehouse: Path) -> None:
    registered = observed(sample_warehouse, "internal", "registered_people", "total", "month")[(LATEST,)]
    current = observed(sample_warehouse, "internal", "current_users", "total", "month")[(LATEST,)]
    assert registered == (163, "observed")
    assert current[0] is not None
    assert current[0] < 163


def test_the_reasons_of_every_finished_year_close_or_are_withheld_on_both_sides(sample_warehouse: Path) -> None:
    stock = observed(sample_warehouse, "internal", "current_users", "total", "month")
    changes = observed(sample_warehouse, "internal", "registry_change", "change", "year")
    signs = {member.code: member.sign for member in DIMENSIONS["change"].members}
    # January 2021 to October 2026; the first month has none before it, so that 2021 has eleven changes.
    years = sorted({year for year, _ in changes})
    assert years == [date(year, 1, 1) for year in (2022, 2023, 2024, 2025)]
    for year in years:
        shown = {change: number for (at, change), (number, _) in changes.items() if at == year and number is not None}
        withheld = {sign for change, sign in signs.items() if change not in shown}
        assert all(number >= 5 for number in shown.values())
        if withheld:
            assert withheld == {1, -1}
            assert len(signs) - len(shown) >= 3
        else:
            opening, closing = (stock[date(at.year, 12, 1),][0] or 0 for at in (year - timedelta(days=1), year))
            assert opening + sum(signs[change] * number for change, number in shown.items()) == closing


def test_every_indicator_has_numbers_in_both_releases_unless_it_is_internal(sample_warehouse: Path) -> None:
    warehouse = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    rows, handed_in = warehouse.observations_all(), {extract for extract, *_ in warehouse.deliveries()}
    warehouse.close()
    # The sample county keeps single cases, so it delivers no monthly table of them.
    delivered = {name for name, indicator in catalogue().items() if set(indicator.sources) <= handed_in}
    assert len(delivered) > len(catalogue()) / 2
    for release, expected in (("internal", delivered), ("public", delivered - {"registry_change"})):
        assert {row[1] for row in rows if row[0] == release} == expected


@pytest.mark.parametrize("release", ["internal", "public"])
def test_the_release_keeps_its_floor(sample_warehouse: Path, release: str) -> None:
    """Inside no count of people of 1-4 but exact county totals; outside nothing below ten and only multiples of five."""
    warehouse = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    rows = [row for row in warehouse.observations_all() if row[0] == release and row[8] is not None]
    warehouse.close()
    protected = {name: indicator for name, indicator in catalogue().items() if indicator.protects.value == "persons"}
    checked = 0
    for row in rows:
        indicator = protected.get(row[1])
        if indicator is None:
            continue
        checked += 1
        if release == "public":
            assert row[8] >= 10
            assert row[8] % 5 == 0
        elif not (indicator.headline and row[5] in {"total", "change"}):
            assert row[8] == 0 or row[8] >= 5
            assert row[8] or row[5] not in {"zone", "township"}
    assert checked > 100


def test_what_is_hidden_inside_is_hidden_outside_too(sample_warehouse: Path) -> None:
    warehouse = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    rows = warehouse.observations_all()
    warehouse.close()
    stocks = {name for name, indicator in catalogue().items() if indicator.table == "core.registry_person"}
    internal: dict[tuple[object, ...], bool] = {}
    for release, name, period, grain, area, breakdown, member, member_2, *_, status in rows:
        if name not in stocks or status in {"not_collected", "undefined"}:
            continue
        cell = (name, grain, area, breakdown, member, member_2)
        if release == "internal":
            internal[(*cell, period)] = status == "suppressed"
    both = [
        (internal[(name, grain, area, breakdown, member, member_2, period)], status == "suppressed")
        for release, name, period, grain, area, breakdown, member, member_2, *_, status in rows
        if release == "public" and (name, grain, area, breakdown, member, member_2, period) in internal and status != "undefined"
    ]
    assert len(both) > 300
    assert not [pair for pair in both if pair == (True, False)]


def test_whoever_has_the_file_alone_finds_nothing(sample_warehouse: Path) -> None:
    assert audit_command(["audit", "--quick", str(sample_warehouse / "warehouse.duckdb")]) == 0
