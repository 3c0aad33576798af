"""Townships beside their county: only what a test found is named, and where nothing was, it is said how much would have been found."""

from __future__ import annotations

import pandas
import pytest

from analysis.areas import Level
from charts.area_map import LEVEL_CLASSES
from charts.funnel import funnel_picture
from charts.hotspots import (
    LEVEL_WORDS,
    cluster_sentence,
    compared,
    cut_off_words,
    neighbour_sentence,
    power_words,
    remote_sentence,
)
from charts.scope import Voice
from charts.theme import CLASSES
from charts.townships import level_map, people_map, township_tables
from charts.words import chance_words
from etl.assembly.analyses import analyse
from indicators import catalogue
from indicators.model import Method, Release
from tests.charts.small_findings import LAST, compared_of, findings_of, places, read, spread
from tests.charts.small_rows import COUNTY, ZONES, frame, months, row, scope
from tests.charts.test_pictures import TOWNS, Town, everything
from tests.spec.test_analyses import rows, table, townships

KNOWN = catalogue()
OPENED, PEOPLE = KNOWN["cases_opened"], KNOWN["current_users"]
ZH, EN = Voice(Release.INTERNAL, "zh"), Voice(Release.INTERNAL, "en")
AT = scope(LAST)
NAN = float("nan")


def test_equal_townships_are_not_told_apart_and_the_sentence_says_what_would_have_been_found() -> None:
    held = compared_of([9, 12, 10, 7])
    picture = level_map(held, TOWNS, AT)
    assert "未发现与全县有明显差异" in picture.sentence
    assert "若某乡镇风险翻倍,本期发现概率" in picture.sentence
    assert "偏高" not in picture.sentence
    # All have the county's colour, filled for 12 and 10 cases and hatched for 9 and 7.
    filled = [trace for trace in picture.figure.data if trace.fill == "toself"]
    assert {trace.text.split(":")[0]: trace.fillpattern.shape or trace.fillcolor for trace in filled} == {
        "第0镇": "\\",
        "第1镇": CLASSES[3],
        "第2镇": CLASSES[3],
        "第3镇": "\\",
    }
    assert [held.rows[town.code]["value"] / held.county_rate for town in TOWNS] == pytest.approx([1] * 4)
    assert "偏离" not in funnel_picture(held, TOWNS, AT).sentence
    assert "没有相邻乡镇连成片的聚集区" in cluster_sentence(held, TOWNS, AT)


def test_a_true_outlier_is_named_outlined_and_not_ranked() -> None:
    # 75 cases of which 18.75 were to be expected anywhere: 60 is high, 4 to 6 are low (P(X <= 6) = .0006, below 3 * .01 / 4).
    held = compared_of([5, 6, 60, 4])
    picture = level_map(held, TOWNS, AT)
    assert "第2镇明显偏高" in picture.sentence
    assert "第0镇、第1镇、第3镇明显偏低" in picture.sentence
    assert "风险翻倍" not in picture.sentence  # something was found
    assert picture.table.iloc[:, 0].tolist() == [town.title.zh for town in TOWNS]
    lines = [trace for trace in picture.figure.data if trace.fill is None and trace.line.color == "#B07D2B"]
    assert len(lines) == 4
    assert [trace.name for trace in lines if trace.showlegend] == ["明显偏高或偏低"]
    assert cluster_sentence(held, TOWNS, AT).endswith("聚集只在这一个乡镇。")


def test_a_small_township_can_be_high_and_only_one_with_enough_expected_can_be_low() -> None:
    """9 cases where 2.4 were expected are named although 2.4 is little; none at all where 2.4 were expected says nothing."""
    towns = [Town(number, people) for number, people in enumerate((40_000, 40_000, 40_000, 5_000))]
    # 60 cases on 125,000 residents: 2.4 expected in the last. P(X >= 9 | Bin(60, .04)) = .0006, below 4 % / 4.
    assert "第3镇明显偏高" in level_map(compared_of([16, 18, 17, 9], towns), towns, AT).sentence
    assert "偏低" not in level_map(compared_of([21, 20, 19, 0], towns), towns, AT).sentence
    assert compared_of([21, 20, 19, 0], towns).level("T3") == "too_few"


