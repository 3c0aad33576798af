"""退回清单: everything to mend with its place, and nothing of what stood in the file."""

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
from etl.inspection.return_list import file_name, return_list
from etl.mapping.profile import Profile
from tests.etl.files import ON, REGISTRY, REGISTRY_NAME, TOWNSHIPS, grid, registry_csv, rows, write_csv, write_xlsx

ID = "11010519491231002X"  # the specimen of GB 11643-1999


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def listed(book: openpyxl.Workbook) -> list[tuple[str, ...]]:
    """The rows of the list, below its heads: sheet, column, rows, rule."""
    page = book["退回清单"]
    values = [[str(cell.value or "") for cell in row] for row in page.iter_rows()]
    top = next(position for position, row in enumerate(values) if row[0].startswith("序号"))
    return [(row[1], row[2], row[3], row[6]) for row in values[top + 1 :]]


def all_text(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_every_problem_stands_with_sheet_column_rows_and_rule(tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    cells[1][2] = cells[2][2] = "不明乙"  # sex, rows 5 and 6 of the sheet: three title rows, then the header in row 4
    cells[3][3] = "九零年"  # birth year, row 7
    path = write_xlsx(tmp_path, "在册吸毒人员_202610_报20261105.xlsx", cells, [["示例县在册人员表"], ["单位:人"], [""]], sheet="十月 表")
    book = opened(return_list(inspect(path, pack, on=ON)))
    assert listed(book) == [("十月 表", "性别", "5—6", "code"), ("十月 表", "出生年份", "7", "year")]
    marks = book["1_十月 表"]
    assert marks["C4"].value == "性别"
    assert marks["C5"].value == marks["C6"].value == "不在代码表内"
    assert "男" in marks["C5"].comment.text  # the remedy names the words of the code list
    assert marks["D7"].value == "不是年份"
    assert marks["C7"].value is None


def test_marks_stand_where_the_file_has_its_columns_on_every_sheet(tmp_path: Path, pack: CountyPack) -> None:
    # Sheet 甲 has a column 序号 before the contract's; on 乙 two empty rows and an empty column stand before the table.
    cells = grid(REGISTRY, rows(REGISTRY, 2))
    other = grid(REGISTRY, rows(REGISTRY, 5)[2:])
    cells[2][2] = "不明乙"
    other[1][3] = "九零年"
    path = tmp_path / "在册吸毒人员_202610_报20261105.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for name, table, top, left in (
            ("甲", [["序号", *cells[0]], *([str(n), *row] for n, row in enumerate(cells[1:], 1))], 0, 0),
            ("乙", other, 2, 1),
        ):
            sheet = book.add_worksheet(name)
            for row, line in enumerate(table, top):
                for column, text in enumerate(line, left):
                    sheet.write_string(row, column, text)
    book = opened(return_list(inspect(path, pack, on=ON)))
    assert sorted(listed(book)) == [("乙", "出生年份", "4", "year"), ("甲", "性别", "3", "code")]
    first, second = (next(book[name] for name in book.sheetnames if name.endswith(end)) for end in ("_甲", "_乙"))
    assert (first["D1"].value, first["D3"].value) == ("性别", "不在代码表内")  # A is 序号, D the third column of the contract
    assert (second["E3"].value, second["E4"].value) == ("出生年份", "不是年份")  # B is the first column of the contract


PROFILE = Profile.from_choices(
    "wide",
    extracts()["case_counts"],
    columns={"township": ["所在地"], "charge": ["类别"]},
    values={"township": {"东镇": TOWNSHIPS[0], "西镇": TOWNSHIPS[1]}, "charge": {"卖": "trafficking"}},
    has_month_columns=True,
    counts_into="opened",
)
WIDE = [["序号", "所在地", "类别", "1月", "2月"], ["1", "东镇", "卖", "3", "4"], ["2", "西镇", "卖", "0", "1"]]


def wide_with(row: int, column: int, text: str) -> list[list[str]]:
    changed = [list(line) for line in WIDE]
    changed[row][column] = text
    return changed


@pytest.mark.parametrize(
    ("cells", "merged", "column", "marked"),
    [
        (wide_with(2, 2, "制造些"), (), "类别", "C5"),
        (wide_with(2, 4, "些"), (), "2026年2月", "E5"),  # below a title and a blank row, so the second record stands in row 5
        (WIDE, ("E4:E5",), "2月", "E4"),
        ([[*line, text] for line, text in zip(WIDE, ("另一列", "", ""), strict=True)], (), "F", "F3"),
    ],
)
def test_a_file_read_by_a_profile_is_marked_at_its_own_columns(
    cells: list[list[str]], merged: tuple[str, ...], column: str, marked: str, tmp_path: Path, pack: CountyPack
) -> None:
    path = write_xlsx(tmp_path, "月报_202601-202602_报20260305.xlsx", cells, [["某县案件情况"], [""]], sheet="月报", merged=merged)
    book = opened(return_list(inspect(path, pack, on=ON, profile=PROFILE)))
    assert listed(book)[0][1] == column
    marks = book["1_月报"]
    assert [cell.coordinate for row in marks.iter_rows() for cell in row if cell.comment] == [marked]
    assert [marks.cell(3, place).value for place in (2, 3, 4, 5)] == ["所在地", "类别", "1月", "2月"]


def test_nothing_of_the_file_is_in_it(tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    cells[1][2] = "不明乙"
    text = all_text(return_list(inspect(write_csv(tmp_path, REGISTRY_NAME, cells), pack, on=ON)))
    for content in ("不明乙", *(cell for row in cells[1:] for cell in row if len(cell) > 3 and cell not in REGISTRY_NAME)):
        assert content not in text, content


@pytest.mark.parametrize("column", [2, 17])
def test_a_file_with_an_identity_number_gives_its_place_only(column: int, tmp_path: Path, pack: CountyPack) -> None:
    cells = grid(REGISTRY, rows(REGISTRY))
    cells[4][column] = ID
    result = inspect(write_csv(tmp_path, REGISTRY_NAME, cells), pack, on=ON)
    content = return_list(result)
    assert ID not in all_text(content)
    assert ("", REGISTRY.columns[column].header, "5", "id_number") in listed(opened(content))
    assert opened(content)["标记"].cell(5, column + 1).value.startswith("含有身份证号码")


def test_a_problem_of_the_whole_file_is_listed_without_a_mark(tmp_path: Path, pack: CountyPack) -> None:
    path = tmp_path / "在册_202610.csv"
    path.write_bytes(b"")
    book = opened(return_list(inspect(path, pack, on=ON)))
    assert [row[3] for row in listed(book)] == ["empty_file"]
    assert book.sheetnames == ["退回清单"]


def test_it_is_named_after_the_file_as_it_may_be_shown(tmp_path: Path, pack: CountyPack) -> None:
    result = inspect(registry_csv(tmp_path, sex="不明"), pack, on=ON)
    assert file_name(result) == "退回清单_在册吸毒人员_202610_报20261105.xlsx"
    masked = inspect(registry_csv(tmp_path, f"在册_{ID}_202610.csv"), pack, on=ON)
    assert ID not in file_name(masked)


def test_a_file_in_order_has_none(tmp_path: Path, pack: CountyPack) -> None:
    with pytest.raises(ValueError, match="refused"):
        return_list(inspect(registry_csv(tmp_path), pack, on=ON))
