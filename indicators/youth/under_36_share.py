"""35岁及以下占比 among current users, the national report's youth figure.

A share of a stock moves slowly; whether new use starts among the young is asked of new_under_36_share instead.
"""

from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="under_36_share",
    title=Text("35岁及以下占比", "Share aged 35 or under"),
    question=Text("现有人员中35岁及以下占多少?", "What share of current users is 35 or younger?"),
    order=30,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.registry_person",
    of_stock=True,
    numerator=Measure(where(standing="current", age_band=("under_18", "18_35"))),
    denominator=Measure(where(standing="current")),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "不满18岁与18—35岁现有人员之和÷现有吸毒人员。",
        "Current users under 36 over current users.",
    ),
    caveats=("age_at_snapshot", "place_of_living", "when_enough_moved"),
    decimals=1,
    aliases=("青少年吸毒", "35岁以下"),
    cards=(
        Card(Form.HEADLINE, order=10),
        Card(Form.OVER_TIME, section="current", order=10),
        Card(Form.HEADLINE, page=OVERVIEW, order=40),
    ),
)
