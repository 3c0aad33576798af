"""A page is a file with five literals; the menu and the rules for pages follow from that."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from access import gate
from indicators.model import Release, Text
from ui import navigation

ROOT = Path(__file__).parents[2]


def test_the_pages_stand_in_their_order_and_the_overview_opens_first() -> None:
    entries = navigation.entries()
    assert [entry.order for entry in entries] == sorted(entry.order for entry in entries)
    assert {entry.path.stem for entry in entries} == {path.stem for path in (ROOT / "pages").glob("[!_]*.py")}
    assert entries[0].title == Text("总览", "Overview")


@pytest.mark.parametrize("path", sorted((ROOT / "pages").glob("[!_]*.py")), ids=lambda path: path.stem)
def test_pages_are_thin_and_pass_the_gate_first(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 60
    opening = "= open_desk(TITLE)" if path.stem == "upload" else "scope.open_page(TITLE)"
    assert source.index(opening) < min(source.find(use) for use in ("view.", "(view", "(desk)") if use in source)


def test_the_router_only_routes() -> None:
    assert len((ROOT / "dashboard.py").read_text(encoding="utf-8").splitlines()) <= 30


GOOD = {"TITLE": 'Text("甲", "A")', "SECTION": 'Text("乙", "B")', "ICON": '"✏️"', "ORDER": "500"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ORDER": None}, "缺少 ORDER"),
        ({"ORDER": "len([1])"}, "ORDER 没有直接写出"),
        ({"ORDER": '"first"'}, "ORDER 应为一个整数"),
        ({"TITLE": '"甲"'}, "TITLE 应为Text"),
        ({"TITLE": 'Text("", "A")'}, "TITLE 应为Text"),
        ({"ICON": '"odd"'}, "ICON 应为一个表情符号"),
        ({"ORDER": "("}, "不是有效的 Python 文件"),
    ],
)
def test_a_page_with_a_wrong_literal_names_itself_and_the_others_open(
    change: dict[str, str | None], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = Path(shutil.copytree(ROOT / "pages", tmp_path / "pages"))
    literals = {name: value for name, value in (GOOD | change).items() if value is not None}
    (pages / "odd.py").write_text("".join(f"{name} = {value}\n" for name, value in literals.items()), encoding="utf-8")
    monkeypatch.setattr(navigation, "PAGES", pages)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "nothing"))
    test = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=600).run()
    assert not test.exception
    assert test.title[0].value == "总览"
    (remark,) = [one.value for one in test.sidebar.caption if "odd.py" in one.value]
    assert said in remark


def test_two_pages_may_have_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("second", "first"):
        literals = GOOD | {"TITLE": 'Text(zh="甲", en="A")'}
        (tmp_path / f"{name}.py").write_text("".join(f"{literal} = {value}\n" for literal, value in literals.items()), encoding="utf-8")
    monkeypatch.setattr(navigation, "PAGES", tmp_path)
    assert [entry.path.stem for entry in navigation.entries()] == ["first", "second"]


def test_where_no_page_can_be_opened_every_one_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "odd.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(navigation, "PAGES", tmp_path)
    for language, said in (("zh", "缺少 TITLE"), ("en", "The page odd.py is left out of the menu: the literal TITLE is missing.")):
        test = AppTest.from_file(str(ROOT / "dashboard.py"), default_timeout=600)
        test.query_params["lang"] = language
        assert any(said in one.value for one in test.run().markdown)
        assert not test.exception


def test_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DASHBOARD_RELEASES", raising=False)
    assert gate.offered_releases() == (Release.INTERNAL, Release.PUBLIC)
    monkeypatch.setenv("DASHBOARD_RELEASES", "public, public")
    assert gate.offered_releases() == (Release.PUBLIC,)
    monkeypatch.setenv("DASHBOARD_RELEASES", "public,everything")
    with pytest.raises(gate.Refused):
        gate.offered_releases()
