"""The words in the header of a number that say it is no month's count in the template's unit.

Titles, headings of groups, headers of the template and headers that a person mapped are all judged by these words. What a word means is
never guessed: whoever delivers the table is asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum

from etl.contract import Column, Type
from etl.reading.cells import unit_words
from etl.reading.numerals import with_digits
from etl.reading.signs import fold, seen_through, undone

ALL_OF_IT = frozenset(("", "合计", "总数", "总计", "小计", "计"))
UNIT_WORDS = "千克|公斤|毫克|微克|市斤|[吨斤两克]|kg|mg|g|[百千万亿]?[人名起件次例个条户宗]|[百千万亿]|人次|粒|片|颗|株|毫升|升|ml|元"
_UNIT_OF_GROUP = re.compile(rf"单位[::]?({UNIT_WORDS})(?![\u4e00-\u9fffa-z])|[(\[](?:单位:?)?({UNIT_WORDS})[)\]]")
_NEVER_OURS = re.compile("千克|公斤|毫克|微克|市斤|吨|kg|mg|[百千万亿](?:人次|[人名起件次例宗]|元)")
_OF_WEIGHT = re.compile("千克|公斤|毫克|微克|市斤|[吨斤毛]|kg|mg|包装|[粒片颗株]数|毫升|金额|价|kilogram|milligram|ounce|pound|tonne")
_OF_COUNT = re.compile("重量|净重|毛重|克数|公斤|金额|[百千万亿](?:人次|[人名起件次例个条户宗元])|天数|小时|时长|hundred|thousand|million")
_OF_OTHER_THINGS = {"起": re.compile("人数|人次|户数"), "人": re.compile("案数|案件数|起数|件数|次数|人次|户数")}
_RUNNING = re.compile("累计|累积|总累|至今|以来|迄今|历年|历史|历次")
_OF_THE_YEAR = re.compile(r"本年|今年|当年|全年|年初|年内|年度|\d{1,2}月?[-—–~至到]+\d{1,2}月|季度|半年|截[至止]")
_BASE = re.compile(
    "上年|去年|前年|往年|上月|上期|上季|同期|同比|环比|计划|目标|任务|预计|预期|预测|估|期初|前期|往期|基数|应[立报有]|增|减|上升|下降|升降|变化|差额|差值"
)
_SHARE = re.compile("率|占|比例|比重|百分|[%‰]|平均|人均|均值|每[百千万\\d]|指数|得分|排名|名次")
_MONTHLY = re.compile("本月|当月|月度|本期|当期")
_PART = re.compile("其中|内含")
_OF_ANOTHER_BASE = re.compile(
    r"[^比较与和对及、]{0,20}?(?:(?:上|去|前)年(?:同期)?|上[月期]|同期|计划|目标|任务|预[计测])(?:数据?|情况|(?:统计|月报|报)?表)*[)\]】]*"
)
_VOID = "作废|草稿|样[表张]|备份|副本|旧[表版]|测试数据|模拟数据"
_NOT_IN_FORCE = re.compile(rf"[(\[【]?(?:{_VOID})[)\]】]?.{{0,20}}|.{{0,20}}[(\[【](?:{_VOID})[)\]】]")
_NEW = re.compile("新\\s*增|减\\s*刑")  # words in which 增 and 减 compare nothing
_LATIN = {
    "running": re.compile(r"(?<![a-z])(?:cumulative|accumulated|cum|ytd|year to date|to date|running)(?![a-z])"),
    "base": re.compile(r"(?<![a-z])(?:last|previous|prior|target|plan(?:ned)?|change)(?![a-z])"),
    "share": re.compile(r"(?<![a-z])(?:rate|ratio|percent(?:age)?|share|average|mean|index|rank|per \d+)(?![a-z])"),
}
_TOTAL = re.compile("(?:合计|总计(?!划)|小计|共计|总数|总和)[^率比]{0,6}|.{0,10}(?:合计|总计|小计|总数|总和)数?|计|(?:sub)?total|sum")
_FACTORS = {
    Type.GRAMS: {
        "千克": "1000",
        "公斤": "1000",
        "kg": "1000",
        "市斤": "500",
        "斤": "500",
        "两": "50",
        "吨": "1000000",
        "毫克": "0.001",
        "mg": "0.001",
        "kilogram": "1000",
        "milligram": "0.001",
    },
    Type.COUNT: {"百": "100", "千": "1000", "万": "10000", "亿": "100000000", "hundred": "100", "thousand": "1000", "million": "1000000"},
}


class Doubt(StrEnum):
    """What a word in a number's header leaves open."""

    RUNNING = "running"  # runs on from January or longer
    MONTHLY = "monthly"  # is a month's, where running totals are read
    BASE = "base"  # is of another time, planned, or a difference
    SHARE = "share"  # is a share or a mean
    UNIT = "unit"  # is measured otherwise, or counts other things
    PART = "part"  # is a part or the whole of what stands in other columns


