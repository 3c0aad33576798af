"""在册吸毒人员: the whole register as it stood at the end of a month, one row a person.

A snapshot rather than a list of changes, because counties can always print the register but seldom its history; changes follow from
comparing two snapshots by the opaque key. What no indicator of the catalogue or its next themes needs (ethnicity, address, unit, full
birth date) has no column here, so it cannot be delivered.
"""

from __future__ import annotations

from etl.contract import Code, Column, Covered, Extract, Flow, Period, RowCheck, Stock, Type
from indicators.model import Text


def age_band(age: str) -> str:
    """Write the age band of an age in years."""
    return f"case when {age} < 18 then 'under_18' when {age} < 36 then '18_35' when {age} < 60 then '36_59' else '60_plus' end"


_NEWLY_FOUND = f"""
select
    p.first_found_on as month_on,
    p.person_key,
    p.mark,
    p.sex,
    {age_band("extract(year from p.first_found_on) - p.birth_year")} as age_band,
    p.zone,
    p.township,
    p.residence,
    p.drug_group
from core.registry_person p
where p.month_on = (select max(month_on) from core.registry_person)
"""

_REGISTRY_CHANGE = """
with pair as (
    select later.month_on, earlier.month_on as earlier_on
    from (select distinct month_on from core.registry_person) later
    join core.dim_month m on m.month_on = later.month_on
    join (select distinct month_on from core.registry_person) earlier on earlier.month_on = m.previous_on
),
before as (
    select pair.month_on, p.person_key, p.mark, p.standing
    from pair join core.registry_person p on p.month_on = pair.earlier_on
),
after as (
    select pair.month_on, p.person_key, p.mark, p.standing, p.first_found_on
    from pair join core.registry_person p on p.month_on = pair.month_on
)
select
    coalesce(after.month_on, before.month_on) as month_on,
    coalesce(after.person_key, before.person_key) as person_key,
    coalesce(after.mark, before.mark) as mark,
    case
        when after.standing = 'current' and before.standing is null and after.first_found_on = after.month_on then 'newly_found'
        when after.standing = 'current' and before.standing is null then 'entered_late'
        when after.standing = 'current' and before.standing = 'abstinent' then 'relapsed'
        when after.standing = 'current' and before.standing = 'departed' then 'restored'
        when before.standing = 'current' and after.standing = 'abstinent' then 'became_abstinent'
        when before.standing = 'current' and after.standing = 'departed' then 'died_or_left'
        when before.standing = 'current' and after.standing is null then 'removed'
    end as change
from before
full outer join after on after.month_on = before.month_on and after.person_key = before.person_key
where coalesce(after.standing, '') <> coalesce(before.standing, '')
    and (coalesce(after.standing, '') = 'current' or coalesce(before.standing, '') = 'current')
"""

