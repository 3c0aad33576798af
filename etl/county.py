"""The county pack: everything that differs from county to county, read from one folder and checked in words.

A pack is swapped by an office that has no programmer, so every fault is reported at once with its file, its row and its remedy, rather
than one exception at a time. The pack holds areas, denominators and code lists; never a record.
"""

from __future__ import annotations

import csv
import json
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas
import shapely
from shapely.geometry.base import BaseGeometry

from etl.contract import Problem
from etl.verdict import alike, row_ranges
from etl.wording import counted
from indicators.dimensions import DIMENSIONS
from indicators.model import Text

CRS = "EPSG:4490"  # CGCS2000, the legal reference system of Chinese maps
DECIMALS = 5  # about one metre, the same for every vertex so that neighbours keep equal coordinates
CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north, whole degrees
AREA_KM2 = (0.5, 3000.0)
OVERLAP_M2 = 1.0
HOLE_M2 = 1.0
SLIVER_WIDTH_M = 10.0
SLIVER_M2 = 1000.0
ROWS_SHOWN = 10  # of a fault found in more rows
ZONE_TOWNSHIPS = 3  # at least: a zone of fewer would show the people of a township by the quarter
LAST_TOWNSHIP = 599  # GB/T 10114: 001-399 townships, 400-599 units of their level such as development zones and state farms

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


def drug_words(pack: CountyPack) -> dict[str, str]:
    """Return every word a file may use for a drug (code, both titles, aliases; case folded) with the drug's code."""
    return {word.casefold(): drug.code for drug in pack.drugs for word in _words_of(drug)}


def read_pack(folder: Path) -> CountyPack:
    """Read a county pack.

    Faults of drawing (overlaps, gaps, improbable areas) do not stop it: they spoil a map, not a number, and ``check_pack`` reports them.

    Raises:
        PackError: If a file, a code or a reference is not in order.
    """
    files = sorted(path for path in folder.glob("*") if path.is_file())
    return _edition(folder.absolute(), *((path.name, about.st_ino, about.st_size, about.st_mtime_ns) for path in files for about in [path.stat()]))


@lru_cache(4)
def _edition(folder: Path, *_files: tuple[str, int, int, int]) -> CountyPack:
    """Read one edition of a pack; a load asks for it at every step, and nobody changes what was read."""
    problems: list[Problem] = []
    pack = _read(folder, problems)
    if problems or pack is None:
        raise PackError(problems)
    return pack


def check_pack(folder: Path) -> list[Problem]:
    """Return everything that is wrong with a county pack, in words; an empty list means it can be used."""
    problems: list[Problem] = []
    _read(folder, problems)
    frame = _read_shapes(folder, [])
    if frame is not None:
        _check_shapes(frame, _property_rows(folder, []), problems)
    return problems


def pack_lines(problems: Sequence[Problem]) -> list[str]:
    """Return the faults of a pack as lines; one found in many rows is said once, with how many rows and the first of them."""
    return [_pack_line(problem, sorted(rows)) for problem, rows in alike(problems)]


def _pack_line(problem: Problem, rows: Sequence[int]) -> str:
    is_map = problem.message.zh.startswith("townships.geojson")
    unit = Text("个要素", "feature") if is_map else Text("行", "row")
    shown = row_ranges(rows[:ROWS_SHOWN])
    place = Text("", "")
    if len(rows) > ROWS_SHOWN:
        place = Text(f"(共{len(rows)}{unit.zh},第{shown}{unit.zh}等)", f" ({len(rows)} {unit.en}s, {shown} and further)")
    elif rows:
        place = Text(f"(第{shown}{unit.zh})", f" ({unit.en} {shown})")
    return f"{problem.message.zh}{place.zh};请{problem.remedy.zh} | {problem.message.en}{place.en}. {problem.remedy.en}."


def _problem(rule: str, message: Text, remedy: Text, column: str | None = None, row: int | None = None) -> Problem:
    return Problem(rule, message, remedy, None, column, row)


def _read(folder: Path, problems: list[Problem]) -> CountyPack | None:
    county = _read_county(folder, problems)
    zones = _read_zones(county, problems)
    townships = _read_townships(folder, str(county.get("code", "")), zones, problems)
    residents = _read_population(folder, townships, problems)
    drugs = _read_drugs(folder, problems)
    campaigns = _read_campaigns(folder, problems)
    departments = _read_departments(folder, problems)
    assessment = _read_assessment(folder, problems)
    if problems:
        return None
    return CountyPack(
        county["code"],
        Text(county["zh"], county["en"]),
        county["map_approval"],
        county["is_sample"],
        Text(county["age_rule"]["zh"], county["age_rule"]["en"]),
        zones,
        townships,
        residents,
        drugs,
        campaigns,
        departments,
        assessment,
    )


