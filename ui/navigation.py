"""The menu, read off the pages themselves: a page is a file with four literals, and nothing else lists it.

A page whose literals are wrong is left out, and the foot of the menu names it: one slip must not take the other pages away.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit
from streamlit.errors import StreamlitAPIException

from indicators.model import Text
from ui import cache, notes
from ui.scope import language_of_address
from ui.words import PRODUCT, plain

PAGES = Path(__file__).parent.parent / "pages"
LITERALS: dict[str, type] = {"TITLE": Text, "SECTION": Text, "ICON": str, "ORDER": int}


@dataclass(frozen=True)
class PageEntry:
    """What a page says of itself."""

    path: Path
    title: Text
    section: Text
    icon: str
    order: int


class PageFault(ValueError):
    """A page cannot be listed; the message names the file and the literal."""

    def __init__(self, path: Path, what: Text) -> None:
        super().__init__(f"{path.name}: {what.en}")
        self.message = Text(f"页面 {path.name} 没有列入菜单:{what.zh}。", f"The page {path.name} is left out of the menu: {what.en}.")


def read_page(path: Path) -> PageEntry:
    """Return a page's literals without running it.

    Raises:
        PageFault: If a literal is missing, is not written out or is of another kind.
    """
    try:
        statements = ast.parse(path.read_bytes()).body
    except (SyntaxError, ValueError) as error:
        raise PageFault(path, Text("不是有效的 Python 文件", "it is no valid Python")) from error
    assigned = [one for one in statements if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)]
    values = {one.targets[0].id: one.value for one in assigned if isinstance(one.targets[0], ast.Name)}
    literals = {name: _literal(name, values, path) for name in LITERALS}
    return PageEntry(path, literals["TITLE"], literals["SECTION"], literals["ICON"], literals["ORDER"])


def _literal(name: str, values: dict[str, ast.expr], path: Path) -> Any:
    """Return a literal that is of its kind and, where people read it, has both languages."""
    if name not in values:
        raise PageFault(path, Text(f"缺少 {name}", f"the literal {name} is missing"))
    try:
        given = _written_out(values[name])
    except (ValueError, TypeError) as error:
        line = values[name].lineno
        raise PageFault(path, Text(f"第{line}行的 {name} 没有直接写出", f"{name} in line {line} must be written out")) from error
    words = (given.zh, given.en) if isinstance(given, Text) else ()
    if type(given) is not LITERALS[name] or not all(isinstance(word, str) and word.strip() for word in words):
        raise _wrong(path, name)
    return given


def _written_out(value: ast.expr) -> Any:
    """Return plain Python, or ``Text("…", "…")``."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "Text"):
        return ast.literal_eval(value)
    named = {one.arg or "": ast.literal_eval(one.value) for one in value.keywords}
    return Text(*(ast.literal_eval(argument) for argument in value.args), **named)


def _wrong(path: Path, name: str) -> PageFault:
    kinds = {"ICON": Text("一个表情符号", "one emoji"), "ORDER": Text("一个整数", "a whole number")}
    kind = kinds.get(name, Text('Text("中文", "English")', 'Text("中文", "English")'))
    return PageFault(path, Text(f"{name} 应为{kind.zh}", f"{name} must be {kind.en}"))


def read_pages() -> tuple[list[PageEntry], list[PageFault]]:
    """Return the pages in the order of the menu, and why the others are left out."""
    listed, faults = [], []
    for path in sorted(PAGES.glob("[!_]*.py")):
        try:
            listed.append(read_page(path))
        except PageFault as fault:
            faults.append(fault)
    return sorted(listed, key=lambda entry: (entry.order, entry.path.name)), faults


def entries() -> list[PageEntry]:
    """Return every page in the order of the menu."""
    return read_pages()[0]


def run() -> None:
    """Draw the menu and run the page the address asks for."""
    language = language_of_address()
    listed, faults = read_pages()
    menu: dict[str, list[streamlit.Page]] = {}
    for entry in listed:
        title = entry.title.pick(language)
        try:
            page = streamlit.Page(entry.path, title=title, icon=entry.icon, url_path=entry.path.stem, default=not menu)
        except StreamlitAPIException:  # title and file are in order, so Streamlit does not know the sign
            faults.append(_wrong(entry.path, "ICON"))
            continue
        menu.setdefault(entry.section.pick(language), []).append(page)
    left_out = Text(*("\n\n".join(plain(fault.message.pick(one)) for fault in faults) for one in ("zh", "en")))
    if not menu:
        notes.calm_stop(PRODUCT, left_out, language)
    chosen = streamlit.navigation(menu)
    streamlit.set_page_config(page_title=f"{chosen.title} · {PRODUCT.pick(language)}", page_icon="⚖️", layout="wide")
    if faults:
        streamlit.sidebar.caption(left_out.pick(language))
    chosen.run()
    cache.freeze_once()
