"""What is asked about a table that is in nobody's form, and the mapping profile that a person's answers make.

Everything offered is a proposal with its reason; nothing is taken until a person says so. Words of the table are shown only of a file in
which the privacy gate found nobody, only where few different ones stand in a column, and only short ones.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import StrEnum
from functools import partial
from operator import eq
from typing import Any

from etl.contract import Column, Extract, Type
from etl.county.pack import CountyPack
from etl.mapping.meaning import NUMBERS, OpenMeaning, left_open, open_meanings, words_of
from etl.mapping.profile import TOLD, Profile, ProfileError, is_month, month_of_header
from etl.privacy import sheet_names
from etl.problems import Problem
from etl.reading import text_file, workbook
from etl.reading.cells import code_words, fold, read_column
from etl.reading.header import HEADER_WITHIN, MAX_DEPTH, accepted_headers, header_text
from etl.reading.layout import cut_out
from etl.reading.marks import Mark, is_footer, mark_of
from etl.reading.meaning import Doubt, doubts, factor_of, is_total
from etl.reading.places import township_words
from etl.reading.table import Sheet, Table, UnreadableError
from indicators.model import Text

ASKED_AFTER = frozenset(
    (
        "header_not_found",
        "type_unknown",
        "unknown_header",
        "missing_header",
        "unmapped_header",
        "unmapped_value",
        "month_gap",
        "no_row_kept",
        "header_meaning",
        "second_header",
    )
)
UNKNOWN_FORM = ASKED_AFTER - {"unknown_header", "missing_header"}
"""Rules that tell of a table in a form of its own; the others tell of a template with a slip, which is sooner mended."""
_OF_A_PROFILE = frozenset(("total_mismatch", "coverage_conflict"))
"""Rules that may be answered by choosing other columns, where a profile chose them."""
OFFERED = 4  # places of the header
SAMPLED = 200  # rows by which a place is judged
MOST_WORDS = 60
LONGEST_WORD = 20
ALIKE = 0.6  # share of common signs from which a word is offered as similar
RUNNING, AS_IT_IS = "running", "as_it_is"  # answers to what a header leaves open
LEFT_OUT = "-"  # the answer that a word marks rows which are no records
_CODED = frozenset((Type.CODE, Type.TOWNSHIP, Type.DRUG, Type.FLAG))
_NUMBER = re.compile(r"[\d.,%\s]+")


@dataclass(frozen=True)
class TablePlace:
    """Where the header of a table may stand.

    Attributes:
        sheet: Name of the sheet; None for a text file.
        first_row: First row of the header as the file's own program counts.
        last_row: Its last row.
        headers: Its texts, those over each other joined. Shape: one a column.
        letters: The letters of the columns.
        words: Different texts of every column in their order; None where there are too many, or one is too long to be a word.
        rows: Rows below it.
    """

    sheet: str | None
    first_row: int
    last_row: int
    headers: tuple[str, ...]
    letters: tuple[str, ...]
    words: tuple[tuple[str, ...] | None, ...]
    rows: int


class UseKind(StrEnum):
    """What a column of a source table is used for."""

    COLUMN = "column"  # is a column of the template
    COUNT = "count"  # holds counts of one code of a column of the template
    MONTH = "month"  # holds the counts of the month in its header
    FILTER = "filter"  # tells which rows count
    UNUSED = "unused"


@dataclass(frozen=True)
class Use:
    """The use of one source column.

    Attributes:
        column: Column of the template.
        code: The code its counts are of, for ``COUNT``.
    """

    kind: UseKind
    column: str = ""
    code: str = ""


UNUSED, FILTER, MONTH = Use(UseKind.UNUSED), Use(UseKind.FILTER), Use(UseKind.MONTH)


@dataclass(frozen=True)
class Guess:
    """A proposal and its reason: ``profile``, ``exact``, ``similar``, ``month``, ``asked`` or ``none``.

    ``asked`` and ``none`` propose nothing: a word in the header speaks against the likeliest, or nothing is likely.
    """

    use: Use | None
    reason: str


@dataclass(frozen=True)
class Answers:
    """What a person said of a table.

    Attributes:
        name: Name of the profile.
        extract: The type of extract.
        uses: Shape: one a header of the place.
        words: Column of the template -> word -> code, or ``LEFT_OUT``.
        filters: Position of a source column used as a filter -> words whose rows count.
        constants: Column of the template -> the same code for every row.
        is_cumulative: The counts run from January.
        blank_is_zero: A blank count is zero.
        adds_up: Rows of the same key are added.
        confirmed: Positions of headers in which a word (累计, 上年, 千, 率, 合计) does not change what is read.
        factors: Position of a header of numbers in another unit -> by how much they are multiplied.
    """

    name: str
    extract: str
    uses: tuple[Use, ...]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    filters: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    is_cumulative: bool = False
    blank_is_zero: bool = False
    adds_up: bool = False
    confirmed: tuple[int, ...] = ()
    factors: Mapping[int, str] = field(default_factory=dict)


def may_be_answered(rules: Collection[str], profile: Profile | None) -> bool:
    """Say whether saying what the columns are may answer what a file was refused for."""
    return not ASKED_AFTER.isdisjoint(rules) or (profile is not None and not _OF_A_PROFILE.isdisjoint(rules))


def places(content: bytes, contracts: Mapping[str, Extract], pack: CountyPack) -> tuple[TablePlace, ...]:
    """Return where the header of a file may stand, the likeliest first; nothing where it cannot be read at all.

    Args:
        content: A file in which no header of a template was found, and nobody by the privacy gate.
        contracts: The extract types.
        pack: The county pack: a row with a word of its lists is a record and no header.
    """
    words = {word for extract in contracts.values() for column in extract.columns for word in code_words(column)} | set(township_words(pack))
    try:
        candidates = [one for one in _candidates(content, words) if not any(fold(text) in words for text in one.written)]
        best = sorted(candidates, key=lambda candidate: -_score(candidate, contracts))[:OFFERED]
        return tuple(_place(candidate) for candidate in best)
    except UnreadableError:
        return ()


def _place(candidate: _Candidate) -> TablePlace:
    table = candidate.whole()
    letters = tuple(table.letter(index) for index in range(len(table.header or ())))
    words = tuple(map(_words, table.columns))
    return TablePlace(table.sheet, candidate.first_row, table.header_row, table.header or (), letters, words, table.row_count)


@dataclass(frozen=True)
class _Candidate:
    """A possible header.

    Attributes:
        first_row: First row of the header.
        depth: How many rows it takes.
        header: Its texts.
        written: Every cell of its rows, by itself.
        numbers: How many of its cells hold a number and no month.
        sample: The first rows below it, by column.
        whole: Reads the whole table below it.
    """

    first_row: int
    depth: int
    header: tuple[str, ...]
    written: tuple[str, ...]
    numbers: int
    sample: Sequence[Sequence[str]]
    whole: Callable[[], Table]


def _candidates(content: bytes, known: Collection[str]) -> Iterator[_Candidate]:
    if content.startswith(workbook.ZIP_MAGIC):
        return _in_sheets(content, workbook.archive_kind(content), known)
    return _in_sheets(content, ".xls", known) if content.startswith(workbook.OLE_MAGIC) else _in_text(content)


def _in_sheets(content: bytes, kind: str, known: Collection[str]) -> Iterator[_Candidate]:
    for sheet in sheet_names.masked(workbook.read_sheets(content, kind), known):
        if not sheet.is_visible:
            continue
        for depth in range(1, MAX_DEPTH + 1):
            for top in range(min(HEADER_WITHIN, len(sheet.rows) - depth + 1)):
                header = header_text(sheet, top, depth)
                rows = sheet.rows[top : top + depth]
                below = sheet.rows[top + depth : top + depth + SAMPLED]
                columns = list(zip(*below, strict=True)) if below else [()] * len(sheet.rows[top])
                if header is None or not all(map(_may_be_header, rows)) or not _is_above(header, columns):
                    continue
                written = tuple(cell for row in rows for cell in row)
                whole = partial(_cut_below, sheet, top, depth, header)
                yield _Candidate(sheet.first_row + top, depth, header, written, sum(map(_is_number, written)), columns, whole)


def _cut_below(sheet: Sheet, top: int, depth: int, header: tuple[str, ...]) -> Table:
    return cut_out(sheet, top, depth, header).table


def _in_text(content: bytes) -> Iterator[_Candidate]:
    text, _ = text_file.decode(content)
    lines = text.split("\n", SAMPLED + HEADER_WITHIN)[: SAMPLED + HEADER_WITHIN]
    beginning = "\n".join(lines[:-1]) + "\n" if len(lines) > 1 else text
    for separator in text_file.SEPARATORS:
        cut = [tuple(cell.strip('"') for cell in line.rstrip("\r").split(separator)) for line in lines]
        for position, header in enumerate(cut[:HEADER_WITHIN]):
            below = [row for row in cut[position + 1 :] if len(row) == len(header)]
            columns = list(zip(*below, strict=True)) if below else [()] * len(header)
            if not _may_be_header(header) or not _is_above(header, columns):
                continue
            try:
                # Whether the rows below are as wide as the header is a matter of the whole text; its beginning tells soon enough.
                text_file.parse(beginning, partial(eq, header), (separator,))
            except UnreadableError:
                continue
            whole = partial(text_file.parse, text, partial(eq, header), (separator,))
            yield _Candidate(position + 1, 1, header, header, sum(map(_is_number, header)), columns, whole)


def _may_be_header(row: Sequence[str]) -> bool:
    """Say whether a row may be one of a header: it is not blank, no text is longer than a word, and it is no footer."""
    written = [text for text in row if text.strip()]
    return bool(written) and all(len(text) <= LONGEST_WORD for text in written) and not is_footer(written)


def _is_above(header: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """Say whether a header has two different texts, of which none comes again in its own column, as the words of a record do."""
    texts = [fold(text) for text in header]
    comes_again = any(text and text in set(map(fold, cells)) for text, cells in zip(texts, columns, strict=True))
    return len({text for text in texts if text}) >= 2 and not comes_again


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text.strip()) is not None and not is_month(text)


def _score(candidate: _Candidate, contracts: Mapping[str, Extract]) -> float:
    """Say how likely a header is: by what it has of a template, against what no header has."""
    header = candidate.header
    known = 2 * max(len({fold(text) for text in header} & set(accepted_headers(extract))) for extract in contracts.values())
    months = sum(map(is_month, header))
    written = [fold(text) for text in header if text.strip()]
    bare = sum(not text.strip() and any(cell.strip() for cell in cells) for text, cells in zip(header, candidate.sample, strict=True))
    repeated = len(written) - len(set(written))
    return known + months - 2 * candidate.numbers - 2 * bare - repeated - candidate.depth / 2 + len(written) / 1000


def _words(cells: Sequence[str]) -> tuple[str, ...] | None:
    different: dict[str, str] = {}
    for text in cells:
        if text.strip() and mark_of(text) is not Mark.FOOTER:
            different.setdefault(fold(text), text.strip())
        if len(different) > MOST_WORDS:
            return None
    return tuple(different.values()) if all(len(word) <= LONGEST_WORD for word in different.values()) else None


def likeliest(headers: Sequence[str], contracts: Mapping[str, Extract]) -> str | None:
    """Return the type of extract most of whose columns are found among headers; None where none is."""
    weights = {"exact": 2, "similar": 1, "month": 1, "asked": 1}
    shares = {
        extract.id: sum(weights.get(guess.reason, 0) for guess in guesses(headers, extract)) / len(extract.columns) for extract in contracts.values()
    }
    best = max(shares, key=lambda identity: shares[identity])
    return best if shares[best] > 0 else None


def guesses(headers: Sequence[str], extract: Extract, profile: Profile | None = None) -> tuple[Guess, ...]:
    """Propose a use for every header, with the reason.

    Args:
        headers: Headers of the source table.
        extract: The type of extract.
        profile: The profile by which the table was read so far; its uses go first.
    """
    words = accepted_headers(extract)
    taken = {words[fold(text)] for text in headers if fold(text) in words}
    has_counts = counts_of(extract) is not None
    proposals: list[Guess] = []
    for text in headers:
        before = _use_in(profile, text) if profile else None
        if before:
            proposals.append(Guess(before, "profile"))
        elif fold(text) in words:
            proposals.append(Guess(Use(UseKind.COLUMN, words[fold(text)]), "exact"))
        elif has_counts and is_month(text):
            proposals.append(Guess(MONTH, "month"))
        else:
            ratio, name = max(((_alike(text, word), name) for word, name in words.items() if name not in taken), default=(0.0, ""))
            guess = _similar(text, name, extract) if ratio >= ALIKE else Guess(None, "none")
            if guess.use:
                taken.add(name)
            proposals.append(guess)
    return tuple(proposals)


def _similar(text: str, name: str, extract: Extract) -> Guess:
    """Propose a column by its name, but no count that the header's own words say it is not."""
    column = extract.column(name)
    if column.type in NUMBERS and doubts(text, column, is_stock=name in extract.stock_columns):
        return Guess(None, "asked")
    return Guess(Use(UseKind.COLUMN, name), "similar")


