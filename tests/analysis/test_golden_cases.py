"""The rest of the published cases: whole files of R's and OHID's numbers beside the single ones that the other modules type.

Where a test reads a file, its first and last numbers are typed beside it with the source, so that a changed file is noticed.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import numpy
import openpyxl
import pytest

from analysis.alarm import farrington_alarms
from analysis.areas import ACTION, WARNING, poisson_funnel
from analysis.comparison import two_period_p
from analysis.intervals import byar_interval, exact_poisson_interval, poisson_interval, wilson_interval
from analysis.quasi_poisson import fit
from analysis.rates import age_standardised_rates, expected_events, standardised_ratios
from analysis.shrinkage import Spread, rates_given_spread
from tests.analysis.test_rates import AREA, BIG, ESP_2013

Numbers = numpy.ndarray


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "golden" / "stats" / name).open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def column(rows: list[dict[str, str]], name: str) -> Numbers:
    return numpy.array([math.nan if row[name] == "NA" else float(row[name]) for row in rows])


def sheet(folder: Path, book: str, name: str) -> list[dict[str, Any]]:
    head, *rows = openpyxl.load_workbook(folder / "golden" / "stats" / "phe" / book, data_only=True)[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows if row[0] is not None]


# G1: North Carolina, R spdep probmap and choynowski.


def test_expected_deaths_and_their_rarity_equal_spdep(shared_folder: Path) -> None:
    rows = read(shared_folder, "nc_sids/nc_sids_golden_spdep.csv")
    deaths, births = column(rows, "SID74"), column(rows, "BIR74")
    assert (column(rows, "SID79").sum(), column(rows, "BIR79").sum()) == (836, 422_392)  # README
    expected = expected_events(births[:, None], [deaths.sum()], [births.sum()])
    # First row, Ashe: 667 * 1091 / 329962 = 2.205396; 1 death is 45.3433 % of it.
    assert expected[0] == pytest.approx(2.20539637897697, rel=1e-12)
    assert expected == pytest.approx(column(rows, "expCount"), rel=1e-12)
    assert 100 * standardised_ratios(deaths, expected)[:, 0] == pytest.approx(column(rows, "relRisk"), rel=1e-12)
    # Choynowski's probability of a count as far out on its side: below half of alpha exactly outside the funnel.
    for alpha, number in ((WARNING, 10), (ACTION, 3)):
        low, high = poisson_funnel(expected, alpha).T
        rare = column(rows, "choy_p") < alpha / 2
        assert rare.sum() == number
        assert (((deaths < low) | (deaths > high)) == rare).all()


# G4: lip cancer in Scotland.


def test_districts_with_few_cases_equal_r(shared_folder: Path) -> None:
    rows = read(shared_folder, "scotland_lip/scotland_golden_R.csv")
    cases, expected = column(rows, "Y"), column(rows, "E")
    assert (cases.sum(), expected.sum()) == pytest.approx((536, 536.2))  # README
    # README, glm.nb: alpha 1.87949, mu 1.42206; rows 49 (28 of 88.7 expected), 55 and 56 (no case) .33191, .34038, .60208.
    spread = Spread(1.42206, 1.42206**2 / 1.87949)
    found = rates_given_spread([28, 0, 0], [88.7, 4.2, 1.8], spread)
    assert found[:, 0] == pytest.approx([0.33191, 0.34038, 0.60208], abs=1e-5)
    # R poisson.test: upper limits of nothing seen, -log(.025) / 4.2 and / 1.8.
    assert standardised_ratios([0, 0], [4.2, 1.8])[:, 2] == pytest.approx([0.878304631931889, 2.04937747450774], rel=1e-9)
    limits = numpy.column_stack([column(rows, name) for name in ("SMR", "SMR_exact_lo", "SMR_exact_hi")])
    assert standardised_ratios(cases, expected) == pytest.approx(limits, rel=1e-9)
    # README: Pearson's dispersion 8.84 (cut, not rounded).
    assert fit(numpy.ones((56, 1)), cases, expected).dispersion == pytest.approx(8.845, abs=0.005)


# G8: Salmonella Newport in Germany, 2011, week by week, R surveillance's farringtonFlexible with the settings of Noufaily at .05.


def test_alarms_of_salmonella_newport_equal_r(shared_folder: Path) -> None:
    rows = read(shared_folder, "surveillance_R/salmNewport_germany_input.csv")
    expected = read(shared_folder, "surveillance_R/salmNewport_2011_golden.csv")
    weeks = [row["epoch"] for row in rows]
    judged = [weeks.index(row["epoch"]) for row in expected]
    windows = {"half_window": 3, "seasons": 10, "left_out": 26, "periods_per_year": 52}
    found = farrington_alarms(column(rows, "observed")[: judged[-1] + 1], alpha=0.05, **windows)
    # The weeks of 29 August, of 31 October to 21 November (the outbreak of 41 and 45 cases) and of the last three.
    alarms = [number for number, row in enumerate(expected, start=1) if row["ff_noufaily_alarm"] == "1"]
    assert alarms == [35, 44, 45, 46, 47, 50, 51, 52]
    assert (numpy.flatnonzero(found.is_alarm[judged]) + 1).tolist() == alarms
    # R goes back by date and meets a year of 53 weeks, which shifts its windows by one: single limits differ by one event.
    upper, limit = found.upper[judged], column(expected, "ff_noufaily_ub")
    known = ~numpy.isnan(upper)
    assert numpy.abs(upper - limit)[known].max() <= 1
    assert (upper == limit)[known].mean() > 0.85


# G10: R's intervals and tests, every row.


def test_every_exact_interval_of_r(shared_folder: Path) -> None:
    rows = read(shared_folder, "rates_R/poisson_ci.csv")
    assert (rows[0]["x"], rows[-1]["x"], rows[-1]["exact_hi"]) == ("0", "200", "22.972195260137")
    found = exact_poisson_interval(column(rows, "x")) / 10  # the file has rates of ten units of time
    # epitools' root finder stops early, see test_rates.py.
    assert found == pytest.approx(numpy.column_stack([column(rows, "exact_lo"), column(rows, "exact_hi")]), abs=3e-6)


def test_every_wilson_interval_of_r(shared_folder: Path) -> None:
    rows = read(shared_folder, "rates_R/proportion_ci.csv")
    assert len(rows) == 41
    found = wilson_interval(column(rows, "k"), column(rows, "n"))
    assert found == pytest.approx(numpy.column_stack([column(rows, "wilson_lo"), column(rows, "wilson_hi")]), abs=1e-12)


def test_every_two_period_test_of_r(shared_folder: Path) -> None:
    rows = [row for row in read(shared_folder, "rates_R/two_period_poisson_test.csv") if row["p_central"] != "NA"]
    assert len(rows) == 23
    numbers = [column(rows, name) for name in ("cur", "prev", "Tcur", "Tprev")]
    assert two_period_p(*numbers) == pytest.approx(column(rows, "p_central"), rel=1e-9)
    # No event in either period: R has no answer, here it is no evidence at all.
    assert two_period_p(0, 0)[0] == 1.0


@pytest.mark.parametrize(
    ("current", "previous", "low", "high"),
    # README, limits of the ratio (R poisson.test): the ratio of exposures at which the two counts just differ, p = .05.
    [(30, 15, 1.0429, 3.9999), (20, 10, 0.8935, 4.7846), (12, 8, 0.5638, 4.2304), (6, 0, 1.17742472572418, math.inf)],
)
def test_the_limits_of_a_ratio_are_where_the_test_turns(current: int, previous: int, low: float, high: float) -> None:
    assert two_period_p(current, previous, low, 1.0)[0] == pytest.approx(0.05, rel=2e-3)
    if math.isfinite(high):
        assert two_period_p(current, previous, high, 1.0)[0] == pytest.approx(0.05, rel=2e-3)


# G11: OHID's test data of PHEindicatormethods, every row our functions have an answer to.


def test_every_interval_of_ohid(shared_folder: Path) -> None:
    rows = sheet(shared_folder, "testdata_Byars_Wilson.xlsx", "testdata_B_W")
    assert (rows[0]["x"], rows[0]["lowercl"], rows[0]["uppercl"]) == pytest.approx((65, 50.163188, 82.849139), abs=1e-6)
    rows = [row for row in rows if row["x"] is not None]
    assert len(rows) == 13
    for row in rows:
        alpha = {"95%": 0.05, "99.8%": 0.002}[row["confidence"]]
        low, high = byar_interval([row["x"]], alpha)[0] if row["method"] == "Byars" else wilson_interval([row["x"]], [row["n"]], alpha)[0]
        assert high == pytest.approx(row["uppercl"], rel=1e-9)
        # Of one event, Byar's formula has no lower limit at 99.8 %: OHID leaves it empty, and so few are given the exact interval anyway.
        if row["lowercl"] is not None:
            assert low == pytest.approx(row["lowercl"], rel=1e-9)


def test_every_share_of_ohid(shared_folder: Path) -> None:
    rows = [row for row in sheet(shared_folder, "testdata_Proportion.xlsx", "testdata_Prop") if row["value"] is not None]
    # Area4: 65 of 100, Wilson .552544 to .736358.
    assert wilson_interval([65], [100])[0] == pytest.approx([0.552544, 0.736358], abs=1e-6)
    for row in rows:
        for alpha, low, high in ((0.05, "lower95_0cl", "upper95_0cl"), (0.002, "lower99_8cl", "upper99_8cl")):
            found = wilson_interval([row["Numerator"]], [row["Denominator"]], alpha)[0] * row["multiplier"]
            assert found == pytest.approx([row[low], row[high]], rel=1e-9, abs=1e-12)
    assert len(rows) == 16


def test_every_rate_of_ohid(shared_folder: Path) -> None:
    rows = [row for row in sheet(shared_folder, "testdata_Rate.xlsx", "testdata_Rate") if row["value"] is not None]
    # Area3: 20 in 100, Byar's 12.211429 to 30.889880; Area2: 5, exact.
    assert poisson_interval([20])[0] == pytest.approx([12.211429, 30.88988], abs=1e-6)
    assert {row["method"] for row in rows} == {"Exact", "Byars"}
    for row in rows:
        for alpha, low, high in ((0.05, "lower95_0cl", "upper95_0cl"), (0.002, "lower99_8cl", "upper99_8cl")):
            found = poisson_interval([row["Numerator"]], alpha)[0] / row["Denominator"] * row["multiplier"]
            assert found == pytest.approx([row[low], row[high]], rel=1e-9, abs=1e-12)
    assert len(rows) == 17


@pytest.mark.parametrize(
    ("events", "ratio", "low", "high", "very_low", "very_high"),
    # testresults_ISR, "ratio x 1", method Byars: testdata_big and testdata_small, 835.8835612311743 expected.
    [
        (895, 1.0707232939020275, 1.0017147712553987, 1.143233287249895, 0.9635155619614437, 1.1860070415876287),
        (91, 0.10886683770400503, 0.08765040101829405, 0.1336657632841891, 0.07695425528392111, 0.14897920510466744),
    ],
)
def test_standardised_ratios_equal_ohid(events: int, ratio: float, low: float, high: float, very_low: float, very_high: float) -> None:
    expected = 835.8835612311743
    assert standardised_ratios([events], [expected])[0, 0] == pytest.approx(ratio, rel=1e-12)
    assert byar_interval([events])[0] / expected == pytest.approx([low, high], rel=1e-9)
    assert byar_interval([events], 0.002)[0] / expected == pytest.approx([very_low, very_high], rel=1e-9)


# testdata_multiarea, testdata_small: 91 events by age, the same people as testdata_big.
SMALL = [12, 4, 3, 2, 3, 4, 8, 2, 2, 3, 4, 5, 6, 8, 5, 6, 5, 5, 4]
# testdata_1976: 18 age groups (0-4, ..., 80-84, 85+) and the European standard population of 1976.
IN_1976 = [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82]
PEOPLE_IN_1976 = [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123]
ESP_1976 = [8000, *[7000] * 10, 6000, 5000, 4000, 3000, 2000, 1000, 1000]


def test_directly_standardised_rates_equal_ohid() -> None:
    # testresults_DSR, per 10,000: 1043.0247991469423, 110.3212025300104, none for 9 events, 859.2097585022366. Their limits are Dobson's.
    tiny = [9] + [0] * 18
    found = age_standardised_rates([BIG, SMALL, tiny], [AREA] * 3, ESP_2013)
    assert found[:2, 0] == pytest.approx([1043.0247991469423, 110.3212025300104], rel=1e-9)
    assert numpy.isnan(found[2]).all()
    assert age_standardised_rates([IN_1976], [PEOPLE_IN_1976], ESP_1976)[0, 0] == pytest.approx(859.2097585022366, rel=1e-9)


@pytest.mark.parametrize(("name", "baseline", "first"), [("", 116.1720835, 1), ("_2", 114.8591735, 1), ("_3", 95.60285106, 286)])
def test_every_limit_of_ohids_rate_funnels(shared_folder: Path, name: str, baseline: float, first: int) -> None:
    rows = read(shared_folder, f"phe/testdata_funnel_rate_outputs{name}.csv")
    events = column(rows, "Events")
    assert (len(rows), events[0], float(rows[0]["baseline"])) == (100, first, baseline)
    # The people of a year at which so many events lie on the limit, of three years: expected events are baseline x people x 3 / 100,000.
    for limit, alpha, side in (("lower_2s", WARNING, 1), ("upper_2s", WARNING, 0), ("lower_3s", ACTION, 1), ("upper_3s", ACTION, 0)):
        expected = baseline * column(rows, f"{limit}_population_1_year") * 3 / 100_000
        # OHID finds them with a spreadsheet's search, near 0 to five digits.
        assert exact_poisson_interval(events, alpha)[:, side] == pytest.approx(expected, rel=1e-6, abs=1e-6)


def test_every_signal_of_ohids_crude_rates(shared_folder: Path) -> None:
    rows = read(shared_folder, "phe/testdata_funnel_rate_dsr_inputs.csv")
    events, people = column(rows, "count"), column(rows, "pop")
    assert len(rows) == 40
    expected = events.sum() * people / people.sum()
    labels = numpy.full(40, "Not significant", dtype=object)
    for alpha, mark in ((WARNING, "0.025"), (ACTION, "0.001")):
        low, high = poisson_funnel(expected, alpha).T
        labels[events > high], labels[events < low] = f"High ({mark})", f"Low ({mark})"
    assert labels.tolist() == [row["crude_per_100000_with_0"] for row in rows]
    assert labels.tolist().count("Not significant") == 13
