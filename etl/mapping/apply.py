"""Reading an office's own table by its mapping profile, column by column. What the profile leaves open is a problem at its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy

from etl.contract import Column, Extract, Type
from etl.county.pack import CountyPack
from etl.mapping.meaning import converted
from etl.mapping.profile import Profile, month_of_header
from etl.problems import Problem, Remark
from etl.reading.cells import RULES, fold, is_placeholder, read_column
from etl.reading.layout import Cut, Layout, tidy
from etl.reading.repeated import words_of_repeated
from etl.reading.table import Table
from indicators.model import Text
from indicators.months import months_between


def lay_out(profile: Profile, cut: Cut, extract: Extract) -> Layout:
    """Take totals, footers and merged cells out of a table that a profile fits, as is done for a table in the template's form."""
    header, cut = cut.table.header or (), converted(profile, cut)
    unused = {fold(text) for text in profile.ignored} - profile.needed
    unread = frozenset(index for index, text in enumerate(header) if fold(text) in unused)
    confirmed = set(map(fold, profile.confirmed))
    settled = frozenset(index for index, text in enumerate(header) if fold(text) in confirmed)
    chosen, aside = _rows_with(cut.table, profile.filters), _rows_with(cut.table, profile.left_out)
    return tidy(cut, source_columns(profile, header, extract), unread, chosen, aside, settled)


def _rows_with(table: Table, words: Mapping[str, Sequence[str]]) -> frozenset[int]:
    """Return the rows that have one of the words given for a header in its column."""
    wanted = {fold(header): set(map(fold, chosen)) for header, chosen in words.items()}
    return frozenset(
        row
        for text, cells in zip(table.header or (), table.columns, strict=False)
        if fold(text) in wanted
        for row, cell in enumerate(cells)
        if fold(cell) in wanted[fold(text)]
    )


def source_columns(profile: Profile, header: Sequence[str], extract: Extract) -> list[Column | None]:
    """Return the contract column that each header of a source table is read as, under that header, so that a fault names it; None for the others."""
    named = {fold(source): extract.column(name) for name, sources in profile.columns.items() for source in sources}
    if profile.counts_into:
        named |= {fold(source): extract.column(profile.counts_into) for source in profile.measures}
    # A word that tells which rows count is read as it stands: 同上 and merged cells are filled, and nothing else is asked of it.
    named |= {fold(source): Column(source, (source,), Type.LABEL, Text(source, source)) for source in profile.filters if fold(source) not in named}
    counts = extract.column(profile.counts_into) if profile.has_month_columns and profile.counts_into else None
    read_as = [named.get(fold(text)) or (counts if profile.counts_month(text) else None) for text in header]
    return [column and replace(column, headers=(text.strip(),)) for text, column in zip(header, read_as, strict=True)]


@dataclass(frozen=True)
class Mapped:
    """A source table as its profile reads it; one in the template's form as it stands.

    Attributes:
        table: The same in the contract's form; its row numbers are those of the source.
        problems: What the profile leaves open; they name the source column and row.
        remarks: Rows left out by the filters and rows added up.
        sources: Contract header -> header or letter of the source column, to name it in problems.
    """

    table: Table
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Remark, ...] = ()
    sources: Mapping[str, str] = field(default_factory=dict)


def apply(profile: Profile, table: Table, extract: Extract, pack: CountyPack, last_month: date | None = None) -> Mapped:
    """Read a source table by its profile, column by column.

    Args:
        profile: A profile that fits the table's header.
        table: The source table.
        extract: The contract of the profile.
        pack: The county pack.
        last_month: Last month the file covers; the month of a table that has no month of its own.
    """
    header = table.header or ()
    positions = {fold(text): index for index, text in enumerate(header)}
    problems = _check_header(profile, table)
    kept, filter_problems = _kept_rows(profile, table, positions)
    problems += filter_problems
    base, value_problems = _base_columns(profile, table, extract, positions, kept, last_month, pack)
    problems += value_problems
    remarks = []
    if len(kept) < table.row_count:
        left = table.row_count - len(kept)
        remarks.append(Remark("rows_filtered", Text(f"按方案有{left}行不计", f"Rows left out by the profile: {left}")))
    remarks += _converted(profile, table)
    blocks = _blocks(profile, extract, header, positions)
    counted = profile.count_columns(extract)
    own_columns = [(positions[fold(profile.columns[name][0])], name) for name in counted if name in profile.columns]
    sources_of_counts = [(index, counted[0]) for index, _ in blocks] or own_columns
    counts: list[list[str]] = []
    for index, name in sources_of_counts:
        texts, faults = _counts(profile, extract.column(name), table, index, kept, pack)
        counts.append(texts)
        problems += faults
    if profile.adds_up and not problems:
        base, counts, kept, added = _add_alike(base, counts, kept)
        if added:
            remarks.append(Remark("rows_added", Text(f"同一键的行相加,合并{added}行", f"Rows of the same key are added; rows merged: {added}")))
    columns = _melt(base, blocks, counts, [name for _, name in sources_of_counts], len(kept))
    times = max(len(blocks), 1)
    names = [column.name for column in extract.columns]
    mapped = Table(
        table.sheet,
        table.above,
        tuple(extract.column(name).header for name in names),
        table.header_row,
        [columns[name] if name in columns else [""] * (len(kept) * times) for name in names],
        is_visible=table.is_visible,
        numbers=[table.row_number(row) for row in kept] * times,
    )
    sources = {extract.column(name).header: headers[0] for name, headers in profile.columns.items()}
    return Mapped(mapped, tuple(problems), tuple(remarks), sources)


