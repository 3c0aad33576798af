"""The report on one page: every number in it is one of the audit's, and the verdict is the audit's."""

from __future__ import annotations

import math
from datetime import date

import pytest

from disclosure.audit import LatticeReport, ReleaseReport, Report
from disclosure.audit_over_time import OverTimeReport
from disclosure.finding import Finding
from disclosure.policy import Policy
from disclosure.report import Heading, one_page

HEADING = Heading(("示例县", "Sample County"), 12, ("2026年10月", "2026-10"))
NOTES = (("克数不是人数,不作为人数检验", "Weights are not counts of persons and are not attacked"),)
ASKED = OverTimeReport(157, 2601, ())
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
    page = one_page(HEADING, report(), ASKED, Policy())[language]
    # two lattices inside and one outside; 1,200 + 34 hidden, 35,000 + 714 crossings, the narrowest 7 and 5, required 5 and 5
    assert rows_of(page) == [["2", "1"], ["1,234", "491"], ["35,714", "22,259"], ["3", "48"], ["7", "5"], ["5", "5"], ["0", "0"]]


@pytest.mark.parametrize(("language", "passed", "failed"), [(0, "结论:通过", "结论:未通过"), (1, "Verdict: passed", "Verdict: failed")])
def test_the_verdict_is_the_audits(language: int, passed: str, failed: str) -> None:
    assert passed in one_page(HEADING, report(), ASKED, Policy())[language]
    lost = one_page(HEADING, report(LOST), ASKED, Policy())[language]
    assert failed in lost
    assert rows_of(lost)[-1] == ["0", "1"]


def test_it_says_what_was_asked_of_all_that_was_ever_in_force() -> None:
    def line(over_time: OverTimeReport, language: int) -> str:
        return next(line for line in one_page(HEADING, report(), over_time, Policy())[language].splitlines() if line.startswith("- "))

    assert "157组说法" in line(ASKED, 0)
    assert "2,601次" in line(ASKED, 0)
    assert "157 statements" in line(ASKED, 1)
    assert "有1处能被推出" in line(OverTimeReport(157, 2601, (LOST,)), 0)
    assert "结论:未通过" in one_page(HEADING, report(), OverTimeReport(157, 2601, (LOST,)), Policy())[0]


def test_the_tightened_limits_are_told() -> None:
    page = one_page(HEADING, report(), ASKED, Policy(internal_k=8, required_width=6.0, moved=4))[0]
    assert rows_of(page)[5] == ["8", "6"]
    assert "至多4人进、4人出" in page


def test_where_nothing_is_hidden_there_is_no_narrowest_interval() -> None:
    nothing = [ReleaseReport.over(name, [lattice(name, 0, 0, 0, math.inf)]) for name in ("internal", "public")]
    assert rows_of(one_page(HEADING, Report(tuple(nothing), NOTES), ASKED, Policy())[0])[4] == ["—", "—"]
