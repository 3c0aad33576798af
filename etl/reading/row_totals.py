"""Sums that stand beside the columns: what a column 合计 says of its row must be the sum of the columns it can stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from etl.contract import Column, Type
from etl.problems import Problem
from etl.reading.cells import is_placeholder, number_of
from etl.reading.header import NUMBERING
from etl.reading.meaning import is_total
from etl.reading.signs import fold
from etl.reading.table import Table
from indicators.model import Text

_NUMBERS = frozenset((Type.COUNT, Type.GRAMS, Type.AMOUNT))
_UNIT_BEHIND = re.compile("(?:人次|[人名起件宗次条户个所场家克])$")
_PLAIN = Column("number", (), Type.AMOUNT, Text("数", "Number"))


@dataclass(frozen=True)
class _Numbers:
    """The columns of a table that hold numbers, in thousandths so that decimals add up; None is no number.

    Attributes:
        read: Positions of the columns whose numbers are read, in groups of one unit.
        beside: Positions of columns that hold nothing but numbers and are not read.
        values: Position -> its numbers. Shape: one a row.
    """

    read: tuple[frozenset[int], ...]
    beside: frozenset[int]
    values: Mapping[int, Sequence[int | None]]


def row_total_problems(
    table: Table, columns: Sequence[Column | None], cells: Sequence[Sequence[str]], left_out: frozenset[int], settled: frozenset[int] = frozenset()
) -> list[Problem]:
    """Ask about rows whose total beside the columns is not the sum of the columns.

    A total may be that of the columns up to the last one, of all before it, of all behind it, or of all; of those that are read, or of
    those that are not read too. It is taken for the one that most rows bear out.

    Args:
        table: The table.
        columns: What every column holds; None where it is nothing that is read.
        cells: Its cells. Shape: one sequence a column.
        left_out: Rows that are no records.
        settled: Columns of which a person said that they are not the sum of the columns read.
    """
    totals = [index for index, text in enumerate(table.header or ()) if is_total(text)]
    asked = [index for index in totals if index not in settled and (columns[index] is None or _is_number(columns[index]))]
    if not asked:
        return []
    numbers = _numbers(table, columns, cells, totals)
    rows = [row for row in range(table.row_count) if row not in left_out]
    problems = []
    for total in asked:
        # A total that is left blank says nothing.
        stated = [None if not text.strip() or is_placeholder(text) else said for text, said in zip(cells[total], _parsed(cells[total]), strict=True)]
        wrong = [_wrong_rows(stated, [numbers.values[index] for index in parts], rows) for parts in _sums(total, totals, numbers, columns)]
        best = min(wrong, key=len, default=[])
        # A total that is read itself may stand beside columns of other things; only where most rows bear the sum out, another is a slip.
        if columns[total] is None or len(best) * 2 < len(rows):
            problems += [_mismatch(table, total, row) for row in best]
    return problems


def _is_number(column: Column | None) -> bool:
    return column is not None and column.type in _NUMBERS


def _numbers(table: Table, columns: Sequence[Column | None], cells: Sequence[Sequence[str]], totals: Sequence[int]) -> _Numbers:
    units: dict[str, set[int]] = {}
    for index, column in enumerate(columns):
        if column is not None and column.type in _NUMBERS and column.part_of is None and index not in totals:
            units.setdefault(f"{column.type} {column.unit.zh if column.unit else ''}", set()).add(index)
    values = {index: _parsed(cells[index]) for read in units.values() for index in read}
    header = table.header or ()
    for index in range(len(header)):
        if columns[index] is None and index not in totals and fold(header[index]) not in NUMBERING:
            parsed = _parsed(cells[index])
            if any(parsed) and None not in parsed:
                values[index] = parsed
    beside = frozenset(index for index in values if columns[index] is None)
    return _Numbers(tuple(map(frozenset, units.values())), beside, values)


def _parsed(cells: Sequence[str]) -> list[int | None]:
    known = {text: 0.0 if not text.strip() or is_placeholder(text) else number_of(_PLAIN, _UNIT_BEHIND.sub("", text.strip())) for text in set(cells)}
    return [None if (number := known[text]) is None else round(number * 1000) for text in cells]


def _sums(total: int, totals: Sequence[int], numbers: _Numbers, columns: Sequence[Column | None]) -> Iterator[list[int]]:
    """Return the columns of which a total may be the sum."""
    width = len(columns)
    before = max((other for other in totals if other < total), default=-1)
    behind = min((other for other in totals if other > total), default=width)
    for first, last in ((before + 1, total), (0, total), (total + 1, behind), (total + 1, width), (0, width)):
        for read in numbers.read or (frozenset(),):
            for parts in (read, read | numbers.beside):
                within = [index for index in sorted(parts) if first <= index < last]
                if len(within) >= (1 if columns[total] is None else 2):
                    yield within


def _wrong_rows(stated: Sequence[int | None], parts: Sequence[Sequence[int | None]], rows: Sequence[int]) -> list[int]:
    """Return the rows whose total is not the sum of the parts; where a number cannot be read, that is asked of its own cell."""
    wrong = []
    for row in rows:
        of_row = [numbers[row] for numbers in parts]
        said, read = stated[row], [number for number in of_row if number is not None]
        if said is not None and len(read) == len(of_row) and said != sum(read):
            wrong.append(row)
    return wrong


def _mismatch(table: Table, total: int, row: int) -> Problem:
    fault = Text("本行合计与各列之和不符", "The total of the row is not the sum of its columns")
    remedy = Text(
        "核对原始数据:某列漏填或填错的,补填、改正该列;合计算错的,改正合计;合计还含表外的数的,在映射方案中确认",
        "Check the source: fill in or correct a column that is wrong; correct the total if that is; if it holds more than the table, confirm it in "
        "the profile",
    )
    return Problem("total_mismatch", fault, remedy, table.sheet, table.letter(total), table.row_number(row))
