"""Tables of case numbers in, months out; running totals are taken apart by hand in the comments."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from etl.county.read import read_pack
from etl.extracts import extracts
from etl.inspection import running_totals
from etl.inspection.batch import inspect_batch
from etl.inspection.result import InspectionResult
from etl.mapping.kept import save
from etl.mapping.profile import Profile
from etl.publishing import trial
from etl.publishing.acceptance import accept
from tests.spec.tables import COUNTY, build_from, observed, publish_build

PACK = read_pack(COUNTY)
FIRST, SECOND = [town.code for town in PACK.townships if town.valid_to is None][:2]
JANUARY, FEBRUARY, MARCH = (date(2026, month, 1) for month in (1, 2, 3))
TEMPLATE = ["立案月份", "立案乡镇代码", "案由", "立案数"]
WIDE = Profile.from_choices(
    "wide",
    extracts()["case_counts"],
    columns={"township": ["乡镇码"], "charge": ["类别"]},
    has_month_columns=True,
    counts_into="opened",
    is_cumulative=True,
)
SO_FAR = Profile.from_choices(
    "so-far",
    extracts()["case_counts"],
    columns={"township": ["乡镇码"], "charge": ["类别"], "opened": ["本年累计立案"]},
    month_is_last=True,
    counts_into="opened",
    is_cumulative=True,
)


def write(folder: Path, months: str, reported: str, rows: Sequence[Sequence[object]]) -> Path:
    """A delivery named as counties name it."""
    path = folder / f"案件月报_{months}_报{reported}.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def take(data: Path, path: Path) -> InspectionResult:
    """Accept one file that is in order."""
    (result,) = inspect_batch([path], PACK, data=data)
    assert not result.is_refused, result.lines()
    accept([result], data, "spec")
    return result


def months_of(data: Path) -> dict[date, float | None]:
    """Build, and return the county's numbers by month."""
    publish_build(data, COUNTY)
    return {when: value for (when,), (value, _) in observed(data, "public", "cases_returned", "total", "month").items()}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    for profile in (WIDE, SO_FAR):
        save(profile, folder)
    return folder


def test_a_monthly_table_counts_by_month_township_and_charge(tmp_path: Path) -> None:
    rows = [TEMPLATE, ["2026-01", FIRST, "贩卖", 3], ["2026-01", SECOND, "非法持有毒品", 2], ["2026-02", FIRST, "贩卖", 1]]
    rows.append(["2026-02", SECOND, "吸毒", 7])
    data = tmp_path / "data"
    build_from(data, write(tmp_path, "202601-202603", "20260405", rows))
    # January 3 + 2, February 1; March was reported and lists nothing. The seven of February are records of people.
    months = observed(data, "internal", "cases_returned", "total", "month")
    assert months == {(JANUARY,): (5, "observed"), (FEBRUARY,): (1, "provisional"), (MARCH,): (0, "provisional")}
    towns = observed(data, "public", "cases_returned", "township", "quarter")
    assert (towns[JANUARY, FIRST][0], towns[JANUARY, SECOND][0]) == (4, 2)
    charges = observed(data, "public", "cases_returned", "charge", "quarter")
    assert (charges[JANUARY, "trafficking"][0], charges[JANUARY, "possession"][0]) == (4, 2)
    assert (JANUARY, "use") not in charges
    # Of February and its one case no split is told, nor of January: the quarter less January would be February.
    towns_of = observed(data, "public", "cases_returned", "township", "month")
    assert {towns_of[JANUARY, FIRST], towns_of[FEBRUARY, FIRST]} == {(None, "suppressed")}


def test_the_same_place_in_the_table_twice_goes_back(tmp_path: Path) -> None:
    rows = [TEMPLATE, ["2026-01", FIRST, "贩卖", 3], ["2026-01", FIRST, "运输", 2]]  # both are the code for trafficking
    (result,) = inspect_batch([write(tmp_path, "202601", "20260205", rows)], PACK)
    assert [(problem.rule, problem.row) for problem in result.problems] == [("duplicate_key", 3)]


def test_running_totals_become_months_and_a_negative_month_stays(tmp_path: Path, data: Path) -> None:
    rows = [["乡镇码", "类别", "202601", "202602", "2026年3月"], [FIRST, "贩卖", 5, 8, 7], [SECOND, "贩卖", 0, 1, 1]]
    result = take(data, write(tmp_path, "202601-202603", "20260405", rows))
    # First township 5, 8 - 5 = 3, 7 - 8 = -1; second 0, 1, 0.
    assert months_of(data) == {JANUARY: 5, FEBRUARY: 4, MARCH: -1}
    assert [(remark.rule, remark.month, remark.row) for remark in result.remarks] == [("correction", MARCH, 2)]
    assert any("2026-03 · 第2行" in line for line in result.lines())
    assert result.as_json()["remarks"][0]["month"] == "2026-03"
    # 7 in the first township and 1 in the second at the end of March; a month of -1 is too small to be split.
    towns = observed(data, "public", "cases_returned", "township", "quarter")
    assert (towns[JANUARY, FIRST][0], towns[JANUARY, SECOND][0]) == (7, 1)
    assert observed(data, "public", "cases_returned", "township", "month")[MARCH, FIRST] == (None, "suppressed")
    assert observed(data, "public", "cases_returned", "total", "quarter")[(JANUARY,)][0] == 8  # 7 + 1, the totals at the end of March


