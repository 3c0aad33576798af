"""Strict reading of CSV text.

A reader that forgives shifts cells without a word: of 2,290 polluted copies of one file a lenient reader misread two thirds. So a file is
read only where one reading is possible: no quote at all and the same number of separators on every line, or RFC 4180 to the letter.
Everything else is refused with its row. Above the header may stand titles of any width; from the header on every row has exactly its width, but
for footers below the last record, which may be shorter.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from etl.reading.header import HEADER_WITHIN
from etl.reading.marks import ROW_KIND, Mark, is_footer, is_printed_around, mark_of
from etl.reading.signs import is_blank
from etl.reading.table import MAX_COLUMNS, MAX_ROWS, Table, UnreadableError, column_letter
from indicators.model import Text

CHUNK = 20_000
SEPARATORS = (",", "\t", ";")
_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", ""), (b"\x00\x00\xfe\xff", ""), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_RESAVE = Text("用Excel或WPS另存为“CSV UTF-8”后重报", "Save it again as “CSV UTF-8” and deliver that")

_OTHER_WIDTH = (
    "row_width",
    Text("本行列数与表头不一致", "The row has not as many cells as the header"),
    Text(
        "对照原件核对各格:漏了分隔符的补上;某格内容本身有分隔符的,给该格加引号",
        "Compare its cells with the source: add a separator that is missing; put a cell that holds one itself into quotes",
    ),
)


def decode(content: bytes) -> tuple[str, str]:
    """Return the text of a file and its encoding, found by strict trial.

    Raises:
        UnreadableError: If no admitted encoding fits every byte, or the text was damaged before it came here.
    """
    encoding = _encoding(content)
    if encoding is None:
        raise UnreadableError("encoding", Text("文件编码无法识别", "The encoding of the file is not known"), _RESAVE)
    text = content.decode(encoding)
    damaged = text.find("\ufffd")
    if damaged >= 0:
        raise UnreadableError(
            "damaged_text",
            Text("文件中有已损坏的文字(乱码)", "The file holds characters that were already lost"),
            Text("从原系统重新导出", "Export it again from its source"),
            row=text.count("\n", 0, damaged) + 1,
            text=text,
            position=damaged,
        )
    control = next((position for position, sign in enumerate(text) if sign < " " and sign not in "\t\r\n"), None) if _has_control(text) else None
    if control is not None:
        raise UnreadableError(
            "control_character",
            Text("文件中有不可见的控制字符", "The file holds invisible control characters"),
            _RESAVE,
            row=text.count("\n", 0, control) + 1,
            text=text,
            position=control,
        )
    return text, encoding


def _encoding(content: bytes) -> str | None:
    for mark, name in _BOMS:
        if content.startswith(mark):
            return name if name and _decodes(content, name) else None
    if b"\x00" in content:
        return _wide(content) or next((name for name in ("utf-8", "gb18030") if _decodes(content, name)), None)
    if not _decodes(content, "utf-8"):
        return "gb18030" if _decodes(content, "gb18030") else None
    # A few pairs of GBK bytes are Greek or Arabic in UTF-8. Without one character that only UTF-8 gives, both readings stand.
    is_open = not content.isascii() and not _BEYOND_TWO_BYTES.search(content) and _decodes(content, "gb18030")
    return None if is_open else "utf-8"


def _wide(content: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark: the one in which lines and separators appear and nothing invisible does."""
    orders = ("utf-16-le", "utf-16-be")
    fitting = [order for order in orders if _decodes(content, order) and _is_lines_of_cells(content.decode(order))]
    return fitting[0] if len(fitting) == 1 else None


def _is_lines_of_cells(text: str) -> bool:
    # Separators and line ends alone are more than one sign in twenty; text of another encoding hits on one by accident.
    signs = sum(text.count(sign) for sign in (*SEPARATORS, "\n"))
    return signs * 20 >= len(text) and not _has_control(text) and not _UNASSIGNED.search(text)


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeError:
        return False
    return True


_BARE_RETURN = re.compile("\r(?!\n)")
_BEYOND_TWO_BYTES = re.compile(rb"[\xe0-\xff]")
_UNASSIGNED = re.compile("[\ufffe\uffff\u0a00\u0d00]")  # a line end of the other byte order is U+0A00 or U+0D00
_CONTROLS = {sign: None for sign in range(32) if chr(sign) not in "\t\r\n"}


