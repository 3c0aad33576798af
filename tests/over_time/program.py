"""Linear programs of the outside attacker: unknown numbers of people, what is known of their sums, and how far a sum can be told."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import highspy
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from tests.over_time.statements import Codes, Where, combinations, implied

Columns = list[int]
_CLOSE = 1e-6


@dataclass
class Knowledge:
    """Unknowns of at least zero, and sums of them between limits; grown row by row."""

    width: int = 0
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    entries: list[tuple[int, int, float]] = field(default_factory=list)

    def unknown(self) -> int:
        """Add an unknown; return its column."""
        self.width += 1
        return self.width - 1

    def limit(self, low: float, high: float, *terms: tuple[float, Iterable[int]]) -> int:
        """Say that a sum of factors times columns lies between two limits; return its row."""
        row = len(self.low)
        self.entries += [(row, column, factor) for factor, columns in terms for column in columns]
        self.low.append(low)
        self.high.append(high)
        return row


class Summed(Protocol):
    """Numbers of people, as sums of unknowns."""

    def sum(self, split: Where) -> Columns:
        """Return the columns that add up to the people of a split."""


class Table:
    """Unknown numbers of people of every sort, written as margins that agree with each other."""

    def __init__(self, knowledge: Knowledge, margins: Sequence[tuple[str, ...]], codes: Codes) -> None:
        self.margins = [(names, [(sort, knowledge.unknown()) for sort in combinations(names, codes)]) for names in margins or [()]]
        for place, (names, own) in enumerate(self.margins[1:], 1):
            other, theirs = max(self.margins[:place], key=lambda margin: len(implied(margin[0]) & implied(names)))
            shared = sorted(implied(names) & implied(other))
            sums = [_sums(own, shared), _sums(theirs, shared)]
            for kind in sorted(sums[0].keys() | sums[1].keys()):
                knowledge.limit(0, 0, (1, sums[0].get(kind, [])), (-1, sums[1].get(kind, [])))

    def sum(self, split: Where) -> Columns:
        """Return the columns that add up to the people of a split."""
        names = {name for name, _ in split}
        own = next(sorts for margin, sorts in self.margins if names <= implied(margin))
        return [column for sort, column in own if all(sort[name] in members for name, members in split)]

    def sorts(self) -> list[Where]:
        """Return every sort of every margin as a split."""
        return [tuple(sorted((name, (sort[name],)) for name in names)) for names, own in self.margins for sort, _ in own]

    def members(self, codes: Codes) -> list[tuple[str, str]]:
        """Return every dimension and member its people are told apart by."""
        names = sorted({name for margin, _ in self.margins for name in implied(margin)})
        return [(name, code) for name in names for code in codes[name]]


def _sums(sorts: Iterable[tuple[dict[str, str], int]], names: Sequence[str]) -> dict[tuple[str, ...], Columns]:
    found: dict[tuple[str, ...], Columns] = {}
    for sort, column in sorts:
        found.setdefault(tuple(sort[name] for name in names), []).append(column)
    return found


def constant_margins(margins: Iterable[tuple[str, ...]], constant: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the margins of people of whom only some dimensions are followed."""
    kept = {tuple(name for name in names if name in constant) for names in margins} - {()}
    return sorted(names for names in kept if not any(names != other and implied(names) <= implied(other) for other in kept))


def equal(knowledge: Knowledge, one: Summed, part: Table, other: Table) -> None:
    """Say that the people of one table are those of two others together, as far as those tell people apart."""
    for split in part.sorts():
        knowledge.limit(0, 0, (1, one.sum(split)), (-1, part.sum(split)), (-1, other.sum(split)))


def follow(knowledge: Knowledge, before: Summed, after: Summed, came: Sequence[Table], left: Table) -> None:
    """Say that the people after are those before, less who left, with who came; whoever stayed kept what is followed."""
    for split in left.sorts():
        gone, there = left.sum(split), before.sum(split)
        knowledge.limit(0, 0, (1, after.sum(split)), (-1, there), (1, gone), *((-1, one.sum(split)) for one in came))
        knowledge.limit(0, math.inf, (1, there), (-1, gone))


@dataclass(frozen=True)
class Added:
    """The people of several tables together."""

    tables: Sequence[Summed]

    def sum(self, split: Where) -> Columns:
        """Return the columns that add up to the people of a split."""
        return [column for table in self.tables for column in table.sum(split)]


