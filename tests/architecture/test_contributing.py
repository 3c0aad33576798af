"""The recipes of CONTRIBUTING.md work as they stand: a fenced Python block whose first line names a file is that whole file."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from indicators import catalogue
from tests.app.page_cards import headlines
from tests.app.test_pages import text, write_tiny
from tests.spec.tables import build_from, observed, write_extract
from ui.navigation import entries, read_page

ROOT = Path(__file__).parents[2]
RECIPES: dict[str, str] = dict(re.findall(r"^```python\n# (\S+\.py)\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), re.M | re.S))


def recipes(folder: str) -> list[str]:
    return [name for name in RECIPES if name.startswith(folder)]


def written(name: str, into: Path) -> Path:
    path = into / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RECIPES[name], encoding="utf-8")
    return path


def test_there_are_recipes() -> None:
    assert recipes("indicators/")
    assert recipes("pages/")


@pytest.mark.parametrize("name", RECIPES)
def test_a_recipe_adds_a_file_in_the_project_s_style(name: str) -> None:
    assert not (ROOT / name).exists()
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [str(Path(sys.executable).with_name("ruff")), *command, "--no-cache", "--stdin-filename", name, "-"],
            cwd=ROOT,
            input=RECIPES[name],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", recipes("indicators/"))
def test_an_indicator_is_found_by_its_file(name: str, tmp_path: Path) -> None:
    written(name, tmp_path)
    assert set(catalogue(tmp_path / "indicators")) - set(catalogue()) == {Path(name).stem}


def test_the_indicator_of_the_recipe_counts(tmp_path: Path) -> None:
    written("indicators/cases/cases_in_lodgings.py", tmp_path)
    # Two cases in rented rooms and one in a hotel are three; the one on the street is none of them.
    files = write_extract(
        tmp_path,
        "cases",
        "202501-202503",
        """
        filed_on | place_type
        202501 | 出租屋 *2
        202501 | 宾馆旅店
        202501 | 户外
        """,
    )
    build_from(tmp_path / "data", files, indicator_folders=[tmp_path / "indicators"])
    found = observed(tmp_path / "data", "public", "cases_in_lodgings", "total", "month", (tmp_path / "indicators",))
    # The youngest two months are still provisional.
    assert found == {
        (date(2025, 1, 1),): (3.0, "observed"),
        (date(2025, 2, 1),): (0.0, "provisional"),
        (date(2025, 3, 1),): (0.0, "provisional"),
    }


@pytest.mark.parametrize("name", recipes("pages/"))
def test_a_page_opens(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = written(name, tmp_path)
    entry = read_page(page)
    assert len(RECIPES[name].splitlines()) <= 60
    assert entry.order not in {other.order for other in entries()}
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    calm = AppTest.from_file(str(page), default_timeout=120).run()
    assert not calm.exception
    assert "etl demo" in text(calm)

    write_tiny(tmp_path)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(
            "insert into mart.observation values "
            "('internal', 'drug_labs_destroyed', '2026-01-01', 'month', '990000000000', 'total', '', '', 2, null, 2, null, null, 'observed')"
        )
    test = AppTest.from_file(str(page), default_timeout=120).run()
    assert not test.exception
    assert test.title[0].value == entry.title.zh
    assert headlines(test) == {"捣毁制毒窝点": "2个"}
