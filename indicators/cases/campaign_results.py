"""专项行动立案: cases attributed to a campaign.

Counts what was attributed, which is not what the campaign caused: cases move into campaigns while they run.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="campaign_results",
    title=Text("专项行动立案", "Cases of campaigns"),
    question=Text("各专项行动立了多少案件?", "How many cases did each campaign open?"),
    order=70,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.case_file",
    numerator=Measure(),
    breakdowns=("campaign",),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "标有专项行动代号的案件,按立案月份统计。",
        "Cases marked with the code of a campaign, by the month filed.",
    ),
    caveats=("enforcement_effort",),
    provisional_periods=2,
    aliases=("专项行动",),
    cards=(Card(Form.STRUCTURE, by="campaign", section="campaigns", order=20),),
)
