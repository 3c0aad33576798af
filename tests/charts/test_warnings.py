"""Early warning in words: only what was tested, how likely by chance, and what to check first."""

from __future__ import annotations

import pandas
import pytest

from charts.warnings import (
    NO_ROUND,
    NOT_LATELY,
    Names,
    compared_table,
    latest_rounds,
    limit_picture,
    months_tested,
    none_listed,
    warning_list,
    warning_sentences,
    watched,
)
from etl.assembly.analyses import analyse
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, Member
from indicators.model import Method, Text
from tests.charts.small_findings import read
from tests.charts.small_rows import COUNTY, frame, months, row, scope
from tests.spec.test_analyses import PLACES, rows, table

KNOWN = catalogue()
NAMES = Names(
    KNOWN,
    {"A": Text("甲镇", "Town A"), "B": Text("乙镇", "Town B"), "C": Text("丙镇", "Town C")},
    {"charge": DIMENSIONS["charge"].members, "campaign": [Member("CLEAN", Text("净边行动", "Clean"))]},
)
QUIET = {code: [1.0] * 61 for code in "BC"}
AT = scope("2026-03-01")


def warned(*parts: list[tuple[object, ...]]) -> pandas.DataFrame:
    return read(analyse(table(*parts), KNOWN, PLACES), Method.WARNING)


def burst() -> pandas.DataFrame:
    """Sixty quiet months and eight cases in one township in January 2026; February is late."""
    return warned(
        rows("cases_opened", "township", "month", {"A": [1.0] * 60 + [8.0, "9?"], **{code: [*values, "1?"] for code, values in QUIET.items()}}),
        rows("cases_opened", "total", "month", {COUNTY: [3.0] * 60 + [10.0, "11?"]}),
    )


def test_a_warning_says_count_expected_limit_chance_and_what_to_check_first() -> None:
    campaign = row("campaign_results", "2026-01-01", 3.0, breakdown="campaign", member="CLEAN")
    sentences, remarks, _ = warning_sentences(burst(), frame(campaign), NAMES, AT)
    of_town = next(one for one in sentences if "甲镇" in one)
    # (12 + 1/2) / 12 expected of each month.
    assert of_town.startswith("2026年1月甲镇刑事立案8起,往年同期水平约1.0起,偶然一般不超过")
    assert "纯属偶然达到这么多的可能性不超过千分之一" in of_town
    check = "先核实:是否专项行动或集中立案,是否补录以前的案件(当月全县专项行动刑事立案:净边行动3起,未分乡镇和场所)。"
    assert remarks[0] == f"以上是信号,需核实,不是结论。{check}"
    # The county's line and three townships, each also three months together; the late month is left out.
    looked_at = "2026年1月连同近三个月合计同时检验8项;情况没有变化时,每100个月最多1个有误报(约8年一次;案件成批的可能多一倍)。"
    assert remarks[1:] == [f"{looked_at}未满、待补录的月份不检验。“没有预警”不等于没有问题。"]


def test_without_a_campaign_none_is_named_and_people_are_checked_otherwise() -> None:
    _, remarks, _ = warning_sentences(burst(), frame(), NAMES, AT)
    assert "专项行动刑事立案:" not in remarks[0]
    people = warned(rows("newly_found_people", "total", "month", {COUNTY: [1.0] * 60 + [9.0]}))
    (sentence,), remarks, _ = warning_sentences(people, frame(), NAMES, AT)
    assert "全县新发现" in sentence
    assert "先核实:是否集中排查,是否补录" in remarks[0]


def test_a_quiet_month_says_so_with_how_much_was_looked_at() -> None:
    quiet = warned(rows("cases_opened", "total", "month", {COUNTY: [3.0] * 61}))
    sentences, remarks, nothing = warning_sentences(quiet, frame(), NAMES, AT)
    assert sentences == []
    assert nothing.zh == "最近能检验的是2026年1月:没有预警。"
    assert "同时检验2项" in remarks[0]
    assert warning_list(quiet, NAMES, AT).empty


