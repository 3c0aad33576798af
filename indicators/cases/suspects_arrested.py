"""抓获嫌疑人: people, not cases, by the month their criminal case was filed.

Their ages are protected like every count of people. Who was found using is counted in the register.
A person arrested twice counts twice.
"""

from indicators.model import Card, Direction, Form, Indicator, Kind, Measure, Protects, Text

INDICATOR = Indicator(
    id="suspects_arrested",
    title=Text("抓获嫌疑人", "Suspects arrested"),
    question=Text("抓获多少涉毒嫌疑人?", "How many suspects were arrested?"),
    order=30,
    unit=Text("人", "people"),
    kind=Kind.EVENTS,
    table="core.suspect",
    numerator=Measure(column="persons"),
    breakdowns=("total", "zone", "suspect_age"),
    direction=Direction.NEUTRAL,
    protects=Protects.PERSONS,
    headline=True,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "各刑事案件抓获嫌疑人之和,按立案月份统计;吸毒等行政案件的人不计入。",
        "Suspects arrested in criminal cases, by the month their case was filed; people in administrative cases are not counted.",
    ),
    caveats=("criminal_only", "suspects_not_convicted", "enforcement_effort", "late_entry", "finished_years"),
    provisional_periods=2,
    aliases=("抓获", "犯罪嫌疑人"),
    cards=(
        Card(Form.HEADLINE),
        Card(Form.STRUCTURE, by="suspect_age", page="youth", section="cases", order=20),
    ),
)
