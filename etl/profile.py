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
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from etl import durable
from etl.contract import Extract, Problem, Type
from etl.ledger import LedgerEntry, LedgerError, keep
from etl.parsing import parse_csv
from etl.parsing.cells import code_words, fold, month_of
from etl.parsing.layout import HEADER_WITHIN, MAX_DEPTH, Cut, cut_out, header_text
from etl.parsing.table import Sheet, Table, UnreadableError
from etl.recognise import Told
from indicators.model import Text

VERSION = 1
TOLD = "auto"  # found by strict trial, as for a file in the template's form
ENCODINGS = (TOLD, "utf-8", "gb18030", "utf-16", "iso-8859-1", "windows-1252")
SEPARATORS = (TOLD, ",", ";", "\t", "|")
_NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][A-Za-z0-9\u4e00-\u9fff_-]{0,39}")
_BARE_MONTH = re.compile("(1[0-2]|0?[1-9])月份?")
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
        left_out: Source header -> words; rows with one of them are no records. A word named nowhere is a problem, as ever.
        values: Contract column -> source word -> code of the contract or county pack.
        has_month_columns: Every source header that is a month holds the count of that month.
        measures: Source header of a count -> what its rows are, as contract column -> code.
        counts_into: The contract's count column; needed for month columns, measures and adding up.
        month_is_last: A table without any month is of the last month the file covers.
        adds_up: Rows that fall on the same key are added.
        is_cumulative: The counts run from January to the month.
        blank_is_zero: A count left blank or struck through is zero.
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
        return parse_csv.SEPARATORS if self.separator == TOLD else (self.separator,)

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
        return self.needed <= folded and (not self.has_month_columns or any(map(is_month, header)))

    def unknown(self, header: Sequence[str]) -> list[int]:
        """Return the positions of the headers the profile does not mention."""
        known = self.needed | set(map(fold, self.ignored))
        return [index for index, text in enumerate(header) if fold(text) not in known and not (self.has_month_columns and is_month(text))]


def month_of_header(text: str) -> date | None:
    """Return the month a header names with its year; None for any other."""
    return month_of(unicodedata.normalize("NFKC", text).strip())


def is_month(header: str) -> bool:
    """Whether a header is a month, with or without its year."""
    return month_of_header(header) is not None or _BARE_MONTH.fullmatch(fold(header)) is not None


def _problem(rule: str, zh: str, en: str, remedy_zh: str, remedy_en: str, column: str | None = None) -> Problem:
    return Problem(rule, Text(zh, en), Text(remedy_zh, remedy_en), None, column)


# reading and checking a profile


def parse(content: bytes, contracts: Mapping[str, Extract]) -> Profile:
    """Read a profile from its text.

    Raises:
        ProfileError: If it is no profile, or does not make a whole extract.
    """
    try:
        written = json.loads(content)
    except ValueError as error:
        raise ProfileError([_problem("profile_form", "映射方案不是JSON", "The profile is not JSON", "重新导出方案", "Export it again")]) from error
    if not isinstance(written, dict):
        raise ProfileError([_problem("profile_form", "映射方案格式不对", "The profile is not an object", "重新导出方案", "Export it again")])
    return _from_fields(written, contracts)


def _from_fields(written: Mapping[str, Any], contracts: Mapping[str, Extract]) -> Profile:
    known = {one.name for one in fields(Profile)}
    strange = sorted(set(written) - known - {"version"})
    if written.get("version") != VERSION or strange or not {"name", "extract", "columns"} <= set(written):
        fault = _problem(
            "profile_form", "映射方案的项目或版本不对", "The profile has wrong fields or another version", "按文档改写", "Write it as documented"
        )
        raise ProfileError([fault])
    try:
        shaped = {name: _shaped(name, value) for name, value in written.items() if name != "version"}
    except (TypeError, AttributeError, ValueError) as error:
        fault = _problem("profile_form", "映射方案某项类型不对", "A field of the profile has the wrong type", "按文档改写", "Write it as documented")
        raise ProfileError([fault]) from error
    profile = Profile(**shaped)
    problems = check(profile, contracts)
    if problems:
        raise ProfileError(problems)
    return profile


_FLAGS = ("has_month_columns", "month_is_last", "adds_up", "is_cumulative", "blank_is_zero")


