"""新发现: people counted in the month they were first found, whenever they were entered.

Counted from the latest snapshot, so a late entry raises a past month; the last two months are provisional for that reason.
"""

from indicators.model import OVERVIEW, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="newly_found_people",
    title=Text("新发现吸毒人员", "Newly found people"),
    question=Text("本期新发现多少吸毒人员?", "How many people were found for the first time?"),
    order=50,
    unit=Text("人", "people"),
    kind=Kind.EVENTS,
    table="core.newly_found",
    numerator=Measure(),
    breakdowns=("total", "age_band"),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "按初次发现年月统计的人数,以最新一期在册名册为准。",
        "People by the month first found, from the latest register.",
    ),
    caveats=("late_entry", "age_when_found", "finished_years", "entered_later", "place_of_living"),
    provisional_periods=2,
    aliases=("新发现", "新增吸毒人员", "新滋生"),
    cards=(
        Card(Form.OVER_TIME, section="change", order=30),
        Card(Form.TREND, section="change"),
        Card(Form.BY_YEAR, page="youth", section="newly_found", order=20),
        Card(Form.HEADLINE, page=OVERVIEW, order=30),
    ),
    watched=("total",),
    check_first=Text("先核实:是否集中排查,是否补录", "check first: a screening campaign or late entries"),
)
