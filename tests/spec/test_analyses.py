"""What a build computes beside its numbers: published rows in, findings out, derived by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from math import comb, exp, factorial
from pathlib import Path

import pyarrow
import pytest
import shapely

from analysis.comparison import Verdict
from etl.assembly.analyses import analyse
from etl.assembly.analyses.place import Place, places
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.observe import COLUMNS
from etl.county.read import read_pack
from indicators import catalogue
from indicators.model import Break, Method, Release, Text, residents_of_year

KNOWN = catalogue()
COUNTY = "990000000000"
NUMBERS = {"numerator", "denominator", "value", "lower", "upper"}
FIRST = date(2021, 1, 1)


def month(number: int) -> date:
    """The month of a position, 0 being January 2021."""
    return date(2021 + number // 12, number % 12 + 1, 1)


def rows(
    indicator: str, breakdown: str, grain: str, cells: Mapping[str, Sequence[float | str]], *, release: str = "internal", is_area: bool = True
) -> list[tuple[object, ...]]:
    """Observations of consecutive months (or years, or quarters); a text is the status of a cell without a number, ``5?`` a provisional 5."""
    step = {"month": 1, "quarter": 3, "year": 12}[grain]
    made = []
    for name, values in cells.items():
        for position, given in enumerate(values):
            is_late = isinstance(given, str) and given.endswith("?")
            value = float(given.rstrip("?")) if is_late else given if isinstance(given, int | float) else None
            status = "provisional" if is_late else "observed" if value is not None else given
            place = (name, breakdown, "", "") if is_area else (COUNTY, breakdown, name, "")
            made.append((release, indicator, month(position * step), grain, *place, value, None, value, None, None, status))
    return made


def townships(cells: Mapping[str, Sequence[float | str]]) -> list[tuple[object, ...]]:
    """Months of the cases of all townships, with the county's: their sum, or what they all have in place of a number."""
    county: list[float | str] = []
    for given in zip(*cells.values(), strict=True):
        texts = [one for one in given if isinstance(one, str)]
        numbers = [float(str(one).rstrip("?")) for one in given if not isinstance(one, str) or one.endswith("?")]
        county.append(f"{sum(numbers)}?" if numbers and texts else sum(numbers) if numbers else texts[0])
    return [*rows("cases_opened", "township", "month", cells), *rows("cases_opened", "total", "month", {COUNTY: county})]


def table(*parts: list[tuple[object, ...]]) -> pyarrow.Table:
    columns = zip(COLUMNS, zip(*(row for part in parts for row in part), strict=True), strict=True)
    return pyarrow.table({name: pyarrow.array(column, pyarrow.float64() if name in NUMBERS else None) for name, column in columns})


def place(code: str, residents: float, x: float = 0.0) -> Place:
    """A township on a line, one kilometre apart a unit of x."""
    return Place(code, {2020: int(residents)}, (1.0, x / 6371, 0.0), shapely.box(x, 0, x + 1, 1))


PLACES = [place("A", 10_000), place("B", 10_000, 5), place("C", 10_000, 10)]


def found(analyses: Sequence[Analysis], method: Method, release: Release = Release.INTERNAL, indicator: str = "cases_opened") -> list[Analysis]:
    return [one for one in analyses if one.method is method and one.release is release and any(row.indicator == indicator for row in one.findings)]


def by_area(analysis: Analysis) -> dict[str, Finding]:
    return {row.area_code: row for row in analysis.findings}


def poisson_tail(count: int, mean: float) -> float:
    """P(X >= count)."""
    return 1 - sum(exp(-mean) * mean**k / factorial(k) for k in range(count))


def mid_p(count: int, total: int) -> float:
    """P(X > count) + P(X = count) / 2 of a binomial with a third of the total."""
    return sum(comb(total, k) * 2 ** (total - k) / (2 if k == count else 1) for k in range(count, total + 1)) / 3**total


