"""Each figure and table about people, in both releases, the county and a zone, in both languages, says what is published and nothing else.

Every tooltip, number and cell of a page is held against `mart.observation`: each figure must be the published numbers of one table and moment
(or one series), each word beside the very place and period it belongs to, and nothing where the release hides. So what a page shows is a part
of what the auditor attacks, and a part of what is shown cannot narrow what the whole does not. That a running server sends the same to a
browser is asked in tests/browser/test_scraped_app.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest

from charts.hotspots import LEVEL_WORDS
from charts.scope import Voice
from charts.words import RANGE, amount_in_table, amount_of, bare, has_number, period_words, provisional
from indicators import cards, catalogue
from indicators.model import Form, Kind, Protects, Release
from tests.app.page_cards import cards as cards_on
from tests.app.page_cards import pictures
from tests.app.sent import plotted_numbers
from tests.app.test_pages import PAGES, run
from tests.soak import SOAK, few
from ui.themes import picture_name

KNOWN = catalogue()
PEOPLE = {name for name, one in KNOWN.items() if one.protects is Protects.PERSONS}
ZONE = "Z4"
SCOPES = [("internal", "zh", ""), ("internal", "en", ZONE), ("public", "zh", ZONE), ("public", "en", "")]
BOTH_RELEASES = ([SCOPES[0], SCOPES[2]], [SCOPES[1], SCOPES[3]])
"""Both releases, one of them of the county and the other of a zone; of two pages in a row each shows what the other does not."""
NOTHING = {"—", ""}


@dataclass
class Shown:
    """What a page shows.

    Attributes:
        page: Name of the page.
        voice: Release and language it was asked for in.
        cards: Name of every card and what was sent of it.
        figures: Name of every figure and its specification.
        tables: Name of the card and a table on it.
    """

    page: str
    voice: Voice
    cards: dict[str, str] = field(default_factory=dict)
    figures: dict[str, str] = field(default_factory=dict)
    tables: list[tuple[str, pandas.DataFrame]] = field(default_factory=list)


def address(release: str, language: str, zone: str) -> dict[str, str]:
    return {"release": release, "lang": language, "zone": zone or "all"}


def show(page: str, release: str, language: str, zone: str) -> Shown:
    """Run a page and take its figures and tables."""
    test = run(page, **address(release, language, zone))
    assert not test.exception
    found = Shown(page, Voice(Release(release), language))
    found.figures = {name: str(picture.figure.to_json()) for name, picture in pictures(test).items()}
    for card in cards_on(test):
        found.cards[card.name] = card.html
        found.tables += [(card.name, table) for table in card.tables]
    return found


@pytest.fixture(scope="module")
def rendered(sample_warehouse: Path) -> list[Shown]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_DATA", str(sample_warehouse))
        return [show(page, *scope) for turn, page in enumerate(PAGES) for scope in few(BOTH_RELEASES[turn % 2], SCOPES)]


@pytest.fixture(scope="module")
def published(sample_warehouse: Path) -> dict[str, pandas.DataFrame]:
    """The published rows about people, by release, with the names of their places."""
    with duckdb.connect(str(sample_warehouse / "warehouse.duckdb"), read_only=True) as connection:
        rows = connection.execute("select * from mart.observation where list_contains(?, indicator)", [sorted(PEOPLE)]).df()
        names = {
            (dimension, code): {"zh": zh, "en": en}
            for dimension, code, zh, en in connection.execute("select dimension, code, zh, en from meta.member").fetchall()
        }
    titles = []
    for row in rows.itertuples():
        dimensions = row.breakdown.split("*")
        codes = [row.area_code if name in {"zone", "township"} else None for name in dimensions]
        members = iter([row.member, row.member_2])
        codes = [code or next(members) for code in codes]
        titles.append([names.get(pair, {"zh": "", "en": ""}) for pair in zip(dimensions, codes, strict=True)])
    rows["titles"] = titles
    inside = rows[rows["release"] == "internal"]
    return {"internal": pandas.concat([inside, implied(inside)], ignore_index=True), "public": rows[rows["release"] == "public"]}


WHOLES = {"users_by_main_drug": "current_users"}
"""The indicator whose county total is the whole of another one's parts, where that is not its own."""


