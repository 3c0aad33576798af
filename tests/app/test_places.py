"""Every number stands beside the place it speaks of, and outside every count of people is one that was published.

The pages are read as a reader reads them; the numbers they may say come from the warehouse, not from the code that says them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pandas
import pytest
from streamlit.testing.v1 import AppTest

from charts.words import NOT_COLLECTED, PROTECTED, UNDEFINED, UNSTABLE
from indicators import catalogue
from indicators.lattice import is_stock
from indicators.model import Indicator, Kind, Protects
from tests.app.page_cards import cards, headlines, tables
from tests.app.test_pages import NUMBERED, run
from tests.soak import few
from warehouse.reader import Warehouse

KNOWN = catalogue()
PEOPLE = [one for one in KNOWN.values() if one.protects is Protects.PERSONS and one.kind in {Kind.STOCK, Kind.EVENTS}]
ZONE = "Z4"
EVERY_PAIR = [("internal", "zh", None), ("internal", "en", ZONE), ("public", "zh", ZONE), ("public", "en", None)]
"""Release, language and zone: each of one with each of another."""
MONTHS = re.compile(r"(\d{4})年(\d+)(?:—(\d+))?月$")
YEARS = re.compile(r"(\d{4})—(\d{4})年")
YEAR = re.compile(r"(\d{4})年$")
NO_NUMBER = {"—", *(said.pick(language) for said in (PROTECTED, NOT_COLLECTED, UNDEFINED, UNSTABLE) for language in ("zh", "en"))}


@pytest.fixture(scope="module")
def opened(sample_warehouse: Path) -> Iterator[Warehouse]:
    warehouse = Warehouse.open(sample_warehouse / "warehouse.duckdb")
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="module")
def published(opened: Warehouse) -> dict[str, pandas.DataFrame]:
    return {release: opened.observations(release, KNOWN) for release in ("internal", "public")}


def lines(test: AppTest) -> list[str]:
    """Every sentence of a page but the definitions, which speak of no place."""
    found = [str(element.value) for kind in ("subheader", "caption", "markdown") for element in getattr(test, kind)]
    found += [words for card in cards(test) for words in card.statements]
    return [line.removeprefix("- ") for text in found if not text.startswith("**") for line in text.split("\n")]


def meant(about: str, digits: str, over: str) -> float:
    """The published number behind words: 160余 and over 160 stand for 165."""
    return float(digits.replace(",", "")) + (5 if over or about == "over " else 0)


def held(rows: pandas.DataFrame, indicator: Indicator, area: str) -> pandas.DataFrame:
    breakdown = "zone" if area == ZONE else "total"
    chosen = rows[(rows["indicator"] == indicator.id) & (rows["area_code"] == area) & (rows["breakdown"] == breakdown)]
    return chosen[chosen["value"].notna()]


def expected(rows: pandas.DataFrame, indicator: Indicator, area: str, span: str) -> float | None:
    """What the warehouse says of an indicator, a place and a span; none where the words do not name one of these."""
    own = held(rows, indicator, area)
    if is_stock(indicator):
        return float(own.sort_values("period")["value"].iloc[-1])
    if found := MONTHS.search(span):
        year, first, last = int(found[1]), int(found[2]), int(found[3] or found[2])
        months = own[(own["grain"] == "month") & (own["period"].dt.year == year) & own["period"].dt.month.between(first, last)]
        assert len(months) == last - first + 1
        return float(months["value"].sum())
    if found := YEARS.search(span):
        yearly = own[(own["grain"] == "year") & own["period"].dt.year.between(int(found[1]), int(found[2]))]
        return float(yearly["value"].sum())
    if found := YEAR.search(span):
        yearly = own[(own["grain"] == "year") & (own["period"].dt.year == int(found[1]))]
        return float(yearly["value"].iloc[0])
    return None


def claims(test: AppTest, indicator: Indicator, place: str, language: str) -> list[tuple[str, float, str]]:
    """Return what a page says of an indicator and a place: the span, the number, the sentence."""
    found = []
    for line in lines(test):
        if language == "zh":
            pattern = rf"^(.*?)[,]?{place}{re.escape(indicator.title.zh)}为?(约?)(\d[\d,]*)(余?){re.escape(indicator.unit.zh)}"
            found += [(m[1], meant(m[2], m[3], m[4]), line) for m in re.finditer(pattern, line)]
        else:
            pattern = rf"^{place}: {re.escape(indicator.title.en.lower())},? (?:[^:]*: )?(about |over |)(\d[\d,]*)(?=,|\.|$)()"
            found += [("", meant(m[1], m[2], m[3]), line) for m in re.finditer(pattern, line) if is_stock(indicator)]
    return found


@pytest.mark.parametrize("page", NUMBERED)
@pytest.mark.parametrize(("release", "language", "zone"), few(EVERY_PAIR, list(product(("internal", "public"), ("zh", "en"), (None, ZONE)))))
def test_numbers_are_those_of_the_place_they_name(
    release: str,
    language: str,
    zone: str | None,
    page: str,
    sample_warehouse: Path,
    opened: Warehouse,
    published: dict[str, pandas.DataFrame],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    test = run(page, release=release, lang=language, **({"zone": zone} if zone else {}))
    assert not test.exception
    rows, county = published[release], opened.build().county_code
    own = next(one.title for one in opened.members("zone") if one.code == ZONE)
    checked = 0
    for area, name in ((county, "全县" if language == "zh" else "The county"), (ZONE, own.pick(language))):
        for indicator in KNOWN.values():
            if indicator.kind in {Kind.SHARE, Kind.RATE, Kind.SUM}:
                continue
            for span, number, line in claims(test, indicator, name, language):
                wanted = expected(rows, indicator, area, span)
                if wanted is not None:
                    checked += 1
                    assert number == wanted, line
    if page == "overview":
        assert checked >= (4 if language == "zh" else 2)
    if page == "overview" and zone and language == "zh":
        assert claims(test, KNOWN["cases_opened"], own.zh, language)
        of_county = [line for *_, line in claims(test, KNOWN["cases_opened"], "全县", language)]
        assert all("偶然一般不超过" in line for line in of_county)  # a warning, which is always of the whole county
    if release == "public":
        _people_are_rounded(test, rows, language)


def _people_are_rounded(test: AppTest, rows: pandas.DataFrame, language: str) -> None:
    allowed = {one.id: set(rows.loc[(rows["indicator"] == one.id), "value"].dropna()) for one in PEOPLE}
    everybody = set().union(*allowed.values())
    for name, number in headlines(test).items():
        for indicator in PEOPLE:
            if name == indicator.title.pick(language):
                assert number in {*NO_NUMBER} or _value(number) in allowed[indicator.id], name
    for line in lines(test):
        for about, digits, over, least in re.findall(r"(约?)(\d[\d,]*)(余?)人(以上)?(?!/)", line):
            assert about or over or least, line
            assert int(digits) % 5 == 0, line
            assert least or meant(about, digits, over) in everybody, line
        assert not re.search(r"\d余?人[^,]*%", line), line
    for table in tables(test):
        heads = [head for head in table.columns if re.search(r"[((](人|people)[))]$", head) or head in {"现有", "Current users"}]
        for cell in (str(cell) for head in heads for cell in table[head]):
            words = re.sub(r"\s*[((](初步|provisional)[))]$", "", cell)
            assert words in NO_NUMBER or _value(words) in everybody, cell


def _value(words: str) -> float:
    """Return the published number behind a rounded count; anything exact is refused."""
    found = re.fullmatch(r"(约|about |over |)(\d[\d,]*)(余?)[人起]?", words)
    assert found, words
    assert found[1] or found[3] or found[2] == "0", f"an exact count: {words}"
    return meant(found[1], found[2], found[3])
