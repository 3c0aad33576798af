"""Pictures hold published numbers only: whatever is hidden is absent from figure, table, sentence and alt text alike."""

from __future__ import annotations

import json
import math
import re

import pandas
import pytest

from charts import findings, headlines
from charts.area_map import LEVEL_CLASSES, MapArea, fitting_labels, map_figure
from charts.bridge import build_bridge
from charts.picture import Picture
from charts.rows import choose, series_of
from charts.scope import Voice
from charts.sentences import stock_sentence
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, Member
from indicators.model import Release, Text
from tests.charts.small_rows import COUNTY, NAN, ZONES, frame, months, row, scope

KNOWN = catalogue()
AGES = list(DIMENSIONS["age_band"].members)


def everything(picture: Picture) -> str:
    compared = "" if picture.comparisons is None else picture.comparisons.to_csv()
    return "\n".join([picture.figure.to_json(), picture.sentence, picture.alt, picture.note, picture.table.to_csv(), compared, picture.compared])


def age_rows(period: str, values: list[float]) -> list[dict]:  # type: ignore[type-arg]
    return [row("current_users", period, value, breakdown="age_band", member=age.code) for age, value in zip(AGES, values, strict=True)]


def test_a_protected_part_is_drawn_at_a_length_that_tells_nothing() -> None:
    first = findings.structure(frame(*age_rows("2026-09-01", [NAN, 30, 61, NAN])), KNOWN["current_users"], "age_band", AGES, scope("2026-09-01"))
    assert first is not None
    assert first.table.iloc[:, 1].tolist() == ["受保护", "30", "61", "受保护"]
    stub = [trace for trace in first.figure.data if trace.marker.pattern.shape == "/"]
    assert len(stub) == 1
    # 6 % of the longest published bar, the same for all hidden parts: 61 * 0.06 = 3.66.
    assert list(stub[0].x) == pytest.approx([3.66, 3.66])
    assert "受保护" in first.alt
    assert "不能当作0" in first.note
    assert "不是0" not in first.note  # zero is hidden like any small count: saying it is none would prove that somebody is there


def test_what_several_hidden_parts_come_to_stands_in_figure_table_alt_and_sentence() -> None:
    rows = frame(*age_rows("2026-09-01", [NAN, 30, 61, NAN]), row("current_users", "2026-09-01", 98))
    for language, name in (("zh", "受保护的2项合计"), ("en", "The 2 protected ones together")):
        picture = findings.structure(rows, KNOWN["current_users"], "age_band", AGES, scope("2026-09-01", language=language))
        assert picture.table.iloc[-1].tolist() == [name, "7"]  # 98 - 30 - 61
        bars = next(trace for trace in picture.figure.data if trace.marker.pattern.shape is None)
        assert list(bars.x) == [30, 61, 7]
        assert bars.customdata[-1] == f"{name} 7{'人' if language == 'zh' else ''}"
        assert bars.customdata[-1] in picture.alt
        assert picture.sentence.endswith(",受保护的2项合计7人" if language == "zh" else ", the 2 protected ones together 7")


def test_what_one_hidden_part_leaves_is_drawn_nowhere() -> None:
    rows = frame(*age_rows("2026-09-01", [NAN, 30, 61, 9]), row("current_users", "2026-09-01", 107))
    picture = findings.structure(rows, KNOWN["current_users"], "age_band", AGES, scope("2026-09-01"))
    for number in (107, 107 - 100):  # the total, and what is left of it
        assert not re.search(rf"(?<![\d.]){number}(?![\d.])", picture.sentence + picture.alt + picture.table.to_csv())
        assert f"{number}人" not in everything(picture)


def test_a_hidden_value_left_in_a_row_by_mistake_is_not_drawn() -> None:
    rows = frame(*months("current_users", "2025-01-01", [110.0, 111.0, 4321.0, 112.0]))
    rows.loc[2, "status"] = "suppressed"
    picture = findings.stock_trend(rows, [KNOWN["current_users"]], scope("2025-04-01"))
    assert picture is not None
    assert "4321" not in everything(picture)
    column = findings.events_over_time(rows.assign(indicator="cases_opened"), KNOWN["cases_opened"], scope("2025-04-01"))
    assert column is not None
    assert "4321" not in everything(column)


