"""Headline numbers, what changed, and what needs a look: plain rules over published rows, each sentence with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas

from analysis.comparison import Verdict, false_discovery_cut
from charts.comparison import SAME_PEOPLE, Comparison, detectable_words, events_change, finished_years, is_compared_exactly, stock_change
from charts.rows import Series, choose, series_of
from charts.scope import BRACKETED, CLAUSES, COUNTY, EXPLAINED, NAMES, NUMBERED, STOPPED, Scope, Voice
from charts.sentences import NOT_COMPARED, events_sentence, latest_events, stock_sentence, why_nothing
from charts.shares import has_clearly_more, latest_twelve_months
from charts.words import has_number, month_words, plain_number, provisional
from indicators.cards import shown_on
from indicators.dimensions import DIMENSIONS, Member
from indicators.lattice import is_stock
from indicators.model import OVERVIEW, Attention, Form, Grain, Indicator, Kind, Status, Text

SIGNAL = Text("。信号,需核实是否专项行动或补录。", ". A signal: check for campaigns or late entries.")
ALONE = Text(
    "(单看;同时看{tests}项,还不足以排除偶然;需核实是否专项行动或补录)。",
    " (by itself; among {tests} looked at together chance is not ruled out; check for campaigns or late entries).",
)
LOOKED_AT = Text(
    "本页同时比较了{tests}项刑事案件数(按{by}),已扣除多次比较的偶然。{could_find}",
    "{tests} counts of criminal cases were compared at once ({by:lower}), allowing for chance among many. {could_find}",
)
PARTS_BY_YEAR = Text("月份案件少、不作分项的,分项按完整年度比较。", "Where months are too small to be split, parts are compared over finished years.")
TOTAL = Text("总数", "total")
THIS_YEAR = Text("今年", "this year")
NO_CASE_CHANGE = Text(
    "{span}刑事案件数与上年同期比,未见超出随机波动的变化。",
    "Criminal cases, {span} beside the same months of the year before: no change beyond chance.",
)
OF_THEM_REMOTE = Text(
    "{when}{place}{title}{both}{unit},其中偏远乡镇{remote}{unit}", "{place}, {title:lower} {when}: {both}, of them in remote townships: {remote}"
)
UNREPORTED = Text("{months}案件未报送,相关比较未做。", "Cases of {months} were not reported; comparisons with them were not made.")
NOT_FINAL = Text("{place}{title}初步数(会因补录增加,未作比较):{months}。", "{place}, {title:lower}: provisional, not compared: {months}.")
NO_CASES = Text("案件尚未报送,没有可比较的数。", "No cases were reported: there is nothing to compare.")
TOO_FEW_TO_JUDGE = Text("各项刑事案件数都太少,不作判断。", "All counts of criminal cases are too few to judge.")
UNDER_A_YEAR = Text("数据不足一年,暂不能与上年同期比较。", "Less than a year of data: no comparison with the year before yet.")
NOT_COMPARABLE = Text(
    "有月份未报送,刑事案件数未能与上年同期比较。", "Months are missing: no count of criminal cases could be compared with the year before."
)
LAST_SHOWN = Text("最近一次公布", "last shown")
NO_CHANGE_YET = Text("还没有可以公布的数。", "No number can be shown yet.")


@dataclass(frozen=True)
class Headline:
    """A number on a card: its name, the number in words, and its time and change beneath."""

    title: str
    value: str
    lines: str


def stock_headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    """Return the latest stock, share or rate with its change on a year before."""
    series = series_of(rows, indicator, scope)
    latest = series.newest_row
    if latest is None:
        return _no_number(series)
    number = provisional(scope.voice, series.said(latest, unit=indicator.kind is not Kind.RATE), latest["status"])
    is_old = has_number(latest["status"]) and series.is_left_behind
    when = scope.voice.say(BRACKETED, said=series.when(latest), more=LAST_SHOWN) if is_old else series.when(latest)
    return Headline(scope.voice.say(indicator.title), number, _beneath(when, stock_change(series)))


def events_headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    """Return events of the settled months of the year with their comparison and verdict; of finished years where months are not published."""
    voice, series = scope.voice, series_of(rows, indicator, scope)
    change = events_change(series)
    if change.span:
        return _flow_card(change)
    number, when, numbered = latest_events(series)
    if not when:
        return _no_number(series)
    beneath = _beneath(when, change)
    return Headline(voice.say(indicator.title), number, f"{beneath}  \n{voice.say(NOT_COMPARED)}" if numbered else beneath)


def flow_share_headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    """Return a share of a flow in its latest twelve months, or the latest finished year: its quarters are too small to read."""
    series = latest_twelve_months(series_of(rows, indicator, scope, Grain.YEAR))
    change = finished_years(series)
    return _flow_card(change) if change.span else _no_number(series)


def _no_number(series: Series) -> Headline:
    """Say on a card without a number why there is none."""
    return Headline(series.voice.say(series.indicator.title), "—", series.voice.say(why_nothing(series)).rstrip("。."))


def _flow_card(change: Comparison) -> Headline:
    return Headline(change.series.voice.say(change.series.indicator.title), change.number, _beneath(change.span, change))


def _beneath(when: str, change: Comparison) -> str:
    series = change.series
    place = series.voice.say(series.place) if series.scope.zone is not None else ""
    lines = [f"{place} · {when}" if place else when, change.sentence, change.judgement]
    return "  \n".join(line for line in lines if line)


def headlines(rows: pandas.DataFrame, indicators: list[Indicator], scope: Scope) -> list[Headline]:
    """Return the cards of a row of indicators."""
    return [_headline(rows, one, scope) for one in indicators]


def _headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    if indicator.kind is Kind.EVENTS:
        return events_headline(rows, indicator, scope)
    return stock_headline(rows, indicator, scope) if is_stock(indicator) else flow_share_headline(rows, indicator, scope)


def changes(rows: pandas.DataFrame, catalogue: Mapping[str, Indicator], scope: Scope) -> list[str]:
    """Say what changed, stocks first; every sentence is a published comparison."""
    told = [indicator for indicator, card in shown_on(OVERVIEW, catalogue) if card.form in {Form.HEADLINE, Form.SENTENCE}]
    ordered = sorted(told, key=lambda indicator: not is_stock(indicator))
    return _stopped(scope.voice, [_change_sentence(series_of(rows, indicator, scope)) for indicator in ordered])


def _stopped(voice: Voice, sentences: Sequence[str]) -> list[str]:
    return [voice.say(STOPPED, said=sentence) for sentence in sentences if sentence]


def _change_sentence(series: Series) -> str:
    """Say a number and its change; empty where there is none yet."""
    if is_stock(series.indicator):
        return "" if series.newest_row is None else stock_sentence(series)
    change = events_change(series) if series.indicator.denominator is None else finished_years(latest_twelve_months(series))
    return "" if change.current is None else events_sentence(change)


@dataclass(frozen=True)
class _Tested:
    words: str
    change: Comparison
    is_on_card: bool = False  # whose own verdict the reader sees above


def attention(
    rows: pandas.DataFrame, catalogue: Mapping[str, Indicator], members: Mapping[str, list[Member]], scope: Scope
) -> tuple[list[str], list[str], Text]:
    """Say what needs a look, and how much was looked at.

    Every comparison of events is tested together with all others looked at (Benjamini-Hochberg), so that looking at many does not
    by itself find something.

    Args:
        rows: Published rows of the indicators that are compared or told here.
        catalogue: All indicators by id.
        members: Code lists of the dimensions by which they are compared.
        scope: What the reader selected.

    Returns:
        The sentences, and remarks: how many comparisons were made, what they could have found, which months were left out;
        and what to say where there is no sentence: that nothing was found, or that nothing could be compared.
    """
    voice = scope.voice
    tested = _tested(rows, catalogue, members, scope)
    judged = [one for one in tested if one.change.verdict is not Verdict.NOT_JUDGED]
    stands = false_discovery_cut([one.change.p_value for one in judged])
    changed = []
    for one, standing in zip(judged, stands, strict=True):
        if one.change.verdict not in {Verdict.CLEAR_RISE, Verdict.CLEAR_FALL}:
            continue
        if standing:
            changed.append(one.words + voice.say(SIGNAL))
        elif one.is_on_card:
            changed.append(one.words + voice.say(ALONE, tests=len(judged)))
    opened = _compared(catalogue)[0]
    facts = [*_facts(rows, catalogue, scope), *_unreported(rows, opened, scope)]
    late = provisional_words(rows, opened, scope)
    if not judged:
        nothing = _why_not_compared(rows, opened, scope)
        return facts, [voice.say(nothing) if facts else "", late], nothing
    total = events_change(series_of(rows, opened, scope))
    nothing = TOO_FEW_TO_JUDGE if {one.change.verdict for one in judged} == {Verdict.TOO_FEW} else _no_case_change(total)
    unchanged = [voice.say(nothing)] if facts and not changed else []
    by = [TOTAL, *(DIMENSIONS[dimension].title for dimension in _split_by(catalogue, scope))]
    remark = voice.say(LOOKED_AT, tests=len(judged), by=voice.join(NAMES, map(voice.say, by)), could_find=detectable_words(total, len(judged)))
    are_parts_by_year = any(one.change.series.grain is Grain.YEAR for one in judged if not one.is_on_card)
    return [*changed, *facts, *unchanged], [remark, voice.say(PARTS_BY_YEAR) if are_parts_by_year else "", late], nothing


def _no_case_change(total: Comparison) -> Text:
    """Say over which months no case count changed, because the early warning beside it may speak of a single one that did."""
    said = total.series.voice.say(NO_CASE_CHANGE, span=total.span or THIS_YEAR)
    return Text(said, said)


def _why_not_compared(rows: pandas.DataFrame, opened: Indicator, scope: Scope) -> Text:
    """Return why no case count could be compared: less than a year of them, or gaps."""
    monthly = series_of(rows, opened, scope, Grain.MONTH)
    reported = monthly.rows[monthly.numbered]
    if reported.empty:
        return NO_CASES
    settled = monthly.last_settled
    is_short = settled is None or reported["last"].min() > settled - pandas.DateOffset(years=1)
    return UNDER_A_YEAR if is_short else NOT_COMPARABLE


def _compared(catalogue: Mapping[str, Indicator]) -> list[Indicator]:
    """Return the counts that are compared, the one everything else is said of first."""
    return [indicator for indicator in catalogue.values() if indicator.compared]


def _tested(rows: pandas.DataFrame, catalogue: Mapping[str, Indicator], members: Mapping[str, list[Member]], scope: Scope) -> list[_Tested]:
    tested = []
    for indicator in _compared(catalogue):
        change = events_change(series_of(rows, indicator, scope))
        tested.append(_Tested(events_sentence(change), change, is_on_card=True))
    for indicator in _compared(catalogue):
        for dimension in _split_by({indicator.id: indicator}, scope):
            looked_at = _tested_zone if DIMENSIONS[dimension].is_area else _tested_member
            tested += [looked_at(rows, indicator, dimension, member, scope) for member in members[dimension]]
    return tested


def _split_by(catalogue: Mapping[str, Indicator], scope: Scope) -> list[str]:
    """Return the dimensions by which counts are compared; not the zones where one is selected, whose total is looked at already."""
    named = dict.fromkeys(dimension for indicator in _compared(catalogue) for dimension in indicator.compared[1:])
    return [dimension for dimension in named if scope.zone is None or not DIMENSIONS[dimension].is_area]


def _tested_member(rows: pandas.DataFrame, indicator: Indicator, dimension: str, member: Member, scope: Scope) -> _Tested:
    change = events_change(choose(rows, indicator, scope, dimension, member=member.code))
    return _Tested(scope.voice.say(EXPLAINED, name=member.title, said=events_sentence(change)), change)


def _tested_zone(rows: pandas.DataFrame, indicator: Indicator, dimension: str, zone: Member, scope: Scope) -> _Tested:
    change = events_change(choose(rows, indicator, replace(scope, zone=zone), dimension, area=zone.code))
    return _Tested(events_sentence(change), change)


def _facts(rows: pandas.DataFrame, catalogue: Mapping[str, Indicator], scope: Scope) -> list[str]:
    """State what a committee asks about whatever the comparisons say, where there is somebody or something to state."""
    told = [_STATED[one.attention](series_of(rows, one, scope)) for one in catalogue.values() if one.attention is not None]
    return _stopped(scope.voice, told)


def _stated_if_any(series: Series) -> str:
    latest = series.newest_row
    is_any = latest is not None and has_number(latest["status"]) and latest["value"] > 0
    return stock_sentence(series) if is_any else ""


def _stated_if_risen(series: Series) -> str:
    """Say a share of what happened that rose beyond chance, or the part of a stock that grew by many: of the same people chance is not asked."""
    if not is_stock(series.indicator):
        change = finished_years(latest_twelve_months(series))
        return events_sentence(change) if change.verdict is Verdict.CLEAR_RISE else ""
    latest = series.newest_row
    before = None if latest is None else series.shown_before(latest["last"], 12)
    if latest is None or before is None or not is_compared_exactly(series, latest, before) or not has_clearly_more(latest, before):
        return ""
    return series.voice.join(CLAUSES, (stock_sentence(series), series.voice.say(SAME_PEOPLE)))


def _stated_if_remote(series: Series) -> str:
    """Say how many of the events lay in remote townships: the speech's claim, with its number."""
    voice, indicator = series.voice, series.indicator
    remote, other = (choose(series.page, indicator, series.scope, "remote", (Grain.YEAR,), member=member).newest_row for member in ("yes", "no"))
    if remote is None or other is None or remote["last"] != other["last"]:
        return ""
    if not has_number(remote["status"]) or not has_number(other["status"]) or not remote["value"]:
        return ""
    return voice.say(
        OF_THEM_REMOTE,
        when=provisional(voice, series.when(remote), remote["status"]),
        place=COUNTY,
        title=indicator.title,
        unit=indicator.unit,
        remote=plain_number(voice, remote["value"]),
        both=plain_number(voice, remote["value"] + other["value"]),
    )


