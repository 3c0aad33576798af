"""The vocabulary in which an extract type is declared.

A contract is the one place that says what a delivered file must look like. Validation, error texts, the docs page, the sample
county and the tests are all made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indicators.model import Text


class Type(StrEnum):
    """What a cell of a column holds, and therefore how it is read and what is refused."""

    KEY = "key"  # opaque pseudonym: 6-40 letters, digits, dashes; never a number that identifies
    MONTH = "month"  # 2026-03, 202603, 2026年3月 -> first day of the month
    YEAR = "year"
    CODE = "code"  # one of the column's code set
    TOWNSHIP = "township"  # 12 digits, in the county pack and valid at the file's date
    COUNT = "count"  # whole number >= 0
    GRAMS = "grams"  # weight >= 0, at most three decimals
    FLAG = "flag"  # 是/否, 1/0, yes/no -> yes or no
    DRUG = "drug"  # code or alias of the county pack's drug list
    LABEL = "label"  # short code of a campaign: letters, digits, dashes


class Period(StrEnum):
    """How the files of a type cover time."""

    SNAPSHOT = "snapshot"  # the whole register as it stood at the end of one month
    EVENTS = "events"  # every event of the months the file covers


@dataclass(frozen=True)
class Code:
    """One admitted value of a coded column and the words counties write for it."""

    code: str
    title: Text
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Column:
    """One column of an extract."""

    name: str
    headers: tuple[str, ...]  # accepted headers; the first is the one we print
    type: Type
    description: Text
    nullable: bool = False
    codes: tuple[Code, ...] = ()
    unit: Text | None = None
    quasi_identifier: str | None = None  # what others may know: the dimension it is published by, or "dropped"

    @property
    def header(self) -> str:
        """The header written in templates and error messages."""
        return self.headers[0]


@dataclass(frozen=True)
class RowCheck:
    """A check across the cells of one row; returns True where the row is in order."""

    rule: str
    columns: tuple[str, ...]
    holds: Callable[[Mapping[str, Any]], bool]
    message: Text
    remedy: Text


@dataclass(frozen=True)
class Extract:
    """One type of file that may be delivered."""

    id: str
    title: Text
    description: Text
    period: Period
    file_words: tuple[str, ...]  # a file name holding one of these is taken for this type
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    month_column: str  # says which month a row belongs to
    record_table: str  # core table with exactly one row per record; the build counts both
    core_sql: str  # fills the core tables from staged.<id>; portable subset
    checks: tuple[RowCheck, ...] = ()

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)
