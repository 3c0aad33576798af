"""戒毒康复: whether those ordered to community treatment report in, and whether it is carried out."""

from indicators.model import Text
from ui import scope, themes

TITLE = Text("戒毒康复", "Treatment")
SECTION = Text("戒毒", "Treatment")
ICON = "⚕️"
ORDER = 60

view = scope.open_page(TITLE)
themes.show(view, "treatment")
