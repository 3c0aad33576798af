"""Looking at delivered files: what each is taken for, and everything that is wrong with it. Nothing is written here."""

from __future__ import annotations

import hashlib
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from etl.clock import today
from etl.contract import Extract, Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection import hidden_rows, left_out
from etl.inspection.dated import Dated, Delivered, dated
from etl.inspection.entries import is_same, overlaps
from etl.inspection.identifiers_found import REST_UNCHECKED, identifiers_in, refuse_identifiers, refuse_unreadable, without_place_codes
from etl.inspection.questions import (
    IDENTIFIER_IN_NAME,
    NAME_IN_NAME,
    REPORTED_ON_NEEDED,
    TOO_LARGE,
    TYPE_CONFLICT,
    no_records,
    overtaken,
    type_unknown,
)
from etl.inspection.read import Reading, admitted_words
from etl.inspection.recognise import Months, extract_of
from etl.inspection.result import Acceptance, HeaderPlace, InspectionResult
from etl.inspection.running_totals import Totals, corrections, fallen_totals, missing_rows, previous_needed, totals_in_force, totals_of_year_before
from etl.inspection.typed_rows import TypedRows
from etl.inspection.validate import Findings, validate
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry
from etl.mapping import apply as mapping
from etl.mapping.apply import Mapped
from etl.mapping.kept import load_all
from etl.mapping.meaning import meaning_problems
from etl.mapping.profile import Profile
from etl.privacy import gate as privacy_gate
from etl.privacy import pseudonyms
from etl.problems import Problem, Remark, Told
from etl.reading.cells import RULES, fold
from etl.reading.header import accepted_headers
from etl.reading.table import MAX_BYTES, Table, UnreadableError, suffix_of

MASKED_NAME = "(文件名含个人信息,已遮盖)"
LONGEST_NAME = 120


def shown_name(path: Path | str, admitted: frozenset[str] = frozenset()) -> str:
    """Return the base name of a file as it may be shown and stored: no control characters, and masked where it identifies somebody.

    Args:
        path: The file, or its name.
        admitted: Words of code lists and place names, folded; they are never taken for names of people.
    """
    written = str(path).replace("\\", "/").rsplit("/", 1)[-1].encode("utf-8", "replace").decode("utf-8")
    name = "".join(sign for sign in written if unicodedata.category(sign)[0] != "C")[-LONGEST_NAME:] or "(无文件名)"
    if privacy_gate.find_in_name(written, admitted) or privacy_gate.find_in_name(name, admitted):
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
    beside: Sequence[InspectionResult] = (),
    rows: TypedRows | None = None,
) -> InspectionResult:
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
    name = shown_name(path, admitted_words(extracts(), pack))
    size = path.stat().st_size
    if size > MAX_BYTES:
        return InspectionResult(path, name, _sha256_of(path), size, Acceptance.IN_ORDER).refused([TOO_LARGE])
    content = path.read_bytes()
    result = InspectionResult(path, name, hashlib.sha256(content).hexdigest(), len(content), Acceptance.IN_ORDER)
    known = ledger.read(data) if data else []
    same = [entry for entry in known if entry.is_accepted and entry.sha256 == result.sha256]
    is_stated = covers is not None or reported_on is not None or profile is not None
    before = next((entry for entry in same if entry.file_name == name and not is_stated), None)
    if before:
        return _unchanged(result, before)
    is_masked = name.startswith(MASKED_NAME)
    if is_masked and not _is_only_a_name(path.name, pack):
        return replace(result.refused([IDENTIFIER_IN_NAME]), has_identifiers=True, remarks=(REST_UNCHECKED,))
    others = [entry for entry in known if entry.sha256 != result.sha256]
    rows = rows or TypedRows(pack, data)
    delivered = Delivered(path.name, covers, reported_on, others, beside, on or today(), extracts(), rows)
    result = _inspected(result, content, delivered, profile)
    if is_masked and not result.is_refused:
        rows.hand_back(result)
        return result.refused([NAME_IN_NAME])
    before = next((entry for entry in same if not result.is_refused and is_same(result, entry)), None)
    if before is None:
        return result
    rows.hand_back(result)
    return _unchanged(result, before)


def _is_only_a_name(file_name: str, pack: CountyPack) -> bool:
    """Say whether a file's name is masked for a word alone that reads like the name of a person, and may be that of a place."""
    return privacy_gate.find_in_name(file_name, admitted_words(extracts(), pack)) == privacy_gate.PERSON_NAMES