def _converted(profile: Profile, table: Table) -> list[Remark]:
    """Say which columns are read in another unit than they are written in."""
    factors = {fold(header): factor for header, factor in profile.factors.items()}
    return [
        Remark("converted", Text(f"按方案乘以{factor}读取", f"Read times {factor} by the profile"), table.letter(index))
        for index, text in enumerate(table.header or ())
        if (factor := factors.get(fold(text)))
    ]


def _check_header(profile: Profile, table: Table) -> list[Problem]:
    header = table.header or ()

    def fault(rule: str, index: int | None, message: Text, remedy: Text) -> Problem:
        return Problem(rule, message, remedy, table.sheet, None if index is None else table.letter(index), table.header_row)

    message = Text("映射方案中没有这一列", "The profile does not know the column")
    remedy = Text("在方案中指明用途或不用", "Say in the profile what it is, or that it is not used")
    problems = [fault("unmapped_header", index, message, remedy) for index in profile.unknown(header)]
    repeated: list[tuple[int, int]] = []
    seen: dict[str | date, int] = {}
    for index, text in enumerate(header):
        month = month_of_header(text) if profile.counts_month(text) else None
        place: str | date = month or fold(text)
        if place in seen and (month or fold(text) in profile.needed):
            repeated.append((seen[place], index))
        seen.setdefault(place, index)
    if repeated:
        problems += [fault("duplicate_header", again, *words) for (_, again), words in zip(repeated, words_of_repeated(table, repeated), strict=True)]
    months = sorted(month for month in seen if isinstance(month, date))
    if months and months != months_between(months[0], months[-1]):
        message = Text("月份列不连续", "The month columns leave out a month")
        remedy = Text("补上缺少的月份,或分成两份文件报送", "Add the month, or deliver two files")
        problems.append(fault("month_gap", None, message, remedy))
    return problems


def _kept_rows(profile: Profile, table: Table, positions: Mapping[str, int]) -> tuple[list[int], list[Problem]]:
    """Return the rows that count, and a problem for every row of which the profile does not say whether it does.

    Where the words that do not count are named beside those that do, any other word is asked about. Where they are not, and no row is left,
    the words may have changed; that is asked about too.
    """
    kept: Sequence[int] = range(table.row_count)
    problems: list[Problem] = []
    for header, words in profile.filters.items():
        cells = table.columns[positions[fold(header)]]
        wanted, unwanted = set(map(fold, words)), set(map(fold, profile.left_out.get(header, ())))
        if unwanted:
            problems += [_open_word(table, header, row) for row in kept if fold(cells[row]) not in wanted | unwanted]
        kept = [row for row in kept if fold(cells[row]) in wanted]
        if table.row_count and not kept and not unwanted:
            message = Text("按方案筛选后一行也不剩", "The profile's filter leaves no row")
            remedy = Text("核对该列的词语是否改过,改过的重新做映射方案", "See whether the words of the column changed; if so, map it anew")
            problems.append(Problem("no_row_kept", message, remedy, table.sheet, header, None))
    for header, words in profile.left_out.items():
        cells = table.columns[positions[fold(header)]]
        unwanted = set(map(fold, words))
        kept = [row for row in kept if fold(cells[row]) not in unwanted]
    return list(kept), problems


def _open_word(table: Table, header: str, row: int) -> Problem:
    fault = Text("映射方案中没有这一取值", "The profile does not know the word in this cell")
    remedy = Text(
        "查清它是什么:是记录的,在方案中为它指定代码;不是记录的,选“不计”", "Find out what it is: give it a code in the profile, or leave it out there"
    )
    return Problem("unmapped_value", fault, remedy, table.sheet, header, table.row_number(row))