def test_a_township_stands_out_against_the_rest_of_its_county() -> None:
    monthly = {"A": [4] * 4 + [3] * 8, "B": [1] * 10 + [0] * 2, "C": [0] * 2 + [1] * 10}
    (level,) = found(analyse(table(townships(monthly)), KNOWN, PLACES), Method.LEVEL)
    held = by_area(level)
    # 60 cases, a third of the residents each: 20 expected everywhere.
    assert [held[code].observed for code in "ABC"] == [40, 10, 10]
    assert all(held[code].expected == pytest.approx(20) for code in "ABC")
    # P(Bin(60, 1/3) > 40) and half of P(40) are far below 1/3 of 4 %, and P(Poisson(20) >= 40) below 2.5 %.
    assert held["A"].p_value == pytest.approx(mid_p(40, 60))
    assert poisson_tail(40, 20) < 0.025
    assert held["A"].label == "clearly_high"
    # 10 or fewer: P(Bin(60, 1/3) < 10) and half of P(10) are below 2/3 of 1 %, which two share, and P(Poisson(20) <= 10) below 2.5 %.
    assert held["B"].p_value == pytest.approx(1 - mid_p(10, 60), rel=1e-6)
    assert 1 - mid_p(10, 60) < 0.01 * 2 / 3
    assert 1 - poisson_tail(11, 20) < 0.025
    assert held["B"].label == held["C"].label == "clearly_low"
    assert (level.first_on, level.last_on, level.tests, level.chance_of_false) == (FIRST, month(11), 3, 0.05)
    assert level.parameters["months"] == level.parameters["months_reported"] == 12
    assert 0 < level.power < 1


def test_the_colour_is_drawn_towards_the_county_and_is_the_countys_where_chance_explains_all() -> None:
    uneven = {"A": [5] * 8 + [0] * 4, "B": [1] * 10 + [0] * 2, "C": [1] * 10 + [0] * 2}
    (apart,) = found(analyse(table(townships(uneven)), KNOWN, PLACES), Method.LEVEL)
    # Per person: m = 60 / 30,000 = .002; s2 = (.002**2 + 2 * .001**2) / 3 = 2e-6; A = s2 - m / 10,000 = 1.8e-6.
    # A's rate: (40 + m**2 / A) / (10,000 + m / A) = (40 + 2.2222) / (10,000 + 1,111.1) = 38 per 10,000.
    assert by_area(apart)["A"].value == pytest.approx(38.0)
    # 22, 20 and 18 cases differ less than chance lets expect: s2 = 2 * .0002**2 / 3 < m / 10,000.
    even = {"A": [2] * 10 + [1] * 2, "B": [2] * 8 + [1] * 4, "C": [2] * 6 + [1] * 6}
    (alike,) = found(analyse(table(townships(even)), KNOWN, PLACES), Method.LEVEL)
    assert {round(row.value, 9) for row in alike.findings} == {20.0}  # 60 cases of 30,000 people


def test_late_and_unreported_months_are_in_no_window_and_unreported_ones_shorten_the_exposure() -> None:
    late = {code: [1] * 12 + ["not_collected"] + [1] * 11 + ["9?", "9?"] for code in "ABC"}
    levels = found(analyse(table(townships(late)), KNOWN, PLACES), Method.LEVEL)
    assert max(one.last_on for one in levels) == month(23)
    assert month(12) not in {one.last_on for one in levels}
    latest = next(one for one in levels if one.last_on == month(23))
    told = {name: latest.parameters[name] for name in ("false_share", "months", "months_reported", "dispersion")}
    assert told == {"false_share": 0.05, "months": 24, "months_reported": 23, "dispersion": 1.0}
    assert 0 <= latest.parameters["power_of_small"] <= latest.parameters["power_of_large"] <= 1
    assert by_area(latest)["A"].exposure == pytest.approx(10_000 * 23 / 12)


