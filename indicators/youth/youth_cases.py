"""涉青少年(35岁及以下)刑事案件: criminal cases with at least one suspect of 35 or younger.

Protected like a count of people, because it is one in all but name. It cannot show whether young people were victims or led others.
"""

from indicators.caveats import CHECK_CASES
from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="youth_cases",
    title=Text("涉青少年(35岁及以下)刑事案件", "Criminal cases, a suspect 35 or under"),
    question=Text("有多少刑事案件的嫌疑人不满36岁?", "How many criminal cases have a suspect aged 35 or under?"),
    order=60,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.criminal_case",
    numerator=Measure(where(youth="yes")),
    breakdowns=("total",),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "至少一名嫌疑人不满36岁的刑事案件,按立案月份统计;不含吸毒等行政案件。",
        "Criminal cases filed with at least one suspect under 36.",
    ),
    caveats=("criminal_only", "enforcement_effort", "late_entry", "suspects_not_convicted"),
    provisional_periods=2,
    cards=(
        Card(Form.HEADLINE, order=60),
        Card(Form.OVER_TIME_AND_QUARTER, section="cases", order=10),
        Card(Form.OVER_TIME_AND_QUARTER, page=OVERVIEW, order=20),
        Card(Form.HEADLINE, page="cases", order=120),
    ),
    chosen_from="cases_opened",
    watched=("total",),
    check_first=CHECK_CASES,
)
