"""The check-up of a file counts how rows stand out; every k here is worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import duckdb
import pytest

from etl.contract import Type
from etl.county.pack import CountyPack
from etl.extracts import extracts
from etl.extracts.registry import age_band
from etl.privacy.check_up import Judgement, PrivacyReport, privacy_report

REGISTRY = extracts()["registry"]

# Townships 001, 002, 003 and 100 lie in the first zone of the shipped pack, 101 and 200 in the second.
ROWS = [
    ("male", 1990, "990121001000", "heroin", "primary"),
    ("male", 1985, "990121002000", "opium", "primary"),
    ("male", 1980, "990121003000", "morphine", "primary"),
    ("male", 1975, "990121100000", "fentanyl", "primary"),
    ("male", 1990, "990121101000", "methamphetamine", "primary"),
    ("male", 1990, "990121101000", "methamphetamine", "tertiary"),
    ("female", 2005, "990121200000", "mdma", "primary"),
    ("female", 1991, "990121101000", "magu", "primary"),
    ("male", 1970, "990121001000", "heroin", "primary"),
]


def columns() -> dict[str, list[Any]]:
    names = ("sex", "birth_year", "township", "main_drug", "education")
    return {"as_of": [date(2026, 10, 1)] * len(ROWS), **{name: list(values) for name, values in zip(names, zip(*ROWS, strict=True), strict=True)}}


@pytest.fixture
def report(pack: CountyPack) -> PrivacyReport:
    return privacy_report(columns(), REGISTRY, pack)


def test_k_by_hand(report: PrivacyReport) -> None:
    """Before: only rows 5 and 6 share sex, year, township (k = 2) and the drug; education parts them as well.

    After: rows 1-4 and 9 are men of 36-59 (born 1970-1990) of zone 1 with opioids, k = 5; rows 5 and 6 the same of zone 2 with synthetic
    drugs, k = 2; rows 7 and 8 are women of 21 and 35, zone 2, synthetic drugs, k = 2. Education is not split by.
    """
    seen = [
        (len(c.before.columns), c.before.smallest, c.before.unique, c.before.small, c.after.smallest, c.after.unique, c.after.small)
        for c in report.comparisons
    ]
    assert seen == [(3, 1, 7, 9, 2, 0, 4), (4, 1, 7, 9, 2, 0, 4), (5, 1, 9, 9, 2, 0, 4)]
    assert report.comparisons[0].before.unique_share == pytest.approx(7 / 9)
    assert report.comparisons[0].after.small_share == pytest.approx(4 / 9)
    assert report.records == 9
    assert report.judgement is Judgement.AGGREGATE


def test_what_was_generalised(report: PrivacyReport) -> None:
    assert [(change.column.zh, change.to.zh if change.to else None) for change in report.generalisations] == [
        ("出生年份", "年龄段"),
        ("现居乡镇代码", "片区"),
        ("主滥用毒品", "主滥用毒品"),
        ("文化程度", None),
    ]


def test_no_row_is_told(report: PrivacyReport) -> None:
    said = str(report.rows())
    assert "最小k=1" in said
    assert "只用于汇总" in said
    assert not [value for row in ROWS for value in map(str, row) if value in said]


def test_many_alike_pass(pack: CountyPack) -> None:
    alike = {name: values[:1] * 5 for name, values in columns().items()}
    assert privacy_report(alike, REGISTRY, pack).judgement is Judgement.PASSED
    assert privacy_report({name: values[:4] for name, values in alike.items()}, REGISTRY, pack).judgement is Judgement.AGGREGATE


def test_blocked_columns_and_totals(pack: CountyPack) -> None:
    refused = privacy_report({}, REGISTRY, pack, blocked=["C"])
    assert refused.judgement is Judgement.REFUSED
    assert "C" in str(refused.rows())
    totals = replace(REGISTRY, columns=tuple(column for column in REGISTRY.columns if column.type is not Type.KEY))
    assert "已是汇总数" in privacy_report({"birth_year": [1990]}, totals, pack).rows()[0][2]


def test_a_column_of_a_dimension_unknown_here_counts_as_delivered(pack: CountyPack) -> None:
    """A new contract may publish a year of birth by another dimension: of the nine rows three share 1990, six have a year of their own."""
    key = next(column for column in REGISTRY.columns if column.type is Type.KEY)
    by_sex = replace(REGISTRY, columns=(key, replace(REGISTRY.column("birth_year"), quasi_identifier="sex")))
    (comparison,) = privacy_report({"birth_year": columns()["birth_year"]}, by_sex, pack).comparisons
    assert comparison.before == comparison.after
    assert (comparison.after.smallest, comparison.after.unique) == (1, 6)


def test_an_empty_file(pack: CountyPack) -> None:
    empty = privacy_report({name: [] for name in columns()}, REGISTRY, pack)
    assert empty.judgement is Judgement.PASSED
    assert [comparison.before.smallest for comparison in empty.comparisons] == [0, 0, 0]


@pytest.mark.parametrize(("age", "band"), [(17, "under_18"), (18, "18_35"), (35, "18_35"), (36, "36_59"), (59, "36_59"), (60, "60_plus")])
def test_bands_are_those_of_the_build(age: int, band: str) -> None:
    assert duckdb.sql(f"select {age_band(str(age))}").fetchall() == [(band,)]
