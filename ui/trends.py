"""The card that says whether series rise or fall over the years."""

from __future__ import annotations

from charts import yearly_trend
from indicators import catalogue
from indicators.model import Method
from ui import notes
from ui.view import View


def show_trends(view: View, name: str, *indicators: str) -> None:
    """Show a sentence for every series whose yearly change can be judged.

    Args:
        view: What the reader selected.
        name: Name of the card, unique over all pages.
        indicators: Indicator ids.
    """
    findings, asked = view.findings(Method.TREND, *indicators), [catalogue()[one] for one in indicators]
    said = view.prepared(name, lambda: yearly_trend.trend_sentences(findings, asked, view.scope))
    notes.sentences(view, yearly_trend.HEADING, said, yearly_trend.NO_TREND)
