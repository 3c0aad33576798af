"""Headline numbers, what changed, and what needs a look: plain rules over published rows, each sentence with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas

from analysis.comparison import Verdict, false_discovery_cut
from charts.comparison import Comparison, detectable_words, events_change, finished_years, share_beyond_chance, stock_change
from charts.rows import Series, choose, series_of
from charts.scope import COUNTY, Scope
from charts.sentences import NOT_COMPARED, events_sentence, latest_events, stock_sentence, why_nothing
from charts.words import has_number, month_words, plain_number, provisional
from indicators.dimensions import Member
from indicators.lattice import is_stock
from indicators.model import Grain, Indicator, Kind, Status, Text


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
    return Headline(scope.voice.say(indicator.title), number, _beneath(series.when(latest), stock_change(series)))


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
    """Return a share of a flow in the latest finished year: its quarters are too small to read."""
    series = series_of(rows, indicator, scope, Grain.YEAR)
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


def changes(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """Say what changed, from the counts leaders ask for first; every sentence is a published comparison."""
    stocks = [series_of(rows, catalogue[name], scope) for name in ("registered_people", "current_users", "under_36_share")]
    sentences = [stock_sentence(stock) for stock in stocks if stock.newest_row is not None]
    for name in ("newly_found_people", "cases_opened", "cases_solved", "drug_labs_destroyed"):
        change = events_change(series_of(rows, catalogue[name], scope))
        if change.current is not None:
            sentences.append(events_sentence(change))
    return [f"{sentence}。" if scope.voice.is_chinese else f"{sentence}." for sentence in sentences]


@dataclass(frozen=True)
class _Tested:
    words: str
    change: Comparison
    is_on_card: bool = False  # whose own verdict the reader sees above


def attention(
    rows: pandas.DataFrame, catalogue: dict[str, Indicator], members: dict[str, list[Member]], scope: Scope
) -> tuple[list[str], list[str], Text]:
    """Say what needs a look, and how much was looked at.

    Every comparison of events is tested together with all others looked at (Benjamini-Hochberg), so that looking at many does not
    by itself find something.

    Args:
        rows: Published rows of the indicators named here.
        catalogue: All indicators by id.
        members: Code lists by dimension: charge, zone, place_type.
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
    facts = [*_standing_facts(rows, catalogue, scope), *_labs_in_remote(rows, catalogue, scope), *_unreported(rows, catalogue, scope)]
    opened = catalogue["cases_opened"]
    late = provisional_words(rows, opened, scope)
    if not judged:
        nothing = _why_not_compared(rows, opened, scope)
        return facts, [voice.say(nothing) if facts else "", late], nothing
    total = events_change(series_of(rows, opened, scope))
    could_find = detectable_words(total, len(judged))
    by_zone = scope.zone is None
    nothing = TOO_FEW_TO_JUDGE if {one.change.verdict for one in judged} == {Verdict.TOO_FEW} else _no_case_change(total.span)
    unchanged = [voice.say(nothing)] if facts and not changed else []
    if voice.is_chinese:
        remark = f"本页同时比较了{len(judged)}项案件数(按总数、案由、场所{'、片区' if by_zone else ''}),已扣除多次比较的偶然。{could_find}"
    else:
        looked = (
            f"{len(judged)} case counts were compared at once (total, offence, place{', zone' if by_zone else ''}), allowing for chance among many."
        )
        remark = f"{looked} {could_find}"
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
    reported = monthly.rows[monthly.numbered]
    if reported.empty:
        return NO_CASES
    settled = monthly.last_settled
    is_short = settled is None or reported["last"].min() > settled - pandas.DateOffset(years=1)
    return UNDER_A_YEAR if is_short else NOT_COMPARABLE


def _tested(rows: pandas.DataFrame, catalogue: dict[str, Indicator], members: dict[str, list[Member]], scope: Scope) -> list[_Tested]:
    voice, opened = scope.voice, catalogue["cases_opened"]
    tested = []
    for name in ("cases_opened", "cases_solved", "drug_labs_destroyed"):
        change = events_change(series_of(rows, catalogue[name], scope))
        tested.append(_Tested(events_sentence(change), change, is_on_card=True))
    for dimension in ("charge", "place_type"):
        for member in members[dimension]:
            change = events_change(choose(rows, opened, scope, dimension, member=member.code))
            said, name = events_sentence(change), voice.say(member.title)
            tested.append(_Tested(f"{name}:{said}" if voice.is_chinese else f"{name}: {said}", change))
    if scope.zone is not None:  # its total was looked at already
        return tested
    for zone in members["zone"]:
        change = events_change(choose(rows, opened, replace(scope, zone=zone), "zone", area=zone.code))
        tested.append(_Tested(events_sentence(change), change))
    return tested


def _standing_facts(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """State what a committee asks about the young and new substances, where there is somebody or something to state."""
    voice, sentences = scope.voice, []
    minors = series_of(rows, catalogue["people_under_18"], scope)
    latest = minors.newest_row
    if latest is not None and has_number(latest["status"]) and latest["value"] > 0:
        sentences.append(stock_sentence(minors))
    share = series_of(rows, catalogue["new_substance_share"], scope)
    latest = share.newest_row
    before = None if latest is None else share.row_at(latest["last"] - pandas.DateOffset(years=1))
    if share_beyond_chance(share, latest, before) is Verdict.CLEAR_RISE:
        beyond = voice.say(Text("两次的可能范围(95%)不重叠", "the two 95% ranges do not overlap"))
        sentences.append(f"{stock_sentence(share)}{',' if voice.is_chinese else ', '}{beyond}")
    return [f"{sentence}。" if voice.is_chinese else f"{sentence}." for sentence in sentences]


def _labs_in_remote(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """Say how many laboratories were found in remote townships: the speech's claim, with its number."""
    voice, indicator = scope.voice, catalogue["drug_labs_destroyed"]
    held = {}
    for member in ("yes", "no"):
        row = choose(rows, indicator, scope, "remote", (Grain.ROLLING_12,), member=member).newest_row
        if row is not None and has_number(row["status"]):
            held[member] = row
    if len(held) != 2 or not held["yes"]["value"]:
        return []
    if held["yes"]["last"] != held["no"]["last"]:
        return []
    when = provisional(voice, choose(rows, indicator, scope, "remote").when(held["yes"]), held["yes"]["status"])
    remote, both = plain_number(voice, held["yes"]["value"]), plain_number(voice, held["yes"]["value"] + held["no"]["value"])
    if voice.is_chinese:
        return [f"{when}{COUNTY.zh}捣毁制毒窝点{both}个,其中偏远乡镇{remote}个。"]
    return [f"{COUNTY.en}, drug laboratories destroyed {when}: {both}, of them in remote townships: {remote}."]


def _unreported(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """Name the months of the last year that were not reported: an unreported month is no zero."""
    voice, opened = scope.voice, catalogue["cases_opened"]
    monthly = choose(rows, opened, scope, "total", (Grain.MONTH,)).rows
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
    monthly = series_of(rows, indicator, scope, Grain.MONTH)
    place, later = monthly.place, monthly.rows[monthly.rows["status"] == Status.PROVISIONAL]
    if later.empty:
        return ""
    parts = [f"{month_words(voice, row['last'])}{'' if voice.is_chinese else ' '}{monthly.said(row)}" for _, row in later.iterrows()]
    if voice.is_chinese:
        return f"{place.zh}{voice.say(indicator.title)}初步数(会因补录增加,未作比较):{'、'.join(parts)}。"
    return f"{place.en}, {voice.say(indicator.title).lower()}: provisional, not compared: {', '.join(parts)}."
