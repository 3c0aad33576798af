"""The areas of a county pack: townships, zones and their drawn borders, read and checked."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyproj
import shapely
import shapely.geometry
from shapely.geometry.base import BaseGeometry

from etl.county.pack import Ring, Township, Zone
from etl.county.rows import cell_problem, check_unique, column_missing, dates_reversed, pack_problem, read_day, text_of, wording_missing
from etl.problems import Problem
from etl.wording import counted
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
_MAP = "townships.geojson"
_EXPORT = Text("用制图软件重新导出为 GeoJSON", "Export it again as GeoJSON")
_PROPERTIES = ("code", "name_zh", "name_en", "zone", "is_remote", "valid_from", "valid_to", "merged_into")

_FAULTS = {
    "township_code": (
        "code",
        Text(
            "代码不合规则(12位,前6位为本县,第7—9位001—599,末3位000)",
            "the code is not of the form: 12 digits, the county's six, then 001-599, then 000",
        ),
        Text("填写统计用区划12位乡级代码,加引号", "Write the 12-digit statistical code of the township as text"),
    ),
    "zone_unknown": (
        "zone",
        Text("片区不在 county.toml 中", "the zone is not in county.toml"),
        Text("改为已有片区代码,或在 county.toml 中增加", "Use a zone of county.toml or add it there"),
    ),
    "flag": ("is_remote", Text("应为 true 或 false", "must be true or false"), Text("偏远乡镇填 true", "Write true for a remote township")),
    "merged_into": (
        "merged_into",
        Text("撤并日期与并入乡镇代码须同时填写", "the last day and the code it was merged into belong together, the code as text"),
        Text("两项都填,或都填 null", "Fill in both, or null in both"),
    ),
    "polygon_missing": (
        "geometry",
        Text("现有乡镇没有面状边界", "a township in force has no polygon"),
        Text("补充该乡镇的边界面", "Add its boundary as a polygon"),
    ),
}
"""What a township's properties can break: rule -> property, what is wrong, what to do."""


def read_zones(county: Mapping[str, Any], problems: list[Problem]) -> tuple[Zone, ...]:
    """Return the zones of ``county.toml``; what is wrong with them is added to the problems."""
    entries = county.get("zone")
    if not isinstance(entries, list):
        return ()
    zones = []
    for position, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict) or not all(isinstance(entry.get(field), str) and entry[field] for field in ("code", "zh", "en")):
            problems.append(wording_missing("county.toml", "zone", position))
            continue
        if not re.fullmatch(r"[A-Za-z0-9]{1,11}", entry["code"]) or entry["code"].lower() == "all":
            fault = Text(f"county.toml:第{position}个片区的代码不对", f"county.toml: the code of zone {position} cannot be used")
            remedy = Text("用1—11位字母或数字,不用 all", "Use 1 to 11 letters or digits, not the word all")
            problems.append(pack_problem("zone_code", fault, remedy, "code"))
        zones.append(Zone(entry["code"], Text(entry["zh"], entry["en"])))
    check_unique("county.toml", "code", [(None, zone.code) for zone in zones], "code_twice", problems)
    check_unique("county.toml", "zh", [(None, zone.title.zh) for zone in zones], "name_twice", problems)
    return tuple(zones)


def property_rows(folder: Path, problems: list[Problem]) -> list[dict[str, Any]]:
    """Read the properties here and not with the shapes: the map library guesses types, and one bad date would hide every other fault."""
    text = text_of(folder / _MAP, problems)
    if text is None:
        return []
    try:
        features = json.loads(text)["features"]
        return [dict(feature["properties"]) for feature in features]
    except (ValueError, KeyError, TypeError):
        problems.append(pack_problem("geojson", Text(f"{_MAP}:不是有效的 GeoJSON 要素集", f"{_MAP} is not a GeoJSON feature collection"), _EXPORT))
        return []


Shapes: TypeAlias = Sequence[BaseGeometry | None]


def read_shapes(folder: Path, problems: list[Problem]) -> Shapes | None:
    """Read the drawn borders; None where the file is missing or its properties are not in order."""
    path = folder / _MAP
    if not path.is_file() or not property_rows(folder, []):
        return None
    drawn = json.loads(path.read_text(encoding="utf-8"))
    try:
        shapes = [shapely.geometry.shape(drawing) if (drawing := feature.get("geometry")) else None for feature in drawn["features"]]
    except (AttributeError, LookupError, TypeError, ValueError, shapely.errors.ShapelyError):
        problems.append(pack_problem("geojson", Text(f"{_MAP}:图形无法读取", f"{_MAP}: the shapes cannot be read"), _EXPORT))
        return None
    if not _is_in_reference_system(drawn):
        fault = Text(f"{_MAP}:坐标系不是 2000 国家大地坐标系", f"{_MAP}: the reference system is not CGCS2000")
        remedy = Text(f"转换为 {CRS} 经纬度,并在 crs 中注明", f"Convert to {CRS} degrees and name it in the crs member")
        problems.append(pack_problem("crs", fault, remedy))
        return None
    return shapes


