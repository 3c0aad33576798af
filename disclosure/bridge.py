"""The reasons why a stock changed in a year: which of them may be shown although the stock's exact totals tell what they come to."""

from __future__ import annotations

from collections.abc import Sequence

FEWEST_WITHHELD = 3
"""Of two withheld reasons whoever knows that one of them is small could tell the other from the exact change of the stock."""


def withheld_reasons(people: Sequence[int], signs: Sequence[int], limit: int) -> list[bool]:
    """Decide which reasons of one period's change are withheld.

    The change itself is exact: people who joined less people who left. So a withheld reason needs company: at least two more, and some on
    either side, for then each of them can be as large as anybody likes. Where small ones alone are too few, the smallest others join them.

    Args:
        people: How many each reason moved, shape (reasons,), persons.
        signs: 1 where a reason adds to the stock, -1 where it takes from it. Shape (reasons,).
        limit: Fewer people than these are withheld; nobody counts as few too.

    Returns:
        True where withheld, shape (reasons,).
    """
    withheld = [number < limit for number in people]
    by_size = sorted(range(len(people)), key=lambda place: (people[place], place))
    while any(withheld) and not all(withheld) and not _has_company(withheld, signs):
        missing = {1, -1} - {sign for sign, one in zip(signs, withheld, strict=True) if one}
        shown = [place for place in by_size if not withheld[place]]
        withheld[next((place for place in shown if signs[place] in missing), shown[0])] = True
    return withheld


def _has_company(withheld: Sequence[bool], signs: Sequence[int]) -> bool:
    held = [sign for sign, one in zip(signs, withheld, strict=True) if one]
    return len(held) >= FEWEST_WITHHELD and {1, -1} <= {*held}
