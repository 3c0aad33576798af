"""From the text of a cell to a typed value, by the contract's type.

Each different text of a column is read once. A text that is not one of the admitted spellings is refused and never repaired: a wrong
guess would be counted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from etl.contract import Column, Type
from etl.county.pack import CountyPack
from etl.reading import signs
from etl.reading.numerals import with_digits
from etl.reading.places import Places
from indicators.model import Text
from indicators.months import months_later

# What may be of any length is bounded, so that no cell keeps its reader busy.
_MONTH = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月份?)?|(\d{4})(\d{2})", re.ASCII)
_DAY = re.compile(r"(\d{4})(?:年|[-/.])(\d{1,2})(?:月|[-/.])(\d{1,2})日?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_TIMED = re.compile(r"(.{1,30}?)[T ] {0,9}(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)", re.ASCII)
_MIDNIGHT = re.compile(r"0?0:00(?::00(?:\.0+)?)?", re.ASCII)
_KEY = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9-]{6,40}", re.ASCII)
_KEY_HEX = re.compile(r"[0-9A-Fa-f]+", re.ASCII)
_KEY_ID_SHAPED = re.compile(r"\d{17}[0-9Xx]|(?<!\d)\d{15}(?!\d)", re.ASCII)
_KEY_TAIL = re.compile(r"(.*?)(\d+)", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,31}", re.ASCII)
# Three zeros may be a group of thousands.
_WHOLE = re.compile(r"(\d{1,9})(?:\.(?:00?|0{4,}))?", re.ASCII)
_WHOLE_CODE = re.compile(r"(\d+)\.0+", re.ASCII)
_DECIMAL = re.compile(r"(\d{1,9})(?:\.(\d+))?", re.ASCII)
_GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_SERIAL_DAY = re.compile(r"[1-9]\d{4}(?:\.\d+)?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?[Ee]\+?\d{1,2}", re.ASCII)
_PLACEHOLDERS = frozenset(("-", "--", "—", "——", "–", "/", "无"))
_TEXT_MARK = re.compile(r"'([^'\"]+)|=\"([^\"]*)\"")
_TWICE = re.compile(r"(.{1,80})[(\[〔【](.{1,80})[)\]〕】]")
_OFFENCE_ENDS = ("罪", "案")
_COUNTED_IN = {Type.COUNT: ("人", "名", "起", "件", "宗", "次", "人次", "条", "户", "个", "所", "场", "家"), Type.GRAMS: ("克", "g")}
_SAME_UNITS = {"人": ("名",), "名": ("人",), "起": ("件", "宗"), "件": ("起", "宗")}
_FLAGS = {
    **dict.fromkeys(("是", "1", "有", "√", "✓", "✔", "yes", "y", "true"), "yes"),
    **dict.fromkeys(("否", "0", "无", "no", "n", "false"), "no"),
}
_EARLIEST, _LATEST = 1900, 2100
RULES: dict[str, tuple[Text, Text]] = {
    "missing": (
        Text("必填项为空", "A required cell is empty"),
        Text(
            "查清后补填;确为0的填0,不详时按模板填“其他”或“不详”",
            "Find out and fill it in: 0 where it is zero, the template's code where it is unknown",
        ),
    ),
    "month": (Text("不是年月", "Not a month"), Text("按2026-03的样式填写", "Write it as 2026-03")),
    "month_ambiguous": (
        Text("分不清是1月还是10月", "January or October: it cannot be told"),
        Text("查清是几月,再按2026-01或2026-10的样式填写", "Find out which it is and write it as 2026-01 or 2026-10"),
    ),
    "day_given": (Text("填写了具体日期", "A full date is given"), Text("只填年月,如2026-03", "Give the month only, as 2026-03")),
    "year": (Text("不是年份", "Not a year"), Text("填四位年份,如1990,不得含月日", "Give four digits, as 1990, without month and day")),
    "code": (Text("不在代码表内", "Not in the code list"), Text("按报表说明中的代码或名称填写", "Use a code or name from the extract's page")),
    "township_form": (
        Text("不是12位乡级区划代码", "Not a 12-digit township code"),
        Text("填12位代码,单元格设为文本", "Give all 12 digits, in a cell formatted as text"),
    ),
    "township_unknown": (
        Text("不是本县的乡镇代码", "Not a township of this county"),
        Text("对照区划代码表更正", "Check it against the county's list"),
    ),
    "township_former": (
        Text("该月此乡镇代码尚未启用或已停用", "The township code was not in force in that month"),
        Text("核对区划代码", "Check the code"),
    ),
    "township_ruined": (
        Text("乡镇代码被表格软件改成了科学计数,已丢失数字", "A spreadsheet turned the township code into a rounded number"),
        Text("先把该列设为文本格式,再重填12位代码或乡镇名称", "Format the column as text first, then enter the 12 digits or the name again"),
    ),
    "township_name": (
        Text("不是本县的乡镇名称", "Not the name of a township of this county"),
        Text("填12位代码或乡镇全称", "Give the 12-digit code or the full name"),
    ),
    "township_ambiguous": (
        Text("有不止一个乡镇用这个名称", "More than one township bears the name"),
        Text("填12位代码", "Give the 12-digit code"),
    ),
    "township_police": (
        Text("填的是派出所,辖区不等于乡镇", "A police station is named; its district is not a township"),
        Text("查清在哪个乡镇,填它的12位代码或全称", "Find out which township it is in and give its 12-digit code or full name"),
    ),
    "month_serial": (
        Text("日期成了表格软件的序号", "The date has become the serial number of a spreadsheet"),
        Text("把该列设为日期格式,或按2026-03的样式填写", "Format the column as a date, or write it as 2026-03"),
    ),
    "month_short_year": (Text("年份只有两位", "The year has only two digits"), Text("填四位年份,如2026-03", "Give four digits, as 2026-03")),
    "count": (
        Text("不是整数", "Not a whole number"),
        Text(
            "填查实的整数;带“千”“万”等单位的先换算,约数、区间按原始记录查清",
            "Give the whole number: convert thousands, and look up what is only about right",
        ),
    ),
    "negative": (
        Text("不得为负数", "A negative number"),
        Text(
            "查清为何是负数:填错的改正;是冲减以前月份的,重报以前月份",
            "Find out why: correct a slip; where it takes back an earlier month, deliver that month again",
        ),
    ),
    "grams": (
        Text("不是克数", "Not a weight in grams"),
        Text(
            "填克数,只写数字,最多三位小数;原来是千克等单位的,先换算成克(千克乘1000)",
            "Give grams as a number with at most three decimals; convert other units first (kilograms times 1000)",
        ),
    ),
    "amount": (
        Text("不是数字", "Not a number"),
        Text("填查实的数,最多三位小数;单位与本列不同的先换算", "Give the number with at most three decimals; convert another unit first"),
    ),
    "flag": (Text("不是“是”或“否”", "Neither yes nor no"), Text("填是或否", "Write 是 or 否")),
    "drug": (
        Text("不在毒品目录内", "Not in the drug list"),
        Text(
            "填毒品目录(县域资料包中的drugs.csv)所列的代码、名称或别名,说明见docs/extracts.md",
            "Use a code, name or alias of the county pack's drugs.csv; see docs/extracts.md",
        ),
    ),
    "label": (Text("不是专项行动代号", "Not a code of a campaign"), Text("填字母、数字、短横组成的代号", "Use letters, digits and dashes")),
    "month_time": (
        Text("日期带有时刻且不是零点,导出时可能差了一天", "The date has a time that is not midnight; an export may have shifted it by a day"),
        Text("对照原系统核对,只填年月,如2026-03", "Check it against its source and give the month only, as 2026-03"),
    ),
    "footnote_sign": (
        Text(
            "单元格中有附注符号等特殊符号(如①、²、*、㎏),不知是不是所填内容的一部分",
            "The cell holds a footnote mark or another special sign (as ①, ², *, ㎏), and whether it is part of the entry cannot be told",
        ),
        Text(
            "对照原件核对:是附注的,去掉后重报,附注写在表下“注:”之后;是数字或单位的,改用普通数字、单位",
            "Check it: take a footnote mark off and put the note below the table after 注:; write a digit or a unit with plain signs",
        ),
    ),
    "invisible_sign": (
        Text("单元格的文字中有看不见的符号", "There is an invisible sign in the text of the cell"),
        Text("把该单元格清空后重新键入,不要粘贴", "Empty the cell and type it again instead of pasting it"),
    ),
    "township_county": (
        Text(
            "乡镇一列填的是全县或县本级,不是乡镇,不知这一行是什么", "The whole county or the county itself stands for the township: what is the row?"
        ),
        Text(
            "核对:是全县合计的,该格改写“合计”;是县直单位的,改填事发或居住地乡镇",
            "Check it: write 合计 there if it is the county's total; give the township of the place if an office of the county entered it",
        ),
    ),
    "key_case": (
        Text("有只差大小写的代号", "Keys differ by letter case only"),
        Text("核对:同一个的写成一样,不同的改用不同的代号", "Check them: write the same key alike, and give different ones different keys"),
    ),
    "key_form": (
        Text("代号格式不符", "The key has the wrong form"),
        Text("用6—40位字母、数字、短横,至少含一个字母", "Use 6-40 letters, digits and dashes with at least one letter"),
    ),
    "key_hash": (
        Text("代号像由证件号直接算出的散列值", "The key looks like a plain hash of an identity number"),
        Text(
            "改用随机代号或加密钥的代号,同一人、同一案件各月用同一代号",
            "Use random keys, or keys made with a secret; the same one for the same person or case in every month",
        ),
    ),
    "key_identity": (
        Text("代号像证件号码", "The key looks like an identity number"),
        Text("改用随机代号,同一人、同一案件各月用同一代号", "Use random keys, the same one for the same person or case in every month"),
    ),
    "key_sequence": (
        Text("整列代号是连续流水号,可据以推断顺序", "The keys of the whole column are running numbers, which tell the order of entry"),
        Text(
            "整列改用随机代号,同一人、同一案件各月用同一代号",
            "Use random keys in the whole column, the same one for the same person or case in every month",
        ),
    ),
}
"""Rule -> what is wrong, what to do."""
OF_COLUMN = frozenset(("key_sequence",))
"""Rules that speak of a column as a whole; no row of it is at fault by itself."""


class RefusedTextError(Exception):
    """A text is not an admitted spelling. Only the rule is kept, never the text."""

    def __init__(self, rule: str, remedy: Text | None = None) -> None:
        super().__init__(rule)
        self.rule = rule
        self.remedy = remedy


@dataclass(frozen=True)
class TypedColumn:
    """A column after reading.

    Attributes:
        values: One value a row; None where the cell is empty or was refused.
        faults: Refused rows (index below the header) in order, with rule and, where it differs from the rule's own, the remedy.
    """

    values: list[Any]
    faults: list[tuple[int, str, Text | None]]


def fold(text: str) -> str:
    """Return a text as code lists compare it: full-width forms, letter case and spaces do not matter."""
    return signs.fold(text)


def _written(text: str) -> str:
    """Return what a cell says: in half width, without what cannot be seen at its ends and without a spreadsheet's mark for text."""
    trimmed = signs.trimmed(text)
    marked = _TEXT_MARK.fullmatch(trimmed) if trimmed[:1] in {"'", "="} else None
    return (marked[1] or marked[2] or "").strip() if marked else trimmed


