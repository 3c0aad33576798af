"""Twelve counties of which the truth is known, through the real intake and onto the pages: the right sentence is there, and no false one."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy
import pytest

from indicators.months import months_between, months_later
from tests.over_time.deliveries import FORMER, SUCCESSOR, merged_pack
from tests.planted.planted_county import (
    FIRST,
    LAST,
    LATEST,
    Case,
    build,
    by_case,
    code_of,
    county_files,
    drawn,
    edition,
    more,
    pack_with,
    quiet,
    zone_of,
)
from tests.planted.said import Alarm, Said, read
from tests.soak import few

SEED = 1
"""The first seed whose quiet county says nothing at all. How often a quiet county does is another test's question."""
WIDENED = date(2024, 1, 1)
YOUNG_SINCE = months_later(LAST, -13)
MERGED = date(2024, 1, 1)
SMALL, MIDDLE = "高崖乡", "石埠镇"
OPERATION, FACTOR = 10, 1.7


@dataclass(frozen=True)
class Truth:
    """What was planted in the quiet county, and what may be said of it.

    Attributes:
        name: What it is.
        make: Told an empty folder, makes the county in it and returns its data folder.
        must: Page, and a pattern that one of its statements matches.
        may: Patterns of the claims that are true, each of a whole statement; every other claim is false.
        touched: The months in which there was more than before. A warning is true if what it judged together holds one of them.
        warned: Pattern of the cells in which there was more, each as indicator, breakdown and cell.
    """

    name: str
    make: Callable[[Path], Path]
    must: tuple[tuple[str, str], ...]
    may: tuple[str, ...] = ()
    touched: tuple[date, ...] = ()
    warned: str = ""

    def is_right(self, claim: str) -> bool:
        """Whether a claim is true of what was planted."""
        return any(re.fullmatch(pattern, claim) for pattern in self.may)

    def is_rightly_warned(self, alarm: Alarm) -> bool:
        """Whether a warning is of months and a cell in which something was planted."""
        return bool(alarm.months & set(self.touched)) and bool(re.fullmatch(self.warned, f"{alarm.indicator} {alarm.breakdown} {alarm.cell}"))


def random() -> numpy.random.Generator:
    """The draws of what is planted, apart from those of the quiet county."""
    return numpy.random.default_rng(SEED + 1_000)


def plain(folder: Path, cases: Sequence[Case], county: Path | None = None) -> Path:
    """Build a county from one delivery a year."""
    files = county_files(folder / "files", cases)
    return build(folder / "data", files) if county is None else build(folder / "data", files, county=county)


def span(first: date, months: int) -> list[date]:
    """Return so many months from a first one on."""
    return months_between(first, months_later(first, months - 1))


def nothing(folder: Path) -> Path:
    """The quiet county itself."""
    return plain(folder, quiet(SEED))


def campaign(first: date, code: str) -> Callable[[Path], Path]:
    """Three months of three times the cases, what is more being coded as the campaign's."""
    return lambda folder: plain(folder, more(random(), quiet(SEED), span(first, 3), 3.0, campaign=code))


def operation(folder: Path) -> Path:
    """Ten cases of one gang in a small township in the latest settled month."""
    gang = drawn(random(), LATEST, OPERATION, [code_of(SMALL)], charge="trafficking", place="rental")
    return plain(folder, [*quiet(SEED), *gang])


def widened_cases() -> list[Case]:
    """From 2024 on seven tenths more are written down, and nothing else is different."""
    return more(random(), quiet(SEED), months_between(WIDENED, LAST), FACTOR)


def widened(folder: Path) -> Path:
    """Nobody told that more is written down."""
    return plain(folder, widened_cases())


def widened_and_declared(folder: Path) -> Path:
    """The county pack says since when more is written down."""
    lines = [
        "date,zh,en,indicators",
        f"{WIDENED:%Y-%m-%d},立案登记范围扩大,More is recorded,cases_opened|cases_solved|suspects_arrested|youth_cases",
    ]
    return plain(folder, widened_cases(), pack_with(folder / "county", "breaks.csv", lines))


