"""Every page with every kind of warehouse, both releases, both languages: content, or a calm sentence that says what to do."""

from __future__ import annotations

import json
import re
import shutil
from itertools import product
from pathlib import Path

import duckdb
import pandas
import pytest
from streamlit.testing.v1 import AppTest

from charts.svg import WIDTHS
from tests.app.page_cards import SVG, cards, pictures, tables
from tests.soak import few, in_turn
from ui import navigation, words

ROOT = Path(__file__).parents[2]
PAGES = [entry.path.stem for entry in navigation.entries() if entry.path.stem != "upload"]
"""Every page but the upload page, which has tests of its own (test_upload.py)."""
NUMBERED = [page for page in PAGES if page not in {"methods", "privacy"}]
"""The pages that show numbers of the county; those on method and on protection show examples only, and have tests of their own."""
SCHEMA = ROOT / "warehouse" / "schema.sql"
PATIENCE = 600  # seconds: only a page that never comes is late


def run(page: str, **query: str) -> AppTest:
    test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=PATIENCE)
    for name, value in query.items():
        test.query_params[name] = value
    return test.run()


def text(test: AppTest) -> str:
    """Everything a reader reads on the page, pop-ups and tables included."""
    kinds = ("title", "header", "subheader", "caption", "markdown", "info")
    parts = [str(element.value) for kind in kinds for element in getattr(test, kind)]
    parts += [words for card in cards(test) for words in card.words]
    parts += [table.to_csv() for table in tables(test)]
    return "\n".join(parts)


def charts(test: AppTest) -> list[str]:
    """The figures of a page, as their enlarged form would be sent."""
    return [str(picture.figure.to_json()) for picture in pictures(test).values()]


@pytest.fixture
def missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))


@pytest.fixture
def corrupt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "warehouse.duckdb").write_bytes(b"this is no database" * 999)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))


def write_tiny(folder: Path, *, map_approval: str = "") -> None:
    """A build of one month: three published numbers, one protected, no township."""
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(SCHEMA.read_text(encoding="utf-8"))
        connection.execute(
            "insert into meta.build values "
            "(7, '2026-02-03T09:00:00', '0', '2026-01-01', '990000000000', '小县', 'Small County', ?, false, 5, '', '', '')",
            [map_approval],
        )
        connection.execute("insert into meta.coverage values ('registry', '2026-01-01', 1), ('cases', '2026-01-01', 2)")
        connection.execute("insert into meta.extract values ('registry', '在册吸毒人员', 'Registered people'), ('cases', '毒品案件', 'Drug cases')")
        connection.execute(
            "insert into meta.member values ('zone', 'Z1', '城区片区', 'Urban zone', 0, ''), ('charge', 'use', '吸食、注射', 'Use', 0, '')"
        )
        for release, grain, period in (("internal", "month", "2026-01-01"), ("public", "month", "2026-01-01")):
            for indicator, value, status in (
                ("registered_people", 163.0, "observed"),
                ("current_users", None, "suppressed"),
                ("cases_opened", 4.0, "provisional"),
                ("under_36_share", 0.25, "observed"),
            ):
                connection.execute(
                    "insert into mart.observation values (?, ?, ?, ?, '990000000000', 'total', '', '', ?, null, ?, null, null, ?)",
                    [release, indicator, period, grain, value, value, status],
                )


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny(tmp_path)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))


