"""报到率: of the people ordered to community treatment or rehabilitation in a period, how many reported in time.

People ordered late in a month may report in the next one; the return counts them in the month of the order, so the latest months still
rise and are provisional. It says nothing of how the measure went on after the first day.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="report_in_rate",
    title=Text("报到率", "Report-in rate"),
    question=Text("责令社区戒毒、社区康复的人按期报到了多少?", "How many of those ordered to community treatment reported in time?"),
    order=10,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.treatment_ordered",
    numerator=Measure(where(reported_in="yes"), column="persons"),
    denominator=Measure(column="persons"),
    breakdowns=("total", "community_measure", "zone"),
    direction=Direction.UP_IS_BETTER,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("treatment",),
    definition=Text(
        "按期报到人数÷责令社区戒毒、社区康复人数,按责令月份统计。",
        "People who reported in time over people ordered to community treatment or rehabilitation, by the month of the order.",
    ),
    caveats=("finished_years", "place_of_execution"),
    decimals=1,
    cards=(Card(Form.HEADLINE), Card(Form.OVER_TIME), Card(Form.BY_ZONE, order=110)),
    provisional_periods=1,
    aliases=("社区戒毒报到", "按期报到"),
)
