"""The report on one page: every number in it is one of the audit's, and the verdict is the audit's."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from disclosure.audit import Finding, LatticeReport, ReleaseReport, Report
from disclosure.policy import Policy
from disclosure.report import Heading, one_page

HEADING = Heading(("示例县", "Sample County"), 12, ("2026年10月", "2026-10"))
NOTES = (("克数不是人数,不作为人数检验", "Weights are not counts of persons and are not attacked"),)
LOST = Finding("public", "core.registry_person", date(2026, 9, 1), (("sex", ("female",)),), 3, 4, 5)


def lattice(release: str, hidden: int, crossed: int, implied: int, narrowest: float, *failures: Finding) -> LatticeReport:
    return LatticeReport(release, "core.registry_person", date(2026, 9, 1), hidden, crossed, implied, narrowest, failures, "")


def report(*failures: Finding) -> Report:
    inside = [lattice("internal", 1200, 35_000, 3, 7.0), lattice("internal", 34, 714, 0, math.inf)]
    outside = [lattice("public", 491, 22_259, 48, 5.0, *failures)]
    return Report((ReleaseReport.over("internal", inside), ReleaseReport.over("public", outside)), NOTES)


def rows_of(page: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")][1:] for line in page.splitlines() if line.startswith("|")][2:]


@pytest.mark.parametrize("language", [0, 1])
def test_the_table_sums_up_the_lattices(language: int) -> None:
    page = one_page(HEADING, report(), None, Policy())[language]
    # two lattices inside and one outside; 1,200 + 34 hidden, 35,000 + 714 crossings, the narrowest 7 and 5, required 5 and 5
    assert rows_of(page) == [["2", "1"], ["1,234", "491"], ["35,714", "22,259"], ["3", "48"], ["7", "5"], ["5", "5"], ["0", "0"]]


@pytest.mark.parametrize(("language", "passed", "failed"), [(0, "结论:通过", "结论:未通过"), (1, "Verdict: passed", "Verdict: failed")])
def test_the_verdict_is_the_audits(language: int, passed: str, failed: str) -> None:
    assert passed in one_page(HEADING, report(), None, Policy())[language]
    lost = one_page(HEADING, report(LOST), None, Policy())[language]
    assert failed in lost
    assert rows_of(lost)[-1] == ["0", "1"]


def test_it_says_what_became_of_the_build_before() -> None:
    def line(against: Report | None, language: int) -> str:
        return next(line for line in one_page(HEADING, report(), against, Policy())[language].splitlines() if line.startswith("- "))

    assert "首版" in line(None, 0)
    assert "内部版2组、公开版1组" in line(report(), 0)
    assert "2 changed lattices of the internal and 1 of the public" in line(report(), 1)
    assert "内部版0个、公开版1个受保护的人数可被推出" in line(report(LOST), 0)


def test_pairs_that_were_not_read_together_are_told() -> None:
    apart = replace(report(), unattacked=("有2组未一并攻击", "2 pairs were not attacked"))
    assert "- 有2组未一并攻击。" in one_page(HEADING, report(), apart, Policy())[0]
    assert "- 2 pairs were not attacked." in one_page(HEADING, report(), apart, Policy())[1]


def test_the_tightened_limits_are_told() -> None:
    page = one_page(HEADING, report(), None, Policy(internal_k=8, required_width=6.0, moved=4))[0]
    assert rows_of(page)[5] == ["8", "6"]
    assert "至多4人进、4人出" in page


def test_where_nothing_is_hidden_there_is_no_narrowest_interval() -> None:
    nothing = [ReleaseReport.over(name, [lattice(name, 0, 0, 0, math.inf)]) for name in ("internal", "public")]
    assert rows_of(one_page(HEADING, Report(tuple(nothing), NOTES), None, Policy())[0])[4] == ["—", "—"]
