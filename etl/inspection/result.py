"""What intake says about one delivered file, in a form that people and programs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from etl.mapping.profile import Profile
from etl.privacy import sheet_names
from etl.problems import LISTED, SAID, Problem, Remark, alike, row_ranges
from indicators.model import Text


class Acceptance(StrEnum):
    """What an inspection, and what came after it, means for the file."""

    IN_ORDER = "in_order"  # may be accepted
    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"  # the same bytes were accepted before
    REFUSED = "refused"


ACCEPTANCE_WORDS = {
    Acceptance.IN_ORDER: Text("检查通过", "In order"),
    Acceptance.ACCEPTED: Text("已入库", "Accepted"),
    Acceptance.UNCHANGED: Text("已入库,无变化", "Already accepted, nothing changed"),
    Acceptance.REFUSED: Text("退回", "Refused"),
}


@dataclass(frozen=True)
class HeaderPlace:
    """Where one header of the contract stands in a file.

    Attributes:
        row: Row as the file's own program counts.
        column: Position of the column, from 0.
        header: The header, as written or as the template prints it.
    """

    sheet: str | None
    row: int
    column: int
    header: str


@dataclass(frozen=True)
class InspectionResult:
    """What the inspection of one file came to.

    Attributes:
        file_name: Base name as given, without control characters; masked where it holds an identifier.
        rows_found: Rows below the header.
        rows_refused: Rows with at least one problem of their own.
        problems: At most 2,000, in the order of the file; ``problem_counts`` has them all by rule.
        remarks: What to know of a file though nothing is wrong with it.
        profile: The mapping profile by which it was read; None for a file in the template's form, or one known before.
        profile_sha256: The digest of that profile.
        places: Where the headers of the contract stand, on every sheet of the table; empty where no table was found.
        has_identifiers: The file holds personal identifiers and is not kept anywhere.
    """

    path: Path
    file_name: str
    sha256: str
    size: int
    acceptance: Acceptance
    extract: str | None = None
    title: Text | None = None
    first_month: date | None = None
    last_month: date | None = None
    reported_on: date | None = None
    encoding: str | None = None
    rows_found: int = 0
    rows_refused: int = 0
    problems: tuple[Problem, ...] = ()
    problem_counts: tuple[tuple[str, int], ...] = ()
    has_identifiers: bool = False
    remarks: tuple[Remark, ...] = ()
    profile: Profile | None = None
    profile_sha256: str | None = None
    places: tuple[HeaderPlace, ...] = ()

    @property
    def is_refused(self) -> bool:
        """Whether the file must be mended before it can be accepted."""
        return self.acceptance is Acceptance.REFUSED

    @property
    def rows_accepted(self) -> int:
        """Rows in order; none of a refused file is used, because a file is taken whole or not at all."""
        return 0 if self.is_refused else self.rows_found

    def refused(self, problems: Iterable[Problem], rows_refused: int = 0, counts: Counter[str] | None = None) -> InspectionResult:
        """Return this result as a refusal for these problems."""
        listed = list(problems)
        counted = counts if counts is not None else Counter(problem.rule for problem in listed)
        listed.sort(key=lambda problem: (problem.row or 0, problem.column or ""))
        return replace(
            self,
            acceptance=Acceptance.REFUSED,
            problems=tuple(listed[:LISTED]),
            problem_counts=tuple(sorted(counted.items())),
            rows_refused=rows_refused,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the result for ``--json``."""
        return {
            "file": self.file_name,
            "sha256": self.sha256,
            "bytes": self.size,
            "outcome": str(self.acceptance),
            "extract": self.extract,
            "first_month": _month(self.first_month),
            "last_month": _month(self.last_month),
            "reported_on": self.reported_on.isoformat() if self.reported_on else None,
            "rows": {"found": self.rows_found, "accepted": self.rows_accepted, "refused": self.rows_refused},
            "problems": [problem_as_json(problem) for problem in self.problems[:SAID]],
            "problem_counts": dict(self.problem_counts),
            "remarks": [remark_as_json(remark) for remark in self.remarks],
            "profile_sha256": self.profile_sha256,
        }

    def lines(self) -> list[str]:
        """Return the result for a person, Chinese before English."""
        said, span = ACCEPTANCE_WORDS[self.acceptance], self.span
        if not self.is_refused and self.title:
            rows = f"{self.rows_found}行 {'row' if self.rows_found == 1 else 'rows'}"
            line = f"{said.zh} {said.en} · {self.file_name} · {self.title.zh} {self.title.en} · {span} · {rows}"
            return [line, *(f"  · {remark_line(remark)}" for remark in self.remarks)]
        lines = [f"{said.zh} {said.en}", f"  文件 File: {self.file_name}"]
        if self.title:
            lines.append(f"  类型 Type: {self.title.zh} {self.title.en}")
        if span:
            lines.append(f"  覆盖月份 Months: {span}")
        if self.extract:
            lines.append(f"  行数 Rows: 发现 found {self.rows_found} / 接受 accepted {self.rows_accepted} / 有问题 with problems {self.rows_refused}")
        lines.extend(f"  - {line}" for line in problem_lines(self.problems[:SAID]))
        total, said_here = sum(count for _, count in self.problem_counts), min(len(self.problems), SAID)
        if total > said_here:
            lines.append(f"  共{total}个问题,以上列出{said_here}个。{total} problems, {said_here} listed.")
        return [*lines, *(f"  · {remark_line(remark)}" for remark in self.remarks)]

    @property
    def span(self) -> str:
        """Return the months the file covers, as text."""
        if self.first_month is None or self.last_month is None:
            return ""
        return f"{self.first_month:%Y-%m}" if self.first_month == self.last_month else f"{self.first_month:%Y-%m} — {self.last_month:%Y-%m}"


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """Return problems as lines; what is wrong in the same way in many rows is said once, with all its rows."""
    return [problem_line(problem, rows) for problem, rows in alike(problems)]


