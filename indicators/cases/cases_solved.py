"""破案数, by the month solved.

No clearance rate: solved cases may have been filed in any earlier year, so a rate would pass 100 %. The series begins a year after the
first delivery, because cases filed before it and solved later are not known.
"""

from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="cases_solved",
    title=Text("破案数", "Cases solved"),
    question=Text("破了多少毒品案件?", "How many drug cases were solved?"),
    order=20,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.solved_case",
    counted_on="solved_on",
    numerator=Measure(),
    breakdowns=("total", "zone", "case_kind", "charge"),
    direction=Direction.UP_IS_BETTER,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "按破案(查结)月份统计的毒品案件。",
        "Drug cases by the month solved.",
    ),
    caveats=("solved_by_month_solved", "late_entry"),
    provisional_periods=3,
    aliases=("破案", "破获"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.OVER_TIME, order=20),
        Card(Form.HEADLINE, page=OVERVIEW, order=60),
    ),
    compared=("total",),
)