def read_column(column: Column, texts: Sequence[str], pack: CountyPack) -> TypedColumn:
    """Type one column.

    Townships are checked here for being known; whether a code was in force depends on the row's month (``check_townships``).
    """
    reader = _reader(column, pack)
    readings: dict[str, Any] = {}
    faults: dict[str, tuple[str, Text | None]] = {}
    for text in set(texts):
        written = _written(text)
        if not written:
            readings[text] = None
            if not column.nullable:
                faults[text] = ("missing", None)
            continue
        try:
            readings[text] = reader(written)
        except RefusedTextError as refused:
            readings[text] = None
            # A code list may use the word itself (戒治措施:无); only where it does not, the cell is empty.
            if not (column.nullable and written in _PLACEHOLDERS):
                faults[text] = _named(written, refused)
    values = list(map(readings.__getitem__, texts))
    refusals = [(index, *faults[text]) for index, text in enumerate(texts) if text in faults] if faults else []
    if column.type is Type.KEY and not refusals and _is_sequential([value for value in values if value]):
        refusals = [(0, "key_sequence", None)]
    return TypedColumn(values, refusals)


def _named(written: str, refused: RefusedTextError) -> tuple[str, Text | None]:
    """Name what is wrong with a refused text: a sign that does not belong there before what it makes of the text."""
    stray = None if refused.rule in {"key_identity", "key_hash"} else signs.stray_sign(written)
    return (stray, None) if stray else (refused.rule, refused.remedy)


