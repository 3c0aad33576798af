"""Finished warehouse files with the numbers a test names, written by the real writer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow

from etl.assembly.observe import COLUMNS
from warehouse.writer import WarehouseFile

COUNTY_CODE = "990000000000"
NUMBERS = {"numerator", "denominator", "value", "lower", "upper"}
Cells = Mapping[tuple[str, date], float | str]  # a number, or the status of a cell without one


def write_build(
    path: Path,
    cells: Cells,
    *,
    number: int = 1,
    codes: Sequence[str] = ("trafficking", "use"),
    counted: str = '{"where": {}}',
    fills: Sequence[tuple[str, str, date, int, int]] = (),
    weights: Mapping[tuple[str, date], float | str] | None = None,
) -> Path:
    """Write county totals by month of the internal release.

    Args:
        path: The file.
        cells: Indicator and month -> number, or status.
        number: Number of the build.
        codes: Members of the charge dimension.
        counted: Numerator of every indicator, as declared.
        fills: Rows of meta.column_fill.
        weights: Drug and first day of a year -> grams seized in the county, or status.
    """
    rows = [
        ("internal", indicator, month, "month", COUNTY_CODE, "total", "", "", value, None, value, None, None, "observed")
        if isinstance(value, float | int)
        else ("internal", indicator, month, "month", COUNTY_CODE, "total", "", "", None, None, None, None, None, value)
        for (indicator, month), value in cells.items()
    ]
    for (drug, year), grams in (weights or {}).items():
        weight, status = (grams, "observed") if isinstance(grams, float | int) else (None, grams)
        rows.append(("internal", "drugs_seized", year, "year", COUNTY_CODE, "drug", drug, "", weight, None, weight, None, None, status))
    columns = zip(COLUMNS, zip(*rows, strict=True), strict=True)
    file = WarehouseFile(path)
    file.write_observations(pyarrow.table({name: pyarrow.array(column, pyarrow.float64() if name in NUMBERS else None) for name, column in columns}))
    file.write_meta("member", [("charge", code, code, code, place, "") for place, code in enumerate(codes)])
    names = sorted({indicator for indicator, _ in cells})
    declared = [(name, "cases", "events", "events", "core.case_event", counted, "", False, "") for name in names]
    declared += [("drugs_seized", "cases", "sum", "seizures", "core.case_file", counted, "", False, "")] if weights else []
    file.write_meta("indicator", declared)
    file.write_meta("coverage", [("cases", month, number) for month in sorted({month for _, month in cells})])
    file.write_meta("extract", [("cases", "毒品案件", "Drug cases")])
    file.write_meta("column_fill", fills)
    latest = max(month for _, month in cells)
    file.write_build((number, "2026-11-25T09:00:00+08:00", "0", latest, COUNTY_CODE, "小县", "Small County", "", False, 5, "", ""))
    file.close()
    return path