def _is_in_reference_system(drawn: Mapping[str, Any]) -> bool:
    """Say whether a GeoJSON names the legal reference system; one that names none is in WGS 84."""
    try:
        return pyproj.CRS.from_user_input(drawn["crs"]["properties"]["name"]).equals(CRS, ignore_axis_order=True)
    except (KeyError, TypeError, pyproj.exceptions.CRSError):
        return False


def read_townships(folder: Path, county: str, zones: tuple[Zone, ...], problems: list[Problem]) -> tuple[Township, ...]:
    """Return the townships with their borders; what is wrong with them is added to the problems."""
    rows = property_rows(folder, problems)
    shapes = read_shapes(folder, problems)
    missing = [field for field in _PROPERTIES if any(field not in row for row in rows)]
    for field in missing:
        problems.append(column_missing(_MAP, field))
    if not rows or missing or shapes is None:
        return ()
    zone_codes = {zone.code for zone in zones}
    townships = []
    for number, (row, shape) in enumerate(zip(rows, shapes, strict=True), start=1):
        township = _read_township(row, shape, number, county, zone_codes, problems)
        if township is not None:
            townships.append(township)
    check_unique(_MAP, "code", [(number, str(row["code"])) for number, row in enumerate(rows, start=1)], "code_twice", problems)
    for field in ("name_zh", "name_en"):
        in_force = [(number, str(row[field])) for number, row in enumerate(rows, start=1) if row["valid_to"] is None]
        check_unique(_MAP, field, in_force, "name_twice", problems)
    _check_mergers(rows, problems)
    if len(townships) == len(rows):
        _check_zones(zones, townships, problems)
    return tuple(sorted(townships, key=lambda township: township.code))


def _read_township(
    row: Mapping[str, Any], shape: BaseGeometry | None, number: int, county: str, zone_codes: set[str], problems: list[Problem]
) -> Township | None:
    before = len(problems)
    for field in ("name_zh", "name_en"):
        if not isinstance(row[field], str) or not row[field].strip():
            problems.append(
                cell_problem(_MAP, field, number, "name_missing", Text("名称为空", "the name is empty"), Text("补填名称", "Write the name"))
            )
    valid_from = read_day(_MAP, "valid_from", number, row["valid_from"], problems)
    valid_to = None if row["valid_to"] is None else read_day(_MAP, "valid_to", number, row["valid_to"], problems)
    if valid_from is not None and valid_to is not None and valid_to < valid_from:
        problems.append(dates_reversed(_MAP, "valid_to", number))
    rings = _rings_of(shape)
    holds = {
        "township_code": _is_township_code(row["code"], county),
        "zone_unknown": isinstance(row["zone"], str) and row["zone"] in zone_codes,
        "flag": isinstance(row["is_remote"], bool),
        "merged_into": isinstance(row["merged_into"], str | None) and (valid_to is None) == (row["merged_into"] is None),
        "polygon_missing": valid_to is not None or bool(rings),
    }
    for rule in (rule for rule, is_held in holds.items() if not is_held):
        column, fault, remedy = _FAULTS[rule]
        problems.append(cell_problem(_MAP, column, number, rule, fault, remedy))
    if len(problems) > before or valid_from is None:
        return None
    title = Text(row["name_zh"], row["name_en"])
    return Township(row["code"], title, row["zone"], row["is_remote"], valid_from, valid_to, row["merged_into"], rings if valid_to is None else ())


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
        problems.append(cell_problem(_MAP, "merged_into", number, "merged_into", fault, remedy))


def _check_zones(zones: Sequence[Zone], townships: Sequence[Township], problems: list[Problem]) -> None:
    """A zone is shown by the quarter what a township never is, so it must not be one; a single zone is the county, and as large as that is."""
    sizes = Counter(township.zone for township in townships if township.valid_to is None)
    remedy = Text(
        f"每个片区至少{ZONE_TOWNSHIPS}个乡镇;全县不足{2 * ZONE_TOWNSHIPS}个的只设一个片区",
        f"Group {ZONE_TOWNSHIPS} townships or more; a county of fewer than {2 * ZONE_TOWNSHIPS} has one single zone",
    )
    for zone in zones if len(zones) > 1 else ():
        size = sizes[zone.code]
        if size < ZONE_TOWNSHIPS:
            said = counted(size, "township")
            fault = Text(f"county.toml:{zone.title.zh}只有{size}个现有乡镇", f"county.toml: {zone.title.en} groups {said} in force")
            problems.append(pack_problem("zone_small", fault, remedy, "zone"))


