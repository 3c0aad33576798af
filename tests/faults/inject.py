"""Makes the Nth call that changes a folder fail, as a disk does; for one command in one process."""

from __future__ import annotations

import builtins
import io
import os
from collections.abc import Callable, Sequence
from typing import Any

BY_PATH = ("mkdir", "unlink", "replace", "rename", "link", "chmod", "truncate")
BY_HANDLE = ("write", "fsync", "ftruncate", "fchmod")


class Injector:
    """Counts the calls that touch some folders, and fails one of them, or all from it on.

    Attributes:
        calls: How many such calls were made.
        fired: Name of the first call that was made to fail; empty where none was.
        order: Every call, as its name and the path it was made on.
    """

    def __init__(self, folders: Sequence[str], nth: int, code: int, stays: bool) -> None:
        self.folders = tuple(os.path.realpath(folder) for folder in folders)
        self.nth, self.code, self.stays = nth, code, stays
        self.calls, self.fired = 0, ""
        self.order: list[tuple[str, str]] = []

    def install(self) -> None:
        """Put the counting calls in the place of the system's."""
        for name in BY_PATH:
            setattr(os, name, self._wrapped(getattr(os, name), name, lambda arguments: arguments[0]))
        for name in BY_HANDLE:
            setattr(os, name, self._wrapped(getattr(os, name), name, lambda arguments: f"/proc/self/fd/{arguments[0]}"))
        real_open, real_file = os.open, io.open

        def opened(path: Any, flags: int, *arguments: Any, **named: Any) -> int:
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                self._count("open", path)
            return real_open(path, flags, *arguments, **named)

        def file(path: Any, mode: str = "r", *arguments: Any, **named: Any) -> Any:
            if set(mode) & set("wax+") and not isinstance(path, int):
                self._count("open", path)
            return real_file(path, mode, *arguments, **named)

        os.open = opened
        io.open = builtins.open = file  # type: ignore[assignment]

    def _wrapped(self, real: Callable[..., Any], name: str, place: Callable[[tuple[Any, ...]], Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **named: Any) -> Any:
            self._count(name, place(arguments))
            return real(*arguments, **named)

        return called

    def _count(self, name: str, path: Any) -> None:
        where = os.path.realpath(os.fsdecode(path)) if not isinstance(path, int) else os.path.realpath(f"/proc/self/fd/{path}")
        if not any(where == folder or where.startswith(f"{folder}/") for folder in self.folders):
            return
        self.calls += 1
        self.order.append((name, where))
        if self.calls == self.nth or (self.stays and self.calls > self.nth):
            self.fired = self.fired or name
            named = () if name in BY_HANDLE else (os.fsdecode(path),)
            raise OSError(self.code, os.strerror(self.code), *named)
