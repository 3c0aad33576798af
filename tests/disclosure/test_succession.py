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
MEN = {"standing": ("current",), "sex": ("male",)}


def sexes(total: int, female: int | None, release: str = "internal") -> list[Row]:
    male = None if female is None else total - female
    return [
        row("current_users", shown=total, release=release),
        row("current_users", "sex", "female", shown=female, release=release),
        row("current_users", "sex", "male", shown=male, release=release),
    ]


def together(older: list[Row], newer: list[Row], moved: int = 3, release: str = "internal") -> Report:
    return audit_succession(Rows(older, INDICATORS, MEMBERS), Rows(newer, INDICATORS, MEMBERS), Policy(), (release,), moved)


def found(report: Report) -> list[tuple[dict[str, tuple[str, ...]], float, float]]:
    return [(dict(finding.where), finding.low, finding.high) for finding in report.releases[0].failures]


def test_a_count_shown_before_bounds_it_after() -> None:
    # Ten women before. Three in and three out leave 7 to 13, two in and two out 8 to 12: four persons wide, one too few.
    assert together(sexes(40, 10), sexes(40, None)).passed
    assert found(together(sexes(40, 10), sexes(40, None), moved=2)) == [(WOMEN, 8, 12), (MEN, 28, 32)]


def test_a_count_shown_after_bounds_it_before() -> None:
    assert found(together(sexes(40, None), sexes(40, 10), moved=2)) == [(WOMEN, 8, 12), (MEN, 28, 32)]


def test_totals_tell_how_many_more_came_than_left() -> None:
    # One more than before, at most two came: two came and one left, or one came. So 9 to 12 women of 41, and 29 to 32 men.
    assert found(together(sexes(40, 10), sexes(41, None), moved=2)) == [(WOMEN, 9, 12), (MEN, 29, 32)]


def test_builds_that_say_the_same_or_differ_by_too_many_people_are_not_attacked() -> None:
    assert together(sexes(40, None), sexes(40, None)).releases[0].lattices == 0
    assert together(sexes(40, 10), sexes(80, None)).releases[0].lattices == 0


def test_what_both_hide_stays_hidden() -> None:
    report = together(sexes(40, None), sexes(41, None))
    assert report.passed
    assert (report.releases[0].lattices, report.releases[0].hidden) == (1, 4)


def test_a_rounded_count_shown_before_proves_that_somebody_is_there_after() -> None:
    # 10 stands for 8 to 14. Three may have left: 5 to 17 now, so the hidden count is not empty. In the internal table nothing else is known.
    older = [*sexes(40, 10), *sexes(40, 10, "public")]
    newer = [*sexes(40, None), *sexes(40, None, "public")]
    assert found(together(older, newer, release="public")) == [(WOMEN, 5, 17)]


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

    older, newer = write_warehouse(tmp_path / "older.duckdb", sexes(40, 10)), write_warehouse(tmp_path / "newer.duckdb", sexes(40, None))
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
