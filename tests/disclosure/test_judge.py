"""The second program: a hidden count stays open only where people are shown who prove it, and a faulty attacker gets nothing past it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from county_releases import POLICY, internal, published, released, shown_inside
from small_counties import AXES as COUNTY_AXES

from disclosure.attack import Attacked
from disclosure.attacker import Attacker, Numbers
from disclosure.judge import NotProved, judge, judge_large, readings
from disclosure.lattice import Axis, People, Selection
from disclosure.policy import Policy
from disclosure.program import Program
from disclosure.published import INTERNAL, PUBLIC, Published
from tests.disclosure.test_audit_warehouse import BLOCK, attack, row, sexes_by_age

AXES = (
    Axis("age", ("young", "old")),
    Axis("sex", ("male", "female")),
    Axis("township", ("t1", "t2"), "zone", {"t1": "z1", "t2": "z2"}),
    Axis("zone", ("z1", "z2")),
)
(INSIDE,) = readings(INTERNAL, Policy())
OUTSIDE, GUESS = readings(PUBLIC, Policy())
EVERYBODY: Selection = ()
CODES = {axis.name: [(member, axis.parents.get(member, "")) for member in axis.members] for axis in COUNTY_AXES}


def where(**chosen: str) -> Selection:
    return tuple(sorted((name, (member,)) for name, member in chosen.items()))


def people(*counts: float, township: str = "t1", zone: str = "z1") -> People:
    """So many young men, old men, young women and old women."""
    kinds = [(sex, age) for sex in ("male", "female") for age in ("young", "old")]
    return [({"sex": sex, "age": age, "township": township, "zone": zone}, count) for (sex, age), count in zip(kinds, counts, strict=True)]


CROSSED = {where(sex=sex, age=age) for sex in ("male", "female") for age in ("young", "old")}
MARGINS = {EVERYBODY: 40.0, where(sex="male"): 30.0, where(sex="female"): 10.0, where(age="young"): 25.0, where(age="old"): 15.0}
BY_MARGINS = Published(shown=dict(MARGINS), exact={EVERYBODY: 40.0}, totals={EVERYBODY}, hidden=set(CROSSED))
# Of 40 people 30 are men and 25 young. All ten women may be old (then 25 young men and 5 old ones), or all of them young (15 and 15).
ALL_OLD, ALL_YOUNG = people(25, 5, 0, 10), people(15, 15, 10, 0)
SIX_OLD = people(21, 9, 4, 6)


def test_two_lists_far_apart_prove_a_table_open() -> None:
    judge(BY_MARGINS, AXES, INSIDE, [ALL_OLD, ALL_YOUNG])


@pytest.mark.parametrize(
    ("lists", "reason"),
    [
        ([], "no people are shown"),
        ([ALL_OLD], "no people are shown"),
        ([ALL_OLD, SIX_OLD], "no people are shown"),  # four young women more or less, and five are required
        ([ALL_OLD, ALL_YOUNG, people(26, 5, 0, 10)], "contradict"),  # 41 people
        ([ALL_OLD, people(16, 15, 9, 0)], "contradict"),  # 31 men
        ([ALL_OLD, people(15, 15, 11, -1)], "cannot be"),
        ([ALL_OLD, people(15, 15, 10, 0, township="t2")], "cannot be"),  # the township lies in the other zone
    ],
)
def test_whoever_shows_less_is_refused(lists: list[People], reason: str) -> None:
    with pytest.raises(NotProved, match=reason):
        judge(BY_MARGINS, AXES, INSIDE, lists)


def test_what_exact_totals_bound_need_not_be_wider() -> None:
    # Three women in all, known exactly: 0 to 3 of them are young whatever is hidden.
    exact = {EVERYBODY: 40.0, where(sex="female"): 3.0}
    said = Published(shown=dict(exact), exact=dict(exact), totals=set(exact), hidden={where(sex="female", age="young")})
    judge(said, AXES, INSIDE, [people(20, 17, 3, 0), people(20, 17, 0, 3)])
    with pytest.raises(NotProved, match="no people are shown"):
        judge(said, AXES, INSIDE, [people(20, 17, 3, 0), people(20, 17, 1, 2)])


def test_who_is_left_beside_published_parts_is_judged_though_no_row_names_them() -> None:
    said = Published(shown={EVERYBODY: 40.0, where(sex="male"): 38.0}, exact={EVERYBODY: 40.0}, totals={EVERYBODY})
    with pytest.raises(NotProved, match="female"):
        judge(said, AXES, INSIDE, [people(38, 0, 2, 0), people(0, 38, 0, 2)])
    many = Published(shown={EVERYBODY: 40.0, where(sex="male"): 30.0}, exact={EVERYBODY: 40.0}, totals={EVERYBODY})
    judge(many, AXES, INSIDE, [people(30, 0, 10, 0)])


def test_a_rounded_count_that_proves_somebody_is_refused_however_wide() -> None:
    # 22 in all, known exactly; 15 shown, so 11 to 19 men: 3 to 11 women, eight apart, but never none of them.
    said = Published(shown={where(sex="male"): 15.0}, exact={EVERYBODY: 22.0}, totals={EVERYBODY}, hidden={where(sex="female")})
    with pytest.raises(NotProved, match="no people are shown"):
        judge(said, AXES, OUTSIDE, [people(19, 0, 3, 0), people(11, 0, 11, 0)])
    # With 15 in all it may be nobody.
    nobody = Published(shown={where(sex="male"): 15.0}, exact={EVERYBODY: 18.0}, totals={EVERYBODY}, hidden={where(sex="female")})
    judge(nobody, AXES, OUTSIDE, [people(18, 0, 0, 0), people(11, 0, 7, 0)])


def test_the_guess_of_nearest_multiples_is_read_closer_and_asks_for_less() -> None:
    # 15 shown is 13 to 17 for who guesses: of 17 in all 0 to 4 are women, and three apart are required.
    said = Published(shown={where(sex="male"): 15.0}, exact={EVERYBODY: 17.0}, totals={EVERYBODY}, hidden={where(sex="female")})
    judge(said, AXES, GUESS, [people(17, 0, 0, 0), people(13, 0, 4, 0)])
    with pytest.raises(NotProved, match="contradict"):
        judge(said, AXES, GUESS, [people(17, 0, 0, 0), people(11, 0, 6, 0)])
    with pytest.raises(NotProved, match="no people are shown"):
        judge(said, AXES, OUTSIDE, [people(17, 0, 0, 0), people(13, 0, 4, 0)])


def test_a_crossing_is_large_where_a_list_has_so_many() -> None:
    young_women = [where(sex="female", age="young")]
    judge_large(BY_MARGINS, AXES, INSIDE, [ALL_OLD, ALL_YOUNG], young_women)
    with pytest.raises(NotProved, match="may be large"):
        judge_large(BY_MARGINS, AXES, INSIDE, [ALL_OLD, SIX_OLD], young_women)
    with pytest.raises(NotProved, match="contradict"):
        judge_large(BY_MARGINS, AXES, INSIDE, [people(15, 15, 11, 0)], young_women)


@pytest.mark.parametrize("seed", range(6))
def test_every_release_of_an_invented_county_is_proved(seed: int) -> None:
    own, hidden = internal(seed)
    _, public = released(seed)
    assert public is not None
    for release, shown in ((INTERNAL, shown_inside(own, hidden)), (PUBLIC, public.values)):
        said = published(own, shown)
        attacked = Attacked(said, CODES, POLICY)
        for reading in readings(release, POLICY):
            lists = attacked.people(reading.shift, max(reading.required, reading.large))
            if lists is None:
                assert reading.is_guess
                continue
            judge(said, attacked.axes, reading, lists)
            # Without the lists in which the first hidden count is large, or in which it is small, nothing of it is proved.
            first = min(said.hidden - said.exact.keys())
            with pytest.raises(NotProved, match="no people are shown"):
                judge(said, attacked.axes, reading, [one for one in lists if count(one, first) < 1])


def count(one: People, selection: Selection) -> float:
    return sum(number for sort, number in one if all(sort[name] in admitted for name, admitted in selection))


def test_an_attacker_who_forgets_what_is_published_gets_nothing_past(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of 40 people 37 are men: the women are three, unless one forgets how many men there are.
    told = [row("current_users", shown=40), row("current_users", "sex", "male", shown=37), row("current_users", "sex", "female")]
    assert not attack(*told).passed
    limit = Program.limit

    def forgetful(program: Program, low: Numbers, high: Numbers) -> None:
        is_men = (low == 37) & (high == 37)
        limit(program, np.where(is_men, 0, low), np.where(is_men, np.inf, high))

    monkeypatch.setattr(Program, "limit", forgetful)
    with pytest.raises(NotProved, match=r"internal, core\.registry_person, 2024-12: people shown as possible contradict"):
        attack(*told)


def test_an_attacker_whose_groups_of_dimensions_fall_apart_gets_nothing_past(monkeypatch: pytest.MonkeyPatch) -> None:
    # 22 young men and 3 young women are 25 young people, of whom 23 are local: two are not, unless sex and residence are of different people.
    told = [
        row("current_users", shown=40),
        row("current_users", "sex*age_band", "male", "young", shown=22),
        row("current_users", "sex*age_band", "female", "young", shown=3),
        row("current_users", "age_band*residence", "young", "local", shown=23),
        row("current_users", "age_band*residence", "young", "incoming"),
    ]
    assert not attack(*told).passed
    monkeypatch.setattr("disclosure.junction._tie", lambda *groups: None)
    with pytest.raises(NotProved, match="people shown as possible contradict"):
        attack(*told)


def test_an_attacker_who_sees_open_what_is_shut_gets_nothing_past(monkeypatch: pytest.MonkeyPatch) -> None:
    told = sexes_by_age(*BLOCK[:3])
    assert not attack(*told).passed

    def finds_nothing(attacker: Attacker, low: Numbers, high: Numbers, targets: Any, *rest: Any) -> Any:
        return targets[:0]

    monkeypatch.setattr(Attacker, "narrow", finds_nothing)
    with pytest.raises(NotProved, match="no people are shown"):
        attack(*told)
