"""现有吸毒人员: registered less abstinent three years, dead and abroad.

The national definition since 2016. Structure is shown on this stock, because it is the one that services deal with. It cannot show people
who use drugs and were never found.
"""

from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="current_users",
    title=Text("现有吸毒人员", "Current users"),
    question=Text("目前仍需管理服务的吸毒人员有多少,分布如何?", "How many registered people are current users, and who are they?"),
    order=20,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current")),
    breakdowns=("total", "zone", "township", "sex", "age_band", "residence"),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "在册人数减去戒断三年未复吸、死亡、离境人数。",
        "Registered people less those abstinent three years, dead or abroad.",
    ),
    caveats=("registered_is_not_use", "place_of_living", "age_at_snapshot", "when_enough_moved"),
    aliases=("现有吸毒人员", "实有吸毒人员"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.STRUCTURE, by="age_band", section="structure", order=10),
        Card(Form.STRUCTURE, by="sex", section="structure", order=30),
        Card(Form.STRUCTURE, by="residence", section="structure", order=40),
        Card(Form.BY_ZONE, section="structure", order=50),
        Card(Form.STRUCTURE, by="age_band", page="youth", section="current", order=20),
        Card(Form.HEADLINE, page=OVERVIEW, order=20),
    ),
    adds_up_to="registered_people",
    short=Text("现有", "current users"),
    is_mapped=True,
)
