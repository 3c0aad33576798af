"""Foreign and hostile files through the real path: every one ends in a result, none takes the process down.

A file is given its own name and that of a delivery, because a name alone may already refuse it.
"""

from __future__ import annotations

import random
import resource
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from etl.county.pack import CountyPack
from etl.inspection.inspect import inspect
from etl.inspection.result import Acceptance
from etl.reading import workbook, workbook_child
from tests.etl.files import ON
from tests.soak import SOAK

SOME = 60  # files beside the watch list, drawn with a fixed seed; `make soak` takes all
SEED = 20261125

NO_TEMPLATE = {"header_not_found"}
"""No sheet has a template's header. Where the gate finds what looks like an identifier, it answers first, with rules of its own."""

WATCHLIST = {
    # asks for memory without end and aborts its process
    "oleloop.xls": {"too_demanding"},
    # 13 s and 1.2 GB for an ordinary process
    "51535.xls": {"too_demanding"},
    "issue_174.xlsx": NO_TEMPLATE,
    "57893-many-merges.xlsx": NO_TEMPLATE,
    "bug62181.xlsx": NO_TEMPLATE,
    "no_drawing_patriarch.xlsx": NO_TEMPLATE,
    # entities and schemas that reach outside
    "54764.xlsx": {"xml_entities"},
    "54764-2.xlsx": {"xml_entities"},
    "poc-xmlbomb.xlsx": {"xml_entities"},
    "poc-xmlbomb-empty.xlsx": {"xml_entities"},
    # names a schema elsewhere, which nothing here ever opens
    "xxe_in_schema.xlsx": NO_TEMPLATE,
    "poc-shared-strings.xlsx": {"not_a_workbook"},
    # .xlsb is no admitted kind
    "Simple.xlsb": {"file_kind"},
    "clusterfuzz-testcase-minimized-POIHSSFFuzzer-5816431116615680.xls": {"not_a_workbook"},
    "xlsx-corrupted.xlsx": {"not_a_workbook"},
}


@pytest.mark.parametrize("name", WATCHLIST)
def test_the_watch_list_by_name(name: str, shared_folder: Path, pack: CountyPack) -> None:
    path = shared_folder / "badinputs" / "watchlist" / name
    if not path.exists():
        pytest.skip("the folder of bad inputs (../shared/badinputs) is not here")
    result = inspect(path, pack, on=ON)
    assert result.acceptance is Acceptance.REFUSED
    expected = WATCHLIST[name]
    assert set(dict(result.problem_counts)) == expected or (result.has_identifiers and expected is NO_TEMPLATE)


def test_the_watch_list_is_whole(shared_folder: Path) -> None:
    folder = shared_folder / "badinputs" / "watchlist"
    if not folder.exists():
        pytest.skip("the folder of bad inputs (../shared/badinputs) is not here")
    assert {path.name for path in folder.iterdir()} == set(WATCHLIST)


def foreign_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.parent.name != "watchlist")
    if SOAK or len(files) <= SOME:
        return files
    return random.Random(SEED).sample(files, SOME)


def test_every_foreign_file_ends_in_a_refusal(shared_folder: Path, pack: CountyPack, tmp_path: Path) -> None:
    files = foreign_files(shared_folder / "badinputs")
    if not files:
        pytest.skip("the folder of bad inputs (../shared/badinputs) is not here")
    rules: Counter[str] = Counter()
    slowest = 0.0
    accepted = []
    for number, path in enumerate(files):
        renamed = tmp_path / f"毒品案件_202610_{number}{path.suffix.lower()}"
        renamed.symlink_to(path)
        for delivered in (path, renamed):
            started = time.monotonic()
            result = inspect(delivered, pack, on=ON)
            slowest = max(slowest, time.monotonic() - started)
            if result.acceptance is not Acceptance.REFUSED:
                accepted.append(path.name)
            assert result.problems, path.name
            assert all(problem.message.zh and problem.remedy.zh for problem in result.problems)
            rules.update(rule for rule, _ in result.problem_counts)
    print(f"{len(files)} foreign files, 0 crashes, slowest {slowest:.1f} s, {len(accepted)} accepted; {dict(rules.most_common())}")
    assert accepted == []  # none has the header of a template


def test_the_reading_child_has_its_limits() -> None:
    """The limits are set before any library is loaded, and hold for memory that is really asked for."""
    program = (
        "import resource; from etl.reading import workbook_child as child; child._limit();"
        "print(resource.getrlimit(resource.RLIMIT_AS), resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_CORE));"
        "bytearray(1024**3)"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=False)
    gibibyte = 1024**3
    assert done.stdout.strip() == f"({gibibyte}, {gibibyte}) ({workbook_child.CPU_SECONDS}, {workbook_child.CPU_SECONDS}) (0, 0)"
    assert "MemoryError" in done.stderr
    assert workbook.WALL_SECONDS <= 30
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != gibibyte  # and the server itself keeps its own
