"""数据质量: how far the numbers can be relied on, before somebody asks."""

from indicators.model import Text
from ui import quality, scope

TITLE = Text("数据质量", "Data quality")
SECTION = Text("数据", "Data")
ICON = "✔️"
ORDER = 90

view = scope.open_page(TITLE)
quality.show_deliveries(view)
quality.show_protection(view)
quality.show_changes(view)
quality.show_steps(view)
quality.show_checks(view)
quality.show_audit(view)
