"""Numbers and periods in words, the way county officials say them."""

from __future__ import annotations

import math
import re
from datetime import date

import pandas

from charts.scope import BRACKETED, Voice
from indicators.lattice import is_stock
from indicators.model import Grain, Indicator, Kind, Protects, Status, Text
from indicators.months import months_later

PROTECTED = Text("受保护", "protected")
NOT_COLLECTED = Text("未报送", "not reported")
UNDEFINED = Text("基数太小", "small base")
UNSTABLE = Text("数值不稳定", "not stable")
PROVISIONAL = Text("初步", "provisional")
RANGE = Text("可能范围(95%)", "95% range")
COUNTED = Text("{number}{unit}", "{number}")  # in English the title has named the thing already
ABOUT = Text("约{number}", "about {number}")
ABOUT_BETWEEN = Text("约{low}%—{high}%", "about {low}% to {high}%")
OR_LESS = Text("约{share:.0%}及以下", "about {share:.0%} or less")
OR_MORE = Text("约{share:.0%}及以上", "about {share:.0%} or more")
OVER = Text("{number}余", "over {number}")
KILOGRAMS, GRAMS = Text("{number}千克", "{number} kg"), Text("{number}克", "{number} g")
STATED = Text("{title}{verb}{number}", "{title} {number}")
BETWEEN = Text("{low}—{high}", "{low}–{high}")
WITH_RANGE = Text("{said},可能范围(95%){between}", "{said}, 95% range {between}")
ONE_IN = Text("约{many}分之一", "about 1 in {many}")
AT_MOST = {0.001: Text("不超过千分之一", "at most 1 in 1,000"), 0.01: Text("不超过百分之一", "at most 1 in 100")}
MONTH = Text("{month.year}年{month.month}月", "{month:%b %Y}")
MONTH_END = Text("{month.year}年{month.month}月末", "end of {month:%b %Y}")
YEAR = Text("{year}年", "{year}")
QUARTER = Text("{year}年{name}季度", "Q{number} {year}")
SPAN_OF_A_YEAR = Text("{first.year}年{first.month}—{last.month}月", "{first:%b}–{last:%b} {first.year}")
SPAN = Text("{first.year}年{first.month}月至{last.year}年{last.month}月", "{first:%b %Y} to {last:%b %Y}")
SHORT_QUARTER, SHORT_MONTH = Text("{year}年{name}季", "Q{number} {year}"), Text("{year}年{month.month}月", "{month:%b %y}")
ROUNDING = 4  # greatest distance of a public count of people from the truth
LOWEST_SHARE = 0.05  # a rounded share is published no lower, and no higher than one less it
WIDEST_ABOUT = 0.10  # a rounded share is "about" one number only if the truth is within ten points of it
_NUMBERED = frozenset({Status.OBSERVED, Status.PROVISIONAL})
_QUARTERS = ("一", "二", "三", "四")


def is_rounded(voice: Voice, indicator: Indicator) -> bool:
    """Whether the numbers of an indicator are rounded in this voice: counts of people in the public release."""
    return voice.is_public and indicator.protects is Protects.PERSONS


def has_number(status: str) -> bool:
    """Whether a row of this status carries a number."""
    return status in _NUMBERED


def plain_number(voice: Voice, value: float, decimals: int = 0) -> str:
    """Write a number with at most the given decimals, in 万 from ten thousand on where Chinese is spoken."""
    if voice.is_chinese and abs(value) >= 10_000:
        return f"{value / 10_000:.2f}".rstrip("0").rstrip(".") + "万"
    written = f"{value:,.{decimals}f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def unit_of(voice: Voice, indicator: Indicator) -> str:
    """Return the unit as it stands in an axis or card: percent for shares."""
    return "%" if indicator.kind is Kind.SHARE else voice.say(indicator.unit)


def _rounded_count(voice: Voice, value: float) -> str:
    """Say a number that is a multiple of five: 165 stands for 161-169, 160 for about 160."""
    number = round(value)
    return voice.say(OVER, number=number - 5) if number % 10 == 5 and number > 10 else voice.say(ABOUT, number=number)


def _weight(voice: Voice, grams: float) -> str:
    if grams >= 1000:
        return voice.say(KILOGRAMS, number=plain_number(voice, grams / 1000, 2))
    return voice.say(GRAMS, number=plain_number(voice, grams, 1))


def absence(voice: Voice, indicator: Indicator, status: str) -> str:
    """Say why there is no number."""
    if status == Status.SUPPRESSED:
        return voice.say(PROTECTED)
    if status == Status.NOT_COLLECTED:
        return voice.say(NOT_COLLECTED)
    return voice.say(UNSTABLE if indicator.kind is Kind.RATE else UNDEFINED)


