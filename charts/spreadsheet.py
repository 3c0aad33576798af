"""A picture's table as a CSV file that Excel opens rightly: in UTF-8 with its mark, and no cell is taken for a formula."""

from __future__ import annotations

import csv
import io
import re

import pandas

_FORMULA = re.compile(r"[=@\t\r]|[+-](?![\d.]+%?$)")


def csv_file(table: pandas.DataFrame) -> bytes:
    """Return a table of words as the bytes of a CSV file."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\r\n")
    for row in (table.columns, *table.itertuples(index=False, name=None)):
        writer.writerow([_cell(str(cell)) for cell in row])
    return lines.getvalue().encode("utf-8-sig")


def _cell(words: str) -> str:
    """Return a cell on one line; what Excel would reckon with begins with an apostrophe, as typed by hand."""
    line = " ".join(words.split())
    return f"'{line}" if _FORMULA.match(line) else line
