"""A verdict as a line of the ledger, and whether two deliveries say the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from etl.inspection.verdict import Outcome, Verdict
from etl.ledger.ledger import LedgerEntry
from etl.problems import SAID
from etl.reading.table import suffix_of


def not_yet_accepted(verdicts: Sequence[Verdict], accepted: Iterable[LedgerEntry]) -> list[Verdict]:
    """Return the verdicts whose files are not in the ledger yet, each file once."""
    known: list[LedgerEntry | Verdict] = list(accepted)
    fresh: list[Verdict] = []
    for verdict in verdicts:
        if not any(is_same(verdict, other) for other in known):
            fresh.append(verdict)
            known.append(verdict)
    return fresh


def entry_of(verdict: Verdict, who: str) -> LedgerEntry:
    """Return the ledger entry that accepting a file writes, without its number and time."""
    return entry_as(verdict, who, "accepted")


def entry_as(verdict: Verdict, who: str, action: str) -> LedgerEntry:
    """Return the ledger entry of a verdict, without its number and time; ``action`` is accepted or refused."""
    suffix = suffix_of(verdict.file_name)
    problems = tuple((problem.rule, problem.sheet, problem.column, problem.row) for problem in verdict.problems[:SAID]) if action == "refused" else ()
    return LedgerEntry(
        0,
        "",
        account_name(who),
        action,
        verdict.extract,
        verdict.file_name,
        verdict.sha256,
        verdict.size,
        suffix,
        verdict.rows_found,
        verdict.first_month,
        verdict.last_month,
        verdict.reported_on,
        str(Outcome.ACCEPTED if action == "accepted" else Outcome.REFUSED),
        problems,
        profile_sha256=verdict.profile_sha256,
    )


def account_name(who: str) -> str:
    """Return an account's name as it is recorded: printable signs only, at most 80."""
    return "".join(sign for sign in who if sign.isprintable())[:80]


def is_same(verdict: Verdict, other: Verdict | LedgerEntry) -> bool:
    """Whether a delivery says nothing new: the same bytes for the same months. Bytes alone do not tell, one empty month looks like another."""
    here = (verdict.sha256, verdict.extract, verdict.first_month, verdict.last_month)
    there = (other.sha256, other.extract, other.first_month, other.last_month)
    return here == there and verdict.profile_sha256 == other.profile_sha256 and verdict.reported_on in (None, other.reported_on)


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
