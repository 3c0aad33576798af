"""Intervals and breaks in the figures themselves: what is drawn, and what nothing is drawn through."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

import pandas
import pytest

from charts import findings
from charts.picture import Picture
from indicators import catalogue
from indicators.model import Break, Indicator, Text
from tests.charts.small_rows import NAN, frame, months, row, scope

KNOWN = catalogue()
CASES, SHARE, CURRENT, KINDS = (KNOWN[name] for name in ("cases_opened", "under_36_share", "current_users", "substances_seen"))


def broken(indicator: Indicator, *dates: str) -> Indicator:
    return replace(indicator, breaks=tuple(Break(date.fromisoformat(on), Text("列管", "Listed")) for on in dates))


def limited(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with limits of half and twice their value."""
    return [{**one, "lower": one["value"] / 2, "upper": one["value"] * 2} for one in rows]


def shares(values: list[float], first: str = "2023-01-01") -> list[dict[str, Any]]:
    return limited(
        [
            row(SHARE.id, str(start.date()), value, grain="quarter", numerator=value * 100, denominator=100)
            for start, value in zip(pandas.date_range(first, periods=len(values), freq="QS"), values, strict=True)
        ]
    )


def share_picture(*rows: dict[str, Any], indicator: Indicator = SHARE, release: str = "internal") -> Picture:
    return findings.stock_trend(frame(*rows), [indicator], scope("2026-12-01", release))


def bands(picture: Picture) -> list[Any]:
    return [trace for trace in picture.figure.data if trace.fill == "toself"]


def lines_down(picture: Picture) -> list[Any]:
    return [shape.x0 for shape in picture.figure.layout.shapes if shape.type == "line"]


def numbers(values: Any) -> list[float | None]:
    return [None if value is None or math.isnan(value) else value for value in values]


def test_settled_columns_say_their_published_limits_and_unfinished_ones_none() -> None:
    rows = limited([*months(CASES.id, "2026-01-01", [4.0, 6.0]), *months(CASES.id, "2026-03-01", [40.0], status="provisional")])
    picture = findings.events_over_time(frame(*rows), CASES, scope("2026-03-01"))
    settled, late = picture.figure.data
    assert (settled.marker.pattern.shape, late.marker.pattern.shape) == (None, "-")  # told apart without colour
    assert picture.note == "横纹为初步数,会因补录增加。"
    assert list(picture.figure.layout.yaxis.range) == pytest.approx([0, 40 * 1.12])
    assert [("可能范围" in words) for words in (*settled.customdata, *late.customdata)] == [True, True, False]


def test_columns_without_published_limits_say_nothing_of_them() -> None:
    picture = findings.events_over_time(frame(*months(CASES.id, "2026-01-01", [4.0, 6.0])), CASES, scope("2026-03-01"))
    assert picture.note == ""
    assert not any("可能范围" in words for words in picture.figure.data[0].customdata)


def test_a_share_stands_in_its_band_and_the_band_ends_at_a_gap() -> None:
    rows = shares([0.2, 0.3, NAN, 0.25, 0.3])
    picture = share_picture(*rows)
    first, second = bands(picture)
    # Up along the upper limits, back along the lower ones, in percent.
    assert list(first.y) == pytest.approx([40, 60, 15, 10])
    assert list(second.y) == pytest.approx([50, 60, 15, 12.5])
    assert [stamp.month for stamp in pandas.to_datetime(list(second.x))] == [12, 3, 3, 12]
    assert "浅色带为可能范围(95%)。" in picture.note
    assert picture.figure.data[0].fill == "toself"  # below the line
    assert "可能范围(95%)10.0—40.0" in picture.figure.data[2].customdata[0]


def test_a_share_without_limits_and_a_count_have_no_band() -> None:
    bare = [{**one, "lower": NAN, "upper": NAN} for one in shares([0.2, 0.3])]
    assert not bands(share_picture(*bare, release="public"))
    counts = limited([row(CURRENT.id, f"2026-0{month}-01", 100) for month in (1, 2)])
    assert not bands(findings.stock_trend(frame(*counts), [CURRENT], scope("2026-03-01")))


