"""A table file: what Excel would take for a formula is a text, and a signed number stays a number."""

from __future__ import annotations

import pandas
import pytest

from charts.spreadsheet import csv_file


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("12", "12"),
        ("+9", "+9"),
        ("-3.5%", "-3.5%"),
        ("=1+1", "'=1+1"),
        ("+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"),
        ("-A1", "'-A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("两行  \n的格", "两行 的格"),
        ("带,号", '"带,号"'),
    ],
)
def test_a_cell_is_written_as_it_is_read(cell: str, written: str) -> None:
    assert csv_file(pandas.DataFrame({"列": [cell]})).decode("utf-8-sig") == f"列\r\n{written}\r\n"