def test_what_is_only_possible_is_said_to_be_chances_due() -> None:
    # 18.2 expected each of ten: 29 lies outside 95 % (P(Poisson(18.2) >= 29) = .012), but its mid-p of .0063 is above .04 / 10.
    towns = [Town(number, 20_000) for number in range(10)]
    held = compared_of([29, *[17] * 9], towns)
    picture = level_map(held, towns, AT)
    assert "未发现与全县有明显差异的。若某乡镇风险翻倍" in picture.sentence
    assert "第0镇" not in picture.sentence
    assert picture.note.startswith("第0镇可能偏高:同时看10个乡镇,偶然也会有几个这样的,不能据此下结论。")
    assert funnel_picture(held, towns, AT).sentence == "10个乡镇(街道)中可能偏高1个,其余在偶然范围内"


def test_the_funnel_calls_nobody_within_chance_who_was_not_judged_and_cuts_no_dot_off() -> None:
    # 900 residents with 7 cases where 0.33 were expected: too few people to judge, and far outside every line.
    towns = [Town(number, people) for number, people in enumerate((40_000, 40_000, 40_000, 900))]
    held = compared_of([15, 14, 15, 7], towns)
    picture = funnel_picture(held, towns, AT)
    assert held.level("T3") == "too_few"
    assert picture.sentence == "4个乡镇(街道)都在偶然范围内或数量太少"
    assert picture.figure.layout.yaxis.range[1] > max(max(trace.y) for trace in picture.figure.data if trace.mode == "markers")


def test_a_county_without_a_case_hides_nobody() -> None:
    picture = level_map(compared_of([0, 0, 0, 0]), TOWNS, AT)
    assert "受保护" not in everything(picture)
    assert "每万人每年" not in picture.note
    assert {trace.name for trace in picture.figure.data if trace.name} >= {"未作判断"}


def test_unreported_months_are_said() -> None:
    gaps = [3] * 6 + ["not_collected"] * 6 + [3] * 12
    found = findings_of({town.code: gaps for town in TOWNS})
    held = compared(read(found, Method.LEVEL), read(found, Method.CLUSTER), OPENED, scope("2022-12-01"))
    assert held is not None
    assert "(24个月,其中18个月有报送)" in level_map(held, TOWNS, scope("2022-12-01")).sentence


def test_of_a_cluster_those_are_named_that_make_it() -> None:
    # Ten equal townships in a row, 5.5 expected in each of 55: the circle around the second holds 41 where 16.5 are expected, itself only one.
    towns = [Town(number, 20_000) for number in range(10)]
    held = compared_of([20, 1, 20, *[2] * 7], towns)
    said = cluster_sentence(held, towns, AT)
    assert set(held.clusters["area_code"]) == {"T0", "T1", "T2"}
    assert "以第0镇(20起)、第2镇(20起)为主的一片共刑事立案41起,按全县水平应为16.5起" in said
    assert "第1镇只是在圈内,本身不多" in said
    assert said.endswith("这是把一片地方合起来看,不说明其中每个乡镇都偏高。")
    assert "not each township in it" in cluster_sentence(compared_of([20, 1, 20, *[2] * 7], towns, language="en"), towns, scope(LAST, language="en"))


def test_thirty_townships_without_a_case_are_no_likeness() -> None:
    towns = [Town(number, 20_000) for number in range(36)]
    for counts in ([0] * 36, [12] * 36):
        found = findings_of({town.code: spread(count) for town, count in zip(towns, counts, strict=True)}, towns)
        alike = read(found, Method.AUTOCORRELATION)
        assert neighbour_sentence(alike, towns, ZH, AT.until) == "2021年,看不出相邻乡镇的水平彼此相近。"


def test_few_cases_are_hatched_whatever_their_class() -> None:
    picture = level_map(compared_of([9, 10, 30, 31]), TOWNS, AT)
    hatched = [trace for trace in picture.figure.data if trace.fillpattern.shape == "\\" and len(trace.x)]
    assert sum(list(trace.x).count(None) for trace in hatched) == 1  # nine cases; ten are enough
    assert "斜纹:刑事立案不足10起,不稳定" in picture.note
    assert "斜纹" not in level_map(compared_of([10, 10, 30, 31]), TOWNS, AT).note


