"""Long work of the page in a process of its own.

The server must stay quick for its readers while a file is examined and a build is tried out, gets its memory back afterwards, and must not
be the process that worker processes are copied from: Streamlit puts the page in the place of the main program.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from etl.problems import WordedError
from indicators.model import Text

Result = TypeVar("Result")


class ApartError(WordedError):
    """The work ended without a result; the sentence is the one its error has."""


def run(function: Callable[..., Result], *arguments: Any, data: Path, scratch: Path, **heard: Callable[..., None]) -> Result:
    """Call a function of this package in another process.

    Args:
        function: A function of a module; besides its arguments it takes what ``heard`` names.
        arguments: What can be pickled.
        data: The data folder the work is about.
        scratch: Folder for the work's temporary files; whoever made it removes it, also where the work was killed.
        heard: What the function may call while it works, by name. Where one raises, because the page was left, the work is stopped.

    Raises:
        ApartError: If the work ended with an error, or its process died.
    """
    command = [sys.executable, "-m", __name__]
    root = Path(__file__).resolve().parents[2]
    worker = subprocess.Popen(command, cwd=Path.cwd(), env=_environment(root, scratch), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        to_worker, from_worker = worker.stdin, worker.stdout
        if to_worker is None or from_worker is None:
            raise ApartError(_DIED)
        try:
            pickle.dump((function, arguments, tuple(heard), data), to_worker)
            to_worker.close()
        except OSError as error:
            raise ApartError(_DIED) from error
        while True:
            try:
                kind, value = pickle.load(from_worker)
            except (EOFError, pickle.UnpicklingError) as error:
                raise ApartError(_DIED) from error
            if kind == "result":
                result: Result = value
                return result
            if kind == "failed":
                raise ApartError(value)
            heard[kind](*value)
    finally:
        worker.kill()
        worker.wait()
        for pipe in (worker.stdin, worker.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what could not be sent to a worker that died is of no use any more
                    pipe.close()


_DIED = Text(
    "处理中断,可能是内存不足;未完成的批次不生效,正在使用的版本不变",
    "The work was cut off, perhaps for want of memory; an unfinished batch has no effect and the build in force stays",
)


def _environment(root: Path, scratch: Path) -> dict[str, str]:
    path = os.pathsep.join([str(root), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    return {"OPENBLAS_NUM_THREADS": "1", **os.environ, "TMPDIR": str(scratch), "PYTHONPATH": path}  # one thread, as etl/__main__.py says


def _serve() -> None:
    """Do one piece of work for the process that started this one."""
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr  # nothing but answers may stand on the pipe

    def say(kind: str, value: Any) -> None:
        pickle.dump((kind, value), answers)
        answers.flush()

    function, arguments, names, place = pickle.load(sys.stdin.buffer)
    try:
        result = function(*arguments, **{name: functools.partial(_call, say, name) for name in names})
    except Exception as error:  # whatever broke, the page gets a sentence; the kind of an unforeseen error stands in it
        from etl.desk.failure import sentence  # knows every error, and with them every library: not read for a piece of work that ends well

        say("failed", sentence(error, place))
    else:
        say("result", result)


def _call(say: Callable[[str, Any], None], name: str, *arguments: Any) -> None:
    say(name, arguments)


if __name__ == "__main__":
    _serve()
