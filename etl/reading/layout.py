"""From the sheets of a real workbook to one table of records, by the contracts.

Counties print a title, a unit row, a header of two or three rows, totals and a footer around the records, and give each township its own
sheet. All of that is recognised or asked about, never guessed: a row is left out only where it can be no record, and what is left out still
goes through the privacy gate.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import accumulate, chain

from etl.contract import Column, Extract, Type
from etl.county.pack import CountyPack
from etl.problems import Problem
from etl.reading.cell_faults import cell_problems
from etl.reading.cell_kinds import CellKind
from etl.reading.cells import fold, is_placeholder, number_of, unit_words
from etl.reading.header import (
    HEADER_WITHIN,
    MAX_DEPTH,
    NUMBERING,
    REMARKS,
    accepted_headers,
    extract_by_header,
    header_stacks,
    is_whole,
    likely_contracts,
    settled_header,
    stacked_header,
)
from etl.reading.marks import ROW_KIND, Mark, is_footer, is_printed_around, mark_of, numbers_columns
from etl.reading.meaning import is_of_another_base, is_of_another_table, own_units
from etl.reading.number_formats import changes
from etl.reading.numerals import with_digits
from etl.reading.places import WHOLE_COUNTY, Places
from etl.reading.row_totals import row_total_problems
from etl.reading.signs import is_blank, seen_through, without_unseen
from etl.reading.table import Line, Sheet, Table, UnreadableError
from indicators.model import Text

_SHORT = 8  # signs of a word that belongs to the header below it
_OF_A_TIME = re.compile("[年月季]")
_DITTO = frozenset(map(fold, ("同上", "″", "〃", "”", '"', "''")))
_SERIAL = re.compile(r"\d{1,7}", re.ASCII)
_SAID = re.compile(r"\D*?:?(\d{1,9}(?:\.\d{1,3})?)(人|名|起|件|宗|条|户|行|例|个|克)?(?:记录|数据|案件)?[。.]?", re.ASCII)
_UNSUMMED = frozenset((Type.KEY, Type.CODE, Type.FLAG, Type.DRUG, Type.LABEL, Type.YEAR, Type.TOWNSHIP))
_SUMMED = frozenset((Type.COUNT, Type.GRAMS, Type.AMOUNT))
_NEVER_A_MARK = frozenset((Type.KEY, Type.MONTH, Type.YEAR, Type.TOWNSHIP))
_LETTERED = frozenset(("甲", "栏次"))
_NOT_FILLED_DOWN = frozenset((Type.KEY, *_SUMMED))
_HEAVIER = "千克|公斤|毫克|市斤|[吨斤两]|kg|mg"
_OFTENER = "[百千万亿][人起件名例次]?"
_OTHER_SEPARATORS = (";", "\t", "|", ",", "\uff1b", "\uff0c", "、")
_SAYS_UNIT = (
    r"单位(?:[::为是]|均为)?(?:[克人起件g][、,/和])?(?:{0})(?![\u4e00-\u9fffa-z])"
    r"|[以按用](?:{0})(?:计|为单位|统计|填报|填写)|[(\[](?:单位:)?(?:{0})[)\]]"
)
_OTHER_UNIT = {Type.GRAMS: re.compile(_SAYS_UNIT.format(_HEAVIER)), Type.COUNT: re.compile(_SAYS_UNIT.format(_OFTENER))}


class Left(StrEnum):
    """What of a table is left out as no record."""

    TOTAL = "totals"
    FOOTER = "footer"
    HEADER = "header_rows"
    SERIAL = "serial_numbers"
    REMARKS = "remarks"


@dataclass(frozen=True)
class LeftOut:
    """A row or a column left out; ``row`` is None of a column."""

    kind: Left
    sheet: str | None
    row: int | None = None


@dataclass(frozen=True)
class Layout:
    """A file laid out.

    Attributes:
        table: The records of the whole file.
        parts: The table of each sheet by itself, where several were joined; otherwise the one table.
        outside: What stands on the sheets used but is no part of ``parts``: totals, footers, the upper rows of a header.
        titles: Rows above the headers, of every sheet.
        footers: Rows below the records, of every sheet.
        unused: Headers of columns that were left out because nothing stands in them.
        problems: What must be mended or asked.
        left_out: Totals, footers and columns that are no record and are not asked about.
        groups: Headings over the headers of the template, on every sheet.
    """

    table: Table
    parts: tuple[Table, ...]
    outside: tuple[Sheet, ...] = ()
    titles: tuple[Line, ...] = ()
    footers: tuple[Line, ...] = ()
    unused: frozenset[str] = frozenset()
    problems: tuple[Problem, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    groups: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Cut:
    """A table found on a sheet, before totals and footers are taken out.

    Attributes:
        outside: The upper rows of its header, where it takes several.
        merged: Merged ranges of the sheet, as in ``Sheet``.
        formats: Formats of its numbers, as in ``Sheet``.
        kinds: What its cells are, as in ``Sheet``.
        groups: What stands over the headers of the contract's columns, each once, at the first row of the header.
    """

    table: Table
    outside: tuple[Sheet, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    formats: Mapping[tuple[int, int], str] = field(default_factory=dict)
    kinds: Mapping[tuple[int, int], CellKind] = field(default_factory=dict)
    groups: tuple[Line, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Block(Cut):
    """A table whose header is that of a contract."""

    extract: Extract

    def tidy(self) -> Layout:
        """Take out what is no record."""
        known = accepted_headers(self.extract)
        return tidy(self, [self.extract.column(name) if (name := known.get(fold(text))) else None for text in self.table.header or ()])


def lay_out(sheets: Sequence[Sheet], contracts: Mapping[str, Extract], pack: CountyPack | None) -> Layout:
    """Find the records on the sheets of a workbook.

    Args:
        sheets: Every sheet, hidden ones too; they are never read as records.
        contracts: The extract types.
        pack: The county pack, whose township names may name the sheets.

    Raises:
        UnreadableError: If no visible sheet holds a template's header, or the sheets do not belong together.
    """
    visible = [block for sheet in sheets if sheet.is_visible and (block := _block(sheet, contracts)) is not None]
    if not visible:
        hidden = next((sheet for sheet in sheets if not sheet.is_visible and _block(sheet, contracts) is not None), None)
        raise _hidden(hidden) if hidden else _no_header()
    parts = [_named_township(block, visible, pack).tidy() for block in visible]
    return parts[0] if len(parts) == 1 else _joined(parts, visible)


def lay_out_text(table: Table, contracts: Mapping[str, Extract]) -> Layout:
    """Take totals, footers and serial numbers out of a table read from text."""
    extract = extract_by_header(table.header or (), contracts)
    if extract is None:
        return Layout(table, (table,), titles=table.lines_above)
    return _Block(table=replace(table, header=settled_header(table.header or (), extract)), extract=extract).tidy()


def _no_header() -> UnreadableError:
    return UnreadableError(
        "header_not_found",
        Text("前10行内没有找到模板表头", "No header of a template within the first 10 rows"),
        Text(
            "与模板同一含义、同一单位的列,用模板中的列名;别的样式的表,在上传页指明各列",
            "Use the template's names for columns of the same meaning and unit; say on the upload page what the columns of another form are",
        ),
    )


def _hidden(sheet: Sheet) -> UnreadableError:
    return UnreadableError(
        "hidden_sheet",
        Text("只有隐藏的工作表像报表,隐藏的工作表不读取", "Only a hidden sheet looks like the extract, and hidden sheets are not read"),
        Text("取消隐藏后重报", "Show the sheet and deliver again"),
        sheet=sheet.name,
    )


def _several_sheets(sheet: str | None) -> UnreadableError:
    return UnreadableError(
        "several_sheets",
        Text("有多张工作表像报表,但各表的列不一致", "More than one sheet looks like the extract, and their columns differ"),
        Text(
            "核对各表的列:含义和单位都相同的,用同样的表头;不同的,分别报送",
            "Compare their columns: give those of the same meaning and unit the same header; deliver sheets that differ apart",
        ),
        sheet=sheet,
    )


def _block(sheet: Sheet, contracts: Mapping[str, Extract]) -> _Block | None:
    """Find the header of a sheet; rows and columns that are empty all through at the edges are no part of the table."""
    rows = list(sheet.rows)
    while rows and all(map(is_blank, rows[-1])):
        rows.pop()
    single = next((index for index, row in enumerate(rows[:HEADER_WITHIN]) if extract_by_header(row, contracts) is not None), None)
    by_one_row = extract_by_header(rows[single], contracts) if single is not None else None
    if single is not None and by_one_row is not None and is_whole(settled_header(rows[single], by_one_row), by_one_row):
        return _cut(sheet, rows, single, 1, tuple(rows[single]), by_one_row)
    likely = likely_contracts(rows[: HEADER_WITHIN + MAX_DEPTH], contracts)
    for depth in range(2, MAX_DEPTH + 1):
        for top in range(min(HEADER_WITHIN, len(rows) - depth + 1)):
            for extract in likely:
                header = stacked_header(sheet, rows, top, depth, extract)
                if header is not None:
                    return _cut(sheet, rows, top, depth, header, extract)
    if single is None or by_one_row is None:
        return None
    return _cut(sheet, rows, single, 1, tuple(rows[single]), by_one_row)


def _cut(sheet: Sheet, rows: list[list[str]], top: int, depth: int, header: tuple[str, ...], extract: Extract) -> _Block:
    cut = cut_out(replace(sheet, rows=rows), top, depth, header)
    table = replace(cut.table, header=settled_header(cut.table.header or (), extract))
    groups = _groups(replace(sheet, rows=rows), top, depth)
    return _Block(table=table, outside=cut.outside, merged=cut.merged, formats=cut.formats, kinds=cut.kinds, groups=groups, extract=extract)


def _groups(sheet: Sheet, top: int, depth: int) -> tuple[Line, ...]:
    """Return what stands over the lowest headers, joined from above, each text once."""
    stacks = (header_stacks(sheet, sheet.rows, top, depth) if depth > 1 else None) or []
    return tuple(Line(sheet.name, sheet.first_row + top, (text,)) for text in dict.fromkeys("".join(parts[:-1]) for parts in stacks) if text)


def cut_out(sheet: Sheet, top: int, depth: int, header: tuple[str, ...]) -> Cut:
    """Return the table below a header; rows and columns that are empty all through at the edges are no part of it.

    Args:
        sheet: The sheet.
        top: Position of the first row of the header.
        depth: How many rows it takes.
        header: Its texts. Shape: one a column of the sheet.
    """
    rows = list(sheet.rows)
    while len(rows) > top + depth and all(map(is_blank, rows[-1])):
        rows.pop()
    body = rows[top + depth :]
    width = len(header)
    columns: list[Sequence[str]] = list(zip(*body, strict=True)) if body else [()] * width
    first, last = 0, width
    while last and not header[last - 1].strip() and not any(cell.strip() for cell in columns[last - 1]):
        last -= 1
    while first < last and not header[first].strip() and not any(cell.strip() for cell in columns[first]):
        first += 1
    table = Table(
        sheet.name,
        tuple(tuple(row) for row in rows[:top]),
        header[first:last],
        sheet.first_row + top + depth - 1,
        columns[first:last],
        sheet.first_column + first,
        sheet.is_visible,
        header_depth=depth,
    )
    upper = Sheet(sheet.name, sheet.is_visible, rows[top : top + depth], sheet.first_row + top, sheet.first_column)
    return Cut(table, (upper,) if depth > 1 else (), sheet.merged, sheet.formats, sheet.kinds)


def tidy(
    cut: Cut,
    columns: Sequence[Column | None],
    unread: frozenset[int] = frozenset(),
    chosen: frozenset[int] = frozenset(),
    aside: frozenset[int] = frozenset(),
    settled: frozenset[int] = frozenset(),
) -> Layout:
    """Take out of a table what is no record, and say what cannot be told.

    Args:
        cut: The table.
        columns: What every column holds; None where it is nothing of ours. Shape: one a header.
        unread: Positions of columns that a person said are not used: whatever stands there, a row of totals stays one.
        chosen: Positions of rows that a person chose as records, whatever words stand in them.
        aside: Positions of rows that a person said are no records; they stay, and no total is the sum of them.
        settled: Positions of totals beside the columns of which a person said that they are no sum of these.
    """
    table = _without_unseen(cut.table)
    header = table.header or ()
    headers = _header_rows(table, columns) - chosen
    second = _second_header(table, columns, headers) - chosen - aside
    marked = {row: marks for row, marks in _marked_rows(table, columns, aside).items() if row not in chosen | headers | second}
    footers = _footer_rows(table, marked)
    totals = [row for row, marks in sorted(marked.items()) if row not in footers and _is_total(table, row, marks, columns, unread)]
    left_out = _with_blank_tail(table, footers.union(totals, headers, second))
    cells, unclear = _filled_down(table, columns, cut.merged, left_out, unread)
    lone = _lone_texts(columns, cells, left_out | aside | chosen)
    left_out |= lone.keys()
    problems = (
        *_records_above(table),
        *_title_problems(table),
        *(_open_header(table, table.row_number(row), is_above=False) for row in second),
        *(_open_header(table, row, is_above=True) for row in _words_above(table, columns)),
        *(_open_row(table, row, columns[index], index) for row, index in lone.items()),
        *unclear,
        *_total_problems(table, columns, cells, totals, left_out | aside),
        *row_total_problems(table, columns, cells, left_out | aside, settled),
        *_format_problems(cut, columns, left_out),
        *cell_problems(table, columns, cut.kinds, left_out),
        *_unit_problems(table, columns, footers),
    )
    records = [row for row in range(table.row_count) if row not in left_out] if left_out else None
    kept = [index for index, text in enumerate(header) if columns[index] is not None or not _is_unused(text, cells[index], records)]
    unkept = [text for index, text in enumerate(header) if index not in kept]
    lines = [_line(table, row) for row in sorted(footers)]
    said = (
        *(LeftOut(Left.TOTAL, table.sheet, table.row_number(row)) for row in totals),
        *(LeftOut(Left.HEADER, table.sheet, table.row_number(row)) for row in sorted(headers)),
        *(LeftOut(Left.FOOTER, line.sheet, line.row) for line in lines if any(cell.strip() for cell in line.cells)),
        *(LeftOut(kind, table.sheet) for text in unkept if (kind := _left_column(text)) is not None),
    )
    tidied = _records_of(table, cells, kept, records)
    outside = (*cut.outside, *(_row_sheet(table, row) for row in sorted(left_out)))
    unused = frozenset(fold(text) for text in unkept if fold(text) == REMARKS)
    return Layout(tidied, (tidied,), outside, table.lines_above, tuple(lines), unused, problems, said, cut.groups)


def _without_unseen(table: Table) -> Table:
    """Return a table without invisible signs at the ends of its cells, so that a cell in which nothing is seen is blank."""
    different = [_different(table, index) for index in range(len(table.columns))]
    unseen = [{text: seen for text in texts if not text.isascii() and (seen := without_unseen(text)) != text} for texts in different]
    if not any(unseen):
        return replace(table, different=different)
    columns = [[seen.get(text, text) for text in cells] if seen else cells for cells, seen in zip(table.columns, unseen, strict=True)]
    return replace(table, columns=columns, different=None)


def _header_rows(table: Table, columns: Sequence[Column | None]) -> frozenset[int]:
    """Find rows that say the header again, as printed pages do, and rows below a header that number its columns (甲、乙、1、2)."""
    header = [fold(text) for text in table.header or ()]
    first = next((index for index, text in enumerate(header) if text), None)
    again: set[int] = set()
    if first is not None and any(fold(text) == header[first] for text in _different(table, first)):
        rows = [row for row, text in enumerate(table.columns[first]) if fold(text) == header[first]]
        again = {row for row in rows if all(fold(column[row]) == text for column, text in zip(table.columns, header, strict=True))}
    below = [row + 1 for row in (-1, *again) if row + 1 < table.row_count]
    numbered = {row for row in (*below, *_rows_of_letters(table)) if _numbers_columns(table, row, columns)}
    return frozenset(again | numbered)


def _rows_of_letters(table: Table) -> list[int]:
    """Return the rows that begin as a row of column letters does (甲, 栏次), wherever a page ended before them."""
    if not table.columns or not any(fold(text) in _LETTERED for text in _different(table, 0)):
        return []
    return [row for row, text in enumerate(table.columns[0]) if fold(text) in _LETTERED]


def _numbers_columns(table: Table, row: int, columns: Sequence[Column | None]) -> bool:
    cells = [column[row].strip() for column in table.columns]
    is_no_record = any(text and column is not None and column.type in _NEVER_A_MARK for text, column in zip(cells, columns, strict=True))
    return is_no_record and numbers_columns(cells)


def _second_header(table: Table, columns: Sequence[Column | None], headers: frozenset[int]) -> frozenset[int]:
    """Find a row right below the header with words over numbers, times at most, and no number: it says more of what they count."""
    row = next((row for row in range(table.row_count) if row not in headers), None)
    if row is None or row > len(headers):
        return frozenset()
    filled = [(column, cells[row]) for column, cells in zip(columns, table.columns, strict=True) if cells[row].strip()]
    over_numbers = [text for column, text in filled if column is not None and column.type in _SUMMED and not is_placeholder(text)]
    others = [text for column, text in filled if column is None or column.type not in _SUMMED]
    is_of_words = not any(map(_has_digit, others)) and all(_OF_A_TIME.search(text) or not _has_digit(text) for text in over_numbers)
    return frozenset((row,)) if over_numbers and is_of_words else frozenset()


def _lone_texts(columns: Sequence[Column | None], cells: Sequence[Sequence[str]], known: frozenset[int]) -> dict[int, int]:
    """Find the rows in which one cell is filled, with words, and a record needs another: row -> column. ``known`` rows are none of them.

    A township by itself, its counts left blank, may be a record with nothing to count.
    """
    needed = {index for index, column in enumerate(columns) if column is not None and not column.nullable and column.type not in _SUMMED}
    if len(cells) < 3:
        return {}
    rows = [row for row, (first, second) in enumerate(zip(*cells[:2], strict=True)) if not (first and second) and row not in known]
    filled = {row: [index for index, column in enumerate(cells) if column[row].strip()] for row in rows}
    return {row: places[0] for row, places in filled.items() if len(places) == 1 and needed - set(places) and not _has_digit(cells[places[0]][row])}


def _has_digit(text: str) -> bool:
    return any(sign.isdigit() for sign in with_digits(text))


def _open_row(table: Table, row: int, column: Column | None, index: int) -> Problem:
    return Problem("row_kind", *ROW_KIND, table.sheet, column.header if column else table.letter(index), table.row_number(row))


def _words_above(table: Table, columns: Sequence[Column | None]) -> list[int]:
    """Find rows right above the header with a short word, not where a title begins, by which numbers are of last year, planned or a share."""
    numbers = [column for column in columns if column is not None and column.type in _SUMMED]
    lines = table.lines_above[-(MAX_DEPTH - 1) :]
    return [
        line.row
        for line in lines
        if any(len(fold(cell)) <= _SHORT and any(is_of_another_base(cell, column) for column in numbers) for cell in line.cells[1:])
    ]


def _title_problems(table: Table) -> list[Problem]:
    """Ask about a title or a sheet's name by which the numbers are of last year, planned, or of a table that is void."""
    rows: list[int | None] = [None] if table.sheet and is_of_another_table(table.sheet) else []
    rows += [line.row for line in table.lines_above if any(map(is_of_another_table, line.cells[:1]))]
    fault = Text(
        "标题或工作表名说表中不是本期实有的数,或表不作数(如上年同期、计划、作废、草稿)",
        "By its title or name the table holds no count of this period, or is not in force (last year, planned, void, a draft)",
    )
    remedy = Text(
        "核对这张表:确是本期实有、有效的数,改正标题或工作表名;不是的,移到另一份文件中留存",
        "Check the table: if it does hold this period's numbers and is in force, correct the title or name; if not, move it to another file",
    )
    return [Problem("title_meaning", fault, remedy, table.sheet, None, row) for row in rows]


