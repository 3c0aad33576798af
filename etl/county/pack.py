"""The county pack: everything that differs from county to county, read from one folder and checked in words.

A pack is swapped by an office that has no programmer, so every fault is reported at once with its file, its row and its remedy, rather
than one exception at a time. The pack holds areas, denominators and code lists; never a record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import pyarrow

from etl.problems import Problem
from indicators.dimensions import DIMENSIONS
from indicators.model import Text

AGE_BANDS = tuple(member.code for member in DIMENSIONS["age_band"].members)
DRUG_GROUPS = tuple(member.code for member in DIMENSIONS["drug_group"].members)
Point = tuple[float, float]
Ring = tuple[Point, ...]


@dataclass(frozen=True)
class Zone:
    """A group of townships for which small counts can still be shown."""

    code: str
    title: Text


@dataclass(frozen=True)
class Township:
    """A township (乡镇、街道), in force or merged away.

    Attributes:
        valid_to: Last day in force; None while it is.
        merged_into: Code of the township that took it over.
        rings: Closed rings of (longitude, latitude), outer rings before their holes; empty for a former township.
    """

    code: str
    title: Text
    zone: str
    is_remote: bool
    valid_from: date
    valid_to: date | None
    merged_into: str | None
    rings: tuple[Ring, ...]

    def in_force(self, on: date) -> bool:
        """Say whether the code may be used for that day."""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True)
class Drug:
    """One substance of the county's list and every word delivered files use for it."""

    code: str
    title: Text
    drug_group: str
    listed_on: date | None
    aliases: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that means it: its code, its names and its aliases."""
        return tuple(dict.fromkeys((self.code, self.title.zh, self.title.en, *self.aliases)))


@dataclass(frozen=True)
class Campaign:
    """A special operation with its first and last day."""

    code: str
    title: Text
    starts_on: date
    ends_on: date


@dataclass(frozen=True)
class Department:
    """A member of the committee and what it answers for."""

    code: str
    title: Text
    duty: Text


@dataclass(frozen=True)
class AssessmentItem:
    """One scored item of the yearly assessment of an object (townships or departments)."""

    year: int
    object: str
    code: str
    title: Text
    weight: float
    rule: str
    target: float | None
    direction: str


@dataclass(frozen=True)
class CountyPack:
    """A readable county pack.

    Attributes:
        code: Six digits of the county.
        residents: Residents (常住人口) by (township in force, year, age band).
        formulas: Indicator -> the formula chosen, where it offers several.
    """

    code: str
    title: Text
    map_approval: str
    is_sample: bool
    age_rule: Text
    zones: tuple[Zone, ...]
    townships: tuple[Township, ...]
    residents: Mapping[tuple[str, int, str], int]
    drugs: tuple[Drug, ...]
    campaigns: tuple[Campaign, ...]
    departments: tuple[Department, ...]
    assessment: tuple[AssessmentItem, ...]
    formulas: Mapping[str, str] = field(default_factory=dict)

    @property
    def area_code(self) -> str:
        """The county as a 12-digit area, the form every township code has."""
        return self.code + "000000"

    def township(self, code: str) -> Township:
        """Return the township with this code, in force or former.

        Raises:
            KeyError: If the pack has no such code.
        """
        for township in self.townships:
            if township.code == code:
                return township
        raise KeyError(code)


class PackError(Exception):
    """The folder cannot serve as a county pack; ``problems`` says why, one entry a fault."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message.en for problem in problems))
        self.problems = problems


def current_townships(pack: CountyPack) -> tuple[Township, ...]:
    """Return the townships now in force, in the order of their codes."""
    return tuple(sorted((township for township in pack.townships if township.valid_to is None), key=lambda township: township.code))


def successor(pack: CountyPack, code: str) -> str:
    """Return the township in force today that stands for ``code``, so that old and new files add up for the same area.

    Raises:
        KeyError: If the pack has no such code.
    """
    township = pack.township(code)
    while township.merged_into is not None:
        township = pack.township(township.merged_into)
    return township.code


def codes_counted_as(pack: CountyPack) -> dict[str, tuple[str, ...]]:
    """Return for every township now in force all codes that are counted as it: its own, and those of townships that were merged into it."""
    codes: dict[str, tuple[str, ...]] = {}
    for town in pack.townships:
        now = successor(pack, town.code)
        codes[now] = tuple(sorted({*codes.get(now, ()), town.code}))
    return codes


def reference_tables(pack: CountyPack) -> dict[str, pyarrow.Table]:
    """Return what core tables join: ``dim_township`` (every code ever valid, following mergers) and ``dim_drug``."""
    now = {town.code: pack.township(successor(pack, town.code)) for town in pack.townships}
    towns = [(code, town.code, town.zone, "yes" if town.is_remote else "no") for code, town in now.items()]
    drugs = [(drug.code, drug.drug_group) for drug in pack.drugs]
    return {
        "dim_township": _text_table(("code", "current_code", "zone", "remote"), towns),
        "dim_drug": _text_table(("code", "drug_group"), drugs),
    }


def _text_table(names: Sequence[str], rows: Sequence[tuple[str, ...]]) -> pyarrow.Table:
    columns = [[row[position] for row in rows] for position in range(len(names))]
    return pyarrow.table(columns, schema=pyarrow.schema([(name, pyarrow.string()) for name in names]))
