"""The cards of a page as its reader finds them: words, tables, headline numbers, and the pictures drawn on them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

import pandas
from streamlit.testing.v1 import AppTest

from charts.picture import Picture
from ui import cache
from ui.scope import WHOLE_COUNTY

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class PageCard:
    """One card.

    Attributes:
        name: Its name.
        html: What was sent.
    """

    name: str
    html: str

    @property
    def root(self) -> ElementTree.Element:
        return ElementTree.fromstring(f"<article>{self.html}</article>")

    @property
    def words(self) -> list[str]:
        """The words of every part, in order, those of tables and drawings left out; items of a list as Markdown writes them."""
        return list(_words(self.root))

    @property
    def statements(self) -> list[str]:
        """Its words but those of the definition, which speak of no place, and a headline's number."""
        root = self.root
        for above in list(root.iter()):
            for inner in list(above):
                is_definition = inner.tag == "details" and inner.find("div/p/strong") is not None
                if is_definition or inner.get("class") == "dq-number":
                    above.remove(inner)
        return list(_words(root))

    @property
    def tables(self) -> list[pandas.DataFrame]:
        """Its tables; a cell of two lines as :func:`charts.words.below` writes it."""
        return [_table(one) for one in self.root.iter("table")]

    @property
    def number(self) -> tuple[str, str] | None:
        """Name and number of a headline; none on other cards."""
        found = {one.get("class"): _said(one) for one in self.root.iter("p")}
        return (found["dq-what"], found["dq-number"]) if "dq-number" in found else None

    @property
    def drawn(self) -> list[str]:
        """The words of its drawings: labels, tooltips and what they say to somebody who cannot see them; the scale of an axis tells nothing."""
        inside = [one for drawing in self.root.iter(f"{SVG}svg") for one in drawing.iter()]
        spoken = [drawing.get("aria-label", "") for drawing in self.root.iter(f"{SVG}svg")]
        return [*spoken, *(_said(one) for one in inside if one.tag in {f"{SVG}text", f"{SVG}title"} and one.get("class") != "axis")]


def card_of(proto: Any) -> PageCard:
    """Read a card from what was sent."""
    return PageCard(str(proto.id).rsplit("-", 1)[-1], json.loads(proto.json)["html"])


def cards(test: AppTest) -> list[PageCard]:
    """Return the cards of a page in order."""
    return [card_of(element.proto) for element in test.get("bidi_component")]


def tables(test: AppTest) -> list[pandas.DataFrame]:
    """Return every table of a page: those of cards, then Streamlit's own."""
    return [*(table for card in cards(test) for table in card.tables), *(table.value for table in test.table)]


def headlines(test: AppTest) -> dict[str, str]:
    """Return the headline numbers of a page by name."""
    return dict(card.number for card in cards(test) if card.number)


def pictures(test: AppTest) -> dict[str, Picture]:
    """Return the pictures a page was made of, by the name of their card: what its enlarged figures would send."""
    state = test.session_state
    if "choose_zone" not in state or "choose_month" not in state:
        return {}
    key = cache.current_key()
    area = cache.stamp(key).county_code if state["choose_zone"] == WHOLE_COUNTY else state["choose_zone"]
    scope = (state["choose_release"], state["choose_lang"], state["choose_month"], area)
    found = {}
    for card in cards(test):
        try:
            held = cache.prepared(key, scope, card.name, _not_made)
        except LookupError:
            continue
        if isinstance(held, Picture) and not held.is_empty:
            found[card.name] = held
    return found


def _not_made() -> Any:
    raise LookupError


def _words(node: ElementTree.Element) -> Iterator[str]:
    if node.tag in {f"{SVG}svg", "table"}:
        return
    if node.tag in {"h2", "h3", "p", "span", "summary", "button"}:
        yield _said(node)
    elif node.tag == "li":
        yield f"- {_said(node)}"
    else:
        for inner in node:
            yield from _words(inner)


def _said(node: ElementTree.Element) -> str:
    parts = [node.text or ""]
    for inner in node:
        parts += ["  \n" if inner.tag == "br" else _said(inner), inner.tail or ""]
    return "".join(parts)


def _table(node: ElementTree.Element) -> pandas.DataFrame:
    heads = [_said(head) for head in node.iter("th")]
    rows = [[_said(cell) for cell in row.iter("td")] for row in node.iter("tr")]
    return pandas.DataFrame([row for row in rows if row], columns=heads)