EXTRACT = Extract(
    id="registry",
    title=Text("在册吸毒人员", "Registered people"),
    description=Text(
        "月末在册吸毒人员全量快照,一人一行,以不可逆的人员代号区分",
        "Full snapshot of the register at a month's end, a row a person, told apart by an irreversible pseudonym",
    ),
    period=Period.SNAPSHOT,
    file_words=("registry", "在册"),
    key=("person_key",),
    month_column="as_of",
    unit=Text("人", "people"),
    columns=(
        Column("as_of", ("统计月份", "as_of", "截至月份"), Type.MONTH, Text("快照所属月份", "Month of the snapshot")),
        Column("person_key", ("人员代号", "person_key"), Type.KEY, Text("不可逆代号,各月保持一致", "Irreversible pseudonym, the same every month")),
        Column(
            "sex",
            ("性别", "sex"),
            Type.CODE,
            Text("性别", "Sex"),
            codes=(Code("male", Text("男", "Male"), ("男性", "1", "M")), Code("female", Text("女", "Female"), ("女性", "2", "F"))),
            quasi_identifier="sex",
        ),
        Column(
            "birth_year",
            ("出生年份", "birth_year"),
            Type.YEAR,
            Text("出生年份(不得含月日)", "Year of birth, never the day"),
            quasi_identifier="age_band",
        ),
        Column(
            "township",
            ("现居乡镇代码", "township", "乡镇代码"),
            Type.TOWNSHIP,
            Text("实际居住地12位乡级代码", "12-digit code of the township lived in"),
            quasi_identifier="zone",
        ),
        Column(
            "residence",
            ("居住类型", "residence"),
            Type.CODE,
            Text("本地户籍或外来", "Local household or incoming"),
            codes=(
                Code("local", Text("本地户籍", "Local household"), ("本地", "1")),
                Code("incoming", Text("外来", "Incoming"), ("外来人员", "流动", "2")),
            ),
            quasi_identifier="residence",
        ),
        Column(
            "first_found_on",
            ("初次发现年月", "first_found_on"),
            Type.MONTH,
            Text("首次被查获的月份", "Month first found"),
            quasi_identifier="dropped",
        ),
        Column("main_drug", ("主滥用毒品", "main_drug"), Type.DRUG, Text("主要滥用的毒品", "Main drug"), quasi_identifier="drug_group"),
        Column(
            "multi_drug",
            ("混合滥用", "multi_drug"),
            Type.FLAG,
            Text("是否滥用两种以上毒品", "Whether more than one drug is used"),
            quasi_identifier="multi_drug",
        ),
        Column(
            "education",
            ("文化程度", "education"),
            Type.CODE,
            Text("GB/T 4658 文化程度", "Education by GB/T 4658"),
            nullable=True,
            codes=(
                Code(
                    "tertiary",
                    Text("大专及以上", "Tertiary"),
                    (
                        *("研究生", "研究生教育", "本科", "大学", "大学本科", "本科教育", "大学本科教育", "专科", "大专", "大学专科", "专科教育"),
                        *("大学专科教育", "大学专科和专科学校", "10", "20", "30"),
                    ),
                ),
                Code(
                    "upper_secondary",
                    Text("高中、中专", "Upper secondary"),
                    (
                        *("高中", "普通高中", "高级中学", "普通高级中学教育", "中专", "中等专业学校", "中等专业学校或中等技术学校"),
                        *("中等职业教育", "职业高中", "技工学校", "40", "60"),
                    ),
                ),
                Code("lower_secondary", Text("初中", "Lower secondary"), ("初级中学", "初级中学教育", "70")),
                Code("primary", Text("小学及以下", "Primary or less"), ("小学", "小学教育", "文盲", "文盲或半文盲", "80")),
                Code("other", Text("其他", "Other"), ("90", "不详")),
            ),
            quasi_identifier="dropped",
        ),
        Column(
            "employment",
            ("从业状况", "employment"),
            Type.CODE,
            Text("GB/T 2261.4 从业状况", "Employment by GB/T 2261.4"),
            codes=(
                Code(
                    "employed", Text("在业", "Employed"), ("职员", "工人", "国家公务员", "专业技术人员", "企业管理人员", "11", "13", "17", "21", "24")
                ),
                Code("farmer", Text("农民", "Farmer"), ("务农", "27")),
                Code("student", Text("学生", "Student"), ("在校学生", "31")),
                Code("self_employed", Text("个体、自由职业", "Self-employed"), ("个体", "个体经营者", "自由职业", "自由职业者", "51", "54")),
                Code("unemployed", Text("无业", "Unemployed"), ("无业人员", "70")),
                Code("retired", Text("退(离)休", "Retired"), ("退休", "退(离)休人员", "离退休", "离退休人员", "退休人员", "离休", "80")),
                Code("other", Text("其他", "Other"), ("90",)),
            ),
            quasi_identifier="student",
        ),
        Column(
            "control_status",
            ("管控情况", "control_status"),
            Type.CODE,
            Text("GB/T 31000 管控情况 01—06", "Control status 01-06"),
            codes=(
                Code("01", Text("在控", "Under control"), ("1",)),
                Code("02", Text("失控", "Out of control"), ("2",)),
                Code("03", Text("死亡", "Died"), ("3",)),
                Code("04", Text("出国(境)", "Left the country"), ("出国", "离境", "4")),
                Code("05", Text("社会面戒断三年未复吸", "Abstinent three years"), ("戒断三年", "戒断三年未复吸", "5")),
                Code("06", Text("社会面戒断不满三年", "Abstinent under three years"), ("戒断不满三年", "6")),
            ),
            quasi_identifier="standing",
        ),
        Column(
            "measure",
            ("戒治措施", "measure"),
            Type.CODE,
            Text("正在执行的戒治措施", "Treatment measure in force"),
            nullable=True,
            codes=(
                Code("community_treatment", Text("社区戒毒", "Community treatment")),
                Code("community_recovery", Text("社区康复", "Community recovery")),
                Code("compulsory", Text("强制隔离戒毒", "Compulsory isolation"), ("强戒",)),
                Code("voluntary", Text("自愿戒毒", "Voluntary")),
                Code("maintenance", Text("药物维持治疗", "Maintenance"), ("药物维持",)),
                Code("custody", Text("在押、服刑", "In custody"), ("在押", "服刑", "在押/服刑")),
                Code("none", Text("无", "None"), ("无措施",)),
                Code("other", Text("其他", "Other")),
            ),
            quasi_identifier="dropped",
        ),
        Column(
            "measure_start_on",
            ("措施起始年月", "measure_start_on"),
            Type.MONTH,
            Text("措施开始的月份", "Month the measure began"),
            nullable=True,
            quasi_identifier="dropped",
        ),
        Column(
            "last_detected_on",
            ("最近查获年月", "last_detected_on"),
            Type.MONTH,
            Text("最近一次查获的月份", "Month last detected"),
            nullable=True,
            quasi_identifier="dropped",
        ),
        Column(
            "relapse_band",
            ("复吸次数", "relapse_band"),
            Type.CODE,
            Text("复吸次数分段", "Relapses, banded"),
            nullable=True,
            codes=(
                Code("0", Text("0次", "None"), ("0", "无")),
                Code("1", Text("1次", "One"), ("1",)),
                Code("2", Text("2次", "Two"), ("2",)),
                Code("3+", Text("3次及以上", "Three or more"), ("3", "3次以上", "≥3")),
            ),
            quasi_identifier="dropped",
        ),
        Column(
            "reason",
            ("吸毒原因", "reason"),
            Type.CODE,
            Text("GA 332.2 吸毒原因", "Reason by GA 332.2"),
            nullable=True,
            codes=tuple(
                Code(code, Text(zh, en), (zh,))
                for code, zh, en in (
                    ("01", "亲友影响", "Family or friends"),
                    ("02", "好奇", "Curiosity"),
                    ("03", "人生受挫", "Setback"),
                    ("04", "寻求刺激", "Thrill"),
                    ("05", "被诱骗", "Deceived"),
                    ("06", "被逼迫", "Forced"),
                    ("07", "治病引起", "Illness"),
                    ("99", "其他", "Other"),
                )
            ),
            quasi_identifier="dropped",
        ),
        Column(
            "source",
            ("查获来源", "source"),
            Type.CODE,
            Text("如何被发现", "How the person was found"),
            nullable=True,
            codes=(
                Code("patrol", Text("巡逻盘查", "Patrol"), ("盘查",)),
                Code("case", Text("办案查获", "Case work"), ("办案",)),
                Code("report", Text("群众举报", "Tip-off"), ("举报",)),
                Code("self", Text("主动登记", "Came forward"), ("自首", "主动")),
                Code("other", Text("其他", "Other")),
            ),
            quasi_identifier="dropped",
        ),
    ),
    checks=(
        RowCheck(
            "age_range",
            ("as_of", "birth_year"),
            lambda row: 10 <= row["as_of"].year - row["birth_year"] <= 90,
            Text("统计时年龄不在10—90岁之间", "The age at the month of the snapshot is not between 10 and 90"),
            Text("核对出生年份", "Check the year of birth"),
        ),
        RowCheck(
            "found_before_snapshot",
            ("as_of", "first_found_on"),
            lambda row: row["first_found_on"] <= row["as_of"],
            Text("初次发现年月晚于统计月份", "First found after the month of the snapshot"),
            Text("核对初次发现年月", "Check the month first found"),
        ),
        RowCheck(
            "found_in_lifetime",
            ("birth_year", "first_found_on"),
            lambda row: row["first_found_on"].year - row["birth_year"] >= 8,
            Text("初次发现时不满8岁", "Younger than 8 when first found"),
            Text("核对出生年份和初次发现年月", "Check the year of birth and the month first found"),
        ),
    ),
    tables=(
        Stock(
            "registry_person",
            people=True,
            columns={
                "person_key": "s.person_key",
                "standing": "case s.control_status when '05' then 'abstinent' when '03' then 'departed' when '04' then 'departed' else 'current' end",
                "age_band": age_band("extract(year from s.as_of) - s.birth_year"),
                "drug": "s.main_drug",
                "drug_group": "d.drug_group",
                "student": "case when s.employment = 'student' then 'yes' else 'no' end",
                "first_found_on": "s.first_found_on",
                "birth_year": "s.birth_year",
            },
        ),
        # One row per person of the latest snapshot, counted in the month first found.
        Flow("newly_found", people=True, select=_NEWLY_FOUND),
        # One row per person who joined or left the current stock between two neighbouring months.
        Flow("registry_change", people=True, select=_REGISTRY_CHANGE, covered=Covered.WITH_MONTH_BEFORE),
    ),
)
