"""What stands in a file that is in order and is no record: said, so that nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from etl.contract import Column, Type
from etl.county.pack import CountyPack, successor
from etl.inspection.own_sheets import is_own
from etl.privacy import sheet_names
from etl.problems import Problem, Remark, row_ranges
from etl.reading.cells import fold, read_column
from etl.reading.layout import Left, LeftOut
from etl.reading.places import Places
from etl.reading.table import Sheet, Table
from etl.wording import counted
from indicators.model import Text

_LOOKED_AT = 20  # filled rows by which a sheet is compared with the table
_TELLING = frozenset((Type.KEY, Type.MONTH, Type.TOWNSHIP))
_NAMED = 5  # more sheets than these are counted
_ROWS = {
    Left.TOTAL: Text("合计、小计{}不计入记录,能核对的已与明细核对", "{} of totals not counted; what could be compared was compared with the records"),
    Left.HEADER: Text("栏次行或重复的表头{}不计入记录", "{} of column numbers or repeated headers not counted as records"),
    Left.FOOTER: Text("表尾说明{}不计入记录", "{} of footer not counted as records"),
}
_COLUMNS = {
    Left.SERIAL: Text("序号列不读取", "The column of serial numbers is not read"),
    Left.REMARKS: Text("空的备注列不读取", "The empty column of remarks is not read"),
}


def remarks(left_out: Sequence[LeftOut], sheets: Sequence[Sheet], others: Sequence[Sheet]) -> list[Remark]:
    """Say what of a file was not read as records.

    Args:
        left_out: Rows and columns left out of the table.
        sheets: Every sheet of the workbook in order; empty for text.
        others: The sheets of which no record was taken.
    """
    said = [_of_rows(kind, words, of_kind) for kind, words in _ROWS.items() if (of_kind := [one for one in left_out if one.kind is kind])]
    said += [Remark(f"{kind}_left_out", words) for kind, words in _COLUMNS.items() if any(one.kind is kind for one in left_out)]
    written = [sheet for sheet in others if not is_own(sheet) and any(cell.strip() for row in sheet.rows for cell in row)]
    visible_ones, hidden = [[sheet for sheet in written if sheet.is_visible is shown] for shown in (True, False)]
    if visible_ones:
        names = _names(visible_ones, sheets)
        said.append(
            Remark(
                "sheet_left_out", Text(f"工作表{names.zh}不是报表,未作为记录读取", f"No record was read from {names.en}: no template's header there")
            )
        )
    if hidden:
        names = _names(hidden, sheets)
        said.append(Remark("hidden_left_out", Text(f"隐藏的工作表{names.zh}未作为记录读取", f"No record was read from {names.en}, which is hidden")))
    return said


def _of_rows(kind: Left, words: Text, left: Sequence[LeftOut]) -> Remark:
    """Count the rows; where they stand on one sheet, with their numbers."""
    rows = [one.row for one in left if one.row is not None]
    sheets = {one.sheet for one in left}
    zh = f"(第{row_ranges(rows)}行)" if len(sheets) == 1 else f"(在{len(sheets)}张工作表上)"
    en = f" ({row_ranges(rows)})" if len(sheets) == 1 else f" (on {len(sheets)} sheets)"
    return Remark(f"{kind}_left_out", Text(words.zh.format(f"{len(rows)}行{zh}"), words.en.format(counted(len(rows), "row") + en)))


def _names(chosen: Sequence[Sheet], sheets: Sequence[Sheet]) -> Text:
    """Name sheets as far as their names may be shown; a name that may be a person's gives way to the sheet's place in the workbook."""
    named = [_name(sheet, sheets) for sheet in chosen[:_NAMED]]
    more = len(chosen) - len(named)
    zh, en = "、".join(name.zh for name in named), ", ".join(name.en for name in named)
    return Text(f"{zh}等{len(chosen)}张", f"{en} and {counted(more, 'other sheet')}") if more else Text(zh, en)


def _name(sheet: Sheet, sheets: Sequence[Sheet]) -> Text:
    name = sheet.name or ""
    if name and sheet_names.place_of(name) is None:
        return Text(f"“{name}”", f"sheet “{name}”")
    place = next(position for position, other in enumerate(sheets, 1) if other is sheet)
    return Text(f"(第{place}张)", f"sheet number {place}")


def sheets_asked_about(others: Sequence[Sheet], table: Table, columns: Sequence[Column | None], pack: CountyPack) -> list[Problem]:
    """Ask what a visible sheet is from which nothing was read, though a township names it or its rows look like records.

    Args:
        others: The sheets of which no record was taken.
        table: A table that was read.
        columns: What its columns hold. Shape: one a column of the table.
        pack: The county pack.
    """
    places = Places(pack)
    fault = Text(
        "这张工作表没有表头,却以乡镇命名或有像记录的行,不知是不是报表",
        "The sheet has no header but a township's name or rows like records: what is it?",
    )
    remedy = Text(
        "核对:是记录的,补上与其他表相同的表头;不是报表的,隐藏该表后重报",
        "Check it: if it holds records, give it the header of the other sheets; if not, hide it and deliver again",
    )
    asked = [
        sheet for sheet in others if sheet.is_visible and (_is_township_with_numbers(sheet, places) or _has_records(sheet, table, columns, pack))
    ]
    return [Problem("sheet_kind", fault, remedy, sheet.name) for sheet in asked]


def _is_township_with_numbers(sheet: Sheet, places: Places) -> bool:
    rows = ([cell.strip() for cell in row if cell.strip()] for row in sheet.rows)
    return bool(places.named(fold(sheet.name or ""))) and any(len(row) > 1 and any(cell[:1].isdigit() for cell in row) for row in rows)


def _has_records(sheet: Sheet, table: Table, columns: Sequence[Column | None], pack: CountyPack) -> bool:
    """Say whether a row of a sheet reads as a record of a table: most of its cells, a key, month or township among them."""
    filled = islice((row for row in sheet.rows if sum(bool(cell.strip()) for cell in row) >= 3), _LOOKED_AT)
    return any(_is_record([row[place] if 0 <= place < len(row) else "" for place in _places(sheet, table)], columns, pack) for row in filled)


def _places(sheet: Sheet, table: Table) -> list[int]:
    return [table.position(index) - sheet.first_column for index in range(len(table.columns))]


def _is_record(cells: Sequence[str], columns: Sequence[Column | None], pack: CountyPack) -> bool:
    written = [(column, cell) for column, cell in zip(columns, cells, strict=True) if cell.strip()]
    read = [column for column, cell in written if column is not None and not read_column(column, [cell], pack).faults]
    return len(read) >= 3 and len(read) * 2 > len(written) and any(column.type in _TELLING for column in read)


def sheets_of_other_townships(table: Table, header: str, codes: Sequence[str | None], pack: CountyPack) -> list[Problem]:
    """Ask about rows of a sheet that is named by another township than they are.

    Args:
        table: The records.
        header: Header of the township.
        codes: Its code in every row.
        pack: The county pack.
    """
    places = Places(pack)
    named = {name: places.named(fold(name)) for row in range(table.row_count) if (name := table.sheet_of(row))}
    of_sheet = {name: successor(pack, next(iter(found))) for name, found in named.items() if len(found) == 1}
    fault = Text("工作表以一个乡镇命名,这一行却是另一个乡镇", "The sheet is named by one township, and the row is of another")
    remedy = Text(
        "核对:行中乡镇填错的改正;没有填错的,把工作表名改为不含乡镇的名称,如“报表”",
        "Check it: correct the township of the row, or, where it is right, give the sheet a name without a township, as 报表",
    )
    return [
        Problem("sheet_township", fault, remedy, name, header, table.row_number(row))
        for row, code in enumerate(codes)
        if of_sheet and code and (name := table.sheet_of(row)) in of_sheet and successor(pack, code) != of_sheet[name]
    ]
