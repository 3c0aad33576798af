"""What Office and WPS lay beside an open file: it says that the file is open, and holds no table."""

from __future__ import annotations

from indicators.model import Text

LOCKS_IGNORED = Text("已忽略Office打开文件时留下的临时文件(~$开头)", "Ignored what Office leaves beside an open file (names beginning with ~$)")


def is_lock_file(name: str) -> bool:
    """Say whether a file only says that another one is open."""
    return name.startswith(("~$", ".~"))