@pytest.mark.parametrize(("a_month", "months"), [(1, 36), (8, 36), (9, 24)])
def test_two_years_are_pooled_where_they_hold_six_hundred_cases_and_three_where_they_do_not(a_month: int, months: int) -> None:
    counts = {code: [a_month] * 40 for code in "ABC"}  # 3 x 24 x 8 = 576, 3 x 24 x 9 = 648
    latest = found(analyse(table(townships(counts)), KNOWN, PLACES), Method.LEVEL)[-1]
    assert latest.parameters["months"] == months


def test_months_are_pooled_of_the_periods_whose_townships_are_shown() -> None:
    # Three years of six cases each in A and three in B and C; of the months nothing is shown, of the quarters those of 2021 and two of 2022.
    years = rows("cases_opened", "township", "year", {"A": [6, 6, 6], "B": [3, 3, 3], "C": [3, 3, 3]})
    quarters = rows(
        "cases_opened",
        "township",
        "quarter",
        {"A": [2, 2, 1, 1, 3, 3, *["suppressed"] * 6], "B": [1, 1, 1, 0, 2, 1, *["suppressed"] * 6], "C": [0, 1, 1, 1, 2, 1, *["suppressed"] * 6]},
    )
    months = townships({code: ["suppressed"] * 36 for code in "ABC"})
    county = rows("cases_opened", "total", "month", {COUNTY: [1] * 36})
    held = [row for row in months if row[5] == "township"]
    levels = {one.last_on: one for one in found(analyse(table(years, quarters, held, county), KNOWN, PLACES), Method.LEVEL)}
    # One year back from a month of 2021 or 2022, two from December 2022 on, three at the end: all of 2021; back from March and June of 2022
    # every quarter is shown, from September on one is not; December of 2022 and 2023 end whole years, and no other month of 2023 ends a quarter
    # that is shown.
    assert [(one.first_on, one.last_on) for one in levels.values()] == [
        (FIRST, month(11)),
        (month(3), month(14)),
        (month(6), month(17)),
        (FIRST, month(23)),
        (FIRST, month(35)),
    ]
    assert [by_area(levels[month(11)])[code].observed for code in "ABC"] == [6, 3, 3]
    # April 2021 to March 2022 are three quarters of the one year and one of the other: 2 + 1 + 1 + 3, 1 + 1 + 0 + 2, 1 + 1 + 1 + 2.
    assert [by_area(levels[month(14)])[code].observed for code in "ABC"] == [7, 4, 5]
    assert [by_area(levels[month(35)])[code].observed for code in "ABC"] == [18, 9, 9]
    assert levels[month(35)].parameters["months_reported"] == 36


def test_batches_are_measured_on_the_county_where_months_of_townships_are_not_shown() -> None:
    # Two years of the county: 6 cases in every second month and none in the others. Within each year the mean is 3 and every month differs by 3:
    # 12 x 9 / 3 = 36 a year, 72 in all, over 2 x 11 degrees of freedom.
    years = rows("cases_opened", "township", "year", {code: [12, 12] for code in "ABC"})
    county = rows("cases_opened", "total", "month", {COUNTY: [6, 0] * 12})
    latest = found(analyse(table(years, county), KNOWN, PLACES), Method.LEVEL)[-1]
    assert latest.parameters["dispersion"] == round(72 / 22, 2)


def test_hidden_people_stand_together_as_the_rest_of_the_countys_exact_total() -> None:
    shown = rows("current_users", "township", "year", {"A": [30], "B": ["suppressed"], "C": ["suppressed"]})
    total = rows("current_users", "total", "month", {COUNTY: [45] * 12})
    analyses = analyse(table(shown, total), KNOWN, PLACES)
    (level,) = found(analyses, Method.LEVEL, indicator="current_users")
    held = by_area(level)
    assert set(held) == {"A", "B", "C"}
    assert held["A"].expected == pytest.approx(15)  # a third of 45
    assert held["A"].p_value == pytest.approx(mid_p(30, 45))
    assert [held[code].label for code in "BC"] == ["not_judged", "not_judged"]
    assert all(row.observed != row.observed for row in (held["B"], held["C"]))  # no number
    assert level.tests == 1
    assert not found(analyses, Method.LEVEL, Release.PUBLIC, "current_users")


