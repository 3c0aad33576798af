"""刑事立案: criminal drug cases opened, by the month filed and the township of the place.

Cases of drug use and administrative cases are no part of it: each is the record of a person (``administrative_cases``), and no number adds both.

Enforcement counts are neutral: they measure policing as much as drugs, so a rise is neither good nor bad here.
"""

from indicators.caveats import CHECK_CASES
from indicators.model import OVERVIEW, WARNINGS, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="cases_opened",
    title=Text("刑事立案", "Criminal cases opened"),
    question=Text("立了多少毒品刑事案件,在哪里,什么案由?", "How many criminal drug cases were opened, where and for which offence?"),
    order=10,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.criminal_case",
    numerator=Measure(),
    breakdowns=(
        "total",
        "zone",
        "township",
        "charge",
        "place_type",
        "drug",
        "remote",
        "in_campaign",
        "zone*charge",
        "zone*place_type",
        "township*in_campaign",
    ),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "按立案月份统计的毒品刑事案件;不含吸毒等行政案件。",
        "Criminal drug cases by the month filed; cases of drug use and other administrative cases are not among them.",
    ),
    caveats=("criminal_only", "enforcement_effort", "place_of_case", "late_entry", "small_periods"),
    provisional_periods=2,
    aliases=("立案", "立案数", "毒品案件", "刑事案件"),
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
