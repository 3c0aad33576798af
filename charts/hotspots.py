"""Which townships stand out from their county, in words and tables: all from what the build tested.

What stands out is named, never ranked. Where nothing does, it is said how much would have been found. The maps are in
:mod:`charts.townships`, the funnel is in :mod:`charts.funnel`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

import pandas

from analysis.areas import Level
from analysis.comparison import Verdict, verdicts
from charts.rows import Span, choose
from charts.scope import CLAUSES, COUNTY, NAMES, PARTS, SENTENCES, Scope, Voice
from charts.words import PROTECTED, chance_words, month_words, plain_number, span_words, stated
from indicators.model import Indicator, Outcome, Text

PER = 10_000
NAMED = 8  # townships at most in a sentence; the table and the map have all
TOLD_CLUSTERS = 2
IN_BATCHES = 1.2  # variance over mean from which it is said that cases come in batches
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


class Signal(StrEnum):
    """How firmly a township stands out from its county, above or below."""

    CLEAR = "clear"
    POSSIBLE = "possible"


SIGNALS = {
    Level.CLEARLY_HIGH: Signal.CLEAR,
    Level.POSSIBLY_HIGH: Signal.POSSIBLE,
    Level.CLEARLY_LOW: Signal.CLEAR,
    Level.POSSIBLY_LOW: Signal.POSSIBLE,
}
"""What is outlined and named, in the order in which it is said."""
NO_RESIDENTS = Text("没有常住人口数,各乡镇未作比较。", "Residents are not known: the townships were not compared.")
MONTHS = Text("{whole}个月", "{whole} months")
MONTHS_REPORTED = Text("{whole}个月,其中{reported:.0f}个月有报送", "{whole} months, {reported:.0f} of them reported")
ONE_TOWNSHIP = Text(
    "{name}:{what},按全县水平应为{expected:.1f}{unit};平滑后相当于全县的{times:.2f}倍;{level}",
    "{name}: {events} {unit}, {expected:.1f} expected at the county's rate; smoothed {times:.2f} times the county's; {level}",
)
COLOURS = Text(
    "颜色是平滑后的刑事立案水平,以全县(每万人每年{rate:.1f}起)为1;案件越少的乡镇越靠近全县。粗黑线为片区界。",
    "Colours are smoothed rates of criminal cases, the county's ({rate:.1f} per 10,000 a year) being 1; few cases lie near it. Thick lines: zones.",
)
AND_OTHERS = Text("{names}等{count}个", "{names} and others, {count} in all")
LEFT_OUT = Text("{said}(另有专项行动{count}起)", "{said} (and {count} of campaigns)")
CAMPAIGNS = Text("专项行动的{count}起不参加比较", "{count} cases of campaigns are left out")
AND_CAMPAIGNS = Text(";{said}", "; {said}")
CARRIED = Text("{level}(其中{events}起在{month})", "{level} ({events} of them in {month})")
CARRIED_NOTE = Text(
    "{names}:去掉括号里的那个月就不再是这样,先核实是否专项行动或补录。",
    "{names}: not so without the month in brackets; check for a campaign or late entries first.",
)
STAND_OUT = Text("{names}{level}", "{names} {level}")
CLEAR = Text("{when}({months})按人口折算的{title}:{clear}", "{title} per resident, {when} ({months}): {clear}")
NONE_CLEAR = Text(
    "{when}({months}),{place}各乡镇(街道)按人口折算的{title},未发现与全县有明显差异的。{power}",
    "{place}, {when} ({months}): {title:lower} per resident: no township differs clearly from the county. {power}",
)
NONE_BUT_CARRIED = Text(
    "{when}({months}),{place}各乡镇(街道)按人口折算的{title},未发现多数月份都明显高于全县的;只因一个月偏高的见图下说明。{power}",
    "{place}, {when} ({months}): {title:lower} per resident: no township differs clearly but by a single month (see the note). {power}",
)
POSSIBLE = Text(
    "{possible}:同时看{judged}个乡镇,偶然也会有几个这样的,不能据此下结论。",
    "{possible}: of {judged} townships a few look like this by chance; it supports no conclusion.",
)
POWER = Text(
    "若某乡镇风险翻倍,本期发现概率{of_any}{by_size}。",
    "Had the risk of one township doubled, the chance of finding it now would be {of_any}{by_size}.",
)
BY_SIZE = Text("(人口少的乡镇{small},人口多的{large})", " ({small} where few people live, {large} where many do)")
UNDER_A_TENTH, TENTHS = Text("不到1成", "less than 1 in 10"), Text("约{tenths}成", "about {tenths} in 10")
OVER_NINE_TENTHS = Text("9成以上", "more than 9 in 10")
NO_CLUSTER = Text(
    "{when},没有相邻乡镇连成片的聚集区超出偶然(全县只作一次检验)。",
    "{when}: no group of neighbouring townships stands out beyond chance (one test for the whole county).",
)
CLUSTER = Text(
    "{when},{where}共刑事立案{events}起,按全县水平应为{expected:.1f}起,是应有的{times:.1f}倍;纯属偶然出现这样的聚集,可能性{chance}。{rest}{caution}",
    "{when}: {where}: there are {events} criminal cases where {expected:.1f} are expected, {times:.1f} times as many; by chance: {chance}."
    "{rest} {caution}",
)
AS_A_WHOLE = Text("这是把一片地方合起来看,不说明其中每个乡镇都偏高。", "It is the area as a whole that stands out, not each township in it.")
IN_ONE_TOWNSHIP = Text("聚集只在这一个乡镇。", "The cluster is this one township.")
IN_ONE_MONTH = Text(
    "其中{events}起在{month},不算这个月就不超出偶然,先核实是否专项行动或补录。",
    "{events} of them in {month}; without that month it is within chance: check for a campaign or late entries first.",
)
MORE_CLUSTERS = Text("另有{count}处聚集,见地图。", "{count} more clusters are on the map.")
OF_CLUSTER = Text("{name}({cases:.0f}起)", "{name} ({cases:.0f})")
MAINLY = Text("以{core}为主的一片", "in an area mainly of {core}")
AROUND, ALONE = Text("{core}一带", "in an area of {core}"), Text("{core}", "in {core}")
ONLY_INSIDE = Text("{names}只是在圈内,本身不多。", " {names} lie inside the circle but are not high themselves.")
NEIGHBOURS = Text("{when},{alike}。{high}", "{when}: {alike}.{high}")
ALIKE = Text(
    "相邻乡镇的水平彼此相近(莫兰指数{index:.2f};如果与位置无关,这样的情况{chance})",
    "neighbouring townships resemble each other (Moran's I {index:.2f}; if place did not matter, {chance} of maps would look so)",
)
NOT_ALIKE = Text("看不出相邻乡镇的水平彼此相近", "neighbouring townships do not resemble each other beyond chance")
HIGH_TOGETHER = Text("自身和周边都偏高的:{names}。", " High among high neighbours: {names}.")
LOOKED_AT = Text(
    "合并{months},同时检验{tests}个乡镇(街道);{promise}{possible}。{further}{campaigns}。数据截至{last.year}年{last.month}月。",
    "{months} pooled, {tests} townships tested together; {promise}{possible}. {further}{campaigns}. Data up to {last:%b %Y}.",
)
PROMISE = Text(
    "如果各乡镇水平都一样,误标“明显”的机会不超过{share:.0%}",
    "if all were alike, any would be called clearly high or low in at most {share:.0%} of such looks",
)
STRICTER = Text(
    "案件成批出现(各月起伏是零散发生时的{times:.1f}倍),判断已从严;如果各乡镇水平都一样,误标“明显”的机会在模拟的县里约{share:.0%},这里不作承诺",
    "cases come in batches (their months vary {times:.1f} times as much as single cases would) and are judged more strictly; if all were alike, any "
    "would be called clearly high or low in about {share:.0%} of simulated counties, which is no promise here",
)
BY_CHANCE = Text(",“可能”碰巧出现的机会{chance}", ", and possibly in {chance}")
CLUSTER_AND_REMOTE = Text("聚集区、偏远乡镇各另作一次检验{limit}", "The cluster and the remote townships are a test each{limit}")
CLUSTER_ALONE = Text("聚集区另作一次检验{limit}", "The cluster is a test of its own{limit}")
LIMIT = Text(",误报各不超过{share:.0%}", ", erring in at most {share:.0%} as well")
COUNTED_LEVEL = Text("{level}{count}个", "{count} {level}")
SOME_STANDING = Text("{count}个乡镇(街道)中{standing},其余{rest}", "Of {count} townships {standing}, the others {rest}")
NONE_STANDING = Text("{count}个乡镇(街道)都{rest}", "All {count} townships are {rest}")
CHANCE, CHANCE_OR_FEW = Text("在偶然范围内", "within chance"), Text("在偶然范围内或数量太少", "within chance or too few to judge")
ALL_SHOWN = Text("{when}{place}各乡镇(街道){title}", "{place}: {title:lower} by township, {when}")
SOME_SHOWN = Text(
    "{when},{place}{count}个乡镇(街道)中{shown}个可以公布{title},{hidden}个{because}",
    "{place}: {title:lower} by township, {when}: {shown} of {count} can be shown, {hidden} {because}",
)
PEOPLE_CLEAR = Text("按人口折算{clear}", "per resident {clear}")
NO_PEOPLE_CLEAR = Text(
    "按人口折算,可公布的乡镇与全县无明显差异或数量太少", "per resident, those shown do not differ clearly from the county or are too few"
)
REMOTE = Text(
    "{when},{place}偏远乡镇{what}(每万人每年{rate:.1f}{unit}),其他乡镇{other:.0f}{unit}(每万人每年{other_rate:.1f}{unit});{verdict}。",
    "{place}, {when}: {remote:.0f} {unit} in remote townships ({rate:.1f} per 10,000 a year), {other:.0f} elsewhere ({other_rate:.1f}); {verdict}.",
)
REMOTE_CARRIED = Text("{verdict},但去掉{name}{month}的{events}起即不再如此", "{verdict}, though not without {events} in {name} in {month}")
REMOTE_WORDS: dict[Verdict, Text] = {
    Verdict.CLEAR_RISE: Text("偏远乡镇高于其他乡镇,超出随机波动", "remote townships are above the others, beyond chance"),
    Verdict.CLEAR_FALL: Text("偏远乡镇低于其他乡镇,超出随机波动", "remote townships are below the others, beyond chance"),
    Verdict.WITHIN_CHANCE: Text("差异在随机波动范围内", "the difference is within chance"),
    Verdict.TOO_FEW: Text("数量太少,不作判断", "too few to judge"),
    Verdict.NOT_JUDGED: Text("未作判断", "not judged"),
}
TOWNSHIP, EXPECTED, JUDGEMENT = Text("乡镇(街道)", "Township"), Text("应有", "Expected"), Text("判断", "Judgement")


class DrawnTownship(Protocol):
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


class Carrier(NamedTuple):
    """The month that a finding rests on alone."""

    month: pandas.Timestamp
    events: int


def in_place(townships: Sequence[DrawnTownship], scope: Scope) -> list[DrawnTownship]:
    """Return the townships to draw: those of the selected zone, else all. Levels and tests always look at all of them."""
    return [area for area in townships if scope.zone is None or area.zone == scope.zone.code]


@dataclass(frozen=True, eq=False)
class TownshipLevels:
    """The townships of one indicator at one cut-off.

    Attributes:
        indicator: What is counted.
        voice: Release and language.
        rows: Findings of the level method by township code.
        clusters: Findings of the scan: a row a township of a cluster.
        span: The months looked at.
        months_reported: How many of these months were reported; NaN where none were pooled.
        power: Probability that a doubled risk of one township would have been found, and of the third with fewest and with most residents.
        dispersion: Variance over mean of the townships' months.
        chance_of_possible: Probability that something is called possible on a map of pure chance; NaN where it was not asked.
        carried: The month without which a township would not be called so high, by township code.
        carried_clusters: The same of a cluster, by its number.
        in_campaigns: Events left out because a campaign claims them, by township code; none where there are none.
    """

    indicator: Indicator
    voice: Voice
    rows: dict[str, pandas.Series]
    clusters: pandas.DataFrame
    span: Span
    months_reported: float
    power: tuple[float, float, float]
    dispersion: float
    chance_of_possible: float
    carried: Mapping[str, Carrier]
    carried_clusters: Mapping[str, Carrier]
    in_campaigns: Mapping[str, int]

    @property
    def is_judged(self) -> bool:
        """Whether any township could be compared."""
        return any(self.level(code) is not Level.NOT_JUDGED for code in self.rows)

    def level(self, code: str) -> Level:
        """Return what may be said of a township."""
        return Level(self.rows[code]["label"]) if code in self.rows else Level.NOT_JUDGED

    def ratio(self, code: str) -> float | None:
        """Return the smoothed rate of a township over the county's; none where it is not known."""
        value = self.rows[code]["value"] if code in self.rows else None
        return None if value is None or pandas.isna(value) or not self.county_rate > 0 else float(value) / self.county_rate

    @property
    def when(self) -> str:
        """The months looked at in words."""
        return span_words(self.voice, *self.span)

    @property
    def months(self) -> str:
        """How many months that are, and how many of them were reported."""
        words = MONTHS if self.months_reported >= self.span.months else MONTHS_REPORTED
        return self.voice.say(words, whole=self.span.months, reported=self.months_reported)

    @property
    def groups(self) -> list[pandas.DataFrame]:
        """The townships of every cluster that chance does not explain."""
        found = self.clusters[self.clusters["label"] == Outcome.CLUSTER]
        return [group for _, group in found.groupby("member", sort=True)]

    @property
    def county_rate(self) -> float:
        """Events per 10,000 residents and year in the whole county; NaN where there are none."""
        row = next((row for row in self.rows.values() if row["exposure"] > 0 and not pandas.isna(row["expected"])), None)
        return float("nan") if row is None else float(row["expected"] / row["exposure"] * PER)


