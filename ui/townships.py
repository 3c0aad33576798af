"""The parts of the page on townships: a map of every indicator that compares them, and what stands out among cases."""

from __future__ import annotations

from functools import partial

from charts import funnel, hotspots, townships
from charts.hotspots import TownshipLevels
from charts.picture import Picture
from indicators import catalogue
from indicators.model import Indicator, Kind, Method, Text
from ui import cards, notes
from ui.view import View

PAGE = "townships"
TOGETHER = Text("连片与偏远", "Clusters and remoteness")
ALL = Text("全部乡镇(街道)", "All townships")


def _mapped(kind: Kind) -> list[Indicator]:
    """Return the indicators of a kind that compare townships. Sentences and table speak of the first: of cases, and of current users."""
    return [indicator for indicator in catalogue().values() if indicator.is_mapped and indicator.kind is kind]


def _held(view: View, indicator: Indicator) -> TownshipLevels | None:
    """Return what the build found of the townships at the selected month."""
    levels, clusters = (view.findings(method, indicator.id) for method in (Method.LEVEL, Method.CLUSTER))
    return view.prepared(f"{PAGE}.{indicator.id}.compared", lambda: hotspots.compared(levels, clusters, indicator, view.scope))


def show_maps(view: View) -> None:
    """Show a map of every indicator that compares townships, events before people."""
    with cards.card_grid():
        for indicator in _mapped(Kind.EVENTS):
            cards.chart_card(view, f"{PAGE}.{indicator.id}.map", indicator.id, partial(_level_map, indicator))
        for indicator in _mapped(Kind.STOCK):
            cards.chart_card(view, f"{PAGE}.{indicator.id}.map", indicator.id, partial(_people_map, indicator))
    notes.map_approval(view)


def show_map_of_cases(view: View, page: str) -> None:
    """Show the map of cases on another page."""
    for indicator in _mapped(Kind.EVENTS)[:1]:
        cards.chart_card(view, f"{page}.{indicator.id}.map", indicator.id, partial(_level_map, indicator))
    notes.map_approval(view)


def _level_map(indicator: Indicator, view: View) -> Picture:
    return townships.level_map(_held(view, indicator), view.townships(), view.scope)


def _people_map(indicator: Indicator, view: View) -> Picture | None:
    levels = view.findings(Method.LEVEL, indicator.id)
    return townships.people_map(view.rows(indicator.id), levels, indicator, view.townships(), view.scope)


def show_what_stands_out(view: View) -> None:
    """Show every count of events against the size of the townships, and say whether neighbours or remote townships stand out together."""
    with cards.card_grid():
        for indicator in _mapped(Kind.EVENTS):
            cards.chart_card(view, f"{PAGE}.{indicator.id}.funnel", indicator.id, partial(_funnel, indicator))
        _say_together(view)


def _funnel(indicator: Indicator, view: View) -> Picture:
    return funnel.funnel_picture(_held(view, indicator), view.townships(), view.scope)


def _say_together(view: View) -> None:
    first, areas, at = _mapped(Kind.EVENTS)[0], view.townships(), view.scope
    held, rows = _held(view, first), view.rows(first.id)
    levels, neighbours = (view.findings(method, first.id) for method in (Method.LEVEL, Method.AUTOCORRELATION))
    cluster = view.prepared(f"{PAGE}.cluster", lambda: hotspots.cluster_sentence(held, areas, at))
    remote = view.prepared(f"{PAGE}.remote", lambda: hotspots.remote_sentence(rows, held, areas, at))
    alike = view.prepared(f"{PAGE}.alike", lambda: hotspots.neighbour_sentence(neighbours, areas, view.voice, view.month))
    looked = view.prepared(f"{PAGE}.looked", lambda: hotspots.cut_off_words(held, levels, view.voice, is_remote_told=bool(remote)))
    notes.sentences(view, TOGETHER, [one for one in (cluster, alike, remote) if one], remarks=[looked])


def show_tables(view: View) -> None:
    """List all townships, a table a zone."""
    events, people = _mapped(Kind.EVENTS)[0], _mapped(Kind.STOCK)[0]
    rows, held = view.rows(events.id, people.id), _held(view, events)
    areas, zones = view.townships(), view.members("zone")
    key, tables = view.prepared(f"{PAGE}.tables", lambda: townships.township_tables(rows, held, events, people, areas, zones, view.scope))
    notes.section(view, ALL)
    notes.aside(key)
    with cards.card_grid():
        for zone, table in tables:
            notes.whole_table(zone, table)
