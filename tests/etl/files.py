"""Deliveries written from the contracts, so that a test states only what it spoils."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

from etl.contract import Extract
from etl.extracts import extracts

REGISTRY = extracts()["registry"]
CASES = extracts()["cases"]
ON = date(2026, 11, 20)  # the day on which every test judges

REGISTRY_NAME = "在册吸毒人员_202610_报20261105.csv"
CASES_NAME = "毒品案件_202601-202610_报20261105.csv"

KEYS = ("QWMZ-LKJHGF", "PXTRVBNMSA", "HGDFQAZWSX", "ZZKQPLMOKN", "TGBYHNUJMI")
TOWNSHIPS = ("990121001000", "990121100000", "990121105000", "990121200000", "990121206000")

_REGISTRY_ROW = {
    "as_of": "2026-10",
    "sex": "男",
    "birth_year": "1990",
    "residence": "本地户籍",
    "first_found_on": "2015-03",
    "main_drug": "海洛因",
    "multi_drug": "否",
    "education": "初中",
    "employment": "农民",
    "control_status": "在控",
    "measure": "社区戒毒",
    "measure_start_on": "2026-01",
    "last_detected_on": "2025-12",
    "relapse_band": "1次",
    "reason": "好奇",
    "source": "巡逻盘查",
}
_CASES_ROW = {
    "case_kind": "刑事",
    "charge": "走私、贩卖、运输",
    "filed_on": "2026-05",
    "solved_on": "2026-06",
    "place_type": "出租屋",
    "drug": "海洛因",
    "grams": "12.5",
    "suspects": "3",
    "suspects_under_18": "0",
    "suspects_18_35": "2",
    "channel": "寄递",
    "source_area": "省外",
    "lab": "否",
    "campaign": "CLEAN-2021",
    "supervision": "普通",
}


def rows(extract: Extract, count: int = 5, **changes: str) -> list[dict[str, str]]:
    """Rows in order, as a mapping of column name to what is written."""
    base = _REGISTRY_ROW if extract is REGISTRY else _CASES_ROW
    key = extract.key[0]
    return [{**base, key: KEYS[index], "township": TOWNSHIPS[index], **changes} for index in range(count)]


def grid(extract: Extract, records: Sequence[dict[str, str]]) -> list[list[str]]:
    """The header and the rows in the contract's order."""
    return [[column.header for column in extract.columns], *([record[column.name] for column in extract.columns] for record in records)]


def csv_text(cells: Sequence[Sequence[str]]) -> str:
    """RFC 4180 text."""
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\r\n").writerows(cells)
    return stream.getvalue()


def write_csv(folder: Path, name: str, cells: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> Path:
    """A CSV delivery."""
    path = folder / name
    path.write_bytes(csv_text(cells).encode(encoding))
    return path


def write_xlsx(
    folder: Path, name: str, cells: Sequence[Sequence[Any]], above: Sequence[Sequence[str]] = (), sheet: str = "报表", merged: Sequence[str] = ()
) -> Path:
    """A workbook delivery with title rows above the header, and merged ranges such as A3:A4."""
    path = folder / name
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet(sheet)
        for row, written in enumerate([*above, *cells]):
            for column, text in enumerate(written):
                page.write(row, column, text)
        for span in merged:
            row, column = xl_cell_to_rowcol(span.split(":")[0])
            page.merge_range(span, [*above, *cells][row][column])
    return path


def registry_csv(folder: Path, name: str = REGISTRY_NAME, **changes: str) -> Path:
    """A registry delivery in order but for the changes."""
    return write_csv(folder, name, grid(REGISTRY, rows(REGISTRY, **changes)))


def cases_csv(folder: Path, name: str = CASES_NAME, **changes: str) -> Path:
    """A cases delivery in order but for the changes."""
    return write_csv(folder, name, grid(CASES, rows(CASES, **changes)))
