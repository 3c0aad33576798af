"""The extract types: one file declares one, and is found by its presence."""

from __future__ import annotations

import importlib
import pkgutil

from etl.contract import Extract


def extracts() -> dict[str, Extract]:
    """Return every declared extract type by id, in the order of their ids."""
    found: dict[str, Extract] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module.name.startswith("_"):
            continue
        extract: Extract = importlib.import_module(f"{__name__}.{module.name}").EXTRACT
        if extract.id != module.name:
            raise ValueError(f"etl/extracts/{module.name}.py declares the id {extract.id!r}; both must be the same")
        found[extract.id] = extract
    return found
