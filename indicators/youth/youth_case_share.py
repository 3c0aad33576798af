"""涉青少年案件占比: of the criminal cases filed, how many have a suspect of 35 or younger.

Of all cases filed, because how many have a known suspect cannot be told beside them: with the cases of the young it would count those in which all
are older, who are protected as well. So it also rises where more cases find their suspects; young_suspect_share does not.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="youth_case_share",
    title=Text("涉青少年案件占比", "Share of cases, a suspect 35 or under"),
    question=Text("刑事案件中有多少涉及青少年?", "What share of criminal cases has a suspect aged 35 or under?"),
    order=65,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.criminal_case",
    numerator=Measure(where(youth="yes")),
    denominator=Measure(),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "至少一名嫌疑人不满36岁的刑事案件÷刑事立案;嫌疑人未到案的案件计为不涉。",
        "Criminal cases with at least one suspect under 36 over criminal cases filed; a case without a known suspect counts as one without.",
    ),
    caveats=("criminal_only", "enforcement_effort", "late_entry", "suspects_not_convicted", "finished_years"),
    decimals=1,
    provisional_periods=2,
    cards=(Card(Form.BY_YEAR, section="cases", order=15),),
)
