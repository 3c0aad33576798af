"""Parts of the pages that show the early warning."""

from __future__ import annotations

import streamlit

from charts import warnings
from charts.warnings import Names
from indicators import catalogue
from indicators.model import Method, Text
from ui import notes
from ui.scope import View

HEADING = Text("预警", "Early warning")
NAMED_BY = ("charge", "place_type", "campaign")


def names(view: View) -> Names:
    """Return what the cells of warnings are called."""
    areas = {area.code: area.title for area in (*view.townships(), *view.members("zone"))}
    return Names(catalogue(), areas, {dimension: view.members(dimension) for dimension in NAMED_BY})


def show_latest(view: View) -> None:
    """Show the warnings of the latest round on a card, with how much was looked at."""
    findings, rows = view.findings(Method.WARNING, *warnings.watched(catalogue())), view.rows("campaign_results")
    found, remarks, nothing = view.prepared("warnings.latest", lambda: warnings.warning_sentences(findings, rows, names(view), view.scope))
    notes.sentences(view, HEADING, found, nothing, remarks)


def show_list(view: View) -> None:
    """Show the warnings of the last twelve months and everything the latest round compared."""
    findings = view.findings(Method.WARNING, *warnings.watched(catalogue()))
    listed = view.prepared("warnings.list", lambda: warnings.warning_list(findings, names(view), view.scope))
    tested = view.prepared("warnings.tested", lambda: warnings.compared_table(findings, names(view), view.scope))
    if listed.empty:
        notes.sentences(view, LISTED, [], NONE_LISTED)
    else:
        notes.whole_table(view.say(LISTED), listed)
    if not tested.empty:
        with streamlit.expander(f"{view.say(TESTED)} ({len(tested)})"):
            notes.whole_table(view.say(TESTED), tested)


LISTED = Text("近12个月的预警", "Warnings of the last twelve months")
NONE_LISTED = Text("近12个月没有预警。", "No warning in the last twelve months.")
TESTED = Text("最近一轮检验的全部项目", "Everything the latest round compared")