def young(folder: Path) -> Path:
    """For the last fourteen months .62 of the suspects are young instead of .35; there are no more cases than before."""
    chance = random()
    gained = (0.62 - 0.35) / (1 - 0.35)  # of those who are not
    cases = [replace(case, is_young=case.is_young or (case.month >= YOUNG_SINCE and chance.random() < gained)) for case in quiet(SEED)]
    return plain(folder, cases)


def risen_and_turned(folder: Path) -> Path:
    """Up to two and a half times as many in three years, then down again to two times."""
    cases = quiet(SEED)
    for position, month in enumerate(months_between(FIRST, LAST)):
        level = 1 + 1.5 * position / 36 if position <= 36 else 2.5 - 0.5 * (position - 36) / 23
        cases = more(numpy.random.default_rng(SEED + position), cases, [month], level) if level > 1 else cases
    return plain(folder, cases)


def doubled_township(folder: Path) -> Path:
    """Twice the risk in one township in all the years."""
    return plain(folder, more(random(), quiet(SEED), months_between(FIRST, LAST), 2.0, [code_of(MIDDLE)]))


def doubled_month(folder: Path) -> Path:
    """Two and a half times the cases in the latest settled month: 25 and some on top of 17."""
    return plain(folder, more(random(), quiet(SEED), [LATEST], 2.5))


FESTIVAL_IN_JANUARY = {2023, 2025}


def spring_festival(folder: Path) -> Path:
    """The month of the festival has a third fewer cases and the other one as many more; delivered in May, so that February is settled."""
    chance, cases = random(), quiet(SEED)
    for year in range(FIRST.year, LAST.year + 1):
        months = date(year, 1, 1), date(year, 2, 1)
        festival, other = months if year in FESTIVAL_IN_JANUARY else months[::-1]
        cases = more(chance, more(chance, cases, [festival], 2 / 3), [other], 4 / 3)
    until = date(2025, 4, 1)
    return build(folder / "data", county_files(folder / "files", [case for case in cases if case.month <= until], until=until))


def merged_township(folder: Path) -> Path:
    """A township is merged into its neighbour, and its cases bear the neighbour's code from then on."""

    def written_as(case: Case) -> str:
        return SUCCESSOR if case.township == FORMER and case.month >= MERGED else by_case(case)

    return build(folder / "data", county_files(folder / "files", quiet(SEED), written_as=written_as), county=merged_pack(folder / "county", MERGED))


def late_entries(folder: Path) -> Path:
    """Three of ten cases are written down one to three months late; September's files are counted first, then December's."""
    chance = random()
    cases = [
        replace(case, entered=months_later(case.month, int(chance.integers(1, 4))) if chance.random() < 0.3 else case.month) for case in quiet(SEED)
    ]
    first = [edition(folder / "files", cases, date(year, 12, 1), known=date(year + 1, 3, 1)) for year in range(FIRST.year, LAST.year)]
    first.append(edition(folder / "files", cases, date(LAST.year, 9, 1)))
    return build(folder / "data", first, [edition(folder / "files", cases, LAST)])


QUIET_MAP = ("townships", "未发现与全县有明显差异")
NAMED_CAMPAIGN = r"其中专项行动(案件)?\d+起"
CARRIED = r"其中1[0-9]起在2025年10月"
ANY_CELL = "cases_opened .*|youth_cases total .*"
"""What is drawn over the whole county is in all its cells, and a third of it are cases of the young."""


def judged(since: str, then: str, base: str, change: str, verdict: str) -> str:
    """Return the pattern of a row that sets two periods side by side."""
    return rf"{since}:\d+起 +{then}:\d+起 +比{base}{change}\d+起\([\d.]+%\) +{verdict}"


def in_sentence(change: str) -> str:
    """Return the pattern of a sentence about the county's cases of the year so far, as a card says it and a list."""
    return rf"(- )?2025年1—10月全县刑事立案\d+起,比上年同期{change}"


