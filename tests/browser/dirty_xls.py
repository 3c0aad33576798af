"""A case return as a township office really writes it: title, unit row, running numbers, totals, remarks, full-width digits, in .xls."""

from __future__ import annotations

from pathlib import Path

import xlwt

from tests.etl.files import CASES, KEYS, TOWNSHIPS, rows

TITLE = "示例县毒品案件情况登记表(2026年10月)"


def case_rows() -> list[dict[str, str]]:
    """Eight cases of October 2026."""
    five = rows(CASES, filed_on="2026年10月", solved_on="", campaign="")
    three = [
        {**row, "case_key": key, "suspects": "3人", "grams": "１２.５"}
        for row, key in zip(five, ("WSXEDCRFVT", "YHNUJMIKOL", "PLOKIJUHYG"), strict=False)
    ]
    assert len({*KEYS[:5], *(row["case_key"] for row in three)}) == 8
    assert len(TOWNSHIPS) == 5
    return [*five, *three]


def write(folder: Path, name: str = "毒品案件_202610_报20261120.xls") -> Path:
    """Write the eight cases the way an office would."""
    book = xlwt.Workbook(encoding="utf-8")
    page = book.add_sheet("案件登记")
    headers = [column.header for column in CASES.columns]
    page.write_merge(0, 0, 0, len(headers) + 1, TITLE)
    page.write(1, 0, "填报单位:示例县禁毒办")
    page.write(1, 5, "填报日期:2026年11月20日")
    for position, header in enumerate(["序号", *headers, "备注"]):
        page.write(2, position, header)
    records = case_rows()
    for number, record in enumerate(records):
        page.write(3 + number, 0, number + 1)
        for position, column in enumerate(CASES.columns, 1):
            page.write(3 + number, position, record[column.name])
    last = 3 + len(records)
    page.write(last, 0, "合计")
    page.write(last, 1 + headers.index("抓获嫌疑人数"), 3 * len(records))
    page.write(last + 1, 0, "填表人:")
    book.save(str(folder / name))
    return folder / name