# county.toml


def _read_county(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    name = "county.toml"
    text = _text_of(folder / name, problems)
    if text is None:
        return {}
    try:
        county = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problems.append(
            _problem(
                "toml",
                Text(f"{name}:格式有误,无法读取({error})", f"{name} cannot be read as TOML ({error})"),
                Text("按 county/README.md 中的样式改写", "Write it as county/README.md shows"),
            )
        )
        return {}
    wanted: tuple[tuple[str, type], ...] = (
        ("code", str),
        ("zh", str),
        ("en", str),
        ("map_approval", str),
        ("is_sample", bool),
        ("age_rule", dict),
        ("zone", list),
    )
    for field, kind in wanted:
        if not isinstance(county.get(field), kind):
            problems.append(
                _problem(
                    "column_missing",
                    Text(f"{name}:缺少 {field},或类型不对", f"{name}: {field} is missing or of the wrong type"),
                    Text("按 county/README.md 补填", "Fill it in as county/README.md says"),
                    field,
                )
            )
    if isinstance(county.get("age_rule"), dict) and not {"zh", "en"} <= county["age_rule"].keys():
        problems.append(_wording_missing(name, "age_rule"))
    if isinstance(county.get("code"), str) and not re.fullmatch(r"[1-9]\d{5}", county["code"]):
        problems.append(
            _problem(
                "county_code",
                Text(f"{name}:code 不是6位县级行政区划代码", f"{name}: code is not the six digits of a county"),
                Text("填写6位县级代码,加引号", "Write the six-digit county code in quotation marks"),
                "code",
            )
        )
    _check_map_approval(county, problems)
    return county


def _check_map_approval(county: Mapping[str, Any], problems: list[Problem]) -> None:
    approval = county.get("map_approval")
    if not isinstance(approval, str) or approval == "":
        return
    if county.get("is_sample") is True:
        message = Text("county.toml:示例地图是虚构的,却填了审图号", "county.toml: the sample map is invented but names an approval number")
        remedy = Text("清空 map_approval", "Leave map_approval empty")
    elif not re.fullmatch(r"(审图号[::]?\s*)?[\u4e00-\u9fff]{0,3}(GS|S)\s?[((]\d{4}[))]\s?\d{1,6}号", approval):
        message = Text("county.toml:审图号写法不对", "county.toml: map_approval is not written like an approval number")
        remedy = Text("照底图原样填写,如“GS(2024)0001号”;没有就留空", "Copy it from the base map, such as GS(2024)0001号, or leave it empty")
    else:
        return
    problems.append(_problem("map_approval", message, remedy, "map_approval"))


def _read_zones(county: Mapping[str, Any], problems: list[Problem]) -> tuple[Zone, ...]:
    entries = county.get("zone")
    if not isinstance(entries, list):
        return ()
    zones = []
    for position, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not all(isinstance(entry.get(field), str) and entry[field] for field in ("code", "zh", "en")):
            problems.append(_wording_missing("county.toml", "zone", position))
            continue
        if not re.fullmatch(r"[A-Za-z0-9]{1,11}", entry["code"]) or entry["code"].lower() == "all":
            fault = Text(f"county.toml:第{position}个片区的代码不对", f"county.toml: the code of zone {position} cannot be used")
            remedy = Text("用1—11位字母或数字,不用 all", "Use 1 to 11 letters or digits, not the word all")
            problems.append(_problem("zone_code", fault, remedy, "code"))
        zones.append(Zone(entry["code"], Text(entry["zh"], entry["en"])))
    _check_unique("county.toml", "code", [(None, zone.code) for zone in zones], "code_twice", problems)
    _check_unique("county.toml", "zh", [(None, zone.title.zh) for zone in zones], "name_twice", problems)
    return tuple(zones)


# townships.geojson

_PROPERTIES = ("code", "name_zh", "name_en", "zone", "is_remote", "valid_from", "valid_to", "merged_into")


def _property_rows(folder: Path, problems: list[Problem]) -> list[dict[str, Any]]:
    """Read the properties here and not with the shapes: the map library guesses types, and one bad date would hide every other fault."""
    name = "townships.geojson"
    text = _text_of(folder / name, problems)
    if text is None:
        return []
    try:
        features = json.loads(text)["features"]
        return [dict(feature["properties"]) for feature in features]
    except (ValueError, KeyError, TypeError):
        problems.append(
            _problem(
                "geojson",
                Text(f"{name}:不是有效的 GeoJSON 要素集", f"{name} is not a GeoJSON feature collection"),
                Text("用制图软件重新导出为 GeoJSON", "Export it again as GeoJSON"),
            )
        )
        return []


def _read_shapes(folder: Path, problems: list[Problem]) -> geopandas.GeoDataFrame | None:
    path = folder / "townships.geojson"
    if not path.is_file() or not _property_rows(folder, []):
        return None
    try:
        frame = geopandas.read_file(path, engine="pyogrio", columns=[])
    except (RuntimeError, ValueError, shapely.errors.ShapelyError):
        frame = None
    if not isinstance(frame, geopandas.GeoDataFrame):
        problems.append(
            _problem(
                "geojson",
                Text(f"{path.name}:图形无法读取", f"{path.name}: the shapes cannot be read"),
                Text("用制图软件重新导出为 GeoJSON", "Export it again as GeoJSON"),
            )
        )
        return None
    if frame.crs is None or not frame.crs.equals(CRS, ignore_axis_order=True):
        problems.append(
            _problem(
                "crs",
                Text(f"{path.name}:坐标系不是 2000 国家大地坐标系", f"{path.name}: the reference system is not CGCS2000"),
                Text(f"转换为 {CRS} 经纬度,并在 crs 中注明", f"Convert to {CRS} degrees and name it in the crs member"),
            )
        )
        return None
    return frame


def _read_townships(folder: Path, county: str, zones: tuple[Zone, ...], problems: list[Problem]) -> tuple[Township, ...]:
    name = "townships.geojson"
    rows = _property_rows(folder, problems)
    frame = _read_shapes(folder, problems)
    missing = [field for field in _PROPERTIES if any(field not in row for row in rows)]
    for field in missing:
        problems.append(_column_missing(name, field))
    if not rows or missing or frame is None:
        return ()
    zone_codes = {zone.code for zone in zones}
    townships = []
    for number, (row, shape) in enumerate(zip(rows, frame.geometry, strict=True), start=1):
        township = _read_township(row, shape, number, county, zone_codes, problems)
        if township is not None:
            townships.append(township)
    _check_unique(name, "code", [(number, str(row["code"])) for number, row in enumerate(rows, start=1)], "code_twice", problems)
    for field in ("name_zh", "name_en"):
        in_force = [(number, str(row[field])) for number, row in enumerate(rows, start=1) if row["valid_to"] is None]
        _check_unique(name, field, in_force, "name_twice", problems)
    _check_mergers(rows, problems)
    if len(townships) == len(rows):
        _check_zones(zones, townships, problems)
    return tuple(sorted(townships, key=lambda township: township.code))


def _read_township(
    row: Mapping[str, Any], shape: BaseGeometry | None, number: int, county: str, zone_codes: set[str], problems: list[Problem]
) -> Township | None:
    name = "townships.geojson"
    before = len(problems)
    for field in ("name_zh", "name_en"):
        if not isinstance(row[field], str) or not row[field].strip():
            problems.append(_cell(name, field, number, "name_missing", Text("名称为空", "the name is empty"), Text("补填名称", "Write the name")))
    if not _is_township_code(row["code"], county):
        problems.append(
            _cell(
                name,
                "code",
                number,
                "township_code",
                Text(
                    "代码不合规则(12位,前6位为本县,第7—9位001—599,末3位000)",
                    "the code is not of the form: 12 digits, the county's six, then 001-599, then 000",
                ),
                Text("填写统计用区划12位乡级代码,加引号", "Write the 12-digit statistical code of the township as text"),
            )
        )
    if not isinstance(row["zone"], str) or row["zone"] not in zone_codes:
        problems.append(
            _cell(
                name,
                "zone",
                number,
                "zone_unknown",
                Text("片区不在 county.toml 中", "the zone is not in county.toml"),
                Text("改为已有片区代码,或在 county.toml 中增加", "Use a zone of county.toml or add it there"),
            )
        )
    if not isinstance(row["is_remote"], bool):
        problems.append(
            _cell(
                name,
                "is_remote",
                number,
                "flag",
                Text("应为 true 或 false", "must be true or false"),
                Text("偏远乡镇填 true", "Write true for a remote township"),
            )
        )
    valid_from = _day(name, "valid_from", number, row["valid_from"], problems)
    valid_to = None if row["valid_to"] is None else _day(name, "valid_to", number, row["valid_to"], problems)
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        problems.append(_dates_reversed(name, "valid_to", number))
    if not isinstance(row["merged_into"], str | None) or (valid_to is None) != (row["merged_into"] is None):
        problems.append(
            _cell(
                name,
                "merged_into",
                number,
                "merged_into",
                Text("撤并日期与并入乡镇代码须同时填写", "the last day and the code it was merged into belong together, the code as text"),
                Text("两项都填,或都填 null", "Fill in both, or null in both"),
            )
        )
    rings = _rings_of(shape)
    if valid_to is None and not rings:
        problems.append(
            _cell(
                name,
                "geometry",
                number,
                "polygon_missing",
                Text("现有乡镇没有面状边界", "a township in force has no polygon"),
                Text("补充该乡镇的边界面", "Add its boundary as a polygon"),
            )
        )
    if len(problems) > before or valid_from is None:
        return None
    return Township(
        row["code"],
        Text(row["name_zh"], row["name_en"]),
        row["zone"],
        row["is_remote"],
        valid_from,
        valid_to,
        row["merged_into"],
        rings if valid_to is None else (),
    )


def _is_township_code(code: object, county: str) -> bool:
    if not isinstance(code, str) or not re.fullmatch(r"\d{12}", code):
        return False
    return code[:6] == county and 1 <= int(code[6:9]) <= LAST_TOWNSHIP and code[9:] == "000"


def _rings_of(shape: BaseGeometry | None) -> tuple[Ring, ...]:
    if shape is None or shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        return ()
    rings = []
    for polygon in shapely.get_parts(shape):
        for ring in (polygon.exterior, *polygon.interiors):
            rings.append(tuple((round(point[0], DECIMALS), round(point[1], DECIMALS)) for point in ring.coords))
    return tuple(rings)


def _check_mergers(rows: Sequence[Mapping[str, Any]], problems: list[Problem]) -> None:
    """Every former township must lead, by one step or several, to one in force."""
    following = {str(row["code"]): None if row["merged_into"] is None else str(row["merged_into"]) for row in rows}
    for number, row in enumerate(rows, start=1):
        seen = {str(row["code"])}
        code = following[str(row["code"])]
        while code is not None and code in following and code not in seen:
            seen.add(code)
            code = following[code]
        if code is None:
            continue
        fault = (
            Text("并入关系循环", "the mergers run in a circle")
            if code in seen
            else Text("并入的乡镇不存在", "the township it was merged into is unknown")
        )
        remedy = Text("填写现有乡镇的代码", "Write the code of a township in force")
        problems.append(_cell("townships.geojson", "merged_into", number, "merged_into", fault, remedy))


def _check_zones(zones: Sequence[Zone], townships: Sequence[Township], problems: list[Problem]) -> None:
    """A zone is shown by the quarter what a township never is, so it must not be one; a single zone is the county, and as large as that is."""
    sizes = Counter(township.zone for township in townships if township.valid_to is None)
    for zone in zones:
        if len(zones) > 1 and sizes[zone.code] < ZONE_TOWNSHIPS:
            problems.append(
                _problem(
                    "zone_small",
                    Text(
                        f"county.toml:{zone.title.zh}只有{sizes[zone.code]}个现有乡镇",
                        f"county.toml: {zone.title.en} groups {counted(sizes[zone.code], 'township')} in force",
                    ),
                    Text(
                        f"每个片区至少{ZONE_TOWNSHIPS}个乡镇;全县不足{2 * ZONE_TOWNSHIPS}个的只设一个片区",
                        f"Group {ZONE_TOWNSHIPS} townships or more; a county of fewer than {2 * ZONE_TOWNSHIPS} has one single zone",
                    ),
                    "zone",
                )
            )


def _check_shapes(frame: geopandas.GeoDataFrame, rows: list[dict[str, Any]], problems: list[Problem]) -> None:
    """Check the drawing itself: valid, in China, believable areas, neither overlaps nor gaps.

    Areas are taken in an equal-area projection laid through the county's middle, so that the limits hold anywhere in the country.
    """
    name = "townships.geojson"
    titles = [str(row.get("name_zh", "")) for row in rows]
    sound: list[int] = []
    for position, shape in enumerate(frame.geometry):
        if shape is None or shape.is_empty:
            continue
        if not shape.is_valid:
            reason = shapely.is_valid_reason(shape).split("[")[0].strip()
            problems.append(
                _cell(
                    name,
                    "geometry",
                    position + 1,
                    "polygon_invalid",
                    Text(f"边界面无效,如自相交({reason})", f"the polygon is not valid ({reason})"),
                    Text("用制图软件修复该面", "Repair the polygon in a map editor"),
                )
            )
            continue
        west, south, east, north = shape.bounds
        if west < CHINA[0] or south < CHINA[1] or east > CHINA[2] or north > CHINA[3]:
            problems.append(
                _cell(
                    name,
                    "geometry",
                    position + 1,
                    "position",
                    Text("边界超出中国范围", "the polygon lies outside China"),
                    Text("核对经纬度顺序和坐标系", "Check the order of longitude and latitude and the reference system"),
                )
            )
            continue
        sound.append(position)
    if not sound:
        return
    west, south, east, north = frame.geometry.iloc[sound].total_bounds
    plane = frame.geometry.iloc[sound].to_crs(
        f"+proj=laea +lat_0={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f} +ellps=GRS80 +units=m +no_defs"
    )
    shapes = list(plane)
    for position, shape in zip(sound, shapes, strict=True):
        if not AREA_KM2[0] <= shape.area / 1e6 <= AREA_KM2[1]:
            problems.append(
                _cell(
                    name,
                    "geometry",
                    position + 1,
                    "area",
                    Text(f"面积{shape.area / 1e6:.2f}平方公里,不合常理", f"an area of {shape.area / 1e6:.2f} km2 is not believable"),
                    Text("核对边界和坐标", "Check the boundary and its coordinates"),
                )
            )
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    for first, second in sorted((int(a), int(b)) for a, b in pairs if a < b):
        shared = shapes[first].intersection(shapes[second]).area
        if shared > OVERLAP_M2:
            one, other = titles[sound[first]], titles[sound[second]]
            problems.append(
                _problem(
                    "overlap",
                    Text(f"{name}:{one}与{other}重叠{shared:,.0f}平方米", f"{name}: {one} and {other} overlap by {shared:,.0f} m2"),
                    Text("让相邻乡镇共用同一条界线", "Give neighbours one and the same border"),
                    "geometry",
                    sound[first] + 1,
                )
            )
    for gap in _gaps(shapes):
        near = [titles[sound[index]] for index, shape in enumerate(shapes) if shape.distance(gap) < 0.01]
        problems.append(
            _problem(
                "gap",
                Text(f"{name}:{'、'.join(near)}之间有{gap.area:,.0f}平方米空隙", f"{name}: a gap of {gap.area:,.0f} m2 between {', '.join(near)}"),
                Text("让相邻乡镇共用同一条界线", "Give neighbours one and the same border"),
                "geometry",
            )
        )


def _gaps(shapes: list[BaseGeometry]) -> list[BaseGeometry]:
    """Find enclosed holes, and slivers that run out to the county's edge.

    The county's own outline is not delivered, so an open sliver is recognised by closing the union over a few metres; rounded corners of
    the outline fill in a little as well, hence the larger tolerance.
    """
    whole = shapely.union_all(shapes)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
    found = [hole for hole in holes if hole.area > HOLE_M2]
    closed = whole.buffer(SLIVER_WIDTH_M / 2).buffer(-SLIVER_WIDTH_M / 2)
    slivers = [part for part in shapely.get_parts(closed.difference(whole)) if part.area > SLIVER_M2]
    return found + [sliver for sliver in slivers if not any(hole.intersects(sliver) for hole in found)]


# population.csv


def _read_population(folder: Path, townships: tuple[Township, ...], problems: list[Problem]) -> dict[tuple[str, int, str], int]:
    name = "population.csv"
    rows = _rows(folder, name, ("year", "township", "age_band", "residents"), problems)
    in_force = {township.code for township in townships if township.valid_to is None}
    former = {township.code for township in townships} - in_force
    residents: dict[tuple[str, int, str], int] = {}
    for number, row in rows:
        if not re.fullmatch(r"(19|20)\d\d", row["year"]):
            problems.append(_cell(name, "year", number, "year", Text("年份不对", "not a year"), Text("填写四位年份", "Write four digits")))
            continue
        if row["age_band"] not in AGE_BANDS:
            remedy = Text("只用 " + "、".join(AGE_BANDS), "Use only " + ", ".join(AGE_BANDS))
            problems.append(_cell(name, "age_band", number, "age_band", Text("年龄段代码不对", "unknown age band"), remedy))
            continue
        if not re.fullmatch(r"\d+", row["residents"]):
            fault = Text("人数不是非负整数", "the number of residents is not a whole number of zero or more")
            problems.append(_cell(name, "residents", number, "count", fault, Text("填写整数,不带单位和逗号", "Write digits only")))
            continue
        if row["township"] in former:
            fault = Text("已撤并的乡镇不单列人口", "a former township has no population of its own")
            problems.append(
                _cell(name, "township", number, "population_former", fault, Text("并入现乡镇各年人口", "Add it to its successor in every year"))
            )
            continue
        if in_force and row["township"] not in in_force:
            fault = Text("乡镇代码不在 townships.geojson 中", "the township is not in townships.geojson")
            problems.append(_cell(name, "township", number, "township_unknown", fault, Text("核对12位代码", "Check the 12-digit code")))
            continue
        key = (row["township"], int(row["year"]), row["age_band"])
        if key in residents:
            fault = Text("同一乡镇、年份、年龄段出现两次", "township, year and age band appear twice")
            problems.append(_cell(name, "township", number, "population_twice", fault, Text("只留一行", "Keep one row")))
        residents[key] = int(row["residents"])
    _check_population_complete(residents, townships, problems)
    return residents


def _check_population_complete(residents: Mapping[tuple[str, int, str], int], townships: tuple[Township, ...], problems: list[Problem]) -> None:
    if not residents:
        return
    years = range(min(year for _, year, _ in residents), max(year for _, year, _ in residents) + 1)
    for township in townships:
        if township.valid_to is not None:
            continue
        # Before a township was founded its residents are counted elsewhere; the last year stands for those that follow it.
        founded = min(_founded_in(township, townships), years[-1])
        for year in (year for year in years if year >= founded):
            if all(residents.get((township.code, year, band)) == 0 for band in AGE_BANDS):
                fault = Text(f"population.csv:{township.title.zh}{year}年人口为0", f"population.csv: {township.title.en} has no residents in {year}")
                problems.append(_problem("population_zero", fault, Text("核对常住人口", "Check the residents"), "residents"))
            missing = [band for band in AGE_BANDS if (township.code, year, band) not in residents]
            if missing:
                problems.append(
                    _problem(
                        "population_missing",
                        Text(
                            f"population.csv:{township.title.zh}{year}年缺少{len(missing)}个年龄段的人口",
                            f"population.csv: {township.title.en} lacks {counted(len(missing), 'age band')} in {year}",
                        ),
                        Text("每个乡镇每年四个年龄段各一行", "One row for each township, year and age band"),
                        "residents",
                    )
                )


def _founded_in(township: Township, townships: Sequence[Township]) -> int:
    """Return the year from which a township has residents: of a merged one that of the oldest it took over."""
    known = {township.code}
    while more := {other.code for other in townships if other.merged_into in known} - known:
        known |= more
    return min(other.valid_from.year for other in townships if other.code in known)


# drugs.csv, campaigns.csv, departments.csv, assessment.csv


def _words_of(drug: Drug) -> tuple[str, ...]:
    return tuple(dict.fromkeys((drug.code, drug.title.zh, drug.title.en, *drug.aliases)))


def _read_drugs(folder: Path, problems: list[Problem]) -> tuple[Drug, ...]:
    name = "drugs.csv"
    drugs = []
    used: dict[str, str] = {}
    for number, row in _rows(folder, name, ("code", "zh", "en", "drug_group", "listed_on", "aliases"), problems):
        if row["drug_group"] not in DRUG_GROUPS:
            remedy = Text("只用 " + "、".join(DRUG_GROUPS), "Use only " + ", ".join(DRUG_GROUPS))
            problems.append(_cell(name, "drug_group", number, "drug_group", Text("毒品类别代码不对", "unknown group of drugs"), remedy))
        listed_on = _day(name, "listed_on", number, row["listed_on"], problems) if row["listed_on"] else None
        aliases = tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip())
        drug = Drug(row["code"], Text(row["zh"], row["en"]), row["drug_group"], listed_on, aliases)
        repeated = len(aliases) - len({alias.casefold() for alias in aliases})
        for word in _words_of(drug):
            if used.setdefault(word.casefold(), drug.code) != drug.code:
                repeated += 1
        if repeated:
            fault = Text("别名已用于别的毒品,或重复", "an alias already names another drug or is repeated")
            problems.append(_cell(name, "aliases", number, "alias_twice", fault, Text("一个别名只归一种毒品", "Give an alias to one drug only")))
        drugs.append(drug)
    _check_unique(name, "code", [(number, drug.code) for number, drug in enumerate(drugs, start=2)], "code_twice", problems)
    return tuple(drugs)


