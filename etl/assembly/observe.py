"""From published counts to published values: every share, rate and interval is a function of numbers that are themselves published."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from datetime import date

import numpy
import pyarrow

from analysis.intervals import poisson_interval, wilson_interval
from disclosure.policy import Policy
from etl.assembly.lattices import CountedCell, Key, least_base, moment, selection
from etl.assembly.small_periods import CountedBy, counted_by
from indicators.lattice import grains
from indicators.model import Indicator, Kind, Measure, Protects, Release, Residents, Status
from indicators.months import Period

FEWEST_SEIZURES = 3  # cases behind a weight, fewer would tell the weight of one case
PER_RESIDENTS = 10_000
COLUMNS = (
    "release",
    "indicator",
    "period",
    "grain",
    "area_code",
    "breakdown",
    "member",
    "member_2",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "status",
)


def observations(
    rows: Sequence[CountedCell],
    protected: Mapping[Key, float | None],
    split_in: Mapping[CountedBy, Container[Period]],
    catalogue: Mapping[str, Indicator],
    latest: Mapping[str, date],
    policy: Policy,
) -> pyarrow.Table:
    """Write every offered cell of both releases as an observation.

    Args:
        rows: The exact cells.
        protected: The published counts of people, from :func:`etl.assembly.protect.protect`.
        split_in: The periods in which exact counts may be split, from :func:`etl.assembly.small_periods.split_periods`.
        catalogue: The indicators by id.
        latest: Core table -> its latest reported month.
        policy: The limits.

    Returns:
        A table with the columns of ``mart.observation``, sorted so that a page's rows lie together.
    """
    records: list[tuple[object, ...]] = []
    for release in Release:
        offered = {(name, breakdown): grains(one, breakdown, release) for name, one in catalogue.items() for breakdown in one.breakdowns}
        for row in rows:
            indicator = catalogue[row.indicator]
            if row.grain in offered[row.indicator, row.breakdown] and _is_split(row, indicator, release, protected):
                numerator, denominator, status = _published(row, indicator, release, protected, split_in, policy)
                if status is Status.OBSERVED and _is_provisional(row.last_on, latest[indicator.table], indicator):
                    status = Status.PROVISIONAL
                place = (row.area_code, row.breakdown, row.member, row.member_2)
                records.append((release.value, row.indicator, row.period_on, row.grain.value, *place, numerator, denominator, status.value))
    records.sort(key=lambda record: (record[0], record[4], record[1], record[3], record[5], record[6], record[7], record[2]))
    return _with_values(records, catalogue, policy)


def _is_split(row: CountedCell, indicator: Indicator, release: Release, protected: Mapping[Key, float | None]) -> bool:
    """Tell whether a release says anything of a cell: splits of people are left out where too few have moved since the last one."""
    if indicator.protects is not Protects.PERSONS or not row.is_reported:
        return True
    measures = [one for one in (indicator.numerator, indicator.denominator) if isinstance(one, Measure)]
    return all(_key(row, indicator, measure, release) in protected for measure in measures)


def _published(
    row: CountedCell,
    indicator: Indicator,
    release: Release,
    protected: Mapping[Key, float | None],
    split_in: Mapping[CountedBy, Container[Period]],
    policy: Policy,
) -> tuple[float | None, float | None, Status]:
    """Return the numerator and denominator that may be shown, and the status."""
    if not row.is_reported:
        return None, None, Status.NOT_COLLECTED
    if _is_withheld(row, indicator, split_in):
        return None, None, Status.SUPPRESSED
    numerator, denominator = row.numerator, row.denominator if indicator.denominator else None
    if indicator.protects is Protects.PERSONS:
        numerator = _protected(row, indicator, indicator.numerator, release, protected)
        if isinstance(indicator.denominator, Measure):
            denominator = _protected(row, indicator, indicator.denominator, release, protected)
            # Decided from the published base alone: asked after the numerator, the status would tell whether that is zero.
            if denominator is None or denominator < least_base(policy):
                return None, None, Status.SUPPRESSED if denominator is None else Status.UNDEFINED
    if isinstance(indicator.denominator, Residents):
        if not denominator:
            return None, None, Status.UNDEFINED
        denominator = denominator if release is Release.INTERNAL else _two_digits(denominator)
    if numerator is None:
        return None, None, Status.SUPPRESSED
    if indicator.kind is Kind.RATE and release is Release.PUBLIC and numerator < policy.smallest_share_base:
        return None, None, Status.UNDEFINED
    return numerator, denominator, Status.OBSERVED


def _is_withheld(row: CountedCell, indicator: Indicator, split_in: Mapping[CountedBy, Container[Period]]) -> bool:
    """Whether an exact number is not shown: too few cases stand behind a weight, or behind the whole county in a period that is split."""
    if indicator.protects is Protects.SEIZURES and 0 < row.records < FEWEST_SEIZURES:
        return True
    by = counted_by(indicator)
    return by is not None and row.breakdown != "total" and (row.grain, row.period_on) not in split_in[by]


def _protected(row: CountedCell, indicator: Indicator, measure: Measure, release: Release, protected: Mapping[Key, float | None]) -> float | None:
    return protected[_key(row, indicator, measure, release)]


def _key(row: CountedCell, indicator: Indicator, measure: Measure, release: Release) -> Key:
    return release, indicator.table_of(measure), moment(indicator, row), selection(indicator, row, measure)


def _two_digits(residents: float) -> float:
    """Round a population to two significant digits, so that a public rate does not carry its numerator."""
    magnitude = 10 ** (int(math.log10(residents)) - 1)
    return float(round(residents / magnitude) * magnitude)


def _is_provisional(last_on: date, latest: date, indicator: Indicator) -> bool:
    months_ago = (latest.year - last_on.year) * 12 + latest.month - last_on.month
    return months_ago < indicator.provisional_periods


def _with_values(records: Sequence[tuple[object, ...]], catalogue: Mapping[str, Indicator], policy: Policy) -> pyarrow.Table:
    """Add value and 95 % limits, computed for all rows at once from the published numerator and denominator."""
    columns = list(zip(*records, strict=True)) if records else [()] * 11
    release = numpy.array(columns[0], dtype=str)
    asked = [catalogue[str(name)] for name in columns[1]]
    numerator = numpy.array(columns[8], dtype=float)
    denominator = numpy.array(columns[9], dtype=float)
    kinds = numpy.array([one.kind.value for one in asked], dtype=str)
    is_flow_count = numpy.array([one.kind is Kind.EVENTS and not one.numerator.distinct for one in asked], dtype=bool)
    shown = ~numpy.isnan(numerator)
    value, lower, upper = numerator.copy(), numpy.full(len(asked), numpy.nan), numpy.full(len(asked), numpy.nan)

    share = shown & (kinds == Kind.SHARE.value)
    value[share] = numerator[share] / denominator[share]
    lower[share], upper[share] = wilson_interval(numerator[share], denominator[share]).T
    public = share & (release == Release.PUBLIC.value)
    least = policy.top_code_percent / 100
    value[public] = numpy.clip(numpy.round(value[public], 2), least, 1 - least)

    rate = shown & (kinds == Kind.RATE.value)
    limits = poisson_interval(numerator[rate])
    value[rate] = numerator[rate] / denominator[rate] * PER_RESIDENTS
    lower[rate], upper[rate] = (limits / denominator[rate, None] * PER_RESIDENTS).T

    # A negative month corrects a running total; it is no count and has no limits.
    counted = shown & is_flow_count & (numerator >= 0)
    lower[counted], upper[counted] = poisson_interval(numerator[counted]).T

    # Limits of a rounded count would claim a precision it does not have.
    rounded = (release == Release.PUBLIC.value) & numpy.array([one.protects is Protects.PERSONS for one in asked], dtype=bool)
    lower[rounded] = upper[rounded] = numpy.nan

    arrays = [*columns[:8], *(_nullable(array) for array in (numerator, denominator, value, lower, upper)), columns[10]]
    return pyarrow.table(dict(zip(COLUMNS, map(_array, arrays), strict=True)))


def _nullable(array: numpy.ndarray) -> pyarrow.Array:
    return pyarrow.array(array, type=pyarrow.float64(), mask=numpy.isnan(array))


def _array(values: Sequence[object] | pyarrow.Array) -> pyarrow.Array:
    return values if isinstance(values, pyarrow.Array) else pyarrow.array(values)
