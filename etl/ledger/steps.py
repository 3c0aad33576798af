"""The named moments between which a load or a build may be interrupted.

A place where the disk has just been brought from one state into the next is marked with ``passed``. In ordinary work that does nothing.
The fault tests set ``ETL_DIE_AT`` to ``<step>:<occurrence>``: the process then kills itself at that moment, as a power cut would.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from enum import StrEnum

VARIABLE = "ETL_DIE_AT"


class Step(StrEnum):
    """What has just been done."""

    BYTES_WRITTEN = "bytes_written"
    BYTES_SYNCED = "bytes_synced"
    BYTES_RENAMED = "bytes_renamed"
    FOLDER_SYNCED = "folder_synced"
    LEDGER_EXTENDED = "ledger_extended"
    QUARANTINED = "quarantined"
    WORKSPACE_STAGED = "workspace_staged"
    CELLS_PROTECTED = "cells_protected"
    FILE_WRITTEN = "file_written"
    FILE_CHECKED = "file_checked"
    FILE_CLOSED = "file_closed"
    SEALED = "sealed"
    KEPT = "kept"
    LINKED = "linked"
    SWAPPED = "swapped"
    BUILDS_SYNCED = "builds_synced"
    OLD_REMOVED = "old_removed"


_times: Counter[Step] = Counter()


def passed(step: Step) -> None:
    """Mark a moment; die there if the fault tests ask for it."""
    asked = os.environ.get(VARIABLE)
    if asked is None:
        return
    _times[step] += 1
    if asked == f"{step}:{_times[step]}":
        os.kill(os.getpid(), signal.SIGKILL)
