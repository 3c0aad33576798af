"""The page docs/calibration.md: what the trials found, beside what the project promises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from analysis.intervals import wilson_interval
from bench.calibration.counties import LARGEST, SEASON, SMALLEST, TOWNSHIPS, TYPICAL
from bench.calibration.departures import (
    BEND,
    CODED,
    FED_BY_LAST,
    FED_BY_LEVEL,
    HANDFUL,
    MANY_YOUNG,
    MOST_YOUNG,
    PERSISTENCE,
    SPREAD,
    STEP,
    TURN,
    YOUNG,
)
from bench.calibration.tally import Tally
from bench.calibration.trials import BATCHES, MAP_BATCHES, SCAN_SHARE, SHORT_HISTORY, UNREST, window_years

Found = Mapping[int, Tally]
"""The tallies by the county's size in cases a year."""


class Row(NamedTuple):
    """One line of a table."""

    text: str
    name: str  # in the tally
    limit: float | None = None  # of the share, where one is promised
    is_counted: bool = True  # hits among runs; otherwise a mean, which has no such interval


PROMISES = (
    Row("maps with any false 'clearly high' (明显偏高)", "map high", 0.05),
    Row("maps with any false 'clearly low' (明显偏低)", "map low", 0.05),
    Row("county months with any false alarm (预警), 34 series looked at", "month", 0.01),
    Row("county quarters with any false alarm, the same series", "quarter", 0.01),
    Row("month on the same month of last year called a change (同比)", "same month", 0.05),
    Row("year to date called a change (年累计同比)", "same so far", 0.05),
    Row("rolling twelve months called a change (滚动12个月)", "same rolling", 0.05),
    Row(f"trend of five years where there is none, unrest {UNREST} (趋势)", "trend", 0.07),
)
POWER = (
    Row("a township of doubled risk is 'clearly high': any township", "find labels"),
    Row("— one of the six smallest", "find labels small"),
    Row("— one of the middle six", "find labels middle"),
    Row("— one of the six largest", "find labels large"),
    Row("— what `areas.power_of_doubling` foretells of these counties", "foretold", is_counted=False),
    Row("— lies in the scan's cluster", "find scan"),
    Row("two neighbours of doubled risk: at least one is 'clearly high'", "pair labels"),
    Row("— both are", "pair labels both"),
    Row("— at least one lies in the scan's cluster", "pair scan"),
    Row("a month of twice the cases in the whole county: alarm on the county's line", "county x2"),
    Row("a month of three times the cases in the whole county", "county x3"),
    Row("a month of twice the cases in one township: alarm on that township", "township x2"),
    Row("a month of three times the cases in one township", "township x3"),
    Row("— alarm on it, its zone, a charge, a place or the county's lines", "township x3 anywhere"),
    Row("a year of half as many again: month on the same month of last year says rise", "rise month"),
    Row("— year to date says rise, the month being any", "rise so far"),
    Row("— rolling twelve months say rise", "rise rolling"),
    Row(f"a tenth more every year, unrest {UNREST}: the trend of five years says rise", "growth"),
)


class Pair(NamedTuple):
    """One line of the table that puts the rule before issue 13 beside today's."""

    text: str
    before: str  # in the tally
    after: str


def _judged(text: str, name: str) -> Pair:
    return Pair(text, f"before {name}", f"after {name}")


