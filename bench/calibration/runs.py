"""Cuts the trials into pieces and lets several processes make them.

A module of its own: a spawned process finds the function it is to run by the name of its module, and a package's ``__main__`` has none.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from typing import NamedTuple

import numpy

from bench.calibration.tally import Tally, merged
from bench.calibration.trials import TRIALS

SIZES = (50, 200, 600)  # cases a year
RUNS: Mapping[str, int] = {
    "maps": 2_000,
    "county months": 2_000,
    "two periods": 4_000,
    "trends": 1_000,
    "county quarters": 3_000,
    "maps in batches": 1_000,
    "departures": 800,
}
ADDED = ("county quarters", "maps in batches", "departures")
CHUNKS = 20  # pieces that one trial of one size is cut into
SEED = 20261127


class Piece(NamedTuple):
    """Some of the runs of one trial; the same piece gives the same tally in whatever process."""

    trial: str
    per_year: int
    runs: int
    seed: numpy.random.SeedSequence


def pieces(share: float, seed: int) -> list[Piece]:
    """Cut all trials into pieces, the longest first."""
    # A trial added later stands at the end, so that the others keep their seeds and their numbers.
    of_size = [(trial, size) for size in reversed(SIZES) for trial in RUNS if trial not in ADDED]
    of_size += [(trial, size) for trial in ADDED for size in reversed(SIZES)]
    wanted = [(trial, size, max(1, round(RUNS[trial] * share / CHUNKS))) for trial, size in of_size for _ in range(CHUNKS)]
    seeds = numpy.random.SeedSequence(seed).spawn(len(wanted))
    return [Piece(trial, size, runs, own) for (trial, size, runs), own in zip(wanted, seeds, strict=True)]


def work(piece: Piece) -> Tally:
    """Make the runs of a piece."""
    return TRIALS[piece.trial](numpy.random.default_rng(piece.seed), piece.per_year, piece.runs)


def calibrate(share: float = 1.0, seed: int = SEED, processes: int | None = None) -> dict[int, Tally]:
    """Try everything and return the tallies by size."""
    wanted = pieces(share, seed)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # inherited by the workers: small matrices, one thread each
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    tallies = []
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        for number, tally in enumerate(pool.imap(work, wanted), start=1):
            tallies.append(tally)
            if number % CHUNKS == 0:
                print(f"{wanted[number - 1].trial}, {wanted[number - 1].per_year} cases a year: done", file=sys.stderr, flush=True)
    by_size = {size: [tally for piece, tally in zip(wanted, tallies, strict=True) if piece.per_year == size] for size in SIZES}
    return {size: merged(own) for size, own in by_size.items()}
