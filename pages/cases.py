"""案件打击: what was opened, solved, seized and destroyed, where and through which channels."""

from charts import findings, headlines
from indicators import catalogue
from indicators.model import Text
from ui import cards, notes, scope, trends

TITLE = Text("案件打击", "Cases")
SECTION = Text("打击", "Enforcement")
ICON = "⚖️"
ORDER = 40

view = scope.open_page(TITLE)
known, at = catalogue(), view.scope
shown = ("cases_opened", "cases_solved", "suspects_arrested", "drug_labs_destroyed", "substances_seen", "youth_cases")
rows, returns = view.rows(*shown, "drugs_seized", "trafficking_channels", "campaign_results"), view.rows("cases_returned")
opened, solved, labs, returned = (known[name] for name in ("cases_opened", "cases_solved", "drug_labs_destroyed", "cases_returned"))
seized, channels, campaigns = known["drugs_seized"], known["trafficking_channels"], known["campaign_results"]

cards.headline_cards(view, "cases", lambda: headlines.headlines(rows, [known[name] for name in shown], at))
notes.aside(view.prepared("cases.provisional", lambda: headlines.provisional_words(rows, opened, at)))
with cards.card_grid():
    cards.chart_card(view, "cases.opened", "cases_opened", lambda: findings.events_over_time(rows, opened, at))
    cards.chart_card(view, "cases.solved", "cases_solved", lambda: findings.events_over_time(rows, solved, at))
    if not returns.empty:  # a table that not every county hands in
        cards.chart_card(view, "cases.returned", "cases_returned", lambda: findings.events_over_time(returns, returned, at))

trends.show_trends(view, "cases.trend", "cases_opened", "drug_labs_destroyed")

notes.section(view, Text("性质与场所", "Offences and places"))
with cards.card_grid():
    cards.chart_card(view, "cases.charge", "cases_opened", lambda: findings.structure(rows, opened, "charge", view.members("charge"), at))
    cards.chart_card(view, "cases.place", "cases_opened", lambda: findings.structure(rows, opened, "place_type", view.members("place_type"), at))

notes.section(view, Text("毒品与来路", "Drugs and where they come from"))
with cards.card_grid():
    cards.chart_card(view, "cases.seized", "drugs_seized", lambda: findings.seizures(rows, seized, view.members("drug"), at))
    cards.chart_card(view, "cases.substances", "substances_seen", lambda: findings.by_finished_year(rows, known["substances_seen"], at))
    cards.chart_card(
        view, "cases.channel", "trafficking_channels", lambda: findings.structure(rows, channels, "channel", view.members("channel"), at)
    )
    cards.chart_card(
        view, "cases.source", "trafficking_channels", lambda: findings.structure(rows, channels, "source_area", view.members("source_area"), at)
    )

notes.section(view, Text("窝点与专项行动", "Laboratories and campaigns"))
with cards.card_grid():
    cards.chart_card(view, "cases.labs", "drug_labs_destroyed", lambda: findings.structure(rows, labs, "remote", view.members("remote"), at))
    cards.chart_card(
        view, "cases.campaigns", "campaign_results", lambda: findings.structure(rows, campaigns, "campaign", view.members("campaign"), at)
    )
