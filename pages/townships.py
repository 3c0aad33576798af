"""乡镇热点: where cases and current users are, what stands out from the county, and how little most differences mean."""

from charts import hotspots, townships
from indicators import catalogue
from indicators.model import Method, Text
from ui import cards, notes, scope

TITLE = Text("乡镇热点", "Townships")
SECTION = Text("打击", "Enforcement")
ICON = "✳️"
ORDER = 50
CHANCE = Text(
    "乡镇的案件和人数都少,这样大小的差别多半出于偶然。本页不排名次,按片区和代码排列;只有经检验超出偶然的才点名。",
    "Counts of townships are small and differences of this size are mostly chance. Townships stand in the order of zone and code, never ranked; "
    "only what a test finds beyond chance is named.",
)

view = scope.open_page(TITLE)
known, at = catalogue(), view.scope
rows = view.rows("cases_opened", "current_users")
opened, current, areas, zones = known["cases_opened"], known["current_users"], view.townships(), view.members("zone")
levels, clusters, neighbours = (view.findings(method, "cases_opened") for method in (Method.LEVEL, Method.CLUSTER, Method.AUTOCORRELATION))
people_levels = view.findings(Method.LEVEL, "current_users")
held = view.prepared("townships.compared", lambda: hotspots.compared(levels, clusters, opened, at))

notes.remark(view, CHANCE)
with cards.card_grid():
    cards.chart_card(view, "townships.cases", "cases_opened", lambda: hotspots.level_map(held, opened, areas, at))
    cards.chart_card(view, "townships.people", "current_users", lambda: townships.people_map(rows, people_levels, current, areas, at))
notes.map_approval(view)
with cards.card_grid():
    cards.chart_card(view, "townships.funnel", "cases_opened", lambda: hotspots.funnel_picture(held, opened, areas, at))
    cluster = view.prepared("townships.cluster", lambda: hotspots.cluster_sentence(held, opened, areas, at))
    remote = view.prepared("townships.remote", lambda: townships.remote_sentence(rows, held, opened, areas, at))
    alike = view.prepared("townships.alike", lambda: hotspots.neighbour_sentence(neighbours, areas, view.voice, view.month))
    looked = view.prepared("townships.looked", lambda: hotspots.cut_off_words(held, levels, view.voice))
    notes.sentences(view, Text("连片与偏远", "Clusters and remoteness"), [one for one in (cluster, alike, remote) if one], remarks=[looked])

key, tables = view.prepared("townships.tables", lambda: townships.township_tables(rows, held, opened, current, areas, zones, at))
notes.section(view, Text("全部乡镇(街道)", "All townships"))
notes.aside(key)
with cards.card_grid():
    for zone, table in tables:
        notes.whole_table(zone, table)
