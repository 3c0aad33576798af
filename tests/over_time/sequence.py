"""A county over years: the sample's files delivered month by month through the real path, mistakes, a build put back and a merger among them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from etl.county.read import read_pack
from etl.desk import delivery
from etl.publishing import publish, trial
from etl.sample.files import Record
from indicators.months import months_between
from tests.over_time.deliveries import COUNTY, Office, forgetting, invented, merged_pack, mistaken

WHO, REASON = "测试", "核实:测试用的版本"
FORGOTTEN = "990121102000"


@dataclass(frozen=True)
class Plan:
    """What is delivered when.

    Attributes:
        begins: First month of all.
        first_build: Last month of the files of the first build; every month after it is a delivery of its own.
        ends: Last month.
        forgets: End of a quarter whose first register lacks a township; its build is put back, the next delivery corrects it.
        mistakes: End of a year whose first register has a few people wrong; the next delivery corrects it.
        merges: First month with the pack of merged townships.
    """

    begins: date
    first_build: date
    ends: date
    forgets: date
    mistakes: date
    merges: date


SHORT = Plan(date(2024, 1, 1), date(2025, 8, 1), date(2026, 3, 1), date(2025, 9, 1), date(2025, 12, 1), date(2026, 2, 1))
WHOLE = Plan(date(2021, 1, 1), date(2023, 12, 1), date(2026, 10, 1), date(2024, 6, 1), date(2024, 12, 1), date(2025, 10, 1))


@dataclass(frozen=True)
class InForce:
    """A file that was in force once.

    Attributes:
        path: A copy that stays.
        number: Of the build.
        registers: The editions of the register it was built from, by month.
        holds: Rules of the publish gate that held it and were answered with a reason.
        happened: What was special about it.
    """

    path: Path
    number: int
    registers: dict[date, list[Record]]
    holds: tuple[str, ...]
    happened: str = ""


@dataclass
class County:
    """The data folder while files come in, and every file that was in force so far, in order."""

    place: Path
    plan: Plan
    registers: dict[date, list[Record]] = field(default_factory=dict)
    in_force: list[InForce] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.data = self.place / "data"
        self.data.mkdir(parents=True)
        self.merged = merged_pack(self.place / "merged", self.plan.merges)
        self.office = Office(self.place / "sent", read_pack(COUNTY), self.plan.merges)

    def deliver(self, month: date, files: Sequence[Path], happened: str = "") -> None:
        """Hand files in and publish what they give, with a reason where one is asked for."""
        pack = COUNTY if month < self.plan.merges else self.merged
        looked = delivery.look(files, self.data, pack, WHO)
        assert not looked.is_refused, [problem for result in looked.results for problem in result.problems][:3]
        tried = delivery.try_out(looked, self.data, pack, WHO)
        assert tried is not None
        trial.publish(tried, self.data, who=WHO, reason=REASON if tried.holds else "")
        self._keep(tried.number, dict(self.registers), tuple(sorted({hold.rule for hold in tried.holds})), happened)

    def put_back(self, happened: str) -> None:
        """Put the build before the last one back in force."""
        before = self.in_force[-2]
        publish.rollback(self.data, before.number, WHO, REASON)
        self._keep(before.number, before.registers, (), happened)

    def _keep(self, number: int, registers: dict[date, list[Record]], holds: tuple[str, ...], happened: str) -> None:
        path = self.place / f"in-force-{len(self.in_force) + 1:03}.duckdb"
        os.link(publish.warehouse_file(self.data).resolve(), path)
        self.in_force.append(InForce(path, number, registers, holds, happened))


def delivered(place: Path, plan: Plan) -> list[InForce]:
    """Deliver a county month by month.

    Args:
        place: An empty folder.
        plan: What is delivered when.

    Returns:
        Every file that was ever in force, in order; one that was put back stands twice.
    """
    county = County(place, plan)
    files: list[Path] = []
    for month in months_between(plan.begins, plan.first_build):
        county.registers[month] = invented().registers[month]
        files += [county.office.register(month, county.registers[month]), *county.office.treatment(month)]
        if month.month == 12 or month == plan.first_build:
            files += county.office.cases(month)
    county.deliver(plan.first_build, files, "first build")
    wrong: date | None = None
    for month in months_between(plan.first_build, plan.ends)[1:]:
        files, wrong, happened = _of_month(county, month, wrong)
        county.deliver(month, files, happened)
        if month == plan.forgets:
            county.put_back("put back")
    shutil.rmtree(county.data)
    return county.in_force


def _of_month(county: County, month: date, wrong: date | None) -> tuple[list[Path], date | None, str]:
    """Write the files of a month, which correct the register of a wrong one; return them, the month now wrong if any, and what happened."""
    files: list[Path] = []
    happened: list[str] = []
    if wrong is not None:
        county.registers[wrong] = invented().registers[wrong]
        files.append(county.office.register(wrong, county.registers[wrong], days_later=20))
        happened.append(f"corrects {wrong:%Y-%m}")
    register = invented().registers[month]
    if month == county.plan.forgets:
        register = forgetting(register, FORGOTTEN)
        happened.append("a township is forgotten")
    if month == county.plan.mistakes:
        register = mistaken(register)
        happened.append("two sexes and a township are mistaken")
    if month == county.plan.merges:
        happened.append("two townships are merged")
    county.registers[month] = register
    files += [county.office.register(month, register), *county.office.cases(month), *county.office.treatment(month)]
    return files, month if register is not invented().registers[month] else None, ", ".join(happened)
