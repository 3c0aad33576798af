"""The record of what was ever in force: it comes back as it was written, and areas mean the same whatever became of them."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from disclosure.published import Published
from disclosure.said import Areas, History, Statement, history_rows, read_history, with_statements

AREAS = Areas({"t1": "z1", "t2": "z1", "t3": "z2"}, {"t1": ("t1",), "t2": ("t2", "t9"), "t3": ("t3",)})
"""Township t9 was merged into t2."""

selections = st.lists(
    st.tuples(st.sampled_from(("age_band", "sex", "township")), st.lists(st.sampled_from("abc"), min_size=1, unique=True).map(tuple)),
    unique_by=lambda part: part[0],
).map(lambda parts: tuple(sorted(parts)))
counts = st.dictionaries(selections, st.integers(0, 200).map(float), max_size=4)
statements = st.builds(Statement, counts, counts, *(st.frozensets(selections, max_size=3),) * 2).filter(
    lambda one: one.shown or one.exact or one.hidden or one.unclear
)
moments = st.tuples(st.sampled_from(("internal", "public")), st.sampled_from(("core.a", "core.b")), st.dates(date(2021, 1, 1), date(2026, 12, 1)))


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(moments, st.lists(statements, min_size=1, max_size=3), max_size=3))
def test_what_is_written_is_read(history: History) -> None:
    assert read_history(reversed(history_rows(history))) == {moment: list(said) for moment, said in history.items()}


def test_a_statement_is_listed_once_and_the_last_one_is_in_force() -> None:
    place = ("internal", "core.a", date(2026, 9, 1))

    def published(count: float) -> dict[tuple[str, str, date], Published]:
        return {place: Published(shown={(("sex", ("male",)),): count})}

    history: History = {}
    for count in (5.0, 9.0, 5.0):  # a build, another one, and the first one put back and built again
        history = with_statements(history, published(count), AREAS)
    assert [list(one.shown.values()) for one in history[place]] == [[9.0], [5.0]]


def test_a_zone_is_its_townships_and_a_township_what_was_merged_into_it() -> None:
    assert AREAS.spelled((("standing", ("current",)), ("zone", ("z1",)))) == (("standing", ("current",)), ("township", ("t1", "t2", "t9")))
    assert AREAS.spelled((("township", ("t2",)),)) == (("township", ("t2", "t9")),)
    assert AREAS.spelled((("township", ("t3",)), ("zone", ("z2",)))) == (("township", ("t3",)),)
    assert AREAS.spelled((("sex", ("male",)),)) == (("sex", ("male",)),)


def test_the_same_number_of_a_township_before_and_after_a_merger_is_not_the_same_statement() -> None:
    before = Areas({"t1": "z1", "t2": "z1", "t9": "z1"}, {"t1": ("t1",), "t2": ("t2",), "t9": ("t9",)})
    said = Published(shown={(("township", ("t2",)),): 20.0})
    assert Statement.of(said, before) != Statement.of(said, AREAS)


def test_every_code_that_was_ever_spoken_of_has_a_place_in_the_list() -> None:
    said = Statement({(("township", ("t7",)),): 1.0}, {}, frozenset())
    codes = AREAS.codes({"township": [("t1", "z1"), ("t2", "z1"), ("t3", "z2")]}, {("internal", "core.a", date(2026, 1, 1)): [said]})
    assert [code for code, _ in codes["township"]] == ["t1", "t2", "t3", "t7", "t9"]


def test_what_is_split_by_zones_and_what_by_townships_can_be_told() -> None:
    assert AREAS.names_in(AREAS.spelled((("zone", ("z1",)),))) == {"zone"}
    assert AREAS.names_in(AREAS.spelled((("township", ("t2",)),))) == {"township"}
