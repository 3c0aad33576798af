"""What is said of many files at once: every refusal whole, and files in order summed up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from indicators.model import Text

if TYPE_CHECKING:
    from etl.inspection.result import Acceptance, InspectionResult

SAID_ONE_BY_ONE = 10  # more files in order than these are summed up
NEVER_SUMMED = frozenset({"edition_replaced", "same_as_before", "months_without_rows", "townships_without_rows"})


def result_lines(results: Sequence[InspectionResult]) -> list[str]:
    """Say every refusal whole; files in order one by one while they are few, and summed up by type where they are many."""
    from etl.inspection.result import remark_line

    in_order = [result for result in results if not result.is_refused]
    refused = [line for result in results if result.is_refused for line in result.lines()]
    if len(in_order) <= SAID_ONE_BY_ONE:
        return [line for result in in_order for line in result.lines()] + refused
    kinds = {
        (result.acceptance, result.title): [one for one in in_order if (one.acceptance, one.title) == (result.acceptance, result.title)]
        for result in in_order
    }
    sums = [_sum_line(acceptance, title, group) for (acceptance, title), group in kinds.items()]
    remarks = [(result.file_name, remark) for result in in_order for remark in result.remarks if remark.rule in NEVER_SUMMED]
    return [*sums, *(f"  · {name} · {remark_line(remark)}" for name, remark in remarks), *refused]


def _sum_line(acceptance: Acceptance, title: Text | None, group: Sequence[InspectionResult]) -> str:
    from etl.inspection.result import ACCEPTANCE_WORDS

    said, named = ACCEPTANCE_WORDS[acceptance], title or Text("未知类型", "Unknown type")
    months = sorted(month for result in group for month in (result.first_month, result.last_month) if month)
    span = f" · {months[0]:%Y-%m} — {months[-1]:%Y-%m}" if months else ""
    rows = sum(result.rows_found for result in group)
    return f"{said.zh} {said.en} · {named.zh} {named.en} · {len(group)}个文件 files{span} · {rows:,}行 rows"