class Solver:
    """Answers how far sums can be told; goes on from the vertex where the question before ended.

    Args:
        knowledge: What is known.
        questions: The columns of every sum that will be asked for.
    """

    def __init__(self, knowledge: Knowledge, questions: Sequence[Columns]) -> None:
        self.width = knowledge.width
        self._columns = np.arange(self.width, dtype=np.int32)
        rows, columns, factors = zip(*knowledge.entries, strict=True)
        matrix = csr_array((factors, (rows, columns)), shape=(len(knowledge.low), self.width))
        matrix.sum_duplicates()
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self.width, len(knowledge.low)
        model.col_cost_ = model.col_lower_ = np.zeros(self.width)
        model.col_upper_ = np.full(self.width, highspy.kHighsInf)
        model.row_lower_, model.row_upper_ = np.array(knowledge.low), np.array(knowledge.high)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
        self._highs = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1)):
            self._highs.setOptionValue(option, value)
        self._highs.passModel(model)
        pairs = [(row, column) for row, own in enumerate(questions) for column in own]
        asked, of = zip(*pairs, strict=True) if pairs else ((), ())
        self.questions = csr_array((np.ones(len(pairs)), (asked, of)), shape=(len(questions), self.width))
        self.found: list[NDArray[np.float64]] = []
        self.solved = 0
        self.forget()
        self.is_possible = self._solve(np.zeros(self.width)) is not None
        self._highs.setOptionValue("presolve", "off")
        self._highs.setOptionValue("simplex_strategy", 4)  # the primal method: only the goal changes from here on

    def _solve(self, goal: NDArray[np.float64]) -> NDArray[np.float64] | None:
        """Minimise; every sum asked for is read off what is found. None where nothing is possible.

        Raises:
            RuntimeError: If the solver gives up.
        """
        self._highs.changeColsCost(self.width, self._columns, goal)
        self._highs.run()
        self.solved += 1
        status = self._highs.getModelStatus()
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the solver gave up: {self._highs.modelStatusToString(status)}")
        found = np.array(self._highs.getSolution().col_value)
        values = self.questions @ found
        self.found.append(values)
        np.minimum(self.lowest, values, out=self.lowest)
        np.maximum(self.highest, values, out=self.highest)
        return found

    def forget(self) -> None:
        """Forget the tables found so far, because something more is known."""
        self.lowest, self.highest = np.full(self.questions.shape[0], np.inf), np.full(self.questions.shape[0], -np.inf)

    def restrict(self, row: int, low: float, high: float) -> None:
        """Set the limits of a row anew."""
        self._highs.changeRowBounds(row, low, high)

    def can_be(self) -> bool:
        """Whether anything is possible with the limits as they are."""
        return self._solve(np.zeros(self.width)) is not None

    def explore(self, places: Sequence[int], rounds: int, seed: int = 0) -> None:
        """Look at some tables far from each other, which settles most questions at once."""
        draw = np.random.default_rng(seed)
        for _ in range(rounds):
            weights = np.zeros(len(self.lowest))
            weights[list(places)] = draw.choice([-1.0, 1.0], len(places)) * draw.random(len(places))
            self._solve(np.asarray(self.questions.T @ weights))

    def end(self, place: int, sign: float) -> float:
        """Return the least (sign 1) or greatest (sign -1) whole number a sum may be."""
        found = self._solve(np.asarray(sign * self.questions[[place], :].toarray()[0]))
        assert found is not None
        value = float(self.questions[[place], :].toarray()[0] @ found)
        return math.ceil(value - _CLOSE) if sign > 0 else math.floor(value + _CLOSE)

    def seen(self, place: int) -> tuple[float, float]:
        """Return the least and greatest whole number of a sum that the tables found so far are sure to leave open."""
        return math.ceil(self.lowest[place] - _CLOSE), math.floor(self.highest[place] + _CLOSE)

    def interval(self, place: int, wide: float) -> tuple[float, float]:
        """Return how far a sum can be told, or an interval inside it that is as wide as asked for."""
        if _spread(self.seen(place)) >= wide:
            return self.seen(place)
        least = self.end(place, 1.0)
        if _spread(self.seen(place)) >= wide:
            return self.seen(place)
        return least, self.end(place, -1.0)


def _spread(ends: tuple[float, float]) -> float:
    return ends[1] - ends[0]
