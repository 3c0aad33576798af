"""What is said of many files at once: every refusal whole, and files in order summed up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from indicators.model import Text

if TYPE_CHECKING:
    from etl.inspection.verdict import Outcome, Verdict

SAID_ONE_BY_ONE = 10  # more files in order than these are summed up
NEVER_SUMMED = frozenset({"edition_replaced", "same_as_before", "months_without_rows", "townships_without_rows"})


def verdict_lines(verdicts: Sequence[Verdict]) -> list[str]:
    """Say every refusal whole; files in order one by one while they are few, and summed up by type where they are many."""
    from etl.inspection.verdict import remark_line

    in_order = [verdict for verdict in verdicts if not verdict.is_refused]
    refused = [line for verdict in verdicts if verdict.is_refused for line in verdict.lines()]
    if len(in_order) <= SAID_ONE_BY_ONE:
        return [line for verdict in in_order for line in verdict.lines()] + refused
    kinds = {
        (verdict.outcome, verdict.title): [one for one in in_order if (one.outcome, one.title) == (verdict.outcome, verdict.title)]
        for verdict in in_order
    }
    sums = [_sum_line(outcome, title, group) for (outcome, title), group in kinds.items()]
    remarks = [(verdict.file_name, remark) for verdict in in_order for remark in verdict.remarks if remark.rule in NEVER_SUMMED]
    return [*sums, *(f"  · {name} · {remark_line(remark)}" for name, remark in remarks), *refused]


def _sum_line(outcome: Outcome, title: Text | None, group: Sequence[Verdict]) -> str:
    from etl.inspection.verdict import OUTCOME_WORDS

    said, named = OUTCOME_WORDS[outcome], title or Text("未知类型", "Unknown type")
    months = sorted(month for verdict in group for month in (verdict.first_month, verdict.last_month) if month)
    span = f" · {months[0]:%Y-%m} — {months[-1]:%Y-%m}" if months else ""
    rows = sum(verdict.rows_found for verdict in group)
    return f"{said.zh} {said.en} · {named.zh} {named.en} · {len(group)}个文件 files{span} · {rows:,}行 rows"