def test_a_corrected_earlier_month_changes_the_later_one_in_any_order(tmp_path: Path, data: Path) -> None:
    head = ["乡镇码", "类别"]
    whole = write(tmp_path, "202601-202603", "20260405", [[*head, "202601", "202602", "202603"], [FIRST, "贩卖", 5, 8, 10]])
    corrected = write(tmp_path, "202601-202602", "20260420", [[*head, "202601", "202602"], [FIRST, "贩卖", 6, 9]])
    for number, order in enumerate(permutations((whole, corrected))):
        folder = tmp_path / f"order-{number}"
        save(WIDE, folder)
        for path in order:
            take(folder, path)
        # In force: 6 and 9 as corrected, 10 as first delivered: 6, 9 - 6 = 3, 10 - 9 = 1.
        assert months_of(folder) == {JANUARY: 6, FEBRUARY: 3, MARCH: 1}


def test_one_running_total_asks_for_the_month_before(tmp_path: Path, data: Path) -> None:
    head = ["乡镇码", "类别", "本年累计立案"]
    january = write(tmp_path, "202601", "20260205", [head, [FIRST, "贩卖", 5]])
    february = write(tmp_path, "202602", "20260305", [head, [FIRST, "贩卖", 8]])
    march = write(tmp_path, "202603", "20260405", [head, [FIRST, "贩卖", 0], [FIRST, "非法持有毒品", 2]])
    (result,) = inspect_batch([february], PACK, data=data)
    assert [problem.rule for problem in result.problems] == ["previous_cumulative_needed"]
    take(data, january)
    assert take(data, february).remarks == ()
    remarks = take(data, march).remarks
    # March takes the 8 cases of trafficking back: 0 - 8 = -8, and 2 new of possession.
    assert [(remark.rule, remark.month, remark.row) for remark in remarks] == [("correction", MARCH, 2)]
    assert months_of(data) == {JANUARY: 5, FEBRUARY: 3, MARCH: -6}


def test_a_row_left_out_of_running_totals_is_asked_for_by_its_township(tmp_path: Path, data: Path) -> None:
    head = ["乡镇码", "类别", "本年累计立案"]
    take(data, write(tmp_path, "202601", "20260205", [head, [FIRST, "贩卖", 5], [SECOND, "贩卖", 0]]))
    # The first township's five cases would be taken back by a row that was forgotten; the second never had one to lose.
    (result,) = inspect_batch([write(tmp_path, "202602", "20260305", [head, [FIRST, "非法持有毒品", 2]])], PACK, data=data)
    (problem,) = result.problems
    town, charge = PACK.township(FIRST).title.zh, "走私、贩卖、运输"
    assert (problem.rule, problem.column) == ("running_total_missing", "立案数")
    assert problem.message.zh == f"2026年2月累计表中没有“{town}·{charge}”这一行,而上月累计为5"
    assert problem.remedy.zh == "补上该行;确为更正请填0"
    take(data, write(tmp_path, "202602", "20260306", [head, [FIRST, "非法持有毒品", 2], [FIRST, "贩卖", 5]]))
    # 5 in January; 5 - 5 = 0 and 2 new in February.
    assert months_of(data) == {JANUARY: 5, FEBRUARY: 2}


def test_a_row_left_out_of_a_later_month_of_one_file_is_asked_for(tmp_path: Path, data: Path) -> None:
    by_row = Profile.from_choices(
        "by-row",
        extracts()["case_counts"],
        columns={"month": ["月"], "township": ["乡镇码"], "charge": ["类别"], "opened": ["累计"]},
        counts_into="opened",
        is_cumulative=True,
    )
    save(by_row, data)
    rows = [["月", "乡镇码", "类别", "累计"], ["2026-01", FIRST, "贩卖", 5], ["2026-01", SECOND, "贩卖", 3], ["2026-02", FIRST, "贩卖", 6]]
    (result,) = inspect_batch([write(tmp_path, "202601-202602", "20260305", rows)], PACK, data=data)
    (problem,) = result.problems
    assert problem.rule == "running_total_missing"
    assert PACK.township(SECOND).title.zh in problem.message.zh


