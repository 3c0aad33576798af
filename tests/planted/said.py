"""What a county's pages say, one statement at a time, and what of it claims that something is out of the ordinary."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from indicators.model import Grain, Method, Outcome
from indicators.months import MONTHS_OF, months_between, months_later
from tests.app.page_cards import cards, tables
from tests.app.test_pages import run

NUMBERED = ("overview", "warnings", "youth", "cases", "townships", "quality")
"""The pages that judge numbers of cases."""
TEXTS = ("title", "header", "subheader", "caption", "markdown", "info")
CLAIM = re.compile("明显(上升|下降|偏高|偏低|增加|减少)|呈(上升|下降)趋势|前期(上升|下降)|(高于|低于)其他乡镇|是应有的")
ABOUT_WORDS = re.compile("[“「][^”」]*[”」]")
"""What stands in quotation marks is spoken about, not said."""
CLEAR = {"clearly_high", "clearly_low"}


class Alarm(NamedTuple):
    """A warning: what was judged together, and of which cell."""

    first: date
    last: date
    grain: Grain
    indicator: str
    breakdown: str
    cell: str  # member or area

    @property
    def months(self) -> set[date]:
        """The months that were judged together: one, three in sum, or a quarter."""
        return set(months_between(self.first, self.last))


@dataclass(frozen=True)
class Said:
    """Everything a reader can read of a county, and what its build found.

    Attributes:
        statements: Sentences and rows of tables by page.
        alarms: Every warning, of whatever month.
        clear: Indicator, area and label of every township that stands out at the latest cut-off.
        clusters: Townships of the clusters at the latest cut-off.
        trends: Label of every trend at the latest cut-off by indicator.
        rounds: How many months, and quarters, were watched for warnings.
    """

    statements: dict[str, list[str]]
    alarms: set[Alarm]
    clear: set[tuple[str, str, str]]
    clusters: set[str]
    trends: dict[str, str]
    rounds: dict[Grain, int]

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
            "select a.method, a.last_on, f.indicator, f.breakdown, f.area_code, f.member, f.label, a.parameters"
            " from mart.finding f join mart.analysis a on a.id = f.analysis_id where a.release = ?",
            [release],
        ).fetchall()
        watched = held.execute("select last_on, parameters from mart.analysis where release = ? and method = ?", [release, Method.WARNING]).fetchall()
    newest: dict[tuple[str, str], object] = {}
    for method, last, indicator, *_ in found:
        newest[method, indicator] = max(last, newest.get((method, indicator), last))
    latest = [row for row in found if row[1] == newest[row[0], row[2]]]
    return Said(
        statements=pages,
        alarms={
            _alarm(last, indicator, breakdown, member or area, json.loads(parameters))
            for method, last, indicator, breakdown, area, member, label, parameters in found
            if (method, label) == (Method.WARNING, Outcome.ALARM)
        },
        clear={(row[2], row[4], row[6]) for row in latest if row[0] == Method.LEVEL and row[6] in CLEAR},
        clusters={row[4] for row in latest if (row[0], row[6]) == (Method.CLUSTER, Outcome.CLUSTER)},
        trends={row[2]: row[6] for row in latest if row[0] == Method.TREND},
        rounds=Counter(grain for grain, _ in {(Grain(json.loads(parameters)["grain"]), last) for last, parameters in watched}),
    )


def _alarm(last_on: date, indicator: str, breakdown: str, cell: str, parameters: dict[str, Any]) -> Alarm:
    """Return a warning with its months: ``last_on`` is the first month of the last of the periods that were judged together."""
    grain = Grain(parameters["grain"])
    step = MONTHS_OF[grain]
    return Alarm(months_later(last_on, -step * (parameters["periods"] - 1)), months_later(last_on, step - 1), grain, indicator, breakdown, cell)


def _statements(page: AppTest) -> list[str]:
    assert not page.exception, page.exception
    texts = [str(element.value) for kind in TEXTS for element in getattr(page, kind)] + [words for card in cards(page) for words in card.words]
    lines = [line.strip() for text in texts for line in text.splitlines()]
    rows = [" ".join(str(cell).replace("\n", " ") for cell in row) for table in tables(page) for row in table.itertuples(index=False)]
    return [one for one in dict.fromkeys((*lines, *rows)) if one]
