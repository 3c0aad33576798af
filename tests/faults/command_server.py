"""Runs ``python -m etl`` commands one after the other, each in a process of its own, without loading the libraries every time.

Reads a JSON line for each command and answers with one. The child is a fork made before any database or thread exists; it can be killed,
given faults, limits and another clock, and nothing of that outlives it.
"""

from __future__ import annotations

import datetime
import getpass  # noqa: F401 (a child that runs as another user may not read the interpreter's own folder)
import json
import os
import pwd  # noqa: F401
import resource
import signal
import sys
import tempfile
import time
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import scipy.sparse
import scipy.stats  # noqa: F401 (loaded once here, not again in every command)

import etl.assembly.assemble
import etl.county.read
import etl.desk.failure
import etl.intake
import etl.ledger.ledger
import etl.ledger.steps
import etl.publishing.difference
import etl.publishing.trial
import etl.sample.write
from etl.commands.main import main
from tests.faults.inject import Injector


def _shifted(hours: int) -> type[datetime.datetime]:
    class Shifted(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return datetime.datetime.now(tz) + datetime.timedelta(hours=hours)

    return Shifted


def _killed_after(seconds: float) -> Callable[[int, int], None]:
    """Let a process that would kill itself now be killed in a while, by an alarm that nothing handles."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)

    def later(_process: int, _signal: int) -> None:
        signal.setitimer(signal.ITIMER_REAL, seconds)

    return later


def _child(asked: dict[str, Any], said: str, noted: str) -> None:
    """Run one command; never returns."""
    handle = os.open(said, os.O_WRONLY | os.O_TRUNC)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stderr.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    note = os.open(noted, os.O_WRONLY)
    os.environ.update(asked["environment"])
    tempfile.tempdir = None
    if asked["hours"]:
        etl.ledger.ledger.datetime = etl.assembly.assemble.datetime = _shifted(asked["hours"])  # type: ignore[misc, attr-defined]
    if asked["largest_file"]:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (asked["largest_file"], asked["largest_file"]))
    if asked["user"]:
        os.setgid(asked["user"])
        os.setuid(asked["user"])
    if asked["die_later"]:
        etl.ledger.steps.os = types.SimpleNamespace(environ=os.environ, getpid=os.getpid, kill=_killed_after(asked["die_later"]))  # type: ignore[assignment]
    write = os.write
    injector = Injector(*asked["fault"]) if asked["fault"] else None
    if injector:
        injector.install()
    code = 70
    try:
        code = main(asked["arguments"])
        sys.stdout.flush()
        sys.stderr.flush()
    except SystemExit as ended:
        code = int(ended.code or 0)
    finally:
        if injector:
            write(note, json.dumps({"calls": injector.calls, "fired": injector.fired, "order": injector.order}).encode())
        os._exit(code)


def _answer(asked: dict[str, Any], folder: Path) -> dict[str, Any]:
    said, noted = folder / "said", folder / "noted"
    said.write_bytes(b"")
    noted.write_bytes(b"")
    os.chmod(folder, 0o755)
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            _child(asked, str(said), str(noted))
        finally:
            os._exit(71)
    if asked["kill_after"] is not None:
        time.sleep(asked["kill_after"])
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    note = json.loads(noted.read_bytes() or b"{}")
    return {
        "code": os.waitstatus_to_exitcode(status),
        "output": said.read_text(encoding="utf-8", errors="replace"),
        "seconds": time.monotonic() - started,
        "calls": note.get("calls", 0),
        "fired": note.get("fired", ""),
        "order": note.get("order", []),
    }


def serve() -> None:
    """Answer until standard input ends."""
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            print(json.dumps(_answer(json.loads(line), Path(folder))), flush=True)


if __name__ == "__main__":
    serve()
