"""A county in which nothing happens but chance: cases fall on townships by their residents and on months evenly, through the real intake."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy

from etl.assembly.workspace import residents_by_area
from etl.county.read import read_pack
from tests.spec.tables import COUNTY, build_from, write_extract

FIRST_YEAR, LAST_YEAR = 2021, 2025


def build_null_county(data: Path, cases_a_year: int, seed: int) -> Path:
    """Build five years of cases under one rate.

    Args:
        data: The data folder.
        cases_a_year: Expected cases of the county.
        seed: Start of the random numbers.

    Returns:
        The data folder.
    """
    chance = numpy.random.default_rng(seed)
    pack = read_pack(COUNTY)
    residents = {code: number for code, year, number in residents_by_area(pack, LAST_YEAR) if year == LAST_YEAR}
    towns = [town.code for town in pack.townships if town.valid_to is None]
    share = numpy.array([residents[code] for code in towns], dtype=float)
    share /= share.sum()
    files = []
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        made = []
        for month in range(1, 13):
            for place in chance.choice(len(towns), size=chance.poisson(cases_a_year / 12), p=share):
                made.append({"filed_on": f"{date(year, month, 1):%Y-%m}", "township": towns[place]})
        files.append(write_extract(data.parent, "cases", f"{year}01-{year}12", made, f"{year + 1}0110"))
    build_from(data, *files)
    return data
