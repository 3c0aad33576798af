"""预警清单: what is above the same time of earlier years, by how much, how likely by chance, and what to check first."""

from indicators.model import Text
from ui import scope, warnings

TITLE = Text("预警清单", "Early warning")
SECTION = Text("毒情", "Situation")
ICON = "⚠️"
ORDER = 15

view = scope.open_page(TITLE)
warnings.show_latest(view)
warnings.show_limits(view)
warnings.show_list(view)
