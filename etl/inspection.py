"""Looking at delivered files: what each is taken for, and everything that is wrong with it. Nothing is written here."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import gaps, ledger, left_out, mapping, privacy_gate, pseudonyms, replacement, running_totals, sheet_names
from etl import profile as profiles
from etl.contract import Extract, Problem, Remark, Type
from etl.extracts import extracts
from etl.ledger import CHINA_TIME, LedgerEntry, LedgerError
from etl.parsing import parse_csv, workbook
from etl.parsing.cells import RULES, code_words, fold, township_words
from etl.parsing.layout import Cut, Layout, accepted_headers, extract_by_header, lay_out, lay_out_text
from etl.parsing.marks import is_form_word, is_person_label
from etl.parsing.table import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Sheet, Table, UnreadableError
from etl.profile import Profile
from etl.progress import Progress, silent
from etl.recognise import Months, Reported, Told, contradictions, extract_of, impossible_month, months_of, named_months, reported_on_of
from etl.validate import first_misfit, matched_headers, type_columns, validate
from etl.verdict import HeaderPlace, Outcome, Verdict
from etl.wording import month_zh, span_zh
from indicators.model import Text

if TYPE_CHECKING:
    from etl.county import CountyPack

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xls", ".et", ".ods")
MASKED_NAME = "(文件名含个人信息,已遮盖)"
LONGEST_NAME = 120
SEARCHED_AT_ONCE = 5_000  # rows of a text nobody knows the form of
REST_UNCHECKED = Remark(
    "rest_unchecked",
    Text("其余内容未检查,去掉个人信息后重报时再查", "Nothing else was checked; that is done when the file comes again without personal information"),
)


@dataclass(frozen=True)
class _Reading:
    """A file after reading: its layout, and everything else the gate must see; ``sheets`` are all sheets of the workbook in order."""

    layout: Layout
    encoding: str | None = None
    others: tuple[Sheet, ...] = ()
    profile: Profile | None = None
    sheets: tuple[Sheet, ...] = ()

    @property
    def table(self) -> Table:
        """The records."""
        return self.layout.table


class _UnreadableSheetsError(UnreadableError):
    """A workbook that was read but holds no table that can be taken; its sheets still go through the gate."""

    def __init__(self, cause: UnreadableError, sheets: Sequence[Sheet]) -> None:
        super().__init__(cause.rule, cause.message, cause.remedy, row=cause.row, column=cause.column, sheet=cause.sheet)
        self.sheets = tuple(sheets)


def today() -> date:
    """Return the date in China, where the county is whatever clock the server keeps."""
    return datetime.now(CHINA_TIME).date()


def shown_name(path: Path | str) -> str:
    """Return the base name of a file as it may be shown and stored: no control characters, and masked where it identifies somebody."""
    written = str(path).replace("\\", "/").rsplit("/", 1)[-1].encode("utf-8", "replace").decode("utf-8")
    name = "".join(sign for sign in written if unicodedata.category(sign)[0] != "C")[-LONGEST_NAME:] or "(无文件名)"
    if privacy_gate.find_in_name(written) or privacy_gate.find_in_name(name):
        return MASKED_NAME + suffix_of(name)
    return name


def suffix_of(name: str) -> str:
    """Return the extension of a name where files of that kind are taken, else nothing."""
    suffix = Path(name).suffix.lower()
    return suffix if suffix in (*TEXT_SUFFIXES, *WORKBOOK_SUFFIXES) else ""


def inspect(
    path: Path,
    pack: CountyPack,
    *,
    covers: Months | None = None,
    reported_on: date | None = None,
    data: Path | None = None,
    on: date | None = None,
    profile: Profile | None = None,
    beside: Sequence[Verdict] = (),
) -> Verdict:
    """Say whether a file can be accepted, without writing anything.

    Args:
        path: The delivered file; it is only read.
        pack: The county pack.
        covers: First and last month, where the sender states them.
        reported_on: Date of reporting, where the sender states it.
        data: The data folder, to know what was accepted before; None to judge the file alone.
        on: The day of judgement; today in China unless given.
        profile: The mapping profile to read it by where it fits; else the kept profiles are tried.
        beside: Files in order that are delivered together with it: a running total may go on from theirs.

    Raises:
        ProfileError: If a kept profile is damaged.
        OSError: If the file cannot be opened at all.
    """
    name = shown_name(path)
    size = path.stat().st_size
    if size > MAX_BYTES:
        return Verdict(path, name, _sha256_of(path), size, Outcome.IN_ORDER).refused(
            [_problem("too_large", "文件超过50 MB", "The file is larger than 50 MB", "按月拆分后分别报送", "Split it by month")]
        )
    content = path.read_bytes()
    verdict = Verdict(path, name, hashlib.sha256(content).hexdigest(), len(content), Outcome.IN_ORDER)
    known = ledger.read(data) if data else []
    same = [entry for entry in known if entry.is_accepted and entry.sha256 == verdict.sha256]
    is_stated = covers is not None or reported_on is not None or profile is not None
    before = next((entry for entry in same if entry.file_name == name and not is_stated), None)
    if before:
        return _unchanged(verdict, before)
    if name.startswith(MASKED_NAME):
        found = Problem(
            "identifier_in_file_name",
            Text("文件名含个人信息,文件退回且不留存", "The file name holds personal information; the file is refused and not kept"),
            Text("按模板命名后重报", "Name it by the template and deliver again"),
        )
        return replace(verdict.refused([found]), has_identifiers=True, remarks=(REST_UNCHECKED,))
    contracts = extracts()
    try:
        reading = _read(content, suffix_of(path.name), contracts, pack, _known_profiles(profile, data, contracts))
    except UnreadableError as fault:
        return _refuse_unreadable(verdict, fault, content, _admitted_words(contracts, pack))
    verdict = replace(verdict, places=tuple(place for part in reading.layout.parts for place in _places(part, contracts)))
    findings = list(_without_place_codes(_identifiers(reading, content, contracts, pack), reading))
    if privacy_gate.must_be_destroyed(findings):
        return _refuse_identifiers(verdict, findings, reading.table)
    verdict = replace(verdict, encoding=reading.encoding, rows_found=reading.table.row_count)
    others = [entry for entry in known if entry.sha256 != verdict.sha256]
    verdict = _judge(verdict, reading, contracts, pack, covers, reported_on, others, on or today(), path.name, data, beside)
    before = next((entry for entry in same if not verdict.is_refused and is_same(verdict, entry)), None)
    return _unchanged(verdict, before) if before else verdict


def is_same(verdict: Verdict, other: Verdict | LedgerEntry) -> bool:
    """Whether a delivery says nothing new: the same bytes for the same months. Bytes alone do not tell, one empty month looks like another."""
    here = (verdict.sha256, verdict.extract, verdict.first_month, verdict.last_month)
    there = (other.sha256, other.extract, other.first_month, other.last_month)
    return here == there and verdict.profile_sha256 == other.profile_sha256 and verdict.reported_on in (None, other.reported_on)


def _known_profiles(profile: Profile | None, data: Path | None, contracts: dict[str, Extract]) -> list[Profile]:
    if profile is not None:
        return [profile]
    return profiles.load_all(data, contracts) if data else []


def _places(table: Table, contracts: dict[str, Extract]) -> list[HeaderPlace]:
    """Return where the headers we know stand: as written, and as the template prints them."""
    printed = {folded: extract.column(name).header for extract in contracts.values() for folded, name in accepted_headers(extract).items()}
    positions = table.positions or range(table.first_column, table.first_column + len(table.header or ()))
    return [
        HeaderPlace(table.sheet, table.header_row, position, header)
        for position, text in zip(positions, table.header or (), strict=False)
        if fold(text) in printed
        for header in dict.fromkeys((text.strip(), printed[fold(text)]))
    ]


def _sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unchanged(verdict: Verdict, before: LedgerEntry) -> Verdict:
    return replace(
        verdict,
        outcome=Outcome.UNCHANGED,
        extract=before.extract,
        title=extracts()[before.extract].title if before.extract else None,
        first_month=before.first_month,
        last_month=before.last_month,
        reported_on=before.reported_on,
        rows_found=before.row_count,
        profile_sha256=before.profile_sha256,
    )


def _problem(rule: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
    return Problem(rule, Text(zh, en), Text(remedy_zh, remedy_en))


def _refuse_unreadable(verdict: Verdict, fault: UnreadableError, content: bytes, admitted: frozenset[str]) -> Verdict:
    """Refuse a file that could not be read; what can be seen of it still goes through the gate, because it decides whether it is kept."""
    if isinstance(fault, _UnreadableSheetsError):
        findings = [finding for sheet in fault.sheets for finding in privacy_gate.find_in_sheet(sheet, admitted)]
        findings += privacy_gate.find_in_hidden(content)
    elif fault.text:
        findings = list(privacy_gate.find_in_raw(fault.text))
        known = {finding.rule for finding in findings}
        findings += [finding for finding in _in_cells(fault.text, admitted) if finding.rule not in known]
    else:
        findings = [privacy_gate.Finding(finding.rule) for finding in _loud(content.decode("gb18030", "ignore"))]
        findings += privacy_gate.find_in_hidden(content, with_cells=True)
    if privacy_gate.must_be_destroyed(findings):
        return _refuse_identifiers(verdict, findings, None)
    sheet = privacy_gate.shown_sheet(fault.sheet, fault.sheet_position, admitted)
    return verdict.refused([Problem(fault.rule, fault.message, fault.remedy, sheet, fault.column, fault.row)])


def _in_cells(text: str, admitted: frozenset[str]) -> Iterable[privacy_gate.Finding]:
    """Search a text that is no table of ours as the table it may be: names are told by their column, not by themselves.

    Some rows at a time and no wider than a table may be, so that one endless line among many short ones does not fill the memory.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for separator in parse_csv.SEPARATORS:
        if separator not in text:
            continue
        for first in range(0, len(lines), SEARCHED_AT_ONCE):
            rows = [[cell.strip('"') for cell in line.split(separator)[:MAX_COLUMNS]] for line in lines[first : first + SEARCHED_AT_ONCE]]
            width = max(map(len, rows))
            whole = [[*row, *[""] * (width - len(row))] for row in rows]
            yield from privacy_gate.find_in_sheet(Sheet(None, True, whole, first + 1), admitted)


