"""总览: the page read in the ten minutes before a meeting."""

from indicators.model import OVERVIEW, Text
from ui import cards, overview, scope, themes, townships, warnings

TITLE = Text("总览", "Overview")
SECTION = Text("毒情", "Situation")
ICON = "☀️"
ORDER = 10

view = scope.open_page(TITLE)
themes.show_headlines(view, OVERVIEW)
found, mapped = overview.columns()
with found:
    warnings.show_latest(view)
    overview.show_attention(view)
with mapped:
    townships.show_map_of_cases(view, OVERVIEW)
with cards.card_grid():
    overview.show_pictures(view)
overview.show_sentences(view)