def latest(findings: pandas.DataFrame, indicator: Indicator, until: pandas.Timestamp) -> pandas.DataFrame:
    """Return the findings of an indicator at the last cut-off up to a month; none where there was none."""
    chosen = findings[(findings["indicator"] == indicator.id) & (findings["last_on"] <= until)]
    return chosen[chosen["last_on"] == chosen["last_on"].max()]


def compared(levels: pandas.DataFrame, clusters: pandas.DataFrame, indicator: Indicator, scope: Scope) -> TownshipLevels | None:
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
    months, dispersion = told.get("months_reported", unknown), told.get("dispersion", 1.0)
    by_chance = told.get("chance_of_possible", unknown)
    carried, of_clusters = (_carriers(one["parameters"].iloc[0]) if len(one) else {} for one in (found, chosen))
    return TownshipLevels(
        indicator,
        scope.voice,
        rows,
        chosen,
        Span(first, last),
        months,
        power,
        dispersion,
        by_chance,
        carried,
        of_clusters,
        told.get("in_campaigns", {}),
    )


def _carriers(parameters: str) -> dict[str, Carrier]:
    """Read the months that carry a finding from an analysis' parameters."""
    kept: dict[str, dict[str, Any]] = json.loads(parameters).get("carried", {})
    return {key: Carrier(pandas.Timestamp(one["month"]), one["events"]) for key, one in kept.items()}


