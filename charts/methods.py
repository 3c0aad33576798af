"""The numbers on the page about method: computed by the functions that label everything else, so that the page cannot promise otherwise."""

from __future__ import annotations

import numpy
import pandas

from analysis.areas import Level, levels
from analysis.comparison import smallest_clear_rise, two_period_p, verdicts
from analysis.early_warning import OF_LINES, OF_PARTS
from analysis.intervals import poisson_interval, wilson_interval
from analysis.shrinkage import shrunk_rates
from charts.comparison import VERDICT_WORDS
from charts.hotspots import LEVEL_WORDS
from charts.scope import BRACKETED, Voice
from charts.words import plain_number, range_words
from indicators.model import Text

__all__ = ["OF_LINES", "OF_PARTS"]
BASES = (0, 1, 2, 3, 5, 8, 10, 20, 50, 100)
"""Counts of the year before for which the page says what a clear rise takes."""
FEW, MANY = 10, 100
PART, WHOLE = 5, 20
LAST_YEAR, THIS_YEAR = 20, 30
PER = 10_000
TOWNSHIPS = (
    (Text("甲", "A"), 60_000, 60),
    (Text("乙", "B"), 45_000, 40),
    (Text("丙", "C"), 38_000, 36),
    (Text("丁", "D"), 30_000, 58),
    (Text("戊", "E"), 22_000, 18),
    (Text("己", "F"), 4_000, 7),
    (Text("庚", "G"), 2_000, 4),
)
"""A made-up county: township, residents, cases of three years."""


BASE_HEAD, RISE_HEAD = Text("上年同期(起)", "Same time last year"), Text("今年达到(起)才算明显上升", "A clear rise takes")
RANGES = Text(
    "数越小,范围相对越宽:{few}起的可能范围是{few_range}起,{many}起是{many_range}起;{whole}人中{part}人,占{share:.0%},可能范围{share_range}%。",
    "The smaller a count, the wider its range: {few} cases may stand for {few_range}, {many} for {many_range}; {part} of {whole} is {share:.0%}, "
    "range {share_range} %.",
)
RISE = Text(
    "上年同期{before}起,今年{now}起:多了{more:.0%},但情况不变时也有{chance:.0%}的机会差这么多。{verdict};到{needed}起才算明显上升。",
    "{before} cases last year and {now} this year: {more:.0%} more, but where nothing changes such a difference has a chance of {chance:.0%}. "
    "So: {verdict}; a clear rise takes {needed}.",
)
HEADS = (
    Text("乡(人口)", "Town (people)"),
    Text("三年立案", "Cases, 3 years"),
    Text("每万人", "Per 10k"),
    Text("平滑后", "Smooth rate"),
    Text("判断", "Label"),
)
HIGHEST = Text("每万人{rate:.1f}起,折算下来最高,", "{rate:.1f} per 10,000, the highest rate; ")
ONE_TOWNSHIP = Text(
    "{name}乡:{highest}实际{cases:.0f}起,按全县水平应有{expected:.1f}起,{level}。",
    "Town {name}: {highest}{cases:.0f} cases where the county's rate gives {expected:.1f}: {level}.",
)


def clear_rises(voice: Voice) -> pandas.DataFrame:
    """Return what a clear rise takes: the count of the year before, and the smallest count of this year that is called one."""
    needed = [(base, smallest_clear_rise(base)) for base in BASES]
    rows = [(plain_number(voice, base), plain_number(voice, rise)) for base, rise in needed if rise is not None]
    return pandas.DataFrame(rows, columns=[voice.say(BASE_HEAD), voice.say(RISE_HEAD)])


def range_example(voice: Voice) -> str:
    """Say that a small count has a wide range, with the ranges of two counts and of a share."""
    intervals = (*poisson_interval([FEW, MANY]), wilson_interval([PART], [WHOLE])[0] * 100)
    few, many, share = (range_words(voice, low, high, 1) for low, high in intervals)
    told = {"few_range": few, "many_range": many, "share_range": share}
    return voice.say(RANGES, few=FEW, many=MANY, part=PART, whole=WHOLE, share=PART / WHOLE, **told)


def change_example(voice: Voice) -> str:
    """Judge a rise that looks large and is not clear."""
    return voice.say(
        RISE,
        before=LAST_YEAR,
        now=THIS_YEAR,
        more=THIS_YEAR / LAST_YEAR - 1,
        chance=two_period_p(THIS_YEAR, LAST_YEAR)[0],
        verdict=VERDICT_WORDS[verdicts(THIS_YEAR, LAST_YEAR)[0]],
        needed=smallest_clear_rise(LAST_YEAR),
    )


def township_table(voice: Voice) -> pandas.DataFrame:
    """Return the made-up county's townships with their crude and shrunk rates and their labels."""
    residents, cases = _county()
    crude, shrunk = cases / residents * PER, shrunk_rates(cases, residents)[:, 0]
    columns = (
        [voice.say(BRACKETED, said=name, more=plain_number(voice, people)) for name, people, _ in TOWNSHIPS],
        [plain_number(voice, float(count)) for count in cases],
        [f"{rate:.1f}" for rate in crude],
        [f"{rate:.1f}" for rate in shrunk],
        [voice.say(LEVEL_WORDS[label]) for label in levels(cases, residents)],
    )
    return pandas.DataFrame({voice.say(head): cells for head, cells in zip(HEADS, columns, strict=True)})


def township_sentences(voice: Voice) -> list[str]:
    """Say what the made-up county shows: the highest crude rate rests on a handful of cases, and one township stands out."""
    residents, cases = _county()
    crude, labels = cases / residents, levels(cases, residents)
    expected = cases.sum() * residents / residents.sum()
    highest = int(crude.argmax())
    standing = [place for place, label in enumerate(labels) if label is Level.CLEARLY_HIGH]
    said = []
    for place in dict.fromkeys((highest, *standing)):
        rate = voice.say(HIGHEST, rate=crude[place] * PER) if place == highest else ""
        told = {"name": TOWNSHIPS[place][0], "cases": cases[place], "expected": expected[place], "level": LEVEL_WORDS[labels[place]]}
        said.append(voice.say(ONE_TOWNSHIP, highest=rate, **told))
    return said


def _county() -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return residents and cases of the made-up county."""
    _, residents, cases = zip(*TOWNSHIPS, strict=True)
    return numpy.array(residents, dtype=float), numpy.array(cases, dtype=float)
