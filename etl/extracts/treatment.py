"""社区戒毒社区康复: one row a township, month and measure, with numbers of people that somebody else added up.

Two kinds of count stand beside each other and must not be mixed. 责令 and 报到 happened in the month and add up over months. 应执行 and its
parts describe the people under a measure in the year so far, as at the month's end: they are never added up over months, and a person who
completed a measure in January still counts as completed, and as due, in December. The sender's small numbers arrive as they are; like every
count of people they are protected before anything is published.

No national definition of 应执行 was found; whether people in custody, in compulsory treatment, dead or abroad stay in it is for the
county to say (``county.toml``), so they have a column of their own.
"""

from etl.contract import Code, Column, Extract, Flow, Period, Stock, Type
from indicators.dimensions import DIMENSIONS
from indicators.model import Text

_PEOPLE = Text("人", "people")

EXTRACT = Extract(
    id="treatment",
    title=Text("社区戒毒社区康复", "Community treatment"),
    description=Text(
        "每个乡镇、每种措施、每月一行,填责令、报到、应执行及执行情况人数",
        "A row a township, measure and month with the people ordered, reported, due and what became of them",
    ),
    period=Period.EVENTS,
    file_words=("treatment", "社区戒毒", "社戒"),
    key=("month", "township", "community_measure"),
    month_column="month",
    unit=_PEOPLE,
    columns=(
        Column("month", ("统计月份", "month"), Type.MONTH, Text("所报月份", "Month reported")),
        Column(
            "township", ("执行地乡镇代码", "township"), Type.TOWNSHIP, Text("执行地12位乡级代码", "12-digit code of the township that carries it out")
        ),
        Column(
            "community_measure",
            ("措施类别", "community_measure"),
            Type.CODE,
            Text("社区戒毒或社区康复", "Community treatment or rehabilitation"),
            codes=(
                Code("treatment", DIMENSIONS["community_measure"].members[0].title, ("社戒", "1")),
                Code("rehabilitation", DIMENSIONS["community_measure"].members[1].title, ("社康", "2")),
            ),
        ),
        Column("ordered", ("责令人数", "ordered"), Type.COUNT, Text("当月责令人数", "People ordered in the month"), unit=_PEOPLE, typical=0.3),
        Column(
            "reported",
            ("按期报到人数", "reported"),
            Type.COUNT,
            Text("当月责令人员中按期报到的", "Of these, reported in time"),
            unit=_PEOPLE,
            part_of="ordered",
            typical=0.78,
        ),
        Column(
            "due",
            ("应执行人数", "due"),
            Type.COUNT,
            Text("本年以来处于执行期内的人数,月末数", "People under the measure in the year so far, at the month's end"),
            unit=_PEOPLE,
            typical=2,
        ),
        Column(
            "under_way",
            ("正在执行人数", "under_way"),
            Type.COUNT,
            Text("月末正在执行的", "Of these, under way"),
            unit=_PEOPLE,
            part_of="due",
            typical=0.7,
        ),
        Column(
            "completed",
            ("执行完毕人数", "completed"),
            Type.COUNT,
            Text("本年以来依法执行完毕的", "Of these, completed in the year so far"),
            unit=_PEOPLE,
            part_of="due",
            typical=0.12,
        ),
        Column(
            "broken",
            ("违反协议人数", "broken"),
            Type.COUNT,
            Text("本年以来严重违反协议的", "Of these, in serious breach of the agreement"),
            unit=_PEOPLE,
            part_of="due",
            typical=0.06,
        ),
        Column(
            "exempt",
            ("不能执行人数", "exempt"),
            Type.COUNT,
            Text("羁押、强制隔离戒毒、死亡、出国(境)的", "Of these, in custody, in compulsory treatment, dead or abroad"),
            unit=_PEOPLE,
            part_of="due",
            typical=0.05,
        ),
    ),
    tables=(
        Flow("treatment_ordered", people={"reported_in": {"yes": "s.reported", "no": "s.ordered - s.reported"}}),
        Stock(
            "treatment_due",
            people={
                "execution": {
                    "under_way": "s.under_way",
                    "completed": "s.completed",
                    "broken": "s.broken",
                    "exempt": "s.exempt",
                    "not_begun": "s.due - s.under_way - s.completed - s.broken - s.exempt",
                }
            },
        ),
    ),
)
