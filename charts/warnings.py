"""Early warning in words: what is above the months of earlier years, by how much, how likely by chance, and what to check first.

A warning is a signal to look, never a finding. How many comparisons were made, and how often such a round errs, is said every time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas
import plotly.graph_objects as go

from analysis.early_warning import Rule
from charts.picture import Picture, nothing_drawn
from charts.rows import cells, series_of
from charts.scope import COUNTY, Scope, Voice
from charts.theme import BLUE, GOLD, INK, PALE_BLUE, base_figure, name_axis, provisional_pattern, value_axis
from charts.words import (
    absence,
    amount_in_table,
    bare,
    below,
    chance_words,
    has_number,
    last_month,
    month_words,
    period_words,
    plain_number,
    short_period,
    span_words,
    stated,
)
from indicators.dimensions import DIMENSIONS, Member
from indicators.model import Grain, Indicator, Outcome, Status, Text

LATEST_MONTHS = 6  # what was judged longer ago is no news
MONTHS_LISTED = 12
MONTHS_DRAWN = 24
NO_ROUND = Text("案件等尚未报送,或报送不满一年,还不能作预警比较。", "Nothing watched is reported, or for under a year: nothing to compare yet.")
NOT_LATELY = Text("近半年没有可以检验的月份。", "No month of the last six could be tested.")
LABELS = {
    Outcome.ALARM: Text("预警", "warning"),
    Outcome.QUIET: Text("未超出", "not above chance"),
    Outcome.NOT_JUDGED: Text("未检验", "not tested"),
}
ABOVE_ALONE = Text("单看超出,合看不作预警", "above alone, no warning among all")
_EXPECTED = {
    Rule.SEASONAL: Text("往年同期水平", "expected from the same time of earlier years"),
    Rule.RECENT: Text("近几年平均水平", "expected from the last years' average"),
    Rule.FARRINGTON: Text("按前四年趋势和季节应", "expected from trend and season of four years"),
}
FINEST = {Rule.SEASONAL: 0.001, Rule.RECENT: 0.001, Rule.FARRINGTON: 0.01}
"""The smallest chance that is told: the regression's limit is plugged in, and where cases come in batches a smaller one is not to be trusted."""
CAMPAIGN = "campaign"


