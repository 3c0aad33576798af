"""The seal of a kept build: the SHA-256 of its file, written beside it before it is put in force.

Whoever opens the build compares, so that a flipped bit on the disk is refused instead of shown as a number.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from etl.ledger import durable
from etl.ledger.steps import Step, passed


def of(kept: Path) -> Path:
    """Return where the seal of a kept build stands."""
    return kept.with_suffix(".sha256")


def write(file: Path, seal: Path) -> None:
    """Seal a finished file.

    Raises:
        OSError: If the disk refuses.
    """
    durable.put(f"{_sha256(file)}\n".encode(), seal)
    passed(Step.SEALED)


def is_whole(kept: Path, seal: Path | None = None) -> bool:
    """Say whether a build is what was sealed; one without a seal cannot be doubted.

    Args:
        kept: The file.
        seal: Where its seal stands; beside it unless given.
    """
    seal = seal or of(kept)
    return not seal.exists() or seal.read_text(encoding="ascii", errors="replace").strip() == _sha256(kept)


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
