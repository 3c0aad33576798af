"""How the same work is done for many lattices, which whoever starts a build or an audit decides."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")


class Each(Protocol):
    """How a function is called for many independent tasks: the built-in ``map``, or something that spreads them over processors."""

    def __call__(self, function: Callable[[Task], Result], tasks: Sequence[Task], /) -> Iterator[Result]:
        """Return the result of every task, in their order."""