def test_nothing_is_computed_of_rounded_numbers_and_the_same_of_exact_ones_in_both_releases() -> None:
    public = rows("current_users", "township", "year", {"A": [30], "B": [15], "C": [10]}, release="public")
    people = rows("newly_found_people", "total", "month", {COUNTY: [5] * 40}, release="public")
    assert analyse(table(public, people), KNOWN, PLACES) == []
    events = townships({"A": [3] * 12, "B": [1] * 12, "C": [1] * 12})
    both = analyse(table(events, [("public", *row[1:]) for row in events]), KNOWN, PLACES)
    assert [replace(one, release=Release.PUBLIC) for one in found(both, Method.LEVEL)] == found(both, Method.LEVEL, Release.PUBLIC)


def test_a_neighbourhood_with_more_cases_than_the_rest_is_one_area() -> None:
    places = [place(code, 10_000, x) for code, x in zip("ABCDEFGH", (0, 1, 2, 50, 60, 70, 80, 90), strict=True)]
    counts = {code: [2] * 12 if code in "AB" else [0] * 9 + [1] * 3 for code in "ABCDEFGH"}  # 24 each, 3 each elsewhere
    (scan,) = found(analyse(table(townships(counts)), KNOWN, places), Method.CLUSTER)
    assert {(row.area_code, row.member, row.label) for row in scan.findings} == {("A", "1", "cluster"), ("B", "1", "cluster")}
    first = scan.findings[0]
    # 48 of 66 cases among a quarter of the residents: 16.5 expected; relative risk (48 / 16.5) / (18 / 49.5) = 8.
    assert (first.observed, first.expected, first.value) == (48, pytest.approx(16.5), pytest.approx(8))
    assert first.p_value == pytest.approx(0.001)  # none of 999 maps of chance
    assert (scan.seed, scan.parameters["simulations"], scan.parameters["largest_share"]) == (1, 999, 0.35)


def test_a_map_of_equal_rates_keeps_its_most_suspicious_circle_and_calls_it_chance() -> None:
    counts = {code: [1] * 12 for code in "ABC"}
    counts["A"] = [1] * 11 + [2]
    (scan,) = found(analyse(table(townships(counts)), KNOWN, PLACES), Method.CLUSTER)
    assert {row.label for row in scan.findings} == {"within_chance"}


def test_a_month_far_above_those_of_earlier_years_is_a_warning_and_nothing_is_said_before_a_year() -> None:
    counts = [2] * 60 + [12]
    analyses = analyse(table(rows("cases_opened", "total", "month", {COUNTY: counts})), KNOWN, PLACES)
    rounds = {one.last_on: one for one in found(analyses, Method.WARNING) if one.parameters["periods"] == 1}
    assert min(rounds) == month(12)  # twelve months before it
    (last,) = rounds[month(60)].findings
    # Twelve months of the same season in four years, two each: (24 + 1/2) / 12 expected.
    assert (last.label, last.rule, last.observed, last.expected) == ("alarm", "seasonal", 12, pytest.approx(24.5 / 12))
    assert last.upper < 12
    assert [one.last_on for one in rounds.values() if any(row.label == "alarm" for row in one.findings)] == [month(60)]
    assert rounds[month(60)].chance_of_false == 0.01  # of the whole round, months and three months together


def test_a_month_that_is_not_split_is_unknown_to_the_splits_and_no_zero() -> None:
    whole = rows("cases_opened", "total", "month", {COUNTY: [8] * 49})
    shown = rows("cases_opened", "charge", "month", {"trafficking": [8] * 49}, is_area=False)
    gaps = rows("cases_opened", "charge", "month", {"possession": [2] * 12 + ["suppressed"] * 36 + [2]}, is_area=False)
    last = [one for one in found(analyse(table(whole, shown, gaps), KNOWN, PLACES), Method.WARNING) if one.parameters["periods"] == 1][-1]
    held = {row.member: row for row in last.findings if row.breakdown == "charge"}
    assert held["trafficking"].label == "quiet"
    # Of the three years before nothing is known of possession; with zeros two cases would be far more than expected.
    assert (held["possession"].label, held["possession"].observed) == ("not_judged", 2)
    assert last.tests == 2