def _has_control(text: str) -> bool:
    return len(text.translate(_CONTROLS)) != len(text) if any(chr(sign) in text for sign in _CONTROLS) else False


def parse(text: str, is_header: Callable[[tuple[str, ...]], bool], separators: Sequence[str] = SEPARATORS, has_footers: bool = False) -> Table:
    """Read CSV text whose header stands within the first ten lines.

    Args:
        text: The decoded file.
        is_header: Says whether a row is the header of some extract type; it decides between the separators.
        separators: Separators that may stand between cells.
        has_footers: Take footers below the last record that are shorter than the header; the caller must take them out again.

    Raises:
        UnreadableError: If any row could be read in more than one way.
    """
    if not text.strip():
        raise empty_file()
    separator, header = _separator(text, is_header, separators)
    text = _without_text_marks(text, separator) if '="' in text else text
    if '"' not in text:
        return _parse_plain(text, separator, is_header, has_footers)
    return _parse_quoted(text, separator, header, is_header, has_footers)


def _without_text_marks(text: str, separator: str) -> str:
    """Return a text with whole fields of the form ="…", by which exports keep a spreadsheet from reading a number, as what they hold."""
    field = re.compile(rf'(?<![^{re.escape(separator)}\n])="([^"\r\n{re.escape(separator)}]*)"(?=[{re.escape(separator)}\r\n]|\Z)')
    parts: list[str] = []
    done, quotes = 0, 0
    for found in field.finditer(text):
        quotes += text.count('"', done, found.start())
        # Inside a quoted field it is content.
        parts += [text[done : found.start()], found[0] if quotes % 2 else found[1]]
        done = found.end()
    return "".join([*parts, text[done:]])


def _separator(text: str, is_header: Callable[[tuple[str, ...]], bool], separators: Sequence[str] = SEPARATORS) -> tuple[str, list[str]]:
    """Return the separator by which exactly one way of cutting a line gives a header, and that header."""
    for line in text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]:
        cut = [(separator, [cell.removeprefix("=").strip('"') for cell in line.rstrip("\r").split(separator)]) for separator in separators]
        fitting = [(separator, cells) for separator, cells in cut if is_header(tuple(cells))]
        if len(fitting) == 1:
            return fitting[0]
    if is_misread_utf8(text):
        raise UnreadableError(
            "mojibake",
            Text("文字已成乱码:UTF-8文件曾被当作GBK打开后另存", "The text is garbled: a UTF-8 file was opened as GBK and saved again"),
            Text("从原系统重新导出", "Export it again from its source"),
            text=text,
        )
    raise UnreadableError(
        "header_not_found",
        Text("前10行内没有任何一类报表的表头", "No header of any type of extract within the first 10 lines"),
        Text("表头用模板中的列名,以逗号分隔,只占一行", "Use the template's column names, separated by commas, on one line"),
        row=1,
        text=text,
    )


def is_misread_utf8(text: str) -> bool:
    """Say whether a text is what GBK makes of UTF-8 bytes; the title and header are enough to tell."""
    beginning = "\n".join(text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN])
    if beginning.isascii():
        return False
    try:
        written = beginning.encode("gb18030")
    except UnicodeError:
        return False
    # Half a character may be lost where a byte had no partner; so only most of it must decode.
    decoded = written.decode("utf-8", "replace")
    hanzi = sum("\u4e00" <= sign <= "\u9fff" for sign in decoded)
    return hanzi >= 4 and hanzi > 4 * decoded.count("\ufffd")


def _parse_plain(text: str, separator: str, is_header: Callable[[tuple[str, ...]], bool], has_footers: bool) -> Table:
    lines = text.replace("\r\n", "\n").split("\n")
    if "\r" in text and any("\r" in line for line in lines):
        row = next(number for number, line in enumerate(lines, 1) if "\r" in line)
        bare = _BARE_RETURN.search(text)
        raise _line_end(row, text, bare.start() if bare else None)
    top = next(index for index, line in enumerate(lines) if is_header(tuple(line.split(separator))))
    while lines and not lines[-1].strip(separator + " "):
        # Rows without content below the last record; a row of separators must still have the right number of them.
        if lines[-1].strip(" ") and lines[-1].count(separator) != lines[top].count(separator):
            raise _width(len(lines), text, lines[top].split(separator), lines[-1].split(separator))
        lines.pop()
    width = lines[top].count(separator) + 1
    lengths = [line.count(separator) + 1 for line in lines] if has_footers else []
    for index in _short_footers(lambda row: lines[row].split(separator), top, lengths) if has_footers else ():
        lines[index] += separator * (width - 1 - lines[index].count(separator))
    above = tuple(tuple(line.split(separator)) for line in lines[:top])
    return _collect((line.split(separator) for line in islice(lines, top, None)), len(lines) - top, text, above)


