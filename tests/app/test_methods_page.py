"""The page about method: complete, the same for both releases, and with no word that claims more than a statistic can."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.model import Text
from tests.app.page_cards import tables
from tests.app.test_pages import charts, normal, run, text
from ui.methods import PARTS

__all__ = ["normal"]

CLAIMS = ("导致", "证明", "高危", "打击成效", "prove", "caused", "high-risk", "high risk")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_is_there_with_its_formulas_folded(language: str, normal: Path) -> None:
    test = run("methods", lang=language)
    assert not test.exception
    said = text(test).replace("\\", "")
    for part in PARTS:
        assert part.heading.pick(language) in said
        assert all(line.pick(language) in said for line in part.lines)
    assert [element.value.strip("$\n") for element in test.latex] == [formula for part in PARTS for _, formula in part.formulas]
    assert len(test.expander) == sum(bool(part.formulas) for part in PARTS)
    assert not any(expander.proto.expanded for expander in test.expander)
    assert len(tables(test)) == 2
    assert not charts(test)


def test_both_releases_read_the_same(normal: Path) -> None:
    pages = [run("methods", release=release) for release in ("internal", "public")]
    inside, outside = ([element.value for element in page.markdown if "badge" not in element.value] for page in pages)
    assert [table.to_csv() for table in tables(pages[0])] == [table.to_csv() for table in tables(pages[1])]
    assert inside == outside


def test_no_word_claims_more_than_a_statistic_can(normal: Path) -> None:
    for language in ("zh", "en"):
        said = text(run("methods", lang=language)).lower()
        assert not [word for word in CLAIMS if word in said]


def test_all_is_said_in_both_languages() -> None:
    said = [words for part in PARTS for words in (part.heading, *part.lines, *(of_what for of_what, _ in part.formulas))]
    assert len(said) > 40
    assert all(isinstance(words, Text) and words.zh.strip() and words.en.strip() for words in said)
