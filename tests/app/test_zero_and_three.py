"""A hidden cell with nobody in it and one with three people look alike: two whole counties, built through the real path, that differ in nothing else.

In the second county three people who live in the second township of Z1 live in the first, where nobody lived. Three of Z4 are minors who are
adults in the first county, and three of Z2 are adults who are minors there; no zone is split by age. Every number that is published agrees.
So must every page, to the last axis, order, row and message, and so must everything else the build writes for its readers.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import duckdb
import pytest

from charts.words import PROTECTED
from etl.county.read import read_pack
from tests.app.sent import Piece, sent, whole_numbers
from tests.app.test_pages import PAGES, run
from tests.soak import SOAK, in_turn
from tests.spec.tables import COUNTY, build_from, write_extract

pytestmark = pytest.mark.longest(15)

YEARS = (2009, 1995, 1980, 1960)  # of birth: one of each age band at the end of 2025
WITHOUT = {"Z1": (8, 22, 25, 12), "Z2": (3, 4, 20, 10), "Z3": (9, 12, 15, 6), "Z4": (0, 7, 18, 9)}
WITH = {**WITHOUT, "Z2": (0, 7, 20, 10), "Z4": (3, 4, 18, 9)}
IN_FIRST_TOWNSHIP = {"Z1": 0, "Z2": 30, "Z3": 30, "Z4": 20}
OF_Z1 = sum(WITHOUT["Z1"])
HIDDEN_PARTNER = OF_Z1 - 3  # people of the second township of Z1 in the second county: hidden, and unlike every other number there
TIMES = {"meta.build": {"built_at"}, "meta.input_file": {"received_at"}}


def people(counts: dict[str, tuple[int, ...]], moved: int) -> list[dict[str, str]]:
    towns: dict[str, list[str]] = {}
    for town in read_pack(COUNTY).townships:
        if town.valid_to is None:
            towns.setdefault(town.zone, []).append(town.code)
    found = []
    for zone, numbers in counts.items():
        first = IN_FIRST_TOWNSHIP[zone] + (moved if zone == "Z1" else 0)
        years = [year for year, number in zip(YEARS, numbers, strict=True) for _ in range(number)]
        found += [
            {"birth_year": str(year), "first_found_on": "2024-06", "township": towns[zone][0 if place < first else 1]}
            for place, year in enumerate(years)
        ]
    return found


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The data folders of the county without and the one with three people in the cells looked at."""
    found = []
    for counts, moved in ((WITHOUT, 0), (WITH, 3)):
        place = tmp_path_factory.mktemp("county")
        build_from(place / "data", write_extract(place, "registry", "202512", people(counts, moved), "20260105"))
        found.append(place / "data")
    return found[0], found[1]


@pytest.mark.parametrize("release", ["internal", "public"])
def test_the_cells_looked_at_are_hidden_beside_shown_ones(release: str, counties: tuple[Path, Path]) -> None:
    """Else the rest of this file would say nothing."""
    first_town, second_town = (town["township"] for town in (people(WITH, 3)[0], people(WITH, 3)[3]))
    asked = [("township", town, "") for town in (first_town, second_town)]
    for county in counties:
        with duckdb.connect(str(county / "warehouse.duckdb"), read_only=True) as connection:
            rows = connection.execute(
                "select breakdown, area_code, member, status from mart.observation "
                "where release = ? and indicator = 'current_users' and grain = 'year'",
                [release],
            ).fetchall()
        statuses = {(breakdown, area, member): status for breakdown, area, member, status in rows}
        assert [statuses[cell] for cell in asked] == ["suppressed"] * 2
        shown = [breakdown for (breakdown, *_), status in statuses.items() if status == "observed"]
        assert shown.count("township") >= 1


def tables(county: Path) -> dict[str, list[tuple[Any, ...]]]:
    with duckdb.connect(str(county / "warehouse.duckdb"), read_only=True) as connection:
        names = [name for (name,) in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall()]
        found = {}
        for name in names:
            left_out = ", ".join(TIMES.get(name, ()))
            found[name] = connection.execute(f"select *{f' exclude ({left_out})' if left_out else ''} from {name} order by all").fetchall()
    return found


def test_the_published_files_are_the_same_to_the_last_row(counties: tuple[Path, Path]) -> None:
    """Coins, partners, remarks, checks and the fingerprint of the content included; only the times differ."""
    without, with_three = (tables(county) for county in counties)
    assert without.keys() == with_three.keys()
    assert sum(len(rows) for rows in without.values()) > 300
    for name, rows in without.items():
        assert with_three[name] == rows, name


WHOLE: list[dict[str, str]] = [{}, {"lang": "en"}] if SOAK else [{}]
PARTS: list[dict[str, str]] = [{"zone": "Z1"}, {"zone": "Z4", "lang": "en"}, {"zone": "Z2"}]

Walk = dict[str, list[Piece]]
"""What every page of a release sends, by its name and scope."""


RELEASES = ("internal", "public")


def walk(release: str) -> Walk:
    """Read every page of the whole county; of one part of it every second page in the one release, and the others in the other."""
    found = {}
    for turn, page in enumerate(PAGES):
        for scope in (*WHOLE, *(in_turn(PARTS, turn // 2) if SOAK or RELEASES[turn % 2] == release else ())):
            test = run(page, release=release, **scope)
            assert not test.exception
            found[f"{page} {scope}"] = sent(test)
    return found


@pytest.fixture(scope="module", params=RELEASES)
def walked(request: pytest.FixtureRequest, counties: tuple[Path, Path]) -> tuple[Walk, Walk]:
    """The pages of both counties in a release."""
    found = []
    for county in counties:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DASHBOARD_DATA", str(county))
            found.append(walk(request.param))
    return found[0], found[1]


def test_every_page_is_the_same(walked: tuple[Walk, Walk]) -> None:
    without, with_three = walked
    for name, pieces in without.items():
        assert with_three[name] == pieces, name
    protected = sum(PROTECTED.zh in str(piece) for name, pieces in without.items() if "'en'" not in name for piece in pieces)
    assert protected >= 10


def test_a_hidden_partner_is_on_no_page(walked: tuple[Walk, Walk]) -> None:
    """A cell hidden to protect its neighbour is large, so that its number can be looked for: it stands nowhere, in no text and no figure."""
    for name, pieces in walked[1].items():
        assert HIDDEN_PARTNER not in {number for number, _ in whole_numbers(pieces)}, name
        assert float(HIDDEN_PARTNER) not in {piece for place, piece in pieces if not place.endswith("/x") and not place.endswith("/y")}, name
        assert not any(piece == HIDDEN_PARTNER for place, piece in pieces if "plotly" in place and not is_drawing(place)), name


def is_drawing(place: str) -> bool:
    """Whether a number of a figure is a size in pixels or a share of the paper."""
    return re.search(r"height|width|size|margin|shift|/domain", place) is not None
