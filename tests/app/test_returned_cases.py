"""The townships' monthly return of cases stands on the page of cases where a county hands one in, corrected months included."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from etl.mapping.kept import save
from tests.app.test_pages import PAGES, charts, run, text
from tests.spec.test_case_counts import FIRST, SECOND, WIDE, months_of, take, write


def test_a_monthly_return_is_drawn_with_its_corrected_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = tmp_path / "data"
    save(WIDE, data)
    months = [f"{year}{month:02d}" for year in (2024, 2025) for month in range(1, 13)]
    # Totals of each year: five a month, but in December 2024 two fewer than in November.
    so_far = [5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 53]
    for year, totals in (("2024", so_far), ("2025", [5 * month for month in range(1, 13)])):
        named = [month for month in months if month.startswith(year)]
        rows = [["乡镇码", "类别", *named], [FIRST, "贩卖", *totals], [SECOND, "贩卖", *[0] * 12]]
        take(data, write(tmp_path, f"{year}01-{year}12", f"{int(year) + 1}0205", rows))
    assert list(months_of(data).values()) == [5] * 11 + [-2] + [5] * 12
    monkeypatch.setenv("DASHBOARD_DATA", str(data))
    test = run("cases")
    assert not test.exception
    said = text(test)
    # 2025: 12 x 5 = 60 by December, the last two provisional: 50 to October, as many as in the year before.
    assert "2025年1—10月全县月报案件数为50起,与上年同期持平,在随机波动范围内" in said
    assert "2024年12月,-2" in said
    assert "零以下为累计数更正调减" in said
    [drawn] = [json.loads(chart) for chart in charts(test)]
    assert drawn["layout"]["yaxis"]["range"][0] < -2 < 5 < drawn["layout"]["yaxis"]["range"][1]
    # The page on quality speaks of the return by its name, and of how the return itself grew: nothing, in its first build.
    quality = text(run("quality"))
    assert "毒品案件月报表:2024年1月至2025年12月,已报24个月,没有缺月" in quality
    assert "月报案件数公布后没有变动" in quality
    assert "case_counts" not in quality.replace("\\", "")
    for page in PAGES:
        for release in ("internal", "public"):
            assert not run(page, release=release).exception, page


def test_without_a_return_the_page_does_not_speak_of_it(sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    assert "月报案件数" not in text(run("cases"))
