"""The record of deliveries: nothing acknowledged is lost, nothing half done counts, and the order of loading does not matter."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import random
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import date
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.inspection.batch import inspect_batch
from etl.inspection.result import Acceptance, InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.ledger.lock import BusyError, exclusive
from etl.publishing.acceptance import accept
from indicators.months import months_between
from tests.etl.files import CASES, ON, REGISTRY, cases_csv, grid, registry_csv, rows, write_csv, write_xlsx

ROOT = Path(__file__).parents[2]
OCTOBER = date(2026, 10, 1)


def load(files: list[Path], data: Path, pack: CountyPack) -> list[LedgerEntry]:
    results = inspect_batch(files, pack, data=data, on=ON)
    assert not [result.problems for result in results if result.is_refused]
    return accept(results, data, "office")


def month_files(folder: Path, count: int) -> list[Path]:
    """Registry files of so many months, one edition each."""
    files = []
    for number in range(count):
        month = f"{2024 + number // 12}{number % 12 + 1:02}"
        changes = {"as_of": month, "measure_start_on": "", "last_detected_on": ""}
        files.append(registry_csv(folder, f"在册_{month}_报20261105.csv", **changes))
    return files


def test_an_accepted_file_is_kept_exactly_and_read_only(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    path = registry_csv(tmp_path)
    [entry] = load([path], data, pack)
    kept = ledger.accepted_path(entry, data)
    assert kept.read_bytes() == path.read_bytes()
    assert kept.stat().st_mode & 0o777 == 0o440
    assert kept.name == f"{entry.sha256}.csv"
    assert (entry.sequence, entry.extract, entry.row_count, entry.first_month, entry.reported_on) == (1, "registry", 5, OCTOBER, date(2026, 11, 5))
    assert entry.received_at.endswith("+08:00")
    assert ledger.read(data) == [entry]


def test_the_same_file_again_changes_nothing(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    path = registry_csv(tmp_path)
    load([path], data, pack)
    before = ledger.ledger_path(data).read_bytes()
    copy = tmp_path / "另存_在册_202610.csv"
    copy.write_bytes(path.read_bytes())
    for again in (path, copy):
        [result] = inspect_batch([again], pack, data=data, on=ON)
        assert (result.acceptance, result.rows_found) == (Acceptance.UNCHANGED, 5)
        assert accept([result], data, "office") == []
    assert ledger.ledger_path(data).read_bytes() == before


def test_the_same_file_twice_in_a_batch_is_taken_once(tmp_path: Path, pack: CountyPack) -> None:
    path = registry_csv(tmp_path)
    copy = tmp_path / "在册_202610_again.csv"
    copy.write_bytes(path.read_bytes())
    assert len(load([path, copy], tmp_path / "data", pack)) == 1


def test_typed_rows_come_from_the_bytes(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    entries = load([registry_csv(tmp_path), write_xlsx(tmp_path, "毒品案件_202601-202610_报20261105.xlsx", grid(CASES, rows(CASES)))], data, pack)
    record = TypedRows(pack, data).of(entries[0]).to_pylist()[0]
    assert list(record) == [column.name for column in REGISTRY.columns]
    assert {name: record[name] for name in ("as_of", "sex", "birth_year", "main_drug", "multi_drug", "control_status", "reason")} == {
        "as_of": OCTOBER,
        "sex": "male",
        "birth_year": 1990,
        "main_drug": "heroin",
        "multi_drug": "no",
        "control_status": "01",
        "reason": "02",
    }
    record = TypedRows(pack, data).of(entries[1]).to_pylist()[4]
    assert (record["filed_on"], record["grams"], record["suspects"], record["charge"]) == (date(2026, 5, 1), 12.5, 3, "trafficking")


def test_an_altered_or_missing_file_is_an_error(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    [entry] = load([registry_csv(tmp_path)], data, pack)
    kept = ledger.accepted_path(entry, data)
    content = kept.read_bytes()
    kept.chmod(0o640)
    kept.write_bytes(content.replace("男".encode(), "女".encode(), 1))
    with pytest.raises(LedgerError, match="altered"):
        TypedRows(pack, data).of(entry)
    kept.unlink()
    with pytest.raises(LedgerError, match="cannot be read"):
        TypedRows(pack, data).of(entry)


def test_a_code_dropped_from_the_pack_is_named_when_read_again(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    [entry] = load([registry_csv(tmp_path)], data, pack)
    poorer = replace(pack, drugs=tuple(drug for drug in pack.drugs if drug.code != "heroin"))
    with pytest.raises(LedgerError, match="row 2, column 主滥用毒品"):
        TypedRows(poorer, data).of(entry)


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_a_torn_last_line_is_ignored_and_cut(cut: int, tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    files = month_files(tmp_path, 3)
    load([files[0]], data, pack)
    whole = ledger.ledger_path(data).read_bytes()
    load([files[1]], data, pack)
    with ledger.ledger_path(data).open("r+b") as stream:
        stream.truncate(len(ledger.ledger_path(data).read_bytes()) - cut)
    assert [entry.sequence for entry in ledger.read(data)] == [1]
    [entry] = load([files[2]], data, pack)
    assert entry.sequence == 2
    assert ledger.ledger_path(data).read_bytes().startswith(whole)
    assert len(ledger.read(data)) == 2


def test_a_batch_cut_short_counts_for_nothing(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    files = month_files(tmp_path, 4)
    load([files[0]], data, pack)
    load(files[1:], data, pack)
    lines = ledger.ledger_path(data).read_bytes().splitlines(keepends=True)
    for kept in (2, 3):
        ledger.ledger_path(data).write_bytes(b"".join(lines[:kept]))
        assert [entry.sequence for entry in ledger.read(data)] == [1]
    assert [entry.sequence for entry in load(files[1:], data, pack)] == [2, 3, 4]


@pytest.mark.parametrize("damage", ["flip", "drop", "swap", "edit"])
def test_damage_to_an_earlier_line_is_an_error_that_names_it(damage: str, tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    for path in month_files(tmp_path, 3):
        load([path], data, pack)
    lines = ledger.ledger_path(data).read_bytes().splitlines(keepends=True)
    if damage == "flip":
        lines[1] = lines[1][:40] + bytes([lines[1][40] ^ 1]) + lines[1][41:]
    elif damage == "drop":
        del lines[1]
    elif damage == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    else:
        fields = json.loads(lines[1])
        lines[1] = json.dumps({**fields, "row_count": 6}, ensure_ascii=False).encode() + b"\n"
    ledger.ledger_path(data).write_bytes(b"".join(lines))
    with pytest.raises(LedgerError, match="Line 2"):
        ledger.read(data)


def entry_of(sequence: int, first: date, last: date, reported_on: date | None, extract: str = "cases", action: str = "accepted") -> LedgerEntry:
    return LedgerEntry(sequence, "", "office", action, extract, f"{sequence}.csv", str(sequence), 1, ".csv", 1, first, last, reported_on, action)


def test_editions_are_the_same_in_any_order_of_loading() -> None:
    # Edition A covers the year, B corrects its second quarter later, C re-delivers the first half later still.
    spans = [(1, 12, date(2026, 1, 5)), (4, 6, date(2026, 2, 5)), (1, 6, date(2026, 3, 5))]
    expected = {month: (date(2026, 3, 5) if month <= 6 else date(2026, 1, 5)) for month in range(1, 13)}
    for order in itertools.permutations(spans):
        entries = [entry_of(number, date(2025, first, 1), date(2025, last, 1), on) for number, (first, last, on) in enumerate(order, 1)]
        in_force = ledger.editions(entries)["cases"]
        assert {month.month: entry.reported_on for month, entry in in_force.items()} == expected


def test_editions_of_the_same_day_go_by_arrival_and_refused_files_do_not_count() -> None:
    month = date(2026, 5, 1)
    entries = [entry_of(1, month, month, OCTOBER), entry_of(2, month, month, OCTOBER), entry_of(3, month, month, date(2026, 11, 1), action="refused")]
    assert ledger.editions(entries)["cases"][month].sequence == 2
    undated = [entry_of(1, month, month, OCTOBER), entry_of(2, month, month, None)]
    assert ledger.editions(undated)["cases"][month].sequence == 1


def test_months_between_crosses_years() -> None:
    assert months_between(date(2025, 11, 1), date(2026, 2, 1)) == [date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    with exclusive(tmp_path), pytest.raises(BusyError) as busy, exclusive(tmp_path, wait_seconds=0.1):
        pass
    assert busy.value.text.zh
    with exclusive(tmp_path, wait_seconds=0.1):
        pass


def test_a_short_wait_is_enough_for_a_short_run(tmp_path: Path) -> None:
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with exclusive(tmp_path):
            held.set()
            release.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(5)
    threading.Timer(0.2, release.set).start()
    with exclusive(tmp_path, wait_seconds=5):
        pass
    holder.join()


def accept_in_child(begun: Event, results: list[InspectionResult], data: Path) -> None:
    begun.set()
    accept(results, data, "office")


def test_a_killed_load_leaves_the_state_before_or_after(tmp_path: Path, pack: CountyPack) -> None:
    """Ten loads killed at random moments: the batch is there whole or not at all, and the next run works."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    files = month_files(inbox, 24)
    results = inspect_batch(files, pack, on=ON)
    started = time.monotonic()
    accept(results, tmp_path / "undisturbed", "office")
    undisturbed = time.monotonic() - started
    forking = multiprocessing.get_context("fork")
    draw = random.Random(20261120)
    outcomes = []
    for attempt in range(10):
        data = tmp_path / f"data{attempt}"
        begun = forking.Event()
        child = forking.Process(target=accept_in_child, args=(begun, results, data))
        child.start()
        assert begun.wait(600)
        time.sleep(draw.random() * undisturbed * 1.2)
        child.kill()
        child.join()
        entries = ledger.read(data) if data.exists() else []
        assert len(entries) in ((24,) if child.exitcode == 0 else (0, 24))
        outcomes.append((child.exitcode, len(entries)))
        for entry in entries:
            TypedRows(pack, data).of(entry)
        load(files, data, pack)
        assert len(ledger.read(data)) == 24
        assert {path.name for path in (data / "raw" / "accepted").iterdir()} == {f"{entry.sha256}.csv" for entry in ledger.read(data)}
    print("exit code and entries after each kill:", outcomes)