# The quarter that begins in April holds the campaign's June; a sum of three months that ends in September or October holds its August.
THIS_YEAR = Truth(
    "a coded campaign this year",
    campaign(date(2025, 6, 1), "CLEAN-2025"),
    (("cases", NAMED_CAMPAIGN),),
    touched=(*span(date(2025, 6, 1), 3),),
    warned=ANY_CELL,
)
LAST_YEAR = Truth(
    "a coded campaign last year",
    campaign(date(2024, 6, 1), "CLEAN-2024"),
    (("cases", NAMED_CAMPAIGN),),
    touched=(*span(date(2024, 6, 1), 3),),
    warned=ANY_CELL,
)
# Ten cases where six and a half are expected in three years lift the township, and the remote ones it belongs to; that it is one month's doing is
# said every time but by the count of levels. All ten are of one charge and one kind of place.
OF_THE_MONTH = rf"明显偏高\({CARRIED}\)"
ONE_OPERATION = Truth(
    "one operation",
    operation,
    (("warnings", f"2025年10月{SMALL}刑事立案1[0-2]起"), ("townships", f"^{SMALL} .*{CARRIED}")),
    may=(
        r"18个乡镇\(街道\)中明显偏高1个,其余在偶然范围内或数量太少",
        rf"{SMALL}{OF_THE_MONTH}:去掉括号里的那个月就不再是这样,先核实是否专项行动或补录。.*",
        rf"- [^。]*,{SMALL}\(\d+起\)共刑事立案\d+起,[^。]*。{CARRIED},不算这个月就不超出偶然,[^。]*。聚集只在这一个乡镇。",
        rf"- [^。]*;偏远乡镇高于其他乡镇,超出随机波动,但去掉{SMALL}2025年10月的10起即不再如此。",
        rf"{SMALL} \d+ [\d.]+ {OF_THE_MONTH}",
        rf"{SMALL}\* +[\d,]+ \d+,应有[\d.]+ +{OF_THE_MONTH} —",
    ),
    touched=(LATEST,),
    warned=rf"cases_opened (total .*|township {code_of(SMALL)}|zone {zone_of(SMALL)}|charge trafficking|place_type rental)",
)
# Seven tenths more from January 2024 on: that year is above all before it. In 2025 nothing is different from the year before.
UNDECLARED = Truth(
    "recording widened",
    widened,
    (("quality", "2024年.*口径|口径.*2024年"),),
    may=(r"2024年全县涉青少年\(35岁及以下\)刑事案件\d+起,比上年增加\d+起\([\d.]+%\),明显上升(;2025年三季度[^。]*在随机波动范围内)?",),
    touched=(*span(WIDENED, 12),),
    warned=ANY_CELL,
)
DECLARED = Truth("recording widened and declared", widened_and_declared, (("cases", "立案登记范围扩大"),))
# Young suspects, one to a case, since November 2024: the share of their cases and these cases, of twelve months against twelve and of 2025 so far.
# Their share among suspects is told by finished years, of which 2024 had two such months of twelve. The cases are as many as before.
YOUTH = Truth(
    "the young among suspects",
    young,
    (("youth", "全县涉青少年案件占比为.*明显上升"),),
    may=(
        r"(- )?2024年10月至2025年9月全县涉青少年案件占比为[\d.]+%,比前12个月上升[\d.]+个百分点\(\d+/\d+→\d+/\d+\),明显上升。?",
        judged("累计同比 2025年1—9月", "2024年1—9月", "上年同期", "增加", "明显上升"),
        judged("近12个月 2024年10月至2025年9月", "2023年10月至2024年9月", "前12个月", "增加", "明显上升"),
    ),
    touched=(*span(YOUNG_SINCE, 14),),
    warned="youth_cases total .*",
)
# The level falls from its peak of January 2024: over January to October it is 2.40 times the start in 2024 and 2.14 times in 2025. Until August
# 2024 a month lies above every same month before it: 2.5 - .5 (m - 36) / 23 beside 1 + 1.5 (m - 12) / 36 of the year before, m = 43 and 44.
FALLEN = r"减少\d+起\([\d.]+%\),明显下降"
BEND = Truth(
    "risen and turned",
    risen_and_turned,
    (("cases", "前期上升,近期下降"),),
    may=(
        in_sentence(FALLEN) + r"(。|\(单看;同时看\d+项,还不足以排除偶然;需核实是否专项行动或补录\)。)?",
        r"- 2021年1月至2025年10月,全县刑事立案前期上升,近期下降\(最近一年的速度折合每年−[\d.]+%,可能范围95%为−[\d.]+%至−[\d.]+%\);[^。]*。",
        judged("累计同比 2025年1—10月", "2024年1—10月", "上年同期", "减少", "明显下降"),
        judged("近12个月 2024年11月至2025年10月", "2023年11月至2024年10月", "前12个月", "减少", "明显下降"),
    ),
    touched=(*months_between(FIRST, date(2024, 8, 1)),),
    warned=ANY_CELL,
)
# Twice the risk in one township and in no other: of it alone, and of the cluster that it is.
TOWNSHIP = Truth(
    "a doubled township",
    doubled_township,
    (("townships", f"{MIDDLE}明显偏高"),),
    may=(
        rf"[^。]*按人口折算的刑事立案:{MIDDLE}明显偏高",
        r"18个乡镇\(街道\)中明显偏高1个,(可能偏[高低]\d个,)*其余在偶然范围内或数量太少",
        rf"- [^。]*,{MIDDLE}\(\d+起\)共刑事立案\d+起,[^。]*。聚集只在这一个乡镇。",
        rf"{MIDDLE} \d+ [\d.]+ 明显偏高",
        rf"{MIDDLE} +[\d.]+万 \d+,应有[\d.]+ +明显偏高 —",
    ),
)
# The month is warned of; one month's judgement beside its year before may call it clear, of no other period.
MONTH = Truth(
    "a doubled month",
    doubled_month,
    (("warnings", "2025年10月全县刑事立案45起.*预警"), QUIET_MAP),
    may=(judged("同比 2025年10月", "2024年10月", "上年同期", "增加", "明显上升"),),
    touched=(LATEST,),
    warned="cases_opened .*",
)
FESTIVAL = Truth("the Spring Festival", spring_festival, (("warnings", "最近能检验的是2025年2月.*没有预警"), QUIET_MAP))
MERGER = Truth("a merged township", merged_township, (QUIET_MAP,))
LATE = Truth("late entries", late_entries, (("quality", "首次公布时合计.*现为"), QUIET_MAP))
NOTHING = Truth("nothing", nothing, (QUIET_MAP, ("warnings", "没有预警"), ("cases", "看不出升降")))
EVERY_TIME = (NOTHING, THIS_YEAR, ONE_OPERATION, UNDECLARED, YOUTH, TOWNSHIP)
TRUTHS = (*EVERY_TIME, LAST_YEAR, DECLARED, BEND, MONTH, FESTIVAL, MERGER, LATE)
_READ: dict[str, Said] = {}


