"""The sample county's own files, cut into what its offices would send month by month, with registers that are wrong and a merger of townships."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import shapely

from etl.county.pack import CountyPack
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.sample import cases, registry, tables
from etl.sample.files import STYLES, Record, SampleFile, csv_bytes
from etl.sample.span import generator_of
from indicators.months import months_later

COUNTY = Path(__file__).parents[2] / "county"
FORMER, SUCCESSOR = "990121203000", "990121107000"
"""Neighbours in the zone with the most townships; the first is merged into the second."""
_SEED = 20261031


@dataclass(frozen=True)
class Invented:
    """Everything that ever happened in the sample county, by the month it belongs to.

    Attributes:
        registers: The register at the end of every month, as it truly was.
        cases: Every case as last reported.
        treatment: The counts of community treatment of every month.
    """

    registers: dict[date, list[Record]]
    cases: list[Record]
    treatment: dict[date, list[Record]]


@cache
def invented() -> Invented:
    """Draw the county with the seed of the sample."""
    pack = read_pack(COUNTY)
    known = extracts()
    drawn = {
        "registry": registry.deliveries(known["registry"], pack, generator_of(f"registry {_SEED}")),
        "cases": cases.deliveries(known["cases"], pack, generator_of(f"cases {_SEED}")),
        "treatment": tables.deliveries(known["treatment"], pack, generator_of(f"treatment {_SEED}")),
    }
    registers = {one.records[0]["as_of"]: one.records for one in drawn["registry"]}  # a corrected edition stands behind the first
    every_case = {str(one["case_key"]): one for delivery in drawn["cases"] for one in delivery.records}
    of_month: dict[date, list[Record]] = {}
    for delivery in drawn["treatment"]:
        for record in delivery.records:
            of_month.setdefault(record["month"], []).append(record)
    return Invented(registers, list(every_case.values()), of_month)


def forgetting(register: Sequence[Record], township: str) -> list[Record]:
    """The register of somebody who forgot one township."""
    left = [record for record in register if record["township"] != township]
    assert len(register) - len(left) > 0
    return left


def mistaken(register: Sequence[Record]) -> list[Record]:
    """The register of somebody who mistook the sex of two current users and the township of a third."""
    wrong = [dict(record) for record in register]
    current = [record for record in wrong if record["control_status"] in {"01", "02", "06"}]
    for record in (current[3], current[-3]):
        record["sex"] = "female" if record["sex"] == "male" else "male"
    other = next(record for record in current if record["township"] != current[10]["township"])
    current[10]["township"] = other["township"]
    return wrong


def merged_pack(folder: Path, first_month: date) -> Path:
    """Write a county pack in which one township is merged into its neighbour from a month on."""
    shutil.copytree(COUNTY, folder)
    path = folder / "townships.geojson"
    areas = json.loads(path.read_text(encoding="utf-8"))
    of_code = {feature["properties"]["code"]: feature for feature in areas["features"]}
    former, kept = of_code[FORMER], of_code[SUCCESSOR]
    both = shapely.union(shapely.geometry.shape(former["geometry"]), shapely.geometry.shape(kept["geometry"]))
    assert both.geom_type == "Polygon"
    kept["geometry"] = shapely.geometry.mapping(both)
    former["geometry"] = None
    former["properties"] |= {"valid_to": f"{first_month - timedelta(days=1):%Y-%m-%d}", "merged_into": SUCCESSOR}
    path.write_text(json.dumps(areas, ensure_ascii=False), encoding="utf-8")
    _merge_residents(folder / "population.csv")
    return folder


def _merge_residents(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    moved = {(row["year"], row["age_band"]): int(row["residents"]) for row in rows if row["township"] == FORMER}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        for row in rows:
            if row["township"] == SUCCESSOR:
                row["residents"] = str(int(row["residents"]) + moved[row["year"], row["age_band"]])
            if row["township"] != FORMER:
                writer.writerow(row)


def under_code_of(month: date, merged_on: date, records: Sequence[Record]) -> list[Record]:
    """The records as an office writes them that uses the new code from the month of the merger on."""
    if month < merged_on:
        return list(records)
    return [{**record, "township": SUCCESSOR} if record["township"] == FORMER else record for record in records]


@dataclass
class Office:
    """Writes the files of every month into a folder."""

    folder: Path
    pack: CountyPack
    merged_on: date
    sent: int = 0

    def register(self, month: date, records: Sequence[Record], *, days_later: int = 0) -> Path:
        """A register of one month; a corrected edition is reported some days later."""
        written = under_code_of(month, self.merged_on, records)
        reported_on = months_later(month, 1).replace(day=5) + timedelta(days=days_later)
        return self._write(SampleFile(extracts()["registry"], f"{month:%Y%m}", reported_on, "gb18030", STYLES[0], "", written))

    def cases(self, month: date) -> list[Path]:
        """The cases of the year so far as known at the end of a month; in January and March those of the year before once more."""
        years = [month.year - 1, month.year] if month.month in {1, 3} else [month.year]
        return [path for year in years for path in self._cases_of(year, month)]

    def _cases_of(self, year: int, known_until: date) -> list[Path]:
        last = min(known_until, date(year, 12, 1))
        known = [
            {**case, "solved_on": case["solved_on"] if case["solved_on"] and case["solved_on"] <= known_until else None}
            for case in invented().cases
            if case["filed_on"].year == year and case["filed_on"] <= last and case["entered_on"] <= known_until
        ]
        written = [under_code_of(case["filed_on"], self.merged_on, [case])[0] for case in known]
        reported_on = months_later(known_until, 1).replace(day=6)
        span = f"{year}01-{last:%Y%m}" if last.month > 1 else f"{year}01"
        return [self._write(SampleFile(extracts()["cases"], span, reported_on, "gb18030", STYLES[0], "", written))] if written else []

    def treatment(self, month: date) -> list[Path]:
        """The counts of community treatment of one month; those of a township that is no more are added to its successor's."""
        records = invented().treatment.get(month)
        if records is None:
            return []
        names = [column.name for column in extracts()["treatment"].columns if column.name not in {"month", "township", "community_measure"}]
        added: dict[tuple[str, str], Record] = {}
        for record in under_code_of(month, self.merged_on, records):
            place = (str(record["township"]), str(record["community_measure"]))
            own = added.get(place)
            added[place] = dict(record) if own is None else {**own, **{name: (own[name] or 0) + (record[name] or 0) for name in names}}
        reported_on = months_later(month, 1).replace(day=6)
        return [self._write(SampleFile(extracts()["treatment"], f"{month:%Y%m}", reported_on, "gb18030", STYLES[0], "", list(added.values())))]

    def _write(self, delivery: SampleFile) -> Path:
        self.sent += 1
        folder = self.folder / f"{self.sent:04}"
        folder.mkdir(parents=True)
        path = folder / delivery.file_name
        path.write_bytes(csv_bytes(replace(delivery, records=list(delivery.records)), self.pack))
        return path
