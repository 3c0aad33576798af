"""Headline numbers, what changed, and what needs a look: plain rules over published rows, each sentence with its evidence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import pandas

from analysis.comparison import Verdict, false_discovery_cut
from charts.comparison import Change, detectable_words, events_change, finished_years, share_beyond_chance, stock_change
from charts.findings import (
    COUNTY,
    NOT_COMPARED,
    OFFERED_AT_ALL,
    Place,
    Scope,
    events_sentence,
    joined,
    latest_events,
    series_of,
    stock_sentence,
    why_nothing,
)
from charts.rows import cells, last_settled, newest_row, row_at
from charts.words import amount_of, has_number, month_words, period_words, plain_number, provisional
from indicators.cards import shown_on
from indicators.dimensions import DIMENSIONS, Member
from indicators.lattice import is_stock
from indicators.model import OVERVIEW, Attention, Form, Grain, Indicator, Kind, Status, Text


@dataclass(frozen=True)
class Headline:
    """A number on a card: its name, the number in words, and its time and change beneath."""

    title: str
    value: str
    lines: str


def stock_headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    """Return the latest stock, share or rate with its change on a year before."""
    voice = scope.voice
    title = voice.say(indicator.title)
    series = series_of(rows, indicator, scope)
    latest = newest_row(series)
    if latest is None:
        return _no_number(rows, indicator, series, scope)
    when = period_words(voice, indicator, latest["period"], latest["grain"])
    change = stock_change(voice, indicator, series, latest["last"])
    return Headline(
        title,
        provisional(voice, amount_of(voice, indicator, latest, unit=indicator.kind is not Kind.RATE), latest["status"]),
        _beneath(scope, indicator, when, change),
    )


def events_headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    """Return events of the settled months of the year with their comparison and verdict; of finished years where months are not published."""
    voice = scope.voice
    title = voice.say(indicator.title)
    change = _events_change(rows, indicator, scope)
    if change.span:
        return _flow_card(title, indicator, change, scope)
    number, when, numbered = latest_events(rows, indicator, scope)
    if not when:
        return _no_number(rows, indicator, series_of(rows, indicator, scope), scope)
    beneath = _beneath(scope, indicator, when, change)
    return Headline(title, number, f"{beneath}  \n{voice.say(NOT_COMPARED)}" if numbered else beneath)


def flow_share_headline(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Headline:
    """Return a share of a flow in the latest finished year: its quarters are too small to read."""
    series = series_of(rows, indicator, scope, Grain.YEAR)
    change = finished_years(scope.voice, indicator, series)
    if not change.span:
        return _no_number(rows, indicator, series, scope, (Grain.YEAR,))
    return _flow_card(scope.voice.say(indicator.title), indicator, change, scope)


def _no_number(
    rows: pandas.DataFrame, indicator: Indicator, series: pandas.DataFrame, scope: Scope, asked: tuple[str, ...] = OFFERED_AT_ALL
) -> Headline:
    """Say on a card without a number why there is none."""
    reason = scope.voice.say(why_nothing(rows, indicator, scope.place.breakdown(indicator), series, scope, asked))
    return Headline(scope.voice.say(indicator.title), "—", reason.rstrip("。."))


def _flow_card(title: str, indicator: Indicator, change: Change, scope: Scope) -> Headline:
    return Headline(title, change.number(scope.voice, indicator), _beneath(scope, indicator, change.span, change))


def _beneath(scope: Scope, indicator: Indicator, when: str, change: Change) -> str:
    voice = scope.voice
    place = voice.say(scope.place.title(indicator)) if scope.place.zone is not None else ""
    lines = [f"{place} · {when}" if place else when, change.sentence, change.judged(voice)]
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
    sentences = [_change_sentence(rows, indicator, scope) for indicator in sorted(told, key=lambda indicator: not is_stock(indicator))]
    return [f"{sentence}。" if scope.voice.is_chinese else f"{sentence}." for sentence in sentences if sentence]


def _change_sentence(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    """Say a number and its change; empty where there is none yet."""
    if is_stock(indicator):
        return "" if newest_row(series_of(rows, indicator, scope)) is None else stock_sentence(rows, indicator, scope)
    if indicator.denominator is not None:
        change = finished_years(scope.voice, indicator, series_of(rows, indicator, scope, Grain.YEAR))
    else:
        change = _events_change(rows, indicator, scope)
    return "" if change.current is None else events_sentence(indicator, change, scope)


def _events_change(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Change:
    """Compare the settled months of the year in the place selected with those of the year before."""
    return events_change(scope.voice, indicator, rows, scope.until, scope.place.breakdown(indicator), scope.place.area(indicator), None)


@dataclass(frozen=True)
class _Tested:
    words: str
    change: Change
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
            changed.append(one.words + voice.say(Text("。信号,需核实是否专项行动或补录。", ". A signal: check for campaigns or late entries.")))
        elif one.is_on_card:
            changed.append(one.words + _alone(len(judged)).pick(voice.language))
    opened = _compared(catalogue)[0]
    facts = [*_facts(rows, catalogue, scope), *_unreported(rows, opened, scope)]
    late = provisional_words(rows, opened, scope)
    if not judged:
        nothing = _why_not_compared(rows, opened, scope)
        return facts, [voice.say(nothing) if facts else "", late], nothing
    total = _events_change(rows, opened, scope)
    could_find = detectable_words(voice, opened, total, len(judged), scope.place.title(opened))
    nothing = TOO_FEW_TO_JUDGE if {one.change.verdict for one in judged} == {Verdict.TOO_FEW} else _no_case_change(total.span)
    unchanged = [voice.say(nothing)] if facts and not changed else []
    split_by = [DIMENSIONS[dimension].title for dimension in _split_by(catalogue, scope)]
    if voice.is_chinese:
        listed = "、".join(["总数", *(title.zh for title in split_by)])
        remark = f"本页同时比较了{len(judged)}项案件数(按{listed}),已扣除多次比较的偶然。{could_find}"
    else:
        listed = ", ".join(["total", *(title.en.lower() for title in split_by)])
        remark = f"{len(judged)} case counts were compared at once ({listed}), allowing for chance among many. {could_find}"
    return [*changed, *facts, *unchanged], [remark, late], nothing


def _alone(tests: int) -> Text:
    """Say that a change seen by itself does not stand among all that were looked at."""
    return Text(f"(单看;同时看{tests}项,还不足以排除偶然)。", f" (by itself; among {tests} looked at together chance is not ruled out).")


def _no_case_change(span: str) -> Text:
    """Say over which months no case count changed, because the early warning beside it may speak of a single one that did."""
    return Text(
        f"{span or '今年'}案件数与上年同期比,未见超出随机波动的变化。",
        f"Cases, {span or 'this year'} beside the same months of the year before: no change beyond chance.",
    )


def _why_not_compared(rows: pandas.DataFrame, opened: Indicator, scope: Scope) -> Text:
    """Return why no case count could be compared: less than a year of them, or gaps."""
    monthly = series_of(rows, opened, scope, Grain.MONTH)
    reported = monthly[monthly["status"].map(has_number).astype(bool)]
    if reported.empty:
        return NO_CASES
    settled = last_settled(monthly)
    is_short = settled is None or reported["last"].min() > settled - pandas.DateOffset(years=1)
    return UNDER_A_YEAR if is_short else NOT_COMPARABLE


def _compared(catalogue: Mapping[str, Indicator]) -> list[Indicator]:
    """Return the counts that are compared, the one everything else is said of first."""
    return [indicator for indicator in catalogue.values() if indicator.compared]


def _tested(rows: pandas.DataFrame, catalogue: Mapping[str, Indicator], members: Mapping[str, list[Member]], scope: Scope) -> list[_Tested]:
    tested = []
    for indicator in _compared(catalogue):
        change = _events_change(rows, indicator, scope)
        tested.append(_Tested(events_sentence(indicator, change, scope), change, is_on_card=True))
    for indicator in _compared(catalogue):
        for dimension in _split_by({indicator.id: indicator}, scope):
            looked_at = _tested_zone if DIMENSIONS[dimension].is_area else _tested_member
            tested += [looked_at(rows, indicator, dimension, member, scope) for member in members[dimension]]
    return tested


def _split_by(catalogue: Mapping[str, Indicator], scope: Scope) -> list[str]:
    """Return the dimensions by which counts are compared; not the zones where one is selected, whose total is looked at already."""
    named = dict.fromkeys(dimension for indicator in _compared(catalogue) for dimension in indicator.compared[1:])
    return [dimension for dimension in named if scope.place.zone is None or not DIMENSIONS[dimension].is_area]


def _tested_member(rows: pandas.DataFrame, indicator: Indicator, dimension: str, member: Member, scope: Scope) -> _Tested:
    change = events_change(scope.voice, indicator, rows, scope.until, dimension, None, member.code)
    said = events_sentence(indicator, change, scope.of_county)
    name = scope.voice.say(member.title)
    return _Tested(f"{name}:{said}" if scope.voice.is_chinese else f"{name}: {said}", change)


def _tested_zone(rows: pandas.DataFrame, indicator: Indicator, dimension: str, zone: Member, scope: Scope) -> _Tested:
    change = events_change(scope.voice, indicator, rows, scope.until, dimension, zone.code, None)
    return _Tested(events_sentence(indicator, change, replace(scope, place=Place(scope.place.county, zone))), change)


def _facts(rows: pandas.DataFrame, catalogue: Mapping[str, Indicator], scope: Scope) -> list[str]:
    """State what a committee asks about whatever the comparisons say, where there is somebody or something to state."""
    told = [_STATED[indicator.attention](rows, indicator, scope) for indicator in catalogue.values() if indicator.attention is not None]
    return [f"{sentence}。" if scope.voice.is_chinese else f"{sentence}." for sentence in told if sentence]


def _stated_if_any(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    latest = newest_row(series_of(rows, indicator, scope))
    is_any = latest is not None and has_number(latest["status"]) and latest["value"] > 0
    return stock_sentence(rows, indicator, scope) if is_any else ""


def _stated_if_risen(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    voice, series = scope.voice, series_of(rows, indicator, scope)
    latest = newest_row(series)
    before = None if latest is None else row_at(series, latest["last"] - pandas.DateOffset(years=1))
    if share_beyond_chance(voice, indicator, latest, before) is not Verdict.CLEAR_RISE:
        return ""
    return joined(voice, stock_sentence(rows, indicator, scope), voice.say(Text("两次的可能范围(95%)不重叠", "the two 95% ranges do not overlap")))


def _stated_if_remote(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    """Say how many of the events lay in remote townships: the speech's claim, with its number."""
    voice = scope.voice
    held = {}
    for member in ("yes", "no"):
        row = newest_row(cells(rows, indicator.id, "remote", grain=Grain.ROLLING_12, member=member, until=scope.until))
        if row is not None and has_number(row["status"]):
            held[member] = row
    if len(held) != 2 or not held["yes"]["value"] or held["yes"]["last"] != held["no"]["last"]:
        return ""
    when = provisional(voice, period_words(voice, indicator, held["yes"]["period"], held["yes"]["grain"]), held["yes"]["status"])
    remote, both = plain_number(voice, held["yes"]["value"]), plain_number(voice, held["yes"]["value"] + held["no"]["value"])
    title, unit = voice.say(indicator.title), voice.say(indicator.unit)
    if voice.is_chinese:
        return f"{when}{COUNTY.zh}{title}{both}{unit},其中偏远乡镇{remote}{unit}"
    return f"{COUNTY.en}, {title.lower()} {when}: {both}, of them in remote townships: {remote}"


