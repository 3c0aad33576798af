"""Word of long work: what is being done and how far it is; on a terminal a moving line on standard error, elsewhere a line a stage."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from indicators.model import Text

_SECONDS_BETWEEN = 10.0  # between two lines of one stage, where lines stay: a file of a scheduled run is not to be flooded


class Progress(Protocol):
    """Called with what is being done and, where known, at which of how many it is, from 1."""

    def __call__(self, stage: Text, done: int = 0, total: int = 0) -> None:
        """Report one step."""


def silent(stage: Text, done: int = 0, total: int = 0) -> None:
    """Report nothing."""


def within(progress: Progress, whole: Text) -> Progress:
    """Return a report of the stages of a longer piece of work, each named after it."""

    def report(stage: Text, done: int = 0, total: int = 0) -> None:
        progress(Text(f"{whole.zh}:{stage.zh}", f"{whole.en}: {stage.en.lower()}"), done, total)

    return report


@contextmanager
def shown() -> Iterator[Progress]:
    """Give a progress report that shows itself while the block runs."""
    if not sys.stderr.isatty():
        yield _lines(time.monotonic)
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    # What is printed meanwhile goes above the bar where both are one terminal, and stays on standard output where that is a file.
    with Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=sys.stdout.isatty()) as bar:
        task = bar.add_task("", total=None)

        def report(stage: Text, done: int = 0, total: int = 0) -> None:
            bar.update(task, description=_line(stage, done, total), completed=done, total=total or None)

        yield report


def _lines(now: Callable[[], float]) -> Progress:
    """Return a report that writes a line when a stage begins, and of a long one its count from time to time."""
    last: tuple[Text, float] | None = None

    def report(stage: Text, done: int = 0, total: int = 0) -> None:
        nonlocal last
        if last is not None and last[0] == stage and now() - last[1] < _SECONDS_BETWEEN:
            return
        last = stage, now()
        encoding = sys.stderr.encoding or "utf-8"
        print(_line(stage, done, total).encode(encoding, "replace").decode(encoding), file=sys.stderr, flush=True)

    return report


def _line(stage: Text, done: int, total: int) -> str:
    return f"{stage.zh} {stage.en}{f' {done}/{total}' if total else ''}"