def extremes(indicator: Indicator, row: pandas.Series) -> tuple[float, float]:
    """Return between what the truth behind a rounded number lies; NaN where the row does not tell.

    Args:
        indicator: What the number counts.
        row: A published row with a number.

    Returns:
        Lowest and highest possible value, in the unit of the value.
    """
    above, below = float(row["numerator"]), float(row["denominator"])
    if indicator.kind is Kind.SHARE:
        largest = (above + ROUNDING) / (below - ROUNDING) if below > ROUNDING else 1.0
        return max(above - ROUNDING, 0) / (below + ROUNDING), min(largest, 1.0)
    if indicator.kind is Kind.RATE:
        if not (above > 0 and below > 0):
            return float("nan"), float("nan")
        # The residents are rounded as well, to two digits: half a step of the second digit may lie either way.
        value, people, residents = float(row["value"]), ROUNDING / above, 10 ** (math.floor(math.log10(below)) - 1) / 2 / below
        return max(value * (1 - people) / (1 + residents), 0), value * (1 + people) / (1 - residents)
    return max(float(row["value"]) - ROUNDING, 0), float(row["value"]) + ROUNDING


def _rounded_share(voice: Voice, value: float, between: tuple[float, float]) -> str:
    if value <= LOWEST_SHARE:  # of two rounded counts: the true share may lie a little beyond the limit
        return voice.say(OR_LESS, share=LOWEST_SHARE)
    if value >= 1 - LOWEST_SHARE:
        return voice.say(OR_MORE, share=1 - LOWEST_SHARE)
    low, high = between
    if value - low <= WIDEST_ABOUT and high - value <= WIDEST_ABOUT:
        return voice.say(ABOUT, number=f"{value * 100:.0f}%")
    if math.isnan(low) or math.isnan(high):
        return voice.say(UNDEFINED)
    return voice.say(ABOUT_BETWEEN, low=math.floor(low * 100), high=math.ceil(high * 100))


def amount_of(voice: Voice, indicator: Indicator, row: pandas.Series, *, unit: bool = True) -> str:
    """Say the number of a published row, or why there is none; a rounded share as exactly as its two rounded parts allow."""
    if indicator.kind is Kind.SHARE and is_rounded(voice, indicator) and has_number(row["status"]):
        return _rounded_share(voice, float(row["value"]), extremes(indicator, row))
    return amount(voice, indicator, row["value"], row["status"], unit=unit)


def provisional(voice: Voice, words: str, status: str) -> str:
    """Mark words about a provisional number as such."""
    return voice.say(BRACKETED, said=words, more=PROVISIONAL) if status == Status.PROVISIONAL else words


def amount(voice: Voice, indicator: Indicator, value: float, status: str, *, unit: bool = True) -> str:
    """Say a published number, or why there is none; for a row, and for every share that may be rounded, see :func:`amount_of`.

    Args:
        voice: Release and language.
        indicator: What the number counts.
        value: The published value; NaN where there is none.
        status: Status of its row.
        unit: Whether to say the unit; shares always carry their sign.
    """
    if not has_number(status) or value is None or math.isnan(value):
        return absence(voice, indicator, status)
    if indicator.kind is Kind.SHARE:
        if is_rounded(voice, indicator):
            return _rounded_share(voice, value, (float("nan"), float("nan")))
        return f"{value * 100:.{indicator.decimals}f}%"
    if indicator.kind is Kind.SUM:
        return _weight(voice, value)
    if indicator.kind is Kind.RATE:
        number = f"{value:.{indicator.decimals}f}"
        number = voice.say(ABOUT, number=number) if is_rounded(voice, indicator) else number
    elif is_rounded(voice, indicator):
        number = _rounded_count(voice, value)
    else:
        number = plain_number(voice, value, indicator.decimals)
    return voice.say(COUNTED, number=number, unit=indicator.unit) if unit else number


def amount_in_table(voice: Voice, indicator: Indicator, row: pandas.Series) -> str:
    """Say the number of a row for a table: provisional ones are marked."""
    return provisional(voice, amount_of(voice, indicator, row, unit=indicator.kind is Kind.SUM), row["status"])


def stated(voice: Voice, indicator: Indicator, number: str) -> str:
    """Put a number behind an indicator's whole name: 抓获嫌疑人21人, but 毒品种数为9种, because what is named there is itself a number."""
    is_number = indicator.title.zh.endswith(("数", "量", "率", "占比")) and not number.startswith("约")
    return voice.say(STATED, title=indicator.title, verb="为" if is_number else "", number=number)