def _open_header(table: Table, row: int, *, is_above: bool) -> Problem:
    side, where = ("上", "above") if is_above else ("下", "below")
    fault = Text(
        f"紧挨表头{side}面的这一行像表头的另一行,其中的字会改变数的含义(如累计、上年),所填是不是当月数不得而知",
        f"The row {where} the header seems to be another row of it and changes what the numbers mean (a running total, last year)",
    )
    remedy = Text(
        "核对:是当月数的,把这一行的字并入表头所在的格;是累计数、别的时间或别的单位的,在上传页做映射方案并注明",
        "Check it: if the numbers are the month's, join its words to the header; say running totals, another time or unit in a mapping profile",
    )
    return Problem("second_header", fault, remedy, table.sheet, None, row)


def _records_of(table: Table, cells: Sequence[Sequence[str]], kept: Sequence[int], records: Sequence[int] | None) -> Table:
    """Return a table with the columns and rows that are kept; every row where ``records`` is None."""
    if records is None and len(kept) == len(cells) and cells is table.columns:
        return table
    return replace(
        table,
        header=tuple((table.header or ())[index] for index in kept),
        columns=[cells[index] if records is None else [cells[index][row] for row in records] for index in kept],
        numbers=table.numbers if records is None else [table.row_number(row) for row in records],
        positions=[table.position(index) for index in kept],
        different=None,
    )


