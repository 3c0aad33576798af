"""How numbers are said; expected sentences follow the phrasing rules of county speeches, written by hand."""

from __future__ import annotations

import re

import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import findings, headlines, sentences
from charts.comparison import SAME_TIME_LAST_YEAR, change_words, finished_years, rounded_change_words, stock_change, year_to_date
from charts.rows import choose, series_of
from charts.scope import Voice
from charts.words import amount, amount_of, plain_number, span_words, stated
from indicators import catalogue
from indicators.dimensions import Member
from indicators.model import Release, Text
from tests.charts.small_rows import NAN, chosen, frame, months, row, scope

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
        (PUBLIC, SHARE, 0.05, "约5%及以下"),  # top-coded: the published value is the limit itself; 10 of 200 may be 14 of 196, 7 %
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
    ],
)
def test_changes(voice: Voice, indicator: object, current: float, previous: float, said: str) -> None:
    assert change_words(voice, indicator, current, previous, SAME_TIME_LAST_YEAR) == said  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("current", "previous", "said"),
    [
        # Each number lies up to 4 from the truth, so a difference of d stands for d - 8 to d + 8.
        (160, 160, "与上年同期基本持平"),  # at most 8 either way
        (165, 160, "概数,不足以比较"),  # -3 to 13
        (170, 160, "比上年同期有所增加"),  # 2 to 18
        (165, 150, "比上年同期增加5人以上"),  # 7 to 23
        (150, 180, "比上年同期减少20人以上"),  # 22 to 38
    ],
)
def test_rounded_counts_claim_what_holds_for_every_truth_behind_them(current: float, previous: float, said: str) -> None:
    rows = frame(row("registered_people", "2025-06-01", previous), row("registered_people", "2026-06-01", current))
    change = stock_change(chosen(PUBLIC, PEOPLE, rows))
    assert change.sentence == said


@pytest.mark.parametrize(
    ("now", "before", "number", "said"),
    [
        # 25/110: 21/114 = 18.4 % to 29/106 = 27.4 %; 30/110: 26/114 = 22.8 % to 34/106 = 32.1 %.
        ((25, 110), (30, 110), "约23%", "概数,不足以比较"),
        # 60/110: 56/114 = 49.1 % to 64/106 = 60.4 %; 49.1 - 32.1 = 17.05 points at least.
        ((60, 110), (30, 110), "约55%", "比上年同期上升17个百分点以上"),
        # 10/20: 6/24 = 25 % to 14/16 = 87.5 %.
        ((10, 20), (10, 20), "约25%—88%", "概数,不足以比较"),
    ],
)
def test_rounded_shares_claim_what_their_parts_allow(now: tuple[int, int], before: tuple[int, int], number: str, said: str) -> None:
    rows = frame(
        *[
            row("under_36_share", f"{year}-06-01", round(part / whole, 2), numerator=part, denominator=whole)
            for year, (part, whole) in ((2025, before), (2026, now))
        ]
    )
    series = chosen(PUBLIC, SHARE, rows)
    assert amount_of(PUBLIC, SHARE, series.rows.iloc[-1]) == number
    assert stock_change(series).sentence == said


@given(st.integers(0, 300), st.integers(0, 300), st.integers(-4, 4), st.integers(-4, 4))
def test_no_truth_contradicts_a_public_comparison(now: int, before: int, shift: int, other: int) -> None:
    said_now, said_before = now + shift, before + other
    words = rounded_change_words(
        PUBLIC, PEOPLE, (max(said_now - 4, 0), said_now + 4), (max(said_before - 4, 0), said_before + 4), SAME_TIME_LAST_YEAR
    )
    if "增加" in words:
        assert now > before
    if "减少" in words:
        assert now < before
    if "基本持平" in words:
        assert abs(now - before) <= 10
    if "以上" in words:
        assert abs(now - before) >= int(re.findall(r"\d+", words)[0])
    assert "%" not in words


