"""What a reader must know beside a number, written once and named by key."""

from indicators.model import Text

CAVEATS: dict[str, Text] = {
    "registered_is_cumulative": Text(
        "在册人数是累计登记数,含戒断三年未复吸、死亡和离境人员,不能与全国“现有吸毒人员”比较。",
        "Cumulative: people abstinent three years, dead or abroad are included; not comparable with the national current figure.",
    ),
    "registered_is_not_use": Text(
        "登记人数不等于实际吸毒人数。",
        "Registered people are not all people who use drugs.",
    ),
    "enforcement_effort": Text(
        "案件数同时反映毒情和打击力度:增加可能是查得更严。",
        "Case counts reflect enforcement as well as drugs: a rise may mean more policing.",
    ),
    "criminal_only": Text(
        "只统计刑事案件;吸毒等行政案件是个人记录,另按人数保护,两者不相加。",
        "Criminal cases only. Administrative cases, such as drug use, are records of people, protected apart; the two are never added.",
    ),
    "record_of_a_person": Text(
        "每起行政案件(含吸毒)都是一个人的记录,按人数保护:小数不公布,只按季度、年度公布。",
        "Every administrative case, such as drug use, is the record of a person and protected like one: small counts are hidden, months never shown.",
    ),
    "small_periods": Text(
        "全县不足5起的时段不作分项,较长时段减去较短时段剩下不足5起的也不作;全县总数照常公布。",
        "A period of fewer than five cases in the county is not split, nor one that would leave fewer than five by subtraction; the total is shown.",
    ),
    "late_entry": Text(
        "最近几个月会因补录而增加,暂不作比较。",
        "The latest months still grow by late entries and are not compared.",
    ),
    "corrected_totals": Text(
        "由年内累计数推算的月份,负数表示累计数被更正调减,不是当月发生数。",
        "Where months are taken from running totals of the year, a negative month is a correction of the total, not what happened in it.",
    ),
    "place_of_living": Text("按实际居住乡镇统计,不是户籍地。", "By the township lived in, not the household register."),
    "place_of_case": Text("按案发(查获)乡镇统计,不是嫌疑人住址。", "By the township of the case, not where suspects live."),
    "age_at_snapshot": Text("年龄按统计月份与出生年份之差计算。", "Age is the year of the snapshot less the year of birth."),
    "age_when_found": Text("年龄按初次发现时计算。", "Age is that when first found."),
    "main_drug_only": Text("每人只计一种主滥用毒品,各类相加等于总数。", "Each person counts once, by the main drug; the groups add up to the total."),
    "never_summed_over_drugs": Text("不同毒品的重量不能相加。", "Weights of different drugs are never added."),
    "few_cases_hidden": Text("某类毒品不足3起案件时不显示重量。", "A weight is not shown where fewer than three cases stand behind it."),
    "remote_lab_find": Text(
        "窝点按发现时间和地点统计,发现得多不等于新增得多。", "Laboratories are counted when and where found; finding more is not having more."
    ),
    "listed_2023": Text(
        "依托咪酯2023年10月1日列管,前后不可直接比较。", "Etomidate was listed on 1 October 2023; before and after are not comparable."
    ),
    "suspects_not_convicted": Text("抓获嫌疑人不等于定罪。", "An arrested suspect is not a convicted one."),
    "solved_by_month_solved": Text(
        "按破案月份统计,不计算破案率;以前年度立案的,重报该年度文件后才计入。",
        "By the month solved, no clearance rate; cases filed in earlier years count once those years are delivered again.",
    ),
    "population_year": Text("人口为当年常住人口,尚未公布的年份沿用最近一年。", "Residents of the same year, or of the latest one published."),
    "place_of_execution": Text("按执行地乡镇统计,不是户籍地。", "By the township that carries the measure out, not the household register."),
    "year_so_far": Text(
        "应执行及各部分为本年以来的期末数,每年1月重新起算,不能逐月相加。",
        "Those due and their parts are of the year so far at the period's end: they begin anew each January and are never added up over months.",
    ),
    "formula_of_county": Text(
        "执行率没有全国统一公式,与其他县比较前须核对公式。",
        "There is no national formula of the execution rate; compare formulas before comparing counties.",
    ),
    "finished_years": Text(
        "涉及个人的分项只按完整年度公布,公布后不再变动,以后补录的人不再加进去。",
        "Splits about people are published for finished years only and stay as published; people entered later are not added.",
    ),
    "entered_later": Text(
        "以后补录的人,见现有人员变动中的“补录、迁入”。", "People entered later stand in the change of current users, as late entries."
    ),
    "when_enough_moved": Text(
        "分项和占比只在变动的人够多时公布:一般在季度末,乡镇在年末;其间没有新数。",
        "Splits and shares are published only once enough people have moved, at a quarter's end (townships: a year's); in between nothing is new.",
    ),
    "small_reasons_together": Text(
        "按完整年度公布;人数少的变动原因不单列,同别的合并成一项。",
        "Published for finished years; reasons that moved few people are not listed, but stand together with others.",
    ),
}

CHECK_CASES = Text(
    "先核实:是否专项行动或集中立案,是否补录以前的案件", "check first: a campaign, cases opened together, or late entries of older cases"
)
"""What to look into before a warning about cases is believed."""
