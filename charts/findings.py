"""Questions a page asks, answered with a picture whose title is the answer.

A finding picks the finest published rows that fit what the reader selected and never computes across protected cells. Where the release
does not publish what is asked, the picture is empty and says what it would have shown and why it does not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas

from charts.bars import interval_picture, member_picture
from charts.bridge import bridge_picture, build_bridge
from charts.comparison import SAME_TIME_LAST_YEAR, Change, Span, events_change, finest_unrest, finished_years, spans_change, stock_change, unrest
from charts.comparison_table import Compared, compare_events, compare_stocks, compare_years
from charts.grid import grid_picture
from charts.picture import Picture, Voice, nothing_drawn
from charts.rows import cells, finest_grain, newest_row, newest_shown, row_at, sum_of_months
from charts.trend import Series, column_picture, line_picture
from charts.words import amount, amount_of, dated, has_number, inline, is_rounded, period_words, provisional, span_words, stated
from indicators import catalogue
from indicators.dimensions import DIMENSIONS, Member
from indicators.lattice import grains, is_stock
from indicators.model import Grain, Indicator, Kind, Status, Text

MONTHS_SHOWN = 24
PERIODS_SHOWN = 12
NAMED = 2  # members named in a sentence, and those that tie with the last of them


@dataclass(frozen=True)
class Place:
    """Where the reader looks: the county, or one of its zones."""

    county: str
    zone: Member | None = None

    def breakdown(self, indicator: Indicator, dimension: str = "") -> str:
        """Return the breakdown to read; the county's where an indicator is not published by zone."""
        if self.zone is not None:
            by_zone = f"zone*{dimension}" if dimension else "zone"
            if by_zone in indicator.breakdowns:
                return by_zone
        return dimension or "total"

    def area(self, indicator: Indicator, dimension: str = "") -> str:
        """Return the area code that goes with :meth:`breakdown`."""
        return self.zone.code if self.zone is not None and self.breakdown(indicator, dimension).startswith("zone") else self.county

    def title(self, indicator: Indicator, dimension: str = "") -> Text:
        """Return the name of the area the numbers really speak of."""
        if self.zone is not None and self.breakdown(indicator, dimension).startswith("zone"):
            return self.zone.title
        return COUNTY


COUNTY = Text("全县", "The county")


@dataclass(frozen=True)
class Scope:
    """What a finding depends on besides the rows."""

    voice: Voice
    place: Place
    until: pandas.Timestamp

    @property
    def of_county(self) -> Scope:
        """The same, of the whole county."""
        return replace(self, place=Place(self.place.county))


def series_of(rows: pandas.DataFrame, indicator: Indicator, scope: Scope, grain: str | None = None) -> pandas.DataFrame:
    """Return the finest series of an indicator for the selected area, up to the selected month."""
    breakdown = scope.place.breakdown(indicator)
    chosen = grain or finest_grain(rows, indicator.id, breakdown)
    return cells(rows, indicator.id, breakdown, grain=chosen, area=scope.place.area(indicator), until=scope.until)


