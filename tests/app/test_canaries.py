"""What is hidden stands nowhere but in the accepted files: canaries are looked for in all that a build leaves behind and the upload page says.

In this county the number of men is hidden because it would give away the few women. It is large and like no other number, so it can be
searched for: in every table of every finished file, in the bytes of everything beside the accepted files, in the journal, and in whatever
the upload page says of a second delivery, from the result and the difference to the gate's findings and what is kept of them.
"""

from __future__ import annotations

import csv
import re
import shutil
import struct
from pathlib import Path

import duckdb
import pytest

from disclosure.__main__ import main as audit
from etl.commands.main import main
from etl.inspection.typed_rows import SUFFIX
from tests.app.sent import sent, whole_numbers
from tests.app.test_pages import PAGES, ROOT, run
from tests.app.test_upload import build_number, hand_in, page, publish
from tests.spec.tables import COUNTY, build_from, write_extract

MEN, WOMEN = (137, 167), (3, 4)  # at the end of 2025, and of March 2026
TOTALS = {men + women for men, women in zip(MEN, WOMEN, strict=True)}
HIDDEN = {float(men) for men in MEN}
NEW_MEN = MEN[1] - MEN[0]


def delivery(folder: Path, turn: int) -> Path:
    month, reported = (("202512", "20260105"), ("202603", "20260405"))[turn]
    new = f"男 | 2026-02 *{NEW_MEN}\n女 | 2026-02 *{WOMEN[1] - WOMEN[0]}" if turn else ""
    return write_extract(folder, "registry", month, f"sex | first_found_on\n女 | 2015-06 *{WOMEN[0]}\n男 | 2015-06 *{MEN[0]}\n{new}", reported)


