"""The blank workbook that is handed out for one extract type, made from its contract and the county pack alone.

The first sheet is filled in and delivered; the others only explain. They may stay in the delivered workbook: no sheet but one with the
header of a contract is read as records.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from etl.contract import Column, Extract, Period, Type
from etl.county.pack import CountyPack, current_townships
from etl.inspection.own_sheets import CODE_HEAD, HOW_TO_FILL
from etl.inspection.return_list import BOOK_SETTINGS, HEAD_STYLE, WRAPPED_STYLE
from indicators.model import Text

LAST_GUARDED_ROW = 2_000  # below the header; what is written further down is judged when it is delivered
NOTES_SHEET = "填写说明"
TOWNSHIPS_SHEET = "乡镇代码"
_NOTE_HEADS = (
    (Text("列", "Column"), 18),
    (Text("必填", "Required"), 14),
    (Text("填什么", "What to write"), 40),
    (Text("英文说明", "In English"), 44),
    (Text("可填", "Admitted"), 18),
)
_TOWNSHIP_HEADS = ((CODE_HEAD, 18), (Text("名称", "Name"), 18), (Text("英文名称", "English name"), 26))
_FORMS = {
    Type.KEY: Text("6—40位字母、数字或连字符", "6-40 letters, digits or dashes"),
    Type.MONTH: Text("年月,如2026-10", "A month as 2026-10"),
    Type.YEAR: Text("四位年份", "Four digits"),
    Type.TOWNSHIP: Text(f"12位代码,见“{TOWNSHIPS_SHEET}”", f"Twelve digits, see sheet {TOWNSHIPS_SHEET}"),
    Type.COUNT: Text("整数,没有的填0", "A whole number, 0 for none"),
    Type.GRAMS: Text("克数,最多三位小数", "Grams, at most three decimals"),
    Type.AMOUNT: Text("数字,最多三位小数", "A number, at most three decimals"),
}

_NUMBERS = (Type.COUNT, Type.GRAMS, Type.AMOUNT)
_NOT_ADMITTED = {
    "error_title": "请核对 Check",
    "error_message": f"填写内容不符合要求,见“{NOTES_SHEET}”。What is written is not admitted; see the sheet {NOTES_SHEET}.",
}


def template(extract: Extract, pack: CountyPack) -> bytes:
    """Return the blank workbook of one type.

    Args:
        extract: The contract.
        pack: The county pack, which knows the townships, the drugs and the campaigns.

    Returns:
        An .xlsx file: the header to fill in under, an explanation a column, and the townships now in force.
    """
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, BOOK_SETTINGS) as book:
        page = _write_header(book, extract)
        listed = _write_notes(book, extract, pack)
        townships = [(township.code, township.title.zh, township.title.en) for township in current_townships(pack)]
        _guard_cells(page, extract, listed, len(townships))
        _write_table(book, book.add_worksheet(TOWNSHIPS_SHEET), 0, _TOWNSHIP_HEADS, townships)
    return stream.getvalue()


def file_name(extract: Extract) -> str:
    """Return the name a blank workbook is handed out under."""
    return f"{extract.title.zh}_空白模板.xlsx"


def delivered_name(extract: Extract) -> str:
    """Return an example of the name a filled workbook is delivered under: type, months covered, day of reporting."""
    months = "202610" if extract.period is Period.SNAPSHOT else "202601-202610"
    return f"{extract.title.zh}_{months}_报20261105.xlsx"


def _write_header(book: xlsxwriter.Workbook, extract: Extract) -> xlsxwriter.worksheet.Worksheet:
    head = book.add_format(HEAD_STYLE)
    as_written, number = book.add_format({"num_format": "@"}), book.add_format({"num_format": "General"})
    page = book.add_worksheet(extract.title.zh)
    for position, column in enumerate(extract.columns):
        # As text a code keeps its digits and a month stays a month.
        page.set_column(position, position, 16, number if column.type in _NUMBERS else as_written)
        page.write_string(0, position, column.header, head)
    page.freeze_panes(1, 0)
    return page


def _guard_cells(page: xlsxwriter.worksheet.Worksheet, extract: Extract, listed: Mapping[str, str], townships: int) -> None:
    """Let the spreadsheet program refuse what would be sent back anyway: words that are not listed, numbers below zero."""
    for position, column in enumerate(extract.columns):
        if column.type is Type.TOWNSHIP:
            # A list, and yet no error: a former township's code is right for the months it was in force.
            rule: dict[str, object] = {"validate": "list", "source": f"='{TOWNSHIPS_SHEET}'!$A$2:$A${townships + 1}", "error_type": "warning"}
        elif column.name in listed:
            rule = {"validate": "list", "source": listed[column.name]}
        elif column.type is Type.COUNT:
            rule = {"validate": "integer", "criteria": ">=", "value": 0}
        elif column.type in _NUMBERS:
            rule = {"validate": "decimal", "criteria": ">=", "value": 0}
        else:
            continue
        page.data_validation(1, position, LAST_GUARDED_ROW, position, {**rule, "ignore_blank": column.nullable, **_NOT_ADMITTED})


def _write_notes(book: xlsxwriter.Workbook, extract: Extract, pack: CountyPack) -> dict[str, str]:
    """Write an explanation a column. Every cell is short and every admitted word has its own: the privacy gate takes long text for free text.

    Returns:
        Column -> where the words stand that it admits, for those that admit a list of words only.
    """
    page = book.add_worksheet(NOTES_SHEET)
    about = (
        extract.title.zh,
        extract.title.en,
        extract.description.zh,
        extract.description.en,
        "文件名如 File name such as",
        delivered_name(extract),
        HOW_TO_FILL.zh,
        HOW_TO_FILL.en,
        "只填表中可填的内容,可空的列可以留空",
        "Write admitted words only; an optional column may stay empty",
        "不得写姓名、证件号码、电话、住址",
        "Write no name, identity number, telephone or address",
    )
    for row, text in enumerate(about):
        page.write_string(row, 0, text)
    lines = [
        (
            column.header,
            "可空 optional" if column.nullable else "必填 required",
            column.description.zh,
            column.description.en,
            *_admitted(column, pack),
        )
        for column in extract.columns
    ]
    top = len(about) + 1
    _write_table(book, page, top, _NOTE_HEADS, lines)
    return {
        column.name: f"='{NOTES_SHEET}'!{xl_range_abs(row, 4, row, len(line) - 1)}"
        for row, (column, line) in enumerate(zip(extract.columns, lines, strict=True), top + 1)
        if column.type not in _FORMS and len(line) > 4
    }


def _admitted(column: Column, pack: CountyPack) -> tuple[str, ...]:
    """Return what a cell of a column may hold: its words, or the form of what is written freely."""
    if column.codes:
        return tuple(code.title.zh for code in column.codes)
    if column.type is Type.DRUG:
        return tuple(drug.title.zh for drug in pack.drugs)
    if column.type is Type.LABEL:
        return tuple(campaign.code for campaign in pack.campaigns)
    if column.type is Type.FLAG:
        return ("是", "否")
    form = _FORMS[column.type]
    return form.zh, form.en


def _write_table(
    book: xlsxwriter.Workbook, page: xlsxwriter.worksheet.Worksheet, top: int, heads: Sequence[tuple[Text, int]], lines: Sequence[Sequence[str]]
) -> None:
    head, cell = book.add_format(HEAD_STYLE), book.add_format(WRAPPED_STYLE)
    for column, (words, width) in enumerate(heads):
        page.set_column(column, column, width)
        page.write_string(top, column, f"{words.zh} {words.en}", head)
    for row, line in enumerate(lines, top + 1):
        for column, text in enumerate(line):
            page.write_string(row, column, text, cell)
