"""From the bytes of a delivered file to its table, by the template's form or by a mapping profile."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from etl.contract import Extract
from etl.county.pack import CountyPack
from etl.inspection.validate import first_misfit
from etl.mapping import apply as mapping
from etl.mapping import profile as profiles
from etl.mapping.profile import Profile
from etl.privacy import sheet_names
from etl.reading import text_file, workbook
from etl.reading.cell_faults import valueless
from etl.reading.cells import code_words, fold
from etl.reading.header import accepted_headers, extract_by_header
from etl.reading.layout import Cut, Layout, lay_out, lay_out_text
from etl.reading.places import township_words
from etl.reading.table import MAX_ROWS, TEXT_SUFFIXES, Sheet, Table, UnreadableError
from indicators.model import Text


@dataclass(frozen=True)
class Reading:
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

    @property
    def is_cumulative(self) -> bool:
        """Whether the counts run from January, as the profile says."""
        return self.profile is not None and self.profile.is_cumulative


class UnreadableSheetsError(UnreadableError):
    """A workbook that was read but holds no table that can be taken; its sheets still go through the gate."""

    def __init__(self, cause: UnreadableError, sheets: Sequence[Sheet]) -> None:
        super().__init__(cause.rule, cause.message, cause.remedy, row=cause.row, column=cause.column, sheet=cause.sheet)
        self.sheets = tuple(sheets)


def admitted_words(contracts: dict[str, Extract], pack: CountyPack) -> frozenset[str]:
    """Return the words that may stand in a file and name nobody: codes, drugs, townships and zones."""
    words = {word for extract in contracts.values() for column in extract.columns for word in code_words(column)}
    words |= {fold(word) for drug in pack.drugs for word in (drug.title.zh, *drug.aliases)}
    places = {fold(zone.title.zh) for zone in pack.zones}
    words |= set(township_words(pack)) | places | {re.sub("(街道|镇|乡|片区)$", "", place) for place in places}
    return frozenset(words)


def read_file(content: bytes, suffix: str, contracts: dict[str, Extract], pack: CountyPack | None = None, known: Sequence[Profile] = ()) -> Reading:
    """Read a file of any admitted kind; the kind is told by its first bytes, and its name must agree.

    Web systems export text and new workbooks under the old extension .xls, which is read for what it is. A table that has the headers of a
    known mapping profile is left as it is, and the profile named beside it.

    Raises:
        UnreadableError: If it cannot be read without guessing.
        OSError: If the temporary folder cannot be written.
    """
    if not content:
        raise text_file.empty_file()
    if content.startswith(workbook.ZIP_MAGIC):
        kind = workbook.archive_kind(content)
        if suffix not in workbook.SUFFIXES_OF[kind]:
            raise _wrong_kind()
        workbook.check_archive(content)
        return _read_workbook(content, kind, contracts, pack, known)
    if content.startswith(workbook.OLE_MAGIC):
        if suffix not in workbook.SUFFIXES_OF[".xls"]:
            raise _wrong_kind()
        workbook.check_ole(content)
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


def _read_text(content: bytes, contracts: dict[str, Extract], pack: CountyPack | None) -> Reading:
    def is_header(header: tuple[str, ...]) -> bool:
        return extract_by_header(header, contracts) is not None

    try:
        text, encoding = text_file.decode(content)
        table = text_file.parse(text, is_header, has_footers=True)
    except UnreadableError as fault:
        extract = extract_by_header(fault.header, contracts) if fault.header else None
        place = None if fault.position is None else text_file.column_at(fault.text, fault.position, is_header)
        named, letter = place or (fault.column or "", fault.letter)
        # Only a header of our own may be named: any other is content, and its letter must do.
        fault.column = named if any(fold(named) in accepted_headers(contract) for contract in contracts.values()) else letter
        if extract is not None and pack is not None:
            fault.column = first_misfit(fault.cells, fault.header, extract, pack)
        raise
    return Reading(lay_out_text(table, contracts), encoding)


def _read_workbook(
    content: bytes,
    kind: str,
    contracts: dict[str, Extract],
    pack: CountyPack | None,
    known: Sequence[Profile],
) -> Reading:
    sheets = sheet_names.masked(workbook.read_sheets(content, kind), admitted_words(contracts, pack) if pack else ())
    try:
        mapped = _sheets_by_profile(sheets, known, contracts)
        if mapped is not None:
            return _with_faults_beside(mapped)
        layout = lay_out(sheets, contracts, pack)
        if layout.table.row_count > MAX_ROWS:
            raise text_file.too_many_rows()
    except UnreadableError as fault:
        raise UnreadableSheetsError(_first_valueless(sheets) or fault, sheets) from fault
    used = {part.sheet for part in layout.parts}
    return _with_faults_beside(Reading(layout, None, tuple(sheet for sheet in sheets if sheet.name not in used), sheets=tuple(sheets)))


def _with_faults_beside(reading: Reading) -> Reading:
    """Add the cells without a value on the sheets that are not read: with a value there, one of them might be."""
    problems = (*reading.layout.problems, *valueless(reading.others))
    return replace(reading, layout=replace(reading.layout, problems=problems))


def _first_valueless(sheets: Sequence[Sheet]) -> UnreadableError | None:
    """Return the first cell without a value as what a workbook cannot be read for: a header may be missing because of it."""
    problem = next(valueless(sheets), None)
    if problem is None:
        return None
    return UnreadableError(problem.rule, problem.message, problem.remedy, row=problem.row, column=problem.column, sheet=problem.sheet)


def _read_by_profile(content: bytes, known: Sequence[Profile], contracts: dict[str, Extract]) -> Reading | None:
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
    table = text_file.parse(text, profile.fits, profile.separators)
    return Reading(mapping.lay_out(profile, Cut(table), contracts[profile.extract]), profile.encoding, profile=profile)


def _profile_conflict(text: str = "") -> UnreadableError:
    return UnreadableError(
        "profile_conflict",
        Text("有两个映射方案都适用于这份文件", "Two mapping profiles fit the file"),
        Text("核对哪一个方案说的是这张表,用--profile指明", "See which of them is meant for this table and name it with --profile"),
        text=text,
    )


def _sheets_by_profile(sheets: Sequence[Sheet], known: Sequence[Profile], contracts: dict[str, Extract]) -> Reading | None:
    """Read the visible sheet that has the headers of a profile; None where none has.

    Raises:
        UnreadableError: If several sheets have them, or two profiles fit.
    """
    fitting = [(sheet, cut) for sheet in sheets if sheet.is_visible and (cut := profiles.table_of(sheet, known)) is not None]
    if not fitting:
        return None
    if len(fitting) > 1:
        raise UnreadableError(
            "several_sheets",
            Text("有多张工作表适用同一映射方案", "More than one sheet fits the mapping profile"),
            Text(
                "核对各表:都是本期记录的,合到一张表内;是不同月份的,分成几份文件报送;不是报表的,隐藏该表",
                "Check them: put records of the same months on one sheet; deliver other months as files of their own; hide a sheet that is no return",
            ),
            sheet=fitting[1][0].name,
        )
    sheet, cut = fitting[0]
    told = profiles.find(known, cut.table.header or ())
    if told.value is None:
        raise _profile_conflict()
    layout = mapping.lay_out(told.value, cut, contracts[told.value.extract])
    return Reading(layout, None, tuple(other for other in sheets if other is not sheet), told.value, tuple(sheets))
