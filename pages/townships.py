"""乡镇热点: where cases and current users are, what stands out from the county, and how little most differences mean."""

from charts import funnel, hotspots, townships
from indicators import catalogue
from indicators.model import Method, Text
from ui import cards, notes, scope

TITLE = Text("乡镇热点", "Townships")
SECTION = Text("打击", "Enforcement")
ICON = "✳️"
ORDER = 50
CHANCE = Text(
    "本页不排名次,按片区和代码排列。经一并检验成立的写“明显”;只超出单项界限的写“可能”,不能据此下结论。这里看两三年合计同全县比,单月见预警清单。",
    "Townships stand in the order of zone and code, never ranked. “Clearly” has passed a test of all townships together; “possibly” has not and "
    "supports no conclusion. Two or three years are compared with the county here; single months are under Early warning.",
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
    cards.chart_card(view, "townships.cases", "cases_opened", lambda: townships.level_map(held, areas, at))
    cards.chart_card(view, "townships.people", "current_users", lambda: townships.people_map(rows, people_levels, current, areas, at))
notes.map_approval(view)
with cards.card_grid():
    cards.chart_card(view, "townships.funnel", "cases_opened", lambda: funnel.funnel_picture(held, areas, at))
    cluster = view.prepared("townships.cluster", lambda: hotspots.cluster_sentence(held, areas, at))
    remote = view.prepared("townships.remote", lambda: hotspots.remote_sentence(rows, held, areas, at))
    alike = view.prepared("townships.alike", lambda: hotspots.neighbour_sentence(neighbours, areas, view.voice, view.month))
    looked = view.prepared("townships.looked", lambda: hotspots.cut_off_words(held, levels, view.voice, is_remote_told=bool(remote)))
    notes.sentences(view, Text("连片与偏远", "Clusters and remoteness"), [one for one in (cluster, alike, remote) if one], remarks=[looked])

key, tables = view.prepared("townships.tables", lambda: townships.township_tables(rows, held, opened, current, areas, zones, at))
notes.section(view, Text("全部乡镇(街道)", "All townships"))
notes.aside(key)
with cards.card_grid():
    for zone, table in tables:
        notes.whole_table(zone, table)
