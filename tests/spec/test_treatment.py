"""Community treatment: numbers of people delivered as a table, counted, divided and protected like people."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from etl.county.read import check_pack, read_pack
from etl.extracts import extracts
from etl.inspection.batch import inspect_batch
from etl.mapping.kept import save
from etl.mapping.profile import Profile
from etl.publishing.acceptance import accept
from tests.spec.tables import COUNTY, build_from, load, observed, publish_build, write_extract

HALF_YEAR = [f"2026{month:02}" for month in range(1, 7)]
FIRST_QUARTER, SECOND_QUARTER = date(2026, 1, 1), date(2026, 4, 1)


def monthly(folder: Path, **counts: str) -> Path:
    """The same numbers every month of half a year, of one township and of community treatment."""
    rows = [{"month": month, "community_measure": "社区戒毒", **counts} for month in HALF_YEAR]
    return write_extract(folder, "treatment", "202601-202606", rows, "20260705")


def test_what_happened_adds_up_and_what_stands_does_not(tmp_path: Path) -> None:
    # Ten ordered a month are thirty a quarter, of whom eight a month, 24, reported in time: 24 / 30.
    # At the end of June 40 are due, 22 under way and 6 completed; 6 cannot be reached, and the sample county leaves these out: 28 / 34.
    counts = {"ordered": "10", "reported": "8", "due": "40", "under_way": "22", "completed": "6", "broken": "6", "exempt": "6"}
    build_from(tmp_path / "data", monthly(tmp_path, **counts))
    reported = observed(tmp_path / "data", "internal", "report_in_rate", "total", "quarter")
    assert reported[(FIRST_QUARTER,)] == (pytest.approx(24 / 30), "observed")
    assert (SECOND_QUARTER,) not in reported  # people ordered in June may still report in July
    executed = observed(tmp_path / "data", "internal", "execution_rate", "total", "quarter")
    assert executed[(SECOND_QUARTER,)] == (pytest.approx(28 / 34), "observed")


def test_the_plain_formula_keeps_those_who_cannot_be_reached(tmp_path: Path) -> None:
    county = Path(shutil.copytree(COUNTY, tmp_path / "county"))
    pack = county / "county.toml"
    pack.write_text(pack.read_text(encoding="utf-8").replace('execution_rate = "without_exempt"', 'execution_rate = ""'), encoding="utf-8")
    load(tmp_path / "data", monthly(tmp_path, due="40", under_way="22", completed="6", broken="6", exempt="6"))
    publish_build(tmp_path / "data", county)
    executed = observed(tmp_path / "data", "internal", "execution_rate", "total", "quarter")
    assert executed[(SECOND_QUARTER,)] == (pytest.approx(28 / 40), "observed")


def test_a_formula_nobody_offers_is_named_with_those_there_are(tmp_path: Path) -> None:
    county = Path(shutil.copytree(COUNTY, tmp_path / "county"))
    pack = county / "county.toml"
    pack.write_text(pack.read_text(encoding="utf-8").replace('"without_exempt"', '"of_last_year"'), encoding="utf-8")
    (problem,) = check_pack(county)
    assert (problem.rule, problem.column) == ("formula", "execution_rate")
    assert 'execution_rate = "without_exempt"' in problem.remedy.zh


@pytest.mark.parametrize("late", [0, 1, 4])
def test_few_who_did_not_report_are_hidden(late: int, tmp_path: Path) -> None:
    # Of thirty a quarter so many did not report; a share shown would tell them, and so would everybody having reported.
    rows = [{"month": month, "community_measure": "社区戒毒", "ordered": "10", "reported": "10"} for month in HALF_YEAR]
    rows[0]["reported"] = str(10 - late)
    build_from(tmp_path / "data", write_extract(tmp_path, "treatment", "202601-202606", rows, "20260705"))
    assert observed(tmp_path / "data", "internal", "report_in_rate", "total", "quarter")[(FIRST_QUARTER,)] == (None, "suppressed")


def test_parts_are_never_more_than_their_whole(tmp_path: Path) -> None:
    over = monthly(tmp_path, ordered="3", reported="4", due="9", under_way="5", completed="3", broken="1", exempt="1")
    (result,) = inspect_batch([over], read_pack(COUNTY))
    assert {(problem.rule, problem.column) for problem in result.problems} == {("parts_of_ordered", "责令人数"), ("parts_of_due", "应执行人数")}
    assert result.rows_refused == 6


# What happens in a month runs on from January and says so; what stands at its end is no running total.
OFFICE_HEADERS = {
    column.name: f"{column.header}(累计)" if column.name in {"ordered", "reported"} else column.header
    for column in extracts()["treatment"].columns
    if column.type.value == "count"
}
RUNNING = Profile.from_choices(
    "treatment-so-far",
    extracts()["treatment"],
    columns={
        **{name: [header] for name, header in OFFICE_HEADERS.items()},
        "township": ["乡镇"],
        "community_measure": ["类别"],
    },
    month_is_last=True,
    is_cumulative=True,
)


def so_far(folder: Path, month: str, ordered: int, reported: int, due: int) -> Path:
    """A return in the office's own form whose numbers of orders run from January on."""
    counts = dict.fromkeys(OFFICE_HEADERS, 0) | {"ordered": ordered, "reported": reported, "due": due, "under_way": due}
    head = ["乡镇", "类别", *OFFICE_HEADERS.values()]
    row = ["990121001000", "社区戒毒", *(counts[name] for name in OFFICE_HEADERS)]
    path = folder / f"社区戒毒社区康复_{month}_报{int(month) + 1}05.csv"
    path.write_text("\n".join(",".join(map(str, line)) for line in (head, row)) + "\n", encoding="utf-8")
    return path


def test_running_totals_of_several_counts_are_taken_apart(tmp_path: Path) -> None:
    data, pack = tmp_path / "data", read_pack(COUNTY)
    save(RUNNING, data)
    files = [
        so_far(tmp_path, "202601", 10, 8, 30),
        so_far(tmp_path, "202602", 22, 17, 34),
        so_far(tmp_path, "202603", 30, 24, 32),
        so_far(tmp_path, "202604", 41, 33, 35),
    ]
    results = inspect_batch(files, pack, data=data)
    assert not [problem for result in results for problem in result.problems]
    accept(results, data, "spec")
    publish_build(data, COUNTY)
    # The quarter had 30 orders, of whom 24 reported, not 10 + 22 + 30; of those due, 32 stood there at its end.
    assert observed(data, "internal", "report_in_rate", "total", "quarter")[(FIRST_QUARTER,)] == (pytest.approx(24 / 30), "observed")
    assert observed(data, "internal", "execution_rate", "total", "quarter")[(FIRST_QUARTER,)] == (1.0, "observed")
    fallen = so_far(tmp_path, "202605", 40, 33, 31)
    (result,) = inspect_batch([fallen], pack, data=data)
    assert [(problem.rule, problem.column, problem.row) for problem in result.problems] == [("correction", "责令人数", 2)]
