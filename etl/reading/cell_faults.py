"""What is asked about cells that are not simply what they say: errors, uncomputed formulas, writing struck through or raised."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from etl.contract import Column
from etl.problems import Problem
from etl.reading.cell_kinds import CellKind
from etl.reading.table import Sheet, Table, column_letter
from indicators.model import Text

_VALUELESS = (CellKind.ERROR, CellKind.UNCOMPUTED)
_WORDS = {
    CellKind.ERROR: (
        "error_cell",
        Text("单元格是错误值(如#REF!、#N/A)", "The cell shows an error such as #REF! or #N/A"),
        Text("更正公式,或粘贴为数值后重报", "Mend the formula or paste values, and deliver again"),
    ),
    CellKind.UNCOMPUTED: (
        "formula_without_value",
        Text("单元格的公式没有计算结果", "The formula in the cell has no stored result"),
        Text("在Excel或WPS中打开保存一次,或粘贴为数值后重报", "Open and save it in Excel or WPS, or paste values"),
    ),
    CellKind.STRUCK: (
        "struck_through",
        Text("单元格内容被划掉(删除线),是否有效不得而知", "The cell is struck through, so whether it counts cannot be told"),
        Text("核对:有效的去掉删除线,改过的按正确内容重填", "Check it: take the line off what counts, and enter again what was changed"),
    ),
    CellKind.PARTLY_STRUCK: (
        "struck_through",
        Text("单元格内容有一部分被划掉(删除线),应读哪部分不得而知", "A part of the cell is struck through, so what it says cannot be told"),
        Text("核对后按正确内容重填整格,不用删除线", "Check it and enter the whole cell again, without a line through it"),
    ),
    CellKind.RAISED: (
        "raised_sign",
        Text(
            "单元格中有上标、下标或小字,分不清是注号还是内容",
            "Something in the cell is raised, lowered or small: a footnote mark or content, it cannot be told",
        ),
        Text("核对后按正确内容重填,注号和说明写在表下", "Check it and enter it again; put the mark and its note below the table"),
    ),
}
_ROW_STRUCK = (
    Text("整行被划掉(删除线),这条记录是否有效不得而知", "The whole row is struck through, so whether the record counts cannot be told"),
    Text(
        "核对:有效的去掉删除线;已作废的,由报送单位确认后移出报表",
        "Check it: take the line off if it counts; if not, let the office confirm that and move it out",
    ),
)


def cell_problems(
    table: Table, columns: Sequence[Column | None], kinds: Mapping[tuple[int, int], CellKind], left_out: Collection[int]
) -> list[Problem]:
    """Return what is asked about the cells of the sheet that a table stands on.

    Args:
        table: The table.
        columns: What every column holds; None where it is nothing of ours. Shape: one a header.
        kinds: What cells are, as in ``Sheet``.
        left_out: Positions of rows that are no records.
    """
    if not kinds:
        return []
    first = table.header_row + 1
    struck = {row for row in _struck_rows(table, kinds) if row - first not in left_out}
    problems = [Problem("struck_through", *_ROW_STRUCK, table.sheet, None, row) for row in sorted(struck)]
    for (row, position), kind in sorted(kinds.items()):
        index = position - table.first_column
        column = columns[index] if 0 <= index < len(columns) else None
        is_read = column is not None and row >= table.header_row and row - first not in left_out
        if kind in _VALUELESS or (is_read and row not in struck):
            problems.append(_problem(kind, table.sheet, column.header if column else column_letter(position), row))
    return problems


def _struck_rows(table: Table, kinds: Mapping[tuple[int, int], CellKind]) -> frozenset[int]:
    """Return the numbers of the rows of which everything is struck through, in two cells at least."""
    struck: dict[int, int] = {}
    for (row, _), kind in kinds.items():
        struck[row] = struck.get(row, 0) + (kind is CellKind.STRUCK)
    rows = {row: row - table.header_row - 1 for row, count in struck.items() if count > 1}
    return frozenset(
        row
        for row, index in rows.items()
        if 0 <= index < table.row_count and struck[row] == sum(bool(column[index].strip()) for column in table.columns)
    )


def valueless(sheets: Sequence[Sheet]) -> Iterator[Problem]:
    """Yield the cells without a value on sheets that somebody sees: what stands there may be a part of the report."""
    for sheet in sheets:
        if sheet.is_visible:
            for (row, position), kind in sorted(sheet.kinds.items()):
                if kind in _VALUELESS:
                    yield _problem(kind, sheet.name, column_letter(position), row)


def _problem(kind: CellKind, sheet: str | None, column: str, row: int) -> Problem:
    rule, message, remedy = _WORDS[kind]
    return Problem(rule, message, remedy, sheet, column, row)
