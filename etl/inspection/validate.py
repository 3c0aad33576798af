"""A table against its contract: headers, cells, keys, months and the checks across a row."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from etl.contract import Column, Extract, Period, RowCheck, Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.privacy import sheet_names
from etl.problems import LISTED, Problem
from etl.reading.cells import OF_COLUMN, RULES, check_townships, fold, read_column
from etl.reading.header import accepted_headers
from etl.reading.marks import ROW_KIND, Mark, mark_of
from etl.reading.meaning import Doubt, doubts, factor_of
from etl.reading.repeated import words_of_repeated
from etl.reading.table import Table, column_letter
from indicators.model import Text

_ODD = {
    Mark.TOTAL: (
        "total_row",
        Text("这一行有“合计”一类的字,又有记录才有的内容,不知是不是记录", "The row has a word of totals and what only a record holds: what is it?"),
        Text(
            "核对:是合计的,只留“合计”和各列的数;是记录的,改正有“合计”一类字的格",
            "Check it: leave of a total only its word and its numbers; correct the cell with the word where it is a record",
        ),
    ),
    Mark.FOOTER: (
        "footer_row",
        Text("这一行有表尾说明一类的字,又在记录中间,不知是不是记录", "The row has words of a footer and stands among the records: what is it?"),
        Text(
            "核对:是说明的,移到全部记录之下,写在一格内;是记录的,改正有“说明”一类字的格",
            "Check it: move a note below all records, into one cell; correct the cell with the words where it is a record",
        ),
    ),
}
_NUMBERS = frozenset((Type.COUNT, Type.GRAMS, Type.AMOUNT))
_ALIKE = 0.6
"""Two headers at least this similar (``SequenceMatcher.ratio``, 0-1) may be meant for each other; 性别 and 性别代码 are (0.67)."""
_LOOKED_AT = 200  # rows by which an unknown column is compared with a missing one


@dataclass(frozen=True)
class Findings:
    """What validation found.

    Attributes:
        columns: Contract column -> typed values, one a row; meaningful where there is no problem.
        problems: The first 200 problems by row.
        counts: All problems by rule.
        rows_refused: Rows with at least one problem.
    """

    columns: dict[str, list[Any]]
    problems: tuple[Problem, ...]
    counts: Counter[str]
    rows_refused: int

    @property
    def is_in_order(self) -> bool:
        """Whether nothing is to be mended."""
        return not self.counts


@dataclass
class _Collector:
    """Gathers faults row by row, because a column may have a hundred thousand of them."""

    table: Table
    rows: dict[int, list[tuple[str, str | None, Text, Text]]]  # row -> (rule, column, message, remedy)
    general: list[Problem]

    def add(self, row: int, rule: str, column: str | None, message: Text, remedy: Text) -> None:
        self.rows.setdefault(row, []).append((rule, column, message, remedy))

    def findings(self, columns: dict[str, list[Any]]) -> Findings:
        counts = Counter(problem.rule for problem in self.general)
        counts.update(rule for faults in self.rows.values() for rule, *_ in faults)
        listed = list(self.general)
        for row in heapq.nsmallest(LISTED, self.rows):
            for rule, column, message, remedy in self.rows[row]:
                listed.append(Problem(rule, message, remedy, self.table.sheet_of(row), column, self.table.row_number(row)))
        return Findings(columns, tuple(listed[:LISTED]), counts, len(self.rows))


def matched_headers(header: Iterable[str], extract: Extract) -> int:
    """Count the cells of a row that are headers of a contract."""
    known = accepted_headers(extract)
    return len({known[folded] for text in header if (folded := fold(text)) in known})


def check_headers(table: Table, extract: Extract, pack: CountyPack) -> tuple[dict[str, int], list[Problem]]:
    """Find every column of the contract, whatever the order; nothing unknown, nothing missing, nothing twice."""
    known = accepted_headers(extract)
    positions: dict[str, int] = {}
    unknown: list[int] = []
    repeated: list[tuple[int, int]] = []
    for index, text in enumerate(table.header or ()):
        name = known.get(fold(text))
        if name is None:
            unknown.append(index)
        elif name in positions:
            repeated.append((positions[name], index))
        else:
            positions[name] = index
    missing = [column for column in extract.columns if column.name not in positions]
    renamed = _renamed(table, unknown, missing, pack)
    problems = [
        Problem("duplicate_header", *words, table.sheet, (table.header or ())[again].strip(), table.header_row)
        for (_, again), words in zip(repeated, words_of_repeated(table, repeated) if repeated else [], strict=True)
    ]
    problems.extend(_unknown_header(table, index, extract, renamed.get(index)) for index in unknown)
    problems.extend(
        Problem(
            "missing_header",
            Text("缺少这一列", "The column is missing"),
            Text(
                "按模板补上该列,填原系统中的内容;没有对应内容的,先问清再报",
                "Add it with what the source system holds; where it holds nothing, ask first",
            ),
            table.sheet,
            column.header,
            table.header_row,
        )
        for column in missing
        if column not in renamed.values()
    )
    return positions, problems


def _unknown_header(table: Table, index: int, extract: Extract, meant: Column | None) -> Problem:
    """Name a column that is not the template's, and the missing column that it may be: one thing to read, not two.

    Its header is content and stands there by its letter, but for a header of another template, which is our own word.
    """
    header = (table.header or ())[index]
    is_ours = any(fold(header) in accepted_headers(other) for other in extracts().values())
    message = Text("模板中没有这一列", "The template has no such column")
    remedy = Text(
        "核对这一列是什么:模板中有的,单位和口径相同才按模板写表头;模板中没有的,移到另一份表中留存",
        "Find out what it is: if the template has it in the same unit and meaning, write its header; if not, move it to another file and keep that",
    )
    if meant is not None:
        message, remedy = _meant(header, meant, extract)
    return Problem("unknown_header", message, remedy, table.sheet, header.strip() if is_ours else table.letter(index), table.header_row)


def _meant(header: str, meant: Column, extract: Extract) -> tuple[Text, Text]:
    """Say which missing column an unknown one may be, and what to find out before its header is written: a unit or base is in the header only."""
    wanted, unit = meant.header, meant.unit or Text("个", "units")
    left = Text(
        f"不是“{wanted}”的,补上“{wanted}”列,这一列移到另一份表中留存", f"if it is something else, add “{wanted}” and move this one to another file"
    )
    found = doubts(header, meant, is_stock=meant.name in extract.stock_columns) if meant.type in _NUMBERS else {}
    said = "、".join(dict.fromkeys(found.values()))
    message = Text(f"模板中没有这一列,而缺少“{wanted}”列", f"The template has no such column, and its column “{wanted}” is missing")
    if found:
        message = Text(f"{message.zh};表头中有“{said}”", f"{message.en}; its header has “{said}”")
    if set(found) == {Doubt.UNIT}:
        factor = factor_of(found[Doubt.UNIT], meant)
        times = Text(f"(乘{factor:f})", f" (times {factor:f})") if factor else Text("", "")
        return message, Text(
            f"先查清各数的单位:不是{unit.zh}的,全部换算成{unit.zh}{times.zh},再把表头写成“{wanted}”;已是{unit.zh}的,只改表头;{left.zh}",
            f"Find out the unit: convert from another into {unit.en}{times.en} and then write “{wanted}” as the header; if they are in {unit.en} "
            f"already, only write it; {left.en}",
        )
    if found:
        return message, Text(
            f"先查清是什么数:累计数在上传页做映射方案并注明累计;单位不是{unit.zh}的先换算;确是本期“{wanted}”的,才把表头写成“{wanted}”;{left.zh}",
            f"First find out what it holds: for running totals, say so in a mapping profile on the upload page; convert another unit into {unit.en}; "
            f"write “{wanted}” only if it is that of this period; {left.en}",
        )
    of_numbers = Text(f"、单位为{unit.zh}", f" in {unit.en}") if meant.type in _NUMBERS else Text("", "")
    return message, Text(
        f"核对这一列的内容:确是“{wanted}”{of_numbers.zh}的,把表头写成“{wanted}”;{left.zh}",
        f"Check what it holds: if it is “{wanted}”{of_numbers.en}, write that as its header; {left.en}",
    )


def _renamed(table: Table, unknown: Sequence[int], missing: Sequence[Column], pack: CountyPack) -> dict[int, Column]:
    """Pair unknown headers with the missing columns that they may be: each with one only, by the header or else by what stands below it."""
    headers = table.header or ()
    by_header = _pairs([(index, column) for index in unknown for column in missing if _is_alike(headers[index], column)])
    left = [index for index in unknown if index not in by_header]
    lacking = [column for column in missing if column not in by_header.values()]
    by_cells = _pairs([(index, column) for index in left for column in lacking if _fits(table.columns[index], column, pack)])
    return {**by_header, **by_cells}


def _pairs(likely: Sequence[tuple[int, Column]]) -> dict[int, Column]:
    """Keep the pairs of which neither side has another partner."""
    of_index = Counter(index for index, _ in likely)
    of_column = Counter(column.name for _, column in likely)
    return {index: column for index, column in likely if of_index[index] == 1 and of_column[column.name] == 1}


def _is_alike(text: str, column: Column) -> bool:
    folded = fold(text)
    return bool(folded) and any(SequenceMatcher(None, folded, fold(header)).ratio() >= _ALIKE for header in column.headers)


def _fits(cells: Sequence[str], column: Column, pack: CountyPack) -> bool:
    """Whether a column admits everything written in the first rows below a header, and something is written there."""
    written = sorted({text for text in cells[:_LOOKED_AT] if text.strip()})
    return bool(written) and not read_column(column, written, pack).faults


def first_misfit(cells: Sequence[str], header: Sequence[str], extract: Extract, pack: CountyPack) -> str:
    """Name the column from which a row with too many or too few cells stops fitting its header.

    Returns:
        The header of the first cell that its column does not admit, or else of the first column without a cell; a letter for a column not ours.
    """
    known = accepted_headers(extract)
    for text, cell in zip(header, cells, strict=False):
        name = known.get(fold(text))
        if name is not None and read_column(extract.column(name), [cell], pack).faults:
            return extract.column(name).header
    beyond = min(len(cells), len(header) - 1)
    name = known.get(fold(header[beyond]))
    return extract.column(name).header if name else column_letter(beyond)


def type_columns(table: Table, extract: Extract, pack: CountyPack) -> tuple[dict[str, list[Any]], dict[str, list[tuple[int, str, Text | None]]]]:
    """Type every column of a table whose headers are in order; no check across columns but the townships' months."""
    positions, _ = check_headers(table, extract, pack)
    columns: dict[str, list[Any]] = {}
    faults: dict[str, list[tuple[int, str, Text | None]]] = {}
    for column in extract.columns:
        typed = read_column(column, table.columns[positions[column.name]], pack)
        columns[column.name] = typed.values
        faults[column.name] = typed.faults
    for column in extract.columns:
        if column.type is Type.TOWNSHIP:
            refused = check_townships(columns[column.name], columns[extract.month_column], pack)
            faults[column.name] = sorted(faults[column.name] + refused, key=lambda fault: fault[0])
    return columns, faults


