"""A build is repeatable, whole or nothing, and holds nobody."""

from __future__ import annotations

import json
import os
import shutil
from datetime import date
from pathlib import Path

import duckdb
import pytest

from disclosure.__main__ import main as audit
from etl.assembly.assemble import BuildRefused
from etl.commands.main import main
from etl.county.read import read_pack
from etl.ledger import ledger
from etl.ledger.ledger import LedgerError
from etl.publishing import publish
from tests.spec.tables import COUNTY, build_from, load, observed, publish_build, write_extract
from warehouse.reader import OutsideLattice, Warehouse, WarehouseUnavailable

PEOPLE = """
    sex | birth_year | main_drug
    男  | 1980       | 海洛因 *20
    女  | 1992       | 冰毒 *9
    男  | 1999       | 依托咪酯 *3
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one snapshot and one month of cases, built once; never written to."""
    place = tmp_path_factory.mktemp("small")
    people = write_extract(place, "registry", "202609", PEOPLE, "20261005")
    build_from(place / "data", people, write_extract(place, "cases", "202609", "filed_on\n2026-09 *4"))
    return place / "data"


@pytest.fixture
def small(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(built, tmp_path / "data")


def content(data: Path) -> list[tuple[object, ...]]:
    warehouse = Warehouse.open(data / "warehouse.duckdb")
    try:
        return sorted(warehouse.observations_all(), key=repr)
    finally:
        warehouse.close()


def number_in_force(data: Path) -> int:
    warehouse = Warehouse.open(data / "warehouse.duckdb")
    try:
        return warehouse.build().number
    finally:
        warehouse.close()


def run_etl(*arguments: object) -> int:
    return main([*map(str, arguments), "--county", str(COUNTY)])


def test_two_builds_of_the_same_files_say_the_same(small: Path) -> None:
    before = content(small)
    report = publish_build(small, COUNTY)
    assert report.number == 2
    assert content(small) == before
    assert {kept.content_sha256 for kept in publish.kept_builds(small)} == {report.content_sha256}


def test_the_published_file_holds_aggregates_only(small: Path) -> None:
    path = small / "warehouse.duckdb"
    assert path.stat().st_mode & 0o777 == 0o440
    assert not (small / "warehouse.duckdb.wal").exists()
    connection = duckdb.connect(":memory:")
    connection.execute(f"attach '{path}' as published (read_only)")
    tables = connection.execute("select table_schema, table_name from information_schema.tables where table_catalog = 'published'").fetchall()
    assert {schema for schema, _ in tables} == {"mart", "meta"}
    for schema, table in tables:
        for row in connection.execute(f"select * from published.{schema}.{table}").fetchall():
            assert not any(isinstance(cell, str) and cell.startswith(("P-", "C-")) for cell in row)
    connection.close()


def test_an_altered_file_stops_the_build_and_the_one_before_stays(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = content(small)
    accepted = ledger.accepted_path(ledger.read(small)[0], small)
    accepted.chmod(0o640)
    accepted.write_bytes(accepted.read_bytes().replace("男".encode("gb18030"), "女".encode("gb18030"), 1))
    with pytest.raises(LedgerError):
        publish_build(small, COUNTY)
    assert content(small) == before
    assert run_etl("build", "--data", small) == 1
    assert "已被改动" in capsys.readouterr().out


def test_nothing_accepted_is_nothing_built(tmp_path: Path) -> None:
    with pytest.raises(BuildRefused):
        publish_build(tmp_path / "data", COUNTY)
    assert not (tmp_path / "data" / "warehouse.duckdb").exists()


def test_an_earlier_build_can_be_put_back(small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = content(small)
    build_from(small, write_extract(tmp_path, "registry", "202609", "sex\n男 *40", "20261020"))
    assert content(small) != first
    assert run_etl("rollback", 1, "--data", small) == 0
    assert content(small) == first
    assert run_etl("rollback", 7, "--data", small) == 2
    assert "没有保存第7版" in capsys.readouterr().out


def test_only_the_last_ten_builds_are_kept_and_numbers_are_not_used_twice(small: Path) -> None:
    for _ in range(2):
        publish_build(small, COUNTY)
    for number in range(4, 16):
        (small / "builds" / f"{number:06}.duckdb").write_bytes((small / "builds" / "000001.duckdb").read_bytes())
    assert publish_build(small, COUNTY).number == 16
    assert [int(path.stem) for path in sorted((small / "builds").glob("*.duckdb"))] == list(range(7, 17))


def test_a_reader_of_the_file_before_keeps_it_and_a_new_one_sees_the_new(small: Path, tmp_path: Path) -> None:
    old = Warehouse.open(small / "warehouse.duckdb")
    build_from(small, write_extract(tmp_path, "registry", "202609", "sex\n男 *40", "20261020"))
    new = Warehouse.open(small / "warehouse.duckdb")
    try:
        assert old.build().number == 1
        assert new.build().number == 2
    finally:
        old.close()
        new.close()


def test_a_damaged_warehouse_says_what_to_do(small: Path) -> None:
    path = small / "warehouse.duckdb"
    path.unlink()
    with pytest.raises(WarehouseUnavailable, match="etl demo"):
        Warehouse.open(path)
    path.write_bytes(os.urandom(4096))
    with pytest.raises(WarehouseUnavailable, match="etl build"):
        Warehouse.open(path)


INDICATOR = '''"""失控人员 stands in for an indicator that a county adds by itself: one file, nothing else."""

from indicators.model import Direction, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="women_using_new_substances",
    title=Text("女性新型毒品人员", "Women using new substances"),
    question=Text("有多少?", "How many?"),
    order=99,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current", drug_group="new_substance")),
    breakdowns=("total", "sex"),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text("测试用。", "For a test."),
    caveats=(),
)
'''


def test_an_indicator_in_one_file_is_compiled_protected_and_listed(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "further" / "drugs"
    folder.mkdir(parents=True)
    (folder / "women_using_new_substances.py").write_text(INDICATOR, encoding="utf-8")
    further = tmp_path / "further"
    shutil.rmtree(small / "builds")  # what was never said of a moment that is past is not said later, so there is none before
    (small / "warehouse.duckdb").unlink()
    publish_build(small, COUNTY, indicator_folders=[further])
    month = date(2026, 7, 1)
    # Three people use new substances: hidden like every small count, in both releases; nobody among them is a woman.
    assert observed(small, "internal", "women_using_new_substances", "total", "quarter", (further,))[(month,)] == (None, "suppressed")
    assert observed(small, "internal", "women_using_new_substances", "sex", "quarter", (further,))[month, "male"] == (None, "suppressed")
    # Who does not know the folder does not know the indicator, whatever the file holds.
    with pytest.raises(OutsideLattice):
        observed(small, "internal", "women_using_new_substances", "total", "quarter")
    warehouse = Warehouse.open(small / "warehouse.duckdb")
    assert "women_using_new_substances" in {row[0] for row in warehouse.indicators()}
    warehouse.close()


def test_showing_one_hidden_partner_makes_the_audit_fail(small: Path, tmp_path: Path) -> None:
    month = date(2026, 7, 1)
    groups = observed(small, "internal", "users_by_main_drug", "drug_group", "quarter")
    # 20 opioid, 9 synthetic, 3 new, 0 other: the three and the none are hidden, and the smaller of the others with them.
    hidden = {group for (_, group), (value, status) in groups.items() if status == "suppressed"}
    assert hidden == {"new_substance", "other", "synthetic"}
    partner, truth = "synthetic", 9

    assert audit(["audit", str(small / "warehouse.duckdb")]) == 0

    broken = tmp_path / "broken.duckdb"
    broken.write_bytes((small / "warehouse.duckdb").read_bytes())
    connection = duckdb.connect(str(broken))
    connection.execute(
        "update mart.observation set numerator = ?, value = ?, status = 'observed' "
        "where release = 'internal' and indicator = 'users_by_main_drug' and breakdown = 'drug_group' and member = ? and period = ?",
        [truth, truth, partner, month],
    )
    connection.close()
    assert audit(["audit", str(broken)]) == 2


def test_a_township_has_no_rate_of_the_years_before_it_was_founded(tmp_path: Path) -> None:
    county = Path(shutil.copytree(COUNTY, tmp_path / "county"))
    founded = read_pack(COUNTY).townships[1].code
    borders = county / "townships.geojson"
    townships = json.loads(borders.read_text(encoding="utf-8"))
    [town] = [feature["properties"] for feature in townships["features"] if feature["properties"]["code"] == founded]
    town["valid_from"] = "2024-01-01"
    borders.write_text(json.dumps(townships), encoding="utf-8")
    residents = county / "population.csv"
    lines = [line for line in residents.read_text(encoding="utf-8").splitlines() if founded not in line or line >= "2024"]
    residents.write_text("\n".join(lines) + "\n", encoding="utf-8")
    data = tmp_path / "data"
    load(data, *(write_extract(tmp_path, "registry", months, [{}] * 30) for months in ("202312", "202412")))
    publish_build(data, county)
    rates = observed(data, "internal", "current_users_per_10k", "township", "year")
    assert rates[date(2023, 1, 1), founded] == (None, "undefined")
    assert rates[date(2024, 1, 1), founded] == (None, "suppressed")  # nobody lives there: zero is hidden below the county
