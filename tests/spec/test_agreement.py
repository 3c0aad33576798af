"""An indicator and the table it counts must fit, or the build says which file contradicts which."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from etl.assembly.agreement import DeclarationsDisagree, check_agreement
from etl.extracts import extracts
from indicators import catalogue
from indicators.model import Kind, Measure, Protects

KNOWN = catalogue()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (
            "cases_opened",
            {"table": "core.case_files"},
            "no extract type fills core.case_files; there are core.administrative_case, core.case_count, core.criminal_case",
        ),
        ("cases_opened", {"sources": ("case",)}, "sources names 'case', which is no extract type"),
        ("cases_opened", {"kind": Kind.STOCK}, "cases declares core.criminal_case as a Flow"),
        ("current_users", {"kind": Kind.EVENTS}, "registry declares core.registry_person as a Stock"),
        ("current_users", {"protects": Protects.EVENTS}, "registry counts people in core.registry_person: write Protects.PERSONS"),
        ("cases_opened", {"breakdowns": ("total", "execution")}, "core.criminal_case has no column 'execution'"),
        ("report_in_rate", {"denominator": Measure(table="core.ordered")}, "no extract type fills core.ordered, by which it divides"),
        ("report_in_rate", {"denominator": Measure(table="core.treatment_due")}, "it divides what happened by what stands"),
        ("report_in_rate", {"numerator": Measure(column="events")}, "core.treatment_ordered has no column 'events'"),
    ],
)
def test_what_does_not_fit_is_named_with_the_remedy(name: str, change: dict[str, Any], said: str) -> None:
    with pytest.raises(DeclarationsDisagree) as refused:
        check_agreement(KNOWN | {name: replace(KNOWN[name], **change)}, extracts())
    assert said in refused.value.text.zh
    assert f"{KNOWN[name].theme}/{name}: " in refused.value.text.en


def test_the_projects_own_fit() -> None:
    check_agreement(KNOWN, extracts())
