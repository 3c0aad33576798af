"""The closed list of questions: what stands on it is answered, everything else gets one sentence, decided from the question alone."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators import catalogue
from indicators.dimensions import DIMENSIONS
from indicators.lattice import grains
from indicators.model import Grain, Release
from tests.app.test_pages import write_tiny
from tests.soak import in_turn
from warehouse.reader import OutsideLattice, Warehouse, WarehouseUnavailable

MARK = "zzyzx"
KNOWN = catalogue()
RELEASES = [release.value for release in Release]
GRAINS = [grain.value for grain in Grain]
DECLARED = sorted({breakdown for indicator in KNOWN.values() for breakdown in indicator.breakdowns})
BREAKDOWNS = sorted({"total", *DIMENSIONS, *("*".join(pair) for pair in itertools.product(DIMENSIONS, repeat=2)), *DECLARED})
"""Every breakdown that can be written with at most two dimensions, in both orders."""


@pytest.fixture(scope="module")
def doors(sample_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Warehouse]]:
    """The sample county, one with four numbers, and one in which nobody ever reported anything."""
    tiny, empty = tmp_path_factory.mktemp("tiny"), tmp_path_factory.mktemp("empty")
    write_tiny(tiny)
    write_tiny(empty)
    with duckdb.connect(str(empty / "warehouse.duckdb")) as connection:
        for table in ("mart.observation", "meta.coverage", "meta.member"):
            connection.execute(f"delete from {table}")
    folders = {"sample": sample_warehouse, "tiny": tiny, "empty": empty}
    opened = {name: Warehouse.open(folder / "warehouse.duckdb") for name, folder in folders.items()}
    yield opened
    for door in opened.values():
        door.close()


def refusal(ask: Callable[[], object]) -> bytes | None:
    """Return everything a refusal says, to the byte; None where the question is answered."""
    try:
        ask()
    except OutsideLattice as refused:
        said = (type(refused).__name__, str(refused), refused.args, refused.message, refused.__cause__, refused.__context__, refused.__dict__)
        return repr(said).encode()
    return None


CONSTANT = refusal(lambda: (_ for _ in ()).throw(OutsideLattice()))


def is_offered(release: str, name: str, breakdown: str, grain: str) -> bool:
    """Say from the declarations whether a question is inside, without the list the reader uses."""
    if name not in KNOWN or release not in RELEASES or breakdown not in KNOWN[name].breakdowns:
        return False
    return grain in {offered.value for offered in grains(KNOWN[name], breakdown, Release(release))}


@pytest.mark.parametrize("release", RELEASES)
def test_of_the_full_product_exactly_the_offered_questions_are_answered(release: str, doors: dict[str, Warehouse]) -> None:
    door, answered, refused = doors["sample"], 0, 0
    for name, breakdown, grain in itertools.product(KNOWN, BREAKDOWNS, GRAINS):
        said = refusal(lambda: door.observations(release, [name], breakdowns=[breakdown], grain=grain))  # noqa: B023 - asked at once
        assert said == (None if is_offered(release, name, breakdown, grain) else CONSTANT), (name, breakdown, grain)
        answered, refused = answered + (said is None), refused + (said is not None)
    print(f"{release}: {answered} questions answered, {refused} refused alike")
    assert answered > 100
    assert answered + refused == len(KNOWN) * len(BREAKDOWNS) * 4


@pytest.mark.parametrize("other", ["tiny", "empty"])
def test_two_counties_refuse_the_same_and_say_the_same(other: str, doors: dict[str, Warehouse]) -> None:
    """Every pair of an indicator and a breakdown is asked for one span of time in turn; `make soak` asks for all."""
    product = itertools.product([*RELEASES, "exact"], [*KNOWN, "people_under_12"], [*DECLARED, "township*age_band", "sql"])
    for turn, (release, name, breakdown) in enumerate(product):
        for grain in in_turn((*GRAINS, "day", None), turn):
            answers = [
                refusal(lambda door=doors[county]: door.observations(release, [name], breakdowns=[breakdown], grain=grain))  # type: ignore[misc]  # noqa: B023
                for county in ("sample", other)
            ]
            assert answers[0] == answers[1] in (None, CONSTANT), (release, name, breakdown, grain)


def test_the_published_file_holds_exactly_what_may_be_asked(sample_warehouse: Path) -> None:
    with duckdb.connect(str(sample_warehouse / "warehouse.duckdb"), read_only=True) as connection:
        held = set(connection.execute("select distinct release, indicator, breakdown, grain from mart.observation").fetchall())
        handed_in = {extract for (extract,) in connection.execute("select distinct extract from meta.coverage").fetchall()}
    delivered = [name for name, one in KNOWN.items() if set(one.sources) <= handed_in]
    asked = {question for question in itertools.product(RELEASES, delivered, DECLARED, GRAINS) if is_offered(*question)}
    assert held == asked


def test_nothing_reported_is_an_answer_and_no_refusal(doors: dict[str, Warehouse]) -> None:
    columns = list(doors["sample"].observations("internal", ["current_users"]).columns)
    for county in ("tiny", "empty"):
        found = doors[county].observations("internal", ["current_users"], breakdowns=["township"], grain="year")
        assert found.empty
        assert list(found.columns) == columns
    # A month of nobody's, of an indicator nobody delivered: inside the list all the same.
    assert doors["sample"].observations("public", ["cases_returned"], breakdowns=["total"], grain="month").empty
    # The public edition offers no part of the bridge; "whatever there is of it" is nothing, in every county.
    assert all(door.observations("public", ["registry_change"]).empty for door in doors.values())


OUTSIDE: dict[str, Callable[[Warehouse], Any]] = {
    "unknown release": lambda door: door.observations(f"exact{MARK}", ["current_users"]),
    "sql for a release": lambda door: door.observations("public' or release = 'internal", ["current_users"]),
    "another case": lambda door: door.observations("Public", ["current_users"]),
    "unknown indicator": lambda door: door.observations("internal", ["people_under_12"]),
    "one known, one not": lambda door: door.observations("internal", ["current_users", f"people_under_12{MARK}"]),
    "sql for an indicator": lambda door: door.observations("internal", ["x') or true --"]),
    "a wildcard for an indicator": lambda door: door.observations("internal", ["%"]),
    "letters of a name": lambda door: door.observations("internal", "current_users"),
    "no indicator": lambda door: door.observations("internal", []),
    "no breakdown": lambda door: door.observations("internal", ["current_users"], breakdowns=[]),
    "township by age": lambda door: door.observations("internal", ["current_users"], breakdowns=["township*age_band"]),
    "the two turned round": lambda door: door.observations("internal", ["current_users"], breakdowns=["age_band*zone"]),
    "one offered, one not": lambda door: door.observations("internal", ["current_users"], breakdowns=["total", "drug_group"]),
    "another indicator's breakdown": lambda door: door.observations("internal", ["current_users", "registered_people"], breakdowns=["zone"]),
    "the young by township": lambda door: door.observations("internal", ["people_under_18"], breakdowns=["township"]),
    "townships by month": lambda door: door.observations("internal", ["current_users"], breakdowns=["township"], grain="month"),
    "public months": lambda door: door.observations("public", ["registered_people"], grain="month"),
    "public parts of the bridge": lambda door: door.observations("public", ["registry_change"], breakdowns=["change"]),
    "sql for a grain": lambda door: door.observations("internal", ["current_users"], grain="year' or '1'='1"),
    "nothing for a grain": lambda door: door.observations("internal", ["current_users"], grain=""),
    "a very long name": lambda door: door.observations("internal", [MARK * 200_000]),
    "a nul": lambda door: door.observations("internal", ["current_users\x00"]),
    "half a character": lambda door: door.observations("internal", ["\ud800"]),
    "findings of no release": lambda door: door.findings("exact", "level", ["current_users"]),
    "findings of no indicator": lambda door: door.findings("internal", "level", ["people_under_12"]),
    "findings of nothing": lambda door: door.findings("internal", "level", []),
    "findings of no method": lambda door: door.findings("internal", "ranking", ["current_users"]),
    "sql for a method": lambda door: door.findings("internal", "level' or '1'='1", ["current_users"]),
    "protected shares of no release": lambda door: door.protected_shares("exact"),
    "restatements of nothing": lambda door: door.restatements([]),
    "restatements of no indicator": lambda door: door.restatements(["cases_opened", "people_under_12"]),
    "first numbers of a share": lambda door: door.first_and_now("under_36_share"),
    "first numbers of no indicator": lambda door: door.first_and_now("people_under_12"),
}


@pytest.mark.parametrize("question", OUTSIDE)
@pytest.mark.parametrize("county", ["sample", "tiny", "empty"])
def test_a_question_outside_is_told_one_sentence(question: str, county: str, doors: dict[str, Warehouse]) -> None:
    said = refusal(lambda: OUTSIDE[question](doors[county]))
    assert said == CONSTANT
    assert MARK.encode() not in said


def test_the_sentence_is_in_both_languages() -> None:
    message = OutsideLattice().message
    assert "不在公布范围内" in message.zh
    assert "not among the numbers that are published" in message.en


def test_the_file_is_not_touched_to_refuse(tmp_path: Path) -> None:
    """A closed file can answer nothing, and refuses as an open one does."""
    write_tiny(tmp_path)
    door = Warehouse.open(tmp_path / "warehouse.duckdb")
    door.close()
    assert {refusal(lambda ask=ask: ask(door)) for ask in OUTSIDE.values()} == {CONSTANT}  # type: ignore[misc]
    with pytest.raises(WarehouseUnavailable):
        door.observations("internal", ["current_users"])


word = st.one_of(st.text(max_size=30), st.sampled_from([*KNOWN, *DECLARED, *RELEASES, *GRAINS]))


@given(
    release=st.one_of(st.sampled_from(RELEASES), word),
    names=st.lists(st.one_of(st.sampled_from(list(KNOWN)), word), min_size=1, max_size=3),
    breakdowns=st.lists(st.one_of(st.sampled_from(DECLARED), word), min_size=1, max_size=2),
    grain=st.one_of(st.sampled_from(GRAINS), word),
)
def test_any_strings_at_all_are_inside_or_get_the_sentence(
    release: str, names: list[str], breakdowns: list[str], grain: str, doors: dict[str, Warehouse]
) -> None:
    inside = all(is_offered(release, name, breakdown, grain) for name in names for breakdown in breakdowns)
    for door in doors.values():
        said = refusal(lambda door=door: door.observations(release, names, breakdowns=breakdowns, grain=grain))  # type: ignore[misc]
        assert said == (None if inside else CONSTANT)


def test_every_method_that_takes_a_release_or_an_indicator_refuses() -> None:
    taking = {
        name
        for name, method in inspect.getmembers(Warehouse, inspect.isfunction)
        if not name.startswith("_") and {"release", "indicator", "indicators"} & set(inspect.signature(method).parameters)
    }
    assert taking == {"observations", "findings", "protected_shares", "restatements", "first_and_now"}
    tried = "\n".join(inspect.getsource(ask) for ask in OUTSIDE.values())
    assert all(f"door.{name}(" in tried for name in taking)
