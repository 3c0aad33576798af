"""The real server in a real browser: a cold deep link, the address, three widths, no request to anybody else, no boxes for hanzi."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from tests.soak import SOAK
from ui import navigation

playwright_api = pytest.importorskip("playwright.sync_api")
Browser, BrowserContext, Page = playwright_api.Browser, playwright_api.BrowserContext, playwright_api.Page

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("BROWSER_PATH") or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SIZES = {"projector": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
SCREENSHOTS = bool(os.environ.get("SCREENSHOTS"))
WIDTHS = SIZES if SOAK or SCREENSHOTS else ["phone"]
PAGES = [entry.path.stem for entry in navigation.entries()]
SOME = PAGES if SOAK or SCREENSHOTS else ["registry", "townships", "upload"]
PATIENCE = 600_000  # milliseconds: only a page that never comes is late

pytestmark = [pytest.mark.browser, pytest.mark.longest(55), pytest.mark.skipif(CHROMIUM is None, reason="no chromium; `make browser` installs one")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """A dashboard started the way an operator starts it; its first visitor finds it cold."""
    with served(data) as (address, _):
        yield address


@contextmanager
def served(data: Path) -> Iterator[tuple[str, int]]:
    """The same, with the number of its process."""
    port = free_port()
    started = subprocess.Popen(
        [sys.executable, "-m", "ui", "serve", "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "DASHBOARD_DATA": str(data)},
    )
    assert started.stdout is not None
    line = started.stdout.readline()
    assert line == f"毒情看板已就绪 Dashboard ready: http://127.0.0.1:{port}\n"
    yield f"http://127.0.0.1:{port}", started.pid
    started.send_signal(signal.SIGTERM)
    assert started.wait(timeout=300) == 0
    assert started.stdout.read() == ""  # one line and no more


@pytest.fixture(scope="module")
def server(sample_warehouse: Path) -> Iterator[str]:
    """One server for the tests of a module that only read."""
    with serving(sample_warehouse) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@cache
def screen(browser: Browser, size: tuple[int, int]) -> BrowserContext:
    """One window of a size for all pages: the program's own files are fetched once, as they are for a reader who goes from page to page."""
    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.set_default_timeout(PATIENCE)
    return context


def visit(browser: Browser, address: str, size: tuple[int, int] = SIZES["projector"]) -> tuple[Page, list[str]]:
    page = screen(browser, size).new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    settle(page)
    return page, asked


def settle(page: Page) -> None:
    """Wait until the page has run, the charts are drawn and its height no longer grows."""
    page.wait_for_selector("h1")
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid=stApp]');
            const main = document.querySelector('[data-testid=stMain]');
            const still = app.getAttribute('data-test-script-state') === 'notRunning' && !document.querySelector('[data-testid=stSkeleton]');
            const height = main.scrollHeight;
            window.calm = still && window.lastHeight === height ? (window.calm || 0) + 1 : 0;
            window.lastHeight = height;
            return window.calm >= 8;
        }""",
        polling=100,
    )


def stray(asked: list[str], base: str) -> list[str]:
    own = (base, base.replace("http", "ws"), "data:", "blob:")
    return [address for address in asked if not address.startswith(own)]


def test_a_cold_deep_link_shows_the_right_page_with_its_menu(server: str, browser: Browser) -> None:
    page, asked = visit(browser, f"{server}/youth?release=public&month=2025-06&lang=en")
    assert page.inner_text("h1") == "Youth"
    assert "Public edition" in page.inner_text("[data-testid=stMain]")
    assert "Overview" in page.inner_text("[data-testid=stSidebar]")
    assert page.query_selector("[data-testid=stException]") is None
    assert page.locator(".dq-card svg:visible").count() >= 2
    assert stray(asked, server) == []
    page.close()


def test_a_card_is_enlarged_and_taken_away_in_the_public_edition_first(server: str, browser: Browser) -> None:
    """Plotly comes only for the enlarged figure; the files are those of the public edition until the internal one's button is pressed."""
    page, asked = visit(browser, f"{server}/registry")
    assert not any("plotly" in address.lower() for address in asked)
    card = page.locator(".dq-card").filter(has_text="按性别").first
    card.get_by_role("button", name="放大").click()
    page.wait_for_selector("[role=dialog] .js-plotly-plot")
    assert any("plotly" in address.lower() for address in asked)
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
    card.get_by_role("button", name="带走").click()
    page.wait_for_selector("[role=dialog] [data-testid=stDownloadButton]")
    buttons = page.locator("[role=dialog] [data-testid=stDownloadButton] button")
    assert [one.inner_text() for one in buttons.all()] == ["图片(PNG)", "表格(CSV)"] * 2
    taken = []
    for button in buttons.all():
        with page.expect_download() as waited:
            button.click()
        taken.append((waited.value.suggested_filename, Path(waited.value.path()).read_bytes()))
    edition = ["公开版"] * 2 + ["内部资料注意保密"] * 2
    assert [name.split("_")[1] for name, _ in taken] == edition
    for _, image in taken[::2]:
        assert image.startswith(b"\x89PNG")
        assert struct.unpack(">II", image[16:24]) == (1920, 1080)
    outside, inside = (table.decode("utf-8-sig") for _, table in taken[1::2])
    assert re.findall(r"男,(.*)", outside)[0].startswith("约")
    assert re.fullmatch(r"\d+", re.findall(r"男,(.*)\r", inside)[0])
    assert stray(asked, server) == []
    page.close()


