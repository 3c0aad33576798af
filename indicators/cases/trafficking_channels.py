"""贩运渠道 of trafficking and manufacture cases.

What the police learned of the way a drug came; unknown stays a part of its own, so that a better-known channel is not taken for a new one.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="trafficking_channels",
    title=Text("贩运渠道", "Trafficking channels"),
    question=Text("毒品通过什么渠道贩运?", "Through which channels are drugs moved?"),
    order=60,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.criminal_case",
    numerator=Measure(where(charge=("trafficking", "manufacture"))),
    breakdowns=("total", "channel", "source_area"),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "走私、贩卖、运输、制造刑事案件按渠道和来源地统计。",
        "Criminal cases of trafficking and manufacture by channel and source.",
    ),
    caveats=("enforcement_effort", "late_entry", "small_periods"),
    provisional_periods=2,
    aliases=("贩毒通道", "渠道"),
    cards=(
        Card(Form.STRUCTURE, by="channel", section="drugs", order=30),
        Card(Form.STRUCTURE, by="source_area", section="drugs", order=40),
    ),
)
