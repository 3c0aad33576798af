"""Looking at delivered files: what each is taken for, and everything that is wrong with it. Nothing is written here."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl import ledger, privacy_gate, pseudonyms
from etl.contract import Extract, Problem, Type
from etl.extracts import extracts
from etl.ledger import CHINA_TIME, LedgerEntry, LedgerError
from etl.parsing import parse_csv, workbook
from etl.parsing.cells import RULES, code_words, fold
from etl.parsing.table import MAX_BYTES, MAX_ROWS, Sheet, Table, UnreadableError
from etl.progress import Progress, silent
from etl.recognise import Months, extract_by_header, extract_of, months_of, reported_on_of
from etl.validate import accepted_headers, matched_headers, type_columns, validate
from etl.verdict import Outcome, Verdict
from indicators.model import Text

if TYPE_CHECKING:
    from etl.county import CountyPack

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES = (".xlsx", ".xls")
HEADER_WITHIN = 10
MASKED_NAME = "(文件名含个人信息,已遮盖)"
LONGEST_NAME = 120


@dataclass(frozen=True)
class _Reading:
    """A file after reading: the table, and everything else the gate must see."""

    table: Table
    encoding: str | None = None
    others: tuple[Sheet, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()  # parts of a workbook that are not cells
    problems: tuple[Problem, ...] = ()


class _UnreadableSheetsError(UnreadableError):
    """A workbook that was read but holds no table that can be taken; its sheets still go through the gate."""

    def __init__(self, cause: UnreadableError, sheets: Sequence[Sheet], texts: tuple[tuple[str, str], ...]) -> None:
        super().__init__(cause.rule, cause.message, cause.remedy, row=cause.row, column=cause.column, sheet=cause.sheet)
        self.sheets = tuple(sheets)
        self.texts = texts


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
) -> Verdict:
    """Say whether a file can be accepted, without writing anything.

    Args:
        path: The delivered file; it is only read.
        pack: The county pack.
        covers: First and last month, where the sender states them.
        reported_on: Date of reporting, where the sender states it.
        data: The data folder, to know what was accepted before; None to judge the file alone.
        on: The day of judgement; today in China unless given.

    Raises:
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
    is_stated = covers is not None or reported_on is not None
    before = next((entry for entry in same if entry.file_name == name and not is_stated), None)
    if before:
        return _unchanged(verdict, before)
    if name.startswith(MASKED_NAME):
        found = Problem(
            "identifier_in_file_name",
            Text("文件名含个人信息,文件退回且不留存", "The file name holds personal information; the file is refused and not kept"),
            Text("按模板命名后重报", "Name it by the template and deliver again"),
        )
        return replace(verdict.refused([found]), has_identifiers=True)
    contracts = extracts()
    try:
        reading = _read(content, suffix_of(path.name), contracts)
    except UnreadableError as fault:
        return _refuse_unreadable(verdict, fault, content, _admitted_words(contracts, pack))
    findings = list(_identifiers(reading, content, contracts, pack))
    if privacy_gate.must_be_destroyed(findings):
        return _refuse_identifiers(verdict, findings, reading.table)
    verdict = replace(verdict, encoding=reading.encoding, rows_found=reading.table.row_count)
    others = [entry for entry in known if entry.sha256 != verdict.sha256]
    verdict = _judge(verdict, reading, contracts, pack, covers, reported_on, others, on or today(), path.name)
    before = next((entry for entry in same if not verdict.is_refused and is_same(verdict, entry)), None)
    return _unchanged(verdict, before) if before else verdict


def is_same(verdict: Verdict, other: Verdict | LedgerEntry) -> bool:
    """Whether a delivery says nothing new: the same bytes for the same months. Bytes alone do not tell, one empty month looks like another."""
    here = (verdict.sha256, verdict.extract, verdict.first_month, verdict.last_month)
    there = (other.sha256, other.extract, other.first_month, other.last_month)
    return here == there and verdict.reported_on in (None, other.reported_on)


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
    )


