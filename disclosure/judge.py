"""The second program: believes that a hidden count stays open only where it is shown people who prove it.

Whoever says that a count is hidden well shows lists of people, each of which would have been published exactly as this release was: one
with few such persons, one with many. This module adds them up. How they were found does not matter to it, so it holds whatever else is
wrong: a statement left out, a group of dimensions put together badly, a solver that slips. It shares nothing with the protection but the
words of ``disclosure.lattice`` and the limits of ``disclosure.policy``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from disclosure.lattice import Axis, People, Selection
from disclosure.policy import Policy
from disclosure.published import INTERNAL, Published

Numbers = NDArray[np.float64]

_SLACK = 1e-4
"""Persons. Solvers work to 1e-7, and a sum adds up many of their numbers."""


class NotProved(RuntimeError):
    """The audit calls a count hidden and does not prove it: one of its programs is wrong, and nothing may be published."""


@dataclass(frozen=True)
class Reading:
    """How an attacker reads the numbers of a release, and how long the interval of a hidden count must stay for him.

    Attributes:
        shift: A shown count lies within it of the truth.
        required: Shortest interval, in persons.
        large: Counts from here on are not small; outside, none below it is shown.
        is_guess: He guesses that every count went to its nearest multiple, which need not be possible.
    """

    shift: int
    required: float
    large: int
    is_guess: bool = False


def readings(release: str, policy: Policy) -> list[Reading]:
    """Return how a release is read: inside as it stands, outside by the method and with a guess besides."""
    if release == INTERNAL:
        return [Reading(0, float(policy.internal_k), policy.internal_k)]
    return [
        Reading(policy.largest_shift, policy.required_width, policy.hide_below),
        Reading(policy.nearest_shift, policy.required_width_if_nearest, policy.hide_below, is_guess=True),
    ]


def judge(said: Published, axes: Sequence[Axis], reading: Reading, lists: Sequence[People]) -> None:
    """Check that lists of people prove every hidden count of one population and moment open.

    Args:
        said: What is published of it.
        axes: Dimensions with their code lists.
        reading: How the numbers are read.
        lists: People as there may be.

    Raises:
        NotProved: If a list contradicts what is published, or the interval of a hidden count is not shown to be long enough.
    """
    selections = [*said.named, *([] if said.has_events else _rests(axes, said.named))]
    counts = _agreeing(said, axes, reading, lists, selections)
    for number, where in enumerate(selections):
        if where in said.shown or where in said.declared or where in said.exact:
            continue
        least, most = float(counts[:, number].min(initial=np.inf)), float(counts[:, number].max(initial=-np.inf))
        if where not in said.hidden and most >= reading.large - _SLACK:
            continue
        # Inside it is no secret that somebody is there; nor is it one of a count that is not small.
        tells_somebody = reading.shift > 0 and not reading.is_guess and _SLACK < least < reading.large - _SLACK
        if most - least >= reading.required - _SLACK and not tells_somebody:
            continue
        low, high = _by_totals_alone(axes, said.exact, where, reading.required)
        if most - least < min(reading.required, high - low) - _SLACK or (tells_somebody and least > low + _SLACK):
            raise NotProved(f"no people are shown who prove that {where} stays hidden")


def judge_large(said: Published, axes: Sequence[Axis], reading: Reading, lists: Sequence[People], crossed: Sequence[Selection]) -> None:
    """Check that lists of people prove crossings nobody publishes large enough to tell of no small group.

    Args:
        said: What is published of the population and moment.
        axes: Dimensions with their code lists.
        reading: How the numbers are read.
        lists: People as there may be.
        crossed: The crossings.

    Raises:
        NotProved: If a list contradicts what is published, or no list has so many of a crossing.
    """
    most = _agreeing(said, axes, reading, lists, [*said.named, *crossed]).max(axis=0, initial=0)
    for where, number in zip(crossed, most[len(said.named) :].tolist(), strict=True):
        if number < reading.large - _SLACK:
            raise NotProved(f"no people are shown who prove that {where} may be large")


def _agreeing(said: Published, axes: Sequence[Axis], reading: Reading, lists: Sequence[People], selections: Sequence[Selection]) -> Numbers:
    """Count selections, of which those that are named come first, in every list; shape (lists, selections).

    Raises:
        NotProved: If a list contradicts what is published.
    """
    counts = _counts(axes, lists, selections)
    for number, where in enumerate(said.named):
        low, high = _limits(said, where, reading)
        if np.any((counts[:, number] < low - _SLACK) | (counts[:, number] > high + _SLACK)):
            raise NotProved(f"people shown as possible contradict what is published of {where}")
    return counts


def _limits(said: Published, where: Selection, reading: Reading) -> tuple[float, float]:
    """Return the least and greatest count that agrees with what is published of a selection."""
    known = said.exact.get(where, said.declared.get(where))
    if known is not None:
        return known, known
    if where not in said.shown:
        return 0.0, np.inf
    shown = said.shown[where]
    return (max(shown - reading.shift, reading.large) if reading.shift else shown), shown + reading.shift


def _rests(axes: Sequence[Axis], named: Sequence[Selection]) -> list[Selection]:
    """Return who is left of a published whole beside its published parts, where nobody publishes it and anybody can subtract."""
    published = set(named)
    parts: dict[tuple[Selection, str], set[str]] = {}
    for where in named:
        for at, (name, admitted) in enumerate(where):
            if (whole := (*where[:at], *where[at + 1 :])) in published:
                parts.setdefault((whole, name), set()).update(admitted)
    members = {axis.name: axis.members for axis in axes}
    rests = []
    for (whole, name), told in parts.items():
        if left := tuple(member for member in members[name] if member not in told):
            rests.append(tuple(sorted((*whole, (name, left)))))
    return sorted(set(rests) - published)


def _counts(axes: Sequence[Axis], lists: Sequence[People], selections: Sequence[Selection]) -> Numbers:
    """Add up every selection in every list; shape (lists, selections).

    Raises:
        NotProved: If somebody on a list cannot be.
    """
    people = [(number, sort, amount) for number, one in enumerate(lists) for sort, amount in one]
    of_list = np.array([number for number, _, _ in people], dtype=np.int64)
    amounts = np.array([amount for _, _, amount in people], dtype=np.float64)
    places = {axis.name: {member: place for place, member in enumerate(axis.members)} for axis in axes}
    for _, sort, amount in people:
        if amount < 0 or any(axis.nested_in and axis.parents[sort[axis.name]] != sort[axis.nested_in] for axis in axes):
            raise NotProved(f"people are shown as possible who cannot be: {amount} of {sort}")
    codes = {name: np.array([members[sort[name]] for _, sort, _ in people], dtype=np.int64) for name, members in places.items()}
    counts = np.zeros((len(lists), len(selections)))
    for number, where in enumerate(selections):
        is_inside = np.ones(len(people), dtype=np.bool_)
        for name, admitted in where:
            is_inside &= np.isin(codes[name], [places[name][member] for member in admitted])
        counts[:, number] = np.bincount(of_list[is_inside], amounts[is_inside], minlength=len(lists))
    return counts


def _by_totals_alone(axes: Sequence[Axis], exact: Mapping[Selection, float], where: Selection, enough: float) -> tuple[float, float]:
    """Return to which interval exact totals bound a count whatever else is published, or a part of it that is long enough.

    Every sort of persons that can be is an unknown of its own.
    """
    selections = [*exact, where]
    names = {name for one in selections for name, _ in one}
    sorts = _sorts([axis for axis in axes if axis.name in names])
    rows = np.array([[all(sort[name] in admitted for name, admitted in one) for sort in sorts] for one in selections], dtype=np.float64)
    rows = np.unique(rows, axis=1)
    goal, totals = rows[-1], np.array(list(exact.values()))
    equal = (rows[:-1], totals) if len(exact) else (None, None)
    least = linprog(goal, A_eq=equal[0], b_eq=equal[1])
    if least.status != 0:
        raise NotProved(f"the exact totals around {where} exclude each other, or the solver gave up: {least.message}")
    most = linprog(-goal, A_eq=equal[0], b_eq=equal[1], A_ub=[goal], b_ub=[least.fun + enough])
    if most.status != 0:
        raise NotProved(f"the solver gave up on the exact totals around {where}: {most.message}")
    return float(least.fun), float(-most.fun)


def _sorts(axes: Sequence[Axis]) -> list[Mapping[str, str]]:
    """Return every sort of persons that can be."""
    names = [axis.name for axis in axes]
    crossed = [dict(zip(names, chosen, strict=True)) for chosen in product(*(axis.members for axis in axes))]
    nested = [axis for axis in axes if axis.nested_in in names]
    return [sort for sort in crossed if all(axis.parents[sort[axis.name]] == sort[axis.nested_in or ""] for axis in nested)]
