"""Early warning: the latest settled period of every watched series against those of earlier years, all of them judged together.

Months are judged by themselves and three at a time. What is too small to be split by the month is watched by the quarter, when that is over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy

from analysis.early_warning import SUM_OF, Judged, judge_latest
from etl.assembly.analyses.place import Place
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.analyses.series import Cell, ExactRows, Numbers, first_after_break
from indicators.lattice import grains
from indicators.model import Grain, Indicator, Method, Outcome, Release

TOTAL = "total"
MOSTLY_HIDDEN = 0.5  # of a breakdown's numbers
PERIODS_PER_YEAR = {Grain.MONTH: 12, Grain.QUARTER: 4}


@dataclass(frozen=True)
class _Row:
    """One watched series, on the periods of all."""

    indicator: Indicator
    breakdown: str
    cell: Cell
    counts: Numbers
    is_settled: numpy.ndarray


def analyses(published: ExactRows, release: Release, catalogue: Mapping[str, Indicator], places: Sequence[Place]) -> Iterator[Analysis]:
    """Judge every settled period of the watched series, months and quarters apart.

    Args:
        published: The numbers of the build.
        release: Whose numbers are judged.
        catalogue: The indicators by id.
        places: The townships now in force: one that was founded later has no past before.
    """
    founded = {place.code: place.founded_on for place in places}
    for grain, per_year in PERIODS_PER_YEAR.items():
        periods, rows = _watched(published, release, catalogue, grain, founded)
        for last in range(len(periods)):
            judged = [row for row in rows if row.is_settled[last]]
            if judged:
                yield from _judged(release, grain, per_year, periods[: last + 1], judged)


def _watched(
    published: ExactRows, release: Release, catalogue: Mapping[str, Indicator], grain: Grain, founded: Mapping[str, date | None]
) -> tuple[tuple[date, ...], list[_Row]]:
    """Return the series that are watched at a grain, on one axis of periods."""
    held = [
        (indicator, breakdown, published.series(release, indicator.id, breakdown, grain))
        for indicator in catalogue.values()
        for breakdown in indicator.watched
        if _watched_at(published, release, indicator, breakdown) is grain
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
            since = founded.get(cell[0])
            if since is not None:
                counts[[position for position, period in enumerate(periods) if period < since]] = numpy.nan
            rows.append(_Row(indicator, breakdown, cell, counts, settled))
    return periods, rows


def _watched_at(published: ExactRows, release: Release, indicator: Indicator, breakdown: str) -> Grain | None:
    """Return the finest grain at which a release shows most of what is reported of a breakdown; where it does of none, the finest it offers."""
    offered = [grain for grain in grains(indicator, breakdown, release) if grain in PERIODS_PER_YEAR]
    for grain in offered:
        series = published.series(release, indicator.id, breakdown, grain)
        reported = series.values[:, series.is_settled]
        if reported.size and numpy.isnan(reported).mean() < MOSTLY_HIDDEN:
            return grain
    return next(iter(offered), None)


def _judged(release: Release, grain: Grain, per_year: int, periods: tuple[date, ...], rows: list[_Row]) -> Iterator[Analysis]:
    """Judge the last of some periods, and of months the last three together; nothing where no series has a history yet."""
    counts = numpy.array([_since_break(row, periods) for row in rows])
    judged = judge_latest(counts, numpy.array([row.breakdown == TOTAL for row in rows]), per_year)
    observed = {1: counts[:, -1], SUM_OF: counts[:, -SUM_OF:].sum(axis=1)}
    for months, found in ((1, judged), (SUM_OF, judged.sums)):
        if found is None or numpy.isnan(found.p).all():
            continue
        findings = tuple(_finding(row, place, observed[months][place], found) for place, row in enumerate(rows))
        parameters = {"grain": grain.value, "periods": months}
        yield Analysis(release, Method.WARNING, periods[0], periods[-1], found.tests, found.chance_of_false_alarm, findings, parameters=parameters)


def _finding(row: _Row, place: int, observed: float, judged: Judged) -> Finding:
    return Finding(
        row.indicator.id,
        row.breakdown,
        *row.cell,
        Outcome.NOT_JUDGED if numpy.isnan(judged.p[place]) else Outcome.ALARM if judged.is_alarm[place] else Outcome.QUIET,
        rule=str(judged.rule[place]),
        observed=float(observed),
        expected=float(judged.expected[place]),
        upper=float(judged.upper[place]),
        p_value=float(judged.p[place]),
    )


def _since_break(row: _Row, periods: tuple[date, ...]) -> Numbers:
    """Return the counts up to the judged period; before a change of definition there is no past."""
    counts = row.counts[: len(periods)].copy()
    counts[: first_after_break(periods, row.indicator, len(periods) - 1)] = numpy.nan
    return counts