def _reader(column: Column, pack: CountyPack) -> Callable[[str], Any]:
    if column.type is Type.CODE:
        return _lookup(code_words(column), "code", _OFFENCE_ENDS)
    if column.type is Type.DRUG:
        return _lookup(drug_words(pack), "drug")
    if column.type is Type.FLAG:
        return _lookup(_FLAGS, "flag")
    if column.type is Type.TOWNSHIP:
        known = frozenset(township.code for township in pack.townships)
        places = Places(pack)
        return lambda text: _township(text, known, places)
    if column.type in _COUNTED_IN:
        return _with_unit(column, _READERS[column.type])
    return _READERS[column.type]


def _with_unit(column: Column, reader: Callable[[str], Any]) -> Callable[[str], Any]:
    """Admit the column's own unit behind a number and thousands in exact groups."""
    units = unit_words(column) & set(_COUNTED_IN.get(column.type, ()))

    def read(text: str) -> Any:
        if text.isdigit():
            return reader(text)
        number = next((text.removesuffix(unit).rstrip() for unit in units if text.endswith(unit)), text)
        return reader(number.replace(",", "") if _GROUPED.fullmatch(number) else number)

    return read


def unit_words(column: Column) -> frozenset[str]:
    """Return the words for what a column counts."""
    return frozenset((column.unit.zh, column.unit.en, *_SAME_UNITS.get(column.unit.zh, ()))) if column.unit else frozenset()


