"""What a result of this package rests on besides its input: its own code, and the versions of the libraries that reckon."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

LIBRARIES = ("highspy", "numpy", "scipy")


@cache
def fingerprint() -> str:
    """Return a digest of the package's source files and of the libraries that do the reckoning.

    A result kept from an earlier run is used again only under the same fingerprint, so that no mend of this code is passed over.
    """
    digest = hashlib.sha256(" ".join(map(version, LIBRARIES)).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
