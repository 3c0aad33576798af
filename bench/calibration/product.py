"""What the pages say of a county's numbers today, one small function a judgement: the rules that are being tried."""

from __future__ import annotations

import numpy
from numpy.typing import NDArray

from analysis.areas import Level, levels
from analysis.comparison import Verdict, unrest_of_blocks, verdicts
from analysis.dispersion import common_dispersion
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
    rest = counts - of_campaigns
    before, after = rest[-2 * PERIODS_PER_YEAR :].reshape(2, PERIODS_PER_YEAR).sum(axis=1)
    return Verdict(changes(after, before, rest)[0])


def changes(later: Numbers, before: Numbers, series: Numbers) -> NDArray[numpy.object_]:
    """Label counts of two periods of a series, whose unrest is measured on all of it; shapes (n,), (n,) and (t,)."""
    unrest = unrest_of_blocks(series)
    return verdicts(later, before, dispersion=unrest.dispersion, freedom=unrest.freedom)


def trend(counts: Numbers, of_campaigns: Numbers) -> Verdict:
    """Say whether a series is called rising or falling over the years, and nothing of a bend or a step; from shape (t,)."""
    found = yearly_trend(counts - of_campaigns)
    return found.verdict if found.bend is None and found.step is None else Verdict.WITHIN_CHANCE


def change_of_share(later: Share, before: Share) -> Verdict:
    """Label the difference of two shares."""
    return share_verdict(later, before)


def alarms(counts: Numbers, is_total: Flags) -> Flags:
    """Every series with an alarm in the last month; shape (n,) from (n, t)."""
    found = judge_latest(counts, is_total)
    return found.is_alarm if found.sums is None else found.is_alarm | found.sums.is_alarm
