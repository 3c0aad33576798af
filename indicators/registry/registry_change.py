"""现有人员变动: why the current stock differs from the month before.

The reasons come from comparing two neighbouring snapshots person by person, independently of the two stocks, so that the opening stock and
the reasons must make the closing one: the build checks it every month. Published are finished years alone, and no reason of fewer than
five people: a month's reasons, most of them of one or two people, would describe them beside the splits of the stock.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="registry_change",
    title=Text("现有人员变动", "Change of current users"),
    question=Text("现有人员的增减由哪些原因构成?", "What made the number of current users change?"),
    order=60,
    unit=Text("人", "people"),
    kind=Kind.EVENTS,
    table="core.registry_change",
    numerator=Measure(),
    breakdowns=("change",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "相邻两月在册名册逐人比对,按年合计:新发现、补录迁入、复吸转入为增,新增戒断三年、死亡离境为减,迁出核销和恢复在册列为更正。",
        "Two neighbouring snapshots compared person by person, added up over the year.",
    ),
    caveats=("small_reasons_together",),
    cards=(Card(Form.BRIDGE_YEAR, by="change", section="change", order=10),),
    bridges="current_users",
)
