"""Early warning: the latest settled period of every watched series against those of earlier years, all of them judged together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy

from analysis.early_warning import judge_latest
from etl.assembly.analyses.place import Place
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.analyses.series import Cell, ExactRows, Numbers, first_after_break
from indicators.lattice import grains
from indicators.model import Grain, Indicator, Method, Outcome, Release

TOTAL = "total"
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
                found = _judged(release, grain, per_year, periods[: last + 1], judged)
                if found is not None:
                    yield found


def _watched(
    published: ExactRows, release: Release, catalogue: Mapping[str, Indicator], grain: Grain, founded: Mapping[str, date | None]
) -> tuple[tuple[date, ...], list[_Row]]:
    """Return the series whose finest published grain is this one, on one axis of periods."""
    held = [
        (indicator, breakdown, published.series(release, indicator.id, breakdown, grain))
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
            since = founded.get(cell[0])
            if since is not None:
                counts[[position for position, period in enumerate(periods) if period < since]] = numpy.nan
            rows.append(_Row(indicator, breakdown, cell, counts, settled))
    return periods, rows


def _judged(release: Release, grain: Grain, per_year: int, periods: tuple[date, ...], rows: list[_Row]) -> Analysis | None:
    """Judge the last of some periods; none where no series has a history yet."""
    counts = numpy.array([_since_break(row, periods) for row in rows])
    judged = judge_latest(counts, numpy.array([row.breakdown == TOTAL for row in rows]), per_year)
    if numpy.isnan(judged.p).all():
        return None
    findings = tuple(
        Finding(
            row.indicator.id,
            row.breakdown,
            *row.cell,
            Outcome.NOT_JUDGED if numpy.isnan(judged.p[place]) else Outcome.ALARM if judged.is_alarm[place] else Outcome.QUIET,
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


def _since_break(row: _Row, periods: tuple[date, ...]) -> Numbers:
    """Return the counts up to the judged period; before a change of definition there is no past."""
    counts = row.counts[: len(periods)].copy()
    counts[: first_after_break(periods, row.indicator, len(periods) - 1)] = numpy.nan
    return counts
