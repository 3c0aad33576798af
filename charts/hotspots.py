"""Which townships stand out from their county: the map, the funnel and the words, all from what the build tested.

The colour is the rate drawn towards the county's, in classes relative to the county that mean the same in every period and county. What
stands out is outlined and named, never ranked. Where nothing does, it is said how much would have been found.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy
import pandas
import plotly.graph_objects as go

from analysis.areas import ACTION, WARNING, Level
from analysis.dispersion import batch_size
from analysis.intervals import exact_poisson_interval
from charts.area_map import FIRST_WIDE_SIGN, LEVEL_CLASSES, MapArea, Ring, Signal, map_figure
from charts.picture import Picture, nothing_drawn
from charts.scope import CLAUSES, Scope, Voice
from charts.theme import BLUE, GOLD, INK, MUTED, PALE_BLUE, base_figure, value_axis
from charts.township import PROTECTED_PEOPLE, Township, in_place, numbered_words
from charts.words import chance_words, plain_number, plotted, short_area, span_words, stated
from indicators.model import Indicator, Outcome, Text

PER = 10_000
UNSTABLE_BELOW = 10  # events (NCHS, WISQARS): the rate may change its class by chance
LEVEL_WORDS: dict[Level, Text] = {
    Level.CLEARLY_HIGH: Text("明显偏高", "clearly high"),
    Level.POSSIBLY_HIGH: Text("可能偏高", "possibly high"),
    Level.WITHIN_CHANCE: Text("与全县无明显差异", "no clear difference"),
    Level.POSSIBLY_LOW: Text("可能偏低", "possibly low"),
    Level.CLEARLY_LOW: Text("明显偏低", "clearly low"),
    Level.TOO_FEW: Text("数量太少", "too few"),
    Level.NOT_JUDGED: Text("未作判断", "not judged"),
}
SIGNALS = {
    Level.CLEARLY_HIGH: Signal.CLEAR,
    Level.POSSIBLY_HIGH: Signal.POSSIBLE,
    Level.CLEARLY_LOW: Signal.CLEAR,
    Level.POSSIBLY_LOW: Signal.POSSIBLE,
}
"""What is outlined and named, in the order in which it is said."""
CLUSTER_AREA = Text("案件聚集区", "cluster of cases")
PART_OF_CLUSTER = Text("案件聚集区(一部分)", "cluster of cases (part)")
NOT_YET = Text("立案数报送满一年、期间有案件后显示。", "Shown once a year of cases is reported and holds any.")
NO_RESIDENTS = Text("没有常住人口数,各乡镇未作比较。", "Residents are not known: the townships were not compared.")
LEVELS_TITLE = Text("各乡镇与全县的比较", "Townships beside their county")
FUNNEL_TITLE = Text("差异有没有超出偶然", "Is the difference more than chance")


@dataclass(frozen=True)
class Compared:
    """The townships of one indicator at one cut-off.

    Attributes:
        rows: Findings of the level method by township code.
        clusters: Findings of the scan: a row a township of a cluster.
        first: First month looked at.
        last: Last month looked at.
        months_reported: How many of these months were reported; NaN where none were pooled.
        power: Probability that a doubled risk of one township would have been found, and of the third with fewest and with most residents.
        dispersion: Variance over mean of the townships' months.
    """

    rows: dict[str, pandas.Series]
    clusters: pandas.DataFrame
    first: pandas.Timestamp
    last: pandas.Timestamp
    months_reported: float
    power: tuple[float, float, float]
    dispersion: float

    @property
    def is_judged(self) -> bool:
        """Whether any township could be compared."""
        return any(self.level(code) is not Level.NOT_JUDGED for code in self.rows)

    def level(self, code: str) -> Level:
        """Return what may be said of a township."""
        return Level(self.rows[code]["label"]) if code in self.rows else Level.NOT_JUDGED

    def span(self, voice: Voice) -> str:
        """Return the months looked at in words."""
        return span_words(voice, self.first, self.last)

    def months(self, voice: Voice) -> str:
        """Return how many months that are, and how many of them were reported."""
        whole = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        if self.months_reported >= whole:
            return f"{whole}个月" if voice.is_chinese else f"{whole} months"
        reported = f"{self.months_reported:.0f}"
        return f"{whole}个月,其中{reported}个月有报送" if voice.is_chinese else f"{whole} months, {reported} of them reported"

    @property
    def county_rate(self) -> float:
        """Events per 10,000 residents and year in the whole county; NaN where there are none."""
        row = next((row for row in self.rows.values() if row["exposure"] > 0 and not pandas.isna(row["expected"])), None)
        return float("nan") if row is None else float(row["expected"] / row["exposure"] * PER)


def latest(findings: pandas.DataFrame, indicator: Indicator, until: pandas.Timestamp) -> pandas.DataFrame:
    """Return the findings of an indicator at the last cut-off up to a month; none where there was none."""
    chosen = findings[(findings["indicator"] == indicator.id) & (findings["last_on"] <= until)]
    return chosen[chosen["last_on"] == chosen["last_on"].max()]


def compared(levels: pandas.DataFrame, clusters: pandas.DataFrame, indicator: Indicator, scope: Scope) -> Compared | None:
    """Choose what was compared at the selected month; none where less than a year is known."""
    found = latest(levels, indicator, scope.until)
    if found.empty:
        return None
    first, last = found["first_on"].iloc[0], found["last_on"].iloc[0]
    chosen = clusters[(clusters["indicator"] == indicator.id) & (clusters["last_on"] == last)]
    told = json.loads(found["parameters"].iloc[0])
    unknown = float("nan")
    power = float(found["power"].iloc[0]), told.get("power_of_small", unknown), told.get("power_of_large", unknown)
    rows = {row["area_code"]: row for _, row in found.iterrows()}
    return Compared(rows, chosen, first, last, told.get("months_reported", unknown), power, told.get("dispersion", 1.0))


def level_map(held: Compared | None, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> Picture:
    """Draw every township's smoothed rate relative to the county's, with what stands out and the cluster outlined."""
    voice = scope.voice
    shown = in_place(townships, scope)
    if held is None or not shown:
        return nothing_drawn(voice.say(LEVELS_TITLE), voice.say(NOT_YET))
    areas = [_map_area(held, indicator, area, number, voice) for number, area in enumerate(shown, start=1)]
    codes = {area.code for area in shown}
    clusters = [group for group in _clusters(held) if codes & group]
    rings = [Ring(frozenset(group & codes), CLUSTER_AREA if group <= codes else PART_OF_CLUSTER) for group in clusters]
    sentence = level_sentence(held, indicator, townships, scope)
    is_hidden = any(pandas.isna(row["observed"]) for row in held.rows.values())
    figure = map_figure(areas, LEVEL_CLASSES, voice, absent=PROTECTED_PEOPLE if is_hidden else LEVEL_WORDS[Level.NOT_JUDGED], rings=rings)
    notes = [possible_note(held, shown, voice), _colour_note(held, voice), _unstable_note(areas, voice), numbered_words(areas, shown, voice)]
    return Picture(
        sentence,
        figure,
        _alt(voice, sentence, [area.words for area in areas]),
        level_table(held, indicator, shown, voice),
        held.span(voice),
        ("" if voice.is_chinese else " ").join(note for note in notes if note),
        unit=voice.say(Text("相当于全县的倍数", "times the county's rate")),
    )


def _alt(voice: Voice, sentence: str, spoken: Sequence[str]) -> str:
    whole = sentence.rstrip("。.")
    return f"{whole}。{';'.join(spoken)}。" if voice.is_chinese else f"{whole}. {'; '.join(spoken)}."


def _map_area(held: Compared, indicator: Indicator, area: Township, number: int, voice: Voice) -> MapArea:
    row = held.rows.get(area.code)
    name, level = voice.say(area.title), held.level(area.code)
    if row is None or pandas.isna(row["value"]) or not held.county_rate > 0:
        words = f"{name} {voice.say(PROTECTED_PEOPLE if row is not None and pandas.isna(row['observed']) else LEVEL_WORDS[level])}"
        return MapArea(area.code, area.zone, plotted(short_area(name)), str(number), area.rings, None, plotted(words))
    ratio = float(row["value"]) / held.county_rate
    events, expected = plain_number(voice, row["observed"]), f"{row['expected']:.1f}"
    label, times = voice.say(LEVEL_WORDS[level]), f"{ratio:.2f}"
    unit = voice.say(indicator.unit)
    words = (
        f"{name}:{stated(voice, indicator, f'{events}{unit}')},按全县水平应为{expected}{unit};平滑后相当于全县的{times}倍;{label}"
        if voice.is_chinese
        else f"{name}: {events} {unit}, {expected} expected at the county's rate; smoothed {times} times the county's; {label}"
    )
    is_unstable = row["observed"] < UNSTABLE_BELOW
    return MapArea(area.code, area.zone, plotted(short_area(name)), str(number), area.rings, ratio, plotted(words), is_unstable, SIGNALS.get(level))


def _colour_note(held: Compared, voice: Voice) -> str:
    if not held.county_rate > 0:
        return ""
    rate = f"{held.county_rate:.1f}"
    if voice.is_chinese:
        return f"颜色是平滑后的立案水平,以全县(每万人每年{rate}起)为1;案件越少的乡镇越靠近全县。粗黑线为片区界。"
    return f"Colours are smoothed rates, the county's ({rate} per 10,000 a year) being 1; few cases lie near it. Thick lines: zones."


def _unstable_note(areas: Sequence[MapArea], voice: Voice) -> str:
    if not any(area.is_unstable for area in areas):
        return ""
    if voice.is_chinese:
        return f"斜纹:立案不足{UNSTABLE_BELOW}起,不稳定。"
    return f"Hatched: fewer than {UNSTABLE_BELOW} cases, not stable."


def _clusters(held: Compared) -> list[set[str]]:
    """Return the townships of every cluster that chance does not explain."""
    found = held.clusters[held.clusters["label"] == Outcome.CLUSTER]
    return [set(group["area_code"]) for _, group in found.groupby("member", sort=True)]


def level_sentence(held: Compared, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> str:
    """Say which townships stand out, or that none does and what would have been found."""
    voice = scope.voice
    shown = in_place(townships, scope)
    place, title = voice.say(scope.place), voice.say(indicator.title)
    if not held.is_judged:
        return voice.say(NO_RESIDENTS)
    clear = listed(held, shown, Signal.CLEAR, voice)
    if voice.is_chinese:
        when = f"{held.span(voice)}({held.months(voice)})"
        if clear:
            return f"{when}按人口折算的{title}:{clear}"
        return f"{when},{place}各乡镇(街道)按人口折算的{title},未发现与全县有明显差异的。{power_words(held.power, voice)}"
    when = f"{held.span(voice)} ({held.months(voice)})"
    if clear:
        return f"{title} per resident, {when}: {clear}"
    return f"{place}, {when}: {title.lower()} per resident: no township differs clearly from the county. {power_words(held.power, voice)}"


def possible_note(held: Compared, shown: Sequence[Township], voice: Voice) -> str:
    """Name what is only possible, and say that chance does so too; empty where nothing is."""
    possible = listed(held, shown, Signal.POSSIBLE, voice)
    if not possible:
        return ""
    judged = sum(held.level(code) is not Level.NOT_JUDGED for code in held.rows)
    if voice.is_chinese:
        return f"{possible}:同时看{judged}个乡镇,偶然也会有几个这样的,不能据此下结论。"
    return f"{possible}: of {judged} townships a few look like this by chance; it supports no conclusion."


def listed(held: Compared, shown: Sequence[Township], signal: Signal, voice: Voice) -> str:
    """Name townships by their level, in the order of their codes; empty where there is none."""
    named = {level: [voice.say(area.title) for area in shown if held.level(area.code) is level] for level, kind in SIGNALS.items() if kind is signal}
    if voice.is_chinese:
        return ";".join(f"{'、'.join(names)}{LEVEL_WORDS[level].zh}" for level, names in named.items() if names)
    return "; ".join(f"{', '.join(names)} {LEVEL_WORDS[level].en}" for level, names in named.items() if names)


def power_words(power: tuple[float, float, float], voice: Voice) -> str:
    """Say how likely a doubled risk of one township would have been found: not found is not the same as not there.

    Args:
        power: Of any township, of one with few residents and of one with many: the small are found much less often.
        voice: Release and language.
    """
    if pandas.isna(power[0]):
        return ""
    of_any, of_small, of_large = (_in_ten(one, voice) for one in power)
    apart = bool(of_small) and bool(of_large) and of_small != of_large
    if voice.is_chinese:
        by_size = f"(人口少的乡镇{of_small},人口多的{of_large})" if apart else ""
        return f"若某乡镇风险翻倍,本期发现概率{of_any}{by_size}。"
    by_size = f" ({of_small} where few people live, {of_large} where many do)" if apart else ""
    return f"Had the risk of one township doubled, the chance of finding it now would be {of_any}{by_size}."


def _in_ten(power: float, voice: Voice) -> str:
    if pandas.isna(power):
        return ""
    tenths = round(power * 10)
    if voice.is_chinese:
        return "不到1成" if power < 0.1 else f"约{tenths}成" if tenths < 10 else "9成以上"
    return "less than 1 in 10" if power < 0.1 else f"about {tenths} in 10" if tenths < 10 else "more than 9 in 10"


def cluster_sentence(held: Compared | None, townships: Sequence[Township], scope: Scope) -> str:
    """Say whether neighbouring townships together have more events than the rest: one test for the whole county."""
    voice = scope.voice
    if held is None or held.clusters.empty:
        return ""
    found = held.clusters[held.clusters["label"] == Outcome.CLUSTER]
    span = held.span(voice)
    if found.empty:
        return (
            f"{span},没有相邻乡镇连成片的聚集区超出偶然(全县只作一次检验)。"
            if voice.is_chinese
            else f"{span}: no group of neighbouring townships stands out beyond chance (one test for the whole county)."
        )
    sentences = []
    for _, group in found.groupby("member", sort=True):
        row, inside = group.iloc[0], [area for area in townships if area.code in set(group["area_code"])]
        high, others = _by_own_level(held, inside)
        events, expected = plain_number(voice, row["observed"]), f"{row['expected']:.1f}"
        times, chance = _times(row, voice), chance_words(voice, row["p_value"])
        if voice.is_chinese:
            core = "、".join(f"{voice.say(area.title)}({held.rows[area.code]['observed']:.0f}起)" for area in high)
            where = f"以{core}为主的一片" if others else f"{core}一带" if len(high) > 1 else core
            rest = f"{'、'.join(voice.say(area.title) for area in others)}只是在圈内,本身不多。" if others else ""
            found_words = f"{span},{where}共立案{events}起,按全县水平应为{expected}起,{times};纯属偶然出现这样的聚集,可能性{chance}。"
            sentences.append(f"{found_words}{rest}这是把一片地方合起来看,不说明其中每个乡镇都偏高。")
        else:
            core = ", ".join(f"{voice.say(area.title)} ({held.rows[area.code]['observed']:.0f})" for area in high)
            rest = f" {', '.join(voice.say(area.title) for area in others)} lie inside the circle but are not high themselves." if others else ""
            sentences.append(
                f"{span}: an area made up {'mainly ' if others else ''}of {core} has {events} cases where {expected} are expected, "
                f"{times}; by chance alone: {chance}.{rest} It is the area as a whole that stands out, not each township in it."
            )
    return ("" if voice.is_chinese else " ").join(sentences)


def _by_own_level(held: Compared, inside: Sequence[Township]) -> tuple[list[Township], list[Township]]:
    """Part the townships of a cluster into those with more events than expected and the others."""
    high = [area for area in inside if area.code in held.rows and held.rows[area.code]["observed"] > held.rows[area.code]["expected"]]
    return high, [area for area in inside if area not in high]


def neighbour_sentence(findings: pandas.DataFrame, townships: Sequence[Township], voice: Voice, until: pandas.Timestamp) -> str:
    """Say whether neighbours resemble each other; empty for a county of fewer than thirty townships, where it cannot be told."""
    found = findings[findings["last_on"] <= until]
    whole = found[found["breakdown"] == "total"]
    if whole.empty:
        return ""
    row, span = whole.iloc[0], span_words(voice, whole["first_on"].iloc[0], whole["last_on"].iloc[0])
    is_high = (found["label"] == Outcome.HIGH_CLUSTER) & (found["observed"] > found["expected"])  # a low one among high ones is not high itself
    high = set(found.loc[is_high, "area_code"])
    names = [voice.say(area.title) for area in townships if area.code in high]
    chance = chance_words(voice, row["p_value"]) if row["label"] == Outcome.ALIKE else ""
    sign = "、"
    if voice.is_chinese:
        close = f"相邻乡镇的水平彼此相近(莫兰指数{row['value']:.2f};如果与位置无关,这样的情况{chance})" if chance else "看不出相邻乡镇的水平彼此相近"
        return f"{span},{close}。{f'自身和周边都偏高的:{sign.join(names)}。' if names else ''}"
    alike = f"neighbouring townships resemble each other (Moran's I {row['value']:.2f}; if place did not matter, {chance} of maps would look so)"
    said = f"{span}: {alike if chance else 'neighbouring townships do not resemble each other beyond chance'}."
    return f"{said} High among high neighbours: {', '.join(names)}." if names else said


def _times(row: pandas.Series, voice: Voice) -> str:
    ratio = f"{row['observed'] / row['expected']:.1f}"
    return f"是应有的{ratio}倍" if voice.is_chinese else f"{ratio} times as many"


def funnel_picture(held: Compared | None, indicator: Indicator, townships: Sequence[Township], scope: Scope) -> Picture:
    """Draw every township's events over the expected ones against their size, with what chance allows at each size."""
    voice = scope.voice
    shown = [area for area in in_place(townships, scope) if held and area.code in held.rows and held.rows[area.code]["expected"] > 0]
    if held is None or not shown:
        return nothing_drawn(voice.say(FUNNEL_TITLE), voice.say(NOT_YET if held is None or held.is_judged else NO_RESIDENTS))
    expected = numpy.array([float(held.rows[area.code]["expected"]) for area in shown])
    ratio = numpy.array([float(held.rows[area.code]["observed"]) for area in shown]) / expected
    figure = base_figure(360, legend=True, right=24)
    top = _add_limits(figure, expected, ratio, batch_size(held.dispersion), voice)
    words = [_map_area(held, indicator, area, 0, voice).words for area in shown]
    standing = numpy.array([held.level(area.code) in SIGNALS for area in shown])
    for is_signal, colour, size in ((False, BLUE, 9), (True, GOLD, DOT_SIZE)):
        chosen = numpy.flatnonzero(standing == is_signal)
        if chosen.size:
            figure.add_trace(
                go.Scatter(
                    x=expected[chosen],
                    y=ratio[chosen],
                    mode="markers",
                    marker={"size": size, "color": colour, "line": {"color": INK if is_signal else BLUE, "width": 1}},
                    customdata=[words[place] for place in chosen],
                    hovertemplate="%{customdata}<extra></extra>",
                    showlegend=False,
                )
            )
    named = [(plotted(short_area(voice.say(shown[place].title))), expected[place], ratio[place]) for place in numpy.flatnonzero(standing)]
    _add_names(figure, named, list(zip(expected, ratio, strict=True)), _reach(expected), top)
    figure.update_xaxes(
        **value_axis(
            type="log",
            rangemode="normal",
            title={"text": voice.say(Text("按全县水平应有的立案数(起)", "cases expected at the county's rate")), "font": {"size": 11}},
            tickvals=[
                one for one in (0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000) if _reach(expected)[0] <= one <= _reach(expected)[1]
            ],
            range=[float(numpy.log10(end)) for end in _reach(expected)],
            zeroline=False,
        )
    )
    figure.update_yaxes(**value_axis(range=[0, top], ticksuffix="倍" if voice.is_chinese else "×"))
    sentence = _funnel_sentence(held, shown, voice)
    return Picture(
        sentence,
        figure,
        _alt(voice, sentence, words),
        level_table(held, indicator, shown, voice),
        held.span(voice),
        voice.say(FUNNEL_NOTE),
        voice.say(RATIO_UNIT),
    )


