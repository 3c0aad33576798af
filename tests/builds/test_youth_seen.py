"""More young suspects than chance brings are said on the pages, and nothing is said where nothing changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builds.test_null_county import shown
from tests.spec.tables import build_from, write_extract

TITLE = "嫌疑人中35岁及以下占比"


def cases(first: str, months: int, a_month: int, young: int, suspects: int = 1) -> list[dict[str, str]]:
    """Cases spread evenly over some months, so many of them in all with only young suspects and the others with none."""
    year, month = map(int, first.split("-"))
    total = months * a_month
    return [
        {
            "filed_on": f"{year + (month - 1 + place // a_month) // 12}-{(month - 1 + place // a_month) % 12 + 1:02}",
            "suspects": str(suspects),
            "suspects_18_35": str(suspects * ((place + 1) * young // total - place * young // total)),
        }
        for place in range(total)
    ]


COUNTIES = {
    # 21 of 60 in 2024 and 37 of 60 in 2025: .27 apart, standard error sqrt(.483 * .517 * 2 / 60) = .091.
    "a year": [*cases("2024-01", 12, 5, 21), *cases("2025-01", 12, 5, 37), *cases("2026-01", 8, 5, 20)],
    "nothing": [*cases("2024-01", 12, 5, 21), *cases("2025-01", 12, 5, 22), *cases("2026-01", 8, 5, 14)],
    # Nearly as many, three to a case: 12 of 20 cases after 7 of 20, .25 apart, standard error .158.
    "three to a case": [*cases("2024-01", 10, 2, 7, 3), *cases("2025-01", 10, 2, 12, 3), *cases("2026-01", 8, 2, 8, 3)],
}


@pytest.fixture(scope="module", params=COUNTIES)
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("youth")
    delivered = sorted(case["filed_on"].replace("-", "") for case in COUNTIES[request.param])
    build_from(folder / "data", write_extract(folder, "cases", f"{delivered[0]}-202608", COUNTIES[request.param], "20260905"))
    return request.param, folder / "data"


def test_what_is_said_of_young_suspects(county: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    name, data = county
    youth, overview = (shown(page, data, monkeypatch) for page in ("youth", "overview"))
    said = {
        "a year": "2025年全县嫌疑人中35岁及以下占比为61.7%,比上年上升26.7个百分点(21/60→37/60),明显上升",
        "nothing": "2025年全县嫌疑人中35岁及以下占比为36.7%,比上年上升1.7个百分点(21/60→22/60),在随机波动范围内",
        "three to a case": "2025年全县嫌疑人中35岁及以下占比为60.0%,比上年上升25.0个百分点(21/60→36/60),在随机波动范围内",
    }[name]
    assert said in youth
    assert (TITLE in overview and "明显上升" in overview) == (name == "a year")


def test_outside_nothing_is_judged(county: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    _, data = county
    for page in ("youth", "overview"):
        told = [line for line in shown(page, data, monkeypatch, release="public").splitlines() if TITLE in line]
        assert not any("明显" in line or "随机" in line for line in told)