def validate(table: Table, extract: Extract, pack: CountyPack, first_month: date | None, last_month: date | None, latest: date) -> Findings:
    """Check a table against its contract.

    Args:
        table: The table; its header has been found.
        extract: The contract.
        pack: The county pack.
        first_month: First month the file says it covers; None where it is not known.
        last_month: Last month it covers.
        latest: No month of any column may lie after this one.
    """
    collector = _Collector(table, {}, [])
    _, header_problems = check_headers(table, extract, pack)
    if header_problems:
        collector.general = header_problems
        return collector.findings({})
    if table.row_count == 0:
        if extract.period is Period.SNAPSHOT and not extract.may_be_empty:
            collector.general.append(
                Problem(
                    "no_rows",
                    Text("只有表头,没有记录", "There is a header but no record"),
                    Text("重新导出全量快照", "Export the whole register again"),
                    table.sheet,
                    None,
                    table.header_row,
                )
            )
        return collector.findings({column.name: [] for column in extract.columns})
    columns, faults = type_columns(table, extract, pack)
    odd_rows = _odd_rows(table, extract, faults, collector)
    faulty = set(odd_rows)
    for column in extract.columns:
        for row, rule, remedy in faults[column.name]:
            message, usual = RULES[rule]
            if rule in OF_COLUMN:
                collector.general.append(Problem(rule, message, usual, table.sheet, column.header))
            elif row not in odd_rows:
                collector.add(row, rule, column.header, message, remedy or _code_remedy(column, rule) or usual)
                faulty.add(row)
    _check_months(columns, extract, first_month, last_month, latest, collector)
    _check_keys(columns, extract, odd_rows, collector)
    for check in extract.all_checks:
        _check_rows(columns, check, extract, faulty, collector)
    return collector.findings(columns)


