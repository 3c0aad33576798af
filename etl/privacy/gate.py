"""The gate for personal identifiers: by header, by content and by column, over everything that stands in a delivered file.

A register of a few hundred people is dangerous enough without names. A file that holds a direct identifier is refused whole and kept
nowhere (``must_be_destroyed``); the answer tells column and row, never the content. What one text can hold stands in ``identifiers``;
here is what only a header, a column or a row of neighbours shows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

from etl.clock import today
from etl.privacy import pseudonyms, sheet_names
from etl.privacy.hidden_texts import hidden_texts
from etl.privacy.identifiers import (
    COMPOUND_SURNAMES,
    DETECTORS,
    DOCUMENT_NUMBER,
    LONGEST_TITLE,
    SURNAMES,
    find_in_text,
    is_card,
    is_mobile,
    is_name,
    join,
    reads_as_name,
    visible,
)
from etl.problems import Problem
from etl.reading.cells import RULES, fold
from etl.reading.table import Sheet, Table, column_letter
from etl.reading.workbook import OLE_MAGIC
from indicators.model import Text

_WORDS: tuple[str, ...] = (
    *("姓名", "曾用名", "绰号", "别名", "户主", "身份证", "证件号", "公民身份", "护照", "通行证", "手机", "电话", "联系方式", "住址", "地址", "详址"),
    *("车牌", "号牌", "银行卡", "银行账号", "账号", "微信", "qq", "邮箱", "照片", "指纹", "dna", "人员编号", "文书编号", "文书号", "案件编号"),
    *("案件名称", "案号", "简要案情", "案情", "备注", "出生日期", "出生年月日", "经度", "纬度", "经纬度", "工作单位", "单位名称", "民警", "管控人"),
    *("帮扶人", "责任人", "专干", "联系人", "填表人", "填报人", "审核人", "经办人", "监护人", "家属", "嫌疑人姓名", "驾驶证", "社保号", "学籍号"),
)
_DNA = re.compile(r"(?<![a-z])dna")
FORBIDDEN_HEADERS: tuple[str, ...] = (
    *_WORDS,
    *("idcard", "idnumber", "id_card", "id_number", "phone", "mobile", "address", "plate", "bankcard", "email", "passport", "wechat"),
    *("birthdate", "birth_date", "dateofbirth", "date_of_birth", "casenumber", "case_number", "case_no", "casename", "case_name"),
    *("remark", "latitude", "longitude", "surname", "fullname", "full_name"),
)
"""Words that give away a header of personal identifiers wherever they stand in it."""
_FORBIDDEN_WHOLE = frozenset(
    (
        *FORBIDDEN_HEADERS,
        *("name", "id", "tel", "note", "notes", "lat", "lon", "lng", "姓", "名", "名字", "证号", "身份证号码", "生日"),
        *(
            f"{whose}{word}{end}"
            for whose, word, end in product(
                ("", "人员", "本人", "当事人", "嫌疑人", "吸毒人员", "家庭", "户籍", "现", "联系"), _WORDS, ("", "号", "号码")
            )
        ),
    )
)
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_DOTTED_NAME = re.compile(r"[\u4e00-\u9fff]{1,8}[·•・‧∙.][\u4e00-\u9fff][\u4e00-\u9fff·•・‧∙.]{0,11}")
_AFTER_NAME = re.compile(r"[((].*?[))]?$|[*×]+$")
_BEFORE_NAME = re.compile(r"^\d{1,3}[.、,)]?")
_BETWEEN_NAMES = re.compile(r"[、,,;;/&+]|和(?=[\u4e00-\u9fff]{2,3}$)")
_ORGANISATION_ENDS = tuple("村镇乡县市区州道路街组社局委办院会站队所科部厂店馆校室园场心处司行中类型次级年月日人数率额量式品毒法播传动")
_PLACE_ENDS = tuple("村镇乡县寨屯坝湾港庄沟坪局委办站所")
_DAY = re.compile(r"((?:19|20)\d\d)(?:[年.\-/](\d{1,2})[月.\-/](\d{1,2})日?|(\d\d)(\d\d))(?:[ T]\d\d:\d\d(?::\d\d)?)?", re.ASCII)
_BEGINS_WITH_YEAR = re.compile(r"^[^\S\n]*[\d\u200b\u00ad]{2}", re.MULTILINE)
_PIECE = re.compile(r"[\dOoIl]{3,17}[Xx]?|[Xx]|\d", re.ASCII)
_BETWEEN_CELLS = re.compile(r"[,\t;|\"]")
_CUT_NUMBER = re.compile(r"\d{3}[\s'\"]*[,\t;|][\s'\"]*\d+[Xx]?[\s'\"]*(?:[,\t;|]|$)")
_DEGREES = re.compile(r"\d{1,3}\.\d{4,8}", re.ASCII)
_SHORTEST_PIECE = 3
_NO_CELL = 1_000_000_000  # text that is in no cell is never too long for one
_WHOLE_LENGTHS = (11, *range(15, 20))
_YEARS_GROWN = 12
_TITLES = {
    **{detector.rule: detector.title for detector in DETECTORS},
    "forbidden_header": Text("禁止报送的个人信息列", "a column of personal information that must not be delivered"),
    "person_names": Text("疑似人员姓名", "what look like names of people"),
    "long_text": Text("大段文字", "long free text"),
    "key_identity": Text("由证件号构成的代号(就整列而言)", "keys made of identity numbers, in the column as a whole"),
    "key_hash": Text("由证件号直接算出的代号(散列值,就整列而言)", "keys that look like plain hashes of identity numbers, in the column as a whole"),
    "key_birth": Text("含出生日期的代号(就整列而言)", "keys that hold dates of birth, in the column as a whole"),
}
PERSON_NAMES = "person_names"
_ONLY_LIKE = frozenset((DOCUMENT_NUMBER, "long_number"))
"""Rules of what only looks like an identifier: the file is refused and kept aside, and a person says what it is."""
_REMEDIES = {
    **dict.fromkeys(("key_identity", "key_hash", "key_birth"), RULES["key_hash"][1]),
    "labelled": Text("清空姓名、电话后重报,“填表人:”等标签可保留", "Clear the name or telephone and deliver again; labels such as 填表人: may stay"),
}
_REMEDY_OF_LIKE = Text(
    "核对:与个人或具体案件有关的,由报送单位清空后重报,记录本身不删;是表号、批准文号等的,写明“批准文号”等字样,或清空该单元格后重报",
    "Check it: what belongs to a person or a case is removed at the reporting office; the number of the form itself is written "
    "after its label (批准文号), or the cell is cleared; then deliver again",
)
_REMARKS = (
    Text(
        "备注列写了内容,可能含个人信息,全文件退回且不留存",
        "The column of remarks is filled and may name people; the whole file is refused and not kept",
    ),
    Text("由报送单位去掉整个备注列后重报,各行不删", "Take the whole column out at the reporting office, keep every row, and deliver again"),
)


@dataclass(frozen=True)
class Trace:
    """Where an identifier stands. Never what it is; ``is_remarks`` says that the header found is one of remarks."""

    rule: str
    sheet: str | None = None
    column: str | None = None
    row: int | None = None
    is_remarks: bool = False


def must_be_destroyed(traces: Sequence[Trace]) -> bool:
    """Say whether a refused file may not be kept anywhere: the one place where the written rule (decision 18) stands in the code.

    One certain identifier is enough. Kept are the sha256 of the file, its size, the result, and of each trace the rule, the number and
    the place; every other refused file goes to quarantine whole.
    """
    return any(trace.rule not in _ONLY_LIKE for trace in traces)


def problem(trace: Trace) -> Problem:
    """Return a trace as a problem for the reporting unit."""
    title = _TITLES[trace.rule]
    message = Text(f"含有{title.zh},全文件退回且不留存", f"Holds {title.en}; the whole file is refused and not kept")
    remedy = _REMEDIES.get(
        trace.rule,
        Text("由报送单位清空这些内容后重报,记录本身不删", "Have the reporting office clear it, leaving the records as they are, and deliver again"),
    )
    if trace.rule in _ONLY_LIKE:
        message = Text(f"有像{title.zh}的内容,全文件退回", f"Holds what looks like {title.en}; the whole file is refused")
        remedy = _REMEDY_OF_LIKE
    if trace.is_remarks:
        message, remedy = _REMARKS
    return Problem(trace.rule, message, remedy, trace.sheet, trace.column, trace.row)


def is_forbidden_header(text: str, accepted: frozenset[str]) -> bool:
    """Say whether a header announces personal identifiers.

    Args:
        text: The header as written.
        accepted: Headers of the contracts, folded; they are never forbidden.
    """
    folded = fold(visible(text))
    return folded not in accepted and (folded in _FORBIDDEN_WHOLE or any(_stands_in(word, folded) for word in FORBIDDEN_HEADERS))


def _announces_remarks(text: str) -> bool:
    """Say whether a forbidden header is one of remarks, and of nothing else that is forbidden."""
    folded = fold(visible(text))
    return folded in ("备注", "备注栏", "备注说明", "remark", "remarks", "note", "notes")


def _stands_in(word: str, folded: str) -> bool:
    """Say whether a header holds a word; three letters inside a longer word (WardName) are no word."""
    return word in folded and (word != "dna" or _DNA.search(folded) is not None)


def find_in_table(
    table: Table,
    accepted: frozenset[str],
    admitted: frozenset[str],
    *,
    dated: frozenset[str] = frozenset(),
    keys: frozenset[str] = frozenset(),
) -> Iterator[Trace]:
    """Search a table: title rows, header, then every column, then neighbouring columns together.

    Args:
        table: The table.
        accepted: Headers of the contracts, folded.
        admitted: Words of code lists and place names, folded; they are never taken for names.
        dated: Headers of the contracts' months, folded; a full date there is a mistake, and no date of birth.
        keys: Headers of the contracts' pseudonyms, folded.
    """
    sheet, rule = _sheet_name(table.sheet)
    if rule:
        yield Trace(rule)
    for line in table.lines_above:
        yield from _find_in_rows([line.cells], sheet, line.row, table.first_column, LONGEST_TITLE)
    header = table.header or ()
    for index, text in enumerate(header):
        if is_forbidden_header(text, accepted):
            yield Trace("forbidden_header", sheet, table.letter(index), table.header_row, is_remarks=_announces_remarks(text))
        elif rule := find_in_text(text):
            yield Trace(rule, sheet, table.letter(index), table.header_row)
    # A contract's own header may be named: it is ours. Any other is content.
    ours = [index < len(header) and fold(header[index]) in accepted for index in range(len(table.columns))]
    names = [header[index].strip() if is_ours else table.letter(index) for index, is_ours in enumerate(ours)]
    for index, cells in enumerate(table.columns):
        yield from _find_in_column(table, sheet, cells, names[index], admitted)
        folded = fold(header[index]) if index < len(header) else ""
        if folded in keys and (rule := pseudonyms.identity_fault_of(cells)):
            yield Trace(rule, sheet, names[index])
        if folded not in dated and are_birth_dates(set(cells)):
            yield Trace("birth_date", sheet, names[index], table.header_row + 1)
    for place in find_in_neighbours(table.columns, ours):
        row = table.row_number(place.row) if place.row is not None else table.header_row + 1
        yield Trace(place.rule, sheet, names[place.column], row)


def _find_in_column(table: Table, sheet: str | None, cells: Sequence[str], name: str, admitted: frozenset[str]) -> Iterator[Trace]:
    different = set(cells)
    rules = {text: rule for text in different if (rule := find_in_text(text))}
    rules |= {text: "forbidden_header" for text in different if text and fold(visible(text)) in _FORBIDDEN_WHOLE and not text.isascii()}
    if are_names(different, admitted):
        yield Trace("person_names", sheet, name, table.header_row + 1)
    if rules:
        yield from (Trace(rules[text], sheet, name, table.row_number(row)) for row, text in enumerate(cells) if text in rules)


def are_names(texts: Iterable[str], admitted: frozenset[str]) -> bool:
    """Say whether a column's different texts are mostly names of people, whatever stands above them.

    Args:
        texts: The different texts of a column.
        admitted: Words that are no names, folded.
    """
    written = [text for text in texts if text.strip()]
    others = [text for text in written if not text.isascii()]
    if len(others) < 3 or len(others) * 10 < len(written) * 6:
        return False
    folded = [text for text in map(fold, map(visible, others)) if text not in admitted]
    names = {text for text in folded if _holds_names(text)}
    if len(names) >= 3 and len(names) * 10 >= len(written) * 6:
        return True
    # Peoples without the common surnames: twenty short words, all different, that no list of ours knows and that end like no office or place.
    short = {text for text in folded if _NAME.fullmatch(text) and not text.endswith(_ORGANISATION_ENDS)}
    return len(short) >= 20 and len(short) * 10 >= len(written) * 8


def _holds_names(text: str) -> bool:
    if len(text) == 1:
        return text in SURNAMES
    if text in COMPOUND_SURNAMES:
        return True
    if _DOTTED_NAME.fullmatch(text):
        return True
    pieces = [_AFTER_NAME.sub("", _BEFORE_NAME.sub("", piece)) for piece in _BETWEEN_NAMES.split(text)]
    pieces = [piece for piece in pieces if piece]
    if any(piece.endswith(_PLACE_ENDS) for piece in pieces):
        return False
    return bool(pieces) and all(
        is_name(piece) or (_NAME.fullmatch(piece) and len(piece) == 4 and piece[0] in SURNAMES and piece[1] in SURNAMES) for piece in pieces
    )


def are_birth_dates(texts: Iterable[str]) -> bool:
    """Say whether a column's different texts are mostly days of the lives of grown people: days, half of them long ago, not all firsts of a month."""
    written = [text for text in texts if text.strip()]
    if not _BEGINS_WITH_YEAR.search("\n".join(written)):
        return False
    days = [day for text in written if (day := _day(text)) is not None]
    if len(days) < 3 or len(days) * 10 < len(written) * 6 or all(day.day == 1 for day in days):
        return False
    years = sorted(day.year for day in days)
    return years[0] >= 1920 and years[len(years) // 2] <= today().year - _YEARS_GROWN


def _day(text: str) -> date | None:
    if not any(sign.isdigit() for sign in text[:2]):
        return None
    written = _DAY.fullmatch("".join(visible(text).split(" ", 3)[:1]) if text.isascii() else "".join(visible(text).split()))
    if not written:
        return None
    year, month, day = (written[1], written[2], written[3]) if written[2] else (written[1], written[4], written[5])
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


@dataclass(frozen=True)
class CutIdentifier:
    """Where neighbouring cells hold an identifier together: index of the first column, and of the row where it is one row that tells."""

    rule: str
    column: int
    row: int | None = None


def find_in_neighbours(columns: Sequence[Sequence[str]], ours: Sequence[bool]) -> Iterator[CutIdentifier]:
    """Find identifiers cut into two or three neighbouring cells of a row.

    Args:
        columns: The cells, one sequence a column, all of the same length.
        ours: For each column whether its header is the contract's; between two such columns only whole identity numbers are looked for.
    """
    pieces = [_pieces(cells) for cells in columns]
    for width in (2, 3):
        for first in range(len(columns) - width + 1):
            block = pieces[first : first + width]
            if all(block) and _may_join(block):
                span = slice(first, first + width)
                yield from _find_joined(columns[span], block, first, all(ours[span]))
    yield from _find_coordinates(columns, ours)


def _pieces(cells: Sequence[str]) -> dict[str, str]:
    """Return the different texts of a column that may be pieces of a number, with the piece."""
    pieces: dict[str, str] = {}
    for text in set(cells):
        # Quick refusal of what begins with a word; a hundred thousand keys do.
        if not text or len(text) > 24 or (text[0].isalpha() and text.isascii() and text[0] not in "OoIlXx"):
            continue
        bare = "".join(visible(text).split()).strip("'-.")
        if _PIECE.fullmatch(bare):
            pieces[text] = bare.translate(_AS_DIGITS)
    return pieces


_AS_DIGITS = str.maketrans("OoIl", "0011")


def _may_join(block: Sequence[Mapping[str, str]]) -> bool:
    lengths = [sorted({len(piece) for piece in pieces.values()}) for pieces in block]
    return any(sum(several) in _WHOLE_LENGTHS and max(several) >= _SHORTEST_PIECE for several in product(*lengths))


def _find_joined(columns: Sequence[Sequence[str]], block: Sequence[Mapping[str, str]], first: int, are_ours: bool) -> Iterator[CutIdentifier]:
    rules: dict[tuple[str, ...], str] = {}
    mobiles = cards = whole_rows = 0
    for cells in set(zip(*columns, strict=True)):
        pieces = [known.get(cell) for known, cell in zip(block, cells, strict=True)]
        joined = [piece for piece in pieces if piece is not None]
        if len(joined) < len(pieces):
            continue
        whole_rows += 1
        rule = join(joined)
        if rule and (rule == "id_number" or not are_ours):
            rules[cells] = rule
        mobiles += is_mobile("".join(joined))
        cards += is_card("".join(joined))
    if rules:
        yield from (CutIdentifier(rules[cells], first, row) for row, cells in enumerate(zip(*columns, strict=True)) if cells in rules)
    elif not are_ours and whole_rows >= 3:
        if mobiles * 10 >= whole_rows * 6:
            yield CutIdentifier("mobile", first)
        if cards * 10 >= whole_rows * 6:
            yield CutIdentifier("bank_card", first)


def _find_coordinates(columns: Sequence[Sequence[str]], ours: Sequence[bool]) -> Iterator[CutIdentifier]:
    """Find a column of longitudes beside one of latitudes: at least three points of China, all within three degrees as a county is."""
    axes: list[tuple[str, int]] = []
    for index, cells in enumerate(columns):
        if ours[index]:
            continue
        written = {text.strip() for text in cells if text.strip()}
        degrees = [float(text) for text in map(visible, written) if _DEGREES.fullmatch(text)]
        if len(degrees) < 3 or len(degrees) * 10 < len(written) * 6 or max(degrees) - min(degrees) > 3:
            continue
        if min(degrees) >= 73 and max(degrees) < 136:
            axes.append(("longitude", index))
        elif min(degrees) >= 3 and max(degrees) < 54:
            axes.append(("latitude", index))
    kinds = dict(axes)
    if len(kinds) == 2:
        yield CutIdentifier("coordinates", min(kinds.values()))


def _find_in_rows(rows: Iterable[Sequence[str]], sheet: str | None, first_row: int, first_column: int, longest: int) -> Iterator[Trace]:
    for row, cells in enumerate(rows, first_row):
        for column, text in enumerate(cells, first_column):
            if not text:
                continue
            rule = "forbidden_header" if fold(visible(text)) in _FORBIDDEN_WHOLE else find_in_text(text, longest)
            if rule:
                yield Trace(rule, sheet, column_letter(column), row)


def find_in_sheet(sheet: Sheet, admitted: frozenset[str] = frozenset()) -> Iterator[Trace]:
    """Search a sheet that is not the delivered table: hidden sheets and notes hold names as well.

    Args:
        sheet: The sheet.
        admitted: Words of code lists and place names, folded; they are never taken for names.
    """
    name, rule = _sheet_name(sheet.name)
    if rule:
        yield Trace(rule)
    yield from _find_in_rows(sheet.rows, name, sheet.first_row, sheet.first_column, LONGEST_TITLE)
    width = max(map(len, sheet.rows), default=0)
    columns = [[row[index] if index < len(row) else "" for row in sheet.rows] for index in range(width)]
    for index, cells in enumerate(columns):
        letter = column_letter(sheet.first_column + index)
        if are_names(set(cells), admitted):
            yield Trace("person_names", name, letter, sheet.first_row)
        if are_birth_dates(set(cells)):
            yield Trace("birth_date", name, letter, sheet.first_row)
    for place in find_in_neighbours(columns, [False] * width):
        yield Trace(place.rule, name, column_letter(sheet.first_column + place.column), sheet.first_row + (place.row or 0))


def shown_sheet(name: str | None, position: int | None = None, known: Collection[str] = ()) -> str | None:
    """Return a sheet's name as it may be shown: itself, its place where that is known, or None.

    Args:
        name: The name as written, or the place it was masked by before.
        position: CutIdentifier of the sheet in the workbook, counted from 1.
        known: Words that may be shown, folded.
    """
    if not name or position is None:
        return _sheet_name(name)[0]
    return sheet_names.shown(name, position, known)


def _sheet_name(name: str | None) -> tuple[str | None, str | None]:
    """Return a sheet's name as it may be shown, and the rule of an identifier in it."""
    rule = find_in_text(name) if name else None
    return (None if rule else name), rule


def find_in_raw(text: str) -> Iterator[Trace]:
    """Search text whose cells could not be told apart, line by line."""
    known: dict[str, str | None] = {}
    for row, line in enumerate(text.splitlines(), 1):
        pieces = _BETWEEN_CELLS.split(line)
        for piece in pieces:
            if piece not in known:
                known[piece] = _rule_of_piece(piece)
            if rule := known[piece]:
                yield Trace(rule, None, None, row)
        if _CUT_NUMBER.search(line) and (rule := _rule_of_neighbours(pieces)):
            yield Trace(rule, None, None, row)


def _rule_of_piece(piece: str) -> str | None:
    return "forbidden_header" if piece and fold(visible(piece)) in _FORBIDDEN_WHOLE else find_in_text(piece, _NO_CELL)


def _rule_of_neighbours(cells: Sequence[str]) -> str | None:
    """Return the rule of an identifier cut into two or three cells of one line."""
    bare = ["".join(cell.split()).strip("'-.").translate(_AS_DIGITS) for cell in cells]
    filled = [piece for piece in bare if piece]  # quotation marks part cells as well and leave empty ones
    blocks = [filled[first : first + width] for width in (2, 3) for first in range(len(filled) - width + 1)]
    return next((rule for block in blocks if all(map(_PIECE.fullmatch, block)) and (rule := join(block))), None)


def find_in_lines(lines: Iterable[str]) -> Iterator[Trace]:
    """Search texts that belong to no cell (comments, properties, print headers); where they stand in the file nobody sees."""
    for line in lines:
        rule = find_in_text(line, _NO_CELL)
        if rule is None and line and fold(visible(line)) in _FORBIDDEN_WHOLE and not line.isascii():
            rule = "forbidden_header"
        if rule:
            yield Trace(rule)


def find_in_hidden(content: bytes, with_cells: bool = False, but: frozenset[str] = frozenset()) -> Iterator[Trace]:
    """Search what stands in a workbook and is no cell.

    Args:
        content: The bytes of the file.
        with_cells: Search the cells as well, for a workbook that could not be read.
        but: Folded texts to pass over: headers of columns in which nothing stands.
    """
    # In an old workbook writing and other bytes lie mixed, and other bytes give short words by chance.
    by_chance = frozenset(("masked_name", "forbidden_header")) if content.startswith(OLE_MAGIC) else frozenset()
    lines = (line for line in hidden_texts(content, with_cells) if fold(line) not in but)
    yield from (trace for trace in find_in_lines(lines) if trace.rule not in by_chance)


def find_in_name(file_name: str, admitted: Collection[str] = ()) -> str | None:
    """Return the rule of an identifier in a file's name, or None.

    Args:
        file_name: The name with its extension.
        admitted: Words of code lists and place names, folded; they are never taken for names.
    """
    stem = file_name.rsplit(".", 1)[0]
    if rule := find_in_text(stem, LONGEST_TITLE):
        return rule
    return PERSON_NAMES if any(map(reads_as_name, sheet_names.unknown_words(stem, admitted))) else None
