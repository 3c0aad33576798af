"""What the checks of a trial build say: what was found, and that nothing was where nothing was."""

from __future__ import annotations

from datetime import date

import pytest

from etl.assembly import checks
from etl.publishing.difference import CellChange, ChangeKind, Difference, in_words, told
from indicators import catalogue
from indicators.cards import parts_of
from indicators.model import Status

COUNTY = "990121000000"
MONTH = date(2026, 8, 1)


def row(status: Status, value: float | None, name: str = "cases_opened", area: str = COUNTY, breakdown: str = "total") -> tuple[object, ...]:
    """A published row: release, indicator, period, grain, area, breakdown, two members, five numbers, status."""
    return ("internal", name, MONTH, "month", area, breakdown, "", "", value, None, value, None, None, status.value)


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        (
            [row(Status.OBSERVED, 3.0), row(Status.SUPPRESSED, None)],
            "核对2个数的状态与数值:未发现不符;受保护的1个,均不含数值",
            "Status and number of 2 observations: no contradiction found; protected: 1, none of which holds a number",
        ),
        (
            [row(Status.OBSERVED, 3.0)],
            "核对1个数的状态与数值:未发现不符;受保护的:无",
            "Status and number of 1 observation: no contradiction found; protected: none",
        ),
    ],
)
def test_hidden_numbers(rows: list[tuple[object, ...]], zh: str, en: str) -> None:
    found = checks._hidden_is_null(rows)
    assert (found.passed, found.sentence.zh, found.sentence.en) == (True, zh, en)
    assert not checks._hidden_is_null([*rows, row(Status.SUPPRESSED, 2.0)]).passed


def standing(registered: float) -> dict[tuple[str, date], float]:
    # 10 = 6 + 3 + 1
    parts = {"registered_people": registered, "current_users": 6.0, "abstinent_three_years": 3.0, "deaths_and_departures": 1.0}
    return {(name, MONTH): number for name, number in parts.items()}


@pytest.mark.parametrize(
    ("totals", "passed", "zh"),
    [
        (standing(10.0), True, "核对1个月:在册人数均等于现有、戒断三年、死亡离境之和"),
        ({}, True, "在册人数与各状态之和:无可核对的月份"),
        (standing(11.0), False, "2026年8月在册人数不等于各状态之和"),
    ],
)
def test_the_parts_of_the_register(totals: dict[tuple[str, date], float], passed: bool, zh: str) -> None:
    known = catalogue()
    found = checks._standing_adds_up(totals, known["registered_people"], parts_of(known["registered_people"], known))
    assert (found.passed, found.sentence.zh) == (passed, zh)


def test_nothing_to_compare_is_said_so() -> None:
    assert checks._bridge_closes({}, {}, catalogue()).sentence.zh == "人员变动与期末人数:无可核对的月份"
    assert checks._areas_add_up([row(Status.OBSERVED, 3.0)], COUNTY).sentence.zh == "片区、乡镇数之和:无可核对的组"


def test_areas_are_compared_by_groups() -> None:
    rows = [row(Status.OBSERVED, 3.0), row(Status.OBSERVED, 3.0, area="990121-1", breakdown="zone")]
    found = checks._areas_add_up(rows, COUNTY)
    assert (found.passed, found.sentence.zh) == (True, "核对1组:片区、乡镇数之和均等于全县")
    assert found.sentence.en == "Zones and townships add up to the county in 1 comparison"


def test_kinds_of_areas_need_not_add_up() -> None:
    # Two kinds in each zone and three in the county: one kind was seen in both.
    zones = [row(Status.OBSERVED, 2.0, area=zone, breakdown="zone") for zone in ("Z1", "Z2")]
    rows = [row(Status.OBSERVED, 3.0), *zones]
    kinds, cases = ('{"where": {}, "column": "drug", "distinct": true}', '{"where": {}, "column": null, "distinct": false}')
    declared = [["cases_opened", "cases", "events", "events", "core.case_file", numerator, "", False] for numerator in (kinds, cases)]
    assert checks._areas_add_up(rows, COUNTY, checks._counting_kinds(declared[:1])).passed
    assert not checks._areas_add_up(rows, COUNTY, checks._counting_kinds(declared[1:])).passed


def test_one_number_is_no_numbers() -> None:
    said = in_words(Difference((), (("cases_opened", MONTH, ChangeKind.WITHDRAWN, 1), ("cases_solved", MONTH, ChangeKind.ADDED, 2)), 3))
    assert said.en == "Against the build in force: 2 numbers added, 1 number taken back"


def test_of_people_a_difference_tells_the_countys_totals_only() -> None:
    total = CellChange(ChangeKind.CORRECTED, "registered_people", MONTH, "month", COUNTY, "total", "", "", 40.0, 41.0, "observed", "observed")
    of_people = (
        ("current_users", MONTH, ChangeKind.ADDED, 9),
        ("registered_people", MONTH, ChangeKind.CORRECTED, 3),
        ("nobody_knows_it", MONTH, ChangeKind.ADDED, 5),
    )
    whole = Difference((total,), (("cases_opened", MONTH, ChangeKind.CORRECTED, 4), *of_people), 90)
    assert in_words(whole).en == "Against the build in force: 5 numbers changed"
    assert told(told(whole)) == told(whole)  # said twice it is the same
    assert told(whole).counts == (("cases_opened", MONTH, ChangeKind.CORRECTED, 4), ("registered_people", MONTH, ChangeKind.CORRECTED, 1))
    assert in_words(Difference((), of_people, 90)).zh == "与现用版本相比,案件数和人员合计数都没有改变"
