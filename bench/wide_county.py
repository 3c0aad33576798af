"""A county of 169 townships, made of public numbers: how long a build takes from nothing, and with one month more.

``python -m bench.wide_county FOLDER [--keep DIR]`` takes the folder of London's drug offences by ward (four editions of the police's table and
the wards' outlines), writes a county pack and the deliveries into a temporary folder, and builds. Nothing of it stays unless ``--keep`` says
where. The wards are moved to empty desert and get invented codes; residents are not in the data, so each ward has the same number. London has
more offences than any county has cases: one of eight is taken, always the same ones.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import multiprocessing
import resource
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping, shape

from etl import intake
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.publishing import trial

AREAS, ZONES = 169, 13
ONE_OF = 8  # offences
COUNTY = Path(__file__).parents[1] / "county"
PREFIX = "990122"
EAST, NORTH = 102.0, -11.5  # degrees by which the wards are moved
RESIDENTS = {"under_18": 2_900, "18_35": 4_100, "36_59": 4_500, "60_plus": 2_000}
YEARS = range(2022, 2027)
CHARGES = {"POSSESSION OF DRUGS": "非法持有", "TRAFFICKING OF DRUGS": "走私、贩卖、运输"}
EDITIONS = (("2025-04", date(2025, 4, 10)), ("2025-07", date(2025, 7, 10)), ("2026-02", date(2026, 2, 10)), ("2026-04", date(2026, 4, 10)))
Counts = Mapping[tuple[str, str, str], int]
"""Month as written in the heading, code of the ward, charge -> offences."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Build the county twice and print what it took."""
    parser = argparse.ArgumentParser(prog="python -m bench.wide_county")
    parser.add_argument("folder", type=Path, help="folder with london_wards_2025.geojson and mps_ward_24m_*.csv")
    parser.add_argument("--keep", type=Path, help="folder in which the pack and the data are left")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        for line in run(options.folder, place):
            print(line, flush=True)
    return 0


def run(folder: Path, place: Path) -> Iterator[str]:
    """Write pack and deliveries, build from all months but the last, then with it."""
    pack, data, files = place / "county", place / "data", place / "files"
    codes = _write_pack(folder / "london_wards_2025.geojson", pack)
    editions = [_read(next(folder.glob(f"mps_ward_24m_{name}_*.csv")), codes) for name, _ in EDITIONS]
    files.mkdir(parents=True, exist_ok=True)
    newest = max(month for month, _, _ in editions[-1])
    before = [_write(files, rows, on, lambda month: month != newest) for rows, (_, on) in zip(editions, EDITIONS, strict=True)]
    after = _write(files, editions[-1], date(2026, 4, 11), lambda month: month == newest)
    for name, delivered in (("from nothing", before), ("one month more", [after])):
        worker = multiprocessing.get_context("spawn").Process(target=_deliver, args=(delivered, data, pack))
        seconds = _seconds()
        worker.start()
        worker.join()
        if worker.exitcode:
            raise SystemExit(f"the build {name} failed")
        yield f"wide county · {len(codes)} townships, {name}: {_seconds() - seconds:.1f} CPU s"


