"""Questions outside what is published: whatever stands in the address, the answer is that of the bare address, whoever is on the register.

Two counties answer alike: nothing but the question decides what is dropped, nothing of it is said back, and no wording depends on the numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pandas
import pytest
from streamlit.testing.v1 import AppTest

from tests.app.sent import Piece, sent
from tests.app.test_pages import PAGES, PATIENCE, ROOT, write_tiny
from tests.soak import SOAK, in_turn
from warehouse.reader import Warehouse, WarehouseUnavailable

MARK = "zzyzx"  # stands in every tampered value, and on no page
LONG = MARK * 20_000
TOWNSHIP = "990121001000"
ADDRESSES: dict[str, dict[str, str | list[str]]] = {
    "unknown area": {"zone": f"Z99{MARK}"},
    "a township for a zone": {"zone": TOWNSHIP},
    "unknown release": {"release": f"exact{MARK}"},
    "no month": {"month": f"2026-99{MARK}"},
    "a month written otherwise": {"month": "２０２５-06"},
    "a day": {"month": "2025-06-01"},
    "sql in the zone": {"zone": f"Z4' or '1'='1' -- {MARK}"},
    "sql in the release": {"release": f"public'; attach '/etc/passwd' as {MARK}; --"},
    "sql in the month": {"month": f"2025-06' union select numerator from mart.observation -- {MARK}"},
    "very long": {"zone": LONG, "month": LONG, "release": LONG, "lang": LONG},
    "a path": {"zone": f"../../{MARK}/warehouse.duckdb", "lang": f"../{MARK}"},
    "a tag": {"zone": f"<script>{MARK}</script>", "lang": f"[x](javascript:{MARK})"},
    "nothing": {"zone": "", "month": "", "release": "", "lang": ""},
    "a nul and a newline": {"zone": f"Z4\x00{MARK}", "month": f"2025-06\n{MARK}"},
    "keys nobody asked for": {"township": TOWNSHIP, "indicator": f"people_under_12{MARK}", "breakdown": f"township*age_band{MARK}", "sql": MARK},
    "keys in another case": {"Release": "public", "ZONE": "Z4", "Lang": "en", "month ": "2025-06"},
    "codes in another case": {"release": "Public", "zone": "z4", "lang": "EN"},
    "codes with space around them": {"release": " public", "zone": "Z4 ", "lang": "\ten", "month": "2025-06\n"},
    "repeated keys": {"zone": ["Z4", f"Z99{MARK}"], "release": ["public", f"exact{MARK}"]},
    "repeated keys, the last in order": {"zone": [f"Z99{MARK}", "Z4"], "release": [f"exact{MARK}", "public"], "lang": [MARK, "en"]},
    "the same twice": {"zone": ["Z4", "Z4"], "release": ["public", "public"], "lang": ["en", "en"], "month": ["2025-06", "2025-06"]},
    "both of two": {"zone": ["Z1", "Z4"], "release": ["internal", "public"], "lang": ["zh", "en"], "month": ["2025-05", "2025-06"]},
    "two in one": {"zone": "Z1,Z4", "release": "internal,public", "month": "2025-05,2025-06", "lang": "zh,en"},
    "two in one with a star": {"zone": "Z1*Z4", "release": "*", "month": "*", "lang": "*"},
    "the whole county by its code": {"zone": "990121000000"},
    "a township that is no more": {"zone": "990121202000"},
    "a zone by its name": {"zone": "城区片区"},
    "a month never to come": {"month": "9999-12"},
    "a month before any": {"month": "1900-01"},
    "a quarter": {"month": "2025-Q2"},
    "a year": {"month": "2025"},
    "a month of twelve": {"month": "rolling_12"},
    "what Python takes for nothing": {"zone": "None", "month": "NaT", "release": "null", "lang": "undefined"},
}


@pytest.fixture(params=["sample", "tiny"])
def county(request: pytest.FixtureRequest, sample_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "tiny":
        write_tiny(tmp_path)
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse if request.param == "sample" else tmp_path))


def ask(page: str, address: dict[str, str | list[str]]) -> AppTest:
    test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=PATIENCE)
    for name, value in address.items():
        test.query_params[name] = value
    return test.run()


@pytest.mark.parametrize("page", [*PAGES, "upload"])
def test_a_tampered_address_is_the_bare_address(page: str, county: None) -> None:
    """The address is read in one place for all pages; each page is asked a part of them, shifted, so that each is asked on one page at least."""
    bare, shift, parts = sent(ask(page, {})), [*PAGES, "upload"].index(page), 1 if SOAK else 6
    for name, address in list(ADDRESSES.items())[shift % parts :: parts]:
        test = ask(page, address)
        assert not test.exception, name
        assert sent(test) == bare, name
        assert not any(MARK in str(piece) for piece in sent(test)), name


@pytest.mark.parametrize("page", ["overview", "quality"])
def test_a_month_is_offered_once_it_is_reported(page: str, county: None) -> None:
    """The month not finished yet and the one before the first are as unknown as any other."""
    bare = ask(page, {})
    months = sorted(bare.selectbox(key="choose_month").proto.options)
    known = [pandas.Period(f"{month[:4]}-{month[5:].removesuffix('月').zfill(2)}", "M") for month in months]
    for month in (min(known) - 1, max(known) + 1):
        assert sent(ask(page, {"month": str(month)})) == sent(bare), month


def test_what_is_dropped_does_not_undo_what_the_reader_chose(sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a session a bare address carries on the last choices, and so does one with nothing in it that is offered."""
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))

    def answer(address: dict[str, str | list[str]]) -> list[Piece]:
        test = ask("townships", {"zone": "Z2", "lang": "en"})
        test.query_params.clear()
        for name, value in address.items():
            test.query_params[name] = value
        return sent(test.run())

    carried = answer({})
    assert carried != sent(ask("townships", {}))
    for name in ("unknown area", "very long", "the same twice", "both of two", "nothing"):
        assert answer(ADDRESSES[name]) == carried, name


