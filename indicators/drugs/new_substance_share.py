"""新型及替代物质占比: etomidate, synthetic cannabinoids and the like.

Synthetic cannabinoids became controlled as a class on 2021-07-01, etomidate on 2023-10-01, dextromethorphan on 2024-07-01; before those
days their users were not registered, so the series breaks at each of them.
"""

from datetime import date

from indicators.model import Attention, Break, Direction, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="new_substance_share",
    title=Text("新型及替代物质占比", "Share using new substances"),
    question=Text("主滥用新型及替代物质的占多少?", "What share mainly uses new or substitute substances?"),
    order=30,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.registry_person",
    of_stock=True,
    numerator=Measure(where(standing="current", drug_group="new_substance")),
    denominator=Measure(where(standing="current")),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "主滥用依托咪酯、合成大麻素等的现有人员÷现有吸毒人员。",
        "Current users mainly using etomidate, synthetic cannabinoids and the like over current users.",
    ),
    caveats=("main_drug_only", "listed_2023", "when_enough_moved"),
    decimals=1,
    breaks=(
        Break(date(2021, 7, 1), Text("合成大麻素列管", "Synthetic cannabinoids listed")),
        Break(date(2023, 10, 1), Text("依托咪酯列管", "Etomidate listed")),
        Break(date(2024, 7, 1), Text("右美沙芬列管", "Dextromethorphan listed")),
    ),
    aliases=("新型毒品",),
    cards=(),
    attention=Attention.IF_RISEN,
)
