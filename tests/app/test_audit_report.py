"""The report of the audit is kept with the build: the page inside and the command give the same, and outside nobody sees what it counts."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from disclosure.__main__ import main
from tests.app.test_pages import run, text, write_tiny
from warehouse.reader import Warehouse

TITLE = "小数保护审计报告"


@pytest.fixture
def sample(sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    return sample_warehouse / "warehouse.duckdb"


def test_inside_the_page_shows_the_report_and_gives_it_away_as_a_file(sample: Path) -> None:
    test = run("quality", release="internal")
    said = text(test)
    assert f"# {TITLE}" in said
    assert "结论:通过" in said
    assert "# Audit of small counts" not in said
    assert [button.proto.label for button in test.get("download_button")] == ["下载报告"]


def test_outside_there_is_none(sample: Path) -> None:
    test = run("quality", release="public")
    assert TITLE not in text(test)
    assert not test.get("download_button")


def test_the_command_prints_what_the_page_gives(sample: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(sample)]) == 0
    printed = capsys.readouterr().out
    warehouse = Warehouse.open(sample)
    try:
        kept = warehouse.audit_report()
    finally:
        warehouse.close()
    assert kept is not None
    assert printed == f"{kept.zh}\n---\n\n{kept.en}"


def test_the_report_counts_what_was_attacked(sample: Path) -> None:
    """Every sum of the kept lattices stands in it, and no lattice is missing: all months of the register are attacked in the internal release."""
    with duckdb.connect(str(sample), read_only=True) as connection:
        sums = connection.execute("select count(*), sum(hidden), sum(crossed) from meta.audit group by release order by release").fetchall()
        months = connection.execute("select count(distinct month_on) from meta.coverage where extract = 'registry'").fetchall()
        attacked = connection.execute(
            "select count(*) from meta.audit where release = 'internal' and source_table = 'core.registry_person'"
        ).fetchall()
        ((report,),) = connection.execute("select zh from meta.audit_report").fetchall()
    assert attacked == months
    for internal, public in zip(*sums, strict=True):
        assert f"| {internal:,} | {public:,} |" in report


def test_a_build_without_one_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write_tiny(tmp_path)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    assert "没有审计报告" in text(run("quality", release="internal"))
    assert main(["report", str(tmp_path / "warehouse.duckdb")]) == 1
    assert "没有审计报告" in capsys.readouterr().err
