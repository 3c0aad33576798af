"""Deliveries given as cases of cells that are not simply what they say, each with what is right for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance, InspectionResult

ON = date(2026, 12, 1)  # after the day of reporting in the names of the files
GRAMS, SUSPECTS = "缴获克数", "抓获嫌疑人数"


def given(shared_folder: Path, number: str) -> Path:
    folder = next((shared_folder / "cases" / "intake").glob(f"{number}_*"), None)
    if folder is None:
        pytest.skip("the folder of given cases (../shared/cases/intake) is not here")
    return next(path for path in folder.iterdir() if path.suffix != ".json")


def judged(path: Path, pack: CountyPack) -> InspectionResult:
    return inspect(path, pack, on=ON)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("02", [("raised_sign", 2, SUSPECTS)]),
        ("03", [("formula_without_value", row, header) for row in (2, 3, 4) for header in (SUSPECTS, GRAMS)]),
        ("04", [("formula_without_value", row, GRAMS) for row in (2, 3, 4)]),
        ("05", [("formula_without_value", row, GRAMS) for row in (2, 3, 4)]),
        ("06", [("error_cell", 2, GRAMS), ("error_cell", 3, "贩运渠道")]),
        ("07", [("error_cell", 3, GRAMS)]),
        ("08", [("number_format", row, GRAMS) for row in (2, 3, 4)]),
        ("09", [("error_cell", row, GRAMS) for row in (2, 3, 4)]),
    ],
)
def test_a_given_fault_is_named_at_its_cell(number: str, expected: list[tuple[str, int, str]], shared_folder: Path, pack: CountyPack) -> None:
    result = judged(given(shared_folder, number), pack)
    assert result.acceptance is Acceptance.REFUSED
    assert [(problem.rule, problem.row, problem.column) for problem in result.problems] == expected
    assert {problem.sheet for problem in result.problems} == {"报表"}


def test_filtered_rows_are_records_and_named(shared_folder: Path, pack: CountyPack) -> None:
    result = judged(given(shared_folder, "14"), pack)
    assert (result.acceptance, result.rows_found, result.problems) == (Acceptance.IN_ORDER, 5, ())
    assert [remark.rule for remark in result.remarks] == ["hidden_rows"]
    assert "第3—4行" in result.remarks[0].message.zh


def test_an_empty_text_that_a_formula_gives_is_blank(shared_folder: Path, pack: CountyPack) -> None:
    path = given(shared_folder, "16")
    assert judged(path, pack).acceptance is Acceptance.IN_ORDER
    table = read_file(path.read_bytes(), ".xlsx", extracts(), pack).table
    assert list(table.columns[(table.header or ()).index("破案年月")]) == ["", "", ""]


def test_the_remedy_for_a_link_to_another_file_breaks_the_link(shared_folder: Path, pack: CountyPack) -> None:
    (problem,) = judged(given(shared_folder, "20"), pack).problems
    assert problem.rule == "active_content"
    assert "数据—编辑链接—断开链接" in problem.remedy.zh
    assert "空白模板" in problem.remedy.zh


def test_a_date_short_of_midnight_keeps_its_time_and_is_asked_about(shared_folder: Path, pack: CountyPack) -> None:
    path = given(shared_folder, "21")
    result = judged(path, pack)
    assert [(problem.row, problem.column) for problem in result.problems] == [(row, "立案年月") for row in (2, 3, 4)]
    table = read_file(path.read_bytes(), ".xlsx", extracts(), pack).table
    # 46326.9995… days: 43 seconds before 46327, which is 2026-11-01
    assert set(table.columns[(table.header or ()).index("立案年月")]) == {"2026-10-31T23:59:17"}


def test_a_stray_blank_far_away_is_no_part_of_the_table(shared_folder: Path, pack: CountyPack) -> None:
    result = judged(given(shared_folder, "30"), pack)
    assert (result.acceptance, result.rows_found, result.problems) == (Acceptance.IN_ORDER, 3, ())
