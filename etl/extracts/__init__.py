"""The extract types: one file declares one, and is found by its presence."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from etl.contract import Extract, Period, Type
from etl.core_tables import dimension_expressions
from indicators.dimensions import DIMENSIONS


class ContractError(Exception):
    """An extract type contradicts its file name or itself; the message names the file and the remedy."""


@cache
def extracts() -> dict[str, Extract]:
    """Return every declared extract type by id, in the order of their ids.

    Raises:
        ContractError: If a file contradicts its name, itself or another file.
    """
    by_id: dict[str, Extract] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda info: info.name):
        if module.name.startswith("_"):
            continue
        extract: Extract = importlib.import_module(f"{__name__}.{module.name}").EXTRACT
        _check(extract, module.name)
        by_id[extract.id] = extract
    _check_together(by_id)
    return by_id


def _check(extract: Extract, file_name: str) -> None:
    """Refuse a contract that cannot be delivered, typed or counted."""
    where = f"etl/extracts/{file_name}.py"
    if extract.id != file_name:
        raise ContractError(f"{where} declares the id {extract.id!r}; the id and the file's name must be the same")
    columns = {column.name: column for column in extract.columns}
    for name in (*extract.key, extract.month_column, *(column.part_of for column in extract.columns if column.part_of)):
        if name not in columns:
            raise ContractError(f"{where}: no column {name!r}; key, month_column and part_of name columns of the extract")
    if columns[extract.month_column].type is not Type.MONTH:
        raise ContractError(f"{where}: the column {extract.month_column!r} says which month a row belongs to and must be of type MONTH")
    if extract.may_be_empty and extract.period is not Period.SNAPSHOT:
        raise ContractError(f"{where}: may_be_empty is said of snapshots; events of a month may be none anyway")
    if not extract.tables:
        raise ContractError(f"{where}: it fills no core table, so nothing could be counted of it; declare a Stock or a Flow")
    for table in extract.tables:
        splits = set(dimension_expressions(extract, table)) if not table.select else set()
        splits |= set(table.amount) if table.amount is not None and not isinstance(table.amount, str) else set()
        if len(splits & {"persons", "events", "month_on", "mark"}):
            raise ContractError(f"{where}: core.{table.name} may not name a column persons, events, month_on or mark; it has these anyway")
        if table.amount is not None and not isinstance(table.amount, str) and (len(table.amount) != 1 or set(table.amount) - set(DIMENSIONS)):
            raise ContractError(f"{where}: core.{table.name} is split by one dimension of indicators/dimensions.py")


def _check_together(by_id: dict[str, Extract]) -> None:
    """Refuse two contracts that fill the same core table, and one that stands in for an extract nobody declares."""
    filled: dict[str, str] = {}
    for extract in by_id.values():
        for table in extract.tables:
            if (other := filled.setdefault(table.name, extract.id)) != extract.id:
                raise ContractError(f"etl/extracts/{extract.id}.py: core.{table.name} is filled by {other!r} already")
        if extract.instead_of is not None and extract.instead_of not in by_id:
            raise ContractError(f"etl/extracts/{extract.id}.py: instead_of names {extract.instead_of!r}, which is no extract type")