def _parse_quoted(text: str, separator: str, header: list[str], is_header: Callable[[tuple[str, ...]], bool], has_footers: bool) -> Table:
    _check_quotes(text, separator, header)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error as error:
        raise _quote(len(rows) + 1, text) from error
    top = next((index for index, row in enumerate(rows[:HEADER_WITHIN]) if is_header(tuple(row))), None)
    if top is None:
        raise _quote(1, text)
    width = len(rows[top])
    while rows and not any(cell.strip(" ") for cell in rows[-1]):
        if len(rows[-1]) > 1 and len(rows[-1]) != width:
            raise _width(len(rows), text, rows[top], rows[-1])
        rows.pop()
    for index in _short_footers(rows.__getitem__, top, list(map(len, rows))) if has_footers else ():
        rows[index] += [""] * (width - len(rows[index]))
    above = tuple(tuple(row) for row in rows[:top])
    return _collect(islice(rows, top, None), len(rows) - top, text, above)


def _short_footers(cells_of: Callable[[int], list[str]], top: int, lengths: Sequence[int]) -> list[int]:
    """Return the rows that are shorter than the header and plainly no records.

    Anywhere: what a program prints around a page. Below the last record: footers and totals in one cell, with the blank lines above and
    between them; a row that is none of these ends the search, so a record cut short is never among them.

    Args:
        cells_of: The cells of a row.
        top: The header's row, counted from 0.
        lengths: How many cells every row has.
    """
    width = lengths[top]
    short: list[int] = []
    has_footer = False
    for row in range(len(lengths) - 1, top, -1):
        cells = cells_of(row)
        written = [cell for cell in cells if not is_blank(cell)]
        is_row_footer = is_footer(written) or (len(written) == 1 and mark_of(written[0]) is Mark.TOTAL)
        is_row_blank = len(cells) in (0, 1, width) and not written
        if len(cells) > width or not (is_row_footer or is_row_blank):
            break
        has_footer = has_footer or is_row_footer
        if len(cells) < width:
            short.append(row)
    below = set(short) if has_footer else set()
    printed = {row for row, length in enumerate(lengths) if top < row and length < width and is_printed_around(cells_of(row))}
    return sorted(below | printed)


def _check_quotes(text: str, separator: str, header: Sequence[str]) -> None:
    """Refuse a quote anywhere but around a whole field or doubled inside one (RFC 4180, rules 5 to 7).

    Between two quotes the text is by turns outside and inside a quoted field, so looking at the outside parts is enough.
    """
    parts = text.split('"')
    ends = (separator, "\n")
    starts = (separator, "\n", "\r\n")
    row, cell, offset = 1, 0, 0

    for index in range(0, len(parts), 2):
        part = parts[index]
        is_first, is_last = index == 0, index == len(parts) - 1
        opens = is_last or (part.endswith(ends) or (is_first and part == ""))
        closes = is_first or (part.startswith(starts) or (is_last and part == ""))
        is_doubled = part == "" and not is_first and not is_last
        bare_return = part.replace("\r\n", "\n").find("\r")
        if bare_return >= 0:
            bare = _BARE_RETURN.search(text, offset)
            raise _line_end(row + part.count("\n", 0, bare_return), text, bare.start() if bare else None)
        last_line = part.rsplit("\n", 1)[-1]
        cell_after = last_line.count(separator) + (cell if "\n" not in part else 0)
        if not is_doubled and not (opens and closes):
            raise _quote(row, text, header, cell) if not closes else _quote(row + part.count("\n"), text, header, cell_after)
        row += part.count("\n")
        cell = cell_after
        offset += len(part) + 2 + (len(parts[index + 1]) if index + 1 < len(parts) else 0)
    if len(parts) % 2 == 0:
        raise _quote(row, text, header, cell)


