"""Whether neighbouring townships resemble each other: for counties of thirty townships and more, at the latest cut-off only.

Below that these statistics say nothing (:mod:`analysis.spatial`), and are not computed. Their library is loaded only where they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy
import shapely

from analysis.comparison import LEVEL
from etl.assembly.analyses.kept import INPUTS
from etl.assembly.analyses.place import Place
from etl.assembly.analyses.record import Analysis, Finding
from etl.assembly.analyses.series import Numbers
from indicators.model import Indicator, Method, Outcome, Release

SMALLEST_MAP = 30  # townships
SEED = 1
TOUCHING = 1e-6  # degrees, about 10 cm: outlines drawn apart by rounding still touch
MORAN, HOT_SPOTS = "moran", "getis_ord"


def analyses(
    indicator: Indicator, places: Sequence[Place], events: Numbers, exposure: Numbers, span: tuple[date, date], county: str, inputs: str
) -> Iterator[Analysis]:
    """Compute Moran's I of the rates, and Gi* of every township; nothing where there are fewer than thirty to compare.

    Args:
        indicator: What is counted.
        places: The townships.
        events: Their counts in the window, shape (n,).
        exposure: Their residents times years, shape (n,).
        span: First and last month of the window.
        county: Area code of the county.
        inputs: Digest of all of these.
    """
    held = [row for row, place in enumerate(places) if not place.shape.is_empty and exposure[row] > 0 and not numpy.isnan(events[row])]
    neighbours = _neighbours([places[row] for row in held])
    if sum(bool(around) for around in neighbours) < SMALLEST_MAP:
        return
    from analysis.spatial import PERMUTATIONS, hot_spots, moran, standardised_rates

    rates = standardised_rates(events[held], exposure[held])
    whole = moran(rates, neighbours, seed=SEED)
    local = hot_spots(rates, neighbours, LEVEL, seed=SEED)
    of_county = Finding(
        indicator.id,
        "total",
        county,
        "",
        Outcome.ALIKE if whole.p < LEVEL and whole.statistic > whole.expected else Outcome.WITHIN_CHANCE,
        rule=MORAN,
        expected=whole.expected,
        value=whole.statistic,
        p_value=whole.p,
    )
    of_places = (
        Finding(
            indicator.id,
            "township",
            places[row].code,
            "",
            str(local.pattern[position]),
            rule=HOT_SPOTS,
            observed=float(events[row]),
            expected=float(exposure[row] * events[held].sum() / exposure[held].sum()),
            value=float(local.statistic[position]),
            p_value=float(local.p[position]),
        )
        for position, row in enumerate(held)
    )
    parameters = {"permutations": PERMUTATIONS, "level": LEVEL, "areas": whole.areas, INPUTS: inputs}
    yield Analysis(
        Release.INTERNAL, Method.AUTOCORRELATION, *span, len(held) + 1, 2 * LEVEL, (of_county, *of_places), seed=SEED, parameters=parameters
    )


def _neighbours(places: Sequence[Place]) -> list[list[int]]:
    """Return for every township the positions of those it touches."""
    shapes = [place.shape.buffer(TOUCHING) for place in places]
    tree = shapely.STRtree(shapes)
    return [sorted(int(other) for other in tree.query(shape, predicate="intersects") if other != own) for own, shape in enumerate(shapes)]