def _base_columns(
    profile: Profile,
    table: Table,
    extract: Extract,
    positions: Mapping[str, int],
    kept: Sequence[int],
    last_month: date | None,
    pack: CountyPack,
) -> tuple[dict[str, list[str]], list[Problem]]:
    """Return the columns that are the same for every count of a source row."""
    base: dict[str, list[str]] = {name: [text] * len(kept) for name, text in profile.constants.items()}
    if profile.month_is_last:
        base[extract.month_column] = [f"{last_month:%Y-%m}" if last_month else ""] * len(kept)
    problems: list[Problem] = []
    for name, headers in profile.columns.items():
        if name in profile.count_columns(extract):
            continue
        cells = [[table.columns[positions[fold(header)]][row] for row in kept] for header in headers]
        texts = cells[0] if len(cells) == 1 else [f"{year.strip()}-{month.strip()}" for year, month in zip(*cells, strict=True)]
        if name in profile.values:
            texts, open_rows = _coded(texts, extract.column(name), profile.values[name], pack)
            problems += [_open_word(table, headers[0], kept[place]) for place in open_rows]
        base[name] = texts
    return base, problems


def _coded(texts: Sequence[str], column: Column, words: Mapping[str, str], pack: CountyPack) -> tuple[list[str], list[int]]:
    """Put codes for words; returns the texts and the places whose word is neither in the profile nor admitted by the column itself."""
    known = {fold(word): code for word, code in words.items()}
    others = sorted(text for text in set(texts) if fold(text) and fold(text) not in known)
    faulty = {others[place] for place, _, _ in read_column(column, others, pack).faults}
    # A code of a township is no word: whether the county pack has it is asked with every code of the file.
    unknown = {text for text in faulty if not _is_township_code(column, fold(text))}
    coded = {text: known.get(fold(text), text) for text in set(texts)}
    return list(map(coded.__getitem__, texts)), [place for place, text in enumerate(texts) if text in unknown] if unknown else []


def _is_township_code(column: Column, folded: str) -> bool:
    return column.type is Type.TOWNSHIP and folded.isascii() and folded.isdigit() and len(folded) == 12


def _blocks(profile: Profile, extract: Extract, header: Sequence[str], positions: Mapping[str, int]) -> list[tuple[int, dict[str, str]]]:
    """Return the columns that one count is spread over, each with what it says of its rows; none where every count has its own column."""
    if profile.has_month_columns:
        months = [(index, month_of_header(text)) for index, text in enumerate(header) if profile.counts_month(text)]
        return [(index, {extract.month_column: f"{month:%Y-%m}"}) for index, month in months if month is not None]
    if profile.measures:
        return [(positions[fold(text)], dict(constants)) for text, constants in profile.measures.items()]
    return []


def _counts(profile: Profile, column: Column, table: Table, index: int, kept: Sequence[int], pack: CountyPack) -> tuple[list[str], list[Problem]]:
    """Return the counts of a source column as plain numbers, and its faults; checked here, because only here the source column is known."""
    texts = [table.columns[index][row] for row in kept]
    if profile.blank_is_zero:
        texts = ["0" if not text.strip() or is_placeholder(text) else text for text in texts]
    typed = read_column(column, texts, pack)
    faults = [
        Problem(rule, RULES[rule][0], remedy or RULES[rule][1], table.sheet, (table.header or ())[index], table.row_number(kept[place]))
        for place, rule, remedy in typed.faults
    ]
    return [text if value is None else str(value) for text, value in zip(texts, typed.values, strict=True)], faults


def _add_alike(
    base: dict[str, list[str]], counts: Sequence[Sequence[str]], kept: Sequence[int]
) -> tuple[dict[str, list[str]], list[list[str]], list[int], int]:
    """Add the counts of source rows that say the same of themselves; the first of them gives the row number."""
    groups: dict[tuple[str, ...], int] = {}
    keys = list(zip(*base.values(), strict=True)) if base else [()] * len(kept)
    places = [groups.setdefault(key, len(groups)) for key in keys]
    if len(groups) == len(kept):
        return base, [list(texts) for texts in counts], list(kept), 0
    group = numpy.array(places)
    _, first = numpy.unique(group, return_index=True)
    sums = []
    for texts in counts:
        total = numpy.zeros(len(groups), dtype=numpy.int64)
        numpy.add.at(total, group, numpy.array(texts, dtype=numpy.int64))
        sums.append([str(number) for number in total.tolist()])
    rows = first.tolist()
    return {name: [texts[row] for row in rows] for name, texts in base.items()}, sums, [kept[row] for row in rows], len(kept) - len(groups)


def _melt(
    base: Mapping[str, list[str]], blocks: Sequence[tuple[int, dict[str, str]]], counts: Sequence[list[str]], names: Sequence[str], rows: int
) -> dict[str, list[str]]:
    """Turn every column that a count is spread over into rows of its own; counts with columns of their own stay beside each other."""
    if not blocks:
        return {**base, **dict(zip(names, counts, strict=True))}
    columns = {name: texts * max(len(blocks), 1) for name, texts in base.items()}
    for name in {name for _, constants in blocks for name in constants}:
        columns[name] = [text for _, constants in blocks for text in [constants[name]] * rows]
    columns[names[0]] = [text for texts in counts for text in texts]
    return columns
