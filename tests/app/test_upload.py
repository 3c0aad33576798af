"""The upload page without a browser: results, publishing, giving up, holding, going back; and a server that takes no files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl.commands.main import main
from etl.county.read import read_pack
from etl.inspection.batch import inspect_batch
from etl.ledger import ledger
from etl.publishing.acceptance import accept
from tests.app.test_pages import PATIENCE, corrupt, empty, missing, normal, text, tiny
from tests.built import built_once
from tests.etl.files import CASES, grid, rows, write_csv
from tests.spec.tables import COUNTY, build_from, write_extract
from ui.upload.builds import NO_BUILD
from ui.upload.decision import GIVEN_UP, REASON_MISSING
from ui.upload.desk import CLOSED
from ui.upload.results import NOTHING_NEW
from warehouse.reader import Warehouse

pytestmark = pytest.mark.longest(35)

__all__ = ["corrupt", "empty", "missing", "normal", "tiny"]

ROOT = Path(__file__).parents[2]
NAME = "毒品案件_202610_报20261120.csv"
ID = "11010519491231002X"  # the specimen of GB 11643-1999


CASES_BEFORE = """
filed_on | solved_on
2026-07 | - *8
2026-08 | - *8
2026-09 | - *8
2026-10 | - *5
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A county of 40 people and 29 cases, built once; never written to."""

    def fill(place: Path) -> None:
        people = write_extract(place, "registry", "202610", "sex\n男 *40")
        build_from(place / "data", people, write_extract(place, "cases", "202607-202610", CASES_BEFORE))

    return built_once(tmp_path_factory, "county-of-uploads", fill) / "data"


@pytest.fixture
def folder(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    own = tmp_path / "data"
    shutil.copytree(small, own)
    monkeypatch.setenv("DASHBOARD_DATA", str(own))
    return own


def page(**query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "pages" / "upload.py"), default_timeout=PATIENCE)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def hand_in(test: AppTest, *paths: Path) -> AppTest:
    test.file_uploader[0].set_value([(path.name, path.read_bytes(), "text/csv") for path in paths]).run()
    return test.button(key="upload.check").click().run()


def said(test: AppTest) -> str:
    boxes = [str(element.value) for kind in ("success", "error", "warning") for element in getattr(test, kind)]
    return "\n".join([text(test), *boxes])


def cases_of_october(tmp_path: Path, count: int, name: str = NAME) -> Path:
    return write_csv(tmp_path, name, grid(CASES, rows(CASES, count, filed_on="2026-10", solved_on="")))


def opened_in_october(folder: Path) -> float:
    warehouse = Warehouse.open(folder / "warehouse.duckdb")
    try:
        found = warehouse.observations("internal", ["cases_opened"], breakdowns=["total"], grain="month")
        return float(found[found["period"] == "2026-10-01"]["value"].iloc[0])
    finally:
        warehouse.close()


def build_number(folder: Path) -> int:
    warehouse = Warehouse.open(folder / "warehouse.duckdb")
    try:
        return warehouse.build().number
    finally:
        warehouse.close()


def can_publish(test: AppTest) -> bool:
    """Whether the files passed, and something of them is new."""
    return any(button.key == "upload.publish" for button in test.button)


def publish(test: AppTest) -> AppTest:
    """Publish, with a reason where one is asked for."""
    if test.text_input:
        test.text_input[0].set_value("已核实无误").run()
    return test.button(key="upload.publish").click().run()


def test_a_file_in_order_is_shown_compared_and_published(folder: Path, tmp_path: Path) -> None:
    assert opened_in_october(folder) == 5
    test = hand_in(page(), cases_of_october(tmp_path, 4))
    assert not test.exception
    seen = said(test)
    assert can_publish(test)
    assert "发现 4 / 合格 4 / 有问题 0" in seen
    assert "毒品案件(2026年10月):补录4起、撤销5起" in seen.replace("\\", "")
    assert "●●●" in seen  # keys stay hidden in the preview
    assert "QWMZ" not in seen
    assert opened_in_october(folder) == 5  # nothing yet
    accepted = len(ledger.read(folder))
    test = publish(test)
    assert not test.exception
    assert build_number(folder) == 2
    assert opened_in_october(folder) == 4
    assert len(ledger.read(folder)) == accepted + 1
    test = test.button(key="upload.restore.1").click().run()
    assert build_number(folder) == 1
    assert opened_in_october(folder) == 5


def test_the_page_and_the_command_say_the_same_of_what_changes(folder: Path, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Forty people in September: their splits may be new as well, and neither these two nor the file itself counts them."""
    september = write_extract(tmp_path, "registry", "202609", "sex\n男 *40", "20261105")
    seen = said(hand_in(page(), september))
    other = tmp_path / "other"
    shutil.copytree(small, other)
    assert main(["load", str(september), "--data", str(other), "--county", str(COUNTY), "--reason", "核实无误"]) == 0
    printed = capsys.readouterr().out
    (line,) = [line for line in printed.splitlines() if line.startswith("与现用版本相比")]
    assert line.split("。")[0] in seen
    for text_said in (printed, seen):
        assert "人员的分项数受保护,不在此列" in text_said
    added = int(re.findall(r"新公布(\d+)个数", line)[0])
    with duckdb.connect(str(other / "warehouse.duckdb"), read_only=True) as connection:
        appeared = connection.execute("select sum(cells) from meta.restatement where kind = 'added'").fetchall()[0][0]
    assert 0 < added == appeared