def test_nothing_is_drawn_through_a_gap() -> None:
    rows = frame(*months("current_users", "2025-01-01", [110.0, NAN, 112.0]))
    picture = findings.stock_trend(rows, [KNOWN["current_users"]], scope("2025-03-01"))
    assert picture is not None
    line = picture.figure.data[0]
    assert line.connectgaps is False
    assert [None if value is None or math.isnan(value) else value for value in line.y] == [110.0, None, 112.0]
    assert any("护" in str(note.text) for note in picture.figure.layout.annotations)


def test_provisional_columns_are_striped_and_say_so() -> None:
    rows = frame(*months("cases_opened", "2026-01-01", [5.0, 6.0]), *months("cases_opened", "2026-03-01", [2.0], status="provisional"))
    picture = findings.events_over_time(rows, KNOWN["cases_opened"], scope("2026-03-01"))
    assert picture is not None
    assert [trace.marker.color for trace in picture.figure.data] == ["#1F5A8F", "#BFD3E4"]
    assert "初步" in picture.note
    assert picture.table.iloc[0, 1] == "2(初步)"


def test_where_nothing_may_be_shown_there_is_no_picture() -> None:
    hidden = frame(*months("people_under_18", "2026-01-01", [NAN, NAN]))
    picture = findings.stock_trend(hidden, [KNOWN["people_under_18"]], scope("2026-03-01"))
    assert (picture.is_empty, picture.sentence, picture.note) == (True, "不满18岁现有人员", "受保护,暂不公布。")


def test_an_empty_card_says_what_it_would_have_shown_and_the_reason_that_holds() -> None:
    current, at = KNOWN["current_users"], scope("2026-01-01")
    first_month = frame(*months("current_users", "2026-01-01", [12.0]))

    def said(rows: pandas.DataFrame, release: str = "internal") -> tuple[str, str]:
        picture = findings.structure(rows, current, "sex", [], scope("2026-01-01", release))
        assert picture.is_empty
        return picture.sentence, picture.note

    title = "现有吸毒人员按性别"
    # The county's total is monthly inside, the split by sex quarterly: the report came, the quarter is not finished.
    assert said(first_month) == (title, "满一季度后显示。")
    # Without any row of the register nobody can tell which of the two it is.
    assert said(frame(), "public") == (title, "尚未报送,或还没有完整的季度或年度。")
    unreported = [row("current_users", "2026-01-01", grain="quarter", breakdown="sex", member=sex, status="not_collected") for sex in ("1", "2")]
    assert findings.structure(frame(*unreported), current, "sex", [], scope("2026-03-01")).note == "尚未报送。"
    assert findings.stock_trend(frame(), [current], at).note == "尚未报送。"
    assert findings.by_finished_year(first_month, KNOWN["newly_found_people"], at).note == "满一年后显示。"
    bridge = findings.change_bridge(first_month, current, KNOWN["registry_change"], at)
    assert (bridge.sentence, bridge.note) == ("现有吸毒人员:全年变动", "有了整年的变动和上年末、年末两个人数后显示。")


def test_a_year_of_too_small_a_base_is_marked_in_its_place() -> None:
    share = KNOWN["new_under_36_share"]
    rows = frame(row(share.id, "2024-01-01", grain="year", status="undefined"), row(share.id, "2025-01-01", 0.5, grain="year"))
    picture = findings.by_finished_year(rows, share, scope("2026-03-01"))
    assert [(note.x, note.text) for note in picture.figure.layout.annotations] == [(0, "基数<br>太小")]


def test_weights_are_hidden_for_few_cases_and_people_also_for_what_would_give_them_away() -> None:
    weights = frame(
        *[row("drugs_seized", "2025-01-01", grams, grain="year", breakdown="drug", member=drug) for drug, grams in (("a", 5.0), ("b", NAN))]
    )
    seized = findings.seizures(weights, KNOWN["drugs_seized"], [Member(code, Text(code, code)) for code in "ab"], scope("2026-02-01"))
    assert "因案件少受保护" in seized.note
    ages = findings.structure(frame(*age_rows("2026-09-01", [NAN, 30, 61, NAN])), KNOWN["current_users"], "age_band", AGES, scope("2026-09-01"))
    assert "人数少,或会推算出少数人" in ages.note
    assert "案件" not in ages.note


def change_rows(year: int, **sizes: float) -> list[dict]:  # type: ignore[type-arg]
    members = [member.code for member in DIMENSIONS["change"].members]
    return [row("registry_change", f"{year}-01-01", sizes.get(code, 0.0), grain="year", breakdown="change", member=code) for code in members]


def bridge_of(rows: pandas.DataFrame, until: str = "2026-03-01", language: str = "zh") -> Picture:
    return findings.change_bridge(rows, KNOWN["current_users"], KNOWN["registry_change"], scope(until, language=language))