def test_the_words_of_a_point_are_read_by_pointer_and_by_keys(server: str, browser: Browser) -> None:
    page, _ = visit(browser, f"{server}/cases")
    card = page.locator(".dq-card:has(svg)").first
    drawing = card.locator("svg:visible")
    drawing.focus()
    page.keyboard.press("ArrowRight")
    first = card.locator(".dq-said").inner_text()
    page.keyboard.press("ArrowRight")
    assert re.search(r"\d{4}年\d+月", first)
    assert card.locator(".dq-said").inner_text() != first
    page.keyboard.press("Escape")
    assert card.locator(".dq-said").inner_text() == ""
    box = drawing.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 20)  # anywhere above a month
    assert re.search(r"\d{4}年\d+月", card.locator(".dq-said").inner_text())
    page.close()


def test_the_first_page_opens_under_its_own_name_too(server: str, browser: Browser) -> None:
    """Streamlit alone answers with its box "Page not found"; the scope asked for must not be lost on the way to the root."""
    page, _ = visit(browser, f"{server}/{PAGES[0]}?release=public&lang=en")
    assert page.inner_text("h1") == "Overview"
    assert page.query_selector("[role=dialog]") is None
    assert page.url.startswith(f"{server}/?")
    assert {"release=public", "lang=en"} <= set(page.url.partition("?")[2].split("&"))
    page.close()


def choose(page: Page, label: str, option: str, shows: str) -> None:
    """Choose an option in the sidebar, and wait until the page shows what it brings."""
    page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]").filter(has_text=label).locator("input, [role=combobox]").first.click()
    page.get_by_role("option", name=option, exact=True).click()
    page.wait_for_function("words => document.querySelector('[data-testid=stMain]').innerText.includes(words)", arg=shows)
    settle(page)


def go_to(page: Page, title: str) -> None:
    """Follow a link of the menu."""
    page.get_by_role("link", name=title).first.click()
    wait_for_title(page, title)


def wait_for_title(page: Page, title: str) -> None:
    page.wait_for_function("title => document.querySelector('h1')?.innerText === title", arg=title)
    settle(page)


def test_one_address_is_one_view_there_and_back(server: str, browser: Browser) -> None:
    page, _ = visit(browser, f"{server}/registry")
    assert "?" not in page.url
    choose(page, "版本", "公开(概数)", "公开版")
    assert "release=public" in page.url
    choose(page, "语言", "English", "Public edition")
    assert "lang=en" in page.url
    first = page.inner_text("[data-testid=stMain]")
    again, _ = visit(browser, page.url)
    assert again.inner_text("[data-testid=stMain]") == first
    again.close()
    # The choices are carried to the next page, and back is back.
    go_to(page, "Cases")
    assert "release=public" in page.url
    assert "lang=en" in page.url
    assert "Public edition" in page.inner_text("[data-testid=stMain]")
    page.close()


def controls(page: Page) -> list[str]:
    """What the controls of the sidebar show."""
    boxes = page.locator("[data-testid=stSidebar] [data-testid=stSelectbox]")
    return [box.locator("input").first.input_value() for box in boxes.all()]


def test_the_controls_show_what_the_page_shows_on_every_page(server: str, browser: Browser) -> None:
    page, _ = visit(browser, f"{server}/?release=public&month=2025-06&zone=Z2")
    first = controls(page)
    assert first[0].startswith("公开")
    assert first[1] == "2025年6月"
    others = ("在册人员", "青少年", "案件打击", "乡镇热点", "总览")
    addresses = []
    for link in others:
        go_to(page, link)
        addresses.append(page.url)
        assert controls(page) == first, link
        assert all(part in page.url for part in ("release=public", "month=2025-06", "zone=Z2")), link
        assert "公开版" in page.inner_text("[data-testid=stMain]"), link
    # Back is the address before, whether or not the page completed its own in a step by itself; and an address is its view.
    for _ in addresses:
        page.go_back()
        if addresses[-2].split("?")[0] in page.url:
            break
    assert addresses[-2].split("?")[0] in page.url
    page.goto(addresses[-2])
    wait_for_title(page, others[-2])
    assert controls(page) == first
    page.close()


