"""Work that is the same for many independent things, spread over the processors of the machine."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from types import TracebackType
from typing import TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
_MAIN = sys.modules["__main__"]
_PROCESSORS = os.cpu_count() or 1
_WORTH_STARTING = 2.5  # seconds; starting workers takes as long


class Processors:
    """The processors of the machine, for as long as a piece of work lasts.

    Workers are started once the work at hand has lasted some seconds, and kept until the end. They are started anew rather than forked, because
    the calling process holds database threads that do not survive a fork.
    """

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Processors:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def __call__(self, function: Callable[[Task], Result], tasks: Sequence[Task], /) -> Iterator[Result]:
        """Yield the result of every task, in their order."""
        done, began = 0, time.process_time()
        while done < len(tasks) and self._pool is None:
            yield function(tasks[done])
            done += 1
            if _may_start() and done + 1 < len(tasks) and time.process_time() - began > _WORTH_STARTING:
                self._pool = ProcessPoolExecutor(_PROCESSORS, multiprocessing.get_context("spawn"), initializer=_watch_parent)
        if self._pool is not None:
            yield from self._pool.map(function, tasks[done:], chunksize=2)


def _may_start() -> bool:
    """Whether workers can be started: they run the main program's file first, and a page that took its place must not be run by them."""
    return _PROCESSORS > 1 and sys.modules["__main__"] is _MAIN


def _watch_parent() -> None:
    """Start what lets a worker end when the process that started it is killed; it would wait for work for ever."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