@pytest.fixture
def normal(sample_warehouse: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DASHBOARD_DATA", str(sample_warehouse))
    return sample_warehouse


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("state", "remedy"), [("missing", "etl demo"), ("corrupt", "etl build"), ("empty", "etl build")])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_numbers_a_page_says_calmly_what_to_do(page: str, state: str, remedy: str, language: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(state)
    test = run(page, lang=language)
    assert not test.exception
    assert remedy in text(test)
    assert ("暂时没有" if language == "zh" else "Nothing to show") in text(test)
    assert not charts(test)


@pytest.mark.parametrize("page", PAGES)
def test_a_build_without_any_month_says_calmly_what_to_do(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny(tmp_path)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("delete from meta.coverage")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    test = run(page)
    assert not test.exception
    assert "etl load" in text(test)
    assert not charts(test)


def test_names_of_the_pack_are_words_and_no_markdown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert words.plain("*甲* [乙](http://x) `丙` :smile: $x$ 8:30") == r"\*甲\* \[乙\](http://x) \`丙\` \:smile: \$x\$ 8:30"
    assert words.plain("- 1. # 人") == r"\- 1. # 人"
    write_tiny(tmp_path)
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update meta.member set zh = '[城区](http://example.org)' where dimension = 'zone'")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    said = text(run("overview", zone="Z1"))
    assert r"\[城区\]" in said
    assert not re.search(r"(?<!\\)\[城区", said)


@pytest.mark.parametrize("page", PAGES)
def test_a_tiny_warehouse_breaks_no_page(page: str, tiny: None) -> None:
    for release in in_turn(["internal", "public"], PAGES.index(page)):
        test = run(page, release=release)
        assert not test.exception
        assert test.title[0].value
        assert "示例数据" not in text(test)


def test_a_tiny_warehouse_shows_what_it_has(tiny: None) -> None:
    said = text(run("overview"))
    assert "163人" in said
    assert "受保护" in said
    assert "4起(初步)" in said
    assert "暂不比较" in said


def test_a_first_month_claims_no_comparison_and_no_sentence_lacks_its_number(tiny: None) -> None:
    for release in ("internal", "public"):
        said = text(run("overview", release=release))
        assert "数据不足一年,暂不能与上年同期比较" in said
        assert "比较了0项" not in said
        assert "未见超出随机波动" not in said
    assert "Less than a year of data" in text(run("overview", lang="en"))
    assert "现有吸毒人员按性别" in text(run("registry"))


@pytest.mark.parametrize("page", NUMBERED)
@pytest.mark.parametrize(("release", "language"), few([("internal", "en"), ("public", "zh")], list(product(("internal", "public"), ("zh", "en")))))
def test_the_sample_county_fills_every_page(page: str, release: str, language: str, normal: Path) -> None:
    test = run(page, release=release, lang=language)
    assert not test.exception
    said = text(test)
    assert len(charts(test)) >= (1 if page == "warnings" else 2)
    assert {"internal": {"zh": "内部资料", "en": "Internal"}, "public": {"zh": "公开版", "en": "Public edition"}}[release][language] in said
    assert "Synthetic sample" in said
    drawings = [drawing for card in cards(test) for drawing in card.root.iter(f"{SVG}svg")]
    assert len(drawings) == len(WIDTHS) * len(charts(test))
    assert all(drawing.get("aria-label") for drawing in drawings)
    assert not re.search(r"\bnan\b", said, re.IGNORECASE)


def test_the_overview_answers_the_speech(normal: Path) -> None:
    assert "163人" in text(run("overview", release="internal"))
    public = text(run("overview", release="public"))
    assert "160余人" in public or "约160人" in public  # 160 or 165, by the keyed coin of the build
    assert "163" not in public


def published(folder: Path, release: str) -> pandas.DataFrame:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute("select * from mart.observation where release = ?", [release]).df()


@pytest.mark.parametrize("page", PAGES)
def test_public_pages_show_people_in_fives_only(page: str, normal: Path) -> None:
    test = run(page, release="public")
    for spec in charts(test):
        for trace in json.loads(spec)["data"]:
            for spoken in trace.get("customdata") or []:
                for number in re.findall(r"约?(\d+)余?人(?!/)", str(spoken)):
                    assert int(number) % 5 == 0, spoken
    said = text(test)
    assert "内部资料" not in said


def test_nonsense_in_the_address_falls_back(normal: Path) -> None:
    test = run("overview", release="secret", month="1999-99", zone="../../etc", lang="xx")
    assert not test.exception
    assert test.title[0].value == "总览"
    assert dict(test.query_params) == {}


def test_the_address_decides_what_is_shown(normal: Path) -> None:
    test = run("overview", lang="en", month="2025-06")
    assert test.title[0].value == "Overview"
    assert "end of Jun 2025" in text(test)
    assert test.selectbox(key="choose_month").value == "2025-06"


def test_a_choice_is_written_into_the_address(normal: Path) -> None:
    test = run("overview")
    test.selectbox(key="choose_lang").set_value("en").run()
    assert test.query_params["lang"] == "en"
    assert test.title[0].value == "Overview"
    test.selectbox(key="choose_lang").set_value("zh").run()
    assert "lang" not in test.query_params
    assert test.title[0].value == "总览"


def test_a_server_offers_only_the_releases_it_is_told_to(normal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASHBOARD_RELEASES", "public")
    test = run("overview", release="internal")
    assert test.selectbox(key="choose_release").options == ["公开(概数)"]
    assert "163" not in text(test)
    for setting in ("", "internall", " , "):
        monkeypatch.setenv("DASHBOARD_RELEASES", setting)
        refused = run("overview")
        assert not refused.exception
        assert "DASHBOARD_RELEASES" in text(refused)
        assert not cards(refused)


def test_another_build_is_shown_at_the_next_rerun(tmp_path: Path, normal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny(tmp_path)
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    test = run("overview")
    assert "小县" in text(test)
    shutil.copy(normal / "warehouse.duckdb", tmp_path / "next.duckdb")
    (tmp_path / "next.duckdb").replace(tmp_path / "warehouse.duckdb")
    test.run()
    assert not test.exception
    assert "小县" not in text(test)
    assert "163人" in text(test)


def test_the_approval_number_stands_by_the_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tiny(tmp_path, map_approval="测S(2026)001号")
    monkeypatch.setenv("DASHBOARD_DATA", str(tmp_path))
    assert "审图号:测S(2026)001号" in text(run("townships"))


TOWNS = "乡镇 / 人口"


def test_townships_are_in_the_order_of_zones_and_codes_and_all_there(normal: Path) -> None:
    with duckdb.connect(str(normal / "warehouse.duckdb"), read_only=True) as connection:
        query = "select t.zh from mart.township t join meta.member m on m.dimension = 'zone' and m.code = t.zone order by m.position, t.code"
        expected = [name for (name,) in connection.execute(query).fetchall()]
    test = run("townships")
    shown = [cell.split("  \n")[0].rstrip("*\\") for table in tables(test) if TOWNS in table.columns for cell in table[TOWNS]]
    assert shown == expected
    assert len(shown) == 18
