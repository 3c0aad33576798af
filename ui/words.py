"""Words that several pages share."""

from __future__ import annotations

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
TABLE = Text("数据表", "Table")
NOTHING = Text("没有可以公布的数:人数少、受保护,或尚未报送。", "No number can be shown: small and protected, or not reported yet.")
NO_BRIDGE = Text("公开版不提供现有人员的逐项变动。", "The public edition does not offer the parts of the change of current users.")
