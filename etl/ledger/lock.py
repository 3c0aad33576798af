"""One writer at a time: an exclusive lock on the data folder, held by the kernel and so gone when its holder dies."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from etl.ledger.durable import make_folder
from etl.problems import WordedError
from indicators.model import Text

WAIT_SECONDS = 5.0
MESSAGE = Text("另一个入库或生成任务正在运行,请稍后再试", "Another load or build is running; try again shortly")


class BusyError(WordedError):
    """Another run holds the lock."""

    def __init__(self) -> None:
        super().__init__(MESSAGE)


@contextmanager
def exclusive(data: Path, wait_seconds: float | None = None) -> Iterator[None]:
    """Hold the lock of a data folder.

    Args:
        data: The data folder; its ``raw`` folder is made where missing.
        wait_seconds: How long to wait for another run to end; ``WAIT_SECONDS`` where left out.

    Raises:
        BusyError: If another run still holds it.
    """
    raw = data / "raw"
    make_folder(raw)
    give_up_at = time.monotonic() + (WAIT_SECONDS if wait_seconds is None else wait_seconds)
    with (raw / ".lock").open("a") as handle:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= give_up_at:
                    raise BusyError from error
                time.sleep(0.05)
        try:
            yield
        finally:
            fcntl.flock(handle, fcntl.LOCK_UN)
