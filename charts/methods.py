"""The numbers on the page about method: computed by the functions that label everything else, so that the page cannot promise otherwise."""

from __future__ import annotations

import numpy
import pandas

from analysis.areas import Level, levels
from analysis.comparison import smallest_clear_rise, two_period_p, verdicts
from analysis.early_warning import FAMILY_ALPHA, HELD_BACK
from analysis.intervals import poisson_interval, wilson_interval
from analysis.shrinkage import shrunk_rates
from charts.comparison import VERDICT_WORDS
from charts.hotspots import LEVEL_WORDS
from charts.scope import Voice
from charts.words import plain_number, range_words
from indicators.model import Text

CUT = HELD_BACK * FAMILY_ALPHA
"""At what the p values of each family of warnings are cut."""
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


def clear_rises(voice: Voice) -> pandas.DataFrame:
    """Return what a clear rise takes: the count of the year before, and the smallest count of this year that is called one."""
    rows = [(plain_number(voice, base), plain_number(voice, smallest_clear_rise(base))) for base in BASES]
    heads = (Text("上年同期(起)", "Same time last year"), Text("今年达到(起)才算明显上升", "A clear rise takes"))
    return pandas.DataFrame(rows, columns=[voice.say(head) for head in heads])


def range_example(voice: Voice) -> str:
    """Say that a small count has a wide range, with the ranges of two counts and of a share."""
    (few, many), share = poisson_interval([FEW, MANY]), wilson_interval([PART], [WHOLE])[0] * 100
    if voice.is_chinese:
        counts = f"{FEW}起的可能范围是{range_words(voice, *few, 1)}起,{MANY}起是{range_words(voice, *many, 1)}起"
        return f"数越小,范围相对越宽:{counts};{WHOLE}人中{PART}人,占{PART / WHOLE:.0%},可能范围{range_words(voice, *share, 1)}%。"
    counts = f"{FEW} cases may stand for {range_words(voice, *few, 1)}, {MANY} for {range_words(voice, *many, 1)}"
    return f"The smaller a count, the wider its range: {counts}; {PART} of {WHOLE} is {PART / WHOLE:.0%}, range {range_words(voice, *share, 1)} %."


def change_example(voice: Voice) -> str:
    """Judge a rise that looks large and is not clear."""
    verdict = voice.say(VERDICT_WORDS[verdicts(THIS_YEAR, LAST_YEAR)[0]])
    chance, needed = f"{two_period_p(THIS_YEAR, LAST_YEAR)[0]:.0%}", smallest_clear_rise(LAST_YEAR)
    more = f"{THIS_YEAR / LAST_YEAR - 1:.0%}"
    if voice.is_chinese:
        return f"上年同期{LAST_YEAR}起,今年{THIS_YEAR}起:多了{more},但情况不变时也有{chance}的机会差这么多。{verdict};到{needed}起才算明显上升。"
    return (
        f"{LAST_YEAR} cases last year and {THIS_YEAR} this year: {more} more, but where nothing changes such a difference has a chance "
        f"of {chance}. So: {verdict}; a clear rise takes {needed}."
    )


def township_table(voice: Voice) -> pandas.DataFrame:
    """Return the made-up county's townships with their crude and shrunk rates and their labels."""
    residents, cases = _county()
    crude, shrunk = cases / residents * PER, shrunk_rates(cases, residents)[:, 0]
    labels = levels(cases, residents)
    columns = {
        Text("乡(人口)", "Town (people)"): [f"{voice.say(name)}{_in_brackets(voice, people)}" for name, people, _ in TOWNSHIPS],
        Text("三年立案", "Cases, 3 years"): [plain_number(voice, float(count)) for count in cases],
        Text("每万人", "Per 10k"): [f"{rate:.1f}" for rate in crude],
        Text("平滑后", "Smooth rate"): [f"{rate:.1f}" for rate in shrunk],
        Text("判断", "Label"): [voice.say(LEVEL_WORDS[label]) for label in labels],
    }
    return pandas.DataFrame({voice.say(head): cells for head, cells in columns.items()})


def township_sentences(voice: Voice) -> list[str]:
    """Say what the made-up county shows: the highest crude rate rests on a handful of cases, and one township stands out."""
    residents, cases = _county()
    crude, labels = cases / residents, levels(cases, residents)
    expected = cases.sum() * residents / residents.sum()
    highest = int(crude.argmax())
    standing = [place for place, label in enumerate(labels) if label is Level.CLEARLY_HIGH]
    said = [_sentence(voice, place, cases[place], expected[place], crude[place], labels[place], place == highest) for place in (highest, *standing)]
    return list(dict.fromkeys(said))


def _in_brackets(voice: Voice, people: int) -> str:
    number = plain_number(voice, people)
    return f"({number})" if voice.is_chinese else f" ({number})"


def _sentence(voice: Voice, place: int, cases: float, expected: float, rate: float, label: Level, is_highest: bool) -> str:
    name, words = voice.say(TOWNSHIPS[place][0]), voice.say(LEVEL_WORDS[label])
    if voice.is_chinese:
        first = f"每万人{rate * PER:.1f}起,折算下来最高," if is_highest else ""
        return f"{name}乡:{first}实际{cases:.0f}起,按全县水平应有{expected:.1f}起,{words}。"
    first = f"{rate * PER:.1f} per 10,000, the highest rate; " if is_highest else ""
    return f"Town {name}: {first}{cases:.0f} cases where the county's rate gives {expected:.1f}: {words}."


def _county() -> tuple[numpy.ndarray, numpy.ndarray]:
    """Return residents and cases of the made-up county."""
    _, residents, cases = zip(*TOWNSHIPS, strict=True)
    return numpy.array(residents, dtype=float), numpy.array(cases, dtype=float)
