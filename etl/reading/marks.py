"""The words by which a row says that it is no record: totals and what stands below a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from etl.reading.cells import fold

_TOTALS = ("合计", "小计", "总计", "总数", "累计", "共计")
_TOTAL_ENDS = ("合计", "小计", "总计")
_FOOTERS = ("填表", "填报", "审核", "制表", "报出", "备注", "注:", "说明", "单位负责人", "负责人", "联系电话", "联系人")
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,8}:?")
_PERSON_LABEL = re.compile(r"(?:姓名|填表人|填报人|审核人|审批人|制表人|经办人|(?:单位|统计|分管)?负责人|联系人|(?:联系)?电话|手机):?")
_SIGNING_LABEL = re.compile(r"(?:审核|复核|制表|填表|填报|经办|审批|签发|校对|录入)(?:\([^()]{1,6}\))?:?")


class Mark(StrEnum):
    """What a row is that is no record."""

    TOTAL = "total"
    FOOTER = "footer"


def mark_of(text: str) -> Mark | None:
    """Return what the text of a cell makes of its row; None for an ordinary cell."""
    if not text or text.isascii():
        return None
    folded = fold(text)
    if folded.startswith(_TOTALS) or (folded.endswith(_TOTAL_ENDS) and len(folded) <= 12):
        return Mark.TOTAL
    if folded.startswith(_FOOTERS):
        return Mark.FOOTER
    return None


def is_label(text: str) -> bool:
    """Say whether a cell only announces the next one, as 填表人: does."""
    folded = fold(text)
    return _LABEL.fullmatch(folded) is not None and (folded.endswith(":") or mark_of(text) is Mark.FOOTER)


def is_footer(written: Sequence[str]) -> bool:
    """Say whether the filled cells of a row are labels with what they announce, and nothing else."""
    if not written or mark_of(written[0]) is not Mark.FOOTER:
        return False
    is_announced = True
    for text in written:
        if is_label(text) or ":" in fold(text) or mark_of(text) is Mark.FOOTER:
            is_announced = True
        elif is_announced:
            is_announced = False
        else:
            return False
    return True


def is_form_word(text: str) -> bool:
    """Say whether a text begins as the words of a form do: the next label, a unit, a date."""
    return mark_of(text) is not None or fold(text).startswith(("单位", "日期", "时间", "统计"))


def is_person_label(text: str) -> bool:
    """Say whether a cell announces a person's name or telephone."""
    return _PERSON_LABEL.fullmatch(fold(text)) is not None


def is_signing_label(text: str) -> bool:
    """Say whether a cell announces who did a thing, as 审核 does; what follows may be a name or another word."""
    return _SIGNING_LABEL.fullmatch(fold(text)) is not None
