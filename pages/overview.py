"""总览: the page read in the ten minutes before a meeting."""

from charts import findings, headlines
from indicators import catalogue
from indicators.model import Text
from ui import cards, notes, scope, warnings

TITLE = Text("总览", "Overview")
SECTION = Text("毒情", "Situation")
ICON = "☀️"
ORDER = 10

view = scope.open_page(TITLE)
known = catalogue()
shown = ("registered_people", "current_users", "newly_found_people", "under_36_share", "cases_opened", "cases_solved")
rows = view.rows(*shown, "drug_labs_destroyed", "people_under_18", "new_substance_share")
looked_at = {dimension: view.members(dimension) for dimension in ("charge", "place_type", "zone")}
stocks = [known["registered_people"], known["current_users"]]

cards.headline_cards(view, "overview", lambda: headlines.headlines(rows, [known[name] for name in shown], view.scope))
with cards.card_grid():
    warnings.show_latest(view)
    found, remarks, nothing = view.prepared("overview.attention", lambda: headlines.attention(rows, known, looked_at, view.scope))
    notes.sentences(view, Text("需要关注", "Needs attention"), found, nothing, remarks)
    cards.chart_card(view, "overview.stocks", "registered_people", lambda: findings.stock_trend(rows, stocks, view.scope))
    cards.chart_card(view, "overview.cases", "cases_opened", lambda: findings.events_over_time(rows, known["cases_opened"], view.scope))
changed = view.prepared("overview.changes", lambda: headlines.changes(rows, known, view.scope))
notes.folded_sentences(view, Text("整句摘录", "The same in sentences"), changed, headlines.NO_CHANGE_YET)
