"""Parts of the pages that show the early warning."""

from __future__ import annotations

from functools import partial

import streamlit

from charts import warnings
from charts.picture import Picture
from charts.warnings import Names
from indicators import catalogue
from indicators.cards import shown_on
from indicators.dimensions import categories
from indicators.model import WARNINGS, Indicator, Method, Text
from ui import cards, notes
from ui.themes import picture_name
from ui.view import View

HEADING = Text("预警", "Early warning")


def names(view: View) -> Names:
    """Return what the cells of warnings are called."""
    areas = {area.code: area.title for area in view.townships()} | {zone.code: zone.title for zone in view.members("zone")}
    split_by = {name for indicator in catalogue().values() for breakdown in indicator.watched for name in categories(breakdown)}
    return Names(catalogue(), areas, {dimension: view.members(dimension) for dimension in sorted({*split_by, warnings.CAMPAIGN})})


def show_latest(view: View) -> None:
    """Show the warnings of the latest round on a card, with how much was looked at."""
    findings, rows = view.findings(Method.WARNING, *warnings.watched(catalogue())), view.rows(*warnings.of_campaigns(catalogue()))
    said, remarks, nothing = view.prepared("warnings.latest", lambda: warnings.warning_sentences(findings, rows, names(view), view.scope))
    notes.sentences(view, HEADING, said, nothing, remarks)


def show_limits(view: View) -> None:
    """Show the months of the county beside what was expected of them."""
    for shown in shown_on(WARNINGS, catalogue()):
        cards.chart_card(view, picture_name(WARNINGS, shown), shown.indicator.id, partial(_limits, shown.indicator))


def _limits(indicator: Indicator, view: View) -> Picture:
    findings = view.findings(Method.WARNING, *warnings.watched(catalogue()))
    return warnings.limit_picture(findings, view.rows(indicator.id), indicator, view.scope)


def show_list(view: View) -> None:
    """Show the warnings of the last twelve months and everything the latest round compared."""
    findings = view.findings(Method.WARNING, *warnings.watched(catalogue()))
    listed = view.prepared("warnings.list", lambda: warnings.warning_list(findings, names(view), view.scope))
    compared = view.prepared("warnings.compared", lambda: warnings.compared_table(findings, names(view), view.scope))
    if listed.empty:
        tested = view.prepared("warnings.months", lambda: warnings.months_tested(findings, view.scope))
        notes.sentences(view, LISTED, [], warnings.none_listed(tested))
    else:
        notes.whole_table(view.say(LISTED), listed)
    if not compared.empty:
        with streamlit.expander(f"{view.say(TESTED)} ({len(compared)})"):
            notes.whole_table(view.say(TESTED), compared)


LISTED = Text("近12个月的预警", "Warnings of the last twelve months")
TESTED = Text("最近一轮检验的全部项目", "Everything the latest round compared")
