"""What the publish gate holds and what it lets pass; every limit worked out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.publishing.difference import ChangeKind, difference
from etl.publishing.gate import holds
from indicators.months import months_later
from tests.builds.small_builds import Cells, write_build

MARCH, APRIL = date(2024, 3, 1), date(2024, 4, 1)
YEAR_BEFORE = date(2023, 4, 1)


def compared(folder: Path, before: Cells, after: Cells, /, **options: dict[str, object]) -> list[tuple[str, str, date | None]]:
    first = write_build(folder / "1.duckdb", before, **options.get("before", {}))  # type: ignore[arg-type]
    second = write_build(folder / "2.duckdb", after, number=2, **options.get("after", {}))  # type: ignore[arg-type]
    return [(hold.rule, hold.indicator, hold.month) for hold in holds(first, second)]


def months_before(month: date, count: int) -> list[date]:
    return [months_later(month, -back) for back in range(count, 0, -1)]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (2578, 0, "month_zero"),  # a publisher's own month of zeros
        (2580, 2579, None),  # an ordinary correction
        # Both halves of the rule. 100 -> 131 is +31 %; given 231 in all, sd is sqrt(231)/2 = 7.6 and 131 lies 15.5 above the middle: 2.0 sd.
        (100, 131, "month_changed"),
        (100, 130, None),  # exactly 30 % is not beyond 30 %
        (1000, 1290, None),  # far beyond chance, but less than 30 %
        # 10 -> 14 is +40 %; of 24 in all, 14 or more on one side has p = 2 * 0.27: chance.
        (10, 14, None),
        (100, 60, "month_changed"),  # -40 %; 160 in all, sd 6.3, 20 below the middle: 3.2 sd
        (5, 0, None),  # 2 * 0.5**5 = 0.0625
        (6, 0, "month_zero"),  # 2 * 0.5**6 = 0.031
        (0, 5, None),
        (0, 6, "month_changed"),
        (9, "not_collected", "month_gone"),
        (1, "not_collected", "month_gone"),
        (9, "suppressed", None),  # protected is not withdrawn
    ],
)
def test_a_month_against_its_earlier_edition(old: float, new: float | str, rule: str | None, tmp_path: Path) -> None:
    found = compared(
        tmp_path, {("cases_opened", MARCH): old, ("cases_opened", APRIL): 50}, {("cases_opened", MARCH): new, ("cases_opened", APRIL): 50}
    )
    assert found == ([(rule, "cases_opened", MARCH)] if rule else [])


@pytest.mark.parametrize(
    ("before", "after", "is_held"),
    [
        (163, 80, True),  # half a register: 80 of 243, 41.5 below the middle, sd sqrt(243)/2 = 7.8: 5.3 sd
        (163, 150, False),  # -8 %
        (10, 6, False),  # -40 %, but 6 or fewer of 16 has p = 2 * 0.23: chance
    ],
)
def test_a_registers_new_month_against_the_month_before(before: float, after: float, is_held: bool, tmp_path: Path) -> None:
    known: Cells = {("registered_people", MARCH): before}
    found = compared(tmp_path, known, {**known, ("registered_people", APRIL): after})
    assert found == ([("new_month_jump", "registered_people", APRIL)] if is_held else [])


def test_a_month_that_is_missing_altogether_is_held(tmp_path: Path) -> None:
    both: Cells = {("cases_opened", MARCH): 9, ("cases_opened", APRIL): 9}
    assert compared(tmp_path, both, {("cases_opened", APRIL): 9}) == [("month_gone", "cases_opened", MARCH)]


@pytest.mark.parametrize(
    ("year_before", "month_before", "is_held"),
    [
        (5, 5, True),  # 0 against 10 in two months: 2 * (2/3)**10 = 0.035
        (4, 5, False),  # 2 * (2/3)**9 = 0.052
        (None, 6, True),  # one month only: 2 * (1/2)**6 = 0.031
        (None, 5, False),
        (0, 0, False),
    ],
)
def test_a_first_month_of_zero(year_before: float | None, month_before: float, is_held: bool, tmp_path: Path) -> None:
    known: dict[tuple[str, date], float | str] = {("cases_opened", MARCH): month_before}
    if year_before is not None:
        known["cases_opened", YEAR_BEFORE] = year_before
    found = compared(tmp_path, known, {**known, ("cases_opened", APRIL): 0})
    assert found == ([("new_month_zero", "cases_opened", APRIL)] if is_held else [])


@pytest.mark.parametrize(
    ("past", "new", "is_held"),
    [
        ([3] * 12, 9, False),  # exactly three times
        # More than three times, and given 56 in all 4.3 are expected of one month in thirteen, sd sqrt(56 * 12) / 13 = 2.0: 7.9 sd above.
        ([3] * 12, 20, True),
        ([3] * 12, 30, True),  # ten times
        ([3] * 5, 30, False),  # half a year is not known
        # Four times the half of a case a month; of 8 in all, two or more fall into one of thirteen with p = 2 * 0.12.
        ([0, 1] * 6, 2, False),
    ],
)
def test_a_first_month_several_times_its_past(past: list[float], new: float, is_held: bool, tmp_path: Path) -> None:
    known: Cells = {("cases_opened", month): count for month, count in zip(months_before(APRIL, len(past)), past, strict=True)}
    found = compared(tmp_path, known, {**known, ("cases_opened", APRIL): new})
    assert found == ([("new_month_leap", "cases_opened", APRIL)] if is_held else [])


def test_a_first_month_that_is_low_passes(tmp_path: Path) -> None:
    known: Cells = {("cases_opened", MARCH): 40}
    assert compared(tmp_path, known, {**known, ("cases_opened", APRIL): 1}) == []


@pytest.mark.parametrize(
    ("was", "rows", "is_held"),
    [(10, 40, True), (10, 6, True), (5, 40, False), (10, 5, False), (0, 40, False)],
)
def test_a_column_gone_blank(was: int, rows: int, is_held: bool, tmp_path: Path) -> None:
    """Held where it was mostly full and from six records on: with five, all blank is within chance."""
    cells: Cells = {("cases_opened", MARCH): 40}
    later: Cells = {**cells, ("cases_opened", APRIL): 40}
    march, april = ("cases", "drug", MARCH, 40, was), ("cases", "drug", APRIL, rows, 0)
    found = compared(tmp_path, cells, later, before={"fills": [march]}, after={"fills": [march, april]})
    assert found == ([("column_blank", "", APRIL)] if is_held else [])


def test_a_column_that_is_nearly_empty_is_not_blank(tmp_path: Path) -> None:
    cells: Cells = {("cases_opened", MARCH): 40}
    found = compared(tmp_path, cells, cells, before={"fills": [("cases", "drug", MARCH, 40, 9)]}, after={"fills": [("cases", "drug", MARCH, 40, 1)]})
    assert found == []


def test_codes_and_definitions(tmp_path: Path) -> None:
    cells: Cells = {("cases_opened", MARCH): 40}
    assert compared(tmp_path, cells, cells, after={"codes": ("trafficking", "use", "hosting")}) == [("codes_changed", "", None)]
    (changed,) = holds(tmp_path / "1.duckdb", tmp_path / "2.duckdb")
    # Two codes before, three now; the list is called as pages call it.
    assert (changed.message.zh, changed.message.en) == ("代码表“案由”有变动:减少0项,增加1项", "Code list “Offence” changed: 0 codes gone, 1 new")
    # The same declaration with its keys in another order is the same declaration.
    order = {"before": {"counted": '{"where": {}, "column": null}'}, "after": {"counted": '{"column": null, "where": {}}'}}
    assert compared(tmp_path, cells, cells, **order) == []
    assert compared(tmp_path, cells, cells, after={"counted": '{"where": {"charge": ["use"]}}'}) == [("definition_changed", "cases_opened", None)]
    assert compared(tmp_path, cells, {**cells, ("cases_solved", MARCH): 9}) == []
    assert ("definition_changed", "cases_solved", None) in compared(tmp_path, {**cells, ("cases_solved", MARCH): 9}, cells)


def test_a_first_build_has_nothing_to_be_compared_with(tmp_path: Path) -> None:
    first = write_build(tmp_path / "1.duckdb", {("cases_opened", MARCH): 0})
    assert holds(None, first) == ()


def test_the_difference_counts_every_cell_once(tmp_path: Path) -> None:
    first = write_build(tmp_path / "1.duckdb", {("a", MARCH): 5, ("b", MARCH): 7, ("c", MARCH): 9, ("d", MARCH): "suppressed"})
    second = write_build(
        tmp_path / "2.duckdb", {("a", MARCH): 6, ("b", MARCH): 7, ("c", MARCH): "not_collected", ("d", MARCH): 3, ("a", APRIL): 1}, number=2
    )
    found = difference(first, second)
    assert [(change.kind, change.indicator, change.period, change.before, change.after) for change in found.changes] == [
        (ChangeKind.CORRECTED, "a", MARCH, 5, 6),
        (ChangeKind.ADDED, "a", APRIL, None, 1),
        (ChangeKind.WITHDRAWN, "c", MARCH, 9, None),
        (ChangeKind.ADDED, "d", MARCH, None, 3),
    ]
    assert set(found.counts) == {
        ("a", MARCH, ChangeKind.CORRECTED, 1),
        ("a", APRIL, ChangeKind.ADDED, 1),
        ("c", MARCH, ChangeKind.WITHDRAWN, 1),
        ("d", MARCH, ChangeKind.ADDED, 1),
    }
    assert (found.compared, found.total(ChangeKind.ADDED), found.is_empty) == (3, 2, False)
    assert difference(first, first).is_empty
    assert difference(None, second).total(ChangeKind.ADDED) == 4  # all cells with a number


def test_three_hundred_slight_corrections_pass_with_a_report(tmp_path: Path) -> None:
    """As when a state publishes its overdose deaths again: 332 cells of many moved by one or two."""
    months = [date(1990 + number // 12, number % 12 + 1, 1) for number in range(400)]
    before: Cells = {("cases_opened", month): 80.0 for month in months}
    after: Cells = {("cases_opened", month): 80.0 + (position % 2 + 1 if position < 332 else 0) for position, month in enumerate(months)}
    assert compared(tmp_path, before, after) == []
    assert difference(tmp_path / "1.duckdb", tmp_path / "2.duckdb").total(ChangeKind.CORRECTED) == 332


@pytest.mark.parametrize(
    ("old", "new", "is_held"),
    [
        (2910, 2.91, True),  # grams taken for kilograms
        (2.91, 2910, False),  # below ten grams one more case is a multiple
        (2910, 582, True),  # a fifth
        (2910, 583, False),
        (10, 50, True),  # five times
        (10, 49.9, False),
        (9.9, 0, False),
        (10, 0, True),
        (2910, "not_collected", True),
        (2910, "suppressed", False),  # hidden is not gone
        ("suppressed", 2910, False),
    ],
)
def test_a_years_weight_against_its_earlier_edition(old: float | str, new: float | str, is_held: bool, tmp_path: Path) -> None:
    cells: Cells = {("cases_opened", MARCH): 40}
    year = date(2025, 1, 1)
    before, after = ({("methamphetamine", year): weight, ("heroin", year): 500.0} for weight in (old, new))
    found = compared(tmp_path, cells, cells, before={"weights": before}, after={"weights": after})
    assert found == ([("weight_changed", "drugs_seized", year)] if is_held else [])


def test_a_weight_that_changed_is_told_without_a_number(tmp_path: Path) -> None:
    cells: Cells = {("cases_opened", MARCH): 40}
    year = date(2025, 1, 1)
    first = write_build(tmp_path / "1.duckdb", cells, weights={("methamphetamine", year): 2910.0, ("heroin", year): 60.0})
    second = write_build(tmp_path / "2.duckdb", cells, number=2, weights={("methamphetamine", year): 2.91})
    heroin, other = holds(first, second)  # by drug; the heroin is gone altogether
    assert heroin.message.zh == "2025年缴获毒品·heroin原有数,现在没有"
    assert other.message.zh == "2025年缴获毒品·methamphetamine与前一版相差五倍以上,是否单位有误"
    for hold in (heroin, other):
        # The difference of two weights may be that of one case.
        assert not any(number in hold.message.zh + hold.message.en for number in ("2,910", "2910", "2.91", "60"))
