"""What every generator of the sample shares: its span of months, and how keys and counts are drawn."""

from __future__ import annotations

import math
import random
from datetime import date

FIRST_MONTH = date(2021, 1, 1)
LATEST_MONTH = date(2026, 10, 1)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # base32 without its digits: a key can then never look like a number that identifies


def generator_of(name: str) -> random.Random:
    """Start a generator of its own for each type, so that a change in one leaves the other type's files alone."""
    return random.Random(name)  # noqa: S311 - invented rows must be repeatable, not secret


def new_key(rng: random.Random, taken: set[str], initial: str) -> str:
    """Draw a pseudonym that was not drawn yet."""
    while True:
        key = initial + "".join(rng.choices(LETTERS, k=11))
        if key not in taken:
            taken.add(key)
            return key


def poisson(mean: float, rng: random.Random) -> int:
    """Draw a Poisson count by multiplying uniforms (Knuth); the means here are small."""
    floor, product, count = math.exp(-mean), rng.random(), 0
    while product > floor:
        product *= rng.random()
        count += 1
    return count
