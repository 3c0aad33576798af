"""Townships: a map in fixed classes, the level of each with its interval, and one table in the order of zones and codes.

With some hundred cases over eighteen townships most differences are chance. So no township is ranked or named by its crude rate; one is
named only where an exact test against the rest of the county stands after allowing for all the townships looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

import numpy
import pandas

from analysis.comparison import Verdict, false_discovery_cut, two_period_p, verdicts
from analysis.intervals import poisson_interval
from charts.area_map import CASE_CLASSES, PEOPLE_CLASSES, Classes, MapArea, fitting_labels, map_figure
from charts.bars import interval_picture
from charts.findings import COUNTY, INTERVAL_NOTE, Scope
from charts.picture import Picture, Voice
from charts.rows import cells, newest, settled
from charts.trend import status_note
from charts.words import (
    absence,
    amount_in_table,
    amount_of,
    dated,
    has_number,
    period_words,
    plain_number,
    plotted,
    provisional,
    range_words,
    short_area,
)
from indicators.dimensions import Member
from indicators.model import Grain, Indicator, Status, Text

PER = 10_000
PROTECTED_PEOPLE = Text("受保护", "protected")  # not "few people": a partner that is hidden too may hold any number
NO_NUMBER = Text("未报送", "not reported")


class Township(Protocol):
    """What is needed to know of a township."""

    @property
    def code(self) -> str: ...  # noqa: D102
    @property
    def zone(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> Text: ...  # noqa: D102
    @property
    def is_remote(self) -> bool: ...  # noqa: D102
    @property
    def rings(self) -> str: ...  # noqa: D102
    def residents_in(self, year: int) -> int: ...  # noqa: D102


def _by_township(rows: pandas.DataFrame, indicator: Indicator, grain: str, scope: Scope) -> tuple[pandas.DataFrame, dict[str, pandas.Series], str]:
    found = newest(cells(rows, indicator.id, "township", grain=grain, until=scope.until))
    return found, {row["area_code"]: row for _, row in found.iterrows()}, dated(scope.voice, indicator, found)


def _in_place(townships: Sequence[Township], scope: Scope) -> list[Township]:
    """Return the townships to draw: those of the selected zone, else all. Levels and tests always look at all of them."""
    return [area for area in townships if scope.place.zone is None or area.zone == scope.place.zone.code]


def township_map(
    rows: pandas.DataFrame, indicator: Indicator, grain: str, townships: Sequence[Township], classes: Classes, scope: Scope, sentence: str = ""
) -> Picture | None:
    """Draw a published count of every township in fixed classes."""
    voice = scope.voice
    found, by_code, when = _by_township(rows, indicator, grain, scope)
    townships = _in_place(townships, scope)
    if found.empty or not townships:
        return None
    areas, spoken = [], []
    for number, area in enumerate(townships, start=1):
        row = by_code.get(area.code)
        value = float(row["value"]) if row is not None and has_number(row["status"]) else None
        words = absence(voice, indicator, Status.NOT_COLLECTED) if row is None else amount_of(voice, indicator, row)
        spoken.append(f"{voice.say(area.title)} {words}")
        areas.append(MapArea(area.code, area.zone, plotted(short_area(voice.say(area.title))), str(number), area.rings, value, plotted(spoken[-1])))
    shown = [area.value for area in areas if area.value is not None]
    hidden = len(areas) - len(shown)
    found = found[found["area_code"].isin([area.code for area in townships])]
    title, place = voice.say(indicator.title), voice.say(scope.place.zone.title if scope.place.zone else COUNTY)
    because = PROTECTED_PEOPLE if (found["status"] == Status.SUPPRESSED).any() else NO_NUMBER
    if not sentence and voice.is_chinese:
        sentence = (
            f"{when},{place}{len(areas)}个乡镇(街道)中{len(shown)}个可以公布{title},{hidden}个{because.zh}"
            if hidden
            else f"{when}{place}各乡镇(街道){title}"
        )
    if not sentence:
        sentence = f"{place}: {title.lower()} by township, {when}"
        sentence += f": {len(shown)} of {len(areas)} can be shown, {hidden} {because.en}" if hidden else ""
    alt = f"{sentence}。{';'.join(spoken)}。" if voice.is_chinese else f"{sentence}. {'; '.join(spoken)}."
    table = pandas.DataFrame(
        {
            voice.say(Text("序号", "No.")): [str(number) for number in range(1, len(areas) + 1)],
            voice.say(Text("乡镇(街道)", "Township")): [voice.say(area.title) for area in townships],
            title: [amount_in_table(voice, indicator, by_code[area.code]) if area.code in by_code else "—" for area in townships],
        }
    )
    notes = [status_note(voice, found["status"]), _numbered(areas, townships, voice)]
    return Picture(
        sentence,
        map_figure(areas, classes, voice, absent=because),
        alt,
        table,
        when,
        ("" if voice.is_chinese else " ").join(note for note in notes if note),
    )


def _numbered(areas: list[MapArea], townships: Sequence[Township], voice: Voice) -> str:
    """Say which townships the numbers on the map stand for."""
    labels = fitting_labels(areas)
    names = {area.code: voice.say(area.title) for area in townships}
    told = [f"{area.number} {names[area.code]}" for area in areas if labels.get(area.code) == area.number]
    if not told:
        return ""
    return f"图中数字:{'、'.join(told)}。" if voice.is_chinese else f"Numbers on the map: {', '.join(told)}."


def case_map(rows: pandas.DataFrame, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> Picture | None:
    """Draw the cases of twelve months by township."""
    return township_map(rows, indicator, Grain.ROLLING_12, townships, CASE_CLASSES, scope)


def people_map(rows: pandas.DataFrame, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> Picture | None:
    """Draw the current users of the latest finished year by township."""
    return township_map(rows, indicator, Grain.YEAR, townships, PEOPLE_CLASSES, scope)


def case_levels(rows: pandas.DataFrame, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> Picture | None:
    """Draw cases per 10,000 residents with their intervals, and say which townships stand out after allowing for looking at all.

    The county's level and "the rest of the county" are those of all townships, also where only a zone's are drawn.
    """
    voice = scope.voice
    found, by_code, when = _by_township(settled(rows), indicator, Grain.ROLLING_12, scope)
    if found.empty:
        return None
    year = found["last"].iloc[0].year
    held = [area for area in townships if area.code in by_code and has_number(by_code[area.code]["status"]) and area.residents_in(year) > 0]
    drawn = [position for position, area in enumerate(held) if area in _in_place(held, scope)]
    if len(held) < 2 or not drawn:
        return None
    counts = numpy.array([float(by_code[area.code]["value"]) for area in held])
    residents = numpy.array([float(area.residents_in(year)) for area in held])
    others, other_residents = counts.sum() - counts, residents.sum() - residents
    stands = false_discovery_cut(two_period_p(counts, others, residents, other_residents))
    expected = counts.sum() * residents / residents.sum()
    # A small township can be high with few cases expected; it cannot be low, for nobody expected many.
    is_high = stands & (counts > expected) & (counts >= SMALLEST_COUNT)
    is_low = stands & (counts < expected) & (expected >= SMALLEST_COUNT)
    high = [voice.say(held[position].title) for position in drawn if is_high[position]]
    low = [voice.say(held[position].title) for position in drawn if is_low[position]]
    bounds = poisson_interval(counts) / residents[:, None] * PER
    picture = interval_picture(
        [Member(held[position].code, held[position].title) for position in drawn],
        [float(counts[position] / residents[position] * PER) for position in drawn],
        [(float(bounds[position][0]), float(bounds[position][1])) for position in drawn],
        float(counts.sum() / residents.sum() * PER),
        voice,
        _level_sentence(voice, when, len(drawn), scope.place.zone, high, low),
        Text("每万常住人口立案数", "cases per 10,000 residents"),
        (Text("乡镇(街道)", "Township"), Text("每万人立案", "Cases per 10,000")),
    )
    return replace(picture, as_of=when, note=voice.say(INTERVAL_NOTE) + voice.say(MANY_NOTE), unit=voice.say(Text("起/万人", "per 10,000")))


SMALLEST_COUNT = 5  # cases observed (or expected) before a township is called high (or low)

MANY_NOTE = Text(
    "同时看许多乡镇,个别横条偏离全县线也可能出于偶然。",
    " Among many townships, some bars miss the county's line by chance.",
)


def _level_sentence(voice: Voice, when: str, count: int, zone: Member | None, high: list[str], low: list[str]) -> str:
    place = voice.say(zone.title if zone else COUNTY)
    if voice.is_chinese:
        if not high and not low:
            return f"{when},{place}{count}个乡镇(街道)按人口折算的立案数,未见超出随机波动的差异"
        parts = [f"{'、'.join(names)}{word}" for names, word in ((high, "高于全县其他地方"), (low, "低于全县其他地方")) if names]
        return f"{when}{place}按人口折算的立案数,{';'.join(parts)},其余乡镇数量太少或差异未超出随机波动"
    if not high and not low:
        return f"{place}: cases per 10,000 residents, {when}: none of {count} townships differs from the rest of the county beyond chance"
    parts = [f"{', '.join(names)} {word} the rest of the county" for names, word in ((high, "above"), (low, "below")) if names]
    return f"{place}: cases per 10,000 residents, {when}: {'; '.join(parts)}; the others are too few to judge or do not differ beyond chance"


def township_tables(
    rows: pandas.DataFrame, cases: Indicator, people: Indicator, townships: Sequence[Township], zones: list[Member], scope: Scope
) -> tuple[str, list[tuple[str, pandas.DataFrame]]]:
    """Return a table of every zone with its townships in the order of their codes, never by size, and what the columns mean.

    Residents are those of the year in which the cases' window ends.
    """
    voice = scope.voice
    found, cases_by_code, when = _by_township(rows, cases, Grain.ROLLING_12, scope)
    _, people_by_code, year = _by_township(rows, people, Grain.YEAR, scope)
    at = (scope.until if found.empty else found["last"].iloc[0]).year
    late = Status.PROVISIONAL if (found["status"] == Status.PROVISIONAL).any() else Status.OBSERVED
    tables = []
    for zone in zones:
        inside = [area for area in _in_place(townships, scope) if area.zone == zone.code]
        if not inside:
            continue
        columns: dict[str, list[str]] = {
            voice.say(Text("乡镇", "Township")): [f"{voice.say(area.title)}{'*' if area.is_remote else ''}" for area in inside],
            voice.say(Text("人口", "Residents")): [plain_number(voice, area.residents_in(at)) for area in inside],
            provisional(voice, voice.say(Text("立案", "Cases")), late): [_with_range(voice, cases, cases_by_code.get(area.code)) for area in inside],
            voice.say(Text("现有", "Current users")): [_cell(voice, people, people_by_code.get(area.code)) for area in inside],
        }
        tables.append((voice.say(zone.title), pandas.DataFrame(columns)))
    if voice.is_chinese:
        return f"立案:{when},括号内为可能范围(95%);现有:{year}现有吸毒人员;人口:常住人口;*为偏远乡镇。", tables
    return f"Cases: {when}, 95% range in brackets; current users: {year}; * remote township.", tables


def _with_range(voice: Voice, indicator: Indicator, row: pandas.Series | None) -> str:
    if row is None or not has_number(row["status"]):
        return _cell(voice, indicator, row)
    if pandas.isna(row["upper"]):
        return _cell(voice, indicator, row)
    return f"{_cell(voice, indicator, row)} ({range_words(voice, float(row['lower']), float(row['upper']))})"


def _cell(voice: Voice, indicator: Indicator, row: pandas.Series | None) -> str:
    return "—" if row is None else amount_of(voice, indicator, row, unit=False)


def remote_sentence(rows: pandas.DataFrame, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> str:
    """Compare the county's remote townships with its others by cases per resident, with the exact test: always over the whole county."""
    voice = scope.voice
    found = newest(settled(cells(rows, indicator.id, "remote", grain=Grain.ROLLING_12, until=scope.until)))
    counts = {row["member"]: float(row["value"]) for _, row in found.iterrows() if has_number(row["status"])}
    if found.empty:
        return ""
    year = found["last"].iloc[0].year
    residents = {flag: float(sum(area.residents_in(year) for area in townships if area.is_remote == (flag == "yes"))) for flag in ("yes", "no")}
    if len(counts) != 2 or not all(residents.values()):
        return ""
    rates = {flag: counts[flag] / residents[flag] * PER for flag in counts}
    verdict = verdicts(counts["yes"], counts["no"], residents["yes"], residents["no"])[0]
    when = period_words(voice, indicator, found["period"].iloc[0], Grain.ROLLING_12)
    words = {
        Verdict.CLEAR_RISE: Text("偏远乡镇高于其他乡镇,超出随机波动", "remote townships are above the others, beyond chance"),
        Verdict.CLEAR_FALL: Text("偏远乡镇低于其他乡镇,超出随机波动", "remote townships are below the others, beyond chance"),
        Verdict.WITHIN_CHANCE: Text("差异在随机波动范围内", "the difference is within chance"),
        Verdict.TOO_FEW: Text("数量太少,不作判断", "too few to judge"),
    }[verdict]
    if voice.is_chinese:
        remote = f"{COUNTY.zh}偏远乡镇立案{counts['yes']:.0f}起(每万人{rates['yes']:.1f}起)"
        return f"{when},{remote},其他乡镇{counts['no']:.0f}起(每万人{rates['no']:.1f}起),{voice.say(words)}。"
    remote = f"{counts['yes']:.0f} cases in remote townships ({rates['yes']:.1f} per 10,000)"
    return f"{COUNTY.en}, {when}: {remote}, {counts['no']:.0f} elsewhere ({rates['no']:.1f}); {voice.say(words)}."
