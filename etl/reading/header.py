"""Recognising a contract's header in the rows of a sheet, whether it takes one row or several, with or without units."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from etl.contract import Extract, Type
from etl.reading.cells import fold
from etl.reading.meaning import ALL_OF_IT, changes_meaning
from etl.reading.table import Sheet

HEADER_WITHIN = 10
MAX_DEPTH = 3
NUMBERING = frozenset(("序号", "序", "行号", "no", "no.", "#"))
REMARKS = "备注"
_UNIT = re.compile(r"(.{1,80}?)[(\[](.{1,80}?)[)\]]")


def accepted_headers(extract: Extract) -> dict[str, str]:
    """Return every accepted header of a contract, folded, with its column name."""
    return {header: column.name for column in extract.columns for header in _folded(column.headers)}


@cache
def _folded(headers: tuple[str, ...]) -> tuple[str, ...]:
    """Fold declared headers once, not once a row that might be the header."""
    return tuple(map(fold, headers))


def extract_by_header(header: Sequence[str], contracts: Mapping[str, Extract]) -> Extract | None:
    """Return the contract most of whose headers stand in a row; None where no row of a template could look so."""
    counted = sorted(((_matched(header, extract), extract.id) for extract in contracts.values()), reverse=True)
    best, best_id = counted[0]
    runner_up = counted[1][0] if len(counted) > 1 else 0
    if best < 3 or best == runner_up or best * 3 < len(contracts[best_id].columns):
        return None
    return contracts[best_id]


def _matched(header: Sequence[str], extract: Extract) -> int:
    known = accepted_headers(extract)
    return len({name for text in header if (name := _resolved([text], known, extract)) is not None})


def likely_contracts(rows: Sequence[Sequence[str]], contracts: Mapping[str, Extract]) -> list[Extract]:
    """Return the contracts of which at least three headers stand somewhere in the first rows; the others need not be tried."""
    words = {fold(cell) for row in rows for cell in row if cell.strip()}
    words |= {unit[1] for word in words if (unit := _UNIT.fullmatch(word))}
    return [extract for extract in contracts.values() if len(words & set(accepted_headers(extract))) >= 3]


def is_whole(header: Sequence[str], extract: Extract) -> bool:
    """Say whether a header has every column of a contract."""
    known = accepted_headers(extract)
    names = [known.get(fold(text)) for text in header]
    ours = [name for name in names if name]
    rest = [text for text, name in zip(header, names, strict=True) if not name and fold(text) not in NUMBERING | {"", REMARKS}]
    missing = {column.name for column in extract.columns} - set(ours)
    # A sheet a township may leave the township out: the name of the sheet gives it.
    return not rest and len(set(ours)) == len(ours) and all(extract.column(name).type is Type.TOWNSHIP for name in missing)


def header_text(sheet: Sheet, top: int, depth: int) -> tuple[str, ...] | None:
    """Return the texts of a header of several rows, those over each other joined; None where no header can stand there."""
    stacks = header_stacks(sheet, sheet.rows, top, depth)
    return None if stacks is None else tuple("".join(parts) for parts in stacks)


def stacked_header(sheet: Sheet, rows: Sequence[Sequence[str]], top: int, depth: int, extract: Extract) -> tuple[str, ...] | None:
    """Join the rows of a header that takes several; None where that does not give the contract's whole header."""
    stacks = header_stacks(sheet, rows, top, depth)
    if stacks is None:
        return None
    known = accepted_headers(extract)
    names = [_resolved(parts, known, extract) for parts in stacks]
    header = tuple(extract.column(name).header if name else "".join(parts) for name, parts in zip(names, stacks, strict=True))
    return header if is_whole(header, extract) else None


def header_stacks(sheet: Sheet, rows: Sequence[Sequence[str]], top: int, depth: int) -> list[list[str]] | None:
    """Return what stands over each other in every column of a header, merged cells filled; None where it reaches into the records."""
    width = len(rows[top])
    grid = [list(rows[top + level]) for level in range(depth)]
    for first_row, first_column, last_row, last_column in sheet.merged:
        row, column = first_row - sheet.first_row - top, first_column - sheet.first_column
        if not (0 <= row < depth and 0 <= column < width):
            continue
        if last_row - sheet.first_row - top >= depth:
            return None  # the merged cell reaches into the records
        for level in range(row, last_row - sheet.first_row - top + 1):
            for index in range(column, min(last_column - sheet.first_column, width - 1) + 1):
                grid[level][index] = grid[row][column]
    # The lowest row must belong to the header: otherwise it is the first record.
    if not any(cell.strip() for cell in rows[top + depth - 1]):
        return None
    stacks: list[list[str]] = []
    for index in range(width):
        parts: list[str] = []
        for level in range(depth):
            text = grid[level][index].strip()
            if text and (not parts or fold(parts[-1]) != fold(text)):
                parts.append(text)
        stacks.append(parts)
    return stacks


def _resolved(parts: Sequence[str], known: Mapping[str, str], extract: Extract) -> str | None:
    """Return the column that a stack of header cells names: joined, or by one of them where the others change nothing."""
    texts = [_without_unit(fold(part), known, extract) for part in parts if part.strip()]
    if not texts:
        return None
    joined = "".join(texts)
    if joined in known:
        return known[joined]
    if len(texts) > 1 and texts[-1] in known:
        column = extract.column(known[texts[-1]])
        if not any(changes_meaning(text, column) for text in texts[:-1]):
            return known[texts[-1]]
    if texts[0] in known and all(text in ALL_OF_IT for text in texts[1:]):
        return known[texts[0]]
    return None


def _without_unit(folded: str, known: Mapping[str, str], extract: Extract) -> str:
    """Return a header without the unit in brackets, where it is the unit of its column."""
    measured = _UNIT.fullmatch(folded)
    if folded in known or not measured or measured[1] not in known:
        return folded
    unit = extract.column(known[measured[1]]).unit
    return measured[1] if unit and measured[2] in {fold(unit.zh), "单位:" + fold(unit.zh)} else folded


def settled_header(header: Sequence[str], extract: Extract) -> tuple[str, ...]:
    """Return a header with units in brackets taken off."""
    known = accepted_headers(extract)
    return tuple(
        text if fold(text) in known or (name := _resolved([text], known, extract)) is None else extract.column(name).header for text in header
    )