def test_giving_up_changes_nothing(folder: Path, tmp_path: Path) -> None:
    before = (build_number(folder), len(ledger.read(folder)))
    test = hand_in(page(), cases_of_october(tmp_path, 4))
    test = test.button(key="upload.give_up").click().run()
    assert not test.exception
    assert GIVEN_UP.zh in said(test)
    assert (build_number(folder), len(ledger.read(folder))) == before
    assert not can_publish(test)


def test_a_refused_file_says_where_and_publishes_nothing(folder: Path, tmp_path: Path) -> None:
    cells = grid(CASES, rows(CASES, 3, filed_on="2026-10", solved_on=""))
    cells[2][2] = ID
    good, bad = cases_of_october(tmp_path, 4), write_csv(tmp_path, "毒品案件_202610_报20261121.csv", cells)
    test = hand_in(page(), good, bad)
    assert not test.exception
    seen = said(test)
    assert "2个文件,1个退回" in seen
    assert "第3行" in seen
    assert ID not in seen
    assert not can_publish(test)
    assert ledger.read(folder)[-1].action == "refused"
    assert not any(ID.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_to_be_known_of_a_file_is_said_in_the_language_of_the_page(language: str, folder: Path, tmp_path: Path) -> None:
    cells = grid(CASES, rows(CASES, 3, filed_on="2026-10", solved_on=""))
    cells[2][1] = "不知是什么案"  # refused, so that nothing is built
    path = write_csv(tmp_path, NAME, cells)
    test = hand_in(page(lang=language), path, path)
    assert not test.exception
    sentences = {"zh": "同一文件选了两次,只取一次", "en": "The same file was chosen twice and is taken once"}
    assert [sentence in said(test) for sentence in sentences.values()] == [language == "zh", language == "en"]
    assert ("共1个文件" if language == "zh" else "1 of 1 files refused") in said(test)


def test_a_month_that_falls_beyond_chance_needs_a_reason(folder: Path, tmp_path: Path) -> None:
    # August 2026 had eight cases; a delivery without one is zero where eight stood.
    test = hand_in(page(), write_csv(tmp_path, "毒品案件_202608_报20261120.csv", grid(CASES, [])))
    assert test.warning
    assert "2026年8月" in said(test) or "2026-08" in said(test)
    test = test.button(key="upload.publish").click().run()
    assert REASON_MISSING.zh in said(test)
    assert build_number(folder) == 1
    test.text_input[0].set_value("已与办案单位核实").run()
    test = test.button(key="upload.publish").click().run()
    assert build_number(folder) == 2
    assert "已与办案单位核实" in said(test)  # in the list of builds


def test_the_same_file_again_has_nothing_to_publish(folder: Path, small: Path) -> None:
    test = hand_in(page(), small.parent / "毒品案件_202607-202610_报20261105.csv")
    assert not test.exception
    assert NOTHING_NEW.zh in said(test)
    assert not can_publish(test)


def test_other_files_chosen_are_not_published_unseen(folder: Path, tmp_path: Path) -> None:
    test = hand_in(page(), write_csv(tmp_path, "毒品案件_202608_报20261120.csv", grid(CASES, [])))
    test.text_input[0].set_value("已与办案单位核实").run()
    other = write_csv(tmp_path, "毒品案件_202607_报20261120.csv", grid(CASES, []))
    test.file_uploader[0].set_value([(other.name, other.read_bytes(), "text/csv")]).run()
    assert not can_publish(test)
    test = test.button(key="upload.check").click().run()
    assert test.text_input[0].value == ""
    assert build_number(folder) == 1


def test_what_was_only_accepted_is_published_with_the_same_files(folder: Path, tmp_path: Path) -> None:
    path = cases_of_october(tmp_path, 4)
    results = inspect_batch([path], read_pack(COUNTY), data=folder)
    accept(results, folder, "interrupted")  # as a run that died before it published
    test = hand_in(page(), path)
    assert NOTHING_NEW.zh not in said(test)
    publish(test)
    assert build_number(folder) == 2
    assert opened_in_october(folder) == 4


def test_an_empty_data_folder_takes_its_first_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path / "data"))
    test = page(lang="en")
    assert not test.exception
    assert NO_BUILD.en in said(test)
    test = hand_in(test, cases_of_october(tmp_path, 4))
    test = test.button(key="upload.publish").click().run()
    assert not test.exception
    assert build_number(tmp_path / "data") == 1
    assert opened_in_october(tmp_path / "data") == 4


@pytest.mark.parametrize("state", ["missing", "corrupt", "empty", "tiny", "normal"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_whatever_is_published_files_can_be_handed_in(state: str, language: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(state)
    test = page(lang=language)
    assert not test.exception
    assert test.file_uploader
    assert test.title[0].value == ("上传报表" if language == "zh" else "Upload")


def test_a_server_of_the_public_release_takes_no_files(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_RELEASES", "public")
    test = page()
    assert not test.exception
    assert not test.file_uploader
    assert CLOSED.zh in said(test)


def test_a_busy_folder_is_one_plain_sentence(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from etl.ledger import lock

    monkeypatch.setattr(lock, "WAIT_SECONDS", 0.1)
    with lock.exclusive(folder):
        test = hand_in(page(), cases_of_october(tmp_path, 4))
    assert not test.exception
    assert lock.MESSAGE.zh in said(test)
