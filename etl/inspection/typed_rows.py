"""The typed rows of files, each file read once in a run and an accepted file in no later one.

Reading a workbook takes a process of its own and most of the time of a small publication, and a dozen questions are asked of the same
rows: what a file takes the place of, what it leaves out, which running total it goes on from, what the build counts. So the rows stay at
hand while a run lasts, and those of accepted files are kept beside the ledger, in ``typed/``. What is kept is no truth of its own: it is
written anew from the accepted file wherever it is missing, damaged, or was read by another version of the program or of the county pack.
The accepted file itself is compared with the ledger's digest each time its rows are asked for, so that one that was altered stops the
build whether it is read or not.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.ipc

from etl.core_tables import arrow_schema
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.inspection.accepted_rows import read_again
from etl.inspection.entries import entry_of
from etl.inspection.read import Reading, read_file
from etl.inspection.result import InspectionResult
from etl.ledger.durable import DRAFTS, make_folder, put
from etl.ledger.ledger import LedgerEntry, LedgerError, accepted_path
from etl.mapping.kept import load
from etl.mapping.profile import Profile
from indicators.model import Text

SUFFIX = ".rows"
_DIGEST_BYTES = hashlib.sha256().digest_size


def folder_of(data: Path) -> Path:
    """Return where the typed rows of accepted files are kept."""
    return data / "typed"


class TypedRows:
    """What a run has read: the typed rows of the files handed in and of the accepted files that are not kept yet."""

    def __init__(self, pack: CountyPack, data: Path | None = None) -> None:
        """Begin with nothing read.

        Args:
            pack: The county pack; its code lists must still know every code of an accepted file.
            data: The data folder; None where files are judged alone.
        """
        self.pack = pack
        self.data = data
        self._reader = hashlib.sha256((program_digest() + repr(pack)).encode()).hexdigest()
        self._readings: dict[tuple[str, str], Reading] = {}
        self._handed_in: dict[str, tuple[Path, Profile | None]] = {}
        self._rows: dict[str, pyarrow.Table] = {}

    @property
    def folder(self) -> Path:
        """The data folder, where there must be one.

        Raises:
            ValueError: If files are judged alone.
        """
        if self.data is None:
            raise ValueError("without a data folder there is no accepted file")
        return self.data

    def reading(self, content: bytes, sha256: str, suffix: str, profiles: Sequence[Profile]) -> Reading:
        """Read the table of a file that is handed in; the errors are those of ``read_file``.

        A file that waits for another one of its batch is inspected twice: until ``forget`` its table is at hand.
        """
        if (sha256, suffix) not in self._readings:
            self._readings[sha256, suffix] = read_file(content, suffix, extracts(), self.pack, profiles)
        return self._readings[sha256, suffix]

    def forget(self, sha256: str) -> None:
        """Forget the table of a file that will not be inspected again; its typed rows stay."""
        self._readings = {known: reading for known, reading in self._readings.items() if known[0] != sha256}

    def hand_in(self, result: InspectionResult, columns: Mapping[str, Sequence[Any]] | None = None) -> None:
        """Note where a file in order stands, and its typed columns where they are known.

        Args:
            result: The file; its months are part of what was read.
            columns: Typed values by the contract's names; a table without records may lack them.
        """
        entry = entry_of(result, "")
        key = self._key(entry)
        self._handed_in[key] = (result.path, result.profile)
        if columns is not None:
            self._rows[key] = _table(entry, columns)

    def hand_back(self, result: InspectionResult) -> None:
        """Forget a file that turns out to be accepted already: its rows are asked of the accepted file, which must be whole."""
        key = self._key(entry_of(result, ""))
        self._handed_in.pop(key, None)
        self._rows.pop(key, None)

    def of(self, entry: LedgerEntry) -> pyarrow.Table:
        """Return the typed rows of a file, in the order of the file and with the columns of its contract; null where a cell is empty.

        Args:
            entry: The entry of an accepted file, or the one that a file handed in would have.

        Raises:
            LedgerError: If the bytes are not those of the entry, or can no longer be read without a problem.
        """
        key = self._key(entry)
        content = self._content(entry, key)
        rows = self._rows.get(key)
        if rows is None:
            rows = self._kept(key)
        if rows is None:
            rows = self._rows[key] = _table(entry, read_again(content, entry, self.pack, self._profile(entry, key)))
        return rows

    def keep(self, entries: Iterable[LedgerEntry], folder: Path, stem: str = "") -> None:
        """Write the rows of files that this run has read, for later runs.

        Args:
            entries: The files; of those that are kept already nothing is written.
            folder: Where; made where missing.
            stem: What the names of the files begin with.

        Raises:
            OSError: If the disk refuses.
        """
        read = {key: self._rows[key] for key in map(self._key, entries) if key in self._rows}
        for key, rows in read.items():
            put(_sealed(key, rows), folder / f"{stem}{key}{SUFFIX}", lasts=False)

    def sweep(self, entries: Iterable[LedgerEntry]) -> None:
        """Remove kept rows that no accepted file has any more, or that another version of the program or the county pack read."""
        if self.data is None:
            return
        known = {f"{self._key(entry)}{SUFFIX}" for entry in entries if entry.is_accepted}
        for path in (*folder_of(self.data).glob(f"*{SUFFIX}"), *folder_of(self.data).glob(DRAFTS)):
            if path.name not in known:
                path.unlink(missing_ok=True)

    def _key(self, entry: LedgerEntry) -> str:
        """Return the digest of everything that decides how a file's rows are typed."""
        contract = extracts().get(entry.extract or "")
        columns = repr(contract.columns) if contract else ""
        months = [month.isoformat() if month else None for month in (entry.first_month, entry.last_month)]
        parts = [entry.sha256, entry.suffix, entry.extract, columns, entry.profile_sha256, *months, self._reader]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    def _content(self, entry: LedgerEntry, key: str) -> bytes:
        """Return the bytes of a file once they are known to be those of its entry."""
        path = self._handed_in[key][0] if key in self._handed_in else accepted_path(entry, self.folder)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise LedgerError(
                Text(
                    f"已入库文件不可读(台账第{entry.sequence}号);请从备份恢复",
                    f"The accepted file of entry {entry.sequence} cannot be read; restore it from the backup",
                )
            ) from error
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise LedgerError(
                Text(
                    f"已入库文件已被改动(台账第{entry.sequence}号);请从备份恢复",
                    f"The accepted file of entry {entry.sequence} was altered; restore it from the backup",
                )
            )
        return content

    def _profile(self, entry: LedgerEntry, key: str) -> Profile | None:
        if key in self._handed_in:
            return self._handed_in[key][1]
        return load(self.folder, entry.profile_sha256) if entry.profile_sha256 else None

    def _kept(self, key: str) -> pyarrow.Table | None:
        """Return kept rows; None where there are none, or they are not what was written for this file."""
        if self.data is None:
            return None
        try:
            content = (folder_of(self.data) / f"{key}{SUFFIX}").read_bytes()
        except OSError:  # whatever is wrong with what is kept, the accepted file is there to be read
            return None
        rows = content[_DIGEST_BYTES:]
        if content[:_DIGEST_BYTES] != _seal(key, rows):
            return None
        return pyarrow.ipc.open_stream(rows).read_all()