def _read_campaigns(folder: Path, problems: list[Problem]) -> tuple[Campaign, ...]:
    name = "campaigns.csv"
    campaigns = []
    for number, row in _rows(folder, name, ("code", "zh", "en", "starts_on", "ends_on"), problems):
        if not re.fullmatch(r"[A-Za-z0-9-]{2,40}", row["code"]):
            fault = Text("代号只能用字母、数字和连字符", "the code may hold letters, digits and dashes only")
            problems.append(_cell(name, "code", number, "campaign_code", fault, Text("如 CLEAN-2025", "Such as CLEAN-2025")))
        starts_on = _day(name, "starts_on", number, row["starts_on"], problems)
        ends_on = _day(name, "ends_on", number, row["ends_on"], problems)
        if starts_on is None or ends_on is None:
            continue
        if ends_on < starts_on:
            problems.append(_dates_reversed(name, "ends_on", number))
        campaigns.append(Campaign(row["code"], Text(row["zh"], row["en"]), starts_on, ends_on))
    _check_unique(name, "code", [(None, campaign.code) for campaign in campaigns], "code_twice", problems)
    return tuple(campaigns)


def _read_departments(folder: Path, problems: list[Problem]) -> tuple[Department, ...]:
    name = "departments.csv"
    rows = _rows(folder, name, ("code", "zh", "en", "duty_zh", "duty_en"), problems)
    _check_unique(name, "code", [(number, row["code"]) for number, row in rows], "code_twice", problems)
    return tuple(Department(row["code"], Text(row["zh"], row["en"]), Text(row["duty_zh"], row["duty_en"])) for _, row in rows)