def test_classes_mean_the_same_everywhere() -> None:
    assert [LEVEL_CLASSES.position(ratio) for ratio in (0, 0.49, 0.5, 0.79, 0.8, 1, 1.24, 1.25, 1.99, 2, 9)] == [0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4]


def test_the_funnel_judges_as_the_levels_do_and_names_only_what_stands_out() -> None:
    held = compared_of([5, 6, 60, 4])
    figure = funnel_picture(held, TOWNS, AT).figure
    assert {note.text for note in figure.layout.annotations} == {"第0", "第1", "第2", "第3"}
    shown = [trace for trace in figure.data if trace.mode == "markers"]
    assert sorted(ratio for trace in shown for ratio in trace.y) == pytest.approx([4 / 18.75, 5 / 18.75, 6 / 18.75, 60 / 18.75])
    # Upper 99.8 % limit: a count of 20 enters the funnel where P(Poisson(E) >= 20) = .001, at E = 9.6 or so, where the line reads 20 / E.
    upper = next(trace for trace in figure.data if trace.name == "99.8%偶然范围")
    at = next(x for x, y in zip(upper.x, upper.y, strict=True) if round(x * y) == 30)
    assert 30 / at == pytest.approx(1.90, abs=0.02)  # exact lower limit of 30 at 99.8 %: 15.8
    calm = funnel_picture(compared_of([20, 21, 19, 20]), TOWNS, AT)
    assert not calm.figure.layout.annotations
    assert "都在偶然范围内" in calm.sentence


def test_nothing_is_compared_before_a_year_nor_of_late_months() -> None:
    for counts in ({town.code: [3] * 11 for town in TOWNS}, {town.code: [3] * 11 + ["9?"] for town in TOWNS}):
        found = findings_of(counts)
        held = compared(read(found, Method.LEVEL), read(found, Method.CLUSTER), OPENED, AT)
        assert held is None
        assert level_map(held, TOWNS, AT).is_empty
        assert funnel_picture(held, TOWNS, AT).note == "刑事案件报送满一年、期间有案件并可作乡镇分项后显示。"
        assert cluster_sentence(held, TOWNS, AT) == remote_sentence(frame(), held, TOWNS, AT) == ""


def test_the_comparison_is_that_of_the_selected_month() -> None:
    found = findings_of({town.code: [2] * 12 + [9 if number == 2 else 2] * 12 for number, town in enumerate(TOWNS)})
    levels, clusters = read(found, Method.LEVEL), read(found, Method.CLUSTER)
    early, late = (compared(levels, clusters, OPENED, scope(until)) for until in ("2022-01-01", "2022-12-01"))
    assert early is not None
    assert late is not None
    assert early.span.last == pandas.Timestamp("2022-01-01")
    assert early.level("T2") == "within_chance"
    assert late.level("T2") == "clearly_high"


def test_a_zone_is_drawn_alone_and_judged_against_the_whole_county() -> None:
    held, at = compared_of([5, 6, 60, 4]), scope(LAST, zone=ZONES[0])
    picture = level_map(held, TOWNS, at)
    assert picture.table.iloc[:, 0].tolist() == ["第0镇", "第1镇"]
    assert "第2镇" not in picture.sentence
    assert "每万人每年9.4起" in picture.note  # 75 cases over 80,000 residents, not 11 over 40,000
    assert "第2镇" in cluster_sentence(held, TOWNS, at)  # the scan is one test of the county


def test_remote_townships_are_compared_over_the_whole_county_and_the_pooled_months() -> None:
    counts = {"yes": spread(8), "no": spread(15)}
    monthly = frame(
        *[one for flag, values in counts.items() for one in months("cases_opened", "2021-01-01", values, breakdown="remote", member=flag)]
    )
    towns = [Steady(number) for number in range(4)]
    held = compared_of([5, 6, 4, 8])
    said = remote_sentence(monthly, held, towns, scope(LAST, zone=ZONES[0]))
    # One remote township of 20,000 and three others of 60,000: 8 cases are 4.0 per 10,000, 15 are 2.5, whatever the zone.
    assert "全县偏远乡镇刑事立案8起(每万人每年4.0起),其他乡镇15起(每万人每年2.5起)" in said
    assert "差异在随机波动范围内" in said