def implied(rows: pandas.DataFrame) -> pandas.DataFrame:
    """What the hidden parts of an exact county total come to, as rows of their own: the shown ones subtracted, where two and more are hidden."""
    counts = rows[[KNOWN[name].kind in {Kind.STOCK, Kind.EVENTS} for name in rows["indicator"]]]
    parts = counts[(counts["breakdown"] != "total") & ~counts["breakdown"].str.contains("*", regex=False)]
    totals = counts[(counts["breakdown"] == "total") & (counts["status"] == "observed")]
    found = []
    for (name, _, grain, period), held in parts.groupby(["indicator", "breakdown", "grain", "period"]):
        hidden = held["status"] == "suppressed"
        is_stock = KNOWN[name].kind is Kind.STOCK
        last = period + pandas.DateOffset(months={"month": 0, "quarter": 2, "year": 11}[grain])
        is_whole = (
            (totals["grain"] == "month") & (totals["period"] == last) if is_stock else (totals["grain"] == grain) & (totals["period"] == period)
        )
        whole = totals.loc[is_whole & (totals["indicator"] == WHOLES.get(name, name)), "value"].tolist()
        if hidden.sum() >= 2 and (hidden | (held["status"] == "observed")).all() and whole:
            left = whole[0] - held.loc[~hidden, "value"].sum()
            title = {"zh": f"受保护的{hidden.sum()}项合计", "en": f"The {hidden.sum()} protected ones together"}
            shown = {"numerator": left, "value": left, "lower": float("nan"), "upper": float("nan"), "status": "observed", "titles": [title]}
            found.append({**held.iloc[0].to_dict(), **shown})
    assert len(found) >= 20
    return pandas.DataFrame(found)


@pytest.fixture(scope="module")
def subjects() -> dict[str, str]:
    """Figure -> the indicator its card names."""
    maps = {f"townships.{one.id}.{form}": one.id for one in KNOWN.values() if one.is_mapped for form in ("map", "funnel")}
    return maps | {picture_name(card.page, cards.Shown(one, card)): one.id for one in KNOWN.values() for card in one.cards}


def figures_of(*forms: Form) -> set[str]:
    """The names of all figures of some forms."""
    return {picture_name(card.page, cards.Shown(one, card)) for one in KNOWN.values() for card in one.cards if card.form in forms}


BRIDGES = figures_of(Form.BRIDGE_YEAR)
"""Reasons and what they leave of a change; test_closure.py holds them against the published numbers."""


