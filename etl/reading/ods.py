"""Walking through the cells of an .ods, whose place only counting tells."""

from __future__ import annotations

from collections.abc import Callable
from typing import IO, NamedTuple
from xml.parsers import expat


class OdsCell(NamedTuple):
    """One cell as it is written, which may stand for several.

    Attributes:
        sheet: Name of the sheet; empty where it has none.
        position: Place of the sheet in the workbook, from 1.
        row: Row from 0.
        column: Column from 0.
        attributes: What is written of it.
    """

    sheet: str
    position: int
    row: int
    column: int
    attributes: dict[str, str]


def each_cell(content: IO[bytes], take: Callable[[OdsCell], None]) -> None:
    """Hand over every cell in order.

    Args:
        content: The part ``content.xml``.
        take: Takes a cell; what it raises ends the walk.

    Raises:
        ExpatError: If the part is no sound XML.
        ValueError: If a repetition is no number.
    """
    sheet = ""
    position = row = column = 0
    repeated = 1

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal sheet, row, column, repeated, position
        if name == "table:table":
            sheet, row, position = attributes.get("table:name", ""), 0, position + 1
        elif name == "table:table-row":
            column, repeated = 0, int(attributes.get("table:number-rows-repeated", 1))
        elif name in ("table:table-cell", "table:covered-table-cell"):
            take(OdsCell(sheet, position, row, column, attributes))
            column += int(attributes.get("table:number-columns-repeated", 1))

    def end(name: str) -> None:
        nonlocal row
        if name == "table:table-row":
            row += repeated

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.ParseFile(content)
