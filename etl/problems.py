"""What is wrong with a delivered file, or good to know of it; how rows that fail alike are said once; and errors that people read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Generic, TypeVar

from indicators.model import Text


@dataclass(frozen=True)
class Problem:
    """One thing to mend in a delivered file. Never holds the content of a cell."""

    rule: str
    message: Text
    remedy: Text
    sheet: str | None = None
    column: str | None = None
    row: int | None = None  # as the file's own program counts, header lines included


@dataclass(frozen=True)
class Remark:
    """Something a person should know of a file that is in order. Never holds the content of a cell."""

    rule: str
    message: Text
    column: str | None = None
    row: int | None = None
    month: date | None = None


Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Told(Generic[Answer]):
    """One answer, or why there is none.

    Attributes:
        value: The answer; None where nothing tells, or two sources differ.
        is_conflict: Whether two sources differ.
    """

    value: Answer | None
    is_conflict: bool = False


class WordedError(Exception):
    """An error that says in both languages what happened and what to do, without the full stop."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


LISTED = 2_000  # problems kept of one file
SAID = 200  # of these, said on a screen and in JSON


def problem_of_file(rule: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
    """Return a problem of a whole file, which has no sheet, column or row."""
    return Problem(rule, Text(zh, en), Text(remedy_zh, remedy_en))


def alike(problems: Iterable[Problem]) -> list[tuple[Problem, list[int]]]:
    """Join what is wrong in the same way in many rows: the problem without its row, and all its rows."""
    joined: dict[Problem, list[int]] = {}
    for problem in problems:
        joined.setdefault(replace(problem, row=None), []).extend([problem.row] if problem.row else [])
    return list(joined.items())


def row_ranges(rows: Iterable[int]) -> str:
    """Write row numbers as people do: 2—5、9、12—14."""
    ranges: list[list[int]] = []
    for row in sorted(set(rows)):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    return "、".join(f"{first}" if first == last else f"{first}—{last}" for first, last in ranges)
