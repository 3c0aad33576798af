"""A delivery made up to find out a hidden number: the upload page answers it alike in two counties that publish the same.

In both, Z1 and Z2 had 36 and 24 suspects in 2025, and the 14 others are hidden: one or four of them in Z4, the rest in Z3. Whoever hands in
December again with one more case in Z4 would see two more numbers appear if five are reached with the suspects of that case, and could count
down to the hidden number without ever publishing. So nothing on the page may tell how many splits of people a trial shows.

And a register made up without a township must not be held because of people who are hidden there: in the one county three and eight people, in
the other eight and three, live in two townships of one zone.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from etl.county.read import read_pack
from tests.app.sent import Piece, sent
from tests.app.test_upload import can_publish, hand_in, page
from tests.soak import few
from tests.spec.tables import COUNTY, build_from, write_extract

pytestmark = pytest.mark.longest(20)

HIDDEN = (1, 4)
OTHERS = 14
TOWNS = [town.code for town in read_pack(COUNTY).townships if town.valid_to is None]
PROBED, BESIDE = [town.code for town in read_pack(COUNTY).townships if town.valid_to is None and town.zone == "Z4"][:2]
LIVE_THERE = ((3, 8), (8, 3))


def case(zone: str, suspects: int, month: str, young: int = 0) -> dict[str, str]:
    township = next(town.code for town in read_pack(COUNTY).townships if town.zone == zone and town.valid_to is None)
    return {"township": township, "suspects": str(suspects), "suspects_under_18": str(young), "filed_on": month}


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    found = []
    for number, (probed, beside) in zip(HIDDEN, LIVE_THERE, strict=True):
        place = tmp_path_factory.mktemp("probed")
        monthly = [case(zone, suspects, f"2025-{month:02}") for month in range(1, 13) for zone, suspects in (("Z1", 3), ("Z2", 2))]
        monthly += [case(zone, 2, month) for month in ("2026-01", "2026-02") for zone in ("Z1", "Z2")]  # so that 2025 is settled
        cases = [*monthly, case("Z3", OTHERS - number, "2025-05"), case("Z4", number, "2025-05")]
        people = register(place, "202512", probed, beside, "20260105")
        build_from(place / "data", people, write_extract(place, "cases", "202501-202602", cases, "20260305"))
        found.append(place / "data")
    return found


MADE_UP = [("202601", 0, 11), ("202512", 0, 11), ("202601", 11, 0)]
"""Registers of a next month or of the same, without anybody in the one township or in the other."""


def test_both_counties_publish_the_same(counties: list[Path]) -> None:
    published = []
    for county in counties:
        with duckdb.connect(str(county / "warehouse.duckdb"), read_only=True) as connection:
            published.append(connection.execute("select * from mart.observation order by all").fetchall())
    assert published[0] == published[1]
    zones = {row[4]: row[10] for row in published[0] if row[:2] == ("internal", "suspects_arrested") and row[5] == "zone"}
    assert zones == {"Z1": 36.0, "Z2": 24.0, "Z3": None, "Z4": None}
    towns = {row[4]: row[10] for row in published[0] if row[:2] == ("internal", "current_users") and row[5] == "township"}
    assert {PROBED, BESIDE} <= {code for code, value in towns.items() if value is None}


def asked(county: Path, made_up: Path, folder: Path, language: str, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    shutil.copytree(county, folder)
    monkeypatch.setenv("DASHBOARD_DATA", str(folder))
    test = hand_in(page(lang=language), made_up)
    assert not test.exception
    assert can_publish(test)  # the trial was made
    return test


def untimed(pieces: list[Piece]) -> list[Piece]:
    """Leave out when the builds were made."""
    return [(place, re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\d", "", text) if isinstance(text, str) else text) for place, text in pieces]


@pytest.mark.parametrize("suspects", few([1], [1, 2, 3, 4]))
def test_a_made_up_delivery_counts_no_split_of_people(suspects: int, counties: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """1 + 4 reaches five and 1 + 1 does not: the page of one county must be that of the other."""
    december = [case("Z1", 3, "2025-12"), case("Z2", 2, "2025-12"), case("Z4", suspects, "2025-12")]
    made_up = write_extract(tmp_path, "cases", "202512", december, "20260405")
    language = "zh" if suspects % 2 else "en"
    answers = [untimed(sent(asked(county, made_up, tmp_path / county.parent.name, language, monkeypatch))) for county in counties]
    assert answers[0] == answers[1]
    said = "\n".join(str(text) for _, text in answers[0])
    assert ("人员的分项数受保护" if language == "zh" else "Splits of people are protected") in said
    assert ("变动" if language == "zh" else "numbers changed") in said  # cases, and totals of people


def register(folder: Path, month: str, probed: int, beside: int, reported: str) -> Path:
    """Twenty people in every other township; those of the two stand last, so that everybody keeps the key."""
    counts = {**{code: 20 for code in TOWNS if code not in (PROBED, BESIDE)}, PROBED: probed, BESIDE: beside}
    return write_extract(folder, "registry", month, [{"township": code} for code, number in counts.items() for _ in range(number)], reported)


@pytest.mark.parametrize(("month", "probed", "beside"), few(MADE_UP[:1], MADE_UP))
def test_a_made_up_register_learns_nothing_of_a_hidden_township(
    month: str, probed: int, beside: int, counties: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight people gone are more than chance and three are not: one county must be held as the other is."""
    made_up = register(tmp_path, month, probed, beside, "20260205")
    answers = []
    for county in counties:
        test = asked(county, made_up, tmp_path / county.parent.name, "zh", monkeypatch)
        assert not test.warning
        answers.append(untimed(sent(test)))
    assert answers[0] == answers[1]
