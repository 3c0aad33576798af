"""月报案件数: cases opened as the townships' monthly return has them, for a county that keeps no extract of single cases.

It stands beside ``cases_opened`` because the two are counted by different hands: one is made from single cases, the other is a table
somebody else added up. They are never added, and where both exist their difference is a question to the reporting office.
Cases of drug use are left out, whoever counted them: each is the record of a person.
A negative month says that the running total of the year was corrected downwards; it cannot show which case was taken out.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="cases_returned",
    title=Text("月报案件数", "Cases in monthly returns"),
    question=Text("各乡镇月报了多少毒品案件(不含吸毒)?", "How many drug cases do the townships' monthly returns give, drug use left out?"),
    order=15,
    unit=Text("起", "cases"),
    kind=Kind.EVENTS,
    table="core.case_count",
    numerator=Measure(column="events"),
    breakdowns=("total", "zone", "township", "charge", "zone*charge"),
    direction=Direction.NEUTRAL,
    protects=Protects.EVENTS,
    owner=Text("公安局", "Public security"),
    sources=("case_counts",),
    definition=Text(
        "各乡镇月报表中的毒品案件立案数,不含吸食、注射,按立案月份统计;不与“刑事立案”相加。",
        "Drug cases opened as in the townships' monthly returns, drug use left out, by the month filed; never added to the criminal cases opened.",
    ),
    caveats=("enforcement_effort", "place_of_case", "corrected_totals", "small_periods"),
    provisional_periods=2,
    aliases=("月报案件",),
    cards=(Card(Form.OVER_TIME, order=30, if_reported=True),),
)
