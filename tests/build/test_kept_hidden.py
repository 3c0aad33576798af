"""A late entry changes no more of what was published than it must: what was hidden stays hidden, and the same files give the same build."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from etl.build import build
from tests.spec.tables import COUNTY, build_from, observed, write_extract

NEW = ("new_substance", date(2026, 7, 1))


def register(folder: Path, new: int, reported: str) -> Path:
    """A register of September: 20 people with an opioid, 9 with a synthetic drug, and some with a new substance."""
    table = f"main_drug\n海洛因 *20\n冰毒 *9\n依托咪酯 *{new}"
    return write_extract(folder, "registry", "202609", table, reported)


def status(data: Path, release: str) -> str:
    group, quarter = NEW
    return observed(data, release, "users_by_main_drug", "drug_group", "quarter")[quarter, group][1]


@pytest.mark.parametrize(("release", "few", "more"), [("internal", 3, 6), ("public", 3, 12)])
def test_a_late_entry_shows_nothing_that_was_hidden(release: str, few: int, more: int, tmp_path: Path) -> None:
    kept, fresh = tmp_path / "kept", tmp_path / "fresh"
    build_from(kept, register(tmp_path, few, "20261005"))
    assert status(kept, release) == "suppressed"
    late = register(tmp_path, more, "20261020")
    build_from(kept, late)
    build_from(fresh, late)
    assert status(fresh, release) != "suppressed"  # by itself the count could be shown
    assert status(kept, release) == "suppressed"  # but then it would tell how many came


def test_the_same_files_give_the_same_build_again(tmp_path: Path) -> None:
    first = build_from(tmp_path / "data", register(tmp_path, 3, "20261005"))
    assert build(tmp_path / "data", COUNTY).content_sha256 == first.content_sha256
