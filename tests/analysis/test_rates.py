"""Rates against Fay and Feuer's table, R's poisson.test and OHID's test data; expected numbers are typed here with their source."""

from __future__ import annotations

import math

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.rates import age_standardised_rates, crude_rates, expected_events, standardised_ratios

# Fay & Feuer 1997, Down syndrome in Michigan by birth order (1, 2, 3, 4, 5+) and the mother's age (under 20, ..., 40 and over).
DOWN = [
    [107, 141, 60, 40, 39, 25],
    [25, 150, 110, 84, 82, 39],
    [3, 71, 114, 103, 108, 75],
    [1, 26, 64, 89, 137, 96],
    [0, 8, 63, 112, 262, 295],
]
BIRTHS = [
    [230061, 329449, 114920, 39487, 14208, 3052],
    [72202, 326701, 208667, 83228, 28466, 5375],
    [15050, 175702, 207081, 117300, 45026, 8660],
    [2293, 68800, 132424, 98301, 46075, 9834],
    [327, 30666, 123419, 149919, 104088, 34392],
]
ALL_BIRTHS = [319933, 931318, 786511, 488235, 237863, 61313]
# golden rates_R/fay_feuer_down_expected.csv (R epitools 0.5.10.1 ageadjust.direct, equal to the paper's table): crude, rate, lower, upper.
DOWN_PER_100K = [
    (56.3475054603742, 92.3045255331994, 80.4417498507042, 105.763345749261),
    (67.619876931824, 91.1741168346641, 82.3612116520044, 100.867576317251),
    (83.3305497882455, 85.0692213383019, 77.1834534027216, 94.2235698322065),
    (115.451168069506, 92.7178650551998, 80.0099927553993, 114.669444822584),
    (167.114186413617, 75.5290074452568, 67.7021204176466, 188.300172727776),
]

# OHID, testdata_DSR_ISR.xlsx: people of each test area and the reference, by age (0-4, 5-9, ..., 85-89, 90+).
AREA = [636, 558, 609, 543, 384, 594, 669, 843, 660, 576, 606, 522, 426, 273, 300, 288, 153, 123, 207]
BIG = [127, 25, 18, 21, 12, 27, 48, 27, 29, 32, 32, 34, 45, 65, 38, 68, 74, 82, 91]
ESP_2013 = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]
REFERENCE_EVENTS = [10303, 2824, 0, 3615, 3641, 3490, 3789, 3213, 3031, 2771, 3089, 3490, 3595, 4745, 5514, 7125, 5694, 6210, 5757]
REFERENCE_PEOPLE = [50520, 57173, 60213, 54659, 44345, 50128, 62163, 67423, 62899, 55463]
REFERENCE_PEOPLE += [60479, 49974, 44140, 40888, 37239, 30819, 18136, 15325, 13918]


def test_standardised_rates_equal_fay_and_feuer() -> None:
    found = age_standardised_rates(DOWN, BIRTHS, ALL_BIRTHS, per=100_000)
    assert found == pytest.approx(numpy.array([row[1:] for row in DOWN_PER_100K]), rel=1e-9)
    crude = crude_rates(numpy.sum(DOWN, axis=1), numpy.sum(BIRTHS, axis=1), per=100_000)
    assert crude[:, 0] == pytest.approx([row[0] for row in DOWN_PER_100K], rel=1e-12)


def test_a_directly_standardised_rate_equals_ohid() -> None:
    # OHID testdata_big, per 10,000, European standard population 2013: 1043.0247991469423 (their limits are Dobson's, not these).
    found = age_standardised_rates([BIG], [AREA], ESP_2013)[0]
    assert found[0] == pytest.approx(1043.0247991469423, rel=1e-9)
    assert found[1] < found[0] < found[2]


def test_too_few_events_carry_no_standardised_rate() -> None:
    # OHID: "dsr NA for total count < 10". One age group of 1,000 people, 9 and 10 events.
    found = age_standardised_rates([[9], [10]], [[1000], [1000]], [1])
    assert numpy.isnan(found[0]).all()
    assert found[1, 0] == pytest.approx(100.0)


@pytest.mark.parametrize(
    ("events", "per_unit", "low", "high"),
    # golden rates_R/poisson_ci.csv (R epitools 0.5.10.1 pois.exact), 10 units of exposure each. epitools finds its limits with a root finder
    # that stops early: for 1 event it gives .00252896 where the closed form is -log(.975) / 10 = .00253178. So 3e-6, not the table's 1e-6.
    [
        (0, 0.0, 0.0, 0.368887980037265),
        (1, 0.1, 0.00252895667951796, 0.557164328753206),
        (4, 0.4, 0.108988915242309, 1.02415887508214),
        (7, 0.7, 0.281435753342328, 1.44226754906245),
        (30, 3.0, 2.02408636407217, 4.28268507804159),
        (200, 20.0, 17.3240871309658, 22.972195260137),
    ],
)
def test_crude_rates_equal_r(events: int, per_unit: float, low: float, high: float) -> None:
    assert crude_rates([events], [10], per=1)[0] == pytest.approx([per_unit, low, high], abs=3e-6)


def test_the_limits_of_none_and_one_by_hand() -> None:
    # No event: 0 and -log(.025) / 10; one event: lower limit -log(.975) / 10.
    assert crude_rates([0, 1], [10], per=1)[:, 1] == pytest.approx([0.0, 0.0025317807984], rel=1e-9)
    assert crude_rates([0], [10], per=1)[0, 2] == pytest.approx(0.36888794541139363, rel=1e-9)