def _alike(text: str, word: str) -> float:
    return SequenceMatcher(None, fold(text), fold(word)).ratio()


def _use_in(profile: Profile, header: str) -> Use | None:
    folded = fold(header)
    for name, sources in profile.columns.items():
        if folded in map(fold, sources):
            return Use(UseKind.COLUMN, name)
    for source, codes in profile.measures.items():
        if folded == fold(source) and len(codes) == 1:
            return next(Use(UseKind.COUNT, name, code) for name, code in codes.items())
    if profile.counts_month(header):
        return MONTH
    if folded in map(fold, profile.filters):
        return FILTER
    return UNUSED if folded in map(fold, profile.ignored) else None


def counts_of(extract: Extract) -> Column | None:
    """Return the one column of counts of a type of extract that is delivered as a table of numbers; None for lists of persons or cases."""
    counts = [column for column in extract.columns if column.type is Type.COUNT]
    return counts[0] if len(counts) == 1 and not any(column.type is Type.KEY for column in extract.columns) else None


def uses(extract: Extract) -> dict[Use, Text]:
    """Return the uses that a source column can have, with their words."""
    words = {Use(UseKind.COLUMN, column.name): Text(column.header, column.header) for column in extract.columns}
    if counts := counts_of(extract):
        words[MONTH] = Text(f"各月{counts.header}(表头是月份)", f"{counts.header} of the month in the header")
        for column in extract.columns:
            for code in column.codes:
                of_code = Text(f"{counts.header}:{column.header}为“{code.title.zh}”", f"{counts.header} where {column.header} is “{code.title.en}”")
                words[Use(UseKind.COUNT, column.name, code.code)] = of_code
    words[FILTER] = Text("只用来挑选行(筛选)", "Only tells which rows count (filter)")
    words[UNUSED] = Text("不用", "Not used")
    return words


