"""Which published cells are the sum of which others, found from the selections alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disclosure.lattice import Axis, Lattice, Selection

Coordinates = tuple[tuple[str, int], ...]
"""Family of nested axes -> admitted members of its finest axis as bits; families that admit everybody are left out."""


@dataclass(frozen=True)
class Equation:
    """A cell and the cells that split it without overlap or remainder, as places in the lattice."""

    parent: int
    children: tuple[int, ...]


def equations(lattice: Lattice) -> tuple[Equation, ...]:
    """Return every way in which a published cell is split by other published cells along one dimension.

    Nested code lists count as one dimension (a county is its zones, a zone its townships, a year its quarters), and unions are cells
    like any other (everybody is under 36 or older; under 36 is under 18 or 18-35). A split is left out where some of its parts
    together are a published cell of their own: the two shorter equations say the same. Two selections that write the same persons
    differently give an equation with one child.
    """
    spans = _spans(lattice.axes)
    places: dict[Coordinates, int] = {}
    found: list[Equation] = []
    for place in sorted(range(len(lattice.cells)), key=lambda place: lattice.cells[place].where):
        coordinates = _coordinates(spans, lattice.cells[place].where)
        if coordinates in places:
            found.append(Equation(place, (places[coordinates],)))
        else:
            places[coordinates] = place
    full = {family: (1 << count) - 1 for family, count, _ in spans.values()}
    for family in sorted(full):
        rest: dict[Coordinates, dict[int, int]] = defaultdict(dict)
        for coordinates, place in places.items():
            own = dict(coordinates)
            bits = own.pop(family, full[family])
            rest[tuple(sorted(own.items()))][bits] = place
        for group in rest.values():
            for bits, parent in group.items():
                found.extend(Equation(parent, tuple(group[part] for part in parts)) for parts in _splits(bits, list(group)))
    return tuple(
        sorted(found, key=lambda equation: (lattice.cells[equation.parent].where, [lattice.cells[child].where for child in equation.children]))
    )


def canonical(axes: Sequence[Axis], selections: Sequence[Selection]) -> list[Coordinates]:
    """Return one spelling for each selection, the same for selections that mean the same persons."""
    spans = _spans(axes)
    return [_coordinates(spans, selection) for selection in selections]


def _spans(axes: Sequence[Axis]) -> dict[str, tuple[str, int, Mapping[str, int]]]:
    """Return, for every axis, its family, the number of finest members of the family, and the bits each member stands for."""
    known = {axis.name: axis for axis in axes}
    coarser = {axis.nested_in for axis in axes}
    spans: dict[str, tuple[str, int, Mapping[str, int]]] = {}
    for name in sorted(known):
        if name in coarser:
            continue
        finest = known[name]
        bits = {member: 1 << place for place, member in enumerate(finest.members)}
        spans[name] = (name, len(bits), bits)
        axis = finest
        while axis.nested_in is not None and axis.nested_in not in spans:
            above = known[axis.nested_in]
            wider = dict.fromkeys(above.members, 0)
            for member, own in bits.items():
                wider[axis.parents[member]] |= own
            spans[above.name] = (name, len(finest.members), wider)
            axis, bits = above, wider
    return spans


def _coordinates(spans: Mapping[str, tuple[str, int, Mapping[str, int]]], selection: Selection) -> Coordinates:
    chosen: dict[str, int] = {}
    full: dict[str, int] = {}
    for name, admitted in selection:
        family, count, bits = spans[name]
        full[family] = (1 << count) - 1
        own = 0
        for member in admitted:
            own |= bits[member]
        chosen[family] = chosen.get(family, full[family]) & own
    return tuple(sorted((family, bits) for family, bits in chosen.items() if bits != full[family]))


def _splits(whole: int, published: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the partitions of a set of bits into published subsets, leaving out those that a published union of parts makes longer than need be."""
    subsets = sorted((bits for bits in published if bits and bits != whole and bits & whole == bits), reverse=True)
    found: list[tuple[int, ...]] = []

    def joins(parts: tuple[int, ...]) -> bool:
        """Whether two or more of the parts together are published: the last part is the one just added."""
        for union in subsets:
            if union & parts[-1] and union not in parts:
                inside = [part for part in parts if part & union]
                if all(part & union == part for part in inside) and sum(inside) == union:
                    return True
        return False

    def extend(left: int, parts: tuple[int, ...]) -> None:
        if not left:
            found.append(parts)
            return
        lowest = left & -left
        for bits in subsets:
            if bits & lowest and bits & left == bits and not joins((*parts, bits)):
                extend(left & ~bits, (*parts, bits))

    extend(whole, ())
    return found
