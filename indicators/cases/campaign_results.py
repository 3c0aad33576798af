"""专项行动刑事立案: criminal cases attributed to a campaign.

Counts what was attributed, which is not what the campaign caused: cases move into campaigns while they run.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="campaign_results",
    title=Text("专项行动刑事立案", "Criminal cases of campaigns"),
    question=Text("各专项行动立了多少刑事案件?", "How many criminal cases did each campaign open?"),
    order=70,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.criminal_case",
    numerator=Measure(),
    breakdowns=("campaign",),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "标有专项行动代号的刑事案件,按立案月份统计。",
        "Criminal cases marked with the code of a campaign, by the month filed.",
    ),
    caveats=("criminal_only", "enforcement_effort", "small_periods"),
    provisional_periods=2,
    aliases=("专项行动",),
    cards=(Card(Form.STRUCTURE, by="campaign", section="campaigns", order=20),),
)
