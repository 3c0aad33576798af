"""案件打击: what was opened, solved, seized and destroyed, and through which channels; criminal and administrative cases apart."""

from indicators.model import Text
from ui import scope, themes

TITLE = Text("案件打击", "Cases")
SECTION = Text("打击", "Enforcement")
ICON = "⚖️"
ORDER = 40

view = scope.open_page(TITLE)
themes.show(view, "cases")
