"""What a real spreadsheet program writes: the blank template filled in and saved by it, and cells of every state."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from etl.contract import Extract
from etl.county.pack import CountyPack
from etl.desk import template
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.read import read_file
from etl.inspection.result import Acceptance
from tests.etl.containers import State, write_ods, write_xlsx
from tests.etl.files import CASES, ON
from tests.etl.test_cell_states import NAMES, places, plain_grid, spoilt, spoilt_columns
from tests.etl.test_number_formats import ACCOUNTING, GRAMS, SUSPECTS, formatted
from tests.etl.test_pollock import clean_cells
from tests.soak import SOAK, few

OFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice Calc is not here (Debian: libreoffice-calc)")
KINDS = ["xlsx", "xls", "ods"]


def saved(path: Path, kind: str, folder: Path) -> Path:
    """The workbook opened in LibreOffice and saved as another kind."""
    command = [str(OFFICE), f"-env:UserInstallation=file://{folder / 'profile'}", "--headless", "--convert-to", kind, "--outdir", str(folder / kind)]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=240)
    written = folder / kind / f"{path.stem}.{kind}"
    assert written.exists(), done.stdout + done.stderr
    return written


def filled_template(extract: Extract, folder: Path, pack: CountyPack) -> Path:
    book = openpyxl.load_workbook(io.BytesIO(template.template(extract, pack)))
    for record in clean_cells(extract, pack)[1:]:
        book.worksheets[0].append([_typed(text.replace("2026-05", "2026-10")) for text in record])
    path = folder / template.delivered_name(extract)
    book.save(path)
    return path


def _typed(text: str) -> str | float:
    """What a spreadsheet makes of a number that is typed in: a number, but for codes, which the template keeps as text."""
    return float(text) if len(text) < 12 and text.replace(".", "", 1).isdigit() else text


@pytest.mark.parametrize("extract", few([CASES], list(extracts().values())), ids=lambda extract: extract.id)
def test_the_template_filled_in_and_saved_is_accepted_with_equal_numbers(extract: Extract, tmp_path: Path, pack: CountyPack) -> None:
    filled = filled_template(extract, tmp_path, pack)
    expected = [list(column) for column in read_file(filled.read_bytes(), ".xlsx", extracts(), pack).table.columns]
    for kind in few(["xls"], KINDS):
        path = saved(filled, kind, tmp_path)
        result = inspect(path, pack, on=ON)
        assert (kind, result.acceptance, result.problems) == (kind, Acceptance.IN_ORDER, ())
        # The sheets that explain the template are said to hold no records, as they are of the template itself.
        assert {remark.rule for remark in result.remarks} <= {"sheet_left_out"}
        columns = read_file(path.read_bytes(), path.suffix, extracts(), pack).table.columns
        assert [list(column) for column in columns] == expected


@pytest.mark.skipif(not SOAK, reason="a minute of LibreOffice; make soak does it")
@pytest.mark.parametrize("kind", KINDS)
def test_states_of_cells_as_libreoffice_saves_them(kind: str, tmp_path: Path, pack: CountyPack) -> None:
    """Percentages, units, lines through and raised signs are told apart in what the program makes of them; so are errors and empty results."""
    grid = plain_grid(CASES, len(CASES.columns))
    wanted = set()
    for state in (State.PERCENT, State.UNIT, State.STRUCK, State.PARTLY_STRUCK, State.RAISED):
        for row, index in enumerate(spoilt_columns(CASES, state), 1):
            grid[row][index] = spoilt(CASES.columns[index], grid[row][index], state)
        path = saved(write_xlsx(tmp_path / f"{NAMES['cases']}.xlsx", grid), kind, tmp_path)
        wanted = {(row, CASES.columns[index].header) for row, index in enumerate(spoilt_columns(CASES, state), 2)}
        assert wanted <= places(inspect(path, pack, on=ON)), state
        grid = plain_grid(CASES, len(CASES.columns))


@pytest.mark.skipif(not SOAK, reason="a minute of LibreOffice; make soak does it")
@pytest.mark.parametrize("kind", KINDS)
def test_results_as_libreoffice_computes_them(kind: str, tmp_path: Path, pack: CountyPack) -> None:
    """A formula of an .ods is computed when it is loaded: an error is one, and an empty text is blank."""
    grid = plain_grid(CASES, 5)
    named = {column.name: index for index, column in enumerate(CASES.columns)}
    grid[2][named["solved_on"]] = grid[2][named["solved_on"]]._replace(state=State.EMPTY_RESULT)
    path = saved(write_ods(tmp_path / f"{NAMES['cases']}.ods", grid), kind, tmp_path / "empty")
    assert inspect(path, pack, on=ON).acceptance is Acceptance.IN_ORDER
    grid[3][named["grams"]] = grid[3][named["grams"]]._replace(state=State.ERROR)
    path = saved(write_ods(tmp_path / f"{NAMES['cases']}.ods", grid), kind, tmp_path / "error")
    assert places(inspect(path, pack, on=ON)) == {(4, "缴获克数")}


@pytest.mark.skipif(not SOAK, reason="minutes of LibreOffice; make soak does it")
@pytest.mark.parametrize(
    ("code", "position", "expected"),
    [
        (ACCOUNTING, GRAMS, []),
        ('0.00"克"', GRAMS, []),
        ('0"人"', SUSPECTS, []),
        ("#,##0.00_);(#,##0.00)", GRAMS, []),
        ("[Red]0;[Blue]-0", GRAMS, []),
        ("0;-0;;@", GRAMS, []),
        ('0.00"千克"', GRAMS, ["number_format"]),
        ("0.0,", GRAMS, ["number_format"]),
        (";;;", GRAMS, ["number_format"]),
        ('[>=1000]0.0,"千";0', GRAMS, ["number_format"]),
        ('"¥"#,##0', GRAMS, ["number_format"]),
    ],
)
def test_formats_as_libreoffice_saves_them(code: str, position: int, expected: list[str], tmp_path: Path, pack: CountyPack) -> None:
    """A format is judged alike in the words of every container."""
    path = formatted(tmp_path, code, position)
    for kind in KINDS:
        assert (kind, [problem.rule for problem in inspect(saved(path, kind, tmp_path), pack, on=ON).problems]) == (kind, expected)
