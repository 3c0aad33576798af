"""Published rows in, the table behind 比较 out, written down by hand: the four comparisons and why one is not made."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import CALM, Verdict, verdicts
from charts import findings
from charts.comparison import (
    SAME_TIME_LAST_YEAR,
    Comparison,
    break_between,
    events_change,
    finished_years,
    spans_change,
    stock_change,
    unrest,
    year_to_date,
)
from charts.comparison_table import compare_events, compare_stocks, compare_years
from charts.picture import Picture
from charts.rows import Series, Span, choose
from charts.scope import Voice
from indicators import catalogue
from indicators.model import Break, Campaign, Grain, Indicator, Release, Text
from tests.charts.small_rows import NAN, ZONES, chosen, frame, months, row, scope

KNOWN = catalogue()
CASES, YOUNG, NEW, SUSPECTS, KINDS = (
    KNOWN[name] for name in ("cases_opened", "youth_cases", "newly_found_people", "suspects_arrested", "substances_seen")
)
REGISTERED, CURRENT, SHARE, RATE = (KNOWN[name] for name in ("registered_people", "current_users", "under_36_share", "current_users_per_10k"))
INSIDE, PUBLIC, ENGLISH = Voice(Release.INTERNAL, "zh"), Voice(Release.PUBLIC, "zh"), Voice(Release.INTERNAL, "en")
SEASON = "不作判断:受季节和工作日影响"
WITHIN = "在随机波动范围内"
# Thrice a full year up to August, and two months that late entries still change.
PLAIN = [4.0] * 12 + [5.0] * 12 + [6.0] * 12


def monthly(values: list[float], indicator: Indicator = CASES, first: str = "2023-09-01", late: int = 2) -> pandas.DataFrame:
    """Months of a series, NaN where not reported, and then some provisional ones of fifty each, which must not count."""
    held = months(indicator.id, first, values)
    end = pandas.Timestamp(first) + pandas.DateOffset(months=len(values))
    rows = frame(*held, *months(indicator.id, str(end.date()), [50.0] * late, status="provisional"))
    rows.loc[rows["value"].isna(), "status"] = "not_collected"
    return rows


def quarterly(values: list[float], indicator: Indicator = YOUNG, first: str = "2024-07-01") -> pandas.DataFrame:
    """Quarters of a series, NaN where protected."""
    starts = pandas.date_range(first, periods=len(values), freq="QS")
    return frame(*[row(indicator.id, str(start.date()), value, grain="quarter") for start, value in zip(starts, values, strict=True)])


def table(series: pandas.DataFrame, indicator: Indicator = CASES, voice: Voice = INSIDE) -> list[list[str]]:
    compared = compare_events(chosen(voice, indicator, series))
    assert compared.table is not None, compared.note
    return [list(line) for line in compared.table.itertuples(index=False)]


def broken(indicator: Indicator, *dates: str) -> Indicator:
    return replace(indicator, breaks=tuple(Break(date.fromisoformat(on), Text("立案标准调整", "New rules")) for on in dates))


def test_the_four_comparisons_of_the_latest_settled_month() -> None:
    compared = compare_events(chosen(INSIDE, CASES, monthly(PLAIN)))
    assert compared.table is not None
    assert list(compared.table.columns) == ["比较", "本期", "对比期", "变化", "判断"]
    assert [list(line) for line in compared.table.itertuples(index=False)] == [
        ["同比", "2026年8月:6起", "2025年8月:5起", "比上年同期由5起增至6起", WITHIN],
        ["环比", "2026年8月:6起", "2026年7月:6起", "与上月持平", SEASON],
        # January to August: 8 * 6 and 8 * 5; 8 / 40 = 20 %.
        ["累计同比", "2026年1—8月:48起", "2025年1—8月:40起", "比上年同期增加8起(20.0%)", WITHIN],
        # 12 * 6 and 12 * 5; 12 / 60 = 20 %.
        ["近12个月", "2025年9月至2026年8月:72起", "2024年9月至2025年8月:60起", "比前12个月增加12起(20.0%)", WITHIN],
    ]
    assert compared.note == "比较到2026年8月;之后是初步数,会因补录增加,未作比较。"
    assert compare_events(chosen(INSIDE, CASES, monthly(PLAIN, late=0))).note == "比较到2026年8月。"


def test_the_same_in_english() -> None:
    compared = compare_events(chosen(ENGLISH, CASES, monthly(PLAIN)))
    assert compared.table is not None
    assert compared.table.iloc[0].tolist() == [
        "Year on year",
        "Aug 2026: 6",
        "Aug 2025: 5",
        "up from 5 to 6 on the same time last year",
        "within chance",
    ]
    assert compared.table.iloc[3, 3] == "12 more than the 12 months before (20.0%)"
    assert compared.note == "Compared up to Aug 2026; later numbers are provisional and not compared."


def test_a_base_of_none_and_a_base_under_twenty_have_no_percentage() -> None:
    values = [0.0] * 24 + [1.0] * 11 + [8.0]
    lines = table(monthly(values))
    # 8 after 0 has p = 2 * 0.5**8 = 0.008 (31 days each); 8 after 1 is never judged.
    assert lines[0][3:] == ["上年同期为0", "明显上升"]
    assert lines[1][3:] == ["比上月由1起增至8起", SEASON]
    # 19 and 20 months before: a percentage from a base of twenty.
    year = [0.0] * 12
    nineteen, twenty = ([*year, *year[:-1], base, *year[:-1], 24.0] for base in (19.0, 20.0))
    assert table(monthly(nineteen))[0][3] == "比上年同期由19起增至24起"
    assert table(monthly(twenty))[0][3] == "比上年同期增加4起(20.0%)"
    # Nothing in both: two events at most were needed to say anything.
    assert table(monthly(year * 3))[0][3:] == ["与上年同期持平", "数量太少,不作判断"]


def test_a_clear_fall_is_said_and_the_month_before_is_not_judged() -> None:
    lines = table(monthly([20.0] * 24 + [5.0] * 12))
    # 5 and 20 of 25 at equal lengths: p = 2 * P(X <= 5) = 2 * 68,406 / 2**25 = 0.004.
    assert [line[4] for line in lines] == ["明显下降", SEASON, "明显下降", "明显下降"]


def test_an_unreported_month_is_no_zero() -> None:
    lines = table(monthly([*PLAIN[:18], NAN, *PLAIN[19:]]))  # March 2025
    assert lines[0][3] == "比上年同期由5起增至6起"
    assert lines[2] == ["累计同比", "2026年1—8月:48起", "2025年1—8月:未报送", "—", "有未报送的时段,不作比较"]
    assert lines[3] == ["近12个月", "2025年9月至2026年8月:72起", "2024年9月至2025年8月:未报送", "—", "有未报送的时段,不作比较"]
    # The latest settled month is the one that was reported.
    gap = compare_events(chosen(INSIDE, CASES, monthly([*PLAIN[:-1], NAN])))
    assert gap.note.startswith("比较到2026年7月")
    assert gap.table is not None
    assert gap.table.iloc[0, 1] == "2026年7月:6起"


@pytest.mark.parametrize(
    ("on", "compared"),
    [
        ("2025-03-01", [True, True, False, False]),  # the year to date and the twelve months before begin earlier
        ("2025-09-01", [False, True, False, False]),  # the very first day of the later twelve months
        ("2025-01-01", [True, True, True, False]),  # the first day of the year before: both sides of that comparison are new
        ("2026-08-15", [False, False, False, False]),
        ("2026-09-01", [True, True, True, True]),  # after the last settled day
        ("2024-09-01", [True, True, True, True]),  # the first day of all that is compared
    ],
)
def test_what_lies_on_both_sides_of_a_break_is_not_compared(on: str, compared: list[bool]) -> None:
    found = compare_events(chosen(INSIDE, broken(CASES, on), monthly(PLAIN)))
    moment = date.fromisoformat(on)
    said = f"{moment.year}年{moment.month}月起立案标准调整,前后口径不同,不作比较"
    if not any(compared):
        assert (found.table, found.note) == (None, f"{said}。")
        return
    assert found.table is not None
    assert [line.变化 != "—" for line in found.table.itertuples()] == compared
    assert all((line.判断 == said) == (line.变化 == "—") for line in found.table.itertuples())
    assert found.table["本期"].tolist() == ["2026年8月:6起"] * 2 + ["2026年1—8月:48起", "2025年9月至2026年8月:72起"]


def test_a_break_stands_in_the_headline_too_and_nothing_is_judged() -> None:
    series, rules = monthly([20.0] * 24 + [5.0] * 12), broken(CASES, "2025-12-01")
    change = year_to_date(chosen(INSIDE, rules, series))
    assert change.sentence == "2025年12月起立案标准调整,前后口径不同,不作比较"
    assert (change.verdict, change.judgement, change.current) == (Verdict.NOT_JUDGED, "", 40.0)
    assert year_to_date(chosen(ENGLISH, rules, series)).sentence == "New rules from Dec 2025: counted differently before and after, not compared"
    years = frame(row(CASES.id, "2024-01-01", 200, grain="year"), row(CASES.id, "2025-01-01", 100, grain="year"))
    assert finished_years(chosen(INSIDE, CASES, years)).verdict is Verdict.CLEAR_FALL
    assert finished_years(chosen(INSIDE, rules, years)).sentence == change.sentence
    assert finished_years(chosen(INSIDE, rules, years)).verdict is Verdict.NOT_JUDGED


def test_a_stock_is_broken_between_two_ends_of_months() -> None:
    september, october = pandas.Timestamp("2023-09-01"), pandas.Timestamp("2023-10-01")
    for on, is_broken in (("2023-10-01", True), ("2023-10-31", True), ("2023-09-30", False), ("2023-11-01", False)):
        assert (break_between(broken(SHARE, on), september, october) is not None) == is_broken
    # Events of September begin with its first day: a rule of the tenth splits the month itself.
    for on, is_broken in (("2023-09-01", False), ("2023-09-10", True), ("2023-10-01", True), ("2023-11-01", False)):
        assert (break_between(broken(CASES, on), september, october) is not None) == is_broken
    assert break_between(broken(CASES, "2023-09-10", "2023-10-01"), september, october) == broken(CASES, "2023-10-01").breaks[0]


def test_the_listing_of_etomidate_breaks_the_shares_of_drugs() -> None:
    share = KNOWN["new_substance_share"]

    def at(now: str, before: str) -> str:
        rows = [row(share.id, on, part / 100, numerator=part, denominator=100, grain="quarter") for on, part in ((before, 5), (now, 40))]
        return stock_change(chosen(INSIDE, share, frame(*rows))).sentence

    assert at("2023-10-01", "2022-10-01") == "2023年10月起依托咪酯列管,前后口径不同,不作比较"
    assert at("2024-07-01", "2023-07-01") == "2024年7月起右美沙芬列管,前后口径不同,不作比较"  # the later of two
    assert at("2025-10-01", "2024-10-01") == "比上年同期上升35.0个百分点(5/100→40/100)"
    for name in ("synthetic_share", "multi_drug_share"):
        assert date(2023, 10, 1) in {mark.on for mark in KNOWN[name].breaks}
    assert not CURRENT.breaks


def test_lengths_count_leap_days() -> None:
    series = monthly([20.0] * 36, first="2022-09-01", late=0)
    february = Span(pandas.Timestamp("2024-02-01"), pandas.Timestamp("2024-02-01"))
    assert spans_change(chosen(INSIDE, CASES, series), february, february.moved(-12), SAME_TIME_LAST_YEAR).exposures == (29.0, 28.0)
    twelve = Span(pandas.Timestamp("2023-09-01"), pandas.Timestamp("2024-08-01"))
    assert spans_change(chosen(INSIDE, CASES, series), twelve, twelve.moved(-12), SAME_TIME_LAST_YEAR).exposures == (366.0, 365.0)


def test_a_single_january_or_february_is_not_judged_and_both_together_are() -> None:
    festival = "春节在1月或2月,看两月合计"
    january = table(monthly([5.0] * 28 + [30.0]))  # September 2023 to January 2026
    assert [line[0] for line in january] == ["同比", "环比", "累计同比", "近12个月"]
    assert [line[4] for line in january][::2] == [festival, festival]
    assert january[0][3] == "比上年同期由5起增至30起"
    february = table(monthly([5.0] * 28 + [30.0, 5.0]))
    assert february[0][4] == festival
    # 35 and 10 are judged, but three months of 40 among threes of 15 are all there is of it: no change, as long as it does not last.
    assert february[2][4] == WITHIN


def test_a_part_of_which_only_years_are_published_is_as_restless_as_its_county() -> None:
    zone = [row(NEW.id, f"{year}-01-01", value, grain="year", breakdown="zone", area_code="Z1") for year, value in ((2024, 60), (2025, 88))]
    restless = months(NEW.id, "2021-01-01", [2.0, 22.0] * 30)  # a variance of 100 over a mean of 12

    def verdict(*rows: tuple[object, ...]) -> Verdict:
        return events_change(choose(frame(*rows), NEW, scope("2025-12-01"), "zone", area="Z1")).verdict

    assert verdict(*zone) is Verdict.CLEAR_RISE  # p = .026
    assert verdict(*zone, *restless) is Verdict.WITHIN_CHANCE


def test_without_an_earlier_period_the_reason_is_said() -> None:
    assert compare_events(chosen(INSIDE, CASES, monthly([4.0]))).note == "没有更早的数据,不作比较。"
    two = table(monthly([4.0, 6.0], first="2026-01-01"))
    assert two[0] == ["同比", "2026年2月:6起", "2025年2月:无数据", "—", "没有更早的数据,不作比较"]
    assert two[1][3] == "比上月由4起增至6起"
    only_late = compare_events(chosen(INSIDE, CASES, monthly([])))
    assert (only_late.table, only_late.note) == (None, "目前只有初步数,未作比较。")
    hidden = compare_events(chosen(INSIDE, YOUNG, quarterly([NAN, NAN])))
    assert (hidden.table, hidden.note) == (None, "最近一年没有可以比较的数:受保护、基数太小或未报送。")


def test_a_number_a_year_older_than_the_latest_report_is_not_compared_as_if_it_were_the_latest() -> None:
    years = [row(NEW.id, f"{year}-01-01", value, grain="year") for year, value in ((2022, 10), (2023, 20), (2024, NAN))]
    for voice in (INSIDE, PUBLIC):
        found = compare_years(chosen(voice, NEW, frame(*years)))
        assert (found.table, found.note) == (None, "最近一年没有可以比较的数:受保护、基数太小或未报送。")
    # Three quarters back is the latest there is.
    lines = table(quarterly([5, 6, 7, 8, 9, NAN, NAN, NAN]), YOUNG)
    assert lines[0][1:3] == ["2025年三季度:9起", "2024年三季度:5起"]
    assert compare_events(chosen(INSIDE, YOUNG, quarterly([5, 6, 7, 8, NAN, NAN, NAN, NAN]))).table is None


def test_corrections_and_several_of_one_case_are_compared_and_not_judged() -> None:
    lines = table(monthly([20.0] * 35 + [-2.0]))
    assert lines[0] == ["同比", "2026年8月:-2起", "2025年8月:20起", "比上年同期由20起减至-2起", "含更正数,不作判断"]
    assert lines[2][4] == WITHIN  # 138 and 160 together are counts
    people = table(monthly([5.0] * 24 + [20.0] * 12, SUSPECTS), SUSPECTS)
    assert [line[4] for line in people] == ["一案可有多人或多种,不作判断", SEASON, *["一案可有多人或多种,不作判断"] * 2]


def test_quarters_of_protected_cases_add_up_inside_where_all_are_shown() -> None:
    # Quarters from the third of 2024 to the second of 2026.
    lines = table(quarterly([5, 6, 7, 8, 9, 10, 11, 12]), YOUNG)
    assert lines == [
        ["同比", "2026年二季度:12起", "2025年二季度:8起", "比上年同期由8起增至12起", WITHIN],
        ["环比", "2026年二季度:12起", "2026年一季度:11起", "比上季度由11起增至12起", SEASON],
        ["累计同比", "2026年1—6月:23起", "2025年1—6月:15起", "比上年同期由15起增至23起", WITHIN],
        # 9 + 10 + 11 + 12 and 5 + 6 + 7 + 8; 16 / 26 = 61.5 %. Exact: 42 of 68, p about 0.07.
        ["近12个月", "2025年7月至2026年6月:42起", "2024年7月至2025年6月:26起", "比前12个月增加16起(61.5%)", WITHIN],
    ]
    hidden = table(quarterly([5, 6, NAN, 8, 9, 10, 11, 12]), YOUNG)
    assert hidden[2] == ["累计同比", "2026年1—6月:23起", "2025年1—6月:受保护", "—", "有受保护的数,不作比较"]
    assert hidden[3][2:] == ["2024年7月至2025年6月:受保护", "—", "有受保护的数,不作比较"]


def test_rounded_quarters_are_compared_one_by_one_and_never_added_up() -> None:
    lines = table(quarterly([10, 10, 10, 10, 20, 20, 10, 30], NEW), NEW, PUBLIC)
    assert lines == [
        # At least 26 less 14 is 12, said in fives.
        ["同比", "2026年二季度:约30人", "2025年二季度:约10人", "比上年同期增加10人以上", "概数,不作判断"],
        ["环比", "2026年二季度:约30人", "2026年一季度:约10人", "比上季度增加10人以上", SEASON],
        ["累计同比", "2026年1—6月:—", "2025年1—6月:—", "—", "概数不相加,不作比较"],
        ["近12个月", "2025年7月至2026年6月:—", "2024年7月至2025年6月:—", "—", "概数不相加,不作比较"],
    ]


def test_an_unruly_series_is_judged_more_strictly_and_says_so() -> None:
    # Every second quarter is a campaign: 6 -+ 3 a month, then 9 -+ 3. 108 after 72 is clear for separate events (z about 2.7).
    series = monthly(([3.0] * 3 + [9.0] * 3) * 4 + ([6.0] * 3 + [12.0] * 3) * 2)
    assert verdicts(108, 72)[0] is Verdict.CLEAR_RISE
    # Blocks of 18 -+ 9, then 27 -+ 9: (8 * 81 / 18 + 4 * 81 / 27) / (12 - 5) = 6.86 with months of one length; t = .41 / .40 = 1.
    found = unrest(chosen(INSIDE, CASES, series))
    assert found.dispersion == pytest.approx(6.86, abs=0.3)
    assert found.freedom == 7
    compared = compare_events(chosen(INSIDE, CASES, series))
    assert compared.table is not None
    assert compared.table.iloc[3].tolist()[3:] == ["比前12个月增加36起(50.0%)", WITHIN]
    assert compared.note.endswith("各期起伏大于随机波动,判断已从严。")


def test_unrest_is_read_off_exact_settled_periods_of_one_definition() -> None:
    restless = ([3.0] * 3 + [9.0] * 3) * 6
    assert unrest(chosen(INSIDE, CASES, monthly(restless))).dispersion > 2
    assert unrest(chosen(INSIDE, CASES, monthly(restless))) == unrest(chosen(INSIDE, CASES, monthly(restless, late=0)))
    assert unrest(chosen(PUBLIC, NEW, monthly(restless, NEW))) == unrest(chosen(INSIDE, SUSPECTS, monthly(restless, SUSPECTS))) == CALM
    assert unrest(chosen(INSIDE, CASES, monthly(restless, CASES).assign(status="provisional"))) == CALM
    # Before the break 1 and 15 by quarters in turn, afterwards 8 a month.
    changed = ([1.0] * 3 + [15.0] * 3) * 3 + [8.0] * 24
    assert unrest(chosen(INSIDE, CASES, monthly(changed))).dispersion > 1.5
    assert unrest(chosen(INSIDE, broken(CASES, "2025-03-01"), monthly(changed))).dispersion == 1.0


def test_years_are_compared_with_the_year_before() -> None:
    years = [row(KINDS.id, "2024-01-01", 7, grain="year"), row(KINDS.id, "2025-01-01", 9, grain="year")]
    compared = compare_years(chosen(INSIDE, KINDS, frame(*years)))
    assert compared.table is not None
    assert compared.table.iloc[0].tolist() == ["同比", "2025年:9种", "2024年:7种", "比上年由7种增至9种", "一案可有多人或多种,不作判断"]
    share = KNOWN["new_under_36_share"]
    parts = [row(share.id, f"{year}-01-01", part / 40, grain="year", numerator=part, denominator=40) for year, part in ((2024, 5), (2025, 25))]
    inside = compare_years(chosen(INSIDE, share, frame(*parts)))
    assert inside.table is not None
    # The common share is 30 / 80: the difference of .5 is 4.6 standard errors of sqrt(.375 * .625 * 2 / 40) = .108.
    assert inside.table.iloc[0].tolist()[1:] == ["2025年:62.5%", "2024年:12.5%", "比上年上升50.0个百分点(5/40→25/40)", "明显上升"]
    outside = compare_years(chosen(PUBLIC, share, frame(*parts)))
    assert (outside.table, outside.note) == (None, "概数,不作比较。")


def test_stocks_and_their_shares_are_compared_and_not_judged() -> None:
    def stock(indicator: Indicator, values: list[float]) -> Series:
        return chosen(INSIDE, indicator, frame(*months(indicator.id, "2025-09-01", values)))

    both = compare_stocks([stock(REGISTERED, [150.0] * 12 + [159.0]), stock(CURRENT, [110.0] * 11 + [112.0, 108.0])])
    assert both.table is not None
    assert [list(line) for line in both.table.itertuples(index=False)] == [
        ["在册吸毒人员 同比", "2026年9月末:159人", "2025年9月末:150人", "比上年同期增加9人(6.0%)", "存量数,不作判断"],
        ["在册吸毒人员 环比", "2026年9月末:159人", "2026年8月末:150人", "比上月增加9人(6.0%)", "存量数,不作判断"],
        ["现有吸毒人员 同比", "2026年9月末:108人", "2025年9月末:110人", "比上年同期减少2人(1.8%)", "存量数,不作判断"],
        ["现有吸毒人员 环比", "2026年9月末:108人", "2026年8月末:112人", "比上月减少4人(3.6%)", "存量数,不作判断"],
    ]
    assert both.note == "比较到2026年9月末。"
    held = [
        row(SHARE.id, f"{start.date()}", part / 100, grain="quarter", numerator=part, denominator=100)
        for start, part in zip(pandas.date_range("2025-07-01", periods=5, freq="QS"), (10, 10, 10, 38, 40), strict=True)
    ]
    shares = compare_stocks([chosen(INSIDE, SHARE, frame(*held))])
    assert shares.table is not None
    assert [line[3:] for line in shares.table.itertuples(index=False, name=None)] == [
        ("比上年同期上升30.0个百分点(10/100→40/100)", "多为同一批人的变化,不作随机检验"),
        ("比上季度上升2.0个百分点(38/100→40/100)", "多为同一批人的变化,不作随机检验"),
    ]
    outside = compare_stocks([chosen(PUBLIC, SHARE, frame(*held))])
    assert outside.table is not None
    # 36 / 104 = 34.6 % at least and 14 / 96 = 14.6 % at most: 20 points; 40 and 38 of 100 cannot be told apart.
    assert [line[3:] for line in outside.table.itertuples(index=False, name=None)] == [
        ("比上年同期上升20个百分点以上", "概数,不作判断"),
        ("—", "概数,不足以比较"),
    ]
    rough = compare_stocks([chosen(PUBLIC, SHARE, frame(*held[3:]))])
    assert (rough.table, rough.note) == (None, "没有更早的数据,不作比较;概数,不足以比较。")


@pytest.mark.parametrize(
    ("status", "said"), [("suppressed", "有受保护的数,不作比较"), ("not_collected", "有未报送的时段,不作比较"), ("undefined", "基数太小,不作比较")]
)
def test_a_stock_that_is_not_shown_is_not_compared(status: str, said: str) -> None:
    rows = frame(*months(CURRENT.id, "2025-09-01", [110.0] * 13))
    rows.loc[0, ["value", "status"]] = [4321.0, status]
    compared = compare_stocks([chosen(INSIDE, CURRENT, rows)])
    assert compared.table is not None
    assert compared.table.iloc[0, 3:].tolist() == ["—", said]
    assert "4321" not in compared.table.to_csv()


@settings(deadline=None, max_examples=30)
@given(st.lists(st.integers(0, 30).map(float), min_size=36, max_size=36))
def test_title_and_table_never_contradict_each_other(values: list[float]) -> None:
    rows = monthly(values)
    picture = findings.events_over_time(rows, CASES, scope("2026-10-01"))
    assert picture.comparisons is not None
    line = picture.comparisons.iloc[2]
    assert line["变化"] in picture.sentence
    if sum(values[28:]) + sum(values[16:24]):
        assert picture.sentence.endswith(line["判断"])


def pictures() -> list[Picture]:
    young = frame(*[row(YOUNG.id, str(start.date()), 12, grain="quarter") for start in pandas.date_range("2024-01-01", periods=10, freq="QS")])
    years = frame(*[row(NEW.id, f"{year}-01-01", 30, grain="year") for year in (2023, 2024, 2025)])
    stocks = frame(*months(CURRENT.id, "2025-01-01", [110.0] * 20))
    return [
        findings.events_over_time(monthly(PLAIN), CASES, scope("2026-10-01")),
        findings.events_over_time(young, YOUNG, scope("2026-10-01"), by_quarter=True),
        findings.by_finished_year(years, NEW, scope("2026-10-01", "public")),
        findings.stock_trend(stocks, [CURRENT], scope("2026-10-01")),
    ]


def test_every_chart_over_time_carries_its_comparisons() -> None:
    assert [None if picture.comparisons is None else len(picture.comparisons) for picture in pictures()] == [4, 4, 1, 2]
    assert all(picture.compared.startswith("比较到") for picture in pictures())
    zones = frame(row(CURRENT.id, "2026-07-01", 30, grain="quarter", breakdown="zone", area_code="Z1"))
    assert findings.zone_levels(zones, CURRENT, ZONES, scope("2026-10-01")).compared == ""


def small_zone() -> pandas.DataFrame:
    """A zone of which two months in three are too small to be split, one quarter is withheld, and two years are shown; the county beside it."""
    shown = [NAN, NAN, 3.0] * 8
    return frame(
        *months(CASES.id, "2024-01-01", [4.0, 4.0, 6.0] * 8),
        *months(CASES.id, "2024-01-01", shown, breakdown="zone", area_code="Z1"),
        *[
            row(CASES.id, f"2025-{month:02}-01", value, grain="quarter", breakdown="zone", area_code="Z1")
            for month, value in ((1, 6.0), (4, NAN), (7, 9.0), (10, 6.0))
        ],
        *[row(CASES.id, f"{year}-01-01", value, grain="year", breakdown="zone", area_code="Z1") for year, value in ((2024, 20.0), (2025, 26.0))],
    )


def test_where_most_months_are_not_split_the_next_longer_periods_are_drawn() -> None:
    rows, at = small_zone(), scope("2025-12-01", zone=ZONES[0])
    # 16 of 24 months are withheld and one quarter of four.
    assert choose(rows, CASES, at, "zone", area="Z1").grain == "quarter"
    assert choose(rows, CASES, at).grain == "month"
    picture = findings.events_over_time(rows, CASES, at)
    assert picture.sentence == "2025年城区片区刑事立案26起,比上年增加6起(30.0%),在随机波动范围内"
    fewer = rows[~((rows["grain"] == "quarter") & (rows["status"] == "observed"))]
    assert choose(fewer, CASES, at, "zone", area="Z1").grain == "year"


def test_a_part_with_months_that_are_not_split_is_compared_over_finished_years_and_as_restless_as_its_county() -> None:
    rows, at = small_zone(), scope("2025-12-01", zone=ZONES[0])
    part = choose(rows, CASES, at, "zone", (Grain.MONTH,), area="Z1")
    change = events_change(part)
    assert (change.span, change.current, change.previous) == ("2025年", 26, 20)
    assert unrest(part) == unrest(choose(rows, CASES, at, "total", (Grain.MONTH,)))
    total = events_change(choose(rows, CASES, at))
    # 4 + 4 + 6 a quarter, four quarters a year.
    assert (total.span, total.current, total.previous) == ("2025年", 56, 56)


def test_a_span_is_added_up_of_the_longest_periods_that_are_shown() -> None:
    part = choose(small_zone(), CASES, scope("2025-12-01"), "zone", area="Z1")

    def total(first: str, last: str) -> float | None:
        return part.total_of_parts(Span(pandas.Timestamp(first), pandas.Timestamp(last)))

    assert total("2024-01-01", "2025-12-01") == 46  # 20 + 26
    assert total("2025-07-01", "2025-12-01") == 15  # 9 + 6
    assert total("2024-12-01", "2025-03-01") == 9  # December's 3 and the quarter's 6
    assert total("2025-01-01", "2025-06-01") is None  # the second quarter is withheld


def with_campaigns(claimed: float) -> pandas.DataFrame:
    """Ten cases a month in two years, and as many more in the third, up to August, as a campaign claims."""
    of_month = [0.0] * 24 + [claimed] * 8
    split = [
        one
        for member, counts in (("yes", of_month), ("no", [10.0] * 32))
        for one in months(CASES.id, "2024-01-01", counts, breakdown="in_campaign", member=member)
    ]
    return frame(*months(CASES.id, "2024-01-01", [10.0 + more for more in of_month]), *split)


def test_what_a_campaign_claims_is_said_and_left_out_of_the_verdict() -> None:
    at = replace(scope("2026-08-01"), campaigns=(Campaign("CLEAN", Text("净边行动", "Clean"), date(2026, 1, 1), date(2026, 8, 31)),))
    rows = with_campaigns(10.0)
    change = events_change(choose(rows, CASES, at))
    assert (change.current, change.previous, change.campaigns) == (160, 80, (80, 0))
    assert change.sentence == "比上年同期增加80起(100.0%)"
    assert change.judgement == "其中专项行动80起(净边行动),上年同期0起;其余在随机波动范围内"
    # The same rows without the split: 160 after 80 is what it looks like.
    whole = events_change(choose(rows[rows["breakdown"] == "total"], CASES, at))
    assert (whole.campaigns, whole.of_campaigns) == ((0, 0), "")
    assert whole.judgement == "明显上升"
    # Where no campaign claims anything, nothing is said of campaigns.
    assert events_change(choose(with_campaigns(0.0), CASES, at)).judgement == WITHIN


def test_events_of_which_campaigns_are_not_told_apart_must_stand_without_them() -> None:
    young = months(YOUNG.id, "2024-01-01", [4.0] * 24 + [8.0] * 8)
    at = scope("2026-08-01")

    def change(claimed: float) -> Comparison:
        rows = pandas.concat([frame(*young), with_campaigns(claimed)], ignore_index=True)
        return events_change(choose(rows, YOUNG, at))

    # 64 after 32. Campaigns claim 4 of all cases: 60 after 32 is 14 above the middle of 92, sd sqrt(92) / 2 = 4.8, still clear.
    assert (change(0.5).current, change(0.5).previous, change(0.5).judgement) == (64, 32, "明显上升")
    # They claim 40: 24 after 32 is no rise.
    assert (change(5.0).verdict, change(5.0).judgement) == (Verdict.NOT_JUDGED, "")
    assert change(5.0).why == "其中可能有专项行动案件(全县40起,比较期0起),未分开,不作判断"


def test_a_break_of_the_county_stops_a_comparison() -> None:
    wider = Break(date(2026, 3, 1), Text("放宽立案标准", "wider recording"))
    at = replace(scope("2026-08-01"), breaks={CASES.id: (wider,)})
    change = events_change(choose(with_campaigns(0.0), CASES, at))
    assert change.sentence == "2026年3月起放宽立案标准,前后口径不同,不作比较"
    assert change.verdict is Verdict.NOT_JUDGED
