"""Mapping profiles: how an office's own table becomes an extract, confirmed once by a person and used from then on.

A profile only declares; it never runs anything. It is kept under the digest of its text, and the ledger names that digest, so a later
change of the profile cannot change how a file accepted before is read. What a profile does not mention is a problem, never dropped.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy

from etl.contract import Column, Extract, Problem, Remark, Type
from etl.ledger import LedgerEntry, LedgerError, keep
from etl.parsing.cells import RULES, code_words, fold, month_of, read_column
from etl.parsing.table import Sheet, Table
from etl.recognise import Told
from indicators.model import Text

if TYPE_CHECKING:
    from etl.county import CountyPack

VERSION = 1
ENCODINGS = ("utf-8", "gb18030", "utf-16", "iso-8859-1", "windows-1252")
SEPARATORS = (",", ";", "\t", "|")
HEADER_WITHIN = 10  # rows of a sheet among which the header is looked for
ALIKE = 0.6  # share of common signs from which a header is offered as similar
_NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]{0,39}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


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
        values: Contract column -> source word -> code of the contract or county pack.
        has_month_columns: Every source header that is a month holds the count of that month.
        measures: Source header of a count -> what its rows are, as contract column -> code.
        counts_into: The contract's count column; needed for month columns, measures and adding up.
        month_is_last: A table without any month is of the last month the file covers.
        adds_up: Rows that fall on the same key are added.
        is_cumulative: The counts run from January to the month.
        encoding: Encoding of a text file.
        separator: Separator of a text file.
    """

    name: str
    extract: str
    columns: Mapping[str, tuple[str, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    has_month_columns: bool = False
    measures: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    counts_into: str | None = None
    month_is_last: bool = False
    adds_up: bool = False
    is_cumulative: bool = False
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
        return frozenset(map(fold, (*used, *self.filters, *self.measures)))

    def content(self) -> bytes:
        """Return the profile as it is kept; equal profiles have equal bytes."""
        return json.dumps({"version": VERSION, **asdict(self)}, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"

    @property
    def sha256(self) -> str:
        """The digest under which the profile is kept."""
        return hashlib.sha256(self.content()).hexdigest()

    def fits(self, header: Sequence[str]) -> bool:
        """Whether a header row has every source header of the profile."""
        folded = set(map(fold, header))
        return self.needed <= folded and (not self.has_month_columns or any(map(_month_header, header)))

    def unknown(self, header: Sequence[str]) -> list[int]:
        """Return the positions of the headers the profile does not mention."""
        known = self.needed | set(map(fold, self.ignored))
        return [
            index for index, text in enumerate(header) if fold(text) not in known and not (self.has_month_columns and _month_header(text) is not None)
        ]


def _month_header(text: str) -> date | None:
    return month_of(unicodedata.normalize("NFKC", text).strip())


def _problem(rule: str, item: str, fault: Text, remedy: Text, column: str | None = None) -> Problem:
    """Say what is wrong with one item of a profile: its path of keys, down to a column of the contract and never to a word of a file."""
    return Problem(rule, Text(f"{item}:{fault.zh}", f"{item}: {fault.en}"), remedy, None, column)


_AS_DOCUMENTED = Text("按docs/profiles.md改写", "Write it as docs/profiles.md says")


# reading and checking a profile


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
    shaped = {}
    for name, value in written.items():
        if name == "version":
            continue
        try:
            shaped[name] = _shaped(name, value)
        except (TypeError, AttributeError):
            fault = Text(f"类型不对,应为{_SHAPES[name].zh}", f"of the wrong type, {_SHAPES[name].en} is expected")
            problems.append(_problem("profile_form", _path_of_fault(name, value, columns), fault, _AS_DOCUMENTED))
    if problems:
        raise ProfileError(problems)
    profile = Profile(**shaped)
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
        if name not in _SHAPES and name != "version":
            fault = Text(f"映射方案第{place}项不是可用的项目", f"Item {place} of the profile is none that a profile has")
            remedy = Text(f"删除或改名,可用的项目:{'、'.join(_SHAPES)}", f"Remove or rename it; there are {', '.join(_SHAPES)}")
            problems.append(Problem("profile_form", fault, remedy))
    return problems


_WORD, _WORDS = Text("加引号的文字", "text in quotation marks"), Text("方括号内的文字列表", "a list of texts in brackets")
_LISTS, _PAIRS = Text("花括号内各键的文字列表", "lists of texts by key in braces"), Text("花括号内的键和文字", "texts by key in braces")
_TABLES, _SWITCH = Text("花括号内两层键和文字", "texts by two keys in braces"), Text("true或false", "true or false")
_SHAPES = {
    "name": _WORD,
    "extract": _WORD,
    "columns": _LISTS,
    "constants": _PAIRS,
    "ignored": _WORDS,
    "filters": _LISTS,
    "values": _TABLES,
    "has_month_columns": _SWITCH,
    "measures": _TABLES,
    "counts_into": _WORD,
    "month_is_last": _SWITCH,
    "adds_up": _SWITCH,
    "is_cumulative": _SWITCH,
    "encoding": _WORD,
    "separator": _WORD,
}


def _path_of_fault(name: str, value: Any, columns: set[str]) -> str:
    """Return the path of the first part of an item that has the wrong type, down to a column of the contract."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            try:
                _shaped(name, {key: part})
            except (TypeError, AttributeError):
                return f"{name}.{key}" if key in columns else name
    return name


def _shaped(name: str, value: Any) -> Any:
    if name in ("columns", "filters"):
        return {key: (_text(words),) if isinstance(words, str) else tuple(map(_text, words)) for key, words in value.items()}
    if name in ("values", "measures"):
        return {key: {_text(one): _text(other) for one, other in words.items()} for key, words in value.items()}
    if name == "constants":
        return {key: _text(word) for key, word in value.items()}
    if name == "ignored":
        return tuple(map(_text, value))
    if name in ("has_month_columns", "month_is_last", "adds_up", "is_cumulative"):
        if not isinstance(value, bool):
            raise TypeError(name)
        return value
    return None if value is None and name == "counts_into" else _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("text expected")
    return value


def check(profile: Profile, contracts: Mapping[str, Extract]) -> list[Problem]:
    """Return everything that keeps a profile from making whole rows of its extract."""
    extract = contracts.get(profile.extract)
    if extract is None:
        remedy = Text(f"改为以下之一:{'、'.join(contracts)}", f"Use one of {', '.join(contracts)}")
        return [_problem("profile_extract", "extract", Text("没有这一报表类型", "there is no such type of extract"), remedy)]
    problems: list[Problem] = []
    if not _NAME.fullmatch(profile.name) or _DIGEST.fullmatch(profile.name):
        remedy = Text("用1—40个汉字、字母或数字", "Use 1-40 letters or digits")
        problems.append(_problem("profile_name", "name", Text("方案名称不对", "the name cannot be used"), remedy))
    for item, written, taken in (("encoding", profile.encoding, ENCODINGS), ("separator", profile.separator, SEPARATORS)):
        if written not in taken:
            shown = [json.dumps(one) for one in taken]
            remedy = Text(f"改为以下之一:{'、'.join(shown)}", f"Use one of {', '.join(shown)}")
            problems.append(_problem("profile_encoding", item, Text("不在可用之列", "not among those taken"), remedy))
    supplied = _suppliers(profile, extract)
    known = {column.name for column in extract.columns}
    problems += _unknown_columns(profile, known)
    for column in extract.columns:
        times = supplied.get(column.name, 0)
        if times > 1 or (times == 0 and not column.nullable):
            fault = Text("这一列没有来源", "this column has no source") if times == 0 else Text("这一列有两个来源", "this column has two sources")
            remedy = Text("为它指定一个来源", "Give it one source")
            problems.append(_problem("profile_column", f"columns.{column.name}", fault, remedy, column.header))
    counts = next((column for column in extract.columns if column.name == profile.counts_into), None)
    needs_counts = profile.has_month_columns or profile.measures or profile.adds_up or profile.is_cumulative
    if (needs_counts or profile.counts_into) and (counts is None or counts.type is not Type.COUNT):
        fault = Text("没有指明数量列", "the count column is not named")
        problems.append(_problem("profile_counts", "counts_into", fault, Text("写明数量列", "Name the count column")))
    if profile.has_month_columns and profile.measures:
        fault = Text("月份列和指标列不能并用", "month columns and measures exclude each other")
        problems.append(_problem("profile_layout", "has_month_columns, measures", fault, Text("只留一种", "Keep one of them")))
    for name, headers in profile.columns.items():
        is_month = name in known and extract.column(name).type is Type.MONTH
        if name in known and (not headers or len(headers) > (2 if is_month else 1)):
            fault = Text("只有年月可以由两列合成", "only a month is made of two columns")
            problems.append(_problem("profile_column", f"columns.{name}", fault, Text("只写一个表头", "Name one header"), name))
    return [*problems, *_repeated_headers(profile, known), *_check_values(profile, extract)]


def _unknown_columns(profile: Profile, known: set[str]) -> list[Problem]:
    """Tell keys that are no column of the contract by their place in their item."""
    named = [("columns", list(profile.columns)), ("constants", list(profile.constants)), ("values", list(profile.values))]
    named += [("measures", list(constants)) for constants in profile.measures.values()]
    unknown = sorted({(item, place) for item, names in named for place, name in enumerate(names, 1) if name not in known})
    columns = Text(f"删除或改名,可用的列:{'、'.join(sorted(known))}", f"Remove or rename it; there are {', '.join(sorted(known))}")
    return [
        _problem(
            "profile_column",
            item,
            Text(f"第{place}个键不是模板的列", f"key {place} is no column of the template"),
            columns,
        )
        for item, place in unknown
    ]


def _repeated_headers(profile: Profile, known: set[str]) -> list[Problem]:
    used = [(f"columns.{name}" if name in known else "columns", header) for name, headers in profile.columns.items() for header in headers]
    used += [("measures", header) for header in profile.measures] + [("ignored", header) for header in profile.ignored]
    items: dict[str, list[str]] = {}
    for item, header in used:
        items.setdefault(fold(header), []).append(item)
    return [
        _problem(
            "profile_header",
            ", ".join(dict.fromkeys(twice)),
            Text("一个源表头用了两次", "a source header is used twice"),
            Text("每个表头只用一次", "Use every header once"),
        )
        for twice in items.values()
        if len(twice) > 1
    ]


def _suppliers(profile: Profile, extract: Extract) -> dict[str, int]:
    """Count the sources of every contract column."""
    names = [*profile.columns, *profile.constants]
    if profile.has_month_columns or profile.month_is_last:
        names.append(extract.month_column)
    names += sorted({name for constants in profile.measures.values() for name in constants})
    if (profile.has_month_columns or profile.measures) and profile.counts_into:
        names.append(profile.counts_into)
    return {name: names.count(name) for name in names}


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


# keeping and finding profiles


def _folder(data: Path) -> Path:
    return data / "profiles"


def keep_content(profile: Profile, data: Path) -> None:
    """Keep a profile under its digest, for the files accepted by it."""
    path = _folder(data) / f"{profile.sha256}.json"
    if not path.exists():
        keep(profile.content(), path)


def save(profile: Profile, data: Path) -> None:
    """Keep a confirmed profile; from now on files that fit are read by it. One of the same name is replaced, and stays for its files."""
    keep_content(profile, data)
    keep(profile.content(), _folder(data) / f"{profile.name}.json")


def load_all(data: Path, contracts: Mapping[str, Extract]) -> list[Profile]:
    """Return the profiles in use, by name.

    Raises:
        ProfileError: If one cannot be read; the problem names it.
    """
    paths = sorted(path for path in _folder(data).glob("*.json") if not _DIGEST.fullmatch(path.stem) and not path.name.startswith("."))
    found = []
    for path in paths:
        try:
            found.append(parse(path.read_bytes(), contracts))
        except ProfileError as error:
            where = Text(f"映射方案{path.stem}不能使用", f"The profile {path.stem} cannot be used")
            raise ProfileError([Problem("profile_damaged", where, Text("重新保存该方案", "Save it again")), *error.problems]) from error
    return found


def load(data: Path, sha256: str) -> Profile:
    """Return the profile an accepted file was read by.

    Raises:
        LedgerError: If it is missing or was altered.
    """
    from etl.extracts import extracts

    path = _folder(data) / f"{sha256}.json"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LedgerError(
            Text(
                f"已入库文件所用的映射方案缺失或被改动;请从备份恢复profiles/{sha256[:12]}…",
                f"The profile of an accepted file is missing or altered; restore profiles/{sha256[:12]}… from the backup",
            )
        )
    return parse(content, extracts())


def find(profiles: Sequence[Profile], header: Sequence[str]) -> Told[Profile]:
    """Tell the profile of a header row; one that knows every header goes before one that leaves some open, and two are a conflict."""
    fitting = [profile for profile in profiles if profile.fits(header)]
    complete = [profile for profile in fitting if not profile.unknown(header)]
    chosen = complete or fitting
    if len(chosen) > 1:
        return Told(None, is_conflict=True)
    return Told(chosen[0] if chosen else None)


def table_of(sheet: Sheet, profiles: Sequence[Profile]) -> Table | None:
    """Return the table of a sheet below the first row that has the headers of a profile; None where no row has.

    Rows and columns that are empty all through at the edges are no part of it.
    """
    position = next((index for index, row in enumerate(sheet.rows[:HEADER_WITHIN]) if any(profile.fits(row) for profile in profiles)), None)
    if position is None:
        return None
    header, body = sheet.rows[position], list(sheet.rows[position + 1 :])
    while body and not any(cell.strip() for cell in body[-1]):
        body.pop()
    columns: list[Sequence[str]] = list(zip(*body, strict=True)) if body else [()] * len(header)
    used = [index for index, cells in enumerate(columns) if header[index].strip() or any(cell.strip() for cell in cells)]
    first, last = used[0], used[-1] + 1
    above = tuple(tuple(row) for row in sheet.rows[:position])
    return Table(
        sheet.name,
        above,
        tuple(header[first:last]),
        sheet.first_row + position,
        columns[first:last],
        sheet.first_column + first,
        sheet.is_visible,
    )


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


def month_span(header: Sequence[str]) -> tuple[date, date]:
    """Return the first and last month among the headers of a wide table."""
    months = sorted(month for text in header if (month := _month_header(text)) is not None)
    return months[0], months[-1]


def is_cumulative(entry: LedgerEntry, data: Path) -> bool:
    """Whether an accepted file holds running totals."""
    return entry.profile_sha256 is not None and load(data, entry.profile_sha256).is_cumulative


def decode(profile: Profile, content: bytes) -> str | None:
    """Return a text file as its profile says, or None where it is written otherwise.

    An eight-bit encoding fits any bytes, so text that is sound UTF-8 beyond plain letters is not taken for it.
    """
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


# applying a profile


@dataclass(frozen=True)
class Mapped:
    """A source table as its profile reads it.

    Attributes:
        table: The same in the contract's form; its row numbers are those of the source.
        problems: What the profile leaves open; they name the source column and row.
        remarks: Rows left out by the filters and rows added up.
        sources: Contract header -> header or letter of the source column, to name it in problems.
    """

    table: Table
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    sources: Mapping[str, str]


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
    kept = _kept_rows(profile, table, positions)
    base, value_problems = _base_columns(profile, table, extract, positions, kept, last_month)
    problems += value_problems
    remarks = []
    if len(kept) < table.row_count:
        left = table.row_count - len(kept)
        remarks.append(Remark("rows_filtered", Text(f"按方案筛选,{left}行不计", f"{left} rows are left out by the profile's filters")))
    blocks = _blocks(profile, extract, header, positions)
    counts: list[list[str]] = []
    if profile.counts_into:
        for index, _ in blocks:
            texts = [table.columns[index][row] for row in kept]
            counts.append(texts)
            problems += _count_problems(extract.column(profile.counts_into), texts, table, index, kept, pack)
    if profile.adds_up and not problems:
        base, counts, kept, added = _add_alike(base, counts, kept)
        if added:
            remarks.append(Remark("rows_added", Text(f"同一键的行相加,合并{added}行", f"Rows of the same key are added, {added} rows merged")))
    columns = dict(_melt(base, blocks, counts, profile.counts_into, len(kept)))
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


def _check_header(profile: Profile, table: Table) -> list[Problem]:
    header = table.header or ()

    def fault(rule: str, index: int, message: Text, remedy: Text) -> Problem:
        return Problem(rule, message, remedy, table.sheet, table.letter(index), table.header_row)

    problems = [
        fault(
            "unmapped_header",
            index,
            Text("映射方案中没有这一列", "The profile does not know the column"),
            Text("在方案中指明用途或不用", "Say in the profile what it is, or that it is not used"),
        )
        for index in profile.unknown(header)
    ]
    seen: set[str | date] = set()
    for index, text in enumerate(header):
        month = _month_header(text) if profile.has_month_columns else None
        place: str | date = month or fold(text)
        if place in seen and (month or fold(text) in profile.needed):
            problems.append(
                fault("duplicate_header", index, Text("同一列或同一月份出现两次", "A column or month stands twice"), Text("只保留一列", "Keep one"))
            )
        seen.add(place)
    months = sorted(month for month in seen if isinstance(month, date))
    if months and (months[-1].year - months[0].year) * 12 + months[-1].month - months[0].month + 1 != len(months):
        problems.append(
            Problem(
                "month_gap",
                Text("月份列不连续", "The month columns leave out a month"),
                Text("补上缺少的月份,或分成两份文件报送", "Add the month, or deliver two files"),
                table.sheet,
                None,
                table.header_row,
            )
        )
    return problems


def _kept_rows(profile: Profile, table: Table, positions: Mapping[str, int]) -> list[int]:
    kept: Sequence[int] = range(table.row_count)
    for header, words in profile.filters.items():
        cells = table.columns[positions[fold(header)]]
        wanted = set(map(fold, words))
        admitted = {text for text in set(cells) if fold(text) in wanted}
        kept = [row for row in kept if cells[row] in admitted]
    return list(kept)


def _base_columns(
    profile: Profile, table: Table, extract: Extract, positions: Mapping[str, int], kept: Sequence[int], last_month: date | None
) -> tuple[dict[str, list[str]], list[Problem]]:
    """Return the columns that are the same for every count of a source row."""
    base: dict[str, list[str]] = {name: [text] * len(kept) for name, text in profile.constants.items()}
    if profile.month_is_last:
        base[extract.month_column] = [f"{last_month:%Y-%m}" if last_month else ""] * len(kept)
    problems: list[Problem] = []
    for name, headers in profile.columns.items():
        if name == profile.counts_into:
            continue
        cells = [[table.columns[positions[fold(header)]][row] for row in kept] for header in headers]
        texts = cells[0] if len(cells) == 1 else [f"{year.strip()}-{month.strip()}" for year, month in zip(*cells, strict=True)]
        if name in profile.values:
            texts, open_rows = _coded(texts, extract.column(name), profile.values[name])
            problems += [
                Problem(
                    "unmapped_value",
                    Text("映射方案中没有这一取值", "The profile does not know the word in this cell"),
                    Text("在方案中为它指定代码", "Give it a code in the profile"),
                    table.sheet,
                    headers[0],
                    table.row_number(kept[place]),
                )
                for place in open_rows
            ]
        base[name] = texts
    return base, problems


def _coded(texts: Sequence[str], column: Column, words: Mapping[str, str]) -> tuple[list[str], list[int]]:
    """Put codes for words; returns the texts and the places whose word is neither in the profile nor a code itself."""
    known = {fold(word): code for word, code in words.items()}
    own = code_words(column) if column.codes else {}
    coded: dict[str, str] = {}
    unknown: set[str] = set()
    for text in set(texts):
        folded = fold(text)
        is_code = folded in own or (column.type is Type.TOWNSHIP and folded.isascii() and folded.isdigit() and len(folded) == 12)
        coded[text] = known.get(folded, text)
        if folded and folded not in known and not is_code:
            unknown.add(text)
    return list(map(coded.__getitem__, texts)), [place for place, text in enumerate(texts) if text in unknown] if unknown else []


def _blocks(profile: Profile, extract: Extract, header: Sequence[str], positions: Mapping[str, int]) -> list[tuple[int, dict[str, str]]]:
    """Return the columns of counts, each with what it says of its rows."""
    if profile.has_month_columns:
        found = [(index, _month_header(text)) for index, text in enumerate(header)]
        return [(index, {extract.month_column: f"{month:%Y-%m}"}) for index, month in found if month is not None]
    if profile.measures:
        return [(positions[fold(text)], dict(constants)) for text, constants in profile.measures.items()]
    if profile.counts_into:
        return [(positions[fold(profile.columns[profile.counts_into][0])], {})]
    return []


def _count_problems(column: Column, texts: Sequence[str], table: Table, index: int, kept: Sequence[int], pack: CountyPack) -> list[Problem]:
    """Check the counts here, because only here the source column of each is known."""
    return [
        Problem(rule, RULES[rule][0], remedy or RULES[rule][1], table.sheet, (table.header or ())[index], table.row_number(kept[place]))
        for place, rule, remedy in read_column(column, texts, pack).faults
    ]


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
        numpy.add.at(total, group, numpy.array([int(unicodedata.normalize("NFKC", text)) for text in texts], dtype=numpy.int64))
        sums.append([str(number) for number in total.tolist()])
    rows = first.tolist()
    return {name: [texts[row] for row in rows] for name, texts in base.items()}, sums, [kept[row] for row in rows], len(kept) - len(groups)


def _melt(
    base: Mapping[str, list[str]], blocks: Sequence[tuple[int, dict[str, str]]], counts: Sequence[list[str]], counts_into: str | None, rows: int
) -> Mapping[str, list[str]]:
    """Turn every column of counts into rows of its own."""
    columns = {name: texts * max(len(blocks), 1) for name, texts in base.items()}
    for name in {name for _, constants in blocks for name in constants}:
        columns[name] = [text for _, constants in blocks for text in [constants[name]] * rows]
    if counts_into:
        columns[counts_into] = [text for texts in counts for text in texts]
    return columns


# proposing a profile


@dataclass(frozen=True)
class Guess:
    """What one source header may be; the person decides.

    Attributes:
        column: Contract column; None where nothing is alike.
        reason: ``exact``, ``similar``, ``month`` or ``none``.
    """

    header: str
    column: str | None
    reason: str


@dataclass(frozen=True)
class Proposal:
    """The best guess for a table nobody has mapped yet.

    Attributes:
        extract: The type most of whose columns are found; None where none is.
        guesses: One a source header, in order.
        missing: Required contract columns without a source.
    """

    extract: str | None
    guesses: tuple[Guess, ...]
    missing: tuple[str, ...]


def propose(table: Table, contracts: Mapping[str, Extract]) -> Proposal:
    """Guess what each header of a table may be, with the reason for each guess."""
    header = table.header or ()
    proposals = []
    for extract in contracts.values():
        guesses = _guesses(header, extract)
        exact = sum(guess.reason in ("exact", "month") for guess in guesses)
        similar = sum(guess.reason == "similar" for guess in guesses)
        proposals.append(((2 * exact + similar) / len(extract.columns), extract, guesses))
    score, extract, guesses = max(proposals, key=lambda proposal: proposal[0])
    if score == 0:
        return Proposal(None, tuple(Guess(text, None, "none") for text in header), ())
    found = {guess.column for guess in guesses}
    if any(guess.reason == "month" for guess in guesses):
        found |= {column.name for column in extract.columns if column.type is Type.COUNT}
    return Proposal(extract.id, tuple(guesses), tuple(column.name for column in extract.columns if column.name not in found and not column.nullable))


def _guesses(header: Sequence[str], extract: Extract) -> list[Guess]:
    taken: set[str] = set()
    words = {fold(word): column.name for column in extract.columns for word in column.headers}
    exact = {text: words[fold(text)] for text in header if fold(text) in words}
    taken |= set(exact.values())
    is_count_table = any(column.type is Type.COUNT for column in extract.columns)
    guesses = []
    for text in header:
        if text in exact:
            guesses.append(Guess(text, exact[text], "exact"))
            continue
        if is_count_table and _month_header(text) is not None:
            guesses.append(Guess(text, extract.month_column, "month"))
            continue
        alike = [(SequenceMatcher(None, fold(text), word).ratio(), name) for word, name in words.items() if name not in taken]
        ratio, name = max(alike, default=(0.0, ""))
        if ratio >= ALIKE:
            taken.add(name)
            guesses.append(Guess(text, name, "similar"))
        else:
            guesses.append(Guess(text, None, "none"))
    return guesses