def problem_line(problem: Problem, rows: Iterable[int] = ()) -> str:
    """Return one problem as a line: where, what, what to do."""
    place = where(problem, [*rows, *([problem.row] if problem.row else [])], "zh")
    return f"{place + ' · ' if place else ''}{problem.message.zh};请{problem.remedy.zh} | {problem.message.en}. {problem.remedy.en}."


def where(problem: Problem, rows: Iterable[int], language: str) -> str:
    """Say where a problem stands: sheet, rows, column; empty for a problem of the whole file.

    Args:
        problem: The problem.
        rows: All its rows.
        language: ``zh`` or ``en``.
    """
    numbers = row_ranges(rows)
    sheet = sheet_names.words(problem.sheet) if problem.sheet else None
    words = ("第{}行", "列“{}”") if language == "zh" else ("row {}", "column “{}”")
    parts = [word.format(part) for word, part in zip(words, (numbers, problem.column), strict=True) if part]
    return " · ".join([*([sheet.zh if language == "zh" else sheet.en] if sheet else []), *parts])


def problem_as_json(problem: Problem) -> dict[str, Any]:
    """Return one problem for ``--json``, quarantine notes and the page."""
    return {
        "rule": problem.rule,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "zh": problem.message.zh,
        "en": problem.message.en,
        "remedy_zh": problem.remedy.zh,
        "remedy_en": problem.remedy.en,
    }


def remark_line(remark: Remark) -> str:
    """Return one remark as a line in both languages: where, and what to know."""
    said = remark_words(remark)
    return f"{said.zh} | {said.en}."


def remark_words(remark: Remark) -> Text:
    """Return one remark in each language: where, and what to know."""
    zh = [f"{remark.month:%Y-%m}"] if remark.month else []
    en = list(zh)
    if remark.row:
        zh.append(f"第{remark.row}行")
        en.append(f"row {remark.row}")
    if remark.column:
        zh.append(f"列“{remark.column}”")
        en.append(f"column “{remark.column}”")
    return Text(" · ".join([*zh, remark.message.zh]), " · ".join([*en, remark.message.en]))


def remark_as_json(remark: Remark) -> dict[str, Any]:
    """Return one remark for ``--json`` and the page."""
    return {
        "rule": remark.rule,
        "month": _month(remark.month),
        "row": remark.row,
        "column": remark.column,
        "zh": remark.message.zh,
        "en": remark.message.en,
    }


def _month(month: date | None) -> str | None:
    return f"{month:%Y-%m}" if month else None
