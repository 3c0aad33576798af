"""隐私体检报告: how far the rows of a file in order could lead to a person, as delivered and as the build splits them.

The report counts, it never shows a row. Quasi-identifiers are what a neighbour or a colleague may know of somebody; k is the number of
rows that share the same ones, once as delivered and once by the dimensions that people are published by. Whatever k is, rows stay in
the raw ledger and only protected counts are published: even after coarsening most small registers have rows of their own.

Source: GB/T 37964-2019 and GB/T 42460-2023 (quasi-identifiers, k-anonymity); Sweeney 2002, k-anonymity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import duckdb
import pyarrow

from etl.contract import Column, Extract, Type
from etl.core_tables import arrow_schema, dimension_expressions, joins
from etl.county.pack import CountyPack, reference_tables
from indicators.dimensions import DIMENSIONS
from indicators.model import Text

SMALL = 5
"""Rows in a group of fewer than this are counted as exposed (the county's smallest shown count)."""
DROPPED = "dropped"
"""What a contract says of a quasi-identifier by which nothing is split."""


class Judgement(StrEnum):
    """What the report says of the file."""

    PASSED = "passed"
    AGGREGATE = "aggregate"
    REFUSED = "refused"


JUDGEMENT_WORDS = {
    Judgement.PASSED: Text("通过", "Passed"),
    Judgement.AGGREGATE: Text("需汇总", "To be aggregated"),
    Judgement.REFUSED: Text("拒收", "Refused"),
}
_ONLY_AGGREGATES = Text("逐行明细只用于汇总,发布的只有受保护的汇总数", "Rows serve for adding up only; nothing but protected totals is published")
_ALREADY_TOTALS = Text("已是汇总数,不含逐行明细", "Already totals; there are no rows of persons")


@dataclass(frozen=True)
class Exposure:
    """How rows stand out by one set of quasi-identifiers.

    Attributes:
        columns: Titles of the quasi-identifiers.
        smallest: Smallest k; 0 where there are no rows.
        unique: Rows that nobody shares.
        small: Rows in groups of fewer than five.
    """

    columns: tuple[Text, ...]
    rows: int
    smallest: int
    unique: int
    small: int

    @property
    def unique_share(self) -> float:
        """Share of rows that nobody shares (0-1)."""
        return self.unique / self.rows if self.rows else 0.0

    @property
    def small_share(self) -> float:
        """Share of rows in groups of fewer than five (0-1)."""
        return self.small / self.rows if self.rows else 0.0


@dataclass(frozen=True)
class Generalisation:
    """What becomes of one column: ``to`` is None where nothing is split by it."""

    column: Text
    to: Text | None


@dataclass(frozen=True)
class Comparison:
    """The same rows by the same quasi-identifiers, as delivered and as the build splits them."""

    before: Exposure
    after: Exposure


@dataclass(frozen=True)
class PrivacyReport:
    """The check-up of one file. Never holds a value of a row.

    Attributes:
        comparisons: From few quasi-identifiers to all of them.
        blocked: Headers or letters of columns refused by the gate.
    """

    title: Text
    records: int
    comparisons: tuple[Comparison, ...]
    generalisations: tuple[Generalisation, ...]
    blocked: tuple[str, ...]
    judgement: Judgement
    sentence: Text

    def rows(self) -> list[tuple[Text, str, str]]:
        """Return (what, before, after) for a table on a page or in a workbook."""
        word = JUDGEMENT_WORDS[self.judgement]
        rows = [(Text("结论", "Verdict"), word.zh, self.sentence.zh), (Text("记录数", "Records"), str(self.records), "")]
        for comparison in self.comparisons:
            columns = Text("、".join(column.zh for column in comparison.before.columns), ", ".join(column.en for column in comparison.before.columns))
            rows.append((columns, _said(comparison.before), _said(comparison.after)))
        rows += [(change.column, change.column.zh, change.to.zh if change.to else "不用于分组") for change in self.generalisations]
        return [*rows, *((Text("禁止报送的列", "Blocked column"), column, "拒收") for column in self.blocked)]


def _said(exposure: Exposure) -> str:
    return f"最小k={exposure.smallest},唯一{exposure.unique_share:.1%},k<{SMALL}占{exposure.small_share:.1%}"


def privacy_report(columns: Mapping[str, Sequence[Any]], extract: Extract, pack: CountyPack, blocked: Sequence[str] = ()) -> PrivacyReport:
    """Return the check-up of a file.

    Args:
        columns: Typed columns by the contract's names. Shape: one value a row, all of the same length.
        extract: The contract.
        pack: The county pack: zones of townships, groups of drugs.
        blocked: Headers or letters of columns that the gate refused, if it did.
    """
    records = max(map(len, columns.values()), default=0)
    known = [column for column in extract.columns if column.quasi_identifier and column.name in columns]
    if blocked:
        sentence = Text("含个人信息,全文件退回且不留存", "It holds personal information; the whole file is refused and not kept")
        return PrivacyReport(extract.title, records, (), (), tuple(blocked), Judgement.REFUSED, sentence)
    if not any(column.type is Type.KEY for column in extract.columns):
        return PrivacyReport(extract.title, records, (), (), (), Judgement.PASSED, _ALREADY_TOTALS)
    coarse = _generalised(known, columns, extract, pack)
    comparisons = tuple(
        _compared(known[:width], columns, coarse)
        for width in sorted({min(3, len(known)), (len(known) + 3) // 2, len(known)} - {0})
        if width <= len(known)
    )
    changes = tuple(
        Generalisation(Text(column.header, column.description.en), _title_of(column))
        for column in known
        if column.quasi_identifier != column.name  # kept as it is
    )
    is_exposed = bool(comparisons) and comparisons[-1].before.small > 0
    judgement = Judgement.AGGREGATE if is_exposed else Judgement.PASSED
    return PrivacyReport(extract.title, records, comparisons, changes, (), judgement, _ONLY_AGGREGATES)


def _title_of(column: Column) -> Text | None:
    return None if column.quasi_identifier == DROPPED else DIMENSIONS[str(column.quasi_identifier)].title


def _compared(known: Sequence[Column], columns: Mapping[str, Sequence[Any]], coarse: Mapping[str, Sequence[Any] | None]) -> Comparison:
    titles = tuple(Text(column.header, column.description.en) for column in known)
    kept = [values for column in known if (values := coarse[column.name]) is not None]
    return Comparison(_exposure(titles, [columns[column.name] for column in known]), _exposure(titles, kept, len(columns[known[0].name])))


def _exposure(titles: tuple[Text, ...], values: Sequence[Sequence[Any]], records: int = 0) -> Exposure:
    # Rows of which nothing is kept are all alike.
    groups = Counter(zip(*values, strict=True)) if values else Counter({(): records} if records else {})
    return Exposure(
        titles,
        groups.total(),
        min(groups.values(), default=0),
        sum(count for count in groups.values() if count == 1),
        sum(count for count in groups.values() if count < SMALL),
    )


def _generalised(known: Sequence[Column], columns: Mapping[str, Sequence[Any]], extract: Extract, pack: CountyPack) -> dict[str, list[Any] | None]:
    """Return every quasi-identifier as the build splits by it, by the contract's own expressions; None where it does not."""
    splits = dimension_expressions(extract, extract.tables[0])
    # How another dimension coarsens is not known here: as delivered the rows stand out no less than they will.
    asked = {column.name: splits.get(str(column.quasi_identifier), f"s.{column.name}") for column in known if column.quasi_identifier != DROPPED}
    if not asked:
        return dict.fromkeys(column.name for column in known)
    given = [column for column in extract.columns if column.name in columns]
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema core")
        connection.register("staged_rows", pyarrow.table({column.name: columns[column.name] for column in given}, arrow_schema(given)))
        for name, rows in reference_tables(pack).items():
            connection.register(f"{name}_rows", rows)
            connection.execute(f"create table core.{name} as select * from {name}_rows")
        listed = ", ".join(f"{expression} as {name}" for name, expression in asked.items())
        coarse = connection.sql(f"select {listed} from staged_rows s\n{joins(extract, columns)}").to_arrow_table().to_pydict()
    return {column.name: coarse.get(column.name) for column in known}
