"""The words in which cells are spoken of: axes, selections, cells, and the lattice of one population and moment. No reasoning stands here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Selection = tuple[tuple[str, tuple[str, ...]], ...]
"""Dimension -> admitted members, sorted by dimension. Names exactly which persons a cell counts."""


@dataclass(frozen=True)
class Axis:
    """A dimension with its fixed code list.

    ``nested_in`` names another axis of which this one is a finer code list, with the parent member of every member: a township lies
    in exactly one zone, so other combinations cannot exist.
    """

    name: str
    members: tuple[str, ...]
    nested_in: str | None = None
    parents: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cell:
    """A cell that may be published.

    Attributes:
        where: The persons it counts; the same persons are the same cell, whichever indicator asks.
        is_total: A county total, which the internal release shows exactly whatever its size.
        is_county: Speaks of the whole county.
        worth: How much readers need it. Where protection has a choice, it hides what is worth least.
        is_written: Whether a row tells it, or tells that it is withheld; others follow by subtraction alone.
    """

    where: Selection
    is_total: bool = False
    is_county: bool = False
    worth: int = 0
    is_written: bool = True


@dataclass(frozen=True)
class Lattice:
    """All cells published about one population and moment."""

    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]


def is_of_area_alone(cells: Sequence[Cell]) -> list[bool]:
    """Tell of every cell whether it splits a total by nothing but areas."""
    of_totals = {name for cell in cells if cell.is_total for name, _ in cell.where}
    return [not cell.is_total and {name for name, _ in cell.where} - of_totals <= {"zone", "township"} for cell in cells]


Sort = Mapping[str, str]
"""Dimension -> member: all that is said of a person."""

People = list[tuple[Sort, float]]
"""How many persons there are of every sort; a table written out."""


class Contradiction(ValueError):
    """No table of non-negative counts agrees with the statements, so nothing can be concluded from them."""
