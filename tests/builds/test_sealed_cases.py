"""A case of drug use, or another administrative one, is the record of a person: nothing exact knows of it, and no small period of cases is split."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from disclosure.policy import Policy
from indicators import catalogue
from indicators.model import Indicator, Measure, Protects
from indicators.months import months_apart
from tests.spec.tables import COUNTY, build_from, load, observed, publish_build, write_extract
from tests.spec.tables import rows as written

LIMITS = Policy()
KNOWN = catalogue()
PEOPLE, CRIMINAL = "core.administrative_case", ("core.criminal_case", "core.solved_case")
SHOWN = ("observed", "provisional")
LENGTHS = {"year": 12, "quarter": 3, "month": 1}
NOT_COMPARED = {"meta.build", "meta.audit", "meta.audit_report", "meta.check_result"}  # times, digests and how much was protected
ORDINARY = """
    filed_on | solved_on | charge       | place_type | drug   | grams | suspects | suspects_18_35 | lab
    2025-01  | 2025-02   | 贩卖毒品     | 出租屋     | 冰毒   | 5     | 3        | 1              | 否 *4
    2025-02  | 2025-03   | 容留         | 娱乐场所   | -      | -     | 2        | 2              | 否 *3
    2025-06  | -         | 制造毒品     | 户外       | 冰毒   | 900   | 4        | 0              | 是 *2
    2026-01  | 2026-02   | 贩卖毒品     | 宾馆旅店   | 海洛因 | 8     | 1        | 0              | 否 *6
    2026-08  | -         | 非法持有毒品 | 车辆       | 海洛因 | 3     | 1        | 1              | 否
"""
SEALED = """
    filed_on | case_kind | charge   | solved_on | drug   | grams | suspects | suspects_18_35 | case_key
    2025-01  | 行政      | 吸毒     | 2025-01   | 大麻   | 0.2   | 1        | 1              | SEALED-AA
    2025-02  | 行政      | 非法种植 | -         | 鸦片   | 30    | 2        | 0              | SEALED-BB
    2025-04  | 刑事      | 吸毒     | 2025-05   | 氯胺酮 | 1     | 1        | 1              | SEALED-CC
    2026-02  | 行政      | 吸毒     | 2026-02   | 冰毒   | 0.5   | 6        | 6              | SEALED-DD
"""


def tables(data: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a published file holds, but for the indicators of the records of people."""
    held = {}
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        for schema, name in connection.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall():
            columns = [row[0] for row in connection.execute(f"describe {schema}.{name}").fetchall() if row[0] not in {"received_at", "built_at"}]
            rows = connection.execute(f"select {', '.join(columns)} from {schema}.{name} order by all").fetchall()
            sealed = {one.id for one in KNOWN.values() if one.table == PEOPLE}
            held[f"{schema}.{name}"] = [row for row in rows if not sealed & {cell for cell in row if isinstance(cell, str)}]
    return held


def test_nothing_but_their_own_indicator_changes_where_records_of_people_are_delivered(tmp_path: Path) -> None:
    ordinary, sealed = written(ORDINARY), written(SEALED)
    built = {}
    for name, cases in (("without", ordinary), ("with", [*ordinary, *sealed])):
        folder = tmp_path / name
        folder.mkdir()
        build_from(folder / "data", write_extract(folder, "cases", "202501-202609", cases, "20261010"))
        built[name] = tables(folder / "data")
    assert len(built["with"]["mart.observation"]) > 1_000
    assert built["with"].keys() == built["without"].keys()
    for name in built["with"].keys() - NOT_COMPARED:
        assert built["with"][name] == built["without"][name], name
    # Three records of 2025, whatever kind the file calls them, and one of 2026: fewer than five, so none is told.
    counted = observed(tmp_path / "with" / "data", "internal", "administrative_cases", "total", "year")
    assert counted == {(date(2025, 1, 1),): (None, "suppressed")}


def test_how_late_records_come_is_said_of_no_record_of_a_person(tmp_path: Path) -> None:
    """Of eight criminal cases a month seven came at once, 88 %. Whether all cases of use came late or none did, the sentence is the same."""
    said = {}
    for name, soon, later in (("none", 0, 0), ("all late", 0, 4), ("all at once", 4, 4)):
        folder = tmp_path / name
        folder.mkdir()
        for criminal, of_use, reported in ((7, soon, "20260710"), (8, later, "20260810")):
            lines = ["filed_on | case_kind | charge"]
            for month in range(1, 7):
                counts = (("刑事 | 贩卖毒品", criminal), ("行政 | 吸毒", of_use))
                lines += [f"2026-{month:02} | {kind} *{count}" for kind, count in counts if count]
            load(folder / "data", write_extract(folder, "cases", "202601-202606", "\n".join(lines), reported))
        publish_build(folder / "data", COUNTY)
        said[name] = [row for row in tables(folder / "data")["meta.check_result"] if row[0] == "late_entries_cases"]
    assert said["none"] == said["all late"] == said["all at once"]
    [(_, _, sentence, _)] = said["none"]
    assert "88%" in sentence


