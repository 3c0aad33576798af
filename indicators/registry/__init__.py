"""在册人员: everybody on the register, and the current users among them."""

from indicators.model import Section, Text, Theme

THEME = Theme(
    Text("在册人员", "Registered people"),
    order=10,
    sections=(
        Section("size", Text("规模", "How many")),
        Section("change", Text("变动", "Change")),
        Section("structure", Text("构成", "Who they are")),
    ),
)
