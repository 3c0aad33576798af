"""What must hold of the internal release, whatever the county: over seventy small counties, always the same ones (`make soak`: 210).

It promises that no hidden count is narrowed below five persons; not that nobody can tell that somebody is there (decision 27). What the exact
county totals say by themselves no hiding can undo, so every limit is asked only beyond that.
"""

from __future__ import annotations

import numpy as np
from county_releases import POLICY, SEEDS, County, Hidden, crossings_told, internal, limits, share, shown_inside
from small_counties import AXES

from disclosure.attacker import Attacker

K = POLICY.internal_k
EXISTENCE_AT_MOST = 0.03
"""Share of hidden counts of 1 to 4 that may be shown not to be empty: 2.4 % of these counties' (docs/privacy.md)."""


def attacker(county: County) -> Attacker:
    return Attacker(AXES, [cell.where for cell in county.lattice.cells])


def total_limits(county: County) -> tuple[np.ndarray, np.ndarray]:
    return limits(county, np.full(len(county.counts), np.nan), 0)


def told(county: County, hidden: Hidden) -> list[tuple[int, float, float, float, float]]:
    """The hidden counts that are narrower than five or proved not to be empty: place, interval, and interval from the exact totals alone."""
    model, places = attacker(county), np.flatnonzero(hidden)
    width, floor = np.full(len(places), float(K)), np.zeros(len(places))
    found = model.narrow(*limits(county, shown_inside(county, hidden), 0), places, width, floor)
    best = attacker(county).bound(*total_limits(county), found)
    return [(place, float(model.least[place]), float(model.most[place]), *ends) for place, ends in zip(found.tolist(), best.tolist(), strict=True)]


def test_no_hidden_count_is_narrowed() -> None:
    judged = small = recovered = proved = implied = 0
    for seed in SEEDS:
        own, hidden = internal(seed)
        judged += int(hidden.sum())
        small += int((hidden & (own.counts > 0) & (own.counts < K)).sum())
        for place, low, high, best_low, best_high in told(own, hidden):
            assert high - low >= min(K, best_high - best_low) - 1e-6, (seed, own.lattice.cells[place], low, high)
            recovered += high - low < 1 - 1e-6 <= best_high - best_low
            implied += best_high - best_low < K - 1e-6
            proved += 1 <= own.counts[place] < K and low > best_low + 1e-6
    print(
        f"{len(SEEDS)} counties, internal: {judged} hidden, {small} of 1 to 4; recovered {recovered}, not empty {proved}, bounded by totals {implied}"
    )
    assert recovered == 0
    assert small > share(1500)
    assert 0 < proved <= EXISTENCE_AT_MOST * small


def test_the_truth_is_never_excluded() -> None:
    """Every interval worked out end by end, and the short ones among them are those the quicker attack finds."""
    judged = 0
    for seed in SEEDS[::7]:
        own, hidden = internal(seed)
        places = np.flatnonzero(hidden)
        found = attacker(own).bound(*limits(own, shown_inside(own, hidden), 0), places)
        assert np.all(found[:, 0] - 1e-6 <= own.counts[places])
        assert np.all(own.counts[places] <= found[:, 1] + 1e-6)
        is_told = (found[:, 1] - found[:, 0] < K - 1e-6) | (found[:, 0] > 1e-6)
        assert places[is_told].tolist() == [place for place, *_ in told(own, hidden)]
        judged += len(places)
    assert judged > share(500)


def test_no_hidden_count_is_recovered_in_whole_persons() -> None:
    """The linear attacker may take half a person; one who reckons in whole persons can only find more."""
    judged = 0
    for seed in SEEDS[::21]:
        own, hidden = internal(seed)
        places = np.flatnonzero(hidden)
        found = attacker(own).bound(*limits(own, shown_inside(own, hidden), 0), places, integer=True)
        best = attacker(own).bound(*total_limits(own), places, integer=True)
        assert np.all((found[:, 0] <= own.counts[places]) & (own.counts[places] <= found[:, 1]))
        assert not np.any((np.diff(found) < 1) & (np.diff(best) >= 1))
        judged += len(places)
    assert judged > share(150)


def test_no_crossing_nobody_publishes_is_narrowed_to_a_small_count() -> None:
    attacked = 0
    for seed in SEEDS:
        own, hidden = internal(seed)
        zeros = ~hidden & (own.counts == 0)  # a zero of the whole county is shown on purpose
        low, high = total_limits(own)
        given = low, np.where(zeros, 0.0, high)
        number, narrowed = crossings_told(seed, own, limits(own, shown_inside(own, hidden), 0), given, K, asks_for_existence=False)
        attacked += number
        for one in narrowed:
            assert one.low - 1e-6 <= one.count <= one.high + 1e-6
            assert one.high - one.low >= min(K, one.best_high - one.best_low) - 1e-6 or one.high >= K, (seed, one)
    print(f"{len(SEEDS)} counties, internal: {attacked} crossings of fewer than 5 people that nobody publishes, none narrowed")
    assert attacked > share(8000)


def test_hiding_small_counts_alone_is_found_out() -> None:
    """The same attack on releases that hide 1 to 4 and nothing besides."""
    recovered = crossed = 0
    for seed in SEEDS[::10]:
        own, _ = internal(seed)
        is_total = np.array([cell.is_total for cell in own.lattice.cells])
        naive = (own.counts > 0) & (own.counts < K) & ~is_total
        recovered += sum(high - low < 1e-6 < best_high - best_low for _, low, high, best_low, best_high in told(own, naive))
        shown = limits(own, shown_inside(own, naive), 0)
        crossed += len(crossings_told(seed, own, shown, total_limits(own), K, asks_for_existence=False)[1])
    assert recovered > 10
    assert crossed > 10