def test_with_under_a_year_nothing_is_said_to_have_been_tested() -> None:
    short = warned(rows("cases_opened", "total", "month", {COUNTY: [3.0] * 12}))
    assert warning_sentences(short, frame(), NAMES, AT) == ([], [], NO_ROUND)
    assert compared_table(short, NAMES, AT).empty


def test_the_list_keeps_a_year_and_the_selected_month() -> None:
    found = burst()
    listed = warning_list(found, NAMES, AT)
    assert {cell.split("  \n")[1] for cell in listed["项目 / 时间"]} == {"2026年1月"}
    assert "甲镇刑事立案  \n2026年1月" in listed["项目 / 时间"].tolist()
    assert warning_list(found, NAMES, scope("2025-12-01")).empty
    assert warning_list(found, NAMES, scope("2027-01-01")).empty


def test_everything_compared_stands_in_the_order_of_the_lists_and_not_of_size() -> None:
    charges = [member.code for member in DIMENSIONS["charge"].members[:3]]
    found = warned(
        rows("cases_opened", "charge", "month", {code: [1.0] * 60 + [7.0 - place] for place, code in enumerate(charges)}, is_area=False),
        rows("cases_opened", "township", "month", {"A": [1.0] * 61, "B": [1.0] * 60 + [9.0], "C": [1.0] * 61}),
        rows("cases_opened", "total", "month", {COUNTY: [3.0] * 61}),
    )
    cells = [cell.split("  \n") for cell in compared_table(found, NAMES, AT)["项目 / 时间"]]
    names = [name for name, when in cells if when == "2026年1月"]
    assert [name for name, when in cells if when == "2025年11月至2026年1月"] == names
    assert names[:4] == ["全县刑事立案", "甲镇刑事立案", "乙镇刑事立案", "丙镇刑事立案"]
    titles = [member.title.zh.split("(")[0] for member in DIMENSIONS["charge"].members[:3]]
    assert names[4:] == [f"刑事立案(案由:{title})" for title in titles]


def test_above_the_limit_of_one_test_and_no_warning_among_many_is_called_so() -> None:
    # Fifty townships of one case a month; four in one of them are beyond 1 % alone and within chance among fifty.
    many = {f"T{number}": [1.0] * 60 + [5.0 if number == 7 else 1.0] for number in range(50)}
    found = warned(rows("cases_opened", "township", "month", many))
    listed = compared_table(found, Names(KNOWN, {}, {}), AT)
    (high,) = listed[listed["实际"] == "5"]["判断"]
    assert high == "单看超出,合看不作预警"
    assert set(listed[listed["实际"] != "5"]["判断"]) == {"未超出"}


@pytest.mark.parametrize("release", ["internal", "public"])
def test_the_picture_shows_expected_and_limit_of_tested_months_only(release: str) -> None:
    published = frame(*months("cases_opened", "2021-01-01", [3.0] * 60 + [10.0]), row("cases_opened", "2026-02-01", 11.0, status="provisional"))
    picture = limit_picture(burst(), published, KNOWN["cases_opened"], scope("2026-02-01", release))
    assert picture.sentence == "2026年1月全县刑事立案10起,往年同期水平约3.0起,预警"
    upper = next(trace for trace in picture.figure.data if trace.name == "偶然上限")
    assert pandas.isna(upper.y[-1])
    assert not pandas.isna(upper.y[-2])
    assert "横纹为初步数" in picture.note
    assert picture.table.iloc[0].tolist() == ["2026年2月", "11(初步)", "—", "—"]


