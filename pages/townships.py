"""乡镇热点: where cases and current users are, and how little most of the differences mean."""

from charts import townships
from indicators import catalogue
from indicators.model import Text
from ui import cards, notes, scope

TITLE = Text("乡镇热点", "Townships")
SECTION = Text("打击", "Enforcement")
ICON = "✳️"
ORDER = 50
CHANCE = Text(
    "乡镇的案件和人数都少,这样大小的差别多半出于偶然。本页不排名次,按片区和代码排列。",
    "Counts of townships are small and differences of this size are mostly chance. They stand in the order of zone and code, never ranked.",
)

view = scope.open_page(TITLE)
known, at = catalogue(), view.scope
rows = view.rows("cases_opened", "current_users")
opened, current, areas, zones = known["cases_opened"], known["current_users"], view.townships(), view.members("zone")

notes.remark(view, CHANCE)
with cards.card_grid():
    cards.chart_card(view, "townships.cases", "cases_opened", lambda: townships.case_map(rows, opened, areas, at))
    cards.chart_card(view, "townships.people", "current_users", lambda: townships.people_map(rows, current, areas, at))
notes.map_approval(view)

cards.chart_card(view, "townships.levels", "cases_opened", lambda: townships.case_levels(rows, opened, areas, at))
remote = view.prepared("townships.remote", lambda: townships.remote_sentence(rows, opened, areas, at))
notes.sentences(view, Text("偏远乡镇与其他乡镇", "Remote townships and the others"), [remote] if remote else [])
key, tables = view.prepared("townships.tables", lambda: townships.township_tables(rows, opened, current, areas, zones, at))
notes.section(view, Text("全部乡镇(街道)", "All townships"))
notes.aside(key)
with cards.card_grid():
    for zone, table in tables:
        notes.whole_table(zone, table)