def plotted(name: str) -> str:
    """Return a name as Plotly must be given it: its texts take ``<`` for the start of a tag."""
    return name.replace("&", "&amp;").replace("<", "&lt;")


def range_words(voice: Voice, lower: float, upper: float, decimals: int = 0) -> str:
    """Say an interval in lay words."""
    if math.isnan(lower) or math.isnan(upper):
        return "—"
    return voice.say(BETWEEN, low=f"{lower:.{decimals}f}", high=f"{upper:.{decimals}f}")


MONTHS_AFTER_THE_FIRST = {Grain.MONTH: 0, Grain.QUARTER: 2, Grain.YEAR: 11, Grain.ROLLING_12: 0}
"""How many months of a period follow its first; one of twelve months is named by its last."""


def below(upper: str, lower: str) -> str:
    """Put two texts into one cell of a table, the second on a line of its own."""
    return f"{upper}  \n{lower}"


def chance_words(voice: Voice, p_value: float, finest: float = 0.001) -> str:
    """Say a probability in words that need no training: one in so many; nothing finer than one in a thousand, or in a hundred."""
    one_in = round(1 / max(p_value, finest))
    if one_in >= round(1 / finest):
        return voice.say(AT_MOST[finest])
    return voice.say(ABOUT, number=f"{p_value:.0%}") if one_in < 10 else voice.say(ONE_IN, many=one_in)


def last_month(period: date | pandas.Timestamp, grain: str) -> pandas.Timestamp:
    """Return the last month of a period, as its first day."""
    return pandas.Timestamp(months_later(period, MONTHS_AFTER_THE_FIRST[Grain(grain)]))


def month_words(voice: Voice, month: date | pandas.Timestamp) -> str:
    """Say a month."""
    return voice.say(MONTH, month=month)


def month_end_words(voice: Voice, month: date | pandas.Timestamp) -> str:
    """Say the moment a stock was counted."""
    return voice.say(MONTH_END, month=month)


def span_words(voice: Voice, first: pandas.Timestamp, last: pandas.Timestamp) -> str:
    """Say a run of months: within a year as 1—8月."""
    if first == last:
        return month_words(voice, first)
    if first.year != last.year:
        return voice.say(SPAN, first=first, last=last)
    return voice.say(YEAR, year=first.year) if (first.month, last.month) == (1, 12) else voice.say(SPAN_OF_A_YEAR, first=first, last=last)


def period_words(voice: Voice, indicator: Indicator, period: date | pandas.Timestamp, grain: str) -> str:
    """Say a period: a stock by the month's end it stands for, everything else by its span."""
    last = last_month(period, grain)
    if is_stock(indicator):
        return month_end_words(voice, last)
    if grain == Grain.YEAR:
        return voice.say(YEAR, year=last.year)
    if grain == Grain.QUARTER:
        return voice.say(QUARTER, year=last.year, name=_QUARTERS[last.quarter - 1], number=last.quarter)
    return span_words(voice, last - pandas.DateOffset(months=11), last) if grain == Grain.ROLLING_12 else month_words(voice, last)


def short_period(voice: Voice, indicator: Indicator, period: date | pandas.Timestamp, grain: str) -> str:
    """Say a period in a few signs, for axes."""
    last = last_month(period, grain)
    if grain == Grain.YEAR:
        return f"{last.year}"
    if grain == Grain.QUARTER and not is_stock(indicator):
        return voice.say(SHORT_QUARTER, year=last.year % 100, name=_QUARTERS[last.quarter - 1], number=last.quarter)
    return voice.say(SHORT_MONTH, year=last.year % 100, month=last)


def short_area(name: str) -> str:
    """Drop the kind of a township from its name: it is understood on a map of townships."""
    shorter = re.sub(r"(街道办事处|街道|民族乡|镇|乡)$", "", name)
    return shorter or name


def bare(name: str) -> str:
    """Return a name without what stands in brackets, for axes and sentences."""
    return re.sub(r"\s*[(\uFF08][^)\uFF09]*[)\uFF09]", "", name) or name


def inline(name: str) -> str:
    """Return a name without brackets and without the sign that separates names in a list."""
    return bare(name).replace("、", "")


def wrapped(label: str, width: int) -> str:
    """Break a label for a narrow axis: at spaces and the signs between parts of a name, else never."""
    if len(label) <= width:
        return label
    lines: list[str] = [""]
    for part in re.findall(r"[^ 、,\uFF0C]+[ 、,\uFF0C]?", label):
        if lines[-1] and len(lines[-1]) + len(part.rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "<br>".join(line.rstrip() for line in lines)
