"""What a build finds is not looked for again where nothing it was made from has changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy
import pytest

from etl.assembly.analyses import analyse
from etl.assembly.analyses.kept import Kept, digest, kept_of
from etl.assembly.analyses.record import Analysis, tables
from indicators import catalogue
from indicators.model import Method
from tests.charts.small_findings import places
from tests.charts.test_pictures import TOWNS
from tests.spec.test_analyses import table, townships
from warehouse.writer import WarehouseFile

KNOWN = catalogue()
COUNTS = {town.code: [3 + number] * 14 for number, town in enumerate(TOWNS)}


def found(counts: dict[str, list[int]], kept: Kept) -> list[Analysis]:
    return analyse(table(townships(counts)), KNOWN, places(TOWNS), kept)


def of_places(analyses: Sequence[Analysis]) -> list[Analysis]:
    return [one for one in analyses if one.method in {Method.LEVEL, Method.CLUSTER}]


def written(analyses: Sequence[Analysis], path: Path) -> Path:
    file = WarehouseFile(path)
    file.write_analyses(*tables(analyses))
    file.write_build((1, "2026-01-01T00:00:00+08:00", "0", date(2026, 1, 1), "990121", "县", "County", "", True, 10, "", ""))
    file.close()
    return path


def test_what_is_kept_is_written_again_as_it_was(tmp_path: Path) -> None:
    first = found(COUNTS, Kept())
    again = found(COUNTS, kept_of(written(first, tmp_path / "before.duckdb")))
    assert len(of_places(first)) == 2 * 3 * 2  # level and cluster, the ends of months 12 to 14, two releases
    for fresh, kept in zip(tables(first), tables(again), strict=True):
        assert fresh.equals(kept)


def test_only_cut_offs_whose_numbers_changed_are_looked_at_again(tmp_path: Path) -> None:
    kept = [replace(one, chance_of_false=0.25) for one in found(COUNTS, Kept())]  # a mark that no analysis makes
    before = kept_of(written(kept, tmp_path / "before.duckdb"))
    assert {one.chance_of_false for one in of_places(found(COUNTS, before))} == {0.25}
    changed = {code: [*counts[:-1], counts[-1] + 1] for code, counts in COUNTS.items()}
    for one in of_places(found(changed, before)):
        assert (one.chance_of_false == 0.25) is (one.last_on < date(2022, 2, 1))


def test_a_digest_tells_its_inputs_apart() -> None:
    assert digest("a", numpy.array([1.0])) == digest("a", numpy.array([1.0]))
    others = [digest("a", numpy.array([2.0])), digest("b", numpy.array([1.0])), digest("a"), digest("a", numpy.array([1.0]), None)]
    assert len({digest("a", numpy.array([1.0])), *others}) == 5


def test_where_nothing_was_in_force_nothing_is_kept() -> None:
    assert kept_of(None).of(Method.LEVEL, "x") == []


def test_another_program_finds_nothing_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    was = digest("a")
    (tmp_path / "one.py").write_text("x = 1", encoding="utf-8")
    from etl.assembly.analyses import kept

    monkeypatch.setattr(kept, "_FOLDERS", (tmp_path,))
    kept._program.cache_clear()
    try:
        assert digest("a") != was
    finally:
        kept._program.cache_clear()