def _line(table: Table, row: int) -> Line:
    return Line(table.sheet, table.row_number(row), tuple(column[row] for column in table.columns))


def _is_filled_like_a_record(cells: Sequence[str], width: int) -> bool:
    """Say whether a row has more cells filled than a title; in a narrow table, whether every cell is, one with nothing but a number."""
    filled = [cell.strip() for cell in cells if cell.strip()]
    return len(filled) * 2 > max(width, 8) or (len(filled) >= width and any(cell.isdigit() for cell in filled))


def _is_cut_otherwise(cells: Sequence[str], width: int) -> bool:
    """Say whether a line is a record once it is cut at another separator, into the cells of the header, one of them a number."""
    line = max(cells, key=len, default="")
    pieces = [[piece.strip() for piece in line.split(separator)] for separator in _OTHER_SEPARATORS]
    return any(_is_as_wide(len(cut), width) and any(map(_begins_with_digit, cut)) for cut in pieces)


def _is_as_wide(count: int, width: int) -> bool:
    # A word of a code list may hold the separator; in a wide table that is no title for it.
    return count == width > 2 or count > width >= 8


def _begins_with_digit(text: str) -> bool:
    return text[:1].isdigit()


def _records_above(table: Table) -> list[Problem]:
    """Ask about rows above the header that are filled like records: as titles they would be lost."""
    width = len(table.header or ())
    fault = Text("表头上方有像记录的行", "A row above the header is filled like a record")
    remedy = Text(
        "核对:是记录的,移到表头下面,各格用与表头相同的分隔符;是标题的,写在一格内",
        "Check it: move a record below the header, cut as the header is; write a title into one cell",
    )
    full = [line.row for line in table.lines_above if _is_filled_like_a_record(line.cells, width) or _is_cut_otherwise(line.cells, width)]
    return [Problem("rows_above_header", fault, remedy, table.sheet, None, row) for row in full]