def _loud(text: str) -> Iterable[privacy_gate.Finding]:
    """Search bytes of unknown form for numbers only: random bytes give words of every kind, but no right check digits."""
    certain = ("id_number", "forbidden_header")
    return [finding for finding in privacy_gate.find_in_raw(text) if finding.rule in certain][:1]


def _refuse_identifiers(verdict: Verdict, findings: Sequence[privacy_gate.Finding], table: Table | None) -> Verdict:
    counts = Counter(finding.rule for finding in findings)
    rows = len({(finding.sheet, finding.row) for finding in findings if finding.row and (table is None or finding.row > table.header_row)})
    refusal = verdict.refused([privacy_gate.problem(finding) for finding in findings], rows, counts)
    return replace(refusal, has_identifiers=True, rows_found=table.row_count if table else 0, remarks=(REST_UNCHECKED,))


def _identifiers(reading: _Reading, content: bytes, contracts: dict[str, Extract], pack: CountyPack) -> Iterable[privacy_gate.Finding]:
    accepted = frozenset(header for extract in contracts.values() for header in accepted_headers(extract))
    admitted = _admitted_words(contracts, pack)
    dated, keys = _headers_of(contracts, Type.MONTH), _headers_of(contracts, Type.KEY)
    if reading.profile is not None:
        extract = contracts[reading.profile.extract]
        dated |= profiles.headers_of(reading.profile, extract, Type.MONTH)
        keys |= profiles.headers_of(reading.profile, extract, Type.KEY)
    layout = reading.layout
    for part in layout.parts:
        yield from privacy_gate.find_in_table(part, accepted, admitted, dated=dated, keys=keys)
    if len(layout.parts) > 1:
        # A few names a sheet are many on all sheets together.
        joined = privacy_gate.find_in_table(layout.table, accepted, admitted, dated=dated, keys=keys)
        yield from (finding for finding in joined if finding.rule == "person_names")
    for sheet in (*layout.outside, *reading.others):
        yield from privacy_gate.find_in_sheet(sheet, admitted)
    for sheet, number, row in _rows_outside(layout):
        if _names_somebody(row):
            yield privacy_gate.Finding("labelled", sheet, None, number)
    yield from privacy_gate.find_in_hidden(content, but=layout.unused)


