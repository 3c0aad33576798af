"""What the running dashboard sends to a browser is what its pages show, and nothing beside.

A real browser visits every page, in both releases, the county and a zone, and both languages by turns. What comes over the wire is decoded:
every figure with its tooltips and every cell of every table must be that of the page, which tests/app/test_figures_of_people.py holds against
the published table.
"""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from charts.scope import Voice
from indicators.model import Release
from tests.app.page_cards import card_of
from tests.app.sent import spelled
from tests.app.test_figures_of_people import SCOPES, Shown, address, show
from tests.app.test_pages import PAGES
from tests.browser.test_browser import CHROMIUM, SIZES, Browser, browser, check_fit, screen, server, settle, stray
from tests.soak import in_turn

__all__ = ["browser", "server"]

pytestmark = [pytest.mark.browser, pytest.mark.longest(60), pytest.mark.skipif(CHROMIUM is None, reason="no chromium; `make browser` installs one")]

VISITS = [(page, scope) for turn, page in enumerate(PAGES) for scope in in_turn(SCOPES, turn)]


@dataclass
class Scraped(Shown):
    """What one visit brought.

    Attributes:
        bodies: Every other answer that is text.
        tools: How many controls to download, enlarge or export there are.
    """

    bodies: list[str] = field(default_factory=list)
    tools: int = 0


def scrape(opened: Browser, base: str, page: str, release: str, language: str, zone: str) -> Scraped:
    """Visit a page and take everything it sends."""
    found = Scraped(page, Voice(Release(release), language))
    frames: list[bytes | str] = []
    tab = screen(opened, SIZES["phone"]).new_page()
    tab.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(frame)))
    answers: list[Any] = []
    asked: list[str] = []
    tab.on("response", lambda answer: answers.append(answer))
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{base}/{'' if page == PAGES[0] else page}?{urlencode(address(release, language, zone))}")
    settle(tab)
    check_fit(tab)
    found.tools = tab.locator("[data-testid=stDownloadButton], [data-testid=stElementToolbar], .modebar-btn, a[download]").count()
    found.bodies = [answer.text() for answer in answers if re.search("json|html|plain|csv", answer.headers.get("content-type", ""))]
    assert stray(asked, base) == []
    tab.close()
    pieces = 0
    for frame in frames:
        assert isinstance(frame, bytes)
        message = ForwardMsg.FromString(frame)
        assert message.WhichOneof("type") not in {None, "ref_hash"}  # nothing is sent that we did not see
        pieces += len(list(spelled(message)))
        element = message.delta.new_element
        kind = element.WhichOneof("type")
        assert kind not in {"plotly_chart", "arrow_data_frame"}, page  # numbers come on cards only
        assert kind != "table" or page in {"methods", "privacy"}, page  # whose numbers are examples
        if kind == "bidi_component":
            card = card_of(element.bidi_component)
            found.cards[card.name] = card.html
    assert pieces
    return found


@pytest.fixture(scope="module")
def scraped(server: str, browser: Browser) -> list[Scraped]:
    return [scrape(browser, server, page, *scope) for page, scope in VISITS]


def test_the_wire_brings_the_figures_and_tables_of_the_page_and_no_others(
    scraped: list[Scraped], sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    for (page, scope), visit in zip(VISITS, scraped, strict=True):
        shown = show(page, *scope)
        assert visit.cards == shown.cards, f"{page} {scope}"
    assert sum("<svg" in html for visit in scraped for html in visit.cards.values()) >= 15
    assert sum("<table" in html for visit in scraped for html in visit.cards.values()) >= 15


def test_no_file_comes_unasked(scraped: list[Scraped]) -> None:
    """A page of numbers brings no file: a card's picture and table are made when they are asked for (test_browser.py).

    The one file is the report of the audit, which stands on its page word by word (tests/app/test_audit_report.py), inside only.
    """
    for visit in scraped:
        assert visit.tools == (1 if (visit.page, visit.voice.release) == ("quality", Release.INTERNAL) else 0), visit.page


def test_what_comes_beside_the_page_holds_no_number_of_it(scraped: list[Scraped], sample_warehouse: Path) -> None:
    """Answers outside the socket are Streamlit's own: none names an indicator, a township or a release."""
    with duckdb.connect(str(sample_warehouse / "warehouse.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.execute("select zh from mart.township union select id from meta.indicator").fetchall()]
    for visit in scraped:
        assert visit.bodies
        for body in visit.bodies:
            assert not [name for name in names if name in body], visit.page


@pytest.mark.parametrize(
    "path",
    [
        "/app/static/../data/warehouse.duckdb",
        "/app/static/..%2f..%2fdata%2fwarehouse.duckdb",
        "/app/static/%2e%2e/%2e%2e/etc/passwd",
        "/app/static//etc/passwd",
        "/media/../warehouse.duckdb",
        "/media/warehouse.duckdb",
        "/component/../warehouse.duckdb",
        "/_stcore/upload_file/x/y",
        "/health?release=internal&sql=select",
        "/warehouse.duckdb",
        "/raw/ledger.jsonl",
        "/builds/journal.jsonl",
    ],
)
def test_a_path_outside_the_pages_gives_no_file(path: str, server: str) -> None:
    connection = http.client.HTTPConnection(server.removeprefix("http://"), timeout=600)
    connection.putrequest("GET", path, skip_host=False)  # as written: a client would tidy it up first
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    assert b"DUCK" not in body[:64]
    assert b"sha256" not in body
    assert b"root:" not in body
    assert b"Traceback" not in body
    if path.startswith("/health"):
        assert json.loads(body) == {"status": "ok", "build": 1}
    elif answer.status == 200:  # Streamlit answers unknown paths with its own bare page
        assert b"<!doctype html>" in body.lower()
