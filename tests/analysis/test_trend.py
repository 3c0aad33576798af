"""Trends against statsmodels on public monthly series, R on AIDS in Belgium, and series whose change is known."""

from __future__ import annotations

import calendar
import csv
import math
from pathlib import Path

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.comparison import Verdict
from analysis.quasi_poisson import fit
from analysis.trend import Bend, Season, yearly_trend

# New AIDS cases in Belgium, 1981 to 1993 (Venables & Ripley; Wood 2006, Generalized Additive Models).
BELGIUM = [12, 14, 33, 50, 67, 74, 123, 141, 165, 204, 253, 246, 240]


def test_aids_in_belgium_equals_r() -> None:
    years = numpy.arange(1.0, 14.0)
    found = fit(numpy.column_stack([numpy.ones(13), years]), numpy.array(BELGIUM, dtype=float))
    # Wood 2006, summary(glm(y ~ t, poisson)): 3.140590 (0.078247), 0.202121 (0.007771); the dispersion is not in these errors.
    assert found.coefficients == pytest.approx([3.140590, 0.202121], abs=1e-6)
    assert numpy.sqrt(numpy.diag(found.covariance) / found.dispersion) == pytest.approx([0.078247, 0.007771], abs=1e-6)
    # The change in a year is exp(.202121) - 1. statsmodels 0.15.0, GLM with the Pearson scale 74.22132550790037 / 11 and Student's t:
    trend = yearly_trend(BELGIUM, season=Season.NONE, periods_per_year=1)
    assert trend.yearly_change == pytest.approx(22.39963516, rel=1e-6)
    assert (trend.lower, trend.upper) == pytest.approx((17.08030131, 27.96064343), rel=1e-6)
    assert trend.dispersion == pytest.approx(74.22132550790037 / 11, rel=1e-6)
    assert trend.p == pytest.approx(7.301788e-07, rel=1e-4)
    assert trend.verdict is Verdict.CLEAR_RISE


# statsmodels 0.15.0 (GLM, Poisson, scale="X2", use_t=True) on the public series of R surveillance: change a year in percent with its 95 %
# interval, dispersion and p. DAYS: the exposure is the length of the month. GAP: months 31 to 36 taken out.
ORACLE = [
    ("meningo_total_monthly", Season.NONE, "", -4.740953194337408, -6.32422235, -3.13092427, 4.575437616988715, 5.2597e-08),
    ("meningo_total_monthly", Season.WAVE, "", -4.42237262246519, -5.62272643, -3.2067519, 2.5990765015172608, 5.2416e-11),
    ("meningo_total_monthly", Season.PERIODS, "", -4.430407479627092, -5.57409646, -3.27286611, 2.3498630172934507, 8.5560e-12),
    ("meningo_total_monthly", Season.WAVE, "days", -4.434022077750514, -5.6176016, -3.23560016, 2.5266382875306634, 2.7382e-11),
    ("meningo_total_monthly", Season.WAVE, "days gap", -4.486192250275532, -5.70171147, -3.2550048, 2.5857781568913443, 5.5403e-11),
    ("meningo_age5_20_monthly", Season.WAVE, "", -5.301929296863682, -6.86767324, -3.70986201, 1.6629532429228924, 1.3702e-09),
    ("meningo_age5_20_monthly", Season.PERIODS, "", -5.251895473262986, -6.734094, -3.74614158, 1.482762672682951, 3.1926e-10),
    ("rotaBB_10_14_monthly", Season.NONE, "", -0.4478239173748242, -4.61831706, 3.90502093, 3.0757224585554632, 0.8360536),
    ("rotaBB_10_14_monthly", Season.WAVE, "days", 0.6164562743906495, -2.47377017, 3.80459996, 1.625814111305336, 0.6974978),
    ("rotaBB_10_14_monthly", Season.PERIODS, "", 0.5461357372099718, -2.25518732, 3.42774347, 1.329626910380497, 0.7035919),
]