def _headers_of(contracts: dict[str, Extract], type: Type) -> frozenset[str]:
    return frozenset(fold(header) for extract in contracts.values() for column in extract.columns if column.type is type for header in column.headers)


def _rows_outside(layout: Layout) -> Iterable[tuple[str | None, int, Sequence[str]]]:
    """Return what is no record: sheet, row number and cells."""
    yield from ((line.sheet, line.row, line.cells) for line in layout.titles)
    yield from ((sheet.name, row, cells) for sheet in layout.outside for row, cells in enumerate(sheet.rows, sheet.first_row))


def _names_somebody(row: Sequence[str]) -> bool:
    """Say whether a label such as 填表人 is followed, in the next cell with anything in it, by what it announces."""
    written = [text for text in row if text.strip()]
    return any(is_person_label(text) and not is_form_word(after) for text, after in pairwise(written))


def _without_place_codes(findings: Iterable[privacy_gate.Finding], reading: _Reading) -> Iterable[privacy_gate.Finding]:
    """Leave out what looks like a passport number but is a code of a place: a word that a profile, confirmed by a person, maps to a township."""
    table, profile = reading.table, reading.profile
    words = profiles.township_words(profile, extracts()[profile.extract]) if profile else {}
    places = {table.letter(index): (table.columns[index], words[fold(text)]) for index, text in enumerate(table.header or ()) if fold(text) in words}
    for finding in findings:
        if finding.rule == "passport" and finding.column in places and finding.row is not None and finding.sheet == table.sheet:
            cells, known = places[finding.column]
            if fold(cells[finding.row - table.header_row - 1]) in known:
                continue
        yield finding


def _admitted_words(contracts: dict[str, Extract], pack: CountyPack) -> frozenset[str]:
    words = {word for extract in contracts.values() for column in extract.columns for word in code_words(column)}
    words |= {fold(word) for drug in pack.drugs for word in (drug.title.zh, *drug.aliases)}
    places = {fold(zone.title.zh) for zone in pack.zones}
    words |= set(township_words(pack)) | places | {re.sub("(街道|镇|乡|片区)$", "", place) for place in places}
    return frozenset(words)


def _read(content: bytes, suffix: str, contracts: dict[str, Extract], pack: CountyPack | None = None, known: Sequence[Profile] = ()) -> _Reading:
    """Read a file of any admitted kind; the kind is told by its first bytes, and its name must agree.

    Web systems export text and new workbooks under the old extension .xls, which is read for what it is. A table that has the headers of a
    known mapping profile is left as it is, and the profile named beside it.

    Raises:
        UnreadableError: If it cannot be read without guessing.
        OSError: If the temporary folder cannot be written.
    """
    if not content:
        raise UnreadableError("empty_file", Text("文件是空的", "The file is empty"), Text("重新导出后再报", "Export it again"))
    if content.startswith(workbook.ZIP_MAGIC):
        kind = workbook.archive_kind(content)
        if suffix not in workbook.SUFFIXES_OF[kind]:
            raise _wrong_kind()
        workbook.check_archive(content)
        return _read_workbook(content, kind, contracts, pack, known)
    if content.startswith(workbook.OLE_MAGIC):
        if suffix not in workbook.SUFFIXES_OF[".xls"]:
            raise _wrong_kind()
        return _read_workbook(content, ".xls", contracts, pack, known)
    if suffix in TEXT_SUFFIXES:
        return _read_by_profile(content, known, contracts) or _read_text(content, contracts, pack)
    if suffix not in workbook.SUFFIXES_OF[".xls"] or suffix == ".xlsx":
        raise _wrong_kind()
    if _is_markup(content):
        raise UnreadableError(
            "web_page",
            Text("文件其实是网页(HTML或XML),不是工作簿", "The file is a web page (HTML or XML) and no workbook"),
            Text("用Excel或WPS打开,另存为.xlsx后重报", "Open it in Excel or WPS, save it as .xlsx and deliver that"),
        )
    if b"\x00" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _wrong_kind()
    return _read_text(content, contracts, pack)


