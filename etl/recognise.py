"""What a file is, which months it covers and when it was reported: from its name, its title rows or the sender's word.

Nothing is guessed. Where the sources are silent or disagree, the file goes back with the question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from etl.contract import Extract, Period
from etl.parsing.layout import extract_by_header

_NAME_MONTHS = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(?:\s*[-—–~至]\s*((?:19|20)\d{2})(0[1-9]|1[0-2]))?(?!\d)")
_WRITTEN_MONTHS = re.compile(r"(?<!\d)((?:19|20)\d{2})年(1[0-2]|0?[1-9])(?:月?\s*[-—–~至]\s*(1[0-2]|0?[1-9]))?月(?!\d)")
_AS_OF = re.compile(r"截[至止]\s*((?:19|20)\d{2})年(1[0-2]|0?[1-9])月")
_NAME_REPORTED = re.compile(r"报((?:19|20)\d{2})(\d{2})(\d{2})(?!\d)")
_ROW_REPORTED = re.compile(r"(?:填报|报送|填表|制表)(?:日期|时间)\s*:?\s*((?:19|20)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?!\d)")

Months = tuple[date, date]


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


def extract_of(file_name: str, header: Sequence[str], contracts: Mapping[str, Extract]) -> Told[Extract]:
    """Tell the type of a file by its name, or else by its header; a name that contradicts the header is a conflict."""
    folded = unicodedata.normalize("NFKC", file_name).casefold()
    named = [extract for extract in contracts.values() if any(word in folded for word in extract.file_words)]
    by_header = extract_by_header(header, contracts)
    if len(named) != 1:
        return Told(by_header)
    if by_header is not None and by_header.id != named[0].id:
        return Told(None, is_conflict=True)
    return Told(named[0])


def months_of(file_name: str, above: Iterable[Sequence[str]], extract: Extract, stated: Months | None, *, ends_only: bool = False) -> Told[Months]:
    """Tell the months a file covers; every source that speaks must say the same.

    Args:
        file_name: Name of the file.
        above: Title rows.
        extract: The type of extract.
        stated: What the sender said.
        ends_only: Only the last months must agree: a running total of October is called 10月 in one place and 1—10月 in another;
            a span that begins otherwise is no running total.
    """
    said: set[Months] = {stated} if stated else set()
    name = unicodedata.normalize("NFKC", _NAME_REPORTED.sub("", unicodedata.normalize("NFKC", file_name)))
    said |= set(_spans(name))
    for row in above:
        title = unicodedata.normalize("NFKC", " ".join(row))
        as_of = _AS_OF.search(title)
        if as_of and extract.period is Period.SNAPSHOT:
            month = date(int(as_of[1]), int(as_of[2]), 1)
            said.add((month, month))
        elif not as_of:
            said |= set(_spans(_ROW_REPORTED.sub("", title)))
    if ends_only and all(first == last or first.month == 1 for first, last in said):
        said = {(last, last) for _, last in said}
    if len(said) != 1:
        return Told(None, is_conflict=bool(said))
    first, last = said.pop()
    if first > last or (extract.period is Period.SNAPSHOT and first != last):
        return Told(None, is_conflict=True)
    return Told((first, last))


def _spans(text: str) -> list[Months]:
    spans: list[Months] = []
    for found in _NAME_MONTHS.finditer(text):
        first = date(int(found[1]), int(found[2]), 1)
        spans.append((first, date(int(found[3]), int(found[4]), 1) if found[3] else first))
    for found in _WRITTEN_MONTHS.finditer(text):
        year = int(found[1])
        spans.append((date(year, int(found[2]), 1), date(year, int(found[3] or found[2]), 1)))
    return spans


def reported_on_of(file_name: str, above: Iterable[Sequence[str]], stated: date | None) -> Told[date]:
    """Tell the date of reporting; every source that speaks must say the same."""
    said: set[date] = {stated} if stated else set()
    sources = [_NAME_REPORTED.finditer(unicodedata.normalize("NFKC", file_name))]
    sources += [_ROW_REPORTED.finditer(unicodedata.normalize("NFKC", " ".join(row))) for row in above]
    for source in sources:
        for found in source:
            try:
                said.add(date(int(found[1]), int(found[2]), int(found[3])))
            except ValueError:
                return Told(None, is_conflict=True)
    if len(said) > 1:
        return Told(None, is_conflict=True)
    return Told(said.pop() if said else None)
