"""Days, gaps and growth, worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from charts import quality
from charts.scope import Voice
from indicators import catalogue
from indicators.model import Release, Text

ZH, EN = Voice(Release.INTERNAL, "zh"), Voice(Release.INTERNAL, "en")
OPENED = catalogue()["cases_opened"]


@pytest.mark.parametrize(
    ("month", "reported", "days"),
    [
        (date(2026, 9, 1), date(2026, 10, 5), 5),  # September ends on the 30th
        (date(2025, 12, 1), date(2026, 1, 3), 3),  # over New Year
        (date(2024, 2, 1), date(2024, 2, 29), 0),  # on the last day of a leap February
    ],
)
def test_days_from_the_end_of_the_month(month: date, reported: date, days: int) -> None:
    assert quality.days_late(month, reported) == days


def test_gaps_lie_between_the_first_and_the_last_month() -> None:
    reported = [("cases", date(2025, 11, 1), None), ("cases", date(2026, 2, 1), None), ("registry", date(2026, 1, 1), None)]
    assert quality.missing_months(reported, "cases") == [date(2025, 12, 1), date(2026, 1, 1)]
    assert quality.missing_months(reported, "registry") == quality.missing_months(reported, "unknown") == []


def test_the_usual_delay_is_the_middle_one() -> None:
    reported = [("cases", date(2026, month, 1), date(2026, month + 1, day)) for month, day in ((7, 3), (8, 20), (9, 4))]
    picture = quality.timeliness(reported, {}, EN)
    assert picture is not None
    # 3, 20 and 4 days after the end of July, August and September
    assert picture.sentence == "cases: usually 4 days after the end of the month"
    assert quality.timeliness([("cases", date(2026, 7, 1), None)], {}, EN) is None


def test_months_stand_in_order_whatever_extract_has_them() -> None:
    # The cases of February are missing, and the cases are drawn first.
    reported = [("cases", date(2026, month, 1), date(2026, month + 1, 3)) for month in (1, 3)]
    reported += [("registry", date(2026, month, 1), date(2026, month + 1, 4)) for month in (1, 2, 3)]
    picture = quality.timeliness(reported, {}, EN)
    assert picture is not None
    months = ["Jan 2026", "Feb 2026", "Mar 2026"]
    assert (picture.figure.layout.xaxis.categoryorder, list(picture.figure.layout.xaxis.categoryarray)) == ("array", months)
    assert list(picture.table["Month"]) == months


def test_growth_is_said_with_both_numbers() -> None:
    months = [(date(2026, 8, 1), 20.0, 23.0), (date(2026, 9, 1), 10.0, 10.0)]
    picture = quality.maturity(months, OPENED, ZH)
    assert picture is not None
    assert "首次公布时合计30,现为33" in picture.sentence
    assert list(picture.table["增减"]) == ["+3", "+0"]
    unchanged = quality.maturity(months[1:], OPENED, ZH)
    assert unchanged is not None
    assert "没有变动" in unchanged.sentence
    # Two months that moved against each other did change, though their sum did not.
    moved = quality.maturity([(date(2026, 8, 1), 20.0, 19.0), (date(2026, 9, 1), 10.0, 11.0)], OPENED, ZH)
    assert moved is not None
    assert "没有变动" not in moved.sentence


def test_one_is_no_plural_in_english() -> None:
    months = [(date(2026, 9, 1), 10.0, 12.0)]
    grown, unchanged = quality.maturity(months, OPENED, EN), quality.maturity([(date(2026, 9, 1), 10.0, 10.0)], OPENED, EN)
    assert grown is not None
    assert unchanged is not None
    assert grown.sentence.endswith(" of the last month: 10 when first published, 12 now")
    assert unchanged.sentence.endswith(" of the last month: no change since first published")
    late = quality.timeliness([("cases", date(2026, 9, 1), date(2026, 10, 1))], {}, EN)
    assert late is not None
    assert late.sentence == "cases: usually 1 day after the end of the month"


def test_protected_cells_are_a_share_of_the_reported_ones() -> None:
    picture = quality.protected_shares([("cases_opened", 0, 40), ("current_users", 10, 40), ("retired", 1, 1)], catalogue(), EN)
    assert picture is not None
    assert list(picture.table["Share protected"]) == ["25%", "0%"]
    assert picture.sentence.startswith("Published in full: 1 of 2 indicators")


RECORDS = [("cases", "late", date(2026, 8, 1), date(2026, 10, 1), 3), ("cases", "withdrawn", date(2026, 9, 1), date(2026, 9, 1), 1)]


def test_what_became_of_records_is_told_with_the_months_it_touches() -> None:
    titles = {"cases": Text("毒品案件", "Drug cases")}
    assert quality.records_changed(RECORDS, titles, ZH) == ["毒品案件(2026年8月至2026年10月):补录3条、撤销1条"]
    assert quality.records_changed(RECORDS, titles, EN) == ["Drug cases (Aug 2026 to Oct 2026): 3 entered late, 1 withdrawn"]
    assert quality.records_changed([], titles, ZH) == []


def test_numbers_that_moved_are_told_in_one_month_or_over_several() -> None:
    rows = [("added", date(2026, 10, 1), date(2026, 10, 1), 2), ("corrected", date(2026, 10, 1), date(2026, 10, 1), 1_129)]
    assert quality.numbers_changed(rows, Text("案件类的数", "Numbers of cases"), ZH) == "案件类的数(2026年10月):新公布2个、变动1,129个"
    assert quality.numbers_changed([], Text("案件类的数", "Numbers of cases"), ZH) == ""
