"""Word of long work: on a terminal a moving line on standard error, otherwise silence."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from indicators.model import Text


class Progress(Protocol):
    """Called with what is being done and, where known, how far it is."""

    def __call__(self, stage: Text, done: int = 0, total: int = 0) -> None:
        """Report one step."""


def silent(stage: Text, done: int = 0, total: int = 0) -> None:
    """Report nothing."""


@contextmanager
def shown() -> Iterator[Progress]:
    """Give a progress report that shows itself while the block runs."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bar

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)

        def report(stage: Text, done: int = 0, total: int = 0) -> None:
            bar.update(task, description=f"{stage.zh} {stage.en}", completed=done, total=total or None)

        yield report
