"""Reading and checking a county pack from its folder."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from etl.county.areas import ROWS_SHOWN, check_shapes, property_rows, read_shapes, read_townships, read_zones
from etl.county.pack import AGE_BANDS, DRUG_GROUPS, AssessmentItem, CountyPack, Department, Drug, PackError, Township
from etl.county.rows import cell_problem, check_unique, dates_reversed, pack_problem, read_day, table_rows, text_of, wording_missing
from etl.problems import Problem, alike, row_ranges
from etl.wording import counted
from indicators import catalogue
from indicators.model import Break, Campaign, Text

_RULES = ("deduct", "tiered", "ratio", "yes_no", "veto", "bonus")
_DIRECTIONS = ("up", "down")
_OBJECTS = ("township", "department")


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
    shapes = read_shapes(folder, [])
    if shapes is not None:
        check_shapes(shapes, property_rows(folder, []), problems)
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


def _read(folder: Path, problems: list[Problem]) -> CountyPack | None:
    county = _read_county(folder, problems)
    zones = read_zones(county, problems)
    townships = read_townships(folder, str(county.get("code", "")), zones, problems)
    residents = _read_population(folder, townships, problems)
    drugs = _read_drugs(folder, problems)
    campaigns = _read_campaigns(folder, problems)
    departments = _read_departments(folder, problems)
    assessment = _read_assessment(folder, problems)
    formulas = _read_formulas(county, problems)
    breaks = _read_breaks(folder, problems)
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
        formulas,
        breaks,
    )


def _read_formulas(county: Mapping[str, Any], problems: list[Problem]) -> dict[str, str]:
    """Return the formula chosen for each indicator that offers several; an empty choice is the declared one."""
    chosen = county.get("formula", {})
    offered = {name: [formula.id for formula in indicator.formulas] for name, indicator in catalogue().items() if indicator.formulas}
    for name, formula in chosen.items():
        if formula and formula not in offered.get(name, ()):
            known = "、".join(f'{one} = "{formula_id}"' for one, ids in offered.items() for formula_id in ids)
            fault = Text(f"county.toml:[formula] 中的 {name} 没有这个公式", f"county.toml: {name} in [formula] offers no such formula")
            problems.append(pack_problem("formula", fault, Text(f"删除该行,或写 {known}", f"Remove the line, or write {known}"), str(name)))
    return {str(name): str(formula) for name, formula in chosen.items() if formula}


def _read_county(folder: Path, problems: list[Problem]) -> dict[str, Any]:
    name = "county.toml"
    text = text_of(folder / name, problems)
    if text is None:
        return {}
    try:
        county = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = Text(f"{name}:格式有误,无法读取({error})", f"{name} cannot be read as TOML ({error})")
        problems.append(pack_problem("toml", fault, Text("按 county/README.md 中的样式改写", "Write it as county/README.md shows")))
        return {}
    wanted = {"code": str, "zh": str, "en": str, "map_approval": str, "is_sample": bool, "age_rule": dict, "zone": list}
    for field in (field for field, kind in wanted.items() if not isinstance(county.get(field), kind)):
        fault = Text(f"{name}:缺少 {field},或类型不对", f"{name}: {field} is missing or of the wrong type")
        problems.append(pack_problem("column_missing", fault, Text("按 county/README.md 补填", "Fill it in as county/README.md says"), field))
    if isinstance(county.get("age_rule"), dict) and not {"zh", "en"} <= county["age_rule"].keys():
        problems.append(wording_missing(name, "age_rule"))
    if isinstance(county.get("code"), str) and not re.fullmatch(r"[1-9]\d{5}", county["code"]):
        fault = Text(f"{name}:code 不是6位县级行政区划代码", f"{name}: code is not the six digits of a county")
        remedy = Text("填写6位县级代码,加引号", "Write the six-digit county code in quotation marks")
        problems.append(pack_problem("county_code", fault, remedy, "code"))
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
    problems.append(pack_problem("map_approval", message, remedy, "map_approval"))


def _read_population(folder: Path, townships: tuple[Township, ...], problems: list[Problem]) -> dict[tuple[str, int, str], int]:
    name = "population.csv"
    rows = table_rows(folder, name, ("year", "township", "age_band", "residents"), problems)
    in_force = {township.code for township in townships if township.valid_to is None}
    former = {township.code for township in townships} - in_force
    residents: dict[tuple[str, int, str], int] = {}
    for number, row in rows:
        if not re.fullmatch(r"(19|20)\d\d", row["year"]):
            problems.append(cell_problem(name, "year", number, "year", Text("年份不对", "not a year"), Text("填写四位年份", "Write four digits")))
            continue
        if row["age_band"] not in AGE_BANDS:
            remedy = Text("只用 " + "、".join(AGE_BANDS), "Use only " + ", ".join(AGE_BANDS))
            problems.append(cell_problem(name, "age_band", number, "age_band", Text("年龄段代码不对", "unknown age band"), remedy))
            continue
        if not re.fullmatch(r"\d+", row["residents"]):
            fault = Text("人数不是非负整数", "the number of residents is not a whole number of zero or more")
            problems.append(cell_problem(name, "residents", number, "count", fault, Text("填写整数,不带单位和逗号", "Write digits only")))
            continue
        if row["township"] in former:
            fault = Text("已撤并的乡镇不单列人口", "a former township has no population of its own")
            remedy = Text("并入现乡镇各年人口", "Add it to its successor in every year")
            problems.append(cell_problem(name, "township", number, "population_former", fault, remedy))
            continue
        if in_force and row["township"] not in in_force:
            fault = Text("乡镇代码不在 townships.geojson 中", "the township is not in townships.geojson")
            problems.append(cell_problem(name, "township", number, "township_unknown", fault, Text("核对12位代码", "Check the 12-digit code")))
            continue
        key = (row["township"], int(row["year"]), row["age_band"])
        if key in residents:
            fault = Text("同一乡镇、年份、年龄段出现两次", "township, year and age band appear twice")
            problems.append(
                cell_problem(
                    name,
                    "township",
                    number,
                    "population_twice",
                    fault,
                    Text("查清哪一行是对的,只留对的一行", "Find out which row is right and keep that one"),
                )
            )
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
                problems.append(pack_problem("population_zero", fault, Text("核对常住人口", "Check the residents"), "residents"))
            missing = [band for band in AGE_BANDS if (township.code, year, band) not in residents]
            if missing:
                fault = Text(
                    f"population.csv:{township.title.zh}{year}年缺少{len(missing)}个年龄段的人口",
                    f"population.csv: {township.title.en} lacks {counted(len(missing), 'age band')} in {year}",
                )
                remedy = Text("每个乡镇每年四个年龄段各一行", "One row for each township, year and age band")
                problems.append(pack_problem("population_missing", fault, remedy, "residents"))


def _founded_in(township: Township, townships: Sequence[Township]) -> int:
    """Return the year from which a township has residents: of a merged one that of the oldest it took over."""
    known = {township.code}
    while more := {other.code for other in townships if other.merged_into in known} - known:
        known |= more
    return min(other.valid_from.year for other in townships if other.code in known)


def _read_drugs(folder: Path, problems: list[Problem]) -> tuple[Drug, ...]:
    name = "drugs.csv"
    drugs = []
    used: dict[str, str] = {}
    for number, row in table_rows(folder, name, ("code", "zh", "en", "drug_group", "listed_on", "aliases"), problems):
        if row["drug_group"] not in DRUG_GROUPS:
            remedy = Text("只用 " + "、".join(DRUG_GROUPS), "Use only " + ", ".join(DRUG_GROUPS))
            problems.append(cell_problem(name, "drug_group", number, "drug_group", Text("毒品类别代码不对", "unknown group of drugs"), remedy))
        listed_on = read_day(name, "listed_on", number, row["listed_on"], problems) if row["listed_on"] else None
        aliases = tuple(alias.strip() for alias in row["aliases"].split("|") if alias.strip())
        drug = Drug(row["code"], Text(row["zh"], row["en"]), row["drug_group"], listed_on, aliases)
        repeated = len(aliases) - len({alias.casefold() for alias in aliases})
        for word in drug.words:
            if used.setdefault(word.casefold(), drug.code) != drug.code:
                repeated += 1
        if repeated:
            fault = Text("别名已用于别的毒品,或重复", "an alias already names another drug or is repeated")
            problems.append(
                cell_problem(name, "aliases", number, "alias_twice", fault, Text("一个别名只归一种毒品", "Give an alias to one drug only"))
            )
        drugs.append(drug)
    check_unique(name, "code", [(number, drug.code) for number, drug in enumerate(drugs, start=2)], "code_twice", problems)
    return tuple(drugs)


def _read_campaigns(folder: Path, problems: list[Problem]) -> tuple[Campaign, ...]:
    name = "campaigns.csv"
    campaigns = []
    for number, row in table_rows(folder, name, ("code", "zh", "en", "starts_on", "ends_on"), problems, may_be_empty=True):
        if not re.fullmatch(r"[A-Za-z0-9-]{2,40}", row["code"]):
            fault = Text("代号只能用字母、数字和连字符", "the code may hold letters, digits and dashes only")
            problems.append(cell_problem(name, "code", number, "campaign_code", fault, Text("如 CLEAN-2025", "Such as CLEAN-2025")))
        starts_on = read_day(name, "starts_on", number, row["starts_on"], problems)
        ends_on = read_day(name, "ends_on", number, row["ends_on"], problems)
        if starts_on is None or ends_on is None:
            continue
        if ends_on < starts_on:
            problems.append(dates_reversed(name, "ends_on", number))
        campaigns.append(Campaign(row["code"], Text(row["zh"], row["en"]), starts_on, ends_on))
    check_unique(name, "code", [(None, campaign.code) for campaign in campaigns], "code_twice", problems)
    return tuple(campaigns)


def _read_breaks(folder: Path, problems: list[Problem]) -> dict[str, tuple[Break, ...]]:
    """Return from when which indicators are counted or recorded differently; a county may have no such file."""
    name = "breaks.csv"
    if not (folder / name).is_file():
        return {}
    found: dict[str, tuple[Break, ...]] = {}
    for number, row in table_rows(folder, name, ("date", "zh", "en", "indicators"), problems):
        on = read_day(name, "date", number, row["date"], problems)
        if on is not None and on.day != 1:
            fault = Text("不是某月1日", "not the first day of a month")
            remedy = Text("填新口径第一个月的1日,如 2024-03-01", "Give the first day of the first month counted anew, such as 2024-03-01")
            problems.append(cell_problem(name, "date", number, "break_day", fault, remedy))
        for indicator in row["indicators"].split("|"):
            if indicator not in catalogue():
                fault = Text("指标目录中没有其中一个代号", "one of the ids is not in the catalogue")
                remedy = Text("填 docs/catalogue.md 中的代号,多个用 | 隔开", "Use the ids of docs/catalogue.md, | between several")
                problems.append(cell_problem(name, "indicators", number, "break_indicator", fault, remedy))
            elif on is not None:
                found[indicator] = (*found.get(indicator, ()), Break(on, Text(row["zh"], row["en"])))
    return found


def _read_departments(folder: Path, problems: list[Problem]) -> tuple[Department, ...]:
    name = "departments.csv"
    rows = table_rows(folder, name, ("code", "zh", "en", "duty_zh", "duty_en"), problems)
    check_unique(name, "code", [(number, row["code"]) for number, row in rows], "code_twice", problems)
    return tuple(Department(row["code"], Text(row["zh"], row["en"]), Text(row["duty_zh"], row["duty_en"])) for _, row in rows)


def _read_assessment(folder: Path, problems: list[Problem]) -> tuple[AssessmentItem, ...]:
    name = "assessment.csv"
    items = []
    for number, row in table_rows(folder, name, ("year", "object", "code", "zh", "en", "weight", "rule", "target", "direction"), problems):
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
            problems.append(cell_problem(name, column, number, "assessment", fault, Text("按 county/README.md 填写", "See county/README.md")))
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
                pack_problem("assessment", fault, Text("调整分值(否决项和加分项除外)", "Mend the weights (veto and bonus items apart)"), "weight")
            )
    return tuple(items)