def is_placeholder(text: str) -> bool:
    """Say whether a text stands for an empty cell where the column may be empty."""
    return _written(text) in _PLACEHOLDERS


def number_of(column: Column, text: str) -> float | None:
    """Return the number in a cell of a counted or weighed column, or None where it is none."""
    try:
        return float(_with_unit(column, _READERS[column.type])(_written(text)))
    except RefusedTextError:
        return None


def code_words(column: Column) -> dict[str, str]:
    """Return every admitted spelling of a coded column, folded, with its code.

    Raises:
        ValueError: If one spelling stands for two codes.
    """
    words: dict[str, str] = {}
    for code in column.codes:
        for word in (code.code, code.title.zh, code.title.en, *code.aliases):
            if words.setdefault(fold(word), code.code) != code.code:
                raise ValueError(f"{column.name}: {word!r} stands for two codes")
    return words


def drug_words(pack: CountyPack) -> dict[str, str]:
    """Return every admitted spelling of a drug, folded, with its code."""
    return {fold(word): drug.code for drug in pack.drugs for word in drug.words}


def _lookup(words: Mapping[str, str], rule: str, ends: tuple[str, ...] = ()) -> Callable[[str], str]:
    def read(text: str) -> str:
        folded = fold(text)
        code = words.get(folded) or _certain(folded, words, ends)
        if code is None:
            raise RefusedTextError(rule)
        return code

    return read


