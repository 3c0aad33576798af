"""The county pack: the shipped one is in order, and every kind of damage is named."""

from __future__ import annotations

import csv
import itertools
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
from pyproj import Geod

from etl.county.areas import _is_township_code
from etl.county.pack import PackError, current_townships, successor
from etl.county.read import check_pack, pack_lines, read_pack
from etl.reading.cells import drug_words
from indicators import catalogue
from indicators.dimensions import DIMENSIONS
from indicators.model import Break, Text

SHIPPED = Path(__file__).parents[2] / "county"
FORMER = "990121202000"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "county"))


def rules(folder: Path) -> set[str]:
    return {problem.rule for problem in check_pack(folder)}


def _empty_a_township(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    emptied = [re.sub(r",\d+$", ",0", line) if line.startswith("2024,990121001000,") else line for line in lines]
    assert emptied != lines
    path.write_text("\n".join(emptied) + "\n", encoding="utf-8")


# township codes


@pytest.mark.parametrize(("digits", "is_admitted"), [("000", False), ("001", True), ("399", True), ("400", True), ("599", True), ("600", False)])
def test_units_of_township_level_have_codes_too(digits: str, is_admitted: bool) -> None:
    assert _is_township_code(f"990121{digits}000", "990121") is is_admitted


def test_a_county_with_a_development_zone_can_use_its_pack(folder: Path) -> None:
    for name in ("townships.geojson", "population.csv"):
        path = folder / name
        path.write_text(path.read_text(encoding="utf-8").replace("990121001000", "990121501000"), encoding="utf-8")
    assert check_pack(folder) == []
    assert "990121501000" in {township.code for township in current_townships(read_pack(folder))}


def test_every_township_of_the_public_list_has_an_admitted_code() -> None:
    path = Path(__file__).parents[3] / "shared" / "realdata" / "cn_areas" / "streets.csv"
    if not path.exists():
        pytest.skip("the public list of townships is not here")
    with path.open(encoding="utf-8-sig") as file:
        listed = [(row["code"], row["areaCode"]) for row in csv.DictReader(file)]
    refused = [code for code, county in listed if not _is_township_code(code + "000", county)]
    assert refused == ["350527000"]  # a county listed without townships stands for itself
    hundreds = Counter(code[6] for code, _ in listed)
    # 街道 0, 镇 1, 乡 2 and 3, units of their level 4 and 5; no other range exists
    assert hundreds == {"0": 9_067, "1": 21_377, "2": 8_147, "3": 51, "4": 2_128, "5": 582}


# the shipped pack


def test_shipped_pack_has_no_problem() -> None:
    assert check_pack(SHIPPED) == []


def test_shipped_pack_has_eighteen_townships_in_four_zones_and_one_former() -> None:
    pack = read_pack(SHIPPED)
    assert len(current_townships(pack)) == 18
    assert {township.zone for township in current_townships(pack)} == {zone.code for zone in pack.zones} == {"Z1", "Z2", "Z3", "Z4"}
    assert [township.code for township in pack.townships if township.valid_to is not None] == [FORMER]
    assert pack.is_sample
    assert pack.map_approval == ""
    assert pack.area_code == "990121000000"
    assert 3 <= sum(township.is_remote for township in current_townships(pack)) <= 4


def test_former_township_is_counted_with_its_successor() -> None:
    pack = read_pack(SHIPPED)
    former = pack.township(FORMER)
    assert successor(pack, FORMER) == "990121104000"
    assert successor(pack, "990121104000") == "990121104000"
    assert former.in_force(date(2023, 12, 31))
    assert not former.in_force(date(2024, 1, 1))
    with pytest.raises(KeyError):
        successor(pack, "990121399000")


def test_residents_are_about_310_000_and_complete() -> None:
    pack = read_pack(SHIPPED)
    latest = sum(count for (_, year, _), count in pack.residents.items() if year == 2026)
    assert 305_000 < latest < 315_000
    assert len(pack.residents) == 18 * 7 * 4  # townships, years 2020-2026, age bands


def test_every_word_of_a_drug_leads_to_it() -> None:
    words = drug_words(read_pack(SHIPPED))
    assert words["k粉"] == words["氯胺酮"] == words["ketamine"] == "ketamine"
    assert words["麻果"] == "magu"
    assert words["烟弹"] == "etomidate"


def test_shipped_areas_fit_the_kind_of_township() -> None:
    # Geodesic areas on the CGCS2000 ellipsoid (a = 6378137 m, 1/f = 298.257222101), a way of measuring the checker does not use.
    geod = Geod(a=6378137, rf=298.257222101)
    area = {}
    for township in current_townships(read_pack(SHIPPED)):
        polygon = shapely.Polygon(township.rings[0], township.rings[1:])
        area[township.code] = abs(geod.geometry_area_perimeter(polygon)[0]) / 1e6
        assert 60 <= len(township.rings[0]) <= 150
    assert 1850 < sum(area.values()) < 1950
    for code, size in area.items():
        low, high = {"0": (5, 30), "1": (50, 140), "2": (100, 250)}[code[6]]
        assert low < size < high, code


def test_shipped_borders_are_shared_vertex_by_vertex() -> None:
    # A planar division without gaps or overlaps: every inner border segment is used exactly twice, the outline's once, and the segments
    # used once close to one single ring. All on the written coordinates, without projection or tolerance.
    uses: dict[frozenset[tuple[float, float]], int] = {}
    townships = current_townships(read_pack(SHIPPED))
    for township in townships:
        for ring in township.rings:
            assert ring[0] == ring[-1]
            for first, second in itertools.pairwise(ring):
                uses[frozenset((first, second))] = uses.get(frozenset((first, second)), 0) + 1
    assert set(uses.values()) == {1, 2}
    outline = shapely.line_merge(shapely.MultiLineString([sorted(segment) for segment, count in uses.items() if count == 1]))
    assert outline.geom_type == "LineString"
    assert outline.is_ring
    polygons = [shapely.Polygon(township.rings[0]) for township in townships]
    assert all(polygon.is_valid for polygon in polygons)
    assert sum(polygon.area for polygon in polygons) == pytest.approx(shapely.Polygon(outline).area, rel=1e-9)


# damaged packs

Damage = Callable[[Path], None]


def edit(name: str, old: str, new: str) -> Damage:
    def damage(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return damage


def reshape(change: Callable[[list[dict[str, Any]]], None]) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / "townships.geojson"
        collection = json.loads(path.read_text(encoding="utf-8"))
        change(collection["features"])
        path.write_text(json.dumps(collection, ensure_ascii=False), encoding="utf-8")

    return damage


def assign(position: int, field: str, value: object) -> Damage:
    def change(features: list[dict[str, Any]]) -> None:
        features[position]["properties"][field] = value

    return reshape(change)


def assign_zones(*codes: str) -> Damage:
    def change(features: list[dict[str, Any]]) -> None:
        for feature, code in zip(features, codes, strict=True):
            feature["properties"]["zone"] = code

    return reshape(change)


def cross(features: list[dict[str, Any]]) -> None:
    ring = features[0]["geometry"]["coordinates"][0]
    ring[10], ring[30] = ring[30], ring[10]


def away(features: list[dict[str, Any]]) -> None:
    for feature in features:
        if feature["geometry"]:
            feature["geometry"]["coordinates"] = [[[y, x] for x, y in ring] for ring in feature["geometry"]["coordinates"]]


def shrink(features: list[dict[str, Any]]) -> None:
    x, y = features[0]["geometry"]["coordinates"][0][0]
    features[0]["geometry"]["coordinates"] = [[[x, y], [x + 0.001, y], [x, y + 0.001], [x, y]]]


def inner_vertex(features: list[dict[str, Any]]) -> tuple[list[list[float]], int]:
    """Find in the first township a vertex that exactly one neighbour shares, beside two others of the same neighbour."""
    ring = features[0]["geometry"]["coordinates"][0]
    others = [{tuple(point) for point in feature["geometry"]["coordinates"][0]} for feature in features[1:] if feature["geometry"]]
    for position in range(1, len(ring) - 1):
        if any(all(tuple(ring[position + step]) in other for step in (-1, 0, 1)) for other in others):
            return ring, position
    raise AssertionError("no shared border")


def move_inner_vertex(features: list[dict[str, Any]], inwards: float) -> None:
    """Pull one township's copy of a shared vertex towards its middle (a gap) or away from it (an overlap)."""
    ring, position = inner_vertex(features)
    middle = shapely.Polygon(ring).centroid
    ring[position][0] += inwards * (middle.x - ring[position][0])
    ring[position][1] += inwards * (middle.y - ring[position][1])


def drop_file(name: str) -> Damage:
    return lambda folder: (folder / name).unlink()


def repeat_line(name: str, number: int) -> Damage:
    def damage(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join([*lines, lines[number]]) + "\n", encoding="utf-8")

    return damage


def drop_lines(name: str, holding: str) -> Damage:
    def damage(folder: Path) -> None:
        lines = (folder / name).read_text(encoding="utf-8").splitlines()
        (folder / name).write_text("\n".join(line for line in lines if holding not in line) + "\n", encoding="utf-8")

    return damage


def breaks(*lines: str) -> Callable[[Path], object]:
    """Give the pack a file of breaks."""
    return lambda folder: (folder / "breaks.csv").write_text("\n".join(("date,zh,en,indicators", *lines)) + "\n", encoding="utf-8")


def replace_column(name: str, pattern: str, new: str) -> Damage:
    def damage(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        changed, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
        assert count == 1
        (folder / name).write_text(changed, encoding="utf-8")

    return damage


UNUSABLE: list[tuple[str, Damage]] = [
    *(("file_missing", drop_file(name)) for name in ("county.toml", "townships.geojson", "population.csv", "drugs.csv")),
    *(("file_missing", drop_file(name)) for name in ("campaigns.csv", "departments.csv", "assessment.csv")),
    ("column_missing", edit("drugs.csv", "drug_group", "group")),
    ("column_missing", edit("county.toml", "is_sample", "sample")),
    ("column_missing", edit("county.toml", 'zh = "城区片区"\n', "")),
    ("column_missing", reshape(lambda features: features[3]["properties"].pop("zone"))),
    ("toml", edit("county.toml", 'zh = "示例县"', "zh = 示例县")),
    ("encoding", lambda folder: (folder / "drugs.csv").write_bytes((folder / "drugs.csv").read_text(encoding="utf-8").encode("gb18030"))),
    ("geojson", lambda folder: (folder / "townships.geojson").write_text("[", encoding="utf-8")),
    ("county_code", edit("county.toml", '"990121"', '"99012"')),
    ("zone_code", edit("county.toml", 'code = "Z1"', 'code = "all"')),
    ("zone_code", edit("county.toml", 'code = "Z1"', 'code = "Z 1"')),
    ("population_zero", lambda folder: _empty_a_township(folder / "population.csv")),
    ("map_approval", edit("county.toml", 'map_approval = ""', 'map_approval = "GS(2024)0001号"')),
    ("map_approval", edit("county.toml", 'map_approval = "" ', 'map_approval = "yes"\n#')),
    ("township_code", assign(0, "code", "99012100100")),
    ("township_code", assign(0, "code", "990122001000")),
    ("township_code", assign(0, "code", "990121600000")),
    ("township_code", assign(0, "code", "990121000000")),
    ("township_code", assign(0, "code", "990121001001")),
    ("township_code", assign(0, "code", 990121001000)),
    ("zone_unknown", assign(0, "zone", "Z9")),
    ("zone_small", assign_zones("Z1", "Z1", *["Z2"] * 7, *["Z3"] * 7, "Z4", "Z4", "Z4")),
    ("zone_small", assign_zones(*["Z1"] * 19)),
    ("flag", assign(0, "is_remote", "no")),
    ("date", assign(0, "valid_from", "2001-02-30")),
    ("name_missing", assign(0, "name_en", None)),
    ("code_twice", assign(0, "code", "990121002000")),
    ("name_twice", assign(0, "name_zh", "望桥街道")),
    ("code_twice", edit("county.toml", 'code = "Z2"', 'code = "Z1"')),
    ("code_twice", repeat_line("departments.csv", 1)),
    ("merged_into", edit("townships.geojson", '"merged_into":"990121104000"', '"merged_into":"990121399000"')),
    ("merged_into", edit("townships.geojson", '"merged_into":"990121104000"', f'"merged_into":"{FORMER}"')),
    ("merged_into", edit("townships.geojson", '"merged_into":"990121104000"', '"merged_into":null')),
    ("dates_reversed", edit("townships.geojson", '"valid_to":"2023-12-31"', '"valid_to":"2000-12-31"')),
    ("dates_reversed", edit("campaigns.csv", "2021-09-30", "2020-09-30")),
    ("campaign_code", edit("campaigns.csv", "CLEAN-2021", "净边 2021")),
    ("break_day", breaks("2024-03-15,放宽立案标准,Wider recording,cases_opened")),
    ("break_indicator", breaks("2024-03-01,放宽立案标准,Wider recording,cases_opened|cases_closed")),
    ("date", breaks("2024年3月,放宽立案标准,Wider recording,cases_opened")),
    ("cell_empty", breaks("2024-03-01,,Wider recording,cases_opened")),
    ("polygon_missing", reshape(lambda features: features[2].update(geometry=None))),
    ("polygon_missing", reshape(lambda features: features[2].update(geometry={"type": "Point", "coordinates": [102.0, 40.3]}))),
    ("crs", edit("townships.geojson", "EPSG::4490", "EPSG::3857")),
    ("crs", edit("townships.geojson", '"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},', "")),
    ("population_missing", drop_lines("population.csv", "2023,990121104000,")),
    ("population_missing", drop_lines("population.csv", "2023,990121104000,60_plus")),
    ("population_twice", repeat_line("population.csv", 5)),
    ("population_former", replace_column("population.csv", r"^2020,990121104000,", f"2020,{FORMER},")),
    ("township_unknown", replace_column("population.csv", r"^2020,990121104000,", "2020,990121109000,")),
    ("age_band", edit("population.csv", "60_plus", "61_plus")),
    ("count", replace_column("population.csv", r"60_plus,(\d+)$", r"60_plus,-\1")),
    ("count", replace_column("population.csv", r"60_plus,(\d+)$", r"60_plus,\1.5")),
    ("year", edit("population.csv", "2020,", "20,")),
    ("row_width", edit("campaigns.csv", ",2021-09-30", "")),
    ("cell_empty", edit("departments.csv", "Public campaigns", "")),
    ("file_empty", lambda folder: (folder / "departments.csv").write_text("code,zh,en,duty_zh,duty_en\n", encoding="utf-8")),
    ("drug_group", edit("drugs.csv", ",opioid,", ",opiate,")),
    ("date", edit("drugs.csv", "2023-10-01", "2023年10月1日")),
    ("alias_twice", edit("drugs.csv", "K他命", "冰毒")),
    ("alias_twice", edit("drugs.csv", "K他命", "k粉")),
    ("assessment", edit("assessment.csv", "20,ratio", "21,ratio")),
    ("assessment", edit("assessment.csv", "tiered", "stepped")),
]
SPOILT_DRAWING: list[tuple[str, Damage]] = [
    ("polygon_invalid", reshape(cross)),
    ("position", reshape(away)),
    ("area", reshape(shrink)),
    ("gap", reshape(lambda features: move_inner_vertex(features, 0.2))),
    ("overlap", reshape(lambda features: move_inner_vertex(features, -0.2))),
]


@pytest.mark.parametrize(("rule", "damage"), UNUSABLE, ids=[f"{number}-{rule}" for number, (rule, _) in enumerate(UNUSABLE)])
def test_unusable_pack_is_named_and_refused(folder: Path, rule: str, damage: Damage) -> None:
    damage(folder)
    assert rule in rules(folder)
    with pytest.raises(PackError) as refused:
        read_pack(folder)
    assert rule in {problem.rule for problem in refused.value.problems}


@pytest.mark.parametrize(("rule", "damage"), SPOILT_DRAWING, ids=[rule for rule, _ in SPOILT_DRAWING])
def test_spoilt_drawing_is_named_but_does_not_stop_the_numbers(folder: Path, rule: str, damage: Damage) -> None:
    damage(folder)
    assert rule in rules(folder)
    assert len(current_townships(read_pack(folder))) == 18


@pytest.mark.parametrize("value", [None, 5, 990121104000, "", "x", [], {}, ["Z1"], True], ids=repr)
@pytest.mark.parametrize("field", ["code", "name_zh", "name_en", "zone", "is_remote", "valid_from", "valid_to", "merged_into"])
def test_property_of_a_wrong_kind_is_a_problem_and_never_a_crash(folder: Path, field: str, value: object) -> None:
    assign(5, field, value)(folder)
    is_admitted = (field in {"valid_to", "merged_into"} and value is None) or (field == "is_remote" and value is True)
    is_admitted = is_admitted or (field.startswith("name") and value == "x")
    assert (check_pack(folder) == []) == is_admitted


@pytest.mark.parametrize(
    "shape", [5, {}, {"type": "Polygon", "coordinates": []}, {"type": "Polygon"}, {"type": "Circle"}, {"type": "Polygon", "coordinates": "x"}]
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # the map library mentions the shape as well
def test_shape_of_a_wrong_kind_is_a_problem_and_never_a_crash(folder: Path, shape: object) -> None:
    reshape(lambda features: features[5].update(geometry=shape))(folder)
    assert rules(folder) & {"geojson", "polygon_missing"}


def test_merger_is_reported_at_its_own_feature_behind_a_faulty_one(folder: Path) -> None:
    assign(0, "zone", "Z9")(folder)
    assign(4, "merged_into", "990121399000")(folder)
    assign(4, "valid_to", "2025-12-31")(folder)
    assert [problem.row for problem in check_pack(folder) if problem.rule == "merged_into"] == [5]


def keep_townships(number: int) -> Damage:
    """Leave the first townships only, and their residents."""

    def damage(folder: Path) -> None:
        kept: list[str] = []

        def change(features: list[dict[str, Any]]) -> None:
            del features[number:]
            kept.extend(feature["properties"]["code"] for feature in features)

        reshape(change)(folder)
        path = folder / "population.csv"
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([head, *(line for line in lines if line.split(",")[1] in kept)]) + "\n", encoding="utf-8")

    return damage


@pytest.mark.parametrize(("zones", "is_admitted"), [(("Z1", "Z1"), True), (("Z1", "Z2"), False)])
def test_a_county_of_two_townships_has_one_zone(folder: Path, zones: tuple[str, str], is_admitted: bool) -> None:
    keep_townships(2)(folder)
    assign_zones(*zones)(folder)
    path = folder / "county.toml"
    head, *listed = path.read_text(encoding="utf-8").split("[[zone]]")
    path.write_text("[[zone]]".join([head, *listed[: len(set(zones))]]), encoding="utf-8")
    small = [problem.message for problem in check_pack(folder) if problem.rule == "zone_small"]
    assert (small == []) == is_admitted
    if not is_admitted:
        assert (small[0].zh, small[0].en) == ("county.toml:城区片区只有1个现有乡镇", "county.toml: Urban zone groups 1 township in force")


@pytest.mark.parametrize(
    ("founded", "dropped", "missing"),
    [
        ("2025-03-01", (2020, 2021, 2022, 2023, 2024), []),
        ("2025-03-01", (2024, 2025), ["2025"]),
        ("2027-01-01", (2020, 2021, 2022, 2023, 2024, 2025), []),  # the last year of the file stands for 2027 too
        ("2027-01-01", (2026,), ["2026"]),
    ],
)
def test_residents_are_asked_for_from_the_founding_on(folder: Path, founded: str, dropped: tuple[int, ...], missing: list[str]) -> None:
    assign(0, "valid_from", founded)(folder)
    for year in dropped:
        drop_lines("population.csv", f"{year},990121001000,")(folder)
    problems = [problem for problem in check_pack(folder) if problem.rule.startswith("population")]
    assert [re.findall("20..", problem.message.zh) for problem in problems] == [[year] for year in missing]


def test_a_merged_township_has_the_residents_of_those_it_took_over(folder: Path) -> None:
    # 990121202000, in force from 2001 to 2023, was merged into 990121104000: what happened there in 2020 is counted for the successor.
    at = next(position for position, town in enumerate(read_pack(folder).townships) if town.code == "990121104000")
    assign(at, "valid_from", "2024-01-01")(folder)
    drop_lines("population.csv", "2020,990121104000,")(folder)
    assert rules(folder) == {"population_missing"}


def test_readme_names_every_column_and_code() -> None:
    readme = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for table in SHIPPED.glob("*.csv"):
        header = table.read_text(encoding="utf-8").splitlines()[0].split(",")
        assert f"| `{table.name}` | {', '.join(f'`{column}`' for column in header)} |" in readme
    for dimension in ("drug_group", "age_band"):
        assert ", ".join(f"`{member.code}`" for member in DIMENSIONS[dimension].members) in readme


def test_merger_chain_that_runs_in_a_circle_is_named(folder: Path) -> None:
    reshape(
        lambda features: features[0]["properties"].update(valid_to="2023-12-31", merged_into="990121002000"),
    )(folder)
    reshape(
        lambda features: features[1]["properties"].update(valid_to="2023-12-31", merged_into="990121001000"),
    )(folder)
    circles = [problem for problem in check_pack(folder) if problem.rule == "merged_into"]
    assert {problem.row for problem in circles} == {1, 2}


def test_sliver_between_neighbours_that_reaches_the_outline_is_a_gap(folder: Path) -> None:
    # Six metres of border strip, open at the county's edge: no enclosed hole, yet thousands of square metres nobody owns.
    def thin(features: list[dict[str, Any]]) -> None:
        first, second = (shapely.geometry.shape(features[position]["geometry"]) for position in (4, 5))
        seam = first.intersection(second)
        features[4]["geometry"] = shapely.geometry.mapping(first.difference(seam.buffer(0.00006)))

    reshape(thin)(folder)
    gaps = [problem for problem in check_pack(folder) if problem.rule == "gap"]
    assert gaps


def test_small_enclosed_hole_is_a_gap_with_its_area(folder: Path) -> None:
    # A square of 0.001 by 0.001 degrees cut out of one township. At latitude 40.35 a degree of longitude is 111.32 km x cos(40.35) = 84.8 km
    # and a degree of latitude 111.0 km, so the hole measures about 84.8 x 111.0 = 9,420 m2.
    def pierce(features: list[dict[str, Any]]) -> None:
        middle = shapely.geometry.shape(features[0]["geometry"]).representative_point()
        x, y = round(middle.x, 5), round(middle.y, 5)
        hole = [[x, y], [x, y + 0.001], [x + 0.001, y + 0.001], [x + 0.001, y], [x, y]]
        features[0]["geometry"]["coordinates"].append(hole)

    reshape(pierce)(folder)
    (gap,) = [problem for problem in check_pack(folder) if problem.rule == "gap"]
    area = int(re.search(r"([\d,]+) m2", gap.message.en)[1].replace(",", ""))  # type: ignore[index]
    assert area == pytest.approx(9_420, rel=0.02)


def test_a_county_may_have_had_no_campaign_yet(folder: Path) -> None:
    (folder / "campaigns.csv").write_text("code,zh,en,starts_on,ends_on\n", encoding="utf-8")
    assert check_pack(folder) == []
    assert read_pack(folder).campaigns == ()


def test_a_campaign_that_cannot_be_read_is_not_taken_for_none(folder: Path) -> None:
    (folder / "campaigns.csv").write_text("code,zh,en,starts_on,ends_on\nCLEAN-2021,净边,Clean,2021-04-01\n", encoding="utf-8")
    assert {problem.rule for problem in check_pack(folder)} == {"row_width", "file_empty"}


def test_all_faults_are_reported_at_once_with_their_places(folder: Path) -> None:
    edit("drugs.csv", ",opioid,", ",opiate,")(folder)
    edit("campaigns.csv", "2021-09-30", "2020-09-30")(folder)
    assign(3, "zone", "Z9")(folder)
    problems = {problem.rule: problem for problem in check_pack(folder)}
    assert (problems["drug_group"].column, problems["drug_group"].row) == ("drug_group", 2)
    assert (problems["dates_reversed"].column, problems["dates_reversed"].row) == ("ends_on", 2)
    assert problems["zone_unknown"].row == 4
    for problem in problems.values():
        assert problem.message.zh
        assert problem.message.en
        assert problem.remedy.zh
        assert problem.remedy.en


def test_real_county_may_carry_an_approval_number_or_none(folder: Path) -> None:
    edit("county.toml", "is_sample = true", "is_sample = false")(folder)
    assert check_pack(folder) == []
    edit("county.toml", 'map_approval = ""', 'map_approval = "审图号:川S(2024)00012号"')(folder)
    assert check_pack(folder) == []


def test_missing_folder_is_one_list_of_missing_files(tmp_path: Path) -> None:
    problems = check_pack(tmp_path / "nowhere")
    assert [problem.rule for problem in problems] == ["file_missing"] * 7


def test_a_fault_of_many_rows_is_said_once_with_how_many_and_the_first(folder: Path) -> None:
    path = folder / "population.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("990121001000", "990121009000"), encoding="utf-8")
    lines = [line for line in pack_lines(check_pack(folder)) if "不在 townships.geojson 中" in line]
    assert len(lines) == 1  # seven years of four age bands
    assert "population.csv township 列:乡镇代码不在 townships.geojson 中(共28行,第" in lines[0]
    assert "(28 rows, " in lines[0]


def test_a_fault_of_a_township_names_its_feature(folder: Path) -> None:
    assign(0, "code", "99012100100")(folder)
    (line,) = [line for line in pack_lines(check_pack(folder)) if "代码不合规则" in line]
    assert "(第1个要素)" in line
    assert "(feature 1)" in line


def test_a_county_may_declare_from_when_it_counts_differently(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(SHIPPED, tmp_path / "county"))
    assert read_pack(folder).breaks == {}
    breaks("2024-03-01,放宽立案标准,Wider recording,cases_opened|drug_labs_destroyed", "2025-01-01,两所合并,Offices merged,cases_opened")(folder)
    wider, merged = (
        Break(date(year, month, 1), Text(zh, en))
        for year, month, zh, en in ((2024, 3, "放宽立案标准", "Wider recording"), (2025, 1, "两所合并", "Offices merged"))
    )
    found = read_pack(folder).breaks
    assert found == {"cases_opened": (wider, merged), "drug_labs_destroyed": (wider,)}
    assert check_pack(folder) == []
    assert catalogue()["cases_opened"].broken_at(found["cases_opened"]).breaks == (wider, merged)
