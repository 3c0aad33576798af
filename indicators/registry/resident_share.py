"""本地户籍占比 among current users.

Asked because services follow the place of living while budgets follow the household register. It cannot show migration: an incoming person
may have lived here for years.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="resident_share",
    title=Text("本地户籍占比", "Share with local household"),
    question=Text("现有人员中本地户籍占多少?", "What share of current users has a local household register?"),
    order=80,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.registry_person",
    of_stock=True,
    numerator=Measure(where(standing="current", residence="local")),
    denominator=Measure(where(standing="current")),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "现有吸毒人员中本地户籍人数÷现有吸毒人员。",
        "Current users with a local household register over current users.",
    ),
    caveats=("registered_is_not_use", "when_enough_moved"),
    decimals=1,
    cards=(Card(Form.HEADLINE),),
)
