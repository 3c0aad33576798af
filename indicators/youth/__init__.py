"""青少年: those of 35 or younger, among current users, among the newly found and in cases."""

from indicators.model import Section, Text, Theme

THEME = Theme(
    Text("青少年", "Youth"),
    order=20,
    sections=(
        Section("current", Text("现有人员中的青少年", "The young among current users")),
        Section("newly_found", Text("新发现人员", "Newly found people")),
        Section("cases", Text("涉青少年案件", "Cases")),
    ),
)
