"""Whether a series rises or falls over the years, in one sentence with its range; a change of definition begins it anew."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pandas

from analysis.comparison import Verdict
from charts.hotspots import latest
from charts.scope import COUNTY, Scope, Voice
from charts.words import span_words
from indicators.model import Indicator, Text

HEADING = Text("多年趋势", "Trend over the years")
SENTENCE = Text(
    "{when}{since},{place}{title}{verdict}{size};已扣除季节、天数{people}变化。",
    "{place}, {title:lower}, {when}{since}: {verdict}; {size}; {people} allowed for.",
)
BEGUN_ANEW = Text("({begins}后重新起算)", " (counted anew since: {begins})")
BY_A_YEAR = Text(":平均每年{change},可能范围(95%){low}至{high}", "{change} a year, 95% range {low} to {high}")
ANYTHING = Text("(每年变化在{low}至{high}之间都有可能)", "anything from {low} to {high} a year is possible")
RESIDENTS_ALLOWED, RESIDENTS_NOT = Text("和人口", "season, days and residents"), Text("", "season and days")
NO_TREND = Text("满两年、合计20起(人)以上才判断趋势。", "A trend needs two years and twenty events.")
VERDICTS = {
    Verdict.CLEAR_RISE: Text("呈上升趋势", "rising"),
    Verdict.CLEAR_FALL: Text("呈下降趋势", "falling"),
    Verdict.WITHIN_CHANCE: Text("看不出升降", "no rise or fall can be told"),
}


def trend_sentences(findings: pandas.DataFrame, indicators: Sequence[Indicator], scope: Scope) -> list[str]:
    """Say the yearly change of the county's series at the last settled month; one that cannot be judged is left out."""
    sentences = []
    for indicator in indicators:
        found = latest(findings, indicator, scope.until)
        if not found.empty and Verdict(found["label"].iloc[0]) in VERDICTS:
            sentences.append(_sentence(found.iloc[0], indicator, scope.voice))
    return sentences


def _sentence(row: pandas.Series, indicator: Indicator, voice: Voice) -> str:
    verdict = Verdict(row["label"])
    change, low, high = (_percent(row[name]) for name in ("value", "lower", "upper"))
    begins = next((one.sentence for one in indicator.breaks if pandas.Timestamp(one.on) == row["first_on"]), None)
    per_resident = json.loads(row["parameters"])["per_resident"]
    return voice.say(
        SENTENCE,
        when=span_words(voice, row["first_on"], row["last_on"]),
        since="" if begins is None else voice.say(BEGUN_ANEW, begins=begins),
        place=COUNTY,
        title=indicator.title,
        verdict=VERDICTS[verdict],
        size=voice.say(ANYTHING if verdict is Verdict.WITHIN_CHANCE else BY_A_YEAR, change=change, low=low, high=high),
        people=RESIDENTS_ALLOWED if per_resident else RESIDENTS_NOT,
    )


def _percent(change: float) -> str:
    """Write a change in percent with its sign; of small ones a decimal, and none of nothing."""
    written = f"{change:+.0f}" if abs(change) >= 10 else f"{change:+.1f}"
    return f"{written.replace('-', '−')}%" if float(written) else "0%"