def take_over(rows: Path, data: Path) -> None:
    """Move rows that were kept with a trial to those of the accepted files.

    Args:
        rows: The file, named ``<what it belongs to>.<key>.rows``.
        data: The data folder; its lock is held by the caller.

    Raises:
        OSError: If the disk refuses.
    """
    make_folder(folder_of(data))
    os.replace(rows, folder_of(data) / rows.name.split(".", 1)[1])


@functools.cache
def program_digest() -> str:
    """Return a digest of what reads files: all of this package and the library of workbooks. No number must be thought of when either changes."""
    digest = hashlib.sha256(version("python-calamine").encode())
    for path in sorted(Path(__file__).parents[1].rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _table(entry: LedgerEntry, columns: Mapping[str, Sequence[Any]]) -> pyarrow.Table:
    schema = arrow_schema(extracts()[entry.extract or ""].columns)
    return pyarrow.table({field.name: pyarrow.array(columns.get(field.name, ()), field.type) for field in schema}, schema=schema)


def _seal(key: str, rows: bytes) -> bytes:
    """Return the digest that stands before kept rows: of the rows and of what they were read from, so that neither can be another's."""
    return hashlib.sha256(key.encode() + rows).digest()


def _sealed(key: str, table: pyarrow.Table) -> bytes:
    stream = pyarrow.BufferOutputStream()
    with pyarrow.ipc.new_stream(stream, table.schema, options=pyarrow.ipc.IpcWriteOptions(compression="zstd")) as writer:
        writer.write_table(table)
    rows: bytes = stream.getvalue().to_pybytes()
    return _seal(key, rows) + rows
