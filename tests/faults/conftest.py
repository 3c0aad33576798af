"""A county small enough for a load and a build to take a second, before and after a second delivery."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.built import built_once
from tests.etl.files import cases_csv, registry_csv
from tests.faults.commands import Commands, Ended, State, state

MONTH = {"filed_on": "2026-09", "solved_on": "2026-09"}  # one month of cases: a build is quickest


@dataclass(frozen=True)
class County:
    """Two states of one county.

    Attributes:
        before: A data folder with one delivery, built; never changed by a test.
        after: One to which the second delivery came; never changed either.
        files: The second delivery.
        was: State of ``before``.
        becomes: State after the second delivery is loaded and built without disturbance.
        seconds: How long that takes.
    """

    before: Path
    after: Path
    files: tuple[Path, ...]
    was: State
    becomes: State
    seconds: float


@pytest.fixture(scope="session")
def commands() -> Iterator[Commands]:
    """The command line."""
    server = Commands()
    yield server
    server.close()


@pytest.fixture(scope="session")
def small_county(tmp_path_factory: pytest.TempPathFactory, commands: Commands) -> County:
    """The county of the fault tests."""

    def load(*files: Path, data: Path) -> Ended:
        ended = commands.run("load", *files, "--data", data)
        assert ended.code == 0, ended.output
        return ended

    def fill(folder: Path) -> None:
        load(
            registry_csv(folder, "在册_202609_报20261005.csv", as_of="2026-09"),
            cases_csv(folder, "案件_202609_报20261005.csv", **MONTH),
            data=folder / "before",
        )
        second = folder / "second"
        second.mkdir()
        # The second delivery changes what is published: the five cases weigh 12.4 grams each instead of 12.5, and a later month of people.
        registry_csv(second, "在册_202610_报20261105.csv")
        cases_csv(second, "案件_202609_报20261105.csv", grams="12.4", **MONTH)
        shutil.copytree(folder / "before", folder / "after")
        ended = load(*sorted(second.iterdir()), data=folder / "after")
        (folder / "seconds").write_text(str(ended.seconds))

    folder = built_once(tmp_path_factory, "county-of-faults", fill)
    before, after = folder / "before", folder / "after"
    was, becomes = state(before), state(after)
    assert (was.build, becomes.build) == (1, 2)
    assert was.mart != becomes.mart
    assert (len(was.lines), len(becomes.lines)) == (2, 4)
    return County(before, after, tuple(sorted((folder / "second").iterdir())), was, becomes, float((folder / "seconds").read_text()))