def counted_words(held: TownshipLevels, code: str) -> str:
    """Write a township's events, and how many of a campaign are left out of them."""
    events, left_out = plain_number(held.voice, held.rows[code]["observed"]), held.in_campaigns.get(code, 0)
    return held.voice.say(LEFT_OUT, said=events, count=left_out) if left_out else events


def level_words(held: TownshipLevels, code: str) -> str:
    """Say what may be said of a township, and of which month's events it is said only because of them."""
    level = held.voice.say(LEVEL_WORDS[held.level(code)])
    if code not in held.carried:
        return level
    month, events = held.carried[code]
    return held.voice.say(CARRIED, level=level, events=events, month=month_words(held.voice, month))


def township_words(held: TownshipLevels, area: DrawnTownship) -> str:
    """Say a township's events beside the expected ones, or why there are none."""
    voice, row, ratio, level = held.voice, held.rows.get(area.code), held.ratio(area.code), held.level(area.code)
    if row is None or ratio is None:
        is_hidden = row is not None and pandas.isna(row["observed"])
        return f"{voice.say(area.title)} {voice.say(PROTECTED if is_hidden else LEVEL_WORDS[level])}"
    events, unit = plain_number(voice, row["observed"]), held.indicator.unit
    what = stated(voice, held.indicator, f"{events}{voice.say(unit)}")
    left_out = held.in_campaigns.get(area.code, 0)
    if left_out:
        what, events = (voice.say(LEFT_OUT, said=said, count=left_out) for said in (what, events))
    told = {"name": area.title, "what": what, "events": events, "unit": unit, "level": level_words(held, area.code)}
    return voice.say(ONE_TOWNSHIP, **told, expected=row["expected"], times=ratio)


