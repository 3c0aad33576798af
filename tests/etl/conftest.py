"""The county pack for the tests of intake."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.county.read import read_pack


@pytest.fixture(scope="session")
def pack() -> CountyPack:
    """The shipped county pack."""
    return read_pack(Path(__file__).parents[2] / "county")