def changes_meaning(group: str, column: Column) -> bool:
    """Say whether a heading over a column of the template makes its numbers something else than the column's."""
    return bool(_words(group, group, column)) or _is_measured_otherwise(seen_through(group), own_units(column))


def is_of_another_base(text: str, column: Column) -> bool:
    """Say whether a text over a column of numbers says that they are of another time, planned, a difference, a share or a mean."""
    return not {Doubt.BASE, Doubt.SHARE}.isdisjoint(_words(text, text, column))


def is_of_another_table(title: str) -> bool:
    """Say whether the title or the name of a table says that it is no count of what happened in its months, or not in force."""
    folded = seen_through(title)
    return _OF_ANOTHER_BASE.fullmatch(folded.lstrip("([【")) is not None or _NOT_IN_FORCE.fullmatch(folded) is not None


def doubts(header: str, column: Column, *, is_running: bool = False, is_stock: bool = False, stands_beside_others: bool = False) -> dict[Doubt, str]:
    """Return what the header of a column of numbers leaves open, each with the word that does.

    Args:
        header: The header as written.
        column: The column of the contract that its numbers are read as; a header of its own leaves nothing open.
        is_running: The numbers are read as running totals.
        is_stock: The numbers are of a month's end, which no running total is.
        stands_beside_others: Other columns are read into the same column of the contract.
    """
    folded = seen_through(header)
    if folded in {fold(one) for one in column.headers}:
        return {}
    # New ones are the month's count of what happens, but another number than a stock.
    found = _words(header if is_stock else _NEW.sub("", header), header, column)
    if (year := _OF_THE_YEAR.search(with_digits(folded))) and not is_stock:
        found.setdefault(Doubt.RUNNING, year[0])
    if is_running and not is_stock:
        found.pop(Doubt.RUNNING, None)
        if monthly := _MONTHLY.search(folded):
            found[Doubt.MONTHLY] = monthly[0]
    if unit := _other_unit(folded, column):
        found[Doubt.UNIT] = unit
    if stands_beside_others and (part := _PART.search(folded) or _TOTAL.fullmatch(folded)):
        found[Doubt.PART] = part[0]
    return found


def _words(chinese: str, latin: str, column: Column) -> dict[Doubt, str]:
    """Find the words of time, base and share; the template's own header may hold them itself."""
    own = [fold(one) for one in column.headers]
    folded, spelled = seen_through(chinese), undone(latin).casefold()
    searched = ((Doubt.RUNNING, _RUNNING), (Doubt.BASE, _BASE), (Doubt.SHARE, _SHARE))
    found = {}
    for doubt, pattern in searched:
        word = pattern.search(folded) or _LATIN[doubt].search(spelled)
        if word and not any(word[0] in one for one in own):
            found[doubt] = word[0]
    return found


def _other_unit(folded: str, column: Column) -> str | None:
    """Return the word by which a header measures otherwise than its column, or counts other things."""
    pattern = {Type.GRAMS: _OF_WEIGHT, Type.COUNT: _OF_COUNT}.get(column.type)
    own = own_units(column)
    named = [unit[1] or unit[2] for unit in _UNIT_OF_GROUP.finditer(folded)]
    if other := next((unit for unit in named if unit not in own), None):
        return other
    word = pattern.search(folded) if pattern else None
    things = _OF_OTHER_THINGS.get(column.unit.zh) if column.unit and column.type is Type.COUNT else None
    word = word or (things.search(folded) if things else None)
    return word[0] if word and not any(word[0] in fold(one) for one in column.headers) else None


def _is_measured_otherwise(group: str, units: Collection[str]) -> bool:
    """Say whether a group's heading names another unit than that of the column below it, or a gross weight."""
    named = {unit[1] or unit[2] for unit in _UNIT_OF_GROUP.finditer(group)}
    return "毛" in group or not named <= set(units) or _NEVER_OURS.search(group) is not None


def own_units(column: Column) -> frozenset[str]:
    """Return the units a column is measured in, as they may stand in its header."""
    return frozenset(map(fold, unit_words(column)))


def factor_of(unit: str, column: Column) -> Decimal | None:
    """Return by how much numbers in another unit are multiplied to be in the column's; None where that is no matter of a factor."""
    known = _FACTORS.get(column.type, {})
    exact = known.get(unit) or (known.get(unit[0]) if column.type is Type.COUNT and unit[1:] in own_units(column) else None)
    return Decimal(exact) if exact else None


def is_total(header: str) -> bool:
    """Say whether a header is that of the sum of the columns beside it."""
    return _TOTAL.fullmatch(seen_through(header)) is not None
