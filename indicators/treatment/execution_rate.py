"""社区戒毒社区康复执行率: of the people due, how many are under way or have completed it.

No official formula was found, and provinces differ in whether people who cannot be reached by the measure (in custody, in compulsory
treatment, dead, abroad) stay in the denominator. So the county pack chooses, and the formula stands on the card. Rates of counties that
chose differently cannot be compared.
"""

from indicators.model import Card, Direction, Form, Formula, Indicator, Kind, Measure, Protects, Text, where

INDICATOR = Indicator(
    id="execution_rate",
    title=Text("社区戒毒社区康复执行率", "Execution rate of community treatment"),
    question=Text("应执行的人中,正在执行和执行完毕的占多少?", "What share of those due is under way or has completed the measure?"),
    order=20,
    unit=Text("%", "%"),
    kind=Kind.SHARE,
    table="core.treatment_due",
    of_stock=True,
    numerator=Measure(where(execution=("under_way", "completed")), column="persons"),
    denominator=Measure(column="persons"),
    breakdowns=("total", "community_measure", "zone"),
    direction=Direction.UP_IS_BETTER,
    protects=Protects.PERSONS,
    owner=Text("公安局", "Public security"),
    sources=("treatment",),
    definition=Text(
        "(正在执行+执行完毕)÷应执行,为本年以来、期末数。",
        "(Under way + completed) over due, for the year so far as at the end of the period.",
    ),
    formulas=(
        Formula(
            "without_exempt",
            Measure(where(execution=("broken", "completed", "not_begun", "under_way")), column="persons"),
            Text(
                "(正在执行+执行完毕)÷(应执行-不能执行),不能执行指羁押、强制隔离戒毒、死亡、出国(境),为本年以来、期末数。",
                "(Under way + completed) over due less those in custody, in compulsory treatment, dead or abroad, for the year so far as at the "
                "end of the period.",
            ),
        ),
    ),
    caveats=("formula_of_county", "year_so_far", "place_of_execution"),
    decimals=1,
    cards=(Card(Form.HEADLINE), Card(Form.OVER_TIME), Card(Form.BY_ZONE, order=110)),
    aliases=("执行率", "社戒社康执行率"),
)
