"""立案数 of criminal and administrative drug cases, by the month filed and the township of the place.

Enforcement counts are neutral: they measure policing as much as drugs, so a rise is neither good nor bad here.
"""

from indicators.caveats import CHECK_CASES
from indicators.model import OVERVIEW, WARNINGS, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="cases_opened",
    title=Text("立案数", "Cases opened"),
    question=Text("立了多少毒品案件,在哪里,什么性质?", "How many drug cases were opened, where and of what kind?"),
    order=10,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.case_file",
    numerator=Measure(),
    breakdowns=(
        "total",
        "zone",
        "township",
        "case_kind",
        "charge",
        "place_type",
        "drug",
        "remote",
        "zone*case_kind",
        "zone*charge",
        "zone*place_type",
    ),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "按立案(受案)月份统计的毒品刑事、行政案件。",
        "Criminal and administrative drug cases by the month filed.",
    ),
    caveats=("enforcement_effort", "place_of_case", "late_entry"),
    provisional_periods=2,
    aliases=("立案", "毒品案件"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.PROVISIONAL),
        Card(Form.OVER_TIME, order=10),
        Card(Form.TREND),
        Card(Form.STRUCTURE, by="charge", section="kinds", order=10),
        Card(Form.STRUCTURE, by="place_type", section="kinds", order=20),
        Card(Form.HEADLINE, page=OVERVIEW, order=50),
        Card(Form.OVER_TIME, page=OVERVIEW, order=20),
        Card(Form.LIMIT, page=WARNINGS),
    ),
    watched=("total", "zone", "township", "charge", "place_type"),
    check_first=CHECK_CASES,
    compared=("total", "charge", "place_type", "zone"),
    is_mapped=True,
)
