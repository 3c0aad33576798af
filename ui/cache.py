"""What is kept between reruns: the opened warehouse, its rows, and finished pictures.

Resources, not data: Streamlit's data cache would unpickle and check every figure again at each rerun. Nothing kept here is ever changed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any, TypeVar

import pandas
import streamlit

from warehouse.reader import BuildStamp, Warehouse, file_key, warehouse_path

FileKey = tuple[str, int, int, int]
Kept = TypeVar("Kept")


@streamlit.cache_resource(max_entries=2, show_spinner=False, on_release=lambda opened: opened.close())
def _opened(key: FileKey) -> Warehouse:
    return Warehouse.open(Path(key[0]))


def current_key() -> FileKey:
    """Return what identifies the build now in force.

    Raises:
        WarehouseUnavailable: If there is none.
    """
    path = warehouse_path()
    return (str(path), *file_key(path))


def opened(key: FileKey) -> Warehouse:
    """Return the opened build.

    Raises:
        WarehouseUnavailable: If the file cannot be read.
    """
    return _opened(key)


@streamlit.cache_resource(max_entries=4, show_spinner=False)
def stamp(key: FileKey) -> BuildStamp:
    """Return the stamp of a build."""
    return _opened(key).build()


@streamlit.cache_resource(max_entries=64, show_spinner=False)
def observations(key: FileKey, release: str, indicators: tuple[str, ...]) -> pandas.DataFrame:
    """Return the published rows of some indicators."""
    return _opened(key).observations(release, indicators)


@streamlit.cache_resource(max_entries=64, show_spinner=False)
def findings(key: FileKey, release: str, method: str, indicators: tuple[str, ...]) -> pandas.DataFrame:
    """Return what the build computed of some indicators by one method."""
    return _opened(key).findings(release, method, indicators)


@streamlit.cache_resource(max_entries=1, show_spinner=False)
def _frozen() -> bool:
    gc.collect()
    gc.freeze()
    return True


def freeze_once() -> None:
    """Take what is loaded by now out of the garbage collector's rounds: Streamlit forces one after every rerun."""
    _frozen()


@streamlit.cache_resource(max_entries=2048, show_spinner=False)
def _prepared(key: FileKey, scope: tuple[Hashable, ...], name: str, _make: Callable[[], Any]) -> Any:
    return _make()


def prepared(key: FileKey, scope: tuple[Hashable, ...], name: str, make: Callable[[], Kept]) -> Kept:
    """Return a finished thing of a build and scope, made once.

    Args:
        key: The build.
        scope: Everything else the thing depends on.
        name: Which thing, unique over the pages.
        make: Makes it.
    """
    kept: Kept = _prepared(key, scope, name, make)
    return kept
