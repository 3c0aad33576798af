"""Work that is the same for many independent things, spread over the processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
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
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_watch_parent) as pool:
        yield from pool.map(function, tasks, chunksize=2)


def _watch_parent() -> None:
    """Start what lets a worker end when the process that started it is killed; it would wait for work for ever."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