def _problem(rule: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> Problem:
    return Problem(rule, Text(zh, en), Text(remedy_zh, remedy_en))


def _refuse_unreadable(verdict: Verdict, fault: UnreadableError, content: bytes, admitted: frozenset[str]) -> Verdict:
    """Refuse a file that could not be read; what can be seen of it still goes through the gate, because it decides whether it is kept."""
    if isinstance(fault, _UnreadableSheetsError):
        findings = [finding for sheet in fault.sheets for finding in privacy_gate.find_in_sheet(sheet, admitted)]
        findings += _in_parts(fault.texts)
        findings += privacy_gate.find_in_hidden(content)
    elif fault.text:
        findings = list(privacy_gate.find_in_raw(fault.text))
    else:
        findings = [privacy_gate.Finding(finding.rule) for finding in _loud(content.decode("gb18030", "ignore"))]
        findings += privacy_gate.find_in_hidden(content, with_cells=True)
    if privacy_gate.must_be_destroyed(findings):
        return _refuse_identifiers(verdict, findings, None)
    return verdict.refused([Problem(fault.rule, fault.message, fault.remedy, fault.sheet, fault.column, fault.row)])


def _loud(text: str) -> Iterable[privacy_gate.Finding]:
    """Search bytes of unknown form for numbers only: random bytes give words of every kind, but no right check digits."""
    certain = ("id_number", "forbidden_header")
    return [finding for finding in privacy_gate.find_in_raw(text) if finding.rule in certain][:1]


def _refuse_identifiers(verdict: Verdict, findings: Sequence[privacy_gate.Finding], table: Table | None) -> Verdict:
    counts = Counter(finding.rule for finding in findings)
    rows = len({(finding.sheet, finding.row) for finding in findings if finding.row and (table is None or finding.row > table.header_row)})
    refusal = verdict.refused([privacy_gate.problem(finding) for finding in findings], rows, counts)
    return replace(refusal, has_identifiers=True, rows_found=table.row_count if table else 0)


def _identifiers(reading: _Reading, content: bytes, contracts: dict[str, Extract], pack: CountyPack) -> Iterable[privacy_gate.Finding]:
    accepted = frozenset(header for extract in contracts.values() for header in accepted_headers(extract))
    admitted = _admitted_words(contracts, pack)
    dated, keys = _headers_of(contracts, Type.MONTH), _headers_of(contracts, Type.KEY)
    yield from privacy_gate.find_in_table(reading.table, accepted, admitted, dated=dated, keys=keys)
    for sheet in reading.others:
        yield from privacy_gate.find_in_sheet(sheet, admitted)
    yield from _in_parts(reading.texts)
    yield from privacy_gate.find_in_hidden(content)


def _headers_of(contracts: dict[str, Extract], type: Type) -> frozenset[str]:
    return frozenset(fold(header) for extract in contracts.values() for column in extract.columns if column.type is type for header in column.headers)


def _in_parts(texts: Iterable[tuple[str, str]]) -> Iterable[privacy_gate.Finding]:
    for _, text in texts:
        for finding in privacy_gate.find_in_raw(text):
            yield privacy_gate.Finding(finding.rule)


def _admitted_words(contracts: dict[str, Extract], pack: CountyPack) -> frozenset[str]:
    words = {word for extract in contracts.values() for column in extract.columns for word in code_words(column)}
    words |= {fold(word) for drug in pack.drugs for word in (drug.title.zh, *drug.aliases)}
    places = {fold(township.title.zh) for township in pack.townships} | {fold(zone.title.zh) for zone in pack.zones}
    words |= places | {re.sub("(街道|镇|乡|片区)$", "", place) for place in places}
    return frozenset(words)


def _read(content: bytes, suffix: str, contracts: dict[str, Extract]) -> _Reading:
    """Read a file of any admitted kind; the kind is told by its first bytes, and its name must agree.

    Raises:
        UnreadableError: If it cannot be read without guessing.
    """
    if not content:
        raise UnreadableError("empty_file", Text("文件是空的", "The file is empty"), Text("重新导出后再报", "Export it again"))
    is_archive = content.startswith(workbook.ZIP_MAGIC)
    is_ole = content.startswith(workbook.OLE_MAGIC)
    expected = (
        (is_archive and suffix == ".xlsx") or (is_ole and suffix in WORKBOOK_SUFFIXES) or (not is_archive and not is_ole and suffix in TEXT_SUFFIXES)
    )
    if not expected:
        raise UnreadableError(
            "file_kind",
            Text("文件内容与扩展名不符,或不是可接收的类型", "The content does not fit the extension, or files of this kind are not taken"),
            Text("报送.csv、.xlsx或.xls文件", "Deliver a .csv, .xlsx or .xls file"),
        )
    if suffix in TEXT_SUFFIXES:
        text, encoding = parse_csv.decode(content)
        return _Reading(parse_csv.parse(text, lambda header: extract_by_header(header, contracts) is not None), encoding)
    texts = tuple(workbook.check_archive(content).items()) if is_archive else _texts_of_ole(content)
    if is_ole and "EncryptedPackage".encode("utf-16-le") in content:
        raise UnreadableError(
            "password", Text("工作簿设有密码", "The workbook is protected by a password"), Text("去掉密码后重报", "Remove the password")
        )
    if is_ole and "_VBA_PROJECT".encode("utf-16-le") in content:
        raise UnreadableError(
            "active_content",
            Text("工作簿含宏", "The workbook holds macros"),
            Text("另存为普通的.xlsx后重报", "Save it as a plain .xlsx and deliver that"),
        )
    sheets = workbook.read_sheets(content, ".xls" if is_ole else ".xlsx")
    try:
        return _choose_table(sheets, texts, contracts)
    except UnreadableError as fault:
        raise _UnreadableSheetsError(fault, sheets, texts) from fault


def _texts_of_ole(content: bytes) -> tuple[tuple[str, str], ...]:
    """Return the numbers standing anywhere in an .xls, one a line: its comments and properties are not cells, and nothing else reads them."""
    written = content.decode("latin-1"), content.decode("utf-16-le", "ignore"), content[1:].decode("utf-16-le", "ignore")
    return tuple(("raw", "\n".join(re.findall(r"(?<![0-9A-Za-z])\d{11,18}[Xx]?(?![0-9A-Za-z])", text))) for text in written)


def _choose_table(sheets: Sequence[Sheet], texts: tuple[tuple[str, str], ...], contracts: dict[str, Extract]) -> _Reading:
    found = [(sheet, table) for sheet in sheets if sheet.is_visible and (table := _table(sheet, contracts)) is not None]
    if not found:
        raise UnreadableError(
            "header_not_found",
            Text("前10行内没有找到模板表头", "No header of a template within the first 10 rows"),
            Text("按模板填报,表头只占一行", "Use the template; its header takes one row"),
        )
    if len(found) > 1:
        raise UnreadableError(
            "several_sheets",
            Text("有多张工作表都像报表", "More than one sheet looks like the extract"),
            Text("合并为一张工作表,或分别报送", "Put them on one sheet, or deliver them apart"),
        )
    sheet, table = found[0]
    if table.row_count > MAX_ROWS:
        raise parse_csv.too_many_rows()
    merged = [span for span in sheet.merged if span[2] >= table.header_row and not (span[0] == span[2] and span[1] == span[3])]
    problems = tuple(
        Problem(
            "merged_cells",
            Text("表头或记录中有合并单元格", "There are merged cells in the header or among the records"),
            Text("取消合并并逐格填写", "Unmerge them and fill every cell"),
            sheet.name,
            None,
            max(span[0], table.header_row),
        )
        for span in merged
    )
    return _Reading(table, None, tuple(other for other in sheets if other is not sheet), texts, problems)


def _table(sheet: Sheet, contracts: dict[str, Extract]) -> Table | None:
    """Find the header of a sheet; rows and columns that are empty all through at the edges are no part of the table."""
    rows = list(sheet.rows)
    position = next((index for index, row in enumerate(rows[:HEADER_WITHIN]) if extract_by_header(row, contracts) is not None), None)
    if position is None:
        return None
    while len(rows) > position + 1 and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    body = rows[position + 1 :]
    width = len(rows[position])
    columns: list[Sequence[str]] = list(zip(*body, strict=True)) if body else [()] * width
    first, last = 0, width
    while last and not rows[position][last - 1].strip() and not any(cell.strip() for cell in columns[last - 1]):
        last -= 1
    while first < last and not rows[position][first].strip() and not any(cell.strip() for cell in columns[first]):
        first += 1
    return Table(
        sheet.name,
        tuple(tuple(row) for row in rows[:position]),
        tuple(rows[position][first:last]),
        sheet.first_row + position,
        columns[first:last],
        sheet.first_column + first,
        sheet.is_visible,
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
) -> Verdict:
    table = reading.table
    told = extract_of(file_name, table.header or (), contracts)
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
            else _problem(
                "type_unknown", "认不出是哪一类报表", "The type of extract is not known", "文件名写明“在册”或“案件”", "Name the type in the file name"
            )
        )
        return verdict.refused([fault])
    verdict = replace(verdict, extract=extract.id, title=extract.title)
    questions = list(reading.problems)
    months = months_of(file_name, table.above, extract, covers)
    reported = reported_on_of(file_name, table.above, stated_reported_on)
    first, last = months.value or (None, None)
    questions += _month_questions(months.is_conflict, first, last, reported.is_conflict, reported.value, on)
    verdict = replace(verdict, first_month=first, last_month=last, reported_on=reported.value)
    latest = reported.value or on
    findings = validate(table, extract, pack, first, last, date(latest.year, latest.month, 1))
    if "key_sequence" not in findings.counts:
        questions += _running_numbers(table, extract)
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
    if questions or not findings.is_in_order:
        counts = findings.counts + Counter(question.rule for question in questions)
        return verdict.refused([*questions, *findings.problems], findings.rows_refused, counts)
    return verdict


