"""Quarters and years at whose end too few people had moved for a part of a stock to be shown: it has no row then, and nothing pretends it had.

The rows of a part are made for every period and those passed over are taken out, as the build leaves them out; the county's totals stay.
"""

from __future__ import annotations

from typing import Any

import pandas
import pytest

from charts import findings, headlines
from charts.comparison_table import compare_stocks
from charts.picture import Picture
from charts.rows import series_of
from charts.sentences import stock_sentence
from charts.townships import people_map, township_tables
from indicators import catalogue
from indicators.dimensions import DIMENSIONS
from indicators.model import Method
from tests.charts.small_findings import read
from tests.charts.small_rows import NAN, ZONES, frame, months, row, scope
from tests.charts.test_pictures import TOWNS, everything

KNOWN = catalogue()
PEOPLE, SHARE, YOUNG = (KNOWN[name] for name in ("current_users", "under_36_share", "people_under_36"))
AGES = list(DIMENSIONS["age_band"].members)
AT = scope("2026-10-01")
TOTALS = months("current_users", "2024-01-01", [100.0] * 34)
"""The county's total of every month up to October 2026."""


def quarters(first: str, last: str) -> pandas.DatetimeIndex:
    return pandas.date_range(first, last, freq="QS")


def shares(*passed_over: str, **more: Any) -> list[dict[str, Any]]:
    """Shares of 20 %, one point more each quarter, from the first quarter of 2024 to the third of 2026."""
    held = []
    for number, start in enumerate(quarters("2024-01-01", "2026-07-01")):
        if str(start.date()) not in passed_over:
            part = 20 + number
            limits = {"lower": part / 100 - 0.05, "upper": part / 100 + 0.05}
            held.append(row(SHARE.id, str(start.date()), part / 100, grain="quarter", numerator=part, denominator=100, **limits, **more))
    return held


def ages(*starts: str) -> list[dict[str, Any]]:
    return [row(PEOPLE.id, start, 25, grain="quarter", breakdown="age_band", member=age.code) for start in starts for age in AGES]


def ages_picture(*starts: str, until: str = "2026-10-01", language: str = "zh", release: str = "internal") -> Picture:
    return findings.structure(frame(*TOTALS, *ages(*starts)), PEOPLE, "age_band", AGES, scope(until, release, language))


def test_a_split_shows_the_latest_there_is_and_says_since_when() -> None:
    picture = ages_picture("2025-10-01", "2026-01-01")
    assert picture.as_of == "2026年3月末"
    assert picture.sentence.startswith("2026年3月末,全县")
    assert picture.note == "最近一次公布是2026年3月末;此后变动的人还不多,没有再公布。"
    assert "未报送" not in everything(picture)
    english = ages_picture("2025-10-01", "2026-01-01", language="en")
    assert english.note == "Last shown for the end of Mar 2026; too few people have moved since."
    # With the third quarter it is as recent as can be, and so it was in May, when the second was not over.
    assert ages_picture("2025-10-01", "2026-01-01", "2026-07-01").note == ""
    assert ages_picture("2025-10-01", "2026-01-01", until="2026-05-01").note == ""
    assert ages_picture("2025-10-01", "2026-01-01", until="2026-06-01").note != ""


def test_a_quarter_whose_register_has_not_come_is_not_said_to_be_passed_over() -> None:
    unreported = [{**one, "status": "not_collected", "value": NAN} for one in TOTALS[27:]]  # from April 2026 on
    rows = frame(*TOTALS[:27], *unreported, *ages("2026-01-01"))
    assert findings.structure(rows, PEOPLE, "age_band", AGES, AT).note == ""


def test_a_quarter_end_that_was_not_reported_is_said_to_be_so_although_a_later_month_came() -> None:
    rows = frame(*TOTALS, *ages("2026-01-01", "2026-04-01"), *({**one, "status": "not_collected", "value": NAN} for one in ages("2026-07-01")))
    picture = findings.structure(rows, PEOPLE, "age_band", AGES, AT)
    assert (picture.as_of, picture.note) == ("2026年6月末", "")


