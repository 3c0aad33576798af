"""What is measured: one file is one indicator, in a folder per theme. Standard library only."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TypeVar

from indicators.model import Indicator, Theme
from indicators.rules import faults, faults_together

_HOME = Path(__file__).parent
Declared = TypeVar("Declared", Indicator, Theme)


class CatalogueError(ValueError):
    """A file of indicators contradicts its place, itself or another; the message names the file and the remedy."""


def _declared(path: Path, name: str, kind: type[Declared]) -> Declared:
    """Run a file and return what it declares."""
    spec = importlib.util.spec_from_file_location(f"indicators.{path.parent.name}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CatalogueError(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    declared = getattr(module, name, None)
    if not isinstance(declared, kind):
        raise CatalogueError(f"{path}: declare one {name} = {kind.__name__}(…)")
    return declared


def _folders(homes: tuple[Path, ...]) -> Iterator[Path]:
    """Find the folders of themes."""
    for home in homes:
        yield from sorted(path for path in home.iterdir() if path.is_dir() and any(path.glob("*.py")))


@cache
def themes(*further: Path) -> dict[str, Theme]:
    """Return every theme by id, in order.

    Args:
        further: More folders laid out like this one.

    Raises:
        CatalogueError: If a folder has indicators and no declared theme, or two folders declare the same.
    """
    found: dict[str, Theme] = {}
    folders = list(_folders((_HOME, *further)))
    for declaration in (folder / "__init__.py" for folder in folders):
        if declaration.exists():
            name = declaration.parent.name
            if name in found:
                raise CatalogueError(f"{declaration}: the theme {name!r} is declared already; leave this file out and the folder adds to it")
            found[name] = _declared(declaration, "THEME", Theme)
    for folder in folders:
        if folder.name not in found:
            raise CatalogueError(f"{folder}: no such theme; declare it in {folder.name}/__init__.py as THEME = Theme(Text('…', '…'), order=…)")
    return dict(sorted(found.items(), key=lambda item: (item[1].order, item[0])))


def _load(path: Path, known: dict[str, Theme]) -> Indicator:
    indicator, theme = _declared(path, "INDICATOR", Indicator), path.parent.name
    page = known[theme].page or theme
    indicator = replace(indicator, theme=theme, cards=tuple(replace(card, page=card.page or page) for card in indicator.cards))
    if indicator.id != path.stem:
        raise CatalogueError(f"{path}: the id {indicator.id!r} must equal the file name")
    for fault in faults(indicator, known):
        raise CatalogueError(f"{path}: {fault}")
    return indicator


@cache
def catalogue(*further: Path) -> dict[str, Indicator]:
    """Return every indicator by id, in the order of theme and page.

    Args:
        further: More folders laid out like this one (a folder per theme), for an indicator that is not part of the product.

    Raises:
        CatalogueError: If a file contradicts its name, the dimensions or another indicator, or lies outside a theme.
    """
    known = themes(*further)
    for home in further:
        for path in sorted(home.glob("*.py")):
            raise CatalogueError(f"{path}: an indicator lies in the folder of its theme: {', '.join(known)}")
    paths = {path: _load(path, known) for folder in _folders((_HOME, *further)) for path in sorted(folder.glob("[!_]*.py"))}
    order = list(known)
    found = sorted(paths.items(), key=lambda item: (order.index(item[1].theme), item[1].order, item[1].id))
    by_id = {indicator.id: indicator for _, indicator in found}
    if len(by_id) != len(found):
        raise CatalogueError("two indicator files share one id; ids are never reused")
    for path, indicator in found:
        for fault in faults_together(indicator, by_id):
            raise CatalogueError(f"{path}: {fault}")
    return by_id