def test_a_full_disk_leaves_no_part_of_a_batch(tmp_path: Path, pack: CountyPack) -> None:
    """A real limit on the size of files (RLIMIT_FSIZE) stops the write of the ledger half way."""
    data = tmp_path / "data"
    files = month_files(tmp_path, 6)
    load(files[:2], data, pack)
    before = ledger.ledger_path(data).read_bytes()
    script = (
        "import resource, signal, sys\n"
        "from datetime import date\n"
        "from pathlib import Path\n"
        "from etl.county.read import read_pack\n"
        "from etl.inspection.batch import inspect_batch\n"
        "from etl.publishing.acceptance import accept\n"
        "data = Path(sys.argv[1])\n"
        "results = inspect_batch([Path(name) for name in sys.argv[3:]], read_pack(Path('county')), data=data, on=date(2026, 11, 20))\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), int(sys.argv[2])))\n"
        "accept(results, data, 'office')\n"
    )
    largest = max(path.stat().st_size for path in files)
    limit = max(len(before) + 300, largest + 1)
    command = [sys.executable, "-c", script, str(data), str(limit), *map(str, files[2:])]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert "File too large" in ended.stderr
    assert ledger.ledger_path(data).read_bytes() == before
    assert len(load(files[2:], data, pack)) == 4


def test_no_file_name_or_account_can_forge_a_line(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    path = write_csv(tmp_path, '在册_202610_报20261105\n{"sequence": 9}\r.csv', grid(REGISTRY, rows(REGISTRY)))
    accept(inspect_batch([path], pack, data=data, on=ON), data, "office\n{}")
    assert ledger.ledger_path(data).read_bytes().count(b"\n") == 1
    assert ledger.read(data)[0].who == "office{}"


def test_a_cases_file_and_a_registry_file_stand_side_by_side(tmp_path: Path, pack: CountyPack) -> None:
    data = tmp_path / "data"
    load([registry_csv(tmp_path), cases_csv(tmp_path)], data, pack)
    in_force = ledger.editions(ledger.read(data))
    assert {extract: len(months) for extract, months in in_force.items()} == {"cases": 10, "registry": 1}


def test_a_whole_line_that_does_not_check_is_damage_and_not_a_torn_one(tmp_path: Path, pack: CountyPack) -> None:
    """A flipped bit in the last line must not make an acknowledged delivery vanish."""
    data = tmp_path / "data"
    load([registry_csv(tmp_path)], data, pack)
    path = ledger.ledger_path(data)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(ledger.LedgerError):
        ledger.read(data)
