"""缴毒量 per drug, never summed over drugs.

A weight with one or two cases behind it is a fact about those cases, so it is hidden; calendar years are the only periods, because
overlapping windows subtract down to the weight of one case. Criminal cases only: a weight from cases of drug use would tell, by the rule of three,
how many people were found with a drug.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="drugs_seized",
    title=Text("缴获毒品", "Drugs seized"),
    question=Text("缴获了哪些毒品,各多少?", "How much of each drug was seized?"),
    order=40,
    unit=Text("克", "g"),
    kind=Kind.SUM,
    table="core.criminal_case",
    numerator=Measure(column="grams"),
    breakdowns=("drug",),
    direction=Direction.NEUTRAL,
    protects=Protects.SEIZURES,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "各刑事案件缴获净重按毒品种类分别相加,按完整年度公布;行政案件缴获的不计入。",
        "Net weight seized per drug in criminal cases, finished years; what administrative cases seized is not counted.",
    ),
    caveats=("never_summed_over_drugs", "criminal_only", "few_cases_hidden", "enforcement_effort", "small_periods"),
    decimals=1,
    aliases=("缴获", "缴毒"),
    cards=(Card(Form.STRUCTURE, by="drug", section="drugs", order=10),),
)