def test_crude_rates_equal_ohid() -> None:
    # OHID testdata_Rate.xlsx, method Exact: 1 and 5 in 100, per 100; 95 % and 99.8 %.
    assert crude_rates([1, 5], [100, 100], per=100) == pytest.approx(
        numpy.array([[1, 0.025317807984289897, 5.571643390938898], [5, 1.62348639011842, 11.668332079322669]]), rel=1e-9
    )
    assert crude_rates([5], [100], alpha=0.002, per=100)[0] == pytest.approx([5, 0.739371731917839, 16.454745203680105], rel=1e-9)


def test_expected_events_and_ratios_equal_ohid() -> None:
    # OHID testresults_ISR: expected 835.8835612311743; testdata_tiny, 9 events, method Exact, ratio x 1.
    expected = expected_events([AREA], REFERENCE_EVENTS, REFERENCE_PEOPLE)
    assert expected == pytest.approx([835.8835612311743], rel=1e-12)
    assert standardised_ratios([9], expected)[0] == pytest.approx([0.010767049882813684, 0.004923380825095776, 0.02043921455549973], rel=1e-9)
    assert standardised_ratios([9], expected, alpha=0.002)[0, 1:] == pytest.approx([0.0029339306550682617, 0.02710589651469021], rel=1e-9)


@pytest.mark.parametrize(
    ("events", "expected", "ratio", "low", "high"),
    # golden scotland_lip/scotland_golden_R.csv (R 4.2.2 poisson.test): Skye-Lochalsh, Banff-Buchan, Caithness
    [
        (9, 1.4, 6.42857142857143, 2.9395522124131, 12.203431036728),
        (39, 8.7, 4.48275862068966, 3.18767959648695, 6.12807860526814),
        (11, 3.0, 3.66666666666667, 1.83038678907895, 6.56067950443398),
    ],
)
def test_ratios_equal_r(events: int, expected: float, ratio: float, low: float, high: float) -> None:
    assert standardised_ratios([events], [expected])[0] == pytest.approx([ratio, low, high], rel=1e-9)


def test_one_age_group_is_the_crude_rate() -> None:
    # With one group the gamma limits are Garwood's: the weight is one over the population.
    for events in (0, 1, 12, 300):
        assert age_standardised_rates([[events]], [[5000]], [7], smallest=0)[0] == pytest.approx(crude_rates([events], [5000])[0], rel=1e-9)


def test_what_cannot_be_known_is_missing() -> None:
    assert numpy.isnan(crude_rates([math.nan, 3], [100, 0])).all()
    assert numpy.isnan(age_standardised_rates([[20, 0]], [[100, 0]], [1, 1])).all()  # nobody in an age group of the standard
    assert age_standardised_rates([[20, 0]], [[100, 0]], [1, 0])[0, 0] == pytest.approx(2000)  # nobody is asked for there
    assert numpy.isnan(expected_events([[10, 10]], [1, 1], [100, 0]))[0]
    assert expected_events([[10, 0]], [1, 1], [100, 0])[0] == pytest.approx(0.1)


def test_refusals_name_the_place_and_not_the_value() -> None:
    with pytest.raises(ValueError, match="area 0, age group 1") as refused:
        age_standardised_rates([[3, -17]], [[10, 10]], [1, 1])
    assert "17" not in str(refused.value)
    with pytest.raises(ValueError, match="do not fit together"):
        age_standardised_rates([[3, 17]], [[10, 10]], [1, 1, 1])
    with pytest.raises(ValueError, match="do not fit together"):
        expected_events([[3, 17]], [10], [100])
    with pytest.raises(ValueError, match="one row an area"):
        age_standardised_rates([3, 17], [10, 10], [1, 1])
    with pytest.raises(ValueError, match="empty"):
        age_standardised_rates([[3, 17]], [[10, 10]], [0, 0])
    with pytest.raises(ValueError, match="alpha"):
        age_standardised_rates([[3, 17]], [[10, 10]], [1, 1], alpha=0)
    with pytest.raises(ValueError, match="positive number of people"):
        crude_rates([3], [10], per=0)


TABLES = st.integers(1, 6).flatmap(
    lambda groups: st.tuples(
        st.lists(st.integers(0, 60), min_size=groups, max_size=groups),
        st.lists(st.integers(100, 90_000), min_size=groups, max_size=groups),
        st.lists(st.integers(1, 1_000), min_size=groups, max_size=groups),
    )
)


@given(TABLES)
def test_a_standardised_rate_lies_between_the_rates_of_its_ages(table: tuple[list[int], list[int], list[int]]) -> None:
    events, people, standard = table
    rate, low, high = age_standardised_rates([events], [people], standard, smallest=0)[0]
    by_age = numpy.array(events) / numpy.array(people) * 10_000
    assert by_age.min() - 1e-9 <= rate <= by_age.max() + 1e-9
    assert low <= rate < high
    doubled = age_standardised_rates([events], [people], [2 * one for one in standard], smallest=0)[0]
    assert doubled == pytest.approx([rate, low, high], rel=1e-9)


@given(TABLES)
def test_the_reference_itself_has_the_ratio_one(table: tuple[list[int], list[int], list[int]]) -> None:
    events, people, _standard = table
    expected = expected_events([people], events, people)
    assert expected[0] == pytest.approx(sum(events))
