"""What a workbook's number formats add to the numbers in its cells: 12.5 shown as 12.50千克 is not 12.5 grams.

The reading library gives the number and drops its format, so the formats are read here, of .xlsx only.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Collection, Mapping
from xml.parsers import expat

from etl.reading.cells import fold
from etl.reading.table import column_index

CellPlace = tuple[int, int]
"""Row number as the spreadsheet counts, and column from 0."""
_STYLES = "xl/styles.xml"
_WRITTEN = frozenset(("s", "str", "inlineStr", "b", "e", "d"))  # kinds of cell that are no number
_MONEY = '"¥"#,##0'
_BUILT_IN = {"9": "0%", "10": "0.00%", **dict.fromkeys(("5", "6", "7", "8", "42", "44"), _MONEY)}
_PARTS = re.compile(r'"([^"]*)"|[\\!](.)|_.|\*(.)|\[\$([^\]-]*)[^\]]*\]|(\[[^\]]*\])|(.)', re.DOTALL)
_CONDITION = re.compile(r"\[[<>=]")
_SECTION = re.compile(r'(?:"[^"]*"|\[[^\]]*\]|[\\!_*].|[^;])*', re.DOTALL)
_SCALED = re.compile(r"[0#?],+(?![,0#?])")
_OF_NUMBERS = re.compile(r"[0#?,.eE+\-/]")
_EXPONENT = re.compile(r"[eE][+-]")
_GENERAL = re.compile(r"General|G/通用格式", re.IGNORECASE)
_OF_DATES = re.compile(r"[ymdhs]", re.IGNORECASE)
_DASHES = frozenset("-—–－")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})")


def changes(code: str, value: float, units: Collection[str]) -> bool:
    """Say whether a format shows another number than the one in the cell, or shows none.

    Args:
        code: The format, as ``#,##0.00"克"``.
        value: The number in the cell.
        units: What may stand beside the number: the unit of its column.
    """
    sections = [section for section in _sections(code) if "@" not in section]  # a section with @ is of texts
    if any(_CONDITION.search(section) for section in sections):
        return any(_section_changes(section, value, units) for section in sections)
    return _section_changes(_section_of(sections, value), value, units)


def _sections(code: str) -> list[str]:
    """Cut a format at the semicolons that are no part of a text."""
    sections, position = [], 0
    while position <= len(code):
        section = _SECTION.match(code, position)
        sections.append(section[0] if section else "")
        position += len(sections[-1]) + 1
    return sections


def _section_of(sections: list[str], value: float) -> str:
    numbers = sections[:3] or ["General"]
    if value < 0 and len(numbers) > 1:
        return numbers[1]
    return numbers[2] if value == 0 and len(numbers) > 2 else numbers[0]


def _section_changes(section: str, value: float, units: Collection[str]) -> bool:
    shown, added = "", ""
    for quoted, escaped, filled, money, _, sign in _PARTS.findall(_GENERAL.sub("0", section)):
        added += quoted + escaped + money + (filled if filled not in (" ", "-") else "")
        shown += sign
    if _OF_DATES.search(shown):
        return False
    added = fold(added + _OF_NUMBERS.sub("", shown))
    # A minus or brackets belong to a negative number, and a dash or nothing stands for zero.
    if value < 0:
        added = added.strip("()-")
    if value == 0 and _DASHES.issuperset(added):
        return False
    is_negative = value >= 0 and "-" in _EXPONENT.sub("", shown)
    return added not in {"", *units} or is_negative or _SCALED.search(shown) is not None or not re.search("[0#?]", shown)


def changing_formats(content: bytes) -> dict[str, dict[CellPlace, str]]:
    """Return the numbers of an .xlsx that have more than a plain format: part of the sheet -> place -> format.

    Args:
        content: A workbook that was looked through before (``workbook.check_archive``).

    Raises:
        ValueError: If the styles or a sheet are no sound XML: what its numbers look like is then not known.
    """
    archive = zipfile.ZipFile(io.BytesIO(content))
    styles = _odd_styles(archive.read(_STYLES)) if _STYLES in archive.namelist() else {}
    if not styles:
        return {}
    parts = [name for name in archive.namelist() if name.startswith("xl/worksheets/") and name.endswith(".xml")]
    return {name: cells for name in parts if (cells := _cells(archive.read(name), styles))}


def _odd_styles(part: bytes) -> dict[str, str]:
    """Return the positions of the cell styles whose format may change a number, with the format."""
    codes = dict(_BUILT_IN)
    positions: list[str] = []
    is_of_cells = False

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal is_of_cells
        tag = name.rpartition(":")[2]
        if tag == "numFmt" and not is_of_cells:
            codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            is_of_cells = True
        elif tag == "xf" and is_of_cells:
            positions.append(attributes.get("numFmtId", "0"))

    def end(name: str) -> None:
        nonlocal is_of_cells
        if name.rpartition(":")[2] == "cellXfs":
            is_of_cells = False

    _parse(part, start, end)
    given = {str(position): codes[number] for position, number in enumerate(positions) if number in codes}
    return {position: code for position, code in given.items() if any(changes(code, value, ()) for value in (1.0, 0.0, -1.0))}


def _cells(part: bytes, styles: Mapping[str, str]) -> dict[CellPlace, str]:
    formats: dict[CellPlace, str] = {}
    row = column = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag = name.rpartition(":")[2]
        if tag == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif tag == "c":
            if place := _PLACE.fullmatch(attributes.get("r", "")):
                column = column_index(place[1])
            if attributes.get("t") not in _WRITTEN and attributes.get("s", "0") in styles:
                formats[row, column] = styles[attributes.get("s", "0")]
            column += 1

    _parse(part, start)
    return formats


def _parse(part: bytes, start: Callable[[str, dict[str, str]], None], end: Callable[[str], None] | None = None) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise ValueError("no sound XML") from error
