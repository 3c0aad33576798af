"""Counties drawn by lot: eighteen townships on a made-up map, and months of cases in which nothing happens unless it is asked for.

Every draw of a generator is a county of its own, so shares over many draws hold for counties at large and not for one map.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy
from numpy.typing import NDArray

Numbers = NDArray[numpy.float64]
Flags = NDArray[numpy.bool_]

ROWS, COLUMNS = 3, 6
TOWNSHIPS = ROWS * COLUMNS
PERIODS_PER_YEAR = 12
TYPICAL, UNEQUAL = 16_000, 0.75  # median of the populations, and the standard deviation of their logarithm
SMALLEST, LARGEST = 3_000, 60_000  # people of a township
SEASON = 0.2  # the busiest month has a fifth more than the mean one, the quietest a fifth less
LINES = 3  # of the county: cases, those solved, suspects
SOLVED = 0.8  # share of the cases
MORE_SUSPECTS = 0.4  # of a case, beyond the first
CHARGES = (0.45, 0.27, 0.16, 0.08, 0.04)
PLACES = (0.5, 0.25, 0.15, 0.1)


class County(NamedTuple):
    """A map of townships."""

    population: NDArray[numpy.int64]  # people, shape (18,)
    points: Numbers  # where the townships lie, shape (18, 2)
    is_neighbour: Flags  # shape (18, 18)
    zone: NDArray[numpy.int64]  # 0 to 3, shape (18,)


class Months(NamedTuple):
    """What a county looks at every month."""

    counts: Numbers  # events, shape (34, t): 3 lines, 18 townships, 5 charges, 4 places, 4 zones
    is_total: Flags  # shape (34,)

    @property
    def towns(self) -> Numbers:
        """The townships' series, shape (18, t)."""
        return self.counts[LINES : LINES + TOWNSHIPS]


def county(chance: numpy.random.Generator) -> County:
    """Draw a county: three rows of six townships, unevenly spaced, with unequal populations that lie anywhere on the map."""
    row, column = numpy.divmod(numpy.arange(TOWNSHIPS), COLUMNS)
    grid = numpy.column_stack([column, row]).astype(numpy.float64)
    population = numpy.clip(numpy.exp(chance.normal(numpy.log(TYPICAL), UNEQUAL, TOWNSHIPS)), SMALLEST, LARGEST).astype(numpy.int64)
    apart = numpy.abs(grid[:, None, :] - grid[None, :, :]).max(axis=2)
    zone = (column >= COLUMNS // 2) * 2 + (row >= ROWS // 2)
    return County(population, grid + chance.uniform(-0.3, 0.3, grid.shape), apart == 1, zone)


def pooled(chance: numpy.random.Generator, own: County, events: int, risk: Numbers | float = 1.0) -> NDArray[numpy.int64]:
    """Throw a number of events on the townships by population and risk; shape (18,)."""
    weight = own.population * risk
    return chance.multinomial(events, weight / weight.sum())


def season(first: float, periods: int) -> Numbers:
    """Return each month's level over the mean one, shape (t,), the year beginning at a phase between 0 and 1."""
    return 1 + SEASON * numpy.cos(2 * numpy.pi * (first + numpy.arange(periods) / PERIODS_PER_YEAR))


def restless(chance: numpy.random.Generator, mean: Numbers, dispersion: float) -> Numbers:
    """Draw counts whose variance is the mean times the dispersion; Poisson at 1."""
    if dispersion == 1:
        return chance.poisson(mean).astype(numpy.float64)
    return chance.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(numpy.float64)


def months(
    chance: numpy.random.Generator,
    own: County,
    per_year: float,
    periods: int,
    latest_risk: Numbers | float = 1.0,
    dispersion: float = 1.0,
    risk: Numbers | float = 1.0,
) -> Months:
    """Draw a county's months.

    Args:
        chance: The random numbers.
        own: The county.
        per_year: Cases to be expected of a year.
        periods: Number of months; the year begins anywhere.
        latest_risk: Factor on what is to be expected of each township in the last month, shape (18,) or one number.
        dispersion: Variance over mean of every township's month.
        risk: Factor on what is to be expected of each township in all months, shape (18,) or one number.

    Returns:
        Every series, the county's lines first.
    """
    mean = numpy.outer(risk * own.population / own.population.sum(), season(chance.random(), periods)) * per_year / PERIODS_PER_YEAR
    mean[:, -1] *= latest_risk
    towns = restless(chance, mean, dispersion)
    cases = towns.sum(axis=0).astype(numpy.int64)
    lines = numpy.vstack([cases, chance.binomial(cases, SOLVED), cases + chance.poisson(MORE_SUSPECTS * cases)])
    parts = [towns, chance.multinomial(cases, CHARGES).T, chance.multinomial(cases, PLACES).T]
    parts.append(numpy.vstack([towns[own.zone == zone].sum(axis=0) for zone in range(4)]))
    counts = numpy.vstack([lines, *parts]).astype(numpy.float64)
    return Months(counts, numpy.arange(len(counts)) < len(lines))