def _certain(folded: str, words: Mapping[str, str], ends: tuple[str, ...]) -> str | None:
    """Return the code of a text that says an admitted word with an empty fraction, an ending that adds nothing, or the same again in brackets."""
    if whole := _WHOLE_CODE.fullmatch(folded):
        return words.get(whole[1])
    if twice := _TWICE.fullmatch(folded):
        first, second = words.get(twice[1]), words.get(twice[2])
        return first if first == second else None
    if not folded.isascii() and folded.endswith(ends or "\0") and not folded[:-1].isascii():
        return words.get(folded[:-1])
    return None


def month_of(text: str) -> date | None:
    """Return the first day of a month written in an admitted form, or None."""
    written = _MONTH.fullmatch(text)
    if not written:
        return None
    year, month = (int(written[1]), int(written[2])) if written[1] else (int(written[3]), int(written[4]))
    return date(year, month, 1) if _EARLIEST <= year <= _LATEST and 1 <= month <= 12 else None


def _month(text: str) -> date:
    timed = _TIMED.fullmatch(text)
    text = timed[1] if timed else text
    text = text if text.isascii() else "".join(with_digits(text).split())
    if timed:
        return _first_of(text, None if _MIDNIGHT.fullmatch(timed[2]) else "month_time")
    # As a number in a spreadsheet October (2026.10) and January (2026.1) are the same.
    if text.endswith(".1"):
        raise RefusedTextError("month_ambiguous")
    return month_of(text) or _first_of(text)


def _first_of(text: str, rule: str | None = None) -> date:
    """Return a month that is written as its first day; ``rule`` says what else is wrong with that day."""
    written = _DAY.fullmatch(text)
    if not written:
        raise RefusedTextError(_month_fault(text))
    year, number, day = (int(part) for part in (written.groups()[:3] if written[1] else written.groups()[3:]))
    if rule:
        raise RefusedTextError(rule)
    # Spreadsheet programs store a typed month as its first day; any other day was meant as a day.
    if day != 1:
        raise RefusedTextError("day_given")
    first = month_of(f"{year}-{number}")
    if first is None:
        raise RefusedTextError("month")
    return first


def _month_fault(text: str) -> str:
    if _SERIAL_DAY.fullmatch(text):
        return "month_serial"
    return "month_short_year" if re.fullmatch(r"\d{2}(?:年|[-/.])\d{1,2}月?", text, re.ASCII) else "month"


def _year(text: str) -> int:
    text = (text if text.isascii() else with_digits(text)).removesuffix("年")
    whole = _WHOLE_CODE.fullmatch(text)
    text = whole[1] if whole else text
    if not (len(text) == 4 and text.isascii() and text.isdigit() and _EARLIEST <= int(text) <= _LATEST):
        raise RefusedTextError("year")
    return int(text)


def _township(text: str, known: frozenset[str], places: Places) -> str:
    # All digits and an empty fraction are still the whole code.
    whole = _WHOLE_CODE.fullmatch(text)
    text = whole[1] if whole else text
    if _SCIENTIFIC.fullmatch(text):
        raise RefusedTextError("township_ruined")
    if not text.isascii():
        return _named_township(text, places)
    if not (text.isdigit() and len(text) in (9, 12)):
        raise RefusedTextError("township_form")
    code = text if len(text) == 12 else text + "000"
    if code not in known:
        raise RefusedTextError("township_ruined" if len(text) == 12 and code.endswith("000000") else "township_unknown")
    return code


