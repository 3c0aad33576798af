"""Twenty counties in which nothing happens but chance, through the real intake and onto all pages: how often they say that something did."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from scipy import stats

from indicators.model import Method
from tests.planted.planted_county import build, county_files, quiet
from tests.planted.said import Said, read
from tests.soak import SOAK

COUNTIES = 20
SIZES = (60, 204, 600)  # cases a year, in turn
OF_A_MAP, OF_A_MONTH, OF_A_JUDGEMENT = 0.05, 0.01, 0.05
"""What the pages promise: of a map, a cluster or a trend; of a month's warnings; of a judgement that is made by itself."""
SELDOM = 0.001


def most(tried: int, promised: float) -> int:
    """Return the number of errors that a promise which is kept exceeds once in a thousand times."""
    return int(stats.binom.ppf(1 - SELDOM, tried, promised))


@pytest.fixture(scope="module")
def counties(tmp_path_factory: pytest.TempPathFactory) -> list[Said]:
    """What twenty null counties say."""
    return [_said(tmp_path_factory, seed) for seed in range(1, COUNTIES + 1)]


def _said(factory: pytest.TempPathFactory, seed: int) -> Said:
    folder = factory.mktemp("null")
    (folder / "files").mkdir()
    return read(build(folder / "data", county_files(folder / "files", quiet(seed, SIZES[seed % len(SIZES)]))))


def _errors(claims: Iterable[bool]) -> tuple[int, int]:
    found = list(claims)
    return sum(found), len(found)


@pytest.mark.skipif(not SOAK, reason="twenty builds: make soak; two of them are in make test (test_planted_truths, test_null_county)")
def test_what_is_said_of_nothing_is_no_more_than_promised(counties: list[Said]) -> None:
    promised = {
        "townships clearly high or low": (_errors(bool(said.clear) for said in counties), OF_A_MAP),
        "clusters": (_errors(bool(said.clusters) for said in counties), OF_A_MAP),
        "trends": (_errors(label.startswith("clear") for said in counties for label in said.trends.values()), OF_A_MAP),
        "months with a warning": (
            (sum(len({alarm[0] for alarm in said.alarms}) for said in counties), sum(said.rounds[Method.WARNING] for said in counties)),
            OF_A_MONTH,
        ),
        "judgements by themselves": (
            (sum(said.count("明显(上升|下降)") for said in counties), sum(said.count("明显(上升|下降)|在随机波动范围内") for said in counties)),
            OF_A_JUDGEMENT,
        ),
    }
    for what, ((errors, tried), _) in promised.items():
        print(f"{what}: {errors} of {tried}")
    print(f"counties with any claim: {sum(bool(said.claims()) for said in counties)} of {len(counties)}")
    assert not [what for what, ((errors, tried), share) in promised.items() if errors > most(tried, share)]
