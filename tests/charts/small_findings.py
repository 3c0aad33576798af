"""What a build would find in a handful of numbers, in the shape in which a page reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas
import shapely

from charts.hotspots import TownshipLevels, compared
from etl.assembly.analyses import analyse
from etl.assembly.analyses.place import Place
from etl.assembly.analyses.record import Analysis, tables
from indicators import catalogue
from indicators.model import Method, Release
from tests.charts.small_rows import scope
from tests.charts.test_pictures import TOWNS, Town
from tests.spec.test_analyses import table, townships

KNOWN = catalogue()
LAST = "2021-12-01"
"""The last of the twelve months over which counts are spread."""


def read(analyses: Sequence[Analysis], method: Method, release: Release = Release.INTERNAL) -> pandas.DataFrame:
    """Findings as :meth:`warehouse.reader.Warehouse.findings` gives them."""
    runs, found = (one.to_pandas() for one in tables(analyses))
    chosen = runs[(runs["method"] == method.value) & (runs["release"] == release.value)]
    joined = chosen.merge(found, left_on="id", right_on="analysis_id")
    for name in ("first_on", "last_on"):
        joined[name] = pandas.to_datetime(joined[name])
    return joined.drop(columns=["id", "release", "method"])


def places(towns: Sequence[Town]) -> list[Place]:
    """The townships of a test as the build sees them, ten kilometres apart."""
    return [
        Place(town.code, {2020: town.people}, (1.0, number / 637, 0.0), shapely.box(number, 0, number + 1, 1)) for number, town in enumerate(towns)
    ]


def spread(count: float) -> list[float]:
    """A count spread over twelve months as evenly as can be."""
    whole, more = divmod(int(count), 12)
    return [whole + (position < more) for position in range(12)]


def findings_of(counts: Mapping[str, Sequence[float | str]], towns: Sequence[Town] = TOWNS) -> list[Analysis]:
    """What a build finds in monthly cases by township."""
    return analyse(table(townships(counts)), KNOWN, places(towns))


def compared_of(counts: Sequence[float], towns: Sequence[Town] = TOWNS, release: str = "internal", language: str = "zh") -> TownshipLevels:
    """Twelve months' cases of some townships, compared as a page reads it."""
    found = findings_of({town.code: spread(count) for town, count in zip(towns, counts, strict=True)}, towns)
    held = compared(read(found, Method.LEVEL), read(found, Method.CLUSTER), KNOWN["cases_opened"], scope(LAST, release, language))
    assert held is not None
    return held
