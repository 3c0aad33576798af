"""The numbers on the page about method, against published tables and sums done by hand."""

from __future__ import annotations

import pytest

from charts import methods
from charts.scope import Voice
from indicators.model import Release

CHINESE, ENGLISH = Voice(Release.INTERNAL, "zh"), Voice(Release.INTERNAL, "en")


def test_what_a_clear_rise_takes() -> None:
    # From R's poisson.test, p < .05: 0 to 6 (2 * .5**6 = .03125), 1 to 8, ..., 100 to 131.
    expected = [(0, 6), (1, 8), (2, 10), (3, 12), (5, 15), (8, 20), (10, 23), (20, 36), (50, 73), (100, 131)]
    for voice, heads in (
        (CHINESE, ["上年同期(起)", "今年达到(起)才算明显上升"]),
        (ENGLISH, ["Same time last year", "A clear rise takes"]),
    ):
        table = methods.clear_rises(voice)
        assert list(table.columns) == heads
        assert [tuple(map(int, row)) for row in table.itertuples(index=False)] == expected


def test_ranges() -> None:
    # Byar, 10: 10 (1 - 1/90 - 1.959964 / (3 sqrt 10))**3 = 4.787, 11 (1 - 1/99 + 1.959964 / (3 sqrt 11))**3 = 18.391.
    # Byar, 100: 100 (1 - 1/900 - 1.959964/30)**3 = 81.36, 101 (1 - 1/909 + 1.959964 / (3 sqrt 101))**3 = 121.63.
    # Wilson, 5 of 20 (R): .1119 to .4687.
    chinese = methods.range_example(CHINESE)
    assert "10起的可能范围是4.8—18.4起,100起是81.4—121.6起" in chinese
    assert "20人中5人,占25%,可能范围11.2—46.9%" in chinese
    english = methods.range_example(ENGLISH)
    assert "10 cases may stand for 4.8–18.4, 100 for 81.4–121.6" in english
    assert "5 of 20 is 25%, range 11.2–46.9 %" in english


def test_a_rise_by_half_that_is_not_clear() -> None:
    # R's poisson.test, 30 against 20, doubled tails: .2026.
    assert methods.change_example(CHINESE) == (
        "上年同期20起,今年30起:多了50%,但情况不变时也有20%的机会差这么多。在随机波动范围内;到36起才算明显上升。"
    )
    english = methods.change_example(ENGLISH)
    for part in ("50% more", "a chance of 20%", "within chance", "takes 36"):
        assert part in english


def test_the_county_of_seven_townships() -> None:
    table = methods.township_table(CHINESE).set_index("乡(人口)")
    # 223 cases of 201,000 people, 11.0945 per 10,000.
    assert list(table["每万人"]) == ["10.0", "8.9", "9.5", "19.3", "8.2", "17.5", "20.0"]
    # Between the townships, in 1e-8: sum of shares of people times squared distances, .358 + 1.089 + .497 + 10.131 + .929 + .817 + .789
    # = 14.609, less 11.0945e-4 / 28,714 = 3.864 by chance: A = 10.745. With m = .00110945, m*m/A = 11.455 and m/A = 10,325:
    # D (58 + 11.455) / (30,000 + 10,325) = 17.22; F (7 + 11.455) / 14,325 = 12.88; G (4 + 11.455) / 12,325 = 12.54 per 10,000.
    assert table.loc["丁(3万)", "平滑后"] == "17.2"
    assert table.loc["己(4,000)", "平滑后"] == "12.9"
    assert table.loc["庚(2,000)", "平滑后"] == "12.5"
    # D: 58 where 33.28 are expected, 4.6 standard deviations of the binomial (5.32) and above the 99.8 % limit 52 of Poisson's 33.28.
    # A to C, E: less than 1.5 deviations off. F: 7 where 4.44 are expected, chance .16. G: fewer than five.
    within = "与全县无明显差异"
    assert list(table["判断"]) == [within, within, within, "明显偏高", within, within, "数量太少"]


@pytest.mark.parametrize(
    ("voice", "expected"),
    [
        (CHINESE, ["庚乡:每万人20.0起,折算下来最高,实际4起,按全县水平应有2.2起,数量太少。", "丁乡:实际58起,按全县水平应有33.3起,明显偏高。"]),
        (
            ENGLISH,
            [
                "Town G: 20.0 per 10,000, the highest rate; 4 cases where the county's rate gives 2.2: too few.",
                "Town D: 58 cases where the county's rate gives 33.3: clearly high.",
            ],
        ),
    ],
    ids=["zh", "en"],
)
def test_what_is_said_of_them(voice: Voice, expected: list[str]) -> None:
    # Expected: 223 * 2 / 201 = 2.22 and 223 * 30 / 201 = 33.28.
    assert methods.township_sentences(voice) == expected