def keys(path: Path) -> set[bytes]:
    with path.open(encoding="gb18030", newline="") as file:
        return {cell.encode() for row in csv.reader(file) for cell in row if re.fullmatch(r"P-[A-Z]{8}", cell)}


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with two deliveries, and `data` built from the first of them."""
    place = tmp_path_factory.mktemp("canaries")
    delivery(place, 1)
    build_from(place / "data", delivery(place, 0))
    return place


def tables(path: Path) -> dict[str, list[tuple[object, ...]]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        names = connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()
        return {name: connection.execute(f"select * from {name}").fetchall() for (name,) in names}


def assert_clean(data: Path, secret_keys: set[bytes]) -> None:
    """No finished file, journal or list beside the accepted files holds a hidden number, a key or the secret of the coins."""
    finished = [path for path in data.rglob("*.duckdb") if path.is_file()]
    assert finished
    for path in finished:
        for name, rows in tables(path).items():
            for row in rows:
                for cell in row:
                    assert not (isinstance(cell, int | float) and float(cell) in HIDDEN), f"{path.name} {name}: {row}"
                    assert not (isinstance(cell, str) and len(cell) < 2000 and tells(cell)), f"{path.name} {name}: {row}"
    kept = [path for path in data.rglob("*") if path.is_file() and path.relative_to(data).parts[0] != "raw"]
    for path in (path for path in kept if path.suffix == SUFFIX):
        assert path.stat().st_mode & 0o007 == 0, path.name  # the rows of accepted files are kept as these are
    for path in (path for path in kept if path.suffix != SUFFIX):
        content = path.read_bytes()
        assert not [key for key in secret_keys if key in content], path.name
        assert b"a secret that only the tests know" not in content
        assert not [number for number in HIDDEN if struct.pack("<d", number) in content], path.name  # nor in what a file has left empty
        if path.suffix not in {".duckdb"}:
            assert not tells(content.decode("utf-8")), path.name


def tells(text: str) -> bool:
    """Whether a text holds a hidden number on its own, not as digits of a fingerprint."""
    return any(re.search(rf"(?<![0-9a-zA-Z.]){men}(?![0-9a-zA-Z])", text) for men in MEN)


def test_the_county_hides_the_number_of_men(delivered: Path) -> None:
    """Else the rest of this file would say nothing."""
    rows = tables(delivered / "data" / "warehouse.duckdb")["mart.observation"]
    by_sex = [row for row in rows if row[1] == "current_users" and row[5] == "sex"]
    assert {row[13] for row in by_sex} == {"suppressed"}
    assert {row[10] for row in rows if row[:2] == ("internal", "current_users") and row[5] == "total"} == {float(MEN[0] + WOMEN[0])}
    assert len(keys(delivered / "在册吸毒人员_202512_报20260105.csv")) == MEN[0] + WOMEN[0]


def test_a_build_leaves_nothing_hidden_behind(delivered: Path) -> None:
    assert_clean(delivered / "data", keys(delivered / "在册吸毒人员_202512_报20260105.csv"))


def test_a_finished_file_has_the_columns_of_the_schema_and_no_other(delivered: Path, sample_warehouse: Path) -> None:
    """No column for a key, mark, coin, residual or exact count, in no schema."""
    columns = (
        "select database_name is not null, schema_name, table_name, column_name, data_type from duckdb_columns() where not internal order by all"
    )
    with duckdb.connect(":memory:") as connection:
        connection.execute((ROOT / "warehouse" / "schema.sql").read_text(encoding="utf-8"))
        declared = connection.execute(columns).fetchall()
    for data in (delivered / "data", sample_warehouse):
        for path in data.rglob("*.duckdb"):
            with duckdb.connect(str(path), read_only=True) as connection:
                assert connection.execute(columns).fetchall() == declared
                others = "select count(*) from duckdb_views() where not internal", "select count(*) from duckdb_sequences()"
                assert [connection.execute(query).fetchall() for query in others] == [[(0,)], [(0,)]]
    assert len(declared) > 60


def test_no_page_says_it(delivered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(delivered / "data"))
    pieces = sent(run("registry", release="internal"))
    assert MEN[0] + WOMEN[0] in {number for number, _ in whole_numbers(pieces)}  # the same search finds the total, which is shown
    assert float(MEN[0] + WOMEN[0]) in {piece for _, piece in pieces}
    for name in PAGES:
        for release in ("internal", "public"):
            pieces = sent(run(name, release=release))
            assert not HIDDEN & {number for number, _ in whole_numbers(pieces)}, f"{name} {release}"
            assert not HIDDEN & {piece for _, piece in pieces if isinstance(piece, float)}, f"{name} {release}"


def test_the_upload_page_says_it_of_no_delivery(delivered: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the result over the difference and the gate to the published build: totals are told, what is hidden is not, and no key."""
    data = tmp_path / "data"
    shutil.copytree(delivered / "data", data)
    monkeypatch.setenv("DASHBOARD_DATA", str(data))
    second = delivered / "在册吸毒人员_202603_报20260405.csv"
    known = keys(second)
    test = hand_in(page(), second)
    assert not test.exception
    told = {number for number, _ in whole_numbers(sent(test))}
    assert TOTALS & {int(number) for number in told}  # the difference speaks of the county's totals
    assert not HIDDEN & told
    assert_clean(data, known)  # with the trial in the folder
    test = publish(test)
    assert build_number(data) == 2
    for seen in (test, page(), page(lang="en"), run("quality", release="internal")):
        everything = sent(seen)
        assert not HIDDEN & {number for number, _ in whole_numbers(everything)}
        assert not [key for key in known if any(key.decode() in str(piece) for _, piece in everything)]
    assert_clean(data, known)


@pytest.mark.parametrize("command", [["build"], ["build", "--json"], ["status"], ["status", "--json"]], ids=" ".join)
def test_no_command_says_it(command: list[str], delivered: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    shutil.copytree(delivered / "data", data)
    assert main([*command, "--data", str(data), "--county", str(COUNTY)]) == 0
    said = capfd.readouterr()
    assert said.out
    assert not tells(said.out + said.err)


def test_the_auditor_does_not_say_it(delivered: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert audit(["audit", str(delivered / "data" / "warehouse.duckdb")]) == 0
    said = capfd.readouterr()
    assert said.out
    assert not tells(said.out + said.err)
