"""What every test may ask for: the sample county, built once through the real path, and small counties written as tables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

from tests.built import built_once, copied

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
settings.register_profile("untimed", deadline=None)  # a busy machine is slow, not wrong
settings.load_profile("untimed")
os.environ.setdefault("DASHBOARD_SECRET", "a secret that only the tests know")


@pytest.fixture(scope="session")
def county() -> Path:
    """The county pack of the sample county."""
    return ROOT / "county"


@pytest.fixture(scope="session")
def sample_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample county, loaded and built by `python -m etl demo`; never written to by a test."""

    def load_and_build(folder: Path) -> None:
        done = subprocess.run([sys.executable, "-m", "etl", "demo", "--data", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    return built_once(tmp_path_factory, "sample-county", load_and_build)


@pytest.fixture
def sample_copy(sample_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the sample county's data folder that a test may change."""
    return copied(sample_warehouse, tmp_path / "data")


@pytest.fixture
def shared_folder() -> Path:
    """Public cases beside the checkout; tests that need them say so where they are absent."""
    if not SHARED.exists():
        pytest.skip("the folder of public cases (../shared) is not here")
    return SHARED


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest modules begin first, so that no worker is left alone with one; the others keep their order.

    The very first asks for no sample county: it runs while another worker builds that.
    """
    items.sort(key=_seconds, reverse=True)


def _seconds(item: pytest.Item) -> int:
    """Return about how many seconds of a processor the module of a test takes, where that is long."""
    mark = item.get_closest_marker("longest")
    return int(mark.args[0]) if mark else 0