def test_zones_and_townships_say_it_too() -> None:
    zones = [row(PEOPLE.id, "2026-01-01", 50, grain="quarter", breakdown="zone", area_code=zone.code) for zone in ZONES]
    picture = findings.zone_levels(frame(*TOTALS, *zones), PEOPLE, ZONES, AT)
    assert picture.sentence.startswith("2026年3月末,现有吸毒人员:")
    assert "最近一次公布是2026年3月末" in picture.note
    rates = [
        row("current_users_per_10k", "2026-01-01", 8, grain="quarter", breakdown="zone", area_code=zone.code, lower=5.0, upper=9.0) for zone in ZONES
    ]
    drawn = findings.zone_levels(frame(*TOTALS, *rates), KNOWN["current_users_per_10k"], ZONES, AT)
    assert drawn.note.startswith("最近一次公布是2026年3月末;")
    for year, is_told in ((2024, True), (2025, False)):
        towns = [row(PEOPLE.id, f"{year}-01-01", 25, grain="year", breakdown="township", area_code=town.code) for town in TOWNS]
        rows = frame(*TOTALS, *towns)
        mapped = people_map(rows, read([], Method.LEVEL), PEOPLE, TOWNS, AT)
        assert mapped is not None
        assert mapped.sentence.startswith(f"{year}年12月末")
        assert (f"最近一次公布是{year}年12月末" in mapped.note) is is_told
        key, _ = township_tables(rows, None, KNOWN["cases_opened"], PEOPLE, TOWNS, ZONES, AT)
        assert (f"最近一次公布是{year}年12月末" in key) is is_told


def test_a_line_joins_what_is_shown_and_says_that_there_is_nothing_between() -> None:
    picture = findings.stock_trend(frame(*TOTALS, *shares("2024-07-01", "2025-01-01", "2025-04-01")), [SHARE], AT)
    line = next(trace for trace in picture.figure.data if trace.mode == "lines+markers")
    assert list(line.y) == pytest.approx([20, 21, 23, 26, 27, 28, 29, 30])  # no empty point among them
    assert line.marker.size == 7
    assert picture.note == "细竖线为可能范围(95%)。圆点是公布的数;变动的人不多的季度不公布,点与点之间的连线不表示当时的数。"
    assert not [trace for trace in picture.figure.data if trace.fill == "toself"]  # no range where there is no number
    (ranges,) = [trace for trace in picture.figure.data if trace.mode == "lines"]
    assert [round(y) for y in ranges.y if y is not None] == [15, 25, 16, 26, 18, 28, 21, 31, 22, 32, 23, 33, 24, 34, 25, 35]
    assert len(picture.table) == 8
    assert "未报送" not in everything(picture)
    assert "—" not in picture.table.to_csv()


def test_a_line_without_a_gap_says_nothing_of_it_and_stands_in_its_band() -> None:
    picture = findings.stock_trend(frame(*TOTALS, *shares()), [SHARE], AT)
    assert picture.note == "浅色带为可能范围(95%)。"
    assert len([trace for trace in picture.figure.data if trace.fill == "toself"]) == 1


def test_a_line_that_ends_early_says_since_when() -> None:
    picture = findings.stock_trend(frame(*TOTALS, *shares("2026-04-01", "2026-07-01")), [SHARE], AT)
    assert picture.as_of == "2026年3月末"
    assert picture.note == "浅色带为可能范围(95%)。最近一次公布是2026年3月末;此后变动的人还不多,没有再公布。"


def test_a_protected_quarter_between_far_ones_is_marked_no_wider_than_itself() -> None:
    held = shares("2024-04-01", "2024-07-01")
    held[1] = {**held[1], "status": "suppressed"}  # the last quarter of 2024
    picture = findings.stock_trend(frame(*held), [SHARE], AT)
    (band,) = [shape for shape in picture.figure.layout.shapes if shape.type == "rect"]
    days = (pandas.Timestamp(band.x1) - pandas.Timestamp(band.x0)).days
    assert days == 90


