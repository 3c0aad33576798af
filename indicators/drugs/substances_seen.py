"""发现毒品种数: how many different drugs appeared in cases, the speech's "新型毒品不断涌现".

A count of kinds, not of people or cases: it grows with the number of cases looked at. Criminal cases only: a kind that only cases of drug use
show would tell of the few people who were found with it.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="substances_seen",
    title=Text("刑事案件中出现的毒品种数", "Kinds of drug seen in criminal cases"),
    question=Text("刑事案件中出现过多少种毒品?", "How many kinds of drug appeared in criminal cases?"),
    order=50,
    unit=Text("种", "kinds"),
    kind=Kind.EVENTS,
    table="core.criminal_case",
    numerator=Measure(column="drug", distinct=True),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "刑事立案案件中出现的不同毒品种类数。",
        "Different drugs named in the criminal cases filed.",
    ),
    caveats=("criminal_only", "enforcement_effort"),
    provisional_periods=2,
    cards=(
        Card(Form.HEADLINE, page="cases", order=110),
        Card(Form.BY_YEAR, page="cases", section="drugs", order=20),
    ),
)