def _grains(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> set[str]:
    """Return the grains a release publishes of an indicator for the selected area."""
    return set(cells(rows, indicator.id, scope.place.breakdown(indicator), area=scope.place.area(indicator))["grain"])


def joined(voice: Voice, *parts: str) -> str:
    """Join clauses of a sentence, leaving out empty ones."""
    return (",".join if voice.is_chinese else ", ".join)([part for part in parts if part])


def split_title(voice: Voice, indicator: Indicator, dimension: str) -> str:
    """Return an indicator's name with what it is split by, unless the name says so already."""
    title, split_by = voice.say(indicator.title), voice.say(DIMENSIONS[dimension].title)
    if split_by.lower() in title.lower():
        return title
    return f"{title}按{split_by}" if voice.is_chinese else f"{title} by {split_by.lower()}"


WITHHELD = Text("受保护,暂不公布。", "Protected, not published for now.")
TOO_SMALL = Text("基数太小,不作计算。", "The base is too small to calculate.")
ALL_ZERO = Text("均为0。", "None of any.")
NOT_REPORTED = Text("尚未报送。", "Not reported yet.")
NOT_OFFERED = Text("本版不提供。", "Not offered in this release.")
AFTER_A_QUARTER = Text("满一季度后显示。", "Shown once a quarter is finished.")
AFTER_A_YEAR = Text("满一年后显示。", "Shown once a year is finished.")
UNFINISHED_OR_UNREPORTED = Text("尚未报送,或还没有完整的季度或年度。", "Not reported yet, or no quarter or year is finished yet.")
SOLVED_ON = "solved_on"  # what is counted by it begins a year after the first report
OFFERED_AT_ALL = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def why_nothing(
    rows: pandas.DataFrame, indicator: Indicator, breakdown: str, found: pandas.DataFrame, scope: Scope, asked: tuple[str, ...] = OFFERED_AT_ALL
) -> Text:
    """Return why there is no number to draw.

    A release without any row of an extract cannot tell a report that is missing from a period that is not finished; both are said then.

    Args:
        rows: Published rows of the page.
        indicator: What is counted.
        breakdown: The breakdown that was asked for.
        found: Its rows; none of them has a number that can be drawn.
        scope: What the reader selected.
        asked: The grains the picture reads.
    """
    if found.empty:  # choosing the newest rows leaves out what was not reported
        found = cells(rows, indicator.id, breakdown, until=scope.until)
        found = found[found["grain"].isin(list(asked))]
    statuses = set(found["status"])
    for status, words in (
        (Status.SUPPRESSED, WITHHELD),
        (Status.UNDEFINED, TOO_SMALL),
        (Status.OBSERVED, ALL_ZERO),
        (Status.NOT_COLLECTED, NOT_REPORTED),
    ):
        if status in statuses:
            return words
    offered = [grain for grain in grains(indicator, breakdown, scope.voice.release) if grain in asked]
    if not offered:
        return NOT_OFFERED
    known = catalogue()
    kindred = rows["indicator"].map(lambda name: name in known and known[name].sources == indicator.sources).astype(bool)
    is_reported = bool((kindred & (rows["status"] != Status.NOT_COLLECTED) & (rows["period"] <= scope.until)).any())
    if not is_reported:
        return NOT_REPORTED if Grain.MONTH in offered else UNFINISHED_OR_UNREPORTED
    if Grain.MONTH in offered:
        return AFTER_A_YEAR if indicator.counted_on == SOLVED_ON else NOT_REPORTED
    return AFTER_A_QUARTER if Grain.QUARTER in offered else AFTER_A_YEAR


def latest_events(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> tuple[str, str, bool]:
    """Return the latest events and their period in words, and whether there is a number, where no settled period can be compared.

    Months that late entries still change are added up where they add up at all; both words are empty where nothing was reported.
    """
    voice, series = scope.voice, series_of(rows, indicator, scope)
    latest = newest_row(series)
    if latest is None:
        return "", "", False
    late = series[series["status"] == Status.PROVISIONAL]
    adds_up = indicator.kind is Kind.EVENTS and not indicator.numerator.distinct and not is_rounded(voice, indicator)
    if not late.empty and adds_up and (late["grain"] == Grain.MONTH).all():
        first, last = late["last"].min(), late["last"].max()
        total = sum_of_months(series, first, last)
        if total is not None:
            return provisional(voice, amount(voice, indicator, total, Status.PROVISIONAL), Status.PROVISIONAL), span_words(voice, first, last), True
    when = period_words(voice, indicator, latest["period"], latest["grain"])
    return provisional(voice, amount_of(voice, indicator, latest), latest["status"]), when, has_number(latest["status"])


NOT_COMPARED = Text("暂不比较", "not compared yet")


def _quarter_words(indicator: Indicator, series: pandas.DataFrame, voice: Voice) -> str:
    """Compare the latest finished quarter with the same one a year before, with a verdict where numbers are exact; empty unless both are final."""
    final = series[(series["grain"] == Grain.QUARTER) & (series["status"] == Status.OBSERVED)]
    if final.empty:
        return ""
    now = final.iloc[-1]
    if row_at(final, now["last"] - pandas.DateOffset(years=1)) is None:
        return ""
    quarter = Span(now["period"], now["last"])
    change = spans_change(voice, indicator, final, quarter, quarter.moved(-12), SAME_TIME_LAST_YEAR, unrest(voice, indicator, final))
    when = period_words(voice, indicator, now["period"], now["grain"])
    number = amount_of(voice, indicator, now)
    return joined(voice, f"{when}{number}" if voice.is_chinese else f"{when}: {number}", change.sentence, change.judged(voice))


def stock_sentence(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    """Say a stock, share or rate at its latest moment and how it stands to a year before."""
    voice = scope.voice
    series = series_of(rows, indicator, scope)
    latest = newest_row(series)
    if latest is None:
        return voice.say(indicator.title)
    when = period_words(voice, indicator, latest["period"], latest["grain"])
    place, title = voice.say(scope.place.title(indicator)), voice.say(indicator.title)
    number = provisional(voice, amount_of(voice, indicator, latest), latest["status"])
    change = stock_change(voice, indicator, series, latest["last"])
    if voice.is_chinese:
        what = stated(voice, indicator, number) if has_number(latest["status"]) else f"{title}:{number}"
        return joined(voice, f"{when},{place}{what}", change.sentence, change.judged(voice))
    return joined(voice, f"{place}: {title.lower()} {number}, {when}", change.sentence, change.judged(voice))


def stock_trend(rows: pandas.DataFrame, indicators: list[Indicator], scope: Scope, sentence: str | None = None) -> Picture:
    """Draw one or more stocks, shares or rates over time, all of one place and one grain: the county's where one has no zones."""
    if any(scope.place.title(indicator) is COUNTY for indicator in indicators):
        scope = scope.of_county
    published = [_grains(rows, indicator, scope) for indicator in indicators]
    grain = next((grain for grain in (Grain.MONTH, Grain.QUARTER, Grain.YEAR) if all(grain in held for held in published)), None)
    lines = [Series(indicator, series_of(rows, indicator, scope, grain), indicator.title) for indicator in indicators]
    shown = [line for line in lines if line.rows["status"].map(has_number).any()]
    if not shown:
        first, rest = lines[0], lines[1:]
        reason = why_nothing(rows, first.indicator, scope.place.breakdown(first.indicator), first.rows, scope)
        title = ("、" if scope.voice.is_chinese else ", ").join(scope.voice.say(line.title) for line in (first, *rest))
        return nothing_drawn(title, scope.voice.say(reason))
    lines = shown
    picture = line_picture(lines, scope.voice, sentence or stock_sentence(rows, lines[0].indicator, scope))
    return _beside_its_past(picture, compare_stocks(scope.voice, [(line.indicator, line.rows) for line in lines]))


def _beside_its_past(picture: Picture, compared: Compared) -> Picture:
    return replace(picture, comparisons=compared.table, compared=compared.note)


def events_sentence(indicator: Indicator, change: Change, scope: Scope) -> str:
    """Say events of a span with their comparison and verdict."""
    voice = scope.voice
    title, place, number = voice.say(indicator.title), voice.say(scope.place.title(indicator)), change.number(voice, indicator)
    if not change.span:
        return title
    if not voice.is_chinese:
        return joined(voice, f"{place}: {title.lower()}, {change.span}: {number}", change.sentence, change.judged(voice))
    what = f"{title}:{number}" if change.current is None else stated(voice, indicator, number)
    return joined(voice, f"{change.span}{place}{what}", change.sentence, change.judged(voice))


def events_over_time(rows: pandas.DataFrame, indicator: Indicator, scope: Scope, *, by_quarter: bool = False) -> Picture:
    """Draw events by month where months are published, else by quarter or year, with their intervals.

    Args:
        rows: Published rows of the page.
        indicator: What is counted.
        scope: What the reader selected.
        by_quarter: Whether the title also compares the latest finished quarter with the same one a year before.
    """
    voice = scope.voice
    series = series_of(rows, indicator, scope)
    if not series["status"].map(has_number).any():
        return nothing_drawn(voice.say(indicator.title), voice.say(why_nothing(rows, indicator, scope.place.breakdown(indicator), series, scope)))
    monthly = bool((series["grain"] == Grain.MONTH).all())
    shown = series.tail(MONTHS_SHOWN if monthly else PERIODS_SHOWN)
    change = events_change(scope.voice, indicator, rows, scope.until, scope.place.breakdown(indicator), scope.place.area(indicator), None)
    sentence = events_sentence(indicator, change, scope) if change.span else _latest_sentence(rows, indicator, scope)
    quarter = _quarter_words(indicator, series_of(rows, indicator, scope, Grain.QUARTER), voice) if by_quarter else ""
    if quarter:
        sentence = (";" if voice.is_chinese else "; ").join((sentence, quarter))
    by_year = bool((series["grain"] == Grain.YEAR).all())
    compared = compare_years(voice, indicator, series) if by_year else compare_events(voice, indicator, series)
    return _beside_its_past(column_picture(Series(indicator, shown, indicator.title), voice, sentence), compared)


def _latest_sentence(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> str:
    voice = scope.voice
    number, when, numbered = latest_events(rows, indicator, scope)
    title, place = voice.say(indicator.title), voice.say(scope.place.title(indicator))
    if not numbered:
        return title
    said = f"{when}{place}{stated(voice, indicator, number)}" if voice.is_chinese else f"{place}: {title.lower()}, {when}: {number}"
    return joined(voice, said, voice.say(NOT_COMPARED))


def by_finished_year(rows: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Picture:
    """Draw the finished years of a flow or of a share of a flow."""
    voice, series = scope.voice, series_of(rows, indicator, scope, Grain.YEAR)
    if not series["status"].map(has_number).any():
        reason = why_nothing(rows, indicator, scope.place.breakdown(indicator), series, scope, (Grain.YEAR,))
        return nothing_drawn(voice.say(indicator.title), voice.say(reason))
    dispersion = finest_unrest(voice, indicator, rows, scope.until, scope.place.breakdown(indicator), scope.place.area(indicator), None)
    sentence = events_sentence(indicator, finished_years(voice, indicator, series, dispersion), scope)
    picture = column_picture(Series(indicator, series, indicator.title), voice, sentence)
    return _beside_its_past(picture, compare_years(voice, indicator, series, dispersion))


def _leading(found: pandas.DataFrame, members: list[Member], indicator: Indicator, voice: Voice) -> list[str]:
    """Name the shown members that hold most, in order of size: ties stay in the order of the list, and all of a tie are named or none."""
    values = {row["member"]: row for _, row in found.iterrows() if has_number(row["status"]) and row["value"] > 0}
    ordered = sorted((member for member in members if member.code in values), key=lambda member: -values[member.code]["value"])
    least = values[ordered[:NAMED][-1].code]["value"] if ordered else 0.0
    leading = [member for member in ordered if values[member.code]["value"] >= least]
    return [f"{inline(voice.say(one.title))}{'' if voice.is_chinese else ' '}{amount_of(voice, indicator, values[one.code])}" for one in leading]


def structure(
    rows: pandas.DataFrame, indicator: Indicator, dimension: str, members: list[Member], scope: Scope, *, grain: str | None = None
) -> Picture:
    """Draw the latest structure of an indicator by the members of a dimension."""
    voice, breakdown = scope.voice, scope.place.breakdown(indicator, dimension)
    among = (Grain.ROLLING_12, Grain.YEAR) if indicator.kind is Kind.SUM or (not is_stock(indicator)) else (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
    chosen = grain or finest_grain(rows, indicator.id, breakdown, tuple(among))
    found = newest_shown(cells(rows, indicator.id, breakdown, grain=chosen, area=scope.place.area(indicator, dimension), until=scope.until))
    if not found["status"].map(has_number).any():
        reason = why_nothing(rows, indicator, breakdown, found, scope, tuple(among) if grain is None else (grain,))
        return nothing_drawn(split_title(voice, indicator, dimension), voice.say(reason))
    when = dated(voice, indicator, found)
    named = _leading(found, members, indicator, voice)
    leading = ("、" if voice.is_chinese else ", ").join(named)
    place = voice.say(scope.place.title(indicator, dimension))
    if not leading:
        hidden = (found["status"] == Status.SUPPRESSED).any()
        leading = voice.say(Text("受保护", "protected") if hidden else Text("各类均为0", "none of any"))
    elif len(found) > len(named) and voice.is_chinese:
        leading += "等"
    if voice.is_chinese:
        sentence = f"{when},{place}{split_title(voice, indicator, dimension)}:{leading}"
    else:
        sentence = f"{place}: {split_title(voice, indicator, dimension).lower()}, {when}: {leading}"
    return member_picture(found, indicator, members, voice, sentence, DIMENSIONS[dimension].title)


def seizures(rows: pandas.DataFrame, indicator: Indicator, drugs: list[Member], scope: Scope) -> Picture:
    """Draw the weights of the drugs that were seized at all, each by itself, in the order of the code list."""
    voice = scope.voice
    latest = newest_shown(cells(rows, indicator.id, "drug", grain=Grain.YEAR, until=scope.until))
    found = latest[~((latest["status"] == Status.OBSERVED) & (latest["value"] == 0))]
    if found.empty:
        reason = why_nothing(rows, indicator, "drug", latest, scope, (Grain.YEAR,))
        return nothing_drawn(split_title(voice, indicator, "drug"), voice.say(reason))
    when = dated(voice, indicator, found)
    kinds = int(found["status"].map(has_number).sum())
    hidden = len(found) - kinds
    if voice.is_chinese:
        tail = f",另有{hidden}种因案件少受保护" if hidden else ""
        sentence = f"{when},{COUNTY.zh}{voice.say(indicator.title)}可公布的有{kinds}种{tail};不同毒品不相加"
    else:
        tail = f", {hidden} more protected" if hidden else ""
        sentence = f"{COUNTY.en}: drugs seized, {when}: {kinds} kinds can be shown{tail}; never added up over kinds"
    return member_picture(found, indicator, drugs, voice, sentence, DIMENSIONS["drug"].title)


def cross(rows: pandas.DataFrame, indicator: Indicator, dimension: str, zones: list[Member], members: list[Member], scope: Scope) -> Picture:
    """Draw zones against a dimension, for the latest period that a release publishes."""
    voice, breakdown = scope.voice, f"zone*{dimension}"
    among = (Grain.ROLLING_12, Grain.QUARTER, Grain.YEAR)
    grain = finest_grain(rows, indicator.id, breakdown, among)
    found = newest_shown(cells(rows, indicator.id, breakdown, grain=grain, until=scope.until))
    if not found["status"].map(has_number).any():
        title = split_title(voice, indicator, dimension)
        reason = why_nothing(rows, indicator, breakdown, found, scope, among)
        return nothing_drawn(f"各片区{title}" if voice.is_chinese else f"{title}, zone by zone", voice.say(reason))
    when = dated(voice, indicator, found)
    hidden = int((found["status"] == Status.SUPPRESSED).sum())
    title = split_title(voice, indicator, dimension)
    if voice.is_chinese:
        tail = f",{hidden}格受保护" if hidden else ""
        sentence = f"{when}各片区{title}{tail}"
    else:
        tail = f"; {hidden} cells protected" if hidden else ""
        sentence = f"{title}, zone by zone, {when}{tail}"
    return grid_picture(found, indicator, zones, members, voice, sentence, DIMENSIONS["zone"].title)


def zone_levels(rows: pandas.DataFrame, indicator: Indicator, zones: list[Member], scope: Scope) -> Picture:
    """Draw the zones of an indicator in the order of their list."""
    voice = scope.voice
    among = (Grain.QUARTER, Grain.YEAR) if is_stock(indicator) else (Grain.ROLLING_12, Grain.YEAR)
    found = newest_shown(cells(rows, indicator.id, "zone", grain=finest_grain(rows, indicator.id, "zone", among), until=scope.until))
    if not found["status"].map(has_number).any():
        return nothing_drawn(split_title(voice, indicator, "zone"), voice.say(why_nothing(rows, indicator, "zone", found, scope, among)))
    when = dated(voice, indicator, found)
    by_zone = {row["area_code"]: row for _, row in found.iterrows()}
    listed = [zone for zone in zones if zone.code in by_zone]
    held = [by_zone[zone.code] for zone in listed]
    said = [amount_of(voice, indicator, row) for row in held]
    title, gap = voice.say(indicator.title), "" if voice.is_chinese else " "
    spoken = ("、" if voice.is_chinese else ", ").join(f"{voice.say(zone.title)}{gap}{word}" for zone, word in zip(listed, said, strict=True))
    sentence = f"{when},{title}:{spoken}" if voice.is_chinese else f"{title}, {when}: {spoken}"
    if indicator.kind not in {Kind.RATE, Kind.SHARE} or not found["upper"].notna().any():  # counts, and rounded numbers: no ranges
        return member_picture(found, indicator, zones, voice, sentence, DIMENSIONS["zone"].title, column="area_code")
    scale = 100 if indicator.kind is Kind.SHARE else 1
    shown = [has_number(row["status"]) for row in held]
    picture = interval_picture(
        listed,
        [float(row["value"]) * scale if one else None for row, one in zip(held, shown, strict=True)],
        [(float(row["lower"]) * scale, float(row["upper"]) * scale) if one else None for row, one in zip(held, shown, strict=True)],
        None,
        voice,
        sentence,
        indicator.unit,
        (DIMENSIONS["zone"].title, indicator.title),
        [amount_of(voice, indicator, row, unit=False) for row in held],
    )
    return replace(picture, as_of=when, note=voice.say(INTERVAL_NOTE))


INTERVAL_NOTE = Text(
    "横条是可能范围(95%):越长越不可靠;互相重叠的,不能据此说有差别,也不能说没有。",
    "Bars are 95% ranges: the longer, the less reliable; where they overlap, neither a difference nor its absence can be claimed.",
)


def change_bridge(rows: pandas.DataFrame, stock: Indicator, change: Indicator, scope: Scope, months: int) -> Picture:
    """Draw how the county's current users changed over some months, part by part."""
    county = scope.of_county
    stocks = series_of(rows, stock, county, Grain.MONTH)
    latest = newest_row(stocks)
    voice = scope.voice
    over = f"{voice.say(stock.title)}:{months}个月的变动" if voice.is_chinese else f"{voice.say(stock.title)}: change over {months} months"
    if latest is None:
        return nothing_drawn(over, voice.say(why_nothing(rows, stock, "total", stocks, county)))
    parts = cells(rows, change.id, "change", grain=Grain.MONTH, until=latest["last"])
    bridge = build_bridge(stocks, parts, list(DIMENSIONS["change"].members), latest["last"], months)
    if bridge is None:
        needed = Text(f"需要{months}个月前的月末数和其间各月的变动。", f"Needs the number of {months} months before and every change since.")
        return nothing_drawn(over, voice.say(needed))
    return bridge_picture(bridge, voice, _of_county(stock.title))


def _of_county(title: Text) -> Text:
    return Text(f"{COUNTY.zh}{title.zh}", f"{COUNTY.en}, {title.en.lower()}")


def standing_parts(rows: pandas.DataFrame, parts: list[Indicator], scope: Scope) -> Picture:
    """Draw what the register consists of: current, abstinent, departed; nothing is drawn as a remainder."""
    voice = scope.voice
    found = []
    for indicator in parts:
        latest = newest_row(series_of(rows, indicator, scope.of_county))
        if latest is not None:
            found.append((indicator, latest))
    if len(found) != len(parts) or len({row["last"] for _, row in found}) != 1:
        series = series_of(rows, parts[0], scope.of_county)
        missing = UNFINISHED_OR_UNREPORTED if found else why_nothing(rows, parts[0], "total", series, scope.of_county)
        return nothing_drawn(split_title(voice, parts[0], "standing"), voice.say(missing))
    frame = pandas.DataFrame([{**row.to_dict(), "member": indicator.id} for indicator, row in found])
    members = [Member(indicator.id, indicator.title) for indicator, _ in found]
    when = period_words(voice, parts[0], found[0][1]["period"], found[0][1]["grain"])
    spoken = [
        f"{voice.say(indicator.title)}{'' if voice.is_chinese else ' '}{provisional(voice, amount_of(voice, indicator, row), row['status'])}"
        for indicator, row in found
    ]
    shown = all(has_number(row["status"]) for _, row in found)
    exact = shown and not voice.is_public
    if voice.is_chinese:
        equal = f"{spoken[0]}=" if exact else f"{spoken[0]},其中"
        sentence = f"{when},{COUNTY.zh}{equal}{('+' if exact else '、').join(spoken[1:])}"
    else:
        whole, *rest = (part.lower() for part in spoken)
        sentence = f"{COUNTY.en}: {whole} {'=' if exact else 'include'} {(' + ' if exact else ', ').join(rest)}, {when}"
    return member_picture(frame, parts[0], members, voice, sentence, DIMENSIONS["standing"].title)
