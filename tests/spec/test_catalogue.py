"""What an indicator's file may declare to be watched and mapped."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators import CatalogueError, catalogue
from indicators.lattice import is_stock, stock_tables

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
        ("cases", "drug_labs_destroyed", ('table="core.case_file"', 'table="core.registry_person"')),
        ("cases", "drugs_seized", ('table="core.case_file"', 'table="core.registry_person"')),
    ],
)
def test_a_stock_stands_on_a_table_of_stocks_and_nothing_else_does(theme: str, original: str, change: tuple[str, str], tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"it counts core\.\w+ (at the end of|over) a period, and \w+ does not"):
        catalogue(declared(tmp_path, theme, original, change))


@pytest.mark.parametrize(
    ("theme", "original", "change", "message"),
    [
        ("youth", "under_36_share", ("of_stock=True,", ""), "write of_stock=True in a share or rate"),
        ("cases", "cases_opened", ('table="core.case_file",', 'table="core.case_file",\n    of_stock=True,'), "leave out of_stock"),
        ("registry", "registry_change", ('bridges="current_users",', ""), "names in `bridges` the stock that changes"),
        ("registry", "registry_change", ('bridges="current_users"', 'bridges="suspects_arrested"'), "is no stock whose change could be explained"),
    ],
)
def test_what_contradicts_the_table_is_refused_with_the_remedy(
    theme: str, original: str, change: tuple[str, str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(CatalogueError, match=message):
        catalogue(declared(tmp_path, theme, original, change))


def test_a_share_of_a_stock_nobody_counts_is_of_a_stock_all_the_same(tmp_path: Path) -> None:
    further = catalogue(declared(tmp_path, "youth", "under_36_share", ('table="core.registry_person"', 'table="core.under_treatment"')))
    assert is_stock(further["further"])
    assert stock_tables(further.values()) == stock_tables(catalogue().values()) | {"core.under_treatment"}


def test_another_count_of_events_may_be_watched_and_mapped(tmp_path: Path) -> None:
    further = catalogue(declared(tmp_path, "cases", "cases_opened"))["further"]
    assert further.is_mapped
    assert "township" in further.watched
