"""Who joined a stock and who left it between two moments: how many, which any reader may know, and never who."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from disclosure.policy import Policy
from disclosure.stories import WITHIN_A_YEAR, Story


@dataclass(frozen=True)
class Moves:
    """People who joined a stock, by the way they came, and who left it, between two moments.

    Attributes:
        joined: How many joined: those counted by themselves first, of each calendar year apart.
        left: How many left.
        apart: Calendar year -> who joined in it and is counted by himself, in the order of ``joined``.
    """

    joined: tuple[float, ...]
    left: float
    apart: Mapping[int, frozenset[str]] = field(default_factory=dict)

    @property
    def people(self) -> float:
        """Everybody who moved."""
        return sum(self.joined) + self.left


Limits = tuple[float, float]
"""At least and at most so many people."""

Group = tuple[int, int]
"""People who joined: the place of a tie, and of one of its groups."""


@dataclass(frozen=True)
class Tie:
    """A statement on people of whom many stand behind something else that is known: they stayed there, the others left, and some joined.

    Attributes:
        earlier: The place of an earlier statement, or the groups that joined, whose people are counted by the later one; nothing where it is
            known only that some of the people joined.
        later: The place of the later statement.
        joined: How many joined, by the way they came.
        left: How many left.
        apart: Calendar year -> who joined in it and is counted by himself, in the order of ``joined``; empty where that is not known so exactly.
    """

    earlier: int | tuple[Group, ...] | None
    later: int
    joined: tuple[Limits, ...]
    left: Limits
    apart: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def loosened(self, moved: int) -> Tie:
        """Return the same where some people more changed places."""
        left = self.left[0] + moved, self.left[1] + moved
        return replace(self, joined=(*self.joined, (moved, moved)), left=left) if moved else self

    def undone(self) -> Tie:
        """Return the same where anybody may have changed places."""
        anybody = (0.0, float("inf"))
        return replace(self, joined=(anybody,) * len(self.joined), left=anybody)


@dataclass(frozen=True)
class Present:
    """Who belongs to a stock, by opaque key: known where the build has the records, and to nobody who reads the published file.

    Attributes:
        at: Month -> everybody who belongs to it at its end.
        apart: Month -> who joined in it in a way that is counted by itself (newly found).
        flow: The table that counts those; empty where there is none.
        counted: Month -> whom that table counts in it: who was entered late or has left since is none of those who joined, but is counted.
    """

    at: Mapping[date, frozenset[str]]
    apart: Mapping[date, frozenset[str]]
    flow: str = ""
    counted: Mapping[date, frozenset[str]] = field(default_factory=dict)


class MovesBetween:
    """How many joined and left a stock between two moments, as the most knowing reader could know it.

    Args:
        present: Who belonged to the stock; None where that is not known.
        policy: The limits.
    """

    def __init__(self, present: Present | None, policy: Policy) -> None:
        self._present, self._policy = present, policy

    def between(self, earlier: date, later: date) -> Moves | None:
        """Return the moves between two moments; None where nobody is known, for totals tell the difference alone and not how many changed places."""
        if earlier == later:
            return Moves((0.0,), 0.0)
        if self._present is None or not {earlier, later} <= self._present.at.keys():
            return None
        was, now = self._present.at[earlier], self._present.at[later]
        apart: dict[int, frozenset[str]] = dict.fromkeys(range(earlier.year + (earlier.month == 12), later.year + 1), frozenset())
        for month, keys in self._present.apart.items():
            if earlier < month <= later:
                apart[month.year] |= keys & (now - was)
        sizes = [float(len(keys)) for keys in apart.values()]
        return Moves((*sizes, len(now - was) - sum(sizes)), float(len(was - now)), apart)

    def ties(self, story: Story) -> list[Tie]:
        """Return which statements of a story are tied, and how closely."""
        return [*(ties := self._ties_of_moments(story)), *self._ties_of_flow(story, ties)]

    def _ties_of_moments(self, story: Story) -> list[Tie]:
        latest = [place for place, one in enumerate(story.moments) if one.is_latest]
        found = [tie for one, other in pairwise(latest) if (tie := self._tie(story, one, other)) is not None]
        for place, one in enumerate(story.moments):
            if one.is_latest:
                continue
            # What was said of a moment once is tied to what is said of it now, and to the moments around it.
            later = [other for other in latest if story.moments[other].moment >= one.moment][:2]
            earlier = [other for other in latest if story.moments[other].moment < one.moment][-1:]
            found += [tie for other in later if (tie := self._tie(story, place, other)) is not None]
            found += [tie for other in earlier if (tie := self._tie(story, other, place)) is not None]
        return found

    def _tie(self, story: Story, earlier: int, later: int) -> Tie | None:
        one, other = story.told[earlier], story.told[later]
        moves = self.between(one.moment, other.moment)
        if moves is None:
            return None
        exactly = tuple((size, size) for size in moves.joined)
        are_latest = one.is_latest and other.is_latest
        if story.lasts == WITHIN_A_YEAR and one.moment.year != other.moment.year:
            # Nobody can be followed into a new year, but whoever joined is there; of the year before they may be of another kind by then.
            is_told = are_latest and any(flow.moment.year == other.moment.year for flow in story.flow)
            return Tie(None, later, exactly, (0.0, 0.0), moves.apart) if is_told else None
        if are_latest:
            return Tie(earlier, later, exactly, (moves.left, moves.left), moves.apart)
        # A correction moved a few people besides, or as many more as the totals tell.
        difference = None if one.total is None or other.total is None else other.total - one.total
        net = 0.0 if difference is None else abs(difference - sum(moves.joined) + moves.left)
        corrected = max(float(self._policy.moved), net)
        return Tie(earlier, later, ((0.0, sum(moves.joined) + corrected),), (0.0, moves.left + corrected))

    def _ties_of_flow(self, story: Story, ties: Sequence[Tie]) -> list[Tie]:
        """Tie every statement on who joined in a year to the groups that joined in it between two moments."""
        if self._present is None:
            return []
        return [self._tie_of_year(story, ties, place, self._present) for place in range(len(story.moments), len(story.told))]

    def _tie_of_year(self, story: Story, ties: Sequence[Tie], place: int, present: Present) -> Tie:
        """Tie a statement on a year to the groups that joined in it.

        Who was entered late or had left at the moment's end is counted by the year and in no group. How many these are, and the reverse, is known
        exactly if the year is told as the register of today has it; else it was corrected since, as any statement may be.
        """
        told = story.told[place]
        year, groups, joined = told.moment.year, list[Group](), set[str]()
        for number, tie in enumerate(ties):
            is_followed = tie.earlier is not None or year == story.told[tie.later].moment.year
            if is_followed and year in tie.apart:
                groups.append((number, list(tie.apart).index(year)))
                joined |= tie.apart[year]
        counted = {key for month, keys in present.counted.items() if month.year == year for key in keys}
        come, gone = float(len(counted - joined)), float(len(joined - counted))
        late = 0.0 if told.total is None else abs(told.total - len(counted))
        if told.is_latest and not late:
            return Tie(tuple(groups), place, ((come, come),), (gone, gone))
        corrected = max(float(self._policy.moved), late)
        return Tie(tuple(groups), place, ((0.0, come + corrected),), (0.0, gone + corrected))
