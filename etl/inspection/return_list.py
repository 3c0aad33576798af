"""退回清单: the workbook an office sends back with a refused file.

It holds a list of everything to mend and, for every sheet with problems, an empty copy on which the cells to mend are marked where they stand
in the office's own file. Nothing that stood in the file is in it: the office has its file, and a list that travels by mail must not name
anybody.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter

from etl.inspection.result import ACCEPTANCE_WORDS, InspectionResult, remark_line
from etl.problems import Problem, alike, row_ranges
from etl.reading.cell_texts import column_index
from indicators.model import Text

LIST_SHEET = "退回清单"
BOOK_SETTINGS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
HEAD_STYLE = {"bold": True, "bg_color": "#DCE3E9", "border": 1}
WRAPPED_STYLE = {"text_wrap": True, "valign": "top", "border": 1}
_MARKED_SHEET = "标记"
_HEADS = (
    (Text("序号", "No."), 6),
    (Text("工作表", "Sheet"), 16),
    (Text("列", "Column"), 22),
    (Text("行", "Rows"), 16),
    (Text("问题", "Problem"), 46),
    (Text("改法", "Remedy"), 46),
    (Text("规则", "Rule"), 22),
)
_LONGEST_SHEET_NAME = 31
_LETTERS = re.compile("[A-Z]{1,3}")
_NOT_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


def return_list(result: InspectionResult) -> bytes:
    """Return the workbook for one refused file.

    Args:
        result: A refusal.

    Returns:
        An .xlsx file.

    Raises:
        ValueError: If the file was not refused: there is nothing to send back.
    """
    if not result.is_refused:
        raise ValueError("only a refused file has a list of what to mend")
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, BOOK_SETTINGS) as book:
        _write_list(book, result)
        for position, (sheet, problems) in enumerate(_by_sheet(result.problems).items(), 1):
            _write_marks(book, _sheet_name(sheet, position), problems, result)
    return stream.getvalue()


def file_name(result: InspectionResult) -> str:
    """Return a name for the workbook: the delivered file's own, as it may be shown, with what it is."""
    stem = result.file_name.rsplit(".", 1)[0] or "报表"
    return f"{LIST_SHEET}_{stem}.xlsx"


def _write_list(book: xlsxwriter.Workbook, result: InspectionResult) -> None:
    title, head = book.add_format({"bold": True, "font_size": 14}), book.add_format(HEAD_STYLE)
    cell = book.add_format(WRAPPED_STYLE)
    page = book.add_worksheet(LIST_SHEET)
    page.write_string(0, 0, f"{LIST_SHEET} Return list", title)
    for row, line in enumerate(_about(result), 1):
        page.write_string(row, 0, line)
    top = len(_about(result)) + 2
    for column, (words, width) in enumerate(_HEADS):
        page.set_column(column, column, width)
        page.write_string(top, column, f"{words.zh} {words.en}", head)
    for number, (problem, rows) in enumerate(alike(result.problems), 1):
        written = (
            str(number),
            problem.sheet or "",
            problem.column or "",
            row_ranges(rows),
            f"{problem.message.zh}\n{problem.message.en}",
            f"请{problem.remedy.zh}\n{problem.remedy.en}",
            problem.rule,
        )
        for column, text in enumerate(written):
            page.write_string(top + number, column, text, cell)
    page.freeze_panes(top + 1, 0)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _about(result: InspectionResult) -> list[str]:
    said = ACCEPTANCE_WORDS[result.acceptance]
    lines = [f"文件 File: {result.file_name}", f"结论 InspectionResult: {said.zh} {said.en}"]
    if result.title:
        lines.append(f"类型 Type: {result.title.zh} {result.title.en}")
    lines.append(f"行数 Rows: 发现 found {result.rows_found},有问题 with problems {result.rows_refused}")
    total = sum(count for _, count in result.problem_counts)
    listed = len(result.problems)
    lines.append(f"问题 Problems: {total}" + (f",本表列出前{listed}个,改正后再报会列出其余 the first {listed} are listed" if total > listed else ""))
    if result.has_identifiers:
        lines.append("含个人信息,原文件未留存 The file holds personal information and was not kept")
    lines += [remark_line(remark) for remark in result.remarks]
    lines.append("标记页的位置与原文件一致,内容一律不显示 Marked cells stand where they stand in the file; nothing of its content is shown")
    return lines


def _by_sheet(problems: Iterable[Problem]) -> dict[str | None, list[Problem]]:
    """Return the problems that have a place, by sheet."""
    sheets: dict[str | None, list[Problem]] = {}
    for problem in problems:
        if problem.row:
            sheets.setdefault(problem.sheet, []).append(problem)
    return sheets


def _sheet_name(sheet: str | None, position: int) -> str:
    if not sheet:
        return _MARKED_SHEET
    name = f"{position}_{sheet}".translate(_NOT_IN_SHEET_NAMES)
    return name[:_LONGEST_SHEET_NAME]


def _write_marks(book: xlsxwriter.Workbook, name: str, problems: Sequence[Problem], result: InspectionResult) -> None:
    """Write an empty copy of a sheet: the headers we know where they stand, and a mark on every cell to mend."""
    head = book.add_format({"bold": True, "bg_color": "#DCE3E9"})
    mark = book.add_format({"bg_color": "#F6D8A8", "border": 1, "text_wrap": True, "valign": "top"})
    page = book.add_worksheet(name)
    known = [place for place in result.places if place.sheet == problems[0].sheet]
    columns = {place.header: place.column for place in known}
    for place in known:
        page.write_string(place.row - 1, place.column, place.header, head)
    for (row, column), here in _by_cell(problems, columns).items():
        what = ";".join(dict.fromkeys(problem.message.zh for problem in here))
        page.write_string(row, column, what, mark)
        page.write_comment(row, column, "\n".join(dict.fromkeys(f"请{problem.remedy.zh} {problem.remedy.en}" for problem in here)))
    page.set_column(0, max(columns.values(), default=0), 18)


def _by_cell(problems: Iterable[Problem], columns: Mapping[str, int]) -> dict[tuple[int, int], list[Problem]]:
    """Return the problems of every marked cell; what concerns a whole row is marked at its first column."""
    cells: dict[tuple[int, int], list[Problem]] = {}
    for problem in problems:
        if problem.row:
            cells.setdefault((problem.row - 1, _position(problem.column, columns)), []).append(problem)
    return cells


def _position(column: str | None, columns: Mapping[str, int]) -> int:
    """Return the place of a column that is named by its header or by its letters."""
    if column and column in columns:
        return columns[column]
    return column_index(column) if column and _LETTERS.fullmatch(column) else min(columns.values(), default=0)