def december_stocks(opening: float, closing: float) -> list[dict]:  # type: ignore[type-arg]
    """The stock at the ends of 2024 and 2025, and of every month between and after."""
    return months("current_users", "2024-12-01", [opening, *[opening] * 11, closing, closing + 50])


def test_the_bridge_of_the_latest_finished_year_closes_and_shows_what_is_left_over() -> None:
    # 100 + 15 newly found - 6 abstinent - 5 died = 104; a closing stock of 105 leaves 1, shown as 更正.
    for closing, remainder in ((104.0, "0"), (105.0, "+1")):
        rows = frame(*december_stocks(100, closing), *change_rows(2025, newly_found=15, became_abstinent=6, died_or_left=5))
        picture = bridge_of(rows)
        table = dict(picture.table.itertuples(index=False))
        assert (table["新发现"], table["新增戒断三年"], table["更正"]) == ("+15", "-6", remainder)
        assert (table["期初(2024年12月末)"], table["期末(2025年12月末)"]) == ("100", f"{closing:.0f}")
        assert picture.sentence.startswith(f"2025年全县现有吸毒人员由上年末100人到年末{closing:.0f}人,")
        stock, changes = (
            choose(rows, KNOWN[name], scope("2026-03-01"), by) for name, by in (("current_users", "total"), ("registry_change", "change"))
        )
        bridge = build_bridge(stock, changes, DIMENSIONS["change"].members)
        assert bridge is not None
        assert _shown(bridge.remainder) == remainder


def _shown(size: float) -> str:
    return f"{size:+.0f}" if size else "0"


def test_withheld_reasons_stand_together_as_what_the_shown_ones_leave() -> None:
    # 110 - 100 is 10 more: 15 found and 6 abstinent make 9, so the three withheld ones come to 1 together.
    withheld = {"entered_late": NAN, "relapsed": NAN, "died_or_left": NAN}
    rows = frame(*december_stocks(100, 110), *change_rows(2025, newly_found=15, became_abstinent=6, **withheld))
    for language, name in (("zh", "其余3项变动合计"), ("en", "The 3 other reasons together")):
        picture = bridge_of(rows, language=language)
        table = dict(picture.table.itertuples(index=False))
        assert table[name] == "+1"
        assert list(table.values()).count("受保护" if language == "zh" else "protected") == 3
        bars = picture.figure.data[0]
        assert list(bars.x) == [15, -6, 1]
        assert bars.customdata[-1] == f"{name} +1"
        assert bars.customdata[-1].replace(" ", "") in picture.alt.replace(" ", "")
        assert picture.sentence.endswith("其余3项变动合计净增1人" if language == "zh" else "the 3 other reasons together +1)")
    # Drawn also where they come to nothing, and where nothing else is left to draw.
    assert (
        list(bridge_of(frame(*december_stocks(100, 109), *change_rows(2025, newly_found=15, became_abstinent=6, **withheld))).figure.data[0].x)[2]
        == 0
    )
    everything_withheld = dict.fromkeys((member.code for member in DIMENSIONS["change"].members), NAN)
    assert list(bridge_of(frame(*december_stocks(100, 97), *change_rows(2025, **everything_withheld))).figure.data[0].x) == [-3]


def test_no_bridge_where_a_year_or_an_end_is_missing_or_a_single_reason_is_withheld() -> None:
    whole = change_rows(2025, newly_found=10)
    late = {"status": "not_collected"}
    assert not bridge_of(frame(*december_stocks(100, 110), *whole)).is_empty
    for rows in (
        [*december_stocks(100, 110), *change_rows(2025, newly_found=NAN)],  # what is left over would be its number
        [*december_stocks(100, 110), *whole[1:]],
        [*december_stocks(100, 110), *({**one, **late} for one in whole)],
        december_stocks(100, 110),
        [*december_stocks(100, 110)[1:], *whole],
        [one for one in [*december_stocks(100, 110), *whole] if one["period"] != pandas.Timestamp("2025-12-01")],
    ):
        picture = bridge_of(frame(*rows))
        assert (picture.is_empty, picture.note) == (True, "有了整年的变动和上年末、年末两个人数后显示。")


