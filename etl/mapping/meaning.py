"""What the headers that a profile reads numbers from say of them, against what the profile says; and the conversion a person confirmed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from etl.contract import Column, Extract, Type
from etl.mapping.profile import FACTOR, Profile
from etl.problems import Problem
from etl.reading.cells import fold
from etl.reading.layout import Cut
from etl.reading.meaning import Doubt, doubts
from etl.reading.signs import trimmed
from etl.reading.table import Line, Table
from indicators.model import Text

NUMBERS = frozenset((Type.COUNT, Type.GRAMS, Type.AMOUNT))


@dataclass(frozen=True)
class OpenMeaning:
    """What a header leaves open: its position, the doubt, and the word in it."""

    index: int
    doubt: Doubt
    word: str
    column: Column


def number_columns(profile: Profile, header: Sequence[str], extract: Extract) -> dict[int, Column]:
    """Return the positions of the headers from which numbers are read, with the column of the contract; headers that are months apart."""
    named = {fold(source): extract.column(name) for name, sources in profile.columns.items() for source in sources}
    if profile.counts_into:
        named |= {fold(source): extract.column(profile.counts_into) for source in profile.measures}
    read_as = {index: named[fold(text)] for index, text in enumerate(header) if fold(text) in named}
    return {index: column for index, column in read_as.items() if column.type in NUMBERS}


def open_meanings(profile: Profile, header: Sequence[str], extract: Extract) -> Iterator[OpenMeaning]:
    """Find what the headers of numbers say that the profile neither heeds nor confirms."""
    confirmed, factored = set(map(fold, profile.confirmed)), set(map(fold, profile.factors))
    for one in left_open(header, number_columns(profile, header, extract), extract, is_running=profile.is_cumulative):
        folded = fold(header[one.index])
        if folded not in confirmed and not (one.doubt is Doubt.UNIT and folded in factored):
            yield one


def left_open(header: Sequence[str], columns: Mapping[int, Column], extract: Extract, *, is_running: bool) -> Iterator[OpenMeaning]:
    """Find what headers of numbers leave open.

    Args:
        header: The headers.
        columns: Position -> the column of the contract that its numbers are read as.
        extract: The contract.
        is_running: The numbers are read as running totals.
    """
    for index, column in columns.items():
        found = doubts(
            header[index],
            column,
            is_running=is_running,
            is_stock=column.name in extract.stock_columns,
            stands_beside_others=sum(other.name == column.name for other in columns.values()) > 1,
        )
        yield from (OpenMeaning(index, doubt, word, column) for doubt, word in found.items())


def meaning_problems(profile: Profile, table: Table, extract: Extract) -> list[Problem]:
    """Ask about every header of numbers that says what the profile does not heed."""
    return [
        Problem("header_meaning", *words_of(one), table.sheet, table.letter(one.index), table.header_row)
        for one in open_meanings(profile, table.header or (), extract)
    ]


def words_of(one: OpenMeaning) -> tuple[Text, Text]:
    """Say what a word in a header leaves open, and what to do in each case."""
    unit = one.column.unit or Text("个", "units")
    read_as = {
        Doubt.RUNNING: (
            Text("而方案按当月数读取", "while the profile reads the month's count"),
            Text(
                "是1月起的累计数的,在映射方案中注明累计;确是当月数的,在方案中确认;另有当月数一列的,改选那一列",
                "if they run from January, say so in the profile; if they are the month's, confirm it; if another column holds those, choose it",
            ),
        ),
        Doubt.MONTHLY: (
            Text("而方案按累计数读取", "while the profile reads running totals"),
            Text(
                "是当月数的,去掉方案中的累计;确是累计数的,在方案中确认",
                "if they are the month's, take the running totals out of the profile; if they do run on, confirm it there",
            ),
        ),
        Doubt.BASE: (
            Text("不像本期实有的数", "which is not the count of this period"),
            Text(
                "是别的时间、计划或增减数的,在方案中改选本期数那一列,这一列选“不用”;确是本期数的,在方案中确认",
                "if they are of another time, planned or differences, leave this one unused and choose that of this period; else confirm it",
            ),
        ),
        Doubt.SHARE: (
            Text("像比率或平均数,不是数量", "which reads like a rate or a mean and no count"),
            Text(
                "是比率或平均数的,在方案中改选数量那一列,这一列选“不用”;确是数量的,在方案中确认",
                "if so, choose the column of the counts and leave this one unused; if they are counts, confirm it there",
            ),
        ),
        Doubt.UNIT: (
            Text(f"而这一列按{unit.zh}读取", f"while the column is read in {unit.en}"),
            Text(
                f"单位不同的,在方案中写明换算倍数(如千克乘1000得克);数已是{unit.zh}的,在方案中确认;数的是别的,改选一列",
                f"if the unit is another, give the factor (kilograms times 1000 are grams); if it is {unit.en} already, confirm it; "
                "if other things are counted, choose another column",
            ),
        ),
        Doubt.PART: (
            Text("而与它并列的列也计入,可能重复计算", "while the columns beside it are counted too, so that some may count twice"),
            Text(
                "已含在别的列内的,在方案中选“不用”;与别的列不重复的,在方案中确认",
                "if other columns hold the same, leave it unused in the profile; if nothing is held twice, confirm it there",
            ),
        ),
    }
    fault, remedy = read_as[one.doubt]
    return (
        Text(f"这一列的表头中有“{one.word}”,{fault.zh}", f"The header of the column has the word “{one.word}”, {fault.en}"),
        Text(f"核对这一列是什么数:{remedy.zh}", f"Find out what the numbers are: {remedy.en}"),
    )


def header_lines(profile: Profile, table: Table, extract: Extract) -> tuple[Line, ...]:
    """Return the headers of numbers as lines, whose months must be those that the file covers."""
    header = table.header or ()
    return tuple(Line(table.sheet, table.header_row, (header[index],)) for index in number_columns(profile, header, extract))


def converted(profile: Profile, cut: Cut) -> Cut:
    """Multiply the numbers of columns in another unit by the factor that a person confirmed; what is no plain number stays and is refused."""
    factors = {fold(header): Decimal(factor) for header, factor in profile.factors.items()}
    header = cut.table.header or ()
    if not factors.keys() & set(map(fold, header)):
        return cut
    columns = [
        [_times(text, factor) for text in cells] if (factor := factors.get(fold(text_of_header))) else cells
        for text_of_header, cells in zip(header, cut.table.columns, strict=True)
    ]
    return replace(cut, table=replace(cut.table, columns=columns, different=None))


def _times(text: str, factor: Decimal) -> str:
    # Only numbers as long as a count may be: anything longer may identify somebody and goes to the privacy gate as it is.
    if not FACTOR.fullmatch(written := trimmed(text)):
        return text
    return f"{(Decimal(written) * factor).normalize():f}"
