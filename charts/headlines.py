"""Headline numbers, what changed, and what needs a look: plain rules over published rows, each sentence with its evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas

from analysis.comparison import Verdict, false_discovery_cut
from charts.comparison import Change, detectable_words, events_change, finished_years, share_beyond_chance, stock_change
from charts.findings import COUNTY, NOT_COMPARED, OFFERED_AT_ALL, Place, Scope, events_sentence, latest_events, series_of, stock_sentence, why_nothing
from charts.rows import cells, last_settled, newest_row, row_at
from charts.words import amount_of, has_number, month_words, period_words, plain_number, provisional
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
    change = events_change(voice, indicator, rows, scope.until, scope.place.breakdown(indicator), scope.place.area(indicator), None)
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


def changes(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """Say what changed, from the counts leaders ask for first; every sentence is a published comparison."""
    stocks = [catalogue[name] for name in ("registered_people", "current_users", "under_36_share")]
    sentences = [stock_sentence(rows, stock, scope) for stock in stocks if newest_row(series_of(rows, stock, scope)) is not None]
    for name in ("newly_found_people", "cases_opened", "cases_solved", "drug_labs_destroyed"):
        indicator = catalogue[name]
        change = events_change(scope.voice, indicator, rows, scope.until, scope.place.breakdown(indicator), scope.place.area(indicator), None)
        if change.current is not None:
            sentences.append(events_sentence(indicator, change, scope))
    return [f"{sentence}。" if scope.voice.is_chinese else f"{sentence}." for sentence in sentences]


@dataclass(frozen=True)
class _Tested:
    words: str
    change: Change
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
    total = events_change(voice, opened, rows, scope.until, scope.place.breakdown(opened), scope.place.area(opened), None)
    could_find = detectable_words(voice, opened, total, len(judged), scope.place.title(opened))
    by_zone = scope.place.zone is None
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
    reported = monthly[monthly["status"].map(has_number).astype(bool)]
    if reported.empty:
        return NO_CASES
    settled = last_settled(monthly)
    is_short = settled is None or reported["last"].min() > settled - pandas.DateOffset(years=1)
    return UNDER_A_YEAR if is_short else NOT_COMPARABLE


def _tested(rows: pandas.DataFrame, catalogue: dict[str, Indicator], members: dict[str, list[Member]], scope: Scope) -> list[_Tested]:
    voice, opened = scope.voice, catalogue["cases_opened"]
    tested = []
    for name in ("cases_opened", "cases_solved", "drug_labs_destroyed"):
        indicator = catalogue[name]
        change = events_change(voice, indicator, rows, scope.until, scope.place.breakdown(indicator), scope.place.area(indicator), None)
        tested.append(_Tested(events_sentence(indicator, change, scope), change, is_on_card=True))
    for dimension in ("charge", "place_type"):
        for member in members[dimension]:
            change = events_change(voice, opened, rows, scope.until, dimension, None, member.code)
            said = events_sentence(opened, change, scope.of_county)
            name = voice.say(member.title)
            tested.append(_Tested(f"{name}:{said}" if voice.is_chinese else f"{name}: {said}", change))
    if scope.place.zone is not None:  # its total was looked at already
        return tested
    for zone in members["zone"]:
        change = events_change(voice, opened, rows, scope.until, "zone", zone.code, None)
        tested.append(_Tested(events_sentence(opened, change, replace(scope, place=Place(scope.place.county, zone))), change))
    return tested


def _standing_facts(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """State what a committee asks about the young and new substances, where there is somebody or something to state."""
    voice, sentences = scope.voice, []
    minors = catalogue["people_under_18"]
    latest = newest_row(series_of(rows, minors, scope))
    if latest is not None and has_number(latest["status"]) and latest["value"] > 0:
        sentences.append(stock_sentence(rows, minors, scope))
    share = catalogue["new_substance_share"]
    series = series_of(rows, share, scope)
    latest = newest_row(series)
    before = None if latest is None else row_at(series, latest["last"] - pandas.DateOffset(years=1))
    if share_beyond_chance(voice, share, latest, before) is Verdict.CLEAR_RISE:
        beyond = voice.say(Text("两次的可能范围(95%)不重叠", "the two 95% ranges do not overlap"))
        sentences.append(f"{stock_sentence(rows, share, scope)}{',' if voice.is_chinese else ', '}{beyond}")
    return [f"{sentence}。" if voice.is_chinese else f"{sentence}." for sentence in sentences]


def _labs_in_remote(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """Say how many laboratories were found in remote townships: the speech's claim, with its number."""
    voice, indicator = scope.voice, catalogue["drug_labs_destroyed"]
    held = {}
    for member in ("yes", "no"):
        row = newest_row(cells(rows, indicator.id, "remote", grain=Grain.ROLLING_12, member=member, until=scope.until))
        if row is not None and has_number(row["status"]):
            held[member] = row
    if len(held) != 2 or not held["yes"]["value"]:
        return []
    if held["yes"]["last"] != held["no"]["last"]:
        return []
    when = provisional(voice, period_words(voice, indicator, held["yes"]["period"], held["yes"]["grain"]), held["yes"]["status"])
    remote, both = plain_number(voice, held["yes"]["value"]), plain_number(voice, held["yes"]["value"] + held["no"]["value"])
    if voice.is_chinese:
        return [f"{when}{COUNTY.zh}捣毁制毒窝点{both}个,其中偏远乡镇{remote}个。"]
    return [f"{COUNTY.en}, drug laboratories destroyed {when}: {both}, of them in remote townships: {remote}."]


def _unreported(rows: pandas.DataFrame, catalogue: dict[str, Indicator], scope: Scope) -> list[str]:
    """Name the months of the last year that were not reported: an unreported month is no zero."""
    voice, opened = scope.voice, catalogue["cases_opened"]
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
