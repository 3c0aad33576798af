"""What a cell of a workbook is beyond its text: an error, a formula without its result, or writing that is struck through or raised."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

_SMALL = 0.8
"""Writing of less than this share of the size beside it (0-1) is taken for a footnote mark."""


class CellKind(StrEnum):
    """What a cell is that is not simply what it says. Any other cell is a value, or blank; an empty text that a formula gives is blank."""

    ERROR = "error"
    UNCOMPUTED = "uncomputed"  # a formula whose result the program that wrote it left to the next one
    STRUCK = "struck"
    PARTLY_STRUCK = "partly_struck"
    RAISED = "raised"  # wholly or in part raised, lowered or much smaller, as a footnote mark is


class Font(NamedTuple):
    """How a run of writing looks, as far as it can change what is meant.

    Attributes:
        is_struck: Struck through.
        is_raised: Raised or lowered.
        size: Height in any unit; 0 where it is not told.
    """

    is_struck: bool = False
    is_raised: bool = False
    size: float = 0.0


def kind_of(fonts: Collection[Font]) -> CellKind | None:
    """Return what the fonts of the runs of one text make of its cell; None for plain writing."""
    struck = {font.is_struck for font in fonts}
    if len(struck) == 2:
        return CellKind.PARTLY_STRUCK
    sizes = [font.size for font in fonts if font.size]
    if any(font.is_raised for font in fonts) or (sizes and min(sizes) < _SMALL * max(sizes)):
        return CellKind.RAISED
    return CellKind.STRUCK if True in struck else None
