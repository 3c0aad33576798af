"""Questions a page asks, answered with a picture whose title is the answer.

A finding picks the finest published rows that fit what the reader selected and never computes across protected cells. Where the release
does not publish what is asked, the picture is empty and says what it would have shown and why it does not.
"""

from __future__ import annotations

from dataclasses import replace

import pandas

from charts.bars import interval_picture, member_picture
from charts.bridge import bridge_picture, build_bridge
from charts.comparison import finished_years
from charts.comparison_table import BesidePast, compare_events, compare_stocks, compare_years
from charts.picture import Picture, nothing_drawn
from charts.rows import MONTH_TO_YEAR, Series, choose, series_of
from charts.scope import NAMES, PARTS, Scope
from charts.sentences import (
    UNFINISHED_OR_UNREPORTED,
    events_sentence,
    latest_sentence,
    quarter_words,
    seizures_sentence,
    split_title,
    standing_sentence,
    stock_sentence,
    structure_sentence,
    why_nothing,
    zones_sentence,
)
from charts.shares import latest_twelve_months
from charts.trend import column_picture, line_picture
from indicators.dimensions import DIMENSIONS, Member
from indicators.lattice import is_stock
from indicators.model import Grain, Indicator, Kind, Status, Text

MONTHS_SHOWN = 24
PERIODS_SHOWN = 12
CHANGE_OF_A_YEAR = Text("{title}:全年变动", "{title}: change over a year")
BRIDGE_NEEDS = Text(
    "有了整年的变动和上年末、年末两个人数后显示。", "Shown once a year's reasons and the numbers at the end of it and of the year before are there."
)


def _nothing(series: Series, title: str) -> Picture:
    return nothing_drawn(title, series.voice.say(why_nothing(series)))


def _beside_its_past(picture: Picture, past: BesidePast) -> Picture:
    return replace(picture, comparisons=past.table, compared=past.note)


def stock_trend(rows: pandas.DataFrame, indicators: list[Indicator], scope: Scope) -> Picture:
    """Draw one or more stocks, shares or rates over time, all of one place and one grain: the county's where one has no zones."""
    if "total" in {scope.breakdown(indicator) for indicator in indicators}:
        scope = scope.of_county
    grain = next((grain for grain in MONTH_TO_YEAR if all(grain in _published(rows, indicator, scope) for indicator in indicators)), Grain.MONTH)
    lines = [series_of(rows, indicator, scope, grain) for indicator in indicators]
    shown = [line for line in lines if line.has_numbers]
    if not shown:
        title = scope.voice.join(NAMES, [scope.voice.say(indicator.title) for indicator in indicators])
        return _nothing(replace(lines[0], among=MONTH_TO_YEAR), title)
    return _beside_its_past(line_picture(shown, stock_sentence(series_of(rows, shown[0].indicator, scope))), compare_stocks(shown))


