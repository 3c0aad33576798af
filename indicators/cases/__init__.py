"""案件: what the police opened, solved, seized and destroyed; criminal cases exactly, administrative ones as the records of people they are."""

from indicators.model import Section, Text, Theme

THEME = Theme(
    Text("案件", "Cases"),
    order=40,
    sections=(
        Section("kinds", Text("性质与场所", "Offences and places")),
        Section("drugs", Text("毒品与来路", "Drugs and where they come from")),
        Section("campaigns", Text("窝点与专项行动", "Laboratories and campaigns")),
        Section("administrative", Text("行政案件(每起是一个人的记录,按人数保护)", "Administrative cases (each the record of a person, protected)")),
    ),
)
