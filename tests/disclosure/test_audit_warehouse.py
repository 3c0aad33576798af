"""The auditor of a finished warehouse, on small published tables written by hand: what it must find, and what says nothing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from disclosure.__main__ import main
from disclosure.audit import Report, audit
from disclosure.lattice import Contradiction
from disclosure.policy import Policy
from disclosure.published import Outside, published_of

COUNTY = "990100000000"
MONTH = date(2024, 12, 1)
Row = tuple[Any, ...]


def measure(column: str | None = None, distinct: bool = False, **where: str | tuple[str, ...]) -> str:
    chosen = {name: [members] if isinstance(members, str) else list(members) for name, members in where.items()}
    return json.dumps({"where": chosen, "column": column, "distinct": distinct})


CURRENT, LOCAL = measure(standing="current"), measure(standing="current", residence="local")
INDICATORS: list[Row] = [
    ("current_users", "registry", "stock", "persons", "core.registry_person", measure(standing="current"), "", True, True, False),
    (
        "resident_share",
        "registry",
        "share",
        "persons",
        "core.registry_person",
        measure(standing="current", residence="local"),
        measure(standing="current"),
        False,
        True,
        False,
    ),
    ("registry_change", "registry", "events", "persons", "core.registry_change", measure(), "", True, False, True),
    ("newly_found_people", "registry", "events", "persons", "core.newly_found", measure(), "", True, False, False),
    ("suspects_arrested", "cases", "events", "persons", "core.suspect", measure(column="persons"), "", True, False, False),
    ("cases_opened", "cases", "events", "events", "core.case_file", measure(), "", True, False, False),
    ("youth_cases", "youth", "events", "persons", "core.case_file", measure(youth="yes"), "", False, False, False),
    ("drugs_seized", "cases", "sum", "seizures", "core.case_file", measure(column="grams"), "", False, False, False),
    ("substances_seen", "drugs", "events", "events", "core.case_file", measure(column="drug", distinct=True), "", False, False, False),
]
CODES = {
    "standing": ("current", "abstinent"),
    "sex": ("male", "female"),
    "age_band": ("young", "old"),
    "residence": ("local", "incoming"),
    "youth": ("yes", "no"),
    "zone": ("Z1", "Z2"),
    "drug": ("D1", "D2"),
    "change": ("newly_found", "removed"),
}
MEMBERS: list[Row] = [(name, code, code, code, position, "") for name, codes in CODES.items() for position, code in enumerate(codes)]


def row(
    indicator: str,
    breakdown: str = "total",
    member: str = "",
    member_2: str = "",
    *,
    shown: float | None = None,
    of: float | None = None,
    release: str = "internal",
    period: date = MONTH,
    grain: str = "month",
    area: str = COUNTY,
    status: str | None = None,
) -> Row:
    status = status or ("suppressed" if shown is None else "observed")
    return (release, indicator, period, grain, area, breakdown, member, member_2, shown, of, None, None, None, status)


def attack(*rows: Row, releases: tuple[str, ...] = ("internal",)) -> Report:
    return audit(rows, INDICATORS, MEMBERS, Policy(), releases)


def attack_with(*rows: Row, outside: tuple[Outside, ...] = (), with_crossings: bool = False) -> Report:
    return audit(rows, INDICATORS, MEMBERS, Policy(), ("internal",), outside=outside, with_crossings=with_crossings)


def found(report: Report) -> list[tuple[dict[str, tuple[str, ...]], float, float]]:
    return [(dict(finding.where), finding.low, finding.high) for own in report.releases for finding in own.failures]


def sexes_by_age(*hidden: str) -> list[Row]:
    """40 people: 30 men, 10 women; 25 young, 15 old; crossings 22, 8, 3, 7 (young men, old men, young women, old women)."""
    counts = {"male": 30, "female": 10, "young": 25, "old": 15, "male,young": 22, "male,old": 8, "female,young": 3, "female,old": 7}
    rows = [row("current_users", shown=40)]
    for name, count in counts.items():
        shown = None if name in hidden else count
        members = name.split(",")
        breakdown = "sex*age_band" if len(members) == 2 else "sex" if name in CODES["sex"] else "age_band"
        rows.append(row("current_users", breakdown, *members, shown=shown))
    return rows


BLOCK = ("male,young", "male,old", "female,young", "female,old")


def test_hiding_small_counts_alone_is_found_out() -> None:
    report = attack(*sexes_by_age("female,young"))
    assert not report.passed
    assert found(report) == [({"standing": ("current",), "sex": ("female",), "age_band": ("young",)}, 3, 3)]


def test_a_protected_table_passes_and_says_how_narrow_it_is() -> None:
    # Young women from 0 (all ten women old) to 10 (none old): 10 wide, like the other three; the audit may stop once 5 is proved.
    report = attack(*sexes_by_age(*BLOCK))
    assert report.passed
    (internal,) = report.releases
    assert (internal.lattices, internal.hidden, internal.implied) == (1, 4, 0)
    assert internal.narrowest is not None
    assert 5 <= internal.narrowest <= 10


@pytest.mark.parametrize("shown", BLOCK)
def test_one_suppression_less_is_found_out(shown: str) -> None:
    report = attack(*sexes_by_age(*(name for name in BLOCK if name != shown)))
    assert len(report.releases[0].failures) == 3


def test_the_periods_of_a_stock_meet_in_its_last_month() -> None:
    # The quarter October-December describes December like the month does: 10 in all, 7 in Z1 leave exactly 3 in Z2.
    quarter = {"period": date(2024, 10, 1), "grain": "quarter"}
    rows = (
        row("current_users", shown=10),
        row("current_users", "zone", area="Z1", shown=7, **quarter),
        row("current_users", "zone", area="Z2", **quarter),
    )
    assert found(attack(*rows)) == [({"standing": ("current",), "zone": ("Z2",)}, 3, 3)]
    year = {"period": date(2024, 1, 1), "grain": "year"}
    assert len(found(attack(rows[0], row("current_users", "zone", area="Z1", shown=7, **year), row("current_users", "zone", area="Z2", **year)))) == 1


def test_quarters_of_a_flow_add_up_to_its_year() -> None:
    quarters = [date(2024, month, 1) for month in (1, 4, 7, 10)]
    rows = [row("youth_cases", period=date(2024, 1, 1), grain="year", shown=30)]
    rows += [row("youth_cases", period=day, grain="quarter", shown=count) for day, count in zip(quarters, (9, 9, 10, None), strict=True)]
    assert found(attack(*rows)) == [({"youth": ("yes",), "quarter": ("4",)}, 2, 2)]


def test_a_share_states_both_its_numbers() -> None:
    rows = (row("current_users", shown=40), row("resident_share", "zone", area="Z1", shown=18, of=25), row("current_users", "zone", area="Z2"))
    # 40 - 25 = 15 in Z2: hidden, and known to the person.
    assert ({"standing": ("current",), "zone": ("Z2",)}, 15, 15) in found(attack(*rows))


def test_a_withheld_share_hides_its_numerator_where_the_base_is_shown() -> None:
    rows = (
        row("current_users", shown=40),
        row("resident_share"),
        row("resident_share", "zone", area="Z1", shown=18, of=20),
        row("resident_share", "zone", area="Z2", shown=19, of=20),
    )
    assert ({"standing": ("current",), "residence": ("local",)}, 37, 37) in found(attack(*rows))


def test_a_small_count_nobody_publishes_but_anybody_can_subtract_is_found() -> None:
    report = attack(row("current_users", shown=100), row("resident_share", shown=97, of=100))
    assert found(report) == [({"standing": ("current",), "residence": ("incoming",)}, 3, 3)]
    assert attack(row("current_users", shown=100), row("resident_share", shown=90, of=100)).passed


def test_what_exact_totals_imply_is_no_failure() -> None:
    report = attack(row("current_users", shown=3), row("current_users", "sex", "male"), row("current_users", "sex", "female"))
    assert report.passed
    assert report.releases[0].implied == 2


def test_rows_that_say_nothing_of_people_are_left_out() -> None:
    report = attack(
        row("registry_change", "change", "removed"),
        row("drugs_seized", "drug", "D1"),
        row("substances_seen", shown=2),
        row("youth_cases", grain="rolling_12"),
        row("current_users", status="not_collected"),
        row("resident_share", status="undefined"),
    )
    assert report.passed
    assert report.releases[0].lattices == 0
    assert any("registry_change" in en for _, en in report.notes)


def test_a_sum_of_persons_is_a_count_of_persons() -> None:
    year = {"period": date(2024, 1, 1), "grain": "year"}
    zones = {"Z1": 18, "Z2": None}
    rows = [row("suspects_arrested", "zone", area=zone, shown=count, **year) for zone, count in zones.items()]
    rows.append(row("suspects_arrested", shown=20, **year))
    assert found(attack(*rows)) == [({"zone": ("Z2",)}, 2, 2)]


def public(indicator: str, *arguments: str, **named: Any) -> Row:
    return row(indicator, *arguments, release="public", **named)


def test_exact_totals_unpick_a_rounded_neighbour() -> None:
    # 22 in all, exact inside; 15 men outside mean 11 to 19, so 3 to 11 women: there are some. Without the exact total (20 means 16 to 24)
    # nobody can tell.
    outside = [public("current_users", shown=20), public("current_users", "sex", "male", shown=15), public("current_users", "sex", "female")]
    report = attack(row("current_users", shown=22), *outside, releases=("internal", "public"))
    (finding,) = report.releases[1].failures
    assert (dict(finding.where)["sex"], finding.low, finding.high) == (("female",), 3, 11)
    assert finding.reason[0] == "可证明有人"
    assert attack(*outside, releases=("public",)).passed


def test_exact_case_counts_bound_cases_with_young_suspects() -> None:
    year = {"period": date(2024, 1, 1), "grain": "year"}
    rows = [
        public("youth_cases", **year, shown=20),
        public("youth_cases", "zone", area="Z1", **year, shown=15),
        public("youth_cases", "zone", area="Z2", **year),
        public("cases_opened", "zone", area="Z1", **year, shown=11),
        public("cases_opened", "zone", area="Z2", **year, shown=7),
    ]
    # Z1 has 11 to 11 (15 - 4 and at most all its cases), both together 16 to 24: Z2 has 5 at least, 7 at most.
    (finding,) = attack(*rows, releases=("public",)).releases[0].failures
    assert (dict(finding.where)["zone"], finding.low, finding.high) == (("Z2",), 5, 7)


@pytest.mark.parametrize("value", [5, 12, 23])
def test_a_public_count_off_the_method_is_refused(value: int) -> None:
    with pytest.raises(Contradiction, match=r"public, core\.registry_person, 2024-12"):
        attack(public("current_users", shown=value), releases=("public",))


def test_rows_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(Contradiction, match="different counts"):
        attack(row("current_users", shown=40), row("resident_share", shown=20, of=41))
    with pytest.raises(Contradiction, match=r"internal, core\.registry_person, 2024-12"):
        attack(row("current_users", shown=40), row("current_users", "sex", "male", shown=50))
    with pytest.raises(Contradiction, match="hidden in one row"):
        attack(row("current_users", shown=40), row("current_users", "sex", "male", shown=20), row("current_users", "sex", "male"))


def test_unknown_indicators_and_dimensions_are_refused() -> None:
    with pytest.raises(ValueError, match=r"meta\.indicator lacks"):
        attack(row("nothing_known"))
    with pytest.raises(ValueError, match=r"meta\.member lacks"):
        attack(row("current_users", "height", "tall"))


CURRENT_WOMEN = {"standing": ("current",), "sex": ("female",)}


def ages_and_sexes(female: int | None, zero: bool = False) -> list[Row]:
    """40 people, 25 young and 15 old; the women, and the zero of a drug, as asked."""
    rows = [row("current_users", shown=40), row("current_users", "age_band", "young", shown=25), row("current_users", "age_band", "old", shown=15)]
    rows += [row("current_users", "sex", "female", shown=female), row("current_users", "sex", "male", shown=None if female is None else 40 - female)]
    return rows + ([row("current_users", "drug", "D1", shown=40), row("current_users", "drug", "D2", shown=0)] if zero else [])


def test_a_crossing_nobody_publishes_is_attacked() -> None:
    # Four women are shown: young women are 0 to 4, old women too. Men: at least 25 - 4 of the young, at most 25, which is no small count.
    rows = ages_and_sexes(4)
    assert attack(*rows).passed
    report = attack_with(*rows, with_crossings=True)
    assert found(report) == [
        ({**CURRENT_WOMEN, "age_band": ("old",)}, 0, 4),
        ({**CURRENT_WOMEN, "age_band": ("young",)}, 0, 4),
    ]
    assert report.releases[0].crossed == 4
    assert attack_with(*ages_and_sexes(6), with_crossings=True).passed


def test_a_shown_zero_of_a_split_is_found_by_its_crossings() -> None:
    # Nobody is hidden like somebody: a drug of nobody tells that no woman, no man, nobody young and nobody old has it, alone or together.
    report = attack_with(*ages_and_sexes(10, zero=True), with_crossings=True)
    assert report.releases[0].crossed == 4 + 4 + 4 + 8  # sex x age, sex x drug, age x drug, and all three
    assert [(where["drug"], low, high) for where, low, high in found(report)] == [(("D2",), 0, 0)] * (2 + 2 + 4)


def test_parts_of_a_total_of_nobody_are_not_asked_for() -> None:
    parts = [("age_band", "young"), ("age_band", "old"), ("sex", "female"), ("sex", "male")]
    assert attack_with(row("current_users", shown=0), *(row("current_users", *part, shown=0) for part in parts), with_crossings=True).passed


def outside(count: float, *members: str, breakdown: str) -> Outside:
    return Outside("current_users", MONTH, "month", COUNTY, breakdown, members[0], members[1] if len(members) > 1 else "", count)


def test_a_count_published_elsewhere_gives_away_its_neighbour() -> None:
    rows = ages_and_sexes(None)
    assert attack_with(*rows).passed
    report = attack_with(*rows, outside=(outside(30, "male", breakdown="sex"),))
    assert found(report) == [(CURRENT_WOMEN, 10, 10)]  # 40 less the 30 men of the bulletin


def test_what_is_published_elsewhere_must_not_contradict_what_is_shown() -> None:
    with pytest.raises(Contradiction, match="correct the list"):
        attack_with(*ages_and_sexes(10), outside=(outside(31, "male", breakdown="sex"),))
    with pytest.raises(ValueError, match="unknown indicator"):
        attack_with(*ages_and_sexes(10), outside=(replace(outside(30, "male", breakdown="sex"), indicator="strange"),))


def write_warehouse(path: Path, rows: list[Row]) -> Path:
    """Write a warehouse file that holds some published rows."""
    schema = Path(__file__).parents[2] / "warehouse" / "schema.sql"
    with duckdb.connect(str(path)) as connection:
        connection.execute(schema.read_text(encoding="utf-8"))
        for table, records in (("mart.observation", rows), ("meta.indicator", [(*one, "") for one in INDICATORS]), ("meta.member", MEMBERS)):
            connection.executemany(f"insert into {table} values ({', '.join('?' * len(records[0]))})", records)
        connection.execute("insert into meta.build values (1, '2024-12-31', '0', '2024-12-01', ?, '县', 'County', '', true, 5, '', '', '')", [COUNTY])
    return path


def test_a_file_that_does_not_say_what_is_a_stock_is_to_be_built_again(warehouse: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("alter table meta.indicator drop column is_bridge")
        connection.execute("alter table meta.indicator drop column is_stock")
    assert main(["audit", str(warehouse)]) == 1
    assert "of another version" in capsys.readouterr().err
    with pytest.raises(ValueError, match="made by an earlier version"):
        audit(sexes_by_age(*BLOCK), [row[:8] for row in INDICATORS], MEMBERS, Policy())


def test_what_is_a_stock_is_told_by_the_file_alone() -> None:
    # Of a stock, the quarter October-December describes December like the month does: 10 in all and 7 in Z1 leave 3 in Z2. Of a flow, the ten
    # of December and the seven and more of the quarter are different people, and nothing follows.
    quarter = {"period": date(2024, 10, 1), "grain": "quarter"}
    rows = (
        row("current_users", shown=10),
        row("current_users", "zone", area="Z1", shown=7, **quarter),
        row("current_users", "zone", area="Z2", **quarter),
    )
    elsewhere = [tuple("core.under_treatment" if part == "core.registry_person" else part for part in told) for told in INDICATORS]
    assert not audit(rows, elsewhere, MEMBERS, Policy(), ("internal",)).passed
    as_a_flow = [(*told[:8], False, told[9]) for told in elsewhere]
    assert audit(rows, as_a_flow, MEMBERS, Policy(), ("internal",)).passed


def test_what_the_caller_gathered_is_attacked_as_what_the_audit_gathers() -> None:
    # 10 in all and 7 in Z1 leave 3 in Z2.
    rows = (
        row("current_users", shown=10),
        row("current_users", "zone", area="Z1", shown=7),
        row("current_users", "zone", area="Z2"),
    )
    gathered = published_of(rows, INDICATORS, ("internal",))
    found_so = audit(rows, INDICATORS, MEMBERS, Policy(), ("internal",), gathered=gathered)
    assert not found_so.passed
    assert found_so == attack(*rows)


def test_a_file_that_says_two_things_of_a_table_is_refused() -> None:
    one_differs = [(*told[:8], told[0] == "current_users", told[9]) for told in INDICATORS]
    with pytest.raises(ValueError, match=r"two things of the rows of core\.registry_person"):
        audit(sexes_by_age(*BLOCK), one_differs, MEMBERS, Policy())


def test_the_reasons_of_a_change_are_no_part_of_the_linear_programs_and_the_report_says_so() -> None:
    changes = [row("registry_change", "change", "newly_found", shown=5), row("registry_change", "change", "removed", shown=1)]
    assert attack(*changes).releases[0].lattices == 0
    assert any("core.registry_change" in zh for zh, _ in attack(*changes).notes)
    assert not any("core.registry_change" in zh for zh, _ in audit([], INDICATORS[:2], MEMBERS, Policy()).notes)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse file that holds the small table, protected."""
    return write_warehouse(tmp_path / "warehouse.duckdb", sexes_by_age(*BLOCK))


def test_the_command_passes_fails_and_breaks(warehouse: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(warehouse)]) == 0
    said = capsys.readouterr().out
    assert "结论:通过" in said
    assert "verdict: passed" in said
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update mart.observation set numerator = 22, status = 'observed' where member = 'male' and member_2 = 'young'")
    assert main(["audit", str(warehouse), "--release", "internal", "--json"]) == 2
    record = json.loads(capsys.readouterr().out)
    assert record["verdict"] == "failed"
    (own,) = record["releases"]
    assert own["release"] == "internal"
    assert {math.floor(failure["high"] - failure["low"]) for failure in own["failures"]} == {0}
    assert main(["audit", str(tmp_path / "absent.duckdb")]) == 1
    assert "未能完成" in capsys.readouterr().err
