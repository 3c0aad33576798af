"""The smallest set of unknowns that describes every table agreeing with some published sums.

The full cross of all dimensions has thousands of combinations, of which a published table speaks in margins only. This module finds
groups of dimensions that are spoken of together and gives one unknown to each combination within a group, so the attacker's linear
programs stay small and still exact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
from scipy.sparse import block_diag, csr_array, hstack, vstack

from disclosure.lattice import Axis, Selection, Sort

Restriction = dict[str, frozenset[str]]


@dataclass(frozen=True)
class Group:
    """Dimensions that are spoken of together.

    Attributes:
        names: The dimensions.
        members: Of each dimension one member of every class.
        rows: The classes each of its unknowns counts, one for each dimension.
        start: Its first unknown.
    """

    names: Sequence[str]
    members: Sequence[Sequence[str]]
    rows: Sequence[tuple[int, ...]]
    start: int


@dataclass(frozen=True)
class Branch:
    """One part of the table: its groups of dimensions, and the pairs of them that agree where they overlap.

    Attributes:
        fixed: What all of its people have in common.
        groups: The groups.
        tree: Pairs of groups, by their places.
    """

    fixed: Sort
    groups: Sequence[Group]
    tree: Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Margins:
    """Unknown counts and what ties them together.

    Attributes:
        forms: One row per selection; its product with the unknowns is the count of the selection. Shape (selections, unknowns).
        ties: Rows whose product with the unknowns must be zero: groups agree where they overlap. Shape (ties, unknowns).
        branches: What the unknowns mean; empty where they are of more than one table.
    """

    forms: csr_array
    ties: csr_array
    branches: Sequence[Branch] = ()


def succession(model: Margins, everybody: int) -> Margins:
    """Write the counts of one population at two moments, given who stayed, who left and who came.

    The earlier table is stayers and leavers, the later one stayers and newcomers; each of the three is a table of its own.

    Args:
        model: The unknowns of one moment.
        everybody: The row of ``forms`` that counts everybody.

    Returns:
        Forms of the earlier counts, the later counts, the number of leavers and the number of newcomers; shape (2 x selections + 2, 3 x
        unknowns).
    """
    forms, nothing = model.forms, csr_array(model.forms.shape)
    all_of_them = model.forms[[everybody]]
    none_of_them = csr_array(all_of_them.shape)
    rows = [
        hstack([forms, forms, nothing]),
        hstack([forms, nothing, forms]),
        hstack([none_of_them, all_of_them, none_of_them]),
        hstack([none_of_them, none_of_them, all_of_them]),
    ]
    return Margins(vstack(rows, format="csr"), csr_array(block_diag([model.ties] * 3, format="csr")))


class _Entries:
    """A sparse matrix being written."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.height = 0

    def add(self, row: int, columns: Sequence[int], value: float) -> None:
        self.rows.extend([row] * len(columns))
        self.columns.extend(columns)
        self.values.extend([value] * len(columns))

    def matrix(self, height: int, width: int) -> csr_array:
        return csr_array((self.values, (self.rows, self.columns)), shape=(height, width))


@dataclass(frozen=True)
class _Classes:
    """Members of an axis that nothing distinguishes are one class; a tighter code list keeps the unknowns few."""

    of_member: dict[str, int]
    size: int
    ancestor: str | None  # nearest coarser axis that is in use
    ancestor_class: tuple[int, ...]  # of every class


def margins(axes: Sequence[Axis], selections: Sequence[Selection]) -> Margins:
    """Write the counts of some selections as sums of as few unknowns as exactness allows.

    Why this is exact: dimensions that occur together in a selection are joined in a graph, the graph is triangulated, and each maximal
    clique gets a table of its own. Tables on the cliques of a triangulated graph that agree on their overlaps are always margins of
    some non-negative full table (the product of the clique tables divided by the overlap tables), and of a whole-numbered one where
    they are whole. So a sum has the same extremes here as over the full cross. Combinations that a nested code list rules out are
    zero in the clique that joins the two dimensions and therefore zero in the full table.

    The table is first cut along the one dimension most selections fix (registry standing, say): parts that share no dimension need
    no common group.

    Args:
        axes: Dimensions with their code lists.
        selections: What will be stated or asked, in the order of the rows of ``forms``.

    Raises:
        ValueError: If a selection names an unknown dimension or member, or admits nobody.

    Source: Lauritzen, Graphical Models (1996), section 4.4; Dobra & Fienberg 2000, PNAS 97(22), on bounds from decomposable margins.
    """
    known = {axis.name: axis for axis in axes}
    restrictions = [_restriction(known, selection) for selection in selections]
    cut = _cutting_axis(known, restrictions)
    forms, ties = _Entries(), _Entries()
    branches: list[Branch] = []
    width = 0
    if cut is None:
        branches.append(_add_branch(known, {}, list(enumerate(restrictions)), forms, ties, width))
    else:
        for member in _representatives(known[cut].members, [restriction[cut] for restriction in restrictions if cut in restriction]):
            inside = [
                (row, {name: admitted for name, admitted in restriction.items() if name != cut})
                for row, restriction in enumerate(restrictions)
                if cut not in restriction or member in restriction[cut]
            ]
            branches.append(_add_branch(known, {cut: member}, inside, forms, ties, width))
            width = _end(branches)
    width = _end(branches)
    return Margins(forms.matrix(len(restrictions), width), ties.matrix(ties.height, width), branches)


