"""How long both releases and their audits take for the sample county, whole and with one month more."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from etl.assembly.assemble import assemble
from etl.county.read import read_pack
from etl.inspection.typed_rows import TypedRows
from etl.ledger import ledger
from etl.ledger.ledger import LedgerEntry

COUNTY = Path(__file__).parents[1] / "county"


def run() -> Iterator[str]:
    """Yield the lines of this bench."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        subprocess.run([sys.executable, "-m", "etl", "demo", "--data", str(data)], check=True, capture_output=True)
        entries = ledger.read(data)
        latest = max(entry.last_month for entry in entries if entry.last_month is not None)
        before = [entry for entry in entries if entry.last_month is not None and entry.last_month < latest]
        months = len({month for edition in ledger.editions(entries).values() for month in edition})
        earlier, whole = Path(scratch) / "earlier.duckdb", Path(scratch) / "whole.duckdb"
        rows = TypedRows(read_pack(COUNTY), data)
        assemble(rows, before, earlier, 1)
        yield f"protection · {months} months from nothing: compile, protect and audit both releases {_seconds(rows, entries, whole, None):.1f} s"
        yield f"protection · one month more on top of the build before {_seconds(rows, entries, whole, earlier):.1f} s"


def _seconds(rows: TypedRows, entries: Sequence[LedgerEntry], path: Path, before: Path | None) -> float:
    started = time.perf_counter()
    assemble(rows, entries, path, 2, before=before, kept=[before] if before else [])
    return time.perf_counter() - started