def watched(catalogue: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Return the indicators that the early warning looks at."""
    return tuple(indicator.id for indicator in catalogue.values() if indicator.watched)


def of_campaigns(catalogue: Mapping[str, Indicator]) -> tuple[str, ...]:
    """Return the indicators that tell which campaigns were on: told beside a warning of the same extract."""
    return tuple(indicator.id for indicator in catalogue.values() if CAMPAIGN in indicator.breakdowns)


@dataclass(frozen=True)
class Names:
    """What the cells of the warnings are called.

    Attributes:
        catalogue: The indicators by id.
        areas: Names of zones and townships by code.
        members: Code lists by dimension.
    """

    catalogue: Mapping[str, Indicator]
    areas: Mapping[str, Text]
    members: Mapping[str, Sequence[Member]]

    def of(self, row: pandas.Series, voice: Voice) -> str:
        """Return what a row counts, and where."""
        title = voice.say(self.catalogue[row["indicator"]].title)
        if row["breakdown"] == "total":
            return f"{COUNTY.zh}{title}" if voice.is_chinese else f"{COUNTY.en}: {title.lower()}"
        if DIMENSIONS[row["breakdown"]].is_area:
            area = voice.say(self.areas.get(row["area_code"], Text(row["area_code"], row["area_code"])))
            return f"{area}{title}" if voice.is_chinese else f"{area}: {title.lower()}"
        member = next((voice.say(one.title) for one in self.members.get(row["breakdown"], ()) if one.code == row["member"]), row["member"])
        kind = voice.say(DIMENSIONS[row["breakdown"]].title)
        return f"{title}({kind}:{bare(member)})" if voice.is_chinese else f"{title} ({kind.lower()}: {bare(member).lower()})"

    def place(self, row: pandas.Series) -> tuple[int, int, int, str]:
        """Return where a row stands in a list: by indicator, by what is watched of it, by the code list."""
        watched_parts = self.catalogue[row["indicator"]].watched
        codes = [member.code for member in self.members.get(row["breakdown"], ())]
        of_list = codes.index(row["member"]) if row["member"] in codes else len(codes)
        return list(self.catalogue).index(row["indicator"]), watched_parts.index(row["breakdown"]), of_list, row["area_code"]


def latest_rounds(findings: pandas.DataFrame, names: Names, until: pandas.Timestamp) -> list[pandas.DataFrame]:
    """Return what was judged last of every extract that is over by a month, one round a period, months first.

    Extracts do not arrive together: the latest round of one may be a month later than that of another.
    """
    ended = _ends_on(findings)
    over = findings[(ended <= until) & (ended > until - pandas.DateOffset(months=LATEST_MONTHS))]
    if over.empty:
        return []
    kinds = [(names.catalogue[name].sources, grain) for name, grain in zip(over["indicator"], _grain_of(over), strict=True)]
    latest = over[over["last_on"] == over.groupby(pandas.Series(kinds, index=over.index))["last_on"].transform("max")]
    keys = sorted(set(zip(_grain_of(latest), latest["last_on"], strict=True)), key=lambda key: (_GRAINS.index(key[0]), key[1]))
    return [latest[(_grain_of(latest) == grain) & (latest["last_on"] == last)] for grain, last in keys]


_GRAINS = (Grain.MONTH.value, Grain.QUARTER.value)


def _grain_of(findings: pandas.DataFrame) -> pandas.Series:
    return findings["parameters"].map(lambda text: json.loads(text)["grain"])


def _ends_on(findings: pandas.DataFrame) -> pandas.Series:
    """Return the last month of the judged period of every row."""
    return pandas.to_datetime([last_month(first, grain) for first, grain in zip(findings["last_on"], _grain_of(findings), strict=True)]).to_series(
        index=findings.index
    )


def _periods_of(row: pandas.Series) -> int:
    """Return how many months were judged together; a quarter is one period."""
    return int(json.loads(row["parameters"])["periods"])


def _first_month(row: pandas.Series) -> pandas.Timestamp:
    return pandas.Timestamp(row["last_on"]) - pandas.DateOffset(months=_periods_of(row) - 1)


def _when(row: pandas.Series, names: Names, voice: Voice) -> str:
    if _periods_of(row) > 1:
        return span_words(voice, _first_month(row), pandas.Timestamp(row["last_on"]))
    return period_words(voice, names.catalogue[row["indicator"]], row["last_on"], json.loads(row["parameters"])["grain"])


def _round_words(rounds: Sequence[pandas.DataFrame], round_: pandas.DataFrame, names: Names, voice: Voice) -> str:
    """Say the period of a round, and of what where there are several."""
    when = _when(round_.iloc[0], names, voice)
    if len(rounds) == 1:
        return when
    titles = dict.fromkeys(voice.say(names.catalogue[name].title) for name in round_["indicator"])
    return f"{when}({'、'.join(titles)})" if voice.is_chinese else f"{when} ({', '.join(title.lower() for title in titles)})"


def warning_sentences(findings: pandas.DataFrame, rows: pandas.DataFrame, names: Names, scope: Scope) -> tuple[list[str], list[str], Text]:
    """Say the warnings of the latest rounds, how much was looked at, and what to say where there is none.

    Args:
        findings: Findings of the warning method.
        rows: Published rows of the campaigns' cases.
        names: What the cells are called.
        scope: What the reader selected; warnings are always of the whole county.
    """
    rounds = latest_rounds(findings, names, scope.until)
    if not rounds:
        return [], [], NOT_LATELY if (_ends_on(findings) <= scope.until).any() else NO_ROUND
    voice = scope.voice
    alarms = [row for round_ in rounds for row in _without_echoes(round_[round_["label"] == Outcome.ALARM])]
    when = [_round_words(rounds, round_, names, voice) for round_ in rounds]
    checks = list(dict.fromkeys(words for row in alarms if (words := check_words(row, rows, names, voice))))
    sign, stop = (";", "。") if voice.is_chinese else ("; ", ".")
    told = [f"{voice.say(SIGNALS_ONLY)}{sign.join(checks)}{stop}"] if checks else []
    nothing = Text(f"最近能检验的是{'、'.join(when)}:没有预警。", f"{', '.join(when)}, the latest that can be tested: no warning.")
    return [_sentence(row, names, voice) for row in alarms], [*told, _looked_at(rounds, names, voice)], nothing


def _without_echoes(alarms: pandas.DataFrame) -> list[pandas.Series]:
    """Return the warnings, but not of three months one of which is warned of by itself."""
    held = [row for _, row in alarms.iterrows()]
    single = {(*row[_CELL], row["last_on"]) for row in held if _periods_of(row) == 1}
    return [row for row in held if _periods_of(row) == 1 or not any((*row[_CELL], month) in single for month in _months_of(row))]


_CELL = ["indicator", "breakdown", "area_code", "member"]


def _months_of(row: pandas.Series) -> list[pandas.Timestamp]:
    return list(pandas.date_range(_first_month(row), row["last_on"], freq="MS"))


SIGNALS_ONLY = Text("以上是信号,需核实,不是结论。", "These are signals, not conclusions; ")


def _sentence(row: pandas.Series, names: Names, voice: Voice) -> str:
    indicator = names.catalogue[row["indicator"]]
    unit = voice.say(indicator.unit)
    when = _when(row, names, voice)
    observed, expected, upper = (plain_number(voice, row["observed"]), f"{row['expected']:.1f}", plain_number(voice, row["upper"]))
    chance = chance_words(voice, row["p_value"], FINEST[row["rule"]])
    if voice.is_chinese:
        level = f"{_EXPECTED[row['rule']].zh}约{expected}{unit},偶然一般不超过{upper}{unit}"
        return f"{when}{names.of(row, voice)}{observed}{unit},{level};纯属偶然达到这么多的可能性{chance}。"
    level = f"about {expected} {_EXPECTED[row['rule']].en}, rarely above {upper} by chance; so many by chance alone: {chance}"
    return f"{names.of(row, voice)}, {when}: {observed} {unit}, {level}."


def check_words(row: pandas.Series, campaigns: pandas.DataFrame, names: Names, voice: Voice) -> str:
    """Say what to check first, with the cases that campaigns opened in that month."""
    indicator = names.catalogue[row["indicator"]]
    check = indicator.check_first
    if check is None:
        return ""
    opened = _opened_by_campaigns(row, campaigns, names, voice)
    if not opened:
        return voice.say(check)
    is_quarter, is_sum = json.loads(row["parameters"])["grain"] == Grain.QUARTER, _periods_of(row) > 1
    if voice.is_chinese:
        when = "三个月里" if is_sum else "当季" if is_quarter else "当月"
        return f"{check.zh}({when}全县专项行动刑事立案:{'、'.join(opened)},未分乡镇和场所)"
    when = "in those three months" if is_sum else "that quarter" if is_quarter else "that month"
    return f"{check.en} (criminal cases of campaigns in the whole county {when}: {', '.join(opened)})"


def _opened_by_campaigns(row: pandas.Series, campaigns: pandas.DataFrame, names: Names, voice: Voice) -> list[str]:
    """Name the campaigns of the warned period that opened cases of the same extract, with how many."""
    sources = names.catalogue[row["indicator"]].sources
    last = last_month(row["last_on"], json.loads(row["parameters"])["grain"])
    titles = {member.code: voice.say(member.title) for member in names.members.get(CAMPAIGN, ())}
    said = []
    for name in of_campaigns(names.catalogue):
        if names.catalogue[name].sources != sources:
            continue
        during = cells(campaigns, name, CAMPAIGN, grain=Grain.MONTH)
        during = during[(during["last"] >= _first_month(row)) & (during["last"] <= last) & during["status"].map(has_number).astype(bool)]
        unit = voice.say(names.catalogue[name].unit)
        for code, count in during.groupby("member", sort=True)["value"].sum().items():
            if count > 0:
                title = titles.get(code, code)
                said.append(f"{title}{count:.0f}{unit}" if voice.is_chinese else f"{title}: {count:.0f}")
    return said


AND_SUMS = Text("连同近三个月合计", " and the three months up to it")


def _looked_at(rounds: Sequence[pandas.DataFrame], names: Names, voice: Voice) -> str:
    """Say how many comparisons were made, and how often they err where nothing changed."""
    parts = []
    for round_ in rounds:
        row = round_.iloc[0]
        per_year = 12 if json.loads(row["parameters"])["grain"] == Grain.MONTH else 4
        tests, chance = int(round_.groupby("analysis_id")["tests"].first().sum()), float(row["chance_of_false"])
        has_sums = bool((round_.apply(_periods_of, axis=1) > 1).any())
        years = round(1 / (chance * per_year))
        one_in, is_quarter = round(1 / chance), per_year == 4
        when = f"{_round_words(rounds, round_, names, voice)}{voice.say(AND_SUMS) if has_sums else ''}"
        parts.append(
            f"{when}同时检验{tests}项;情况没有变化时,每{one_in}个{'季度' if is_quarter else '月'}最多1个有误报(约{years}年一次;案件成批的可能多一倍)"
            if voice.is_chinese
            else f"{when}: {tests} tested together; where nothing changed at most 1 {'quarter' if is_quarter else 'month'} in {one_in} "
            f"would raise a false warning (once in about {years} years; twice as often where cases come in batches)"
        )
    if voice.is_chinese:
        return f"{';'.join(parts)}。未满、待补录的月份不检验。“没有预警”不等于没有问题。"
    return f"{'; '.join(parts)}. Unfinished months are not tested. No warning does not mean no problem."


def warning_list(findings: pandas.DataFrame, names: Names, scope: Scope) -> pandas.DataFrame:
    """Return the warnings of the last twelve months, the latest first; empty where there was none."""
    since = scope.until - pandas.DateOffset(months=MONTHS_LISTED)
    ended = _ends_on(findings)
    chosen = findings[(findings["label"] == Outcome.ALARM) & (ended <= scope.until) & (ended > since)]
    return _table(_without_echoes(chosen)[::-1], names, scope.voice, judged=False)


def months_tested(findings: pandas.DataFrame, scope: Scope) -> int:
    """Return in how many of the last twelve months anything was tested."""
    months = findings.loc[_grain_of(findings) == Grain.MONTH, "last_on"]
    return int(months[(months <= scope.until) & (months > scope.until - pandas.DateOffset(months=MONTHS_LISTED))].nunique())


def none_listed(tested: int) -> Text:
    """Say that there was no warning, in as many months as were tested."""
    if not tested:
        return NO_ROUND
    return Text(f"近12个月检验了{tested}个月,没有预警。", f"No warning in the {tested} months tested of the last twelve.")


def compared_table(findings: pandas.DataFrame, names: Names, scope: Scope) -> pandas.DataFrame:
    """Return everything that the latest rounds compared, in the order of the code lists."""
    rounds = latest_rounds(findings, names, scope.until)
    if not rounds:
        return pandas.DataFrame()
    found = pandas.concat(rounds, ignore_index=True)
    order = sorted(found.index, key=lambda position: names.place(found.loc[position]))
    return _table([found.loc[place] for place in order], names, scope.voice, judged=True)


def _table(held: Sequence[pandas.Series], names: Names, voice: Voice, *, judged: bool) -> pandas.DataFrame:
    columns = {  # two in a cell, or the table does not fit a phone
        voice.say(Text("项目 / 时间", "What / when")): [below(names.of(row, voice), _when(row, names, voice)) for row in held],
        voice.say(Text("实际", "Count")): [_number(voice, row["observed"]) for row in held],
        voice.say(Text("预期 / 上限", "Expected / limit")): [below(_expected(row["expected"]), _number(voice, row["upper"])) for row in held],
    }
    if judged:
        columns[voice.say(Text("判断", "Judgement"))] = [voice.say(_label(row)) for row in held]
    else:
        columns[voice.say(Text("偶然的机会", "By chance"))] = [chance_words(voice, row["p_value"]) for row in held]
    return pandas.DataFrame(columns)


def _label(row: pandas.Series) -> Text:
    if row["label"] == Outcome.QUIET and row["observed"] > row["upper"]:
        return ABOVE_ALONE
    return LABELS[row["label"]]


def _expected(value: float) -> str:
    return "—" if pandas.isna(value) else f"{value:.1f}"


def _number(voice: Voice, value: float) -> str:
    return "—" if pandas.isna(value) else plain_number(voice, value)


def limit_picture(findings: pandas.DataFrame, rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Picture:
    """Draw the county's months with what was expected of each and the highest count that chance allows; provisional ones are striped and untested."""
    voice = scope.voice
    series = series_of(rows, indicator, scope.of_county, Grain.MONTH).rows.tail(MONTHS_DRAWN)
    title = f"{COUNTY.zh}{indicator.title.zh}与预期" if voice.is_chinese else f"{COUNTY.en}: {indicator.title.en.lower()} beside what was expected"
    if not series["status"].map(has_number).any():
        return nothing_drawn(title, voice.say(Text("尚未报送。", "Not reported yet.")))
    judged = findings[(findings["indicator"] == indicator.id) & (findings["breakdown"] == "total")]
    judged = judged[pandas.Series([_periods_of(row) == 1 for _, row in judged.iterrows()], index=judged.index, dtype=bool)].set_index("last_on")
    expected = [float(judged["expected"].get(month, float("nan"))) for month in series["last"]]
    upper = [float(judged["upper"].get(month, float("nan"))) for month in series["last"]]
    shown = series["value"].where(series["status"].map(has_number).astype(bool))
    places = list(range(len(series)))
    spoken = [_point(row, low, high, indicator, voice) for (_, row), low, high in zip(series.iterrows(), expected, upper, strict=True)]
    figure = base_figure(300, legend=True, right=30)
    late = series["status"] == Status.PROVISIONAL
    for is_late, look in ((False, {"color": BLUE}), (True, {"color": PALE_BLUE, "pattern": provisional_pattern()})):
        chosen = [place for place in places if bool(late.iloc[place]) is is_late]
        figure.add_trace(
            go.Bar(
                x=chosen,
                y=shown.iloc[chosen],
                marker={"line": {"width": 0}, **look},
                name=voice.say(indicator.title),
                customdata=[spoken[place] for place in chosen],
                hovertemplate="%{customdata}<extra></extra>",
                showlegend=False,
            )
        )
    for values, name, line in (
        (upper, Text("偶然上限", "limit of chance"), {"color": GOLD, "width": 2, "shape": "hvh"}),
        (expected, Text("预期", "expected"), {"color": INK, "width": 1.2, "dash": "dot", "shape": "hvh"}),
    ):
        figure.add_trace(go.Scatter(x=places, y=values, mode="lines", line=line, name=voice.say(name), hoverinfo="skip", connectgaps=False))
    step = max(1, -(-len(places) // 5))
    ticks = places[::-step][::-1]
    labels = [short_period(voice, indicator, period, grain) for period, grain in zip(series["period"], series["grain"], strict=True)]
    figure.update_xaxes(**name_axis(tickvals=ticks, ticktext=[labels[place] for place in ticks], range=[-0.7, len(places) - 0.3], tickangle=0))
    highest = pandas.Series([*shown, *upper]).max()
    figure.update_yaxes(**value_axis(range=[0, max(float(highest), 1.0) * 1.12]))
    sentence = _limit_sentence(judged, indicator, scope, title)
    table = pandas.DataFrame(
        {
            voice.say(Text("月份", "Month")): [month_words(voice, month) for month in series["last"]][::-1],
            voice.say(indicator.title): [amount_in_table(voice, indicator, row) for _, row in series.iterrows()][::-1],
            voice.say(Text("预期", "Expected")): [_expected(value) for value in expected][::-1],
            voice.say(Text("偶然上限", "Limit")): [_number(voice, value) for value in upper][::-1],
        }
    )
    alt = f"{sentence}{':' if voice.is_chinese else ': '}{(';' if voice.is_chinese else '; ').join(spoken)}"
    note = voice.say(LIMIT_NOTE) if (series["status"] == Status.PROVISIONAL).any() else voice.say(LIMIT_NOTE_SETTLED)
    when = span_words(voice, series["last"].iloc[0], series["last"].iloc[-1])
    return Picture(sentence, figure, alt, table, when, note)


LIMIT_NOTE_SETTLED = Text(
    "实线:单看这一项,情况没变时,100个月约有1个月超过。", "Line: if nothing has changed, this series alone goes above it about 1 month in 100."
)
LIMIT_NOTE = Text(f"{LIMIT_NOTE_SETTLED.zh}横纹为初步数,未检验。", f"{LIMIT_NOTE_SETTLED.en} Striped: provisional, not tested.")


def _point(row: pandas.Series, expected: float, upper: float, indicator: Indicator, voice: Voice) -> str:
    when = month_words(voice, row["last"])
    if not has_number(row["status"]):
        return f"{when} {absence(voice, indicator, row['status'])}"
    unit = voice.say(indicator.unit)
    number = f"{row['value']:.0f}{unit}" if voice.is_chinese else f"{row['value']:.0f}"
    if pandas.isna(expected):
        return f"{when} {number}"
    limits = f"预期{expected:.1f},上限{upper:.0f}" if voice.is_chinese else f"expected {expected:.1f}, limit {upper:.0f}"
    return f"{when} {number}{',' if voice.is_chinese else ', '}{limits}"


def _limit_sentence(judged: pandas.DataFrame, indicator: Indicator, scope: Scope, title: str) -> str:
    """Say the latest tested month beside what was expected of it."""
    voice = scope.voice
    known = judged[(judged.index <= scope.until) & judged["expected"].notna()]
    if known.empty:
        return title
    row, month = known.iloc[-1], month_words(voice, known.index[-1])
    is_alarm, unit = row["label"] == Outcome.ALARM, voice.say(indicator.unit)
    if voice.is_chinese:
        number = stated(voice, indicator, f"{row['observed']:.0f}{unit}")
        verdict = "预警" if is_alarm else "在偶然范围内" if row["observed"] <= row["upper"] else f"{ABOVE_ALONE.zh},需核实是否专项行动或补录"
        return f"{month}{COUNTY.zh}{number},{_EXPECTED[row['rule']].zh}约{row['expected']:.1f}{unit},{verdict}"
    verdict = (
        "warning" if is_alarm else "within chance" if row["observed"] <= row["upper"] else f"{ABOVE_ALONE.en}; check for campaigns or late entries"
    )
    return f"{COUNTY.en}: {indicator.title.en.lower()} {row['observed']:.0f} in {month}, about {row['expected']:.1f} expected: {verdict}"