_STATED: dict[Attention, Callable[[pandas.DataFrame, Indicator, Scope], str]] = {
    Attention.IF_ANY: _stated_if_any,
    Attention.IF_RISEN: _stated_if_risen,
    Attention.IF_REMOTE: _stated_if_remote,
}


def _unreported(rows: pandas.DataFrame, opened: Indicator, scope: Scope) -> list[str]:
    """Name the months of the last year that were not reported: an unreported month is no zero."""
    voice = scope.voice
    monthly = cells(rows, opened.id, "total", grain=Grain.MONTH, until=scope.until)
    missing = monthly[(monthly["status"] == Status.NOT_COLLECTED) & (monthly["last"] > scope.until - pandas.DateOffset(months=12))]
    if missing.empty:
        return []
    named = [month_words(voice, month) for month in missing["last"]]
    return [
        f"{'、'.join(named)}案件未报送,相关比较未做。"
        if voice.is_chinese
        else f"Cases of {', '.join(named)} were not reported; comparisons with them were not made."
    ]


NO_CASES = Text("案件尚未报送,没有可比较的数。", "No cases were reported: there is nothing to compare.")
TOO_FEW_TO_JUDGE = Text("各项案件数都太少,不作判断。", "All case counts are too few to judge.")
UNDER_A_YEAR = Text("数据不足一年,暂不能与上年同期比较。", "Less than a year of data: no comparison with the year before yet.")
NOT_COMPARABLE = Text("有月份未报送,案件数未能与上年同期比较。", "Months are missing: no case count could be compared with the year before.")
NO_CHANGE_YET = Text("还没有可以公布的数。", "No number can be shown yet.")


def provisional_words(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    """Say the months that are still provisional and therefore left out of comparisons."""
    voice = scope.voice
    place, monthly = scope.place.title(indicator), series_of(rows, indicator, scope, Grain.MONTH)
    later = monthly[(monthly["status"] == Status.PROVISIONAL)]
    if later.empty:
        return ""
    parts = [f"{month_words(voice, row['last'])}{'' if voice.is_chinese else ' '}{amount_of(voice, indicator, row)}" for _, row in later.iterrows()]
    if voice.is_chinese:
        return f"{place.zh}{voice.say(indicator.title)}初步数(会因补录增加,未作比较):{'、'.join(parts)}。"
    return f"{place.en}, {voice.say(indicator.title).lower()}: provisional, not compared: {', '.join(parts)}."
