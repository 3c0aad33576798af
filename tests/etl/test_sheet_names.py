"""A sheet's name that may be somebody's is shown nowhere; the sheet is named by its place instead."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.result import InspectionResult
from etl.inspection.return_list import return_list
from etl.mapping import question
from etl.privacy.sheet_names import may_name_somebody, words
from etl.reading.places import township_words
from tests.etl.files import ON, REGISTRY, grid, rows, write_xlsx

NAME = "在册吸毒人员_202610_报20261105.xlsx"
SOMEBODY = "王小明"  # the usual name for somebody in textbooks


@pytest.mark.parametrize(
    "name", ["王小明", "王小明的表", "1_王小明", "王小明(10月)", "王云汀", "10月王小明", "阿依古丽", "Wang Xiaoming", "云汀街道王小明"]
)
def test_names_that_may_be_somebodys(name: str, pack: CountyPack) -> None:
    assert may_name_somebody(name, set(township_words(pack)))


@pytest.mark.parametrize(
    "name",
    [
        "Sheet1",
        "Sheet1 (2)",
        "报表",
        "10月",
        "二〇二六年十月",
        "一至十月",
        "2026年1-10月",
        "云汀街道",
        "云汀",
        "石埠镇报表",
        "毒品案件月报",
        "在册",
        "汇总",
        "附1",
    ],
)
def test_names_of_forms_months_and_townships(name: str, pack: CountyPack) -> None:
    assert not may_name_somebody(name, set(township_words(pack)))


def returned(result: InspectionResult) -> str:
    with zipfile.ZipFile(io.BytesIO(return_list(result))) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("sheet", ["王小明", "王小明的表"])
def test_it_is_masked_in_the_refusal_and_in_the_list_that_goes_back(sheet: str, tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    cells[2][2] = "不明"  # row 3
    result = inspect(write_xlsx(tmp_path, NAME, cells, sheet=sheet), pack, on=ON)
    assert [(problem.rule, problem.sheet, problem.row) for problem in result.problems] == [("code", "第1张", 3)]
    assert "  - 第1张工作表 · 第3行 · 列“性别”" in "\n".join(result.lines())
    content = return_list(result)
    assert openpyxl.load_workbook(io.BytesIO(content)).sheetnames == ["退回清单", "1_第1张"]
    assert SOMEBODY not in returned(result) + "\n".join(result.lines()) + str(result.as_json())


def test_it_is_masked_where_two_sheets_are_compared_or_one_cannot_be_read(tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / NAME
    cells = grid(REGISTRY, rows(REGISTRY))
    with xlsxwriter.Workbook(path) as book:
        for title in (SOMEBODY, "报表"):
            page = book.add_worksheet(title)
            for row, written in enumerate(cells):
                page.write_row(row, 0, written)
    result = inspect(path, pack, on=ON)
    assert result.problems[0].message.zh == "代号与第1张工作表第2行重复"
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["D3"] = "#REF!"
    book.save(path)
    broken = inspect(path, pack, on=ON)
    assert ("error_cell", "第1张", 3) in [(problem.rule, problem.sheet, problem.row) for problem in broken.problems]
    assert SOMEBODY not in str(result.as_json()) + str(broken.as_json())


def test_it_is_masked_on_the_upload_page(tmp_path: Path, pack: CountyPack) -> None:
    path = write_xlsx(tmp_path, NAME, [["镇街", "人数"], ["云汀街道", "3"]], sheet=SOMEBODY)
    assert {place.sheet for place in question.places(path.read_bytes(), extracts(), pack)} == {"第1张"}


def test_words() -> None:
    assert (words("第2张").zh, words("第2张").en) == ("第2张工作表", "sheet number 2")
    assert (words("10月").zh, words("10月").en) == ("工作表“10月”", "sheet “10月”")
