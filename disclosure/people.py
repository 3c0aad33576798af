"""From the unknowns of an attack back to people: a list of sorts of persons and how many there are of each, which anybody can add up."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.junction import Branch, Group, Margins
from disclosure.lattice import Axis, People, Sort

_NOBODY = 1e-9
"""Persons. So few are what the solver leaves over."""


def listed(axes: Sequence[Axis], model: Margins, unknowns: NDArray[np.float64]) -> People:
    """Write one possible table as people.

    The groups of dimensions of a part agree where they overlap, so its people are found by joining one group after the other: among those
    who agree on the overlap, it does not matter who is joined with whom.

    Args:
        axes: Dimensions with their code lists.
        model: What the unknowns mean.
        unknowns: A table that keeps to the ties of the model. Shape (unknowns,).
    """
    found: People = []
    for branch in model.branches:
        ways = _ways(axes, {*branch.fixed, *(name for group in branch.groups for name in group.names)})
        found += [(_whole({**branch.fixed, **sort}, ways), number) for sort, number in _of_part(branch, unknowns)]
    return found


def _of_part(branch: Branch, unknowns: NDArray[np.float64]) -> People:
    people = _of_group(branch.groups[0], unknowns)
    reached, edges = {0}, list(branch.tree)
    while edges:
        edge = next(edge for edge in edges if len(reached & set(edge)) == 1)
        edges.remove(edge)
        (new,) = set(edge) - reached
        (old,) = set(edge) & reached
        reached.add(new)
        shared = sorted(set(branch.groups[old].names) & set(branch.groups[new].names))
        people = _joined(people, _of_group(branch.groups[new], unknowns), shared)
    return people


def _of_group(group: Group, unknowns: NDArray[np.float64]) -> People:
    numbers = unknowns[group.start : group.start + len(group.rows)].tolist()
    return [
        ({name: members[place] for name, members, place in zip(group.names, group.members, row, strict=True)}, number)
        for row, number in zip(group.rows, numbers, strict=True)
        if number > _NOBODY
    ]


def _joined(people: Iterable[tuple[Sort, float]], others: Iterable[tuple[Sort, float]], shared: Sequence[str]) -> People:
    waiting: dict[tuple[str, ...], list[tuple[Sort, float]]] = {}
    for sort, number in others:
        waiting.setdefault(tuple(sort[name] for name in shared), []).append((sort, number))
    joined: People = []
    for sort, number in people:
        partners = waiting.get(tuple(sort[name] for name in shared), [])
        left = number
        while left > _NOBODY and partners:
            other, there = partners.pop()
            taken = min(left, there)
            joined.append(({**sort, **other}, taken))
            left -= taken
            if there - taken > _NOBODY:
                partners.append((other, there - taken))
    return joined


def _ways(axes: Sequence[Axis], names: Collection[str]) -> list[tuple[str, dict[str, Sort]]]:
    """Say how a sort is completed: for every finest axis the dimension that decides, and by its member all members of the family.

    The finest dimension named decides: coarser ones that are named as well are of the same class then. Where none is, any member will do.
    """
    known = {axis.name: axis for axis in axes}
    coarser = {axis.nested_in for axis in axes}
    found = []
    for axis in axes:
        if axis.name in coarser:
            continue
        family = [_with_above(known, axis, member) for member in axis.members]
        deciding = next((name for name in family[0] if name in names), "")
        found.append((deciding, {way.get(deciding, ""): way for way in reversed(family)}))
    return found


def _with_above(known: Mapping[str, Axis], axis: Axis, member: str) -> Sort:
    """Return a member with those it lies in, finest first."""
    way = {axis.name: member}
    while axis.nested_in is not None:
        member = axis.parents[member]
        axis = known[axis.nested_in]
        way[axis.name] = member
    return way


def _whole(sort: Sort, ways: Iterable[tuple[str, Mapping[str, Sort]]]) -> Sort:
    """Name a member of every dimension."""
    whole: dict[str, str] = {}
    for name, by_member in ways:
        whole |= by_member[sort.get(name, "")]
    return whole
