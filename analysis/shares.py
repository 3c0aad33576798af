"""Two shares, and whether their difference is more than chance.

Seven of twenty after four of twenty is nearly twice as much and means nothing. Two intervals that must not overlap ask for far too much of small
counts; Fisher's test with half the observed probability asks for the right amount and errs a little more often than promised for some of them.
So its p value only orders the outcomes, and what counts is how often, at the worst common share, an outcome would be as extreme as the one
seen: that errs no more often than stated whatever the counts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy
from numpy.typing import ArrayLike
from scipy import stats
from scipy.special import gammaln

from analysis.comparison import LEVEL, Verdict
from analysis.intervals import Numbers

Share = tuple[float, float]
"""Part and whole."""

SMALLEST_WHOLE = 10  # of fewer no share is read
LARGEST_ENUMERATED = 1_000  # both wholes together; beyond, Fisher's test without halves, which costs next to nothing there
_COMMON = numpy.arange(1, 200) / 200
_TINY = 1e-9  # of sums of probabilities that are the same number


def share_p(current: Share, previous: Share) -> float:
    """Test exactly that two shares are one.

    Args:
        current: Part and whole of the later share, whole numbers.
        previous: Part and whole of the earlier one.

    Returns:
        The p value, in [0, 1]: the largest probability, over 199 common shares, of outcomes whose Fisher mid-p (doubled tail) is no larger than
        that of the one seen.

    Raises:
        ValueError: If a number is negative or no whole number, or a part exceeds its whole.

    Source: Boschloo 1970, Statistica Neerlandica 24, 1-35 (Fisher's p as the statistic of an unconditional test); Lancaster 1961, JASA 56,
        223-234 (mid-p); Lydersen, Fagerland & Laake 2009, Statistics in Medicine 28, 1159-1175 (both recommended over Fisher's own test).
    """
    (part, whole), (part_before, whole_before) = (_checked(*share) for share in (current, previous))
    if whole + whole_before > LARGEST_ENUMERATED:
        return _fisher_p(part, whole, part_before, whole_before)
    ordered = _mid_p(whole, whole_before)
    is_as_extreme = (ordered <= ordered[part, part_before] + _TINY).astype(numpy.float64)
    binomial: Any = stats.binom
    later, earlier = (binomial.pmf(numpy.arange(size + 1), size, _COMMON[:, None]) for size in (whole, whole_before))
    return min(1.0, float(((later @ is_as_extreme) * earlier).sum(axis=1).max()))


def share_verdict(current: Share, previous: Share, people_an_event: float = 1.0) -> Verdict:
    """Label the difference of two shares, so that chance is never called a trend.

    Several people of one event are taken for one: all numbers are divided by how many an event brings on average, which holds the promise even
    where those of one event are much alike.

    Args:
        current: Part and whole of the later share; NaN where not published.
        previous: Part and whole of the earlier one.
        people_an_event: How many of what is counted one event brings on average, at least 1.

    Raises:
        ValueError: If a number is negative or no whole number, a part exceeds its whole, or an event brings fewer than one.
    """
    if numpy.isnan([*current, *previous]).any():
        return Verdict.NOT_JUDGED
    if not people_an_event >= 1:
        raise ValueError(f"an event brings at least one, not {people_an_event}")
    now, before = ((float(round(part / people_an_event)), float(round(whole / people_an_event))) for part, whole in (current, previous))
    if min(now[1], before[1]) < SMALLEST_WHOLE or not _could_be_clear(now, before):
        return Verdict.TOO_FEW
    if share_p(now, before) >= LEVEL:
        return Verdict.WITHIN_CHANCE
    return Verdict.CLEAR_RISE if now[0] / now[1] > before[0] / before[1] else Verdict.CLEAR_FALL


def _could_be_clear(now: Share, before: Share) -> bool:
    """Whether any split of what both parts hold together could be told from chance: of three people in forty none could."""
    total = now[0] + before[0]
    extremes = [min(now[1], total), max(0.0, total - before[1])]
    return any(share_p((part, now[1]), (total - part, before[1])) < LEVEL for part in extremes)


def _checked(part: float, whole: float) -> tuple[int, int]:
    if not 0 <= part <= whole or part != int(part) or whole != int(whole):
        raise ValueError(f"a share is a whole number of a whole number and no more than it: not {part} of {whole}")
    return int(part), int(whole)


@lru_cache(maxsize=64)
def _mid_p(whole: int, whole_before: int) -> Numbers:
    """Return Fisher's doubled mid-p of every outcome, shape (whole + 1, whole_before + 1)."""
    found = numpy.ones((whole + 1, whole_before + 1))
    for total in range(whole + whole_before + 1):
        part = numpy.arange(max(0, total - whole_before), min(whole, total) + 1)
        among_all = _log_choose(whole + whole_before, total)
        chance = numpy.exp(_log_choose(whole, part) + _log_choose(whole_before, total - part) - among_all)
        lower = numpy.cumsum(chance) - chance / 2
        found[part, total - part] = numpy.minimum(1.0, 2 * numpy.minimum(lower, 1 - lower))
    return found


def _log_choose(size: int, chosen: ArrayLike) -> Numbers:
    taken = numpy.asarray(chosen, dtype=numpy.float64)
    return numpy.asarray(gammaln(size + 1) - gammaln(taken + 1) - gammaln(size - taken + 1), dtype=numpy.float64)


def _fisher_p(part: int, whole: int, part_before: int, whole_before: int) -> float:
    hypergeometric: Any = stats.hypergeom(whole + whole_before, part + part_before, whole)
    return min(1.0, 2 * float(min(hypergeometric.cdf(part), hypergeometric.sf(part - 1))))
