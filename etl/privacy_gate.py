"""The gate for personal identifiers: by header and by content, over every cell, title rows and properties included.

A register of a few hundred people is dangerous enough without names. A file that holds a direct identifier is refused whole and kept
nowhere; the answer tells column and row, never the content. The detectors stand in one table so that each can be tested alone.

Source: GB 11643-1999 (check digit of identity numbers), ISO/IEC 7812-1 (Luhn check of card numbers).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from etl.contract import Problem
from etl.parsing.cells import fold
from etl.parsing.table import Sheet, Table, column_letter
from indicators.model import Text

LONGEST_CELL = 60
LONGEST_TITLE = 120

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_PROVINCES = frozenset(map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82, 83)))
_PLATE_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
# The hundred commonest surnames, which nine in ten people bear.
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付"
    "方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)

_SPACING = re.compile(r"[\s\-‐‑‒–—―_.·•/\\]+")
_ID_18 = re.compile(r"(?<!\d)(?=(\d{17}[\dXx])(?!\d))")
# At most three letters before it: inside a random hexadecimal key a run of digits means nothing.
_ID_15 = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,3}(\d{15})(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<![0-9A-Za-z])(?:\+?(?:00)?86)?1[3-9]\d{9}(?![0-9A-Za-z])")
_MOBILE_IN_KEY = re.compile(r"[A-Za-z]{1,4}1[3-9]\d{9}[A-Za-z]{0,2}")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])\(?0\d{2,3}\)?[- ]\d{7,8}(?![0-9A-Za-z-])")
_CARD = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{0,3}([3-6]\d{15,18})(?![0-9A-Za-z])")
_PLATE = re.compile(rf"[{_PLATE_PROVINCES}][A-HJ-NP-Za-hj-np-z][A-HJ-NP-Za-hj-np-z0-9]{{4,5}}[A-HJ-NP-Za-hj-np-z0-9挂学警港澳](?![A-Za-z0-9])")
_EMAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")
_PASSPORT = re.compile(r"(?:[EGDSPHegdsph]\d{8}|[Ee][A-Za-z]\d{7})")
_CASE_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]\d{22}(?!\d)|[〔\[(]20\d\d[〕\])].{0,6}\d+号")
_CHAT = re.compile(r"(?:微信|(?<![A-Za-z0-9])wechat)号?\s*[::]?\s*[a-z0-9_-]{5,}|(?<![A-Za-z0-9])qq号?\s*[::]?\s*[1-9]\d{4,}", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"(?<![0-9A-Za-z.-])[1-9](?:\.\d+)?[Ee]\+?1[4-8](?![0-9A-Za-z-])")
_ADDRESS_STEP = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]{1,8}?(省|自治区|市|州|县|区|镇|乡|街道|社区|村|组|路|街|巷|弄|号|栋|幢|单元|室)")
_ADDRESS_FINE = frozenset(("村", "组", "路", "街", "巷", "弄", "号", "栋", "幢", "单元", "室"))
_LABELLED = re.compile(
    r"(?:姓名|曾用名|绰号|别名|联系人|填表人|填报人|审核人|制表人|经办人|负责人|责任民警|主办民警|民警|管控人|帮扶人|专干|联系电话|电话|手机|住址|地址|身份证号?码?)"
    r"\s*[::]\s*\S"
)
_DNA = re.compile(r"(?<![a-z])dna")
_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}")
_MAY_MATTER = re.compile(r"@|(?:\d[\s\-_./]*){7}|\d[Ee]\+?1\d|[A-Za-z]\d{7}")

FORBIDDEN_HEADERS: tuple[str, ...] = (
    *("姓名", "曾用名", "绰号", "别名", "身份证", "证件号", "公民身份", "护照", "手机", "电话", "联系方式", "住址", "地址", "详址", "车牌", "号牌"),
    *("银行卡", "银行账号", "账号", "微信", "qq", "邮箱", "照片", "指纹", "dna", "人员编号", "文书编号", "文书号", "案件编号", "案件名称", "案号"),
    *("简要案情", "案情", "备注", "出生日期", "出生年月日", "经度", "纬度", "经纬度", "工作单位", "单位名称", "民警", "管控人", "帮扶人", "责任人"),
    *("专干", "联系人", "填表人", "填报人", "审核人", "经办人", "监护人", "家属", "嫌疑人姓名", "idcard", "idnumber", "id_card", "id_number"),
    *("phone", "mobile", "address", "plate", "bankcard", "email", "passport", "birthdate", "birth_date", "dateofbirth", "date_of_birth"),
    *("casenumber", "case_number", "case_no", "casename", "case_name", "remark", "latitude", "longitude"),
)
"""Words that give away a header of personal identifiers wherever they stand in it."""

_FORBIDDEN_WHOLE = frozenset(
    (*FORBIDDEN_HEADERS, "name", "id", "tel", "note", "notes", "身份证号", "身份证号码", "手机号", "手机号码", "联系电话", "家庭住址")
)


@dataclass(frozen=True)
class Detector:
    """One kind of identifier found in the text of a cell."""

    rule: str
    title: Text
    finds: Callable[[str, str], bool]  # the text with spaces, and without spaces and dashes


def is_id_number(digits: str) -> bool:
    """Say whether 18 characters are an identity number: a real date, and a right check digit or a province code.

    Either of the two is enough beside the date, because a number with one wrong digit still leads to its owner.
    """
    if not _is_day(digits[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECK_DIGITS[total % 11] == digits[17].upper() or digits[:2] in _PROVINCES


def _is_day(digits: str) -> bool:
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return 1800 <= day.year <= date.today().year


def _is_card(digits: str) -> bool:
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + position % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_address(text: str) -> bool:
    steps = _ADDRESS_STEP.findall(text)
    return len(steps) >= 3 and any(step in _ADDRESS_FINE for step in steps)


DETECTORS: tuple[Detector, ...] = (
    Detector(
        "id_number",
        Text("身份证号码", "an identity number"),
        lambda plain, bare: any(is_id_number(run) for run in _ID_18.findall(bare) + _ID_18.findall(plain)),
    ),
    Detector(
        "id_number_15",
        Text("15位身份证号码", "a 15-digit identity number"),
        lambda plain, bare: any(run[:2] in _PROVINCES and _is_day("19" + run[6:12]) for run in _ID_15.findall(bare) + _ID_15.findall(plain)),
    ),
    Detector(
        "mobile",
        Text("手机号码", "a mobile number"),
        lambda plain, bare: any(_MOBILE.search(text) or _MOBILE_IN_KEY.fullmatch(text) for text in (bare, plain)),
    ),
    Detector("landline", Text("固定电话号码", "a telephone number"), lambda plain, bare: _LANDLINE.search(plain) is not None),
    Detector(
        "bank_card",
        Text("银行卡号", "a bank card number"),
        lambda plain, bare: any(_is_card(run) for run in _CARD.findall(bare) + _CARD.findall(plain)),
    ),
    Detector("plate", Text("车牌号", "a number plate"), lambda plain, bare: _PLATE.search(bare) is not None),
    Detector("email", Text("电子邮箱", "an e-mail address"), lambda plain, bare: _EMAIL.search(plain) is not None),
    Detector("passport", Text("护照号码", "a passport number"), lambda plain, bare: _PASSPORT.fullmatch(bare) is not None),
    Detector("case_number", Text("案件或文书编号", "the number of a case or document"), lambda plain, bare: _CASE_NUMBER.search(plain) is not None),
    Detector("chat_account", Text("社交账号", "a chat account"), lambda plain, bare: _CHAT.search(plain) is not None),
    Detector(
        "long_number", Text("疑似被截断的长号码", "a long number, perhaps cut short"), lambda plain, bare: _SCIENTIFIC.search(plain) is not None
    ),
    Detector("address", Text("详细地址", "an address"), lambda plain, bare: _is_address(plain)),
    Detector(
        "labelled", Text("姓名、电话等个人信息", "a name or telephone after its label"), lambda plain, bare: _LABELLED.search(plain) is not None
    ),
)

_TITLES = {
    **{detector.rule: detector.title for detector in DETECTORS},
    "forbidden_header": Text("禁止报送的个人信息列", "a column of personal information that must not be delivered"),
    "person_names": Text("疑似人员姓名", "what look like names of people"),
    "long_text": Text("大段文字", "long free text"),
}


@dataclass(frozen=True)
class Finding:
    """Where an identifier stands. Never what it is."""

    rule: str
    sheet: str | None = None
    column: str | None = None
    row: int | None = None


def problem(finding: Finding) -> Problem:
    """Return a finding as a problem for the reporting unit."""
    title = _TITLES[finding.rule]
    return Problem(
        finding.rule,
        Text(f"含有{title.zh},全文件退回且不留存", f"Holds {title.en}; the whole file is refused and not kept"),
        Text("在报送单位删除后重报", "Remove it at the reporting office and deliver again"),
        finding.sheet,
        finding.column,
        finding.row,
    )


def _visible(text: str) -> str:
    """Return a text without full-width forms and invisible characters, which would hide a number from the patterns."""
    if text.isascii():
        return text
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")


def find_in_text(text: str, longest: int = LONGEST_CELL) -> str | None:
    """Return the rule of the first identifier in one text, or None."""
    if text.isascii() and len(text) <= longest and not _MAY_MATTER.search(text):
        return None
    plain = _visible(text)
    bare = _SPACING.sub("", plain)
    for detector in DETECTORS:
        if detector.finds(plain, bare):
            return detector.rule
    return "long_text" if len(plain) > longest else None


def is_forbidden_header(text: str, accepted: frozenset[str]) -> bool:
    """Say whether a header announces personal identifiers.

    Args:
        text: The header as written.
        accepted: Headers of the contracts, folded; they are never forbidden.
    """
    folded = fold(_visible(text))
    return folded not in accepted and (folded in _FORBIDDEN_WHOLE or any(_stands_in(word, folded) for word in FORBIDDEN_HEADERS))


def _stands_in(word: str, folded: str) -> bool:
    """Say whether a header holds a word; three letters inside a longer word (WardName) are no word."""
    return word in folded and (word != "dna" or _DNA.search(folded) is not None)


def find_in_table(table: Table, accepted: frozenset[str], admitted: frozenset[str]) -> Iterator[Finding]:
    """Search a table: title rows, header, then every column.

    Args:
        table: The table.
        accepted: Headers of the contracts, folded.
        admitted: Words of code lists and place names, folded; they are never taken for names.
    """
    sheet, rule = _sheet_name(table.sheet)
    if rule:
        yield Finding(rule)
    first_above = table.header_row - len(table.above)
    yield from _find_in_rows(table.above, sheet, first_above, table.first_column, LONGEST_TITLE)
    header = table.header or ()
    for index, text in enumerate(header):
        if is_forbidden_header(text, accepted):
            yield Finding("forbidden_header", sheet, table.letter(index), table.header_row)
        elif rule := find_in_text(text):
            yield Finding(rule, sheet, table.letter(index), table.header_row)
    for index, cells in enumerate(table.columns):
        # A contract's own header may be named: it is ours. Any other is content.
        is_ours = index < len(header) and fold(header[index]) in accepted
        name = header[index].strip() if is_ours else table.letter(index)
        yield from _find_in_column(table, sheet, cells, name, admitted)


def _find_in_column(table: Table, sheet: str | None, cells: Sequence[str], name: str, admitted: frozenset[str]) -> Iterator[Finding]:
    different = set(cells)
    found = {text: rule for text in different if (rule := find_in_text(text))}
    found |= {text: "forbidden_header" for text in different if text and not text.isascii() and fold(_visible(text)) in _FORBIDDEN_WHOLE}
    written = [fold(_visible(text)) for text in different if text.strip()]
    names = {text for text in written if _NAME.fullmatch(text) and text[0] in _SURNAMES and text not in admitted}
    if len(names) >= 3 and len(names) * 10 >= len(written) * 6:
        yield Finding("person_names", sheet, name, table.header_row + 1)
    if found:
        yield from (Finding(found[text], sheet, name, table.row_number(row)) for row, text in enumerate(cells) if text in found)


def _find_in_rows(rows: Iterable[Sequence[str]], sheet: str | None, first_row: int, first_column: int, longest: int) -> Iterator[Finding]:
    for row, cells in enumerate(rows, first_row):
        for column, text in enumerate(cells, first_column):
            folded = fold(_visible(text)) if text else ""
            rule = "forbidden_header" if folded in _FORBIDDEN_WHOLE else find_in_text(text, longest)
            if rule:
                yield Finding(rule, sheet, column_letter(column), row)


def find_in_sheet(sheet: Sheet) -> Iterator[Finding]:
    """Search a sheet that is not the delivered table: hidden sheets and notes hold names as well."""
    name, rule = _sheet_name(sheet.name)
    if rule:
        yield Finding(rule)
    yield from _find_in_rows(sheet.rows, name, sheet.first_row, sheet.first_column, LONGEST_TITLE)


def _sheet_name(name: str | None) -> tuple[str | None, str | None]:
    """Return a sheet's name as it may be shown, and the rule of an identifier in it."""
    rule = find_in_text(name) if name else None
    return (None if rule else name), rule


def find_in_raw(text: str) -> Iterator[Finding]:
    """Search text whose cells could not be told apart, line by line."""
    for row, line in enumerate(text.splitlines(), 1):
        for piece in re.split(r"[,\t;|\"]", line):
            rule = "forbidden_header" if piece and fold(_visible(piece)) in _FORBIDDEN_WHOLE else find_in_text(piece, len(piece))
            if rule:
                yield Finding(rule, None, None, row)


def find_in_name(file_name: str) -> str | None:
    """Return the rule of an identifier in a file's name, or None."""
    return find_in_text(file_name.rsplit(".", 1)[0], LONGEST_TITLE)
