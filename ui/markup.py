"""Cards as HTML text. Every word goes through :func:`text`: names come from the county pack and must never become tags."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

import pandas

LINE_BREAK = "\n"


def text(words: str) -> str:
    """Return words as they stand in HTML; where a cell has two lines, they stay two."""
    return html.escape(words).replace("  " + LINE_BREAK, "<br/>").replace(LINE_BREAK, "<br/>")


def element(tag: str, words: str, kind: str = "") -> str:
    """Return an element that holds words; nothing where there are none."""
    return f"<{tag}{_kind(kind)}>{text(words)}</{tag}>" if words else ""


def group(tag: str, parts: Iterable[str], kind: str = "") -> str:
    """Return an element around finished parts."""
    return f"<{tag}{_kind(kind)}>{''.join(parts)}</{tag}>"


def opened_by(label: str, inside: str) -> str:
    """Return a part of a card that stands behind one click on its label; nothing where it is empty."""
    return f"<details><summary>{text(label)}</summary><div>{inside}</div></details>" if inside else ""


def action(label: str, name: str) -> str:
    """Return a button that asks the server for something."""
    return f'<button type="button" data-act="{html.escape(name)}">{text(label)}</button>'


def items(sentences: Sequence[str]) -> str:
    """Return sentences as a list."""
    return group("ul", (element("li", one) for one in sentences)) if sentences else ""


def table(frame: pandas.DataFrame) -> str:
    """Return a table of words."""
    head = "".join(f'<th scope="col">{text(str(name))}</th>' for name in frame.columns)
    rows = "".join(f"<tr>{''.join(f'<td>{text(str(cell))}</td>' for cell in row)}</tr>" for row in frame.itertuples(index=False, name=None))
    return f'<div class="dq-table"><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'


def _kind(kind: str) -> str:
    return f' class="{kind}"' if kind else ""
