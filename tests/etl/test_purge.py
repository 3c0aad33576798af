"""Refused files are removed for their age by order, and the ledger keeps their lines."""

from __future__ import annotations

import os
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from etl.commands.main import main
from etl.ledger import journal, ledger
from etl.ledger.lock import exclusive
from etl.publishing import acceptance
from tests.etl.files import registry_csv


@pytest.fixture
def data(tmp_path: Path, county: Path) -> Path:
    """Two refused files and one accepted."""
    folder = tmp_path / "data"
    for path, code in (
        (registry_csv(tmp_path, "a.csv", sex="不明"), 2),
        (registry_csv(tmp_path, "b.csv", sex="未知"), 2),
        (registry_csv(tmp_path), 0),
    ):
        assert main(["load", str(path), "--data", str(folder), "--county", str(county), "--no-build"]) == code
    return folder


def quarantined(data: Path) -> set[str]:
    return {path.name for path in (data / "raw" / "quarantine").iterdir()}


def days_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=days)  # type: ignore[arg-type]

    monkeypatch.setattr("etl.publishing.acceptance.datetime", Later)


def test_files_are_kept_for_as_long_as_told_and_then_removed(data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ledger.ledger_path(data).read_bytes()
    accepted = list((data / "raw" / "accepted").iterdir())
    days_later(monkeypatch, 89)
    assert main(["purge", "--data", str(data)]) == 0
    assert "已删除90天以前退回的文件0份" in capsys.readouterr().out
    assert len(quarantined(data)) == 4  # two files with their reasons
    assert not journal.journal_path(data).exists()
    days_later(monkeypatch, 91)
    assert main(["purge", "--data", str(data)]) == 0
    assert "已删除90天以前退回的文件2份,台账记录不变" in capsys.readouterr().out
    assert quarantined(data) == set()
    assert ledger.ledger_path(data).read_bytes() == lines
    assert list((data / "raw" / "accepted").iterdir()) == accepted
    (event,) = journal.events(data)
    assert (event.action, event.number, event.reason) == (journal.PURGED, 2, "older than 90 days")


def test_a_file_is_as_old_as_its_last_refusal(data: Path, tmp_path: Path, county: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Forty(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + timedelta(days=40)  # type: ignore[arg-type]

    with monkeypatch.context() as at:
        at.setattr("etl.ledger.ledger.datetime", Forty)
        assert main(["load", str(tmp_path / "a.csv"), "--data", str(data), "--county", str(county), "--no-build"]) == 2
    again = ledger.read(data)[0].sha256
    days_later(monkeypatch, 91)
    assert acceptance.purge(data, 90, "甲") == 1
    assert {name.split(".")[0] for name in quarantined(data)} == {again}


def test_bytes_without_a_line_in_the_ledger_go_by_the_time_of_the_file(data: Path) -> None:
    folder = data / "raw" / "quarantine"
    for name in (f"{'0' * 64}.csv", f"{'0' * 64}.json", f"{'1' * 64}.csv"):
        (folder / name).write_bytes(b"x")
    for name in (f"{'0' * 64}.csv", f"{'0' * 64}.json"):
        os.utime(folder / name, (time.time() - 100 * 86_400,) * 2)
    assert acceptance.purge(data, 90, "甲") == 1
    assert len(quarantined(data)) == 5


def test_nothing_is_removed_while_another_run_works(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.ledger.lock.WAIT_SECONDS", 0.1)
    with exclusive(data):
        assert main(["purge", "--older-than", "1", "--data", str(data)]) == 1
    assert len(quarantined(data)) == 4