def test_late_months_are_not_tested() -> None:
    analyses = analyse(table(rows("cases_opened", "total", "month", {COUNTY: [*[2] * 60, "12?"]})), KNOWN, PLACES)
    assert max(one.last_on for one in found(analyses, Method.WARNING)) == month(59)


def test_series_of_one_month_are_judged_together() -> None:
    quiet = {code: [1] * 49 for code in "BC"}
    analyses = analyse(
        table(
            rows("cases_opened", "total", "month", {COUNTY: [3] * 49}),
            rows("cases_opened", "township", "month", {"A": [1] * 49, **quiet}),
            rows("cases_opened", "charge", "month", {"possession": [2] * 49, "trafficking": [1] * 49}, is_area=False),
        ),
        KNOWN,
        PLACES,
    )
    latest = found(analyses, Method.WARNING)[-1]
    assert latest.tests == len(latest.findings) == 6


def test_a_corrected_month_is_no_count_and_is_not_judged() -> None:
    found_of = analyse(table(rows("cases_opened", "total", "month", {COUNTY: [2] * 30 + [-3] + [2] * 29 + [-1]})), KNOWN, PLACES)
    rounds = {one.last_on for one in found(found_of, Method.WARNING)}
    assert month(59) in rounds
    assert not rounds & {month(30), month(60)}


def test_a_past_before_a_change_of_definition_is_none() -> None:
    split = {**KNOWN, "cases_opened": replace(KNOWN["cases_opened"], breaks=(Break(month(48), Text("口径变化", "new definition")),))}
    whole = rows("cases_opened", "total", "month", {COUNTY: [2] * 48 + [9] * 14})
    towns = rows("cases_opened", "township", "month", {code: [1] * 48 + [3] * 14 for code in "ABC"})
    found_of = analyse(table(whole, towns), split, PLACES)
    after = [one for one in found(found_of, Method.WARNING) if one.last_on >= month(48)]
    assert min(one.last_on for one in after) == month(60)  # twelve months of the new definition before it
    assert {row.label for one in after for row in one.findings} == {"quiet"}
    levels = [one for one in found(found_of, Method.LEVEL) if one.last_on >= month(48)]
    assert {one.first_on for one in levels} == {month(48), month(49), month(50)}  # never across it
    assert min(one.last_on for one in levels) == month(59)


def test_a_township_is_not_compared_before_it_was_founded() -> None:
    founded = [replace(PLACES[0], founded_on=date(2001, 1, 1)), replace(PLACES[1], founded_on=month(30)), PLACES[2]]
    # B was split off A: A's sixty cases of thirty months are of both.
    towns = townships({"A": [2] * 30 + [1] * 14, "B": [0] * 30 + [1] * 14, "C": [1] * 44})
    found_of = analyse(table(towns), KNOWN, founded)
    last = found(found_of, Method.LEVEL)[-1]
    assert last.first_on >= month(30)
    assert {row.label for row in last.findings} == {"within_chance"}
    assert {row.label for one in found(found_of, Method.WARNING) for row in one.findings if row.area_code == "B"} <= {"not_judged", "quiet"}


