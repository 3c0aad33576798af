"""The same faults of cells in every container and in every type of column: none becomes a number in silence, and each is named at its cell."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from etl.contract import Column, Extract, Type
from etl.county.pack import CountyPack
from etl.inspection.inspect import inspect
from etl.inspection.result import Acceptance, InspectionResult
from etl.reading import workbook
from etl.reading.table import UnreadableError
from tests.etl.containers import SHEET, Cell, Grid, State, write_ods, write_xls, write_xlsx
from tests.etl.files import CASES, ON, REGISTRY, TOWNSHIPS, rows
from tests.soak import SOAK

Write = Callable[[Path, Grid], Path]
NUMBERS = (Type.COUNT, Type.GRAMS, Type.AMOUNT, Type.YEAR)
NAMES = {"registry": "在册吸毒人员_202610_报20261105", "cases": "毒品案件_202601-202610_报20261105"}
LETTERS = "QWERTYUPASDFGHJKLZXCVBNM"
KEYS = [LETTERS[(7 * row) % 24] + LETTERS[(5 * row + 3) % 24] + LETTERS[(11 * row + 1) % 24] + "KQPLMZ"[:3] + LETTERS[-row % 24] for row in range(20)]
"""Keys of seven letters without an order; 7, 5 and 11 have no divisor in common with 24, so no two of fewer than 24 are the same."""


def _csv(path: Path, grid: Grid) -> Path:
    """Text holds errors, formulas and units as they are shown."""
    shown = {State.ERROR: "#N/A", State.UNCOMPUTED: "=1+1", State.PERCENT: "{}%", State.UNIT: "{}千克"}
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([[shown.get(cell.state, "{}").format(cell.text) for cell in line] for line in grid])
    return path


CONTAINERS: dict[str, tuple[str, Write]] = {
    "csv": (".csv", _csv),
    "xlsx": (".xlsx", write_xlsx),
    "xlsx elsewhere": (".xlsx", lambda path, grid: write_xlsx(path, grid, is_other=True)),
    "xls": (".xls", write_xls),
    "et": (".et", write_xls),
    "ods": (".ods", write_ods),
}
IN_TEXT = (State.ERROR, State.UNCOMPUTED, State.PERCENT, State.UNIT)
STATES = [state for state in State if state not in (State.PLAIN, State.EMPTY_RESULT)]
HELD = [(container, state) for container in CONTAINERS for state in STATES if container != "csv" or state in IN_TEXT]
HELD.remove(("ods", State.ZERO_ON_LOAD))  # an .ods has no such flag


def plain_grid(extract: Extract, count: int) -> list[list[Cell]]:
    """The header and so many records in order; numbers are numbers where the container knows any."""
    records = [{**rows(extract, 1)[0], extract.key[0]: KEYS[row], "township": TOWNSHIPS[row % 5]} for row in range(count)]
    header = [Cell(column.header) for column in extract.columns]
    return [header, *([Cell(record[column.name], State.PLAIN, column.type in NUMBERS) for column in extract.columns] for record in records)]


def spoilt_columns(extract: Extract, state: State) -> list[int]:
    """The columns in which a state can be wrong: a format only where a number stands that may be scaled."""
    formats = (State.PERCENT, State.UNIT)
    return [index for index, column in enumerate(extract.columns) if state not in formats or column.type in (Type.COUNT, Type.GRAMS, Type.AMOUNT)]


def spoilt(column: Column, cell: Cell, state: State) -> Cell:
    """The cell with its fault; of two runs the last sign is the one struck or raised, and what is left would be another value or the same."""
    text = cell.text or "CLEAN-2021"
    if state in (State.PARTLY_STRUCK, State.RAISED) and column.type in (Type.COUNT, Type.GRAMS):
        text += "1"
    return Cell(text, state, cell.is_number)


def judged(path: Path, pack: CountyPack) -> InspectionResult:
    return inspect(path, pack, on=ON)


def places(result: InspectionResult) -> set[tuple[int | None, str | None]]:
    return {(problem.row, problem.column) for problem in result.problems}


@pytest.mark.parametrize("container", CONTAINERS)
@pytest.mark.parametrize("extract", [CASES, REGISTRY], ids=lambda extract: extract.id)
def test_a_file_without_fault_is_in_order_in_every_container(extract: Extract, container: str, tmp_path: Path, pack: CountyPack) -> None:
    suffix, write = CONTAINERS[container]
    result = judged(write(tmp_path / (NAMES[extract.id] + suffix), plain_grid(extract, 6)), pack)
    assert (result.acceptance, result.problems, result.remarks, result.rows_found) == (Acceptance.IN_ORDER, (), (), 6)


def test_every_state_is_named_at_its_cell_in_every_column(tmp_path: Path, pack: CountyPack) -> None:
    """One file a container, state and type of extract; the fault of each column stands in a row of its own."""
    silent, unnamed, asked = [], [], 0
    for container, state in HELD:
        suffix, write = CONTAINERS[container]
        for extract in (CASES, REGISTRY):
            columns = spoilt_columns(extract, state)
            if not columns:
                continue
            grid = plain_grid(extract, len(columns))
            for row, index in enumerate(columns, 1):
                grid[row][index] = spoilt(extract.columns[index], grid[row][index], state)
            result = judged(write(tmp_path / (NAMES[extract.id] + suffix), grid), pack)
            if not result.is_refused:
                silent.append((container, state, extract.id))
            wanted = {(row + 1, extract.columns[index].header) for row, index in enumerate(columns, 1)}
            asked += len(wanted)
            unnamed += [(container, state, *place) for place in wanted - places(result)]
    print(f"{asked} cells in {len(HELD)} kinds of fault and container: {len(silent)} files silently wrong, {len(unnamed)} places not named {unnamed}")
    assert silent == []
    assert len(unnamed) <= 0.05 * asked


@pytest.mark.skipif(not SOAK, reason="one file for each cell takes minutes; make soak does it")
def test_every_single_fault_refuses_its_file(tmp_path: Path, pack: CountyPack) -> None:
    silent, unnamed, asked = [], [], 0
    for container, state in HELD:
        suffix, write = CONTAINERS[container]
        for extract in (CASES, REGISTRY):
            for index in spoilt_columns(extract, state):
                grid = plain_grid(extract, 5)
                grid[3][index] = spoilt(extract.columns[index], grid[3][index], state)
                result = judged(write(tmp_path / (NAMES[extract.id] + suffix), grid), pack)
                place = (4, extract.columns[index].header)
                asked += 1
                silent += [] if result.is_refused else [(container, state, place)]
                unnamed += [] if place in places(result) else [(container, state, place)]
    print(f"{asked} files of one faulty cell: {len(silent)} silently wrong, {len(unnamed)} without its place {unnamed}")
    assert silent == []
    assert len(unnamed) <= 0.05 * asked


@pytest.mark.parametrize(
    ("calculated", "acceptance"),
    [
        ('<calcPr calcId="191029"/>', Acceptance.IN_ORDER),  # Excel
        ('<calcPr iterateCount="100"/>', Acceptance.IN_ORDER),  # LibreOffice
        ('<calcPr fullCalcOnLoad="1"/>', Acceptance.REFUSED),  # XlsxWriter, openpyxl
        ("", Acceptance.REFUSED),  # Apache POI's streaming writer, which nothing has calculated
    ],
)
def test_a_zero_is_a_result_where_a_program_has_calculated(calculated: str, acceptance: Acceptance, tmp_path: Path, pack: CountyPack) -> None:
    grid = plain_grid(CASES, 5)
    grams = next(index for index, column in enumerate(CASES.columns) if column.name == "grams")
    grid[2][grams] = Cell("0", State.ZERO_ON_LOAD)
    assert judged(write_xlsx(tmp_path / (NAMES["cases"] + ".xlsx"), grid, calculated=calculated), pack).acceptance is acceptance


@pytest.mark.parametrize("container", ["xlsx", "xlsx elsewhere", "ods"])
def test_an_empty_text_that_a_formula_gives_is_blank(container: str, tmp_path: Path, pack: CountyPack) -> None:
    suffix, write = CONTAINERS[container]
    grid = plain_grid(CASES, 5)
    may_be_empty = next(index for index, column in enumerate(CASES.columns) if column.name == "solved_on")
    grid[2][may_be_empty] = Cell("", State.EMPTY_RESULT)
    assert judged(write(tmp_path / (NAMES["cases"] + suffix), grid), pack).acceptance is Acceptance.IN_ORDER
    needed = next(index for index, column in enumerate(CASES.columns) if column.name == "suspects")
    grid[3][needed] = Cell("", State.EMPTY_RESULT)
    result = judged(write(tmp_path / (NAMES["cases"] + suffix), grid), pack)
    assert [(problem.rule, problem.row, problem.column) for problem in result.problems] == [("missing", 4, "抓获嫌疑人数")]


def test_an_empty_text_as_libreoffice_writes_it_is_blank(tmp_path: Path, pack: CountyPack) -> None:
    """It names no kind of value; a formula without even a paragraph was never computed."""
    path = write_ods(tmp_path / (NAMES["cases"] + ".ods"), plain_grid(CASES, 5))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    written = '<table:table-cell office:value-type="string"><text:p>2026-06</text:p></table:table-cell>'
    assert written in parts["content.xml"]
    for inside, acceptance in (("><text:p/></table:table-cell>", Acceptance.IN_ORDER), ("/>", Acceptance.REFUSED)):
        formula = f'<table:table-cell table:formula="of:=IF(1=1;&quot;&quot;;1)"{inside}'
        with zipfile.ZipFile(path, "w") as archive:
            for name, part in parts.items():
                archive.writestr(name, part.replace(written, formula, 1))
        assert judged(path, pack).acceptance is acceptance


@pytest.mark.parametrize("write", [write_xlsx, write_xls, write_ods])
def test_hidden_rows_are_records_and_said(write: Callable[..., Path], tmp_path: Path, pack: CountyPack) -> None:
    suffix = {write_xlsx: ".xlsx", write_xls: ".xls", write_ods: ".ods"}[write]
    result = judged(write(tmp_path / (NAMES["cases"] + suffix), plain_grid(CASES, 6), hidden=(3, 4, 6)), pack)
    assert (result.acceptance, result.rows_found) == (Acceptance.IN_ORDER, 6)
    assert [(remark.rule, "第3—4、6行" in remark.message.zh) for remark in result.remarks] == [("hidden_rows", True)]


@pytest.mark.parametrize("container", ["xlsx", "xlsx elsewhere", "xls", "et", "ods"])
def test_a_row_struck_through_is_asked_about_once(container: str, tmp_path: Path, pack: CountyPack) -> None:
    suffix, write = CONTAINERS[container]
    grid = plain_grid(CASES, 5)
    grid[2] = [cell._replace(state=State.STRUCK) for cell in grid[2]]
    result = judged(write(tmp_path / (NAMES["cases"] + suffix), grid), pack)
    assert [(problem.rule, problem.row, problem.column) for problem in result.problems] == [("struck_through", 3, None)]


def test_what_stands_far_away_is_ignored_where_it_is_blank_and_named_where_it_is_not(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", plain_grid(CASES, 2), more=[("XFD2", " ")])
    (sheet,) = workbook.read_sheets(path.read_bytes(), ".xlsx")
    assert {len(row) for row in sheet.rows} == {len(CASES.columns)}
    path = write_xlsx(tmp_path / "b.xlsx", plain_grid(CASES, 2), more=[("XFD2", "1")])
    with pytest.raises(UnreadableError) as fault:
        workbook.read_sheets(path.read_bytes(), ".xlsx")
    assert (fault.value.rule, fault.value.sheet, fault.value.column, fault.value.row) == ("stray_cell", SHEET, "XFD", 2)


def test_a_fault_on_a_hidden_sheet_or_in_a_row_of_totals(tmp_path: Path, pack: CountyPack) -> None:
    """Beside the records an error still refuses the file; writing struck through there does not."""
    total = [Cell("合计"), *([Cell("")] * (len(CASES.columns) - 1))]
    grams = next(index for index, column in enumerate(CASES.columns) if column.name == "grams")
    for state, acceptance in ((State.ERROR, Acceptance.REFUSED), (State.STRUCK, Acceptance.IN_ORDER)):
        line = list(total)
        line[grams] = Cell("62.5", state, True)  # five records of 12.5
        path = write_xlsx(tmp_path / (NAMES["cases"] + ".xlsx"), [*plain_grid(CASES, 5), line])
        assert judged(path, pack).acceptance is acceptance
