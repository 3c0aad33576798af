"""新发现人员中35岁及以下占比: whether new use starts among the young, read per finished period.

Age is that when first found. With a dozen newly found people a year, a difference of twenty percentage points is within chance.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="new_under_36_share",
    title=Text("新发现人员中35岁及以下占比", "Share of newly found aged 35 or under"),
    question=Text("新发现人员中年轻人占多少?", "What share of newly found people is 35 or younger?"),
    order=40,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.newly_found",
    numerator=Measure(where(age_band=("under_18", "18_35"))),
    denominator=Measure(),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "初次发现时不满36岁的人数÷新发现人数。",
        "People first found before 36 over newly found people.",
    ),
    caveats=("age_when_found", "finished_years", "entered_later", "late_entry"),
    decimals=1,
    provisional_periods=2,
    cards=(
        Card(Form.HEADLINE, order=50),
        Card(Form.BY_YEAR, section="newly_found", order=10),
    ),
)
