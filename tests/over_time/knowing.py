"""The attacker who knows something besides: the true number of one township, or how small counts are hidden."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from tests.over_time.attack import MOST, REGISTER, Finding, Found, K, Lattices, Question, Truth, axes_of, moments_of
from tests.over_time.program import Solver
from tests.over_time.statements import INTERNAL, PUBLIC, Heard, Where, split_of

_ROUNDS = 6


def knowing_a_township(heard: Heard, truth: Truth, releases: Sequence[str] = (INTERNAL, PUBLIC)) -> Found:
    """Attack every hidden township by somebody who knows one other hidden township of the same moment, each in turn.

    All versions of that moment are read together; other moments are left out.
    """
    found = Found()
    for release in releases:
        for axes in axes_of(heard, release, REGISTER):
            for moment in moments_of(heard, release, REGISTER, axes) if "township" in axes.names else ():
                found.add(_townships_of(Lattices(heard, release, REGISTER, axes, truth, [moment])))
    return found


def _townships_of(lattices: Lattices) -> Found:
    towns = [place for place, one in enumerate(lattices.questions) if one.kind == "hidden" and _names(one) == {"township"}]
    solver = lattices.solver() if towns else None
    found = Found()
    if solver is not None and solver.is_possible:
        for known in towns:
            found.add(_knowing(lattices, solver, towns, known))
        found.solved = solver.solved
    return found


def _names(question: Question) -> set[str]:
    return {name for name, _ in split_of(question.about, question.table) or ()}


def _knowing(lattices: Lattices, solver: Solver, towns: Sequence[int], known: int) -> Found:
    """Attack the other townships; those that are the known one under an older or newer code are left out."""
    question = lattices.questions[known]
    codes = set(dict(question.about)["township"])
    others = [place for place in towns if codes.isdisjoint(dict(lattices.questions[place].about)["township"])]
    number = lattices.truth.count(question.table, question.moment, question.file, question.about)
    assert number is not None
    solver.restrict(question.row, number, number)
    solver.forget()
    findings: list[Finding | None] = []
    if solver.can_be():
        solver.explore(others, _ROUNDS)
        findings = [lattices.asked(solver, place, " knowing a township") for place in others]
    solver.restrict(question.row, 0, MOST)
    return Found(len(others), 0, [], [finding for finding in findings if finding])


def knowing_the_method(heard: Heard, truth: Truth, table: str = REGISTER) -> Found:
    """Attack the internal release, year by year, by somebody who knows why counts are hidden.

    Of the hidden parts of one whole at least one was small at some moment of the calendar year, nobody included, the others are its partners: so
    every count lies in an interval that holds for one choice of the small one. A count that has no parts beside it is withheld below twice as many.
    That a number is withheld says by itself that one of the parts is 0 to k - 1, and where everybody knows which, no more can be asked: five numbers.
    """
    found = Found()
    for axes in axes_of(heard, INTERNAL, table):
        moments = moments_of(heard, INTERNAL, table, axes)
        for year in sorted({moment.year for moment in moments}):
            before = [moment for moment in moments if moment.year < year][-1:]
            own = [*before, *(moment for moment in moments if moment.year == year)]
            found.add(_method_in(Lattices(heard, INTERNAL, table, axes, truth, own), year))
    return found


def _method_in(lattices: Lattices, year: int) -> Found:
    """Attack a year."""
    groups: dict[tuple[Where, str], list[int]] = {}
    for place, question in enumerate(lattices.questions):
        is_newest = question.table == lattices.table and question.version is lattices.newest[question.moment].version
        if question.kind == "hidden" and is_newest and question.moment.year == year:
            for whole in _wholes_of(question):
                groups.setdefault(whole, []).append(place)
    if not groups:
        return Found()
    solver = lattices.solver()
    if not solver.is_possible:  # somebody changed what is taken not to change; the other attacks loosen what cannot be
        return Found(0, 0, [f"{year} by {'*'.join(sorted(lattices.axes.names))}"], [])
    solver.explore(sorted({place for parts in groups.values() for place in parts}), _ROUNDS)
    findings = [_with_a_small_one(lattices, solver, parts, place) for _, parts in sorted(groups.items()) for place in parts]
    return Found(sum(map(len, groups.values())), solver.solved, [], [finding for finding in findings if finding])


def _wholes_of(question: Question) -> Iterable[tuple[Where, str]]:
    """The wholes of which a hidden count is a part, and the dimension by which it is one."""
    split = split_of(question.about, question.table) or ()
    for name, members in split:
        if len(members) == 1:
            yield tuple(item for item in split if item[0] != name), name


def _with_a_small_one(lattices: Lattices, solver: Solver, parts: Sequence[int], place: int) -> Finding | None:
    """Judge a hidden count of which is known only that one of some parts is small."""
    values, small_at_most = np.array(solver.found), (K if len(parts) > 1 else 2 * K) - 1
    admitted = values[(values[:, parts] <= small_at_most + 1e-6).any(axis=1), place]
    low, high = (float(np.ceil(admitted.min() - 1e-6)), float(np.floor(admitted.max() + 1e-6))) if len(admitted) else (np.inf, -np.inf)
    for small in parts:
        if high - low >= K - 1:
            return None
        row = lattices.questions[small].row
        least = lattices.knowledge.low[row]
        solver.restrict(row, least, small_at_most)
        if solver.can_be():
            low, high = min(low, solver.end(place, 1.0)), max(high, solver.end(place, -1.0))
        solver.restrict(row, least, MOST)
    return lattices.judged(lattices.questions[place], low, high, " knowing the method") if 0 <= high - low < K - 1 else None
