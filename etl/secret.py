"""The secret behind the public release's coins: outside the repository and the data folder, and in no file that is published."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

_VARIABLE = "DASHBOARD_SECRET"
_MINIMUM = 16


def _key_file() -> Path:
    configured = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path.home() / ".config"
    return folder / "drug-situation-dashboard" / "release.key"


def release_secret() -> bytes:
    """Return the secret of ``DASHBOARD_SECRET``, or of a 0600 file made at the first build.

    A lost secret changes which counts of 8 and 9 are shown and which way counts are rounded, so two releases made with different
    secrets say more together than each alone: keep it.

    Raises:
        ValueError: If the configured secret is too short to be one.
    """
    configured = os.environ.get(_VARIABLE, "")
    if configured:
        if len(configured) < _MINIMUM:
            raise ValueError(f"{_VARIABLE} must have at least {_MINIMUM} characters / {_VARIABLE} 至少需要{_MINIMUM}个字符")
        return configured.encode()
    path = _key_file()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    return path.read_bytes()


def mark(secret: bytes, record_key: str) -> int:
    """Return the 32-bit keyed mark of a record; sums of marks tell whether the contributors of a cell changed."""
    return int.from_bytes(hmac.new(secret, record_key.encode(), hashlib.sha256).digest()[:4], "big")
