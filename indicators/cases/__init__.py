"""案件: what the police opened, solved, seized and destroyed."""

from indicators.model import Section, Text, Theme

THEME = Theme(
    Text("案件", "Cases"),
    order=40,
    sections=(
        Section("kinds", Text("性质与场所", "Offences and places")),
        Section("drugs", Text("毒品与来路", "Drugs and where they come from")),
        Section("campaigns", Text("窝点与专项行动", "Laboratories and campaigns")),
    ),
)
