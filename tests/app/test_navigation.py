"""A page is a file with five literals; the menu and the rules for pages follow from that."""

from __future__ import annotations

from pathlib import Path

import pytest

from access import gate
from indicators.model import Release, Text
from ui import navigation

ROOT = Path(__file__).parents[2]


def test_the_pages_in_order() -> None:
    entries = navigation.entries()
    assert {entry.path for entry in entries} == set((ROOT / "pages").glob("[!_]*.py"))
    places = [entry.order for entry in entries]
    assert places == sorted(set(places))  # each page says its own place
    assert entries[0].title == Text("总览", "Overview")


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("[!_]*.py")), ids=lambda path: path.stem)
def test_pages_are_thin_and_pass_the_gate_first(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    opening = "= open_desk(TITLE)" if path.stem == "upload" else "scope.open_page(TITLE)"
    assert source.index(opening) < min(source.find(use) for use in ("view.", "(view", "(desk)") if use in source)


def test_the_router_only_routes() -> None:
    assert len((ROOT / "dashboard.py").read_text(encoding="utf-8").splitlines()) <= 30


def test_a_page_without_its_literals_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "odd.py").write_text('TITLE = Text("甲", "A")\nSECTION = Text("乙", "B")\nICON = "✏️"\n', encoding="utf-8")
    with pytest.raises(ValueError, match=r"odd\.py: the literal ORDER is missing"):
        navigation.read_page(tmp_path / "odd.py")
    (tmp_path / "odd.py").write_text("ORDER = len([1])\n", encoding="utf-8")
    with pytest.raises(ValueError, match="must be written out"):
        navigation.read_page(tmp_path / "odd.py")


def test_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASHBOARD_RELEASES", raising=False)
    assert gate.offered_releases() == (Release.INTERNAL, Release.PUBLIC)
    monkeypatch.setenv("DASHBOARD_RELEASES", "public, public")
    assert gate.offered_releases() == (Release.PUBLIC,)
    monkeypatch.setenv("DASHBOARD_RELEASES", "public,everything")
    with pytest.raises(gate.Refused):
        gate.offered_releases()