def _code_remedy(column: Column, rule: str) -> Text | None:
    """Name the few words a coded column admits; the list is no secret and spares the sender a search."""
    if rule not in {"code", "empty"} or not column.codes:
        return None
    # Where a label holds a mark of its own, as 走私、贩卖、运输 does, the labels need a stronger one between them.
    is_plain = not any("、" in code.title.zh or "," in code.title.en for code in column.codes)
    zh = ("、" if is_plain else ";").join(code.title.zh for code in column.codes)
    en = (", " if is_plain else "; ").join(code.title.en for code in column.codes)
    return Text(f"填写以下之一:{zh}", f"Use one of: {en}")


def _odd_rows(table: Table, extract: Extract, faults: dict[str, list[tuple[int, str, Text | None]]], collector: _Collector) -> frozenset[int]:
    """Find the rows that are neither a record nor plainly something else (see ``etl.reading.layout``), and ask once what each is."""
    odd: set[int] = set()
    for cells in table.columns:
        marks = {text: _ODD[mark] for text in set(cells) if (mark := mark_of(text))}
        if not marks:
            continue
        for row, text in enumerate(cells):
            if text in marks and row not in odd:
                odd.add(row)
                rule, message, remedy = marks[text]
                collector.add(row, rule, None, message, remedy)
    blank = [row for row in range(table.row_count) if not table.columns[0][row].strip()]
    for row in blank:
        if row not in odd and not any(cells[row].strip() for cells in table.columns):
            odd.add(row)
            collector.add(
                row,
                "blank_row",
                None,
                Text("数据中间有空行", "There is a blank row among the records"),
                Text("去掉这一空行", "Take the blank row out"),
            )
    for row, rule, header, words in _of_open_kind(extract, faults):
        if row not in odd:
            odd.add(row)
            collector.add(row, rule, header, *words)
    return frozenset(odd)