_RULES = ("deduct", "tiered", "ratio", "yes_no", "veto", "bonus")
_DIRECTIONS = ("up", "down")
_OBJECTS = ("township", "department")


def _read_assessment(folder: Path, problems: list[Problem]) -> tuple[AssessmentItem, ...]:
    name = "assessment.csv"
    items = []
    for number, row in _rows(folder, name, ("year", "object", "code", "zh", "en", "weight", "rule", "target", "direction"), problems):
        faults = [
            column
            for column, holds in (
                ("year", re.fullmatch(r"20\d\d", row["year"]) is not None),
                ("object", row["object"] in _OBJECTS),
                ("weight", re.fullmatch(r"\d+(\.\d+)?", row["weight"]) is not None),
                ("rule", row["rule"] in _RULES),
                ("target", re.fullmatch(r"(\d+(\.\d+)?)?", row["target"]) is not None),
                ("direction", row["direction"] in _DIRECTIONS),
            )
            if not holds
        ]
        for column in faults:
            fault = Text("填写不合规则", "not an admitted value")
            problems.append(_cell(name, column, number, "assessment", fault, Text("按 county/README.md 填写", "See county/README.md")))
        if faults:
            continue
        target = float(row["target"]) if row["target"] else None
        items.append(
            AssessmentItem(
                int(row["year"]),
                row["object"],
                row["code"],
                Text(row["zh"], row["en"]),
                float(row["weight"]),
                row["rule"],
                target,
                row["direction"],
            )
        )
    for year, judged in sorted({(item.year, item.object) for item in items}):
        scored = [item for item in items if (item.year, item.object) == (year, judged) and item.rule not in {"veto", "bonus"}]
        if abs(sum(item.weight for item in scored) - 100) > 1e-9:
            fault = Text(f"{name}:{year}年{judged}各项分值合计不是100", f"{name}: the weights of {judged} in {year} do not add up to 100")
            problems.append(
                _problem("assessment", fault, Text("调整分值(否决项和加分项除外)", "Mend the weights (veto and bonus items apart)"), "weight")
            )
    return tuple(items)


