"""总览: the page read in the ten minutes before a meeting."""

from indicators.model import OVERVIEW, Text
from ui import cards, overview, scope, themes, warnings

TITLE = Text("总览", "Overview")
SECTION = Text("毒情", "Situation")
ICON = "☀️"
ORDER = 10

view = scope.open_page(TITLE)
themes.show_headlines(view, OVERVIEW)
with cards.card_grid():
    warnings.show_latest(view)
    overview.show_attention(view)
    overview.show_pictures(view)
overview.show_sentences(view)