_CODED = [(share, f"{100 * share:.0f} % of its cases coded" if share else "none of its cases coded") for share in CODED]
FALSE_PAIRS = (
    Pair("maps with any false 'clearly high', cases one by one", "before map high", "map high"),
    *(Pair(f"— cases in batches, variance {one} times the mean", f"before map high {one}", f"map high {one}") for one in MAP_BATCHES),
    *(Pair(f"maps with any false cluster, variance {one}", f"before scan {one}", f"false scan {one}") for one in MAP_BATCHES),
    _judged("county months with any false alarm, cases one by one", "warning batches 1.0"),
    *(_judged(f"— variance {one}", f"warning batches {one}") for one in MAP_BATCHES),
    _judged("rolling twelve months called a change, cases one by one", "year even"),
    *(_judged(f"— variance {one}", f"year batches {one}") for one in MAP_BATCHES),
    _judged(f"— AR(1), the level's logarithm wandering by {SPREAD} with correlation {PERSISTENCE}", "year ar"),
    _judged(f"— INGARCH(1, 1) with {FED_BY_LAST} and {FED_BY_LEVEL}", "year ingarch"),
    *(_judged(f"— a campaign of three times the cases in three months, {coded}", f"year campaign {share}") for share, coded in _CODED),
    _judged("trend of five years where there is none, cases one by one", "trend even"),
    *(_judged(f"— variance {one}", f"trend batches {one}") for one in MAP_BATCHES),
    _judged("— AR(1)", "trend ar"),
    _judged("— INGARCH(1, 1)", "trend ingarch"),
    *(_judged(f"— a campaign, {coded}", f"trend campaign {share}") for share, coded in _CODED),
    _judged(f"a step of {STEP} called a rising trend", "trend step"),
    _judged("a rise that turned called a rising trend and nothing more", "trend bend"),
    _judged("share of the young called changed where it is not, as many suspects as cases", "share even"),
    _judged(f"— {HANDFUL} suspects and {HANDFUL}", "share few even"),
)
FOUND_PAIRS = (
    Pair("a township of doubled risk is 'clearly high', cases one by one", "find before", "find labels"),
    *(Pair(f"— variance {one}", f"before find in batches {one}", f"find in batches {one}") for one in MAP_BATCHES),
    _judged("a month of twice the cases in the whole county: alarm on a line", "warning doubled"),
    _judged("six months of half as many again: alarm on the line in one of them", "warning half a year"),
    _judged("a year of half as many again: rolling twelve months say rise", "year half again"),
    *(_judged(f"— with a campaign in it or before it, {coded}", f"year campaign {share} half again") for share, coded in _CODED),
    _judged("a tenth more every year, cases one by one: the trend says rise", "trend lasting"),
    _judged(f"share of the young {YOUNG} and then {MANY_YOUNG}, as many suspects as cases", "share shift"),
    _judged(f"— {YOUNG} and then {MOST_YOUNG}, {HANDFUL} suspects and {HANDFUL}", "share few shift"),
)
MAP_RULES = (
    ("ours: 'clearly high'", "map high", "find labels", "wrong labels"),
    ("above its own 95 % limit, township by township", "false own limits", "find own limits", "wrong own limits"),
    ("rate above 1.5 times the county's", "false one and a half", "find one and a half", "wrong one and a half"),
    ("Gi* of the rates, p < .05", "false getis-ord", "find getis-ord", "wrong getis-ord"),
    ("scan, p <= .05", "false scan", "find scan", None),
)
MONTH_RULES = (
    ("ours", "month", "month lines", "county x2", "township x3"),
    ("each series by itself at 1 %", "false each alone", "false line each alone", None, None),
    (
        "half as many again as the same month of last year",
        "false half again",
        "false line half again",
        "county x2 half again",
        "township x3 half again",
    ),
    (
        "mean and two standard deviations of twelve months",
        "false two deviations",
        "false line two deviations",
        "county x2 two deviations",
        "township x3 two deviations",
    ),
)
CHANGE_RULES = (
    ("month, ours", "same month", "rise month"),
    ("month, half as many again", "same month half again", "rise month half again"),
    ("year to date, ours", "same so far", "rise so far"),
    ("year to date, half as many again", "same so far half again", "rise so far half again"),
    ("rolling twelve months, ours", "same rolling", "rise rolling"),
    ("rolling twelve months, half as many again", "same rolling half again", "rise rolling half again"),
)
UNCOMFORTABLE = (
    Row(f"any false alarm in a county month, cases in batches (variance {BATCHES} times the mean)", "month in batches"),
    Row("maps with any 'possibly' (可能偏高、可能偏低), which is said to come up by chance and is in no headline", "map possibly"),
    *(Row(f"maps with any false 'clearly high', cases in batches (variance {one} times the mean)", f"map high {one}") for one in MAP_BATCHES),
    *(Row(f"— any false 'clearly low', variance {one}", f"map low {one}") for one in MAP_BATCHES),
    *(Row(f"— any false cluster, variance {one}", f"false scan {one}") for one in MAP_BATCHES),
    *(Row(f"— any false 'clearly high' were batches not allowed for, variance {one}", f"map plain {one}") for one in MAP_BATCHES),
    *(Row(f"— any false cluster were batches not allowed for, variance {one}", f"false plain scan {one}") for one in MAP_BATCHES),
    Row(f"any false alarm in a county month, {SHORT_HISTORY} months of history", "month of short history"),
    Row("month on the same month of last year, cases in batches", "batches month"),
    Row("year to date, cases in batches", "batches so far"),
    Row("rolling twelve months, cases in batches", "batches rolling"),
    Row(f"trend by plain Poisson regression, unrest {UNREST}", "trend of plain Poisson"),
)


