"""A township as the statistics see it: who lives there, and where it lies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy
import shapely
from numpy.typing import NDArray

from etl.assembly.workspace import residents_by_area
from etl.county.pack import CountyPack, Township, current_townships
from indicators.model import residents_of_year

Ring = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Place:
    """A township now in force.

    Attributes:
        code: Township code.
        residents: Residents by year.
        point: A point inside it, on the unit sphere; NaN where the county pack draws no outline.
        shape: Its outline in degrees; empty where there is none.
        founded_on: First day in force, where no former township was merged into it: what happened there before is counted elsewhere.
    """

    code: str
    residents: Mapping[int, int]
    point: tuple[float, float, float]
    shape: shapely.Geometry
    founded_on: date | None = None

    def residents_in(self, year: int) -> float:
        """Return the residents of a year."""
        return float(residents_of_year(self.residents, year))


def places(pack: CountyPack, until: int) -> list[Place]:
    """Return the townships now in force, by code, with their residents up to a year."""
    residents: dict[str, dict[int, int]] = {}
    for area, year, number in residents_by_area(pack, until):
        residents.setdefault(area, {})[year] = number
    carried_on = {town.merged_into for town in pack.townships}
    return [_place(town, residents.get(town.code, {}), town.code in carried_on) for town in current_townships(pack)]


def _place(town: Township, residents: Mapping[int, int], is_carried_on: bool) -> Place:
    shape = shapely.union_all([shapely.Polygon(ring).buffer(0) for ring in town.rings])
    return Place(town.code, residents, _on_sphere(shape), shape, None if is_carried_on else town.valid_from)


def _on_sphere(shape: shapely.Geometry) -> tuple[float, float, float]:
    """Return a point inside an outline on the unit sphere, where straight lines order distances as arcs do."""
    if shape.is_empty:
        return (numpy.nan, numpy.nan, numpy.nan)
    inside = shape.representative_point()
    longitude, latitude = numpy.radians([inside.x, inside.y])
    return (
        float(numpy.cos(latitude) * numpy.cos(longitude)),
        float(numpy.cos(latitude) * numpy.sin(longitude)),
        float(numpy.sin(latitude)),
    )


def residents_of(held: Sequence[Place], years: Sequence[int]) -> NDArray[numpy.float64]:
    """Return residents by place and year, shape (places, years)."""
    return numpy.array([[place.residents_in(year) for year in years] for place in held], dtype=numpy.float64).reshape(len(held), len(years))
