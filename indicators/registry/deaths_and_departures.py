"""死亡、离境 as one count: apart, each would be a handful of people in a county.

Needed to close the bridge from registered to current users. It cannot show causes of death, and is never split.
"""

from indicators.model import Direction, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="deaths_and_departures",
    title=Text("死亡、离境人员", "Died or left the country"),
    question=Text("在册人员中已死亡或离境的有多少?", "How many registered people have died or left the country?"),
    order=40,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="departed")),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "管控情况为死亡(03)或出国(境)(04)的在册人员,只公布全县合计。",
        "Registered people with control status 03 or 04, county total only.",
    ),
    caveats=("registered_is_cumulative",),
    cards=(),
    adds_up_to="registered_people",
    short=Text("死亡离境", "died or left"),
)
