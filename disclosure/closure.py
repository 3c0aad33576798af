"""Which cells follow by subtraction from those that are published, so that they have to be protected and attacked like them."""

from __future__ import annotations

from collections.abc import Mapping

from disclosure.lattice import Axis, Cell, Selection


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
        known |= {where: Cell(where, is_county=is_of_county(where), is_written=False) for where in missing}
    return tuple(known.values())


def is_of_county(where: Selection) -> bool:
    """Tell whether a selection names no area, so that it speaks of the whole county."""
    return all(name not in {"zone", "township"} for name, _ in where)


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
