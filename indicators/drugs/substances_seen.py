"""发现毒品种数: how many different drugs appeared in cases, the speech's "新型毒品不断涌现".

A count of kinds, not of people or cases: it grows with the number of cases looked at.
"""

from indicators.model import Direction, Indicator, Kind, Measure, Protects, Text, Theme

INDICATOR = Indicator(
    id="substances_seen",
    title=Text("案件中出现的毒品种数", "Kinds of drug seen in cases"),
    question=Text("案件中出现过多少种毒品?", "How many kinds of drug appeared in cases?"),
    theme=Theme.DRUGS,
    order=50,
    unit=Text("种", "kinds"),
    kind=Kind.EVENTS,
    table="core.case_file",
    numerator=Measure(column="drug", distinct=True),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "立案案件中出现的不同毒品种类数。",
        "Different drugs named in the cases filed.",
    ),
    caveats=("enforcement_effort",),
    provisional_periods=2,
)
