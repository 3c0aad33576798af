"""Whether a series rises or falls over the years, in one sentence with its range; a change of definition begins it anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pandas

from analysis.comparison import Verdict
from analysis.trend import Bend
from charts.hotspots import latest
from charts.scope import COUNTY, Scope, Voice
from charts.words import span_words
from indicators.model import Indicator, Outcome, Text
from indicators.months import months_between

HEADING = Text("多年趋势", "Trend over the years")
SENTENCE = Text(
    "{when}{since},{place}{title}{verdict}{size};{rest}已扣除季节、天数{people}变化。",
    "{place}, {title:lower}, {when}{since}: {verdict}; {size}; {rest}{people} allowed for.",
)
BEGUN_ANEW = Text("({begins}后重新起算)", " (counted anew since: {begins})")
BY_A_YEAR = Text(":{over}平均每年{change},可能范围(95%){low}至{high}", "{change} a year{over}, 95% range {low} to {high}")
OVER = {
    24: Text("两年", " over two years"),
    36: Text("三年", " over three years"),
    48: Text("四年", " over four years"),
    60: Text("五年", " over five years"),
}
ANYTHING = Text("(每年变化在{low}至{high}之间都有可能)", "anything from {low} to {high} a year is possible")
LATELY = Text("(最近一年的速度折合每年{change},可能范围95%为{low}至{high})", "over the last year {change} a year, 95% range {low} to {high}")
AT_ONCE = Text("{on.year}年{on.month}月起水平一次{change},不读作趋势", "one step of {change} from {on:%b %Y}, not read as a trend")
IS_IT_A_BREAK = Text("(是否统计口径变化,见“数据质量”)", "whether it is counted differently is asked under Data quality")
STEP_QUESTION = Text(
    "{place}{title}{on.year}年{on.month}月起水平一次{change},一条斜线解释不了:是否统计口径、受理范围或报送单位有变化?若是,"
    "在county/breaks.csv登记,前后不再相比;若不是,不必处理。",
    "{place}, {title:lower}: one step of {change} from {on:%b %Y}, which no slope explains. Did the definition, the scope or the reporting office "
    "change? If so, enter it in county/breaks.csv, and before and after are no longer compared; if not, nothing is to be done.",
)
STEPS = Text("疑似口径变化", "Possible changes of definition")
NO_STEP = Text(
    "各项多年趋势中,没有看出需要核实口径的一次性变化。", "In the trends over the years there is no step whose cause has to be asked about."
)
CAMPAIGNS_LEFT_OUT = Text("不计专项行动,", "campaigns left out, ")
RESIDENTS_ALLOWED, RESIDENTS_NOT = Text("和人口", "season, days and residents"), Text("", "season and days")
NO_TREND = Text("满两年、合计20起(人)以上才判断趋势。", "A trend needs two years and twenty events.")
VERDICTS: dict[str, Text] = {
    Verdict.CLEAR_RISE: Text("呈上升趋势", "rising"),
    Verdict.CLEAR_FALL: Text("呈下降趋势", "falling"),
    Verdict.WITHIN_CHANCE: Text("看不出升降", "no rise or fall can be told"),
    Bend.ROSE_THEN_FLAT: Text("前期上升,近期持平", "rose at first, flat lately"),
    Bend.ROSE_THEN_FELL: Text("前期上升,近期下降", "rose at first, falling lately"),
    Bend.FELL_THEN_FLAT: Text("前期下降,近期持平", "fell at first, flat lately"),
    Bend.FELL_THEN_ROSE: Text("前期下降,近期上升", "fell at first, rising lately"),
}


def trend_sentences(findings: pandas.DataFrame, indicators: Sequence[Indicator], scope: Scope) -> list[str]:
    """Say the yearly change of the county's series at the last settled month; one that cannot be judged is left out."""
    return [
        _sentence(row, scope.counted(indicator), scope.voice)
        for indicator, row in _latest(findings, indicators, scope)
        if row["label"] in VERDICTS or row["label"] == Outcome.STEP
    ]


def step_questions(findings: pandas.DataFrame, indicators: Sequence[Indicator], scope: Scope) -> list[str]:
    """Ask about every series whose level seems to have changed at once: only the county knows whether it is counted differently."""
    return [
        scope.voice.say(STEP_QUESTION, place=COUNTY, title=indicator.title, **_step(row))
        for indicator, row in _latest(findings, indicators, scope)
        if row["label"] == Outcome.STEP
    ]


def _latest(findings: pandas.DataFrame, indicators: Sequence[Indicator], scope: Scope) -> Iterator[tuple[Indicator, pandas.Series]]:
    for indicator in indicators:
        found = latest(findings, indicator, scope.until)
        if not found.empty:
            yield indicator, found.iloc[0]


def _step(row: pandas.Series) -> dict[str, object]:
    """Return when a step began and how high it is, for a template."""
    told = json.loads(row["parameters"])
    size = _percent(told["step"])
    rose = told["step"] > 0
    return {"on": date.fromisoformat(told["step_on"]), "change": Text(f"{'上升' if rose else '下降'}约{size.lstrip('+−')}", size)}


def _sentence(row: pandas.Series, indicator: Indicator, voice: Voice) -> str:
    told = json.loads(row["parameters"])
    begins = next((one.sentence for one in indicator.breaks if pandas.Timestamp(one.on) == row["first_on"]), None)
    is_step = row["label"] == Outcome.STEP
    return voice.say(
        SENTENCE,
        when=span_words(voice, row["first_on"], row["last_on"]),
        since="" if begins is None else voice.say(BEGUN_ANEW, begins=begins),
        place=COUNTY,
        title=indicator.title,
        verdict=voice.say(AT_ONCE, **_step(row)) if is_step else VERDICTS[row["label"]],
        size=voice.say(IS_IT_A_BREAK) if is_step else _size(row, told, voice),
        rest=voice.say(CAMPAIGNS_LEFT_OUT) if told["without_campaigns"] else "",
        people=RESIDENTS_ALLOWED if told["per_resident"] else RESIDENTS_NOT,
    )


def _size(row: pandas.Series, told: Mapping[str, Any], voice: Voice) -> str:
    """Say the change a year with its range: of a bend that of the last year."""
    if "recent" in told:
        change, low, high = (_percent(value) for value in told["recent"])
        return voice.say(LATELY, change=change, low=low, high=high)
    change, low, high = (_percent(row[name]) for name in ("value", "lower", "upper"))
    months = len(months_between(row["first_on"], row["last_on"]))
    over = voice.say(OVER[months]) if months in OVER else ""
    return voice.say(ANYTHING if row["label"] == Verdict.WITHIN_CHANCE else BY_A_YEAR, over=over, change=change, low=low, high=high)


def _percent(change: float) -> str:
    """Write a change in percent with its sign; of small ones a decimal, and none of nothing."""
    written = f"{change:+.0f}" if abs(change) >= 10 else f"{change:+.1f}"
    return f"{written.replace('-', '−')}%" if float(written) else "0%"
