"""What a build is answerable for: what it tells with all that was ever in force, and not what builds before had told already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from disclosure.audit_over_time import Told, audit_over_time
from disclosure.movers import Present
from disclosure.policy import Policy
from disclosure.said import Areas, History, Statement
from disclosure.stories import ALWAYS

STOCK, MONTHS = "core.stock", (date(2026, 3, 1), date(2026, 6, 1), date(2026, 9, 1))
NOBODY: frozenset[str] = frozenset()


def told(*people: str) -> Told:
    """A reader who knows who belonged to the stock at the end of each month; one letter a person."""
    present = Present(dict(zip(MONTHS, map(frozenset, people), strict=True)), {})
    return Told({"sex": [("male", ""), ("female", "")]}, Areas({}, {}), {"sex": ALWAYS}, frozenset({STOCK}), {STOCK: present})


def history(*women: int | None) -> History:
    """How many of a hundred are women at the end of each month, None where that is withheld."""

    def said(number: int | None) -> Statement:
        parts: Sequence[tuple[str, float]] = () if number is None else (("female", number), ("male", 100 - number))
        hidden = frozenset((("sex", (sex,)),) for sex in ("female", "male")) if number is None else NOBODY
        return Statement({**{(("sex", (sex,)),): float(count) for sex, count in parts}, (): 100.0}, {(): 100.0}, hidden)  # type: ignore[arg-type]

    return {("internal", STOCK, month): [said(number)] for month, number in zip(MONTHS, women, strict=False)}


def test_what_a_build_tells_is_its_failure() -> None:
    # One came and one left since five women were shown: 4 to 6 now, and 94 to 96 men; and who knows that one of them is below five knows both.
    report = audit_over_time(history(5, None), told("ab", "ac", "ac"), Policy(), before=history(5))
    assert (report.passed, report.told_before) == (False, 0)
    assert sorted((one.low, one.high) for one in report.failures) == [(4, 4), (4, 6), (94, 96), (96, 96)]


def test_what_was_told_before_is_counted_and_no_failure() -> None:
    # The same, and three months later nothing more: four came and four left, and seven women are shown of whom nothing follows for June.
    report = audit_over_time(history(5, None, 7), told("abcde", "abcdf", "aghij"), Policy(), before=history(5, None))
    assert (report.passed, report.told_before) == (True, 4)


def test_what_is_told_more_closely_than_before_is_a_failure() -> None:
    # In June 4 to 6; shown as 7 in September, when nobody but one more had changed places: 6 to 8, so 6 exactly.
    report = audit_over_time(history(5, None, 7), told("ab", "ac", "ad"), Policy(), before=history(5, None))
    assert [(one.low, one.high) for one in report.failures if one.where == (("sex", ("female",)),) and not one.is_of_movers] == [(6, 6)]
    assert report.told_before == 0
