"""Cases of the young, and the young suspects of these cases, stand in two tables: read together they narrow no hidden count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import product
from pathlib import Path

import duckdb

from disclosure.policy import Policy
from tests.spec.tables import build_from, write_extract

# Quarters of 24, 21, 22 and 25 cases, of which 8, 2, 9 and 12 are of the young; of 26, 21, 22 and 40 suspects 10, 2, 9 and 20 are young.
# Among the cases the 2 is hidden with the 8, the smallest beside it, among the suspects it would be with the 9.
DELIVERED = """
    filed_on | suspects | suspects_18_35
    2025-01  | 2        | 2 *2
    2025-02  | 1        | 1 *6
    2025-03  | 1        | 0 *16
    2025-04  | 1        | 1 *2
    2025-05  | 1        | 0 *19
    2025-07  | 1        | 1 *9
    2025-08  | 1        | 0 *13
    2025-10  | 2        | 2 *8
    2025-11  | 2        | 1 *4
    2025-12  | 2        | 0 *3
    2025-12  | 1        | 0 *10
    2026-01  | 1        | 0 *9
    2026-06  | 1        | 0 *9
"""
YEAR, QUARTERS = date(2025, 1, 1), [date(2025, month, 1) for month in (1, 4, 7, 10)]


def told(data: Path, indicator: str, grain: str, periods: Sequence[date]) -> list[int | None]:
    """What the internal release says of some periods of the county, of a share the number above the line; None where it says none."""
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            "select period, numerator from mart.observation where release = 'internal' and breakdown = 'total' and indicator = ? and grain = ?",
            [indicator, grain],
        ).fetchall()
    known = dict(rows)
    return [None if known.get(period) is None else int(known[period]) for period in periods]


def possible(data: Path) -> Iterator[tuple[int, ...]]:
    """Every four numbers of cases of the young that a reader of both tables must reckon with who knows that a case has a suspect or more.

    A case of the young has a young suspect, every other one has another: of c cases of the young among n with s suspects, from c to s - (n - c)
    are young, and none where c is 0.
    """
    cases, suspects = ([count or 0 for count in told(data, name, "quarter", QUARTERS)] for name in ("cases_opened", "suspects_arrested"))
    of_the_young, young = (told(data, name, "quarter", QUARTERS) for name in ("youth_cases", "young_suspect_share"))
    [cases_of_year], [young_of_year] = (told(data, name, "year", [YEAR]) for name in ("youth_cases", "young_suspect_share"))
    assert cases_of_year is not None
    assert young_of_year is not None
    for counts in product(*(range(whole + 1) if shown is None else [shown] for whole, shown in zip(cases, of_the_young, strict=True))):
        if sum(counts) != cases_of_year:
            continue
        spans = [(c, s - n + c) if c else (0, 0) for c, n, s in zip(counts, cases, suspects, strict=True)]
        if all(shown is None or least <= shown <= most for shown, (least, most) in zip(young, spans, strict=True)):
            spans = [span if shown is None else (shown, shown) for shown, span in zip(young, spans, strict=True)]
            if sum(least for least, _ in spans) <= young_of_year <= sum(most for _, most in spans):
                yield counts


def test_suspects_do_not_tell_in_which_quarter_cases_of_the_young_were(tmp_path: Path) -> None:
    data = tmp_path / "data"
    build_from(data, write_extract(tmp_path, "cases", "202501-202606", DELIVERED, "20260710"))
    shown = told(data, "youth_cases", "quarter", QUARTERS)
    assert shown == [None, None, 9, 12]
    counts = list(possible(data))
    assert (8, 2, 9, 12) in counts
    for place in (0, 1):
        of_quarter = [count[place] for count in counts]
        assert max(of_quarter) - min(of_quarter) >= Policy().internal_k
