"""The dimensions by which numbers may be split, each with its fixed, nested code list.

A code list is never taken from the data: a member nobody belongs to is still a member, so an empty cell and a small cell look alike.
Lists that differ from county to county (zones, townships, drugs, campaigns) are filled from the county pack at build.
"""

from __future__ import annotations

from dataclasses import dataclass

from indicators.model import Text


@dataclass(frozen=True)
class Member:
    """One code of a dimension."""

    code: str
    title: Text
    sign: int = 1  # in a bridge: whether the part adds to the stock or takes from it
    is_counted_apart: bool = False  # in a bridge: whether an indicator of its own counts the same people exactly


@dataclass(frozen=True)
class Dimension:
    """A way of splitting records; its id is also the column name in the core tables."""

    id: str
    title: Text
    members: tuple[Member, ...] = ()  # empty: the county pack fills it
    parent: str | None = None  # townships nest in zones
    is_bridge: bool = False  # reasons of a change between two stocks
    lasts: str = ""  # how long a person is taken to stay in a member: "always", within a "year", or nothing is taken so

    @property
    def is_area(self) -> bool:
        """Areas go into ``area_code``; every other dimension into ``member``."""
        return self.id in {"zone", "township"}


def _dimension(id: str, zh: str, en: str, *members: tuple[str, str, str], parent: str | None = None, lasts: str = "") -> Dimension:
    return Dimension(id, Text(zh, en), tuple(Member(code, Text(*words)) for code, *words in members), parent, lasts=lasts)


