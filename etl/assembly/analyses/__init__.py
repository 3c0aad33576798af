"""Statistics of a build: computed once from the numbers that are published as they are, and kept beside them.

Every statistic is a function of published exact counts. So none can tell of a hidden one, the page, the warning list and the speech say the
same, and a number is compared the same way whoever looks. Rounded counts of people are never tested.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pyarrow

from etl.assembly.analyses import hotspots, trends, warnings
from etl.assembly.analyses.kept import Kept
from etl.assembly.analyses.place import Place
from etl.assembly.analyses.record import Analysis
from etl.assembly.analyses.series import ExactRows
from indicators.lattice import exact_releases
from indicators.model import Indicator, Release

NOTHING_KEPT = Kept()


def analyse(observations: pyarrow.Table, catalogue: Mapping[str, Indicator], places: Sequence[Place], kept: Kept = NOTHING_KEPT) -> list[Analysis]:
    """Run every statistic on the rows of a build.

    Args:
        observations: The rows of ``mart.observation``, as they will be published.
        catalogue: The indicators by id.
        places: The townships now in force, by code.
        kept: The analyses of the build in force.

    Returns:
        The analyses of both releases, in a fixed order.
    """
    published = ExactRows(observations, catalogue)
    found: list[Analysis] = []
    for indicator in catalogue.values():
        releases = exact_releases(indicator)
        own = [*hotspots.analyses(published, indicator, places, kept), *trends.analyses(published, indicator, places)] if releases else []
        # Releases that publish a count as it is publish the same one.
        found += [replace(one, release=release) for release in releases for one in own]
    for release in Release:
        found += warnings.analyses(published, release, catalogue, places)
    return found
