"""ExactRows exact numbers as arrays: one row a cell, one column a period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy
import pyarrow
import pyarrow.compute
from numpy.typing import NDArray

from indicators.lattice import exact_releases
from indicators.model import Grain, Indicator, Release, Status

Numbers = NDArray[numpy.float64]
Cell = tuple[str, str]
"""Area code and member."""


@dataclass(frozen=True)
class ExactCounts:
    """The numbers of one breakdown.

    Attributes:
        cells: Area and member of every row.
        periods: First day of every period, ascending.
        values: ExactRows numbers, shape (cells, periods); NaN where none is published.
        is_settled: Of every period, whether it was reported and late entries no longer change it, shape (periods,).
    """

    cells: tuple[Cell, ...]
    periods: tuple[date, ...]
    values: Numbers
    is_settled: NDArray[numpy.bool_]

    def rows_of(self, areas: Sequence[str]) -> Numbers:
        """Return the values of some areas, in their order; NaN for an area without a row."""
        place = {area: position for position, (area, _) in enumerate(self.cells)}
        empty = numpy.full(len(self.periods), numpy.nan)
        return numpy.array([self.values[place[area]] if area in place else empty for area in areas]).reshape(len(areas), len(self.periods))


def first_after_break(periods: Sequence[date], indicator: Indicator, last: int) -> int:
    """Return the position of the first period that is counted as the one at ``last`` is."""
    since = max((one.on for one in indicator.breaks if one.on <= periods[last]), default=periods[0])
    return next(position for position, period in enumerate(periods) if period >= since)


EMPTY = ExactCounts((), (), numpy.empty((0, 0)), numpy.empty(0, dtype=bool))


class ExactRows:
    """The rows of a build from which statistics may be computed."""

    def __init__(self, observations: pyarrow.Table, catalogue: Mapping[str, Indicator]) -> None:
        names = [name for name, indicator in catalogue.items() if indicator.watched or indicator.is_mapped]
        asked = pyarrow.compute.is_in(observations.column("indicator"), pyarrow.array(names, pyarrow.string()))
        held: dict[tuple[str, str, str, str], list[tuple[str, str, date, float | None, str]]] = defaultdict(list)
        columns = ("release", "indicator", "breakdown", "grain", "area_code", "member", "period", "numerator", "status")
        chosen = observations.filter(asked)
        for release, indicator, breakdown, grain, area, member, period, value, status in zip(
            *(chosen.column(name).to_pylist() for name in columns), strict=True
        ):
            if Release(release) in exact_releases(catalogue[indicator]):
                held[release, indicator, breakdown, grain].append((area, member, period, value, status))
        self._series = {key: _series(rows) for key, rows in held.items()}

    def series(self, release: Release, indicator: str, breakdown: str, grain: Grain) -> ExactCounts:
        """Return the numbers of a breakdown; without rows where the release does not publish it exactly."""
        return self._series.get((release.value, indicator, breakdown, grain.value), EMPTY)


def _series(rows: Sequence[tuple[str, str, date, float | None, str]]) -> ExactCounts:
    cells = sorted({(area, member) for area, member, *_ in rows})
    periods = sorted({period for _, _, period, *_ in rows})
    row_of = {cell: position for position, cell in enumerate(cells)}
    column_of = {period: position for position, period in enumerate(periods)}
    values = numpy.full((len(cells), len(periods)), numpy.nan)
    settled = numpy.ones(len(periods), dtype=bool)
    for area, member, period, value, status in rows:
        column = column_of[period]
        if value is not None and value >= 0:  # a corrected running total may leave a month negative: no count, and not judged
            values[row_of[area, member], column] = value
        if status in {Status.PROVISIONAL.value, Status.NOT_COLLECTED.value}:
            settled[column] = False
    return ExactCounts(tuple(cells), tuple(periods), values, settled)
