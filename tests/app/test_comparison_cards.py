"""What stands behind 比较 on a card: every chart over time has it, no other has, and it says up to which period was compared."""

from __future__ import annotations

from pathlib import Path

import pandas
import pytest

from tests.app.page_cards import tables
from tests.app.test_pages import run, text
from ui.cards import _folded

FOLDED = {"zh": ["比较", "本期 / 对比期", "变化 / 判断"], "en": ["Comparison", "Now / Before", "Change / Judgement"]}


def test_two_periods_and_what_is_said_of_them_share_a_cell_each() -> None:
    five = pandas.DataFrame([["同比", "8月:6起", "7月:5起", "由5起增至6起", "随机*波动"]], columns=["比较", "本期", "对比期", "变化", "判断"])
    folded = _folded(five)
    assert list(folded.columns) == FOLDED["zh"]
    assert folded.iloc[0].tolist() == ["同比", "8月:6起  \n7月:5起", "由5起增至6起  \n随机*波动"]


@pytest.mark.parametrize(
    ("page", "release", "lang", "rows"),
    [
        ("cases", "internal", "zh", [4, 4, 1, 4]),  # opened, solved, kinds of drug by year, administrative cases by quarter
        ("cases", "public", "en", [4, 4, 1]),  # outside, half of the administrative quarters are withheld, so years are drawn
        ("registry", "internal", "zh", [4, 4]),  # two stocks with two comparisons each, newly found people
        ("townships", "internal", "zh", []),
    ],
)
def test_every_chart_over_time_of_a_page_is_compared(
    page: str, release: str, lang: str, rows: list[int], sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    test = run(page, release=release, lang=lang)
    assert not test.exception
    found = [table for table in tables(test) if list(table.columns) == FOLDED[lang]]
    assert [len(table) for table in found] == rows
    said = "比较到" if lang == "zh" else "Compared up to"
    assert text(test).count(said) == len(rows)