@pytest.mark.parametrize(("name", "season", "how", "change", "lower", "upper", "dispersion", "p"), ORACLE)
def test_monthly_series_equal_statsmodels(
    shared_folder: Path, name: str, season: Season, how: str, change: float, lower: float, upper: float, dispersion: float, p: float
) -> None:
    with (shared_folder / "golden" / "stats" / "surveillance_R" / f"{name}_input.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    counts = numpy.array([float(row["observed"]) for row in rows])
    if "gap" in how:
        counts[30:36] = math.nan
    days = [calendar.monthrange(int(row["year"]), int(row["period"]))[1] for row in rows]
    trend = yearly_trend(counts, days if "days" in how else 1.0, season)
    assert trend.yearly_change == pytest.approx(change, rel=1e-6)
    assert (trend.lower, trend.upper) == pytest.approx((lower, upper), rel=1e-6)
    assert trend.dispersion == pytest.approx(dispersion, rel=1e-6)
    assert trend.p == pytest.approx(p, rel=1e-4)
    assert trend.verdict is (Verdict.CLEAR_FALL if upper < 0 else Verdict.WITHIN_CHANCE)


def test_a_series_that_is_its_trend() -> None:
    # 5 % more each year with a wave and growing exposure, no unrest at all: found exactly, and the dispersion is 1.
    month = numpy.arange(60)
    exposure = 30_000 + 100.0 * month
    rate = 1e-3 * 1.05 ** (month / 12) * numpy.exp(0.3 * numpy.sin(2 * numpy.pi * month / 12 + 1))
    trend = yearly_trend(rate * exposure, exposure)
    assert trend.yearly_change == pytest.approx(5.0, rel=1e-6)
    assert trend.dispersion == 1.0
    assert trend.verdict is Verdict.CLEAR_RISE
    # Without the exposure its own growth is taken for the events'.
    assert yearly_trend(rate * exposure).yearly_change > 8
    # The last two months, half reported, would bend the trend; not finished, they are left out.
    counts = rate * exposure
    counts[58:] *= 0.2
    assert yearly_trend(counts, exposure).yearly_change < 3
    counts[58:] = math.nan
    assert yearly_trend(counts, exposure).yearly_change == pytest.approx(5.0, rel=1e-6)


def test_four_years_by_hand() -> None:
    # 40, 40, 90, 90 events. The best slope has no closed form; it is the one whose means keep the 260 events and their moment in time,
    # 1.5 (90 - 40) + .5 (90 - 40) = 100, so the answer is put in.
    trend = yearly_trend([40, 40, 90, 90], season=Season.NONE, periods_per_year=1)
    slope = math.log(1 + trend.yearly_change / 100)
    time = numpy.array([-1.5, -0.5, 0.5, 1.5])
    means = 260 * numpy.exp(slope * time) / numpy.exp(slope * time).sum()
    assert (time * means).sum() == pytest.approx(100, rel=1e-6)
    pearson = ((numpy.array([40, 40, 90, 90]) - means) ** 2 / means).sum() / 2
    assert trend.dispersion == pytest.approx(pearson, rel=1e-6)
    # Student's t with 2 degrees of freedom, 97.5 %: 4.302653. The variance of the slope is pearson / sum(m (t - mean t)**2).
    spread = (means * (time - (means * time).sum() / 260) ** 2).sum()
    assert math.log(1 + trend.upper / 100) == pytest.approx(slope + 4.302653 * math.sqrt(pearson / spread), rel=1e-6)


def test_too_little_is_not_judged() -> None:
    assert yearly_trend(numpy.full(23, 8.0)).verdict is Verdict.TOO_FEW
    assert yearly_trend(numpy.full(24, 8.0)).verdict is Verdict.WITHIN_CHANCE
    assert yearly_trend([1.0] * 19 + [0.0] * 20).verdict is Verdict.TOO_FEW
    assert yearly_trend([math.nan] * 60).verdict is Verdict.TOO_FEW
    assert yearly_trend([0.0] * 59 + [40.0]).verdict is Verdict.TOO_FEW  # nothing but the last month: no finite answer
    few = numpy.full(60, math.nan)
    few[[0, 20, 40, 59]] = 30.0
    assert yearly_trend(few).verdict is Verdict.TOO_FEW  # four months cannot tell four coefficients
    assert math.isnan(yearly_trend(few).yearly_change)


def test_a_series_without_a_trend_is_rarely_given_one() -> None:
    # reference/statistics.md section 2.3: five years, mean 8, season of 25 %: 6 % false trends; with a dispersion of 2.5 also 6 %, where
    # plain Poisson has 29 %; a rise of 10 % a year is found in 55 %.
    chance = numpy.random.default_rng(23)
    month = numpy.arange(60)
    mean = 8 * (1 + 0.25 * numpy.sin(2 * numpy.pi * month / 12))
    calm = [yearly_trend(chance.poisson(mean)) for _series in range(400)]
    restless = [yearly_trend(chance.negative_binomial(mean / 1.5, 1 / 2.5)) for _series in range(400)]
    rising = [yearly_trend(chance.poisson(mean * 1.1 ** (month / 12))) for _series in range(400)]
    judged = {Verdict.CLEAR_RISE, Verdict.CLEAR_FALL}
    assert numpy.mean([trend.verdict in judged for trend in calm]) <= 0.08
    assert numpy.mean([trend.verdict in judged for trend in restless]) <= 0.09
    assert numpy.mean([trend.verdict is Verdict.CLEAR_RISE for trend in rising]) >= 0.45


@pytest.mark.parametrize("counts", [[0] * 23 + [25], [30] + [0] * 23])
def test_a_range_beyond_ten_fold_is_no_judgement(counts: list[int]) -> None:
    assert yearly_trend(counts).verdict is Verdict.TOO_FEW


def test_refusals_name_the_place_and_not_the_value() -> None:
    series = numpy.full(36, 6.0)
    with pytest.raises(ValueError, match="position 3") as refused:
        yearly_trend([1, 2, 3, -17])
    assert "17" not in str(refused.value)
    exposure = numpy.full(36, 30.0)
    exposure[5] = 0
    with pytest.raises(ValueError, match="exposure must be positive: position 5"):
        yearly_trend(series, exposure)
    series[5] = math.nan
    assert yearly_trend(series, exposure).verdict is Verdict.WITHIN_CHANCE  # nothing was counted there
    with pytest.raises(ValueError, match="alpha"):
        yearly_trend(series, alpha=0)
    with pytest.raises(ValueError, match="no season"):
        yearly_trend(series, periods_per_year=1)


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=36, max_size=72), st.sampled_from(list(Season)), st.floats(0.01, 1_000.0))
def test_neither_unit_nor_direction_of_time_matters(counts: list[int], season: Season, unit: float) -> None:
    trend = yearly_trend(counts, season=season)
    if trend.verdict is Verdict.TOO_FEW:  # more than ten-fold a year, up or down
        assert yearly_trend(counts[::-1], season=season).verdict is Verdict.TOO_FEW
        return
    assert trend.lower <= trend.yearly_change <= trend.upper
    assert (trend.verdict is Verdict.WITHIN_CHANCE) == (trend.p >= 0.05)
    scaled = yearly_trend(counts, numpy.full(len(counts), unit), season)
    assert scaled[:5] == pytest.approx(trend[:5], rel=1e-5, abs=1e-6)
    backwards = yearly_trend(counts[::-1], season=season)
    assert (1 + backwards.yearly_change / 100) * (1 + trend.yearly_change / 100) == pytest.approx(1.0, rel=1e-5)
    assert backwards.dispersion == pytest.approx(trend.dispersion, rel=1e-5)


