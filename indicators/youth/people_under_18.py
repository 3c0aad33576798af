"""不满18岁 among current users.

County only and hidden where small: finer would be about a child one can name. Children grow out of it, so the number says little over years.
"""

from indicators.model import Attention, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="people_under_18",
    title=Text("不满18岁现有人员", "Current users under 18"),
    question=Text("现有人员中不满18岁的有多少?", "How many current users are under 18?"),
    order=10,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current", age_band="under_18")),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "统计月份不满18岁的现有吸毒人员,只公布全县合计。",
        "Current users under 18 at the month of the snapshot, county only.",
    ),
    caveats=("age_at_snapshot", "registered_is_not_use", "when_enough_moved"),
    aliases=("未成年人吸毒",),
    cards=(Card(Form.HEADLINE, order=20),),
    attention=Attention.IF_ANY,
)
