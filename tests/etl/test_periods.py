"""Titles, notes and sheet names that tell of other months than the file covers are asked about at their place."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.inspection.inspect import inspect
from etl.inspection.result import Acceptance, InspectionResult
from etl.reading.numerals import with_digits
from tests.etl.files import CASES, ON, REGISTRY, grid, rows, write_xlsx

OCTOBER = "毒品案件_202610_报20261105.xlsx"
YEAR_TO_DATE = "毒品案件_202601-202610_报20261105.xlsx"
RECORDS = grid(CASES, rows(CASES, filed_on="2026-10", solved_on="2026-10"))


def judged(folder: Path, pack: CountyPack, *, name: str = OCTOBER, title: str = "", note: str = "", sheet: str = "报表") -> InspectionResult:
    """Five cases of October: a title in row 1, the header in row 2, a note in row 8."""
    return inspect(write_xlsx(folder, name, [*RECORDS, *([[note]] if note else [])], [[title]], sheet), pack, on=ON)


def asked(result: InspectionResult) -> list[tuple[str, str | None, int | None]]:
    return [(problem.rule, problem.sheet, problem.row) for problem in result.problems]


@pytest.mark.parametrize(
    "title",
    [
        "9月份毒品案件统计表",
        "2026年9月毒品案件统计表",
        "二〇二六年九月毒品案件统计表",
        "2026年三季度毒品案件统计表",
        "2026年上半年毒品案件",
        "统计时间:2026.9.1-2026.9.30",
        "统计时间:2026年9月1日至30日",
        "统计时间:1月1日至10月31日",
        "毒品案件统计表(1-10月累计)",
        "毒品案件累计表",
    ],
)
def test_a_title_of_other_months_is_asked_about_in_its_row(title: str, tmp_path: Path, pack: CountyPack) -> None:
    assert asked(judged(tmp_path, pack, title=title)) == [("coverage_conflict", "报表", 1)]


@pytest.mark.parametrize("note", ["注:以上为1-10月累计数", "说明:统计时间1月1日至10月31日", "注:本表为九月数"])
def test_a_note_that_says_so_of_the_table_is_asked_about(note: str, tmp_path: Path, pack: CountyPack) -> None:
    assert asked(judged(tmp_path, pack, note=note)) == [("coverage_conflict", "报表", 8)]


@pytest.mark.parametrize("sheet", ["9月", "2026年9月", "202609", "三季度", "1-10月"])
def test_a_sheet_named_by_other_months_is_asked_about(sheet: str, tmp_path: Path, pack: CountyPack) -> None:
    assert asked(judged(tmp_path, pack, sheet=sheet)) == [("coverage_conflict", sheet, None)]


@pytest.mark.parametrize(
    ("title", "note", "sheet"),
    [
        ("10月份毒品案件统计表", "", "10月"),
        ("二〇二六年十月毒品案件统计表", "", "202610"),
        ("统计时间:2026年10月1日至31日", "", "Sheet1"),
        ("填报日期:2026年11月5日", "注:10月新增案件含9月补录2起", "报表"),
        ("2026年第10期(总第58期)", "注:累计比上年增加", "报表"),
        ("截至2026年11月5日", "注:以上为全县数", "报表"),
    ],
)
def test_the_months_covered_and_other_dates_are_taken(title: str, note: str, sheet: str, tmp_path: Path, pack: CountyPack) -> None:
    assert judged(tmp_path, pack, title=title, note=note, sheet=sheet).acceptance is Acceptance.IN_ORDER


@pytest.mark.parametrize(("title", "sheet"), [("1-10月累计", "报表"), ("一至十月毒品案件", "10月"), ("2026年1—10月", "累计")])
def test_a_file_from_january_on_may_say_so(title: str, sheet: str, tmp_path: Path, pack: CountyPack) -> None:
    assert judged(tmp_path, pack, name=YEAR_TO_DATE, title=title, sheet=sheet).acceptance is Acceptance.IN_ORDER


def test_a_register_of_another_month_is_asked_about(tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    for title, acceptance in (("截至10月31日", Acceptance.IN_ORDER), ("累计登记人员", Acceptance.IN_ORDER), ("截至9月底", Acceptance.REFUSED)):
        path = write_xlsx(tmp_path, "在册吸毒人员_202610_报20261105.xlsx", cells, [[title]])
        assert inspect(path, pack, on=ON).acceptance is acceptance, title


def test_a_title_in_chinese_numerals_tells_the_month(tmp_path: Path, pack: CountyPack) -> None:
    result = judged(tmp_path, pack, name="毒品案件.xlsx", title="二〇二六年十月毒品案件")
    assert (result.acceptance, result.first_month, result.last_month) == (Acceptance.IN_ORDER, date(2026, 10, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("written", "digits"),
    [("二〇二六年十二月", "2026年12月"), ("一至十月", "1至10月"), ("第三季度", "第3季度"), ("十一月份", "11月份"), ("三组", "三组")],
)
def test_numerals(written: str, digits: str) -> None:
    assert with_digits(written) == digits
