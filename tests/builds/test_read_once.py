"""One publication reads each new file once and no accepted file again; what is kept of accepted files is never believed unseen."""

from __future__ import annotations

import hashlib
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl.commands.main import main
from etl.county.read import read_pack
from etl.desk import delivery, examination
from etl.extracts import extracts
from etl.inspection import accepted_rows, typed_rows
from etl.inspection.read import read_file
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.mapping.kept import save
from etl.mapping.profile import Profile
from etl.publishing import trial
from tests.etl.files import CASES, REGISTRY, TOWNSHIPS, grid, rows, write_csv, write_xlsx
from tests.spec.tables import COUNTY

REASON = "核实:属实"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often the bytes of every file are read as a table, by digest; the real reading is done all the same."""
    counted: Counter[str] = Counter()

    def counting(content: bytes, *arguments: Any, **named: Any) -> Any:
        counted[hashlib.sha256(content).hexdigest()] += 1
        return read_file(content, *arguments, **named)

    for module in (typed_rows, accepted_rows):
        monkeypatch.setattr(module, "read_file", counting)
    return counted


def once(files: Sequence[Path]) -> dict[str, int]:
    return {hashlib.sha256(path.read_bytes()).hexdigest(): 1 for path in files}


def september(folder: Path) -> list[Path]:
    return [
        write_xlsx(folder, "在册_202609_报20261005.xlsx", grid(REGISTRY, rows(REGISTRY, as_of="2026-09"))),
        write_xlsx(folder, "案件_202601-202609_报20261005.xlsx", grid(CASES, rows(CASES))),
    ]


def october(folder: Path) -> list[Path]:
    """A second month: a register, and cases that take the place of those delivered before."""
    return [
        write_xlsx(folder, "在册_202610_报20261105.xlsx", grid(REGISTRY, rows(REGISTRY))),
        write_xlsx(folder, "案件_202601-202610_报20261105.xlsx", grid(CASES, rows(CASES, grams="12.4"))),
    ]


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two files of September, published; never changed by a test."""
    folder = tmp_path_factory.mktemp("september")
    assert main(["load", *map(str, september(folder)), "--data", str(folder / "data"), "--county", str(COUNTY)]) == 0
    return folder / "data"


@pytest.fixture
def data(published: Path, tmp_path: Path) -> Path:
    """The same, to be changed."""
    return shutil.copytree(published, tmp_path / "data")


def test_a_first_publication_reads_each_file_once(tmp_path: Path, read: Counter[str]) -> None:
    files = september(tmp_path)
    assert main(["load", *map(str, files), "--data", str(tmp_path / "data"), "--county", str(COUNTY)]) == 0
    assert read == once(files)


def test_the_command_reads_each_new_file_once_and_no_accepted_one(data: Path, tmp_path: Path, read: Counter[str]) -> None:
    files = october(tmp_path)
    assert main(["load", *map(str, files), "--data", str(data), "--county", str(COUNTY), "--reason", REASON]) == 0
    assert read == once(files)
    read.clear()
    assert main(["build", "--data", str(data), "--county", str(COUNTY)]) == 0
    assert not read


def test_the_page_reads_each_new_file_once_and_publishing_reads_none(data: Path, tmp_path: Path, read: Counter[str]) -> None:
    files = october(tmp_path)
    # The page does this in a process of its own, where nothing could be counted; publishing is done by the server.
    _, tried, previews, reports, _ = examination.examine_files(files, data, COUNTY, "甲", progress=lambda *_: None)
    assert tried is not None
    assert all(previews)
    assert all(reports)
    assert read == once(files)
    read.clear()
    trial.publish(tried, data, who="甲", reason=REASON)
    trial.publish(trial.try_out((), data, COUNTY, who="甲"), data, who="甲")
    assert not read
    assert not list((data / "trials").iterdir())


def test_files_that_were_only_taken_in_are_not_read_again(data: Path, tmp_path: Path, read: Counter[str]) -> None:
    files = october(tmp_path)
    assert main(["load", *map(str, files), "--data", str(data), "--county", str(COUNTY), "--no-build"]) == 0
    assert main(["build", "--data", str(data), "--county", str(COUNTY), "--reason", REASON]) == 0
    assert read == once(files)


