"""A result as a line of the ledger, and whether two deliveries say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from etl.inspection.result import Acceptance, InspectionResult
from etl.ledger.ledger import LedgerEntry
from etl.problems import SAID
from etl.reading.table import suffix_of


def not_yet_accepted(results: Sequence[InspectionResult], accepted: Iterable[LedgerEntry]) -> list[InspectionResult]:
    """Return the results whose files are not in the ledger yet, each file once."""
    known: list[LedgerEntry | InspectionResult] = list(accepted)
    fresh: list[InspectionResult] = []
    for result in results:
        if not any(is_same(result, other) for other in known):
            fresh.append(result)
            known.append(result)
    return fresh


def entry_of(result: InspectionResult, who: str) -> LedgerEntry:
    """Return the ledger entry that accepting a file writes, without its number and time."""
    return entry_as(result, who, "accepted")


def entry_as(result: InspectionResult, who: str, action: str) -> LedgerEntry:
    """Return the ledger entry of a result, without its number and time; ``action`` is accepted or refused."""
    suffix = suffix_of(result.file_name)
    problems = tuple((problem.rule, problem.sheet, problem.column, problem.row) for problem in result.problems[:SAID]) if action == "refused" else ()
    return LedgerEntry(
        0,
        "",
        account_name(who),
        action,
        result.extract,
        result.file_name,
        result.sha256,
        result.size,
        suffix,
        result.rows_found,
        result.first_month,
        result.last_month,
        result.reported_on,
        str(Acceptance.ACCEPTED if action == "accepted" else Acceptance.REFUSED),
        problems,
        profile_sha256=result.profile_sha256,
    )


def account_name(who: str) -> str:
    """Return an account's name as it is recorded: printable signs only, at most 80."""
    return "".join(sign for sign in who if sign.isprintable())[:80]


def is_same(result: InspectionResult, other: InspectionResult | LedgerEntry) -> bool:
    """Whether a delivery says nothing new: the same bytes for the same months. Bytes alone do not tell, one empty month looks like another."""
    here = (result.sha256, result.extract, result.first_month, result.last_month)
    there = (other.sha256, other.extract, other.first_month, other.last_month)
    return here == there and result.profile_sha256 == other.profile_sha256 and result.reported_on in (None, other.reported_on)


def overlaps(extract: str, first: date, last: date, known: Iterable[LedgerEntry]) -> bool:
    """Whether an accepted file of the type covers one of the months."""
    return any(
        entry.is_accepted
        and entry.extract == extract
        and entry.first_month
        and entry.last_month
        and entry.first_month <= last
        and first <= entry.last_month
        for entry in known
    )
