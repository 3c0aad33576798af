"""The command line: codes, words for people, JSON for programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from etl import ledger
from etl.cli import main
from etl.lock import exclusive
from tests.etl.files import REGISTRY, cases_csv, grid, registry_csv, rows, write_csv

ROOT = Path(__file__).parents[2]
MOBILE = "13800138000"  # an operator's service number


def run(*arguments: object) -> int:
    words = [str(argument) for argument in arguments]
    return main([*words, *(() if words[0] == "county-check" else ("--county", str(ROOT / "county")))])


def test_a_file_in_order_is_accepted_and_said_so_in_both_languages(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    assert run("load", registry_csv(tmp_path), "--data", data, "--no-build") == 0
    out = capsys.readouterr().out
    for words in ("已入库", "Accepted", "在册吸毒人员_202610_报20261105.csv", "2026-10", "5行 rows"):
        assert words in out
    assert run("load", registry_csv(tmp_path), "--data", data, "--no-build") == 0
    assert "已入库,无变化" in capsys.readouterr().out
    assert len(ledger.read(data)) == 1


def test_a_refusal_says_where_and_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    cells = grid(REGISTRY, rows(REGISTRY))
    cells[11 - 6][3] = "九零年"
    assert run("load", write_csv(tmp_path, "在册_202610.csv", cells), "--data", data, "--no-build") == 2
    out = capsys.readouterr().out
    assert "第6行 · 列“出生年份” · 不是年份;请填四位年份" in out
    assert "Not a year" in out
    assert "退回 Refused" in out
    assert "九零年" not in out


def test_json_is_the_only_thing_on_standard_output(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    assert run("load", cases_csv(tmp_path), registry_csv(tmp_path, sex="不明"), "--data", data, "--no-build", "--json") == 2
    captured = capsys.readouterr()
    said = json.loads(captured.out)
    assert said["code"] == 2
    assert [file["outcome"] for file in said["files"]] == ["in_order", "refused"]
    assert said["files"][1]["problems"][0] | {"rule": "code", "row": 2, "column": "性别"} == said["files"][1]["problems"][0]
    assert said["files"][1]["rows"] == {"found": 5, "accepted": 0, "refused": 5}
    assert "全批未入库" in captured.err
    assert [entry.action for entry in ledger.read(data)] == ["refused"]


@pytest.mark.parametrize("flags", [[], ["--json"], ["--debug"]])
def test_identifiers_are_never_echoed(flags: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    path = registry_csv(tmp_path, f"在册_202610_{MOBILE}.csv", measure=MOBILE)
    assert run("load", path, "--data", data, "--no-build", *flags) == 2
    other = registry_csv(tmp_path, "在册_202610.csv", measure=f"联系电话:{MOBILE}")
    assert run("load", other, "--data", data, "--no-build", *flags) == 2
    captured = capsys.readouterr()
    assert MOBILE not in captured.out + captured.err
    assert all(MOBILE.encode() not in file.read_bytes() for file in data.rglob("*") if file.is_file())
    assert not (data / "raw" / "quarantine").exists()


def test_the_inbox_is_loaded_when_no_file_is_named_and_left_as_it_is(tmp_path: Path) -> None:
    inbox = tmp_path / "data" / "raw" / "inbox"
    inbox.mkdir(parents=True)
    path = registry_csv(inbox)
    assert run("load", "--data", tmp_path / "data", "--no-build") == 0
    assert path.exists()
    assert len(ledger.read(tmp_path / "data")) == 1


def test_months_and_date_may_be_stated(tmp_path: Path) -> None:
    path = registry_csv(tmp_path, "x.csv")
    assert run("load", path, "--data", tmp_path / "data", "--no-build") == 2
    assert run("load", path, "--data", tmp_path / "data", "--no-build", "--covers", "202610", "--reported-on", "2026-11-05") == 0
    assert str(ledger.read(tmp_path / "data")[-1].reported_on) == "2026-11-05"


@pytest.mark.parametrize(
    "arguments", [["load", "x.csv", "--covers", "202613"], ["load", "x.csv", "--reported-on", "5.11."], ["rollback", "last"], []]
)
def test_a_command_that_cannot_be_meant_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_what_is_broken_is_said_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("load", tmp_path / "no.csv", "--data", tmp_path / "data") == 1
    path = registry_csv(tmp_path)
    assert main(["load", str(path), "--data", str(tmp_path / "data"), "--county", str(tmp_path / "nowhere")]) == 1
    run("load", path, "--data", tmp_path / "data", "--no-build")
    run("load", cases_csv(tmp_path), "--data", tmp_path / "data", "--no-build")
    ledger_file = ledger.ledger_path(tmp_path / "data")
    ledger_file.write_bytes(b"{}\n" + ledger_file.read_bytes())
    assert run("status", "--data", tmp_path / "data") == 1
    captured = capsys.readouterr()
    assert "台账第1行已损坏" in captured.out
    assert "Traceback" not in captured.out + captured.err


def test_another_run_in_progress_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("etl.lock.WAIT_SECONDS", 0.1)
    with exclusive(tmp_path / "data"):
        assert run("load", registry_csv(tmp_path), "--data", tmp_path / "data", "--no-build") == 1
    assert "正在运行" in capsys.readouterr().out


def test_status_names_months_and_gaps(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    older = registry_csv(tmp_path, "在册_202607.csv", as_of="2026-07")
    run("load", registry_csv(tmp_path), older, cases_csv(tmp_path), "--data", data, "--no-build")
    capsys.readouterr()
    assert run("status", "--data", data, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["accepted"] == 3
    assert (
        said["extracts"]["registry"] | {"first_month": "2026-07", "last_month": "2026-10", "missing": ["2026-08", "2026-09"]}
        == said["extracts"]["registry"]
    )
    assert said["builds"] == []


def test_county_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("county-check", ROOT / "county") == 0
    assert run("county-check", tmp_path) == 2
    assert "问题" in capsys.readouterr().out


def test_the_module_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "etl", "load", str(registry_csv(tmp_path, sex="不明")), "--data", str(tmp_path / "data"), "--no-build"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (2, "")
    assert "退回" in ended.stdout


def test_an_unknown_build_cannot_be_put_back(tmp_path: Path) -> None:
    assert run("rollback", 7, "--data", tmp_path / "data") == 2


def test_the_sample_is_never_mixed_into_somebodys_own_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    assert run("load", registry_csv(tmp_path), "--data", data, "--no-build") == 0
    before = ledger.ledger_path(data).read_bytes()
    assert run("demo", "--data", data) == 2
    assert "不混入示例数据" in capsys.readouterr().out
    assert ledger.ledger_path(data).read_bytes() == before


def test_a_real_county_gets_no_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    county = tmp_path / "county"
    shutil.copytree(ROOT / "county", county)
    settings = county / "county.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("is_sample = true", "is_sample = false"), encoding="utf-8")
    assert main(["demo", "--data", str(tmp_path / "data"), "--county", str(county)]) == 2
    assert "不是示例县" in capsys.readouterr().out


def test_a_refused_code_names_the_words_that_are_admitted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("load", registry_csv(tmp_path, sex="不明"), "--data", tmp_path / "data", "--no-build") == 2
    assert "请填写以下之一:男、女" in capsys.readouterr().out


def test_a_secret_that_is_too_short_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_SECRET", "short")
    data = tmp_path / "data"
    assert run("load", registry_csv(tmp_path), "--data", data) == 1
    assert "DASHBOARD_SECRET太短" in capsys.readouterr().out
