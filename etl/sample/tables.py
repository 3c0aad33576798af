"""Invented deliveries of any extract type, drawn from its contract alone.

Tables of numbers get a row for every township and every combination of their codes, registers and lists some forty rows with keys. Counts
are drawn around what the contract calls typical, parts never exceed their whole, and a row that breaks one of the contract's checks is
drawn again. The last delivery covers the sample's latest month.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from etl.contract import Column, Extract, Period, Type
from etl.county.pack import CountyPack
from etl.sample.files import STYLES, Record, SampleFile
from etl.sample.span import LATEST_MONTH, new_key, poisson
from indicators.months import months_between, months_later

FIRST_MONTH = date(2024, 1, 1)
ROWS = 40  # of a register, or of a month's list of things
TRIES = 200
STAYS = 0.8  # how often what stands in a place is the same a month later
FORMS = ("gb18030", "xlsx", "utf-8-sig")


def deliveries(extract: Extract, pack: CountyPack, rng: random.Random) -> list[SampleFile]:
    """Return the deliveries of one type: a snapshot of every month, or lists of half a year each.

    Raises:
        ValueError: If the contract's checks leave hardly any row possible.
    """
    spans = [(month, month) for month in months_between(FIRST_MONTH, LATEST_MONTH)] if extract.period is Period.SNAPSHOT else list(_halves())
    drawn: list[SampleFile] = []
    before: list[Record] = []
    for position, (first, last) in enumerate(spans):
        records: list[Record] = []
        for month in months_between(first, last):
            before = _records(extract, pack, month, before, rng)
            records += before
        coverage = f"{first:%Y%m}" if first == last else f"{first:%Y%m}-{last:%Y%m}"
        heading = f"{pack.title.zh}{extract.title.zh}({first.year}年{first.month}—{last.month}月)"
        reported_on = months_later(last, 1).replace(day=6)
        drawn.append(SampleFile(extract, coverage, reported_on, FORMS[position % len(FORMS)], STYLES[position % len(STYLES)], heading, records))
    return drawn


def _halves() -> Iterator[tuple[date, date]]:
    for first in months_between(FIRST_MONTH, LATEST_MONTH)[::6]:
        yield first, min(months_later(first, 5), LATEST_MONTH)


def _records(extract: Extract, pack: CountyPack, month: date, before: Sequence[Record], rng: random.Random) -> list[Record]:
    """Draw a month; what stands somewhere mostly stands there a month later too, but begins anew each January."""
    if not extract.is_table:
        keys: set[str] = set()
        return [_record(extract, pack, month, {}, keys, rng) for _ in range(poisson(ROWS, rng) if extract.period is Period.EVENTS else ROWS)]
    names = [name for name in extract.key if name != extract.month_column]
    codes = [[value for value in _choices(extract.column(name), pack, month) if value is not None] for name in names]
    stood = {tuple(record[name] for name in names): record for record in before}
    rows = []
    for place in itertools.product(*codes):
        stays = month.month > 1 and place in stood and rng.random() < STAYS
        kept = {name: stood[place][name] for name in extract.stock_columns} if stays else {}
        rows.append(_record(extract, pack, month, {**dict(zip(names, place, strict=True)), **kept}, set(), rng))
    return rows


def _record(extract: Extract, pack: CountyPack, month: date, place: Mapping[str, Any], keys: set[str], rng: random.Random) -> Record:
    for _ in range(TRIES):
        record: Record = {extract.month_column: month, **place}
        for column in sorted(extract.columns, key=lambda column: column.part_of is not None):  # a whole before its parts
            if column.name not in record:
                record[column.name] = _cell(column, record, pack, month, keys, rng)
        if all(check.holds(record) for check in extract.all_checks):
            return record
    raise ValueError(f"{extract.id}: no row in {TRIES} drawn holds all its checks; say in the contract what is typical of its counts")


def _cell(column: Column, record: Record, pack: CountyPack, month: date, keys: set[str], rng: random.Random) -> Any:
    if column.nullable and rng.random() < 0.1:
        return None
    if column.type is Type.KEY:
        return new_key(rng, keys, column.name[0].upper())
    if column.type is Type.MONTH:
        return months_later(month, rng.randint(-2, 6 if column.may_lie_ahead else 0))
    if column.type is Type.YEAR:
        return month.year - rng.randint(0, 3)
    if column.type is Type.COUNT and column.part_of:
        return sum(rng.random() < column.typical for _ in range(record[column.part_of] or 0))
    if column.type is Type.COUNT:
        return poisson(column.typical, rng)
    if column.type in {Type.GRAMS, Type.AMOUNT}:
        return round(column.typical * math.exp(rng.gauss(0, 0.6)), 2)
    return rng.choice(_choices(column, pack, month))


def _choices(column: Column, pack: CountyPack, month: date) -> Sequence[Any]:
    """Return what a coded cell may hold in a month."""
    if column.type is Type.CODE:
        return [code.code for code in column.codes]
    if column.type is Type.FLAG:
        return ["yes", "no"]
    if column.type is Type.DRUG:
        return [drug.code for drug in pack.drugs]
    if column.type is Type.TOWNSHIP:
        return [township.code for township in pack.townships if township.in_force(month)]
    return [campaign.code for campaign in pack.campaigns if campaign.starts_on <= month] or [None]