def _end(branches: Sequence[Branch]) -> int:
    """Return the number of unknowns of some parts."""
    return sum(len(group.rows) for branch in branches for group in branch.groups)


def _restriction(known: Mapping[str, Axis], selection: Selection) -> Restriction:
    restriction: Restriction = {}
    for name, admitted in selection:
        if name not in known:
            raise ValueError(f"a selection names the dimension {name!r}, which is not an axis of the lattice; add the axis")
        members = known[name].members
        unknown = set(admitted) - set(members)
        if unknown:
            raise ValueError(f"a selection names members that the code list of {name!r} lacks: {sorted(unknown)}; correct the code list")
        if not admitted:
            raise ValueError(f"a selection admits no member of {name!r}; leave the dimension out to admit all")
        if len(set(admitted)) < len(members):
            restriction[name] = frozenset(admitted)
    return restriction


def _cutting_axis(known: Mapping[str, Axis], restrictions: Sequence[Restriction]) -> str | None:
    nested = {axis.name for axis in known.values() if axis.nested_in is not None} | {axis.nested_in for axis in known.values()}
    uses = {name: sum(name in restriction for restriction in restrictions) for name in sorted(known) if name not in nested}
    if not uses:
        return None
    most = max(uses, key=lambda name: uses[name])
    return most if 2 * uses[most] > len(restrictions) else None


def _representatives(members: Sequence[str], sets: Sequence[frozenset[str]]) -> list[str]:
    """Return one member of every class of members that no set tells apart."""
    distinct = sorted(set(sets), key=sorted)
    first: dict[tuple[bool, ...], str] = {}
    for member in members:
        first.setdefault(tuple(member in admitted for admitted in distinct), member)
    return list(first.values())


def _classes(known: Mapping[str, Axis], inside: Sequence[tuple[int, Restriction]]) -> dict[str, _Classes]:
    used = {name for _, restriction in inside for name in restriction}
    classes: dict[str, _Classes] = {}

    def ancestor(axis: Axis, member: str) -> tuple[str | None, str]:
        while axis.nested_in is not None:
            member = axis.parents[member]
            axis = known[axis.nested_in]
            if axis.name in used:
                return axis.name, member
        return None, ""

    def classify(name: str) -> None:
        if name in classes:
            return
        axis = known[name]
        above = ancestor(axis, axis.members[0])[0]
        if above is not None:
            classify(above)
        distinct = sorted({restriction[name] for _, restriction in inside if name in restriction}, key=sorted)
        numbers: dict[tuple[object, ...], int] = {}
        of_member: dict[str, int] = {}
        parents: list[int] = []
        for member in axis.members:
            parent = -1 if above is None else classes[above].of_member[ancestor(axis, member)[1]]
            signature = (*(member in admitted for admitted in distinct), parent)
            if signature not in numbers:
                numbers[signature] = len(numbers)
                parents.append(parent)
            of_member[member] = numbers[signature]
        classes[name] = _Classes(of_member, len(numbers), above, tuple(parents))

    for name in sorted(used):
        classify(name)
    return classes