def test_provisional_numbers_are_marked_and_not_compared() -> None:
    for late in (0, 1):
        rows = frame(row("registered_people", "2025-06-01", 100), row("registered_people", "2026-06-01", 140))
        rows.loc[late, "status"] = "provisional"
        assert stock_change(chosen(INSIDE, PEOPLE, rows)).sentence == ""
        yearly = rows.assign(grain="year", period=pandas.to_datetime(["2024-01-01", "2025-01-01"]))
        change = finished_years(chosen(INSIDE, PEOPLE, yearly))
        assert change.sentence == ""
        assert change.number == ("140人(初步)" if late else "140人")


def test_the_status_that_stopped_a_number_is_said() -> None:
    rows = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [5.0, 5.0, 5.0]))
    rows.loc[13, ["value", "status"]] = [NAN, "not_collected"]  # February 2026
    card = headlines.events_headline(rows, CASES, scope("2026-03-01"))
    assert card.value == "未报送"
    zone = Member("Z1", Text("城区片区", "Urban zone"))
    in_zone = choose(rows.assign(breakdown="zone", area_code="Z1"), CASES, scope("2026-03-01", zone=zone), "zone", area="Z1")
    assert sentences.events_sentence(year_to_date(in_zone)) == "2026年1—3月城区片区刑事立案:未报送"
    small = frame(row("under_36_share", "2026-06-01", status="undefined"))
    assert sentences.stock_sentence(series_of(small, SHARE, scope("2026-06-01"))) == "2026年6月末,全县35岁及以下占比:基数太小"


def test_findings_without_a_number_are_left_out() -> None:
    rows = frame(row("registered_people", "2026-01-01", 12))
    assert headlines.changes(rows, catalogue(), scope("2026-01-01")) == ["2026年1月末,全县在册吸毒人员12人。"]
    assert headlines.changes(frame(), catalogue(), scope("2026-01-01", "public")) == []


def test_cases_of_the_first_months_are_shown_and_not_compared() -> None:
    rows = frame(*months("cases_opened", "2026-01-01", [1.0, 2.0], status="provisional"))
    card = headlines.events_headline(rows, CASES, scope("2026-02-01"))
    assert (card.value, card.lines) == ("3起(初步)", "2026年1—2月  \n暂不比较")  # 1 + 2
    assert findings.events_over_time(rows, CASES, scope("2026-02-01")).sentence == "2026年1—2月全县刑事立案3起(初步),暂不比较"
    none = headlines.events_headline(frame(), CASES, scope("2026-02-01"))
    assert (none.value, none.lines) == ("—", "尚未报送")
    # The series of solved cases begins a year after the first report: cases that came are not called missing.
    assert headlines.events_headline(rows, catalogue()["cases_solved"], scope("2026-02-01")).lines == "满一年后显示"


@pytest.mark.parametrize(
    ("release", "now", "said"),
    [
        # 30 against 10 in quarters of 91 days: two-sided binomial p is about 0.002.
        ("internal", 30.0, "2026年二季度30起,比上年同期由10起增至30起,明显上升"),
        # Rounded: at least 26 less 14 is 12, said in fives; never a verdict.
        ("public", 30.0, "2026年二季度约30起,比上年同期增加10起以上"),
        ("public", 15.0, "2026年二季度10余起,概数,不足以比较"),
    ],
)
def test_the_latest_finished_quarter_stands_beside_the_same_one_a_year_before(release: str, now: float, said: str) -> None:
    young = catalogue()["youth_cases"]
    rows = frame(
        row(young.id, "2025-04-01", 10, grain="quarter"),
        row(young.id, "2026-04-01", now, grain="quarter"),
        row(young.id, "2026-07-01", 99, grain="quarter", status="provisional"),
    )
    picture = findings.events_over_time(rows, young, scope("2026-09-01", release), by_quarter=True)
    assert picture.sentence.endswith(said)
    hidden = rows.assign(status=["suppressed", "observed", "provisional"])
    assert "比上年同期" not in findings.events_over_time(hidden, young, scope("2026-09-01", release), by_quarter=True).sentence


def test_a_title_stays_whole_before_its_number() -> None:
    kinds = frame(row("substances_seen", "2025-01-01", 9, grain="year"))
    change = finished_years(chosen(INSIDE, catalogue()["substances_seen"], kinds))
    assert sentences.events_sentence(change) == "2025年全县刑事案件中出现的毒品种数为9种"
    for indicator in catalogue().values():
        assert indicator.title.zh in stated(INSIDE, indicator, "9")


