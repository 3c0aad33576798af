"""在册(累计登记)人员, the count speeches quote as "160余人".

Cumulative since registration began: nobody leaves it by abstaining, dying or going abroad. It is kept apart from current_users because
the national report changed its headline from one to the other between 2014 and 2016, and the two must never be compared.
"""

from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="registered_people",
    title=Text("在册吸毒人员", "Registered people"),
    question=Text("全县登记在册的吸毒人员有多少?", "How many people are on the county's register?"),
    order=10,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "截至月末累计登记的吸毒人员,含戒断三年未复吸、死亡、离境人员。",
        "People ever registered by the month's end, including those abstinent three years, dead or abroad.",
    ),
    caveats=("registered_is_cumulative", "registered_is_not_use"),
    aliases=("在册吸毒人员", "登记在册"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.OVER_TIME, section="size", order=10, beside=("current_users",)),
        Card(Form.PARTS, section="size", order=20),
        Card(Form.HEADLINE, page=OVERVIEW, order=10),
        Card(Form.OVER_TIME, page=OVERVIEW, order=10, beside=("current_users",)),
    ),
    short=Text("在册人数", "Registered people"),
)
