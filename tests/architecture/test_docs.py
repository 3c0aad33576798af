"""The generated pages say what the code says, and the README names what exists."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(("module", "page"), [("indicators.__main__", "catalogue.md"), ("etl.extracts.__main__", "extracts.md")])
def test_generated_pages_are_in_step(module: str, page: str) -> None:
    expected = runpy.run_module(module, run_name="docs")["page"]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == expected, "run `make docs`"


def test_the_readme_names_existing_files_only() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    assert len(named) > 3
    for name in named:
        assert (ROOT / name).exists(), name


def test_decisions_are_numbered_dated_and_short() -> None:
    files = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    for path in files:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert re.fullmatch(r"# \d+\. .+ \(\d{4}-\d{2}-\d{2}\)", lines[0]), path.name
        assert len(lines) <= 30, path.name
