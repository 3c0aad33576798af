"""A number that its reader sees with another unit, scaled or hidden is asked about; plain formats are not."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest

from etl.county.pack import CountyPack
from etl.inspection.inspect import inspect
from etl.inspection.result import Acceptance, InspectionResult
from etl.reading.number_formats import changes
from tests.etl.files import CASES, ON, grid, rows, write_csv, write_xlsx

NAME = "毒品案件_202601-202610_报20261105.xlsx"
GRAMS, SUSPECTS = ([column.name for column in CASES.columns].index(name) for name in ("grams", "suspects"))
ACCOUNTING = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    "code",
    ['0.00"千克"', '0.0"mg"', "0%", '0"万"', ";;;", '0"0"', '"约"0', "#,##0,", "0,.0", '"-"0', "0!0", "0\\k\\g", '[>=1000]0.0,"千";0', "[$¥-804]0"],
)
def test_formats_that_change_what_is_seen(code: str) -> None:
    assert changes(code, 12.5, ("克", "g"))


@pytest.mark.parametrize(
    "code",
    ["General", "G/通用格式", "@", "0", "0.00", "#,##0.00", '0.00"克"', "0.0 \\g", ACCOUNTING, "[Red]0;[Blue]-0", "0.00E+00", "yyyy-mm", "0;-0;;@"],
)
def test_formats_that_show_the_number(code: str) -> None:
    assert not changes(code, 12.5, ("克", "g"))


@pytest.mark.parametrize("code", [ACCOUNTING, "0;-0;;@", "0"])
def test_a_dash_or_nothing_may_stand_for_zero(code: str) -> None:
    assert not changes(code, 0, ())


def formatted(folder: Path, code: str, position: int) -> Path:
    """Five cases with numbers, of which the third (row 4) has the format in one column."""
    cells: list[list[object]] = [list(row) for row in grid(CASES, rows(CASES))]
    for row in cells[1:]:
        row[GRAMS], row[SUSPECTS] = 12.5, 3
    path = write_xlsx(folder, NAME, cells)
    book = openpyxl.load_workbook(path)
    book.active.cell(4, position + 1).number_format = code
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("code", "position", "header"), [('0.00"千克"', GRAMS, "缴获克数"), ("0%", GRAMS, "缴获克数"), ('0"万"', SUSPECTS, "抓获嫌疑人数")]
)
def test_such_a_cell_is_refused_at_its_place(code: str, position: int, header: str, tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(formatted(tmp_path, code, position), pack, on=ON)
    found = [(problem.rule, problem.sheet, problem.row, problem.column) for problem in result.problems]
    assert found == [("number_format", "报表", 4, header)]


@pytest.mark.parametrize(("code", "position"), [('0.00"克"', GRAMS), (ACCOUNTING, GRAMS), ('0"人"', SUSPECTS), ("#,##0", SUSPECTS)])
def test_the_columns_own_unit_and_plain_formats_are_taken(code: str, position: int, tmp_path: Path, pack: CountyPack) -> None:
    assert inspect(formatted(tmp_path, code, position), pack, on=ON).acceptance is Acceptance.IN_ORDER


@pytest.mark.parametrize("fault", [(b"<fonts", b"<fault a='&'/><fonts"), (b"</numFmts>", b"</numFmtz>")])
def test_a_workbook_whose_formats_cannot_be_read_goes_back(fault: tuple[bytes, bytes], tmp_path: Path, pack: CountyPack) -> None:
    """The library reads past such faults, and 12.5千克 would be 12.5 grams."""
    path = formatted(tmp_path, '0.00"千克"', GRAMS)
    with zipfile.ZipFile(path) as whole:
        parts = {name: whole.read(name) for name in whole.namelist()}
    assert fault[0] in parts["xl/styles.xml"]
    parts["xl/styles.xml"] = parts["xl/styles.xml"].replace(*fault, 1)
    with zipfile.ZipFile(path, "w") as spoiled:
        for name, part in parts.items():
            spoiled.writestr(name, part)
    assert [problem.rule for problem in inspect(path, pack, on=ON).problems] == ["not_a_workbook"]


def around(folder: Path, pack: CountyPack, above: str = "", below: str = "") -> InspectionResult:
    lines = [[above], *grid(CASES, rows(CASES)), *([[below]] if below else [])]
    width = len(CASES.columns)
    path = write_csv(folder, NAME.replace("xlsx", "csv"), [[*line, *[""] * (width - len(line))] for line in lines])
    return inspect(path, pack, on=ON)


@pytest.mark.parametrize("said", ["单位:千克", "计量单位:公斤、人", "缴获克数一栏以千克计", "毒品案件统计表(单位:kg)", "单位:万人"])
def test_a_title_or_footer_with_another_unit_is_asked_about(said: str, tmp_path: Path, pack: CountyPack) -> None:
    # the title stands in row 1, the header in row 2, five records, the footer in row 8
    assert [(problem.rule, problem.row) for problem in around(tmp_path, pack, above=said).problems] == [("unit_other", 1)]
    assert [(problem.rule, problem.row) for problem in around(tmp_path, pack, below="注:" + said).problems] == [("unit_other", 8)]


@pytest.mark.parametrize("said", ["单位:克、人", "单位:人", "填报单位:万年县禁毒办", "全县共缴获12.5千克"])
def test_the_own_unit_or_a_weight_in_a_sentence_is_taken(said: str, tmp_path: Path, pack: CountyPack) -> None:
    assert around(tmp_path, pack, above=said).acceptance is Acceptance.IN_ORDER