def _wrong_kind() -> UnreadableError:
    return UnreadableError(
        "file_kind",
        Text("文件内容与扩展名不符,或不是可接收的类型", "The content does not fit the extension, or files of this kind are not taken"),
        Text("报送.csv、.xlsx、.xls、.et或.ods文件", "Deliver a .csv, .xlsx, .xls, .et or .ods file"),
    )


def _is_markup(content: bytes) -> bool:
    beginning = content[:4096].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return beginning.lstrip()[:1] == b"<"


def _read_text(content: bytes, contracts: dict[str, Extract], pack: CountyPack | None) -> _Reading:
    def is_header(header: tuple[str, ...]) -> bool:
        return extract_by_header(header, contracts) is not None

    try:
        text, encoding = parse_csv.decode(content)
        table = parse_csv.parse(text, is_header, has_footers=True)
    except UnreadableError as fault:
        extract = extract_by_header(fault.header, contracts) if fault.header else None
        place = None if fault.position is None else parse_csv.column_at(fault.text, fault.position, is_header)
        named, letter = place or (fault.column or "", fault.letter)
        # Only a header of our own may be named: any other is content, and its letter must do.
        fault.column = named if any(fold(named) in accepted_headers(contract) for contract in contracts.values()) else letter
        if extract is not None and pack is not None:
            fault.column = first_misfit(fault.cells, fault.header, extract, pack)
        raise
    return _Reading(lay_out_text(table, contracts), encoding)


def _read_workbook(
    content: bytes,
    kind: str,
    contracts: dict[str, Extract],
    pack: CountyPack | None,
    known: Sequence[Profile],
) -> _Reading:
    if kind == ".xls" and "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableError(
            "password", Text("工作簿设有密码", "The workbook is protected by a password"), Text("去掉密码后重报", "Remove the password")
        )
    if kind == ".xls" and "_VBA_PROJECT".encode("utf-16-le") in content:
        raise UnreadableError(
            "active_content",
            Text("工作簿含宏", "The workbook holds macros"),
            Text("另存为普通的.xlsx后重报", "Save it as a plain .xlsx and deliver that"),
        )
    sheets = sheet_names.masked(workbook.read_sheets(content, kind), _admitted_words(contracts, pack) if pack else ())
    try:
        mapped = _sheets_by_profile(sheets, known, contracts)
        if mapped is not None:
            return mapped
        layout = lay_out(sheets, contracts, pack)
        if layout.table.row_count > MAX_ROWS:
            raise parse_csv.too_many_rows()
    except UnreadableError as fault:
        raise _UnreadableSheetsError(fault, sheets) from fault
    used = {part.sheet for part in layout.parts}
    return _Reading(layout, None, tuple(sheet for sheet in sheets if sheet.name not in used), sheets=tuple(sheets))


def _read_by_profile(content: bytes, known: Sequence[Profile], contracts: dict[str, Extract]) -> _Reading | None:
    """Read a text file that has the headers of a profile; None where it has those of none."""
    fitting: list[tuple[Profile, str, tuple[str, ...]]] = []
    for profile in known:
        text = profiles.decode(profile, content)
        header = None if text is None else profiles.header_of_text(profile, text)
        if text is not None and header is not None:
            fitting.append((profile, text, header))
    complete = [one for one in fitting if not one[0].unknown(one[2])] or fitting
    if not complete:
        return None
    if len(complete) > 1:
        raise _profile_conflict(complete[0][1])
    profile, text, _ = complete[0]
    table = parse_csv.parse(text, profile.fits, profile.separators)
    return _Reading(mapping.lay_out(profile, Cut(table), contracts[profile.extract]), profile.encoding, profile=profile)


def _profile_conflict(text: str = "") -> UnreadableError:
    return UnreadableError(
        "profile_conflict",
        Text("有两个映射方案都适用于这份文件", "Two mapping profiles fit the file"),
        Text("用--profile指明一个,或删除多余的方案", "Name one with --profile, or remove the other"),
        text=text,
    )