def codes(column: Column, pack: CountyPack) -> dict[str, Text]:
    """Return the codes of a column with their words; empty for a column without a code list."""
    if column.type is Type.TOWNSHIP:
        return {township.code: township.title for township in pack.townships}
    if column.type is Type.DRUG:
        return {drug.code: drug.title for drug in pack.drugs}
    if column.type is Type.FLAG:
        return {"yes": Text("是", "Yes"), "no": Text("否", "No")}
    return {code.code: code.title for code in column.codes}


def is_coded(column: Column) -> bool:
    """Whether every word of a column must stand for a code."""
    return column.type in _CODED


def code_guess(column: Column, word: str, pack: CountyPack) -> Guess:
    """Propose a code for a word; the use of the guess holds it."""
    if mark_of(word) is not None:
        return Guess(Use(UseKind.UNUSED, column.name, LEFT_OUT), "similar")
    read = read_column(column, [word], pack)
    if not read.faults and read.values[0] is not None:
        return Guess(Use(UseKind.COLUMN, column.name, str(read.values[0])), "exact")
    ratios = sorted(((_alike(word, title.zh), code) for code, title in codes(column, pack).items()), reverse=True)
    if ratios and ratios[0][0] >= ALIKE and (len(ratios) == 1 or ratios[1][0] < ratios[0][0]):
        return Guess(Use(UseKind.COLUMN, column.name, ratios[0][1]), "similar")
    return Guess(None, "none")


