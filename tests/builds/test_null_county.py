"""In a county where nothing happens but chance, the pages say that nothing stands out; in the sample county they find what was put there."""

from __future__ import annotations

import re
from pathlib import Path

import pandas
import pytest
from streamlit.testing.v1 import AppTest

from etl.assembly.analyses.hotspots import SHARE
from etl.sample.cases import BURST_CASES, BURST_MONTH, BURST_TOWNSHIP
from indicators.model import Method
from tests.app.test_pages import run, text
from tests.builds.null_county import build_null_county
from tests.planted.said import CLEAR, read
from warehouse.reader import Warehouse

SEED = 20261127


@pytest.fixture(scope="module")
def null_county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_null_county(tmp_path_factory.mktemp("null") / "data", 65, SEED)


def found(data: Path, method: Method, indicator: str = "cases_opened", release: str = "internal") -> pandas.DataFrame:
    """What a method found at all its cut-offs."""
    opened = Warehouse.open(data / "warehouse.duckdb")
    try:
        return opened.findings(release, method.value, [indicator])
    finally:
        opened.close()


def shown(page: str, data: Path, monkeypatch: pytest.MonkeyPatch, **query: str) -> str:
    monkeypatch.setenv("DASHBOARD_DATA", str(data))
    test: AppTest = run(page, **query)
    assert not test.exception
    return text(test)


@pytest.mark.parametrize("release", ["internal", "public"])
def test_no_more_is_found_at_any_cut_off_than_is_promised(null_county: Path, release: str) -> None:
    # A map is promised to err once in twenty. Its maps overlap, so a false label may last; each is counted, and the latest has none.
    levels = found(null_county, Method.LEVEL, release=release)
    wrong = set(levels.loc[levels["label"].isin(CLEAR), "last_on"])
    assert len(wrong) <= SHARE * levels["last_on"].nunique()
    assert levels["last_on"].max() not in wrong
    for method, known in ((Method.CLUSTER, {"within_chance"}), (Method.WARNING, {"quiet"}), (Method.TREND, {"within_chance"})):
        assert set(found(null_county, method, release=release)["label"]) == known, method
    # No laboratory and no suspect was drawn: of nothing there is no trend, and of quarters all 0 none is judged.
    assert set(found(null_county, Method.TREND, "drug_labs_destroyed", release)["label"]) == {"too_few"}
    assert set(found(null_county, Method.WARNING, "drug_labs_destroyed", release)["label"]) == {"quiet"}
    assert set(found(null_county, Method.WARNING, "youth_cases", release)["label"]) <= {"not_judged"}


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


@pytest.mark.parametrize("release", ["internal", "public"])
def test_no_page_says_that_anything_is_out_of_the_ordinary(null_county: Path, release: str) -> None:
    said = read(null_county, release=release)
    assert not said.claims()
    assert not said.count("明显(上升|下降|偏高|偏低)$")  # a card's label by itself is no claim of its own, and must not be there either
    # The month, the year so far and the twelve months are judged on the cases' page: it is not silent because it judges nothing.
    for line in ("同比 2025年10月:", "累计同比 2025年1—10月:", "近12个月 2024年11月至2025年10月:"):
        assert said.says("cases", f"^{line}.*在随机波动范围内$")


def test_the_sample_countys_burst_is_found_in_the_county_and_its_month_only(sample_warehouse: Path) -> None:
    warnings = found(sample_warehouse, Method.WARNING)
    alarms = warnings[warnings["label"] == "alarm"]
    assert {month.date() for month in alarms["last_on"]} == {BURST_MONTH}
    assert set(alarms["breakdown"]) == {"total"}
    assert alarms["observed"].min() >= BURST_CASES
    # Most months are too small to be split: townships are watched by the quarter, and that of the burst is not over.
    assert warnings[(warnings["area_code"] == BURST_TOWNSHIP) & (warnings["last_on"].dt.date == BURST_MONTH)].empty
    assert BURST_TOWNSHIP in set(warnings["area_code"])


def test_the_sample_county_names_what_stands_out(sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    townships = shown("townships", sample_warehouse, monkeypatch)
    assert "南峪镇可能偏高" in townships
    # Townships of 2026 are shown when the year is over, so the pooled months end before the burst. In them 南峪镇 and three neighbours have the
    # most, more than twice as many as expected: of so few cases chance makes that too. With the eight of the burst it would be a cluster.
    assert "没有相邻乡镇连成片的聚集区超出偶然" in townships
    clusters = found(sample_warehouse, Method.CLUSTER)
    latest = clusters[clusters["last_on"] == clusters["last_on"].max()]
    assert latest["last_on"].iloc[0].date() < BURST_MONTH
    assert set(latest["label"]) == {"within_chance"}
    assert BURST_TOWNSHIP not in set(latest["area_code"])
    assert (latest["observed"] > 2 * latest["expected"]).all()
    assert "2026年8月全县刑事立案" in shown("warnings", sample_warehouse, monkeypatch)
    assert "2026年8月全县刑事立案" in shown("overview", sample_warehouse, monkeypatch, release="public")