# reading and wording


def _text_of(path: Path, problems: list[Problem]) -> str | None:
    if not path.is_file():
        fault = Text(f"缺少文件 {path.name}", f"The file {path.name} is missing")
        problems.append(_problem("file_missing", fault, Text("从 county/ 示例复制一份再改", "Copy it from the sample in county/ and change it")))
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fault = Text(f"{path.name}:不是 UTF-8 编码", f"{path.name} is not UTF-8 text")
        problems.append(_problem("encoding", fault, Text("另存为 UTF-8 编码", "Save it as UTF-8")))
        return None


def _rows(folder: Path, name: str, columns: tuple[str, ...], problems: list[Problem]) -> list[tuple[int, dict[str, str]]]:
    """Read a table of the pack as text, with each row's number in the file.

    Only ``listed_on``, ``aliases`` and ``target`` may be empty, because only they have a meaning when absent.
    """
    text = _text_of(folder / name, problems)
    if text is None:
        return []
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    missing = [column for column in columns if column not in header]
    for column in missing:
        problems.append(_column_missing(name, column))
    if missing:
        return []
    rows = []
    for cells in reader:
        if not any(cells):
            continue
        if len(cells) != len(header):
            fault = Text("列数与表头不符", "the number of cells differs from the header")
            problems.append(_cell(name, None, reader.line_num, "row_width", fault, Text("补齐或删去多余的逗号", "Add or remove commas")))
            continue
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        empty = [column for column in columns if not row[column] and column not in {"listed_on", "aliases", "target"}]
        for column in empty:
            problems.append(_cell(name, column, reader.line_num, "cell_empty", Text("为空", "is empty"), Text("补填", "Fill it in")))
        if not empty:
            rows.append((reader.line_num, row))
    if not rows:
        problems.append(_problem("file_empty", Text(f"{name}:没有可用的行", f"{name} has no usable row"), Text("补填内容", "Fill it in")))
    return rows