def _published(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> set[str]:
    """Return the grains that a release publishes of an indicator for the selected place."""
    breakdown = scope.breakdown(indicator)
    is_meant = (rows["indicator"] == indicator.id) & (rows["breakdown"] == breakdown) & (rows["area_code"] == scope.area(breakdown))
    return set(rows.loc[is_meant, "grain"])


def events_over_time(rows: pandas.DataFrame, indicator: Indicator, scope: Scope, *, by_quarter: bool = False) -> Picture:
    """Draw events by month where months are published, else by quarter or year.

    Args:
        rows: Published rows of the page.
        indicator: What is counted.
        scope: What the reader selected.
        by_quarter: Whether the title also compares the latest finished quarter with the same one a year before.
    """
    voice, series = scope.voice, series_of(rows, indicator, scope)
    if not series.has_numbers:
        return _nothing(series, voice.say(indicator.title))
    quarter = quarter_words(series.at(Grain.QUARTER)) if by_quarter else ""
    past = compare_years(series) if series.grain is Grain.YEAR else compare_events(series)
    shown = series.of(series.rows.tail(MONTHS_SHOWN if series.grain is Grain.MONTH else PERIODS_SHOWN))
    return _beside_its_past(column_picture(shown, voice.join(PARTS, (latest_sentence(series), quarter))), past)


def by_finished_year(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Picture:
    """Draw the finished years of a flow or of a share of a flow."""
    series = series_of(rows, indicator, scope, Grain.YEAR)
    if not series.has_numbers:
        return _nothing(series, scope.voice.say(indicator.title))
    told = series if indicator.denominator is None else latest_twelve_months(series)
    return _beside_its_past(column_picture(series, events_sentence(finished_years(told))), compare_years(series))


def structure(
    rows: pandas.DataFrame, indicator: Indicator, dimension: str, members: list[Member], scope: Scope, *, grain: str | None = None
) -> Picture:
    """Draw the latest structure of an indicator by the members of a dimension."""
    breakdown = scope.breakdown(indicator, dimension)
    among = (Grain(grain),) if grain else MONTH_TO_YEAR if is_stock(indicator) else (Grain.YEAR,)
    series = choose(rows, indicator, scope, breakdown, among, area=scope.area(breakdown)).newest_shown
    if not series.has_numbers:
        return _nothing(series, split_title(scope.voice, indicator, dimension))
    return member_picture(series, members, structure_sentence(series, dimension, members), DIMENSIONS[dimension].title)


def seizures(rows: pandas.DataFrame, indicator: Indicator, drugs: list[Member], scope: Scope) -> Picture:
    """Draw the weights of the drugs that were seized at all, each by itself, in the order of the code list."""
    latest = choose(rows, indicator, scope, "drug", (Grain.YEAR,)).newest_shown
    seized = latest.of(latest.rows[~((latest.rows["status"] == Status.OBSERVED) & (latest.rows["value"] == 0))])
    if seized.rows.empty:
        return _nothing(latest, split_title(scope.voice, indicator, "drug"))
    return member_picture(seized, drugs, seizures_sentence(seized), DIMENSIONS["drug"].title)


def zone_levels(rows: pandas.DataFrame, indicator: Indicator, zones: list[Member], scope: Scope) -> Picture:
    """Draw the zones of an indicator in the order of their list."""
    among = (Grain.QUARTER, Grain.YEAR) if is_stock(indicator) else (Grain.YEAR,)
    series = choose(rows, indicator, scope, "zone", among).newest_shown
    if not series.has_numbers:
        return _nothing(series, split_title(scope.voice, indicator, "zone"))
    sentence, heading = zones_sentence(series, zones), DIMENSIONS["zone"].title
    if indicator.kind not in {Kind.RATE, Kind.SHARE} or not series.rows["upper"].notna().any():  # counts, and rounded numbers: no ranges
        return member_picture(series, zones, sentence, heading, column="area_code")
    return interval_picture(series, zones, sentence, heading)


def change_bridge(rows: pandas.DataFrame, stock: Indicator, change: Indicator, scope: Scope) -> Picture:
    """Draw how a stock of the county changed over the latest finished year, reason by reason."""
    voice, stocks = scope.voice, series_of(rows, stock, scope.of_county, Grain.MONTH)
    title = voice.say(CHANGE_OF_A_YEAR, title=stock.title)
    if stocks.newest_row is None:
        return _nothing(replace(stocks, among=MONTH_TO_YEAR), title)
    reasons = change.breakdowns[0]
    parts = choose(rows, change, scope, reasons, (Grain.YEAR,))
    bridge = build_bridge(stocks, parts, DIMENSIONS[reasons].members)
    return nothing_drawn(title, voice.say(BRIDGE_NEEDS)) if bridge is None else bridge_picture(bridge, voice, stock.title)


def standing_parts(rows: pandas.DataFrame, parts: list[Indicator], scope: Scope) -> Picture:
    """Draw what a stock consists of, such as the register of current, abstinent and departed; nothing is drawn as a remainder.

    Args:
        rows: Published rows of the page.
        parts: The whole and, after it, its parts, which select by one dimension.
        scope: What the reader selected.
    """
    dimension = parts[-1].numerator.where[0][0]
    lines = [series_of(rows, indicator, scope.of_county) for indicator in parts]
    known = [(line, row) for line in lines if (row := line.newest_row) is not None]
    if len(known) != len(parts) or len({row["last"] for _, row in known}) != 1:
        missing = UNFINISHED_OR_UNREPORTED if known else why_nothing(lines[0])
        return nothing_drawn(split_title(scope.voice, parts[0], dimension), scope.voice.say(missing))
    one_period = lines[0].of(pandas.DataFrame([{**row.to_dict(), "member": line.indicator.id} for line, row in known]))
    members = [Member(indicator.id, indicator.title) for indicator in parts]
    return member_picture(one_period, members, standing_sentence(known), DIMENSIONS[dimension].title)
