"""What an indicator's file may declare, and where the declaration puts it."""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import pytest

from indicators import CatalogueError, catalogue, themes
from indicators.cards import shown_on
from indicators.dimensions import DIMENSIONS
from indicators.lattice import is_stock, stock_tables
from indicators.model import OVERVIEW, Form, Text

HOME = Path(__file__).parents[2] / "indicators"


def declared(folder: Path, theme: str, original: str, *changes: tuple[str, str]) -> Path:
    """A folder with a further indicator that is another one but for some words."""
    text = (HOME / theme / f"{original}.py").read_text(encoding="utf-8").replace(f'id="{original}"', 'id="further"')
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / theme).mkdir()
    (folder / theme / "further.py").write_text(text, encoding="utf-8")
    return folder


CASES_WATCHED = 'watched=("total", "zone", "township", "charge", "place_type")'


@pytest.mark.parametrize(
    ("theme", "original", "change", "message"),
    [
        ("cases", "cases_opened", (CASES_WATCHED, 'watched=("zone*charge",)'), "by one dimension at most"),
        ("cases", "cases_opened", (CASES_WATCHED, 'watched=("sex",)'), "none of the breakdowns"),
        ("registry", "current_users", ("is_mapped=True", 'watched=("total",)'), "only counts of separate events are watched"),
        (
            "cases",
            "drugs_seized",
            ("protects=Protects.SEIZURES,", 'protects=Protects.SEIZURES,\n    watched=("drug",),'),
            "only counts of separate events",
        ),
        ("cases", "drug_labs_destroyed", ('watched=("total",)', "is_mapped=True"), "none of the breakdowns"),
    ],
)
def test_what_is_no_count_of_events_by_one_dimension_is_not_watched(
    theme: str, original: str, change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=message):
        catalogue(declared(tmp_path, theme, original, change))


@pytest.mark.parametrize(
    ("theme", "original", "change"),
    [
        ("youth", "people_under_18", ('table="core.registry_person"', 'table="core.newly_found"')),
        ("cases", "drug_labs_destroyed", ('table="core.criminal_case"', 'table="core.registry_person"')),
        ("cases", "drugs_seized", ('table="core.criminal_case"', 'table="core.registry_person"')),
    ],
)
def test_a_stock_stands_on_a_table_of_stocks_and_nothing_else_does(theme: str, original: str, change: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"it counts core\.\w+ (at the end of|over) a period, and \w+ does not"):
        catalogue(declared(tmp_path, theme, original, change))


@pytest.mark.parametrize(
    ("theme", "original", "change", "message"),
    [
        ("youth", "under_36_share", ("of_stock=True,", ""), "write of_stock=True in a share or rate"),
        ("cases", "cases_opened", ('table="core.criminal_case",', 'table="core.criminal_case",\n    of_stock=True,'), "leave out of_stock"),
        ("registry", "registry_change", ('bridges="current_users",', ""), "names in `bridges` the stock that changes"),
        ("registry", "registry_change", ('bridges="current_users"', 'bridges="suspects_arrested"'), "is no stock whose change could be explained"),
        ("youth", "youth_cases", ('chosen_from="cases_opened"', 'chosen_from="suspects_arrested"'), "with campaigns told apart"),
        ("youth", "young_suspect_share", ('brought_by="cases_opened"', 'brought_by="current_users"'), "no count of separate events"),
    ],
)
def test_what_contradicts_the_table_is_refused_with_the_remedy(
    theme: str, original: str, change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=message):
        catalogue(declared(tmp_path, theme, original, change))


