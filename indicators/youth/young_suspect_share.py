"""嫌疑人中35岁及以下占比: whether more of those arrested are young, read per year.

Suspects of one case are often of one age, so chance is judged by the number of cases and not by that of suspects. It is a share of those the
police found, not of all who deal. By the quarter it would tell how many cases of the young there were where that is hidden, and be told by them.
"""

from indicators.model import Attention, Card, Direction, Form, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="young_suspect_share",
    title=Text("嫌疑人中35岁及以下占比", "Share of suspects aged 35 or under"),
    question=Text("抓获的嫌疑人中年轻人占多少?", "What share of arrested suspects is 35 or younger?"),
    order=70,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.suspect",
    numerator=Measure(where(suspect_age=("under_18", "18_35")), column="persons"),
    denominator=Measure(column="persons"),
    breakdowns=("total",),
    direction=Direction.UP_IS_WORSE,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("cases",),
    definition=Text(
        "刑事案件抓获的不满36岁嫌疑人÷抓获嫌疑人,按立案月份统计;一案可有多人,升降按案件数检验。",
        "Suspects under 36 over suspects arrested in criminal cases, by the month filed; one case may bring several, so a change is tested by the "
        "number of cases.",
    ),
    caveats=("criminal_only", "suspects_not_convicted", "enforcement_effort", "late_entry", "finished_years"),
    decimals=1,
    provisional_periods=2,
    aliases=("青少年嫌疑人", "年轻嫌疑人"),
    cards=(
        Card(Form.HEADLINE, order=55),
        Card(Form.BY_YEAR, section="cases", order=5),
    ),
    attention=Attention.IF_RISEN,
    brought_by="cases_opened",
)
