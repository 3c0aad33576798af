"""What a delivery takes the place of, and what it leaves out of it.

For each month the edition reported last counts. Where townships or offices each send their own part, the last part would so replace all
others without a word. Files are compared by the keys of their rows, and a table of numbers by its townships and months, never by what the
rows say of anybody.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from etl.contract import Extract, Type
from etl.county.pack import CountyPack, successor
from etl.extracts import extracts
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.wording import counted, months_in_words
from indicators.model import Text

FEWEST_MISSING = 6  # fewer rows gone are told and not held
Editions = Mapping[str, Mapping[date, LedgerEntry]]


def township_column(extract: Extract) -> str | None:
    """Return the column of townships of an extract, or None."""
    return next((column.name for column in extract.columns if column.type is Type.TOWNSHIP), None)


@dataclass(frozen=True)
class Outline:
    """What a file has rows of.

    Attributes:
        months: Every key -> the month of its row; of a table every township and month.
        filled: The keys that would be missed: all, and of a table those with a number above zero.
        townships: Codes in force today.
        fingerprint: Digest of every cell but the month's, whatever the order of the rows.
    """

    months: Mapping[tuple[Any, ...], date]
    filled: frozenset[tuple[Any, ...]]
    townships: frozenset[str]
    fingerprint: str


def outline(extract: Extract, columns: Mapping[str, Sequence[Any]], pack: CountyPack) -> Outline:
    """Return what typed rows of an extract are rows of.

    Args:
        extract: The contract.
        columns: One list of values a column.
        pack: The county pack.
    """
    at, place = columns[extract.month_column], township_column(extract)
    towns = [successor(pack, code) if code else "" for code in columns[place]] if place else [""] * len(at)
    keys: list[tuple[Any, ...]]
    if extract.is_table:
        keys = list(zip(at, towns, strict=True))
        counts = zip(*(columns[column.name] for column in extract.of_type(Type.COUNT)), strict=True)
        filled = frozenset(key for key, row in zip(keys, counts, strict=True) if any(row))
    else:
        keys = list(zip(*(columns[name] for name in extract.key), strict=True))
        filled = frozenset(keys)
    said = sorted(map(repr, zip(*(values for name, values in columns.items() if name != extract.month_column), strict=True)))
    digest = hashlib.sha256("\n".join(said).encode()).hexdigest()
    return Outline(dict(zip(keys, at, strict=True)), filled, frozenset(towns) - {""}, digest)


class Outlines:
    """The outlines of files, each made once."""

    def __init__(self, rows: TypedRows) -> None:
        self._rows = rows
        self._known: dict[int, Outline] = {}

    def of(self, entry: LedgerEntry) -> Outline:
        """Return the outline of a file.

        Raises:
            LedgerError: If it can no longer be read.
        """
        if entry.sequence not in self._known:
            self._known[entry.sequence] = outline(extracts()[entry.extract or ""], self._rows.of(entry).to_pydict(), self._rows.pack)
        return self._known[entry.sequence]


@dataclass(frozen=True)
class Replacement:
    """One file that takes the place of another for some months.

    Attributes:
        rows: Rows of the old file in these months; of a table its townships and months with a number above zero. None where the old file
            can no longer be read.
        missing: How many of them are not in the new file.
    """

    extract: Extract
    new: LedgerEntry
    old: LedgerEntry
    months: tuple[date, ...]
    rows: int | None
    missing: int

    @property
    def is_doubtful(self) -> bool:
        """Whether more than half of the rows are gone: most likely each file is a part."""
        return self.rows is not None and self.missing >= FEWEST_MISSING and 2 * self.missing > self.rows

    @property
    def message(self) -> Text:
        """Which file gives way to which, for which months, and what is missing.

        Of people no number is said, and nothing unless most are missing: a register made up of one key must not tell whether it is on the true one.
        """
        when = months_in_words(self.months)
        zh = f"“{self.new.file_name}”将替代“{self.old.file_name}”中{when.zh}的数据"
        en = f"“{self.new.file_name}” takes the place of “{self.old.file_name}” for {when.en}"
        if self.extract.rows_are_people and self.is_doubtful:
            return Text(
                f"{zh},原有人员半数以上新文件中没有;分单位报送的请合成一份",
                f"{en}; more than half of its people are not in the new file. What several offices report in parts must be joined into one file",
            )
        if not self.missing or self.extract.rows_are_people:
            return Text(zh, en)
        what = Text("个乡镇月份", "township and month") if self.extract.is_table else Text("行", "row")
        total = counted(self.rows or 0, what.en)
        return Text(
            f"{zh},原有{self.rows:,}{what.zh},其中{self.missing:,}{what.zh}新文件中没有;分单位或分性质报送的请合成一份",
            f"{en}; of its {total}, {self.missing:,} are not in the new file. What several offices report in parts must be joined into one file",
        )

    @property
    def kept(self) -> Text:
        """What the build keeps: no file name, and no number of rows that may be people."""
        when = months_in_words(self.months)
        return Text(
            f"{self.extract.title.zh}{when.zh}换用另一份文件,原文件多数的行不在其中",
            f"{self.extract.title.en} of {when.en}: another file is used that lacks most of the rows of the one before",
        )


def replacements(before: Editions, entries: Sequence[LedgerEntry], fresh: Collection[int], outlines: Outlines) -> list[Replacement]:
    """Return which file takes the place of which.

    Args:
        before: The edition of every month that was in force.
        entries: Every entry, those of the new files included.
        fresh: Sequences of the new files; they may replace one another.
        outlines: Gives what each file has rows of.
    """
    pairs: dict[tuple[int, int], list[date]] = {}
    tried = [entry for entry in entries if entry.sequence in fresh]
    known = {entry.sequence: entry for entry in entries}
    for extract, months in ledger.editions(entries).items():
        for month, winner in months.items():
            old = before.get(extract, {}).get(month)
            if extract not in extracts() or (old is not None and old.sequence == winner.sequence):
                continue
            losers = {entry.sequence for entry in tried if entry.extract == extract and _covers(entry, month)} | ({old.sequence} if old else set())
            for loser in losers - {winner.sequence}:
                pairs.setdefault((winner.sequence, loser), []).append(month)
    return [_compared(known[new], known[old], months, outlines) for (new, old), months in sorted(pairs.items())]


def _covers(entry: LedgerEntry, month: date) -> bool:
    return entry.first_month is not None and entry.last_month is not None and entry.first_month <= month <= entry.last_month


def _compared(new: LedgerEntry, old: LedgerEntry, months: Sequence[date], outlines: Outlines) -> Replacement:
    extract = extracts()[new.extract or ""]
    try:
        was = outlines.of(old)
    except LedgerError:  # a file that is damaged is mended by delivering it again, which must not fail on it
        return Replacement(extract, new, old, tuple(months), None, 0)
    now, wanted = outlines.of(new), set(months)
    rows = {key for key in was.filled if was.months[key] in wanted}
    return Replacement(extract, new, old, tuple(months), len(rows), len(rows - now.months.keys()))