RATIO_UNIT = Text("实际为应有的倍数", "observed over expected")
FUNNEL_NOTE = Text(
    "一点是一个乡镇:越靠右案件越多,越可靠。粗线外、又经一并检验成立的才写“明显”;只在细线外的写“可能”。",
    "One dot is one township; further right means more cases and firmer ground. Clearly: beyond the thick line and standing among all tests; "
    "possibly: beyond the thin line only.",
)


def _reach(expected: numpy.ndarray) -> tuple[float, float]:
    """Return the ends of the axis of expected events."""
    return float(expected.min()) / 1.5, float(expected.max()) * 1.5


def _add_limits(figure: go.Figure, expected: numpy.ndarray, ratio: numpy.ndarray, batch: float, voice: Voice) -> float:
    """Draw the funnel's limits and return how high the picture must reach.

    The limit runs through the sizes at which each whole count begins to lie within chance, so it is smooth and judges every count exactly.
    Where events come in batches it is the batches that are counted.
    """
    low, high = (end / batch for end in _reach(expected))
    counts = numpy.arange(0, int(high + 6 * numpy.sqrt(high) + 20))
    for alpha, width, dash, name in (
        (ACTION, 1.6, "solid", Text("99.8%偶然范围", "99.8% chance")),
        (WARNING, 1.2, "dot", Text("95%偶然范围", "95% chance")),
    ):
        sizes = exact_poisson_interval(counts, alpha)
        for side, first in ((0, 1), (1, 0)):  # a count above its size leaves the funnel at its lower limit
            at = sizes[first:, side]
            shown = (at >= low) & (at <= high)
            line = {"color": MUTED, "width": width, "dash": dash}
            figure.add_trace(
                go.Scatter(
                    x=batch * at[shown],
                    y=(counts[first:] / at)[shown],
                    mode="lines",
                    line=line,
                    hoverinfo="skip",
                    name=voice.say(name),
                    showlegend=side == 0,
                )
            )
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=1, y1=1, line={"color": PALE_BLUE, "width": 1.5})
    return max(float(ratio.max()) * 1.2, 3.0)