def _of_open_kind(extract: Extract, faults: dict[str, list[tuple[int, str, Text | None]]]) -> list[tuple[int, str, str | None, tuple[Text, Text]]]:
    """Return the rows that stand for the whole county, and those of which half of the required cells say nothing, with the column that shows it."""
    named: dict[int, str] = {}
    county = []
    missing: Counter[int] = Counter()
    faulty: Counter[int] = Counter()
    for column in extract.columns:
        for row, rule, _ in faults[column.name]:
            (missing if rule == "missing" else faulty)[row] += 1
            if rule != "missing":
                named.setdefault(row, column.header)
            if rule == "township_county":
                county.append((row, rule, column.header, RULES[rule]))
    required = sum(not column.nullable for column in extract.columns)
    unclear = [row for row, count in missing.items() if count > 1 and (count + faulty[row]) * 2 >= required]
    return [*county, *((row, "row_kind", named.get(row), ROW_KIND) for row in unclear)]


def _check_months(
    columns: dict[str, list[Any]], extract: Extract, first_month: date | None, last_month: date | None, latest: date, collector: _Collector
) -> None:
    for column in extract.columns:
        if column.type is not Type.MONTH:
            continue
        months = columns[column.name]
        is_row_month = column.name == extract.month_column
        for row, month in enumerate(months):
            if month is None:
                continue
            if is_row_month and first_month and last_month and not first_month <= month <= last_month:
                message = Text("不在文件所报月份之内", "Outside the months the file covers")
                collector.add(
                    row,
                    "outside_coverage",
                    column.header,
                    message,
                    Text(
                        "核对:年月填错的,改正该行;年月没有错的,不要改动,改正文件名中的月份,或按月份分开报送",
                        "Check it: correct the month where it is wrong; where it is right leave it, and correct the file name or deliver by month",
                    ),
                )
            elif month > latest and not column.may_lie_ahead:
                message = Text("年月晚于填报日期", "The month lies after the date of reporting")
                collector.add(
                    row,
                    "future_month",
                    column.header,
                    message,
                    Text("核对年月和报送日期,改正填错的一处", "Check the month and the date of reporting, and correct the wrong one"),
                )


