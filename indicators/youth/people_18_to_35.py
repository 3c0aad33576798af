"""18—35岁 among current users.

The band of the national report; with those under 18 it makes the youth share. Age is that at the month counted, so people leave the band by
growing older: a fall is not necessarily a success.
"""

from indicators.model import Direction, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="people_18_to_35",
    title=Text("18—35岁现有人员", "Current users aged 18-35"),
    question=Text("现有人员中18—35岁的有多少?", "How many current users are aged 18-35?"),
    order=20,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current", age_band="18_35")),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "统计月份18—35岁的现有吸毒人员。",
        "Current users aged 18-35 at the month of the snapshot.",
    ),
    caveats=("age_at_snapshot", "registered_is_not_use", "when_enough_moved"),
    cards=(),  # where those under 18 are few, it is hidden with them; people_under_36 is the number that can be shown
)
