"""Yearly change of the county's series, season and days taken out; never over a change of definition."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence

import numpy

from analysis.trend import Season, yearly_trend
from etl.assembly.analyses.place import Place, residents_of
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.analyses.series import ExactCounts, ExactRows, Numbers, first_after_break
from indicators.model import Grain, Indicator, Method, Release

LONGEST = 60  # months
SHORTEST = 24
LEVEL = 0.05
MONTHS_OF_A_LEVEL_EACH = 5.0  # events a month from which every month of the year gets its own level
TOTAL = "total"
RELEASE = Release.INTERNAL  # where both releases publish a count as it is, it is the same


def analyses(published: ExactRows, indicator: Indicator, places: Sequence[Place]) -> Iterator[Analysis]:
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
        yield from _of(series, indicator, places)


def _of(series: ExactCounts, indicator: Indicator, places: Sequence[Place]) -> Iterator[Analysis]:
    counts = series.values[0]
    days = numpy.array([calendar.monthrange(month.year, month.month)[1] for month in series.periods], dtype=numpy.float64)
    residents = residents_of(places, [month.year for month in series.periods]).sum(axis=0)
    has_residents = bool((residents > 0).all())
    exposure = days * residents if has_residents else days
    for last in numpy.flatnonzero(series.is_settled).tolist():
        first = max(last + 1 - LONGEST, first_after_break(series.periods, indicator, last))
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
        parameters = {"level": LEVEL, "dispersion": _rounded(found.dispersion), "per_resident": has_residents}
        yield Analysis(RELEASE, Method.TREND, *span, 1, LEVEL, (finding,), parameters=parameters)


def _season(counts: Numbers) -> Season:
    is_long = counts.size >= LONGEST and float(numpy.nanmean(counts)) >= MONTHS_OF_A_LEVEL_EACH
    return Season.PERIODS if is_long else Season.WAVE


def _rounded(dispersion: float) -> float | None:
    return None if numpy.isnan(dispersion) else round(dispersion, 4)
