"""What is measured: one file is one indicator, in a folder per theme. Standard library only."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from indicators.caveats import CAVEATS
from indicators.dimensions import DIMENSIONS, split
from indicators.lattice import is_stock, stock_tables
from indicators.model import Indicator, Kind, Measure, Theme

_HOME = Path(__file__).parent


class CatalogueError(Exception):
    """An indicator file contradicts its place or itself; the message names the file and the remedy."""


def _load(path: Path) -> Indicator:
    spec = importlib.util.spec_from_file_location(f"indicators.{path.parent.name}.{path.stem}", path)
    if spec is None or spec.loader is None:
        raise CatalogueError(f"{path}: cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    indicator: Indicator = module.INDICATOR
    _check(indicator, path)
    return indicator


def _check(indicator: Indicator, path: Path) -> None:
    """Refuse an indicator whose declaration cannot be compiled or placed."""
    if indicator.id != path.stem:
        raise CatalogueError(f"{path}: the id {indicator.id!r} must equal the file name")
    if indicator.theme.value != path.parent.name:
        raise CatalogueError(f"{path}: the theme {indicator.theme.value!r} must equal the folder name")
    if indicator.of_stock and indicator.kind not in {Kind.SHARE, Kind.RATE}:
        raise CatalogueError(f"{path}: the kind {indicator.kind.value!r} says whether it is a stock; leave out of_stock")
    measures = [indicator.numerator] + ([indicator.denominator] if isinstance(indicator.denominator, Measure) else [])
    named = [name for measure in measures for name, _ in measure.where]
    named += [name for breakdown in indicator.breakdowns for name in split(breakdown)]
    for name in named:
        if name not in DIMENSIONS:
            raise CatalogueError(f"{path}: no dimension {name!r} in indicators/dimensions.py")
    if any(DIMENSIONS[name].is_bridge for name in named) and indicator.bridge_of is None:
        raise CatalogueError(f"{path}: it speaks of what made a stock change; name the table of that stock as bridge_of")
    for name in {*indicator.watched, *(("township",) if indicator.is_mapped else ())} - set(indicator.breakdowns):
        raise CatalogueError(f"{path}: {name!r} is watched or mapped and is none of the breakdowns")
    for name in indicator.watched:
        if not indicator.counts_separate_events or len(split(name)) > 1:
            raise CatalogueError(f"{path}: only counts of separate events are watched, by one dimension at most; not {name!r}")
    if indicator.is_mapped and indicator.kind is not Kind.STOCK and not indicator.counts_separate_events:
        raise CatalogueError(f"{path}: only counts of separate events or of people are mapped")
    for key in indicator.caveats:
        if key not in CAVEATS:
            raise CatalogueError(f"{path}: no caveat {key!r} in indicators/caveats.py")
    for breakdown in indicator.breakdowns:
        areas = [name for name in split(breakdown) if DIMENSIONS[name].is_area]
        if len(areas) > 1 or len(split(breakdown)) > 2:
            raise CatalogueError(f"{path}: {breakdown!r} splits by more than one area level or two dimensions")


def _check_tables(indicators: Sequence[Indicator]) -> None:
    """Refuse indicators that differ about what the rows of their table are."""
    stocks = stock_tables(indicators)
    first_of: dict[str, Indicator] = {}
    for own in indicators:
        first = first_of.setdefault(own.table, own)
        if is_stock(first) != is_stock(own):
            at_end, over = (first, own) if is_stock(first) else (own, first)
            raise CatalogueError(
                f"{at_end.id} (kind {at_end.kind.value!r}) counts {own.table} at the end of a period and {over.id} "
                f"(kind {over.kind.value!r}) over it; correct the table or the kind of one, or write of_stock=True in a share or rate"
            )
        if first.bridge_of != own.bridge_of:
            raise CatalogueError(f"{first.id} and {own.id} count {own.table} and name different stocks as bridge_of; correct one")
        if own.bridge_of is not None and own.bridge_of not in stocks:
            raise CatalogueError(f"{own.id} names {own.bridge_of} as bridge_of, which no indicator counts at the end of a period; correct it")


@cache
def catalogue(*further: Path) -> dict[str, Indicator]:
    """Return every indicator by id, in the order of theme and page.

    Args:
        further: More folders laid out like this one (a folder per theme), for an indicator that is not part of the product.

    Raises:
        CatalogueError: If a file contradicts its name, its folder, the dimensions or another file about their table.
    """
    themes = list(Theme)
    found = [
        _load(path)
        for home in (_HOME, *further)
        for theme in themes
        for path in sorted((home / theme.value).glob("*.py"))
        if not path.stem.startswith("_")
    ]
    found.sort(key=lambda indicator: (themes.index(indicator.theme), indicator.order, indicator.id))
    by_id = {indicator.id: indicator for indicator in found}
    if len(by_id) != len(found):
        raise CatalogueError("two indicator files share one id; ids are never reused")
    _check_tables(found)
    return by_id