def interval(tally: Tally, name: str) -> tuple[float, float, float]:
    """Return a share and its 95 % interval from the number of runs."""
    hits, runs = tally[name]
    lower, upper = wilson_interval([hits], [runs])[0]
    return hits / runs, float(lower), float(upper)


def broken(found: Found) -> list[str]:
    """Name every promise that the trials refute: its limit lies below the 95 % interval of the share."""
    return [
        f"{row.text}, {size} cases a year: {_percent(interval(tally, row.name)[0])}, limit {_percent(row.limit)}"
        for row in PROMISES
        for size, tally in found.items()
        if row.limit is not None and interval(tally, row.name)[1] > row.limit
    ]


def page(found: Found, seed: int) -> str:
    """Write the page in Markdown."""
    sizes = list(found)
    parts = [
        "# Calibration",
        "Written by `make calibration`; the same seed gives the same page. The command fails if a promise below is refuted.",
        _summary(found),
        "## What is promised",
        "Counties drawn by lot in which nothing happens: how often we say that something did. Percent of the runs, in brackets the 95 % interval"
        " that so many runs leave.",
        _rows(found, PROMISES, with_limit=True),
        "## What is found",
        "The price of few false findings. 'No township stands out' means little in a small county, and 'no alarm' means nothing about one"
        " township: what a month cannot show, the pooled map may.",
        _rows(found, POWER),
        "## Other rules on the same counties",
        "Maps: false in percent of the maps without any difference; found in percent of the maps with one township of doubled risk; in brackets"
        " how many of those maps also flag a township that is like the rest.",
        _table(["rule", *_twice(sizes)], [_map_rule(found, *rule) for rule in MAP_RULES]),
        "Months: false in percent of the county months in which nothing changed, any of the 34 series / the county's line alone (ours: any of"
        " its three lines). All rules have our floor of three events.",
        _table(["rule", *(f"false, {size} a year" for size in sizes)], [_month_rule(found, rule[0], rule[1:3]) for rule in MONTH_RULES]),
        "The same rules where something happened: a county's month of twice the cases / a township's month of three times the cases.",
        _table(["rule", *(f"found, {size} a year" for size in sizes)], [_month_rule(found, rule[0], rule[3:5]) for rule in MONTH_RULES if rule[3]]),
        "Two periods: false in percent of the pairs without change; found in percent of the pairs with half as many again.",
        _table(["rule", *_twice(sizes)], [_change_rule(found, *rule) for rule in CHANGE_RULES]),
        "## Before and after",
        "Words that said too much or too little led to other rules for batches, campaigns, bends, shares and warnings. Both sets of rules on the"
        " same counties. First what is false, in percent of the counties:",
        _pairs(found, FALSE_PAIRS),
        "Then what is found:",
        _pairs(found, FOUND_PAIRS),
        "## Where the ground is not as assumed",
        "The promises assume that cases come one by one and that there are years to look back on. Where that is not so none is given:",
        _rows(found, UNCOMFORTABLE),
        "A campaign or a gang brings cases in batches. Every rule allows for what it sees of that. A campaign whose cases bear no code it cannot "
        "see: it may pass for a change, the oftener the larger the county.",
        "## How the counties are made",
        _method(found, seed),
    ]
    return "\n\n".join(parts) + "\n"


def _percent(share: float | None) -> str:
    if share is None:
        return "–"
    value = 100 * share
    if 0 < value < 0.05:
        return "< 0.1 %"
    return f"{value:.0f} %" if value >= 10 or value == 0 else f"{value:.1f} %"


def _cell(tally: Tally, row: Row) -> str:
    share, lower, upper = interval(tally, row.name)
    if not row.is_counted:
        return _percent(share)
    return f"{_percent(share)} ({100 * lower:.1f}–{100 * upper:.1f})"


