"""Words that several pages share."""

from __future__ import annotations

import re

import pandas

from indicators.model import Release, Text

PRODUCT = Text("毒情看板", "Drug situation")
RELEASE = Text("版本", "Release")
MONTH = Text("统计截至", "Up to")
ZONE = Text("片区", "Zone")
LANGUAGE = Text("语言 Language", "语言 Language")
COUNTY = Text("全县", "Whole county")
LANGUAGES = {"zh": "中文", "en": "English"}
RELEASES: dict[Release, Text] = {
    Release.INTERNAL: Text("内部(精确数)", "Internal (exact)"),
    Release.PUBLIC: Text("公开(概数)", "Public (rounded)"),
}
STAMPS: dict[Release, Text] = {
    Release.INTERNAL: Text("内部资料 注意保密", "Internal, keep confidential"),
    Release.PUBLIC: Text("公开版 涉及个人的数为概数", "Public edition, counts of people are rounded"),
}
SAMPLE = Text("示例数据,不是任何真实县的数", "Synthetic sample, no real county")
DEFINITION = Text("口径", "Definition")
COMPARE = Text("比较", "Compare")
TABLE = Text("数据表", "Table")
NOTHING = Text("没有可以公布的数:受保护,或尚无完整的报送。", "No number can be shown: protected, or not reported in full yet.")
NO_BRIDGE = Text("公开版不提供现有人员的逐项变动。", "The public edition does not offer the parts of the change of current users.")
EMPTY = Text(
    "数据文件里还没有任何月份。请先用 `python -m etl load 文件…` 送入报表,再运行 `python -m etl build`,然后刷新本页。",
    "The warehouse holds no month yet. Load reports with `python -m etl load FILE…`, run `python -m etl build`, then reload.",
)

_MARKS = re.compile(r"[\\`*_\[\]<>$~|&]|^#+(?=\s)|^[-+](?=\s)|(?<=^\d)[.)](?=\s)|:(?=[\w/+-]+:)", re.MULTILINE)


def plain(sentence: str) -> str:
    """Return a sentence as Markdown must be given it: names come from the county pack and must never become links, signs or formulas."""
    return _MARKS.sub(lambda mark: "\\" + mark.group(), sentence)


def plain_table(table: pandas.DataFrame) -> pandas.DataFrame:
    """Return a table of words with heads and cells as Markdown must be given them."""
    return table.rename(columns=plain).map(plain)
