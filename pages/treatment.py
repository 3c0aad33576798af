"""戒毒康复: who of those ordered to community treatment reported in, and how far the measure is carried out."""

from indicators.model import Text
from ui import scope, themes

TITLE = Text("戒毒康复", "Treatment")
SECTION = Text("管控", "Care")
ICON = "⚕️"
ORDER = 60

view = scope.open_page(TITLE)
themes.show(view, "treatment")
