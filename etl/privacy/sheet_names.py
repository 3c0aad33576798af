"""Which names of sheets may be shown: the words of forms, months and the county's own lists. Any other may be somebody's.

An office that gives each person a sheet writes the name on its tab, so such a name gives way to the sheet's place in the workbook
everywhere: in problems, remarks, the list that goes back and the questions of the upload page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from etl.privacy.identifiers import find_in_text
from etl.reading.signs import seen_through
from etl.reading.table import Sheet
from indicators.model import Text

_FORM_WORDS = (
    *("填表说明", "统计表", "月报表", "报表", "月报", "季报", "年报", "日报", "周报", "统计", "汇总表", "汇总", "明细表", "明细", "数据", "说明"),
    *("填报", "报送", "上报", "附件", "附表", "案件", "毒品", "在册", "人员", "吸毒", "登记", "情况", "副本", "补报", "更正", "修改", "核对", "模板"),
    *("样表", "旧表", "新表", "年表", "备用", "备份", "底稿", "街道", "乡镇", "全县", "本县", "城区", "合计", "总计", "累计", "禁毒办", "禁毒"),
    *("派出所", "大队", "中队", "代码表", "代码", "字典", "目录", "封面", "首页", "工作表", "表格", "原表", "草稿", "终稿", "定稿", "上年", "去年"),
    *("同期", "上月", "本月", "季度", "半年", "全年", "年度", "刑事", "行政", "缴获", "嫌疑人", "戒毒", "社区", "康复", "强戒", "数量", "列表"),
    *(
        "清单",
        "图表",
        "透视表",
        "隐藏",
        "其他",
        "空白",
        "退回",
        "作废",
        "计划",
        "目标",
        "任务",
        "预计",
        "预测",
        "测试",
        "前年",
        "标记",
        "记录",
        "名单",
        "单位",
        "镇街",
        "立案",
        "案由",
        "类别",
        "案件表",
        "第",
    ),
)
_FORM = re.compile("|".join(sorted(_FORM_WORDS, key=len, reverse=True)))
_SINGLE = frozenset("年月日号附表甲乙丙丁旧新页张份册全县图无的")
_COUNTED = re.compile("[〇零一二三四五六七八九十至到月份年上下第半季度日号表]+")
_LATIN = frozenset(
    ("sheet", "table", "data", "report", "registry", "cases", "case", "counts", "month", "total", "summary", "list", "copy", "new", "old")
)
_RUN = re.compile(r"[^\W\d_]+")
_PLACE = re.compile(r"第(\d{1,4})张")


def masked(sheets: Sequence[Sheet], known: Collection[str]) -> list[Sheet]:
    """Return the sheets of a workbook, those whose name may be somebody's named by their place.

    A name that holds an identifier stays, because the privacy gate must see it and refuses the file.

    Args:
        sheets: Every sheet in order.
        known: Words that may be shown, folded: those of the code lists and the county's places.
    """
    return [
        sheet if sheet.name is None or find_in_text(sheet.name) else replace(sheet, name=shown(sheet.name, position, known))
        for position, sheet in enumerate(sheets, 1)
    ]


def shown(name: str, position: int, known: Collection[str]) -> str:
    """Return the name of a sheet as it may be shown: itself, or the place of the sheet, counted from 1."""
    return name if _PLACE.fullmatch(name) or not may_name_somebody(name, known) else f"第{position}张"


def may_name_somebody(name: str, known: Collection[str]) -> bool:
    """Say whether anything is left of a sheet's name without the words that name nobody."""
    return find_in_text(name) is not None or not all(_is_known(run, known) for run in _RUN.findall(seen_through(name)))


def _is_known(run: str, known: Collection[str]) -> bool:
    if run.isascii():
        return len(run) == 1 or run in _LATIN or run in known
    if run in known or _COUNTED.fullmatch(run):
        return True
    # A known place inside a longer word may be a given name, so only what stands by itself between the words of forms is looked up.
    return all(piece in known or piece in _SINGLE or _COUNTED.fullmatch(piece) for piece in _FORM.split(run) if piece)


def unknown_words(name: str, known: Collection[str]) -> list[str]:
    """Return what is left of a name without the words that name nobody."""
    runs = [run for run in _RUN.findall(seen_through(name)) if not _is_known(run, known)]
    pieces = [piece for run in runs for piece in _FORM.split(run)]
    return [piece for piece in pieces if piece and piece not in known and not _COUNTED.fullmatch(piece)]


def words(name: str) -> Text:
    """Return the words by which a sentence names a sheet."""
    place = _PLACE.fullmatch(name)
    return Text(f"第{place[1]}张工作表", f"sheet number {place[1]}") if place else Text(f"工作表“{name}”", f"sheet “{name}”")


def place_of(name: str) -> int | None:
    """Return the place by which a sheet is named; None where it bears its own name."""
    place = _PLACE.fullmatch(name)
    return int(place[1]) if place else None
