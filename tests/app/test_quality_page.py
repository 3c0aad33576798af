"""What the page on data quality says, inside and outside."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from tests.app.test_pages import run, text, write_tiny


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build that somebody answered for, with corrections of cases and of people."""
    write_tiny(tmp_path)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update meta.build set who = '甲', reason = '核实:确有其事'")
        connection.execute("insert into meta.hold values ('month_changed', 'current_users', '2026-01-01', '现有由131变为97', 'goes from 131 to 97')")
        connection.execute("insert into meta.check_result values ('areas_add_up', 'passed', '604组片区、乡镇数之和均等于全县', '604 comparisons')")
        connection.execute(
            "insert into meta.restatement values "
            "(7, '2026-02-03T09:00:00', 'cases_opened', '2026-01-01', 'corrected', 2), "
            "(7, '2026-02-03T09:00:00', 'current_users', '2026-01-01', 'corrected', 5), "
            "(7, '2026-02-03T09:00:00', 'registered_people', '2026-01-01', 'added', 4)"
        )
        connection.execute(
            "insert into meta.input_file values (1, 'registry', '2026-01-01', '2026-01-01', '2026-02-04', '', 1), "
            "(2, 'cases', '2026-01-01', '2026-01-01', null, '', 1)"
        )
        connection.execute(
            "insert into meta.record_change values "
            "(7, '2026-02-03T09:00:00', 'cases', 'late', '2025-11-01', '2026-01-01', 3), "
            "(7, '2026-02-03T09:00:00', 'cases', 'recoded', '2025-12-01', '2025-12-01', 1)"
        )
        connection.execute("insert into meta.first_published values ('cases_opened', '2026-01-01', 3, 6)")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))


def test_inside_a_finding_stands_with_who_answered_for_it(held: None) -> None:
    said = text(run("quality", release="internal"))
    assert "现有由131变为97" in said
    assert "发布人甲,理由:核实:确有其事" in said.replace("\\", "")
    assert "第7版(2026-02-03):毒品案件(2025年11月至2026年1月):补录3条、改码1条" in said.replace("\\", "")
    assert "第7版(2026-02-03):案件类的数(2026年1月):变动2个" in said.replace("\\", "")
    assert "第7版(2026-02-03):人员合计数(2026年1月):新公布4个、变动5个" in said.replace("\\", "")
    assert "在册吸毒人员一般在月末后4天报送" in said  # January ends on the 31st
    assert "首次公布时合计3,现为4" in said
    assert "604组片区" in said


def test_outside_nothing_is_said_about_people(held: None) -> None:
    said = text(run("quality", release="public"))
    assert "131" not in said
    assert "甲" not in said
    assert "有变动经人核实后发布" in said
    assert not re.search(r"\d+处变动", said)  # how many places lost all their people is a number of the internal release
    assert "补录3条、改码1条" in said  # criminal cases, which are told exactly everywhere
    assert "变动2个" in said
    assert "变动5个" not in said


def test_outside_the_checks_do_not_count_what_the_internal_release_shows(held: None) -> None:
    """That the internal release shows all zones 604 times would tell outside that no zone is below five."""
    for language, sentence in (("zh", "1项核查全部通过"), ("en", "Checks made, all passed: 1")):
        said = text(run("quality", release="public", lang=language))
        assert sentence in said
        assert "604" not in said


def test_one_is_no_plural_in_english(held: None) -> None:
    said = text(run("quality", lang="en"))
    assert "1 month reported, none missing" in said
    assert "Build 7 (2026-02-03): Drug cases (Nov 2025 to Jan 2026): 3 entered late, 1 with another code" in said.replace("\\", "")


def test_growth_is_told_of_the_first_count_of_events_that_has_any(held: None, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update meta.first_published set indicator = 'cases_solved'")
        connection.execute("update mart.observation set indicator = 'cases_solved' where indicator = 'cases_opened'")
    assert "首次公布时合计3,现为4" in text(run("quality"))


def test_gaps_are_named(held: None, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("insert into meta.coverage values ('cases', '2025-11-01', 3)")
    said = text(run("quality"))
    assert "2025年11月至2026年1月,已报2个月,缺2025年12月" in said
    assert "已报1个月,没有缺月" in said


def test_the_overview_says_in_one_line_what_the_build_in_force_changed(held: None) -> None:
    records = "毒品案件(2025年11月至2026年1月):补录3条、改码1条;案件类的数(2026年1月):变动2个"
    inside, outside = (text(run("overview", release=release)).replace("\\", "") for release in ("internal", "public"))
    assert f"与上一版相比,{records};人员合计数(2026年1月):变动5个。" in inside
    assert f"与上一版相比,{records}。" in outside


def test_what_an_earlier_build_changed_is_not_said_of_the_one_in_force(held: None, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update meta.build set number = 8")
    assert "与上一版相比" not in text(run("overview"))