def _share(tally: Tally, name: str | None) -> str:
    return "–" if name is None else _percent(interval(tally, name)[0])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _rows(found: Found, rows: Sequence[Row], *, with_limit: bool = False) -> str:
    head = ["", *(["limit"] if with_limit else []), *(f"{size} cases a year" for size in found)]
    body = [[row.text, *([_percent(row.limit)] if with_limit else []), *(_cell(tally, row) for tally in found.values())] for row in rows]
    return _table(head, body)


def _pairs(found: Found, pairs: Sequence[Pair]) -> str:
    head = ["", *(f"{size} a year, {what}" for size in found for what in ("before", "after"))]
    body = [
        [pair.text, *(cell for tally in found.values() for cell in (_share(tally, pair.before), _cell(tally, Row("", pair.after))))] for pair in pairs
    ]
    return _table(head, body)


def _twice(sizes: Sequence[int]) -> list[str]:
    return [f"{what}, {size} a year" for size in sizes for what in ("false", "found")]


def _map_rule(found: Found, text: str, false: str, find: str, wrong: str | None) -> list[str]:
    cells = [text]
    for tally in found.values():
        cells += [_share(tally, false), _share(tally, find) + (f" ({_share(tally, wrong)})" if wrong else "")]
    return cells


def _month_rule(found: Found, text: str, names: Sequence[str | None]) -> list[str]:
    return [text, *(" / ".join(_share(tally, name) for name in names) for tally in found.values())]


def _change_rule(found: Found, text: str, false: str, find: str) -> list[str]:
    return [text, *(_share(tally, name) for tally in found.values() for name in (false, find))]


def _summary(found: Found) -> str:
    sizes = "、".join(str(size) for size in found)
    shares = {
        name: "、".join(_share(tally, name) for tally in found.values()) for name in ("map high", "month", "same rolling", "trend", "find labels")
    }
    kept = "各项误判率均未超出承诺。" if not broken(found) else "有承诺未守住,见下表。"
    return (
        f"**摘要** 用电脑随机生成“什么都没有发生”的县(18个乡镇,每年{sizes}起案件),检查本系统会不会误判。{kept}"
        f"依次为:地图误标“明显偏高”{shares['map high']};任一误报预警的月份{shares['month']};滚动12个月误判升降{shares['same rolling']};"
        f"误判趋势{shares['trend']}。发现能力有限:若某一乡镇风险翻倍,地图能标出的概率依次为{shares['find labels']}。“未发现异常”不等于没有异常。"
    )


def _method(found: Found, seed: int) -> str:
    runs = {
        name: ", ".join(f"{tally[name][1]:,}" for tally in found.values())
        for name in ("map high", "month", "county x2", "quarter", "same month", "trend", "find scan")
    }
    departures = ", ".join(f"{tally['after year even'][1]:,}" for tally in found.values())
    windows = ", ".join(f"{12 * window_years(size)} months at {size}" for size in found)
    return "\n".join(
        [
            f"- {TOWNSHIPS} townships on a grid of three by six, unevenly spaced, of {SMALLEST:,} to {LARGEST:,} people (log-normal,"
            f" median {TYPICAL:,}), drawn anew for every run; all have one risk.",
            f"- Cases are Poisson with a season of plus and minus {100 * SEASON:.0f} %. A county month looks at three lines (cases,"
            " solved cases, suspects), the townships, five charges, four kinds of place and four zones. Suspects come 1.4 to a case, so"
            " their line is restless.",
            f"- Maps pool {windows} cases a year: 24 months where they hold 600 cases, otherwise 36.",
            f"- Runs by size: maps {runs['map high']}; the scan {runs['find scan']} (circles of at most {100 * SCAN_SHARE:.0f} % of the people);"
            f" county months {runs['month']}, with a change {runs['county x2']}; county quarters {runs['quarter']}; pairs of periods"
            f" {runs['same month']}; trends {runs['trend']}. Seed {seed}.",
            f"- 'Unrest' and 'batches': the months are negative binomial, their variance {UNREST} and {BATCHES} times the mean.",
            f"- Before and after: {departures} counties by size; trends and warnings of every fourth. A campaign lies anywhere in the last two years;"
            f" a step of {STEP} in the middle years; the rise that turned reaches {BEND} times its start after {TURN} months and falls as fast"
            " from then on.",
            "- A promise counts as broken when the whole 95 % interval lies above its limit.",
        ]
    )
