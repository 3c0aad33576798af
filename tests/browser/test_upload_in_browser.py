"""The analyst's afternoon in a real browser: from a dirty .xls to the published chart, and from a refused file to its 退回清单."""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from etl.county.pack import current_townships
from etl.county.read import read_pack
from etl.desk.template import template
from etl.extracts import extracts
from tests.app.test_upload import small
from tests.browser import dirty_xls
from tests.browser.test_browser import CHROMIUM, ROOT, SCREENSHOTS, SIZES, Browser, Page, browser, go_to, served, settle, stray, visit
from tests.built import copied
from tests.etl.files import CASES, grid, rows, write_csv, write_xlsx
from tests.soak import SOAK
from tests.spec.tables import COUNTY

__all__ = ["browser", "small"]

pytestmark = [pytest.mark.browser, pytest.mark.longest(30), pytest.mark.skipif(CHROMIUM is None, reason="no chromium; `make browser` installs one")]


@pytest.fixture(scope="module")
def afternoon(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """A dashboard on a data folder that may be written to; one afternoon, one server. `make soak` spends it in the sample county."""
    county: Path = request.getfixturevalue("sample_warehouse" if SOAK else "small")
    with served(copied(county, tmp_path_factory.mktemp("desk") / "data")) as address_and_process:
        yield address_and_process


@pytest.fixture(scope="module")
def desk(afternoon: tuple[str, int]) -> str:
    """Where it is."""
    return afternoon[0]


def processor_seconds(process: int) -> float:
    """Seconds of processor time that a process, its children and those that have ended took."""
    stats = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # a process that ended meanwhile: its parent has its time
            stats[int(path.parent.name)] = path.read_text().rsplit(")", 1)[1].split()
    family = {process}
    while more := {one for one, fields in stats.items() if int(fields[1]) in family} - family:
        family |= more
    ticks = sum(int(field) for one in family & stats.keys() for field in stats[one][11:15])  # user, system, and the same of children that ended
    return ticks / os.sysconf("SC_CLK_TCK")


def watch(page: Page, *texts: str) -> None:
    """Note in the page in which order some texts are first seen."""
    page.evaluate(
        """texts => {
            window.firstSeen = [];
            const look = () => texts.forEach(text => {
                if (!window.firstSeen.includes(text) && document.body.innerText.includes(text)) window.firstSeen.push(text);
            });
            new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
        }""",
        list(texts),
    )


def picture(page: Page, name: str) -> None:
    """Leave a picture to look at, where one is asked for."""
    if SCREENSHOTS:
        page.screenshot(path=str(ROOT / "docs" / "screenshots" / f"{name}.png"), full_page=True)


def hand_in(page: Page, path: Path) -> None:
    page.set_input_files("input[type=file]", str(path))
    page.get_by_role("button", name="检查", exact=True).click()  # it waits until the file is up and the button is live
    page.wait_for_selector("text=二、检查结果")
    settle(page)


def main_text(page: Page) -> str:
    return str(page.inner_text("[data-testid=stMain]"))


def test_from_a_dirty_xls_to_the_published_chart(desk: str, browser: Browser, tmp_path: Path) -> None:
    page, asked = visit(browser, f"{desk}/upload")
    hand_in(page, dirty_xls.write(tmp_path))
    said = main_text(page)
    assert "检查通过" in said
    assert "发现 8 / 合格 8 / 有问题 0" in said
    assert "毒品案件(2026年10月):" in said
    picture(page, "upload-1440")
    if "确认理由" in said:
        page.get_by_label("确认理由").fill("已与示例镇核对")
        page.keyboard.press("Tab")
        settle(page)
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_selector("text=已发布第2版")
    settle(page)
    go_to(page, "案件打击")
    assert "8起" in main_text(page)  # five cases of October became the eight of the file
    assert stray(asked, desk) == []
    # And back: the first build again, confirmed with a click.
    go_to(page, "上传报表")
    page.get_by_role("button", name="恢复", exact=True).first.click()
    page.get_by_role("button", name="恢复第1版", exact=True).click()
    page.wait_for_selector("text=已恢复第1版")
    page.close()


def test_a_result_is_shown_before_the_trial_build_begins(desk: str, browser: Browser, tmp_path: Path) -> None:
    page, _ = visit(browser, f"{desk}/upload")
    watch(page, "检查通过", "试生成", "三、与现有数据相比")
    hand_in(page, write_csv(tmp_path, "毒品案件_202609_报20261122.csv", grid(CASES, rows(CASES, 3, filed_on="2026-09", solved_on=""))))
    page.wait_for_selector("text=三、与现有数据相比")
    assert page.evaluate("window.firstSeen") == ["检查通过", "试生成", "三、与现有数据相比"]
    page.get_by_role("button", name="放弃", exact=True).click()
    page.wait_for_selector("text=已放弃")
    page.close()


def test_a_refusal_is_told_within_five_seconds_of_work_and_nothing_is_built(afternoon: tuple[str, int], browser: Browser, tmp_path: Path) -> None:
    address, server = afternoon
    cells = grid(CASES, rows(CASES, filed_on="2026-10", solved_on=""))
    cells[3][1] = "不知是什么案"  # an unknown kind in row 4
    page, _ = visit(browser, f"{address}/upload")
    settle(page)
    watch(page, "退回清单可下载", "试生成")
    before = processor_seconds(server)
    hand_in(page, write_xlsx(tmp_path, "毒品案件_202610_报20261123.xlsx", cells))
    assert processor_seconds(server) - before <= 5
    assert page.evaluate("window.firstSeen") == ["退回清单可下载"]
    page.close()


def test_a_file_that_is_no_table_is_answered_with_what_to_do(desk: str, browser: Browser, tmp_path: Path) -> None:
    path = tmp_path / "十月报表.pdf"
    path.write_bytes(b"%PDF-1.4\n")
    for language, sentence in (("zh", "这是PDF或OFD,不是表格"), ("en", "This is a PDF or OFD and no table")):
        page, _ = visit(browser, f"{desk}/upload?lang={language}")
        page.set_input_files("input[type=file]", str(path))
        page.get_by_role("button", name={"zh": "检查", "en": "Check"}[language], exact=True).click()
        page.wait_for_selector(f"text={sentence}")
        assert "not allowed" not in main_text(page)
        page.close()


def filled_template(folder: Path) -> Path:
    """The blank treatment return, filled in for every township: 60 are due in one of them, 45 under way, 9 done and 6 in breach."""
    pack = read_pack(COUNTY)
    extract = extracts()["treatment"]
    book = openpyxl.load_workbook(io.BytesIO(template(extract, pack)))
    busy = {"ordered": 30, "reported": 24, "due": 60, "under_way": 45, "completed": 9, "broken": 6}
    for place, township in enumerate(current_townships(pack)):
        for measure in ("社区戒毒", "社区康复"):
            counts = busy if place == 0 and measure == "社区戒毒" else {}
            words = {"month": "2026-09", "township": township.code, "community_measure": measure}
            book.worksheets[0].append([words.get(column.name) or counts.get(column.name, 0) for column in extract.columns])
    path = folder / f"{extract.title.zh}_202609_报20261121.xlsx"
    book.save(path)
    return path


def test_from_a_blank_template_to_the_page_on_treatment(desk: str, browser: Browser, tmp_path: Path) -> None:
    page, asked = visit(browser, f"{desk}/upload")
    hand_in(page, filled_template(tmp_path))
    assert "检查通过" in main_text(page)
    if "确认理由" in main_text(page):
        page.get_by_label("确认理由").fill("已与各乡镇核对")
        page.keyboard.press("Tab")
        settle(page)
    page.get_by_role("button", name="发布", exact=True).click()
    page.wait_for_selector("text=已发布第")
    settle(page)
    go_to(page, "戒毒康复")
    said = main_text(page)
    assert "90.0%" in said  # 45 under way and 9 done of 60
    assert "羁押、强制隔离戒毒、死亡、出国(境)" in said  # the county's own formula stands on the card
    assert stray(asked, desk) == []
    page.close()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.keyboard.type(option)
    page.keyboard.press("Enter")
    settle(page)


def test_a_table_in_nobodys_form_is_mapped_on_a_phone(desk: str, browser: Browser, tmp_path: Path) -> None:
    page, asked = visit(browser, f"{desk}/upload", SIZES["phone"])
    cells = [["镇街", "贩毒", "持毒"], ["云汀", "3", "1"], ["合计", "3", "1"], ["填表人:", "", "审核人:"]]
    hand_in(page, write_xlsx(tmp_path, "镇街表_202610_报20261121.xlsx", cells, above=[["示例县毒品案件统计表"]]))
    assert "待指明各列" in main_text(page)
    choose(page, "是哪一类报表", "毒品案件月报表")
    choose(page, "A 镇街", "立案乡镇代码")
    choose(page, "B 贩毒", "走私、贩卖")
    choose(page, "C 持毒", "案由为“非法持有")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0]
    picture(page, "mapping-390")
    page.get_by_role("button", name="存为方案并重新检查").click()
    page.wait_for_selector("text=已保存")
    settle(page)
    said = main_text(page)
    assert "检查通过" in said
    assert "发现 1 / 合格 1 / 有问题 0" in said
    assert stray(asked, desk) == []
    page.close()


def test_from_a_refused_file_to_its_return_list(desk: str, browser: Browser, tmp_path: Path) -> None:
    page, _ = visit(browser, f"{desk}/upload", SIZES["phone"])
    cells = grid(CASES, rows(CASES, filed_on="2026-10", solved_on=""))
    cells[3][1] = "不知是什么案"  # an unknown kind in row 4
    hand_in(page, write_csv(tmp_path, "毒品案件_202610_报20261121.csv", cells))
    said = main_text(page)
    assert "退回" in said
    assert "第4行" in said
    assert "不知是什么案" not in said
    picture(page, "upload-refused-390")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载退回清单").click()
    saved = tmp_path / "list.xlsx"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename == "退回清单_毒品案件_202610_报20261121.xlsx"
    listed = openpyxl.load_workbook(saved)["退回清单"]
    assert any("code" in [str(cell.value) for cell in row] and "4" in [str(cell.value) for cell in row] for row in listed.iter_rows())
    page.close()