class Steady(Town):
    def __init__(self, number: int) -> None:
        super().__init__(number, 20_000)

    def residents_in(self, year: int) -> int:
        return self.people


def test_people_stand_out_only_where_their_number_is_published() -> None:
    shown = rows("current_users", "township", "year", {"T0": [60], "T1": [15], "T2": ["suppressed"], "T3": ["suppressed"]})
    found = analyse(table(shown, rows("current_users", "total", "month", {COUNTY: [100] * 12})), KNOWN, places(TOWNS))
    published = [
        row(PEOPLE.id, "2021-01-01", value, grain="year", breakdown="township", area_code=code)
        for code, value in (("T0", 60.0), ("T1", 15.0), ("T2", float("nan")), ("T3", float("nan")))
    ]
    picture = people_map(frame(*published), read(found, Method.LEVEL), PEOPLE, TOWNS, AT)
    assert picture is not None
    # 25 expected in each of four equal townships: 60 is high. The two hidden ones, 25 together where 50 are expected, are
    # low with the rest; 15 has a mid-p of .0083, above 2 * .01 / 3, and lies outside 95 %: P(Poisson(25) <= 15) = .022.
    assert picture.sentence.endswith("按人口折算第0镇明显偏高")
    assert picture.note.startswith("第1镇可能偏低:同时看2个乡镇,")
    words = everything(picture)
    assert "第2镇 受保护" in words
    assert "第2镇 受保护;" not in words.replace("第2镇 受保护;第3镇", "")
    public = people_map(frame(*published), read([], Method.LEVEL), PEOPLE, TOWNS, scope(LAST, "public"))
    assert public is not None
    assert "偏" not in public.sentence


def test_tables_show_the_cases_that_were_judged_and_no_late_ones_beside_a_verdict() -> None:
    late = [
        row("cases_opened", "2021-01-01", count, grain="year", breakdown="township", area_code=f"T{number}", status="provisional")
        for number, count in enumerate([9.0, 9.0, 9.0, 9.0])
    ]
    key, tables = township_tables(frame(*late), compared_of([5, 6, 60, 4]), OPENED, PEOPLE, TOWNS, ZONES, AT)
    assert "初步" not in key
    assert "刑事立案和判断:2021年,应有数按全县水平推算" in key
    # 75 cases on four townships of one size: 18.75 each, to one decimal.
    cells = [cell.split("  \n") for _, one in tables for cell in one["刑事立案 / 判断"]]
    assert [events for events, _ in cells] == [f"{count},应有18.8" for count in (5, 6, 60, 4)]
    assert [level for _, level in cells] == ["明显偏低", "明显偏低", "明显偏高", "明显偏低"]
    key, without = township_tables(frame(*late), None, OPENED, PEOPLE, TOWNS, ZONES, AT)
    assert "(初步)" in key
    assert {cell.split("  \n")[1] for _, one in without for cell in one["刑事立案(初步) / 判断"]} == {"—"}


def test_what_one_month_carries_says_so_and_stands_in_no_headline() -> None:
    # Three cases a month in each of 29 townships, and 24 more of the first in August: 60 of 1,068, a mid-p of .0002; .04 / 29 = .0014. Without
    # that month all have 33. Squared deviations of 24**2 * 11 / 12 = 528 where chance makes 11 * 89 = 979: no batches.
    towns = [Town(number, 20_000) for number in range(29)]
    burst = {town.code: [3 + 24 * (number == 0 and month == 7) for month in range(12)] for number, town in enumerate(towns)}
    found = findings_of(burst, towns)
    levels, clusters = read(found, Method.LEVEL), read(found, Method.CLUSTER)
    held = compared(levels, clusters, OPENED, AT)
    assert held is not None
    picture = level_map(held, towns, AT)
    assert held.level("T0") is Level.CLEARLY_HIGH
    assert "第0镇" not in picture.sentence
    assert "只因一个月偏高的见图下说明" in picture.sentence
    assert picture.note.startswith("第0镇明显偏高(其中27起在2021年8月):去掉括号里的那个月就不再是这样,先核实是否专项行动或补录。")
    assert "第0镇" not in funnel_picture(held, towns, AT).sentence
    assert picture.table.iloc[0, -1] == "明显偏高(其中27起在2021年8月)"
    said = cluster_sentence(held, towns, AT)
    assert "其中27起在2021年8月,不算这个月就不超出偶然" in said
    assert "聚集只在这一个乡镇" in said
    assert "片" not in said
    assert "案件聚集处" in {trace.name for trace in picture.figure.data}  # the ring around one township is no area


