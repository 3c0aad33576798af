"""The generated pages say what the code says, links lead somewhere, and every decision stands in its index."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DECISIONS = ROOT / "docs" / "decisions"
INDEX = DECISIONS / "README.md"
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "county/README.md", "data/raw/README.md")] + sorted((ROOT / "docs").rglob("*.md"))


def lines(page: Path) -> list[str]:
    return page.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(("module", "page"), [("indicators.__main__", "catalogue.md"), ("etl.extracts.__main__", "extracts.md")])
def test_generated_pages_are_in_step(module: str, page: str) -> None:
    expected = runpy.run_module(module, run_name="docs")["page"]()
    assert (ROOT / "docs" / page).read_text(encoding="utf-8") == expected, "run `make docs`"


def test_links_between_pages_lead_to_existing_files() -> None:
    links = [(page, link) for page in PAGES for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text(encoding="utf-8"))]
    assert len(links) > 60
    assert not [f"{page.relative_to(ROOT)}: {link}" for page, link in links if not (page.parent / link).exists()]


def test_decisions_are_numbered_dated_and_short() -> None:
    files = sorted(DECISIONS.glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    assert {*DECISIONS.iterdir()} == {*files, INDEX}
    for path in files:
        assert re.fullmatch(rf"# {int(path.name[:4])}\. .+ \(\d{{4}}-\d{{2}}-\d{{2}}\)", lines(path)[0]), path.name
        assert len(lines(path)) <= 30, path.name


def test_every_decision_stands_in_the_index_with_its_title_and_a_status() -> None:
    rows = [line.strip("| ").split(" | ") for line in lines(INDEX) if line.startswith("| [")]
    titles = {path: re.sub(r"# \d+\. (.+) \([\d-]+\)", r"\1", lines(path)[0]) for path in sorted(DECISIONS.glob("[0-9]*.md"))}
    assert [row[:2] for row in rows] == [[f"[{int(path.name[:4])}]({path.name})", title] for path, title in titles.items()]
    assert all(status.startswith(("in force", "replaced by")) for _, _, status in rows)