def said_of(truth: Truth, factory: pytest.TempPathFactory) -> Said:
    """Make a county and read it, once for all tests of this module."""
    if truth.name not in _READ:
        folder = factory.mktemp("planted")
        (folder / "files").mkdir()
        _READ[truth.name] = read(truth.make(folder))
    return _READ[truth.name]


def named(truths: Sequence[Truth]) -> list[object]:
    """Return the truths as parameters of a test."""
    return [pytest.param(truth, id=truth.name.replace(" ", "-")) for truth in truths]


@pytest.mark.parametrize("truth", named(few(EVERY_TIME, TRUTHS)))
def test_the_right_sentence_is_there(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> None:
    said = said_of(truth, tmp_path_factory)
    missing = [(page, pattern) for page, pattern in truth.must if not said.says(page, pattern)]
    assert not missing, [said.claims(page) for page, _ in missing]


@pytest.mark.parametrize("truth", named(few(EVERY_TIME, TRUTHS)))
def test_no_sentence_is_false(truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> None:
    said = said_of(truth, tmp_path_factory)
    assert not [claim for claim in said.claims() if not truth.is_right(claim)]
    assert not [alarm for alarm in said.alarms if not truth.is_rightly_warned(alarm)]


def test_only_a_township_of_its_own_risk_is_clearly_high(tmp_path_factory: pytest.TempPathFactory) -> None:
    found = {truth.name: said_of(truth, tmp_path_factory).clear for truth in few(EVERY_TIME, TRUTHS)}
    assert found.pop(TOWNSHIP.name) == {("cases_opened", code_of(MIDDLE), "clearly_high")}
    # Ten cases where six and a half are expected in three years keep their word and say in which month they were.
    assert found.pop(ONE_OPERATION.name) <= {("cases_opened", code_of(SMALL), "clearly_high")}
    assert not set().union(*found.values())
