"""预警清单: what is above the same time of earlier years, by how much, how likely by chance, and what to check first."""

from charts import warnings as early
from indicators import catalogue
from indicators.model import Method, Text
from ui import cards, scope, warnings

TITLE = Text("预警清单", "Early warning")
SECTION = Text("毒情", "Situation")
ICON = "⚠️"
ORDER = 15

view = scope.open_page(TITLE)
known, at = catalogue(), view.scope
findings, rows = view.findings(Method.WARNING, *early.watched(known)), view.rows("cases_opened")

warnings.show_latest(view)
cards.chart_card(view, "warnings.cases", "cases_opened", lambda: early.limit_picture(findings, rows, known["cases_opened"], at))
warnings.show_list(view)
