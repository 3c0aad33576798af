"""The secret behind the public release's coins: outside the repository and the data folder, and in no file that is published."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from etl.ledger.durable import make_folder, sync_folder
from etl.problems import WordedError
from indicators.model import Text

_VARIABLE = "DASHBOARD_SECRET"
_MINIMUM = 16


class SecretError(WordedError):
    """The secret cannot be used; the message says what to do."""


def _key_file() -> Path:
    configured = os.environ.get("XDG_CONFIG_HOME")
    folder = Path(configured) if configured else Path.home() / ".config"
    return folder / "drug-situation-dashboard" / "release.key"


def release_secret() -> bytes:
    """Return the secret of ``DASHBOARD_SECRET``, or of a 0600 file made at the first build.

    A lost secret changes which counts of 8 and 9 are shown and which way counts are rounded, so two releases made with different
    secrets say more together than each alone: keep it.

    Raises:
        SecretError: If the configured secret, or what the file holds, is too short to be one.
    """
    configured = os.environ.get(_VARIABLE, "")
    if configured:
        if len(configured) < _MINIMUM:
            raise SecretError(Text(f"环境变量{_VARIABLE}太短,至少需要{_MINIMUM}个字符", f"{_VARIABLE} is too short: it needs {_MINIMUM} characters"))
        return configured.encode()
    path = _key_file()
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) < _MINIMUM:
        raise SecretError(Text(f"密钥文件{path.name}不完整,请从备份恢复", f"The key file {path.name} is incomplete; restore it from the backup"))
    return secret


def _make(path: Path) -> None:
    """Write a new key so that it is there whole or not at all; whoever comes second uses the first one's."""
    make_folder(path.parent, 0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_hex(32).encode())
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    # A release made with a key that a power cut took away could never be made again, and two keys say more together than each alone.
    sync_folder(path.parent)


def mark(secret: bytes, extract: str, record_key: str) -> int:
    """Return the 32-bit keyed mark of a record; sums of marks tell whether the contributors of a cell changed."""
    return int.from_bytes(hmac.new(secret, f"{extract}\0{record_key}".encode(), hashlib.sha256).digest()[:4], "big")