def curve(slope: float, curvature: float) -> list[float]:
    """Five years of months around forty whose logarithm is a parabola: the slope at the beginning, and how much it changes in two years."""
    time = numpy.arange(60) / 12
    log = slope * time + curvature * time**2
    return numpy.round(40 * numpy.exp(log - log.mean())).tolist()


# The slope in the middle of the first year is slope + curvature, in the middle of the last slope + 9 curvature.
BENT = [
    (0.6, -0.6 / 9, Bend.ROSE_THEN_FLAT),  # .53, then 0
    (0.8, -0.16, Bend.ROSE_THEN_FELL),  # .64, then -.64
    (-0.6, 0.6 / 9, Bend.FELL_THEN_FLAT),
    (-0.8, 0.16, Bend.FELL_THEN_ROSE),
    (0.1, 0.0, None),
    (0.05, 0.03, None),  # .08 and .32: it rises all the time
]


@pytest.mark.parametrize(("slope", "curvature", "bend"), BENT)
def test_a_bend_is_said_by_how_it_began_and_how_it_goes(slope: float, curvature: float, bend: Bend | None) -> None:
    found = yearly_trend(curve(slope, curvature))
    assert (found.bend, found.step) == (bend, None)
    if bend is not None:
        assert math.log1p(found.recent[0] / 100) == pytest.approx(slope + 9 * curvature, abs=0.06)  # counts are whole
        assert found.recent[1] < found.recent[0] < found.recent[2]


def test_two_years_are_too_short_for_a_bend() -> None:
    assert yearly_trend(curve(0.8, -0.16)[18:48]).bend is None


def test_a_step_is_told_from_a_slope() -> None:
    # Twenty a month, and thirty-four from the thirty-fifth month on: seven tenths more, and nothing else happened.
    found = yearly_trend([20.0] * 34 + [34.0] * 26)
    assert found.step is not None
    assert (found.step.position, found.step.change) == (34, pytest.approx(70.0, abs=0.5))
    assert found.bend is None
