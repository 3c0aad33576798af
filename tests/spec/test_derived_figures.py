"""The table "Derived figures" of docs/privacy.md, line by line: published cells in, a figure or a refusal out, on both sides of every limit.

Every test takes its limits out of the line it proves and compares them with the code, so that page and code cannot part. What a test expects
was worked out by hand. The last tests ask of all lines at once what the page says of them: that nothing hidden enters a figure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import areas, trend
from analysis import early_warning as judging
from analysis.comparison import (
    BLOCK_MONTHS,
    CALM,
    FEWEST_EVENTS,
    LEVEL,
    SMALLEST_EXPECTED,
    SMALLEST_FREEDOM,
    SMALLEST_STEP,
    SMALLEST_TOTAL,
    Unrest,
    Verdict,
    false_discovery_cut,
    two_period_p,
    unrest_of_blocks,
    verdicts,
)
from analysis.dispersion import COMMONLY_UNRULY
from analysis.intervals import EXACT_BELOW
from analysis.shares import SMALLEST_WHOLE, share_verdict
from charts import comparison, comparison_table, findings, funnel, headlines, hotspots, quality, sentences, townships, warnings, words
from charts.area_map import LEVEL_CLASSES, PEOPLE_CLASSES
from charts.bridge import build_bridge
from charts.picture import Picture
from charts.rows import FEWEST_TOGETHER, Series, Span, cells, choose, months_up_to
from charts.scope import Voice
from charts.theme import CLASSES
from disclosure.policy import Policy
from etl.assembly import lattices, observe
from etl.assembly.analyses import analyse
from etl.assembly.analyses import autocorrelation as neighbours_of_a_build
from etl.assembly.analyses import hotspots as hotspots_of_a_build
from etl.assembly.analyses import trends as trends_of_a_build
from etl.assembly.analyses.record import Analysis
from etl.assembly.compile import cells_sql
from etl.assembly.lattices import CountedCell, Key, moment, selection
from etl.core_tables import records_of_nobody
from etl.extracts import extracts
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, Member
from indicators.lattice import grains
from indicators.model import Break, Grain, Indicator, Kind, Measure, Method, Protects, Release, Text
from tests.charts.small_findings import LAST, compared_of, findings_of, places, read
from tests.charts.small_rows import COUNTY, NAN, ZONES, chosen, frame, months, row, scope
from tests.charts.test_pictures import TOWNS, Town, change_rows, everything
from tests.spec.test_analyses import rows, table

PAGE = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
KNOWN, LIMITS = catalogue(), Policy()
NOTHING_FOUND = read([], Method.LEVEL)
PEOPLE, NEW, CASES, KINDS, SHARE, NEW_SHARE, RATE, GRAMS, YOUNG = (
    KNOWN[name]
    for name in (
        "current_users",
        "newly_found_people",
        "cases_opened",
        "substances_seen",
        "under_36_share",
        "new_under_36_share",
        "current_users_per_10k",
        "drugs_seized",
        "youth_cases",
    )
)
INSIDE, PUBLIC = Voice(Release.INTERNAL, "zh"), Voice(Release.PUBLIC, "zh")
AGES = list(DIMENSIONS["age_band"].members)
AT, BEFORE = pandas.Timestamp("2026-06-01"), pandas.Timestamp("2025-06-01")
Cell = tuple[float | None, float | None]


@dataclass(frozen=True)
class Line:
    """A line of the table."""

    made_from: str
    internal: str
    public: str
    source: str


def lines() -> dict[str, Line]:
    """Read the table by the names of its figures."""
    (section,) = re.findall(r"^## Derived figures\n(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line.startswith("|")]
    return {name: Line(*parts) for name, *parts in found[2:]}


def numbers(cell: str) -> list[float]:
    """The numbers of a cell of the table, as they stand."""
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", cell)]


TABLE = lines()
RULES: dict[str, Callable[[Line], None]] = {}


def rule(name: str) -> Callable[[Callable[[Line], None]], Callable[[Line], None]]:
    """Say which line a test proves."""

    def kept(test: Callable[[Line], None]) -> Callable[[Line], None]:
        assert name not in RULES
        RULES[name] = test
        return test

    return kept


def test_every_line_has_its_test_and_every_test_its_line() -> None:
    assert set(RULES) == set(TABLE)
    assert len(TABLE) > 20
    assert all(cell for line in TABLE.values() for cell in (line.made_from, line.internal, line.public, line.source))


def test_every_kind_of_indicator_has_a_line() -> None:
    assert {name for line in TABLE.values() for name in re.findall(r"`(\w+)`", line.made_from)} == {kind.value for kind in Kind}


@pytest.mark.parametrize("name", TABLE)
def test_the_line_holds(name: str) -> None:
    RULES[name](TABLE[name])


def published(
    indicator: Indicator, internal: Cell, public: Cell, *, exact: Cell = (99, 99), records: int = 99, breakdown: str = "total"
) -> dict[str, dict[str, Any]]:
    """Rows in, observations out: one cell of an indicator in both releases.

    Args:
        indicator: What is counted.
        internal: The count that is published inside and, of a share, that of its whole; None where hidden.
        public: The same outside.
        exact: What was counted, and the residents of a rate.
        records: Cases behind a weight.
        breakdown: What the cell is part of.

    Returns:
        Release -> the observation.
    """
    starts = {Grain.MONTH: date(2025, 12, 1), Grain.QUARTER: date(2025, 10, 1), Grain.YEAR: date(2025, 1, 1), Grain.ROLLING_12: date(2025, 1, 1)}
    rows = [
        CountedCell(indicator.id, grain, start, date(2025, 12, 1), True, breakdown, COUNTY, "", "", *exact, records)
        for grain, start in starts.items()
    ]
    protected: dict[Key, float | None] = {}
    for release, (part, whole) in ((Release.INTERNAL, internal), (Release.PUBLIC, public)):
        for one in rows:
            key = release, indicator.table, moment(indicator, one)
            protected[*key, selection(indicator, one, indicator.numerator)] = part
            if isinstance(indicator.denominator, Measure):
                protected[*key, selection(indicator, one, indicator.denominator)] = whole
    split_in = {(indicator.table, indicator.counted_on): set(starts.items())}
    found = observe.observations(rows, protected, split_in, KNOWN, {indicator.table: date(2026, 12, 1)}, LIMITS).to_pylist()
    return {release: next(one for one in found if one["release"] == release) for release in ("internal", "public")}


def inside(indicator: Indicator, *cell: float | None, **more: Any) -> tuple[float | None, str]:
    """What is published inside of a count, or of the two counts of a share."""
    found = published(indicator, (cell[0], cell[-1]), (None, None), **more)["internal"]
    return found["value"], found["status"]


def outside(indicator: Indicator, *cell: float | None, **more: Any) -> tuple[float | None, str]:
    """What is published outside."""
    found = published(indicator, (None, None), (cell[0], cell[-1]), **more)["public"]
    return found["value"], found["status"]


def share_row(part: float, whole: float, on: pandas.Timestamp = AT, indicator: Indicator = SHARE, **more: Any) -> dict[str, Any]:
    """A published row of a share of two counts."""
    return {**row(indicator.id, str(on.date()), part / whole), "numerator": part, "denominator": whole, **more}


def rate_row(count: float, residents: float, on: pandas.Timestamp = AT, **more: Any) -> dict[str, Any]:
    """A published row of a rate."""
    return {**row(RATE.id, str(on.date()), count / residents * 10_000), "numerator": count, "denominator": residents, **more}


def count_row(count: float, on: pandas.Timestamp = AT, **more: Any) -> dict[str, Any]:
    """A published row of a count of people."""
    return row(PEOPLE.id, str(on.date()), count, **more)


def said(voice: Voice, indicator: Indicator, now: dict[str, Any], before: dict[str, Any]) -> str:
    """What is said of two published rows a year apart."""
    return comparison.stock_change(chosen(voice, indicator, frame(before, now))).sentence


def changed(voice: Voice, now: float, before: float, **more: Any) -> str:
    """What is said of two published counts of people."""
    return said(voice, PEOPLE, count_row(now), count_row(before, BEFORE, **more))


def ages_picture(values: Iterable[float], release: str = "internal") -> Picture:
    """Bars of people by age band, in the order of the code list; what is no number is hidden."""
    rows = [
        row(PEOPLE.id, "2026-04-01", value, grain="quarter", breakdown="age_band", member=age.code) for age, value in zip(AGES, values, strict=True)
    ]
    return findings.structure(frame(*rows), PEOPLE, "age_band", AGES, scope("2026-06-01", release))


@rule("share")
def share(line: Line) -> None:
    base, percent = numbers(line.internal)
    least, most = numbers(line.public)
    assert numbers(line.source) == [base, least]
    assert base == lattices.SMALLEST_BASE == LIMITS.smallest_share_base == 20
    assert (least, most) == (LIMITS.top_code_percent, 100 - LIMITS.top_code_percent)
    assert percent == (1 - LEVEL) * 100
    # The base, inside and outside: 19 and 20, and the multiples of five on either side.
    assert inside(SHARE, 10, base - 1) == (None, "undefined")
    assert inside(SHARE, 10, base) == (0.5, "observed")
    assert outside(SHARE, 10, base - 5) == (None, "undefined")
    assert outside(SHARE, 10, base) == (0.5, "observed")
    # A hidden part, a hidden whole; of a small whole nothing is told, not even whether the part is hidden.
    for published_as in (inside, outside):
        assert published_as(SHARE, None, base) == (None, "suppressed")
        assert published_as(SHARE, 10, None) == (None, "suppressed")
        assert published_as(SHARE, None, base - 5) == (None, "undefined")
    # Whole percents, and the limits: 4 %, 5 %, 6.06 %, 22.7 %, 93.9 %, 95 %, 96 %.
    counts = [(10, 250), (10, 200), (10, 165), (25, 110), (155, 165), (190, 200), (240, 250)]
    assert [outside(SHARE, *one)[0] for one in counts] == pytest.approx([0.05, 0.05, 0.06, 0.23, 0.94, 0.95, 0.95])
    assert inside(SHARE, 4, 100) == (0.04, "observed")
    # Wilson of 10 in 20: 0.5 -+ 1.96 * sqrt(0.25 / 20 + 1.96**2 / 1600) / (1 + 1.96**2 / 20) = 0.5 -+ 0.2007.
    found = published(SHARE, (10, 20), (10, 20))
    assert (found["internal"]["lower"], found["internal"]["upper"]) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert (found["public"]["lower"], found["public"]["upper"]) == (None, None)


@rule("share in words")
def share_in_words(line: Line) -> None:
    points, least = numbers(line.public)
    assert points == words.WIDEST_ABOUT * 100
    assert least == words.LOWEST_SHARE * 100 == LIMITS.top_code_percent

    def spoken(voice: Voice, part: float, whole: float) -> str:
        held = max(min(round(part / whole, 2), 0.95), 0.05) if voice.is_public else part / whole
        return words.amount_of(voice, SHARE, cells(frame(share_row(part, whole, value=held)), SHARE.id).iloc[0])

    assert spoken(INSIDE, 25, 110) == "22.7%"
    # 35 of 70: 31/74 = 41.9 % to 39/66 = 59.1 %, 9.1 points at most. 30 of 60: 26/64 = 40.6 % to 34/56 = 60.7 %, 10.7 points.
    assert spoken(PUBLIC, 35, 70) == "约50%"
    assert spoken(PUBLIC, 30, 60) == "约40%—61%"
    # 10 of 200 may be 14 of 196, 7.1 %: so the limits are said with 约.
    assert [spoken(PUBLIC, *one) for one in ((10, 200), (10, 165), (155, 165), (190, 200))] == ["约5%及以下", "约6%", "约94%", "约95%及以上"]
    assert "约5%及以下" in line.public
    assert words.amount(PUBLIC, SHARE, NAN, "undefined") == "基数太小"


@rule("rate")
def rate(line: Line) -> None:
    per, percent = numbers(line.internal)
    least, digits = numbers(line.public)
    assert (per, percent) == (observe.PER_RESIDENTS, (1 - LEVEL) * 100)
    assert (least, digits) == (LIMITS.smallest_share_base, 2)
    residents = {"exact": (99, 62_152)}
    assert inside(RATE, 5, **residents) == (pytest.approx(5 / 6.2152), "observed")
    assert outside(RATE, 15, **residents) == (None, "undefined")
    assert outside(RATE, 20, **residents) == (pytest.approx(20 / 6.2), "observed")  # 62,152 to two digits is 62,000
    for published_as in (inside, outside):
        assert published_as(RATE, None, **residents) == (None, "suppressed")
        assert published_as(RATE, 20, exact=(99, 0)) == (None, "undefined")
    assert words.amount(PUBLIC, RATE, NAN, "undefined") in line.public
    # The exact interval of 5 is 1.6235 to 11.6683.
    found = published(RATE, (5, None), (20, None), **residents)
    assert (found["internal"]["lower"], found["internal"]["upper"]) == pytest.approx((1.6235 / 6.2152, 11.6683 / 6.2152), abs=1e-4)
    assert (found["public"]["lower"], found["public"]["upper"]) == (None, None)


@rule("range of a count")
def range_of_a_count(line: Line) -> None:
    percent, exact_below = numbers(line.internal)
    assert (percent, exact_below) == ((1 - LEVEL) * 100, EXACT_BELOW)

    def limits(indicator: Indicator, count: float) -> tuple[Any, Any]:
        found = published(indicator, (count, None), (count, None), exact=(count, None))
        if indicator.protects is Protects.EVENTS:
            assert {**found["internal"], "release": "public"} == found["public"]
        else:
            assert (found["public"]["lower"], found["public"]["upper"]) == (None, None)
        return found["internal"]["lower"], found["internal"]["upper"]

    # Exact of 9: 4.1154 to 17.0848. Byar's of 10: 10 * (1 - 1/90 - 1.96 / (3 * sqrt(10)))**3 = 4.7875 (exact would be 4.7954), and 18.391.
    assert limits(CASES, exact_below - 1) == pytest.approx((4.1154, 17.0848), abs=1e-3)
    assert limits(CASES, exact_below) == pytest.approx((4.7875, 18.391), abs=1e-3)
    assert limits(NEW, exact_below) == pytest.approx((4.7875, 18.391), abs=1e-3)
    assert limits(CASES, -3) == limits(KINDS, 9) == limits(PEOPLE, 100) == (None, None)


@rule("weight")
def weight(line: Line) -> None:
    (fewest,) = numbers(line.internal)
    assert numbers(line.source) == [fewest] == [observe.FEWEST_SEIZURES]
    for records, told in ((0, (0.0, "observed")), (1, (None, "suppressed")), (2, (None, "suppressed")), (3, (50.5, "observed"))):
        for published_as in (inside, outside):
            exact = (50.5 if records else 0.0, None)
            assert published_as(GRAMS, None, exact=exact, records=records, breakdown="drug") == told
    assert {one.breakdowns for one in KNOWN.values() if one.kind is Kind.SUM} == {("drug",)}


@rule("count in words")
def count_in_words(line: Line) -> None:
    odd, odd_said, even, even_said, shift = numbers(line.public)
    assert shift == words.ROUNDING == LIMITS.largest_shift
    assert words.amount(INSIDE, PEOPLE, 163, "observed") == "163人"
    assert words.amount(PUBLIC, PEOPLE, odd, "observed") == f"{odd_said:.0f}余人"
    assert words.amount(PUBLIC, PEOPLE, even, "observed") == f"约{even_said:.0f}人"
    assert words.amount(PUBLIC, PEOPLE, NAN, "suppressed") == "受保护"
    for shown in range(10, 400, LIMITS.base):
        spoken = words.amount(PUBLIC, PEOPLE, shown, "observed")
        number = int(re.sub(r"\D", "", spoken))
        for truth in range(shown - int(shift), shown + int(shift) + 1):
            assert number < truth < number + 10 if "余" in spoken else abs(truth - number) <= shift


@rule("sum of months")
def sum_of_the_months(line: Line) -> None:
    assert numbers(line.public) == [LIMITS.largest_shift]
    year = months_up_to(pandas.Timestamp("2026-12-01"), 12)
    spring = Span(year.first, pandas.Timestamp("2026-03-01"))

    def total(indicator: Indicator, held: list[dict[str, Any]], span: Span) -> float | None:
        return chosen(INSIDE, indicator, frame(*held)).total(span)

    assert total(CASES, months(CASES.id, "2026-01-01", [3, 0, 4]), spring) == 7
    assert total(CASES, months(CASES.id, "2026-01-01", [3, NAN, 4]), spring) is None
    assert total(CASES, months(CASES.id, "2026-01-01", [3, 0]), spring) is None

    def so_far(indicator: Indicator, voice: Voice) -> float | None:
        monthly = frame(*months(indicator.id, "2025-01-01", [10.0] * 24))
        return comparison.events_change(choose(monthly, indicator, scope("2026-12-01", voice.release))).current

    assert so_far(CASES, PUBLIC) == so_far(CASES, INSIDE) == so_far(NEW, INSIDE) == 120
    assert so_far(NEW, PUBLIC) is so_far(KINDS, INSIDE) is None
    quarters = [row(YOUNG.id, f"2026-{month:02}-01", 10, grain="quarter") for month in (1, 4, 7, 10)]
    assert total(YOUNG, quarters, year) == 40
    assert total(YOUNG, [*quarters[:2], {**quarters[2], "status": "suppressed"}, quarters[3]], year) is None
    assert total(YOUNG, quarters, Span(year.first, pandas.Timestamp("2026-11-01"))) is None  # a quarter is not cut
    late = frame(*months(NEW.id, "2026-01-01", [10.0] * 3, status="provisional"))
    assert headlines.events_headline(late, NEW, scope("2026-03-01")).value == "30人(初步)"
    assert headlines.events_headline(late, NEW, scope("2026-03-01", "public")).value == "约10人(初步)"  # the latest month, not their sum


@rule("rolling twelve months")
def rolling_twelve_months(line: Line) -> None:
    assert numbers(line.made_from) == [12]
    for indicator in KNOWN.values():
        for breakdown, release in product(indicator.breakdowns, Release):
            is_offered = Grain.ROLLING_12 in grains(indicator, breakdown, release)
            assert is_offered == (indicator.protects is Protects.EVENTS and breakdown == "total")


@rule("change of a count")
def change_of_a_count(line: Line) -> None:
    base, *zeros = numbers(line.internal)
    assert zeros == [0, 0]
    assert base == comparison.SMALLEST_BASE
    assert changed(INSIDE, base + 5, base) == "比上年同期增加5人(25.0%)"
    assert changed(INSIDE, base + 4, base - 1) == "比上年同期由19人增至24人"
    assert changed(INSIDE, 5, 0) == "上年同期为0"
    assert changed(INSIDE, 20, 20) == "与上年同期持平"
    for voice in (INSIDE, PUBLIC):
        assert changed(voice, 60, NAN) == changed(voice, NAN, 60) == changed(voice, 60, 30, status="provisional") == ""

    shift, same, not_compared, direction, step = numbers(line.public)
    assert (shift, same, step) == (words.ROUNDING, comparison.LARGEST_SAME, LIMITS.base)
    assert changed(PUBLIC, 160, 160) == "与上年同期基本持平"  # 156 and 164 at most: 8 people
    assert changed(PUBLIC, 160 + not_compared, 160) == "概数,不足以比较"
    assert changed(PUBLIC, 160 + direction, 160) == "比上年同期有所增加"  # 166 - 164 = 2 at least
    assert changed(PUBLIC, 150, 180) == "比上年同期减少20人以上"  # 176 - 154 = 22 at least
    for now, before in product(range(10, 45, 5), repeat=2):
        spoken = changed(PUBLIC, now, before)
        assert "%" not in spoken
        assert ("增加" in spoken) == (now - before >= direction)
        assert ("减少" in spoken) == (before - now >= direction)
        for shifts in product((-shift, shift), repeat=2):
            apart = abs(now + shifts[0] - before - shifts[1])
            assert "持平" not in spoken or apart <= same
            assert "以上" not in spoken or apart >= int(re.findall(r"\d+", spoken)[0])


def compared(voice: Voice, indicator: Indicator, values: list[float], **more: Any) -> list[list[str]] | str:
    """The four comparisons of months, or why there are none."""
    found = comparison_table.compare_events(chosen(voice, indicator, frame(*months(indicator.id, "2024-01-01", values, **more))))
    return found.note if found.table is None else [list(line) for line in found.table.itertuples(index=False)]


@rule("four comparisons")
def four_comparisons(line: Line) -> None:
    assert numbers(line.internal) == [12, 12]
    # 24 months of 10 and 12 of 40: 40 after 10 has p below 0.001, and the month before is the same and never judged.
    for voice, indicator in ((INSIDE, CASES), (PUBLIC, CASES), (INSIDE, NEW)):
        lines = compared(voice, indicator, [10.0] * 24 + [10.0] * 11 + [40.0])
        assert [one[0] for one in lines] == ["同比", "环比", "累计同比", "近12个月"]
        assert [one[4] for one in lines] == ["明显上升", "不作判断:受季节和工作日影响", "在随机波动范围内", "在随机波动范围内"]
        # 150 and 120 in twelve months: 30 / 120 = 25 %.
        assert lines[3][3] == "比前12个月增加30" + ("人" if indicator is NEW else "起") + "(25.0%)"
    assert compared(PUBLIC, NEW, [10.0] * 36)[2][3:] == compared(PUBLIC, NEW, [10.0] * 36)[3][3:] == ["—", "概数不相加,不作比较"]
    assert [one[3:] for one in compared(PUBLIC, NEW, [10.0] * 36)[:2]] == [
        ["与上年同期基本持平", "概数,不作判断"],
        ["与上月基本持平", "不作判断:受季节和工作日影响"],
    ]
    hidden = compared(INSIDE, NEW, [10.0] * 20 + [NAN] + [10.0] * 15)
    assert [one[3] == "—" for one in hidden] == [False, False, True, True]
    assert "受保护" in hidden[2][2]
    assert compared(INSIDE, CASES, [10.0] * 36, status="provisional") == "目前只有初步数,未作比较。"
    stocks = comparison_table.compare_stocks([chosen(INSIDE, PEOPLE, frame(*months(PEOPLE.id, "2024-01-01", [100.0] * 36)))])
    assert stocks.table is not None
    assert stocks.table.iloc[:, 0].tolist() == ["同比", "环比"]
    quarters = [
        share_row(part, 100, pandas.Timestamp(at), grain="quarter") for part, at in ((20, "2025-01-01"), (24, "2026-01-01"), (25, "2026-07-01"))
    ]
    passed_over = comparison_table.compare_stocks([chosen(INSIDE, SHARE, frame(*quarters))]).table
    assert passed_over is not None
    assert passed_over.iloc[:, 2].tolist() == ["2025年3月末:20.0%", "2026年3月末:24.0%"]


@rule("comparison over a break")
def comparison_over_a_break(line: Line) -> None:
    assert line.internal.startswith("none")
    assert line.public == "the same"
    words_of_it = Text("立案标准调整", "New rules")
    for voice, indicator in product((INSIDE, PUBLIC), (CASES, NEW)):
        for on, is_broken in ((date(2025, 12, 1), False), (date(2025, 12, 2), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)):
            lines = compared(voice, replace(indicator, breaks=(Break(on, words_of_it),)), [10.0] * 24 + [40.0] * 12)
            judgement = lines if isinstance(lines, str) else lines[0][4]
            assert ("前后口径不同" in judgement) == is_broken
            assert isinstance(lines, str) or is_broken == (lines[0][3] == "—")
    listed = replace(SHARE, breaks=(Break(date(2026, 1, 1), words_of_it),))
    assert said(INSIDE, listed, share_row(60, 110), share_row(30, 110, BEFORE)) == "2026年1月起立案标准调整,前后口径不同,不作比较"


@rule("change of a share")
def change_of_a_share(line: Line) -> None:
    (least,) = numbers(line.internal)
    assert least == 0.1
    assert said(INSIDE, SHARE, share_row(278, 1000), share_row(277, 1000, BEFORE)) == "比上年同期上升0.1个百分点(277/1000→278/1000)"
    assert said(INSIDE, SHARE, share_row(2774, 10_000), share_row(2770, 10_000, BEFORE)) == "与上年同期持平(2770/10000→2774/10000)"
    assert numbers(line.public) == [words.ROUNDING]
    # 56/114 = 49.12 % at least, 34/106 = 32.08 % at most: 17.05 points. 50/110: 46/114 = 40.35 %, 8.28 points.
    assert said(PUBLIC, SHARE, share_row(60, 110), share_row(30, 110, BEFORE)) == "比上年同期上升17个百分点以上"
    assert said(PUBLIC, SHARE, share_row(50, 110), share_row(30, 110, BEFORE)) == "比上年同期上升8个百分点以上"
    # 35/110: 31/114 = 27.2 %, below 32.08 %.
    assert said(PUBLIC, SHARE, share_row(35, 110), share_row(30, 110, BEFORE)) == "概数,不足以比较"
    for voice in (INSIDE, PUBLIC):
        for more in ({"value": NAN, "status": "suppressed"}, {"value": NAN, "status": "undefined"}, {"status": "provisional"}):
            assert said(voice, SHARE, share_row(60, 110), share_row(30, 110, BEFORE, **more)) == ""
    flow = [share_row(part, 40, pandas.Timestamp(f"{year}-01-01"), NEW_SHARE, grain="year") for year, part in ((2024, 10), (2025, 35))]
    assert comparison.finished_years(chosen(PUBLIC, NEW_SHARE, frame(*flow))).sentence == ""
    assert comparison.finished_years(chosen(INSIDE, NEW_SHARE, frame(*flow))).sentence == "比上年上升62.5个百分点(10/40→35/40)"


@rule("change of a rate")
def change_of_a_rate(line: Line) -> None:
    assert numbers(line.public) == [words.ROUNDING]
    assert said(INSIDE, RATE, rate_row(35, 100_000), rate_row(32, 100_000, BEFORE)) == "比上年同期增加0.3人/万人"
    # 40 of 62,000: 36/6.25 = 5.8 at least; 20 of 62,000: 24/6.15 = 3.9 at most.
    assert said(PUBLIC, RATE, rate_row(40, 62_000), rate_row(20, 62_000, BEFORE)) == "比上年同期有所增加"
    # 25 of 62,000: 21/6.25 = 3.4 at least, below 3.9.
    assert said(PUBLIC, RATE, rate_row(25, 62_000), rate_row(20, 62_000, BEFORE)) == "概数,不足以比较"
    # 104,900 and 105,100 residents are 100,000 and 110,000 to two digits: 400 people at both times are 40.0 and 36.4, and nothing changed.
    assert said(PUBLIC, RATE, rate_row(400, 110_000), rate_row(400, 100_000, BEFORE)) == "概数,不足以比较"
    # 300 of 110,000: 304/10.5 = 28.95 at most, below 396/10.5 = 37.7.
    assert said(PUBLIC, RATE, rate_row(300, 110_000), rate_row(400, 100_000, BEFORE)) == "比上年同期有所减少"
    for voice in (INSIDE, PUBLIC):
        for status in ("suppressed", "undefined"):
            assert said(voice, RATE, rate_row(40, 62_000), rate_row(20, 62_000, BEFORE, value=NAN, status=status)) == ""
        assert said(voice, RATE, rate_row(40, 62_000), rate_row(20, 62_000, BEFORE, status="provisional")) == ""


@settings(deadline=None)
@given(st.integers(20, 500), st.integers(20, 500), st.integers(20_000, 999_999), st.integers(20_000, 999_999))
def test_no_truth_contradicts_a_public_comparison_of_rates(now: int, before: int, residents: int, residents_before: int) -> None:
    shown = [round(count / 5) * 5 for count in (now, before)]
    two_digits = [float(f"{number:.1e}") for number in (residents, residents_before)]
    spoken = said(PUBLIC, RATE, rate_row(shown[0], two_digits[0]), rate_row(shown[1], two_digits[1], BEFORE))
    assert "增加" not in spoken or now / residents > before / residents_before
    assert "减少" not in spoken or now / residents < before / residents_before


@rule("verdict on events")
def verdict_on_events(line: Line) -> None:
    together, expected, p_value, step = numbers(line.internal)
    assert (together, expected, p_value, step) == (SMALLEST_TOTAL, SMALLEST_EXPECTED, LEVEL, SMALLEST_STEP)
    assert verdicts(together - 1, 0)[0] is Verdict.TOO_FEW
    assert verdicts(together, 0)[0] is Verdict.CLEAR_RISE  # p = 2 * 0.5**6 = 0.031
    # A period a fiftieth as long as the other: of 152 events 152/51 = 2.98 are to be expected in it, of 153 exactly 3.
    assert verdicts(0, 152, 1, 50)[0] is Verdict.TOO_FEW
    assert verdicts(0, 153, 1, 50)[0] is Verdict.WITHIN_CHANCE  # p = 2 * (50/51)**153 = 0.097
    # p = 2 * (50/51)**200 = 0.038 with 4 fewer than the 4 to be expected; 2 * (50/51)**250 = 0.014 with 5 fewer than 5.
    assert verdicts(0, 200, 1, 50)[0] is Verdict.WITHIN_CHANCE
    assert verdicts(0, 250, 1, 50)[0] is Verdict.CLEAR_FALL
    # R's poisson.test: 0.0987 and 0.0357.
    assert [verdicts(*one)[0] for one in ((20, 10), (30, 15))] == [Verdict.WITHIN_CHANCE, Verdict.CLEAR_RISE]

    def judged(voice: Voice, indicator: Indicator, before: float = 15, status: str = "observed") -> Verdict:
        rows = [
            row(indicator.id, "2024-01-01", before, grain="year"),
            row(indicator.id, "2025-01-01", 30, grain="year", status=status),
        ]
        return comparison.finished_years(chosen(voice, indicator, frame(*rows))).verdict

    assert judged(INSIDE, YOUNG) is judged(INSIDE, CASES) is judged(PUBLIC, CASES) is Verdict.CLEAR_RISE
    assert judged(PUBLIC, YOUNG) is judged(INSIDE, KNOWN["suspects_arrested"]) is judged(INSIDE, KINDS) is Verdict.NOT_JUDGED
    assert judged(INSIDE, YOUNG, NAN) is judged(INSIDE, YOUNG, status="provisional") is Verdict.NOT_JUDGED


@rule("unrest of a series")
def unrest_of_a_series(line: Line) -> None:
    block, run, freedom, events = numbers(line.internal)
    assert (block, run, freedom, events) == (BLOCK_MONTHS, 12, SMALLEST_FREEDOM, FEWEST_EVENTS)
    # Quarters 2 and 10 by turns: means of 6. Sixteen less 4 years and 2 of the wave are 10, 16 * 16 / 6 over 10;
    # eight less 4 are 4, 8 * 16 / 6 over 4; seven less 4 are too few.
    assert unrest_of_blocks([2.0, 10.0] * 8, periods_per_block=1) == pytest.approx((4.267, 10), abs=1e-3)
    assert unrest_of_blocks([2.0, 10.0] * 4, periods_per_block=1) == pytest.approx((5.333, 4), abs=1e-3)
    assert unrest_of_blocks([2.0, 10.0] * 3 + [2.0], periods_per_block=1) == CALM
    # 20 events: means of 1.25, 16 * 1.25 over 10. 19 events tell nothing.
    assert unrest_of_blocks([0.0, events / 8] * 8, periods_per_block=1) == pytest.approx((2, 10))
    assert unrest_of_blocks([0.0, (events - 1) / 8] * 8, periods_per_block=1) == CALM
    # ln 2 / sqrt(.1) = 2.19 with 4 degrees of freedom: .0936 is larger than the exact p.
    assert two_period_p(30, 15, freedom=4)[0] == pytest.approx(0.0936, abs=1e-3)

    def unrest(voice: Voice, indicator: Indicator, **more: Any) -> Unrest:
        rows = months(indicator.id, "2024-01-01", ([3.0] * 3 + [9.0] * 3) * 6, **more)
        return comparison.unrest(chosen(voice, indicator, frame(*rows)))

    assert min(unrest(INSIDE, CASES), unrest(PUBLIC, CASES), unrest(INSIDE, NEW)).dispersion > 2
    assert unrest(PUBLIC, NEW) == unrest(INSIDE, KNOWN["suspects_arrested"]) == unrest(INSIDE, KINDS) == CALM
    assert unrest(INSIDE, NEW, status="suppressed") == unrest(INSIDE, NEW, status="provisional") == CALM


@rule("verdict on shares")
def verdict_on_shares(line: Line) -> None:
    assert numbers(line.internal) == [SMALLEST_WHOLE, LEVEL]
    # Of ten each, all and none: 2 * .5 ** 20. Of nine: too few.
    assert share_verdict((10, 10), (0, 10)) is Verdict.CLEAR_RISE
    assert share_verdict((9, 9), (0, 10)) is Verdict.TOO_FEW

    def judged(voice: Voice, indicator: Indicator = NEW_SHARE, **more: Any) -> Verdict:
        series = chosen(voice, indicator, frame(share_row(5, 40, BEFORE, indicator, **more), share_row(25, 40, AT, indicator)))
        return comparison.share_beyond_chance(series, series.rows.iloc[1], series.rows.iloc[0])

    assert judged(INSIDE) is Verdict.CLEAR_RISE
    assert judged(INSIDE, SHARE) is Verdict.NOT_JUDGED
    assert judged(PUBLIC) is judged(INSIDE, status="provisional") is judged(INSIDE, status="suppressed") is Verdict.NOT_JUDGED


@rule("many verdicts at once")
def many_verdicts(line: Line) -> None:
    assert numbers(line.internal) == [LEVEL * 100]
    # Of two, the smaller p must be 0.025 or less unless both are 0.05 or less.
    assert false_discovery_cut([0.025, 0.9]).tolist() == [True, False]
    assert false_discovery_cut([0.026, 0.9]).tolist() == [False, False]
    assert false_discovery_cut([0.05, 0.05]).tolist() == [True, True]


@rule("what could be found")
def what_could_be_found(line: Line) -> None:
    assert numbers(line.internal) == [LEVEL * 100]

    def spoken(indicator: Indicator, voice: Voice, previous: float, tests: int) -> str:
        rows = [row(indicator.id, "2025-01-01", previous, grain="year"), row(indicator.id, "2026-01-01", 1, grain="year")]
        change = comparison.finished_years(chosen(voice, indicator, frame(*rows)))
        return comparison.detectable_words(change, tests)

    # After 0 a count of n has p = 2 * 0.5**n: 6 is clear at 0.05, 7 (0.0156) the first at 0.025.
    assert "6起" in spoken(CASES, PUBLIC, 0, 1)
    assert "7起" in spoken(CASES, PUBLIC, 0, 2)
    assert spoken(CASES, INSIDE, NAN, 1) == spoken(YOUNG, PUBLIC, 10, 1) == ""


@rule("township levels")
def township_levels(line: Line) -> None:
    high, low, residents = numbers(line.internal)
    assert (high, low, residents) == (areas.SMALLEST_COUNT, areas.SMALLEST_COUNT, areas.SMALLEST_POPULATION)

    def level(people: int, counts: list[float]) -> str:
        towns = [Town(number, one) for number, one in enumerate((40_000, 40_000, 40_000, people))]
        return compared_of(counts, towns).level("T3")

    # 55 or 56 cases, of which 0.46 are to be expected in the last: 4 there have a mid-p of 0.0008, below 0.04 / 4, and are too few all the same.
    assert level(1_000, [16, 18, 17, high - 1]) == "too_few"
    assert level(1_000, [16, 18, 17, high]) == "clearly_high"
    assert level(999, [16, 18, 17, high]) == "too_few"
    # 60 cases elsewhere and none there: of 10,700 residents 4.91 were to be expected, of 11,200 5.12.
    assert level(10_700, [21, 20, 19, 0]) == "too_few"
    # Half of (1 - 11.2 / 131.2)**60 is .0024: below .01 / 4, and P(Poisson(5.12) = 0) = .006 outside the funnel of 95 %.
    assert level(11_200, [21, 20, 19, 0]) == "clearly_low"
    people = rows("current_users", "township", "year", {"T0": [30], "T1": ["suppressed"], "T2": ["suppressed"], "T3": [10]})
    total = rows("current_users", "total", "month", {COUNTY: [60] * 12})
    (inside,) = analyse(table(people, total), KNOWN, places(TOWNS))
    found = {one.area_code: one for one in inside.findings}
    assert [found[code].label for code in ("T1", "T2")] == ["not_judged"] * 2
    assert found["T0"].expected == 15  # of 60, not of the 40 that are shown
    assert analyse(table([("public", *one[1:]) for one in people]), KNOWN, places(TOWNS)) == []


@rule("smoothed rate")
def smoothed_rate(line: Line) -> None:
    per, fewest = numbers(line.internal)
    assert (per, fewest) == (hotspots_of_a_build.PER, hotspots.UNSTABLE_BELOW)
    at = scope(LAST)
    for count, is_hatched in ((fewest - 1, True), (fewest, False)):
        picture = townships.level_map(compared_of([30, 30, 30, count]), TOWNS, at)
        assert ("斜纹" in picture.note) is is_hatched
    # Equal rates: 80 cases of 80,000 people in a year.
    assert compared_of([20, 20, 20, 20]).rows["T0"]["value"] == pytest.approx(10)


@rule("batches")
def batches(line: Line) -> None:
    run, unruly, said_above = numbers(line.internal)
    assert (run, unruly, said_above) == (12, COMMONLY_UNRULY, hotspots.IN_BATCHES)
    # Two townships of three a month but for one month of n: their variance over mean is what the sentence says, above 1.2 only.
    for odd, times in ((9, None), (27, 9.6)):
        found = findings_of({town.code: [3] * 11 + [odd] for town in (Town(0, 20_000), Town(1, 20_000))}, [Town(0, 20_000), Town(1, 20_000)])
        levels = read(found, Method.LEVEL)
        held = hotspots.compared(levels, read(found, Method.CLUSTER), CASES, scope(LAST))
        mean = (33 + odd) / 12
        expected = (11 * (3 - mean) ** 2 + (odd - mean) ** 2) / mean / 11
        assert (expected > said_above) is (times is not None)
        said = hotspots.cut_off_words(held, levels, INSIDE, is_remote_told=False)
        assert (f"各月起伏是零散发生时的{expected:.1f}倍" in said) is (times is not None)
        assert times is None or expected == pytest.approx(times, abs=0.05)


@rule("cluster of cases")
def cluster_of_cases(line: Line) -> None:
    share, fewest, level, maps = numbers(line.internal)
    assert (share / 100, fewest, level, maps) == (
        hotspots_of_a_build.LARGEST_SHARE,
        hotspots_of_a_build.SMALLEST_CLUSTER,
        hotspots_of_a_build.SHARE,
        hotspots_of_a_build.SIMULATIONS,
    )
    # A township of a third of the residents may be a cluster, one of 36 % may not.
    for residents, is_found in ((20_000, True), (24_000, False)):
        towns = [Town(0, residents), Town(1, 20_000), Town(2, 22_000)]
        clusters = compared_of([60, 5, 5], towns).clusters
        assert ("T0" in set(clusters["area_code"])) is is_found


@rule("likeness of neighbours")
def likeness_of_neighbours(line: Line) -> None:
    fewest, level, permutations = (*numbers(line.made_from), *numbers(line.internal))
    from analysis.spatial import PERMUTATIONS, SMALLEST_MAP  # loaded where it is needed: esda takes seconds

    assert fewest == neighbours_of_a_build.SMALLEST_MAP == SMALLEST_MAP
    assert (level, permutations) == (LEVEL, PERMUTATIONS)
    for count, rounds in ((int(fewest) - 1, 0), (int(fewest), 2)):  # both releases
        towns = [Town(number, 20_000) for number in range(count)]
        found = findings_of({town.code: [1 + number % 2] * 12 for number, town in enumerate(towns)}, towns)
        assert sum(one.method is Method.AUTOCORRELATION for one in found) == rounds


@rule("chance of finding")
def chance_of_finding(line: Line) -> None:
    assert "tenths" in line.internal
    assert "3成" in hotspots.power_words((0.26, NAN, NAN), INSIDE)
    assert "3成" in hotspots.power_words((0.34, NAN, NAN), INSIDE)


@rule("early warning")
def early_warning(line: Line) -> None:
    periods, quarters, fewest, percent = numbers(line.internal)
    assert (quarters, fewest, percent / 100) == (judging.FEWEST_PERIODS, judging.SMALLEST_ALARM, judging.PROMISED)

    def rounds(counts: list[float | str], release: str = "internal") -> dict[int, str]:
        made = rows("cases_opened", "total", "month", {COUNTY: counts}, release=release)
        found = [one for one in analyse(table(made), KNOWN, []) if one.method is Method.WARNING]
        return {(one.last_on.year - 2021) * 12 + one.last_on.month: one.findings[0].label for one in found}

    assert min(rounds([1.0] * 14)) == periods + 1
    young = analyse(table(rows("youth_cases", "total", "quarter", {COUNTY: [6.0] * 10})), KNOWN, [])
    assert min(one.last_on for one in young if one.method is Method.WARNING) == date(2023, 1, 1)  # the first quarter after eight
    assert quarters == 8
    assert rounds([0.0] * 60 + [fewest - 1])[61] == "quiet"
    assert rounds([0.0] * 60 + [fewest])[61] == "alarm"
    assert 61 not in rounds([0.0] * 60 + ["9?"])
    hidden = rows("newly_found_people", "total", "month", {COUNTY: [6] * 60 + ["suppressed"]})
    assert max(one.last_on for one in analyse(table(hidden), KNOWN, []) if one.method is Method.WARNING) < date(2026, 1, 1)
    assert analyse(table(rows("newly_found_people", "total", "month", {COUNTY: [5] * 60 + [30]}, release="public")), KNOWN, []) == []


@rule("yearly trend")
def yearly_trend_line(line: Line) -> None:
    shortest, longest, fewest = numbers(line.internal)
    assert (shortest, longest, fewest) == (trends_of_a_build.SHORTEST, trends_of_a_build.LONGEST, trend.SMALLEST_EVENTS)

    def trends(counts: list[float]) -> list[Analysis]:
        made = analyse(table(rows("cases_opened", "total", "month", {COUNTY: counts})), KNOWN, [])
        return [one for one in made if one.method is Method.TREND and one.release is Release.INTERNAL]

    assert trends([3] * int(shortest - 1)) == []
    assert [one.findings[0].label for one in trends([3] * int(shortest))] == ["within_chance"]
    assert [one.findings[0].label for one in trends([1] * int(fewest - 1) + [0] * int(shortest - fewest + 1))] == ["too_few"]
    assert trends([3] * 70)[-1].first_on == date(2021, 11, 1)  # the last sixty of seventy months


@rule("bridge")
def bridge(line: Line) -> None:
    assert numbers(line.source) == [7]
    assert numbers(line.internal) == [FEWEST_TOGETHER]
    members = list(DIMENSIONS["change"].members)

    def remainder(stocks: list[float], *hidden: str, status: str = "suppressed", **sizes: float) -> tuple[int, float] | None:
        """How many reasons are withheld and what they come to, whatever number was left in their rows."""
        stock = chosen(INSIDE, PEOPLE, frame(*months(PEOPLE.id, "2024-12-01", [stocks[0], *[NAN] * 11, stocks[1]])))
        parts = chosen(INSIDE, KNOWN["registry_change"], frame(*change_rows(2025, **sizes)), "change")
        parts.rows.loc[parts.rows["member"].isin(hidden), "status"] = status
        found = build_bridge(stock, parts, members)
        return None if found is None else (found.withheld, found.remainder)

    assert remainder([100, 103], newly_found=2) == (0, 1)  # 103 - 100 - 2
    assert remainder([100, 103], newly_found=3) == (0, 0)
    small = {"relapsed": 4, "died_or_left": 1}
    # 103 - 100 less 12 found and 9 abstinent: 3 - (12 - 9) = 0, which is 4 relapsed, 1 died and 3 struck off.
    assert remainder([100, 103], "relapsed", "died_or_left", "removed", newly_found=12, became_abstinent=9, removed=3, **small) == (3, 0)
    assert remainder([100, 106], "relapsed", "died_or_left", newly_found=12, became_abstinent=9, **small) == (2, 3)
    assert remainder([100, 106], "relapsed", newly_found=12, became_abstinent=9, **small) is None  # what is left over would be its number
    assert remainder([100, 106], "relapsed", "died_or_left", status="not_collected", newly_found=12, became_abstinent=9, **small) is None
    assert remainder([NAN, 103], newly_found=3) is remainder([100, NAN], newly_found=3) is None
    assert grains(KNOWN["registry_change"], "change", Release.PUBLIC) == ()


@rule("hidden parts together")
def hidden_parts_together(line: Line) -> None:
    assert numbers(line.internal) == [FEWEST_TOGETHER]
    newest = "2026-04-01"

    def together(values: Iterable[float], whole: float, release: str = "internal", **more: Any) -> tuple[int, float] | None:
        parts = [
            row(PEOPLE.id, newest, value, grain="quarter", breakdown="age_band", member=age.code) for age, value in zip(AGES, values, strict=True)
        ]
        parts[0] |= more
        return _together(PEOPLE, [*parts, row(PEOPLE.id, "2026-06-01", whole)], "age_band", release)

    assert together((NAN, NAN, 60, 11), 100) == (2, 29)  # 100 - 60 - 11
    assert together((NAN, NAN, NAN, 60), 100) == (3, 40)
    assert together((NAN, 29, 60, 11), 100) is None  # one hidden part: the difference is its number
    assert together((0, 29, 60, 11), 100) is None
    assert together((NAN, NAN, 60, 11), NAN) is None
    assert together((NAN, NAN, 60, 11), 100, "public") is None
    assert together((NAN, NAN, 60, 11), 100, status="not_collected") is None  # nobody knows whether it is a part of the whole
    assert together((NAN, NAN, 60, 11), 100, status="provisional", value=9.0) is None
    # A whole of another moment is not the whole of these parts.
    early = [
        row(PEOPLE.id, newest, value, grain="quarter", breakdown="age_band", member=age.code)
        for age, value in zip(AGES, (NAN, NAN, 60, 11), strict=True)
    ]
    assert _together(PEOPLE, [*early, row(PEOPLE.id, "2026-05-01", 100)], "age_band") is None
    # Of a flow the whole is that of the same year, not of its last month.
    yearly = [
        row(NEW.id, "2025-01-01", value, grain="year", breakdown="age_band", member=age.code)
        for age, value in zip(AGES, (NAN, NAN, 9, 6), strict=True)
    ]
    assert _together(NEW, [*yearly, row(NEW.id, "2025-01-01", 20, grain="year"), row(NEW.id, "2025-12-01", 3)], "age_band") == (2, 5)
    assert _together(NEW, [*yearly, row(NEW.id, "2025-12-01", 20)], "age_band") is None
    # Zones and townships are parts of the county; one member, one area or two dimensions at once are not.
    zones = [
        row(PEOPLE.id, newest, value, grain="quarter", breakdown="zone", area_code=area) for area, value in (("Z1", NAN), ("Z2", NAN), ("Z3", 70.0))
    ]
    assert _together(PEOPLE, [*zones, row(PEOPLE.id, "2026-06-01", 100)], "zone") == (2, 30)
    crossed = [{**one, "breakdown": "zone*age_band"} for one in zones]
    assert _together(PEOPLE, [*crossed, row(PEOPLE.id, "2026-06-01", 100)], "zone*age_band") is None
    # The whole may have a name of its own: the current users, of whom these are the drugs.
    drugs = [
        row("users_by_main_drug", newest, value, grain="quarter", breakdown="drug_group", member=str(n)) for n, value in enumerate((NAN, NAN, 67.0))
    ]
    assert _together(KNOWN["users_by_main_drug"], [*drugs, row(PEOPLE.id, "2026-06-01", 100)], "drug_group") == (2, 33)
    assert _together(KNOWN["users_by_main_drug"], [*drugs, row("registered_people", "2026-06-01", 150)], "drug_group") is None
    # Weights, shares and rates are no parts of a whole, and the parts of some of the people are not those of all.
    for other in (GRAMS, SHARE, RATE):
        held = [{**one, "indicator": other.id} for one in (*zones, row(PEOPLE.id, "2026-06-01", 100))]
        assert _together(other, held, "zone") is None
    minors = replace(PEOPLE, numerator=Measure((("age_band", ("under_18",)),)))
    assert _together(minors, [*early, row(PEOPLE.id, "2026-06-01", 100)], "age_band") is None


def _together(indicator: Indicator, rows: list[dict[str, Any]], breakdown: str, release: str = "internal") -> tuple[int, float] | None:
    """How many of the latest parts are hidden and what they come to."""
    newest = choose(frame(*rows), indicator, scope("2026-06-01", release), breakdown, (Grain.QUARTER, Grain.YEAR)).newest
    assert isinstance(newest, Series)
    assert not newest.rows.empty
    return newest.hidden_together


@rule("order")
def order(line: Line) -> None:
    assert "code list" in line.made_from
    titles = [age.title.zh for age in AGES]
    for values in ((NAN, 10.0, 30.0, 60.0), (60.0, 30.0, 10.0, NAN), (30.0, 60.0, NAN, 10.0)):
        for release in ("internal", "public"):
            assert ages_picture(values, release).table.iloc[:, 0].tolist() == titles
    for values in ((10.0, NAN, 60.0), (60.0, 10.0, NAN)):
        three = [Member(f"Z{number}", Text(f"片区{number}", f"Zone {number}")) for number in range(3)]
        rows = [
            row(PEOPLE.id, "2025-01-01", value, grain="year", breakdown="zone", area_code=zone.code)
            for zone, value in zip(three, values, strict=True)
        ]
        picture = findings.zone_levels(frame(*reversed(rows)), PEOPLE, three, scope("2026-09-01", "public"))
        assert picture.table.iloc[:, 0].tolist() == ["片区0", "片区1", "片区2"]
        assert list(picture.figure.layout.yaxis.ticktext) == ["片区0", "片区1", "片区2"]
    for counts in ([1.0, 5.0, 9.0, 7.0], [90.0, 1.0, 7.0, 5.0]):
        held = compared_of(counts)
        for picture in (townships.level_map(held, TOWNS, scope(LAST)), funnel.funnel_picture(held, TOWNS, scope(LAST))):
            assert picture.table.iloc[:, 0].tolist() == [town.title.zh for town in TOWNS]


@rule("members named")
def members_named(line: Line) -> None:
    (named,) = numbers(line.internal)
    assert named == sentences.NAMED

    def spoken(*values: float) -> list[str]:
        return re.findall(r"\d+(?=余?人)", ages_picture(values, "public").sentence.split(":")[1])

    assert spoken(15, 30, 20, 10) == ["30", "20"]
    assert spoken(15, 30, 15, 15) == ["30", "10", "10", "10"]  # 15 is said as 10余; all three tie with the second
    assert spoken(30, 30, 20, 10) == ["30", "30"]
    assert spoken(NAN, 20, NAN, 10) == ["20", "10"]
    assert ages_picture((15, 30, 20, 10)).sentence.endswith("等")
    assert not ages_picture((15, 15, 15, 15)).sentence.endswith("等")  # all are named
    assert ages_picture((NAN, 30, 0, 0)).sentence.count("人") == 2  # 现有人员 and one number: what is 0 is not named
    assert findings.structure(frame(), PEOPLE, "age_band", AGES, scope("2026-06-01")).is_empty


@rule("axes and hidden marks")
def axes_and_hidden_marks(line: Line) -> None:
    bar, column = numbers(line.internal)
    picture = ages_picture((NAN, 30, 60, NAN))
    (stub,) = [trace for trace in picture.figure.data if trace.marker.pattern.shape == "/"]
    assert list(stub.x) == pytest.approx([60 * bar / 100] * 2)
    assert list(picture.figure.layout.xaxis.range) == pytest.approx([0, 60 * 1.22])
    rows = [row(NEW.id, f"{year}-01-01", value, grain="year") for year, value in ((2023, 50.0), (2024, NAN), (2025, 30.0))]
    columns = findings.by_finished_year(frame(*rows), NEW, scope("2026-03-01", "public"))
    (stub,) = [trace for trace in columns.figure.data if trace.marker.pattern.shape == "/"]
    assert list(stub.y) == pytest.approx([50 * column / 100])
    assert list(columns.figure.layout.yaxis.range) == pytest.approx([0, 50 * 1.12])


@rule("map classes")
def map_classes(line: Line) -> None:
    limits = numbers(line.internal)
    assert limits == [*LEVEL_CLASSES.starts, *PEOPLE_CLASSES.starts]
    for classes in (LEVEL_CLASSES, PEOPLE_CLASSES):
        assert [classes.position(start) for start in classes.starts] == list(range(len(classes.starts)))
        assert [classes.position(start - 0.01) for start in classes.starts[1:]] == list(range(len(classes.starts) - 1))
        assert len(classes.labels) == len(classes.starts)
    held = [row(PEOPLE.id, "2025-01-01", value, grain="year", breakdown="township", area_code=f"T{n}") for n, value in enumerate((10, 20, NAN, 50))]
    picture = townships.people_map(frame(*held), NOTHING_FOUND, PEOPLE, TOWNS, scope("2026-09-01", "public"))
    assert picture is not None
    filled = [trace for trace in picture.figure.data if trace.fill == "toself"]
    # Of under 10, 10-19, 20-29, 30-49, 50 and over the second, third and fifth; the hidden one is hatched.
    assert [trace.fillcolor for trace in filled] == [CLASSES[2], CLASSES[3], CLASSES[5], None]
    assert [trace.fillpattern.shape for trace in filled] == [None, None, None, "/"]


@rule("tooltips and alt texts")
def tooltips_and_alt_texts(line: Line) -> None:
    assert "受保护" in line.internal
    for release, shown in (("internal", ["受保护", "30", "60", "受保护"]), ("public", ["受保护", "约30", "约60", "受保护"])):
        picture = ages_picture((NAN, 30, 60, NAN), release)
        assert picture.table.iloc[:, 1].tolist() == shown
        spoken = [f"{age.title.zh} {told}{'' if told == '受保护' else '人'}" for age, told in zip(AGES, shown, strict=True)]
        assert sorted(tip for trace in picture.figure.data for tip in trace.customdata) == sorted(spoken)
        assert picture.alt == f"{picture.sentence}。{';'.join(spoken)}。"


@rule("cells counted in a sentence")
def cells_counted(line: Line) -> None:
    assert "not called small" in line.internal
    rows = [row(PEOPLE.id, "2025-01-01", value, grain="year", breakdown="township", area_code=f"T{n}") for n, value in enumerate((10, 20, NAN, 50))]
    mapped = townships.people_map(frame(*rows), NOTHING_FOUND, PEOPLE, TOWNS, scope("2026-09-01"))
    assert mapped is not None
    assert mapped.sentence.endswith("4个乡镇(街道)中3个可以公布现有吸毒人员,1个受保护")
    assert [trace.name for trace in mapped.figure.data if trace.name][-1] == "受保护"  # a hidden partner may hold any number


@rule("share of protected cells")
def share_of_protected_cells(line: Line) -> None:
    (least,) = numbers(line.internal)
    # 1 of 300 is 0.3 %; 116 and 124 of 1000 are 12 % alike and stand in the order of their names, whichever is larger.
    for first, second in ((116, 124), (124, 116)):
        shares = [("cases_opened", 0, 300), ("current_users", 1, 300), ("newly_found_people", first, 1000), ("under_36_share", second, 1000)]
        picture = quality.protected_shares(shares[::-1], KNOWN, INSIDE)
        assert picture is not None
        assert picture.table.iloc[:, 1].tolist() == ["12%", "12%", f"{least:.0f}%", "0%"]
        assert picture.table.iloc[:, 0].tolist() == [one.title.zh for one in (SHARE, NEW, PEOPLE, CASES)]
        assert picture.sentence == f"4项指标中1项全部公布;受保护占比最高的(12%)是{NEW.title.zh}、{SHARE.title.zh}"
    none = quality.protected_shares([("cases_opened", 0, 300)], KNOWN, INSIDE)
    assert none is not None
    assert none.sentence == "1项指标中1项全部公布"


@rule("late entries")
def late_entries(line: Line) -> None:
    assert line.internal.startswith("cases opened, else")
    told = [one for one in KNOWN.values() if one.protects is Protects.EVENTS and one.counts_separate_events and "total" in one.breakdowns]
    assert told[0] is CASES


@rule("records changed")
def records_told(line: Line) -> None:
    assert "criminal" in line.internal
    # Registers and returns of people have no such records, and the return of case counts has no records at all.
    assert {name for name, extract in extracts().items() if extract.holds_events and records_of_nobody(extract)} == {"cases"}
    told = records_of_nobody(extracts()["cases"])
    kinds = "(values ('criminal', 'trafficking'), ('criminal', 'use'), ('administrative', 'trafficking'), ('administrative', 'use'))"
    assert duckdb.sql(f"select * from {kinds} s(case_kind, charge) where {told}").fetchall() == [("criminal", "trafficking")]
    assert {"suspects", "suspects_under_18", "suspects_18_35"} <= extracts()["cases"].people_columns  # which are not compared


@rule("delay of reports")
def delay_of_reports(line: Line) -> None:
    assert "middle" in line.internal
    reported = [("cases", date(2026, month, 1), date(2026, month + 1, day)) for month, day in ((7, 3), (8, 20), (9, 4))]
    picture = quality.timeliness(reported, {}, Voice(Release.PUBLIC, "en"))
    assert picture is not None
    assert "usually 4 days" in picture.sentence  # 3, 20 and 4 days
    for indicator in KNOWN.values():
        assert not re.search(r"\b(avg|mean|median|mode|quantile\w*|min|max|stddev\w*)\s*\(", cells_sql(indicator).lower()), indicator.id


COUNT = st.one_of(st.none(), st.integers(0, 60).map(float))


@settings(deadline=None, max_examples=40)
@given(st.tuples(COUNT, COUNT), st.tuples(COUNT, COUNT), st.lists(st.integers(0, 500), min_size=4, max_size=4), st.integers(1, 2))
def test_what_is_not_published_changes_no_observation(internal: Cell, public: Cell, exact: list[int], records: int) -> None:
    """The same published counts with other exact ones behind them give the same rows: values, ranges and statuses."""

    def ordered(cell: Cell) -> Cell:
        part, whole = cell
        return (whole, part) if part is not None and whole is not None and part > whole else cell

    here, there = (exact[0], exact[1]), (exact[2], exact[3])
    for indicator in (SHARE, NEW_SHARE, PEOPLE, NEW, YOUNG):
        rows = [published(indicator, ordered(internal), ordered(public), exact=one, records=sum(one)) for one in (here, there)]
        assert rows[0] == rows[1]
    # Residents are published themselves: outside to two digits, and no finer.
    fine, coarse = (published(RATE, (None, None), public, exact=(exact[0], residents)) for residents in (61_500 + exact[0], 61_500 + exact[1]))
    assert fine["public"] == coarse["public"]
    # A hidden weight, behind one case or two.
    light, heavy = (published(GRAMS, (None, None), (None, None), exact=(one, None), records=records, breakdown="drug") for one in exact[:2])
    assert light == heavy


def every_picture(rows: pandas.DataFrame, release: str, language: str) -> list[str]:
    """All that the functions behind the pages make of some rows."""
    at = scope("2026-12-01", release, language)
    members = {"charge": [], "place_type": [], "zone": ZONES}
    standing = [KNOWN[name] for name in ("registered_people", "current_users", "abstinent_three_years", "deaths_and_departures")]
    drugs = [Member(code, Text(code, code)) for code in "ab"]
    pictures = [
        findings.stock_trend(rows, standing[:2], at),
        findings.stock_trend(rows, [SHARE], at),
        findings.standing_parts(rows, standing, at),
        findings.change_bridge(rows, PEOPLE, KNOWN["registry_change"], at),
        findings.events_over_time(rows, NEW, at),
        findings.events_over_time(rows, YOUNG, at, by_quarter=True),
        findings.by_finished_year(rows, NEW_SHARE, at),
        findings.structure(rows, PEOPLE, "age_band", AGES, at),
        findings.seizures(rows, GRAMS, drugs, at),
        findings.zone_levels(rows, PEOPLE, ZONES, at),
        findings.zone_levels(rows, RATE, ZONES, at),
        townships.people_map(rows, NOTHING_FOUND, PEOPLE, TOWNS, at),
        warnings.limit_picture(NOTHING_FOUND, rows, CASES, at),
    ]
    made = [everything(picture) + picture.as_of for picture in pictures if picture is not None]
    made += [str(headlines.headlines(rows, [*standing, SHARE, NEW_SHARE, RATE, NEW, YOUNG, CASES], at))]
    made += [str(headlines.changes(rows, KNOWN, at)), str(headlines.attention(rows, KNOWN, members, at))]
    held = compared_of([5, 6, 60, 4], language=language)  # of published counts alone: only the rows beside it may be hidden
    made += [hotspots.remote_sentence(rows, held, TOWNS, at)]
    key, tables = townships.township_tables(rows, held, CASES, PEOPLE, TOWNS, ZONES, at)
    return [*made, key, *(table.to_csv() for _, table in tables)]


def half_hidden(hides_even: bool) -> pandas.DataFrame:
    """Rows of everything the pages show, every second of which is hidden."""
    stocks = ("registered_people", "current_users", "abstinent_three_years", "deaths_and_departures")
    held = [one for name in stocks for one in months(name, "2025-11-01", [100.0 + len(name)] * 14)]
    held += [one for name in (NEW.id, CASES.id) for one in months(name, "2025-01-01", [20.0] * 24)]
    held += [share_row(30, 100, month) for month in pandas.date_range("2025-10-01", periods=15, freq="MS")]
    held += [one for year in (2024, 2025) for one in change_rows(year, newly_found=2)]
    for year in (2024, 2025):
        on = pandas.Timestamp(f"{year}-01-01")
        held += [row(NEW.id, str(on.date()), 40, grain="year"), row(YOUNG.id, str(on.date()), 30, grain="year")]
        held += [row(YOUNG.id, f"{year + 1}-07-01", 15, grain="quarter"), share_row(20, 40, on, NEW_SHARE, grain="year")]
        held += [row(GRAMS.id, str(on.date()), 50.5, grain="year", breakdown="drug", member=drug) for drug in "ab"]
        for zone in ZONES:
            held += [row(PEOPLE.id, str(on.date()), 30, grain="year", breakdown="zone", area_code=zone.code)]
            held += [rate_row(30, 62_000, on, grain="year", breakdown="zone", area_code=zone.code, lower=3.2, upper=6.9)]
        held += [row(PEOPLE.id, str(on.date()), 30, grain="year", breakdown="age_band", member=age.code) for age in AGES]
        held += [row(PEOPLE.id, str(on.date()), 30, grain="year", breakdown="township", area_code=town.code) for town in TOWNS]
    for breakdown, area, member in [("township", town.code, "") for town in TOWNS] + [("remote", COUNTY, flag) for flag in ("yes", "no")]:
        held += [row(CASES.id, "2026-01-01", 12, grain="year", breakdown=breakdown, area_code=area, member=member)]
    table = frame(*held)
    is_hidden = (table.index % 2 == 0) if hides_even else (table.index % 2 == 1)
    return table.assign(status=["suppressed" if hidden else "observed" for hidden in is_hidden])


@pytest.mark.parametrize(("release", "language"), [("internal", "en"), ("public", "zh")])
@pytest.mark.parametrize("hides_even", [True, False])
def test_what_is_hidden_changes_no_picture_and_no_sentence(hides_even: bool, release: str, language: str) -> None:
    """Whatever stands in a hidden row, down to a number left there by mistake, every figure, table and sentence is the same."""
    rows = half_hidden(hides_even)
    hidden = rows["status"] == "suppressed"
    made = []
    for left in (NAN, 7321.0):
        changed_rows = rows.copy()
        changed_rows.loc[hidden, ["numerator", "denominator", "value", "lower", "upper"]] = left
        made.append(every_picture(changed_rows, release, language))
    assert made[0] == made[1]
    assert sum(map(len, made[0])) > 10_000