def _seconds() -> float:
    """Return the processor time of all processes that were started and have ended, and of those that these started."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _deliver(files: Sequence[Path], data: Path, pack: Path) -> None:
    for file in files:
        verdicts = intake.inspect_batch([file], read_pack(pack), data=data)
        problems = [problem.message.en for verdict in verdicts for problem in verdict.problems]
        if problems:
            raise SystemExit(f"{file.name} was refused: {problems[0]}")
        intake.accept(verdicts, data, "bench")
    tried = trial.try_out((), data, pack, who="bench")
    trial.publish(tried, data, who="bench", reason="核实:公开数据,照原样发布")


def _write_pack(outlines: Path, pack: Path) -> dict[str, str]:
    """Write the county pack of the wards nearest to the middle of the map, and return their codes by the wards' own."""
    features = json.loads(outlines.read_text(encoding="utf-8"))["features"]
    wards = [(one["properties"], shape(one["geometry"])) for one in features if one["properties"]["lad_name"] != "City of London"]
    middle = shapely.union_all([outline for _, outline in wards]).centroid
    nearest = sorted(wards, key=lambda ward: ward[1].centroid.distance(middle))[:AREAS]
    ordered = sorted(nearest, key=lambda ward: ward[1].centroid.x)
    moved = [shapely.affinity.translate(outline, EAST, NORTH) for _, outline in ordered]
    drawn = shapely.set_precision(moved, 1e-5)
    codes = {properties["ward_code"]: f"{PREFIX}{number:03}000" for number, (properties, _) in enumerate(ordered, start=1)}
    pack.mkdir(parents=True, exist_ok=True)
    for name in ("drugs.csv", "departments.csv", "assessment.csv"):
        shutil.copy(COUNTY / name, pack)
    (pack / "campaigns.csv").write_text("code,zh,en,starts_on,ends_on\n", encoding="utf-8")
    zones = "".join(f'\n[[zone]]\ncode = "Z{number}"\nzh = "第{number}片区"\nen = "Zone {number}"\n' for number in range(1, ZONES + 1))
    heading = f'code = "{PREFIX}"\nzh = "示例大县"\nen = "Wide Sample County"\nmap_approval = ""\nis_sample = true\n'
    age_rule = '\n[age_rule]\nzh = "按统计年份减出生年份"\nen = "Year of the count less year of birth"\n'
    (pack / "county.toml").write_text(heading + age_rule + zones, encoding="utf-8")
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    towns = [_feature(number, drawn[number]) for number in range(AREAS)]
    (pack / "townships.geojson").write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": towns}, ensure_ascii=False), "utf-8")
    rows = [[year, code, band, number] for year in YEARS for code in codes.values() for band, number in RESIDENTS.items()]
    _write_table(pack / "population.csv", ["year", "township", "age_band", "residents"], rows)
    return codes


def _feature(number: int, outline: shapely.Geometry) -> dict[str, Any]:
    properties = {
        "code": f"{PREFIX}{number + 1:03}000",
        "name_zh": f"示例{number + 1}街道",
        "name_en": f"Ward {number + 1}",
        "zone": f"Z{number * ZONES // AREAS + 1}",
        "is_remote": number % 10 == 0,
        "valid_from": "2001-01-01",
        "valid_to": None,
        "merged_into": None,
    }
    return {"type": "Feature", "properties": properties, "geometry": mapping(outline)}


def _read(table: Path, codes: Mapping[str, str]) -> Counts:
    """Read the drug offences of an edition; a month that is zero in all of London was not delivered."""
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["MajorText"] == "DRUG OFFENCES"]
    months = [name for name in rows[0] if name.isdigit() and any(int(row[name]) for row in rows)]
    return {
        (month, codes[row["WardCode"]], CHARGES[row["MinorText"]]): int(row[month]) for row in rows if row["WardCode"] in codes for month in months
    }


def _write(folder: Path, counts: Counts, on: date, is_told: Callable[[str], bool]) -> Path:
    """Write the months that are told of as cases; a case has the same key in every edition."""
    extract = extracts()["cases"]
    coded = {column.name: [code.title.zh for code in column.codes] for column in extract.columns if column.codes}
    told = {place: count for place, count in counts.items() if is_told(place[0])}
    rows = []
    for (month, town, charge), count in told.items():
        for number in range(count):
            drawn = hashlib.sha256(f"{month} {town} {charge} {number}".encode()).digest()
            if drawn[0] % ONE_OF:
                continue
            case = {name: titles[drawn[place] % len(titles)] for place, (name, titles) in enumerate(coded.items(), start=1)}
            case |= {
                "case_key": "".join(chr(ord("A") + sign % 26) for sign in drawn[:16]),
                "case_kind": "刑事",
                "charge": charge,
                "filed_on": f"{month[:4]}-{month[4:]}",
                "township": town,
            }
            case |= {"suspects": "1", "suspects_under_18": "0", "suspects_18_35": str(drawn[30] % 2), "lab": "否"}
            rows.append([case.get(column.name, "") for column in extract.columns])
    months = sorted({month for month, _, _ in told})
    path = folder / f"毒品案件_{months[0]}-{months[-1]}_报{on:%Y%m%d}.csv"
    _write_table(path, [column.header for column in extract.columns], rows)
    return path


def _write_table(path: Path, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(heading)
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