def _marked_rows(table: Table, columns: Sequence[Column | None] = (), aside: frozenset[int] = frozenset()) -> dict[int, dict[int, Mark]]:
    """Return the rows with a word of totals or footers: row -> column -> mark.

    The whole county among townships is a total, but for the rows ``aside``, of which a person said that they are no records.
    """
    marked: dict[int, dict[int, Mark]] = {}
    townships = {index for index, column in enumerate(columns) if column is not None and column.type is Type.TOWNSHIP}
    for index, cells in enumerate(table.columns):
        marks = {text: mark for text in _different(table, index) if (mark := mark_of(text)) is not None}
        county = {text for text in _different(table, index) if fold(text) in WHOLE_COUNTY} if index in townships else set()
        for row in (row for row, text in enumerate(cells) if text in county and row not in aside) if county else ():
            marked.setdefault(row, {})[index] = Mark.TOTAL
        for row, text in enumerate(cells) if marks else ():
            if text in marks:
                marked.setdefault(row, {})[index] = marks[text]
    return marked


def _footer_rows(table: Table, marked: Mapping[int, Mapping[int, Mark]]) -> frozenset[int]:
    """Find the rows below the last record: 填表人, notes and their further lines, blank rows between."""
    starts = [row for row, marks in marked.items() if Mark.FOOTER in marks.values()]
    if not starts:
        return frozenset()
    footers = {row for row in starts if is_printed_around([column[row] for column in table.columns])}
    pending: list[int] = []
    for row in range(table.row_count - 1, -1, -1):
        written = [(index, column[row]) for index, column in enumerate(table.columns) if column[row].strip()]
        if is_footer([text for _, text in written]):
            footers.update([row, *pending])
            pending = []
        elif not written or (len(written) == 1 and not written[0][1].isascii() and row not in marked):
            pending.append(row)  # blank, or the next line of a note that begins further up
        elif row in marked and Mark.TOTAL in marked[row].values():
            pending = []
        else:
            break
    return frozenset(footers)


