"""A page of a release is made of that release's published rows alone, and computes no number of people that nobody published.

Both are asked of the finished pages. The file they read is changed where they must not look, and they must stay as they are to the last
cell; then every shown count of people is dyed with a number of its own, and every dyed number that reaches the browser must be one that was
put in, or the difference of two of the same series a year or a period apart, which readers may be told.
"""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import pandas
import pytest
from streamlit.testing.v1 import AppTest

from indicators import catalogue
from indicators.model import Kind, Protects
from tests.app.sent import Piece, plotted_numbers, sent, whole_numbers
from tests.app.test_pages import PAGES, charts, run
from tests.soak import SOAK, in_turn

pytestmark = pytest.mark.longest(80)

KNOWN = catalogue()
PEOPLE = [name for name, one in KNOWN.items() if one.protects is Protects.PERSONS]
COUNTS = [name for name in PEOPLE if KNOWN[name].kind in {Kind.STOCK, Kind.EVENTS} and name != "registry_change"]
ZONE = "Z4"
WHOLE: list[dict[str, str]] = [{}, {"lang": "en"}] if SOAK else [{}]
PARTS: list[dict[str, str]] = [{"zone": ZONE}, {"zone": ZONE, "month": "2025-06", "lang": "en"}]
RELEASES = ("internal", "public")


