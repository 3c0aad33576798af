"""County packs and mapping profiles for two public tables of police records; every township code is invented."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from etl.county.pack import CountyPack, Township, Zone
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.mapping.profile import Profile
from indicators.model import Text

COUNTY = Path(__file__).parents[2] / "county"
EDITIONS = {
    "2025-04_zhouzhou": date(2025, 4, 15),
    "2025-07_langton": date(2025, 7, 15),
    "2026-02_lewisham": date(2026, 2, 15),
    "2026-04_hou": date(2026, 4, 15),
}


def london_rows(folder: Path, edition: str) -> list[dict[str, str]]:
    """The drug rows of an edition, read with nothing but the csv module."""
    with (folder / f"mps_ward_24m_{edition}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["MajorText"] == "DRUG OFFENCES"]


def pack_of(places: Sequence[str], county: str = "990100") -> CountyPack:
    """A pack that only intake and the workspace see: as many townships as there are places, more than a county may have."""
    townships = tuple(
        Township(f"{county[:4]}{number:05}000", Text(place, place), "Z1", False, date(2001, 1, 1), None, None, ())
        for number, place in enumerate(places, 1)
    )
    shipped = read_pack(COUNTY)
    return replace(
        shipped,
        code=county,
        zones=(Zone("Z1", Text("全区", "Whole")),),
        townships=townships,
        residents={(t.code, 2023, "18_35"): 1 for t in townships},
    )


def write_pack(folder: Path, places: Sequence[str], county: str = "990100") -> dict[str, str]:
    """Write a pack of one zone and a small square a place; returns place -> code."""
    folder.mkdir()
    codes = {place: f"{county}{number:03}000" for number, place in enumerate(places, 1)}
    (folder / "county.toml").write_text(
        f'code = "{county}"\nzh = "对照区"\nen = "Test area"\nmap_approval = ""\nis_sample = true\n'
        '[age_rule]\nzh = "不适用"\nen = "Not used"\n[[zone]]\ncode = "Z1"\nzh = "全区"\nen = "Whole area"\n',
        encoding="utf-8",
    )
    features = []
    for number, (place, code) in enumerate(codes.items()):
        west, south = 100 + number % 20 / 10, 30 + number // 20 / 10
        ring = [[west, south], [west + 0.1, south], [west + 0.1, south + 0.1], [west, south + 0.1], [west, south]]
        words = {"code": code, "name_zh": place, "name_en": place, "zone": "Z1", "is_remote": False}
        since = {"valid_from": "2001-01-01", "valid_to": None, "merged_into": None}
        features.append({"type": "Feature", "properties": {**words, **since}, "geometry": {"type": "Polygon", "coordinates": [ring]}})
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}
    (folder / "townships.geojson").write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": features}), encoding="utf-8")
    bands = ("under_18", "18_35", "36_59", "60_plus")
    lines = [f"{year},{code},{band},1000" for year in range(2020, 2026) for code in codes.values() for band in bands]
    (folder / "population.csv").write_text("\n".join(["year,township,age_band,residents", *lines]) + "\n", encoding="utf-8")
    for name in ("departments.csv", "drugs.csv", "campaigns.csv", "assessment.csv"):
        (folder / name).write_bytes((COUNTY / name).read_bytes())
    return codes


def london_profile(codes: Mapping[str, str]) -> Profile:
    """The confirmed mapping of the London tables, by ward or, with many wards to one code, by borough."""
    return Profile.from_choices(
        "london",
        extracts()["case_counts"],
        columns={"township": ["WardCode"], "charge": ["MinorText"]},
        ignored=["WardName", "LookUp_BoroughName"],
        filters={"MajorText": ["DRUG OFFENCES"]},
        values={"township": codes, "charge": {"POSSESSION OF DRUGS": "possession", "TRAFFICKING OF DRUGS": "trafficking"}},
        has_month_columns=True,
        counts_into="opened",
        adds_up=True,
    )


def rio_profile(codes: Mapping[str, str], header: Sequence[str], years: Sequence[str] = ()) -> Profile:
    """The confirmed mapping of the Rio table: year and month in two columns, two measures, ISO-8859-1 and semicolons."""
    used = {"fmun_cod", "ano", "mes", "posse_drogas", "trafico_drogas"}
    return Profile.from_choices(
        "rio",
        extracts()["case_counts"],
        columns={"township": ["fmun_cod"], "month": ["ano", "mes"]},
        ignored=[name for name in header if name not in used],
        filters={"ano": list(years)} if years else {},
        values={"township": codes},
        measures={"posse_drogas": {"charge": "possession"}, "trafico_drogas": {"charge": "trafficking"}},
        counts_into="opened",
        encoding="iso-8859-1",
        separator=";",
    )