def test_a_card_shows_the_latest_number_and_compares_it_with_the_one_shown_a_year_before_or_earlier() -> None:
    (card,) = headlines.headlines(frame(*TOTALS, *shares("2026-04-01", "2026-07-01", "2025-01-01")), [SHARE], AT)
    assert card.value == "28.0%"
    # March 2025 was passed over: December 2024 was the fourth quarter, 23 %; 28 is 5 points more.
    assert card.lines == "2026年3月末(最近一次公布)  \n比2024年12月末上升5.0个百分点(23/100→28/100)"
    (card,) = headlines.headlines(frame(*TOTALS, *shares()), [SHARE], AT)
    assert card.lines == "2026年9月末  \n比上年同期上升4.0个百分点(26/100→30/100)"
    people = [row(YOUNG.id, f"{day}", number, grain="quarter") for day, number in (("2024-10-01", 30), ("2026-01-01", 36))]
    assert stock_sentence(series_of(frame(*TOTALS, *people), YOUNG, AT)).endswith("36人,比2024年12月末增加6人(20.0%)")


def test_a_risen_share_is_told_over_a_gap_as_well() -> None:
    listed = KNOWN["new_substance_share"]
    values = (("2025-01-01", 5, 40), ("2026-07-01", 25, 40))
    rows = frame(*[row(listed.id, at, part / whole, numerator=part, denominator=whole, grain="quarter") for at, part, whole in values])
    found, _, _ = headlines.attention(rows, KNOWN, {"charge": [], "place_type": [], "zone": ZONES}, AT)
    assert "比2025年3月末上升50.0个百分点" in found[0]


@pytest.mark.parametrize(
    ("passed_over", "lines"),
    [
        ((), [("同比", "2025年9月末:26.0%"), ("环比", "2026年6月末:29.0%")]),
        (("2026-04-01",), [("同比", "2025年9月末:26.0%"), ("比上次公布", "2026年3月末:28.0%")]),
        (("2025-07-01",), [("比更早一次公布", "2025年6月末:25.0%"), ("环比", "2026年6月末:29.0%")]),
        # Nothing between September 2026 and June 2025: one line, not two with the same number.
        (("2025-07-01", "2025-10-01", "2026-01-01", "2026-04-01"), [("比上次公布", "2025年6月末:25.0%")]),
    ],
)
def test_a_comparison_is_named_after_what_it_compares_with(passed_over: tuple[str, ...], lines: list[tuple[str, str]]) -> None:
    table = compare_stocks([series_of(frame(*shares(*passed_over)), SHARE, AT)]).table
    assert table is not None
    assert list(zip(table["比较"], table["对比期"], strict=True)) == lines
    assert not any("无数据" in cell for cell in table["对比期"])


def test_a_hidden_number_is_not_said_to_be_the_last_one_shown() -> None:
    hidden = row(YOUNG.id, "2026-01-01", grain="quarter")
    (card,) = headlines.headlines(frame(*TOTALS, hidden), [YOUNG], AT)
    assert (card.value, card.lines) == ("受保护", "2026年3月末")


def test_hidden_townships_have_a_sum_in_the_county_and_none_under_a_zone() -> None:
    # 100 people in December 2025, of whom 60 and 11 are shown: 29 live in the two others.
    values = zip(TOWNS, (60, 11, NAN, NAN), strict=True)
    rows = frame(*TOTALS, *(row(PEOPLE.id, "2025-01-01", value, grain="year", breakdown="township", area_code=town.code) for town, value in values))
    for zone, is_told in ((None, True), (ZONES[1], False)):
        at = scope("2026-10-01", zone=zone)
        mapped = people_map(rows, read([], Method.LEVEL), PEOPLE, TOWNS, at)
        assert mapped is not None
        key, _ = township_tables(rows, None, KNOWN["cases_opened"], PEOPLE, TOWNS, ZONES, at)
        assert [("其余2个乡镇合计29人" in said) for said in (mapped.sentence, mapped.alt, key)] == [is_told] * 3
        assert ("其余2个乡镇合计" in mapped.table.to_csv()) is is_told
        assert [trace.name for trace in mapped.figure.data if trace.name][-1] == ("受保护(合计29)" if is_told else "受保护")
