"""A delivery tried out: what it would change, what holds it, and that nothing is accepted before it is published."""

from __future__ import annotations

import os
import re
import shutil
import time
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from etl.commands.main import main
from etl.county.read import read_pack
from etl.inspection.batch import inspect_batch
from etl.inspection.result import InspectionResult
from etl.ledger import journal, ledger
from etl.publishing import publish, trial
from etl.publishing.acceptance import ChangedFileError
from etl.publishing.difference import ChangeKind
from etl.publishing.publish import RollbackRefused
from tests.builds.test_build import number_in_force
from tests.spec.tables import COUNTY, build_from, load, observed, write_extract

AUGUST, SEPTEMBER = date(2026, 8, 1), date(2026, 9, 1)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty cases in August and ten in September, published as build 1; never written to."""
    place = tmp_path_factory.mktemp("trial")
    build_from(place / "data", write_extract(place, "cases", "202608-202609", "filed_on\n2026-08 *20\n2026-09 *10", "20261005"), who="甲")
    return place / "data"


@pytest.fixture
def data(built: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(built, tmp_path / "data")


def inspected(data: Path, *files: Path) -> list[InspectionResult]:
    return inspect_batch(list(files), read_pack(COUNTY), data=data)


def opened(data: Path) -> dict[tuple[object, ...], tuple[float | None, str]]:
    return observed(data, "internal", "cases_opened", "total", "month")


def corrected(folder: Path, august: int, september: int, reported: str = "20261020") -> Path:
    lines = [f"2026-08 *{august}" if august else "", f"2026-09 *{september}" if september else ""]
    return write_extract(folder, "cases", "202608-202609", "filed_on\n" + "\n".join(lines), reported)


def run(*words: object) -> int:
    return main([*map(str, words), "--county", str(COUNTY)])


def test_a_trial_accepts_nothing_and_says_what_would_change(data: Path, tmp_path: Path) -> None:
    before = ledger.ledger_path(data).read_bytes()
    tried = trial.try_out(inspected(data, corrected(tmp_path, 20, 11)), data, COUNTY, who="乙")
    assert [
        (change.kind, change.period, change.before, change.after) for change in tried.difference.changes if change.indicator == "cases_opened"
    ] == [(ChangeKind.CORRECTED, SEPTEMBER, 10, 11)]
    assert not tried.holds
    assert (ledger.ledger_path(data).read_bytes(), number_in_force(data)) == (before, 1)
    trial.give_up(tried, data)
    assert not list((data / "trials").iterdir())
    with pytest.raises(trial.TrialStale):
        trial.publish(tried, data, who="乙")
    assert ledger.ledger_path(data).read_bytes() == before


def test_publishing_accepts_the_files_and_records_who_and_what_changed(data: Path, tmp_path: Path) -> None:
    tried = trial.try_out(inspected(data, corrected(tmp_path, 20, 11)), data, COUNTY, who="乙")
    report = trial.publish(tried, data, who="乙", reason="补录上月")
    assert report.number == number_in_force(data) == 2
    assert opened(data)[(SEPTEMBER,)][0] == 11
    assert [entry.who for entry in ledger.read(data)] == ["spec", "乙"]
    newest, first = publish.kept_builds(data)
    assert (newest.who, newest.reason, newest.inputs, newest.latest_month, newest.is_in_force) == ("乙", "补录上月", (2,), SEPTEMBER, True)
    assert (first.who, first.inputs, first.is_in_force) == ("甲", (1,), False)
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        kept = connection.execute(
            "select value, build_number from meta.first_published where indicator = 'cases_opened' and month_on = '2026-09-01'"
        ).fetchall()
        restated = connection.execute(
            "select distinct build_number, kind from meta.restatement where indicator = 'cases_opened' and period = '2026-09-01'"
        ).fetchall()
        became = connection.execute("select build_number, extract, kind, first_month, last_month, records from meta.record_change").fetchall()
    assert kept == [(10.0, 1)]  # the first number is carried on, not overwritten
    assert became == [(2, "cases", "late", SEPTEMBER, SEPTEMBER, 1)]
    assert restated == [(2, "corrected")]
    # The same files build the same content, tried out or not.
    again = trial.try_out((), data, COUNTY, who="乙")
    assert again.difference.is_empty
    assert again.records == ()
    assert again.assembled.content_sha256 == report.content_sha256


def test_a_month_of_zeros_is_held_until_somebody_answers_for_it(data: Path, tmp_path: Path) -> None:
    tried = trial.try_out(inspected(data, corrected(tmp_path, 0, 10)), data, COUNTY, who="乙")
    assert ("month_zero", "cases_opened", AUGUST) in {(hold.rule, hold.indicator, hold.month) for hold in tried.holds}
    for reason in ("", "  "):
        with pytest.raises(trial.TrialHeld):
            trial.publish(tried, data, who="乙", reason=reason)
    assert len(ledger.read(data)) == number_in_force(data) == 1
    trial.publish(tried, data, who="乙", reason="核实:当月确无案件")
    assert opened(data)[(AUGUST,)][0] == 0
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        assert ("month_zero", "cases_opened") in connection.execute("select rule, indicator from meta.hold").fetchall()
    last = journal.events(data)[-1]
    assert (last.action, last.number, last.who, last.reason) == (journal.PUBLISHED, 2, "乙", "核实:当月确无案件")
    assert "month_zero" in last.holds


def test_the_command_says_how_to_publish_what_is_held(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = corrected(tmp_path, 0, 10)
    assert run("load", path, "--data", data) == 2
    said = capsys.readouterr().out
    assert "2026年8月刑事立案由20变为0" in said
    assert '--reason "核实:当月确无案件"' in said
    assert len(ledger.read(data)) == number_in_force(data) == 1
    assert not list((data / "trials").iterdir())
    assert run("load", path, "--data", data, "--reason", "核实:当月确无案件") == 0
    assert (len(ledger.read(data)), number_in_force(data)) == (2, 2)
    assert run("status", "--data", data) == 0
    assert "理由 reason: 核实:当月确无案件" in capsys.readouterr().out


def test_a_build_of_accepted_files_is_gated_alike(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(data, corrected(tmp_path, 0, 10))
    assert run("build", "--data", data) == 2
    assert "由20变为0" in capsys.readouterr().out
    assert number_in_force(data) == 1
    assert run("build", "--data", data, "--reason", "核实无误") == 0
    assert number_in_force(data) == 2


def test_a_township_left_out_of_a_new_edition_is_held(tmp_path: Path) -> None:
    data = tmp_path / "data"
    here, there = [town.code for town in read_pack(COUNTY).townships if town.valid_to is None][:2]
    build_from(data, write_extract(tmp_path, "cases", "202609", f"filed_on | township\n2026-09 | {here} *20\n2026-09 | {there} *6", "20261005"))
    # 26 cases become 25, all in one township: the total is as good as the same, six of a township are gone (2 * 0.5**6 = 0.031).
    moved = write_extract(tmp_path, "cases", "202609", f"filed_on | township\n2026-09 | {here} *25", "20261020")
    tried = trial.try_out(inspected(data, moved), data, COUNTY, who="乙")
    assert [hold.rule for hold in tried.holds] == ["township_gone"]
    kept = write_extract(tmp_path, "cases", "202609", f"filed_on | township\n2026-09 | {here} *24\n2026-09 | {there}", "20261021")
    assert not trial.try_out(inspected(data, kept), data, COUNTY, who="乙").holds


def test_whether_cases_of_use_were_left_out_of_a_township_is_not_told(tmp_path: Path) -> None:
    """Twenty cases of use of a township are in the first edition and in neither of the others: a made-up file learns nothing of them."""
    data = tmp_path / "data"
    here, there = [town.code for town in read_pack(COUNTY).townships if town.valid_to is None][:2]
    table = f"filed_on | township | case_kind | charge\n2026-09 | {here} | 刑事 | 贩卖毒品 *20"
    of_use = f"\n2026-09 | {there} | 行政 | 吸毒 *20\n2026-09 | {here} | 行政 | 吸毒 *20"
    build_from(data, write_extract(tmp_path, "cases", "202609", table + of_use, "20261005"))
    less = write_extract(tmp_path, "cases", "202609", table + of_use.replace(there, here), "20261020")
    assert not trial.try_out(inspected(data, less), data, COUNTY, who="乙").holds


def test_a_return_of_people_without_a_township_is_held_and_the_build_does_not_tell_which(tmp_path: Path) -> None:
    data = tmp_path / "data"
    here, there = [town for town in read_pack(COUNTY).townships if town.valid_to is None][:2]
    months = [f"2026-{month:02}" for month in range(1, 10)]
    whole, less = (
        "month | township | community_measure | ordered\n" + "\n".join(f"{month} | {town.code} | 社戒 | 9" for month in months for town in towns)
        for towns in ((here, there), (here,))
    )
    build_from(data, write_extract(tmp_path, "treatment", "202601-202609", whole, "20261005"))
    tried = trial.try_out(inspected(data, write_extract(tmp_path, "treatment", "202601-202609", less, "20261020")), data, COUNTY, who="乙")
    held = [hold for hold in tried.holds if hold.rule == "township_gone"]
    assert [there.title.zh in hold.message.zh for hold in held] == [True]
    trial.publish(tried, data, who="乙", reason="已核实无误")
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        said = connection.execute("select zh, en from meta.hold where rule = 'township_gone'").fetchall()
    assert [there.title.zh in zh or there.title.en in en for zh, en in said] == [False]


def register(folder: Path, month: str, people: dict[str, int], reported: str) -> Path:
    """A register with some people in the townships named and twenty in every other one, these first: nobody there moves."""
    every = [town.code for town in read_pack(COUNTY).townships if town.valid_to is None]
    counts = {code: 20 for code in every if code not in people} | people
    rows = [{"township": code} for code, number in counts.items() for _ in range(number)]
    return write_extract(folder, "registry", month, rows, reported)


def test_a_register_without_a_township_is_held_and_the_build_does_not_tell_which(tmp_path: Path) -> None:
    data = tmp_path / "data"
    there = next(town for town in read_pack(COUNTY).townships if town.valid_to is None)
    build_from(data, register(tmp_path, "202512", {there.code: 6}, "20260105"))
    towns = observed(data, "internal", "current_users", "township", "year")
    assert towns[date(2025, 1, 1), there.code] == (6, "observed")
    # January corrects nothing of December and lacks the six people shown there: 2 * 0.5**6 = 0.031. A corrected December must not hide it.
    again = register(tmp_path, "202512", {there.code: 6}, "20260120")
    less = register(tmp_path, "202601", {there.code: 0}, "20260205")
    tried = trial.try_out(inspected(data, again, less), data, COUNTY, who="乙")
    assert [(hold.rule, hold.month, there.title.zh in hold.message.zh) for hold in tried.holds] == [("township_gone", date(2026, 1, 1), True)]
    trial.publish(tried, data, who="乙", reason="已核实无误")
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        assert connection.execute("select zh from meta.hold").fetchall() == [("在册吸毒人员中有乡镇不再有记录",)]
        # Of people the file keeps no number that an earlier build showed.
        kept = connection.execute("select distinct i.protects from meta.first_published f join meta.indicator i on i.id = f.indicator").fetchall()
        assert kept in ([], [("events",)])


def test_a_register_is_held_by_what_is_shown_and_by_nothing_else(tmp_path: Path) -> None:
    data = tmp_path / "data"
    five = next(town.code for town in read_pack(COUNTY).townships if town.zone == "Z1")
    three, partner = [town.code for town in read_pack(COUNTY).townships if town.zone == "Z4"][:2]
    build_from(data, register(tmp_path, "202512", {five: 5, three: 3, partner: 8}, "20260105"))
    towns = {code: value for (_, code), (value, _) in observed(data, "internal", "current_users", "township", "year").items()}
    assert (towns[five], towns[three], towns[partner]) == (5, None, None)
    # Five people shown may be gone by chance; of hidden ones nothing is said, be they three or eight.
    less = register(tmp_path, "202601", {five: 0, three: 0, partner: 0}, "20260205")
    assert not trial.try_out(inspected(data, less), data, COUNTY, who="乙").holds
    # A month before the first finished year has nothing shown to be held against.
    earlier = register(tmp_path, "202511", {next(code for code, value in towns.items() if value == 20): 0}, "20260206")
    assert not trial.try_out(inspected(data, earlier), data, COUNTY, who="乙").holds


@pytest.mark.parametrize(("kept", "is_held"), [(9, True), (10, False)])
def test_a_register_of_other_people_is_held(kept: int, is_held: bool, tmp_path: Path) -> None:
    """Twenty people: nine of them are fewer than half, ten are not. The number of people and the townships stay as they were."""
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", "sex\n男 *20", "20261005"))
    others = [{"person_key": "QWMZLKJH" + letter * 2} for letter in "ABCDEFGHIJKLMNOPQRST"]
    moved = write_extract(tmp_path, "registry", "202610", [{} for _ in range(kept)] + others[kept:], "20261105")
    tried = trial.try_out(inspected(data, moved), data, COUNTY, who="乙")
    assert [(hold.rule, hold.month) for hold in tried.holds] == ([("people_exchanged", date(2026, 10, 1))] if is_held else [])
    for hold in tried.holds:
        assert "半数以上与2026年9月对不上" in hold.message.zh
        assert "QWMZ" not in hold.message.zh + hold.message.en


def test_a_register_of_nineteen_may_change_altogether(tmp_path: Path) -> None:
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "registry", "202609", "sex\n男 *19", "20261005"))
    others = [{"person_key": "QWMZLKJH" + letter * 2} for letter in "ABCDEFGHIJKLMNOPQRS"]
    moved = write_extract(tmp_path, "registry", "202610", others, "20261105")
    assert not trial.try_out(inspected(data, moved), data, COUNTY, who="乙").holds


@pytest.mark.parametrize(("kept", "is_held"), [(4, True), (5, False)])
def test_an_edition_that_lacks_most_of_what_it_replaces_is_held(kept: int, is_held: bool, tmp_path: Path) -> None:
    """Ten cases: six missing are more than half and as many as are asked about, five are half."""
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202609", "filed_on\n2026-09 *10", "20261005"))
    others = [{"case_key": "QWMZLKJH" + letter * 2, "filed_on": "2026-09"} for letter in "ABCDEFGHIJ"]
    part = write_extract(tmp_path, "cases", "202609", [{"filed_on": "2026-09"} for _ in range(kept)] + others[kept:], "20261020")
    results = inspected(data, part)
    assert f"其中{10 - kept}行新文件中没有" in results[0].remarks[-1].message.zh
    tried = trial.try_out(results, data, COUNTY, who="乙")
    assert [(hold.rule, hold.month) for hold in tried.holds] == ([("edition_replaced", SEPTEMBER)] if is_held else [])
    if not is_held:
        return
    with pytest.raises(trial.TrialHeld):
        trial.publish(tried, data, who="乙")
    trial.publish(tried, data, who="乙", reason="原文件报错了县")
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        kept_words = connection.execute("select rule, zh from meta.hold").fetchall()
    assert kept_words == [("edition_replaced", "毒品案件2026年9月换用另一份文件,原文件多数的行不在其中")]


def test_parts_that_replace_one_another_in_a_first_batch_are_held(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = write_extract(tmp_path, "cases", "202609", "filed_on\n2026-09 *6", "20261005")
    others = [{"case_key": "QWMZLKJH" + letter * 2, "filed_on": "2026-09"} for letter in "ABCDEF"]
    second = write_extract(tmp_path, "cases", "202609", others, "20261006")
    tried = trial.try_out(inspected(data, first, second), data, COUNTY, who="乙")
    assert [hold.rule for hold in tried.holds] == ["edition_replaced"]
    assert f"“{second.name}”将替代“{first.name}”" in tried.holds[0].message.zh


def test_a_trial_is_stale_once_something_else_was_accepted_or_published(data: Path, tmp_path: Path) -> None:
    results = inspected(data, corrected(tmp_path, 20, 11))
    first = trial.try_out(results, data, COUNTY, who="乙")
    second = trial.try_out(results, data, COUNTY, who="丙")
    trial.publish(second, data, who="丙")
    with pytest.raises(trial.TrialStale):
        trial.publish(first, data, who="乙")
    third = trial.try_out((), data, COUNTY, who="乙")
    publish.rollback(data, 1, "丙", "")
    with pytest.raises(trial.TrialStale):
        trial.publish(third, data, who="乙")
    assert number_in_force(data) == 1


def test_the_same_bytes_tried_out_for_two_months_are_two_trials(data: Path, tmp_path: Path) -> None:
    # A file without a case looks the same for every month. What one analyst publishes must be what that analyst was shown.
    empty = write_extract(tmp_path, "cases", "202610", "filed_on", "20261105").rename(tmp_path / "毒品案件.csv")
    of = {
        month: trial.try_out(
            inspect_batch([empty], read_pack(COUNTY), covers=(month, month), reported_on=date(2026, 11, 5), data=data), data, COUNTY, who="甲"
        )
        for month in (date(2026, 10, 1), AUGUST)
    }
    assert ("month_zero", "cases_opened", AUGUST) in {(hold.rule, hold.indicator, hold.month) for hold in of[AUGUST].holds}
    assert {hold.month for hold in of[AUGUST].holds} == {AUGUST}
    october = of[date(2026, 10, 1)]
    trial.give_up(of[AUGUST], data)
    trial.publish(october, data, who="甲", reason="已核实无误")
    assert (ledger.read(data)[-1].first_month, number_in_force(data)) == (date(2026, 10, 1), 2)
    assert opened(data)[AUGUST,][0] == 20
    assert opened(data)[date(2026, 10, 1),][0] == 0


def test_a_trial_whose_file_is_gone_or_another_is_stale(data: Path, tmp_path: Path) -> None:
    first = trial.try_out(inspected(data, corrected(tmp_path, 20, 11)), data, COUNTY, who="甲")
    other = trial.try_out(inspected(data, corrected(tmp_path, 20, 12, "20261021")), data, COUNTY, who="乙")
    other.path.replace(first.path)
    for one in (first, other):
        with pytest.raises(trial.TrialStale):
            trial.publish(one, data, who="甲", reason="已核实无误")
    assert len(ledger.read(data)) == number_in_force(data) == 1


def test_no_reason_that_names_somebody_is_kept(data: Path) -> None:
    for keep in (
        lambda reason: publish.rollback(data, 1, "甲", reason),
        lambda reason: trial.publish(trial.try_out((), data, COUNTY, who="甲"), data, who="甲", reason=reason),
    ):
        with pytest.raises(publish.ReasonRefused):
            keep("联系电话:13800138000")
    assert "13800138000" not in journal.journal_path(data).read_text(encoding="utf-8")


@pytest.mark.parametrize(("reason", "is_kept"), [("x", False), ("核实过", False), ("1234。。。。", False), ("已经核实", True), ("seen", True)])
def test_a_reason_says_something(reason: str, is_kept: bool, data: Path, tmp_path: Path) -> None:
    tried = trial.try_out(inspected(data, corrected(tmp_path, 0, 10)), data, COUNTY, who="乙")
    assert tried.holds
    if is_kept:
        trial.publish(tried, data, who="乙", reason=reason)
        assert journal.events(data)[-1].reason == reason
        return
    with pytest.raises(publish.ReasonRefused) as refused:
        trial.publish(tried, data, who="乙", reason=reason)
    assert "至少4个汉字或字母" in refused.value.text.zh
    assert len(ledger.read(data)) == number_in_force(data) == 1


def test_the_build_and_the_ledger_tell_the_same_time_of_every_file(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = trial.try_out(inspected(data, corrected(tmp_path, 20, 11)), data, COUNTY, who="乙")
    monkeypatch.setattr("etl.ledger.ledger.now", lambda: "2026-11-25T23:59:59+08:00")  # a person looks at a trial for as long as it takes
    trial.publish(tried, data, who="乙")
    times = {entry.sequence: entry.received_at for entry in ledger.read(data)}
    assert times[2] == "2026-11-25T23:59:59+08:00" != times[1]
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        assert dict(connection.execute("select sequence, received_at from meta.input_file").fetchall()) == times


def test_status_writes_times_as_people_do(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("status", "--data", data) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "第1版" in line]
    assert re.match(r"  第1版 build 1 · 2\d{3}-\d\d-\d\d \d\d:\d\d · 数据至", line)
    assert "用1份文件 from 1 files" in line


def test_a_file_changed_after_the_trial_is_not_accepted(data: Path, tmp_path: Path) -> None:
    path = corrected(tmp_path, 20, 11)
    tried = trial.try_out(inspected(data, path), data, COUNTY, who="乙")
    path.write_bytes(path.read_bytes() + b"\r\n")
    with pytest.raises(ChangedFileError):
        trial.publish(tried, data, who="乙")
    assert len(ledger.read(data)) == number_in_force(data) == 1


def test_what_a_killed_trial_left_and_what_is_a_day_old_is_swept(data: Path, tmp_path: Path) -> None:
    old = trial.try_out(inspected(data, corrected(tmp_path, 20, 11)), data, COUNTY, who="乙")
    os.utime(old.path, (time.time() - trial.KEPT_SECONDS - 60,) * 2)
    (data / "trials" / "000002-abc.partial").write_bytes(b"half")
    fresh = trial.try_out((), data, COUNTY, who="乙")
    assert list((data / "trials").iterdir()) == [fresh.path]


def test_files_accepted_before_a_crash_are_published_by_the_next_load(data: Path, tmp_path: Path) -> None:
    path = corrected(tmp_path, 20, 11)
    load(data, path)  # as when the machine stopped between the ledger and the swap
    assert not trial.is_published(data)
    assert run("load", path, "--data", data) == 0
    assert (number_in_force(data), opened(data)[(SEPTEMBER,)][0]) == (2, 11)
    assert trial.is_published(data)
    assert run("load", path, "--data", data) == 0
    assert number_in_force(data) == 2


def test_a_restored_build_is_recorded_and_no_load_undoes_it_by_the_way(data: Path, tmp_path: Path) -> None:
    assert run("load", corrected(tmp_path, 20, 11), "--data", data) == 0
    publish.rollback(data, 1, "丙", "九月数有误")
    assert (number_in_force(data), opened(data)[(SEPTEMBER,)][0]) == (1, 10)
    last = journal.events(data)[-1]
    assert (last.action, last.number, last.who, last.reason, last.inputs) == (journal.RESTORED, 1, "丙", "九月数有误", (1,))
    assert run("load", corrected(tmp_path, 20, 11), "--data", data) == 0  # accepted before: a restore is not undone by the way
    assert number_in_force(data) == 1
    assert trial.try_out((), data, COUNTY, who="乙").number == 3


def test_a_build_of_an_older_shape_is_listed_and_not_restored(data: Path, tmp_path: Path) -> None:
    assert run("load", corrected(tmp_path, 20, 11), "--data", data) == 0
    old = data / "builds" / "000001.duckdb"
    old.chmod(0o640)
    with duckdb.connect(str(old)) as connection:
        connection.execute("drop table meta.first_published")
        connection.execute("alter table meta.build drop column who")
    assert [(kept.number, kept.is_current) for kept in publish.kept_builds(data)] == [(2, True), (1, False)]
    with pytest.raises(RollbackRefused, match="older version"):
        publish.rollback(data, 1, "丙", "")
    assert number_in_force(data) == 2


def test_a_torn_line_of_the_journal_is_cut_and_damage_is_said(data: Path) -> None:
    path = journal.journal_path(data)
    sound = path.read_bytes()
    path.write_bytes(sound + sound[:40])
    assert len(journal.events(data)) == 1
    assert journal.record(data, journal.Event(journal.RESTORED, 1, "", "丙", "")).sequence == 2
    path.write_bytes(path.read_bytes().replace("甲".encode(), "乙".encode()))
    with pytest.raises(journal.JournalError, match="Line 1"):
        journal.events(data)


def test_a_clock_set_back_changes_no_order(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class SetBack(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) - timedelta(hours=1)  # type: ignore[arg-type]

    for module in ("etl.ledger.ledger", "etl.assembly.assemble", "etl.ledger.journal"):
        monkeypatch.setattr(f"{module}.datetime", SetBack)
    # The same reporting day: of two editions the one received last counts, by its place in the ledger.
    assert run("load", corrected(tmp_path, 20, 12, "20261005"), "--data", data) == 0
    newest, first = publish.kept_builds(data)
    assert (newest.number, newest.is_in_force, first.number) == (2, True, 1)
    assert newest.built_at < first.built_at
    assert opened(data)[(SEPTEMBER,)][0] == 12
    assert [event.sequence for event in journal.events(data)] == [1, 2]
    times = [entry.received_at for entry in ledger.read(data)]
    assert times[1] < times[0]
