"""People by township on a map in fixed classes, remote townships beside the others, and one table in the order of zones and codes.

Nothing here is ranked; what stands out was tested by the build (:mod:`charts.hotspots`).
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas

from analysis.areas import Level
from analysis.comparison import Verdict, verdicts
from charts.area_map import PEOPLE_CLASSES, MapArea, Signal, map_figure
from charts.hotspots import LEVEL_WORDS, SIGNALS, Compared, compared, listed, possible_note
from charts.picture import Picture
from charts.rows import Span, choose
from charts.scope import CLAUSES, COUNTY, Scope, Voice
from charts.township import PROTECTED_PEOPLE, Township, in_place, numbered_words
from charts.trend import status_note
from charts.words import (
    absence,
    amount_in_table,
    amount_of,
    below,
    has_number,
    plain_number,
    plotted,
    provisional,
    range_words,
    short_area,
    stated,
)
from indicators.dimensions import Member
from indicators.model import Grain, Indicator, Status, Text

PER = 10_000
NO_NUMBER = Text("未报送", "not reported")


def _by_township(rows: pandas.DataFrame, indicator: Indicator, grain: Grain, scope: Scope) -> tuple[pandas.DataFrame, dict[str, pandas.Series], str]:
    newest = choose(rows, indicator, scope, "township", (grain,)).newest
    return newest.rows, newest.by("area_code"), newest.dated


def people_map(rows: pandas.DataFrame, levels: pandas.DataFrame, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> Picture | None:
    """Draw the people of every township in fixed classes, with those outlined that stand out from the county; protected ones hatched."""
    voice = scope.voice
    found, by_code, when = _by_township(rows, indicator, Grain.YEAR, scope)
    townships = in_place(townships, scope)
    if found.empty or not townships:
        return None
    held = compared(levels[levels["last_on"] == found["last"].iloc[0]], levels.iloc[:0], indicator, scope)
    areas, spoken = [], []
    for number, area in enumerate(townships, start=1):
        row = by_code.get(area.code)
        value = float(row["value"]) if row is not None and has_number(row["status"]) else None
        words = absence(voice, indicator, Status.NOT_COLLECTED) if row is None else amount_of(voice, indicator, row)
        level = Level.NOT_JUDGED if held is None else held.level(area.code)
        judged = "" if level is Level.NOT_JUDGED else f"{';' if voice.is_chinese else '; '}{voice.say(LEVEL_WORDS[level])}"
        spoken.append(f"{voice.say(area.title)} {words}{judged}")
        name = plotted(short_area(voice.say(area.title)))
        areas.append(MapArea(area.code, area.zone, name, str(number), area.rings, value, plotted(spoken[-1]), signal=SIGNALS.get(level)))
    hidden = sum(area.value is None for area in areas)
    found = found[found["area_code"].isin([area.code for area in townships])]
    because = PROTECTED_PEOPLE if (found["status"] == Status.SUPPRESSED).any() else NO_NUMBER
    sentence = _people_sentence(indicator, when, len(areas), hidden, because, scope)
    if held is not None:
        sentence = voice.join(CLAUSES, (sentence, _people_levels(held, townships, voice)))
    alt = f"{sentence}。{';'.join(spoken)}。" if voice.is_chinese else f"{sentence}. {'; '.join(spoken)}."
    table = pandas.DataFrame(
        {
            voice.say(Text("序号", "No.")): [str(number) for number in range(1, len(areas) + 1)],
            voice.say(Text("乡镇(街道)", "Township")): [voice.say(area.title) for area in townships],
            voice.say(indicator.title): [
                amount_in_table(voice, indicator, by_code[area.code]) if area.code in by_code else "—" for area in townships
            ],
        }
    )
    possible = "" if held is None else possible_note(held, townships, voice)
    notes = [possible, status_note(voice, found["status"]), numbered_words(areas, townships, voice)]
    figure = map_figure(areas, PEOPLE_CLASSES, voice, absent=because)
    return Picture(sentence, figure, alt, table, when, ("" if voice.is_chinese else " ").join(note for note in notes if note))


def _people_sentence(indicator: Indicator, when: str, count: int, hidden: int, because: Text, scope: Scope) -> str:
    voice = scope.voice
    title, place = voice.say(indicator.title), voice.say(scope.place)
    if voice.is_chinese:
        shown = f"{when},{place}{count}个乡镇(街道)中{count - hidden}个可以公布{title},{hidden}个{because.zh}"
        return shown if hidden else f"{when}{place}各乡镇(街道){title}"
    sentence = f"{place}: {title.lower()} by township, {when}"
    return f"{sentence}: {count - hidden} of {count} can be shown, {hidden} {because.en}" if hidden else sentence


def _people_levels(held: Compared, townships: Sequence[Township], voice: Voice) -> str:
    """Name the townships with a published number that clearly stand out by their residents; protected ones are not judged."""
    clear = listed(held, townships, Signal.CLEAR, voice)
    if voice.is_chinese:
        return f"按人口折算{clear}" if clear else "按人口折算,可公布的乡镇与全县无明显差异或数量太少"
    return f"per resident {clear}" if clear else "per resident, those shown do not differ clearly from the county or are too few"


def township_tables(
    rows: pandas.DataFrame,
    held: Compared | None,
    cases: Indicator,
    people: Indicator,
    townships: Sequence[Township],
    zones: list[Member],
    scope: Scope,
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
        inside = [area for area in in_place(townships, scope) if area.zone == zone.code]
        if not inside:
            continue
        heading = provisional(voice, voice.say(Text("立案", "Cases")), late)
        columns: dict[str, list[str]] = {  # two in a cell, or the table does not fit a phone
            voice.say(Text("乡镇 / 人口", "Township / residents")): [
                below(f"{voice.say(area.title)}{'*' if area.is_remote else ''}", plain_number(voice, area.residents_in(at))) for area in inside
            ],
            f"{heading} / {voice.say(Text('判断', 'judged'))}": [
                below(_with_range(voice, cases, cases_by_code.get(area.code)), _judged(held, area, voice)) for area in inside
            ],
            voice.say(Text("现有人员", "Current users")): [_cell(voice, people, people_by_code.get(area.code)) for area in inside],
        }
        tables.append((voice.say(zone.title), pandas.DataFrame(columns)))
    if voice.is_chinese:
        pooled = "" if held is None else f"判断:{held.span(voice)}立案与全县相比;"
        case_words = f"立案:{when},括号内为可能范围(95%,按每起各自独立计);" if when else ""
        people_words = f"现有人员:{year}现有吸毒人员;" if year else ""
        return f"{case_words}{pooled}{people_words}人口:常住人口;*为偏远乡镇。", tables
    pooled = "" if held is None else f"Judged: cases of {held.span(voice)} beside the county. "
    people_words = f"Current users: {year}. " if year else ""
    case_words = f"Cases: {when}, 95% range in brackets as for single cases. " if when else ""
    return f"{case_words}{pooled}{people_words}* remote township.", tables


def _judged(held: Compared | None, area: Township, voice: Voice) -> str:
    return "—" if held is None else voice.say(LEVEL_WORDS[held.level(area.code)])


def _with_range(voice: Voice, indicator: Indicator, row: pandas.Series | None) -> str:
    if row is None or not has_number(row["status"]):
        return _cell(voice, indicator, row)
    if pandas.isna(row["upper"]):
        return _cell(voice, indicator, row)
    return f"{_cell(voice, indicator, row)} ({range_words(voice, float(row['lower']), float(row['upper']))})"


def _cell(voice: Voice, indicator: Indicator, row: pandas.Series | None) -> str:
    return "—" if row is None else amount_of(voice, indicator, row, unit=False)


def remote_sentence(rows: pandas.DataFrame, held: Compared | None, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> str:
    """Compare the county's remote townships with its others over the pooled months by the exact test: always over the whole county."""
    voice = scope.voice
    if held is None:
        return ""
    months = pandas.date_range(held.first, held.last, freq="MS")
    residents = {
        flag: float(sum(area.residents_in(month.year) for month in months for area in townships if area.is_remote == (flag == "yes"))) / len(months)
        for flag in ("yes", "no")
    }
    counts = {flag: choose(rows, indicator, scope, "remote", (Grain.MONTH,), member=flag).total(Span(held.first, held.last)) for flag in residents}
    if any(count is None for count in counts.values()) or not all(residents.values()):
        return ""
    remote, other = float(counts["yes"] or 0), float(counts["no"] or 0)
    years = len(months) / 12
    rates = [count / residents[flag] / years * PER for count, flag in ((remote, "yes"), (other, "no"))]
    words = REMOTE_WORDS[verdicts(remote, other, residents["yes"], residents["no"], dispersion=held.dispersion)[0]]
    unit, when = voice.say(indicator.unit), held.span(voice)
    if voice.is_chinese:
        first = f"{COUNTY.zh}偏远乡镇{stated(voice, indicator, f'{remote:.0f}{unit}')}(每万人每年{rates[0]:.1f}{unit})"
        return f"{when},{first},其他乡镇{other:.0f}{unit}(每万人每年{rates[1]:.1f}{unit});{voice.say(words)}。"
    first = f"{remote:.0f} {unit} in remote townships ({rates[0]:.1f} per 10,000 a year)"
    return f"{COUNTY.en}, {when}: {first}, {other:.0f} elsewhere ({rates[1]:.1f}); {voice.say(words)}."


REMOTE_WORDS: dict[Verdict, Text] = {
    Verdict.CLEAR_RISE: Text("偏远乡镇高于其他乡镇,超出随机波动", "remote townships are above the others, beyond chance"),
    Verdict.CLEAR_FALL: Text("偏远乡镇低于其他乡镇,超出随机波动", "remote townships are below the others, beyond chance"),
    Verdict.WITHIN_CHANCE: Text("差异在随机波动范围内", "the difference is within chance"),
    Verdict.TOO_FEW: Text("数量太少,不作判断", "too few to judge"),
    Verdict.NOT_JUDGED: Text("未作判断", "not judged"),
}
