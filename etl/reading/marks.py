"""The words by which a row says that it is no record: totals and what stands below a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from etl.reading.signs import is_blank, seen_through
from indicators.model import Text

_TOTALS = ("合计", "小计", "总计", "总数", "累计", "共计")
_TOTAL_ENDS = ("合计", "小计", "总计")
_FOOTERS = ("填表", "填报", "审核", "制表", "报出", "备注", "注:", "说明", "单位负责人", "负责人", "联系电话", "联系人")
_FOOTER_LABEL = re.compile(r"(?:复核|经办|抄送|抄报|统计(?:口径|时间|期间|日期)|数据(?:截[至止]|来源)|(?:单位)?\(?(?:盖章|签章|签字)\)?)人?(?::|$)")
_COUNTED_IN_ALL = re.compile(r"(?:本表|全表|以上)?共(?:有|计)?\d+(?:行|条|起|件|宗|例|人|名|户|个)(?:记录|数据|案件)?[。.]?")
_PRINTED = re.compile(
    r"[(\[【〔*—-]*(?:"
    r"(?:第?\d+/\d+页|第\d+页|共\d+页|第\d+页[,、;/]?共\d+页|共\d+页[,、;/]?第\d+页|page\d+(?:of\d+)?|(?<=[—-])\d{1,4}(?=[—-]))"
    r"|以下(?:空白|无正文|无数据|无内容)|(?:本页|此处|此页)(?:以下)?空白|接上页|转下页|续表"
    r"|(?:打印|导出|制表|生成|查询|下载|制作|报表生成)(?:时间|日期):?[\d年月日时分秒:/.T-]*"
    r"|数据(?:来源|出处):?[\u4e00-\u9fff]{0,12}(?:系统|平台|数据库|台账)"
    r")[)\]】〕*—-]*[。.]?"
)
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}:?")
_STEMS = ("甲乙丙丁戊己庚辛壬癸", "abcdefghij", "一二三四五六七八九十")
_COLUMN_NUMBER = re.compile(r"[(\[]?(\d{1,2})[)\]]?(?:=[\d()+*/×÷-]+)?", re.ASCII)
_PERSON_LABEL = re.compile(r"(?:姓名|填表人|填报人|审核人|审批人|制表人|经办人|(?:单位|统计|分管)?负责人|联系人|(?:联系)?电话|手机):?")
_SIGNING_LABEL = re.compile(r"(?:审核|复核|制表|填表|填报|经办|审批|签发|校对|录入)(?:\([^()]{1,6}\))?:?")

ROW_KIND = (
    Text("这一行大半是空的,不知是记录、合计还是说明", "Most of the row is empty: it may be a record, a total or a note"),
    Text(
        "核对:是记录的,补齐各格;是合计的,开头写“合计”;是说明的,移到全部记录之下,开头写“注:”",
        "Check it: complete a record; begin a total with 合计; move a note below all records and begin it with 注:",
    ),
)
"""What is asked of a row that may be no record: the question and its answers."""


class Mark(StrEnum):
    """What a row is that is no record."""

    TOTAL = "total"
    FOOTER = "footer"


def mark_of(text: str) -> Mark | None:
    """Return what the text of a cell makes of its row; None for an ordinary cell."""
    if not text or text.isascii():
        return None
    folded = seen_through(text)
    if folded.startswith(_TOTALS) or (folded.endswith(_TOTAL_ENDS) and len(folded) <= 12) or _COUNTED_IN_ALL.fullmatch(folded):
        return Mark.TOTAL
    if folded.startswith(_FOOTERS) or _FOOTER_LABEL.match(folded) or _PRINTED.fullmatch(folded):
        return Mark.FOOTER
    return None


def is_printed_around(cells: Sequence[str]) -> bool:
    """Say whether a row holds only what a program prints around a table, and never in a record: the page, the time, that nothing follows."""
    written = [text for text in cells if not is_blank(text)]
    return 0 < len(written) <= 3 and all(_PRINTED.fullmatch(seen_through(text)) for text in written)


def numbers_columns(cells: Sequence[str]) -> bool:
    """Say whether a row numbers the columns: 甲、乙、丙 or A、B、C, then 1、2、3, or one of the two; blanks between do not count."""
    marks = [seen_through(text) for text in cells if not is_blank(text)]
    marks = marks[1:] if marks[:1] == ["栏次"] else marks
    for stems in _STEMS:
        lettered = next((place for place, mark in enumerate(marks) if place >= len(stems) or mark != stems[place]), len(marks))
        numbers = [_COLUMN_NUMBER.fullmatch(mark) for mark in marks[lettered:]]
        if len(marks) >= 2 and all(number and int(number[1]) == place for place, number in enumerate(numbers, 1)):
            return True
    return False


def is_label(text: str) -> bool:
    """Say whether a cell only announces the next one, as 填表人: does."""
    folded = seen_through(text)
    return _LABEL.fullmatch(folded) is not None and (folded.endswith(":") or mark_of(text) is Mark.FOOTER)


def is_footer(written: Sequence[str]) -> bool:
    """Say whether the filled cells of a row are labels with what they announce, and nothing else."""
    if not written or mark_of(written[0]) is not Mark.FOOTER:
        return False
    is_announced = True
    for text in written:
        if is_label(text) or ":" in seen_through(text) or mark_of(text) is Mark.FOOTER:
            # What is printed around a page is whole; a label may be followed by what it announces.
            is_announced = seen_through(text).endswith(":") or _PRINTED.fullmatch(seen_through(text)) is None
        elif is_announced:
            is_announced = False
        else:
            return False
    return True


def is_form_word(text: str) -> bool:
    """Say whether a text begins as the words of a form do: the next label, a unit, a date."""
    return mark_of(text) is not None or seen_through(text).startswith(("单位", "日期", "时间", "统计"))


def is_person_label(text: str) -> bool:
    """Say whether a cell announces a person's name or telephone."""
    return _PERSON_LABEL.fullmatch(seen_through(text)) is not None


def is_signing_label(text: str) -> bool:
    """Say whether a cell announces who did a thing, as 审核 does; what follows may be a name or another word."""
    return _SIGNING_LABEL.fullmatch(seen_through(text)) is not None
