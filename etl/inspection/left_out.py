"""What stands in a file that is in order and is no record: said, so that nothing is dropped in silence."""

from __future__ import annotations

from collections.abc import Sequence

from etl.inspection.own_sheets import is_own
from etl.privacy import sheet_names
from etl.problems import Remark, row_ranges
from etl.reading.layout import Left, LeftOut
from etl.reading.table import Sheet
from etl.wording import counted
from indicators.model import Text

_NAMED = 5  # more sheets than these are counted
_ROWS = {
    Left.TOTAL: Text("合计、小计{}已与明细核对,不计入记录", "{} of totals checked against the records and not counted"),
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