def _cell(name: str, column: str | None, row: int, rule: str, fault: Text, remedy: Text) -> Problem:
    where_zh = f"{name} {column} 列" if column else name
    where_en = f"{name}, column {column}" if column else name
    return _problem(rule, Text(f"{where_zh}:{fault.zh}", f"{where_en}: {fault.en}"), remedy, column, row)


def _column_missing(name: str, column: str) -> Problem:
    message = Text(f"{name}:缺少 {column} 列", f"{name}: the column {column} is missing")
    return _problem("column_missing", message, Text("按 county/README.md 补上", "Add it as county/README.md says"), column)


def _wording_missing(name: str, field: str, position: int | None = None) -> Problem:
    place_zh, place_en = ("", "") if position is None else (f"第{position}个", f"number {position}")
    message = Text(
        f"{name}:{place_zh}{field} 缺少代码或中英文名称",
        f"{name}: {field} {place_en} lacks its code or its Chinese or English name".replace("  ", " "),
    )
    return _problem("column_missing", message, Text("补填 code、zh、en", "Fill in code, zh and en"), field)


def _dates_reversed(name: str, column: str, row: int) -> Problem:
    fault = Text("结束日期早于开始日期", "the end lies before the beginning")
    return _cell(name, column, row, "dates_reversed", fault, Text("核对两个日期", "Check both dates"))


def _day(name: str, column: str, row: int, written: object, problems: list[Problem]) -> date | None:
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass  # the calendar has no such day: reported below with every other unreadable date
    fault = Text("日期不对", "not a date")
    problems.append(_cell(name, column, row, "date", fault, Text("按 2024-01-31 的样式填写", "Write it as 2024-01-31")))
    return None


def _check_unique(name: str, column: str, written: Sequence[tuple[int | None, str]], rule: str, problems: list[Problem]) -> None:
    counts = Counter(value for _, value in written)
    for value, count in counts.items():
        if count > 1:
            rows = [row for row, other in written if other == value and row is not None]
            place_zh = f"(第{'、'.join(map(str, rows))}行)" if rows else ""
            place_en = f" (rows {', '.join(map(str, rows))})" if rows else ""
            message = Text(f"{name}:{column} 重复{place_zh}", f"{name}: {column} is used twice{place_en}")
            remedy = Text("一个代码、一个名称只用一次", "Use a code and a name only once")
            problems.append(_problem(rule, message, remedy, column, rows[-1] if rows else None))
