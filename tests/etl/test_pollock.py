"""Spoiled copies of our own templates: read as the clean file or refused with the place, never silently wrong."""

from __future__ import annotations

import os
import random
from datetime import date
from typing import Any

import pytest

from etl.contract import Column, Extract, Period, Type
from etl.county.pack import CountyPack, current_townships
from etl.extracts import extracts
from etl.inspection.read import read_file
from etl.inspection.validate import validate
from etl.problems import Problem
from etl.reading.table import UnreadableError
from tests.etl.files import CASES, KEYS, REGISTRY, grid, rows
from tests.etl.pollution import Polluted, local, whole, written

MONTH = date(2026, 5, 1)
SAMPLE = 400  # of each further template; SOAK=1 takes all
RECORDS = 25  # of each further template, so that a template of four columns has 2,000 places to spoil as well
SEED = 20261125

# In these words no mark put in and no cell run into the next one gives another admitted word.
_CASES_FIXED = {"grams": "12.5", "suspects": "3", "suspects_under_18": "0", "suspects_18_35": "0", "lab": "否", "solved_on": "2026-05"}
_REGISTRY_FIXED = {"as_of": "2026-05", "measure_start_on": "2026-01", "last_detected_on": "2025-12"}


def _cell(column: Column, index: int, pack: CountyPack) -> str:
    """An admitted text of a column of any template; every township for each code, so that no two records have one key."""
    places = [township.code for township in current_townships(pack)]
    if column.codes:
        return column.codes[index // len(places) % len(column.codes)].title.zh
    drug = pack.drugs[0].title.zh
    place, key = places[index % len(places)], KEYS[index % len(KEYS)] + "ABCDE"[index // len(KEYS)]
    plain = {Type.KEY: key, Type.MONTH: "2026-05", Type.YEAR: "1990", Type.TOWNSHIP: place, Type.COUNT: "0", Type.GRAMS: "12.5", Type.AMOUNT: "12.5"}
    return {**plain, Type.FLAG: "否", Type.DRUG: drug, Type.LABEL: "CLEAN-2021"}.get(column.type, "")


def clean_cells(extract: Extract, pack: CountyPack) -> list[list[str]]:
    if extract in (CASES, REGISTRY):
        known = rows(extract, **(_CASES_FIXED if extract is CASES else _REGISTRY_FIXED))
        return grid(extract, [*known, {**known[0], extract.key[0]: "MVBCXZLKJH"}])
    header = [column.header for column in extract.columns]
    return [header, *([_cell(column, index, pack) for column in extract.columns] for index in range(RECORDS))]


def outcome(content: bytes, extract: Extract, pack: CountyPack) -> tuple[list[tuple[Any, ...]] | None, list[Problem]]:
    """The typed rows, or None and the problems: the reading half of an inspection, with the file's name saying type and month."""
    try:
        reading = read_file(content, ".csv", extracts(), pack)
    except UnreadableError as fault:
        return None, [Problem(fault.rule, fault.message, fault.remedy, fault.sheet, fault.column, fault.row)]
    first = MONTH if extract.period is Period.SNAPSHOT else date(2026, 1, 1)
    findings = validate(reading.table, extract, pack, first, MONTH, MONTH)
    problems = [*reading.layout.problems, *findings.problems]
    return (None, problems) if problems else (list(zip(*findings.columns.values(), strict=True)), [])


@pytest.mark.parametrize("extract", extracts().values(), ids=lambda extract: extract.id)
def test_spoiled_copies_are_never_silently_wrong(extract: Extract, pack: CountyPack) -> None:
    cells = clean_cells(extract, pack)
    truth, problems = outcome(written(cells).encode(), extract, pack)
    assert problems == []
    assert truth is not None
    variants = [*local(cells), *whole(cells)]
    assert len({variant.content for variant in variants}) >= 2_000
    # Where a word is put beside another no reader can tell that it was not meant; every kind but these is drawn from all places.
    if os.environ.get("SOAK") != "1" and extract not in (CASES, REGISTRY):
        variants = random.Random(SEED).sample(variants, SAMPLE)
    right, wrong, refused = 0, [], 0
    concerning: list[tuple[Polluted, list[Problem]]] = []
    for variant in variants:
        typed, problems = outcome(variant.content, extract, pack)
        if typed == truth:
            right += 1
        elif typed is not None:
            wrong.append((variant.kind, variant.where))
        else:
            refused += 1
            if variant.is_local:
                concerning.append((variant, problems))
    named = [variant for variant, problems in concerning if any(problem.row and problem.column for problem in problems)]
    rows_right = [variant for variant, problems in concerning if variant.where and any(problem.row == variant.where[0] for problem in problems)]
    share, of_row = len(named) / len(concerning), len(rows_right) / len(concerning)
    print(
        f"{extract.id}: {len(variants)} spoiled copies, {right} read as the clean file, {refused} refused, {len(wrong)} silently wrong; "
        f"row and column named in {share:.1%} of {len(concerning)} refusals of a place, the spoiled row itself in {of_row:.1%}"
    )
    assert wrong == []
    assert share >= 0.95


def test_a_header_that_is_not_ours_is_not_repeated(pack: CountyPack) -> None:
    cells = clean_cells(CASES, pack)
    strange = [[*line, "赵某某" if row == 0 else "1"] for row, line in enumerate(cells)]
    for text in (written(strange).replace(",1\r\n", ',1"\r\n', 1), written(strange).replace(",1\r\n", ",\x001\r\n", 1)):
        typed, problems = outcome(text.encode(), CASES, pack)
        assert typed is None
        assert [problem.row for problem in problems] == [2]
        assert not any("赵某某" in str(problem) for problem in problems)
