"""Writing so that after a crash or a power cut a file is there whole or not at all, and a name that was acknowledged stays.

A failed fsync is never tried again on the same file: the kernel may have dropped the bytes and call the second try a success (the
"fsyncgate" of PostgreSQL, 2018). Every attempt therefore writes a fresh draft; the file in force is only ever replaced.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

from etl.ledger.steps import Step, passed

DRAFTS = ".*.partial"
_LONGEST_STEM = 200  # bytes; a file system takes 255 for the name, the draft's additions included


def put(content: bytes, path: Path, mode: int = 0o440, *, lasts: bool = True) -> None:
    """Write or replace a file in one step.

    Args:
        content: Everything the file is to hold.
        path: Where; its folder is made where missing.
        mode: Permission bits; by default nobody changes it by accident.
        lasts: Whether to wait for the disk; what can be made again from other files may be gone or torn after a power cut.

    Raises:
        OSError: If the disk refuses; ``filename`` says where. The file before is untouched, or else wholly replaced and only the last sync
            of its folder failed: ``sync_folder`` before it is relied upon.
    """
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        _write(content, draft, mode, lasts)
        os.replace(draft, path)
    except OSError as error:
        # The first error is the one to tell; a draft that cannot be removed now goes with the next run's sweep.
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        error.filename = error.filename or str(path)
        raise
    if not lasts:
        return
    passed(Step.BYTES_RENAMED)
    sync_folder(path.parent)
    passed(Step.FOLDER_SYNCED)


def remove(path: Path) -> None:
    """Remove a file; once this returns, it stays gone after a power cut.

    Raises:
        OSError: If it is not there, or the disk refuses.
    """
    path.unlink()
    sync_folder(path.parent)


def put_new(content: bytes, folder: Path, name: str) -> Path:
    """Write a file for a person to take away, in one step and over no other file: a name that is taken gets a number.

    Args:
        content: Everything the file is to hold.
        folder: Where; made where missing.
        name: The name wished for; cut where it is longer than a file system takes.

    Returns:
        The file written.

    Raises:
        OSError: If the disk refuses.
    """
    stem, dot, ending = name.rpartition(".")
    stem = stem.encode()[:_LONGEST_STEM].decode(errors="ignore")
    numbered = (f"{stem}{f'_{number}' if number > 1 else ''}{dot}{ending}" for number in itertools.count(1))
    path = next(folder / one for one in numbered if not (folder / one).exists())
    put(content, path, 0o640)
    return path


def _write(content: bytes, draft: Path, mode: int, lasts: bool) -> None:
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        written = 0
        while written < len(content):
            written += os.write(handle, content[written:])
        os.fchmod(handle, mode)
        if lasts:
            passed(Step.BYTES_WRITTEN)
            os.fsync(handle)
            passed(Step.BYTES_SYNCED)
    finally:
        os.close(handle)


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder and those above it; once this returns, they survive a power cut.

    Raises:
        OSError: If the disk refuses.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(mode=mode, parents=True, exist_ok=True)
    for made in missing:
        sync_folder(made.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut.

    Raises:
        OSError: If the disk refuses; ``filename`` says where.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        error.filename = str(folder)
        raise
    finally:
        os.close(handle)
