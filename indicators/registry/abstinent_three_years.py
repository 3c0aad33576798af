"""戒断三年未复吸: people with control status 05.

Taken from the register's own status rather than computed from dates, because the three years are certified, not merely elapsed. It cannot
show relapses that nobody detected.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="abstinent_three_years",
    title=Text("戒断三年未复吸", "Abstinent three years"),
    question=Text("有多少人已戒断三年未复吸?", "How many people have been abstinent for three years?"),
    order=30,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="abstinent")),
    breakdowns=("total",),
    direction=Direction.UP_IS_BETTER,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "管控情况为“社会面戒断三年未复吸”(05)的在册人员。",
        "Registered people with control status 05.",
    ),
    caveats=("registered_is_not_use",),
    aliases=("戒断三年", "戒断三年未复吸"),
    cards=(Card(Form.HEADLINE),),
    adds_up_to="registered_people",
    short=Text("戒断三年", "abstinent three years"),
)