def _sheets_by_profile(sheets: Sequence[Sheet], known: Sequence[Profile], contracts: dict[str, Extract]) -> _Reading | None:
    """Read the visible sheet that has the headers of a profile; None where none has.

    Raises:
        UnreadableError: If several sheets have them, or two profiles fit.
    """
    found = [(sheet, cut) for sheet in sheets if sheet.is_visible and (cut := profiles.table_of(sheet, known)) is not None]
    if not found:
        return None
    if len(found) > 1:
        raise UnreadableError(
            "several_sheets",
            Text("有多张工作表适用同一映射方案", "More than one sheet fits the mapping profile"),
            Text("只留一张,或分成几份文件报送", "Keep one of them, or deliver them as separate files"),
            sheet=found[1][0].name,
        )
    sheet, cut = found[0]
    told = profiles.find(known, cut.table.header or ())
    if told.value is None:
        raise _profile_conflict()
    layout = mapping.lay_out(told.value, cut, contracts[told.value.extract])
    return _Reading(layout, None, tuple(other for other in sheets if other is not sheet), told.value, tuple(sheets))


def _type_unknown(contracts: dict[str, Extract]) -> Problem:
    words = [word for extract in contracts.values() for word in extract.file_words]
    zh = "、".join(f"“{word}”" for word in words if not word.isascii())
    en = ", ".join(word for word in words if word.isascii())
    return _problem(
        "type_unknown",
        "认不出是哪一类报表",
        "The type of extract is not known",
        f"文件名写明类型:{zh}之一",
        f"Name the type in the file name: one of {en}",
    )


def _judge(
    verdict: Verdict,
    reading: _Reading,
    contracts: dict[str, Extract],
    pack: CountyPack,
    covers: Months | None,
    stated_reported_on: date | None,
    known: Sequence[LedgerEntry],
    on: date,
    file_name: str,
    data: Path | None,
    beside: Sequence[Verdict],
) -> Verdict:
    table, profile = reading.table, reading.profile
    told = Told(contracts[profile.extract]) if profile else extract_of(file_name, table.header or (), contracts)
    extract = told.value
    if extract is None:
        fault = (
            _problem(
                "type_conflict",
                "文件名与表头所示的报表类型不一致",
                "File name and header tell of different types",
                "改正文件名",
                "Correct the file name",
            )
            if told.is_conflict
            else _type_unknown(contracts)
        )
        return verdict.refused([fault])
    verdict = replace(verdict, extract=extract.id, title=extract.title, profile=profile, profile_sha256=profile.sha256 if profile else None)
    questions = list(reading.layout.problems)
    is_total = profile is not None and profile.month_is_last and profile.is_cumulative
    months = months_of(file_name, [line.cells for line in reading.layout.titles], extract, covers, ends_only=is_total)
    if profile and profile.has_month_columns:
        table = profiles.with_months(profile, table, months.value)
        span = profiles.month_span(profile, table.header or ())
        months = _agreed(months, span) if span else Told(None, months.is_conflict)
    elif profile and profile.month_is_last and months.value:
        if months.value[0] < months.value[1] and not profile.is_cumulative:
            questions.append(_month_lacking())
        months = Told((months.value[1], months.value[1]))
    first, last = months.value or (None, None)
    reported = reported_on_of(file_name, (*reading.layout.titles, *reading.layout.footers), stated_reported_on, last)
    is_running = profile is not None and profile.is_cumulative
    elsewhere = contradictions(reading.layout, months.value or named_months(file_name, covers), extract, is_total=is_running)
    questions += elsewhere
    if not (elsewhere and months.is_conflict):
        questions += _month_questions(months.is_conflict, first, last, impossible_month(file_name), on)
    questions += _date_questions(reported, last, on)
    verdict = replace(verdict, first_month=first, last_month=last, reported_on=reported.value)
    latest = reported.value or on
    if profile and profile.month_is_last and last is None:
        return verdict.refused(questions)  # without a month no row can be judged
    mapped = mapping.apply(profile, table, extract, pack, last) if profile else None
    if mapped and mapped.problems:
        return verdict.refused([*questions, *mapped.problems], len({problem.row for problem in mapped.problems}))
    table = mapped.table if mapped else table
    findings = validate(table, extract, pack, first, last, date(latest.year, latest.month, 1))
    if "key_sequence" not in findings.counts:
        questions += _running_numbers(table, extract)
    problems = (
        [replace(problem, column=mapped.sources.get(problem.column or "", problem.column)) for problem in findings.problems]
        if mapped
        else findings.problems
    )
    if profile and profile.is_cumulative and first and data:
        questions += _previous_needed(first, _in_force(extract, known, beside, data, pack))
    if first and last and not questions and reported.value is None and overlaps(extract.id, first, last, known):
        questions.append(
            _problem(
                "reported_on_needed",
                "同月份已有入库文件,不知哪份较新",
                "A file of the same months was accepted before, and it cannot be told which is newer",
                "文件名中注明报送日期,如“报20261105”,或用--reported-on",
                "Put the date of reporting into the file name, as 报20261105, or use --reported-on",
            )
        )
    before: running_totals.Totals = {}
    if profile and profile.is_cumulative and first and last and not questions and findings.is_in_order:
        before = _totals_before(extract, first, _in_force(extract, known, beside, data, pack)) if data else {}
        questions += running_totals.missing_rows(extract, findings.columns, first, last, before, pack)
    if questions or not findings.is_in_order:
        counts = findings.counts + Counter(question.rule for question in questions)
        # A source row may hold several numbers, each a row of its own here; people count the rows of their table.
        return verdict.refused([*questions, *problems], min(findings.rows_refused, verdict.rows_found), counts)
    remarks = _no_records(first, last) if table.row_count == 0 and first and last else []
    remarks += left_out.remarks(reading.layout.left_out, reading.sheets, reading.others)
    remarks += [reported.remark] if reported.remark else []
    remarks += _overtaken(extract, first, last, reported.value, known)
    if not (profile and mapped):
        return replace(verdict, remarks=tuple(remarks))
    remarks += mapped.remarks
    if profile.is_cumulative and first and last:
        numbers = [table.row_number(row) for row in range(table.row_count)]
        remarks += running_totals.corrections(extract, findings.columns, numbers, first, last, before)
    return replace(verdict, remarks=tuple(remarks))