def scopes(release: str) -> list[tuple[str, dict[str, str]]]:
    """Every page of the whole county; of one part of it every second page in the one release, and the others in the other."""
    parts = [in_turn(PARTS, turn // 2) if SOAK or RELEASES[turn % 2] == release else [] for turn, _ in enumerate(PAGES)]
    return [(page, scope) for page, some in zip(PAGES, parts, strict=True) for scope in (*WHOLE, *some)]


CANARY = 7321

Walk = dict[str, list[Piece]]
"""What every page of a release sends, by its name and scope."""


@pytest.fixture
def own(sample_warehouse: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the published file to change, in the folder the pages read."""
    shutil.copyfile(sample_warehouse / "warehouse.duckdb", tmp_path / "warehouse.duckdb")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    return tmp_path / "warehouse.duckdb"


def visits(release: str) -> Iterator[tuple[str, AppTest]]:
    for page, scope in scopes(release):
        test = run(page, release=release, **scope)
        assert not test.exception
        yield f"{page} {scope}", test


def walk(release: str) -> Walk:
    return {name: sent(test) for name, test in visits(release)}


@pytest.fixture(scope="module")
def before(sample_warehouse: Path) -> dict[str, Walk]:
    """What every page of both releases sends of the file as it was published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_DATA", str(sample_warehouse))
        return {release: walk(release) for release in RELEASES}


def texts(pages: Iterable[list[Piece]]) -> set[str]:
    return {str(text) for pieces in pages for _, text in pieces}


def change(path: Path, *statements: str) -> None:
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement, [PEOPLE] if "$1" in statement else None)


def test_a_public_page_is_made_of_public_rows(before: dict[str, Walk], own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    change(
        own,
        # what is hidden inside is put into the file as if it were shown, and what is shown is something else
        f"update mart.observation set numerator = {CANARY}, value = {CANARY}, lower = {CANARY}, upper = {CANARY}, status = 'observed' "
        "where release = 'internal' and list_contains($1, indicator)",
        f"update meta.check_result set zh = '{CANARY}组', en = '{CANARY} groups'",
        f"update meta.build set who = '甲{CANARY}', reason = '乙{CANARY}'",
        f"insert into meta.hold values ('month_changed', 'current_users', null, '{CANARY}人', '{CANARY} people')",
        f"insert into meta.restatement values (1, '2026-11-05', 'current_users', '2026-01-01', 'corrected', {CANARY})",
        f"update meta.column_fill set rows = {CANARY}",
    )
    after = walk("public")
    known = texts(before["public"].values())  # a build's digest may hold the canary's digits by chance
    assert not any(str(CANARY) in text for text in texts(after.values()) - known)
    for name, pieces in after.items():
        if not name.startswith("quality"):  # which says that somebody answered for a finding
            assert pieces == before["public"][name], name
    monkeypatch.setenv("DASHBOARD_RELEASES", "public")
    for page in PAGES:
        asked = run(page, release="internal")
        assert not any(str(CANARY) in text for text in texts([sent(asked)]) - known), page


def test_an_internal_page_is_made_of_internal_rows(before: dict[str, Walk], own: Path) -> None:
    """The two releases read together would narrow what each hides."""
    change(
        own,
        f"update mart.observation set numerator = {CANARY}, value = {CANARY}, lower = {CANARY}, upper = {CANARY}, status = 'observed' "
        "where release = 'public' and list_contains($1, indicator)",
    )
    for name, pieces in walk("internal").items():
        assert pieces == before["internal"][name], name


def dye(path: Path, release: str) -> pandas.DataFrame:
    """Give every shown count of people a number that nothing else has, and return the dyed rows; public ones stay multiples of five.

    The numbers are far apart, so that a sum or difference of two is none of them; of exact ones from ten thousand on (in 万) only the figures
    and the English sentences can be read back.
    """
    with duckdb.connect(str(path)) as connection:
        rows = connection.execute(
            "select rowid as at, * from mart.observation where release = ? and list_contains(?, indicator) and value is not null order by rowid",
            [release, COUNTS],
        ).df()
        step = 5 if release == "public" else 1
        numbers = random.Random(20261123).sample(range(3000, 3000 + step * 60_000, step), len(rows))
        rows["value"] = [float(number) for number in numbers]
        connection.register("dyed", rows[["at", "value"]])
        connection.execute(
            "update mart.observation o set value = d.value, numerator = d.value, lower = null, upper = null from dyed d where o.rowid = d.at"
        )
    return rows


def allowed(rows: pandas.DataFrame, internal: pandas.DataFrame | None) -> set[float]:
    """What readers may be told of the dyed numbers.

    Themselves, sums of consecutive shown months or quarters of a county total, the differences of either a year apart (or from the last one
    shown before that) and of the first from one period to the next, what hidden parts come to together, and what a bridge leaves over.
    """
    found = set(rows["value"])
    series = rows.groupby(["indicator", "breakdown", "grain", "area_code", "member", "member_2"])
    for (_, breakdown, grain, *_), held in series:
        by_period = dict(zip(held["period"], held["value"], strict=True))
        step = {"month": 1, "quarter": 3}.get(grain, 12)
        longest = 12 // step if breakdown == "total" else 1
        runs = {
            (first, length): sum(by_period[first + pandas.DateOffset(months=step * period)] for period in range(length))
            for first in by_period
            for length in range(1, longest + 1)
            if all(first + pandas.DateOffset(months=step * period) in by_period for period in range(length))
        }
        found |= set(runs.values())
        for (first, length), value in runs.items():
            known = [start for start, months in runs if months == length]
            latest = [first - pandas.DateOffset(years=1)] + ([first - pandas.DateOffset(months=step)] if length == 1 else [])
            earlier = [max(start for start in known if start <= end) for end in latest if min(known) <= end]
            found |= {abs(value - runs[start, length]) for start in earlier}
    if internal is not None:
        found |= _bridges(rows, internal) | _together(rows)
    return found


def _together(rows: pandas.DataFrame) -> set[float]:
    """What the shown parts leave of the county's total: of a stock that of the same month, of a flow that of the same period."""
    totals = rows[rows["breakdown"] == "total"]
    parts = rows[(rows["breakdown"] != "total") & ~rows["breakdown"].str.contains("*", regex=False)]
    found: set[float] = set()
    for (name, _, grain, period), held in parts.groupby(["indicator", "breakdown", "grain", "period"]):
        last = period + pandas.DateOffset(months={"month": 0, "quarter": 2, "year": 11}[grain])
        at = {("month", last)} if KNOWN[name].kind is Kind.STOCK else {(grain, period)}
        named = totals[totals["indicator"] == ("current_users" if name == "users_by_main_drug" else name)]
        wholes = [value for one, start, value in zip(named["grain"], named["period"], named["value"], strict=True) if (one, start) in at]
        found |= {abs(whole - held["value"].sum()) for whole in wholes}
    return found


def _bridges(rows: pandas.DataFrame, moved: pandas.DataFrame) -> set[float]:
    """The change of current users over a finished year, and what the published reasons leave of it."""
    stock = rows[(rows["indicator"] == "current_users") & (rows["breakdown"] == "total") & (rows["grain"] == "month")]
    stock = stock.sort_values("period")
    found: set[float] = set()
    levels = dict(zip(stock["period"], stock["value"], strict=True))
    for period, value in levels.items():
        before = period - pandas.DateOffset(years=1)
        if before in levels and period.month == 12:
            inside = moved[moved["period"] == pandas.Timestamp(period.year, 1, 1)]
            explained = float((inside["value"] * inside["sign"]).sum())
            found |= {abs(value - levels[before]), abs(value - levels[before] - explained)}
    return found


@pytest.mark.parametrize("release", RELEASES)
def test_a_page_shows_published_counts_of_people_and_no_sums_of_them(release: str, before: dict[str, Walk], own: Path) -> None:
    rows = dye(own, release)
    told = allowed(rows, changes(own) if release == "internal" else None)
    if release == "public":
        told |= {value - 5 for value in rows["value"] if value % 10 == 5}  # 160余 stands for 165
    seen: set[float] = set()
    for name, test in visits(release):
        known = {number for number, _ in whole_numbers(before[release][name])}
        for number, text in whole_numbers(sent(test)):
            if number not in known and not is_least(text, number, release):
                assert number in told, f"{name}: {text}"
                seen.add(number)
        for number in (number for spec in charts(test) for number in plotted_numbers(spec) if number >= 3000):
            assert number in told, f"{name}: {number} in a figure"
    assert len(seen) >= {"internal": 100 if SOAK else 50, "public": 40}[release]


def is_least(text: str, number: float, release: str) -> bool:
    """Whether a public sentence says "at least so many more", which holds for all numbers behind two rounded ones."""
    return release == "public" and number % 5 == 0 and (re.search(f"{number:.0f}[人起]以上", text) is not None or f"at least {number:.0f} " in text)


def changes(path: Path) -> pandas.DataFrame:
    from indicators.dimensions import DIMENSIONS

    signs = {member.code: member.sign for member in DIMENSIONS["change"].members}
    with duckdb.connect(str(path), read_only=True) as connection:
        found = connection.execute(
            "select period, member, value from mart.observation where release = 'internal' and indicator = 'registry_change' and grain = 'year'"
        ).df()
    return found.assign(sign=found["member"].map(signs))
