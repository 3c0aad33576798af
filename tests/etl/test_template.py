"""The blank workbook of a type: filled in as told it is in order, with all its sheets."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest

from etl.commands.main import main
from etl.contract import Extract, Type
from etl.county.pack import CountyPack, current_townships
from etl.desk import template
from etl.extracts import extracts
from etl.inspection import inspect as inspection
from tests.etl.files import ON
from tests.etl.test_pollock import clean_cells

TYPES = pytest.mark.parametrize("extract", extracts().values(), ids=lambda extract: extract.id)


@TYPES
def test_a_filled_template_is_in_order(extract: Extract, tmp_path: Path, pack: CountyPack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.template(extract, pack)))
    records = [[text.replace("2026-05", "2026-10") for text in line] for line in clean_cells(extract, pack)[1:]]
    for record in records:
        book.worksheets[0].append(record)
    path = tmp_path / template.delivered_name(extract)
    book.save(path)
    result = inspection.inspect(path, pack, on=ON)
    assert result.problems == ()
    assert result.remarks == ()  # its other sheets are ours
    assert (result.extract, result.rows_found) == (extract.id, len(records))
    assert str(result.reported_on) == "2026-11-05"


@TYPES
def test_a_blank_template_is_a_file_without_records_that_asks_for_its_months(extract: Extract, tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / template.file_name(extract)
    path.write_bytes(template.template(extract, pack))
    result = inspection.inspect(path, pack, on=ON)
    assert (result.extract, result.rows_found, result.has_identifiers) == (extract.id, 0, False)
    assert {problem.rule for problem in result.problems} <= {"coverage_unknown", "no_rows"}
    assert result.is_refused


@TYPES
def test_a_template_tells_every_column_every_code_and_every_township(extract: Extract, pack: CountyPack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.template(extract, pack)))
    assert book.sheetnames == [extract.title.zh, "填写说明", "乡镇代码"]
    assert [cell.value for cell in book.worksheets[0][1]] == [column.header for column in extract.columns]
    notes = {row[0]: row for row in book["填写说明"].iter_rows(values_only=True)}
    for column in extract.columns:
        assert notes[column.header][2:4] == (column.description.zh, column.description.en)
        assert {code.title.zh for code in column.codes} <= set(notes[column.header])
    assert template.delivered_name(extract) in notes
    places = {(row[0], row[1]) for row in book["乡镇代码"].iter_rows(values_only=True)}
    assert {(township.code, township.title.zh) for township in current_townships(pack)} <= places


@TYPES
def test_a_template_guards_its_cells(extract: Extract, pack: CountyPack) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template.template(extract, pack)))
    rules = {str(rule.sqref).split(":")[0]: rule for rule in book.worksheets[0].data_validations.dataValidation}
    for position, column in enumerate(extract.columns, 1):
        rule = rules.get(f"{openpyxl.utils.get_column_letter(position)}2")
        if column.type in {Type.COUNT, Type.GRAMS, Type.AMOUNT}:
            assert rule is not None
            assert (rule.operator, rule.formula1) == ("greaterThanOrEqual", "0")
        elif column.codes:
            assert rule is not None
            sheet, cells = rule.formula1.split("!")
            assert [cell.value for [*row] in book[sheet.strip("'")][cells.replace("$", "")] for cell in row] == [
                code.title.zh for code in column.codes
            ]
        elif column.type in {Type.KEY, Type.MONTH, Type.YEAR}:
            assert rule is None


def test_templates_are_written_by_a_command_and_over_none(tmp_path: Path, county: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["template", "--into", str(tmp_path / "out"), "--county", str(county), "--json"]
    assert main(words) == 0
    written = [Path(one["path"]) for one in json.loads(capsys.readouterr().out)["templates"]]
    assert sorted(path.name for path in written) == sorted(template.file_name(extract) for extract in extracts().values())
    before = {path: path.read_bytes() for path in written}
    assert main(["template", "registry", *words[1:]]) == 0
    capsys.readouterr()
    assert {path: path.read_bytes() for path in written} == before
    assert (tmp_path / "out" / "在册吸毒人员_空白模板_2.xlsx").exists()
    assert main(["template", "registr", *words[1:-1]]) == 2
    assert "没有这种报表;可用的类型:" in capsys.readouterr().out
    (tmp_path / "blocked").write_text("a file where the folder should be", encoding="utf-8")
    assert main(["template", "--into", str(tmp_path / "blocked"), "--county", str(county)]) == 1
    assert "空白模板未能写入所选文件夹" in capsys.readouterr().out


def test_another_sheet_of_that_name_is_said_to_be_left_out(tmp_path: Path, pack: CountyPack) -> None:
    extract = extracts()["cases"]
    book = openpyxl.load_workbook(io.BytesIO(template.template(extract, pack)))
    for line in clean_cells(extract, pack)[1:]:
        book.worksheets[0].append([text.replace("2026-05", "2026-10") for text in line])
    del book["填写说明"]
    book.create_sheet("填写说明").append(["本表由各派出所填报"])
    path = tmp_path / template.delivered_name(extract)
    book.save(path)
    (remark,) = inspection.inspect(path, pack, on=ON).remarks
    assert remark.rule == "sheet_left_out"
