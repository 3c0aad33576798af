"""主滥用毒品构成 of current users.

One main drug a person, so the groups add up; who uses several is asked apart. The drug is the one recorded when found and may be outdated.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="users_by_main_drug",
    title=Text("主滥用毒品构成", "Current users by main drug"),
    question=Text("现有人员主要滥用哪些毒品?", "Which drugs do current users mainly use?"),
    order=10,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current")),
    breakdowns=("drug_group",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "现有吸毒人员按主滥用毒品分组。",
        "Current users by main drug.",
    ),
    caveats=("main_drug_only", "registered_is_not_use", "when_enough_moved"),
    cards=(Card(Form.STRUCTURE, by="drug_group", section="structure", order=20),),
)