def lacking(extract: Extract, chosen: Sequence[Use | None]) -> list[Column]:
    """Return the required columns of the template that no source column gives, the month apart: the file's name or title can tell it."""
    given = {use.column for use in chosen if use and use.kind in (UseKind.COLUMN, UseKind.COUNT)}
    if (counts := counts_of(extract)) and any(use and use.kind in (UseKind.COUNT, UseKind.MONTH) for use in chosen):
        given.add(counts.name)
    return [column for column in extract.columns if column.name not in given and not column.nullable and column.name != extract.month_column]


def profile_of(place: TablePlace, answers: Answers, contracts: Mapping[str, Extract]) -> Profile:
    """Make the mapping profile of a person's answers.

    Raises:
        ProfileError: If they make no whole rows of the extract.
    """
    extract = contracts[answers.extract]
    pairs = list(zip(place.headers, answers.uses, strict=True))
    columns: dict[str, list[str]] = {}
    for header, use in pairs:
        if use.kind is UseKind.COLUMN:
            columns.setdefault(use.column, []).append(header)
    counts = counts_of(extract)
    has_months = any(use.kind is UseKind.MONTH for _, use in pairs)
    measures = {header: {use.column: use.code} for header, use in pairs if use.kind is UseKind.COUNT}
    choices: dict[str, Any] = {
        "columns": columns,
        "constants": dict(answers.constants),
        "ignored": sorted({header for header, use in pairs if use.kind is UseKind.UNUSED}),
        "filters": {place.headers[position]: list(words) for position, words in answers.filters.items()},
        "values": {name: kept for name, words in answers.words.items() if (kept := {w: c for w, c in words.items() if c != LEFT_OUT})},
        "left_out": _left_out(place, answers, columns),
        "has_month_columns": has_months,
        "measures": measures,
        "counts_into": counts.name if counts and (has_months or measures) else None,
        "month_is_last": not has_months and extract.month_column not in columns,
        "adds_up": answers.adds_up,
        "is_cumulative": answers.is_cumulative,
        "blank_is_zero": answers.blank_is_zero,
        "confirmed": sorted(place.headers[position] for position in answers.confirmed),
        "factors": {place.headers[position]: factor for position, factor in answers.factors.items()},
        "encoding": TOLD,
        "separator": TOLD,
    }
    profile = Profile.from_choices(answers.name, extract, **choices)
    if not profile.fits(place.headers) or profile.unknown(place.headers):
        raise ProfileError([_UNFIT])
    if still_open := [
        Problem("header_meaning", *words_of(one), None, place.letters[one.index]) for one in open_meanings(profile, place.headers, extract)
    ]:
        raise ProfileError(still_open)
    return profile


