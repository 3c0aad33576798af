"""The register as it truly was: how many people came and left, and what a hidden number of a file counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from etl.county.pack import CountyPack, successor
from etl.sample.files import Record
from tests.over_time.attack import FOUND, REGISTER, Movement
from tests.over_time.statements import Where

Person = Mapping[str, str]
_SETTLED = {"05": "abstinent", "03": "departed", "04": "departed"}


def age_band(age: int) -> str:
    """The age band of an age in years."""
    return "under_18" if age < 18 else "18_35" if age < 36 else "36_59" if age < 60 else "60_plus"


def person(record: Record, pack: CountyPack, year: int) -> Person:
    """Return what is published of somebody in a year, in the words of the published dimensions."""
    town = pack.township(successor(pack, record["township"]))
    return {
        "standing": _SETTLED.get(record["control_status"], "current"),
        "sex": record["sex"],
        "age_band": age_band(year - record["birth_year"]),
        "zone": town.zone,
        "township": town.code,
        "residence": record["residence"],
        "drug_group": next(drug.drug_group for drug in pack.drugs if drug.code == record["main_drug"]),
        "multi_drug": record["multi_drug"],
        "student": "yes" if record["employment"] == "student" else "no",
    }


@dataclass
class Registers:
    """The registers of every month, as they truly were and as the files had them.

    Attributes:
        true: Month -> the register.
        of_file: For every file that was in force, month -> the edition it was built from.
        pack: The county, before any merger of the sequence.
    """

    true: Mapping[date, Sequence[Record]]
    of_file: Sequence[Mapping[date, Sequence[Record]]]
    pack: CountyPack

    def __post_init__(self) -> None:
        self._current = cache(self._current_of)
        self._of_file = cache(self._people_of_file)
        self._found_on = {record["person_key"]: record["first_found_on"] for records in self.true.values() for record in records}
        self._entered: dict[str, date] = {}
        for month in sorted(self.true):
            for record in self.true[month]:
                self._entered.setdefault(record["person_key"], month)

    def count(self, table: str, moment: date, file: int, where: Where) -> int | None:
        """People a number counts."""
        if table not in {REGISTER, FOUND}:
            return None
        people = self._of_file(table, moment, file)
        return sum(all(one[name] in members for name, members in where) for one in people)

    def moved(self, names: Sequence[str], before: date, after: date) -> Movement:
        """People who came and left, or whose members of some dimensions changed."""
        numbers = [len(self._movers(kind, tuple(names), before, after)) for kind in ("newly found", "other entries", "left")]
        return Movement(*numbers)

    def of_movers(self, kind: str, names: Sequence[str], before: date, after: date, about: Where) -> int:
        """People who came or left and have some members."""
        return sum(all(one[name] in members for name, members in about) for one in self._movers(kind, tuple(names), before, after))

    def _movers(self, kind: str, names: tuple[str, ...], before: date, after: date) -> list[Person]:
        old, new = self._current(before), self._current(after)
        changed = {key for key in old.keys() & new.keys() if any(old[key][name] != new[key][name] for name in names)}
        if kind == "left":
            return [old[key] for key in (old.keys() - new.keys()) | changed]
        came, newly = (new.keys() - old.keys()) | changed, self._newly_found(before, after)
        return [new[key] for key in {"came": came, "newly found": newly, "other entries": came - newly}[kind]]

    def apart_from_found(self, year: int, spans: Sequence[tuple[date, date]], file: int) -> tuple[int, int]:
        """Of those who came newly found in some spans, how many a file does not count as found in that year, and the reverse."""
        came = {key for before, after in spans for key in self._newly_found(before, after)}
        newest = self.of_file[file][max(self.of_file[file])]
        counted = {record["person_key"] for record in newest if record["first_found_on"].year == year}
        return len(came - counted), len(counted - came)

    def _newly_found(self, before: date, after: date) -> set[str]:
        """Who came and was found in the month of the first register that has them."""
        come = self._current(after).keys() - self._current(before).keys()
        return {key for key in come if self._found_on[key] == self._entered[key]}

    def _current_of(self, month: date) -> dict[str, Person]:
        people = {record["person_key"]: person(record, self.pack, month.year) for record in self.true[month]}
        return {key: one for key, one in people.items() if one["standing"] == "current"}

    def _people_of_file(self, table: str, moment: date, file: int) -> list[Person]:
        registers = self.of_file[file]
        if table == REGISTER:
            return [person(record, self.pack, moment.year) for record in registers[moment]]
        newest = registers[max(registers)]
        return [_found(record, self.pack) for record in newest if record["first_found_on"].year == moment.year]


def _found(record: Record, pack: CountyPack) -> Person:
    when: date = record["first_found_on"]
    return {**person(record, pack, when.year), "month": f"{when.month:02}", "quarter": str((when.month + 2) // 3)}