def _with_blank_tail(table: Table, left_out: frozenset[int]) -> frozenset[int]:
    """Add the blank rows below the last record, also among totals and footers."""
    blank: set[int] = set()
    for row in range(table.row_count - 1, -1, -1):
        if row in left_out:
            continue
        if any(column[row].strip() for column in table.columns):
            break
        blank.add(row)
    return left_out | blank


def _is_total(table: Table, row: int, marks: Mapping[int, Mark], columns: Sequence[Column | None], unread: frozenset[int]) -> bool:
    """Say whether a row of totals holds nothing that only a record holds."""
    if Mark.TOTAL not in marks.values():
        return False
    for index, column in enumerate(columns):
        text = table.columns[index][row].strip()
        if index in unread:
            continue
        if index in marks:
            if marks[index] is not Mark.TOTAL or (column is not None and column.type in _SUMMED):
                return False
        elif text and not is_placeholder(text) and (column is None or column.type in _UNSUMMED) and not _is_serial(table, index):
            return False
    return True


def _is_serial(table: Table, index: int) -> bool:
    return fold((table.header or ())[index]) in NUMBERING


def _filled_down(
    table: Table,
    columns: Sequence[Column | None],
    merged: Sequence[tuple[int, int, int, int]],
    left_out: frozenset[int],
    unread: frozenset[int],
) -> tuple[Sequence[Sequence[str]], list[Problem]]:
    """Fill cells that are really merged, or say 同上, from the row above; a plain blank stays blank."""
    filled: dict[int, list[str]] = {}
    problems: list[Problem] = []
    # Honest ranges do not overlap; a file in which they do could keep a reader busy for hours.
    left_to_fill = table.row_count * len(columns)
    for top, left, bottom, right in merged:
        if bottom <= table.header_row or (top == bottom and left == right):
            continue
        rows = _rows_merged(table, top, bottom)
        left_to_fill -= len(rows)
        if left_to_fill < 0:
            problems.append(_merged(table, None, max(top, table.header_row)))
            break
        index = left - table.first_column
        column = columns[index] if 0 <= index < len(columns) else None
        is_below_header = left == right and top > table.header_row
        is_passed_over = is_below_header and 0 <= index < len(columns) and (index in unread or _is_serial(table, index))
        if is_passed_over or all(row in left_out for row in rows):
            continue
        # One number for two rows would be counted twice, and so would one key.
        if not is_below_header or column is None or column.type in _NOT_FILLED_DOWN or any(row in left_out for row in rows):
            problems.append(_merged(table, column, max(top, table.header_row)))
            continue
        cells = filled.setdefault(index, list(table.columns[index]))
        cells[rows.start : rows.stop] = [cells[rows.start]] * len(rows)
    _fill_ditto(table, columns, left_out, filled)
    return [filled.get(index, cells) for index, cells in enumerate(table.columns)] if filled else table.columns, problems


