"""A sentence speaks of the place it names, also where the reader selected a zone; and what is rounded, late or rare is not over-read."""

from __future__ import annotations

import pandas

from charts import findings, headlines
from charts.words import plotted
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, Member
from indicators.model import Text
from tests.charts.small_rows import ZONES, frame, months, row, scope
from tests.charts.test_pictures import change_rows, everything

KNOWN = catalogue()
OPENED = KNOWN["cases_opened"]
MEMBERS: dict[str, list[Member]] = {"charge": [], "place_type": [], "zone": ZONES}


def zone_rows(now: float) -> pandas.DataFrame:
    """County: 10 a month and later 20; zone Z1: 5 a month and later as told."""
    return frame(
        *months("cases_opened", "2025-01-01", [10.0] * 12),
        *months("cases_opened", "2026-01-01", [20.0] * 12),
        *months("cases_opened", "2025-01-01", [5.0] * 12, breakdown="zone", area_code="Z1"),
        *months("cases_opened", "2026-01-01", [now] * 12, breakdown="zone", area_code="Z1"),
    )


def test_a_zone_is_said_by_its_own_name_and_looked_at_once() -> None:
    found, remarks, _ = headlines.attention(zone_rows(15.0), KNOWN, MEMBERS, scope("2026-12-01"))
    assert [sentence.split(",")[0] for sentence in found] == ["2026年全县刑事立案240起", "2026年城区片区刑事立案180起"]
    assert "同时比较了2项" in remarks[0]
    found, remarks, _ = headlines.attention(zone_rows(15.0), KNOWN, MEMBERS, scope("2026-12-01", zone=ZONES[0]))
    assert [sentence.split(",")[0] for sentence in found] == ["2026年城区片区刑事立案180起"]
    assert "同时比较了1项" in remarks[0]
    assert "片区)" not in remarks[0]


def test_what_could_have_been_found_allows_for_all_that_was_looked_at() -> None:
    rows = frame(*months("cases_opened", "2025-01-01", [0.0] * 12), *months("cases_opened", "2026-01-01", [1.0, 0.0] * 6))
    rows = pandas.concat([rows, zone_rows(5.0)[24:]])
    _, remarks, _ = headlines.attention(rows, KNOWN, MEMBERS, scope("2026-12-01"))
    # After 0 cases one test needs 6; of two, p must be below 0.025: 2 * 0.5**7 = 0.0156.
    assert "2026年达到7起" in remarks[0]


def test_lines_side_by_side_are_of_one_place() -> None:
    rows = frame(
        *months("registered_people", "2026-01-01", [160.0, 161.0, 162.0]),
        *months("current_users", "2026-01-01", [110.0, 111.0, 112.0]),
        row("current_users", "2026-01-01", 30, grain="quarter", breakdown="zone", area_code="Z1"),
    )
    at = scope("2026-03-01", zone=ZONES[0])
    picture = findings.stock_trend(rows, [KNOWN["current_users"], KNOWN["registered_people"]], at)
    assert picture is not None
    assert picture.sentence.startswith("2026年3月末,全县现有吸毒人员112人")
    assert [len(trace.x) for trace in picture.figure.data if trace.mode == "lines+markers"] == [3, 3]
    alone = findings.stock_trend(rows, [KNOWN["current_users"]], at)
    assert alone is not None
    assert "城区片区现有吸毒人员30人" in alone.sentence


def test_numbers_of_the_county_are_called_so_under_a_zone() -> None:
    rows = frame(
        *months("registered_people", "2026-01-01", [150.0, 153.0]),
        *months("current_users", "2024-12-01", [100.0] * 12 + [102.0] * 3),
        *months("abstinent_three_years", "2026-01-01", [40.0, 41.0]),
        *months("deaths_and_departures", "2026-01-01", [10.0, 10.0]),
        *change_rows(2025, newly_found=2),
        row("drugs_seized", "2025-01-01", 50.5, grain="year", breakdown="drug", member="冰毒"),
        *[row("drug_labs_destroyed", "2025-01-01", 1, grain="year", breakdown="remote", member=member) for member in ("yes", "no")],
    )
    at = scope("2026-02-01", zone=ZONES[0])
    standing = [KNOWN[name] for name in ("registered_people", "current_users", "abstinent_three_years", "deaths_and_departures")]
    pictures = [
        findings.standing_parts(rows, standing, at),
        findings.change_bridge(rows, KNOWN["current_users"], KNOWN["registry_change"], at),
        findings.seizures(rows, KNOWN["drugs_seized"], [Member("冰毒", Text("冰毒", "ice"))], at),
    ]
    assert all(picture is not None and "全县" in picture.sentence for picture in pictures)
    found, _, _ = headlines.attention(rows, KNOWN, MEMBERS, at)
    assert any("2025年全县捣毁制毒窝点2个,其中偏远乡镇1个" in sentence for sentence in found)