def _shaped(name: str, value: Any) -> Any:
    if name in ("columns", "filters", "left_out"):
        return {key: (_text(words),) if isinstance(words, str) else tuple(map(_text, words)) for key, words in value.items()}
    if name in ("values", "measures"):
        return {key: {_text(one): _text(other) for one, other in words.items()} for key, words in value.items()}
    if name == "constants":
        return {key: _text(word) for key, word in value.items()}
    if name == "ignored":
        return tuple(map(_text, value))
    if name in _FLAGS:
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
        return [_problem("profile_extract", "没有这一报表类型", "There is no such type of extract", "改正extract", "Correct its extract")]
    problems: list[Problem] = []
    if not _NAME.fullmatch(profile.name) or _DIGEST.fullmatch(profile.name):
        problems.append(_problem("profile_name", "方案名称不对", "The name cannot be used", "用1—40个汉字、字母或数字", "Use 1-40 letters or digits"))
    if profile.encoding not in ENCODINGS or profile.separator not in SEPARATORS:
        problems.append(
            _problem("profile_encoding", "编码或分隔符不在可用之列", "Encoding or separator is not among those taken", "改正两项", "Correct them")
        )
    supplied = _suppliers(profile, extract)
    known = {column.name for column in extract.columns}
    for name in sorted((set(supplied) | set(profile.values)) - known):
        problems.append(_problem("profile_column", "模板中没有这一列", "The template has no such column", "删除或改名", "Remove or rename it", name))
    for column in extract.columns:
        times = supplied.get(column.name, 0)
        if times > 1 or (times == 0 and not column.nullable):
            problems.append(
                _problem(
                    "profile_column",
                    "模板列没有来源,或有两个来源",
                    "A column of the template has no source, or two",
                    "为它指定一个来源",
                    "Give it one source",
                    column.header,
                )
            )
    counts = next((column for column in extract.columns if column.name == profile.counts_into), None)
    needs_counts = profile.has_month_columns or profile.measures or profile.adds_up or profile.is_cumulative or profile.blank_is_zero
    if (needs_counts or profile.counts_into) and (counts is None or counts.type is not Type.COUNT):
        problems.append(
            _problem("profile_counts", "没有指明数量列", "The count column is not named", "在counts_into中写明", "Name it in counts_into")
        )
    if profile.has_month_columns and profile.measures:
        problems.append(
            _problem("profile_layout", "月份列和指标列不能并用", "Month columns and measures exclude each other", "只留一种", "Keep one of them")
        )
    for name, headers in profile.columns.items():
        is_month = name in known and extract.column(name).type is Type.MONTH
        if not headers or len(headers) > (2 if is_month else 1):
            problems.append(
                _problem("profile_column", "只有年月可以由两列合成", "Only a month is made of two columns", "只写一个表头", "Name one header", name)
            )
    used = [*(header for headers in profile.columns.values() for header in headers), *profile.measures, *profile.ignored]
    if len(set(map(fold, used))) != len(used):
        problems.append(
            _problem("profile_header", "一个源表头用了两次", "A source header is used twice", "每个表头只用一次", "Use every header once")
        )
    return problems + _check_values(profile, extract)


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
    given = [(name, code) for name, words in profile.values.items() for code in words.values()]
    given += [*profile.constants.items(), *(pair for constants in profile.measures.values() for pair in constants.items())]
    wrong = set()
    for name, code in given:
        column = next((column for column in extract.columns if column.name == name), None)
        if column is not None and column.codes and fold(code) not in code_words(column):
            wrong.add(column.header)
    return [
        _problem(
            "profile_code", "方案给出的代码不在代码表内", "The profile gives a code that is not in the list", "改用模板代码", "Use its codes", name
        )
        for name in sorted(wrong)
    ]


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


def retire(name: str, data: Path) -> None:
    """Stop using a profile for new files; it stays under its digest for the files read by it.

    Raises:
        OSError: If there is none of that name, or it cannot be removed.
    """
    durable.remove(_folder(data) / f"{name}.json")


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
        found = _BARE_MONTH.fullmatch(fold(text))
        if found and year:
            header[index] = f"{year}年{int(found[1])}月"
    last = told[1] if told else date.max
    months = [month_of_header(text) or date.min for text in header]
    kept = [index for index, month in enumerate(months) if month <= last or not _is_blank(table.columns[index])]
    if len(kept) == len(header):
        return replace(table, header=tuple(header))
    positions = table.positions or range(table.first_column, table.first_column + len(header))
    return replace(
        table,
        header=tuple(header[index] for index in kept),
        columns=[table.columns[index] for index in kept],
        positions=[positions[index] for index in kept],
        different=None,
    )


def _is_blank(cells: Sequence[str]) -> bool:
    return not any(text.strip() for text in cells)


def month_span(header: Sequence[str]) -> tuple[date, date] | None:
    """Return the first and last month among the headers of a wide table; None where a month has no year."""
    if any(is_month(text) and month_of_header(text) is None for text in header):
        return None
    months = sorted(month for text in header if (month := month_of_header(text)) is not None)
    return months[0], months[-1]


def is_cumulative(entry: LedgerEntry, data: Path) -> bool:
    """Whether an accepted file holds running totals."""
    return entry.profile_sha256 is not None and load(data, entry.profile_sha256).is_cumulative


def decode(profile: Profile, content: bytes) -> str | None:
    """Return a text file as its profile says, or None where it is written otherwise.

    An eight-bit encoding fits any bytes, so text that is sound UTF-8 beyond plain letters is not taken for it.
    """
    if profile.encoding == TOLD:
        try:
            return parse_csv.decode(content)[0]
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
