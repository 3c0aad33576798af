"""The mapping profiles a data folder keeps: by name while in use, by digest for as long as an accepted file was read with one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from etl.contract import Extract
from etl.extracts import extracts
from etl.ledger import durable
from etl.ledger.ledger import LedgerEntry, LedgerError, keep
from etl.mapping.profile import DIGEST, Profile, ProfileError, parse
from etl.problems import Problem
from indicators.model import Text


def _folder(data: Path) -> Path:
    return data / "profiles"


def keep_content(profile: Profile, data: Path) -> None:
    """Keep a profile under its digest, for the files accepted by it."""
    path = _folder(data) / f"{profile.sha256}.json"
    if not path.exists():
        keep(profile.content(), path)


def save(profile: Profile, data: Path) -> None:
    """Keep a confirmed profile; from now on files that fit are read by it. One of the same name is replaced, and stays for its files."""
    keep_content(profile, data)
    keep(profile.content(), _folder(data) / f"{profile.name}.json")


def retire(name: str, data: Path) -> None:
    """Stop using a profile for new files; it stays under its digest for the files read by it.

    Raises:
        OSError: If there is none of that name, or it cannot be removed.
    """
    durable.remove(_folder(data) / f"{name}.json")


def load_all(data: Path, contracts: Mapping[str, Extract]) -> list[Profile]:
    """Return the profiles in use, by name.

    Raises:
        ProfileError: If one cannot be read; the problem names it.
    """
    paths = sorted(path for path in _folder(data).glob("*.json") if not DIGEST.fullmatch(path.stem) and not path.name.startswith("."))
    kept = []
    for path in paths:
        try:
            kept.append(parse(path.read_bytes(), contracts))
        except ProfileError as error:
            where = Text(f"映射方案{path.stem}不能使用", f"The profile {path.stem} cannot be used")
            raise ProfileError([Problem("profile_damaged", where, Text("重新保存该方案", "Save it again")), *error.problems]) from error
    return kept


def load(data: Path, sha256: str) -> Profile:
    """Return the profile an accepted file was read by.

    Raises:
        LedgerError: If it is missing or was altered.
    """
    path = _folder(data) / f"{sha256}.json"
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise LedgerError(
            Text(
                f"已入库文件所用的映射方案缺失或被改动;请从备份恢复profiles/{sha256[:12]}…",
                f"The profile of an accepted file is missing or altered; restore profiles/{sha256[:12]}… from the backup",
            )
        )
    return parse(content, extracts())


def is_cumulative(entry: LedgerEntry, data: Path) -> bool:
    """Whether an accepted file holds running totals."""
    return entry.profile_sha256 is not None and load(data, entry.profile_sha256).is_cumulative