@pytest.mark.parametrize("device", WIDTHS)
@pytest.mark.parametrize("name", SOME)
def test_a_page_fits_its_screen_and_asks_nobody_else(server: str, browser: Browser, name: str, device: str) -> None:
    """On the narrowest screen; `make soak` takes all pages and all three, and so does whoever asks for pictures of them.

    All but the upload page are held against the narrowest screen where they are read as well (test_scraped_app.py).
    """
    path = "" if name == "overview" else name
    page, asked = visit(browser, f"{server}/{path}", SIZES[device])
    check_fit(page)
    assert stray(asked, server) == []
    if SCREENSHOTS:
        height = page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": SIZES[device][0], "height": max(SIZES[device][1], height)})
        settle(page)
        page.screenshot(path=str(ROOT / "docs" / "screenshots" / f"{name}-{SIZES[device][0]}.png"))
    page.close()


def check_fit(page: Page) -> None:
    """Nothing failed, nothing is wider than the screen, and no word sticks out of its figure."""
    assert page.query_selector("[data-testid=stException]") is None
    width = page.evaluate("() => { const main = document.querySelector('[data-testid=stMain]'); return [main.scrollWidth, main.clientWidth] }")
    assert width[0] <= width[1], "the page scrolls sideways"
    # A formula's words for the ear are clipped to a point, and so is the endless bar its roots are cut from.
    wide = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e => e.getBoundingClientRect().width > 0
            && e.getBoundingClientRect().right > document.documentElement.clientWidth + 1
            && !e.closest('[data-testid=stTable], .katex-mathml, .katex .hide-tail')).length"""
    )
    assert wide == 0, "something reaches over the right edge"
    assert cut_labels(page) == []


def cut_labels(page: Page) -> list[str]:
    """Return the words in figures that stick out of their figure."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('.dq-card svg')].flatMap(plot => {
            const frame = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width > 0 && (box.left < frame.left - 2 || box.right > frame.right + 2);
            }).map(text => text.textContent);
        })"""
    )
    return found


def test_hanzi_are_drawn_and_not_boxes(server: str, browser: Browser) -> None:
    page, _ = visit(browser, f"{server}/privacy")  # the lightest page: the font is that of all
    family = page.evaluate("() => getComputedStyle(document.querySelector('h1')).fontFamily")
    drawn = page.evaluate(
        """family => ['毒', '禁', '镇'].map(sign => {
            const canvas = document.createElement('canvas'); canvas.width = canvas.height = 64;
            const pen = canvas.getContext('2d'); pen.font = '48px ' + family; pen.fillText(sign, 4, 52);
            return pen.getImageData(0, 0, 64, 64).data.join();
        })""",
        family,
    )
    assert len(set(drawn)) == 3
    page.close()


def test_a_taken_port_is_one_plain_sentence() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "ui", "serve", "--port", str(port)], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300
        )
    assert done.returncode == 1
    assert done.stdout == ""
    assert re.fullmatch(rf"端口 {port} 已被占用.*\n", done.stderr)


@pytest.mark.parametrize("port", ["abc", "80000", "0"])
def test_an_impossible_port_is_one_plain_sentence(port: str) -> None:
    done = subprocess.run([sys.executable, "-m", "ui", "serve", "--port", port], cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 1
    assert done.stderr.startswith("端口须为1—65535的整数")
    assert "Traceback" not in done.stderr


def test_formulas_are_drawn_whole_without_asking_anybody(server: str, browser: Browser) -> None:
    page, asked = visit(browser, f"{server}/methods", SIZES["phone"])
    for folded in page.query_selector_all("[data-testid=stExpander] summary"):
        folded.click()
    settle(page)
    drawn = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] .katex-display')].map(formula => {
            const frame = formula.closest('[data-testid=stExpander]').getBoundingClientRect();
            const pieces = [...formula.querySelectorAll('.katex-html .base')].map(piece => piece.getBoundingClientRect());
            return pieces.length > 0 && pieces.every(piece => piece.width > 0 && piece.left >= frame.left && piece.right <= frame.right);
        })"""
    )
    assert len(drawn) > 10
    assert all(drawn)
    assert page.query_selector(".katex-error") is None
    assert any("KaTeX" in address for address in asked)
    assert stray(asked, server) == []
    page.close()