def _overtaken(extract: Extract, first: date | None, last: date | None, reported_on: date | None, known: Sequence[LedgerEntry]) -> list[Remark]:
    """Say so where every month of a file has an accepted one that was reported later: it may be taken in and changes nothing."""
    if first is None or last is None or reported_on is None:
        return []
    in_force = ledger.editions(known).get(extract.id, {})
    later = [entry.reported_on for month in ledger.months_between(first, last) if (entry := in_force.get(month)) and entry.reported_on]
    if len(later) < len(ledger.months_between(first, last)) or min(later) <= reported_on:
        return []
    message = Text(
        "所报月份均已有报送日期更晚的文件,本文件入库后不采用;如要更正,请注明新的报送日期",
        "Files of these months reported later are accepted already, so this one changes nothing; to correct them, give a new date of reporting",
    )
    return [Remark("overtaken", message)]


def _no_records(first: date, last: date) -> list[Remark]:
    """Say what an empty file means: the months it covers were counted and nothing was found."""
    months = span_zh(first, last)
    message = Text(
        f"文件没有记录,表示{months}本期无记录,入库后这些月份按0计;如属漏报,请补全后重报",
        f"The file holds no record: {_span_en(first, last)} will count as zero; if records were forgotten, complete it and deliver again",
    )
    return [Remark("no_records", message)]


def _span_en(first: date, last: date) -> str:
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"


def _month_lacking() -> Problem:
    return _problem(
        "month_lacking",
        "文件覆盖几个月,表中却没有月份,分不出各月的数",
        "The file covers several months but the table has no month, so the months cannot be told apart",
        "分月报送;如是1月起的累计数,请在映射方案中注明",
        "Deliver each month by itself; if the counts run from January, say so in the mapping profile",
    )


def _span_of(entry: LedgerEntry) -> Months | None:
    return (entry.first_month, entry.last_month) if entry.first_month and entry.last_month else None


def _agreed(told: Told[Months], span: Months) -> Told[Months]:
    """The months of a wide table must be those that the name and title tell, where they tell any."""
    if told.is_conflict or told.value not in (None, span):
        return Told(None, is_conflict=True)
    return Told(span)


@dataclass(frozen=True)
class _Edition:
    """What a running total may go on from: whether a month's file holds running totals, and how to read its names and columns."""

    is_running: bool
    read: Callable[[], tuple[tuple[str, ...], list[list[Any]]]]


def _in_force(extract: Extract, known: Sequence[LedgerEntry], beside: Sequence[Verdict], data: Path, pack: CountyPack) -> dict[date, _Edition]:
    """Return the edition in force of every month, in order; for months that were never accepted, the file delivered beside."""
    found = {
        month: _Edition(profiles.is_cumulative(entry, data), partial(ledger.typed_rows, entry, data, pack))
        for month, entry in ledger.editions(known).get(extract.id, {}).items()
    }
    for verdict in beside:
        if verdict.extract == extract.id and verdict.first_month and verdict.last_month:
            edition = _Edition(verdict.profile is not None and verdict.profile.is_cumulative, partial(_read_beside, verdict, pack))
            for month in ledger.months_between(verdict.first_month, verdict.last_month):
                found.setdefault(month, edition)
    return dict(sorted(found.items()))


def _read_beside(verdict: Verdict, pack: CountyPack) -> tuple[tuple[str, ...], list[list[Any]]]:
    from etl import acceptance

    return reread(verdict.path.read_bytes(), acceptance.entry_of(verdict, ""), pack, verdict.profile)


def _previous_needed(first: date, in_force: Mapping[date, _Edition]) -> list[Problem]:
    lacking = running_totals.missing_before(first, {month: edition.is_running for month, edition in in_force.items()})
    if lacking is None:
        return []
    return [
        _problem(
            "previous_cumulative_needed",
            f"累计表要减去上月累计,但{month_zh(lacking)}尚未入库",
            f"A running total needs the month before, and {lacking:%Y-%m} was not accepted yet",
            f"先报{month_zh(lacking)}的报表",
            f"Deliver {lacking:%Y-%m} first",
        )
    ]


def _totals_before(extract: Extract, first: date, in_force: Mapping[date, _Edition]) -> running_totals.Totals:
    months = []
    for month, edition in in_force.items():
        if month.year == first.year and month < first:
            names, columns = edition.read()
            months.append((month, edition.is_running, dict(zip(names, columns, strict=True))))
    return running_totals.totals_before(extract, first, months)


