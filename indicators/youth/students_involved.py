"""在校学生 among current users.

County only: no school is ever named or ranked. It rests on the employment column of the register, which is not updated when a student leaves
school between two visits.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="students_involved",
    title=Text("在校学生涉毒", "Students involved"),
    question=Text("现有人员中在校学生有多少?", "How many current users are students?"),
    order=50,
    unit=Text("人", "people"),
    kind=Kind.STOCK,
    table="core.registry_person",
    numerator=Measure(where(standing="current", student="yes")),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("registry",),
    definition=Text(
        "从业状况为学生的现有吸毒人员,只公布全县合计。",
        "Current users whose employment is student, county only.",
    ),
    caveats=("registered_is_not_use", "when_enough_moved"),
    aliases=("学生涉毒", "在校学生"),
    cards=(Card(Form.HEADLINE, order=40),),
)
