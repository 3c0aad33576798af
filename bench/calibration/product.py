"""What the pages say of a county's numbers today, one small function a judgement: the rules that are being tried."""

from __future__ import annotations

import numpy
from numpy.typing import NDArray

from analysis.areas import Level, levels
from analysis.comparison import Verdict, verdicts
from analysis.dispersion import common_dispersion, seasonal_dispersion
from analysis.early_warning import judge_latest
from analysis.shares import Share, share_verdict
from analysis.trend import yearly_trend
from bench.calibration.counties import PERIODS_PER_YEAR, County, Flags, Numbers


def unrest_of_map(towns: Numbers) -> float:
    """Variance over mean that the map of pooled months allows for; from shape (n, t)."""
    return common_dispersion(towns)


def high(events: NDArray[numpy.int64] | Numbers, own: County, dispersion: float = 1.0) -> Flags:
    """Every township that is 'clearly high'; shape (n,)."""
    return numpy.asarray(levels(events, own.population, dispersion=dispersion) == Level.CLEARLY_HIGH)


def change_of_a_year(counts: Numbers, of_campaigns: Numbers) -> Verdict:
    """Label the last twelve months against those before; from all cases and those coded as a campaign's, each of shape (t,)."""
    before, after = counts[-2 * PERIODS_PER_YEAR :].reshape(2, PERIODS_PER_YEAR).sum(axis=1)
    return Verdict(verdicts(after, before, dispersion=seasonal_dispersion(counts))[0])


def trend(counts: Numbers, of_campaigns: Numbers) -> Verdict:
    """Say whether a series is called rising or falling over the years; from shape (t,)."""
    return yearly_trend(counts).verdict


def change_of_share(later: Share, before: Share) -> Verdict:
    """Label the difference of two shares."""
    return share_verdict(later, before)


def alarms(counts: Numbers, is_total: Flags) -> Flags:
    """Every series with an alarm in the last month; shape (n,) from (n, t)."""
    return judge_latest(counts, is_total).is_alarm
