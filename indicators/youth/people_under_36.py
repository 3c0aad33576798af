"""35岁及以下 among current users, as a count.

The part above the line of under_36_share, written out because anybody could work it out from there. Where those under 18 are too few to be
shown, it is the youngest group that can be.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="people_under_36",
    title=Text("35岁及以下现有人员", "Current users aged 35 or under"),
    question=Text("现有人员中35岁及以下的有多少?", "How many current users are 35 or younger?"),
    order=25,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current", age_band=("under_18", "18_35"))),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "统计月份不满18岁与18—35岁的现有吸毒人员之和。",
        "Current users under 36 at the month of the snapshot.",
    ),
    caveats=("age_at_snapshot", "registered_is_not_use", "when_enough_moved"),
    cards=(Card(Form.HEADLINE, order=15),),
)
