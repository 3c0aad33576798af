"""Which reasons of a year's change are withheld, worked out by hand: those of fewer than five people, and the company they need."""

from __future__ import annotations

import pytest

from disclosure.bridge import withheld_reasons

IN, OUT = 1, -1


@pytest.mark.parametrize(
    ("people", "signs", "withheld"),
    [
        ([10, 9, 8, 7], [IN, IN, OUT, OUT], []),  # nobody is few
        ([5, 5, 5], [IN, OUT, OUT], []),
        ([4, 3, 2, 10, 9], [IN, IN, OUT, OUT, IN], [0, 1, 2]),  # three of them, on both sides
        ([4, 0, 2, 10, 9], [IN, IN, OUT, OUT, IN], [0, 1, 2]),  # nobody counts as few
        # One is small: the smallest of the other side joins it (8 before 9), then the smallest of all that are left (7).
        ([4, 10, 9, 8, 7], [IN, IN, OUT, OUT, IN], [0, 3, 4]),
        # Three small ones on one side: whoever knows the change would know that together they are no more than few.
        ([1, 2, 3, 20, 30], [IN, IN, IN, OUT, OUT], [0, 1, 2, 3]),
        ([4, 10], [IN, OUT], [0, 1]),  # no company to be had: nothing is shown
        ([4, 10, 10, 10], [IN, IN, IN, IN], [0, 1, 2, 3]),
    ],
)
def test_small_reasons_are_withheld_with_company(people: list[int], signs: list[int], withheld: list[int]) -> None:
    assert [place for place, held in enumerate(withheld_reasons(people, signs, 5)) if held] == withheld
