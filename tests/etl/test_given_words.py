"""Given deliveries with stray signs, certain words and rows or sheets that are no records; what is right was decided by reading them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance, InspectionResult
from etl.reading.cells import read_column
from etl.reading.table import Table

GIVEN = Path(__file__).parents[3] / "shared" / "cases" / "intake"
ON = date(2026, 11, 30)
pytestmark = pytest.mark.skipif(not GIVEN.is_dir(), reason="the given deliveries lie beside the project and are not here")


def given(case: str) -> Path:
    (path,) = (path for path in (GIVEN / case).iterdir() if path.suffix != ".json")
    return path


def places(result: InspectionResult) -> set[tuple[str, str | None, int | None, str | None]]:
    return {(problem.rule, problem.sheet, problem.row, problem.column) for problem in result.problems}


def values(table: Table, extract: str, name: str, pack: CountyPack) -> list[object]:
    column = extracts()[extract].column(name)
    return read_column(column, table.columns[(table.header or ()).index(column.header)], pack).values


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("01_footnote_sign", {("footnote_sign", None, row, "抓获嫌疑人数") for row in (2, 4)} | {("footnote_sign", None, 3, "缴获克数")}),
        ("10_records_above_header_other_separator", {("rows_above_header", None, row, None) for row in (1, 2)}),
        ("15_township_sheet_without_header", {("sheet_kind", "河湾镇", None, None)}),
        ("18_remedy_second_header_row", {("second_header", "报表", 2, None)}),
        ("29_footnote_sign_month", {("footnote_sign", None, row, "立案年月") for row in (2, 3)}),
    ],
)
def test_what_is_not_certain_is_asked_once_at_its_place(
    case: str, expected: set[tuple[str, str | None, int | None, str | None]], pack: CountyPack
) -> None:
    result = inspect(given(case), pack, on=ON)
    assert places(result) == expected
    assert not any("删除" in problem.remedy.zh for problem in result.problems)


@pytest.mark.parametrize(
    ("case", "extract", "expected"),
    [
        (
            "22_invisible_signs",
            "cases",
            {"township": ["990121001000", "990121100000", "990121105000"], "charge": ["trafficking"] * 3, "suspects": [3] * 3},
        ),
        (
            "23_certain_words",
            "case_counts",
            {
                "township": ["990121001000", "990121100000", "990121105000"],
                "charge": ["trafficking", "possession", "sheltering"],
                "opened": [5, 3, 2],
            },
        ),
        ("24_months_of_exports", "cases", {"filed_on": [date(2026, 11, 1)] * 3}),
        ("26_total_in_one_cell", "case_counts", {"opened": [5, 3, 2]}),
        ("27_one_cell_footers", "case_counts", {"opened": [5, 3, 2]}),
        ("28_statistical_column_row", "case_counts", {"opened": [5, 3, 2], "charge": ["trafficking", "possession", "use"]}),
    ],
)
def test_what_is_certain_is_read(case: str, extract: str, expected: dict[str, list[object]], pack: CountyPack) -> None:
    path = given(case)
    result = inspect(path, pack, on=ON)
    assert (result.acceptance, result.rows_found) == (Acceptance.IN_ORDER, 3)
    table = read_file(path.read_bytes(), path.suffix, extracts(), pack).table
    assert {name: values(table, extract, name, pack) for name in expected} == expected


def test_a_remark_names_the_rows_that_are_no_records(pack: CountyPack) -> None:
    said = {
        case: [remark.message.zh for remark in inspect(given(case), pack, on=ON).remarks]
        for case in ("26_total_in_one_cell", "27_one_cell_footers", "28_statistical_column_row")
    }
    assert said == {
        "26_total_in_one_cell": ["合计、小计1行(第5行)不计入记录,能核对的已与明细核对"],
        "27_one_cell_footers": ["表尾说明1行(第5行)不计入记录"],
        "28_statistical_column_row": ["栏次行或重复的表头1行(第2行)不计入记录"],
    }