@pytest.mark.parametrize("tables", [(), ("core.newly_found", "core.relapsed")])
def test_exactly_one_reason_of_a_change_is_counted_by_itself(tables: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reasons = DIMENSIONS["change"]
    members = [replace(member, counted_in=table) for member, table in zip_longest(reasons.members, tables, fillvalue="")]
    monkeypatch.setitem(DIMENSIONS, "change", replace(reasons, members=tuple(members)))
    with pytest.raises(CatalogueError, match="exactly one names in `counted_in`"):
        catalogue(declared(tmp_path, "registry", "registry_change"))


def test_a_share_of_a_stock_nobody_counts_is_of_a_stock_all_the_same(tmp_path: Path) -> None:
    further = catalogue(declared(tmp_path, "youth", "under_36_share", ('table="core.registry_person"', 'table="core.under_treatment"')))
    assert is_stock(further["further"])
    assert stock_tables(further.values()) == stock_tables(catalogue().values()) | {"core.under_treatment"}


def test_another_count_of_events_may_be_watched_and_mapped(tmp_path: Path) -> None:
    further = catalogue(declared(tmp_path, "cases", "cases_opened"))["further"]
    assert further.is_mapped
    assert "township" in further.watched


THEME = """from indicators.model import Text, Theme

THEME = Theme(Text("帮扶", "Support"), order=60)
"""


def test_a_folder_with_a_title_is_a_theme(tmp_path: Path) -> None:
    further = declared(tmp_path, "cases", "cases_solved")
    (further / "cases").rename(further / "support")
    with pytest.raises(CatalogueError, match=r"support: no such theme; declare it in support/__init__\.py"):
        catalogue(further)
    (further / "support" / "__init__.py").write_text(THEME, encoding="utf-8")
    again = tmp_path.rename(tmp_path.with_name("again"))  # what a folder holds is read once
    assert themes(again)["support"].title == Text("帮扶", "Support")
    assert catalogue(again)["further"].theme == "support"
    assert list(catalogue(again))[-1] == "further"  # the last of the themes


def test_a_theme_is_declared_once_and_holds_its_indicators(tmp_path: Path) -> None:
    (tmp_path / "twice" / "cases").mkdir(parents=True)
    (tmp_path / "twice" / "cases" / "__init__.py").write_text(THEME, encoding="utf-8")
    with pytest.raises(CatalogueError, match="'cases' is declared already"):
        catalogue(tmp_path / "twice")
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose" / "odd.py").write_text("", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"odd\.py: an indicator lies in the folder of its theme"):
        catalogue(tmp_path / "loose")


def test_an_indicator_that_says_nothing_of_it_stands_on_its_theme_s_page(tmp_path: Path) -> None:
    further = catalogue(declared(tmp_path, "drugs", "multi_drug_share", ("    cards=(Card(Form.HEADLINE),),\n", "")))["further"]
    assert [(card.form, card.page) for card in further.cards] == [(Form.HEADLINE, "registry"), (Form.OVER_TIME, "registry")]


def test_every_page_that_shows_an_indicator_exists_and_no_theme_is_without_one() -> None:
    pages = {path.stem for path in (HOME.parent / "pages").glob("[!_]*.py")}
    assert {card.page for indicator in catalogue().values() for card in indicator.cards} <= pages
    assert {theme.page or name for name, theme in themes().items()} <= pages


def test_cards_stand_in_the_declared_order_and_else_in_that_of_the_catalogue() -> None:
    # By hand from the files: six headlines of the overview with orders 10 to 60.
    on_top = [indicator.id for indicator, card in shown_on(OVERVIEW, catalogue()) if card.form is Form.HEADLINE]
    assert on_top == ["registered_people", "current_users", "newly_found_people", "under_36_share", "cases_opened", "cases_solved"]
    # Four of the theme of cases without an order, then one of drugs (110) and one of youth (120), whose themes come before it.
    on_top = [indicator.id for indicator, card in shown_on("cases", catalogue()) if card.form is Form.HEADLINE]
    assert on_top == ["cases_opened", "cases_solved", "suspects_arrested", "drug_labs_destroyed", "substances_seen", "youth_cases"]


CARD = "    cards=(Card(Form.HEADLINE),),"


@pytest.mark.parametrize(
    ("card", "message"),
    [
        ('Card(Form.HEADLINE, page="weather")', "no such page; there are overview, warnings, registry"),
        ('Card(Form.HEADLINE, page="drugs")', "no such page"),  # a theme whose indicators stand on another's page
        ('Card(Form.OVER_TIME, section="weather")', "no section 'weather'"),
        ('Card(Form.STRUCTURE, by="sex")', "shows the breakdown 'sex', which is none of the indicator's"),
        ("Card(Form.SENTENCE)", "that page does not show this form"),
        ("Card(Form.LIMIT)", "that page does not show this form"),
        ('Card(Form.TREND, page="overview")', "that page does not show this form"),
        ('Card(Form.OVER_TIME, beside=("cases_opened",))', "only stocks are drawn over time together"),
        ('Card(Form.OVER_TIME, beside=("nobody_knows_it",))', "only stocks are drawn over time together"),
    ],
)
def test_a_card_that_no_page_can_show_is_refused(card: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=message):
        catalogue(declared(tmp_path, "registry", "abstinent_three_years", (CARD, f"    cards=({card},),")))


@pytest.mark.parametrize(
    ("theme", "original", "change", "message"),
    [
        (
            "registry",
            "abstinent_three_years",
            ('adds_up_to="registered_people"', 'adds_up_to="newly_found_people"'),
            "no indicator of the same table of which it is the part",
        ),
        ("registry", "abstinent_three_years", ("    headline=True,\n", ""), "are exact county stocks"),
        ("cases", "cases_opened", ("    check_first=CHECK_CASES,\n", ""), "says in `check_first` what to look into"),
        ("cases", "cases_solved", ('compared=("total",)', 'compared=("zone",)'), '"total" first'),
        ("registry", "newly_found_people", ('watched=("total",)', 'watched=("total",),\n    compared=("total",)'), "counts of one extract together"),
        ("youth", "people_under_18", ("Attention.IF_ANY", "Attention.IF_RISEN"), "needs a stock"),
        ("youth", "young_suspect_share", ('"cases_opened"', '"suspects_arrested"'), "is no count of separate events"),
    ],
)
def test_what_the_checks_and_the_overview_cannot_use_is_refused(
    theme: str, original: str, change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=message):
        catalogue(declared(tmp_path, theme, original, change))


WHOLE = 'denominator=Measure(where(standing="current")),'


@pytest.mark.parametrize(
    ("denominator", "message"),
    [
        # current users are protected as an indicator of their own, county and zones
        ('Measure(where(standing="current"), table="core.registry_person")', None),
        ('Measure(where(standing="current", sex="male"), table="core.registry_person")', "that nobody protects"),
        ('Measure(table="core.criminal_case")', "that nobody protects"),
    ],
)
def test_people_are_divided_by_a_count_of_another_table_only_where_that_is_protected_as_well(
    denominator: str, message: str | None, tmp_path: Path
) -> None:
    folder = declared(
        tmp_path,
        "youth",
        "under_36_share",
        (WHOLE, f"denominator={denominator},"),
        ('table="core.registry_person",\n    of_stock=True,', 'table="core.newly_found",'),
        ('numerator=Measure(where(standing="current", age_band=("under_18", "18_35")))', 'numerator=Measure(where(age_band=("under_18", "18_35")))'),
    )
    if message is None:
        assert catalogue(folder)["further"].id == "further"
        return
    with pytest.raises(CatalogueError, match=rf"further\.py: .*{message}"):
        catalogue(folder)


def test_what_is_divided_by_people_protects_persons(tmp_path: Path) -> None:
    change = ("numerator=Measure(),", 'numerator=Measure(),\n    denominator=Measure(table="core.registry_person"),')
    with pytest.raises(CatalogueError, match="what is divided by them protects persons"):
        catalogue(declared(tmp_path, "cases", "cases_opened", change))


def test_a_numerator_is_counted_from_the_indicator_s_own_table(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="name that one as `table`"):
        catalogue(declared(tmp_path, "cases", "cases_opened", ("numerator=Measure()", 'numerator=Measure(table="core.suspect")')))
