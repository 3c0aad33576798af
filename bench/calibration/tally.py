"""Counts of hits and runs by name: what every trial returns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

Tally = Mapping[str, tuple[float, int]]


class Counter:
    """Counts hits and runs by name."""

    def __init__(self) -> None:
        self.hits: dict[str, float] = defaultdict(float)
        self.runs: dict[str, int] = defaultdict(int)

    def add(self, name: str, hits: float, runs: int = 1) -> None:
        """Count hits in a number of runs."""
        self.hits[name] += float(hits)
        self.runs[name] += runs

    def tally(self) -> Tally:
        """Return hits and runs of every name."""
        return {name: (self.hits[name], runs) for name, runs in self.runs.items()}


def merged(tallies: list[Tally]) -> dict[str, tuple[float, int]]:
    """Add tallies of one size."""
    counter = Counter()
    for tally in tallies:
        for name, (hits, runs) in tally.items():
            counter.add(name, hits, runs)
    return dict(counter.tally())
