"""How a delivery of the sample county is written: the styles of real offices, as CSV or as a workbook."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from etl.contract import Code, Column, Extract, Type
from etl.county.pack import CountyPack

Record = dict[str, Any]


@dataclass(frozen=True)
class Style:
    """How one clerk writes: Chinese words, short words or numbers, and months."""

    words: str  # title, short or number
    month: str


STYLES = (Style("title", "{:%Y-%m}"), Style("short", "{:%Y年%m月}"), Style("number", "{:%Y%m}"), Style("title", "{:%Y%m}"))


@dataclass(frozen=True)
class SampleFile:
    """One file before it is written."""

    extract: Extract
    coverage: str
    reported_on: date
    form: str  # xlsx, or the encoding of a CSV
    style: Style
    heading: str
    records: list[Record]

    @property
    def file_name(self) -> str:
        """Name as the county would give it: what, which months, when reported."""
        ending = "xlsx" if self.form == "xlsx" else "csv"
        return f"{self.extract.title.zh}_{self.coverage}_报{self.reported_on:%Y%m%d}.{ending}"

    def rows(self, pack: CountyPack) -> list[list[str]]:
        """Return the header and every row as the clerk wrote them."""
        columns = self.extract.columns
        lines = [[_written(column, record[column.name], self.style, pack) for column in columns] for record in self.records]
        return [[column.header for column in columns], *lines]


def _written(column: Column, value: Any, style: Style, pack: CountyPack) -> str:
    if value is None:
        return ""
    if column.type is Type.CODE:
        return _word(next(code for code in column.codes if code.code == value), style)
    if column.type is Type.MONTH:
        return style.month.format(value)
    if column.type is Type.FLAG:
        return {"yes": "1", "no": "0"}[value] if style.words == "number" else {"yes": "是", "no": "否"}[value]
    if column.type is Type.DRUG:
        drug = next(drug for drug in pack.drugs if drug.code == value)
        return drug.aliases[0] if style.words == "short" and drug.aliases else drug.title.zh
    if column.type in {Type.GRAMS, Type.AMOUNT}:
        return f"{value:.2f}"
    return str(value)


def _word(code: Code, style: Style) -> str:
    """Pick the clerk's word for a code; a code without such a word is written by its title."""
    if style.words == "number":
        return next((alias for alias in (code.code, *code.aliases) if alias.isdecimal()), code.title.zh)
    short = [alias for alias in code.aliases if not alias.isdecimal() and not alias.isascii()]
    return min(short, key=len) if style.words == "short" and short else code.title.zh


def csv_bytes(delivery: SampleFile, pack: CountyPack) -> bytes:
    """Write a delivery as text in the encoding its office uses."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(delivery.rows(pack))
    return text.getvalue().encode(delivery.form)


def xlsx_bytes(delivery: SampleFile, pack: CountyPack) -> bytes:
    """Write a workbook as counties send it: a merged title, a line of unit and date, then the table; fixed dates keep its bytes the same."""
    content = io.BytesIO()
    workbook = xlsxwriter.Workbook(content, {"in_memory": True})
    note = "示例数据,纯属虚构"
    reported_at = datetime(delivery.reported_on.year, delivery.reported_on.month, delivery.reported_on.day, tzinfo=UTC).replace(tzinfo=None)
    workbook.set_properties({"title": delivery.heading, "comments": note, "created": reported_at})
    sheet = workbook.add_worksheet(delivery.extract.title.zh)
    title = workbook.add_format({"bold": True, "align": "center", "font_size": 16})
    bold = workbook.add_format({"bold": True, "border": 1})
    plain = workbook.add_format({"border": 1, "num_format": "@"})
    number = workbook.add_format({"border": 1})
    columns = delivery.extract.columns
    sheet.merge_range(0, 0, 0, len(columns) - 1, delivery.heading, title)
    unit = delivery.extract.unit.zh
    sheet.write_string(1, 0, f"填报单位:{pack.title.zh}禁毒办({note})  填报日期:{delivery.reported_on:%Y-%m-%d}  单位:{unit}")
    sheet.set_column(0, len(columns) - 1, 14)
    for row, cells in enumerate(delivery.rows(pack), start=2):
        for position, (column, cell) in enumerate(zip(columns, cells, strict=True)):
            if row > 2 and cell and column.type in {Type.YEAR, Type.COUNT, Type.GRAMS, Type.AMOUNT}:
                sheet.write_number(row, position, float(cell), number)
            else:
                sheet.write_string(row, position, cell, bold if row == 2 else plain)
    sheet.freeze_panes(3, 2)
    workbook.close()
    return content.getvalue()
