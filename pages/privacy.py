"""怎样保护个人: what is never shown, how small counts are hidden so that subtraction fails, and what that does not cover."""

from indicators.model import Text
from ui import privacy, scope

TITLE = Text("怎样保护个人", "How we protect people")
SECTION = Text("数据", "Data")
ICON = "☂️"
ORDER = 95

view = scope.open_page(TITLE)
privacy.show_promise(view)
privacy.show_releases(view)
privacy.show_example(view)
privacy.show_audit(view)