def about_people(visit: Shown, subjects: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, specification in visit.figures.items():
        if subjects.get(name) in PEOPLE and name not in BRIDGES:
            yield name, specification


def words_of(voice: Voice, row: Any) -> set[str]:
    """What a tooltip may say of a published row: its period and indicator, or its member or place, and its number or that it is hidden."""
    indicator = KNOWN[row["indicator"]]
    names = [title[voice.language] for title in row["titles"]]
    said: set[str] = set()
    for number in (amount_of(voice, indicator, row), amount_of(voice, indicator, row, unit=False)):
        title = f"{voice.say(indicator.title)} {number}"
        said |= {title, f"{period_words(voice, indicator, row['period'], row['grain'])} {title}"}
        if all(names):
            said |= {f"{gap.join(part)} {number}" for gap in ("", " ", " · ") for part in (names, names[::-1])}
            said |= {f"{gap.join(bare(name) for name in names)} {number}" for gap in (" ", " · ")}
    return said


def meaning_in(voice: Voice, rows: pandas.DataFrame) -> dict[str, list[int]]:
    """What a tooltip may say, and the published rows it says it of."""
    found: dict[str, list[int]] = {}
    for at, row in rows.iterrows():
        for words in words_of(voice, row):
            found.setdefault(words, []).append(at)
    return found


def told(specification: str, voice: Voice) -> list[str]:
    """The tooltips of a figure, without the ranges."""
    found: list[str] = []
    for trace in json.loads(specification)["data"]:
        for one in [trace["text"]] if trace.get("hoveron") == "fills" else trace.get("customdata") or []:
            for text in one if isinstance(one, list) else [one]:
                if isinstance(text, str):
                    text = JUDGED[voice.language].sub("", text)
                    found.append(re.split(rf"[,,] ?{re.escape(voice.say(RANGE))}", text)[0].replace("&lt;", "<").replace("&amp;", "&"))
    return found


JUDGED = {
    language: re.compile(rf"(?<=[\d人])[;;] ?({'|'.join(re.escape(level.pick(language)) for level in LEVEL_WORDS.values())})$")
    for language in ("zh", "en")
}
"""What is said of a township's level behind its number; never behind the word that it is hidden."""


def numbers_of(row: Any) -> set[float]:
    scale = 100 if KNOWN[row["indicator"]].kind is Kind.SHARE else 1
    return {round(float(row[name]) * scale, 6) for name in ("value", "lower", "upper") if not pandas.isna(row[name])}


def test_a_figure_about_people_says_what_is_published_of_each_place(
    rendered: list[Shown], published: dict[str, pandas.DataFrame], subjects: dict[str, str]
) -> None:
    figures = hidden = shown = 0
    meanings = {(release, language): meaning_in(Voice(Release(release), language), published[release]) for release, language, _ in SCOPES}
    for visit in rendered:
        rows, meaning = published[visit.voice.release.value], meanings[visit.voice.release.value, visit.voice.language]
        for name, specification in about_people(visit, subjects):
            figures += 1
            where = f"{visit.page} {visit.voice} {name}"
            matched: list[set[tuple[str, ...]]] = []
            used: set[int] = set()
            for words in told(specification, visit.voice):
                assert words in meaning, f"{where}: {words}"
                used |= set(meaning[words])
                matched.append({frame_of(rows.loc[at]) for at in meaning[words]})
                is_hidden = not has_number(rows.loc[meaning[words][0], "status"])
                hidden, shown = hidden + is_hidden, shown + (not is_hidden)
            assert matched, where
            # one moment of one table, or one place over time
            frames = [set.intersection(*({one[part] for one in places} for places in matched)) for part in (0, 1)]
            assert any(frames) or name in PARTS | TRENDS, where
            held = [rows.loc[at] for at in used]
            if name not in MAPS:  # whose texts are names of places and their numbers in the list
                numbers = {amount_of(visit.voice, KNOWN[row["indicator"]], row, unit=unit) for row in held for unit in (True, False)}
                for text in written(specification):
                    assert text in numbers or not re.search(r"\d", text), f"{where}: {text}"
            if name not in MAPS:  # drawn by place, not by size
                values = set().union(*(numbers_of(row) for row in held))
                for number in plotted_numbers(specification, (value_axis(name, specification),)):
                    assert round(number, 6) in values, f"{where}: {number}"
    assert figures >= (50 if SOAK else 40)
    assert shown >= 500
    assert hidden >= 50


PARTS, ZONES = figures_of(Form.PARTS), figures_of(Form.BY_ZONE)
TRENDS = {picture_name(card.page, cards.Shown(one, card)) for one in KNOWN.values() for card in one.cards if card.beside}
"""Several lines in one figure."""
MAPS = {f"townships.{one.id}.map" for one in KNOWN.values() if one.is_mapped and one.kind is Kind.STOCK}


def value_axis(name: str, specification: str) -> str:
    """The axis on which a figure's numbers stand; on the other stand its places."""
    lies = any(trace.get("orientation") == "h" for trace in json.loads(specification)["data"])
    return "x" if lies or name in ZONES else "y"


def written(specification: str) -> list[str]:
    """The words written into a figure beside its marks."""
    found: list[str] = []
    for trace in json.loads(specification)["data"]:
        texts = trace.get("text") or []
        found += [re.sub(r"</?b>", "", text).strip() for text in ([texts] if isinstance(texts, str) else texts)]
    return found


def frame_of(row: Any) -> tuple[str, str]:
    """The table and moment of a row, and its series."""
    at = f"{row['indicator']} {row['breakdown']} {row['grain']}"
    return f"{at} {row['period']}", f"{at} {row['area_code']} {row['member']} {row['member_2']}"


def test_a_table_about_people_holds_published_numbers_only(
    rendered: list[Shown], published: dict[str, pandas.DataFrame], subjects: dict[str, str]
) -> None:
    checked = 0
    for visit in rendered:
        rows = published[visit.voice.release.value]
        allowed = {
            name: {plain(amount_in_table(visit.voice, KNOWN[name], row)) for _, row in held.iterrows()} for name, held in rows.groupby("indicator")
        }
        everybody = set().union(*allowed.values())
        for name, table in visit.tables:
            if TWO_PERIODS[visit.voice.language] in table.columns:
                checked += _compared(visit, table, rows, subjects.get(name), several=name in TRENDS)
            elif visit.page == "townships":
                checked += _townships(visit, table, rows)
            elif subjects.get(name) in PEOPLE and name not in BRIDGES:
                several = name in TRENDS | PARTS
                for cell in (plain(str(cell)) for column in table.columns[1:] for cell in table[column]):
                    checked += 1
                    assert cell in (everybody if several else allowed[subjects[name]]) | NOTHING or is_range(cell), f"{visit.page} {name}: {cell}"
    assert checked >= 500


def plain(words: str) -> str:
    return words.replace("\\", "")


def is_range(cell: str) -> bool:
    """A published 95 % range of a share or rate of the internal release."""
    return re.fullmatch(r"\d+(\.\d+)?[—–]\d+(\.\d+)?", cell) is not None


TWO_PERIODS = {"zh": "本期 / 对比期", "en": "Now / Before"}
"""The head of the cells of a comparison, in every language."""


def _compared(visit: Shown, table: pandas.DataFrame, rows: pandas.DataFrame, subject: str | None, *, several: bool) -> int:
    """The numbers that a card compares are published ones; sums of months, of flows inside alone, are held by test_closure.py."""
    if subject not in PEOPLE or (KNOWN[subject].kind is Kind.EVENTS and not visit.voice.is_public):
        return 0
    held = rows[rows["indicator"].isin(PEOPLE if several else [subject])]
    said = {plain(amount_in_table(visit.voice, KNOWN[row["indicator"]], row)) for _, row in held.iterrows()}
    said |= {plain(provisional(visit.voice, amount_of(visit.voice, KNOWN[row["indicator"]], row), row["status"])) for _, row in held.iterrows()}
    checked = 0
    for cell in table.iloc[:, 1]:
        for line in plain(str(cell)).split("  \n"):
            number = re.split(r"[::] ?", line)[-1]
            checked += 1
            assert number in said | NOTHING, f"{visit.page} {subject}: {line}"
    return checked


def _townships(visit: Shown, table: pandas.DataFrame, rows: pandas.DataFrame) -> int:
    """Each township beside its own number of the latest finished year, or the word that it is hidden."""
    head, first = ("现有人员", "乡镇") if visit.voice.is_chinese else ("Current users", "Township")
    if head not in table.columns:
        return 0
    [places] = [column for column in table.columns if column.startswith(first)]
    yearly = rows[(rows["indicator"] == "current_users") & (rows["breakdown"] == "township") & (rows["grain"] == "year")]
    latest = yearly[yearly["period"] == yearly["period"].max()]
    wanted = {row["titles"][0][visit.voice.language]: amount_of(visit.voice, KNOWN["current_users"], row, unit=False) for _, row in latest.iterrows()}
    for place, cell in zip(table[places], table[head], strict=True):
        assert plain(str(cell)) == wanted[plain(str(place)).split("  \n")[0].rstrip("*")], place
    return len(table)
