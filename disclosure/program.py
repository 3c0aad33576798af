"""A linear program over counts whose limits and goal change from one solve to the next, as an attack asks for.

Every solve starts from the vertex where the one before ended, which is what makes thousands of questions about one table cheap.
"""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from highspy._core import _Highs as Solver  # the class made for callers prints a banner before it can be silenced
from numpy.typing import NDArray
from scipy.sparse import csr_array

from disclosure.lattice import Contradiction

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Vertex:
    """The least value of a goal, and where it is reached.

    Attributes:
        value: The least value; minus infinity where there is none.
        unknowns: A table that reaches it. Shape (unknowns,); empty where the value is infinite.
        prices: How much the value moves with the limit of each row: not zero where the row holds it. Shape (rows,); empty with unknowns.
    """

    value: float
    unknowns: Numbers
    prices: Numbers


_NOWHERE = np.zeros(0)


class Program:
    """Unknowns of at least zero, and rows of sums of them between limits.

    Args:
        rows: The sums. Shape (rows, unknowns).
        integer: Admit whole numbers only; much slower, and the prices are no prices then.
    """

    def __init__(self, rows: csr_array, *, integer: bool = False) -> None:
        height, self._width = rows.shape
        self._columns = np.arange(self._width, dtype=np.int32)
        self._rows = np.arange(height, dtype=np.int32)
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = self._width, height
        model.col_cost_ = model.col_lower_ = np.zeros(self._width)
        model.col_upper_ = np.full(self._width, np.inf)
        model.row_lower_, model.row_upper_ = np.full(height, -np.inf), np.full(height, np.inf)
        model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = rows.indptr, rows.indices, rows.data
        if integer:
            model.integrality_ = [highspy.HighsVarType.kInteger] * self._width
        self._solver = Solver()
        self._solver.setOptionValue("output_flag", False)
        self._solver.setOptionValue("threads", 1)
        if not integer:
            # Only the goal changes between most solves, so that the vertex before stays possible and the primal method goes on from it.
            self._solver.setOptionValue("presolve", "off")
            self._solver.setOptionValue("solver", "simplex")
            self._solver.setOptionValue("simplex_strategy", _PRIMAL)
        self._accept(self._solver.passModel(model))

    def limit(self, low: Numbers, high: Numbers) -> None:
        """Set the limits of every row; infinite where there is none.

        Raises:
            ValueError: If a limit is no number, or excludes everything.
        """
        if np.isnan(low).any() or np.isnan(high).any() or np.isposinf(low).any() or np.isneginf(high).any():
            raise ValueError("a limit of an attack is no number; correct the counts it was made of")
        self._accept(self._solver.changeRowsBounds(len(self._rows), self._rows, low, high))  # type: ignore[attr-defined]  # missing in its stubs

    def least(self, goal: Numbers) -> Vertex:
        """Minimise a goal.

        Raises:
            Contradiction: If no unknowns keep to the limits.
            RuntimeError: If the solver gives up.
        """
        status = self._run(goal)
        if status in _UNLIMITED and self._run(np.zeros(self._width)) == _Status.kOptimal:
            return Vertex(-np.inf, _NOWHERE, _NOWHERE)
        if status == _Status.kInfeasible or status in _UNLIMITED:
            raise Contradiction("no table of counts agrees with what is published; compare the published cells with each other")
        if status != _Status.kOptimal:
            raise RuntimeError(f"the solver gave up on an attack: {self._solver.modelStatusToString(status)}")
        found = self._solver.getSolution()
        unknowns = np.array(found.col_value)
        return Vertex(float(goal @ unknowns), unknowns, np.array(found.row_dual))

    def _run(self, goal: Numbers) -> highspy.HighsModelStatus:
        self._accept(self._solver.changeColsCost(self._width, self._columns, goal))
        self._accept(self._solver.run())
        return self._solver.getModelStatus()

    def _accept(self, status: highspy.HighsStatus) -> None:
        """Stop where the solver refuses a question: it would answer the one before."""
        if status == highspy.HighsStatus.kError:
            raise RuntimeError("the solver refused a question of an attack")


_PRIMAL = 4
_Status = highspy.HighsModelStatus
_UNLIMITED = {_Status.kUnbounded, _Status.kUnboundedOrInfeasible}