@pytest.fixture(scope="module")
def published(sample_warehouse: Path) -> list[dict[str, Any]]:
    with duckdb.connect(str(sample_warehouse / "warehouse.duckdb"), read_only=True) as connection:
        return connection.sql("select * from mart.observation").to_arrow_table().to_pylist()


def of(rows: list[dict[str, Any]], *tables_of: str) -> Iterator[tuple[Indicator, dict[str, Any]]]:
    for row in rows:
        indicator = KNOWN[row["indicator"]]
        if indicator.table in tables_of:
            yield indicator, row


@pytest.mark.parametrize(("release", "least"), [("internal", LIMITS.internal_k), ("public", 10)])
def test_no_published_count_of_records_of_people_is_below_the_limit(published: list[dict[str, Any]], release: str, least: int) -> None:
    told = [(indicator, row) for indicator, row in of(published, PEOPLE) if row["release"] == release]
    assert {indicator.protects for indicator, _ in told} == {Protects.PERSONS}
    assert {(row["breakdown"], row["grain"]) for _, row in told} == {("total", "quarter"), ("total", "year"), ("zone", "year")}
    shown = [row for _, row in told if row["status"] in SHOWN]
    hidden = [row for _, row in told if row["status"] == "suppressed"]
    assert shown
    assert hidden
    assert all(row["numerator"] >= least for row in shown)
    assert all(row["numerator"] is row["value"] is None for row in hidden)


def test_no_exact_number_is_counted_in_a_table_of_people() -> None:
    exact = [one for one in KNOWN.values() if one.protects is not Protects.PERSONS]
    assert {one.table for one in exact} == {*CRIMINAL, "core.case_count"}
    # The two charges and kinds apart nowhere stand in one code list: no part named use, and no split by kind, could be added up.
    assert "case_kind" not in {name for one in KNOWN.values() for breakdown in one.breakdowns for name in breakdown.split("*")}


def test_the_code_list_of_charges_holds_no_use(sample_warehouse: Path) -> None:
    with duckdb.connect(str(sample_warehouse / "warehouse.duckdb"), read_only=True) as connection:
        charges = {code for (code,) in connection.execute("select code from meta.member where dimension = 'charge'").fetchall()}
    assert "trafficking" in charges
    assert "use" not in charges


Periods = Mapping[tuple[str, date], float]


def county(rows: list[dict[str, Any]], table: str) -> Periods:
    """What is told of the whole county, by grain and first day: of an indicator that selects nothing."""
    whole = next(one.id for one in KNOWN.values() if one.table == table and one.numerator == Measure() and "total" in one.breakdowns)
    return {
        (row["grain"], row["period"]): row["numerator"]
        for _, row in of(rows, table)
        if row["indicator"] == whole and row["breakdown"] == "total" and row["grain"] in LENGTHS and row["numerator"] is not None
    }


@pytest.mark.parametrize("release", ["internal", "public"])
@pytest.mark.parametrize("table", CRIMINAL)
def test_no_subtraction_of_periods_splits_a_small_one(published: list[dict[str, Any]], table: str, release: str) -> None:
    """An attacker takes every split period and takes away every split period within it: what is left holds no case, or five and more."""
    rows = [row for row in published if row["release"] == release]
    split: dict[tuple[str, date], set[str]] = defaultdict(set)
    for indicator, row in of(rows, table):
        if indicator.protects is Protects.PERSONS or row["breakdown"] == "total":
            continue
        assert row["grain"] in LENGTHS  # two windows of twelve months would leave a month
        if row["status"] in SHOWN:
            split[row["grain"], row["period"]].add(row["indicator"])
    counts = county(rows, table)
    assert len(split) > 20
    assert len(split) < len(counts)
    for grain, first in split:
        within = [(finer, begin) for finer, begin in split if LENGTHS[finer] < LENGTHS[grain] and 0 <= months_apart(first, begin) < LENGTHS[grain]]
        # Of nested periods the longest hold the others.
        longest = [
            (finer, begin)
            for finer, begin in within
            if not any(LENGTHS[other] > LENGTHS[finer] and 0 <= months_apart(start, begin) < LENGTHS[other] for other, start in within)
        ]
        rest = counts[grain, first] - sum(counts[one] for one in longest)
        assert rest == 0 or rest >= LIMITS.internal_k, (grain, first)
        assert counts[grain, first] == 0 or counts[grain, first] >= LIMITS.internal_k
    # One set of periods for all that is counted in a table: no indicator is split where another is not.
    grains_of = {
        one.id: {row["grain"] for _, row in of(rows, table) if row["indicator"] == one.id and row["breakdown"] != "total"} for one in KNOWN.values()
    }
    for (grain, first), names in split.items():
        offered = {name for name, grains in grains_of.items() if grain in grains and KNOWN[name].protects is Protects.EVENTS}
        assert offered <= names, (grain, first)
