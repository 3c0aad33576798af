"""The attacker finds what can be worked out by hand, and supposes nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from tests.over_time.attack import FOUND, REGISTER, Found, Movement, attack, of_kind
from tests.over_time.statements import INTERNAL, POPULATION, PUBLIC, Heard, Version, Where

MARCH, JUNE = date(2025, 3, 1), date(2025, 6, 1)
SEX: Where = (("sex", ("female",)), *POPULATION)
MEN: Where = (("sex", ("male",)), *POPULATION)


class Known:
    """One came and nobody left between any two moments; no count is confirmed."""

    def __init__(self, came: int = 1, left: int = 0, newly_found: int = 0) -> None:
        self.came, self.gone, self.newly = came, left, newly_found

    def count(self, table: str, moment: date, file: int, where: Where) -> int | None:
        return None

    def moved(self, names: Sequence[str], before: date, after: date) -> Movement:
        return Movement(self.newly, self.came, self.gone)

    def of_movers(self, kind: str, names: Sequence[str], before: date, after: date, about: Where) -> int:
        return self.came

    def apart_from_found(self, year: int, spans: Sequence[tuple[date, date]], file: int) -> tuple[int, int]:
        return 0, 0


def version(total: float, shown: dict[Where, float], *hidden: Where, file: int = 0) -> Version:
    return Version({POPULATION: total, **shown}, set(hidden), {POPULATION: total}, [file])


def said(release: str, *moments: tuple[date, Version]) -> Heard:
    heard = Heard(codes={"sex": {"male": "", "female": ""}}, stocks={REGISTER})
    for moment, one in moments:
        heard.hear(release, (REGISTER, moment), one)
    return heard


def intervals(found: Found, kind: str) -> set[tuple[date, str, float, float]]:
    return {(one.moment, dict(one.about)["sex"][0], one.low, one.high) for one in of_kind(found, kind)}


def test_a_hidden_pair_beside_a_shown_one_is_told_by_the_one_person_who_came() -> None:
    """Of 30 in March 26 are men; in June there are 31 and one came: 26 or 27 men, 4 or 5 women."""
    heard = said(INTERNAL, (MARCH, version(30, {MEN: 26, SEX: 4})), (JUNE, version(31, {}, MEN, SEX)))
    assert intervals(attack(heard, Known(), [INTERNAL]), "narrowed") == {(JUNE, "male", 26, 27), (JUNE, "female", 4, 5)}


def test_two_shown_pairs_tell_who_came() -> None:
    heard = said(INTERNAL, (MARCH, version(30, {MEN: 26, SEX: 4})), (JUNE, version(31, {MEN: 26, SEX: 5})))
    assert intervals(attack(heard, Known(), [INTERNAL]), "all came") == {(JUNE, "female", 1, 1)}


def test_where_as_many_came_as_left_two_shown_pairs_tell_nobody() -> None:
    """Two women more: of three who came two at least are women, the third may be either; of the one who left nothing is told."""
    heard = said(INTERNAL, (MARCH, version(30, {MEN: 24, SEX: 6})), (JUNE, version(32, {MEN: 24, SEX: 8})))
    assert not attack(heard, Known(3, 1), [INTERNAL]).findings


def test_hidden_pairs_at_both_moments_tell_nothing() -> None:
    heard = said(INTERNAL, (MARCH, version(30, {}, MEN, SEX)), (JUNE, version(31, {}, MEN, SEX)))
    assert not attack(heard, Known(), [INTERNAL]).findings


def test_a_version_shown_before_tells_of_the_one_that_hides() -> None:
    """26 of 30 were men and three at most came and three left by correction: 23 to 29 men, 1 to 7 women; the totals differ by nothing."""
    heard = said(INTERNAL, (MARCH, version(30, {MEN: 26, SEX: 4})), (MARCH, version(30, {}, MEN, SEX, file=1)))
    found = attack(heard, Known(), [INTERNAL])
    assert not found.findings  # seven numbers are left of either
    heard = said(INTERNAL, (MARCH, version(30, {MEN: 29, SEX: 1})), (MARCH, version(30, {}, MEN, SEX, file=1)))
    assert intervals(attack(heard, Known(), [INTERNAL]), "narrowed") == {(MARCH, "male", 26, 30), (MARCH, "female", 0, 4)}


def test_an_interval_that_the_total_alone_gives_is_no_finding() -> None:
    heard = said(INTERNAL, (MARCH, version(3, {}, MEN, SEX)))
    assert not attack(heard, Known(), [INTERNAL]).findings


def test_rounded_counts_prove_somebody() -> None:
    """20 shown are 16 to 24 men of 30 in March: 6 to 14 women, of whom none left: 6 to 15 in June."""
    heard = said(PUBLIC, (MARCH, version(30, {MEN: 20}, SEX)), (JUNE, version(31, {}, MEN, SEX)))
    assert intervals(attack(heard, Known(), [PUBLIC]), "somebody") == {(MARCH, "female", 6, 14), (JUNE, "female", 6, 15)}


def test_people_newly_found_are_told_by_the_register_around() -> None:
    """Seven of 100 are young in March, nine of 105 in June; five came, all newly found that year: two are young and three are not."""
    young, old = (("age_band", ("18_35",)),), (("age_band", ("36_59",)),)
    heard = Heard(codes={"age_band": {"18_35": "", "36_59": ""}}, stocks={REGISTER})
    for month, total, numbers in ((MARCH, 100, (7, 93)), (JUNE, 105, (9, 96))):
        heard.hear(INTERNAL, (REGISTER, month), version(total, dict(zip(((*young, *POPULATION), (*old, *POPULATION)), numbers, strict=True))))
    heard.hear(INTERNAL, (FOUND, date(2025, 1, 1)), Version({(): 5.0}, {young, old}, {(): 5.0}, [0]))
    found = of_kind(attack(heard, Known(0, 0, newly_found=5), [INTERNAL]), "narrowed")
    assert {(one.table, dict(one.about)["age_band"], one.low, one.high) for one in found} == {(FOUND, ("18_35",), 2, 2), (FOUND, ("36_59",), 3, 3)}


def test_over_new_year_the_newly_found_are_part_of_the_register() -> None:
    """Of 110 in March two are young, and of ten newly found since December no more can be."""
    young, old = (("age_band", ("18_35",)),), (("age_band", ("36_59",)),)
    heard = Heard(codes={"age_band": {"18_35": "", "36_59": ""}}, stocks={REGISTER})
    for month, total, numbers in ((date(2024, 12, 1), 100, (8, 92)), (MARCH, 110, (2, 108))):
        heard.hear(INTERNAL, (REGISTER, month), version(total, dict(zip(((*young, *POPULATION), (*old, *POPULATION)), numbers, strict=True))))
    heard.hear(INTERNAL, (FOUND, date(2025, 1, 1)), Version({(): 10.0}, {young, old}, {(): 10.0}, [0]))
    found = of_kind(attack(heard, Known(0, 0, newly_found=10), [INTERNAL]), "narrowed")
    assert {(dict(one.about)["age_band"], one.low, one.high) for one in found} == {(("18_35",), 0, 2), (("36_59",), 8, 10)}
