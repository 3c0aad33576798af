"""缴毒量 per drug, never summed over drugs.

A weight with one or two cases behind it is a fact about those cases, so it is hidden; calendar years are the only periods, because
overlapping windows subtract down to the weight of one case.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="drugs_seized",
    title=Text("缴获毒品", "Drugs seized"),
    question=Text("缴获了哪些毒品,各多少?", "How much of each drug was seized?"),
    order=40,
    unit=Text("克", "g"),
    kind=Kind.SUM,
    table="core.case_file",
    numerator=Measure(column="grams"),
    breakdowns=("drug",),
    direction=Direction.NEUTRAL,
    protects=Protects.SEIZURES,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "各案缴获净重按毒品种类分别相加,按完整年度公布。",
        "Net weight seized per drug, finished years.",
    ),
    caveats=("never_summed_over_drugs", "few_cases_hidden", "enforcement_effort"),
    decimals=1,
    aliases=("缴获", "缴毒"),
    cards=(Card(Form.STRUCTURE, by="drug", section="drugs", order=10),),
)