def test_a_trend_says_the_yearly_change_and_begins_anew_at_a_break() -> None:
    # 100 a year, then 10 % more every year, spread evenly: ln 1.1 a year.
    counts = [round(100 * 1.1 ** (position / 12)) for position in range(60)]
    observed = table(rows("cases_opened", "total", "month", {COUNTY: counts}))
    latest = found(analyse(observed, KNOWN, PLACES), Method.TREND)[-1]
    (row,) = latest.findings
    assert row.value == pytest.approx(10, abs=0.5)
    assert (row.label, latest.first_on, latest.last_on) == (Verdict.CLEAR_RISE, FIRST, month(59))
    split = {**KNOWN, "cases_opened": replace(KNOWN["cases_opened"], breaks=(Break(date(2023, 1, 1), Text("口径变化", "new definition")),))}
    trends = found(analyse(observed, split, PLACES), Method.TREND)
    after = [one for one in trends if one.last_on >= date(2023, 1, 1)]
    assert {one.first_on for one in after} == {date(2023, 1, 1)}
    assert min(one.last_on for one in after) == month(47)  # two years after the break


def test_the_order_of_the_rows_changes_nothing() -> None:
    parts = [
        *rows("cases_opened", "township", "month", {"A": [2] * 20, "B": [1] * 20, "C": [0, 1] * 10}),
        *rows("cases_opened", "total", "month", {COUNTY: [3] * 20}),
    ]
    assert analyse(table(parts), KNOWN, PLACES) == analyse(table(parts[::-1]), KNOWN, PLACES)


def test_a_county_without_residents_or_townships_is_not_mapped() -> None:
    observed = table(townships({"A": [2] * 12}))
    assert not found(analyse(observed, KNOWN, []), Method.LEVEL)
    empty = [Place(code, {}, (1.0, 0.0, 0.0), shapely.Polygon()) for code in "AB"]
    (level,) = found(analyse(observed, KNOWN, empty), Method.LEVEL)
    assert {row.label for row in level.findings} == {"not_judged"}


def test_neighbours_are_compared_from_thirty_townships_on_and_at_the_latest_cut_off_only() -> None:
    def on_a_grid(count: int) -> list[Place]:
        return [
            Place(
                f"T{number:02}",
                {2020: 10_000},
                (1.0, number // 6 / 637, number % 6 / 637),
                shapely.box(number // 6, number % 6, number // 6 + 1, number % 6 + 1),
            )
            for number in range(count)
        ]

    # The western half has three cases a month in every township, the eastern one: neighbours are alike wherever the halves do not meet.
    counts = {f"T{number:02}": [3 if number < 18 else 1] * 13 for number in range(36)}
    observed = table(rows("cases_opened", "township", "month", counts), rows("cases_opened", "total", "month", {COUNTY: [72] * 13}))
    (found_one,) = found(analyse(observed, KNOWN, on_a_grid(36)), Method.AUTOCORRELATION)
    assert found_one.last_on == month(12)
    whole, *local = found_one.findings
    assert (whole.area_code, whole.label, whole.rule) == (COUNTY, "alike", "moran")
    assert whole.expected == pytest.approx(-1 / 35)
    assert len(local) == 36
    # Eight neighbours, all of the high half: C(17, 8) / C(35, 8) of all neighbourhoods, 1 in 970. A corner has three, one in ten.
    assert {row.label for row in local if "T07" <= row.area_code <= "T10"} == {"high_cluster"}
    assert "high_cluster" not in {row.label for row in local if row.area_code >= "T18" or row.area_code in {"T00", "T05"}}
    assert not found(analyse(observed, KNOWN, on_a_grid(29)), Method.AUTOCORRELATION)


def test_a_township_that_took_another_over_has_its_past() -> None:
    held = {one.code: one for one in places(read_pack(Path(__file__).parents[2] / "county"), 2026)}
    assert held["990121104000"].founded_on is None  # a former township was merged into it
    assert held["990121001000"].founded_on == date(2001, 1, 1)
    assert sum(number**2 for number in held["990121001000"].point) == pytest.approx(1)  # on the unit sphere


def test_residents_of_an_unknown_year_are_those_of_the_nearest_earlier_one_or_the_first() -> None:
    known = {2020: 100, 2022: 120}
    assert [residents_of_year(known, year) for year in (2019, 2020, 2021, 2022, 2030)] == [100, 100, 100, 120, 120]
    assert residents_of_year({}, 2020) == 0
