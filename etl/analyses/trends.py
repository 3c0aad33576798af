"""Yearly change of the county's series, season and days taken out; never over a change of definition."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from datetime import date

import numpy

from analysis.trend import Season, yearly_trend
from etl.analyses.place import Place, residents_of
from etl.analyses.record import Analysis, Finding
from etl.analyses.series import Numbers, Published, Series
from indicators.model import Grain, Indicator, Method, Release

LONGEST = 60  # months
SHORTEST = 24
LEVEL = 0.05
MONTHS_OF_A_LEVEL_EACH = 5.0  # events a month from which every month of the year gets its own level
TOTAL = "total"
RELEASE = Release.INTERNAL  # where both releases publish a count as it is, it is the same


def analyses(published: Published, indicator: Indicator, places: Sequence[Place]) -> Iterator[Analysis]:
    """Estimate the yearly change of a county total at the end of every settled month; nothing where it is not watched.

    Args:
        published: The numbers of the build.
        indicator: What is counted.
        places: The townships now in force: their residents are the exposure.
    """
    if TOTAL not in indicator.watched:
        return
    series = published.series(RELEASE, indicator.id, TOTAL, Grain.MONTH)
    if series.periods:
        yield from _of(series, indicator, _exposure(series, places))


def _exposure(series: Series, places: Sequence[Place]) -> Numbers:
    """Return person-days of every month; days alone where nobody is known to live."""
    days = numpy.array([calendar.monthrange(month.year, month.month)[1] for month in series.periods], dtype=numpy.float64)
    residents = residents_of(places, [month.year for month in series.periods]).sum(axis=0)
    return days * residents if (residents > 0).all() else days


def _of(series: Series, indicator: Indicator, exposure: Numbers) -> Iterator[Analysis]:
    counts = series.values[0]
    for last in numpy.flatnonzero(series.is_settled):
        first = max(last + 1 - LONGEST, _first_after_break(series.periods, indicator, int(last)))
        if last + 1 - first < SHORTEST:
            continue
        window = slice(first, last + 1)
        season = _season(counts[window])
        found = yearly_trend(counts[window], exposure[window], season, alpha=LEVEL)
        finding = Finding(
            indicator.id,
            TOTAL,
            series.cells[0][0],
            "",
            str(found.verdict),
            rule=str(season),
            observed=float(numpy.nansum(counts[window])),
            value=found.yearly_change,
            lower=found.lower,
            upper=found.upper,
            p_value=found.p,
        )
        span = series.periods[first], series.periods[last]
        yield Analysis(RELEASE, Method.TREND, *span, 1, LEVEL, (finding,), parameters={"level": LEVEL, "dispersion": _rounded(found.dispersion)})


def _first_after_break(periods: Sequence[date], indicator: Indicator, last: int) -> int:
    """Return the first period that is counted as the last one is."""
    since = max((one.on for one in indicator.breaks if one.on <= periods[last]), default=periods[0])
    return next(position for position, period in enumerate(periods) if period >= since)


def _season(counts: Numbers) -> Season:
    is_long = counts.size >= LONGEST and float(numpy.nanmean(counts)) >= MONTHS_OF_A_LEVEL_EACH
    return Season.PERIODS if is_long else Season.WAVE


def _rounded(dispersion: float) -> float | None:
    return None if numpy.isnan(dispersion) else round(dispersion, 4)
