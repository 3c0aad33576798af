"""The sample county, as published."""

from datetime import date
from pathlib import Path

import pytest

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


def test_every_bridge_closes(sample_warehouse: Path) -> None:
    stock = observed(sample_warehouse, "internal", "current_users", "total", "month")
    changes = observed(sample_warehouse, "internal", "registry_change", "change", "month")
    signs = {member.code: member.sign for member in DIMENSIONS["change"].members}
    months = sorted({month for month, _ in changes})
    assert len(months) == 69  # January 2021 to October 2026 are 70 months; the first has no month before
    for month in months:
        before = date(month.year - (month.month == 1), 12 if month.month == 1 else month.month - 1, 1)
        moved = sum(sign * (changes[month, change][0] or 0) for change, sign in signs.items())
        assert (stock[(before,)][0] or 0) + moved == stock[(month,)][0]


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
            assert row[8] or row[5] not in {"zone", "township", "zone*age_band", "zone*drug_group"}
    assert checked > 100


def test_a_cell_hidden_once_in_a_year_is_hidden_all_year_and_outside_too(sample_warehouse: Path) -> None:
    warehouse = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    rows = warehouse.observations_all()
    warehouse.close()
    stocks = {name for name, indicator in catalogue().items() if indicator.table == "core.registry_person"}
    hidden: dict[tuple[object, ...], set[bool]] = {}
    internal: dict[tuple[object, ...], bool] = {}
    for release, name, period, grain, area, breakdown, member, member_2, *_, status in rows:
        if name not in stocks or status in {"not_collected", "undefined"}:
            continue
        cell = (name, grain, area, breakdown, member, member_2)
        if release == "internal":
            hidden.setdefault((*cell, period.year), set()).add(status == "suppressed")
            internal[(*cell, period)] = status == "suppressed"
    assert len(hidden) > 500
    assert all(len(patterns) == 1 for patterns in hidden.values())
    both = [
        (internal[(name, grain, area, breakdown, member, member_2, period)], status == "suppressed")
        for release, name, period, grain, area, breakdown, member, member_2, *_, status in rows
        if release == "public" and (name, grain, area, breakdown, member, member_2, period) in internal and status != "undefined"
    ]
    assert len(both) > 500
    assert not [pair for pair in both if pair == (True, False)]