def test_a_running_total_that_waits_for_another_file_is_read_once(tmp_path: Path, read: Counter[str]) -> None:
    data = tmp_path / "data"
    columns = {"township": ["乡镇码"], "charge": ["类别"], "opened": ["本年累计立案"]}
    choices = {"columns": columns, "counts_into": "opened", "month_is_last": True, "is_cumulative": True}
    save(Profile.from_choices("so-far", extracts()["case_counts"], **choices), data)
    files = [
        write_csv(
            tmp_path, f"案件月报_20260{month}_报20260{month + 1}05.csv", [["乡镇码", "类别", "本年累计立案"], [TOWNSHIPS[0], "贩卖", str(month)]]
        )
        for month in (3, 2, 1)  # March waits for February, and February for January
    ]
    looked = delivery.look(files, data, COUNTY, "甲")
    assert not looked.is_refused, [result.lines() for result in looked.results]
    assert read == once(files)


def kept(data: Path) -> list[Path]:
    return sorted(typed_rows.folder_of(data).iterdir())


def test_what_is_kept_may_be_read_by_those_who_may_read_the_accepted_files(data: Path) -> None:
    (accepted,) = {path.stat().st_mode for path in (data / "raw" / "accepted").iterdir()}
    assert {path.stat().st_mode for path in kept(data)} == {accepted}
    assert len(kept(data)) == 2


@pytest.mark.parametrize("spoil", [lambda content: content[:-1], lambda content: b"", lambda content: content[:40] + b"\0" + content[41:]])
def test_damaged_rows_are_read_anew_and_kept_again(data: Path, read: Counter[str], spoil: Any) -> None:
    was = {path: path.read_bytes() for path in kept(data)}
    spoilt, whole = kept(data)
    spoilt.chmod(0o640)
    spoilt.write_bytes(spoil(was[spoilt]))
    before = trial.try_out((), data, COUNTY, who="甲")
    assert list(read.values()) == [1]
    assert before.difference.is_empty
    assert {path: path.read_bytes() for path in kept(data)} == was
    # One file's rows are never taken for another's.
    spoilt.chmod(0o640)
    spoilt.write_bytes(was[whole])
    assert trial.try_out((), data, COUNTY, who="甲").assembled.content_sha256 == before.assembled.content_sha256
    assert sorted(read.values()) == [2]


def test_rows_read_by_another_county_pack_or_program_are_read_anew(data: Path, read: Counter[str], monkeypatch: pytest.MonkeyPatch) -> None:
    pack, entries = read_pack(COUNTY), ledger.read(data)
    older = TypedRows(replace(pack, drugs=(*pack.drugs, replace(pack.drugs[0], code="other", aliases=()))), data)
    assert [older.of(entry).num_rows for entry in entries] == [5, 5]
    assert sum(read.values()) == 2
    read.clear()
    was = kept(data)
    monkeypatch.setattr(typed_rows, "program_digest", lambda: "a later version")
    trial.try_out((), data, COUNTY, who="甲")
    assert sum(read.values()) == 2
    assert len(kept(data)) == 2
    assert not set(kept(data)) & set(was)  # what nobody will ask for is not left lying


def test_an_accepted_file_that_was_altered_stops_the_build_though_its_rows_are_kept(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    altered = ledger.accepted_path(ledger.read(data)[0], data)
    altered.chmod(0o640)
    altered.write_bytes(altered.read_bytes() + b"\0")
    assert main(["build", "--data", str(data), "--county", str(COUNTY)]) == 1
    assert "已入库文件已被改动(台账第1号)" in capsys.readouterr().out
    altered.unlink()
    assert main(["build", "--data", str(data), "--county", str(COUNTY)]) == 1
    assert "已入库文件不可读(台账第1号)" in capsys.readouterr().out


def test_nothing_is_kept_of_files_that_are_given_up_or_refused(data: Path, tmp_path: Path) -> None:
    was = kept(data)
    tried = trial.try_out(delivery.look(october(tmp_path), data, COUNTY, "甲").results, data, COUNTY, who="甲")
    assert len(list((data / "trials").glob("*.rows"))) == 2
    trial.give_up(tried, data)
    assert not list((data / "trials").iterdir())
    wrong = write_xlsx(tmp_path, "在册_202608_报20261106.xlsx", grid(REGISTRY, rows(REGISTRY, as_of="2026-08", sex="不明")))
    assert delivery.look([wrong], data, COUNTY, "甲").is_refused
    assert kept(data) == was


def test_kept_rows_are_those_of_the_file(data: Path) -> None:
    """As written in ``tests/etl/files.py``: five people on the register of September, five cases of May with 12.5 g each."""
    of = TypedRows(read_pack(COUNTY), data).of
    register, cases = (of(entry).to_pydict() for entry in ledger.read(data))
    assert (register["as_of"], register["township"]) == ([date(2026, 9, 1)] * 5, list(TOWNSHIPS))
    assert (cases["filed_on"], cases["grams"], cases["suspects"]) == ([date(2026, 5, 1)] * 5, [12.5] * 5, [3] * 5)