def _named_township(text: str, places: Places) -> str:
    folded = fold(text)
    if "派出所" in folded or "辖区" in folded:
        raise RefusedTextError("township_police")
    twice = _TWICE.fullmatch(folded)
    codes = places.named_twice(*twice.groups()) if twice else places.named(folded)
    if len(codes) != 1:
        raise RefusedTextError("township_ambiguous" if codes else "township_county" if places.is_county(folded) else "township_name")
    return next(iter(codes))


def _count(text: str) -> int:
    if text.startswith("-") and _WHOLE.fullmatch(text[1:]):
        raise RefusedTextError("negative")
    whole = _WHOLE.fullmatch(text)
    if not whole:
        raise RefusedTextError("count")
    return int(whole[1])


def _grams(text: str) -> float:
    return _decimal(text, "grams")


def _amount(text: str) -> float:
    return _decimal(text, "amount")


def _decimal(text: str, rule: str) -> float:
    if text.startswith("-") and _DECIMAL.fullmatch(text[1:]):
        raise RefusedTextError("negative")
    number = _DECIMAL.fullmatch(text)
    if not number or len((number[2] or "").rstrip("0")) > 3:
        raise RefusedTextError(rule)
    return float(text)


def _key(text: str) -> str:
    if _KEY_ID_SHAPED.search(text.replace("-", "")):
        raise RefusedTextError("key_identity")
    if not _KEY.fullmatch(text):
        raise RefusedTextError("key_form")
    if _is_plain_hash(text):
        raise RefusedTextError("key_hash")
    return text


def _is_plain_hash(text: str) -> bool:
    return len(text) in (32, 40, 64) and _KEY_HEX.fullmatch(text) is not None


def _is_sequential(keys: Sequence[str]) -> bool:
    """Say whether most keys follow another of the same beginning by one.

    Random keys practically never have direct neighbours: 160 six-digit numbers hold 0.03 such pairs on average.
    """
    runs: dict[tuple[str, int], list[int]] = {}
    for key in keys:
        tail = _KEY_TAIL.fullmatch(key)
        if tail and len(tail[2]) <= 12:
            runs.setdefault((tail[1], len(key)), []).append(int(tail[2]))
    # Offices number by township or year, so each beginning is a run of its own.
    numbered = [sorted(run) for run in runs.values() if len(run) >= 3]
    if sum(map(len, numbered)) * 2 < len(keys) or not numbered:
        return False
    steps = [later - earlier for run in numbered for earlier, later in pairwise(run)]
    return steps.count(1) * 2 >= len(steps)


def _label(text: str) -> str:
    if not _LABEL.fullmatch(text) or _DAY.fullmatch(text):
        raise RefusedTextError("label")
    return text


_READERS: dict[Type, Callable[[str], Any]] = {
    Type.KEY: _key,
    Type.MONTH: _month,
    Type.YEAR: _year,
    Type.COUNT: _count,
    Type.GRAMS: _grams,
    Type.AMOUNT: _amount,
    Type.LABEL: _label,
}


def check_townships(codes: Sequence[str | None], months: Sequence[date | None], pack: CountyPack) -> list[tuple[int, str, Text | None]]:
    """Return the rows whose township code was not in force in the row's month, with the successor as the remedy."""
    townships = {township.code: township for township in pack.townships}
    refused: dict[tuple[str, date], Text | None] = {}
    for code, month in set(zip(codes, months, strict=True)):
        if code is None or month is None:
            continue
        township = townships[code]
        if township.valid_from < months_later(month, 1) and (township.valid_to is None or month <= township.valid_to):
            continue
        heir = townships.get(township.merged_into or "")
        is_former = township.valid_to is not None and month > township.valid_to and heir is not None
        refused[code, month] = Text(f"改填{heir.code}({heir.title.zh})", f"Use {heir.code} ({heir.title.en})") if is_former and heir else None
    if not refused:
        return []
    return [(index, "township_former", refused[pair]) for index, pair in enumerate(zip(codes, months, strict=True)) if pair in refused]
