"""青少年: the young among current users, among those newly found, and in cases. Never by township or school."""

from indicators.model import Text
from ui import scope, themes

TITLE = Text("青少年", "Youth")
SECTION = Text("毒情", "Situation")
ICON = "✏️"
ORDER = 30

view = scope.open_page(TITLE)
themes.show(view, "youth")