def _add_names(
    figure: go.Figure, names: Sequence[tuple[str, float, float]], dots: Sequence[tuple[float, float]], ends: tuple[float, float], top: float
) -> None:
    """Write the names of what stands out above or below their dots, so that on a phone none covers another or a dot."""
    left, right = (float(numpy.log10(end)) for end in ends)

    def pixels(size: float, ratio: float) -> tuple[float, float]:
        return (float(numpy.log10(size)) - left) / (right - left) * PHONE_PLOT[0], ratio / top * PHONE_PLOT[1]

    taken = [(*pixels(*dot), DOT_SIZE / 2) for dot in dots]
    for name, size, ratio in sorted(names, key=lambda one: one[1]):
        x, y = pixels(size, ratio)
        half = sum(NAME_SIZE if ord(sign) > FIRST_WIDE_SIGN else NAME_SIZE * 0.6 for sign in name) / 2
        shift = next((one for one in NAME_SHIFTS if _is_free(taken, x, y + one, half)), NAME_SHIFTS[0])
        taken.append((x, y + shift, half))
        figure.add_annotation(
            x=float(numpy.log10(size)),
            y=ratio,
            text=name,
            showarrow=False,
            yshift=shift,
            font={"size": NAME_SIZE, "color": INK},
            bgcolor=HALO,
            borderpad=0,
        )


