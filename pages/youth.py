"""青少年: the young among current users, among those newly found, and in cases. Never by township or school."""

from charts import findings, headlines
from indicators import catalogue
from indicators.model import Text
from ui import cards, notes, scope

TITLE = Text("青少年", "Youth")
SECTION = Text("毒情", "Situation")
ICON = "✏️"
ORDER = 30

view = scope.open_page(TITLE)
known, at = catalogue(), view.scope
shown = ("under_36_share", "people_under_18", "people_18_to_35", "students_involved", "new_under_36_share", "youth_cases")
rows = view.rows(*shown, "newly_found_people", "current_users", "suspects_arrested")
ages, suspect_ages, zones = view.members("age_band"), view.members("suspect_age"), view.members("zone")
found, suspects = known["newly_found_people"], known["suspects_arrested"]

cards.headline_cards(view, "youth", lambda: headlines.headlines(rows, [known[name] for name in shown], at))

notes.section(view, Text("现有人员中的青少年", "The young among current users"))
with cards.card_grid():
    cards.chart_card(view, "youth.share", "under_36_share", lambda: findings.stock_trend(rows, [known["under_36_share"]], at))
    cards.chart_card(view, "youth.ages", "current_users", lambda: findings.structure(rows, known["current_users"], "age_band", ages, at))
cards.chart_card(view, "youth.zones", "current_users", lambda: findings.cross(rows, known["current_users"], "age_band", zones, ages, at))

notes.section(view, Text("新发现人员", "Newly found people"))
with cards.card_grid():
    cards.chart_card(view, "youth.new_share", "new_under_36_share", lambda: findings.by_finished_year(rows, known["new_under_36_share"], at))
    cards.chart_card(view, "youth.new", "newly_found_people", lambda: findings.by_finished_year(rows, found, at))

notes.section(view, Text("涉青少年案件", "Cases"))
with cards.card_grid():
    cards.chart_card(view, "youth.cases", "youth_cases", lambda: findings.events_over_time(rows, known["youth_cases"], at, by_quarter=True))
    cards.chart_card(
        view, "youth.suspects", "suspects_arrested", lambda: findings.structure(rows, suspects, "suspect_age", suspect_ages, at, grain="year")
    )
