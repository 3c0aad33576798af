"""A table in nobody's form is asked about on the upload page, and read by the answers from then on."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from etl.extracts import extracts
from etl.ledger import ledger
from etl.mapping import question
from etl.mapping.kept import load, load_all
from etl.mapping.question import Use, UseKind
from tests.app.test_upload import build_number, can_publish, folder, hand_in, page, publish, said, small
from tests.etl.files import TOWNSHIPS, write_csv, write_xlsx

__all__ = ["folder", "small"]

NAME = "镇街禁毒月报_202610_报20261105.xlsx"
UNIT = ["填报单位:县禁毒办", "", "", "", "单位:起"]
HEADER = [["镇街", "贩毒案件", "", "持毒案件", ""], ["", "立案", "破案", "立案", "破案"]]
RECORDS = [["云汀", "3", "2", "1", "1"], ["东边那个镇", "2", "—", "", ""]]
BELOW = [["合计", "5", "2", "1", "1"], ["填表人:", "", "审核人:", "", ""]]
MERGED = ["A3:A4", "B3:C3", "D3:E3"]


def own_form(folder: Path, name: str = NAME, records: list[list[str]] = RECORDS, below: list[list[str]] = BELOW, month: str = "10") -> Path:
    above = [[f"示例县2026年{month}月毒品案件统计表"], UNIT]
    return write_xlsx(folder, name, [*HEADER, *records, *below], above=above, merged=MERGED)


def choose(test: AppTest, ending: str, value: object) -> AppTest:
    box = next(box for box in test.selectbox if box.key and box.key.endswith(ending))
    return box.set_value(value).run()


def answer(test: AppTest) -> AppTest:
    test = choose(test, ".type", "case_counts")
    for index, use in enumerate(
        (
            Use(UseKind.COLUMN, "township"),
            Use(UseKind.COUNT, "charge", "trafficking"),
            question.UNUSED,
            Use(UseKind.COUNT, "charge", "possession"),
            question.UNUSED,
        )
    ):
        test = choose(test, f".use.{index}", use)
    return choose(test, ".word.0.东边那个镇", TOWNSHIPS[1])


def save(test: AppTest) -> AppTest:
    return next(button for button in test.button if button.key and button.key.endswith(".save")).click().run()


def test_a_table_in_nobodys_form_is_asked_about_read_and_remembered(folder: Path, tmp_path: Path) -> None:
    test = hand_in(page(), own_form(tmp_path))
    assert not test.exception
    assert "这张表不是模板样式" in "".join(expander.label for expander in test.expander)
    test = save(choose(test, ".type", "case_counts"))
    assert "还没有选定" in said(test)
    assert not load_all(folder, extracts())
    test = answer(test)
    blank = next(box for box in test.checkbox if box.key and box.key.endswith("blank_is_zero"))
    test = save(blank.set_value(True).run())
    assert not test.exception
    seen = said(test)
    assert "映射方案“镇街禁毒月报”已保存" in seen
    assert can_publish(test)
    assert "发现 2" in seen
    test = publish(test)
    assert build_number(folder) == 2
    entry = ledger.read(folder)[-1]
    assert (entry.is_accepted, entry.extract) == (True, "case_counts")
    # Next month's file is read by the profile, and a word it does not know is asked about, starting from what was answered.
    later = own_form(tmp_path, "镇街禁毒月报_202611_报20261120.xlsx", [["云汀", "1", "", "", ""], ["西边那个镇", "", "", "", ""]], BELOW[1:], "11")
    test = hand_in(test, later)
    assert "第6行" in said(test)  # titles two, header two, the second record
    boxes = {box.key.rsplit(".", 1)[-1]: box for box in test.selectbox if box.key and ".word." in box.key}
    assert set(boxes) == {"西边那个镇"}
    test = save(boxes["西边那个镇"].set_value(TOWNSHIPS[2]).run())
    assert can_publish(test)
    (kept,) = load_all(folder, extracts())
    assert kept.values["township"] == {"东边那个镇": TOWNSHIPS[1], "西边那个镇": TOWNSHIPS[2]}


def test_a_count_is_not_proposed_against_its_header_and_what_it_means_must_be_answered(folder: Path, tmp_path: Path) -> None:
    cells = [["镇街", "案由", "累计立案数", "合计"], ["云汀", "非法持有", "5", "5"], [TOWNSHIPS[1], "非法持有", "2", "3"]]
    test = choose(hand_in(page(), write_xlsx(tmp_path, NAME, cells)), ".type", "case_counts")
    proposed = next(box for box in test.selectbox if box.key and box.key.endswith(".use.2"))
    assert proposed.value is None
    for index, use in enumerate((Use(UseKind.COLUMN, "township"), Use(UseKind.COLUMN, "charge"), Use(UseKind.COLUMN, "opened"), question.UNUSED)):
        test = choose(test, f".use.{index}", use)
    test = save(test)
    assert "还没有选定:C 累计立案数" in said(test)
    test = save(choose(test, ".meaning.2.running", "as_it_is"))
    assert not test.exception
    # 2 are not 3: the total beside the count is compared until a person says that it holds more.
    assert "本行合计与各列之和不符" in said(test)
    totals = next(box for box in test.multiselect if box.key and box.key.endswith(".totals"))
    test = save(totals.set_value([3]).run())
    assert can_publish(test)
    (kept,) = load_all(folder, extracts())
    assert (kept.confirmed, kept.is_cumulative) == (("合计", "累计立案数"), False)


def test_a_profile_that_was_confirmed_wrongly_can_be_retired(folder: Path, tmp_path: Path) -> None:
    test = hand_in(page(), own_form(tmp_path))
    test = save(answer(test))
    (kept,) = load_all(folder, extracts())
    assert "空" in said(test)  # blanks were not said to be zero
    test = test.button(key=f"upload.retire.{kept.name}").click().run()
    assert "已停用" in said(test)
    assert not load_all(folder, extracts())
    assert load(folder, kept.sha256) == kept  # for files read by it


@pytest.mark.parametrize(("header", "cell"), [("姓名", "张伟"), ("证件", "11010519491231002X")])
def test_nothing_is_asked_of_a_file_that_names_somebody(folder: Path, tmp_path: Path, header: str, cell: str) -> None:
    path = write_csv(tmp_path, "月报_202610_报20261105.csv", [["镇街", header, "数"], ["云汀", cell, "1"], ["东镇", cell, "2"]])
    test = hand_in(page(), path)
    assert not [box for box in test.selectbox if box.key and box.key.startswith("map.")]
    assert cell not in said(test)