def _is_free(taken: Sequence[tuple[float, float, float]], x: float, y: float, half: float) -> bool:
    return not any(abs(x - other_x) < half + other_half and abs(y - other_y) < NAME_SIZE + 2 for other_x, other_y, other_half in taken)


PHONE_PLOT = (260.0, 280.0)  # pixels of the plot on a phone
NAME_SIZE, DOT_SIZE = 12, 12
NAME_SHIFTS = (15, -15, 29, -29, 43, -43)  # pixels up and down
HALO = "rgba(255, 255, 255, 0.75)"  # behind a name, so that no line strikes it through


def _funnel_sentence(held: Compared, shown: Sequence[Township], voice: Voice) -> str:
    levels = [held.level(area.code) for area in shown]
    counted = {level: sum(one is level for one in levels) for level in SIGNALS}
    has_few = any(level not in SIGNALS and level is not Level.WITHIN_CHANCE for level in levels)
    if voice.is_chinese:
        rest = "在偶然范围内或数量太少" if has_few else "在偶然范围内"
        standing = voice.join(CLAUSES, [f"{LEVEL_WORDS[level].zh}{count}个" for level, count in counted.items() if count])
        return f"{len(shown)}个乡镇(街道)中{standing},其余{rest}" if standing else f"{len(shown)}个乡镇(街道)都{rest}"
    rest = "within chance or too few to judge" if has_few else "within chance"
    standing = voice.join(CLAUSES, [f"{count} {LEVEL_WORDS[level].en}" for level, count in counted.items() if count])
    return f"Of {len(shown)} townships {standing}, the others {rest}" if standing else f"All {len(shown)} townships are {rest}"