def colour_note(held: TownshipLevels) -> str:
    """Say what the colours of the map of levels stand for."""
    return held.voice.say(COLOURS, rate=held.county_rate) if held.county_rate > 0 else ""


def level_sentence(held: TownshipLevels, townships: Sequence[DrawnTownship], scope: Scope) -> str:
    """Say which townships stand out, or that none does and what would have been found."""
    voice = held.voice
    if not held.is_judged:
        return voice.say(NO_RESIDENTS)
    shown = in_place(townships, scope)
    clear = listed(held, [area for area in shown if area.code not in held.carried], Signal.CLEAR)
    is_carried = any(area.code in held.carried and SIGNALS.get(held.level(area.code)) is Signal.CLEAR for area in shown)
    none = NONE_BUT_CARRIED if is_carried else NONE_CLEAR
    told = {"when": held.when, "months": held.months, "title": held.indicator.title, "place": scope.place, "clear": clear}
    return voice.say(CLEAR if clear else none, **told, power=power_words(held.power, voice))


def carried_note(held: TownshipLevels, shown: Sequence[DrawnTownship]) -> str:
    """Name what is high because of one month alone, with that month; empty where nothing is."""
    voice = held.voice
    named = [f"{voice.say(area.title)}{level_words(held, area.code)}" for area in shown if area.code in held.carried]
    return voice.say(CARRIED_NOTE, names=_few(voice, named)) if named else ""


