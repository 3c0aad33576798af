"""Spec tables: rows of an extract in, observations out, both as a statistician would write them down."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from etl.assembly.assemble import BuildReport
from etl.contract import Type
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection.batch import inspect_batch
from etl.publishing import trial
from etl.publishing.acceptance import accept
from indicators import catalogue
from warehouse.reader import Warehouse

COUNTY = Path(__file__).parents[2] / "county"
DEFAULTS = {
    "registry": {
        "sex": "男",
        "birth_year": "1985",
        "residence": "本地户籍",
        "first_found_on": "2015-06",
        "main_drug": "海洛因",
        "multi_drug": "否",
        "employment": "无业",
        "control_status": "在控",
    },
    "cases": {
        "case_kind": "刑事",
        "charge": "贩卖毒品",
        "place_type": "出租屋",
        "suspects": "1",
        "suspects_under_18": "0",
        "suspects_18_35": "0",
        "lab": "否",
    },
}


def rows(table: str) -> list[dict[str, str]]:
    """Read a table written with | between cells; `-` is an empty cell, `*N` at the end of a line repeats it N times."""
    lines = [line.strip() for line in table.strip().splitlines() if line.strip()]
    names = [name.strip() for name in lines[0].split("|")]
    found = []
    for line in lines[1:]:
        body, _, times = line.partition(" *")
        cells = [cell.strip() for cell in body.split("|")]
        found += [dict(zip(names, ["" if cell == "-" else cell for cell in cells], strict=True)) for _ in range(int(times or 1))]
    return found


def write_extract(folder: Path, extract_id: str, months: str, table: str | list[dict[str, str]], reported: str = "20261105") -> Path:
    """Write a delivered file with the contract's headers; columns the table leaves out get an ordinary value."""
    extract = extracts()[extract_id]
    path = folder / f"{extract.title.zh}_{months}_报{reported}.csv"
    township = next(town.code for town in read_pack(COUNTY).townships if town.valid_to is None)
    with path.open("w", encoding="gb18030", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.header for column in extract.columns])
        for number, given in enumerate(rows(table) if isinstance(table, str) else table):
            # A person keeps the key from month to month; a case stands in the file of its months only.
            own = {
                "person_key": _key("P", number),
                "case_key": _key("C", number + 1_000 * int(months[:6])),
                "township": township,
                "as_of": months[:6],
                "filed_on": months[:6],
                "month": months[:6],
            }
            none = {column.name: "0" for column in extract.of_type(Type.COUNT)}
            filled = {**none, **own, **DEFAULTS.get(extract_id, {}), **given}
            writer.writerow([filled.get(column.name, "") for column in extract.columns])
    return path


def _key(letter: str, number: int) -> str:
    """A pseudonym that is no sequence: the digits of a multiple of a prime, written in letters."""
    value, text = (number + 7) * 2_654_435_761 % 2**40, ""
    for _ in range(8):
        value, digit = divmod(value, 26)
        text += "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[digit]
    return f"{letter}-{text}"


def load(data: Path, *files: Path) -> None:
    """Accept files through the ordinary door."""
    results = inspect_batch(list(files), read_pack(COUNTY), data=data)
    problems = [problem for result in results for problem in result.problems]
    assert not problems, problems
    accept(results, data, "spec")


def build_from(data: Path, *files: Path, **options: Any) -> BuildReport:
    """Accept files and build."""
    load(data, *files)
    return publish_build(data, COUNTY, **options)


def publish_build(data: Path, county: Path, who: str = "spec", **options: Any) -> BuildReport:
    """Build from everything accepted and put it in force, whatever the publish gate asks."""
    tried = trial.try_out((), data, county, who=who, **options)
    return trial.publish(tried, data, who=who, reason="测试用的版本")


def observed(
    data: Path, release: str, indicator: str, breakdown: str, grain: str, further: tuple[Path, ...] = ()
) -> dict[tuple[object, ...], tuple[float | None, str]]:
    """Return {(period, area or member…): (value, status)} of one indicator and breakdown; ``further`` are folders with more indicators."""
    warehouse = Warehouse.open(data / "warehouse.duckdb", catalogue(*further))
    try:
        found = warehouse.observations(release, [indicator], breakdowns=[breakdown], grain=grain)
    finally:
        warehouse.close()
    result: dict[tuple[object, ...], tuple[float | None, str]] = {}
    for row in found.itertuples():
        place = tuple(part for part in (row.member, row.member_2) if part) or ((row.area_code,) if breakdown in {"zone", "township"} else ())
        result[(date(row.period.year, row.period.month, 1), *place)] = (None if row.value != row.value else row.value, row.status)
    return result
