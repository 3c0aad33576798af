"""The claims of "Against other rules" in docs/privacy.md that matter, on a few of its counties."""

from __future__ import annotations

import numpy as np
import pytest

from bench.protection import OURS, RULES, Outcome, compare, county, lattice, sensitive, table

NAIVE = "hide 1–4, show 0, exact"


@pytest.fixture(scope="module")
def outcomes() -> dict[str, list[Outcome]]:
    return compare(range(2), [NAIVE, *OURS])


def test_hiding_one_to_four_hides_little(outcomes: dict[str, list[Outcome]]) -> None:
    for one in outcomes[NAIVE]:
        assert one.sensitive > 50
        assert one.exact > one.sensitive / 4
        assert one.existence == one.sensitive  # hidden means 1 to 4, by the rule itself


def test_ours_give_no_count_away(outcomes: dict[str, list[Outcome]]) -> None:
    assert [one.exact for name in OURS for one in outcomes[name]] == [0, 0, 0, 0]
    assert [one.existence for one in outcomes["ours, public"]] == [0, 0]
    assert all(one.shown > 0 for name in OURS for one in outcomes[name])


def test_ours_cost_cells(outcomes: dict[str, list[Outcome]]) -> None:
    for name in OURS:
        assert sum(one.shown for one in outcomes[name]) < sum(one.shown for one in outcomes[NAIVE])


@pytest.mark.parametrize("name", [name for name in RULES if name not in OURS])
def test_every_rule_tells_the_truth_within_what_it_claims(name: str) -> None:
    own = county(0)
    release = RULES[name](own)
    assert np.all(release.low <= own.counts)
    assert np.all(own.counts <= release.high)


def test_rules_are_those_of_the_publishers() -> None:
    # OpenSAFELY's own examples: 6 and 7 are redacted, 8 gives 10, 12 gives 10, 13 gives 15. NHS: 0 stays 0, 1 to 7 are hidden.
    own = county(0)
    for number, shown in ((6, None), (7, None), (8, 10), (12, 10), (13, 15), (163, 165)):
        own.counts[0] = number
        value = RULES["OpenSAFELY: hide 0–7, round to 5"](own).shown[0]
        assert np.isnan(value) if shown is None else value == shown
    own.counts[0] = 0
    release = RULES["NHS England: hide 1–7, show 0, round to 5"](own)
    assert (release.shown[0], release.low[0], release.high[0]) == (0, 0, 0)


def test_the_lattice_is_all_margins_of_two_dimensions() -> None:
    # 1 + (5 ages + 4 drugs + 2 sexes + 15 townships + 4 zones) + pairs: 5 x 4, 5 x 2, 5 x 15, 5 x 4, 4 x 2, 4 x 15, 4 x 4, 2 x 15, 2 x 4.
    assert len(lattice().cells) == 1 + 30 + 247
    own = county(3)
    assert own.counts[0] == 160
    assert 50 < len(sensitive(own)) < 200


def test_the_table_pools_the_counties() -> None:
    one, other = Outcome(100, 10, 1, 5, 40, 20.0), Outcome(100, 40, 0, 5, 60, 80.0)
    assert table({"rule": [one, other]}).splitlines()[-1] == "| rule | 2 % | 20 % | 50 % | 1.0 |"