def test_a_share_of_a_flow_is_judged_or_not_compared() -> None:
    share = catalogue()["new_under_36_share"]

    def of(now: tuple[int, int], before: tuple[int, int], voice: Voice) -> str:
        parts = ((2024, before), (2025, now))
        rows = frame(*[row(share.id, f"{year}-01-01", a / b, numerator=a, denominator=b, grain="year") for year, (a, b) in parts])
        change = finished_years(chosen(voice, share, rows))
        return change.sentence + change.judgement

    assert of((12, 40), (10, 40), INSIDE) == "比上年上升5.0个百分点(10/40→12/40)在随机波动范围内"
    assert of((25, 40), (5, 40), INSIDE) == "比上年上升50.0个百分点(5/40→25/40)明显上升"
    assert of((25, 40), (5, 40), PUBLIC) == ""


def test_lengths_of_spans_use_real_ends_of_months() -> None:
    rows = frame(*months("cases_opened", "2023-01-01", [20.0] * 2), *months("cases_opened", "2024-01-01", [20.0] * 2))
    # January and February: 31 + 29 days in 2024, 31 + 28 in 2023.
    assert year_to_date(chosen(INSIDE, CASES, rows)).exposures == (60.0, 59.0)


def test_a_reported_zero_is_news() -> None:
    rows = frame(*months("cases_opened", "2026-01-01", [3.0, 0.0, NAN]))
    assert chosen(INSIDE, CASES, rows).newest_shown.rows["value"].tolist() == [0.0]


def test_a_whole_year_is_called_by_its_number() -> None:
    assert span_words(INSIDE, pandas.Timestamp("2025-01-01"), pandas.Timestamp("2025-12-01")) == "2025年"
    assert span_words(INSIDE, pandas.Timestamp("2025-01-01"), pandas.Timestamp("2025-08-01")) == "2025年1—8月"


def test_provisional_months_are_left_out_of_comparisons() -> None:
    # 2025: 5 a month; 2026: 5 a month until June, then a provisional July of 50 that must not count.
    rows = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [5.0] * 6))
    late = frame(*months("cases_opened", "2026-07-01", [50.0], status="provisional"))
    change = year_to_date(chosen(INSIDE, CASES, pandas.concat([rows, late]), grain="month"))
    assert (change.span, change.current, change.previous) == ("2026年1—6月", 30.0, 30.0)
    assert change.judgement == "在随机波动范围内"


def test_a_month_without_number_stops_the_comparison() -> None:
    rows = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [5.0, 5.0, 5.0]))
    rows.loc[2, ["value", "status"]] = [NAN, "not_collected"]  # March 2025
    change = year_to_date(chosen(INSIDE, CASES, rows, grain="month"))
    assert change.sentence == ""
    assert change.judgement == ""


def test_stocks_and_rounded_counts_get_no_verdict() -> None:
    rows = frame(*months("newly_found_people", "2025-01-01", [40.0] * 12), *months("newly_found_people", "2026-01-01", [10.0] * 12))
    change = year_to_date(chosen(PUBLIC, catalogue()["newly_found_people"], rows, grain="month"))
    assert change.judgement == ""


def test_suspects_get_no_verdict_because_one_case_brings_several() -> None:
    rows = frame(*months("suspects_arrested", "2025-01-01", [4.0] * 12), *months("suspects_arrested", "2026-01-01", [12.0] * 12))
    change = year_to_date(chosen(INSIDE, catalogue()["suspects_arrested"], rows, grain="month"))
    assert change.sentence == "比上年同期增加96人(200.0%)"  # 144 against 48
    assert change.judgement == ""


@pytest.mark.parametrize("word", ["导致", "证明", "高危", "打击成效"])
def test_no_sentence_says_why(word: str) -> None:
    import pathlib

    for folder in ("charts", "ui", "pages"):
        for path in (pathlib.Path(__file__).parents[2] / folder).rglob("*.py"):
            assert word not in path.read_text(encoding="utf-8"), path.name
