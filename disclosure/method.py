"""The method as knowledge: of the hidden parts of one whole at one moment at least one is small, whichever it is.

Every part is supposed to be the small one in turn; what holds whichever it is, is known. That a number is withheld says by itself that it, or one
of its neighbours, is one of five numbers: no more is asked for than that five are left.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from disclosure.attacker import TOLERANCE, Attacker
from disclosure.lattice import Selection
from disclosure.policy import Policy

Numbers = NDArray[np.float64]


def hidden_parts(hidden: Sequence[Selection]) -> list[tuple[Selection, ...]]:
    """Return hidden counts by the whole and the dimension of which they are parts; a count of two dimensions is a part of two wholes."""
    parts: dict[tuple[Selection, str], list[Selection]] = {}
    for where in hidden:
        for name, members in where:
            if len(members) == 1:
                parts.setdefault((tuple(item for item in where if item[0] != name), name), []).append(where)
    return [tuple(own) for _, own in sorted(parts.items())]


def small_at_most(parts: int, policy: Policy) -> float:
    """Return how many people the smallest of some hidden parts has at most: a count that has no partner is withheld below twice as many."""
    return (policy.internal_k if parts > 1 else 2 * policy.internal_k) - 1.0


def narrowed_by_method(
    attacker: Attacker, low: Numbers, high: Numbers, parts: Sequence[int], small: float, width: float
) -> Iterator[tuple[int, float, float]]:
    """Return of some hidden parts those that are told too closely to whoever knows that one of them is small.

    Args:
        attacker: What is possible.
        low: Least possible count of every row.
        high: Greatest possible count of every row.
        parts: Their rows.
        small: The smallest of them is at most so large.
        width: Shortest interval allowed.

    Returns:
        Row, least and greatest possible count.
    """
    ends = dict.fromkeys(parts, (np.inf, -np.inf))
    for one in parts:
        left = [place for place, (least, most) in ends.items() if most - least < width - TOLERANCE]
        if not left:
            return
        limited = high.copy()
        limited[one] = min(small, high[one])
        attacker.forget()
        if attacker.is_consistent(low, limited):
            pinned = attacker.narrow(low, limited, np.array(left, dtype=np.int64), np.full(len(left), width), np.full(len(left), np.inf)).tolist()
            for place in left:
                least, most = (float(attacker.least[place]), float(attacker.most[place])) if place in pinned else (-np.inf, np.inf)
                ends[place] = min(ends[place][0], least), max(ends[place][1], most)
    attacker.forget()
    yield from ((place, least, most) for place, (least, most) in ends.items() if 0 <= most - least < width - TOLERANCE)