def _running_numbers(table: Table, extract: Extract) -> list[Problem]:
    """Refuse pseudonyms that were counted up, in whatever order they stand; a single key does not show it."""
    accepted = {fold(header): column for column in extract.columns if column.type is Type.KEY for header in column.headers}
    return [
        Problem("key_sequence", *RULES["key_sequence"], table.sheet, header.strip(), table.header_row + 1)
        for header, cells in zip(table.header or (), table.columns, strict=False)
        if fold(header) in accepted and pseudonyms.are_running_numbers(set(cells))
    ]


def _month_questions(
    is_conflict: bool, first: date | None, last: date | None, is_reported_conflict: bool, reported_on: date | None, on: date
) -> list[Problem]:
    questions: list[Problem] = []
    if is_conflict:
        questions.append(
            _problem(
                "coverage_conflict",
                "文件名、标题或--covers所示的月份互相矛盾",
                "File name, title row and --covers tell of different months",
                "只写一处,或写得一致;快照只能是一个月",
                "Write it once, or the same everywhere; a snapshot is of one month",
            )
        )
    elif first is None or last is None:
        questions.append(
            _problem(
                "coverage_unknown",
                "不知道文件覆盖哪些月份",
                "It is not known which months the file covers",
                "文件名写明月份,如_202610或_202601-202610,或用--covers",
                "Put the months into the file name, as _202610 or _202601-202610, or use --covers",
            )
        )
    elif last > on:
        questions.append(
            _problem(
                "coverage_future",
                "覆盖月份晚于本月",
                "The months covered lie in the future",
                "核对文件名中的月份",
                "Check the months in the file name",
            )
        )
    if is_reported_conflict:
        questions.append(
            _problem(
                "reported_on_conflict",
                "报送日期有误或互相矛盾",
                "The dates of reporting are wrong or differ",
                "核对文件名和填报日期",
                "Check file name and unit row",
            )
        )
    elif reported_on and reported_on > on:
        questions.append(
            _problem("reported_on_future", "报送日期晚于今天", "The date of reporting lies in the future", "核对报送日期", "Check the date")
        )
    elif reported_on and last and reported_on < last:
        questions.append(
            _problem(
                "reported_on_early",
                "报送日期早于所报月份",
                "The date of reporting lies before the month reported",
                "核对报送日期和月份",
                "Check the date and the months",
            )
        )
    return questions


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
) -> list[Verdict]:
    """Inspect files delivered together; two of the same months need dates of reporting as much as old and new do.

    Args and errors are those of ``inspect``.
    """
    verdicts: list[Verdict] = []
    for position, path in enumerate(paths):
        progress(Text("检查文件", "Inspecting files"), position, len(paths))
        verdicts.append(inspect(path, pack, covers=covers, reported_on=reported_on, data=data, on=on))
    for position, verdict in enumerate(verdicts):
        others = [other for other in verdicts[:position] + verdicts[position + 1 :] if other.sha256 != verdict.sha256]
        if verdict.outcome is Outcome.IN_ORDER and verdict.reported_on is None and any(_same_months(verdict, other) for other in others):
            question = _problem(
                "reported_on_needed",
                "同批有两份文件覆盖同一月份,不知哪份较新",
                "Two files of the batch cover the same month, and it cannot be told which is newer",
                "文件名中注明报送日期,如“报20261105”",
                "Put the date of reporting into the file name, as 报20261105",
            )
            verdicts[position] = verdict.refused([question])
    return verdicts


