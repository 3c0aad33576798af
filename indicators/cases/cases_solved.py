"""刑事破案: criminal cases solved, by the month solved.

No clearance rate: solved cases may have been filed in any earlier year, so a rate would pass 100 %. The series begins a year after the
first delivery, because cases filed before it and solved later are not known.
"""

from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="cases_solved",
    title=Text("刑事破案", "Criminal cases solved"),
    question=Text("破了多少毒品刑事案件?", "How many criminal drug cases were solved?"),
    order=20,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.solved_case",
    counted_on="solved_on",
    numerator=Measure(),
    breakdowns=("total", "zone", "charge", "in_campaign"),
    direction=Direction.UP_IS_BETTER,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "按破案月份统计的毒品刑事案件;不含吸毒等行政案件。",
        "Criminal drug cases by the month solved; cases of drug use and other administrative cases are not among them.",
    ),
    caveats=("criminal_only", "solved_by_month_solved", "late_entry", "small_periods"),
    provisional_periods=3,
    aliases=("破案", "破案数", "破获"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.OVER_TIME, order=20),
        Card(Form.HEADLINE, page=OVERVIEW, order=60),
    ),
    compared=("total",),
)
