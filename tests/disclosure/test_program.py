"""The solver behind an attack: ends of small programs worked out by hand, and no answer to a question it refuses."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.sparse import csr_array

from disclosure.fingerprint import LIBRARIES
from disclosure.lattice import Contradiction
from disclosure.program import Program

# Two unknowns; rows are the first, the second, and their sum.
ROWS = csr_array(np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
FREE = np.full(3, np.inf)
FIRST = np.array([1.0, 0.0])


def program(low: list[float], high: list[float], *, integer: bool = False) -> Program:
    made = Program(ROWS, integer=integer)
    made.limit(np.array(low), np.array(high))
    return made


def test_the_ends_of_a_part_of_a_known_sum() -> None:
    # 10 in all, at most 7 in the second: the first is 3 to 10.
    made = program([0, 0, 10], [np.inf, 7, 10])
    assert made.least(FIRST).value == pytest.approx(3)
    assert -made.least(-FIRST).value == pytest.approx(10)


def test_what_holds_an_end_has_a_price_and_what_does_not_has_none() -> None:
    prices = program([0, 0, 10], [20, 7, 10]).least(FIRST).prices
    assert prices[0] == pytest.approx(0)  # 20 is far away
    assert prices[1] == pytest.approx(-1)  # one more for the second is one fewer for the first
    assert prices[2] == pytest.approx(1)


def test_an_end_without_limit_is_infinite() -> None:
    assert program([0, 0, 10], [np.inf, np.inf, np.inf]).least(-FIRST).value == -np.inf


def test_limits_can_be_changed_and_taken_back() -> None:
    made = program([0, 0, 10], [np.inf, 7, 10])
    made.limit(np.array([0.0, 0.0, 4.0]), np.array([np.inf, 1.0, 4.0]))
    assert made.least(FIRST).value == pytest.approx(3)
    made.limit(np.zeros(3), FREE)
    assert made.least(FIRST).value == pytest.approx(0)


def test_limits_that_exclude_each_other_are_a_contradiction_until_they_are_mended() -> None:
    made = program([6, 5, 10], [6, 5, 10])
    with pytest.raises(Contradiction):
        made.least(FIRST)
    made.limit(np.array([6.0, 4.0, 10.0]), np.array([6.0, 4.0, 10.0]))
    assert made.least(FIRST).value == pytest.approx(6)


def test_whole_numbers_only() -> None:
    # Twice the first is at least 3: 1.5, or 2 where nobody can be halved.
    rows = csr_array(np.array([[2.0, 0.0]]))
    ends = []
    for integer in (False, True):
        made = Program(rows, integer=integer)
        made.limit(np.array([3.0]), np.array([np.inf]))
        ends.append(made.least(FIRST).value)
    assert ends == [pytest.approx(1.5), pytest.approx(2)]


@pytest.mark.parametrize(
    ("low", "high"), [([np.inf, 0, 0], [np.inf] * 3), ([np.nan, 0, 0], [np.inf] * 3), ([0, 0, 0], [np.nan, 9, 9]), ([0, 0, 0], [-np.inf, 9, 9])]
)
def test_a_limit_that_is_no_number_is_refused_and_not_passed_over(low: list[float], high: list[float]) -> None:
    made = program([0, 0, 10], [np.inf, 7, 10])
    with pytest.raises(ValueError, match="no number"):
        made.limit(np.array(low), np.array(high))


def test_a_question_without_sense_gets_no_answer() -> None:
    with pytest.raises(RuntimeError, match="an attack"):
        program([0, 0, 10], [np.inf, 7, 10]).least(np.array([np.inf, 0.0]))


def imported(path: Path) -> set[str]:
    """The first names of everything a file imports."""
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names += [name.name for name in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return {name.split(".")[0] for name in names}


def test_a_kept_result_rests_on_every_library_that_reckons() -> None:
    files = (Path(__file__).parents[2] / "disclosure").glob("*.py")
    foreign = set().union(*map(imported, files)) - {"disclosure", "warehouse"} - set(sys.stdlib_module_names)
    assert set(LIBRARIES) == foreign