def test_quarters_are_judged_only_once_they_are_over() -> None:
    quarters = rows("youth_cases", "total", "quarter", {COUNTY: [8.0] * 20})
    found = warned(quarters)
    assert latest_rounds(found, NAMES, pandas.Timestamp("2025-11-01"))[0]["last_on"].iloc[0] == pandas.Timestamp("2025-07-01")
    assert latest_rounds(found, NAMES, pandas.Timestamp("2025-12-01"))[0]["last_on"].iloc[0] == pandas.Timestamp("2025-10-01")
    _, remarks, nothing = warning_sentences(found, frame(), NAMES, scope("2025-12-01"))
    assert nothing.zh == "最近能检验的是2025年四季度:没有预警。"
    assert "每100个季度最多1个有误报(约25年一次;案件成批的可能多一倍)" in remarks[0]


def test_the_watched_indicators_are_declared() -> None:
    assert {"cases_opened", "newly_found_people", "youth_cases"} <= set(watched(KNOWN))


def test_english_says_the_same() -> None:
    sentences, remarks, _ = warning_sentences(burst(), frame(), NAMES, scope("2026-03-01", language="en"))
    assert any(one.startswith("Town A: criminal cases opened, Jan 2026: 8 cases, about 1.0 expected") for one in sentences)
    assert "No warning does not mean no problem" in remarks[1]


def test_an_extract_that_arrives_later_keeps_its_latest_warning() -> None:
    """A register of March must not push January's warning of cases off the page."""
    cases = rows("cases_opened", "total", "month", {COUNTY: [3.0] * 60 + [14.0]})
    people = rows("newly_found_people", "total", "month", {COUNTY: [1.0] * 63})
    sentences, remarks, _ = warning_sentences(warned(cases, people), frame(), NAMES, AT)
    assert any("2026年1月全县刑事立案14起" in one for one in sentences)
    assert "2026年1月(刑事立案)连同近三个月合计同时检验4项" in remarks[1]
    assert "2026年3月(新发现吸毒人员)连同近三个月合计同时检验2项" in remarks[1]


def test_a_quarters_campaigns_are_those_of_its_three_months_and_it_is_listed_once_it_is_over() -> None:
    found = warned(rows("youth_cases", "total", "quarter", {COUNTY: [6.0] * 20 + [20.0]}))
    months_of_it = [
        row("campaign_results", f"2026-0{month}-01", count, breakdown="campaign", member="CLEAN") for month, count in ((1, 3.0), (3, 12.0))
    ]
    _, remarks, _ = warning_sentences(found, frame(*months_of_it), NAMES, AT)
    assert "当季全县专项行动刑事立案:净边行动15起" in remarks[0]
    assert warning_list(found, NAMES, scope("2026-02-01")).empty
    assert not warning_list(found, NAMES, AT).empty


def test_what_was_expected_is_called_by_how_it_was_computed() -> None:
    for past, until, words in (
        ([3.0] * 24, "2023-01-01", "近几年平均水平约3.0起"),
        ([3.0] * 60, "2026-01-01", "往年同期水平约3.0起"),
        ([20.0] * 60, "2026-01-01", "按前四年趋势和季节应约20.0起"),
    ):
        found = warned(rows("cases_opened", "total", "month", {COUNTY: [*past, past[0] * 5]}))
        (sentence,), _, _ = warning_sentences(found, frame(), NAMES, scope(until))
        assert words in sentence


def test_what_was_judged_long_ago_is_no_news() -> None:
    assert warning_sentences(burst(), frame(), NAMES, scope("2026-06-01"))[0]
    assert warning_sentences(burst(), frame(), NAMES, scope("2026-07-01")) == ([], [], NOT_LATELY)


def test_no_warning_is_said_of_tested_months_only() -> None:
    short = warned(rows("cases_opened", "total", "month", {COUNTY: [3.0] * 16}))
    assert none_listed(months_tested(short, scope("2022-04-01"))).zh == "近12个月检验了4个月,没有预警。"
    assert none_listed(months_tested(short, scope("2021-06-01"))) is NO_ROUND
