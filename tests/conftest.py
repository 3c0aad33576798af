"""What every test may ask for: the sample county, built once through the real path, and small counties written as tables."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

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
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    folder = shared / "sample-county"
    with (shared / "sample-county.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "warehouse.duckdb").exists():
            shutil.rmtree(folder, ignore_errors=True)
            done = subprocess.run([sys.executable, "-m", "etl", "demo", "--data", str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def sample_copy(sample_warehouse: Path, tmp_path: Path) -> Path:
    """A copy of the sample county's data folder that a test may change."""
    folder = tmp_path / "data"
    shutil.copytree(sample_warehouse, folder, copy_function=os.link)
    for name in ("warehouse.duckdb", "raw/ledger.jsonl", "raw/.lock", "builds/journal.jsonl"):
        own = folder / name
        content = own.read_bytes()
        own.unlink()
        own.write_bytes(content)
    return folder


@pytest.fixture
def shared_folder() -> Path:
    """Public cases beside the checkout; tests that need them say so where they are absent."""
    if not SHARED.exists():
        pytest.skip("the folder of public cases (../shared) is not here")
    return SHARED


# A minute and more each: begun last, one worker would be left alone with them.
_LONGEST = (
    "test_browser",
    "test_nth_fault",
    "test_scraped_app",
    "test_closure",
    "test_kills",
    "test_kills_at_random",
    "test_trial",
    "test_upload",
    "test_upload_in_browser",
    "test_full_disk",
    "test_probing",
    "test_zero_and_three",
    "test_invariants",
    "test_canaries",
    "test_places",
    "test_tampered_address",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the longest modules begin first; the others keep their order."""
    place = {name: number for number, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))
