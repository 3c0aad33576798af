"""The sample extracts: read here with the plain readers, not with the ETL, so that a fault shared by writer and reader is seen."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from etl.contract import Column, Extract, Type
from etl.county.pack import CountyPack
from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection.inspect import inspect
from etl.inspection.result import Acceptance
from etl.sample.registry import LAB_TOWNSHIP
from etl.sample.span import LATEST_MONTH
from etl.sample.write import write_sample
from indicators.months import months_apart, months_between, months_later

SHIPPED = Path(__file__).parents[2] / "county"
FORMER = "990121202000"
NAME = re.compile(r"(在册吸毒人员|毒品案件)_(\d{6})(?:-(\d{6}))?_报(\d{8})\.(csv|xlsx)")

Record = dict[str, Any]


@dataclass(frozen=True)
class File:
    path: Path
    extract: Extract
    first: date
    last: date
    reported_on: date
    encoding: str
    above: list[str]  # what stands over the header
    header: list[str]
    cells: list[list[str]]
    records: list[Record]


def month_of(text: str) -> date:
    year, month = re.fullmatch(r"(\d{4})[-年]?(\d{2})月?", text).groups()  # type: ignore[union-attr]
    return date(int(year), int(month), 1)


def value_of(column: Column, text: str, words: dict[str, str]) -> Any:
    if text == "":
        assert column.nullable, column.name
        return None
    if column.type is Type.CODE:
        (found,) = [code.code for code in column.codes if text in (code.code, code.title.zh, *code.aliases)]
        return found
    if column.type is Type.MONTH:
        return month_of(text)
    if column.type is Type.FLAG:
        return {"是": "yes", "否": "no", "1": "yes", "0": "no"}[text]
    if column.type is Type.DRUG:
        return words[text.casefold()]
    if column.type is Type.GRAMS:
        return float(text)
    if column.type in {Type.COUNT, Type.YEAR}:
        return int(float(text))
    if column.type is Type.TOWNSHIP:
        assert re.fullmatch(r"990121[0-3]\d\d000", text)
    return text


def rows_of(path: Path) -> tuple[str, list[list[str]]]:
    if path.suffix == ".xlsx":
        workbook = CalamineWorkbook.from_path(path)
        assert len(workbook.sheet_names) == 1
        return "xlsx", [[str(cell) for cell in row] for row in workbook.get_sheet_by_index(0).to_python()]
    content = path.read_bytes()
    encoding = "utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "gb18030"
    text = content.decode(encoding)
    assert text.count("\n") == text.count("\r\n")
    return encoding, list(csv.reader(io.StringIO(text, newline=""), strict=True))


def read(path: Path, words: dict[str, str]) -> File:
    title, first, last, reported, _ = NAME.fullmatch(path.name).groups()  # type: ignore[union-attr]
    extract = next(extract for extract in extracts().values() if extract.title.zh == title)
    encoding, rows = rows_of(path)
    start = 2 if encoding == "xlsx" else 0
    header, cells = rows[start], rows[start + 1 :]
    assert header == [column.header for column in extract.columns]
    records = [{column.name: value_of(column, cell, words) for column, cell in zip(extract.columns, row, strict=True)} for row in cells]
    reported_on = date(int(reported[:4]), int(reported[4:6]), int(reported[6:]))
    above = [cell for row in rows[:start] for cell in row if cell]
    return File(path, extract, month_of(first), month_of(last or first), reported_on, encoding, above, header, cells, records)


@pytest.fixture(scope="module")
def pack() -> CountyPack:
    return read_pack(SHIPPED)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, pack: CountyPack) -> Path:
    target = tmp_path_factory.mktemp("sample")
    write_sample(target, pack)
    return target


@pytest.fixture(scope="module")
def files(folder: Path, pack: CountyPack) -> list[File]:
    words = {word.casefold(): drug.code for drug in pack.drugs for word in drug.words}
    return sorted((read(path, words) for path in folder.iterdir() if NAME.fullmatch(path.name)), key=lambda file: (file.reported_on, file.path.name))


@pytest.fixture(scope="module")
def snapshots(files: list[File]) -> dict[date, list[Record]]:
    """The edition in force of every month: the one reported last."""
    return {file.first: file.records for file in files if file.extract.id == "registry"}


@pytest.fixture(scope="module")
def cases(files: list[File]) -> list[Record]:
    """Every case as of the last edition that covers its month."""
    in_force: dict[date, list[Record]] = {}
    for file in files:
        if file.extract.id == "cases":
            for month in months_between(file.first, file.last):
                in_force[month] = [record for record in file.records if record["filed_on"] == month]
    return list(itertools.chain.from_iterable(in_force.values()))


def standing(record: Record) -> str:
    return {"05": "abstinent", "03": "departed", "04": "departed"}.get(record["control_status"], "current")


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(folder: Path, pack: CountyPack, tmp_path: Path) -> None:
    def digest(where: Path) -> dict[str, str]:
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in where.iterdir()}

    first = digest(folder)
    written = write_sample(tmp_path / "again", pack)
    assert digest(tmp_path / "again") == first
    assert {path.name for path in written} == first.keys()
    write_sample(tmp_path / "other", pack, seed=7)
    assert all(digest(tmp_path / "other")[name] != value for name, value in first.items())


def test_no_sample_is_written_for_a_real_county(pack: CountyPack, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is_sample"):
        write_sample(tmp_path / "sample", replace(pack, is_sample=False))
    assert not (tmp_path / "sample").exists()


def test_seventy_months_and_one_second_edition(files: list[File]) -> None:
    registry = [file for file in files if file.extract.id == "registry"]
    editions = Counter(file.first for file in registry)
    assert list(months_between(date(2021, 1, 1), LATEST_MONTH)) == sorted(editions)
    assert len(editions) == 70
    assert {month for month, count in editions.items() if count > 1} == {date(2025, 3, 1)}
    forms = Counter(file.encoding for file in registry)
    assert forms["gb18030"] > 40
    assert 11 <= forms["xlsx"] <= 13
    assert 2 <= forms["utf-8-sig"] <= 6
    assert all(file.reported_on > file.last for file in files)


def test_second_edition_differs_in_a_few_rows_only(files: list[File]) -> None:
    first, second = (
        {record["person_key"]: record for record in file.records}
        for file in files
        if file.extract.id == "registry" and file.first == date(2025, 3, 1)
    )
    assert len(second.keys() - first.keys()) == 1
    assert first.keys() <= second.keys()
    assert sum(first[key] != second[key] for key in first) == 3


def test_latest_workbook_has_a_title_and_a_unit_row(files: list[File]) -> None:
    latest = next(file for file in files if file.path.name == "在册吸毒人员_202610_报20261105.xlsx")
    title, unit = latest.above
    assert title == "示例县在册吸毒人员情况表(截至2026年10月31日)"
    assert "填报日期:2026-11-05" in unit
    assert "单位:人" in unit
    assert "虚构" in unit
    workbook = load_workbook(latest.path)
    assert [str(area) for area in workbook.active.merged_cells.ranges] == ["A1:R1"]
    assert "虚构" in workbook.properties.description


def test_every_row_passes_the_contracts_checks(files: list[File], pack: CountyPack) -> None:
    for file in files:
        keys = [tuple(record[name] for name in file.extract.key) for record in file.records]
        assert len(set(keys)) == len(keys), file.path.name
        for record in file.records:
            assert file.first <= record[file.extract.month_column] <= file.last
            for check in file.extract.checks:
                assert check.holds(record), (file.path.name, check.rule)


def test_every_file_is_accepted(folder: Path, pack: CountyPack) -> None:
    for path in sorted(folder.iterdir()):
        result = inspect(path, pack, on=date(2026, 11, 10))
        assert result.acceptance is Acceptance.IN_ORDER, (path.name, result.problem_counts)


def test_nothing_looks_like_a_direct_identifier(files: list[File]) -> None:
    for file in files:
        for row in file.cells:
            for column, cell in zip(file.extract.columns, row, strict=True):
                if column.type is Type.KEY:
                    assert re.fullmatch(r"[PC][A-Z]{11}", cell)
                elif column.type is not Type.TOWNSHIP:
                    assert not re.search(r"\d{7,}", cell)
                    assert len(cell) <= 12


def test_register_grows_from_118_to_163(snapshots: dict[date, list[Record]]) -> None:
    assert len(snapshots[date(2021, 1, 1)]) == 118
    assert len(snapshots[LATEST_MONTH]) == 163
    now = Counter(standing(record) for record in snapshots[LATEST_MONTH])
    assert 105 <= now["current"] <= 115
    assert 40 <= now["abstinent"] <= 45
    assert now["departed"] == 8
    current = {month: sum(standing(record) == "current" for record in records) for month, records in snapshots.items()}
    assert current[date(2024, 1, 1)] - current[date(2021, 1, 1)] >= 10
    assert abs(current[LATEST_MONTH] - current[date(2024, 1, 1)]) <= 5


def test_bridge_between_two_months_closes_and_every_part_occurs(snapshots: dict[date, list[Record]]) -> None:
    # The changes are classed here by comparing two snapshots person by person; their signed sum must be the change of the current stock.
    seen: Counter[str] = Counter()
    for earlier, later in itertools.pairwise(sorted(snapshots)):
        before = {record["person_key"]: record for record in snapshots[earlier]}
        after = {record["person_key"]: record for record in snapshots[later]}
        entered = [after[key] for key in after.keys() - before.keys()]
        assert all(standing(record) == "current" for record in entered)
        found_late = [months_apart(record["first_found_on"], later) for record in entered if record["first_found_on"] < later]
        assert all(1 <= delay <= 3 for delay in found_late)
        moves = Counter((standing(before[key]), standing(after[key])) for key in after.keys() & before.keys())
        gone = before.keys() - after.keys()
        gain = len(entered) + moves["abstinent", "current"] + moves["departed", "current"]
        loss = moves["current", "abstinent"] + moves["current", "departed"] + len(gone)
        stock = [sum(standing(record) == "current" for record in snapshot.values()) for snapshot in (before, after)]
        assert stock[1] - stock[0] == gain - loss
        assert len(entered) <= 3
        seen.update(
            entered=len(entered),
            late=len(found_late),
            relapsed=moves["abstinent", "current"],
            restored=moves["departed", "current"],
            abstinent=moves["current", "abstinent"],
            departed=moves["current", "departed"] + moves["abstinent", "departed"],
            gone=len(gone),
        )
    # 57 entered, 12 moved out: 118 + 57 - 12 = 163. One of the departures is the mistake that is restored.
    assert seen["entered"] == 57
    assert seen["gone"] == 12
    assert seen["restored"] == 1
    assert seen["relapsed"] == 10
    assert seen["abstinent"] == 34
    assert seen["departed"] == 6
    assert 5 <= seen["late"] <= 20


def test_nobody_comes_back_under_the_key_of_somebody_gone(snapshots: dict[date, list[Record]]) -> None:
    present: dict[str, list[date]] = defaultdict(list)
    for month in sorted(snapshots):
        for record in snapshots[month]:
            present[record["person_key"]].append(month)
    for reported in present.values():
        assert reported == months_between(reported[0], reported[-1])


def test_people_keep_what_does_not_change(snapshots: dict[date, list[Record]]) -> None:
    lasting = ("sex", "birth_year", "first_found_on", "main_drug", "multi_drug", "residence", "reason", "source")
    known: dict[str, tuple[Any, ...]] = {}
    for records in snapshots.values():
        for record in records:
            assert known.setdefault(record["person_key"], tuple(record[name] for name in lasting)) == tuple(record[name] for name in lasting)


def test_three_clean_years_lie_behind_everybody_called_abstinent(snapshots: dict[date, list[Record]]) -> None:
    for month, records in snapshots.items():
        for record in records:
            if record["control_status"] == "05":
                assert months_apart(record["last_detected_on"], month) >= 36
            assert record["first_found_on"] <= record["last_detected_on"] <= month
            if record["measure_start_on"] is not None:
                assert record["measure_start_on"] <= month


def test_old_township_code_is_used_before_the_merger_and_never_after(files: list[File]) -> None:
    before = after = 0
    for file in files:
        for record in file.records:
            month = record[file.extract.month_column]
            if record["township"] == FORMER:
                before += month < date(2024, 1, 1)
                after += month >= date(2024, 1, 1)
    assert before > 0
    assert after == 0


def test_rise_among_the_young_from_the_middle_of_2025(snapshots: dict[date, list[Record]]) -> None:
    latest = snapshots[LATEST_MONTH]
    now = [record for record in latest if standing(record) == "current"]
    found = {
        name: [record for record in latest if first <= record["first_found_on"] <= last]
        for name, first, last in (("before", date(2024, 3, 1), date(2025, 6, 1)), ("after", date(2025, 7, 1), LATEST_MONTH))  # 16 months each
    }
    young = {name: [record for record in records if record["first_found_on"].year - record["birth_year"] < 36] for name, records in found.items()}
    assert len(young["after"]) >= 2 * len(young["before"])
    assert sum(record["main_drug"] == "etomidate" for record in young["after"]) >= len(young["after"]) / 2
    assert 2 <= sum(record["as_of"].year - record["birth_year"] < 18 for record in now) <= 6
    students = {record["person_key"] for records in snapshots.values() for record in records if record["employment"] == "student"}
    assert 5 <= len(students) <= 7
    left_school = {record["person_key"] for record in latest if record["employment"] != "student"} & students
    assert left_school
    assert 0.13 <= sum(record["sex"] == "female" for record in latest) / len(latest) <= 0.18


def test_drugs_follow_age_and_the_law(snapshots: dict[date, list[Record]], pack: CountyPack) -> None:
    listed = {drug.code: drug.listed_on for drug in pack.drugs}
    groups = {drug.code: drug.drug_group for drug in pack.drugs}
    latest = snapshots[LATEST_MONTH]
    for record in latest:
        day = listed[record["main_drug"]]
        if record["main_drug"] in {"etomidate", "synthetic_cannabinoid", "fluoroketamine"}:
            assert day is not None
            assert record["first_found_on"] >= day
    ages: dict[str, list[int]] = defaultdict(list)
    for record in latest:
        ages[groups[record["main_drug"]]].append(2026 - record["birth_year"])
    mean = {group: sum(values) / len(values) for group, values in ages.items()}
    assert mean["opioid"] > mean["synthetic"] > mean["new_substance"]


def test_people_are_spread_unevenly(snapshots: dict[date, list[Record]]) -> None:
    counts = Counter(record["township"] for record in snapshots[LATEST_MONTH])
    assert len(counts) >= 14
    assert max(counts.values()) >= 25
    assert min(counts.values()) <= 3


def test_cases_are_forty_to_ninety_a_year_with_labs_in_one_place(cases: list[Record]) -> None:
    years = Counter(record["filed_on"].year for record in cases)
    assert set(years) == set(range(2021, 2027))
    assert all(40 <= count <= 90 for count in years.values())
    labs = [record for record in cases if record["lab"] == "yes"]
    assert all((record["charge"], record["place_type"]) == ("manufacture", "workshop") for record in labs)
    assert all(1 <= count <= 3 for count in Counter(record["filed_on"].year for record in labs).values())
    assert {record["filed_on"].year for record in labs} == set(years)
    assert sum(record["township"] == LAB_TOWNSHIP for record in labs) >= 0.8 * len(labs)
    assert all(record["charge"] != "manufacture" for record in cases if record["lab"] == "no")


def test_young_suspects_rise_from_the_middle_of_2025(cases: list[Record]) -> None:
    def share(first: date, last: date) -> float:
        chosen = [record for record in cases if first <= record["filed_on"] <= last]
        young = sum(record["suspects_under_18"] + record["suspects_18_35"] for record in chosen)
        return float(young / sum(record["suspects"] for record in chosen))

    assert share(date(2025, 7, 1), LATEST_MONTH) - share(date(2024, 3, 1), date(2025, 6, 1)) > 0.1


def test_campaigns_are_named_in_their_time_only(cases: list[Record], pack: CountyPack) -> None:
    windows = {campaign.code: campaign for campaign in pack.campaigns}
    named = [record for record in cases if record["campaign"]]
    assert {record["campaign"] for record in named} == set(windows)
    for record in named:
        assert windows[record["campaign"]].starts_on <= record["filed_on"] <= windows[record["campaign"]].ends_on


def test_overlapping_case_files_correct_and_complete_each_other(files: list[File]) -> None:
    editions = {file.path.name: {record["case_key"]: record for record in file.records} for file in files if file.extract.id == "cases"}
    half, year = editions["毒品案件_202501-202506_报20250708.csv"], editions["毒品案件_202501-202512_报20260312.xlsx"]
    assert half.keys() < year.keys()
    assert sum(half[key]["grams"] != year[key]["grams"] for key in half) == 2
    early, late = editions["毒品案件_202601-202606_报20260706.csv"], editions["毒品案件_202601-202610_报20261105.xlsx"]
    same_months = {key for key, record in late.items() if record["filed_on"] <= date(2026, 6, 1)}
    assert early.keys() < same_months
    assert any(early[key]["solved_on"] is None and late[key]["solved_on"] is not None for key in early)
    for file in files:
        if file.extract.id == "cases":
            known_until = months_later(file.reported_on.replace(day=1), -1)
            assert all(record["solved_on"] is None or record["solved_on"] <= known_until for record in file.records)


def test_a_file_keeps_to_one_way_of_writing(files: list[File]) -> None:
    ways = set()
    for file in files:
        for position, column in enumerate(file.extract.columns):
            written = {row[position] for row in file.cells if row[position]}
            if column.type is Type.MONTH:
                shapes = {re.sub(r"\d", "0", text) for text in written}
                assert len(shapes) <= 1
                ways |= shapes
            if column.name == "sex":
                assert len(written) == 2
                ways |= written
    assert {"0000-00", "000000", "0000年00月", "男", "女", "1", "2"} <= ways