def test_the_bridge_is_of_the_latest_year_that_is_finished_by_the_selected_month() -> None:
    stocks = months("current_users", "2023-12-01", [100.0] * 12 + [110.0] * 12 + [105.0] * 12)
    rows = frame(*stocks, *change_rows(2024, newly_found=10), *change_rows(2025, died_or_left=5))
    assert [bridge_of(rows, until).sentence[:6] for until in ("2025-11-01", "2025-12-01", "2026-10-01")] == ["2024年全", "2025年全", "2025年全"]


def test_public_sentences_hold_no_exact_count() -> None:
    rows = frame(*[row("registered_people", f"{year}-07-01", value, grain="quarter") for year, value in ((2025, 150.0), (2026, 165.0))])
    assert (
        stock_sentence(series_of(rows, KNOWN["registered_people"], scope("2026-10-01", "public")))
        == "2026年9月末,全县在册吸毒人员160余人,比上年同期增加5人以上"  # 165 - 4 less 150 + 4 is 7 at least
    )


def test_a_zone_without_numbers_falls_back_to_the_county_and_says_so() -> None:
    rows = frame(*months("people_under_18", "2026-01-01", [6.0]))
    assert "全县" in stock_sentence(series_of(rows, KNOWN["people_under_18"], scope("2026-01-01", zone=ZONES[0])))


