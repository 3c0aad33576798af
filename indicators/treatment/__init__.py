"""戒毒康复: community treatment and rehabilitation, as the townships return it."""

from indicators.model import Text, Theme

THEME = Theme(Text("戒毒康复", "Treatment"), order=50)
