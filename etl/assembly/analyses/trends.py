"""Yearly change of the county's series, season and days taken out; never over a change of definition."""

from __future__ import annotations

import calendar
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy
from numpy.typing import NDArray

from analysis.trend import Season, yearly_trend
from etl.assembly.analyses.place import Place, residents_of
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.analyses.series import ExactCounts, ExactRows, Numbers, first_after_break
from indicators.model import Grain, Indicator, Method, Outcome, Release
from indicators.months import MONTHS_OF, months_between, months_later

LONGEST = 60  # months
SHORTEST = 24
LEVEL = 0.05
MONTHS_OF_A_LEVEL_EACH = 5.0  # events a month from which every month of the year gets its own level
TOTAL, IN_CAMPAIGN = "total", "in_campaign"
RELEASE = Release.INTERNAL  # where both releases publish a count as it is, it is the same


def analyses(published: ExactRows, indicator: Indicator, places: Sequence[Place]) -> Iterator[Analysis]:
    """Estimate the yearly change of a county total at the end of every settled month; nothing where it is not watched.

    What campaigns claim is left out: of the months where the county's months are all split, of the quarters where these are.

    Args:
        published: The numbers of the build.
        indicator: What is counted.
        places: The townships now in force: their residents are the exposure.
    """
    if TOTAL not in indicator.watched:
        return
    total = _line(published.series(RELEASE, indicator.id, TOTAL, Grain.MONTH), places, Grain.MONTH, "")
    if total is None:
        return
    rest = {grain: _line(published.series(RELEASE, indicator.id, IN_CAMPAIGN, grain), places, grain, "no") for grain in (Grain.MONTH, Grain.QUARTER)}
    for last in numpy.flatnonzero(total.is_settled).tolist():
        month = total.periods[last]
        monthly = _window(rest[Grain.MONTH], indicator, month)
        quarterly = _window(rest[Grain.QUARTER], indicator, month)
        whole = _window(total, indicator, month)
        if monthly is not None and whole is not None and _is_as_known(monthly, whole):
            yield _judged(monthly, indicator, total.area, without_campaigns=True)
        elif quarterly is not None and not numpy.isnan(quarterly.counts).any():
            yield _judged(quarterly, indicator, total.area, without_campaigns=True)
        elif whole is not None:
            yield _judged(whole, indicator, total.area, without_campaigns=False)


@dataclass(frozen=True)
class _Line:
    """A series of the county: its counts with their exposure."""

    area: str
    grain: Grain
    periods: Sequence[date]
    counts: Numbers
    exposure: Numbers
    has_residents: bool
    is_settled: NDArray[numpy.bool_]

    def last_month(self, position: int) -> date:
        """Return the last month of a period."""
        return months_later(self.periods[position], MONTHS_OF[self.grain] - 1)

    def cut(self, window: slice) -> _Line:
        """Return a part of it."""
        held = {name: getattr(self, name)[window] for name in ("periods", "counts", "exposure", "is_settled")}
        return replace(self, **held)


def _line(series: ExactCounts, places: Sequence[Place], grain: Grain, member: str) -> _Line | None:
    """Return the county's line of one member; none where it has no row."""
    cells = [position for position, (_, code) in enumerate(series.cells) if code == member]
    if not cells:
        return None
    months = [months_between(first, months_later(first, MONTHS_OF[grain] - 1)) for first in series.periods]
    days = numpy.array([sum(calendar.monthrange(one.year, one.month)[1] for one in held) for held in months], dtype=numpy.float64)
    residents = residents_of(places, [first.year for first in series.periods]).sum(axis=0)
    has_residents = bool((residents > 0).all())
    exposure = days * residents if has_residents else days
    return _Line(series.cells[cells[0]][0], grain, series.periods, series.values[cells[0]], exposure, has_residents, series.is_settled)


def _window(line: _Line | None, indicator: Indicator, month: date) -> _Line | None:
    """Return the last five years of a line that end with a month; none where that ends no period, or less than two years are left."""
    if line is None:
        return None
    ends = [position for position in range(len(line.periods)) if line.last_month(position) == month and line.is_settled[position]]
    if not ends:
        return None
    longest, shortest = (span // MONTHS_OF[line.grain] for span in (LONGEST, SHORTEST))
    first = max(ends[0] + 1 - longest, first_after_break(line.periods, indicator, ends[0]))
    return line.cut(slice(first, ends[0] + 1)) if ends[0] + 1 - first >= shortest else None


def _is_as_known(rest: _Line, whole: _Line) -> bool:
    """Whether a line without campaigns has a number wherever the whole has one."""
    return rest.periods == whole.periods and bool((numpy.isnan(rest.counts) == numpy.isnan(whole.counts)).all())


def _judged(line: _Line, indicator: Indicator, area: str, *, without_campaigns: bool) -> Analysis:
    per_year = 12 // MONTHS_OF[line.grain]
    season = _season(line.counts) if line.grain is Grain.MONTH else Season.WAVE
    found = yearly_trend(line.counts, line.exposure, season, per_year, LEVEL)
    finding = Finding(
        indicator.id,
        TOTAL,
        area,
        "",
        str(Outcome.STEP if found.step else found.bend or found.verdict),
        rule=str(season),
        observed=float(numpy.nansum(line.counts)),
        value=found.yearly_change,
        lower=found.lower,
        upper=found.upper,
        p_value=found.p,
    )
    parameters: dict[str, Any] = {
        "level": LEVEL,
        "dispersion": _rounded(found.dispersion),
        "per_resident": line.has_residents,
        "without_campaigns": without_campaigns,
    }
    if found.bend is not None:
        parameters |= {"recent": [round(value, 4) for value in found.recent]}
    if found.step is not None:
        parameters |= {"step_on": line.periods[found.step.position].isoformat(), "step": round(found.step.change, 4)}
    return Analysis(RELEASE, Method.TREND, line.periods[0], line.last_month(-1), 1, LEVEL, (finding,), parameters=parameters)


def _season(counts: Numbers) -> Season:
    is_long = counts.size >= LONGEST and float(numpy.nanmean(counts)) >= MONTHS_OF_A_LEVEL_EACH
    return Season.PERIODS if is_long else Season.WAVE


def _rounded(dispersion: float) -> float | None:
    return None if numpy.isnan(dispersion) else round(dispersion, 4)
