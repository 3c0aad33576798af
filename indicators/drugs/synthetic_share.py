"""合成毒品占比: amphetamines, ketamine and the like, as the national report groups them.

Etomidate and other new substances are apart (new_substance_share): mixing them in would hide the change from one to the other.
Since etomidate was listed its users are registered and stand in the whole, so the share breaks there although its part does not change.
"""

from datetime import date

from indicators.model import Break, Direction, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="synthetic_share",
    title=Text("合成毒品占比", "Share using synthetic drugs"),
    question=Text("主滥用合成毒品的占多少?", "What share mainly uses synthetic drugs?"),
    order=20,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.registry_person",
    of_stock=True,
    numerator=Measure(where(standing="current", drug_group="synthetic")),
    denominator=Measure(where(standing="current")),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "主滥用苯丙胺类、氯胺酮的现有人员÷现有吸毒人员。",
        "Current users mainly using amphetamines or ketamine over current users.",
    ),
    caveats=("main_drug_only", "listed_2023", "when_enough_moved"),
    decimals=1,
    breaks=(Break(date(2023, 10, 1), Text("依托咪酯列管", "Etomidate listed")),),
    aliases=("合成毒品",),
    cards=(),
)