def _inspected(result: InspectionResult, content: bytes, delivered: Delivered, profile: Profile | None) -> InspectionResult:
    """Read a file, look for persons in all of it, and judge it where there are none."""
    contracts, pack = delivered.contracts, delivered.pack
    try:
        reading = delivered.rows.reading(content, result.sha256, suffix_of(delivered.file_name), _known_profiles(profile, delivered))
    except UnreadableError as fault:
        return refuse_unreadable(result, fault, content, admitted_words(contracts, pack))
    result = replace(result, places=tuple(place for part in reading.layout.parts for place in _places(part, contracts)))
    traces = list(without_place_codes(identifiers_in(reading, content, contracts, pack), reading))
    if traces:
        return refuse_identifiers(result, traces, reading.table)
    return _judge(replace(result, encoding=reading.encoding, rows_found=reading.table.row_count), reading, delivered)


def _known_profiles(profile: Profile | None, delivered: Delivered) -> list[Profile]:
    if profile is not None:
        return [profile]
    return load_all(delivered.data, delivered.contracts) if delivered.data else []


def _places(table: Table, contracts: dict[str, Extract]) -> list[HeaderPlace]:
    """Return where the headers we know stand: as written, and as the template prints them."""
    printed = {folded: extract.column(name).header for extract in contracts.values() for folded, name in accepted_headers(extract).items()}
    return [
        HeaderPlace(table.sheet, table.header_row, table.position(index), header)
        for index, text in enumerate(table.header or ())
        if fold(text) in printed
        for header in dict.fromkeys((text.strip(), printed[fold(text)]))
    ]


def _source_places(profile: Profile, *tables: Table) -> tuple[HeaderPlace, ...]:
    """Return where the headers that a profile knows stand in a table of its kind."""
    return tuple(
        HeaderPlace(table.sheet, table.header_row, table.position(index), text.strip())
        for table in tables
        for index, text in enumerate(table.header or ())
        if index not in profile.unknown(table.header or ())
    )


def _sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unchanged(result: InspectionResult, before: LedgerEntry) -> InspectionResult:
    return replace(
        result,
        acceptance=Acceptance.UNCHANGED,
        extract=before.extract,
        title=extracts()[before.extract].title if before.extract else None,
        first_month=before.first_month,
        last_month=before.last_month,
        reported_on=before.reported_on,
        rows_found=before.row_count,
        profile_sha256=before.profile_sha256,
    )


def _judge(result: InspectionResult, reading: Reading, delivered: Delivered) -> InspectionResult:
    """Judge a file in which nobody was found: its type, its months, its rows, and what they rest on."""
    told = _type_told(reading, delivered)
    extract, profile = told.value, reading.profile
    if extract is None:
        return result.refused([TYPE_CONFLICT if told.is_conflict else type_unknown(delivered.contracts)])
    file = dated(reading, extract, delivered)
    first, last = file.months or (None, None)
    result = replace(
        result,
        extract=extract.id,
        title=extract.title,
        profile=profile,
        profile_sha256=profile.sha256 if profile else None,
        places=_source_places(profile, file.table, reading.table) if profile else result.places,  # with the year of a bare month, and as written
        first_month=first,
        last_month=last,
        reported_on=file.reported.value,
    )
    if profile and profile.month_is_last and last is None:
        return result.refused(file.questions)  # without a month no row can be judged
    mapped = mapping.apply(profile, file.table, extract, delivered.pack, last) if profile else Mapped(file.table)
    meaning = meaning_problems(profile, reading.table, extract) if profile else []
    if mapped.problems or meaning:
        return result.refused([*file.questions, *meaning, *mapped.problems], len({problem.row for problem in mapped.problems}))
    latest = file.reported.value or delivered.on
    rows = validate(mapped.table, extract, delivered.pack, first, last, date(latest.year, latest.month, 1))
    questions, totals = _questions(file, mapped.table, rows, delivered)
    if questions or not rows.is_in_order:
        problems = [replace(problem, column=mapped.sources.get(problem.column or "", problem.column)) for problem in rows.problems]
        # A cell that is asked about as it stands (an error, a formula without its result) is not also said to be empty or misspelt.
        asked = {_place_of(question) for question in questions if question.row}
        again = [problem for problem in problems if _place_of(problem) in asked]
        problems = [problem for problem in problems if _place_of(problem) not in asked]
        counts = rows.counts - Counter(problem.rule for problem in again) + Counter(question.rule for question in questions)
        # A source row may hold several numbers, each a row of its own here; people count the rows of their table.
        return result.refused([*questions, *problems], min(rows.rows_refused, result.rows_found), counts)
    delivered.rows.hand_in(result, rows.columns)
    return replace(result, remarks=tuple(_remarks(file, mapped, rows, totals, delivered)))


