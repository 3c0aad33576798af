"""The menu, read off the pages themselves: a page is a file with four literals, and nothing else lists it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit

from indicators.model import Text
from ui import cache
from ui.scope import language_of_address
from ui.words import PRODUCT

PAGES = Path(__file__).parent.parent / "pages"
LITERALS = ("TITLE", "SECTION", "ICON", "ORDER")


@dataclass(frozen=True)
class PageEntry:
    """What a page says of itself."""

    path: Path
    title: Text
    section: Text
    icon: str
    order: int


def read_page(path: Path) -> PageEntry:
    """Return a page's literals without running it.

    Raises:
        ValueError: If a literal is missing or is not written out.
    """
    found: dict[str, Any] = {}
    for statement in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name) and statement.targets[0].id in LITERALS:
            found[statement.targets[0].id] = _literal(statement.value, path)
    for name in LITERALS:
        if name not in found:
            raise ValueError(f"{path.name}: the literal {name} is missing; every page states {', '.join(LITERALS)}")
    return PageEntry(path, found["TITLE"], found["SECTION"], found["ICON"], found["ORDER"])


def _literal(value: ast.expr, path: Path) -> Any:
    """Return a written-out value: plain Python, or ``Text("…", "…")``."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Text":
        return Text(*(ast.literal_eval(argument) for argument in value.args))
    try:
        return ast.literal_eval(value)
    except ValueError as error:
        raise ValueError(f"{path.name}, line {value.lineno}: TITLE, SECTION, ICON and ORDER must be written out") from error


def entries() -> list[PageEntry]:
    """Return every page in the order of the menu."""
    return sorted((read_page(path) for path in PAGES.glob("*.py") if not path.name.startswith("_")), key=lambda entry: (entry.order, entry.path.name))


def run() -> None:
    """Draw the menu and run the page the address asks for."""
    language = language_of_address()
    menu: dict[str, list[Any]] = {}
    for position, entry in enumerate(entries()):
        page = streamlit.Page(entry.path, title=entry.title.pick(language), icon=entry.icon, url_path=entry.path.stem, default=position == 0)
        menu.setdefault(entry.section.pick(language), []).append(page)
    chosen = streamlit.navigation(menu)
    streamlit.set_page_config(page_title=f"{chosen.title} · {PRODUCT.pick(language)}", page_icon="⚖️", layout="wide")
    chosen.run()
    cache.freeze_once()