def _running_numbers(table: Table, extract: Extract) -> list[Problem]:
    """Refuse pseudonyms that were counted up, in whatever order they stand; a single key does not show it."""
    accepted = {fold(header): column for column in extract.columns if column.type is Type.KEY for header in column.headers}
    return [
        Problem("key_sequence", *RULES["key_sequence"], table.sheet, header.strip())
        for header, cells in zip(table.header or (), table.columns, strict=False)
        if fold(header) in accepted and pseudonyms.are_running_numbers(set(cells))
    ]


def _month_questions(is_conflict: bool, first: date | None, last: date | None, is_impossible: bool, on: date) -> list[Problem]:
    if is_impossible:
        return [
            _problem(
                "coverage_impossible",
                "文件名中的月份不存在,月份只能是01—12",
                "The file name holds a month that does not exist; months are 01 to 12",
                "改正文件名中的月份,如_202610或_202601-202610",
                "Correct it, as _202610 or _202601-202610",
            )
        ]
    if is_conflict:
        return [
            _problem(
                "coverage_conflict",
                "文件名、标题或--covers所示的月份互相矛盾",
                "File name, title row and --covers tell of different months",
                "只写一处,或写得一致;快照只能是一个月",
                "Write it once, or the same everywhere; a snapshot is of one month",
            )
        ]
    if first is None or last is None:
        return [
            _problem(
                "coverage_unknown",
                "不知道文件覆盖哪些月份",
                "It is not known which months the file covers",
                "文件名写明月份,如_202610或_202601-202610,或用--covers",
                "Put the months into the file name, as _202610 or _202601-202610, or use --covers",
            )
        ]
    if last > on:
        return [
            _problem(
                "coverage_future",
                "覆盖月份晚于本月",
                "The months covered lie in the future",
                "核对文件名中的月份",
                "Check the months in the file name",
            )
        ]
    return []


def _date_questions(reported: Reported, last: date | None, on: date) -> list[Problem]:
    if reported.fault:
        return [reported.fault]
    if reported.value and reported.value > on:
        return [_problem("reported_on_future", "报送日期晚于今天", "The date of reporting lies in the future", "核对报送日期", "Check the date")]
    if reported.value and last and reported.value < last:
        return [
            _problem(
                "reported_on_early",
                "报送日期早于所报月份",
                "The date of reporting lies before the month reported",
                "核对报送日期和月份",
                "Check the date and the months",
            )
        ]
    return []


def overlaps(extract: str, first: date, last: date, known: Iterable[LedgerEntry]) -> bool:
    """Whether an accepted file of the type covers one of the months."""
    return any(
        entry.is_accepted
        and entry.extract == extract
        and entry.first_month
        and entry.last_month
        and entry.first_month <= last
        and first <= entry.last_month
        for entry in known
    )


def inspect_batch(
    paths: Sequence[Path],
    pack: CountyPack,
    *,
    covers: Months | None = None,
    reported_on: date | None = None,
    data: Path | None = None,
    on: date | None = None,
    progress: Progress = silent,
    profile: Profile | None = None,
) -> list[Verdict]:
    """Inspect files delivered together; two of the same months need dates of reporting as much as old and new do.

    A running total may go on from another file of the batch, in whatever order they stand.

    Args and errors are those of ``inspect``.
    """
    verdicts: list[Verdict] = []
    for position, path in enumerate(paths):
        progress(Text("检查文件", "Inspecting files"), position, len(paths))
        verdicts.append(inspect(path, pack, covers=covers, reported_on=reported_on, data=data, on=on, profile=profile))
    waiting = [position for position, verdict in enumerate(verdicts) if "previous_cumulative_needed" in dict(verdict.problem_counts)]
    for position in sorted(waiting, key=lambda position: verdicts[position].first_month or date.max):
        beside = [verdict for verdict in verdicts if verdict.outcome is Outcome.IN_ORDER]
        if beside:
            verdicts[position] = inspect(
                paths[position], pack, covers=covers, reported_on=reported_on, data=data, on=on, profile=profile, beside=beside
            )
    for position, verdict in enumerate(verdicts):
        others = [other for other in verdicts[:position] + verdicts[position + 1 :] if other.sha256 != verdict.sha256]
        rival = next((other for other in others if _same_months(verdict, other) and not _is_dated_apart(verdict, other)), None)
        if verdict.outcome is Outcome.IN_ORDER and rival is not None:
            verdicts[position] = verdict.refused([_which_is_newer(verdict, rival)])
    if any(verdict.is_refused for verdict in verdicts):
        return verdicts
    return _with_what_is_left_out(verdicts, pack, data)


def _is_dated_apart(verdict: Verdict, other: Verdict) -> bool:
    """Whether a file's date of reporting says which of two counts; beside a file accepted before, the one received last does."""
    return verdict.reported_on is not None and (verdict.reported_on != other.reported_on or other.outcome is Outcome.UNCHANGED)