def _rows_merged(table: Table, top: int, bottom: int) -> range:
    """Return the records that a merged range reaches over, counted from 0."""
    first = table.header_row + 1
    return range(max(top, first) - first, min(bottom - first, table.row_count - 1) + 1)


def _fill_ditto(table: Table, columns: Sequence[Column | None], left_out: frozenset[int], filled: dict[int, list[str]]) -> None:
    """Put what stands above in place of 同上; ``filled`` holds the columns changed so far."""
    for index, column in enumerate(columns):
        marks = {text for text in _different(table, index) if text and len(text) <= 4 and fold(text) in _DITTO}
        if not marks or column is None:
            continue
        cells = filled.setdefault(index, list(table.columns[index]))
        for row in range(1, len(cells)):
            if cells[row] in marks and row - 1 not in left_out:
                cells[row] = cells[row - 1]


def _different(table: Table, index: int) -> Collection[str]:
    return table.different[index] if table.different is not None else set(table.columns[index])


def _merged(table: Table, column: Column | None, row: int) -> Problem:
    fault = Text("记录中有合并单元格,不知每行各是多少", "Cells are merged among the records, and what each row holds cannot be told")
    remedy = Text(
        "取消合并,查清每行各是多少再逐格填写;一个数不要填入几行",
        "Unmerge them, find out what belongs to each row and fill every cell; do not enter one number in several rows",
    )
    return Problem("merged_cells", fault, remedy, table.sheet, column.header if column else None, row)