def _place_of(problem: Problem) -> tuple[str | None, str | None, int | None]:
    return problem.sheet, problem.column, problem.row


def _type_told(reading: Reading, delivered: Delivered) -> Told[Extract]:
    if reading.profile is not None:
        return Told(delivered.contracts[reading.profile.extract])
    return extract_of(delivered.file_name, reading.table.header or (), delivered.contracts)


def _questions(file: Dated, table: Table, rows: Findings, delivered: Delivered) -> tuple[list[Problem], Totals]:
    """Return what must be asked of a file whose rows were validated, and the running totals that its own go on from."""
    extract, is_cumulative = file.extract, file.reading.is_cumulative
    questions = [*file.questions, *_sheet_questions(file, table, rows, delivered)]
    if "key_sequence" not in rows.counts:
        questions += _running_numbers(table, extract)
    if file.months is None:
        return questions, {}
    first, last = file.months
    goes_on = is_cumulative and delivered.data is not None
    in_force = totals_in_force(extract, delivered.others, delivered.beside, delivered.rows) if goes_on else {}
    if goes_on:
        questions += previous_needed(first, in_force)
    if not questions and file.reported.value is None and overlaps(extract.id, first, last, delivered.others):
        questions.append(REPORTED_ON_NEEDED)
    if questions or not is_cumulative or not rows.is_in_order:
        return questions, {}
    before = totals_of_year_before(extract, first, in_force, delivered.rows)
    questions = missing_rows(extract, rows.columns, first, last, before, delivered.pack)
    numbers = [table.row_number(row) for row in range(table.row_count)]
    return questions + fallen_totals(extract, corrections(extract, rows.columns, numbers, first, last, before)), before


def _sheet_questions(file: Dated, table: Table, rows: Findings, delivered: Delivered) -> list[Problem]:
    """Ask about sheets that were left out though they look like records, and about those named for another township than their rows."""
    extract, reading = file.extract, file.reading
    read_as = {folded: extract.column(name) for folded, name in accepted_headers(extract).items()}
    part = reading.layout.parts[0]
    header = part.header or ()
    columns = mapping.source_columns(reading.profile, header, extract) if reading.profile else [read_as.get(fold(text)) for text in header]
    asked = left_out.sheets_asked_about(reading.others, part, columns, delivered.pack)
    townships = [column for column in extract.of_type(Type.TOWNSHIP) if column.name in rows.columns]
    return asked + [
        problem
        for column in townships
        for problem in left_out.sheets_of_other_townships(table, column.header, rows.columns[column.name], delivered.pack)
    ]


def _remarks(file: Dated, mapped: Mapped, rows: Findings, totals: Totals, delivered: Delivered) -> list[Remark]:
    """Return what to know of a file that is in order."""
    reading, extract, months = file.reading, file.extract, file.months
    remarks = no_records(*months) if mapped.table.row_count == 0 and months else []
    remarks += left_out.remarks(reading.layout.left_out, reading.sheets, reading.others)
    remarks += hidden_rows.remarks(reading.table, reading.sheets)
    remarks += [file.reported.remark] if file.reported.remark else []
    remarks += overtaken(extract, months, file.reported.value, delivered.others)
    remarks += mapped.remarks
    if reading.is_cumulative and months:
        numbers = [mapped.table.row_number(row) for row in range(mapped.table.row_count)]
        remarks += corrections(extract, rows.columns, numbers, *months, totals)
    return remarks


def _running_numbers(table: Table, extract: Extract) -> list[Problem]:
    """Refuse pseudonyms that were counted up, in whatever order they stand; a single key does not show it."""
    accepted = {fold(header): column for column in extract.columns if column.type is Type.KEY for header in column.headers}
    return [
        Problem("key_sequence", *RULES["key_sequence"], table.sheet, header.strip())
        for header, cells in zip(table.header or (), table.columns, strict=False)
        if fold(header) in accepted and pseudonyms.are_running_numbers(set(cells))
    ]
