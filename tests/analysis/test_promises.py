"""What the pages promise lies within what was measured: the numbers in their words against the rows of docs/calibration.md."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy
import pytest

from analysis.early_warning import judge_latest
from bench.calibration.__main__ import PAGE
from bench.calibration.page import FALSE_PAIRS, PROMISES, UNCOMFORTABLE
from bench.calibration.trials import BATCHES
from charts import hotspots
from etl.assembly.analyses import hotspots as maps_of_a_build
from etl.assembly.analyses import trends as trends_of_a_build
from indicators.model import Text
from ui import methods

MEASURED = re.compile(r"([\d.]+) % \(([\d.]+)–([\d.]+)\)")


class Share(NamedTuple):
    """A measured share with its 95 % interval, in percent."""

    found: float
    lower: float
    upper: float


def measured(text: str) -> list[Share]:
    """Return what a row of the written page measured, by size, of today's rules."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {text} |")]
    assert lines, f"no row “{text}”: run `make calibration`"
    shares = [Share(*map(float, found)) for found in MEASURED.findall(lines[0].replace("< 0.1 %", "0.05 %"))]
    assert len(shares) == 3, lines[0]
    return shares


def row_of(name: str) -> str:
    """Return the text of the row that counts something."""
    return next(row.text for row in (*PROMISES, *UNCOMFORTABLE) if row.name == name)


def number_in(lines: tuple[Text, ...], pattern: str) -> float:
    """Return the number that stands in a sentence of a page."""
    found = [match.group(1) for line in lines if (match := re.search(pattern, line.zh))]
    assert len(found) == 1, (pattern, found)
    return float(found[0])


ONE_BY_ONE = number_in(methods.CHANGES.lines, r"碰巧差这么多的机会不到(\d+)%")
OF_A_MONTH = number_in(methods.WARNINGS.lines, r"100个月里最多(\d+)个月有误报")
OF_A_CLUSTER = number_in(methods.CLUSTERS.lines, r"突出的一片不到(\d+)%")
OF_A_MAP = 100 * maps_of_a_build.SHARE
OF_A_TREND = 100 * trends_of_a_build.LEVEL
SAID = [
    *((name, OF_A_MAP) for name in ("map high", "map low")),
    *((name, ONE_BY_ONE) for name in ("same month", "same so far", "same rolling")),
    ("month", OF_A_MONTH),
    ("quarter", OF_A_MONTH),
]


@pytest.mark.parametrize(("name", "percent"), SAID)
def test_what_is_said_errs_no_more_often_than_is_promised(name: str, percent: float) -> None:
    assert all(share.lower <= percent for share in measured(row_of(name))), measured(row_of(name))


def test_the_limits_of_the_calibration_are_those_of_the_pages() -> None:
    limits = {row.name: 100 * row.limit for row in PROMISES if row.limit is not None}
    assert {name: limits[name] for name, _ in SAID} == pytest.approx(dict(SAID))


def test_a_cluster_errs_no_more_often_than_is_promised() -> None:
    line = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| scan, p <= .05 |"))
    false = [float(cell.split(" %")[0]) for cell in line.split(" | ")[1::2]]
    # Five hundred maps a size: 5 % is refuted from 36 false ones on (Wilson's lower limit of 36 / 500 is .0525), which are 7.2 %.
    assert len(false) == 3
    assert max(false) < 7.2, false


def test_batches_double_the_false_warnings_at_most() -> None:
    twice = [line.zh for line in methods.WARNINGS.lines if "案件成批的可能多一倍" in line.zh]
    assert len(twice) == 1
    assert all(share.lower <= 2 * OF_A_MONTH for share in measured(row_of("month in batches"))), BATCHES


def test_a_trend_errs_no_more_often_than_is_promised() -> None:
    even = next(pair.text for pair in FALSE_PAIRS if pair.after == "after trend even")
    assert all(share.lower <= OF_A_TREND for share in measured(even))


@pytest.mark.parametrize("dispersion", [1.5, pytest.param(2.0), pytest.param(3.0)])
def test_in_batches_the_map_errs_about_as_often_as_is_said(dispersion: float) -> None:
    assert "在模拟的县里约{share" in hotspots.STRICTER.zh
    assert all(share.lower <= OF_A_MAP for share in measured(row_of(f"map high {dispersion}"))), measured(row_of(f"map high {dispersion}"))


def test_what_the_list_of_warnings_says_of_itself_is_the_promise_of_the_method_page() -> None:
    counts = numpy.random.default_rng(1).poisson(5, (4, 72)).astype(float)
    assert 100 * judge_latest(counts, numpy.array([True, False, False, False])).chance_of_false_alarm == pytest.approx(OF_A_MONTH)
