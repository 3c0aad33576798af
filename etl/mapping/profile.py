"""Mapping profiles: how an office's own table becomes an extract, confirmed once by a person and used from then on.

A profile only declares; it never runs anything. It is kept under the digest of its text, and the ledger names that digest, so a later
change of the profile cannot change how a file accepted before is read. What a profile does not mention is a problem, never dropped.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any, get_args, get_origin, get_type_hints

from etl.contract import Extract, Type
from etl.problems import Problem, Told
from etl.reading import text_file
from etl.reading.cells import code_words, fold, month_of
from etl.reading.header import HEADER_WITHIN, MAX_DEPTH, header_text
from etl.reading.layout import Cut, cut_out
from etl.reading.signs import trimmed
from etl.reading.table import Sheet, Table, UnreadableError
from indicators.model import Text

VERSION = 1
TOLD = "auto"  # found by strict trial, as for a file in the template's form
ENCODINGS = (TOLD, "utf-8", "gb18030", "utf-16", "iso-8859-1", "windows-1252")
SEPARATORS = (TOLD, ",", ";", "\t", "|")
_NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]{0,39}")
_BARE_MONTH = re.compile("(1[0-2]|0?[1-9])月份?")
_AMBIGUOUS = re.compile(r"\d{4}\.1")
FACTOR = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
"""A number without sign: what a factor may be, and what is multiplied by one."""
_ADDED_LATER = ("confirmed", "factors")
"""Items that are not written where nothing stands in them: profiles kept before they existed keep their digest."""
DIGEST = re.compile(r"[0-9a-f]{64}")


class ProfileError(Exception):
    """A profile cannot be used; ``problems`` says why, one entry a fault."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.message.en for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Profile:
    """How one kind of source table is read as an extract.

    Attributes:
        columns: Contract column -> source headers; two headers only for a month written as year and month.
        constants: Contract column -> the same text for every row.
        ignored: Source headers that are known and not used.
        filters: Source header -> words; only rows with one of them count.
        left_out: Source header -> words; rows with one of them are no records. A word named nowhere is a problem, as ever.
        values: Contract column -> source word -> code of the contract or county pack.
        has_month_columns: Every source header that is a month holds the count of that month.
        measures: Source header of a count -> what its rows are, as contract column -> code.
        counts_into: The contract's count column that month columns or measures are spread over.
        month_is_last: A table without any month is of the last month the file covers.
        adds_up: Rows that fall on the same key are added.
        is_cumulative: The counts run from January to the month.
        blank_is_zero: A count left blank or struck through is zero.
        confirmed: Source headers of which a person said that a word in them (累计, 上年, 千, 率, 合计) does not change what is read.
        factors: Source header of numbers in another unit -> by how much they are multiplied.
        encoding: Encoding of a text file; ``auto`` finds it.
        separator: Separator of a text file; ``auto`` finds it.
    """

    name: str
    extract: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    has_month_columns: bool = False
    measures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counts_into: str | None = None
    month_is_last: bool = False
    adds_up: bool = False
    is_cumulative: bool = False
    blank_is_zero: bool = False
    confirmed: tuple[str, ...] = ()
    factors: Mapping[str, str] = field(default_factory=dict)
    encoding: str = "utf-8"
    separator: str = ","

    @classmethod
    def from_choices(cls, name: str, extract: Extract, **choices: Any) -> Profile:
        """Make a profile of what a person chose.

        Raises:
            ProfileError: If the choices do not make an extract of that type.
        """
        return _from_fields({"version": VERSION, "name": name, "extract": extract.id, **choices}, {extract.id: extract})

    @property
    def needed(self) -> frozenset[str]:
        """Folded source headers without which the profile cannot be applied."""
        used = [header for headers in self.columns.values() for header in headers]
        return frozenset(map(fold, (*used, *self.filters, *self.left_out, *self.measures)))

    @property
    def separators(self) -> tuple[str, ...]:
        """What may stand between the cells of a text file."""
        return text_file.SEPARATORS if self.separator == TOLD else (self.separator,)

    def content(self) -> bytes:
        """Return the profile as it is kept; equal profiles have equal bytes."""
        items = {name: value for name, value in asdict(self).items() if value or name not in _ADDED_LATER}
        return json.dumps({"version": VERSION, **items}, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"

    @property
    def sha256(self) -> str:
        """The digest under which the profile is kept."""
        return hashlib.sha256(self.content()).hexdigest()

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header row has every source header of the profile."""
        folded = set(map(fold, header))
        return self.needed <= folded and (not self.has_month_columns or any(map(self.counts_month, header)))

    def counts_month(self, header: str) -> bool:
        """Whether a source column holds the counts of the month in its header; one that is not used (last year's, say) does not."""
        return self.has_month_columns and is_month(header) and fold(header) not in map(fold, self.ignored)

    def count_columns(self, extract: Extract) -> tuple[str, ...]:
        """Return the contract's counts that a source table gives: one spread over several columns, or each from a column of its own."""
        if self.has_month_columns or self.measures:
            return (self.counts_into,) if self.counts_into else ()
        return tuple(column.name for column in extract.of_type(Type.COUNT) if column.name in self.columns)

    def unknown(self, header: Sequence[str]) -> list[int]:
        """Return the positions of the headers the profile does not mention."""
        known = self.needed | set(map(fold, self.ignored))
        return [index for index, text in enumerate(header) if fold(text) not in known and not self.counts_month(text)]


def month_of_header(text: str) -> date | None:
    """Return the month a header names with its year; None for any other, and for 2026.1, which may be what a program made of 2026.10."""
    written = trimmed(text)
    return None if _AMBIGUOUS.fullmatch(written) else month_of(written)


def is_month(header: str) -> bool:
    """Whether a header is a month, with or without its year."""
    return month_of_header(header) is not None or _BARE_MONTH.fullmatch(fold(header)) is not None


def _problem(rule: str, item: str, fault: Text, remedy: Text, column: str | None = None) -> Problem:
    """Say what is wrong with one item of a profile: its path of keys, down to a column of the contract and never to a word of a file."""
    return Problem(rule, Text(f"{item}:{fault.zh}", f"{item}: {fault.en}"), remedy, None, column)


_AS_DOCUMENTED = Text("按docs/profiles.md改写", "Write it as docs/profiles.md says")


def parse(content: bytes, contracts: Mapping[str, Extract]) -> Profile:
    """Read a profile from its text.

    Raises:
        ProfileError: If it is no profile, or does not make a whole extract.
    """
    try:
        written = json.loads(content)
    except json.JSONDecodeError as error:
        fault = Text(f"映射方案第{error.lineno}行第{error.colno}列不是JSON", f"The profile is not JSON at line {error.lineno}, column {error.colno}")
        remedy = Text("检查该处及其前的引号、逗号和括号", "Check the quotes, commas and brackets there and just before")
        raise ProfileError([Problem("profile_form", fault, remedy)]) from error
    except UnicodeDecodeError as error:
        fault = Text("映射方案不是UTF-8文本", "The profile is not UTF-8 text")
        raise ProfileError([Problem("profile_form", fault, Text("另存为UTF-8编码", "Save it as UTF-8"))]) from error
    if not isinstance(written, dict):
        fault = Text("映射方案最外层不是花括号", "The profile is not an object in braces")
        raise ProfileError([Problem("profile_form", fault, _AS_DOCUMENTED)])
    return _from_fields(written, contracts)


def _from_fields(written: Mapping[str, Any], contracts: Mapping[str, Extract]) -> Profile:
    problems = _item_problems(written)
    if problems:
        raise ProfileError(problems)
    extract = contracts.get(written["extract"]) if isinstance(written["extract"], str) else None
    columns = {column.name for column in extract.columns} if extract else set()
    typed = {}
    for name, value in written.items():
        if name == "version":
            continue
        try:
            typed[name] = _typed(value, _TYPES[name])
        except _MistypedError as error:
            expected = _EXPECTED[_TYPES[name]]
            fault = Text(f"类型不对,应为{expected.zh}", f"of the wrong type, {expected.en} is expected")
            problems.append(_problem("profile_form", f"{name}.{error.key}" if error.key in columns else name, fault, _AS_DOCUMENTED))
    if problems:
        raise ProfileError(problems)
    profile = Profile(**typed)
    problems = check(profile, contracts)
    if problems:
        raise ProfileError(problems)
    return profile


def _item_problems(written: Mapping[str, Any]) -> list[Problem]:
    """Check which items there are; one that is not known is told by its place, because its name may be anything."""
    problems = []
    if written.get("version") != VERSION:
        fault = Text(f"不是{VERSION},这种版本不能读", f"not {VERSION}, another version cannot be read")
        problems.append(_problem("profile_form", "version", fault, Text(f"写作{VERSION}", f"Write {VERSION}")))
    for name in ("name", "extract", "columns"):
        if name not in written:
            problems.append(_problem("profile_form", name, Text("缺少这一项", "this item is missing"), Text("补上", "Add it")))
    for place, name in enumerate(written, 1):
        if name not in _TYPES and name != "version":
            fault = Text(f"映射方案第{place}项不是可用的项目", f"Item {place} of the profile is none that a profile has")
            remedy = Text(
                f"核对名称是否写错,改成可用的项目:{'、'.join(_TYPES)}",
                f"See whether its name is misspelled; there are {', '.join(_TYPES)}",
            )
            problems.append(Problem("profile_form", fault, remedy))
    return problems


_WORD = Text("加引号的文字", "text in quotation marks")
_EXPECTED: dict[Any, Text] = {
    str: _WORD,
    str | None: _WORD,
    bool: Text("true或false", "true or false"),
    tuple[str, ...]: Text("方括号内的文字列表", "a list of texts in brackets"),
    Mapping[str, str]: Text("花括号内的键和文字", "texts by key in braces"),
    Mapping[str, tuple[str, ...]]: Text("花括号内各键的文字列表", "lists of texts by key in braces"),
    Mapping[str, Mapping[str, str]]: Text("花括号内两层键和文字", "texts by two keys in braces"),
}
"""Type of an item -> what a person is told to write."""
_TYPES = get_type_hints(Profile)


class _MistypedError(Exception):
    """A value is not of its item's type; ``key`` is the one under which it stands, in an item in braces."""

    def __init__(self, key: str = "") -> None:
        super().__init__(key)
        self.key = key


def _typed(value: Any, kind: Any) -> Any:
    """Return a value that is of the type of an item; a text by itself is a list of one."""
    if kind in (str, bool, str | None) and isinstance(value, kind):
        return value
    if kind == tuple[str, ...] and isinstance(value, str | list | tuple):
        return (value,) if isinstance(value, str) else tuple(_typed(one, str) for one in value)
    if get_origin(kind) is Mapping and isinstance(value, Mapping):
        return {key: _typed_under(key, one, get_args(kind)[1]) for key, one in value.items()}
    raise _MistypedError


def _typed_under(key: str, value: Any, kind: Any) -> Any:
    try:
        return _typed(value, kind)
    except _MistypedError as error:
        raise _MistypedError(key) from error


def check(profile: Profile, contracts: Mapping[str, Extract]) -> list[Problem]:
    """Return everything that keeps a profile from making whole rows of its extract."""
    extract = contracts.get(profile.extract)
    if extract is None:
        remedy = Text(f"改为以下之一:{'、'.join(contracts)}", f"Use one of {', '.join(contracts)}")
        return [_problem("profile_extract", "extract", Text("没有这一报表类型", "there is no such type of extract"), remedy)]
    known = {column.name for column in extract.columns}
    return [
        *_wording_problems(profile),
        *_unknown_columns(profile, known),
        *_source_problems(profile, extract),
        *_count_problems(profile, extract),
        *_repeated_headers(profile, known),
        *_check_values(profile, extract),
        *_meaning_problems(profile, extract),
    ]


def _wording_problems(profile: Profile) -> Iterator[Problem]:
    if not _NAME.fullmatch(profile.name) or DIGEST.fullmatch(profile.name):
        remedy = Text("用1—40个汉字、字母或数字", "Use 1-40 letters or digits")
        yield _problem("profile_name", "name", Text("方案名称不对", "the name cannot be used"), remedy)
    for item, written, taken in (("encoding", profile.encoding, ENCODINGS), ("separator", profile.separator, SEPARATORS)):
        if written not in taken:
            shown = [json.dumps(one) for one in taken]
            remedy = Text(f"改为以下之一:{'、'.join(shown)}", f"Use one of {', '.join(shown)}")
            yield _problem("profile_encoding", item, Text("不在可用之列", "not among those taken"), remedy)


def _source_problems(profile: Profile, extract: Extract) -> Iterator[Problem]:
    """Every column has one source, which is one header; one that may be empty may have none, and a month may stand in two columns."""
    sources = _sources(profile, extract)
    for column in extract.columns:
        times = sources[column.name]
        if times > 1 or (times == 0 and not column.nullable):
            fault = Text("这一列没有来源", "this column has no source") if times == 0 else Text("这一列有两个来源", "this column has two sources")
            remedy = Text("为它指定一个来源", "Give it one source")
            yield _problem("profile_column", f"columns.{column.name}", fault, remedy, column.header)
        if column.name in profile.columns and not 1 <= len(profile.columns[column.name]) <= (2 if column.type is Type.MONTH else 1):
            fault = Text("只有年月可以由两列合成", "only a month is made of two columns")
            yield _problem("profile_column", f"columns.{column.name}", fault, Text("只写一个表头", "Name one header"), column.name)


def _sources(profile: Profile, extract: Extract) -> Counter[str]:
    """Count the sources of every contract column."""
    names = [*profile.columns, *profile.constants, *{name for constants in profile.measures.values() for name in constants}]
    if profile.has_month_columns or profile.month_is_last:
        names.append(extract.month_column)
    if (profile.has_month_columns or profile.measures) and profile.counts_into:
        names.append(profile.counts_into)
    return Counter(names)


def _count_problems(profile: Profile, extract: Extract) -> Iterator[Problem]:
    """What counts must name the count column, and each number has one meaning."""
    counts = {column.name for column in extract.of_type(Type.COUNT)}
    is_spread = bool(profile.has_month_columns or profile.measures)
    needs_counts = profile.adds_up or profile.is_cumulative or profile.blank_is_zero
    is_unnamed = (is_spread or profile.counts_into) and profile.counts_into not in counts
    if is_unnamed or (needs_counts and not profile.count_columns(extract)):
        fault = Text("没有指明数量列", "the count column is not named")
        yield _problem("profile_counts", "counts_into", fault, Text("写明数量列", "Name the count column"))
    if profile.has_month_columns and profile.measures:
        fault = Text("月份列和指标列不能并用", "month columns and measures exclude each other")
        yield _problem(
            "profile_layout",
            "has_month_columns, measures",
            fault,
            Text(
                "一列一个月的用月份列,一列一种案由的用指标列",
                "Use month columns where a column is a month, measures where it is a kind",
            ),
        )


def _unknown_columns(profile: Profile, known: set[str]) -> list[Problem]:
    """Tell keys that are no column of the contract by their place in their item."""
    named = [("columns", list(profile.columns)), ("constants", list(profile.constants)), ("values", list(profile.values))]
    named += [("measures", list(constants)) for constants in profile.measures.values()]
    unknown = sorted({(item, place) for item, names in named for place, name in enumerate(names, 1) if name not in known})
    remedy = Text(
        f"核对名称是否写错,改成可用的列:{'、'.join(sorted(known))}",
        f"See whether its name is misspelled; there are {', '.join(sorted(known))}",
    )
    faults = [(item, Text(f"第{place}个键不是模板的列", f"key {place} is no column of the template")) for item, place in unknown]
    return [_problem("profile_column", item, fault, remedy) for item, fault in faults]


def _repeated_headers(profile: Profile, known: set[str]) -> list[Problem]:
    used = [(f"columns.{name}" if name in known else "columns", header) for name, headers in profile.columns.items() for header in headers]
    used += [("measures", header) for header in profile.measures] + [("ignored", header) for header in profile.ignored]
    items: dict[str, list[str]] = {}
    for item, header in used:
        items.setdefault(fold(header), []).append(item)
    fault, remedy = Text("一个源表头用了两次", "a source header is used twice"), Text("每个表头只用一次", "Use every header once")
    return [_problem("profile_header", ", ".join(dict.fromkeys(twice)), fault, remedy) for twice in items.values() if len(twice) > 1]


def _check_values(profile: Profile, extract: Extract) -> list[Problem]:
    """Codes that a profile gives must be codes of the contract; townships are checked with every file, because they come and go."""
    given = [(f"values.{name}", name, code) for name, words in profile.values.items() for code in words.values()]
    given += [(f"constants.{name}", name, code) for name, code in profile.constants.items()]
    given += [(f"measures.*.{name}", name, code) for constants in profile.measures.values() for name, code in constants.items()]
    wrong: dict[str, str] = {}
    for item, name, code in given:
        column = next((column for column in extract.columns if column.name == name), None)
        if column is not None and column.codes and fold(code) not in code_words(column):
            wrong[item] = column.header
    fault, remedy = Text("给出的代码不在代码表内", "gives a code that is not in the list"), Text("改用模板代码", "Use its codes")
    return [_problem("profile_code", item, fault, remedy, header) for item, header in sorted(wrong.items())]


def _meaning_problems(profile: Profile, extract: Extract) -> Iterator[Problem]:
    """What is confirmed must be a header of the profile, and a factor a number over zero for a column of numbers."""
    if not set(map(fold, profile.confirmed)) <= profile.needed | set(map(fold, profile.ignored)):
        remedy = Text("只写方案中有的表头", "Name headers of the profile only")
        yield _problem("profile_header", "confirmed", Text("有方案中没有的表头", "names a header that the profile has not"), remedy)
    numbers = {fold(header) for header in profile.measures}
    numbers |= {
        fold(header)
        for name in (one.name for one in extract.of_type(Type.COUNT, Type.GRAMS, Type.AMOUNT))
        for header in profile.columns.get(name, ())
    }
    for header, factor in profile.factors.items():
        if fold(header) not in numbers or not FACTOR.fullmatch(factor) or not float(factor):
            fault = Text("不是数量列的表头和倍数", "is not a header of numbers with a factor")
            yield _problem("profile_factor", "factors", fault, Text("写作表头和数,如“1000”", "Write a header and a number, as 1000"))


def find(profiles: Sequence[Profile], header: Sequence[str]) -> Told[Profile]:
    """Tell the profile of a header row; one that knows every header goes before one that leaves some open, and two are a conflict."""
    fitting = [profile for profile in profiles if profile.fits(header)]
    complete = [profile for profile in fitting if not profile.unknown(header)]
    chosen = complete or fitting
    if len(chosen) > 1:
        return Told(None, is_conflict=True)
    return Told(chosen[0] if chosen else None)


def header_of_text(profile: Profile, text: str) -> tuple[str, ...] | None:
    """Return the header of a text file: the first of its upper lines with every header of the profile; None where no line has them."""
    for line in text.split("\n", HEADER_WITHIN)[:HEADER_WITHIN]:
        for separator in profile.separators:
            header = tuple(cell.strip('"') for cell in line.rstrip("\r").split(separator))
            if profile.fits(header):
                return header
    return None


def table_of(sheet: Sheet, profiles: Sequence[Profile]) -> Cut | None:
    """Return the table of a sheet below the first header, of one row or several, that a profile fits; None where none fits."""
    for depth in range(1, MAX_DEPTH + 1):
        for top in range(min(HEADER_WITHIN, len(sheet.rows) - depth + 1)):
            header = header_text(sheet, top, depth)
            if header is not None and any(profile.fits(header) for profile in profiles):
                return cut_out(sheet, top, depth, header)
    return None


def headers_of(profile: Profile, extract: Extract, type: Type) -> frozenset[str]:
    """Return the folded source headers that are mapped to columns of a type."""
    return frozenset(fold(header) for name, headers in profile.columns.items() for header in headers if extract.column(name).type is type)


def township_words(profile: Profile, extract: Extract) -> dict[str, frozenset[str]]:
    """Return the words that stand for a township, by folded source header."""
    return {
        fold(header): frozenset(map(fold, profile.values.get(name, {})))
        for name, headers in profile.columns.items()
        for header in headers
        if extract.column(name).type is Type.TOWNSHIP
    }


def with_months(profile: Profile, table: Table, told: tuple[date, date] | None) -> Table:
    """Give bare month headers (1月, 2月) the year of the months a file says it covers; later months of a year form are left out while blank.

    Args:
        profile: A profile with month columns.
        table: The source table.
        told: First and last month by the file's name or titles; bare months stay without year where nothing tells one year.
    """
    header = list(table.header or ())
    year = told[0].year if told and told[0].year == told[1].year else None
    for index, text in enumerate(header):
        month = _BARE_MONTH.fullmatch(fold(text))
        if month and year and profile.counts_month(text):
            header[index] = f"{year}年{int(month[1])}月"
    last = told[1] if told else date.max
    months = [(profile.counts_month(text) and month_of_header(text)) or date.min for text in header]
    kept = [index for index, month in enumerate(months) if month <= last or not _is_blank(table.columns[index])]
    if len(kept) == len(header):
        return replace(table, header=tuple(header))
    return replace(
        table,
        header=tuple(header[index] for index in kept),
        columns=[table.columns[index] for index in kept],
        positions=[table.position(index) for index in kept],
        different=None,
    )


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(text.strip() for text in cells)


def month_span(profile: Profile, header: Sequence[str]) -> tuple[date, date] | None:
    """Return the first and last month among the headers of a wide table; None where a month has no year."""
    months = [month_of_header(text) for text in header if profile.counts_month(text)]
    known = sorted(month for month in months if month is not None)
    if len(known) < len(months):
        return None
    return known[0], known[-1]


def decode(profile: Profile, content: bytes) -> str | None:
    """Return a text file as its profile says, or None where it is written otherwise.

    An eight-bit encoding fits any bytes, so text that is sound UTF-8 beyond plain letters is not taken for it.
    """
    if profile.encoding == TOLD:
        try:
            return text_file.decode(content)[0]
        except UnreadableError:
            return None
    is_eight_bit = profile.encoding in ("iso-8859-1", "windows-1252")
    if is_eight_bit and not content.isascii():
        try:
            content.decode("utf-8")
        except UnicodeError:
            pass
        else:
            return None
    try:
        return content.decode("utf-8-sig" if profile.encoding == "utf-8" else profile.encoding)
    except UnicodeError:
        return None