def _same_months(one: Verdict, other: Verdict) -> bool:
    if one.extract != other.extract or not (one.first_month and one.last_month and other.first_month and other.last_month):
        return False
    return one.first_month <= other.last_month and other.first_month <= one.last_month


def reread(content: bytes, entry: LedgerEntry, pack: CountyPack) -> tuple[tuple[str, ...], list[list[Any]]]:
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
        table = _read(content, entry.suffix, contracts).table
    except UnreadableError as fault:
        raise LedgerError(Text(f"{where}:{fault.message.zh};{fault.remedy.zh}", f"{where}: {fault.message.en}. {fault.remedy.en}")) from fault
    names = tuple(column.name for column in extract.columns)
    if matched_headers(table.header or (), extract) != len(names):
        raise LedgerError(Text(f"{where}:表头与现行模板不符", f"{where}: the header does not fit the template now in force"))
    if table.row_count == 0:
        return names, [[] for _ in names]
    columns, faults = type_columns(table, extract, pack)
    for name in names:
        if faults[name]:
            row, rule, _ = faults[name][0]
            header, number = extract.column(name).header, table.row_number(row)
            raise LedgerError(
                Text(
                    f"{where}:第{number}行·列“{header}”与现行代码表不符({rule});请恢复县域资料包中的代码",
                    f"{where}: row {number}, column {header} no longer fits the code lists ({rule}); restore the code in the county pack",
                )
            )
    return names, [columns[name] for name in names]
