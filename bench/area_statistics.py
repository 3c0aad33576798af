"""The statistics of forty thousand townships over sixty months: what the nation costs in seconds of one processor."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy

from analysis.alarm import seasonal_alarms
from analysis.comparison import verdicts
from analysis.intervals import exact_poisson_interval
from analysis.shrinkage import shrunk_rates

AREAS, MONTHS = 40_000, 60
PER_PERSON = 5e-5  # events a month: six in a year and ten thousand people
UNLIKE = 0.4  # standard deviation of the logarithm of an area's risk


def run() -> Iterator[str]:
    """Yield the lines of this bench."""
    chance = numpy.random.default_rng(20261127)
    people = numpy.exp(chance.normal(numpy.log(16_000), 0.75, AREAS))
    risk = numpy.exp(chance.normal(0, UNLIKE, AREAS))
    counts = chance.poisson((people * risk * PER_PERSON)[:, None], (AREAS, MONTHS)).astype(numpy.float64)
    year, year_before = counts[:, -12:].sum(axis=1), counts[:, -24:-12].sum(axis=1)
    parts: dict[str, Callable[[], object]] = {
        f"exact intervals of {counts.size:,} counts": lambda: exact_poisson_interval(counts.ravel()),
        f"a year against the one before, {AREAS:,} exact tests": lambda: verdicts(year, year_before),
        f"each month against that of the year before, {AREAS * (MONTHS - 12):,} exact tests": lambda: verdicts(
            counts[:, 12:].ravel(), counts[:, :-12].ravel()
        ),
        f"{AREAS:,} rates shrunk, with intervals": lambda: shrunk_rates(year, people),
        f"gamma-Poisson alarms, all {AREAS * (MONTHS - 49):,} months that have four years before them": lambda: seasonal_alarms(counts),
    }
    whole = 0.0
    for name, part in parts.items():
        started = time.process_time()
        part()
        took = time.process_time() - started
        whole += took
        yield f"area statistics · {name} {took:.2f} CPU s"
    yield f"area statistics · {AREAS:,} areas x {MONTHS} months together {whole:.2f} CPU s"
