"""在册人员: how many are registered, how many of them are current users, why that changes, and who they are."""

from charts import findings, headlines
from indicators import catalogue
from indicators.model import Text
from ui import cards, notes, scope, trends, words

TITLE = Text("在册人员", "Registered people")
SECTION = Text("毒情", "Situation")
ICON = "☑️"
ORDER = 20

view = scope.open_page(TITLE)
known, at = catalogue(), view.scope
standing = ("registered_people", "current_users", "abstinent_three_years", "deaths_and_departures")
shown = (*standing[:3], "current_users_per_10k", "resident_share", "multi_drug_share")
rows = view.rows(*standing, *shown[3:], "newly_found_people", "registry_change", "users_by_main_drug")
registered, current, abstinent, departed = (known[name] for name in standing)
change, by_drug = known["registry_change"], known["users_by_main_drug"]
sex, age, drug, residence, zones = (view.members(name) for name in ("sex", "age_band", "drug_group", "residence", "zone"))

cards.headline_cards(view, "registry", lambda: headlines.headlines(rows, [known[name] for name in shown], at))

notes.section(view, Text("规模", "How many"))
with cards.card_grid():
    cards.chart_card(view, "registry.trend", "registered_people", lambda: findings.stock_trend(rows, [registered, current], at))
    cards.chart_card(
        view, "registry.parts", "registered_people", lambda: findings.standing_parts(rows, [registered, current, abstinent, departed], at)
    )

notes.section(view, Text("变动", "Change"), words.NO_BRIDGE if view.voice.is_public else None)
with cards.card_grid():
    if not view.voice.is_public:
        cards.chart_card(view, "registry.year", "registry_change", lambda: findings.change_bridge(rows, current, change, at, 12))
        cards.chart_card(view, "registry.month", "registry_change", lambda: findings.change_bridge(rows, current, change, at, 1))
    cards.chart_card(view, "registry.new", "newly_found_people", lambda: findings.events_over_time(rows, known["newly_found_people"], at))
    cards.chart_card(view, "registry.rate", "current_users_per_10k", lambda: findings.zone_levels(rows, known["current_users_per_10k"], zones, at))
if not view.voice.is_public:
    trends.show_trends(view, "registry.trends", "newly_found_people")

notes.section(view, Text("构成", "Who they are"))
with cards.card_grid():
    cards.chart_card(view, "registry.age", "current_users", lambda: findings.structure(rows, current, "age_band", age, at))
    cards.chart_card(view, "registry.drug", "users_by_main_drug", lambda: findings.structure(rows, by_drug, "drug_group", drug, at))
    cards.chart_card(view, "registry.sex", "current_users", lambda: findings.structure(rows, current, "sex", sex, at))
    cards.chart_card(view, "registry.residence", "current_users", lambda: findings.structure(rows, current, "residence", residence, at))
    cards.chart_card(view, "registry.zones", "current_users", lambda: findings.zone_levels(rows, current, zones, at))
    cards.chart_card(view, "registry.zone_drug", "users_by_main_drug", lambda: findings.cross(rows, by_drug, "drug_group", zones, drug, at))