def possible_note(held: TownshipLevels, shown: Sequence[DrawnTownship]) -> str:
    """Name what is only possible, and say that chance does so too; empty where nothing is but what one month carries."""
    possible = listed(held, [area for area in shown if area.code not in held.carried], Signal.POSSIBLE)
    judged = sum(held.level(code) is not Level.NOT_JUDGED for code in held.rows)
    return held.voice.say(POSSIBLE, possible=possible, judged=judged) if possible else ""


def listed(held: TownshipLevels, shown: Sequence[DrawnTownship], signal: Signal) -> str:
    """Name townships by their level, in the order of their codes; empty where there is none."""
    voice, levels = held.voice, [level for level, kind in SIGNALS.items() if kind is signal]
    named = {level: _names(voice, [area for area in shown if held.level(area.code) is level]) for level in levels}
    return voice.join(PARTS, [voice.say(STAND_OUT, names=names, level=LEVEL_WORDS[level]) for level, names in named.items() if names])


def _names(voice: Voice, areas: Sequence[DrawnTownship]) -> str:
    return _few(voice, [voice.say(area.title) for area in areas])


def _few(voice: Voice, names: Sequence[str]) -> str:
    """Name all of a few, of many the first in the order of their codes and how many there are."""
    if len(names) <= NAMED:
        return voice.join(NAMES, names)
    return voice.say(AND_OTHERS, names=voice.join(NAMES, names[: NAMED // 2]), count=len(names))


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
    return voice.say(POWER, of_any=of_any, by_size=voice.say(BY_SIZE, small=of_small, large=of_large) if apart else "")


def _in_ten(power: float, voice: Voice) -> str:
    if pandas.isna(power):
        return ""
    tenths = round(power * 10)
    return voice.say(UNDER_A_TENTH if power < 0.1 else TENTHS if tenths < 10 else OVER_NINE_TENTHS, tenths=tenths)


def cluster_sentence(held: TownshipLevels | None, townships: Sequence[DrawnTownship], scope: Scope) -> str:
    """Say whether neighbouring townships together have more events than the rest: one test for the whole county."""
    if held is None or held.clusters.empty:
        return ""
    if not held.groups:
        return scope.voice.say(NO_CLUSTER, when=held.when)
    groups, voice = held.groups, scope.voice
    more = len(groups) - TOLD_CLUSTERS
    told = [_cluster_words(held, group, townships) for group in groups[:TOLD_CLUSTERS]]
    return voice.join(SENTENCES, [*told, voice.say(MORE_CLUSTERS, count=more) if more > 0 else ""])


def _cluster_words(held: TownshipLevels, group: pandas.DataFrame, townships: Sequence[DrawnTownship]) -> str:
    voice, row, inside = held.voice, group.iloc[0], [area for area in townships if area.code in set(group["area_code"])]
    high = [area for area in inside if area.code in held.rows and held.rows[area.code]["observed"] > held.rows[area.code]["expected"]]
    others = [area for area in inside if area not in high]
    core = _few(voice, [voice.say(OF_CLUSTER, name=area.title, cases=held.rows[area.code]["observed"]) for area in high])
    carrier = held.carried_clusters.get(str(row["member"]))
    one_month = "" if carrier is None else voice.say(IN_ONE_MONTH, events=carrier.events, month=month_words(voice, carrier.month))
    caution = voice.say(AS_A_WHOLE if len(inside) > 1 else IN_ONE_TOWNSHIP)
    return voice.say(
        CLUSTER,
        when=held.when,
        where=voice.say(MAINLY if others else AROUND if len(high) > 1 else ALONE, core=core),
        events=plain_number(voice, row["observed"]),
        expected=row["expected"],
        times=row["observed"] / row["expected"],
        chance=chance_words(voice, row["p_value"]),
        rest=voice.say(ONLY_INSIDE, names=_names(voice, others)) if others else "",
        caution=voice.join(SENTENCES, (one_month, caution)),
    )


def neighbour_sentence(findings: pandas.DataFrame, townships: Sequence[DrawnTownship], voice: Voice, until: pandas.Timestamp) -> str:
    """Say whether neighbours resemble each other; empty for a county of fewer than thirty townships, where it cannot be told."""
    found = findings[findings["last_on"] <= until]
    whole = found[found["breakdown"] == "total"]
    if whole.empty:
        return ""
    row = whole.iloc[0]
    is_high = (found["label"] == Outcome.HIGH_CLUSTER) & (found["observed"] > found["expected"])  # a low one among high ones is not high itself
    high = set(found.loc[is_high, "area_code"])
    names = _names(voice, [area for area in townships if area.code in high])
    is_alike = row["label"] == Outcome.ALIKE
    alike = voice.say(ALIKE, index=row["value"], chance=chance_words(voice, row["p_value"])) if is_alike else voice.say(NOT_ALIKE)
    when = span_words(voice, row["first_on"], row["last_on"])
    return voice.say(NEIGHBOURS, when=when, alike=alike, high=voice.say(HIGH_TOGETHER, names=names) if names else "")


def funnel_sentence(held: TownshipLevels, shown: Sequence[DrawnTownship]) -> str:
    """Say how many townships stand out, and that the others do not."""
    voice, levels = held.voice, [held.level(area.code) for area in shown]
    counts = {level: levels.count(level) for level in SIGNALS if level in levels}
    standing = voice.join(CLAUSES, [voice.say(COUNTED_LEVEL, level=LEVEL_WORDS[level], count=count) for level, count in counts.items()])
    has_few = any(level not in SIGNALS and level is not Level.WITHIN_CHANCE for level in levels)
    words = SOME_STANDING if standing else NONE_STANDING
    return voice.say(words, count=len(shown), standing=standing, rest=CHANCE_OR_FEW if has_few else CHANCE)


def level_table(held: TownshipLevels, townships: Sequence[DrawnTownship]) -> pandas.DataFrame:
    """Return every township in the order of its code with observed, expected and what may be said."""
    voice, rows = held.voice, [held.rows.get(area.code) for area in townships]
    return pandas.DataFrame(
        {
            voice.say(TOWNSHIP): [voice.say(area.title) for area in townships],
            voice.say(held.indicator.title): ["—" if row is None else _count(held, area.code) for area, row in zip(townships, rows, strict=True)],
            voice.say(EXPECTED): ["—" if row is None or pandas.isna(row["expected"]) else f"{row['expected']:.1f}" for row in rows],
            voice.say(JUDGEMENT): [level_words(held, area.code) for area in townships],
        }
    )


def _count(held: TownshipLevels, code: str) -> str:
    return held.voice.say(PROTECTED) if pandas.isna(held.rows[code]["observed"]) else counted_words(held, code)


def cut_off_words(held: TownshipLevels | None, levels: pandas.DataFrame, voice: Voice, *, is_remote_told: bool) -> str:
    """Say how it was looked at: how many townships were tested, and how often such a look finds something by chance.

    Args:
        held: What was compared.
        levels: Findings of the level method.
        voice: Release and language.
        is_remote_told: Whether the remote townships were compared with the others as well.
    """
    if held is None or not held.is_judged:
        return ""
    row = levels[levels["last_on"] == held.span.last].iloc[0]
    share, is_in_batches = float(row["chance_of_false"]), held.dispersion > IN_BATCHES
    possible = "" if pandas.isna(held.chance_of_possible) else voice.say(BY_CHANCE, chance=_in_ten(held.chance_of_possible, voice))
    left_out = sum(held.in_campaigns.values())
    limit = "" if is_in_batches else voice.say(LIMIT, share=share)
    return voice.say(
        LOOKED_AT,
        months=held.months,
        tests=int(row["tests"]),
        promise=voice.say(STRICTER if is_in_batches else PROMISE, times=held.dispersion, share=share),
        possible=possible,
        further=voice.say(CLUSTER_AND_REMOTE if is_remote_told else CLUSTER_ALONE, limit=limit),
        campaigns=voice.say(AND_CAMPAIGNS, said=voice.say(CAMPAIGNS, count=left_out)) if left_out else "",
        last=held.span.last,
    )


def people_sentence(indicator: Indicator, when: str, count: int, hidden: int, because: Text, scope: Scope) -> str:
    """Say of how many townships a number of people can be shown, and why not of the others."""
    told = {"when": when, "place": scope.place, "title": indicator.title, "count": count, "shown": count - hidden, "hidden": hidden}
    return scope.voice.say(SOME_SHOWN if hidden else ALL_SHOWN, **told, because=because)


def people_levels(held: TownshipLevels, townships: Sequence[DrawnTownship]) -> str:
    """Name the townships with a published number that clearly stand out by their residents; protected ones are not judged."""
    clear = listed(held, townships, Signal.CLEAR)
    return held.voice.say(PEOPLE_CLEAR if clear else NO_PEOPLE_CLEAR, clear=clear)


def remote_sentence(rows: pandas.DataFrame, held: TownshipLevels | None, townships: Sequence[DrawnTownship], scope: Scope) -> str:
    """Compare the county's remote townships with its others over the pooled months by the exact test: always over the whole county."""
    if held is None:
        return ""
    months = pandas.date_range(*held.span, freq="MS")
    residents = [sum(area.residents_in(month.year) for month in months for area in townships if area.is_remote == far) for far in (True, False)]
    counts = _judged_by_remoteness(held, townships) or [
        choose(rows, held.indicator, scope, "remote", member=flag).total_of_parts(held.span) for flag in ("yes", "no")
    ]
    remote, other = counts
    if remote is None or other is None or not all(residents):
        return ""
    remote_residents, other_residents = (people / len(months) for people in residents)
    voice, unit, years = scope.voice, held.indicator.unit, len(months) / 12
    verdict = _of_remote(held, remote, other, remote_residents, other_residents)
    said = voice.say(REMOTE_WORDS[verdict])
    for area in townships:
        if area.is_remote and area.code in held.carried:
            month, events = held.carried[area.code]
            if _of_remote(held, remote - events, other, remote_residents, other_residents) is not verdict:
                said = voice.say(REMOTE_CARRIED, verdict=said, name=area.title, month=month_words(voice, month), events=events)
    return voice.say(
        REMOTE,
        when=held.when,
        place=COUNTY,
        what=stated(voice, held.indicator, f"{remote:.0f}{voice.say(unit)}"),
        unit=unit,
        remote=remote,
        rate=remote / remote_residents / years * PER,
        other=other,
        other_rate=other / other_residents / years * PER,
        verdict=said,
    )


def _of_remote(held: TownshipLevels, remote: float, other: float, remote_residents: float, other_residents: float) -> Verdict:
    return Verdict(verdicts(remote, other, remote_residents, other_residents, dispersion=held.dispersion)[0])


def _judged_by_remoteness(held: TownshipLevels, townships: Sequence[DrawnTownship]) -> list[float | None]:
    """Return what was judged of the remote townships and of the others, campaigns left out; nothing where a township is not shown."""
    told = [(area.is_remote, held.rows[area.code]["observed"]) for area in townships if area.code in held.rows]
    if len(told) < len(held.rows) or any(pandas.isna(events) for _, events in told):
        return []
    return [float(sum(events for is_remote, events in told if is_remote == far)) for far in (True, False)]
