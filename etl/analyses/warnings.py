"""Early warning: the latest settled period of every watched series against those of earlier years, all of them judged together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

import numpy

from analysis.early_warning import judge_latest
from etl.analyses.record import Analysis, Finding
from etl.analyses.series import Cell, Numbers, Published
from indicators.lattice import grains
from indicators.model import Grain, Indicator, Method, Release

TOTAL = "total"
PERIODS_PER_YEAR = {Grain.MONTH: 12, Grain.QUARTER: 4}
ALARM, QUIET, NOT_JUDGED = "alarm", "quiet", "not_judged"


@dataclass(frozen=True)
class _Row:
    """One watched series, on the periods of all."""

    indicator: str
    breakdown: str
    cell: Cell
    counts: Numbers
    is_settled: numpy.ndarray


def analyses(published: Published, release: Release, catalogue: Mapping[str, Indicator]) -> Iterator[Analysis]:
    """Judge every settled period of the watched series, months and quarters apart.

    Args:
        published: The numbers of the build.
        release: Whose numbers are judged.
        catalogue: The indicators by id.
    """
    for grain, per_year in PERIODS_PER_YEAR.items():
        periods, rows = _watched(published, release, catalogue, grain)
        for last in range(len(periods)):
            judged = [row for row in rows if row.is_settled[last]]
            if judged:
                found = _judged(release, grain, per_year, periods[: last + 1], judged)
                if found is not None:
                    yield found


def _watched(published: Published, release: Release, catalogue: Mapping[str, Indicator], grain: Grain) -> tuple[tuple[date, ...], list[_Row]]:
    """Return the series whose finest published grain is this one, on one axis of periods."""
    held = [
        (indicator.id, breakdown, published.series(release, indicator.id, breakdown, grain))
        for indicator in catalogue.values()
        for breakdown in indicator.watched
        if grains(indicator, breakdown, release)[:1] == (grain,)
    ]
    periods = tuple(sorted({period for _, _, series in held for period in series.periods}))
    rows = []
    for indicator, breakdown, series in held:
        at = [periods.index(period) for period in series.periods]
        settled = numpy.zeros(len(periods), dtype=bool)
        settled[at] = series.is_settled
        for row, cell in enumerate(series.cells):
            counts = numpy.full(len(periods), numpy.nan)
            counts[at] = series.values[row]
            rows.append(_Row(indicator, breakdown, cell, counts, settled))
    return periods, rows


def _judged(release: Release, grain: Grain, per_year: int, periods: tuple[date, ...], rows: list[_Row]) -> Analysis | None:
    """Judge the last of some periods; none where no series has a history yet."""
    counts = numpy.array([row.counts[: len(periods)] for row in rows])
    judged = judge_latest(counts, numpy.array([row.breakdown == TOTAL for row in rows]), per_year)
    if numpy.isnan(judged.p).all():
        return None
    findings = tuple(
        Finding(
            row.indicator,
            row.breakdown,
            *row.cell,
            NOT_JUDGED if numpy.isnan(judged.p[place]) else ALARM if judged.is_alarm[place] else QUIET,
            rule=str(judged.rule[place]),
            observed=float(row.counts[len(periods) - 1]),
            expected=float(judged.expected[place]),
            upper=float(judged.upper[place]),
            p_value=float(judged.p[place]),
        )
        for place, row in enumerate(rows)
    )
    return Analysis(
        release, Method.WARNING, periods[0], periods[-1], judged.tests, judged.chance_of_false_alarm, findings, parameters={"grain": grain.value}
    )
