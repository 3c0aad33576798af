"""The tables of a county pack as rows of text, and the faults a cell of them can have."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from etl.problems import Problem
from indicators.model import Text


def pack_problem(rule: str, message: Text, remedy: Text, column: str | None = None, row: int | None = None) -> Problem:
    """Return a problem of the pack; its message names the file, because a pack is a folder of several."""
    return Problem(rule, message, remedy, None, column, row)


def text_of(path: Path, problems: list[Problem]) -> str | None:
    """Return the text of a file of the pack; None, and a problem, where it is missing or not UTF-8."""
    if not path.is_file():
        fault = Text(f"缺少文件 {path.name}", f"The file {path.name} is missing")
        problems.append(pack_problem("file_missing", fault, Text("从 county/ 示例复制一份再改", "Copy it from the sample in county/ and change it")))
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fault = Text(f"{path.name}:不是 UTF-8 编码", f"{path.name} is not UTF-8 text")
        problems.append(pack_problem("encoding", fault, Text("另存为 UTF-8 编码", "Save it as UTF-8")))
        return None


def table_rows(
    folder: Path, name: str, columns: tuple[str, ...], problems: list[Problem], *, may_be_empty: bool = False
) -> list[tuple[int, dict[str, str]]]:
    """Read a table of the pack as text, with each row's number in the file.

    Only ``listed_on``, ``aliases`` and ``target`` may be empty, because only they have a meaning when absent.
    """
    text = text_of(folder / name, problems)
    if text is None:
        return []
    reader = csv.reader(text.splitlines())
    header = next(reader, [])
    missing = [column for column in columns if column not in header]
    for column in missing:
        problems.append(column_missing(name, column))
    if missing:
        return []
    rows, is_empty = [], True
    for cells in reader:
        if not any(cells):
            continue
        is_empty = False
        if len(cells) != len(header):
            fault = Text("列数与表头不符", "the number of cells differs from the header")
            problems.append(cell_problem(name, None, reader.line_num, "row_width", fault, Text("补齐或删去多余的逗号", "Add or remove commas")))
            continue
        row = {column: cell.strip() for column, cell in zip(header, cells, strict=True)}
        empty = [column for column in columns if not row[column] and column not in {"listed_on", "aliases", "target"}]
        for column in empty:
            problems.append(cell_problem(name, column, reader.line_num, "cell_empty", Text("为空", "is empty"), Text("补填", "Fill it in")))
        if not empty:
            rows.append((reader.line_num, row))
    if not rows and not (may_be_empty and is_empty):
        problems.append(pack_problem("file_empty", Text(f"{name}:没有可用的行", f"{name} has no usable row"), Text("补填内容", "Fill it in")))
    return rows


def cell_problem(name: str, column: str | None, row: int, rule: str, fault: Text, remedy: Text) -> Problem:
    """Return a problem of one cell: file, column and row, then the fault."""
    where_zh = f"{name} {column} 列" if column else name
    where_en = f"{name}, column {column}" if column else name
    return pack_problem(rule, Text(f"{where_zh}:{fault.zh}", f"{where_en}: {fault.en}"), remedy, column, row)


def column_missing(name: str, column: str) -> Problem:
    """Return the problem of a table that lacks a column."""
    message = Text(f"{name}:缺少 {column} 列", f"{name}: the column {column} is missing")
    return pack_problem("column_missing", message, Text("按 county/README.md 补上", "Add it as county/README.md says"), column)


def wording_missing(name: str, field: str, position: int | None = None) -> Problem:
    """Return the problem of an entry without its code or without its names in both languages."""
    place_zh, place_en = ("", "") if position is None else (f"第{position}个", f"number {position}")
    message = Text(
        f"{name}:{place_zh}{field} 缺少代码或中英文名称",
        f"{name}: {field} {place_en} lacks its code or its Chinese or English name".replace("  ", " "),
    )
    return pack_problem("column_missing", message, Text("补填 code、zh、en", "Fill in code, zh and en"), field)


def dates_reversed(name: str, column: str, row: int) -> Problem:
    """Return the problem of an end that lies before its beginning."""
    fault = Text("结束日期早于开始日期", "the end lies before the beginning")
    return cell_problem(name, column, row, "dates_reversed", fault, Text("核对两个日期", "Check both dates"))


def read_day(name: str, column: str, row: int, written: object, problems: list[Problem]) -> date | None:
    """Return a written day; None, and a problem, where it is none."""
    if isinstance(written, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        try:
            return date.fromisoformat(written)
        except ValueError:
            pass  # the calendar has no such day: reported below with every other unreadable date
    fault = Text("日期不对", "not a date")
    problems.append(cell_problem(name, column, row, "date", fault, Text("按 2024-01-31 的样式填写", "Write it as 2024-01-31")))
    return None


def check_unique(name: str, column: str, written: Sequence[tuple[int | None, str]], rule: str, problems: list[Problem]) -> None:
    """Add a problem for every value that stands in a column more than once."""
    counts = Counter(value for _, value in written)
    for value, count in counts.items():
        if count > 1:
            rows = [row for row, other in written if other == value and row is not None]
            place_zh = f"(第{'、'.join(map(str, rows))}行)" if rows else ""
            place_en = f" (rows {', '.join(map(str, rows))})" if rows else ""
            message = Text(f"{name}:{column} 重复{place_zh}", f"{name}: {column} is used twice{place_en}")
            remedy = Text("一个代码、一个名称只用一次", "Use a code and a name only once")
            problems.append(pack_problem(rule, message, remedy, column, rows[-1] if rows else None))