def _which_is_newer(verdict: Verdict, rival: Verdict) -> Problem:
    """Ask what two files of one type and month are to each other: parts of one return, or an edition and its correction."""
    months = ledger.months_between(
        max(verdict.first_month or date.min, rival.first_month or date.min), min(verdict.last_month or date.max, rival.last_month or date.max)
    )
    when = replacement.months_in_words(months)
    zh, en = (
        f"同批的“{verdict.file_name}”和“{rival.file_name}”都覆盖{when.zh}",
        f"“{verdict.file_name}” and “{rival.file_name}” of the batch both cover {when.en}",
    )
    parts_zh, parts_en = "分单位或分性质报送的合成一份;一份更正另一份的", "Join what is reported in parts into one file; where one corrects the other"
    if verdict.reported_on is None:
        return _problem(
            "reported_on_needed",
            f"{zh},不知哪份较新",
            f"{en}, and it cannot be told which is newer",
            f"{parts_zh},在文件名中注明报送日期,如“报20261105”",
            f"{parts_en}, put the date of reporting into the file name, as 报20261105",
        )
    return _problem(
        "reported_on_equal",
        f"{zh},报送日期相同,内容不同",
        f"{en} with the same date of reporting and different content",
        f"{parts_zh},改正文件名中的报送日期",
        f"{parts_en}, correct the date of reporting in the file name",
    )


def _with_what_is_left_out(verdicts: Sequence[Verdict], pack: CountyPack, data: Path | None) -> list[Verdict]:
    """Say of every new file which edition it takes the place of, and what it has no rows of."""
    from etl import acceptance

    known = ledger.read(data) if data else []
    fresh = acceptance.not_yet_accepted(
        [verdict for verdict in verdicts if verdict.outcome is Outcome.IN_ORDER], [one for one in known if one.is_accepted]
    )
    waiting = {len(known) + place: verdict for place, verdict in enumerate(fresh, 1)}
    tried = {sequence: replace(acceptance.entry_of(verdict, ""), sequence=sequence) for sequence, verdict in waiting.items()}
    entries = [*known, *tried.values()]

    def read(entry: LedgerEntry) -> tuple[tuple[str, ...], list[list[Any]]]:
        if entry.sequence in waiting:
            return _read_beside(waiting[entry.sequence], pack)
        if data is None:
            raise ValueError("without a data folder there is no accepted file")
        return ledger.typed_rows(entry, data, pack)

    outlines = replacement.Outlines(pack, read)
    said: dict[int, list[Remark]] = {sequence: [] for sequence in waiting}
    for one in replacement.replacements(ledger.editions(known), entries, waiting, outlines):
        if one.new.sequence in said:
            said[one.new.sequence].append(Remark("edition_replaced", one.message))
    in_force = ledger.editions(entries)
    for sequence, verdict in waiting.items():
        is_running = verdict.profile is not None and verdict.profile.is_cumulative
        said[sequence] += gaps.remarks(tried[sequence], in_force, outlines, pack, is_running=is_running)
    added = {id(verdict): said[sequence] for sequence, verdict in waiting.items()}
    return [replace(verdict, remarks=(*verdict.remarks, *added.get(id(verdict), ()))) for verdict in verdicts]


def _same_months(one: Verdict, other: Verdict) -> bool:
    if one.extract != other.extract or not (one.first_month and one.last_month and other.first_month and other.last_month):
        return False
    return one.first_month <= other.last_month and other.first_month <= one.last_month


def reread(content: bytes, entry: LedgerEntry, pack: CountyPack, profile: Profile | None = None) -> tuple[tuple[str, ...], list[list[Any]]]:
    """Read the bytes of an accepted file again (see ``ledger.typed_rows``).

    Raises:
        LedgerError: If the file is no longer read without a problem, for example because the county pack dropped a code.
    """
    contracts = extracts()
    where = f"{entry.file_name} ({entry.sequence})"
    if entry.extract not in contracts:
        raise LedgerError(Text(f"{where}:没有这一报表类型", f"{where}: there is no such type of extract"))
    extract = contracts[entry.extract]
    try:
        table = _read(content, entry.suffix, contracts, pack, [profile] if profile else []).table
    except UnreadableError as fault:
        raise LedgerError(Text(f"{where}:{fault.message.zh};{fault.remedy.zh}", f"{where}: {fault.message.en}. {fault.remedy.en}")) from fault
    if table.row_count != entry.row_count:
        message = f"{where}:现在读出{table.row_count}行,入库时为{entry.row_count}行;请重新报送"
        raise LedgerError(Text(message, f"{where} is read as {table.row_count} rows and was accepted with {entry.row_count}; deliver it again"))
    names = tuple(column.name for column in extract.columns)
    if profile is not None:
        table = profiles.with_months(profile, table, _span_of(entry))
        mapped = mapping.apply(profile, table, extract, pack, entry.last_month)
        if mapped.problems:
            raise LedgerError(Text(f"{where}:与入库时的映射方案不再相符", f"{where} no longer fits the profile it was accepted by"))
        table = mapped.table
    if matched_headers(table.header or (), extract) != len(names):
        raise LedgerError(Text(f"{where}:表头与现行模板不符", f"{where}: the header does not fit the template now in force"))
    if table.row_count == 0:
        return names, [[] for _ in names]
    columns, faults = type_columns(table, extract, pack)
    for name in names:
        if faults[name]:
            row, rule, _ = faults[name][0]
            header, number, sheet = extract.column(name).header, table.row_number(row), table.sheet_of(row)
            where += f" · {sheet}" if sheet else ""
            raise LedgerError(
                Text(
                    f"{where}:第{number}行·列“{header}”与现行代码表不符({rule});请恢复县域资料包中的代码",
                    f"{where}: row {number}, column {header} no longer fits the code lists ({rule}); restore the code in the county pack",
                )
            )
    return names, [columns[name] for name in names]
