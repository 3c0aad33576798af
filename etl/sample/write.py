"""Writing the whole sample delivery into a folder: every extract type, by a generator of its own where there is one, else from its contract."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from pathlib import Path

from etl.contract import Extract
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.sample import tables
from etl.sample.files import SampleFile, csv_bytes, xlsx_bytes
from etl.sample.span import generator_of

SEED = 20261031


def write_sample(folder: Path, pack: CountyPack, seed: int = SEED) -> list[Path]:
    """Write every sample file into ``folder``; the same seed gives the same bytes.

    Returns:
        The files in the order in which they would have been delivered.

    Raises:
        ValueError: If the pack is a real county's: invented people must not bear real area codes.
    """
    if not pack.is_sample:
        raise ValueError("sample extracts are written for a sample county only; county.toml of this pack says is_sample = false")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for delivery in sorted(_deliveries(pack, seed), key=lambda delivery: (delivery.reported_on, delivery.file_name)):
        path = folder / delivery.file_name
        path.write_bytes(xlsx_bytes(delivery, pack) if delivery.form == "xlsx" else csv_bytes(delivery, pack))
        paths.append(path)
    return paths


def _deliveries(pack: CountyPack, seed: int) -> Iterable[SampleFile]:
    for extract in extracts().values():
        if extract.instead_of is None:
            yield from deliveries_of(extract, pack, seed)


def deliveries_of(extract: Extract, pack: CountyPack, seed: int = SEED) -> list[SampleFile]:
    """Return the files of one type before they are written, in any order."""
    rng = generator_of(f"{extract.id} {seed}")
    own = f"{__package__}.{extract.id}"
    if importlib.util.find_spec(own) is None:
        return tables.deliveries(extract, pack, rng)
    drawn: list[SampleFile] = importlib.import_module(own).deliveries(extract, pack, rng)
    return drawn
