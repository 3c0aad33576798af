"""The closed lattice of cells that one release publishes about one population and moment."""

from __future__ import annotations

from collections.abc import Mapping
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
        is_county: Speaks of the whole county: a zero is shown in the internal release, below it a zero counts as small.
        worth: How much readers need it. Where protection has a choice, it hides what is worth least.
    """

    where: Selection
    is_total: bool = False
    is_county: bool = False
    worth: int = 0


@dataclass(frozen=True)
class Lattice:
    """All cells published about one population and moment."""

    axes: tuple[Axis, ...]
    cells: tuple[Cell, ...]


def close(axes: tuple[Axis, ...], cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Add the cells nobody publishes but anybody can subtract: the rest of a published margin beside its published parts.

    Where "all" and "local" are published, "incoming" is known whether or not it is ever shown, so it has to be protected like the
    others. The parts of a margin along one axis are cut into their smallest common pieces, and every missing piece becomes a cell; what
    that allows to be subtracted in turn becomes one too, until nothing is missing.

    Args:
        axes: The axes the cells speak of.
        cells: The published cells.

    Returns:
        The published cells followed by the derivable ones, each selection once.
    """
    members = {axis.name: axis.members for axis in axes}
    known = {cell.where: cell for cell in cells}
    while missing := _derivable(members, known):
        known |= {where: Cell(where, is_county=all(name not in {"zone", "township"} for name, _ in where)) for where in missing}
    return tuple(known.values())


def _derivable(members: Mapping[str, tuple[str, ...]], known: Mapping[Selection, Cell]) -> list[Selection]:
    """Return the selections that one subtraction adds to those known."""
    families: dict[tuple[Selection, str], list[tuple[str, ...]]] = {}
    for where in known:
        for name, chosen in where:
            rest = tuple(part for part in where if part[0] != name)
            if rest in known:
                families.setdefault((rest, name), []).append(chosen)
    found = {tuple(sorted((*rest, (name, piece)))): None for (rest, name), parts in families.items() for piece in _pieces(members[name], parts)}
    return [where for where in found if where not in known]


def _pieces(members: tuple[str, ...], parts: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Cut a code list into the smallest sets that the given parts can tell apart, in the order of the list."""
    pieces: dict[tuple[bool, ...], list[str]] = {}
    for member in members:
        pieces.setdefault(tuple(member in part for part in parts), []).append(member)
    return [tuple(piece) for piece in pieces.values()]
