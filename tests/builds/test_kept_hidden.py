"""A late entry changes no more of what was published than it must: what was hidden stays hidden, and the same files give the same build."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.publishing import publish
from tests.spec.tables import COUNTY, build_from, observed, publish_build, write_extract

NEW = ("new_substance", date(2026, 7, 1))


def register(folder: Path, new: int, reported: str) -> Path:
    """A register of September: 20 people with an opioid, 20 with a synthetic drug, 9 with another, and some with a new substance."""
    table = f"main_drug\n海洛因 *20\n冰毒 *20\n大麻 *9\n依托咪酯 *{new}"
    return write_extract(folder, "registry", "202609", table, reported)


def status(data: Path, release: str) -> str:
    group, quarter = NEW
    return observed(data, release, "users_by_main_drug", "drug_group", "quarter")[quarter, group][1]


@pytest.mark.parametrize(("release", "few", "more"), [("internal", 3, 6), ("public", 3, 12)])
def test_a_late_entry_shows_nothing_that_was_hidden(release: str, few: int, more: int, tmp_path: Path) -> None:
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    build_from(kept, register(tmp_path, few, "20261005"))
    assert status(kept, release) == "suppressed"
    late = register(tmp_path, more, "20261020")
    build_from(kept, late)
    build_from(fresh, late)
    assert status(fresh, release) != "suppressed"  # by itself the count could be shown
    assert status(kept, release) == "suppressed"  # but then it would tell how many came


def test_the_same_files_give_the_same_build_again(tmp_path: Path) -> None:
    first = build_from(tmp_path / "data", register(tmp_path, 3, "20261005"))
    assert publish_build(tmp_path / "data", COUNTY).content_sha256 == first.content_sha256


def cases(folder: Path, months: list[str], reported: str) -> Path:
    """Twelve cases a month, each with four suspects: one under 18, two of 18 to 35, one older."""
    case = {"suspects": "4", "suspects_under_18": "1", "suspects_18_35": "2"}
    rows = [{"filed_on": month, **case} for month in months for _ in range(12)]
    return write_extract(folder, "cases", "-".join(dict.fromkeys((months[0], months[-1]))), rows, reported)


def test_what_was_not_offered_before_is_not_hidden_for_it(tmp_path: Path) -> None:
    """Splits of a flow are offered once the year is over and settled: eleven months published before it must not hide them."""
    data, year = tmp_path / "data", [f"2025{month:02}" for month in range(1, 13)]
    build_from(data, cases(tmp_path, year[:11], "20251205"))
    build_from(data, cases(tmp_path, year[11:], "20260105"))
    for release in ("internal", "public"):
        assert observed(data, release, "suspects_arrested", "suspect_age", "year") == {}, release
    build_from(data, cases(tmp_path, ["202601", "202602"], "20260306"))
    for release, shift in (("internal", 0), ("public", 4)):
        ages = {member: value for (_, member), (value, _) in observed(data, release, "suspects_arrested", "suspect_age", "year").items()}
        # 144 cases: 144 suspects under 18, 288 of 18 to 35, 144 older; rounded each is at most 4 away
        assert len(ages) == 3, release
        for member, exact in {"under_18": 144, "18_35": 288}.items():
            assert ages[member] is not None, release
            assert abs(ages[member] - exact) <= shift, release


def drugs_told(data: Path, release: str) -> dict[tuple[object, ...], tuple[float | None, str]]:
    return observed(data, release, "users_by_main_drug", "drug_group", "quarter")


def test_a_count_that_was_shown_once_is_never_hidden(tmp_path: Path) -> None:
    """Nine, all shown; then six of them turn out to be wrong. Hiding the three that are left would not unsay the nine: there is no such split now."""
    build_from(tmp_path / "data", register(tmp_path, 9, "20261005"))
    assert drugs_told(tmp_path / "data", "internal")[NEW[1], NEW[0]] == (9, "observed")
    build_from(tmp_path / "data", register(tmp_path, 3, "20261020"))
    assert drugs_told(tmp_path / "data", "internal") == {}
    assert drugs_told(tmp_path / "data", "public") == {}
    # What nothing was taken back of is told as ever: 20 + 20 + 9 + 3 people.
    assert observed(tmp_path / "data", "internal", "current_users", "total", "month")[(date(2026, 9, 1),)][0] == 52


def test_a_build_that_was_put_back_is_remembered(tmp_path: Path) -> None:
    """A wrong register was in force for a while, in which nine were shown; put back, and corrected to three by the next build."""
    data = tmp_path / "data"
    august = write_extract(tmp_path, "registry", "202608", "main_drug\n海洛因 *20\n冰毒 *20\n大麻 *9", "20260905")
    build_from(data, august)
    build_from(data, register(tmp_path, 9, "20261005"))
    publish.rollback(data, 1, "spec", "核实后恢复上一版")
    build_from(data, register(tmp_path, 3, "20261020"))
    assert drugs_told(data, "internal") == {}
    fresh = tmp_path / "fresh"
    build_from(fresh, august, register(tmp_path, 3, "20261020"))
    assert drugs_told(fresh, "internal")[NEW[1], NEW[0]] == (None, "suppressed")  # nobody ever saw the nine there


@pytest.mark.parametrize(("december", "suspects"), [(13, 576), (14, 584)])
def test_a_finished_year_stays_while_a_few_come_late(december: int, suspects: int, tmp_path: Path) -> None:
    """12 months of 12 cases with 4 suspects are 576. One case more is 4 people, fewer than five; two are 8, and the year is told anew."""
    year = [f"2025{month:02}" for month in range(1, 13)]
    build_from(tmp_path / "data", cases(tmp_path, year, "20260305"), cases(tmp_path, ["202601", "202602"], "20260306"))
    late = write_extract(tmp_path, "cases", "202512", f"suspects | suspects_under_18 | suspects_18_35\n4 | 1 | 2 *{december}", "20260405")
    build_from(tmp_path / "data", late)
    ages = observed(tmp_path / "data", "internal", "suspects_arrested", "suspect_age", "year")
    assert sum(value or 0 for value, _ in ages.values()) == suspects
    assert observed(tmp_path / "data", "internal", "suspects_arrested", "total", "year")[(date(2025, 1, 1),)][0] == suspects


@pytest.mark.parametrize("first", [15, 12])
def test_a_year_of_newly_found_people_and_the_stock_around_it_are_not_both_told(first: int, tmp_path: Path) -> None:
    """In May nine were found, six of 18 to 35, and nobody else came or left: any later quarter of the year less March would be their ages.

    By themselves both could be said: every age has more than five in the register, and of the nine found all ages are withheld.
    """
    there = "birth_year | first_found_on\n1995 | 2015-06 *30\n1980 | 2015-06 *30\n1955 | 2015-06 *10\n2012 | 2024-06 *8"
    found = f"{there}\n1995 | 2025-05 *6\n1980 | 2025-05 *3"
    months = [date(2025 + number // 12, number % 12 + 1, 1) for number in range(15)]
    data, may = tmp_path / "data", date(2025, 5, 1)
    files = [write_extract(tmp_path, "registry", f"{month:%Y%m}", found if month >= may else there) for month in months]
    build_from(data, *files[:first])
    if first < len(files):  # the year was not settled and its quarters were told; now the year gives way
        assert observed(data, "internal", "newly_found_people", "age_band", "year") == {}
        build_from(data, *files[first:])
    of_year = observed(data, "internal", "newly_found_people", "age_band", "year")
    stock = observed(data, "internal", "current_users", "age_band", "quarter")
    assert observed(data, "internal", "newly_found_people", "total", "year")[(date(2025, 1, 1),)] == (9, "observed")
    assert stock[date(2025, 1, 1), "36_59"] == (30, "observed")
    told = [
        quarter
        for (quarter, age), (count, _) in stock.items()
        if age == "36_59" and count is not None and date(2025, 4, 1) <= quarter < date(2026, 1, 1)
    ]
    assert not (told and (date(2025, 1, 1), "36_59") in of_year)
    assert bool(told) == (first < len(files))
