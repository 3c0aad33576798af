"""Records that a new file has in another month than the one in force: each is counted once, as the file reported last has it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from etl.contract import Extract, Period
from etl.extracts import extracts
from etl.inspection.replacement import Editions
from etl.inspection.typed_rows import TypedRows
from etl.ledger.ledger import LedgerEntry, LedgerError
from etl.problems import Remark
from etl.wording import counted, month_zh
from indicators.model import Text

_NAMED = 3  # more pairs of months than these are counted


def remarks(entry: LedgerEntry, was: Editions, in_force: Editions, rows: TypedRows) -> list[Remark]:
    """Say how many records of a new file change month, and from which to which.

    Args:
        entry: The entry the file would have.
        was: The edition of every month before.
        in_force: The edition of every month, new files included.
        rows: The typed rows of all of them.
    """
    extract = extracts()[entry.extract or ""]
    if extract.period is not Period.EVENTS or extract.is_table or extract.rows_are_people:
        return []
    mine = {key: month for key, month in _months(extract, entry, rows).items() if _is_of(entry, in_force, extract, month)}
    moved: Counter[tuple[date, date]] = Counter()
    for old in {one.sequence: one for one in was.get(extract.id, {}).values()}.values():
        try:
            before = _months(extract, old, rows)
        except LedgerError:  # a damaged file is mended by delivering it again, which must not fail on it
            continue
        for key in before.keys() & mine.keys():
            first, second = before[key], mine[key]
            if first != second and _is_of(old, was, extract, first) and (_is_of(entry, in_force, extract, first) or _age(entry) > _age(old)):
                moved[first, second] += 1
    return [Remark("records_moved", _words(extract, moved))] if moved else []


def _months(extract: Extract, entry: LedgerEntry, rows: TypedRows) -> dict[tuple[Any, ...], date]:
    table = rows.of(entry)
    keys = zip(*(table[name].to_pylist() for name in extract.key), strict=True)
    return dict(zip(keys, table[extract.month_column].to_pylist(), strict=True))


def _is_of(entry: LedgerEntry, editions: Editions, extract: Extract, month: date) -> bool:
    """Whether a month is counted from this file."""
    edition = editions.get(extract.id, {}).get(month)
    return edition is not None and edition.sequence == entry.sequence


def _age(entry: LedgerEntry) -> tuple[date, int]:
    return entry.reported_on or date.min, entry.sequence


def _words(extract: Extract, moved: Counter[tuple[date, date]]) -> Text:
    if len(moved) > _NAMED:
        return Text(
            f"{moved.total():,}{extract.unit.zh}原计入别的月份,按本表改月份,各计一次",
            f"{counted(moved.total(), 'record')} stood in other months before and are counted once, as this file has them",
        )
    zh = "、".join(f"{number:,}{extract.unit.zh}由{month_zh(first)}改计入{month_zh(second)}" for (first, second), number in sorted(moved.items()))
    en = ", ".join(f"{counted(number, 'record')} from {first:%Y-%m} to {second:%Y-%m}" for (first, second), number in sorted(moved.items()))
    return Text(f"{zh},各计一次", f"Moved, and counted once: {en}")