def _cliques(classes: Mapping[str, _Classes], inside: Sequence[tuple[int, Restriction]]) -> list[frozenset[str]]:
    """Triangulate by removing, again and again, the axis that needs the fewest new joins; return the maximal cliques."""
    neighbours: dict[str, set[str]] = {name: set() for name in classes}

    def join(names: Sequence[str]) -> None:
        for one, other in combinations(names, 2):
            neighbours[one].add(other)
            neighbours[other].add(one)

    for _, restriction in inside:
        join(sorted(restriction))
    for name, own in classes.items():
        if own.ancestor is not None:
            join((name, own.ancestor))
    cliques: list[frozenset[str]] = []
    while neighbours:

        def fill(name: str) -> tuple[int, int, str]:
            around = sorted(neighbours[name])
            missing = sum(other not in neighbours[one] for one, other in combinations(around, 2))
            return missing, int(np.prod([classes[axis].size for axis in (name, *around)])), name

        chosen = min(neighbours, key=fill)
        around = neighbours.pop(chosen)
        join(sorted(around))
        for other in around:
            neighbours[other].discard(chosen)
        clique = frozenset(around | {chosen})
        if not any(clique <= earlier for earlier in cliques):
            cliques.append(clique)
    return cliques or [frozenset()]


def _combinations(clique: Sequence[str], classes: Mapping[str, _Classes]) -> list[tuple[int, ...]]:
    position = {name: place for place, name in enumerate(clique)}
    links = [
        (position[name], position[above], classes[name].ancestor_class) for name in clique if (above := classes[name].ancestor) in position and above
    ]
    return [
        chosen
        for chosen in product(*(range(classes[name].size) for name in clique))
        if all(parents[chosen[child]] == chosen[parent] for child, parent, parents in links)
    ]


def _add_branch(
    known: Mapping[str, Axis], fixed: Sort, inside: Sequence[tuple[int, Restriction]], forms: _Entries, ties: _Entries, width: int
) -> Branch:
    """Write one part of the table, whose unknowns begin at ``width``."""
    classes = _classes(known, inside)
    cliques = sorted(_cliques(classes, inside), key=lambda clique: (len(clique), sorted(clique)))
    tables: list[tuple[list[str], list[tuple[int, ...]], int]] = []
    for clique in cliques:
        names = sorted(clique)
        rows = _combinations(names, classes)
        tables.append((names, rows, width))
        width += len(rows)
    order = sorted(range(len(tables)), key=lambda place: len(tables[place][1]))
    numbered = [np.array(rows, dtype=np.int64).reshape(len(rows), -1) for _, rows, _ in tables]
    for row, restriction in inside:
        names, _, start = tables[at := next(place for place in order if restriction.keys() <= cliques[place])]
        inside_all = np.ones(len(numbered[at]), dtype=np.bool_)
        for name, admitted in restriction.items():
            own = classes[name]
            is_admitted = np.zeros(own.size, dtype=np.bool_)
            is_admitted[[own.of_member[member] for member in admitted]] = True
            inside_all &= is_admitted[numbered[at][:, names.index(name)]]
        forms.add(row, (start + np.flatnonzero(inside_all)).tolist(), 1.0)
    tree = _tree(cliques)
    for one, other in tree:
        _tie(tables[one], tables[other], sorted(cliques[one] & cliques[other]), ties)
    members = {name: list({number: member for member, number in own.of_member.items()}.values()) for name, own in classes.items()}
    return Branch(fixed, [Group(names, [members[name] for name in names], rows, start) for names, rows, start in tables], tree)


def _tree(cliques: Sequence[frozenset[str]]) -> list[tuple[int, int]]:
    """Return a spanning tree of greatest overlaps: for a triangulated graph that is a junction tree."""
    pairs = sorted(combinations(range(len(cliques)), 2), key=lambda pair: (-len(cliques[pair[0]] & cliques[pair[1]]), pair))
    group = list(range(len(cliques)))
    tree: list[tuple[int, int]] = []
    for one, other in pairs:
        if group[one] == group[other]:
            continue
        tree.append((one, other))
        old, new = group[other], group[one]
        group = [new if number == old else number for number in group]
    return tree


def _tie(
    one: tuple[list[str], list[tuple[int, ...]], int], other: tuple[list[str], list[tuple[int, ...]], int], shared: Sequence[str], ties: _Entries
) -> None:
    sides = []
    for names, rows, start in (one, other):
        places = [names.index(name) for name in shared]
        columns: dict[tuple[int, ...], list[int]] = {}
        for place, chosen in enumerate(rows):
            columns.setdefault(tuple(chosen[at] for at in places), []).append(start + place)
        sides.append(columns)
    for key in sorted(sides[0].keys() | sides[1].keys()):
        ties.add(ties.height, sides[0].get(key, []), 1.0)
        ties.add(ties.height, sides[1].get(key, []), -1.0)
        ties.height += 1
