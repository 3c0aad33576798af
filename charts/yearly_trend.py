"""Whether a series rises or falls over the years, in one sentence with its range; a change of definition begins it anew."""

from __future__ import annotations

from collections.abc import Sequence

import pandas

from analysis.comparison import Verdict
from charts.findings import COUNTY, Scope
from charts.hotspots import latest
from charts.picture import Voice
from charts.words import span_words
from indicators.model import Indicator, Text

HEADING = Text("多年趋势", "Trend over the years")
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
    span, verdict = span_words(voice, row["first_on"], row["last_on"]), voice.say(VERDICTS[Verdict(row["label"])])
    change, low, high = (f"{row[name]:+.0f}%".replace("-", "−") for name in ("value", "lower", "upper"))
    begins = next((voice.say(one.sentence) for one in indicator.breaks if pandas.Timestamp(one.on) == row["first_on"]), "")
    if voice.is_chinese:
        since = f"({begins}后重新起算)" if begins else ""
        return f"{span}{since},{COUNTY.zh}{indicator.title.zh}{verdict}:平均每年{change},可能范围(95%){low}至{high},已扣除季节、天数和人口变化。"
    since = f" (counted anew since: {begins})" if begins else ""
    title = indicator.title.en.lower()
    return f"{COUNTY.en}, {title}, {span}{since}: {verdict}; {change} a year, 95% range {low} to {high}, season, days and residents allowed for."
