"""Other counties over five years: registers drawn by the sample's generator with other seeds, published build by build by the real protection.

Only the register is published. The cells are counted here and not by the workspace, because reading files is most of the time of a build; what
follows (protecting, writing out, keeping to the build before) is the real code.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise, product
from pathlib import Path

import numpy

from disclosure.movers import Present
from disclosure.policy import Policy
from disclosure.published import published_of
from disclosure.said import history_rows, with_statements
from etl.assembly.assemble import _declaration, _members, areas_of
from etl.assembly.earlier import history_of
from etl.assembly.lattices import CountedCell, Population, moment, selection
from etl.assembly.observe import observations
from etl.assembly.protect import protect
from etl.assembly.workspace import Workspace, finished_periods
from etl.county.pack import CountyPack
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.sample import registry
from etl.sample.files import Record
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, split
from indicators.lattice import grains
from indicators.model import Grain, Indicator, Measure, Release
from indicators.months import months_between
from tests.over_time.deliveries import COUNTY, mistaken
from tests.over_time.sequence import InForce
from tests.over_time.truth import Person, person
from warehouse.writer import WarehouseFile

FIRST, LAST = date(2021, 1, 1), date(2025, 12, 1)
SECRET = b"a secret that only the tests know"
_TABLES = {"core.registry_person", "core.registry_change", "core.newly_found"}
Registers = Mapping[date, Sequence[Record]]


@cache
def drawn(seed: int) -> dict[date, list[Record]]:
    """Draw the registers of another county of some 160 people."""
    files = registry.deliveries(extracts()["registry"], read_pack(COUNTY), random.Random(seed))
    registers = {one.records[0]["as_of"]: one.records for one in files}
    return {month: records for month, records in registers.items() if month <= LAST}


def released(place: Path, seed: int, ends: Sequence[date], wrong: date) -> list[InForce]:
    """Publish a county as it stood at some ends of quarters, each build upon the one before; one register is wrong and corrected by the next.

    Args:
        place: An empty folder.
        seed: Of the county.
        ends: Last month of every build.
        wrong: Which of them has a few people wrong.
    """
    in_force: list[InForce] = []
    for number, end in enumerate(ends, 1):
        registers = {month: records for month, records in drawn(seed).items() if month <= end}
        if end == wrong:
            registers[end] = mistaken(registers[end])
        path = place / f"{number:03}.duckdb"
        _publish(path, number, registers, [one.path for one in in_force])
        in_force.append(InForce(path, number, registers, (), "mistaken" if end == wrong else ""))
    return in_force


@cache
def _county() -> tuple[CountyPack, dict[str, Indicator], dict[str, list[tuple[str, str]]], list[tuple[object, ...]]]:
    pack = read_pack(COUNTY)
    indicators = {name: one for name, one in catalogue().items() if one.table in _TABLES}
    workspace = Workspace(pack, indicators)
    try:
        members = workspace.members()
    finally:
        workspace.close()
    return pack, indicators, {name: [(code, parent) for code, _, parent in codes] for name, codes in members.items()}, _members(members)


def _publish(path: Path, number: int, registers: Registers, kept: Sequence[Path]) -> None:
    pack, indicators, members, member_rows = _county()
    people = _populations(registers, pack)
    cells = [cell for indicator in indicators.values() for cell in _cells(indicator, registers, people, members, pack.area_code)]
    limits = Policy()
    areas = areas_of(pack)
    history = history_of(kept[-1:], areas)
    published = protect(cells, people, indicators, members, limits, SECRET, history, areas, {"core.registry_person": _present(registers)})
    table = observations(cells, published, {}, indicators, dict.fromkeys(_TABLES, max(registers)), limits)
    file = WarehouseFile(path)
    file.write_observations(table)
    file.write_meta("member", member_rows)
    file.write_meta("indicator", [_declaration(indicator, "") for indicator in indicators.values()])
    said = published_of(file.rows("mart.observation"), file.rows("meta.indicator"))
    file.write_meta("said", history_rows(with_statements(history, said, areas)))
    about = (pack.area_code, pack.title.zh, pack.title.en, "", True, limits.internal_k, "", "")
    file.write_build((number, "2026-01-05T09:00:00+08:00", "0", max(registers), *about))
    file.close()


def _populations(registers: Registers, pack: CountyPack) -> dict[tuple[str, date], Population]:
    people: dict[tuple[str, date], list[tuple[str, Person]]] = {}
    for month, records in registers.items():
        people["core.registry_person", month] = [(record["person_key"], person(record, pack, month.year)) for record in records]
        people.setdefault(("core.newly_found", month.replace(month=1)), [])
        people.setdefault(("core.registry_change", month.replace(month=1)), [])
    for record in registers[max(registers)]:
        found = record["first_found_on"]
        if found >= FIRST:
            one = {**person(record, pack, found.year), **_when(found)}
            people["core.newly_found", found.replace(month=1)].append((record["person_key"], one))
    for earlier, later in pairwise(sorted(registers)):
        for key, change in _changes(registers[earlier], registers[later], later):
            people["core.registry_change", later.replace(month=1)].append((key, {"change": change, **_when(later)}))
    return {place: _population(own) for place, own in people.items()}


def _when(month: date) -> Person:
    return {"month": f"{month.month:02}", "quarter": str((month.month + 2) // 3)}


def _changes(before: Sequence[Record], after: Sequence[Record], month: date) -> Iterator[tuple[str, str]]:
    """Who came to the current users or left them, and how (``etl/extracts/registry.py``)."""
    was, now = ({record["person_key"]: _standing(record) for record in records} for records in (before, after))
    found_on = {record["person_key"]: record["first_found_on"] for record in after}
    came = {"": "newly_found", "abstinent": "relapsed", "departed": "restored"}
    left = {"": "removed", "abstinent": "became_abstinent", "departed": "died_or_left"}
    for key in sorted(was.keys() | now.keys()):
        old, new = was.get(key, ""), now.get(key, "")
        if new == "current" != old:
            yield key, "entered_late" if not old and found_on[key] != month else came[old]
        elif old == "current" != new:
            yield key, left[new]


def _present(registers: Registers) -> Present:
    """Who was a current user in every month, and who was newly found in it."""
    at = {month: frozenset(record["person_key"] for record in records if _standing(record) == "current") for month, records in registers.items()}
    apart = {
        later: frozenset(key for key, change in _changes(registers[earlier], registers[later], later) if change == "newly_found")
        for earlier, later in pairwise(sorted(registers))
    }
    counted: dict[date, set[str]] = {}
    for record in registers[max(registers)]:
        counted.setdefault(record["first_found_on"], set()).add(record["person_key"])
    return Present(at, apart, "core.newly_found", {month: frozenset(keys) for month, keys in counted.items()})


def _standing(record: Record) -> str:
    return {"05": "abstinent", "03": "departed", "04": "departed"}.get(record["control_status"], "current")


def _population(people: Sequence[tuple[str, Person]]) -> Population:
    if not people:
        return Population.empty()
    codes = {name: numpy.array([one[name] for _, one in people]) for name in people[0][1]}
    marks = numpy.array([random.Random(key).getrandbits(48) for key, _ in people], dtype=numpy.int64)
    return Population(codes, numpy.ones(len(people), dtype=numpy.int64), marks)


def _cells(
    indicator: Indicator,
    registers: Registers,
    people: Mapping[tuple[str, date], Population],
    members: Mapping[str, Sequence[tuple[str, str]]],
    county: str,
) -> Iterator[CountedCell]:
    for grain, period_on, months in finished_periods(min(registers), max(registers)):
        for breakdown in indicator.breakdowns:
            if not any(grain in grains(indicator, breakdown, release) for release in Release):
                continue
            for codes in product(*([code for code, _ in members[name]] for name in split(breakdown))):
                yield _counted(_cell(indicator, grain, (period_on, months[-1]), breakdown, codes, county), indicator, people, min(registers))


def _cell(indicator: Indicator, grain: Grain, ends: tuple[date, date], breakdown: str, codes: Sequence[str], county: str) -> CountedCell:
    named = dict(zip(split(breakdown), codes, strict=True))
    area = next((code for name, code in named.items() if DIMENSIONS[name].is_area), county)
    first, second, *_ = [*(code for name, code in named.items() if not DIMENSIONS[name].is_area), "", ""]
    return CountedCell(indicator.id, grain, *ends, True, breakdown, area, first, second, None, None, 0)


def _counted(row: CountedCell, indicator: Indicator, people: Mapping[tuple[str, date], Population], first: date) -> CountedCell:
    counts = [
        float(people[indicator.table_of(measure), moment(indicator, row)].count(selection(indicator, row, measure))[0])
        for measure in (indicator.numerator, indicator.denominator)
        if isinstance(measure, Measure)
    ]
    # Nothing is known of who came or left before the second register; residents do not matter here.
    is_reported = indicator.table != "core.registry_change" or row.period_on > first
    return replace(row, numerator=counts[0], denominator=counts[1] if len(counts) > 1 else 10_000.0, is_reported=is_reported, records=int(counts[0]))


def quarter_ends(every: int) -> list[date]:
    """Return every so many ends of quarters from the first year's end on."""
    return [month for month in months_between(date(2021, 12, 1), LAST) if month.month % 3 == 0][::every]