def test_cases_of_a_campaign_are_left_out_of_the_judgement_and_counted_beside() -> None:
    # Every township has two cases a month; the first has five more a month that a campaign claims.
    whole = townships({town.code: [7 if number == 0 else 2] * 12 for number, town in enumerate(TOWNS)})
    own = [one for town in TOWNS for one in split_by_campaign(town.code, 2, 5 if town is TOWNS[0] else 0)]
    found = analyse(table(whole, own), KNOWN, places(TOWNS))
    levels = read(found, Method.LEVEL)
    held = compared(levels, read(found, Method.CLUSTER), OPENED, AT)
    assert held is not None
    assert [held.level(town.code) for town in TOWNS] == [Level.WITHIN_CHANCE] * 4
    assert held.rows["T0"]["observed"] == 24
    picture = level_map(held, TOWNS, AT)
    assert picture.table.iloc[:, 1].tolist() == ["24(另有专项行动60起)", "24", "24", "24"]
    assert "第0镇:刑事立案24起(另有专项行动60起),按全县水平应为24.0起" in everything(picture)
    assert "专项行动的60起不参加比较。" in cut_off_words(held, levels, ZH, is_remote_told=False)
    together = analyse(table(whole), KNOWN, places(TOWNS))  # where they are not told apart, all are judged
    assert compared(read(together, Method.LEVEL), read(together, Method.CLUSTER), OPENED, AT).level("T0") is Level.CLEARLY_HIGH


def split_by_campaign(code: str, outside: int, inside: int) -> list[tuple[object, ...]]:
    return [
        (*one[:6], member, *one[7:])
        for member, count in (("no", outside), ("yes", inside))
        for one in rows("cases_opened", "township*in_campaign", "month", {code: [count] * 12})
    ]


def test_of_many_a_few_are_named_and_counted_and_a_legend_says_a_thing_once() -> None:
    # Sixty townships in a row, every tenth and its neighbour with 30 cases, the others with 4: six clusters of two, twelve clearly high.
    towns = [Town(number, 20_000) for number in range(60)]
    held = compared_of([30 if number % 10 < 2 else 4 for number in range(60)], towns)
    picture = level_map(held, towns, AT)
    assert picture.sentence.endswith("第0镇、第1镇、第10镇、第11镇等12个明显偏高")
    assert "第20镇" not in picture.sentence + picture.note
    names = [trace.name for trace in picture.figure.data if trace.name and trace.showlegend is not False]
    assert len(names) == len(set(names))
    said = cluster_sentence(held, towns, AT)
    assert said.count("纯属偶然") == 2
    assert "另有4处聚集,见地图。" in said


@pytest.mark.parametrize(
    ("power", "zh", "en"),
    [
        (0.04, "不到1成", "less than 1 in 10"),
        (0.27, "约3成", "about 3 in 10"),
        (0.75, "约8成", "about 8 in 10"),
        (0.97, "9成以上", "more than 9 in 10"),
    ],
)
def test_the_chance_of_finding_a_doubled_risk_is_said_in_tenths(power: float, zh: str, en: str) -> None:
    assert power_words((power, NAN, NAN), ZH) == power_words((power, power, power), ZH) == f"若某乡镇风险翻倍,本期发现概率{zh}。"
    assert en in power_words((power, NAN, NAN), EN)
    assert power_words((NAN, NAN, NAN), ZH) == ""


def test_small_townships_are_said_to_be_found_less_often() -> None:
    assert power_words((0.81, 0.35, 0.97), ZH) == "若某乡镇风险翻倍,本期发现概率约8成(人口少的乡镇约4成,人口多的9成以上)。"
    assert "(about 4 in 10 where few people live, more than 9 in 10 where many do)" in power_words((0.81, 0.35, 0.97), EN)


