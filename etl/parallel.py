"""Work that is the same for many independent things, spread over the processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

_WORTH_A_PROCESS = 8  # starting workers takes as long as a few lattices


def in_parallel(function: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[Result]:
    """Yield the result of every task, in their order.

    Workers are started anew rather than forked, because the calling process holds database threads that do not survive a fork.
    """
    workers = min(os.cpu_count() or 1, len(tasks))
    if workers < 2 or len(tasks) < _WORTH_A_PROCESS:
        yield from map(function, tasks)
        return
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(function, tasks, chunksize=2)
