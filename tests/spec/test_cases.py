"""Case rows in, observations out."""

from datetime import date
from pathlib import Path

import pytest

from etl.county.read import read_pack
from tests.spec.tables import COUNTY, build_from, observed, write_extract
from warehouse.reader import OutsideLattice

TOWNSHIPS = [town for town in read_pack(COUNTY).townships if town.valid_to is None]


def test_cases_count_in_the_month_filed_and_solved_cases_in_the_month_solved(tmp_path: Path) -> None:
    cases = """
        filed_on | solved_on
        2026-07  | 2026-07
        2026-07  | 2026-09
        2026-07  | -
        2026-08  | 2026-09
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202607-202609", cases, "20261010"))
    opened = observed(data, "internal", "cases_opened", "total", "month")
    solved = observed(data, "internal", "cases_solved", "total", "month")
    july, august, september = (date(2026, month, 1) for month in (7, 8, 9))
    # The last two months may still grow by late entries; a reported month without cases is a zero.
    assert opened == {(july,): (3, "observed"), (august,): (1, "provisional"), (september,): (0, "provisional")}
    # Cases filed before the first delivery are unknown, so solved cases begin a year later.
    assert solved == {}
    assert observed(data, "internal", "cases_opened", "total", "quarter")[(july,)] == (4, "provisional")


def test_townships_and_zones_add_up_and_empty_ones_are_zero(tmp_path: Path) -> None:
    first, second = TOWNSHIPS[0], TOWNSHIPS[5]
    cases = f"""
        filed_on | township
        2026-09  | {first.code} *3
        2026-09  | {second.code} *2
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202609", cases, "20261010"))
    september = date(2026, 9, 1)
    towns = observed(data, "public", "cases_opened", "township", "month")
    assert len(towns) == len(TOWNSHIPS) == 18
    assert towns[september, first.code][0] == 3
    assert towns[september, second.code][0] == 2
    assert sum(value or 0 for value, _ in towns.values()) == 5


def test_weights_are_yearly_and_hidden_behind_fewer_than_three_cases(tmp_path: Path) -> None:
    cases = """
        filed_on | drug   | grams
        2025-02  | 冰毒   | 10.5
        2025-05  | 冰毒   | 4.5
        2025-09  | 冰毒   | 5
        2025-03  | 海洛因 | 700
        2025-04  | 海洛因 | 1
        2026-01  | 冰毒   | 9
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202501-202609", cases, "20261010"))
    weights = observed(data, "public", "drugs_seized", "drug", "year")
    assert {period for period, _ in weights} == {date(2025, 1, 1)}
    assert weights[date(2025, 1, 1), "methamphetamine"] == (20.0, "observed")
    assert weights[date(2025, 1, 1), "heroin"] == (None, "suppressed")
    assert weights[date(2025, 1, 1), "ketamine"] == (0.0, "observed")
    # Overlapping windows would subtract down to the weight of one case.
    with pytest.raises(OutsideLattice):
        observed(data, "internal", "drugs_seized", "drug", "rolling_12")


def test_suspects_are_split_by_age_for_finished_years_only(tmp_path: Path) -> None:
    cases = """
        filed_on | suspects | suspects_under_18 | suspects_18_35
        2025-03  | 20       | 2                 | 9
        2025-08  | 18       | 4                 | 6
        2026-02  | 7        | 0                 | 7
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202501-202609", cases, "20261010"))
    ages = observed(data, "internal", "suspects_arrested", "suspect_age", "year")
    year = date(2025, 1, 1)
    # 38 suspects: 6 under 18, 15 aged 18-35, so 17 older; 2026 is not finished and has no row.
    assert ages == {(year, "under_18"): (6, "observed"), (year, "18_35"): (15, "observed"), (year, "36_plus"): (17, "observed")}
    assert observed(data, "internal", "suspects_arrested", "total", "month")[(date(2026, 2, 1),)][0] == 7


def test_a_later_edition_replaces_only_the_months_it_covers(tmp_path: Path) -> None:
    year = write_extract(tmp_path, "cases", "202601-202606", "filed_on\n2026-01 *2\n2026-06 *4", "20260705")
    corrected = write_extract(tmp_path, "cases", "202606-202609", "filed_on\n2026-06 *5\n2026-08 *1", "20261010")
    for name, order in {"a": (year, corrected), "b": (corrected, year)}.items():
        data = tmp_path / name
        for file in order:
            build_from(data, file)
        opened = observed(data, "internal", "cases_opened", "total", "month")
        assert [opened[(date(2026, month, 1),)][0] for month in range(1, 10)] == [2, 0, 0, 0, 0, 5, 0, 1, 0]


def test_two_empty_months_are_two_deliveries(tmp_path: Path) -> None:
    """Files without a row are the same bytes for every month; each still says that its month had no case."""
    files = [write_extract(tmp_path, "cases", month, "filed_on", f"2026{int(month[4:]) + 1:02}05") for month in ("202607", "202608", "202609")]
    data = tmp_path / "data"
    for file in files:
        build_from(data, file)
    opened = observed(data, "internal", "cases_opened", "total", "month")
    assert [opened[(date(2026, month, 1),)][0] for month in (7, 8, 9)] == [0, 0, 0]


def test_a_case_in_two_files_counts_once_as_the_later_report_has_it(tmp_path: Path) -> None:
    june = write_extract(tmp_path, "cases", "202606", "case_key | filed_on\nSAME-CASE | 2026-06\nELSE-CASE | 2026-06", "20260705")
    july = write_extract(tmp_path, "cases", "202607", "case_key | filed_on\nSAME-CASE | 2026-07", "20260805")
    data = tmp_path / "data"
    build_from(data, july, june)
    opened = observed(data, "internal", "cases_opened", "total", "month")
    assert [opened[(date(2026, month, 1),)][0] for month in (6, 7)] == [1, 1]


def test_a_case_key_that_equals_a_person_key_counts_nobody_twice(tmp_path: Path) -> None:
    people = write_extract(tmp_path, "registry", "202609", "person_key\nSHARED-KEY\nOTHER-KEY", "20261005")
    cases = write_extract(tmp_path, "cases", "202609", "case_key | filed_on\nSHARED-KEY | 2026-09", "20261005")
    data = tmp_path / "data"
    build_from(data, people, cases)
    september = (date(2026, 9, 1),)
    assert observed(data, "internal", "registered_people", "total", "month")[september][0] == 2
    assert observed(data, "internal", "cases_opened", "total", "month")[september][0] == 1


def test_a_weight_needs_three_cases_that_were_weighed(tmp_path: Path) -> None:
    cases = """
        filed_on | drug   | grams
        2025-02  | 冰毒   | 137.4
        2025-05  | 冰毒   | -
        2025-09  | 冰毒   | 0
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202501-202512", cases, "20260110"))
    assert observed(data, "public", "drugs_seized", "drug", "year")[date(2025, 1, 1), "methamphetamine"] == (None, "suppressed")


def test_solved_cases_count_in_the_month_solved_from_a_year_after_the_first_delivery(tmp_path: Path) -> None:
    cases = """
        filed_on | solved_on
        2025-07  | 2026-07
        2025-08  | 2025-09
        2026-07  | 2026-09
        2026-08  | 2026-09
        2026-08  | -
    """
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202507-202609", cases, "20261010"))
    solved = observed(data, "internal", "cases_solved", "total", "month")
    assert [(month.month, solved[(month,)][0]) for (month,) in solved] == [(7, 1), (8, 0), (9, 2)]
