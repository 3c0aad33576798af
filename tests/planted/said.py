"""What a county's pages say, one statement at a time, and what of it claims that something is out of the ordinary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from indicators.model import Method, Outcome
from tests.app.page_cards import cards, tables
from tests.app.test_pages import run

NUMBERED = ("overview", "warnings", "youth", "cases", "townships", "quality")
"""The pages that judge numbers of cases."""
TEXTS = ("title", "header", "subheader", "caption", "markdown", "info")
CLAIM = re.compile("明显(上升|下降|偏高|偏低|增加|减少)|呈(上升|下降)趋势|前期(上升|下降)|(高于|低于)其他乡镇|是应有的")
ABOUT_WORDS = re.compile("[“「][^”」]*[”」]")
"""What stands in quotation marks is spoken about, not said."""
CLEAR = {"clearly_high", "clearly_low"}


@dataclass(frozen=True)
class Said:
    """Everything a reader can read of a county, and what its build found.

    Attributes:
        statements: Sentences and rows of tables by page.
        alarms: Month, indicator, breakdown, and area or member of every warning.
        clear: Indicator, area and label of every township that stands out at the latest cut-off.
        clusters: Townships of the clusters at the latest cut-off.
        trends: Label of every trend at the latest cut-off by indicator.
        rounds: How many cut-offs each method was applied at.
    """

    statements: dict[str, list[str]]
    alarms: set[tuple[str, str, str, str]]
    clear: set[tuple[str, str, str]]
    clusters: set[str]
    trends: dict[str, str]
    rounds: dict[str, int]

    def claims(self, *pages: str) -> list[str]:
        """Return every statement that calls something out of the ordinary; a label alone repeats its card's sentence."""
        read = pages or tuple(self.statements)
        return [one for page in read for one in self.statements[page] if CLAIM.search(ABOUT_WORDS.sub("", one)) and not CLAIM.fullmatch(one)]

    def says(self, page: str, pattern: str) -> bool:
        """Whether a statement of a page matches."""
        return any(re.search(pattern, one) for one in self.statements[page])

    def count(self, pattern: str) -> int:
        """How many statements of all pages match."""
        return sum(bool(re.search(pattern, one)) for texts in self.statements.values() for one in texts)


def read(data: Path, *, release: str = "internal") -> Said:
    """Open every page of a county and read its findings."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_DATA", str(data))
        pages = {page: _statements(run(page, release=release)) for page in NUMBERED}
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as held:
        found = held.execute(
            "select a.method, a.last_on, f.indicator, f.breakdown, f.area_code, f.member, f.label"
            " from mart.finding f join mart.analysis a on a.id = f.analysis_id where a.release = ?",
            [release],
        ).fetchall()
        cut_offs = held.execute("select method, count(distinct last_on) from mart.analysis where release = ? group by method", [release])
        rounds = dict(cut_offs.fetchall())
    newest: dict[tuple[str, str], object] = {}
    for method, last, indicator, *_ in found:
        newest[method, indicator] = max(last, newest.get((method, indicator), last))
    latest = [row for row in found if row[1] == newest[row[0], row[2]]]
    return Said(
        statements=pages,
        alarms={
            (f"{last:%Y-%m}", indicator, breakdown, member or area)
            for method, last, indicator, breakdown, area, member, label in found
            if (method, label) == (Method.WARNING, Outcome.ALARM)
        },
        clear={(row[2], row[4], row[6]) for row in latest if row[0] == Method.LEVEL and row[6] in CLEAR},
        clusters={row[4] for row in latest if (row[0], row[6]) == (Method.CLUSTER, Outcome.CLUSTER)},
        trends={row[2]: row[6] for row in latest if row[0] == Method.TREND},
        rounds=rounds,
    )


def _statements(page: AppTest) -> list[str]:
    assert not page.exception, page.exception
    texts = [str(element.value) for kind in TEXTS for element in getattr(page, kind)] + [words for card in cards(page) for words in card.words]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    rows = [" ".join(str(cell).replace("\n", " ") for cell in row) for table in tables(page) for row in table.itertuples(index=False)]
    return [one for one in dict.fromkeys((*lines, *rows)) if one]