def square(west: float, south: float) -> str:
    return json.dumps([[[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]])


class Town:
    def __init__(self, number: int, residents: int) -> None:
        self.code, self.zone, self.title = f"T{number}", "Z1" if number < 2 else "Z2", Text(f"第{number}镇", f"Town {number}")
        self.people, self.is_remote, self.rings = residents, number == 3, square(100 + 0.1 * (number % 2), 25 + 0.1 * (number // 2))

    def residents_in(self, year: int) -> int:
        return self.people if year >= 2026 else 1


TOWNS = [Town(number, 20_000) for number in range(4)]


def test_a_protected_township_is_hatched_and_has_no_number() -> None:
    areas = [MapArea("T0", "Z1", "甲", "1", square(100, 25), 12.0, "甲 12起"), MapArea("T1", "Z1", "乙", "2", square(100.1, 25), None, "乙 受保护")]
    figure = map_figure(areas, LEVEL_CLASSES, Voice(Release.INTERNAL, "zh"))
    assert any(trace.fillpattern.shape == "/" for trace in figure.data)
    assert fitting_labels(areas) == {"T0": "甲", "T1": "乙"}


def test_attention_finds_a_true_rise_and_says_otherwise_that_there_is_none() -> None:
    members = {"charge": [], "place_type": [], "zone": ZONES}
    at = scope("2026-12-01")
    for now, found in ((5.0, 0), (15.0, 1)):
        rows = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [now] * 12))
        sentences, remarks, _ = headlines.attention(rows, KNOWN, members, at)
        assert len(sentences) == found
        assert "同时比较了1项" in remarks[0]
    assert "明显上升" in sentences[0]
    assert "需核实" in sentences[0]


def test_what_a_card_calls_clear_is_not_denied_beside_it() -> None:
    """Clear on the card, not among 21 looked at together, where the first must be below .05 / 21.

    240 and 320: t = ln(320 / 240) / sqrt(1 / 240 + 1 / 320) = 3.37; eight blocks less two years and a wave leave 4 degrees, so p = .028.
    """
    charges = [Member(f"c{number}", Text(f"案由{number}", f"Charge {number}")) for number in range(20)]
    rows = frame(
        *months("cases_opened", "2025-01-01", [20.0] * 12),
        *months("cases_opened", "2026-01-01", [27.0] * 8 + [26.0] * 4),
        *(one for charge in charges for one in months("cases_opened", "2025-01-01", [1.0] * 24, breakdown="charge", member=charge.code)),
    )
    sentences, remarks, _ = headlines.attention(rows, KNOWN, {"charge": charges, "place_type": [], "zone": ZONES}, scope("2026-12-01"))
    assert len(sentences) == 1
    assert sentences[0].endswith("明显上升(单看;同时看21项,还不足以排除偶然;需核实是否专项行动或补录)。")
    assert "同时比较了21项" in remarks[0]


def test_what_is_clear_only_by_itself_and_on_no_card_does_not_silence_that_nothing_stands() -> None:
    """A charge of 10 and 24 is clear by itself (p = .024) and not among 21; a fact beside it must not hide that no change was found."""
    charges = [Member(f"c{number}", Text(f"案由{number}", f"Charge {number}")) for number in range(20)]
    rows = frame(
        *months("cases_opened", "2025-01-01", [20.0] * 24),
        *months("cases_opened", "2025-01-01", [1.0] * 10 + [0.0] * 2 + [2.0] * 12, breakdown="charge", member="c0"),
        *(one for charge in charges[1:] for one in months("cases_opened", "2025-01-01", [1.0] * 24, breakdown="charge", member=charge.code)),
        row("drug_labs_destroyed", "2026-01-01", 1.0, grain="year", breakdown="remote", member="yes"),
        row("drug_labs_destroyed", "2026-01-01", 0.0, grain="year", breakdown="remote", member="no"),
    )
    found, remarks, _ = headlines.attention(rows, KNOWN, {"charge": charges, "place_type": [], "zone": ZONES}, scope("2026-12-01"))
    assert "同时比较了21项" in remarks[0]
    assert "捣毁制毒窝点1个" in found[0]
    assert found[1:] == ["2026年刑事案件数与上年同期比,未见超出随机波动的变化。"]


def test_too_few_cases_are_not_said_to_be_without_change() -> None:
    rows = frame(*months("cases_opened", "2025-01-01", [0.0] * 12), *months("cases_opened", "2026-01-01", [0.0] * 11 + [1.0]))
    found, _, nothing = headlines.attention(rows, KNOWN, {"charge": [], "place_type": [], "zone": ZONES}, scope("2026-12-01"))
    assert (found, nothing.zh) == ([], "各项刑事案件数都太少,不作判断。")


def test_a_county_that_hands_in_no_cases_is_told_so() -> None:
    rows = frame(*months("registered_people", "2021-01-01", [160.0] * 60))
    _, _, nothing = headlines.attention(rows, KNOWN, {"charge": [], "place_type": [], "zone": ZONES}, scope("2025-12-01"))
    assert nothing.zh == "案件尚未报送,没有可比较的数。"


def test_with_under_a_year_of_data_nothing_is_said_to_have_been_compared() -> None:
    members = {"charge": [], "place_type": [], "zone": ZONES}
    rows = frame(*months("cases_opened", "2026-01-01", [3.0], status="provisional"))
    sentences, remarks, nothing = headlines.attention(rows, KNOWN, members, scope("2026-01-01"))
    assert (sentences, nothing.zh) == ([], "数据不足一年,暂不能与上年同期比较。")
    assert not any("比较了" in remark for remark in remarks)
    gap = frame(*months("cases_opened", "2025-01-01", [5.0] * 12), *months("cases_opened", "2026-01-01", [5.0] * 6))
    gap.loc[2, ["value", "status"]] = [NAN, "not_collected"]
    assert "未报送" in headlines.attention(gap, KNOWN, members, scope("2026-06-01"))[2].zh


def test_seizures_stand_by_themselves_and_kinds_never_seen_are_left_out() -> None:
    drugs = [Member(code, Text(code, code)) for code in ("海洛因", "冰毒", "大麻")]
    weights = zip(drugs, [50.5, NAN, 0.0], strict=True)
    rows = frame(*[row("drugs_seized", "2025-01-01", grams, grain="year", breakdown="drug", member=drug.code) for drug, grams in weights])
    picture = findings.seizures(rows, KNOWN["drugs_seized"], drugs, scope("2026-02-01"))
    assert picture is not None
    assert picture.table.iloc[:, 1].tolist() == ["50.5克", "受保护"]
    assert "不相加" in picture.sentence


def test_kinds_of_drug_are_not_added_up_over_months() -> None:
    rows = frame(*months("substances_seen", "2025-01-01", [4.0] * 12), row("substances_seen", "2025-01-01", 6.0, grain="year"))
    card = headlines.events_headline(rows, KNOWN["substances_seen"], scope("2025-12-01"))
    assert card.value == "6种"


def test_every_picture_has_text_for_those_who_cannot_see_it() -> None:
    rows = frame(*months("registered_people", "2026-01-01", [160.0, 163.0]))
    for language in ("zh", "en"):
        picture = findings.stock_trend(rows, [KNOWN["registered_people"]], scope("2026-02-01", language=language))
        assert picture is not None
        assert "160" in picture.alt
        assert "163" in picture.alt


def test_members_outside_the_code_list_are_not_invented() -> None:
    picture = findings.structure(
        frame(*age_rows("2026-09-01", [6, 30, 61, 9])), KNOWN["current_users"], "age_band", [*AGES, Member("x", Text("甲", "x"))], scope("2026-09-01")
    )
    assert picture is not None
    assert picture.table.iloc[:, 0].tolist() == [age.title.zh for age in AGES]
    assert COUNTY not in everything(picture)
