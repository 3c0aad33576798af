"""毒品: which drugs are used and seen. They stand on the pages of the people and of the cases."""

from indicators.model import Text, Theme

THEME = Theme(
    Text("毒品", "Drugs"),
    order=30,
    page="registry",
)
