"""Twenty counties in which nothing happens but chance, through the real intake and onto all pages: how often they say that something did."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from scipy import stats

from analysis.trend import BEND_LEVEL, STEP_LEVEL
from etl.assembly.analyses.trends import LEVEL
from indicators.model import Grain
from tests.planted.planted_county import build, county_files, quiet
from tests.planted.said import Said, read
from tests.soak import SOAK

COUNTIES = 20
SIZES = (60, 204, 600)  # cases a year, in turn
OF_A_MAP, OF_A_CLUSTER, OF_A_ROUND, OF_A_JUDGEMENT = 0.05, 0.05, 0.01, 0.05
"""What docs/calibration.md promises: of a map, a cluster, the warnings of a month or a quarter, and a judgement that is made by itself."""
OF_A_TREND = LEVEL + BEND_LEVEL + STEP_LEVEL
"""A rise or a fall, a bend or a step: three tests, whose errors add up to no more than this."""
SELDOM = 0.001
LINES = {"month": "同比", "year to date": "累计同比", "twelve months": "近12个月"}
"""The judgements of the county's cases on the overview, of which each county has one of a kind: those of one county are not independent."""


def most(tried: int, promised: float) -> int:
    """Return the number of errors that a promise which is kept exceeds once in a thousand times, the tries being independent."""
    return int(stats.binom.ppf(1 - SELDOM, tried, promised))


def test_how_many_errors_a_promise_that_is_kept_may_leave() -> None:
    # Of Bin(20, .05), C(20, k) 19**(20 - k) / 20**20: .3585, .3774, .1887, .0596, .0133, .0022 for none to five; .0003 lies beyond.
    assert most(20, 0.05) == 5
    # Of Bin(2, .01) one error or two come in .0199, two in .0001.
    assert most(2, 0.01) == 1


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
        "clusters": (_errors(bool(said.clusters) for said in counties), OF_A_CLUSTER),
        "remote townships": (_errors(said.says("townships", "偏远乡镇(高于|低于)其他乡镇") for said in counties), OF_A_JUDGEMENT),
        "trends of the cases": (_errors(said.trends["cases_opened"] != "within_chance" for said in counties), OF_A_TREND),
        **{f"{grain}s with a warning": (_warned(counties, grain), OF_A_ROUND) for grain in (Grain.MONTH, Grain.QUARTER)},
        **{what: (_errors(said.says("overview", f"^{line} .*明显(上升|下降)") for said in counties), OF_A_JUDGEMENT) for what, line in LINES.items()},
    }
    for what, ((errors, tried), share) in promised.items():
        print(f"{what}: {errors} of {tried}, at most {most(tried, share)}")
    print(f"counties with any claim: {sum(bool(said.claims()) for said in counties)} of {len(counties)}")
    for line in LINES.values():  # none is silent because it judges nothing
        assert all(said.says("overview", f"^{line} .*(在随机波动范围内|明显|数量太少)") for said in counties)
    assert not [what for what, ((errors, tried), share) in promised.items() if errors > most(tried, share)]


def _warned(counties: Iterable[Said], grain: Grain) -> tuple[int, int]:
    """Return in how many rounds of months, or of quarters, any warning was given, and how many rounds there were."""
    rounds = [(len({alarm.last for alarm in said.alarms if alarm.grain is grain}), said.rounds[grain]) for said in counties]
    return sum(warned for warned, _ in rounds), sum(watched for _, watched in rounds)
