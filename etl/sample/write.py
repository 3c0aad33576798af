"""Writing the whole sample delivery into a folder."""

from __future__ import annotations

from pathlib import Path

from etl.county.pack import CountyPack
from etl.sample.cases import (
    case_deliveries,
)
from etl.sample.files import csv_bytes, xlsx_bytes
from etl.sample.people import (
    generator_of,
    registry_deliveries,
)


def write_sample(folder: Path, pack: CountyPack, seed: int = 20261031) -> list[Path]:
    """Write every sample file into ``folder``; the same seed gives the same bytes.

    Returns:
        The files in the order in which they would have been delivered.

    Raises:
        ValueError: If the pack is a real county's: invented people must not bear real area codes.
    """
    if not pack.is_sample:
        raise ValueError("sample extracts are written for a sample county only; county.toml of this pack says is_sample = false")
    folder.mkdir(parents=True, exist_ok=True)
    deliveries = [*registry_deliveries(pack, generator_of(f"registry {seed}")), *case_deliveries(pack, generator_of(f"cases {seed}"))]
    paths = []
    for delivery in sorted(deliveries, key=lambda delivery: (delivery.reported_on, delivery.file_name)):
        path = folder / delivery.file_name
        path.write_bytes(xlsx_bytes(delivery, pack) if delivery.form == "xlsx" else csv_bytes(delivery, pack))
        paths.append(path)
    return paths