def _collect(rows: Iterator[list[str]], count: int, text: str, above: tuple[tuple[str, ...], ...]) -> Table:
    """Turn rows into columns, keeping each different text of a column once."""
    header = tuple(next(rows))
    width = len(header)
    top = len(above) + 1
    if width > MAX_COLUMNS or any(len(row) > MAX_COLUMNS for row in above):
        raise UnreadableError(
            "too_many_columns",
            Text("列数过多", "There are too many columns"),
            Text("按模板重新导出", "Export it by the template"),
            row=top,
            text=text,
        )
    if count - 1 > MAX_ROWS:
        raise too_many_rows(text)
    columns: list[list[str]] = [[] for _ in range(width)]
    known: list[dict[str, str]] = [{} for _ in range(width)]
    done = top
    while chunk := list(islice(rows, CHUNK)):
        for index, row in enumerate(chunk):
            if len(row) != width:
                is_blank = not any(cell.strip() for cell in row)
                raise _blank(done + index + 1, text) if is_blank else _width(done + index + 1, text, header, row)
        for column, kept, cells in zip(columns, known, zip(*chunk, strict=True), strict=True):
            column.extend(map(kept.setdefault, cells, cells))
        done += len(chunk)
    return Table(None, above, header, top, columns, different=known)


def empty_file() -> UnreadableError:
    """The fault of a file in which nothing stands."""
    return UnreadableError("empty_file", Text("文件是空的", "The file is empty"), Text("重新导出后再报", "Export it again"))


def too_many_rows(text: str = "") -> UnreadableError:
    """The fault of a file with more rows than any county has."""
    return UnreadableError(
        "too_many_rows", Text("行数超过100万", "There are more than 1,000,000 rows"), Text("按月拆分后分别报送", "Split it by month"), text=text
    )


def _width(row: int, text: str, header: Sequence[str], cells: Sequence[str]) -> UnreadableError:
    written = [cell for cell in cells if not is_blank(cell)]
    if written and mark_of(written[0]) is not None:
        # No record: which column it stops fitting at would lead the reader astray.
        return UnreadableError(
            "row_width",
            Text("合计行或表尾的列数与表头不一致", "A row of totals or a footer has not as many cells as the header"),
            Text("补足分隔符使列数与表头一致,说明移到全部记录之下", "Add the separators it lacks, and move a note below all records"),
            row=row,
            text=text,
        )
    is_one_text = len(written) == 1 and len(header) > 2 and not written[0].isascii() and not any(separator in written[0] for separator in SEPARATORS)
    rule, message, remedy = ("row_kind", *ROW_KIND) if is_one_text and len(cells) < len(header) else _OTHER_WIDTH
    return UnreadableError(rule, message, remedy, row=row, text=text, header=header, cells=cells)


def _blank(row: int, text: str) -> UnreadableError:
    return UnreadableError(
        "blank_row",
        Text("数据中间有空行", "There is a blank row among the records"),
        Text("去掉这一空行", "Take the blank row out"),
        row=row,
        text=text,
    )


def _quote(row: int, text: str, header: Sequence[str] = (), place: int | None = None) -> UnreadableError:
    return UnreadableError(
        "quote",
        Text("引号使用不规范,无法确定单元格边界", "A quote stands where it makes the cell boundaries uncertain"),
        Text(
            "从原系统重新导出;或对照原件改正本行的引号,各格内容不变",
            "Export it again from its source, or correct the quotes of this row, leaving its cells as they are",
        ),
        row=row,
        column=header[place].strip() if place is not None and place < len(header) else None,
        letter=None if place is None else column_letter(place),
        text=text,
    )


def _line_end(row: int, text: str, position: int | None) -> UnreadableError:
    return UnreadableError("line_end", Text("换行符不规范", "A line ends in an unusual way"), _RESAVE, row=row, text=text, position=position)


def column_at(text: str, position: int, is_header: Callable[[tuple[str, ...]], bool]) -> tuple[str, str] | None:
    """Return header and letter of the column in which a position of the text lies; None where that cannot be told."""
    start = text.rfind("\n", 0, position) + 1
    before = text[start:position]
    if '"' in before:
        return None
    try:
        separator, header = _separator(text, is_header)
    except UnreadableError:
        separator, header = max(SEPARATORS, key=text.split("\n", 1)[0].count), []
    place = before.count(separator)
    return (header[place].strip() if place < len(header) else ""), column_letter(place)
