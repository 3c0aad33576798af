"""行政案件: cases of drug use and other administrative drug cases, by the month filed.

Every one is the sealed record of one person, so they are counted and protected like people. They are never added to criminal cases, and what
else a record holds (place, drug, age) is not published.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="administrative_cases",
    title=Text("行政案件(吸毒等)", "Administrative cases (drug use and others)"),
    question=Text("受理了多少吸毒等行政案件?", "How many administrative cases, such as drug use, were opened?"),
    order=80,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.administrative_case",
    numerator=Measure(),
    breakdowns=("total", "zone"),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "按受案月份统计的毒品行政案件,以及案由为吸食、注射的案件;不与“刑事立案”相加。",
        "Administrative drug cases, and all cases of drug use, by the month filed; never added to the criminal cases opened.",
    ),
    caveats=("record_of_a_person", "enforcement_effort", "place_of_case", "late_entry", "finished_years"),
    provisional_periods=2,
    aliases=("行政案件", "吸毒案件", "治安案件"),
    cards=(
        Card(Form.OVER_TIME, section="administrative", order=10),
        Card(Form.BY_ZONE, section="administrative", order=20),
    ),
)
