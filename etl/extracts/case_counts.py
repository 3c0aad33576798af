"""毒品案件月报表: what a county has that keeps no extract of single cases, only a table of numbers by township, month and charge.

A row is one number, so the key is the place in the table: month, township and charge. A combination that is not listed counts as
zero in a month the file covers. Delivered tables may run from January on; the build then takes the months apart.
"""

from __future__ import annotations

from etl.contract import Column, Extract, Flow, Period, Type
from etl.extracts import cases
from indicators.model import Text

EXTRACT = Extract(
    id="case_counts",
    title=Text("毒品案件月报表", "Monthly return of drug cases"),
    description=Text(
        "每个乡镇、每种案由、每月一行,填立案数;没有逐案数据的县用",
        "A row a township, charge and month with the number of cases opened; for a county without single cases",
    ),
    period=Period.EVENTS,
    file_words=("case_counts", "案件月报"),
    key=("month", "township", "charge"),
    month_column="month",
    unit=Text("起", "cases"),
    columns=(
        Column("month", ("立案月份", "month"), Type.MONTH, Text("立案(受案)月份", "Month filed")),
        Column(
            "township",
            ("立案乡镇代码", "township"),
            Type.TOWNSHIP,
            Text("案发(查获)地12位乡级代码", "12-digit code of the township of the place"),
        ),
        Column("charge", ("案由", "charge"), Type.CODE, Text("罪名或案由", "Offence"), codes=cases.EXTRACT.column("charge").codes),
        Column("opened", ("立案数", "opened"), Type.COUNT, Text("当月立案数", "Cases opened in the month"), unit=Text("起", "cases")),
    ),
    # A case of drug use is the record of a person: what is counted exactly leaves it out.
    tables=(Flow("case_count", events="s.opened", where="s.charge <> 'use'"),),
    instead_of="cases",
)