def check_shapes(drawn: Shapes, rows: list[dict[str, Any]], problems: list[Problem]) -> None:
    """Check the drawing itself: valid, in China, believable areas, neither overlaps nor gaps.

    Areas are taken in an equal-area projection laid through the county's middle, so that the limits hold anywhere in the country.
    """
    sound = [position for position, shape in enumerate(drawn) if _is_sound(shape, position + 1, problems)]
    if not sound:
        return
    west, south, east, north = shapely.total_bounds([drawn[position] for position in sound])
    middle = f"+lat_0={(south + north) / 2:.4f} +lon_0={(west + east) / 2:.4f}"
    to_plane = pyproj.Transformer.from_crs(CRS, f"+proj=laea {middle} +ellps=GRS80 +units=m +no_defs", always_xy=True)
    shapes = [shapely.transform(drawn[position], to_plane.transform, interleaved=False) for position in sound]
    for position, shape in zip(sound, shapes, strict=True):
        if not AREA_KM2[0] <= shape.area / 1e6 <= AREA_KM2[1]:
            fault = Text(f"面积{shape.area / 1e6:.2f}平方公里,不合常理", f"an area of {shape.area / 1e6:.2f} km2 is not believable")
            remedy = Text("核对边界和坐标", "Check the boundary and its coordinates")
            problems.append(cell_problem(_MAP, "geometry", position + 1, "area", fault, remedy))
    _check_borders(shapes, [str(rows[position].get("name_zh", "")) for position in sound], sound, problems)


def _is_sound(shape: BaseGeometry | None, number: int, problems: list[Problem]) -> bool:
    """Say whether a shape can be measured; what is wrong with one that is drawn is added to the problems."""
    if shape is None or shape.is_empty:
        return False
    if not shape.is_valid:
        reason = shapely.is_valid_reason(shape).split("[")[0].strip()
        fault = Text(f"边界面无效,如自相交({reason})", f"the polygon is not valid ({reason})")
        remedy = Text("用制图软件修复该面", "Repair the polygon in a map editor")
        problems.append(cell_problem(_MAP, "geometry", number, "polygon_invalid", fault, remedy))
        return False
    west, south, east, north = shape.bounds
    is_in_china: bool = west >= CHINA[0] and south >= CHINA[1] and east <= CHINA[2] and north <= CHINA[3]
    if not is_in_china:
        fault = Text("边界超出中国范围", "the polygon lies outside China")
        remedy = Text("核对经纬度顺序和坐标系", "Check the order of longitude and latitude and the reference system")
        problems.append(cell_problem(_MAP, "geometry", number, "position", fault, remedy))
    return is_in_china


def _check_borders(shapes: Sequence[BaseGeometry], titles: Sequence[str], positions: Sequence[int], problems: list[Problem]) -> None:
    """Neighbours share one border: they neither overlap nor leave a gap."""
    remedy = Text("让相邻乡镇共用同一条界线", "Give neighbours one and the same border")
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T
    for first, second in sorted((int(a), int(b)) for a, b in pairs if a < b):
        shared = shapes[first].intersection(shapes[second]).area
        if shared > OVERLAP_M2:
            one, other = titles[first], titles[second]
            fault = Text(f"{_MAP}:{one}与{other}重叠{shared:,.0f}平方米", f"{_MAP}: {one} and {other} overlap by {shared:,.0f} m2")
            problems.append(pack_problem("overlap", fault, remedy, "geometry", positions[first] + 1))
    for gap in _gaps(shapes):
        near = [title for title, shape in zip(titles, shapes, strict=True) if shape.distance(gap) < 0.01]
        fault = Text(f"{_MAP}:{'、'.join(near)}之间有{gap.area:,.0f}平方米空隙", f"{_MAP}: a gap of {gap.area:,.0f} m2 between {', '.join(near)}")
        problems.append(pack_problem("gap", fault, remedy, "geometry"))


def _gaps(shapes: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """Find enclosed holes, and slivers that run out to the county's edge.

    The county's own outline is not delivered, so an open sliver is recognised by closing the union over a few metres; rounded corners of
    the outline fill in a little as well, hence the larger tolerance.
    """
    whole = shapely.union_all(shapes)
    holes = [shapely.Polygon(ring) for part in shapely.get_parts(whole) for ring in part.interiors]
    enclosed = [hole for hole in holes if hole.area > HOLE_M2]
    closed = whole.buffer(SLIVER_WIDTH_M / 2).buffer(-SLIVER_WIDTH_M / 2)
    slivers = [part for part in shapely.get_parts(closed.difference(whole)) if part.area > SLIVER_M2]
    return enclosed + [sliver for sliver in slivers if not any(hole.intersects(sliver) for hole in enclosed)]
