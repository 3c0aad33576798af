"""毒品案件: one row a case, delivered for whole months.

A file states which months it covers, and replaces everything known of those months: a later edition of a year corrects the earlier
one whichever is loaded first. The case number of the police is a direct identifier and has no place here; the key is opaque.

A case of drug use, and any administrative case, is the record of one person and counts as a person; what only contradicts itself (criminal, of
use) does too. All other cases are criminal cases.
"""

from __future__ import annotations

from etl.contract import Code, Column, Covered, Extract, Flow, Period, RowCheck, Type
from indicators.dimensions import DIMENSIONS
from indicators.model import Text


def _codes(dimension: str, aliases: dict[str, tuple[str, ...]]) -> tuple[Code, ...]:
    return tuple(Code(member.code, member.title, aliases.get(member.code, ())) for member in DIMENSIONS[dimension].members)


_CRIMINAL = "s.case_kind = 'criminal' and s.charge <> 'use'"
_OF_A_PERSON = "s.case_kind = 'administrative' or s.charge = 'use'"
USE = Code("use", Text("吸食、注射", "Use"), ("吸毒", "吸食注射毒品", "吸食毒品", "注射毒品", "吸食、注射毒品"))
"""The charge that is no member of its dimension: what is split by charge are criminal cases."""


EXTRACT = Extract(
    id="cases",
    title=Text("毒品案件", "Drug cases"),
    description=Text(
        "一案一行,按立案月份整月报送,以不可逆的案件代号区分", "A row a case, whole months by the month filed, told apart by an irreversible key"
    ),
    period=Period.EVENTS,
    file_words=("cases", "案件"),
    key=("case_key",),
    month_column="filed_on",
    unit=Text("起", "cases"),
    columns=(
        Column("case_key", ("案件代号", "case_key"), Type.KEY, Text("不可逆代号,不得用案件编号", "Irreversible key, never the case number")),
        Column(
            "case_kind",
            ("案件性质", "case_kind"),
            Type.CODE,
            Text("刑事或行政", "Criminal or administrative"),
            codes=_codes("case_kind", {"criminal": ("刑事案件",), "administrative": ("行政案件", "治安")}),
            quasi_identifier="case_kind",
        ),
        Column(
            "charge",
            ("案由", "charge"),
            Type.CODE,
            Text("罪名或案由(可填GA 240.1代码)", "Offence, or its GA 240.1 code"),
            codes=(
                *_codes(
                    "charge",
                    {
                        "trafficking": (
                            *("走私毒品", "贩卖毒品", "运输毒品", "贩卖", "运输", "走私", "走私、贩卖、运输毒品", "贩卖、运输毒品"),
                            *("走私、贩卖毒品", "走私、运输毒品", "060700", "060701", "060702", "060703"),
                        ),
                        "manufacture": ("制造毒品", "060704"),
                        "possession": ("非法持有毒品", "060710"),
                        "sheltering": ("容留", "060745"),
                        "inducing": ("引诱教唆强迫", "引诱、教唆、欺骗他人吸毒", "强迫他人吸毒", "060740", "060741", "060742", "060743", "060744"),
                        "cultivation": ("非法种植毒品原植物", "060731"),
                    },
                ),
                USE,
            ),
            quasi_identifier="charge",
        ),
        Column("filed_on", ("立案年月", "filed_on"), Type.MONTH, Text("立案(受案)月份", "Month filed")),
        Column("solved_on", ("破案年月", "solved_on"), Type.MONTH, Text("破案(查结)月份", "Month solved"), nullable=True),
        Column(
            "township",
            ("案发乡镇代码", "township", "乡镇代码"),
            Type.TOWNSHIP,
            Text("案发(查获)地12位乡级代码", "12-digit code of the township of the place"),
            quasi_identifier="township",
        ),
        Column(
            "place_type",
            ("查获场所", "place_type"),
            Type.CODE,
            Text("查获场所类型", "Type of place"),
            codes=_codes(
                "place_type", {"rental": ("租赁房屋",), "hotel": ("宾馆", "旅店"), "entertainment": ("KTV", "歌舞厅"), "parcel": ("寄递", "物流")}
            ),
            quasi_identifier="place_type",
        ),
        Column("drug", ("毒品种类", "drug"), Type.DRUG, Text("主要涉案毒品", "Main drug of the case"), nullable=True, quasi_identifier="drug"),
        Column("grams", ("缴获克数", "grams"), Type.GRAMS, Text("缴获净重", "Net weight seized"), nullable=True, unit=Text("克", "g")),
        Column("suspects", ("抓获嫌疑人数", "suspects"), Type.COUNT, Text("抓获嫌疑人总数", "Suspects arrested"), unit=Text("人", "people")),
        Column(
            "suspects_under_18",
            ("其中不满18岁", "suspects_under_18"),
            Type.COUNT,
            Text("其中不满18岁", "Of these under 18"),
            unit=Text("人", "people"),
        ),
        Column("suspects_18_35", ("其中18至35岁", "suspects_18_35"), Type.COUNT, Text("其中18—35岁", "Of these 18-35"), unit=Text("人", "people")),
        Column(
            "channel", ("贩运渠道", "channel"), Type.CODE, Text("贩运渠道", "Channel"), nullable=True, codes=_codes("channel", {"car": ("自驾车",)})
        ),
        Column(
            "source_area",
            ("毒品来源地", "source_area"),
            Type.CODE,
            Text("毒品来源地", "Source of the drug"),
            nullable=True,
            codes=_codes("source_area", {}),
        ),
        Column("lab", ("是否制毒窝点", "lab"), Type.FLAG, Text("是否捣毁制毒窝点", "Whether a laboratory was destroyed")),
        Column("campaign", ("专项行动", "campaign"), Type.LABEL, Text("专项行动代号", "Code of the campaign"), nullable=True),
        Column(
            "supervision",
            ("督办级别", "supervision"),
            Type.CODE,
            Text("督办级别", "Supervision level"),
            nullable=True,
            codes=(
                Code("ministry", Text("部督", "Ministry")),
                Code("province", Text("省督", "Province")),
                Code("city", Text("市督", "City")),
                Code("ordinary", Text("普通", "Ordinary"), ("无",)),
            ),
        ),
    ),
    checks=(
        RowCheck(
            "solved_after_filed",
            ("filed_on", "solved_on"),
            lambda row: row["solved_on"] is None or row["solved_on"] >= row["filed_on"],
            Text("破案年月早于立案年月", "Solved before it was filed"),
            Text("核对两个年月", "Check both months"),
        ),
        RowCheck(
            "suspects_add_up",
            ("suspects", "suspects_under_18", "suspects_18_35"),
            lambda row: row["suspects_under_18"] + row["suspects_18_35"] <= row["suspects"],
            Text("分年龄嫌疑人数之和大于总数", "Suspects by age add up to more than the total"),
            Text("核对嫌疑人数", "Check the numbers of suspects"),
        ),
        RowCheck(
            "grams_have_drug",
            ("drug", "grams"),
            lambda row: row["drug"] is not None or not row["grams"],
            Text("有缴获克数但没有毒品种类", "A weight was seized but no drug is named"),
            Text("补填毒品种类", "Name the drug"),
        ),
    ),
    tables=(
        Flow(
            "criminal_case",
            where=_CRIMINAL,
            columns={
                "solved_on": "s.solved_on",
                "grams": "cast(coalesce(s.grams, 0) as double)",
                "channel": "coalesce(s.channel, 'unknown')",
                "source_area": "coalesce(s.source_area, 'unknown')",
                "youth": "case when s.suspects_under_18 + s.suspects_18_35 > 0 then 'yes' else 'no' end",
                "solved": "case when s.solved_on is null then 'no' else 'yes' end",
            },
        ),
        Flow("administrative_case", people=True, where=_OF_A_PERSON),
        # People found using are counted in the register.
        Flow(
            "suspect",
            where=_CRIMINAL,
            people={
                "suspect_age": {
                    "under_18": "s.suspects_under_18",
                    "18_35": "s.suspects_18_35",
                    "36_plus": "s.suspects - s.suspects_under_18 - s.suspects_18_35",
                }
            },
        ),
        # A case counts in the month it was solved; those filed before the first delivery are unknown.
        Flow("solved_case", select="select * from core.criminal_case where solved_on is not null", covered=Covered.AFTER_A_YEAR),
    ),
)