DISGUISED: list[str | list[str]] = [["public", "internal"], ["internal", "public"], "INTERNAL", "internal,public", "internal\x00"]


@pytest.mark.parametrize("page", PAGES)
def test_a_public_server_has_no_other_release_to_give(page: str, sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    monkeypatch.setenv("DASHBOARD_RELEASES", "public")
    for release in ("internal", *in_turn(DISGUISED, PAGES.index(page))):
        assert sent(ask(page, {"release": release})) == sent(ask(page, {})), release


def test_a_server_without_a_release_says_the_same_to_everybody(county: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_RELEASES", "everything")
    answers: list[list[Piece]] = [[piece for piece in sent(ask(page, {"release": "internal"})) if not piece[0].startswith("title")] for page in PAGES]
    assert all(answer == answers[0] for answer in answers)
    assert answers[0]


@pytest.fixture
def opened(sample_warehouse: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    yield warehouse
    warehouse.close()


@pytest.mark.parametrize(
    "statement",
    [
        "select * from read_csv('/etc/hostname')",
        "select * from read_text('/etc/hostname')",
        "select * from glob('/etc/*')",
        "attach '/tmp/other.duckdb' as other",
        "copy (select 1) to '/tmp/other.csv'",
        "install httpfs",
        "load '/tmp/other.duckdb_extension'",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "insert into published.mart.observation select * from published.mart.observation",
        "update published.meta.build set number = 2",
        "delete from published.mart.observation",
        "create table published.mart.other (a int)",
    ],
)
def test_the_door_reads_one_file_and_changes_nothing(statement: str, opened: Warehouse) -> None:
    before = opened.probe()
    with pytest.raises((duckdb.Error, WarehouseUnavailable)):
        opened._rows(statement)
    assert opened.probe() == before