def _is_unused(header: str, cells: Sequence[str], records: Sequence[int] | None) -> bool:
    """Say whether a column may be left out: serial numbers, and headers over nothing at all."""
    folded = fold(header)
    of_records = [cells[row] for row in records] if records is not None else cells
    if folded in NUMBERING:
        return all(not text.strip() or _SERIAL.fullmatch(seen_through(text)) for text in of_records)
    if not folded:  # a footer may reach beyond the header
        return not any(text.strip() for text in of_records)
    return folded == REMARKS and not any(text.strip() for text in cells)


def _left_column(header: str) -> Left | None:
    folded = fold(header)
    return Left.SERIAL if folded in NUMBERING else Left.REMARKS if folded == REMARKS else None


def _row_sheet(table: Table, row: int) -> Sheet:
    line = _line(table, row)
    return Sheet(line.sheet, table.is_visible, [list(line.cells)], line.row, table.first_column)


def _format_problems(cut: Cut, columns: Sequence[Column | None], left_out: frozenset[int]) -> list[Problem]:
    """Refuse numbers that the reader of the workbook sees with another unit, scaled, or not at all."""
    table, problems = cut.table, []
    for (number, position), code in cut.formats.items():
        row, index = number - table.header_row - 1, position - table.first_column
        if not (0 <= row < table.row_count and 0 <= index < len(columns)) or row in left_out:
            continue
        column = columns[index]
        if column is None or column.type not in _SUMMED:
            continue
        value = number_of(column, table.columns[index][row].removeprefix("-"))
        if value is not None and changes(code, value, own_units(column)):
            problems.append(_number_format(table, column, number))
    return problems


def _number_format(table: Table, column: Column, row: int) -> Problem:
    unit = column.unit or Text("个", "units")
    fault = Text(
        f"单元格的数字格式另加了单位、文字或百分号,缩放或隐藏了数值,看到的不是所填的数(本列单位:{unit.zh})",
        f"The cell's number format adds a unit, words or a percent sign, scales the number or hides it; the column is in {unit.en}",
    )
    remedy = Text(
        f"按看到的数和单位查清实际是多少{unit.zh}(1千克是1000克),填这个数,格式用“常规”",
        f"Find out from what is shown how many {unit.en} it is (1 kilogram is 1000 grams), enter that number, and format it as General",
    )
    return Problem("number_format", fault, remedy, table.sheet, column.header, row)


def _unit_problems(table: Table, columns: Sequence[Column | None], footers: frozenset[int]) -> list[Problem]:
    """Ask about a title, unit row or footer that says another unit than the template's."""
    lines = [*table.lines_above, *(_line(table, row) for row in footers)]
    kinds = {column.type for column in columns if column is not None}
    patterns = list(_OTHER_UNIT.values()) if kinds & set(_OTHER_UNIT) else []
    said = [line.row for line in lines if any(pattern.search(seen_through(cell)) for pattern in patterns for cell in line.cells if cell.strip())]
    fault = Text(
        "此行写明的单位不是模板的单位,数是否已换算不得而知",
        "This row names another unit than the template's, so what the numbers are in cannot be told",
    )
    remedy = Text(
        "先查清各数的单位:还是此行所写单位的,全部换算成模板的单位(克、人、起);已是模板单位的,数不动;然后再改正此行",
        "First find out the unit of the numbers: if it is the one written here, convert all of them into the template's (grams, people, cases); "
        "if they are in the template's already, leave them; then correct this row",
    )
    return [Problem("unit_other", fault, remedy, table.sheet, None, row) for row in sorted(said)]


def _total_problems(
    table: Table, columns: Sequence[Column | None], cells: Sequence[Sequence[str]], totals: Sequence[int], left_out: frozenset[int]
) -> list[Problem]:
    """Compare every row of totals with the rows it can stand for: those since the last total, all above, or, on top, all below."""
    if not totals:
        return []
    running = {
        index: _running(column, cells[index], left_out) for index, column in enumerate(columns) if column is not None and column.type in _SUMMED
    }
    records = [0, *accumulate(row not in left_out for row in range(table.row_count))]
    fault, remedy = (
        Text("合计与各行之和不符", "The total is not the sum of its rows"),
        Text(
            "核对原始数据:漏了的行补上,填错的数改正;合计算错的,改正合计",
            "Check the source: add a row that is missing, correct a number; correct the total if that is wrong",
        ),
    )
    problems: list[Problem] = []
    start = 0
    for total in totals:
        spans = [(start, total), (0, total), *([(total + 1, table.row_count)] if records[total] == 0 else [])]
        start = total + 1
        wrong = [_mismatches(table, columns, running, total, first, last, records[last] - records[first]) for first, last in spans]
        if not all(wrong):
            continue
        problems += [Problem("total_mismatch", fault, remedy, table.sheet, header, table.row_number(total)) for header in min(wrong, key=len)]
    return problems


@dataclass(frozen=True)
class _Running:
    """Sums of a column from its first row on, in thousandths so that decimals add up, and how many cells were no number."""

    sums: list[int]
    unread: list[int]


