"""Thirty deliveries as offices sent them, each in the sample county: what is right for each was decided by reading it and is typed here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.batch import inspect_batch
from etl.inspection.entries import entry_of
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.mapping.profile import parse

ON = date(2026, 12, 1)  # after the day of reporting in the names of the files
NOVEMBER = date(2026, 11, 1)
GRAMS, SUSPECTS, FILED, SHEET = "缴获克数", "抓获嫌疑人数", "立案年月", "报表"
TOWNS = ["990121001000", "990121100000", "990121105000"]  # 云汀街道, 河湾镇, 松石镇


@dataclass(frozen=True)
class Asked:
    """A delivery sent back: the rule and place of every problem, and the words without which the remedy does not help."""

    places: set[tuple[str, str | None, int | None, str | None]]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Read:
    """A delivery in order: what its columns say by the contract's names, and what must be said beside."""

    columns: dict[str, list[Any]]
    words: tuple[str, ...] = field(default=())


def in_rows(rule: str, rows: tuple[int, ...], *columns: str, sheet: str | None = SHEET) -> set[tuple[str, str | None, int | None, str | None]]:
    return {(rule, sheet, row, column) for row in rows for column in columns}


def counts(*charges: str) -> dict[str, list[Any]]:
    return {"month": [NOVEMBER] * 3, "township": TOWNS, "charge": list(charges), "opened": [5, 3, 2]}


def cases(count: int = 3) -> dict[str, list[Any]]:
    return {"filed_on": [NOVEMBER] * count, "solved_on": [None] * count, "grams": [12.5] * count, "suspects": [3] * count}


THREE = (2, 3, 4)
COUNTED = counts("trafficking", "possession", "use")
RIGHT: dict[str, Asked | Read] = {
    "01_footnote_sign": Asked(
        in_rows("footnote_sign", (2, 4), SUSPECTS, sheet=None) | in_rows("footnote_sign", (3,), GRAMS, sheet=None), ("附注符号", "对照原件")
    ),
    "02_superscript_run": Asked(in_rows("raised_sign", (2,), SUSPECTS), ("上标",)),
    "03_formula_result_never_computed_xlsx": Asked(in_rows("formula_without_value", THREE, GRAMS, SUSPECTS), ("打开保存一次",)),
    "04_formula_never_computed_xls_xlwt": Asked(in_rows("formula_without_value", THREE, GRAMS), ("打开保存一次",)),
    "05_formula_never_computed_xls_poi": Asked(in_rows("formula_without_value", THREE, GRAMS), ("打开保存一次",)),
    "06_error_cell_xls": Asked(in_rows("error_cell", (2,), GRAMS) | in_rows("error_cell", (3,), "贩运渠道"), ("错误值",)),
    "07_error_cell_prefixed_xml": Asked(in_rows("error_cell", (3,), GRAMS), ("错误值",)),
    "08_percent_ods": Asked(in_rows("number_format", THREE, GRAMS), ("百分号", "查清")),
    "09_error_ods_not_libreoffice": Asked(in_rows("error_cell", THREE, GRAMS), ("错误值",)),
    "10_records_above_header_other_separator": Asked({("rows_above_header", None, row, None) for row in (1, 2)}, ("移到表头下面", "相同的分隔符")),
    "11_mapped_header_is_running_total": Asked({("header_meaning", SHEET, 1, "C")}, ("累计",)),
    "12_row_total_contradicts": Asked({("total_mismatch", SHEET, 3, "D")}, ("本行合计", "漏填")),  # 3 and a blank are not 4
    # The sample has the same three keys in October; each is counted once, as the file reported last has it.
    "13_same_case_in_two_months": Read(
        {"filed_on": [NOVEMBER] * 3, "grams": [None, 16.15, 21.35], "suspects": [4, 1, 4]}, ("3起由2026年10月改计入2026年11月,各计一次",)
    ),
    "14_filtered_rows": Read(cases(5), ("第3—4行是隐藏的",)),
    "15_township_sheet_without_header": Asked({("sheet_kind", "河湾镇", None, None)}, ("以乡镇命名", "补上与其他表相同的表头")),
    "16_formula_gives_empty_text": Read(cases()),
    "17_remedy_header_kg": Asked({("unknown_header", SHEET, 1, "I")}, ("千克", "换算成克(乘1000)")),
    "18_remedy_second_header_row": Asked({("second_header", SHEET, 2, None)}, ("累计", "映射方案")),
    "19_remedy_side_by_side": Asked(
        in_rows("duplicate_header", (1,), "立案月份", "立案乡镇代码", "案由", "立案数"), ("把右半张表接到左半张表下面,一行也不丢",)
    ),
    "20_external_link_remedy": Asked({("active_content", None, None, None)}, ("数据—编辑链接—断开链接", "空白模板")),
    "21_date_43_seconds_short": Asked(in_rows("month_time", THREE, FILED), ("时刻", "差了一天", "对照原系统")),
    "22_invisible_signs": Read({**cases(), "township": TOWNS, "charge": ["trafficking"] * 3}),
    "23_certain_words": Read(counts("trafficking", "possession", "sheltering")),
    "24_months_of_exports": Read(cases()),
    "25_official_form_frame": Read(COUNTED, ("第7行",)),
    "26_total_in_one_cell": Read(COUNTED, ("合计、小计1行(第5行)不计入记录",)),
    "27_one_cell_footers": Read(COUNTED, ("表尾说明1行(第5行)不计入记录",)),
    "28_statistical_column_row": Read(COUNTED, ("栏次行或重复的表头1行(第2行)不计入记录",)),
    "29_footnote_sign_month": Asked(in_rows("footnote_sign", (2, 3), FILED, sheet=None), ("附注符号",)),
    "30_stray_blank_cell_far_right": Read(COUNTED),
}


