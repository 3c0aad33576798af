"""Which months a file covers and when it was reported, by everything that tells it: its name, its titles and notes, its profile and the sender."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from etl.contract import Extract
from etl.county.pack import CountyPack
from etl.inspection.questions import MONTH_LACKING, agreed_months, date_questions, month_questions
from etl.inspection.read import Reading
from etl.inspection.recognise import Months, Reported, contradictions, impossible_month, months_of, named_months, reported_on_of
from etl.inspection.result import InspectionResult
from etl.inspection.typed_rows import TypedRows
from etl.ledger.ledger import LedgerEntry
from etl.mapping import profile as profiles
from etl.mapping.meaning import header_lines
from etl.problems import Problem, Told
from etl.reading.table import Table


@dataclass(frozen=True)
class Delivered:
    """What is known of a delivery beside what stands in the file.

    Attributes:
        file_name: Name of the file as given.
        covers: First and last month, where the sender states them.
        reported_on: Date of reporting, where the sender states it.
        others: What the ledger has of other files.
        beside: Files in order that are delivered together with it.
        on: The day of judgement.
        rows: What the run has read; its data folder and county pack hold for the delivery.
    """

    file_name: str
    covers: Months | None
    reported_on: date | None
    others: Sequence[LedgerEntry]
    beside: Sequence[InspectionResult]
    on: date
    contracts: dict[str, Extract]
    rows: TypedRows

    @property
    def data(self) -> Path | None:
        """The data folder; None to judge the file alone."""
        return self.rows.data

    @property
    def pack(self) -> CountyPack:
        """The county pack."""
        return self.rows.pack


@dataclass(frozen=True)
class Dated:
    """A file of a known type with the months it covers, as far as they are told.

    Attributes:
        table: The records; month headers of a profile bear their year.
        months: First and last month; None where they must be asked for.
        reported: When the file was reported.
        questions: What must be asked before rows can be counted.
    """

    reading: Reading
    extract: Extract
    table: Table
    months: Months | None
    reported: Reported
    questions: tuple[Problem, ...]


def dated(reading: Reading, extract: Extract, delivered: Delivered) -> Dated:
    """Tell the months and the date of reporting of a file, and ask for what is not told or told twice."""
    layout = reading.layout
    table, told, lacking = _months(reading, extract, delivered)
    last = told.value[1] if told.value else None
    reported = reported_on_of(delivered.file_name, (*layout.titles, *layout.footers), delivered.reported_on, last)
    spoken_of = told.value or named_months(delivered.file_name, delivered.covers)
    headers = header_lines(reading.profile, reading.table, extract) if reading.profile else ()
    elsewhere = contradictions(layout, spoken_of, extract, is_total=reading.is_cumulative, headers=headers)
    questions = [*layout.problems, *lacking, *elsewhere]
    if not (elsewhere and told.is_conflict):
        questions += month_questions(told, impossible_month(delivered.file_name), delivered.on)
    questions += date_questions(reported, last, delivered.on)
    return Dated(reading, extract, table, told.value, reported, tuple(questions))


def _months(reading: Reading, extract: Extract, delivered: Delivered) -> tuple[Table, Told[Months], list[Problem]]:
    """Tell the months of a file; of one read by a profile its headers may tell them, and a table without any month is of the last one."""
    table, profile = reading.table, reading.profile
    is_last = profile is not None and profile.month_is_last
    titles = [line.cells for line in reading.layout.titles]
    told = months_of(delivered.file_name, titles, extract, delivered.covers, ends_only=is_last and reading.is_cumulative)
    if profile is not None and profile.has_month_columns:
        table = profiles.with_months(profile, table, told.value)
        span = profiles.month_span(profile, table.header or ())
        return table, agreed_months(told, span) if span else Told(None, told.is_conflict), []
    if not is_last or told.value is None:
        return table, told, []
    first, last = told.value
    return table, Told((last, last)), [MONTH_LACKING] if first < last and not reading.is_cumulative else []
