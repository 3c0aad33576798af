"""Two builds read together: what a reader of both can prove, on tables small enough to work out by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from disclosure.audit import Report
from disclosure.junction import margins, succession
from disclosure.lattice import Axis
from disclosure.policy import Policy
from disclosure.succession import Rows, audit_succession
from tests.disclosure.test_audit_warehouse import INDICATORS, MEMBERS, Row, row

WOMEN = {"standing": ("current",), "sex": ("female",)}


def sexes(total: int, female: int | None, male: int | None, release: str = "internal") -> list[Row]:
    return [
        row("current_users", shown=total, release=release),
        row("current_users", "sex", "female", shown=female, release=release),
        row("current_users", "sex", "male", shown=male, release=release),
    ]


def together(older: list[Row], newer: list[Row], k: int = 5, release: str = "internal") -> Report:
    return audit_succession(Rows(older, INDICATORS, MEMBERS), Rows(newer, INDICATORS, MEMBERS), Policy(internal_k=k), (release,))


def found(report: Report) -> list[tuple[dict[str, tuple[str, ...]], float, float]]:
    return [(dict(finding.where), finding.low, finding.high) for finding in report.releases[0].failures]


def test_what_is_shown_of_the_men_before_bounds_the_women_after() -> None:
    # 40 people, 30 of them men: ten women, exactly. Three may have come and three left: 7 to 13 women now.
    older, newer = sexes(40, None, 30), sexes(40, None, None)
    assert found(together(older, newer, k=5)) == [(WOMEN, 10, 10)]
    assert found(together(older, newer, k=10)) == [(WOMEN, 10, 10), (WOMEN, 7, 13)]


def test_and_after_bounds_before() -> None:
    assert found(together(sexes(40, None, None), sexes(40, None, 30), k=10)) == [(WOMEN, 7, 13), (WOMEN, 10, 10)]


def test_totals_tell_how_many_more_came_than_left() -> None:
    # One more than before, and at most three came: so at most two left. 8 to 13 women now.
    assert found(together(sexes(40, None, 30), sexes(41, None, None), k=10)) == [(WOMEN, 10, 10), (WOMEN, 8, 13)]


def test_what_one_build_shows_of_a_cell_cannot_be_unsaid_by_the_other() -> None:
    assert together(sexes(40, 10, 30), sexes(40, None, None), k=10).passed
    assert together(sexes(40, None, None), sexes(40, 10, 30), k=10).passed


def test_builds_that_say_the_same_are_not_attacked() -> None:
    assert together(sexes(40, None, None), sexes(40, None, None)).releases[0].lattices == 0


def test_as_many_may_have_come_as_the_totals_tell() -> None:
    # Five more than before: five came and none left, for at most five are taken to have come. 10 to 15 women now.
    assert found(together(sexes(40, None, 30), sexes(45, None, None), k=10)) == [(WOMEN, 10, 10), (WOMEN, 10, 15)]


def test_a_difference_that_a_few_people_cannot_explain_is_named() -> None:
    # Ten women fewer and ten men more, with the same total: at most three came and three left.
    report = together(sexes(40, 20, 20), sexes(40, 10, 30))
    assert report.releases[0].lattices == 0
    assert report.unattacked is not None
    assert "有1组" in report.unattacked[0]


def test_what_both_hide_stays_hidden() -> None:
    report = together(sexes(40, None, None), sexes(41, None, None))
    assert report.passed
    assert (report.releases[0].lattices, report.releases[0].hidden) == (1, 4)


def test_a_rounded_count_shown_before_proves_that_somebody_is_there_after() -> None:
    # 30 men stand for 26 to 34, and 40 people are known exactly: 6 to 14 women, and 3 to 17 after three came and three left.
    older = [*sexes(40, None, 30), *sexes(40, None, 30, "public")]
    newer = [*sexes(40, None, None), *sexes(40, None, None, "public")]
    assert found(together(older, newer, release="public")) == [(WOMEN, 6, 14), (WOMEN, 3, 17)]


def test_people_who_stay_leave_and_come_make_both_tables() -> None:
    axes = (Axis("sex", ("male", "female")),)
    model = margins(axes, [(("sex", ("female",)),), ()])
    both = succession(model, 1)
    # Unknowns: women and men who stay, leave, come, in the order of the model.
    forms = model.forms.toarray()
    stay, leave, come = np.array([3.0, 5.0]), np.array([1.0, 0.0]), np.array([0.0, 2.0])
    seen = both.forms.toarray() @ np.concatenate([stay, leave, come])
    assert seen.tolist() == [*(forms @ (stay + leave)), *(forms @ (stay + come)), 1.0, 2.0]


@pytest.mark.parametrize("moment", [date(2024, 12, 1)])
def test_the_command_reads_two_builds(tmp_path: Path, moment: date, capsys: pytest.CaptureFixture[str]) -> None:
    from disclosure.__main__ import main
    from tests.disclosure.test_audit_warehouse import write_warehouse

    older, newer = write_warehouse(tmp_path / "older.duckdb", sexes(40, 10, 30)), write_warehouse(tmp_path / "newer.duckdb", sexes(40, None, None))
    assert main(["audit", str(newer), "--against", str(older), "--release", "internal"]) == 0
    assert "与上一版一并攻击" in capsys.readouterr().out
    listed = tmp_path / "bulletin.csv"
    head = "indicator,period,grain,area,breakdown,member,member_2,count\n"
    listed.write_text(f"{head}current_users,{moment:%Y-%m},month,990100000000,sex,male,,30\n", encoding="utf-8")
    assert main(["audit", str(newer), "--outside", str(listed), "--release", "internal"]) == 2
    assert "[10, 10]" in capsys.readouterr().out
    listed.write_text("indicator,period\n", encoding="utf-8")
    assert main(["audit", str(newer), "--outside", str(listed)]) == 1
    assert "missing" in capsys.readouterr().err
