"""The command line: codes, words for people, JSON for programs."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from etl.commands.main import main
from etl.ledger import ledger
from etl.ledger.lock import exclusive
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


@pytest.mark.parametrize("command", ["load", "build"])
def test_a_reason_that_says_nothing_is_refused_before_anything_is_done(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    files = [registry_csv(tmp_path)] if command == "load" else []
    assert run(command, *files, "--data", data, "--reason", "核实过") == 2
    assert "至少4个汉字或字母" in capsys.readouterr().out
    assert not (data / "raw").exists()


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


def test_lock_files_of_office_are_passed_over_with_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inbox = tmp_path / "data" / "raw" / "inbox"
    inbox.mkdir(parents=True)
    path, lock = registry_csv(inbox), inbox / "~$在册吸毒人员_202610_报20261105.xlsx"
    lock.write_bytes(b"\x05Office" + bytes(158))
    assert run("load", "--data", tmp_path / "data", "--no-build") == 0
    assert sum("~$" in line for line in capsys.readouterr().out.splitlines()) == 1
    assert run("load", path, lock, "--data", tmp_path / "data", "--no-build") == 0
    assert "已入库,无变化" in capsys.readouterr().out
    assert run("load", lock, "--data", tmp_path / "data", "--no-build") == 0
    assert len(ledger.read(tmp_path / "data")) == 1


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


@pytest.mark.parametrize("spelling", ["202601-202610", "2026-01-2026-10", "2026-01至2026-10", "2026年1月至2026年10月", "2026-01 — 202610"])
def test_a_span_of_months_may_be_spelled_as_people_do(spelling: str, tmp_path: Path) -> None:
    assert run("load", cases_csv(tmp_path, "x.csv"), "--data", tmp_path / "data", "--no-build", "--covers", spelling) == 0
    (entry,) = ledger.read(tmp_path / "data")
    assert (entry.first_month, entry.last_month) == (date(2026, 1, 1), date(2026, 10, 1))


@pytest.mark.parametrize("spelling", ["202610", "2026-10", "2026年10月", "2026/10"])
def test_one_month_may_be_spelled_as_people_do(spelling: str, tmp_path: Path) -> None:
    assert run("load", registry_csv(tmp_path, "x.csv"), "--data", tmp_path / "data", "--no-build", "--covers", spelling) == 0
    (entry,) = ledger.read(tmp_path / "data")
    assert (entry.first_month, entry.last_month) == (date(2026, 10, 1), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("arguments", "zh"),
    [
        ([], "命令有误:缺少 COMMAND;请看 python -m etl --help。"),
        (["lod"], "命令有误:没有这个命令;"),
        (["load", "--covers"], "命令有误:--covers 后面缺少内容;请看 python -m etl load --help。"),
        (["load", "--covers", "2026-10-2026-01"], "命令有误:--covers 写作一个月或起止两个月,"),
        (["load", "--reported-on", "5.11."], "命令有误:--reported-on 日期写作2026-11-05;"),
        (["rollback", "last"], "命令有误:N 应为整数;"),
        (["rollback"], "命令有误:缺少 N;"),
        (["purge", "--older-than", "0"], "命令有误:--older-than 应为天数,至少1天;"),
        (["load", "--re", "x"], "命令有误:--re 不完整,与几个选项都相符;"),
        (["status", "--strange"], "命令有误:不认识 --strange;"),
        (["status", "--json=x"], "命令有误:--json 后面不应有内容;"),
    ],
)
def test_a_wrong_command_is_answered_in_chinese_before_english(arguments: list[str], zh: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert said.startswith(zh)
    assert "The command is wrong: " in said.splitlines()[0]
    assert "\n用法 Usage: python -m etl" in said


def test_help_has_headings_in_both_languages(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, headings in ((["--help"], ("选项 Options:", "命令 Commands:")), (["load", "-h"], ("内容 Arguments:", "选项 Options:"))):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        said = capsys.readouterr().out
        assert ended.value.code == 0
        assert said.startswith("用法 Usage: ")
        assert all(heading in said for heading in headings)
        assert not any(line.startswith(("options:", "positional", "usage:")) for line in said.splitlines())


def test_a_return_list_is_written_for_every_refused_file_and_over_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, lists = tmp_path / "data", tmp_path / "lists"
    wrong, named = registry_csv(tmp_path, "在册_202610.csv", sex="不明"), registry_csv(tmp_path, "在册甲_202610.csv", measure=MOBILE)
    words = ("load", cases_csv(tmp_path), wrong, named, "--data", data, "--no-build")
    assert run(*words) == 2
    assert "--return-list" in capsys.readouterr().out.splitlines()[-1]
    assert run(*words, "--return-list", lists) == 2
    said = capsys.readouterr().out
    first = lists / "退回清单_在册_202610.xlsx"
    assert sorted(path.name for path in lists.iterdir()) == [first.name, "退回清单_在册甲_202610.xlsx"]
    assert all(f"退回清单已写入 Return list written: {path}" in said for path in lists.iterdir())
    written = first.read_bytes()
    assert run(*words, "--return-list", lists, "--json") == 2
    assert str(lists / "退回清单_在册_202610_2.xlsx") in json.loads(capsys.readouterr().out)["return_lists"]
    assert len(list(lists.iterdir())) == 4
    assert first.read_bytes() == written
    rows_listed = [row for row in openpyxl.load_workbook(first)["退回清单"].iter_rows(values_only=True) if row[3] == "2—6"]
    assert [row[2] for row in rows_listed] == ["性别"]
    for path in lists.iterdir():
        with zipfile.ZipFile(path) as parts:
            assert all(MOBILE.encode() not in parts.read(part) for part in parts.namelist())


def test_no_return_list_is_written_into_the_raw_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    words = ("load", registry_csv(tmp_path, sex="不明"), "--data", data, "--no-build", "--return-list")
    for inside in (data / "raw", data / "raw" / "inbox" / "x", tmp_path / "y" / ".." / "data" / "raw"):
        assert run(*words, inside) == 1
    assert "退回清单不能写入数据文件夹的raw" in capsys.readouterr().out
    assert not (data / "raw").exists()


def test_a_return_list_that_cannot_be_written_takes_nothing_from_the_refusal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data, blocked = tmp_path / "data", tmp_path / "lists"
    blocked.write_text("a file where the folder should be", encoding="utf-8")
    assert run("load", registry_csv(tmp_path, sex="不明"), "--data", data, "--no-build", "--return-list", blocked) == 1
    said = capsys.readouterr().out
    assert "请填写以下之一:男、女" in said
    assert "退回已记入台账,但退回清单未能写入所选文件夹" in said
    assert [entry.action for entry in ledger.read(data)] == ["refused"]


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
    monkeypatch.setattr("etl.ledger.lock.WAIT_SECONDS", 0.1)
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
    assert (said["accepted"], said["in_use"]) == (3, 3)
    assert (
        said["extracts"]["registry"] | {"first_month": "2026-07", "last_month": "2026-10", "missing": ["2026-08", "2026-09"]}
        == said["extracts"]["registry"]
    )
    assert said["builds"] == []


def test_status_says_how_many_files_were_superseded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    later = cases_csv(tmp_path, "毒品案件_202601-202610_报20261106.csv", suspects="4")
    run("load", registry_csv(tmp_path), cases_csv(tmp_path), later, "--data", data, "--no-build")
    capsys.readouterr()
    assert run("status", "--data", data) == 0
    said = capsys.readouterr().out
    assert "已入库3份(其中2份在用,1份已被更正),退回0次。" in said
    assert "3 files accepted (2 in use, 1 superseded by corrections), 0 refusals." in said


def test_county_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("county-check", ROOT / "county") == 0
    assert run("county-check", tmp_path) == 2
    assert "问题" in capsys.readouterr().out


def test_the_module_runs(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "etl", "load", str(registry_csv(tmp_path, sex="不明")), "--data", str(tmp_path / "data"), "--no-build"]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    stages = ["准备 Getting ready", "读取县域资料包 Reading the county pack", "检查文件 Inspecting files 1/1"]
    assert ended.stderr.splitlines() == stages  # where the output is no terminal, a line a stage
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
    assert not (data / "raw" / "inbox").exists()


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


def test_of_many_files_what_is_replaced_is_said_of_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [cases_csv(tmp_path, f"毒品案件_202605_报202611{day:02}.csv", suspects=str(day + 2)) for day in range(5, 16)]
    assert run("load", *files, "--data", tmp_path / "data", "--no-build") == 0
    said = capsys.readouterr().out
    # Eleven files are summed up; the last takes the place of the ten others.
    assert "11个文件 files" in said
    assert sum("将替代" in line and line.startswith("  · 毒品案件_202605_报20261115.csv") for line in said.splitlines()) == 10
