"""Looking at delivered files: what each is taken for, and everything that is wrong with it. Nothing is written here."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from etl.contract import Extract, Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection import left_out, running_totals
from etl.inspection.entries import is_same, overlaps
from etl.inspection.identifiers_found import (
    REST_UNCHECKED,
    identifiers_in,
    refuse_identifiers,
    refuse_unreadable,
    without_place_codes,
)
from etl.inspection.questions import (
    agreed_months,
    date_questions,
    month_lacking,
    month_questions,
    no_records,
    overtaken,
    type_unknown,
)
from etl.inspection.read import (
    Reading,
    admitted_words,
)
from etl.inspection.recognise import Months, contradictions, extract_of, impossible_month, months_of, named_months, reported_on_of
from etl.inspection.running_totals import previous_needed, totals_in_force, totals_of_year_before
from etl.inspection.typed_rows import TypedRows
from etl.inspection.validate import validate
from etl.inspection.verdict import HeaderPlace, Outcome, Verdict
from etl.ledger import ledger
from etl.ledger.ledger import CHINA_TIME, LedgerEntry
from etl.mapping import apply as mapping
from etl.mapping import profile as profiles
from etl.mapping.kept import load_all
from etl.mapping.profile import Profile
from etl.privacy import gate as privacy_gate
from etl.privacy import pseudonyms
from etl.problems import Problem, Told, problem_of_file
from etl.reading.cells import RULES, fold
from etl.reading.header import accepted_headers
from etl.reading.table import MAX_BYTES, Table, UnreadableError, suffix_of
from indicators.model import Text

MASKED_NAME = "(文件名含个人信息,已遮盖)"
LONGEST_NAME = 120


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
    rows: TypedRows | None = None,
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
        rows: What the run has read so far; what is read here is put to it. Nothing unless given.

    Raises:
        ProfileError: If a kept profile is damaged.
        OSError: If the file cannot be opened at all.
    """
    name = shown_name(path)
    size = path.stat().st_size
    if size > MAX_BYTES:
        return Verdict(path, name, _sha256_of(path), size, Outcome.IN_ORDER).refused(
            [problem_of_file("too_large", "文件超过50 MB", "The file is larger than 50 MB", "按月拆分后分别报送", "Split it by month")]
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
    rows = rows or TypedRows(pack, data)
    try:
        reading = rows.reading(content, verdict.sha256, suffix_of(path.name), _known_profiles(profile, data, contracts))
    except UnreadableError as fault:
        return refuse_unreadable(verdict, fault, content, admitted_words(contracts, pack))
    verdict = replace(verdict, places=tuple(place for part in reading.layout.parts for place in _places(part, contracts)))
    findings = list(without_place_codes(identifiers_in(reading, content, contracts, pack), reading))
    if privacy_gate.must_be_destroyed(findings):
        return refuse_identifiers(verdict, findings, reading.table)
    verdict = replace(verdict, encoding=reading.encoding, rows_found=reading.table.row_count)
    others = [entry for entry in known if entry.sha256 != verdict.sha256]
    verdict = _judge(verdict, reading, contracts, pack, covers, reported_on, others, on or today(), path.name, rows, beside)
    before = next((entry for entry in same if not verdict.is_refused and is_same(verdict, entry)), None)
    if before is None:
        return verdict
    rows.hand_back(verdict)
    return _unchanged(verdict, before)


def _known_profiles(profile: Profile | None, data: Path | None, contracts: dict[str, Extract]) -> list[Profile]:
    if profile is not None:
        return [profile]
    return load_all(data, contracts) if data else []


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


def _judge(
    verdict: Verdict,
    reading: Reading,
    contracts: dict[str, Extract],
    pack: CountyPack,
    covers: Months | None,
    stated_reported_on: date | None,
    known: Sequence[LedgerEntry],
    on: date,
    file_name: str,
    rows: TypedRows,
    beside: Sequence[Verdict],
) -> Verdict:
    table, profile = reading.table, reading.profile
    told = Told(contracts[profile.extract]) if profile else extract_of(file_name, table.header or (), contracts)
    extract = told.value
    if extract is None:
        fault = (
            problem_of_file(
                "type_conflict",
                "文件名与表头所示的报表类型不一致",
                "File name and header tell of different types",
                "改正文件名",
                "Correct the file name",
            )
            if told.is_conflict
            else type_unknown(contracts)
        )
        return verdict.refused([fault])
    verdict = replace(verdict, extract=extract.id, title=extract.title, profile=profile, profile_sha256=profile.sha256 if profile else None)
    questions = list(reading.layout.problems)
    is_total = profile is not None and profile.month_is_last and profile.is_cumulative
    months = months_of(file_name, [line.cells for line in reading.layout.titles], extract, covers, ends_only=is_total)
    if profile and profile.has_month_columns:
        table = profiles.with_months(profile, table, months.value)
        span = profiles.month_span(profile, table.header or ())
        months = agreed_months(months, span) if span else Told(None, months.is_conflict)
    elif profile and profile.month_is_last and months.value:
        if months.value[0] < months.value[1] and not profile.is_cumulative:
            questions.append(month_lacking())
        months = Told((months.value[1], months.value[1]))
    first, last = months.value or (None, None)
    reported = reported_on_of(file_name, (*reading.layout.titles, *reading.layout.footers), stated_reported_on, last)
    is_running = profile is not None and profile.is_cumulative
    elsewhere = contradictions(reading.layout, months.value or named_months(file_name, covers), extract, is_total=is_running)
    questions += elsewhere
    if not (elsewhere and months.is_conflict):
        questions += month_questions(months.is_conflict, first, last, impossible_month(file_name), on)
    questions += date_questions(reported, last, on)
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
    if profile and profile.is_cumulative and first and rows.data:
        questions += previous_needed(first, totals_in_force(extract, known, beside, rows))
    if first and last and not questions and reported.value is None and overlaps(extract.id, first, last, known):
        questions.append(
            problem_of_file(
                "reported_on_needed",
                "同月份已有入库文件,不知哪份较新",
                "A file of the same months was accepted before, and it cannot be told which is newer",
                "文件名中注明报送日期,如“报20261105”,或用--reported-on",
                "Put the date of reporting into the file name, as 报20261105, or use --reported-on",
            )
        )
    before: running_totals.Totals = {}
    if profile and profile.is_cumulative and first and last and not questions and findings.is_in_order:
        before = totals_of_year_before(extract, first, totals_in_force(extract, known, beside, rows), rows) if rows.data else {}
        questions += running_totals.missing_rows(extract, findings.columns, first, last, before, pack)
    if questions or not findings.is_in_order:
        counts = findings.counts + Counter(question.rule for question in questions)
        # A source row may hold several numbers, each a row of its own here; people count the rows of their table.
        return verdict.refused([*questions, *problems], min(findings.rows_refused, verdict.rows_found), counts)
    rows.hand_in(verdict, findings.columns)
    remarks = no_records(first, last) if table.row_count == 0 and first and last else []
    remarks += left_out.remarks(reading.layout.left_out, reading.sheets, reading.others)
    remarks += [reported.remark] if reported.remark else []
    remarks += overtaken(extract, first, last, reported.value, known)
    if not (profile and mapped):
        return replace(verdict, remarks=tuple(remarks))
    remarks += mapped.remarks
    if profile.is_cumulative and first and last:
        numbers = [table.row_number(row) for row in range(table.row_count)]
        remarks += running_totals.corrections(extract, findings.columns, numbers, first, last, before)
    return replace(verdict, remarks=tuple(remarks))


def _running_numbers(table: Table, extract: Extract) -> list[Problem]:
    """Refuse pseudonyms that were counted up, in whatever order they stand; a single key does not show it."""
    accepted = {fold(header): column for column in extract.columns if column.type is Type.KEY for header in column.headers}
    return [
        Problem("key_sequence", *RULES["key_sequence"], table.sheet, header.strip())
        for header, cells in zip(table.header or (), table.columns, strict=False)
        if fold(header) in accepted and pseudonyms.are_running_numbers(set(cells))
    ]