@pytest.mark.parametrize(("p", "words"), [(0.0004, "不超过千分之一"), (0.004, "约250分之一"), (0.05, "约20分之一"), (0.3, "约30%")])
def test_chance_is_said_as_one_in_so_many(p: float, words: str) -> None:
    assert chance_words(ZH, p) == words


def test_a_chance_is_told_no_finer_than_it_is_known() -> None:
    assert [chance_words(ZH, p, 0.01) for p in (0.0004, 0.01, 0.02)] == ["不超过百分之一", "不超过百分之一", "约50分之一"]
    assert chance_words(EN, 0.0004, 0.01) == "at most 1 in 100"


def test_how_it_was_looked_at_is_said() -> None:
    found = findings_of({town.code: [2] * 12 for town in TOWNS})
    levels = read(found, Method.LEVEL)
    held = compared(levels, read(found, Method.CLUSTER), OPENED, AT)
    # 24 expected in each of four. 15 to 34 are within the funnel (P(Poisson(24) <= 14) = .020, P(>= 35) = .021); of Bin(96, 1/4) .0098 lies
    # below and .0077 above, four times that is .07.
    every = "合并12个月,同时检验4个乡镇(街道);如果各乡镇水平都一样,误标“明显”的机会不超过5%,“可能”碰巧出现的机会不到1成。"
    told = f"{every}聚集区、偏远乡镇各另作一次检验,误报各不超过5%。数据截至2021年12月。"
    assert cut_off_words(held, levels, ZH, is_remote_told=True) == told
    assert cut_off_words(held, levels, ZH, is_remote_told=False) == f"{every}聚集区另作一次检验,误报各不超过5%。数据截至2021年12月。"
    assert cut_off_words(None, levels, ZH, is_remote_told=False) == ""


def test_a_batch_of_cases_is_no_finding_and_the_stricter_rule_is_said_and_drawn() -> None:
    # Both times 34 of 70 cases are the first township's: one by one, about three a month; or all but ten of them in one month.
    apart = {TOWNS[0].code: [3] * 10 + [2] * 2, **{town.code: [1] * 12 for town in TOWNS[1:]}}
    at_once = {TOWNS[0].code: [1] * 10 + [24, 0], **{town.code: [1] * 12 for town in TOWNS[1:]}}
    drawn = []
    for counts, is_batch in ((apart, False), (at_once, True)):
        found = findings_of(counts)
        levels = read(found, Method.LEVEL)
        held = compared(levels, read(found, Method.CLUSTER), OPENED, AT)
        assert held is not None
        assert (held.level(TOWNS[0].code) is Level.CLEARLY_HIGH) is not is_batch
        assert ("案件成批出现" in cut_off_words(held, levels, ZH, is_remote_told=False)) is is_batch
        assert ("cases come in batches" in cut_off_words(held, levels, EN, is_remote_told=False).lower()) is is_batch
        drawn.append(max(funnel_picture(held, TOWNS, AT).figure.data[0].y))  # the upper limit of 99.8 %, highest where least is expected
        assert held.rows[TOWNS[0].code]["observed"] == 34
    assert drawn[1] > drawn[0]


def test_without_residents_nothing_is_said_to_have_been_compared() -> None:
    nobody = [Town(number, 0) for number in range(4)]
    found = findings_of({town.code: [2] * 12 for town in nobody}, nobody)
    levels = read(found, Method.LEVEL)
    held = compared(levels, read(found, Method.CLUSTER), OPENED, AT)
    assert "没有常住人口数" in level_map(held, nobody, AT).sentence
    assert funnel_picture(held, nobody, AT).note == "没有常住人口数,各乡镇未作比较。"
    assert cut_off_words(held, levels, ZH, is_remote_told=False) == ""


def test_every_level_has_words() -> None:
    assert {words.zh for words in LEVEL_WORDS.values()} >= {"明显偏高", "可能偏高", "与全县无明显差异", "数量太少"}


def test_english_says_the_same() -> None:
    held, at = compared_of([5, 6, 60, 4], language="en"), scope(LAST, language="en")
    assert "Town 2 clearly high" in level_map(held, TOWNS, at).sentence
    assert cluster_sentence(held, TOWNS, at).endswith("The cluster is this one township.")
    assert funnel_picture(held, TOWNS, at).sentence == "Of 4 townships 1 clearly high, 3 clearly low, the others within chance"
