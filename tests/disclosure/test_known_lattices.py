"""Only what changed is attacked again, and everything that was not is reported as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

import pytest

from disclosure.audit import LatticeReport, Report, audit
from disclosure.policy import Policy
from tests.disclosure.test_audit_warehouse import INDICATORS, MEMBERS, Row, row

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)


def month(moment: date, total: int, women: int | None = None, men: int | None = None) -> list[Row]:
    return [
        row("current_users", shown=total, period=moment),
        row("current_users", "sex", "female", shown=women, period=moment),
        row("current_users", "sex", "male", shown=men, period=moment),
    ]


def attacked(rows: Sequence[Row], known: Sequence[LatticeReport] = (), policy: Policy | None = None, **options: bool) -> tuple[Report, int]:
    """Audit, and count the lattices that were attacked."""
    count = 0

    def each(function: Callable[[Any], Any], tasks: Sequence[Any], /) -> Iterator[Any]:
        nonlocal count
        count += len(tasks)
        return map(function, tasks)

    return audit(rows, INDICATORS, MEMBERS, policy or Policy(), ("internal",), known=known, each=each, **options), count


BOTH = [*month(JULY, 40), *month(AUGUST, 41, 10, 31)]


def test_the_same_again_attacks_nothing_and_says_the_same() -> None:
    first, count = attacked(BOTH)
    assert count == 2
    assert attacked(BOTH, first.lattices) == (first, 0)


def test_one_number_more_attacks_its_own_month_alone() -> None:
    first, _ = attacked(BOTH)
    second, count = attacked([*month(JULY, 39), *month(AUGUST, 41, 10, 31)], first.lattices)
    assert count == 1
    assert second.lattices[1] == first.lattices[1]


def test_a_number_that_is_hidden_now_is_attacked_again() -> None:
    first, _ = attacked(BOTH)
    assert attacked([*month(JULY, 40), *month(AUGUST, 41)], first.lattices)[1] == 1


@pytest.mark.parametrize("change", [{"policy": Policy(internal_k=6)}, {"with_crossings": True}])
def test_other_limits_attack_everything(change: dict[str, Any]) -> None:
    first, _ = attacked(BOTH)
    assert attacked(BOTH, first.lattices, **change)[1] == 2


def test_what_failed_before_fails_again() -> None:
    # 41 people of whom 31 are men: the hidden women are ten.
    lost, _ = attacked([*month(JULY, 40), *month(AUGUST, 41, None, 31)])
    again, count = attacked([*month(JULY, 40), *month(AUGUST, 41, None, 31)], lost.lattices)
    assert count == 0
    assert not again.passed
