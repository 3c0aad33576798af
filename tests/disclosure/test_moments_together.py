"""Moments read together, by hand: what two splits and the people who moved between them prove, and when they prove nothing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import pytest

from disclosure.finding import Finding
from disclosure.lattice import Selection
from disclosure.movers import MovesBetween, Present
from disclosure.over_time import attack_story
from disclosure.policy import Policy
from disclosure.published import INTERNAL, PUBLIC
from disclosure.said import Statement
from disclosure.stories import ALWAYS, WITHIN_A_YEAR, Story, stories

STOCK, FLOW = "core.stock", "core.flow"
CODES = {
    "sex": [("male", ""), ("female", "")],
    "student": [("yes", ""), ("no", "")],
    "drug": [(drug, "") for drug in "abc"],
    "age_band": [("young", ""), ("old", "")],
}
LASTING = {"sex": ALWAYS, "student": ALWAYS, "drug": ALWAYS, "age_band": WITHIN_A_YEAR}
MARCH, JUNE, DECEMBER, NEXT_MARCH = date(2026, 3, 1), date(2026, 6, 1), date(2025, 12, 1), date(2026, 3, 1)


def said(total: float | None, hidden: tuple[str, ...] = (), name: str = "sex", **shown: float) -> Statement:
    """What a release says of a population and its parts along one dimension; the total is known exactly where it is given."""
    parts = {((name, (member,)),): count for member, count in shown.items()}
    exact: dict[Selection, float] = {} if total is None else {(): total}
    return Statement({**parts, **exact}, exact, frozenset(((name, (member,)),) for member in hidden))


def present(months: tuple[date, date], joined: tuple[int, ...], left: int) -> Present:
    """One who stays, and those who joined (the first group counted apart) and left between two months."""
    groups = [frozenset(f"joined {group} {number}" for number in range(people)) for group, people in enumerate(joined)]
    gone = frozenset(f"left {number}" for number in range(left))
    return Present({months[0]: gone | {"stays"}, months[1]: frozenset({"stays"}).union(*groups)}, {months[1]: groups[0]})


def found(versions: Mapping[date, list[Statement]], joined: tuple[int, ...] = (), left: int = 0, release: str = INTERNAL) -> list[Finding]:
    """Attack statements between whose moments some joined and left."""
    known = present((min(versions), max(versions)), joined, left) if joined else None
    return [one for story in stories(STOCK, versions, LASTING) for one in attacked(story, known, release)]


def attacked(story: Story, known: Present | None, release: str = INTERNAL, asked: Collection[date] | None = ()) -> list[Finding]:
    """Attack a story; by the method only where that is said, so that what numbers tell by themselves is seen."""
    return attack_story(story, MovesBetween(known, Policy()), CODES, Policy(), release, asked)[0]


def test_who_came_alone_is_told_by_the_splits_around() -> None:
    # 100 people, then 101; one man more and nobody else moved: the one who joined is a man.
    (one,) = found({MARCH: [said(100, male=80, female=20)], JUNE: [said(101, male=81, female=20)]}, joined=(1,))
    assert (one.is_of_movers, one.where, one.required) == (True, (("sex", ("male",)),), 1)


def test_among_several_who_came_and_left_nobody_is_told() -> None:
    # Three joined and two left, and there is one man more: men who joined less men who left make 1, which 1 - 0, 2 - 1 and 3 - 2 do.
    assert found({MARCH: [said(100, male=80, female=20)], JUNE: [said(101, male=81, female=20)]}, joined=(3,), left=2) == []


def test_of_two_groups_who_came_each_is_asked_about() -> None:
    # Two newly found and one from elsewhere joined, nobody left, and there are three men more: everybody of either group is a man.
    both = found({MARCH: [said(100, male=80, female=20)], JUNE: [said(103, male=83, female=20)]}, joined=(2, 1))
    assert sorted(one.required for one in both) == [1, 2]
    assert {one.where for one in both} == {(("sex", ("male",)),)}


def test_a_count_hidden_at_one_moment_is_narrowed_by_the_moment_before() -> None:
    # Five women, then the number is hidden; one joined and one left, so there are four to six.
    (women, men) = sorted(
        found({MARCH: [said(100, male=95, female=5)], JUNE: [said(100, hidden=("male", "female"))]}, joined=(1,), left=1), key=lambda one: one.low
    )
    assert (women.where, women.low, women.high, women.required) == ((("sex", ("female",)),), 4, 6, 5)
    assert (men.low, men.high) == (94, 96)


def test_where_enough_moved_a_hidden_count_stays_open() -> None:
    # Three joined and three left: two to eight women, six apart.
    assert found({MARCH: [said(100, male=95, female=5)], JUNE: [said(100, hidden=("male", "female"))]}, joined=(3,), left=3) == []


def test_nobody_stays_in_an_age_band_over_new_year() -> None:
    both = said(100, name="age_band", young=50, old=50), said(101, name="age_band", young=51, old=50)
    assert len(found({MARCH: [both[0]], JUNE: [both[1]]}, joined=(1,))) == 1
    assert found({DECEMBER: [both[0]], NEXT_MARCH: [both[1]]}, joined=(1,)) == []


def test_where_nobody_is_known_moments_are_not_tied() -> None:
    # One more than before, but who knows how many changed places: five women may have come and four left.
    assert found({MARCH: [said(100, male=80, female=20)], JUNE: [said(101, male=80, female=21)]}) == []


def test_without_totals_moments_are_not_tied() -> None:
    assert found({MARCH: [said(None, male=80, female=20)], JUNE: [said(None, hidden=("male", "female"))]}) == []


def test_outside_somebody_in_a_small_group_may_not_be_proved() -> None:
    # Shown as 10 there were 8 to 14 women; two joined and two left, so 6 to 16 now: at least six, and it may be a small group.
    proved = found({MARCH: [said(40, male=30, female=10)], JUNE: [said(40, male=30, hidden=("female",))]}, (2,), 2, PUBLIC)
    assert [(one.where, one.low) for one in proved] == [((("sex", ("female",)),), 6)]


def test_a_statement_that_was_put_back_is_read_with_what_is_said_now() -> None:
    # First 5 women of 100; then corrected and hidden, 100 still: at most three went and three came, 2 to 8. With 99 known it is no closer.
    assert found({JUNE: [said(100, male=95, female=5), said(100, hidden=("male", "female"))]}) == []
    # Had the correction moved nobody, the number would be told: a tighter policy finds it.
    (story,) = stories(STOCK, {JUNE: [said(100, male=95, female=5), said(100, hidden=("male", "female"))]}, LASTING)
    with pytest.raises(ValueError, match="may only be tightened"):
        Policy(moved=1)
    assert attack_story(story, MovesBetween(None, Policy()), CODES, Policy(internal_k=7), INTERNAL, ())[0][0].high == 8


def test_moments_are_asked_about_as_many_times_as_they_hide_and_move() -> None:
    (story,) = stories(STOCK, {MARCH: [said(100, male=95, female=5)], JUNE: [said(100, hidden=("male", "female"))]}, LASTING)
    _, questions = attack_story(story, MovesBetween(present((MARCH, JUNE), (1,), 1), Policy()), CODES, Policy(), INTERNAL)
    # Two hidden counts, and both once more by the method; of whoever joined and of whoever left whether all are men, or women.
    assert questions == 2 + 2 + 2 * 2


def test_who_came_and_left_again_in_between_is_no_mover() -> None:
    # At neither moment was he there, so the two splits say nothing of him, and he hides nobody.
    known = Present(
        {MARCH: frozenset("a"), date(2026, 4, 1): frozenset("ab"), JUNE: frozenset("ac")}, {date(2026, 4, 1): frozenset("b"), JUNE: frozenset("c")}
    )
    moves = MovesBetween(known, Policy()).between(MARCH, JUNE)
    assert moves is not None
    assert (moves.joined, moves.left) == ((1, 0), 0)


YEAR = date(2026, 1, 1)


def with_newly_found(moments: Mapping[date, list[Statement]], year: Statement, known: Present, *, is_tied: bool = True) -> set[tuple[object, ...]]:
    """Attack a stock together with the people newly found in a year, and say of every finding of whom it is and what is left."""
    flow = (FLOW, {YEAR: [year]}) if is_tied else ("", {})
    found = [one for story in stories(STOCK, moments, LASTING, flow) for one in attacked(story, known)]
    return {(one.table, one.moment, one.where[0][1][0], one.low, one.high) for one in found if not one.is_of_movers}


def newly_found(joined: int, late: int = 0) -> Present:
    """Some were found from April to June and joined by June; others were found in May and entered too late for that."""
    known = present((MARCH, JUNE), (joined, 0), 0)
    return replace(known, flow=FLOW, counted={date(2026, 5, 1): known.apart[JUNE] | {f"late {number}" for number in range(late)}})


WOMEN_CAME = {MARCH: [said(100, male=93, female=7)], JUNE: [said(105, male=96, female=9)]}


def test_newly_found_people_are_told_by_the_stocks_around() -> None:
    # Nobody left, five came and all of them are newly found: 9 - 7 women and 96 - 93 men, though both numbers are hidden.
    year = said(5, hidden=("male", "female"))
    assert with_newly_found(WOMEN_CAME, year, newly_found(5)) == {(FLOW, YEAR, "female", 2, 2), (FLOW, YEAR, "male", 3, 3)}
    assert with_newly_found(WOMEN_CAME, year, newly_found(5), is_tied=False) == set()


def test_who_was_entered_late_is_in_no_stock_and_hides_the_others() -> None:
    # Five more were found and entered after June: two to seven women, three to eight men, five apart and so open enough.
    assert with_newly_found(WOMEN_CAME, said(10, hidden=("male", "female")), newly_found(5, late=5)) == set()
    # Of four more nothing else is known: two to six women and three to seven men are four apart.
    found = with_newly_found(WOMEN_CAME, said(9, hidden=("male", "female")), newly_found(5, late=4))
    assert found == {(FLOW, YEAR, "female", 2, 6), (FLOW, YEAR, "male", 3, 7)}


def test_a_stock_is_told_by_the_newly_found_people() -> None:
    # Seven women in March, six newly found, nobody left: thirteen in June, and 93 + 7 men.
    moments = {MARCH: [said(100, male=93, female=7)], JUNE: [said(113, hidden=("male", "female"))]}
    year = said(13, male=7, female=6)
    assert with_newly_found(moments, year, newly_found(13)) == {(STOCK, JUNE, "female", 13, 13), (STOCK, JUNE, "male", 100, 100)}
    assert with_newly_found(moments, year, newly_found(13), is_tied=False) == set()


def test_the_newly_found_of_the_first_quarter_are_part_of_the_stock_at_its_end() -> None:
    # Nobody stays in an age band over new year. But who was newly found by March is there in March, and only two there are young.
    moments = {DECEMBER: [said(100, name="age_band", young=8, old=92)], MARCH: [said(110, name="age_band", young=2, old=108)]}
    known = replace(present((DECEMBER, MARCH), (10, 0), 0), flow=FLOW)
    year = said(10, ("young", "old"), name="age_band")
    found = with_newly_found(moments, year, replace(known, counted=known.apart))
    assert found == {(FLOW, YEAR, "young", 0, 2), (FLOW, YEAR, "old", 8, 10)}
    assert with_newly_found(moments, year, known, is_tied=False) == set()


def test_a_year_said_before_people_were_entered_late_is_tied_loosely() -> None:
    # Five were counted when the year was told, nine are by now: at most four came and four went besides: all five or none
    assert with_newly_found(WOMEN_CAME, said(5, hidden=("male", "female")), newly_found(5, late=4)) == set()


def by_method(before: Statement, after: Statement, moved: int, release: str = INTERNAL) -> set[tuple[str, float, float]]:
    """Attack a hidden moment by the method alone: as many joined as left since the one before."""
    (story,) = stories(STOCK, {MARCH: [before], JUNE: [after]}, LASTING)
    known = present((MARCH, JUNE), (moved,), moved)
    by_numbers = attacked(story, known, release)
    found = [one for one in attacked(story, known, release, None) if one not in by_numbers]
    return {(one.where[0][1][0], one.low, one.high) for one in found}


def test_who_knows_that_one_of_two_is_small_knows_which() -> None:
    # Five women, then three came and three left: two to eight by the numbers. Men are far too many to be the small ones: two to four women.
    hidden = said(100, hidden=("male", "female"))
    assert by_method(said(100, male=95, female=5), hidden, 3) == {("female", 2, 4), ("male", 96, 98)}
    # Were it five that came and left, all that is known of women is what hiding them says by itself: nobody to four.
    assert by_method(said(100, male=95, female=5), hidden, 5) == set()


def test_where_either_of_two_may_be_small_nothing_is_known() -> None:
    # 5 and 6 with one drug, 11 together still: 2 to 4 with the one and 7 to 9 with the other, or 7 to 8 and 3 to 4.
    assert by_method(said(100, name="drug", a=5, b=6, c=89), said(100, ("a", "b"), name="drug", c=89), 3) == set()


def test_a_hidden_count_without_partner_is_below_ten_and_that_is_known() -> None:
    # Twelve students, three came and three left: 9 to 15, so nine.
    assert by_method(said(100, name="student", yes=12), said(100, ("yes",), name="student"), 3) == {("yes", 9, 9)}


def test_outside_coins_hide_too_and_nothing_follows_from_the_method() -> None:
    assert by_method(said(100, male=95, female=10), said(100, hidden=("male", "female")), 3, PUBLIC) == set()


def test_a_year_whose_ages_are_told_no_longer_is_tied_as_it_was_told() -> None:
    # Said once and taken back: five were found and all are women; five joined, nobody else. By correction three came and three went at most.
    year = [said(5, female=5, hidden=("male",)), said(5)]
    moments = {MARCH: [said(100, male=93, female=7)], JUNE: [said(105, hidden=("male", "female"))]}
    (story,) = stories(STOCK, moments, LASTING, (FLOW, {YEAR: year}))
    found = {(one.where[0][1][0], one.low, one.high) for one in attacked(story, newly_found(5)) if one.table == STOCK}
    assert found == {("female", 9, 12), ("male", 93, 96)}


def test_a_new_total_of_an_attribute_is_read_with_the_past_that_hid_it() -> None:
    # Women were hidden in March; an indicator added since calls them a total of the county, four in June. One came and one left: three to five.
    women: Selection = (("sex", ("female",)),)
    total = Statement({(): 100.0, women: 4.0}, {(): 100.0, women: 4.0}, frozenset())
    for release in (INTERNAL, PUBLIC):
        told = found({MARCH: [said(100, hidden=("male", "female"))], JUNE: [total]}, (1,), 1, release)
        assert (MARCH, women, 3, 5) in {(one.moment, one.where, one.low, one.high) for one in told}
