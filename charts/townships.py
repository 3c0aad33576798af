"""Townships on maps, by their level and by their people, and in one table in the order of zones and codes.

The colour of a level is the rate drawn towards the county's, in classes relative to the county that mean the same in every period and
county. Nothing here is ranked; what stands out was tested by the build (:mod:`charts.hotspots`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas

from analysis.areas import Level
from charts.area_map import LEVEL_CLASSES, PEOPLE_CLASSES, MapArea, Ring, map_figure, numbered_words
from charts.funnel import NOT_YET
from charts.hotspots import (
    LEVEL_WORDS,
    SIGNALS,
    TOWNSHIP,
    UNSTABLE_BELOW,
    DrawnTownship,
    TownshipLevels,
    carried_note,
    colour_note,
    compared,
    counted_words,
    in_place,
    level_sentence,
    level_table,
    level_words,
    people_levels,
    people_sentence,
    possible_note,
    township_words,
)
from charts.picture import Picture, nothing_drawn, spoken_whole
from charts.rows import Series, choose
from charts.scope import CLAUSES, PARTS, SENTENCES, Scope
from charts.sentences import left_behind_words, together_title, together_words
from charts.trend import status_note
from charts.words import (
    NOT_COLLECTED,
    PROTECTED,
    amount,
    amount_in_table,
    below,
    has_number,
    plain_number,
    plotted,
    provisional,
    range_words,
    short_area,
)
from indicators.dimensions import Member
from indicators.model import Grain, Indicator, Status, Text

CLUSTER = Text("案件聚集处", "cluster of cases")
PART_OF_CLUSTER = Text("案件聚集处(一部分)", "cluster of cases (part)")
LEVELS_TITLE = Text("各乡镇与全县的比较", "Townships beside their county")
UNIT = Text("相当于全县的倍数", "times the county's rate")
UNSTABLE = Text(f"斜纹:刑事立案不足{UNSTABLE_BELOW}起,不稳定。", f"Hatched: fewer than {UNSTABLE_BELOW} criminal cases, not stable.")
NUMBER, RESIDENTS = Text("序号", "No."), Text("乡镇 / 人口", "Township / residents")
CASES, JUDGED, USERS = Text("刑事立案", "Criminal cases"), Text("判断", "judged"), Text("现有人员", "Current users")
IN_ALL = Text("{because}(合计{number})", "{because} ({number} in all)")
POOLED_KEY = Text("刑事立案和判断:{when},应有数按全县水平推算;", "Criminal cases and judgement: {when}, beside those expected at the county's rate. ")
WITH_EXPECTED = Text("{events},应有{expected:.1f}", "{events}, {expected:.1f} expected")
CASES_KEY = Text("刑事立案:{when},括号内为可能范围(95%,按每起各自独立计);", "Criminal cases: {when}, 95% range in brackets as for single cases. ")
USERS_KEY = Text("现有人员:{when}现有吸毒人员{more};", "Current users: {when}{more}. ")
MORE = Text(",{more}", "; {more}")
KEY = Text("{cases}{users}人口:常住人口;*为偏远乡镇。", "{cases}{users}* remote township.")


def level_map(held: TownshipLevels | None, townships: Sequence[DrawnTownship], scope: Scope) -> Picture:
    """Draw every township's smoothed rate relative to the county's, with what stands out and the cluster outlined."""
    voice, shown = scope.voice, in_place(townships, scope)
    if held is None or not shown:
        return nothing_drawn(voice.say(LEVELS_TITLE), voice.say(NOT_YET))
    areas = [_leveled(held, area, number) for number, area in enumerate(shown, start=1)]
    codes = {area.code for area in shown}
    groups = [set(group["area_code"]) for group in held.groups]
    rings = [Ring(frozenset(group & codes), CLUSTER if group <= codes else PART_OF_CLUSTER) for group in groups if codes & group]
    is_hidden = any(pandas.isna(row["observed"]) for row in held.rows.values())
    figure = map_figure(areas, LEVEL_CLASSES, voice, absent=voice.say(PROTECTED if is_hidden else LEVEL_WORDS[Level.NOT_JUDGED]), rings=rings)
    unstable = voice.say(UNSTABLE) if any(area.is_unstable for area in areas) else ""
    note = voice.join(
        SENTENCES, (carried_note(held, shown), possible_note(held, shown), colour_note(held), unstable, numbered_words(areas, shown, voice))
    )
    sentence = level_sentence(held, townships, scope)
    alt = spoken_whole(voice, sentence, [area.words for area in areas])
    return Picture(sentence, figure, alt, level_table(held, shown), held.when, note, unit=voice.say(UNIT))


def _leveled(held: TownshipLevels, area: DrawnTownship, number: int) -> MapArea:
    ratio, signal = held.ratio(area.code), SIGNALS.get(held.level(area.code))
    is_unstable = ratio is not None and bool(held.rows[area.code]["observed"] < UNSTABLE_BELOW)
    name, words = plotted(short_area(held.voice.say(area.title))), plotted(township_words(held, area))
    return MapArea(area.code, area.zone, name, str(number), area.rings, ratio, words, is_unstable, None if ratio is None else signal)


def people_map(
    rows: pandas.DataFrame, levels: pandas.DataFrame, indicator: Indicator, townships: Sequence[DrawnTownship], scope: Scope
) -> Picture | None:
    """Draw the people of every township in fixed classes, with those outlined that stand out from the county; protected ones hatched."""
    voice, shown = scope.voice, in_place(townships, scope)
    people = choose(rows, indicator, scope, "township", (Grain.YEAR,)).newest
    if people.rows.empty or not shown:
        return None
    held = compared(levels[levels["last_on"] == people.rows["last"].iloc[0]], levels.iloc[:0], indicator, scope)
    by_code, areas, spoken = people.by("area_code"), [], []
    for number, area in enumerate(shown, start=1):
        row, level = by_code.get(area.code), Level.NOT_JUDGED if held is None else held.level(area.code)
        said = f"{voice.say(area.title)} {voice.say(NOT_COLLECTED) if row is None else people.said(row)}"
        spoken.append(voice.join(PARTS, (said, "" if level is Level.NOT_JUDGED else voice.say(LEVEL_WORDS[level]))))
        value = float(row["value"]) if row is not None and has_number(row["status"]) else None
        name = plotted(short_area(voice.say(area.title)))
        areas.append(MapArea(area.code, area.zone, name, str(number), area.rings, value, plotted(spoken[-1]), signal=SIGNALS.get(level)))
    drawn = people.of(people.rows[people.rows["area_code"].isin([area.code for area in shown])])
    because = PROTECTED if drawn.has(Status.SUPPRESSED) else NOT_COLLECTED
    sentence = people_sentence(indicator, people.dated, len(areas), sum(area.value is None for area in areas), because, scope)
    told = together_words(people) if scope.zone is None else ""
    sentence = voice.join(CLAUSES, (sentence, told, "" if held is None else people_levels(held, shown)))
    table = {
        voice.say(NUMBER): [area.number for area in areas],
        voice.say(TOWNSHIP): [voice.say(area.title) for area in shown],
        voice.say(indicator.title): [amount_in_table(voice, indicator, by_code[area.code]) if area.code in by_code else "—" for area in shown],
    }
    key = voice.say(because)
    together = people.hidden_together
    if told and together is not None:
        written = amount(voice, indicator, together.value, Status.OBSERVED, unit=False)
        for column, cell in zip(table.values(), ("", voice.say(together_title(people, together)), written), strict=True):
            column.append(cell)
        spoken.append(told)
        key = voice.say(IN_ALL, because=because, number=written)
    possible = "" if held is None else possible_note(held, shown)
    note = voice.join(SENTENCES, (possible, left_behind_words(people), status_note(voice, drawn.rows["status"]), numbered_words(areas, shown, voice)))
    figure = map_figure(areas, PEOPLE_CLASSES, voice, absent=key)
    return Picture(sentence, figure, spoken_whole(voice, sentence, spoken), pandas.DataFrame(table), people.dated, note)


def township_tables(
    rows: pandas.DataFrame,
    held: TownshipLevels | None,
    cases: Indicator,
    people: Indicator,
    townships: Sequence[DrawnTownship],
    zones: list[Member],
    scope: Scope,
) -> tuple[str, list[tuple[str, pandas.DataFrame]]]:
    """Return a table of every zone with its townships in the order of their codes, never by size, and what the columns mean.

    Cases are those that were judged, of the same months, so that no number stands beside a verdict on others. Where nothing was judged, they
    are those of the latest finished year that is split. Residents are those of the last year of either.
    """
    voice = scope.voice
    opened = choose(rows, cases, scope, "township", (Grain.YEAR,)).newest_shown
    users = choose(rows, people, scope, "township", (Grain.YEAR,)).newest
    opened_by_code, users_by_code = opened.by("area_code"), users.by("area_code")
    at = held.span.last.year if held else (scope.until if opened.rows.empty else opened.rows["last"].iloc[0]).year
    late = Status.PROVISIONAL if held is None and opened.has(Status.PROVISIONAL) else Status.OBSERVED
    case_heading = f"{provisional(voice, voice.say(CASES), late)} / {voice.say(JUDGED)}"
    tables = []
    for zone in zones:
        inside = [area for area in in_place(townships, scope) if area.zone == zone.code]
        if not inside:
            continue
        columns: dict[str, list[str]] = {  # two in a cell, or the table does not fit a phone
            voice.say(RESIDENTS): [
                below(f"{voice.say(area.title)}{'*' if area.is_remote else ''}", plain_number(voice, area.residents_in(at))) for area in inside
            ],
            case_heading: [
                below(_with_range(opened, opened_by_code.get(area.code)), "—") if held is None else _judged(held, area.code) for area in inside
            ],
            voice.say(USERS): [_cell(users, users_by_code.get(area.code)) for area in inside],
        }
        tables.append((voice.say(zone.title), pandas.DataFrame(columns)))
    of_year = voice.say(CASES_KEY, when=opened.dated) if opened.dated else ""
    cases_key = of_year if held is None else voice.say(POOLED_KEY, when=held.when)
    together = together_words(users) if scope.zone is None else ""
    more = voice.join(PARTS, (together, left_behind_words(users).rstrip("。.")))
    users_key = voice.say(USERS_KEY, when=users.dated, more=voice.say(MORE, more=more) if more else "") if users.dated else ""
    return voice.say(KEY, cases=cases_key, users=users_key), tables


def _judged(held: TownshipLevels, code: str) -> str:
    """Write a township's events and those expected above what was said of them."""
    row = held.rows.get(code)
    if row is None or pandas.isna(row["observed"]):
        return below("—" if row is None else held.voice.say(PROTECTED), level_words(held, code))
    events = counted_words(held, code)
    counted = events if pandas.isna(row["expected"]) else held.voice.say(WITH_EXPECTED, events=events, expected=row["expected"])
    return below(counted, level_words(held, code))


def _with_range(series: Series, row: pandas.Series | None) -> str:
    if row is None or not has_number(row["status"]) or pandas.isna(row["upper"]):
        return _cell(series, row)
    return f"{_cell(series, row)} ({range_words(series.voice, float(row['lower']), float(row['upper']))})"


def _cell(series: Series, row: pandas.Series | None) -> str:
    return "—" if row is None else series.said(row, unit=False)
