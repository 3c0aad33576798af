"""Personal identifiers in a delivered file: where they stand, and the refusal they lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from etl.contract import Extract, Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.read import Reading, UnreadableSheetsError, admitted_words
from etl.inspection.result import InspectionResult
from etl.mapping import profile as profiles
from etl.privacy import gate as privacy_gate
from etl.problems import Problem, Remark
from etl.reading import text_file
from etl.reading.cells import fold
from etl.reading.header import accepted_headers
from etl.reading.layout import Layout
from etl.reading.marks import is_form_word, is_person_label
from etl.reading.table import MAX_COLUMNS, Line, Sheet, Table, UnreadableError
from indicators.model import Text

SEARCHED_AT_ONCE = 5_000  # rows of a text nobody knows the form of
REST_UNCHECKED = Remark(
    "rest_unchecked",
    Text("其余内容未检查,去掉个人信息后重报时再查", "Nothing else was checked; that is done when the file comes again without personal information"),
)


def refuse_unreadable(result: InspectionResult, fault: UnreadableError, content: bytes, admitted: frozenset[str]) -> InspectionResult:
    """Refuse a file that could not be read; what can be seen of it still goes through the gate, because it decides whether it is kept."""
    if isinstance(fault, UnreadableSheetsError):
        traces = [trace for sheet in fault.sheets for trace in privacy_gate.find_in_sheet(sheet, admitted)]
        traces += privacy_gate.find_in_hidden(content)
    elif fault.text:
        traces = list(privacy_gate.find_in_raw(fault.text))
        known = {trace.rule for trace in traces}
        traces += [trace for trace in _in_cells(fault.text, admitted) if trace.rule not in known]
    else:
        traces = [privacy_gate.Trace(trace.rule) for trace in _loud(content.decode("gb18030", "ignore"))]
        traces += privacy_gate.find_in_hidden(content, with_cells=True)
    if privacy_gate.must_be_destroyed(traces):
        return refuse_identifiers(result, traces, None)
    sheet = privacy_gate.shown_sheet(fault.sheet, fault.sheet_position, admitted)
    return result.refused([Problem(fault.rule, fault.message, fault.remedy, sheet, fault.column, fault.row)])


def _in_cells(text: str, admitted: frozenset[str]) -> Iterable[privacy_gate.Trace]:
    """Search a text that is no table of ours as the table it may be: names are told by their column, not by themselves.

    Some rows at a time and no wider than a table may be, so that one endless line among many short ones does not fill the memory.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    for separator in text_file.SEPARATORS:
        if separator not in text:
            continue
        for first in range(0, len(lines), SEARCHED_AT_ONCE):
            rows = [[cell.strip('"') for cell in line.split(separator)[:MAX_COLUMNS]] for line in lines[first : first + SEARCHED_AT_ONCE]]
            width = max(map(len, rows))
            whole = [[*row, *[""] * (width - len(row))] for row in rows]
            yield from privacy_gate.find_in_sheet(Sheet(None, True, whole, first + 1), admitted)


def _loud(text: str) -> Iterable[privacy_gate.Trace]:
    """Search bytes of unknown form for numbers only: random bytes give words of every kind, but no right check digits."""
    certain = ("id_number", "forbidden_header")
    return [trace for trace in privacy_gate.find_in_raw(text) if trace.rule in certain][:1]


def refuse_identifiers(result: InspectionResult, traces: Sequence[privacy_gate.Trace], table: Table | None) -> InspectionResult:
    """Refuse a file for the identifiers in it; nothing else of it is checked, and it is not kept."""
    counts = Counter(trace.rule for trace in traces)
    rows = len({(trace.sheet, trace.row) for trace in traces if trace.row and (table is None or trace.row > table.header_row)})
    refusal = result.refused([privacy_gate.problem(trace) for trace in traces], rows, counts)
    return replace(refusal, has_identifiers=True, rows_found=table.row_count if table else 0, remarks=(REST_UNCHECKED,))


def identifiers_in(reading: Reading, content: bytes, contracts: dict[str, Extract], pack: CountyPack) -> Iterable[privacy_gate.Trace]:
    """Search everything in a file that a person can have written: tables, titles, footers, other sheets, hidden parts."""
    accepted = frozenset(header for extract in contracts.values() for header in accepted_headers(extract))
    admitted = admitted_words(contracts, pack)
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
        yield from (trace for trace in joined if trace.rule == "person_names")
    for sheet in (*layout.outside, *reading.others):
        yield from privacy_gate.find_in_sheet(sheet, admitted)
    for line in _lines_outside(layout):
        if _names_somebody(line.cells):
            yield privacy_gate.Trace("labelled", line.sheet, None, line.row)
    yield from privacy_gate.find_in_hidden(content, but=layout.unused)


def _headers_of(contracts: dict[str, Extract], type: Type) -> frozenset[str]:
    return frozenset(fold(header) for extract in contracts.values() for column in extract.columns if column.type is type for header in column.headers)


def _lines_outside(layout: Layout) -> Iterable[Line]:
    """Return what is no record."""
    yield from layout.titles
    yield from (Line(sheet.name, row, tuple(cells)) for sheet in layout.outside for row, cells in enumerate(sheet.rows, sheet.first_row))


def _names_somebody(row: Sequence[str]) -> bool:
    """Say whether a label such as 填表人 is followed, in the next cell with anything in it, by what it announces."""
    written = [text for text in row if text.strip()]
    return any(is_person_label(text) and not is_form_word(after) for text, after in pairwise(written))


def without_place_codes(traces: Iterable[privacy_gate.Trace], reading: Reading) -> Iterable[privacy_gate.Trace]:
    """Leave out what looks like a passport number but is a code of a place: a word that a profile, confirmed by a person, maps to a township."""
    table, profile = reading.table, reading.profile
    words = profiles.township_words(profile, extracts()[profile.extract]) if profile else {}
    places = {table.letter(index): (table.columns[index], words[fold(text)]) for index, text in enumerate(table.header or ()) if fold(text) in words}
    for trace in traces:
        if trace.rule == "passport" and trace.column in places and trace.row is not None and trace.sheet == table.sheet:
            cells, known = places[trace.column]
            if fold(cells[trace.row - table.header_row - 1]) in known:
                continue
        yield trace