_STATED: dict[Attention, Callable[[Series], str]] = {
    Attention.IF_ANY: _stated_if_any,
    Attention.IF_RISEN: _stated_if_risen,
    Attention.IF_REMOTE: _stated_if_remote,
}


def _unreported(rows: pandas.DataFrame, opened: Indicator, scope: Scope) -> list[str]:
    """Name the months of the last year that were not reported: an unreported month is no zero."""
    monthly = choose(rows, opened, scope, "total", (Grain.MONTH,)).rows
    missing = monthly[(monthly["status"] == Status.NOT_COLLECTED) & (monthly["last"] > scope.until - pandas.DateOffset(months=12))]
    named = scope.voice.join(NAMES, [month_words(scope.voice, month) for month in missing["last"]])
    return [scope.voice.say(UNREPORTED, months=named)] if named else []


def provisional_words(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    """Say the months that are still provisional and therefore left out of comparisons."""
    voice, monthly = scope.voice, series_of(rows, indicator, scope, Grain.MONTH)
    late = monthly.of(monthly.rows[monthly.rows["status"] == Status.PROVISIONAL])
    said = voice.join(NAMES, [voice.say(NUMBERED, name=month_words(voice, row["last"]), number=monthly.said(row)) for row in late.each()])
    return voice.say(NOT_FINAL, place=monthly.place, title=indicator.title, months=said) if said else ""
