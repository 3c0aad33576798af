"""How much more a series swings than chance alone lets it.

Cases come in campaigns and gangs: a month may hold ten of one operation. A test that takes them for separate events then finds change
where there is none. The unrest is read off the series itself, within its season and within every year, so that neither the season nor a
lasting rise from one year to the next is taken for it.
"""

from __future__ import annotations

import numpy
from numpy.typing import ArrayLike

from analysis.intervals import checked_counts
from analysis.quasi_poisson import fit

SMALLEST_FREEDOM = 10  # fewer periods beyond the coefficients tell nothing about unrest
SMALLEST_EVENTS = 20.0


def seasonal_dispersion(counts: ArrayLike, exposure: ArrayLike = 1.0, periods_per_year: int = 12) -> float:
    """Pearson's variance over mean of a series of counts, the season and the level of every year taken out.

    Years are counted back from the last period; each has its own level, the season is one wave for all of them.

    Args:
        counts: Counts of consecutive periods, shape (t,); NaN where not known.
        exposure: Length behind each count, in any unit, shape (t,) or one number.
        periods_per_year: 12 for months, 4 for quarters.

    Returns:
        Variance over mean, at least 1; 1 also where the periods are too few or hold too few events to tell, or where the regression has
        no answer.

    Raises:
        ValueError: If a count is negative, an exposure is not positive where there is a count, or a year has fewer than three periods.

    Source: McCullagh & Nelder 1989, Generalized Linear Models, section 4.5 (Pearson's estimate).
    """
    if periods_per_year < 3:
        raise ValueError(f"a year of {periods_per_year} periods has no season")
    series, lengths = numpy.broadcast_arrays(checked_counts(counts, "counts"), checked_counts(exposure, "exposure"))
    known = numpy.flatnonzero(~numpy.isnan(series))
    bad = known[~(lengths[known] > 0)]
    if bad.size:
        raise ValueError(f"exposure must be positive: position {int(bad[0])}")
    year = (series.size - 1 - known) // periods_per_year
    events = numpy.bincount(year, weights=series[known]) if known.size else numpy.zeros(1)
    known, year = known[events[year] > 0], year[events[year] > 0]  # a year without any event fits exactly and tells nothing
    angle = 2 * numpy.pi * known / periods_per_year
    columns = [(year == one).astype(numpy.float64) for one in numpy.unique(year)] + [numpy.sin(angle), numpy.cos(angle)]
    if known.size - len(columns) < SMALLEST_FREEDOM or series[known].sum() < SMALLEST_EVENTS:
        return 1.0
    try:
        return fit(numpy.column_stack(columns), series[known], lengths[known]).dispersion
    except ValueError:
        return 1.0