DIMENSIONS: dict[str, Dimension] = {
    dimension.id: dimension
    for dimension in (
        _dimension("zone", "片区", "Zone", lasts="always"),
        _dimension("township", "乡镇(街道)", "Township", parent="zone", lasts="always"),
        _dimension(
            "standing",
            "在册状态",
            "Registry standing",
            ("current", "现有", "Current"),
            ("abstinent", "戒断三年未复吸", "Abstinent three years"),
            ("departed", "死亡、离境", "Died or left the country"),
        ),
        _dimension("sex", "性别", "Sex", ("male", "男", "Male"), ("female", "女", "Female"), lasts="always"),
        _dimension(
            "age_band",
            "年龄段",
            "Age band",
            ("under_18", "不满18岁", "Under 18"),
            ("18_35", "18—35岁", "18-35"),
            ("36_59", "36—59岁", "36-59"),
            ("60_plus", "60岁及以上", "60 and over"),
            lasts="year",
        ),
        _dimension("residence", "居住类型", "Residence", ("local", "本地户籍", "Local household"), ("incoming", "外来", "Incoming"), lasts="always"),
        _dimension(
            "drug_group",
            "主滥用毒品",
            "Main drug",
            ("opioid", "阿片类", "Opioids"),
            ("synthetic", "合成毒品(冰毒、氯胺酮等)", "Synthetic (methamphetamine, ketamine and the like)"),
            ("new_substance", "新型及替代物质", "New and substitute substances"),
            ("other", "其他及不详", "Other or unknown"),
            lasts="always",
        ),
        _dimension("multi_drug", "混合滥用", "Several drugs", ("yes", "是", "Yes"), ("no", "否", "No"), lasts="always"),
        _dimension("student", "在校学生", "Student", ("yes", "是", "Yes"), ("no", "否", "No"), lasts="year"),
        Dimension(
            "change",
            Text("变动原因", "Reason of change"),
            (
                Member("newly_found", Text("新发现", "Newly found"), is_counted_apart=True),
                Member("entered_late", Text("补录、迁入", "Late entry or moved in")),
                Member("relapsed", Text("复吸转入", "Relapsed")),
                Member("restored", Text("更正:恢复在册", "Correction: restored")),
                Member("became_abstinent", Text("新增戒断三年", "Became abstinent"), sign=-1),
                Member("died_or_left", Text("死亡、离境", "Died or left"), sign=-1),
                Member("removed", Text("更正:迁出、核销", "Correction: moved out or struck off"), sign=-1),
            ),
            is_bridge=True,
        ),
        _dimension("case_kind", "案件性质", "Kind of case", ("criminal", "刑事", "Criminal"), ("administrative", "行政", "Administrative")),
        _dimension(
            "charge",
            "案由",
            "Offence",
            ("trafficking", "走私、贩卖、运输", "Smuggling, selling, carrying"),
            ("manufacture", "制造", "Manufacture"),
            ("possession", "非法持有", "Possession"),
            ("sheltering", "容留他人吸毒", "Letting premises for use"),
            ("inducing", "引诱、教唆、欺骗、强迫", "Inducing or forcing"),
            ("cultivation", "非法种植", "Cultivation"),
            ("other", "其他", "Other"),
        ),
        _dimension(
            "place_type",
            "查获场所",
            "Place",
            ("entertainment", "娱乐场所", "Entertainment venue"),
            ("rental", "出租屋", "Rented room"),
            ("hotel", "宾馆旅店", "Hotel"),
            ("home", "住宅", "Home"),
            ("vehicle", "车辆", "Vehicle"),
            ("outdoor", "户外", "Outdoors"),
            ("online", "网络", "Online"),
            ("parcel", "寄递物流", "Parcel or freight"),
            ("workshop", "偏远作坊", "Remote workshop"),
            ("other", "其他", "Other"),
        ),
        _dimension(
            "channel",
            "贩运渠道",
            "Channel",
            ("parcel", "寄递", "Parcel"),
            ("freight", "物流", "Freight"),
            ("coach", "客运", "Coach or train"),
            ("car", "自驾", "Private car"),
            ("online", "网络", "Online"),
            ("in_person", "当面交易", "In person"),
            ("unknown", "不详", "Unknown"),
        ),
        _dimension(
            "source_area",
            "毒品来源",
            "Source of the drug",
            ("abroad", "境外", "Abroad"),
            ("other_province", "省外", "Another province"),
            ("same_province", "省内", "Same province"),
            ("local", "本地", "Local"),
            ("unknown", "不详", "Unknown"),
        ),
        _dimension("drug", "毒品种类", "Drug"),
        _dimension("lab", "制毒窝点", "Drug laboratory", ("yes", "是", "Yes"), ("no", "否", "No")),
        _dimension("youth", "涉青少年", "Suspect under 36", ("yes", "是", "Yes"), ("no", "否", "No")),
        _dimension("solved", "破案", "Solved", ("yes", "是", "Yes"), ("no", "否", "No")),
        _dimension("remote", "偏远乡镇", "Remote township", ("yes", "偏远乡镇", "Remote"), ("no", "其他乡镇", "Other")),
        _dimension("campaign", "专项行动", "Campaign"),
        _dimension("in_campaign", "专项行动案件", "Case of a campaign", ("yes", "是", "Yes"), ("no", "否", "No")),
        _dimension(
            "suspect_age",
            "嫌疑人年龄",
            "Age of suspects",
            ("under_18", "不满18岁", "Under 18"),
            ("18_35", "18—35岁", "18-35"),
            ("36_plus", "36岁及以上", "36 and over"),
        ),
        _dimension(
            "community_measure",
            "措施类别",
            "Measure",
            ("treatment", "社区戒毒", "Community treatment"),
            ("rehabilitation", "社区康复", "Community rehabilitation"),
            lasts="always",
        ),
        _dimension("reported_in", "是否按期报到", "Reported in time", ("yes", "是", "Yes"), ("no", "否", "No")),
        _dimension(
            "execution",
            "执行情况",
            "Execution",
            ("under_way", "正在执行", "Under way"),
            ("completed", "执行完毕", "Completed"),
            ("broken", "违反协议", "In breach"),
            ("exempt", "不能执行", "Cannot be carried out"),
            ("not_begun", "其他未执行", "Otherwise not carried out"),
        ),
    )
}


def split(breakdown: str) -> tuple[str, ...]:
    """Return the dimension ids of a breakdown name; ``"total"`` has none."""
    return () if breakdown == "total" else tuple(breakdown.split("*"))


def area_level(breakdown: str) -> str:
    """Return ``"county"``, ``"zone"`` or ``"township"``: the finest area a breakdown speaks of."""
    names = split(breakdown)
    return "township" if "township" in names else "zone" if "zone" in names else "county"


def categories(breakdown: str) -> tuple[str, ...]:
    """Return the non-area dimensions of a breakdown, in the order of ``member`` and ``member_2``."""
    return tuple(name for name in split(breakdown) if not DIMENSIONS[name].is_area)