def level_table(held: Compared, indicator: Indicator, townships: Sequence[Township], voice: Voice) -> pandas.DataFrame:
    """Return every township in the order of its code with observed, expected and what may be said."""
    rows = [held.rows.get(area.code) for area in townships]
    return pandas.DataFrame(
        {
            voice.say(Text("乡镇(街道)", "Township")): [voice.say(area.title) for area in townships],
            voice.say(indicator.title): ["—" if row is None else _count(voice, row["observed"]) for row in rows],
            voice.say(Text("应有", "Expected")): ["—" if row is None or pandas.isna(row["expected"]) else f"{row['expected']:.1f}" for row in rows],
            voice.say(Text("判断", "Judgement")): [voice.say(LEVEL_WORDS[held.level(area.code)]) for area in townships],
        }
    )


def _count(voice: Voice, value: float) -> str:
    return voice.say(PROTECTED_PEOPLE) if pandas.isna(value) else plain_number(voice, value)


def cut_off_words(held: Compared | None, levels: pandas.DataFrame, voice: Voice, *, is_remote_told: bool) -> str:
    """Say how it was looked at: how many townships were tested, and how often such a look finds something by chance.

    Args:
        held: What was compared.
        levels: Findings of the level method.
        voice: Release and language.
        is_remote_told: Whether the remote townships were compared with the others as well.
    """
    if held is None or not held.is_judged:
        return ""
    chosen = levels[levels["last_on"] == held.last]
    tests, share = int(chosen["tests"].iloc[0]), float(chosen["chance_of_false"].iloc[0])
    if voice.is_chinese:
        how = f"合并{held.months(voice)},同时检验{tests}个乡镇(街道)"
        every = f"如果各乡镇水平都一样,误标“明显”的机会不超过{share:.0%},“可能”则每两三张图上就有一张会碰巧出现"
        more = f"聚集区、偏远乡镇各另作一次检验,各不超过{share:.0%}" if is_remote_told else f"聚集区另作一次检验,不超过{share:.0%}"
        return f"{how};{every};{more}。{_stricter(held, voice)}数据截至{held.last.year}年{held.last.month}月。"
    others = "The cluster and the remote townships are a test each" if is_remote_told else "The cluster is a test of its own"
    return (
        f"{held.months(voice)} pooled, {tests} townships tested together; if all were alike, one would be called clearly high or low in at most "
        f"{share:.0%} of such looks, possibly in every second or third. {others}, erring in at most {share:.0%} as well. "
        f"{_stricter(held, voice)}Data up to {held.last:%b %Y}."
    )


def _stricter(held: Compared, voice: Voice) -> str:
    if batch_size(held.dispersion) == 1:
        return ""
    times = f"{held.dispersion:.1f}"
    if voice.is_chinese:
        return f"案件成批出现(各月起伏是零散发生时的{times}倍),判断已从严。"
    return f"Cases come in batches (their months vary {times} times as much as single cases would): judged more strictly. "