@pytest.mark.parametrize("case", RIGHT)
def test_a_given_delivery_ends_as_is_right(case: str, shared_folder: Path, sample_warehouse: Path, pack: CountyPack) -> None:
    folder = shared_folder / "cases" / "intake" / case
    if not folder.is_dir():
        pytest.skip(f"the given delivery {case} (../shared/cases/intake) is not here")
    said = folder / "profile.json"
    chosen = parse(said.read_bytes(), extracts()) if said.exists() else None
    delivered = next(path for path in folder.iterdir() if path != said)
    rows = TypedRows(pack, sample_warehouse)
    (result,) = inspect_batch([delivered], pack, data=sample_warehouse, on=ON, profile=chosen, rows=rows)
    right = RIGHT[case]
    if isinstance(right, Asked):
        is_sent_back(result, right)
    else:
        is_read(result, rows, right)


def is_sent_back(result: InspectionResult, right: Asked) -> None:
    """It is refused for what is wrong with it and nothing else, and no remedy loses anything."""
    assert {(problem.rule, problem.sheet, problem.row, problem.column) for problem in result.problems} == right.places
    assert sum(count for _, count in result.problem_counts) == len(right.places)
    assert result.rows_accepted == 0
    for problem in result.problems:
        assert [word for word in right.words if word not in problem.message.zh + problem.remedy.zh] == []
        assert not any(word in problem.remedy.zh for word in ("删除该", "只保留", "改为“缴获克数”"))


def is_read(result: InspectionResult, rows: TypedRows, right: Read) -> None:
    """It is in order, says exactly what it says, and what was left out of the records is named."""
    assert result.problems == ()
    assert not result.has_identifiers
    typed = rows.of(entry_of(result, "甲")).to_pydict()
    assert {name: typed[name] for name in right.columns} == right.columns
    remarks = "\n".join(remark.message.zh for remark in result.remarks)
    assert [word for word in right.words if word not in remarks] == []


def test_every_given_delivery_is_known_here(shared_folder: Path) -> None:
    given = shared_folder / "cases" / "intake"
    if not given.is_dir():
        pytest.skip("the given deliveries (../shared/cases/intake) are not here")
    assert {path.name for path in given.iterdir() if path.is_dir()} == set(RIGHT)
