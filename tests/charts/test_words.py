"""How numbers are said; expected sentences follow the phrasing rules of county speeches, written by hand."""

from __future__ import annotations

import pandas
import pytest

from charts.comparison import SAME_TIME_LAST_YEAR, change_words, year_to_date
from charts.picture import Voice
from charts.rows import cells
from charts.words import amount, plain_number, span_words
from indicators import catalogue
from indicators.model import Release
from tests.charts.small_rows import NAN, frame, months

INSIDE, PUBLIC = Voice(Release.INTERNAL, "zh"), Voice(Release.PUBLIC, "zh")
PEOPLE, CASES, SHARE, RATE, GRAMS = (
    catalogue()[name] for name in ("registered_people", "cases_opened", "under_36_share", "current_users_per_10k", "drugs_seized")
)


@pytest.mark.parametrize(
    ("voice", "indicator", "value", "said"),
    [
        (INSIDE, PEOPLE, 163, "163人"),
        (PUBLIC, PEOPLE, 165, "160余人"),  # a multiple of five that is none of ten stands for 161-169
        (PUBLIC, PEOPLE, 160, "约160人"),
        (PUBLIC, CASES, 163, "163起"),  # events are exact in both releases
        (INSIDE, SHARE, 0.2781, "27.8%"),
        (PUBLIC, SHARE, 0.28, "约28%"),
        (PUBLIC, SHARE, 0.05, "5%及以下"),  # top-coded: the published value is the limit itself
        (INSIDE, RATE, 3.44, "3.4人/万人"),
        (INSIDE, GRAMS, 15990.0, "15.99千克"),
        (INSIDE, GRAMS, 242.4, "242.4克"),
    ],
)
def test_amounts(voice: Voice, indicator: object, value: float, said: str) -> None:
    assert amount(voice, indicator, value, "observed") == said  # type: ignore[arg-type]


def test_what_is_not_published_is_said_in_words_and_never_as_zero() -> None:
    assert amount(INSIDE, PEOPLE, NAN, "suppressed") == "受保护"
    assert amount(PUBLIC, PEOPLE, NAN, "not_collected") == "未报送"
    assert amount(INSIDE, SHARE, NAN, "undefined") == "基数太小"
    # A number that should not be there is not said either.
    assert amount(INSIDE, PEOPLE, 3, "suppressed") == "受保护"


def test_ten_thousands_are_said_in_wan() -> None:
    assert plain_number(INSIDE, 62152) == "6.22万"
    assert plain_number(Voice(Release.INTERNAL, "en"), 62152) == "62,152"


@pytest.mark.parametrize(
    ("voice", "indicator", "current", "previous", "said"),
    [
        (INSIDE, PEOPLE, 163, 147, "比上年同期增加16人(10.9%)"),  # 16/147 = 10.88 %
        (INSIDE, CASES, 5, 3, "比上年同期由3起增至5起"),  # base under 20: no percentage
        (INSIDE, CASES, 19, 19, "与上年同期持平"),
        (INSIDE, CASES, 4, 0, "上年同期为0"),
        (INSIDE, CASES, 15, 20, "比上年同期减少5起(25.0%)"),  # base 20 is enough
        (INSIDE, SHARE, 0.278, 0.299, "比上年同期下降2.1个百分点"),
        (PUBLIC, PEOPLE, 165, 160, "与上年同期基本持平"),  # within rounding
        (PUBLIC, PEOPLE, 165, 150, "比上年同期增加约15人(10%)"),
        (PUBLIC, PEOPLE, 55, 40, "比上年同期增加约15人"),  # rounded base under 50: no percentage
    ],
)
def test_changes(voice: Voice, indicator: object, current: float, previous: float, said: str) -> None:
    assert change_words(voice, indicator, current, previous, SAME_TIME_LAST_YEAR) == said  # type: ignore[arg-type]


def test_a_whole_year_is_called_by_its_number() -> None:
    assert span_words(INSIDE, pandas.Timestamp("2025-01-01"), pandas.Timestamp("2025-12-01")) == "2025年"
    assert span_words(INSIDE, pandas.Timestamp("2025-01-01"), pandas.Timestamp("2025-08-01")) == "2025年1—8月"


def test_provisional_months_are_left_out_of_comparisons() -> None:
    # 2025: 5 a month; 2026: 5 a month until June, then a provisional July of 50 that must not count.
    rows = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [5.0] * 6))
    late = frame(*months("cases_opened", "2026-07-01", [50.0], status="provisional"))
    change = year_to_date(INSIDE, CASES, cells(pandas.concat([rows, late]), "cases_opened", grain="month"))
    assert (change.span, change.current, change.previous) == ("2026年1—6月", 30.0, 30.0)
    assert change.judged(INSIDE) == "在随机波动范围内"


def test_a_month_without_number_stops_the_comparison() -> None:
    rows = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [5.0, 5.0, 5.0]))
    rows.loc[2, ["value", "status"]] = [NAN, "not_collected"]  # March 2025
    change = year_to_date(INSIDE, CASES, cells(rows, "cases_opened", grain="month"))
    assert change.sentence == ""
    assert change.judged(INSIDE) == ""


def test_stocks_and_rounded_counts_get_no_verdict() -> None:
    rows = frame(*months("newly_found_people", "2025-01-01", [40.0] * 12), *months("newly_found_people", "2026-01-01", [10.0] * 12))
    change = year_to_date(PUBLIC, catalogue()["newly_found_people"], cells(rows, "newly_found_people", grain="month"))
    assert change.judged(PUBLIC) == ""


def test_suspects_get_no_verdict_because_one_case_brings_several() -> None:
    rows = frame(*months("suspects_arrested", "2025-01-01", [4.0] * 12), *months("suspects_arrested", "2026-01-01", [12.0] * 12))
    change = year_to_date(INSIDE, catalogue()["suspects_arrested"], cells(rows, "suspects_arrested", grain="month"))
    assert change.sentence == "比上年同期增加96人(200.0%)"  # 144 against 48
    assert change.judged(INSIDE) == ""


@pytest.mark.parametrize("word", ["导致", "证明", "高危", "打击成效"])
def test_no_sentence_says_why(word: str) -> None:
    import pathlib

    for folder in ("charts", "ui", "pages"):
        for path in (pathlib.Path(__file__).parents[2] / folder).glob("*.py"):
            assert word not in path.read_text(encoding="utf-8"), path.name
