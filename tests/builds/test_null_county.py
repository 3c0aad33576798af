"""In a county where nothing happens but chance, the pages say that nothing stands out; in the sample county they find what was put there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.sample.cases import BURST_CASES, BURST_MONTH, BURST_TOWNSHIP
from indicators.model import Method
from tests.app.test_pages import run, text
from tests.builds.null_county import build_null_county
from tests.planted.said import read
from tests.planted.test_null_counties import OF_A_JUDGEMENT, most
from warehouse.reader import Warehouse

SEED = 20261127


@pytest.fixture(scope="module")
def null_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_null_county(tmp_path_factory.mktemp("null") / "data", 65, SEED)


def labels(data: Path, method: Method, indicator: str = "cases_opened") -> dict[str, int]:
    """How often each label is given."""
    opened = Warehouse.open(data / "warehouse.duckdb")
    try:
        return opened.findings("internal", method.value, [indicator])["label"].value_counts().to_dict()
    finally:
        opened.close()


def shown(page: str, data: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> str:
    monkeypatch.setenv("DASHBOARD_DATA", str(data))
    test: AppTest = run(page, **query)
    assert not test.exception
    return text(test)


def test_nothing_is_clearly_high_and_no_month_is_a_warning(null_county: Path) -> None:
    # Of the overlapping windows of five years one in twenty may err; the latest is what is shown.
    assert not read(null_county).clear
    assert set(labels(null_county, Method.WARNING)) <= {"quiet", "not_judged"}


@pytest.mark.parametrize("release", ["internal", "public"])
def test_the_pages_say_that_nothing_stands_out(null_county: Path, release: str, monkeypatch: pytest.MonkeyPatch) -> None:
    townships = shown("townships", null_county, monkeypatch, release=release)
    assert "未发现与全县有明显差异" in townships
    assert "若某乡镇风险翻倍,本期发现概率" in townships
    assert "没有相邻乡镇连成片的聚集区" in townships
    assert "镇明显偏高" not in townships
    for page in ("warnings", "overview"):
        assert re.search("最近能检验的是2025年10月.*:没有预警。", shown(page, null_county, monkeypatch, release=release))
    assert "近12个月检验了10个月,没有预警" in shown("warnings", null_county, monkeypatch, release=release)


def test_no_page_says_more_often_than_promised_that_something_changed(null_county: Path) -> None:
    said = read(null_county)
    assert not said.alarms | said.clear
    assert not said.clusters
    assert set(said.trends.values()) <= {"within_chance", "too_few"}
    # Of judgements that are made by themselves one of twenty may err; of fifty more than eight do so once in a thousand times.
    changed, judged = said.count("明显(上升|下降)"), said.count("明显(上升|下降)|在随机波动范围内")
    assert judged > 5
    assert changed <= most(judged, OF_A_JUDGEMENT)


def test_the_sample_countys_burst_is_found_in_the_county_and_its_month_only(sample_warehouse: Path) -> None:
    opened = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    try:
        found = opened.findings("internal", Method.WARNING.value, ["cases_opened"])
    finally:
        opened.close()
    alarms = found[found["label"] == "alarm"]
    assert {month.date() for month in alarms["last_on"]} == {BURST_MONTH}
    assert set(alarms["breakdown"]) == {"total"}
    assert alarms["observed"].min() >= BURST_CASES
    # Most months are too small to be split: townships are watched by the quarter, and that of the burst is not over.
    assert found[(found["area_code"] == BURST_TOWNSHIP) & (found["last_on"].dt.date == BURST_MONTH)].empty
    assert BURST_TOWNSHIP in set(found["area_code"])


def test_the_sample_county_names_what_stands_out(sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    townships = shown("townships", sample_warehouse, monkeypatch)
    assert "南峪镇可能偏高" in townships
    assert "没有相邻乡镇连成片的聚集区超出偶然" in townships  # the burst is later than the pooled months
    assert "2026年8月全县刑事立案" in shown("warnings", sample_warehouse, monkeypatch)
    assert "2026年8月全县刑事立案" in shown("overview", sample_warehouse, monkeypatch, release="public")
