"""What is kept of a statistic: how it was made, and a row for every cell it speaks of."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow

from indicators.model import Method, Release


@dataclass(frozen=True)
class Finding:
    """One cell of an analysis; the columns of ``mart.finding``. NaN where a number does not apply."""

    indicator: str
    breakdown: str
    area_code: str
    member: str
    label: str
    rule: str = ""
    observed: float = math.nan
    exposure: float = math.nan
    expected: float = math.nan
    value: float = math.nan
    lower: float = math.nan
    upper: float = math.nan
    p_value: float = math.nan


@dataclass(frozen=True)
class Analysis:
    """One run of a method.

    Attributes:
        release: The release whose numbers it was computed from.
        method: What was computed.
        first_on: First day of the first period looked at.
        last_on: First day of the last period looked at: the cut-off.
        tests: How many comparisons were made at once.
        chance_of_false: Upper limit of the probability of any false finding where nothing is out of the ordinary.
        power: Probability that a doubled risk of one area would have been found; NaN where that is not asked.
        seed: Start of the random numbers; none where there are none.
        parameters: What else decides the result.
        findings: Its rows.
    """

    release: Release
    method: Method
    first_on: date
    last_on: date
    tests: int
    chance_of_false: float
    findings: tuple[Finding, ...]
    power: float = math.nan
    seed: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


def tables(analyses: Sequence[Analysis]) -> tuple[pyarrow.Table, pyarrow.Table]:
    """Return the rows of ``mart.analysis`` and ``mart.finding``, in the column order of the schema."""
    runs = [
        {
            "id": number,
            "release": run.release.value,
            "method": run.method.value,
            "first_on": run.first_on,
            "last_on": run.last_on,
            "tests": run.tests,
            "chance_of_false": run.chance_of_false,
            "power": _number(run.power),
            "seed": run.seed,
            "parameters": json.dumps(run.parameters, sort_keys=True),
        }
        for number, run in enumerate(analyses)
    ]
    rows = [{"analysis_id": number, **_written(finding)} for number, run in enumerate(analyses) for finding in run.findings]
    return pyarrow.Table.from_pylist(runs, _RUN), pyarrow.Table.from_pylist(rows, _FINDING)


def _written(finding: Finding) -> dict[str, Any]:
    return {name: _number(value) if isinstance(value, float) else value for name, value in vars(finding).items()}


def _number(value: float) -> float | None:
    """Return a number as the warehouse keeps it: rounded below what a reader can see, so that two machines write the same file."""
    return float(f"{value:.10g}") if math.isfinite(value) else None


def _schema(columns: Iterable[tuple[str, pyarrow.DataType]]) -> pyarrow.Schema:
    return pyarrow.schema(list(columns))


_RUN = _schema(
    [
        ("id", pyarrow.int64()),
        *((name, pyarrow.string()) for name in ("release", "method")),
        *((name, pyarrow.date32()) for name in ("first_on", "last_on")),
        ("tests", pyarrow.int64()),
        *((name, pyarrow.float64()) for name in ("chance_of_false", "power")),
        ("seed", pyarrow.int64()),
        ("parameters", pyarrow.string()),
    ]
)
_FINDING = _schema(
    [
        ("analysis_id", pyarrow.int64()),
        *((name, pyarrow.string()) for name in ("indicator", "breakdown", "area_code", "member", "label", "rule")),
        *((name, pyarrow.float64()) for name in ("observed", "exposure", "expected", "value", "lower", "upper", "p_value")),
    ]
)
