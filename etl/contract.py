"""The vocabulary in which an extract type is declared.

A contract is the one place that says what a delivered file must look like. Validation, error texts, the docs page, the sample
county and the tests are all made from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
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
    AMOUNT = "amount"  # any other amount >= 0 (hours, points, yuan), at most three decimals; the column's unit says which
    FLAG = "flag"  # 是/否, 1/0, yes/no -> yes or no
    DRUG = "drug"  # code or alias of the county pack's drug list
    LABEL = "label"  # short code of a campaign: letters, digits, dashes


class Period(StrEnum):
    """How the files of a type cover time."""

    SNAPSHOT = "snapshot"  # the whole register as it stood at the end of one month, a row a person or thing
    EVENTS = "events"  # everything of the months the file covers; also a table of numbers with a row a month


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
    may_lie_ahead: bool = False  # of a month: a due date may lie after the date of reporting
    part_of: str | None = None  # of a count: the column of which it counts a part; parts of one whole count different people or things
    typical: float = 1.0  # for invented deliveries only: the mean of a count or amount, or a part's share of its whole

    @property
    def header(self) -> str:
        """The header written in templates and error messages."""
        return self.headers[0]


class Covered(StrEnum):
    """Which of the months delivered a core table can answer for."""

    DELIVERED = "delivered"
    WITH_MONTH_BEFORE = "with_month_before"  # what compares a month with the one before needs both
    AFTER_A_YEAR = "after_a_year"  # what began earlier is unknown at first, so it is only whole a year after the first delivery


Split = Mapping[str, Mapping[str, str]]
"""One dimension -> member -> how many of a row belong to it, as SQL over the row's counts: ``{"reported_in": {"yes": "reported"}}``."""


@dataclass(frozen=True)
class CoreTable:
    """A table of the build's workspace that an extract fills, in which indicators count.

    Every table has ``month_on``, ``mark``, the township's ``zone``, ``township`` and ``remote`` where the extract has townships, and every
    coded column of the extract that is a dimension. Expressions may use the delivered row as ``s``, its township as ``t`` and its drug as ``d``.

    Attributes:
        name: Name without its schema; indicators write ``core.<name>``.
        people: What stands for people: True, a row is a person; an expression or a split, a row stands for that many (column ``persons``).
        events: The same of things that are no people (column ``events``); a row is one thing where neither is given.
        columns: Further columns, or other expressions for those a table has anyway.
        where: Which delivered rows it takes, as a condition; all where empty.
        select: The whole statement, where rows are not taken one by one (comparing months); it reads tables declared before it.
        covered: Which delivered months it can answer for.
    """

    name: str
    _: KW_ONLY
    people: bool | str | Split = False
    events: str | Split | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    select: str = ""
    covered: Covered = Covered.DELIVERED

    @property
    def in_core(self) -> str:
        """Name with its schema, as indicators write it."""
        return f"core.{self.name}"

    @property
    def is_stock(self) -> bool:
        """Whether it holds what stands at the end of a month, rather than what happened in it."""
        return isinstance(self, Stock)

    @property
    def is_of_people(self) -> bool:
        """Whether people are counted in it."""
        return self.people is not False

    @property
    def amount(self) -> str | Split | None:
        """How many people or things a row stands for; None where it is one."""
        return self.people if not isinstance(self.people, bool) else self.events

    @property
    def amount_column(self) -> str:
        """The column that says how many people or things a row stands for."""
        return "persons" if self.is_of_people else "events"


class Stock(CoreTable):
    """What stands at the end of each month: never added up over months."""


class Flow(CoreTable):
    """What happened in each month: months add up."""


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
    unit: Text  # what its rows or numbers count, as the head of a form says it (单位:人)
    tables: tuple[CoreTable, ...]  # the core tables it fills, in this order
    checks: tuple[RowCheck, ...] = ()  # beside those that follow from ``part_of``
    may_be_empty: bool = False  # of a snapshot: a register in which nothing stands is possible
    instead_of: str | None = None  # the extract that a county delivers instead where it can; only one of the two is invented for the sample

    def __hash__(self) -> int:
        return hash(self.id)

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)

    def of_type(self, *types: Type) -> tuple[Column, ...]:
        """Return the columns that hold one of some types."""
        return tuple(column for column in self.columns if column.type in types)

    @property
    def is_table(self) -> bool:
        """Whether a row is a number with a place in a table, and no record with a key of its own."""
        return self.month_column in self.key

    @property
    def holds_events(self) -> bool:
        """Whether a row is a single record of something that happened in a month."""
        return self.period is Period.EVENTS and not self.is_table

    @property
    def rows_are_people(self) -> bool:
        """Whether a row is one person, told apart from month to month by its key."""
        return self.tables[0].people is True and self.tables[0].is_stock

    @property
    def stock_columns(self) -> frozenset[str]:
        """The counts of what stands at a month's end: in a table that counts from January on they are no running totals."""
        return self._counts_in(table for table in self.tables if table.is_stock)

    @property
    def people_columns(self) -> frozenset[str]:
        """The counts of people."""
        return self._counts_in(table for table in self.tables if table.is_of_people)

    def _counts_in(self, tables: Iterable[CoreTable]) -> frozenset[str]:
        written = " ".join(part for table in tables for part in (*_expressions(table.amount), *table.columns.values()))
        return frozenset(column.name for column in self.of_type(Type.COUNT) if re.search(rf"\bs\.{column.name}\b", written))

    @property
    def flow_columns(self) -> tuple[str, ...]:
        """The counts of what happened in a month: these run on in a table that counts from January."""
        return tuple(column.name for column in self.of_type(Type.COUNT) if column.name not in self.stock_columns)

    @property
    def all_checks(self) -> tuple[RowCheck, ...]:
        """The checks across a row: those declared, and that parts are never more than their whole."""
        wholes = dict.fromkeys(column.part_of for column in self.columns if column.part_of)
        return (*self.checks, *(_parts_check(self, whole) for whole in wholes if whole))


def _expressions(amount: str | Split | None) -> list[str]:
    if amount is None:
        return []
    return [amount] if isinstance(amount, str) else [one for members in amount.values() for one in members.values()]


def _parts_check(extract: Extract, whole: str) -> RowCheck:
    parts = [column for column in extract.columns if column.part_of == whole]
    total, names = extract.column(whole).header, tuple(column.name for column in parts)
    zh, en = "、".join(column.header for column in parts), ", ".join(column.header for column in parts)
    return RowCheck(
        f"parts_of_{whole}",
        (*names, whole),
        lambda row: sum(row[name] or 0 for name in names) <= (row[whole] or 0),
        Text(f"{zh}{'之和' if len(parts) > 1 else ''}大于{total}", f"{en} {'add up to' if len(parts) > 1 else 'is'} more than {total}"),
        Text(f"核对{zh}和{total}", f"Check {en} and {total}"),
    )
