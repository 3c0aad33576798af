"""在册人员: how many are registered, how many of them are current users, why that changes, and who they are."""

from indicators.model import Text
from ui import scope, themes

TITLE = Text("在册人员", "Registered people")
SECTION = Text("毒情", "Situation")
ICON = "☑️"
ORDER = 20

view = scope.open_page(TITLE)
themes.show(view, "registry")
