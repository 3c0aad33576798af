"""Switching pages in a real browser, against the same switch between two empty Streamlit pages."""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
ROUNDS = 7
EMPTY = """
import streamlit

first = streamlit.Page(lambda: streamlit.title("One"), title="One", url_path="one", default=True)
second = streamlit.Page(lambda: streamlit.title("Two"), title="Two", url_path="two")
streamlit.navigation([first, second]).run()
"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _served(command: list[str], port: int, environment: dict[str, str]) -> Iterator[str]:
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{base}/_stcore/health", timeout=2).close()
                break
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        yield base
    finally:
        server.terminate()
        server.wait()


def _switch(page: Page, link: str, heading: str) -> float:
    started = time.perf_counter()
    page.get_by_role("link", name=link).first.click()
    page.get_by_role("heading", name=heading, level=1).first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    return time.perf_counter() - started


def _between(base: str, first: tuple[str, str], second: tuple[str, str], page: Page) -> list[float]:
    page.goto(base)
    page.get_by_role("heading", name=first[1], level=1).first.wait_for()
    _switch(page, *second)
    _switch(page, *first)
    times = []
    for _ in range(ROUNDS):
        times.append(_switch(page, *second))
        times.append(_switch(page, *first))
    return times


def run() -> Iterator[str]:
    """Yield the lines of this bench."""
    with tempfile.TemporaryDirectory() as scratch:
        data = Path(scratch) / "data"
        subprocess.run([sys.executable, "-m", "etl", "demo", "--data", str(data)], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        empty = Path(scratch) / "empty.py"
        empty.write_text(EMPTY, encoding="utf-8")
        port, other = _free_port(), _free_port()
        ours = [sys.executable, "-m", "ui", "serve", "--port", str(port)]
        plain = [sys.executable, "-m", "streamlit", "run", str(empty), f"--server.port={other}", "--server.headless=true"]
        with (
            _served(ours, port, {"DASHBOARD_DATA": str(data)}) as base,
            _served(plain, other, {}) as empty_base,
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            floor = statistics.median(_between(empty_base, ("One", "One"), ("Two", "Two"), page))
            switched = statistics.median(_between(base, ("总览", "总览"), ("案件打击", "案件打击"), page))
            browser.close()
    yield f"page switch · empty Streamlit page {floor * 1000:.0f} ms (median of {2 * ROUNDS})"
    yield f"page switch · 总览 ⇄ 案件打击 {switched * 1000:.0f} ms = {switched / floor:.1f} x the empty page"