def test_what_is_no_row_left_out_of_running_totals() -> None:
    def missing(rows: list[tuple[date, str, int]], first: date, last: date, before: running_totals.Totals) -> int:
        when, where, counts = (list(column) for column in zip(*rows, strict=True))
        columns = {"month": when, "township": where, "charge": ["trafficking"] * len(rows), "opened": counts}
        return len(running_totals.missing_rows(extracts()["case_counts"], columns, first, last, before, PACK))

    # A new year begins at zero: what December had is not missing in January, and is in February what January had.
    december = date(2025, 12, 1)
    assert missing([(december, SECOND, 3), (JANUARY, FIRST, 5)], december, JANUARY, {}) == 0
    assert missing([(JANUARY, FIRST, 5), (FEBRUARY, SECOND, 3)], JANUARY, FEBRUARY, {}) == 1
    # A township merged away goes on under the one that took it over.
    former = next(town for town in PACK.townships if town.merged_into is not None)
    assert missing([(FEBRUARY, former.merged_into or "", 6)], FEBRUARY, FEBRUARY, {(former.code, "trafficking", "opened"): 4}) == 0
    assert missing([(FEBRUARY, former.merged_into or "", 6)], FEBRUARY, FEBRUARY, {(former.code, "possession", "opened"): 4}) == 1


def test_running_totals_delivered_together_go_on_from_one_another_in_any_order(tmp_path: Path, data: Path) -> None:
    head = ["乡镇码", "类别", "本年累计立案"]
    january = write(tmp_path, "202601", "20260205", [head, [FIRST, "贩卖", 5]])
    february = write(tmp_path, "202602", "20260305", [head, [FIRST, "贩卖", 8]])
    march = write(tmp_path, "202603", "20260405", [head, [FIRST, "贩卖", 6]])
    without = inspect_batch([march, february], PACK, data=data)
    assert [[problem.rule for problem in result.problems] for result in without] == [["previous_cumulative_needed"]] * 2
    results = inspect_batch([march, february, january], PACK, data=data)
    assert not any(result.is_refused for result in results)
    # 6 - 8 = -2: March corrects what February said.
    assert [[(remark.rule, remark.month) for remark in result.remarks] for result in results] == [[("correction", MARCH)], [], []]
    accept(results, data, "spec")
    assert months_of(data) == {JANUARY: 5, FEBRUARY: 3, MARCH: -2}


def test_a_running_total_goes_on_from_monthly_tables_and_starts_anew_in_january(tmp_path: Path, data: Path) -> None:
    monthly = [TEMPLATE, ["2026-01", FIRST, "贩卖", 4], ["2026-02", FIRST, "贩卖", 2]]
    take(data, write(tmp_path, "202601-202602", "20260305", monthly))
    head = ["乡镇码", "类别", "本年累计立案"]
    take(data, write(tmp_path, "202603", "20260405", [head, [FIRST, "贩卖", 9]]))
    take(data, write(tmp_path, "202501", "20260406", [head, [FIRST, "贩卖", 7]]))
    months = months_of(data)
    # 9 - (4 + 2) = 3; January 2025 stands by itself; the months between were never reported.
    assert (months[JANUARY], months[FEBRUARY], months[MARCH]) == (4, 2, 3)
    assert (months[date(2025, 1, 1)], months[date(2025, 2, 1)]) == (7, None)


def test_a_table_that_leaves_townships_out_names_them(tmp_path: Path, data: Path) -> None:
    rows = [TEMPLATE, *(["2026-01", town.code, "贩卖", 1] for town in PACK.townships if town.valid_to is None and town.code != SECOND)]
    result = take(data, write(tmp_path, "202601", "20260205", rows))
    (remark,) = result.remarks
    assert (remark.rule, remark.message.zh) == (
        "townships_without_rows",
        f"表中没有{PACK.township(SECOND).title.zh}的行,将按0计;如属漏报请退回补报",
    )
    whole = take(data, write(tmp_path, "202601", "20260206", [*rows, ["2026-01", SECOND, "贩卖", 0]]))
    assert [remark.rule for remark in whole.remarks] == ["edition_replaced"]


def test_a_part_that_takes_the_place_of_another_is_held(tmp_path: Path, data: Path) -> None:
    towns = [town.code for town in PACK.townships if town.valid_to is None]
    parts = [
        write(tmp_path, "202601", reported, [TEMPLATE, *(["2026-01", town, "贩卖", 4] for town in some)])
        for reported, some in (("20260205", towns[:9]), ("20260206", [towns[8], *towns[9:]]))
    ]
    results = inspect_batch(parts, PACK, data=data)
    # Nine townships with a number above zero, of which the second part has one: eight of nine are gone.
    said = {remark.rule: remark.message.zh for remark in results[1].remarks}
    assert said["edition_replaced"] == (
        "“案件月报_202601_报20260206.csv”将替代“案件月报_202601_报20260205.csv”中2026年1月的数据,"
        "原有9个乡镇月份,其中8个乡镇月份新文件中没有;分单位或分性质报送的请合成一份"
    )
    assert "edition_replaced" not in {remark.rule for remark in results[0].remarks}
    tried = trial.try_out(results, data, COUNTY, who="甲")
    assert [(hold.rule, hold.month) for hold in tried.holds] == [("edition_replaced", JANUARY)]
    assert tried.holds[0].message.zh == said["edition_replaced"]
    assert not any(sign in tried.holds[0].kept.zh for sign in ("报2026", "8", "9"))
    trial.give_up(tried, data)
