"""A county of which everything is known: five years of cases drawn by lot from one rate, and what was planted among them.

Every planted county is the same quiet county plus one thing. So whatever its pages say and those of the quiet one do not is said because of
what was planted.
"""

from __future__ import annotations

import calendar
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy

from etl.assembly.workspace import residents_by_area
from etl.county.read import read_pack
from indicators.months import months_between, months_later
from tests.spec.tables import COUNTY, load, publish_build, write_extract

FIRST, LAST = date(2021, 1, 1), date(2025, 12, 1)
LATEST = date(2025, 10, 1)
"""The last month that is settled: two more still get late entries."""
CASES_A_YEAR = 204
CHARGES = {"trafficking": 0.58, "sheltering": 0.22, "possession": 0.15, "other": 0.05}
PLACES = {"rental": 0.35, "hotel": 0.25, "entertainment": 0.2, "home": 0.2}
YOUNG = 0.35  # of the suspects, one to a case
Random = numpy.random.Generator


@dataclass(frozen=True)
class Case:
    """One criminal case, with one suspect."""

    month: date
    township: str
    charge: str
    place: str
    is_young: bool
    campaign: str = ""
    entered: date | None = None  # the month in which the office wrote it down, where that was later

    def row(self, written_as: Callable[[Case], str]) -> dict[str, str]:
        """Return the case as the office delivers it."""
        month = f"{self.month:%Y-%m}"
        return {
            "filed_on": month,
            "solved_on": month,
            "township": written_as(self),
            "charge": self.charge,
            "place_type": self.place,
            "suspects_18_35": str(int(self.is_young)),
            "campaign": self.campaign,
        }


def residents(year: int = LAST.year) -> dict[str, float]:
    """Residents of every township now in force."""
    pack = read_pack(COUNTY)
    now = {town.code for town in pack.townships if town.valid_to is None}
    return {code: float(number) for code, when, number in residents_by_area(pack, year) if when == year and code in now}


def code_of(name: str) -> str:
    """Code of a township by its name."""
    return next(town.code for town in read_pack(COUNTY).townships if town.title.zh == name)


def zone_of(name: str) -> str:
    """Code of the zone that a township lies in."""
    return next(town.zone for town in read_pack(COUNTY).townships if town.title.zh == name)


def drawn(chance: Random, month: date, number: int, townships: Sequence[str] = (), young: float = YOUNG, **fixed: str) -> list[Case]:
    """Draw cases of a month: townships by their residents unless some are named."""
    people = residents()
    places = list(townships) or list(people)
    share = numpy.array([people[code] for code in places])
    where = chance.choice(len(places), size=number, p=share / share.sum())
    charges = chance.choice(list(CHARGES), size=number, p=list(CHARGES.values()))
    kinds = chance.choice(list(PLACES), size=number, p=list(PLACES.values()))
    is_young = chance.random(number) < young
    made = [
        Case(month, places[place], str(charge), str(kind), bool(one))
        for place, charge, kind, one in zip(where, charges, kinds, is_young, strict=True)
    ]
    return [replace(case, **fixed) for case in made]  # type: ignore[arg-type]


def quiet(seed: int, cases_a_year: float = CASES_A_YEAR) -> list[Case]:
    """Draw five years of cases in which nothing happens but chance: months by their days, townships by their residents."""
    chance = numpy.random.default_rng(seed)
    cases = []
    for month in months_between(FIRST, LAST):
        expected = cases_a_year * calendar.monthrange(month.year, month.month)[1] / 365.25
        cases += drawn(chance, month, int(chance.poisson(expected)))
    return cases


def more(chance: Random, cases: Iterable[Case], months: Iterable[date], factor: float, townships: Sequence[str] = (), **fixed: str) -> list[Case]:
    """Return the cases and, for the factor, further ones of these months and townships; below 1 some of them are taken out."""
    cases, wanted = list(cases), set(months)
    if factor < 1:
        return [case for case in cases if case.month not in wanted or chance.random() < factor]
    share = sum(residents()[code] for code in townships) / sum(residents().values()) if townships else 1.0
    for month in sorted(wanted):
        cases += drawn(chance, month, int(chance.poisson((factor - 1) * share * CASES_A_YEAR / 12)), townships, **fixed)
    return cases


def by_case(case: Case) -> str:
    """The code of the township as it is written in the file."""
    return case.township


def county_files(folder: Path, cases: Sequence[Case], *, until: date = LAST, written_as: Callable[[Case], str] = by_case) -> list[Path]:
    """Write one file a year, each reported on the tenth of the month after its last one, with what was written down by then."""
    files = []
    for year in range(FIRST.year, until.year + 1):
        last = min(date(year, 12, 1), until)
        files.append(edition(folder, cases, last, written_as=written_as))
    return files


def edition(folder: Path, cases: Sequence[Case], last: date, *, known: date | None = None, written_as: Callable[[Case], str] = by_case) -> Path:
    """Write the year up to a month as the office knows it at the end of that month, or of a later one."""
    at = known or last
    rows = [case.row(written_as) for case in cases if case.month.year == last.year and case.month <= last and (case.entered or case.month) <= at]
    span = f"{last.year}01-{last:%Y%m}" if last.month > 1 else f"{last.year}01"
    reported = months_later(at, 1)
    own = folder / f"{last:%Y%m}-{at:%Y%m}"
    own.mkdir(parents=True)
    return write_extract(own, "cases", span, rows, f"{reported:%Y%m}10")


def build(data: Path, *rounds: Sequence[Path], county: Path = COUNTY) -> Path:
    """Load and build, round after round, through the ordinary door."""
    for files in rounds:
        load(data, *files)
        publish_build(data, county)
    return data


def pack_with(folder: Path, name: str, lines: Sequence[str]) -> Path:
    """Copy the county pack and write one of its tables anew."""
    shutil.copytree(COUNTY, folder)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
