"""What a card offers to take away: the editions this server offers, the public one first, and nothing of a build that was replaced."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.test_pages import PATIENCE, write_tiny


def offering() -> None:
    from charts import findings
    from indicators import catalogue
    from indicators.model import Text
    from ui import scope, takeaway

    people = catalogue()["current_users"]
    view = scope.open_page(Text("一页", "A page"))
    taken = takeaway.Taken("sexes", people, lambda at: findings.structure(at.rows(people.id), people, "sex", at.members("sex"), at.scope))
    takeaway.offer(view, taken)


def replaced() -> None:
    import os
    from pathlib import Path

    import streamlit

    from indicators.model import Text
    from ui import scope

    view = scope.open_page(Text("一页", "A page"))
    data = Path(os.environ["DASHBOARD_DATA"])
    streamlit.text(str(view.is_in_force))
    if (data / "next.duckdb").exists():
        (data / "next.duckdb").replace(data / "warehouse.duckdb")
        streamlit.text(str(view.is_in_force))


@pytest.mark.parametrize(
    ("offered", "shown", "editions"),
    [
        ("internal,public", "internal", ["public", "internal"]),
        ("internal,public", "public", ["public"]),
        ("public", "public", ["public"]),
        ("internal", "internal", ["internal"]),  # the two read together say more than either
    ],
)
def test_only_editions_that_the_server_offers_are_taken_the_public_one_first(
    offered: str, shown: str, editions: list[str], sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    monkeypatch.setenv("DASHBOARD_RELEASES", offered)
    test = AppTest.from_function(offering, default_timeout=PATIENCE)
    test.query_params["release"] = shown
    test.run()
    assert not test.exception
    keys = [element.proto.id.rsplit(".", 2)[-2:] for element in test.get("download_button")]
    assert keys == [[kind, edition] for edition in editions for kind in ("png", "csv")]


def test_a_view_knows_that_its_build_was_replaced(tmp_path: Path, sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny(tmp_path)
    shutil.copy(sample_warehouse / "warehouse.duckdb", tmp_path / "next.duckdb")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    test = AppTest.from_function(replaced, default_timeout=PATIENCE).run()
    assert not test.exception
    assert [one.value for one in test.text] == ["True", "False"]
    assert [one.value for one in test.run().text] == ["True"]
