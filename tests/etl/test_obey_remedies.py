"""Every remedy is obeyed by machine: whoever does what a refusal says loses no record and no factor.

Of each rule that a delivery can be refused for, a delivery is spoiled so that it is refused, the remedy is followed word for word, and the
obeyed file must be accepted with the numbers of the sound one, or be asked about again. A rule that is in none of the lists below fails the
test: a new remedy has to be thought through.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection import inspect as inspection
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.mapping.profile import Profile
from etl.privacy.gate import _TITLES as GATE_RULES
from etl.problems import Problem
from etl.publishing.acceptance import accept
from etl.reading.cell_faults import _WORDS as CELL_FAULTS
from etl.reading.cells import RULES
from tests.etl.files import CASES, REGISTRY, TOWNSHIPS, csv_text, grid, rows

ON = date(2026, 11, 20)
COUNTS = extracts()["case_counts"]
Cells = list[list[Any]]
Place = tuple[int, int]  # row from 1, column from 0

SOUND = grid(CASES, rows(CASES, campaign=""))
SOUND_PEOPLE = grid(REGISTRY, rows(REGISTRY))
SOUND_COUNTS: Cells = [
    ["立案月份", "立案乡镇代码", "案由", "立案数"],
    ["2026-10", TOWNSHIPS[0], "走私、贩卖、运输", "5"],
    ["2026-10", TOWNSHIPS[1], "非法持有", "3"],
    ["2026-10", TOWNSHIPS[2], "走私、贩卖、运输", "2"],
    ["2026-10", TOWNSHIPS[3], "非法持有", "4"],
]
CASES_NAME = "毒品案件_202605_报20261105"
COUNTS_NAME = "毒品案件月报表_202610_报20261105"
PEOPLE_NAME = "在册吸毒人员_202610_报20261105"
# The same four numbers in an office's own form: 5 + 3 + 2 + 4 = 14.
OFFICE: Cells = [["镇街", "案由", "数"], *([row[1], row[2], row[3]] for row in SOUND_COUNTS[1:])]
OFFICE_CHOICES: dict[str, Any] = {"columns": {"township": ["镇街"], "charge": ["案由"], "opened": ["数"]}, "month_is_last": True}


@dataclass(frozen=True)
class Book:
    """A delivery before it is written.

    Attributes:
        sheets: Name -> cells. A text file has one.
        formats: Place -> format of xlsxwriter on the first sheet.
        raw: Bytes of a text file that no writer of tables would write.
    """

    name: str
    sheets: dict[str, Cells]
    suffix: str = ".csv"
    formats: dict[Place, dict[str, Any]] = field(default_factory=dict)
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: frozenset[str] = frozenset()
    raw: bytes | None = None
    choices: dict[str, Any] | None = None

    @property
    def cells(self) -> Cells:
        return next(iter(self.sheets.values()))

    def profile(self) -> Profile | None:
        return None if self.choices is None else Profile.from_choices("office", COUNTS, **{"encoding": "auto", "separator": "auto", **self.choices})

    def write(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        path = folder / (self.name + self.suffix)
        if self.suffix == ".csv":
            path.write_bytes(self.raw if self.raw is not None else csv_text(self.cells).encode("utf-8-sig"))
            return path
        with xlsxwriter.Workbook(path) as book:
            for position, (name, cells) in enumerate(self.sheets.items()):
                page = book.add_worksheet(name)
                for row, written in enumerate(cells):
                    for column, value in enumerate(written):
                        style = self.formats.get((row + 1, column)) if position == 0 else None
                        page.write(row, column, value, book.add_format(style) if style else None)
                for first, left, last, right in self.merged if position == 0 else ():
                    page.merge_range(first - 1, left, last - 1, right, cells[first - 1][left])
                if name in self.hidden:
                    page.hide()
        return path


Obey = Callable[[Book, Sequence[Problem]], Book]


@dataclass(frozen=True)
class Spoiled:
    """A delivery that is refused by a rule, and what its remedy says to do.

    Attributes:
        case: Which of the cases the remedy names.
        sound: The table as it should have been written.
        asked: The obeyed file is asked about again instead of accepted.
    """

    rule: str
    book: Book
    obey: Obey
    case: str = ""
    sound: Book | None = None
    asked: bool = False


def change(cells: Sequence[Sequence[Any]], row: int, header: str, text: Any) -> Cells:
    changed = [list(line) for line in cells]
    changed[row - 1][changed[0].index(header)] = text
    return changed


def cases(cells: Cells, **items: Any) -> Book:
    return Book(CASES_NAME, {"报表": cells}, **items)


def people(cells: Cells, **items: Any) -> Book:
    return Book(PEOPLE_NAME, {"报表": cells}, **items)


def counts(cells: Cells, **items: Any) -> Book:
    return Book(COUNTS_NAME, {"报表": cells}, **items)


def office(cells: Cells, **choices: Any) -> Book:
    return Book("表_202610_报20261105", {"报表": cells}, ".xlsx", choices={**OFFICE_CHOICES, **choices})


def with_cells(book: Book, cells: Cells) -> Book:
    return replace(book, sheets={**book.sheets, next(iter(book.sheets)): cells}, raw=None)


def look_up(sound: Cells) -> Obey:
    """The remedy says what to find out of a cell; the analyst writes there what the source has."""

    def obey(book: Book, problems: Sequence[Problem]) -> Book:
        cells = [list(line) for line in book.cells]
        for problem in problems:
            if problem.row is not None and problem.column in cells[0]:
                column = cells[0].index(problem.column)
                cells[problem.row - 1][column] = sound[problem.row - 1][column]
        return replace(with_cells(book, cells), formats={})

    return obey


def do(step: Callable[[Cells], Cells]) -> Obey:
    return lambda book, _: with_cells(book, step([list(line) for line in book.cells]))


def rename(header: str, to: str) -> Obey:
    return do(lambda cells: [[to if text == header else text for text in cells[0]], *cells[1:]])


def choose(**choices: Any) -> Obey:
    """The remedy sends to the mapping profile."""
    return lambda book, _: replace(book, choices={**(book.choices or {}), **choices})


def named(name: str) -> Obey:
    return lambda book, _: replace(book, name=name)


def without_row(row: int) -> Obey:
    return do(lambda cells: [*cells[: row - 1], *cells[row:]])


def times(header: str, factor: float) -> Callable[[Cells], Cells]:
    def step(cells: Cells) -> Cells:
        column = cells[0].index(header)
        return [cells[0], *([*row[:column], f"{float(row[column]) * factor:g}", *row[column + 1 :]] for row in cells[1:])]

    return step


def renamed_header(cells: Sequence[Sequence[Any]], header: str, to: str) -> Cells:
    return [[to if text == header else text for text in cells[0]], *(list(row) for row in cells[1:])]


def in_kilograms(cells: Sequence[Sequence[Any]], to: str) -> Cells:
    return renamed_header(times("缴获克数", 0.001)([list(row) for row in cells]), "缴获克数", to)


# A cell that is no admitted spelling: rule, header, what is written. The remedy is to write there what the source has.
CELL_SLIPS = [
    ("missing", "立案年月", ""),
    ("month", "立案年月", "五月份"),
    ("month_ambiguous", "立案年月", "2026.1"),
    ("day_given", "立案年月", "2026-05-12"),
    ("month_serial", "立案年月", "46150"),
    ("month_short_year", "立案年月", "26-05"),
    ("month_time", "立案年月", "2026-04-30 23:59:17"),
    ("code", "案由", "走私些"),
    ("township_form", "案发乡镇代码", "99012100"),
    ("township_unknown", "案发乡镇代码", "110101001000"),
    ("township_ruined", "案发乡镇代码", "9.90121E+11"),
    ("township_name", "案发乡镇代码", "天边镇"),
    ("township_police", "案发乡镇代码", "云汀派出所"),
    ("township_county", "案发乡镇代码", "全县"),
    ("count", "抓获嫌疑人数", "约3"),
    ("count", "抓获嫌疑人数", "0.003千"),
    ("negative", "抓获嫌疑人数", "-3"),
    ("grams", "缴获克数", "0.0125千克"),
    ("grams", "缴获克数", "12.5公斤"),
    ("flag", "是否制毒窝点", "也许"),
    ("drug", "毒品种类", "某种药"),
    ("label", "专项行动", "清零 行动"),
    ("footnote_sign", "抓获嫌疑人数", "3①"),
    ("invisible_sign", "抓获嫌疑人数", "1\u200b2"),
    ("key_form", "案件代号", "AB1"),
    ("outside_coverage", "立案年月", "2026-04"),
    ("solved_after_filed", "破案年月", "2026-03"),
]
PEOPLE_SLIPS = [
    ("year", "出生年份", "90"),
    ("age_range", "出生年份", "2024"),
    ("found_before_snapshot", "初次发现年月", "2026-11"),
    ("found_in_lifetime", "初次发现年月", "1991-01"),
]
HALVES = [[*left, "", *right] for left, right in zip(SOUND_COUNTS[:3], [SOUND_COUNTS[0], *SOUND_COUNTS[3:]], strict=True)]
RUNNING = renamed_header(OFFICE, "数", "累计数")
OFFICE_WIDE: Cells = [["镇街", "贩毒", "持毒", "合计"], [TOWNSHIPS[0], 5, 2, 7], [TOWNSHIPS[1], 3, 1, 4]]
WIDE_CHOICES: dict[str, Any] = {
    "columns": {"township": ["镇街"]},
    "measures": {"贩毒": {"charge": "trafficking"}, "持毒": {"charge": "possession"}},
    "counts_into": "opened",
    "ignored": ["合计"],
    "blank_is_zero": True,
}
KEYS_COUNTED_UP = [["案件代号" if row == 0 else f"KEYROW{row:03d}", *line[1:]] for row, line in enumerate(SOUND)]
TOTALS = [*SOUND_COUNTS, ["合计", "", "", "14"]]

MONTHS: Cells = [["镇街", "案由", "2026年8月", "2026年9月", "2026年10月"], [TOWNSHIPS[0], "非法持有", 1, 0, 2], [TOWNSHIPS[1], "非法持有", 4, 5, 6]]


def of_months(cells: Cells) -> Book:
    choices = {"columns": {"township": ["镇街"], "charge": ["案由"]}, "has_month_columns": True, "counts_into": "opened"}
    return Book("表_202608-202610_报20261105", {"报表": cells}, ".xlsx", choices=choices)


SPOILED = [
    *(Spoiled(rule, cases(change(SOUND, 3, header, text)), look_up(SOUND), text) for rule, header, text in CELL_SLIPS),
    *(Spoiled(rule, people(change(SOUND_PEOPLE, 3, header, text)), look_up(SOUND_PEOPLE), text) for rule, header, text in PEOPLE_SLIPS),
    Spoiled("future_month", people(change(SOUND_PEOPLE, 3, "最近查获年月", "2027-01")), look_up(SOUND_PEOPLE)),
    Spoiled("key_case", cases(change(SOUND, 3, "案件代号", SOUND[1][0].lower())), look_up(SOUND), "two cases"),
    Spoiled("key_sequence", cases(KEYS_COUNTED_UP), do(lambda cells: [[new[0], *row[1:]] for new, row in zip(SOUND, cells, strict=True)])),
    Spoiled("outside_coverage", Book("毒品案件_202604_报20261105", {"报表": SOUND}), named(CASES_NAME), "file name", sound=cases(SOUND)),
    Spoiled("suspects_add_up", cases(change(SOUND, 3, "抓获嫌疑人数", "1")), do(lambda _: SOUND)),
    Spoiled("grams_have_drug", cases(change(SOUND, 3, "毒品种类", "")), do(lambda _: SOUND)),
    Spoiled("township_former", cases(change(SOUND, 3, "案发乡镇代码", "990121202000")), look_up(SOUND)),
    # Headers.
    *(
        Spoiled(
            "unknown_header",
            cases(in_kilograms(SOUND, header)),
            do(lambda cells, header=header: renamed_header(times(header, 1000)(cells), header, "缴获克数")),
            header,
        )
        for header in ("缴获克数(千克)", "缴获千克数", "缴获公斤数(kg)", "缴获数量(kg)")
    ),
    Spoiled(
        "unknown_header", cases(renamed_header(SOUND, "抓获嫌疑人数", "抓获嫌疑人")), rename("抓获嫌疑人", "抓获嫌疑人数"), "same in other words"
    ),
    Spoiled(
        "unknown_header",
        cases([[*row, "x" if index else "打印序列"] for index, row in enumerate(SOUND)]),
        do(lambda cells: [row[:-1] for row in cells]),
        "moved",
    ),
    Spoiled(
        "unknown_header",
        counts(renamed_header(SOUND_COUNTS, "立案数", "累计立案数"), suffix=".xlsx"),
        lambda book, _: replace(
            book,
            choices={
                "columns": {"month": ["立案月份"], "township": ["立案乡镇代码"], "charge": ["案由"], "opened": ["累计立案数"]},
                "is_cumulative": True,
            },
        ),
        "running total, by a profile",
    ),
    Spoiled(
        "missing_header", cases([row[:-1] for row in SOUND]), do(lambda cells: [[*row, full[-1]] for row, full in zip(cells, SOUND, strict=True)])
    ),
    Spoiled(
        "duplicate_header",
        counts(HALVES),
        do(lambda cells: [cells[0][:4], *(row[:4] for row in cells[1:]), *(row[5:] for row in cells[1:])]),
        "two halves",
    ),
    Spoiled("duplicate_header", counts([[*row, row[3]] for row in SOUND_COUNTS]), do(lambda cells: [row[:-1] for row in cells]), "a copy"),
    Spoiled(
        "duplicate_header",
        counts([[*row, row[3] if index == 0 else "9"] for index, row in enumerate(SOUND_COUNTS)]),
        do(lambda cells: [[*cells[0][:-1], "上年立案数"], *cells[1:]]),
        "the other column gets its own header",
        asked=True,
    ),
    Spoiled("header_not_found", counts([["甲", "乙"], ["1", "2"]]), do(lambda _: SOUND_COUNTS)),
    Spoiled(
        "second_header",
        counts([SOUND_COUNTS[0], ["", "", "", "累计"], *SOUND_COUNTS[1:]], suffix=".xlsx"),
        do(lambda cells: [[*cells[0][:-1], cells[0][-1] + cells[1][-1]], *cells[2:]]),
        "joined",
        asked=True,
    ),
    Spoiled(
        "second_header",
        counts([["", "", "", "上年"], *SOUND_COUNTS], suffix=".xlsx"),
        do(lambda cells: [[*cells[1][:-1], cells[0][-1] + cells[1][-1]], *cells[2:]]),
        "joined from above",
        asked=True,
    ),
    # Rows.
    Spoiled("blank_row", counts([*SOUND_COUNTS[:3], ["", "", "", ""], *SOUND_COUNTS[3:]], suffix=".xlsx"), without_row(4)),
    Spoiled(
        "total_row",
        counts([*SOUND_COUNTS, ["合计", TOWNSHIPS[0], "非法持有", "14"]]),
        do(lambda cells: [*cells[:-1], ["合计", "", "", "14"]]),
        "a total",
    ),
    Spoiled("total_row", counts(change(SOUND_COUNTS, 3, "立案月份", "合计")), do(lambda _: SOUND_COUNTS), "a record"),
    Spoiled("footer_row", counts(change(SOUND_COUNTS, 3, "立案月份", "填报2026-10")), do(lambda _: SOUND_COUNTS), "a record"),
    Spoiled(
        "row_kind",
        counts([*SOUND_COUNTS[:3], ["补报", "", "", ""], *SOUND_COUNTS[3:]]),
        do(lambda cells: [*cells[:3], *cells[4:], ["注:补报", "", "", ""]]),
    ),
    Spoiled("rows_above_header", counts([SOUND_COUNTS[1], SOUND_COUNTS[0], *SOUND_COUNTS[2:]]), do(lambda cells: [cells[1], cells[0], *cells[2:]])),
    Spoiled("duplicate_key", counts([*SOUND_COUNTS, SOUND_COUNTS[1]]), without_row(6), "entered twice"),
    Spoiled("duplicate_key", cases(change(SOUND, 3, "案件代号", SOUND[1][0])), look_up(SOUND), "two cases"),
    Spoiled(
        "duplicate_key",
        counts([[*SOUND_COUNTS[0]], [*SOUND_COUNTS[1][:3], "2"], [*SOUND_COUNTS[1][:3], "3"], *SOUND_COUNTS[2:]]),
        do(lambda cells: [cells[0], SOUND_COUNTS[1], *cells[3:]]),
        "one number in two rows",
    ),
    Spoiled("total_mismatch", counts([*TOTALS[:-1], ["合计", "", "", "15"]]), do(lambda _: TOTALS), "the total"),
    Spoiled("total_mismatch", counts([*TOTALS[:3], *TOTALS[4:]]), do(lambda _: TOTALS), "a row was missing"),
    Spoiled(
        "total_mismatch",
        replace(office([*OFFICE_WIDE[:2], [TOWNSHIPS[1], 3, "", 4]]), choices={**WIDE_CHOICES, "month_is_last": True}),
        do(lambda _: OFFICE_WIDE),
        "beside the columns",
        sound=replace(office(OFFICE_WIDE), choices={**WIDE_CHOICES, "month_is_last": True}),
    ),
    Spoiled("no_rows", people(SOUND_PEOPLE[:1]), do(lambda _: SOUND_PEOPLE)),
    # Units, and what a workbook shows.
    Spoiled(
        "unit_other",
        cases([["单位:千克"], *in_kilograms(SOUND, "缴获克数")], suffix=".xlsx"),
        do(lambda cells: [["单位:克"], *times("缴获克数", 1000)(cells[1:])]),
        "converted",
    ),
    Spoiled("unit_other", cases([["单位:千克"], *SOUND], suffix=".xlsx"), do(lambda cells: [["单位:克"], *cells[1:]]), "in grams already"),
    Spoiled(
        "number_format",
        cases(change(SOUND, 3, "缴获克数", 12.5), suffix=".xlsx", formats={(3, 8): {"num_format": '0.0"千克"'}}),
        look_up(change(SOUND, 3, "缴获克数", "12500")),
        sound=cases(change(SOUND, 3, "缴获克数", "12500")),
    ),
    Spoiled(
        "merged_cells",
        counts([*SOUND_COUNTS[:2], [*SOUND_COUNTS[2][:3], ""], *SOUND_COUNTS[3:]], suffix=".xlsx", merged=((2, 3, 3, 3),)),
        lambda book, _: replace(with_cells(book, SOUND_COUNTS), merged=()),
    ),
    Spoiled(
        "struck_through", counts(SOUND_COUNTS, suffix=".xlsx", formats={(3, 3): {"font_strikeout": True}}), lambda book, _: replace(book, formats={})
    ),
    # Sheets.
    Spoiled(
        "title_meaning",
        counts([["毒品案件上年同期数"], *SOUND_COUNTS], suffix=".xlsx"),
        do(lambda cells: [["2026年10月统计表"], *cells[1:]]),
        "this period's",
    ),
    Spoiled(
        "title_meaning",
        Book(COUNTS_NAME, {"报表": SOUND_COUNTS, "上年同期": [SOUND_COUNTS[0], *([*row[:3], "9"] for row in SOUND_COUNTS[1:])]}, ".xlsx"),
        lambda book, _: replace(book, sheets={"报表": SOUND_COUNTS}),
        "last year's",
    ),
    Spoiled(
        "sheet_kind",
        Book(COUNTS_NAME, {"报表": SOUND_COUNTS[:3], "河湾镇": SOUND_COUNTS[3:]}, ".xlsx"),
        lambda book, _: replace(book, sheets={"报表": SOUND_COUNTS[:3], "河湾镇": [SOUND_COUNTS[0], *SOUND_COUNTS[3:]]}),
        asked=True,
    ),
    Spoiled(
        "several_sheets",
        Book(COUNTS_NAME, {"一": SOUND_COUNTS[:3], "二": renamed_header([SOUND_COUNTS[0], *SOUND_COUNTS[3:]], "立案数", "累计立案数")}, ".xlsx"),
        lambda book, _: replace(book, sheets={"一": SOUND_COUNTS[:3], "二": [SOUND_COUNTS[0], *SOUND_COUNTS[3:]]}),
        "same meaning",
    ),
    Spoiled(
        "several_sheets",
        Book("表_202610_报20261105", {"一": OFFICE[:3], "二": [OFFICE[0], *OFFICE[3:]]}, ".xlsx", choices=OFFICE_CHOICES),
        lambda book, _: replace(book, sheets={"一": OFFICE}),
        "put on one sheet",
    ),
    Spoiled(
        "hidden_sheet",
        Book(COUNTS_NAME, {"说明": [["x"]], "报表": SOUND_COUNTS}, ".xlsx", hidden=frozenset(("报表",))),
        lambda book, _: replace(book, hidden=frozenset()),
    ),
    # Text.
    Spoiled("row_width", counts(SOUND_COUNTS, raw=csv_text(SOUND_COUNTS).replace(",5\r\n", "\r\n").encode()), do(lambda _: SOUND_COUNTS)),
    Spoiled("quote", counts(SOUND_COUNTS, raw=csv_text(SOUND_COUNTS).replace(",5\r\n", ',"5"x\r\n').encode()), do(lambda _: SOUND_COUNTS)),
    # Months and dates of the file.
    Spoiled(
        "coverage_conflict",
        counts([["2026年1—10月统计表"], *SOUND_COUNTS], suffix=".xlsx"),
        do(lambda cells: [["2026年10月统计表"], *cells[1:]]),
        "title",
    ),
    Spoiled(
        "coverage_conflict",
        office(renamed_header(OFFICE, "数", "2025年10月数"), columns={**OFFICE_CHOICES["columns"], "opened": ["2025年10月数"]}),
        rename("2025年10月数", "数"),
        "header",
        asked=True,
    ),
    Spoiled("type_conflict", Book(CASES_NAME, {"报表": SOUND_COUNTS}), named(COUNTS_NAME), sound=counts(SOUND_COUNTS)),
    Spoiled("coverage_unknown", Book("毒品案件月报表_报20261105", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    Spoiled("coverage_impossible", Book("毒品案件月报表_202613_报20261105", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    Spoiled("coverage_future", Book("毒品案件月报表_202612_报20261105", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    Spoiled("reported_on_future", Book("毒品案件月报表_202610_报20261205", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    Spoiled("reported_on_early", Book("毒品案件月报表_202610_报20260905", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    Spoiled("reported_on_conflict", Book("毒品案件月报表_202610_报20260231", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    Spoiled("name_in_file_name", Book("毒品案件月报表_王小明_202610_报20261105", {"报表": SOUND_COUNTS}), named(COUNTS_NAME)),
    # Profiles.
    Spoiled("unmapped_header", office([[*OFFICE[0], "页码"], *([*row, "1"] for row in OFFICE[1:])]), choose(ignored=["页码"])),
    Spoiled(
        "unmapped_value",
        office(change(OFFICE, 3, "案由", "持毒类"), values={"charge": {"贩毒类": "trafficking"}}),
        choose(values={"charge": {"持毒类": "possession"}}),
    ),
    Spoiled(
        "no_row_kept",
        office([[*OFFICE[0], "大类"], *([*row, "涉毒"] for row in OFFICE[1:])], filters={"大类": ["毒品"]}),
        choose(filters={"大类": ["涉毒"]}),
    ),
    Spoiled(
        "header_meaning", office(RUNNING, columns={**OFFICE_CHOICES["columns"], "opened": ["累计数"]}), choose(is_cumulative=True), "running total"
    ),
    Spoiled(
        "header_meaning", office(RUNNING, columns={**OFFICE_CHOICES["columns"], "opened": ["累计数"]}), choose(confirmed=["累计数"]), "the month's"
    ),
    Spoiled(
        "header_meaning",
        office(
            renamed_header(times("数", 0.001)([list(row) for row in OFFICE]), "数", "数(千起)"),
            columns={**OFFICE_CHOICES["columns"], "opened": ["数(千起)"]},
        ),
        choose(factors={"数(千起)": "1000"}),
        "in thousands",
    ),
    Spoiled(
        "header_meaning",
        office(
            [["镇街", "案由", "上年数", "数"], *([row[0], row[1], 9, row[2]] for row in OFFICE[1:])],
            columns={**OFFICE_CHOICES["columns"], "opened": ["上年数"]},
            ignored=["数"],
        ),
        choose(columns=OFFICE_CHOICES["columns"], ignored=["上年数"]),
        "another column is this year's",
    ),
    Spoiled("month_gap", of_months([[*row[:3], row[4]] for row in MONTHS]), do(lambda _: MONTHS), sound=of_months(MONTHS)),
    Spoiled(
        "duplicate_header",
        of_months([[*row, row[4]] for row in MONTHS]),
        do(lambda cells: [row[:-1] for row in cells]),
        "a month",
        sound=of_months(MONTHS),
    ),
]

SOUND_OF = {CASES_NAME: cases(SOUND), PEOPLE_NAME: people(SOUND_PEOPLE), COUNTS_NAME: counts(SOUND_COUNTS)}

# Rules whose remedy touches no cell of a delivery, or that no delivery of this county provokes; why nothing can be lost by obeying.
NOTHING_TO_LOSE = {
    **dict.fromkeys(GATE_RULES, "the office clears what identifies somebody and keeps the row; tested below"),
    **dict.fromkeys(("identifier_in_file_name",), "only the name of the file changes; what months it covers is asked again"),
    **dict.fromkeys(("too_large", "too_many_rows"), "the months are delivered as files of their own"),
    **dict.fromkeys(("month_lacking",), "a month each, or the running total is said in the profile; tested in test_question"),
    **dict.fromkeys(("reported_on_needed", "reported_on_equal"), "only the name of the file changes; two parts of a month are put into one file"),
    **dict.fromkeys(("previous_cumulative_needed", "correction", "running_total_missing"), "another month is delivered, or a row is added"),
    **dict.fromkeys(("file_kind", "web_page", "empty_file", "not_a_workbook", "password"), "the same content is delivered in a kind that is read"),
    **dict.fromkeys(("too_large_unpacked", "too_demanding", "xml_entities", "active_content", "stray_cell"), "the same cells are saved anew"),
    **dict.fromkeys(("encoding", "line_end", "control_character", "damaged_text", "mojibake", "too_many_columns"), "it is exported again"),
    **dict.fromkeys(
        ("error_cell", "formula_without_value", "raised_sign"), "the cell is entered again; every container of them is in test_cell_states"
    ),
    **dict.fromkeys(("township_ambiguous", "amount"), "this county has no such name and no such column; the remedy is to write the code, the number"),
    **dict.fromkeys(("profile_conflict", "profile_damaged", "profile_unfit", "profile_name"), "no delivery changes, only the profile"),
    **dict.fromkeys(("profile_column", "profile_header", "profile_code", "profile_form", "profile_extract"), "no delivery changes, only the profile"),
    **dict.fromkeys(("profile_counts", "profile_layout", "profile_encoding", "profile_factor"), "no delivery changes, only the profile"),
    "type_unknown": "only the name of the file changes, and the header must agree with it",
    "sheet_township": "the township or the name of the sheet is corrected; tested in test_row_kinds",
    "key_hash": "the key is replaced, the row stays",
    "key_identity": "the key is replaced, the row stays",
}
_MAKES = frozenset(("Problem", "problem_of_file", "UnreadableError", "fault", "_problem", "RowCheck"))
_ROOMS = ("reading", "mapping", "inspection", "privacy", "extracts")


def rules_in_the_code() -> set[str]:
    """Every rule that a delivery can be refused for, found in the source."""
    found = {*RULES, *GATE_RULES, *(rule for rule, _, _ in CELL_FAULTS.values())}
    for path in (path for room in _ROOMS for path in (Path(__file__).parents[2] / "etl" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            made = isinstance(called, ast.Name) and called.id in _MAKES
            added = isinstance(called, ast.Attribute) and called.attr == "add" and path.name == "validate.py"
            if isinstance(node, ast.Call) and (made or added):
                given = node.args[:1] if made else node.args[1:2]
                found |= {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}
            if isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 3 and path.name in ("validate.py", "text_file.py"):
                first = node.elts[0]
                found |= (
                    {first.value}
                    if isinstance(first, ast.Constant) and isinstance(first.value, str) and re.fullmatch("[a-z_]+", first.value)
                    else set()
                )
    return found


def judge(book: Book, folder: Path, pack: CountyPack) -> InspectionResult:
    return inspection.inspect(book.write(folder), pack, on=ON, profile=book.profile())


def numbers(result: InspectionResult, folder: Path, pack: CountyPack) -> list[tuple[object, ...]]:
    """What the build will read of an accepted file, row by row in one order."""
    assert not result.is_refused, "\n".join(result.lines())
    (entry,) = accept([result], folder, "test")
    columns = TypedRows(pack, folder).of(entry).to_pydict()
    return sorted(zip(*columns.values(), strict=True), key=repr)


def test_every_rule_has_been_thought_through() -> None:
    provoked = {one.rule for one in SPOILED}
    found = rules_in_the_code()
    assert len(found) > 100  # the search sees the source
    assert found - provoked - set(NOTHING_TO_LOSE) == set()
    assert (provoked | set(NOTHING_TO_LOSE)) - found - {"correction", "sheet_left_out"} == set()


@pytest.mark.parametrize("spoiled", SPOILED, ids=lambda spoiled: f"{spoiled.rule}-{spoiled.case}")
def test_obeying_the_remedy_loses_nothing(tmp_path: Path, pack: CountyPack, spoiled: Spoiled) -> None:
    refused = judge(spoiled.book, tmp_path / "spoiled", pack)
    problems = [problem for problem in refused.problems if problem.rule == spoiled.rule]
    assert problems, "\n".join(refused.lines())
    # Nothing is deleted while it is open what it is.
    assert not [problem.remedy.zh for problem in problems if re.search("删除(?!线)|只保留一|只留一|删掉", problem.remedy.zh)]
    obeyed = judge(spoiled.obey(spoiled.book, problems), tmp_path / "obeyed", pack)
    if spoiled.asked:
        assert obeyed.is_refused, "\n".join(obeyed.lines())
        return
    sound = spoiled.sound or SOUND_OF.get(spoiled.book.name) or (office(OFFICE) if spoiled.book.choices else counts(SOUND_COUNTS))
    expected = numbers(judge(sound, tmp_path / "sound", pack), tmp_path / "data of sound", pack)
    assert numbers(obeyed, tmp_path / "data of obeyed", pack) == expected


def test_no_remedy_in_the_source_takes_anything_away_unseen() -> None:
    words = [
        node.value
        for room in _ROOMS
        for path in (Path(__file__).parents[2] / "etl" / room).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    assert any("接到左半张表下面" in word for word in words)  # the search sees the remedies
    assert [word for word in words if re.search("删除(?!线)|删掉|只保留|只留一", word)] == []


def test_what_identifies_somebody_is_cleared_and_the_row_stays(tmp_path: Path, pack: CountyPack) -> None:
    book = cases(change(SOUND, 3, "专项行动", "13812345678"))
    refused = judge(book, tmp_path / "spoiled", pack)
    assert refused.has_identifiers
    assert all("记录本身不删" in problem.remedy.zh for problem in refused.problems)
    cleared = judge(with_cells(book, change(book.cells, 3, "专项行动", "")), tmp_path / "cleared", pack)
    assert cleared.rows_accepted == 5


def test_the_sound_tables_hold_what_was_typed(tmp_path: Path, pack: CountyPack) -> None:
    # 5 + 3 + 2 + 4 cases; five cases of 12.5 g and 3 suspects.
    assert sum(row[3] for row in numbers(judge(counts(SOUND_COUNTS), tmp_path / "a", pack), tmp_path / "b", pack)) == 14
    assert sum(row[3] for row in numbers(judge(office(OFFICE), tmp_path / "c", pack), tmp_path / "d", pack)) == 14
    result = judge(cases(SOUND), tmp_path / "e", pack)
    (entry,) = accept([result], tmp_path / "f", "test")
    columns = TypedRows(pack, tmp_path / "f").of(entry).to_pydict()
    assert (sum(columns["grams"]), sum(columns["suspects"])) == (62.5, 15)
