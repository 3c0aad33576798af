"""Walking through the XML of a workbook's part, whatever prefixes, quotation marks and sections it is written with."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

Start = Callable[[str, dict[str, str]], None]
"""Takes an element, named by its namespace and its own name with a space between, and its attributes."""


def walk(part: bytes, start: Start, end: Callable[[str], None] | None = None, text: Callable[[str], object] | None = None) -> None:
    """Hand over elements and texts in order; what a receiver raises ends the walk.

    Raises:
        ValueError: If the part is no sound XML, or declares entities.
    """
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(part, True)
    except expat.ExpatError as error:
        raise ValueError("no sound XML") from error


def _refuse(*_: object) -> None:
    raise ValueError("a declaration that no workbook needs")


def is_true(value: str | None, default: bool = False) -> bool:
    """Return a yes or no of an attribute."""
    return default if value is None else value in ("1", "true", "on")
