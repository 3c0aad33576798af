"""捣毁制毒窝点, counted when and where found.

By group of townships, never by exact place. One campaign finds several at once, so a cluster in time is not a trend.
"""

from indicators.caveats import CHECK_CASES
from indicators.model import OVERVIEW, Attention, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="drug_labs_destroyed",
    title=Text("捣毁制毒窝点", "Drug laboratories destroyed"),
    question=Text("捣毁了多少制毒窝点,在偏远乡镇还是其他乡镇?", "How many drug laboratories were destroyed, in remote townships or others?"),
    order=50,
    unit=Text("个", "labs"),
    kind=Kind.EVENTS,
    table="core.criminal_case",
    numerator=Measure(where(lab="yes")),
    breakdowns=("total", "zone", "remote", "in_campaign"),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "标记为制毒窝点的刑事案件,按立案月份统计。",
        "Criminal cases marked as a laboratory, by the month filed.",
    ),
    caveats=("remote_lab_find", "enforcement_effort", "small_periods"),
    provisional_periods=2,
    aliases=("制毒窝点", "窝点"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.TREND),
        Card(Form.STRUCTURE, by="remote", section="campaigns", order=10),
        Card(Form.SENTENCE, page=OVERVIEW),
        Card(Form.YEARS_BY, by="remote", page=OVERVIEW, order=30),
    ),
    watched=("total",),
    check_first=CHECK_CASES,
    compared=("total",),
    attention=Attention.IF_REMOTE,
)