def _running(column: Column, cells: Sequence[str], left_out: frozenset[int]) -> _Running:
    numbers = {text: 0.0 if not text.strip() or is_placeholder(text) else number_of(column, text) for text in set(cells)}
    parts = [0.0 if row in left_out else numbers[text] for row, text in enumerate(cells)]
    sums = [0, *accumulate(round((part or 0.0) * 1000) for part in parts)]
    return _Running(sums, [0, *accumulate(part is None for part in parts)])


def _mismatches(
    table: Table, columns: Sequence[Column | None], running: Mapping[int, _Running], total: int, first: int, last: int, records: int
) -> list[str]:
    """Return the headers of the columns whose total is not the sum of the rows from ``first`` to before ``last``."""
    wrong: list[str] = []
    sums = {index: of.sums[last] - of.sums[first] for index, of in running.items() if of.unread[last] == of.unread[first]}
    for index, column in enumerate(columns):
        written = table.columns[index][total].strip()
        if mark_of(written) is Mark.TOTAL:
            right = _right_totals(written, columns, sums, records)
            if right and right[0] not in right[1:]:
                wrong.append(column.header if column is not None else table.letter(index))
        elif written and column is not None and index in running and not is_placeholder(written):
            stated = number_of(column, written)
            # A part that is no number is a fault of its own row.
            if stated is None or (index in sums and round(stated * 1000) != sums[index]):
                wrong.append(column.header)
    return wrong


def _right_totals(written: str, columns: Sequence[Column | None], sums: Mapping[int, int], records: int) -> list[int]:
    """Return the number that a word of totals says, and then what it may rightly be; nothing where it cannot be told what it counts.

    Args:
        written: The text, as 合计:10起.
        columns: What every column holds.
        sums: Sums of the columns that can be summed, in thousandths.
        records: Rows that the total stands for.
    """
    said = _SAID.fullmatch(fold(written))
    if not said:
        return []
    summed = {index: unit_words(column) for index, column in enumerate(columns) if column is not None and column.type in _SUMMED}
    counted = [index for index, units in summed.items() if said[2] in units]
    lists_things = any(column is not None and column.type is Type.KEY for column in columns)
    if said[2] in {"条", "行"} or (lists_things and not counted):
        right = [records * 1000]
    elif len(counted) == 1:
        right = [sums[index] for index in counted if index in sums]
    else:
        right = [records * 1000, *(sums[index] for index in summed if index in sums)] if len(summed) == 1 and not said[2] else []
    return [round(float(said[1]) * 1000), *right] if right else []


def _named_township(block: _Block, blocks: Sequence[_Block], pack: CountyPack | None) -> _Block:
    """Supply the township from the sheet's name, where the header has none and every sheet is named by a township."""
    known = accepted_headers(block.extract)
    headed = {known.get(fold(text)) for text in block.table.header or ()}
    missing = [column for column in block.extract.columns if column.type is Type.TOWNSHIP and column.name not in headed]
    if len(missing) != 1 or pack is None:
        return block
    places = Places(pack)
    codes = [places.named(fold(other.table.sheet or "")) for other in blocks]
    if any(len(code) != 1 for code in codes):
        return block
    (code,) = places.named(fold(block.table.sheet or ""))
    table = block.table
    marked = _marked_rows(table)
    blank = [not any(column[row].strip() for column in table.columns) for row in range(table.row_count)]
    supplied = ["" if row in marked or blank[row] else code for row in range(table.row_count)]
    named = replace(table, header=(*(table.header or ()), missing[0].header), columns=[*table.columns, supplied])
    return replace(block, table=named)


def _joined(parts: Sequence[Layout], blocks: Sequence[_Block]) -> Layout:
    """Put sheets of the same columns under each other; every row still knows its sheet and number."""
    first = parts[0].table
    order = [fold(text) for text in first.header or ()]
    for part, block in zip(parts, blocks, strict=True):
        if sorted(map(fold, part.table.header or ())) != sorted(order) or len(set(order)) != len(order) or block.extract is not blocks[0].extract:
            raise _several_sheets(part.table.sheet)
    columns: list[list[str]] = [[] for _ in order]
    numbers: list[int] = []
    sheets: list[str | None] = []
    for part in parts:
        places = {fold(text): index for index, text in enumerate(part.table.header or ())}
        for column, name in zip(columns, order, strict=True):
            column.extend(part.table.columns[places[name]])
        numbers += [part.table.row_number(row) for row in range(part.table.row_count)]
        sheets += [part.table.sheet] * part.table.row_count
    return Layout(
        replace(first, columns=columns, numbers=numbers, sheets=sheets, different=None),
        tuple(part.table for part in parts),
        tuple(chain.from_iterable(part.outside for part in parts)),
        tuple(chain.from_iterable(part.titles for part in parts)),
        tuple(chain.from_iterable(part.footers for part in parts)),
        frozenset().union(*(part.unused for part in parts)),
        tuple(chain.from_iterable(part.problems for part in parts)),
        tuple(chain.from_iterable(part.left_out for part in parts)),
        tuple(chain.from_iterable(part.groups for part in parts)),
    )
