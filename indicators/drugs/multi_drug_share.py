"""混合滥用占比 among current users.

A separate yes-or-no question, because main drugs exclude each other. It depends on how thoroughly people were asked.
Since etomidate was listed it counts as a second drug, and those who use nothing else stand in the whole: the share breaks there.
"""

from datetime import date

from indicators.model import Break, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="multi_drug_share",
    title=Text("混合滥用占比", "Share using several drugs"),
    question=Text("滥用两种以上毒品的占多少?", "What share uses more than one drug?"),
    order=40,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.registry_person",
    of_stock=True,
    numerator=Measure(where(standing="current", multi_drug="yes")),
    denominator=Measure(where(standing="current")),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "滥用两种以上毒品的现有人员÷现有吸毒人员。",
        "Current users of more than one drug over current users.",
    ),
    caveats=("registered_is_not_use", "listed_2023", "when_enough_moved"),
    decimals=1,
    breaks=(Break(date(2023, 10, 1), Text("依托咪酯列管", "Etomidate listed")),),
    aliases=("混合滥用", "多药滥用"),
    cards=(Card(Form.HEADLINE),),
)