def share_rows(now: tuple[int, int], before: tuple[int, int]) -> pandas.DataFrame:
    return frame(
        *[
            row("new_substance_share", f"{year}-07-01", part / whole, numerator=part, denominator=whole, grain="quarter")
            for year, (part, whole) in ((2025, before), (2026, now))
        ]
    )


def test_a_share_of_a_stock_needs_a_look_when_five_and_a_tenth_more_belong_to_it_and_never_when_rounded() -> None:
    # Five more of 40, four more; 110 after 100 is a tenth more, 109 is not; 10 of 100 after 5 of 40 are more people and a smaller share.
    for now, before, release, count in (
        ((10, 40), (5, 40), "internal", 1),
        ((10, 40), (5, 40), "public", 0),
        ((9, 40), (5, 40), "internal", 0),
        ((110, 400), (100, 400), "internal", 1),
        ((109, 400), (100, 400), "internal", 0),
        ((10, 100), (5, 40), "internal", 0),
    ):
        found, _, _ = headlines.attention(share_rows(now, before), KNOWN, MEMBERS, scope("2026-09-01", release))
        assert len(found) == count, (now, before, release)
    said = headlines.attention(share_rows((25, 40), (5, 40)), KNOWN, MEMBERS, scope("2026-09-01"))[0][0]
    assert "(5/40→25/40),多为同一批人的变化,不作随机检验" in said
    assert "明显" not in said


def test_without_published_limits_no_range_is_drawn_or_said() -> None:
    yearly = frame(*[row("newly_found_people", f"{year}-01-01", 30.0, grain="year") for year in (2024, 2025)])
    column = findings.by_finished_year(yearly, KNOWN["newly_found_people"], scope("2026-03-01", "public"))
    rates = frame(
        *[row("current_users_per_10k", "2025-01-01", 3.4, grain="year", breakdown="zone", area_code=zone.code, numerator=20.0) for zone in ZONES]
    )
    levels = findings.zone_levels(rates, KNOWN["current_users_per_10k"], ZONES, scope("2026-03-01", "public"))
    for picture in (column, levels):
        assert picture is not None
        assert all(trace.error_y.array is None for trace in picture.figure.data)
        assert "范围" not in everything(picture)
        assert "nan" not in everything(picture).lower().replace("nano", "")


def test_a_headline_of_a_share_of_a_flow_reads_the_finished_year() -> None:
    share = KNOWN["new_under_36_share"]
    rows = frame(row(share.id, "2025-01-01", 0.5, numerator=15, denominator=30, grain="year"), row(share.id, "2026-04-01", 1.0, grain="quarter"))
    (card,) = headlines.headlines(rows, [share], scope("2026-09-01"))
    assert (card.value, card.lines) == ("50.0%", "2025年")


def test_names_cannot_become_tags_in_figures() -> None:
    assert plotted("<b>甲&乙") == "&lt;b>甲&amp;乙"
    ages = [Member(age.code, Text(f"<i>{age.title.zh}", age.title.en)) for age in DIMENSIONS["age_band"].members]
    rows = frame(*[row("current_users", "2026-09-01", 30, breakdown="age_band", member=age.code) for age in ages])
    picture = findings.structure(rows, KNOWN["current_users"], "age_band", ages, scope("2026-09-01"))
    assert picture is not None
    assert "<i>" not in picture.figure.to_json().replace("\\u003c", "<")