def header_questions(headers: Sequence[str], extract: Extract, chosen: Sequence[Use | None], *, is_cumulative: bool) -> list[OpenMeaning]:
    """Return what the headers of the numbers chosen leave open."""
    columns = {index: column for index, use in enumerate(chosen) if use and (column := _number_column(use, extract))}
    return list(left_open(headers, columns, extract, is_running=is_cumulative))


def _number_column(use: Use, extract: Extract) -> Column | None:
    column = extract.column(use.column) if use.kind is UseKind.COLUMN else counts_of(extract) if use.kind is UseKind.COUNT else None
    return column if column and column.type in NUMBERS else None


def answers_to(one: OpenMeaning) -> dict[str, Text]:
    """Return what may be answered to an open header: ``RUNNING``, a factor, or ``AS_IT_IS``."""
    unit, answers = one.column.unit or Text("个", "units"), {}
    if one.doubt is Doubt.RUNNING:
        answers[RUNNING] = Text("从1月累计到当月的数", "They run from January to the month")
    if one.doubt is Doubt.UNIT and (factor := factor_of(one.word, one.column)):
        answers[f"{factor:f}"] = Text(f"以“{one.word}”计,读取时乘以{factor:f}", f"In another unit: read times {factor:f}")
    answers[AS_IT_IS] = _AS_IT_IS[one.doubt] if one.doubt is not Doubt.UNIT else Text(f"已经是{unit.zh}", f"They are in {unit.en} already")
    return answers


_AS_IT_IS = {
    Doubt.RUNNING: Text("就是当月的数", "They are the month's"),
    Doubt.MONTHLY: Text("确是累计数", "They do run from January"),
    Doubt.BASE: Text("就是本期实有的数", "They are the counts of this period"),
    Doubt.SHARE: Text("就是数量,不是比率", "They are counts and no rates"),
    Doubt.PART: Text("与别的列不重复", "No other column holds the same"),
}


def unused_totals(headers: Sequence[str], chosen: Sequence[Use | None]) -> list[int]:
    """Return the positions of columns that are not used and bear the header of a sum."""
    return [index for index, use in enumerate(chosen) if use == UNUSED and is_total(headers[index])]


_UNFIT = Problem(
    "profile_unfit",
    Text("按这样的选择读不了这张表:各月数量的表头须是月份", "These answers do not fit the table: the header of a month's count must be a month"),
    Text("改选“各月”的那几列", "Choose again for the columns of months"),
)


def _left_out(place: TablePlace, answers: Answers, columns: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the words of rows that are no records, and beside every filter the words that do not count: any other word is asked about."""
    left_out = {columns[name][0]: left for name, words in answers.words.items() if (left := [w for w, c in words.items() if c == LEFT_OUT])}
    for position, chosen in answers.filters.items():
        if others := [word for word in place.words[position] or () if word not in chosen]:
            left_out[place.headers[position]] = others
    return left_out


def name_for(file_name: str) -> str:
    """Propose a name for a profile: the words of the file name, without months, numbers and extension."""
    stem = file_name.rsplit(".", 1)[0]
    words = re.sub(r"报?\d+[年月]?|[^A-Za-z\u4e00-\u9fff]+", "", stem)[:20]
    return words or "映射方案"


def month_columns(place: TablePlace) -> list[int]:
    """Return the positions of the columns whose header is a month."""
    return [index for index, text in enumerate(place.headers) if is_month(text)]


def has_bare_months(place: TablePlace) -> bool:
    """Whether months stand in the header without their year, so that the file's name or title must tell it."""
    return any(is_month(text) and month_of_header(text) is None for text in place.headers)
