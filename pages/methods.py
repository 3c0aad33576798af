"""数字怎么看: what a range, a label, a colour and a signal mean, with the formulas one click away, and what none of them can say."""

from indicators.model import Text
from ui import methods, scope

TITLE = Text("数字怎么看", "How to read the numbers")
SECTION = Text("数据", "Data")
ICON = "ℹ️"
ORDER = 92

view = scope.open_page(TITLE)
methods.show_counts(view)
methods.show_places(view)
methods.show_months(view)
methods.show_limits(view)