def _check_keys(columns: dict[str, list[Any]], extract: Extract, odd_rows: frozenset[int], collector: _Collector) -> None:
    keys: list[Any] = columns[extract.key[0]] if len(extract.key) == 1 else list(zip(*(columns[name] for name in extract.key), strict=True))
    # Two spellings of a key in other case may be one person.
    alike = [key.casefold() if isinstance(key, str) else key for key in keys]
    if len(set(alike)) == len(alike):
        return
    first: dict[Any, int] = {}
    headers = [extract.column(name).header for name in extract.key]
    for row, key in enumerate(alike):
        if key is None or row in odd_rows:
            continue
        earlier = first.setdefault(key, row)
        if earlier == row:
            continue
        if keys[earlier] == keys[row]:
            collector.add(
                row, "duplicate_key", headers[0], _same_key(collector.table, row, earlier, headers), _ask_of_same_key(collector.table, row, earlier)
            )
        else:
            collector.add(row, "key_case", headers[0], *RULES["key_case"])


def _same_key(table: Table, row: int, earlier: int, headers: Sequence[str]) -> Text:
    """Say with which other row a row shares its key; the sheet is named where it is another one."""
    sheet, number = table.sheet_of(earlier), table.row_number(earlier)
    is_elsewhere = sheet != table.sheet_of(row)
    named = sheet_names.words(sheet) if sheet and is_elsewhere else None
    place = Text(f"{named.zh}第{number}行", f"row {number} of {named.en}") if named else Text(f"第{number}行", f"row {number}")
    if len(headers) == 1:
        return Text(f"代号与{place.zh}重复", f"The key is that of {place.en}")
    return Text(f"与{place.zh}重复({'、'.join(headers)}都相同)", f"It repeats {place.en}: {', '.join(headers)} are all the same")


def _ask_of_same_key(table: Table, row: int, earlier: int) -> Text:
    """Say what to find out of two rows with one key: rows that are the same in every cell, and rows that differ, are not the same mistake."""
    if all(fold(cells[row]) == fold(cells[earlier]) for cells in table.columns):
        return Text(
            "两行各格都相同。核对:是重复填报的,去掉一行;是两件事的,改正填错的格",
            "The rows are the same in every cell. Check it: take one away if it was entered twice; correct what is wrong if they are two things",
        )
    return Text(
        "两行内容不同。查清各是什么:是两件事的,改正代号、乡镇或案由等填错的格;同一件事分两行填的,把各数合到一行再去掉另一行",
        "The rows differ. Find out what each is: correct the key, place or kind if they are two things; "
        "join the numbers in one row before the other goes if it is one thing in two rows",
    )


def _check_rows(columns: dict[str, list[Any]], check: RowCheck, extract: Extract, faulty: set[int], collector: _Collector) -> None:
    """Apply a check to each different combination of its cells; rows with an unreadable cell are left to their own fault."""
    combinations: Sequence[tuple[Any, ...]] = list(zip(*(columns[name] for name in check.columns), strict=True))
    sound = set(combinations) if not faulty else {combination for row, combination in enumerate(combinations) if row not in faulty}
    failing = {combination for combination in sound if not check.holds(dict(zip(check.columns, combination, strict=True)))}
    if not failing:
        return
    header = extract.column(check.columns[-1]).header
    for row, combination in enumerate(combinations):
        if combination in failing and row not in faulty:
            collector.add(row, check.rule, header, check.message, check.remedy)
