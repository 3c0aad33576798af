"""What `make test` leaves to `make soak`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypeVar

SOAK = os.environ.get("SOAK") == "1"

T = TypeVar("T")


def in_turn(choices: Sequence[T], turn: int) -> Sequence[T]:
    """Return one of several choices, another one each turn; `make soak` takes all of them every time."""
    return choices if SOAK else [choices[turn % len(choices)]]


def few(some: Sequence[T], all_of_them: Sequence[T]) -> Sequence[T]:
    """Return the choices that `make test` makes do with; `make soak` takes all of them."""
    return all_of_them if SOAK else some