def test_no_line_and_no_band_is_drawn_through_a_break() -> None:
    whole, split = (share_picture(*shares([0.2, 0.3, 0.25, 0.3]), indicator=one) for one in (SHARE, broken(SHARE, "2023-07-01")))
    assert numbers(whole.figure.data[1].y) == [20, 30, 25, 30]
    line = split.figure.data[2]
    assert numbers(line.y) == [20, 30, None, 25, 30]
    assert line.connectgaps is False
    assert len(bands(split)) == 2
    # The mark stands between the ends of June and September: halfway between their months.
    june, september = pandas.Timestamp("2023-06-01"), pandas.Timestamp("2023-09-01")
    assert [pandas.Timestamp(x) for x in lines_down(split)] == [june + (september - june) / 2]
    assert [note.text for note in split.figure.layout.annotations] == ["2023-07 列管"]
    assert split.table.shape == whole.table.shape
    assert split.alt == whole.alt


def test_a_provisional_end_is_not_joined_over_a_break() -> None:
    rows = [*months(CURRENT.id, "2026-01-01", [100.0, 101.0]), *months(CURRENT.id, "2026-03-01", [102.0], status="provisional")]
    whole, split = (findings.stock_trend(frame(*rows), [one], scope("2026-03-01")) for one in (CURRENT, broken(CURRENT, "2026-03-15")))
    assert numbers(whole.figure.data[1].y) == [None, 101, 102]
    assert numbers(split.figure.data[1].y) == [None, None, None, 102]


@pytest.mark.parametrize("on", ["2022-12-01", "2023-01-01", "2023-03-31", "2024-01-01", "2027-01-01"])
def test_a_break_before_or_after_all_that_is_shown_is_no_mark(on: str) -> None:
    picture = share_picture(*shares([0.2, 0.3, 0.25, 0.3]), indicator=broken(SHARE, on))
    assert lines_down(picture) == []
    assert len(bands(picture)) == 1


@pytest.mark.parametrize(
    ("on", "at"),
    [
        ("2026-02-01", 0.5),  # between January and February
        ("2026-03-01", 1.5),
        ("2026-02-15", 0.5 + 14 / 28),  # half of February has passed
        ("2026-01-01", None),
        ("2026-04-01", None),
    ],
)
def test_columns_are_marked_between_two_periods_or_within_one(on: str, at: float | None) -> None:
    picture = findings.events_over_time(frame(*months(CASES.id, "2026-01-01", [4.0, 6.0, 5.0])), broken(CASES, on), scope("2026-03-01"))
    assert lines_down(picture) == ([] if at is None else [pytest.approx(at)])


def test_a_year_that_a_rule_changed_in_is_marked_within() -> None:
    years = frame(*[row(KINDS.id, f"{year}-01-01", 5, grain="year") for year in (2022, 2023, 2024)])
    picture = findings.by_finished_year(years, broken(KINDS, "2023-10-01"), scope("2026-03-01"))
    # The second column begins at 0.5; 273 of the 365 days of 2023 lie before October.
    assert lines_down(picture) == [pytest.approx(0.5 + 273 / 365)]


def test_words_of_breaks_stand_above_each_other_and_turn_to_where_there_is_room() -> None:
    rows, rules = frame(*months(CASES.id, "2025-01-01", [5.0] * 24)), broken(CASES, "2025-02-01", "2025-04-01", "2026-11-01")
    plain, marked = (findings.events_over_time(rows, one, scope("2026-12-01")) for one in (CASES, rules))
    notes = marked.figure.layout.annotations
    assert [note.xanchor for note in notes] == ["left", "left", "right"]
    shifts = [note.yshift for note in notes]
    assert len(set(shifts)) == 3
    assert min(abs(one - other) for one in shifts for other in shifts if one != other) >= notes[0].font.size
    # Room above the plot for each of them.
    assert marked.figure.layout.margin.t - plain.figure.layout.margin.t >= max(shifts) + notes[0].font.size


def test_breaks_of_two_lines_are_marked_and_leave_the_legend_room() -> None:
    registered = KNOWN["registered_people"]
    rows = frame(*months(registered.id, "2025-01-01", [150.0] * 6), *months(CURRENT.id, "2025-01-01", [110.0] * 6))
    whole, split = (findings.stock_trend(rows, [registered, one], scope("2025-06-01")) for one in (CURRENT, broken(CURRENT, "2025-04-01")))
    assert numbers(split.figure.data[0].y) == [150] * 6  # the other line goes on
    assert len(lines_down(split)) == 1
    assert split.figure.layout.legend.y > whole.figure.layout.legend.y
