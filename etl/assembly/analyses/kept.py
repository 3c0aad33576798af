"""Analyses of the build in force that need not be made again, because everything they were made from is the same.

At a hundred townships the maps of all earlier months take most of a build. Their numbers seldom change, and with them nothing they decide:
what an analysis was made from is kept beside it as one digest, of its inputs, of the program that made it and of the libraries it used.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from importlib.metadata import version
from pathlib import Path

import duckdb
import numpy

import analysis
from etl.assembly.analyses.record import Analysis, Finding
from indicators.model import Method, Release

INPUTS = "inputs"
"""The parameter that holds the digest."""
_FOLDERS = (Path(analysis.__file__).parent, Path(__file__).parent)
_LIBRARIES = ("numpy", "scipy", "esda")
_METHODS = (Method.LEVEL, Method.CLUSTER, Method.AUTOCORRELATION)
_CELL = [field.name for field in fields(Finding)]
_NUMBERS = [name for name in _CELL if Finding.__annotations__[name] == "float"]


class Kept:
    """The analyses of a build by what they were made from."""

    def __init__(self, analyses: Sequence[Analysis] = ()) -> None:
        self._by_inputs: dict[tuple[Method, str], list[Analysis]] = defaultdict(list)
        for one in analyses:
            if INPUTS in one.parameters:
                self._by_inputs[one.method, one.parameters[INPUTS]].append(one)

    def of(self, method: Method, inputs: str) -> list[Analysis]:
        """Return the analyses a method made from the same inputs; none where they are to be made."""
        return self._by_inputs.get((method, inputs), [])


def digest(*inputs: object) -> str:
    """Return a digest of inputs, and of the program and the libraries that make something of them.

    Args:
        inputs: Arrays by their bytes, everything else as it is written.
    """
    whole = hashlib.sha256(_program())
    for one in inputs:
        whole.update(one.tobytes() if isinstance(one, numpy.ndarray) else repr(one).encode())
        whole.update(b"\0")
    return whole.hexdigest()[:32]


@cache
def _program() -> bytes:
    whole = hashlib.sha256(" ".join(map(version, _LIBRARIES)).encode())
    for path in sorted(path for folder in _FOLDERS for path in folder.glob("*.py")):
        whole.update(path.read_bytes())
    return whole.digest()


def kept_of(before: Path | None) -> Kept:
    """Read the analyses of the townships from the build in force.

    Args:
        before: Its file; None where there is none.

    Raises:
        duckdb.Error: If the file is no warehouse.
    """
    if before is None:
        return Kept()
    with duckdb.connect(str(before), read_only=True) as connection:
        runs = connection.execute(
            "select id, method, first_on, last_on, tests, chance_of_false, power, seed, parameters from mart.analysis "
            "where release = ? and method in (select unnest(?)) order by id",
            [Release.INTERNAL.value, [method.value for method in _METHODS]],
        ).fetchall()
        found = connection.execute(f"select analysis_id, {', '.join(_CELL)} from mart.finding order by rowid").fetchall()
    cells: Mapping[int, list[Finding]] = defaultdict(list)
    for run, *values in found:
        told = dict(zip(_CELL, values, strict=True))
        cells[run].append(Finding(**{**told, **{name: math.nan if told[name] is None else told[name] for name in _NUMBERS}}))
    return Kept(
        [
            Analysis(
                Release.INTERNAL,
                Method(method),
                first_on,
                last_on,
                tests,
                chance_of_false,
                tuple(cells[run]),
                math.nan if power is None else power,
                seed,
                json.loads(parameters),
            )
            for run, method, first_on, last_on, tests, chance_of_false, power, seed, parameters in runs
        ]
    )
